// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads that don't get everything: memory that ends in the middle, and buffers with
 * little room. What was not read is read the next time.
 *
 * After every test all files and all space are back, see duo_teardown().
 */
#include <sys/mman.h>
#include "objects.h"

#define PAGE	4096

/* A read into memory that ends after so many bytes, though the read says otherwise. */
static long fault_job(struct actor *a, void *arg)
{
	char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct binder_write_read bwr = {
		.read_size = PAGE,
		.read_buffer = (uintptr_t)memory + PAGE - (size_t)arg,
	};
	long ret;

	if (memory == MAP_FAILED || munmap(memory + PAGE, PAGE))
		return -errno;
	/* Or a driver that has lost what there was would wait. */
	ret = binder_poll(a->dev, 2000) ?:
		binder_ioctl(a->dev, BINDER_WRITE_READ, &bwr);
	munmap(memory, PAGE);
	return ret ?: bwr.read_consumed;
}

static void reads_fault(struct __test_metadata *_metadata, struct actor *a)
{
	/* Nothing fits; BR_NOOP; the next code, too; some of what follows it. */
	static const size_t rooms[] = { 0, 4, 8, 12 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		ASSERT_EQ(-EFAULT, actor_do(a, fault_job, (void *)rooms[i])) {
			TH_LOG("memory of %zu bytes", rooms[i]);
		}
	}
}

FIXTURE(fault) {
	struct duo d;
};

FIXTURE_SETUP(fault) { duo_setup(_metadata, &self->d); }
FIXTURE_TEARDOWN(fault) { duo_teardown(_metadata, &self->d); }

TEST_F(fault, of_a_call)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call_pattern(d->client, d->open, 0, 7, 5000));
	reads_fault(_metadata, d->server);
	duo_arrives(_metadata, d);
	EXPECT_EQ(-1, actor_differs(d->server, 7, 5000));
	duo_answer(_metadata, d);
}

/* The next one-way call comes when the first one is done with. */
TEST_F(fault, of_a_one_way_call)
{
	struct duo *d = &self->d;
	binder_uintptr_t buffer;
	unsigned int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, actor_call_pattern(d->client, d->open, TF_ONE_WAY, i, 100));
	for (i = 0; i < 3; i++) {
		reads_fault(_metadata, d->server);
		duo_arrives(_metadata, d);
		EXPECT_EQ(-1, actor_differs(d->server, i, 100));
		buffer = actor_message(d->server)->data.ptr.buffer;
		EXPECT_TRUE(actor_idle(d->server));
		ASSERT_EQ(0, actor_free_buffer(d->server, buffer));
	}
	while (!actor_poll(d->client, 0))
		ASSERT_EQ(0, actor_read(d->client));
}

TEST_F(fault, of_a_reply)
{
	struct duo *d = &self->d;
	struct binder_payload reply = {};

	payload_pattern(&reply, 8, 3000);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &reply));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	reads_fault(_metadata, d->client);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	EXPECT_EQ(-1, actor_differs(d->client, 8, 3000));
	ASSERT_EQ(0, actor_free(d->client));
}

TEST_F(fault, of_a_failure)
{
	struct duo *d = &self->d;
	size_t room;

	ASSERT_EQ(0, actor_call(d->client, 77, 1, 0, NULL));
	for (room = 0; room <= 4; room += 4)
		ASSERT_EQ(-EFAULT, actor_do(d->client, fault_job, (void *)room));
	ASSERT_EQ(0, actor_poll(d->client, 2000));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
}

/* They are in the receiver's table when it knows of them, not before. */
TEST_F(fault, of_a_file)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	int next = actor_next_fd(d->server), fd;

	payload_fd(&p, d->w);
	payload_fd(&p, d->w);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &p));
	reads_fault(_metadata, d->server);
	EXPECT_EQ(d->server_fds, actor_fds(d->server));
	duo_arrives(_metadata, d);
	EXPECT_EQ(d->server_fds + 2, actor_fds(d->server));
	fd = actor_object(d->server, 0)->handle;
	/* The numbers that were meant for it in vain are free again. */
	EXPECT_EQ(next, fd);
	EXPECT_TRUE(tube_works(&d->tube, d->server, fd));
	ASSERT_EQ(0, actor_close_fd(d->server, fd));
	ASSERT_EQ(0, actor_close_fd(d->server, actor_object(d->server, 24)->handle));
	duo_answer(_metadata, d);
}

/* What an owner is told of its object. */
TEST_F(fault, of_references)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};

	payload_binder(&p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	reads_fault(_metadata, d->client);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE BR_TRANSACTION_COMPLETE", d->client);
	EXPECT_EQ(0x3000, d->client->in.at[1].node.ptr);
	ASSERT_EQ(0, actor_answer_refs(d->client));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_free(d->server));
	reads_fault(_metadata, d->client);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE BR_DECREFS", d->client);
	EXPECT_EQ(0x33, d->client->in.at[2].node.cookie);
}

/* What was read before memory ends has been read; the rest has not. */
TEST_F(fault, behind_what_was_read)
{
	enum { OBJECTS = 40 };
	struct duo *d = &self->d;
	struct binder_payload p = {};
	uint32_t told[OBJECTS] = {};
	unsigned int i;
	long room;

	for (i = 0; i < OBJECTS; i++)
		payload_binder(&p, BINDER_TYPE_BINDER, 0x3000 + i * 8, i);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	room = actor_do(d->client, fault_job, (void *)800);
	/* All but what was on its way at that moment. */
	EXPECT_LT(400, room);
	EXPECT_GE(800, room);
	ASSERT_EQ(0, actor_read(d->client));
	for (i = 0; i < d->client->in.count; i++)
		if (d->client->in.at[i].cmd == BR_ACQUIRE)
			told[d->client->in.at[i].node.cookie]++;
	for (i = 0; i < OBJECTS; i++)
		EXPECT_EQ(i * 40 + 4 >= room, told[i]);
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_free(d->server));
	d->one_is_dead = true;
}

TEST_F(fault, of_a_death)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};

	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, d->open, 0xd1e);
	ASSERT_EQ(0, actor_write(d->client, &c));
	actor_kill(d->server);
	d->one_is_dead = true;
	reads_fault(_metadata, d->client);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", d->client);
	EXPECT_EQ(0xd1e, d->client->in.at[1].cookie);
	cmd_reset(&c);
	cmd_handle_cookie(&c, BC_CLEAR_DEATH_NOTIFICATION, d->open, 0xd1e);
	cmd_ptr(&c, BC_DEAD_BINDER_DONE, 0xd1e);
	ASSERT_EQ(0, actor_write(d->client, &c));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", d->client);
}

/* Who could not read it dies: its caller need not wait. */
TEST_F(fault, and_the_reader_dies)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
	reads_fault(_metadata, d->server);
	actor_kill(d->server);
	d->one_is_dead = true;
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY", d->client);
}

/* Who could not read it leaves: another thread of its process does it. */
TEST_F(fault, and_the_reader_leaves)
{
	struct duo *d = &self->d;
	struct actor *second = actor_thread(d->server);

	/* It costs a file, which is no leak. */
	d->server_fds = actor_fds(d->server);
	ASSERT_EQ(0, actor_enter(second));
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
	reads_fault(_metadata, d->server);
	ASSERT_EQ(0, actor_ioctl(d->server, BINDER_THREAD_EXIT, NULL));
	ASSERT_EQ(0, actor_poll(second, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(second));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", second);
	ASSERT_EQ(0, actor_reply(second, NULL));
	ASSERT_EQ(0, actor_read(second));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	ASSERT_EQ(0, actor_free(d->client));
	ASSERT_EQ(0, actor_enter(d->server));
}

FIXTURE(small) {
	struct duo d;
};

FIXTURE_SETUP(small) { duo_setup(_metadata, &self->d); }
FIXTURE_TEARDOWN(small) { duo_teardown(_metadata, &self->d); }

static void read_at_most(struct __test_metadata *_metadata, struct actor *a, size_t size,
			 const char *shape)
{
	a->in.limit = size;
	ASSERT_EQ(0, actor_poll(a, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(a));
	a->in.limit = 0;
	EXPECT_FALSE(a->in.malformed);
	EXPECT_GE(size, a->in.consumed);
	EXPECT_SHAPE(shape, a) {
		TH_LOG("room for %zu bytes", size);
	}
}

#define WHOLE_REPLY	(4 + 4 + 4 + sizeof(struct binder_transaction_data))

/* Room for the completion is enough to get it; the reply comes when there is room. */
TEST_F(small, gets_what_fits)
{
	struct duo *d = &self->d;
	size_t size;

	for (size = 8; size < WHOLE_REPLY; size += 4) {
		ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
		duo_arrives(_metadata, d);
		ASSERT_EQ(0, actor_reply(d->server, NULL));
		ASSERT_EQ(0, actor_read(d->server));
		read_at_most(_metadata, d->client, size, "BR_NOOP BR_TRANSACTION_COMPLETE");
		read_at_most(_metadata, d->client, WHOLE_REPLY - 4, "BR_NOOP BR_REPLY");
		ASSERT_EQ(0, actor_free(d->client));
	}
}

/* What it needs to the byte is enough. */
TEST_F(small, and_no_smaller)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	struct binder_cmds c = {};

	payload_binder(&p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	read_at_most(_metadata, d->server, 4, "BR_NOOP");
	read_at_most(_metadata, d->server, 4 + 4 + 63, "BR_NOOP");
	read_at_most(_metadata, d->server, 4 + 4 + 64, "BR_NOOP BR_TRANSACTION");
	/* Two returns, which go together. */
	read_at_most(_metadata, d->client, 4 + 2 * 20 - 1, "BR_NOOP");
	read_at_most(_metadata, d->client, 4 + 2 * 20, "BR_NOOP BR_INCREFS BR_ACQUIRE");
	read_at_most(_metadata, d->client, 4 + 4, "BR_NOOP BR_TRANSACTION_COMPLETE");
	cmd_ptr_cookie(&c, BC_INCREFS_DONE, 0x3000, 0x33);
	cmd_ptr_cookie(&c, BC_ACQUIRE_DONE, 0x3000, 0x33);
	ASSERT_EQ(0, actor_write(d->client, &c));
	ASSERT_EQ(0, actor_free(d->server));
	read_at_most(_metadata, d->client, 4 + 2 * 20, "BR_NOOP BR_RELEASE BR_DECREFS");
}

/* However much there is to say, one read says all of it for which it has room. */
TEST_F(small, room_for_all_gets_all)
{
	enum { OBJECTS = 60 };
	struct duo *d = &self->d;
	struct binder_payload p = {};
	unsigned int i;

	for (i = 0; i < OBJECTS; i++)
		payload_binder(&p, BINDER_TYPE_BINDER, 0x3000 + i * 8, i);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_EQ(1 + 2 * OBJECTS + 1, d->client->in.count);
	for (i = 0; i < OBJECTS; i++) {
		EXPECT_EQ(BR_INCREFS, d->client->in.at[1 + 2 * i].cmd);
		EXPECT_EQ(BR_ACQUIRE, d->client->in.at[2 + 2 * i].cmd);
		EXPECT_EQ(i, d->client->in.at[2 + 2 * i].node.cookie);
	}
	EXPECT_EQ(BR_TRANSACTION_COMPLETE, d->client->in.at[1 + 2 * OBJECTS].cmd);
	ASSERT_EQ(0, actor_answer_refs(d->client));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_free(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	EXPECT_EQ(1 + 2 * OBJECTS, d->client->in.count);
	EXPECT_EQ(BR_RELEASE, d->client->in.at[1].cmd);
}

struct append {
	struct binder_write_read bwr;
	uint32_t words[64];
	long ret;
};

static long append_job(struct actor *a, void *arg)
{
	struct append *append = arg;

	append->bwr.read_buffer = (uintptr_t)append->words;
	append->bwr.read_size = sizeof(append->words);
	return binder_ioctl(a->dev, BINDER_WRITE_READ, &append->bwr);
}

/* A read goes on behind what is there already; only at the beginning it says BR_NOOP. */
TEST_F(small, goes_on_behind_what_is_there)
{
	struct append *append = actor_alloc(sizeof(*append));
	struct duo *d = &self->d;

	append->bwr.read_consumed = 12;
	memset(append->words, 0x55, sizeof(append->words));
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_do(d->client, append_job, append));
	EXPECT_EQ(16, append->bwr.read_consumed);
	EXPECT_EQ(0x55555555, append->words[0]);
	EXPECT_EQ(0x55555555, append->words[2]);
	EXPECT_EQ(BR_TRANSACTION_COMPLETE, append->words[3]);
	EXPECT_EQ(0x55555555, append->words[4]);
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_free(d->server));
}

TEST_HARNESS_MAIN
