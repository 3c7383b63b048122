/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics: what exists, and which commands came and went.
 *
 * Objects are counted per CPU, commands per thread, and all is summed when the file
 * "stats" is read: nothing global is written on a call's path.  What a thread has
 * counted passes to its process when it goes, and what a process has, to the
 * sum of all that have gone.  A return is counted when it is taken: one that could not
 * be read is counted once more the next time.
 */
#ifndef BINDER_STATS_H
#define BINDER_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

struct binder_proc;
struct seq_file;

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
	BINDER_STAT_BUFFER, /* of ours */
	BINDER_STAT_OBJECTS
};

/* One more than the largest command number; see the UAPI header. */
#define BINDER_STAT_BC	22
#define BINDER_STAT_BR	23

/**
 * struct binder_objects - what one CPU has made and freed
 * @created: objects made
 * @deleted: objects freed
 */
struct binder_objects {
	unsigned long created[BINDER_STAT_OBJECTS];
	unsigned long deleted[BINDER_STAT_OBJECTS];
};

/**
 * struct binder_counts - which commands came and went
 * @bc: commands carried out, by number
 * @br: returns delivered, by number
 */
struct binder_counts {
	u32 bc[BINDER_STAT_BC];
	u32 br[BINDER_STAT_BR];
};

DECLARE_PER_CPU(struct binder_objects, binder_objects);

static inline void binder_stats_created(enum binder_stat_object object)
{
	this_cpu_inc(binder_objects.created[object]);
}

static inline void binder_stats_deleted(enum binder_stat_object object)
{
	this_cpu_inc(binder_objects.deleted[object]);
}

/* One more of a command; only the counts' own thread counts. */
static inline void binder_stats_count(u32 *count)
{
	WRITE_ONCE(*count, *count + 1);
}

const char *binder_command_name(u32 code);
const char *binder_return_name(u32 code);
void binder_counts_add(struct binder_counts *to, const struct binder_counts *from);
void binder_stats_show_counts(struct seq_file *seq, const char *indent,
			      const struct binder_counts *counts);
void binder_stats_show_all(struct seq_file *seq);
void binder_stats_show_proc(struct seq_file *seq, struct binder_proc *proc);

#endif /* BINDER_STATS_H */
