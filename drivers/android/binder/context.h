/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context: what is behind one device, and its context manager.
 *
 * Handle 0 of every process of a context means the node of its manager.  There
 * is one manager at a time.  When it dies, a successor may register, but only
 * one of the same effective user: @manager_uid is fixed by the first.
 *
 * A context is held by its device, as long as that has a name (a misc device until
 * the module goes, one of a binderfs until it is unlinked), and by each process that
 * has it open.
 */
#ifndef BINDER_CONTEXT_H
#define BINDER_CONTEXT_H

#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct binder_node;
struct binder_proc;
struct flat_binder_object;

/* Bytes of a context's short name, with its end. */
#define BINDER_CONTEXT_SHORT	32

/**
 * struct binder_context - one device and its manager
 * @refs:            see above
 * @lock:            guards the rest; @manager may be read under RCU
 * @manager:         the manager's node, held strongly and weakly, or NULL
 * @manager_uid:     who may be manager, once @manager_uid_set
 * @manager_uid_set: there has been a manager
 * @short_name:      as much of @name as logs have room for; fixed
 * @name:            of the device; fixed
 */
struct binder_context {
	refcount_t refs;
	struct mutex lock; /* the manager */
	struct binder_node __rcu *manager;
	kuid_t manager_uid;
	bool manager_uid_set;
	char short_name[BINDER_CONTEXT_SHORT];
	char name[];
};

struct binder_context *binder_context_create(const char *name);
struct binder_context *binder_context_get(struct binder_context *context);
void binder_context_put(struct binder_context *context);
int binder_context_become_manager(struct binder_proc *proc,
				  const struct flat_binder_object *object);
void binder_context_resign(struct binder_proc *proc);
bool binder_context_is_manager(struct binder_proc *proc);
struct binder_node *binder_context_get_manager(struct binder_context *context);

#endif /* BINDER_CONTEXT_H */
