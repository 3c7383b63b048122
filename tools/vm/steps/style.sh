# SPDX-License-Identifier: GPL-2.0-only
#
# What checkpatch says of the code, whether a kernel too new is refused, whether the UAPI
# header is that of the kernel, and abi.rst names tests that exist.
step style - ours 60
needs_style() { want_kernel vanilla; want_module sid; }

# Versions are told apart in one place, and each file names its licence.
check_sources() {
	! git grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION' -- '*.[ch]' ':!*/compat/*' &&
		! git grep -LE 'SPDX-License-Identifier: ' -- . ':!LICENSE' ':!*.gitkeep' ':!VERSION' ':!packaging/debian'
}

# Headers like sid's, but of a kernel that nobody has tried, in build/untried.
untried_headers() {
	local kdir copy=$vm_top/build/untried
	kdir=$(vm_kdir sid)
	rm -rf "$copy"
	mkdir -p "$copy"
	cp -a "$kdir/." "$copy"
	ln -sfn "$(realpath "$kdir/scripts")" "$copy/scripts"
	ln -sfn "$(realpath "$kdir/tools")" "$copy/tools"
	sed -i "s,$kdir,$copy,g" "$copy/Makefile"
	# 9.9.0
	sed -i 's/^#define LINUX_VERSION_CODE .*/#define LINUX_VERSION_CODE 592128/' \
		"$copy/include/generated/uapi/linux/version.h"
}

build_untried() {
	vm_in_root sid make -C "$vm_top" KDIR="$vm_top/build/untried" VARIANT=-untried "$@" 2>&1
}

untried_is_refused() {
	! build_untried >"$out/$step.untried" &&
		grep -F '#error "binder: newer than 7.2, the newest kernel tried; KCFLAGS=-DBINDER_UNTRIED_KERNEL builds"' \
			"$out/$step.untried"
}

untried_can_be_told() {
	build_untried KCFLAGS=-DBINDER_UNTRIED_KERNEL
}

step_style() {
	local kernel=${image[vanilla]%/arch/*}
	check "checkpatch" tools/vm/style.sh
	check "sources" check_sources
	check "headers of an untried kernel" untried_headers
	check "untried kernel is refused" untried_is_refused
	check "untried kernel can be built for" untried_can_be_told
	check "abi header" tools/selftests/abi/check_abi.sh "$kernel/include/uapi/linux/android/binder.h"
	check "abi tests" Documentation/abi-tests.sh --check
	check "log lines" Documentation/log-lines.py
	check "what is not covered" tools/coverage/left.sh
	printf '  style: %s of %s\n' "$(tally pass "$out/$step.results")" "$(wc -l <"$out/$step.results")"
}
