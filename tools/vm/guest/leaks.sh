#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# leaks.sh SECONDS PROGRAM...: run kselftests, then ask kmemleak, before and
# after the module is gone.
. /tests/lib.sh

/tests/selftests.sh "$@"
begin leaks
check kmemleak-loaded kmemleak_is_empty
check unload rmmod binder_linux
check kmemleak-unloaded kmemleak_is_empty
end
