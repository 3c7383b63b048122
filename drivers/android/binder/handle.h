/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles: what a process calls the nodes of others.
 *
 * The table maps a handle to a struct binder_ref, and that to its node.  A node
 * has one handle in a process at most.  A new one gets the lowest number that is
 * free; 0 is kept for the context's manager.
 *
 * A ref counts how often its process holds it strongly and weakly: by its own
 * BC_ACQUIRE and BC_INCREFS, and by buffers that brought it and are not freed
 * yet.  It goes with the last count.  Only a strongly held handle can be called.
 *
 * @lock, a mutex, guards the table and the counts, and is taken before the lock
 * of a node's owner.  Calls look a handle up without it, under RCU.
 */
#ifndef BINDER_HANDLE_H
#define BINDER_HANDLE_H

#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

struct binder_node;
struct binder_proc;
struct binder_thread;
struct binder_watch;

/**
 * struct binder_handles - a process' handles
 * @lock:    see above
 * @table:   handle to ref
 * @by_node: the refs by the address of their node
 */
struct binder_handles {
	struct mutex lock; /* the table and the counts */
	struct xarray table;
	struct rb_root by_node;
};

/**
 * struct binder_ref - a process' handle to a node
 * @by_node: in &binder_handles.by_node
 * @rcu:     for freeing, when it is not there any more
 * @holder:  in node->holders; guarded by the lock of the node's owner
 * @pid:     who holds it; fixed
 * @node:    with a reference and a weak count, and a strong one while @strong; fixed
 * @id:      what it is called in logs; fixed
 * @handle:  its number; fixed
 * @strong:  see above; may be read under RCU
 * @weak:    see above
 * @watches: its watches, one of each kind at most
 */
struct binder_ref {
	union {
		struct rb_node by_node;
		struct rcu_head rcu;
	};
	struct hlist_node holder;
	struct binder_node *node;
	u64 id;
	int pid;
	u32 handle;
	u32 strong;
	u32 weak;
	struct binder_watch *watches;
};

void binder_handles_init(struct binder_handles *handles);
void binder_handles_destroy(struct binder_handles *handles);
struct binder_node *binder_handle_get_node(struct binder_proc *proc, u32 handle, bool strong);
u64 binder_handle_id(struct binder_proc *proc, u32 handle);
struct binder_ref *binder_handle_find_locked(struct binder_proc *proc, u32 handle);
int binder_handle_take(struct binder_proc *proc, struct binder_node *node, bool strong,
		       struct binder_thread *teller, u32 *handle);
int binder_handle_inc(struct binder_proc *proc, u32 handle, bool strong);
int binder_handle_dec(struct binder_proc *proc, u32 handle, bool strong);
void binder_handle_give_back(struct binder_proc *proc, u32 handle, u64 node_id, bool strong);
void binder_handle_release_all(struct binder_proc *proc);
int binder_handle_init(void);
void binder_handle_exit(void);

#endif /* BINDER_HANDLE_H */
