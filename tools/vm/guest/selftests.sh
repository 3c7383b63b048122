#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# selftests.sh SECONDS PROGRAM...: run the kselftests, each with a time limit.  A
# PROGRAM may have options with it: "crash -F storm" leaves a fixture out.
limit=$1
shift
for words; do
	echo "# program: ${words%% *}"
	# shellcheck disable=SC2086	# they are words
	timeout -s KILL "$limit" $words 2>&1
	echo "# exit: $?"
done
