# SPDX-License-Identifier: GPL-2.0-only
#
# Half a minute of all at once, with delays in the driver; "make soak" does it for longer.
step soak debug ours 150
needs_soak() {
	want_kernel debug
	module[soak]=$(vm_module debug DELAYS=1)
	want_others soak
}

step_soak() {
	guest_run 600 -k "${image[debug]}" -m "${module[soak]} $devices" \
		-f tools/selftests/build/soak -f $guest/selftests.sh -f $guest/soak.sh \
		soak.sh 30
}
