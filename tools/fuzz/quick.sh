#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# quick.sh SECONDS PLACES: what make test has of the fuzzer.  The corpus must reach so many
# places of the module.
. /tests/lib.sh

# The places that were reached when a line that begins with $1 was said.
places() {
	sed -n "s/^$1: .* \([0-9]*\) places reached\$/\1/p" /tmp/fuzz.out
}

begin fuzz
guest.sh -t "$1" >/tmp/fuzz.out
ended=$?
sed -n '/^== finding/,/^== end/p; /^[a-z]*: /p; /^# /p' /tmp/fuzz.out | sed 's/^/# /'
check corpus-finds-nothing test -n "$(places replayed)"
check corpus-reaches-$2-places test "$(places replayed)" -ge "$2"
check new-programs-find-nothing test "$ended" = 0
end
