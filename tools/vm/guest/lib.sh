# SPDX-License-Identifier: GPL-2.0-only
#
# For the scripts that run in the guest, sourced by them.  Each speaks TAP,
# program by program, between two lines that tools/vm/tap.sh looks for:
#
#   # program: NAME
#   ...TAP...
#   # exit: STATUS

# begin NAME, then checks, then end.
begin() {
	echo "# program: $1"
	number=0 status=0
}

# check NAME COMMAND...: one line of TAP; says what the command said if it failed.
check() {
	check_name=$1
	shift
	number=$((number + 1))
	if "$@" >/tmp/check.out 2>&1; then
		echo "ok $number $check_name"
	else
		sed 's/^/# /' /tmp/check.out
		echo "not ok $number $check_name"
		status=1
	fi
}

end() {
	echo "1..$number"
	echo "# exit: $status"
}

# The command must fail.
fails() {
	if "$@"; then
		echo "succeeded: $*"
		return 1
	fi
}

# The module can be unloaded. The last of a dead process, as a mount that nobody sees any
# more, is put away by workers of the kernel: they have ten seconds.
unloads() {
	tries=50
	while ! rmmod binder_linux; do
		[ $((tries -= 1)) -gt 0 ] && grep -q '^binder_linux ' /proc/modules || return
		usleep 200000
	done
}

# What the kernel said since the last mark.
mark_log() {
	marks=$((marks + 1))
	echo "vm: mark $marks" >/dev/kmsg
}
log_since_mark() {
	dmesg | sed "1,/vm: mark $marks\$/d"
}
log_says() {
	log_since_mark | grep "$1" && return
	log_since_mark
	return 1
}

# Objects younger than five seconds are not reported; a pointer that is about to
# be stored may look lost in a single scan.
kmemleak_is_empty() {
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak || return
	sleep 1
	echo scan >/sys/kernel/debug/kmemleak || return
	cat /sys/kernel/debug/kmemleak
	[ -z "$(cat /sys/kernel/debug/kmemleak)" ]
}

# Load /tests/binder_linux.ko, use it a little, and unload it, so many times.
reload_cycles() {
	i=0
	while [ $i -lt "$1" ]; do
		insmod /tests/binder_linux.ko devices=binder,hwbinder || return
		true <>/dev/binder && true <>/dev/hwbinder || return
		rmmod binder_linux || return
		[ ! -e /dev/binder ] || return
		i=$((i + 1))
	done
}
