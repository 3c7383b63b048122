# SPDX-License-Identifier: GPL-2.0-only
#
# The KUnit suites, on the instrumented kernel.
step kunit debug ours 40
needs_kunit() { want_module debug KUNIT; }

step_kunit() {
	guest_run 900 -k "${image[debug]}" -m "${module[debug-kunit]}" -f $guest/kunit.sh \
		kunit.sh "$(cat tests/kunit/*.c | grep -cE '^static struct kunit_suite ')"
}
