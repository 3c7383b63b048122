# SPDX-License-Identifier: GPL-2.0-only
#
# Some kselftests, then kmemleak.
step leaks debug ours 200
needs_leaks() { want_module debug; want_programs; want_others binderfs; }

# A stack trace of every allocation is slow: the programs that matter most,
# without the three tests that do the same thing for minutes.
step_leaks() {
	local some=(binderfs) program append=kmemleak=on script=leaks.sh
	for program in "${programs[@]}"; do
		case $program in
		transaction) some+=(transaction) ;;
		crash) some+=("crash -F window -T change_their_mind_meanwhile") ;;
		esac
	done
	kselftests debug 600 "${some[@]}"
}
