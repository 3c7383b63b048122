// SPDX-License-Identifier: GPL-2.0-only
/* Areas: buffers, and the life of the mapping.  The essay is in area.h. */

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include "area.h"
#include "../stats.h"
#include "../trace.h"

/*
 * A longer mapping than is used has always been allowed.  But it reaches into
 * the windows of other areas, where reclaim has to look it up for nothing.
 */
#define MAPPING_MAX	(16 * BINDER_AREA_MAX_SIZE)

static struct kmem_cache *buffer_cache;

static struct binder_buffer *buffer_of(struct binder_range *range)
{
	return container_of(range, struct binder_buffer, range);
}

/**
 * binder_area_create() - an area that is not mapped yet
 * @pid: its process, in the initial namespace
 *
 * Return: the area, with one reference for the caller, or NULL.
 */
struct binder_area *binder_area_create(int pid)
{
	struct binder_area *area = kzalloc_obj(*area, GFP_KERNEL_ACCOUNT);

	if (!area)
		return NULL;
	refcount_set(&area->refs, 1);
	area->pid = pid;
	spin_lock_init(&area->lock);
	mutex_init(&area->install);
	binder_range_tree_init(&area->ranges, 0);
	area->tallies = RB_ROOT;
	area->window = -1;
	return area;
}

static unsigned long area_pgoff(const struct binder_area *area)
{
	return (unsigned long)area->window * (BINDER_AREA_MAX_SIZE >> PAGE_SHIFT);
}

/*
 * A VMA of the area goes: munmap(), exec or exit.  A part of it counts as all of
 * it: what is left could not take every payload.
 */
static void area_vma_close(struct vm_area_struct *vma)
{
	struct binder_area *area = vma->vm_private_data;
	/*
	 * Without users the whole mm is being torn down: by exec, when its
	 * owner lives on, or by exit.
	 */
	bool exiting = !atomic_read(&vma->vm_mm->mm_users) &&
		       (!current->mm || (current->flags & PF_EXITING));

	/*
	 * A copy that mremap() makes and gives up, or one of a forked child
	 * (MADV_DOFORK), is not the area's mapping.
	 */
	if (vma->vm_mm != area->mm ||
	    (vma->vm_start - area->user) >> PAGE_SHIFT != vma->vm_pgoff - area_pgoff(area))
		return;
	spin_lock(&area->lock);
	if (area->state == BINDER_AREA_MAPPED)
		WRITE_ONCE(area->state, exiting ? BINDER_AREA_EXITING : BINDER_AREA_UNMAPPED);
	spin_unlock(&area->lock);
}

/* Buffers are told apart by their address, so an area stays where it is. */
static int area_vma_mremap(struct vm_area_struct *vma)
{
	return -EINVAL;
}

static const struct vm_operations_struct area_vm_ops = {
	.close = area_vma_close,
	.mremap = area_vma_mremap,
	.fault = binder_pages_fault,
};

/**
 * binder_area_mmap() - give an area its size and let it take data
 * @area: the area
 * @file: the file that is mapped
 * @vma:  the mapping, of which at most %BINDER_AREA_MAX_SIZE are used
 *
 * Context: caller holds mmap_lock for writing.
 * Return: 0, -EPERM for a writable mapping, -EINVAL for an absurdly long one, -EBUSY
 * if @area was mapped before, -ENOMEM, -ENOSPC.
 */
int binder_area_mmap(struct binder_area *area, struct file *file, struct vm_area_struct *vma)
{
	u32 size = min_t(unsigned long, vma->vm_end - vma->vm_start, BINDER_AREA_MAX_SIZE);
	int ret;

	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	if (area->leaves)
		return -EBUSY;
	if (vma->vm_end - vma->vm_start > MAPPING_MAX)
		return -EINVAL;
	ret = binder_pages_create(area, file, size);
	if (ret)
		return ret;

	vm_flags_mod(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_MIXEDMAP, VM_MAYWRITE);
	vma->vm_ops = &area_vm_ops;
	vma->vm_private_data = area;
	vma->vm_pgoff = area_pgoff(area);

	spin_lock(&area->lock);
	area->user = vma->vm_start;
	area->mm = vma->vm_mm;
	area->size = size;
	binder_range_tree_init(&area->ranges, size);
	area->free = size;
	area->oneway_free = size / 2;
	WRITE_ONCE(area->state, BINDER_AREA_MAPPED);
	spin_unlock(&area->lock);
	return 0;
}

/**
 * binder_area_shut() - the file is closed: no data from now on
 * @area: the area; no VMA is left
 */
void binder_area_shut(struct binder_area *area)
{
	spin_lock(&area->lock);
	WRITE_ONCE(area->state, BINDER_AREA_CLOSED);
	spin_unlock(&area->lock);
}

/**
 * binder_area_close() - free the memory of an area whose file is closed
 * @area: the area; it is shut if it was not
 *
 * Buffers that are still FILLING or CLAIMED stay until their holders free them.
 *
 * Context: may sleep.
 */
void binder_area_close(struct binder_area *area)
{
	binder_area_shut(area);
	binder_pages_close(area);
	binder_spares_drop(&area->spares, buffer_cache);
}

/* Each part starts at a word.  Returns 0, -EINVAL for a sum that comes round, or -ENOSPC. */
static int total_size(const struct binder_payload_size *size, u32 *total)
{
	u64 data, offsets, extra, sum;

	if (check_add_overflow(size->data, (u64)BINDER_RANGE_ALIGN - 1, &data) ||
	    check_add_overflow(size->offsets, (u64)BINDER_RANGE_ALIGN - 1, &offsets) ||
	    check_add_overflow(size->extra, (u64)BINDER_RANGE_ALIGN - 1, &extra))
		return -EINVAL;
	data = ALIGN_DOWN(data, BINDER_RANGE_ALIGN);
	offsets = ALIGN_DOWN(offsets, BINDER_RANGE_ALIGN);
	extra = ALIGN_DOWN(extra, BINDER_RANGE_ALIGN);
	if (check_add_overflow(data, offsets, &sum) || check_add_overflow(sum, extra, &sum))
		return -EINVAL;
	if (sum > BINDER_AREA_MAX_SIZE)
		return -ENOSPC;
	*total = sum;
	return 0;
}

static void unplace_locked(struct binder_area *area, struct binder_buffer *buffer)
{
	if (buffer->oneway)
		area->oneway_free += buffer->range.size;
	if (buffer->tally)
		binder_tally_remove_locked(area, buffer);
	area->buffers--;
	area->free += buffer->range.size;
	binder_range_free(&area->ranges, &buffer->range);
}

/* Place @buffer.  One-way calls pay what they take, exactly, and get it back. */
static int place_locked(struct binder_area *area, struct binder_buffer *buffer, u32 total)
{
	int ret = binder_range_alloc(&area->ranges, &buffer->range, total);

	if (ret)
		return ret;
	if (buffer->oneway && buffer->range.size > area->oneway_free) {
		binder_range_free(&area->ranges, &buffer->range);
		return -ENOSPC;
	}
	area->buffers++;
	area->free -= buffer->range.size;
	if (!buffer->oneway)
		return 0;
	area->oneway_free -= buffer->range.size;
	ret = binder_tally_add_locked(area, buffer);
	if (ret)
		unplace_locked(area, buffer);
	return ret;
}

/* The next message to the area has use for it. */
static void buffer_free(struct binder_area *area, struct binder_buffer *buffer)
{
	if (READ_ONCE(area->state) != BINDER_AREA_CLOSED)
		buffer = binder_spares_keep(&area->spares, buffer);
	if (buffer)
		kmem_cache_free(buffer_cache, buffer);
}

/* Place @buffer, with pages under it. */
static int place_buffer(struct binder_area *area, struct binder_buffer *buffer,
			const struct binder_payload_size *size)
{
	u32 total;
	int ret;

	do {
		spin_lock(&area->lock);
		ret = area->state == BINDER_AREA_MAPPED ? total_size(size, &total) : -ESRCH;
		if (!ret)
			ret = place_locked(area, buffer, total);
		if (!ret) {
			ret = binder_pages_use_locked(area, &buffer->range);
			if (ret)
				unplace_locked(area, buffer);
		}
		spin_unlock(&area->lock);
		/* A sender that has no tally yet. */
		if (ret == -EAGAIN && binder_tally_provide(area))
			ret = -ENOMEM;
	} while (ret == -EAGAIN);
	return ret;
}

/**
 * binder_area_alloc() - allocate a buffer and its pages for a sender
 * @area:   the receiver's area
 * @size:   the parts of the payload
 * @id:     of the message, for logs
 * @sender: the process that it is from
 * @oneway: take it from the space for one-way calls
 *
 * Context: may sleep.
 * Return: the buffer, FILLING, or an error: -ESRCH where the area has no
 * mapping, -EINVAL for sizes whose sum comes round, -ENOSPC, -ENOMEM.
 */
struct binder_buffer *binder_area_alloc(struct binder_area *area,
					const struct binder_payload_size *size, u64 id,
					int sender, bool oneway)
{
	struct binder_buffer *buffer = binder_spares_take(&area->spares);
	int ret;

	if (!buffer)
		buffer = kmem_cache_alloc(buffer_cache, GFP_KERNEL_ACCOUNT);
	if (!buffer)
		return ERR_PTR(-ENOMEM);
	/* Once it has its place, others may look at it. */
	*buffer = (struct binder_buffer){
		.id = id,
		.sender = sender,
		.oneway = oneway,
		.data_size = size->data,
		.offsets_size = size->offsets,
		.extra_size = size->extra,
	};
	ret = place_buffer(area, buffer, size);
	if (!ret) {
		binder_stats_created(BINDER_STAT_BUFFER);
		return buffer;
	}
	buffer_free(area, buffer);
	return ERR_PTR(ret);
}

/**
 * binder_area_free() - free a buffer
 * @area:   its area
 * @buffer: a buffer that the caller holds (FILLING or CLAIMED), its node and
 *          records given back
 */
void binder_area_free(struct binder_area *area, struct binder_buffer *buffer)
{
	u32 first = buffer->range.start >> PAGE_SHIFT;
	u32 end = DIV_ROUND_UP(buffer->range.start + buffer->range.size, PAGE_SIZE);
	LIST_HEAD(dispose);

	if (buffer->clear)
		binder_area_clear(area, buffer);
	spin_lock(&area->lock);
	trace_binder_update_page_range(area, false, &buffer->range);
	binder_pages_unuse_locked(area, first, end, &dispose);
	unplace_locked(area, buffer);
	spin_unlock(&area->lock);
	if (!list_empty(&dispose))
		binder_pages_dispose(&dispose);
	buffer_free(area, buffer);
	binder_stats_deleted(BINDER_STAT_BUFFER);
}

/**
 * binder_area_drop_spares() - free what an area keeps for the next messages
 * @area: the area, which nobody uses any more
 */
void binder_area_drop_spares(struct binder_area *area)
{
	binder_spares_drop(&area->spares, buffer_cache);
	kfree(area->spare);
	area->spare = NULL;
}

/* Take a buffer from the receiver, if it is the receiver's. */
static bool claim_locked(struct binder_buffer *buffer)
{
	/* With it comes all that its holder did before binder_area_deliver(). */
	if (smp_load_acquire(&buffer->state) != BINDER_BUFFER_DELIVERED)
		return false;
	buffer->state = BINDER_BUFFER_CLAIMED;
	return true;
}

/**
 * binder_area_claim() - the receiver gives a buffer back
 * @area: the receiver's area
 * @user: the address at which the buffer was delivered
 *
 * Return: the buffer, CLAIMED and the caller's; or -ENOENT where none starts
 * there, -EPERM where one does that is not (or no longer) the receiver's.
 */
struct binder_buffer *binder_area_claim(struct binder_area *area, u64 user)
{
	struct binder_buffer *buffer = ERR_PTR(-ENOENT);
	struct binder_range *range = NULL;

	spin_lock(&area->lock);
	if (user >= area->user && user - area->user < area->size)
		range = binder_range_find(&area->ranges, user - area->user);
	if (range) {
		buffer = buffer_of(range);
		if (!claim_locked(buffer))
			buffer = ERR_PTR(-EPERM);
	}
	spin_unlock(&area->lock);
	return buffer;
}

/**
 * binder_area_claim_from() - take the receiver's next buffer from it, for its release
 * @area:   the receiver's area
 * @cursor: 0 at first; moved along
 *
 * Return: the buffer, CLAIMED and the caller's, or NULL when there is none left.
 */
struct binder_buffer *binder_area_claim_from(struct binder_area *area, u32 *cursor)
{
	struct binder_buffer *buffer = NULL;
	struct binder_range *range;

	spin_lock(&area->lock);
	while (!buffer) {
		range = binder_range_from(&area->ranges, *cursor);
		if (!range)
			break;
		*cursor = range->start + range->size;
		if (claim_locked(buffer_of(range)))
			buffer = buffer_of(range);
	}
	spin_unlock(&area->lock);
	return buffer;
}

/**
 * binder_area_from_locked() - the buffer at a place, or the next one behind
 * @area:  the area; caller holds its lock
 * @start: the place, in bytes
 *
 * Return: the buffer, valid as long as the lock is held, or NULL.
 */
struct binder_buffer *binder_area_from_locked(struct binder_area *area, u32 start)
{
	struct binder_range *range;

	lockdep_assert_held(&area->lock);
	range = binder_range_from(&area->ranges, start);
	return range ? buffer_of(range) : NULL;
}

/**
 * binder_area_init() - set up what all areas share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_area_init(void)
{
	int ret;

	buffer_cache = KMEM_CACHE(binder_buffer, 0);
	if (!buffer_cache)
		return -ENOMEM;
	ret = binder_pages_init();
	if (ret)
		kmem_cache_destroy(buffer_cache);
	return ret;
}

/** binder_area_exit() - undo binder_area_init(); no area is left */
void binder_area_exit(void)
{
	binder_pages_exit();
	kmem_cache_destroy(buffer_cache);
}
