# SPDX-License-Identifier: GPL-2.0-only
#
# Other people's clients, as Debian sid packages them: libgbinder, its tools, Waydroid's
# looking for a driver; on sid's kernel, with either driver.
step clients sid each 240
needs_clients() { want_module sid; make -s -C tools/clients; clients_root=$(tools/clients/root.sh); }

# clients_run PART MODULE CASE...: all cases in one guest.
clients_run() {
	local part=$1 file=$2

	guest_run 900 -c 1 -k "${image[sid]}" -f $guest/clients.sh -f "$clients_root:root.tar" \
		-f tools/clients:clients -f build/clients/servicemanager \
		-f "$file:module/${file##*/}" clients.sh "${@:3}"
}

# Debian's driver can't be unloaded, so it takes a guest of its own in which Waydroid
# finds none and loads it.  That is enough of Waydroid there: its objects in Python do not
# always outlive a slow call, whatever the driver.
step_clients() {
	local file
	file=$(vm_stock_module sid)
	clients_run ours "${module[sid]}" ours nothing own-names loaded gbinder
	remember sid tools/clients build/clients/servicemanager "$clients_root" "$file" -- \
		clients_run debian-unloaded "$file" stock nothing
	remember sid tools/clients build/clients/servicemanager "$clients_root" "$file" -- \
		clients_run debian "$file" stock gbinder
}
