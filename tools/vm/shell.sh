#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A shell in a guest with our module loaded and the selftests in the PATH.
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"
cd "$vm_top"

module=$(vm_module bookworm)
make -s -C tools/selftests
files=()
for program in $(make -s -C tools/selftests list); do
	files+=(-f "tools/selftests/build/$program")
done
exec tools/vm/run.sh -i -m "$module devices=binder,hwbinder,vndbinder" "${files[@]}"
