/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics: what exists, and which commands came and went.
 *
 * Counters are per CPU and summed when /sys/kernel/debug/binder/stats is read:
 * nothing global is written on a call's path.
 */
#ifndef BINDER_STATS_H
#define BINDER_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

/* In the order and with the names of mainline's file. */
enum binder_stat_object {
	BINDER_STAT_PROC,
	BINDER_STAT_THREAD,
	BINDER_STAT_NODE,
	BINDER_STAT_REF,
	BINDER_STAT_DEATH,
	BINDER_STAT_TRANSACTION,
	BINDER_STAT_COMPLETE,
	BINDER_STAT_FREEZE,
	BINDER_STAT_OBJECTS
};

/* One more than the largest command number; see the UAPI header. */
#define BINDER_STAT_BC	22
#define BINDER_STAT_BR	23

/**
 * struct binder_stats - counters of one CPU
 * @created: objects made
 * @deleted: objects freed
 * @bc:      commands carried out, by number
 * @br:      returns delivered, by number
 */
struct binder_stats {
	unsigned long created[BINDER_STAT_OBJECTS];
	unsigned long deleted[BINDER_STAT_OBJECTS];
	unsigned long bc[BINDER_STAT_BC];
	unsigned long br[BINDER_STAT_BR];
};

DECLARE_PER_CPU(struct binder_stats, binder_stats);

static inline void binder_stats_created(enum binder_stat_object object)
{
	this_cpu_inc(binder_stats.created[object]);
}

static inline void binder_stats_deleted(enum binder_stat_object object)
{
	this_cpu_inc(binder_stats.deleted[object]);
}

/* @number: of a command that is known, so within bounds */
static inline void binder_stats_bc(unsigned int number)
{
	this_cpu_inc(binder_stats.bc[number]);
}

static inline void binder_stats_br(unsigned int number)
{
	this_cpu_inc(binder_stats.br[number]);
}

/**
 * struct binder_log_file - a file of what there is to know
 * @name: in debugfs' directory binder, and in binder_logs of a binderfs
 * @fops: its operations
 */
struct binder_log_file {
	const char *name;
	const struct file_operations *fops;
};

/* All of them; the last one has no name. */
extern const struct binder_log_file binder_log_files[];

void binder_stats_init(void);
void binder_stats_exit(void);

#endif /* BINDER_STATS_H */
