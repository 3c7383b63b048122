// SPDX-License-Identifier: GPL-2.0-only
/*
 * The selftests' binder client: see binder_client.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include "kselftest.h"
#include "binder_client.h"

static void die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/*
 * Shared memory. Nothing is ever given back: a test's process ends soon, and
 * pages that nobody touches cost nothing.
 */

#define ARENA_SIZE	(256UL << 20)

static struct arena {
	size_t used;
} *arena;

static void arena_begin(void)
{
	if (arena)
		return;
	arena = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		die("mmap of shared memory");
	arena->used = sizeof(*arena);
}

void *actor_alloc(size_t size)
{
	size_t at;

	arena_begin();
	size = (size + 63) & ~63UL;
	at = __atomic_fetch_add(&arena->used, size, __ATOMIC_RELAXED);
	at = (at + 63) & ~63UL;
	if (at + size > ARENA_SIZE) {
		errno = ENOMEM;
		die("shared memory of the test");
	}
	return (uint8_t *)arena + at;
}

/* Makes room for @more bytes after the first @used of *@data. */
static void grow(void *data, size_t used, size_t *room, size_t more)
{
	void **p = data;
	void *bigger;

	if (used + more <= *room)
		return;
	*room = (used + more) * 2 + 256;
	bigger = actor_alloc(*room);
	if (used)
		memcpy(bigger, *p, used);
	*p = bigger;
}

/* An open device. */

/* udev doesn't run in an initramfs, so a registered device may have no node. */
static void make_node(const char *path)
{
	const char *name = strrchr(path, '/');
	unsigned int major, minor;
	char sysfs[256];
	FILE *f;

	if (!name || access(path, F_OK) == 0)
		return;
	snprintf(sysfs, sizeof(sysfs), "/sys/class/misc/%s/dev", name + 1);
	f = fopen(sysfs, "re");
	if (!f)
		return;
	if (fscanf(f, "%u:%u", &major, &minor) == 2)
		mknod(path, S_IFCHR | 0666, makedev(major, minor));
	fclose(f);
}

const char *binder_device(void)
{
	const char *path = getenv("BINDER_DEVICE");

	if (!path || !*path)
		path = "/dev/binder";
	make_node(path);
	return path;
}

const char *binder_device_named(const char *name)
{
	static char path[256];
	const char *main_path = binder_device();
	const char *slash = strrchr(main_path, '/');
	int dir = slash ? slash - main_path : 0;

	snprintf(path, sizeof(path), "%.*s/%s", dir, main_path, name);
	make_node(path);
	return path;
}

int binder_open_path(struct binder_dev *dev, const char *path, int flags,
		     size_t map_size)
{
	int ret;

	memset(dev, 0, sizeof(*dev));
	dev->fd = open(path, O_RDWR | O_CLOEXEC | flags);
	if (dev->fd < 0)
		return -errno;
	if (!map_size)
		return 0;
	ret = binder_map(dev, map_size);
	if (ret)
		binder_close(dev);
	return ret;
}

int binder_open(struct binder_dev *dev, size_t map_size)
{
	return binder_open_path(dev, binder_device(), 0, map_size);
}

int binder_map(struct binder_dev *dev, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE,
			 dev->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	dev->map = map;
	dev->map_size = size;
	return 0;
}

int binder_unmap(struct binder_dev *dev)
{
	int ret = munmap(dev->map, dev->map_size) ? -errno : 0;

	dev->map = NULL;
	dev->map_size = 0;
	return ret;
}

void binder_close(struct binder_dev *dev)
{
	if (dev->map)
		binder_unmap(dev);
	if (dev->fd >= 0)
		close(dev->fd);
	dev->fd = -1;
}

int binder_ioctl(struct binder_dev *dev, unsigned long nr, void *arg)
{
	int ret = ioctl(dev->fd, nr, arg);

	return ret < 0 ? -errno : ret;
}

/* For what the kernel does in its own time and can't be asked to report. */
static void breathe(void)
{
	struct timespec t = { .tv_nsec = 1000000 };

	nanosleep(&t, NULL);
}

int binder_become_manager(struct binder_dev *dev)
{
	int64_t deadline = now_ms() + BINDER_PATIENCE_MS;
	uint32_t zero = 0;
	int ret;

	for (;;) {
		ret = binder_ioctl(dev, BINDER_SET_CONTEXT_MGR, &zero);
		if (ret != -EBUSY || now_ms() > deadline)
			return ret;
		breathe();
	}
}

/* The payload of a transaction. */

void payload_reset(struct binder_payload *p)
{
	p->size = 0;
	p->count = 0;
}

static uint8_t *payload_more(struct binder_payload *p, size_t size)
{
	uint8_t *at;

	grow(&p->data, p->size, &p->room, size);
	at = p->data + p->size;
	p->size += size;
	return at;
}

void payload_bytes(struct binder_payload *p, const void *bytes, size_t size)
{
	if (size)
		memcpy(payload_more(p, size), bytes, size);
}

/*
 * A byte that tells its place: neighbours, pages and payloads all differ, so a
 * byte that was moved, dropped or left over from another call shows.
 */
static uint8_t pattern(unsigned int seed, size_t at)
{
	return (at * 167 + (at >> 8) * 59 + (at >> 16) * 31 + seed * 101) ^ seed;
}

void payload_pattern(struct binder_payload *p, unsigned int seed, size_t size)
{
	uint8_t *to = payload_more(p, size);
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = pattern(seed, i);
}

ssize_t pattern_differs(const void *bytes, unsigned int seed, size_t size)
{
	const uint8_t *b = bytes;
	size_t i;

	for (i = 0; i < size; i++)
		if (b[i] != pattern(seed, i))
			return i;
	return -1;
}

void payload_offset(struct binder_payload *p, binder_size_t offset)
{
	size_t room = p->offsets_room * sizeof(*p->offsets);

	grow(&p->offsets, p->count * sizeof(*p->offsets), &room,
	     sizeof(*p->offsets));
	p->offsets_room = room / sizeof(*p->offsets);
	p->offsets[p->count++] = offset;
}

size_t payload_object(struct binder_payload *p, const void *object, size_t size)
{
	size_t pad = -p->size & 7, at;

	if (pad)
		memset(payload_more(p, pad), 0, pad);
	at = p->size;
	payload_offset(p, at);
	payload_bytes(p, object, size);
	return at;
}

size_t payload_binder(struct binder_payload *p, uint32_t type,
		      binder_uintptr_t ptr, binder_uintptr_t cookie)
{
	struct flat_binder_object o = {
		.hdr.type = type,
		.flags = 0x7f | FLAT_BINDER_FLAG_ACCEPTS_FDS,
		.binder = ptr,
		.cookie = cookie,
	};

	return payload_object(p, &o, sizeof(o));
}

size_t payload_handle(struct binder_payload *p, uint32_t type, uint32_t handle)
{
	struct flat_binder_object o = { .hdr.type = type };

	o.handle = handle;
	return payload_object(p, &o, sizeof(o));
}

/* A stream of commands. */

void cmd_reset(struct binder_cmds *c)
{
	c->size = 0;
}

void cmd_raw(struct binder_cmds *c, const void *bytes, size_t size)
{
	grow(&c->data, c->size, &c->room, size);
	memcpy(c->data + c->size, bytes, size);
	c->size += size;
}

void cmd_none(struct binder_cmds *c, uint32_t cmd)
{
	cmd_raw(c, &cmd, sizeof(cmd));
}

void cmd_u32(struct binder_cmds *c, uint32_t cmd, uint32_t value)
{
	cmd_none(c, cmd);
	cmd_raw(c, &value, sizeof(value));
}

void cmd_ptr(struct binder_cmds *c, uint32_t cmd, binder_uintptr_t ptr)
{
	cmd_none(c, cmd);
	cmd_raw(c, &ptr, sizeof(ptr));
}

void cmd_ptr_cookie(struct binder_cmds *c, uint32_t cmd, binder_uintptr_t ptr,
		    binder_uintptr_t cookie)
{
	struct binder_ptr_cookie pc = { .ptr = ptr, .cookie = cookie };

	cmd_none(c, cmd);
	cmd_raw(c, &pc, sizeof(pc));
}

void cmd_handle_cookie(struct binder_cmds *c, uint32_t cmd, uint32_t handle,
		       binder_uintptr_t cookie)
{
	struct binder_handle_cookie hc = { .handle = handle, .cookie = cookie };

	cmd_none(c, cmd);
	cmd_raw(c, &hc, sizeof(hc));
}

void binder_fill_call(struct binder_transaction_data *tr, uint32_t handle,
		      uint32_t code, uint32_t flags,
		      const struct binder_payload *p)
{
	memset(tr, 0, sizeof(*tr));
	tr->target.handle = handle;
	tr->code = code;
	tr->flags = flags;
	if (!p)
		return;
	tr->data_size = p->size;
	tr->offsets_size = p->count * sizeof(*p->offsets);
	tr->data.ptr.buffer = (uintptr_t)p->data;
	tr->data.ptr.offsets = (uintptr_t)p->offsets;
}

void cmd_transaction(struct binder_cmds *c, uint32_t cmd,
		     const struct binder_transaction_data *tr)
{
	cmd_none(c, cmd);
	cmd_raw(c, tr, sizeof(*tr));
}

void cmd_call(struct binder_cmds *c, uint32_t handle, uint32_t code,
	      uint32_t flags, const struct binder_payload *p)
{
	struct binder_transaction_data tr;

	binder_fill_call(&tr, handle, code, flags, p);
	cmd_transaction(c, BC_TRANSACTION, &tr);
}

void cmd_reply(struct binder_cmds *c, uint32_t flags,
	       const struct binder_payload *p)
{
	struct binder_transaction_data tr;

	binder_fill_call(&tr, 0, 0, flags, p);
	cmd_transaction(c, BC_REPLY, &tr);
}

/* What a read returned. */

const char *br_name(uint32_t cmd)
{
#define NAME(br) { br, #br }
	static const struct { uint32_t cmd; const char *name; } names[] = {
		NAME(BR_ERROR), NAME(BR_OK), NAME(BR_TRANSACTION_SEC_CTX),
		NAME(BR_TRANSACTION), NAME(BR_REPLY), NAME(BR_ACQUIRE_RESULT),
		NAME(BR_DEAD_REPLY), NAME(BR_TRANSACTION_COMPLETE),
		NAME(BR_INCREFS), NAME(BR_ACQUIRE), NAME(BR_RELEASE),
		NAME(BR_DECREFS), NAME(BR_ATTEMPT_ACQUIRE), NAME(BR_NOOP),
		NAME(BR_SPAWN_LOOPER), NAME(BR_FINISHED), NAME(BR_DEAD_BINDER),
		NAME(BR_CLEAR_DEATH_NOTIFICATION_DONE), NAME(BR_FAILED_REPLY),
		NAME(BR_FROZEN_REPLY), NAME(BR_ONEWAY_SPAM_SUSPECT),
		NAME(BR_TRANSACTION_PENDING_FROZEN), NAME(BR_FROZEN_BINDER),
		NAME(BR_CLEAR_FREEZE_NOTIFICATION_DONE),
	};
#undef NAME
	static char unknown[4][24];
	static unsigned int turn;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].cmd == cmd)
			return names[i].name;
	/* Also what went wrong in place of a return: -EFAULT, -ETIMEDOUT. */
	turn = (turn + 1) % ARRAY_SIZE(unknown);
	if ((int32_t)cmd < 0 && (int32_t)cmd > -4096 && strerrorname_np(-cmd))
		snprintf(unknown[turn], sizeof(*unknown), "-%s",
			 strerrorname_np(-cmd));
	else
		snprintf(unknown[turn], sizeof(*unknown), "BR_0x%x", cmd);
	return unknown[turn];
}

const char *binder_shape(const struct binder_returns *r)
{
	static char shapes[4][1024];
	static unsigned int turn;
	char *s = shapes[turn = (turn + 1) % ARRAY_SIZE(shapes)];
	size_t used = 0, i;

	*s = '\0';
	for (i = 0; i < r->count && used < sizeof(*shapes); i++)
		used += snprintf(s + used, sizeof(*shapes) - used, "%s%s",
				 i ? " " : "", br_name(r->at[i].cmd));
	if (r->malformed && used < sizeof(*shapes))
		snprintf(s + used, sizeof(*shapes) - used, " MALFORMED");
	return s;
}

struct binder_return *binder_find(struct binder_returns *r, uint32_t cmd, int n)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->at[i].cmd == cmd && n-- == 0)
			return &r->at[i];
	return NULL;
}

void binder_answer_refs(struct binder_cmds *c, const struct binder_returns *r)
{
	const struct binder_return *at;

	for (at = r->at; at < r->at + r->count; at++) {
		if (at->cmd == BR_INCREFS)
			cmd_ptr_cookie(c, BC_INCREFS_DONE, at->node.ptr,
				       at->node.cookie);
		if (at->cmd == BR_ACQUIRE)
			cmd_ptr_cookie(c, BC_ACQUIRE_DONE, at->node.ptr,
				       at->node.cookie);
	}
}

static void take_apart(struct binder_returns *r)
{
	size_t at = 0, size;
	struct binder_return *br;

	r->count = 0;
	r->malformed = false;
	while (at < r->consumed) {
		br = &r->at[r->count];
		memset(br, 0, sizeof(*br));
		r->malformed = true;
		if (r->consumed - at < sizeof(br->cmd) ||
		    r->count == BINDER_RETURNS_MAX)
			return;
		memcpy(&br->cmd, r->raw + at, sizeof(br->cmd));
		at += sizeof(br->cmd);
		size = _IOC_SIZE(br->cmd);
		if (size > sizeof(br->bytes) || r->consumed - at < size)
			return;
		memcpy(br->bytes, r->raw + at, size);
		at += size;
		r->count++;
		r->malformed = false;
	}
}

int binder_write_read(struct binder_dev *dev, struct binder_cmds *c,
		      struct binder_returns *r)
{
	struct binder_write_read wr = {};
	int ret;

	if (c) {
		wr.write_buffer = (uintptr_t)c->data;
		wr.write_size = c->size;
	}
	if (r) {
		wr.read_buffer = (uintptr_t)r->raw;
		wr.read_size = sizeof(r->raw);
		if (r->limit && r->limit < sizeof(r->raw))
			wr.read_size = r->limit;
	}
	ret = binder_ioctl(dev, BINDER_WRITE_READ, &wr);
	if (c)
		c->consumed = wr.write_consumed;
	if (r) {
		r->consumed = wr.read_consumed;
		take_apart(r);
	}
	return ret;
}

int binder_write(struct binder_dev *dev, struct binder_cmds *c)
{
	return binder_write_read(dev, c, NULL);
}

int binder_poll(struct binder_dev *dev, int timeout_ms)
{
	struct pollfd p = { .fd = dev->fd, .events = POLLIN };
	int ret = poll(&p, 1, timeout_ms);

	if (ret < 0)
		return -errno;
	if (!ret)
		return -ETIMEDOUT;
	return p.revents & POLLIN ? 0 : -EIO;
}

int binder_read(struct binder_dev *dev, struct binder_returns *r,
		int timeout_ms)
{
	int ret = binder_poll(dev, timeout_ms);

	return ret ? ret : binder_write_read(dev, NULL, r);
}

int binder_free_buffer(struct binder_dev *dev, binder_uintptr_t buffer)
{
	uint8_t space[sizeof(uint32_t) + sizeof(buffer)];
	struct binder_cmds c = { .data = space, .room = sizeof(space) };

	cmd_ptr(&c, BC_FREE_BUFFER, buffer);
	return binder_write(dev, &c);
}

/* A plain client and a plain service. */

/* Is that the end of a call, and which? One-way calls end when accepted. */
static int64_t call_ended(const struct binder_return *br, uint32_t flags)
{
	switch (br->cmd) {
	case BR_TRANSACTION_COMPLETE:
	case BR_ONEWAY_SPAM_SUSPECT:
	case BR_TRANSACTION_PENDING_FROZEN:
		return flags & TF_ONE_WAY ? br->cmd : 0;
	case BR_REPLY:
	case BR_DEAD_REPLY:
	case BR_FAILED_REPLY:
	case BR_FROZEN_REPLY:
		return br->cmd;
	}
	return 0;
}

int64_t binder_transact(struct binder_dev *dev, uint32_t handle, uint32_t code,
			uint32_t flags, const struct binder_payload *p,
			struct binder_transaction_data *reply)
{
	/* On the stack: a loop of calls must not eat up the shared memory. */
	uint8_t space[sizeof(uint32_t) + sizeof(struct binder_transaction_data)];
	struct binder_cmds c = { .data = space, .room = sizeof(space) };
	struct binder_cmds refs = {};
	struct binder_returns in = {};
	int64_t ended = 0;
	size_t i;
	int ret;

	cmd_call(&c, handle, code, flags, p);
	ret = binder_write_read(dev, &c, &in);
	while (!ret) {
		for (i = 0; i < in.count; i++) {
			ended = call_ended(&in.at[i], flags) ?: ended;
			if (in.at[i].cmd == BR_REPLY && reply)
				*reply = in.at[i].tr;
			else if (in.at[i].cmd == BR_REPLY)
				binder_free_buffer(dev,
						   in.at[i].tr.data.ptr.buffer);
		}
		cmd_reset(&refs);
		binder_answer_refs(&refs, &in);
		if (ended)
			return refs.size && binder_write(dev, &refs) ?
				-EIO : ended;
		ret = binder_write_read(dev, refs.size ? &refs : NULL, &in);
	}
	return ret;
}

/* One call of binder_serve(): appends what is to be written, or ends. */
static int serve_one(struct binder_cmds *c, struct binder_payload *reply,
		     const struct binder_transaction_data *tr,
		     binder_handler handler, void *arg)
{
	int end = 0;

	payload_reset(reply);
	if (handler)
		end = handler(arg, tr, reply);
	else
		payload_bytes(reply, (void *)(uintptr_t)tr->data.ptr.buffer,
			      tr->data_size);
	if (end == BINDER_SERVE_NO_REPLY)
		return end;
	cmd_ptr(c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	if (!(tr->flags & TF_ONE_WAY))
		cmd_reply(c, 0, reply);
	return end;
}

int binder_serve(struct binder_dev *dev, binder_handler handler, void *arg)
{
	struct binder_returns in = {};
	struct binder_payload reply = {};
	struct binder_cmds c = {};
	int ret = 0, end = 0;
	size_t i;

	cmd_none(&c, BC_ENTER_LOOPER);
	while (!ret && !end) {
		ret = binder_write_read(dev, c.size ? &c : NULL, &in);
		cmd_reset(&c);
		binder_answer_refs(&c, &in);
		/*
		 * A pool thread is given one call at a time, so one payload
		 * for the reply is enough.
		 */
		for (i = 0; !ret && !end && i < in.count; i++)
			if (in.at[i].cmd == BR_TRANSACTION ||
			    in.at[i].cmd == BR_TRANSACTION_SEC_CTX)
				end = serve_one(&c, &reply, &in.at[i].tr,
						handler, arg);
	}
	if (!ret && end != BINDER_SERVE_NO_REPLY && c.size)
		ret = binder_write(dev, &c);
	return ret ?: end;
}

/* Actors. */

struct work {
	actor_fn fn;
	void *arg;
};

static struct actor *actors;

static void actor_loop(struct actor *a, int sock)
{
	struct work work;
	long ret;

	a->tid = gettid();
	ret = 0;
	for (;;) {
		if (send(sock, &ret, sizeof(ret), MSG_NOSIGNAL) != sizeof(ret))
			_exit(0);
		if (recv(sock, &work, sizeof(work), 0) != sizeof(work))
			_exit(0);
		ret = work.fn(a, work.arg);
	}
}

static struct actor *actor_new(void)
{
	struct actor *a = actor_alloc(sizeof(*a));
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		die("socketpair");
	a->sock = ends[0];
	a->peer = ends[1];
	a->busy = true;		/* until its loop says hello */
	a->next = actors;
	actors = a;
	return a;
}

/*
 * An actor must not hold the test's files: a device that stays open in a
 * process that knows nothing of it would never be released.
 */
static int keep_only(int sock)
{
	int kept = fcntl(sock, F_DUPFD_CLOEXEC, 512);

	if (kept < 0 || close_range(3, 511, 0))
		die("closing what an actor inherited");
	return kept;
}

static long open_job(struct actor *a, void *arg)
{
	return binder_open(a->dev, *(size_t *)arg);
}

struct actor *actor_spawn(size_t map_size)
{
	struct actor *a = actor_new();
	size_t *size = actor_alloc(sizeof(*size));
	pid_t test = getpid();
	long ret;

	a->process = a;
	a->dev = &a->dev_space;
	a->dev->fd = -1;
	fflush(stdout);
	a->pid = fork();
	if (a->pid < 0)
		die("fork");
	if (!a->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != test)
			_exit(0);
		a->pid = getpid();
		actor_loop(a, keep_only(a->peer));
	}
	close(a->peer);
	actor_finish(a);
	if (map_size == ACTOR_CLOSED)
		return a;
	*size = map_size;
	ret = actor_do(a, open_job, size);
	if (ret) {
		errno = -ret;
		die(binder_device());
	}
	return a;
}

static void *thread_main(void *arg)
{
	struct actor *a = arg;
	int test, sock;

	/* The socket is made by the test when this process already runs. */
	test = syscall(SYS_pidfd_open, getppid(), 0);
	sock = syscall(SYS_pidfd_getfd, test, a->peer, 0);
	if (test < 0 || sock < 0)
		die("pidfd_getfd");
	close(test);
	actor_loop(a, sock);
	return NULL;
}

static long thread_job(struct actor *self, void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, thread_main, arg);
}

struct actor *actor_thread(struct actor *of)
{
	struct actor *a = actor_new();

	a->process = of->process;
	a->pid = a->process->pid;
	a->dev = a->process->dev;
	if (actor_do(of, thread_job, a))
		die("pthread_create");
	if (actor_finish(a))
		die("a new thread");
	close(a->peer);
	return a;
}

void actor_start(struct actor *a, actor_fn fn, void *arg)
{
	struct work work = { fn, arg };

	/* Two pieces of work at once is a mistake of the test's. */
	if (a->busy) {
		errno = EBUSY;
		die("actor_start");
	}
	if (send(a->sock, &work, sizeof(work), MSG_NOSIGNAL) != sizeof(work))
		a->dead = true;
	else
		a->busy = true;
}

bool actor_finished(struct actor *a, int timeout_ms)
{
	struct pollfd p = { .fd = a->sock, .events = POLLIN };

	return !a->busy || poll(&p, 1, timeout_ms) > 0;
}

long actor_finish(struct actor *a)
{
	long ret;

	if (a->dead)
		return -EPIPE;
	if (!actor_finished(a, BINDER_PATIENCE_MS))
		return -ETIMEDOUT;
	a->busy = false;
	if (recv(a->sock, &ret, sizeof(ret), 0) != sizeof(ret)) {
		a->dead = true;
		return -EPIPE;
	}
	return ret;
}

long actor_do(struct actor *a, actor_fn fn, void *arg)
{
	actor_start(a, fn, arg);
	return actor_finish(a);
}

/* Asleep in an ioctl, by what /proc shows of the task? */
static bool asleep_in_ioctl(struct actor *a)
{
	char path[64], text[256], *state;
	FILE *f;
	long nr = -1;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", a->pid, a->tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%ld", &nr) != 1)	/* "running" */
		nr = -1;
	fclose(f);
	if (nr != SYS_ioctl)
		return false;
	/* D would be a lock, or a page on its way. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", a->pid, a->tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	state = strrchr(text, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

int actor_wait_asleep(struct actor *a)
{
	int64_t deadline = now_ms() + BINDER_PATIENCE_MS;

	while (!asleep_in_ioctl(a)) {
		if (actor_finished(a, 1))
			return -EALREADY;
		if (now_ms() > deadline)
			return -ETIMEDOUT;
	}
	return 0;
}

void actor_kill(struct actor *a)
{
	pid_t pid = a->process->pid;
	struct actor *other;

	if (a->process->reaped)
		return;
	a->process->reaped = true;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	for (other = actors; other; other = other->next) {
		if (other->process != a->process)
			continue;
		if (other->sock >= 0)
			close(other->sock);
		other->sock = -1;
		other->dead = true;
	}
}

void actor_end_all(void)
{
	struct actor *a;

	for (a = actors; a; a = a->next)
		actor_kill(a);
	actors = NULL;
}

static long manager_job(struct actor *a, void *arg)
{
	return binder_become_manager(a->dev);
}

int actor_become_manager(struct actor *a)
{
	return actor_do(a, manager_job, NULL);
}

static long write_job(struct actor *a, void *arg)
{
	return binder_write(a->dev, arg);
}

static struct binder_cmds *shared_cmds(const struct binder_cmds *c)
{
	struct binder_cmds *copy = actor_alloc(sizeof(*copy));

	*copy = *c;
	return copy;
}

int actor_write(struct actor *a, struct binder_cmds *c)
{
	struct binder_cmds *shared = shared_cmds(c);
	int ret = actor_do(a, write_job, shared);

	c->consumed = shared->consumed;
	return ret;
}

static long write_read_job(struct actor *a, void *arg)
{
	return binder_write_read(a->dev, arg, &a->in);
}

void actor_start_read(struct actor *a)
{
	actor_start(a, write_read_job, NULL);
}

int actor_read(struct actor *a)
{
	actor_start_read(a);
	return actor_finish(a);
}

void actor_start_write_read(struct actor *a, struct binder_cmds *c)
{
	actor_start(a, write_read_job, shared_cmds(c));
}

int actor_write_read(struct actor *a, struct binder_cmds *c)
{
	actor_start_write_read(a, c);
	return actor_finish(a);
}

static long poll_job(struct actor *a, void *arg)
{
	return binder_poll(a->dev, (intptr_t)arg);
}

int actor_poll(struct actor *a, int timeout_ms)
{
	return actor_do(a, poll_job, (void *)(intptr_t)timeout_ms);
}

static long idle_job(struct actor *a, void *arg)
{
	int flags = fcntl(a->dev->fd, F_GETFL), ret;

	fcntl(a->dev->fd, F_SETFL, flags | O_NONBLOCK);
	ret = binder_write_read(a->dev, NULL, &a->in);
	fcntl(a->dev->fd, F_SETFL, flags);
	return ret == -EAGAIN;
}

bool actor_idle(struct actor *a)
{
	return actor_do(a, idle_job, NULL) == 1;
}

struct ioctl_args {
	unsigned long nr;
	void *arg;
};

static long ioctl_job(struct actor *a, void *arg)
{
	struct ioctl_args *args = arg;

	return binder_ioctl(a->dev, args->nr, args->arg);
}

int actor_ioctl(struct actor *a, unsigned long nr, void *arg)
{
	struct ioctl_args *args = actor_alloc(sizeof(*args));

	args->nr = nr;
	args->arg = arg;
	return actor_do(a, ioctl_job, args);
}

struct open_args {
	char path[256];
	int flags;
	size_t map_size;
};

static long open_path_job(struct actor *a, void *arg)
{
	struct open_args *args = arg;

	return binder_open_path(a->dev, args->path, args->flags,
				args->map_size);
}

int actor_open(struct actor *a, const char *path, int flags, size_t map_size)
{
	struct open_args *args = actor_alloc(sizeof(*args));

	snprintf(args->path, sizeof(args->path), "%s", path);
	args->flags = flags;
	args->map_size = map_size;
	return actor_do(a, open_path_job, args);
}

static long unmap_job(struct actor *a, void *arg)
{
	return binder_unmap(a->dev);
}

int actor_unmap(struct actor *a)
{
	return actor_do(a, unmap_job, NULL);
}

static long close_job(struct actor *a, void *arg)
{
	binder_close(a->dev);
	return 0;
}

void actor_close(struct actor *a)
{
	actor_do(a, close_job, NULL);
}

static long free_job(struct actor *a, void *arg)
{
	return binder_free_buffer(a->dev, (uintptr_t)arg);
}

int actor_free_buffer(struct actor *a, binder_uintptr_t buffer)
{
	return actor_do(a, free_job, (void *)(uintptr_t)buffer);
}

int actor_settle(struct actor *a)
{
	return actor_ioctl(a, BINDER_VERSION,
			   actor_alloc(sizeof(struct binder_version)));
}

int actor_enter(struct actor *a)
{
	struct binder_cmds c = {};

	cmd_none(&c, BC_ENTER_LOOPER);
	return actor_write(a, &c);
}

int actor_call(struct actor *a, uint32_t handle, uint32_t code, uint32_t flags,
	       const struct binder_payload *p)
{
	struct binder_cmds c = {};

	cmd_call(&c, handle, code, flags, p);
	return actor_write(a, &c);
}

struct binder_transaction_data *actor_message(struct actor *a)
{
	struct binder_return *br = binder_find(&a->in, BR_TRANSACTION, 0);

	br = br ?: binder_find(&a->in, BR_TRANSACTION_SEC_CTX, 0);
	br = br ?: binder_find(&a->in, BR_REPLY, 0);
	return br ? &br->tr : NULL;
}

int actor_call_pattern(struct actor *a, uint32_t handle, uint32_t flags,
		       unsigned int seed, size_t size)
{
	struct binder_payload data = {};

	payload_pattern(&data, seed, size);
	return actor_call(a, handle, seed, flags, &data);
}

ssize_t actor_differs(struct actor *a, unsigned int seed, size_t size)
{
	struct binder_transaction_data *tr = actor_message(a);

	if (!tr || tr->data_size != size || tr->offsets_size)
		return -2;
	return pattern_differs(actor_peek(a, tr->data.ptr.buffer, size), seed,
			       size);
}

struct flat_binder_object *actor_object(struct actor *a, size_t offset)
{
	struct binder_transaction_data *tr = actor_message(a);

	if (!tr || offset + sizeof(struct flat_binder_object) > tr->data_size) {
		errno = ENOMSG;
		die("actor_object");
	}
	return actor_peek(a, tr->data.ptr.buffer + offset,
			  sizeof(struct flat_binder_object));
}

int actor_reply(struct actor *a, const struct binder_payload *p)
{
	struct binder_transaction_data *tr = actor_message(a);
	struct binder_cmds c = {};

	if (!tr)
		return -ENOMSG;
	cmd_ptr(&c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	cmd_reply(&c, 0, p);
	return actor_write(a, &c);
}

int actor_free(struct actor *a)
{
	struct binder_transaction_data *tr = actor_message(a);

	return tr ? actor_free_buffer(a, tr->data.ptr.buffer) : -ENOMSG;
}

int actor_answer_refs(struct actor *a)
{
	struct binder_cmds c = {};

	binder_answer_refs(&c, &a->in);
	return c.size ? actor_write(a, &c) : 0;
}

int actor_ref(struct actor *a, uint32_t cmd, uint32_t handle)
{
	struct binder_cmds c = {};

	cmd_u32(&c, cmd, handle);
	return actor_write(a, &c);
}

struct actor *actor_spawn_manager(void)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	int ret = actor_become_manager(a) ?: actor_enter(a);

	if (ret) {
		errno = -ret;
		die("becoming the manager");
	}
	return a;
}

int64_t actor_give(struct actor *manager, struct actor *client,
		   binder_uintptr_t ptr, binder_uintptr_t cookie)
{
	struct binder_payload object = {};
	uint32_t handle;
	int ret;

	payload_binder(&object, BINDER_TYPE_BINDER, ptr, cookie);
	ret = actor_call(client, 0, 0, 0, NULL) ?: actor_read(manager) ?:
		actor_reply(manager, &object) ?: actor_read(manager) ?:
		actor_answer_refs(manager) ?: actor_read(client);
	if (ret || !binder_find(&client->in, BR_REPLY, 0))
		return -1;
	handle = actor_object(client, 0)->handle;
	if (actor_ref(client, BC_ACQUIRE, handle) || actor_free(client))
		return -1;
	return handle;
}

int64_t actor_publish(struct actor *owner, struct actor *manager,
		      binder_uintptr_t ptr, binder_uintptr_t cookie)
{
	struct binder_payload object = {};
	uint32_t handle;
	int ret;

	payload_binder(&object, BINDER_TYPE_BINDER, ptr, cookie);
	ret = actor_settle(owner) ?: actor_call(owner, 0, 0, 0, &object) ?:
		actor_read(manager);
	if (ret || !actor_message(manager))
		return -1;
	handle = actor_object(manager, 0)->handle;
	ret = actor_ref(manager, BC_ACQUIRE, handle) ?:
		actor_reply(manager, NULL) ?: actor_read(manager);
	/* Its own references may come in one read with the reply, or before. */
	do {
		ret = ret ?: actor_read(owner) ?: actor_answer_refs(owner);
	} while (!ret && !binder_find(&owner->in, BR_REPLY, 0));
	return ret || actor_free(owner) ? -1 : handle;
}

struct serve_args {
	binder_handler handler;
	void *arg;
};

static long serve_job(struct actor *a, void *arg)
{
	struct serve_args *args = arg;

	return binder_serve(a->dev, args->handler, args->arg);
}

void actor_start_serve(struct actor *a, binder_handler handler, void *arg)
{
	struct serve_args *args = actor_alloc(sizeof(*args));

	args->handler = handler;
	args->arg = arg;
	actor_start(a, serve_job, args);
}

struct peek_args {
	binder_uintptr_t addr;
	size_t size;
	uint8_t bytes[];
};

static long peek_job(struct actor *a, void *arg)
{
	struct peek_args *args = arg;

	memcpy(args->bytes, (void *)(uintptr_t)args->addr, args->size);
	return 0;
}

void *actor_peek(struct actor *a, binder_uintptr_t addr, size_t size)
{
	struct peek_args *args = actor_alloc(sizeof(*args) + size);

	args->addr = addr;
	args->size = size;
	actor_do(a, peek_job, args);
	return args->bytes;
}

/* The kernel log. */

void kmsg_open(struct kmsg *k)
{
	k->line[0] = '\0';
	k->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->fd < 0 || lseek(k->fd, 0, SEEK_END) < 0)
		die("/dev/kmsg");
}

bool kmsg_next(struct kmsg *k, int timeout_ms)
{
	struct pollfd p = { .fd = k->fd, .events = POLLIN };
	int64_t deadline = now_ms() + timeout_ms, left;
	char record[sizeof(k->line)], *text, *end;
	ssize_t n;

	for (;;) {
		n = read(k->fd, record, sizeof(record) - 1);
		if (n > 0)
			break;
		/* EPIPE: records were lost before we came to read them. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0 && errno != EAGAIN)
			die("read of /dev/kmsg");
		left = deadline - now_ms();
		if (left <= 0)
			return false;
		poll(&p, 1, left);
	}
	record[n] = '\0';
	/* "level,sequence,time,flags;text\n", then lines of key=value. */
	text = strchr(record, ';');
	text = text ? text + 1 : record;
	end = strchr(text, '\n');
	if (end)
		*end = '\0';
	snprintf(k->line, sizeof(k->line), "%s", text);
	return true;
}

const char *kmsg_find(struct kmsg *k, const char *needle, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms, left = timeout_ms;

	/* What is there already is read in any case. */
	while (kmsg_next(k, left > 0 ? left : 0)) {
		if (strstr(k->line, needle))
			return k->line;
		left = deadline - now_ms();
	}
	return NULL;
}

void kmsg_close(struct kmsg *k)
{
	close(k->fd);
	k->fd = -1;
}
