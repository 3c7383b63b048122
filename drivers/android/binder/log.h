/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log: files that tell what there is.
 *
 *	state			all processes: threads, nodes, refs, buffers, what is queued
 *	transactions		of these what has messages
 *	state_hashed,
 *	transactions_hashed	the same, with the pointers of user space hashed
 *	stats			figures
 *	transaction_log		the last messages
 *	failed_transaction_log	the last ones that failed, and why
 *	proc/PID		one process
 *
 * They are in debugfs' directory binder, and in binder_logs of a binderfs that was
 * mounted with stats=global.  Their form is that of mainline 7.2.
 *
 * A file may be longer than memory allows to gather at once, and a process may have
 * 100,000 nodes.  So a read goes from record to record: a thread, a node, a ref, a
 * buffer.  No lock is held from one to the next; the place is remembered by its key,
 * and what has gone meanwhile is not shown.  A record is shown in one piece, under the
 * lock that guards it.
 */
#ifndef BINDER_LOG_H
#define BINDER_LOG_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct binder_proc;
struct dentry;
struct file_operations;

/**
 * struct binder_log_file - a file of what there is to know
 * @name: in debugfs' directory binder, and in binder_logs of a binderfs
 * @fops: its operations
 */
struct binder_log_file {
	const char *name;
	const struct file_operations *fops;
};

/* All of them but those of processes; the last one has no name. */
extern const struct binder_log_file binder_log_files[];
/* Those of processes; the inode's i_private is the pid. */
extern const struct file_operations * const binder_log_proc_fops;

/**
 * struct binder_log_dir - a directory with a file for each process
 * @lock:  guards @files, and that each has its file; the directory's own lock is taken
 *         inside.  One for each directory: who holds one up harms its users only.
 * @files: by pid
 * @add:   make a file
 * @remove: remove one
 */
struct binder_log_dir {
	struct mutex lock; /* @files */
	struct xarray files;
	struct dentry *(*add)(struct binder_log_dir *dir, int pid);
	void (*remove)(struct dentry *file);
};

void binder_log_dir_init(struct binder_log_dir *dir);
void binder_log_dir_get(struct binder_log_dir *dir, int pid);
void binder_log_dir_put(struct binder_log_dir *dir, int pid);
void binder_log_proc_opened(struct binder_proc *proc);
void binder_log_proc_closed(struct binder_proc *proc);
void binder_log_init(void);
void binder_log_publish(void);
void binder_log_exit(void);

#endif /* BINDER_LOG_H */
