#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the tests in QEMU: test.sh [STEP]...; all of them, in the order of the list below,
# if none is named.  test.sh -h prints what each does.  Each is a file in steps/;
# steps.sh says what such a file has in it.
#
# A step also fails if the kernel's log has a WARNING, a BUG, or a report of
# KASAN, lockdep and the like in it (see vm_log_reports in kernels.sh).
# BINDER_TEST_PROGRAMS="crash ..." runs some of the kselftests only.
# BINDER_EFFORT=full does all that could go on for longer for longer.
# BINDER_TEST_SOURCE="SUITE PACKAGE" is what the instrumented kernel is made of: see
# kernel.sh.
# BINDER_TEST_JOBS is how many guests run at once, 3 if there are two processors, as
# each of them sleeps for some of its time;
# what they say is shown in the order of the steps all the same.
# Everything that was said is kept in build/test/.
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
cd "$vm_top"
# What was said on the command line of make is in the environment, too.
unset MAKEFLAGS MFLAGS

all=(kunit debug failnth load soak stock limits trixie sid vanilla reference differential context
	binderfs binderctl clients packaging reload kcsan beside style fuzz)
for step in "${all[@]}"; do
	. "tools/vm/steps/$step.sh"
done
if [ "${1:-}" = -h ]; then
	for step in "${all[@]}"; do
		printf '%-13s' "$step"
		# The head, but for the licence.
		sed -n '3,/^[^#]/s/^# //p' "tools/vm/steps/$step.sh" | sed '2,$s/^/             /'
	done
	exit
fi
steps=("${@:-${all[@]}}")
[ $# -gt 0 ] || steps=("${all[@]}")
for step in "${steps[@]}"; do
	[[ " ${all[*]} " == *" $step "* ]] || { echo "no step $step; there are: ${all[*]}" >&2; exit 2; }
done

out=build/test
rm -rf "$out"
mkdir -p "$out"
: >"$out/results"
launcher=''

tally() {
	grep -cE "^($1)	" "$2" || :
}

# A line of the table, for each step that began.
table_line() {
	local step=$1 file=$out/$1.results

	[ -e "$file" ] || return 0
	printf '%-12s %-20s %-12s %7d %7d %8d %6d s %6d s\n' "$step" "$(kernel_of "$step")" \
		"${step_driver[$step]}" \
		"$(tally 'pass|differs' "$file")" "$(tally fail "$file")" \
		"$(tally skip "$file")" "$(cat "$out/$step.time" 2>/dev/null || echo 0)" \
		"$(cat "$out/$step.cpu" 2>/dev/null || echo 0)"
	sed "s/^\([a-z]*\)	/\1	$step: /" "$file" >>"$out/results"
}

kernel_of() {
	local kernel=${step_kernel[$1]}
	echo "${name[$kernel]:-$kernel}"
}

# The table and the last line come whatever happens.
summary() {
	local status=$?
	trap - EXIT
	[ -z "$launcher" ] || kill -- "-$launcher" 2>/dev/null || :
	[ -n "$launcher" ] || {
		echo "nothing was run: the build failed"
		echo $SECONDS >"$out/build.time"
	}
	echo
	printf '%-12s %-20s %-12s %7s %7s %8s %8s %8s\n' Step Kernel Driver Passed Failed Skipped \
		Time CPU
	local step
	for step in build "${steps[@]}"; do
		table_line "$step"
	done
	printf '\nThe slowest tests:\n'
	for step in "${steps[@]}"; do
		sed "s/	/	$step: /" "$out/$step.results.times" 2>/dev/null || :
	done | sort -rn | sed -n '1,12s/^\([0-9]*\)	/  \1 s	/p'
	# Last what one has to see, even if only the end of it is shown.
	local kind title
	for kind in "differs:Differs from Debian's driver, as listed" skip:Skipped fail:Failed; do
		title=${kind#*:} kind=${kind%%:*}
		grep -q "^$kind	" "$out/results" || continue
		printf '\n%s:\n' "$title"
		sed -n "s/^$kind	\([^	]*\)	\(.*\)/  \1  (\2)/p" "$out/results" | sed 's/  ()$//'
	done
	local passed failed skipped
	passed=$(tally 'pass|differs' "$out/results")
	failed=$(tally fail "$out/results")
	skipped=$(tally skip "$out/results")
	[ $status = 0 ] || [ "$failed" -gt 0 ] || failed=1
	printf '\n%d s in all; the logs are in %s\n' $SECONDS "$out"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ] || exit 1
	exit 0
}
trap summary EXIT

# Whatever the steps need is built first; that it builds cleanly is a result.
step build - - 0
step=build
: >"$out/build.results"
echo "== build: kernels, modules, tests"
for want in "${steps[@]}"; do
	! declare -F "needs_$want" >/dev/null || "needs_$want"
done
echo $SECONDS >"$out/build.time"
printf '  done in %d s\n' $SECONDS

run_step() {
	local began=$SECONDS part=''

	printf '\n== %s: %s driver on %s\n' "$step" "${step_driver[$step]}" "$(kernel_of "$step")"
	: >"$out/$step.results"
	"step_$step"
	[ -s "$out/$step.results" ] || result fail guest "no tests ran"
	echo $((SECONDS - began)) >"$out/$step.time"
	# What it and its children have used; no pipe, whose end would be another process.
	times >"$out/$step.times"
	awk -F '[ms ]+' '{ n += $1 * 60 + $2 + $3 * 60 + $4 } END { printf "%d\n", n }' \
		"$out/$step.times" >"$out/$step.cpu"
}

# The longest first, so that none of the processors is idle at the end.
longest_first() {
	local step
	for step in "${steps[@]}"; do
		echo "${step_seconds[$step]} $step"
	done | sort -rns | cut -d' ' -f 2
}

# In a process group of its own, so that all of it can be ended at once.
jobs=${BINDER_TEST_JOBS:-$(($(nproc) > 1 ? 3 : 1))}
set -m
(
	set +m
	for step in $(longest_first); do
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
			wait -n || :
		done
		run_step >"$out/$step.out" 2>&1 &
		echo $! >"$out/$step.pid"
	done
	wait
) </dev/null &
launcher=$!
set +m

for step in "${steps[@]}"; do
	until [ -s "$out/$step.pid" ]; do
		kill -0 $launcher 2>/dev/null || { result fail step "never began"; continue 2; }
		sleep 1
	done
	tail -q -n +1 -s 1 -f --pid="$(cat "$out/$step.pid")" "$out/$step.out"
	[ -e "$out/$step.time" ] || result fail step "ended early"
done
wait
