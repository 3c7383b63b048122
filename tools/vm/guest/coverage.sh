#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# coverage.sh COMMAND [ARG]...: run a command, unload the module, and print what gcov has
# counted until then, as a tar file in base64.  The kernel keeps the counters of a module
# that is gone, and adds to them when it comes again.
. /tests/lib.sh

is_unloaded() {
	! grep -q '^binder_linux ' /proc/modules || unloads
}

# These files have no size before they are read, which tar could not bear.
collect() {
	mkdir -p /tmp/gcda && cd /sys/kernel/debug/gcov || return
	find . -name '*.gcda' | while read -r file; do
		mkdir -p "/tmp/gcda/${file%/*}" && cat "$file" >"/tmp/gcda/$file" || exit
	done || return
	[ -n "$(ls /tmp/gcda)" ]
}

"$@"
begin coverage
check unloaded is_unloaded
check counters collect
echo "# gcda: begin"
tar -C /tmp/gcda -czf - . | base64
echo "# gcda: end"
end
