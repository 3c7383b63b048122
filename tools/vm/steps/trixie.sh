# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on Debian's stock kernel of trixie, 6.12, on one processor, those of binderfs
# and netlink too.
step trixie trixie ours 110
needs_trixie() { want_module trixie; want_programs; want_others binderfs netlink; }

step_trixie() {
	local count=1 some=()
	# The bystanders of limits want a processor.
	mapfile -t some < <(programs_but limits)
	kselftests trixie 300 "${some[@]}" binderfs netlink
}
