# SPDX-License-Identifier: GPL-2.0-only
#
# Binderfs and reports by netlink, of which the stock kernel's driver has neither, on the
# instrumented and the stock kernel; mainline's own test of binderfs as well.
step binderfs both ours 60
needs_binderfs() { want_module debug; want_module $stock; want_others binderfs netlink cve_binderfs hostile_binderfs; }

# Mainline's test is compiled from the kernel's source, as it is.
step_binderfs() {
	local part source kernel
	source=${image[debug]%/arch/*}/tools/testing/selftests
	gcc -O2 -static -pthread -w -I include/uapi -I "$source" -o "$out/binderfs_test" \
		"$source/filesystems/binderfs/binderfs_test.c"
	for part in debug stock; do
		kernel=${part/stock/$stock}
		guest_run 600 -k "${image[$kernel]}" -m "${module[$kernel]} $devices" \
			-f $guest/selftests.sh -f tools/selftests/build/binderfs \
			-f tools/selftests/build/netlink -f tools/selftests/build/cve_binderfs \
			-f tools/selftests/build/hostile_binderfs -f "$out/binderfs_test" \
			selftests.sh 300 binderfs netlink cve_binderfs hostile_binderfs \
			binderfs_test
	done
}
