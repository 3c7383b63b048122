# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on Debian's stock kernel of sid, 7.2, on one processor, those of binderfs and
# netlink too.  Steps debug and kcsan have two, and that version.
step sid sid ours 110
needs_sid() { want_module sid; want_programs; want_others binderfs netlink; }

step_sid() {
	local count=1
	# The bystanders of limits want a processor; who is charged for memory can be told.
	kselftests sid 300 "${programs[@]/%limits/limits -f memory}" binderfs netlink
}
