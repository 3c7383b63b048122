// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device, its mapping and its threads do before there is any message:
 * ioctls without payload, the manager, mmap, waiting, poll, flush.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include "harness.h"

#define MAP_MAX		(4UL << 20)

/* What fork() gives to a child of the actor's; the child returns @fn's value. */
static long in_child(struct actor *a, actor_fn fn, void *arg)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(-fn(a, arg));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

/* The plain ioctls. */

FIXTURE(device) {};
FIXTURE_SETUP(device) {}
FIXTURE_TEARDOWN(device) { actor_end_all(); }

TEST_F(device, version)
{
	struct actor *a = actor_spawn(0);
	struct binder_version *v = actor_alloc(sizeof(*v));

	ASSERT_EQ(0, actor_ioctl(a, BINDER_VERSION, v));
	EXPECT_EQ(8, v->protocol_version);
}

TEST_F(device, max_threads)
{
	static const uint32_t values[] = { 0, 1, 15, 1U << 31, ~0U };
	struct actor *a = actor_spawn(0);
	uint32_t *max = actor_alloc(sizeof(*max));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		*max = values[i];
		EXPECT_EQ(0, actor_ioctl(a, BINDER_SET_MAX_THREADS, max));
		EXPECT_EQ(values[i], *max);
	}
}

/* A new thread is sent back to user space once, before it waits. */
TEST_F(device, first_read_is_noop)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct actor *b = actor_thread(a);

	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP", a);
	EXPECT_EQ(4, a->in.consumed);
	ASSERT_EQ(0, actor_read(b));
	ASSERT_SHAPE("BR_NOOP", b);
	/* But only once. */
	actor_start_read(a);
	EXPECT_EQ(0, actor_wait_asleep(a));
}

TEST_F(device, thread_exit_and_back)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_become_manager(a));
	ASSERT_EQ(0, actor_enter(a));
	ASSERT_EQ(0, actor_ioctl(a, BINDER_THREAD_EXIT, NULL));
	/* A new one in every respect. */
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP", a);
	ASSERT_EQ(0, actor_enter(a));
	ASSERT_EQ(0, actor_call(client, 0, 7, 0, NULL));
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", a);
}

/* A caller waits for a thread that leaves: it is told, at once. */
TEST_F(device, thread_exit_holding_a_call)
{
	struct actor *server = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_call(client, 0, 7, 0, NULL));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(0, actor_ioctl(server, BINDER_THREAD_EXIT, NULL));
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY", client);
}

static long call_in_child(struct actor *a, void *arg)
{
	struct binder_version v;

	return binder_ioctl(a->dev, BINDER_VERSION, &v);
}

static long fork_and_call(struct actor *a, void *arg)
{
	return in_child(a, call_in_child, NULL);
}

TEST_F(device, foreign_process_refused)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct binder_version *v = actor_alloc(sizeof(*v));

	EXPECT_EQ(-EINVAL, actor_do(a, fork_and_call, NULL));
	/* The opener itself isn't hurt by that. */
	EXPECT_EQ(0, actor_ioctl(a, BINDER_VERSION, v));
}

/* Each device is a world of its own. */
TEST_F(device, contexts_are_separate)
{
	static const char *const names[] = { "binder", "hwbinder", "vndbinder" };
	struct actor *manager[3], *client[3];
	struct actor *probe;
	const char *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		path = binder_device_named(names[i]);
		if (access(path, F_OK))
			SKIP(return, "%s does not exist", path);
		manager[i] = actor_spawn(ACTOR_CLOSED);
		client[i] = actor_spawn(ACTOR_CLOSED);
		ASSERT_EQ(0, actor_open(manager[i], path, 0, BINDER_MAP_SIZE));
		ASSERT_EQ(0, actor_open(client[i], path, 0, BINDER_MAP_SIZE));
	}
	probe = client[2];
	ASSERT_EQ(0, actor_become_manager(manager[0]));
	ASSERT_EQ(0, actor_become_manager(manager[1]));
	/* The third has no manager, whatever the others have. */
	ASSERT_EQ(0, actor_call(probe, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(probe));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_REPLY", probe);
	ASSERT_EQ(0, actor_become_manager(manager[2]));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		ASSERT_EQ(0, actor_call(client[i], 0, 100 + i, 0, NULL));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		ASSERT_EQ(0, actor_enter(manager[i]));
		ASSERT_EQ(0, actor_read(manager[i]));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", manager[i]);
		EXPECT_EQ(100 + i, actor_message(manager[i])->code);
		EXPECT_EQ(client[i]->pid, actor_message(manager[i])->sender_pid);
	}
}

/* The manager. */

FIXTURE(manager) {};
FIXTURE_SETUP(manager) {}
FIXTURE_TEARDOWN(manager) { actor_end_all(); }

TEST_F(manager, second_is_busy)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct actor *b = actor_spawn(BINDER_MAP_SIZE);
	struct flat_binder_object *object = actor_alloc(sizeof(*object));
	uint32_t *zero = actor_alloc(sizeof(*zero));

	object->hdr.type = BINDER_TYPE_BINDER;
	ASSERT_EQ(0, actor_become_manager(a));
	EXPECT_EQ(-EBUSY, actor_ioctl(b, BINDER_SET_CONTEXT_MGR, zero));
	EXPECT_EQ(-EBUSY, actor_ioctl(b, BINDER_SET_CONTEXT_MGR_EXT, object));
	EXPECT_EQ(-EBUSY, actor_ioctl(a, BINDER_SET_CONTEXT_MGR, zero));
}

TEST_F(manager, successor)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct actor *b = actor_spawn(BINDER_MAP_SIZE);
	struct actor *c = actor_spawn(BINDER_MAP_SIZE);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_become_manager(a));
	actor_close(a);
	ASSERT_EQ(0, actor_become_manager(b));
	actor_kill(b);
	ASSERT_EQ(0, actor_become_manager(c));
	/* Calls go to the one who is it now. */
	ASSERT_EQ(0, actor_call(client, 0, 3, 0, NULL));
	ASSERT_EQ(0, actor_enter(c));
	ASSERT_EQ(0, actor_read(c));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", c);
	EXPECT_EQ(3, actor_message(c)->code);
}

static long seteuid_job(struct actor *a, void *arg)
{
	return seteuid((intptr_t)arg) ? -errno : 0;
}

/* Or anybody could wait for a manager's crash and take its place. */
TEST_F(manager, successor_is_the_same_user)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct actor *b = actor_spawn(BINDER_MAP_SIZE);
	struct actor *c = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_become_manager(a));
	actor_kill(a);
	ASSERT_EQ(0, actor_do(b, seteuid_job, (void *)1000));
	EXPECT_EQ(-EPERM, actor_become_manager(b));
	EXPECT_EQ(0, actor_become_manager(c));
}

/* EXT: the manager says which object it is. Plain: it has no name. */
TEST_F(manager, object)
{
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct actor *a = actor_spawn_manager();
	struct actor *b;
	struct flat_binder_object *object = actor_alloc(sizeof(*object));
	int ret;

	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", a);
	EXPECT_EQ(0, actor_message(a)->target.ptr);
	EXPECT_EQ(0, actor_message(a)->cookie);
	actor_kill(a);
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY", client);

	b = actor_spawn(BINDER_MAP_SIZE);
	object->hdr.type = BINDER_TYPE_BINDER;
	object->binder = 0x1122334455667788;
	object->cookie = 0x99aabbccddeeff00;
	/* What actor_become_manager() does for the plain form. */
	do {
		ret = actor_ioctl(b, BINDER_SET_CONTEXT_MGR_EXT, object);
	} while (ret == -EBUSY);
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, actor_enter(b));
	ASSERT_EQ(0, actor_call(client, 0, 2, 0, NULL));
	ASSERT_EQ(0, actor_read(b));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", b);
	EXPECT_EQ(0x1122334455667788, actor_message(b)->target.ptr);
	EXPECT_EQ(0x99aabbccddeeff00, actor_message(b)->cookie);
}

/* The mapping. */

FIXTURE(mapping) {};
FIXTURE_SETUP(mapping) {}
FIXTURE_TEARDOWN(mapping) { actor_end_all(); }

struct map_args {
	int prot, flags;
};

static long map_job(struct actor *a, void *arg)
{
	struct map_args *args = arg;
	void *map = mmap(NULL, 65536, args->prot, args->flags, a->dev->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, 65536);
	return 0;
}

static long try_map(struct actor *a, int prot, int flags)
{
	struct map_args *args = actor_alloc(sizeof(*args));

	args->prot = prot;
	args->flags = flags;
	return actor_do(a, map_job, args);
}

TEST_F(mapping, never_writable)
{
	struct actor *a = actor_spawn(0);

	EXPECT_EQ(-EPERM, try_map(a, PROT_READ | PROT_WRITE, MAP_PRIVATE));
	EXPECT_EQ(-EPERM, try_map(a, PROT_READ | PROT_WRITE, MAP_SHARED));
	EXPECT_EQ(-EPERM, try_map(a, PROT_WRITE, MAP_SHARED));
	/* And what was refused was not the one mapping that it has. */
	EXPECT_EQ(0, try_map(a, PROT_READ, MAP_SHARED));
}

static long mprotect_job(struct actor *a, void *arg)
{
	return mprotect(a->dev->map, a->dev->map_size, PROT_READ | PROT_WRITE) ?
		-errno : 0;
}

TEST_F(mapping, never_made_writable)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);

	EXPECT_EQ(-EACCES, actor_do(a, mprotect_job, NULL));
}

static long mremap_job(struct actor *a, void *arg)
{
	size_t size = a->dev->map_size;
	void *elsewhere = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (elsewhere == MAP_FAILED)
		return -errno;
	return mremap(a->dev->map, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) ==
	       MAP_FAILED ? -errno : 0;
}

/* Buffers are known by their addresses. */
TEST_F(mapping, never_moved)
{
	struct actor *server = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	EXPECT_EQ(-EINVAL, actor_do(server, mremap_job, NULL));
	/* It is where it was, and takes calls. */
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(server));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION", server);
}

TEST_F(mapping, only_one)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);

	EXPECT_EQ(-EBUSY, try_map(a, PROT_READ, MAP_PRIVATE));
	/* Buffers have had their addresses: a second life isn't possible. */
	ASSERT_EQ(0, actor_unmap(a));
	EXPECT_EQ(-EBUSY, try_map(a, PROT_READ, MAP_PRIVATE));
}

static long mapped_in_child(struct actor *a, void *arg)
{
	unsigned char pages[MAP_MAX / 4096];

	return mincore(a->dev->map, a->dev->map_size, pages) ? -errno : 0;
}

static long fork_and_look(struct actor *a, void *arg)
{
	return in_child(a, mapped_in_child, NULL);
}

TEST_F(mapping, not_inherited)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);

	EXPECT_EQ(0, actor_do(a, mapped_in_child, NULL));
	EXPECT_EQ(-ENOMEM, actor_do(a, fork_and_look, NULL));
}

static long map_in_child(struct actor *a, void *arg)
{
	struct map_args args = { PROT_READ, MAP_PRIVATE };

	return map_job(a, &args);
}

static long fork_and_map(struct actor *a, void *arg)
{
	return in_child(a, map_in_child, NULL);
}

TEST_F(mapping, not_by_another_process)
{
	struct actor *a = actor_spawn(0);

	EXPECT_EQ(-EINVAL, actor_do(a, fork_and_map, NULL));
	EXPECT_EQ(0, try_map(a, PROT_READ, MAP_PRIVATE));
}

static int64_t call_of(struct __test_metadata *_metadata, struct actor *server,
		       struct actor *client, size_t size)
{
	struct binder_payload data = {};

	payload_pattern(&data, size, size);
	if (actor_call(client, 0, 1, 0, &data))
		return -1;
	if (actor_poll(client, 0) == 0) {
		ASSERT_EQ(0, actor_read(client));
		ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", client);
		return BR_FAILED_REPLY;
	}
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(size, actor_message(server)->data_size);
	ASSERT_EQ(-1, pattern_differs(actor_peek(server,
						 actor_message(server)->data.ptr.buffer,
						 size), size, size));
	ASSERT_EQ(0, actor_reply(server, NULL));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", client);
	ASSERT_EQ(0, actor_free(client));
	return BR_REPLY;
}

/* A larger mapping is taken, but only 4 MB of it are ever used. */
TEST_F(mapping, four_megabytes_at_most)
{
	struct actor *server = actor_spawn(2 * MAP_MAX);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_enter(server));
	EXPECT_BR(BR_REPLY, call_of(_metadata, server, client, MAP_MAX));
	EXPECT_BR(BR_FAILED_REPLY,
		  call_of(_metadata, server, client, MAP_MAX + 1));
	EXPECT_BR(BR_REPLY, call_of(_metadata, server, client, MAP_MAX));
}

TEST_F(mapping, one_page)
{
	struct actor *server = actor_spawn(4096);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_enter(server));
	EXPECT_BR(BR_REPLY, call_of(_metadata, server, client, 4096));
	EXPECT_BR(BR_FAILED_REPLY, call_of(_metadata, server, client, 4097));
	EXPECT_BR(BR_REPLY, call_of(_metadata, server, client, 1));
}

/* Waiting. */

FIXTURE(waiting) {};
FIXTURE_SETUP(waiting) {}
FIXTURE_TEARDOWN(waiting) { actor_end_all(); }

TEST_F(waiting, nonblocking_is_eagain)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);

	ASSERT_EQ(0, actor_open(a, binder_device(), O_NONBLOCK,
				BINDER_MAP_SIZE));
	ASSERT_EQ(0, actor_enter(a));
	EXPECT_EQ(-EAGAIN, actor_read(a));
	EXPECT_EQ(-EAGAIN, actor_read(a));
}

/* What was found before the wait is not lost by EAGAIN. */
TEST_F(waiting, nonblocking_delivers)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_open(a, binder_device(), O_NONBLOCK,
				BINDER_MAP_SIZE));
	ASSERT_EQ(0, actor_become_manager(a));
	ASSERT_EQ(0, actor_enter(a));
	ASSERT_EQ(-EAGAIN, actor_read(a));
	ASSERT_EQ(0, actor_call(client, 0, 5, 0, NULL));
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", a);
	EXPECT_EQ(-EAGAIN, actor_read(a));
}

static void nothing(int signal)
{
}

static long handle_usr1(struct actor *a, void *arg)
{
	struct sigaction sa = {
		.sa_handler = nothing,
		.sa_flags = (intptr_t)arg,
	};

	return sigaction(SIGUSR1, &sa, NULL);
}

static void interrupt(struct __test_metadata *_metadata, long sa_flags)
{
	struct actor *a = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_do(a, handle_usr1, (void *)sa_flags));
	actor_start_read(a);
	ASSERT_EQ(0, actor_wait_asleep(a));
	ASSERT_EQ(0, syscall(SYS_tgkill, a->pid, a->tid, SIGUSR1));
	ASSERT_EQ(-EINTR, actor_finish(a));
	/* It can wait again, and gets what comes. */
	actor_start_read(a);
	ASSERT_EQ(0, actor_wait_asleep(a));
	ASSERT_EQ(0, actor_call(client, 0, 5, 0, NULL));
	ASSERT_EQ(0, actor_finish(a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", a);
}

TEST_F(waiting, signal_is_eintr)
{
	interrupt(_metadata, 0);
}

/* A restart would repeat the write half, so there is none. */
TEST_F(waiting, signal_is_eintr_with_restart)
{
	interrupt(_metadata, SA_RESTART);
}

/* A caller that is interrupted has not lost its call. */
TEST_F(waiting, caller_is_interrupted)
{
	struct actor *server = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct binder_cmds c = {};

	ASSERT_EQ(0, actor_do(client, handle_usr1, NULL));
	ASSERT_EQ(0, actor_settle(client));
	cmd_call(&c, 0, 9, 0, NULL);
	actor_start_write_read(client, &c);
	ASSERT_EQ(0, actor_wait_asleep(client));
	ASSERT_EQ(0, syscall(SYS_tgkill, client->pid, client->tid, SIGUSR1));
	ASSERT_EQ(-EINTR, actor_finish(client));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(0, actor_reply(server, NULL));
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", client);
}

static long close_a_dup(struct actor *a, void *arg)
{
	return close(dup(a->dev->fd));
}

/* flush: threads of a client that wants to end must come out of the driver. */
TEST_F(waiting, closing_a_dup_wakes_readers)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	struct actor *b = actor_thread(a);
	struct actor *closer = actor_thread(a);

	ASSERT_EQ(0, actor_enter(a));
	ASSERT_EQ(0, actor_settle(b));
	actor_start_read(a);
	actor_start_read(b);
	ASSERT_EQ(0, actor_wait_asleep(a));
	ASSERT_EQ(0, actor_wait_asleep(b));
	ASSERT_EQ(0, actor_do(closer, close_a_dup, NULL));
	ASSERT_EQ(0, actor_finish(a));
	EXPECT_SHAPE("BR_NOOP", a);
	ASSERT_EQ(0, actor_finish(b));
	EXPECT_SHAPE("BR_NOOP", b);
	/* Only this once. */
	actor_start_read(a);
	EXPECT_EQ(0, actor_wait_asleep(a));
}

/* poll and epoll. */

FIXTURE(poll) {};
FIXTURE_SETUP(poll) {}
FIXTURE_TEARDOWN(poll) { actor_end_all(); }

TEST_F(poll, readable_when_there_is_work)
{
	struct actor *server = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	EXPECT_EQ(-ETIMEDOUT, actor_poll(server, 0));
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	/* A caller's own thread: not before there is an answer. */
	EXPECT_EQ(-ETIMEDOUT, actor_poll(client, 0));
	EXPECT_EQ(0, actor_poll(server, BINDER_PATIENCE_MS / 2));
	/* Still, until it is read. */
	EXPECT_EQ(0, actor_poll(server, 0));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	EXPECT_EQ(-ETIMEDOUT, actor_poll(server, 0));
	ASSERT_EQ(0, actor_reply(server, NULL));
	EXPECT_EQ(0, actor_poll(client, BINDER_PATIENCE_MS / 2));
	/* The server's BR_TRANSACTION_COMPLETE. */
	EXPECT_EQ(0, actor_poll(server, 0));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", server);
	EXPECT_EQ(-ETIMEDOUT, actor_poll(server, 0));
}

static long poll_job(struct actor *a, void *arg)
{
	return binder_poll(a->dev, BINDER_PATIENCE_MS / 2);
}

/* /proc doesn't tell poll's sleep from an ioctl's, so this asks for any. */
static void wait_asleep_in_poll(struct actor *a)
{
	char path[64];
	FILE *f;
	int nr;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", a->pid, a->tid);
	do {
		nr = -1;
		f = fopen(path, "re");
		if (f) {
			if (fscanf(f, "%d", &nr) != 1)
				nr = -1;
			fclose(f);
		}
	} while (nr != SYS_poll && !actor_finished(a, 1));
}

TEST_F(poll, wakes_a_sleeper)
{
	struct actor *server = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);

	actor_start(server, poll_job, NULL);
	wait_asleep_in_poll(server);
	ASSERT_FALSE(actor_finished(server, 0));
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_finish(server));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
}

/* A thread that waits for its reply isn't told of the pool's work. */
TEST_F(poll, only_own_work)
{
	struct actor *manager = actor_spawn_manager();
	struct actor *server = actor_spawn(BINDER_MAP_SIZE);
	struct actor *caller = actor_thread(server);
	int64_t handle;

	ASSERT_EQ(0, actor_enter(server));
	ASSERT_EQ(0, actor_enter(caller));
	handle = actor_publish(server, manager, 0x100, 0x200);
	ASSERT_LE(0, handle);
	ASSERT_EQ(0, actor_call(caller, 0, 1, 0, NULL));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(caller, 0));
	ASSERT_EQ(0, actor_call(manager, handle, 2, TF_ONE_WAY, NULL));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(caller, 0));
	EXPECT_EQ(0, actor_poll(server, 0));
}

struct epoll_state {
	int fd;
};

static long epoll_add(struct actor *a, void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct epoll_state *state = arg;

	state->fd = epoll_create1(EPOLL_CLOEXEC);
	return epoll_ctl(state->fd, EPOLL_CTL_ADD, a->dev->fd, &event) ?
		-errno : 0;
}

static long epoll_look(struct actor *a, void *arg)
{
	struct epoll_state *state = arg;
	struct epoll_event event;

	return epoll_wait(state->fd, &event, 1, BINDER_PATIENCE_MS / 2);
}

static long epoll_end(struct actor *a, void *arg)
{
	struct epoll_state *state = arg;

	return close(state->fd);
}

TEST_F(poll, epoll_reports_work)
{
	struct actor *server = actor_spawn_manager();
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct epoll_state *state = actor_alloc(sizeof(*state));

	ASSERT_EQ(0, actor_do(server, epoll_add, state));
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(1, actor_do(server, epoll_look, state));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
	ASSERT_EQ(0, actor_do(server, epoll_end, state));
}

/* CVE-2019-2215: epoll went on to use the wait queue of a thread that left. */
TEST_F(poll, epoll_outlives_its_thread)
{
	struct actor *server = actor_spawn_manager();
	struct actor *other = actor_thread(server);
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct epoll_state *state = actor_alloc(sizeof(*state));
	struct epoll_state *second = actor_alloc(sizeof(*second));

	ASSERT_EQ(0, actor_enter(other));
	ASSERT_EQ(0, actor_do(other, epoll_add, state));
	ASSERT_EQ(0, actor_ioctl(other, BINDER_THREAD_EXIT, NULL));
	/* Work comes, the thread comes back and adds a second one. */
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_do(other, epoll_add, second));
	ASSERT_EQ(0, actor_ioctl(other, BINDER_THREAD_EXIT, NULL));
	ASSERT_EQ(0, actor_do(other, epoll_end, state));
	ASSERT_EQ(0, actor_do(other, epoll_end, second));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", server);
}

/*
 * CVE-2024-26606: a thread makes work for itself and then waits in epoll. It
 * must see that work, though nobody wakes it.
 */
TEST_F(poll, epoll_sees_own_replies)
{
	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
	struct actor *server = actor_spawn_manager();
	struct epoll_state *state = actor_alloc(sizeof(*state));
	struct binder_payload object = {};

	ASSERT_EQ(0, actor_enter(client));
	ASSERT_EQ(0, actor_do(client, epoll_add, state));
	/* A call to a handle that doesn't exist fails on the spot. */
	ASSERT_EQ(0, actor_call(client, 77, 1, 0, NULL));
	EXPECT_EQ(1, actor_do(client, epoll_look, state));
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", client);
	payload_binder(&object, BINDER_TYPE_BINDER, 0x10, 0x20);
	ASSERT_EQ(0, actor_call(client, 0, 1, TF_ONE_WAY, &object));
	EXPECT_EQ(1, actor_do(client, epoll_look, state));
	ASSERT_EQ(0, actor_read(client));
	ASSERT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE BR_TRANSACTION_COMPLETE",
		     client);
	ASSERT_EQ(0, actor_read(server));
}

TEST_HARNESS_MAIN
