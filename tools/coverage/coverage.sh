#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# coverage.sh [PART]...: run the suite on the instrumented kernel with a module that counts
# what runs (GCOV=1), and print how much of each source file does: see table.py, which also
# decides whether it is enough.  A part is a guest; naming some runs these only, and takes
# what the others have counted from before.  What was said is in build/coverage/.
. "$(dirname "${BASH_SOURCE[0]}")/../vm/kernels.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../vm/steps.sh"
cd "$vm_top"

all=(kunit load others failnth cves calls crash)
parts=("${@:-${all[@]}}")
[ $# -gt 0 ] || parts=("${all[@]}")
out=build/coverage
mkdir -p "$out"

# counted LIMIT COMMAND FILE...: a guest that runs the command, a line of shell.
counted() {
	local limit=$1 command=$2 file files=()
	shift 2
	for file; do
		files+=(-f "$file")
	done
	guest_run "$limit" -k "${image[debug]}" "${modules[@]}" -a "$append" "${files[@]}" \
		-f $guest/selftests.sh -f $guest/coverage.sh "coverage.sh sh -c ${command@Q}"
}

# A part's modules and the kernel's command line are as the suite has them, but that the
# KUnit tests, which are in the module, run in their own part only.
part_kunit() {
	local suites
	suites=$(cat tests/kunit/*.c | grep -cE '^static struct kunit_suite ')
	append='' counted 900 "kunit.sh $suites" $guest/kunit.sh
}

part_load() {
	counted 3600 "BINDER_EFFORT=full selftests.sh 3400 cuts load" tools/selftests/build/{cuts,load} "$module"
}

# Mainline's test of binderfs is compiled from the kernel's source, as it is.
part_others() {
	local source=${image[debug]%/arch/*}/tools/testing/selftests
	gcc -O2 -static -pthread -w -I include/uapi -I "$source" -o "$out/binderfs_test" \
		"$source/filesystems/binderfs/binderfs_test.c"
	counted 1800 "dmesg -n 1; player 1 200 >/dev/null || exit; dmesg -n 7
		selftests.sh 600 binderfs netlink cve_binderfs binderfs_test" \
		tools/selftests/build/{player,binderfs,netlink,cve_binderfs} "$out/binderfs_test"
}

kselftests_counted() {
	counted 4000 "selftests.sh 1800 $*" "${@/#/tools/selftests/build/}"
}

# programs_like GREP-OPTION... PATTERN: of those that run everywhere.
programs_like() { printf '%s\n' "${programs[@]}" | grep "$@"; }

part_failnth() { kselftests_counted failnth; }
part_crash() { kselftests_counted crash; }
# shellcheck disable=SC2046	# they are words
part_cves() { kselftests_counted $(programs_like '^cve_'); }
# shellcheck disable=SC2046
part_calls() { kselftests_counted $(programs_like -vE '^(cve_|crash$|limits$)'); }

# What the guest printed between two lines, into a directory like that of the objects.
unpack_counters() {
	local dir=$out/$step.gcda from=${module%/*}
	rm -rf "$dir"
	mkdir -p "$dir"
	from=${from//[^\/]/}
	tr -d '\r' <"$out/$step.tap" | sed -n '/^# gcda: begin$/,/^# gcda: end$/{/^#/d;p}' |
		base64 -d | tar -xzf - -C "$dir" --strip-components $((${#from} + 1))
}

echo "== coverage: kernel, module, tests"
want_kernel debug
want_programs
want_others player binderfs netlink cve_binderfs failnth cuts load
module=$(vm_module debug KUNIT=1 GCOV=1)
sum=$(sha256sum <"$module")
[ "$(cat "$out/module.sum" 2>/dev/null)" = "$sum" ] || rm -rf "$out"/*.{gcda,results}
echo "$sum" >"$out/module.sum"

for step in "${parts[@]}"; do
	printf '\n== %s on %s\n' "$step" "${name[debug]}"
	: >"$out/$step.results"
	rm -f "$out/$step.results.times"
	modules=(-m "$module $devices") append=kunit.enable=0
	"part_$step"
	unpack_counters || result fail counters "the guest printed none"
done
echo
failed=0
! grep -h '^fail' "$out"/*.results || failed=1
python3 tools/coverage/table.py "${module%/*}" tools/coverage/left.txt "$out" || failed=1
exit $failed
