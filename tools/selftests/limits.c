// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large figures: 100,000 nodes, 100,000 handles, 10,000 threads, 10,000 buffers, 1,000
 * processes.
 *
 * One process, the victim, has as many. While it gets them, while they are used, and
 * when it is killed, two bystanders call each other: see bystanders.h for what is asked
 * of that. Afterwards nothing is left in the driver. Then: who is charged for what.
 *
 * What has a cost that grows with what there is already is found as well: the last
 * quarter of the figure may not take several times as long as the first one.
 *
 * Thousands of tasks that die at once are a burden of their own, to the scheduler
 * above all. So as many that never heard of binder are killed first, and what the
 * bystanders see then is the measure.
 *
 * Much smaller figures, unless BINDER_EFFORT=full.
 */
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "bystanders.h"
#include "cgroups.h"

static bool full_effort(void)
{
	const char *effort = getenv("BINDER_EFFORT");

	return effort && !strcmp(effort, "full");
}

/* How a figure is reached, in steps of which each took its time. */

#define STEPS	100

struct growth {
	uint32_t figure;
	uint32_t done;
	int64_t place;		/* where the manager has the first of the objects */
	uint32_t us[STEPS];
};

typedef int (*step_fn)(struct actor *a, struct party *p, struct growth *g, uint32_t first,
		       uint32_t count);

static int grow_steps(struct actor *a, struct growth *g, step_fn step)
{
	static struct party p;
	uint32_t first = 0, next;
	uint64_t from;
	int i, ret = 0;

	p.dev = a->dev;
	for (i = 0; i < STEPS && !ret; i++) {
		next = (uint64_t)g->figure * (i + 1) / STEPS;
		from = now_us();
		ret = step(a, &p, g, first, next - first);
		g->us[i] = now_us() - from;
		g->done = next;
		first = next;
	}
	return ret;
}

/* Of so many steps from the first one on, half took no longer than that. */
static uint32_t median_of_steps(const struct growth *g, int first, int count)
{
	uint32_t us[STEPS];

	memcpy(us, g->us + first, count * sizeof(*us));
	qsort(us, count, sizeof(*us), compare_us);
	return us[count / 2];
}

/* One victim. */

struct victim {
	const char *name;
	uint32_t figure, quick;
	actor_fn grow;			/* with a struct growth */
	actor_fn serve;			/* answers calls to its objects; or NULL */
	actor_fn use;			/* with the same */
	bool used_by_itself;		/* not by another process */
	actor_fn die;			/* whatever has to die before itself; or NULL */
	actor_fn like;			/* grows as many tasks, without binder; or NULL */
};

FIXTURE(limit) {
	struct scene scene;
};

FIXTURE_VARIANT(limit) {
	struct victim v;
};

FIXTURE_SETUP(limit) {}
FIXTURE_TEARDOWN(limit) { actor_end_all(); }

/* 100,000 nodes: the manager keeps them. */

static int keep_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
		     uint32_t count)
{
	int64_t place = party_keep(p, first, count);

	if (!first)
		g->place = place;
	return place < 0 ? -EPROTO : 0;
}

static long grow_nodes(struct actor *a, void *arg)
{
	return grow_steps(a, arg, keep_step);
}

static uint32_t any_of(uint32_t count)
{
	return (uint64_t)random() * count / ((uint64_t)RAND_MAX + 1);
}

/* How often what there is, is used. */
#define CALLS		200

/* Somebody finds some of the victim's objects, and calls them. */
static long call_objects(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct growth *g = arg;
	static struct party p;
	int64_t handle;
	int i;

	p.dev = a->dev;
	for (i = 0; i < CALLS; i++) {
		handle = party_find(&p, g->place + any_of(g->figure));
		if (handle < 0)
			return -EPROTO;
		if (party_call(&p, handle, HELLO, 0, &reply) != BR_REPLY)
			return -EIO;
		cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
		cmd_u32(&p.c, BC_RELEASE, handle);
	}
	return party_flush(&p);
}

FIXTURE_VARIANT_ADD(limit, nodes) {
	.v = { "nodes", 100000, 10000, grow_nodes, serve_job, call_objects },
};

/* 100,000 handles, of objects of the manager's. */

static int64_t ask_for(struct party *p, uint32_t first, uint32_t count,
		       struct binder_transaction_data *reply)
{
	struct place what = { first, count };

	payload_reset(&p->p);
	payload_bytes(&p->p, &what, sizeof(what));
	return party_call(p, 0, GIVE, 0, reply);
}

static int take_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
		     uint32_t count)
{
	struct binder_transaction_data reply;
	uint32_t i;

	if (ask_for(p, first, count, &reply) != BR_REPLY)
		return -EPROTO;
	for (i = 0; i < count; i++) {
		/* The lowest number that is free, each time. */
		if (party_object(&reply, i)->handle != first + i + 1)
			return -EBADMSG;
		cmd_u32(&p->c, BC_ACQUIRE, first + i + 1);
	}
	cmd_ptr(&p->c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	return party_flush(p);
}

static long grow_handles(struct actor *a, void *arg)
{
	return grow_steps(a, arg, take_step);
}

/* Lets some go, calls others, and gets those back by the same numbers. */
static long use_handles(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct growth *g = arg;
	static struct party p;
	uint32_t n;
	int i;

	p.dev = a->dev;
	for (i = 0; i < CALLS; i++) {
		n = any_of(g->figure - 1) + 1;
		cmd_u32(&p.c, BC_RELEASE, n);
		if (party_flush(&p))
			return -EIO;
		payload_reset(&p.p);
		if (party_call(&p, n == g->figure ? 1 : n + 1, HELLO, 0, &reply) != BR_REPLY)
			return -EPROTO;
		cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
		if (ask_for(&p, n - 1, 1, &reply) != BR_REPLY ||
		    party_object(&reply, 0)->handle != n)
			return -EBADMSG;
		cmd_u32(&p.c, BC_ACQUIRE, n);
		cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	}
	return party_flush(&p);
}

FIXTURE_VARIANT_ADD(limit, handles) {
	.v = { "handles", 100000, 5000, grow_handles, NULL, use_handles,
	       .used_by_itself = true },
};

/* 10,000 threads, all of them alive, in a read, and ready to serve. */

struct serving {
	int fd;
	uint32_t *ready;	/* counts those who serve */
};

/* Takes the message of a read apart, and has the answer to it ready. */
static size_t small_answer(uint8_t *out, const uint8_t *in, size_t size)
{
	const uint32_t commands[] = { BC_FREE_BUFFER, BC_REPLY };
	struct binder_transaction_data tr = {};
	size_t at = 0, done = 0;
	uint32_t cmd = BR_NOOP;

	while (at < size && cmd != BR_TRANSACTION) {
		memcpy(&cmd, in + at, sizeof(cmd));
		at += sizeof(cmd);
		if (cmd == BR_TRANSACTION)
			memcpy(&tr, in + at, sizeof(tr));
		at += _IOC_SIZE(cmd);
	}
	if (cmd != BR_TRANSACTION)
		return 0;
	memcpy(out, &commands[0], sizeof(cmd));
	done += sizeof(cmd);
	memcpy(out + done, &tr.data.ptr.buffer, sizeof(binder_uintptr_t));
	done += sizeof(binder_uintptr_t);
	memset(&tr, 0, sizeof(tr));
	memcpy(out + done, &commands[1], sizeof(cmd));
	done += sizeof(cmd);
	memcpy(out + done, &tr, sizeof(tr));
	return done + sizeof(tr);
}

/* A server that needs no more than the smallest stack there is. */
static void *small_serve(void *arg)
{
	const struct serving *s = arg;
	const uint32_t enter = BC_ENTER_LOOPER;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	uint8_t in[256], out[128];
	struct binder_write_read wr = {
		.write_size = sizeof(enter),
		.write_buffer = (uintptr_t)&enter,
		.read_buffer = (uintptr_t)in,
	};

	/* The first one does not wait, and the next one will. Nor does a poll. */
	if (ioctl(s->fd, BINDER_WRITE_READ, &wr) || poll(&p, 1, 0) < 0)
		return NULL;
	__atomic_fetch_add(s->ready, 1, __ATOMIC_SEQ_CST);
	wr.write_size = 0;
	wr.write_buffer = (uintptr_t)out;
	do {
		wr.write_consumed = 0;
		wr.read_consumed = 0;
		wr.read_size = sizeof(in);
		if (ioctl(s->fd, BINDER_WRITE_READ, &wr))
			return NULL;
		wr.write_size = small_answer(out, in, wr.read_consumed);
	} while (true);
}

/* Sleeps as long as that, somewhere else. */
static void *idle(void *arg)
{
	const struct serving *s = arg;

	__atomic_fetch_add(s->ready, 1, __ATOMIC_SEQ_CST);
	while (pause())
		;
	return NULL;
}

static int start_threads(struct serving *s, void *(*main)(void *), uint32_t count)
{
	pthread_attr_t attr;
	pthread_t thread;
	int ret = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	/* So that their stacks are one mapping: there may not be 20,000. */
	pthread_attr_setguardsize(&attr, 0);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (!ret && count--)
		ret = -pthread_create(&thread, &attr, main, s);
	pthread_attr_destroy(&attr);
	return ret;
}

static int wait_for(const uint32_t *counter, uint32_t count)
{
	uint64_t deadline = now_us() + BINDER_PATIENCE_MS * 1000ULL;

	while (__atomic_load_n(counter, __ATOMIC_SEQ_CST) < count) {
		if (now_us() > deadline)
			return -ETIMEDOUT;
		usleep(500);
	}
	return 0;
}

static uint32_t threads_ready;

static int thread_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
		       uint32_t count)
{
	static struct serving s = { .ready = &threads_ready };

	if (!first) {
		g->place = party_keep(p, 0, 1);
		if (g->place < 0)
			return -EPROTO;
		s.fd = a->dev->fd;
	}
	return start_threads(&s, small_serve, count) ?: wait_for(&threads_ready, first + count);
}

static long grow_threads(struct actor *a, void *arg)
{
	return grow_steps(a, arg, thread_step);
}

static int idle_thread_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
			    uint32_t count)
{
	static struct serving s = { .ready = &threads_ready };

	return start_threads(&s, idle, count) ?: wait_for(&threads_ready, first + count);
}

static long grow_idle_threads(struct actor *a, void *arg)
{
	return grow_steps(a, arg, idle_thread_step);
}

static long call_object(struct actor *a, void *arg)
{
	struct growth *g = arg, one = { .figure = 1, .place = g->place };

	return call_objects(a, &one);
}

FIXTURE_VARIANT_ADD(limit, threads) {
	.v = { "threads", 10000, 300, grow_threads, NULL, call_object,
	       .like = grow_idle_threads },
};

/* 10,000 buffers that the victim does not free, and as many that it has not read. */

static int buffer_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
		       uint32_t count)
{
	struct binder_transaction_data reply;

	if (!first)
		g->place = party_keep(p, 0, 1);
	/* The same object in each of them. */
	for (; count; count--)
		if (ask_for(p, 0, 1, &reply) != BR_REPLY)
			return -EPROTO;
	return g->place < 0 ? -EPROTO : party_flush(p);
}

static long grow_buffers(struct actor *a, void *arg)
{
	return grow_steps(a, arg, buffer_step);
}

static int send_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
		     uint32_t count)
{
	static int64_t handle;

	if (!first)
		handle = party_find(p, g->place);
	for (; count; count--)
		if (party_call(p, handle, HELLO, TF_ONE_WAY, NULL) != BR_TRANSACTION_COMPLETE)
			return -EPROTO;
	return 0;
}

static long send_oneway(struct actor *a, void *arg)
{
	return grow_steps(a, arg, send_step);
}

FIXTURE_VARIANT_ADD(limit, buffers) {
	.v = { "buffers", 10000, 2000, grow_buffers, NULL, send_oneway },
};

/* 1,000 processes, each with an area, an object, a handle, and a thread that serves. */

static pid_t children[1000];
static int child_count;

static void be_one_of_many(struct serving *s, uint32_t number)
{
	static struct party p;
	struct binder_dev dev;

	p.dev = &dev;
	if (binder_open(&dev, BINDER_MAP_SIZE) || party_keep(&p, number, 1) < 0)
		_exit(1);
	s->fd = dev.fd;
	small_serve(s);
	_exit(1);
}

static int start_processes(struct serving *s, bool idle_ones, uint32_t first, uint32_t count)
{
	uint32_t i;
	pid_t pid;

	for (i = first; i < first + count; i++) {
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (idle_ones)
				idle(s);
			be_one_of_many(s, i);
		}
		children[child_count++] = pid;
	}
	return wait_for(s->ready, first + count);
}

static int process_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
			uint32_t count)
{
	static struct serving s;

	if (!first) {
		s.ready = actor_alloc(sizeof(*s.ready));
		/* Its place; those of the others come behind it. */
		g->place = party_keep(p, 0, 1) + 1;
		if (g->place <= 0)
			return -EPROTO;
	}
	return start_processes(&s, false, first, count);
}

static long grow_processes(struct actor *a, void *arg)
{
	return grow_steps(a, arg, process_step);
}

static int idle_process_step(struct actor *a, struct party *p, struct growth *g, uint32_t first,
			     uint32_t count)
{
	static struct serving s;

	if (!first)
		s.ready = actor_alloc(sizeof(*s.ready));
	return start_processes(&s, true, first, count);
}

static long grow_idle_processes(struct actor *a, void *arg)
{
	return grow_steps(a, arg, idle_process_step);
}

/* All at once; gone when they are reaped. */
static long kill_processes(struct actor *a, void *arg)
{
	int i;

	for (i = 0; i < child_count; i++)
		kill(children[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}

FIXTURE_VARIANT_ADD(limit, processes) {
	.v = { "processes", 1000, 100, grow_processes, NULL, call_objects,
	       .die = kill_processes, .like = grow_idle_processes },
};

static struct latency measure(struct scene *s, struct window *w, const char *when)
{
	struct latency l;

	window_shut(w);
	l = latency_in(s->calls, w);
	latency_log(when, &l);
	return l;
}

static struct latency victim_grows(struct __test_metadata *_metadata, struct scene *s,
				   struct actor *victim, actor_fn grow, struct growth *g)
{
	struct window w = window_open();

	actor_start(victim, grow, g);
	while (!actor_finished(victim, BINDER_PATIENCE_MS) && now_us() - w.from < 300000000)
		;
	EXPECT_EQ(0, actor_finish(victim)) {
		TH_LOG("after %u", g->done);
	}
	return measure(s, &w, "growing");
}

static struct latency victim_dies(struct __test_metadata *_metadata, struct scene *s,
				  struct actor *victim, actor_fn die)
{
	struct window w = window_open();

	if (die)
		EXPECT_EQ(0, actor_do(victim, die, NULL));
	actor_kill(victim);
	return measure(s, &w, "dying");
}

/*
 * The bystanders have one processor from now on, and the victim the same one: who does
 * not let go of it is found, too.
 */
static void share_a_processor(struct __test_metadata *_metadata, struct scene *s,
			      struct actor *victim)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	ASSERT_EQ(0, sched_setaffinity(victim->pid, sizeof(one), &one));
	ASSERT_EQ(0, sched_setaffinity(s->bystanders[0]->pid, sizeof(one), &one));
	ASSERT_EQ(0, sched_setaffinity(s->bystanders[1]->pid, sizeof(one), &one));
}

/* What the bystanders see of as many tasks that are no victims: growing, and dying. */
static void live_and_die_without(struct __test_metadata *_metadata, struct scene *s,
				 const struct victim *v, struct growth *g,
				 struct latency normal[2])
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);

	printf("# %u %s that have nothing to do with binder\n", g->figure, v->name);
	normal[0] = victim_grows(_metadata, s, a, v->like, g);
	normal[1] = victim_dies(_metadata, s, a, v->die);
}

/* Returns whether the bystanders noticed nothing. */
static bool live_and_die(struct __test_metadata *_metadata, struct scene *s,
			 const struct victim *v, struct growth *g)
{
	struct actor *victim = actor_spawn(BINDER_MAP_SIZE), *user = victim;
	struct latency before, normal[2], grown, used, died;
	uint32_t first, last;
	struct window w;

	if (!v->used_by_itself)
		user = actor_spawn(BINDER_MAP_SIZE);
	g->figure = full_effort() ? v->figure : v->quick;
	before = latency_of_nothing(s->calls);
	latency_log("before", &before);
	normal[0] = before;
	normal[1] = before;
	if (v->like)
		live_and_die_without(_metadata, s, v, g, normal);

	printf("# %u %s\n", g->figure, v->name);
	grown = victim_grows(_metadata, s, victim, v->grow, g);
	first = median_of_steps(g, STEPS / 8, STEPS / 4);
	last = median_of_steps(g, STEPS * 3 / 4, STEPS / 4);
	if (v->serve)
		actor_start(victim, v->serve, g);
	w = window_open();
	EXPECT_EQ(0, actor_do(user, v->use, g));
	used = measure(s, &w, "in use");
	if (!v->like)
		share_a_processor(_metadata, s, victim);
	died = victim_dies(_metadata, s, victim, v->die);
	printf("#   a step took %u us in the beginning, %u us in the end\n", first, last);
	EXPECT_TRUE(bystanders_go_on(s));
	return undisturbed(&grown, &normal[0]) && undisturbed(&used, &before) &&
	       undisturbed(&died, &normal[1]) && last <= 4 * first + 2000;
}

TEST_F_TIMEOUT(limit, holds_up_nobody, 900)
{
	struct growth *g = actor_alloc(sizeof(*g));
	bool good = false;
	int i;

	for (i = 0; i < ATTEMPTS && !good && __test_passed(_metadata); i++) {
		scene_setup(_metadata, &self->scene);
		good = live_and_die(_metadata, &self->scene, &variant->v, g);
		scene_end(_metadata, &self->scene);
	}
	EXPECT_TRUE(good);
}

/* Who is charged? */

#define CHARGED		10000

FIXTURE(memory) {
	struct scene scene;
	struct actor *sender;
	struct growth *growth;
};

/* A call, and an object. */
static long grow_few(struct actor *a, void *arg)
{
	static struct party p;

	p.dev = a->dev;
	return party_keep(&p, KEPT_MAX, 1) < 0 ? -EPROTO : 0;
}

static struct actor *spawn_in(struct __test_metadata *_metadata, const char *group)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);

	ASSERT_TRUE(cgroup_set(group, "cgroup.procs", a->pid));
	ASSERT_EQ(0, actor_open(a, binder_device(), 0, BINDER_MAP_SIZE));
	return a;
}

FIXTURE_SETUP(memory)
{
	cgroups_setup(_metadata);
	scene_setup(_metadata, &self->scene);
	ASSERT_TRUE(cgroup_set("receiver", "cgroup.procs", self->scene.manager->pid));
	self->sender = spawn_in(_metadata, "sender");
	self->growth = actor_alloc(sizeof(*self->growth));
	self->growth->figure = CHARGED;
	/* What it uses of its own is there from now on. */
	ASSERT_EQ(0, actor_do(self->sender, grow_few, self->growth));
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_TRUE(bystanders_go_on(&self->scene));
	scene_end(_metadata, &self->scene);
	cgroups_end();
}

/* Until it is no less: what has ended, as a thread, is put away a while later. */
static long kernel_memory_settled(const char *group)
{
	long before, now = kernel_memory(group);
	int tries = 30;

	do {
		usleep(300000);
		before = now;
		now = kernel_memory(group);
	} while (now < before && --tries);
	return now;
}

/*
 * The sender does something @count times: it is charged at least so many bytes for each,
 * and who is at the other end nothing.
 */
static void expect_charged(struct __test_metadata *_metadata, struct actor *sender,
			   actor_fn something, struct growth *g, long count, long each)
{
	long own = kernel_memory("sender"), others = kernel_memory("receiver");

	ASSERT_LE(0, own);
	ASSERT_LE(0, others);
	ASSERT_EQ(0, actor_do(sender, something, g));
	own = kernel_memory_settled("sender") - own;
	others = kernel_memory("receiver") - others;
	printf("#   %ld bytes each, %ld for the other end\n", own / count, others / count);
	EXPECT_LE(count * each, own);
	EXPECT_GT(count * each / 4, others);
}

/* Both are made by who sends the object: neither is smaller than this without the other. */
TEST_F(memory, of_nodes_and_handles)
{
	expect_charged(_metadata, self->sender, grow_nodes, self->growth, CHARGED, 210);
}

static long watch_handles(struct actor *a, void *arg)
{
	struct growth *g = arg;
	static struct party p;
	uint32_t i;

	p.dev = a->dev;
	for (i = 1; i <= g->figure; i++)
		cmd_handle_cookie(&p.c, BC_REQUEST_DEATH_NOTIFICATION, i, i);
	return party_flush(&p);
}

TEST_F(memory, of_watches)
{
	/* The handles are the manager's to pay for, as it gives them away. */
	ASSERT_EQ(0, actor_do(self->sender, grow_handles, self->growth));
	expect_charged(_metadata, self->sender, watch_handles, self->growth, CHARGED, 80);
}

static void *say_hello(void *arg)
{
	const struct serving *s = arg;
	struct binder_version version;

	if (!ioctl(s->fd, BINDER_VERSION, &version))
		__atomic_fetch_add(s->ready, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Threads that end without a word to the driver, which has them until the process dies. */
static long leave_threads(struct actor *a, void *arg)
{
	struct serving s = { .fd = a->dev->fd, .ready = &threads_ready };
	struct growth *g = arg;
	uint32_t i;
	int ret = 0;

	for (i = 100; i <= g->figure && !ret; i += 100)
		ret = start_threads(&s, say_hello, 100) ?: wait_for(&threads_ready, i);
	return ret;
}

TEST_F(memory, of_threads)
{
	self->growth->figure = 2000;
	expect_charged(_metadata, self->sender, leave_threads, self->growth, 2000, 300);
}

/* A receiver that does not read, in a process of the receiver's group. */
static void spawn_lazy(struct __test_metadata *_metadata, struct growth *g)
{
	struct actor *lazy = spawn_in(_metadata, "receiver");
	struct growth *one = actor_alloc(sizeof(*one));

	one->figure = 1;
	ASSERT_EQ(0, actor_do(lazy, grow_nodes, one));
	g->place = one->place;
}

TEST_F(memory, of_messages)
{
	spawn_lazy(_metadata, self->growth);
	expect_charged(_metadata, self->sender, send_oneway, self->growth, CHARGED, 280);
}

#define PAGES	100

static long send_pages(struct actor *a, void *arg)
{
	struct growth *g = arg;
	static struct party p;
	int64_t handle;

	p.dev = a->dev;
	handle = party_find(&p, g->place);
	payload_pattern(&p.p, 1, PAGES * 4096);
	return party_call(&p, handle, HELLO, TF_ONE_WAY, NULL) == BR_TRANSACTION_COMPLETE ?
		0 : -EPROTO;
}

/* Pages lie in the receiver's area, and are the sender's to pay for all the same. */
TEST_F(memory, of_pages)
{
	spawn_lazy(_metadata, self->growth);
	expect_charged(_metadata, self->sender, send_pages, self->growth, PAGES, 4096);
}

/* There may be 1 MB, and each takes some hundred bytes. */
#define REFUSED_BEFORE	6000

/* What it takes to say how it went, when there is no memory left. */
#define RESERVE	(16 * 4096)

/* Objects without end: how many until there was no memory for one? */
static long grow_until_refused(struct actor *a, void *arg)
{
	void *reserve = mmap(NULL, RESERVE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct binder_transaction_data reply;
	struct growth *g = arg;
	static struct party p;
	uint32_t i;

	if (reserve == MAP_FAILED)
		return -errno;
	p.dev = a->dev;
	for (g->done = 0; g->done < REFUSED_BEFORE; g->done += 100) {
		payload_reset(&p.p);
		for (i = 0; i < 100; i++)
			payload_binder(&p.p, BINDER_TYPE_BINDER, OBJECT_AT(g->done + i + 1000), 0);
		g->place = party_call(&p, 0, KEEP, 0, &reply);
		if (g->place != BR_REPLY)
			break;
		cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	}
	munmap(reserve, RESERVE);
	return party_flush(&p);
}

static void limit_sender(struct __test_metadata *_metadata)
{
	long now = cgroup_memory("sender");

	ASSERT_LT(0, now);
	ASSERT_TRUE(cgroup_set("sender", "memory.max", now + (1 << 20)));
}

/* Who may use so much memory and no more gets an error; others notice nothing. */
TEST_F(memory, that_is_refused)
{
	struct latency before, now;
	struct window w;
	char path[64];

	/* So that nobody is killed for it. */
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", self->sender->pid);
	ASSERT_TRUE(write_text(path, "-1000"));
	/* What its program needs of memory it has before there is a limit. */
	self->growth->figure = 1000;
	ASSERT_EQ(0, actor_do(self->sender, grow_nodes, self->growth));
	before = latency_of_nothing(self->scene.calls);
	limit_sender(_metadata);
	w = window_open();
	ASSERT_EQ(0, actor_do(self->sender, grow_until_refused, self->growth));
	now = measure(&self->scene, &w, "refused");
	EXPECT_BR(BR_FAILED_REPLY, self->growth->place);
	EXPECT_GT(REFUSED_BEFORE, self->growth->done);
	EXPECT_TRUE(undisturbed(&now, &before));
	/* With more memory, all is well. */
	ASSERT_TRUE(write_text(in_cgroup("sender", "memory.max"), "max"));
	self->growth->figure = 1000;
	EXPECT_EQ(0, actor_do(self->sender, grow_nodes, self->growth));
}

/* Or it is killed, as who uses too much of any other memory is; and nobody else. */
TEST_F(memory, that_is_died_of)
{
	self->growth->figure = 1000;
	ASSERT_EQ(0, actor_do(self->sender, grow_nodes, self->growth));
	limit_sender(_metadata);
	EXPECT_EQ(-EPIPE, actor_do(self->sender, grow_until_refused, self->growth));
	EXPECT_GT(REFUSED_BEFORE, self->growth->done);
	EXPECT_LE(1, cgroup_figure("sender", "memory.events", "oom_kill"));
	EXPECT_EQ(0, cgroup_figure("receiver", "memory.events", "oom_kill"));
	EXPECT_FALSE(actor_finished(self->scene.manager, 0));
}

TEST_HARNESS_MAIN
