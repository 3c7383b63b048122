# SPDX-License-Identifier: GPL-2.0-only
#
# table.awk targets.tsv STOCK OURS: the two drivers' results, side by side. The files
# are what the benchmark prints; of a name that is there several times (several boots)
# the median counts.
BEGIN { FS = OFS = "\t" }

FILENAME != last_file { file++; last_file = FILENAME }

file == 1 {
	if ($0 !~ /^#/) {
		kind[++rows] = $1
		limit[rows] = $2
		name[rows] = $3
		against[rows] = $4
	}
	next
}

$1 == "failed" { failed[file] = failed[file] " \"" $2 "\"" }

$1 == "bench" {
	n = ++seen[file, $2]
	# Insert it where it belongs.
	for (; n > 1 && value[file, $2, n - 1] > $3 + 0; n--)
		value[file, $2, n] = value[file, $2, n - 1]
	value[file, $2, n] = $3 + 0
}

function median(file, name) {
	return value[file, name, int((seen[file, name] + 2) / 2)]
}

function number(file, name,    v) {
	if (!seen[file, name])
		return "-"
	v = median(file, name)
	return sprintf(v == int(v) || v >= 100 ? "%.0f" : v < 10 ? "%.2f" : "%.1f", v)
}

# The ratio to look at, or "" if it cannot be told.
function ratio_of(row) {
	if (kind[row] == "value" || kind[row] == "reach")
		return median(3, name[row])
	if (kind[row] == "own") {
		if (!seen[3, against[row]])
			return ""
		return median(3, name[row]) / median(3, against[row])
	}
	if (!seen[2, name[row]] || !median(2, name[row]))
		return ""
	return median(3, name[row]) / median(2, name[row])
}

function verdict(row, ratio,    least) {
	if (kind[row] == "info" || ratio == "")
		return ""
	least = kind[row] == "least" || kind[row] == "reach"
	# As the table shows it.
	ratio = sprintf("%.2f", ratio) + 0
	return (least ? ratio >= limit[row] : ratio <= limit[row] + 0) ? "ok" : "missing"
}

function print_line(what, stock, ours, ratio, target, said,    line) {
	line = sprintf("%-40s %11s %11s %8s %8s  %s", what, stock, ours, ratio, target, said)
	sub(/ +$/, "", line)
	print line
}

function print_row(row,    label, ratio, target, said) {
	label = name[row]
	if (against[row] != "")
		label = "  against \"" against[row] "\""
	ratio = seen[3, name[row]] ? ratio_of(row) : ""
	target = kind[row] == "info" ? "" : limit[row]
	if (kind[row] == "least" || kind[row] == "reach")
		target = ">= " target
	said = verdict(row, ratio)
	count[said]++
	if (against[row] != "" && !listed[name[row]])
		print_line(name[row], number(2, name[row]), number(3, name[row]))
	listed[name[row]] = 1
	if (against[row] != "")
		print_line(label, own(2, row), own(3, row), "", target, said)
	else
		print_line(label, number(2, name[row]), number(3, name[row]),
			kind[row] == "value" || kind[row] == "reach" || ratio == "" ? "" : sprintf("%.2f", ratio),
			target, said)
}

function own(file, row) {
	if (!seen[file, name[row]] || !seen[file, against[row]])
		return "-"
	return sprintf("x %.2f", median(file, name[row]) / median(file, against[row]))
}

END {
	for (row = 1; row <= rows; row++) {
		if (kind[row] == "heading") {
			heading = name[row]
			continue
		}
		if (!seen[2, name[row]] && !seen[3, name[row]])
			continue
		if (heading != "")
			print_line(heading, "stock", "ours", "ratio", "target")
		heading = ""
		print_row(row)
	}
	for (file = 2; file <= 3; file++)
		if (failed[file] != "")
			print "failed with " (file == 2 ? "the stock driver:" : "ours:") failed[file]
	printf "%d targets reached, %d missing\n", count["ok"], count["missing"]
}
