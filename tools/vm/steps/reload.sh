# SPDX-License-Identifier: GPL-2.0-only
#
# 100 times load and unload, then kmemleak.
step reload debug ours 60
needs_reload() { want_module debug; }

step_reload() {
	guest_run 600 -k "${image[debug]}" -a kmemleak=on -f "${module[debug]}" -f $guest/reload.sh reload.sh 100
}
