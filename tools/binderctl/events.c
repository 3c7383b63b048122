// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events, as the kernel has them; calls.c puts them together.
 *
 * They come into a trace instance of our own, so nobody else's tracing is disturbed.
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

static struct tracefs_instance *instance;
static struct tep_handle *tep;
/* Read, and not yet handled. */
static struct event *events;
static size_t event_count;
static uint64_t complete;	/* all events until then have been read */
static unsigned long overwritten, told_overwritten;

static int64_t field(struct tep_event *event, struct tep_record *record, const char *name)
{
	struct tep_format_field *f = tep_find_field(event, name);
	unsigned long long value = 0;

	if (!f || tep_read_number_field(f, record->data, &value))
		return 0;
	/* An int comes as 32 bits. */
	return f->size == 4 && f->flags & TEP_FIELD_IS_SIGNED ? (int)value : (int64_t)value;
}

static const struct {
	const char *name;
	bool optional;
} kinds[] = {
	[EVENT_TRANSACTION] = { "binder_transaction", false },
	[EVENT_ALLOC] = { "binder_transaction_alloc_buf", false },
	[EVENT_RECEIVED] = { "binder_transaction_received", false },
	[EVENT_RETURN] = { "binder_return", false },
	[EVENT_FAILED] = { "binder_transaction_failed", true },
};

static int on_event(struct tep_event *event, struct tep_record *record, int cpu, void *arg)
{
	struct event new = { .time = record->ts, .tid = tep_data_pid(tep, record) };
	size_t i;

	(void)cpu;
	(void)arg;
	for (i = 0; i < ARRAY_SIZE(kinds) && strcmp(event->name, kinds[i].name); i++)
		;
	if (i == ARRAY_SIZE(kinds))
		return 0;
	new.kind = i;
	if (new.kind == EVENT_TRANSACTION)
		new.pid = process_of(new.tid);
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
static void handle_until(uint64_t until, call_fn fn, void *arg)
{
	size_t i;

	if (!event_count)
		return;
	qsort(events, event_count, sizeof(*events), by_time);
	for (i = 0; i < event_count && events[i].time <= until; i++)
		calls_handle(&events[i], fn, arg);
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
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), "events/" SYSTEM "/%s/format", kinds[i].name);
		text = tracefs_instance_file_read(NULL, path, &size);
		if (text)
			tep_parse_event(tep, text, size, SYSTEM);
		else if (!kinds[i].optional)
			fail("this driver has no trace event %s", kinds[i].name);
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
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (tracefs_event_enable(instance, SYSTEM, kinds[i].name) &&
		    !kinds[i].optional)
			fail("can't turn on the trace event %s", kinds[i].name);
	}
	filter_returns();
	tracefs_trace_on(instance);
}

/* Since tracing was turned on. */
static unsigned long count_overwritten(void)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	unsigned long sum = 0;
	char path[60], *text, *found;

	for (cpu = 0; cpu < cpus; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%ld/stats", cpu);
		text = tracefs_instance_file_read(instance, path, NULL);
		found = text ? strstr(text, "\noverrun: ") : NULL;
		if (found)
			sum += strtoul(found + strlen("\noverrun: "), NULL, 10);
		free(text);
	}
	return sum;
}

unsigned long events_lost(void)
{
	unsigned long n = overwritten - told_overwritten;

	told_overwritten = overwritten;
	return n;
}

void events_read(call_fn fn, void *arg)
{
	unsigned long before = overwritten;

	tracefs_iterate_raw_events(tep, instance, NULL, 0, on_event, NULL);
	handle_until(complete, fn, arg);
	overwritten = count_overwritten();
	if (overwritten != before)
		calls_forget();
}

void events_rest(call_fn fn, void *arg)
{
	events_read(fn, arg);
	handle_until(UINT64_MAX, fn, arg);
	calls_rest(fn, arg);
}
