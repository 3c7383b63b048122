// SPDX-License-Identifier: GPL-2.0-only
/* Nodes, and the conversation about their counts.  The essay is in node.h. */

#include <linux/err.h>
#include <linux/slab.h>

#include "abi.h"
#include "id.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"
#include "transaction.h"

static struct kmem_cache *node_cache;

/* The nodes that have outlived their owners. */
static LIST_HEAD(orphans);
static DEFINE_SPINLOCK(orphans_lock);

static struct binder_node *find_locked(struct binder_proc *proc, u64 ptr,
				       struct rb_node **parent, struct rb_node ***link)
{
	lockdep_assert_held(&proc->lock);
	*parent = NULL;
	*link = &proc->nodes.rb_node;
	while (**link) {
		struct binder_node *node = rb_entry(**link, struct binder_node, by_ptr);

		*parent = **link;
		if (ptr < node->ptr)
			*link = &(**link)->rb_left;
		else if (ptr > node->ptr)
			*link = &(**link)->rb_right;
		else
			return node;
	}
	return NULL;
}

static struct binder_node *node_create(struct binder_proc *proc,
				       const struct flat_binder_object *object)
{
	struct binder_node *node = kmem_cache_zalloc(node_cache, GFP_KERNEL_ACCOUNT);

	if (!node)
		return NULL;
	refcount_set(&node->refs, 1);
	node->proc = binder_proc_get(proc);
	node->ptr = object->binder;
	node->cookie = object->cookie;
	node->id = binder_id_next();
	node->flags = object->flags;
	binder_work_init(&node->work, BINDER_WORK_NODE);
	binder_stats_created(BINDER_STAT_NODE);
	return node;
}

static void node_free_rcu(struct rcu_head *rcu)
{
	struct binder_node *node = container_of(rcu, struct binder_node, rcu);

	binder_proc_put(node->proc);
	kmem_cache_free(node_cache, node);
	binder_stats_deleted(BINDER_STAT_NODE);
}

static void orphan_add(struct binder_node *node)
{
	spin_lock(&orphans_lock);
	list_add_tail(&node->orphan, &orphans);
	WRITE_ONCE(node->orphaned, true);
	spin_unlock(&orphans_lock);
}

/**
 * binder_node_next_dead() - go through the nodes that have outlived their owners
 * @node: the one before, whose reference is given up; NULL to begin
 *
 * Return: the next one with a reference for the caller, or NULL.
 */
struct binder_node *binder_node_next_dead(struct binder_node *node)
{
	struct list_head *at = node ? &node->orphan : &orphans;
	struct binder_node *next = NULL;

	spin_lock(&orphans_lock);
	while (!next && (at = at->next) != &orphans) {
		next = list_entry(at, struct binder_node, orphan);
		/* One that is just about to be freed waits for the lock. */
		if (!refcount_inc_not_zero(&next->refs))
			next = NULL;
	}
	spin_unlock(&orphans_lock);
	if (node)
		binder_node_put(node);
	return next;
}

/**
 * binder_node_free() - the last reference has gone; for binder_node_put()
 * @node: the node
 */
void binder_node_free(struct binder_node *node)
{
	/* Nobody else has it; who made it dead has seen to it that this is seen. */
	if (READ_ONCE(node->orphaned)) {
		spin_lock(&orphans_lock);
		list_del(&node->orphan);
		spin_unlock(&orphans_lock);
	}
	call_rcu(&node->rcu, node_free_rcu);
}

/**
 * binder_node_offer() - the node for an object that its owner sends
 * @proc:   the owner
 * @object: the object
 *
 * Makes the node at the first time.
 *
 * Context: may sleep; no proc->lock is held.
 * Return: the node, with a reference and a weak count for the caller; -ENOMEM; or
 * -EINVAL if the owner has offered the same pointer with another cookie.
 */
struct binder_node *binder_node_offer(struct binder_proc *proc,
				      const struct flat_binder_object *object)
{
	struct binder_node *fresh = NULL, *node;
	struct rb_node *parent, **link;

	spin_lock(&proc->lock);
	node = find_locked(proc, object->binder, &parent, &link);
	if (!node) {
		spin_unlock(&proc->lock);
		fresh = node_create(proc, object);
		if (!fresh)
			return ERR_PTR(-ENOMEM);
		spin_lock(&proc->lock);
		node = find_locked(proc, object->binder, &parent, &link);
	}
	if (!node) {
		node = fresh;
		fresh = NULL;
		rb_link_node(&node->by_ptr, parent, link);
		rb_insert_color(&node->by_ptr, &proc->nodes);
		proc->node_count++;
	}
	if (node->cookie == object->cookie) {
		binder_node_get(node);
		node->weak++;
	} else {
		node = ERR_PTR(-EINVAL);
	}
	spin_unlock(&proc->lock);
	if (fresh)
		binder_node_put(fresh);
	return node;
}

/**
 * binder_node_set_manager() - a node becomes handle 0 of its context
 * @node: offered by the caller, whose weak count and reference pass to the context
 *
 * The manager knows that it is needed; it is not told.
 */
void binder_node_set_manager(struct binder_node *node)
{
	spin_lock(&node->proc->lock);
	node->strong++;
	node->told_strong = true;
	node->told_weak = true;
	spin_unlock(&node->proc->lock);
}

static bool needs_strong(const struct binder_node *node)
{
	return node->strong || node->pending_strong;
}

static bool needs_weak(const struct binder_node *node)
{
	return node->weak || node->pending_weak || needs_strong(node);
}

/**
 * binder_node_in_step_locked() - does the owner know all there is to say of a node?
 * @node: the node; caller holds its proc->lock
 *
 * Return: true if it does.
 */
bool binder_node_in_step_locked(const struct binder_node *node)
{
	lockdep_assert_held(&node->proc->lock);
	return needs_strong(node) == node->told_strong && needs_weak(node) == node->told_weak;
}

/*
 * The counts or what the owner knows have changed: queue the node if the owner has to
 * hear of it, let the node go if nobody needs it.  What is queued keeps its place also
 * while there is nothing to say; a read drops it if that is still so.  News that the owner
 * causes itself by sending the object reach the thread that sends it (@teller),
 * together with what that thread reads anyway.
 */
static void settle_locked(struct binder_node *node, struct binder_thread *teller)
{
	struct binder_proc *proc = node->proc;

	lockdep_assert_held(&proc->lock);
	/* A read in progress settles it when it is over. */
	if (proc->dead || node->gone || node->sent)
		return;
	if (!binder_node_in_step_locked(node)) {
		if (binder_work_queued(&node->work))
			return;
		if (teller)
			binder_thread_defer_locked(teller, &node->work);
		else
			binder_proc_queue_locked(proc, &node->work, false);
	} else if (!needs_weak(node)) {
		list_del_init(&node->work.entry);
		node->gone = true;
		rb_erase(&node->by_ptr, &proc->nodes);
		proc->node_count--;
		binder_node_put(node);
	}
}

/**
 * binder_node_inc_locked() - somebody more needs a node
 * @node:   the node; caller holds its proc->lock and a reference
 * @strong: which count
 * @teller: the owner's thread that is sending the object; NULL if it isn't the
 *          owner who brings this about: then the object must be needed already,
 *          since the owner may be about to destroy it
 *
 * Return: 0, or -EINVAL where the object may be gone.
 */
int binder_node_inc_locked(struct binder_node *node, bool strong, struct binder_thread *teller)
{
	lockdep_assert_held(&node->proc->lock);
	if (node->gone)
		return -EINVAL;
	/* Mostly it is needed already, and stays so: nobody has to be told. */
	if (strong && node->strong && !teller) {
		node->strong++;
		return 0;
	}
	if (!teller && !node->proc->dead &&
	    (strong ? !needs_strong(node) && !node->told_strong :
		      !needs_weak(node) && !node->told_weak))
		return -EINVAL;
	if (strong)
		node->strong++;
	else
		node->weak++;
	/* What nobody is reading yet comes with this message, not with an older one. */
	if (strong && teller && !node->told_strong && !node->sent)
		list_del_init(&node->work.entry);
	settle_locked(node, teller);
	return 0;
}

/**
 * binder_node_dec_locked() - somebody needs a node no more
 * @node:   the node; caller holds its proc->lock and a reference
 * @strong: which count
 */
void binder_node_dec_locked(struct binder_node *node, bool strong)
{
	lockdep_assert_held(&node->proc->lock);
	if (strong)
		node->strong--;
	else
		node->weak--;
	/* Mostly it is needed still. */
	if (!strong || !node->strong)
		settle_locked(node, NULL);
}

/**
 * binder_node_inc() - binder_node_inc_locked() for callers without the lock
 * @node:   the node
 * @strong: which count
 * @teller: see there
 *
 * Return: 0 or -EINVAL.
 */
int binder_node_inc(struct binder_node *node, bool strong, struct binder_thread *teller)
{
	int ret;

	spin_lock(&node->proc->lock);
	ret = binder_node_inc_locked(node, strong, teller);
	spin_unlock(&node->proc->lock);
	return ret;
}

/**
 * binder_node_dec() - binder_node_dec_locked() for callers without the lock
 * @node:   the node
 * @strong: which count
 */
void binder_node_dec(struct binder_node *node, bool strong)
{
	spin_lock(&node->proc->lock);
	binder_node_dec_locked(node, strong);
	spin_unlock(&node->proc->lock);
}

/**
 * binder_node_tell_locked() - what the owner has to be told of a node now
 * @node: the node, whose work was just taken off its list; caller holds proc->lock
 *
 * From here on the owner counts as told, until binder_node_told_locked() or
 * binder_node_untell_locked() settles it.
 *
 * Return: bits of BINDER_NODE_TELL_, also in node->sent.
 */
u8 binder_node_tell_locked(struct binder_node *node)
{
	bool strong = needs_strong(node);
	bool weak = needs_weak(node);
	u8 tell = 0;

	lockdep_assert_held(&node->proc->lock);
	if (weak && !node->told_weak) {
		tell |= BINDER_NODE_TELL_INCREFS;
		node->pending_weak = true;
	}
	if (strong && !node->told_strong) {
		tell |= BINDER_NODE_TELL_ACQUIRE;
		node->pending_strong = true;
	}
	if (!strong && node->told_strong)
		tell |= BINDER_NODE_TELL_RELEASE;
	if (!weak && node->told_weak)
		tell |= BINDER_NODE_TELL_DECREFS;
	node->told_strong = strong;
	node->told_weak = weak;
	node->sent = tell;
	return tell;
}

/**
 * binder_node_told_locked() - the owner has got what it was told
 * @node: the node, its work off its list; caller holds proc->lock.  It may be gone
 *        afterwards.
 */
void binder_node_told_locked(struct binder_node *node)
{
	node->sent = 0;
	settle_locked(node, NULL);
}

/**
 * binder_node_untell_locked() - the owner could not read what it was told
 * @node: the node; caller holds proc->lock.  If it is still on its list, the caller
 *        queues it again.  It may be gone afterwards.
 */
void binder_node_untell_locked(struct binder_node *node)
{
	lockdep_assert_held(&node->proc->lock);
	if (node->sent & BINDER_NODE_TELL_INCREFS) {
		node->told_weak = false;
		node->pending_weak = false;
	}
	if (node->sent & BINDER_NODE_TELL_ACQUIRE) {
		node->told_strong = false;
		node->pending_strong = false;
	}
	if (node->sent & BINDER_NODE_TELL_RELEASE)
		node->told_strong = true;
	if (node->sent & BINDER_NODE_TELL_DECREFS)
		node->told_weak = true;
	node->sent = 0;
	settle_locked(node, NULL);
}

/**
 * binder_node_done() - BC_INCREFS_DONE, BC_ACQUIRE_DONE
 * @thread: the owner's
 * @ptr:    the object's pointer
 * @cookie: the object's cookie
 * @strong: which of the two
 */
void binder_node_done(struct binder_thread *thread, u64 ptr, u64 cookie, bool strong)
{
	struct binder_proc *proc = thread->proc;
	struct rb_node *parent, **link;
	const char *error = NULL;
	struct binder_node *node;

	spin_lock(&proc->lock);
	node = find_locked(proc, ptr, &parent, &link);
	if (!node) {
		error = "no such node";
	} else if (node->cookie != cookie) {
		error = "another cookie";
	} else if (strong ? !node->pending_strong : !node->pending_weak) {
		error = "nothing to acknowledge";
	} else {
		if (strong)
			node->pending_strong = false;
		else
			node->pending_weak = false;
		/* Where the other kind is pending yet: this is the place of what follows. */
		if (!(strong ? node->strong : node->weak) && !node->sent &&
		    !binder_work_queued(&node->work))
			binder_proc_queue_locked(proc, &node->work, false);
		settle_locked(node, NULL);
	}
	spin_unlock(&proc->lock);
	if (error)
		binder_user_error(thread, "%s u%016llx: %s\n",
				  strong ? "BC_ACQUIRE_DONE" : "BC_INCREFS_DONE", ptr, error);
}

/* The node with the next larger pointer, or NULL. */
static struct binder_node *behind_locked(struct binder_proc *proc, u64 ptr)
{
	struct rb_node *next = proc->nodes.rb_node;
	struct binder_node *found = NULL;

	while (next) {
		struct binder_node *node = rb_entry(next, struct binder_node, by_ptr);

		if (node->ptr <= ptr) {
			next = next->rb_right;
			continue;
		}
		found = node;
		next = next->rb_left;
	}
	return found;
}

/**
 * binder_node_next_locked() - go through the nodes of a process
 * @proc: the owner; caller holds its lock, which may be dropped between calls
 * @node: the one before, whose reference is given up; NULL to begin
 *
 * Return: the next one with a reference for the caller, or NULL.
 */
struct binder_node *binder_node_next_locked(struct binder_proc *proc, struct binder_node *node)
{
	struct binder_node *next;

	lockdep_assert_held(&proc->lock);
	if (node) {
		next = behind_locked(proc, node->ptr);
		binder_node_put(node);
	} else {
		next = rb_entry_safe(rb_first(&proc->nodes), struct binder_node, by_ptr);
	}
	return next ? binder_node_get(next) : NULL;
}

/**
 * binder_node_debug_info() - BINDER_GET_NODE_DEBUG_INFO
 * @proc: the owner
 * @info: its ptr: the pointer to go on from; set to what is known of the object
 *        with the next larger pointer, or all 0 at the end
 */
void binder_node_debug_info(struct binder_proc *proc, struct binder_node_debug_info *info)
{
	struct binder_node_debug_info found = {};
	struct binder_node *node;

	spin_lock(&proc->lock);
	node = behind_locked(proc, info->ptr);
	if (node) {
		found.ptr = node->ptr;
		found.cookie = node->cookie;
		found.has_strong_ref = node->told_strong;
		found.has_weak_ref = node->told_weak;
	}
	spin_unlock(&proc->lock);
	*info = found;
}

/**
 * binder_node_counts() - how much a node is needed, for BINDER_GET_NODE_INFO_FOR_REF
 * @node: the node
 * @info: its counts are set: strong ones, with the one that the owner is about to
 *        acknowledge, and weak ones other than handles, likewise
 */
void binder_node_counts(struct binder_node *node, struct binder_node_info_for_ref *info)
{
	spin_lock(&node->proc->lock);
	info->strong_count = node->strong + node->pending_strong;
	info->weak_count = node->weak - node->handles + node->pending_weak;
	spin_unlock(&node->proc->lock);
}

/* The next of a node's one-way calls may go, if there is one. */
static void next_oneway_locked(struct binder_node *node)
{
	struct list_head *next = node->oneway_todo.first;

	if (!next) {
		node->oneway_busy = false;
		return;
	}
	binder_ring_del(&node->oneway_todo, next);
	binder_proc_queue_locked(node->proc, list_entry(next, struct binder_work, entry), false);
}

/**
 * binder_node_call_done() - the buffer of a call of a node's is freed
 * @node:   the node, which the call holds no more
 * @oneway: it was a one-way call: the next may go
 */
void binder_node_call_done(struct binder_node *node, bool oneway)
{
	struct binder_proc *proc = node->proc;

	spin_lock(&proc->lock);
	/* binder_node_release_all() takes those that wait for a dead process. */
	if (oneway && !proc->dead)
		next_oneway_locked(node);
	binder_node_dec_locked(node, true);
	spin_unlock(&proc->lock);
}

/**
 * binder_node_release_all() - a process goes, and with it all that it offers
 * @proc:    the process, dead
 * @orphans: one-way calls that waited for their turn are put behind what is there
 *
 * Context: may sleep.
 */
void binder_node_release_all(struct binder_proc *proc, struct list_head *orphans)
{
	struct rb_node *first;

	spin_lock(&proc->lock);
	while ((first = rb_first(&proc->nodes))) {
		struct binder_node *node = rb_entry(first, struct binder_node, by_ptr);
		LIST_HEAD(waiting);

		list_del_init(&node->work.entry);
		binder_ring_move(&node->oneway_todo, &waiting);
		list_splice_tail(&waiting, orphans);
		rb_erase(&node->by_ptr, &proc->nodes);
		proc->node_count--;
		node->dead = true;
		orphan_add(node);
		binder_watch_node_died_locked(node);
		binder_node_put(node);
		spin_unlock(&proc->lock);
		cond_resched();
		spin_lock(&proc->lock);
	}
	spin_unlock(&proc->lock);
}

/**
 * binder_node_init() - set up what all nodes share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_node_init(void)
{
	node_cache = KMEM_CACHE(binder_node, 0);
	return node_cache ? 0 : -ENOMEM;
}

/** binder_node_exit() - undo binder_node_init(); all nodes are freed */
void binder_node_exit(void)
{
	kmem_cache_destroy(node_cache);
}
