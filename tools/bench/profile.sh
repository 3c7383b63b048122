#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# profile.sh NAME: from NAME.addresses (profile.c), NAME.symbols (the guest's
# /proc/kallsyms) and NAME.tsv, how many instructions each function took per step: the
# first 60, and sums. NAME.functions has them all, NAME.instructions each instruction
# as function+offset.
set -euo pipefail

steps=$(awk -F '\t' '$1 == "marked" { n += $3 } END { print n }' "$1.tsv")

# Sorted by address, each symbol comes before the instructions of its function.
{
	awk '{ print $1, "0", $3, $4 }' "$1.symbols"
	awk '{ print $1, "1", $2 }' "$1.addresses"
} | LC_ALL=C sort -k 1,2 | awk -v steps="$steps" -v each="$1.instructions" '
	function hex(digits,    i, n) {
		for (i = 1; i <= length(digits); i++)
			n = n * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
		return n
	}
	$2 == 0 { symbol = $3; at = $1; module = $4 == "" ? "-" : $4; next }
	$1 < "8" { count["user -"] += $3; next }
	{
		count[symbol " " module] += $3
		printf "%s+0x%x %s %.2f\n", symbol, hex(substr($1, 9)) - hex(substr(at, 9)),
			module, $3 / steps >each
	}
	END {
		for (function_of in count)
			printf "%.1f %s\n", count[function_of] / steps, function_of
	}' | sort -rn >"$1.functions"

awk '
	FNR == 1 { file++ }
	file == 1 {
		split($0, field, "\t")
		if (field[1] !~ /^#/) {
			group[++groups] = field[1]
			functions[groups] = field[2]
		}
		next
	}
	{
		sum += $1
		part[group_of($2, $3)] += $1
		if (++rows <= 60)
			row[rows] = sprintf("%9.1f  %s%s", $1, $2, $3 == "-" ? "" : " " $3)
	}
	function group_of(name, module,    i) {
		if (name == "user")
			return "user"
		if (module != "-")
			return module
		for (i = 1; i <= groups; i++)
			if (name ~ functions[i])
				return group[i]
		return "else"
	}
	END {
		printf "%9.1f  in all\n", sum
		printf "%9.1f    [binder_linux]\n", part["[binder_linux]"]
		printf "%9.1f    user\n", part["user"]
		for (i = 1; i <= groups; i++)
			printf "%9.1f    %s\n", part[group[i]], group[i]
		printf "%9.1f    else\n", part["else"]
		for (i = 1; i <= rows && i <= 60; i++)
			print row[i]
	}' "$(dirname "$0")/groups.tsv" "$1.functions"
