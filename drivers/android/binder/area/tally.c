// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who fills the space for one-way calls?
 *
 * Nothing slows a sender of one-way calls down, so one that sends faster than its
 * receiver works fills half the area and locks others out.  When little is left, the
 * sender that takes the most is told (BR_ONEWAY_SPAM_SUSPECT), once until the
 * space has recovered.  Each sender's share is counted as it changes; nobody
 * walks the buffers.
 */

#include <linux/slab.h>

#include "area.h"

/* A sender is suspected if it has more buffers than this, or a quarter of the area. */
#define SUSPECT_BUFFERS	50

static struct binder_tally *find_locked(struct binder_area *area, int pid,
					struct rb_node **parent, struct rb_node ***link)
{
	*parent = NULL;
	*link = &area->tallies.rb_node;
	while (**link) {
		struct binder_tally *tally = rb_entry(**link, struct binder_tally, node);

		*parent = **link;
		if (pid < tally->pid)
			*link = &(**link)->rb_left;
		else if (pid > tally->pid)
			*link = &(**link)->rb_right;
		else
			return tally;
	}
	return NULL;
}

/* Is a tenth of the area, a fifth of the space for one-way calls, left? */
static bool suspect_locked(struct binder_area *area, const struct binder_tally *tally)
{
	bool suspect;

	if (area->oneway_free >= area->size / 10) {
		area->spam_seen = false;
		return false;
	}
	suspect = !area->spam_seen &&
		  (tally->buffers > SUSPECT_BUFFERS || tally->bytes > area->size / 4);
	area->spam_seen |= suspect;
	return suspect;
}

/**
 * binder_tally_add_locked() - count a one-way buffer for its sender
 * @area:   the receiver's; caller holds area->lock
 * @buffer: just placed, its size taken from oneway_free; its spam is set
 *
 * Return: 0, or -EAGAIN where binder_tally_provide() has to be called first.
 */
int binder_tally_add_locked(struct binder_area *area, struct binder_buffer *buffer)
{
	struct rb_node *parent, **link;
	struct binder_tally *tally;

	lockdep_assert_held(&area->lock);
	tally = find_locked(area, buffer->sender, &parent, &link);
	if (!tally) {
		tally = area->spare;
		if (!tally)
			return -EAGAIN;
		area->spare = NULL;
		*tally = (struct binder_tally){ .pid = buffer->sender };
		rb_link_node(&tally->node, parent, link);
		rb_insert_color(&tally->node, &area->tallies);
	}
	tally->buffers++;
	tally->bytes += buffer->range.size;
	buffer->tally = tally;
	buffer->spam = suspect_locked(area, tally);
	return 0;
}

/**
 * binder_tally_remove_locked() - a one-way buffer is freed
 * @area:   the receiver's; caller holds area->lock
 * @buffer: counted by binder_tally_add_locked()
 */
void binder_tally_remove_locked(struct binder_area *area, struct binder_buffer *buffer)
{
	struct binder_tally *tally = buffer->tally;

	lockdep_assert_held(&area->lock);
	tally->bytes -= buffer->range.size;
	if (--tally->buffers)
		return;
	rb_erase(&tally->node, &area->tallies);
	if (area->spare)
		kfree(tally);
	else
		area->spare = tally;
}

/**
 * binder_tally_provide() - have a spare tally for a new sender
 * @area: the receiver's
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int binder_tally_provide(struct binder_area *area)
{
	struct binder_tally *tally = kmalloc_obj(*tally, GFP_KERNEL_ACCOUNT);

	if (!tally)
		return -ENOMEM;
	spin_lock(&area->lock);
	swap(area->spare, tally);
	spin_unlock(&area->lock);
	kfree(tally);
	return 0;
}
