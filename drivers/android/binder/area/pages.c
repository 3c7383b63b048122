// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages behind an area: allocated when a buffer first needs them, given back
 * to the system by a shrinker when no buffer does.
 *
 * A page counts the buffers that lie on it (@users; two neighbours may share a
 * page).  With none it stays where it is, mapped, as the next buffer will want
 * it again, and is put on an LRU list.  It is not taken off when it is used
 * again: a call that comes again and again touches the list once.  The shrinker
 * drops from the list what it finds in use, and takes back the rest:
 *
 *	off the list --- last user gone ---> LISTED --- shrinker ---> ISOLATED
 *	      ^                                |                         |
 *	      +------ shrinker finds users ----+                    page freed
 *
 * The race to get right is a fault that has looked a page up and installs it
 * after the shrinker has taken that page away; its reader would see a stale
 * page.  So looking up and installing happen under area->install, and so does
 * taking away:
 *
 *	fault (receiver)                  reclaim (anybody)
 *	mutex_lock(install)               mutex_trylock(install) or leave it
 *	page = page_at(area, i)           unmap_mapping_range(window + i)
 *	vm_insert_page(vma, page)         users == 0 ? take it out of the area
 *	mutex_unlock(install)             mutex_unlock(install); free the page
 *
 * In this order: senders do not take install, so the place may have another page
 * as soon as it is free.  A page that got users after all just faults in again.
 *
 * Pages that a buffer lacks are allocated in pieces of several pages, which are split
 * at once: from then on each is a page like any other, and is freed by itself.  The
 * lock is dropped for that, so a neighbour may bring a page that both lie on; the one
 * who comes second frees its own.
 *
 * Taking a page out of the VMA needs neither the VMA nor its mm: mmap() has
 * moved the VMA to page offsets that no other area has.
 *
 * Lock order: mmap_lock, area->install, area->lock, the LRU list's own lock.  The
 * shrinker's callback runs under the last of these and so only tries area->lock.
 */

#include <linux/highmem.h>
#include <linux/idr.h>
#include <linux/uaccess.h>

#include "area.h"
#include "../trace.h"

#define WINDOW_PAGES	(BINDER_AREA_MAX_SIZE >> PAGE_SHIFT)
/* Places of pages that are allocated together. */
#define LEAF_PAGES	64
/* Pages that one fault installs at most, the wanted one first. */
#define FAULT_AROUND	64
/* Pages that are allocated in one piece at most: 2 to the power of it. */
#define RUN_ORDER	4

enum binder_page_list { PAGE_UNLISTED, PAGE_LISTED, PAGE_ISOLATED };

/**
 * struct binder_page - a page of an area
 * @lru:   on the LRU list, or on the shrinker's list of pages to take back
 * @page:  the page
 * @area:  whose it is; not counted, see isolate()
 * @index: its place in the area
 * @users: buffers that lie on it
 * @list:  which list @lru is on
 *
 * @users and @list are guarded by area->lock, the rest is fixed.
 */
struct binder_page {
	struct list_head lru;
	struct page *page;
	struct binder_area *area;
	u32 index;
	u32 users;
	enum binder_page_list list;
};

/**
 * struct binder_leaf - the places of some pages in a row
 * @pages: a page or NULL for each; written under area->lock, read as page_at() says
 *
 * Most processes only ever use the beginning of what they have mapped, some nothing, so
 * a leaf is allocated with its first page.  Then it stays as long as the area.
 */
struct binder_leaf {
	struct binder_page *pages[LEAF_PAGES];
};

static struct kmem_cache *page_cache;
static struct list_lru unused_pages;
static struct shrinker *shrinker;
static DEFINE_IDA(windows);

static void page_free(struct binder_page *page)
{
	__free_page(page->page);
	kmem_cache_free(page_cache, page);
}

/* The leaf of a place.  NULL only where no page has been brought to it yet. */
static struct binder_leaf *leaf_of(const struct binder_area *area, u32 index)
{
	return READ_ONCE(area->leaves[index / LEAF_PAGES]);
}

/*
 * The page in a place, or NULL.  Its caller holds area->lock, or area->install: then a page
 * may be added, but none is taken away.
 */
static struct binder_page *page_at(const struct binder_area *area, u32 index)
{
	const struct binder_leaf *leaf = leaf_of(area, index);

	return leaf ? READ_ONCE(leaf->pages[index % LEAF_PAGES]) : NULL;
}

static void page_put_locked(struct binder_area *area, u32 index, struct binder_page *page)
{
	/* A fault looks without the lock, and follows it. */
	smp_store_release(&leaf_of(area, index)->pages[index % LEAF_PAGES], page);
}

/* Take an unused, unlisted page out of its area; its caller disposes of it. */
static void page_remove_locked(struct binder_page *page, struct list_head *dispose)
{
	page_put_locked(page->area, page->index, NULL);
	list_add(&page->lru, dispose);
}

/* If a page that was kept is used again: mainline takes it off its list for that. */
static void trace_reuse(const struct binder_page *page)
{
	/* Each page of each buffer comes by. */
	if (!trace_binder_alloc_lru_start_enabled() && !trace_binder_alloc_lru_end_enabled())
		return;
	if (page->users > 1 || page->list != PAGE_LISTED)
		return;
	trace_binder_alloc_lru_start(page->area, page->index);
	trace_binder_alloc_lru_end(page->area, page->index);
}

/* The page's last user has gone, or the shrinker could not take it. */
static void page_rest_locked(struct binder_page *page, struct list_head *dispose)
{
	lockdep_assert_held(&page->area->lock);
	if (page->area->state == BINDER_AREA_CLOSED) {
		page_remove_locked(page, dispose);
		return;
	}
	trace_binder_free_lru_start(page->area, page->index);
	list_lru_add_obj(&unused_pages, &page->lru);
	page->list = PAGE_LISTED;
	trace_binder_free_lru_end(page->area, page->index);
}

/**
 * binder_pages_count_locked() - the pages of an area
 * @area:    the area; caller holds area->lock
 * @figures: what is set of it: all about pages
 */
void binder_pages_count_locked(struct binder_area *area, struct binder_area_figures *figures)
{
	u32 i;

	lockdep_assert_held(&area->lock);
	for (i = 0; i < area->size >> PAGE_SHIFT; i++) {
		const struct binder_page *page = page_at(area, i);

		if (!page)
			figures->pages_absent++;
		else if (page->users)
			figures->pages_used++;
		else
			figures->pages_unused++;
	}
	figures->pages_top = area->pages_top;
}

/**
 * binder_pages_dispose() - free pages that were taken out of an area
 * @dispose: list of them; empty afterwards
 *
 * Context: any; no lock is needed.
 */
void binder_pages_dispose(struct list_head *dispose)
{
	struct binder_page *page, *next;

	list_for_each_entry_safe(page, next, dispose, lru)
		page_free(page);
	INIT_LIST_HEAD(dispose);
}

/**
 * binder_pages_unuse_locked() - a buffer leaves its pages
 * @area:    the area; caller holds area->lock
 * @first:   first page
 * @end:     behind the last page
 * @dispose: takes the pages that have to be freed, for binder_pages_dispose()
 *           once the lock is dropped
 */
void binder_pages_unuse_locked(struct binder_area *area, u32 first, u32 end,
			       struct list_head *dispose)
{
	u32 i;

	lockdep_assert_held(&area->lock);
	for (i = first; i < end; i++) {
		struct binder_page *page = leaf_of(area, i)->pages[i % LEAF_PAGES];

		if (--page->users == 0 && page->list == PAGE_UNLISTED)
			page_rest_locked(page, dispose);
	}
}

static void page_init(struct binder_page *page, struct binder_area *area, u32 index,
		      struct page *memory)
{
	INIT_LIST_HEAD(&page->lru);
	page->page = memory;
	page->area = area;
	page->index = index;
	page->users = 0;
	page->list = PAGE_UNLISTED;
}

/* See that the leaf of a place is there. */
static bool leaf_provide(struct binder_area *area, u32 index)
{
	struct binder_leaf **place = &area->leaves[index / LEAF_PAGES], *leaf;

	if (leaf_of(area, index))
		return true;
	leaf = kzalloc_obj(*leaf, GFP_KERNEL_ACCOUNT);
	if (!leaf)
		return false;
	/* Another sender may come first; a fault follows it without area->lock. */
	if (cmpxchg_release(place, NULL, leaf))
		kfree(leaf);
	return true;
}

/*
 * Allocate up to 2^@order pages for the places from @index on, which are in one leaf.  A run
 * of them costs hardly more than one page, but is not worth any reclaim.  Returns how many
 * there are in @fresh, a power of two, or 0.
 */
static u32 pages_create(struct binder_area *area, u32 index, unsigned int order,
			struct binder_page **fresh)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_HIGHMEM;
	const gfp_t run_gfp = (gfp | __GFP_NOMEMALLOC | __GFP_NOWARN) & ~__GFP_RECLAIM;
	struct page *pages;
	u32 i;

	if (!leaf_provide(area, index))
		return 0;
	do {
		pages = alloc_pages(order ? run_gfp : gfp, order);
	} while (!pages && order--);
	if (!pages)
		return 0;
	if (!kmem_cache_alloc_bulk(page_cache, GFP_KERNEL_ACCOUNT, 1 << order, (void **)fresh)) {
		__free_pages(pages, order);
		return 0;
	}
	/* Each is freed by itself. */
	split_page(pages, order);
	for (i = 0; i < 1 << order; i++)
		page_init(fresh[i], area, index + i, pages + i);
	return 1 << order;
}

/* As if each page had been allocated by itself, which mainline does. */
static void trace_run(const struct binder_area *area, u32 index, u32 count)
{
	for (; count > 1; count--) {
		trace_binder_alloc_page_end(area, index++);
		trace_binder_alloc_page_start(area, index);
	}
	trace_binder_alloc_page_end(area, index);
}

/*
 * Bring a page to the place @first, and to those that are empty behind it, as many
 * as go with it in its leaf.  Until the lock is dropped again these have no user and are on
 * no list.
 */
static noinline int pages_bring_locked(struct binder_area *area, u32 first, u32 end)
{
	struct binder_page *fresh[1 << RUN_ORDER] __uninitialized;
	u32 i, count = 1;

	end = min3(end, first + (u32)ARRAY_SIZE(fresh), round_down(first, LEAF_PAGES) + LEAF_PAGES);
	while (first + count < end && !page_at(area, first + count))
		count++;
	spin_unlock(&area->lock);
	trace_binder_alloc_page_start(area, first);
	count = pages_create(area, first, ilog2(count), fresh);
	trace_run(area, first, count);
	spin_lock(&area->lock);
	for (i = 0; i < count; i++) {
		/* A neighbour may have brought the first or the last page meanwhile. */
		if (page_at(area, first + i))
			page_free(fresh[i]);
		else
			page_put_locked(area, first + i, fresh[i]);
	}
	if (!count)
		return -ENOMEM;
	area->pages_top = max(area->pages_top, first + count);
	return 0;
}

/**
 * binder_pages_use_locked() - see that a range has pages, and keep them until it is freed
 * @area:  the area; caller holds its lock, which is dropped while pages are allocated
 * @range: allocated by the caller
 *
 * Context: may sleep while the lock is dropped.
 * Return: 0 or -ENOMEM; no page is kept then.
 */
int binder_pages_use_locked(struct binder_area *area, const struct binder_range *range)
{
	u32 first = range->start >> PAGE_SHIFT;
	u32 end = DIV_ROUND_UP(range->start + range->size, PAGE_SIZE);
	struct binder_page *page;
	LIST_HEAD(dispose);
	u32 i;

	lockdep_assert_held(&area->lock);
	trace_binder_update_page_range(area, true, range);
	for (i = first; i < end; i++) {
		page = page_at(area, i);
		if (!page) {
			if (pages_bring_locked(area, i, end)) {
				binder_pages_unuse_locked(area, first, i, &dispose);
				binder_pages_dispose(&dispose);
				return -ENOMEM;
			}
			page = page_at(area, i);
		}
		page->users++;
		trace_reuse(page);
	}
	return 0;
}

/* The page at @offset of a buffer in use: it can't go away, so no lock is needed. */
static struct page *buffer_page(struct binder_area *area, const struct binder_buffer *buffer,
				u32 offset, u32 *in_page)
{
	u32 at = buffer->range.start + offset;

	*in_page = offset_in_page(at);
	at >>= PAGE_SHIFT;
	return READ_ONCE(leaf_of(area, at)->pages[at % LEAF_PAGES])->page;
}

/*
 * Map a buffer from @offset on, for as many of @bytes as lie in a row in the kernel's
 * mapping, and in a leaf.  High memory has no place there; KMSAN keeps what it knows by
 * pages; and a tag that KASAN has in pointers is that of one piece of memory.
 */
static void *map_row(struct binder_area *area, const struct binder_buffer *buffer, u32 offset,
		     size_t *bytes)
{
	u32 index = (buffer->range.start + offset) >> PAGE_SHIFT, at = index % LEAF_PAGES;
	const struct binder_leaf *leaf = leaf_of(area, index);
	u32 in_page;
	struct page *page = buffer_page(area, buffer, offset, &in_page);
	unsigned long pfn = page_to_pfn(page);
	size_t n = PAGE_SIZE - in_page;

	if (!IS_ENABLED(CONFIG_HIGHMEM) && !IS_ENABLED(CONFIG_KMSAN)) {
		while (n < *bytes && ++at < LEAF_PAGES) {
			const struct page *next = READ_ONCE(leaf->pages[at])->page;

			if (page_to_pfn(next) != ++pfn ||
			    page_kasan_tag(next) != page_kasan_tag(page))
				break;
			n += PAGE_SIZE;
		}
	}
	*bytes = min(*bytes, n);
	return kmap_local_page(page) + in_page;
}

/**
 * binder_area_copy_from_user() - copy a sender's data into a buffer
 * @area:   the receiver's area
 * @buffer: a buffer in it that the caller holds
 * @offset: where in the buffer; @offset + @bytes lies inside
 * @from:   the sender's memory
 * @bytes:  how many
 *
 * Context: may fault and sleep; no lock may be held, as @from may lie in an area.
 * Return: 0 or -EFAULT.
 */
int binder_area_copy_from_user(struct binder_area *area, const struct binder_buffer *buffer,
			       u32 offset, const void __user *from, size_t bytes)
{
	while (bytes) {
		size_t n = bytes;
		void *to = map_row(area, buffer, offset, &n);
		unsigned long left = copy_from_user(to, from, n);

		kunmap_local(to);
		if (left)
			return -EFAULT;
		offset += n;
		from += n;
		bytes -= n;
	}
	return 0;
}

/**
 * binder_area_write() - write into a buffer
 * @area:   the receiver's area
 * @buffer: a buffer in it that the caller holds
 * @offset: where in the buffer; @offset + @bytes lies inside
 * @from:   what to write
 * @bytes:  how many
 */
void binder_area_write(struct binder_area *area, const struct binder_buffer *buffer,
		       u32 offset, const void *from, size_t bytes)
{
	while (bytes) {
		u32 in_page;
		struct page *page = buffer_page(area, buffer, offset, &in_page);
		size_t n = min_t(size_t, bytes, PAGE_SIZE - in_page);

		memcpy_to_page(page, in_page, from, n);
		offset += n;
		from += n;
		bytes -= n;
	}
}

/**
 * binder_area_clear() - overwrite a buffer with zeroes
 * @area:   the receiver's area
 * @buffer: a buffer in it that the caller holds
 */
void binder_area_clear(struct binder_area *area, const struct binder_buffer *buffer)
{
	u32 offset = 0;

	while (offset < buffer->range.size) {
		u32 in_page;
		struct page *page = buffer_page(area, buffer, offset, &in_page);
		size_t n = min_t(size_t, buffer->range.size - offset, PAGE_SIZE - in_page);

		memzero_page(page, in_page, n);
		offset += n;
	}
}

/**
 * binder_pages_fault() - the receiver touches its area
 * @vmf: the fault
 *
 * Installs the page that was touched and those behind it that are there too.
 *
 * Return: VM_FAULT_NOPAGE, or VM_FAULT_SIGBUS where no buffer ever was.
 */
vm_fault_t binder_pages_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct binder_area *area = vma->vm_private_data;
	pgoff_t index = vmf->pgoff - (pgoff_t)area->window * WINDOW_PAGES;
	unsigned long address = vmf->address & PAGE_MASK;
	struct page *pages[FAULT_AROUND] __uninitialized;
	unsigned long count, left, most;
	int err = -EFAULT;

	if (index >= area->size >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;
	most = min3((area->size >> PAGE_SHIFT) - index, (vma->vm_end - address) >> PAGE_SHIFT,
		    (unsigned long)FAULT_AROUND);

	mutex_lock(&area->install);
	for (count = 0; count < most; count++) {
		struct binder_page *page = page_at(area, index + count);

		if (!page)
			break;
		pages[count] = page->page;
	}
	/* It ends at the first one that is there already. */
	left = count;
	if (count)
		err = vm_insert_pages(vma, address, pages, &left);
	mutex_unlock(&area->install);
	if (left < count || err == -EBUSY)
		return VM_FAULT_NOPAGE;
	return vmf_error(err);
}

/*
 * The LRU list's lock is held here, so area->lock can only be tried.  The area
 * is there: a page is taken off the list before its area goes.
 */
static enum lru_status isolate(struct list_head *item, struct list_lru_one *list,
			       BINDER_COMPAT_LRU_LOCK void *arg)
{
	struct binder_page *page = container_of(item, struct binder_page, lru);
	struct binder_area *area = page->area;
	enum lru_status status = LRU_REMOVED;

	if (!spin_trylock(&area->lock))
		return LRU_SKIP;
	if (area->state == BINDER_AREA_CLOSED) {
		/* binder_pages_close() is on its way to this page. */
		status = LRU_SKIP;
	} else if (page->users) {
		list_lru_isolate(list, item);
		page->list = PAGE_UNLISTED;
	} else {
		list_lru_isolate_move(list, item, arg);
		page->list = PAGE_ISOLATED;
		refcount_inc(&area->refs);
	}
	spin_unlock(&area->lock);
	return status;
}

/* Take back one isolated page. Returns whether its memory was freed. */
static bool page_reclaim(struct binder_page *page)
{
	struct binder_area *area = page->area;
	bool installing = !mutex_trylock(&area->install);
	u32 index = page->index;
	LIST_HEAD(dispose);
	bool freed;

	/*
	 * Out of the VMA before out of the area: once its place is free, a sender
	 * may fill it with another page at any time.
	 */
	if (!installing && area->mapping) {
		trace_binder_unmap_user_start(area, index);
		unmap_mapping_range(area->mapping,
				    ((loff_t)area->window * WINDOW_PAGES + index) << PAGE_SHIFT,
				    PAGE_SIZE, 1);
		trace_binder_unmap_user_end(area, index);
	}
	spin_lock(&area->lock);
	page->list = PAGE_UNLISTED;
	if (page->users == 0) {
		if (installing)
			page_rest_locked(page, &dispose);
		else
			page_remove_locked(page, &dispose);
	}
	spin_unlock(&area->lock);

	if (!installing)
		mutex_unlock(&area->install);
	freed = !list_empty(&dispose);
	if (freed)
		trace_binder_unmap_kernel_start(area, index);
	binder_pages_dispose(&dispose);
	if (freed)
		trace_binder_unmap_kernel_end(area, index);
	binder_area_put(area);
	return freed;
}

static unsigned long shrink_count(struct shrinker *s, struct shrink_control *sc)
{
	return list_lru_shrink_count(&unused_pages, sc);
}

static unsigned long shrink_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct binder_page *page, *next;
	unsigned long freed = 0;
	LIST_HEAD(isolated);

	list_lru_shrink_walk(&unused_pages, sc, isolate, &isolated);
	list_for_each_entry_safe(page, next, &isolated, lru) {
		list_del_init(&page->lru);
		freed += page_reclaim(page);
	}
	return freed ?: SHRINK_STOP;
}

/**
 * binder_pages_create() - give an area its window, and places for the leaves of its pages
 * @area: the area, not mapped yet
 * @file: the file that is being mapped
 * @size: bytes, a multiple of the page size
 *
 * Context: may sleep; callers are serialised by the process' mmap_lock.
 * Return: 0 or -ENOMEM, -ENOSPC.
 */
int binder_pages_create(struct binder_area *area, struct file *file, u32 size)
{
	struct binder_leaf **leaves;
	/* so that the end of the last window is a valid loff_t and pgoff_t */
	unsigned int last = min_t(u64, INT_MAX, (u64)ULONG_MAX / WINDOW_PAGES - 1);
	int window;

	leaves = kcalloc(DIV_ROUND_UP(size >> PAGE_SHIFT, LEAF_PAGES), sizeof(*leaves),
			 GFP_KERNEL_ACCOUNT);
	if (!leaves)
		return -ENOMEM;
	window = ida_alloc_max(&windows, last, GFP_KERNEL);
	if (window < 0) {
		kfree(leaves);
		return window;
	}
	area->leaves = leaves;
	area->window = window;
	mutex_lock(&area->install);
	area->mapping = file->f_mapping;
	mutex_unlock(&area->install);
	return 0;
}

/**
 * binder_pages_close() - free all pages that are not in use, now and from now on
 * @area: the area, in state CLOSED and without a VMA
 *
 * Context: may sleep.
 */
void binder_pages_close(struct binder_area *area)
{
	LIST_HEAD(dispose);
	u32 i;

	mutex_lock(&area->install);
	area->mapping = NULL;
	mutex_unlock(&area->install);

	for (i = 0; i < area->size >> PAGE_SHIFT; i++) {
		struct binder_page *page;

		spin_lock(&area->lock);
		page = page_at(area, i);
		if (page && page->list == PAGE_LISTED) {
			list_lru_del_obj(&unused_pages, &page->lru);
			page->list = PAGE_UNLISTED;
			if (!page->users)
				page_remove_locked(page, &dispose);
		}
		spin_unlock(&area->lock);
	}
	binder_pages_dispose(&dispose);
}

static void leaves_free(struct binder_area *area)
{
	u32 i;

	for (i = 0; i < area->size >> PAGE_SHIFT; i += LEAF_PAGES)
		kfree(area->leaves[i / LEAF_PAGES]);
	kfree(area->leaves);
}

/**
 * binder_area_put() - give up a reference to an area
 * @area: the area
 *
 * The last one finds no buffer and no page in it: the area's process is gone,
 * and everybody who had a buffer held that process.
 *
 * Context: any but hard interrupts.
 */
void binder_area_put(struct binder_area *area)
{
	if (!refcount_dec_and_test(&area->refs))
		return;
	WARN_ON_ONCE(area->ranges.ranges.rb_node);
	if (area->window >= 0)
		ida_free(&windows, area->window);
	mutex_destroy(&area->install);
	leaves_free(area);
	binder_area_drop_spares(area);
	kfree(area);
}

#ifdef CONFIG_BINDER_LINUX_KUNIT_TEST
/**
 * binder_pages_peek() - what an area has at a page, for its tests
 * @area:  the area
 * @index: which page
 *
 * Return: how many buffers lie on the page, or -ENOENT where there is none.
 */
int binder_pages_peek(struct binder_area *area, u32 index)
{
	const struct binder_page *page;
	int users = -ENOENT;

	spin_lock(&area->lock);
	page = page_at(area, index);
	if (page)
		users = page->users;
	spin_unlock(&area->lock);
	return users;
}

/**
 * binder_pages_leaves() - how many leaves an area has, for the tests
 * @area: the area, mapped
 *
 * Return: how many were allocated.
 */
u32 binder_pages_leaves(struct binder_area *area)
{
	u32 i, count = 0;

	for (i = 0; i < area->size >> PAGE_SHIFT; i += LEAF_PAGES)
		count += !!READ_ONCE(area->leaves[i / LEAF_PAGES]);
	return count;
}

/**
 * binder_pages_row() - how much of a buffer is copied in one go, for the tests
 * @area:   the area
 * @buffer: a buffer in it that the caller holds
 *
 * Return: bytes from the buffer's start.
 */
size_t binder_pages_row(struct binder_area *area, const struct binder_buffer *buffer)
{
	size_t bytes = buffer->range.size;

	kunmap_local(map_row(area, buffer, 0, &bytes));
	return bytes;
}

/**
 * binder_pages_shrink() - what the system does when it needs memory, for the tests
 *
 * Return: how many pages it got back.
 */
unsigned long binder_pages_shrink(void)
{
	unsigned long freed = 0, got;
	int node;

	for_each_online_node(node) {
		struct shrink_control sc = {
			.gfp_mask = GFP_KERNEL,
			.nid = node,
			.nr_to_scan = ULONG_MAX,
		};

		fs_reclaim_acquire(GFP_KERNEL);
		got = shrink_scan(shrinker, &sc);
		fs_reclaim_release(GFP_KERNEL);
		freed += got == SHRINK_STOP ? 0 : got;
	}
	return freed;
}
#endif

/**
 * binder_pages_init() - set up what all areas share
 *
 * Return: 0 or -ENOMEM.
 */
int binder_pages_init(void)
{
	int ret = -ENOMEM;

	page_cache = KMEM_CACHE(binder_page, 0);
	if (!page_cache)
		return ret;
	ret = list_lru_init(&unused_pages);
	if (ret)
		goto err_cache;
	shrinker = shrinker_alloc(0, "android-binder");
	if (!shrinker) {
		ret = -ENOMEM;
		goto err_lru;
	}
	shrinker->count_objects = shrink_count;
	shrinker->scan_objects = shrink_scan;
	shrinker_register(shrinker);
	return 0;

err_lru:
	list_lru_destroy(&unused_pages);
err_cache:
	kmem_cache_destroy(page_cache);
	return ret;
}

/** binder_pages_exit() - undo binder_pages_init(); no area is left */
void binder_pages_exit(void)
{
	shrinker_free(shrinker);
	list_lru_destroy(&unused_pages);
	kmem_cache_destroy(page_cache);
	ida_destroy(&windows);
}
