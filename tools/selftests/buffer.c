// SPDX-License-Identifier: GPL-2.0-only
/*
 * The receiver's buffers: the half of the area that one-way calls have, wrong
 * and early frees, and all the space coming back.
 */
#include <sys/ioctl.h>
#include "harness.h"

/* One-way calls have half the area. */

struct flood {
	size_t size;
	int64_t sent, failure;
};

/* One-way calls of that size to handle 0, until one fails. */
static long flood_job(struct actor *a, void *arg)
{
	struct flood *flood = arg;
	struct binder_payload data = {};
	int64_t br;

	payload_pattern(&data, 1, flood->size);
	flood->sent = 0;
	for (;;) {
		br = binder_transact(a->dev, 0, 1, TF_ONE_WAY, &data, NULL);
		if (br == BR_FAILED_REPLY || br < 0)
			break;
		flood->sent++;
	}
	flood->failure = br;
	return 0;
}

struct drain {
	size_t size;
	int64_t count, wrong;
};

/* Takes, checks and frees @count calls. */
static long drain_job(struct actor *a, void *arg)
{
	struct drain *drain = arg;
	int64_t i;

	drain->wrong = 0;
	for (i = 0; i < drain->count; i++) {
		struct binder_transaction_data *tr = NULL;
		int ret = 0;

		while (!ret && !tr) {
			ret = binder_read(a->dev, &a->in,
					  BINDER_PATIENCE_MS / 2);
			tr = actor_message(a);
		}
		if (ret)
			return ret;
		if (tr->data_size != drain->size ||
		    pattern_differs((void *)(uintptr_t)tr->data.ptr.buffer, 1,
				    drain->size) >= 0)
			drain->wrong++;
		binder_free_buffer(a->dev, tr->data.ptr.buffer);
	}
	return 0;
}

/*
 * One-way calls have half the area. Whatever their size, each costs something
 * and gives all of that back (CVE-2021-46935: payloads of up to 8 bytes did
 * not), and calls that wait for a reply have the other half.
 */
static void fill_and_drain(struct __test_metadata *_metadata, size_t area, size_t size)
{
	struct actor *server = actor_spawn(area);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct flood *flood = actor_alloc(sizeof(*flood));
	struct drain *drain = actor_alloc(sizeof(*drain));
	size_t cost = size ? (size + 7) & ~7UL : 8;
	int i;

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_enter(server));
	ASSERT_EQ(0, actor_settle(client));
	for (i = 0; i < 3; i++) {
		flood->size = size;
		ASSERT_EQ(0, actor_do(client, flood_job, flood));
		EXPECT_BR(BR_FAILED_REPLY, flood->failure);
		EXPECT_EQ(area / 2 / cost, flood->sent);
		drain->size = size;
		drain->count = flood->sent;
		ASSERT_EQ(0, actor_do(server, drain_job, drain));
		EXPECT_EQ(0, drain->wrong);
		ASSERT_EQ(-ETIMEDOUT, actor_poll(server, 0));
	}
	plain_call(_metadata, server, client);
	actor_kill(client);
	actor_kill(server);
}

FIXTURE(oneway_space) {};
FIXTURE_SETUP(oneway_space) {}
FIXTURE_TEARDOWN(oneway_space) { actor_end_all(); }

TEST_F(oneway_space, tiny)
{
	size_t size;

	for (size = 0; size <= 9; size++)
		fill_and_drain(_metadata, effort(1, 16) * 4096, size);
}

TEST_F(oneway_space, small)
{
	fill_and_drain(_metadata, 16 * 4096, 100);
	fill_and_drain(_metadata, 16 * 4096, 1000);
}

TEST_F(oneway_space, pages)
{
	fill_and_drain(_metadata, 16 * 4096, 4095);
	fill_and_drain(_metadata, 16 * 4096, 4096);
	fill_and_drain(_metadata, 16 * 4096, 4097);
	fill_and_drain(_metadata, 16 * 4096, 12000);
}

/* Full of one-way calls, the area has still its other half for calls. */
TEST_F(oneway_space, full_leaves_room_for_calls)
{
	const size_t area = 64 * 4096;
	struct actor *server = actor_spawn(area);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct flood *flood = actor_alloc(sizeof(*flood));

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_enter(server));
	flood->size = 2000;
	ASSERT_EQ(0, actor_do(client, flood_job, flood));
	ASSERT_LT(50, flood->sent);
	ASSERT_EQ(0, actor_call_pattern(client, 0, 0, 99, area / 2));
	/* The first one-way call comes first. */
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(TF_ONE_WAY, actor_message(server)->flags);
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(-1, actor_differs(server, 99, area / 2));
	ASSERT_EQ(0, actor_reply(server, NULL));
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", client);
}

/* The largest single one is the same before and after any others. */
static size_t largest_oneway(struct __test_metadata *_metadata,
			     struct actor *server, struct actor *client,
			     size_t area)
{
	struct flood *flood = actor_alloc(sizeof(*flood));
	struct drain *drain = actor_alloc(sizeof(*drain));
	size_t low = 0, high = area / 8;	/* in words */

	while (high - low > 1) {
		size_t words = (low + high) / 2;

		flood->size = words * 8;
		drain->size = words * 8;
		EXPECT_EQ(0, actor_do(client, flood_job, flood));
		drain->count = flood->sent;
		EXPECT_EQ(0, actor_do(server, drain_job, drain));
		EXPECT_EQ(0, drain->wrong);
		if (flood->sent)
			low = words;
		else
			high = words;
	}
	return low * 8;
}

TEST_F(oneway_space, is_half_the_area)
{
	const size_t area = 16 * 4096;
	struct actor *server = actor_spawn(area);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	size_t largest;

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_enter(server));
	ASSERT_EQ(0, actor_settle(client));
	largest = largest_oneway(_metadata, server, client, area);
	EXPECT_EQ(area / 2, largest);
	EXPECT_EQ(area / 2, largest_oneway(_metadata, server, client, area));
}

/* Buffers. */

FIXTURE(buffer) {
	struct actor *server, *client;
};

FIXTURE_SETUP(buffer)
{
	self->server = actor_spawn_manager();
	self->client = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->client));
}

FIXTURE_TEARDOWN(buffer) { actor_end_all(); }

/* A wrong free is refused without a word, and the process goes on. */
TEST_F(buffer, freed_twice)
{
	binder_uintptr_t at;

	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 1, 100));
	ASSERT_EQ(0, actor_read(self->server));
	at = actor_message(self->server)->data.ptr.buffer;
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	EXPECT_EQ(0, actor_free_buffer(self->server, at));
	EXPECT_EQ(0, actor_free_buffer(self->server, at));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
	plain_call(_metadata, self->server, self->client);
}

TEST_F(buffer, wild_free)
{
	binder_uintptr_t at;

	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 1, 10000));
	ASSERT_EQ(0, actor_read(self->server));
	at = actor_message(self->server)->data.ptr.buffer;
	/* Inside of it, around it, outside of everything. */
	EXPECT_EQ(0, actor_free_buffer(self->server, at + 1));
	EXPECT_EQ(0, actor_free_buffer(self->server, at + 8));
	EXPECT_EQ(0, actor_free_buffer(self->server, at + 4096));
	EXPECT_EQ(0, actor_free_buffer(self->server, at - 8));
	EXPECT_EQ(0, actor_free_buffer(self->server, at + 10000));
	EXPECT_EQ(0, actor_free_buffer(self->server, at + BINDER_MAP_SIZE));
	EXPECT_EQ(0, actor_free_buffer(self->server, 0));
	EXPECT_EQ(0, actor_free_buffer(self->server, ~0ULL));
	/* Another process's name for it is a different address, or nothing. */
	EXPECT_EQ(0, actor_free_buffer(self->client, at));
	/* Had one of these freed it, this would be put in the same place. */
	ASSERT_EQ(0, actor_call_pattern(self->client, 0, TF_ONE_WAY, 2, 10000));
	ASSERT_EQ(-1, actor_differs(self->server, 1, 10000));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->server);
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(-1, actor_differs(self->server, 2, 10000));
}

/* CVE-2019-2025: freed where a call already lies that nobody has read yet. */
TEST_F(buffer, freed_before_delivery)
{
	binder_uintptr_t at;

	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 1, 1000));
	ASSERT_EQ(0, actor_read(self->server));
	at = actor_message(self->server)->data.ptr.buffer;
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_EQ(0, actor_free(self->client));

	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 2, 1000));
	EXPECT_EQ(0, actor_free_buffer(self->server, at));
	ASSERT_EQ(0, actor_call_pattern(self->client, 0, TF_ONE_WAY, 3, 1000));
	ASSERT_EQ(0, actor_read(self->server));
	/* The guess was right, so that this test does test it. */
	ASSERT_EQ(at, actor_message(self->server)->data.ptr.buffer);
	ASSERT_EQ(-1, actor_differs(self->server, 2, 1000));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(-1, actor_differs(self->server, 3, 1000));
}

/* A call may be answered before its buffer is freed, and the data stay. */
TEST_F(buffer, kept_after_the_reply)
{
	struct binder_transaction_data kept;
	struct binder_cmds c = {};

	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 1, 5000));
	ASSERT_EQ(0, actor_read(self->server));
	kept = *actor_message(self->server);
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->server, &c));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->client));
	plain_call(_metadata, self->server, self->client);
	EXPECT_EQ(-1, pattern_differs(actor_peek(self->server,
						 kept.data.ptr.buffer, 5000),
				      1, 5000));
	EXPECT_EQ(0, actor_free_buffer(self->server, kept.data.ptr.buffer));
	plain_call(_metadata, self->server, self->client);
}

/* Freed before the reply: the caller still gets it. */
TEST_F(buffer, freed_before_the_reply)
{
	struct binder_cmds c = {};

	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 1, 5000));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_free(self->server));
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->server, &c));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
}

/* Buffers don't overlap: each keeps its bytes until it is freed. */
TEST_F(buffer, many_at_once)
{
	enum { COUNT = 50 };
	binder_uintptr_t at[COUNT];
	struct binder_cmds c = {};
	size_t i, size;

	cmd_reply(&c, 0, NULL);
	for (i = 0, size = 1; i < COUNT; i++, size += 237) {
		ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, i, size));
		ASSERT_EQ(0, actor_read(self->server));
		ASSERT_EQ(size, actor_message(self->server)->data_size);
		at[i] = actor_message(self->server)->data.ptr.buffer;
		ASSERT_EQ(0, actor_write_read(self->server, &c));
		ASSERT_EQ(0, actor_read(self->client));
		ASSERT_EQ(0, actor_free(self->client));
	}
	for (i = 0, size = 1; i < COUNT; i++, size += 237) {
		EXPECT_EQ(-1, pattern_differs(actor_peek(self->server, at[i],
							 size), i, size));
		EXPECT_EQ(0, actor_free_buffer(self->server, at[i]));
	}
}

enum { KEPT = 32, LARGE = 8192 };

struct keeper {
	binder_uintptr_t kept[KEPT];
	unsigned int seed;
};

/* Keeps each call's buffer, in the place of one that is freed for it. */
static int keep(void *arg, const struct binder_transaction_data *tr,
		struct binder_payload *reply)
{
	struct keeper *keeper = arg;
	unsigned int place = rand_r(&keeper->seed) % KEPT;

	payload_bytes(reply, &keeper->kept[place], sizeof(*keeper->kept));
	keeper->kept[place] = tr->data.ptr.buffer;
	return 0;
}

/* binder_serve() frees what it was sent; this frees what keep() says. */
static long keeping_server(struct actor *a, void *arg)
{
	struct keeper *keeper = arg;
	struct binder_payload reply = {};
	struct binder_cmds c = {};
	binder_uintptr_t freed;
	int ret, i;

	for (;;) {
		struct binder_transaction_data *tr;

		ret = binder_write_read(a->dev, c.size ? &c : NULL, &a->in);
		if (ret)
			return ret;
		cmd_reset(&c);
		tr = actor_message(a);
		if (!tr)
			continue;
		if (tr->code == 0)
			break;
		if (pattern_differs((void *)(uintptr_t)tr->data.ptr.buffer,
				    tr->code, tr->data_size) >= 0)
			return -EILSEQ;
		payload_reset(&reply);
		keep(keeper, tr, &reply);
		memcpy(&freed, reply.data, sizeof(freed));
		if (freed)
			cmd_ptr(&c, BC_FREE_BUFFER, freed);
		cmd_reply(&c, 0, NULL);
	}
	for (i = 0; i < KEPT; i++)
		if (keeper->kept[i])
			cmd_ptr(&c, BC_FREE_BUFFER, keeper->kept[i]);
	return binder_write(a->dev, &c);
}

struct caller {
	unsigned int seed;
	int calls;
};

static long calling_client(struct actor *a, void *arg)
{
	struct caller *caller = arg;
	struct binder_payload data = {};
	int i;

	for (i = 1; i <= caller->calls; i++) {
		int64_t br;

		payload_reset(&data);
		payload_pattern(&data, i, rand_r(&caller->seed) % LARGE);
		br = binder_transact(a->dev, 0, i, 0, &data, NULL);
		if (br != BR_REPLY)
			return br;
	}
	return BR_REPLY;
}

/*
 * Buffers of random sizes, kept for a random time: afterwards all the space is
 * there again, in one piece.
 */
TEST_F_TIMEOUT(buffer, space_comes_back, 300)
{
	struct keeper *keeper = actor_alloc(sizeof(*keeper));
	struct caller *caller = actor_alloc(sizeof(*caller));
	int i;

	keeper->seed = 1;
	caller->seed = 2;
	caller->calls = effort(400, 1000);
	actor_start(self->server, keeping_server, keeper);
	/* In steps, since no single one may take longer than the patience. */
	for (i = 0; i < effort(1, 10); i++)
		ASSERT_BR(BR_REPLY,
			  actor_do(self->client, calling_client, caller));
	ASSERT_EQ(0, actor_call(self->client, 0, 0, 0, NULL));
	ASSERT_EQ(0, actor_finish(self->server));
	ASSERT_EQ(0, actor_reply(self->server, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", self->client);
	ASSERT_EQ(0, actor_free(self->client));
	ASSERT_EQ(0, actor_call_pattern(self->client, 0, 0, 3, BINDER_MAP_SIZE));
	ASSERT_EQ(0, actor_read(self->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->server);
	ASSERT_EQ(-1, actor_differs(self->server, 3, BINDER_MAP_SIZE));
}

TEST_HARNESS_MAIN
