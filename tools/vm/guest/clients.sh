#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# clients.sh DRIVER CASE...: Debian sid's binder clients, in a root of their own
# (/tests/root.tar).  The driver, "ours" or "stock", is /tests/module/*.ko*, which sid's
# modprobe loads, or Waydroid.  A CASE is "gbinder", or one of waydroid.py's.
. /tests/lib.sh
root=/tmp/root
driver=$1
shift

in_root() {
	chroot $root /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 HOME=/root \
		NO_COLOR=1 "$@"
}

make_root() {
	local modules

	mkdir $root
	tar -xf /tests/root.tar -C $root
	rm /tests/root.tar
	mount --bind /dev $root/dev
	mount --bind /proc $root/proc
	mount --bind /sys $root/sys
	cp -r /tests/clients /tests/servicemanager $root/tests/
	modules=$root/lib/modules/$(uname -r)
	mkdir -p "$modules/updates" $root/etc
	cp /tests/module/* "$modules/updates/"
	in_root depmod 2>/dev/null
	echo root:x:0:0:root:/root:/bin/sh >$root/etc/passwd
	cat >$root/etc/gbinder.conf <<-END
		[Protocol]
		/dev/binder = aidl
		/dev/hwbinder = aidl
		/dev/vndbinder = aidl3
		[ServiceManager]
		/dev/binder = aidl
		/dev/hwbinder = aidl
		/dev/vndbinder = aidl3
	END
}

# Debian's driver stays once it is loaded.
load() {
	grep -q '^binder_linux ' /proc/modules || in_root modprobe binder_linux "devices=$1"
}

unload() {
	local link

	umount $root/dev/binderfs 2>/dev/null || :
	for link in /dev/*; do
		[ ! -L "$link" ] || [ -e "$link" ] || rm "$link"
	done
	[ "$driver" != ours ] || ! grep -q '^binder_linux ' /proc/modules || rmmod binder_linux
}

tap() {
	echo "# program: $1"
	in_root python3 "/tests/clients/$2" "$3" "$4" 2>&1
	echo "# exit: $?"
}

gbinder() {
	local manager

	for manager in "binder aidl" "hwbinder aidl" "vndbinder aidl3"; do
		# shellcheck disable=SC2086	# they are words
		in_root /tests/servicemanager /dev/$manager &
	done
	sleep 1
	tap gbinder-aidl clients.py /dev/binder /dev/hwbinder
	tap gbinder-aidl3 clients.py /dev/vndbinder ""
	killall servicemanager
	wait
}

make_root
for case; do
	case $case in
	gbinder | loaded) load binder,hwbinder,vndbinder ;;
	own-names) load foo ;;
	esac
	case $case in
	gbinder) gbinder ;;
	*) tap "waydroid-$case" waydroid.py "$case" "$driver" ;;
	esac
	unload || exit
done
