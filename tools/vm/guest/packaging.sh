#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# packaging.sh SUITE SRCVERSION: the suite's own modprobe and udev load what the package
# installed, and the group may open the devices.  All of that is in guest.tar, and in
# tell-udev there what the package's postinst tells udev.
. /tests/lib.sh
srcversion=$2
root=/root
# udevadm does nothing in a chroot, and calls that success.
export SYSTEMD_IGNORE_CHROOT=1
inside() { chroot $root "$@"; }

tar -C $root -xf guest.tar
group=$(sed -n 's/^binder:[^:]*:\([0-9]*\):.*/\1/p' $root/etc/group)
for dir in dev proc sys; do
	mount --rbind /$dir $root/$dir
done
mount -t tmpfs tmpfs $root/run

# access DEVICE MODE USER:GROUP
access() {
	is=$(stat -c '%a %u:%g' "$1")
	echo "$1: $is"
	[ "$is" = "$2 $3" ]
}

is_ours() {
	cat /sys/module/binder_linux/srcversion
	[ "$(cat /sys/module/binder_linux/srcversion)" = "$srcversion" ]
}

devices_of_mount() {
	ls -l /tmp/binderfs
	test -c /tmp/binderfs/binder -a -c /tmp/binderfs/hwbinder -a -c /tmp/binderfs/vndbinder
}

mount_as_unit() {
	unit=$root/usr/lib/systemd/system/dev-binderfs.mount
	type=$(sed -n 's/^Type=//p' $unit) options=$(sed -n 's/^Options=//p' $unit)
	mkdir -p /tmp/binderfs
	mount -t "$type" -o "$options" binder /tmp/binderfs
}

# The group is younger than the rules: dpkg unpacks these first.
start_udev() {
	mv $root/etc/group /tmp/group
	sed '/^binder:/d' /tmp/group >$root/etc/group
	inside /usr/lib/systemd/systemd-udevd --daemon
}

settle() {
	inside /usr/bin/udevadm settle --timeout=60
}

load_without_group() {
	inside /usr/sbin/modprobe binder_linux && settle || return
	stat -c '%g' /dev/binder | grep -x 0
}

tell_udev() {
	mv /tmp/group $root/etc/group
	inside /usr/bin/dash /tell-udev configure '' && settle
}

mark_log
begin "boot-$1"
check udev start_udev
check modprobe load_without_group
check built-by-dkms is_ours
check says-so log_says 'binder: loaded, devices: binder,hwbinder,vndbinder'
check tell-udev tell_udev
for device in binder hwbinder vndbinder; do
	check "access-$device" access /dev/$device 660 0:$group
done
check mount mount_as_unit
check mount-devices devices_of_mount
check mount-access access /tmp/binderfs/binder 600 0:0
check umount umount /tmp/binderfs
check unload inside /usr/sbin/modprobe -r binder_linux
check load-again inside /usr/sbin/modprobe binder_linux
check settle settle
check access-again access /dev/binder 660 0:$group
end
