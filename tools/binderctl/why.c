// SPDX-License-Identifier: GPL-2.0-only
/*
 * why: what is wrong with a process, or what a line of the log is about.
 *
 * "findings" are sentences, and all that is printed as text; the rest of the object is for
 * programs.
 */
#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "binderctl.h"

/* The last failures that are shown. */
#define LAST_FAILURES	5

struct inquiry {
	struct json_object *root, *findings;
	struct state state;
	int *dead;		/* processes that others wait for, to be explained as well */
	size_t dead_count;
};

static void say(struct inquiry *inquiry, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void say(struct inquiry *inquiry, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_object_array_add(inquiry->findings, json_object_new_string(text));
}

static size_t opens_of(struct inquiry *inquiry, int pid)
{
	size_t i, n = 0;

	for (i = 0; i < inquiry->state.count; i++)
		n += inquiry->state.procs[i].pid == pid;
	return n;
}

/* Is @name the name of a context that @pid has opened, or anybody, if that is 0? */
static bool is_context(struct inquiry *inquiry, const char *name, int pid)
{
	size_t i;

	for (i = 0; i < inquiry->state.count; i++) {
		const struct proc *proc = &inquiry->state.procs[i];

		if ((!pid || proc->pid == pid) && !strcmp(proc->context, name))
			return true;
	}
	return false;
}

/* Drops the devices that are certainly not @owner's. Returns how many are left. */
static size_t drop_others(struct inquiry *inquiry, struct open_device *devices, size_t count,
			  int owner)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		const char *name = device_name(&devices[i]);

		if (!is_context(inquiry, name, 0) || is_context(inquiry, name, owner))
			devices[kept++] = devices[i];
	}
	return kept;
}

/* How often @pid has opened what could be @owner's: contexts of his, or by another name. */
static size_t own_opens(struct inquiry *inquiry, int pid, int owner,
			const struct open_device *devices, size_t count)
{
	size_t i, j, n = 0;

	for (i = 0; i < inquiry->state.count; i++) {
		const struct proc *proc = &inquiry->state.procs[i];

		if (proc->pid != pid)
			continue;
		for (j = 0; j < count && strcmp(device_name(&devices[j]), proc->context); j++)
			;
		n += j == count || is_context(inquiry, proc->context, owner);
	}
	return n;
}

/* Why @pid has a file that is another one's, or NULL. */
static const char *holds_foreign(size_t files, size_t own)
{
	if (!files)
		return NULL;
	if (!own)
		return "has never opened it itself";
	return files > own ? "has more binder files than it opened itself" : NULL;
}

/* Whoever only holds a file has not mapped it; but that can be his own, too. */
static const char *may_hold(int pid, int owner, const struct open_device *devices, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!devices[i].mapped)
			return "has not mapped it";
	}
	if (count && (getsid(pid) == owner || getpgid(pid) == owner))
		return "is of its session or process group";
	return NULL;
}

/* Is there another one whose file could be the one that is held? */
static bool another_is_dead(struct inquiry *inquiry, int owner)
{
	size_t i;

	for (i = 0; i < inquiry->state.count; i++) {
		const struct proc *proc = &inquiry->state.procs[i];

		if (proc->pid != owner && is_context(inquiry, proc->context, owner) &&
		    process_is_dead(proc->pid))
			return true;
	}
	return false;
}

static void add_holder(struct inquiry *inquiry, struct json_object *holders, int pid,
		       const char *path, const char *reason, bool sure)
{
	struct json_object *holder = append_object(holders);

	add_int(holder, "pid", pid);
	add_text(holder, "name", process_name(pid));
	add_text(holder, "path", path);
	add_text(holder, "reason", reason);
	add_bool(holder, "sure", sure);
	say(inquiry, "  %d (%s) %s it: it has %s open, and %s.", pid, process_name(pid),
	    sure ? "has" : "may have", path, reason);
}

/* Returns how many it found; only if nobody is sure, those that are not (@weak). */
static size_t add_holders(struct inquiry *inquiry, struct json_object *holders, int owner,
			  bool weak)
{
	bool sure = !weak && !another_is_dead(inquiry, owner);
	size_t i, n, count, own, found = 0;
	int *pids = all_processes(&n);

	for (i = 0; i < n; i++) {
		struct open_device *devices;
		const char *reason;

		if (pids[i] == owner)
			continue;
		count = process_devices(pids[i], &devices);
		own = own_opens(inquiry, pids[i], owner, devices, count);
		count = drop_others(inquiry, devices, count, owner);
		reason = weak ? may_hold(pids[i], owner, devices, count) :
			 holds_foreign(count, own);
		if (reason) {
			add_holder(inquiry, holders, pids[i], devices[0].path, reason, sure);
			found++;
		}
		free(devices);
	}
	free(pids);
	return found;
}

static void find_holders(struct inquiry *inquiry, struct json_object *process, int owner)
{
	struct json_object *holders = add_array(process, "holders");

	if (add_holders(inquiry, holders, owner, false) ||
	    add_holders(inquiry, holders, owner, true))
		say(inquiry,
		    "  What to do: end that process, or let it close the file. Then callers get BR_DEAD_REPLY, and watchers BR_DEAD_BINDER.");
	else
		say(inquiry,
		    "  No process seems to have it: it may wait in the queue of a socket, or be closed just now; try again.");
}

static const char *run_state(int pid)
{
	switch (process_state(pid)) {
	case 'D':
		return "in an uninterruptible sleep";
	case 'T':
	case 't':
		return "stopped";
	case 'R':
		return "running";
	}
	return process_is_frozen(pid) ? "frozen by a cgroup" : "sleeping";
}

/* Alive, its device, its mapping; or dead, and its file held. */
static void explain_life(struct inquiry *inquiry, struct json_object *process, int pid)
{
	char c = process_state(pid);
	struct open_device *devices;
	size_t i, n, opens = opens_of(inquiry, pid);

	add_bool(process, "alive", !process_is_dead(pid));
	add_bool(process, "known_to_driver", opens);
	if (process_is_dead(pid)) {
		if (opens) {
			say(inquiry,
			    "Process %d is dead%s, but its binder file is still open: somebody has it.",
			    pid, c ? " (not yet waited for by its parent)" : "");
			find_holders(inquiry, process, pid);
		} else {
			say(inquiry,
			    "There is no process %d%s, and the driver does not know it (any more).",
			    pid, c ? " but a zombie" : "");
		}
		return;
	}
	say(inquiry, "Process %d (%s) is alive, %s.", pid, process_name(pid), run_state(pid));
	n = process_devices(pid, &devices);
	for (i = 0; i < n; i++) {
		if (devices[i].mapped)
			say(inquiry, "  It has %s open, and receives in %llu bytes of memory.",
			    devices[i].path, (unsigned long long)devices[i].size);
		else if (opens)
			say(inquiry,
			    "  It has %s open but not mapped: calls to it fail (\"no vma\"). It called munmap() or exec(), or never mmap(): a bug in it%s.",
			    devices[i].path,
			    c == 'D' ? "; or it hangs while it exits" : "");
		else
			say(inquiry,
			    "  It has %s open, but never opened it itself: it holds the file of another process. If that one dies, nobody is told.",
			    devices[i].path);
	}
	add_bool(process, "open", n);
	add_bool(process, "mapped", n && devices[0].mapped);
	if (!n && opens) {
		say(inquiry, "  It has closed its binder file, but somebody has it still.");
		find_holders(inquiry, process, pid);
	} else if (!n) {
		say(inquiry, "  It has no binder device open.");
	}
	free(devices);
}

static void add_step(struct json_object *chain, const struct proc *proc,
		     const struct thread *thread)
{
	struct json_object *step = append_object(chain);

	add_int(step, "pid", proc ? proc->pid : 0);
	if (thread) {
		add_int(step, "tid", thread->tid);
		add_text(step, "state", thread_state_name(thread));
	}
}

static void say_wait(struct inquiry *inquiry, const char *indent, const struct proc *proc,
		     const struct thread *thread)
{
	const struct txn *txn = thread_waits(thread);
	char elapsed[40] = "", name[NAME_SIZE];

	snprintf(name, sizeof(name), "%s", process_name(proc->pid));
	if (txn->elapsed >= 0)
		snprintf(elapsed, sizeof(elapsed), ", for %ld ms", txn->elapsed);
	say(inquiry, "%sThread %d of %d (%s) waits for %d (%s), code %u%s.", indent, thread->tid,
	    proc->pid, name, txn->to_pid, process_name(txn->to_pid), txn->code, elapsed);
}

/*
 * What keeps @pid, or its thread @tid if that is not 0, from going on. Does nothing
 * more need to be said?
 */
static bool say_stuck(struct inquiry *inquiry, int pid, int tid)
{
	if (process_is_dead(pid)) {
		say(inquiry,
		    "    But %d is dead, and its binder file still open: so nobody is told, and this never ends.",
		    pid);
		inquiry->dead = grow(inquiry->dead, inquiry->dead_count, sizeof(pid));
		inquiry->dead[inquiry->dead_count++] = pid;
		return true;
	}
	if (tid && strchr("ZX", process_state(tid))) {
		say(inquiry,
		    "    But thread %d of %d (%s) has ended without BINDER_THREAD_EXIT: nobody answers.",
		    tid, pid, process_name(pid));
		return true;
	}
	tid = tid ? tid : pid;
	if (strchr("TtD", process_state(tid)) || process_is_frozen(tid))
		say(inquiry, "    But %d (%s) is %s.", tid, process_name(tid), run_state(tid));
	return false;
}

static void say_end(struct inquiry *inquiry, const struct step *step)
{
	const struct proc *proc = step->proc;
	const struct thread *thread = step->thread;
	int pid = proc ? proc->pid : 0;

	if (pid && say_stuck(inquiry, pid, step->kind == STEP_ENDS ? thread->tid : 0))
		return;
	switch (step->kind) {
	case STEP_ENDS:
		say(inquiry,
		    "    Thread %d of %d (%s) works on it, and does not wait in the driver.",
		    thread->tid, pid, process_name(pid));
		break;
	case STEP_QUEUED:
		say(inquiry,
		    "    No thread of %d (%s) is idle: thread %d works on something else.",
		    pid, process_name(pid), thread->tid);
		break;
	case STEP_IDLE:
		say(inquiry,
		    "    Process %d (%s) has an idle thread, which is about to take it.",
		    pid, process_name(pid));
		break;
	case STEP_NOBODY:
		say(inquiry, "    No thread of %d (%s) is in its loop: nobody takes it.", pid,
		    process_name(pid));
		break;
	case STEP_GONE:
	case STEP_THREAD:
		say(inquiry,
		    "    Whom it waits for is not there any more; its answer is on its way.");
		break;
	}
}

/* From one waiting thread to the next, until one does not wait, or the chain closes. */
static void explain_wait(struct inquiry *inquiry, struct json_object *array,
			 const struct proc *proc, const struct thread *thread)
{
	struct json_object *entry = append_object(array), *chain;
	const struct thread **seen = NULL;
	size_t i, count = 0;
	struct step step = { STEP_THREAD, proc, thread };
	bool closes = false;

	add_int(entry, "tid", thread->tid);
	add_bool(entry, "deadlock", !thread->live);
	chain = add_array(entry, "chain");
	while (step.kind == STEP_THREAD && !closes) {
		add_step(chain, step.proc, step.thread);
		say_wait(inquiry, count ? "    " : "  ", step.proc, step.thread);
		seen = grow(seen, count, sizeof(*seen));
		seen[count++] = step.thread;
		step = waits_next(&inquiry->state, step.thread);
		for (i = 0; i < count && step.thread; i++)
			closes |= seen[i] == step.thread;
	}
	free(seen);
	if (closes) {
		if (step.thread->live)
			say(inquiry,
			    "    And that is thread %d again; but another thread can still take the call.",
			    step.thread->tid);
		else
			say(inquiry,
			    "    DEADLOCK: the chain closes at thread %d of %d (%s). Each waits for the next one, for ever; ending one of these processes frees the others.",
			    step.thread->tid, step.proc->pid, process_name(step.proc->pid));
		return;
	}
	add_step(chain, step.proc, step.thread);
	say_end(inquiry, &step);
}

static void explain_threads(struct inquiry *inquiry, struct json_object *process, int pid)
{
	struct json_object *waits = add_array(process, "waits");
	size_t i, j, idle, queue = 0;

	for (i = 0; i < inquiry->state.count; i++) {
		const struct proc *proc = &inquiry->state.procs[i];

		if (proc->pid != pid)
			continue;
		queue += proc->pending_count;
		for (idle = 0, j = 0; j < proc->thread_count; j++) {
			const struct thread *thread = &proc->threads[j];

			idle += thread_state(thread) == THREAD_IDLE;
			if (thread_waits(thread))
				explain_wait(inquiry, waits, proc, thread);
		}
		if (proc->pending_count)
			say(inquiry,
			    "  In %s, %zu messages wait for one of its %zu threads, of which %zu are idle.",
			    proc->context, proc->pending_count, proc->thread_count, idle);
	}
	add_int(process, "queue", queue);
}

/* Where the driver does not say whether the target is dead, its process does. */
static void refine(struct inquiry *inquiry, struct failure *f)
{
	if (strcmp(failure_reason(f)->text, "dead or not mapped"))
		return;
	if (!process_is_dead(f->to_pid))
		f->found = "unmapped";
	else
		f->found = opens_of(inquiry, f->to_pid) ? "exiting" : "dead";
}

static void say_failure(struct inquiry *inquiry, const struct failure *f)
{
	const struct reason *reason = failure_reason(f);
	char who[120];

	if (f->from_pid && f->to_pid)
		snprintf(who, sizeof(who), "from %d:%d to %d", f->from_pid, f->from_tid, f->to_pid);
	else if (f->from_pid)
		snprintf(who, sizeof(who), "from %d:%d", f->from_pid, f->from_tid);
	else
		snprintf(who, sizeof(who), "to %d", f->to_pid);
	say(inquiry, "  A %s %s of %zu bytes failed%s%s: %s.", *f->kind ? f->kind : "message", who,
	    f->data_size, f->error ? " with " : "", f->error ? return_name(f->error) : "",
	    *f->why ? f->why : reason->text);
	say(inquiry, "    It means: %s. What to do: %s.", reason->meaning, reason->remedy);
}

/* The last failures that @wanted wants; reads them all, since the last are at the end. */
static size_t last_failures(struct failure *last, size_t most,
			    bool (*wanted)(const struct failure *f, const void *arg),
			    const void *arg)
{
	char *line = NULL;
	size_t room = 0, count = 0;
	struct failure f;
	FILE *file;

	if (!driver_has("failed_transaction_log"))
		return 0;
	file = driver_file("failed_transaction_log");
	while (getline(&line, &room, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!failure_parse(&f, line) || !wanted(&f, arg))
			continue;
		if (count == most)
			memmove(last, last + 1, --count * sizeof(*last));
		last[count++] = f;
	}
	free(line);
	fclose(file);
	return count;
}

static bool is_about(const struct failure *f, const void *arg)
{
	return f->from_pid == *(const int *)arg || f->to_pid == *(const int *)arg;
}

static void explain_failures(struct inquiry *inquiry, struct json_object *process, int pid)
{
	struct json_object *array = add_array(process, "failures");
	struct failure last[LAST_FAILURES];
	size_t i, n = last_failures(last, LAST_FAILURES, is_about, &pid);

	if (n)
		say(inquiry, "Its last failures:");
	for (i = 0; i < n; i++) {
		refine(inquiry, &last[i]);
		json_object_array_add(array, failure_json(&last[i]));
		say_failure(inquiry, &last[i]);
	}
}

/* Once each. */
static void explain_process(struct inquiry *inquiry, int pid, bool failures)
{
	struct json_object *process, *processes;
	size_t i;

	for (i = 0; i < get_count(inquiry->root, "processes"); i++) {
		if (get_int(get_nth(inquiry->root, "processes", i), "pid") == pid)
			return;
	}
	json_object_object_get_ex(inquiry->root, "processes", &processes);
	process = append_object(processes);
	add_int(process, "pid", pid);
	add_text(process, "name", process_name(pid));
	explain_life(inquiry, process, pid);
	explain_threads(inquiry, process, pid);
	if (failures)
		explain_failures(inquiry, process, pid);
	while (inquiry->dead_count)
		explain_process(inquiry, inquiry->dead[--inquiry->dead_count], false);
}

static bool is_same(const struct failure *f, const void *arg)
{
	const struct failure *line = arg;

	return f->from_pid == line->from_pid && f->from_tid == line->from_tid &&
	       f->error == line->error && f->data_size == line->data_size &&
	       f->offsets_size == line->offsets_size;
}

/* A line that is not about a message that failed. */
static bool explain_other(struct inquiry *inquiry, const char *line)
{
	struct json_object *array, *object;
	int pid;
	const struct reason *reason = line_find(line, &pid);

	if (!reason)
		return false;
	json_object_object_get_ex(inquiry->root, "lines", &array);
	object = append_object(array);
	add_text(object, "reason", reason->text);
	add_text(object, "driver_says", line);
	add_text(object, "meaning", reason->meaning);
	add_text(object, "remedy", reason->remedy);
	say(inquiry, "The line says: %s. What to do: %s.", reason->meaning, reason->remedy);
	if (pid > 0) {
		pid = process_of(pid);	/* some lines have a thread only */
		add_int(object, "pid", pid);
		explain_process(inquiry, pid, true);
	}
	return true;
}

/* Does it say what failed? The driver's own log may know more of it than the kernel's. */
static bool explain_line(struct inquiry *inquiry, const char *line)
{
	struct json_object *array;
	struct failure f, more;

	if (!failure_parse_kernel(&f, line) && !failure_parse(&f, line))
		return explain_other(inquiry, line);
	if (f.from_pid && !f.to_pid && last_failures(&more, 1, is_same, &f))
		f = more;
	refine(inquiry, &f);
	json_object_object_get_ex(inquiry->root, "lines", &array);
	json_object_array_add(array, failure_json(&f));
	say(inquiry, "The line says:");
	say_failure(inquiry, &f);
	if (f.to_pid)
		explain_process(inquiry, f.to_pid, false);
	else if (f.from_pid)
		explain_process(inquiry, f.from_pid, true);
	return true;
}

static bool explain_stdin(struct inquiry *inquiry)
{
	char *line = NULL;
	bool understood = false;
	size_t room = 0;

	while (getline(&line, &room, stdin) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		understood |= explain_line(inquiry, clean(line));
	}
	free(line);
	return understood;
}

/* All words, with a space between them. */
static char *join(int argc, char **argv)
{
	size_t length = 1;
	char *text;
	int i;

	for (i = 0; i < argc; i++)
		length += strlen(argv[i]) + 1;
	text = calloc(1, length);
	if (!text)
		fail("out of memory");
	for (i = 0; i < argc; i++) {
		strcat(text, argv[i]);
		if (i < argc - 1)
			strcat(text, " ");
	}
	return clean(text);
}

static bool is_pid(const char *text, int *pid)
{
	char *end;
	long value = strtol(text, &end, 10);

	*pid = value;
	return isdigit(*text) && !*end && value > 0 && value == *pid;
}

int command_why(int argc, char **argv)
{
	struct inquiry inquiry = { .root = json_object_new_object() };
	char *text = join(argc, argv);
	size_t i;
	int pid;

	inquiry.findings = add_array(inquiry.root, "findings");
	add_array(inquiry.root, "processes");
	add_array(inquiry.root, "lines");
	read_state_twice(&inquiry.state);
	if (is_pid(text, &pid))
		explain_process(&inquiry, pid, true);
	else if (!strcmp(text, "-") ? !explain_stdin(&inquiry) : !explain_line(&inquiry, text))
		fail("neither a PID nor a line of a binder driver: %s", text);
	for (i = 0; !options.json && i < get_count(inquiry.root, "findings"); i++)
		puts(json_object_get_string(get_nth(inquiry.root, "findings", i)));
	state_free(&inquiry.state);
	free(inquiry.dead);
	free(text);
	if (options.json)
		print_json(inquiry.root);
	else
		json_object_put(inquiry.root);
	return 0;
}
