#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kcsan.sh [PROGRAM]...: run the kselftests and the racing programs on a kernel with KCSAN,
# which finds accesses of two CPUs to the same memory that nothing orders, all of the
# kernel and the driver instrumented. Ends with a table of its reports, program by program,
# and each pair of places once. Exit status: 0 if none is about the driver and the log
# has nothing else in it. Reports about the core kernel alone are counted only, and so is
# what the tests say: on this kernel they are slow, and some of them look at the clock.
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"
cd "$vm_top"

out=build/kcsan
guest=tools/vm/guest
rm -rf "$out"
mkdir -p "$out"
programs=("$@")
if [ $# = 0 ]; then
	mapfile -t programs < <(make -s -C tools/selftests list)
	programs+=(binderfs netlink cve_binderfs player soak)
fi
image=$(vm_image kcsan)
# With lines, for addr2line.
module=$(vm_module kcsan KCFLAGS=-g)
files=()
words=()
for program in "${programs[@]}"; do
	make -s -C tools/selftests "build/$program"
	files+=(-f "tools/selftests/build/$program")
	# The player plays so many scripts.
	[ "$program" != player ] || program='player 1 60'
	words+=("$program")
done

echo "== ${#programs[@]} programs on the kcsan kernel"
status=0
BINDER_BOOT_SECONDS=600 tools/vm/run.sh -n -k "$image" -t $((${BINDER_KCSAN_MINUTES:-60} * 60)) \
	-l "$out/console" -m "$module devices=binder,hwbinder,vndbinder" \
	-f $guest/lib.sh -f $guest/selftests.sh -f $guest/kcsan.sh "${files[@]}" \
	"export BINDER_CVE_SECONDS=5 BINDER_STORM_KILLS=100 BINDER_SOAK_SECONDS=120; exec kcsan.sh 1200 ${words[*]@Q}" |
	tee "$out/tap" | sed -u -n '/^# program:/p;/^not ok/p;/^# *[0-9]* s:/p;/^# kcsan:/p' || status=$?

sed '1,/vm: start/d' "$out/console" | tr -d '\r' >"$out/log"
awk -f tools/vm/kcsan.awk "$out/log" >"$out/reports"

# "binder_foo+0x12 [binder_linux]" becomes "binder_foo (proc.c:77)".
with_lines() {
	local line at function address symbols

	symbols=$(nm "$module" | awk '{ print $3, $1 }')
	while IFS= read -r line; do
		while [[ $line =~ ([A-Za-z_0-9.]+)\+(0x[0-9a-f]+)\ \[binder_linux\] ]]; do
			function=${BASH_REMATCH[1]}
			address=$(awk -v f="$function" '$1 == f { print $2; exit }' <<<"$symbols")
			# The instruction in front of where the call returns to.
			at=$(addr2line -j .text -e "$module" \
				"$(printf '%x' $((0x${address:-0} + BASH_REMATCH[2] - 1)))")
			at=${at%% *}
			line=${line/"${BASH_REMATCH[0]}"/"$function (${at##*/})"}
		done
		echo "$line"
	done
}

printf '\n%-14s %6s %6s %8s %7s %6s\n' Program Passed Failed Driver Below Core
for program in "${programs[@]}"; do
	of() { awk -F '\t' -v p="$program" -v k="$1" '$1 == k && $2 == p' "$out/reports" | wc -l; }
	tests() { sed -n "/^# program: $program\$/,/^# exit/p" "$out/tap" | grep -c "^$1" || :; }
	printf '%-14s %6d %6d %8d %7d %6d\n' "$program" "$(tests ok)" "$(tests 'not ok')" \
		"$(of ours)" "$(of below)" "$(of core)"
done
for kind in ours:driver below:"driver further up in a stack"; do
	grep -q "^${kind%%:*}" "$out/reports" || continue
	printf '\nReports with the %s in them, each once:\n' "${kind#*:}"
	sed -n "s/^${kind%%:*}\t[^\t]*\t//p" "$out/reports" | sort | uniq -c | sort -rn | with_lines
done
# Other checkers' words count as everywhere else.
others=$(vm_log_reports "$out/console" | grep -v 'BUG: KCSAN: ' || :)
printf '\n%d reports about the driver, %d below it, %d of the core kernel alone; the log is in %s\n' \
	"$(grep -c '^ours' "$out/reports")" "$(grep -c '^below' "$out/reports")" \
	"$(grep -c '^core' "$out/reports")" "$out"
[ -z "$others" ] || { echo "$others"; exit 1; }
[ $status = 0 ] || { echo "the guest ended with status $status"; exit 1; }
[ "$(grep -c '^# exit: [01]$' "$out/tap")" = ${#programs[@]} ] ||
	{ echo "not all programs came to their end"; exit 1; }
! grep -q '^ours' "$out/reports"
