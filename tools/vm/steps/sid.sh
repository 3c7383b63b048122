# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on Debian's stock kernel of sid, 7.2, those of binderfs and netlink too.
step sid sid ours 110
needs_sid() { want_module sid; want_programs; want_others binderfs netlink; }

step_sid() {
	both_ways sid 300 "${programs[@]}" binderfs netlink
}
