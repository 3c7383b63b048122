// SPDX-License-Identifier: GPL-2.0-only
/* How urgent a thread should be for a call, from the three who have a say. */

#include <kunit/test.h>
#include <linux/sched.h>

#include "../../drivers/android/binder/abi.h"
#include "../../drivers/android/binder/priority.h"

#define NICE(value)	{ .policy = SCHED_NORMAL, .nice = (value) }
#define RT(how, value)	{ .policy = SCHED_##how, .rt = (value) }
/* What the owner of a node asks for, at least. */
#define NODE(how, value) \
	((SCHED_##how << FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT) | ((value) & 0xff))
#define INHERIT		FLAT_BINDER_FLAG_INHERIT_RT

static const struct priority_case {
	const char *name;
	struct binder_priority now;
	struct binder_priority caller;
	bool oneway;
	u32 node;
	struct binder_priority want;
} priority_cases[] = {
	{ "the caller is nicer", NICE(0), NICE(10), false, NODE(NORMAL, 19), NICE(10) },
	{ "the caller is less nice", NICE(0), NICE(-10), false, NODE(NORMAL, 19), NICE(-10) },
	{ "the node wants more", NICE(0), NICE(10), false, NODE(NORMAL, 5), NICE(5) },
	{ "the node wants more, below 0", NICE(0), NICE(0), false, NODE(NORMAL, -7), NICE(-7) },
	{ "the node wants less", NICE(0), NICE(-3), false, NODE(NORMAL, 0), NICE(-3) },
	{ "the node wants too much", NICE(0), NICE(0), false, NODE(NORMAL, -100), NICE(-20) },
	{ "the node wants too little", NICE(0), NICE(19), false, NODE(NORMAL, 100), NICE(19) },
	{ "one-way: the caller has no say", NICE(3), NICE(-10), true, NODE(NORMAL, 19), NICE(3) },
	{ "one-way: the node has", NICE(3), NICE(-10), true, NODE(NORMAL, -1), NICE(-1) },
	{ "real time without asking", NICE(0), RT(FIFO, 50), false, NODE(NORMAL, 19), NICE(0) },
	{ "real time", NICE(0), RT(FIFO, 50), false, NODE(NORMAL, 19) | INHERIT, RT(FIFO, 50) },
	{ "round robin", NICE(0), RT(RR, 1), false, NODE(NORMAL, 19) | INHERIT, RT(RR, 1) },
	{ "real time, one-way", NICE(0), RT(FIFO, 50), true, NODE(NORMAL, 19) | INHERIT, NICE(0) },
	{ "of the node", NICE(0), NICE(0), false, NODE(FIFO, 7), RT(FIFO, 7) },
	{ "of the node, one-way", NICE(0), NICE(0), true, NODE(RR, 7), RT(RR, 7) },
	{ "of the node, too much", NICE(0), NICE(0), false, NODE(FIFO, 200), RT(FIFO, 99) },
	{ "of the node, too little", NICE(0), NICE(0), false, NODE(FIFO, 0), RT(FIFO, 1) },
	{ "the caller's is more", NICE(0), RT(RR, 9), false, NODE(FIFO, 7) | INHERIT, RT(RR, 9) },
	{ "the node's is more", NICE(0), RT(RR, 5), false, NODE(FIFO, 7) | INHERIT, RT(FIFO, 7) },
	{ "equal: first in, first out", NICE(0), RT(RR, 7), false, NODE(FIFO, 7) | INHERIT,
	  RT(FIFO, 7) },
	{ "the thread's own stays", RT(FIFO, 30), NICE(0), false, NODE(NORMAL, 19), RT(FIFO, 30) },
	{ "the thread's own, and the node's", RT(FIFO, 30), NICE(0), false, NODE(FIFO, 40),
	  RT(FIFO, 40) },
	{ "batch of the node", NICE(0), NICE(10), false, NODE(BATCH, 0),
	  { .policy = SCHED_BATCH, .nice = 0 } },
};

static void priority_desc(const struct priority_case *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(priority, priority_cases, priority_desc);

static void priority_wanted(struct kunit *test)
{
	const struct priority_case *param = test->param_value;
	struct binder_priority got;

	got = binder_priority_wanted(param->now, param->oneway ? NULL : &param->caller,
				     param->node);
	KUNIT_EXPECT_EQ(test, got.policy, param->want.policy);
	KUNIT_EXPECT_EQ(test, got.rt, param->want.rt);
	/* A nice value is without effect while the policy is a real-time one. */
	if (!got.rt)
		KUNIT_EXPECT_EQ(test, got.nice, param->want.nice);
}

static bool equal(struct binder_priority a, struct binder_priority b)
{
	return a.policy == b.policy && a.rt == b.rt && a.nice == b.nice;
}

/* What saves a look at priorities saves none that matters; and it does save some. */
static void priority_enough(struct kunit *test)
{
	u32 saved = 0, policy, value;
	int nice;

	for (nice = MIN_NICE; nice <= MAX_NICE; nice++) {
		set_user_nice(current, nice);
		for (policy = SCHED_NORMAL; policy <= SCHED_BATCH; policy++) {
			for (value = 0; value < 256; value++) {
				u32 flags = value | policy << FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT;
				struct binder_priority now = binder_priority_current(), want;

				if (!binder_priority_is_enough(flags))
					continue;
				saved++;
				want = binder_priority_wanted(now, NULL, flags);
				KUNIT_ASSERT_TRUE_MSG(test, equal(now, want), "flags %x, nice %d",
						      flags, nice);
			}
		}
	}
	set_user_nice(current, 0);
	/* For each nice value those from it up to 127. */
	KUNIT_EXPECT_EQ(test, saved, 40 * 128 + 20);
}

static struct kunit_case priority_test_cases[] = {
	KUNIT_CASE_PARAM(priority_wanted, priority_gen_params),
	KUNIT_CASE(priority_enough),
	{}
};

static struct kunit_suite priority_suite = {
	.name = "binder_priority",
	.test_cases = priority_test_cases,
};

kunit_test_suite(priority_suite);
