# SPDX-License-Identifier: GPL-2.0-only
#
# The kselftests against Debian's own driver, on bookworm, as a check of the tests;
# tools/selftests/differences.txt says what may fail.
step reference $stock "Debian's" 100
needs_reference() { want_kernel $stock; want_programs; }

step_reference() {
	local driver_module
	driver_module=$(vm_stock_module $stock)
	echo "  Debian's driver is expected to fail these:"
	# Of the programs that run.
	sed -nE "s/^($(IFS='|' && echo "${programs[*]}")) .*/&/p" $differences >"$out/differences.txt"
	sed 's/^/    /' "$out/differences.txt"
	# How long things take with many nodes is not asked of it: 6.1's driver looks through all
	# handles for a free number, so that a step with 10,000 takes four times as long as
	# the first ones, which limits refuses, or not quite.
	remember $stock "${programs[@]/#/tools/selftests/build/}" $differences "$driver_module" -- \
		kselftests $stock 300 "${programs[@]/%limits/limits -f memory}"
}
