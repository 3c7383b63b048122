#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the tests in QEMU: test.sh [STEP]...; all of these, in this order, if none
# is named:
#
#   kunit      the KUnit suites, on the instrumented kernel
#   debug      the kselftests on the instrumented kernel
#   stock      the kselftests on Debian's stock kernel
#   reference  the kselftests against Debian's own binder driver, as a check of
#              the tests; tools/selftests/differences.txt says what may fail
#   differential  the same 2,000 random scripts on Debian's driver and on ours, and
#              300 of them on the instrumented kernel
#   compat     the kselftests as 32-bit programs, on that kernel
#   context    the kselftest of security contexts, where SELinux gives some, and
#              that of the hooks of security modules, with either driver
#   binderfs   binderfs and reports by netlink, of which the stock kernel's driver has
#              neither, on both kernels; mainline's own test of binderfs as well
#   reload     100 times load and unload, then kmemleak
#   leaks      some kselftests, then kmemleak
#   beside     loading beside another binder driver, unloading while in use
#   style      what compilers, sparse and checkpatch say of the code; whether the
#              UAPI header is that of the kernel, and abi.rst names tests that exist
#
# A step also fails if the kernel's log has a WARNING, a BUG, or a report of
# KASAN, lockdep and the like in it (see vm_log_reports in kernels.sh).
# BINDER_TEST_PROGRAMS="crash ..." runs some of the kselftests only.
# BINDER_TEST_JOBS is how many guests run at once, 2 if there are two processors;
# what they say is shown in the order of the steps all the same.
# Everything that was said is kept in build/test/.
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"
cd "$vm_top"

all=(kunit debug stock reference differential compat context binderfs reload leaks beside
	style)
steps=("${@:-${all[@]}}")
[ $# -gt 0 ] || steps=("${all[@]}")
for step in "${steps[@]}"; do
	[[ " ${all[*]} " == *" $step "* ]] || { echo "no step $step; there are: ${all[*]}" >&2; exit 2; }
done

stock=bookworm
devices=devices=binder,hwbinder,vndbinder
out=build/test
guest=tools/vm/guest
differences=tools/selftests/differences.txt
rm -rf "$out"
mkdir -p "$out"
: >"$out/results"
launcher='' build_time=''

# result KIND NAME [WHY]: add a result of the step itself.
result() {
	printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$out/$step.results"
	[ "$1" != fail ] || echo "  FAILED: $2 ($3)"
}

tally() {
	grep -cE "^($1)	" "$2" || :
}

# A line of the table, for each step that began.
table_line() {
	local step=$1 file=$out/$1.results

	[ -e "$file" ] || return 0
	describe "$step"
	printf '%-12s %-15s %-12s %7d %7d %8d %6d s\n' "$step" "$kernel" "$driver" \
		"$(tally 'pass|differs' "$file")" "$(tally fail "$file")" \
		"$(tally skip "$file")" "$(cat "$out/$step.time" 2>/dev/null || echo 0)"
	sed "s/^\([a-z]*\)	/\1	$step: /" "$file" >>"$out/results"
}

# Which kernel and whose driver a step is about.
describe() {
	kernel=${debug_name:-} driver=ours
	case $1 in
	stock | reference | differential | compat | context | beside) kernel=${stock_name:-} ;;
	esac
	case $1 in
	reference) driver="Debian's" ;;
	differential | context) driver="each" ;;
	style | binderfs) kernel=both ;;
	beside) driver="ours + other" ;;
	esac
}

# The table and the last line come whatever happens.
summary() {
	local status=$?
	trap - EXIT
	[ -z "$launcher" ] || kill -- "-$launcher" 2>/dev/null || :
	[ -n "$launcher" ] || echo "nothing was run: the build failed"
	echo
	printf '%-12s %-15s %-12s %7s %7s %8s %8s\n' Step Kernel Driver Passed Failed Skipped Time
	printf '%-12s %-15s %-12s %7s %7s %8s %6d s\n' build - - - - - "${build_time:-$SECONDS}"
	local step
	for step in "${steps[@]}"; do
		table_line "$step"
	done
	local kind title
	for kind in fail:Failed skip:Skipped "differs:Differs from Debian's driver, as listed"; do
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

# guest_run LIMIT RUN.SH-ARGUMENT...: boot, and sort what the guest says.
guest_run() {
	local limit=$1 status=0
	shift
	local log=$out/$step${part:+-$part}
	local expect=()

	[ "$step" != reference ] || expect=("$out/differences.txt")
	tools/vm/run.sh -t "$limit" -l "$log.console" -f $guest/lib.sh "$@" 2>"$log.stderr" |
		tee "$log.tap" |
		tools/vm/tap.sh "$out/$step.results" "${expect[@]}" || status=${PIPESTATUS[0]}
	case $status in
	0) ;;
	123) result fail guest "the module did not load" ;;
	124) result fail guest "out of time" ;;
	125) result fail guest "the kernel panicked, or did not boot" ;;
	126) result fail log "reports in the kernel's log" ;;
	*) result fail guest "ended with status $status" ;;
	esac
	[ $status = 0 ] || sed 's/^/    /' "$log.stderr"
}

# The selftests that exist, as -f options and by name.
find_programs() {
	local program
	mapfile -t programs < <(make -s -C tools/selftests list)
	[ -z "${BINDER_TEST_PROGRAMS:-}" ] || read -ra programs <<<"$BINDER_TEST_PROGRAMS"
	files=() files32=()
	for program in "${programs[@]}"; do
		files+=(-f "tools/selftests/build/$program")
		files32+=(-f "tools/selftests/build32/$program")
	done
}

step_kunit() {
	guest_run 900 -k "$debug_image" -m "$module_kunit" -f $guest/kunit.sh kunit.sh
}

step_debug() {
	guest_run 1500 -k "$debug_image" -m "$module_debug $devices" -f $guest/selftests.sh \
		"${files[@]}" selftests.sh 600 "${programs[@]}"
}

step_stock() {
	guest_run 900 -k "$stock_image" -m "$module_stock $devices" -f $guest/selftests.sh \
		"${files[@]}" selftests.sh 300 "${programs[@]}"
}

step_reference() {
	echo "  Debian's driver is expected to fail these:"
	# Of the programs that run.
	sed -nE "s/^($(IFS='|' && echo "${programs[*]}")) .*/&/p" $differences >"$out/differences.txt"
	sed 's/^/    /' "$out/differences.txt"
	guest_run 900 -k "$stock_image" -m "$debian_module $devices" -f $guest/selftests.sh \
		"${files[@]}" selftests.sh 300 "${programs[@]}"
}

# The story is the same whatever the kernel, and none of its checkers minds.
play_instrumented() {
	local status=0

	tools/vm/run.sh -t 600 -k "$debug_image" -m "$module_debug devices=binder" \
		-l "$out/$step-debug.console" -f tools/selftests/build/player \
		"dmesg -n 1; player 1 $1" >"$out/$step-debug.hashes" 2>"$out/$step.stderr" || status=$?
	head -n "$1" build/differential/ours.hashes >"$out/$step-stock.hashes"
	if [ $status = 0 ] && cmp -s "$out/$step-debug.hashes" "$out/$step-stock.hashes"; then
		result pass "instrumented"
		echo "  $1 of $1 are the same on $debug_name"
	else
		sed 's/^/    /' "$out/$step.stderr"
		result fail "instrumented" "run.sh: $status; or other stories than on the stock kernel"
	fi
}

# A result for each hundred of scripts.
step_differential() {
	local seeds=2000 from to bad

	tools/vm/differential.sh $seeds >"$out/$step.tap" 2>&1 || :
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
	play_instrumented 300
}

# Mainline's test is compiled from the kernel's source, as it is.
step_binderfs() {
	local part source
	source=$(vm_kdir debug)/tools/testing/selftests
	gcc -O2 -static -pthread -w -I include/uapi -I "$source" -o "$out/binderfs_test" \
		"$source/filesystems/binderfs/binderfs_test.c"
	for part in debug stock; do
		local image module
		image=$([ $part = debug ] && echo "$debug_image" || echo "$stock_image")
		module=$([ $part = debug ] && echo "$module_debug" || echo "$module_stock")
		guest_run 600 -k "$image" -m "$module $devices" -f $guest/selftests.sh \
			-f tools/selftests/build/binderfs -f tools/selftests/build/netlink \
			-f "$out/binderfs_test" selftests.sh 300 binderfs netlink binderfs_test
	done
}

step_compat() {
	guest_run 900 -k "$stock_image" -m "$module_stock $devices" -f $guest/selftests.sh \
		"${files32[@]}" selftests.sh 300 "${programs[@]}"
}

step_context() {
	local part module
	for part in ours debian; do
		module=$([ $part = ours ] && echo "$module_stock" || echo "$debian_module")
		guest_run 300 -k "$stock_image" -a "lsm=selinux selinux=1" -m "$module $devices" \
			-f $guest/selftests.sh -f tools/selftests/build/security selftests.sh 200 security
		guest_run 300 -k "$stock_image" -a "lsm=bpf" -m "$module $devices" \
			-f $guest/selftests.sh -f tools/selftests/build/hooks selftests.sh 200 hooks
	done
}

step_reload() {
	guest_run 600 -k "$debug_image" -a kmemleak=on -f "$module_debug" -f $guest/reload.sh reload.sh 100
}

# A stack trace of every allocation is slow: the programs that matter most,
# without the three tests that do the same thing for minutes.
step_leaks() {
	local some=(binderfs) program
	for program in "${programs[@]}"; do
		case $program in
		transaction) some+=(transaction) ;;
		crash) some+=("crash -F window -T change_their_mind_meanwhile") ;;
		esac
	done
	guest_run 1200 -k "$debug_image" -a kmemleak=on -m "$module_debug $devices" -f $guest/selftests.sh \
		-f $guest/leaks.sh "${files[@]}" -f tools/selftests/build/binderfs leaks.sh 600 "${some[@]}"
}

# A driver may be loaded but once under one name: the other gets a new one of
# the same length.  Debian's can't be unloaded, so that a copy of ours stands
# for a driver that can.
#
# objcopy drops the signature, which no longer fits: a module without one is
# taken, one with a wrong one is not.
rename_module() {
	objcopy --strip-debug "$1" "$out/$2.ko"
	sed -i "s/binder_linux/$2/g" "$out/$2.ko"
}

step_beside() {
	local part
	rename_module "$debian_module" binder_stock
	rename_module "$module_stock" binder_other
	for part in stock other; do
		guest_run 300 -k "$stock_image" -f "$out/binder_$part.ko" -f "$module_stock" \
			-f $guest/beside.sh beside.sh "binder_$part"
	done
}

# check NAME COMMAND...: a result, and what the command said if it failed.
check() {
	if "${@:2}" >"$out/check.log" 2>&1; then
		result pass "$1"
	else
		tail -n 30 "$out/check.log" | sed 's/^/    /'
		result fail "$1" "see above"
	fi
}

# Versions are told apart in one place, and each file names its licence.
check_sources() {
	! git grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION' -- '*.[ch]' ':!*/compat/*' &&
		! git grep -LE 'SPDX-License-Identifier: ' -- . ':!LICENSE' ':!*.gitkeep'
}

step_style() {
	local debug
	debug=$(vm_kdir debug)
	check "build and sparse for $stock_name" make check-build KDIR="$(vm_kdir $stock)"
	check "build for $debug_name" make check-build KDIR="$debug" KUNIT=1
	check "checkpatch" tools/vm/style.sh
	check "sources" check_sources
	check "abi header" tools/selftests/abi/check_abi.sh "$debug/include/uapi/linux/android/binder.h"
	check "abi tests" Documentation/abi-tests.sh --check
	printf '  style: %s of %s\n' "$(tally pass "$out/$step.results")" "$(wc -l <"$out/$step.results")"
}

wants() {
	local want
	for want; do
		[[ " ${steps[*]} " != *" $want "* ]] || return 0
	done
	return 1
}

echo "== build: kernels, modules, tests"
if wants kunit debug differential binderfs reload leaks style; then
	debug_image=$(vm_image debug)
	debug_name=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
		"${debug_image%/arch/*}/include/generated/utsrelease.h")
fi
if wants stock reference differential compat context binderfs beside style; then
	stock_image=$(vm_image $stock)
	debian_module=$(vm_stock_module $stock)
	stock_name=${stock_image##*/vmlinuz-}
fi
! wants kunit || module_kunit=$(vm_module debug KUNIT=1)
! wants debug differential binderfs reload leaks || module_debug=$(vm_module debug)
! wants stock compat context binderfs beside || module_stock=$(vm_module $stock)
find_programs
make -s -C tools/selftests "${programs[@]/#/build/}"
! wants context || make -s -C tools/selftests build/security build/hooks
! wants binderfs leaks || make -s -C tools/selftests build/binderfs build/netlink
! wants compat || make -s -C tools/selftests M32=1 "${programs[@]/#/build32/}"
build_time=$SECONDS
printf '  done in %d s\n' $build_time

run_step() {
	local began=$SECONDS kernel driver part=''

	describe "$step"
	printf '\n== %s: %s driver on %s\n' "$step" "$driver" "$kernel"
	: >"$out/$step.results"
	"step_$step"
	[ -s "$out/$step.results" ] || result fail guest "no tests ran"
	echo $((SECONDS - began)) >"$out/$step.time"
}

# In a process group of its own, so that all of it can be ended at once.
jobs=${BINDER_TEST_JOBS:-$(($(nproc) > 1 ? 2 : 1))}
set -m
(
	set +m
	for step in "${steps[@]}"; do
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
		sleep 1
	done
	tail -q -n +1 -s 1 -f --pid="$(cat "$out/$step.pid")" "$out/$step.out"
	[ -e "$out/$step.time" ] || result fail step "ended early"
done
wait
