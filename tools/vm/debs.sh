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
#   debs_sources SUITE        apt's sources.list of a suite
#   debs_once DIR COMMAND [ARG]...  fill a directory of the cache by "COMMAND DIR ARG...",
#                             once, however many want it at the same time (the
#                             command's status counts: "set -e" means nothing there)
set -euo pipefail

vm_cache=${BINDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/binder-stock}

# debs_locked FILE COMMAND...: one at a time; says so if it has to wait.  The lock ends with
# the process, whatever ends it.
debs_locked() {
	local file=$1 fd status=0
	shift

	mkdir -p "$(dirname "$file")"
	exec {fd}>>"$file"
	flock --nonblock "$fd" || {
		echo "waiting for another process that makes ${file%.lock}" >&2
		flock "$fd"
	}
	"$@" || status=$?
	exec {fd}>&-
	return $status
}

debs_once() {
	[ -e "$1/.complete" ] || debs_locked "$1.lock" debs_fill "$@"
}

debs_fill() {
	local dir=$1 command=$2
	shift 2

	[ ! -e "$dir/.complete" ] || return 0
	rm -rf "$dir"
	mkdir -p "$dir"
	"$command" "$dir" "$@" && touch "$dir/.complete"
}

debs_sources() {
	local url=http://deb.debian.org/debian key=/usr/share/keyrings/debian-archive-keyring.gpg

	echo "deb [signed-by=$key] $url $1 main"
	[ "$1" != sid ] || return 0
	echo "deb [signed-by=$key] $url $1-updates main"
	echo "deb [signed-by=$key] $url-security $1-security main"
}

# apt-get and apt-cache with a state of their own for one suite.
debs_apt() {
	local suite=$1 tool=$2 root=$vm_cache/apt/$1
	shift 2

	if [ ! -e "$root/status" ]; then
		mkdir -p "$root"/{lists/partial,archives/partial}
		debs_sources "$suite" >"$root/sources.list"
		: >>"$root/status"
	fi
	"$tool" -q -o "Dir::State=$root" -o "Dir::State::lists=$root/lists" \
		-o "Dir::State::status=$root/status" -o "Dir::Cache=$root" \
		-o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin \
		-o "Dir::Etc::sourcelist=$root/sources.list" -o Dir::Etc::sourceparts=- \
		-o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o APT::Get::AllowUnauthenticated=false "$@"
}

# Refresh a suite's lists once a day at most.  Offline, what is there will do.
debs_update() {
	local stamp=$vm_cache/apt/$1/updated

	[ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] || debs_locked "$stamp.lock" debs_refresh "$1"
}

debs_refresh() {
	local stamp=$vm_cache/apt/$1/updated

	[ -z "$(find "$stamp" -mmin -1440 2>/dev/null)" ] || return 0
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
		debs_once "$dir" debs_fetch "$suite" "$name" || return
		echo "$dir"
	done
}

debs_fetch() {
	local dir=$1 suite=$2 name=$3

	echo "fetching ${dir##*/} ($suite)" >&2
	rm -rf "$dir.deb"
	mkdir -p "$dir.deb"
	(cd "$dir.deb" && debs_apt "$suite" apt-get download "$name" >&2) &&
		dpkg -x "$dir.deb"/*.deb "$dir" &&
		rm -rf "$dir.deb"
}
