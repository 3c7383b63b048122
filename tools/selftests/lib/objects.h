/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of fds, fd arrays and pointer objects have in common: such objects
 * for payloads, the files of actors, and two parties whose every file and byte of
 * space is counted.
 */
#ifndef BINDER_TEST_OBJECTS_H
#define BINDER_TEST_OBJECTS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "harness.h"
#include "payloads.h"

static inline int actor_call_sg(struct actor *a, uint32_t handle, uint32_t flags,
				const struct binder_payload *p,
				binder_size_t extra)
{
	struct binder_cmds c = {};

	cmd_call_sg(&c, handle, 1, flags, p, extra);
	return actor_write(a, &c);
}

/* The n-th object of the message that @a has read. */
static inline void *actor_nth(struct actor *a, const struct binder_payload *p,
			      size_t n)
{
	struct binder_transaction_data *tr = actor_message(a);

	return actor_peek(a, tr->data.ptr.buffer + p->offsets[n],
			  sizeof(struct binder_buffer_object));
}

/* Files. */

static inline long take_fd_job(struct actor *a, void *arg)
{
	int test = syscall(SYS_pidfd_open, getppid(), 0);
	int fd = syscall(SYS_pidfd_getfd, test, (int)(intptr_t)arg, 0);
	int error = -errno;

	if (test >= 0)
		close(test);
	return fd < 0 ? error : fd;
}

/* A duplicate, in the actor, of a file of the test's. */
static inline int actor_take_fd(struct actor *a, int fd)
{
	return actor_do(a, take_fd_job, (void *)(intptr_t)fd);
}

/* A duplicate, in the test, of a file of the actor's. */
static inline int actor_fetch_fd(struct actor *a, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, a->pid, 0);
	int got = syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	close(pidfd);
	return got;
}

static inline long close_fd_job(struct actor *a, void *arg)
{
	return close((intptr_t)arg) ? -errno : 0;
}

static inline int actor_close_fd(struct actor *a, int fd)
{
	return actor_do(a, close_fd_job, (void *)(intptr_t)fd);
}

static inline long write_fd_job(struct actor *a, void *arg)
{
	return write((intptr_t)arg, "!", 1) == 1 ? 0 : -errno;
}

/* How many files has it open? */
static inline int actor_fds(struct actor *a)
{
	struct dirent *entry;
	char path[64];
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", a->pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* What is behind the fd: "pipe:[1234]"; or "" if nothing is. */
static inline const char *actor_fd_name(struct actor *a, unsigned int fd)
{
	static char name[128];
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%u", a->pid, fd);
	n = readlink(path, name, sizeof(name) - 1);
	name[n < 0 ? 0 : n] = '\0';
	return name;
}

/* The number that its next file will get. */
static inline unsigned int actor_next_fd(struct actor *a)
{
	unsigned int fd = 0;

	while (*actor_fd_name(a, fd))
		fd++;
	return fd;
}

static inline bool actor_fd_cloexec(struct actor *a, unsigned int fd)
{
	unsigned int flags = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%u", a->pid, fd);
	f = fopen(path, "re");
	if (!f || fscanf(f, "pos: %*d flags: %o", &flags) != 1)
		flags = 0;
	if (f)
		fclose(f);
	return flags & O_CLOEXEC;
}

/* Numbers below @limit only; returns the limit before. */
static inline rlim_t actor_limit_fds(struct actor *a, rlim_t limit)
{
	struct rlimit old, new;

	if (prlimit(a->pid, RLIMIT_NOFILE, NULL, &old))
		return 0;
	new = old;
	new.rlim_cur = limit;
	return prlimit(a->pid, RLIMIT_NOFILE, &new, NULL) ? 0 : old.rlim_cur;
}

/* A pipe that others may write to, and whose end the test sees. */
struct tube {
	int r, w;		/* the test's ends; w is -1 when given away */
	char name[64];		/* as of actor_fd_name() */
};

static inline void tube_open(struct tube *t)
{
	int ends[2];
	char path[64];
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) {
		perror("pipe2");
		exit(1);
	}
	t->r = ends[0];
	t->w = ends[1];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", t->r);
	n = readlink(path, t->name, sizeof(t->name) - 1);
	t->name[n < 0 ? 0 : n] = '\0';
}

/* The actor gets the end to write to, the only one there is. */
static inline int tube_give(struct tube *t, struct actor *a)
{
	int fd = actor_take_fd(a, t->w);

	close(t->w);
	t->w = -1;
	return fd;
}

/* Are all ends to write to closed? */
static inline bool tube_ended(struct tube *t, int timeout_ms)
{
	struct pollfd p = { .fd = t->r };

	return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLHUP);
}

/* Is it this tube that the actor can write to by that number? */
static inline bool tube_works(struct tube *t, struct actor *a, int fd)
{
	char c = 0;

	return !actor_do(a, write_fd_job, (void *)(intptr_t)fd) &&
	       read(t->r, &c, 1) == 1 && c == '!';
}

/* Two parties. */

#define DUO_AREA	(64 * 4096)

struct duo {
	struct actor *server, *client;
	uint32_t open, shut;	/* the client's: takes fds, takes none */
	struct tube tube;
	int w;			/* the client's end of that */
	int server_fds, client_fds;
	bool one_is_dead;
};

/* The server gives the client an object with these flags: its handle, or -1. */
static inline int64_t duo_give(struct duo *d, binder_uintptr_t ptr, uint32_t flags)
{
	struct flat_binder_object o = {
		.hdr.type = BINDER_TYPE_BINDER,
		.flags = flags,
		.binder = ptr,
		.cookie = ~ptr,
	};
	struct binder_payload reply = {};
	uint32_t handle;
	int ret;

	payload_object(&reply, &o, sizeof(o));
	ret = actor_call(d->client, 0, 0, 0, NULL) ?: actor_read(d->server) ?:
		actor_reply(d->server, &reply) ?: actor_read(d->server) ?:
		actor_answer_refs(d->server) ?: actor_read(d->client);
	if (ret || !binder_find(&d->client->in, BR_REPLY, 0))
		return -1;
	handle = actor_object(d->client, 0)->handle;
	ret = actor_ref(d->client, BC_ACQUIRE, handle) ?: actor_free(d->client);
	return ret ? -1 : handle;
}

static inline void duo_setup(struct __test_metadata *_metadata, struct duo *d)
{
	int64_t open, shut;

	d->server = actor_spawn(DUO_AREA);
	d->client = actor_spawn(DUO_AREA);
	ASSERT_EQ(0, actor_become_manager(d->server));
	ASSERT_EQ(0, actor_enter(d->server));
	ASSERT_EQ(0, actor_settle(d->client));
	open = duo_give(d, 0x1000, FLAT_BINDER_FLAG_ACCEPTS_FDS | 0x7f);
	shut = duo_give(d, 0x2000, 0x7f);
	ASSERT_EQ(1, open);
	ASSERT_EQ(2, shut);
	d->open = open;
	d->shut = shut;
	tube_open(&d->tube);
	d->w = tube_give(&d->tube, d->client);
	ASSERT_LE(0, d->w);
	d->server_fds = actor_fds(d->server);
	d->client_fds = actor_fds(d->client);
}

/* Nobody has more or fewer files than in the beginning, nor anything to read. */
static inline void duo_same_fds(struct __test_metadata *_metadata, struct duo *d)
{
	EXPECT_EQ(d->server_fds, actor_fds(d->server));
	EXPECT_EQ(d->client_fds, actor_fds(d->client));
	EXPECT_TRUE(actor_idle(d->server));
	EXPECT_TRUE(actor_idle(d->client));
}

/* A call that takes all of the server's area is answered. */
static inline void duo_whole_area(struct __test_metadata *_metadata,
				  struct duo *d)
{
	ASSERT_EQ(0, actor_call_pattern(d->client, 0, 0, 5, DUO_AREA));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", d->server);
	EXPECT_EQ(-1, actor_differs(d->server, 5, DUO_AREA));
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	ASSERT_EQ(0, actor_free(d->client));
}

/* When a test has passed, nothing is left of it: no file, no space. */
static inline void duo_teardown(struct __test_metadata *_metadata,
				struct duo *d)
{
	if (__test_passed(_metadata) && !d->one_is_dead) {
		duo_same_fds(_metadata, d);
		duo_whole_area(_metadata, d);
		EXPECT_FALSE(tube_ended(&d->tube, 0));
		EXPECT_EQ(0, actor_close_fd(d->client, d->w));
		EXPECT_TRUE(tube_ended(&d->tube, BINDER_PATIENCE_MS));
	}
	actor_end_all();
}

/* The server has the call that was made. */
static inline void duo_arrives(struct __test_metadata *_metadata, struct duo *d)
{
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", d->server);
}

/* The server answers what it has, without a payload, and frees it. */
static inline void duo_answer(struct __test_metadata *_metadata, struct duo *d)
{
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	ASSERT_EQ(0, actor_free(d->client));
}

/* The call that was made has failed, and nobody has anything of it. @tag: for the log. */
static inline void duo_fails(struct __test_metadata *_metadata, struct duo *d,
			     unsigned long long tag)
{
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client) {
		TH_LOG("case %#llx", tag);
	}
	duo_same_fds(_metadata, d);
}

/* A call with that payload fails, and one-way as well. */
static inline void duo_refuses(struct __test_metadata *_metadata, struct duo *d,
			       const struct binder_payload *p,
			       binder_size_t extra, unsigned long long tag)
{
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, p, extra));
	duo_fails(_metadata, d, tag);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_ONE_WAY, p, extra));
	duo_fails(_metadata, d, tag);
}

#endif /* BINDER_TEST_OBJECTS_H */
