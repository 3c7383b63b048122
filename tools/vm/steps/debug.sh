# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on the instrumented kernel; limits, which is about time, only with
# BINDER_EFFORT=full.
step debug debug ours 860
needs_debug() { want_module debug; want_programs; }

step_debug() {
	local some=()
	mapfile -t some < <(programs_but "$([ "${BINDER_EFFORT:-}" = full ] || echo limits)")
	both_ways debug 600 "${some[@]}"
}
