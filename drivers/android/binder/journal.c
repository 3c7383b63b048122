// SPDX-License-Identifier: GPL-2.0-only
/* The last messages, and the last failures.  The essay is in journal.h. */

#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>

#include "abi.h"
#include "context.h"
#include "journal.h"
#include "proc.h"
#include "show.h"

/* Messages that a ring, and each file, has. */
#define ENTRIES		32

/**
 * struct entry - a message
 * @id:       as in &struct binder_message_info
 * @time:     the same; 0: there is no entry here
 * @node_id:  the same
 * @failure:  how it ended
 * @from_pid: the sender
 * @from_tid: the sender's thread
 * @to_pid:   the receiver, or 0
 * @to_tid:   the receiver's thread, or 0
 * @handle:   that was called; 0 for a reply
 * @kind:     call, async or reply
 * @data_size: bytes
 * @offsets_size: bytes
 * @context:  the beginning of its name
 */
struct entry {
	u64 id;
	u64 time;
	u64 node_id;
	struct binder_failure failure;
	int from_pid;
	int from_tid;
	int to_pid;
	int to_tid;
	u32 handle;
	const char *kind;
	u64 data_size;
	u64 offsets_size;
	char context[BINDER_CONTEXT_SHORT];
};

/* What one CPU has noted; a reader on another one tries again if an entry changes. */
struct ring {
	u32 next;
	struct {
		seqcount_t seq;
		struct entry entry;
	} at[ENTRIES];
};

static struct ring __percpu *rings;

/* The failures. */
static struct {
	spinlock_t lock; /* all of it */
	u32 next;
	struct {
		struct entry entry;
		char why[BINDER_WHY_SIZE];
	} at[ENTRIES];
} failures = { .lock = __SPIN_LOCK_UNLOCKED(failures.lock) };

/* Member by member: an entry made on the stack and then copied costs twice as much. */
static __always_inline void fill(struct entry *entry, struct binder_failure failure,
				 const struct binder_message_info *info)
{
	entry->id = info->id;
	entry->time = info->time;
	entry->node_id = info->node_id;
	entry->failure = failure;
	entry->from_pid = info->from->pid;
	entry->from_tid = info->from_tid;
	entry->to_pid = info->target ? info->target->pid : 0;
	entry->to_tid = info->to_tid;
	entry->handle = info->handle;
	entry->kind = info->is_reply ? "reply" : info->flags & TF_ONE_WAY ? "async" : "call ";
	entry->data_size = info->data_size;
	entry->offsets_size = info->offsets_size;
	memcpy(entry->context, info->from->context->short_name, sizeof(entry->context));
}

/**
 * binder_journal_add() - note a message
 * @failure: how it ended
 * @info:    the message
 * @why:     for one that failed, its cause in words; else NULL
 *
 * Context: process context.
 */
void binder_journal_add(struct binder_failure failure, const struct binder_message_info *info,
			const char *why)
{
	struct ring *ring = get_cpu_ptr(rings);
	u32 at = ring->next++ % ENTRIES;

	write_seqcount_begin(&ring->at[at].seq);
	fill(&ring->at[at].entry, failure, info);
	write_seqcount_end(&ring->at[at].seq);
	put_cpu_ptr(rings);
	if (!why)
		return;
	spin_lock(&failures.lock);
	at = failures.next++ % ENTRIES;
	fill(&failures.at[at].entry, failure, info);
	strscpy(failures.at[at].why, why, BINDER_WHY_SIZE);
	spin_unlock(&failures.lock);
}

/* The last field was a line of source in mainline; it is the number of the reason here. */
static void show(struct seq_file *seq, const struct entry *entry, const char *why)
{
	seq_printf(seq, "%llu: %s from %d:%d to %d:%d context ", entry->id, entry->kind,
		   entry->from_pid, entry->from_tid, entry->to_pid, entry->to_tid);
	binder_show_name(seq, entry->context);
	seq_printf(seq, " node %llu handle %u size %llu:%llu ret %u/%d l=%u", entry->node_id,
		   entry->handle, entry->data_size, entry->offsets_size,
		   binder_failure_command(entry->failure), entry->failure.error,
		   entry->failure.reason);
	if (why)
		seq_printf(seq, " why: %s", why);
	seq_putc(seq, '\n');
}

static int by_time(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return left->time < right->time ? -1 : left->time > right->time;
}

static int journal_show(struct seq_file *seq, void *unused)
{
	u32 count = 0, i;
	struct entry *all;
	int cpu;

	all = kvmalloc_array(nr_cpu_ids, ENTRIES * sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct ring *ring = per_cpu_ptr(rings, cpu);

		for (i = 0; i < ENTRIES; i++) {
			unsigned int begin;

			do {
				begin = read_seqcount_begin(&ring->at[i].seq);
				all[count] = ring->at[i].entry;
			} while (read_seqcount_retry(&ring->at[i].seq, begin));
			count += all[count].time != 0;
		}
	}
	sort(all, count, sizeof(*all), by_time, NULL);
	for (i = count > ENTRIES ? count - ENTRIES : 0; i < count; i++)
		show(seq, &all[i], NULL);
	kvfree(all);
	return 0;
}

static int journal_open(struct inode *inode, struct file *file)
{
	return single_open(file, journal_show, NULL);
}

const struct file_operations binder_journal_fops = {
	.owner = THIS_MODULE,
	.open = journal_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static int failures_show(struct seq_file *seq, void *unused)
{
	u32 i;

	spin_lock(&failures.lock);
	for (i = 0; i < ENTRIES; i++) {
		u32 at = (failures.next + i) % ENTRIES;

		if (failures.at[at].entry.time)
			show(seq, &failures.at[at].entry, failures.at[at].why);
	}
	spin_unlock(&failures.lock);
	return 0;
}

static int failures_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, failures_show, NULL, ENTRIES * 512);
}

const struct file_operations binder_failures_fops = {
	.owner = THIS_MODULE,
	.open = failures_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * binder_journal_init() - set up the rings
 *
 * Return: 0 or -ENOMEM.
 */
int binder_journal_init(void)
{
	int cpu;
	u32 i;

	rings = alloc_percpu(struct ring);
	if (!rings)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		for (i = 0; i < ENTRIES; i++)
			seqcount_init(&per_cpu_ptr(rings, cpu)->at[i].seq);
	return 0;
}

/** binder_journal_exit() - undo binder_journal_init(); nobody sends any more */
void binder_journal_exit(void)
{
	free_percpu(rings);
}
