#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Show the results of the KUnit suites, which have run when the module was
# loaded.  A suite is shown as a program; its parametrised cases stay indented.
. /tests/lib.sh
for results in /sys/kernel/debug/kunit/*/results; do
	[ -e "$results" ] || continue
	suite=${results%/results}
	suite=${suite##*/}
	echo "# program: $suite"
	sed -n 's/^    //p' "$results"
	grep -q "^ok [0-9]* $suite" "$results"
	echo "# exit: $?"
done
begin kunit
check unload rmmod binder_linux
end
