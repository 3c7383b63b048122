// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in an area: its figures; and, where there is no space, how much is left and
 * who has the rest.
 *
 * The latter is asked for when an allocation has failed, by the sender whose it was.
 * Nothing is counted for it while calls succeed: the buffers are looked at, a few at
 * a time, so that the receiver is not held up.
 */

#include <linux/minmax.h>
#include <linux/sched.h>

#include "area.h"

/* Buffers looked at under one hold of the lock. */
#define AT_ONCE		64
/* And in all: who has filled an area is found among these. */
#define AT_MOST		4096
/* Senders that are kept count of at once. */
#define SENDERS		16

struct sender {
	int pid;
	u32 buffers;
	u32 bytes;
};

/*
 * Of more senders than there is room for, the least gives its place, and its counts, to
 * the next ("space saving"): who has a sixteenth of all or more is found
 * whatever the order.
 */
static void count(struct sender *senders, int pid, u32 bytes)
{
	struct sender *least = senders;
	int i;

	for (i = 0; i < SENDERS; i++) {
		if (senders[i].pid == pid || !senders[i].pid) {
			least = &senders[i];
			break;
		}
		if (senders[i].bytes < least->bytes)
			least = &senders[i];
	}
	least->pid = pid;
	least->buffers++;
	least->bytes += bytes;
}

/* Count the next buffers from @start on. Returns where to go on, 0 at the end. */
static u32 count_some(struct binder_area *area, u32 start, struct sender *senders)
{
	struct binder_range *range;
	struct rb_node *node;
	int i;

	spin_lock(&area->lock);
	range = binder_range_from(&area->ranges, start);
	node = range ? &range->by_start : NULL;
	for (i = 0; node && i < AT_ONCE; i++, node = rb_next(node)) {
		struct binder_buffer *buffer = rb_entry(node, struct binder_buffer,
							range.by_start);

		count(senders, buffer->sender, buffer->range.size);
		start = buffer->range.start + buffer->range.size;
	}
	spin_unlock(&area->lock);
	return node ? start : 0;
}

/**
 * binder_area_space() - how much space an area has left, and who has the rest
 * @area:  the area
 * @space: what is set; true for some time between call and return
 *
 * Context: may sleep.
 */
void binder_area_space(struct binder_area *area, struct binder_space *space)
{
	struct sender senders[SENDERS] = {};
	int i, most = 0, rounds = AT_MOST / AT_ONCE;
	u32 start = 0;

	do {
		start = count_some(area, start, senders);
		cond_resched();
	} while (start && --rounds);
	for (i = 1; i < SENDERS; i++)
		if (senders[i].bytes > senders[most].bytes)
			most = i;
	*space = (struct binder_space){
		.pid = senders[most].pid,
		.buffers = senders[most].buffers,
		.bytes = senders[most].bytes,
	};
	spin_lock(&area->lock);
	space->size = area->size;
	space->free = area->free;
	space->oneway_free = area->oneway_free;
	space->largest = binder_range_largest_gap(&area->ranges);
	spin_unlock(&area->lock);
}

/**
 * binder_area_figures() - what there is to know of an area
 * @area:    the area
 * @figures: what is set
 */
void binder_area_figures(struct binder_area *area, struct binder_area_figures *figures)
{
	*figures = (struct binder_area_figures){};
	spin_lock(&area->lock);
	figures->size = area->size;
	figures->oneway_free = area->oneway_free;
	figures->buffers = area->buffers;
	binder_pages_count_locked(area, figures);
	spin_unlock(&area->lock);
}
