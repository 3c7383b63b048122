#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run a command in a copy of a root, and list what it left behind:
#
#   in-root.sh ROOT KERNEL-FILES SHARED CCACHE COMMAND [ARG]...
#
# ROOT is not written to.  KERNEL-FILES is put over it, as the files of a kernel package
# would be.  SHARED is /mnt there.  CCACHE keeps compiled objects for the next
# time.  Afterwards SHARED/changes has a line for each file that is not as it was: type,
# mode, owner, target, size and content, for all files of the root.
set -euo pipefail
if [ "$1" != inside ]; then
	exec unshare --mount "$0" inside "$(realpath "$1")" "$(realpath "$2")" \
		"$(realpath "$3")" "$(realpath "$4")" "${@:5}"
fi
root=$2 files=$3 shared=$4 ccache=$5
shift 5

# All in memory, and gone with this namespace.
top=$(mktemp -d)
mount -t tmpfs tmpfs "$top"
trap 'cd / && umount -R -l "$top" && rmdir "$top"' EXIT
cd "$top"
mkdir kernel work before changed work2 now
overlay() {
	mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" overlay "$4"
}
attach() {
	mount --rbind /dev "$1/dev"
	mount -t proc proc "$1/proc"
	mount -t sysfs -o ro sysfs "$1/sys"
	mount -t tmpfs tmpfs "$1/run"
	mount -t tmpfs tmpfs "$1/tmp"
}

# As it was: the root with a kernel's files in it, after depmod.
overlay "$root" kernel work before
cp -r "$files"/. before/
mkdir -p before/mnt
for kernel in before/lib/modules/*; do
	chroot before depmod "${kernel##*/}"
done
umount before
mount -t overlay -o "lowerdir=kernel:$root" overlay before

overlay "kernel:$root" changed work2 now
attach now
mount --bind "$shared" now/mnt
mkdir now/tmp/ccache
mount --bind "$ccache" now/tmp/ccache
status=0
env -i PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CCACHE_DIR=/tmp/ccache \
	CCACHE_BASEDIR=/var/lib/dkms CCACHE_NOHASHDIR=1 chroot now "$@" || status=$?

# Lazily: dpkg may still be about to close its terminal.
umount -R -l now/{dev,proc,sys,run,tmp,mnt}
list() {
	(cd "$1" && find . -mindepth 1 \( -type d -printf '%P %y %m %U:%G\n' -o \
		-printf '%P %y %m %U:%G %l %s\n' \)) | LC_ALL=C sort
}
list before >list.before
list now >list.now
{
	# Of both lists, the paths; then those of the same size.
	LC_ALL=C comm -3 list.before list.now | sed 's/^\t//; s/ .*//'
	(cd changed && find . -type f -printf '%P\n') | while read -r file; do
		[ ! -e "before/$file" ] || cmp -s "before/$file" "now/$file" || echo "$file"
	done
} | LC_ALL=C sort -u >"$shared/changes"
exit $status
