// SPDX-License-Identifier: GPL-2.0-only
/*
 * The security context of the sender: who asks for it finds it behind the payload.
 *
 * Which context that is depends on the kernel. With SELinux it is the sender's own.
 * Where no security module names contexts (AppArmor, Debian's default, or none at
 * all) our driver delivers an empty one; Debian's fails the call.
 */
#include <sys/mount.h>
#include "objects.h"

#define ASKS	FLAT_BINDER_FLAG_TXN_SECURITY_CTX

static void file_text(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, room - 1);

	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* What a sender's context is here; all actors are children of the test. */
static const char *our_context(void)
{
	static char modules[256], context[256];

	mount("securityfs", "/sys/kernel/security", "securityfs", 0, NULL);
	file_text("/sys/kernel/security/lsm", modules, sizeof(modules));
	context[0] = '\0';
	if (strstr(modules, "selinux"))
		file_text("/proc/self/attr/current", context, sizeof(context));
	return context;
}

FIXTURE(context) {
	struct duo d;
	uint32_t asks;		/* the client's handle of the object that asks */
	const char *text;
};

FIXTURE_SETUP(context)
{
	int64_t handle;

	duo_setup(_metadata, &self->d);
	handle = duo_give(&self->d, 0x3000, ASKS | FLAT_BINDER_FLAG_ACCEPTS_FDS | 0x7f);
	ASSERT_EQ(3, handle);
	self->asks = handle;
	self->text = our_context();
}

FIXTURE_TEARDOWN(context) { duo_teardown(_metadata, &self->d); }

/*
 * A call of the client's comes to an actor, with a context. Its text lies in the
 * area, behind @extra.
 */
static void expect_context(struct __test_metadata *_metadata, struct actor *client,
			   struct actor *a, const char *text, size_t extra)
{
	struct binder_transaction_data_secctx *tr;
	struct binder_return *br;
	binder_uintptr_t end;

	/* Where the call has failed there is nothing to wait for. */
	ASSERT_EQ(-ETIMEDOUT, actor_poll(client, 0));
	ASSERT_EQ(0, actor_read(a));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_SEC_CTX", a);
	br = binder_find(&a->in, BR_TRANSACTION_SEC_CTX, 0);
	tr = &br->tr_secctx;
	end = tr->transaction_data.data.ptr.buffer +
	      (tr->transaction_data.data_size + 7) / 8 * 8 +
	      (tr->transaction_data.offsets_size + 7) / 8 * 8 + extra;
	EXPECT_EQ(end, tr->secctx);
	EXPECT_EQ(0, memcmp(actor_peek(a, tr->secctx, strlen(text) + 1), text,
			    strlen(text) + 1));
}

TEST_F(context, comes_with_the_call)
{
	struct duo *d = &self->d;
	size_t size;

	for (size = 0; size < 40; size++) {
		ASSERT_EQ(0, actor_call_pattern(d->client, self->asks, 0, size, size));
		expect_context(_metadata, d->client, d->server, self->text, 0);
		EXPECT_EQ(0x3000, actor_message(d->server)->target.ptr);
		EXPECT_EQ(d->client->pid, actor_message(d->server)->sender_pid);
		EXPECT_EQ(size, actor_message(d->server)->data_size);
		EXPECT_EQ(-1, actor_differs(d->server, size, size));
		duo_answer(_metadata, d);
	}
}

TEST_F(context, only_where_it_is_wanted)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call(d->client, d->open, 0, 0, NULL));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
}

TEST_F(context, comes_one_way)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call_pattern(d->client, self->asks, TF_ONE_WAY, 3, 33));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->client);
	expect_context(_metadata, d->client, d->server, self->text, 0);
	EXPECT_EQ(-1, actor_differs(d->server, 3, 33));
	ASSERT_EQ(0, actor_free(d->server));
}

/* Behind everything else that the message has. */
TEST_F(context, comes_with_objects)
{
	static char block[20] = "a block of twenty b";
	struct duo *d = &self->d;
	struct binder_payload p = {};
	struct binder_buffer_object *o;
	struct binder_fd_object *fd;

	payload_begin(&p);
	payload_pointer(&p, block, sizeof(block));
	payload_fd(&p, d->w);
	ASSERT_EQ(0, actor_call_sg(d->client, self->asks, 0, &p, 24));
	expect_context(_metadata, d->client, d->server, self->text, 24);
	o = actor_peek(d->server, actor_message(d->server)->data.ptr.buffer + p.offsets[0],
		       sizeof(*o));
	EXPECT_EQ(0, memcmp(actor_peek(d->server, o->buffer, sizeof(block)), block,
			    sizeof(block)));
	EXPECT_EQ(d->server_fds + 1, actor_fds(d->server));
	fd = actor_peek(d->server, actor_message(d->server)->data.ptr.buffer + p.offsets[1],
			sizeof(*fd));
	ASSERT_EQ(0, actor_close_fd(d->server, fd->fd));
	duo_answer(_metadata, d);
}

/* It takes space of its own. */
TEST_F(context, needs_space)
{
	size_t own = (strlen(self->text) + 1 + 7) / 8 * 8;
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call_pattern(d->client, self->asks, 0, 1, DUO_AREA - own));
	expect_context(_metadata, d->client, d->server, self->text, 0);
	EXPECT_EQ(-1, actor_differs(d->server, 1, DUO_AREA - own));
	duo_answer(_metadata, d);
	ASSERT_EQ(0, actor_call_pattern(d->client, self->asks, 0, 1, DUO_AREA - own + 8));
	duo_fails(_metadata, d, DUO_AREA - own + 8);
}

/* A read that has room for a call, and none for a context, does not lose it. */
TEST_F(context, needs_room)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call(d->client, self->asks, 0, 0, NULL));
	ASSERT_EQ(-ETIMEDOUT, actor_poll(d->client, 0));
	d->server->in.limit = 4 + 4 + sizeof(struct binder_transaction_data);
	ASSERT_EQ(0, actor_read(d->server));
	EXPECT_SHAPE("BR_NOOP", d->server);
	d->server->in.limit = 0;
	expect_context(_metadata, d->client, d->server, self->text, 0);
	duo_answer(_metadata, d);
}

/* The context manager asks for it as it becomes that. */
TEST_F(context, comes_to_the_manager)
{
	struct flat_binder_object *object = actor_alloc(sizeof(*object));
	struct actor *manager = actor_spawn(DUO_AREA);
	struct actor *client = actor_spawn(DUO_AREA);
	int ret;

	self->d.one_is_dead = true;
	actor_kill(self->d.server);
	object->hdr.type = BINDER_TYPE_BINDER;
	object->flags = ASKS;
	/* What actor_become_manager() does for the plain form. */
	do {
		ret = actor_ioctl(manager, BINDER_SET_CONTEXT_MGR_EXT, object);
	} while (ret == -EBUSY);
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, actor_enter(manager));
	ASSERT_EQ(0, actor_settle(client));
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	expect_context(_metadata, client, manager, self->text, 0);
	ASSERT_EQ(0, actor_reply(manager, NULL));
	ASSERT_EQ(0, actor_read(client));
	EXPECT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", client);
}

/* That contexts are empty is said, but not with each call. */
TEST_F(context, empty_ones_are_told_once)
{
	struct duo *d = &self->d;
	struct kmsg log;
	int i, said = 0;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, actor_call(d->client, self->asks, 0, 0, NULL));
		expect_context(_metadata, d->client, d->server, self->text, 0);
		duo_answer(_metadata, d);
	}
	kmsg_open(&log);
	ASSERT_EQ(0, lseek(log.fd, 0, SEEK_SET));
	while (kmsg_next(&log, 0))
		said += !!strstr(log.line, "binder: no security module names contexts");
	kmsg_close(&log);
	EXPECT_EQ(!self->text[0], said);
}

TEST_HARNESS_MAIN
