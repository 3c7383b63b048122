#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh OPTION...: the fuzzer, with all programs of the corpus, while trace events are on.
. /vm/config		# reports
export BINDER_REPORTS="$reports"
echo 1 >/sys/kernel/tracing/events/binder/enable
exec fuzz "$@" corpus/*
