# SPDX-License-Identifier: GPL-2.0-only
#
# Reads a kernel's log with KCSAN's reports in it, and "vm: program NAME" in between. One
# line for each report:
#
#   ours | below | core  <tab> PROGRAM <tab> ACCESS, ACCESS
#
# An access is what is done and where: "write binder_foo+0x12". A report is "ours" if the
# driver makes one of the accesses, itself or by a function that it calls directly;
# "below" if it is further up in a stack; else of the core kernel alone.  A clock is the
# core's, although the driver asks it: it reads again if its sequence count says so.
function flush_report()
{
	if (inside && accesses) {
		if (accesses == 2 && access[2] < access[1]) {
			swap = access[1]
			access[1] = access[2]
			access[2] = swap
		}
		print kind "\t" program "\t" access[1] (accesses > 1 ? ", " access[2] : ", unknown")
	}
	inside = accesses = 0
}
{
	sub(/\r$/, "")
	sub(/^\[ *[0-9.]+\](\[ *[CT][0-9]+\])? ?/, "")
}
/^vm: program / { flush_report(); program = $3 }
/^BUG: KCSAN: / { flush_report(); inside = 1; kind = "core"; frames = 99 }
/^=====/ && accesses { flush_report() }
!inside { next }
/^Reported by / { flush_report() }
# "write (marked) to 0xffff888003c3c3c3 of 8 bytes by task 1 on cpu 0:", and others like it.
/(read|write|accesses).* (to|from) 0x[0-9a-f]+ of [0-9]+ bytes by / {
	what = $0
	sub(/^race at unknown origin, with /, "", what)
	sub(/ (to|from) 0x.*/, "", what)
	accesses++
	access[accesses] = what " ?"
	frames = 0
	next
}
/^ [A-Za-z_0-9.]+\+0x/ && frames < 99 {
	frames++
	where = $1
	sub(/\/0x[0-9a-f]+$/, "", where)
	mine = / \[binder_linux\]/
	# The access itself, or who has it made.
	if (frames == 1 || (mine && !known && frames <= 3))
		access[accesses] = what " " where (mine ? " [binder_linux]" : "")
	known = frames == 1 ? mine : known || mine
	if (frames == 1)
		clock = where ~ /^ktime_get/
	if (mine && frames <= 2 && !clock)
		kind = "ours"
	else if (mine && kind == "core")
		kind = "below"
	next
}
/^$/ { frames = 99 }
END { flush_report() }
