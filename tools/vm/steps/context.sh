# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftest of security contexts, where SELinux gives some, and that of the hooks of
# security modules, with either driver.
step context $stock each 60
needs_context() { want_module $stock; want_others security hooks cve_context; }

step_context() {
	local part append driver_module count=1 again=()
	for part in ours debian; do
		if [ $part = debian ]; then
			driver_module=$(vm_stock_module $stock)
			again=(remember $stock "$driver_module"
				tools/selftests/build/{security,cve_context,hooks} --)
		fi
		append="lsm=selinux selinux=1"
		"${again[@]}" kselftests $stock 200 security cve_context
		append="lsm=bpf"
		"${again[@]}" kselftests $stock 200 hooks
	done
}
