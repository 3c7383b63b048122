# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests as 32-bit programs, on bookworm's kernel.
step compat $stock ours 100
needs_compat() { want_module $stock; want_programs 32; }

step_compat() {
	local bits=32 count=1 some=()
	# Nothing of limits is another for 32-bit programs, and its bystanders want a processor.
	mapfile -t some < <(programs_but limits)
	kselftests $stock 300 "${some[@]}"
}
