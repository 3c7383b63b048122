// SPDX-License-Identifier: GPL-2.0-only
/*
 * player [-v] FIRST COUNT: play COUNT scripts, the first with seed FIRST.
 *
 * A script is a game of three processes in lock step: one makes a move, valid,
 * nearly valid or invalid, then all read whatever there is to read. Every answer of
 * the driver is told in words that don't depend on where things happen to be: processes
 * and buffers have names, files are only there or not. So the same seed is the same
 * story on every driver that behaves the same. Without -v a story is told by its hash.
 *
 * Two drivers are compared by tools/vm/differential.sh. What they are known, and meant,
 * to do differently (differences.txt) is not played: no move takes away a mapping,
 * offers a tiny read buffer or a truncated stream, no process goes while others wait
 * behind it, no thread while it waits, no parent lies at offset 0, and of an extended
 * error only the command is told, and not that of the dead. Nobody releases more than
 * it has taken.
 * BR_TRANSACTION_PENDING_FROZEN, which 6.1's driver does not have, is told as
 * BR_TRANSACTION_COMPLETE.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "payloads.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define PLAYERS		3
#define MOVES		30
#define AREA		(32 * 4096)
#define SPARE_FD	100	/* a file to send */
#define POINTERS	3	/* objects that a player has */
#define LIVE		64
#define SEEN		6
#define BLOCK		0x10000000	/* where memory is that pointers name */

/* What the test tells a player, and what that tells of it. */
struct turn {
	uint64_t random;
	bool crowded;		/* a script of one-way calls that pile up */
	int who;
	bool open;		/* the device is to be opened again */
	pid_t pid[PLAYERS];
	size_t told;
	char text[32768];
};

/* The rest is a player's own: each is a process. */
static struct binder_cmds cmds;
static struct binder_payload payload;
static struct binder_returns in, acks;
static int names;
static bool died;		/* whoever was called last */
static uint32_t seen[SEEN], sights;	/* the handles that came last */
static uint8_t *block;		/* memory for pointer objects, the same everywhere */
static struct turn *turn;

/* What a command changes, if it is carried out. */
static struct mine {
	struct {
		binder_uintptr_t at;
		int name;
		uint64_t handles[2];	/* that are in it: weak, strong; a bit each */
	} live[LIVE];
	int lives;
	int waiting, serving;	/* calls: sent, and read */
	bool served;		/* it has read a call */
	bool oneway;		/* was the last call */
	uint32_t taken[2][64];	/* of each handle: by BC_INCREFS, by BC_ACQUIRE */
} my, before[2];

static uint32_t draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state >> 33) % below;
}

static uint32_t pick(uint32_t below)
{
	return draw(&turn->random, below);
}

static void __attribute__((format(printf, 1, 2))) tell(const char *format, ...)
{
	size_t room = sizeof(turn->text) - turn->told;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(turn->text + turn->told, room, format, args);
	va_end(args);
	turn->told += n < (int)room ? n : (int)room - 1;
}

static uint32_t hash(uint32_t seed, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	while (size--)
		seed = (seed ^ *at++) * 16777619;
	return seed;
}

/* Payloads */

/* Mostly one that is there. */
static uint32_t some_handle(void)
{
	static const uint32_t wild[] = { 0, 1, 2, 3, 4, 77 };
	uint32_t last = sights < SEEN ? sights : SEEN;

	if (!pick(12) || (!turn->who && !last))
		return wild[pick(ARRAY_SIZE(wild))];
	/* The manager can't call itself. */
	if (turn->who && (!last || (turn->crowded ? pick(4) : !pick(3))))
		return 0;
	return seen[pick(last)];
}

static void add_own(bool weak)
{
	struct flat_binder_object o = {
		.hdr.type = weak ? BINDER_TYPE_WEAK_BINDER : BINDER_TYPE_BINDER,
		.binder = 0x1000 * (1 + pick(POINTERS)),
	};

	o.flags = 0x7f | (o.binder == 0x1000 ? 0 : FLAT_BINDER_FLAG_ACCEPTS_FDS);
	o.cookie = o.binder + !pick(12);
	payload_object(&payload, &o, sizeof(o));
}

/* Pointers in pointers: their places have to ascend. */
static void add_pointers(void)
{
	uint32_t length = pick(5) * 8, i, at = 0;
	size_t parent = payload.count;

	payload_pointer(&payload, block, length);
	for (i = pick(3); i--; at += 8)
		payload_child(&payload, block, pick(40), pick(8) ? parent : pick(parent + 2),
			      pick(8) ? at : pick(6) * 4);
}

static void add_fd_array(void)
{
	static const uint32_t fds[] = { SPARE_FD, SPARE_FD, SPARE_FD, SPARE_FD };

	memcpy(block, fds, sizeof(fds));
	if (!pick(6))
		block[8] = 99;
	payload_pointer(&payload, block, sizeof(fds));
	payload_fd_array(&payload, pick(8) ? pick(4) : 5, payload.count - !!pick(8),
			 pick(8) ? 0 : pick(4) * 4);
}

/* @files: the receiver may take them. */
static void add_object(bool files)
{
	static const uint32_t fds[] = { SPARE_FD, SPARE_FD, SPARE_FD, 999 };
	uint32_t what = pick(9);

	if (!sights && what >= 3 && what <= 5 && pick(8))
		what = 0;
	if (!files && (what == 6 || what == 8) && pick(4))
		what = 7;
	switch (what) {
	case 0:
	case 1:
		return add_own(false);
	case 2:
		return add_own(true);
	case 3:
	case 4:
		payload_handle(&payload, BINDER_TYPE_HANDLE, some_handle());
		break;
	case 5:
		payload_handle(&payload, BINDER_TYPE_WEAK_HANDLE, some_handle());
		break;
	case 6:
		payload_fd(&payload, fds[pick(ARRAY_SIZE(fds))]);
		break;
	case 7:
		return add_pointers();
	case 8:
		return add_fd_array();
	}
}

static void spoil(void)
{
	static const binder_size_t offsets[] = {
		0, 4, 8, 1, 7, 1000, 1ULL << 32, 1ULL << 63, -24ULL, -1ULL,
	};
	uint32_t byte, bit;

	if (pick(2) || !payload.count) {
		payload_offset(&payload, offsets[pick(ARRAY_SIZE(offsets))]);
		return;
	}
	/*
	 * The type or the flags: other bytes may be addresses. Not the flag that asks for
	 * security contexts.
	 */
	byte = pick(8);
	bit = pick(8);
	if (byte != 5 || bit != 4)
		payload.data[payload.offsets[pick(payload.count)] + byte] ^= 1 << bit;
}

/* Something to send, and how much space its pointers are given. */
static binder_size_t make_payload(bool files)
{
	binder_size_t extra;
	uint32_t n;

	payload_reset(&payload);
	payload_pattern(&payload, pick(100), 8 + pick(4) * 8);
	for (n = pick(5) / 2; n--;)
		add_object(files);
	extra = payload_extra(&payload);
	if (!pick(16))
		spoil();
	if (!pick(24))
		extra = pick(3) * 4;
	return extra;
}

/* What is read */

static void tell_process(pid_t pid)
{
	int i;

	for (i = 0; i < PLAYERS; i++)
		if (pid == turn->pid[i])
			return tell(" from %c", 'A' + i);
	tell(pid ? " from somebody" : " from nobody");
}

static int name_of(binder_uintptr_t buffer)
{
	if (my.lives == LIVE)
		return -1;
	memset(&my.live[my.lives], 0, sizeof(my.live[0]));
	my.live[my.lives].at = buffer;
	my.live[my.lives].name = ++names;
	return my.live[my.lives++].name;
}

static void tell_fd(uint32_t fd, bool close_it)
{
	tell(" fd%s%s", fcntl(fd, F_GETFD) < 0 ? " bad" : "",
	     fcntl(fd, F_GETFD) & FD_CLOEXEC ? "" : " without cloexec");
	if (close_it)
		close(fd);
}

static void tell_pointer(struct actor *a, const struct binder_buffer_object *o)
{
	binder_uintptr_t map = (uintptr_t)a->dev->map;
	uint8_t *at = (uint8_t *)(uintptr_t)o->buffer;
	binder_size_t i, left = 0;

	if (o->buffer < map || o->length > AREA || o->buffer - map > AREA - o->length)
		return tell(" pointer outside");
	/* Where a child's address was put it is not the sender's bytes. */
	for (i = 0; i < o->length; i++) {
		if (i % 8 == 0 && i + 8 <= o->length &&
		    *(uint64_t *)(at + i) - map < AREA)
			i += 7;
		else
			left += at[i] == (uint8_t)i;
	}
	tell(" pointer %llu:%llu", (unsigned long long)o->length, (unsigned long long)left);
}

static void tell_object(struct actor *a, uint8_t *at)
{
	struct flat_binder_object *flat = (void *)at;
	struct binder_fd_array_object *array = (void *)at;

	switch (flat->hdr.type) {
	case BINDER_TYPE_BINDER:
	case BINDER_TYPE_WEAK_BINDER:
		return tell(" object%s %llx.%llx/%x", flat->hdr.type == BINDER_TYPE_BINDER ?
			    "" : "(weak)", (unsigned long long)flat->binder,
			    (unsigned long long)flat->cookie, flat->flags);
	case BINDER_TYPE_HANDLE:
	case BINDER_TYPE_WEAK_HANDLE:
		if (flat->hdr.type == BINDER_TYPE_HANDLE || !sights)
			seen[sights++ % SEEN] = flat->handle;
		if (my.lives && flat->handle < 64)
			my.live[my.lives - 1].handles[flat->hdr.type == BINDER_TYPE_HANDLE] |=
				1ULL << flat->handle;
		return tell(" handle%s %llu/%x", flat->hdr.type == BINDER_TYPE_HANDLE ?
			    "" : "(weak)", (unsigned long long)flat->binder, flat->flags);
	case BINDER_TYPE_FD:
		return tell_fd(flat->handle, true);
	case BINDER_TYPE_PTR:
		return tell_pointer(a, (void *)at);
	case BINDER_TYPE_FDA:
		return tell(" array %llu", (unsigned long long)array->num_fds);
	}
	tell(" what %x", flat->hdr.type);
}

static void tell_message(struct actor *a, const struct binder_transaction_data *tr)
{
	uint8_t *data = (uint8_t *)(uintptr_t)tr->data.ptr.buffer;
	binder_size_t *offsets = (void *)(uintptr_t)tr->data.ptr.offsets;
	binder_size_t i, end = tr->data_size;

	tell(" %llx.%llx code %u flags %x", (unsigned long long)tr->target.ptr,
	     (unsigned long long)tr->cookie, tr->code, tr->flags);
	tell_process(tr->sender_pid);
	tell(" uid %u size %llu-%llu as %d", tr->sender_euid, (unsigned long long)tr->data_size,
	     (unsigned long long)tr->offsets_size, name_of(tr->data.ptr.buffer));
	for (i = 0; i < tr->offsets_size / sizeof(*offsets); i++) {
		end = i ? end : offsets[0];
		tell_object(a, data + offsets[i]);
	}
	tell(" bytes %x", hash(0, data, end));
}

static void tell_return(struct actor *a, const struct binder_return *br)
{
	uint32_t cmd = br->cmd == BR_TRANSACTION_PENDING_FROZEN ? BR_TRANSACTION_COMPLETE : br->cmd;

	tell("  %c %s", 'A' + turn->who, br_name(cmd));
	switch (cmd) {
	case BR_TRANSACTION:
		my.serving += !(br->tr.flags & TF_ONE_WAY);
		my.served |= my.serving;
		tell_message(a, &br->tr);
		break;
	case BR_REPLY:
		tell_message(a, &br->tr);
		__attribute__((fallthrough));
	case BR_DEAD_REPLY:
	case BR_FAILED_REPLY:
	case BR_FROZEN_REPLY:
		/* Of whom it is can't be told; rather too many wait than too few. */
		my.waiting -= my.waiting > 0 && !my.oneway;
		died = cmd == BR_DEAD_REPLY;
		break;
	case BR_INCREFS:
	case BR_ACQUIRE:
		if (acks.count < BINDER_RETURNS_MAX)
			acks.at[acks.count++] = *br;
		__attribute__((fallthrough));
	case BR_RELEASE:
	case BR_DECREFS:
		tell(" %llx.%llx", (unsigned long long)br->node.ptr,
		     (unsigned long long)br->node.cookie);
		break;
	case BR_DEAD_BINDER:
	case BR_CLEAR_DEATH_NOTIFICATION_DONE:
		tell(" %llu", (unsigned long long)br->cookie);
		break;
	}
	tell("\n");
}

/* Read until there is nothing more. A read that says nothing may come or not. */
static long read_job(struct actor *a, void *arg)
{
	int reads, error = 0;
	size_t i;

	turn = arg;
	for (reads = 0; reads < 32; reads++) {
		error = binder_write_read(a->dev, NULL, &in);
		if (error)
			break;
		for (i = 0; i < in.count; i++)
			if (in.at[i].cmd != BR_NOOP)
				tell_return(a, &in.at[i]);
	}
	if (error != -EAGAIN)
		tell("  %c error %d\n", 'A' + turn->who, error);
	return 0;
}

/* Moves */

static void move_call(void)
{
	uint32_t flags = (turn->crowded == !pick(3) ? 0 : TF_ONE_WAY) |
			 (pick(3) ? TF_ACCEPT_FDS : 0) | (pick(8) ? 0 : TF_CLEAR_BUF) |
			 (pick(8) ? 0 : TF_UPDATE_TXN);
	uint32_t handle = some_handle(), code = pick(3);
	binder_size_t extra = make_payload(handle);

	/* Who waits can't call. */
	if (my.waiting && !my.serving && pick(6))
		flags |= TF_ONE_WAY;
	tell("call %u code %u flags %x size %zu-%zu+%llu", handle, code, flags, payload.size,
	     payload.count, (unsigned long long)extra);
	my.oneway = flags & TF_ONE_WAY;
	my.waiting += !my.oneway;
	cmd_call_sg(&cmds, handle, code, flags, &payload, extra);
}

static void move_reply(void)
{
	binder_size_t extra = make_payload(true);

	tell("reply size %zu-%zu+%llu", payload.size, payload.count, (unsigned long long)extra);
	/* Without a call, or while it waits, it fails like a call. */
	my.waiting += !my.serving || my.waiting;
	my.oneway = false;
	my.serving -= my.serving > 0;
	cmd_reply_sg(&cmds, 0, &payload, extra);
}

static void move_free(void)
{
	/* In turn, at random, or nonsense. */
	uint32_t i = my.lives && pick(2) ? 0 : pick(my.lives + 1);
	binder_uintptr_t at = 0;

	tell("free %d", i < (uint32_t)my.lives ? my.live[i].name : 0);
	if (i < (uint32_t)my.lives) {
		at = my.live[i].at;
		memmove(&my.live[i], &my.live[i + 1], (--my.lives - i) * sizeof(my.live[0]));
	}
	cmd_ptr(&cmds, BC_FREE_BUFFER, at);
}

/* Does a buffer hold the handle, so that it is certain to be there? */
static bool is_held(uint32_t handle, bool strong)
{
	uint64_t handles = 0;
	int i;

	for (i = 0; i < my.lives; i++)
		handles |= my.live[i].handles[1] | (strong ? 0 : my.live[i].handles[0]);
	return handle < 64 && (handles & 1ULL << handle);
}

/*
 * Nothing is released that was not taken: on stock this could be the count of a
 * buffer, which is missing when the buffer is freed, by then perhaps to another
 * object of the same handle.
 */
static void move_count(void)
{
	uint32_t handle = some_handle();
	bool strong = pick(2), less = handle < 64 && my.taken[strong][handle] && pick(2);
	uint32_t cmd = strong ? less ? BC_RELEASE : BC_ACQUIRE : less ? BC_DECREFS : BC_INCREFS;

	if (less)
		my.taken[strong][handle]--;
	else if (is_held(handle, strong))
		my.taken[strong][handle]++;
	tell("count %u of handle %u", _IOC_NR(cmd), handle);
	cmd_u32(&cmds, cmd, handle);
}

static void move_acknowledge(void)
{
	if (pick(5)) {
		tell("acknowledge %zu", acks.count);
		binder_answer_refs(&cmds, &acks);
		acks.count = 0;
		return;
	}
	tell("acknowledge nothing");
	cmd_ptr_cookie(&cmds, pick(2) ? BC_INCREFS_DONE : BC_ACQUIRE_DONE,
		       0x1000 * (1 + pick(POINTERS)), 0x1000);
}

static void move_watch(void)
{
	uint32_t handle = some_handle(), cookie = 1 + pick(2), what = pick(6);

	if (what == 0) {
		tell("death %u done", cookie);
		cmd_ptr(&cmds, BC_DEAD_BINDER_DONE, cookie);
		return;
	}
	tell("%s handle %u as %u", what < 3 ? "don't watch" : "watch", handle, cookie);
	cmd_handle_cookie(&cmds, what < 3 ? BC_CLEAR_DEATH_NOTIFICATION :
			  BC_REQUEST_DEATH_NOTIFICATION, handle, cookie);
}

static void move_looper(void)
{
	static const uint32_t says[] = { BC_ENTER_LOOPER, BC_REGISTER_LOOPER, BC_EXIT_LOOPER };
	uint32_t cmd = says[pick(ARRAY_SIZE(says))];

	tell("looper %u", _IOC_NR(cmd));
	cmd_none(&cmds, cmd);
}

static void move_nonsense(void)
{
	static const uint32_t codes[] = {
		BC_ATTEMPT_ACQUIRE, BC_ACQUIRE_RESULT, _IO('c', 0), _IO('c', 77), BR_NOOP,
	};
	uint32_t cmd = codes[pick(ARRAY_SIZE(codes))];

	tell("nonsense %x", cmd);
	cmd_none(&cmds, cmd);
}

static void set_threads(struct actor *a)
{
	uint32_t threads = pick(3);

	tell("threads %u: %d\n", threads, binder_ioctl(a->dev, BINDER_SET_MAX_THREADS, &threads));
}

static void node_info(struct actor *a)
{
	struct binder_node_debug_info info = { .ptr = 0x1000 * pick(POINTERS + 1) };

	tell("nodes: %d", binder_ioctl(a->dev, BINDER_GET_NODE_DEBUG_INFO, &info));
	tell(" %llx.%llx %u %u\n", (unsigned long long)info.ptr, (unsigned long long)info.cookie,
	     info.has_strong_ref, info.has_weak_ref);
}

static void extended_error(struct actor *a)
{
	struct binder_extended_error error = {};
	int ret = binder_ioctl(a->dev, BINDER_GET_EXTENDED_ERROR, &error);

	/* Of the dead the two tell different things. */
	tell("error: %d %s\n", ret, died ? "dead" : br_name(error.command));
}

static void freeze_other(struct actor *a)
{
	struct binder_freeze_info info = { .enable = pick(2) };
	struct binder_frozen_status_info status = {};
	uint32_t who = pick(PLAYERS);
	int ret;

	info.pid = turn->pid[who];
	status.pid = info.pid;
	ret = binder_ioctl(a->dev, BINDER_FREEZE, &info);
	tell("%s %c: %d", info.enable ? "freeze" : "thaw", 'A' + who, ret);
	ret = binder_ioctl(a->dev, BINDER_GET_FROZEN_INFO, &status);
	tell(" %d %u %u\n", ret, status.sync_recv, status.async_recv);
}

static void leave(struct actor *a)
{
	/* Stock forgets what it had to tell this thread of its process' objects. */
	if (my.waiting)
		return tell("stay\n");
	my.serving = 0;
	tell("exit: %d\n", binder_ioctl(a->dev, BINDER_THREAD_EXIT, NULL));
}

static bool by_ioctl(struct actor *a, uint32_t move)
{
	switch (move) {
	case 0:
		set_threads(a);
		return true;
	case 1:
		node_info(a);
		return true;
	case 2:
		extended_error(a);
		return true;
	case 3:
		freeze_other(a);
		return true;
	case 4:
		leave(a);
		return true;
	}
	return false;
}

/* A move that makes sense now, as a rule. */
static void any_move(void)
{
	static void (*const moves[])(void) = {
		move_call, move_call, move_call, move_call, move_call, move_call, move_reply,
		move_reply, move_reply, move_free, move_free, move_free, move_count, move_count,
		move_acknowledge, move_acknowledge, move_watch, move_watch, move_looper,
	};
	void (*move)(void);
	int tries = 5;

	do {
		move = moves[pick(ARRAY_SIZE(moves))];
	} while (tries-- && ((move == move_reply && !my.serving) ||
			     (move == move_free && !my.lives) ||
			     (move == move_call && !turn->who && !sights) ||
			     (move == move_acknowledge && !acks.count)));
	move();
}

static long move_job(struct actor *a, void *arg)
{
	uint32_t n, i;
	size_t start[2];
	int error;

	turn = arg;
	tell("%c ", 'A' + turn->who);
	if (!pick(10) && by_ioctl(a, pick(5)))
		return 0;
	cmd_reset(&cmds);
	n = 1 + !pick(4);
	for (i = 0; i < n; i++) {
		before[i] = my;
		start[i] = cmds.size;
		any_move();
		tell(", ");
	}
	if (!pick(20))
		move_nonsense();
	error = binder_write(a->dev, &cmds);
	/* What comes behind an error is not carried out. */
	for (i = n; i--;)
		if (cmds.consumed <= start[i])
			my = before[i];
	tell("%d at %zu of %zu\n", error, cmds.consumed, cmds.size);
	return 0;
}

/* A new game for this player, or one that it has left. */
static long open_job(struct actor *a, void *arg)
{
	uint32_t i;
	int fd, error;

	turn = arg;
	if (!block)
		block = mmap((void *)BLOCK, 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	for (i = 0; i < 64; i++)
		block[i] = i;
	if (a->dev->fd >= 0)
		binder_close(a->dev);
	memset(&my, 0, sizeof(my));
	names = 0;
	sights = 0;
	died = false;
	acks.count = 0;
	if (!turn->open)
		return 0;
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup3(fd, SPARE_FD, O_CLOEXEC);
	close(fd);
	error = binder_open_path(a->dev, binder_device(), O_NONBLOCK, AREA);
	if (!error && turn->who == 0)
		error = binder_become_manager(a->dev);
	return error;
}

static long leaving_job(struct actor *a, void *arg)
{
	return my.waiting && my.served;
}

static long files_job(struct actor *a, void *arg)
{
	int fd, files = 0;

	for (fd = 0; fd < 2 * SPARE_FD; fd++)
		files += fcntl(fd, F_GETFD) >= 0;
	return files;
}

/* The test's part: it asks one player after the other, and hears all. */

struct game {
	struct actor *player[PLAYERS];
	struct turn *turn;
	uint64_t random;
	uint32_t hash;
	bool verbose;
};

static void listen_to(struct game *g)
{
	g->hash = hash(g->hash, g->turn->text, g->turn->told);
	if (g->verbose)
		fwrite(g->turn->text, 1, g->turn->told, stdout);
	g->turn->told = 0;
}

static long ask(struct game *g, int who, actor_fn job)
{
	long ret;

	g->turn->who = who;
	ret = actor_do(g->player[who], job, g->turn);
	listen_to(g);
	return ret;
}

static void reopen(struct game *g, int who, bool open)
{
	long error;

	g->turn->open = open;
	error = ask(g, who, open_job);
	if (error) {
		fprintf(stderr, "player: can't open %s: %ld\n", binder_device(), error);
		exit(1);
	}
}

/*
 * Debian's driver finishes with a process that went when its close() has returned. It has
 * when it has no more processes than are @open. Ours has at once, but may keep the memory of
 * some for longer, which are in that figure, too; it is the one that has a version.
 */
static void let_it_finish(int open_players)
{
	static char text[16384];
	int tries, active = PLAYERS + 1;
	const char *line;
	FILE *stats;

	if (!access("/sys/module/binder_linux/version", F_OK))
		return;
	for (tries = 0; tries < 1000 && active > open_players; tries++) {
		usleep(500);
		stats = fopen("/sys/kernel/debug/binder/stats", "r");
		if (!stats)
			continue;
		text[fread(text, 1, sizeof(text) - 1, stats)] = '\0';
		fclose(stats);
		line = strstr(text, "\nproc: active ");
		active = line ? atoi(line + 14) : 0;
	}
}

static void everybody_reads(struct game *g)
{
	int who;

	for (who = 0; who < PLAYERS; who++)
		ask(g, who, read_job);
}

static void play(struct game *g, uint64_t seed)
{
	int move, who;

	g->random = seed * 0x9e3779b97f4a7c15ULL + 1;
	g->hash = 2166136261u;
	g->turn->crowded = seed % 4 == 0;
	for (who = 0; who < PLAYERS; who++)
		reopen(g, who, true);
	for (move = 0; move < MOVES; move++) {
		who = draw(&g->random, PLAYERS);
		g->turn->random = g->random ^ seed << 32;
		if (draw(&g->random, 24) || ask(g, who, leaving_job)) {
			ask(g, who, move_job);
		} else {
			g->turn->told = sprintf(g->turn->text, "%c goes, and is back\n", 'A' + who);
			listen_to(g);
			reopen(g, who, true);
			let_it_finish(PLAYERS);
		}
		everybody_reads(g);
	}
	for (who = 0; who < PLAYERS; who++)
		reopen(g, who, false);
	let_it_finish(0);
	for (who = 0; who < PLAYERS; who++) {
		g->turn->told = sprintf(g->turn->text, "%c has %ld files\n", 'A' + who,
					ask(g, who, files_job));
		listen_to(g);
	}
	printf("seed %llu %08x\n", (unsigned long long)seed, g->hash);
}

int main(int argc, char **argv)
{
	struct game g = { .verbose = argc > 1 && !strcmp(argv[1], "-v") };
	uint64_t first, count;
	cpu_set_t one = {};
	int who;

	if (argc != 3 + g.verbose) {
		fprintf(stderr, "usage: player [-v] FIRST COUNT\n");
		return 2;
	}
	/* One at a time moves: another processor would only have to be woken up. */
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	first = strtoull(argv[1 + g.verbose], NULL, 0);
	count = strtoull(argv[2 + g.verbose], NULL, 0);
	g.turn = actor_alloc(sizeof(*g.turn));
	for (who = 0; who < PLAYERS; who++) {
		g.player[who] = actor_spawn(AREA);
		g.turn->pid[who] = g.player[who]->pid;
	}
	for (; count--; first++)
		play(&g, first);
	actor_end_all();
	return 0;
}
