#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernels that the guests run, by name: "debug" is the instrumented one,
# "vanilla" one without what Debian exports to modules, hardened; anything else a
# Debian suite, whose stock kernel is meant.  Sourced by the other scripts here;
# defines (beside what debs.sh and root.sh do):
#   vm_image KERNEL         the file to boot (any existing file is taken as is)
#   vm_release KERNEL       what "uname -r" says there
#   vm_kdir KERNEL          what to give make as KDIR= to build a module for it
#   vm_make KERNEL ARG...   make here, with that KDIR= and with that suite's compiler
#   vm_module KERNEL [VARIABLE]...  build our module for it; prints the file
#   vm_checked_module KERNEL [VARIABLE]...  the same, but every remark is a failure; once
#                           for each content of the sources
#   vm_stock_module KERNEL  the binder_linux.ko that Debian built for it
#   vm_log_reports LOG      the lines of a console log that fail a run
. "$(dirname "${BASH_SOURCE[0]}")/root.sh"

vm_is_built() {
	[[ $1 =~ ^(debug|vanilla|kcsan)$ ]]
}

# BINDER_TEST_SOURCE is for the instrumented one.
vm_built_kernel() {
	case $1 in
	debug) "$vm_top/tools/vm/kernel.sh" debug base debug debug-fp ;;
	vanilla) BINDER_TEST_SOURCE='' "$vm_top/tools/vm/kernel.sh" vanilla base vanilla ;;
	kcsan) BINDER_TEST_SOURCE='' "$vm_top/tools/vm/kernel.sh" kcsan base kcsan ;;
	esac
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
	elif vm_is_built "$1"; then
		dir=$(vm_built_kernel "$1")
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
	local image package version dir
	if vm_is_built "$1"; then
		vm_built_kernel "$1"
		return
	fi
	image=$(debs_resolve "$1" linux-image-amd64)
	package=${image/image/headers}
	version=$(debs_version "$1" "$image")
	if [ "$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null)" = "$version" ]; then
		echo "/usr/src/$package"
		return
	fi
	dir=$vm_cache/headers/${package}_$version
	debs_once "$dir" vm_headers_unpack "$1" "$package"
	echo "$dir/usr/src/$package"
}

vm_headers_unpack() {
	local dir=$1 suite=$2 package=$3 kbuild part parts
	kbuild=${package/headers/kbuild}
	kbuild=${kbuild%-amd64}
	# Older suites have one for all kernels of a version.
	[ -n "$(debs_version "$suite" "$kbuild")" ] ||
		kbuild=$(sed -E 's/^(linux-kbuild-[0-9]+\.[0-9]+).*/\1/' <<<"$kbuild")
	parts=$(debs_unpack "$suite" "$package" "${package%-*}-common" "$kbuild") || return
	while read -r part; do
		cp -a "$part"/. "$dir"/ || return
	done <<<"$parts"
	sed -i "s,/usr/src/,$dir/usr/src/,g" "$dir/usr/src/$package/Makefile"
}

vm_release() {
	sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$(vm_kdir "$1")/include/generated/utsrelease.h"
}

# The kernels that are built here are built with this machine's compiler.
vm_make() {
	local kernel=$1 kdir
	kdir=$(vm_kdir "$kernel") || return
	shift
	if vm_is_built "$kernel"; then
		make -C "$vm_top" KDIR="$kdir" "$@"
	else
		vm_in_root "$kernel" make -C "$vm_top" KDIR="$kdir" "$@"
	fi
}

# vm_build TARGET KERNEL [VARIABLE]...: prints the module.  The log of building is shown
# only if that fails.
vm_build() {
	local log=$vm_top/build/$1-$2${3:+-$3}.log
	mkdir -p "$vm_top/build"
	if ! vm_make "$2" "$1" "${@:3}" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		echo "building the module for $2 failed" >&2
		return 1
	fi
	sed -n "s,^  \(build/[^ ]*/binder_linux.ko\)\$,$vm_top/\1,p" "$log"
}

vm_module() {
	vm_build modules "$@"
}

# The lines of a log of building that should not be there.  Debian's headers have no
# vmlinux in some suites, and those of 7.2 lack a script of sparse's (see Makefile).
vm_build_remarks() {
	grep -iE 'warning|error|modpost:|objtool|specified, but|no such file' "$1" |
		grep -vE '^  [A-Z]|^Skipping BTF generation .* unavailability of vmlinux' |
		grep -vE 'checker-valid.sh: No such file|sparse is not available or not up to date' || :
}

# Built with W=1 and, in the Debian suites, with their sparse; bookworm's, which the
# kernels that are built here would get, can't read newer kernels' headers.
vm_checked_build() {
	local dir=$1 log file remarks
	shift
	log=$vm_top/build/check-build-$1${2:+-$2}.log
	file=$(SPARSE=$(vm_is_built "$1" && echo 0 || echo 2) vm_build check-build "$@") || return
	remarks=$(vm_build_remarks "$log")
	if ! vm_is_built "$1" &&
	   [ "$(grep -c '^  CHECK ' "$log")" -lt "$(find "$vm_top/drivers/android/binder" -name '*.c' | wc -l)" ]; then
		remarks+=$'\n'"sparse was not run over all files"
	fi
	[ -z "$remarks" ] || { echo "$remarks" >&2; return 1; }
	# What is made of sources that changed meanwhile must not be taken for those before.
	[ "$(vm_module_key "$@")" = "${dir##*-}" ] || {
		echo "the sources changed while the module for $1 was built" >&2
		return 1
	}
	cp "$file" "$dir/"
}

# All that a module is made of: its sources, what builds it, the kernel, the compiler, and
# what the environment says to make.
vm_module_key() {
	local kernel=$1 kdir tools name
	kdir=$(vm_kdir "$kernel") || return
	tools=$(vm_is_built "$kernel" && gcc --version | head -n 1 || vm_root "$kernel") || return
	# Only this machine's own have no version in their names.
	# shellcheck disable=SC2046	# they are words
	[ "$tools" != / ] ||
		tools=$(dpkg-query -W binutils "${kdir##*/}" $(vm_root_packages "$kernel") 2>/dev/null) || :
	for name in ARCH CC LLVM KCFLAGS KUNIT GCOV KCOV DELAYS; do
		tools+=" $name=${!name:-}"
	done
	(cd "$vm_top" && find Kbuild Kconfig Makefile drivers include tests \
		tools/vm/kernels.sh -type f -print0 | sort -z | xargs -0 sha256sum
	echo "$kdir $tools ${*:2}") | sha256sum | cut -c 1-16
}

# The latest thirty are kept.  Others may make so many while a guest still needs this one:
# what is printed is a copy of our own.
vm_checked_module() {
	local modules=$vm_cache/modules name=$1${2:+-$2} key copy
	key=$(vm_module_key "$@") || return
	debs_once "$modules/$name-$key" vm_checked_build "$@" || return
	copy=$vm_top/build/checked/$name
	mkdir -p "$copy"
	cp "$modules/$name-$key/binder_linux.ko" "$copy/" || return
	touch "$modules/$name-$key"
	find "$modules" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn |
		sed -n '31,$s/^[^ ]* //p' | xargs -r rm -rf
	echo "$copy/binder_linux.ko"
}

# Only what follows "vm: start" counts, when the guest came that far.
vm_reports='WARNING:|BUG:|BUG [a-z_]|KASAN|UBSAN|INFO: possible|possible circular'
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
