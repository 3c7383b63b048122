# SPDX-License-Identifier: GPL-2.0-only
#
# Loading beside another binder driver, unloading while in use.
step beside $stock "ours + other" 30
needs_beside() { want_module $stock; }

# A driver may be loaded but once under one name: the other gets a new one of
# the same length.  Debian's can't be unloaded, so that a copy of ours stands
# for a driver that can.
#
# objcopy drops the signature, which no longer fits: a module without one is
# taken, one with a wrong one is not.
rename_module() {
	objcopy --strip-debug "$1" "$out/$2.ko"
	sed -i "s/binder_linux/$2/g" "$out/$2.ko"
}

step_beside() {
	local part
	rename_module "$(vm_stock_module $stock)" binder_stock
	rename_module "${module[$stock]}" binder_other
	for part in stock other; do
		guest_run 300 -c 1 -k "${image[$stock]}" -f "$out/binder_$part.ko" -f "${module[$stock]}" \
			-f $guest/beside.sh beside.sh "binder_$part"
	done
}
