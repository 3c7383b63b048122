/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver says exists, in its file stats; and that after every test there is no
 * more of it than before.  harness.h includes this: a test need do nothing for it.
 */
#ifndef BINDER_TEST_COUNTS_H
#define BINDER_TEST_COUNTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "binder_client.h"

#define LOG_DIR		"/sys/kernel/debug/binder/"

static const char * const count_names[] = {
	"proc", "thread", "node", "ref", "death", "transaction", "transaction_complete", "freeze",
	"buffer",
};

struct counts {
	long active[ARRAY_SIZE(count_names)];
};

/* All 0 where there is no such file; false if the driver is there, and the file is not. */
static inline bool counts_read(struct counts *c)
{
	FILE *f = fopen(LOG_DIR "stats", "re");
	char line[256], name[64];
	long active;
	size_t i;
	int pid;

	memset(c, 0, sizeof(*c));
	/* The first "proc 123" ends the part that is about all of them. */
	while (f && fgets(line, sizeof(line), f) && sscanf(line, "proc %d", &pid) != 1) {
		if (sscanf(line, "%63[^:]: active %ld", name, &active) != 2)
			continue;
		for (i = 0; i < ARRAY_SIZE(count_names); i++)
			if (!strcmp(name, count_names[i]))
				c->active[i] = active;
	}
	if (f)
		fclose(f);
	return f || access("/sys/module/binder_linux", F_OK);
}

static inline long *count_of(struct counts *c, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(count_names); i++)
		if (!strcmp(name, count_names[i]))
			return &c->active[i];
	return NULL;
}

static inline long count_now(const char *name)
{
	struct counts now;

	counts_read(&now);
	return *count_of(&now, name);
}

/* All actors are gone; what the driver had for them is gone soon after. */
static inline void counts_nothing_left(struct __test_metadata *_metadata,
				       const struct counts *before)
{
	struct counts now;
	int tries, left = 1;
	bool there = true;
	size_t i;

	for (tries = 0; left && tries < BINDER_PATIENCE_MS / 10; tries++) {
		usleep(tries ? 10000 : 0);
		there = counts_read(&now);
		left = 0;
		for (i = 0; i < ARRAY_SIZE(count_names); i++)
			left += now.active[i] > before->active[i];
	}
	EXPECT_TRUE(there) {
		TH_LOG("the driver is there, but not its file stats");
	}
	for (i = 0; i < ARRAY_SIZE(count_names); i++) {
		EXPECT_LE(now.active[i], before->active[i]) {
			TH_LOG("%s: %ld before, %ld now", count_names[i], before->active[i],
			       now.active[i]);
		}
	}
}

/*
 * Each test's function is replaced by one that calls it, with all of its fixture, and
 * looks afterwards.  Set BINDER_CROWD where others use the driver at the same time.
 */
#define COUNTS_TESTS	512

static struct {
	const struct __test_metadata *test;
	void (*fn)(struct __test_metadata *t, struct __fixture_variant_metadata *v);
} counted_tests[COUNTS_TESTS];

/* A program may say what is not looked at: one of the names, in one fixture or in all. */
static struct {
	const char *name, *fixture;
} counts_except;

static inline void counted_test(struct __test_metadata *t, struct __fixture_variant_metadata *v)
{
	struct counts before;
	size_t i;

	for (i = 0; counted_tests[i].test != t; i++)
		;
	counts_read(&before);
	if (counts_except.name &&
	    (!counts_except.fixture || !strcmp(counts_except.fixture, t->fixture->name)))
		*count_of(&before, counts_except.name) = LONG_MAX;
	counted_tests[i].fn(t, v);
	/* After a failure it would only repeat that. */
	if (t->exit_code == KSFT_PASS && !getenv("BINDER_CROWD"))
		counts_nothing_left(t, &before);
}

/* After the constructors of the harness, which have priorities: they register the tests. */
static __attribute__((constructor)) void count_all_tests(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;
	size_t i = 0;

	for (f = __fixture_list; f; f = f->next) {
		for (t = f->tests; t; t = t->next, i++) {
			if (i == COUNTS_TESTS)
				abort();
			counted_tests[i].test = t;
			counted_tests[i].fn = t->fn;
			t->fn = counted_test;
		}
	}
}

#endif /* BINDER_TEST_COUNTS_H */
