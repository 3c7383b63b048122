/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Death notifications.
 *
 * A process watches a node through its handle; there is one watch per handle.
 *
 *	ARMED ----- node's owner dies -----> FIRED: BR_DEAD_BINDER is queued
 *	  |                                    | read
 *	  |                                    v
 *	  |                                  DELIVERED, on proc->delivered_deaths
 *	  |                                    | BC_DEAD_BINDER_DONE
 *	  v                                    v
 *	BC_CLEAR_DEATH_NOTIFICATION: BR_CLEAR_DEATH_NOTIFICATION_DONE is queued, and
 *	the watch ends when that is read
 *
 * Clearing while FIRED or DELIVERED waits: the notification is delivered and
 * acknowledged first.  A watch whose handle goes is dropped silently.
 *
 * Who holds a watch: its ref until it is cleared, from then on the queue that it
 * goes through; and whoever fires it, for that moment.
 *
 * Locks: the watch is on node->watchers under the lock of the node's owner; all
 * else of it is guarded by the lock of its holder.  Never both: the owner's
 * death takes one watch after the other off the list, and fires it when it has
 * dropped the owner's lock.
 */
#ifndef BINDER_NOTIFY_H
#define BINDER_NOTIFY_H

#include <linux/refcount.h>

#include "work.h"

struct binder_node;
struct binder_proc;
struct binder_thread;

/**
 * struct binder_death - a process watches a node
 * @refs:    see above
 * @proc:    the holder, with a reference; fixed
 * @node:    with a reference; fixed
 * @cookie:  the holder's name for the watch; fixed
 * @watch:   on node->watchers while ARMED; guarded by the owner's lock
 * @work:    queued, or on proc->delivered_deaths
 * @cleared: the holder has cleared it
 * @over:    its handle has gone
 */
struct binder_death {
	refcount_t refs;
	struct binder_proc *proc;
	struct binder_node *node;
	u64 cookie;
	struct list_head watch;
	struct binder_work work;
	bool cleared;
	bool over;
};

void binder_death_request(struct binder_thread *thread, u32 handle, u64 cookie);
void binder_death_clear(struct binder_thread *thread, u32 handle, u64 cookie);
void binder_death_done(struct binder_thread *thread, u64 cookie);
void binder_death_cancel(struct binder_death *death);
void binder_death_fire_all(struct binder_node *node);
void binder_death_delivered_locked(struct binder_death *death);
void binder_death_put(struct binder_death *death);
int binder_death_init(void);
void binder_death_exit(void);

#endif /* BINDER_NOTIFY_H */
