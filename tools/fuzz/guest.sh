#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh OPTION...: the fuzzer, with all programs of the corpus, while trace events are on.
. /vm/config		# reports
export BINDER_REPORTS="$reports"
# An oops kills the task only, so that its program is told: run.sh fails for it all the same.
echo 0 >/proc/sys/kernel/panic_on_oops
echo 1 >/sys/kernel/tracing/events/binder/enable
exec fuzz "$@" corpus/*
