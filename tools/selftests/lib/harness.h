/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kselftest_harness.h, with what all binder tests have in common.
 */
#ifndef BINDER_TEST_HARNESS_H
#define BINDER_TEST_HARNESS_H

#include "kselftest_harness.h"
#include "binder_client.h"
#include "counts.h"

/*
 * A test that works takes seconds even where everything is instrumented and
 * the processor emulated. Longer than BINDER_PATIENCE_MS, so that it is the
 * step that hangs which reports, not only the test.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

/*
 * Most tests need nothing but actors, and then a group of them is declared so.
 * All actors are gone when the next test begins.
 *
 *	FIXTURE(call) {};
 *	FIXTURE_SETUP(call) {}
 *	FIXTURE_TEARDOWN(call) { actor_end_all(); }
 */

/*
 * How much of something that could go on for ever: a little by default, as the whole of it
 * runs on a dozen kernels; BINDER_EFFORT=full for campaigns.
 */
static inline long effort(long quick, long full)
{
	const char *wanted = getenv("BINDER_EFFORT");

	return wanted && !strcmp(wanted, "full") ? full : quick;
}

/* Readable when it fails: "BR_REPLY" == "BR_DEAD_REPLY". */
#define ASSERT_BR(expected, seen) \
	ASSERT_STREQ(br_name(expected), br_name(seen))
#define EXPECT_BR(expected, seen) \
	EXPECT_STREQ(br_name(expected), br_name(seen))
#define ASSERT_SHAPE(expected, actor) \
	ASSERT_STREQ(expected, binder_shape(&(actor)->in))
#define EXPECT_SHAPE(expected, actor) \
	EXPECT_STREQ(expected, binder_shape(&(actor)->in))

/* A call and its reply as everybody sees them when all is well. */
static inline void plain_call(struct __test_metadata *_metadata,
			      struct actor *server, struct actor *client)
{
	ASSERT_EQ(0, actor_call(client, 0, 99, 0, NULL));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(99, actor_message(server)->code);
	ASSERT_EQ(0, actor_reply(server, NULL));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", server);
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", client);
	ASSERT_EQ(0, actor_free(client));
}

#endif /* BINDER_TEST_HARNESS_H */
