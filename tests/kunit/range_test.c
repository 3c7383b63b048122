// SPDX-License-Identifier: GPL-2.0-only
/*
 * The range allocator, against a slow model of it.
 *
 * The model is two bitmaps over the space: which units are taken, and where a
 * range starts.  It looks through all holes at every step, so that "the smallest
 * one that is large enough, and of these the lowest" is said there in a way that
 * has nothing in common with the trees that it checks.
 *
 * Ranges are embedded and never allocated, so a whole space can be copied and put
 * back.  That makes the exhaustive walks cheap: orders that begin alike share
 * their beginning.
 */

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "../../drivers/android/binder/area/range.h"

#define WORD		((u32)BINDER_RANGE_ALIGN)
#define MODEL_UNITS	4096

/**
 * struct model - what should be where
 * @unit:  bytes that a bit stands for
 * @units: of the space
 * @used:  units that are taken
 * @head:  units at which a range starts
 */
struct model {
	u32 unit;
	u32 units;
	DECLARE_BITMAP(used, MODEL_UNITS);
	DECLARE_BITMAP(head, MODEL_UNITS);
};

/* A request's units, and where it goes: at @units if nowhere. */
static u32 model_place(const struct model *model, u32 want, u32 *largest)
{
	u32 best = model->units, best_size = U32_MAX;
	u32 start, end;

	*largest = 0;
	for (start = find_first_zero_bit(model->used, model->units); start < model->units;
	     start = find_next_zero_bit(model->used, model->units, end)) {
		end = find_next_bit(model->used, model->units, start);
		*largest = max(*largest, end - start);
		if (end - start >= want && end - start < best_size) {
			best = start;
			best_size = end - start;
		}
	}
	return best;
}

static u32 model_largest(const struct model *model)
{
	u32 largest;

	model_place(model, 1, &largest);
	return largest * model->unit;
}

#define SPACE_RANGES	8

/**
 * struct space - ranges and their model
 * @tree:   what is tested
 * @model:  what it should be
 * @live:   which of @range are allocated
 * @range:  the ranges
 */
struct space {
	struct binder_range_tree tree;
	u64 live;
	struct binder_range range[SPACE_RANGES];
	struct model model;
};

static void space_init(struct space *space, u32 unit, u32 units)
{
	memset(space, 0, sizeof(*space));
	space->model.unit = unit;
	space->model.units = units;
	binder_range_tree_init(&space->tree, unit * units);
}

/* Each gap is in the tree of gaps, once, in order. */
static const char *check_gaps(const struct binder_range_tree *tree, u32 count)
{
	const struct binder_range *last = NULL;
	struct rb_node *node;

	for (node = rb_first(&tree->gaps); node; node = rb_next(node)) {
		const struct binder_range *range = rb_entry(node, struct binder_range, by_gap);

		if (!range->gap)
			return "a range without a gap is among the gaps";
		if (last && (range->gap < last->gap ||
			     (range->gap == last->gap && range->start < last->start)))
			return "the gaps are out of order";
		last = range;
		if (!count--)
			return "there are more gaps than holes";
	}
	return count ? "there are fewer gaps than holes" : NULL;
}

/* Does [@start, @start + @bytes) look in the model as it should? */
static bool model_says(const struct model *model, u32 start, u32 bytes, bool used)
{
	u32 first = start / model->unit, end = (start + bytes) / model->unit;

	if (start % model->unit || bytes % model->unit || end > model->units)
		return false;
	if (used)
		return find_next_zero_bit(model->used, end, first) >= end;
	return find_next_bit(model->used, end, first) >= end;
}

/* The whole of a tree is what the model says. */
static const char *check_tree(struct binder_range_tree *tree, const struct model *model)
{
	u32 at = tree->origin.gap, ranges = 0, gaps = !!tree->origin.gap;
	struct rb_node *node;

	if (!model_says(model, 0, at, false))
		return "the origin's gap is not free";
	for (node = rb_first(&tree->ranges); node; node = rb_next(node)) {
		struct binder_range *range = rb_entry(node, struct binder_range, by_start);

		if (range->start != at)
			return "a range does not start where the gap before it ends";
		if (!range->size || !model_says(model, at, range->size, true))
			return "a range is not where it was put";
		if (!test_bit(at / model->unit, model->head))
			return "a range starts inside another";
		if (binder_range_find(tree, at) != range)
			return "a range is not found at its start";
		if (binder_range_find(tree, at + range->size - WORD / 2) ||
		    (range->size > WORD && binder_range_find(tree, at + WORD)))
			return "something is found inside a range";
		at += range->size;
		if (!model_says(model, at, range->gap, false))
			return "a gap is not free";
		at += range->gap;
		gaps += !!range->gap;
		ranges++;
	}
	if (at != model->unit * model->units)
		return "ranges and gaps do not add up to the space";
	if (ranges != bitmap_weight(model->head, model->units))
		return "a range is missing";
	if (binder_range_largest_gap(tree) != model_largest(model))
		return "the largest gap is wrong";
	return check_gaps(tree, gaps);
}

/* Allocate @range as @size bytes; the model says how that has to end. */
static const char *step_alloc(struct binder_range_tree *tree, struct model *model,
			      struct binder_range *range, u32 size, bool *placed)
{
	u32 want = max(DIV_ROUND_UP(size, model->unit), 1u), largest;
	u32 best = model_place(model, want, &largest);
	int ret;

	/* What it was used for before must not matter. */
	memset(range, 0xa5, sizeof(*range));
	ret = binder_range_alloc(tree, range, size);
	*placed = !ret;
	if (best == model->units)
		return ret == -ENOSPC ? NULL : "placed, or another error, where nothing fits";
	if (ret)
		return "not placed where it fits";
	if (range->start != best * model->unit)
		return "not in the smallest hole that is large enough, the lowest of them";
	if (range->size != want * model->unit)
		return "of another size";
	bitmap_set(model->used, best, want);
	__set_bit(best, model->head);
	return NULL;
}

static void step_free(struct binder_range_tree *tree, struct model *model,
		      struct binder_range *range)
{
	u32 start = range->start / model->unit, units = range->size / model->unit;

	binder_range_free(tree, range);
	/* Nobody may look at it again. */
	memset(range, 0x5a, sizeof(*range));
	bitmap_clear(model->used, start, units);
	__clear_bit(start, model->head);
}

static const char *space_alloc(struct space *space, unsigned int i, u32 size, bool *placed)
{
	const char *bad = step_alloc(&space->tree, &space->model, &space->range[i], size, placed);

	if (*placed)
		space->live |= BIT_ULL(i);
	return bad ?: check_tree(&space->tree, &space->model);
}

static const char *space_free(struct space *space, unsigned int i)
{
	step_free(&space->tree, &space->model, &space->range[i]);
	space->live &= ~BIT_ULL(i);
	return check_tree(&space->tree, &space->model);
}

/* In a space of 0 nothing fits, not even nothing. */
static void range_empty(struct kunit *test)
{
	static const u32 sizes[] = { 0, 1, 8, SZ_4K, SZ_4M, U32_MAX };
	struct binder_range_tree tree;
	struct binder_range range;
	int i;

	binder_range_tree_init(&tree, 0);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		KUNIT_EXPECT_EQ(test, binder_range_alloc(&tree, &range, sizes[i]), -ENOSPC);
	KUNIT_EXPECT_NULL(test, binder_range_find(&tree, 0));
	KUNIT_EXPECT_NULL(test, binder_range_from(&tree, 0));
}

/* Sizes are rounded up to words, and each range has an address of its own. */
static void range_sizes(struct kunit *test)
{
	const u32 count = 33;
	struct binder_range *ranges = kunit_kcalloc(test, count, sizeof(*ranges), GFP_KERNEL);
	struct binder_range_tree tree;
	u32 at = 0;
	u32 size;

	KUNIT_ASSERT_NOT_NULL(test, ranges);
	binder_range_tree_init(&tree, SZ_4K);
	for (size = 0; size < count; size++) {
		u32 expected = size ? round_up(size, WORD) : WORD;

		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &ranges[size], size), 0);
		KUNIT_EXPECT_EQ_MSG(test, ranges[size].start, at, "size %u", size);
		KUNIT_EXPECT_EQ_MSG(test, ranges[size].size, expected, "size %u", size);
		at += expected;
		KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), SZ_4K - at);
	}
}

/* Rounding up must not come round to a small size. */
static void range_huge_sizes(struct kunit *test)
{
	const u32 whole = round_down(U32_MAX, WORD);
	struct binder_range_tree tree;
	struct binder_range range;
	u32 size;

	binder_range_tree_init(&tree, SZ_4M);
	for (size = U32_MAX; size > U32_MAX - 4 * WORD; size--)
		KUNIT_ASSERT_EQ_MSG(test, binder_range_alloc(&tree, &range, size), -ENOSPC,
				    "size %#x", size);
	KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &range, SZ_4M + 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), SZ_4M);
	KUNIT_EXPECT_NULL(test, binder_range_from(&tree, 0));
	KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &range, SZ_4M), 0);

	/* In the largest space that there can be all of it can be had. */
	binder_range_tree_init(&tree, whole);
	for (size = U32_MAX; size > whole; size--)
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &range, size), -ENOSPC);
	KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &range, whole - 1), 0);
	KUNIT_EXPECT_EQ(test, range.size, whole);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), 0);
	binder_range_free(&tree, &range);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), whole);
}

/*
 * Make holes of the given sizes in words, from address 0 on, each with a word in
 * use behind it, and nothing else.  Returns the end.
 */
static u32 make_holes(struct kunit *test, struct binder_range_tree *tree,
		      struct binder_range *walls, const u32 *holes, u32 count, u32 *at)
{
	struct binder_range *fills = kunit_kcalloc(test, count, sizeof(*fills), GFP_KERNEL);
	u32 end = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, fills);
	for (i = 0; i < count; i++)
		end += (holes[i] + 1) * WORD;
	binder_range_tree_init(tree, end);
	for (i = 0; i < count; i++) {
		KUNIT_ASSERT_EQ(test, binder_range_alloc(tree, &fills[i], holes[i] * WORD), 0);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(tree, &walls[i], WORD), 0);
		at[i] = fills[i].start;
	}
	KUNIT_ASSERT_EQ(test, binder_range_largest_gap(tree), 0);
	for (i = 0; i < count; i++)
		binder_range_free(tree, &fills[i]);
	return end;
}

/* The smallest hole that is large enough, not the first, the last or the largest. */
static void range_best_fit(struct kunit *test)
{
	static const u32 holes[] = { 7, 3, 9, 5, 12, 4 };
	static const struct { u32 words, hole; } steps[] = {
		{ 3, 1 }, { 4, 5 }, { 5, 3 }, { 6, 0 }, { 8, 2 }, { 10, 4 },
		/* … and of what is left: 1 word in holes 0 and 2, 2 in hole 4 */
		{ 1, 0 }, { 1, 2 }, { 1, 4 }, { 1, 4 },
	};
	struct binder_range walls[ARRAY_SIZE(holes)], ranges[ARRAY_SIZE(steps)];
	u32 at[ARRAY_SIZE(holes)];
	struct binder_range_tree tree;
	int i;

	make_holes(test, &tree, walls, holes, ARRAY_SIZE(holes), at);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		u32 size = steps[i].words * WORD;

		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &ranges[i], size), 0);
		KUNIT_EXPECT_EQ_MSG(test, ranges[i].start, at[steps[i].hole], "step %d", i);
		at[steps[i].hole] += size;
	}
	KUNIT_EXPECT_EQ(test, binder_range_alloc(&tree, &ranges[0], 0), -ENOSPC);
}

/* Of equal holes the lowest, in whatever order they came to be. */
static void range_lowest_of_equals(struct kunit *test)
{
	struct binder_range walls[6], ranges[6];
	u32 holes[6], at[6], i, odd;
	struct binder_range_tree tree;

	for (odd = 0; odd < 6; odd++) {
		/* One is too small, so the lowest is not always the first. */
		for (i = 0; i < 6; i++)
			holes[i] = i == odd ? 1 : 4;
		make_holes(test, &tree, walls, holes, 6, at);
		for (i = 0; i < 6; i++) {
			if (i == odd)
				continue;
			KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &ranges[i], 4 * WORD), 0);
			KUNIT_EXPECT_EQ(test, ranges[i].start, at[i]);
		}
		KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), WORD);
	}
}

/* A freed range merges with the hole before it, behind it, both, or neither. */
static void range_merge(struct kunit *test)
{
	/* a, b and c are of 2, 3 and 4 words */
	static const struct { bool left, right; u32 largest, start; } cases[] = {
		{ false, false, 3, 3 }, { true, false, 5, 1 },
		{ false, true, 7, 3 }, { true, true, 9, 1 },
	};
	struct binder_range before, a, b, c, behind, again;
	struct binder_range_tree tree;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		binder_range_tree_init(&tree, 11 * WORD);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &before, WORD), 0);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &a, 2 * WORD), 0);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &b, 3 * WORD), 0);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &c, 4 * WORD), 0);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &behind, WORD), 0);
		KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), 0);
		if (cases[i].left)
			binder_range_free(&tree, &a);
		if (cases[i].right)
			binder_range_free(&tree, &c);
		binder_range_free(&tree, &b);
		KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), cases[i].largest * WORD);
		KUNIT_EXPECT_EQ(test, binder_range_alloc(&tree, &again,
							 (cases[i].largest + 1) * WORD), -ENOSPC);
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &again,
							 cases[i].largest * WORD), 0);
		KUNIT_EXPECT_EQ(test, again.start, cases[i].start * WORD);
		KUNIT_EXPECT_EQ(test, again.gap, 0);
	}
}

/* Fill a space with the smallest ranges, make a comb of it, fill that again. */
static void range_exhaustion(struct kunit *test)
{
	const u32 count = 512;
	struct binder_range *ranges = kunit_kcalloc(test, count + 1, sizeof(*ranges), GFP_KERNEL);
	struct binder_range_tree tree;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, ranges);
	binder_range_tree_init(&tree, count * WORD);
	for (i = 0; i < count; i++) {
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &ranges[i], i & 1), 0);
		KUNIT_ASSERT_EQ(test, ranges[i].start, i * WORD);
		KUNIT_ASSERT_EQ(test, binder_range_largest_gap(&tree), (count - i - 1) * WORD);
	}
	KUNIT_EXPECT_EQ(test, binder_range_alloc(&tree, &ranges[count], 0), -ENOSPC);

	for (i = 1; i < count; i += 2)
		binder_range_free(&tree, &ranges[i]);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), WORD);
	KUNIT_EXPECT_EQ(test, binder_range_alloc(&tree, &ranges[count], WORD + 1), -ENOSPC);
	for (i = 1; i < count; i += 2) {
		KUNIT_ASSERT_EQ(test, binder_range_alloc(&tree, &ranges[i], WORD), 0);
		KUNIT_ASSERT_EQ(test, ranges[i].start, i * WORD);
	}
	KUNIT_EXPECT_EQ(test, binder_range_alloc(&tree, &ranges[count], 0), -ENOSPC);

	/* From both ends, so that holes grow at either side. */
	for (i = 0; i < count / 2; i++) {
		binder_range_free(&tree, &ranges[i]);
		if (i < count / 2 - 1)
			binder_range_free(&tree, &ranges[count - 1 - i]);
		KUNIT_ASSERT_EQ(test, binder_range_largest_gap(&tree), (i + 1) * WORD);
	}
	binder_range_free(&tree, &ranges[count / 2]);
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&tree), count * WORD);
	KUNIT_EXPECT_NULL(test, binder_range_from(&tree, 0));
}

/* Looking up at every byte: only a start finds, and "from" finds the next start. */
static void range_lookup(struct kunit *test)
{
	static const u32 holes[] = { 2, 1, 3 };
	struct binder_range walls[3];
	struct binder_range_tree tree;
	u32 at[3], end, byte;
	int i;

	end = make_holes(test, &tree, walls, holes, ARRAY_SIZE(holes), at);
	for (byte = 0; byte < end + 2 * WORD; byte++) {
		struct binder_range *next = NULL, *here = NULL;

		for (i = ARRAY_SIZE(walls) - 1; i >= 0; i--) {
			if (walls[i].start >= byte)
				next = &walls[i];
			if (walls[i].start == byte)
				here = &walls[i];
		}
		KUNIT_EXPECT_PTR_EQ(test, binder_range_from(&tree, byte), next);
		KUNIT_EXPECT_PTR_EQ(test, binder_range_find(&tree, byte), here);
	}
	KUNIT_EXPECT_NULL(test, binder_range_find(&tree, U32_MAX));
}

/**
 * struct walk - an exhaustive walk
 * @space:  where it is
 * @saved:  where it came through, by depth
 * @count:  ends reached
 */
struct walk {
	struct space space;
	struct space saved[SPACE_RANGES + 1];
	u32 count;
};

static struct walk *walk_create(struct kunit *test)
{
	struct walk *walk = kvzalloc(sizeof(*walk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, walk);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, (kunit_action_t *)kvfree, walk), 0);
	return walk;
}

/* Only as much of the bitmaps as the space has. */
static void space_copy(struct space *to, const struct space *from)
{
	size_t bytes = BITS_TO_LONGS(from->model.units) * sizeof(long);

	memcpy(to, from, offsetof(struct space, model.used));
	memcpy(to->model.used, from->model.used, bytes);
	memcpy(to->model.head, from->model.head, bytes);
}

/* Free what is live in every order. */
static const char *walk_free_orders(struct walk *walk, unsigned int depth)
{
	u64 live = walk->space.live;
	const char *bad = NULL;
	unsigned int i;

	if (!live) {
		walk->count++;
		return NULL;
	}
	space_copy(&walk->saved[depth], &walk->space);
	for (i = 0; i < SPACE_RANGES && !bad; i++) {
		if (!(live & BIT_ULL(i)))
			continue;
		bad = space_free(&walk->space, i) ?: walk_free_orders(walk, depth + 1);
		space_copy(&walk->space, &walk->saved[depth]);
	}
	return bad;
}

#define BUFFERS	5
static const char *walk_mix(struct walk *walk, const u32 *sizes, u32 unit, u32 units)
{
	const char *bad = NULL;
	unsigned int i;
	bool placed;

	space_init(&walk->space, unit, units);
	for (i = 0; i < BUFFERS && !bad; i++) {
		bad = space_alloc(&walk->space, i, sizes[i], &placed);
		if (!placed)
			bad = bad ?: "there is no space";
	}
	return bad ?: walk_free_orders(walk, 0);
}

/* Where a buffer ends, seen from where the one before it ends. */
#define ENDS	5
static u32 end_behind(u32 last, unsigned int kind)
{
	u32 edge = round_up(last + 1, SZ_4K);

	switch (kind) {
	case 0: return last + 512;		/* in the same page */
	case 1: return edge;			/* at the end of the page */
	case 2: return edge + 512;		/* in the next page */
	case 3: return edge + SZ_4K;		/* at the end of the next page */
	default: return edge + SZ_4K + 512;	/* in the one after that */
	}
}

/* The sizes of five buffers, from the digits of @mix. */
static u32 page_mix(u32 mix, u32 *sizes)
{
	u32 last = 0, end;
	int i;

	for (i = 0; i < BUFFERS; i++, mix /= ENDS, last = end) {
		end = end_behind(last, mix % ENDS);
		sizes[i] = end - last;
	}
	return last;
}

/*
 * Five buffers, each of which ends in one of five ways relative to pages, freed
 * in each of the 120 orders; at the front of the space with a hole behind them,
 * and at the back with no hole at all.
 */
static void range_every_page_mix(struct kunit *test)
{
	const u32 unit = 512, units = 16 * SZ_4K / unit;
	struct walk *walk = walk_create(test);
	u32 front[BUFFERS], back[BUFFERS], mix, end;
	const char *bad;
	int i;

	for (mix = 0; mix < 3125; mix++) {
		end = page_mix(mix, front);
		for (i = 0; i < BUFFERS; i++)
			back[BUFFERS - 1 - i] = front[i];
		back[0] += unit * units - end;
		bad = walk_mix(walk, front, unit, units) ?: walk_mix(walk, back, unit, units);
		if (bad)
			KUNIT_FAIL_AND_ABORT(test, "mix %u: %s", mix, bad);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, walk->count, 750000);
}

/* Five buffers of each mix of one to four words, in a space that they fill. */
static void range_every_word_mix(struct kunit *test)
{
	struct walk *walk = walk_create(test);
	u32 sizes[BUFFERS], mix, sum, rest;
	const char *bad;
	int i;

	for (mix = 0; mix < 1024; mix++) {
		for (i = 0, sum = 0, rest = mix; i < BUFFERS; i++, rest /= 4) {
			sizes[i] = (rest % 4 + 1) * WORD;
			sum += rest % 4 + 1;
		}
		bad = walk_mix(walk, sizes, WORD, sum);
		if (bad)
			KUNIT_FAIL_AND_ABORT(test, "mix %u: %s", mix, bad);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, walk->count, 1024 * 120);
}

/* Go on from where @walk is with every allocation and every freeing. */
static const char *walk_sequences(struct walk *walk, unsigned int depth)
{
	struct space *space = &walk->space;
	u64 live = space->live;
	const char *bad = NULL;
	unsigned int fresh = ffz(live), i;
	bool placed = true;

	if (depth == 0) {
		walk->count++;
		return NULL;
	}
	space_copy(&walk->saved[depth], space);
	/* Sizes that fit nowhere change nothing, so the walk does not go on from there. */
	for (i = 1; i <= space->model.units + 1 && placed && !bad; i++) {
		bad = space_alloc(space, fresh, i * WORD, &placed);
		if (placed && !bad)
			bad = walk_sequences(walk, depth - 1);
		space_copy(space, &walk->saved[depth]);
	}
	for (i = 0; i < SPACE_RANGES && !bad; i++) {
		if (!(live & BIT_ULL(i)))
			continue;
		bad = space_free(space, i) ?: walk_sequences(walk, depth - 1);
		space_copy(space, &walk->saved[depth]);
	}
	return bad;
}

/* Everything that can be done in a small space in up to seven steps. */
static void range_every_sequence(struct kunit *test)
{
	struct walk *walk = walk_create(test);
	const char *bad;
	u32 units;

	for (units = 1; units <= 8; units++) {
		space_init(&walk->space, WORD, units);
		bad = walk_sequences(walk, 7);
		if (bad)
			KUNIT_FAIL_AND_ABORT(test, "%u words: %s", units, bad);
		cond_resched();
	}
	kunit_info(test, "%u sequences of 7 steps\n", walk->count);
	KUNIT_EXPECT_GT(test, walk->count, 100000);
}

#define RANDOM_RANGES	256
struct random_walk {
	struct binder_range_tree tree;
	struct model model;
	struct binder_range *live[RANDOM_RANGES];
	struct binder_range range[RANDOM_RANGES];
	struct rnd_state rnd;
};

/* Mostly small ones, some that are zero or not of whole words, few large ones. */
static u32 random_size(struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);

	if (r % 64 == 0)
		return (r >> 8) % (MODEL_UNITS * WORD);
	if (r % 8 == 0)
		return (r >> 8) % (64 * WORD);
	return (r >> 8) % (12 * WORD);
}

static const char *random_step(struct random_walk *walk, u32 step)
{
	u32 i = prandom_u32_state(&walk->rnd) % RANDOM_RANGES;
	const char *bad = NULL;
	bool placed;

	if (walk->live[i]) {
		step_free(&walk->tree, &walk->model, walk->live[i]);
		walk->live[i] = NULL;
	} else {
		bad = step_alloc(&walk->tree, &walk->model, &walk->range[i],
				 random_size(&walk->rnd), &placed);
		if (placed)
			walk->live[i] = &walk->range[i];
	}
	if (!bad && binder_range_largest_gap(&walk->tree) != model_largest(&walk->model))
		bad = "the largest gap is wrong";
	if (!bad && step % 64 == 0)
		bad = check_tree(&walk->tree, &walk->model);
	return bad;
}

static void range_random(struct kunit *test)
{
	struct random_walk *walk = kunit_kzalloc(test, sizeof(*walk), GFP_KERNEL);
	const char *bad;
	u32 step, i;

	KUNIT_ASSERT_NOT_NULL(test, walk);
	prandom_seed_state(&walk->rnd, 29201);
	walk->model.unit = WORD;
	walk->model.units = MODEL_UNITS;
	binder_range_tree_init(&walk->tree, MODEL_UNITS * WORD);
	for (step = 0; step < 100000; step++) {
		bad = random_step(walk, step);
		if (bad)
			KUNIT_FAIL_AND_ABORT(test, "step %u: %s", step, bad);
		if (step % 1024 == 0)
			cond_resched();
	}
	for (i = 0; i < RANDOM_RANGES; i++)
		if (walk->live[i])
			step_free(&walk->tree, &walk->model, walk->live[i]);
	KUNIT_EXPECT_STREQ(test, check_tree(&walk->tree, &walk->model) ?: "", "");
	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&walk->tree), MODEL_UNITS * WORD);
}

static struct kunit_case range_cases[] = {
	KUNIT_CASE(range_empty),
	KUNIT_CASE(range_sizes),
	KUNIT_CASE(range_huge_sizes),
	KUNIT_CASE(range_best_fit),
	KUNIT_CASE(range_lowest_of_equals),
	KUNIT_CASE(range_merge),
	KUNIT_CASE(range_exhaustion),
	KUNIT_CASE(range_lookup),
	KUNIT_CASE_SLOW(range_every_page_mix),
	KUNIT_CASE_SLOW(range_every_word_mix),
	KUNIT_CASE_SLOW(range_every_sequence),
	KUNIT_CASE_SLOW(range_random),
	{}
};

static struct kunit_suite range_suite = {
	.name = "binder_range",
	.test_cases = range_cases,
};

kunit_test_suite(range_suite);
