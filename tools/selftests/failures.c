// SPDX-License-Identifier: GPL-2.0-only
/*
 * failed_transaction_log: what is said of each message that failed.
 *
 * Of every cause that user space can bring about there is a line, and its number and
 * error are those of BINDER_GET_EXTENDED_ERROR; the trace event says the same. What the
 * kernel's log says is in crash.c; out of memory, in failnth.c; what a security module
 * refuses, in hooks.c.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "failevents.h"
#include "objects.h"

/* The numbers behind l=, in the driver's order. */
enum reason {
	NO_MANAGER = 1, DEAD, FROZEN, NEVER_MAPPED, UNMAPPED, EXITING, NO_SPACE, NO_MEMORY,
	BAD_SIZE, BAD_HANDLE, SELF, BAD_STACK, BAD_DATA, BAD_OFFSETS, BAD_OBJECT, BAD_FD,
	FD_REFUSED, SECURITY, NO_FDS,
};

/* A failure as the file has it. */
struct failed {
	const char *kind;	/* "call " if NULL */
	struct actor *from, *to;	/* to nobody: NULL */
	int to_tid;
	bool reply;		/* its caller is told, and not who sent it */
	uint32_t handle;
	size_t data_size, offsets_size;
	uint32_t command;	/* BR_FAILED_REPLY if 0 */
	int error;
	enum reason reason;
	const char *why;
};

/* The last line, to be freed. */
static char *last_line(struct __test_metadata *_metadata)
{
	const char *line;
	struct text t;
	char *last;

	ASSERT_EQ(0, log_read(&t, "failed_transaction_log"));
	line = last_line_of(t.bytes);
	last = strndup(line, line_end(line) - line);
	text_free(&t);
	return last;
}

static void expect_line(struct __test_metadata *_metadata, const struct failed *f,
			const char *rest)
{
	char *line = last_line(_metadata);
	char pattern[1024];

	snprintf(pattern, sizeof(pattern),
		 NUM ": %s from %d:%d to %d:%d %s %s handle %u size %zu:%zu ret %u/%d %s",
		 f->kind ?: "call ", f->from->pid, f->from->tid, f->to ? f->to->pid : 0, f->to_tid,
		 "context binder node", f->to && !f->reply ? NUM : "0", f->handle, f->data_size,
		 f->offsets_size, f->command ?: BR_FAILED_REPLY, f->error, rest);
	EXPECT_TRUE(line_matches(pattern, strlen(pattern), line)) {
		TH_LOG("expected:\n%s\nthere is:\n%s", pattern, line);
	}
	free(line);
}

/* The failure is in the file; who is told of it finds the same, and who traces. */
static void expect_failed(struct __test_metadata *_metadata, struct failed f)
{
	struct binder_extended_error *e = actor_alloc(sizeof(*e));
	struct actor *told = f.reply && f.to ? f.to : f.from;
	char *line = last_line(_metadata);
	char rest[512];

	snprintf(rest, sizeof(rest), "l=%d why: %s", f.reason, f.why);
	expect_line(_metadata, &f, rest);
	ASSERT_EQ(0, actor_ioctl(told, BINDER_GET_EXTENDED_ERROR, e));
	EXPECT_EQ((uint32_t)strtoull(line, NULL, 10), e->id);
	EXPECT_EQ(f.error, e->param);
	EXPECT_BR(f.command ?: BR_FAILED_REPLY, e->command);
	expect_failevent(_metadata, line);
	free(line);
}

#define EXPECT_FAILED(...)	expect_failed(_metadata, (struct failed){ __VA_ARGS__ })

/* The client has two of the server's objects, which is manager: duo_setup(). */
FIXTURE(failed) {
	struct duo d;
	struct actor *client, *server;
	struct binder_payload p;
	char why[512];
};

FIXTURE_SETUP(failed)
{
	duo_setup(_metadata, &self->d);
	self->client = self->d.client;
	self->server = self->d.server;
}

FIXTURE_TEARDOWN(failed) { actor_end_all(); }

static void call_fails(struct __test_metadata *_metadata, struct actor *a, uint32_t handle,
		       uint32_t flags, const struct binder_payload *p, binder_size_t extra)
{
	ASSERT_EQ(0, actor_call_sg(a, handle, flags, p, extra));
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", a);
}

/* What the stock driver says, too. */
TEST_F(failed, line)
{
	struct failed f = { .from = self->client, .handle = 77, .error = -EINVAL };

	call_fails(_metadata, self->client, 77, 0, NULL, 0);
	expect_line(_metadata, &f, "l=+([0-9])*");
	payload_pattern(&self->p, 1, DUO_AREA + 8);
	call_fails(_metadata, self->client, 1, TF_ONE_WAY, &self->p, 0);
	f = (struct failed){ .kind = "async", .from = self->client, .to = self->server, .handle = 1,
			     .data_size = DUO_AREA + 8, .error = -ENOSPC };
	expect_line(_metadata, &f, "l=+([0-9])*");
}

/* Each is there once, the newest at the end; and no more than there is room for. */
TEST_F(failed, newest)
{
	const char *line;
	struct text t;
	int i;

	for (i = 0; i < 40; i++)
		call_fails(_metadata, self->client, 100 + i, 0, NULL, 0);
	ASSERT_EQ(0, log_read(&t, "failed_transaction_log"));
	EXPECT_EQ(32, count_lines(t.bytes, "*"));
	for (i = 8, line = t.bytes; i < 40; i++, line = next_line(line)) {
		char pattern[64];

		snprintf(pattern, sizeof(pattern), "*node 0 handle %d size *", 100 + i);
		EXPECT_TRUE(line_matches(pattern, strlen(pattern), line));
	}
	text_free(&t);
}

TEST_F(failed, handle)
{
	call_fails(_metadata, self->client, 77, 0, NULL, 0);
	EXPECT_FAILED(.from = self->client, .handle = 77, .error = -EINVAL,
		      .reason = BAD_HANDLE, .why = "bad handle; handle 77");
	call_fails(_metadata, self->client, 78, TF_ONE_WAY, NULL, 0);
	EXPECT_FAILED(.kind = "async", .from = self->client, .handle = 78, .error = -EINVAL,
		      .reason = BAD_HANDLE, .why = "bad handle; handle 78");
	payload_pattern(&self->p, 1, 8);
	payload_handle(&self->p, BINDER_TYPE_HANDLE, 55);
	call_fails(_metadata, self->client, 1, 0, &self->p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 32,
		      .offsets_size = 8, .error = -EINVAL, .reason = BAD_HANDLE,
		      .why = "bad handle; handle 55; handle object (73682a85) at offset 8");
}

TEST_F(failed, own_object)
{
	call_fails(_metadata, self->server, 0, 0, NULL, 0);
	EXPECT_FAILED(.from = self->server, .to = self->server, .error = -EINVAL, .reason = SELF,
		      .why = "call to an own object");
}

TEST_F(failed, turn)
{
	struct binder_cmds c = {};

	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(self->client, &c));
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->client);
	EXPECT_FAILED(.kind = "reply", .from = self->client, .error = -EPROTO, .reason = BAD_STACK,
		      .why = "not this thread's turn");
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_call(self->client, 2, 1, 0, NULL));
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 2, .error = -EPROTO,
		      .reason = BAD_STACK, .why = "not this thread's turn");
}

TEST_F(failed, size)
{
	payload_pattern(&self->p, 1, 8);
	call_fails(_metadata, self->client, 1, 0, &self->p, 4);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 8,
		      .error = -EINVAL, .reason = BAD_SIZE, .why = "bad size; size 4");
}

TEST_F(failed, unreadable)
{
	struct binder_payload p = { .data = (void *)8, .size = 16 };

	call_fails(_metadata, self->client, 1, 0, &p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 16,
		      .error = -EFAULT, .reason = BAD_DATA, .why = "data can't be read");
}

TEST_F(failed, offsets)
{
	struct binder_payload *p = &self->p;

	payload_pattern(p, 1, 64);
	payload_offset(p, 64);
	call_fails(_metadata, self->client, 1, 0, p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 64,
		      .offsets_size = 8, .error = -EINVAL, .reason = BAD_OFFSETS,
		      .why = "bad offsets; at 64");
	p->offsets = (void *)8;
	call_fails(_metadata, self->client, 1, 0, p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 64,
		      .offsets_size = 8, .error = -EFAULT, .reason = BAD_OFFSETS,
		      .why = "bad offsets");
}

TEST_F(failed, object_of_unknown_type)
{
	uint32_t bytes[8] = { 0, 0, 0x12345678, 0 };

	payload_bytes(&self->p, bytes, sizeof(bytes));
	payload_offset(&self->p, 8);
	call_fails(_metadata, self->client, 1, 0, &self->p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 32,
		      .offsets_size = 8, .error = -EINVAL, .reason = BAD_OBJECT,
		      .why = "bad object; unknown object (12345678) at offset 8");
	self->p.offsets[0] = 12;
	call_fails(_metadata, self->client, 1, 0, &self->p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 32,
		      .offsets_size = 8, .error = -EINVAL, .reason = BAD_OBJECT,
		      .why = "bad object; unknown object (00000000) at offset 12");
}

TEST_F(failed, pointer_object)
{
	payload_pattern(&self->p, 1, 16);
	payload_pointer(&self->p, (void *)8, 24);
	call_fails(_metadata, self->client, 1, 0, &self->p, 24);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 56,
		      .offsets_size = 8, .error = -EFAULT, .reason = BAD_OBJECT,
		      .why = "bad object; pointer object (70742a85) at offset 16");
}

TEST_F(failed, fd_array)
{
	uint32_t *fds = actor_alloc(8);

	payload_pattern(&self->p, 1, 8);
	payload_pointer(&self->p, fds, 8);
	payload_fd_array(&self->p, 3, 0, 0);
	call_fails(_metadata, self->client, 1, 0, &self->p, 8);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 80,
		      .offsets_size = 16, .error = -EINVAL, .reason = BAD_OBJECT,
		      .why = "bad object; fd array object (66646185) at offset 48");
}

TEST_F(failed, other_cookie)
{
	payload_binder(&self->p, BINDER_TYPE_BINDER, 0x5000, 0x6000);
	ASSERT_EQ(0, actor_call(self->client, 1, 1, TF_ONE_WAY, &self->p));
	ASSERT_EQ(0, actor_read(self->client));
	payload_reset(&self->p);
	payload_binder(&self->p, BINDER_TYPE_BINDER, 0x5000, 0x6001);
	call_fails(_metadata, self->client, 1, 0, &self->p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 24,
		      .offsets_size = 8, .error = -EINVAL, .reason = BAD_OBJECT,
		      .why = "bad object; binder object (73622a85) at offset 0");
}

TEST_F(failed, fd)
{
	payload_fd(&self->p, 999);
	call_fails(_metadata, self->client, self->d.open, 0, &self->p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 24,
		      .offsets_size = 8, .error = -EBADF, .reason = BAD_FD,
		      .why = "no such fd; fd 999; fd object (66642a85) at offset 0");
}

TEST_F(failed, fds_refused)
{
	payload_fd(&self->p, self->d.w);
	snprintf(self->why, sizeof(self->why),
		 "fds are refused; fd %d; fd object (66642a85) at offset 0", self->d.w);
	call_fails(_metadata, self->client, self->d.shut, 0, &self->p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 2, .data_size = 24,
		      .offsets_size = 8, .error = -EPERM, .reason = FD_REFUSED, .why = self->why);
}

/* No thread of the receiver's has it. */
TEST_F(failed, receiver_out_of_fds)
{
	struct duo *d = &self->d;
	struct actor *other = actor_spawn(DUO_AREA);
	rlim_t limit;

	ASSERT_EQ(0, actor_settle(other));
	payload_fd(&self->p, d->w);
	limit = actor_limit_fds(d->server, 0);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	ASSERT_EQ(0, actor_call(other, 0, 1, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	actor_limit_fds(d->server, limit);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1, .data_size = 24,
		      .offsets_size = 8, .error = -EMFILE, .reason = NO_FDS,
		      .why = "receiver is out of fds");
}

/* A reply fails: in the file it is the replier's, but the caller is told. */
TEST_F(failed, reply)
{
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->server));
	payload_handle(&self->p, BINDER_TYPE_HANDLE, 99);
	ASSERT_EQ(0, actor_reply(self->server, &self->p));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_NE(NULL, binder_find(&self->client->in, BR_FAILED_REPLY, 0));
	EXPECT_FAILED(.kind = "reply", .from = self->server, .to = self->client,
		      .to_tid = self->client->tid, .reply = true, .data_size = 24,
		      .offsets_size = 8, .error = -EINVAL, .reason = BAD_HANDLE,
		      .why = "bad handle; handle 99; handle object (73682a85) at offset 0");
}

TEST_F(failed, frozen)
{
	struct binder_freeze_info *info = actor_alloc(sizeof(*info));

	*info = (struct binder_freeze_info){ .pid = self->server->pid, .enable = 1,
					     .timeout_ms = 1000 };
	ASSERT_EQ(0, actor_ioctl(self->client, BINDER_FREEZE, info));
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1,
		      .command = BR_FROZEN_REPLY, .error = -EAGAIN, .reason = FROZEN,
		      .why = "frozen");
	info->enable = 0;
	ASSERT_EQ(0, actor_ioctl(self->client, BINDER_FREEZE, info));
}

/* The dead. */

/* The server dies, and the driver knows. */
static void server_dies(struct __test_metadata *_metadata, struct duo *d)
{
	struct actor *watcher = actor_thread(d->client);
	struct binder_cmds c = {};

	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, 1, 7);
	ASSERT_EQ(0, actor_write(watcher, &c));
	ASSERT_EQ(0, actor_enter(watcher));
	ASSERT_EQ(0, actor_settle(watcher));
	actor_kill(d->server);
	ASSERT_EQ(0, actor_poll(watcher, BINDER_PATIENCE_MS));
	ASSERT_EQ(0, actor_read(watcher));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", watcher);
}

TEST_F(failed, dead)
{
	server_dies(_metadata, &self->d);
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, NULL));
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1,
		      .command = BR_DEAD_REPLY, .error = -ESRCH, .reason = DEAD, .why = "dead");
	ASSERT_EQ(0, actor_read(self->client));
	ASSERT_EQ(0, actor_call(self->client, 0, 1, 0, NULL));
	EXPECT_FAILED(.from = self->client, .command = BR_DEAD_REPLY, .error = -ESRCH,
		      .reason = NO_MANAGER, .why = "no context manager");
}

TEST_F(failed, dies_with_the_call)
{
	payload_pattern(&self->p, 1, 99);
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, &self->p));
	ASSERT_EQ(0, actor_read(self->server));
	server_dies(_metadata, &self->d);
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_FAILED(.from = self->client, .to = self->server, .to_tid = self->server->tid,
		      .handle = 1, .data_size = 99, .command = BR_DEAD_REPLY, .error = -ESRCH,
		      .reason = DEAD, .why = "dead");
}

TEST_F(failed, dies_before_it_reads)
{
	ASSERT_EQ(0, actor_call(self->client, 1, 1, 0, NULL));
	server_dies(_metadata, &self->d);
	ASSERT_EQ(0, actor_read(self->client));
	EXPECT_FAILED(.from = self->client, .to = self->server, .handle = 1,
		      .command = BR_DEAD_REPLY, .error = -ESRCH, .reason = DEAD, .why = "dead");
}

/* Those without a mapping. */

FIXTURE(no_vma) {
	struct actor *target, *client;
	pid_t *keeper;
};

FIXTURE_VARIANT(no_vma) {
	size_t map_size;
	actor_fn lose;
	bool dies;
	enum reason reason;
	const char *why;
};

static long lose_nothing(struct actor *a, void *arg)
{
	return 0;
}

static long lose_by_munmap(struct actor *a, void *arg)
{
	return binder_unmap(a->dev);
}

/* A child inherits the file, but not the mapping; then its parent dies. */
static long lose_by_death(struct actor *a, void *arg)
{
	pid_t pid = fork();

	while (!pid)
		pause();
	*(pid_t *)arg = pid;
	return pid < 0 ? -errno : 0;
}

FIXTURE_VARIANT_ADD(no_vma, never_mapped) {
	.map_size = 0, .lose = lose_nothing, .reason = NEVER_MAPPED, .why = "never mapped"
};

FIXTURE_VARIANT_ADD(no_vma, unmapped) {
	.map_size = BINDER_MAP_SIZE, .lose = lose_by_munmap, .reason = UNMAPPED, .why = "unmapped"
};

FIXTURE_VARIANT_ADD(no_vma, exiting) {
	.map_size = BINDER_MAP_SIZE, .lose = lose_by_death, .dies = true, .reason = EXITING,
	.why = "exiting"
};

FIXTURE_SETUP(no_vma)
{
	self->keeper = actor_alloc(sizeof(*self->keeper));
	/* The keeper becomes ours when its parent is dead. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	self->target = actor_spawn(variant->map_size);
	self->client = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_become_manager(self->target));
	ASSERT_EQ(0, actor_settle(self->client));
	ASSERT_EQ(0, actor_do(self->target, variant->lose, self->keeper));
	if (variant->dies)
		actor_kill(self->target);
}

FIXTURE_TEARDOWN(no_vma)
{
	if (*self->keeper) {
		kill(*self->keeper, SIGKILL);
		waitpid(*self->keeper, NULL, 0);
	}
	actor_end_all();
}

TEST_F(no_vma, why)
{
	struct binder_payload p = {};

	payload_pattern(&p, 1, 124);
	call_fails(_metadata, self->client, 0, 0, &p, 0);
	EXPECT_FAILED(.from = self->client, .to = self->target, .data_size = 124, .error = -ESRCH,
		      .reason = variant->reason, .why = variant->why);
	call_fails(_metadata, self->client, 0, TF_ONE_WAY, &p, 0);
	EXPECT_FAILED(.kind = "async", .from = self->client, .to = self->target,
		      .data_size = 124, .error = -ESRCH, .reason = variant->reason,
		      .why = variant->why);
}

/* No space. */

FIXTURE(no_space) {
	struct duo d;
	struct actor *other;
	struct binder_payload p;
};

/* The client has three buffers of 40000 bytes in the server's area, the other six of 104. */
FIXTURE_SETUP(no_space)
{
	int i;

	duo_setup(_metadata, &self->d);
	self->other = actor_spawn(DUO_AREA);
	ASSERT_EQ(0, actor_settle(self->other));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, actor_call_pattern(self->other, 0, TF_ONE_WAY, 1, 100));
		ASSERT_EQ(0, actor_call_pattern(self->d.client, 1, TF_ONE_WAY, 1, 40000));
		ASSERT_EQ(0, actor_call_pattern(self->other, 0, TF_ONE_WAY, 1, 100));
		ASSERT_EQ(0, actor_read(self->d.client));
	}
}

FIXTURE_TEARDOWN(no_space) { actor_end_all(); }

static void expect_no_space(struct __test_metadata *_metadata, struct duo *d, struct actor *from,
			    const char *kind, size_t size, unsigned int free,
			    unsigned int oneway_free, unsigned int largest)
{
	struct binder_payload p = {};
	char why[512];

	snprintf(why, sizeof(why),
		 "no space; free %u of %u (one-way calls: %u of %u), largest hole %u, most held by %d: 120000 bytes in 3 buffers",
		 free, DUO_AREA, oneway_free, DUO_AREA / 2, largest, d->client->pid);
	payload_pattern(&p, 1, size);
	call_fails(_metadata, from, 0, *kind == 'a' ? TF_ONE_WAY : 0, &p, 0);
	EXPECT_FAILED(.kind = kind, .from = from, .to = d->server, .data_size = size,
		      .error = -ENOSPC, .reason = NO_SPACE, .why = why);
}

/* Whoever fails, it is the one with the most bytes who is named, not with the most buffers. */
TEST_F(no_space, who_has_it)
{
	struct duo *d = &self->d;
	struct actor *third = actor_spawn(DUO_AREA);
	/* Nine buffers and what is left. */
	unsigned int used = 3 * 40000 + 6 * 104, free = DUO_AREA - used;
	unsigned int oneway_free = DUO_AREA / 2 - used;

	ASSERT_EQ(0, actor_settle(third));
	ASSERT_EQ(0, actor_read(self->other));
	expect_no_space(_metadata, d, third, "async", oneway_free + 8, free, oneway_free, free);
	expect_no_space(_metadata, d, third, "call ", free + 8, free, oneway_free, free);
	expect_no_space(_metadata, d, self->other, "call ", free + 8, free, oneway_free, free);
	expect_no_space(_metadata, d, d->client, "call ", free + 8, free, oneway_free, free);
}

/* There would be enough, were it in one piece. */
TEST_F(no_space, largest_hole)
{
	struct duo *d = &self->d;
	/* The other's first buffer is freed, and leaves a hole. */
	unsigned int used = 3 * 40000 + 5 * 104, free = DUO_AREA - used;
	unsigned int oneway_free = DUO_AREA / 2 - used, hole = free - 104;

	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(100, actor_message(d->server)->data_size);
	ASSERT_EQ(0, actor_free(d->server));
	expect_no_space(_metadata, d, d->client, "call ", hole + 8, free, oneway_free, hole);
	expect_no_space(_metadata, d, d->client, "async", oneway_free + 8, free, oneway_free, hole);
}

/* The stock driver has no such event: there, each test that wants one differs. */
int main(int argc, char **argv)
{
	failevents_for_the_run();
	return test_harness_run(argc, argv);
}
