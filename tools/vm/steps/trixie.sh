# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on Debian's stock kernel of trixie, 6.12, those of binderfs and netlink too.
step trixie trixie ours 110
needs_trixie() { want_module trixie; want_programs; want_others binderfs netlink; }

step_trixie() {
	kselftests trixie 300 "${programs[@]}" binderfs netlink
}
