// SPDX-License-Identifier: GPL-2.0-only
/* Death notifications.  The essay is in notify.h. */

#include <linux/sched.h>
#include <linux/slab.h>

#include "abi.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"

static struct kmem_cache *death_cache;

static struct binder_death *death_create(struct binder_proc *proc, u64 cookie)
{
	struct binder_death *death = kmem_cache_zalloc(death_cache, GFP_KERNEL_ACCOUNT);

	if (!death)
		return NULL;
	refcount_set(&death->refs, 1);
	death->proc = binder_proc_get(proc);
	death->cookie = cookie;
	INIT_LIST_HEAD(&death->watch);
	binder_work_init(&death->work, BINDER_WORK_DEATH);
	binder_stats_created(BINDER_STAT_DEATH);
	return death;
}

/**
 * binder_death_put() - give up a reference to a watch
 * @death: the watch
 *
 * Context: any; the caller holds its process by other means if it has its lock.
 */
void binder_death_put(struct binder_death *death)
{
	if (!refcount_dec_and_test(&death->refs))
		return;
	if (death->node)
		binder_node_put(death->node);
	binder_proc_put(death->proc);
	kmem_cache_free(death_cache, death);
	binder_stats_deleted(BINDER_STAT_DEATH);
}

/* The watched node is dead: tell the holder, unless it does not care any more. */
static void death_fire(struct binder_death *death)
{
	struct binder_proc *proc = death->proc;

	spin_lock(&proc->lock);
	if (!death->over && !death->cleared && !proc->dead)
		binder_proc_queue_locked(proc, &death->work, false);
	spin_unlock(&proc->lock);
}

/**
 * binder_death_fire_all() - a node has died
 * @node: the node, dead
 *
 * Context: may sleep; caller holds a reference to @node and no proc->lock.
 */
void binder_death_fire_all(struct binder_node *node)
{
	struct binder_proc *owner = node->proc;
	struct binder_death *death;

	spin_lock(&owner->lock);
	while ((death = list_first_entry_or_null(&node->watchers, struct binder_death, watch))) {
		list_del_init(&death->watch);
		refcount_inc(&death->refs);
		spin_unlock(&owner->lock);
		death_fire(death);
		binder_death_put(death);
		cond_resched();
		spin_lock(&owner->lock);
	}
	spin_unlock(&owner->lock);
}

/* Put the watch on its node. Returns false if that is dead already. */
static bool death_arm(struct binder_death *death)
{
	struct binder_proc *owner = death->node->proc;
	bool alive;

	spin_lock(&owner->lock);
	alive = !death->node->dead;
	if (alive)
		list_add_tail(&death->watch, &death->node->watchers);
	spin_unlock(&owner->lock);
	return alive;
}

static void death_disarm(struct binder_death *death)
{
	struct binder_proc *owner = death->node->proc;

	spin_lock(&owner->lock);
	list_del_init(&death->watch);
	spin_unlock(&owner->lock);
}

/**
 * binder_death_request() - BC_REQUEST_DEATH_NOTIFICATION
 * @thread: the holder's
 * @handle: of the node to watch
 * @cookie: the holder's name for the watch
 *
 * Where the node is dead already the notification comes at once.  A call that
 * can't be served is answered with BR_ERROR, as there is no other answer to it.
 */
void binder_death_request(struct binder_thread *thread, u32 handle, u64 cookie)
{
	struct binder_proc *proc = thread->proc;
	struct binder_death *death = death_create(proc, cookie);
	const char *error = NULL;
	struct binder_ref *ref;

	if (!death) {
		binder_thread_fail(thread, BR_ERROR, binder_no_failure());
		return;
	}
	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	if (!ref) {
		error = "no such handle";
	} else if (ref->death) {
		error = "is watched already";
	} else {
		death->node = binder_node_get(ref->node);
		ref->death = death;
		if (!death_arm(death))
			death_fire(death);
	}
	mutex_unlock(&proc->handles.lock);
	if (error) {
		binder_user_error(thread, "BC_REQUEST_DEATH_NOTIFICATION handle %u: %s\n",
				  handle, error);
		binder_death_put(death);
	}
}

/* The watch ends: say so to the thread that asked, if it reads, else to any. */
static void death_end_locked(struct binder_death *death, struct binder_thread *thread)
{
	death->work.type = BINDER_WORK_DEATH_CLEARED;
	if (binder_thread_is_looper(thread))
		binder_thread_queue_locked(thread, &death->work, false);
	else
		binder_proc_queue_locked(thread->proc, &death->work, false);
}

/**
 * binder_death_clear() - BC_CLEAR_DEATH_NOTIFICATION
 * @thread: the holder's
 * @handle: of the node that is watched
 * @cookie: the cookie of the request
 */
void binder_death_clear(struct binder_thread *thread, u32 handle, u64 cookie)
{
	struct binder_proc *proc = thread->proc;
	struct binder_death *death = NULL;
	const char *error = NULL;
	struct binder_ref *ref;

	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	if (!ref) {
		error = "no such handle";
	} else if (!ref->death) {
		error = "is not watched";
	} else if (ref->death->cookie != cookie) {
		error = "is watched with another cookie";
	} else {
		/* The reference passes from the ref to the queue. */
		death = ref->death;
		ref->death = NULL;
		death_disarm(death);
		spin_lock(&proc->lock);
		death->cleared = true;
		if (!binder_work_queued(&death->work))
			death_end_locked(death, thread);
		spin_unlock(&proc->lock);
	}
	mutex_unlock(&proc->handles.lock);
	if (error)
		binder_user_error(thread, "BC_CLEAR_DEATH_NOTIFICATION handle %u: %s\n",
				  handle, error);
}

/**
 * binder_death_done() - BC_DEAD_BINDER_DONE
 * @thread: the holder's
 * @cookie: of the notification that was delivered
 */
void binder_death_done(struct binder_thread *thread, u64 cookie)
{
	struct binder_proc *proc = thread->proc;
	struct binder_death *death;
	bool found = false;

	spin_lock(&proc->lock);
	list_for_each_entry(death, &proc->delivered_deaths, work.entry) {
		if (death->cookie != cookie)
			continue;
		list_del_init(&death->work.entry);
		if (death->cleared)
			death_end_locked(death, thread);
		found = true;
		break;
	}
	spin_unlock(&proc->lock);
	if (!found)
		binder_user_error(thread, "BC_DEAD_BINDER_DONE %016llx: not delivered\n", cookie);
}

/**
 * binder_death_cancel() - the handle of a watch goes
 * @death: the watch, of a ref
 *
 * Context: caller holds the holder's handles.lock.
 */
void binder_death_cancel(struct binder_death *death)
{
	death_disarm(death);
	spin_lock(&death->proc->lock);
	death->over = true;
	list_del_init(&death->work.entry);
	spin_unlock(&death->proc->lock);
	binder_death_put(death);
}

/**
 * binder_death_delivered_locked() - BR_DEAD_BINDER has been read
 * @death: the watch, off its list; caller holds the holder's lock
 */
void binder_death_delivered_locked(struct binder_death *death)
{
	lockdep_assert_held(&death->proc->lock);
	list_add_tail(&death->work.entry, &death->proc->delivered_deaths);
}

/**
 * binder_death_init() - set up what all watches share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_death_init(void)
{
	death_cache = KMEM_CACHE(binder_death, 0);
	return death_cache ? 0 : -ENOMEM;
}

/** binder_death_exit() - undo binder_death_init(); no watch is left */
void binder_death_exit(void)
{
	kmem_cache_destroy(death_cache);
}
