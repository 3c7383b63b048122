// SPDX-License-Identifier: GPL-2.0-only
/* Returns: turn work into what a thread reads.  The essay is in deliver.h. */

#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/uaccess.h>

#include "area/area.h"
#include "deliver.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "records.h"
#include "stats.h"
#include "thread.h"
#include "trace.h"
#include "transaction.h"

/* Room for the longest return and a few short ones. */
#define OUT_SIZE	192

/**
 * struct reader - a read in progress
 * @thread: whose
 * @to:     where the bytes in @out go
 * @room:   bytes that the reader has room for, from @to on
 * @used:   bytes in @out
 * @message: the message taken, which is the last of @taken; or NULL
 * @mark:   where in @out its return begins
 * @taken:  works whose returns are in @out
 * @others: there may be nodes or watches among them, which others can
 *          take off the list under proc->lock
 * @out:    returns not copied yet, %OUT_SIZE bytes
 */
struct reader {
	struct binder_thread *thread;
	void __user *to;
	u64 room;
	u32 used;
	u32 mark;
	struct binder_transaction *message;
	struct list_head taken;
	bool others;
	u8 *out;
};

enum taking { TOOK_MORE, TOOK_LAST, TOOK_NOTHING, TOOK_FULL };

/* Inline, as most are of a fixed size. */
static __always_inline void put(struct reader *r, const void *data, size_t bytes)
{
	memcpy(r->out + r->used, data, bytes);
	r->used += bytes;
}

static void put_command(struct reader *r, u32 command)
{
	trace_binder_return(command);
	binder_stats_count(&r->thread->counts.br[_IOC_NR(command)]);
	put(r, &command, sizeof(command));
}

static void put_message(struct reader *r, struct binder_transaction *t)
{
	struct binder_buffer *buffer = t->buffer;
	struct binder_node *node = buffer->node;
	u64 user = binder_buffer_user(t->to_proc->area, buffer);
	struct binder_transaction_data data = {
		.code = t->code,
		.flags = t->flags,
		.sender_euid = from_kuid(current_user_ns(), t->euid),
		.data_size = buffer->data_size,
		.offsets_size = buffer->offsets_size,
		.data.ptr.buffer = user,
		.data.ptr.offsets = user + binder_buffer_offsets(buffer),
	};
	u64 secctx;

	if (node) {
		data.target.ptr = node->ptr;
		data.cookie = node->cookie;
	}
	/* Only who waits for an answer is named. */
	if (READ_ONCE(t->from))
		data.sender_pid = pid_vnr(t->from_proc->tgid);
	if (buffer->secctx_size) {
		/* struct binder_transaction_data_secctx */
		secctx = user + binder_buffer_secctx(buffer);
		put_command(r, BR_TRANSACTION_SEC_CTX);
		put(r, &data, sizeof(data));
		put(r, &secctx, sizeof(secctx));
		return;
	}
	put_command(r, t->is_reply ? BR_REPLY : BR_TRANSACTION);
	put(r, &data, sizeof(data));
}

static void put_node(struct reader *r, struct binder_node *node)
{
	static const u32 commands[] = { BR_INCREFS, BR_ACQUIRE, BR_RELEASE, BR_DECREFS };
	struct binder_ptr_cookie object = { .ptr = node->ptr, .cookie = node->cookie };
	u8 tell = binder_node_tell_locked(node);
	int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!(tell & BIT(i)))
			continue;
		put_command(r, commands[i]);
		put(r, &object, sizeof(object));
	}
}

static void put_news(struct reader *r, struct binder_watch *watch)
{
	struct binder_frozen_state_info info = {
		.cookie = watch->cookie,
		.is_frozen = watch->frozen,
	};

	watch->taken = true;
	if (watch->kind == BINDER_WATCH_DEATH) {
		put_command(r, BR_DEAD_BINDER);
		put(r, &watch->cookie, sizeof(watch->cookie));
	} else {
		put_command(r, BR_FROZEN_BINDER);
		put(r, &info, sizeof(info));
	}
}

static void put_cleared(struct reader *r, const struct binder_watch *watch)
{
	put_command(r, watch->kind == BINDER_WATCH_DEATH ? BR_CLEAR_DEATH_NOTIFICATION_DONE :
							   BR_CLEAR_FREEZE_NOTIFICATION_DONE);
	put(r, &watch->cookie, sizeof(watch->cookie));
}

static void put_error(struct reader *r, u32 command)
{
	s32 error = -ENOMEM;

	put_command(r, command);
	/* The only return of an error that comes with one. */
	if (command == BR_ERROR)
		put(r, &error, sizeof(error));
}

/* The most that a work can need; for a node two returns. */
static size_t size_needed(const struct binder_work *work)
{
	const struct binder_transaction *t = container_of(work, struct binder_transaction, work);

	switch (work->type) {
	case BINDER_WORK_MESSAGE:
		if (t->buffer->secctx_size)
			return sizeof(u32) + sizeof(struct binder_transaction_data_secctx);
		return sizeof(u32) + sizeof(struct binder_transaction_data);
	case BINDER_WORK_NODE:
		return 2 * (sizeof(u32) + sizeof(struct binder_ptr_cookie));
	case BINDER_WORK_WATCH:
	case BINDER_WORK_WATCH_CLEARED:
		return sizeof(u32) + sizeof(struct binder_frozen_state_info);
	case BINDER_WORK_ERROR:
		return sizeof(u32) + sizeof(s32);
	default:
		return sizeof(u32);
	}
}

/*
 * A sender that wants to know hears that it fills its receiver's space; any sender
 * of a one-way call, that the receiver is frozen.
 */
static u32 completion(const struct reader *r, const struct binder_transaction *t)
{
	if (t->pending_frozen)
		return BR_TRANSACTION_PENDING_FROZEN;
	return t->spam && READ_ONCE(r->thread->proc->wants_spam) ? BR_ONEWAY_SPAM_SUSPECT :
							BR_TRANSACTION_COMPLETE;
}

/* Turn @work into returns. Returns whether the read goes on. */
static enum taking put_work_locked(struct reader *r, struct binder_work *work)
{
	struct binder_transaction *t = container_of(work, struct binder_transaction, work);

	switch (work->type) {
	case BINDER_WORK_MESSAGE:
		r->message = t;
		r->mark = r->used;
		put_message(r, t);
		binder_transaction_begin_locked(t, r->thread);
		return TOOK_LAST;
	case BINDER_WORK_FAILED:
		put_error(r, binder_failure_command(t->failure));
		return TOOK_MORE;
	case BINDER_WORK_COMPLETE:
		put_command(r, completion(r, container_of(work, struct binder_transaction,
							  complete)));
		return TOOK_MORE;
	case BINDER_WORK_ERROR:
		put_error(r, r->thread->error_command);
		return TOOK_MORE;
	case BINDER_WORK_NODE:
		put_node(r, container_of(work, struct binder_node, work));
		return TOOK_MORE;
	case BINDER_WORK_WATCH:
		put_news(r, container_of(work, struct binder_watch, work));
		return TOOK_LAST;
	case BINDER_WORK_WATCH_CLEARED:
		put_cleared(r, container_of(work, struct binder_watch, work));
		return TOOK_MORE;
	}
	return TOOK_MORE;
}

static bool is_message(const struct binder_work *work)
{
	return work->type == BINDER_WORK_MESSAGE || work->type == BINDER_WORK_FAILED ||
	       work->type == BINDER_WORK_COMPLETE;
}

/*
 * The next work, the thread's own first.  Works of nodes of which their owner knows
 * all meanwhile are dropped.
 */
static struct binder_work *next_work_locked(struct binder_thread *thread, bool any)
{
	struct binder_work *work;
	struct binder_node *node;

	for (;;) {
		work = list_first_entry_or_null(&thread->todo, struct binder_work, entry);
		if (!work)
			thread->has_work = false;
		if (!work && any)
			work = list_first_entry_or_null(&thread->proc->todo,
							struct binder_work, entry);
		if (!work || work->type != BINDER_WORK_NODE)
			return work;
		node = container_of(work, struct binder_node, work);
		if (!binder_node_in_step_locked(node))
			return work;
		list_del_init(&work->entry);
		binder_node_told_locked(node);
	}
}

static enum taking take_work_locked(struct reader *r, bool any)
{
	struct binder_thread *thread = r->thread;
	struct binder_work *work = next_work_locked(thread, any);

	if (!work)
		return TOOK_NOTHING;
	if (size_needed(work) > min_t(u64, OUT_SIZE, r->room) - r->used)
		return TOOK_FULL;
	list_move_tail(&work->entry, &r->taken);
	r->others |= !is_message(work);
	if (list_empty(&thread->todo))
		thread->has_work = false;
	return put_work_locked(r, work);
}

/* The reader knows of a node or a watch now. */
static void commit_locked(struct binder_work *work)
{
	list_del_init(&work->entry);
	if (work->type == BINDER_WORK_NODE)
		binder_node_told_locked(container_of(work, struct binder_node, work));
	else if (work->type == BINDER_WORK_WATCH)
		binder_watch_delivered_locked(container_of(work, struct binder_watch, work));
	else if (work->type == BINDER_WORK_WATCH_CLEARED)
		binder_watch_put(container_of(work, struct binder_watch, work));
}

/* The reader has got a message, or word of one. */
static void commit_message(struct reader *r, struct binder_work *work)
{
	if (work->type == BINDER_WORK_MESSAGE) {
		binder_transaction_delivered(container_of(work, struct binder_transaction, work),
					     r->thread);
	} else if (work->type == BINDER_WORK_FAILED) {
		binder_transaction_put(container_of(work, struct binder_transaction, work));
	} else {
		binder_stats_deleted(BINDER_STAT_COMPLETE);
		binder_transaction_put(container_of(work, struct binder_transaction, complete));
	}
}

/* What the reader has read comes true. */
static void commit_all(struct reader *r)
{
	struct binder_proc *proc = r->thread->proc;
	struct binder_work *work, *next;

	if (r->others) {
		spin_lock(&proc->lock);
		list_for_each_entry_safe(work, next, &r->taken, entry)
			if (!is_message(work))
				commit_locked(work);
		spin_unlock(&proc->lock);
		r->others = false;
	}
	/* Nobody else can reach what is left, so it need not be taken off one by one. */
	list_for_each_entry_safe(work, next, &r->taken, entry)
		commit_message(r, work);
	INIT_LIST_HEAD(&r->taken);
}

/* The reader could not be given what was taken: it goes back where it came from. */
static void undo_all(struct reader *r)
{
	struct binder_thread *thread = r->thread;
	struct binder_proc *proc = thread->proc;
	struct binder_work *work, *next;

	if (r->message)
		binder_files_cancel(r->message->buffer);
	spin_lock(&proc->lock);
	list_for_each_entry_safe(work, next, &r->taken, entry) {
		struct binder_transaction *t = container_of(work, struct binder_transaction, work);

		if (work->type == BINDER_WORK_NODE)
			binder_node_untell_locked(container_of(work, struct binder_node, work));
		else if (work->type == BINDER_WORK_MESSAGE)
			binder_transaction_unbegin_locked(t);
		else if (work->type == BINDER_WORK_WATCH)
			binder_watch_undelivered_locked(container_of(work, struct binder_watch,
								     work));
	}
	if (!list_empty(&r->taken)) {
		list_splice_init(&r->taken, &thread->todo);
		thread->has_work = true;
	}
	spin_unlock(&proc->lock);
}

/* Copy out what there is, and let it come true. */
static int flush(struct reader *r)
{
	if (copy_to_user(r->to, r->out, r->used)) {
		undo_all(r);
		return -EFAULT;
	}
	commit_all(r);
	r->message = NULL;
	r->to += r->used;
	r->room -= r->used;
	r->used = 0;
	return 0;
}

/*
 * The message just taken brings files: they need fds.  Where there are none left
 * it can't be delivered, and its return is taken back.  Returns whether the read
 * is complete: a reply that fails is one for its reader.
 */
static bool attach_files(struct reader *r)
{
	struct binder_thread *thread = r->thread;
	struct binder_transaction *t = r->message;
	struct binder_failure failure;
	bool is_reply;
	u64 id;

	if (!t || !t->buffer->records || !binder_files_prepare(thread->proc, t->buffer))
		return true;
	binder_user_error(thread, "has no fd left for a file in a message\n");
	is_reply = t->is_reply;
	id = t->id;
	r->used = r->mark;
	r->message = NULL;
	failure = binder_failure(-EMFILE, BINDER_REASON_NO_FDS, 0);
	binder_transaction_withdraw(t, thread, failure);
	if (is_reply) {
		put_command(r, BR_FAILED_REPLY);
		binder_thread_note(thread, id, failure);
	}
	return is_reply;
}

/*
 * Take works until nothing is left, nothing fits, or nothing more should follow.
 * *took is set if there was any, taken or too large: the read need not wait.  The caller
 * holds proc->lock, and does not any more afterwards.
 */
static int read_works_unlock(struct reader *r, bool any, bool *took)
	__releases(&r->thread->proc->lock)
{
	struct binder_proc *proc = r->thread->proc;
	enum taking taking;
	int ret;

	for (;;) {
		do {
			taking = take_work_locked(r, any);
			*took |= taking == TOOK_MORE;
		} while (taking == TOOK_MORE);
		spin_unlock(&proc->lock);

		if (taking == TOOK_NOTHING)
			return 0;
		if (taking != TOOK_LAST || attach_files(r)) {
			/* What does not fit is there all the same. */
			*took = true;
			/* It does not fit behind what is there; does it fit at all? */
			if (taking == TOOK_LAST || !r->used)
				return 0;
			ret = flush(r);
			if (ret)
				return ret;
		}
		spin_lock(&proc->lock);
	}
}

/* Should the process start one more thread? Then it is asked to, once. */
static bool want_looper(struct binder_thread *thread)
{
	struct binder_proc *proc = thread->proc;
	bool want;

	/* Mostly not, which needs no lock. */
	if (!binder_thread_is_looper(thread) || READ_ONCE(proc->requested) ||
	    READ_ONCE(proc->started) >= READ_ONCE(proc->max_threads) ||
	    !list_empty(&proc->idle))
		return false;
	spin_lock(&proc->lock);
	want = !proc->requested && list_empty(&proc->idle) && proc->started < proc->max_threads;
	if (want)
		WRITE_ONCE(proc->requested, proc->requested + 1);
	spin_unlock(&proc->lock);
	return want;
}

/* In place of the BR_NOOP at the beginning. */
static void ask_for_looper(struct binder_thread *thread, u32 __user *start)
{
	if (put_user(BR_SPAWN_LOOPER, start)) {
		spin_lock(&thread->proc->lock);
		WRITE_ONCE(thread->proc->requested, thread->proc->requested - 1);
		spin_unlock(&thread->proc->lock);
		return;
	}
	trace_binder_return(BR_SPAWN_LOOPER);
	binder_stats_count(&thread->counts.br[_IOC_NR(BR_SPAWN_LOOPER)]);
}

static bool at_rest(const struct binder_thread *thread)
{
	return !thread->own.lent && binder_priority_nice() == thread->proc->nice;
}

/* A thread that may do any work of its process works for nobody in particular. */
static void rest(struct binder_thread *thread)
{
	if (thread->own.lent) {
		binder_priority_restore(thread->own);
		thread->own.lent = false;
	}
	binder_priority_set_nice(thread->proc->nice);
}

/* Wait until there is something to read, and read it. */
static int wait_and_read(struct reader *r, bool nonblock)
{
	struct binder_thread *thread = r->thread;
	struct binder_proc *proc = thread->proc;
	bool took = false;
	bool any;
	int ret;

	do {
		spin_lock(&proc->lock);
		any = binder_thread_available_locked(thread);
		if (any && !at_rest(thread)) {
			spin_unlock(&proc->lock);
			rest(thread);
			spin_lock(&proc->lock);
			any = binder_thread_available_locked(thread);
		}
		trace_binder_wait_for_work(any, thread->stack, !list_empty(&thread->todo));
		if (nonblock && !binder_thread_has_work_locked(thread, any))
			ret = -EAGAIN;
		else
			ret = binder_thread_wait_locked(thread, any);
		if (ret)
			spin_unlock(&proc->lock);
		else
			ret = read_works_unlock(r, any, &took);
		/* Another thread may have been faster. */
	} while (!ret && !took && !READ_ONCE(thread->need_return));
	return ret;
}

/**
 * binder_deliver() - let a thread read
 * @thread:   the current task's
 * @bwr:      whose read_consumed is moved along
 * @nonblock: return -EAGAIN rather than wait
 *
 * Context: may fault and sleep.
 * Return: 0; -EAGAIN, -EINTR or -EFAULT, and nothing is lost; -EINVAL where there
 * is not even room for a BR_NOOP.
 */
int binder_deliver(struct binder_thread *thread, struct binder_write_read *bwr, bool nonblock)
{
	void __user *start = u64_to_user_ptr(bwr->read_buffer);
	const u32 noop = BR_NOOP;
	/* Not cleared: only what was put there is copied. */
	u8 out[OUT_SIZE] __uninitialized;
	struct reader r __uninitialized;
	void __user *begin;
	int ret;

	if (bwr->read_consumed > bwr->read_size)
		return 0;
	r.thread = thread;
	r.to = start + bwr->read_consumed;
	r.room = bwr->read_size - bwr->read_consumed;
	r.used = 0;
	r.message = NULL;
	INIT_LIST_HEAD(&r.taken);
	r.others = false;
	r.out = out;
	if (!bwr->read_consumed) {
		if (r.room < sizeof(u32))
			return -EINVAL;
		/* Early, so that a bad address is found before anything is taken. */
		if (put_user(BR_NOOP, (u32 __user *)start))
			return -EFAULT;
		/* In front of every read; it is not counted. */
		put(&r, &noop, sizeof(noop));
	}
	begin = r.to;
	ret = wait_and_read(&r, nonblock);
	if (!ret)
		ret = flush(&r);
	/* What was read before an error counts; the error will come again. */
	if (ret && r.to == begin)
		return ret;

	if (want_looper(thread))
		ask_for_looper(thread, (u32 __user *)start);
	bwr->read_consumed = r.to - start;
	return 0;
}
