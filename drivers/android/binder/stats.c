// SPDX-License-Identifier: GPL-2.0-only
/* Statistics.  The essay is in stats.h. */

#include <linux/cpumask.h>
#include <linux/ioctl.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "area/area.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"

/* Of what is queued for a process, this much is looked at. */
#define PENDING_MAX	16384

DEFINE_PER_CPU(struct binder_objects, binder_objects);

static const char * const object_names[BINDER_STAT_OBJECTS] = {
	"proc", "thread", "node", "ref", "death", "transaction", "transaction_complete",
	"freeze", "buffer",
};

static const char * const bc_names[BINDER_STAT_BC] = {
	"BC_TRANSACTION", "BC_REPLY", "BC_ACQUIRE_RESULT", "BC_FREE_BUFFER",
	"BC_INCREFS", "BC_ACQUIRE", "BC_RELEASE", "BC_DECREFS",
	"BC_INCREFS_DONE", "BC_ACQUIRE_DONE", "BC_ATTEMPT_ACQUIRE",
	"BC_REGISTER_LOOPER", "BC_ENTER_LOOPER", "BC_EXIT_LOOPER",
	"BC_REQUEST_DEATH_NOTIFICATION", "BC_CLEAR_DEATH_NOTIFICATION",
	"BC_DEAD_BINDER_DONE", "BC_TRANSACTION_SG", "BC_REPLY_SG",
	"BC_REQUEST_FREEZE_NOTIFICATION", "BC_CLEAR_FREEZE_NOTIFICATION",
	"BC_FREEZE_NOTIFICATION_DONE",
};

static const char * const br_names[BINDER_STAT_BR] = {
	"BR_ERROR", "BR_OK", "BR_TRANSACTION", "BR_REPLY", "BR_ACQUIRE_RESULT",
	"BR_DEAD_REPLY", "BR_TRANSACTION_COMPLETE", "BR_INCREFS", "BR_ACQUIRE",
	"BR_RELEASE", "BR_DECREFS", "BR_ATTEMPT_ACQUIRE", "BR_NOOP", "BR_SPAWN_LOOPER",
	"BR_FINISHED", "BR_DEAD_BINDER", "BR_CLEAR_DEATH_NOTIFICATION_DONE",
	"BR_FAILED_REPLY", "BR_FROZEN_REPLY", "BR_ONEWAY_SPAM_SUSPECT",
	"BR_TRANSACTION_PENDING_FROZEN", "BR_FROZEN_BINDER",
	"BR_CLEAR_FREEZE_NOTIFICATION_DONE",
};

/**
 * binder_command_name() - what a command is called
 * @code: BC_ code
 *
 * Return: a constant string.
 */
const char *binder_command_name(u32 code)
{
	return _IOC_NR(code) < BINDER_STAT_BC ? bc_names[_IOC_NR(code)] : "unknown";
}

/**
 * binder_return_name() - what a return is called
 * @code: BR_ code
 *
 * Return: a constant string.
 */
const char *binder_return_name(u32 code)
{
	return _IOC_NR(code) < BINDER_STAT_BR ? br_names[_IOC_NR(code)] : "unknown";
}

/**
 * binder_counts_add() - one sum more
 * @to:   what is added to; guarded by its owner
 * @from: counts of a thread that may go on counting
 */
void binder_counts_add(struct binder_counts *to, const struct binder_counts *from)
{
	int i;

	for (i = 0; i < BINDER_STAT_BC; i++)
		to->bc[i] += READ_ONCE(from->bc[i]);
	for (i = 0; i < BINDER_STAT_BR; i++)
		to->br[i] += READ_ONCE(from->br[i]);
}

/**
 * binder_stats_show_counts() - which commands came and went
 * @seq:    where to
 * @indent: in front of each line
 * @counts: what to show; commands that never came are left out
 */
void binder_stats_show_counts(struct seq_file *seq, const char *indent,
			      const struct binder_counts *counts)
{
	int i;

	for (i = 0; i < BINDER_STAT_BC; i++)
		if (counts->bc[i])
			seq_printf(seq, "%s%s: %u\n", indent, bc_names[i], counts->bc[i]);
	for (i = 0; i < BINDER_STAT_BR; i++)
		if (counts->br[i])
			seq_printf(seq, "%s%s: %u\n", indent, br_names[i], counts->br[i]);
}

/* The sum of one counter, given by its place in the struct. */
static unsigned long sum(size_t offset)
{
	unsigned long total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(*(unsigned long *)((char *)per_cpu_ptr(&binder_objects, cpu) +
						      offset));
	return total;
}

/**
 * binder_stats_show_all() - the sums of all processes
 * @seq: where to
 *
 * Context: may sleep.
 */
void binder_stats_show_all(struct seq_file *seq)
{
	struct binder_counts counts = {};
	int i;

	binder_proc_sum_counts(&counts);
	binder_stats_show_counts(seq, "", &counts);
	for (i = 0; i < BINDER_STAT_OBJECTS; i++) {
		/* Deleted first: what is made meanwhile must not show below 0. */
		unsigned long deleted = sum(offsetof(struct binder_objects, deleted[i]));
		unsigned long created = sum(offsetof(struct binder_objects, created[i]));

		if (created)
			seq_printf(seq, "%s: active %lu total %lu\n", object_names[i],
				   created - deleted, created);
	}
}

static void show_threads(struct seq_file *seq, struct binder_proc *proc)
{
	struct binder_thread *thread;
	u32 threads = 0, ready = 0;
	struct rb_node *node;

	spin_lock(&proc->lock);
	for (node = rb_first(&proc->threads); node; node = rb_next(node))
		threads++;
	list_for_each_entry(thread, &proc->idle, idle)
		ready++;
	seq_printf(seq, "  threads: %u\n  requested threads: %u+%u/%u\n  ready threads %u\n",
		   threads, proc->requested, proc->started, proc->max_threads, ready);
	spin_unlock(&proc->lock);
}

static void show_handles(struct seq_file *seq, struct binder_proc *proc)
{
	u64 refs = 0, strong = 0, weak = 0;
	struct binder_ref *ref;
	unsigned long handle;

	rcu_read_lock();
	xa_for_each(&proc->handles.table, handle, ref) {
		refs++;
		strong += READ_ONCE(ref->strong);
		weak += READ_ONCE(ref->weak);
		/* The walk goes on by number: it needs no ref to be there still. */
		if (!(refs % 1024)) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	seq_printf(seq, "  refs: %llu s %llu w %llu\n", refs, strong, weak);
}

/**
 * binder_stats_show_proc() - the figures of one process
 * @seq:  where to
 * @proc: the process
 *
 * Context: may sleep.
 */
void binder_stats_show_proc(struct seq_file *seq, struct binder_proc *proc)
{
	struct binder_counts counts = {};
	struct binder_area_figures area;
	struct binder_work *work;
	u32 nodes, pending = 0, seen = 0;

	binder_area_figures(proc->area, &area);
	spin_lock(&proc->lock);
	nodes = proc->node_count;
	list_for_each_entry(work, &proc->todo, entry) {
		pending += work->type == BINDER_WORK_MESSAGE;
		/* As many as are worth a spinlock's time. */
		if (++seen == PENDING_MAX)
			break;
	}
	spin_unlock(&proc->lock);

	show_threads(seq, proc);
	seq_printf(seq, "  free async space %u\n  nodes: %u\n", area.oneway_free, nodes);
	show_handles(seq, proc);
	seq_printf(seq, "  buffers: %u\n  pages: %u:%u:%u\n  pages high watermark: %u\n",
		   area.buffers, area.pages_used, area.pages_unused, area.pages_absent,
		   area.pages_top);
	seq_printf(seq, "  pending transactions: %u\n", pending);
	binder_proc_counts(proc, &counts);
	binder_stats_show_counts(seq, "  ", &counts);
}
