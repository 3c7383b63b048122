// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who dies, when, and what the others are told.
 *
 * The tests of one death each are scripts of actors in lock step. After every
 * one of them the driver's own statistics must be back at what they were
 * before: nothing of the dead may stay behind. At the end come the races: a
 * server that dies under load, again and again, and a storm of SIGKILLs.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "cpus.h"
#include "harness.h"

#define DEATH_COOKIE	0xdead

/* Steps that most scripts have. */

/* Writes a call without reading. */
static void call(struct __test_metadata *_metadata, struct actor *a,
		 uint32_t handle)
{
	ASSERT_EQ(0, actor_call(a, handle, 1, 0, NULL));
}

/* Calls, and sleeps in the driver until there is an answer. */
static void call_and_wait(struct __test_metadata *_metadata, struct actor *a,
			  uint32_t handle)
{
	struct binder_cmds c = {};

	cmd_call(&c, handle, 1, 0, NULL);
	actor_start_write_read(a, &c);
	ASSERT_EQ(0, actor_wait_asleep(a));
}

/* Takes the call that is there. */
static void take(struct __test_metadata *_metadata, struct actor *a)
{
	ASSERT_EQ(0, actor_read(a));
	ASSERT_NE(NULL, binder_find(&a->in, BR_TRANSACTION, 0)) {
		TH_LOG("read %s", binder_shape(&a->in));
	}
}

/* Replies to it, which completes even if nobody waits for that any more. */
static void reply(struct __test_metadata *_metadata, struct actor *a)
{
	struct binder_cmds c = {};

	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(a, &c));
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", a);
}

/* What was started ends with this answer. */
static void answered(struct __test_metadata *_metadata, struct actor *a,
		     uint32_t br)
{
	ASSERT_EQ(0, actor_finish(a));
	ASSERT_NE(NULL, binder_find(&a->in, br, 0)) {
		TH_LOG("expected %s, got %s", br_name(br),
		       binder_shape(&a->in));
	}
}

/* The thing that an actor asks for next is this. */
static void reads(struct __test_metadata *_metadata, struct actor *a,
		  uint32_t br)
{
	ASSERT_EQ(0, actor_poll(a, BINDER_PATIENCE_MS));
	actor_start_read(a);
	answered(_metadata, a, br);
}

/* A call from start to end between two who do nothing else. */
static void exchange(struct __test_metadata *_metadata, struct actor *client,
		     struct actor *server, uint32_t handle)
{
	call_and_wait(_metadata, client, handle);
	take(_metadata, server);
	ASSERT_EQ(0, actor_free(server));
	reply(_metadata, server);
	answered(_metadata, client, BR_REPLY);
	ASSERT_EQ(0, actor_free(client));
}

/* Reads until there is that, doing what the driver asks for on the way. */
static void read_until(struct __test_metadata *_metadata, struct actor *a,
		       uint32_t br)
{
	do {
		ASSERT_EQ(0, actor_poll(a, BINDER_PATIENCE_MS)) {
			TH_LOG("waiting for %s", br_name(br));
		}
		ASSERT_EQ(0, actor_read(a));
		ASSERT_EQ(0, actor_answer_refs(a));
	} while (!binder_find(&a->in, br, 0));
}

/*
 * @owner offers its object @ptr to @client, through the manager, which keeps
 * nothing of it. Returns the client's handle.
 */
static uint32_t introduce(struct __test_metadata *_metadata,
			  struct actor *manager, struct actor *owner,
			  struct actor *client, binder_uintptr_t ptr)
{
	struct binder_payload p = {};
	uint32_t handle;

	payload_binder(&p, BINDER_TYPE_BINDER, ptr, ptr + 1);
	ASSERT_EQ(0, actor_call(owner, 0, 1, 0, &p));
	take(_metadata, manager);
	handle = actor_object(manager, 0)->handle;
	ASSERT_EQ(0, actor_ref(manager, BC_ACQUIRE, handle));
	ASSERT_EQ(0, actor_free(manager));
	reply(_metadata, manager);
	read_until(_metadata, owner, BR_REPLY);
	ASSERT_EQ(0, actor_free(owner));

	call(_metadata, client, 0);
	take(_metadata, manager);
	payload_reset(&p);
	payload_handle(&p, BINDER_TYPE_HANDLE, handle);
	ASSERT_EQ(0, actor_reply(manager, &p));
	reads(_metadata, manager, BR_TRANSACTION_COMPLETE);
	ASSERT_EQ(0, actor_ref(manager, BC_RELEASE, handle));
	reads(_metadata, client, BR_REPLY);
	handle = actor_object(client, 0)->handle;
	ASSERT_EQ(0, actor_ref(client, BC_ACQUIRE, handle));
	ASSERT_EQ(0, actor_free(client));
	return handle;
}

static struct actor *spawn(struct __test_metadata *_metadata, size_t map_size)
{
	struct actor *a = actor_spawn(map_size);

	ASSERT_EQ(0, actor_settle(a));
	return a;
}

/* Asks to be told when the owner of @handle dies. */
static void watch(struct __test_metadata *_metadata, struct actor *a,
		  uint32_t handle)
{
	struct binder_cmds c = {};

	cmd_u32(&c, BC_ACQUIRE, handle);
	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, handle,
			  DEATH_COOKIE);
	ASSERT_EQ(0, actor_write(a, &c));
}

static void told_of_death(struct __test_metadata *_metadata, struct actor *a)
{
	struct binder_cmds c = {};

	reads(_metadata, a, BR_DEAD_BINDER);
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", a);
	EXPECT_EQ(DEATH_COOKIE, binder_find(&a->in, BR_DEAD_BINDER, 0)->cookie);
	cmd_ptr(&c, BC_DEAD_BINDER_DONE, DEATH_COOKIE);
	ASSERT_EQ(0, actor_write(a, &c));
	/* Once. */
	EXPECT_EQ(-ETIMEDOUT, actor_poll(a, 0));
}

/* Part one: the target has no mapping, but its file is open. */

#define DYNAMIC_DEBUG	"/sys/kernel/debug/dynamic_debug/control"

FIXTURE(no_vma) {
	struct actor *target, *client, *thread;
	pid_t keeper;		/* of the target's file, or 0 */
	bool debugs;
	struct kmsg log;
};

FIXTURE_VARIANT(no_vma) {
	size_t map_size;
	actor_fn lose;		/* what the target does to its mapping */
	bool dies;
	const char *why;
};

static long lose_nothing(struct actor *self, void *arg)
{
	return 0;
}

static long lose_by_munmap(struct actor *self, void *arg)
{
	return binder_unmap(self->dev);
}

static long lose_by_exec(struct actor *self, void *arg)
{
	if (fcntl(self->dev->fd, F_SETFD, 0))
		return -errno;
	execl("/proc/self/exe", "crash", "--pause", NULL);
	return -errno;
}

/* A child inherits the file, but not the mapping; then its parent dies. */
static long lose_by_death(struct actor *self, void *arg)
{
	pid_t *keeper = arg, pid;

	pid = fork();
	while (!pid)
		pause();
	if (pid < 0)
		return -errno;
	*keeper = pid;
	return 0;
}

FIXTURE_VARIANT_ADD(no_vma, never_mapped) {
	.map_size = 0, .lose = lose_nothing, .why = "never mapped"
};

FIXTURE_VARIANT_ADD(no_vma, unmapped) {
	.map_size = BINDER_MAP_SIZE, .lose = lose_by_munmap, .why = "unmapped"
};

FIXTURE_VARIANT_ADD(no_vma, exec) {
	.map_size = BINDER_MAP_SIZE, .lose = lose_by_exec, .why = "unmapped"
};

FIXTURE_VARIANT_ADD(no_vma, exiting) {
	.map_size = BINDER_MAP_SIZE, .lose = lose_by_death, .dies = true,
	.why = "exiting"
};

FIXTURE_SETUP(no_vma)
{
	pid_t *keeper = actor_alloc(sizeof(*keeper));
	long ret;

	/* The keeper becomes ours when its parent is dead. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	self->target = spawn(_metadata, variant->map_size);
	ASSERT_EQ(0, actor_become_manager(self->target));
	self->client = spawn(_metadata, BINDER_MAP_SIZE);
	self->thread = actor_thread(self->client);
	ASSERT_EQ(0, actor_settle(self->thread));
	watch(_metadata, self->client, 0);
	kmsg_open(&self->log);

	ret = actor_do(self->target, variant->lose, keeper);
	/* Of an actor that has become another program nothing is heard. */
	ASSERT_EQ(variant->lose == lose_by_exec ? -EPIPE : 0, ret);
	self->keeper = *keeper;
	if (variant->dies)
		actor_kill(self->target);
}

static void close_last(struct actor *target, pid_t *keeper)
{
	actor_kill(target);
	if (*keeper) {
		kill(*keeper, SIGKILL);
		waitpid(*keeper, NULL, 0);
	}
	*keeper = 0;
}

static bool dynamic_debug(const char *flags)
{
	FILE *f = fopen(DYNAMIC_DEBUG, "we");
	bool done;

	if (!f)
		return false;
	other_cpus(false);
	fprintf(f, "module binder_linux %s\n", flags);
	done = !fclose(f);
	other_cpus(true);
	return done;
}

FIXTURE_TEARDOWN(no_vma)
{
	close_last(self->target, &self->keeper);
	if (self->debugs)
		dynamic_debug("-p");
	kmsg_close(&self->log);
	actor_end_all();
}

TEST_F(no_vma, failed_reply)
{
	struct binder_cmds c = {};

	cmd_call(&c, 0, 1, 0, NULL);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
	/* Another thread, one-way, and again. */
	cmd_reset(&c);
	cmd_call(&c, 0, 1, TF_ONE_WAY, NULL);
	ASSERT_EQ(0, actor_write_read(self->thread, &c));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->thread);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
}

/* About one of the two? */
static bool is_about(const char *line, struct actor *target,
		     struct actor *sender)
{
	int pid;

	return sscanf(line, "binder: %d:", &pid) == 1 &&
		(pid == target->pid || pid == sender->pid);
}

/* What the log says about the two are these lines, to the letter. */
static void expect_both_lines(struct __test_metadata *_metadata,
			      struct kmsg *log, struct actor *target,
			      struct actor *sender, int data, int offsets)
{
	char lines[2][128];
	int n = 0;

	snprintf(lines[0], sizeof(lines[0]),
		 "binder: %d: binder_alloc_buf, no vma", target->pid);
	snprintf(lines[1], sizeof(lines[1]),
		 "binder: %d:%d transaction failed 29201, size %d-%d",
		 sender->pid, sender->tid, data, offsets);
	while (kmsg_next(log, 0)) {
		if (!is_about(log->line, target, sender))
			continue;
		ASSERT_GT(2, n) {
			TH_LOG("one line too many: %s", log->line);
		}
		ASSERT_STREQ(lines[n], log->line);
		n++;
	}
	ASSERT_EQ(2, n) {
		TH_LOG("not in the log: %s", lines[n]);
	}
}

TEST_F(no_vma, log)
{
	struct binder_payload p = {};
	struct binder_cmds c = {};

	payload_bytes(&p, "hello", 5);
	cmd_call(&c, 0, 1, 0, &p);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	expect_both_lines(_metadata, &self->log, self->target, self->client, 5,
			  0);

	cmd_reset(&c);
	payload_reset(&p);
	payload_handle(&p, BINDER_TYPE_HANDLE, 0);
	cmd_call(&c, 0, 1, TF_ONE_WAY, &p);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	expect_both_lines(_metadata, &self->log, self->target, self->client, 24,
			  8);
}

/*
 * As it is often quoted: a thread that isn't the main one, and offsets of which
 * only the buffer's allocation would have come before their check.
 */
TEST_F(no_vma, log_of_thread)
{
	struct binder_transaction_data tr = {};
	struct binder_payload p = {};
	struct binder_cmds c = {};

	ASSERT_NE(self->thread->pid, self->thread->tid);
	payload_pattern(&p, 1, 124);
	payload_offset(&p, 0);
	binder_fill_call(&tr, 0, 1, 0, &p);
	tr.offsets_size = 4;
	cmd_transaction(&c, BC_TRANSACTION, &tr);
	ASSERT_EQ(0, actor_write_read(self->thread, &c));
	expect_both_lines(_metadata, &self->log, self->target, self->thread,
			  124, 4);
}

TEST_F(no_vma, log_says_why)
{
	bool found = false;

	self->debugs = dynamic_debug("+p");
	if (!self->debugs)
		SKIP(return, "no " DYNAMIC_DEBUG);
	call(_metadata, self->client, 0);
	while (!found && kmsg_next(&self->log, 0))
		found = is_about(self->log.line, self->target, self->client) &&
			strstr(self->log.line, variant->why);
	EXPECT_TRUE(found) {
		TH_LOG("not in the log: %s", variant->why);
	}
}

/* It isn't dead before its file is closed, and then it is. */
TEST_F(no_vma, dead_when_closed)
{
	struct binder_cmds c = {};

	EXPECT_EQ(-ETIMEDOUT, actor_poll(self->client, 0));
	close_last(self->target, &self->keeper);
	told_of_death(_metadata, self->client);
	cmd_call(&c, 0, 1, 0, NULL);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", self->client);
}

/* Part two: so has the one who waits for a reply. */

FIXTURE(no_vma_reply) {
	struct actor *server, *client, *thread;
	struct kmsg log;
};

FIXTURE_SETUP(no_vma_reply)
{
	self->server = actor_spawn_manager();
	self->client = spawn(_metadata, BINDER_MAP_SIZE);
	self->thread = actor_thread(self->client);
	kmsg_open(&self->log);
	call_and_wait(_metadata, self->client, 0);
	take(_metadata, self->server);
	ASSERT_EQ(0, actor_unmap(self->thread));
}

FIXTURE_TEARDOWN(no_vma_reply)
{
	kmsg_close(&self->log);
	actor_end_all();
}

TEST_F(no_vma_reply, replier_is_done)
{
	reply(_metadata, self->server);
	ASSERT_EQ(0, actor_finish(self->client));
	EXPECT_EQ(NULL, binder_find(&self->client->in, BR_REPLY, 0));
}

TEST_F(no_vma_reply, caller_gets_failed_reply)
{
	reply(_metadata, self->server);
	answered(_metadata, self->client, BR_FAILED_REPLY);
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY",
		     self->client);
}

TEST_F(no_vma_reply, log)
{
	struct binder_payload p = {};

	payload_bytes(&p, "hello", 5);
	ASSERT_EQ(0, actor_reply(self->server, &p));
	expect_both_lines(_metadata, &self->log, self->client, self->server, 5,
			  0);
}

/* Part three: the log is not flooded. */

#define FLOOD	1000

FIXTURE(flood) {
	struct actor *manager, *targets[2], *client;
	uint32_t handles[2];
	struct kmsg log;
};

FIXTURE_SETUP(flood)
{
	int i;

	self->manager = actor_spawn_manager();
	self->client = spawn(_metadata, BINDER_MAP_SIZE);
	for (i = 0; i < 2; i++) {
		self->targets[i] = spawn(_metadata, BINDER_MAP_SIZE);
		self->handles[i] = introduce(_metadata, self->manager,
					     self->targets[i], self->client,
					     0x100);
		ASSERT_EQ(0, actor_unmap(self->targets[i]));
	}
	kmsg_open(&self->log);
}

FIXTURE_TEARDOWN(flood)
{
	kmsg_close(&self->log);
	actor_end_all();
}

static long flood_job(struct actor *self, void *arg)
{
	uint32_t handle = (uintptr_t)arg;
	int i, failed = 0;

	for (i = 0; i < FLOOD; i++)
		failed += binder_transact(self->dev, handle, 1, 0, NULL,
					  NULL) == BR_FAILED_REPLY;
	return failed;
}

static bool matches(const char *line, const char *pattern)
{
	bool match;
	regex_t re;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	match = !regexec(&re, line, 0, NULL, 0);
	regfree(&re);
	return match;
}

/* As many lines since the last time match @pattern. */
static int count_lines(struct kmsg *log, const char *pattern)
{
	int n = 0;

	while (kmsg_next(log, 0))
		n += matches(log->line, pattern);
	return n;
}

TEST_F(flood, is_limited_per_target)
{
	char pattern[128];
	int said;

	EXPECT_EQ(FLOOD, actor_do(self->client, flood_job,
				  (void *)(uintptr_t)self->handles[0]));
	snprintf(pattern, sizeof(pattern), "^binder: (%d|%d):",
		 self->client->pid, self->targets[0]->pid);
	said = count_lines(&self->log, pattern);
	EXPECT_LE(2, said);
	EXPECT_GE(60, said);

	/* The other one is heard. */
	call(_metadata, self->client, self->handles[1]);
	snprintf(pattern, sizeof(pattern),
		 "^binder: %d: binder_alloc_buf, no vma$",
		 self->targets[1]->pid);
	EXPECT_EQ(1, count_lines(&self->log, pattern));
}

TEST_F(flood, is_counted)
{
	char pattern[128];
	bool found = false;

	EXPECT_EQ(FLOOD, actor_do(self->client, flood_job,
				  (void *)(uintptr_t)self->handles[0]));
	/* At the latest when there can be no more. */
	actor_kill(self->targets[0]);
	snprintf(pattern, sizeof(pattern),
		 "^binder: %d: [0-9]+ .*suppressed", self->targets[0]->pid);
	while (!found && kmsg_next(&self->log, 10000))
		found = matches(self->log.line, pattern);
	EXPECT_TRUE(found);
}

/* Part four: one death each. */

FIXTURE(death) {
	struct actor *server, *client;
};

FIXTURE_SETUP(death)
{
	self->server = actor_spawn_manager();
	self->client = spawn(_metadata, BINDER_MAP_SIZE);
}

FIXTURE_TEARDOWN(death)
{
	actor_end_all();
}

TEST_F(death, of_who_holds_the_call)
{
	call_and_wait(_metadata, self->client, 0);
	take(_metadata, self->server);
	actor_kill(self->server);
	answered(_metadata, self->client, BR_DEAD_REPLY);
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY",
		     self->client);
}

/* The caller looks for its answer only afterwards. */
TEST_F(death, before_the_caller_reads)
{
	call(_metadata, self->client, 0);
	take(_metadata, self->server);
	actor_kill(self->server);
	reads(_metadata, self->client, BR_DEAD_REPLY);
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY",
		     self->client);
}

/* The calls wait in the queue of a process that never read one. */
TEST_F(death, with_calls_undelivered)
{
	struct actor *clients[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		clients[i] = i % 2 ? actor_thread(clients[i - 1]) :
			spawn(_metadata, BINDER_MAP_SIZE);
		ASSERT_EQ(0, actor_settle(clients[i]));
	}
	for (i = 0; i < ARRAY_SIZE(clients); i++)
		call_and_wait(_metadata, clients[i], 0);
	actor_kill(self->server);
	for (i = 0; i < ARRAY_SIZE(clients); i++)
		answered(_metadata, clients[i], BR_DEAD_REPLY);
}

TEST_F(death, with_one_way_calls_undelivered)
{
	struct binder_payload p = {};
	struct binder_cmds c = {};
	int i;

	for (i = 0; i < 20; i++) {
		payload_reset(&p);
		payload_pattern(&p, i, 1000);
		cmd_reset(&c);
		cmd_call(&c, 0, i, TF_ONE_WAY, &p);
		ASSERT_EQ(0, actor_write_read(self->client, &c));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", self->client);
	}
	/* One is being looked at, the others have to wait for it. */
	take(_metadata, self->server);
	watch(_metadata, self->client, 0);
	actor_kill(self->server);
	/* Nobody is told about calls that nobody waits for. */
	told_of_death(_metadata, self->client);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", self->client);
}

/* One-way calls of the dead are delivered nevertheless, and in order. */
TEST_F(death, of_who_sent_one_way_calls)
{
	struct binder_transaction_data *tr;
	struct binder_payload p = {};
	int i;

	for (i = 0; i < 5; i++) {
		payload_reset(&p);
		payload_pattern(&p, i, 100);
		ASSERT_EQ(0, actor_call(self->client, 0, i, TF_ONE_WAY, &p));
	}
	actor_kill(self->client);
	for (i = 0; i < 5; i++) {
		take(_metadata, self->server);
		tr = actor_message(self->server);
		EXPECT_EQ(i, tr->code);
		EXPECT_EQ(-1, pattern_differs(actor_peek(self->server,
							 tr->data.ptr.buffer,
							 100), i, 100));
		ASSERT_EQ(0, actor_free(self->server));
	}
}

TEST_F(death, of_who_waits)
{
	struct actor *next = spawn(_metadata, BINDER_MAP_SIZE);

	call_and_wait(_metadata, self->client, 0);
	take(_metadata, self->server);
	actor_kill(self->client);
	ASSERT_EQ(0, actor_free(self->server));
	reply(_metadata, self->server);
	exchange(_metadata, next, self->server, 0);
}

/* Its call may still be delivered or not; who gets it can answer it. */
TEST_F(death, of_who_waits_for_delivery)
{
	struct actor *next = spawn(_metadata, BINDER_MAP_SIZE);

	call_and_wait(_metadata, self->client, 0);
	actor_kill(self->client);
	call_and_wait(_metadata, next, 0);
	take(_metadata, self->server);
	if (actor_message(self->server)->sender_pid != next->pid) {
		ASSERT_EQ(0, actor_free(self->server));
		reply(_metadata, self->server);
		take(_metadata, self->server);
	}
	EXPECT_EQ(next->pid, actor_message(self->server)->sender_pid);
	ASSERT_EQ(0, actor_free(self->server));
	reply(_metadata, self->server);
	answered(_metadata, next, BR_REPLY);
}

/* The caller's thread leaves the driver; the rest of its process stays. */
TEST_F(death, of_the_calling_thread)
{
	struct actor *thread = actor_thread(self->client);

	ASSERT_EQ(0, actor_settle(thread));
	/* Once before the call is taken, once after. */
	call(_metadata, thread, 0);
	ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
	if (!actor_poll(self->server, 0)) {
		take(_metadata, self->server);
		ASSERT_EQ(0, actor_free(self->server));
		reply(_metadata, self->server);
	}
	ASSERT_EQ(0, actor_settle(thread));
	call(_metadata, thread, 0);
	take(_metadata, self->server);
	ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
	ASSERT_EQ(0, actor_free(self->server));
	reply(_metadata, self->server);

	exchange(_metadata, self->client, self->server, 0);
	/* Even that one can come back. */
	ASSERT_EQ(0, actor_settle(thread));
	exchange(_metadata, thread, self->server, 0);
}

/* The thread that holds the call leaves the driver; its process stays. */
TEST_F(death, of_the_thread_that_holds_the_call)
{
	struct actor *thread = actor_thread(self->server);
	struct binder_payload p = {};

	ASSERT_EQ(0, actor_settle(thread));
	call_and_wait(_metadata, self->client, 0);
	take(_metadata, thread);
	ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
	answered(_metadata, self->client, BR_DEAD_REPLY);

	/* The payload belongs to the process, and another thread frees it. */
	ASSERT_EQ(0, actor_free_buffer(self->server, actor_message(thread)->
				       data.ptr.buffer));
	payload_pattern(&p, 1, BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, &p));
	take(_metadata, self->server);
	ASSERT_EQ(0, actor_free(self->server));
	reply(_metadata, self->server);
	reads(_metadata, self->client, BR_REPLY);
}

/* A calls B, and B calls back to the thread of A that waits. */
static uint32_t call_back(struct __test_metadata *_metadata,
			  struct actor *client, struct actor *server)
{
	struct binder_payload p = {};
	uint32_t handle;

	payload_binder(&p, BINDER_TYPE_BINDER, 0x100, 0x101);
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, &p));
	take(_metadata, server);
	handle = actor_object(server, 0)->handle;
	call_and_wait(_metadata, server, handle);
	return handle;
}

TEST_F(death, of_who_is_called_back)
{
	call_back(_metadata, self->client, self->server);
	/* It has not even seen that call. */
	actor_kill(self->client);
	answered(_metadata, self->server, BR_DEAD_REPLY);
	reply(_metadata, self->server);
}

TEST_F(death, of_who_holds_a_call_back)
{
	call_back(_metadata, self->client, self->server);
	read_until(_metadata, self->client, BR_TRANSACTION);
	actor_kill(self->client);
	answered(_metadata, self->server, BR_DEAD_REPLY);
	reply(_metadata, self->server);
}

TEST_F(death, of_who_calls_back)
{
	struct binder_cmds c = {};

	call_back(_metadata, self->client, self->server);
	read_until(_metadata, self->client, BR_TRANSACTION);
	actor_kill(self->server);
	/* First its own answer completes, then its call has failed. */
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->client, &c));
	read_until(_metadata, self->client, BR_DEAD_REPLY);
}

TEST_F(death, of_the_manager)
{
	struct binder_cmds c = {};
	struct actor *next, *late;

	watch(_metadata, self->client, 0);
	actor_kill(self->server);
	told_of_death(_metadata, self->client);
	cmd_call(&c, 0, 1, 0, NULL);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", self->client);

	/* A successor serves those who have known the last one, and others. */
	next = actor_spawn_manager();
	exchange(_metadata, self->client, next, 0);
	late = spawn(_metadata, BINDER_MAP_SIZE);
	exchange(_metadata, late, next, 0);
}

static long as_nobody_job(struct actor *self, void *arg)
{
	uint32_t zero = 0;
	long ret;

	if (seteuid(65534))
		return -errno;
	ret = binder_ioctl(self->dev, BINDER_SET_CONTEXT_MGR, &zero);
	return seteuid(0) ? -errno : ret;
}

/* Only the user who has been the manager can be it again. */
TEST_F(death, of_the_manager_other_successor)
{
	struct actor *next = spawn(_metadata, BINDER_MAP_SIZE);

	ASSERT_EQ(0, geteuid());
	watch(_metadata, self->client, 0);
	EXPECT_EQ(-EBUSY, actor_do(next, as_nobody_job, NULL));
	actor_kill(self->server);
	told_of_death(_metadata, self->client);
	EXPECT_EQ(-EPERM, actor_do(next, as_nobody_job, NULL));
	ASSERT_EQ(0, actor_become_manager(next));
	exchange(_metadata, self->client, next, 0);
}

/* Calls through others. Each one is killed in turn. */

#define CHAIN	4

FIXTURE(chain) {
	struct actor *manager, *at[CHAIN];
};

FIXTURE_VARIANT(chain) {
	int victim;
};

FIXTURE_VARIANT_ADD(chain, first) {
	.victim = 0
};

FIXTURE_VARIANT_ADD(chain, second) {
	.victim = 1
};

FIXTURE_VARIANT_ADD(chain, third) {
	.victim = 2
};

FIXTURE_VARIANT_ADD(chain, last) {
	.victim = 3
};

/* The last one holds the call, the others wait. */
FIXTURE_SETUP(chain)
{
	uint32_t handles[CHAIN];
	int i;

	self->manager = actor_spawn_manager();
	for (i = 0; i < CHAIN; i++)
		self->at[i] = spawn(_metadata, BINDER_MAP_SIZE);
	for (i = 1; i < CHAIN; i++)
		handles[i] = introduce(_metadata, self->manager, self->at[i],
				       self->at[i - 1], 0x100);
	for (i = 1; i < CHAIN; i++) {
		call_and_wait(_metadata, self->at[i - 1], handles[i]);
		take(_metadata, self->at[i]);
	}
}

FIXTURE_TEARDOWN(chain)
{
	actor_end_all();
}

/* Whoever is left answers, from the last one to the first. */
TEST_F(chain, unwinds)
{
	int i;

	actor_kill(self->at[variant->victim]);
	for (i = CHAIN - 1; i >= 0; i--) {
		if (i == variant->victim)
			continue;
		if (i < CHAIN - 1)
			answered(_metadata, self->at[i],
				 i + 1 == variant->victim ? BR_DEAD_REPLY :
				 BR_REPLY);
		if (i)
			reply(_metadata, self->at[i]);
	}
}

/* The victim's caller need not wait until all those behind have answered. */
TEST_F(chain, tells_at_once)
{
	int i;

	actor_kill(self->at[variant->victim]);
	for (i = variant->victim - 1; i >= 0; i--) {
		ASSERT_TRUE(actor_finished(self->at[i], 5000));
		answered(_metadata, self->at[i], i + 1 == variant->victim ?
			 BR_DEAD_REPLY : BR_REPLY);
		if (i)
			reply(_metadata, self->at[i]);
	}
	for (i = CHAIN - 1; i > variant->victim; i--) {
		if (i < CHAIN - 1)
			answered(_metadata, self->at[i], BR_REPLY);
		reply(_metadata, self->at[i]);
	}
}

/* Killed while it sleeps in the driver. */

FIXTURE(asleep) {
	struct actor *server, *client;
};

FIXTURE_VARIANT(asleep) {
	actor_fn sleep;
	int syscalls[2];
};

static long sleep_in_read(struct actor *self, void *arg)
{
	return binder_write_read(self->dev, NULL, &self->in);
}

static long sleep_in_poll(struct actor *self, void *arg)
{
	return binder_poll(self->dev, -1);
}

static long sleep_in_epoll(struct actor *self, void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, self->dev->fd, &event))
		return -errno;
	return epoll_wait(epoll, &event, 1, -1);
}

FIXTURE_VARIANT_ADD(asleep, in_read) {
	.sleep = sleep_in_read, .syscalls = { SYS_ioctl, SYS_ioctl }
};

FIXTURE_VARIANT_ADD(asleep, in_poll) {
	.sleep = sleep_in_poll, .syscalls = { SYS_poll, SYS_ppoll }
};

FIXTURE_VARIANT_ADD(asleep, in_epoll) {
	.sleep = sleep_in_epoll, .syscalls = { SYS_epoll_wait, SYS_epoll_pwait }
};

FIXTURE_SETUP(asleep)
{
	self->server = actor_spawn_manager();
	self->client = spawn(_metadata, BINDER_MAP_SIZE);
}

FIXTURE_TEARDOWN(asleep)
{
	actor_end_all();
}

/* What a task's file in /proc begins with. */
static void proc_read(const struct actor *a, const char *name, char *text,
		      size_t size)
{
	char path[64];
	FILE *f;

	*text = '\0';
	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", a->pid, a->tid,
		 name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(text, size, f))
		*text = '\0';
	fclose(f);
}

static bool sleeps_in(const struct actor *a, const int *syscalls)
{
	char text[256], *state, *end;
	int nr;

	/* Or "running". */
	proc_read(a, "syscall", text, sizeof(text));
	nr = strtol(text, &end, 10);
	if (end == text || (nr != syscalls[0] && nr != syscalls[1]))
		return false;
	proc_read(a, "stat", text, sizeof(text));
	state = strrchr(text, ')');
	return state && !strncmp(state, ") S", 3);
}

TEST_F(asleep, is_killed)
{
	struct actor *threads[3] = { self->server };
	struct binder_cmds c = {};
	size_t i;

	watch(_metadata, self->client, 0);
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		if (i) {
			threads[i] = actor_thread(threads[i - 1]);
			ASSERT_EQ(0, actor_settle(threads[i]));
		}
	}
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		actor_start(threads[i], variant->sleep, NULL);
		while (!sleeps_in(threads[i], variant->syscalls))
			ASSERT_FALSE(actor_finished(threads[i], 1));
	}
	actor_kill(self->server);
	told_of_death(_metadata, self->client);
	cmd_call(&c, 0, 1, 0, NULL);
	ASSERT_EQ(0, actor_write_read(self->client, &c));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", self->client);
}

/* What a process held for others when it died. */

FIXTURE(held) {
	struct actor *manager, *owner, *other;
};

FIXTURE_SETUP(held)
{
	self->manager = actor_spawn_manager();
	self->owner = spawn(_metadata, BINDER_MAP_SIZE);
	self->other = spawn(_metadata, BINDER_MAP_SIZE);
}

FIXTURE_TEARDOWN(held)
{
	actor_end_all();
}

/* Its owner is told that nobody has the object any more: all is taken back. */
static void expect_released(struct __test_metadata *_metadata,
			    struct actor *owner, binder_uintptr_t ptr)
{
	int taken = 0;
	size_t i;

	while (taken < 2) {
		ASSERT_EQ(0, actor_poll(owner, BINDER_PATIENCE_MS)) {
			TH_LOG("%d of 2 came back", taken);
		}
		ASSERT_EQ(0, actor_read(owner));
		for (i = 0; i < owner->in.count; i++) {
			struct binder_return *br = &owner->in.at[i];

			if (br->cmd != BR_RELEASE && br->cmd != BR_DECREFS)
				continue;
			EXPECT_EQ(ptr, br->node.ptr);
			EXPECT_EQ(ptr + 1, br->node.cookie);
			taken++;
		}
	}
	EXPECT_EQ(-ETIMEDOUT, actor_poll(owner, 0));
}

static void send_object(struct __test_metadata *_metadata, struct actor *owner,
			binder_uintptr_t ptr)
{
	struct binder_payload p = {};

	payload_binder(&p, BINDER_TYPE_BINDER, ptr, ptr + 1);
	ASSERT_EQ(0, actor_call(owner, 0, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_read(owner));
	ASSERT_NE(NULL, binder_find(&owner->in, BR_ACQUIRE, 0));
	ASSERT_EQ(0, actor_answer_refs(owner));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(owner, 0));
}

TEST_F(held, in_undelivered_call)
{
	send_object(_metadata, self->owner, 0x100);
	actor_kill(self->manager);
	expect_released(_metadata, self->owner, 0x100);
}

TEST_F(held, in_buffer)
{
	send_object(_metadata, self->owner, 0x100);
	take(_metadata, self->manager);
	actor_kill(self->manager);
	expect_released(_metadata, self->owner, 0x100);
}

TEST_F(held, by_handle)
{
	send_object(_metadata, self->owner, 0x100);
	take(_metadata, self->manager);
	ASSERT_EQ(0, actor_ref(self->manager, BC_ACQUIRE,
			       actor_object(self->manager, 0)->handle));
	ASSERT_EQ(0, actor_free(self->manager));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(self->owner, 0));
	actor_kill(self->manager);
	expect_released(_metadata, self->owner, 0x100);
}

/* A handle on its way to a third party, in the buffer of a dead one. */
TEST_F(held, in_passed_on_buffer)
{
	struct binder_payload p = {};
	uint32_t handle;

	handle = introduce(_metadata, self->manager, self->owner, self->other,
			   0x100);
	payload_handle(&p, BINDER_TYPE_HANDLE, handle);
	ASSERT_EQ(0, actor_call(self->other, 0, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_ref(self->other, BC_RELEASE, handle));
	EXPECT_EQ(-ETIMEDOUT, actor_poll(self->owner, 0));
	take(_metadata, self->manager);
	EXPECT_EQ(-ETIMEDOUT, actor_poll(self->owner, 0));
	actor_kill(self->manager);
	expect_released(_metadata, self->owner, 0x100);
}

/* The owner is the one that dies; who has a handle can still let go. */
TEST_F(held, of_dead_owner)
{
	struct binder_cmds c = {};
	uint32_t handle;

	handle = introduce(_metadata, self->manager, self->owner, self->other,
			   0x100);
	watch(_metadata, self->other, handle);
	actor_kill(self->owner);
	told_of_death(_metadata, self->other);
	cmd_call(&c, handle, 1, 0, NULL);
	ASSERT_EQ(0, actor_write_read(self->other, &c));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", self->other);
	ASSERT_EQ(0, actor_ref(self->other, BC_RELEASE, handle));
	ASSERT_EQ(0, actor_ref(self->other, BC_RELEASE, handle));
	ASSERT_EQ(0, actor_write_read(self->other, &c));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->other);
}

/* Death notifications. */

#define WATCHERS	4
#define WATCHES		50	/* of each */

FIXTURE(watchers) {
	struct actor *target, *at[WATCHERS];
};

FIXTURE_SETUP(watchers)
{
	int i;

	self->target = actor_spawn_manager();
	for (i = 0; i < WATCHERS; i++)
		self->at[i] = spawn(_metadata, BINDER_MAP_SIZE);
}

FIXTURE_TEARDOWN(watchers)
{
	actor_end_all();
}

/* Each open is a party of its own to the driver. */
static struct binder_dev watches[WATCHES];

static long watch_job(struct actor *self, void *arg)
{
	struct binder_cmds c = {};
	int i, ret;

	for (i = 0; i < WATCHES; i++) {
		cmd_reset(&c);
		cmd_u32(&c, BC_ACQUIRE, 0);
		cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, 0,
				  0x1000 + i);
		ret = binder_open(&watches[i], 4096);
		if (!ret)
			ret = binder_write(&watches[i], &c);
		if (ret)
			return ret;
	}
	return 0;
}

/* How many were told, each with its own cookie, and each just once. */
static long told_job(struct actor *self, void *arg)
{
	struct binder_cmds c = {};
	int i, told = 0;

	for (i = 0; i < WATCHES; i++) {
		if (binder_read(&watches[i], &self->in, BINDER_PATIENCE_MS))
			return -ETIMEDOUT;
		if (strcmp(binder_shape(&self->in), "BR_NOOP BR_DEAD_BINDER") ||
		    self->in.at[1].cookie != 0x1000 + i)
			return -EBADMSG;
		cmd_reset(&c);
		cmd_ptr(&c, BC_DEAD_BINDER_DONE, 0x1000 + i);
		if (binder_write(&watches[i], &c) ||
		    binder_poll(&watches[i], 0) != -ETIMEDOUT)
			return -EBADMSG;
		told++;
	}
	return told;
}

TEST_F(watchers, are_all_told)
{
	int i;

	for (i = 0; i < WATCHERS; i++)
		ASSERT_EQ(0, actor_do(self->at[i], watch_job, NULL));
	actor_kill(self->target);
	for (i = 0; i < WATCHERS; i++)
		EXPECT_EQ(WATCHES, actor_do(self->at[i], told_job, NULL));
}

TEST_F(watchers, die_before)
{
	int i;

	for (i = 0; i < WATCHERS; i++)
		ASSERT_EQ(0, actor_do(self->at[i], watch_job, NULL));
	for (i = 0; i < WATCHERS - 1; i++)
		actor_kill(self->at[i]);
	actor_kill(self->target);
	EXPECT_EQ(WATCHES, actor_do(self->at[i], told_job, NULL));
}

/* They are told, but do not look, and die. */
TEST_F(watchers, die_after)
{
	int i;

	for (i = 0; i < WATCHERS; i++)
		ASSERT_EQ(0, actor_do(self->at[i], watch_job, NULL));
	actor_kill(self->target);
	for (i = 0; i < WATCHERS; i++)
		actor_kill(self->at[i]);
}

/* Clears its notification while the target dies. */
static long clear_job(struct actor *self, void *arg)
{
	struct binder_cmds c = {};
	int told = 0, cleared = 0, ret;
	size_t i;

	cmd_handle_cookie(&c, BC_CLEAR_DEATH_NOTIFICATION, 0, DEATH_COOKIE);
	ret = binder_write(self->dev, &c);
	while (!ret && !cleared) {
		ret = binder_read(self->dev, &self->in, BINDER_PATIENCE_MS);
		if (ret)
			return ret;
		cmd_reset(&c);
		for (i = 0; i < self->in.count; i++) {
			switch (self->in.at[i].cmd) {
			case BR_DEAD_BINDER:
				told++;
				cmd_ptr(&c, BC_DEAD_BINDER_DONE, DEATH_COOKIE);
				break;
			case BR_CLEAR_DEATH_NOTIFICATION_DONE:
				cleared++;
				break;
			}
		}
		if (c.size)
			ret = binder_write(self->dev, &c);
	}
	if (ret)
		return ret;
	/* Nothing comes after that. */
	if (binder_poll(self->dev, 0) != -ETIMEDOUT)
		return -EBADMSG;
	return told > 1 || cleared != 1 ? -EPROTO : told;
}

TEST_F(watchers, change_their_mind_meanwhile)
{
	int rounds = effort(6, 30), round, i, told = 0;
	long ret;

	for (round = 0; round < rounds; round++) {
		if (round)
			self->target = actor_spawn_manager();
		for (i = 0; i < WATCHERS; i++) {
			self->at[i] = spawn(_metadata, BINDER_MAP_SIZE);
			watch(_metadata, self->at[i], 0);
		}
		for (i = 0; i < WATCHERS; i++) {
			if (i == round % WATCHERS)
				kill(self->target->pid, SIGKILL);
			actor_start(self->at[i], clear_job, NULL);
		}
		actor_kill(self->target);
		for (i = 0; i < WATCHERS; i++) {
			ret = actor_finish(self->at[i]);
			ASSERT_LE(0, ret);
			told += ret;
			actor_kill(self->at[i]);
		}
	}
	TH_LOG("%d of %d were told before they had cleared it", told,
	       rounds * WATCHERS);
}

/*
 * Part five: the window. A process that gets SIGKILL first gives up its memory
 * (exit_mm() in do_exit) and only then closes its files. Calls in between find
 * a process that is there, without a mapping.
 */

#define WINDOW_CLIENTS	4
#define WINDOW_FILES	1500
#define WINDOW_MEMORY	(16UL << 20)

/*
 * How the calls of one client ended. Half of the clients call and wait. When
 * the server is killed they all hang in a call, and so the other half calls
 * one-way from then on.
 */
struct window_calls {
	bool begin;
	unsigned int replies, failed, dead, other, failed_after_dead;
};

struct window_parties {
	struct actor *clients[WINDOW_CLIENTS];
	struct window_calls *calls;
};

FIXTURE(window) {
	struct window_parties w;
};

FIXTURE_SETUP(window)
{
	int i;

	for (i = 0; i < WINDOW_CLIENTS; i++)
		self->w.clients[i] = spawn(_metadata, BINDER_MAP_SIZE);
	self->w.calls = actor_alloc(WINDOW_CLIENTS * sizeof(*self->w.calls));
}

FIXTURE_TEARDOWN(window)
{
	actor_end_all();
}

/* To die takes it longer than others: it has much to give up and to close. */
static long window_server(struct actor *self, void *arg)
{
	struct rlimit limit = { 4096, 4096 };
	void *memory;
	int i, fds[2];

	memory = mmap(NULL, WINDOW_MEMORY, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	memset(memory, 1, WINDOW_MEMORY);
	setrlimit(RLIMIT_NOFILE, &limit);
	for (i = 0; i < WINDOW_FILES; i += 2)
		if (pipe(fds))
			return -errno;
	return binder_become_manager(self->dev);
}

static void window_count(struct window_calls *calls, int64_t answer)
{
	switch (answer) {
	case BR_REPLY:
	case BR_TRANSACTION_COMPLETE:
		__atomic_add_fetch(&calls->replies, 1, __ATOMIC_RELAXED);
		break;
	case BR_FAILED_REPLY:
		calls->failed++;
		calls->failed_after_dead += calls->dead > 0;
		break;
	case BR_DEAD_REPLY:
		calls->dead++;
		break;
	default:
		calls->other++;
	}
}

/* Calls until the server is dead, and a few times more. */
static long window_client(struct actor *self, void *arg)
{
	struct window_calls *calls = arg;
	uint32_t flags = calls->begin ? 0 : TF_ONE_WAY;

	while (!__atomic_load_n(&calls->begin, __ATOMIC_RELAXED))
		usleep(20);
	while (calls->dead < 5 && calls->other < 5)
		window_count(calls, binder_transact(self->dev, 0, 1, flags,
						    NULL, NULL));
	return 0;
}

/* One server's life. How many calls got BR_FAILED_REPLY? */
static unsigned int window_round(struct __test_metadata *_metadata,
				 struct window_parties *w, pid_t *pid)
{
	struct actor *server = actor_spawn(BINDER_MAP_SIZE);
	unsigned int replies, failed = 0, i;

	*pid = server->pid;
	ASSERT_EQ(0, actor_do(server, window_server, NULL));
	actor_start_serve(server, NULL, NULL);
	memset(w->calls, 0, WINDOW_CLIENTS * sizeof(*w->calls));
	for (i = 0; i < WINDOW_CLIENTS; i++) {
		w->calls[i].begin = i % 2;
		actor_start(w->clients[i], window_client, &w->calls[i]);
	}
	do {
		usleep(100);
		replies = 0;
		for (i = 0; i < WINDOW_CLIENTS; i++)
			replies += __atomic_load_n(&w->calls[i].replies,
						   __ATOMIC_RELAXED);
	} while (replies < 20 * WINDOW_CLIENTS &&
		 !actor_finished(w->clients[1], 0));
	for (i = 0; i < WINDOW_CLIENTS; i++)
		__atomic_store_n(&w->calls[i].begin, true, __ATOMIC_RELAXED);
	actor_kill(server);
	for (i = 0; i < WINDOW_CLIENTS; i++) {
		ASSERT_EQ(0, actor_finish(w->clients[i]));
		EXPECT_EQ(0, w->calls[i].other);
		EXPECT_EQ(0, w->calls[i].failed_after_dead);
		failed += w->calls[i].failed;
	}
	return failed;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Every answer is one of three, and once it is dead it stays dead. */
TEST_F(window, has_three_answers)
{
	int round;
	pid_t pid;

	for (round = 0; round < effort(3, 10); round++)
		window_round(_metadata, &self->w, &pid);
}

/* And calls do fall into it, and for no other reason. */
TEST_F(window, is_hit)
{
	unsigned int failed = 0;
	time_t end = now() + 60;
	struct kmsg log;
	char line[128];
	int round;
	pid_t pid;

	kmsg_open(&log);
	for (round = 0; !failed && round < 20 && now() < end; round++)
		failed = window_round(_metadata, &self->w, &pid);
	TH_LOG("%u in round %d", failed, round);
	ASSERT_LT(0, failed);
	snprintf(line, sizeof(line), "binder: %d: binder_alloc_buf, no vma",
		 pid);
	EXPECT_NE(NULL, kmsg_find(&log, line, 0)) {
		TH_LOG("not in the log: %s", line);
	}
	kmsg_close(&log);
	actor_end_all();
}

/*
 * Part six: the storm. Servers register an object with the manager, clients ask
 * it for one and call that, with an object of their own that the server may
 * call back. All are killed at random, the manager, too. As in a real system
 * the manager forgets servers that have died, and servers whose manager has
 * died register with its successor.
 */

#define STORM_SERVERS	4
#define STORM_CLIENTS	6
#define STORM_HANDLES	8	/* that the manager keeps */

enum storm_code { STORM_REGISTER = 1, STORM_FIND, STORM_WORK };

struct storm {
	uint64_t seed;
	unsigned int calls, replies, failed, dead, told;
	unsigned int bad;	/* answers that can't be */
	uint32_t bad_br;
};

struct storm_parties {
	uint64_t random;
	struct actor *manager;
	struct actor *servers[STORM_SERVERS];
	struct actor *clients[STORM_CLIENTS];
};

FIXTURE(storm) {
	struct storm *storm;
	struct storm_parties parties;
};

static uint32_t storm_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

/* A task in the storm: what it has to say next, and what it has heard. */
struct storm_task {
	struct actor *self;
	struct storm *storm;
	uint64_t random;
	struct binder_cmds c;
	struct binder_payload p;
	struct binder_returns in;
	/* The manager's. */
	uint32_t handles[STORM_HANDLES];
	unsigned int count;
	/* A server's: the manager knows it. */
	bool registered;
};

static uint32_t storm_call(struct storm_task *t, uint32_t handle,
			   uint32_t code, uint32_t flags,
			   struct binder_transaction_data *reply);

/* The handle that the payload begins with, or 0. */
static uint32_t storm_handle(const struct binder_transaction_data *tr)
{
	struct flat_binder_object *o = (void *)(uintptr_t)tr->data.ptr.buffer;

	return tr->offsets_size && o->hdr.type == BINDER_TYPE_HANDLE ?
		o->handle : 0;
}

/* Cookies are the handles that they are about. */
static void storm_watch(struct storm_task *t, uint32_t handle)
{
	cmd_u32(&t->c, BC_ACQUIRE, handle);
	cmd_handle_cookie(&t->c, BC_REQUEST_DEATH_NOTIFICATION, handle, handle);
}

static void storm_bury(struct storm_task *t, binder_uintptr_t cookie)
{
	unsigned int i;

	__atomic_add_fetch(&t->storm->told, 1, __ATOMIC_RELAXED);
	cmd_ptr(&t->c, BC_DEAD_BINDER_DONE, cookie);
	cmd_u32(&t->c, BC_RELEASE, cookie);
	for (i = 0; i < t->count; i++) {
		if (t->handles[i] == cookie)
			t->handles[i--] = t->handles[--t->count];
	}
	/* Only servers watch the manager. */
	if (!cookie)
		t->registered = false;
}

/* Answers one call, in whichever role. */
static void storm_serve(struct storm_task *t,
			const struct binder_transaction_data *tr)
{
	uint32_t handle = storm_handle(tr);

	payload_reset(&t->p);
	if (tr->code == STORM_REGISTER && handle && t->count < STORM_HANDLES) {
		storm_watch(t, handle);
		t->handles[t->count++] = handle;
	} else if (tr->code == STORM_FIND && t->count) {
		handle = t->handles[storm_random(&t->random) % t->count];
		payload_handle(&t->p, BINDER_TYPE_HANDLE, handle);
	} else if (tr->code == STORM_WORK && handle &&
		   !(tr->flags & TF_ONE_WAY) && storm_random(&t->random) % 2) {
		/* Its object is in a buffer of ours, so it stays. */
		storm_call(t, handle, 0, 0, NULL);
		payload_reset(&t->p);
	}
	cmd_ptr(&t->c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	if (tr->flags & TF_ONE_WAY)
		return;
	cmd_reply(&t->c, 0, &t->p);
	/* Written before the payload is used for something else. */
	binder_write(t->self->dev, &t->c);
	cmd_reset(&t->c);
}

/* Does what is asked for; returns how a call has ended, or 0. */
static uint32_t storm_read(struct storm_task *t,
			   struct binder_transaction_data *reply)
{
	/* A call back reads into the same place. */
	struct binder_return at[16];
	size_t count, i;
	uint32_t ended = 0;

	if (binder_write_read(t->self->dev, t->c.size ? &t->c : NULL, &t->in))
		_exit(1);
	cmd_reset(&t->c);
	binder_answer_refs(&t->c, &t->in);
	count = t->in.count < ARRAY_SIZE(at) ? t->in.count : ARRAY_SIZE(at);
	memcpy(at, t->in.at, count * sizeof(*at));
	for (i = 0; i < count; i++) {
		switch (at[i].cmd) {
		case BR_TRANSACTION:
			storm_serve(t, &at[i].tr);
			break;
		case BR_REPLY:
			if (reply)
				*reply = at[i].tr;
			else
				cmd_ptr(&t->c, BC_FREE_BUFFER,
					at[i].tr.data.ptr.buffer);
			ended = BR_REPLY;
			break;
		case BR_DEAD_REPLY:
		case BR_FAILED_REPLY:
			ended = at[i].cmd;
			break;
		case BR_TRANSACTION_COMPLETE:
			ended = ended ?: BR_TRANSACTION_COMPLETE;
			break;
		case BR_DEAD_BINDER:
			storm_bury(t, at[i].cookie);
			break;
		}
	}
	return ended;
}

static uint32_t storm_call(struct storm_task *t, uint32_t handle,
			   uint32_t code, uint32_t flags,
			   struct binder_transaction_data *reply)
{
	struct storm *storm = t->storm;
	uint32_t ended;

	cmd_call(&t->c, handle, code, flags, &t->p);
	do {
		ended = storm_read(t, reply);
	} while (!ended || (ended == BR_TRANSACTION_COMPLETE &&
			    !(flags & TF_ONE_WAY)));
	__atomic_add_fetch(&storm->calls, 1, __ATOMIC_RELAXED);
	if (ended == BR_REPLY)
		__atomic_add_fetch(&storm->replies, 1, __ATOMIC_RELAXED);
	if (ended == BR_DEAD_REPLY)
		__atomic_add_fetch(&storm->dead, 1, __ATOMIC_RELAXED);
	if (ended == BR_FAILED_REPLY)
		__atomic_add_fetch(&storm->failed, 1, __ATOMIC_RELAXED);
	return ended;
}

static void storm_task_init(struct storm_task *t, struct actor *self,
			    struct storm *storm)
{
	memset(t, 0, sizeof(*t));
	t->self = self;
	t->storm = storm;
	t->random = storm->seed ^ ((uint64_t)self->pid << 20);
	cmd_none(&t->c, BC_ENTER_LOOPER);
}

static long storm_manager(struct actor *self, void *arg)
{
	static struct storm_task t;

	storm_task_init(&t, self, arg);
	while (true)
		storm_read(&t, NULL);
	return 0;
}

static long storm_server(struct actor *self, void *arg)
{
	static struct storm_task t;

	storm_task_init(&t, self, arg);
	while (true) {
		if (t.registered) {
			storm_read(&t, NULL);
			continue;
		}
		storm_watch(&t, 0);
		payload_reset(&t.p);
		payload_binder(&t.p, BINDER_TYPE_BINDER, 0x100, 0x101);
		t.registered = true;
		if (storm_call(&t, 0, STORM_REGISTER, 0, NULL) == BR_REPLY)
			continue;
		t.registered = false;
		cmd_u32(&t.c, BC_RELEASE, 0);
		usleep(1000);
	}
	return 0;
}

static long storm_client(struct actor *self, void *arg)
{
	struct binder_transaction_data tr;
	static struct storm_task t;
	uint32_t handle, answer, flags;

	storm_task_init(&t, self, arg);
	while (true) {
		payload_reset(&t.p);
		handle = 0;
		if (storm_call(&t, 0, STORM_FIND, 0, &tr) == BR_REPLY) {
			handle = storm_handle(&tr);
			if (handle && storm_random(&t.random) % 20 == 0)
				storm_watch(&t, handle);
			if (handle)
				cmd_u32(&t.c, BC_ACQUIRE, handle);
			cmd_ptr(&t.c, BC_FREE_BUFFER, tr.data.ptr.buffer);
		}
		if (!handle) {
			/* Nobody is there at the moment. */
			usleep(1000);
			continue;
		}
		payload_reset(&t.p);
		payload_binder(&t.p, BINDER_TYPE_BINDER,
			       0x100 + storm_random(&t.random) % 4 * 8, 0x101);
		payload_pattern(&t.p, 1, storm_random(&t.random) % 20000);
		flags = storm_random(&t.random) % 3 ? 0 : TF_ONE_WAY;
		answer = storm_call(&t, handle, STORM_WORK, flags, NULL);
		if (answer != BR_DEAD_REPLY && answer != BR_FAILED_REPLY &&
		    answer != (flags ? BR_TRANSACTION_COMPLETE : BR_REPLY)) {
			t.storm->bad_br = answer;
			__atomic_add_fetch(&t.storm->bad, 1, __ATOMIC_RELAXED);
		}
		cmd_u32(&t.c, BC_RELEASE, handle);
	}
	return 0;
}

static struct actor *storm_start(struct storm *storm, actor_fn role)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);

	actor_start(a, role, storm);
	return a;
}

static struct actor *storm_start_manager(struct __test_metadata *_metadata,
					 struct storm *storm)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_become_manager(a));
	actor_start(a, storm_manager, storm);
	return a;
}

static long storm_setting(const char *name, long otherwise)
{
	const char *value = getenv(name);

	return value ? strtol(value, NULL, 0) : otherwise;
}

FIXTURE_SETUP(storm)
{
	struct storm_parties *p = &self->parties;
	int i;

	self->storm = actor_alloc(sizeof(*self->storm));
	self->storm->seed = storm_setting("BINDER_SEED", 20180523);
	p->random = self->storm->seed;
	TH_LOG("BINDER_SEED=%llu", (unsigned long long)p->random);
	p->manager = storm_start_manager(_metadata, self->storm);
	for (i = 0; i < STORM_SERVERS; i++)
		p->servers[i] = storm_start(self->storm, storm_server);
	for (i = 0; i < STORM_CLIENTS; i++)
		p->clients[i] = storm_start(self->storm, storm_client);
}

FIXTURE_TEARDOWN(storm)
{
	actor_end_all();
}

/* Kills somebody, and puts a new one in its place. */
static void storm_kill(struct __test_metadata *_metadata, struct storm *storm,
		       struct storm_parties *p)
{
	unsigned int victim = storm_random(&p->random) % 100, i;

	if (victim < 5) {
		actor_kill(p->manager);
		p->manager = storm_start_manager(_metadata, storm);
	} else if (victim < 55) {
		i = victim % STORM_SERVERS;
		actor_kill(p->servers[i]);
		p->servers[i] = storm_start(storm, storm_server);
	} else {
		i = victim % STORM_CLIENTS;
		actor_kill(p->clients[i]);
		p->clients[i] = storm_start(storm, storm_client);
	}
}

static void storm_blow(struct __test_metadata *_metadata, struct storm *storm,
		       struct storm_parties *parties)
{
	long kills = storm_setting("BINDER_STORM_KILLS", effort(40, 300)), i;

	for (i = 0; i < kills; i++) {
		usleep(storm_random(&parties->random) % 20000);
		storm_kill(_metadata, storm, parties);
	}
	TH_LOG("%u calls: %u replies, %u dead, %u failed; %u told of a death",
	       storm->calls, storm->replies, storm->dead, storm->failed,
	       storm->told);
	EXPECT_LT(kills, storm->replies);
	EXPECT_LT(0, storm->told);
	actor_end_all();
}

TEST_F_TIMEOUT(storm, is_survived, 600)
{
	struct actor *server, *client;

	storm_blow(_metadata, self->storm, &self->parties);
	EXPECT_EQ(0, self->storm->bad) {
		TH_LOG("one was %s", br_name(self->storm->bad_br));
	}
	/* Fresh ones don't notice. */
	server = actor_spawn_manager();
	client = spawn(_metadata, BINDER_MAP_SIZE);
	exchange(_metadata, client, server, 0);
}

/* Nor does any test before. */
static struct counts before_all;

TEST_F_TIMEOUT(storm, leaves_nothing, 600)
{
	storm_blow(_metadata, self->storm, &self->parties);
	actor_end_all();
	counts_nothing_left(_metadata, &before_all);
}

int main(int argc, char **argv)
{
	/* What is left of an actor that has become another program. */
	while (argc == 2 && !strcmp(argv[1], "--pause"))
		pause();
	/* Of all storms the last test tells, as the stock driver loses some. */
	counts_except.name = "node";
	counts_except.fixture = "storm";
	counts_read(&before_all);
	return test_harness_run(argc, argv);
}
