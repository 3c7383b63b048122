/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Node: an object that a process offers, known to it by a pointer and a cookie.
 *
 * A node is made when its owner first sends the object, and exists while
 * anybody needs it.  Two counts say who does:
 *
 *	strong	each handle with a strong count; each buffer that was sent to the
 *		node or that carries it back to its owner; the context, for its
 *		manager
 *	weak	each handle; each buffer that carries it back weakly; anybody who
 *		is just about to take one of these
 *
 * The conversation.  The owner is told when the counts become or cease to be 0, so
 * that it keeps the object as long as it is needed: BR_INCREFS and BR_ACQUIRE,
 * which it acknowledges (BC_INCREFS_DONE, BC_ACQUIRE_DONE), BR_RELEASE and
 * BR_DECREFS.  For each of strong and weak:
 *
 *	needed	the count is not 0, or the owner has not acknowledged yet
 *	told	the owner has been told that it is needed
 *
 * and whenever needed and told differ, node->work is queued.  What to say is
 * found out when it is delivered.  When nothing is needed and the owner knows,
 * the node is taken out of the process and is gone.  Strongly needed implies
 * weakly needed.
 *
 * One-way calls go to a node one at a time: while one is queued or being worked
 * on (@oneway_busy) others wait in @oneway_todo; freeing the buffer of the one
 * lets the next go.
 *
 * Death.  When the owner goes, its nodes are @dead; those who hold handles keep
 * the memory.  A node keeps its owner's struct binder_proc, so that proc->lock,
 * which guards the node, is there for as long as the node, dead or not.
 */
#ifndef BINDER_NODE_H
#define BINDER_NODE_H

#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "notify.h"
#include "ring.h"
#include "work.h"

struct binder_proc;
struct binder_node_debug_info;
struct binder_node_info_for_ref;
struct binder_thread;
struct flat_binder_object;

/**
 * struct binder_node - an object that a process offers
 * @refs:   memory: the owner's table, each handle, each buffer, whoever uses it;
 *          may be taken under RCU by refcount_inc_not_zero()
 * @flags:  FLAT_BINDER_FLAG_, as first sent; fixed
 * @proc:   the owner, with a reference; fixed
 * @by_ptr: in proc->nodes, unless @gone or @dead
 * @orphan: in the list of all dead nodes, guarded by its lock
 * @rcu:    for freeing, when it is in neither
 * @ptr:    the owner's name for the object; fixed
 * @cookie: the owner's, delivered with each call; fixed
 * @id:     a number of its own in all the system; fixed
 * @strong: see above
 * @weak:   see above
 * @handles: how many of @weak are handles
 * @told_strong:    the owner knows that it is needed strongly
 * @told_weak:      the owner knows that it is needed
 * @pending_strong: BR_ACQUIRE was sent and not acknowledged
 * @pending_weak:   BR_INCREFS was sent and not acknowledged
 * @dead:   the owner has gone
 * @gone:   nobody needed it any more; it can't be used again
 * @oneway_busy: a one-way call is queued or being worked on
 * @sent:   what the read in progress tells, as bits of BINDER_NODE_TELL_
 * @orphaned: it is @dead and in the list of all dead nodes
 * @holders: the refs of its handles
 * @work:   queued when the owner has to be told something
 * @oneway_todo: the ones behind it
 * @watches:     those who want to hear of it, see notify.h
 *
 * Guarded by proc->lock unless fixed.  There may be many: mind the holes.
 */
struct binder_node {
	refcount_t refs;
	u32 flags;
	struct binder_proc *proc;
	union {
		struct rb_node by_ptr;
		struct list_head orphan;
		struct rcu_head rcu;
	};
	u64 ptr;
	u64 cookie;
	u64 id;
	u32 strong;
	u32 weak;
	u32 handles;
	u8 told_strong : 1;
	u8 told_weak : 1;
	u8 pending_strong : 1;
	u8 pending_weak : 1;
	u8 dead : 1;
	u8 gone : 1;
	u8 oneway_busy : 1;
	u8 sent;
	bool orphaned;
	struct hlist_head holders;
	struct binder_work work;
	struct binder_ring oneway_todo;
	struct binder_ring watches[BINDER_WATCH_KINDS];
};

/* In the order in which they are told. */
#define BINDER_NODE_TELL_INCREFS	BIT(0)
#define BINDER_NODE_TELL_ACQUIRE	BIT(1)
#define BINDER_NODE_TELL_RELEASE	BIT(2)
#define BINDER_NODE_TELL_DECREFS	BIT(3)

struct binder_node *binder_node_offer(struct binder_proc *proc,
				      const struct flat_binder_object *object);
void binder_node_set_manager(struct binder_node *node);
int binder_node_inc_locked(struct binder_node *node, bool strong, struct binder_thread *teller);
void binder_node_dec_locked(struct binder_node *node, bool strong);
int binder_node_inc(struct binder_node *node, bool strong, struct binder_thread *teller);
void binder_node_dec(struct binder_node *node, bool strong);
u8 binder_node_tell_locked(struct binder_node *node);
bool binder_node_in_step_locked(const struct binder_node *node);
void binder_node_told_locked(struct binder_node *node);
void binder_node_untell_locked(struct binder_node *node);
void binder_node_done(struct binder_thread *thread, u64 ptr, u64 cookie, bool strong);
struct binder_node *binder_node_next_dead(struct binder_node *node);
struct binder_node *binder_node_next_locked(struct binder_proc *proc, struct binder_node *node);
void binder_node_debug_info(struct binder_proc *proc, struct binder_node_debug_info *info);
void binder_node_counts(struct binder_node *node, struct binder_node_info_for_ref *info);
void binder_node_call_done(struct binder_node *node, bool oneway);
void binder_node_release_all(struct binder_proc *proc, struct list_head *orphans);
void binder_node_free(struct binder_node *node);
int binder_node_init(void);
void binder_node_exit(void);

static inline struct binder_node *binder_node_get(struct binder_node *node)
{
	refcount_inc(&node->refs);
	return node;
}

static inline void binder_node_put(struct binder_node *node)
{
	if (refcount_dec_and_test(&node->refs))
		binder_node_free(node);
}

#endif /* BINDER_NODE_H */
