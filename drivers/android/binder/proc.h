/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Process: one open of a device.
 *
 * Born by open(), used only by the process that opened it (@tgid), dead when the
 * last descriptor of the file is closed.  Its memory outlives its death: whoever
 * points to it (each of its nodes, each transaction to or from it, each death
 * watch of it) holds a reference, so that its @lock can be taken at any time.
 * Who takes the lock looks at @dead first.
 *
 * @lock guards the process, its threads, its nodes, and what is queued for them.
 * Two processes' locks are never held together.  Order: context->lock, then a
 * holder's handles.lock, then one proc->lock, then an area->lock.
 */
#ifndef BINDER_PROC_H
#define BINDER_PROC_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "failure.h"
#include "handle.h"
#include "spare.h"
#include "stats.h"
#include "work.h"

struct binder_area;
struct binder_context;
struct binder_transaction;
struct cred;
struct file;
struct pid;

/**
 * struct binder_proc - one open of a device
 * @refs:      see above
 * @lock:      guards all below that is not fixed and has no lock of its own
 * @dead:      the file was closed; nothing may be queued any more
 * @threads:   the threads that have used the file, by their struct pid
 * @nodes:     the objects it offers, by their pointer
 * @todo:      work that any of its threads may do
 * @idle:      the threads that wait for any work, the last to come first
 * @delivered: watches whose news were read and not yet acknowledged
 * @pollers:   wait queues of threads that have polled; they live as long as the file
 * @max_threads: how many threads it may be asked to start (BINDER_SET_MAX_THREADS)
 * @requested: threads asked for that have not registered yet: 0 or 1
 * @started:   threads that were asked for and have registered
 * @outstanding: calls to it that are queued or being worked on
 * @frozen:    see freeze.h
 * @frozen_wholly: and nothing was under way any more; what others are told
 * @sync_recv: a call was refused since it was frozen
 * @async_recv: a one-way call has come since it was frozen
 * @freeze_wait: for @outstanding to become 0
 * @all:       in the list of all processes, in the order of @serial
 * @serial:    larger than that of who came before; fixed
 * @counts:    the commands of threads that have gone
 * @node_count: how many @nodes there are
 * @wants_spam: it wants BR_ONEWAY_SPAM_SUSPECT (BINDER_ENABLE_ONEWAY_SPAM_DETECTION)
 * @context:   the device; fixed
 * @file:      the open file; valid while somebody uses it; fixed
 * @tgid:      the process that may use the file; fixed
 * @pid:       the number of @tgid in the initial namespace, for logs; fixed
 * @nice:      the opener's nice value at the time; fixed
 * @cred:      the opener's credentials; fixed
 * @area:      where it receives; fixed, with a lock of its own
 * @handles:   its references to nodes of others; with a lock of its own
 * @loglimit:  how much may be logged about it
 * @spares:    transactions for its next messages; without a lock
 */
struct binder_proc {
	refcount_t refs;
	spinlock_t lock; /* all that has no lock of its own */
	bool dead;
	struct rb_root threads;
	struct rb_root nodes;
	struct list_head todo;
	struct list_head idle;
	struct list_head delivered;
	struct list_head pollers;
	u32 max_threads;
	u32 requested;
	u32 started;
	u32 outstanding;
	bool frozen;
	bool frozen_wholly;
	bool sync_recv;
	bool async_recv;
	wait_queue_head_t freeze_wait;
	struct list_head all;
	u64 serial;
	struct binder_counts counts;
	u32 node_count;
	bool wants_spam;
	struct binder_context *context;
	struct file *file;
	struct pid *tgid;
	int pid;
	int nice;
	const struct cred *cred;
	struct binder_area *area;
	struct binder_handles handles;
	struct binder_loglimit loglimit;
	struct binder_spares spares;
};

struct binder_proc *binder_proc_create(struct binder_context *context, struct file *file);
void binder_proc_release(struct binder_proc *proc);
void binder_proc_destroy(struct binder_proc *proc);
void binder_proc_queue_locked(struct binder_proc *proc, struct binder_work *work, bool sync);
struct binder_proc *binder_proc_next(struct binder_proc *proc);
struct binder_proc *binder_proc_next_of(struct binder_proc *proc, int pid);
void binder_proc_counts(struct binder_proc *proc, struct binder_counts *counts);
void binder_proc_sum_counts(struct binder_counts *counts);
void binder_proc_flush(struct binder_proc *proc);
int binder_proc_init(void);
void binder_proc_exit(void);

static inline struct binder_proc *binder_proc_get(struct binder_proc *proc)
{
	refcount_inc(&proc->refs);
	return proc;
}

static inline void binder_proc_put(struct binder_proc *proc)
{
	if (refcount_dec_and_test(&proc->refs))
		binder_proc_destroy(proc);
}

#endif /* BINDER_PROC_H */
