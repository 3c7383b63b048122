// SPDX-License-Identifier: GPL-2.0-only
/* Threads: looper rules, waiting, waking, death.  The essay is in thread.h. */

#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "abi.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"
#include "transaction.h"

static struct kmem_cache *thread_cache;

/* What the scheduler's wake-ups are told where the waker is about to sleep. */
static int sync_flags;

static struct binder_thread *find_locked(struct binder_proc *proc, const struct pid *pid,
					 struct rb_node **parent, struct rb_node ***link)
{
	lockdep_assert_held(&proc->lock);
	*parent = NULL;
	*link = &proc->threads.rb_node;
	while (**link) {
		struct binder_thread *thread = rb_entry(**link, struct binder_thread, by_pid);

		*parent = **link;
		if (pid < thread->pid)
			*link = &(**link)->rb_left;
		else if (pid > thread->pid)
			*link = &(**link)->rb_right;
		else
			return thread;
	}
	return NULL;
}

/**
 * binder_thread_from_locked() - the thread at a place in the table, or the next one behind
 * @proc: the process; caller holds its lock
 * @key:  the place: the address of a struct pid
 *
 * Return: the thread or NULL.
 */
struct binder_thread *binder_thread_from_locked(struct binder_proc *proc, unsigned long key)
{
	struct rb_node *node = proc->threads.rb_node;
	struct binder_thread *found = NULL;

	lockdep_assert_held(&proc->lock);
	while (node) {
		struct binder_thread *thread = rb_entry(node, struct binder_thread, by_pid);

		if ((unsigned long)thread->pid >= key) {
			found = thread;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * binder_thread_current() - the current task's thread
 * @proc: of the file that the task uses
 *
 * Makes the thread at the first time.  Only the task itself adds, and only it and
 * the process' release remove it, so that it is valid until the ioctl ends.
 *
 * Context: may sleep.
 * Return: the thread or NULL.
 */
struct binder_thread *binder_thread_current(struct binder_proc *proc)
{
	struct rb_node *parent, **link;
	struct binder_thread *thread;

	spin_lock(&proc->lock);
	thread = find_locked(proc, task_pid(current), &parent, &link);
	spin_unlock(&proc->lock);
	if (thread)
		return thread;

	thread = kmem_cache_zalloc(thread_cache, GFP_KERNEL_ACCOUNT);
	if (!thread)
		return NULL;
	thread->proc = proc;
	thread->pid = get_pid(task_pid(current));
	thread->tid = pid_nr(thread->pid);
	thread->need_return = true;
	thread->extended.command = BR_OK;
	INIT_LIST_HEAD(&thread->todo);
	INIT_LIST_HEAD(&thread->idle);
	binder_work_init(&thread->error, BINDER_WORK_ERROR);
	binder_stats_created(BINDER_STAT_THREAD);

	spin_lock(&proc->lock);
	find_locked(proc, thread->pid, &parent, &link);
	rb_link_node(&thread->by_pid, parent, link);
	rb_insert_color(&thread->by_pid, &proc->threads);
	spin_unlock(&proc->lock);
	return thread;
}

/**
 * binder_thread_wake_locked() - wake a thread that reads or polls
 * @thread: the thread; caller holds proc->lock
 * @sync:   the caller is about to sleep: the thread may run on this CPU
 */
void binder_thread_wake_locked(struct binder_thread *thread, bool sync)
{
	struct wait_queue_entry *sleeper = thread->sleeper;

	lockdep_assert_held(&thread->proc->lock);
	/* It goes to sleep, and leaves, under the lock; see binder_thread_wait_locked(). */
	if (sleeper) {
		thread->sleeper = NULL;
		default_wake_function(sleeper, TASK_INTERRUPTIBLE, sync ? sync_flags : 0, NULL);
	}
	if (thread->poller)
		wake_up_interruptible_poll(&thread->poller->wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * binder_thread_queue_locked() - queue work for one thread and wake it
 * @thread: the thread; caller holds proc->lock
 * @work:   what to do
 * @sync:   as for binder_thread_wake_locked()
 */
void binder_thread_queue_locked(struct binder_thread *thread, struct binder_work *work, bool sync)
{
	lockdep_assert_held(&thread->proc->lock);
	list_add_tail(&work->entry, &thread->todo);
	thread->has_work = true;
	if (thread->sleeper || thread->poller)
		binder_thread_wake_locked(thread, sync);
}

/**
 * binder_thread_defer_locked() - queue work that is returned when something else is
 * @thread: the thread; caller holds proc->lock
 * @work:   what to do
 */
void binder_thread_defer_locked(struct binder_thread *thread, struct binder_work *work)
{
	lockdep_assert_held(&thread->proc->lock);
	list_add_tail(&work->entry, &thread->todo);
}

/**
 * binder_thread_note_locked() - remember a failure for BINDER_GET_EXTENDED_ERROR
 * @thread:  whose call has failed; caller holds proc->lock
 * @id:      what the message is called in logs
 * @failure: why
 */
void binder_thread_note_locked(struct binder_thread *thread, u64 id,
			       struct binder_failure failure)
{
	lockdep_assert_held(&thread->proc->lock);
	thread->extended.id = id;
	WRITE_ONCE(thread->extended.command, binder_failure_command(failure));
	thread->extended.param = failure.error;
}

/**
 * binder_thread_note() - binder_thread_note_locked() for callers without the lock
 * @thread:  whose call has failed
 * @id:      what the message is called in logs
 * @failure: why
 */
void binder_thread_note(struct binder_thread *thread, u64 id, struct binder_failure failure)
{
	spin_lock(&thread->proc->lock);
	binder_thread_note_locked(thread, id, failure);
	spin_unlock(&thread->proc->lock);
}

/**
 * binder_thread_forget() - the last failure is a thing of the past
 * @thread: the current task's, which has something new to send
 */
void binder_thread_forget(struct binder_thread *thread)
{
	/* Only its own calls can fail meanwhile, and it has none under way. */
	if (READ_ONCE(thread->extended.command) == BR_OK)
		return;
	spin_lock(&thread->proc->lock);
	thread->extended = (struct binder_extended_error){ .command = BR_OK };
	spin_unlock(&thread->proc->lock);
}

/**
 * binder_thread_fail() - answer a thread's own command
 * @thread:  the current task's
 * @command: the BR_ command to return; no more commands are carried out until it
 *           has been read
 * @id:      of the message that has failed, or 0
 * @failure: to remember, if there is one
 */
void binder_thread_fail(struct binder_thread *thread, u32 command, u64 id,
			struct binder_failure failure)
{
	spin_lock(&thread->proc->lock);
	if (failure.reason)
		binder_thread_note_locked(thread, id, failure);
	thread->error_command = command;
	if (!binder_work_queued(&thread->error))
		binder_thread_queue_locked(thread, &thread->error, false);
	spin_unlock(&thread->proc->lock);
}

/**
 * binder_thread_has_work_locked() - has a read something to return at once?
 * @thread: the thread; caller holds proc->lock
 * @any:    it may do any work of its process
 *
 * Return: true if it has.
 */
bool binder_thread_has_work_locked(const struct binder_thread *thread, bool any)
{
	lockdep_assert_held(&thread->proc->lock);
	return thread->has_work || thread->need_return ||
	       (any && !list_empty(&thread->proc->todo));
}

/**
 * binder_thread_wait_locked() - sleep until there is something to return
 * @thread: the current task's; caller holds proc->lock, which is dropped meanwhile
 * @any:    it may do any work of its process
 *
 * Return: 0, or -EINTR for a signal.
 */
int binder_thread_wait_locked(struct binder_thread *thread, bool any)
{
	/* On no queue: only the holder of the lock wakes it, and knows whom. */
	struct wait_queue_entry sleeper = { .private = current };
	struct binder_proc *proc = thread->proc;
	int ret = 0;

	/* Whoever queues work has the lock, too: it is seen here, or finds the sleeper. */
	while (!binder_thread_has_work_locked(thread, any)) {
		/* Work that came together with a signal goes first. */
		if (signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		if (any && list_empty(&thread->idle))
			list_add(&thread->idle, &proc->idle);
		thread->sleeper = &sleeper;
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		spin_unlock(&proc->lock);
		schedule();
		spin_lock(&proc->lock);
	}
	thread->sleeper = NULL;
	if (!list_empty(&thread->idle))
		list_del_init(&thread->idle);
	return ret;
}

/* One that a thread has left behind: they come first. */
static struct binder_poller *unused_poller_locked(struct binder_proc *proc)
{
	struct binder_poller *poller = list_first_entry_or_null(&proc->pollers,
								struct binder_poller, entry);

	return poller && !poller->thread ? poller : NULL;
}

/**
 * binder_thread_poller() - the wait queue on which a thread polls
 * @thread: the current task's
 *
 * Return: the poller, or NULL if there is no memory.
 */
struct binder_poller *binder_thread_poller(struct binder_thread *thread)
{
	struct binder_proc *proc = thread->proc;
	struct binder_poller *poller, *fresh;

	if (thread->poller)
		return thread->poller;
	fresh = kzalloc_obj(*fresh, GFP_KERNEL_ACCOUNT);

	spin_lock(&proc->lock);
	poller = unused_poller_locked(proc);
	if (!poller && fresh) {
		poller = fresh;
		fresh = NULL;
		init_waitqueue_head(&poller->wait);
		INIT_LIST_HEAD(&poller->entry);
	}
	if (poller) {
		poller->thread = thread;
		list_move_tail(&poller->entry, &proc->pollers);
	}
	thread->poller = poller;
	spin_unlock(&proc->lock);
	kfree(fresh);
	return poller;
}

/**
 * binder_thread_close_fd() - close an fd of the current task on the driver's account
 * @thread: the current task's
 * @fd:     of its process, which may have closed it itself
 *
 * The fd may be the very one through which the driver is called, and the last of
 * that file: the file is held until the ioctl ends.  A close is only complete when
 * the task returns to user space, so it does not wait in this ioctl any more.
 */
void binder_thread_close_fd(struct binder_thread *thread, int fd)
{
	if (!thread->pinned)
		thread->pinned = get_file(thread->proc->file);
	WRITE_ONCE(thread->need_return, true);
	close_fd(fd);
}

/**
 * binder_thread_register() - BC_REGISTER_LOOPER: a thread that was asked for is there
 * @thread: the current task's
 */
void binder_thread_register(struct binder_thread *thread)
{
	struct binder_proc *proc = thread->proc;
	const char *error = NULL;

	spin_lock(&proc->lock);
	if (thread->looper & BINDER_LOOPER_ENTERED) {
		error = "after BC_ENTER_LOOPER";
	} else if (!proc->requested) {
		error = "without a request";
	} else {
		WRITE_ONCE(proc->requested, proc->requested - 1);
		WRITE_ONCE(proc->started, proc->started + 1);
	}
	binder_thread_is_now(thread, BINDER_LOOPER_REGISTERED |
				     (error ? BINDER_LOOPER_INVALID : 0));
	spin_unlock(&proc->lock);
	if (error)
		binder_user_error(thread, "BC_REGISTER_LOOPER %s\n", error);
}

/**
 * binder_thread_enter() - BC_ENTER_LOOPER: a thread serves of its own accord
 * @thread: the current task's
 */
void binder_thread_enter(struct binder_thread *thread)
{
	if (thread->looper & BINDER_LOOPER_REGISTERED) {
		binder_thread_is_now(thread, BINDER_LOOPER_INVALID);
		binder_user_error(thread, "BC_ENTER_LOOPER after BC_REGISTER_LOOPER\n");
	}
	binder_thread_is_now(thread, BINDER_LOOPER_ENTERED);
}

/**
 * binder_thread_release() - BINDER_THREAD_EXIT, or the process goes
 * @thread: the thread; nobody uses it any more
 *
 * Calls that it was working on fail for their callers, at once and wherever on
 * its stack they are.  Its own calls go on without it.  Work that another thread
 * of a living process can do goes there.
 *
 * Context: may sleep.
 */
void binder_thread_release(struct binder_thread *thread)
{
	struct binder_proc *proc = thread->proc;
	LIST_HEAD(todo);

	spin_lock(&proc->lock);
	rb_erase(&thread->by_pid, &proc->threads);
	binder_counts_add(&proc->counts, &thread->counts);
	if (thread->poller) {
		thread->poller->thread = NULL;
		list_move(&thread->poller->entry, &proc->pollers);
	}
	spin_unlock(&proc->lock);

	/* While it has calls under way answers may come; then nothing can. */
	binder_transaction_release_stack(thread);
	spin_lock(&proc->lock);
	list_splice_init(&thread->todo, &todo);
	spin_unlock(&proc->lock);
	binder_work_discard_list(proc, &todo);
	put_pid(thread->pid);
	kmem_cache_free(thread_cache, thread);
	binder_stats_deleted(BINDER_STAT_THREAD);
}

static int learn_flags(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	sync_flags = flags;
	return 0;
}

/*
 * The flag is the scheduler's own: no header of the kernel has it.  But who is woken
 * through a wait queue is told.
 */
static void learn_sync_flags(void)
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct wait_queue_entry entry;

	init_waitqueue_func_entry(&entry, learn_flags);
	add_wait_queue(&queue, &entry);
	wake_up_interruptible_sync(&queue);
	remove_wait_queue(&queue, &entry);
}

/**
 * binder_thread_init() - set up what all threads share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_thread_init(void)
{
	learn_sync_flags();
	thread_cache = KMEM_CACHE(binder_thread, 0);
	return thread_cache ? 0 : -ENOMEM;
}

/** binder_thread_exit() - undo binder_thread_init(); no thread is left */
void binder_thread_exit(void)
{
	kmem_cache_destroy(thread_cache);
}
