# SPDX-License-Identifier: GPL-2.0-only
#
# 100 times load and unload.  Step kcsan does it with kmemleak, a few times.
step reload $stock ours 40
needs_reload() { want_module $stock; }

step_reload() {
	guest_run 600 -c 1 -k "${image[$stock]}" -f "${module[$stock]}" -f $guest/reload.sh reload.sh 100
}
