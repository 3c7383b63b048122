#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# beside.sh OTHER: loading beside another binder driver, OTHER.ko, and unloading
# while in use.  A driver that can't be removed (Debian's) ends the test early.
. /tests/lib.sh
other=$1

begin "beside-$other"
check load-other insmod "/tests/$other.ko" devices=binder
mark_log
check refused-beside-other fails insmod /tests/binder_linux.ko
check says-so log_says 'binder: .*already'
check other-still-there test -c /dev/binder
# Under other names there can be both; what can be there but once is the other's.
check load-with-other-names insmod /tests/binder_linux.ko devices=binder2
check both-there test -c /dev/binder -a -c /dev/binder2
check unload-with-other-names rmmod binder_linux
if ! grep -q "^$other .*permanent" /proc/modules; then
	check unload-other rmmod "$other"
	check load insmod /tests/binder_linux.ko
	exec 3<>/dev/binder
	check busy-while-open fails rmmod binder_linux
	exec 3>&-
	check unload-when-closed rmmod binder_linux
fi
end
