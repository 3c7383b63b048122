#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz.sh MINUTES SEED: fuzz our driver on the instrumented kernel for so long, guided by
# KCOV, beginning with the corpus here and with what earlier runs have found; then say how
# much of the module was reached.  Exit status: 0 if nothing was found.
#
# What was found is in build/fuzz/: "finding" if there is one, a program that "fuzz -r" plays,
# "console" with the kernel's log; "corpus", a small one that reaches all; "reached".  The
# corpus is kept in the cache, too, for the next run: ~/.cache/binder-stock/fuzz/corpus.
. "$(dirname "${BASH_SOURCE[0]}")/../vm/kernels.sh"
cd "$vm_top"

minutes=${1:-10} seed=${2:-1}
out=build/fuzz cache=$vm_cache/fuzz
unset MAKEFLAGS MFLAGS
make -s -C tools/fuzz
mkdir -p "$cache"
files=(tools/fuzz/corpus)
[ ! -s "$cache/corpus" ] || files+=("$cache/corpus:corpus/kept.txt")
image=$(vm_image debug)
module=$(vm_module debug KCOV=1)
rm -f "$out"/{finding,corpus,reached}

echo "== fuzzing for $minutes minutes, with seed $seed"
status=0
tools/vm/run.sh -k "$image" -t $((minutes * 60 + 1800)) -l "$out/console" \
	-m "$module devices=binder,hwbinder" -f $out/fuzz -f tools/fuzz/guest.sh \
	"${files[@]/#/-f}" guest.sh -s "$seed" -t $((minutes * 60)) |
	tools/fuzz/split.py "$out" || status=$?
if [ -s $out/corpus ]; then
	cp $out/corpus "$cache/corpus"
fi
if [ -s $out/reached ]; then
	echo
	tools/fuzz/report.py "$module" $out/reached
fi
if [ -s $out/finding ]; then
	cp $out/finding "$cache/finding-$seed"
	echo "what was found is in $cache/finding-$seed, the kernel's log in $out/console" >&2
fi
exit "$status"
