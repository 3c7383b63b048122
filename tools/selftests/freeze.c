// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freezing: what callers of a frozen process get, who is told of it, and what
 * is left for the process when it thaws.
 */
#include <signal.h>
#include "harness.h"

/* The manager has the owner's object as handle 1. Neither has more to read. */
struct pair {
	struct actor *manager, *owner;
	char heard[512];
};

#define OBJECT	1

static void hear_all(struct actor *a)
{
	while (!actor_poll(a, 0))
		actor_read(a);
}

static void pair_setup(struct __test_metadata *_metadata, struct pair *p)
{
	p->manager = actor_spawn_manager();
	p->owner = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(p->manager));
	ASSERT_EQ(0, actor_settle(p->owner));
	ASSERT_EQ(OBJECT, actor_publish(p->owner, p->manager, 0x1000, 0x11));
	hear_all(p->manager);
	hear_all(p->owner);
}

/* The owner is not frozen: a call that wants an answer gets through. */
static void expect_a_call_works(struct __test_metadata *_metadata, struct pair *p)
{
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 7, 0, NULL));
	ASSERT_EQ(0, actor_poll(p->owner, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", p->owner);
	ASSERT_EQ(0, actor_reply(p->owner, NULL));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_read(p->manager));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", p->manager);
	ASSERT_EQ(0, actor_free(p->manager));
}

static long freeze_job(struct actor *a, void *info)
{
	return binder_ioctl(a->dev, BINDER_FREEZE, info);
}

static struct binder_freeze_info *freeze_info(struct actor *who, bool enable, int timeout_ms)
{
	struct binder_freeze_info *info = actor_alloc(sizeof(*info));

	info->pid = who->pid;
	info->enable = enable;
	info->timeout_ms = timeout_ms;
	return info;
}

static int freeze(struct pair *p)
{
	return actor_do(p->manager, freeze_job, freeze_info(p->owner, true, 0));
}

static int thaw(struct pair *p)
{
	return actor_do(p->manager, freeze_job, freeze_info(p->owner, false, 0));
}

static void expect_status(struct __test_metadata *_metadata, struct pair *p, uint32_t sync,
			  uint32_t async)
{
	struct binder_frozen_status_info *info = actor_alloc(sizeof(*info));

	info->pid = p->owner->pid;
	info->sync_recv = 77;
	info->async_recv = 77;
	ASSERT_EQ(0, actor_ioctl(p->manager, BINDER_GET_FROZEN_INFO, info));
	EXPECT_EQ(sync, info->sync_recv);
	EXPECT_EQ(async, info->async_recv);
}

/* The owner takes and frees all one-way calls: "code/size code/size". */
static const char *taken(struct pair *p)
{
	struct binder_transaction_data *tr;
	size_t n = 0;

	p->heard[0] = '\0';
	while (!actor_poll(p->owner, 0) && !actor_read(p->owner)) {
		tr = actor_message(p->owner);
		if (!tr)
			continue;
		n += snprintf(p->heard + n, sizeof(p->heard) - n, "%s%u/%llu", n ? " " : "",
			      tr->code, (unsigned long long)tr->data_size);
		if (actor_free(p->owner))
			break;
	}
	return p->heard;
}

static int one_way(struct actor *a, uint32_t code, uint32_t flags, size_t size)
{
	struct binder_payload data = {};

	payload_pattern(&data, code, size);
	return actor_call(a, OBJECT, code, TF_ONE_WAY | flags, &data);
}

/* BINDER_FREEZE, and what callers get. */

FIXTURE(freeze) { struct pair p; };

FIXTURE_SETUP(freeze) { pair_setup(_metadata, &self->p); }

FIXTURE_TEARDOWN(freeze) { actor_end_all(); }

TEST_F(freeze, unknown_process)
{
	struct binder_frozen_status_info *status = actor_alloc(sizeof(*status));
	struct binder_freeze_info *info = freeze_info(self->p.owner, true, 0);

	status->pid = 0x7ffffff0;
	info->pid = status->pid;
	EXPECT_EQ(-EINVAL, actor_ioctl(self->p.manager, BINDER_FREEZE, info));
	EXPECT_EQ(-EINVAL, actor_ioctl(self->p.manager, BINDER_GET_FROZEN_INFO, status));
	/* One that exists and has nothing to do with binder. */
	status->pid = 1;
	info->pid = 1;
	EXPECT_EQ(-EINVAL, actor_ioctl(self->p.manager, BINDER_FREEZE, info));
	EXPECT_EQ(-EINVAL, actor_ioctl(self->p.manager, BINDER_GET_FROZEN_INFO, status));
}

TEST_F(freeze, refuses_calls)
{
	struct pair *p = &self->p;

	expect_status(_metadata, p, 0, 0);
	ASSERT_EQ(0, freeze(p));
	expect_status(_metadata, p, 0, 0);
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_FROZEN_REPLY", p->manager);
	expect_status(_metadata, p, 1, 0);
	EXPECT_STREQ("", taken(p));
	/* Freezing it again begins anew. */
	ASSERT_EQ(0, freeze(p));
	expect_status(_metadata, p, 0, 0);
	ASSERT_EQ(0, thaw(p));
	expect_status(_metadata, p, 0, 0);
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_reply(p->owner, NULL));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", p->manager);
}

/* One-way calls wait for the thaw; nothing of them is lost, nor their order. */
TEST_F(freeze, keeps_one_way_calls)
{
	struct pair *p = &self->p;
	int code;

	ASSERT_EQ(0, freeze(p));
	for (code = 1; code <= 5; code++)
		ASSERT_EQ(0, one_way(p->manager, code, 0, 8 * code));
	hear_all(p->manager);
	/* They count as pending, too. */
	expect_status(_metadata, p, 2, 1);
	ASSERT_EQ(0, thaw(p));
	EXPECT_STREQ("1/8 2/16 3/24 4/32 5/40", taken(p));
}

TEST_F(freeze, tells_senders_of_one_way_calls)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, freeze(p));
	ASSERT_EQ(0, one_way(p->manager, 1, 0, 8));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_PENDING_FROZEN", p->manager);
	ASSERT_EQ(0, thaw(p));
	ASSERT_EQ(0, one_way(p->manager, 2, 0, 8));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", p->manager);
	EXPECT_STREQ("1/8 2/8", taken(p));
}

/* It is busy with a call, and stays as it was. */
TEST_F(freeze, not_while_it_has_calls)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	EXPECT_EQ(-EAGAIN, freeze(p));			/* not delivered */
	ASSERT_EQ(0, actor_read(p->owner));
	EXPECT_EQ(-EAGAIN, freeze(p));			/* being worked on */
	expect_status(_metadata, p, 2, 0);
	ASSERT_EQ(0, actor_reply(p->owner, NULL));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_read(p->manager));
	ASSERT_EQ(0, actor_free(p->manager));
	expect_a_call_works(_metadata, p);
	ASSERT_EQ(0, one_way(p->manager, 6, 0, 0));
	EXPECT_EQ(-EAGAIN, freeze(p));
	EXPECT_STREQ("6/0", taken(p));
	EXPECT_EQ(0, freeze(p));
}

/* It waits for an answer itself. */
TEST_F(freeze, not_while_it_waits)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, actor_call(p->owner, 0, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_EQ(-EAGAIN, freeze(p));
	expect_status(_metadata, p, 2, 0);
	ASSERT_EQ(0, actor_reply(p->manager, NULL));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_free(p->owner));
	EXPECT_EQ(0, freeze(p));
}

/* With time given, it waits for the answer. Calls are refused meanwhile. */
TEST_F(freeze, waits_for_the_reply)
{
	struct pair *p = &self->p;
	struct actor *freezer = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_settle(freezer));
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(p->owner));
	actor_start(freezer, freeze_job, freeze_info(p->owner, true, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_wait_asleep(freezer));
	EXPECT_FALSE(actor_finished(freezer, 0));
	ASSERT_EQ(0, actor_reply(p->owner, NULL));
	EXPECT_EQ(0, actor_finish(freezer));
	ASSERT_EQ(0, actor_read(p->manager));
	ASSERT_EQ(0, actor_free(p->manager));
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_FROZEN_REPLY", p->manager);
}

/* The time is up: not frozen, and calls work. */
TEST_F(freeze, gives_up)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	EXPECT_EQ(-EAGAIN, actor_do(p->manager, freeze_job, freeze_info(p->owner, true, 50)));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_reply(p->owner, NULL));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_read(p->manager));
	ASSERT_EQ(0, actor_free(p->manager));
	expect_a_call_works(_metadata, p);
}

/* Who waits for the freeze can be killed; the process goes on. */
TEST_F(freeze, freezer_is_killed)
{
	struct pair *p = &self->p;
	struct actor *freezer = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_settle(freezer));
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	actor_start(freezer, freeze_job, freeze_info(p->owner, true, 1000 * BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_wait_asleep(freezer));
	actor_kill(freezer);
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_reply(p->owner, NULL));
	ASSERT_EQ(0, actor_read(p->manager));
	ASSERT_EQ(0, actor_free(p->manager));
	/* What it has left to read. */
	ASSERT_EQ(0, actor_read(p->owner));
	expect_a_call_works(_metadata, p);
}

/* The frozen are dead when they die. */
TEST_F(freeze, dies_frozen)
{
	struct pair *p = &self->p;
	struct binder_cmds c = {};

	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, OBJECT, 0xd1);
	ASSERT_EQ(0, actor_write(p->manager, &c));
	ASSERT_EQ(0, freeze(p));
	ASSERT_EQ(0, one_way(p->manager, 1, 0, 8));
	hear_all(p->manager);
	actor_kill(p->owner);
	ASSERT_EQ(0, actor_poll(p->manager, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_BINDER", p->manager);
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", p->manager);
}

/* TF_UPDATE_TXN */

FIXTURE(update) { struct pair p; };

FIXTURE_SETUP(update)
{
	pair_setup(_metadata, &self->p);
	ASSERT_EQ(0, freeze(&self->p));
	/* The first is on its way already, and is not replaced any more. */
	ASSERT_EQ(0, one_way(self->p.manager, 9, 0, 0));
}

FIXTURE_TEARDOWN(update) { actor_end_all(); }

/* What arrives of two calls, the second with TF_UPDATE_TXN. */
static const char *after_two(struct pair *p, uint32_t code, uint32_t flags, uint32_t code2,
			     uint32_t flags2)
{
	if (one_way(p->manager, code, flags, 8) || one_way(p->manager, code2, flags2, 16) ||
	    thaw(p))
		return "failed";
	hear_all(p->manager);
	return taken(p);
}

TEST_F(update, replaces)
{
	EXPECT_STREQ("9/0 2/16", after_two(&self->p, 2, TF_UPDATE_TXN, 2, TF_UPDATE_TXN));
}

TEST_F(update, not_the_first)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, thaw(p));
	EXPECT_STREQ("9/0", taken(p));
	ASSERT_EQ(0, freeze(p));
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 8));
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 16));
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 24));
	ASSERT_EQ(0, thaw(p));
	EXPECT_STREQ("2/8 2/24", taken(p));
}

TEST_F(update, of_the_same_code)
{
	EXPECT_STREQ("9/0 2/8 3/16", after_two(&self->p, 2, TF_UPDATE_TXN, 3, TF_UPDATE_TXN));
}

TEST_F(update, of_an_updating_call)
{
	EXPECT_STREQ("9/0 2/8 2/16", after_two(&self->p, 2, 0, 2, TF_UPDATE_TXN));
}

TEST_F(update, by_an_updating_call)
{
	EXPECT_STREQ("9/0 2/8 2/16", after_two(&self->p, 2, TF_UPDATE_TXN, 2, 0));
}

TEST_F(update, of_the_same_flags)
{
	EXPECT_STREQ("9/0 2/8 2/16", after_two(&self->p, 2, TF_UPDATE_TXN | TF_CLEAR_BUF, 2,
					       TF_UPDATE_TXN));
}

/* The new one goes to the end. */
TEST_F(update, goes_behind)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 8));
	ASSERT_EQ(0, one_way(p->manager, 3, TF_UPDATE_TXN, 16));
	ASSERT_EQ(0, one_way(p->manager, 4, 0, 24));
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 32));
	ASSERT_EQ(0, thaw(p));
	EXPECT_STREQ("9/0 3/16 4/24 2/32", taken(p));
}

/* Only a process' own calls, from whichever of its threads. */
TEST_F(update, by_the_same_process)
{
	struct pair *p = &self->p;
	struct actor *thread = actor_thread(p->manager);
	struct actor *other = actor_spawn(BINDER_MAP_SIZE);
	struct binder_payload object = {};

	ASSERT_EQ(0, actor_settle(thread));
	ASSERT_EQ(0, actor_settle(other));
	payload_handle(&object, BINDER_TYPE_HANDLE, OBJECT);
	ASSERT_EQ(0, actor_call(other, 0, 1, 0, NULL));
	hear_all(p->manager);
	ASSERT_EQ(0, actor_reply(p->manager, &object));
	ASSERT_EQ(0, actor_read(other));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", other);
	ASSERT_EQ(OBJECT, actor_object(other, 0)->handle);
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 8));
	ASSERT_EQ(0, one_way(other, 2, TF_UPDATE_TXN, 16));
	ASSERT_EQ(0, one_way(thread, 2, TF_UPDATE_TXN, 24));
	ASSERT_EQ(0, thaw(p));
	EXPECT_STREQ("9/0 2/16 2/24", taken(p));
}

/* What was replaced gives its space back, a hundred times over. */
TEST_F(update, frees_the_old)
{
	struct pair *p = &self->p;
	size_t half = BINDER_MAP_SIZE / 2 / 4096 * 4096;
	int i;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, half / 4));
		ASSERT_EQ(0, actor_read(p->manager));
		EXPECT_EQ(NULL, binder_find(&p->manager->in, BR_FAILED_REPLY, 0));
	}
	ASSERT_EQ(0, thaw(p));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_free(p->owner));
	ASSERT_EQ(0, actor_read(p->owner));
	EXPECT_EQ(-1, actor_differs(p->owner, 2, half / 4));
	ASSERT_EQ(0, actor_free(p->owner));
	/* All of it is free again. */
	ASSERT_EQ(0, one_way(p->manager, 3, 0, half - 8));
	ASSERT_EQ(0, actor_read(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", p->manager);
}

/* While the process runs, each call counts. */
TEST_F(update, not_while_it_runs)
{
	struct pair *p = &self->p;
	binder_uintptr_t first;

	ASSERT_EQ(0, thaw(p));
	ASSERT_EQ(0, actor_read(p->owner));
	first = actor_message(p->owner)->data.ptr.buffer;
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 8));
	ASSERT_EQ(0, one_way(p->manager, 2, TF_UPDATE_TXN, 16));
	ASSERT_EQ(0, actor_free_buffer(p->owner, first));
	EXPECT_STREQ("2/8 2/16", taken(p));
}

/* Freeze notifications */

#define COOKIE	0xc1

FIXTURE(watch) { struct pair p; };

FIXTURE_SETUP(watch) { pair_setup(_metadata, &self->p); }

FIXTURE_TEARDOWN(watch) { actor_end_all(); }

static int watch_cmd(struct actor *a, uint32_t cmd, uint32_t handle, binder_uintptr_t cookie)
{
	struct binder_cmds c = {};

	if (cmd == BC_FREEZE_NOTIFICATION_DONE)
		cmd_ptr(&c, cmd, cookie);
	else
		cmd_handle_cookie(&c, cmd, handle, cookie);
	return actor_write(a, &c);
}

static int request(struct pair *p, uint32_t handle, binder_uintptr_t cookie)
{
	return watch_cmd(p->manager, BC_REQUEST_FREEZE_NOTIFICATION, handle, cookie);
}

static int clear(struct pair *p, uint32_t handle, binder_uintptr_t cookie)
{
	return watch_cmd(p->manager, BC_CLEAR_FREEZE_NOTIFICATION, handle, cookie);
}

static int done(struct pair *p, binder_uintptr_t cookie)
{
	return watch_cmd(p->manager, BC_FREEZE_NOTIFICATION_DONE, 0, cookie);
}

/* All that an actor can read, a read in each pair of brackets. */
static const char *heard_by(struct pair *p, struct actor *a)
{
	size_t n = 0, i, room = sizeof(p->heard);

	p->heard[0] = '\0';
	while (!actor_poll(a, 0) && !actor_read(a) && n < room) {
		n += snprintf(p->heard + n, room - n, "[");
		for (i = 1; i < a->in.count && n < room; i++) {
			struct binder_return *br = &a->in.at[i];
			struct binder_frozen_state_info info;

			memcpy(&info, br->bytes, sizeof(info));
			if (br->cmd == BR_FROZEN_BINDER && !info.reserved)
				n += snprintf(p->heard + n, room - n, "%s %llx",
					      info.is_frozen ? "frozen" : "thawed",
					      (unsigned long long)info.cookie);
			else if (br->cmd == BR_CLEAR_FREEZE_NOTIFICATION_DONE)
				n += snprintf(p->heard + n, room - n, "cleared %llx",
					      (unsigned long long)br->cookie);
			else
				n += snprintf(p->heard + n, room - n, "%s", br_name(br->cmd));
		}
		n += snprintf(p->heard + n, room - n, "]");
	}
	return p->heard;
}

static const char *heard(struct pair *p)
{
	return heard_by(p, p->manager);
}

TEST_F(watch, tells_how_it_is)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("", heard(p));
}

TEST_F(watch, tells_that_it_is_frozen)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, freeze(p));
	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[frozen c1]", heard(p));
}

/* Each time that somebody says so. */
TEST_F(watch, tells_changes)
{
	struct pair *p = &self->p;
	int i;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, done(p, COOKIE));
		EXPECT_STREQ("", heard(p));
		ASSERT_EQ(0, freeze(p));
		EXPECT_STREQ("[frozen c1]", heard(p));
		ASSERT_EQ(0, done(p, COOKIE));
		ASSERT_EQ(0, freeze(p));
		EXPECT_STREQ("[frozen c1]", heard(p));
		ASSERT_EQ(0, done(p, COOKIE));
		ASSERT_EQ(0, thaw(p));
		EXPECT_STREQ("[thawed c1]", heard(p));
		ASSERT_EQ(0, done(p, COOKIE));
		ASSERT_EQ(0, thaw(p));
		EXPECT_STREQ("[thawed c1]", heard(p));
	}
}

/* Of changes that nobody has read only the last counts. */
TEST_F(watch, tells_the_latest)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("[frozen c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, thaw(p));
	ASSERT_EQ(0, freeze(p));
	ASSERT_EQ(0, thaw(p));
	EXPECT_STREQ("[thawed c1]", heard(p));
}

/* One at a time: the next comes when the last was dealt with. */
TEST_F(watch, waits_for_done)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("[frozen c1]", heard(p));
	ASSERT_EQ(0, thaw(p));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("[frozen c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("", heard(p));
}

TEST_F(watch, failed_freeze_is_no_news)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, actor_call(p->manager, OBJECT, 5, 0, NULL));
	ASSERT_EQ(-EAGAIN, freeze(p));
	EXPECT_STREQ("", heard(p));
}

/* But one that was frozen already is not any more, and that is news. */
TEST_F(watch, failed_freeze_of_the_frozen_thaws)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("[frozen c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, one_way(p->manager, 1, 0, 8));
	EXPECT_STREQ("[BR_TRANSACTION_PENDING_FROZEN]", heard(p));
	ASSERT_EQ(-EAGAIN, freeze(p));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, actor_read(p->owner));
	ASSERT_EQ(0, actor_free(p->owner));
	expect_a_call_works(_metadata, p);
}

/* Two objects of one process are two watches. */
TEST_F(watch, tells_of_each_object)
{
	struct pair *p = &self->p;

	ASSERT_EQ(2, actor_publish(p->owner, p->manager, 0x2000, 0x22));
	hear_all(p->manager);
	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	ASSERT_EQ(0, request(p, 2, 0xc2));
	EXPECT_STREQ("[thawed c1][thawed c2]", heard(p));
	ASSERT_EQ(0, done(p, 0xc2));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("[frozen c2]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("[frozen c1]", heard(p));
}

TEST_F(watch, cleared)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, clear(p, OBJECT, COOKIE));
	EXPECT_STREQ("[cleared c1]", heard(p));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("", heard(p));
	/* And again, by another name. */
	ASSERT_EQ(0, request(p, OBJECT, 0xc2));
	EXPECT_STREQ("[frozen c2]", heard(p));
}

TEST_F(watch, cleared_before_it_is_read)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	ASSERT_EQ(0, clear(p, OBJECT, COOKIE));
	EXPECT_STREQ("[cleared c1]", heard(p));
	EXPECT_EQ(-EINVAL, done(p, COOKIE));
}

TEST_F(watch, cleared_before_done)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, freeze(p));
	ASSERT_EQ(0, clear(p, OBJECT, COOKIE));
	EXPECT_STREQ("", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("[cleared c1]", heard(p));
	EXPECT_EQ(-EINVAL, done(p, COOKIE));
}

/* The old watch and the new one are two, even of the same name. */
TEST_F(watch, requested_again_before_done)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, clear(p, OBJECT, COOKIE));
	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("[cleared c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("[frozen c1]", heard(p));
}

TEST_F(watch, refused)
{
	struct pair *p = &self->p;

	EXPECT_EQ(-EINVAL, request(p, 77, COOKIE));
	EXPECT_EQ(-EINVAL, clear(p, 77, COOKIE));
	EXPECT_EQ(-EINVAL, clear(p, OBJECT, COOKIE));
	EXPECT_EQ(-EINVAL, done(p, COOKIE));
	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_EQ(-EINVAL, request(p, OBJECT, COOKIE));
	EXPECT_EQ(-EINVAL, request(p, OBJECT, 0xc2));
	EXPECT_EQ(-EINVAL, clear(p, OBJECT, 0xc2));
	EXPECT_EQ(-EINVAL, done(p, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	EXPECT_EQ(-EINVAL, done(p, 0xc2));
	EXPECT_EQ(0, done(p, COOKIE));
}

/* A weak handle will do. */
TEST_F(watch, weak_handle)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, actor_ref(p->manager, BC_INCREFS, OBJECT));
	ASSERT_EQ(0, actor_ref(p->manager, BC_RELEASE, OBJECT));
	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
}

TEST_F(watch, handle_is_released)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, actor_ref(p->manager, BC_RELEASE, OBJECT));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("", heard(p));
	EXPECT_EQ(-EINVAL, clear(p, OBJECT, COOKIE));
}

/* The dead don't freeze. That they died is another notification. */
TEST_F(watch, owner_dies)
{
	struct pair *p = &self->p;

	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	ASSERT_EQ(0, watch_cmd(p->manager, BC_REQUEST_DEATH_NOTIFICATION, OBJECT, 0xd1));
	ASSERT_EQ(0, freeze(p));
	EXPECT_STREQ("[frozen c1]", heard(p));
	actor_kill(p->owner);
	ASSERT_EQ(0, actor_poll(p->manager, BINDER_PATIENCE_MS));
	EXPECT_STREQ("[BR_DEAD_BINDER]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	EXPECT_STREQ("", heard(p));
	ASSERT_EQ(0, clear(p, OBJECT, COOKIE));
	EXPECT_STREQ("[cleared c1]", heard(p));
	/* There is nothing to tell of it any more. */
	ASSERT_EQ(0, request(p, OBJECT, 0xc2));
	EXPECT_STREQ("", heard(p));
	ASSERT_EQ(0, clear(p, OBJECT, 0xc2));
	EXPECT_STREQ("[cleared c2]", heard(p));
}

/* Any thread that waits for work hears of it. */
TEST_F(watch, wakes_a_reader)
{
	struct pair *p = &self->p;
	struct actor *freezer = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_settle(freezer));
	ASSERT_EQ(0, request(p, OBJECT, COOKIE));
	EXPECT_STREQ("[thawed c1]", heard(p));
	ASSERT_EQ(0, done(p, COOKIE));
	actor_start_read(p->manager);
	ASSERT_EQ(0, actor_wait_asleep(p->manager));
	ASSERT_EQ(0, actor_do(freezer, freeze_job, freeze_info(p->owner, true, 0)));
	ASSERT_EQ(0, actor_finish(p->manager));
	EXPECT_SHAPE("BR_NOOP BR_FROZEN_BINDER", p->manager);
}

/* Those who watch and go, in whatever state their watches are. */
TEST_F(watch, watchers_go)
{
	struct pair *p = &self->p;
	struct binder_payload object = {};
	int i;

	payload_handle(&object, BINDER_TYPE_HANDLE, OBJECT);
	for (i = 0; i < 4; i++) {
		struct actor *other = actor_spawn(BINDER_MAP_SIZE);

		ASSERT_EQ(0, actor_settle(other));
		ASSERT_EQ(0, actor_call(other, 0, 1, 0, NULL));
		ASSERT_EQ(0, actor_read(p->manager));
		ASSERT_EQ(0, actor_reply(p->manager, &object));
		hear_all(p->manager);
		ASSERT_EQ(0, actor_read(other));
		ASSERT_EQ(0, watch_cmd(other, BC_REQUEST_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		if (i > 0)
			EXPECT_STREQ(i % 2 ? "[thawed c1]" : "[frozen c1]", heard_by(p, other));
		ASSERT_EQ(0, i % 2 ? freeze(p) : thaw(p));
		if (i > 2)
			ASSERT_EQ(0, watch_cmd(other, BC_CLEAR_FREEZE_NOTIFICATION, OBJECT,
					       COOKIE));
		actor_kill(other);
	}
	ASSERT_EQ(0, thaw(p));
	ASSERT_EQ(0, one_way(p->manager, 2, 0, 8));
	EXPECT_STREQ("2/8", taken(p));
}

TEST_HARNESS_MAIN
