// SPDX-License-Identifier: GPL-2.0-only
/* Handles.  The essay is in handle.h. */

#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "context.h"
#include "handle.h"
#include "id.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "stats.h"

static struct kmem_cache *ref_cache;

/**
 * binder_handles_init() - an empty table
 * @handles: what to set up
 */
void binder_handles_init(struct binder_handles *handles)
{
	mutex_init(&handles->lock);
	xa_init_flags(&handles->table, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	handles->by_node = RB_ROOT;
}

/**
 * binder_handles_destroy() - a table is used no more
 * @handles: after binder_handle_release_all(), or never used
 */
void binder_handles_destroy(struct binder_handles *handles)
{
	/* An empty table holds no memory, and its lock is not for softirqs. */
	WARN_ON_ONCE(!xa_empty(&handles->table));
	mutex_destroy(&handles->lock);
}

/**
 * binder_handle_get_node() - the node behind a handle
 * @proc:   the holder
 * @handle: its handle
 * @strong: only if it is held strongly
 *
 * Return: the node with a reference for the caller; -ENOENT where there is no
 * such handle, -EPERM where it is only held weakly.
 */
struct binder_node *binder_handle_get_node(struct binder_proc *proc, u32 handle, bool strong)
{
	struct binder_node *node = ERR_PTR(-ENOENT);
	struct binder_ref *ref;

	rcu_read_lock();
	ref = xa_load(&proc->handles.table, handle);
	if (ref) {
		if (strong && !READ_ONCE(ref->strong))
			node = ERR_PTR(-EPERM);
		else if (refcount_inc_not_zero(&ref->node->refs))
			node = ref->node;
	}
	rcu_read_unlock();
	return node;
}

/**
 * binder_handle_id() - what the ref behind a handle is called in logs
 * @proc:   the holder
 * @handle: its handle
 *
 * Return: the id, or 0 where there is no such handle.
 */
u64 binder_handle_id(struct binder_proc *proc, u32 handle)
{
	struct binder_ref *ref;
	u64 id;

	rcu_read_lock();
	ref = xa_load(&proc->handles.table, handle);
	id = ref ? ref->id : 0;
	rcu_read_unlock();
	return id;
}

/**
 * binder_handle_find_locked() - the ref behind a handle
 * @proc:   the holder; caller holds its handles.lock
 * @handle: its handle
 *
 * Return: the ref or NULL.
 */
struct binder_ref *binder_handle_find_locked(struct binder_proc *proc, u32 handle)
{
	lockdep_assert_held(&proc->handles.lock);
	return xa_load(&proc->handles.table, handle);
}

static struct binder_ref *find_node_locked(struct binder_handles *handles,
					   const struct binder_node *node,
					   struct rb_node **parent, struct rb_node ***link)
{
	*parent = NULL;
	*link = &handles->by_node.rb_node;
	while (**link) {
		struct binder_ref *ref = rb_entry(**link, struct binder_ref, by_node);

		*parent = **link;
		if (node < ref->node)
			*link = &(**link)->rb_left;
		else if (node > ref->node)
			*link = &(**link)->rb_right;
		else
			return ref;
	}
	return NULL;
}

static void ref_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(ref_cache, container_of(rcu, struct binder_ref, rcu));
	binder_stats_deleted(BINDER_STAT_REF);
}

/* Count one more; the first strong count is one for the node, too. */
static int ref_inc_locked(struct binder_ref *ref, bool strong, struct binder_thread *teller)
{
	int ret = 0;

	if (strong) {
		if (ref->strong == U32_MAX)
			return -EOVERFLOW;
		if (!ref->strong)
			ret = binder_node_inc(ref->node, true, teller);
		if (!ret)
			WRITE_ONCE(ref->strong, ref->strong + 1);
	} else {
		if (ref->weak == U32_MAX)
			return -EOVERFLOW;
		WRITE_ONCE(ref->weak, ref->weak + 1);
	}
	return ret;
}

/* A handle more, or one less, of a node: a weak count of a kind of its own. */
static int count_handle(struct binder_ref *ref, struct binder_thread *teller)
{
	struct binder_node *node = ref->node;
	int ret;

	spin_lock(&node->proc->lock);
	ret = binder_node_inc_locked(node, false, teller);
	if (!ret) {
		node->handles++;
		hlist_add_head(&ref->holder, &node->holders);
	}
	spin_unlock(&node->proc->lock);
	return ret;
}

static void uncount_handle(struct binder_ref *ref)
{
	struct binder_node *node = ref->node;

	spin_lock(&node->proc->lock);
	hlist_del(&ref->holder);
	node->handles--;
	binder_node_dec_locked(node, false);
	spin_unlock(&node->proc->lock);
}

/* Nobody holds the ref any more. */
static void ref_remove_locked(struct binder_proc *proc, struct binder_ref *ref)
{
	struct binder_node *node = ref->node;
	struct binder_watch *watch;

	xa_erase(&proc->handles.table, ref->handle);
	rb_erase(&ref->by_node, &proc->handles.by_node);
	while ((watch = ref->watches)) {
		ref->watches = watch->next;
		binder_watch_cancel(watch);
	}
	uncount_handle(ref);
	binder_node_put(node);
	call_rcu(&ref->rcu, ref_free_rcu);
}

/* Give @node a handle. The new ref holds nothing yet but the node's weak count. */
static struct binder_ref *ref_create_locked(struct binder_proc *proc, struct binder_node *node,
					    struct binder_thread *teller,
					    struct rb_node *parent, struct rb_node **link)
{
	bool manager = rcu_access_pointer(proc->context->manager) == node;
	struct binder_ref *ref = kmem_cache_zalloc(ref_cache, GFP_KERNEL_ACCOUNT);
	int ret;

	if (!ref)
		return ERR_PTR(-ENOMEM);
	ref->id = binder_id_next();
	ref->node = node;
	ref->pid = proc->pid;
	ret = count_handle(ref, teller);
	if (ret)
		goto err_free;
	ret = xa_alloc(&proc->handles.table, &ref->handle, ref,
		       XA_LIMIT(manager ? 0 : 1, U32_MAX), GFP_KERNEL);
	if (ret)
		goto err_node;
	binder_node_get(node);
	rb_link_node(&ref->by_node, parent, link);
	rb_insert_color(&ref->by_node, &proc->handles.by_node);
	binder_stats_created(BINDER_STAT_REF);
	return ref;

err_node:
	uncount_handle(ref);
err_free:
	kmem_cache_free(ref_cache, ref);
	return ERR_PTR(ret);
}

/**
 * binder_handle_take() - a process gets a node, or gets it once more
 * @proc:   the process; not the node's owner
 * @node:   the node; caller holds a reference
 * @strong: which count
 * @teller: as for binder_node_inc_locked()
 * @handle: set to the handle
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -EINVAL where the object may be gone.
 */
int binder_handle_take(struct binder_proc *proc, struct binder_node *node, bool strong,
		       struct binder_thread *teller, u32 *handle)
{
	struct binder_handles *handles = &proc->handles;
	struct rb_node *parent, **link;
	struct binder_ref *ref;
	int ret;

	mutex_lock(&handles->lock);
	ref = find_node_locked(handles, node, &parent, &link);
	if (!ref)
		ref = ref_create_locked(proc, node, teller, parent, link);
	if (IS_ERR(ref)) {
		ret = PTR_ERR(ref);
		goto out;
	}
	ret = ref_inc_locked(ref, strong, teller);
	*handle = ref->handle;
	if (ret && !ref->strong && !ref->weak)
		ref_remove_locked(proc, ref);
out:
	mutex_unlock(&handles->lock);
	return ret;
}

/**
 * binder_handle_inc() - BC_ACQUIRE, BC_INCREFS of a handle that the process has
 * @proc:   the holder
 * @handle: its handle
 * @strong: which count
 *
 * A weak handle does not become a strong one: only whoever holds the object
 * strongly can give it away strongly.
 *
 * Return: 0, -ENOENT, -EPERM, -EOVERFLOW.
 */
int binder_handle_inc(struct binder_proc *proc, u32 handle, bool strong)
{
	struct binder_ref *ref;
	int ret = -ENOENT;

	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	if (ref && strong && !ref->strong)
		ret = -EPERM;
	else if (ref)
		ret = ref_inc_locked(ref, strong, NULL);
	mutex_unlock(&proc->handles.lock);
	return ret;
}

/* Count one less; the ref may be gone then. */
static int ref_dec_locked(struct binder_proc *proc, struct binder_ref *ref, bool strong)
{
	if (strong ? !ref->strong : !ref->weak)
		return -EINVAL;
	if (strong) {
		WRITE_ONCE(ref->strong, ref->strong - 1);
		if (!ref->strong)
			binder_node_dec(ref->node, true);
	} else {
		WRITE_ONCE(ref->weak, ref->weak - 1);
	}
	if (!ref->strong && !ref->weak)
		ref_remove_locked(proc, ref);
	return 0;
}

/**
 * binder_handle_dec() - BC_RELEASE, BC_DECREFS
 * @proc:   the holder
 * @handle: its handle
 * @strong: which count
 *
 * Return: 0, -ENOENT, -EINVAL if the count is 0.
 */
int binder_handle_dec(struct binder_proc *proc, u32 handle, bool strong)
{
	struct binder_ref *ref;
	int ret = -ENOENT;

	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	if (ref)
		ret = ref_dec_locked(proc, ref, strong);
	mutex_unlock(&proc->handles.lock);
	return ret;
}

/**
 * binder_handle_give_back() - a buffer that brought a handle is freed
 * @proc:    the holder
 * @handle:  the handle
 * @node_id: of the node it meant: a process that has released more than it held
 *           may have got the same number for another node since
 * @strong:  which count
 */
void binder_handle_give_back(struct binder_proc *proc, u32 handle, u64 node_id, bool strong)
{
	struct binder_ref *ref;

	mutex_lock(&proc->handles.lock);
	ref = binder_handle_find_locked(proc, handle);
	if (ref && ref->node->id == node_id)
		ref_dec_locked(proc, ref, strong);
	mutex_unlock(&proc->handles.lock);
}

/**
 * binder_handle_release_all() - a process goes and holds nothing any more
 * @proc: the process, dead
 *
 * Context: may sleep.
 */
void binder_handle_release_all(struct binder_proc *proc)
{
	struct binder_ref *ref;

	/* Messages to the process that fail now give their handles back meanwhile. */
	for (;;) {
		unsigned long handle = 0;

		mutex_lock(&proc->handles.lock);
		ref = xa_find(&proc->handles.table, &handle, ULONG_MAX, XA_PRESENT);
		if (!ref)
			break;
		if (ref->strong) {
			WRITE_ONCE(ref->strong, 0);
			binder_node_dec(ref->node, true);
		}
		WRITE_ONCE(ref->weak, 0);
		ref_remove_locked(proc, ref);
		mutex_unlock(&proc->handles.lock);
		cond_resched();
	}
	mutex_unlock(&proc->handles.lock);
}

/**
 * binder_handle_init() - set up what all tables share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_handle_init(void)
{
	ref_cache = KMEM_CACHE(binder_ref, 0);
	return ref_cache ? 0 : -ENOMEM;
}

/** binder_handle_exit() - undo binder_handle_init(); all refs are freed */
void binder_handle_exit(void)
{
	kmem_cache_destroy(ref_cache);
}
