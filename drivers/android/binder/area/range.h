/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges: best fit over [0, size).
 *
 * A pure data structure.  It knows no pages, no locks and no mm, and it never
 * allocates: the caller embeds a struct binder_range in what it wants placed.
 *
 * Only what is allocated has an object.  A hole has none: it belongs to the
 * range in front of it, as that range's @gap.
 *
 *	 origin      a               b       c
 *	|.......[#########].......[######][#####]..|
 *	  gap of            gap of   ^       gap of
 *	  origin            a        b.gap = 0    c
 *
 * So splitting a hole and merging with both neighbours are one addition each:
 * whoever is placed in a hole takes the rest of it as its own gap, and whoever
 * is freed leaves its size and its gap to the range in front.  A hole in front
 * of everything belongs to the @origin, an empty range at 0 that is always
 * there.
 *
 * Two trees: @ranges by address, to find a range and its neighbours, and @gaps
 * by (gap, address), to find the smallest hole that is large enough and of
 * these the lowest.  All operations cost the logarithm of the number of ranges.
 *
 * Callers serialise (area.c: under area->lock).
 */
#ifndef BINDER_RANGE_H
#define BINDER_RANGE_H

#include <linux/rbtree.h>
#include <linux/types.h>

/* Every start and size is a multiple of the machine word. */
#define BINDER_RANGE_ALIGN	sizeof(void *)

/**
 * struct binder_range - an allocated piece of the tree's space
 * @by_start: in &binder_range_tree.ranges
 * @by_gap:   in &binder_range_tree.gaps, if @gap is not 0
 * @start:    first byte
 * @size:     bytes; never 0 but for the origin
 * @gap:      free bytes between this range's end and the next range
 */
struct binder_range {
	struct rb_node by_start;
	struct rb_node by_gap;
	u32 start;
	u32 size;
	u32 gap;
};

/**
 * struct binder_range_tree - a space and what is allocated in it
 * @ranges: the allocated ranges by address
 * @gaps:   the ranges (and the origin) that have a gap behind them, by (gap, address)
 * @origin: the empty range at 0
 */
struct binder_range_tree {
	struct rb_root ranges;
	struct rb_root gaps;
	struct binder_range origin;
};

void binder_range_tree_init(struct binder_range_tree *tree, u32 size);
int binder_range_alloc(struct binder_range_tree *tree, struct binder_range *range, u32 size);
void binder_range_free(struct binder_range_tree *tree, struct binder_range *range);
struct binder_range *binder_range_find(struct binder_range_tree *tree, u32 start);
struct binder_range *binder_range_from(struct binder_range_tree *tree, u32 start);
u32 binder_range_largest_gap(const struct binder_range_tree *tree);

#endif /* BINDER_RANGE_H */
