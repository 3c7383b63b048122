#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# differential.sh SEEDS [FIRST]: play the same scripts (tools/selftests/player.c) on
# Debian's own driver and on ours, on Debian's stock kernel, and compare what both say.
# Shows where the first stories that differ part.  What was said is in
# build/differential/.  BINDER_MODULE is our module, if it need not be built;
# BINDER_DEBIAN_STORY is a file with what Debian's driver said of these seeds, if it exists.
# Exit status: 0 if all are the same, 1 if some differ, 2 if a driver did not get through.
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"
cd "$vm_top"

seeds=${1:-2000} first=${2:-1}
out=build/differential
rm -rf "$out"
mkdir -p "$out"
module=${BINDER_MODULE:-$(vm_module bookworm)}
make -s -C tools/selftests build/player

# play DRIVER MODULE SUFFIX COMMAND: in a guest; the story goes to a file.
play() {
	tools/vm/run.sh -t $((120 + seeds / 4)) -c 1 -m "$2 devices=binder" -l "$out/$1.console" \
		-f tools/selftests/build/player "dmesg -n 1; $4" >"$out/$1.$3" 2>"$out/$1.stderr" || {
		echo "$1 driver: run.sh ended with $?" >&2
		cat "$out/$1.stderr" >&2
		return 1
	}
}

# The two at once if there are two processors to be had.
both() {
	play ours "$module" "$1" "$2" &
	[ "$(nproc)" -gt 1 ] && [ "${BINDER_TEST_JOBS:-2}" -gt 1 ] || wait $! || exit 2
	play debian stock "$1" "$2" || exit 2
	wait $! || exit 2
}

echo "playing $seeds scripts from seed $first on both drivers"
if [ -e "${BINDER_DEBIAN_STORY:-}" ]; then
	echo "  what Debian's says is as on $(date -r "$BINDER_DEBIAN_STORY" '+%-d %B, %H:%M')"
	cp "$BINDER_DEBIAN_STORY" "$out/debian.hashes"
	play ours "$module" hashes "player $first $seeds" || exit 2
else
	both hashes "player $first $seeds"
fi
for driver in ours debian; do
	[ "$(grep -c '^seed ' "$out/$driver.hashes")" = "$seeds" ] || {
		echo "$driver driver: not all scripts were played" >&2
		exit 2
	}
done
mapfile -t differ < <(diff "$out/ours.hashes" "$out/debian.hashes" | sed -n 's/^< seed \([0-9]*\) .*/\1/p')
echo "$((seeds - ${#differ[@]})) of $seeds stories are the same"
[ ${#differ[@]} -gt 0 ] || exit 0

echo "they differ for the seeds: ${differ[*]:0:50}"
show=("${differ[@]:0:3}")
both stories "for seed in ${show[*]}; do echo \"= seed \$seed\"; player -v \$seed 1; done"
diff -U 12 --label "Debian's driver" --label "our driver" "$out/debian.stories" "$out/ours.stories" |
	head -n 120 || :
exit 1
