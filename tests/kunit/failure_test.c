// SPDX-License-Identifier: GPL-2.0-only
/* Failures as values: what is packed into one comes out again. */

#include <kunit/test.h>

#include "../../drivers/android/binder/abi.h"
#include "../../drivers/android/binder/failure.h"
#include "../../drivers/android/binder/translate.h"

/* Those that there are, and others, 0 among them. */
static const u32 types[] = {
	BINDER_TYPE_BINDER, BINDER_TYPE_WEAK_BINDER, BINDER_TYPE_HANDLE, BINDER_TYPE_WEAK_HANDLE,
	BINDER_TYPE_FD, BINDER_TYPE_PTR, BINDER_TYPE_FDA, 0, 0x12345678, U32_MAX,
};

static void failure_object(struct kunit *test)
{
	struct binder_failure failure = binder_failure(-EINVAL, BINDER_REASON_BAD_FD, 77);
	u32 i;

	KUNIT_EXPECT_EQ(test, binder_failure_object(failure), 0);
	KUNIT_EXPECT_EQ(test, binder_failure_detail(failure), 77);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		bool known = binder_object_size(types[i]);

		failure = binder_failure(-EINVAL, BINDER_REASON_BAD_FD, 77);
		binder_failure_about(&failure, types[i], 0x3fffff);
		KUNIT_EXPECT_NE(test, failure.object, 0);
		KUNIT_EXPECT_EQ(test, failure.offset, 0x3fffff);
		KUNIT_EXPECT_EQ(test, binder_failure_object(failure), types[i]);
		KUNIT_EXPECT_EQ(test, binder_failure_detail(failure), known ? 77 : 0x3fffff);
	}
}

/* In words, a type that there is has a name. */
static void failure_words(struct kunit *test)
{
	char why[BINDER_WHY_SIZE];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		struct binder_failure failure;

		failure = binder_failure(-EINVAL, BINDER_REASON_BAD_OBJECT, 8);
		binder_failure_about(&failure, types[i], 8);
		binder_failure_why(failure, NULL, why, sizeof(why));
		KUNIT_EXPECT_EQ_MSG(test, !!binder_object_size(types[i]),
				    !strstr(why, "unknown object"), "%s", why);
		KUNIT_EXPECT_NOT_NULL(test, strstr(why, "at offset 8"));
	}
}

static void failure_command(struct kunit *test)
{
	u32 reason;

	KUNIT_EXPECT_EQ(test, binder_failure_command(binder_no_failure()), 0);
	for (reason = BINDER_REASON_NO_MANAGER; reason <= BINDER_REASON_NO_FDS; reason++) {
		u32 command = reason == BINDER_REASON_NO_MANAGER ? BR_DEAD_REPLY :
			      reason == BINDER_REASON_DEAD ? BR_DEAD_REPLY :
			      reason == BINDER_REASON_FROZEN ? BR_FROZEN_REPLY : BR_FAILED_REPLY;

		KUNIT_EXPECT_EQ(test, binder_failure_command(binder_failure(-EINVAL, reason, 0)),
				command);
	}
}

static struct kunit_case failure_cases[] = {
	KUNIT_CASE(failure_object),
	KUNIT_CASE(failure_words),
	KUNIT_CASE(failure_command),
	{}
};

static struct kunit_suite failure_suite = {
	.name = "binder_failure",
	.test_cases = failure_cases,
};

kunit_test_suite(failure_suite);
