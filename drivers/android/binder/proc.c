// SPDX-License-Identifier: GPL-2.0-only
/* Processes: birth and death.  The essay is in proc.h. */

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "area/area.h"
#include "context.h"
#include "log.h"
#include "node.h"
#include "notify.h"
#include "priority.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"
#include "transaction.h"

static struct kmem_cache *proc_cache;

/* All processes whose files are open. */
static LIST_HEAD(all_procs);
static u64 last_serial;
/* What processes that are gone have counted. */
static struct binder_counts gone_counts;
static DEFINE_MUTEX(all_procs_lock);

/**
 * binder_proc_create() - a process opens a device
 * @context: the device
 * @file:    the file; its opener's credentials are kept
 *
 * Return: the process, with a reference for the file, or NULL.
 */
struct binder_proc *binder_proc_create(struct binder_context *context, struct file *file)
{
	struct binder_proc *proc = kmem_cache_zalloc(proc_cache, GFP_KERNEL_ACCOUNT);

	if (!proc)
		return NULL;
	proc->area = binder_area_create(task_tgid_nr(current));
	if (!proc->area) {
		kmem_cache_free(proc_cache, proc);
		return NULL;
	}
	refcount_set(&proc->refs, 1);
	spin_lock_init(&proc->lock);
	proc->threads = RB_ROOT;
	proc->nodes = RB_ROOT;
	INIT_LIST_HEAD(&proc->todo);
	INIT_LIST_HEAD(&proc->idle);
	INIT_LIST_HEAD(&proc->delivered);
	INIT_LIST_HEAD(&proc->pollers);
	proc->context = binder_context_get(context);
	proc->file = file;
	proc->tgid = get_pid(task_tgid(current));
	proc->pid = pid_nr(proc->tgid);
	proc->nice = binder_priority_nice();
	proc->cred = get_cred(file->f_cred);
	binder_handles_init(&proc->handles);
	binder_loglimit_init(&proc->loglimit);
	init_waitqueue_head(&proc->freeze_wait);
	binder_stats_created(BINDER_STAT_PROC);
	mutex_lock(&all_procs_lock);
	proc->serial = ++last_serial;
	list_add_tail(&proc->all, &all_procs);
	mutex_unlock(&all_procs_lock);
	binder_log_proc_opened(proc);
	return proc;
}

/* The next one behind @proc, of process @pid as the current task sees it, or of any: 0. */
static struct binder_proc *next_of(struct binder_proc *proc, int pid)
{
	struct binder_proc *next = NULL, *walk = NULL;

	mutex_lock(&all_procs_lock);
	/* From where we were; from the beginning if that has been closed meanwhile. */
	if (proc && !list_empty(&proc->all))
		walk = proc;
	walk = list_prepare_entry(walk, &all_procs, all);
	list_for_each_entry_continue(walk, &all_procs, all) {
		if (proc && walk->serial <= proc->serial)
			continue;
		if (pid && pid_vnr(walk->tgid) != pid)
			continue;
		next = binder_proc_get(walk);
		break;
	}
	mutex_unlock(&all_procs_lock);
	if (proc)
		binder_proc_put(proc);
	return next;
}

/**
 * binder_proc_next() - go through all files that are open
 * @proc: the one before, whose reference is given up; NULL to begin
 *
 * Return: the next one with a reference for the caller, or NULL.
 */
struct binder_proc *binder_proc_next(struct binder_proc *proc)
{
	return next_of(proc, 0);
}

/**
 * binder_proc_next_of() - go through the files that a process has open
 * @proc: the one before, whose reference is given up; NULL to begin
 * @pid:  the process, as the current task sees it
 *
 * Return: the next one with a reference for the caller, or NULL.
 */
struct binder_proc *binder_proc_next_of(struct binder_proc *proc, int pid)
{
	return pid > 0 ? next_of(proc, pid) : NULL;
}

/**
 * binder_proc_counts() - the commands of a process
 * @proc:   the process
 * @counts: they are added to these
 */
void binder_proc_counts(struct binder_proc *proc, struct binder_counts *counts)
{
	struct rb_node *node;

	spin_lock(&proc->lock);
	binder_counts_add(counts, &proc->counts);
	for (node = rb_first(&proc->threads); node; node = rb_next(node))
		binder_counts_add(counts,
				  &rb_entry(node, struct binder_thread, by_pid)->counts);
	spin_unlock(&proc->lock);
}

/**
 * binder_proc_sum_counts() - the commands of all processes that there ever were
 * @counts: they are added to these
 *
 * Context: may sleep.
 */
void binder_proc_sum_counts(struct binder_counts *counts)
{
	struct binder_proc *proc;

	mutex_lock(&all_procs_lock);
	binder_counts_add(counts, &gone_counts);
	list_for_each_entry(proc, &all_procs, all) {
		binder_proc_counts(proc, counts);
		cond_resched();
	}
	mutex_unlock(&all_procs_lock);
}

/**
 * binder_proc_destroy() - the last reference has gone; for binder_proc_put()
 * @proc: the process
 *
 * Context: any but hard interrupts (the last node is freed by RCU).
 */
void binder_proc_destroy(struct binder_proc *proc)
{
	binder_handles_destroy(&proc->handles);
	binder_area_put(proc->area);
	binder_transaction_drop_spares(proc);
	binder_context_put(proc->context);
	put_cred(proc->cred);
	put_pid(proc->tgid);
	kmem_cache_free(proc_cache, proc);
	binder_stats_deleted(BINDER_STAT_PROC);
}

/**
 * binder_proc_queue_locked() - queue work that any thread of a process may do
 * @proc: the process, not dead; caller holds its lock
 * @work: what to do
 * @sync: whoever queues it is about to sleep
 *
 * An idle thread gets it for itself.  With none idle it waits in proc->todo, and
 * threads that poll are told.
 */
void binder_proc_queue_locked(struct binder_proc *proc, struct binder_work *work, bool sync)
{
	struct binder_thread *thread;
	struct binder_poller *poller;

	lockdep_assert_held(&proc->lock);
	thread = list_first_entry_or_null(&proc->idle, struct binder_thread, idle);
	if (thread) {
		list_del_init(&thread->idle);
		binder_thread_queue_locked(thread, work, sync);
		return;
	}
	list_add_tail(&work->entry, &proc->todo);
	list_for_each_entry(poller, &proc->pollers, entry)
		if (poller->thread && binder_thread_available_locked(poller->thread))
			binder_thread_wake_locked(poller->thread, sync);
}

/**
 * binder_proc_flush() - a descriptor of the file was closed: all readers return
 * @proc: the process
 */
void binder_proc_flush(struct binder_proc *proc)
{
	struct rb_node *node;

	spin_lock(&proc->lock);
	for (node = rb_first(&proc->threads); node; node = rb_next(node)) {
		struct binder_thread *thread = rb_entry(node, struct binder_thread, by_pid);

		WRITE_ONCE(thread->need_return, true);
		binder_thread_wake_locked(thread, false);
	}
	spin_unlock(&proc->lock);
}

static void release_threads(struct binder_proc *proc)
{
	struct rb_node *first;

	for (;;) {
		spin_lock(&proc->lock);
		first = rb_first(&proc->threads);
		spin_unlock(&proc->lock);
		if (!first)
			return;
		binder_thread_release(rb_entry(first, struct binder_thread, by_pid));
		cond_resched();
	}
}

static void release_pollers(struct binder_proc *proc)
{
	struct binder_poller *poller, *next;

	/* epoll lets go of a file before that is released. */
	list_for_each_entry_safe(poller, next, &proc->pollers, entry)
		kfree(poller);
}

static void release_buffers(struct binder_proc *proc)
{
	struct binder_buffer *buffer;
	u32 cursor = 0;

	while ((buffer = binder_area_claim_from(proc->area, &cursor))) {
		binder_buffer_release(proc, buffer, NULL);
		cond_resched();
	}
}

/* Watches that were cleared but whose end nobody has read. */
static void release_watches(struct binder_proc *proc)
{
	struct binder_watch *watch, *next;
	LIST_HEAD(delivered);

	/* A log may be looking at them. */
	spin_lock(&proc->lock);
	list_splice_init(&proc->delivered, &delivered);
	spin_unlock(&proc->lock);
	list_for_each_entry_safe(watch, next, &delivered, work.entry) {
		list_del_init(&watch->work.entry);
		binder_watch_put(watch);
		cond_resched();
	}
}

/**
 * binder_proc_release() - the last descriptor of the file was closed
 * @proc: the process; the file's reference is given up
 *
 * Settles all that the process takes part in: its callers are answered, its
 * watchers told, what it held is given back.  From the moment it is marked dead
 * nobody queues anything for it, so what is found here is all there is.
 *
 * Context: may sleep; nobody else uses the file.
 */
void binder_proc_release(struct binder_proc *proc)
{
	struct binder_counts counts = {};
	LIST_HEAD(todo);

	binder_log_proc_closed(proc);
	/* Nobody counts any more. Not with the lock of all: there may be many threads. */
	binder_proc_counts(proc, &counts);
	mutex_lock(&all_procs_lock);
	list_del_init(&proc->all);
	binder_counts_add(&gone_counts, &counts);
	mutex_unlock(&all_procs_lock);
	binder_context_resign(proc);
	spin_lock(&proc->lock);
	WRITE_ONCE(proc->dead, true);
	list_splice_init(&proc->todo, &todo);
	spin_unlock(&proc->lock);
	/* Before anybody hears of the death: who calls then gets BR_DEAD_REPLY. */
	binder_area_shut(proc->area);

	release_threads(proc);
	binder_node_release_all(proc, &todo);
	binder_handle_release_all(proc);
	/* Its messages last: that all its handles go in order is what owners know. */
	binder_work_discard_list(proc, &todo);
	release_watches(proc);
	release_buffers(proc);
	release_pollers(proc);
	binder_area_close(proc->area);
	/* A handle to one of its nodes may keep the rest of it for long. */
	binder_transaction_drop_spares(proc);
	binder_loglimit_flush(proc);
	binder_proc_put(proc);
}

/**
 * binder_proc_init() - set up what all processes share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_proc_init(void)
{
	proc_cache = KMEM_CACHE(binder_proc, 0);
	return proc_cache ? 0 : -ENOMEM;
}

/** binder_proc_exit() - undo binder_proc_init(); no process is left */
void binder_proc_exit(void)
{
	kmem_cache_destroy(proc_cache);
}
