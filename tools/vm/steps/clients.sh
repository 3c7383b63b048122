# SPDX-License-Identifier: GPL-2.0-only
#
# Other people's clients, as Debian sid packages them: libgbinder, its tools, Waydroid's
# looking for a driver; on sid's kernel, with either driver.
step clients sid each 240
needs_clients() { want_module sid; make -s -C tools/clients; clients_root=$(tools/clients/root.sh); }

# Debian's driver can't be unloaded, so it takes a guest of its own in which Waydroid
# finds none and loads it.  That is enough of Waydroid there: its objects in Python do not
# always outlive a slow call, whatever the driver.
step_clients() {
	local part file cases
	for part in ours debian-unloaded debian; do
		file=$(vm_stock_module sid)
		case $part in
		ours) file=${module[sid]} cases=(ours nothing own-names loaded gbinder) ;;
		debian-unloaded) cases=(stock nothing) ;;
		debian) cases=(stock gbinder) ;;
		esac
		guest_run 900 -c 1 -k "${image[sid]}" -f $guest/clients.sh -f "$clients_root:root.tar" \
			-f tools/clients:clients -f build/clients/servicemanager \
			-f "$file:module/${file##*/}" clients.sh "${cases[@]}"
	done
}
