#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compare include/uapi/linux/android/binder.h with a reference:
#
#   check_abi.sh REFERENCE_HEADER [OUR_HEADER]
#
# where the reference is a kernel's UAPI header, from its source or installed:
# each macro and enum constant must have the same value, and each struct, field
# and integer type the same size, place and sign, for each way to compile both.
# Neither may have a name which the other lacks.  Results are in TAP, one for
# each group of names and one for the use of the header by itself; the exit
# status is 0 if all is well.  CC and CXX choose the compilers.
set -euo pipefail

cc=${CC:-gcc} cxx=${CXX:-g++}
dir=$(realpath "$(dirname "$0")")
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	echo "usage: ${0##*/} REFERENCE_HEADER [OUR_HEADER]" >&2
	exit 2
fi

bail_out() {
	echo "Bail out! $*"
	exit 1
}

for f in "$@"; do
	[ -r "$f" ] || bail_out "cannot read $f"
done
reference=$(realpath "$1")
ours=$(realpath "${2:-$dir/../../../include/uapi/linux/android/binder.h}")
[ "$reference" != "$ours" ] || bail_out "that is our own header"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# What only Android's common kernel has besides us: expected even though the
# reference lacks it.
android="\
flags FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT 9
flags FLAT_BINDER_FLAG_SCHED_POLICY_MASK 1536
flags FLAT_BINDER_FLAG_INHERIT_RT 2048
flags enum_flat_binder_object_shifts size 4"

# In a kernel's source, the header relies on a macro that is not in user space.
# Ours must not.
packed='-D__packed=__attribute__((packed))'

# facts HEADER COMPILER FLAG... - the header's ABI, sorted.  Some assemblers put
# a $ or a # before numbers.
facts() {
	python3 "$dir/gen_abi.py" "$@" >"$tmp/abi.c" &&
		"${@:2}" -w -O1 -S -o "$tmp/abi.s" "$tmp/abi.c" &&
		sed -n -e '/.*"->/!d' -e 's///' -e 's/"$//' \
			-e 's/[$#]\(-\{0,1\}[0-9]\)/\1/g' -e p "$tmp/abi.s" | LC_ALL=C sort
}

# compare WAY COMPILER FLAG... - leaves both ABIs for the groups below
ways=
compare() {
	local way=$1
	shift
	facts "$reference" "$@" "$packed" >"$tmp/reference.$way" ||
		bail_out "the reference does not compile ($way)"
	while read -r group name rest; do
		grep -q "^$group $name " "$tmp/reference.$way" ||
			echo "$group $name $rest" >>"$tmp/reference.$way"
	done <<<"$android"
	LC_ALL=C sort -o "$tmp/reference.$way" "$tmp/reference.$way"
	facts "$ours" "$@" >"$tmp/ours.$way" ||
		bail_out "our header does not compile ($way)"
	ways="$ways $way"
}

n=0 failed=0
# result NAME FILE - ok if FILE, the diagnostics, is empty
result() {
	n=$((n + 1))
	if [ -s "$2" ]; then
		failed=1
		echo "not ok $n - $1"
		sed 's/^/# /' "$2"
	else
		echo "ok $n - $1"
	fi
}

echo "TAP version 13"
echo "1..7"

compare c "$cc"
compare c-ipc32 "$cc" -DBINDER_IPC_32BIT
compare c++ "$cxx" -x c++
# Another alignment of 64-bit integers: that of i386, if the compiler can.
m32=("$cc" -m32 -idirafter "/usr/include/$("$cc" -print-multiarch 2>/dev/null || :)")
if "${m32[@]}" -S -o /dev/null -x c - <<<'#include <linux/types.h>' 2>/dev/null; then
	compare c-m32 "${m32[@]}"
else
	echo "# no headers or no compiler for -m32: left out"
fi

for group in ioctls BC BR types flags structs; do
	: >"$tmp/diff"
	for way in $ways; do
		for side in reference ours; do
			grep "^$group " "$tmp/$side.$way" >"$tmp/$side" ||
				echo "$way: no $group in $side" >>"$tmp/diff"
		done
		diff -U 0 --label "reference ($way)" --label "ours ($way)" \
			"$tmp/reference" "$tmp/ours" >>"$tmp/diff" || :
	done
	result "$group: $(wc -l <"$tmp/ours") facts, ways:$ways" "$tmp/diff"
done

# By itself, strictly, as older and newer forms of each language; and along with
# the reference, as in a kernel's source and as "make headers_install" leaves it
# (where the guard has another name).
: >"$tmp/diff"
warn=(-Wall -Wextra -Werror -fsyntax-only -I "${ours%/linux/android/*}")
echo '#include <linux/android/binder.h>' >"$tmp/alone.c"
sed 's/_UAPI_LINUX_BINDER_H/_LINUX_BINDER_H/' "$reference" >"$tmp/installed.h"
printf '#include "%s"\n' "$ours" "$reference" >"$tmp/before source.c"
printf '#include "%s"\n' "$reference" "$ours" >"$tmp/after source.c"
printf '#include "%s"\n' "$ours" "$tmp/installed.h" >"$tmp/before installed.c"
printf '#include "%s"\n' "$tmp/installed.h" "$ours" >"$tmp/after installed.c"
for std in c99 c11 gnu17; do
	"$cc" -std=$std "${warn[@]}" "$tmp/alone.c" 2>>"$tmp/diff" ||
		echo "as $std" >>"$tmp/diff"
done
for std in c++98 c++17 gnu++20; do
	"$cxx" -x c++ -std=$std "${warn[@]}" "$tmp/alone.c" 2>>"$tmp/diff" ||
		echo "as $std" >>"$tmp/diff"
done
for place in {before,after}" "{source,installed}; do
	"$cc" "$packed" "${warn[@]}" "$tmp/$place.c" 2>>"$tmp/diff" ||
		echo "ours $place reference" >>"$tmp/diff"
done
result "header alone, in C and C++, and beside the reference" "$tmp/diff"
exit $failed
