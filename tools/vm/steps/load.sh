# SPDX-License-Identifier: GPL-2.0-only
#
# The module is loaded with right and wrong parameters, and with each allocation failing.
step load debug ours 200
needs_load() { want_module debug; want_others load; }

# The program loads the module itself.
step_load() {
	guest_run 1800 -k "${image[debug]}" -f "${module[debug]}" -f tools/selftests/build/load \
		-f $guest/selftests.sh selftests.sh 1500 load
}
