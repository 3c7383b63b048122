#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# reload.sh CYCLES: load, use a little, and unload; nothing may be left behind.
. /tests/lib.sh

cycles() {
	i=0
	while [ $i -lt "$1" ]; do
		insmod /tests/binder_linux.ko devices=binder,hwbinder || return
		true <>/dev/binder && true <>/dev/hwbinder || return
		rmmod binder_linux || return
		[ ! -e /dev/binder ] || return
		i=$((i + 1))
	done
}

begin reload
check "$1-cycles" cycles "$1"
check kmemleak kmemleak_is_empty
end
