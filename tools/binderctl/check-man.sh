#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-man.sh BINDERCTL MAN-PAGE: --help and the man page have the same commands and options.
set -euo pipefail

# Of lines that begin with what they explain: the words that are typed as they are.
typed() { grep -oE '(^| )(--?)?[a-z]+( |$)' | tr -d ' ' | sort -u; }

said=$("$1" --help | sed -nE 's/[,|]/ /g; s/^  (\S+( +--[a-z]+)?).*/\1/p' | tr ' ' '\n' | typed)
written=$(awk '/^\.SH/ { on = /COMMANDS|OPTIONS/ } on && term { print } { term = on && /^\.TP/ }' "$2" |
	sed -E 's/^\.[A-Z]+ //; s/\\f.//g; s/\\-/-/g; s/[",]/ /g' | tr ' ' '\n' | typed)
diff <(echo "$said") <(echo "$written") || {
	echo "binderctl --help (<) and $2 (>) differ"
	exit 1
}
