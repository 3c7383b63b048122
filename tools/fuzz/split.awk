# SPDX-License-Identifier: GPL-2.0-only
#
# awk -v out=DIR -f split.awk: what the fuzzer says between lines that begin with "==" goes
# into files of DIR, a finding also to where all the rest goes.
/^== end/ { file = ""; next }
/^== / {
	file = out "/" $2
	sub(/:$/, "", file)
	if (file ~ /finding$/)
		print
	print ($2 == "reached" ? "" : "# SPDX-License-Identifier: GPL-2.0-only") >file
	next
}
{ sub(/\r$/, "") }
file { print >file }
!file || file ~ /finding$/ { print; fflush() }
