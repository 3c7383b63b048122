/* SPDX-License-Identifier: GPL-2.0-only */
/* Show: what the objects look like in the files of log.h. */
#ifndef BINDER_SHOW_H
#define BINDER_SHOW_H

#include <linux/types.h>

struct binder_buffer;
struct binder_node;
struct binder_proc;
struct binder_ref;
struct binder_thread;
struct list_head;
struct seq_file;

/* Of a list, this many are shown at most. */
#define BINDER_SHOW_MAX		256

void binder_show_name(struct seq_file *seq, const char *name);
void binder_show_thread_locked(struct seq_file *seq, struct binder_thread *thread, bool hashed);
void binder_show_node_locked(struct seq_file *seq, struct binder_node *node, bool hashed);
void binder_show_ref_locked(struct seq_file *seq, struct binder_ref *ref);
void binder_show_buffer_locked(struct seq_file *seq, const struct binder_buffer *buffer);
void binder_show_works_locked(struct seq_file *seq, const char *indent,
			      const struct list_head *works, bool hashed);
void binder_show_delivered_locked(struct seq_file *seq, struct binder_proc *proc);

#endif /* BINDER_SHOW_H */
