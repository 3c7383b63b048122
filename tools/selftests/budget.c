// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log is not flooded by many together.
 *
 * Each open file has a budget of lines, and opening is free: so all of them share one
 * of 300 lines in five seconds. Processes that lose their mapping have one of their
 * own, and so have the sums of what was suppressed.
 */
#include <time.h>
#include "client.h"
#include "objects.h"

/* Each file may say ten lines, so that it is all of them who are stopped. */
#define FILES	150
#define EACH	20
#define BUDGET	300
#define PERIOD	5	/* seconds */

FIXTURE(lines) {
	struct binder_dev files[FILES];
	struct kmsg log;
	struct timespec began;
};

FIXTURE_SETUP(lines)
{
	int i;

	for (i = 0; i < FILES; i++)
		ASSERT_EQ(0, binder_open(&self->files[i], 0));
	kmsg_open(&self->log);
}

FIXTURE_TEARDOWN(lines)
{
	int i;

	for (i = 0; i < FILES; i++)
		binder_close(&self->files[i]);
	kmsg_close(&self->log);
}

/* More than one and all of them may say. */
static void misuse(struct __test_metadata *_metadata, struct binder_dev *files)
{
	struct binder_cmds c = {};
	int i;

	for (i = 0; i < EACH; i++)
		cmd_u32(&c, BC_RELEASE, 77);
	for (i = 0; i < FILES; i++)
		ASSERT_EQ(0, binder_write(&files[i], &c));
	cmd_reset(&c);
}

/* Lines since the last time that have @needle in them. */
static int lines_with(struct kmsg *log, const char *needle)
{
	int n = 0;

	while (kmsg_next(log, 0))
		n += !!strstr(log->line, needle);
	return n;
}

/* Budgets that there can have been since. */
static int budgets(const struct timespec *began)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 2 + (now.tv_sec - began->tv_sec) / PERIOD;
}

/* What is not said is counted, and that is said at the latest when the file is closed. */
TEST_F(lines, all_together)
{
	int i, said, sum = 0, n;

	/* Until whatever was said before does not count any more. */
	sleep(PERIOD + 1);
	clock_gettime(CLOCK_MONOTONIC, &self->began);
	misuse(_metadata, self->files);
	said = lines_with(&self->log, "can't release handle 77");
	EXPECT_LE(BUDGET, said);
	EXPECT_GE(BUDGET * budgets(&self->began), said);
	for (i = 0; i < FILES; i++) {
		binder_close(&self->files[i]);
		self->files[i].fd = -1;
	}
	while (kmsg_next(&self->log, 0))
		if (sscanf(self->log.line, "binder: %*d: %d messages about it suppressed", &n) == 1)
			sum += n;
	EXPECT_EQ(FILES * EACH, said + sum);
}

/* One who dies is not silenced by those who misuse the driver. */
TEST_F(lines, no_vma_has_its_own)
{
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct actor *manager = actor_spawn_manager();
	char line[64];

	ASSERT_EQ(0, actor_unmap(manager));
	misuse(_metadata, self->files);
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	snprintf(line, sizeof(line), "binder: %d: binder_alloc_buf, no vma", manager->pid);
	EXPECT_NE(NULL, kmsg_find(&self->log, line, BINDER_PATIENCE_MS));
	actor_end_all();
}

TEST_HARNESS_MAIN
