#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# On a kernel that exports to modules only what a vanilla one does: the module loads,
# and says that it asks no security modules.
. /tests/lib.sh

begin vanilla
mark_log
check load insmod /tests/binder_linux.ko
check says-so log_says 'binder: loaded, devices: binder; asks no security modules, as this kernel does not'
check device test -c /dev/binder
check unload unloads
# For two boots to be compared.
echo "# the kernel is at $(sed -n 's/ T _text$//p' /proc/kallsyms)"
# QEMU 7.2 emulates no CPU with it; where one has it, the kernel must have turned it on.
ibt_if_possible() {
	! grep -qw ibt /proc/cpuinfo || dmesg | grep 'Indirect Branch Tracking enabled'
}
check ibt-is-on-if-the-cpu-has-it ibt_if_possible
end
