#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# leaks.sh SECONDS PROGRAM...: run kselftests, then ask kmemleak, before and
# after the module is gone, and after it came and went some more times.
. /tests/lib.sh

/tests/selftests.sh "$@"
begin leaks
check kmemleak-loaded kmemleak_is_empty
check unload unloads
check 10-cycles reload_cycles 10
check kmemleak-unloaded kmemleak_is_empty
end
