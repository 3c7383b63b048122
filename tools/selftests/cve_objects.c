// SPDX-License-Identifier: GPL-2.0-only
/*
 * Published CVEs of binder drivers that are about payloads: their objects, the
 * space that they take, and what is done about them when a call fails.
 *
 * An overrun within the area of a receiver is nothing that the kernel's checkers
 * could see. So what lies beside it is compared, byte for byte.
 */
#include <sys/uio.h>
#include "cve.h"

FIXTURE(cve) {
	struct duo d;
	struct binder_payload p;
	uint8_t *block;
};

#define BLOCK	256

FIXTURE_SETUP(cve)
{
	struct binder_payload pattern = {};

	duo_setup(_metadata, &self->d);
	payload_pattern(&pattern, 8, BLOCK);
	self->block = pattern.data;
	payload_begin(&self->p);
}

FIXTURE_TEARDOWN(cve)
{
	duo_teardown(_metadata, &self->d);
}

static void set_fd(uint8_t *block, size_t at, uint32_t fd)
{
	memcpy(block + at, &fd, sizeof(fd));
}

/* What the server was told of the objects that it had: nothing, so it has them still. */
static void expect_held(struct __test_metadata *_metadata, struct duo *d)
{
	EXPECT_EQ(0, cve_hear(d->server, BR_RELEASE));
	ASSERT_EQ(0, actor_call(d->client, d->open, 3, 0, NULL));
	duo_arrives(_metadata, d);
	EXPECT_EQ(0x1000, actor_message(d->server)->target.ptr);
	duo_answer(_metadata, d);
}

/* CVE-2018-9465: files were put into a receiver whose table of files was gone. */
TEST_F(cve, 2018_9465_receiver_without_files)
{
	struct duo *d = &self->d;
	int file = actor_fetch_fd(d->server, d->server->dev->fd);

	ASSERT_LE(0, file);
	d->one_is_dead = true;
	payload_fd(&self->p, d->w);
	/* One that it never comes to read, and then it has no files but its own is open. */
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &self->p));
	ASSERT_EQ(0, actor_read(d->client));
	actor_kill(d->server);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	ASSERT_EQ(0, actor_read(d->client));
	/* The stock driver calls it dead already. */
	EXPECT_TRUE(binder_find(&d->client->in, BR_FAILED_REPLY, 0) ||
		    binder_find(&d->client->in, BR_DEAD_REPLY, 0));
	EXPECT_EQ(d->client_fds, actor_fds(d->client));
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	close(file);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

/*
 * No number is an address of the kernel's. (The topmost are the cookies of the objects; what
 * follows a u or a c is a pointer of user space, and some test may have left any.)
 */
static void expect_no_kernel_addresses(struct __test_metadata *_metadata, const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned long long value;
	char line[4096], *at;

	while (f && fgets(line, sizeof(line), f)) {
		for (at = line; (at = strstr(at, "ffff")); at += 4) {
			if (at > line && (at[-1] == 'u' || at[-1] == 'c'))
				continue;
			value = strtoull(at, NULL, 16);
			EXPECT_FALSE(value >= 0xffff800000000000 && value < 0xffffffffffff0000) {
				TH_LOG("%s: %s", path, line);
			}
		}
	}
	if (f)
		fclose(f);
}

/* CVE-2018-20509, CVE-2018-20510: they are in what is printed of refs and transactions. */
TEST_F(cve, 2018_20509_20510_addresses_in_logs)
{
	struct duo *d = &self->d;
	struct dirent *entry;
	char path[512];
	int files = 0;
	DIR *dir;

	payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
	payload_binder(&self->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	dir = opendir(LOG_DIR);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_REG)
			continue;
		files++;
		snprintf(path, sizeof(path), LOG_DIR "%s", entry->d_name);
		expect_no_kernel_addresses(_metadata, path);
	}
	closedir(dir);
	EXPECT_LT(0, files);
	snprintf(path, sizeof(path), LOG_DIR "proc/%d", d->server->pid);
	expect_no_kernel_addresses(_metadata, path);
	d->one_is_dead = true;
}

static long use_fd_job(struct actor *a, void *arg)
{
	close(a->dev->fd);
	a->dev->fd = (intptr_t)arg;
	return binder_unmap(a->dev);
}

/*
 * CVE-2019-2000: the files of an array are closed when its buffer is freed, and one
 * of them was the last reference to the driver's own file, in use at this moment.
 */
TEST_F(cve, 2019_2000_array_with_the_file_in_use)
{
	struct duo *d = &self->d;
	int file = actor_fetch_fd(d->server, d->server->dev->fd);
	int mine = actor_take_fd(d->client, file);
	struct binder_buffer_object *o;
	struct binder_cmds c = {};
	uint32_t *got;

	ASSERT_LE(0, mine);
	close(file);
	d->one_is_dead = true;
	set_fd(self->block, 0, mine);
	payload_pointer(&self->p, self->block, 8);
	payload_fd_array(&self->p, 1, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, 8));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_close_fd(d->client, mine));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_EQ(0, cve_watch(d->client, BC_REQUEST_DEATH_NOTIFICATION, d->open, 0x77));
	o = actor_nth(d->server, &self->p, 0);
	got = actor_peek(d->server, o->buffer, 8);
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	ASSERT_EQ(0, actor_do(d->server, use_fd_job, (void *)(uintptr_t)*got));
	EXPECT_EQ(0, actor_write(d->server, &c));
	EXPECT_EQ(c.size, c.consumed);
	EXPECT_STREQ("", actor_fd_name(d->server, *got));
	ASSERT_EQ(0, actor_poll(d->client, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(d->client));
	EXPECT_NE(NULL, binder_find(&d->client->in, BR_DEAD_BINDER, 0));
}

/* CVE-2019-2025: a buffer was freed that had not been delivered. */
TEST_F(cve, 2019_2025_free_before_delivery)
{
	struct duo *d = &self->d;
	binder_uintptr_t start, at;

	/* The start of the area, seen in a message that had it to itself. */
	ASSERT_EQ(0, actor_call_pattern(d->client, 0, 0, 3, DUO_AREA));
	duo_arrives(_metadata, d);
	start = actor_message(d->server)->data.ptr.buffer;
	duo_answer(_metadata, d);
	ASSERT_EQ(0, actor_call_pattern(d->client, 0, 0, 5, BLOCK));
	for (at = start; at < start + DUO_AREA; at += 256)
		ASSERT_EQ(0, actor_free_buffer(d->server, at));
	/* Had that freed it, this would lie on it. */
	ASSERT_EQ(0, actor_call_pattern(d->client, 0, TF_ONE_WAY, 6, BLOCK));
	duo_arrives(_metadata, d);
	EXPECT_EQ(-1, actor_differs(d->server, 5, BLOCK));
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	duo_arrives(_metadata, d);
	EXPECT_EQ(-1, actor_differs(d->server, 6, BLOCK));
	ASSERT_EQ(0, actor_free(d->server));
	EXPECT_EQ(1, cve_hear(d->client, BR_REPLY));
	d->one_is_dead = true;	/* the reply's buffer was not freed */
}

/* Messages that the server holds: one on each side of where another one was. */
struct neighbours {
	binder_uintptr_t left, hole, right;
	size_t size;
};

static binder_uintptr_t neighbour(struct __test_metadata *_metadata, struct duo *d,
				  uint32_t handle, unsigned int seed, size_t size)
{
	EXPECT_EQ(0, actor_call_pattern(d->client, handle, TF_ONE_WAY, seed, size));
	EXPECT_EQ(0, actor_read(d->client));
	EXPECT_EQ(0, actor_read(d->server));
	EXPECT_EQ(-1, actor_differs(d->server, seed, size));
	return actor_message(d->server)->data.ptr.buffer;
}

/* Three nodes, as each has one one-way call at a time. */
static void neighbours_begin(struct __test_metadata *_metadata, struct duo *d,
			     struct neighbours *n, size_t size)
{
	n->size = size;
	n->left = neighbour(_metadata, d, 0, 1, size);
	n->hole = neighbour(_metadata, d, d->open, 2, size);
	n->right = neighbour(_metadata, d, d->shut, 3, size);
	EXPECT_EQ(n->left + size, n->hole);
	EXPECT_EQ(n->hole + size, n->right);
	ASSERT_EQ(0, actor_free_buffer(d->server, n->hole));
}

static void neighbours_unharmed(struct __test_metadata *_metadata, struct duo *d,
				struct neighbours *n)
{
	EXPECT_EQ(-1, pattern_differs(actor_peek(d->server, n->left, n->size), 1, n->size));
	EXPECT_EQ(-1, pattern_differs(actor_peek(d->server, n->right, n->size), 3, n->size));
}

static void neighbours_end(struct __test_metadata *_metadata, struct duo *d,
			   struct neighbours *n)
{
	neighbours_unharmed(_metadata, d, n);
	ASSERT_EQ(0, actor_free_buffer(d->server, n->left));
	ASSERT_EQ(0, actor_free_buffer(d->server, n->right));
}

/* CVE-2019-2214: nothing kept what pointer objects bring within the room for it. */
TEST_F(cve, 2019_2214_more_than_the_extra_space)
{
	static const size_t lengths[][3] = {	/* the space is for 24 bytes */
		{ 24, 1, 0 }, { 8, 16, 1 }, { 17, 8, 0 }, { 25, 0, 0 }, { 1, 1, 9 },
		{ 4096, 0, 0 }, { 8, 4096, 0 }, { 0, 0, 25 },
	};
	struct duo *d = &self->d;
	struct neighbours n;
	size_t i, k;

	payload_pointer(&self->p, self->block, 8);
	payload_pointer(&self->p, self->block + 8, 3);
	payload_pointer(&self->p, self->block + 16, 8);
	/* The message has exactly the hole's size. */
	neighbours_begin(_metadata, d, &n, self->p.size + 24 + 24);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct binder_payload bad = {};

		payload_begin(&bad);
		for (k = 0; k < 3; k++)
			payload_pointer(&bad, self->block, lengths[i][k]);
		duo_refuses(_metadata, d, &bad, 24, i);
		neighbours_unharmed(_metadata, d, &n);
	}
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, 24));
	ASSERT_EQ(0, actor_read(d->client));
	duo_arrives(_metadata, d);
	EXPECT_EQ(n.hole, actor_message(d->server)->data.ptr.buffer);
	for (i = 0; i < 3; i++) {
		struct binder_buffer_object *o = actor_nth(d->server, &self->p, i);

		EXPECT_EQ(0, memcmp(self->block + 8 * i,
				    actor_peek(d->server, o->buffer, o->length), o->length));
	}
	ASSERT_EQ(0, actor_free(d->server));
	neighbours_end(_metadata, d, &n);
}

/*
 * CVE-2020-0041: how many objects had been checked was miscounted, so one could have
 * a parent that had not been, or was none.
 */
TEST_F(cve, 2020_0041_parent_that_was_not_checked)
{
	static const binder_size_t parents[] = { 1, 2, 3, 4, 7, 8, 16, 24, 1000, ~0ULL };
	struct duo *d = &self->d;
	struct binder_buffer_object fake = {
		.hdr.type = BINDER_TYPE_PTR,
		.buffer = 0x4141414141414141,
		.length = 4096,
	};
	struct neighbours n;
	size_t i;

	set_fd(self->block, 0, d->w);
	/* What lies behind the offsets looks like an object. */
	memcpy(self->block + 8, &fake, sizeof(fake));
	neighbours_begin(_metadata, d, &n, 1024);
	for (i = 0; i < ARRAY_SIZE(parents); i++) {
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, 128);
		payload_child(&self->p, self->block, 8, parents[i], 8);
		payload_pointer(&self->p, self->block, 64);
		duo_refuses(_metadata, d, &self->p, 208, parents[i]);
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, 128);
		payload_fd_array(&self->p, 1, parents[i], 0);
		payload_pointer(&self->p, self->block, 64);
		duo_refuses(_metadata, d, &self->p, 208, parents[i]);
		neighbours_unharmed(_metadata, d, &n);
	}
	neighbours_end(_metadata, d, &n);
}

/* CVE-2021-47360: files of an array were closed only when their receiver came back. */
TEST_F(cve, 2021_47360_closes_while_the_ioctl_waits)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};
	size_t i;

	d->one_is_dead = true;	/* its end of the tube is closed here */
	for (i = 0; i < 8; i++)
		set_fd(self->block, 4 * i, d->w);
	payload_pointer(&self->p, self->block, 32);
	payload_fd_array(&self->p, 8, 0, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, 32));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	actor_start_write_read(d->server, &c);
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
}

/* CVE-2023-20938: cleaning up a failed call with an array of no files in it. */
TEST_F(cve, 2023_20938_array_of_no_files)
{
	struct duo *d = &self->d;
	int i;

	payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
	payload_pointer(&self->p, self->block, 64);
	payload_fd_array(&self->p, 0, 1, 0);
	payload_binder(&self->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	payload_fd_array(&self->p, 0, 1, 8);
	/* One that fails: no such handle. */
	payload_handle(&self->p, BINDER_TYPE_HANDLE, 77);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, i & 1 ? TF_ONE_WAY : 0, &self->p,
					   64));
		ASSERT_EQ(0, actor_read(d->client));
		ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
		expect_held(_metadata, d);
	}
	/* Without that one it arrives, and its end takes only what it brought. */
	self->p.count--;
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 64));
		duo_arrives(_metadata, d);
		ASSERT_EQ(0, actor_reply(d->server, NULL));
		EXPECT_EQ(0, cve_hear(d->server, BR_RELEASE));
		EXPECT_EQ(1, cve_hear(d->client, BR_REPLY));
		expect_held(_metadata, d);
	}
	d->one_is_dead = true;	/* buffers of replies */
}

/*
 * CVE-2023-21255: the first object is at offset 0, which meant "all of them" to the
 * clean-up: objects were released that nobody had looked at.
 */
TEST_F(cve, 2023_21255_failure_at_offset_0)
{
	struct duo *d = &self->d;
	int i;

	for (i = 0; i < 20; i++) {
		payload_reset(&self->p);
		/* At offset 0, or the one behind it. */
		if (i & 1)
			payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
		payload_handle(&self->p, BINDER_TYPE_HANDLE, 77);
		payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
		payload_handle(&self->p, BINDER_TYPE_HANDLE, d->shut);
		payload_binder(&self->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
		payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
		duo_refuses(_metadata, d, &self->p, 0, i);
		expect_held(_metadata, d);
	}
}

/* CVE-2024-26926: an object's offset need not have been aligned. */
TEST_F(cve, 2024_26926_unaligned_offset)
{
	static const binder_size_t moves[] = { 1, 2, 3 };
	struct duo *d = &self->d;
	struct flat_binder_object o = { .hdr.type = BINDER_TYPE_HANDLE };
	struct neighbours n;
	size_t i;

	o.handle = d->open;
	neighbours_begin(_metadata, d, &n, 512);
	for (i = 0; i < ARRAY_SIZE(moves); i++) {
		payload_reset(&self->p);
		payload_bytes(&self->p, self->block, 8 + moves[i]);
		payload_bytes(&self->p, &o, sizeof(o));
		payload_bytes(&self->p, self->block, 16);
		payload_offset(&self->p, 8 + moves[i]);
		duo_refuses(_metadata, d, &self->p, 0, moves[i]);
	}
	neighbours_end(_metadata, d, &n);
	expect_held(_metadata, d);
}

/*
 * CVE-2024-46740: what lies between two objects was copied before the second one's
 * offset was looked at, and so over the end of the data.
 */
TEST_F(cve, 2024_46740_copy_between_objects)
{
	static const size_t gaps[] = { 0, 8, 24, 4072 };
	struct duo *d = &self->d;
	struct neighbours n;
	struct binder_transaction_data *tr;
	binder_uintptr_t at;
	binder_size_t *bad;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(gaps); i++) {
		payload_begin(&self->p);
		for (k = 0; k < 3; k++) {
			payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
			payload_pattern(&self->p, 5 + k, gaps[i]);
		}
		neighbours_begin(_metadata, d, &n, self->p.size + 24);
		/* The last offset is within the data; at its end; behind it. */
		bad = &self->p.offsets[2];
		for (*bad = self->p.size - 8; *bad < self->p.size + 64; *bad += 8) {
			duo_refuses(_metadata, d, &self->p, 0, *bad);
			neighbours_unharmed(_metadata, d, &n);
		}
		*bad = n.right - n.hole + 8;
		duo_refuses(_metadata, d, &self->p, 0, *bad);
		neighbours_unharmed(_metadata, d, &n);
		*bad = 8 + 2 * (gaps[i] + sizeof(struct flat_binder_object));
		ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, &self->p));
		ASSERT_EQ(0, actor_read(d->client));
		duo_arrives(_metadata, d);
		tr = actor_message(d->server);
		EXPECT_EQ(n.hole, tr->data.ptr.buffer);
		EXPECT_EQ(0, memcmp(actor_peek(d->server, tr->data.ptr.offsets, 24),
				    self->p.offsets, 24));
		for (k = 0; k < 3; k++) {
			at = tr->data.ptr.buffer + self->p.offsets[k] +
			     sizeof(struct flat_binder_object);
			EXPECT_EQ(-1, pattern_differs(actor_peek(d->server, at, gaps[i]), 5 + k,
						      gaps[i]));
		}
		ASSERT_EQ(0, actor_free(d->server));
		neighbours_end(_metadata, d, &n);
	}
}

/* CVE-2026-23194: an empty array at the end of its parent was written behind it. */
TEST_F(cve, 2026_23194_empty_array_at_the_end)
{
	struct duo *d = &self->d;
	struct binder_buffer_object *o;
	struct neighbours n;

	payload_pointer(&self->p, self->block, 64);
	payload_fd_array(&self->p, 0, 0, 64);
	neighbours_begin(_metadata, d, &n, self->p.size + 16 + 64);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, &self->p, 64));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->client);
	duo_arrives(_metadata, d);
	EXPECT_EQ(n.hole, actor_message(d->server)->data.ptr.buffer);
	o = actor_nth(d->server, &self->p, 0);
	EXPECT_EQ(0, memcmp(self->block, actor_peek(d->server, o->buffer, 64), 64));
	ASSERT_EQ(0, actor_free(d->server));
	neighbours_end(_metadata, d, &n);
}

/* Each way in which a process might write to its own area: how many succeed? */
static long write_to_area(struct actor *a, void *where)
{
	uint64_t wrong = 0x4141414141414141;
	struct iovec local = { &wrong, 8 }, remote = { where, 8 };
	size_t page = (uintptr_t)where & ~4095UL;
	int file = open("/proc/self/mem", O_RDWR | O_CLOEXEC), ways = 0;

	ways += pwrite(file, &wrong, 8, (uintptr_t)where) == 8;
	close(file);
	ways += process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == 8;
	ways += !mprotect((void *)page, 4096, PROT_READ | PROT_WRITE);
	ways += mmap(NULL, a->dev->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, a->dev->fd, 0) !=
		MAP_FAILED;
	return ways;
}

/*
 * CVE-2026-43433: the offsets were read once more, from where the receiver has them.
 * That would do no harm if it could not write there; and nothing may depend on it.
 */
TEST_F(cve, 2026_43433_offsets_as_delivered)
{
	struct duo *d = &self->d;
	struct binder_transaction_data *tr;

	payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
	payload_handle(&self->p, BINDER_TYPE_HANDLE, d->shut);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	duo_arrives(_metadata, d);
	tr = actor_message(d->server);
	EXPECT_EQ(0, actor_do(d->server, write_to_area, (void *)(uintptr_t)tr->data.ptr.offsets));
	EXPECT_EQ(0, actor_do(d->server, write_to_area, (void *)(uintptr_t)tr->data.ptr.buffer));
	EXPECT_EQ(0, memcmp(actor_peek(d->server, tr->data.ptr.offsets, 16), self->p.offsets, 16));
	duo_answer(_metadata, d);
	expect_held(_metadata, d);
}

/* CVE-2026-64467: offsets of 64 bits were walked in steps of 4 bytes by 32-bit kernels. */
TEST_F(cve, 2026_64467_each_object_once)
{
	struct duo *d = &self->d;
	size_t i, count;

	payload_handle(&self->p, BINDER_TYPE_HANDLE, d->open);
	self->p.offsets[0] |= 1ULL << 32;
	duo_refuses(_metadata, d, &self->p, 0, 0);
	for (count = 1; count < 8; count++) {
		payload_begin(&self->p);
		for (i = 0; i < count; i++)
			payload_binder(&self->p, BINDER_TYPE_BINDER, 0x3000 + 16 * i, i);
		ASSERT_EQ(0, actor_call(d->client, 0, 1, TF_ONE_WAY, &self->p));
		ASSERT_EQ(0, actor_read(d->client));
		EXPECT_NE(NULL, binder_find(&d->client->in, BR_ACQUIRE, count - 1));
		EXPECT_EQ(NULL, binder_find(&d->client->in, BR_ACQUIRE, count));
		ASSERT_EQ(0, actor_answer_refs(d->client));
		EXPECT_TRUE(actor_idle(d->client));
		duo_arrives(_metadata, d);
		ASSERT_EQ(0, actor_free(d->server));
		EXPECT_EQ(count, cve_hear(d->client, BR_RELEASE));
	}
}

/*
 * CVE-2026-98777, CVE-2026-98778: a one-way call for a frozen process that gave way to
 * a newer one kept its files for ever; or the numbers in its array, which were the
 * sender's, were closed as if they had been the receiver's.
 */
TEST_F(cve, 2026_98777_2026_98778_files_of_what_was_replaced)
{
	struct duo *d = &self->d;
	int i;

	for (i = 0; i < 4; i++)
		set_fd(self->block, 4 * i, d->w);
	payload_fd(&self->p, d->w);
	payload_pointer(&self->p, self->block, 16);
	payload_fd_array(&self->p, 4, 1, 0);
	ASSERT_EQ(0, cve_freeze(d->client, d->server, true));
	/* The first one is the node's current one, and stays. */
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ONE_WAY, NULL));
	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY | TF_UPDATE_TXN,
					   &self->p, 16));
	cve_hear(d->client, BR_TRANSACTION_COMPLETE);
	EXPECT_EQ(d->client_fds, actor_fds(d->client));
	EXPECT_EQ(d->server_fds, actor_fds(d->server));
	ASSERT_EQ(0, actor_close_fd(d->client, d->w));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	ASSERT_EQ(0, cve_freeze(d->client, d->server, false));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_free(d->server));
	/* The last one alone is left, and its files are the receiver's. */
	duo_arrives(_metadata, d);
	EXPECT_EQ(d->server_fds + 5, actor_fds(d->server));
	ASSERT_EQ(0, actor_close_fd(d->server, ((struct binder_fd_object *)
						actor_nth(d->server, &self->p, 0))->fd));
	EXPECT_FALSE(tube_ended(&d->tube, 0));
	ASSERT_EQ(0, actor_free(d->server));
	EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
	EXPECT_TRUE(actor_idle(d->server));
	d->one_is_dead = true;	/* the client's end of the tube is closed */
}

/* The manager alone, with an area of one page: its one-way space is half of that. */

FIXTURE(cve_small) {
	struct actor *server, *client;
};

FIXTURE_SETUP(cve_small)
{
	self->server = actor_spawn(4096);
	self->client = actor_spawn(4096);
	ASSERT_EQ(0, actor_become_manager(self->server));
	ASSERT_EQ(0, actor_enter(self->server));
	ASSERT_EQ(0, actor_settle(self->client));
}

FIXTURE_TEARDOWN(cve_small)
{
	actor_end_all();
}

/*
 * CVE-2021-46935: the space that tiny payloads take for one-way calls was not given back.
 * Some 260 of them would have left too little for the last one.
 */
TEST_F(cve_small, 2021_46935_one_way_space_of_tiny_payloads)
{
	struct actor *server = self->server, *client = self->client;
	int i;

	for (i = 0; i < 320; i++) {
		ASSERT_EQ(0, actor_call_pattern(client, 0, TF_ONE_WAY, i & 7, i & 7));
		ASSERT_EQ(0, actor_read(client));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", client) {
			TH_LOG("call %d", i);
		}
		ASSERT_EQ(0, actor_read(server));
		ASSERT_EQ(0, actor_free(server));
	}
	ASSERT_EQ(0, actor_call_pattern(client, 0, TF_ONE_WAY, 3, 2048));
	ASSERT_EQ(0, actor_read(client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", client);
	ASSERT_EQ(0, actor_read(server));
	EXPECT_EQ(-1, actor_differs(server, 3, 2048));
}

/* CVE-2026-43435: who sends too much was not told by the very call that is too much. */
TEST_F(cve_small, 2026_43435_the_call_itself_counts)
{
	struct actor *server = self->server, *client = self->client;
	uint32_t *enable = actor_alloc(sizeof(*enable));

	*enable = 1;
	ASSERT_EQ(0, actor_ioctl(client, BINDER_ENABLE_ONEWAY_SPAM_DETECTION, enable));
	ASSERT_EQ(0, actor_call_pattern(client, 0, TF_ONE_WAY, 1, 1024));
	ASSERT_EQ(0, actor_read(client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", client);
	ASSERT_EQ(0, actor_read(server));
	ASSERT_EQ(0, actor_free(server));
	ASSERT_EQ(0, actor_call_pattern(client, 0, TF_ONE_WAY, 2, 2048));
	ASSERT_EQ(0, actor_read(client));
	EXPECT_SHAPE("BR_NOOP BR_ONEWAY_SPAM_SUSPECT", client);
	ASSERT_EQ(0, actor_read(server));
	EXPECT_EQ(-1, actor_differs(server, 2, 2048));
}

TEST_HARNESS_MAIN
