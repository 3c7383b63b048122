#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot Debian's stock kernel in QEMU, load our module into it, and watch a
# service being called and dying.  BINDER_DEMO_MODULE=stock shows the same with
# the driver that comes with that kernel.
. "$(dirname "${BASH_SOURCE[0]}")/../vm/kernels.sh"
cd "$vm_top"

kernel=bookworm
tools/vm/setup.sh
echo "== fetching Debian's stock kernel (once)"
image=$(vm_image $kernel)
echo "== building binder_linux.ko for ${image##*/vmlinuz-}"
module=${BINDER_DEMO_MODULE:-$(vm_module $kernel)}
mkdir -p build/demo
gcc -O2 -g -Wall -Wextra -static -I include/uapi -o build/demo/demo tools/demo/demo.c
echo "== booting it in QEMU, with the module (some 10 seconds)"
status=0
tools/vm/run.sh -k $kernel -t 120 -l build/demo/console.log -m "$module devices=binder" \
	-f build/demo/demo 'uname -srv; lsmod | grep binder; demo' || status=$?
if [ $status = 0 ]; then
	echo "== done; the kernel's whole log is in build/demo/console.log"
else
	echo "== the demo failed ($status); the kernel's log is in build/demo/console.log"
fi
exit $status
