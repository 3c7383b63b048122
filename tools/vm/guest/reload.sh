#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# reload.sh CYCLES: load, use a little, and unload; nothing may be left behind.
. /tests/lib.sh

begin reload
check "$1-cycles" reload_cycles "$1"
end
