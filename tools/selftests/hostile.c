// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a hostile process can't do to others: see Documentation/hostile.rst, which also
 * says what it can, and which tests elsewhere show the rest.
 *
 * Here are those tests in which others go on meanwhile: two bystanders call each other,
 * see bystanders.h.
 */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "bystanders.h"

FIXTURE(hostile) {
	struct scene scene;
	struct actor *evil, *client, *thread;
};

FIXTURE_SETUP(hostile)
{
	scene_setup(_metadata, &self->scene);
	self->evil = actor_spawn(BINDER_MAP_SIZE);
	self->client = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->client));
	self->thread = actor_thread(self->client);
	ASSERT_EQ(0, actor_settle(self->thread));
}

FIXTURE_TEARDOWN(hostile)
{
	EXPECT_TRUE(bystanders_go_on(&self->scene));
	scene_end(_metadata, &self->scene);
}

/* Keeps an object with the manager, and does nothing with it. */
static long offer_job(struct actor *a, void *arg)
{
	static struct party p;
	int64_t *place = arg;

	p.dev = a->dev;
	*place = party_keep(&p, 0, 1);
	return *place < 0 ? -EPROTO : 0;
}

static long find_job(struct actor *a, void *arg)
{
	struct party p = { .dev = a->dev };
	int64_t *place = arg;

	return party_find(&p, *place);
}

/* The client's handle for an object of the hostile one's. */
static uint32_t meet(struct __test_metadata *_metadata, struct actor *evil, struct actor *client)
{
	int64_t *place = actor_alloc(sizeof(*place));
	long handle;

	ASSERT_EQ(0, actor_do(evil, offer_job, place));
	handle = actor_do(client, find_job, place);
	EXPECT_LT(0, handle);
	return handle;
}

/* Calls of that size until one fails; how many did not. */
struct calling {
	uint32_t handle, flags;
	size_t size;
	int64_t ended;
};

static long call_until_it_fails(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct party p = { .dev = a->dev };
	struct calling *c = arg;
	long count = 0;

	payload_pattern(&p.p, 1, c->size);
	for (;;) {
		c->ended = party_call(&p, c->handle, HELLO, c->flags, &reply);
		if (c->ended != BR_REPLY && c->ended != BR_TRANSACTION_COMPLETE)
			return party_flush(&p) ?: count;
		if (c->ended == BR_REPLY)
			cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
		count++;
	}
}

/* Calls the bystanders' object; how it has ended. */
static long call_others(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct party p = { .dev = a->dev };
	int64_t *place = arg, handle, ended;

	handle = party_find(&p, *place);
	if (handle < 0)
		return -EPROTO;
	ended = party_call(&p, handle, HELLO, 0, &reply);
	if (ended == BR_REPLY)
		cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	cmd_u32(&p.c, BC_RELEASE, handle);
	return party_flush(&p) ?: ended;
}

static void others_can_be_called(struct __test_metadata *_metadata, struct scene *s,
				 struct actor *by)
{
	int64_t *place = actor_alloc(sizeof(*place));

	*place = s->place;
	EXPECT_BR(BR_REPLY, actor_do(by, call_others, place));
}

/* Receivers. */

/*
 * One that never reads: one-way calls fill half of its area, and fail then. A thread
 * that calls it waits; others of its process do not, and it hears when that one dies.
 */
TEST_F(hostile, receiver_that_never_reads)
{
	struct calling *c = actor_alloc(sizeof(*c));
	struct binder_cmds call = {};

	c->handle = meet(_metadata, self->evil, self->client);
	c->flags = TF_ONE_WAY;
	c->size = 4096;
	EXPECT_EQ(BINDER_MAP_SIZE / 2 / 4096, actor_do(self->client, call_until_it_fails, c));
	EXPECT_BR(BR_FAILED_REPLY, c->ended);
	others_can_be_called(_metadata, &self->scene, self->client);

	cmd_call(&call, c->handle, 1, 0, NULL);
	actor_start_write_read(self->client, &call);
	ASSERT_EQ(0, actor_wait_asleep(self->client));
	others_can_be_called(_metadata, &self->scene, self->thread);
	EXPECT_FALSE(actor_finished(self->client, 0));
	actor_kill(self->evil);
	ASSERT_EQ(0, actor_finish(self->client));
	EXPECT_NE(NULL, binder_find(&self->client->in, BR_DEAD_REPLY, 0));
	others_can_be_called(_metadata, &self->scene, self->client);
}

/* Replies, and keeps each buffer that it has got. */
static long hoard_job(struct actor *a, void *arg)
{
	static struct party p;
	int ret;

	p.dev = a->dev;
	do {
		ret = party_turn(&p);
		if (!ret && binder_find(&p.in, BR_TRANSACTION, 0))
			cmd_reply(&p.c, 0, NULL);
	} while (!ret);
	return ret;
}

/* One that never frees harms itself: when its area is full it gets no calls any more. */
TEST_F(hostile, receiver_that_never_frees)
{
	struct calling *c = actor_alloc(sizeof(*c));

	c->handle = meet(_metadata, self->evil, self->client);
	c->size = 65536;
	actor_start(self->evil, hoard_job, NULL);
	EXPECT_EQ(BINDER_MAP_SIZE / 65536, actor_do(self->client, call_until_it_fails, c));
	EXPECT_BR(BR_FAILED_REPLY, c->ended);
	others_can_be_called(_metadata, &self->scene, self->client);
	actor_kill(self->evil);
	EXPECT_EQ(0, actor_do(self->client, call_until_it_fails, c));
	EXPECT_BR(BR_DEAD_REPLY, c->ended);
}

/* Senders. */

enum flood_kind { BUSY, EMPTY, LARGE, OBJECTS, FAILING };

struct flood {
	enum flood_kind kind;
	bool over;
	int64_t place;
	uint64_t sent, refused;
};

FIXTURE(flood) {
	struct scene scene;
};

FIXTURE_VARIANT(flood) {
	enum flood_kind kind;
};

FIXTURE_SETUP(flood) {}
FIXTURE_TEARDOWN(flood) { actor_end_all(); }

/* One-way calls without payload. */
FIXTURE_VARIANT_ADD(flood, empty) { .kind = EMPTY };
/* With 100,000 bytes. */
FIXTURE_VARIANT_ADD(flood, large) { .kind = LARGE };
/* With 500 objects, each a new one. */
FIXTURE_VARIANT_ADD(flood, objects) { .kind = OBJECTS };
/* That fail: each would be worth a line in the log. */
FIXTURE_VARIANT_ADD(flood, failing) { .kind = FAILING };

static void flood_payload(struct party *p, struct flood *f)
{
	static uint32_t object;
	int i;

	payload_reset(&p->p);
	if (f->kind == LARGE)
		payload_pattern(&p->p, 1, 100000);
	else if (f->kind == FAILING)
		payload_handle(&p->p, BINDER_TYPE_HANDLE, 77777);
	for (i = 0; f->kind == OBJECTS && i < 500; i++, object++)
		payload_binder(&p->p, BINDER_TYPE_BINDER, OBJECT_AT(object), object);
}

/* As many as it can, to the object of the bystanders; or just busy. */
static long flood_job(struct actor *a, void *arg)
{
	static struct party p;
	struct flood *f = arg;
	int64_t handle, ended;

	p.dev = a->dev;
	handle = party_find(&p, f->place);
	if (handle < 0)
		return -EPROTO;
	while (!__atomic_load_n(&f->over, __ATOMIC_SEQ_CST)) {
		if (f->kind == BUSY)
			continue;
		flood_payload(&p, f);
		ended = party_call(&p, handle, HELLO, TF_ONE_WAY, NULL);
		if (ended == BR_TRANSACTION_COMPLETE)
			f->sent++;
		else if (ended == BR_FAILED_REPLY)
			f->refused++;
		else
			return -EIO;
	}
	return 0;
}

static struct latency latency_while(struct __test_metadata *_metadata, struct scene *s,
				    struct actor *a, enum flood_kind kind, const char *name)
{
	struct flood *f = actor_alloc(sizeof(*f));
	struct latency l;

	f->kind = kind;
	f->place = s->place;
	actor_start(a, flood_job, f);
	usleep(100000);
	l = latency_of_nothing(s->calls);
	__atomic_store_n(&f->over, true, __ATOMIC_SEQ_CST);
	latency_log(name, &l);
	/* What it is told when it is its turn again. */
	EXPECT_EQ(0, actor_finish(a));
	if (kind == BUSY)
		return l;
	printf("#   %llu sent, %llu refused\n", (unsigned long long)f->sent,
	       (unsigned long long)f->refused);
	EXPECT_LT(0, kind == FAILING ? f->refused : f->sent);
	return l;
}

/*
 * A flood of one-way calls to the very object that the bystanders call. It gets one of
 * them at a time, so a call waits for one other, not for all. The flood also takes
 * processor time, as one that does nothing useful does: that is what it is compared to.
 */
TEST_F_TIMEOUT(flood, holds_up_nobody, 300)
{
	struct latency busy, now;
	bool good = false;
	struct actor *a;
	int i;

	for (i = 0; i < ATTEMPTS && !good && __test_passed(_metadata); i++) {
		scene_setup(_metadata, &self->scene);
		a = actor_spawn(BINDER_MAP_SIZE);
		busy = latency_while(_metadata, &self->scene, a, BUSY, "busy");
		now = latency_while(_metadata, &self->scene, a, variant->kind, "flood");
		good = undisturbed(&now, &busy);
		EXPECT_TRUE(bystanders_go_on(&self->scene));
		scene_end(_metadata, &self->scene);
	}
	EXPECT_TRUE(good);
}

/* Messages that are superseded. */

#define WAITING	3000

/*
 * One-way calls to who is frozen, each of another code and so none superseded: each of them
 * looks at all that wait already. How long the last 100 took, in microseconds, or -errno.
 */
static long update_job(struct actor *a, void *arg)
{
	struct party p = { .dev = a->dev };
	uint32_t *handle = arg;		/* and the next code */
	uint64_t from = now_us();
	int64_t ended;
	int i;

	for (i = 0; i < WAITING; i++) {
		if (i == WAITING - 100)
			from = now_us();
		ended = party_call(&p, handle[0], handle[1]++, TF_ONE_WAY | TF_UPDATE_TXN, NULL);
		/* 6.1's driver does not say that it waits. */
		if (ended != BR_TRANSACTION_PENDING_FROZEN && ended != BR_TRANSACTION_COMPLETE)
			return -EPROTO;
	}
	return party_flush(&p) ?: now_us() - from;
}

/* It is the sender itself that takes longer: its receiver is frozen, and others go on. */
TEST_F(hostile, sender_that_supersedes_nothing)
{
	uint32_t *handle = actor_alloc(2 * sizeof(*handle));
	struct latency before, now;
	bool good = false;
	struct window w;
	long us;
	int i;

	*handle = meet(_metadata, self->client, self->evil);
	ASSERT_EQ(0, cve_freeze(self->evil, self->client, true));
	for (i = 0; i < ATTEMPTS && !good; i++) {
		before = latency_of_nothing(self->scene.calls);
		latency_log("before", &before);
		w = window_open();
		us = actor_do(self->evil, update_job, handle);
		window_shut(&w);
		now = latency_in(self->scene.calls, &w);
		latency_log("waiting", &now);
		ASSERT_LT(0, us);
		printf("#   with %d that wait a call takes %ld us\n", (i + 1) * WAITING, us / 100);
		good = undisturbed(&now, &before);
	}
	EXPECT_TRUE(good);
	ASSERT_EQ(0, cve_freeze(self->evil, self->client, false));
}

/* A payload that changes while it is sent. */

#define MINE	0x4000

struct changing {
	struct binder_payload p;
	uint32_t handle;
	long sent, refused;
	bool over;
};

static long change_job(struct actor *a, void *arg)
{
	struct changing *c = arg;
	struct flat_binder_object *o = (void *)c->p.data;
	uint32_t i;

	for (i = 0; !__atomic_load_n(&c->over, __ATOMIC_SEQ_CST); i++) {
		__atomic_store_n(&o->hdr.type, i & 1 ? BINDER_TYPE_BINDER : BINDER_TYPE_HANDLE,
				 __ATOMIC_SEQ_CST);
		__atomic_store_n(&o->binder, i & 2 ? MINE : i & 4 ? 0 : 77777, __ATOMIC_SEQ_CST);
	}
	return 0;
}

static long send_changing(struct actor *a, void *arg)
{
	struct changing *c = arg;
	struct party p = { .dev = a->dev };
	uint64_t end = now_us() + 3000000;
	int64_t ended;

	p.p = c->p;
	while (now_us() < end) {
		ended = party_call(&p, c->handle, 1, TF_ONE_WAY, NULL);
		if (ended == BR_TRANSACTION_COMPLETE)
			c->sent++;
		else if (ended == BR_FAILED_REPLY)
			c->refused++;
		else
			return -EIO;
	}
	__atomic_store_n(&c->over, true, __ATOMIC_SEQ_CST);
	return party_flush(&p);
}

struct checked {
	int64_t place;
	long seen, wrong;
};

/*
 * Whatever the sender did to it: what is delivered is a handle that this receiver has
 * got in this moment, of the manager or of one of the sender's two objects.
 */
static long check_job(struct actor *a, void *arg)
{
	static struct party p;
	struct checked *c = arg;
	struct flat_binder_object *o;
	struct binder_return *br;
	int ret;

	p.dev = a->dev;
	__atomic_store_n(&c->place, party_keep(&p, 0, 1), __ATOMIC_SEQ_CST);
	do {
		ret = party_turn(&p);
		br = ret ? NULL : binder_find(&p.in, BR_TRANSACTION, 0);
		if (!br)
			continue;
		o = party_object(&br->tr, 0);
		if (o->hdr.type != BINDER_TYPE_HANDLE || o->cookie || o->binder > 3)
			c->wrong++;
		cmd_ptr(&p.c, BC_FREE_BUFFER, br->tr.data.ptr.buffer);
		__atomic_fetch_add(&c->seen, 1, __ATOMIC_SEQ_CST);
	} while (!ret);
	return ret;
}

TEST_F(hostile, sender_that_changes_what_it_sends)
{
	struct actor *receiver = actor_spawn(BINDER_MAP_SIZE);
	struct actor *second = actor_thread(self->evil);
	struct checked *check = actor_alloc(sizeof(*check));
	struct changing *c = actor_alloc(sizeof(*c));
	int64_t *place = actor_alloc(sizeof(*place));
	uint64_t deadline = now_us() + BINDER_PATIENCE_MS * 1000ULL;

	check->place = -2;
	actor_start(receiver, check_job, check);
	while (__atomic_load_n(&check->place, __ATOMIC_SEQ_CST) == -2 && now_us() < deadline)
		usleep(1000);
	*place = check->place;
	c->handle = actor_do(self->evil, find_job, place);
	ASSERT_LT(0, (int)c->handle);
	payload_binder(&c->p, BINDER_TYPE_BINDER, MINE, 0);
	actor_start(second, change_job, c);
	ASSERT_EQ(0, actor_do(self->evil, send_changing, c));
	ASSERT_EQ(0, actor_finish(second));
	/* Some were as they should be, and some were not. */
	EXPECT_LT(0, c->sent);
	EXPECT_LT(0, c->refused);
	while (__atomic_load_n(&check->seen, __ATOMIC_SEQ_CST) < c->sent && now_us() < deadline)
		usleep(1000);
	EXPECT_EQ(c->sent, check->seen);
	EXPECT_EQ(0, check->wrong);
}

/* Managers. */

/* One that does not answer, or is dead, is not needed by those who know each other. */
TEST_F(hostile, manager_that_is_of_no_use)
{
	struct binder_cmds call = {};

	ASSERT_EQ(0, kill(self->scene.manager->pid, SIGSTOP));
	cmd_call(&call, 0, HELLO, 0, NULL);
	actor_start_write_read(self->client, &call);
	ASSERT_EQ(0, actor_wait_asleep(self->client));
	EXPECT_TRUE(bystanders_go_on(&self->scene));
	/* Who waits for it can be killed. */
	actor_kill(self->client);
	EXPECT_TRUE(bystanders_go_on(&self->scene));
	actor_kill(self->scene.manager);
	EXPECT_TRUE(bystanders_go_on(&self->scene));
}

/* It can't give what it has not got: a number is not a handle. */
TEST_F(hostile, manager_without_handles)
{
	struct binder_payload p = {};
	struct actor *evil;

	actor_kill(self->scene.manager);
	evil = actor_spawn_manager();
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(evil));
	payload_handle(&p, BINDER_TYPE_HANDLE, 1);
	ASSERT_EQ(0, actor_reply(evil, &p));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", self->client);
}

/* Watchers. */

#define WATCHES	2000

static long watch_job(struct actor *a, void *arg)
{
	struct place what = { 1, WATCHES };
	struct binder_transaction_data reply;
	static struct party p;
	uint32_t i;

	p.dev = a->dev;
	payload_bytes(&p.p, &what, sizeof(what));
	if (party_call(&p, 0, GIVE, 0, &reply) != BR_REPLY)
		return -EPROTO;
	for (i = 0; i < party_objects(&reply); i++) {
		cmd_u32(&p.c, BC_ACQUIRE, party_object(&reply, i)->handle);
		cmd_handle_cookie(&p.c, BC_REQUEST_DEATH_NOTIFICATION,
				  party_object(&reply, i)->handle, i);
	}
	cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	return party_flush(&p) ?: party_objects(&reply);
}

/* Thousands of watches: whose death they are about does not take long to die for it. */
TEST_F(hostile, watcher_of_thousands)
{
	struct latency before, now;
	struct window w;

	EXPECT_EQ(WATCHES, actor_do(self->evil, watch_job, NULL));
	before = latency_of_nothing(self->scene.calls);
	latency_log("before", &before);
	w = window_open();
	actor_kill(self->scene.manager);
	window_shut(&w);
	now = latency_in(self->scene.calls, &w);
	latency_log("dying", &now);
	/* It reads none of them. */
	EXPECT_EQ(0, actor_poll(self->evil, BINDER_PATIENCE_MS));
	EXPECT_LE(WATCHES, count_now("death"));
	EXPECT_TRUE(bystanders_go_on(&self->scene));
}

/* Freezers. */

/* In the child: may it freeze anybody but itself? Returns the step that failed. */
static int freeze_from_a_container(uint32_t highest)
{
	struct binder_freeze_info info = { .enable = 1 };
	struct binder_dev dev;
	uint32_t pid;

	if (getpid() != 1 || binder_open(&dev, BINDER_MAP_SIZE))
		return 1;
	for (pid = 2; pid <= highest; pid++) {
		info.pid = pid;
		if (binder_ioctl(&dev, BINDER_FREEZE, &info) != -EINVAL)
			return 2;
	}
	return 0;
}

/* Processes are named by their numbers in the freezer's own pid namespace. */
TEST_F(hostile, freezer_in_a_container)
{
	/* The bystanders are among those, by their numbers outside. */
	const pid_t highest = getpid() + 100;
	int status;
	pid_t pid;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(freeze_from_a_container(highest));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status)) {
		TH_LOG("step %d failed", WEXITSTATUS(status));
	}
	EXPECT_TRUE(bystanders_go_on(&self->scene));
}

TEST_HARNESS_MAIN
