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
# other_cpus 0|1: An emulated CPU may run into the breakpoint with which another one patches
# code that it has just put back: "Oops: int3", somewhere in the scheduler.  Trace events are
# turned on and off by patching, so who does that all the time has one CPU only.
other_cpus() {
	for online in /sys/devices/system/cpu/cpu[1-9]*/online; do
		[ ! -e "$online" ] || echo "$1" >"$online"
	done
}

for words; do
	echo "# program: ${words%% *}"
	[ "${words%% *}" != tracing ] || other_cpus 0
	# shellcheck disable=SC2086	# they are words
	timeout -s KILL "$limit" $words 2>&1
	echo "# exit: $?"
	[ "${words%% *}" != tracing ] || other_cpus 1
done
if [ -n "$unload" ]; then
	begin unload
	check rmmod rmmod binder_linux
	end
fi
