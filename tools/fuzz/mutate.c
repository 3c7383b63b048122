// SPDX-License-Identifier: GPL-2.0-only
/* New programs out of old ones. */
#include <fcntl.h>
#include <string.h>
#include "binder_client.h"
#include "fuzz.h"

static uint64_t state;

void pick_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

uint32_t pick(uint32_t below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % below;
}

/* Arguments */

static uint64_t one_of(const uint64_t *values, size_t n)
{
	return values[pick(n)];
}

static uint64_t any_number(void)
{
	static const uint64_t values[] = {
		0, 1, 2, 3, 4, 7, 8, 12, 16, 24, 40, 48, 64, 100, 255, 256, 4095, 4096, 4097, 8192,
		65536, 0x7ffffff8, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, 1ULL << 32,
		1ULL << 62, 1ULL << 63, -24ULL, -8ULL, -4ULL, -1ULL,
	};

	return pick(4) ? one_of(values, ARRAY_SIZE(values)) : pick(1 << 13);
}

static uint64_t some_flags(const uint32_t *flags, size_t n)
{
	uint64_t sum = 0;
	int tries;

	for (tries = pick(4); tries--;)
		sum |= flags[pick(n)];
	return pick(40) ? sum : 1ULL << pick(32);
}

static uint64_t some_size(void)
{
	static const uint64_t sizes[] = {
		0, 4, 8, 16, 24, 32, 40, 48, 64, 72, 100, 128, 256, 500, 4088, 4096, 4104, 8192,
		0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0xfe000, 0x100000, 0x400000,
	};

	return pick(12) ? one_of(sizes, ARRAY_SIZE(sizes)) : any_number();
}

static uint64_t some_command(void)
{
	static const uint64_t commands[] = {
		BC_TRANSACTION, BC_REPLY, BC_ACQUIRE_RESULT, BC_FREE_BUFFER, BC_INCREFS, BC_ACQUIRE,
		BC_RELEASE, BC_DECREFS, BC_INCREFS_DONE, BC_ACQUIRE_DONE, BC_ATTEMPT_ACQUIRE,
		BC_REGISTER_LOOPER, BC_ENTER_LOOPER, BC_EXIT_LOOPER, BC_REQUEST_DEATH_NOTIFICATION,
		BC_CLEAR_DEATH_NOTIFICATION, BC_DEAD_BINDER_DONE, BC_TRANSACTION_SG, BC_REPLY_SG,
		BC_REQUEST_FREEZE_NOTIFICATION, BC_CLEAR_FREEZE_NOTIFICATION,
		BC_FREEZE_NOTIFICATION_DONE, BR_NOOP, _IO('c', 0), _IO('c', 99),
		_IOW('c', 3, uint8_t[200]),
	};

	return pick(20) ? one_of(commands, ARRAY_SIZE(commands)) : any_number();
}

static uint64_t some_ioctl(void)
{
	static const uint64_t ioctls[] = {
		BINDER_WRITE_READ, BINDER_SET_IDLE_TIMEOUT, BINDER_SET_MAX_THREADS,
		BINDER_SET_IDLE_PRIORITY, BINDER_SET_CONTEXT_MGR, BINDER_THREAD_EXIT,
		BINDER_VERSION, BINDER_GET_NODE_DEBUG_INFO, BINDER_GET_NODE_INFO_FOR_REF,
		BINDER_SET_CONTEXT_MGR_EXT, BINDER_FREEZE, BINDER_GET_FROZEN_INFO,
		BINDER_ENABLE_ONEWAY_SPAM_DETECTION, BINDER_GET_EXTENDED_ERROR,
	};

	return pick(20) ? one_of(ioctls, ARRAY_SIZE(ioctls)) : any_number();
}

static uint64_t some_argument(enum arg_kind kind)
{
	static const uint32_t call_flags[] = {
		TF_ONE_WAY, TF_ONE_WAY, TF_ACCEPT_FDS, TF_ACCEPT_FDS, TF_CLEAR_BUF, TF_UPDATE_TXN,
		TF_ROOT_OBJECT, TF_STATUS_CODE,
	};
	static const uint32_t node_flags[] = {
		FLAT_BINDER_FLAG_ACCEPTS_FDS, FLAT_BINDER_FLAG_ACCEPTS_FDS,
		FLAT_BINDER_FLAG_TXN_SECURITY_CTX, FLAT_BINDER_FLAG_INHERIT_RT,
		1 << FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT, 2 << FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT,
		10, 0xec, 99,
	};
	static const uint64_t fds[] = { 100, 100, 100, 101, 3, 4, 5, 99, -1ULL };

	switch (kind) {
	case ARG_BOOL:
		return pick(2);
	case ARG_SMALL:
		return pick(24) ? pick(8) : any_number();
	case ARG_SIZE:
		return some_size();
	case ARG_AT:
		return pick(8) ? pick(16) * 4 : any_number();
	case ARG_HANDLE:
		return pick(24) ? pick(4) : any_number();
	case ARG_POINTER:
		return pick(24) ? 0x1000 * (1 + pick(3)) : any_number();
	case ARG_COOKIE:
		return pick(24) ? pick(3) : any_number();
	case ARG_FD:
		return one_of(fds, ARRAY_SIZE(fds));
	case ARG_OPEN:
		return pick(3) ? O_NONBLOCK : 0;
	case ARG_CALL:
		return some_flags(call_flags, ARRAY_SIZE(call_flags));
	case ARG_NODE:
		return some_flags(node_flags, ARRAY_SIZE(node_flags));
	case ARG_COMMAND:
		return some_command();
	case ARG_IOCTL:
		return some_ioctl();
	case ARG_NICE:
		return pick(40) - 20ULL;
	default:
		return any_number();
	}
}

/* Lines */

static unsigned int some_word(void)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < word_count; i++)
		sum += words[i].weight;
	at = pick(sum);
	for (i = 0; at >= words[i].weight; i++)
		at -= words[i].weight;
	return i;
}

/* Mostly an actor that is there. */
static unsigned int some_actor(const struct program *p)
{
	return p->count && pick(8) ? p->at[pick(p->count)].actor : pick(ACTORS);
}

static void some_line(const struct program *p, struct line *line)
{
	const struct word *w;
	int i;

	memset(line, 0, sizeof(*line));
	line->actor = some_actor(p);
	line->word = some_word();
	line->async = !pick(20);
	w = &words[line->word];
	for (i = 0; i < ARGS && w->args[i].name; i++)
		line->arg[i] = some_argument(w->args[i].kind);
}

static void insert(struct program *p, unsigned int at, const struct line *lines,
		   unsigned int count)
{
	if (count > LINES_MAX - p->count)
		count = LINES_MAX - p->count;
	memmove(&p->at[at + count], &p->at[at], (p->count - at) * sizeof(*lines));
	memcpy(&p->at[at], lines, count * sizeof(*lines));
	p->count += count;
}

void program_delete(struct program *p, unsigned int from, unsigned int count)
{
	if (count > p->count - from)
		count = p->count - from;
	p->count -= count;
	memmove(&p->at[from], &p->at[from + count], (p->count - from) * sizeof(p->at[0]));
}

static void insert_random(struct program *p)
{
	struct line line;

	some_line(p, &line);
	insert(p, pick(p->count + 1), &line, 1);
}

/* Adjacent lines of one actor: a stream is made of them. */
static void insert_stream(struct program *p)
{
	unsigned int at = pick(p->count + 1), n = 1 + pick(4), actor = some_actor(p);
	struct line line;

	while (n--) {
		some_line(p, &line);
		line.actor = actor;
		insert(p, at, &line, 1);
	}
}

static void alter_argument(struct program *p)
{
	struct line *line = &p->at[pick(p->count)];
	const struct word *w = &words[line->word];
	unsigned int n = 0, i;

	while (n < ARGS && w->args[n].name)
		n++;
	if (!n)
		return;
	i = pick(n);
	switch (pick(8)) {
	case 0:
		line->arg[i] += pick(2) ? 1 : -1ULL;
		break;
	case 1:
		line->arg[i] ^= 1ULL << pick(16);
		break;
	case 2:
		line->arg[i] = any_number();
		break;
	default:
		line->arg[i] = some_argument(w->args[i].kind);
	}
}

static void copy_lines(struct program *p, const struct program *from)
{
	unsigned int first = pick(from->count), n = 1 + pick(8);
	struct line lines[8];

	if (n > from->count - first)
		n = from->count - first;
	memcpy(lines, &from->at[first], n * sizeof(lines[0]));
	insert(p, pick(p->count + 1), lines, n);
}

/* The end of another program, behind the beginning of this one. */
static void cross(struct program *p, const struct program *other)
{
	unsigned int cut = pick(p->count + 1), from = pick(other->count);

	p->count = cut;
	insert(p, cut, &other->at[from], other->count - from);
}

static void swap_lines(struct program *p)
{
	unsigned int a = pick(p->count), b = pick(p->count);
	struct line line = p->at[a];

	p->at[a] = p->at[b];
	p->at[b] = line;
}

static void change_actors(struct program *p)
{
	unsigned int at = pick(p->count), n = 1 + pick(6), to = pick(ACTORS);

	for (; n-- && at < p->count; at++)
		p->at[at].actor = to;
}

static void mutate_once(struct program *p, const struct program *other)
{
	switch (p->count ? pick(16) : 0) {
	case 0:
	case 1:
	case 2:
		return insert_random(p);
	case 3:
		return insert_stream(p);
	case 4:
		return program_delete(p, pick(p->count), 1 + pick(3));
	case 5:
		return copy_lines(p, p);
	case 6:
	case 7:
		return copy_lines(p, other);
	case 8:
		return cross(p, other);
	case 9:
		return swap_lines(p);
	case 10:
		return change_actors(p);
	case 11:
		p->at[pick(p->count)].async ^= true;
		return;
	default:
		return alter_argument(p);
	}
}

void mutate(struct program *p, const struct program *other)
{
	unsigned int n = 1 + pick(4);

	while (n--)
		mutate_once(p, other);
}
