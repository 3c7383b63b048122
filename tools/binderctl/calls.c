// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events, put together to calls; knows nothing of where they come from.
 *
 * A call begins with its binder_transaction. Its reply is the next transaction that is a
 * reply to its thread, and it ends when that is received; a one-way call ends when it is
 * received itself. Where the answer is an error, also because the reply failed, the
 * caller's binder_return says so.
 */
#include <linux/android/binder.h>
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

struct pending {
	struct call call;
	int reply;		/* the id of its reply, when that is on its way */
};

static struct pending *pending;
static size_t pending_count;
/* Threads whose binder_transaction_failed came, and whose binder_return is to come. */
static int *told;
static size_t told_count;
static call_fn deliver;
static void *deliver_arg;

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

/* The innermost call of a thread, with a reply on its way or not; else its last one-way call. */
static ssize_t find_by_thread(int tid)
{
	ssize_t i, oneway = -1;

	for (i = pending_count - 1; i >= 0; i--) {
		if (pending[i].call.from_tid != tid)
			continue;
		if (!pending[i].call.oneway)
			return i;
		if (oneway < 0)
			oneway = i;
	}
	return oneway;
}

static bool was_told(int tid)
{
	size_t i;

	for (i = 0; i < told_count; i++) {
		if (told[i] == tid) {
			told[i] = told[--told_count];
			return true;
		}
	}
	return false;
}

static void tell(int tid)
{
	told = grow(told, told_count, sizeof(*told));
	told[told_count++] = tid;
}

static void on_transaction(const struct event *event)
{
	struct pending new = {};
	ssize_t n;

	/* Who goes on has read all, or was never to read anything. */
	while (was_told(event->tid))
		;
	if (event->reply) {
		n = find_by_thread(event->to_thread);
		if (n >= 0 && !pending[n].call.oneway)
			pending[n].reply = event->id;
		return;
	}
	new.call.id = event->id;
	new.call.from_tid = event->tid;
	new.call.from_pid = event->pid;
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

	if (was_told(event->tid))
		return;
	n = find_by_thread(event->tid);
	if (n >= 0)
		finish(n, return_name(event->error), event->time);
}

/*
 * Our driver's; it comes also for a call that did not get as far as the other events. Of a
 * reply that fails it is the caller who reads the error.
 */
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

	if (n >= 0) {
		tell(pending[n].call.from_tid);
		pending[n].call.why = call.why;
		finish(n, end, event->time);
	} else {
		tell(event->from_thread);
		deliver(&call, deliver_arg);
	}
}

void calls_handle(const struct event *event, call_fn fn, void *arg)
{
	static void (* const handlers[])(const struct event *event) = {
		[EVENT_TRANSACTION] = on_transaction,
		[EVENT_ALLOC] = on_alloc,
		[EVENT_RECEIVED] = on_received,
		[EVENT_RETURN] = on_return,
		[EVENT_FAILED] = on_failed,
	};

	deliver = fn;
	deliver_arg = arg;
	handlers[event->kind](event);
}

void calls_forget(void)
{
	pending_count = 0;
	told_count = 0;
}

void calls_rest(call_fn fn, void *arg)
{
	size_t i;

	for (i = 0; i < pending_count; i++) {
		pending[i].call.end = "waiting";
		fn(&pending[i].call, arg);
	}
	pending_count = 0;
}
