/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work: something to deliver to a reader.
 *
 * Embedded in what it is about, and on one list at most: a thread's or a
 * process' todo, a node's queue of one-way calls, or, while a read copies it
 * out, that read's own list.  Its type says what it is embedded in.  Guarded by
 * the lock of the process whose list it is on.
 */
#ifndef BINDER_WORK_H
#define BINDER_WORK_H

#include <linux/list.h>
#include <linux/types.h>

/**
 * enum binder_work_type - what a piece of work is
 * @BINDER_WORK_MESSAGE:  a call or a reply for the reader (binder_transaction.work)
 * @BINDER_WORK_FAILED:   the reader's own call has failed (binder_transaction.work)
 * @BINDER_WORK_COMPLETE: the reader's message is on its way (binder_transaction.complete)
 * @BINDER_WORK_ERROR:    the reader's last command has failed (binder_thread.error)
 * @BINDER_WORK_NODE:     a node's counts concern its owner (binder_node.work)
 * @BINDER_WORK_WATCH:    there is news of a watched node (binder_watch.work)
 * @BINDER_WORK_WATCH_CLEARED: a watch has ended (binder_watch.work)
 */
enum binder_work_type {
	BINDER_WORK_MESSAGE,
	BINDER_WORK_FAILED,
	BINDER_WORK_COMPLETE,
	BINDER_WORK_ERROR,
	BINDER_WORK_NODE,
	BINDER_WORK_WATCH,
	BINDER_WORK_WATCH_CLEARED,
};

/**
 * struct binder_work - something to deliver
 * @entry: on a list, or empty
 * @type:  what it is embedded in
 */
struct binder_work {
	struct list_head entry;
	enum binder_work_type type;
};

static inline void binder_work_init(struct binder_work *work, enum binder_work_type type)
{
	INIT_LIST_HEAD(&work->entry);
	work->type = type;
}

static inline bool binder_work_queued(const struct binder_work *work)
{
	return !list_empty(&work->entry);
}

#endif /* BINDER_WORK_H */
