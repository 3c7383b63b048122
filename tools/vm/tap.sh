#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tap.sh RESULTS [DIFFERENCES]: read what a guest's scripts say (TAP between
# "# program:" and "# exit:" lines), show a line for each program and all about
# (30 lines of) each failure, and append one line for each test to RESULTS:
#
#   pass|fail|skip|differs <tab> PROGRAM TEST <tab> REASON
#
# and one to RESULTS.times, "SECONDS <tab> PROGRAM TEST", for each that took some.
#
# DIFFERENCES lists tests that are expected to fail, "PROGRAM TEST: REASON": one
# that fails then "differs", and one that does not fail, or isn't there, fails.  A REASON
# that begins with "at times, " is of one that a race decides, which may pass.
set -euo pipefail

results=$1 differences=${2:-}
declare -A expected=()
if [ -n "$differences" ]; then
	while IFS= read -r line; do
		[[ $line =~ ^[^#[:space:]] ]] || continue
		expected[${line%%: *}]=${line#*: }
	done <"$differences"
fi

program='' said='' since=0

record() {
	local result=$1 test=$2 reason=${3:-}
	local name="$program $test"

	if [ -n "${expected[$name]+x}" ]; then
		case $result in
		fail) result=differs reason=${expected[$name]} said='' ;;
		pass)
			[[ ${expected[$name]} == 'at times, '* ]] ||
				result=fail reason="passes, but ${differences##*/} expects it to fail"
			;;
		esac
		unset "expected[$name]"
	fi
	printf '%s\t%s\t%s\n' "$result" "$name" "$reason" >>"$results"
	[ $SECONDS = "$since" ] || printf '%d\t%s\n' $((SECONDS - since)) "$name" >>"$results.times"
	since=$SECONDS
	count[$result]=$((count[$result] + 1))
	if [ "$result" = fail ]; then
		head -n 30 <<<"${said%$'\n'}"
		echo "  FAILED: $name${reason:+ ($reason)}"
	fi
	said=''
}

# Does the status fit the results? 0; 1 where tests failed; 4 is kselftest's for skipped.
ended_well() {
	case $1 in
	0 | 4) ;;
	1) [ $((count[fail] + count[differs])) -gt 0 ] ;;
	*) false ;;
	esac
}

while IFS= read -r line; do
	line=${line%$'\r'}
	if [[ $line =~ ^'# program: '(.*) ]]; then
		program=${BASH_REMATCH[1]} plan='' said='' started=$SECONDS since=$SECONDS
		declare -A count=([pass]=0 [fail]=0 [skip]=0 [differs]=0)
	elif [ -z "$program" ]; then
		echo "  $line"
	elif [[ $line =~ ^1\.\.([0-9]+)(.*) ]]; then
		plan=${BASH_REMATCH[1]}
		# A program that can't run at all: "1..0 # SKIP why".
		[[ ! ${BASH_REMATCH[2]} =~ '# SKIP'\ *(.*) ]] || {
			record skip all "${BASH_REMATCH[1]}"
			plan=1
		}
	elif [[ $line =~ ^(not )?ok\ [0-9]+\ *-?\ *([^#]*[^#[:space:]])?\ *(\#\ *(SKIP|XFAIL|TODO)\ *(.*))?$ ]]; then
		test=${BASH_REMATCH[2]:-unnamed} reason=${BASH_REMATCH[5]}
		if [ "${BASH_REMATCH[4]}" = SKIP ]; then
			record skip "$test" "$reason"
		elif [ -n "${BASH_REMATCH[1]}" ]; then
			record fail "$test"
		else
			record pass "$test"
		fi
	elif [[ $line =~ ^'# exit: '([0-9]+) ]]; then
		status=${BASH_REMATCH[1]}
		total=$((count[pass] + count[fail] + count[skip] + count[differs]))
		if [ "$total" = 0 ]; then
			record fail exit "ran no test, and ended with status $status"
		elif [ -z "$plan" ] || [ "$total" != "$plan" ]; then
			record fail exit "ended with status $status after $total of ${plan:-unplanned} tests"
		elif ! ended_well "$status"; then
			record fail exit "ended with status $status"
		fi
		printf '  %-24s %4d passed %4d failed %4d skipped %5d s\n' "$program" \
			$((count[pass] + count[differs])) "${count[fail]}" "${count[skip]}" \
			$((SECONDS - started))
		program=
	else
		said+="    $line"$'\n'
	fi
done
if [ -n "$program" ]; then
	record fail exit "never ended"
fi
for name in "${!expected[@]}"; do
	reason="${differences##*/} lists it, but it did not run"
	printf 'fail\t%s\t%s\n' "$name" "$reason" >>"$results"
	echo "  FAILED: $name ($reason)"
done
