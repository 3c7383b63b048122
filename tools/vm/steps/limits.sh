# SPDX-License-Identifier: GPL-2.0-only
#
# The full figures of limits: 100,000 nodes, 100,000 handles, 10,000 threads and the like,
# on bookworm's kernel.
step limits $stock ours 120
needs_limits() { want_module $stock; want_programs; }

step_limits() {
	guest_run 1800 -k "${image[$stock]}" -m "${module[$stock]} $devices" \
		-f $guest/selftests.sh -f tools/selftests/build/limits \
		"BINDER_EFFORT=full selftests.sh 1500 limits"
}
