// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles, and the conversation about a node's counts.
 *
 * Two processes without a task: one offers objects, the other holds them.  The
 * test plays the threads and the commands of both.  When they are released at
 * the end nothing of theirs may be left.
 */

#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "../../drivers/android/binder/abi.h"
#include "../../drivers/android/binder/context.h"
#include "../../drivers/android/binder/handle.h"
#include "../../drivers/android/binder/node.h"
#include "../../drivers/android/binder/proc.h"
#include "../../drivers/android/binder/stats.h"
#include "../../drivers/android/binder/thread.h"
#include "fault.h"

/**
 * struct fixture - an owner and a holder
 * @context: of both
 * @file:    of both
 * @owner:   offers objects; NULL once released
 * @holder:  has handles to them; NULL once released
 * @thread:  the owner's, which sends them
 * @taken:   what a read in progress has
 * @before:  what was there, as live() has it
 */
struct fixture {
	struct binder_context *context;
	struct file *file;
	struct binder_proc *owner;
	struct binder_proc *holder;
	struct binder_thread *thread;
	struct list_head taken;
	long before;
};

static const struct file_operations fixture_fops = {
	.owner = THIS_MODULE,
};

/* How many objects of the kinds that these tests make there are. */
static long live(void)
{
	static const enum binder_stat_object kinds[] = {
		BINDER_STAT_PROC, BINDER_STAT_THREAD, BINDER_STAT_NODE, BINDER_STAT_REF,
	};
	long sum = 0;
	int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			sum += per_cpu(binder_objects, cpu).created[kinds[i]] -
			       per_cpu(binder_objects, cpu).deleted[kinds[i]];
	return sum;
}

static int handle_test_init(struct kunit *test)
{
	struct fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);

	if (!fix)
		return -ENOMEM;
	test->priv = fix;
	fix->before = live();
	INIT_LIST_HEAD(&fix->taken);
	fix->context = binder_context_create("test");
	if (!fix->context)
		return -ENOMEM;
	fix->file = anon_inode_getfile("[binder-test]", &fixture_fops, NULL, O_RDONLY);
	if (IS_ERR(fix->file))
		return PTR_ERR(fix->file);
	fix->owner = binder_proc_create(fix->context, fix->file);
	fix->holder = binder_proc_create(fix->context, fix->file);
	fix->thread = fix->owner ? binder_thread_current(fix->owner) : NULL;
	return fix->thread && fix->holder ? 0 : -ENOMEM;
}

static void release(struct binder_proc **proc)
{
	if (*proc)
		binder_proc_release(*proc);
	*proc = NULL;
}

static void handle_test_exit(struct kunit *test)
{
	struct fixture *fix = test->priv;

	if (!fix)
		return;
	release(&fix->owner);
	release(&fix->holder);
	if (!IS_ERR_OR_NULL(fix->file))
		fput(fix->file);
	flush_delayed_fput();
	/* Nodes and refs are freed by RCU, and so are the processes of nodes. */
	rcu_barrier();
	if (fix->context) {
		KUNIT_EXPECT_EQ(test, refcount_read(&fix->context->refs), 1);
		binder_context_put(fix->context);
	}
	KUNIT_EXPECT_EQ_MSG(test, live(), fix->before, "something was left or freed twice");
}

static struct flat_binder_object object_at(u64 ptr)
{
	return (struct flat_binder_object){
		.hdr.type = BINDER_TYPE_BINDER, .binder = ptr, .cookie = ~ptr,
	};
}

/* An object that the owner has sent; the test has a reference and a weak count. */
static struct binder_node *offer(struct kunit *test, u64 ptr)
{
	struct fixture *fix = test->priv;
	struct flat_binder_object object = object_at(ptr);
	struct binder_node *node = binder_node_offer(fix->owner, &object);

	KUNIT_ASSERT_FALSE(test, IS_ERR(node));
	KUNIT_ASSERT_PTR_EQ(test, node->proc, fix->owner);
	return node;
}

static void drop(struct binder_node *node)
{
	binder_node_dec(node, false);
	binder_node_put(node);
}

/* The number under which the holder gets @node; the owner sends it. */
static u32 take(struct kunit *test, struct binder_node *node, bool strong)
{
	struct fixture *fix = test->priv;
	u32 handle = U32_MAX;

	KUNIT_ASSERT_EQ(test, binder_handle_take(fix->holder, node, strong, fix->thread, &handle),
			0);
	return handle;
}

/* What a handle counts, without its lock: nobody else is there. */
static struct binder_ref *ref_at(struct kunit *test, u32 handle)
{
	struct fixture *fix = test->priv;

	return xa_load(&fix->holder->handles.table, handle);
}

/* A new handle gets the lowest number that is free, from 1 on. */
static void handle_lowest_free(struct kunit *test)
{
	static const struct { u32 free[3]; u32 expected[4]; } rounds[] = {
		{ { 3 }, { 3, 9, 10, 11 } },
		{ { 11, 2, 5 }, { 2, 5, 11, 12 } },
		{ { 1 }, { 1, 13, 14, 15 } },
		{ { 15, 14, 13 }, { 13, 14, 15, 16 } },
	};
	struct fixture *fix = test->priv;
	u64 ptr = 0x1000;
	int i, j;

	for (i = 1; i <= 8; i++, ptr += 16) {
		struct binder_node *node = offer(test, ptr);

		KUNIT_EXPECT_EQ(test, take(test, node, i & 1), i);
		drop(node);
	}
	for (i = 0; i < ARRAY_SIZE(rounds); i++) {
		for (j = 0; j < 3 && rounds[i].free[j]; j++) {
			u32 handle = rounds[i].free[j];
			struct binder_ref *ref = ref_at(test, handle);

			KUNIT_ASSERT_NOT_NULL(test, ref);
			KUNIT_ASSERT_EQ(test, binder_handle_dec(fix->holder, handle, ref->strong),
					0);
			KUNIT_EXPECT_NULL(test, ref_at(test, handle));
		}
		for (j = 0; j < 4; j++, ptr += 16) {
			struct binder_node *node = offer(test, ptr);

			KUNIT_EXPECT_EQ_MSG(test, take(test, node, true), rounds[i].expected[j],
					    "round %d", i);
			drop(node);
		}
	}
}

/* 0 is the manager's, and nobody else's while there is none. */
static void handle_manager(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct flat_binder_object object = object_at(0);
	struct binder_node *manager, *other, *third;

	other = offer(test, 0x20);
	KUNIT_EXPECT_EQ(test, take(test, other, true), 1);
	KUNIT_ASSERT_EQ(test, binder_context_become_manager(fix->owner, &object), 0);
	KUNIT_EXPECT_EQ(test, binder_context_become_manager(fix->holder, &object), -EBUSY);
	manager = binder_context_get_manager(fix->context);
	KUNIT_ASSERT_NOT_NULL(test, manager);
	/* It is needed and knows it: nobody has to tell it. */
	KUNIT_EXPECT_EQ(test, manager->strong, 1);
	KUNIT_EXPECT_FALSE(test, binder_work_queued(&manager->work));
	KUNIT_EXPECT_EQ(test, take(test, manager, true), 0);
	KUNIT_EXPECT_EQ(test, take(test, manager, false), 0);
	KUNIT_EXPECT_EQ(test, binder_handle_dec(fix->holder, 0, true), 0);
	KUNIT_EXPECT_EQ(test, binder_handle_dec(fix->holder, 0, false), 0);
	KUNIT_EXPECT_NULL(test, ref_at(test, 0));
	third = offer(test, 0x30);
	KUNIT_EXPECT_EQ(test, take(test, third, false), 2);
	KUNIT_EXPECT_EQ(test, take(test, manager, false), 0);
	binder_node_put(manager);
	drop(third);
	drop(other);
}

/* One step of the holder's, and what it comes to. */
enum handle_op { TAKE, TAKE_STRONG, INC, INC_STRONG, DEC, DEC_STRONG, GET, GET_STRONG };

struct handle_step {
	enum handle_op op;
	int ret;
	u32 strong;
	u32 weak;
};

static int handle_do(struct kunit *test, struct binder_node *node, enum handle_op op)
{
	struct fixture *fix = test->priv;
	struct binder_node *found;
	u32 handle = 1;

	switch (op) {
	case TAKE:
	case TAKE_STRONG:
		return binder_handle_take(fix->holder, node, op == TAKE_STRONG, fix->thread,
					  &handle) ?: (handle == 1 ? 0 : -ERANGE);
	case INC:
	case INC_STRONG:
		return binder_handle_inc(fix->holder, handle, op == INC_STRONG);
	case DEC:
	case DEC_STRONG:
		return binder_handle_dec(fix->holder, handle, op == DEC_STRONG);
	default:
		found = binder_handle_get_node(fix->holder, handle, op == GET_STRONG);
		if (IS_ERR(found))
			return PTR_ERR(found);
		binder_node_put(found);
		return found == node ? 0 : -ERANGE;
	}
}

/* Counts, of the handle and through it of the node. */
static void handle_counts(struct kunit *test)
{
	static const struct handle_step steps[] = {
		/* not there */
		{ INC, -ENOENT, 0, 0 }, { INC_STRONG, -ENOENT, 0, 0 },
		{ DEC, -ENOENT, 0, 0 }, { DEC_STRONG, -ENOENT, 0, 0 },
		{ GET, -ENOENT, 0, 0 }, { GET_STRONG, -ENOENT, 0, 0 },
		/* weak: it does not become strong by itself */
		{ TAKE, 0, 0, 1 }, { TAKE, 0, 0, 2 }, { INC, 0, 0, 3 },
		{ INC_STRONG, -EPERM, 0, 3 }, { DEC_STRONG, -EINVAL, 0, 3 },
		{ GET, 0, 0, 3 }, { GET_STRONG, -EPERM, 0, 3 },
		/* strong: the same handle */
		{ TAKE_STRONG, 0, 1, 3 }, { GET_STRONG, 0, 1, 3 }, { INC_STRONG, 0, 2, 3 },
		{ DEC, 0, 2, 2 }, { DEC, 0, 2, 1 }, { DEC, 0, 2, 0 }, { DEC, -EINVAL, 2, 0 },
		{ GET, 0, 2, 0 }, { INC, 0, 2, 1 }, { DEC_STRONG, 0, 1, 1 },
		{ DEC_STRONG, 0, 0, 1 }, { DEC_STRONG, -EINVAL, 0, 1 },
		{ INC_STRONG, -EPERM, 0, 1 }, { GET_STRONG, -EPERM, 0, 1 },
		/* gone with the last count, whichever it is */
		{ DEC, 0, 0, 0 }, { DEC, -ENOENT, 0, 0 }, { GET, -ENOENT, 0, 0 },
		{ TAKE_STRONG, 0, 1, 0 }, { DEC_STRONG, 0, 0, 0 }, { DEC_STRONG, -ENOENT, 0, 0 },
	};
	struct binder_node *node = offer(test, 0x40);
	int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct handle_step *step = &steps[i];
		bool there = step->strong || step->weak;
		struct binder_ref *ref;

		KUNIT_EXPECT_EQ_MSG(test, handle_do(test, node, step->op), step->ret, "step %d", i);
		ref = ref_at(test, 1);
		KUNIT_ASSERT_EQ_MSG(test, !!ref, there, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, ref ? ref->strong : 0, step->strong, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, ref ? ref->weak : 0, step->weak, "step %d", i);
		/* A handle is one weak count, the test's own is another. */
		KUNIT_EXPECT_EQ_MSG(test, node->weak, 1 + there, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, node->strong, !!step->strong, "step %d", i);
	}
	drop(node);
}

/* Counts don't come round. */
static void handle_overflow(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *node = offer(test, 0x50);
	struct binder_ref *ref;

	take(test, node, true);
	take(test, node, false);
	ref = ref_at(test, 1);
	KUNIT_ASSERT_NOT_NULL(test, ref);
	ref->strong = U32_MAX;
	ref->weak = U32_MAX;
	KUNIT_EXPECT_EQ(test, binder_handle_inc(fix->holder, 1, true), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, binder_handle_inc(fix->holder, 1, false), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, ref->strong, U32_MAX);
	KUNIT_EXPECT_EQ(test, ref->weak, U32_MAX);
	ref->strong = 1;
	ref->weak = 1;
	drop(node);
}

/* Only the owner may bring an object to life that nobody needs. */
static void handle_not_needed(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *node = offer(test, 0x60);
	u32 handle;

	/* The test's count is a weak one, so weakly it is needed. */
	KUNIT_EXPECT_EQ(test, binder_handle_take(fix->holder, node, true, NULL, &handle), -EINVAL);
	KUNIT_EXPECT_TRUE(test, xa_empty(&fix->holder->handles.table));
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&fix->holder->handles.by_node));
	KUNIT_EXPECT_EQ(test, node->strong, 0);
	KUNIT_EXPECT_EQ(test, node->weak, 1);
	KUNIT_EXPECT_EQ(test, binder_handle_take(fix->holder, node, false, NULL, &handle), 0);
	KUNIT_EXPECT_EQ(test, binder_handle_take(fix->holder, node, true, NULL, &handle), -EINVAL);
	KUNIT_ASSERT_NOT_NULL(test, ref_at(test, handle));
	KUNIT_EXPECT_EQ(test, ref_at(test, handle)->weak, 1);
	KUNIT_EXPECT_EQ(test, ref_at(test, handle)->strong, 0);
	drop(node);
}

/* A buffer gives back what it brought, unless the number means another node now. */
static void handle_give_back(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *old = offer(test, 0x70), *node = offer(test, 0x80);
	struct binder_ref *ref;
	bool strong;

	KUNIT_EXPECT_NE(test, old->id, node->id);
	for (strong = false;; strong = true) {
		u32 *count;

		KUNIT_EXPECT_EQ(test, take(test, old, strong), 1);
		KUNIT_EXPECT_EQ(test, binder_handle_dec(fix->holder, 1, strong), 0);
		/* Too late: it has been released already. */
		binder_handle_give_back(fix->holder, 1, old->id, strong);
		KUNIT_EXPECT_NULL(test, ref_at(test, 1));
		KUNIT_EXPECT_EQ(test, take(test, node, strong), 1);
		KUNIT_EXPECT_EQ(test, take(test, node, strong), 1);
		ref = ref_at(test, 1);
		KUNIT_ASSERT_NOT_NULL(test, ref);
		count = strong ? &ref->strong : &ref->weak;
		binder_handle_give_back(fix->holder, 1, old->id, strong);
		binder_handle_give_back(fix->holder, 1, 0, strong);
		binder_handle_give_back(fix->holder, 2, node->id, strong);
		KUNIT_EXPECT_EQ(test, *count, 2);
		/* Nothing of the other kind was brought. */
		binder_handle_give_back(fix->holder, 1, node->id, !strong);
		KUNIT_EXPECT_EQ(test, ref->strong + ref->weak, 2);
		binder_handle_give_back(fix->holder, 1, node->id, strong);
		KUNIT_EXPECT_EQ(test, *count, 1);
		binder_handle_give_back(fix->holder, 1, node->id, strong);
		KUNIT_EXPECT_NULL(test, ref_at(test, 1));
		KUNIT_EXPECT_EQ(test, node->strong, 0);
		KUNIT_EXPECT_EQ(test, node->weak, 1);
		if (strong)
			break;
	}
	drop(old);
	drop(node);
}

/* A holder goes: each node loses what it had through it, and no more. */
static void handle_release_all(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *nodes[100];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		nodes[i] = offer(test, 0x1000 + i);
		for (j = 0; j <= i % 3; j++) {
			if (i & 1)
				take(test, nodes[i], true);
			if (i & 2 || !(i & 1))
				take(test, nodes[i], false);
		}
		KUNIT_EXPECT_EQ(test, nodes[i]->strong, i & 1);
		KUNIT_EXPECT_EQ(test, nodes[i]->weak, 2);
	}
	binder_handle_release_all(fix->holder);
	KUNIT_EXPECT_TRUE(test, xa_empty(&fix->holder->handles.table));
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&fix->holder->handles.by_node));
	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		KUNIT_EXPECT_EQ(test, nodes[i]->strong, 0);
		KUNIT_EXPECT_EQ(test, nodes[i]->weak, 1);
		drop(nodes[i]);
	}
}

/* The owner goes: handles stay until they are released, and can still be passed on. */
static void handle_dead_owner(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *node = offer(test, 0x90), *found;

	take(test, node, true);
	drop(node);
	release(&fix->owner);
	found = binder_handle_get_node(fix->holder, 1, true);
	KUNIT_ASSERT_PTR_EQ(test, found, node);
	KUNIT_EXPECT_TRUE(test, found->dead);
	KUNIT_EXPECT_EQ(test, binder_handle_inc(fix->holder, 1, true), 0);
	KUNIT_EXPECT_EQ(test, binder_handle_inc(fix->holder, 1, false), 0);
	KUNIT_EXPECT_EQ(test, binder_handle_dec(fix->holder, 1, true), 0);
	KUNIT_EXPECT_EQ(test, binder_handle_dec(fix->holder, 1, true), 0);
	KUNIT_EXPECT_EQ(test, found->strong, 0);
	KUNIT_EXPECT_EQ(test, binder_handle_dec(fix->holder, 1, false), 0);
	KUNIT_EXPECT_NULL(test, ref_at(test, 1));
	KUNIT_EXPECT_EQ(test, found->weak, 0);
	binder_node_put(found);
}

/* Each allocation in turn fails, and nothing comes of it. */
static void handle_no_memory(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct flat_binder_object object = object_at(0xa0);
	struct binder_node *node = ERR_PTR(-ENOMEM);
	unsigned int nth, failures = 0;
	u32 handle;
	int ret = -ENOMEM;

	if (!fault_enable(true))
		kunit_skip(test, "needs CONFIG_FAILSLAB and its debugfs files");
	fault_nth(1);
	node = binder_node_offer(fix->owner, &object);
	fault_nth(0);
	KUNIT_EXPECT_PTR_EQ(test, node, ERR_PTR(-ENOMEM));
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&fix->owner->nodes));

	node = offer(test, 0xa0);
	for (nth = 1; nth < 20 && ret; nth++) {
		fault_nth(nth);
		ret = binder_handle_take(fix->holder, node, true, fix->thread, &handle);
		fault_nth(0);
		if (!ret)
			break;
		failures++;
		KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		KUNIT_EXPECT_TRUE(test, xa_empty(&fix->holder->handles.table));
		KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&fix->holder->handles.by_node));
		KUNIT_EXPECT_EQ(test, node->strong, 0);
		KUNIT_EXPECT_EQ(test, node->weak, 1);
	}
	fault_enable(false);
	/* the ref; the table tries a second time by itself */
	KUNIT_EXPECT_GE(test, failures, 1);
	KUNIT_EXPECT_EQ(test, ret, 0);
	drop(node);
}

/* A watch that can't be made is answered: for a death by BR_ERROR, else by the ioctl. */
static void watch_no_memory(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_thread *thread = binder_thread_current(fix->holder);
	struct binder_node *node = offer(test, 0xa0);
	struct binder_ref *ref;
	u32 handle = 0;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, thread);
	KUNIT_ASSERT_EQ(test, binder_handle_take(fix->holder, node, true, fix->thread, &handle), 0);
	if (!fault_enable(true))
		kunit_skip(test, "needs CONFIG_FAILSLAB and its debugfs files");
	fault_nth(1);
	ret = binder_watch_request(thread, handle, 1, BINDER_WATCH_FREEZE);
	fault_nth(0);
	KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
	KUNIT_EXPECT_FALSE(test, thread->has_work);
	fault_nth(1);
	ret = binder_watch_request(thread, handle, 1, BINDER_WATCH_DEATH);
	fault_nth(0);
	fault_enable(false);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_TRUE(test, thread->has_work);
	KUNIT_EXPECT_EQ(test, thread->error_command, BR_ERROR);
	mutex_lock(&fix->holder->handles.lock);
	ref = binder_handle_find_locked(fix->holder, handle);
	KUNIT_EXPECT_NULL(test, ref->watches);
	mutex_unlock(&fix->holder->handles.lock);
	drop(node);
}

/* An object is known by its pointer, and the cookie has to be the same. */
static void node_offer(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *node = offer(test, 0xb0), *again = offer(test, 0xb0);
	struct flat_binder_object object = object_at(0xb0);
	struct binder_node *elsewhere;

	KUNIT_EXPECT_PTR_EQ(test, node, again);
	KUNIT_EXPECT_EQ(test, node->weak, 2);
	elsewhere = binder_node_offer(fix->holder, &object);
	KUNIT_ASSERT_FALSE(test, IS_ERR(elsewhere));
	KUNIT_EXPECT_PTR_NE(test, elsewhere, node);
	drop(elsewhere);
	object.cookie++;
	KUNIT_EXPECT_PTR_EQ(test, binder_node_offer(fix->owner, &object), ERR_PTR(-EINVAL));
	KUNIT_EXPECT_EQ(test, node->weak, 2);
	drop(node);
	drop(again);
	/* If nobody came to need it, it is gone, and the cookie is free. */
	drop(offer(test, 0xb8));
	object.binder = 0xb8;
	again = binder_node_offer(fix->owner, &object);
	KUNIT_ASSERT_FALSE(test, IS_ERR(again));
	drop(again);
}

/*
 * The conversation, step by step.  The scenario begins with an object just
 * offered: a weak count, which DROP gives up.
 */
enum node_op {
	END, DROP,
	SEND_W, SEND_S,		/* the owner sends it: somebody more needs it */
	PASS_W, PASS_S,		/* somebody else passes it on */
	LOSE_W, LOSE_S,		/* somebody needs it no more */
	TELL,			/* the owner reads; @result is what it is told */
	TOLD, UNTELL,		/* … and has got it, or could not */
	DONE_W, DONE_S,		/* the owner acknowledges */
};

#define QUEUED	BIT(0)
#define TOLD_W	BIT(1)
#define TOLD_S	BIT(2)
#define PEND_W	BIT(3)
#define PEND_S	BIT(4)
#define GONE	BIT(5)
#define KNOWN	(TOLD_W | TOLD_S)
#define PENDING	(PEND_W | PEND_S)

#define BR_I	BINDER_NODE_TELL_INCREFS
#define BR_A	BINDER_NODE_TELL_ACQUIRE
#define BR_R	BINDER_NODE_TELL_RELEASE
#define BR_D	BINDER_NODE_TELL_DECREFS

struct node_step {
	enum node_op op;
	int result;
	u32 strong;
	u32 weak;
	u32 state;
};

/* The owner has sent it, it was told, it has acknowledged. */
static const struct node_step needed[] = {
	{ SEND_W, 0, 0, 2, QUEUED },
	{ SEND_S, 0, 1, 2, QUEUED },
	{ DROP, 0, 1, 1, QUEUED },
	{ TELL, BR_I | BR_A, 1, 1, KNOWN | PENDING },
	{ TOLD, 0, 1, 1, KNOWN | PENDING },
	{ DONE_W, 0, 1, 1, KNOWN | PEND_S },
	{ DONE_S, 0, 1, 1, KNOWN },
};

/**
 * struct conversation - a scenario
 * @name:   what it is about
 * @needed: it begins with those steps
 * @steps:  …
 */
struct conversation {
	const char *name;
	bool needed;
	struct node_step steps[20];
};

static const struct conversation conversations[] = {
	{ "never needed", false, {
		{ DROP, 0, 0, 0, GONE },
		{ SEND_W, -EINVAL, 0, 0, GONE }, { SEND_S, -EINVAL, 0, 0, GONE },
		{ PASS_W, -EINVAL, 0, 0, GONE }, { PASS_S, -EINVAL, 0, 0, GONE },
	} },
	{ "a whole life", true, {
		{ LOSE_S, 0, 0, 1, QUEUED | KNOWN },
		{ TELL, BR_R, 0, 1, TOLD_W }, { TOLD, 0, 0, 1, TOLD_W },
		{ LOSE_W, 0, 0, 0, QUEUED | TOLD_W },
		{ TELL, BR_D, 0, 0, 0 }, { TOLD, 0, 0, 0, GONE },
	} },
	{ "strong implies weak", false, {
		{ SEND_S, 0, 1, 1, QUEUED }, { DROP, 0, 1, 0, QUEUED },
		{ TELL, BR_I | BR_A, 1, 0, KNOWN | PENDING },
		{ TOLD, 0, 1, 0, KNOWN | PENDING },
		{ DONE_S, 0, 1, 0, KNOWN | PEND_W }, { DONE_W, 0, 1, 0, QUEUED | KNOWN },
		{ LOSE_S, 0, 0, 0, QUEUED | KNOWN },
		{ TELL, BR_R | BR_D, 0, 0, 0 }, { TOLD, 0, 0, 0, GONE },
	} },
	{ "weak only", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { DROP, 0, 0, 1, QUEUED },
		{ TELL, BR_I, 0, 1, TOLD_W | PEND_W }, { TOLD, 0, 0, 1, TOLD_W | PEND_W },
		{ PASS_S, -EINVAL, 0, 1, TOLD_W | PEND_W }, { DONE_W, 0, 0, 1, TOLD_W },
		{ PASS_W, 0, 0, 2, TOLD_W }, { PASS_S, -EINVAL, 0, 2, TOLD_W },
		{ LOSE_W, 0, 0, 1, TOLD_W }, { LOSE_W, 0, 0, 0, QUEUED | TOLD_W },
		{ TELL, BR_D, 0, 0, 0 }, { TOLD, 0, 0, 0, GONE },
	} },
	{ "strong later", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { DROP, 0, 0, 1, QUEUED },
		{ TELL, BR_I, 0, 1, TOLD_W | PEND_W }, { TOLD, 0, 0, 1, TOLD_W | PEND_W },
		{ SEND_S, 0, 1, 1, QUEUED | TOLD_W | PEND_W },
		{ TELL, BR_A, 1, 1, KNOWN | PENDING }, { TOLD, 0, 1, 1, KNOWN | PENDING },
		{ DONE_S, 0, 1, 1, KNOWN | PEND_W }, { DONE_W, 0, 1, 1, KNOWN },
	} },
	{ "over before it was told", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { SEND_S, 0, 1, 2, QUEUED },
		{ LOSE_S, 0, 0, 2, QUEUED }, { LOSE_W, 0, 0, 1, QUEUED },
		{ DROP, 0, 0, 0, GONE },
	} },
	{ "over before it is acknowledged", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { SEND_S, 0, 1, 2, QUEUED },
		{ DROP, 0, 1, 1, QUEUED },
		{ TELL, BR_I | BR_A, 1, 1, KNOWN | PENDING },
		{ LOSE_S, 0, 0, 1, KNOWN | PENDING }, { LOSE_W, 0, 0, 0, KNOWN | PENDING },
		{ TOLD, 0, 0, 0, KNOWN | PENDING },
		{ DONE_W, 0, 0, 0, QUEUED | KNOWN | PEND_S }, { DONE_S, 0, 0, 0, QUEUED | KNOWN },
		{ TELL, BR_R | BR_D, 0, 0, 0 }, { TOLD, 0, 0, 0, GONE },
	} },
	{ "acknowledged in the other order", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { SEND_S, 0, 1, 2, QUEUED },
		{ DROP, 0, 1, 1, QUEUED },
		{ TELL, BR_I | BR_A, 1, 1, KNOWN | PENDING },
		{ TOLD, 0, 1, 1, KNOWN | PENDING },
		{ LOSE_W, 0, 1, 0, KNOWN | PENDING }, { LOSE_S, 0, 0, 0, KNOWN | PENDING },
		{ DONE_S, 0, 0, 0, QUEUED | KNOWN | PEND_W },
		{ TELL, BR_R, 0, 0, TOLD_W | PEND_W }, { TOLD, 0, 0, 0, TOLD_W | PEND_W },
		{ DONE_W, 0, 0, 0, QUEUED | TOLD_W },
		{ TELL, BR_D, 0, 0, 0 }, { TOLD, 0, 0, 0, GONE },
	} },
	{ "acknowledged before it is told", false, {
		{ DONE_W, 0, 0, 1, 0 }, { DONE_S, 0, 0, 1, 0 },
	} },
	{ "acknowledged once too often", true, {
		{ DONE_W, 0, 1, 1, KNOWN }, { DONE_S, 0, 1, 1, KNOWN },
	} },
	{ "could not be read", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { SEND_S, 0, 1, 2, QUEUED },
		{ DROP, 0, 1, 1, QUEUED },
		{ TELL, BR_I | BR_A, 1, 1, KNOWN | PENDING },
		{ UNTELL, 0, 1, 1, QUEUED },
		{ TELL, BR_I | BR_A, 1, 1, KNOWN | PENDING },
		{ TOLD, 0, 1, 1, KNOWN | PENDING },
		{ DONE_S, 0, 1, 1, KNOWN | PEND_W }, { DONE_W, 0, 1, 1, KNOWN },
		{ LOSE_W, 0, 1, 0, KNOWN }, { LOSE_S, 0, 0, 0, QUEUED | KNOWN },
		{ TELL, BR_R | BR_D, 0, 0, 0 }, { UNTELL, 0, 0, 0, QUEUED | KNOWN },
		{ TELL, BR_R | BR_D, 0, 0, 0 }, { TOLD, 0, 0, 0, GONE },
	} },
	{ "lost while it could not be read", false, {
		{ SEND_W, 0, 0, 2, QUEUED }, { SEND_S, 0, 1, 2, QUEUED },
		{ DROP, 0, 1, 1, QUEUED },
		{ TELL, BR_I | BR_A, 1, 1, KNOWN | PENDING },
		{ LOSE_S, 0, 0, 1, KNOWN | PENDING }, { LOSE_W, 0, 0, 0, KNOWN | PENDING },
		{ UNTELL, 0, 0, 0, GONE },
	} },
	{ "acknowledged in vain", false, {
		{ SEND_S, 0, 1, 1, QUEUED }, { DROP, 0, 1, 0, QUEUED },
		{ TELL, BR_I | BR_A, 1, 0, KNOWN | PENDING },
		{ TOLD, 0, 1, 0, KNOWN | PENDING },
		{ DONE_W, 0, 1, 0, QUEUED | KNOWN | PEND_S },
		{ TELL, 0, 1, 0, KNOWN | PEND_S }, { DONE_S, 0, 1, 0, KNOWN },
	} },
	{ "needed again before it is told", true, {
		{ LOSE_S, 0, 0, 1, QUEUED | KNOWN }, { PASS_S, 0, 1, 1, QUEUED | KNOWN },
		{ TELL, 0, 1, 1, KNOWN }, { TOLD, 0, 1, 1, KNOWN },
	} },
	{ "needed again while it is told", true, {
		{ LOSE_S, 0, 0, 1, QUEUED | KNOWN }, { TELL, BR_R, 0, 1, TOLD_W },
		{ PASS_S, -EINVAL, 0, 1, TOLD_W }, { PASS_W, 0, 0, 2, TOLD_W },
		{ SEND_S, 0, 1, 2, TOLD_W }, { TOLD, 0, 1, 2, QUEUED | TOLD_W },
		{ TELL, BR_A, 1, 2, KNOWN | PEND_S }, { TOLD, 0, 1, 2, KNOWN | PEND_S },
		{ DONE_S, 0, 1, 2, KNOWN },
	} },
};

/* Take the work to a list of its own, as a reader does, or drop it. */
static int tell_locked(struct fixture *fix, struct binder_node *node)
{
	if (!binder_work_queued(&node->work))
		return -ENOENT;
	if (binder_node_in_step_locked(node)) {
		list_del_init(&node->work.entry);
		binder_node_told_locked(node);
		return 0;
	}
	list_move_tail(&node->work.entry, &fix->taken);
	return binder_node_tell_locked(node);
}

static int node_do(struct fixture *fix, struct binder_node *node, enum node_op op)
{
	struct binder_proc *proc = fix->owner;
	int ret = 0;

	if (op == DONE_W || op == DONE_S) {
		binder_node_done(fix->thread, node->ptr, node->cookie, op == DONE_S);
		return 0;
	}
	spin_lock(&proc->lock);
	if (op == SEND_W || op == SEND_S) {
		ret = binder_node_inc_locked(node, op == SEND_S, fix->thread);
	} else if (op == PASS_W || op == PASS_S) {
		ret = binder_node_inc_locked(node, op == PASS_S, NULL);
	} else if (op == LOSE_W || op == LOSE_S || op == DROP) {
		binder_node_dec_locked(node, op == LOSE_S);
	} else if (op == TELL) {
		ret = tell_locked(fix, node);
	} else if (op == TOLD) {
		list_del_init(&node->work.entry);
		binder_node_told_locked(node);
	} else if (op == UNTELL) {
		binder_node_untell_locked(node);
		list_splice_init(&fix->taken, &fix->thread->todo);
	}
	spin_unlock(&proc->lock);
	return ret;
}

static u32 state_of(const struct binder_node *node)
{
	return (binder_work_queued(&node->work) && !node->sent ? QUEUED : 0) |
	       (node->told_weak ? TOLD_W : 0) | (node->told_strong ? TOLD_S : 0) |
	       (node->pending_weak ? PEND_W : 0) | (node->pending_strong ? PEND_S : 0) |
	       (node->gone ? GONE : 0);
}

static void converse(struct kunit *test, struct binder_node *node, const struct node_step *steps,
		     int count)
{
	struct fixture *fix = test->priv;
	int i;

	for (i = 0; i < count && steps[i].op != END; i++) {
		const struct node_step *step = &steps[i];

		KUNIT_EXPECT_EQ_MSG(test, node_do(fix, node, step->op), step->result, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, node->strong, step->strong, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, node->weak, step->weak, "step %d", i);
		KUNIT_ASSERT_EQ_MSG(test, state_of(node), step->state, "step %d", i);
	}
}

static void node_conversation(struct kunit *test)
{
	const struct conversation *talk = test->param_value;
	struct binder_node *node = offer(test, 0xc0);

	if (talk->needed)
		converse(test, node, needed, ARRAY_SIZE(needed));
	converse(test, node, talk->steps, ARRAY_SIZE(talk->steps));
	/* What is gone can be offered anew, and is another node then. */
	if (node->gone) {
		struct binder_node *next = offer(test, 0xc0);

		KUNIT_EXPECT_PTR_NE(test, next, node);
		KUNIT_EXPECT_NE(test, next->id, node->id);
		drop(next);
	}
	binder_node_put(node);
}

KUNIT_ARRAY_PARAM_DESC(conversation, conversations, name);

/* Told by whom: the owner's thread that has sent the object, or any. */
static void node_who_is_told(struct kunit *test)
{
	struct fixture *fix = test->priv;
	struct binder_node *sent = offer(test, 0xd0), *passed = offer(test, 0xe0);

	KUNIT_EXPECT_EQ(test, binder_node_inc(sent, true, fix->thread), 0);
	KUNIT_EXPECT_PTR_EQ(test, sent->work.entry.prev, &fix->thread->todo);
	KUNIT_EXPECT_FALSE(test, fix->thread->has_work);
	KUNIT_EXPECT_TRUE(test, list_empty(&fix->owner->todo));
	KUNIT_EXPECT_EQ(test, binder_node_inc(passed, false, NULL), 0);
	KUNIT_EXPECT_PTR_EQ(test, passed->work.entry.prev, &fix->owner->todo);
	binder_node_dec(sent, true);
	binder_node_dec(passed, false);
	drop(sent);
	drop(passed);
}

static struct kunit_case handle_cases[] = {
	KUNIT_CASE(handle_lowest_free),
	KUNIT_CASE(handle_manager),
	KUNIT_CASE(handle_counts),
	KUNIT_CASE(handle_overflow),
	KUNIT_CASE(handle_not_needed),
	KUNIT_CASE(handle_give_back),
	KUNIT_CASE(handle_release_all),
	KUNIT_CASE(handle_dead_owner),
	KUNIT_CASE(handle_no_memory),
	KUNIT_CASE(watch_no_memory),
	KUNIT_CASE(node_offer),
	KUNIT_CASE_PARAM(node_conversation, conversation_gen_params),
	KUNIT_CASE(node_who_is_told),
	{}
};

static struct kunit_suite handle_suite = {
	.name = "binder_handle",
	.init = handle_test_init,
	.exit = handle_test_exit,
	.test_cases = handle_cases,
};

kunit_test_suite(handle_suite);
