/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ring: a first-in, first-out list whose head is one pointer, for what there are many of.
 *
 * The entries are linked to each other only.  Adding, taking off and moving all of them
 * take as long as with an ordinary list.
 */
#ifndef BINDER_RING_H
#define BINDER_RING_H

#include <linux/list.h>

/**
 * struct binder_ring - the list
 * @first: the oldest entry, or NULL
 */
struct binder_ring {
	struct list_head *first;
};

static inline bool binder_ring_empty(const struct binder_ring *ring)
{
	return !ring->first;
}

/* The entry behind @entry, or NULL; for NULL, the oldest. */
static inline struct list_head *binder_ring_next(const struct binder_ring *ring,
						 const struct list_head *entry)
{
	struct list_head *next = entry ? entry->next : NULL;

	return next == ring->first ? NULL : next ?: ring->first;
}

/* @entry is on no list: linked to itself. */
static inline void binder_ring_add(struct binder_ring *ring, struct list_head *entry)
{
	if (ring->first)
		list_add_tail(entry, ring->first);
	else
		ring->first = entry;
}

/* @entry may as well be on a list of another kind, or on none. */
static inline void binder_ring_del(struct binder_ring *ring, struct list_head *entry)
{
	if (ring->first == entry)
		ring->first = list_empty(entry) ? NULL : entry->next;
	list_del_init(entry);
}

/* All entries go to @list, which is empty. */
static inline void binder_ring_move(struct binder_ring *ring, struct list_head *list)
{
	if (ring->first)
		list_add_tail(list, ring->first);
	ring->first = NULL;
}

#endif /* BINDER_RING_H */
