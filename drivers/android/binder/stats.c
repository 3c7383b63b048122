// SPDX-License-Identifier: GPL-2.0-only
/* Statistics, and debugfs' binder/stats.  The essay is in stats.h. */

#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "stats.h"

DEFINE_PER_CPU(struct binder_stats, binder_stats);

static struct dentry *directory;

static const char * const object_names[BINDER_STAT_OBJECTS] = {
	"proc", "thread", "node", "ref", "death", "transaction", "transaction_complete",
	"freeze",
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

/* The sum of one counter, given by its place in the struct. */
static unsigned long sum(size_t offset)
{
	unsigned long total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += *(unsigned long *)((char *)per_cpu_ptr(&binder_stats, cpu) + offset);
	return total;
}

#define SUM(member) sum(offsetof(struct binder_stats, member))

static int stats_show(struct seq_file *seq, void *unused)
{
	int i;

	seq_puts(seq, "binder stats:\n");
	for (i = 0; i < BINDER_STAT_BC; i++)
		if (SUM(bc[i]))
			seq_printf(seq, "%s: %lu\n", bc_names[i], SUM(bc[i]));
	for (i = 0; i < BINDER_STAT_BR; i++)
		if (SUM(br[i]))
			seq_printf(seq, "%s: %lu\n", br_names[i], SUM(br[i]));
	for (i = 0; i < BINDER_STAT_OBJECTS; i++) {
		/* Deleted first: what is made meanwhile must not show below 0. */
		unsigned long deleted = SUM(deleted[i]);
		unsigned long created = SUM(created[i]);

		if (created)
			seq_printf(seq, "%s: active %lu total %lu\n", object_names[i],
				   created - deleted, created);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

const struct binder_log_file binder_log_files[] = {
	{ "stats", &stats_fops },
	{}
};

/** binder_stats_init() - make debugfs' directory; without debugfs there is none */
void binder_stats_init(void)
{
	const struct binder_log_file *file;

	directory = debugfs_create_dir("binder", NULL);
	for (file = binder_log_files; file->name; file++)
		debugfs_create_file(file->name, 0444, directory, NULL, file->fops);
}

/** binder_stats_exit() - undo binder_stats_init() */
void binder_stats_exit(void)
{
	debugfs_remove_recursive(directory);
}
