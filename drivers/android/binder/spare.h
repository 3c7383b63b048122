/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spares: objects that are done with and kept for the next ones of their kind.
 *
 * A process keeps transactions, an area buffers, as many as were in use at once, so that calls
 * allocate nothing, nor bursts of one-way calls.  It is a stack: the next one to be used is
 * the last one that was, whose cache lines are warm.
 *
 * There is no lock.  A place is one pointer: who takes an object out has it alone, and finds
 * everything in it that was written before it was put there.  What is in it is that of
 * its last user: the next one sets all.  The count only says where to look; when two have
 * changed it at once, one of them allocates or frees in vain, and it comes right again.
 */
#ifndef BINDER_SPARE_H
#define BINDER_SPARE_H

#include <linux/atomic.h>
#include <linux/slab.h>

/* KASAN sees uses of what is freed only where it is. */
#define BINDER_SPARES	(IS_ENABLED(CONFIG_KASAN) ? 2 : 32)

/**
 * struct binder_spares - objects of one kind; without a lock
 * @count: how many there are, but for races
 * @place: they, or NULL
 */
struct binder_spares {
	u32 count;
	void *place[BINDER_SPARES];
};

/**
 * binder_spares_take() - take an object that is kept
 * @spares: those of its kind
 *
 * Return: the object or NULL.
 */
static inline void *binder_spares_take(struct binder_spares *spares)
{
	u32 count = READ_ONCE(spares->count);

	if (!count)
		return NULL;
	WRITE_ONCE(spares->count, count - 1);
	return xchg(&spares->place[count - 1], NULL);
}

/**
 * binder_spares_keep() - keep an object, if there is a place for it
 * @spares: those of its kind
 * @object: the caller's
 *
 * Return: an object for the caller to free, or NULL.
 */
static inline void *binder_spares_keep(struct binder_spares *spares, void *object)
{
	u32 count = READ_ONCE(spares->count);

	if (count == BINDER_SPARES)
		return object;
	WRITE_ONCE(spares->count, count + 1);
	return xchg(&spares->place[count], object);
}

/**
 * binder_spares_drop() - free what is kept
 * @spares: those of a kind; others may take and keep meanwhile
 * @cache:  of that kind
 */
static inline void binder_spares_drop(struct binder_spares *spares, struct kmem_cache *cache)
{
	void *object;
	int i;

	for (i = 0; i < BINDER_SPARES; i++) {
		object = xchg(&spares->place[i], NULL);
		if (object)
			kmem_cache_free(cache, object);
	}
}

#endif /* BINDER_SPARE_H */
