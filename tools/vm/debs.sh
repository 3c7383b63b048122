#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetch Debian packages of any suite without touching this machine's own apt
# state, and unpack them into the cache.
#
# Sourced by the other scripts here; defines:
#   vm_cache                  where everything built or fetched is kept
#   debs_version SUITE NAME   a package's version, empty if there is none
#   debs_resolve SUITE NAME   the package that a metapackage such as
#                             linux-image-amd64 stands for, as "name version"
#   debs_unpack SUITE NAME... unpack packages; prints the directory
set -euo pipefail

vm_cache=${BINDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/binder-stock}

# apt-get and apt-cache with a state of their own for one suite.
debs_apt() {
	local suite=$1 tool=$2 root=$vm_cache/apt/$1
	shift 2

	mkdir -p "$root"/{lists/partial,archives/partial}
	local url=http://deb.debian.org/debian key=/usr/share/keyrings/debian-archive-keyring.gpg
	{
		echo "deb [signed-by=$key] $url $suite main"
		if [ "$suite" != sid ]; then
			echo "deb [signed-by=$key] $url $suite-updates main"
			echo "deb [signed-by=$key] $url-security $suite-security main"
		fi
	} >"$root/sources.list"
	: >>"$root/status"
	"$tool" -q -o "Dir::State=$root" -o "Dir::State::lists=$root/lists" \
		-o "Dir::State::status=$root/status" -o "Dir::Cache=$root" \
		-o "Dir::Etc::sourcelist=$root/sources.list" -o Dir::Etc::sourceparts=- \
		-o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o APT::Get::AllowUnauthenticated=false "$@"
}

# Refresh a suite's lists once a day at most.  Offline, what is there will do.
debs_update() {
	local stamp=$vm_cache/apt/$1/updated

	[ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] && return
	if debs_apt "$1" apt-get update >&2; then
		touch "$stamp"
	elif [ ! -e "$stamp" ]; then
		echo "cannot fetch the package lists of Debian $1" >&2
		return 1
	fi
}

debs_version() {
	debs_update "$1"
	debs_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null |
		sed -n 's/^Version: //p' | head -n 1
}

# The real package behind a metapackage: its first dependency with a kernel
# version in its name.
debs_resolve() {
	debs_update "$1"
	local dep
	dep=$(debs_apt "$1" apt-cache show --no-all-versions "$2" |
	      sed -n 's/^Depends: //p' | tr -d ' ' | tr ',' '\n' |
	      sed -n 's/^\(linux-[a-z]*-[0-9][^(]*\).*/\1/p' | head -n 1)
	echo "${dep:-$2}"
}

# Each package is unpacked into a directory of its own, named by its version.
debs_unpack() {
	local suite=$1 name version dir
	shift
	debs_update "$suite"
	for name in "$@"; do
		version=$(debs_version "$suite" "$name")
		[ -n "$version" ] || { echo "no package $name in $suite" >&2; return 1; }
		dir=$vm_cache/debs/${name}_$version
		if [ ! -e "$dir/.complete" ]; then
			echo "fetching $name $version ($suite)" >&2
			rm -rf "$dir" "$dir.deb"
			mkdir -p "$dir.deb"
			(cd "$dir.deb" && debs_apt "$suite" apt-get download "$name" >&2)
			dpkg -x "$dir.deb"/*.deb "$dir"
			rm -rf "$dir.deb"
			touch "$dir/.complete"
		fi
		echo "$dir"
	done
}
