// SPDX-License-Identifier: GPL-2.0-only
/* Rings, against a slow model of them: an array in the order of the list. */

#include <kunit/test.h>
#include <linux/prandom.h>

#include "../../drivers/android/binder/ring.h"

#define ENTRIES		9
#define STEPS		20000

/**
 * struct model - a ring, and what should be in it
 * @ring:    the ring
 * @entries: all that can be in it
 * @order:   those that are, the oldest first
 * @count:   how many these are
 */
struct model {
	struct binder_ring ring;
	struct list_head entries[ENTRIES];
	struct list_head *order[ENTRIES];
	u32 count;
};

static int ring_test_init(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u32 i;

	if (!m)
		return -ENOMEM;
	for (i = 0; i < ENTRIES; i++)
		INIT_LIST_HEAD(&m->entries[i]);
	test->priv = m;
	return 0;
}

static u32 model_find(const struct model *m, const struct list_head *entry)
{
	u32 i;

	for (i = 0; i < m->count && m->order[i] != entry; i++)
		;
	return i;
}

static void model_remove(struct model *m, u32 at)
{
	m->count--;
	memmove(&m->order[at], &m->order[at + 1], (m->count - at) * sizeof(m->order[0]));
}

/* A walk comes by all of them in order, and ends. */
static void expect_same(struct kunit *test, const struct model *m)
{
	const struct list_head *entry = NULL;
	u32 i;

	KUNIT_ASSERT_EQ(test, binder_ring_empty(&m->ring), !m->count);
	for (i = 0; i < m->count; i++) {
		entry = binder_ring_next(&m->ring, entry);
		KUNIT_ASSERT_PTR_EQ(test, entry, m->order[i]);
	}
	KUNIT_ASSERT_NULL(test, binder_ring_next(&m->ring, entry));
}

/* All go to a list, in order, and the ring can be used again. */
static void move_all(struct kunit *test, struct model *m)
{
	struct list_head *entry, *next;
	LIST_HEAD(list);
	u32 i = 0;

	binder_ring_move(&m->ring, &list);
	list_for_each_safe(entry, next, &list) {
		KUNIT_ASSERT_LT(test, i, m->count);
		KUNIT_ASSERT_PTR_EQ(test, entry, m->order[i++]);
		list_del_init(entry);
	}
	KUNIT_ASSERT_EQ(test, i, m->count);
	m->count = 0;
}

/* Adds what is on no ring, takes off what is, from any place, and now and then moves all. */
static void ring_is_like_its_model(struct kunit *test)
{
	struct model *m = test->priv;
	struct rnd_state random;
	struct list_head *entry;
	u32 i, at;

	prandom_seed_state(&random, 20261127);
	for (i = 0; i < STEPS; i++) {
		entry = &m->entries[prandom_u32_state(&random) % ENTRIES];
		at = model_find(m, entry);
		if (prandom_u32_state(&random) % 64 == 0) {
			move_all(test, m);
		} else if (at < m->count) {
			binder_ring_del(&m->ring, entry);
			KUNIT_ASSERT_TRUE(test, list_empty(entry));
			model_remove(m, at);
		} else {
			binder_ring_add(&m->ring, entry);
			m->order[m->count++] = entry;
		}
		expect_same(test, m);
	}
}

/* What is taken off a ring may be elsewhere: on a list of another kind, or on none. */
static void ring_leaves_others_alone(struct kunit *test)
{
	struct model *m = test->priv;
	struct list_head *elsewhere = &m->entries[0], *alone = &m->entries[1];
	LIST_HEAD(list);

	binder_ring_add(&m->ring, &m->entries[2]);
	list_add(elsewhere, &list);
	binder_ring_del(&m->ring, elsewhere);
	binder_ring_del(&m->ring, alone);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	KUNIT_EXPECT_PTR_EQ(test, binder_ring_next(&m->ring, NULL), &m->entries[2]);
	KUNIT_EXPECT_NULL(test, binder_ring_next(&m->ring, &m->entries[2]));
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(ring_is_like_its_model),
	KUNIT_CASE(ring_leaves_others_alone),
	{}
};

static struct kunit_suite ring_suite = {
	.name = "binder_ring",
	.init = ring_test_init,
	.test_cases = ring_cases,
};

kunit_test_suite(ring_suite);
