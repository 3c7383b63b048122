# SPDX-License-Identifier: GPL-2.0-only
#
# The same 500 random scripts on Debian's driver and on ours, and 100 of them on the
# instrumented kernel; 3,000 and 500 with BINDER_EFFORT=full.
step differential $stock each 120
needs_differential() { want_module debug; want_module $stock; want_others player; }

# play_once COUNT: on the instrumented kernel; does everything go as on the stock one?
play_once() {
	tools/vm/run.sh -t 600 -c 1 -k "${image[debug]}" -m "${module[debug]} devices=binder" \
		-l "$out/$step-debug.console" -f tools/selftests/build/player \
		"dmesg -n 1; player 1 $1" >"$out/$step-debug.hashes" 2>"$out/$step.stderr" &&
		diff "$out/$step-stock.hashes" "$out/$step-debug.hashes" >"$out/$step-debug.diff"
}

# The story is the same whatever the kernel, and none of its checkers minds.  There a script
# may take so long on a busy machine that the end of the one before reaches into it (one
# in 300 did once): what is different only once is said, and does not count.
play_instrumented() {
	head -n "$1" build/differential/ours.hashes >"$out/$step-stock.hashes"
	if ! play_once "$1" && [ -s "$out/$step-debug.diff" ]; then
		sed -n 's/^> /  different, played again: /p' "$out/$step-debug.diff"
		play_once "$1" || :
	fi
	if [ -e "$out/$step-debug.diff" ] && [ ! -s "$out/$step-debug.diff" ]; then
		result pass "instrumented"
		echo "  $1 of $1 are the same on ${name[debug]}"
	else
		sed 's/^/    /' "$out/$step.stderr"
		result fail "instrumented" "run.sh failed; or other stories than on the stock kernel"
	fi
}

# A result for each hundred of scripts.
step_differential() {
	local seeds=500 instrumented=100 from to bad debian

	[ "${BINDER_EFFORT:-}" != full ] || seeds=3000 instrumented=500

	debian=$vm_cache/results/$step-$(kept_key $stock "$seeds" "$(vm_stock_module $stock)" \
		tools/selftests/build/player)
	[ "${BINDER_EFFORT:-}" != full ] || debian=
	if BINDER_DEBIAN_STORY=$debian BINDER_MODULE=${module[$stock]} \
	   tools/vm/differential.sh $seeds >"$out/$step.tap" 2>&1 && [ -n "$debian" ] &&
	   [ ! -e "$debian" ]; then
		keep build/differential/debian.hashes "$debian"
	fi
	sed 's/^/  /' "$out/$step.tap"
	for ((from = 1; from < seeds; from += 100)); do
		to=$((from + 99))
		bad=$(diff <(sed -n "${from},${to}p" build/differential/ours.hashes) \
			<(sed -n "${from},${to}p" build/differential/debian.hashes) |
			sed -n 's/^[<>] seed \([0-9]*\) .*/\1/p' | sort -nu | tr '\n' ' ')
		if grep -q "^seed $to " build/differential/ours.hashes && [ -z "$bad" ]; then
			result pass "scripts $from to $to"
		else
			result fail "scripts $from to $to" "these differ: ${bad:-not played}"
		fi
	done
	play_instrumented $instrumented
}
