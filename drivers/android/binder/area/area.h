/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Area: the memory in which a process receives.
 *
 * One per open file.  mmap() gives it a size and lets it take data; from then
 * on senders allocate buffers in it, copy payloads into its pages through the
 * kernel's own mapping, and the receiver sees them through its VMA, which its
 * own page faults fill.  Nobody ever looks at the receiver's mm.
 *
 *	UNMAPPED_YET --mmap--> MAPPED --VMA closed--> UNMAPPED | EXITING
 *	      \_________________|______________________/
 *	                        v  last close of the file
 *	                      CLOSED
 *
 * Only MAPPED takes data.  The VMA is closed by munmap() and exec (UNMAPPED) or
 * by exit_mm() in do_exit(), which runs before the fds are closed (EXITING):
 * in that window a call is answered with BR_FAILED_REPLY and the log says
 * "binder_alloc_buf, no vma".  An area is mapped once; there is no way back.
 *
 * A buffer passes from hand to hand:
 *
 *	FILLING    a sender's: it, or the transaction that carries the buffer
 *	           on, frees it
 *	DELIVERED  the receiver's: it may free it, by address
 *	CLAIMED    whoever took it back from the receiver (BC_FREE_BUFFER, or the
 *	           receiver's release) and is about to free it
 *
 * so that a buffer is freed by exactly one, and never while somebody else uses
 * it.
 *
 * Who may hold an area: its process, and the shrinker while it takes a page of
 * it back.  @lock guards all of it but what is said to be fixed; only the LRU list's own
 * lock is taken inside it.
 * The pages are in pages.c; area.c knows ranges and buffers.
 */
#ifndef BINDER_AREA_H
#define BINDER_AREA_H

#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>

#include "../spare.h"
#include "range.h"

struct binder_node;
struct binder_records;

#define BINDER_AREA_MAX_SIZE	SZ_4M

enum binder_area_state {
	BINDER_AREA_UNMAPPED_YET,
	BINDER_AREA_MAPPED,
	BINDER_AREA_UNMAPPED,
	BINDER_AREA_EXITING,
	BINDER_AREA_CLOSED,
};

enum binder_buffer_state {
	BINDER_BUFFER_FILLING,
	BINDER_BUFFER_DELIVERED,
	BINDER_BUFFER_CLAIMED,
};

/**
 * struct binder_payload_size - the parts of a payload, in bytes, as the sender gave them
 * @data:    the data
 * @offsets: the array of object offsets behind it
 * @extra:   space behind that, for scatter-gather and security contexts
 */
struct binder_payload_size {
	u64 data;
	u64 offsets;
	u64 extra;
};

/**
 * struct binder_tally - what the one-way calls of one sender take up in an area
 * @node:    in area->tallies
 * @pid:     the sender
 * @buffers: how many; the tally goes with the last
 * @bytes:   of space
 */
struct binder_tally {
	struct rb_node node;
	int pid;
	u32 buffers;
	u32 bytes;
};

/**
 * struct binder_space - how much space an area has, and who has most of what is taken
 * @size:        bytes of the area
 * @free:        of these, not taken
 * @oneway_free: bytes that one-way calls may still take
 * @largest:     bytes of the largest hole
 * @pid:         the sender of most of what is taken, or 0
 * @buffers:     of that sender
 * @bytes:       of these
 */
struct binder_space {
	u32 size;
	u32 free;
	u32 oneway_free;
	u32 largest;
	int pid;
	u32 buffers;
	u32 bytes;
};

/**
 * struct binder_area_figures - what there is to know of an area
 * @size:         bytes
 * @oneway_free:  bytes that one-way calls may still take
 * @buffers:      how many there are
 * @pages_used:   pages on which buffers lie
 * @pages_unused: pages that are kept for the next one
 * @pages_absent: places without a page
 * @pages_top:    behind the last page that there ever was
 */
struct binder_area_figures {
	u32 size;
	u32 oneway_free;
	u32 buffers;
	u32 pages_used;
	u32 pages_unused;
	u32 pages_absent;
	u32 pages_top;
};

/**
 * struct binder_buffer - one payload in an area
 * @range:        where it is; guarded by area->lock
 * @state:        whose it is; set to DELIVERED by its holder, as the last thing that it
 *                does, else guarded by area->lock
 * @id:           of the message, for logs; fixed
 * @sender:       the process that it is from; fixed
 * @tally:        for one-way calls, where it counts; guarded by area->lock
 * @oneway:       it counts against the area's one-way space; fixed
 * @spam:         its sender is suspected of filling that space; fixed
 * @data_size:    bytes of data, at the start of @range; fixed
 * @offsets_size: bytes of offsets, behind the data rounded up to a word; fixed
 * @extra_size:   bytes of further space, behind the offsets rounded up likewise; fixed
 * @secctx_size:  bytes at the end of that space which are the sender's security
 *                context; 0: it was not asked for; fixed
 * @clear:        overwrite it with zeroes when it is freed (TF_CLEAR_BUF); fixed
 * @node:         the node called, held strongly; NULL for a reply.  The
 *                holder's.
 * @records:      what translating the payload took, to be given back when the
 *                buffer is freed; NULL if nothing.  The holder's.
 * @last_records: the last of @records
 */
struct binder_buffer {
	struct binder_range range;
	enum binder_buffer_state state;
	int sender;
	u64 id;
	struct binder_tally *tally;
	bool oneway;
	bool spam;
	u32 data_size;
	u32 offsets_size;
	u32 extra_size;
	u32 secctx_size;
	bool clear;
	struct binder_node *node;
	struct binder_records *records;
	struct binder_records *last_records;
};

struct binder_leaf;

/**
 * struct binder_area - the memory in which a process receives
 * @refs:        the process, and the shrinker for each page it has in hand
 * @pid:         its process, for traces; fixed
 * @lock:        guards what is not said to be fixed or guarded otherwise; none of ours is
 *               taken inside
 * @state:       only BINDER_AREA_MAPPED takes data; read without the lock in logs
 * @ranges:      the buffers and the holes between them
 * @buffers:     how many there are
 * @free:        bytes that they don't take
 * @oneway_free: bytes that one-way calls may still take, of half the area
 * @spam_seen:   somebody was suspected, and the space has not recovered since
 * @tallies:     who has taken how much of it, by pid
 * @spare:       a tally for the next sender, or NULL
 * @user:        address of the area in its process; fixed by mmap()
 * @mm:          of the mapping, to compare with only; fixed by mmap()
 * @size:        bytes; fixed by mmap()
 * @install:     held from looking a page up until it is in the receiver's VMA,
 *               and from taking a page away until it is out of it.  Taken
 *               inside mmap_lock; the shrinker only tries it.  Guards @mapping.
 * @mapping:     the file's, to take pages out of the VMA; NULL when closed
 * @window:      the area's own part of the device's page offsets, in units of
 *               %BINDER_AREA_MAX_SIZE; fixed by mmap(), -1 before
 * @leaves:      the places of its pages, see pages.c; NULL before mmap()
 * @pages_top:   behind the last page that there ever was
 * @spares:      buffers for the next messages; without a lock
 */
struct binder_area {
	refcount_t refs;
	int pid;
	spinlock_t lock; /* what has no lock of its own */
	enum binder_area_state state;
	struct binder_range_tree ranges;
	u32 buffers;
	u32 free;
	u32 oneway_free;
	bool spam_seen;
	struct rb_root tallies;
	struct binder_tally *spare;
	unsigned long user;
	const struct mm_struct *mm;
	u32 size;
	struct mutex install; /* look-up + insertion against taking back; @mapping */
	struct address_space *mapping;
	int window;
	struct binder_leaf **leaves;
	u32 pages_top;
	struct binder_spares spares;
};

/* area.c */
struct binder_area *binder_area_create(int pid);
int binder_area_mmap(struct binder_area *area, struct file *file, struct vm_area_struct *vma);
void binder_area_shut(struct binder_area *area);
void binder_area_close(struct binder_area *area);
struct binder_buffer *binder_area_alloc(struct binder_area *area,
					const struct binder_payload_size *size, u64 id,
					int sender, bool oneway);
void binder_area_free(struct binder_area *area, struct binder_buffer *buffer);
struct binder_buffer *binder_area_claim(struct binder_area *area, u64 user);
struct binder_buffer *binder_area_claim_from(struct binder_area *area, u32 *cursor);
struct binder_buffer *binder_area_from_locked(struct binder_area *area, u32 start);
void binder_area_drop_spares(struct binder_area *area);
int binder_area_init(void);
void binder_area_exit(void);

/* tally.c */
int binder_tally_add_locked(struct binder_area *area, struct binder_buffer *buffer);
void binder_tally_remove_locked(struct binder_area *area, struct binder_buffer *buffer);
int binder_tally_provide(struct binder_area *area);

/* space.c */
void binder_area_space(struct binder_area *area, struct binder_space *space);
void binder_area_figures(struct binder_area *area, struct binder_area_figures *figures);

/* pages.c */
int binder_pages_create(struct binder_area *area, struct file *file, u32 size);
void binder_pages_close(struct binder_area *area);
void binder_pages_count_locked(struct binder_area *area, struct binder_area_figures *figures);
int binder_pages_use_locked(struct binder_area *area, const struct binder_range *range);
void binder_pages_unuse_locked(struct binder_area *area, u32 first, u32 end,
			       struct list_head *dispose);
void binder_pages_dispose(struct list_head *dispose);
int binder_area_copy_from_user(struct binder_area *area, const struct binder_buffer *buffer,
			       u32 offset, const void __user *from, size_t bytes);
void binder_area_write(struct binder_area *area, const struct binder_buffer *buffer,
		       u32 offset, const void *from, size_t bytes);
void binder_area_clear(struct binder_area *area, const struct binder_buffer *buffer);
vm_fault_t binder_pages_fault(struct vm_fault *vmf);
void binder_area_put(struct binder_area *area);
int binder_pages_init(void);
void binder_pages_exit(void);
#ifdef CONFIG_BINDER_LINUX_KUNIT_TEST
int binder_pages_peek(struct binder_area *area, u32 index);
u32 binder_pages_leaves(struct binder_area *area);
size_t binder_pages_row(struct binder_area *area, const struct binder_buffer *buffer);
unsigned long binder_pages_shrink(void);
#endif

/**
 * binder_area_deliver() - a buffer is the receiver's from now on
 * @buffer: a FILLING buffer of the caller's, which must not touch it any more
 */
static inline void binder_area_deliver(struct binder_buffer *buffer)
{
	/* The last that its holder does to it; the next one looks in claim_locked(). */
	smp_store_release(&buffer->state, BINDER_BUFFER_DELIVERED);
}

/**
 * binder_buffer_offsets() - where in a buffer its array of offsets starts
 * @buffer: the buffer
 *
 * Return: bytes from the start of the buffer.
 */
static inline u32 binder_buffer_offsets(const struct binder_buffer *buffer)
{
	return ALIGN(buffer->data_size, BINDER_RANGE_ALIGN);
}

/**
 * binder_buffer_secctx() - where in a buffer the sender's security context is
 * @buffer: the buffer
 *
 * Return: bytes from the start of the buffer.
 */
static inline u32 binder_buffer_secctx(const struct binder_buffer *buffer)
{
	u32 end = binder_buffer_offsets(buffer) + ALIGN(buffer->offsets_size, BINDER_RANGE_ALIGN) +
		  ALIGN(buffer->extra_size, BINDER_RANGE_ALIGN);

	return end - ALIGN(buffer->secctx_size, sizeof(u64));
}

/**
 * binder_buffer_user() - the address of a buffer in its receiver
 * @area:   the receiver's area
 * @buffer: a buffer in it
 *
 * Return: the user address of the data.
 */
static inline u64 binder_buffer_user(const struct binder_area *area,
				     const struct binder_buffer *buffer)
{
	return area->user + buffer->range.start;
}

#endif /* BINDER_AREA_H */
