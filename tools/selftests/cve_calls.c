// SPDX-License-Identifier: GPL-2.0-only
/*
 * Published CVEs of binder drivers that are about waiting, dying and freezing, as
 * far as one can do them step by step. Those that need a race are in cve_races.c.
 */
#include "cve.h"

/* The manager has the owner's object as handle 1. Neither has more to read. */
FIXTURE(cve) {
	struct actor *manager, *owner;
};

#define OBJECT	1
#define COOKIE	0xc1

FIXTURE_SETUP(cve)
{
	self->manager = actor_spawn_manager();
	self->owner = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->owner));
	ASSERT_EQ(OBJECT, actor_publish(self->owner, self->manager, 0x1000, 0x11));
	ASSERT_EQ(0, cve_hear(self->owner, BR_TRANSACTION));
	ASSERT_EQ(0, cve_hear(self->manager, BR_TRANSACTION));
}

FIXTURE_TEARDOWN(cve)
{
	actor_end_all();
}

struct epoll_state {
	int fd;
};

static long epoll_add(struct actor *a, void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct epoll_state *state = arg;

	state->fd = epoll_create1(EPOLL_CLOEXEC);
	return epoll_ctl(state->fd, EPOLL_CTL_ADD, a->dev->fd, &event) ? -errno : 0;
}

static long epoll_look(struct actor *a, void *arg)
{
	struct epoll_state *state = arg;
	struct epoll_event event;

	return epoll_wait(state->fd, &event, 1, BINDER_PATIENCE_MS / 2);
}

static long epoll_remove(struct actor *a, void *arg)
{
	struct epoll_state *state = arg;
	int ret = epoll_ctl(state->fd, EPOLL_CTL_DEL, a->dev->fd, NULL) ? -errno : 0;

	close(state->fd);
	return ret;
}

/* CVE-2019-2215: epoll kept a thread's wait queue that went with BINDER_THREAD_EXIT. */
TEST_F(cve, 2019_2215_epoll_and_thread_exit)
{
	struct actor *thread = actor_thread(self->owner);
	struct epoll_state *states[20];
	size_t i;

	/* Each round leaves an epoll behind that was added by a thread that is no more. */
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		states[i] = actor_alloc(sizeof(*states[i]));
		ASSERT_EQ(0, actor_enter(thread));
		ASSERT_EQ(0, actor_do(thread, epoll_add, states[i]));
		ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
	}
	ASSERT_EQ(0, actor_call(self->manager, OBJECT, 1, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_read(self->owner));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->owner);
	for (i = 0; i < ARRAY_SIZE(states); i++)
		EXPECT_EQ(0, actor_do(i & 1 ? thread : self->owner, epoll_remove, states[i]));
	/* The thread is taken for a new one. */
	ASSERT_EQ(0, actor_do(thread, epoll_add, states[0]));
	ASSERT_EQ(0, actor_call(self->manager, OBJECT, 2, 0, NULL));
	EXPECT_EQ(1, actor_do(thread, epoll_look, states[0]));
	EXPECT_EQ(0, actor_do(thread, epoll_remove, states[0]));
}

/* CVE-2022-49947: a call to a process that never mapped, and its statistics. */
TEST_F(cve, 2022_49947_never_mapped)
{
	struct binder_payload object = {};
	struct actor *bare = actor_spawn(0);
	static char text[1 << 16];
	struct dirent *entry;
	char path[600];
	FILE *f;
	DIR *dir;
	int i;

	/* It can call, and so it can offer an object; it just can't take anything. */
	payload_binder(&object, BINDER_TYPE_BINDER, 0x5000, 0x55);
	ASSERT_EQ(0, actor_call(bare, 0, 1, TF_ONE_WAY, &object));
	ASSERT_EQ(0, actor_read(self->manager));
	ASSERT_EQ(2, actor_object(self->manager, 0)->handle);
	ASSERT_EQ(0, actor_ref(self->manager, BC_ACQUIRE, 2));
	ASSERT_EQ(0, cve_hear(bare, BR_TRANSACTION));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, actor_call_pattern(self->manager, 2, i & 1 ? TF_ONE_WAY : 0, 1,
						8 * i));
		ASSERT_EQ(0, actor_read(self->manager));
		EXPECT_TRUE(binder_find(&self->manager->in, BR_FAILED_REPLY, 0) ||
			    binder_find(&self->manager->in, BR_DEAD_REPLY, 0));
	}
	dir = opendir(LOG_DIR);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), LOG_DIR "%s", entry->d_name);
		f = entry->d_type == DT_REG ? fopen(path, "re") : NULL;
		EXPECT_TRUE(!f || fread(text, 1, sizeof(text), f) > 0 || !ferror(f));
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	EXPECT_EQ(0, cve_hear(bare, BR_TRANSACTION));
}

/* CVE-2024-26606: what a thread queues for itself did not wake its own epoll. */
TEST_F(cve, 2024_26606_epoll_of_own_work)
{
	struct actor *watcher = actor_spawn(BINDER_MAP_SIZE);
	struct epoll_state *state = actor_alloc(sizeof(*state));
	struct binder_payload reply = {};

	/* The owner's object for the watcher, which then dies. */
	payload_handle(&reply, BINDER_TYPE_HANDLE, OBJECT);
	ASSERT_EQ(0, actor_settle(watcher));
	ASSERT_EQ(0, actor_call(watcher, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->manager));
	ASSERT_EQ(0, actor_reply(self->manager, &reply));
	ASSERT_EQ(0, actor_read(watcher));
	ASSERT_EQ(OBJECT, actor_object(watcher, 0)->handle);
	ASSERT_EQ(0, actor_ref(watcher, BC_ACQUIRE, OBJECT));
	actor_kill(self->owner);
	/* The death is settled when calls get BR_DEAD_REPLY. */
	do {
		ASSERT_EQ(0, actor_call(watcher, OBJECT, 1, 0, NULL));
		ASSERT_EQ(0, actor_read(watcher));
	} while (!binder_find(&watcher->in, BR_DEAD_REPLY, 0));
	ASSERT_EQ(0, actor_enter(watcher));
	ASSERT_EQ(0, actor_do(watcher, epoll_add, state));
	ASSERT_EQ(0, cve_watch(watcher, BC_REQUEST_DEATH_NOTIFICATION, OBJECT, COOKIE));
	EXPECT_EQ(1, actor_do(watcher, epoll_look, state));
	ASSERT_EQ(0, actor_read(watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", watcher);
	ASSERT_EQ(0, cve_watch(watcher, BC_CLEAR_DEATH_NOTIFICATION, OBJECT, COOKIE));
	ASSERT_EQ(0, cve_cookie(watcher, BC_DEAD_BINDER_DONE, COOKIE));
	EXPECT_EQ(1, actor_do(watcher, epoll_look, state));
	ASSERT_EQ(0, actor_read(watcher));
	ASSERT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", watcher);
	/* And one that fails on the spot. */
	ASSERT_EQ(0, actor_call(watcher, 77, 1, 0, NULL));
	EXPECT_EQ(1, actor_do(watcher, epoll_look, state));
}

/* CVE-2024-56553: a watch whose end is wanted before its last news were dealt with. */
TEST_F(cve, 2024_56553_cleared_before_done)
{
	struct actor *m = self->manager;
	long freezes = count_now("freeze");
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, cve_watch(m, BC_REQUEST_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		ASSERT_EQ(0, actor_read(m));
		ASSERT_SHAPE("BR_NOOP BR_FROZEN_BINDER", m);
		/* Further news, which wait for the first ones' end. */
		ASSERT_EQ(0, cve_freeze(m, self->owner, !(i & 1)));
		ASSERT_EQ(0, cve_watch(m, BC_CLEAR_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		EXPECT_TRUE(actor_idle(m));
		ASSERT_EQ(0, cve_cookie(m, BC_FREEZE_NOTIFICATION_DONE, COOKIE));
		ASSERT_EQ(0, actor_read(m));
		ASSERT_SHAPE("BR_NOOP BR_CLEAR_FREEZE_NOTIFICATION_DONE", m);
		EXPECT_TRUE(actor_idle(m));
	}
	EXPECT_EQ(freezes, count_now("freeze"));
	/* The same, and the process ends in the middle of it. */
	ASSERT_EQ(0, cve_watch(m, BC_REQUEST_FREEZE_NOTIFICATION, OBJECT, COOKIE));
	ASSERT_EQ(0, actor_read(m));
	ASSERT_EQ(0, cve_freeze(m, self->owner, true));
	ASSERT_EQ(0, cve_watch(m, BC_CLEAR_FREEZE_NOTIFICATION, OBJECT, COOKIE));
}

/* CVE-2024-56554: a handle went while news of its freezing were queued. */
TEST_F(cve, 2024_56554_handle_goes_with_its_news)
{
	struct actor *m = self->manager;
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, cve_watch(m, BC_REQUEST_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		if (i & 1) {
			ASSERT_EQ(0, actor_read(m));
			ASSERT_EQ(0, cve_cookie(m, BC_FREEZE_NOTIFICATION_DONE, COOKIE));
			ASSERT_EQ(0, cve_freeze(m, self->owner, true));
		}
		ASSERT_EQ(0, actor_ref(m, BC_RELEASE, OBJECT));
		/* Nothing is told of a handle that is no more. */
		EXPECT_TRUE(actor_idle(m));
		ASSERT_EQ(0, cve_freeze(m, self->owner, false));
		ASSERT_EQ(0, cve_hear(self->owner, BR_TRANSACTION));
		ASSERT_EQ(OBJECT, actor_publish(self->owner, m, 0x2000 + i, i));
		ASSERT_EQ(0, cve_hear(m, BR_FROZEN_BINDER));
		ASSERT_EQ(0, cve_hear(self->owner, BR_TRANSACTION));
	}
	/* Frozen, the handle gone, and the watcher ends before anybody reads. */
	ASSERT_EQ(0, cve_watch(m, BC_REQUEST_FREEZE_NOTIFICATION, OBJECT, COOKIE));
	ASSERT_EQ(0, actor_ref(m, BC_RELEASE, OBJECT));
}

/* CVE-2026-64466: a watch of freezing outlived the handle it was for. */
TEST_F(cve, 2026_64466_watch_goes_with_the_handle)
{
	struct actor *m = self->manager;
	long freezes = count_now("freeze");
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, cve_watch(m, BC_REQUEST_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		ASSERT_EQ(0, actor_read(m));
		ASSERT_SHAPE("BR_NOOP BR_FROZEN_BINDER", m);
		/* Waiting for its end, or not; or being cleared. */
		if (i > 0)
			ASSERT_EQ(0, cve_cookie(m, BC_FREEZE_NOTIFICATION_DONE, COOKIE));
		if (i > 1)
			ASSERT_EQ(0, cve_watch(m, BC_CLEAR_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		ASSERT_EQ(0, actor_ref(m, BC_RELEASE, OBJECT));
		cve_hear(m, BR_CLEAR_FREEZE_NOTIFICATION_DONE);
		/* Everything of it is gone while its holder lives. */
		EXPECT_EQ(freezes, count_now("freeze"));
		EXPECT_EQ(-EINVAL, cve_cookie(m, BC_FREEZE_NOTIFICATION_DONE, COOKIE));
		EXPECT_EQ(-EINVAL, cve_watch(m, BC_CLEAR_FREEZE_NOTIFICATION, OBJECT, COOKIE));
		ASSERT_EQ(0, cve_hear(self->owner, BR_TRANSACTION));
		ASSERT_EQ(OBJECT, actor_publish(self->owner, m, 0x2000 + i, i));
		ASSERT_EQ(0, cve_hear(m, BR_FROZEN_BINDER));
		ASSERT_EQ(0, cve_hear(self->owner, BR_TRANSACTION));
	}
}

/*
 * CVE-2026-23400: the end of a watch was queued under the lock that queueing takes,
 * where the thread that asked for it is no looper.
 */
TEST_F(cve, 2026_23400_done_by_no_looper)
{
	struct actor *looper = self->manager;
	struct actor *plain = actor_thread(looper);

	ASSERT_EQ(0, actor_settle(plain));
	ASSERT_EQ(0, cve_watch(plain, BC_REQUEST_DEATH_NOTIFICATION, OBJECT, COOKIE));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_poll(looper, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(looper));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", looper);
	/* Both of it by the thread that never entered the loop. */
	ASSERT_EQ(0, cve_watch(plain, BC_CLEAR_DEATH_NOTIFICATION, OBJECT, COOKIE));
	ASSERT_EQ(0, cve_cookie(plain, BC_DEAD_BINDER_DONE, COOKIE));
	ASSERT_EQ(0, actor_poll(looper, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(looper));
	EXPECT_SHAPE("BR_NOOP BR_CLEAR_DEATH_NOTIFICATION_DONE", looper);
}

/*
 * CVE-2026-98774, CVE-2026-99075: works that wait for a thread's next read were
 * forgotten when it left: the owner never heard that its object is held.
 */
TEST_F(cve, 2026_98774_2026_99075_thread_leaves_before_it_reads)
{
	struct actor *thread = actor_thread(self->owner);
	struct binder_payload object = {};
	int one_way;

	for (one_way = 0; one_way < 2; one_way++) {
		payload_reset(&object);
		payload_binder(&object, BINDER_TYPE_BINDER, 0x3000 + one_way, 0x33);
		ASSERT_EQ(0, actor_settle(thread));
		ASSERT_EQ(0, actor_call(thread, 0, 1, one_way ? TF_ONE_WAY : 0, &object));
		ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
		/* Another thread of the process does what is left to do. */
		ASSERT_EQ(0, actor_poll(self->owner, BINDER_PATIENCE_MS));
		ASSERT_EQ(0, actor_read(self->owner));
		ASSERT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE", self->owner);
		EXPECT_EQ(0x3000 + one_way, self->owner->in.at[1].node.ptr);
		ASSERT_EQ(0, actor_answer_refs(self->owner));
		/* And it hears of its end. */
		ASSERT_EQ(0, actor_read(self->manager));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->manager);
		ASSERT_EQ(0, one_way ? actor_free(self->manager) :
				       actor_reply(self->manager, NULL));
		ASSERT_EQ(0, cve_hear(self->manager, BR_TRANSACTION));
		ASSERT_EQ(0, actor_poll(self->owner, BINDER_PATIENCE_MS));
		EXPECT_EQ(1, cve_hear(self->owner, BR_RELEASE));
	}
}

/* Unmaps its area, and has memory of its own in the same place. */
static long replace_area(struct actor *a, void *arg)
{
	size_t size = a->dev->map_size;
	struct binder_payload *p = arg;
	void *map = a->dev->map;

	munmap(map, size);
	if (mmap(map, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != map)
		return -errno;
	memcpy(map, p->data, p->size);
	return 0;
}

static long area_differs(struct actor *a, void *arg)
{
	struct binder_payload *p = arg;

	return memcmp(a->dev->map, p->data, p->size);
}

/* CVE-2026-43434: pages were put into whatever lay where the area had been. */
TEST_F(cve, 2026_43434_other_memory_in_its_place)
{
	struct binder_payload *own = actor_alloc(sizeof(*own));
	int i;

	payload_pattern(own, 9, 1 << 16);
	/* Some pages of the area are in use, others were. */
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, actor_call_pattern(self->manager, OBJECT, TF_ONE_WAY, 5, 5000));
		ASSERT_EQ(0, actor_read(self->owner));
		EXPECT_EQ(-1, actor_differs(self->owner, 5, 5000));
		if (i < 2)
			ASSERT_EQ(0, actor_free(self->owner));
		ASSERT_EQ(0, cve_hear(self->manager, BR_TRANSACTION));
	}
	ASSERT_EQ(0, actor_do(self->owner, replace_area, own));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, actor_call_pattern(self->manager, OBJECT, i & 1 ? TF_ONE_WAY : 0, 6,
						20000));
		ASSERT_EQ(0, cve_shrink());
		EXPECT_EQ(0, actor_do(self->owner, area_differs, own));
		cve_hear(self->manager, BR_TRANSACTION);
	}
	/* Nothing was delivered there. */
	EXPECT_EQ(0, cve_hear(self->owner, BR_TRANSACTION));
}

/* CVE-2025-71181: taking a page back locked a list that was locked already. */
TEST_F(cve, 2025_71181_reclaim)
{
	int i;

	for (i = 0; i < 20; i++) {
		/* Those that are used now, and those that were, in one list. */
		ASSERT_EQ(0, actor_call_pattern(self->manager, OBJECT, TF_ONE_WAY, i, 200000));
		ASSERT_EQ(0, actor_read(self->owner));
		if (i & 1)
			ASSERT_EQ(0, cve_shrink());
		EXPECT_EQ(-1, actor_differs(self->owner, i, 200000));
		ASSERT_EQ(0, actor_free(self->owner));
		ASSERT_EQ(0, cve_hear(self->manager, BR_TRANSACTION));
		if (i & 2)
			ASSERT_EQ(0, cve_shrink());
	}
}

#define MANY	3000

/*
 * CVE-2025-40028: a table of handles that could not grow was freed twice, by who
 * made it grow and with its process. (failnth.c makes it fail.)
 */
TEST_F(cve, 2025_40028_many_handles)
{
	struct binder_payload objects = {};
	struct binder_cmds hold = {};
	int i, k;

	for (i = 0; i < MANY; i += 100) {
		payload_reset(&objects);
		cmd_reset(&hold);
		for (k = 0; k < 100; k++) {
			payload_binder(&objects, BINDER_TYPE_BINDER, 0x10000 + 16 * (i + k), i + k);
			cmd_u32(&hold, BC_ACQUIRE, OBJECT + 1 + i + k);
		}
		ASSERT_EQ(0, actor_call(self->owner, 0, 1, TF_ONE_WAY, &objects));
		ASSERT_EQ(0, actor_read(self->manager));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->manager);
		EXPECT_EQ(OBJECT + 1 + i, actor_object(self->manager, 0)->handle);
		ASSERT_EQ(0, actor_write(self->manager, &hold));
		ASSERT_EQ(0, actor_free(self->manager));
		cve_hear(self->owner, BR_TRANSACTION);
	}
	/* Each number leads to its own object. */
	for (i = OBJECT + 1; i < MANY; i += 333) {
		ASSERT_EQ(0, actor_call(self->manager, i, 1, TF_ONE_WAY, NULL));
		ASSERT_EQ(0, cve_hear(self->manager, BR_TRANSACTION));
		ASSERT_EQ(0, actor_read(self->owner));
		EXPECT_EQ(0x10000 + 16 * (i - OBJECT - 1), actor_message(self->owner)->target.ptr);
		ASSERT_EQ(0, actor_free(self->owner));
	}
	actor_kill(self->manager);
	ASSERT_EQ(0, actor_poll(self->owner, BINDER_PATIENCE_MS));
}

/*
 * CVE-2023-52609: the last use of a process' memory was ended by a thread that then
 * slept, and with it everything else of the dead process waited for that thread.
 */
TEST_F(cve, 2023_52609_death_while_the_sender_sleeps)
{
	struct actor *sender = actor_thread(self->manager);
	struct binder_payload p = {};
	struct binder_cmds c = {};
	int i;

	ASSERT_EQ(0, actor_settle(sender));
	ASSERT_EQ(0, cve_watch(self->manager, BC_REQUEST_DEATH_NOTIFICATION, OBJECT, COOKIE));
	/* Some that it does not take, and a call that it does not answer. */
	payload_pattern(&p, 4, 50000);
	for (i = 0; i < 4; i++)
		cmd_call(&c, OBJECT, 1, TF_ONE_WAY, &p);
	cmd_call(&c, OBJECT, 1, 0, &p);
	ASSERT_EQ(0, actor_write(sender, &c));
	EXPECT_LE(4, cve_hear(sender, BR_TRANSACTION_COMPLETE));
	actor_start_read(sender);
	ASSERT_EQ(0, actor_wait_asleep(sender));
	actor_kill(self->owner);
	ASSERT_EQ(0, actor_poll(self->manager, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(self->manager));
	EXPECT_NE(NULL, binder_find(&self->manager->in, BR_DEAD_BINDER, 0));
	ASSERT_EQ(0, actor_finish(sender));
	EXPECT_NE(NULL, binder_find(&sender->in, BR_DEAD_REPLY, 0));
}

TEST_HARNESS_MAIN
