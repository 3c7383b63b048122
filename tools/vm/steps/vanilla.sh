# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel without what Debian exports to modules, hardened with IBT and KASLR: the
# module loads, and knows what it lacks.  That it works there is for step kcsan.
step vanilla vanilla ours 40
needs_vanilla() { want_module vanilla; }

# What is known without booting it.
vanilla_is_one() {
	local dir=${image[vanilla]%/arch/*}
	grep -x CONFIG_X86_KERNEL_IBT=y "$dir/.config" &&
		grep -x CONFIG_RANDOMIZE_BASE=y "$dir/.config" &&
		! cut -f 2 "$dir/Module.symvers" | grep -xFf tools/vm/config/vanilla.unexport
}

# objtool lists the functions that nobody calls through a pointer; only an IBT kernel's
# build has it do so.  It has no remarks: those fail the build.
module_is_sealed() {
	objdump -h "${module[vanilla]}" | grep -F .ibt_endbr_seal
}

step_vanilla() {
	local part number
	check "configuration and exports" vanilla_is_one
	check "module made for IBT" module_is_sealed
	# Where the kernel lies is chosen anew each time, out of some 500 places.
	for number in 1 2 3; do
		part=$number
		guest_run 120 -k "${image[vanilla]}" -a mitigations=auto -f "${module[vanilla]}" \
			-f $guest/vanilla.sh vanilla.sh
		[ "$number" = 1 ] || ! places_differ || break
	done
	check "KASLR moves the kernel" places_differ
}

places_differ() {
	[ "$(sed -n 's/^# the kernel is at //p' "$out/$step"-[123].tap | sort -u | wc -l)" -gt 1 ]
}
