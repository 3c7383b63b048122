#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# packaging.sh SUITE SRCVERSION: the suite's own modprobe and udev load what the package
# installed, and the group may open the devices.  All of that is in guest.tar.
. /tests/lib.sh
srcversion=$2
root=/root
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

mark_log
begin "boot-$1"
check udev inside /usr/lib/systemd/systemd-udevd --daemon
check modprobe inside /usr/sbin/modprobe binder_linux
check built-by-dkms is_ours
check says-so log_says 'binder: loaded, devices: binder,hwbinder,vndbinder'
check settle inside /usr/bin/udevadm settle --timeout=60
for device in binder hwbinder vndbinder; do
	check "access-$device" access /dev/$device 660 0:$group
done
check mount mount_as_unit
check mount-devices devices_of_mount
check mount-access access /tmp/binderfs/binder 600 0:0
check umount umount /tmp/binderfs
check unload inside /usr/sbin/modprobe -r binder_linux
check load-again inside /usr/sbin/modprobe binder_linux
end
