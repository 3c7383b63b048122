#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh: the same program on Debian's own binder driver and on ours, on Debian's
# kernel, in QEMU; one table. From the environment:
#
#   KERNEL    "bookworm" (6.1, the default) or "sid", or both
#   LINES     only these lines: shell patterns, with commas between them
#   MODE      "counted parallel", or one of these (with LINES: counted)
#   MODULE    our module for that kernel, if it is not to be built
#   BOOTS     how often the parallel lines are booted (3)
#   MANY      how many nodes and handles are many (50,000)
#   PROFILE   1: no table, but how many instructions each function takes of one step of
#             the line named in LINES (default "empty call")
#
# counted: one CPU, and time is how many instructions the guest has executed. What is
# measured is the same each time, however busy the machine is. parallel: two CPUs, by
# the clock, for which the machine has to be idle.
# What was measured is in build/bench/*.tsv.
. "$(dirname "${BASH_SOURCE[0]}")/../vm/kernels.sh"
cd "$vm_top"

read -ra kernels <<<"${KERNEL:-bookworm}"
IFS=, read -ra patterns <<<"${LINES:-}"
mode=${MODE:-${LINES:+counted}} boots=${BOOTS:-3} many=${MANY:-50000}
mode=${mode:-counted parallel}
out=build/bench here=tools/bench
# What make was given is for this script, not for the kernel's build system.
unset MAKEFLAGS MFLAGS
make -s -C $here

# QEMU counts each byte of "rep movsb" as an instruction; a processor does not.
counted=(-q "-accel tcg,thread=single -icount shift=0,sleep=off -cpu max -smp 1"
	-a "clearcpuid=erms,fsrm nokaslr mitigations=auto")

# boot KERNEL DRIVER NAME OPTION... -- ARG...: run the benchmark; its output goes to NAME.tsv.
boot() {
	local kernel=$1 name=$3 module=stock options=()
	[ "$2" = stock ] || module=$ours
	shift 3
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	tools/vm/run.sh -k "$kernel" -t 1800 -m "$module devices=binder" -l "$out/$name.console" \
		-f $out/bench "${options[@]}" bench "$@" >"$out/$name.tsv" || {
		echo "bench: $name: run.sh ended with $?; it had said" >&2
		tail -n 5 "$out/$name.tsv" >&2
		return 1
	}
}

# The two drivers at once if there are two processors to be had: counting does not mind.
both() {
	local kernel=$1 what=$2 pid
	shift 2
	boot "$kernel" ours "$kernel-ours-$what" "$@" &
	pid=$!
	if [ "$(nproc)" = 1 ] || [ "${BINDER_TEST_JOBS:-2}" = 1 ]; then
		wait $pid || status=1
		pid=
	fi
	boot "$kernel" stock "$kernel-stock-$what" "$@" || status=1
	[ -z "$pid" ] || wait "$pid" || status=1
}

# The lines of the guest's clock, boot by boot, the drivers in turn.
parallel() {
	local kernel=$1 number driver
	for ((number = 1; number <= boots; number++)); do
		for driver in stock ours; do
			boot "$kernel" $driver "$kernel-$driver-parallel-$number" -a mitigations=auto -- -p "${patterns[@]}" ||
				status=1
		done
	done
}

collect() {
	cat "$out/$1-$2-counted.tsv" "$out/$1-$2-parallel"-*.tsv 2>/dev/null >"$out/$1-$2.tsv" || :
}

bench() {
	local kernel=$1
	rm -f "$out/$kernel"-*-{counted,parallel-*}.tsv
	echo "== $kernel: $(basename "$(vm_image "$kernel")"), the stock driver and ours"
	[[ $mode != *counted* ]] || both "$kernel" counted "${counted[@]}" -- -n "$many" "${patterns[@]}"
	[[ $mode != *parallel* ]] || parallel "$kernel"
	collect "$kernel" stock
	collect "$kernel" ours
	awk -f $here/table.awk $here/targets.tsv "$out/$kernel-stock.tsv" "$out/$kernel-ours.tsv" |
		tee "$out/$kernel.txt"
}

profile() {
	local kernel=$1 driver name
	local line=${LINES:-empty call}
	echo "== $kernel: \"$line\", instructions per step and function"
	for driver in stock ours; do
		name=$kernel-$driver-profile
		boot "$kernel" $driver "$name" "${counted[0]}" \
			"${counted[1]} -plugin $out/profile.so,out=$out/$name.addresses -debugcon file:$out/$name.symbols" \
			"${counted[@]:2}" -- -s "$line" || exit
		$here/profile.sh "$out/$name" >"$out/$name.txt"
	done
	printf '%-62s%s\n' stock ours
	paste -d '\t' "$out/$kernel-stock-profile.txt" "$out/$kernel-ours-profile.txt" |
		awk -F '\t' '{ printf "%-62s%s\n", $1, $2 }' | tee "$out/$kernel-profile.txt"
}

status=0
for kernel in "${kernels[@]}"; do
	ours=${MODULE:-$(vm_module "$kernel")}
	if [ "${PROFILE:-0}" = 1 ]; then profile "$kernel"; else bench "$kernel"; fi
done
exit $status
