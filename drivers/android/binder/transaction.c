// SPDX-License-Identifier: GPL-2.0-only
/* A message's life: send, answer, fail, unwind.  The essay is in transaction.h. */

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "abi.h"
#include "area/area.h"
#include "context.h"
#include "freeze.h"
#include "handle.h"
#include "id.h"
#include "journal.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "records.h"
#include "security.h"
#include "stats.h"
#include "thread.h"
#include "trace.h"
#include "transaction.h"
#include "translate.h"

static struct kmem_cache *transaction_cache;

/* What one end of a message is up to while it is being made. */
struct message {
	u64 id;						/* what it is called in logs */
	u64 time;					/* when it was sent */
	struct binder_thread *thread;			/* the sender */
	const struct binder_transaction_data *data;	/* what it wants to send */
	struct binder_payload_size size;
	struct binder_proc *target;			/* where to */
	struct binder_node *node;			/* a call's, else NULL */
	struct binder_transaction *chain;		/* whose sender a nested call is for */
	bool is_reply;
	int to_tid;					/* the thread it is for, if a certain one */
	bool fds_ok;					/* the target takes fds */
	struct binder_secctx secctx;			/* if the target wants it */
	struct binder_transaction *t;			/* the message */
};

static struct binder_failure failed(int error, enum binder_reason reason, u64 detail)
{
	return binder_failure(BR_FAILED_REPLY, error, reason, detail);
}

static struct binder_failure dead(void)
{
	return binder_failure(BR_DEAD_REPLY, -ESRCH, BINDER_REASON_DEAD, 0);
}

static struct binder_transaction *get(struct binder_transaction *t)
{
	refcount_inc(&t->refs);
	return t;
}

/**
 * binder_transaction_destroy() - the last reference has gone; for binder_transaction_put()
 * @t: the transaction, its buffer delivered or freed
 *
 * Context: the caller holds the processes by other means if it has a lock of theirs.
 */
void binder_transaction_destroy(struct binder_transaction *t)
{
	WARN_ON_ONCE(t->buffer);
	trace_binder_txn_latency_free(t);
	binder_proc_put(t->from_proc);
	binder_proc_put(t->to_proc);
	kmem_cache_free(transaction_cache, t);
	binder_stats_deleted(BINDER_STAT_TRANSACTION);
}

static struct binder_transaction *transaction_create(const struct message *m)
{
	struct binder_proc *proc = m->thread->proc;
	struct binder_transaction *t = kmem_cache_zalloc(transaction_cache, GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	refcount_set(&t->refs, 1);
	binder_work_init(&t->work, BINDER_WORK_MESSAGE);
	binder_work_init(&t->complete, BINDER_WORK_COMPLETE);
	t->from_proc = binder_proc_get(proc);
	t->to_proc = binder_proc_get(m->target);
	t->id = m->id;
	t->started = m->time;
	t->node_id = m->node ? m->node->id : 0;
	t->to_tid = m->to_tid;
	t->handle = m->is_reply ? 0 : m->data->target.handle;
	t->data_size = m->data->data_size;
	t->offsets_size = m->data->offsets_size;
	t->code = m->data->code;
	t->flags = m->data->flags;
	t->euid = task_euid(current->group_leader);
	t->from_tid = m->thread->tid;
	t->priority = binder_priority_current();
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
		if (buffer->oneway)
			binder_node_oneway_done(node);
		binder_node_dec(node, true);
		binder_node_put(node);
	}
	binder_records_release(proc, buffer, closer);
	binder_area_free(proc->area, buffer);
}

/* Give up a message's payload, if the message still has it. */
static void release_payload(struct binder_transaction *t)
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

	if (!t || t->from != thread || !t->answer || thread->nested)
		return NULL;
	answer = t->answer;
	t->answer = NULL;
	t->from = NULL;
	thread->stack = t->from_parent;
	binder_thread_queue_locked(thread, answer, true);
	if (answer != &t->work)
		return t;
	binder_thread_note_locked(thread, t->id, t->failure);
	return NULL;
}

static void settle_stack(struct binder_thread *thread)
{
	struct binder_transaction *t;

	spin_lock(&thread->proc->lock);
	t = settle_stack_locked(thread);
	spin_unlock(&thread->proc->lock);
	if (t)
		binder_transaction_put(t);
}

/*
 * Answer a call: with its own failure, or with a reply.  The caller's reference of
 * the call passes to the queue with a failure, and is given up with a reply.
 * Returns false where nobody waits any more.
 */
static bool answer_call(struct binder_transaction *call, struct binder_work *answer)
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

/* Fail a call. Gives up the callee's reference. */
static void fail_call(struct binder_transaction *call, struct binder_failure failure)
{
	call->failure = failure;
	call->work.type = BINDER_WORK_FAILED;
	answer_call(call, &call->work);
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
	release_payload(t);
	if (binder_transaction_is_sync(t))
		fail_call(t, failure);
	else
		binder_transaction_put(t);
}

static void discard(struct binder_transaction *t)
{
	refuse(t, dead());
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
		discard(container_of(work, struct binder_transaction, work));
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
		discard(container_of(work, struct binder_transaction, work));
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
		if (t->to == thread) {
			thread->stack = t->to_parent;
			t->to = NULL;
			saved = t->saved;
			lent = true;
			binder_freeze_done_locked(proc);
			list_add_tail(&t->work.entry, &working_on);
		} else {
			/* Nobody else follows from_parent where from is NULL. */
			thread->stack = t->from_parent;
			t->from = NULL;
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
	t->to = thread;
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
	if (!binder_transaction_is_sync(t)) {
		if (!t->is_reply)
			t->to_proc->outstanding++;
		return;
	}
	t->to->stack = t->to_parent;
	t->to->nested += t->bound;
	t->to = NULL;
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
	settle_stack(thread);
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
	struct binder_area *area = t->to_proc->area;
	bool sync = binder_transaction_is_sync(t);

	trace_binder_transaction_received(t);
	if (!t->is_reply)
		borrow_priority(t, thread);
	binder_files_install(buffer);
	t->buffer = NULL;
	binder_area_deliver(area, buffer);
	if (!sync)
		binder_transaction_put(t);
}

/* Who answers to a handle? */
static struct binder_failure find_target(struct message *m)
{
	u32 handle = m->data->target.handle;
	struct binder_proc *proc = m->thread->proc;
	struct binder_node *node;

	if (handle) {
		node = binder_handle_get_node(proc, handle, true);
		if (IS_ERR(node)) {
			binder_user_error(m->thread, "call to invalid handle %u\n", handle);
			return failed(-EINVAL, BINDER_REASON_BAD_HANDLE, handle);
		}
	} else {
		node = binder_context_get_manager(proc->context);
		if (!node)
			return binder_failure(BR_DEAD_REPLY, -ESRCH, BINDER_REASON_NO_MANAGER, 0);
	}
	m->node = node;
	m->target = node->proc;
	m->fds_ok = node->flags & FLAT_BINDER_FLAG_ACCEPTS_FDS;
	/* Only what saves work here; submit_to_target() knows for sure. */
	if (READ_ONCE(node->proc->dead))
		return dead();
	if (node->proc == proc) {
		binder_user_error(m->thread, "call to an object of its own, handle %u\n", handle);
		return failed(-EINVAL, BINDER_REASON_SELF, handle);
	}
	return binder_no_failure();
}

/*
 * Is a thread of the target waiting, directly or through others, for the call
 * that this thread is working on? Then a nested call is for that thread. Goes up
 * the chain of calls, one process' lock at a time.
 */
static struct binder_transaction *find_chain(struct binder_transaction *t,
					     struct binder_proc *target)
{
	while (t) {
		struct binder_proc *proc = t->from_proc;
		struct binder_transaction *parent = NULL;

		spin_lock(&proc->lock);
		if (t->from) {
			if (proc == target) {
				spin_unlock(&proc->lock);
				return t;
			}
			parent = t->from_parent;
			if (parent)
				get(parent);
		}
		spin_unlock(&proc->lock);
		binder_transaction_put(t);
		t = parent;
		cond_resched();
	}
	return NULL;
}

/* May the thread send a call now? If it is nested, find out for whom. */
static struct binder_failure check_stack(struct message *m)
{
	struct binder_thread *thread = m->thread;
	struct binder_proc *proc = thread->proc;
	struct binder_transaction *top;
	struct binder_work *first;
	bool ok = true;

	spin_lock(&proc->lock);
	top = thread->stack;
	first = list_first_entry_or_null(&thread->todo, struct binder_work, entry);
	if (top && top->to != thread)
		ok = false;
	if (first && first->type == BINDER_WORK_MESSAGE)
		ok = false;
	if (ok && top)
		get(top);
	spin_unlock(&proc->lock);
	if (!ok) {
		binder_user_error(thread, "call while a reply is awaited or a call unread\n");
		return failed(-EPROTO, BINDER_REASON_BAD_STACK, 0);
	}
	m->chain = find_chain(top, m->target);
	if (m->chain)
		m->to_tid = m->chain->from_tid;
	return binder_no_failure();
}

/* May the call be made, and does its target want to know who makes it? */
static struct binder_failure check_security(struct message *m)
{
	const struct cred *cred = m->thread->proc->cred;
	int ret = binder_security_call(cred, m->target->cred);

	if (!ret && (m->node->flags & FLAT_BINDER_FLAG_TXN_SECURITY_CTX)) {
		ret = binder_secctx_get(&m->secctx, cred);
		if (!ret && check_add_overflow(m->size.extra, ALIGN((u64)m->secctx.size, 8),
					       &m->size.extra))
			ret = -EINVAL;
	}
	return ret ? failed(ret, BINDER_REASON_SECURITY, 0) : binder_no_failure();
}

/* Make the transaction, its buffer, and fill it. */
static struct binder_failure make_message(struct message *m)
{
	struct binder_area *area = m->target->area;
	struct binder_transaction *t;
	struct binder_buffer *buffer;
	bool oneway = m->node && (m->data->flags & TF_ONE_WAY);

	m->t = transaction_create(m);
	if (!m->t)
		return failed(-ENOMEM, BINDER_REASON_NO_MEMORY, 0);
	t = m->t;
	t->is_reply = !m->node;
	buffer = binder_area_alloc(area, &m->size, m->thread->proc->pid, oneway);
	if (IS_ERR(buffer))
		return binder_failure_alloc(PTR_ERR(buffer), READ_ONCE(area->state));
	t->buffer = buffer;
	t->place = buffer->range.start;
	buffer->id = t->id;
	trace_binder_transaction(t);
	trace_binder_transaction_alloc_buf(buffer);
	t->spam = buffer->spam;
	buffer->secctx_size = m->secctx.size;
	binder_area_write(area, buffer, binder_buffer_secctx(buffer), m->secctx.text,
			  m->secctx.size);
	buffer->clear = t->flags & TF_CLEAR_BUF;
	return binder_translate(m->thread, m->target, buffer, m->data, m->fds_ok);
}

/*
 * Take the call that @t supersedes off the node's queue: TF_UPDATE_TXN says that a
 * frozen process, when it thaws, needs to know the latest only.  The caller discards
 * it without the lock.
 */
static struct binder_transaction *superseded_locked(struct binder_node *node,
						    const struct binder_transaction *t)
{
	struct binder_transaction *old;

	if (!(t->flags & TF_UPDATE_TXN) || !node->proc->frozen)
		return NULL;
	list_for_each_entry(old, &node->oneway_todo, work.entry) {
		if (old->code != t->code || old->flags != t->flags ||
		    old->from_proc != t->from_proc)
			continue;
		list_del_init(&old->work.entry);
		/* So that its buffer goes without letting the next call go. */
		old->buffer->node = NULL;
		binder_node_dec_locked(node, true);
		binder_node_put(node);
		binder_freeze_done_locked(node->proc);
		return old;
	}
	return NULL;
}

/* Put a call where one of the target's threads will find it. */
static struct binder_failure submit_to_target(struct message *m)
{
	struct binder_transaction *t = m->t;
	struct binder_proc *target = m->target;
	struct binder_node *node = m->node;
	struct binder_failure failure = binder_no_failure();
	struct binder_transaction *old = NULL;
	bool oneway = t->flags & TF_ONE_WAY;
	struct binder_thread *waiter;

	spin_lock(&target->lock);
	/* It may have got its answer meanwhile, or be gone. */
	waiter = m->chain ? m->chain->from : NULL;
	if (target->frozen && !target->dead) {
		target->sync_recv |= !oneway;
		target->async_recv |= oneway;
		t->pending_frozen = oneway;
	}
	if (target->dead) {
		failure = dead();
	} else if (target->frozen && !oneway) {
		failure = binder_failure(BR_FROZEN_REPLY, -EAGAIN, BINDER_REASON_FROZEN, 0);
	} else if (binder_node_inc_locked(node, true, NULL)) {
		/* The last strong handle has gone since it was looked up. */
		failure = failed(-EINVAL, BINDER_REASON_BAD_HANDLE, m->data->target.handle);
	} else {
		t->buffer->node = binder_node_get(node);
		target->outstanding++;
		t->bound = waiter;
		if (waiter) {
			waiter->nested++;
			binder_thread_queue_locked(waiter, &t->work, true);
		} else if (oneway && node->oneway_busy) {
			old = superseded_locked(node, t);
			list_add_tail(&t->work.entry, &node->oneway_todo);
		} else {
			node->oneway_busy |= oneway;
			binder_proc_queue_locked(target, &t->work, !oneway);
		}
	}
	spin_unlock(&target->lock);
	if (old) {
		trace_binder_transaction_update_buffer_release(old->buffer);
		discard(old);
	}
	return failure;
}

/* The sender is told that its message is on the way, at once or with the reply. */
static void queue_complete_locked(struct binder_thread *thread, struct binder_transaction *t,
				  bool at_once)
{
	binder_stats_created(BINDER_STAT_COMPLETE);
	if (at_once)
		binder_thread_queue_locked(thread, &t->complete, false);
	else
		binder_thread_defer_locked(thread, &t->complete);
}

static void queue_complete(struct binder_thread *thread, struct binder_transaction *t)
{
	spin_lock(&thread->proc->lock);
	queue_complete_locked(thread, t, true);
	spin_unlock(&thread->proc->lock);
}

static struct binder_failure submit_oneway(struct message *m)
{
	struct binder_transaction *t = get(m->t);
	struct binder_failure failure = submit_to_target(m);

	if (failure.command) {
		binder_transaction_put(t);
		return failure;
	}
	/* The reference just taken is the complete's; m->t may be freed by now. */
	queue_complete(m->thread, t);
	return failure;
}

static struct binder_failure submit_call(struct message *m)
{
	struct binder_thread *thread = m->thread;
	struct binder_proc *proc = thread->proc;
	struct binder_transaction *t = m->t;
	struct binder_failure failure;

	/* On the stack first: the reply may come before we return from submitting. */
	refcount_add(2, &t->refs);
	spin_lock(&proc->lock);
	t->from = thread;
	t->from_parent = thread->stack;
	thread->stack = t;
	queue_complete_locked(thread, t, false);
	spin_unlock(&proc->lock);

	failure = submit_to_target(m);
	if (!failure.command)
		return failure;
	spin_lock(&proc->lock);
	thread->stack = t->from_parent;
	t->from = NULL;
	list_del_init(&t->complete.entry);
	spin_unlock(&proc->lock);
	binder_stats_deleted(BINDER_STAT_COMPLETE);
	binder_transaction_put(t);
	binder_transaction_put(t);
	return failure;
}

static void message_init(struct message *m, struct binder_thread *thread,
			 const struct binder_transaction_data *data, u64 extra)
{
	*m = (struct message){
		.id = binder_id_next(),
		.time = ktime_get_ns(),
		.thread = thread,
		.data = data,
		.size = {
			.data = data->data_size,
			.offsets = data->offsets_size,
			.extra = extra,
		},
	};
}

/* A message is on its way, or has failed. */
static void conclude(struct binder_failure failure, const struct message *m)
{
	const struct binder_transaction_data *data = m->data;
	const struct binder_message_info info = {
		.id = m->id,
		.time = m->time,
		.node_id = m->node ? m->node->id : 0,
		.from = m->thread->proc,
		.from_tid = m->thread->tid,
		.target = m->target,
		.to_tid = m->to_tid,
		.handle = m->is_reply ? 0 : data->target.handle,
		.code = data->code,
		.flags = data->flags,
		.is_reply = m->is_reply,
		.data_size = data->data_size,
		.offsets_size = data->offsets_size,
	};

	if (failure.command)
		binder_failure_report(failure, &info);
	else
		binder_journal_add(failure, &info, NULL);
}

/* The message did not get away. */
static void unwind(struct message *m)
{
	if (!m->t)
		return;
	if (m->t->buffer)
		trace_binder_transaction_failed_buffer_release(m->t->buffer);
	release_payload(m->t);
	binder_transaction_put(m->t);
}

static struct binder_failure send_call(struct message *m)
{
	bool oneway = m->data->flags & TF_ONE_WAY;
	struct binder_failure failure;

	failure = find_target(m);
	if (!failure.command && !oneway)
		failure = check_stack(m);
	if (!failure.command)
		failure = check_security(m);
	if (!failure.command)
		failure = make_message(m);
	if (!failure.command)
		failure = oneway ? submit_oneway(m) : submit_call(m);
	if (failure.command)
		unwind(m);
	return failure;
}

/**
 * binder_transaction_call() - BC_TRANSACTION, BC_TRANSACTION_SG
 * @thread: the current task's
 * @data:   the call
 * @extra:  bytes of space for what pointer objects name
 *
 * Whatever becomes of it, the thread reads.
 *
 * Context: may fault and sleep.
 */
void binder_transaction_call(struct binder_thread *thread,
			     const struct binder_transaction_data *data, u64 extra)
{
	struct binder_failure failure;
	struct message m;

	message_init(&m, thread, data, extra);
	binder_thread_forget(thread);
	failure = send_call(&m);
	conclude(failure, &m);
	if (failure.command) {
		binder_thread_fail(thread, failure.command, m.id, failure);
	}
	binder_secctx_put(&m.secctx);
	if (m.chain)
		binder_transaction_put(m.chain);
	if (m.node)
		binder_node_put(m.node);
}

/* Take the call that the thread is working on off its stack: it is replied to. */
static struct binder_transaction *pop_call(struct binder_thread *thread)
{
	struct binder_proc *proc = thread->proc;
	struct binder_transaction *call;

	spin_lock(&proc->lock);
	call = thread->stack;
	if (call && call->to == thread) {
		thread->stack = call->to_parent;
		call->to = NULL;
		binder_freeze_done_locked(proc);
	} else {
		call = NULL;
	}
	spin_unlock(&proc->lock);
	return call;
}

static struct binder_failure send_reply(struct message *m, struct binder_transaction *call)
{
	struct binder_failure failure;
	struct binder_transaction *t;

	m->target = call->from_proc;
	m->to_tid = call->from_tid;
	if (!READ_ONCE(call->from))
		return dead();
	m->fds_ok = call->flags & TF_ACCEPT_FDS;
	failure = make_message(m);
	if (failure.command) {
		unwind(m);
		return failure;
	}
	t = get(m->t);
	if (!answer_call(call, &t->work)) {
		binder_transaction_put(t);
		unwind(m);
		return dead();
	}
	queue_complete(m->thread, t);
	return failure;
}

/**
 * binder_transaction_reply() - BC_REPLY, BC_REPLY_SG
 * @thread: the current task's
 * @data:   the reply
 * @extra:  as for a call
 *
 * A reply that fails is a failure of the call: its caller learns of it.  The
 * replier has done its part and goes on.
 *
 * Context: may fault and sleep.
 */
void binder_transaction_reply(struct binder_thread *thread,
			      const struct binder_transaction_data *data, u64 extra)
{
	struct binder_transaction *call = pop_call(thread);
	struct binder_priority saved;
	struct binder_failure failure;
	struct message m;

	message_init(&m, thread, data, extra);
	m.is_reply = true;
	binder_thread_forget(thread);
	if (!call) {
		binder_user_error(thread, "reply without a call\n");
		failure = failed(-EPROTO, BINDER_REASON_BAD_STACK, 0);
		conclude(failure, &m);
		binder_thread_fail(thread, failure.command, m.id, failure);
		return;
	}
	saved = call->saved;
	failure = send_reply(&m, call);
	conclude(failure, &m);
	if (failure.command) {
		binder_thread_fail(thread, BR_TRANSACTION_COMPLETE, 0, binder_no_failure());
		fail_call(call, failure);
	} else {
		binder_transaction_put(call);
	}
	settle_stack(thread);
	/* Last, so that the caller does not wait for one less urgent than itself. */
	binder_priority_restore(saved);
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
