// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls, replies, nested and one-way calls, and the thread pool, each asserted
 * to the byte.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include "harness.h"

/* Two parties; the server is the manager, and both have been in the driver. */
FIXTURE(call) {
	struct actor *server, *client;
};

FIXTURE_SETUP(call)
{
	self->server = actor_spawn_manager();
	self->client = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->client));
}

FIXTURE_TEARDOWN(call) { actor_end_all(); }

/* The stream holds what it has to and not a byte more. */
TEST_F(call, shape)
{
	struct binder_cmds c = {};

	cmd_call(&c, 0, 1, 0, NULL);
	actor_start_write_read(self->client, &c);
	ASSERT_EQ(0, actor_wait_asleep(self->client));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	EXPECT_EQ(4 + 4 + 64, self->server->in.consumed);
	cmd_reset(&c);
	cmd_ptr(&c, BC_FREE_BUFFER,
		actor_message(self->server)->data.ptr.buffer);
	cmd_reply(&c, 0, NULL);
	/* The server isn't kept waiting for the reply to arrive. */
	ASSERT_EQ(0, actor_write_read(self->server, &c));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	EXPECT_EQ(4 + 4, self->server->in.consumed);
	ASSERT_EQ(0, actor_finish(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
	EXPECT_EQ(4 + 4 + 4 + 64, self->client->in.consumed);
}

/* A write alone tells how much of it was taken. */
TEST_F(call, write_consumed)
{
	struct binder_cmds c = {};

	cmd_none(&c, BC_ENTER_LOOPER);
	cmd_call(&c, 0, 1, TF_ONE_WAY, NULL);
	cmd_call(&c, 0, 2, 0, NULL);
	ASSERT_EQ(0, actor_write(self->client, &c));
	EXPECT_EQ(c.size, c.consumed);
}

TEST_F(call, every_size)
{
	static const size_t sizes[] = {
		0, 1, 7, 8, 9, 4095, 4096, 4097, 65536, 950 * 1024
	};
	struct binder_payload data = {};
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 2 * i, size));
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
		ASSERT_EQ(-1, actor_differs(self->server, 2 * i, size));
		EXPECT_EQ(0, actor_message(self->server)->data.ptr.buffer & 7);
		/* And another pattern back. */
		payload_reset(&data);
		payload_pattern(&data, 2 * i + 1, size);
		ASSERT_EQ(0, actor_reply(self->server, &data));
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_EQ(0, actor_read(self->client));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY",
			     self->client);
		ASSERT_EQ(-1, actor_differs(self->client, 2 * i + 1, size));
		ASSERT_EQ(0, actor_free(self->client));
	}
}

TEST_F(call, largest_and_one_more)
{
	size_t max = BINDER_MAP_SIZE;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, i, max + 1));
		ASSERT_EQ(0, actor_read(self->client));
		ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
		/* Nothing of it is left, so the largest one fits. */
		ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, i, max));
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
		ASSERT_EQ(-1, actor_differs(self->server, i, max));
		ASSERT_EQ(0, actor_reply(self->server, NULL));
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_EQ(0, actor_read(self->client));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY",
			     self->client);
		ASSERT_EQ(0, actor_free(self->client));
	}
	plain_call(_metadata, self->server, self->client);
}

/* The caller is told at once, and the server not punished for it. */
TEST_F(call, reply_too_large)
{
	struct binder_payload data = {};

	payload_pattern(&data, 5, BINDER_MAP_SIZE + 1);
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_reply(self->server, &data));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     self->client);
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	plain_call(_metadata, self->server, self->client);
}

TEST_F(call, fields)
{
	struct binder_transaction_data sent, *got;
	struct binder_cmds c = {};

	binder_fill_call(&sent, 0, 0xdeadbeef, TF_ACCEPT_FDS | TF_ROOT_OBJECT,
			 NULL);
	/* What the sender has no say in. */
	sent.cookie = 0x1234;
	sent.sender_pid = 1;
	sent.sender_euid = 12345;
	cmd_transaction(&c, BC_TRANSACTION, &sent);
	ASSERT_EQ(0, actor_write(self->client, &c));
	ASSERT_EQ(0, actor_read(self->server));
	got = actor_message(self->server);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(0xdeadbeef, got->code);
	EXPECT_EQ(TF_ACCEPT_FDS | TF_ROOT_OBJECT, got->flags);
	EXPECT_EQ(0, got->target.ptr);
	EXPECT_EQ(0, got->cookie);
	EXPECT_EQ(self->client->pid, got->sender_pid);
	EXPECT_EQ(0, got->sender_euid);

	binder_fill_call(&sent, 99, 0xcafe, TF_STATUS_CODE, NULL);
	sent.cookie = 0x1234;
	cmd_reset(&c);
	cmd_transaction(&c, BC_REPLY, &sent);
	ASSERT_EQ(0, actor_write(self->server, &c));
	ASSERT_EQ(0, actor_read(self->client));
	got = actor_message(self->client);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(0xcafe, got->code);
	EXPECT_EQ(TF_STATUS_CODE, got->flags);
	EXPECT_EQ(0, got->target.ptr);
	EXPECT_EQ(0, got->cookie);
	EXPECT_EQ(0, got->sender_pid);
	EXPECT_EQ(0, got->sender_euid);
}

/* The object that is called, by the owner's own name for it. */
TEST_F(call, target)
{
	int64_t one = actor_give(self->server, self->client, 0x1000, 0x1111);
	int64_t two = actor_give(self->server, self->client, 0x2000, 0x2222);

	ASSERT_LT(0, one);
	ASSERT_LT(0, two);
	ASSERT_EQ(0, actor_call(self->client, two, 2, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	EXPECT_EQ(0x2000, actor_message(self->server)->target.ptr);
	EXPECT_EQ(0x2222, actor_message(self->server)->cookie);
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
	ASSERT_EQ(0, actor_call(self->client, one, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(0x1000, actor_message(self->server)->target.ptr);
	EXPECT_EQ(0x1111, actor_message(self->server)->cookie);
}

static long seteuid_job(struct actor *a, void *arg)
{
	return seteuid((intptr_t)arg) ? -errno : 0;
}

TEST_F(call, sender_after_seteuid)
{
	ASSERT_EQ(0, actor_do(self->client, seteuid_job, (void *)1000));
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(self->client->pid, actor_message(self->server)->sender_pid);
	EXPECT_EQ(1000, actor_message(self->server)->sender_euid);
}

/* Opened by an ordinary user. */
TEST_F(call, sender_is_a_user)
{
	struct actor *user = actor_spawn(ACTOR_CLOSED);

	ASSERT_EQ(0, chmod(binder_device(), 0666));
	ASSERT_EQ(0, actor_do(user, seteuid_job, (void *)1234));
	ASSERT_EQ(0, actor_open(user, binder_device(), 0, BINDER_MAP_SIZE));
	ASSERT_EQ(0, actor_call(user, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(user->pid, actor_message(self->server)->sender_pid);
	EXPECT_EQ(1234, actor_message(self->server)->sender_euid);
}

/* The process is the sender, whichever thread of it calls. */
TEST_F(call, sender_is_the_process)
{
	struct actor *thread = actor_thread(self->client);

	ASSERT_EQ(0, actor_call(thread, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_NE(self->client->pid, thread->tid);
	EXPECT_EQ(self->client->pid, actor_message(self->server)->sender_pid);
}

/* Nobody is there. */
TEST_F(call, without_manager)
{
	actor_close(self->server);
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	/* COMPLETE too if the call came before the close was through. */
	EXPECT_NE(NULL, binder_find(&self->client->in, BR_DEAD_REPLY, 0));
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", self->client);
}

TEST_F(call, manager_calls_itself)
{
	ASSERT_EQ(0, actor_call(self->server, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->server);
	plain_call(_metadata, self->server, self->client);
}

TEST_F(call, unknown_handle)
{
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
	ASSERT_EQ(0, actor_call(self->client, ~0U, 1, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
	plain_call(_metadata, self->server, self->client);
}

/* One call at a time: the first one goes on as if nothing had been. */
TEST_F(call, while_waiting)
{
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_call(self->client, 0, 2, 0, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     self->client);
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	EXPECT_EQ(1, actor_message(self->server)->code);
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_REPLY", self->client);
	plain_call(_metadata, self->server, self->client);
}

/* But one-way calls may be sent while waiting. */
TEST_F(call, one_way_while_waiting)
{
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_call(self->client, 0, 2, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(1, actor_message(self->server)->code);
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(2, actor_message(self->server)->code);
}

TEST_F(call, reply_without_a_call)
{
	struct binder_cmds c = {};

	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->client, &c));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
	plain_call(_metadata, self->server, self->client);
}

/* A caller isn't the one to reply to its own call. */
TEST_F(call, reply_by_the_caller)
{
	struct binder_cmds c = {};

	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_write(self->client, &c));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     self->client);
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_REPLY", self->client);
}

/* Only the thread that took the call can answer it. */
TEST_F(call, reply_by_another_thread)
{
	struct actor *other = actor_thread(self->server);
	struct binder_cmds c = {};

	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(other, &c));
	ASSERT_EQ(0, actor_read(other));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", other);
	ASSERT_EQ(-ETIMEDOUT, actor_poll(self->client, 0));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
}

/* Calls within calls. */

FIXTURE(nested) {
	struct actor *a, *a2, *b, *c;	/* a2: an idle pool thread of a's */
	int64_t b_to_a, c_to_a, a_to_b, b_to_c;
};

/* b is the manager, who knows a; a knows an object of b's; and so on. */
FIXTURE_SETUP(nested)
{
	self->b = actor_spawn_manager();
	self->a = actor_spawn(BINDER_MAP_SIZE);
	self->c = actor_spawn(BINDER_MAP_SIZE);
	self->a2 = actor_thread(self->a);
	ASSERT_EQ(0, actor_enter(self->a));
	ASSERT_EQ(0, actor_enter(self->c));
	self->a_to_b = 0;
	self->b_to_a = actor_publish(self->a, self->b, 0xa0, 0xaa);
	ASSERT_LT(0, self->b_to_a);
	self->b_to_c = actor_publish(self->c, self->b, 0xc0, 0xcc);
	ASSERT_LT(0, self->b_to_c);
	ASSERT_EQ(0, actor_enter(self->a2));
}

FIXTURE_TEARDOWN(nested) { actor_end_all(); }

/* Reads, and tells with which code @a is called by that. */
static int64_t called(struct actor *a)
{
	int ret = actor_read(a);

	if (ret)
		return ret;
	if (!binder_find(&a->in, BR_TRANSACTION, 0))
		return -ENOMSG;
	return actor_message(a)->code;
}

/*
 * B calls back while A waits: that goes to the very thread that waits, though
 * another one of A's is idle.
 */
TEST_F(nested, back_to_the_waiting_thread)
{
	struct binder_cmds c = {};

	actor_start_read(self->a2);
	ASSERT_EQ(0, actor_wait_asleep(self->a2));
	cmd_call(&c, self->a_to_b, 1, 0, NULL);
	actor_start_write_read(self->a, &c);
	ASSERT_EQ(0, actor_wait_asleep(self->a));
	ASSERT_EQ(1, called(self->b));
	ASSERT_EQ(0, actor_call(self->b, self->b_to_a, 2, 0, NULL));
	ASSERT_EQ(0, actor_finish(self->a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_TRANSACTION", self->a);
	ASSERT_EQ(2, actor_message(self->a)->code);
	EXPECT_EQ(0xa0, actor_message(self->a)->target.ptr);
	ASSERT_EQ(0, actor_reply(self->a, NULL));
	ASSERT_EQ(0, actor_read(self->a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->a);
	ASSERT_EQ(0, actor_read(self->b));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->b);
	/* And the outer call. */
	cmd_reset(&c);
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->b, &c));
	ASSERT_EQ(0, actor_read(self->a));
	ASSERT_SHAPE("BR_NOOP BR_REPLY", self->a);
	EXPECT_EQ(0, actor_wait_asleep(self->a2));
}

/* A -> B -> A -> B, and all the way back, each reply to its own call. */
TEST_F(nested, three_deep)
{
	struct binder_payload data = {};
	int i;

	ASSERT_EQ(0, actor_call(self->a, self->a_to_b, 1, 0, NULL));
	ASSERT_EQ(1, called(self->b));
	ASSERT_EQ(0, actor_call(self->b, self->b_to_a, 2, 0, NULL));
	ASSERT_EQ(2, called(self->a));
	ASSERT_EQ(0, actor_call(self->a, self->a_to_b, 3, 0, NULL));
	ASSERT_EQ(3, called(self->b));
	for (i = 3; i > 0; i--) {
		struct actor *callee = i == 2 ? self->a : self->b;
		struct actor *caller = i == 2 ? self->b : self->a;
		struct binder_cmds c = {};

		payload_reset(&data);
		payload_pattern(&data, i, 100 * i);
		cmd_reply(&c, 0, &data);
		ASSERT_EQ(0, actor_write(callee, &c));
		ASSERT_EQ(0, actor_read(callee));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", callee);
		ASSERT_EQ(0, actor_read(caller));
		ASSERT_NE(NULL, binder_find(&caller->in, BR_REPLY, 0));
		ASSERT_EQ(-1, actor_differs(caller, i, 100 * i));
	}
}

/* A -> B -> C -> A: C's call arrives on the thread that waits for B. */
TEST_F(nested, around_the_corner)
{
	struct binder_payload object = {};
	uint32_t c_to_a;

	/* B hands its handle for A on to C, in the call itself. */
	payload_handle(&object, BINDER_TYPE_HANDLE, self->b_to_a);
	ASSERT_EQ(0, actor_call(self->a, self->a_to_b, 1, 0, NULL));
	ASSERT_EQ(1, called(self->b));
	ASSERT_EQ(0, actor_call(self->b, self->b_to_c, 2, 0, &object));
	ASSERT_EQ(2, called(self->c));
	c_to_a = actor_object(self->c, 0)->handle;
	actor_start_read(self->a2);
	ASSERT_EQ(0, actor_wait_asleep(self->a2));
	ASSERT_EQ(0, actor_call(self->c, c_to_a, 3, 0, NULL));
	ASSERT_EQ(3, called(self->a));
	EXPECT_EQ(self->c->pid, actor_message(self->a)->sender_pid);
	ASSERT_EQ(0, actor_reply(self->a, NULL));
	ASSERT_EQ(0, actor_read(self->c));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->c);
	EXPECT_EQ(0, actor_wait_asleep(self->a2));
}

/* A one-way call is nobody's answer: it goes to the pool, not to the caller. */
TEST_F(nested, one_way_to_the_pool)
{
	ASSERT_EQ(0, actor_call(self->a, self->a_to_b, 1, 0, NULL));
	ASSERT_EQ(1, called(self->b));
	ASSERT_EQ(0, actor_call(self->b, self->b_to_a, 2, TF_ONE_WAY, NULL));
	ASSERT_EQ(2, called(self->a2));
}

TEST_F(nested, reply_needs_the_inner_one_first)
{
	struct binder_cmds c = {};

	ASSERT_EQ(0, actor_call(self->a, self->a_to_b, 1, 0, NULL));
	ASSERT_EQ(1, called(self->b));
	ASSERT_EQ(0, actor_call(self->b, self->b_to_a, 2, 0, NULL));
	/* B answers A although it waits for A itself. */
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->b, &c));
	ASSERT_EQ(0, actor_read(self->b));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     self->b);
	ASSERT_EQ(2, called(self->a));
}

/* One-way calls. */

FIXTURE(oneway) {
	struct actor *server, *client;
	int64_t one, two;
};

FIXTURE_SETUP(oneway)
{
	self->server = actor_spawn_manager();
	self->client = actor_spawn(BINDER_MAP_SIZE);
	self->one = actor_give(self->server, self->client, 0x1000, 0x1);
	ASSERT_LT(0, self->one);
	self->two = actor_give(self->server, self->client, 0x2000, 0x2);
	ASSERT_LT(0, self->two);
}

FIXTURE_TEARDOWN(oneway) { actor_end_all(); }

/* Sends one; the sender has COMPLETE at once, whatever the server does. */
#define ASSERT_SENT(handle, code) do { \
	ASSERT_EQ(0, actor_call(self->client, handle, code, TF_ONE_WAY, \
				NULL)); \
	ASSERT_EQ(0, actor_read(self->client)); \
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->client); \
} while (0)

TEST_F(oneway, fields)
{
	struct binder_transaction_data *got;

	ASSERT_SENT(self->one, 77);
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	got = actor_message(self->server);
	EXPECT_EQ(77, got->code);
	EXPECT_EQ(TF_ONE_WAY, got->flags);
	EXPECT_EQ(0, got->sender_pid);
	EXPECT_EQ(0, got->sender_euid);
	EXPECT_EQ(0x1000, got->target.ptr);
	EXPECT_EQ(0x1, got->cookie);
	/* There is nothing to reply to. */
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->server);
}

/* In order, and the next one only when the last one's buffer is freed. */
TEST_F(oneway, one_at_a_time)
{
	int i;

	for (i = 0; i < 10; i++)
		ASSERT_SENT(self->one, i);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
		ASSERT_EQ(i, actor_message(self->server)->code);
		ASSERT_EQ(-ETIMEDOUT, actor_poll(self->server, 0));
		ASSERT_EQ(0, actor_free(self->server));
	}
	ASSERT_EQ(-ETIMEDOUT, actor_poll(self->server, 0));
	/* The node isn't left believing that one is on its way. */
	ASSERT_SENT(self->one, 11);
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(11, actor_message(self->server)->code);
}

/* Also when there is a second thread that could take it. */
TEST_F(oneway, one_at_a_time_in_all_threads)
{
	struct actor *other = actor_thread(self->server);

	ASSERT_EQ(0, actor_enter(other));
	ASSERT_SENT(self->one, 1);
	ASSERT_SENT(self->one, 2);
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(1, actor_message(self->server)->code);
	actor_start_read(other);
	ASSERT_EQ(0, actor_wait_asleep(other));
	ASSERT_EQ(0, actor_free(self->server));
	/* Either may get it now; the one that waits does. */
	ASSERT_EQ(0, actor_finish(other));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", other);
	EXPECT_EQ(2, actor_message(other)->code);
}

TEST_F(oneway, nodes_are_independent)
{
	ASSERT_SENT(self->one, 1);
	ASSERT_SENT(self->one, 2);
	ASSERT_SENT(self->two, 3);
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(1, actor_message(self->server)->code);
	/* 2 must wait for 1, but 3 must not. */
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(3, actor_message(self->server)->code);
	ASSERT_EQ(-ETIMEDOUT, actor_poll(self->server, 0));
}

/* A sync call overtakes what waits for its turn. */
TEST_F(oneway, sync_calls_overtake)
{
	ASSERT_SENT(self->one, 1);
	ASSERT_SENT(self->one, 2);
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(1, actor_message(self->server)->code);
	ASSERT_EQ(0, actor_call(self->client, self->one, 3, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(3, actor_message(self->server)->code);
}

/* A failed one-way call says so, and doesn't block the node. */
TEST_F(oneway, too_large)
{
	ASSERT_EQ(0, actor_call_pattern(self->client, self->one, TF_ONE_WAY, 1,
					BINDER_MAP_SIZE / 2 + 1));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
	ASSERT_SENT(self->one, 2);
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_EQ(2, actor_message(self->server)->code);
}

/* The thread pool. */

FIXTURE(pool) {
	struct actor *server, *client;
};

FIXTURE_SETUP(pool)
{
	self->server = actor_spawn(BINDER_MAP_SIZE);
	self->client = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_become_manager(self->server));
	ASSERT_EQ(0, actor_settle(self->client));
}

FIXTURE_TEARDOWN(pool) { actor_end_all(); }

static int set_max_threads(struct actor *a, uint32_t max)
{
	uint32_t *arg = actor_alloc(sizeof(*arg));

	*arg = max;
	return actor_ioctl(a, BINDER_SET_MAX_THREADS, arg);
}

static int write_cmd(struct actor *a, uint32_t cmd)
{
	struct binder_cmds c = {};

	cmd_none(&c, cmd);
	return actor_write(a, &c);
}

/* A call that another thread of the client's makes. */
static struct actor *call_from_new_thread(struct actor *client, uint32_t code)
{
	struct actor *a = actor_thread(client);

	return actor_call(a, 0, code, 0, NULL) ? NULL : a;
}

/* One is asked for when the last idle thread gets work; no more than max. */
TEST_F(pool, spawn_exactly_when_due)
{
	struct actor *second = actor_thread(self->server);
	struct actor *third = actor_thread(self->server);

	ASSERT_EQ(0, set_max_threads(self->server, 2));
	ASSERT_EQ(0, write_cmd(self->server, BC_ENTER_LOOPER));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 1));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_SPAWN_LOOPER BR_TRANSACTION", self->server);
	/* One is on its way: not asked for twice. */
	ASSERT_NE(NULL, call_from_new_thread(self->client, 2));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	/* It comes, and takes the last place of the idle ones. */
	ASSERT_EQ(0, write_cmd(second, BC_REGISTER_LOOPER));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 3));
	ASSERT_EQ(0, actor_read(second));
	EXPECT_SHAPE("BR_SPAWN_LOOPER BR_TRANSACTION", second);
	/* max is reached. */
	ASSERT_EQ(0, write_cmd(third, BC_REGISTER_LOOPER));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 4));
	ASSERT_EQ(0, actor_read(third));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION", third);
}

/* Not while another one waits. */
TEST_F(pool, no_spawn_while_one_is_idle)
{
	struct actor *second = actor_thread(self->server);

	ASSERT_EQ(0, set_max_threads(self->server, 5));
	ASSERT_EQ(0, write_cmd(self->server, BC_ENTER_LOOPER));
	ASSERT_EQ(0, write_cmd(second, BC_ENTER_LOOPER));
	actor_start_read(self->server);
	ASSERT_EQ(0, actor_wait_asleep(self->server));
	actor_start_read(second);
	ASSERT_EQ(0, actor_wait_asleep(second));
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	while (!actor_finished(self->server, 1) && !actor_finished(second, 1))
		;
	if (actor_finished(second, 0)) {
		ASSERT_EQ(0, actor_finish(second));
		EXPECT_SHAPE("BR_NOOP BR_TRANSACTION", second);
		EXPECT_FALSE(actor_finished(self->server, 0));
	} else {
		ASSERT_EQ(0, actor_finish(self->server));
		EXPECT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	}
}

TEST_F(pool, none_by_default)
{
	ASSERT_EQ(0, write_cmd(self->server, BC_ENTER_LOOPER));
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
}

/* Only those in the pool can know that the pool is too small. */
TEST_F(pool, no_spawn_outside_of_it)
{
	struct actor *other = actor_thread(self->client);

	ASSERT_EQ(0, set_max_threads(self->client, 5));
	ASSERT_EQ(0, actor_enter(self->server));
	ASSERT_EQ(0, actor_call(other, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(other));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", other);
}

/* Broken rules: no request was made; both kinds at once. Nothing breaks. */
TEST_F(pool, register_without_request)
{
	struct actor *client = self->client, *server = self->server;

	ASSERT_EQ(0, set_max_threads(server, 2));
	EXPECT_EQ(0, write_cmd(server, BC_REGISTER_LOOPER));
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(server));
	EXPECT_SHAPE("BR_SPAWN_LOOPER BR_TRANSACTION", server);
}

TEST_F(pool, enter_then_register)
{
	ASSERT_EQ(0, set_max_threads(self->server, 2));
	EXPECT_EQ(0, write_cmd(self->server, BC_ENTER_LOOPER));
	EXPECT_EQ(0, write_cmd(self->server, BC_REGISTER_LOOPER));
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	EXPECT_SHAPE("BR_SPAWN_LOOPER BR_TRANSACTION", self->server);
}

TEST_F(pool, register_then_enter)
{
	EXPECT_EQ(0, write_cmd(self->server, BC_REGISTER_LOOPER));
	EXPECT_EQ(0, write_cmd(self->server, BC_ENTER_LOOPER));
	plain_call(_metadata, self->server, self->client);
}

TEST_F(pool, exit_looper)
{
	struct actor *second = actor_thread(self->server);

	ASSERT_EQ(0, write_cmd(self->server, BC_ENTER_LOOPER));
	ASSERT_EQ(0, write_cmd(second, BC_ENTER_LOOPER));
	ASSERT_EQ(0, write_cmd(self->server, BC_EXIT_LOOPER));
	ASSERT_EQ(0, actor_ioctl(self->server, BINDER_THREAD_EXIT, NULL));
	plain_call(_metadata, second, self->client);
}

/* A busy thread keeps nobody waiting. */
TEST_F(pool, work_goes_to_an_idle_thread)
{
	struct actor *second = actor_thread(self->server);

	ASSERT_EQ(0, actor_enter(self->server));
	ASSERT_EQ(0, actor_enter(second));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 1));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(1, actor_message(self->server)->code);
	/* Before it waits, and while it waits. */
	ASSERT_NE(NULL, call_from_new_thread(self->client, 2));
	ASSERT_EQ(0, actor_read(second));
	ASSERT_EQ(2, actor_message(second)->code);
	ASSERT_EQ(0, actor_reply(second, NULL));
	ASSERT_EQ(0, actor_read(second));
	actor_start_read(second);
	ASSERT_EQ(0, actor_wait_asleep(second));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 3));
	ASSERT_EQ(0, actor_finish(second));
	ASSERT_EQ(3, actor_message(second)->code);
}

/* Several calls are delivered one at a time, in the order they came. */
TEST_F(pool, one_call_per_read)
{
	int i;

	ASSERT_EQ(0, actor_enter(self->server));
	for (i = 0; i < 5; i++)
		ASSERT_NE(NULL, call_from_new_thread(self->client, i));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
		EXPECT_EQ(i, actor_message(self->server)->code);
		ASSERT_EQ(0, actor_reply(self->server, NULL));
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	}
}

/* A thread that owes a reply isn't given another call. */
TEST_F(pool, no_work_while_holding_a_call)
{
	ASSERT_EQ(0, actor_enter(self->server));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 1));
	ASSERT_NE(NULL, call_from_new_thread(self->client, 2));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(1, actor_message(self->server)->code);
	EXPECT_EQ(-ETIMEDOUT, actor_poll(self->server, 0));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(2, actor_message(self->server)->code);
}

struct load {
	unsigned int seed;
	int calls;
};

/* Calls with random payloads to a service that sends them back. */
static long load_job(struct actor *a, void *arg)
{
	struct load *load = arg;
	struct binder_payload data = {};
	struct binder_transaction_data reply;
	binder_uintptr_t at;
	int64_t br;
	bool wrong;
	int i;

	for (i = 0; i < load->calls; i++) {
		payload_reset(&data);
		payload_pattern(&data, load->seed + i,
				rand_r(&load->seed) % 6000);
		br = binder_transact(a->dev, 0, 1, 0, &data, &reply);
		if (br != BR_REPLY)
			return br;
		at = reply.data.ptr.buffer;
		wrong = reply.data_size != data.size ||
			memcmp((void *)(uintptr_t)at, data.data, data.size);
		if (binder_free_buffer(a->dev, at) || wrong)
			return -EILSEQ;
		br = binder_transact(a->dev, 0, 1, TF_ONE_WAY, &data, NULL);
		if (br != BR_TRANSACTION_COMPLETE && br != BR_FAILED_REPLY)
			return br;
	}
	return BR_REPLY;
}

/* Everybody at once; each reply is that of its own call. */
TEST_F(pool, under_load)
{
	enum { SERVERS = 4, CLIENTS = 8 };
	struct actor *server[SERVERS], *client[CLIENTS];
	struct load *load;
	int i;

	for (i = 0; i < SERVERS; i++)
		server[i] = i ? actor_thread(self->server) : self->server;
	for (i = 0; i < SERVERS; i++)
		actor_start_serve(server[i], NULL, NULL);
	/* Processes of two threads each. */
	for (i = 0; i < CLIENTS; i++)
		client[i] = i % 2 ? actor_thread(client[i - 1]) :
			actor_spawn(BINDER_MAP_SIZE);
	for (i = 0; i < CLIENTS; i++) {
		load = actor_alloc(sizeof(*load));
		load->seed = i * 1000;
		load->calls = 200;
		actor_start(client[i], load_job, load);
	}
	for (i = 0; i < CLIENTS; i++)
		EXPECT_BR(BR_REPLY, actor_finish(client[i]));
	/* No server has given up. */
	for (i = 0; i < SERVERS; i++)
		EXPECT_FALSE(actor_finished(server[i], 0));
}

TEST_HARNESS_MAIN
