// SPDX-License-Identifier: GPL-2.0-only
/* Areas: accounting, hands, and the mapping. */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mman.h>

#include "area_fixture.h"
#include "fault.h"

/* An allocation that fails leaves everything as it was. */
static void must_refuse(struct kunit *test, const struct binder_payload_size *size,
			int oneway_pid, int error)
{
	struct area_fixture *fix = test->priv;
	u32 oneway_free = fix->area->oneway_free;
	u32 largest = binder_range_largest_gap(&fix->area->ranges);
	struct binder_buffer *buffer = binder_area_alloc(fix->area, size, 1, oneway_pid,
							oneway_pid);

	KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(buffer), error, "sizes %#llx %#llx %#llx",
			    size->data, size->offsets, size->extra);
	KUNIT_EXPECT_EQ(test, fix->area->oneway_free, oneway_free);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&fix->area->ranges), largest);
	if (!IS_ERR(buffer))
		binder_area_free(fix->area, buffer);
}

/* What a payload takes: each part is rounded up to words, nothing takes a word. */
static void area_sizes(struct kunit *test)
{
	static const struct { u32 data, offsets, extra, total; } cases[] = {
		{ 0, 0, 0, 8 }, { 1, 0, 0, 8 }, { 2, 0, 0, 8 }, { 3, 0, 0, 8 },
		{ 4, 0, 0, 8 }, { 5, 0, 0, 8 }, { 6, 0, 0, 8 }, { 7, 0, 0, 8 },
		{ 8, 0, 0, 8 }, { 9, 0, 0, 16 }, { 0, 8, 0, 8 }, { 0, 0, 8, 8 },
		{ 1, 8, 0, 16 }, { 1, 0, 1, 16 }, { 1, 8, 1, 24 }, { 24, 16, 8, 48 },
		{ 4095, 0, 0, 4096 }, { 4096, 8, 0, 4104 }, { SIZE / 2 - 8, 0, 1, SIZE / 2 },
	};
	struct binder_area *area = area_map(test);
	int i, oneway;

	for (oneway = 0; oneway < 2; oneway++) {
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			struct binder_payload_size size = {
				cases[i].data, cases[i].offsets, cases[i].extra
			};
			u32 cost = oneway * cases[i].total;
			struct binder_buffer *buffer;

			buffer = binder_area_alloc(area, &size, 1, SENDER, oneway);
			KUNIT_ASSERT_FALSE(test, IS_ERR(buffer));
			KUNIT_EXPECT_EQ_MSG(test, buffer->range.size, cases[i].total, "case %d", i);
			KUNIT_EXPECT_EQ(test, buffer->data_size, cases[i].data);
			KUNIT_EXPECT_EQ(test, buffer->offsets_size, cases[i].offsets);
			KUNIT_EXPECT_EQ(test, buffer->extra_size, cases[i].extra);
			KUNIT_EXPECT_EQ(test, binder_buffer_offsets(buffer),
					round_up(cases[i].data, 8));
			KUNIT_EXPECT_EQ(test, binder_buffer_user(area, buffer), area->user);
			KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2 - cost);
			KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&area->ranges),
					SIZE - cases[i].total);
			binder_area_free(area, buffer);
			KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2);
		}
	}
	area_unmap(test);
}

/* Sizes whose sum comes round, and those that are too large for this area or for any. */
static void area_bad_sizes(struct kunit *test)
{
	static const struct binder_payload_size invalid[] = {
		{ U64_MAX, 0, 0 }, { 0, U64_MAX, 0 }, { 0, 0, U64_MAX },
		{ U64_MAX - 6, 0, 0 }, { 0, U64_MAX - 6, 0 }, { 0, 0, U64_MAX - 6 },
		{ U64_MAX - 7, 8, 0 }, { U64_MAX - 7, 16, 0 }, { U64_MAX - 7, 0, 8 },
		{ U64_MAX - 7, 8, 8 }, { 8, 8, U64_MAX - 15 },
		{ 1ULL << 63, 1ULL << 63, 0 }, { 0, 1ULL << 63, 1ULL << 63 },
		{ 1ULL << 63, 0, 1ULL << 63 }, { 1ULL << 63, 1ULL << 63, 8 },
	};
	static const struct binder_payload_size too_large[] = {
		{ SIZE + 1, 0, 0 }, { SIZE, 8, 0 }, { SIZE - 8, 8, 1 }, { SZ_4M, 0, 0 },
		{ 0, SIZE, 1 }, { 1, SIZE - 8, 1 }, { U64_MAX - 7, 0, 0 },
		{ 1ULL << 32, 0, 0 }, { 0, 1ULL << 32, 0 }, { 0, 0, 1ULL << 32 },
		{ (1ULL << 32) + 8, 0, 0 }, { U32_MAX, U32_MAX, U32_MAX },
		{ SZ_4M + 1, 0, 0 }, { SZ_4M, 1, 0 }, { SZ_4M, 0, 1 }, { SZ_4M - 7, 1, 0 },
	};
	int i, oneway;

	area_map(test);
	for (oneway = 0; oneway <= SENDER; oneway += SENDER) {
		for (i = 0; i < ARRAY_SIZE(invalid); i++)
			must_refuse(test, &invalid[i], oneway, -EINVAL);
		for (i = 0; i < ARRAY_SIZE(too_large); i++)
			must_refuse(test, &too_large[i], oneway, -ENOSPC);
	}
	area_unmap(test);
}

/* Each byte of the space for one-way calls can be had, and none beyond it. */
static void area_oneway_space(struct kunit *test)
{
	struct binder_buffer *buffers[6], *other;
	struct binder_payload_size size = {};
	struct binder_area *area = area_map(test);
	u32 left = SIZE / 2;
	int i;

	/* half of what is left each time, then all of it */
	for (i = 0; i < ARRAY_SIZE(buffers); i++) {
		u32 take = i < 5 ? left / 2 : left;

		size.data = left + 1;
		must_refuse(test, &size, SENDER, -ENOSPC);
		buffers[i] = must_alloc(test, take, SENDER + i);
		left -= take;
		KUNIT_EXPECT_EQ(test, area->oneway_free, left);
	}
	KUNIT_EXPECT_EQ(test, left, 0);
	size.data = 0;
	must_refuse(test, &size, SENDER, -ENOSPC);
	must_refuse(test, &size, SENDER + 99, -ENOSPC);

	/* It keeps nobody from calling who waits for an answer. */
	other = must_alloc(test, SIZE / 2, 0);
	KUNIT_EXPECT_EQ(test, area->oneway_free, 0);
	binder_area_free(area, other);
	KUNIT_EXPECT_EQ(test, area->oneway_free, 0);

	for (i = 0; i < ARRAY_SIZE(buffers); i++) {
		struct binder_buffer *buffer = buffers[(i * 5) % 6];

		left += buffer->range.size;
		binder_area_free(area, buffer);
		KUNIT_EXPECT_EQ(test, area->oneway_free, left);
	}
	area_unmap(test);
}

/* There is space for one-way calls, but no hole. */
static void area_no_range(struct kunit *test)
{
	struct binder_payload_size size = { 4096, 0, 0 };
	struct binder_area *area = area_map(test);
	struct binder_buffer *first, *wall, *rest;

	first = must_alloc(test, 2048, 0);
	wall = must_alloc(test, 8, SENDER);
	rest = must_alloc(test, SIZE - 2056, 0);
	binder_area_free(area, first);
	must_refuse(test, &size, SENDER, -ENOSPC);
	must_refuse(test, &size, SENDER + 1, -ENOSPC);
	must_refuse(test, &size, 0, -ENOSPC);
	KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2 - 8);
	first = must_alloc(test, 2048, SENDER);
	KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2 - 8 - 2048);
	binder_area_free(area, rest);
	binder_area_free(area, wall);
	KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2 - 2048);
	binder_area_free(area, first);
	area_unmap(test);
}

/* What an allocation that failed must leave behind: nothing. */
static void expect_untouched(struct kunit *test, struct binder_area *area)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&area->ranges), SIZE);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&area->tallies));
	for (i = 0; i < PAGES; i++)
		KUNIT_EXPECT_LE(test, binder_pages_peek(area, i), 0);
}

/*
 * Each allocation in turn fails: nothing is lost and no page stays in use.  The
 * one that fails may be one that the slab allocator can do without, so a success
 * is not the end; the area is made as poor as new after each attempt.
 */
static void area_no_memory(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	unsigned int nth, failures = 0;

	if (!fault_enable(true)) {
		area_unmap(test);
		kunit_skip(test, "needs CONFIG_FAILSLAB and its debugfs files");
	}
	for (nth = 1; nth <= 20; nth++) {
		struct binder_buffer *buffer;

		fault_nth(nth);
		buffer = try_alloc(area, 3 * PAGE_SIZE, SENDER);
		fault_nth(0);
		if (IS_ERR(buffer)) {
			failures++;
			KUNIT_EXPECT_EQ(test, PTR_ERR(buffer), -ENOMEM);
			expect_untouched(test, area);
		} else {
			binder_area_free(area, buffer);
		}
		binder_pages_shrink();
		binder_area_drop_spares(area);
	}
	fault_enable(false);
	/* the buffer, the tally, and twice the pages' descriptors, or most of them */
	KUNIT_EXPECT_GE(test, failures, 3);
	binder_area_free(area, must_alloc(test, 3 * PAGE_SIZE, SENDER));
	area_unmap(test);
}

/* Who fills the space is told so once, until the space has recovered. */
static void area_spam(struct kunit *test)
{
	struct binder_buffer *honest, *spam[4], *again;
	struct binder_area *area = area_map(test);
	int i;

	honest = must_alloc(test, SIZE / 16, SENDER);
	KUNIT_EXPECT_FALSE(test, honest->spam);
	for (i = 0; i < 3; i++) {
		spam[i] = must_alloc(test, SIZE / 8, SENDER + 1);
		KUNIT_EXPECT_EQ(test, spam[i]->tally->bytes, (i + 1) * SIZE / 8);
		KUNIT_EXPECT_EQ(test, spam[i]->tally->buffers, i + 1);
		/* The third leaves a sixteenth, which is less than a tenth. */
		KUNIT_EXPECT_EQ(test, spam[i]->spam, i == 2);
	}
	spam[3] = must_alloc(test, 8, SENDER + 1);
	KUNIT_EXPECT_FALSE(test, spam[3]->spam);
	binder_area_free(area, spam[3]);
	/* No less is left when a sender comes that has not taken much. */
	again = must_alloc(test, 8, SENDER);
	KUNIT_EXPECT_FALSE(test, again->spam);
	binder_area_free(area, again);

	/* Recovered, as the honest one's call shows; and filled once more. */
	binder_area_free(area, spam[2]);
	again = must_alloc(test, 8, SENDER);
	KUNIT_EXPECT_FALSE(test, again->spam);
	binder_area_free(area, again);
	spam[2] = must_alloc(test, SIZE / 8, SENDER + 1);
	KUNIT_EXPECT_TRUE(test, spam[2]->spam);
	for (i = 0; i < 3; i++)
		binder_area_free(area, spam[i]);
	binder_area_free(area, honest);
	area_unmap(test);
}

/* Many small ones are suspect, too, if little is left. */
static void area_spam_count(struct kunit *test)
{
	struct binder_buffer *others[3], *buffers[52];
	struct binder_area *area = area_map(test);
	int i;

	/* No one's share is large, and 51 words more than a tenth are left … */
	for (i = 0; i < 3; i++)
		others[i] = must_alloc(test, SIZE / 8, SENDER + 1 + i);
	for (i = 0; i < 51; i++)
		buffers[i] = must_alloc(test, 8, SENDER);
	KUNIT_EXPECT_FALSE(test, buffers[50]->spam);
	/* … until here, where the 52nd of one sender comes. */
	binder_area_free(area, others[0]);
	others[0] = must_alloc(test, area->oneway_free - SIZE / 10, SENDER + 1);
	KUNIT_EXPECT_FALSE(test, others[0]->spam);
	buffers[51] = must_alloc(test, 16, SENDER);
	KUNIT_EXPECT_TRUE(test, buffers[51]->spam);
	for (i = 0; i < ARRAY_SIZE(buffers); i++)
		binder_area_free(area, buffers[i]);
	for (i = 0; i < 3; i++)
		binder_area_free(area, others[i]);
	area_unmap(test);
}

/* Allocating where there is no mapping, in whichever way that came to be. */
static void must_have_no_vma(struct kunit *test, enum binder_area_state state)
{
	static const struct binder_payload_size sizes[] = {
		{ 0, 0, 0 }, { 64, 8, 8 }, { U64_MAX, 0, 0 },
	};
	struct area_fixture *fix = test->priv;
	int i;

	KUNIT_EXPECT_EQ(test, fix->area->state, state);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		must_refuse(test, &sizes[i], 0, -ESRCH);
		must_refuse(test, &sizes[i], SENDER, -ESRCH);
	}
}

static void area_never_mapped(struct kunit *test)
{
	must_have_no_vma(test, BINDER_AREA_UNMAPPED_YET);
}

/* munmap() of all of it, of either end and of the middle: it counts as gone. */
static void area_unmapped(struct kunit *test)
{
	static const struct { u32 first, pages; } parts[] = {
		{ 0, PAGES }, { 0, 1 }, { PAGES - 1, 1 }, { 5, 3 },
	};
	struct area_fixture *fix = test->priv;
	struct binder_buffer *held, *oneway;
	int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		struct binder_area *area = area_map(test);

		held = must_alloc(test, 5000, 0);
		oneway = must_alloc(test, 100, SENDER);
		KUNIT_EXPECT_EQ(test, vm_munmap(fix->user + parts[i].first * PAGE_SIZE,
						parts[i].pages * PAGE_SIZE), 0);
		must_have_no_vma(test, BINDER_AREA_UNMAPPED);
		/* What was there can be given back as ever. */
		binder_area_free(area, held);
		KUNIT_EXPECT_EQ(test, area->oneway_free, SIZE / 2 - 104);
		binder_area_free(area, oneway);
		area_unmap(test);
		must_have_no_vma(test, BINDER_AREA_UNMAPPED);
		/* … and it is not mapped again. */
		KUNIT_EXPECT_EQ(test, (long)vm_mmap(fix->file, 0, SIZE, PROT_READ, MAP_SHARED, 0),
				-EBUSY);
		must_have_no_vma(test, BINDER_AREA_UNMAPPED);
		if (i + 1 < ARRAY_SIZE(parts)) {
			area_fixture_exit(test);
			KUNIT_ASSERT_EQ(test, area_fixture_init(test), 0);
			fix = test->priv;
		}
	}
}

/* A process that maps the file and ends.  KUnit gives it its mm. */
static int map_and_exit(void *data)
{
	struct kunit *test = data;
	struct area_fixture *fix = test->priv;
	unsigned long user = kunit_vm_mmap(test, fix->file, 0, SIZE, PROT_READ, MAP_SHARED, 0);

	return !user || IS_ERR_VALUE(user) ? -EFAULT : 0;
}

/* The window in do_exit() between exit_mm() and the closing of the files. */
static void area_exiting(struct kunit *test)
{
	struct area_fixture *fix = test->priv;
	struct task_struct *task = kthread_create(map_and_exit, test, "binder-test");
	int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	for (i = 0; i < 500 && READ_ONCE(fix->area->state) != BINDER_AREA_EXITING; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
	put_task_struct(task);
	must_have_no_vma(test, BINDER_AREA_EXITING);
}

static void area_closed(struct kunit *test)
{
	struct binder_area *area = area_map(test);

	area_unmap(test);
	binder_area_close(area);
	must_have_no_vma(test, BINDER_AREA_CLOSED);
}

static void area_mmap_rules(struct kunit *test)
{
	struct area_fixture *fix = test->priv, other;
	struct binder_area *area = fix->area;

	/* The file is not open for writing: only a private mapping could be. */
	/* So that there is an mm. */
	KUNIT_ASSERT_NE(test, 0, kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ,
					       MAP_PRIVATE | MAP_ANONYMOUS, 0));
	KUNIT_EXPECT_EQ(test, (long)vm_mmap(fix->file, 0, SIZE, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, (long)vm_mmap(fix->file, 0, SZ_64M + PAGE_SIZE, PROT_READ,
					    MAP_SHARED, 0), -EINVAL);
	must_have_no_vma(test, BINDER_AREA_UNMAPPED_YET);

	/* More than 4 MB may be mapped, but no more than that is used. */
	area_map_sized(test, SZ_8M);
	KUNIT_EXPECT_EQ(test, area->size, SZ_4M);
	KUNIT_EXPECT_EQ(test, area->user, fix->user);
	KUNIT_EXPECT_EQ(test, area->oneway_free, SZ_2M);
	KUNIT_EXPECT_EQ(test, (long)vm_mmap(fix->file, 0, SIZE, PROT_READ, MAP_SHARED, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, area->state, BINDER_AREA_MAPPED);
	binder_area_free(area, must_alloc(test, SZ_4M, 0));

	/* No two areas have page offsets in common. */
	other = *fix;
	KUNIT_ASSERT_EQ(test, area_fixture_init(test), 0);
	fix = test->priv;
	area_map(test);
	KUNIT_EXPECT_GE(test, fix->area->window, 0);
	KUNIT_EXPECT_NE(test, fix->area->window, area->window);
	area_unmap(test);
	area_fixture_exit(test);

	*fix = other;
	KUNIT_EXPECT_EQ(test, vm_munmap(fix->user, SZ_8M), 0);
	KUNIT_EXPECT_EQ(test, area->state, BINDER_AREA_UNMAPPED);
}

/* From hand to hand: a buffer is freed by one, and by who holds it. */
static void area_claim(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *first = must_alloc(test, 24, 0), *buffer = must_alloc(test, 4096, 0);
	u64 user = binder_buffer_user(area, buffer);
	u32 i;

	KUNIT_EXPECT_EQ(test, user, area->user + 24);
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user), ERR_PTR(-EPERM));
	KUNIT_EXPECT_EQ(test, buffer->state, BINDER_BUFFER_FILLING);
	binder_area_deliver(buffer);
	KUNIT_EXPECT_EQ(test, buffer->state, BINDER_BUFFER_DELIVERED);

	/* Nothing but the very address will do; the wild ones are outside of the area. */
	for (i = 1; i < 4096; i += i < 16 ? 1 : 61)
		KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user + i), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user + 4096), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user - 1), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, area->user - 8), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, area->user + SIZE), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, 24), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, 0), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, U64_MAX), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user + (1ULL << 32)), ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user - (1ULL << 32)), ERR_PTR(-ENOENT));

	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user), buffer);
	KUNIT_EXPECT_EQ(test, buffer->state, BINDER_BUFFER_CLAIMED);
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user), ERR_PTR(-EPERM));
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, area->user), ERR_PTR(-EPERM));
	binder_area_free(area, buffer);
	KUNIT_EXPECT_PTR_EQ(test, binder_area_claim(area, user), ERR_PTR(-ENOENT));
	binder_area_free(area, first);
	area_unmap(test);
}

/* The next message gets the same buffer, and finds nothing of the last one in it. */
static void area_reuse(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *buffer = must_alloc(test, 24, SENDER), *again, *other;
	struct binder_buffer *more[BINDER_SPARES - 1];
	u32 i;

	buffer->id = 7;
	buffer->state = BINDER_BUFFER_CLAIMED;
	buffer->spam = true;
	buffer->secctx_size = 8;
	buffer->clear = true;
	buffer->node = (void *)buffer;
	buffer->records = (void *)buffer;
	buffer->last_records = (void *)buffer;
	binder_area_free(area, buffer);

	again = must_alloc(test, 40, 0);
	KUNIT_EXPECT_PTR_EQ(test, again, buffer);
	KUNIT_EXPECT_EQ(test, again->id, 1);
	KUNIT_EXPECT_EQ(test, again->state, BINDER_BUFFER_FILLING);
	KUNIT_EXPECT_NULL(test, again->tally);
	KUNIT_EXPECT_FALSE(test, again->oneway);
	KUNIT_EXPECT_FALSE(test, again->spam);
	KUNIT_EXPECT_EQ(test, again->data_size, 40);
	KUNIT_EXPECT_EQ(test, again->secctx_size, 0);
	KUNIT_EXPECT_FALSE(test, again->clear);
	KUNIT_EXPECT_NULL(test, again->node);
	KUNIT_EXPECT_NULL(test, again->records);
	KUNIT_EXPECT_NULL(test, again->last_records);

	/* The last one to be kept is the next one. */
	other = must_alloc(test, 24, 0);
	binder_area_free(area, other);
	binder_area_free(area, again);
	KUNIT_EXPECT_EQ(test, area->spares.count, 2);
	KUNIT_EXPECT_PTR_EQ(test, must_alloc(test, 24, 0), again);
	KUNIT_EXPECT_PTR_EQ(test, must_alloc(test, 24, 0), other);
	KUNIT_EXPECT_EQ(test, area->spares.count, 0);

	/* There are places for so many. */
	for (i = 0; i < BINDER_SPARES - 1; i++)
		more[i] = must_alloc(test, 8, 0);
	for (i = 0; i < BINDER_SPARES - 1; i++)
		binder_area_free(area, more[i]);
	binder_area_free(area, again);
	KUNIT_EXPECT_EQ(test, area->spares.count, BINDER_SPARES);
	binder_area_free(area, other);
	KUNIT_EXPECT_EQ(test, area->spares.count, BINDER_SPARES);
	area_unmap(test);
}

/* The receiver's release takes what is delivered, in each pattern, and no other. */
static void area_claim_from(struct kunit *test)
{
	struct binder_area *area = area_map(test);
	struct binder_buffer *buffers[6], *claimed;
	u32 pattern, cursor, i;

	for (pattern = 0; pattern < 64; pattern++) {
		for (i = 0; i < 6; i++) {
			buffers[i] = must_alloc(test, 8 * (i + 1), 0);
			if (pattern & BIT(i))
				binder_area_deliver(buffers[i]);
		}
		cursor = 0;
		for (i = 0; i < 6; i++) {
			if (!(pattern & BIT(i)))
				continue;
			claimed = binder_area_claim_from(area, &cursor);
			KUNIT_ASSERT_PTR_EQ(test, claimed, buffers[i]);
			KUNIT_EXPECT_EQ(test, claimed->state, BINDER_BUFFER_CLAIMED);
			/* As its holder does, before it goes on. */
			binder_area_free(area, claimed);
		}
		KUNIT_EXPECT_NULL(test, binder_area_claim_from(area, &cursor));
		for (i = 0; i < 6; i++) {
			if (pattern & BIT(i))
				continue;
			KUNIT_EXPECT_EQ(test, buffers[i]->state, BINDER_BUFFER_FILLING);
			binder_area_free(area, buffers[i]);
		}
	}
	area_unmap(test);
}

static struct kunit_case area_cases[] = {
	KUNIT_CASE(area_sizes),
	KUNIT_CASE(area_bad_sizes),
	KUNIT_CASE(area_oneway_space),
	KUNIT_CASE(area_no_range),
	KUNIT_CASE(area_no_memory),
	KUNIT_CASE(area_spam),
	KUNIT_CASE(area_spam_count),
	KUNIT_CASE(area_never_mapped),
	KUNIT_CASE(area_unmapped),
	KUNIT_CASE(area_exiting),
	KUNIT_CASE(area_closed),
	KUNIT_CASE(area_mmap_rules),
	KUNIT_CASE(area_claim),
	KUNIT_CASE(area_reuse),
	KUNIT_CASE(area_claim_from),
	{}
};

static struct kunit_suite area_suite = {
	.name = "binder_area",
	.init = area_fixture_init,
	.exit = area_fixture_exit,
	.test_cases = area_cases,
};

kunit_test_suite(area_suite);
