#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# binderctl.sh ours|mainline-6.1|mainline-7.2: binderctl, compared with what
# tools/binderctl/scene.c sets up.  The driver is /tests/binder_linux.ko, and not loaded
# yet: what binderctl says then is looked at, too.
#
# What a driver does not offer is not asked for: 6.1's has no reports by netlink and hides
# addresses from whoever has not set kernel.kptr_restrict; no driver of Debian's has
# binderfs; only ours says why a message failed.
. /tests/lib.sh
driver=$1
# Its commands turn trace events on and off: one CPU, see tools/selftests/lib/cpus.h.
for online in /sys/devices/system/cpu/cpu[1-9]*/online; do
	[ ! -e "$online" ] || echo 0 >"$online"
done
words=/tmp/scene.in said=/tmp/scene.out

# The command ends with this status, and says something that matches.
ends() {
	wanted=$1 pattern=$2
	shift 2
	"$@" >/tmp/ends.out 2>&1
	got=$?
	cat /tmp/ends.out
	[ "$got" = "$wanted" ] || { echo "status $got instead of $wanted"; return 1; }
	[ "$(wc -l </tmp/ends.out)" = 1 ] || { echo "more than one line"; return 1; }
	grep -q "$pattern" /tmp/ends.out
}

# Wait until a file has so many lines that match.
await() {
	tries=0
	until [ "$(grep -c "$2" "$1")" -ge "$3" ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || { echo "$1 has no $3 times $2"; cat "$1"; return 1; }
		sleep 0.1
	done
}

# Tell the scene to do something, and wait until it is done.
orders=0
tell() {
	orders=$((orders + 1))
	echo "$*" >&3
	await $said '^done' $orders
}

# The first value of "expect KEY VALUE..."
expected() {
	sed -n "s/^expect $1 \([^ ]*\).*/\1/p" $said | head -n 1
}

# A command that traces has turned on all of what it wants to see.
await_tracing() {
	tries=0
	until grep -q cmd /sys/kernel/tracing/instances/binderctl-*/events/binder/binder_return/filter; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return
		sleep 0.1
	done 2>/dev/null
}

says() {
	pattern=$1
	shift
	"$@" >/tmp/says.out 2>&1
	cat /tmp/says.out
	grep -q "$pattern" /tmp/says.out
}

says_not() {
	pattern=$1
	shift
	"$@" >/tmp/says.out 2>&1 || return
	cat /tmp/says.out
	! grep -q "$pattern" /tmp/says.out
}

same() {
	echo "expected: $1"
	echo "found:    $2"
	[ "$1" = "$2" ]
}

field() {
	scene find /tmp/ps.json "$1" "$2" "$3"
}

# process PID NAME nodes N ...: in JSON, and as a row of the table.
process_is() {
	pid=$1 wanted="$3 $4 $5 $6 $7 $8 $9 ${10} ${11} ${12} ${13} ${14} ${15} ${16}"
	found=
	for key in nodes handles buffers used size hole queue; do
		found="$found $key $(field processes "pid=$pid" $key)"
	done
	same "$wanted" "${found# }"
}
row_is() {
	found=$(awk -v pid="$1" '$1 == pid {
		print "nodes", $5, "handles", $6, "buffers", $7, "used", $8, "size", $9,
		      "hole", $10, "queue", $11 }' /tmp/ps.table)
	same "$3 $4 $5 $6 $7 $8 $9 ${10} ${11} ${12} ${13} ${14} ${15} ${16}" "$found"
	case $(awk -v pid="$1" '$1 == pid { print $2 }' /tmp/ps.table) in
	"$2"*) ;;
	*) echo "another name than $2"; return 1 ;;
	esac
}
thread_is() {
	same "$3" "$(field threads "tid=$2" state)" || return
	[ "$4" = 0 ] || same "$4" "$(field threads "tid=$2" waits_for)"
}

# In this order, whatever is between them.
has_chain() {
	tr -d '\n ' </tmp/why.json | grep -q "\"chain\":.*\"pid\":$1,.*\"pid\":$2,.*\"pid\":$3,"
}

begin binderctl
mkdir -p /etc
printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >/etc/passwd
umask 022
umount /sys/kernel/debug
check says-no-debugfs ends 1 'debugfs is not mounted; mount' binderctl ps
mount -t debugfs debugfs /sys/kernel/debug
check says-no-driver ends 1 'no binder driver is loaded; try modprobe' binderctl ps
check says-no-events ends 1 'no trace events of binder' binderctl trace
check says-no-netlink ends 1 'no reports by netlink' binderctl watch
check says-no-binderfs ends 1 'no binderfs is mounted; mount' binderctl add new
check load insmod /tests/binder_linux.ko devices=binder
check says-not-root ends 1 'run this as root' su nobody -s /bin/sh -c '/tests/binderctl ps'
check usage-no-command ends 2 'no command what' binderctl what
check usage-arguments ends 2 'wrong number of arguments for ps' binderctl ps 1
check usage-number ends 2 'not a number' binderctl -n many top
check usage-option ends 2 'no such option' binderctl -x ps
check usage-no-controls ends 2 "a number that can be: ?\[31m" binderctl -n "$(printf '\033[31m')" top
check usage-option-no-controls ends 2 'value: --?\[31m' binderctl "--$(printf '\033[31m')" ps
check usage-why ends 1 'neither a PID nor a line' binderctl why anything else

mkfifo $words
scene <$words >$said 2>&1 &
exec 3>$words
check scene-is-set await $said '^ready' 1
cat $said >/tmp/scene.expected

if [ "$driver" = mainline-6.1 ]; then
	binderctl --json ps >/tmp/ps.json
	echo "# 6.1 tells no addresses by default: so no hole is known"
	check no-guess-of-holes same none "$(field processes "pid=$(expected alpha)" hole)"
	echo 1 >/proc/sys/kernel/kptr_restrict
fi
binderctl --json ps >/tmp/ps.json
binderctl ps >/tmp/ps.table
sed 's/^/# /' /tmp/ps.table
while read -r _ kind values; do
	# shellcheck disable=SC2086	# they are words
	set -- $values
	case $kind in
	process)
		check "ps-json-$2-$1" process_is "$@"
		check "ps-table-$2-$1" row_is "$@"
		;;
	thread) check "ps-thread-$2-is-$3" thread_is "$@" ;;
	esac
done </tmp/scene.expected
check ps-not-mapped same "not mapped" "$(field processes "pid=$(expected unmapped)" note)"
check ps-mapped same "" "$(field processes "pid=$(expected alpha)" note)"
check ps-dead same true "$(field processes "pid=$(expected dead)" dead)"
check ps-no-controls fails grep -q "$(printf '\033')" /tmp/ps.table
check ps-marks-deadlock says 'waits for .*DEADLOCK' cat /tmp/ps.table

# shellcheck disable=SC2046	# they are words
set -- $(sed -n 's/^expect dead //p' $said)
dead=$1 holder=$2
check why-dead says "$dead is dead, but its binder file is still open" binderctl why "$dead"
check why-dead-holder says "  $holder (bc-holder) has it" binderctl why "$dead"
binderctl --json why "$dead" >/tmp/why.json
check why-dead-nobody-else same 1 "$(grep -c '"reason": "has never opened it itself"' /tmp/why.json)"
check why-holder says 'holds the file of another process' binderctl why "$holder"
for name in orphan behind; do
	pid=$(expected $name)
	check why-$name says "But $dead is dead, and its binder file still open" binderctl why "$pid"
	check why-$name-holder says "  $holder (bc-holder) has it" binderctl why "$pid"
	check why-$name-no-hope says_not 'works on it\|takes it' binderctl why "$pid"
done
check why-unmapped says '/dev/binder open but not mapped' binderctl why "$(expected unmapped)"
check why-nobody says 'There is no process 99999' binderctl why 99999
check why-no-binder says 'has no binder device open' binderctl why 1
for pid in $(sed -n 's/^expect ring //p' $said); do
	check "why-ring-$pid" says 'DEADLOCK: the chain closes' binderctl why "$pid"
done
# shellcheck disable=SC2046
set -- $(sed -n 's/^expect ring //p' $said)
binderctl --json why "$1" >/tmp/why.json
check why-ring-chain has_chain "$1" "$2" "$3"
check why-ring-json says '"deadlock": true' cat /tmp/why.json
# shellcheck disable=SC2046
set -- $(sed -n 's/^expect chain //p' $said)
check why-chain-no-deadlock says_not DEADLOCK binderctl why "$1"
check why-chain-ends says "Thread $3 of $3 (bc-beta) works on it" binderctl why "$1"
binderctl --json why "$1" >/tmp/why.json
check why-chain has_chain "$1" "$2" "$3"
check why-chain-json says '"deadlock": false' cat /tmp/why.json
kill -STOP "$3"
check why-chain-stopped says "But $3 (bc-beta) is stopped" binderctl why "$1"
kill -CONT "$3"
check why-late says "No thread of $3 (bc-beta) is idle" binderctl why "$(expected late)"
check why-queue says '1 messages wait for one of its 1 threads' binderctl why "$3"

mark_log
check failures tell failures
client=$(expected client) alpha=$(expected alpha)
binderctl --json why "$client" >/tmp/why.json
check why-failures same 5 "$(grep -c '"kind": "call"' /tmp/why.json)"
check why-no-space says ': no space' binderctl why "$client"
check why-bad-handle says ': bad handle' binderctl why "$client"
if [ "$driver" = ours ]; then
	check why-largest-hole says 'no space; .*largest hole 50000' binderctl why "$alpha"
	check why-bad-object says ': bad o' binderctl why "$alpha"
	check why-says-unmapped says ': unmapped' binderctl why "$(expected unmapped)"
	check why-says-exiting says ': exiting' binderctl why "$dead"
fi
line=$(log_since_mark | grep "$dead: binder_alloc_buf, no vma" | tail -n 1)
check why-line-no-vma says "  $holder (bc-holder) has it" binderctl why "$line"
# shellcheck disable=SC2086	# as several words
check why-line-as-words says "  $holder (bc-holder) has it" binderctl why $line
check why-line-short says "$dead is dead, but" binderctl why "binder: $dead: binder_alloc_buf, no vma"
log_since_mark | grep 'transaction .*failed' >/tmp/lines
# Five lines, and what is said of each.
check why-lines-stdin same 5 "$(binderctl why - </tmp/lines | grep -c 'The line says')"
check why-line-size says "from $client:$client to $alpha of 50008 bytes" \
	binderctl why "$(grep 'size 50008' /tmp/lines)"
check why-other-line says 'no such file to send' binderctl why "binder: $client:$client invalid fd 77 sent"
check why-other-line-process says "Process $client (bc-client) is alive" \
	binderctl why "binder: $client: 15 messages about it suppressed"
check why-lines-json scene find /tmp/why.json lines "id=0" id

timeout 60 binderctl --json -n 3 trace >/tmp/trace.json &
job=$!
await_tracing
check calls-traced tell calls 3
wait $job
check trace-json same "3 lines, 0 bad" "$(scene lines /tmp/trace.json)"
sed 's/^/# /' /tmp/trace.json
traced() {
	grep "\"from_pid\":$client," /tmp/trace.json | grep "\"to_pid\":$(expected echo)," |
		grep '"to_name":"bc-echo"' | grep '"code":7,' | grep '"size":600,' |
		grep '"reply_size":4,' | grep '"took_us":[1-9]' | grep -c '"end":"reply"'
}
check trace-calls same 3 "$(traced)"
timeout 60 binderctl -n 5 trace >/tmp/trace.table &
job=$!
await_tracing
tell failures
# A call to no process at all: mainline's has no event for that.
[ "$driver" = ours ] || tell failures
wait $job
sed 's/^/# /' /tmp/trace.table
check trace-failures same 5 "$(grep -c ' BR_[A-Z]*_REPLY ' /tmp/trace.table)"
[ "$driver" != ours ] || check trace-says-why says 'bc-alpha .* no space$' cat /tmp/trace.table
timeout 60 binderctl -n 2 trace >/tmp/trace.table &
job=$!
await_tracing
check reply-fails tell badreply
tell calls 1
wait $job
sed 's/^/# /' /tmp/trace.table
reason=-
[ "$driver" != ours ] || reason='bad handle'
check trace-failed-reply says ":$client .*bc-echo .* 36 .* BR_FAILED_REPLY  *$reason$" \
	cat /tmp/trace.table
check trace-goes-on says ' 7 .* us  reply  ' cat /tmp/trace.table
check trace-leaves-nothing same "" "$(ls /sys/kernel/tracing/instances)"

# The reader goes, and then there is more to be written.
timeout 60 binderctl trace 2>/tmp/trace.errors | head -n 1 &
job=$!
await_tracing
tell calls 1
sleep 1
tell calls 1
wait $job
check trace-to-head says 'not all could be written' cat /tmp/trace.errors
check trace-to-head-leaves-nothing same "" "$(ls /sys/kernel/tracing/instances)"
check no-room ends 1 'not all could be written' sh -c 'binderctl --json ps >/dev/full'

# A round, while there is something to see.
timeout 60 binderctl --json -n 1 -d 4 top >/tmp/top.json &
job=$!
await_tracing
check calls-counted tell calls 100
wait $job
check top-json same "1 lines, 0 bad" "$(scene lines /tmp/top.json)"
of_top() {
	scene find /tmp/top.json processes "pid=$1" "$2"
}
near() {
	echo "$1 is to be about $2"
	[ "$1" -ge $(($2 * 8 / 10)) ] && [ "$1" -le $(($2 * 12 / 10)) ]
}
check top-calls near $(($(of_top "$client" calls) * 4)) 100
check top-served near $(($(of_top "$(expected echo)" served) * 4)) 100
check top-bytes near $(($(of_top "$client" bytes) * 4)) 60400
check top-latency test "$(of_top "$(expected echo)" p50)" -gt 0 -a \
	"$(of_top "$(expected echo)" p99)" -ge "$(of_top "$(expected echo)" p50)"
check top-queue same 1 "$(of_top "$(expected ring)" queue)"
check top-lost-none says '"lost":0' cat /tmp/top.json
# With a small buffer, events are lost.
timeout 60 binderctl --json -n 1 -d 6 top >/tmp/top.lost &
job=$!
await_tracing
for file in /sys/kernel/tracing/instances/binderctl-*/buffer_size_kb; do
	echo 4 >"$file"
done
tell calls 5000
wait $job
sed 's/^/# /' /tmp/top.lost
check top-lost says '"lost":[1-9]' cat /tmp/top.lost
check top-table says '^ *PID  NAME .*P99 us' binderctl -n 1 -d 0.5 top

if [ "$driver" != mainline-6.1 ]; then
	timeout 60 binderctl --json -n 5 watch >/tmp/watch.json &
	job=$!
	sleep 3
	check failures-watched tell failures
	wait $job
	sed 's/^/# /' /tmp/watch.json
	check watch-json same "5 lines, 0 bad" "$(scene lines /tmp/watch.json)"
	check watch-no-space says \
		"BR_FAILED_REPLY.*\"from_pid\":$client,.*\"to_pid\":$alpha,.*\"code\":33,.*\"data_size\":50008" \
		cat /tmp/watch.json
	timeout 60 binderctl -n 5 watch >/tmp/watch.table &
	job=$!
	sleep 3
	tell failures
	wait $job
	check watch-table same 5 "$(grep -c '^BR_[A-Z]*_REPLY  *binder ' /tmp/watch.table)"
fi

binderctl graph >/tmp/graph.dot
binderctl --json graph >/tmp/graph.json
check graph-is-dot same 'digraph binder { }' "$(sed -n '1p;$p' /tmp/graph.dot | tr '\n' ' ' | sed 's/ $//')"
check graph-edge says "$client -> $alpha .label=\"1 handles, [0-9]* calls\"" cat /tmp/graph.dot
check graph-waits says "$(expected ring) -> .*color=red" cat /tmp/graph.dot
check graph-json same 4 "$(scene find /tmp/graph.json edges "from=$client" handles >/dev/null &&
	grep -c "\"from\": $client," /tmp/graph.json)"
check files-elsewhere same "$(wc -l </tmp/ps.table)" \
	"$(binderctl -r /sys/kernel/debug/binder ps | wc -l)"

# Processes of their own. A device under another name, as containers have it.
touch /tmp/renamed-binder
mount --bind /dev/binder /tmp/renamed-binder
scene open /tmp/renamed-binder plain >/tmp/renamed &
others=$!
scene open /dev/binder dup >/tmp/dup &
others="$others $!"
scene open /dev/binder zombie >/tmp/zombie &
others="$others $!"
for file in renamed dup zombie; do
	await /tmp/$file . 1
done
read -r renamed </tmp/renamed
read -r dup </tmp/dup
read -r zombie keeper innocent </tmp/zombie
binderctl --json ps >/tmp/ps.json
binderctl ps | sed 's/^/# /'
check ps-renamed same 131072 "$(field processes "pid=$renamed" size)"
check ps-renamed-note same "" "$(field processes "pid=$renamed" note)"
check why-renamed says '/tmp/renamed-binder open, and receives in 131072' binderctl why "$renamed"
check ps-zombie same "dead, its file is held" "$(field processes "pid=$zombie" note)"
check why-zombie says "$zombie is dead (not yet waited for" binderctl why "$zombie"
check why-zombie-holder says " $keeper (scene) may have it" binderctl why "$zombie"
check why-innocent says_not " $innocent (scene) " binderctl why "$zombie"
check why-dup says_not " $dup (scene) " binderctl why "$zombie"
opens=$(binderctl why "$dup" | grep -c 'It has /dev/binder open')
check why-dup-once same 1 "$opens"
binderctl graph >/tmp/graph.dot
check graph-zombie says "^.$zombie .*style=dashed" cat /tmp/graph.dot
# shellcheck disable=SC2086	# they are words
kill $others "$keeper" "$innocent"
umount /tmp/renamed-binder

if [ "$driver" = ours ]; then
	mkdir /tmp/binderfs
	mount -t binder binder /tmp/binderfs
	touch /tmp/one-device
	binderctl add one
	mount --bind /tmp/binderfs/one /tmp/one-device
	check add says '^/tmp/binderfs/new added' binderctl add new
	check added test -c /tmp/binderfs/new
	check add-twice ends 1 'there is a new already' binderctl add new
	check add-json says '"added": "/tmp/binderfs/newer"' binderctl --json add /tmp/binderfs/newer
	check rm says '^/tmp/binderfs/new removed' binderctl rm new
	check rm-json says '"removed": "/tmp/binderfs/newer"' binderctl --json rm newer
	check rm-json-is-gone test ! -e /tmp/binderfs/newer
	check removed test ! -e /tmp/binderfs/new
	check rm-twice ends 1 'there is no /tmp/binderfs/new' binderctl rm new
	umount /tmp/one-device
	mkdir /tmp/no-binderfs
	touch /tmp/no-binderfs/binder-control /tmp/no-binderfs/file
	check rm-no-binderfs ends 1 'is no binderfs' binderctl rm /tmp/no-binderfs/file
	check rm-elsewhere ends 1 'is a binderfs mounted there' binderctl rm /tmp/ps.json
	umount /tmp/binderfs
	mount -t binder -o stats=global binder /tmp/binderfs
	check files-of-binderfs same "$(wc -l </tmp/ps.table)" \
		"$(binderctl -r /tmp/binderfs/binder_logs ps | wc -l)"
	umount /tmp/binderfs
fi
echo quit >&3
exec 3>&-
wait
end
