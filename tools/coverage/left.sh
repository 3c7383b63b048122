#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# left.sh: does each line of left.txt name a function and a line that are in the driver,
# and give a reason? What "make coverage" would say of the list only after half an hour.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

status=0
while IFS= read -r entry; do
	[[ $entry =~ ^([^ ]+)\ ([a-z_0-9]+):\ (.*)\ \#\#\ (.+)$ ]] || {
		echo "not FILE FUNCTION: LINE ## REASON: $entry"
		status=1
		continue
	}
	file=drivers/android/binder/${BASH_REMATCH[1]}
	line=${BASH_REMATCH[3]}
	grep -qw -e "${BASH_REMATCH[2]}" "$file" && { [ "$line" = '*' ] ||
		sed 's/^[[:space:]]*//' "$file" | grep -xF -e "$line" >/dev/null; } || {
		echo "not in the driver: $entry"
		status=1
	}
done < <(grep -v '^#' tools/coverage/left.txt | grep .)
exit $status
