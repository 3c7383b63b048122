// SPDX-License-Identifier: GPL-2.0-only
/* Watches for deaths and freezing.  The essay is in notify.h. */

#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "abi.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"

static struct kmem_cache *watch_cache;

static const char * const kind_names[BINDER_WATCH_KINDS] = {
	[BINDER_WATCH_DEATH] = "DEATH",
	[BINDER_WATCH_FREEZE] = "FREEZE",
};

static enum binder_stat_object stat_of(enum binder_watch_kind kind)
{
	return kind == BINDER_WATCH_DEATH ? BINDER_STAT_DEATH : BINDER_STAT_FREEZE;
}

static struct binder_watch *watch_create(struct binder_proc *proc, u64 cookie,
					 enum binder_watch_kind kind)
{
	struct binder_watch *watch = kmem_cache_zalloc(watch_cache, GFP_KERNEL_ACCOUNT);

	if (!watch)
		return NULL;
	refcount_set(&watch->refs, 1);
	watch->kind = kind;
	watch->proc = binder_proc_get(proc);
	watch->cookie = cookie;
	INIT_LIST_HEAD(&watch->armed);
	binder_work_init(&watch->work, BINDER_WORK_WATCH);
	binder_stats_created(stat_of(kind));
	return watch;
}

/**
 * binder_watch_put() - give up a reference to a watch
 * @watch: the watch
 *
 * Context: any; the caller holds its process by other means if it has its lock.
 */
void binder_watch_put(struct binder_watch *watch)
{
	if (!refcount_dec_and_test(&watch->refs))
		return;
	if (watch->node)
		binder_node_put(watch->node);
	binder_proc_put(watch->proc);
	binder_stats_deleted(stat_of(watch->kind));
	kmem_cache_free(watch_cache, watch);
}

/* There is news for the holder, unless it does not care any more. */
static void watch_news(struct binder_watch *watch)
{
	struct binder_proc *proc = watch->proc;

	spin_lock(&proc->lock);
	if (!watch->over && !watch->cleared && !proc->dead) {
		/* The latest; who changed it later than we read it comes after us. */
		watch->frozen = READ_ONCE(watch->node->proc->frozen_wholly);
		watch->again = watch->taken;
		if (!binder_work_queued(&watch->work))
			binder_proc_queue_locked(proc, &watch->work, false);
	}
	spin_unlock(&proc->lock);
}

/* There is news; the lock of the node's owner is dropped for that. */
static void watch_news_locked(struct binder_proc *owner, struct binder_watch *watch)
{
	refcount_inc(&watch->refs);
	spin_unlock(&owner->lock);
	watch_news(watch);
	binder_watch_put(watch);
	cond_resched();
	spin_lock(&owner->lock);
}

/**
 * binder_watch_node_died_locked() - a node has died
 * @node: the node, dead; caller holds a reference and its proc->lock, which is dropped
 *        for each who wants to know
 *
 * Context: may sleep.
 */
void binder_watch_node_died_locked(struct binder_node *node)
{
	struct binder_ring *watches = &node->watches[BINDER_WATCH_DEATH];
	struct binder_proc *owner = node->proc;
	struct list_head *first;

	lockdep_assert_held(&owner->lock);
	while ((first = watches->first)) {
		binder_ring_del(watches, first);
		watch_news_locked(owner, list_entry(first, struct binder_watch, armed));
	}
}

/**
 * binder_watch_proc_frozen() - a process was frozen or thawed
 * @owner: the process
 *
 * If others do the same meanwhile, each tells what is the case at the time, and the
 * last one tells everybody.
 *
 * Context: may sleep; caller holds no proc->lock.
 */
void binder_watch_proc_frozen(struct binder_proc *owner)
{
	struct binder_node *node = NULL;

	spin_lock(&owner->lock);
	while ((node = binder_node_next_locked(owner, node))) {
		struct binder_ring *watches = &node->watches[BINDER_WATCH_FREEZE];
		LIST_HEAD(old);

		binder_ring_move(watches, &old);
		while (!list_empty(&old)) {
			struct binder_watch *watch = list_first_entry(&old, struct binder_watch,
								      armed);

			list_del_init(&watch->armed);
			binder_ring_add(watches, &watch->armed);
			watch_news_locked(owner, watch);
		}
		cond_resched_lock(&owner->lock);
	}
	spin_unlock(&owner->lock);
}

/* Put the watch on its node.  Returns whether there is news at once. */
static bool watch_arm(struct binder_watch *watch)
{
	struct binder_node *node = watch->node;
	bool dead;

	spin_lock(&node->proc->lock);
	dead = node->dead;
	if (!dead)
		binder_ring_add(&node->watches[watch->kind], &watch->armed);
	spin_unlock(&node->proc->lock);
	return dead == (watch->kind == BINDER_WATCH_DEATH);
}

static void watch_disarm(struct binder_watch *watch)
{
	struct binder_proc *owner = watch->node->proc;

	spin_lock(&owner->lock);
	binder_ring_del(&watch->node->watches[watch->kind], &watch->armed);
	spin_unlock(&owner->lock);
}

/**
 * binder_watch_find() - a handle's watch of a kind
 * @ref:  the ref; caller holds its handles.lock
 * @kind: the kind
 *
 * Return: what points to the watch, or to NULL where there is none.
 */
struct binder_watch **binder_watch_find(struct binder_ref *ref, enum binder_watch_kind kind)
{
	struct binder_watch **link = &ref->watches;

	while (*link && (*link)->kind != kind)
		link = &(*link)->next;
	return link;
}

/*
 * What a wrong command comes to.  Those about deaths are older than the idea that
 * they can fail, and their clients don't expect it.
 */
static int refuse(struct binder_thread *thread, enum binder_watch_kind kind,
		  const char *what, u32 handle, const char *error)
{
	if (!error)
		return 0;
	binder_user_error(thread, "BC_%s_%s_NOTIFICATION handle %u: %s\n", what,
			  kind_names[kind], handle, error);
	return kind == BINDER_WATCH_DEATH ? 0 : -EINVAL;
}

/**
 * binder_watch_request() - BC_REQUEST_DEATH_NOTIFICATION, BC_REQUEST_FREEZE_NOTIFICATION
 * @thread: the holder's
 * @handle: of the node to watch
 * @cookie: the holder's name for the watch
 * @kind:   what to watch for
 *
 * Where the node is dead already that is news at once; whether it is frozen, always.
 *
 * Return: 0; for a freeze watch -EINVAL or -ENOMEM.  For a death, a lack of memory is
 * answered with BR_ERROR, as there is no other answer to it.
 */
int binder_watch_request(struct binder_thread *thread, u32 handle, u64 cookie,
			 enum binder_watch_kind kind)
{
	struct binder_proc *proc = thread->proc;
	struct binder_watch *watch = watch_create(proc, cookie, kind);
	const char *error = NULL;
	struct binder_ref *ref;

	if (!watch && kind == BINDER_WATCH_FREEZE)
		return -ENOMEM;
	if (!watch) {
		binder_thread_fail(thread, BR_ERROR, 0, binder_no_failure());
		return 0;
	}
	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	if (!ref) {
		error = "no such handle";
	} else if (*binder_watch_find(ref, kind)) {
		error = "is watched already";
	} else {
		watch->node = binder_node_get(ref->node);
		watch->next = ref->watches;
		ref->watches = watch;
		if (watch_arm(watch))
			watch_news(watch);
	}
	mutex_unlock(&proc->handles.lock);
	if (error)
		binder_watch_put(watch);
	return refuse(thread, kind, "REQUEST", handle, error);
}

/* The watch ends: say so. */
static void watch_end_locked(struct binder_watch *watch, struct binder_thread *thread)
{
	watch->work.type = BINDER_WORK_WATCH_CLEARED;
	/* Of a death, to the thread that asked, if it reads. */
	if (watch->kind == BINDER_WATCH_DEATH && binder_thread_is_looper(thread))
		binder_thread_queue_locked(thread, &watch->work, false);
	else
		binder_proc_queue_locked(thread->proc, &watch->work, false);
}

static void clear_locked(struct binder_watch *watch, struct binder_thread *thread)
{
	watch->cleared = true;
	if (!binder_work_queued(&watch->work))
		watch_end_locked(watch, thread);
	else if (watch->kind == BINDER_WATCH_FREEZE && !watch->taken)
		watch->work.type = BINDER_WORK_WATCH_CLEARED;
}

/**
 * binder_watch_clear() - BC_CLEAR_DEATH_NOTIFICATION, BC_CLEAR_FREEZE_NOTIFICATION
 * @thread: the holder's
 * @handle: of the node that is watched
 * @cookie: the cookie of the request
 * @kind:   what it is watched for
 *
 * Return: 0; for a freeze watch -EINVAL.
 */
int binder_watch_clear(struct binder_thread *thread, u32 handle, u64 cookie,
		       enum binder_watch_kind kind)
{
	struct binder_proc *proc = thread->proc;
	struct binder_watch **link, *watch;
	const char *error = NULL;
	struct binder_ref *ref;

	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	link = ref ? binder_watch_find(ref, kind) : NULL;
	watch = link ? *link : NULL;
	if (!ref) {
		error = "no such handle";
	} else if (!watch) {
		error = "is not watched";
	} else if (watch->cookie != cookie) {
		error = "is watched with another cookie";
	} else {
		/* The reference passes from the ref to the queue. */
		*link = watch->next;
		watch_disarm(watch);
		spin_lock(&proc->lock);
		clear_locked(watch, thread);
		spin_unlock(&proc->lock);
	}
	mutex_unlock(&proc->handles.lock);
	return refuse(thread, kind, "CLEAR", handle, error);
}

static struct binder_watch *find_delivered_locked(struct binder_proc *proc, u64 cookie,
						  enum binder_watch_kind kind)
{
	struct binder_watch *watch;

	list_for_each_entry(watch, &proc->delivered, work.entry)
		if (watch->cookie == cookie && watch->kind == kind)
			return watch;
	return NULL;
}

/**
 * binder_watch_done() - BC_DEAD_BINDER_DONE, BC_FREEZE_NOTIFICATION_DONE
 * @thread: the holder's
 * @cookie: of the notification that was delivered
 * @kind:   what it was about
 *
 * Return: 0; for a freeze watch -EINVAL.
 */
int binder_watch_done(struct binder_thread *thread, u64 cookie, enum binder_watch_kind kind)
{
	struct binder_proc *proc = thread->proc;
	struct binder_watch *watch;

	spin_lock(&proc->lock);
	watch = find_delivered_locked(proc, cookie, kind);
	if (watch) {
		list_del_init(&watch->work.entry);
		watch->taken = false;
		if (watch->cleared)
			watch_end_locked(watch, thread);
		else if (watch->again)
			binder_proc_queue_locked(proc, &watch->work, false);
		watch->again = false;
	}
	spin_unlock(&proc->lock);
	if (watch)
		return 0;
	binder_user_error(thread, "%s %016llx: not delivered\n",
			  kind == BINDER_WATCH_DEATH ? "BC_DEAD_BINDER_DONE" :
			  "BC_FREEZE_NOTIFICATION_DONE", cookie);
	return kind == BINDER_WATCH_DEATH ? 0 : -EINVAL;
}

/**
 * binder_watch_cancel() - the handle of a watch goes
 * @watch: the watch, of a ref
 *
 * Context: caller holds the holder's handles.lock.
 */
void binder_watch_cancel(struct binder_watch *watch)
{
	watch_disarm(watch);
	spin_lock(&watch->proc->lock);
	watch->over = true;
	list_del_init(&watch->work.entry);
	spin_unlock(&watch->proc->lock);
	binder_watch_put(watch);
}

/**
 * binder_watch_delivered_locked() - news have been read
 * @watch: the watch, off its list; caller holds the holder's lock
 */
void binder_watch_delivered_locked(struct binder_watch *watch)
{
	lockdep_assert_held(&watch->proc->lock);
	list_add_tail(&watch->work.entry, &watch->proc->delivered);
}

/**
 * binder_watch_undelivered_locked() - news could not be read
 * @watch: the watch, which its caller queues again; caller holds the holder's lock
 */
void binder_watch_undelivered_locked(struct binder_watch *watch)
{
	lockdep_assert_held(&watch->proc->lock);
	watch->taken = false;
	watch->again = false;
	if (watch->cleared && watch->kind == BINDER_WATCH_FREEZE)
		watch->work.type = BINDER_WORK_WATCH_CLEARED;
}

/**
 * binder_watch_init() - set up what all watches share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_watch_init(void)
{
	watch_cache = KMEM_CACHE(binder_watch, 0);
	return watch_cache ? 0 : -ENOMEM;
}

/** binder_watch_exit() - undo binder_watch_init(); no watch is left */
void binder_watch_exit(void)
{
	kmem_cache_destroy(watch_cache);
}
