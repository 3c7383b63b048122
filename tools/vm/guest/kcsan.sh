#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kcsan.sh SECONDS PROGRAM...: run kselftests as selftests.sh does, with a mark in the
# kernel's log for each, while somebody reads the driver's logs again and again.
limit=$1
shift
# It is off until then: booting takes long enough.
echo on >/sys/kernel/debug/kcsan || exit
(while true; do
	cat /sys/kernel/debug/binder/* /sys/kernel/debug/binder/proc/* >/dev/null 2>&1
	usleep 200000
done) &
for words; do
	echo "vm: program ${words%% *}" >/dev/kmsg
	/tests/selftests.sh "$limit" "$words"
done
echo "vm: program none" >/dev/kmsg
sed 's/^/# kcsan: /' /sys/kernel/debug/kcsan
# The rest of it comes to the console.
sleep 2
