# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on the instrumented kernel.
step debug debug ours 860
needs_debug() { want_module debug; want_programs; }

step_debug() {
	kselftests debug 600 "${programs[@]}"
}
