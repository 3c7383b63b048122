#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot a kernel in QEMU, load modules into it, run a command, and return the
# command's exit status.
#
#   run.sh [OPTION]... [COMMAND [ARG]...]
#
#   -k KERNEL   "bookworm" (Debian's stock kernel, the default), "debug" (the
#               instrumented kernel of kernel.sh), or a bzImage file
#   -m "FILE [PARAM=VALUE]..."  insmod this, in the order given; "stock" stands
#               for Debian's own binder_linux.ko
#   -f FILE[:NAME]  copy a file or directory into the guest's /tests, which is
#               in the PATH and the command's working directory
#   -a "WORDS"  more kernel command line
#   -t SECONDS  time limit for the whole run (default 300)
#   -l FILE     keep the kernel's console log here (default build/vm/console.log)
#   -c COUNT    how many CPUs the guest has (default 2)
#   -q "OPTIONS"  how QEMU runs the guest's CPUs, instead of
#               "-accel tcg,thread=multi -cpu max -smp COUNT"
#   -n          let WARNINGs, BUGs, ... in the log pass
#   -i          interactive: a shell instead of a command
#
# e.g. run.sh -m build/6.1.0-56-amd64/binder_linux.ko \
#             -f tools/selftests/build/transaction transaction
#
# The command's output goes to stdout as it comes, apart from kernel messages.
# Exit status: the command's, or
#   123  a module did not load          125  the guest panicked or did not boot
#   124  out of time                    126  the command succeeded, but the
#                                            kernel's log has a report in it
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"

kernel=bookworm modules=() files=() append= limit=300 check=y interactive=n
log=$vm_top/build/vm/console.log
# Always TCG: the same everywhere, and nested KVM is not to be relied on.
tcg="-accel tcg,thread=multi -cpu max" cpus= count=2
usage() { sed -n '5,/^# e\.g/{/^# e\.g/d;s/^# \?//;p}' "$0" >&2; exit 2; }
while getopts k:m:f:a:t:l:c:q:nih option; do
	case $option in
	k) kernel=$OPTARG ;;
	m) modules+=("$OPTARG") ;;
	f) files+=("$OPTARG") ;;
	a) append=$OPTARG ;;
	t) limit=$OPTARG ;;
	l) log=$OPTARG ;;
	c) count=$OPTARG ;;
	q) cpus=$OPTARG ;;
	n) check=n ;;
	i) interactive=y ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || [ $interactive = y ] || usage

command -v qemu-system-x86_64 >/dev/null && [ -x /bin/busybox ] || {
	echo "run.sh: qemu or busybox is missing; run tools/vm/setup.sh" >&2
	exit 2
}
image=$(vm_image "$kernel")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$(dirname "$log")"

# The initramfs: busybox, the modules, the files.
root=$tmp/root
mkdir -p "$root"/{bin,tests,vm/modules}
cp /bin/busybox "$root/bin/"
cp "$(dirname "$0")/guest/init" "$root/init"
chmod +x "$root/init"
n=0
for module in "${modules[@]}"; do
	read -r file params <<<"$module"
	[ "$file" != stock ] || file=$(vm_stock_module "$kernel")
	n=$((n + 1))
	cp "$file" "$root/vm/modules/$n-${file##*/}"
	[[ $file != *.xz ]] || xz -d "$root/vm/modules/$n-${file##*/}"
	file=${file##*/}
	echo "$n-${file%.xz} $params"
done >"$root/vm/modules.list"
for file in "${files[@]}"; do
	name=${file##*:}
	[[ $file == *:* ]] || name=${file##*/}
	mkdir -p "$root/tests/$(dirname "$name")"
	cp -rL "${file%:*}" "$root/tests/$name"
done
cat >"$root/vm/config" <<-END
	interactive=$interactive TERM=${TERM:-linux}
	reports='$vm_reports'
END
# How much the tests do, and with which chance: their own settings.
for setting in BINDER_EFFORT BINDER_SEED BINDER_CVE_SECONDS BINDER_STORM_KILLS; do
	[ -z "${!setting:-}" ] || echo "export $setting=${!setting@Q}"
done >>"$root/vm/config"
# One argument is a line of shell, several are a command and its words.
if [ $# -eq 1 ]; then echo "$1"; else echo "${*@Q}"; fi >"$root/vm/command"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$tmp/initramfs"

# mitigations=off: emulated, they cost a sixth of the time and protect nobody; "-a
# mitigations=auto" brings back what a machine would have.
#
# no5lvl: with 5 levels KASAN can misjudge an interrupt that comes while the CPU's
# capabilities are read anew during boot, and the report turns lockdep off.
cmdline=(console=ttyS0 no_timer_check mitigations=off no5lvl panic=-1 oops=panic log_buf_len=4M
	printk.devkmsg=on rcupdate.rcu_cpu_stall_timeout=120
	workqueue.watchdog_thresh=120)
read -ra cpus <<<"${cpus:-$tcg -smp $count}"
qemu=(qemu-system-x86_64 "${cpus[@]}" -m 2G -no-reboot
	-nodefaults -display none -kernel "$image" -initrd "$tmp/initramfs"
	-append "${cmdline[*]} $append" -serial "file:$log")
if [ $interactive = y ]; then
	echo "the console's log is $log; leave with \"exit\" or Ctrl-A X" >&2
	"${qemu[@]}" -serial mon:stdio
	exit
fi

# End a guest that says nothing for as many seconds as BINDER_BOOT_SECONDS says, before it
# has come to its first process: an emulated kernel sometimes stops there.
watch_boot() {
	local silent=0 size=0 now
	while [ $silent -lt "${BINDER_BOOT_SECONDS:-90}" ]; do
		sleep 1
		! grep -aq 'vm: start' "$log" || return 0
		now=$(stat -c %s "$log")
		silent=$((now == size ? silent + 1 : 0)) size=$now
	done
	kill "$(cat "$tmp/pid")"
}

# Boot once; sets status and ended (what the guest says itself, if it does).
boot() {
	local watcher

	: >"$log"
	watch_boot 2>/dev/null &
	watcher=$!
	status=0
	timeout --foreground -k 5 "$limit" "${qemu[@]}" -pidfile "$tmp/pid" \
		-serial stdio </dev/null |
		tee "$tmp/out" | sed -u '/^vm-exit: /d' || status=${PIPESTATUS[0]}
	kill $watcher 2>/dev/null || :
	wait $watcher 2>/dev/null || :
	ended=$(sed -n 's/.*vm-exit: \([0-9]*\)$/\1/p' "$tmp/out" | tail -n 1)
	# The last line of a serial port is lost at times; the console has it as well.
	[ -n "$ended" ] || ended=$(sed -n 's/.*vm: exit \([0-9]*\)\r*$/\1/p' "$log" | tail -n 1)
}

# Under TCG on a busy machine, a kernel sometimes fails before anything of ours
# runs: that says nothing, and is tried again.
for attempt in 1 2 3; do
	boot
	! grep -aq 'vm: start' "$log" || break
	echo "run.sh: the kernel did not boot soundly (attempt $attempt)" >&2
	cp "$log" "$log.$attempt"
done

reports=$(vm_log_reports "$log")
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
	echo "run.sh: out of time after $limit s; see $log" >&2
	status=124
elif [ -z "$ended" ] || [ "$ended" = 122 ]; then
	echo "run.sh: the guest ended early; $log ends with" >&2
	tail -n 30 "$log" >&2
	status=125
else
	status=$ended
fi
if [ $check = y ] && [ -n "$reports" ]; then
	echo "run.sh: reports in $log:" >&2
	head -n 20 <<<"$reports" >&2
	[ "$status" != 0 ] || status=126
fi
exit "$status"
