# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests on Debian's stock kernel of bookworm, 6.1.
step stock $stock ours 100
needs_stock() { want_module $stock; want_programs; }

step_stock() {
	both_ways $stock 300 "${programs[@]}"
}
