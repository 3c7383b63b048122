# SPDX-License-Identifier: GPL-2.0-only
#
# The fuzzer's corpus reaches what it did, and half a minute of new programs finds nothing.
step fuzz debug ours 150
fuzz_seconds=25 fuzz_places=2100

needs_fuzz() {
	want_kernel debug
	echo "  building for ${name[debug]}, with KCOV"
	fuzz_module=$(vm_module debug KCOV=1)
	make -s -C tools/fuzz
}

step_fuzz() {
	guest_run 1500 -k "${image[debug]}" -m "$fuzz_module devices=binder,hwbinder" \
		-f build/fuzz/fuzz -f tools/fuzz/corpus -f tools/fuzz/guest.sh \
		-f tools/fuzz/quick.sh quick.sh $fuzz_seconds $fuzz_places
}
