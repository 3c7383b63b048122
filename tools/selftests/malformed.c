// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a driver must refuse, and how.
 *
 * A process that sends rubbish gets the errno or the BR_ code that the stock
 * driver gives, and nothing else happens: nothing reaches the server, nothing
 * is left in anybody's area, and the next valid call of the same process
 * works. The last two are looked at after every test here, in client_check().
 *
 * The server acts in lock step and reads only when told to, so "nothing has
 * happened" can be asked right after the ioctl.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

/* Addresses that are nobody's: in the zero page, the kernel's, no address. */
static const binder_uintptr_t bad_pointers[] = {
	8, 0xffff888000000000ULL, 0x8000000000000000ULL, ~7ULL,
};

struct client {
	struct actor *server;
	struct binder_dev dev;
	struct binder_cmds c;
	struct binder_payload p;
	struct binder_returns r;
	uint64_t trying;	/* of a loop's values, for the log of a failure */
};

/* Neither of the two has anything to read. */
static void expect_silence(struct __test_metadata *_metadata, struct client *t)
{
	EXPECT_EQ(-ETIMEDOUT, binder_poll(&t->dev, 0));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(t->server, 0));
}

static void client_read(struct __test_metadata *_metadata, struct client *t,
			const char *shape)
{
	ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
	ASSERT_STREQ(shape, binder_shape(&t->r)) {
		TH_LOG("trying %#llx", (unsigned long long)t->trying);
	}
}

/* The commands end with @error after @consumed bytes, and do nothing. */
static void refused(struct __test_metadata *_metadata, struct client *t,
		    int error, size_t consumed)
{
	ASSERT_EQ(error, binder_write(&t->dev, &t->c)) {
		TH_LOG("trying %#llx", (unsigned long long)t->trying);
	}
	EXPECT_EQ(consumed, t->c.consumed);
	expect_silence(_metadata, t);
	cmd_reset(&t->c);
}

/* The commands are taken, and do nothing. */
static void ignored(struct __test_metadata *_metadata, struct client *t)
{
	refused(_metadata, t, 0, t->c.size);
}

/* The one transaction in the commands gets BR_FAILED_REPLY. */
static void fails(struct __test_metadata *_metadata, struct client *t)
{
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	EXPECT_EQ(t->c.size, t->c.consumed);
	client_read(_metadata, t, "BR_NOOP BR_FAILED_REPLY");
	expect_silence(_metadata, t);
	cmd_reset(&t->c);
}

static void fails_call(struct __test_metadata *_metadata, struct client *t,
		       const struct binder_transaction_data *tr)
{
	cmd_transaction(&t->c, BC_TRANSACTION, tr);
	fails(_metadata, t);
}

/* As fails_call(), once as a call and once one-way. */
static void fails_either_way(struct __test_metadata *_metadata,
			     struct client *t,
			     struct binder_transaction_data *tr)
{
	tr->flags &= ~TF_ONE_WAY;
	fails_call(_metadata, t, tr);
	tr->flags |= TF_ONE_WAY;
	fails_call(_metadata, t, tr);
}

/* The server takes the call that waits for it. */
static struct binder_transaction_data *
server_take(struct __test_metadata *_metadata, struct client *t)
{
	struct binder_return *ret;

	ASSERT_EQ(0, actor_read(t->server));
	ret = binder_find(&t->server->in, BR_TRANSACTION, 0);
	ASSERT_NE(NULL, ret) {
		TH_LOG("server read %s", binder_shape(&t->server->in));
	}
	return &ret->tr;
}

/* The server frees the call, and replies nothing; the client reads that. */
static void server_reply(struct __test_metadata *_metadata, struct client *t,
			 binder_uintptr_t buffer)
{
	struct binder_cmds c = {};
	struct binder_return *ret;

	if (buffer)
		cmd_ptr(&c, BC_FREE_BUFFER, buffer);
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(t->server, &c));
	ASSERT_EQ(0, actor_read(t->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", t->server);
	ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
	ret = binder_find(&t->r, BR_REPLY, 0);
	ASSERT_NE(NULL, ret) {
		TH_LOG("client read %s", binder_shape(&t->r));
	}
	ASSERT_EQ(0, binder_free_buffer(&t->dev, ret->tr.data.ptr.buffer));
}

/* A call with @size bytes arrives as it was sent, and is answered. */
static void valid_call(struct __test_metadata *_metadata, struct client *t,
		       size_t size)
{
	struct binder_transaction_data *tr;
	struct binder_payload p = {};
	struct binder_cmds c = {};

	payload_pattern(&p, 7, size);
	cmd_call(&c, 0, 1, 0, &p);
	ASSERT_EQ(0, binder_write(&t->dev, &c));
	ASSERT_EQ(c.size, c.consumed);
	tr = server_take(_metadata, t);
	ASSERT_EQ(size, tr->data_size);
	EXPECT_EQ(-1, pattern_differs(actor_peek(t->server, tr->data.ptr.buffer,
						 size), 7, size));
	server_reply(_metadata, t, tr->data.ptr.buffer);
}

/*
 * Both processes are as if nothing had happened: a call works, and a payload
 * that needs every byte of the server's area finds room in it.
 */
static void client_check(struct __test_metadata *_metadata, struct client *t)
{
	expect_silence(_metadata, t);
	valid_call(_metadata, t, 5);
	valid_call(_metadata, t, BINDER_MAP_SIZE);
}

static void client_open(struct __test_metadata *_metadata, struct client *t)
{
	ASSERT_EQ(0, binder_open(&t->dev, BINDER_MAP_SIZE));
	/* So that handle 0 may be passed on, too. */
	cmd_reset(&t->c);
	cmd_u32(&t->c, BC_INCREFS, 0);
	cmd_u32(&t->c, BC_ACQUIRE, 0);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	cmd_reset(&t->c);
}

static void client_setup(struct __test_metadata *_metadata, struct client *t)
{
	t->server = actor_spawn_manager();
	client_open(_metadata, t);
}

static void client_teardown(struct __test_metadata *_metadata,
			    struct client *t)
{
	/* After a failure the rest would only repeat it. */
	if (__test_passed(_metadata))
		client_check(_metadata, t);
	binder_close(&t->dev);
	actor_end_all();
}

/* A page of memory with none behind it; returns the page's end. */
static uint8_t *page_before_nothing(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uint8_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || munmap(p + page, page)) {
		perror("mmap");
		exit(1);
	}
	return p + page;
}

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

/* The payload's place and size. */

FIXTURE(payload) {
	struct client t;
};

FIXTURE_SETUP(payload)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(payload)
{
	client_teardown(_metadata, &self->t);
}

/* Enough to choke on, and all values whose sum with another wraps. */
static const binder_size_t huge_sizes[] = {
	BINDER_MAP_SIZE + 1, BINDER_MAP_SIZE + 4096, 1ULL << 22,
	(1ULL << 31) - 1, 1ULL << 31, (1ULL << 32) - 8, 1ULL << 32, 1ULL << 47,
	1ULL << 62, (1ULL << 63) - 8, 1ULL << 63, -4096ULL, -16ULL, -8ULL,
	-7ULL, -4ULL, -1ULL,
};

TEST_F(payload, bad_data_pointer)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
		t->trying = bad_pointers[i];
		tr.data_size = 100;
		tr.data.ptr.buffer = bad_pointers[i];
		fails_either_way(_metadata, t, &tr);
	}
	tr.data.ptr.buffer = 0;
	fails_either_way(_metadata, t, &tr);
}

TEST_F(payload, bad_offsets_pointer)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
	for (i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
		t->trying = bad_pointers[i];
		binder_fill_call(&tr, 0, 1, 0, &t->p);
		tr.data.ptr.offsets = bad_pointers[i];
		fails_either_way(_metadata, t, &tr);
	}
	tr.data.ptr.offsets = 0;
	fails_either_way(_metadata, t, &tr);
}

TEST_F(payload, huge_data)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_bytes(&t->p, "12345678", 8);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		t->trying = huge_sizes[i];
		binder_fill_call(&tr, 0, 1, 0, &t->p);
		tr.data_size = huge_sizes[i];
		fails_either_way(_metadata, t, &tr);
	}
}

TEST_F(payload, huge_offsets)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		t->trying = huge_sizes[i];
		binder_fill_call(&tr, 0, 1, 0, &t->p);
		tr.offsets_size = huge_sizes[i];
		fails_either_way(_metadata, t, &tr);
	}
}

TEST_F(payload, huge_together)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i, j;

	payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
	binder_fill_call(&tr, 0, 1, 0, &t->p);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(huge_sizes); j++) {
			tr.data_size = huge_sizes[i];
			tr.offsets_size = huge_sizes[j];
			fails_call(_metadata, t, &tr);
		}
		/* Its sum with this is 0, 8 or 16, were it not for the carry. */
		for (j = 0; j <= 16; j += 8) {
			tr.offsets_size = j - huge_sizes[i];
			fails_call(_metadata, t, &tr);
		}
	}
}

/* A call with room for buffers that its objects point to. */
static void cmd_call_sg(struct binder_cmds *c, uint32_t cmd,
			const struct binder_transaction_data_sg *sg)
{
	cmd_none(c, cmd);
	cmd_raw(c, sg, sizeof(*sg));
}

static bool offers_sg(struct __test_metadata *_metadata, struct client *t)
{
	struct binder_transaction_data_sg sg = {
		.transaction_data.target.handle = 77,
	};

	cmd_call_sg(&t->c, BC_TRANSACTION_SG, &sg);
	if (binder_write(&t->dev, &t->c) == -EINVAL)
		return false;
	client_read(_metadata, t, "BR_NOOP BR_FAILED_REPLY");
	cmd_reset(&t->c);
	return true;
}

TEST_F(payload, huge_extra_buffers)
{
	struct binder_transaction_data_sg sg = {};
	struct client *t = &self->t;
	size_t i;

	if (!offers_sg(_metadata, t))
		SKIP(return, "the driver does not offer it");
	payload_bytes(&t->p, "12345678", 8);
	binder_fill_call(&sg.transaction_data, 0, 1, 0, &t->p);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		/* Sizes of extra buffers must be multiples of 8, too. */
		t->trying = huge_sizes[i];
		sg.buffers_size = huge_sizes[i];
		cmd_call_sg(&t->c, BC_TRANSACTION_SG, &sg);
		fails(_metadata, t);
	}
	for (i = 0; i <= 16; i += 8) {
		sg.buffers_size = i - 8 - BINDER_MAP_SIZE;
		sg.transaction_data.data_size = BINDER_MAP_SIZE;
		cmd_call_sg(&t->c, BC_TRANSACTION_SG, &sg);
		fails(_metadata, t);
	}
}

TEST_F(payload, unaligned_extra_buffers)
{
	struct binder_transaction_data_sg sg = {};
	struct client *t = &self->t;

	if (!offers_sg(_metadata, t))
		SKIP(return, "the driver does not offer it");
	payload_bytes(&t->p, "12345678", 8);
	binder_fill_call(&sg.transaction_data, 0, 1, 0, &t->p);
	for (sg.buffers_size = 1; sg.buffers_size < 8; sg.buffers_size++) {
		cmd_call_sg(&t->c, BC_TRANSACTION_SG, &sg);
		fails(_metadata, t);
	}
}

/* The copy faults after some pages, or in the middle of one. */
TEST_F(payload, data_partly_unmapped)
{
	static const size_t mapped[] = { 1, 100, 4096 - 8, 4096 };
	struct binder_transaction_data tr = {};
	uint8_t *end = page_before_nothing();
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(mapped); i++) {
		for (size = mapped[i] + 1; size < 600000; size *= 7) {
			tr.data.ptr.buffer =
				(uintptr_t)(end - mapped[i]);
			tr.data_size = size;
			/* One-way calls have half the area. */
			if (size <= BINDER_MAP_SIZE / 3)
				fails_either_way(_metadata, &self->t, &tr);
			else
				fails_call(_metadata, &self->t, &tr);
		}
	}
}

TEST_F(payload, offsets_partly_unmapped)
{
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };
	struct binder_transaction_data tr = {};
	uint8_t *end = page_before_nothing();
	struct client *t = &self->t;
	binder_size_t *offsets = (binder_size_t *)end - 2;
	int i;

	for (i = 0; i < 1000; i++)
		payload_object(&t->p, &object, sizeof(object));
	binder_fill_call(&tr, 0, 1, 0, &t->p);
	offsets[0] = 0;
	offsets[1] = sizeof(object);
	tr.data.ptr.offsets = (uintptr_t)offsets;
	fails_either_way(_metadata, t, &tr);
}

/* The largest one-way payload that the server's area takes at the moment. */
static size_t largest_oneway(struct __test_metadata *_metadata,
			     struct client *t)
{
	size_t low = 0, high = BINDER_MAP_SIZE, size;

	while (high - low > 8) {
		size = (low + high) / 2 & ~7UL;
		payload_reset(&t->p);
		cmd_reset(&t->c);
		payload_pattern(&t->p, 1, size);
		cmd_call(&t->c, 0, 1, TF_ONE_WAY, &t->p);
		ASSERT_EQ(0, binder_write(&t->dev, &t->c));
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
		if (binder_find(&t->r, BR_FAILED_REPLY, 0)) {
			high = size;
			continue;
		}
		low = size;
		ASSERT_EQ(0, actor_free_buffer(t->server,
					       server_take(_metadata, t)->
					       data.ptr.buffer));
	}
	payload_reset(&t->p);
	cmd_reset(&t->c);
	return low;
}

/* What a failed one-way call had reserved of its own half is given back. */
TEST_F(payload, oneway_space_returns)
{
	struct binder_transaction_data tr = {};
	uint8_t *end = page_before_nothing();
	struct client *t = &self->t;
	size_t before;
	int i;

	before = largest_oneway(_metadata, t);
	EXPECT_LT(BINDER_MAP_SIZE / 2 - 4096, before);
	EXPECT_GE(BINDER_MAP_SIZE / 2, before);
	tr.flags = TF_ONE_WAY;
	for (i = 0; i < 300; i++) {
		tr.data.ptr.buffer = (uintptr_t)(end - 4000);
		tr.data_size = 4001 + i;
		fails_call(_metadata, t, &tr);
	}
	EXPECT_EQ(before, largest_oneway(_metadata, t));
}

/* The offsets. */

#define OBJECTS	4
#define OBJECT	(sizeof(struct flat_binder_object))

FIXTURE(offsets) {
	struct client t;
	struct flat_binder_object *objects;
};

FIXTURE_SETUP(offsets)
{
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };

	client_setup(_metadata, &self->t);
	for (int i = 0; i < OBJECTS; i++)
		payload_bytes(&self->t.p, &object, sizeof(object));
}

FIXTURE_TEARDOWN(offsets)
{
	client_teardown(_metadata, &self->t);
}

/* The objects with these offsets, cut off after @size bytes. */
static void fails_offsets(struct __test_metadata *_metadata, struct client *t,
			  size_t size, const binder_size_t *offsets,
			  size_t bytes)
{
	struct binder_transaction_data tr = {};

	binder_fill_call(&tr, 0, 1, 0, &t->p);
	tr.data_size = size;
	tr.data.ptr.offsets = (uintptr_t)offsets;
	tr.offsets_size = bytes;
	fails_either_way(_metadata, t, &tr);
}

/* That these are refused means nothing unless these are not. */
TEST_F(offsets, valid)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;

	for (size_t i = 0; i < OBJECTS; i++)
		payload_offset(&t->p, i * OBJECT);
	cmd_call(&t->c, 0, 1, 0, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	EXPECT_EQ(OBJECTS * OBJECT, tr->data_size);
	EXPECT_EQ(OBJECTS * 8, tr->offsets_size);
	server_reply(_metadata, t, tr->data.ptr.buffer);
}

TEST_F(offsets, size_not_multiple)
{
	binder_size_t offsets[] = { 0, OBJECT, 2 * OBJECT };
	size_t bytes;

	for (bytes = 1; bytes < sizeof(offsets); bytes++) {
		if (bytes % 8)
			fails_offsets(_metadata, &self->t, OBJECTS * OBJECT,
				      offsets, bytes);
	}
}

TEST_F(offsets, unaligned)
{
	struct client *t = &self->t;
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };
	binder_size_t offset;

	for (offset = 1; offset < 16; offset++) {
		if (offset % 4 == 0)
			continue;
		/* There is an object, but not where one may be. */
		memcpy(t->p.data + offset, &object, sizeof(object));
		fails_offsets(_metadata, t, OBJECTS * OBJECT, &offset, 8);
	}
}

TEST_F(offsets, out_of_range)
{
	static const binder_size_t offsets[] = {
		OBJECTS * OBJECT - OBJECT + 4, OBJECTS * OBJECT - 4,
		OBJECTS * OBJECT, OBJECTS * OBJECT + 8, 4096, BINDER_MAP_SIZE,
		1ULL << 31, 1ULL << 32, 1ULL << 40, 1ULL << 63, -8ULL,
		-(binder_size_t)OBJECT, -4ULL,
	};
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		t->trying = offsets[i];
		fails_offsets(_metadata, t, OBJECTS * OBJECT, &offsets[i], 8);
	}
}

TEST_F(offsets, overlapping)
{
	struct client *t = &self->t;
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };
	binder_size_t offsets[2] = { 0 };

	for (offsets[1] = 4; offsets[1] < OBJECT; offsets[1] += 4) {
		/* Both are objects: the second one's type is in the first. */
		memcpy(t->p.data, &object, sizeof(object));
		memcpy(t->p.data + offsets[1], &object, sizeof(object));
		fails_offsets(_metadata, t, OBJECTS * OBJECT, offsets, 16);
	}
}

TEST_F(offsets, decreasing)
{
	binder_size_t two[] = { OBJECT, 0 };
	binder_size_t three[] = { 0, 2 * OBJECT, OBJECT };

	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, two, 16);
	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, three, 24);
}

TEST_F(offsets, duplicate)
{
	binder_size_t two[] = { 0, 0 };
	binder_size_t three[] = { 0, OBJECT, OBJECT };

	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, two, 16);
	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, three, 24);
}

TEST_F(offsets, more_than_objects)
{
	binder_size_t offsets[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		offsets[i] = i * OBJECT;
	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, offsets,
		      sizeof(offsets));
	fails_offsets(_metadata, &self->t, 0, offsets, sizeof(offsets));
}

/* The objects. */

FIXTURE(cut) {
	struct client t;
};

FIXTURE_VARIANT(cut) {
	uint32_t type;
	size_t size;
};

FIXTURE_SETUP(cut)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(cut)
{
	client_teardown(_metadata, &self->t);
}

FIXTURE_VARIANT_ADD(cut, binder) { BINDER_TYPE_BINDER, OBJECT };

FIXTURE_VARIANT_ADD(cut, weak_binder) { BINDER_TYPE_WEAK_BINDER, OBJECT };

FIXTURE_VARIANT_ADD(cut, handle) { BINDER_TYPE_HANDLE, OBJECT };

FIXTURE_VARIANT_ADD(cut, weak_handle) { BINDER_TYPE_WEAK_HANDLE, OBJECT };

FIXTURE_VARIANT_ADD(cut, fd) {
	BINDER_TYPE_FD, sizeof(struct binder_fd_object)
};

FIXTURE_VARIANT_ADD(cut, fda) {
	BINDER_TYPE_FDA, sizeof(struct binder_fd_array_object)
};

FIXTURE_VARIANT_ADD(cut, ptr) {
	BINDER_TYPE_PTR, sizeof(struct binder_buffer_object)
};

/* The data ends after each byte of an object. */
TEST_F(cut, at_the_end_of_data)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	struct binder_object_header hdr = { variant->type };
	uint8_t object[64] = {};
	size_t size, before;

	memcpy(object, &hdr, sizeof(hdr));
	for (before = 0; before <= 8; before += 4) {
		payload_reset(&t->p);
		payload_pattern(&t->p, 0, before);
		payload_bytes(&t->p, object, sizeof(object));
		payload_offset(&t->p, before);
		for (size = 0; size < variant->size; size++) {
			binder_fill_call(&tr, 0, 1, 0, &t->p);
			tr.data_size = before + size;
			fails_call(_metadata, t, &tr);
		}
	}
}

FIXTURE(objects) {
	struct client t;
};

FIXTURE_SETUP(objects)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(objects)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(objects, unknown_type)
{
	static const uint32_t types[] = {
		0, 1, ~0U, 0x12345678, B_PACK_CHARS('s', 'b', '*', 0),
		B_PACK_CHARS('S', 'B', '*', B_TYPE_LARGE),
		B_PACK_CHARS(B_TYPE_LARGE, '*', 'b', 's'),
	};
	struct client *t = &self->t;
	struct flat_binder_object object = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		t->trying = types[i];
		object.hdr.type = types[i];
		payload_reset(&t->p);
		payload_object(&t->p, &object, sizeof(object));
		cmd_call(&t->c, 0, 1, 0, &t->p);
		fails(_metadata, t);
	}
}

TEST_F(objects, wild_handle)
{
	static const uint32_t handles[] = {
		1, 77, 1 << 20, 0x7fffffff, 0x80000000, ~0U,
	};
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		t->trying = handles[i];
		payload_reset(&t->p);
		payload_handle(&t->p, BINDER_TYPE_HANDLE, handles[i]);
		cmd_call(&t->c, 0, 1, 0, &t->p);
		fails(_metadata, t);
		payload_reset(&t->p);
		payload_handle(&t->p, BINDER_TYPE_WEAK_HANDLE, handles[i]);
		cmd_call(&t->c, 0, 1, 0, &t->p);
		fails(_metadata, t);
	}
}

/* The manager's node says that it takes no files. */
TEST_F(objects, file_to_who_takes_none)
{
	struct binder_fd_object object = {
		.hdr.type = BINDER_TYPE_FD,
		.fd = STDOUT_FILENO,
	};
	struct client *t = &self->t;

	payload_object(&t->p, &object, sizeof(object));
	cmd_call(&t->c, 0, 1, 0, &t->p);
	fails(_metadata, t);
}

/* Answers what the driver asks until it asks nothing: asks minus takes back. */
static int settle_refs(struct __test_metadata *_metadata, struct client *t)
{
	struct binder_cmds c = {};
	int balance = 0;
	size_t i;

	while (!binder_poll(&t->dev, 0)) {
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, 0));
		for (i = 0; i < t->r.count; i++) {
			switch (t->r.at[i].cmd) {
			case BR_INCREFS:
			case BR_ACQUIRE:
				balance++;
				break;
			case BR_DECREFS:
			case BR_RELEASE:
				balance--;
				break;
			}
		}
		cmd_reset(&c);
		binder_answer_refs(&c, &t->r);
		ASSERT_EQ(0, binder_write(&t->dev, &c));
	}
	return balance;
}

/* What good objects did is undone when a later one turns out to be bad. */
TEST_F(objects, bad_after_good)
{
	struct client *t = &self->t;
	int i;

	for (i = 0; i < 10; i++) {
		payload_reset(&t->p);
		payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100 + i, i);
		payload_binder(&t->p, BINDER_TYPE_WEAK_BINDER, 0x200 + i, i);
		payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
		payload_handle(&t->p, BINDER_TYPE_HANDLE, 77);
		cmd_reset(&t->c);
		cmd_call(&t->c, 0, 1, 0, &t->p);
		ASSERT_EQ(0, binder_write(&t->dev, &t->c));
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
		ASSERT_NE(NULL, binder_find(&t->r, BR_FAILED_REPLY, 0)) {
			TH_LOG("read %s", binder_shape(&t->r));
		}
		ASSERT_EQ(NULL, binder_find(&t->r, BR_ACQUIRE, 0));
		EXPECT_EQ(0, settle_refs(_metadata, t));
	}
}

/* The address names the node, and its cookie can't change. */
TEST_F(objects, other_cookie)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;
	binder_uintptr_t buffer;

	payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100, 1);
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	buffer = tr->data.ptr.buffer;
	EXPECT_EQ(2, settle_refs(_metadata, t));

	payload_reset(&t->p);
	payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100, 2);
	cmd_reset(&t->c);
	cmd_call(&t->c, 0, 1, 0, &t->p);
	fails(_metadata, t);

	ASSERT_EQ(0, actor_free_buffer(t->server, buffer));
	EXPECT_EQ(-2, settle_refs(_metadata, t));
}

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
	if (!offers_sg(_metadata, t))
		return;
	cmd_call_sg(&t->c, BC_REPLY_SG, &sg);
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

/*
 * Random damage to a good stream of commands and its payload. What the driver
 * makes of it is its own business, as long as it ends and hurts nobody.
 */

#define FUZZ_ROUNDS	5000

FIXTURE(fuzz) {
	struct actor *server;
	uint64_t random;
};

FIXTURE_SETUP(fuzz)
{
	const char *seed = getenv("BINDER_SEED");

	self->random = seed ? strtoull(seed, NULL, 0) : 20180523;
	TH_LOG("BINDER_SEED=%llu", (unsigned long long)self->random);
	self->server = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_become_manager(self->server));
}

FIXTURE_TEARDOWN(fuzz)
{
	actor_end_all();
}

static uint32_t fuzz_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

/* Spoils one to four places of @bytes. */
static void fuzz_spoil(uint64_t *state, void *bytes, size_t size)
{
	static const uint64_t values[] = {
		0, 1, 4, 7, 8, 12, 24, 77, 4096, BINDER_MAP_SIZE,
		0x7fffffff, 0x80000000, 0xffffffff, 1ULL << 32, 1ULL << 62,
		1ULL << 63, -24ULL, -8ULL, -1ULL,
	};
	static const uint32_t codes[] = {
		BC_TRANSACTION, BC_REPLY, BC_FREE_BUFFER, BC_INCREFS,
		BC_ACQUIRE, BC_RELEASE, BC_DECREFS, BC_INCREFS_DONE,
		BC_ACQUIRE_DONE, BC_REGISTER_LOOPER, BC_ENTER_LOOPER,
		BC_EXIT_LOOPER, BC_REQUEST_DEATH_NOTIFICATION,
		BC_CLEAR_DEATH_NOTIFICATION, BC_DEAD_BINDER_DONE,
		BC_TRANSACTION_SG, BC_REPLY_SG,
		BINDER_TYPE_BINDER, BINDER_TYPE_WEAK_BINDER,
		BINDER_TYPE_HANDLE, BINDER_TYPE_WEAK_HANDLE, BINDER_TYPE_FD,
		BINDER_TYPE_FDA, BINDER_TYPE_PTR,
	};
	int n = 1 + fuzz_random(state) % 4;
	uint8_t *at;

	while (n--) {
		at = (uint8_t *)bytes + (fuzz_random(state) % (size - 8) & ~3U);
		switch (fuzz_random(state) % 4) {
		case 0:
			*at ^= 1 << fuzz_random(state) % 8;
			break;
		case 1:
			memcpy(at, &values[fuzz_random(state) %
					   ARRAY_SIZE(values)], 8);
			break;
		case 2:
			memcpy(at, &values[fuzz_random(state) %
					   ARRAY_SIZE(values)], 4);
			break;
		case 3:
			memcpy(at, &codes[fuzz_random(state) %
					  ARRAY_SIZE(codes)], 4);
			break;
		}
	}
}

static void fuzz_payload(struct binder_payload *p, bool with_sg)
{
	struct binder_buffer_object ptr = {
		.hdr.type = BINDER_TYPE_PTR,
		.buffer = (uintptr_t)p,
		.length = 16,
	};

	payload_reset(p);
	payload_bytes(p, "a string", 8);
	payload_binder(p, BINDER_TYPE_BINDER, 0x100, 1);
	payload_handle(p, BINDER_TYPE_HANDLE, 0);
	payload_binder(p, BINDER_TYPE_WEAK_BINDER, 0x200, 2);
	if (with_sg)
		payload_object(p, &ptr, sizeof(ptr));
	payload_handle(p, BINDER_TYPE_WEAK_HANDLE, 0);
	payload_bytes(p, "another string..", 16);
}

static void fuzz_commands(struct binder_cmds *c, struct binder_payload *p,
			  uint32_t flags, bool with_sg)
{
	struct binder_transaction_data_sg sg = { .buffers_size = 16 };

	cmd_reset(c);
	cmd_u32(c, BC_INCREFS, 0);
	cmd_u32(c, BC_ACQUIRE, 0);
	cmd_handle_cookie(c, BC_REQUEST_DEATH_NOTIFICATION, 0, 5);
	binder_fill_call(&sg.transaction_data, 0, 1, flags, p);
	if (with_sg)
		cmd_call_sg(c, BC_TRANSACTION_SG, &sg);
	else
		cmd_call(c, 0, 1, flags, p);
	cmd_ptr_cookie(c, BC_INCREFS_DONE, 0x100, 1);
	cmd_ptr_cookie(c, BC_ACQUIRE_DONE, 0x100, 1);
	cmd_call(c, 0, 2, flags ^ TF_ONE_WAY, NULL);
	cmd_ptr(c, BC_FREE_BUFFER, 0);
	cmd_handle_cookie(c, BC_CLEAR_DEATH_NOTIFICATION, 0, 5);
	cmd_u32(c, BC_RELEASE, 0);
	cmd_u32(c, BC_DECREFS, 0);
}

/* Sends all of it that the driver takes, reading errors away in between. */
static void fuzz_send(struct binder_dev *dev, struct binder_cmds *c,
		      struct binder_returns *r)
{
	struct binder_cmds rest = *c;
	struct binder_return *br;
	int tries, error;

	for (tries = 0; tries < 16; tries++) {
		error = rest.size ? binder_write(dev, &rest) : 0;
		if (!error && rest.consumed < rest.size) {
			rest.data += rest.consumed;
			rest.size -= rest.consumed;
		} else {
			rest.size = 0;
		}
		if (binder_poll(dev, 0)) {
			if (!rest.size)
				return;
			continue;
		}
		if (binder_write_read(dev, NULL, r))
			continue;
		for (br = r->at; br < r->at + r->count; br++) {
			if (br->cmd == BR_REPLY || br->cmd == BR_TRANSACTION)
				binder_free_buffer(dev, br->tr.data.ptr.buffer);
		}
	}
}

static int fuzz_answer(void *arg, const struct binder_transaction_data *tr,
		       struct binder_payload *reply)
{
	return 0;
}

TEST_F_TIMEOUT(fuzz, mutations, 600)
{
	struct binder_payload p = {};
	struct binder_returns r = {};
	struct binder_dev dev = { .fd = -1 };
	struct binder_cmds c = {};
	int round, tries;
	bool with_sg;

	actor_start_serve(self->server, fuzz_answer, NULL);
	for (round = 0; round < FUZZ_ROUNDS; round++) {
		if (round % 50 == 0) {
			binder_close(&dev);
			ASSERT_EQ(0, binder_open_path(&dev, binder_device(),
						      O_NONBLOCK,
						      BINDER_MAP_SIZE));
		}
		with_sg = fuzz_random(&self->random) % 2;
		fuzz_payload(&p, with_sg);
		fuzz_commands(&c, &p, fuzz_random(&self->random) % 2, with_sg);
		switch (fuzz_random(&self->random) % 4) {
		case 0:
			fuzz_spoil(&self->random, c.data, c.size);
			break;
		case 1:
			fuzz_spoil(&self->random, p.data, p.size);
			break;
		case 2:
			fuzz_spoil(&self->random, p.offsets, p.count * 8);
			break;
		case 3:
			c.size = fuzz_random(&self->random) % c.size;
			break;
		}
		fuzz_send(&dev, &c, &r);
	}
	binder_close(&dev);
	ASSERT_FALSE(actor_finished(self->server, 0));

	/* The server is well, and in the end has all of its area again. */
	ASSERT_EQ(0, binder_open(&dev, BINDER_MAP_SIZE));
	ASSERT_BR(BR_REPLY, binder_transact(&dev, 0, 1, 0, NULL, NULL));
	payload_reset(&p);
	payload_pattern(&p, 1, BINDER_MAP_SIZE);
	p.count = 0;
	for (tries = 0; tries < 1000; tries++) {
		if (binder_transact(&dev, 0, 1, 0, &p, NULL) == BR_REPLY)
			break;
		usleep(10000);
	}
	EXPECT_GT(1000, tries);
	binder_close(&dev);
}

TEST_HARNESS_MAIN
