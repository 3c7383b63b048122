/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spare: an object that is done with and kept for the next one of its kind.
 *
 * A process keeps a transaction, an area a buffer, so that calls that come one after
 * the other allocate nothing.  The place is one pointer, without a lock: who takes
 * the object has it alone, and finds everything in it that was written before it
 * was put there.  What is in it is that of its last user: the next one sets all.
 */
#ifndef BINDER_SPARE_H
#define BINDER_SPARE_H

#include <linux/atomic.h>

/**
 * binder_spare_take() - take what is kept
 * @place: address of the pointer to it
 *
 * Return: the object or NULL.
 */
#define binder_spare_take(place)					\
({									\
	typeof(place) __place = (place);				\
									\
	READ_ONCE(*__place) ? xchg(__place, NULL) : NULL;		\
})

/**
 * binder_spare_keep() - keep an object, if none is kept yet
 * @place:  address of the pointer to it
 * @object: the caller's
 *
 * Return: an object for the caller to free, or NULL.
 */
#define binder_spare_keep(place, object)				\
({									\
	typeof(place) __place = (place);				\
	typeof(*__place) __object = (object);				\
									\
	READ_ONCE(*__place) ? __object : xchg(__place, __object);	\
})

#endif /* BINDER_SPARE_H */
