#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kunit.sh SUITES: show the results of the KUnit suites, which have run when the module
# was loaded; so many there must be.  A suite is shown as a program; its parametrised cases stay indented.
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
check all-suites test "$(ls -d /sys/kernel/debug/kunit/*/ | wc -l)" = "$1"
check unload unloads
end
