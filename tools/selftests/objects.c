// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fds and fd arrays in payloads, and payloads of everything together.
 *
 * The test reads from a pipe, others have its writing end: who still holds it can
 * be told from the pipe's end. After every test all files and all space are
 * back, see duo_teardown().
 */
#include <sys/mman.h>
#include "objects.h"

/* Fds. */

FIXTURE(fd) {
	struct duo d;
};

FIXTURE_SETUP(fd) { duo_setup(_metadata, &self->d); }
FIXTURE_TEARDOWN(fd) { duo_teardown(_metadata, &self->d); }

/* Everything about one fd that arrives. */
TEST_F(fd, arrives)
{
	struct duo *d = &self->d;
	struct binder_fd_object sent = {
		.hdr.type = BINDER_TYPE_FD,
		.pad_flags = 0x12345678,
		.cookie = 0x123456789abcdef0,
	}, *got;
	struct binder_payload p = {};
	unsigned int next = actor_next_fd(d->server);
	uint8_t *data;

	sent.pad_binder = 0xdeadbeef00000000 | d->w;
	payload_pattern(&p, 3, 16);
	payload_object(&p, &sent, sizeof(sent));
	payload_pattern(&p, 4, 16);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &p));
	/* It is in nobody's table until it is read. */
	EXPECT_EQ(d->server_fds, actor_fds(d->server));
	duo_arrives(_metadata, d);
	got = (void *)actor_object(d->server, 16);
	EXPECT_EQ(BINDER_TYPE_FD, got->hdr.type);
	EXPECT_EQ(0x12345678, got->pad_flags);
	EXPECT_EQ(0x123456789abcdef0, got->cookie);
	/* The number, and zeros above it. */
	EXPECT_EQ(next, got->pad_binder);
	EXPECT_STREQ(d->tube.name, actor_fd_name(d->server, next));
	EXPECT_TRUE(actor_fd_cloexec(d->server, next));
	EXPECT_EQ(d->server_fds + 1, actor_fds(d->server));
	data = actor_peek(d->server, actor_message(d->server)->data.ptr.buffer, 56);
	EXPECT_EQ(-1, pattern_differs(data, 3, 16));
	EXPECT_EQ(-1, pattern_differs(data + 40, 4, 16));
	/* Freeing the buffer doesn't close it: it is the receiver's. */
	duo_answer(_metadata, d);
	EXPECT_TRUE(tube_works(&d->tube, d->server, next));
	EXPECT_TRUE(tube_works(&d->tube, d->client, d->w));
	ASSERT_EQ(0, actor_close_fd(d->server, next));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
}

/* The receiver's is the last one of the file. */
TEST_F(fd, outlives_the_sender)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	uint32_t fd;

	payload_fd(&p, d->w);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	actor_kill(d->client);
	d->one_is_dead = true;
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	duo_arrives(_metadata, d);
	fd = actor_object(d->server, 0)->handle;
	EXPECT_TRUE(tube_works(&d->tube, d->server, fd));
	ASSERT_EQ(0, actor_free(d->server));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	ASSERT_EQ(0, actor_close_fd(d->server, fd));
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

TEST_F(fd, refused_by_node)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};

	payload_fd(&p, d->w);
	ASSERT_EQ(0, actor_call(d->client, d->shut, 1, 0, &p));
	duo_fails(_metadata, d, 1);
	ASSERT_EQ(0, actor_call(d->client, d->shut, 1, TF_ONE_WAY, &p));
	duo_fails(_metadata, d, 2);
	/* The manager's node has no flags. TF_ACCEPT_FDS is about the reply. */
	ASSERT_EQ(0, actor_call(d->client, 0, 1, TF_ACCEPT_FDS, &p));
	duo_fails(_metadata, d, 3);
}

/* A manager can take fds, too, if it says so when it becomes that. */
TEST_F(fd, accepted_by_manager)
{
	struct duo *d = &self->d;
	struct flat_binder_object *o = actor_alloc(sizeof(*o));
	struct actor *manager = actor_spawn(ACTOR_CLOSED);
	struct actor *client = actor_spawn(ACTOR_CLOSED);
	struct binder_payload p = {};
	uint32_t fd;
	int w;

	ASSERT_EQ(0, actor_open(manager, binder_device_named("hwbinder"), 0,
				DUO_AREA));
	ASSERT_EQ(0, actor_open(client, binder_device_named("hwbinder"), 0,
				DUO_AREA));
	o->flags = FLAT_BINDER_FLAG_ACCEPTS_FDS | 0x7f;
	ASSERT_EQ(0, actor_ioctl(manager, BINDER_SET_CONTEXT_MGR_EXT, o));
	ASSERT_EQ(0, actor_enter(manager));
	w = actor_fetch_fd(d->client, d->w);
	payload_fd(&p, actor_take_fd(client, w));
	close(w);
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, &p));
	ASSERT_EQ(0, actor_read(manager));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", manager);
	fd = actor_object(manager, 0)->handle;
	EXPECT_TRUE(tube_works(&d->tube, manager, fd));
	actor_kill(manager);
	actor_kill(client);
}

/* A caller takes fds in the reply if it says so. */
TEST_F(fd, reply)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	unsigned int next = actor_next_fd(d->client);
	int w = actor_fetch_fd(d->client, d->w), mine;

	mine = actor_take_fd(d->server, w);
	close(w);
	payload_fd(&p, mine);
	ASSERT_EQ(0, actor_call(d->client, d->shut, 1, 0, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &p));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     d->client);
	EXPECT_EQ(d->client_fds, actor_fds(d->client));

	ASSERT_EQ(0, actor_call(d->client, d->shut, 1, TF_ACCEPT_FDS, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &p));
	ASSERT_EQ(0, actor_close_fd(d->server, mine));
	ASSERT_EQ(0, actor_read(d->server));
	EXPECT_EQ(d->client_fds, actor_fds(d->client));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	EXPECT_EQ(next, actor_object(d->client, 0)->binder);
	EXPECT_TRUE(actor_fd_cloexec(d->client, next));
	EXPECT_TRUE(tube_works(&d->tube, d->client, next));
	ASSERT_EQ(0, actor_free(d->client));
	ASSERT_EQ(0, actor_close_fd(d->client, next));
}

static long open_path_fd_job(struct actor *a, void *arg)
{
	return open("/", O_PATH | O_CLOEXEC);
}

TEST_F(fd, bad_numbers)
{
	struct duo *d = &self->d;
	uint32_t bad[] = {
		~0U, 0x7fffffff, 0x80000000, 1000, actor_next_fd(d->client),
		/* AT_FDCWD */ -100,
	};
	struct binder_payload p = {};
	int path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		payload_reset(&p);
		payload_fd(&p, bad[i]);
		duo_refuses(_metadata, d, &p, 0, bad[i]);
	}
	/* A mere path is no file to read or write. */
	path = actor_do(d->client, open_path_fd_job, NULL);
	ASSERT_LE(0, path);
	d->client_fds++;
	payload_reset(&p);
	payload_fd(&p, path);
	duo_refuses(_metadata, d, &p, 0, path);
	d->client_fds--;
	ASSERT_EQ(0, actor_close_fd(d->client, path));
}

#define MANY	50

/* Each gets a number of its own, in the order of the objects. */
TEST_F(fd, many_in_a_message)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	unsigned int first = actor_next_fd(d->server), fd;
	struct tube other;
	int i, w, others = 0;

	tube_open(&other);
	w = tube_give(&other, d->client);
	for (i = 0; i < MANY; i++)
		payload_fd(&p, i % 3 ? d->w : w);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &p));
	ASSERT_EQ(0, actor_close_fd(d->client, w));
	EXPECT_FALSE(tube_ended(&other, 0));
	duo_arrives(_metadata, d);
	EXPECT_EQ(d->server_fds + MANY, actor_fds(d->server));
	for (i = 0; i < MANY; i++) {
		fd = actor_object(d->server, p.offsets[i])->handle;
		others += fd != first + i;
		EXPECT_STREQ(i % 3 ? d->tube.name : other.name,
			     actor_fd_name(d->server, fd));
		EXPECT_EQ(0, actor_close_fd(d->server, fd));
	}
	EXPECT_EQ(0, others);
	EXPECT_TRUE(tube_ended(&other, BINDER_PATIENCE_MS));
	duo_answer(_metadata, d);
}

/* What was taken before the failure is closed at once. */
TEST_F(fd, fails_half_way)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	struct tube other;
	int w, i, good;

	for (good = 1; good <= 31; good += 6) {
		payload_reset(&p);
		for (i = 0; i < good; i++)
			payload_fd(&p, d->w);
		payload_fd(&p, 999);
		payload_fd(&p, d->w);
		duo_refuses(_metadata, d, &p, 0, good);
	}
	tube_open(&other);
	w = tube_give(&other, d->client);
	payload_reset(&p);
	payload_fd(&p, w);
	payload_fd(&p, 999);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &p));
	ASSERT_EQ(0, actor_close_fd(d->client, w));
	EXPECT_TRUE(tube_ended(&other, BINDER_PATIENCE_MS));
	duo_fails(_metadata, d, 0);
}

/* On their way to a process that dies: closed, and no longer held by anybody. */
TEST_F(fd, receiver_dies_before)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	int i;

	d->one_is_dead = true;
	payload_fd(&p, d->w);
	payload_fd(&p, d->w);
	/* The second and third one wait for the first one to be freed. */
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &p));
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	actor_kill(d->server);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

TEST_F(fd, caller_dies_before_the_reply)
{
	struct duo *d = &self->d;
	int w = actor_fetch_fd(d->client, d->w), mine;
	struct binder_payload p = {};

	d->one_is_dead = true;
	mine = actor_take_fd(d->server, w);
	close(w);
	payload_fd(&p, mine);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ACCEPT_FDS, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &p));
	ASSERT_EQ(0, actor_close_fd(d->server, mine));
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	actor_kill(d->client);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

/* The receiver can't have @free + 1 more files; it gets the next call instead. */
static void out_of_fds(struct __test_metadata *_metadata, struct duo *d,
		       const struct binder_payload *p, binder_size_t extra,
		       unsigned int free)
{
	unsigned int next = actor_next_fd(d->server);
	rlim_t limit = actor_limit_fds(d->server, next + free);
	struct binder_payload empty = {};
	struct actor *other;

	ASSERT_LT(0, limit);
	other = actor_spawn(DUO_AREA);
	ASSERT_EQ(0, actor_settle(other));
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, p, extra));
	actor_start_read(d->server);
	ASSERT_EQ(0, actor_read(d->client));
	if (d->client->in.count == 2)
		ASSERT_EQ(0, actor_read(d->client));
	EXPECT_NE(NULL, binder_find(&d->client->in, BR_FAILED_REPLY, 0));
	/* The server still reads, and gets what comes next. */
	ASSERT_EQ(0, actor_call(other, 0, 7, 0, &empty));
	ASSERT_EQ(0, actor_finish(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", d->server);
	EXPECT_EQ(7, actor_message(d->server)->code);
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	actor_kill(other);
	ASSERT_EQ(next + free, actor_limit_fds(d->server, limit));
	EXPECT_EQ(next, actor_next_fd(d->server));
	duo_same_fds(_metadata, d);
}

TEST_F(fd, receiver_is_out_of_fds)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};

	payload_fd(&p, d->w);
	out_of_fds(_metadata, d, &p, 0, 0);
	payload_fd(&p, d->w);
	payload_fd(&p, d->w);
	out_of_fds(_metadata, d, &p, 0, 0);
	out_of_fds(_metadata, d, &p, 0, 2);
	duo_whole_area(_metadata, d);
	/* And then it is given some. */
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &p));
	duo_arrives(_metadata, d);
	EXPECT_EQ(d->server_fds + 3, actor_fds(d->server));
	ASSERT_EQ(0, actor_close_fd(d->server, actor_object(d->server, 0)->handle));
	ASSERT_EQ(0, actor_close_fd(d->server, actor_object(d->server, 24)->handle));
	ASSERT_EQ(0, actor_close_fd(d->server, actor_object(d->server, 48)->handle));
	duo_answer(_metadata, d);
}

/* A one-way call is dropped, and the next one for that node isn't held up. */
TEST_F(fd, receiver_is_out_of_fds_one_way)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	rlim_t limit = actor_limit_fds(d->server, 0);
	int i;

	payload_fd(&p, d->w);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_call(d->client, d->open, 2, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_call(d->client, d->open, 3, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_call(d->client, d->open, 4, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", d->server);
	EXPECT_EQ(2, actor_message(d->server)->code);
	ASSERT_EQ(0, actor_free(d->server));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", d->server);
	EXPECT_EQ(4, actor_message(d->server)->code);
	ASSERT_EQ(0, actor_free(d->server));
	ASSERT_EQ(0, actor_limit_fds(d->server, limit));
	ASSERT_EQ(0, actor_read(d->client));
	EXPECT_EQ(5, d->client->in.count);
	for (i = 1; i < 5; i++)
		EXPECT_BR(BR_TRANSACTION_COMPLETE, d->client->in.at[i].cmd);
}

/* The caller itself can't have what the reply brings. */
TEST_F(fd, caller_is_out_of_fds)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	int w = actor_fetch_fd(d->client, d->w), mine;
	rlim_t limit;

	mine = actor_take_fd(d->server, w);
	close(w);
	payload_fd(&p, mine);
	payload_fd(&p, mine);
	limit = actor_limit_fds(d->client, actor_next_fd(d->client) + 1);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ACCEPT_FDS, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &p));
	ASSERT_EQ(0, actor_read(d->server));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     d->client);
	ASSERT_LT(0, actor_limit_fds(d->client, limit));
	ASSERT_EQ(0, actor_close_fd(d->server, mine));
	duo_same_fds(_metadata, d);
	plain_call(_metadata, d->server, d->client);
}

/* Fd arrays: numbers in a block of memory that a pointer object names. */

FIXTURE(fd_array) {
	struct duo d;
	struct binder_payload p;
	uint8_t *block;		/* a pattern, but for the fds in it */
};

#define BLOCK	1024

FIXTURE_SETUP(fd_array)
{
	struct binder_payload pattern = {};

	duo_setup(_metadata, &self->d);
	payload_pattern(&pattern, 8, BLOCK);
	self->block = pattern.data;
	payload_begin(&self->p);
}

FIXTURE_TEARDOWN(fd_array) { duo_teardown(_metadata, &self->d); }

static void set_fds(uint8_t *block, size_t offset, const uint32_t *fds, size_t count)
{
	memcpy(block + offset, fds, count * sizeof(*fds));
}

static void set_same_fd(uint8_t *block, size_t offset, uint32_t fd, size_t count)
{
	while (count--)
		set_fds(block, offset + count * sizeof(fd), &fd, 1);
}

/* A payload of one parent, BLOCK long, and an array in it. */
static void one_array(struct binder_payload *p, const uint8_t *block, binder_size_t num_fds,
		      binder_size_t parent, binder_size_t parent_offset)
{
	payload_begin(p);
	payload_pointer(p, block, BLOCK);
	payload_fd_array(p, num_fds, parent, parent_offset);
}

/* The server's copy of the block; object 0 is its pointer. */
static uint8_t *received_block(struct duo *d, const struct binder_payload *p)
{
	struct binder_buffer_object *o = actor_nth(d->server, p, 0);

	return actor_peek(d->server, o->buffer, BLOCK);
}

static void check_array(struct __test_metadata *_metadata, struct duo *d,
			const struct binder_payload *p, uint8_t *sent, size_t num_fds,
			size_t offset)
{
	uint8_t *got = received_block(d, p);
	struct binder_fd_array_object *o = actor_nth(d->server, p, 1);
	unsigned int first = actor_next_fd(d->server) - num_fds;
	size_t i, others = 0, wrong = 0;
	uint32_t fd;

	EXPECT_EQ(d->server_fds + num_fds, actor_fds(d->server));
	for (i = 0; i < num_fds; i++) {
		memcpy(&fd, got + offset + i * sizeof(fd), sizeof(fd));
		others += fd != first + i;
		wrong += strcmp(d->tube.name, actor_fd_name(d->server, fd)) != 0;
		wrong += !actor_fd_cloexec(d->server, fd);
	}
	EXPECT_EQ(0, wrong);
	/* The lowest ones that are free, in their order. */
	EXPECT_EQ(0, others);
	/* Nothing but the numbers is changed. */
	set_same_fd(got, offset, d->w, num_fds);
	EXPECT_EQ(0, memcmp(got, sent, BLOCK));
	EXPECT_EQ(BINDER_TYPE_FDA, o->hdr.type);
	EXPECT_EQ(num_fds, o->num_fds);
	EXPECT_EQ(0, o->parent);
	EXPECT_EQ(offset, o->parent_offset);
}

/* Freeing the buffer closes them; nothing else does. */
TEST_F(fd_array, every_size)
{
	static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 100, BLOCK / 4 };
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;
	struct binder_payload pattern = {};
	binder_uintptr_t buffer;
	size_t i, offset;
	struct binder_cmds c = {};

	payload_pattern(&pattern, 8, BLOCK);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memcpy(self->block, pattern.data, BLOCK);
		offset = sizes[i] == BLOCK / 4 ? 0 : 4 * i;
		set_same_fd(self->block, offset, d->w, sizes[i]);
		one_array(p, self->block, sizes[i], 0, offset);
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, p, BLOCK));
		duo_arrives(_metadata, d);
		check_array(_metadata, d, p, self->block, sizes[i], offset);
		/* A reply without freeing. */
		buffer = actor_message(d->server)->data.ptr.buffer;
		cmd_reset(&c);
		cmd_reply(&c, 0, NULL);
		ASSERT_EQ(0, actor_write(d->server, &c));
		ASSERT_EQ(0, actor_read(d->server));
		ASSERT_EQ(0, actor_read(d->client));
		ASSERT_EQ(0, actor_free(d->client));
		EXPECT_EQ(d->server_fds + sizes[i], actor_fds(d->server));
		ASSERT_EQ(0, actor_free_buffer(d->server, buffer));
		EXPECT_EQ(d->server_fds, actor_fds(d->server));
	}
}

/* Where an array of none lies does not matter, not even if that is nowhere. */
TEST_F(fd_array, none)
{
	static const binder_size_t offsets[] = {
		0, 4, BLOCK, 1, BLOCK + 4, 0x100000000, 0x8000000000000000, ~0ULL,
	};
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		one_array(&self->p, self->block, 0, 0, offsets[i]);
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, BLOCK));
		ASSERT_EQ(0, actor_poll(d->server, BINDER_PATIENCE_MS / 10)) {
			TH_LOG("offset %#llx", (unsigned long long)offsets[i]);
		}
		duo_arrives(_metadata, d);
		EXPECT_EQ(d->server_fds, actor_fds(d->server));
		EXPECT_EQ(0, memcmp(received_block(d, &self->p), self->block, BLOCK));
		duo_answer(_metadata, d);
	}
}

/* But its parent does, and its place among others. */
TEST_F(fd_array, none_in_wrong_order)
{
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;

	set_same_fd(self->block, 0, d->w, BLOCK / 4);
	payload_begin(p);
	payload_pointer(p, self->block, BLOCK);
	payload_fd_array(p, 1, 0, 8);
	payload_fd_array(p, 0, 0, 4);
	duo_refuses(_metadata, d, p, BLOCK, 0);
	payload_begin(p);
	payload_pointer(p, self->block, BLOCK);
	payload_fd_array(p, 0, 0, 8);
	payload_fd_array(p, 1, 0, 4);
	duo_refuses(_metadata, d, p, BLOCK, 1);
}

/* The receiver that dies closes them as anybody's. */
TEST_F(fd_array, receiver_dies)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	set_same_fd(self->block, 0, d->w, 20);
	one_array(&self->p, self->block, 20, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, BLOCK));
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, BLOCK));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	actor_kill(d->server);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

/* The receiver has closed some itself: then there is less to do. */
TEST_F(fd_array, closed_by_the_receiver)
{
	struct duo *d = &self->d;
	uint32_t fd;

	set_same_fd(self->block, 0, d->w, 3);
	one_array(&self->p, self->block, 3, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, BLOCK));
	duo_arrives(_metadata, d);
	memcpy(&fd, received_block(d, &self->p) + 4, sizeof(fd));
	ASSERT_EQ(0, actor_close_fd(d->server, fd));
	duo_answer(_metadata, d);
}

/* In a reply, the caller is the receiver. */
TEST_F(fd_array, in_a_reply)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};
	int w = actor_fetch_fd(d->client, d->w), mine;

	mine = actor_take_fd(d->server, w);
	close(w);
	set_same_fd(self->block, 8, mine, 20);
	one_array(&self->p, self->block, 20, 0, 8);
	/* Refused first. */
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
	duo_arrives(_metadata, d);
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	cmd_reply_sg(&c, 0, &self->p, BLOCK);
	ASSERT_EQ(0, actor_write_read(d->server, &c));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);

	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ACCEPT_FDS, NULL));
	duo_arrives(_metadata, d);
	cmd_reset(&c);
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	cmd_reply_sg(&c, 0, &self->p, BLOCK);
	ASSERT_EQ(0, actor_write_read(d->server, &c));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	EXPECT_EQ(d->client_fds + 20, actor_fds(d->client));
	ASSERT_EQ(0, actor_free(d->client));
	EXPECT_EQ(d->client_fds, actor_fds(d->client));
	ASSERT_EQ(0, actor_close_fd(d->server, mine));
}

/* The node takes none. Of an array of none, there is none to refuse. */
TEST_F(fd_array, refused_by_node)
{
	struct duo *d = &self->d;

	set_same_fd(self->block, 0, d->w, 1);
	one_array(&self->p, self->block, 1, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->shut, 0, &self->p, BLOCK));
	duo_fails(_metadata, d, 0);
	one_array(&self->p, self->block, 0, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->shut, 0, &self->p, BLOCK));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
}

TEST_F(fd_array, bad_parent)
{
	static const binder_size_t parents[] = {
		/* itself, one behind, nobody's */
		1, 2, 3, 0x100000000, 0x8000000000000000, ~0ULL,
		/* times 8, these are 0 */
		0x2000000000000000, 0x4000000000000000,
	};
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;
	size_t i;

	set_same_fd(self->block, 0, d->w, 4);
	for (i = 0; i < ARRAY_SIZE(parents); i++) {
		one_array(p, self->block, 1, parents[i], 0);
		payload_pointer(p, self->block, BLOCK);
		duo_refuses(_metadata, d, p, 2 * BLOCK, parents[i]);
	}
	/* Object 0 is no pointer object: a handle, an fd, an array. */
	payload_begin(p);
	payload_handle(p, BINDER_TYPE_HANDLE, d->open);
	payload_fd_array(p, 0, 0, 0);
	duo_refuses(_metadata, d, p, BLOCK, 100);
	payload_begin(p);
	payload_fd(p, d->w);
	payload_fd_array(p, 0, 0, 0);
	duo_refuses(_metadata, d, p, BLOCK, 101);
	payload_begin(p);
	payload_pointer(p, self->block, BLOCK);
	payload_fd_array(p, 1, 0, 0);
	payload_fd_array(p, 0, 1, 0);
	duo_refuses(_metadata, d, p, BLOCK, 102);
	/* Alone. */
	payload_begin(p);
	payload_fd_array(p, 1, 0, 0);
	duo_refuses(_metadata, d, p, BLOCK, 103);
}

TEST_F(fd_array, bad_extent)
{
	static const struct { binder_size_t num_fds, offset; } bad[] = {
		{ 1, BLOCK }, { 1, BLOCK - 3 }, { 2, BLOCK - 4 }, { 1, BLOCK + 4 },
		{ BLOCK / 4 + 1, 0 }, { BLOCK / 4, 4 },
		{ 1, 1 }, { 1, 2 }, { 1, 3 }, { 4, 7 },
		{ 1, 0x100000000 }, { 1, 0x8000000000000000 }, { 1, ~3ULL },
		{ 1, ~0ULL },
		{ 0x40000000, 0 }, { 0x40000001, 0 }, { 0x80000000, 0 },
		{ 0x100000000, 0 }, { 0x100000001, 0 },
		{ 0x4000000000000000, 0 }, { 0x4000000000000001, 0 },
		{ 0x8000000000000000, 0 }, { 0xc000000000000001, 0 },
		{ ~0ULL, 0 }, { ~0ULL, 4 }, { 0x3fffffffffffffff, 4 },
	};
	struct duo *d = &self->d;
	size_t i;

	set_same_fd(self->block, 0, d->w, BLOCK / 4);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		one_array(&self->p, self->block, bad[i].num_fds, 0, bad[i].offset);
		duo_refuses(_metadata, d, &self->p, BLOCK, i);
	}
	/* In a parent that isn't aligned itself. */
	for (i = 1; i < 4; i++) {
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block + i, BLOCK - 8);
		payload_fd_array(&self->p, 1, 0, 0);
		duo_refuses(_metadata, d, &self->p, BLOCK, 100 + i);
	}
	/* Length 0. */
	payload_begin(&self->p);
	payload_pointer(&self->p, self->block, 0);
	payload_fd_array(&self->p, 1, 0, 0);
	duo_refuses(_metadata, d, &self->p, BLOCK, 200);
}

/* One that doesn't exist, at each place in turn. */
TEST_F(fd_array, bad_fd_in_it)
{
	struct duo *d = &self->d;
	int i;

	for (i = 0; i < 20; i += i == 1 ? 7 : 1) {
		set_same_fd(self->block, 16, d->w, 20);
		set_same_fd(self->block, 16 + 4 * i, i % 2 ? ~0U : 999, 1);
		one_array(&self->p, self->block, 20, 0, 16);
		duo_refuses(_metadata, d, &self->p, BLOCK, i);
	}
}

/* Several in one parent have to come in ascending order, and not to overlap. */
TEST_F(fd_array, order)
{
	static const struct { binder_size_t first, second; bool ok; } orders[] = {
		{ 0, 8, true }, { 0, 64, true }, { 4, 12, true },
		{ 8, 0, false }, { 0, 0, false }, { 0, 4, false }, { 64, 56, false },
	};
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;
	size_t i;

	set_same_fd(self->block, 0, d->w, 32);
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		payload_begin(p);
		payload_pointer(p, self->block, BLOCK);
		payload_fd_array(p, 2, 0, orders[i].first);
		payload_fd_array(p, 2, 0, orders[i].second);
		if (!orders[i].ok) {
			duo_refuses(_metadata, d, p, BLOCK, i);
			continue;
		}
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, p, BLOCK));
		duo_arrives(_metadata, d);
		EXPECT_EQ(d->server_fds + 4, actor_fds(d->server));
		duo_answer(_metadata, d);
		EXPECT_EQ(d->server_fds, actor_fds(d->server));
	}
}

TEST_F(fd_array, receiver_is_out_of_fds)
{
	struct duo *d = &self->d;

	set_same_fd(self->block, 0, d->w, 20);
	one_array(&self->p, self->block, 20, 0, 0);
	out_of_fds(_metadata, d, &self->p, BLOCK, 0);
	out_of_fds(_metadata, d, &self->p, BLOCK, 7);
	out_of_fds(_metadata, d, &self->p, BLOCK, 19);
}

/* The parent is the very first thing of the data. */
TEST_F(fd_array, parent_at_0)
{
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;

	set_same_fd(self->block, 0, d->w, 2);
	payload_reset(p);
	payload_pointer(p, self->block, BLOCK);
	payload_fd_array(p, 2, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, p, BLOCK));
	duo_arrives(_metadata, d);
	check_array(_metadata, d, p, self->block, 2, 0);
	duo_answer(_metadata, d);
}

/*
 * Closes complete at once: an ioctl that frees an array and would then wait for
 * work returns instead, and with it the files go. (CVE-2021-47360)
 */
TEST_F(fd_array, closes_while_reading)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};

	d->one_is_dead = true;	/* its end of the tube is closed here */
	set_same_fd(self->block, 0, d->w, 3);
	one_array(&self->p, self->block, 3, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, BLOCK));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	actor_start_write_read(d->server, &c);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
	/* And it has returned, to wait with its next ioctl. */
	ASSERT_EQ(0, actor_finish(d->server));
	EXPECT_SHAPE("BR_NOOP", d->server);
	EXPECT_EQ(d->server_fds, actor_fds(d->server));
	actor_start_read(d->server);
	EXPECT_EQ(0, actor_wait_asleep(d->server));
	ASSERT_EQ(0, actor_call(d->client, 0, 9, 0, NULL));
	ASSERT_EQ(0, actor_finish(d->server));
	EXPECT_EQ(9, actor_message(d->server)->code);
}

/*
 * The driver closes the very file that it is called through. (CVE-2019-2000 is
 * that this frees it in the middle of the ioctl, where the process has but one
 * thread and no other reference of it.)
 */
FIXTURE(own_file) {
	struct duo d;
	struct binder_payload p;
	uint32_t *fds;
};

FIXTURE_VARIANT(own_file) {
	bool last;		/* the fd of the array is the only one */
	bool unmapped;		/* and not even the mapping holds the file */
	bool read;		/* frees and reads in one ioctl */
};

FIXTURE_VARIANT_ADD(own_file, another) { };
FIXTURE_VARIANT_ADD(own_file, another_and_read) { .read = true };
FIXTURE_VARIANT_ADD(own_file, last) { .last = true };
FIXTURE_VARIANT_ADD(own_file, last_and_read) { .last = true, .read = true };
FIXTURE_VARIANT_ADD(own_file, unmapped) { .last = true, .unmapped = true };
FIXTURE_VARIANT_ADD(own_file, unmapped_and_read) {
	.last = true, .unmapped = true, .read = true,
};

FIXTURE_SETUP(own_file)
{
	struct duo *d = &self->d;
	int copy, mine;

	duo_setup(_metadata, d);
	self->fds = actor_alloc(2 * sizeof(*self->fds));
	/* The client gets hold of the server's file, and sends it back. */
	copy = actor_fetch_fd(d->server, d->server->dev->fd);
	mine = actor_take_fd(d->client, copy);
	ASSERT_LE(0, mine);
	close(copy);
	self->fds[0] = d->w;
	self->fds[1] = mine;
	payload_begin(&self->p);
	payload_pointer(&self->p, self->fds, 2 * sizeof(*self->fds));
	payload_fd_array(&self->p, 2, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, 8));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_close_fd(d->client, mine));
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	/* To be told of the server's death. */
	ASSERT_EQ(0, actor_ref(d->client, BC_ACQUIRE, 0));
}

FIXTURE_TEARDOWN(own_file) { actor_end_all(); }

/* Use that number from now on. */
static long use_fd_job(struct actor *a, void *arg)
{
	close(a->dev->fd);
	a->dev->fd = (intptr_t)arg;
	return 0;
}

TEST_F(own_file, is_closed)
{
	struct duo *d = &self->d;
	struct binder_buffer_object *o = actor_nth(d->server, &self->p, 0);
	uint32_t *got = actor_peek(d->server, o->buffer, 8);
	struct binder_cmds c = {};

	ASSERT_STREQ(binder_device(), actor_fd_name(d->server, got[1]));
	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, 0, 0x77);
	ASSERT_EQ(0, actor_write(d->client, &c));
	cmd_reset(&c);
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	if (variant->last)
		ASSERT_EQ(0, actor_do(d->server, use_fd_job,
				      (void *)(intptr_t)got[1]));
	if (variant->unmapped)
		ASSERT_EQ(0, actor_unmap(d->server));
	if (variant->read)
		actor_start_write_read(d->server, &c);
	else
		EXPECT_EQ(0, actor_write(d->server, &c));
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
	if (variant->read) {
		EXPECT_EQ(0, actor_finish(d->server));
		EXPECT_SHAPE("BR_NOOP", d->server);
	}
	EXPECT_STREQ("", actor_fd_name(d->server, got[1]));
	ASSERT_EQ(0, actor_read(d->client));
	if (d->client->in.count == 2)
		ASSERT_EQ(BR_TRANSACTION_COMPLETE, d->client->in.at[1].cmd);
	if (variant->unmapped) {
		/* That was its end. */
		if (!binder_find(&d->client->in, BR_DEAD_BINDER, 0))
			ASSERT_EQ(0, actor_read(d->client));
		EXPECT_NE(NULL, binder_find(&d->client->in, BR_DEAD_BINDER, 0));
	} else if (!variant->last) {
		plain_call(_metadata, d->server, d->client);
	}
}

/* Everything in one payload. */

FIXTURE(mix) {
	struct duo d;
	struct actor *owner;
	uint32_t far;			/* the client's handle, of the owner's object */
	uint8_t *block;
	struct binder_payload p;
};

FIXTURE_SETUP(mix)
{
	struct duo *d = &self->d;
	struct binder_payload reply = {};
	int64_t handle;

	duo_setup(_metadata, d);
	self->block = actor_alloc(BLOCK);
	/* The owner's object goes to the server, and from there to the client. */
	self->owner = actor_spawn(DUO_AREA);
	handle = actor_publish(self->owner, d->server, 0x5000, 0x55);
	ASSERT_EQ(1, handle);
	payload_handle(&reply, BINDER_TYPE_HANDLE, handle);
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &reply));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	self->far = actor_object(d->client, 0)->handle;
	ASSERT_EQ(3, self->far);
	ASSERT_EQ(0, actor_ref(d->client, BC_ACQUIRE, self->far));
	ASSERT_EQ(0, actor_free(d->client));
	ASSERT_EQ(0, actor_ref(d->server, BC_RELEASE, handle));
	ASSERT_TRUE(actor_idle(self->owner));
}

FIXTURE_TEARDOWN(mix) { duo_teardown(_metadata, &self->d); }

#define MIX	11

/* One of everything. @nth makes the client's nodes new ones. */
static void mixture(struct binder_payload *p, uint8_t *block, struct duo *d, uint32_t far,
		    unsigned int nth)
{
	set_same_fd(block, 8, d->w, 5);
	set_same_fd(block, 64, d->w, 20);
	payload_begin(p);
	payload_pointer(p, block, 64);
	payload_child(p, block + 512, 33, 0, 0);
	payload_fd_array(p, 5, 0, 8);
	payload_binder(p, BINDER_TYPE_BINDER, 0x9000 + nth * 16, nth);
	payload_pattern(p, 4, 100);
	payload_handle(p, BINDER_TYPE_HANDLE, far);
	payload_fd(p, d->w);
	payload_binder(p, BINDER_TYPE_WEAK_BINDER, 0x9008 + nth * 16, nth);
	payload_handle(p, BINDER_TYPE_WEAK_HANDLE, far);
	payload_handle(p, BINDER_TYPE_HANDLE, d->open);
	payload_pointer(p, block + 64, 80);
	payload_fd_array(p, 20, 9, 0);
}

/* Answers until it is asked nothing more: what it was told to hold, less the rest. */
static int client_refs(struct __test_metadata *_metadata, struct actor *a)
{
	int balance = 0;
	size_t i;

	while (!actor_idle(a)) {
		for (i = 0; i < a->in.count; i++) {
			uint32_t cmd = a->in.at[i].cmd;

			balance += cmd == BR_INCREFS || cmd == BR_ACQUIRE;
			balance -= cmd == BR_DECREFS || cmd == BR_RELEASE;
		}
		if (binder_find(&a->in, BR_REPLY, 0))
			ASSERT_EQ(0, actor_free(a));
		ASSERT_EQ(0, actor_answer_refs(a));
	}
	return balance;
}

/* The payload fails, and is as if it had never been. */
static void mix_fails(struct __test_metadata *_metadata, struct duo *d, struct actor *owner,
		      const struct binder_payload *p, binder_size_t extra, uint32_t flags)
{
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, flags, p, extra));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_NE(NULL, binder_find(&d->client->in, BR_FAILED_REPLY, 0)) {
		TH_LOG("read %s", binder_shape(&d->client->in));
	}
	/* A new node that was never sent is not held. */
	EXPECT_EQ(NULL, binder_find(&d->client->in, BR_ACQUIRE, 0));
	EXPECT_EQ(0, client_refs(_metadata, d->client));
	EXPECT_TRUE(actor_idle(owner));
	duo_same_fds(_metadata, d);
}

/* The payload arrives; the server's handles are the first ones it ever had. */
static void mix_arrived(struct __test_metadata *_metadata, struct duo *d, struct actor *owner,
			const struct binder_payload *p)
{
	struct flat_binder_object *o;

	duo_arrives(_metadata, d);
	EXPECT_EQ(d->server_fds + 26, actor_fds(d->server));
	o = actor_nth(d->server, p, 3);
	EXPECT_EQ(BINDER_TYPE_HANDLE, o->hdr.type);
	EXPECT_EQ(1, o->handle);
	o = actor_nth(d->server, p, 4);
	EXPECT_EQ(BINDER_TYPE_HANDLE, o->hdr.type);
	EXPECT_EQ(2, o->handle);
	o = actor_nth(d->server, p, 6);
	EXPECT_EQ(BINDER_TYPE_WEAK_HANDLE, o->hdr.type);
	EXPECT_EQ(3, o->handle);
	o = actor_nth(d->server, p, 7);
	EXPECT_EQ(BINDER_TYPE_WEAK_HANDLE, o->hdr.type);
	EXPECT_EQ(2, o->handle);
	o = actor_nth(d->server, p, 8);
	EXPECT_EQ(BINDER_TYPE_BINDER, o->hdr.type);
	EXPECT_EQ(0x1000, o->binder);
	EXPECT_EQ(~0x1000ULL, o->cookie);
	o = actor_nth(d->server, p, 5);
	ASSERT_EQ(0, actor_close_fd(d->server, o->handle));
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	/* The client's nodes were held, and are no more. */
	ASSERT_EQ(0, client_refs(_metadata, d->client));
	EXPECT_TRUE(actor_idle(owner));
	duo_same_fds(_metadata, d);
}

static void mix_arrives(struct __test_metadata *_metadata, struct duo *d, struct actor *owner,
			const struct binder_payload *p)
{
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, p, payload_extra(p)));
	mix_arrived(_metadata, d, owner, p);
}

static struct binder_object_header *nth(struct binder_payload *p, size_t n)
{
	return (void *)(p->data + p->offsets[n]);
}

/* Each object in turn is one of no known type. */
TEST_F(mix, fails_at_each_object)
{
	struct duo *d = &self->d;
	uint32_t type;
	int i;

	for (i = 0; i < MIX; i++) {
		mixture(&self->p, self->block, d, self->far, i);
		ASSERT_EQ(MIX, self->p.count);
		type = nth(&self->p, i)->type;
		nth(&self->p, i)->type = 0;
		mix_fails(_metadata, d, self->owner, &self->p, payload_extra(&self->p) + 1024,
			  i & 1 ? TF_ONE_WAY : 0);
		nth(&self->p, i)->type = type;
	}
	mixture(&self->p, self->block, d, self->far, MIX);
	mix_arrives(_metadata, d, self->owner, &self->p);
}

/* Each object in turn is a wrong one of its type. */
TEST_F(mix, fails_by_each_object)
{
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;
	binder_size_t extra;
	uint8_t *o;
	int i;

	for (i = 0; i < MIX; i++) {
		mixture(p, self->block, d, self->far, i);
		extra = payload_extra(p);
		o = (void *)nth(p, i);
		switch (nth(p, i)->type) {
		case BINDER_TYPE_PTR:
			((struct binder_buffer_object *)o)->buffer = 8;
			break;
		case BINDER_TYPE_FDA:
			((struct binder_fd_array_object *)o)->num_fds = 60;
			break;
		case BINDER_TYPE_BINDER:
		case BINDER_TYPE_WEAK_BINDER:
			/* A new one can't be wrong; there are none of odd types. */
			nth(p, i)->type++;
			break;
		default:
			((struct flat_binder_object *)o)->handle = 4711;
		}
		mix_fails(_metadata, d, self->owner, p, extra, i & 1 ? TF_ONE_WAY : 0);
	}
	mixture(p, self->block, d, self->far, MIX);
	mix_arrives(_metadata, d, self->owner, p);
}

/* A copy of the payload's data in the actor, with nothing readable behind it. */
static long place_job(struct actor *a, void *arg)
{
	struct binder_payload *p = arg;
	uint8_t *pages = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || munmap(pages + 4096, 4096) || p->size > 4096)
		return 0;
	return (long)memcpy(pages + 4096 - p->size, p->data, p->size);
}

/* All objects are good, but then the rest of the payload is not. */
TEST_F(mix, fails_at_the_end)
{
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p, *copy = actor_alloc(sizeof(*copy));

	mixture(p, self->block, d, self->far, 0);
	payload_offset(p, p->size);
	mix_fails(_metadata, d, self->owner, p, payload_extra(p), 0);
	p->count--;
	payload_offset(p, p->offsets[MIX - 1]);
	mix_fails(_metadata, d, self->owner, p, payload_extra(p) + 128, TF_ONE_WAY);
	/* Data behind the last object that can't be read. */
	mixture(p, self->block, d, self->far, 1);
	*copy = *p;
	copy->data = (uint8_t *)actor_do(d->client, place_job, copy);
	ASSERT_NE(NULL, copy->data);
	copy->size += 4;
	mix_fails(_metadata, d, self->owner, copy, payload_extra(p), 0);
	mix_fails(_metadata, d, self->owner, copy, payload_extra(p), TF_ONE_WAY);
	/* With but what can be, it arrives. */
	copy->size -= 4;
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, copy, payload_extra(p)));
	mix_arrived(_metadata, d, self->owner, p);
}

/* The server can't have that many files; nothing is left of the rest, either. */
TEST_F(mix, receiver_is_out_of_fds)
{
	struct duo *d = &self->d;
	unsigned int next = actor_next_fd(d->server);
	rlim_t limit;
	int i;

	for (i = 0; i < 26; i += 5) {
		limit = actor_limit_fds(d->server, next + i);
		mixture(&self->p, self->block, d, self->far, i);
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p,
					   payload_extra(&self->p)));
		ASSERT_EQ(0, actor_call(d->client, 0, 8, TF_ONE_WAY, NULL));
		ASSERT_EQ(0, actor_read(d->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", d->server);
		EXPECT_EQ(8, actor_message(d->server)->code);
		ASSERT_EQ(0, actor_free(d->server));
		actor_limit_fds(d->server, limit);
		EXPECT_EQ(0, client_refs(_metadata, d->client));
		EXPECT_TRUE(actor_idle(self->owner));
		duo_same_fds(_metadata, d);
	}
	mixture(&self->p, self->block, d, self->far, 100);
	mix_arrives(_metadata, d, self->owner, &self->p);
}

/* It dies with the payload unread: all of it is given back. */
TEST_F(mix, receiver_dies)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	mixture(&self->p, self->block, d, self->far, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p,
				   payload_extra(&self->p)));
	mixture(&self->p, self->block, d, self->far, 1);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p,
				   payload_extra(&self->p)));
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	actor_kill(d->server);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

TEST_HARNESS_MAIN
