# SPDX-License-Identifier: GPL-2.0-only
#
# Each allocation and each user copy of a scenario fails once, by fault injection.
step failnth debug ours 120
needs_failnth() { want_module debug; want_others failnth; }

step_failnth() {
	kselftests debug 1200 failnth
}
