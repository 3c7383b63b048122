#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernels that the guests run, by name: "debug" is the instrumented one,
# anything else a Debian suite, whose stock kernel is meant.  Sourced by the
# other scripts here; defines (beside what debs.sh does):
#   vm_top                  the top of this source tree
#   vm_image KERNEL         the file to boot (any existing file is taken as is)
#   vm_kdir KERNEL          what to give make as KDIR= to build a module for it
#   vm_module KERNEL [VARIABLE]...  build our module for it; prints the file
#   vm_stock_module KERNEL  the binder_linux.ko that Debian built for it
#   vm_log_reports LOG      the lines of a console log that fail a run
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"
vm_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

vm_debug_kernel() {
	"$vm_top/tools/vm/kernel.sh" debug base debug debug-fp
}

# vm_stock_file SUITE PART NAME: a file of Debian's kernel package.  Newer suites have
# its parts in packages of their own, linux-binary-* and linux-modules-*.
vm_stock_file() {
	local package part
	package=$(debs_resolve "$1" linux-image-amd64)
	part=${package/image/$2}
	[ -n "$(debs_version "$1" "$part")" ] || part=$package
	find "$(debs_unpack "$1" "$part")" -name "$3" -type f
}

vm_image() {
	local dir
	if [ -f "$1" ]; then
		echo "$1"
	elif [ "$1" = debug ]; then
		dir=$(vm_debug_kernel)
		echo "$dir/arch/x86/boot/bzImage"
	else
		vm_stock_file "$1" binary 'vmlinuz*'
	fi
}

vm_stock_module() {
	vm_stock_file "$1" modules 'binder_linux.ko*'
}

# The headers of a stock kernel: installed ones if they are of the very version,
# else unpacked ones, with the absolute paths in them turned to where they are.
vm_kdir() {
	local image package kbuild dir parts
	if [ "$1" = debug ]; then
		vm_debug_kernel
		return
	fi
	image=$(debs_resolve "$1" linux-image-amd64)
	package=${image/image/headers}
	local version
	version=$(debs_version "$1" "$image")
	if [ "$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null)" = "$version" ]; then
		echo "/usr/src/$package"
		return
	fi
	dir=$vm_cache/headers/${package}_$version
	if [ ! -e "$dir/.complete" ]; then
		kbuild=linux-kbuild-$(sed -E 's/^linux-headers-([0-9]+\.[0-9]+).*/\1/' <<<"$package")
		[ -n "$(debs_version "$1" "$kbuild")" ] || kbuild=linux-kbuild-${package#linux-headers-}
		parts=$(debs_unpack "$1" "$package" "${package%-*}-common" "${kbuild%-amd64}")
		rm -rf "$dir"
		mkdir -p "$dir"
		while read -r part; do cp -a "$part"/. "$dir"/; done <<<"$parts"
		sed -i "s,/usr/src/,$dir/usr/src/,g" "$dir/usr/src/$package/Makefile"
		touch "$dir/.complete"
	fi
	echo "$dir/usr/src/$package"
}

# The log of building is shown only if that fails.
vm_module() {
	local kdir log=$vm_top/build/module-$1.log
	kdir=$(vm_kdir "$1")
	mkdir -p "$vm_top/build"
	if ! make -C "$vm_top" modules KDIR="$kdir" "${@:2}" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		echo "building the module for $1 failed" >&2
		return 1
	fi
	sed -n "s,^  \(build/[^ ]*/binder_linux.ko\)\$,$vm_top/\1,p" "$log"
}

# Only what follows "vm: start" counts, when the guest came that far.
vm_reports='WARNING:|BUG:|KASAN|UBSAN|INFO: possible|possible circular'
vm_reports+='|inconsistent lock state|suspicious RCU|INFO: task .* blocked'
vm_reports+='|INFO: rcu.*stall|soft lockup|kmemleak: [1-9]|Oops|cut here'
vm_reports+='|general protection|refcount_t|ODEBUG|Objects remaining|Kernel panic'

vm_log_reports() {
	if grep -aq 'vm: start' "$1"; then
		sed '1,/vm: start/d' "$1"
	else
		cat "$1"
	fi | tr -d '\r' | grep -aE "$vm_reports" || :
}
