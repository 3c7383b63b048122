#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# leaks.sh SECONDS PROGRAM...: run kselftests, then ask kmemleak, before and
# after the module is gone, and after it came and went some more times.  KCSAN must
# have watched, and have found nothing.
. /tests/lib.sh

kcsan=/sys/kernel/debug/kcsan
echo on >$kcsan || exit
/tests/selftests.sh "$@"
kcsan_counts() {
	sed -n "s/^$1: \([0-9]*\)\$/\1/p" $kcsan
}
kcsan_found_nothing() {
	cat $kcsan
	[ "$(kcsan_counts enabled)" = 1 ] && [ "$(kcsan_counts data_races)" = 0 ] &&
		[ "$(kcsan_counts setup_watchpoints)" -gt 1000 ]
}

begin leaks
check kcsan kcsan_found_nothing
check kmemleak-loaded kmemleak_is_empty
check unload unloads
check 10-cycles reload_cycles 10
check kmemleak-unloaded kmemleak_is_empty
end
