// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files that tell what there is, in debugfs: state and transactions, hashed or
 * not, stats, proc/PID, and the logs of what was sent and what failed.
 *
 * Lines are those of 7.2. Other processes may be in the files as well: tests look at
 * what is about their own, and at how sums change.
 */
#include <dirent.h>
#include <regex.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "objects.h"
#include "logfile.h"

#define CONTEXT		"context binder\n"
#define OBJECT_PTR	0xab1230
#define OTHER_PTR	0xcd4560
/* These nodes with their pointers, until the counts. */
#define OBJECT_NODE	"  node " NUM ": u0000000000ab1230 c0000000000ab1231"
#define OTHER_NODE	"  node " NUM ": u0000000000cd4560 c0000000000cd4561"

/* The client has the manager's object as handle 1, and so has the other. */
struct trio {
	struct actor *manager, *client, *other;
};

static void trio_setup(struct __test_metadata *_metadata, struct trio *t)
{
	t->manager = actor_spawn_manager();
	t->client = actor_spawn(BINDER_MAP_SIZE);
	t->other = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(t->client));
	ASSERT_EQ(0, actor_settle(t->other));
	ASSERT_EQ(1, actor_give(t->manager, t->client, OBJECT_PTR, OBJECT_PTR + 1));
}

/* Lines of the state file that are the same in 6.1's driver. */

FIXTURE(state) { struct trio t; };
FIXTURE_SETUP(state) { trio_setup(_metadata, &self->t); }
FIXTURE_TEARDOWN(state) { actor_end_all(); }

TEST_F(state, title)
{
	struct text t;

	ASSERT_EQ(0, log_read(&t, "state"));
	EXPECT_EQ(0, strncmp(t.bytes, "binder state:\n", 14));
	text_free(&t);
	ASSERT_EQ(0, log_read(&t, "transactions"));
	EXPECT_EQ(0, strncmp(t.bytes, "binder transactions:\n", 21));
	text_free(&t);
	ASSERT_EQ(0, log_read(&t, "stats"));
	EXPECT_EQ(0, strncmp(t.bytes, "binder stats:\n", 14));
	text_free(&t);
}

/* All that a process has is there, each once. */
TEST_F(state, whole)
{
	struct trio *t = &self->t;

	EXPECT_SECTION("state", t->manager, "proc %d\n" CONTEXT
		       "  thread %d: l 02 need_return 0 tr 0\n"
		       "  node " NUM ": u" GONE " c" GONE " hs 1 hw 1 ls 1 lw 1 is 0 iw 0 tr 1\n"
		       OBJECT_NODE " hs 1 hw 1 ls 0 lw 0 is 1 iw 1 tr 1 proc %d\n",
		       t->manager->pid, t->manager->tid, t->client->pid);
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "  ref " NUM ": desc 1 node " NUM " s 1 w 0 d " GONE "\n",
		       t->client->pid, t->client->tid);
	EXPECT_SECTION("state", t->other, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n", t->other->pid, t->other->tid);
}

static void expect_looper(struct __test_metadata *_metadata, struct actor *a, const char *bits)
{
	EXPECT_IN_SECTION("state", a, "  thread %d: l %s need_return 0 tr 0", a->tid, bits);
}

TEST_F(state, thread_that_waits)
{
	struct actor *thread = actor_thread(self->t.manager);

	ASSERT_EQ(0, actor_enter(thread));
	ASSERT_EQ(0, actor_settle(thread));
	expect_looper(_metadata, thread, "02");
	actor_start_read(thread);
	ASSERT_EQ(0, actor_wait_asleep(thread));
	expect_looper(_metadata, thread, "12");
	expect_looper(_metadata, self->t.manager, "02");
}

TEST_F(state, thread_that_polls)
{
	ASSERT_EQ(-ETIMEDOUT, actor_poll(self->t.client, 0));
	expect_looper(_metadata, self->t.client, "20");
	ASSERT_EQ(-ETIMEDOUT, actor_poll(self->t.manager, 0));
	expect_looper(_metadata, self->t.manager, "22");
}

TEST_F(state, thread_that_was_asked_for)
{
	struct trio *t = &self->t;
	struct actor *thread = actor_thread(t->manager);
	uint32_t *max = actor_alloc(sizeof(*max));
	struct binder_cmds c = {};

	*max = 1;
	ASSERT_EQ(0, actor_ioctl(t->manager, BINDER_SET_MAX_THREADS, max));
	ASSERT_EQ(0, actor_call(t->client, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(t->manager));
	ASSERT_SHAPE("BR_SPAWN_LOOPER BR_TRANSACTION", t->manager);
	EXPECT_IN_SECTION("stats", t->manager, "  requested threads: 1+0/1");
	cmd_none(&c, BC_REGISTER_LOOPER);
	ASSERT_EQ(0, actor_write(thread, &c));
	ASSERT_EQ(0, actor_settle(thread));
	expect_looper(_metadata, thread, "01");
	EXPECT_IN_SECTION("stats", t->manager, "  requested threads: 0+1/1");
	cmd_reset(&c);
	cmd_none(&c, BC_EXIT_LOOPER);
	ASSERT_EQ(0, actor_write(thread, &c));
	expect_looper(_metadata, thread, "05");
}

TEST_F(state, node_that_two_hold)
{
	struct trio *t = &self->t;
	int c = t->client->pid, o = t->other->pid;

	ASSERT_EQ(1, actor_give(t->manager, t->other, OBJECT_PTR, OBJECT_PTR + 1));
	EXPECT_IN_SECTION("state", t->manager, OBJECT_NODE
			  " hs 1 hw 1 ls 0 lw 0 is 2 iw 2 tr 1 proc @(%d %d|%d %d)", c, o, o, c);
	ASSERT_EQ(0, actor_ref(t->other, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_ref(t->other, BC_RELEASE, 1));
	EXPECT_IN_SECTION("state", t->manager, OBJECT_NODE
			  " hs 1 hw 1 ls 0 lw 0 is 1 iw 2 tr 1 proc @(%d %d|%d %d)", c, o, o, c);
	ASSERT_EQ(0, actor_ref(t->other, BC_DECREFS, 1));
	EXPECT_IN_SECTION("state", t->manager, OBJECT_NODE
			  " hs 1 hw 1 ls 0 lw 0 is 1 iw 1 tr 1 proc %d", c);
}

/* A ref names the node, counts what it holds, and says whether a death is watched. */
TEST_F(state, ref)
{
	struct trio *t = &self->t;
	struct text part = log_section(_metadata, "state", t->manager->pid);
	const char *line = find_line(part.bytes, OBJECT_NODE "*");
	struct binder_cmds c = {};
	int node;

	ASSERT_NE(NULL, line);
	node = strtol(line + strlen("  node "), NULL, 10);
	text_free(&part);
	ASSERT_EQ(0, actor_ref(t->client, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_ref(t->client, BC_ACQUIRE, 1));
	EXPECT_IN_SECTION("state", t->client,
			  "  ref " NUM ": desc 1 node %d s 2 w 1 d " GONE, node);
	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, 1, 77);
	ASSERT_EQ(0, actor_write(t->client, &c));
	EXPECT_IN_SECTION("state", t->client,
			  "  ref " NUM ": desc 1 node %d s 2 w 1 d 00000000!(00000000)", node);
	ASSERT_EQ(0, actor_ref(t->client, BC_RELEASE, 1));
	ASSERT_EQ(0, actor_ref(t->client, BC_RELEASE, 1));
	EXPECT_IN_SECTION("state", t->client,
			  "  ref " NUM ": desc 1 node %d s 0 w 1 d 00000000!(00000000)", node);
	ASSERT_EQ(0, actor_ref(t->client, BC_DECREFS, 1));
	part = log_section(_metadata, "state", t->client->pid);
	EXPECT_EQ(NULL, find_line(part.bytes, "  ref *"));
	text_free(&part);
}

TEST_F(state, of_another_context)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);

	ASSERT_EQ(0, actor_open(a, binder_device_named("hwbinder"), O_RDWR, BINDER_MAP_SIZE));
	ASSERT_EQ(0, actor_settle(a));
	EXPECT_SECTION("state", a, "proc %d\ncontext hwbinder\n"
		       "  thread %d: l 00 need_return 0 tr 0\n", a->pid, a->tid);
}

/* What an owner, and a sender, still has to read. */
TEST_F(state, node_work)
{
	struct trio *t = &self->t;
	struct binder_payload p = {};

	payload_binder(&p, BINDER_TYPE_BINDER, OTHER_PTR, OTHER_PTR + 1);
	ASSERT_EQ(0, actor_call(t->client, 1, 1, TF_ONE_WAY, &p));
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "    node work " NUM ": u0000000000cd4560 c0000000000cd4561\n"
		       "    transaction complete\n"
		       OTHER_NODE " hs 0 hw 0 ls 0 lw 0 is 1 iw 1 tr 1 proc %d\n"
		       "  ref " NUM ": desc 1 node " NUM " s 1 w 0 d " GONE "\n",
		       t->client->pid, t->client->tid, t->manager->pid);
	ASSERT_EQ(0, actor_read(t->client));
	ASSERT_EQ(0, actor_answer_refs(t->client));
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       OTHER_NODE " hs 1 hw 1 ls 0 lw 0 is 1 iw 1 tr 1 proc %d\n"
		       "  ref " NUM ": desc 1 node " NUM " s 1 w 0 d " GONE "\n",
		       t->client->pid, t->client->tid, t->manager->pid);
}

/* A call that failed, and whose caller has not asked how it went. */
TEST_F(state, call_that_failed)
{
	struct trio *t = &self->t;

	ASSERT_EQ(0, actor_call(t->client, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(t->manager));
	actor_kill(t->manager);
	ASSERT_EQ(0, actor_poll(t->client, BINDER_PATIENCE_MS));
	EXPECT_IN_SECTION("state", t->client, "    transaction error: %u", BR_DEAD_REPLY);
	ASSERT_EQ(0, actor_read(t->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_DEAD_REPLY", t->client);
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 20 need_return 0 tr 0\n"
		       "  ref " NUM ": desc 1 dead node " NUM " s 1 w 0 d " GONE "\n",
		       t->client->pid, t->client->tid);
}

/* Of the dead: their node stays as long as there is a handle, and watchers are told. */
TEST_F(state, dead_node)
{
	struct trio *t = &self->t;
	struct binder_cmds c = {};
	struct text all;

	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, 1, 77);
	ASSERT_EQ(0, actor_write(t->client, &c));
	actor_kill(t->manager);
	ASSERT_EQ(0, actor_poll(t->client, BINDER_PATIENCE_MS));
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 20 need_return 0 tr 0\n"
		       "  ref " NUM ": desc 1 dead node " NUM " s 1 w 0 d 00000000!(00000000)\n"
		       "  has dead binder\n", t->client->pid, t->client->tid);
	ASSERT_EQ(0, actor_read(t->client));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", t->client);
	EXPECT_IN_SECTION("state", t->client, "  has delivered dead binder");
	ASSERT_EQ(0, log_read(&all, "state"));
	EXPECT_EQ(0, strncmp(next_line(all.bytes), "dead nodes:\n", 12));
	EXPECT_LINE(all.bytes, OBJECT_NODE " hs 1 hw 1 ls 0 lw 0 is 1 iw 1 tr 1 proc %d",
		    t->client->pid);
	text_free(&all);

	cmd_reset(&c);
	cmd_ptr(&c, BC_DEAD_BINDER_DONE, 77);
	cmd_u32(&c, BC_RELEASE, 1);
	ASSERT_EQ(0, actor_write(t->client, &c));
	ASSERT_EQ(0, log_read(&all, "state"));
	EXPECT_EQ(NULL, find_line(all.bytes, OBJECT_NODE "*"));
	text_free(&all);
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 20 need_return 0 tr 0\n", t->client->pid, t->client->tid);
}

/* 6.1's driver knows no freeze notifications. */
TEST_F(state, frozen_binder)
{
	struct trio *t = &self->t;
	struct binder_freeze_info *info = actor_alloc(sizeof(*info));
	struct binder_cmds c = {};

	*info = (struct binder_freeze_info){ .pid = t->manager->pid, .enable = 1,
					     .timeout_ms = 1000 };
	cmd_handle_cookie(&c, BC_REQUEST_FREEZE_NOTIFICATION, 1, 77);
	ASSERT_EQ(0, actor_write(t->client, &c));
	EXPECT_IN_SECTION("state", t->client, "  has frozen binder");
	ASSERT_EQ(0, actor_read(t->client));
	EXPECT_IN_SECTION("state", t->client, "  has delivered freeze binder");
	cmd_reset(&c);
	cmd_ptr(&c, BC_FREEZE_NOTIFICATION_DONE, 77);
	ASSERT_EQ(0, actor_write(t->client, &c));
	ASSERT_EQ(0, actor_ioctl(t->other, BINDER_FREEZE, info));
	EXPECT_SECTION("state", t->client, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "  ref " NUM ": desc 1 node " NUM " s 1 w 0 d " GONE "\n"
		       "  has frozen binder\n", t->client->pid, t->client->tid);
	cmd_reset(&c);
	cmd_handle_cookie(&c, BC_CLEAR_FREEZE_NOTIFICATION, 1, 77);
	ASSERT_EQ(0, actor_write(t->client, &c));
	EXPECT_IN_SECTION("state", t->client, "*has cleared @(frozen binder|freeze notification)");
	info->enable = 0;
	ASSERT_EQ(0, actor_ioctl(t->other, BINDER_FREEZE, info));
}

/* Lines with messages in them; 6.1's have another form. */

FIXTURE(messages) { struct trio t; };
FIXTURE_SETUP(messages) { trio_setup(_metadata, &self->t); }
FIXTURE_TEARDOWN(messages) { actor_end_all(); }

TEST_F(messages, buffers)
{
	struct trio *t = &self->t;
	struct binder_payload p = {};

	ASSERT_EQ(0, actor_call_pattern(t->client, 1, TF_ONE_WAY, 5, 101));
	payload_binder(&p, BINDER_TYPE_BINDER, OTHER_PTR, OTHER_PTR + 1);
	ASSERT_EQ(0, actor_call_sg(t->client, 1, TF_ONE_WAY, &p, 64));
	EXPECT_IN_SECTION("state", t->manager, "  buffer " NUM ": 0 size 101:0:0 active");
	EXPECT_IN_SECTION("state", t->manager, "  buffer " NUM ": 68 size 24:8:64 active");
	ASSERT_EQ(0, actor_read(t->manager));
	EXPECT_IN_SECTION("state", t->manager, "  buffer " NUM ": 0 size 101:0:0 delivered");
	EXPECT_IN_SECTION("state", t->manager, "  buffer " NUM ": 68 size 24:8:64 active");
	ASSERT_EQ(0, actor_free(t->manager));
	ASSERT_EQ(0, actor_read(t->manager));
	EXPECT_IN_SECTION("state", t->manager, "  buffer " NUM ": 68 size 24:8:64 delivered");
}

#define PARTIES		" from %d:%d to %d:%d code "

/* One for the process, and one that waits for it. */
TEST_F(messages, one_way)
{
	struct trio *t = &self->t;
	int m = t->manager->pid, c = t->client->pid, tid = t->client->tid;

	ASSERT_EQ(0, actor_call_pattern(t->client, 1, TF_ONE_WAY, 0x5, 100));
	ASSERT_EQ(0, actor_call_pattern(t->client, 1, TF_ONE_WAY | TF_CLEAR_BUF, 0x1a, 8));
	EXPECT_SECTION("state", t->manager, "proc %d\n" CONTEXT
		       "  thread %d: l 02 need_return 0 tr 0\n"
		       "  node " NUM ": u" GONE " c" GONE " hs 1 hw 1 ls 1 lw 1 is 0 iw 0 tr 1\n"
		       OBJECT_NODE " hs 1 hw 1 ls 2 lw 0 is 1 iw 1 tr 1 proc %d\n"
		       "    pending async transaction " MESSAGE PARTIES "1a flags 21 pri 0 a1 r0"
		       ELAPSED " node " NUM " size 8:0 offset 68\n"
		       "  buffer " NUM ": 0 size 100:0:0 active\n"
		       "  buffer " NUM ": 68 size 8:0:0 active\n"
		       "  pending transaction " MESSAGE PARTIES "5 flags 1 pri 0 a1 r0"
		       ELAPSED " node " NUM " size 100:0 offset 0\n",
		       m, t->manager->tid, c, c, tid, m, 0, c, tid, m, 0);
}

/* The client calls the manager, which calls the other meanwhile. */
static void nested_call(struct __test_metadata *_metadata, struct trio *t)
{
	struct binder_payload p = {};
	struct binder_cmds c = {};

	ASSERT_EQ(1, actor_publish(t->other, t->manager, OTHER_PTR, OTHER_PTR + 1));
	payload_pattern(&p, 1, 16);
	cmd_call(&c, 1, 0x2a, 0, &p);
	actor_start_write_read(t->client, &c);
	ASSERT_EQ(0, actor_wait_asleep(t->client));
	ASSERT_EQ(0, actor_read(t->manager));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", t->manager);
	ASSERT_EQ(0, actor_call_pattern(t->manager, 1, 0x10, 9, 200));
	ASSERT_EQ(0, actor_read(t->other));
}

TEST_F(messages, nested_calls)
{
	struct trio *t = &self->t;
	struct actor *m = t->manager, *c = t->client, *o = t->other;

	nested_call(_metadata, t);
	EXPECT_SECTION("state", c, "proc %d\n" CONTEXT
		       "  thread %d: l 10 need_return 0 tr 0\n"
		       "    outgoing transaction " MESSAGE PARTIES "2a flags 0 pri 0 a0 r0"
		       ELAPSED "\n"
		       "    transaction complete\n"
		       "  ref " NUM ": desc 1 node " NUM " s 1 w 0 d " GONE "\n",
		       c->pid, c->tid, c->pid, c->tid, m->pid, m->tid);
	EXPECT_SECTION("transactions", m, "proc %d\n" CONTEXT
		       "  thread %d: l 02 need_return 0 tr 0\n"
		       "    outgoing transaction " MESSAGE PARTIES "9 flags 10 pri 0 a0 r0"
		       ELAPSED "\n"
		       "    incoming transaction " MESSAGE PARTIES "2a flags 0 pri 0 a0 r0"
		       ELAPSED " node " NUM " size 16:0 offset 0\n"
		       "    transaction complete\n"
		       "  buffer " NUM ": 0 size 16:0:0 delivered\n",
		       m->pid, m->tid, m->pid, m->tid, o->pid, o->tid,
		       c->pid, c->tid, m->pid, m->tid);
	EXPECT_SECTION("transactions", o, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "    incoming transaction " MESSAGE PARTIES "9 flags 10 pri 0 a0 r0"
		       ELAPSED " node " NUM " size 200:0 offset 0\n"
		       "  buffer " NUM ": 0 size 200:0:0 delivered\n",
		       o->pid, o->tid, m->pid, m->tid, o->pid, o->tid);
	/* Who frees a call before the reply to it. */
	ASSERT_EQ(0, actor_free(o));
	EXPECT_SECTION("transactions", o, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "    incoming transaction " MESSAGE PARTIES "9 flags 10 pri 0 a0 r0"
		       ELAPSED " buffer free\n",
		       o->pid, o->tid, m->pid, m->tid, o->pid, o->tid);
}

/* A reply that is on its way, and an error that is to be read. */
TEST_F(messages, replies)
{
	struct trio *t = &self->t;
	struct actor *m = t->manager, *c = t->client;
	struct binder_payload p = {};

	ASSERT_EQ(0, actor_call(c, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(m));
	payload_pattern(&p, 1, 40);
	ASSERT_EQ(0, actor_reply(m, &p));
	EXPECT_SECTION("transactions", c, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "    transaction complete\n"
		       "    pending transaction " MESSAGE PARTIES "0 flags 0 pri 0 a0 r1" ELAPSED
		       " size 40:0 offset 0\n"
		       "  buffer " NUM ": 0 size 40:0:0 active\n",
		       c->pid, c->tid, m->pid, m->tid, c->pid, c->tid);
	ASSERT_EQ(0, actor_call(t->other, 99, 1, 0, NULL));
	EXPECT_SECTION("transactions", t->other, "proc %d\n" CONTEXT
		       "  thread %d: l 00 need_return 0 tr 0\n"
		       "    transaction error: %u\n", t->other->pid, t->other->tid,
		       BR_FAILED_REPLY);
}

/* Only those who have messages are in the file. */
TEST_F(messages, idle_processes)
{
	struct trio *t = &self->t;
	struct text all, part;

	ASSERT_EQ(0, actor_call(t->client, 1, 1, TF_ONE_WAY, NULL));
	ASSERT_EQ(0, log_read(&all, "transactions"));
	part = section(&all, t->other->pid);
	EXPECT_EQ(0, part.size);
	text_free(&part);
	part = section(&all, t->client->pid);
	EXPECT_NE(0, part.size);
	text_free(&part);
	part = section(&all, t->manager->pid);
	EXPECT_NE(0, part.size);
	text_free(&part);
	text_free(&all);
}

/* What differs whenever it is read, or by hashing, becomes an asterisk. */
static void mask(struct text *t)
{
	char *s = t->bytes, *to = t->bytes;

	while (*s) {
		size_t hex = strspn(s, "0123456789abcdef");

		if (hex >= 16 || (hex && !strncmp(s + hex, "ms", 2))) {
			*to++ = '*';
			s += hex;
		} else {
			memmove(to, s, hex + !!s[hex]);
			to += hex + !!s[hex];
			s += hex + !!s[hex];
		}
	}
	*to = '\0';
}

/* 6.1's driver has no such files. */
TEST_F(messages, hashed)
{
	static const char * const names[] = { "state", "transactions" };
	struct trio *t = &self->t;
	struct actor * const actors[] = { t->manager, t->client, t->other };
	struct binder_payload p = {};
	size_t i, j;

	payload_binder(&p, BINDER_TYPE_BINDER, 0x77001230, 0x77001231);
	ASSERT_EQ(0, actor_call(t->client, 1, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_call(t->client, 1, 1, TF_ONE_WAY, &p));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		char name[32];
		struct text all;

		snprintf(name, sizeof(name), "%s_hashed", names[i]);
		ASSERT_EQ(0, log_read(&all, name));
		EXPECT_EQ(NULL, strstr(all.bytes, "7700123"));
		EXPECT_EQ(NULL, strstr(all.bytes, "ab123"));
		for (j = 0; j < ARRAY_SIZE(actors); j++) {
			struct text hashed = section(&all, actors[j]->pid);
			struct text plain = log_section(_metadata, names[i], actors[j]->pid);

			mask(&hashed);
			mask(&plain);
			EXPECT_STREQ(plain.bytes, hashed.bytes);
			text_free(&hashed);
			text_free(&plain);
		}
		text_free(&all);
	}
}

/* No file shows where anything of the kernel's lies. */
TEST_F(messages, no_kernel_pointers)
{
	struct binder_cmds c = {};
	struct dirent *entry;
	char name[32];
	struct text t;
	regex_t bad;
	DIR *dir;

	nested_call(_metadata, &self->t);
	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, 1, 77);
	ASSERT_EQ(0, actor_write(self->t.other, &c));
	ASSERT_EQ(0, regcomp(&bad, "ffff[0-9a-f]{12}", REG_EXTENDED | REG_NOSUB));
	dir = opendir(LOG_DIR);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_REG)
			continue;
		ASSERT_EQ(0, log_read(&t, entry->d_name));
		EXPECT_NE(0, regexec(&bad, t.bytes, 0, NULL, 0)) {
			TH_LOG("%s", entry->d_name);
		}
		text_free(&t);
	}
	closedir(dir);
	snprintf(name, sizeof(name), "proc/%d", self->t.manager->pid);
	ASSERT_EQ(0, log_read(&t, name));
	EXPECT_NE(0, regexec(&bad, t.bytes, 0, NULL, 0));
	text_free(&t);
	regfree(&bad);
}

/* Files that are longer than a read. */

#define MANY		3000
#define MANY_PTR	0x5000000

FIXTURE(complete) {
	struct actor *manager, *owner, *other;
};

/* The owner has many objects, and the manager a handle for each. */
FIXTURE_SETUP(complete)
{
	struct binder_payload p = {};
	int i;

	self->manager = actor_spawn_manager();
	self->owner = actor_spawn(BINDER_MAP_SIZE);
	self->other = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(self->owner));
	ASSERT_EQ(0, actor_settle(self->other));
	for (i = 0; i < MANY; i++)
		payload_binder(&p, BINDER_TYPE_BINDER, MANY_PTR + 16 * i, i);
	ASSERT_EQ(0, actor_call(self->owner, 0, 1, TF_ONE_WAY, &p));
	ASSERT_EQ(0, actor_read(self->manager));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION", self->manager);
	/* All that the owner is asked for. */
	while (!actor_idle(self->owner))
		ASSERT_EQ(0, actor_answer_refs(self->owner));
}

FIXTURE_TEARDOWN(complete) { actor_end_all(); }

TEST_F(complete, each_once)
{
	struct text t = log_section(_metadata, "state", self->owner->pid);
	bool *seen = calloc(MANY + 2, sizeof(*seen));
	unsigned long long ptr, cookie;
	const char *line;
	int count = 0;
	uint32_t desc;

	for (line = t.bytes; *line; line = next_line(line)) {
		if (sscanf(line, "  node %*d: u%llx c%llx", &ptr, &cookie) != 2)
			continue;
		ASSERT_GT(MANY, cookie);
		EXPECT_EQ(MANY_PTR + 16 * cookie, ptr);
		EXPECT_FALSE(seen[cookie]);
		seen[cookie] = true;
		count++;
	}
	EXPECT_EQ(MANY, count);
	text_free(&t);

	memset(seen, 0, MANY + 2);
	t = log_section(_metadata, "state", self->manager->pid);
	for (line = t.bytes, count = 0; *line; line = next_line(line)) {
		if (sscanf(line, "  ref %*d: desc %u node", &desc) != 1)
			continue;
		ASSERT_LE(1, desc);
		ASSERT_GE(MANY, desc);
		EXPECT_FALSE(seen[desc]);
		seen[desc] = true;
		count++;
	}
	EXPECT_EQ(MANY, count);
	text_free(&t);
	free(seen);
}

/* Whatever the size of the reads, it is the same. */
TEST_F(complete, in_chunks)
{
	static const size_t sizes[] = { 1, 61, 4096 };
	struct text whole, t;
	char bytes[777];
	char name[32];
	size_t i, at;
	int fd;

	snprintf(name, sizeof(name), "proc/%d", self->manager->pid);
	ASSERT_EQ(0, log_read(&whole, name));
	EXPECT_LT(MANY * 40, whole.size);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, log_read_chunks(&t, name, sizes[i]));
		ASSERT_EQ(whole.size, t.size);
		EXPECT_EQ(0, memcmp(whole.bytes, t.bytes, t.size));
		text_free(&t);
	}
	/* There and back again. */
	fd = log_open_file(name);
	ASSERT_LE(0, fd);
	for (i = 0, at = 13; i < 20; i++, at = (at + 54321) % (whole.size - sizeof(bytes))) {
		ASSERT_LT(0, pread(fd, bytes, sizeof(bytes), at));
		EXPECT_EQ(0, memcmp(whole.bytes + at, bytes, 61)) {
			TH_LOG("at %zu", at);
		}
	}
	EXPECT_EQ(0, pread(fd, bytes, sizeof(bytes), whole.size + 1));
	close(fd);
	text_free(&whole);
}

TEST_F(complete, two_readers)
{
	struct text one = {}, two = {};
	int a, b;

	a = log_open_file("state");
	b = log_open_file("state");
	ASSERT_LE(0, a);
	ASSERT_LE(0, b);
	ASSERT_EQ(0, text_read_on(&one, a, 4096));
	one.size = 0;
	ASSERT_EQ(0, lseek(a, 0, SEEK_SET));
	ASSERT_EQ(0, text_read_on(&one, a, 777));
	ASSERT_EQ(0, text_read_on(&two, b, 61));
	ASSERT_EQ(one.size, two.size);
	EXPECT_EQ(0, memcmp(one.bytes, two.bytes, one.size));
	close(a);
	close(b);
	text_free(&one);
	text_free(&two);
}

/* Who dies while the file is read is not in the rest of it; all others are. */
TEST_F(complete, somebody_dies_meanwhile)
{
	struct text t = { .bytes = malloc(4097) };
	struct actor * const stay[] = { self->manager, self->other };
	struct text part;
	size_t i;
	int fd;

	fd = log_open_file("state");
	ASSERT_LE(0, fd);
	t.size = read(fd, t.bytes, 4096);
	ASSERT_LT(0, t.size);
	actor_kill(self->owner);
	ASSERT_EQ(0, text_read_on(&t, fd, 777));
	close(fd);
	for (i = 0; i < ARRAY_SIZE(stay); i++) {
		part = section(&t, stay[i]->pid);
		EXPECT_LINE(part.bytes, "  thread %d: l +([02]) need_return 0 tr 0", stay[i]->tid);
		if (stay[i] == self->manager)
			EXPECT_EQ(MANY, count_lines(part.bytes, "  ref " NUM ": desc " NUM "*"));
		text_free(&part);
	}
	text_free(&t);
}

/* Figures. */

#define FIGURES		80

struct figures {
	char name[FIGURES][48];
	unsigned long value[FIGURES];	/* of objects, the total */
	int count;
};

/* The figures about all processes, without BR_NOOP: the stock driver doesn't count it. */
static void figures_read(struct __test_metadata *_metadata, struct figures *f)
{
	const char *line;
	struct text t;

	ASSERT_EQ(0, log_read(&t, "stats"));
	f->count = 0;
	for (line = t.bytes; *line && strncmp(line, "proc ", 5); line = next_line(line)) {
		char *name = f->name[f->count];
		unsigned long *value = &f->value[f->count];

		if (sscanf(line, "%47[A-Za-z_]: active %*u total %lu", name, value) != 2 &&
		    sscanf(line, "%47[A-Za-z_]: %lu", name, value) != 2)
			continue;
		/* "buffer" has a test of its own. */
		f->count += strcmp(name, "BR_NOOP") && strcmp(name, "buffer");
		ASSERT_GT(FIGURES, f->count);
	}
	text_free(&t);
}

static unsigned long figure(const struct figures *f, const char *name)
{
	int i;

	for (i = 0; i < f->count; i++)
		if (!strcmp(f->name[i], name))
			return f->value[i];
	return 0;
}

/* What has increased since then: "BC_REPLY 1, BR_REPLY 1, ". */
static const char *figures_since(struct __test_metadata *_metadata, const struct figures *before)
{
	static char text[2048];
	struct figures now;
	size_t n = 0;
	int i;

	figures_read(_metadata, &now);
	text[0] = '\0';
	for (i = 0; i < now.count && n < sizeof(text); i++) {
		long more = now.value[i] - figure(before, now.name[i]);

		if (more)
			n += snprintf(text + n, sizeof(text) - n, "%s %ld, ", now.name[i], more);
	}
	return text;
}

FIXTURE(stats) { struct trio t; };
FIXTURE_SETUP(stats) { trio_setup(_metadata, &self->t); }
FIXTURE_TEARDOWN(stats) { actor_end_all(); }

/* What @n calls and their replies add, all of whose buffers are freed. */
static const char *calls(int n)
{
	static char text[256];

	snprintf(text, sizeof(text),
		 "BC_TRANSACTION %d, BC_REPLY %d, BC_FREE_BUFFER %d, BR_TRANSACTION %d, BR_REPLY %d, BR_TRANSACTION_COMPLETE %d, transaction %d, transaction_complete %d, ",
		 n, n, 2 * n, n, n, 2 * n, 2 * n, 2 * n);
	return text;
}

TEST_F(stats, count_what_was_done)
{
	struct trio *t = &self->t;
	struct figures before;
	struct binder_payload p = {};

	figures_read(_metadata, &before);
	plain_call(_metadata, t->manager, t->client);
	EXPECT_STREQ(calls(1), figures_since(_metadata, &before));
	figures_read(_metadata, &before);
	payload_binder(&p, BINDER_TYPE_BINDER, OTHER_PTR, OTHER_PTR + 1);
	ASSERT_EQ(0, actor_call(t->client, 1, 1, TF_ONE_WAY, &p));
	EXPECT_STREQ("BC_TRANSACTION 1, node 1, ref 1, transaction 1, transaction_complete 1, ",
		     figures_since(_metadata, &before));
}

/* It is so many again, if not at once. */
static void expect_count_soon(struct __test_metadata *_metadata, const char *name, long expected)
{
	int tries;

	for (tries = 0; tries < 500 && count_now(name) != expected; tries++)
		usleep(10000);
	EXPECT_EQ(expected, count_now(name));
}

/* Of ours: mainline counts them for each process, while it has its file. */
TEST_F(stats, say_how_many_buffers)
{
	long before = count_now("buffer");
	struct binder_payload p = {};

	ASSERT_EQ(0, actor_call(self->t.client, 0, 1, TF_ONE_WAY, &p));
	EXPECT_EQ(before + 1, count_now("buffer"));
	actor_kill(self->t.manager);
	expect_count_soon(_metadata, "buffer", before);
}

/* Of threads and processes that have gone, too. */
TEST_F(stats, survive_the_dead)
{
	struct trio *t = &self->t;
	struct actor *thread = actor_thread(t->client);
	struct figures before;

	ASSERT_EQ(0, actor_settle(thread));
	figures_read(_metadata, &before);
	plain_call(_metadata, t->manager, thread);
	ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
	EXPECT_STREQ(calls(1), figures_since(_metadata, &before));
	plain_call(_metadata, t->manager, t->other);
	actor_kill(t->client);
	actor_kill(t->other);
	usleep(100000);
	EXPECT_STREQ(calls(2), figures_since(_metadata, &before));
}

TEST_F(stats, say_what_exists)
{
	static const char * const names[] = { "proc", "thread" };
	struct counts before;
	struct actor *a;
	size_t i;

	counts_read(&before);
	a = actor_spawn(BINDER_MAP_SIZE);
	ASSERT_EQ(0, actor_settle(a));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(*count_of(&before, names[i]) + 1, count_now(names[i]));
	actor_kill(a);
	for (i = 0; i < 2; i++)
		expect_count_soon(_metadata, names[i], *count_of(&before, names[i]));
}

/* All figures of a process; the numbers of its commands come behind. */
static void expect_figures(struct __test_metadata *_metadata, struct actor *a,
			   const char *figures)
{
	struct text t = log_section(_metadata, "stats", a->pid);
	char *commands = strstr(t.bytes, "  BC_");

	if (commands)
		*commands = '\0';
	EXPECT_TEXT(t.bytes, "proc %d\n" CONTEXT "%s", a->pid, figures);
	text_free(&t);
}

TEST_F(stats, of_a_process)
{
	struct trio *t = &self->t;
	struct actor *server = actor_spawn(DUO_AREA), *thread = actor_thread(server);
	uint32_t *max = actor_alloc(sizeof(*max));

	*max = 7;
	ASSERT_EQ(0, actor_settle(server));
	ASSERT_EQ(0, actor_ioctl(server, BINDER_SET_MAX_THREADS, max));
	ASSERT_EQ(1, actor_publish(server, t->manager, OTHER_PTR, OTHER_PTR + 1));
	ASSERT_EQ(1, actor_give(t->manager, server, OBJECT_PTR, OBJECT_PTR + 1));
	ASSERT_EQ(0, actor_ref(server, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_call_pattern(t->manager, 1, TF_ONE_WAY, 1, 5000));
	ASSERT_EQ(0, actor_call_pattern(t->manager, 1, 0, 1, 8000));
	expect_figures(_metadata, server,
		       "  threads: 1\n"
		       "  requested threads: 0+0/7\n"
		       "  ready threads 0\n"
		       "  free async space 126072\n"
		       "  nodes: 1\n"
		       "  refs: 1 s 1 w 1\n"
		       "  buffers: 2\n"
		       "  pages: 4:0:60\n"
		       "  pages high watermark: 4\n"
		       "  pending transactions: 2\n");
	ASSERT_EQ(0, actor_read(server));
	ASSERT_EQ(0, actor_free(server));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_EQ(0, actor_reply(server, NULL));
	ASSERT_EQ(0, actor_read(server));
	ASSERT_EQ(0, actor_enter(thread));
	ASSERT_EQ(0, actor_settle(thread));
	actor_start_read(thread);
	ASSERT_EQ(0, actor_wait_asleep(thread));
	expect_figures(_metadata, server,
		       "  threads: 2\n"
		       "  requested threads: 0+0/7\n"
		       "  ready threads 1\n"
		       "  free async space 131072\n"
		       "  nodes: 1\n"
		       "  refs: 1 s 1 w 1\n"
		       "  buffers: 0\n"
		       "  pages: 0:4:60\n"
		       "  pages high watermark: 4\n"
		       "  pending transactions: 0\n");
}

/* The commands of a process are those of its threads, and of those that have left. */
TEST_F(stats, commands_of_a_process)
{
	struct trio *t = &self->t;
	struct actor *a = actor_spawn(BINDER_MAP_SIZE), *thread = actor_thread(a);
	static const char figures[] = "  BC_TRANSACTION: 2\n  BC_FREE_BUFFER: 2\n"
		"  BR_REPLY: 2\n  BR_TRANSACTION_COMPLETE: 2\n?(  BR_NOOP: " NUM "\n)";
	struct text part;

	ASSERT_EQ(0, actor_settle(a));
	ASSERT_EQ(0, actor_settle(thread));
	plain_call(_metadata, t->manager, a);
	plain_call(_metadata, t->manager, thread);
	ASSERT_EQ(0, actor_ioctl(thread, BINDER_THREAD_EXIT, NULL));
	part = log_section(_metadata, "stats", a->pid);
	ASSERT_NE(NULL, strstr(part.bytes, "  BC_"));
	EXPECT_EQ(0, fnmatch(figures, strstr(part.bytes, "  BC_"), FNM_EXTMATCH)) {
		TH_LOG("%s", part.bytes);
	}
	text_free(&part);
}

/* proc/PID */

FIXTURE(process) { struct trio t; };
FIXTURE_SETUP(process) { trio_setup(_metadata, &self->t); }
FIXTURE_TEARDOWN(process) { actor_end_all(); }

static bool file_exists(const char *name)
{
	char path[320];

	snprintf(path, sizeof(path), LOG_DIR "%s", name);
	return !access(path, F_OK);
}

static bool file_goes(const char *name)
{
	int tries;

	for (tries = 0; tries < BINDER_PATIENCE_MS / 10 && file_exists(name); tries++)
		usleep(10000);
	return !file_exists(name);
}

TEST_F(process, has_a_file)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);
	char name[32];
	struct text t;

	snprintf(name, sizeof(name), "proc/%d", a->pid);
	EXPECT_FALSE(file_exists(name));
	ASSERT_EQ(0, actor_open(a, binder_device(), O_RDWR, BINDER_MAP_SIZE));
	ASSERT_EQ(0, actor_settle(a));
	ASSERT_EQ(0, log_read(&t, name));
	EXPECT_TEXT(t.bytes, "binder proc state:\nproc %d\n" CONTEXT
		    "  thread %d: l 00 need_return 0 tr 0\n", a->pid, a->tid);
	text_free(&t);
	actor_close(a);
	EXPECT_TRUE(file_goes(name));
	EXPECT_FALSE(file_exists("proc/0"));
	EXPECT_FALSE(file_exists("proc/999999"));
}

static struct binder_dev second;	/* an actor's */

static long open_again_job(struct actor *a, void *arg)
{
	return binder_open(&second, 0);
}

static long close_first_job(struct actor *a, void *arg)
{
	binder_close(a->dev);
	return 0;
}

static long close_second_job(struct actor *a, void *arg)
{
	binder_close(&second);
	return 0;
}

static void twice(struct __test_metadata *_metadata, actor_fn first, actor_fn then)
{
	struct actor *a = actor_spawn(BINDER_MAP_SIZE);
	char name[32];
	struct text t;

	snprintf(name, sizeof(name), "proc/%d", a->pid);
	ASSERT_EQ(0, actor_do(a, open_again_job, NULL));
	ASSERT_EQ(0, log_read(&t, name));
	EXPECT_EQ(2, count_lines(t.bytes, "proc " NUM));
	text_free(&t);
	ASSERT_EQ(0, actor_do(a, first, NULL));
	/* Time for what must not happen. */
	usleep(100000);
	ASSERT_EQ(0, log_read(&t, name));
	EXPECT_EQ(1, count_lines(t.bytes, "proc " NUM));
	text_free(&t);
	ASSERT_EQ(0, actor_do(a, then, NULL));
	EXPECT_TRUE(file_goes(name));
}

TEST_F(process, opens_twice)
{
	twice(_metadata, close_second_job, close_first_job);
}

TEST_F(process, closes_the_first)
{
	twice(_metadata, close_first_job, close_second_job);
}

/* transaction_log */

FIXTURE(sent) { struct trio t; };
FIXTURE_SETUP(sent) { trio_setup(_metadata, &self->t); }
FIXTURE_TEARDOWN(sent) { actor_end_all(); }

/* The last so many lines. */
static const char *tail(const struct text *t, int lines)
{
	const char *s = t->bytes + t->size;

	while (s > t->bytes && lines >= 0) {
		s--;
		lines -= s > t->bytes && s[-1] == '\n';
		if (!lines)
			break;
	}
	return s;
}

#define LOG_PARTIES	" from %d:%d to %d:%d "
#define LOG_CONTEXT	"context binder node "
#define LOG_SENT	"ret 0/0 l=0\n"

TEST_F(sent, is_logged)
{
	struct trio *t = &self->t;
	struct actor *m = t->manager, *c = t->client;
	struct binder_payload p = {};
	struct text log;

	payload_binder(&p, BINDER_TYPE_BINDER, OTHER_PTR, OTHER_PTR + 1);
	ASSERT_EQ(0, actor_call(c, 1, 1, 0, &p));
	ASSERT_EQ(0, actor_read(m));
	payload_reset(&p);
	payload_pattern(&p, 1, 123);
	ASSERT_EQ(0, actor_reply(m, &p));
	ASSERT_EQ(0, actor_call_pattern(t->other, 0, TF_ONE_WAY, 1, 77));
	ASSERT_EQ(0, log_read(&log, "transaction_log"));
	EXPECT_TEXT(tail(&log, 3),
		    NUM ": call " LOG_PARTIES LOG_CONTEXT NUM " handle 1 size 24:8 " LOG_SENT
		    NUM ": reply" LOG_PARTIES LOG_CONTEXT "0 handle 0 size 123:0 " LOG_SENT
		    NUM ": async" LOG_PARTIES LOG_CONTEXT NUM " handle 0 size 77:0 " LOG_SENT,
		    c->pid, c->tid, m->pid, 0, m->pid, m->tid, c->pid, c->tid,
		    t->other->pid, t->other->tid, m->pid, 0);
	text_free(&log);
}

static long to_cpu_job(struct actor *a, void *cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((intptr_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/* The newest, in the order of time, wherever they were sent. */
TEST_F(sent, on_all_cpus)
{
	struct trio *t = &self->t;
	struct actor * const callers[] = { t->client, t->other };
	const char *line;
	struct text log;
	int i;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "there is one processor");
	ASSERT_EQ(0, actor_do(t->client, to_cpu_job, (void *)0));
	ASSERT_EQ(0, actor_do(t->other, to_cpu_job, (void *)1));
	for (i = 0; i < 50; i++) {
		struct actor *a = callers[i / 3 % 2];

		ASSERT_EQ(0, actor_do(t->manager, to_cpu_job, (void *)(intptr_t)(i / 2 % 2)));
		ASSERT_EQ(0, actor_call_pattern(a, 0, 0, i, 8 * i));
		ASSERT_EQ(0, actor_read(t->manager));
		ASSERT_EQ(0, actor_reply(t->manager, NULL));
		ASSERT_EQ(0, actor_read(t->manager));
		ASSERT_EQ(0, actor_read(a));
		ASSERT_EQ(0, actor_free(a));
	}
	ASSERT_EQ(0, log_read(&log, "transaction_log"));
	EXPECT_EQ(32, count_lines(log.bytes, "*"));
	for (i = 50 - 16, line = log.bytes; i < 50; i++) {
		struct actor *a = callers[i / 3 % 2];
		char call[256], reply[256];

		snprintf(call, sizeof(call), NUM ": call " LOG_PARTIES "* size %d:0 ret 0/0 l=0",
			 a->pid, a->tid, t->manager->pid, 0, 8 * i);
		snprintf(reply, sizeof(reply), NUM ": reply" LOG_PARTIES "* size 0:0 ret 0/0 l=0",
			 t->manager->pid, t->manager->tid, a->pid, a->tid);
		EXPECT_TRUE(line_matches(call, strlen(call), line));
		line = next_line(line);
		EXPECT_TRUE(line_matches(reply, strlen(reply), line));
		line = next_line(line);
	}
	text_free(&log);
}

/* All at once. */

FIXTURE(busy) {
	pid_t children[6];
	int count;
	bool *stop;
};

FIXTURE_SETUP(busy)
{
	self->stop = actor_alloc(sizeof(*self->stop));
}

FIXTURE_TEARDOWN(busy) {}

/* Returns, in the parent; in the child when it is one. */
static bool child(pid_t *pids, int *count)
{
	pid_t pid = fork();

	if (pid < 0)
		exit(1);
	if (pid)
		pids[(*count)++] = pid;
	else
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return !pid;
}

/* Every file that there is, again and again. Returns how many. */
static int read_all(bool *stop)
{
	static const char * const dirs[] = { "", "proc/" };
	int count = 0;
	size_t i;

	while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < ARRAY_SIZE(dirs); i++) {
			struct dirent *entry;
			char name[128];
			struct text t;
			DIR *dir;

			snprintf(name, sizeof(name), LOG_DIR "%s", dirs[i]);
			dir = opendir(name);
			while (dir && (entry = readdir(dir))) {
				snprintf(name, sizeof(name), "%s%.63s", dirs[i], entry->d_name);
				/* Those of processes may be gone by now. */
				if (entry->d_type != DT_REG || log_read_chunks(&t, name, 100))
					continue;
				count += t.size > 0;
				text_free(&t);
			}
			if (dir)
				closedir(dir);
		}
	}
	return count;
}

/* A server that lives for some calls only, over and over. */
static int come_and_go(bool *stop)
{
	int count = 0;

	while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
		struct binder_dev dev;
		struct binder_payload p = {};
		pid_t pid = fork();

		if (!pid) {
			if (binder_open(&dev, BINDER_MAP_SIZE))
				exit(1);
			payload_binder(&p, BINDER_TYPE_BINDER, 0x1000, 0x2000);
			for (count = 0; count < 20; count++)
				binder_transact(&dev, 0, 1, count % 3 ? 0 : TF_ONE_WAY, &p, NULL);
			for (;;)
				pause();
		}
		usleep(20000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		count++;
	}
	return count;
}

/* While calls are made and processes are killed. The kernel's own checkers see the rest. */
TEST_F(busy, readers_read_on)
{
	struct actor *manager = actor_spawn_manager();
	int i, status;

	actor_start_serve(manager, NULL, NULL);
	for (i = 0; i < 2; i++) {
		if (child(self->children, &self->count))
			_exit(read_all(self->stop) ? 0 : 1);
		if (child(self->children, &self->count))
			_exit(come_and_go(self->stop) ? 0 : 1);
	}
	sleep(2);
	*self->stop = true;
	for (i = 0; i < self->count; i++) {
		ASSERT_EQ(self->children[i], waitpid(self->children[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	actor_end_all();
}

TEST_HARNESS_MAIN
