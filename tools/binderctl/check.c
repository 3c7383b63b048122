// SPDX-License-Identifier: GPL-2.0-only
/*
 * check DIRECTORY: the parsers, on what the stock drivers of 6.1 and 7.2 said while
 * scene.c's processes ran (DIRECTORY/state-6.1, ...), and on what nobody should say.
 */
#include <errno.h>
#include <linux/android/binder.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "binderctl.h"

struct options options;
static int number, failed;

static void ok(bool good, const char *name)
{
	printf("%sok %d %s\n", good ? "" : "not ", ++number, name);
	failed += !good;
}

static void parse_text(struct state *state, const char *text)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");

	state_parse(state, file);
	fclose(file);
	waits_settle(state);
}

static FILE *data(const char *directory, const char *name, const char *version)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s-%s", directory, name, version);
	file = fopen(path, "r");
	if (!file)
		fail("no %s; run this as make check", path);
	return file;
}

/* By what they hold: pids differ from run to run. */
static struct proc *find_by(struct state *state, size_t threads, size_t nodes, size_t refs)
{
	size_t i;

	for (i = 0; i < state->count; i++) {
		struct proc *p = &state->procs[i];

		if (p->thread_count == threads && p->node_count == nodes && p->ref_count == refs)
			return p;
	}
	fail("no process with %zu threads, %zu nodes, %zu handles", threads, nodes, refs);
}

static void check_scene(const char *directory, const char *version)
{
	bool newer = !strcmp(version, "7.2");
	FILE *file = data(directory, "state", version);
	size_t i, j, dead = 0, waiting = 0, pending = 0;
	struct proc *alpha, *beta, *pool;
	struct state state;
	struct step step;

	printf("# the scene, as %s tells it\n", version);
	state_parse(&state, file);
	fclose(file);
	waits_settle(&state);
	ok(state.count == 14, "processes");
	ok(!strcmp(state.procs[0].context, "binder"), "context");
	alpha = find_by(&state, 1, 3, 2);
	ok(alpha->buffer_count == 2 && proc_used(alpha) == 70000, "buffers");
	/* 6.1 tells hashed addresses, unless asked to tell all. */
	ok(proc_largest_hole(alpha, 0x7f0000000000, 131072) == (newer ? 50000 : -1), "hole");
	beta = find_by(&state, 1, 2, 1);
	ok(beta->pending_count == 1 && beta->pending[0].code == 13, "queue");
	ok(beta->pending[0].elapsed == -1 || newer, "elapsed");
	ok(thread_state(&beta->threads[0]) == THREAD_SERVING, "serving");
	pool = find_by(&state, 4, 0, 0);
	ok(thread_state(&pool->threads[3]) == THREAD_IDLE, "idle");
	for (i = 0; i < state.count; i++) {
		pending += state.procs[i].pending_count;
		for (j = 0; j < state.procs[i].thread_count; j++) {
			const struct thread *thread = &state.procs[i].threads[j];

			dead += !thread->live;
			waiting += !!thread_waits(thread);
		}
	}
	ok(waiting == 6 && pending == 4, "waiting");
	ok(dead == 3, "three in a deadlock");
	step = waits_next(&state, &find_by(&state, 1, 1, 1)->threads[0]);
	ok(step.kind == STEP_THREAD && !step.thread->live, "who waits in a ring");
	ok(state_owner(&state, alpha->nodes[1].id) == alpha, "owner of a node");
	ok(alpha->nodes[0].holder_count == 2, "holders of a node");
	state_free(&state);
}

static void check_failures(const char *directory, const char *version)
{
	static const char * const wanted[] = {
		"dead or not mapped", "dead or not mapped", "no space", "bad handle", "malformed",
	};
	FILE *file = data(directory, "failed", version);
	char line[512];
	struct failure f;
	size_t n = 0;

	printf("# failures, as %s tells them\n", version);
	while (fgets(line, sizeof(line), file)) {
		if (!failure_parse(&f, line))
			continue;
		ok(n < ARRAY_SIZE(wanted) &&
		   !strcmp(failure_reason(&f)->text, wanted[n]), wanted[n]);
		n++;
	}
	fclose(file);
	ok(n == ARRAY_SIZE(wanted), "all of them");
}

static const char our_line[] =
	"9: call  from 1:2 to 3:0 context b node 4 handle 5 size 6:8 ret 1/-28 why: no space; 800";
static const char spoiled_line[] =
	"9: async from 1:2 to 3:0 context b node 4 handle 5 size 6:8 ret 1/-3 why: dead\033[2J";

static void check_our_failures(void)
{
	struct failure f;

	printf("# failures, as our driver tells them\n");
	ok(failure_parse(&f, our_line), "a line");
	ok(f.from_tid == 2 && f.to_pid == 3 && f.handle == 5 && f.offsets_size == 8, "numbers");
	ok(!strcmp(failure_reason(&f)->text, "no space"), "its reason");
	ok(strstr(f.why, "; 800"), "what it says beyond that");
	ok(failure_parse(&f, spoiled_line) && !strchr(f.why, '\033'), "no control characters");
	ok(!failure_parse(&f, "9: async from 1:2"), "half a line");
	/* As in enum binder_reason. */
	ok(!strcmp(reason_by_number(7)->text, "no space") && !reason_by_number(0) &&
	   reason_by_number(19) && !reason_by_number(20), "numbers of reasons");
}

/* Of the kernel's log: what is to be found in it. */
static const struct {
	const char *line, *reason;
	int from_pid, from_tid, to_pid, error;
	size_t data_size;
} kernel_lines[] = {
	{ "binder: 3057: binder_alloc_buf, no vma", "dead or not mapped", .to_pid = 3057 },
	{ "[ 12.4] binder_linux: 149: binder_alloc_buf, no vma\n", "dead or not mapped",
	  .to_pid = 149 },
	{ "binder: 4008:4104 transaction failed 29201, size 124-4", "unknown", 4008, 4104, 0,
	  BR_FAILED_REPLY, 124 },
	{
		"Nov 26 18:00:01 host kernel: binder: 8:9 transaction call to 1:0 failed 5/29201/-28, code 3 size 56-0 line 1",
		"no space", 8, 9, 1, BR_FAILED_REPLY, 56
	},
	{ "binder_linux: 12:13 transaction call to 15:0 failed 107/29189/-3, size 0-0 line 3248",
	  "dead or not mapped", 12, 13, 15, BR_DEAD_REPLY, 0 },
	{ "binder: 378:379 transaction to 377 failed: unmapped, error -3", "unmapped", 378,
	  379, 377, 0, 0 },
	{ "binder_alloc: 129: binder_alloc_buf size 508 failed, no address space", "no space",
	  0, 0, 129, BR_FAILED_REPLY, 508 },
};

static void check_kernel_lines(void)
{
	struct failure f;
	size_t i;

	printf("# lines of the kernel's log\n");
	for (i = 0; i < ARRAY_SIZE(kernel_lines); i++)
		ok(failure_parse_kernel(&f, kernel_lines[i].line) &&
		   !strcmp(failure_reason(&f)->text, kernel_lines[i].reason) &&
		   f.from_pid == kernel_lines[i].from_pid &&
		   f.from_tid == kernel_lines[i].from_tid &&
		   f.to_pid == kernel_lines[i].to_pid && f.error == kernel_lines[i].error &&
		   f.data_size == kernel_lines[i].data_size, kernel_lines[i].line);
	ok(!failure_parse_kernel(&f, "usb 1-1: new device"), "another one's line");
	ok(!failure_parse_kernel(&f, ""), "no line");
}

/* Lines that are not about a failed message: whom they are about, and what is said of them. */
static const struct {
	const char *line, *text;
	int pid;
} other_lines[] = {
	{ "binder: 5:6 call to invalid handle 77", "call to invalid handle", 5 },
	{ "[ 12.5] binder_linux: 105: 15 messages about it suppressed", "suppressed", 105 },
	{ "binder: 5:6 invalid fd 77 sent", "invalid fd", 5 },
	{ "binder: 5:6 BC_FREE_BUFFER u7f00: no buffer starts there", "BC_FREE_BUFFER", 5 },
	{ "binder: 5:6 BC_ENTER_LOOPER after BC_REGISTER_LOOPER", "BC_", 5 },
	{ "binder: 5:6 something else", "unknown", 5 },
	{ "binder: another driver has the device 'binder' already; unload it first",
	  "another driver has the device", 0 },
	{ "usb 1-1: new device", NULL, 0 },
	{ "1:2 somebody's line", NULL, 0 },
	{ "", NULL, 0 },
};

static void check_other_lines(void)
{
	const struct reason *reason;
	size_t i;
	int pid;

	for (i = 0; i < ARRAY_SIZE(other_lines); i++) {
		reason = line_find(other_lines[i].line, &pid);
		ok(reason && other_lines[i].text ? !strcmp(reason->text, other_lines[i].text) &&
		   pid == other_lines[i].pid : !reason && !other_lines[i].text,
		   other_lines[i].line);
	}
}

/* Our driver's line for debugging, with all that it can say. */
static void check_debug_line(void)
{
	struct failure f;
	bool good;

	printf("# our driver's line for debugging\n");
	good = failure_parse_kernel(&f,
				    "binder: 378:379 transaction to 377 failed: no space; free 8 of 16 (one-way calls: 8 of 8), largest hole 8, error -28");
	ok(good, "a line");
	ok(!strcmp(failure_reason(&f)->text, "no space") && f.ret == -ENOSPC, "its reason");
	ok(!strcmp(f.why, "no space; free 8 of 16 (one-way calls: 8 of 8), largest hole 8"),
	   "and all that it says beyond that");
}

/* The calls that events are put together to, as a line of text. */
static char ended[256];

static void note_call(const struct call *call, void *arg)
{
	size_t length = strlen(ended);

	(void)arg;
	snprintf(ended + length, sizeof(ended) - length, "%d>%d %s %s;", call->from_tid,
		 call->to_pid, call->end, call->why ? call->why : "-");
}

static bool calls_are(const char *wanted, const struct event *events, size_t n)
{
	size_t i;

	*ended = '\0';
	for (i = 0; i < n; i++)
		calls_handle(&events[i], note_call, NULL);
	calls_rest(note_call, NULL);
	if (strcmp(ended, wanted))
		printf("# %s\n", ended);
	return !strcmp(ended, wanted);
}

#define CALL(from, to, number) \
	{ .kind = EVENT_TRANSACTION, .tid = (from), .to_proc = (to), .id = (number) }
#define REPLY(from, to, number) \
	{ .kind = EVENT_TRANSACTION, .tid = (from), .to_thread = (to), .id = (number), .reply = 1 }
#define RECEIVED(who, number) \
	{ .kind = EVENT_RECEIVED, .tid = (who), .id = (number) }
#define FAILED(from, number) \
	{ .kind = EVENT_FAILED, .from_thread = (from), .id = (number), \
	  .error = BR_FAILED_REPLY, .reason = 7 }
#define RETURN(who, what) \
	{ .kind = EVENT_RETURN, .tid = (who), .error = (what) }

static void check_calls(void)
{
	static const struct event good[] = {
		CALL(10, 20, 1), RECEIVED(20, 1), CALL(20, 30, 2), RECEIVED(30, 2),
		REPLY(30, 20, 3), RECEIVED(20, 3), REPLY(20, 10, 4), RECEIVED(10, 4),
	};
	static const struct event fails[] = {
		CALL(10, 20, 1), FAILED(10, 1), RETURN(10, BR_FAILED_REPLY),
		CALL(10, 20, 2),
	};
	/* Afterwards the server itself makes a call that is answered by its end. */
	static const struct event reply_fails[] = {
		CALL(10, 20, 1), RECEIVED(20, 1), REPLY(20, 10, 2), FAILED(20, 2),
		RETURN(10, BR_FAILED_REPLY), CALL(20, 30, 3), RETURN(20, BR_DEAD_REPLY),
	};
	static const struct event mainline[] = {
		CALL(10, 20, 1), RECEIVED(20, 1), REPLY(20, 10, 2), RETURN(10, BR_FAILED_REPLY),
		CALL(20, 30, 3), RETURN(20, BR_DEAD_REPLY),
	};
	/* Whoever is told of without an error to read makes the next call as any other. */
	static const struct event early[] = {
		CALL(10, 20, 1), RECEIVED(20, 1), FAILED(20, 2),
		RETURN(10, BR_FAILED_REPLY), CALL(20, 30, 3), RETURN(20, BR_DEAD_REPLY),
	};

	printf("# calls, from events\n");
	calls_handle(&good[0], note_call, NULL);
	calls_forget();
	ok(calls_are("", NULL, 0), "none is waited for after events were lost");
	ok(calls_are("20>30 reply -;10>20 reply -;", good, ARRAY_SIZE(good)), "nested calls");
	ok(calls_are("10>20 BR_FAILED_REPLY no space;10>20 waiting -;", fails,
		     ARRAY_SIZE(fails)), "a call that fails");
	ok(calls_are("10>20 BR_FAILED_REPLY no space;20>30 BR_DEAD_REPLY -;", reply_fails,
		     ARRAY_SIZE(reply_fails)), "a reply that fails");
	ok(calls_are("10>20 BR_FAILED_REPLY -;20>30 BR_DEAD_REPLY -;", mainline,
		     ARRAY_SIZE(mainline)), "a reply that fails, on mainline's driver");
	ok(calls_are("20>0 BR_FAILED_REPLY no space;10>20 BR_FAILED_REPLY -;20>30 BR_DEAD_REPLY -;",
		     early, ARRAY_SIZE(early)), "a reply that fails early");
}

static void check_strange(void)
{
	struct state state;

	printf("# what nobody should say\n");
	parse_text(&state, "");
	ok(!state.count, "nothing");
	parse_text(&state, "  thread 5: l 12\nproc\nproc x\nnode 3\n");
	ok(!state.count, "no process");
	parse_text(&state, "proc 1\ncontext a\033[31mb\n  thread\n  thread 5: l\n"
		   "  node x: u\n  ref 1: desc\n  buffer 1: 0 size\n  outgoing transaction 5\n"
		   "  has never been seen\n    pending tra\n");
	ok(state.count == 1 && !state.procs[0].thread_count && !state.procs[0].buffer_count &&
	   !state.procs[0].pending_count, "half of each line");
	ok(!strchr(state.procs[0].context, '\033'), "control characters");
	state_free(&state);
	parse_text(&state, "proc 1\n  buffer 1: 10 size 18446744073709551615:8:0 active\n");
	ok(proc_largest_hole(&state.procs[0], 0, 4096) <= 4096, "a buffer of all sizes");
	state_free(&state);
	parse_text(&state, "proc 1\n  thread 1: l 12 need_return 0 tr 0\n"
		   "    outgoing transaction 7: 0 from 1:1 to 9:0 code 1 flags 0 pri 0 r1\n");
	ok(waits_next(&state, &state.procs[0].threads[0]).kind == STEP_GONE, "a target is gone");
	ok(state.procs[0].threads[0].live, "that is no deadlock");
	state_free(&state);
	parse_text(&state, "proc 1\n  ref 4: desc 2 dead node 3 s 1 w 0 d 0\n"
		   "  ref 5: desc 3 node 3 s 1 w 0 d 0\n");
	ok(state.procs[0].ref_count == 2 && state.procs[0].refs[0].dead &&
	   !state.procs[0].refs[1].dead, "a dead node");
	state_free(&state);
}

/*
 * 1 calls 2, whose thread calls back: that call is on its way to the very thread that
 * waits. It is no deadlock, though the threads wait for each other.
 */
static void check_call_back(void)
{
	struct state state;

	printf("# who waits\n");
	parse_text(&state, "proc 1\n  thread 1: l 12 need_return 0 tr 0\n"
		   "    outgoing transaction 7: 0 from 1:1 to 2:2 code 1 flags 0 pri 0 r1\n"
		   "    pending transaction 8: 0 from 2:2 to 1:1 code 1 flags 0 pri 0 r1\n"
		   "proc 2\n  thread 2: l 12 need_return 0 tr 0\n"
		   "    outgoing transaction 8: 0 from 2:2 to 1:1 code 1 flags 0 pri 0 r1\n"
		   "    incoming transaction 7: 0 from 1:1 to 2:2 code 1 flags 0 pri 0 r1\n");
	ok(state.procs[0].threads[0].live && state.procs[1].threads[0].live,
	   "a nested call is no deadlock");
	state_free(&state);
	/* Two call each other, but 2 has one more thread. */
	parse_text(&state, "proc 1\n  thread 1: l 12 need_return 0 tr 0\n"
		   "    outgoing transaction 7: 0 from 1:1 to 2:0 code 1 flags 0 pri 0 r1\n"
		   "  pending transaction 8: 0 from 2:2 to 1:0 code 1 flags 0 pri 0 r1\n"
		   "proc 2\n  thread 2: l 12 need_return 0 tr 0\n"
		   "    outgoing transaction 8: 0 from 2:2 to 1:0 code 1 flags 0 pri 0 r1\n"
		   "  thread 3: l 02 need_return 0 tr 0\n"
		   "  pending transaction 7: 0 from 1:1 to 2:0 code 1 flags 0 pri 0 r1\n");
	ok(state.procs[0].threads[0].live && state.procs[1].threads[0].live,
	   "one more thread is no deadlock");
	ok(waits_next(&state, &state.procs[0].threads[0]).kind == STEP_QUEUED, "but it is busy");
	state.procs[1].threads[1].looper = LOOPER_EXITED | LOOPER_ENTERED;
	state.procs[0].threads[0].live = false;
	state.procs[1].threads[0].live = false;
	waits_settle(&state);
	ok(!state.procs[0].threads[0].live && !state.procs[1].threads[0].live,
	   "one that left its loop is none");
	state_free(&state);
}

/* Two call each other; in the second look, one of them makes another call. */
static void check_second_look(void)
{
	static const char ring[] =
		"proc 1\n  thread 1: l 12 need_return 0 tr 0\n"
		"    outgoing transaction 7: 0 from 1:1 to 2:0 code 1 flags 0 pri 0 r1\n"
		"  pending transaction 8: 0 from 2:2 to 1:0 code 1 flags 0 pri 0 r1\n"
		"proc 2\n  thread 2: l 12 need_return 0 tr 0\n"
		"    outgoing transaction 8: 0 from 2:2 to 1:0 code 1 flags 0 pri 0 r1\n"
		"  pending transaction 7: 0 from 1:1 to 2:0 code 1 flags 0 pri 0 r1\n";
	struct state before, state;

	parse_text(&before, ring);
	parse_text(&state, ring);
	ok(waits_for_ever(&before), "a deadlock");
	waits_confirm(&state, &before);
	ok(!state.procs[0].threads[0].live && !state.procs[1].threads[0].live,
	   "and it is still there");
	before.procs[0].threads[0].stack[0].id = 6;
	waits_confirm(&state, &before);
	ok(state.procs[0].threads[0].live && !state.procs[1].threads[0].live, "a new wait");
	state_free(&before);
	state_free(&state);
}

/*
 * Each of @n waits for the next one, the last one's call for a process that has nobody in
 * its loop, or, @closed, for the first one. That takes no time worth speaking of.
 */
static void check_chain(int n, bool closed)
{
	struct state state;
	FILE *file = tmpfile();
	struct timespec began, now;
	int i, wrong = 0;

	for (i = 1; i <= n; i++)
		fprintf(file, "proc %d\n  thread %d: l 12 need_return 0 tr 0\n"
			"    outgoing transaction %d: 0 from %d:%d to %d:0 code 1 flags 0 pri 0 r1\n"
			"  pending transaction %d: 0 from %d:%d to %d:0 code 1 flags 0 pri 0 r1\n",
			i, i, i, i, i, i == n && closed ? 1 : i + 1, i > 1 ? i - 1 : n,
			i > 1 ? i - 1 : n, i > 1 ? i - 1 : n, i);
	if (!closed)
		fprintf(file,
			"proc %d\n  pending transaction %d: 0 from %d:%d to %d:0 code 1 flags 0 pri 0 r1\n",
			n + 1, n, n, n, n + 1);
	rewind(file);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
	state_parse(&state, file);
	waits_settle(&state);
	for (i = 0; i < n; i++)
		wrong += state.procs[i].threads[0].live == closed;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	fclose(file);
	state_free(&state);
	ok(!wrong, closed ? "a large ring" : "a long chain");
	ok(now.tv_sec - began.tv_sec < 5, "soon");
}

int main(int argc, char **argv)
{
	static const char * const versions[] = { "6.1", "7.2" };
	size_t i;

	if (argc != 2)
		fail("run this as make check");
	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		check_scene(argv[1], versions[i]);
		check_failures(argv[1], versions[i]);
	}
	check_our_failures();
	check_kernel_lines();
	check_other_lines();
	check_debug_line();
	check_calls();
	check_strange();
	check_call_back();
	check_second_look();
	check_chain(50000, false);
	check_chain(50000, true);
	printf("1..%d\n", number);
	return failed != 0;
}
