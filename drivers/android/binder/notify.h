/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches: a process wants to hear of a node's death, or that it is frozen.
 *
 * A node is watched through a handle; a handle has one watch of each kind at most.
 *
 *	IDLE ---- there is news: queued ----> QUEUED ---- read ----> DELIVERED
 *	  ^                                                             |
 *	  +---------------- BC_..._DONE ----- no more news -------------+
 *
 * A death is news once: BR_DEAD_BINDER.  For a freeze watch, what the state is at the
 * beginning and whatever BINDER_FREEZE says later is news: BR_FROZEN_BINDER tells
 * the latest; what comes while one is DELIVERED is told after the acknowledgment.
 *
 * BC_CLEAR_..._NOTIFICATION ends a watch; when BR_CLEAR_..._NOTIFICATION_DONE is read
 * it is gone.  While DELIVERED the acknowledgment comes first.  While QUEUED a
 * death is still told and acknowledged, the state of a node is not told any more.  A
 * watch whose handle goes is dropped silently.
 *
 * Who holds a watch: its ref until it is cleared, from then on the queue that it
 * goes through; and whoever brings it news, for that moment.
 *
 * Locks: the watch is on a list of its node under the lock of the node's owner; all
 * else of it is guarded by the lock of its holder.  Never both: who has news takes
 * one watch after the other off the list, and queues it when it has dropped the
 * owner's lock.
 */
#ifndef BINDER_NOTIFY_H
#define BINDER_NOTIFY_H

#include <linux/refcount.h>

#include "work.h"

struct binder_node;
struct binder_proc;
struct binder_ref;
struct binder_thread;

/**
 * enum binder_watch_kind - what is watched for
 * @BINDER_WATCH_DEATH:  the death of the node's owner
 * @BINDER_WATCH_FREEZE: whether it is frozen
 * @BINDER_WATCH_KINDS:  how many kinds there are
 */
enum binder_watch_kind { BINDER_WATCH_DEATH, BINDER_WATCH_FREEZE, BINDER_WATCH_KINDS };

/**
 * struct binder_watch - a process watches a node
 * @refs:    see above
 * @kind:    what for; fixed
 * @taken:   a read in progress has it, so that the news count as DELIVERED
 * @again:   there was more news meanwhile
 * @frozen:  the latest
 * @cleared: the holder has cleared it
 * @over:    its handle has gone
 * @proc:    the holder, with a reference; fixed
 * @node:    with a reference; fixed
 * @cookie:  the holder's name for the watch; fixed
 * @next:    its ref's other watch; guarded by the holder's handles.lock
 * @armed:   on node->watches; guarded by the owner's lock
 * @work:    QUEUED, or on proc->delivered
 */
struct binder_watch {
	refcount_t refs;
	u8 kind;
	bool taken : 1;
	bool again : 1;
	bool frozen : 1;
	bool cleared : 1;
	bool over : 1;
	struct binder_proc *proc;
	struct binder_node *node;
	u64 cookie;
	struct binder_watch *next;
	struct list_head armed;
	struct binder_work work;
};

struct binder_watch **binder_watch_find(struct binder_ref *ref, enum binder_watch_kind kind);

int binder_watch_request(struct binder_thread *thread, u32 handle, u64 cookie,
			 enum binder_watch_kind kind);
int binder_watch_clear(struct binder_thread *thread, u32 handle, u64 cookie,
		       enum binder_watch_kind kind);
int binder_watch_done(struct binder_thread *thread, u64 cookie, enum binder_watch_kind kind);
void binder_watch_cancel(struct binder_watch *watch);
void binder_watch_node_died_locked(struct binder_node *node);
void binder_watch_proc_frozen(struct binder_proc *owner);
void binder_watch_delivered_locked(struct binder_watch *watch);
void binder_watch_undelivered_locked(struct binder_watch *watch);
void binder_watch_put(struct binder_watch *watch);
int binder_watch_init(void);
void binder_watch_exit(void);

#endif /* BINDER_NOTIFY_H */
