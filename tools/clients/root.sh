#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the name of a tar file with Debian sid's binder clients and all that they
# need, made if need be.  The packages are unpacked and nothing else: what runs in
# it needs none of their scripts.  It is kept in the cache by their versions.
. "$(dirname "${BASH_SOURCE[0]}")/../vm/debs.sh"

suite=sid
packages=(libgbinder-tools python3-gbinder python3-gi python3-dbus kmod coreutils mount)
# Waydroid's own dependencies are a desktop: these files are enough to probe drivers
# and to speak as its services do.
alone=(waydroid)
useless=(usr/share/{doc,man,locale,zoneinfo,bash-completion} usr/lib/x86_64-linux-gnu/gconv)

apt_get() {
	debs_apt $suite apt-get -y --no-install-recommends "$@"
}

unpack() {
	dpkg-deb --fsys-tarfile "$1" |
		tar -x -C "$2" --keep-directory-symlink "${useless[@]/#/--exclude=./}"
}

make_tar() {
	local tmp deb link
	tmp=$(mktemp -d)
	# shellcheck disable=SC2064	# now
	trap "rm -rf '$tmp'" EXIT
	mkdir -p "$tmp"/root/{dev,proc,sys,tmp,run,tests,root,var/lib/waydroid} "${1%/*}"
	for link in bin sbin lib lib64; do
		ln -s usr/$link "$tmp/root/$link"
	done
	# apt's archives, but with nothing else among them.
	mkdir -p "$tmp/archives/partial"
	apt_get -o "Dir::Cache::archives=$tmp/archives" --download-only install \
		"${packages[@]}" >&2
	for deb in "$tmp"/archives/*.deb; do
		unpack "$deb" "$tmp/root"
	done
	cp -a "$(debs_unpack $suite "${alone[@]}")/usr" "$tmp/root/"
	find "$tmp/root" -name __pycache__ -prune -exec rm -r {} +
	tar -C "$tmp/root" --owner=0 --group=0 -cf "$tmp/tar" .
	mv "$tmp/tar" "$1"
}

debs_update $suite
versions=$(apt_get -s install "${packages[@]}" | sed -nE 's/^Inst ([^ ]+) \(([^ ]+) .*/\1 \2/p')
for package in "${alone[@]}"; do
	versions+=$'\n'"$package $(debs_version $suite "$package")"
done
file=$vm_cache/roots/clients-$(cat - "$0" <<<"$versions" | sha256sum | cut -c 1-16).tar
if [ ! -e "$file" ]; then
	echo "unpacking Debian $suite's binder clients" >&2
	(make_tar "$file")
fi
echo "$file"
