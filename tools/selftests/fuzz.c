// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rubbish at random: valid streams of commands, spoiled in a few places.
 */
#include "client.h"

/*
 * Random damage to a good stream of commands and its payload. What the driver
 * makes of it is its own business, as long as it ends and hurts nobody.
 */

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
		cmd_sg(c, BC_TRANSACTION_SG, &sg);
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
	for (round = 0; round < effort(2000, 20000); round++) {
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
