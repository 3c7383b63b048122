/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two bystanders who call each other all the time, while others near them misbehave.
 *
 * The time of each of their calls is kept. Under emulation, on a machine that is
 * busy, a call may take long for reasons that are not the driver's. So every bound
 * comes from what was measured in the same run, is generous, and is asked for again,
 * with everything anew, where it was missed: a driver that makes bystanders wait does
 * so each time. See undisturbed().
 *
 * The manager here is no bystander but everybody's servant: it keeps objects that it
 * is given, finds them again, and gives away objects of its own.
 */
#ifndef BINDER_TEST_BYSTANDERS_H
#define BINDER_TEST_BYSTANDERS_H

#include <time.h>
#include "cve.h"

#define ATTEMPTS	3

/* A process or thread that makes calls. Its memory is used again and again. */
struct party {
	struct binder_dev *dev;
	struct binder_cmds c;
	struct binder_payload p;
	struct binder_returns in;
};

/* Writes what there is, reads, and has ready what is to be answered to that. */
static inline int party_turn(struct party *p)
{
	int ret;

	/* As many returns as fit into p->in.at. */
	p->in.limit = 2048;
	ret = binder_write_read(p->dev, p->c.size ? &p->c : NULL, &p->in);
	cmd_reset(&p->c);
	if (!ret)
		binder_answer_refs(&p->c, &p->in);
	return ret;
}

/*
 * A call with the payload p->p: how it ended, or -errno. The reply, if there is one,
 * is p->in's, and its buffer the caller's.
 */
static inline int64_t party_call(struct party *p, uint32_t handle, uint32_t code, uint32_t flags,
				 struct binder_transaction_data *reply)
{
	static const uint32_t ends[] = {
		BR_REPLY, BR_DEAD_REPLY, BR_FAILED_REPLY, BR_FROZEN_REPLY,
		BR_ONEWAY_SPAM_SUSPECT, BR_TRANSACTION_PENDING_FROZEN,
	};
	struct binder_return *br;
	size_t i;
	int ret;

	cmd_call(&p->c, handle, code, flags, &p->p);
	for (;;) {
		ret = party_turn(p);
		if (ret)
			return ret;
		for (i = 0; i < ARRAY_SIZE(ends); i++) {
			br = binder_find(&p->in, ends[i], 0);
			if (br && ends[i] == BR_REPLY)
				*reply = br->tr;
			if (br)
				return ends[i];
		}
		if (flags & TF_ONE_WAY && binder_find(&p->in, BR_TRANSACTION_COMPLETE, 0))
			return BR_TRANSACTION_COMPLETE;
	}
}

static inline int party_flush(struct party *p)
{
	int ret = p->c.size ? binder_write(p->dev, &p->c) : 0;

	cmd_reset(&p->c);
	return ret;
}

/* The n-th object of a message in p's area. */
static inline struct flat_binder_object *party_object(const struct binder_transaction_data *tr,
						      size_t n)
{
	const binder_size_t *offsets = (void *)(uintptr_t)tr->data.ptr.offsets;

	return (void *)(uintptr_t)(tr->data.ptr.buffer + offsets[n]);
}

static inline size_t party_objects(const struct binder_transaction_data *tr)
{
	return tr->offsets_size / sizeof(binder_size_t);
}

/* The manager. */

enum {
	HELLO,			/* replies nothing */
	KEEP,			/* the objects of the payload; replies the first one's place */
	FIND,			/* what is kept at that place: replies with it */
	GIVE,			/* so many objects, from that one on: replies with them */
};

struct place {
	uint32_t first, count;
};

/* Pointers of objects: nobody looks behind them. */
#define OBJECT_AT(n)	(0x100000 + 16ULL * (n))
#define KEPT_MAX	250000

struct manager {
	struct party p;
	struct binder_payload reply;
	uint32_t kept;
	uint32_t handles[KEPT_MAX];
};

static inline void manager_answer(struct manager *m, const struct binder_transaction_data *tr)
{
	struct place place = {};
	uint32_t i;

	payload_reset(&m->reply);
	if (tr->data_size >= sizeof(place))
		memcpy(&place, (void *)(uintptr_t)tr->data.ptr.buffer, sizeof(place));
	if (tr->code == KEEP) {
		payload_bytes(&m->reply, &m->kept, sizeof(m->kept));
		for (i = 0; i < party_objects(tr) && m->kept < KEPT_MAX; i++) {
			m->handles[m->kept] = party_object(tr, i)->handle;
			cmd_u32(&m->p.c, BC_ACQUIRE, m->handles[m->kept++]);
		}
	} else if (tr->code == FIND && place.first < m->kept) {
		payload_handle(&m->reply, BINDER_TYPE_HANDLE, m->handles[place.first]);
	} else if (tr->code == GIVE) {
		for (i = place.first; i < place.first + place.count; i++)
			payload_binder(&m->reply, BINDER_TYPE_BINDER, OBJECT_AT(i), i);
	}
	cmd_ptr(&m->p.c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	if (!(tr->flags & TF_ONE_WAY))
		cmd_reply(&m->p.c, 0, &m->reply);
}

static inline long manage_job(struct actor *a, void *arg)
{
	static struct manager m;
	struct binder_return *br;
	int ret;

	m.p.dev = a->dev;
	cmd_none(&m.p.c, BC_ENTER_LOOPER);
	do {
		ret = party_turn(&m.p);
		br = ret ? NULL : binder_find(&m.p.in, BR_TRANSACTION, 0);
		if (br)
			manager_answer(&m, &br->tr);
	} while (!ret);
	return ret;
}

/* Keeps objects of @p with the manager: so many, from that one on. Their place, or -1. */
static inline int64_t party_keep(struct party *p, uint32_t first, uint32_t count)
{
	struct binder_transaction_data reply;
	uint32_t place = -1;
	uint32_t i;

	payload_reset(&p->p);
	for (i = first; i < first + count; i++)
		payload_binder(&p->p, BINDER_TYPE_BINDER, OBJECT_AT(i), i);
	if (party_call(p, 0, KEEP, 0, &reply) != BR_REPLY)
		return -1;
	if (reply.data_size == sizeof(place))
		memcpy(&place, (void *)(uintptr_t)reply.data.ptr.buffer, sizeof(place));
	cmd_ptr(&p->c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	return party_flush(p) || place == (uint32_t)-1 ? -1 : place;
}

/* Gets the object at a place, and keeps it strongly; its handle, or -1. */
static inline int64_t party_find(struct party *p, uint32_t place)
{
	struct place what = { place, 1 };
	struct binder_transaction_data reply;
	uint32_t handle = 0;

	payload_reset(&p->p);
	payload_bytes(&p->p, &what, sizeof(what));
	if (party_call(p, 0, FIND, 0, &reply) != BR_REPLY)
		return -1;
	if (party_objects(&reply) == 1) {
		handle = party_object(&reply, 0)->handle;
		cmd_u32(&p->c, BC_ACQUIRE, handle);
	}
	cmd_ptr(&p->c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	payload_reset(&p->p);
	return party_flush(p) || !handle ? -1 : handle;
}

/* Answers calls with nothing, until it is killed. */
static inline long serve_job(struct actor *a, void *arg)
{
	static struct party p;
	struct binder_return *br;
	int ret;

	p.dev = a->dev;
	cmd_none(&p.c, BC_ENTER_LOOPER);
	do {
		ret = party_turn(&p);
		br = ret ? NULL : binder_find(&p.in, BR_TRANSACTION, 0);
		if (!br)
			continue;
		cmd_ptr(&p.c, BC_FREE_BUFFER, br->tr.data.ptr.buffer);
		if (!(br->tr.flags & TF_ONE_WAY))
			cmd_reply(&p.c, 0, NULL);
	} while (!ret);
	return ret;
}

/* The bystanders. */

#define CALLS_KEPT	250000

struct calls {
	uint64_t count;
	int64_t failed;		/* how one has ended, if not well */
	struct {
		uint64_t from, till;	/* in microseconds */
	} at[CALLS_KEPT];
};

static inline uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

/* Keeps its object with the manager, and serves it. */
static inline long bystander_serve_job(struct actor *a, void *arg)
{
	static struct party p;
	int64_t *place = arg;

	p.dev = a->dev;
	__atomic_store_n(place, party_keep(&p, 0, 1), __ATOMIC_SEQ_CST);
	return *place < 0 ? -EPROTO : serve_job(a, NULL);
}

struct bystander {
	struct calls *calls;
	int64_t place;		/* of the object that it calls */
};

static inline long bystander_call_job(struct actor *a, void *arg)
{
	static struct party p;
	struct bystander *b = arg;
	struct calls *calls = b->calls;
	struct binder_transaction_data reply;
	int64_t handle, ended;
	uint64_t from;

	p.dev = a->dev;
	handle = party_find(&p, b->place);
	if (handle < 0)
		return -EPROTO;
	payload_pattern(&p.p, 1, 64);
	for (;;) {
		from = now_us();
		ended = party_call(&p, handle, HELLO, 0, &reply);
		if (ended == BR_REPLY) {
			cmd_ptr(&p.c, BC_FREE_BUFFER, reply.data.ptr.buffer);
		} else {
			calls->failed = ended;
			return -EPROTO;
		}
		calls->at[calls->count % CALLS_KEPT].from = from;
		calls->at[calls->count % CALLS_KEPT].till = now_us();
		__atomic_store_n(&calls->count, calls->count + 1, __ATOMIC_RELEASE);
	}
}

struct scene {
	struct counts before;
	struct actor *manager;
	struct actor *bystanders[2];
	int64_t place;		/* of the object that they call */
	struct calls *calls;
};

/* Two more processes, who call each other from now on. */
static inline void bystanders_start(struct __test_metadata *_metadata, struct scene *s)
{
	struct actor *server = s->bystanders[0] = actor_spawn(BINDER_MAP_SIZE);
	struct actor *client = s->bystanders[1] = actor_spawn(BINDER_MAP_SIZE);
	int64_t *place = actor_alloc(sizeof(*place));
	struct bystander *b = actor_alloc(sizeof(*b));
	uint64_t deadline = now_us() + BINDER_PATIENCE_MS * 1000ULL;

	*place = -2;
	actor_start(server, bystander_serve_job, place);
	while (__atomic_load_n(place, __ATOMIC_SEQ_CST) == -2 && now_us() < deadline)
		usleep(1000);
	ASSERT_LE(0, *place);
	s->calls = actor_alloc(sizeof(*s->calls));
	s->place = *place;
	b->calls = s->calls;
	b->place = *place;
	actor_start(client, bystander_call_job, b);
	while (__atomic_load_n(&s->calls->count, __ATOMIC_ACQUIRE) < 100 && now_us() < deadline)
		usleep(1000);
	ASSERT_LE(100, s->calls->count);
}

/* A manager, and two bystanders. */
static inline void scene_setup(struct __test_metadata *_metadata, struct scene *s)
{
	counts_read(&s->before);
	s->manager = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_become_manager(s->manager));
	actor_start(s->manager, manage_job, NULL);
	bystanders_start(_metadata, s);
}

static inline void scene_end(struct __test_metadata *_metadata, struct scene *s)
{
	actor_end_all();
	/* After a failure it would only repeat that. */
	if (__test_passed(_metadata) && !getenv("BINDER_CROWD"))
		counts_nothing_left(_metadata, &s->before);
}

/* How long calls took, as far as they lie in a window of time. */

struct window {
	uint64_t from, till;
};

static inline struct window window_open(void)
{
	return (struct window){ .from = now_us() };
}

static inline void window_shut(struct window *w)
{
	w->till = now_us();
}

struct latency {
	uint64_t length;	/* of the window */
	uint64_t count;
	uint64_t median, most, worst;	/* most: 99 of 100 take no longer */
};

static inline int compare_us(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The last call that has begun need not have ended: it counts as lasting until now. */
static inline struct latency latency_in(const struct calls *calls, const struct window *w)
{
	struct latency l = { .length = w->till - w->from };
	uint64_t count = __atomic_load_n(&calls->count, __ATOMIC_ACQUIRE), i, from, till;
	uint64_t last = count ? calls->at[(count - 1) % CALLS_KEPT].till : 0;
	/* One is being written. */
	uint64_t first = count < CALLS_KEPT ? 0 : count - CALLS_KEPT + 1;
	uint32_t *us = malloc((count - first + 1) * sizeof(*us));

	for (i = count; us && i-- > first;) {
		from = calls->at[i % CALLS_KEPT].from;
		till = calls->at[i % CALLS_KEPT].till;
		if (till <= w->from)
			break;
		if (from >= w->till)
			continue;
		from = from > w->from ? from : w->from;
		till = till < w->till ? till : w->till;
		us[l.count++] = till - from;
	}
	if (last < w->till)
		us[l.count++] = w->till - (last > w->from ? last : w->from);
	qsort(us, l.count, sizeof(*us), compare_us);
	l.median = us[l.count / 2];
	l.most = us[l.count * 99 / 100];
	l.worst = us[l.count - 1];
	free(us);
	return l;
}

/* What is normal here. */
static inline struct latency latency_of_nothing(const struct calls *calls)
{
	struct window w = window_open();

	usleep(1000000);
	window_shut(&w);
	return latency_in(calls, &w);
}

static inline void latency_log(const char *when, const struct latency *l)
{
	printf("#   %-8s %8.1f ms, %6llu calls: half in %5llu us, 99%% in %6llu, all in %7llu\n",
	       when, l->length / 1000.0, (unsigned long long)l->count,
	       (unsigned long long)l->median, (unsigned long long)l->most,
	       (unsigned long long)l->worst);
	fflush(stdout);
}

/*
 * Were the bystanders as they are when the driver is not to blame (@normal)?
 *
 * - They made at least a 10th of the calls that they made in that time then. Who waits
 *   for somebody else's lock until the end makes one or two. A task more than there
 *   are processors makes them two or three times slower, not ten.
 * - No call took a quarter of the time, and then some: the longest ones without the
 *   driver are the scheduler's, or the machine's.
 */
static inline bool undisturbed(const struct latency *now, const struct latency *normal)
{
	return now->count >= normal->count * now->length / normal->length / 10 &&
	       now->worst <= now->length / 4 + 4 * normal->worst + 20000;
}

/* Their next call comes to its end. */
static inline bool bystanders_go_on(const struct scene *s)
{
	uint64_t deadline = now_us() + BINDER_PATIENCE_MS * 1000ULL;
	uint64_t count = __atomic_load_n(&s->calls->count, __ATOMIC_ACQUIRE);

	while (__atomic_load_n(&s->calls->count, __ATOMIC_ACQUIRE) < count + 2) {
		if (now_us() > deadline)
			return false;
		usleep(1000);
	}
	return !s->calls->failed;
}

#endif /* BINDER_TEST_BYSTANDERS_H */
