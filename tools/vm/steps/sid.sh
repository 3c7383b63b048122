# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests, those of binderfs and netlink too, as 32-bit programs on Debian's stock
# kernel of sid, 7.2, on one processor; as 64-bit ones, too, with BINDER_EFFORT=full.
# Steps debug and kcsan have these, two processors, and that version.
step sid sid ours 110
needs_sid() { want_module sid; want_programs 32; want_others 32 binderfs netlink; }

step_sid() {
	local count=1 bits=32 part=32
	# The bystanders of limits want a processor; who is charged for memory can be told.
	local some=("${programs[@]/%limits/limits -f memory}" binderfs netlink)

	kselftests sid 300 "${some[@]}"
	[ "${BINDER_EFFORT:-}" = full ] || return 0
	bits='' part=64
	want_others binderfs netlink
	kselftests sid 300 "${some[@]}"
}
