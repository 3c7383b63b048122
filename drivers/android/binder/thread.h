/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Thread: one task of a process, as far as it uses the file.
 *
 * Made by its first ioctl or poll, gone with BINDER_THREAD_EXIT or with its
 * process.  Only the task itself runs ioctls on it; others queue work for it,
 * under proc->lock.
 *
 * The stack.  @stack is the innermost call that the thread takes part in.  Each
 * transaction on it is either one that the thread has sent and waits for
 * (transaction->from is the thread; the next is from_parent) or one that it is
 * working on (transaction->to is the thread; the next is to_parent).  So a
 * thread may send a call if its stack is empty or has a call to it on top, and
 * may reply if a call to it is on top.
 *
 *	stack -> call to me --to_parent--> my call --from_parent--> call to me -> NULL
 *
 * Waiting.  A thread whose todo and stack are empty waits for any work of its
 * process and is on proc->idle while it sleeps; else only its own todo can wake
 * it.  Work that has to be returned at once sets @has_work; work that is
 * only worth returning together with something else (BR_TRANSACTION_COMPLETE of
 * a call, reference counts of a node just sent) does not.
 *
 * Polling.  epoll may keep a wait queue for as long as the file is open, so it
 * is not in the thread but in a struct binder_poller, which stays with the process
 * and passes to the next thread that polls when this one has gone.
 */
#ifndef BINDER_THREAD_H
#define BINDER_THREAD_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/wait.h>

#include "abi.h"
#include "failure.h"
#include "priority.h"
#include "stats.h"
#include "work.h"

struct binder_proc;
struct binder_transaction;
struct file;
struct pid;

/* What a thread has said of itself, and what came of it. */
#define BINDER_LOOPER_REGISTERED	BIT(0)	/* BC_REGISTER_LOOPER: was asked for */
#define BINDER_LOOPER_ENTERED		BIT(1)	/* BC_ENTER_LOOPER: came by itself */
#define BINDER_LOOPER_EXITED		BIT(2)	/* BC_EXIT_LOOPER */
#define BINDER_LOOPER_INVALID		BIT(3)	/* contradicted itself */

/**
 * struct binder_poller - a wait queue that epoll may hold on to
 * @entry:  in proc->pollers, where those without a thread come first
 * @wait:   the wait queue
 * @thread: whose it is now, or NULL
 */
struct binder_poller {
	struct list_head entry;
	wait_queue_head_t wait;
	struct binder_thread *thread;
};

/**
 * struct binder_thread - one task of a process
 * @by_pid:      in proc->threads
 * @proc:        its process; fixed
 * @pid:         the task, as the key: it is not reused while we hold it; fixed
 * @tid:         its number in the initial namespace, for logs; fixed
 * @looper:      BINDER_LOOPER_ flags; the task's own
 * @need_return: its next wait returns at once: it is new, or the file was flushed
 * @has_work:    something in @todo has to be returned at once
 * @todo:        work for this thread only
 * @idle:        in proc->idle while it waits for any work
 * @sleeper:     how to wake it, while it sleeps in a read and nobody has; else NULL
 * @poller:      where it polls, or NULL if it never did
 * @stack:       the calls that it takes part in
 * @nested:      calls in @todo that are nested in one that it waits for
 * @pinned:      the file, held because an fd was closed; until the ioctl ends
 * @error:       queued while a failed command of its own has not been read
 * @error_command: the BR_ command for @error
 * @extended:    the last failure, for BINDER_GET_EXTENDED_ERROR
 * @counts:      the commands that it has written and read; the task's own
 * @own:         its priority from before a one-way call; the task's own
 *
 * Guarded by proc->lock unless said otherwise.
 */
struct binder_thread {
	struct rb_node by_pid;
	struct binder_proc *proc;
	struct pid *pid;
	int tid;
	u32 looper;
	bool need_return;
	bool has_work;
	struct list_head todo;
	struct list_head idle;
	struct wait_queue_entry *sleeper;
	struct binder_poller *poller;
	struct binder_transaction *stack;
	u32 nested;
	struct file *pinned;
	struct binder_work error;
	u32 error_command;
	struct binder_extended_error extended;
	struct binder_priority own;
	struct binder_counts counts;
};

struct binder_thread *binder_thread_current(struct binder_proc *proc);
struct binder_thread *binder_thread_from_locked(struct binder_proc *proc, unsigned long key);
void binder_thread_release(struct binder_thread *thread);
void binder_thread_queue_locked(struct binder_thread *thread, struct binder_work *work, bool sync);
void binder_thread_defer_locked(struct binder_thread *thread, struct binder_work *work);
void binder_thread_wake_locked(struct binder_thread *thread, bool sync);
void binder_thread_fail(struct binder_thread *thread, u32 command, u64 id,
			struct binder_failure failure);
void binder_thread_note_locked(struct binder_thread *thread, u64 id,
			       struct binder_failure failure);
void binder_thread_note(struct binder_thread *thread, u64 id, struct binder_failure failure);
void binder_thread_forget(struct binder_thread *thread);
bool binder_thread_has_work_locked(const struct binder_thread *thread, bool any);
int binder_thread_wait_locked(struct binder_thread *thread, bool any);
struct binder_poller *binder_thread_poller(struct binder_thread *thread);
void binder_thread_close_fd(struct binder_thread *thread, int fd);
void binder_thread_register(struct binder_thread *thread);
void binder_thread_enter(struct binder_thread *thread);
int binder_thread_init(void);
void binder_thread_exit(void);

/* The task's own to change; the logs look at it. */
static inline void binder_thread_is_now(struct binder_thread *thread, u32 looper)
{
	WRITE_ONCE(thread->looper, thread->looper | looper);
}

static inline bool binder_thread_is_looper(const struct binder_thread *thread)
{
	return thread->looper & (BINDER_LOOPER_REGISTERED | BINDER_LOOPER_ENTERED);
}

/**
 * binder_thread_available_locked() - may a thread do any work of its process?
 * @thread: the thread; caller holds proc->lock
 *
 * Return: false if it takes part in a call or has work of its own.
 */
static inline bool binder_thread_available_locked(const struct binder_thread *thread)
{
	return !thread->stack && list_empty(&thread->todo);
}

#endif /* BINDER_THREAD_H */
