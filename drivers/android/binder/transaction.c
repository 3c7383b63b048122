// SPDX-License-Identifier: GPL-2.0-only
/* A message's life: answer, fail, deliver, end.  The essay is in transaction.h. */

#include <linux/sched.h>
#include <linux/slab.h>

#include "abi.h"
#include "area/area.h"
#include "freeze.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "records.h"
#include "stats.h"
#include "thread.h"
#include "trace.h"
#include "transaction.h"

static struct kmem_cache *transaction_cache;

/**
 * binder_transaction_destroy() - the last reference has gone; for binder_transaction_put()
 * @t: the transaction, its buffer delivered or freed
 *
 * Context: the caller holds the processes by other means if it has a lock of theirs.
 */
void binder_transaction_destroy(struct binder_transaction *t)
{
	struct binder_proc *from_proc = t->from_proc, *to_proc = t->to_proc;

	WARN_ON_ONCE(t->buffer);
	trace_binder_txn_latency_free(t);
	/* For the next message of the process that has made, and was charged for, this one. */
	if (!READ_ONCE(from_proc->dead))
		t = binder_spares_keep(&from_proc->spares, t);
	if (t)
		kmem_cache_free(transaction_cache, t);
	binder_proc_put(from_proc);
	binder_proc_put(to_proc);
	binder_stats_deleted(BINDER_STAT_TRANSACTION);
}

/**
 * binder_transaction_drop_spares() - free what a process keeps for its next messages
 * @proc: the process, dead; some of its messages may still be on their way
 */
void binder_transaction_drop_spares(struct binder_proc *proc)
{
	binder_spares_drop(&proc->spares, transaction_cache);
}

/**
 * binder_transaction_alloc() - a message that is nowhere yet
 * @from: its sender
 * @to:   its receiver
 * @id:   what it is called in logs
 *
 * Return: the transaction, all 0 but for its works, processes and number, with a reference for the
 * caller; or NULL.
 */
struct binder_transaction *binder_transaction_alloc(struct binder_proc *from,
						    struct binder_proc *to, u64 id)
{
	struct binder_transaction *t = binder_spares_take(&from->spares);

	if (!t)
		t = kmem_cache_alloc(transaction_cache, GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->from_proc = binder_proc_get(from);
	t->to_proc = binder_proc_get(to);
	t->id = id;
	refcount_set(&t->refs, 1);
	binder_work_init(&t->work, BINDER_WORK_MESSAGE);
	binder_work_init(&t->complete, BINDER_WORK_COMPLETE);
	binder_stats_created(BINDER_STAT_TRANSACTION);
	return t;
}

/**
 * binder_buffer_release() - a buffer is done with: give back all it holds, free it
 * @proc:   in whose area it is
 * @buffer: the caller's (FILLING or CLAIMED)
 * @closer: as for binder_records_release()
 *
 * Context: may sleep.
 */
void binder_buffer_release(struct binder_proc *proc, struct binder_buffer *buffer,
			   struct binder_thread *closer)
{
	struct binder_node *node = buffer->node;

	if (node) {
		binder_node_call_done(node, buffer->oneway);
		binder_node_put(node);
	}
	if (buffer->records)
		binder_records_release(proc, buffer, closer);
	binder_area_free(proc->area, buffer);
}

/**
 * binder_transaction_release_payload() - give up a message's payload, if it still has it
 * @t: the message
 *
 * Context: may sleep.
 */
void binder_transaction_release_payload(struct binder_transaction *t)
{
	struct binder_buffer *buffer = t->buffer;

	t->buffer = NULL;
	if (buffer)
		binder_buffer_release(t->to_proc, buffer, NULL);
}

/*
 * If what came back for the caller's innermost call has waited for this moment,
 * hand it over.  A nested call that the caller has not read yet comes first, too.
 * Returns the call if its reference is to be given up, without the lock.
 */
static struct binder_transaction *settle_stack_locked(struct binder_thread *thread)
{
	struct binder_transaction *t = thread->stack;
	struct binder_work *answer;

	if (!t || !binder_transaction_is_from(t, thread) || !t->answer || thread->nested)
		return NULL;
	answer = t->answer;
	t->answer = NULL;
	WRITE_ONCE(t->from, NULL);
	WRITE_ONCE(thread->stack, t->from_parent);
	binder_thread_queue_locked(thread, answer, true);
	if (answer != &t->work)
		return t;
	binder_thread_note_locked(thread, t->failed_id, t->failure);
	return NULL;
}

/**
 * binder_transaction_settle() - hand over what came back while a thread could not take it
 * @thread: the thread, which is about to take it
 */
void binder_transaction_settle(struct binder_thread *thread)
{
	struct binder_transaction *t;

	/* Nobody else puts anything onto its stack. */
	if (!READ_ONCE(thread->stack))
		return;
	spin_lock(&thread->proc->lock);
	t = settle_stack_locked(thread);
	spin_unlock(&thread->proc->lock);
	if (t)
		binder_transaction_put(t);
}

/**
 * binder_transaction_answer() - answer a call: with its own failure, or with a reply
 * @call:   the call
 * @answer: what its caller gets
 *
 * The caller's reference of the call passes to the queue with a failure, and is given
 * up with a reply.
 *
 * Return: false where nobody waits any more.
 */
bool binder_transaction_answer(struct binder_transaction *call, struct binder_work *answer)
{
	struct binder_proc *proc = call->from_proc;
	struct binder_transaction *answered = NULL;
	struct binder_thread *caller;

	spin_lock(&proc->lock);
	caller = call->from;
	if (caller) {
		call->answer = answer;
		answered = settle_stack_locked(caller);
	}
	spin_unlock(&proc->lock);
	if (answered)
		binder_transaction_put(answered);
	return caller;
}

/**
 * binder_transaction_fail() - a call fails
 * @call:    the call; the callee's reference is given up
 * @id:      of the message that failed: the call's, or that of the reply to it
 * @failure: why
 */
void binder_transaction_fail(struct binder_transaction *call, u64 id,
			     struct binder_failure failure)
{
	call->failed_id = id;
	call->failure = failure;
	call->work.type = BINDER_WORK_FAILED;
	binder_transaction_answer(call, &call->work);
	binder_transaction_put(call);
}

/* A message was on its way, and fails now. */
static void report_late(struct binder_transaction *t, struct binder_failure failure)
{
	const struct binder_message_info info = {
		.id = t->id,
		.time = t->started,
		.node_id = t->node_id,
		.from = t->from_proc,
		.from_tid = t->from_tid,
		.target = t->to_proc,
		.to_tid = t->to_tid,
		.handle = t->handle,
		.code = t->code,
		.flags = t->flags,
		.is_reply = t->is_reply,
		.data_size = t->data_size,
		.offsets_size = t->offsets_size,
	};

	binder_failure_report(failure, &info);
}

/*
 * A message will not be delivered, or not be replied to.  That nobody reads it any more
 * is only news where somebody waits.  Gives up the receiver's reference.
 */
static void refuse(struct binder_transaction *t, struct binder_failure failure)
{
	if (failure.reason != BINDER_REASON_DEAD || READ_ONCE(t->from))
		report_late(t, failure);
	binder_transaction_release_payload(t);
	if (binder_transaction_is_sync(t))
		binder_transaction_fail(t, t->id, failure);
	else
		binder_transaction_put(t);
}

/**
 * binder_transaction_discard() - a message that nobody will read or reply to
 * @t: the message; the receiver's reference is given up
 *
 * Context: may sleep.
 */
void binder_transaction_discard(struct binder_transaction *t)
{
	refuse(t, binder_failure_dead());
}

/**
 * binder_transaction_discard_list() - messages whose receiver has gone
 * @works: their works; empty afterwards
 *
 * Context: may sleep.
 */
void binder_transaction_discard_list(struct list_head *works)
{
	struct binder_work *work, *next;

	list_for_each_entry_safe(work, next, works, entry) {
		list_del_init(&work->entry);
		binder_transaction_discard(container_of(work, struct binder_transaction, work));
		cond_resched();
	}
}

/* Could another thread of the process do this as well? */
static bool anybody_can_do(const struct binder_work *work)
{
	const struct binder_transaction *t;

	switch (work->type) {
	case BINDER_WORK_MESSAGE:
		t = container_of(work, struct binder_transaction, work);
		return !t->is_reply && !t->bound;
	case BINDER_WORK_NODE:
	case BINDER_WORK_WATCH:
	case BINDER_WORK_WATCH_CLEARED:
		return true;
	default:
		return false;
	}
}

static bool is_call(const struct binder_work *work)
{
	return work->type == BINDER_WORK_MESSAGE &&
	       !container_of(work, struct binder_transaction, work)->is_reply;
}

/* A node, a watch that its handle has and an error are settled where they belong. */
static bool belongs_elsewhere_locked(const struct binder_work *work)
{
	switch (work->type) {
	case BINDER_WORK_NODE:
	case BINDER_WORK_ERROR:
		return true;
	case BINDER_WORK_WATCH:
	case BINDER_WORK_WATCH_CLEARED:
		return !container_of(work, struct binder_watch, work)->cleared;
	default:
		return false;
	}
}

static void discard_work(struct binder_work *work)
{
	switch (work->type) {
	case BINDER_WORK_MESSAGE:
		binder_transaction_discard(container_of(work, struct binder_transaction, work));
		break;
	case BINDER_WORK_FAILED:
		binder_transaction_put(container_of(work, struct binder_transaction, work));
		break;
	case BINDER_WORK_COMPLETE:
		binder_stats_deleted(BINDER_STAT_COMPLETE);
		binder_transaction_put(container_of(work, struct binder_transaction, complete));
		break;
	case BINDER_WORK_WATCH:
	case BINDER_WORK_WATCH_CLEARED:
		binder_watch_put(container_of(work, struct binder_watch, work));
		break;
	case BINDER_WORK_NODE:
	case BINDER_WORK_ERROR:
		break;
	}
}

/**
 * binder_work_discard_list() - settle what a thread or a process leaves behind
 * @proc:  the process; where it lives, others of its threads get what they can do
 * @works: taken off a todo; empty afterwards
 *
 * Context: may sleep.
 */
void binder_work_discard_list(struct binder_proc *proc, struct list_head *works)
{
	struct binder_work *work;

	for (;;) {
		bool settled = false;

		/* Without the lock a node or a watch may vanish with its work. */
		spin_lock(&proc->lock);
		work = list_first_entry_or_null(works, struct binder_work, entry);
		if (work) {
			list_del_init(&work->entry);
			if (!proc->dead && anybody_can_do(work)) {
				binder_proc_queue_locked(proc, work, false);
				settled = true;
			} else {
				settled = belongs_elsewhere_locked(work);
			}
			if (!settled && is_call(work))
				binder_freeze_done_locked(proc);
		}
		spin_unlock(&proc->lock);
		if (!work)
			return;
		if (!settled)
			discard_work(work);
		cond_resched();
	}
}

/**
 * binder_transaction_release_stack() - a thread goes and leaves its calls
 * @thread: the thread, no longer among its process'
 *
 * Context: may sleep.
 */
void binder_transaction_release_stack(struct binder_thread *thread)
{
	struct binder_proc *proc = thread->proc;
	struct binder_transaction *t, *own = NULL;
	struct binder_priority saved = {};
	bool lent = false;
	struct binder_work *answer;
	LIST_HEAD(working_on);

	spin_lock(&proc->lock);
	while ((t = thread->stack)) {
		if (binder_transaction_is_to(t, thread)) {
			thread->stack = t->to_parent;
			WRITE_ONCE(t->to, NULL);
			saved = t->saved;
			lent = true;
			binder_freeze_done_locked(proc);
			list_add_tail(&t->work.entry, &working_on);
		} else {
			/* Nobody else follows from_parent where from is NULL. */
			thread->stack = t->from_parent;
			WRITE_ONCE(t->from, NULL);
			t->from_parent = own;
			own = t;
		}
	}
	spin_unlock(&proc->lock);

	/* A thread that goes by itself works for nobody any more. */
	if (lent && thread->pid == task_pid(current))
		binder_priority_restore(saved);
	binder_transaction_discard_list(&working_on);
	while ((t = own)) {
		own = t->from_parent;
		answer = t->answer;
		if (answer && answer != &t->work)
			discard_work(answer);
		binder_transaction_put(t);
		cond_resched();
	}
}

/**
 * binder_transaction_begin_locked() - a thread is about to read a message
 * @t:      the message, just taken off its todo; caller holds the receiver's lock
 * @thread: the current task's
 */
void binder_transaction_begin_locked(struct binder_transaction *t, struct binder_thread *thread)
{
	if (!binder_transaction_is_sync(t)) {
		if (!t->is_reply)
			binder_freeze_done_locked(t->to_proc);
		return;
	}
	WRITE_ONCE(t->to, thread);
	WRITE_ONCE(t->to_tid, thread->tid);
	t->to_parent = thread->stack;
	thread->stack = t;
	thread->nested -= t->bound;
}

/**
 * binder_transaction_unbegin_locked() - the message could not be read after all
 * @t: the message; caller holds the receiver's lock
 */
void binder_transaction_unbegin_locked(struct binder_transaction *t)
{
	if (!t->is_reply && !t->bound)
		WRITE_ONCE(t->to_tid, 0);
	if (!binder_transaction_is_sync(t)) {
		if (!t->is_reply)
			WRITE_ONCE(t->to_proc->outstanding, t->to_proc->outstanding + 1);
		return;
	}
	t->to->stack = t->to_parent;
	t->to->nested += t->bound;
	WRITE_ONCE(t->to, NULL);
}

/**
 * binder_transaction_withdraw() - a message that its reader can't have
 * @t:       the message, its queue's reference the caller's
 * @thread:  the reader, the current task's
 * @failure: what the sender of a call gets
 *
 * Context: may sleep.
 */
void binder_transaction_withdraw(struct binder_transaction *t, struct binder_thread *thread,
				 struct binder_failure failure)
{
	spin_lock(&thread->proc->lock);
	list_del_init(&t->work.entry);
	binder_transaction_unbegin_locked(t);
	if (!t->is_reply) {
		thread->nested -= t->bound;
		binder_freeze_done_locked(thread->proc);
	}
	spin_unlock(&thread->proc->lock);
	refuse(t, failure);
	binder_transaction_settle(thread);
}

/* The reader works for the sender now. */
static void borrow_priority(struct binder_transaction *t, struct binder_thread *thread)
{
	u32 node_flags = t->buffer->node->flags;
	struct binder_priority saved;

	if (binder_transaction_is_sync(t)) {
		t->saved = binder_priority_borrow(&t->priority, node_flags);
		return;
	}
	if (binder_priority_is_enough(node_flags))
		return;
	saved = binder_priority_borrow(NULL, node_flags);
	if (!thread->own.lent)
		thread->own = saved;
}

/**
 * binder_transaction_delivered() - a message has been read
 * @t:      the message; the reference of its queue is given up, except for a call
 *          that its sender waits for, which is on the reader's stack now
 * @thread: the reader, the current task's
 */
void binder_transaction_delivered(struct binder_transaction *t, struct binder_thread *thread)
{
	struct binder_buffer *buffer = t->buffer;
	bool sync = binder_transaction_is_sync(t);

	trace_binder_transaction_received(t);
	if (!t->is_reply)
		borrow_priority(t, thread);
	if (buffer->records)
		binder_files_install(buffer);
	t->buffer = NULL;
	binder_area_deliver(buffer);
	if (!sync)
		binder_transaction_put(t);
}

/**
 * binder_transaction_init() - set up what all transactions share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_transaction_init(void)
{
	transaction_cache = KMEM_CACHE(binder_transaction, 0);
	return transaction_cache ? 0 : -ENOMEM;
}

/** binder_transaction_exit() - undo binder_transaction_init(); none is left */
void binder_transaction_exit(void)
{
	kmem_cache_destroy(transaction_cache);
}
