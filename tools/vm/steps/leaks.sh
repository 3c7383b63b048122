# SPDX-License-Identifier: GPL-2.0-only
#
# Some kselftests, then kmemleak; all of them with BINDER_EFFORT=full.
step leaks debug ours 200
needs_leaks() { want_module debug; want_programs; want_others binderfs transaction objects cve_calls crash; }

# A stack trace of every allocation is slow: the programs that matter most, without the
# tests that do the same thing for long.
step_leaks() {
	local some=(binderfs transaction objects cve_calls "crash -f no_vma -f death -f watchers -f held")
	local words built=()

	[ "${BINDER_EFFORT:-}" != full ] || some=(binderfs "${programs[@]}")
	for words in "${some[@]}"; do
		built+=(-f "tools/selftests/build/${words%% *}")
	done
	guest_run $((600 + 400 * ${#some[@]})) -c 1 -k "${image[debug]}" -a kmemleak=on -m "${module[debug]} $devices" \
		-f "${module[debug]}" -f $guest/selftests.sh -f $guest/leaks.sh "${built[@]}" \
		leaks.sh 900 "${some[@]}"
}
