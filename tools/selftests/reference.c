// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes, handles and death notifications: who knows which object by which
 * name, when its owner is told that it is wanted or no longer wanted, and who
 * hears of its death.
 */
#include <sys/ioctl.h>
#include "harness.h"

/* What the owner was told about its node, in this read. */
static bool told(struct actor *a, uint32_t cmd, binder_uintptr_t ptr,
		 binder_uintptr_t cookie)
{
	struct binder_return *br = binder_find(&a->in, cmd, 0);

	return br && br->node.ptr == ptr && br->node.cookie == cookie;
}

static bool told_death(struct actor *a, uint32_t cmd, binder_uintptr_t cookie)
{
	struct binder_return *br = binder_find(&a->in, cmd, 0);

	return br && br->cookie == cookie;
}

static int death_cmd(struct actor *a, uint32_t cmd, uint32_t handle,
		     binder_uintptr_t cookie)
{
	struct binder_cmds c = {};

	cmd_handle_cookie(&c, cmd, handle, cookie);
	return actor_write(a, &c);
}

static int request_death(struct actor *a, uint32_t handle,
			 binder_uintptr_t cookie)
{
	return death_cmd(a, BC_REQUEST_DEATH_NOTIFICATION, handle, cookie);
}

static int clear_death(struct actor *a, uint32_t handle,
		       binder_uintptr_t cookie)
{
	return death_cmd(a, BC_CLEAR_DEATH_NOTIFICATION, handle, cookie);
}

static int death_done(struct actor *a, binder_uintptr_t cookie)
{
	struct binder_cmds c = {};

	cmd_ptr(&c, BC_DEAD_BINDER_DONE, cookie);
	return actor_write(a, &c);
}

/* The client calls handle 0, and the owner answers with @reply. */
static int answer_with(struct actor *owner, struct actor *client,
		       struct binder_payload *reply)
{
	return actor_call(client, 0, 0, 0, NULL) ?: actor_read(owner) ?:
		actor_reply(owner, reply) ?: actor_read(owner) ?:
		actor_answer_refs(owner) ?: actor_read(client);
}

/* A call to @handle, which @owner hears of or the caller is told it failed. */
static int64_t outcome(struct actor *client, uint32_t handle)
{
	int ret = actor_call(client, handle, 55, TF_ONE_WAY, NULL) ?:
		actor_read(client);

	return ret ?: client->in.at[client->in.count - 1].cmd;
}

/* The owner is the manager; the clients have been in the driver before. */
FIXTURE(handle) {
	struct actor *owner, *client, *third;
};

FIXTURE_SETUP(handle)
{
	self->owner = actor_spawn_manager();
	self->client = actor_spawn(BINDER_MAP_SIZE);
	self->third = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->client));
	ASSERT_EQ(0, actor_settle(self->third));
}

FIXTURE_TEARDOWN(handle) { actor_end_all(); }

/* Numbers are small, and those of released handles are used again. */
TEST_F(handle, lowest_free_number)
{
	int i;

	for (i = 1; i <= 5; i++)
		ASSERT_EQ(i, actor_give(self->owner, self->client, 0x1000 * i,
					i));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 2));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 4));
	/* The owner's thread is told of it; that isn't the subject here. */
	ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS BR_RELEASE BR_DECREFS",
		     self->owner);
	EXPECT_EQ(2, actor_give(self->owner, self->client, 0x6000, 6));
	EXPECT_EQ(4, actor_give(self->owner, self->client, 0x7000, 7));
	EXPECT_EQ(6, actor_give(self->owner, self->client, 0x8000, 8));
	/* Another process counts for itself. */
	EXPECT_EQ(1, actor_give(self->owner, self->third, 0x8000, 8));
}

TEST_F(handle, same_object_same_number)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	ASSERT_EQ(2, actor_give(self->owner, self->client, 0x2000, 2));
	EXPECT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	EXPECT_EQ(2, actor_give(self->owner, self->client, 0x2000, 2));
}

/* The owner's pointers stay its own. */
TEST_F(handle, object_as_received)
{
	struct binder_payload reply = {};
	struct flat_binder_object *got;

	payload_bytes(&reply, "abc", 3);
	payload_binder(&reply, BINDER_TYPE_BINDER, 0x123456789, 0xabcdef012345);
	payload_binder(&reply, BINDER_TYPE_WEAK_BINDER, 0x20, 0x30);
	ASSERT_EQ(0, answer_with(self->owner, self->client, &reply));
	ASSERT_EQ(8 + 24 + 24, actor_message(self->client)->data_size);
	ASSERT_EQ(16, actor_message(self->client)->offsets_size);
	got = actor_object(self->client, 8);
	EXPECT_EQ(BINDER_TYPE_HANDLE, got->hdr.type);
	EXPECT_EQ(1, got->binder);	/* all 64 bits */
	EXPECT_EQ(0, got->cookie);
	got = actor_object(self->client, 32);
	EXPECT_EQ(BINDER_TYPE_WEAK_HANDLE, got->hdr.type);
	EXPECT_EQ(2, got->binder);
	EXPECT_EQ(0, got->cookie);
	/* The offsets are delivered too, behind the data. */
	EXPECT_EQ(actor_message(self->client)->data.ptr.buffer + 56,
		  actor_message(self->client)->data.ptr.offsets);
	EXPECT_EQ(0, memcmp(reply.offsets,
			    actor_peek(self->client,
				       actor_message(self->client)->data.ptr.offsets,
				       16), 16));
}

/* The same twice in one payload: one handle, and both are good. */
TEST_F(handle, twice_in_one_payload)
{
	struct binder_payload reply = {};

	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 1);
	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 1);
	ASSERT_EQ(0, answer_with(self->owner, self->client, &reply));
	EXPECT_EQ(1, actor_object(self->client, 0)->handle);
	EXPECT_EQ(1, actor_object(self->client, 24)->handle);
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->client, 1));
	ASSERT_EQ(0, actor_free_buffer(self->client, 0));
}

TEST_F(handle, cookie_mismatch)
{
	struct binder_payload reply = {};
	struct binder_cmds c = {};

	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 2);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, NULL));
	ASSERT_EQ(0, actor_read(self->owner));
	cmd_reply(&c, 0, &reply);
	ASSERT_EQ(0, actor_write(self->owner, &c));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     self->client);
	/* The object itself is as it was. */
	ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
}

/* Passed on to a third process, which then calls the owner directly. */
TEST_F(handle, passed_on)
{
	struct binder_payload object = {};
	struct actor *manager = self->owner;
	struct actor *owner = self->client;
	uint32_t handle;
	int64_t mine;

	/* An owner that isn't the manager; and the manager passes it on. */
	ASSERT_EQ(0, actor_enter(owner));
	mine = actor_publish(owner, manager, 0x1000, 0x1111);
	ASSERT_LT(0, mine);
	payload_handle(&object, BINDER_TYPE_HANDLE, mine);
	ASSERT_EQ(0, answer_with(manager, self->third, &object));
	handle = actor_object(self->third, 0)->handle;
	EXPECT_EQ(BINDER_TYPE_HANDLE, actor_object(self->third, 0)->hdr.type);
	EXPECT_EQ(0, actor_object(self->third, 0)->cookie);
	ASSERT_EQ(0, actor_ref(self->third, BC_ACQUIRE, handle));
	ASSERT_EQ(0, actor_free(self->third));
	/* The manager may go, and its handle with it. */
	actor_kill(manager);
	ASSERT_EQ(0, actor_call(self->third, handle, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", owner);
	EXPECT_EQ(0x1000, actor_message(owner)->target.ptr);
	EXPECT_EQ(0x1111, actor_message(owner)->cookie);
	EXPECT_EQ(self->third->pid, actor_message(owner)->sender_pid);
}

/* An object that comes home is its owner's pointer and cookie again. */
TEST_F(handle, comes_home)
{
	struct binder_payload object = {};
	struct flat_binder_object *got;

	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	payload_handle(&object, BINDER_TYPE_HANDLE, 1);
	payload_handle(&object, BINDER_TYPE_WEAK_HANDLE, 1);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, &object));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_NE(NULL, actor_message(self->owner));
	got = actor_object(self->owner, 0);
	EXPECT_EQ(BINDER_TYPE_BINDER, got->hdr.type);
	EXPECT_EQ(0x1000, got->binder);
	EXPECT_EQ(0x1111, got->cookie);
	got = actor_object(self->owner, 24);
	EXPECT_EQ(BINDER_TYPE_WEAK_BINDER, got->hdr.type);
	EXPECT_EQ(0x1000, got->binder);
	EXPECT_EQ(0x1111, got->cookie);
}

/* Handles mean nothing to others, and those that don't exist to nobody. */
TEST_F(handle, unknown_ones_are_refused)
{
	struct binder_payload object = {};

	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	payload_handle(&object, BINDER_TYPE_HANDLE, 1);
	ASSERT_EQ(0, actor_call(self->third, 0, 0, 0, &object));
	ASSERT_EQ(0, actor_read(self->third));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->third);
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->third, 1));
	/* Reference commands for what isn't there go unanswered. */
	EXPECT_EQ(0, actor_ref(self->third, BC_ACQUIRE, 1));
	EXPECT_EQ(0, actor_ref(self->third, BC_INCREFS, 99));
	EXPECT_EQ(0, actor_ref(self->third, BC_RELEASE, 1));
	EXPECT_EQ(0, actor_ref(self->third, BC_DECREFS, ~0U));
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->third, 1));
	EXPECT_EQ(1, actor_give(self->owner, self->third, 0x1000, 0x1111));
}

/* A released handle is gone. */
TEST_F(handle, released)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->client, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->client, 1));
	/* More releases than acquisitions do no harm. */
	EXPECT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	EXPECT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	/* What was sent while it was held is delivered, then the end is told. */
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_NE(NULL, actor_message(self->owner));
	ASSERT_EQ(0, actor_free(self->owner));
	EXPECT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
}

/*
 * A handle that was never taken is released: the number is free for another object, and
 * freeing the buffer that had brought it does not touch that.
 */
TEST_F(handle, released_under_a_buffer)
{
	struct binder_payload reply = {};
	binder_uintptr_t buffer;

	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 1);
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_EQ(0, actor_reply(self->owner, &reply));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_EQ(0, actor_answer_refs(self->owner));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
	ASSERT_EQ(1, actor_object(self->client, 0)->handle);
	buffer = actor_message(self->client)->data.ptr.buffer;
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x2000, 2));
	ASSERT_EQ(0, actor_free_buffer(self->client, buffer));
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->client, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->owner);
	EXPECT_EQ(0x2000, actor_message(self->owner)->target.ptr);
	ASSERT_EQ(0, actor_free(self->owner));
}

/* Weak handles: a name, but no right to call. */
TEST_F(handle, weak_cannot_be_called)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_SHAPE("BR_NOOP BR_RELEASE", self->owner);
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->client, 1));
	/* Nobody holds it strongly, so nobody can begin to. */
	EXPECT_EQ(0, actor_ref(self->client, BC_ACQUIRE, 1));
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->client, 1));
	/* But its owner can give it again. */
	EXPECT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->client, 1));
}

/* Not even while another process keeps the object alive. */
TEST_F(handle, weak_never_becomes_strong)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	ASSERT_EQ(1, actor_give(self->owner, self->third, 0x1000, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->client, 1));
	EXPECT_EQ(0, actor_ref(self->client, BC_ACQUIRE, 1));
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->client, 1));
}

/* What is only weakly held can't be passed on as a strong one. */
TEST_F(handle, weak_is_not_passed_on_as_strong)
{
	struct binder_payload object = {};

	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	payload_handle(&object, BINDER_TYPE_HANDLE, 1);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, &object));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
}

/* Handle 0 is there without being given, and its owner isn't bothered. */
TEST_F(handle, zero)
{
	ASSERT_EQ(0, actor_ref(self->client, BC_INCREFS, 0));
	ASSERT_EQ(0, actor_ref(self->client, BC_ACQUIRE, 0));
	EXPECT_TRUE(actor_idle(self->owner));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 0));
	ASSERT_EQ(0, actor_ref(self->client, BC_DECREFS, 0));
	EXPECT_TRUE(actor_idle(self->owner));
	plain_call(_metadata, self->owner, self->client);
}

/* The conversation with the owner. */

FIXTURE(owner) {
	struct actor *owner, *client, *third;
};

FIXTURE_SETUP(owner)
{
	self->owner = actor_spawn_manager();
	self->client = actor_spawn(BINDER_MAP_SIZE);
	self->third = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->client));
	ASSERT_EQ(0, actor_settle(self->third));
}

FIXTURE_TEARDOWN(owner) { actor_end_all(); }

/* It is told on the thread that gave the object, before anybody can use it. */
TEST_F(owner, is_told_on_the_sending_thread)
{
	struct actor *other = actor_thread(self->owner);
	struct binder_payload reply = {};

	ASSERT_EQ(0, actor_enter(other));
	actor_start_read(other);
	ASSERT_EQ(0, actor_wait_asleep(other));
	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	actor_kill(self->third);
	/* The other thread takes the call: it is the only one that waits. */
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, NULL));
	ASSERT_EQ(0, actor_finish(other));
	ASSERT_EQ(0, actor_reply(other, &reply));
	ASSERT_TRUE(actor_idle(self->owner));
	ASSERT_EQ(0, actor_read(other));
	ASSERT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE BR_TRANSACTION_COMPLETE",
		     other);
	EXPECT_TRUE(told(other, BR_INCREFS, 0x1000, 0x1111));
	EXPECT_TRUE(told(other, BR_ACQUIRE, 0x1000, 0x1111));
}

/* In a call: before the reply. */
TEST_F(owner, is_told_with_the_call)
{
	struct binder_payload object = {};

	payload_binder(&object, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, &object));
	ASSERT_EQ(0, actor_read(self->owner));
	/* Kept: one that came and went meanwhile would not be worth telling. */
	ASSERT_EQ(0, actor_ref(self->owner, BC_ACQUIRE,
			       actor_object(self->owner, 0)->handle));
	ASSERT_EQ(0, actor_reply(self->owner, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE BR_TRANSACTION_COMPLETE BR_REPLY",
		     self->client);
	EXPECT_TRUE(told(self->client, BR_INCREFS, 0x1000, 0x1111));
	EXPECT_TRUE(told(self->client, BR_ACQUIRE, 0x1000, 0x1111));
}

/* Only of the first handle, and of a weak object only that it is known. */
TEST_F(owner, is_told_once)
{
	struct binder_payload reply = {};

	payload_binder(&reply, BINDER_TYPE_WEAK_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, answer_with(self->owner, self->client, &reply));
	EXPECT_SHAPE("BR_NOOP BR_INCREFS BR_TRANSACTION_COMPLETE", self->owner);
	ASSERT_EQ(0, answer_with(self->owner, self->third, &reply));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->owner);
	payload_reset(&reply);
	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, answer_with(self->owner, self->third, &reply));
	EXPECT_SHAPE("BR_NOOP BR_ACQUIRE BR_TRANSACTION_COMPLETE", self->owner);
	ASSERT_EQ(0, answer_with(self->owner, self->client, &reply));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->owner);
}

/* Of the end: when the last handle goes, not before. */
TEST_F(owner, is_told_of_the_last_release)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	ASSERT_EQ(1, actor_give(self->owner, self->third, 0x1000, 0x1111));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	EXPECT_TRUE(actor_idle(self->owner));
	ASSERT_EQ(0, actor_ref(self->third, BC_RELEASE, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
	EXPECT_TRUE(told(self->owner, BR_RELEASE, 0x1000, 0x1111));
	EXPECT_TRUE(told(self->owner, BR_DECREFS, 0x1000, 0x1111));
	/* Forgotten: the next time, it may have another cookie. */
	EXPECT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x2222));
}

/* @count objects, of which the last is wanted again before its end is read. */
static void overtaken(struct __test_metadata *_metadata, struct actor *manager,
		      struct actor *owner, int count)
{
	struct binder_payload objects = {}, last = {};
	struct actor *other = actor_thread(owner);
	int i;

	ASSERT_EQ(0, actor_settle(other));
	for (i = 1; i <= count; i++)
		payload_binder(&objects, BINDER_TYPE_BINDER, 0x1000 * i, i);
	ASSERT_EQ(0, actor_call(owner, 0, 0, TF_ONE_WAY, &objects));
	ASSERT_EQ(0, actor_read(manager));
	for (i = 1; i <= count; i++)
		ASSERT_EQ(0, actor_ref(manager, BC_ACQUIRE, i));
	ASSERT_EQ(0, actor_free(manager));
	ASSERT_EQ(0, actor_read(owner));
	ASSERT_EQ(0, actor_answer_refs(owner));
	for (i = 1; i <= count; i++)
		ASSERT_EQ(0, actor_ref(manager, BC_RELEASE, i));

	payload_binder(&last, BINDER_TYPE_BINDER, 0x1000 * count, count);
	ASSERT_EQ(0, actor_call(owner, 0, 0, TF_ONE_WAY, &last));
	ASSERT_EQ(0, actor_read(other));
	ASSERT_EQ(2 * count - 1, other->in.count) {
		TH_LOG("read %s", binder_shape(&other->in));
	}
	for (i = 1; i < 2 * count - 1; i++)
		EXPECT_EQ(i % 2 ? BR_RELEASE : BR_DECREFS, other->in.at[i].cmd);
	EXPECT_TRUE(actor_idle(other));
	ASSERT_EQ(0, actor_read(owner));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", owner);
	/* All is given up by the owner's death, with no harm to the others. */
	actor_kill(owner);
	ASSERT_EQ(0, actor_read(manager));
	ASSERT_EQ(0, actor_free(manager));
}

/*
 * Not of an end that has been overtaken, wherever in the read it would have come:
 * the owner's thread is told nothing and its nodes are as they were.
 */
TEST_F(owner, is_not_told_the_overtaken)
{
	int i;

	for (i = 2; i <= 12; i++) {
		struct actor *owner = actor_spawn(BINDER_MAP_SIZE);

		ASSERT_EQ(0, actor_settle(owner));
		overtaken(_metadata, self->owner, owner, i);
	}
}

/* Nor does the read of another thread end for it. */
TEST_F(owner, does_not_read_nothing)
{
	struct actor *other = actor_thread(self->client);
	struct binder_payload object = {};

	ASSERT_EQ(0, actor_settle(other));
	payload_binder(&object, BINDER_TYPE_BINDER, 0x1000, 1);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, TF_ONE_WAY, &object));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_EQ(0, actor_answer_refs(self->client));
	ASSERT_EQ(0, actor_free(self->owner));
	ASSERT_EQ(0, actor_call(self->client, 0, 0, TF_ONE_WAY, &object));
	EXPECT_TRUE(actor_idle(other));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->client);
}

/* Two acquisitions need two releases. */
TEST_F(owner, counts)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	ASSERT_EQ(0, actor_ref(self->client, BC_ACQUIRE, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	EXPECT_TRUE(actor_idle(self->owner));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE", self->owner);
	ASSERT_EQ(0, actor_ref(self->client, BC_DECREFS, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_DECREFS", self->owner);
}

/* Never the end before the owner has said that it heard of the beginning. */
TEST_F(owner, is_not_told_before_done)
{
	struct binder_payload reply = {};
	struct binder_cmds c = {};

	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, NULL));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_EQ(0, actor_reply(self->owner, &reply));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE BR_TRANSACTION_COMPLETE",
		     self->owner);
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_EQ(0, actor_free(self->client));
	/* No handle is left, and yet: */
	EXPECT_TRUE(actor_idle(self->owner));
	cmd_ptr_cookie(&c, BC_INCREFS_DONE, 0x1000, 0x1111);
	ASSERT_EQ(0, actor_write(self->owner, &c));
	EXPECT_TRUE(actor_idle(self->owner));
	cmd_reset(&c);
	cmd_ptr_cookie(&c, BC_ACQUIRE_DONE, 0x1000, 0x1111);
	ASSERT_EQ(0, actor_write(self->owner, &c));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
}

/* Answers that nobody asked for, and to other names, change nothing. */
TEST_F(owner, says_done_wrongly)
{
	struct binder_cmds c = {};

	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	cmd_ptr_cookie(&c, BC_ACQUIRE_DONE, 0x1000, 0x1111);
	cmd_ptr_cookie(&c, BC_INCREFS_DONE, 0x1000, 0x1111);
	cmd_ptr_cookie(&c, BC_INCREFS_DONE, 0x9999, 0x1111);
	cmd_ptr_cookie(&c, BC_INCREFS_DONE, 0x1000, 0x9999);
	ASSERT_EQ(0, actor_write(self->owner, &c));
	EXPECT_EQ(c.size, c.consumed);
	EXPECT_TRUE(actor_idle(self->owner));
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->client, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->owner);
	ASSERT_EQ(0, actor_free(self->owner));
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
}

/* A delivered buffer holds what it carries until it is freed. */
TEST_F(owner, is_held_by_a_buffer)
{
	struct binder_payload reply = {};

	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, answer_with(self->owner, self->client, &reply));
	ASSERT_TRUE(actor_idle(self->owner));
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->client, 1));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->owner);
	ASSERT_EQ(0, actor_free(self->owner));
}

TEST_F(owner, is_released_with_the_buffer)
{
	struct binder_payload reply = {};

	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, answer_with(self->owner, self->client, &reply));
	ASSERT_EQ(0, actor_free(self->client));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
	EXPECT_BR(BR_FAILED_REPLY, outcome(self->client, 1));
}

/* An object that comes home is held by its own owner's buffer as well. */
TEST_F(owner, is_held_by_its_own_buffer)
{
	struct binder_payload object = {};
	struct binder_transaction_data home;

	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	payload_handle(&object, BINDER_TYPE_HANDLE, 1);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, TF_ONE_WAY, &object));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->owner);
	home = *actor_message(self->owner);
	ASSERT_EQ(0, actor_ref(self->client, BC_RELEASE, 1));
	EXPECT_TRUE(actor_idle(self->owner));
	ASSERT_EQ(0, actor_free_buffer(self->owner, home.data.ptr.buffer));
	ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
}

/* What fails to be sent leaves no trace. */
TEST_F(owner, is_released_when_sending_fails)
{
	struct binder_payload data = {};

	payload_binder(&data, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	payload_handle(&data, BINDER_TYPE_HANDLE, 4711);
	ASSERT_EQ(0, actor_enter(self->client));
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, &data));
	/*
	 * Whether or not the owner was told of the beginning: it says so, and
	 * is told of the end exactly then.
	 */
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_NE(NULL, binder_find(&self->client->in, BR_FAILED_REPLY, 0));
	if (binder_find(&self->client->in, BR_INCREFS, 0)) {
		ASSERT_EQ(0, actor_answer_refs(self->client));
		ASSERT_EQ(0, actor_read(self->client));
		EXPECT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->client);
	}
	EXPECT_TRUE(actor_idle(self->client));
	EXPECT_TRUE(actor_idle(self->owner));
}

TEST_F(owner, is_released_by_a_death)
{
	ASSERT_EQ(1, actor_give(self->owner, self->client, 0x1000, 0x1111));
	ASSERT_EQ(2, actor_give(self->owner, self->client, 0x2000, 0x2222));
	actor_kill(self->client);
	ASSERT_EQ(0, actor_read(self->owner));
	/* In one read or in two: the kernel takes its time for a death. */
	if (self->owner->in.count == 3)
		ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_NE(NULL, binder_find(&self->owner->in, BR_RELEASE, 0));
	EXPECT_NE(NULL, binder_find(&self->owner->in, BR_DECREFS, 0));
	ASSERT_TRUE(actor_idle(self->owner));
}

/* A death with an undelivered buffer, and one that wasn't freed. */
TEST_F(owner, is_released_by_a_death_with_buffers)
{
	struct binder_payload reply = {};

	payload_binder(&reply, BINDER_TYPE_BINDER, 0x1000, 0x1111);
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, NULL));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_EQ(0, actor_reply(self->owner, &reply));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_EQ(0, actor_answer_refs(self->owner));
	actor_kill(self->client);
	ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
	ASSERT_EQ(0, answer_with(self->owner, self->third, &reply));
	actor_kill(self->third);
	ASSERT_EQ(0, actor_read(self->owner));
	EXPECT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", self->owner);
}

/* Death notifications. */

FIXTURE(death) {
	struct actor *manager, *owner, *watcher;
	uint32_t handle;	/* the watcher's, of the owner's object */
};

/* The manager hands the owner's object on, so that only the owner dies. */
FIXTURE_SETUP(death)
{
	struct binder_payload object = {};
	int64_t handle;

	self->manager = actor_spawn_manager();
	self->owner = actor_spawn(BINDER_MAP_SIZE);
	self->watcher = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->watcher));
	handle = actor_publish(self->owner, self->manager, 0x1000, 0x1111);
	ASSERT_LT(0, handle);
	payload_handle(&object, BINDER_TYPE_HANDLE, handle);
	ASSERT_EQ(0, answer_with(self->manager, self->watcher, &object));
	self->handle = actor_object(self->watcher, 0)->handle;
	ASSERT_EQ(0, actor_ref(self->watcher, BC_ACQUIRE, self->handle));
	ASSERT_EQ(0, actor_free(self->watcher));
	ASSERT_EQ(0, actor_enter(self->watcher));
}

FIXTURE_TEARDOWN(death) { actor_end_all(); }

TEST_F(death, is_reported)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	EXPECT_TRUE(actor_idle(self->watcher));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0xdead));
	EXPECT_EQ(4 + 4 + 8, self->watcher->in.consumed);
	ASSERT_EQ(0, death_done(self->watcher, 0xdead));
	EXPECT_TRUE(actor_idle(self->watcher));
	/* And calls fail with the other answer than before the death. */
	EXPECT_BR(BR_DEAD_REPLY, outcome(self->watcher, self->handle));
	/* Given back as everything that was requested. */
	ASSERT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	EXPECT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", self->watcher);
}

TEST_F(death, by_close_is_one_too)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	actor_close(self->owner);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0xdead));
}

TEST_F(death, wakes_the_watcher)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	actor_start_read(self->watcher);
	ASSERT_EQ(0, actor_wait_asleep(self->watcher));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_finish(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
}

/* Whoever comes too late is told at once. */
TEST_F(death, has_been_already)
{
	actor_kill(self->owner);
	/* The kernel takes its time for a death: wait until it's through. */
	while (outcome(self->watcher, self->handle) != BR_DEAD_REPLY)
		;
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0xdead));
	ASSERT_EQ(0, death_done(self->watcher, 0xdead));
	ASSERT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_CLEAR_DEATH_NOTIFICATION_DONE,
			       0xdead));
}

TEST_F(death, cleared_before)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_CLEAR_DEATH_NOTIFICATION_DONE,
			       0xdead));
	actor_kill(self->owner);
	while (outcome(self->watcher, self->handle) != BR_DEAD_REPLY)
		;
	EXPECT_TRUE(actor_idle(self->watcher));
}

/* Between the report and its answer: settled only after the latter. */
TEST_F(death, cleared_after_the_report)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	ASSERT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	EXPECT_TRUE(actor_idle(self->watcher));
	ASSERT_EQ(0, death_done(self->watcher, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_CLEAR_DEATH_NOTIFICATION_DONE,
			       0xdead));
}

/* Between the death and the report: that is still made. */
TEST_F(death, cleared_before_the_report)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_poll(self->watcher, BINDER_PATIENCE_MS / 2));
	ASSERT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	ASSERT_EQ(0, death_done(self->watcher, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", self->watcher);
}

TEST_F(death, cleared_with_a_wrong_cookie)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	EXPECT_EQ(0, clear_death(self->watcher, self->handle, 0xbeef));
	EXPECT_TRUE(actor_idle(self->watcher));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0xdead));
}

/* The first one counts. */
TEST_F(death, requested_twice)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	EXPECT_EQ(0, request_death(self->watcher, self->handle, 0xbeef));
	EXPECT_TRUE(actor_idle(self->watcher));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0xdead));
	ASSERT_EQ(0, death_done(self->watcher, 0xdead));
	EXPECT_TRUE(actor_idle(self->watcher));
}

/* Cleared, it can be requested again. */
TEST_F(death, requested_again)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", self->watcher);
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xbeef));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0xbeef));
}

/* What was never requested or never existed. Refused without a word. */
TEST_F(death, nonsense)
{
	EXPECT_EQ(0, clear_death(self->watcher, self->handle, 0xdead));
	EXPECT_EQ(0, clear_death(self->watcher, 4711, 0xdead));
	EXPECT_EQ(0, request_death(self->watcher, 4711, 0xdead));
	EXPECT_EQ(0, death_done(self->watcher, 0xdead));
	EXPECT_TRUE(actor_idle(self->watcher));
	EXPECT_BR(BR_TRANSACTION_COMPLETE, outcome(self->watcher, self->handle));
}

/* A watcher that forgets the object isn't told of its death any more. */
TEST_F(death, of_a_released_handle)
{
	ASSERT_EQ(0, request_death(self->watcher, self->handle, 0xdead));
	ASSERT_EQ(0, actor_ref(self->watcher, BC_RELEASE, self->handle));
	ASSERT_EQ(0, actor_ref(self->watcher, BC_ACQUIRE, 0));
	ASSERT_EQ(0, request_death(self->watcher, 0, 0x0));
	actor_kill(self->owner);
	actor_kill(self->manager);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 0x0));
	EXPECT_TRUE(actor_idle(self->watcher));
}

/* Everybody who asked is told. */
TEST_F(death, of_the_manager)
{
	struct actor *other = actor_spawn(BINDER_MAP_SIZE);
	struct actor *next;

	ASSERT_EQ(0, actor_enter(other));
	/* Handle 0 has to be held like any other. */
	ASSERT_EQ(0, actor_ref(self->watcher, BC_ACQUIRE, 0));
	ASSERT_EQ(0, actor_ref(other, BC_INCREFS, 0));
	ASSERT_EQ(0, request_death(self->watcher, 0, 1));
	ASSERT_EQ(0, request_death(other, 0, 2));
	actor_kill(self->manager);
	ASSERT_EQ(0, actor_read(self->watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", self->watcher);
	EXPECT_TRUE(told_death(self->watcher, BR_DEAD_BINDER, 1));
	ASSERT_EQ(0, actor_read(other));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", other);
	EXPECT_TRUE(told_death(other, BR_DEAD_BINDER, 2));
	ASSERT_EQ(0, death_done(other, 2));
	/* The successor is another object, and watched by nobody yet. */
	next = actor_spawn_manager();
	plain_call(_metadata, next, other);
	actor_kill(next);
	EXPECT_TRUE(actor_idle(other));
}

/* Many at once arrive, all of them, each once. */
TEST_F(death, of_many_objects)
{
	enum { COUNT = 40 };
	int seen[COUNT] = {}, i, total = 0;
	int64_t handle;
	size_t j;

	for (i = 0; i < COUNT; i++) {
		handle = actor_give(self->manager, self->owner, 0x1000 * i + 8,
				    i);
		ASSERT_LT(0, handle);
		ASSERT_EQ(0, request_death(self->owner, handle, 100 + i));
	}
	ASSERT_EQ(0, actor_enter(self->owner));
	actor_kill(self->manager);
	while (total < COUNT) {
		ASSERT_EQ(0, actor_read(self->owner));
		for (j = 0; j < self->owner->in.count; j++) {
			struct binder_return *br = &self->owner->in.at[j];

			if (br->cmd != BR_DEAD_BINDER)
				continue;
			ASSERT_GE(br->cookie, 100);
			ASSERT_LT(br->cookie, 100 + COUNT);
			seen[br->cookie - 100]++;
			ASSERT_EQ(0, death_done(self->owner, br->cookie));
			total++;
		}
	}
	for (i = 0; i < COUNT; i++)
		EXPECT_EQ(1, seen[i]);
}

TEST_HARNESS_MAIN
