# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests, and that of binderfs, with each access of the driver to memory watched
# now and then for another processor's (KCSAN), then kmemleak; limits, which is about
# time, and more watching with BINDER_EFFORT=full.  "make kcsan" has the kernel watched, too.
step kcsan vanilla ours 270
needs_kcsan() { want_module vanilla; want_programs; want_others binderfs; }

step_kcsan() {
	local some program built=() accesses=500 but=limits

	[ "${BINDER_EFFORT:-}" != full ] || accesses=100 but=
	mapfile -t some < <(programs_but "$but")
	some=(binderfs "${some[@]}")
	for program in "${some[@]}"; do
		built+=(-f "tools/selftests/build/$program")
	done
	guest_run $((600 + 400 * ${#some[@]})) -k "${image[vanilla]}" \
		-a "kmemleak=on mitigations=auto kcsan.skip_watch=$accesses" -m "${module[vanilla]} $devices" \
		-f "${module[vanilla]}" -f $guest/selftests.sh -f $guest/leaks.sh "${built[@]}" \
		leaks.sh 900 "${some[@]}"
}
