// SPDX-License-Identifier: GPL-2.0-only
/* Ranges: best fit over [0, size).  The essay is in range.h. */

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#include "range.h"

static struct binder_range *range_of(struct rb_node *node)
{
	return rb_entry(node, struct binder_range, by_start);
}

static struct binder_range *gap_of(struct rb_node *node)
{
	return rb_entry(node, struct binder_range, by_gap);
}

static bool gap_less(struct rb_node *a, const struct rb_node *b)
{
	const struct binder_range *left = gap_of(a);
	const struct binder_range *right = rb_entry(b, struct binder_range, by_gap);

	if (left->gap != right->gap)
		return left->gap < right->gap;
	/* The origin and the range at 0 can't both have a gap. */
	return left->start < right->start;
}

/* Give @range a gap of another size and keep @tree->gaps true. */
static void set_gap(struct binder_range_tree *tree, struct binder_range *range, u32 gap)
{
	if (range->gap)
		rb_erase(&range->by_gap, &tree->gaps);
	range->gap = gap;
	if (gap)
		rb_add(&range->by_gap, &tree->gaps, gap_less);
}

/*
 * Link @range into @tree->ranges right behind @prev.  The place is known, so
 * nothing is compared: it is the leftmost place right of @prev.
 */
static void link_behind(struct binder_range_tree *tree, struct binder_range *prev,
			struct binder_range *range)
{
	bool first = prev == &tree->origin;
	struct rb_node *parent = first ? NULL : &prev->by_start;
	struct rb_node **link = first ? &tree->ranges.rb_node : &parent->rb_right;

	while (*link) {
		parent = *link;
		link = &parent->rb_left;
	}
	rb_link_node(&range->by_start, parent, link);
	rb_insert_color(&range->by_start, &tree->ranges);
}

/**
 * binder_range_tree_init() - an empty space
 * @tree: what to set up
 * @size: bytes of the space, a multiple of %BINDER_RANGE_ALIGN; 0 is a space
 *        in which nothing fits
 */
void binder_range_tree_init(struct binder_range_tree *tree, u32 size)
{
	tree->ranges = RB_ROOT;
	tree->gaps = RB_ROOT;
	tree->origin = (struct binder_range){};
	set_gap(tree, &tree->origin, size);
}

/**
 * binder_range_alloc() - place a range in the smallest hole that is large enough
 * @tree:  the space
 * @range: the range to place; its size is set to @size rounded up to
 *         %BINDER_RANGE_ALIGN, at least one word, so that each has an address
 *         of its own
 * @size:  bytes wanted
 *
 * Return: 0, or -ENOSPC where no hole is large enough; @range is unused then.
 */
int binder_range_alloc(struct binder_range_tree *tree, struct binder_range *range, u32 size)
{
	struct rb_node *node = tree->gaps.rb_node;
	struct binder_range *best = NULL;
	u32 rest;

	if (size > U32_MAX - BINDER_RANGE_ALIGN)
		return -ENOSPC;
	size = max_t(u32, ALIGN(size, BINDER_RANGE_ALIGN), BINDER_RANGE_ALIGN);

	while (node) {
		struct binder_range *hole = gap_of(node);

		if (hole->gap >= size) {
			best = hole;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (!best)
		return -ENOSPC;

	rest = best->gap - size;
	set_gap(tree, best, 0);
	range->start = best->start + best->size;
	range->size = size;
	range->gap = 0;
	link_behind(tree, best, range);
	set_gap(tree, range, rest);
	return 0;
}

/**
 * binder_range_free() - take a range out; its space and its gap join the hole in front
 * @tree:  the space
 * @range: allocated in @tree
 */
void binder_range_free(struct binder_range_tree *tree, struct binder_range *range)
{
	struct rb_node *node = rb_prev(&range->by_start);
	struct binder_range *prev = node ? range_of(node) : &tree->origin;
	u32 gap = prev->gap + range->size + range->gap;

	set_gap(tree, range, 0);
	rb_erase(&range->by_start, &tree->ranges);
	set_gap(tree, prev, gap);
}

/**
 * binder_range_from() - the first range at or behind an address
 * @tree:  the space
 * @start: the address
 *
 * Return: the range, or NULL where none follows.
 */
struct binder_range *binder_range_from(struct binder_range_tree *tree, u32 start)
{
	struct rb_node *node = tree->ranges.rb_node;
	struct binder_range *found = NULL;

	while (node) {
		struct binder_range *range = range_of(node);

		if (range->start >= start) {
			found = range;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * binder_range_find() - the range that starts at an address
 * @tree:  the space
 * @start: the address
 *
 * Return: the range, or NULL; an address inside a range finds nothing.
 */
struct binder_range *binder_range_find(struct binder_range_tree *tree, u32 start)
{
	struct binder_range *range = binder_range_from(tree, start);

	return range && range->start == start ? range : NULL;
}

/**
 * binder_range_largest_gap() - the most that one allocation could get now
 * @tree: the space
 *
 * Return: bytes.
 */
u32 binder_range_largest_gap(const struct binder_range_tree *tree)
{
	struct rb_node *node = rb_last(&tree->gaps);

	return node ? gap_of(node)->gap : 0;
}
