# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on Debian's stock kernel of bookworm, 6.1; step limits has limits there.
step stock $stock ours 100
needs_stock() { want_module $stock; want_programs; }

step_stock() {
	local some=()
	mapfile -t some < <(programs_but limits)
	both_ways $stock 300 "${some[@]}"
}
