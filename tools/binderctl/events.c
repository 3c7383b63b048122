// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events, put together to calls.
 *
 * A call begins with its binder_transaction. Its reply is the next transaction that is a
 * reply to its thread, and it ends when that is received; a one-way call ends when it is
 * received itself. Where the answer is an error, the caller's binder_return says so.
 *
 * The events come into a trace instance of our own, so nobody else's tracing is disturbed.
 */
#include <errno.h>
#include <event-parse.h>
#include <linux/android/binder.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>
#include "binderctl.h"

#define SYSTEM	"binder"

struct pending {
	struct call call;
	int reply;		/* the id of its reply, when that is on its way */
};

static struct tracefs_instance *instance;
static struct tep_handle *tep;
static struct pending *pending;
static size_t pending_count;
/* Threads whose binder_transaction_failed came, and whose binder_return is to come. */
static int *told;
static size_t told_count;
static call_fn deliver;
static void *deliver_arg;

/* Of the fields that an event has not, 0 is kept. */
struct event {
	uint64_t time;
	void (*handle)(const struct event *event);
	int tid, id, reply, to_proc, to_thread, from_proc, from_thread;
	unsigned int code, flags, error, reason;
	size_t size;
};

/* Read, and not yet handled. */
static struct event *events;
static size_t event_count;
static uint64_t complete;	/* all events until then have been read */

static int64_t field(struct tep_event *event, struct tep_record *record, const char *name)
{
	struct tep_format_field *f = tep_find_field(event, name);
	unsigned long long value = 0;

	if (!f || tep_read_number_field(f, record->data, &value))
		return 0;
	/* An int comes as 32 bits. */
	return f->size == 4 && f->flags & TEP_FIELD_IS_SIGNED ? (int)value : (int64_t)value;
}

static void finish(size_t n, const char *end, uint64_t now)
{
	struct call call = pending[n].call;

	call.end = end;
	call.took = now > call.began ? now - call.began : 0;
	memmove(&pending[n], &pending[n + 1], (pending_count - n - 1) * sizeof(*pending));
	pending_count--;
	deliver(&call, deliver_arg);
}

/* The last one first: a thread's innermost call is its last. */
static ssize_t find_by_id(int id)
{
	ssize_t i;

	for (i = pending_count - 1; i >= 0; i--) {
		if (pending[i].call.id == id || pending[i].reply == id)
			return i;
	}
	return -1;
}

static ssize_t find_by_thread(int tid)
{
	ssize_t i;

	for (i = pending_count - 1; i >= 0; i--) {
		if (pending[i].call.from_tid == tid && !pending[i].reply && !pending[i].call.oneway)
			return i;
	}
	/* Else it is a one-way call that failed. */
	for (i = pending_count - 1; i >= 0; i--) {
		if (pending[i].call.from_tid == tid && !pending[i].reply)
			return i;
	}
	return -1;
}

static void on_transaction(const struct event *event)
{
	struct pending new = {};
	ssize_t n;

	if (event->reply) {
		n = find_by_thread(event->to_thread);
		if (n >= 0 && !pending[n].call.oneway)
			pending[n].reply = event->id;
		return;
	}
	new.call.id = event->id;
	new.call.from_tid = event->tid;
	new.call.from_pid = process_of(event->tid);
	new.call.to_pid = event->to_proc;
	new.call.code = event->code;
	new.call.flags = event->flags;
	new.call.oneway = event->flags & TF_ONE_WAY;
	new.call.began = event->time;
	pending = grow(pending, pending_count, sizeof(new));
	pending[pending_count++] = new;
}

static void on_alloc(const struct event *event)
{
	ssize_t n = find_by_id(event->id);

	if (n < 0)
		return;
	if (pending[n].call.id == event->id)
		pending[n].call.size = event->size;
	else
		pending[n].call.reply_size = event->size;
}

static void on_received(const struct event *event)
{
	ssize_t n = find_by_id(event->id);

	if (n < 0)
		return;
	if (pending[n].reply == event->id)
		finish(n, "reply", event->time);
	else if (pending[n].call.oneway)
		finish(n, "delivered", event->time);
}

static void on_return(const struct event *event)
{
	ssize_t n;
	size_t i;

	for (i = 0; i < told_count; i++) {
		if (told[i] == event->tid) {
			told[i] = told[--told_count];
			return;
		}
	}
	n = find_by_thread(event->tid);
	if (n >= 0)
		finish(n, return_name(event->error), event->time);
}

/* Our driver's; it comes also for a call that did not get as far as the other events. */
static void on_failed(const struct event *event)
{
	ssize_t n = find_by_id(event->id);
	const struct reason *reason = reason_by_number(event->reason);
	const char *end = return_name(event->error);
	struct call call = {
		.id = event->id,
		.from_pid = event->from_proc,
		.from_tid = event->from_thread,
		.to_pid = event->to_proc,
		.began = event->time,
		.end = end,
		.why = reason ? reason->text : NULL,
		.partly = true,
	};

	told = grow(told, told_count, sizeof(*told));
	told[told_count++] = event->from_thread;
	if (n >= 0 && pending[n].call.from_tid == event->from_thread) {
		pending[n].call.why = call.why;
		finish(n, end, event->time);
	} else {
		deliver(&call, deliver_arg);
	}
}

static const struct {
	const char *name;
	void (*handle)(const struct event *event);
	bool optional;
} handlers[] = {
	{ "binder_transaction", on_transaction, false },
	{ "binder_transaction_alloc_buf", on_alloc, false },
	{ "binder_transaction_received", on_received, false },
	{ "binder_return", on_return, false },
	{ "binder_transaction_failed", on_failed, true },
};

static int on_event(struct tep_event *event, struct tep_record *record, int cpu, void *arg)
{
	struct event new = { .time = record->ts, .tid = tep_data_pid(tep, record) };
	size_t i;

	(void)cpu;
	(void)arg;
	for (i = 0; i < ARRAY_SIZE(handlers); i++) {
		if (!strcmp(event->name, handlers[i].name))
			new.handle = handlers[i].handle;
	}
	if (!new.handle)
		return 0;
	new.id = field(event, record, "debug_id");
	new.reply = field(event, record, "reply");
	new.to_proc = field(event, record, "to_proc");
	new.to_thread = field(event, record, "to_thread");
	new.from_proc = field(event, record, "from_proc");
	new.from_thread = field(event, record, "from_thread");
	new.code = field(event, record, "code");
	new.flags = field(event, record, "flags");
	new.size = field(event, record, "data_size");
	new.reason = field(event, record, "reason");
	new.error = field(event, record, "cmd");
	if (!new.error)
		new.error = field(event, record, "command");
	events = grow(events, event_count, sizeof(new));
	events[event_count++] = new;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	uint64_t left = ((const struct event *)a)->time, right = ((const struct event *)b)->time;

	return (left > right) - (left < right);
}

/*
 * The processors are read one after the other, so what happened meanwhile may be there
 * without what led to it. What is not younger than the last one of the read before
 * is there completely.
 */
static void handle_until(uint64_t until)
{
	size_t i;

	qsort(events, event_count, sizeof(*events), by_time);
	for (i = 0; i < event_count && events[i].time <= until; i++)
		events[i].handle(&events[i]);
	if (event_count)
		complete = events[event_count - 1].time;
	event_count -= i;
	memmove(events, events + i, event_count * sizeof(*events));
}

void events_stop(void)
{
	if (!instance)
		return;
	tracefs_trace_off(instance);
	tracefs_instance_destroy(instance);
	tracefs_instance_free(instance);
	instance = NULL;
}

/* Of all that a thread reads, only what ends a call in failure is of interest. */
static void filter_returns(void)
{
	char filter[100];

	snprintf(filter, sizeof(filter), "cmd==%u||cmd==%u||cmd==%u", (unsigned int)BR_DEAD_REPLY,
		 (unsigned int)BR_FAILED_REPLY, (unsigned int)BR_FROZEN_REPLY);
	if (tracefs_instance_file_write(instance, "events/" SYSTEM
					"/binder_return/filter",
					filter) < 0)
		fail("can't filter trace events: %s", strerror(errno));
}

/*
 * The formats of these events only: tracefs_local_events_system() would read all of the
 * kernel's symbols, too, which takes seconds.
 */
static void load_formats(void)
{
	char path[100], *text;
	int size;
	size_t i;

	tep = tep_alloc();
	text = tracefs_instance_file_read(NULL, "events/header_page", &size);
	if (!tep || !text || tep_parse_header_page(tep, text, size, sizeof(long)))
		fail("the format of the trace buffer can't be read; run this as root");
	free(text);
	tep_set_file_bigendian(tep, tep_is_local_bigendian(tep));
	for (i = 0; i < ARRAY_SIZE(handlers); i++) {
		snprintf(path, sizeof(path), "events/" SYSTEM "/%s/format", handlers[i].name);
		text = tracefs_instance_file_read(NULL, path, &size);
		if (text)
			tep_parse_event(tep, text, size, SYSTEM);
		else if (!handlers[i].optional)
			fail("this driver has no trace event %s", handlers[i].name);
		free(text);
	}
}

void events_start(void)
{
	char name[40];
	size_t i;

	tracefs_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	if (!tracefs_tracing_dir() || !tracefs_dir_exists(NULL, "events"))
		fail("there is no tracefs; mount -t tracefs none /sys/kernel/tracing as root");
	if (!tracefs_dir_exists(NULL, "events/" SYSTEM "/binder_transaction"))
		fail("there are no trace events of binder: no driver is loaded, or it has none");
	load_formats();
	snprintf(name, sizeof(name), "binderctl-%d", getpid());
	instance = tracefs_instance_create(name);
	if (!instance)
		fail("can't trace: %s; run this as root", strerror(errno));
	atexit(events_stop);
	for (i = 0; i < ARRAY_SIZE(handlers); i++) {
		if (tracefs_event_enable(instance, SYSTEM, handlers[i].name) &&
		    !handlers[i].optional)
			fail("can't turn on the trace event %s", handlers[i].name);
	}
	filter_returns();
	tracefs_trace_on(instance);
}

void events_read(call_fn fn, void *arg)
{
	deliver = fn;
	deliver_arg = arg;
	tracefs_iterate_raw_events(tep, instance, NULL, 0, on_event, NULL);
	handle_until(complete);
}

void events_rest(call_fn fn, void *arg)
{
	size_t i;

	events_read(fn, arg);
	handle_until(UINT64_MAX);
	for (i = 0; i < pending_count; i++) {
		pending[i].call.end = "waiting";
		fn(&pending[i].call, arg);
	}
}
