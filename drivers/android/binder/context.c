// SPDX-License-Identifier: GPL-2.0-only
/* Contexts.  The essay is in context.h. */

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "abi.h"
#include "context.h"
#include "node.h"
#include "proc.h"
#include "security.h"

/**
 * binder_context_create() - a context without a manager
 * @name: of its device
 *
 * Return: the context with a reference, or NULL if there is no memory.
 */
struct binder_context *binder_context_create(const char *name)
{
	size_t size = strlen(name) + 1;
	struct binder_context *context = kzalloc(struct_size(context, name, size),
						 GFP_KERNEL_ACCOUNT);

	if (!context)
		return NULL;
	refcount_set(&context->refs, 1);
	mutex_init(&context->lock);
	memcpy(context->name, name, size);
	strscpy(context->short_name, name, sizeof(context->short_name));
	return context;
}

/**
 * binder_context_get() - hold a context
 * @context: the context, held by the caller
 *
 * Return: @context.
 */
struct binder_context *binder_context_get(struct binder_context *context)
{
	refcount_inc(&context->refs);
	return context;
}

/**
 * binder_context_put() - give up a reference to a context
 * @context: the context
 *
 * Context: any.
 */
void binder_context_put(struct binder_context *context)
{
	if (!refcount_dec_and_test(&context->refs))
		return;
	mutex_destroy(&context->lock);
	kfree(context);
}

/**
 * binder_context_become_manager() - BINDER_SET_CONTEXT_MGR and its EXT form
 * @proc:   who wants to be the manager
 * @object: what it offers as handle 0
 *
 * Context: may sleep.
 * Return: 0, -EBUSY where there is a manager, -EPERM for another user than the
 * first manager's, -ENOMEM; -EINVAL if @proc has the object under another cookie.
 */
int binder_context_become_manager(struct binder_proc *proc,
				  const struct flat_binder_object *object)
{
	struct binder_context *context = proc->context;
	kuid_t euid = current_euid();
	struct binder_node *node;
	int ret = 0;

	mutex_lock(&context->lock);
	if (rcu_access_pointer(context->manager)) {
		ret = -EBUSY;
		goto out;
	}
	if (context->manager_uid_set && !uid_eq(context->manager_uid, euid)) {
		ret = -EPERM;
		goto out;
	}
	ret = binder_security_set_manager(proc->cred);
	if (ret)
		goto out;
	node = binder_node_offer(proc, object);
	if (IS_ERR(node)) {
		ret = PTR_ERR(node);
		goto out;
	}
	context->manager_uid = euid;
	context->manager_uid_set = true;
	binder_node_set_manager(node);
	rcu_assign_pointer(context->manager, node);
out:
	mutex_unlock(&context->lock);
	return ret;
}

/**
 * binder_context_resign() - a process goes; if it is the manager, there is none now
 * @proc: the process
 */
void binder_context_resign(struct binder_proc *proc)
{
	struct binder_context *context = proc->context;
	struct binder_node *node;

	mutex_lock(&context->lock);
	node = rcu_dereference_protected(context->manager, lockdep_is_held(&context->lock));
	if (node && node->proc == proc)
		RCU_INIT_POINTER(context->manager, NULL);
	else
		node = NULL;
	mutex_unlock(&context->lock);
	if (node)
		binder_node_put(node);
}

/**
 * binder_context_is_manager() - is a process its context's manager?
 * @proc: the process
 *
 * Return: true if it is.
 */
bool binder_context_is_manager(struct binder_proc *proc)
{
	struct binder_node *node;
	bool is_manager;

	rcu_read_lock();
	node = rcu_dereference(proc->context->manager);
	is_manager = node && node->proc == proc;
	rcu_read_unlock();
	return is_manager;
}

/**
 * binder_context_get_manager() - what handle 0 means
 * @context: the context
 *
 * Return: the manager's node with a reference for the caller, or NULL.
 */
struct binder_node *binder_context_get_manager(struct binder_context *context)
{
	struct binder_node *node;

	rcu_read_lock();
	node = rcu_dereference(context->manager);
	if (node && !refcount_inc_not_zero(&node->refs))
		node = NULL;
	rcu_read_unlock();
	return node;
}
