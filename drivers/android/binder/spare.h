/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spares: objects that are done with and kept for the next ones of their kind.
 *
 * A process keeps transactions, an area buffers, so that calls allocate nothing: the one
 * that was used last for calls that come one after the other, and those of a burst of
 * one-way calls, each in a place by its number.  A place is one pointer, without a lock: who
 * takes the object has it alone, and finds everything in it that was written before it
 * was put there.  What is in it is that of its last user: the next one sets all.
 */
#ifndef BINDER_SPARE_H
#define BINDER_SPARE_H

#include <linux/atomic.h>
#include <linux/slab.h>

#define BINDER_SPARES_BURST	32

/**
 * struct binder_spares - objects of one kind
 * @latest: the one that was used last, or NULL; its cache lines are warm
 * @burst:  more of them, or NULL, by the last bits of the message's number
 */
struct binder_spares {
	void *latest;
	void *burst[BINDER_SPARES_BURST];
};

static inline void *binder_spare_take_from(void **place)
{
	return READ_ONCE(*place) ? xchg(place, NULL) : NULL;
}

/**
 * binder_spares_take() - take an object that is kept
 * @spares: those of its kind
 * @id:     the number of the message that it is for
 *
 * Return: the object or NULL.
 */
static inline void *binder_spares_take(struct binder_spares *spares, u64 id)
{
	void *object = binder_spare_take_from(&spares->latest);

	return object ?: binder_spare_take_from(&spares->burst[id % BINDER_SPARES_BURST]);
}

/**
 * binder_spares_keep() - keep an object, if there is a place for it
 * @spares: those of its kind
 * @id:     the number of the message that it was for
 * @object: the caller's
 *
 * Return: an object for the caller to free, or NULL.
 */
static inline void *binder_spares_keep(struct binder_spares *spares, u64 id, void *object)
{
	void **place = &spares->latest;

	if (READ_ONCE(*place))
		place = &spares->burst[id % BINDER_SPARES_BURST];
	return READ_ONCE(*place) ? object : xchg(place, object);
}

/**
 * binder_spares_drop() - free what is kept
 * @spares: nobody uses them any more
 * @cache:  of their kind
 */
static inline void binder_spares_drop(struct binder_spares *spares, struct kmem_cache *cache)
{
	int i;

	for (i = 0; i < BINDER_SPARES_BURST; i++)
		if (spares->burst[i])
			kmem_cache_free(cache, spares->burst[i]);
	if (spares->latest)
		kmem_cache_free(cache, spares->latest);
	*spares = (struct binder_spares){};
}

#endif /* BINDER_SPARE_H */
