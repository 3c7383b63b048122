/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of misuse have in common: a client that misbehaves, and a server that
 * must not notice.
 *
 * The server acts in lock step and reads only when told to, so "nothing has
 * happened" can be asked right after the ioctl. After every test a valid call works,
 * and nothing is left in anybody's area: see client_check().
 */
#ifndef BINDER_TEST_CLIENT_H
#define BINDER_TEST_CLIENT_H

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
static const binder_uintptr_t bad_pointers[] __attribute__((unused)) = {
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
static inline void expect_silence(struct __test_metadata *_metadata, struct client *t)
{
	EXPECT_EQ(-ETIMEDOUT, binder_poll(&t->dev, 0));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(t->server, 0));
}

static inline void client_read(struct __test_metadata *_metadata, struct client *t,
			       const char *shape)
{
	ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
	ASSERT_STREQ(shape, binder_shape(&t->r)) {
		TH_LOG("trying %#llx", (unsigned long long)t->trying);
	}
}

/* The commands end with @error after @consumed bytes, and do nothing. */
static inline void refused(struct __test_metadata *_metadata, struct client *t,
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
static inline void ignored(struct __test_metadata *_metadata, struct client *t)
{
	refused(_metadata, t, 0, t->c.size);
}

/* The one transaction in the commands gets BR_FAILED_REPLY. */
static inline void fails(struct __test_metadata *_metadata, struct client *t)
{
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	EXPECT_EQ(t->c.size, t->c.consumed);
	client_read(_metadata, t, "BR_NOOP BR_FAILED_REPLY");
	expect_silence(_metadata, t);
	cmd_reset(&t->c);
}

static inline void fails_call(struct __test_metadata *_metadata, struct client *t,
			      const struct binder_transaction_data *tr)
{
	cmd_transaction(&t->c, BC_TRANSACTION, tr);
	fails(_metadata, t);
}

/* As fails_call(), once as a call and once one-way. */
static inline void fails_either_way(struct __test_metadata *_metadata,
				    struct client *t,
				    struct binder_transaction_data *tr)
{
	tr->flags &= ~TF_ONE_WAY;
	fails_call(_metadata, t, tr);
	tr->flags |= TF_ONE_WAY;
	fails_call(_metadata, t, tr);
}

/* The server takes the call that waits for it. */
static inline struct binder_transaction_data *
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
static inline void server_reply(struct __test_metadata *_metadata, struct client *t,
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
static inline void valid_call(struct __test_metadata *_metadata, struct client *t,
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
static inline void client_check(struct __test_metadata *_metadata, struct client *t)
{
	expect_silence(_metadata, t);
	valid_call(_metadata, t, 5);
	valid_call(_metadata, t, BINDER_MAP_SIZE);
}

static inline void client_open(struct __test_metadata *_metadata, struct client *t)
{
	ASSERT_EQ(0, binder_open(&t->dev, BINDER_MAP_SIZE));
	/* So that handle 0 may be passed on, too. */
	cmd_reset(&t->c);
	cmd_u32(&t->c, BC_INCREFS, 0);
	cmd_u32(&t->c, BC_ACQUIRE, 0);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	cmd_reset(&t->c);
}

static inline void client_setup(struct __test_metadata *_metadata, struct client *t)
{
	t->server = actor_spawn_manager();
	client_open(_metadata, t);
}

static inline void client_teardown(struct __test_metadata *_metadata,
				   struct client *t)
{
	/* After a failure the rest would only repeat it. */
	if (__test_passed(_metadata))
		client_check(_metadata, t);
	binder_close(&t->dev);
	actor_end_all();
}

/* A page of memory with none behind it; returns the page's end. */
static inline uint8_t *page_before_nothing(void)
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

/* A call with room for buffers that its objects point to. */
static inline void cmd_sg(struct binder_cmds *c, uint32_t cmd,
			  const struct binder_transaction_data_sg *sg)
{
	cmd_none(c, cmd);
	cmd_raw(c, sg, sizeof(*sg));
}

/* Answers what the driver asks until it asks nothing: asks minus takes back. */
static inline int settle_refs(struct __test_metadata *_metadata, struct client *t)
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

#endif /* BINDER_TEST_CLIENT_H */
