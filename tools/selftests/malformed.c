// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command streams and ioctls that a driver must refuse, and how.
 *
 * A process that sends rubbish gets the errno or the BR_ code that the stock driver
 * gives, and nothing else happens.
 */
#include "client.h"

/* The command stream. */

FIXTURE(stream) {
	struct client t;
};

FIXTURE_SETUP(stream)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(stream)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(stream, unknown_command)
{
	struct client *t = &self->t;
	static const uint32_t unknown[] = {
		0, 1, ~0U, _IO('c', 63), _IO('c', 255), _IO('x', 11),
		/* The right number with another size or direction. */
		_IOW('c', 3, uint32_t), _IOR('c', 3, binder_uintptr_t),
		_IO('c', 4), _IOW('c', 12, uint32_t),
		BR_NOOP, BR_TRANSACTION, BINDER_VERSION,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		t->trying = unknown[i];
		cmd_none(&t->c, unknown[i]);
		refused(_metadata, t, -EINVAL, 0);
	}
}

TEST_F(stream, unknown_command_after_known)
{
	struct client *t = &self->t;

	/* What comes before it is done, what comes after it is not. */
	cmd_ptr(&t->c, BC_FREE_BUFFER, 0);
	cmd_none(&t->c, _IO('c', 63));
	cmd_call(&t->c, 0, 1, 0, NULL);
	refused(_metadata, t, -EINVAL, 12);

	cmd_call(&t->c, 0, 1, TF_ONE_WAY, NULL);
	cmd_none(&t->c, _IO('c', 63));
	ASSERT_EQ(-EINVAL, binder_write(&t->dev, &t->c));
	EXPECT_EQ(t->c.size - 4, t->c.consumed);
	client_read(_metadata, t, "BR_NOOP BR_TRANSACTION_COMPLETE");
	ASSERT_EQ(0, actor_free_buffer(t->server, server_take(_metadata, t)->
				       data.ptr.buffer));
}

TEST_F(stream, unknown_command_does_not_read)
{
	struct client *t = &self->t;

	/* The write fails before the read could block. */
	cmd_none(&t->c, _IO('c', 63));
	ASSERT_EQ(-EINVAL, binder_write_read(&t->dev, &t->c, &t->r));
	EXPECT_EQ(0, t->r.consumed);
}

TEST_F(stream, unsupported_command)
{
	struct binder_pri_desc desc = { .priority = 1, .desc = 0 };
	struct client *t = &self->t;

	cmd_none(&t->c, BC_ATTEMPT_ACQUIRE);
	cmd_raw(&t->c, &desc, sizeof(desc));
	refused(_metadata, t, -EINVAL, 0);
	cmd_u32(&t->c, BC_ACQUIRE_RESULT, 1);
	refused(_metadata, t, -EINVAL, 0);
}

TEST_F(stream, empty)
{
	struct binder_write_read bwr = {};
	struct client *t = &self->t;

	ASSERT_EQ(0, binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr));
	bwr.write_buffer = bad_pointers[0];
	bwr.read_buffer = bad_pointers[0];
	ASSERT_EQ(0, binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr));
	EXPECT_EQ(0, bwr.write_consumed);
	EXPECT_EQ(0, bwr.read_consumed);
}

TEST_F(stream, bad_write_pointer)
{
	struct client *t = &self->t;
	uint32_t codes[16];
	size_t i;

	for (i = 0; i <= ARRAY_SIZE(bad_pointers); i++) {
		struct binder_write_read bwr = {
			.write_size = 8,
			.read_size = sizeof(codes),
			.read_buffer = (uintptr_t)codes,
		};

		if (i < ARRAY_SIZE(bad_pointers))
			bwr.write_buffer = bad_pointers[i];
		/* The highest address is special: it wraps. See below. */
		if (bwr.write_buffer > bwr.write_buffer + 8)
			continue;
		t->trying = bwr.write_buffer;
		ASSERT_EQ(-EFAULT, binder_ioctl(&t->dev, BINDER_WRITE_READ,
						&bwr));
		EXPECT_EQ(0, bwr.write_consumed);
		EXPECT_EQ(0, bwr.read_consumed);
	}
}

TEST_F(stream, bad_read_pointer)
{
	struct client *t = &self->t;
	size_t i;

	/* With something to read, or a blocking read would wait first. */
	cmd_call(&t->c, 77, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	for (i = 0; i <= ARRAY_SIZE(bad_pointers); i++) {
		struct binder_write_read bwr = { .read_size = 64 };

		if (i < ARRAY_SIZE(bad_pointers))
			bwr.read_buffer = bad_pointers[i];
		t->trying = bwr.read_buffer;
		ASSERT_EQ(-EFAULT, binder_ioctl(&t->dev, BINDER_WRITE_READ,
						&bwr));
	}
	/* What could not be delivered is still there. */
	client_read(_metadata, t, "BR_NOOP BR_FAILED_REPLY");
}

/* Sends @room bytes: two calls and what follows them, then memory ends. */
static void memory_ends(struct __test_metadata *_metadata, struct client *t,
			size_t room, binder_size_t size)
{
	uint8_t *end = page_before_nothing();
	struct binder_write_read bwr = {
		.write_size = size,
		.write_buffer = (uintptr_t)(end - room),
	};
	binder_size_t done;

	cmd_reset(&t->c);
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, NULL);
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, NULL);
	memset(end - room, 0, room);
	memcpy(end - room, t->c.data, t->c.size);
	ASSERT_EQ(-EFAULT, binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr));

	/* What comes before the end is carried out. */
	ASSERT_EQ(t->c.size, bwr.write_consumed);
	for (done = 0; done < bwr.write_consumed; done += t->c.size / 2) {
		ASSERT_EQ(0, actor_poll(t->server, 0));
		ASSERT_EQ(0, actor_free_buffer(t->server,
					       server_take(_metadata, t)->
					       data.ptr.buffer));
	}
	while (!binder_poll(&t->dev, 0))
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, 0));
	expect_silence(_metadata, t);
	cmd_reset(&t->c);
}

TEST_F(stream, memory_ends)
{
	size_t call = 4 + sizeof(struct binder_transaction_data);

	memory_ends(_metadata, &self->t, 2 * call, 3 * call);
	/* In the next command's code. */
	memory_ends(_metadata, &self->t, 2 * call + 2, 3 * call);
}

TEST_F(stream, huge_size)
{
	static const binder_size_t huge[] = {
		1ULL << 31, 1ULL << 32, 1ULL << 46, 1ULL << 62,
	};
	size_t call = 4 + sizeof(struct binder_transaction_data);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(huge); i++)
		memory_ends(_metadata, &self->t, 2 * call, huge[i]);
}

/* The end of the buffer would be below its start. */
TEST_F(stream, size_wraps)
{
	uint8_t *end = page_before_nothing();
	struct binder_write_read bwr = {
		.write_size = ~0ULL,
		.write_buffer = (uintptr_t)(end - 4),
	};
	uint32_t code = _IO('c', 63);
	int error;

	memcpy(end - 4, &code, 4);
	error = binder_ioctl(&self->t.dev, BINDER_WRITE_READ, &bwr);
	/* The stock driver finds nothing to do. Saying so is as good. */
	EXPECT_TRUE(!error || error == -EFAULT || error == -EINVAL);
	EXPECT_EQ(0, bwr.write_consumed);
}

TEST_F(stream, consumed_is_respected)
{
	struct client *t = &self->t;
	uint32_t codes[2] = { _IO('c', 63), BC_EXIT_LOOPER };
	struct binder_write_read bwr = {
		.write_size = sizeof(codes),
		.write_consumed = 4,
		.write_buffer = (uintptr_t)codes,
	};

	ASSERT_EQ(0, binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr));
	EXPECT_EQ(8, bwr.write_consumed);
	/* All of it. */
	ASSERT_EQ(0, binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr));
	EXPECT_EQ(8, bwr.write_consumed);
}

TEST_F(stream, consumed_beyond_size)
{
	uint32_t codes[4] = {
		_IO('c', 63), _IO('c', 63), _IO('c', 63), _IO('c', 63),
	};
	struct binder_write_read bwr = {
		.write_size = 4,
		.write_consumed = 8,
		.write_buffer = (uintptr_t)codes,
	};

	ASSERT_EQ(0, binder_ioctl(&self->t.dev, BINDER_WRITE_READ, &bwr));
	EXPECT_EQ(8, bwr.write_consumed);
}

/* So large that adding it goes back to before the buffer's start. */
TEST_F(stream, consumed_wraps)
{
	uint32_t codes[3] = { _IO('c', 63), BC_EXIT_LOOPER, BC_EXIT_LOOPER };
	struct binder_write_read bwr = {
		.write_size = 8,
		.write_consumed = -4ULL,
		.write_buffer = (uintptr_t)(codes + 1),
	};
	int error;

	error = binder_ioctl(&self->t.dev, BINDER_WRITE_READ, &bwr);
	/* The stock driver runs into what lies before the buffer. */
	EXPECT_TRUE(!error || error == -EINVAL);
	EXPECT_EQ(-4ULL, bwr.write_consumed);
}

/* An error is reported before anything else is done. */
TEST_F(stream, error_stops_the_write)
{
	struct client *t = &self->t;
	struct binder_cmds rest = {};
	size_t first;

	cmd_call(&t->c, 77, 1, 0, NULL);
	first = t->c.size;
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	ASSERT_EQ(first, t->c.consumed);

	/* Nothing more is taken until it has been read ... */
	cmd_raw(&rest, t->c.data + first, t->c.size - first);
	ASSERT_EQ(0, binder_write(&t->dev, &rest));
	EXPECT_EQ(0, rest.consumed);
	EXPECT_EQ(-ETIMEDOUT, actor_poll(t->server, 0));
	client_read(_metadata, t, "BR_NOOP BR_FAILED_REPLY");

	/* ... and then all of it is. */
	ASSERT_EQ(0, binder_write(&t->dev, &rest));
	EXPECT_EQ(rest.size, rest.consumed);
	client_read(_metadata, t, "BR_NOOP BR_TRANSACTION_COMPLETE");
	ASSERT_EQ(0, actor_free_buffer(t->server, server_take(_metadata, t)->
				       data.ptr.buffer));
}

TEST_F(stream, error_is_read_by_the_same_ioctl)
{
	struct client *t = &self->t;

	cmd_call(&t->c, 77, 1, 0, NULL);
	cmd_call(&t->c, 77, 1, 0, NULL);
	ASSERT_EQ(0, binder_write_read(&t->dev, &t->c, &t->r));
	EXPECT_EQ(t->c.size / 2, t->c.consumed);
	EXPECT_STREQ("BR_NOOP BR_FAILED_REPLY", binder_shape(&t->r));
}

/* However little room a read offers, it loses nothing. */
TEST_F(stream, read_too_small)
{
	struct binder_transaction_data *tr;
	struct client *t = &self->t;
	size_t size;

	for (size = 4; size < 72; size += 4) {
		cmd_reset(&t->c);
		cmd_call(&t->c, 0, 1, 0, NULL);
		ASSERT_EQ(0, binder_write(&t->dev, &t->c));
		tr = server_take(_metadata, t);
		cmd_reset(&t->c);
		cmd_ptr(&t->c, BC_FREE_BUFFER, tr->data.ptr.buffer);
		cmd_reply(&t->c, 0, NULL);
		ASSERT_EQ(0, actor_write(t->server, &t->c));
		ASSERT_EQ(0, actor_read(t->server));

		t->r.limit = size;
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
		t->r.limit = 0;
		EXPECT_GE(size, t->r.consumed);
		EXPECT_FALSE(t->r.malformed);
		EXPECT_EQ(NULL, binder_find(&t->r, BR_REPLY, 0));
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
		ASSERT_NE(NULL, binder_find(&t->r, BR_REPLY, 0));
		binder_free_buffer(&t->dev, binder_find(&t->r, BR_REPLY, 0)->
				   tr.data.ptr.buffer);
	}
}

/* There is not even room for BR_NOOP. */
TEST_F(stream, read_tiny)
{
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, was[8];
	struct client *t = &self->t;
	struct binder_write_read bwr;
	size_t size;

	memcpy(was, bytes, sizeof(was));
	cmd_call(&t->c, 77, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	for (size = 1; size < 4; size++) {
		/* Lost already? A read would wait for ever. */
		ASSERT_EQ(0, binder_poll(&t->dev, 0));
		bwr = (struct binder_write_read) {
			.read_size = size,
			.read_buffer = (uintptr_t)bytes,
		};
		binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr);
		EXPECT_GE(size, bwr.read_consumed);
		EXPECT_EQ(0, memcmp(bytes + size, was + size, 8 - size));
	}
	client_read(_metadata, t, "BR_NOOP BR_FAILED_REPLY");
}

/* Each command, cut off after each of its bytes. */

FIXTURE(truncated) {
	struct client t;
};

FIXTURE_SETUP(truncated)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(truncated)
{
	client_teardown(_metadata, &self->t);
}

static const uint32_t commands[] = {
	BC_TRANSACTION, BC_REPLY, BC_ACQUIRE_RESULT, BC_FREE_BUFFER, BC_INCREFS,
	BC_ACQUIRE, BC_RELEASE, BC_DECREFS, BC_INCREFS_DONE, BC_ACQUIRE_DONE,
	BC_ATTEMPT_ACQUIRE, BC_REGISTER_LOOPER, BC_ENTER_LOOPER, BC_EXIT_LOOPER,
	BC_REQUEST_DEATH_NOTIFICATION, BC_CLEAR_DEATH_NOTIFICATION,
	BC_DEAD_BINDER_DONE, BC_TRANSACTION_SG, BC_REPLY_SG,
	BC_REQUEST_FREEZE_NOTIFICATION, BC_CLEAR_FREEZE_NOTIFICATION,
	BC_FREEZE_NOTIFICATION_DONE,
};

static void refused_at(struct __test_metadata *_metadata, struct client *t,
		       const void *at, size_t size)
{
	struct binder_write_read bwr = {
		.write_size = size,
		.write_buffer = (uintptr_t)at,
	};

	ASSERT_EQ(-EINVAL, binder_ioctl(&t->dev, BINDER_WRITE_READ, &bwr)) {
		TH_LOG("command %#llx cut after %zu bytes",
		       (unsigned long long)t->trying, size);
	}
	EXPECT_EQ(0, bwr.write_consumed);
	expect_silence(_metadata, t);
}

/* The rest of the command lies in memory, but not in the stream. */
TEST_F(truncated, in_memory)
{
	struct client *t = &self->t;
	uint8_t bytes[128] = {};
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		t->trying = commands[i];
		memcpy(bytes, &commands[i], 4);
		for (size = 1; size < 4 + _IOC_SIZE(commands[i]); size++)
			refused_at(_metadata, t, bytes, size);
	}
}

/* There is nothing behind the stream. */
TEST_F(truncated, at_the_end_of_memory)
{
	uint8_t *end = page_before_nothing();
	struct client *t = &self->t;
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		t->trying = commands[i];
		for (size = 1; size < 4 + _IOC_SIZE(commands[i]); size++) {
			memset(end - size, 0, size);
			memcpy(end - size, &commands[i], size < 4 ? size : 4);
			refused_at(_metadata, t, end - size, size);
		}
	}
}

/* What comes before it is done. */
TEST_F(truncated, after_another)
{
	struct client *t = &self->t;
	size_t good;

	cmd_ptr(&t->c, BC_FREE_BUFFER, 0);
	good = t->c.size;
	cmd_ptr(&t->c, BC_FREE_BUFFER, 0);
	t->c.size -= 3;
	refused(_metadata, t, -EINVAL, good);
}

/* The ioctls. */

FIXTURE(ioctls) {
	struct client t;
};

FIXTURE_SETUP(ioctls)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(ioctls)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(ioctls, unknown)
{
	static const unsigned long unknown[] = {
		0, _IO('b', 0), _IO('b', 99), _IO('x', 1), _IO('b', 1),
		_IOWR('b', 1, int), _IOWR('b', 9, int64_t), _IO('b', 9),
		_IOW('b', 5, uint64_t), ~0UL,
	};
	static uint8_t arg[4096];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		EXPECT_EQ(-EINVAL, binder_ioctl(&self->t.dev, unknown[i], arg))
			TH_LOG("ioctl %#lx", unknown[i]);
		EXPECT_EQ(-EINVAL, binder_ioctl(&self->t.dev, unknown[i], NULL))
			TH_LOG("ioctl %#lx", unknown[i]);
	}
}

TEST_F(ioctls, idle)
{
	int64_t value = 1;

	EXPECT_EQ(-EINVAL, binder_ioctl(&self->t.dev, BINDER_SET_IDLE_TIMEOUT,
					&value));
	EXPECT_EQ(-EINVAL, binder_ioctl(&self->t.dev, BINDER_SET_IDLE_PRIORITY,
					&value));
}

FIXTURE(ioctl_pointer) {
	struct client t;
};

FIXTURE_VARIANT(ioctl_pointer) {
	unsigned long nr;
};

FIXTURE_SETUP(ioctl_pointer)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(ioctl_pointer)
{
	client_teardown(_metadata, &self->t);
}

FIXTURE_VARIANT_ADD(ioctl_pointer, write_read) { BINDER_WRITE_READ };

FIXTURE_VARIANT_ADD(ioctl_pointer, set_max_threads) { BINDER_SET_MAX_THREADS };

FIXTURE_VARIANT_ADD(ioctl_pointer, set_context_mgr_ext) {
	BINDER_SET_CONTEXT_MGR_EXT
};

FIXTURE_VARIANT_ADD(ioctl_pointer, version) { BINDER_VERSION };

FIXTURE_VARIANT_ADD(ioctl_pointer, node_debug_info) {
	BINDER_GET_NODE_DEBUG_INFO
};

FIXTURE_VARIANT_ADD(ioctl_pointer, node_info_for_ref) {
	BINDER_GET_NODE_INFO_FOR_REF
};

FIXTURE_VARIANT_ADD(ioctl_pointer, freeze) { BINDER_FREEZE };

FIXTURE_VARIANT_ADD(ioctl_pointer, frozen_info) { BINDER_GET_FROZEN_INFO };

FIXTURE_VARIANT_ADD(ioctl_pointer, oneway_spam_detection) {
	BINDER_ENABLE_ONEWAY_SPAM_DETECTION
};

FIXTURE_VARIANT_ADD(ioctl_pointer, extended_error) {
	BINDER_GET_EXTENDED_ERROR
};

TEST_F(ioctl_pointer, refused)
{
	struct client *t = &self->t;
	uint32_t arg[64] = {};
	size_t i;

	/* For the two that look a process up. */
	arg[0] = getpid();
	if (variant->nr != BINDER_SET_CONTEXT_MGR_EXT &&
	    binder_ioctl(&t->dev, variant->nr, arg) == -EINVAL)
		SKIP(return, "the driver does not offer it");
	EXPECT_EQ(-EFAULT, binder_ioctl(&t->dev, variant->nr, NULL));
	for (i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
		t->trying = bad_pointers[i];
		EXPECT_EQ(-EFAULT, binder_ioctl(&t->dev, variant->nr,
						(void *)(uintptr_t)bad_pointers[i]));
	}
}

TEST_HARNESS_MAIN
