# SPDX-License-Identifier: GPL-2.0-only
#
# The module is loaded with right and wrong parameters, and with allocations failing; before
# that, what its files leave out.
step load debug ours 200
needs_load() { want_module debug; want_others cuts load; }

# The program load unloads the module, and loads it itself.
step_load() {
	guest_run 1800 -k "${image[debug]}" -m "${module[debug]} $devices" -f "${module[debug]}" \
		-f tools/selftests/build/cuts -f tools/selftests/build/load \
		-f $guest/selftests.sh selftests.sh 1500 cuts load
}
