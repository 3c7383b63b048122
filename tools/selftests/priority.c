// SPDX-License-Identifier: GPL-2.0-only
/*
 * At which priority a call is served: nice values as in mainline, real-time
 * policies as in Android's common kernel.
 */
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "objects.h"

#define ANY_NICE	0x7f	/* less urgent than any: the caller's counts */
#define NICE(n)		((n) & FLAT_BINDER_FLAG_PRIORITY_MASK)
#define POLICY(p)	((p) << FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT)
#define INHERIT		FLAT_BINDER_FLAG_INHERIT_RT

/* A policy and a priority; the same with SCHED_RESET_ON_FORK. */
#define RT(policy, priority)		((policy) << 8 | (priority))
#define BORROWED(policy, priority)	(0x10000 | RT(policy, priority))

FIXTURE(nice) { struct duo d; };
FIXTURE_SETUP(nice) { duo_setup(_metadata, &self->d); }
FIXTURE_TEARDOWN(nice) { duo_teardown(_metadata, &self->d); }

FIXTURE(rt) { struct duo d; };
FIXTURE_SETUP(rt) { duo_setup(_metadata, &self->d); }
FIXTURE_TEARDOWN(rt) { duo_teardown(_metadata, &self->d); }

/* Of an actor's thread. */

static long nice_job(struct actor *a, void *arg)
{
	return getpriority(PRIO_PROCESS, 0);
}

static long set_nice_job(struct actor *a, void *arg)
{
	return setpriority(PRIO_PROCESS, 0, (intptr_t)arg) ? -errno : 0;
}

static long rt_job(struct actor *a, void *arg)
{
	int policy = sched_getscheduler(0);
	struct sched_param param;

	sched_getparam(0, &param);
	if (policy & SCHED_RESET_ON_FORK)
		return BORROWED(policy & ~SCHED_RESET_ON_FORK, param.sched_priority);
	return RT(policy, param.sched_priority);
}

static long set_rt_job(struct actor *a, void *arg)
{
	struct sched_param param = { .sched_priority = (intptr_t)arg & 0xff };

	return sched_setscheduler(0, (intptr_t)arg >> 8, &param) ? -errno : 0;
}

static long child_rt_job(struct actor *a, void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(sched_getscheduler(0));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int nice_of(struct actor *a)
{
	return actor_do(a, nice_job, NULL);
}

static void set_nice(struct __test_metadata *_metadata, struct actor *a, int nice)
{
	ASSERT_EQ(0, actor_do(a, set_nice_job, (void *)(intptr_t)nice));
}

static int rt_of(struct actor *a)
{
	return actor_do(a, rt_job, NULL);
}

static void set_rt(struct __test_metadata *_metadata, struct actor *a, int policy, int priority)
{
	ASSERT_EQ(0, actor_do(a, set_rt_job, (void *)(intptr_t)RT(policy, priority)));
}

struct rights {
	rlim_t nice, rt;
};

static long lose_rights_job(struct actor *a, void *arg)
{
	struct rights *rights = arg;
	struct rlimit nice = { rights->nice, rights->nice };
	struct rlimit rt = { rights->rt, rights->rt };

	return setrlimit(RLIMIT_NICE, &nice) || setrlimit(RLIMIT_RTPRIO, &rt) ||
	       setresuid(1000, 1000, 1000) ? -errno : 0;
}

/* From now on the server has what these limits give it, and no more. */
static void lose_rights(struct __test_metadata *_metadata, struct duo *d, rlim_t nice, rlim_t rt)
{
	struct rights *rights = actor_alloc(sizeof(*rights));

	rights->nice = nice;
	rights->rt = rt;
	ASSERT_EQ(0, actor_do(d->server, lose_rights_job, rights));
}

/* The client calls an object that asks for this; the server has read it. */
static void call(struct __test_metadata *_metadata, struct duo *d, uint32_t object_flags,
		 uint32_t flags)
{
	static binder_uintptr_t object = 0x10000;
	int64_t handle = duo_give(d, object++, object_flags);

	ASSERT_LE(3, handle);
	ASSERT_EQ(0, actor_call(d->client, handle, 1, flags, NULL));
	if (flags & TF_ONE_WAY)
		ASSERT_EQ(0, actor_read(d->client));
	duo_arrives(_metadata, d);
}

/* The server waits for any work and is told that there is none. */
static void rest(struct __test_metadata *_metadata, struct duo *d)
{
	ASSERT_EQ(0, actor_free(d->server));
	ASSERT_TRUE(actor_idle(d->server));
}

/* Nice values */

TEST_F(nice, of_the_caller)
{
	static const int values[] = { 10, 19, 1, 0, -1, -10, -20 };
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		set_nice(_metadata, d->client, values[i]);
		call(_metadata, d, ANY_NICE, 0);
		EXPECT_EQ(values[i], nice_of(d->server));
		duo_answer(_metadata, d);
		EXPECT_EQ(0, nice_of(d->server));
		EXPECT_EQ(values[i], nice_of(d->client));
	}
}

TEST_F(nice, of_the_node)
{
	static const struct { int caller, node, served; } cases[] = {
		{ 0, -5, -5 }, { -10, -5, -10 }, { 10, -5, -5 }, { 10, 0, 0 }, { 10, 5, 5 },
		{ -20, 19, -20 }, { 19, -20, -20 },
	};
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		set_nice(_metadata, d->client, cases[i].caller);
		call(_metadata, d, NICE(cases[i].node), 0);
		EXPECT_EQ(cases[i].served, nice_of(d->server));
		duo_answer(_metadata, d);
		EXPECT_EQ(0, nice_of(d->server));
	}
}

/* Nobody waits for it: the caller's does not count, and the node's only if it is more. */
TEST_F(nice, one_way)
{
	static const struct { int node, served; } cases[] = {
		{ -5, -5 }, { 5, 0 }, { 19, 0 }, { -20, -20 },
	};
	struct duo *d = &self->d;
	size_t i;

	set_nice(_metadata, d->client, -15);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		call(_metadata, d, NICE(cases[i].node), TF_ONE_WAY);
		EXPECT_EQ(cases[i].served, nice_of(d->server));
		rest(_metadata, d);
		EXPECT_EQ(0, nice_of(d->server));
	}
}

/* A thread that waits for any work has the nice value that its process began with. */
TEST_F(nice, at_rest)
{
	struct duo *d = &self->d;

	set_nice(_metadata, d->server, 7);
	ASSERT_TRUE(actor_idle(d->server));
	EXPECT_EQ(0, nice_of(d->server));
}

/*
 * A nested call is served by the thread that waits, and is as urgent as the thread
 * that makes it. Each reply brings back what was before its own call.
 */
TEST_F(nice, nested)
{
	struct binder_payload mine = {};
	struct duo *d = &self->d;
	uint32_t back;

	payload_binder(&mine, BINDER_TYPE_BINDER, 0x5000, 5);
	((struct flat_binder_object *)mine.data)->flags = ANY_NICE;
	set_nice(_metadata, d->client, -3);
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, &mine));
	duo_arrives(_metadata, d);
	EXPECT_EQ(-3, nice_of(d->server));
	back = actor_object(d->server, 0)->handle;
	set_nice(_metadata, d->server, -7);
	ASSERT_EQ(0, actor_call(d->server, back, 2, 0, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_NE(NULL, binder_find(&d->client->in, BR_TRANSACTION, 0));
	EXPECT_EQ(-7, nice_of(d->client));
	ASSERT_EQ(0, actor_answer_refs(d->client));
	ASSERT_EQ(0, actor_reply(d->client, NULL));
	EXPECT_EQ(-3, nice_of(d->client));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_free(d->server));
	EXPECT_EQ(-7, nice_of(d->server));
	d->one_is_dead = true;
}

TEST_F(nice, comes_back_when_the_caller_died)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	set_nice(_metadata, d->client, -3);
	call(_metadata, d, ANY_NICE, 0);
	actor_kill(d->client);
	EXPECT_EQ(-3, nice_of(d->server));
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	EXPECT_EQ(0, nice_of(d->server));
}

TEST_F(nice, comes_back_when_the_reply_fails)
{
	struct duo *d = &self->d;
	struct binder_payload bad = {};

	set_nice(_metadata, d->client, -3);
	call(_metadata, d, ANY_NICE, 0);
	payload_handle(&bad, BINDER_TYPE_HANDLE, 77);
	ASSERT_EQ(0, actor_reply(d->server, &bad));
	EXPECT_EQ(0, nice_of(d->server));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
}

/* The thread leaves the driver with its caller's priority? No. */
TEST_F(nice, comes_back_when_the_thread_exits)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	set_nice(_metadata, d->client, -3);
	call(_metadata, d, ANY_NICE, 0);
	ASSERT_EQ(0, actor_free_buffer(d->server, actor_message(d->server)->data.ptr.buffer));
	ASSERT_EQ(0, actor_ioctl(d->server, BINDER_THREAD_EXIT, NULL));
	EXPECT_EQ(0, nice_of(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY", d->client);
}

/* Without the right to it a thread gets no more than its limit, or nothing. */
TEST_F(nice, limited)
{
	struct duo *d = &self->d;

	lose_rights(_metadata, d, 25, 0);	/* down to -5 */
	set_nice(_metadata, d->client, -3);
	call(_metadata, d, ANY_NICE, 0);
	EXPECT_EQ(-3, nice_of(d->server));
	duo_answer(_metadata, d);
	set_nice(_metadata, d->client, -10);
	call(_metadata, d, ANY_NICE, 0);
	EXPECT_EQ(-5, nice_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(0, nice_of(d->server));
}

TEST_F(nice, without_a_limit_none)
{
	struct duo *d = &self->d;

	lose_rights(_metadata, d, 0, 0);
	set_nice(_metadata, d->client, -10);
	call(_metadata, d, ANY_NICE, 0);
	EXPECT_EQ(0, nice_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(0, nice_of(d->server));
}

/* Real-time policies */

TEST_F(rt, inherited)
{
	static const int policies[] = { SCHED_FIFO, SCHED_RR };
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		set_rt(_metadata, d->client, policies[i], 10 + i);
		call(_metadata, d, ANY_NICE | INHERIT, 0);
		EXPECT_EQ(BORROWED(policies[i], 10 + i), rt_of(d->server));
		duo_answer(_metadata, d);
		EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
		EXPECT_EQ(RT(policies[i], 10 + i), rt_of(d->client));
	}
}

TEST_F(rt, only_where_it_is_asked_for)
{
	struct duo *d = &self->d;

	set_rt(_metadata, d->client, SCHED_FIFO, 10);
	call(_metadata, d, ANY_NICE, 0);
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
	EXPECT_EQ(0, nice_of(d->server));
	duo_answer(_metadata, d);
	call(_metadata, d, ANY_NICE | INHERIT, TF_ONE_WAY);
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
	rest(_metadata, d);
}

/* As AOSP's SchedPolicySet: whoever calls. */
TEST_F(rt, of_the_node)
{
	static const struct { int policy, priority; } cases[] = {
		{ SCHED_FIFO, 1 }, { SCHED_RR, 50 }, { SCHED_FIFO, 99 },
	};
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t flags = POLICY(cases[i].policy) | cases[i].priority;

		call(_metadata, d, flags, 0);
		EXPECT_EQ(BORROWED(cases[i].policy, cases[i].priority), rt_of(d->server));
		duo_answer(_metadata, d);
		EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
		call(_metadata, d, flags, TF_ONE_WAY);
		EXPECT_EQ(BORROWED(cases[i].policy, cases[i].priority), rt_of(d->server));
		rest(_metadata, d);
		EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
	}
}

/* The node's is what it gets at least. */
TEST_F(rt, the_more_urgent)
{
	uint32_t flags = POLICY(SCHED_RR) | 20 | INHERIT;
	struct duo *d = &self->d;

	set_rt(_metadata, d->client, SCHED_FIFO, 10);
	call(_metadata, d, flags, 0);
	EXPECT_EQ(BORROWED(SCHED_RR, 20), rt_of(d->server));
	duo_answer(_metadata, d);
	set_rt(_metadata, d->client, SCHED_FIFO, 30);
	call(_metadata, d, flags, 0);
	EXPECT_EQ(BORROWED(SCHED_FIFO, 30), rt_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
}

/* It is lent to the thread, not to what the thread starts. */
TEST_F(rt, not_by_children)
{
	struct duo *d = &self->d;

	set_rt(_metadata, d->client, SCHED_FIFO, 10);
	call(_metadata, d, ANY_NICE | INHERIT, 0);
	EXPECT_EQ(SCHED_OTHER, actor_do(d->server, child_rt_job, NULL));
	duo_answer(_metadata, d);
}

TEST_F(rt, comes_back_when_the_caller_died)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	set_rt(_metadata, d->client, SCHED_RR, 10);
	call(_metadata, d, ANY_NICE | INHERIT, 0);
	actor_kill(d->client);
	EXPECT_EQ(BORROWED(SCHED_RR, 10), rt_of(d->server));
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
}

/* Policy, priority, nice value and all. */
TEST_F(rt, comes_back_exactly)
{
	struct duo *d = &self->d;
	struct actor *other = actor_thread(d->server);

	/* Its own, which resting leaves alone; a caller with less changes nothing. */
	set_rt(_metadata, d->server, SCHED_RR, 5);
	call(_metadata, d, ANY_NICE | INHERIT, 0);
	EXPECT_EQ(RT(SCHED_RR, 5), rt_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(RT(SCHED_RR, 5), rt_of(d->server));
	set_rt(_metadata, d->client, SCHED_FIFO, 10);
	call(_metadata, d, ANY_NICE | INHERIT, 0);
	EXPECT_EQ(BORROWED(SCHED_FIFO, 10), rt_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(RT(SCHED_RR, 5), rt_of(d->server));
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(other));
	set_rt(_metadata, d->server, SCHED_OTHER, 0);
	d->server_fds = actor_fds(d->server);	/* there is the thread's socket, too */
}

TEST_F(rt, limited)
{
	struct duo *d = &self->d;

	lose_rights(_metadata, d, 0, 7);
	set_rt(_metadata, d->client, SCHED_FIFO, 10);
	call(_metadata, d, ANY_NICE | INHERIT, 0);
	EXPECT_EQ(BORROWED(SCHED_FIFO, 7), rt_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
}

TEST_F(rt, without_a_limit_none)
{
	struct duo *d = &self->d;

	lose_rights(_metadata, d, 25, 0);
	set_rt(_metadata, d->client, SCHED_FIFO, 10);
	call(_metadata, d, ANY_NICE | INHERIT, 0);
	/* As urgent as it may be otherwise. */
	EXPECT_EQ(RT(SCHED_OTHER, 0), rt_of(d->server));
	EXPECT_EQ(-5, nice_of(d->server));
	duo_answer(_metadata, d);
	EXPECT_EQ(0, nice_of(d->server));
}

TEST_HARNESS_MAIN
