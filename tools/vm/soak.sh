#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh MINUTES: what "make test" does for seconds, for so long in all, on the
# instrumented kernel: all at once (tools/selftests/soak.c) with delays in the driver
# (drivers/android/binder/delay.h), a part of it under kmemleak; the races and storms of
# the selftests, longer; and random scripts that were not played yet, on Debian's driver
# and on ours. Says every 10 seconds how far it is, and ends with a table; the logs are in
# build/soak/. Exit status: 0 if all is well.
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"
cd "$vm_top"

minutes=${1:-30}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "soak.sh: how many minutes?" >&2; exit 2; }
seconds=$((minutes * 60))
out=build/soak
guest=tools/vm/guest
rm -rf "$out"
mkdir -p "$out"

image=$(vm_image debug)
module=$(vm_module debug DELAYS=1)
programs=(soak crash freeze cve_races cve_binderfs)
make -s -C tools/selftests "${programs[@]/#/build/}"
files=()
for program in "${programs[@]}"; do
	files+=(-f "tools/selftests/build/$program")
done

# part NAME COMMAND...: run it, and note how it went.
part() {
	local name=$1 began=$SECONDS status=0
	shift
	printf '\n== %s\n' "$name"
	"$@" 2>&1 | tee "$out/$name.out" || status=1
	! grep -q '^not ok' "$out/$name.out" || status=1
	printf '%-10s %7d %7d %6d s  %s\n' "$name" "$(grep -c '^ok' "$out/$name.out" || :)" \
		"$(grep -c '^not ok' "$out/$name.out" || :)" $((SECONDS - began)) \
		"$([ $status = 0 ] && echo "all is well" || echo FAILED)" >>"$out/table"
}

# in_guest NAME SECONDS RUN.SH-ARGUMENT...
in_guest() {
	tools/vm/run.sh -k "$image" -t $(($2 * 5 + 900)) -l "$out/$1.console" \
		-m "$module devices=binder,hwbinder,vndbinder" -f $guest/lib.sh \
		-f $guest/selftests.sh "${files[@]}" "${@:3}"
}

part all in_guest all $((seconds / 2)) -f $guest/soak.sh soak.sh $((seconds / 2))
part kmemleak in_guest kmemleak $((seconds / 8)) -a kmemleak=on -f $guest/soak.sh \
	soak.sh $((seconds / 8))
# There are 14 races and two storms.
part races in_guest races $((seconds / 4)) "export BINDER_EFFORT=full \
	BINDER_CVE_SECONDS=$((1 + seconds / 100)) BINDER_STORM_KILLS=$((300 + minutes * 10))
	exec selftests.sh $((seconds + 900)) cve_races cve_binderfs freeze 'crash -f storm'"
part scripts tools/vm/differential.sh $((minutes * 50)) $(($(date +%s) % 100000000))

printf '\n%-10s %7s %7s %8s  %s\n' Part Passed Failed Time Result
cat "$out/table"
! grep -q FAILED "$out/table"
