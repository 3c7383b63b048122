#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Roots of Debian suites, with what builds a module there: the suite's own make,
# compiler and sparse.  Sourced by kernels.sh; defines:
#   vm_top                         the top of this source tree
#   vm_root SUITE                  the directory of the suite's root, made if need be
#   vm_in_root SUITE COMMAND...    run a command in it
#
# A machine that runs a suite is the root of that suite itself: bookworm's, where
# all this is meant to run.  So the demo and a single build there need no other.
#
# A root has only tools in it.  Kernels' headers are beside, in $vm_cache/headers
# (see vm_kdir): their packages bring whole kernels along in some suites.
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"
vm_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The compiler is the one that the suite's headers depend on.
vm_root_packages() {
	local headers
	headers=$(debs_resolve "$1" linux-headers-amd64)
	echo gcc make sparse kmod libelf-dev pahole
	debs_apt "$1" apt-cache show --no-all-versions "$headers" "${headers/%-amd64/-common}" |
		grep -oE '\bgcc-[0-9]+' | sort -u
}

# The same for the same packages, in the same versions.
vm_root_key() {
	debs_apt "$1" apt-cache show --no-all-versions "${@:2}" |
		sed -n '/^Package: /p;/^Version: /p' | sha256sum | cut -c 1-16
}

vm_root() {
	local suite=$1 dir packages
	if (. /etc/os-release && [ "${VERSION_CODENAME:-}" = "$suite" ]); then
		echo /
		return
	fi
	packages=$(vm_root_packages "$suite" | paste -sd' ')
	# shellcheck disable=SC2086	# they are words
	dir=$vm_cache/roots/$suite-$(vm_root_key "$suite" $packages)
	debs_once "$dir" vm_root_make "$suite" "$packages" || return
	echo "$dir"
}

vm_root_make() {
	local dir=$1 suite=$2 packages=$3
	command -v mmdebstrap >/dev/null || {
		echo "mmdebstrap is missing; run tools/vm/setup.sh" >&2
		return 1
	}
	echo "making a root of Debian $suite (some 40 s)" >&2
	debs_sources "$suite" | mmdebstrap --quiet --variant=essential --include="${packages// /,}" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/{doc,man,locale,info}/*' \
		--skip=cleanup/reproducible "$suite" "$dir" - >"$dir.log" 2>&1 || {
		tail -n 20 "$dir.log" >&2
		return 1
	}
}

# What is mounted is so for this command only, and goes with it however it ends.
# This tree is at its own place there, and nothing but build/ can be written to.
vm_in_root() {
	local root userns=
	root=$(vm_root "$1") || return
	shift
	if [ "$root" = / ]; then
		"$@"
		return
	fi
	[ "$(id -u)" = 0 ] || userns=--map-root-user
	mkdir -p "$vm_top/build" "$vm_cache/headers"
	# shellcheck disable=SC2016,SC2086	# expanded by that shell; an option or none
	unshare $userns --mount bash -euc '
		root=$1 top=$2 headers=$3
		shift 3
		mkdir -p "$root$top" "$root$headers"
		mount --bind "$root" "$root"
		mount -o remount,bind,ro "$root"
		mount --rbind /dev "$root/dev"
		mount --rbind /proc "$root/proc"
		mount -t tmpfs tmpfs "$root/tmp"
		for dir in "$top" "$headers"; do
			mkdir -p "$root$dir"
			mount --bind "$dir" "$root$dir"
			mount -o remount,bind,ro "$root$dir"
		done
		mount --bind "$top/build" "$root$top/build"
		exec env LC_ALL=C chroot "$root" "$@"
	' in-root "$root" "$vm_top" "$vm_cache/headers" "$@"
}
