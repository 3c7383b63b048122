/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transaction: a message on its way, and the call that it belongs to.
 *
 * A call is one transaction for its whole life.  It is on the caller's stack
 * (@from, @from_parent) and, one after the other, on a todo of the callee's
 * process and on the stack of the thread that works on it (@to, @to_parent).  A
 * reply is a transaction of its own that goes to the caller's todo.
 *
 *	caller's stack:	[ call ]                      ... answered, popped
 *	callee:		  todo -> thread's stack -> BC_REPLY
 *	caller's todo:	                                  [ reply | call, FAILED ]
 *
 * References: one for the caller's stack, one for the callee's side, and one
 * while the sender's BR_TRANSACTION_COMPLETE (@complete) is queued.  What the
 * caller shares with others (@from, @from_parent, @answer) is guarded by
 * @from_proc's lock, what the callee does (@to, @to_parent, and @work while it is
 * on the way to the callee) by @to_proc's; both processes are held.
 *
 * An answer, a reply or a failure, pops the call off the caller's stack.  When
 * a middleman dies, an answer can come while the caller is working on a call
 * that was nested in this one.  It then waits in @answer until that has been
 * replied to, as a thread can only make sense of the answer to its innermost
 * call.
 *
 * The buffer is the transaction's until it is delivered; then it is the receiver's
 * and @buffer is NULL.
 */
#ifndef BINDER_TRANSACTION_H
#define BINDER_TRANSACTION_H

#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "abi.h"
#include "failure.h"
#include "priority.h"
#include "work.h"

struct binder_buffer;
struct binder_proc;
struct binder_thread;
struct binder_transaction_data;

/**
 * struct binder_transaction - a call, a one-way call or a reply
 * @refs:        see above
 * @work:        on its way to the receiver, or, when the call has failed, back
 * @complete:    BR_TRANSACTION_COMPLETE for the sender
 * @from_proc:   the caller's process; with a reference; fixed
 * @from:        the caller, if it waits for an answer and is alive
 * @from_tid:    the sender's thread; fixed
 * @from_parent: below this call on the caller's stack
 * @answer:      what came back while the caller could not take it
 * @to_proc:     the receiver's process; with a reference; fixed
 * @to:          the thread that is working on this call
 * @to_parent:   below this call on that thread's stack
 * @buffer:      the payload, until it is delivered
 * @id:          what it is called in logs; fixed
 * @node_id:     of the node that a call is for, else 0; fixed
 * @started:     when it was sent, by ktime_get_ns(); fixed
 * @place:       where in the receiver's area the payload is; fixed
 * @to_tid:      the thread that it is for, or that works on it, or 0; may be read
 *               without a lock
 * @handle:      that the sender called, 0 for a reply; fixed
 * @data_size:   bytes; fixed
 * @offsets_size: bytes; fixed
 * @code:        the sender's; fixed
 * @flags:       TF_ flags; fixed
 * @euid:        of the sender's process when it sent; fixed
 * @priority:    of the sender; fixed
 * @saved:       of the thread that works on it, from before; that thread's own
 * @is_reply:    a reply; fixed
 * @bound:       a nested call, queued for the thread that waits for its sender; fixed
 *               once queued
 * @pending_frozen: one-way: its receiver was frozen; fixed once queued
 * @spam:        one-way: its sender fills the receiver's space; fixed
 * @failure:     why the call has failed
 * @failed_id:   of the message that failed: the call itself, or the reply to it
 */
struct binder_transaction {
	refcount_t refs;
	struct binder_work work;
	struct binder_work complete;
	struct binder_proc *from_proc;
	struct binder_thread *from;
	int from_tid;
	struct binder_transaction *from_parent;
	struct binder_work *answer;
	struct binder_proc *to_proc;
	struct binder_thread *to;
	struct binder_transaction *to_parent;
	struct binder_buffer *buffer;
	u64 id;
	u64 node_id;
	u64 started;
	u32 place;
	int to_tid;
	u32 handle;
	u32 data_size;
	u32 offsets_size;
	u32 code;
	u32 flags;
	kuid_t euid;
	struct binder_priority priority;
	struct binder_priority saved;
	bool is_reply;
	bool bound;
	bool pending_frozen;
	bool spam;
	struct binder_failure failure;
	u64 failed_id;
};

void binder_transaction_call(struct binder_thread *thread,
			     const struct binder_transaction_data *data, u64 extra);
void binder_transaction_reply(struct binder_thread *thread,
			      const struct binder_transaction_data *data, u64 extra);
struct binder_transaction *binder_transaction_alloc(struct binder_proc *from,
						    struct binder_proc *to, u64 id);
void binder_transaction_drop_spares(struct binder_proc *proc);
void binder_transaction_release_payload(struct binder_transaction *t);
void binder_transaction_settle(struct binder_thread *thread);
bool binder_transaction_answer(struct binder_transaction *call, struct binder_work *answer);
void binder_transaction_fail(struct binder_transaction *call, u64 id,
			     struct binder_failure failure);
void binder_transaction_discard(struct binder_transaction *t);
void binder_transaction_begin_locked(struct binder_transaction *t, struct binder_thread *thread);
void binder_transaction_unbegin_locked(struct binder_transaction *t);
void binder_transaction_delivered(struct binder_transaction *t, struct binder_thread *thread);
void binder_transaction_release_stack(struct binder_thread *thread);
void binder_transaction_discard_list(struct list_head *works);
void binder_transaction_destroy(struct binder_transaction *t);
void binder_work_discard_list(struct binder_proc *proc, struct list_head *works);
void binder_transaction_withdraw(struct binder_transaction *t, struct binder_thread *thread,
				 struct binder_failure failure);
void binder_buffer_release(struct binder_proc *proc, struct binder_buffer *buffer,
			   struct binder_thread *closer);
int binder_transaction_init(void);
void binder_transaction_exit(void);

static inline struct binder_transaction *binder_transaction_get(struct binder_transaction *t)
{
	refcount_inc(&t->refs);
	return t;
}

static inline void binder_transaction_put(struct binder_transaction *t)
{
	if (refcount_dec_and_test(&t->refs))
		binder_transaction_destroy(t);
}

/*
 * Is a call on a thread's stack one that it has sent, or one that it works on?  The caller
 * has the lock of the thread's process, and so of one end of the call only; the other end may
 * change meanwhile.  But not to this thread, nor away from it: whatever is read, the
 * answer is right.
 */
static inline bool binder_transaction_is_from(const struct binder_transaction *t,
					      const struct binder_thread *thread)
{
	return READ_ONCE(t->from) == thread;
}

static inline bool binder_transaction_is_to(const struct binder_transaction *t,
					    const struct binder_thread *thread)
{
	return READ_ONCE(t->to) == thread;
}

/* Is this a call whose sender waits for an answer? */
static inline bool binder_transaction_is_sync(const struct binder_transaction *t)
{
	return !t->is_reply && !(t->flags & TF_ONE_WAY);
}

#endif /* BINDER_TRANSACTION_H */
