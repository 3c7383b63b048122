#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the steps in steps/ are made with; sourced by test.sh.  A step is a file there,
# steps/NAME.sh, in test.sh's list of all; its first sentence is its help.  It has
#
#   step NAME KERNEL DRIVER SECONDS   what the table shows, and how long it takes (the
#                                     longest begin first)
#   needs_NAME() { ... }              optional; what is built before any step begins:
#                                     want_kernel, want_module, want_programs, or a
#                                     command of its own
#   step_NAME() { ... }               the step: guest_run, kselftests, check or result
#
# KERNEL is a kernel's name as in kernels.sh, or any words.
# shellcheck disable=SC2034,SC2154	# test.sh and the steps use these; test.sh sets them
declare -A step_kernel=() step_driver=() step_seconds=()
declare -A image=() name=() module=()
programs=()

stock=bookworm
devices=devices=binder,hwbinder,vndbinder
guest=tools/vm/guest
differences=tools/selftests/differences.txt

step() {
	step_kernel[$1]=$2 step_driver[$1]=$3 step_seconds[$1]=$4
}

# result KIND NAME [WHY]: add a result of the step itself.
result() {
	printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$out/$step.results"
	[ "$1" != fail ] || echo "  FAILED: $2 ($3)"
}

# check NAME COMMAND...: a result, and what the command said if it failed.
check() {
	if "${@:2}" >"$out/$step.check" 2>&1; then
		result pass "$1"
	else
		tail -n 30 "$out/$step.check" | sed 's/^/    /'
		result fail "$1" "see above"
	fi
}

# want_kernel KERNEL: sets image[KERNEL] and name[KERNEL], which is what uname -r says.
want_kernel() {
	[ -z "${image[$1]:-}" ] || return 0
	image[$1]=$(vm_image "$1")
	name[$1]=$(vm_release "$1")
}

# want_module KERNEL [KUNIT]: sets module[KERNEL], or module[KERNEL-kunit], to ours.  That
# it builds without a remark of the compiler, sparse or kbuild is a result of the build.
want_module() {
	local index=$1${2:+-kunit} variables=(${2:+KUNIT=1})
	[ -z "${module[$index]:-}" ] || return 0
	want_kernel "$1"
	echo "  building for ${name[$1]}${2:+, with KUnit}"
	if module[$index]=$(vm_checked_module "$1" "${variables[@]}"); then
		result pass "clean for ${name[$1]}"
	else
		result fail "clean for ${name[$1]}" "see above"
		module[$index]=$(vm_module "$1" "${variables[@]}")
	fi
}

# want_programs [32]: sets programs to the kselftests that run everywhere, and builds them.
want_programs() {
	if [ ${#programs[@]} = 0 ]; then
		mapfile -t programs < <(make -s -C tools/selftests list)
		[ -z "${BINDER_TEST_PROGRAMS:-}" ] || read -ra programs <<<"$BINDER_TEST_PROGRAMS"
		make -s -C tools/selftests -j"$(nproc)" "${programs[@]/#/build/}"
	fi
	[ -z "${1:-}" ] || want_others 32 "${programs[@]}"
}

# programs_but NAME: them all but that one, a line each; all if they were chosen by name.
programs_but() {
	printf '%s\n' "${programs[@]}" | grep -vx "${BINDER_TEST_PROGRAMS:+ }$1"
}

# want_others [32] PROGRAM...: these, which need not be in the list.
want_others() {
	local bits=''
	[ "$1" != 32 ] || { bits=32; shift; }
	make -s -C tools/selftests -j"$(nproc)" ${bits:+M32=1} "${@/#/build$bits/}"
}

# guest_run LIMIT RUN.SH-ARGUMENT...: boot, and sort what the guest says.
guest_run() {
	local limit=$1 status ended=(0 0 0)
	shift
	local log=$out/$step${part:+-$part}
	local expect=()

	[ "$step" != reference ] || expect=("$out/differences.txt")
	tools/vm/run.sh -t "$limit" -l "$log.console" -f $guest/lib.sh "$@" 2>"$log.stderr" |
		tee "$log.tap" |
		tools/vm/tap.sh "$out/$step.results" "${expect[@]}" || ended=("${PIPESTATUS[@]}")
	status=${ended[0]}
	# What reads the results must not have failed either.
	[ "$status" != 0 ] || status=$((ended[1] + ended[2]))
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

# kselftests KERNEL LIMIT PROGRAM...: run them there, LIMIT seconds each at most.  A
# PROGRAM may have options with it.  Ours is unloaded afterwards.  Variables change the rest:
# driver_module (not ours), bits (32), append (to the kernel's command line), script
# (instead of selftests.sh), count (of processors).
kselftests() {
	local kernel=$1 limit=$2 words built=() unload=()
	shift 2
	[ -n "${driver_module:-}${script:-}" ] || unload=(-u)
	for words; do
		built+=(-f "tools/selftests/build${bits:-}/${words%% *}")
	done
	guest_run $((300 + limit * 2)) -k "${image[$kernel]}" ${append:+-a "$append"} -c "${count:-2}" \
		-m "${driver_module:-${module[$kernel]}} $devices" "${built[@]}" \
		-f $guest/selftests.sh ${script:+-f "$guest/$script"} \
		"${script:-selftests.sh}" "${unload[@]}" "$limit" "$@"
}

# What a guest is made of, beside what it runs: what runs it, with which settings.
guest_key() {
	qemu-system-x86_64 --version | head -n 1
	echo "${image[$1]} ${BINDER_SEED:-} ${BINDER_CVE_SECONDS:-} ${BINDER_STORM_KILLS:-}"
	echo "${append:-} ${bits:-} ${count:-} ${script:-}"
	find tools/vm /bin/busybox -type f -print0 | sort -z | xargs -0 sha256sum
}

# kept_key KERNEL WORDS PATH...: of what WORDS say is done with the files in these paths in
# that guest.
kept_key() {
	(guest_key "$1"; echo "$2"; find "${@:3}" -type f -print0 | sort -z | xargs -0 sha256sum) |
		sha256sum | cut -c 1-16
}

# What is kept, and for how long.
keep() {
	mkdir -p "$vm_cache/results"
	find "$vm_cache/results" -type f -mtime +30 -delete 2>/dev/null || :
	cp "$1" "$2.$$"
	mv "$2.$$" "$2"
}

# remember KERNEL PATH... -- COMMAND...: run what has tests tell about Debian's driver alone,
# unless it did so before and none failed, with the files in these paths and the same guest:
# then its results are those of that time, which is said.  Programs are among the paths, not
# their sources, which may have changed since.
remember() {
	local kernel=$1 paths=() path kept before
	shift
	while [ "$1" != -- ]; do
		paths+=("$1")
		shift
	done
	shift
	for path in "${paths[@]}"; do
		[ -e "$path" ] || { result fail "$path" "is not there"; return; }
	done
	kept=$vm_cache/results/$step-$(kept_key "$kernel" "$*" "${paths[@]}")
	if [ -e "$kept" ] && [ "${BINDER_EFFORT:-}" != full ]; then
		echo "  Debian's driver and what tries it are as on $(date -r "$kept" '+%-d %B, %H:%M'), and so are these results"
		cat "$kept" >>"$out/$step.results"
		return
	fi
	before=$(wc -l <"$out/$step.results")
	"$@"
	tail -n +$((before + 1)) "$out/$step.results" >"$out/$step.fresh"
	[ "${BINDER_EFFORT:-}" = full ] || grep -q '^fail' "$out/$step.fresh" ||
		keep "$out/$step.fresh" "$kept"
}

# What two processors do at once matters to these.
side_by_side='crash|cve_objects|cve_races|freeze|hostile|limits|logs|buffer|netlink'

# both_ways KERNEL LIMIT PROGRAM...: kselftests, those above on two processors and the rest
# on one: a second emulated one doubles what a guest costs.
both_ways() {
	local part=one count=1 some=()
	mapfile -t some < <(printf '%s\n' "${@:3}" | grep -vxE "$side_by_side")
	[ ${#some[@]} = 0 ] || kselftests "$1" "$2" "${some[@]}"
	part=two count=2
	mapfile -t some < <(printf '%s\n' "${@:3}" | grep -xE "$side_by_side")
	[ ${#some[@]} = 0 ] || kselftests "$1" "$2" "${some[@]}"
}
