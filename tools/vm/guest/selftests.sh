#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# selftests.sh [-u] SECONDS PROGRAM...: run the kselftests, each with a time limit.  A
# PROGRAM may have options with it: "crash -F storm" leaves a fixture out.  -u: afterwards
# nobody uses the module any more, and it can be unloaded.
. /tests/lib.sh
unload=
[ "$1" != -u ] || { unload=y; shift; }
limit=$1
shift
for words; do
	# A program that was killed may have left others switched off: see cpus.h.
	for online in /sys/devices/system/cpu/cpu*/online; do
		[ ! -e "$online" ] || echo 1 >"$online"
	done
	echo "# program: ${words%% *}"
	# shellcheck disable=SC2086	# they are words
	timeout -s KILL "$limit" $words 2>&1
	echo "# exit: $?"
done
if [ -n "$unload" ]; then
	begin unload
	check rmmod unloads
	end
fi
