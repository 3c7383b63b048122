#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which selftests speak of which part of the ABI?  For keeping the last column
# of abi.rst true:
#
#   Documentation/abi-tests.sh [NAME]...    e.g. abi-tests.sh BC_FREE_BUFFER
#   Documentation/abi-tests.sh --check      does abi.rst name a test that isn't there,
#                                           or none where there is one? does it have
#                                           all differences from the stock driver?
#                                           Are the tests there that cve.rst and
#                                           hostile.rst name, and has cve.rst all of
#                                           the CVEs' tests?
#
# Prints "NAME  program: test, test; program: test" for each BC_, BR_, BINDER_,
# TF_ and FLAT_BINDER_FLAG_ name of the UAPI header, or those given.  A test
# counts if the name is in its body or in a function of the same file that the
# test calls, directly or through others; "fixture.variant.*" stands for all tests
# of a variant that has the name in it.  What the client library (lib/) does for
# every test does not count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# is_there PROGRAM TEST: "fixture.*", "fixture.variant.*", "fixture.test" and
# "fixture.variant.test" are right if there is such a one.
is_there() {
	local file=tools/selftests/$1.c fixture=${2%%.*} rest=${2#*.}
	local test="^TEST_F(_TIMEOUT)?\\($fixture, ${rest##*.}[,)]"
	local variant="^FIXTURE_VARIANT_ADD\\($fixture, ${rest%.*}\\)"

	case $rest in
	\*) grep -qE "^FIXTURE\\($fixture\\)" "$file" ;;
	*.\*) grep -qE "$variant" "$file" ;;
	*.*) grep -qE "$variant" "$file" && grep -qE "$test" "$file" ;;
	*) grep -qE "$test" "$file" ;;
	esac 2>/dev/null
}

# all_there WHO: complains, in the name of who names them, of tests that are not there; sets
# bad. Reads a line for each program: "program: test, test".
all_there() {
	local program list test

	while IFS=: read -r program list; do
		for test in ${list//,/ }; do
			is_there "${program// /}" "$test" || {
				echo "$1: there is no $program: $test"
				bad=1
			}
		done
	done
}

if [ "${1:-}" = --check ]; then
	found=$(Documentation/abi-tests.sh)
	bad=0
	while read -r name tests; do
		if [[ $tests = none* ]]; then
			there=$(sed -n "s/^$name  //p" <<<"$found")
			# A test of rubbish proves nothing about a command.
			[[ -z $there || $there = none || $there = "fuzz: fuzz.mutations" ]] || {
				echo "$name has tests: ${there:0:200}"
				bad=1
			}
			continue
		fi
		all_there "$name" < <(tr ';' '\n' <<<"$tests")
	done < <(sed '/^Intended differences$/q' Documentation/abi.rst |
		sed -nE 's/^   ``([^`]+)``.*\| ([a-z_]+: [^|]+|none.*)$/\1 \2/p')

	# The last column of their tables; and the other way round.
	for doc in cve hostile; do
		all_there "$doc.rst" < <(sed -nE 's/^   .*\| ([^|]*)$/\1/p' Documentation/$doc.rst |
			grep -oE '[a-z_]+: [a-z0-9_]+\.[a-z0-9_.*]+(, [a-z0-9_]+\.[a-z0-9_.*]+)*')
	done
	while read -r test; do
		grep -q "[:,] $test\b" Documentation/cve.rst || {
			echo "cve.rst does not name $test"
			bad=1
		}
	done < <(sed -nE 's/^TEST_F\((cve[a-z_]*), ([a-z0-9_]+)\)/\1.\2/p' tools/selftests/cve_*.c)

	# The last column of the intended differences, as "program fixture.*" or "program
	# fixture.test", against the list that the run uses.
	mapfile -t explained < <(sed '1,/^Intended differences/d' Documentation/abi.rst |
		sed -nE 's/^   [^:].*\| ([^|]+)$/\1/p' | tr ';' '\n' |
		while IFS=: read -r program list; do
			for test in ${list//,/ }; do
				echo "${program// /} $test"
			done
		done)
	mapfile -t listed < <(sed -nE 's/^([a-z_]+ [a-z_0-9.]+):.*/\1/p' tools/selftests/differences.txt)
	for test in "${listed[@]}"; do
		for pattern in "${explained[@]}"; do
			# shellcheck disable=SC2053
			[[ $test != $pattern ]] || continue 2
		done
		echo "not among the intended differences of abi.rst: $test"
		bad=1
	done
	for pattern in "${explained[@]}"; do
		for test in "${listed[@]}"; do
			# shellcheck disable=SC2053
			[[ $test != $pattern ]] || continue 2
		done
		echo "not in differences.txt: $pattern"
		bad=1
	done
	exit $bad
fi

names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(grep -ohE \
	'\b(BC|BR|TF|FLAT_BINDER_FLAG|BINDER)_[A-Z0-9_]+\b' \
	include/uapi/linux/android/binder.h | awk '!seen[$0]++')

for file in tools/selftests/*.c; do
	program=$(basename "$file" .c)
	# One line for each function or test: its name, a tab, its body.
	awk '
		/^TEST_F?(_TIMEOUT)?\(/ {
			n = split($0, part, /[(), ]+/)
			name = "test:" part[2] "." part[3]; next
		}
		/^FIXTURE_VARIANT_ADD\(/ {
			split($0, part, /[(), ]+/)
			name = "test:" part[2] "." part[3] ".*"
			body[name] = $0
			if (/}/) name = ""
			next
		}
		/^FIXTURE/ { name = ""; next }
		/^[#\/ ]/ { next }
		/^[a-z].*\(/ && !/;$/ {
			line = $0; sub(/\(.*/, "", line); sub(/.*[ *]/, "", line)
			name = line; next
		}
		/^}/ { name = ""; next }
		/^\t/ && name != "" { body[name] = body[name] " " $0 }
		END {
			for (name in body) {
				gsub(/[^A-Za-z0-9_]+/, " ", body[name])
				print name "\t" body[name]
			}
		}' "$file" | sed "s/^/$program	/"
done | awk -F '\t' -v wanted="${names[*]}" '
	{
		program = $1; name = $2; key = program SUBSEP name
		n = split($3, word, " ")
		for (i = 1; i <= n; i++)
			uses[key, word[i]] = 1
		keys[key] = name; of[key] = program; words[key] = $3
	}
	# Does this function, or one that it calls, use the word?
	function speaks(key, what,    i, n, callee, list) {
		if ((key, what) in answer)
			return answer[key, what]
		answer[key, what] = 0
		if ((key SUBSEP what) in uses)
			return answer[key, what] = 1
		n = split(words[key], list, " ")
		for (i = 1; i <= n; i++) {
			callee = of[key] SUBSEP list[i]
			if (callee in keys && callee != key && speaks(callee, what))
				return answer[key, what] = 1
		}
		return 0
	}
	END {
		n = split(wanted, want, " ")
		for (i = 1; i <= n; i++) {
			m = 0
			for (key in keys)
				if (keys[key] ~ /^test:/ && speaks(key, want[i]))
					found[++m] = of[key] ": " substr(keys[key], 6)
			printf "%s ", want[i]
			# Sorted, so that the output can be compared.
			for (a = 1; a <= m; a++)
				for (b = a + 1; b <= m; b++)
					if (found[b] < found[a]) {
						t = found[a]; found[a] = found[b]; found[b] = t
					}
			last = ""
			for (a = 1; a <= m; a++) {
				split(found[a], part, ": ")
				printf "%s%s", part[1] == last ? ", " : (last == "" ? " " : "; ") part[1] ": ", part[2]
				last = part[1]
			}
			print m ? "" : " none"
			delete found
		}
	}'
