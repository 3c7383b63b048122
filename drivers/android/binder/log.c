// SPDX-License-Identifier: GPL-2.0-only
/* Files that tell what there is.  The essay is in log.h. */

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "area/area.h"
#include "context.h"
#include "fs.h"
#include "handle.h"
#include "journal.h"
#include "log.h"
#include "node.h"
#include "proc.h"
#include "show.h"
#include "stats.h"
#include "thread.h"

/**
 * struct log_kind - a kind of file
 * @title:  its first line
 * @busy:   only what has messages
 * @hashed: no pointers of user space
 * @stats:  figures rather than objects
 */
struct log_kind {
	const char *title;
	bool busy;
	bool hashed;
	bool stats;
};

/* The records of a process, in their order; those without a process come first. */
enum stage {
	STAGE_TITLE,
	STAGE_DEAD,
	STAGE_PROC,
	STAGE_THREAD,
	STAGE_NODE,
	STAGE_REF,
	STAGE_BUFFER,
	STAGE_TODO,
	STAGES
};

/**
 * struct place - a record of a file
 * @kind:  of the file
 * @pid:   show this process only; 0: all
 * @pos:   the number of the record
 * @end:   there is no such record
 * @stage: what it is about
 * @proc:  which process, with a reference
 * @shown: a record of it came before this one
 * @node:  DEAD, NODE: which, with a reference
 * @key:   THREAD, REF, BUFFER: its place in the table
 * @first: nothing of this stage came before
 */
struct place {
	const struct log_kind *kind;
	int pid;
	loff_t pos;
	bool end;
	enum stage stage;
	struct binder_proc *proc;
	bool shown;
	struct binder_node *node;
	unsigned long key;
	bool first;
};

static void forget_node(struct place *p)
{
	if (p->node)
		binder_node_put(p->node);
	p->node = NULL;
}

static void rewind_place(struct place *p)
{
	forget_node(p);
	if (p->proc)
		binder_proc_put(p->proc);
	p->proc = NULL;
	p->pos = 0;
	p->end = false;
	p->stage = STAGE_TITLE;
}

static bool to_next_thread(struct place *p)
{
	struct binder_proc *proc = p->proc;
	struct binder_thread *thread;
	unsigned long key = p->first ? 0 : p->key + 1;

	spin_lock(&proc->lock);
	for (;;) {
		thread = binder_thread_from_locked(proc, key);
		if (!thread || !p->kind->busy || thread->stack || !list_empty(&thread->todo))
			break;
		key = (unsigned long)thread->pid + 1;
		cond_resched_lock(&proc->lock);
	}
	if (thread)
		p->key = (unsigned long)thread->pid;
	spin_unlock(&proc->lock);
	return thread;
}

static bool to_next_node(struct place *p)
{
	struct binder_proc *proc = p->proc;

	spin_lock(&proc->lock);
	do {
		p->node = binder_node_next_locked(proc, p->node);
		cond_resched_lock(&proc->lock);
	} while (p->node && p->kind->busy && binder_ring_empty(&p->node->oneway_todo));
	spin_unlock(&proc->lock);
	return p->node;
}

static bool to_next_ref(struct place *p)
{
	unsigned long handle = p->first ? 0 : p->key + 1;

	if (p->kind->busy || !xa_find(&p->proc->handles.table, &handle, U32_MAX, XA_PRESENT))
		return false;
	p->key = handle;
	return true;
}

static bool to_next_buffer(struct place *p)
{
	struct binder_area *area = p->proc->area;
	struct binder_buffer *buffer;

	spin_lock(&area->lock);
	buffer = binder_area_from_locked(area, p->first ? 0 : p->key + 1);
	if (buffer)
		p->key = buffer->range.start;
	spin_unlock(&area->lock);
	return buffer;
}

static bool to_next_todo(struct place *p)
{
	struct binder_proc *proc = p->proc;
	bool any;

	if (!p->first)
		return false;
	spin_lock(&proc->lock);
	any = !list_empty(&proc->todo) || !list_empty(&proc->delivered);
	spin_unlock(&proc->lock);
	return any;
}

static bool to_next_proc(struct place *p)
{
	p->shown = false;
	do {
		p->proc = binder_proc_next(p->proc);
		cond_resched();
	} while (p->proc && p->pid && p->proc->pid != p->pid && !fatal_signal_pending(current));
	return p->proc;
}

static bool to_next_dead(struct place *p)
{
	if (p->kind->busy || p->pid)
		return false;
	p->node = binder_node_next_dead(p->node);
	return p->node;
}

/* The next record of the stage. */
static bool next_of_stage(struct place *p)
{
	switch (p->stage) {
	case STAGE_DEAD:
		return to_next_dead(p);
	case STAGE_THREAD:
		return to_next_thread(p);
	case STAGE_NODE:
		return to_next_node(p);
	case STAGE_REF:
		return to_next_ref(p);
	case STAGE_BUFFER:
		return to_next_buffer(p);
	case STAGE_TODO:
		return to_next_todo(p);
	default:
		/* A title, and what a process is called, is one record. */
		return p->first;
	}
}

/* Go on to the next record. */
static bool advance(struct place *p)
{
	p->first = false;
	p->shown = p->proc;
	while (!fatal_signal_pending(current)) {
		if (next_of_stage(p))
			return true;
		forget_node(p);
		p->first = true;
		p->stage++;
		if (p->stage == STAGES || (p->kind->stats && p->stage > STAGE_PROC))
			p->stage = STAGE_PROC;
		if (p->stage == STAGE_DEAD && p->kind->stats)
			p->stage = STAGE_PROC;
		if (p->stage == STAGE_PROC && !to_next_proc(p))
			return false;
		/* Those that have no messages are not named. */
		if (p->stage == STAGE_PROC && p->kind->busy)
			p->stage++;
	}
	/* The read ends early; nobody will see it. */
	return false;
}

/* Go on to the record number @pos; NULL if there is none. */
static struct place *go_to(struct place *p, loff_t pos)
{
	while (!p->end && p->pos < pos) {
		p->end = !advance(p);
		p->pos++;
		cond_resched();
	}
	return p->end ? NULL : p;
}

static void *log_start(struct seq_file *seq, loff_t *pos)
{
	struct place *p = seq->private;

	if (*pos < p->pos || !*pos)
		rewind_place(p);
	return go_to(p, *pos);
}

static void *log_next(struct seq_file *seq, void *v, loff_t *pos)
{
	return go_to(v, ++*pos);
}

static void log_stop(struct seq_file *seq, void *v)
{
}

static void show_thread(struct seq_file *seq, struct place *p)
{
	struct binder_thread *thread;

	spin_lock(&p->proc->lock);
	thread = binder_thread_from_locked(p->proc, p->key);
	if (thread && (unsigned long)thread->pid == p->key)
		binder_show_thread_locked(seq, thread, p->kind->hashed);
	spin_unlock(&p->proc->lock);
}

static void show_node(struct seq_file *seq, struct place *p)
{
	struct binder_proc *owner = p->node->proc;

	spin_lock(&owner->lock);
	if (!p->node->gone)
		binder_show_node_locked(seq, p->node, p->kind->hashed);
	spin_unlock(&owner->lock);
}

static void show_ref(struct seq_file *seq, struct place *p)
{
	struct binder_ref *ref;

	mutex_lock(&p->proc->handles.lock);
	ref = binder_handle_find_locked(p->proc, p->key);
	if (ref)
		binder_show_ref_locked(seq, ref);
	mutex_unlock(&p->proc->handles.lock);
}

static void show_buffer(struct seq_file *seq, struct place *p)
{
	struct binder_area *area = p->proc->area;
	struct binder_buffer *buffer;

	spin_lock(&area->lock);
	buffer = binder_area_from_locked(area, p->key);
	if (buffer && buffer->range.start == p->key)
		binder_show_buffer_locked(seq, buffer);
	spin_unlock(&area->lock);
}

static void show_todo(struct seq_file *seq, struct place *p)
{
	spin_lock(&p->proc->lock);
	binder_show_works_locked(seq, "  ", &p->proc->todo, p->kind->hashed);
	binder_show_delivered_locked(seq, p->proc);
	spin_unlock(&p->proc->lock);
}

static void show_title(struct seq_file *seq, struct place *p)
{
	seq_puts(seq, p->kind->title);
	if (p->kind->stats)
		binder_stats_show_all(seq);
}

static int log_show(struct seq_file *seq, void *v)
{
	struct place *p = v;

	if (p->proc && !p->shown) {
		seq_printf(seq, "proc %d\ncontext ", p->proc->pid);
		binder_show_name(seq, p->proc->context->name);
		seq_putc(seq, '\n');
	}
	switch (p->stage) {
	case STAGE_TITLE:
		show_title(seq, p);
		break;
	case STAGE_DEAD:
		if (p->first)
			seq_puts(seq, "dead nodes:\n");
		show_node(seq, p);
		break;
	case STAGE_PROC:
		if (p->kind->stats)
			binder_stats_show_proc(seq, p->proc);
		break;
	case STAGE_THREAD:
		show_thread(seq, p);
		break;
	case STAGE_NODE:
		show_node(seq, p);
		break;
	case STAGE_REF:
		show_ref(seq, p);
		break;
	case STAGE_BUFFER:
		show_buffer(seq, p);
		break;
	default:
		show_todo(seq, p);
	}
	return 0;
}

static const struct seq_operations log_ops = {
	.start = log_start,
	.next = log_next,
	.stop = log_stop,
	.show = log_show,
};

static int log_open(struct file *file, const struct log_kind *kind, int pid)
{
	struct place *p = __seq_open_private(file, &log_ops, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->kind = kind;
	p->pid = pid;
	return 0;
}

static int log_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;

	rewind_place(seq->private);
	return seq_release_private(inode, file);
}

#define LOG_FILE(name, ...)								\
static const struct log_kind name##_kind = { __VA_ARGS__ };				\
static int name##_open(struct inode *inode, struct file *file)				\
{											\
	return log_open(file, &name##_kind, (unsigned long)inode->i_private);		\
}											\
static const struct file_operations name##_fops = {					\
	.owner = THIS_MODULE,								\
	.open = name##_open,								\
	.read = seq_read,								\
	.llseek = seq_lseek,								\
	.release = log_release,								\
}

LOG_FILE(state, "binder state:\n");
LOG_FILE(state_hashed, "binder state:\n", .hashed = true);
LOG_FILE(transactions, "binder transactions:\n", .busy = true);
LOG_FILE(transactions_hashed, "binder transactions:\n", .busy = true, .hashed = true);
LOG_FILE(stats, "binder stats:\n", .stats = true);
LOG_FILE(proc, "binder proc state:\n");

const struct binder_log_file binder_log_files[] = {
	{ "state", &state_fops },
	{ "state_hashed", &state_hashed_fops },
	{ "stats", &stats_fops },
	{ "transactions", &transactions_fops },
	{ "transactions_hashed", &transactions_hashed_fops },
	{ "transaction_log", &binder_journal_fops },
	{ "failed_transaction_log", &binder_failures_fops },
	{}
};

/* A process' file, and how often the process has the device open. */
struct pid_file {
	u32 opens;
	struct dentry *file;
};

/**
 * binder_log_dir_init() - a directory without files of processes
 * @dir: its functions are set
 */
void binder_log_dir_init(struct binder_log_dir *dir)
{
	mutex_init(&dir->lock);
	xa_init_flags(&dir->files, XA_FLAGS_ACCOUNT);
}

/**
 * binder_log_dir_get() - a process has opened a device: it has a file from now on
 * @dir: the directory
 * @pid: the process
 *
 * Where there is no memory for it there is no file.
 *
 * Context: may sleep.
 */
void binder_log_dir_get(struct binder_log_dir *dir, int pid)
{
	struct pid_file *f;

	mutex_lock(&dir->lock);
	f = xa_load(&dir->files, pid);
	if (!f) {
		f = kzalloc_obj(*f, GFP_KERNEL_ACCOUNT);
		if (!f || xa_err(xa_store(&dir->files, pid, f, GFP_KERNEL))) {
			kfree(f);
			f = NULL;
		} else {
			f->file = dir->add(dir, pid);
		}
	}
	if (f)
		f->opens++;
	mutex_unlock(&dir->lock);
}

/**
 * binder_log_dir_put() - a process has closed a device
 * @dir: the directory
 * @pid: the process, whose file goes with the last one
 *
 * Context: may sleep.
 */
void binder_log_dir_put(struct binder_log_dir *dir, int pid)
{
	struct pid_file *f;

	mutex_lock(&dir->lock);
	f = xa_load(&dir->files, pid);
	if (f && !--f->opens) {
		xa_erase(&dir->files, pid);
		if (!IS_ERR_OR_NULL(f->file))
			dir->remove(f->file);
		kfree(f);
	}
	mutex_unlock(&dir->lock);
}

static struct dentry *directory, *proc_directory;

static struct dentry *debugfs_add(struct binder_log_dir *dir, int pid)
{
	char name[12];

	snprintf(name, sizeof(name), "%d", pid);
	/* Nothing that could go is behind it: its removal need not wait for readers. */
	return debugfs_create_file_unsafe(name, 0444, proc_directory,
					  (void *)(unsigned long)pid, &proc_fops);
}

static struct binder_log_dir debugfs_dir = {
	.add = debugfs_add,
	.remove = debugfs_remove,
};

const struct file_operations * const binder_log_proc_fops = &proc_fops;

/**
 * binder_log_proc_opened() - a process has opened a device
 * @proc: the process
 *
 * Context: may sleep.
 */
void binder_log_proc_opened(struct binder_proc *proc)
{
	struct binder_log_dir *fs = binder_fs_log_dir(proc->file);

	binder_log_dir_get(&debugfs_dir, proc->pid);
	if (fs)
		binder_log_dir_get(fs, proc->pid);
}

/**
 * binder_log_proc_closed() - a process has closed a device
 * @proc: the process
 *
 * Context: may sleep; the file is still there.
 */
void binder_log_proc_closed(struct binder_proc *proc)
{
	struct binder_log_dir *fs = binder_fs_log_dir(proc->file);

	if (fs)
		binder_log_dir_put(fs, proc->pid);
	binder_log_dir_put(&debugfs_dir, proc->pid);
}

/** binder_log_init() - make debugfs' directories; without debugfs there are none */
void binder_log_init(void)
{
	binder_log_dir_init(&debugfs_dir);
	directory = debugfs_create_dir("binder", NULL);
	proc_directory = debugfs_create_dir("proc", directory);
}

/**
 * binder_log_publish() - make the files
 *
 * Nothing may fail any more: who has one open counts on it that the module stays.
 */
void binder_log_publish(void)
{
	const struct binder_log_file *file;

	for (file = binder_log_files; file->name; file++)
		debugfs_create_file(file->name, 0444, directory, NULL, file->fops);
}

/** binder_log_exit() - undo binder_log_init() */
void binder_log_exit(void)
{
	debugfs_remove_recursive(directory);
}
