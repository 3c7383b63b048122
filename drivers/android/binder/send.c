// SPDX-License-Identifier: GPL-2.0-only
/* Sending: how a call or a reply is made and put on its way. */

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/overflow.h>
#include <linux/sched.h>

#include "abi.h"
#include "area/area.h"
#include "context.h"
#include "freeze.h"
#include "handle.h"
#include "id.h"
#include "journal.h"
#include "node.h"
#include "proc.h"
#include "security.h"
#include "stats.h"
#include "thread.h"
#include "trace.h"
#include "transaction.h"
#include "translate.h"

/* What one end of a message is up to while it is being made. */
struct message {
	struct binder_message_info info;		/* for those who hear of it */
	struct binder_thread *thread;			/* the sender */
	const struct binder_transaction_data *data;	/* what it wants to send */
	struct binder_payload_size size;
	struct binder_node *node;			/* a call's, else NULL */
	struct binder_transaction *chain;		/* whose sender a nested call is for */
	bool fds_ok;					/* the target takes fds */
	struct binder_secctx secctx;			/* if the target wants it */
	struct binder_transaction *t;			/* the message */
};

static struct binder_transaction *transaction_create(const struct message *m)
{
	const struct binder_message_info *info = &m->info;
	struct binder_transaction *t = binder_transaction_alloc(info->from, info->target, info->id);

	if (!t)
		return NULL;
	t->started = info->time;
	t->node_id = info->node_id;
	t->from_tid = info->from_tid;
	t->to_tid = info->to_tid;
	t->handle = info->handle;
	t->data_size = info->data_size;
	t->offsets_size = info->offsets_size;
	t->code = info->code;
	t->flags = info->flags;
	t->is_reply = info->is_reply;
	t->euid = task_euid(current->group_leader);
	t->priority = binder_priority_current();
	return t;
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
			return binder_failure(-EINVAL, BINDER_REASON_BAD_HANDLE, handle);
		}
	} else {
		node = binder_context_get_manager(proc->context);
		if (!node)
			return binder_failure(-ESRCH, BINDER_REASON_NO_MANAGER, 0);
	}
	m->node = node;
	m->info.node_id = node->id;
	m->info.target = node->proc;
	m->fds_ok = node->flags & FLAT_BINDER_FLAG_ACCEPTS_FDS;
	/* Only what saves work here; submit_to_target() knows for sure. */
	if (READ_ONCE(node->proc->dead))
		return binder_failure_dead();
	if (node->proc == proc) {
		binder_user_error(m->thread, "call to an object of its own, handle %u\n", handle);
		return binder_failure(-EINVAL, BINDER_REASON_SELF, handle);
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
				binder_transaction_get(parent);
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
	if (top && !binder_transaction_is_to(top, thread))
		ok = false;
	if (first && first->type == BINDER_WORK_MESSAGE)
		ok = false;
	if (ok && top)
		binder_transaction_get(top);
	spin_unlock(&proc->lock);
	if (!ok) {
		binder_user_error(thread, "call while a reply is awaited or a call unread\n");
		return binder_failure(-EPROTO, BINDER_REASON_BAD_STACK, 0);
	}
	m->chain = find_chain(top, m->info.target);
	if (m->chain)
		m->info.to_tid = m->chain->from_tid;
	return binder_no_failure();
}

/* May the call be made, and does its target want to know who makes it? */
static struct binder_failure check_security(struct message *m)
{
	const struct cred *cred = m->thread->proc->cred;
	int ret = binder_security_call(cred, m->info.target->cred);

	if (!ret && (m->node->flags & FLAT_BINDER_FLAG_TXN_SECURITY_CTX)) {
		ret = binder_secctx_get(&m->secctx, cred);
		if (!ret && check_add_overflow(m->size.extra, ALIGN((u64)m->secctx.size, 8),
					       &m->size.extra))
			ret = -EINVAL;
	}
	return ret ? binder_failure(ret, BINDER_REASON_SECURITY, 0) : binder_no_failure();
}

/* Make the transaction, its buffer, and fill it. */
static struct binder_failure make_message(struct message *m)
{
	struct binder_area *area = m->info.target->area;
	struct binder_transaction *t;
	struct binder_buffer *buffer;
	bool oneway = m->node && (m->data->flags & TF_ONE_WAY);

	m->t = transaction_create(m);
	if (!m->t)
		return binder_failure(-ENOMEM, BINDER_REASON_NO_MEMORY, 0);
	t = m->t;
	trace_binder_transaction(t);
	buffer = binder_area_alloc(area, &m->size, t->id, m->info.from->pid, oneway);
	if (IS_ERR(buffer))
		return binder_failure_alloc(PTR_ERR(buffer), READ_ONCE(area->state));
	t->buffer = buffer;
	t->place = buffer->range.start;
	trace_binder_transaction_alloc_buf(buffer);
	t->spam = buffer->spam;
	buffer->secctx_size = m->secctx.size;
	if (m->secctx.size)
		binder_area_write(area, buffer, binder_buffer_secctx(buffer), m->secctx.text,
				  m->secctx.size);
	buffer->clear = t->flags & TF_CLEAR_BUF;
	return binder_translate(m->thread, m->info.target, buffer, m->data, m->fds_ok);
}

/*
 * Take the call that @t supersedes off the node's queue: TF_UPDATE_TXN says that a
 * frozen process, when it thaws, needs to know the latest only.  The caller discards
 * it without the lock.
 */
static struct binder_transaction *superseded_locked(struct binder_node *node,
						    const struct binder_transaction *t)
{
	struct list_head *entry = NULL;

	if (!(t->flags & TF_UPDATE_TXN) || !node->proc->frozen)
		return NULL;
	while ((entry = binder_ring_next(&node->oneway_todo, entry))) {
		struct binder_transaction *old = list_entry(entry, struct binder_transaction,
							    work.entry);

		if (old->code != t->code || old->flags != t->flags ||
		    old->from_proc != t->from_proc)
			continue;
		binder_ring_del(&node->oneway_todo, entry);
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
	struct binder_proc *target = m->info.target;
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
		failure = binder_failure_dead();
	} else if (target->frozen && !oneway) {
		failure = binder_failure(-EAGAIN, BINDER_REASON_FROZEN, 0);
	} else if (binder_node_inc_locked(node, true, NULL)) {
		/* The last strong handle has gone since it was looked up. */
		failure = binder_failure(-EINVAL, BINDER_REASON_BAD_HANDLE, m->data->target.handle);
	} else {
		t->buffer->node = binder_node_get(node);
		WRITE_ONCE(target->outstanding, target->outstanding + 1);
		t->bound = waiter;
		if (waiter) {
			waiter->nested++;
			binder_thread_queue_locked(waiter, &t->work, true);
		} else if (oneway && node->oneway_busy) {
			old = superseded_locked(node, t);
			binder_ring_add(&node->oneway_todo, &t->work.entry);
		} else {
			WRITE_ONCE(t->to_tid, 0);
			node->oneway_busy |= oneway;
			binder_proc_queue_locked(target, &t->work, !oneway);
		}
	}
	spin_unlock(&target->lock);
	if (old) {
		trace_binder_transaction_update_buffer_release(old->buffer);
		binder_transaction_discard(old);
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
	struct binder_transaction *t = binder_transaction_get(m->t);
	struct binder_failure failure = submit_to_target(m);

	if (failure.reason) {
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
	if (!failure.reason)
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

/* Member by member: clearing all of it first takes twice as long. */
static void message_init(struct message *m, struct binder_thread *thread,
			 const struct binder_transaction_data *data, u64 extra, bool is_reply)
{
	struct binder_message_info *info = &m->info;

	info->id = binder_id_next();
	info->time = ktime_get_ns();
	info->node_id = 0;
	info->from = thread->proc;
	info->from_tid = thread->tid;
	info->target = NULL;
	info->to_tid = 0;
	info->handle = is_reply ? 0 : data->target.handle;
	info->code = data->code;
	info->flags = data->flags;
	info->is_reply = is_reply;
	info->data_size = data->data_size;
	info->offsets_size = data->offsets_size;
	m->thread = thread;
	m->data = data;
	m->size.data = data->data_size;
	m->size.offsets = data->offsets_size;
	m->size.extra = extra;
	m->node = NULL;
	m->chain = NULL;
	m->fds_ok = false;
	m->secctx = (struct binder_secctx){};
	m->t = NULL;
}

/* A message is on its way, or has failed. */
static void conclude(struct binder_failure failure, const struct message *m)
{
	if (failure.reason)
		binder_failure_report(failure, &m->info);
	else
		binder_journal_add(failure, &m->info, NULL);
}

/* The message did not get away. */
static void unwind(struct message *m)
{
	if (!m->t)
		return;
	if (m->t->buffer)
		trace_binder_transaction_failed_buffer_release(m->t->buffer);
	binder_transaction_release_payload(m->t);
	binder_transaction_put(m->t);
}

static struct binder_failure send_call(struct message *m)
{
	bool oneway = m->data->flags & TF_ONE_WAY;
	struct binder_failure failure;

	failure = find_target(m);
	if (!failure.reason && !oneway)
		failure = check_stack(m);
	if (!failure.reason)
		failure = check_security(m);
	if (!failure.reason)
		failure = make_message(m);
	if (!failure.reason)
		failure = oneway ? submit_oneway(m) : submit_call(m);
	if (failure.reason)
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
	struct message m __uninitialized;
	struct binder_failure failure;

	message_init(&m, thread, data, extra, false);
	binder_thread_forget(thread);
	failure = send_call(&m);
	conclude(failure, &m);
	if (failure.reason)
		binder_thread_fail(thread, binder_failure_command(failure), m.info.id, failure);
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
	if (call && binder_transaction_is_to(call, thread)) {
		thread->stack = call->to_parent;
		WRITE_ONCE(call->to, NULL);
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

	m->info.target = call->from_proc;
	m->info.to_tid = call->from_tid;
	if (!READ_ONCE(call->from))
		return binder_failure_dead();
	m->fds_ok = call->flags & TF_ACCEPT_FDS;
	failure = make_message(m);
	if (failure.reason) {
		unwind(m);
		return failure;
	}
	t = binder_transaction_get(m->t);
	if (!binder_transaction_answer(call, &t->work)) {
		binder_transaction_put(t);
		unwind(m);
		return binder_failure_dead();
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
	struct message m __uninitialized;
	struct binder_failure failure;
	struct binder_priority saved;

	message_init(&m, thread, data, extra, true);
	binder_thread_forget(thread);
	if (!call) {
		binder_user_error(thread, "reply without a call\n");
		failure = binder_failure(-EPROTO, BINDER_REASON_BAD_STACK, 0);
		conclude(failure, &m);
		binder_thread_fail(thread, binder_failure_command(failure), m.info.id, failure);
		return;
	}
	saved = call->saved;
	failure = send_reply(&m, call);
	conclude(failure, &m);
	if (failure.reason) {
		binder_thread_fail(thread, BR_TRANSACTION_COMPLETE, 0, binder_no_failure());
		binder_transaction_fail(call, m.info.id, failure);
	} else {
		binder_transaction_put(call);
	}
	binder_transaction_settle(thread);
	/* Last, so that the caller does not wait for one less urgent than itself. */
	binder_priority_restore(saved);
}
