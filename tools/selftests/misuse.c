// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that are well-formed, but wrong: references that nobody has, calls and
 * replies out of turn. Each gets the answer that the stock driver gives, or none.
 */
#include "client.h"

/* References and buffers. */

FIXTURE(refs) {
	struct client t;
};

FIXTURE_SETUP(refs)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(refs)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(refs, wild_handle)
{
	static const uint32_t handles[] = { 1, 77, 0x7fffffff, ~0U };
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		t->trying = handles[i];
		cmd_u32(&t->c, BC_INCREFS, handles[i]);
		cmd_u32(&t->c, BC_ACQUIRE, handles[i]);
		cmd_u32(&t->c, BC_RELEASE, handles[i]);
		cmd_u32(&t->c, BC_DECREFS, handles[i]);
		ignored(_metadata, t);
	}
}

TEST_F(refs, below_zero)
{
	struct client *t = &self->t;
	int i;

	cmd_u32(&t->c, BC_INCREFS, 0);
	cmd_u32(&t->c, BC_ACQUIRE, 0);
	for (i = 0; i < 10; i++)
		cmd_u32(&t->c, BC_RELEASE, 0);
	for (i = 0; i < 10; i++)
		cmd_u32(&t->c, BC_DECREFS, 0);
	ignored(_metadata, t);
}

/* Too many of one kind do not take away the other kind. */
TEST_F(refs, below_zero_other_kind)
{
	struct client *t = &self->t;
	struct binder_payload p = {};
	struct binder_transaction_data *tr;
	struct binder_return *ret;
	struct binder_cmds c = {};
	uint32_t handle;
	int i;

	/* The server offers a node of its own in a reply. */
	cmd_call(&t->c, 0, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	cmd_ptr(&c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	payload_binder(&p, BINDER_TYPE_BINDER, 0x500, 5);
	cmd_reply(&c, 0, &p);
	ASSERT_EQ(0, actor_write(t->server, &c));
	ASSERT_EQ(0, actor_read(t->server));
	cmd_reset(&c);
	binder_answer_refs(&c, &t->server->in);
	ASSERT_EQ(0, actor_write(t->server, &c));

	ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
	ret = binder_find(&t->r, BR_REPLY, 0);
	ASSERT_NE(NULL, ret);
	handle = ((struct flat_binder_object *)(uintptr_t)ret->tr.data.ptr.buffer)->handle;
	EXPECT_NE(0, handle);
	cmd_reset(&t->c);
	cmd_u32(&t->c, BC_INCREFS, handle);
	cmd_u32(&t->c, BC_ACQUIRE, handle);
	for (i = 0; i < 10; i++)
		cmd_u32(&t->c, BC_DECREFS, handle);
	cmd_ptr(&t->c, BC_FREE_BUFFER, ret->tr.data.ptr.buffer);
	ignored(_metadata, t);

	/* The strong one is still there: a call arrives at that node. */
	cmd_call(&t->c, handle, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	EXPECT_EQ(0x500, tr->target.ptr);
	EXPECT_EQ(5, tr->cookie);
	server_reply(_metadata, t, tr->data.ptr.buffer);

	cmd_reset(&t->c);
	cmd_u32(&t->c, BC_RELEASE, handle);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	ASSERT_EQ(0, actor_read(t->server));
	EXPECT_NE(NULL, binder_find(&t->server->in, BR_RELEASE, 0));
}

TEST_F(refs, done_unknown_node)
{
	struct client *t = &self->t;

	cmd_ptr_cookie(&t->c, BC_INCREFS_DONE, 0x100, 1);
	cmd_ptr_cookie(&t->c, BC_ACQUIRE_DONE, 0x100, 1);
	cmd_ptr_cookie(&t->c, BC_INCREFS_DONE, 0, 0);
	cmd_ptr_cookie(&t->c, BC_ACQUIRE_DONE, ~0ULL, ~0ULL);
	ignored(_metadata, t);
}

TEST_F(refs, done_wrong_cookie_or_not_pending)
{
	struct client *t = &self->t;
	binder_uintptr_t buffer;

	payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100, 1);
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	buffer = server_take(_metadata, t)->data.ptr.buffer;
	ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
	EXPECT_NE(NULL, binder_find(&t->r, BR_INCREFS, 0));
	EXPECT_NE(NULL, binder_find(&t->r, BR_ACQUIRE, 0));
	cmd_reset(&t->c);
	cmd_ptr_cookie(&t->c, BC_INCREFS_DONE, 0x100, 2);
	cmd_ptr_cookie(&t->c, BC_ACQUIRE_DONE, 0x100, 2);
	ignored(_metadata, t);
	/* Each one once too often. */
	cmd_ptr_cookie(&t->c, BC_INCREFS_DONE, 0x100, 1);
	cmd_ptr_cookie(&t->c, BC_ACQUIRE_DONE, 0x100, 1);
	cmd_ptr_cookie(&t->c, BC_INCREFS_DONE, 0x100, 1);
	cmd_ptr_cookie(&t->c, BC_ACQUIRE_DONE, 0x100, 1);
	ignored(_metadata, t);

	ASSERT_EQ(0, actor_free_buffer(t->server, buffer));
	EXPECT_EQ(-2, settle_refs(_metadata, t));
}

TEST_F(refs, free_nothing)
{
	struct client *t = &self->t;
	binder_uintptr_t map = (uintptr_t)t->dev.map;

	cmd_ptr(&t->c, BC_FREE_BUFFER, 0);
	cmd_ptr(&t->c, BC_FREE_BUFFER, 8);
	cmd_ptr(&t->c, BC_FREE_BUFFER, ~0ULL);
	cmd_ptr(&t->c, BC_FREE_BUFFER, map - 8);
	cmd_ptr(&t->c, BC_FREE_BUFFER, map);
	cmd_ptr(&t->c, BC_FREE_BUFFER, map + 4096);
	cmd_ptr(&t->c, BC_FREE_BUFFER, map + BINDER_MAP_SIZE - 8);
	cmd_ptr(&t->c, BC_FREE_BUFFER, map + BINDER_MAP_SIZE);
	ignored(_metadata, t);
}

TEST_F(refs, free_interior)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;
	struct binder_cmds c = {};
	binder_uintptr_t buffer;
	int i;

	payload_pattern(&t->p, 3, 64);
	cmd_call(&t->c, 0, 1, 0, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	buffer = tr->data.ptr.buffer;
	for (i = -64; i <= 64; i++) {
		if (i)
			cmd_ptr(&c, BC_FREE_BUFFER, buffer + i);
	}
	ASSERT_EQ(0, actor_write(t->server, &c));
	ASSERT_EQ(c.size, c.consumed);

	/* It still is the server's: the next payload lies elsewhere. */
	cmd_reset(&t->c);
	payload_reset(&t->p);
	payload_pattern(&t->p, 4, 64);
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	EXPECT_EQ(-1, pattern_differs(actor_peek(t->server, buffer, 64),
				      3, 64));
	server_reply(_metadata, t, buffer);

	/* The second time is one too many. */
	tr = server_take(_metadata, t);
	EXPECT_NE(buffer, tr->data.ptr.buffer);
	ASSERT_EQ(0, actor_free_buffer(t->server, tr->data.ptr.buffer));
	ASSERT_EQ(0, actor_free_buffer(t->server, tr->data.ptr.buffer));
	ASSERT_EQ(0, actor_free_buffer(t->server, buffer));
}

/* A buffer can't be freed by who has not been given it yet. */
TEST_F(refs, free_undelivered)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;
	binder_uintptr_t buffer;

	/* Where will it lie? Where the last one lay, in an empty area. */
	cmd_call(&t->c, 0, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	buffer = server_take(_metadata, t)->data.ptr.buffer;
	server_reply(_metadata, t, buffer);

	payload_pattern(&t->p, 3, 64);
	cmd_reset(&t->c);
	cmd_call(&t->c, 0, 1, 0, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	ASSERT_EQ(0, actor_free_buffer(t->server, buffer));
	tr = server_take(_metadata, t);
	ASSERT_EQ(buffer, tr->data.ptr.buffer);
	ASSERT_EQ(64, tr->data_size);
	EXPECT_EQ(-1, pattern_differs(actor_peek(t->server, buffer, 64),
				      3, 64));
	server_reply(_metadata, t, buffer);
}

/* Death notifications. */

FIXTURE(death) {
	struct client t;
};

FIXTURE_SETUP(death)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(death)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(death, wild_handle)
{
	static const uint32_t handles[] = { 1, 77, 0x7fffffff, ~0U };
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		t->trying = handles[i];
		cmd_handle_cookie(&t->c, BC_REQUEST_DEATH_NOTIFICATION,
				  handles[i], 5);
		cmd_handle_cookie(&t->c, BC_CLEAR_DEATH_NOTIFICATION,
				  handles[i], 5);
		ignored(_metadata, t);
	}
}

TEST_F(death, clear_without_request)
{
	struct client *t = &self->t;

	cmd_u32(&t->c, BC_INCREFS, 0);
	cmd_handle_cookie(&t->c, BC_CLEAR_DEATH_NOTIFICATION, 0, 5);
	cmd_ptr(&t->c, BC_DEAD_BINDER_DONE, 5);
	cmd_ptr(&t->c, BC_DEAD_BINDER_DONE, 0);
	ignored(_metadata, t);
}

TEST_F(death, wrong_cookie)
{
	struct client *t = &self->t;

	cmd_u32(&t->c, BC_INCREFS, 0);
	cmd_handle_cookie(&t->c, BC_REQUEST_DEATH_NOTIFICATION, 0, 5);
	/* A second request, and what was never requested. */
	cmd_handle_cookie(&t->c, BC_REQUEST_DEATH_NOTIFICATION, 0, 6);
	cmd_handle_cookie(&t->c, BC_CLEAR_DEATH_NOTIFICATION, 0, 6);
	cmd_ptr(&t->c, BC_DEAD_BINDER_DONE, 5);
	ignored(_metadata, t);

	/* The first one is as it was; cleared, it can't be again. */
	cmd_handle_cookie(&t->c, BC_CLEAR_DEATH_NOTIFICATION, 0, 5);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	client_read(_metadata, t, "BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE");
	ignored(_metadata, t);
}

/* Transactions. */

FIXTURE(calls) {
	struct client t;
};

FIXTURE_SETUP(calls)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(calls)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(calls, to_wild_handle)
{
	static const uint32_t handles[] = {
		1, 77, 0x7fffffff, 0x80000000, ~0U
	};
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_bytes(&t->p, "hello", 5);
	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		t->trying = handles[i];
		binder_fill_call(&tr, handles[i], 1, 0, &t->p);
		fails_either_way(_metadata, t, &tr);
	}
}

TEST_F(calls, reply_without_call)
{
	struct binder_transaction_data_sg sg = {};
	struct client *t = &self->t;

	cmd_reply(&t->c, 0, NULL);
	fails(_metadata, t);
	cmd_sg(&t->c, BC_REPLY_SG, &sg);
	fails(_metadata, t);
}

/* Twice is once too often. */
TEST_F(calls, reply_twice)
{
	struct client *t = &self->t;
	struct binder_cmds c = {};

	valid_call(_metadata, t, 5);
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(t->server, &c));
	ASSERT_EQ(0, actor_read(t->server));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", t->server);
}

/* Only the thread that holds the call can answer it. */
TEST_F(calls, reply_by_other_thread)
{
	struct client *t = &self->t;
	struct actor *other = actor_thread(t->server);
	struct binder_transaction_data *tr;
	struct binder_cmds c = {};

	cmd_call(&t->c, 0, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(other, &c));
	ASSERT_EQ(0, actor_read(other));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", other);
	EXPECT_EQ(-ETIMEDOUT, binder_poll(&t->dev, 0));
	server_reply(_metadata, t, tr->data.ptr.buffer);
}

/* While it waits for a reply, a thread cannot begin another call. */
TEST_F(calls, call_while_waiting)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;

	cmd_call(&t->c, 0, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	cmd_reset(&t->c);
	cmd_call(&t->c, 0, 2, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
	EXPECT_NE(NULL, binder_find(&t->r, BR_FAILED_REPLY, 0)) {
		TH_LOG("read %s", binder_shape(&t->r));
	}
	EXPECT_EQ(-ETIMEDOUT, actor_poll(t->server, 0));
	server_reply(_metadata, t, tr->data.ptr.buffer);
}

/* A bad reply is the caller's failure; who replies has done its part. */
TEST_F(calls, bad_reply)
{
	struct binder_transaction_data tr = {}, *call;
	struct client *t = &self->t;
	struct binder_cmds c = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
		cmd_reset(&t->c);
		cmd_call(&t->c, 0, 1, 0, NULL);
		ASSERT_EQ(0, binder_write(&t->dev, &t->c));
		call = server_take(_metadata, t);
		tr.data_size = 100;
		tr.data.ptr.buffer = bad_pointers[i];
		cmd_reset(&c);
		cmd_ptr(&c, BC_FREE_BUFFER, call->data.ptr.buffer);
		cmd_transaction(&c, BC_REPLY, &tr);
		ASSERT_EQ(0, actor_write(t->server, &c));
		ASSERT_EQ(0, actor_read(t->server));
		EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", t->server);
		client_read(_metadata, t, "BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY");
	}
}

/* Nobody is the manager. */
TEST_F(calls, without_manager)
{
	struct client *t = &self->t;
	struct actor *next;

	actor_kill(t->server);
	next = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_become_manager(next));
	actor_kill(next);
	t->server = actor_spawn(BINDER_MAP_SIZE);
	/* The driver may take a moment to finish with the last one. */
	while (true) {
		cmd_reset(&t->c);
		cmd_call(&t->c, 0, 1, 0, NULL);
		ASSERT_EQ(0, binder_write_read(&t->dev, &t->c, &t->r));
		if (!strcmp(binder_shape(&t->r), "BR_NOOP BR_DEAD_REPLY"))
			break;
		ASSERT_NE(NULL, binder_find(&t->r, BR_DEAD_REPLY, 0)) {
			TH_LOG("read %s", binder_shape(&t->r));
		}
	}
	/*
	 * Its copy of our file was closed, which ends a read. A driver may hear
	 * of that a little later.
	 */
	while (!binder_poll(&t->dev, 100))
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, 0));
	ASSERT_EQ(0, actor_become_manager(t->server));
}

/*
 * Without a mapping a process can't get calls, but it is not an error to ask
 * for anything else.
 */
TEST_F(calls, unmapped_caller)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;
	struct binder_cmds c = {};

	ASSERT_EQ(0, binder_unmap(&t->dev));
	cmd_call(&t->c, 0, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	cmd_ptr(&c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(t->server, &c));
	ASSERT_EQ(0, actor_read(t->server));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", t->server);
	client_read(_metadata, t,
		    "BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY");
	binder_close(&t->dev);
	client_open(_metadata, t);
}

TEST_HARNESS_MAIN
