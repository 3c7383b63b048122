// SPDX-License-Identifier: GPL-2.0-only
/* The pages of an area, and what is written to them. */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "area_fixture.h"
#include "fault.h"

#define BUFFERS	5

static const char *check_pages(struct binder_area *area, struct binder_buffer **buffers,
			       const bool *seen)
{
	u32 i, page;

	for (page = 0; page < PAGES; page++) {
		int users = 0;

		for (i = 0; i < BUFFERS; i++) {
			const struct binder_range *range;

			if (!buffers[i])
				continue;
			range = &buffers[i]->range;
			users += range->start < (page + 1) * PAGE_SIZE &&
				 range->start + range->size > page * PAGE_SIZE;
		}
		if (!users && !seen[page])
			users = -ENOENT;
		if (binder_pages_peek(area, page) != users)
			return users == -ENOENT ? "a page that nobody needs is there" :
						  "a page's users are miscounted";
	}
	return NULL;
}

static const char *alloc_mix(struct kunit *test, struct binder_buffer **buffers, bool *seen,
			     u32 mix)
{
	u32 i, last = 0, end, page;

	for (i = 0; i < BUFFERS; i++, mix /= 5, last = end) {
		u32 edge = round_up(last + 1, PAGE_SIZE);
		u32 ends[] = {
			last + 512, edge, edge + 512, edge + PAGE_SIZE, edge + PAGE_SIZE + 512,
		};

		end = ends[mix % 5];
		buffers[i] = must_alloc(test, end - last, 0);
		if (buffers[i]->range.start != last)
			return "a buffer is not behind the one before it";
		for (page = last / PAGE_SIZE; page * PAGE_SIZE < end; page++)
			seen[page] = true;
	}
	return NULL;
}

/*
 * Five buffers of each mix of alignments to pages, freed in an order that is
 * another one for each mix: each page has as many users as buffers lie on it, is
 * kept when it has none, and goes when memory is short.
 */
static void pages_mix(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *buffers[BUFFERS] = {};
	u32 mix, order, i, left, pages, taken;
	bool seen[PAGES];
	const char *bad;

	binder_pages_shrink();
	for (mix = 0; mix < 3125; mix++) {
		memset(seen, 0, sizeof(seen));
		bad = alloc_mix(test, buffers, seen, mix) ?: check_pages(area, buffers, seen);
		order = mix % 120;
		for (left = BUFFERS; left && !bad; left--, order /= left + 1) {
			u32 skip = order % left;

			for (i = 0; !buffers[i] || skip--; i++)
				;
			binder_area_free(area, buffers[i]);
			buffers[i] = NULL;
			bad = check_pages(area, buffers, seen);
		}
		if (bad)
			KUNIT_FAIL_AND_ABORT(test, "mix %u: %s", mix, bad);
		for (i = 0, pages = 0; i < PAGES; i++)
			pages += seen[i];
		/* Else they stay, and the next mix finds them. */
		taken = binder_pages_shrink();
		if (taken != pages)
			KUNIT_FAIL_AND_ABORT(test, "mix %u: %u pages taken back of %u",
					     mix, taken, pages);
		cond_resched();
	}
	area_unmap(test);
}

/* Memory is short: what no buffer lies on is taken back, and comes back zeroed. */
static void pages_shrink(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *low, *middle, *high;
	u32 i;

	binder_pages_shrink();
	/* pages 0 to 2, 2 to 4, 4 to 5 */
	low = must_alloc(test, 2 * PAGE_SIZE + 8, 0);
	middle = must_alloc(test, 2 * PAGE_SIZE, 0);
	high = must_alloc(test, PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 0);

	binder_area_free(area, middle);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 2), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 3), 0);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 4), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 3), -ENOENT);

	/* Used again while it is listed: not taken then, but after. */
	binder_area_free(area, low);
	low = must_alloc(test, PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, low->range.start, 0);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 2);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 0), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 2), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 4), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 0);
	binder_area_free(area, low);
	binder_area_free(area, high);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 3);
	for (i = 0; i < PAGES; i++)
		KUNIT_EXPECT_EQ(test, binder_pages_peek(area, i), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 0);
	area_unmap(test);
}

static void expect_users(struct kunit *test, struct binder_area *area, int users)
{
	u32 i;

	for (i = 0; i < PAGES; i++)
		KUNIT_EXPECT_EQ(test, binder_pages_peek(area, i), users);
}

/* Pages that were allocated in one piece are taken back, and freed, one by one. */
static void pages_run(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *low, *middle, *high;
	u32 i;

	binder_pages_shrink();
	low = must_alloc(test, SIZE, 0);
	expect_users(test, area, 1);
	if (!IS_ENABLED(CONFIG_HIGHMEM) && !IS_ENABLED(CONFIG_KMSAN))
		KUNIT_EXPECT_EQ(test, binder_pages_row(area, low), SIZE);
	binder_area_free(area, low);

	low = must_alloc(test, 7 * PAGE_SIZE, 0);
	middle = must_alloc(test, PAGE_SIZE, 0);
	high = must_alloc(test, 8 * PAGE_SIZE, 0);
	expect_users(test, area, 1);
	binder_area_free(area, middle);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 1);
	for (i = 0; i < PAGES; i++)
		KUNIT_EXPECT_EQ(test, binder_pages_peek(area, i), i == 7 ? -ENOENT : 1);
	/* Not more than what was missing. */
	middle = must_alloc(test, PAGE_SIZE, 0);
	expect_users(test, area, 1);
	binder_area_free(area, low);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 7);
	binder_area_free(area, high);
	binder_area_free(area, middle);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 9);
	expect_users(test, area, -ENOENT);
	area_unmap(test);
}

/* The places of pages come with the first page, 64 in a row, and stay. */
static void pages_leaves(struct kunit *test)
{
	const u32 pages = 3 * 64 - 1;
	struct binder_area *area = area_map_sized(test, pages * PAGE_SIZE);
	struct binder_buffer *first, *across;
	u32 i;

	binder_pages_shrink();
	KUNIT_EXPECT_EQ(test, binder_pages_leaves(area), 0);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, pages - 1), -ENOENT);
	first = must_alloc(test, 60 * PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, binder_pages_leaves(area), 1);
	/* A run of pages ends with its leaf, and goes on in the next; so does copying. */
	across = must_alloc(test, 16 * PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, binder_pages_leaves(area), 2);
	for (i = 0; i < pages; i++)
		KUNIT_EXPECT_EQ(test, binder_pages_peek(area, i), i < 76 ? 1 : -ENOENT);
	KUNIT_EXPECT_LE(test, binder_pages_row(area, across), 4 * PAGE_SIZE);
	binder_area_free(area, first);
	binder_area_free(area, across);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 76);
	KUNIT_EXPECT_EQ(test, binder_pages_leaves(area), 2);
	first = must_alloc(test, pages * PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, binder_pages_leaves(area), 3);
	binder_area_free(area, first);
	area_unmap_sized(test, pages * PAGE_SIZE);
}

/* Where there is no large piece of memory, smaller ones do. */
static void pages_run_fails(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *buffer;

	if (!fault_enable_runs(true)) {
		area_unmap(test);
		kunit_skip(test, "needs CONFIG_FAIL_PAGE_ALLOC and its debugfs files");
	}
	binder_pages_shrink();
	fault_nth(1);
	buffer = try_alloc(area, SIZE, 0);
	KUNIT_EXPECT_EQ(test, fault_left(), 0);
	fault_nth(0);
	fault_enable_runs(false);
	KUNIT_ASSERT_FALSE(test, IS_ERR(buffer));
	expect_users(test, area, 1);
	binder_area_free(area, buffer);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), PAGES);
	area_unmap(test);
}

/* Three and a half pages, a run, whose last or first one may be a neighbour's as well. */
static int neighbour(void *data)
{
	struct binder_buffer *buffer;
	int ret = 0;

	while (!kthread_should_stop()) {
		buffer = try_alloc(data, 7 * PAGE_SIZE / 2, 0);
		if (IS_ERR(buffer))
			ret = PTR_ERR(buffer);
		else
			binder_area_free(data, buffer);
		cond_resched();
	}
	return ret;
}

/* Neighbours bring the page that they share at the same time; one page is as good as two. */
static void pages_neighbours(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct task_struct *other;
	u32 round;
	int i;

	binder_pages_shrink();
	other = kthread_run(neighbour, area, "binder-test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	for (round = 0; round < 2000; round++) {
		struct binder_buffer *buffer = try_alloc(area, 7 * PAGE_SIZE / 2, 0);

		if (IS_ERR(buffer)) {
			KUNIT_FAIL(test, "round %u: %ld", round, PTR_ERR(buffer));
			break;
		}
		binder_area_free(area, buffer);
		binder_pages_shrink();
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(other), 0);
	for (i = 0; i < PAGES; i++)
		KUNIT_EXPECT_LE(test, binder_pages_peek(area, i), 0);
	binder_pages_shrink();
	expect_users(test, area, -ENOENT);
	area_unmap(test);
}

/* The shrinker leaves pages alone while somebody is installing them. */
static void pages_shrink_installing(struct kunit *test)
{
	struct binder_area *area = area_map(test);

	binder_pages_shrink();
	binder_area_free(area, must_alloc(test, 2 * PAGE_SIZE, 0));
	mutex_lock(&area->install);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 0);
	mutex_unlock(&area->install);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 0), 0);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 1), 0);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 2);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 0), -ENOENT);
	area_unmap(test);
}

/* Closing frees what nobody uses at once, and the rest when it is given back. */
static void pages_close_frees(struct kunit *test)
{
	struct area_fixture *fix = test->priv;
	struct binder_area *area = area_map(test);
	struct binder_buffer *held, *spare;

	binder_pages_shrink();
	held = must_alloc(test, PAGE_SIZE + 8, 0);
	spare = must_alloc(test, 3 * PAGE_SIZE, 0);
	/* Page 1, shared, is listed and in use again when it is closed. */
	binder_area_free(area, spare);
	binder_area_free(area, held);
	held = must_alloc(test, PAGE_SIZE + 8, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(fix->user, SIZE), 0);
	binder_area_close(area);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 0), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 1), 1);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 2), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 4), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 0);
	binder_area_free(area, held);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_peek(area, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 0);
}

/* Read a buffer as its receiver does; returns where it differs, or @bytes. */
static u32 read_differs(struct binder_area *area, struct binder_buffer *buffer, const u8 *expected,
			u8 *scratch, u32 bytes)
{
	const void __user *from = u64_to_user_ptr(binder_buffer_user(area, buffer));
	u32 i;

	if (copy_from_user(scratch, from, bytes))
		return U32_MAX;
	for (i = 0; i < bytes && scratch[i] == expected[i]; i++)
		;
	return i;
}

/* A payload is written, read, freed; and what its successor finds there. */
static void data_round(struct kunit *test, unsigned long user, bool clear, bool shrink)
{
	struct area_fixture *fix = test->priv;
	struct binder_area *area = fix->area;
	const u32 bytes = 3 * PAGE_SIZE;
	u8 *pattern = kunit_kmalloc(test, bytes, GFP_KERNEL);
	u8 *scratch = kunit_kmalloc(test, bytes, GFP_KERNEL);
	struct binder_buffer *pad, *buffer;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, pattern);
	KUNIT_ASSERT_NOT_NULL(test, scratch);
	for (i = 0; i < bytes; i++)
		pattern[i] = i * 7 + i / 256 + clear * 31;
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)user, pattern, bytes), 0);
	/* If pages are to be taken back, the buffer must not share one. */
	pad = must_alloc(test, shrink ? PAGE_SIZE : 1000, 0);
	buffer = must_alloc(test, bytes, 0);
	/* From the sender's memory, and over the edge of a page from the kernel's. */
	KUNIT_EXPECT_EQ(test, binder_area_copy_from_user(area, buffer, 0,
							 (void __user *)user, bytes), 0);
	memset(pattern + 4000, 0xee, 200);
	binder_area_write(area, buffer, 4000, pattern + 4000, 200);
	KUNIT_EXPECT_EQ(test, read_differs(area, buffer, pattern, scratch, bytes), bytes);
	binder_pages_shrink();
	KUNIT_EXPECT_EQ(test, read_differs(area, buffer, pattern, scratch, bytes), bytes);
	buffer->clear = clear;
	binder_area_free(area, buffer);
	if (shrink) {
		KUNIT_EXPECT_EQ(test, binder_pages_shrink(), 3);
		/* They are not in the receiver's VMA any more, either. */
		KUNIT_EXPECT_NE(test, copy_from_user(scratch, (void __user *)(area->user +
							2 * PAGE_SIZE), 1), 0);
	}
	if (clear || shrink)
		memset(pattern, 0, bytes);
	buffer = must_alloc(test, bytes, 0);
	KUNIT_EXPECT_EQ(test, read_differs(area, buffer, pattern, scratch, bytes), bytes);
	binder_area_free(area, buffer);
	binder_area_free(area, pad);
	binder_pages_shrink();
}

/* What is written is what the receiver reads, whether memory is short or not. */
static void pages_data(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	unsigned long user;
	int round;
	u8 byte;

	user = kunit_vm_mmap(test, NULL, 0, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_FALSE(test, !user || IS_ERR_VALUE(user));
	for (round = 0; round < 4; round++)
		data_round(test, user, round & 1, round & 2);
	/* Where there is no page, there is nothing to be read. */
	KUNIT_EXPECT_NE(test, copy_from_user(&byte, (void __user *)area->user, 1), 0);
	area_unmap(test);
}

/* The sender's memory ends in the middle of a payload. */
static void pages_copy_fault(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *buffer = must_alloc(test, 2 * PAGE_SIZE, 0);
	unsigned long user;

	user = kunit_vm_mmap(test, NULL, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_FALSE(test, !user || IS_ERR_VALUE(user));
	KUNIT_ASSERT_EQ(test, vm_munmap(user + PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, binder_area_copy_from_user(area, buffer, 8, (void __user *)user,
							 PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, binder_area_copy_from_user(area, buffer, 8, (void __user *)user,
							 PAGE_SIZE + 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, binder_area_copy_from_user(area, buffer, 8, NULL, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, binder_area_copy_from_user(area, buffer, 8, NULL, 0), 0);
	binder_area_free(area, buffer);
	area_unmap(test);
}

static struct kunit_case pages_cases[] = {
	KUNIT_CASE_SLOW(pages_mix),
	KUNIT_CASE(pages_shrink),
	KUNIT_CASE(pages_run),
	KUNIT_CASE(pages_leaves),
	KUNIT_CASE(pages_run_fails),
	KUNIT_CASE(pages_neighbours),
	KUNIT_CASE(pages_shrink_installing),
	KUNIT_CASE(pages_close_frees),
	KUNIT_CASE(pages_data),
	KUNIT_CASE(pages_copy_fault),
	{}
};

static struct kunit_suite pages_suite = {
	.name = "binder_pages",
	.init = area_fixture_init,
	.exit = area_fixture_exit,
	.test_cases = pages_cases,
};

kunit_test_suite(pages_suite);
