// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a client is told about itself: why its last call failed, that its one-way
 * calls fill their receiver's space, which nodes it has.
 */
#include "objects.h"

/* BINDER_GET_EXTENDED_ERROR */

FIXTURE(error) {
	struct duo d;
	struct binder_extended_error *e;
	struct binder_payload p;
};

FIXTURE_SETUP(error)
{
	duo_setup(_metadata, &self->d);
	self->e = actor_alloc(sizeof(*self->e));
	if (actor_ioctl(self->d.client, BINDER_GET_EXTENDED_ERROR, self->e) == -EINVAL)
		SKIP(return, "this driver has no extended errors");
}

FIXTURE_TEARDOWN(error) { duo_teardown(_metadata, &self->d); }

static void expect_error(struct __test_metadata *_metadata, struct actor *a,
			 struct binder_extended_error *e, uint32_t command, int param)
{
	e->command = 0;
	e->param = 1;
	ASSERT_EQ(0, actor_ioctl(a, BINDER_GET_EXTENDED_ERROR, e));
	EXPECT_BR(command, e->command);
	EXPECT_EQ(param, e->param);
	if (command != BR_OK)
		EXPECT_NE(0, e->id);
	/* Now it is known. */
	e->id = 77;
	ASSERT_EQ(0, actor_ioctl(a, BINDER_GET_EXTENDED_ERROR, e));
	EXPECT_BR(BR_OK, e->command);
	EXPECT_EQ(0, e->param);
}

TEST_F(error, none)
{
	struct duo *d = &self->d;

	expect_error(_metadata, d->client, self->e, BR_OK, 0);
	expect_error(_metadata, d->server, self->e, BR_OK, 0);
	duo_whole_area(_metadata, d);
	expect_error(_metadata, d->client, self->e, BR_OK, 0);
	expect_error(_metadata, d->server, self->e, BR_OK, 0);
}

/* A call of the client's fails, and this is what it learns of it. */
static void expect_failure(struct __test_metadata *_metadata, struct duo *d,
			   struct binder_extended_error *e, const struct binder_payload *p,
			   uint32_t handle, binder_size_t extra, uint32_t command, int param)
{
	uint32_t flags;

	for (flags = 0; flags <= TF_ONE_WAY; flags += TF_ONE_WAY) {
		ASSERT_EQ(0, actor_call_sg(d->client, handle, flags, p, extra));
		ASSERT_EQ(0, actor_read(d->client));
		ASSERT_EQ(2, d->client->in.count);
		EXPECT_BR(command, d->client->in.at[1].cmd);
		expect_error(_metadata, d->client, e, command, param);
	}
}

#define EXPECT_FAILURE(handle, extra, command, param) \
	expect_failure(_metadata, &self->d, self->e, &self->p, handle, extra, command, param)

TEST_F(error, of_the_target)
{
	struct duo *d = &self->d;

	EXPECT_FAILURE(77, 0, BR_FAILED_REPLY, -EINVAL);
	EXPECT_FAILURE(~0U, 0, BR_FAILED_REPLY, -EINVAL);
	/* The server isn't concerned. */
	expect_error(_metadata, d->server, self->e, BR_OK, 0);
	/* To itself. */
	ASSERT_EQ(0, actor_call(d->server, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->server);
	expect_error(_metadata, d->server, self->e, BR_FAILED_REPLY, -EINVAL);
}

TEST_F(error, of_sizes)
{
	payload_pattern(&self->p, 1, DUO_AREA + 8);
	EXPECT_FAILURE(self->d.open, 0, BR_FAILED_REPLY, -ENOSPC);
	payload_reset(&self->p);
	payload_pattern(&self->p, 1, DUO_AREA / 2 + 8);
	ASSERT_EQ(0, actor_call(self->d.client, self->d.open, 1, TF_ONE_WAY, &self->p));
	ASSERT_EQ(0, actor_read(self->d.client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", self->d.client);
	expect_error(_metadata, self->d.client, self->e, BR_FAILED_REPLY, -ENOSPC);
	payload_reset(&self->p);
	EXPECT_FAILURE(self->d.open, 4, BR_FAILED_REPLY, -EINVAL);
	EXPECT_FAILURE(self->d.open, DUO_AREA + 8, BR_FAILED_REPLY, -ENOSPC);
}

TEST_F(error, of_data)
{
	struct binder_payload *p = &self->p;

	p->data = (void *)8;
	p->size = 8;
	EXPECT_FAILURE(self->d.open, 0, BR_FAILED_REPLY, -EFAULT);
	*p = (struct binder_payload){};
	payload_pattern(p, 1, 64);
	p->offsets = (void *)8;
	p->count = 1;
	EXPECT_FAILURE(self->d.open, 0, BR_FAILED_REPLY, -EFAULT);
	*p = (struct binder_payload){};
	payload_pattern(p, 1, 64);
	payload_offset(p, 64);
	EXPECT_FAILURE(self->d.open, 0, BR_FAILED_REPLY, -EINVAL);
	p->offsets[0] = 8;		/* no object */
	EXPECT_FAILURE(self->d.open, 0, BR_FAILED_REPLY, -EINVAL);
}

TEST_F(error, of_objects)
{
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;

	payload_handle(p, BINDER_TYPE_HANDLE, 77);
	EXPECT_FAILURE(d->open, 0, BR_FAILED_REPLY, -EINVAL);
	payload_begin(p);
	payload_fd(p, 999);
	EXPECT_FAILURE(d->open, 0, BR_FAILED_REPLY, -EBADF);
	payload_begin(p);
	payload_fd(p, d->w);
	EXPECT_FAILURE(d->shut, 0, BR_FAILED_REPLY, -EPERM);
	payload_begin(p);
	payload_pointer(p, p->data, 8);
	EXPECT_FAILURE(d->open, 0, BR_FAILED_REPLY, -EINVAL);
	payload_begin(p);
	payload_pointer(p, p->data, 8);
	payload_child(p, p->data, 8, 5, 0);
	EXPECT_FAILURE(d->open, 16, BR_FAILED_REPLY, -EINVAL);
	payload_begin(p);
	payload_fd_array(p, 1, 0, 0);
	EXPECT_FAILURE(d->open, 16, BR_FAILED_REPLY, -EINVAL);
	payload_begin(p);
	payload_pointer(p, memset(actor_alloc(8), 0x11, 8), 8);
	payload_fd_array(p, 2, 0, 0);
	EXPECT_FAILURE(d->open, 8, BR_FAILED_REPLY, -EBADF);
	EXPECT_FAILURE(d->shut, 8, BR_FAILED_REPLY, -EPERM);
}

TEST_F(error, of_an_unreadable_pointer)
{
	payload_pointer(&self->p, (void *)8, 8);
	EXPECT_FAILURE(self->d.open, 8, BR_FAILED_REPLY, -EFAULT);
}

/* Calls and replies out of turn. */
TEST_F(error, of_turn)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};

	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write(d->client, &c));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EPROTO);
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_call(d->client, 0, 2, 0, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EPROTO);
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, NULL));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_EQ(0, actor_free(d->client));
	expect_error(_metadata, d->client, self->e, BR_OK, 0);
}

/* Kills it, and waits until the client has been told. */
static void end_server(struct __test_metadata *_metadata, struct duo *d)
{
	struct binder_cmds c = {};

	cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, d->open, 1);
	ASSERT_EQ(0, actor_write(d->client, &c));
	actor_kill(d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_BINDER", d->client);
}

TEST_F(error, of_a_dead_target)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	/* Its death is through when it is known. */
	end_server(_metadata, d);
	EXPECT_FAILURE(d->open, 0, BR_DEAD_REPLY, -ESRCH);
	/* No manager. */
	EXPECT_FAILURE(0, 0, BR_DEAD_REPLY, -ESRCH);
}

/* The target died while it worked on the call. */
TEST_F(error, of_a_dying_target)
{
	struct duo *d = &self->d;

	d->one_is_dead = true;
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
	duo_arrives(_metadata, d);
	actor_kill(d->server);
	ASSERT_EQ(0, actor_read(d->client));
	if (d->client->in.count == 2)
		ASSERT_EQ(0, actor_read(d->client));
	EXPECT_NE(NULL, binder_find(&d->client->in, BR_DEAD_REPLY, 0));
	expect_error(_metadata, d->client, self->e, BR_DEAD_REPLY, -ESRCH);
}

/* Is forgotten with the next call, whether it has been asked for or not. */
TEST_F(error, is_of_the_last_call)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call(d->client, 77, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
	duo_whole_area(_metadata, d);
	expect_error(_metadata, d->client, self->e, BR_OK, 0);
	payload_fd(&self->p, 999);
	ASSERT_EQ(0, actor_call(d->client, 77, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	ASSERT_EQ(0, actor_read(d->client));
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EBADF);
}

/* Each thread has its own. */
TEST_F(error, is_the_threads_own)
{
	struct duo *d = &self->d;
	struct actor *other = actor_thread(d->client);

	ASSERT_EQ(0, actor_call(d->client, 77, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	expect_error(_metadata, other, self->e, BR_OK, 0);
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EINVAL);
	d->client_fds = actor_fds(d->client);	/* there is the thread's socket, too */
}

/* A reply that fails is its caller's error, not the replier's. */
TEST_F(error, of_a_reply)
{
	struct duo *d = &self->d;

	payload_fd(&self->p, 999);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ACCEPT_FDS, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &self->p));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	expect_error(_metadata, d->server, self->e, BR_OK, 0);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EBADF);
}

/* The receiver can't have the fds of a call. */
TEST_F(error, of_the_receivers_fds)
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
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EMFILE);
	/* It is no error of the server's. */
	expect_error(_metadata, d->server, self->e, BR_OK, 0);
	if (binder_find(&d->server->in, BR_TRANSACTION, 0))
		ASSERT_EQ(0, actor_free(d->server));
}

/* The caller can't have those of the reply. */
TEST_F(error, of_the_callers_fds)
{
	struct duo *d = &self->d;
	int w = actor_fetch_fd(d->client, d->w), mine;
	rlim_t limit;

	mine = actor_take_fd(d->server, w);
	close(w);
	payload_fd(&self->p, mine);
	limit = actor_limit_fds(d->client, 0);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, TF_ACCEPT_FDS, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &self->p));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	actor_limit_fds(d->client, limit);
	ASSERT_EQ(0, actor_close_fd(d->server, mine));
	expect_error(_metadata, d->client, self->e, BR_FAILED_REPLY, -EMFILE);
}

/* BINDER_ENABLE_ONEWAY_SPAM_DETECTION */

#define SPAM_AREA	(16 * 4096)
#define SPAM_MAX	8192

FIXTURE(spam) {
	struct actor *server, *one, *two;
	struct sending *s;
};

struct sending {
	size_t size;
	int count;		/* to be sent */
	int sent;
	int suspects;		/* that were suspected … */
	int first;		/* … the first one, from 1 */
	int64_t failure;
};

static long send_job(struct actor *a, void *arg)
{
	struct sending *s = arg;
	struct binder_payload data = {};
	int64_t br;

	payload_pattern(&data, 1, s->size);
	s->sent = 0;
	s->suspects = 0;
	s->first = 0;
	s->failure = 0;
	while (s->sent < s->count) {
		br = binder_transact(a->dev, 0, 1, TF_ONE_WAY, &data, NULL);
		if (br != BR_TRANSACTION_COMPLETE && br != BR_ONEWAY_SPAM_SUSPECT) {
			s->failure = br;
			break;
		}
		s->sent++;
		if (br == BR_ONEWAY_SPAM_SUSPECT && !s->suspects++)
			s->first = s->sent;
	}
	return 0;
}

/* Takes and frees so many calls; -1: all there are. */
static long take_job(struct actor *a, void *arg)
{
	long count = (intptr_t)arg, taken = 0;
	struct binder_transaction_data *tr;

	while (taken != count && !binder_poll(a->dev, 0)) {
		if (binder_write_read(a->dev, NULL, &a->in))
			break;
		tr = actor_message(a);
		if (tr) {
			binder_free_buffer(a->dev, tr->data.ptr.buffer);
			taken++;
		}
	}
	return taken;
}

FIXTURE_SETUP(spam)
{
	uint32_t *enable = actor_alloc(sizeof(*enable));

	self->server = actor_spawn(SPAM_AREA);
	self->one = actor_spawn(BINDER_MAP_SIZE);
	self->two = actor_spawn(BINDER_MAP_SIZE);
	self->s = actor_alloc(sizeof(*self->s));
	ASSERT_EQ(0, actor_become_manager(self->server));
	ASSERT_EQ(0, actor_enter(self->server));
	*enable = 1;
	if (actor_ioctl(self->one, BINDER_ENABLE_ONEWAY_SPAM_DETECTION, enable) == -EINVAL)
		SKIP(return, "this driver has no one-way spam detection");
	ASSERT_EQ(0, actor_ioctl(self->two, BINDER_ENABLE_ONEWAY_SPAM_DETECTION, enable));
	ASSERT_EQ(0, actor_settle(self->server));
}

FIXTURE_TEARDOWN(spam) { actor_end_all(); }

static void sends(struct __test_metadata *_metadata, struct actor *a, struct sending *s,
		  size_t size, int count)
{
	s->size = size;
	s->count = count;
	ASSERT_EQ(0, actor_do(a, send_job, s));
}

/* The first call that leaves less than a tenth of the area. */
static int first_suspect(size_t cost)
{
	int n = 1;

	while (n * cost + SPAM_AREA / 10 <= SPAM_AREA / 2)
		n++;
	return n;
}

/* A single sender is suspected, once, when a fifth of the one-way space is left. */
TEST_F(spam, is_suspected_once)
{
	static const size_t sizes[] = { 8, 100, 1000, 4096, 5000, 20000, 27000, 32768 };
	size_t i, cost;
	int round;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		cost = (sizes[i] + 7) & ~7UL;
		for (round = 0; round < 2; round++) {
			sends(_metadata, self->one, self->s, sizes[i], SPAM_MAX);
			EXPECT_BR(BR_FAILED_REPLY, self->s->failure);
			EXPECT_EQ(SPAM_AREA / 2 / cost, self->s->sent);
			if (first_suspect(cost) <= self->s->sent) {
				EXPECT_EQ(1, self->s->suspects);
				EXPECT_EQ(first_suspect(cost), self->s->first);
			} else {
				EXPECT_EQ(0, self->s->suspects);
			}
			EXPECT_EQ(self->s->sent, actor_do(self->server, take_job, (void *)-1));
			/* Plenty of space again. */
			sends(_metadata, self->one, self->s, 8, 1);
			EXPECT_EQ(0, self->s->suspects);
			EXPECT_EQ(1, actor_do(self->server, take_job, (void *)-1));
		}
	}
}

/* Not again before some call finds plenty of space. */
TEST_F(spam, is_not_repeated_before_recovery)
{
	sends(_metadata, self->one, self->s, 4096, 8);
	EXPECT_EQ(8, self->s->sent);
	EXPECT_EQ(7, self->s->first);
	EXPECT_EQ(1, self->s->suspects);
	EXPECT_EQ(1, actor_do(self->server, take_job, (void *)1));
	sends(_metadata, self->one, self->s, 4096, 1);
	EXPECT_EQ(0, self->s->suspects);
	/* There was plenty, but no call has seen it. */
	EXPECT_EQ(3, actor_do(self->server, take_job, (void *)3));
	sends(_metadata, self->one, self->s, 3 * 4096, 1);
	EXPECT_EQ(0, self->s->suspects);
	/* Now one does. */
	EXPECT_EQ(4, actor_do(self->server, take_job, (void *)4));
	sends(_metadata, self->one, self->s, 4096, 1);
	EXPECT_EQ(0, self->s->suspects);
	sends(_metadata, self->one, self->s, 3 * 4096, 1);
	EXPECT_EQ(1, self->s->suspects);
}

TEST_F(spam, is_not_told_who_did_not_ask)
{
	uint32_t *enable = actor_alloc(sizeof(*enable));
	struct actor *other = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_settle(other));
	sends(_metadata, other, self->s, 4096, 8);
	EXPECT_EQ(8, self->s->sent);
	EXPECT_EQ(0, self->s->suspects);
	EXPECT_EQ(8, actor_do(self->server, take_job, (void *)-1));
	/* Nor who has asked not to be told. */
	ASSERT_EQ(0, actor_ioctl(self->one, BINDER_ENABLE_ONEWAY_SPAM_DETECTION, enable));
	sends(_metadata, self->one, self->s, 4096, 8);
	EXPECT_EQ(0, self->s->suspects);
	EXPECT_EQ(8, actor_do(self->server, take_job, (void *)-1));
	sends(_metadata, self->two, self->s, 4096, 8);
	EXPECT_EQ(1, self->s->suspects);
}

/* Who sends little isn't blamed for what another one did. */
TEST_F(spam, is_not_blamed_on_others)
{
	/* 24 KB: three eighths of the area, not suspected as enough is left. */
	sends(_metadata, self->one, self->s, 4096, 6);
	EXPECT_EQ(0, self->s->suspects);
	/* That leaves little, but is little itself. */
	sends(_metadata, self->two, self->s, 2048, 3);
	EXPECT_EQ(3, self->s->sent);
	EXPECT_EQ(0, self->s->suspects);
	/* The next one of the large sender's is. */
	sends(_metadata, self->one, self->s, 8, 3);
	EXPECT_EQ(1, self->s->suspects);
	EXPECT_EQ(1, self->s->first);
}

/* Many small ones: more than 50 of them are suspicious, however small. */
TEST_F(spam, is_suspected_by_number)
{
	sends(_metadata, self->one, self->s, 400, 40);
	EXPECT_EQ(0, self->s->suspects);
	/* 10240 bytes more leave 6528, less than a tenth of the area. */
	sends(_metadata, self->two, self->s, 256, 40);
	EXPECT_EQ(0, self->s->suspects);
	sends(_metadata, self->two, self->s, 8, 30);
	EXPECT_EQ(1, self->s->suspects);
	EXPECT_EQ(11, self->s->first);
	/* Of all senders, only one is told. */
	sends(_metadata, self->one, self->s, 8, 30);
	EXPECT_EQ(0, self->s->suspects);
}

/* A quarter of the area is suspicious, a byte less isn't. */
TEST_F(spam, is_suspected_by_size)
{
	sends(_metadata, self->one, self->s, 4096, 4);
	EXPECT_EQ(0, self->s->suspects);
	sends(_metadata, self->two, self->s, 1000, 10);
	EXPECT_EQ(0, self->s->suspects);
	sends(_metadata, self->two, self->s, 96, 1);
	EXPECT_EQ(0, self->s->suspects);
	/* One has exactly a quarter, and sends 8 bytes more. */
	sends(_metadata, self->one, self->s, 1, 1);
	EXPECT_EQ(1, self->s->suspects);
}

/* A sync call takes nothing of that space. */
TEST_F(spam, does_not_count_calls)
{
	struct actor *third = actor_spawn(BINDER_MAP_SIZE);

	ASSERT_EQ(0, actor_settle(third));
	ASSERT_EQ(0, actor_call_pattern(third, 0, 0, 1, SPAM_AREA / 2));
	sends(_metadata, self->one, self->s, 4096, 8);
	EXPECT_EQ(8, self->s->sent);
	EXPECT_EQ(7, self->s->first);
}

/* BINDER_GET_NODE_DEBUG_INFO */

FIXTURE(nodes) {
	struct actor *manager, *owner;
	struct binder_node_debug_info *info;
};

FIXTURE_SETUP(nodes)
{
	self->manager = actor_spawn_manager();
	self->owner = actor_spawn(BINDER_MAP_SIZE);
	self->info = actor_alloc(sizeof(*self->info));
	ASSERT_EQ(0, actor_settle(self->owner));
}

FIXTURE_TEARDOWN(nodes) { actor_end_all(); }

static void expect_node(struct __test_metadata *_metadata, struct actor *a,
			struct binder_node_debug_info *info, binder_uintptr_t after,
			binder_uintptr_t ptr, binder_uintptr_t cookie, bool strong, bool weak)
{
	memset(info, 0xee, sizeof(*info));
	info->ptr = after;
	ASSERT_EQ(0, actor_ioctl(a, BINDER_GET_NODE_DEBUG_INFO, info));
	EXPECT_EQ(ptr, info->ptr);
	EXPECT_EQ(cookie, info->cookie);
	EXPECT_EQ(strong, info->has_strong_ref);
	EXPECT_EQ(weak, info->has_weak_ref);
}

TEST_F(nodes, are_listed)
{
	struct binder_node_debug_info *info = self->info;
	struct actor *owner = self->owner;
	int64_t handle;

	expect_node(_metadata, owner, info, 0, 0, 0, false, false);
	/* The manager's own node is its only one, and its name is 0. */
	expect_node(_metadata, self->manager, info, 0, 0, 0, false, false);
	handle = actor_publish(owner, self->manager, 0x3000, 0x33);
	ASSERT_EQ(1, handle);
	ASSERT_EQ(2, actor_publish(owner, self->manager, 0x1000, 0x11));
	ASSERT_EQ(3, actor_publish(owner, self->manager, 0xffff800000000000, 0x22));
	/* In the order of their addresses. */
	expect_node(_metadata, owner, info, 0, 0x1000, 0x11, true, true);
	expect_node(_metadata, owner, info, 0x1000, 0x3000, 0x33, true, true);
	expect_node(_metadata, owner, info, 0x3000, 0xffff800000000000, 0x22, true, true);
	expect_node(_metadata, owner, info, 0xffff800000000000, 0, 0, false, false);
	/* From anywhere. */
	expect_node(_metadata, owner, info, 0xfff, 0x1000, 0x11, true, true);
	expect_node(_metadata, owner, info, 0x1001, 0x3000, 0x33, true, true);
	expect_node(_metadata, owner, info, 0x2fff, 0x3000, 0x33, true, true);
	expect_node(_metadata, owner, info, ~0ULL, 0, 0, false, false);
	/* Nobody else's. */
	expect_node(_metadata, self->manager, info, 0, 0, 0, false, false);
	/* Weak only, then gone. */
	ASSERT_EQ(0, actor_ref(self->manager, BC_INCREFS, handle));
	ASSERT_EQ(0, actor_ref(self->manager, BC_RELEASE, handle));
	ASSERT_EQ(0, actor_read(owner));
	ASSERT_SHAPE("BR_NOOP BR_RELEASE", owner);
	expect_node(_metadata, owner, info, 0x1000, 0x3000, 0x33, false, true);
	ASSERT_EQ(0, actor_ref(self->manager, BC_DECREFS, handle));
	ASSERT_EQ(0, actor_read(owner));
	ASSERT_SHAPE("BR_NOOP BR_DECREFS", owner);
	expect_node(_metadata, owner, info, 0x1000, 0xffff800000000000, 0x22, true, true);
}

/* BINDER_GET_NODE_INFO_FOR_REF */

static int node_info(struct actor *a, struct binder_node_info_for_ref *info, uint32_t handle)
{
	memset(info, 0, sizeof(*info));
	info->handle = handle;
	return actor_ioctl(a, BINDER_GET_NODE_INFO_FOR_REF, info);
}

static void expect_counts(struct __test_metadata *_metadata, struct actor *a, void *shared,
			  uint32_t strong, uint32_t weak)
{
	struct binder_node_info_for_ref *info = shared;

	ASSERT_EQ(0, node_info(a, info, 1));
	EXPECT_EQ(1, info->handle);
	EXPECT_EQ(strong, info->strong_count);
	EXPECT_EQ(weak, info->weak_count);
	EXPECT_EQ(0, info->reserved1 | info->reserved2 | info->reserved3);
}

TEST_F(nodes, are_counted_for_the_manager)
{
	struct actor *manager = self->manager, *owner = self->owner;
	struct binder_payload object = {};
	void *info = self->info;

	/* The object in a call: a handle in a buffer. */
	payload_binder(&object, BINDER_TYPE_BINDER, 0x1000, 0x11);
	ASSERT_EQ(0, actor_call(owner, 0, 1, TF_ONE_WAY, &object));
	ASSERT_EQ(0, actor_read(manager));
	expect_counts(_metadata, manager, info, 1, 0);
	/* The manager's own counts of its handle are one of the node. */
	ASSERT_EQ(0, actor_ref(manager, BC_ACQUIRE, 1));
	ASSERT_EQ(0, actor_ref(manager, BC_INCREFS, 1));
	ASSERT_EQ(0, actor_free(manager));
	expect_counts(_metadata, manager, info, 1, 0);
	/* The owner has been told, and has not said that it knows. */
	ASSERT_EQ(0, actor_read(owner));
	ASSERT_SHAPE("BR_NOOP BR_INCREFS BR_ACQUIRE BR_TRANSACTION_COMPLETE", owner);
	expect_counts(_metadata, manager, info, 2, 1);
	ASSERT_EQ(0, actor_answer_refs(owner));
	expect_counts(_metadata, manager, info, 1, 0);
	/* A call under way, until its buffer is freed. */
	ASSERT_EQ(0, actor_call(manager, 1, 1, TF_ONE_WAY, NULL));
	expect_counts(_metadata, manager, info, 2, 0);
	ASSERT_EQ(0, actor_read(owner));
	expect_counts(_metadata, manager, info, 2, 0);
	ASSERT_EQ(0, actor_free(owner));
	expect_counts(_metadata, manager, info, 1, 0);
	/* Who holds it weakly only is not told. */
	ASSERT_EQ(0, actor_ref(manager, BC_RELEASE, 1));
	EXPECT_EQ(-EINVAL, node_info(manager, info, 1));
}

TEST_F(nodes, are_not_counted_for_others)
{
	struct binder_node_info_for_ref *info = actor_alloc(sizeof(*info));
	size_t i;

	ASSERT_EQ(1, actor_publish(self->owner, self->manager, 0x1000, 0x11));
	EXPECT_EQ(-EPERM, node_info(self->owner, info, 0));
	EXPECT_EQ(-EPERM, node_info(self->owner, info, 1));
	EXPECT_EQ(-EINVAL, node_info(self->manager, info, 2));
	EXPECT_EQ(-EINVAL, node_info(self->manager, info, ~0U));
	/* Every field but the handle has to be 0. */
	for (i = 1; i < sizeof(*info) / 4; i++) {
		memset(info, 0, sizeof(*info));
		info->handle = 1;
		((uint32_t *)info)[i] = 1;
		EXPECT_EQ(-EINVAL, actor_ioctl(self->manager, BINDER_GET_NODE_INFO_FOR_REF, info));
		EXPECT_EQ(-EINVAL, actor_ioctl(self->owner, BINDER_GET_NODE_INFO_FOR_REF, info));
	}
	EXPECT_EQ(0, node_info(self->manager, info, 1));
}

TEST_HARNESS_MAIN
