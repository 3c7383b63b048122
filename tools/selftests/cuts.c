// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is too long for the files in debugfs is cut.
 *
 * A list is shown under a spinlock, so only its first 256 entries are; a line of dots says
 * that there are more. Figures are of all.
 *
 * A single thread plays both parts, one device file for each.
 */
#include "client.h"
#include "logfile.h"
#include "payloads.h"

#define AREA	(1024 * 1024)
#define SHOWN	256
#define MANY	1100

FIXTURE(cut) {
	struct binder_dev server, client;
	struct binder_returns in;
	struct text state;
};

/* Reads once, and answers what there is to answer but calls; the return of that code or NULL. */
static struct binder_return *read_for(struct __test_metadata *_metadata, struct binder_dev *dev,
				      struct binder_returns *in, uint32_t cmd)
{
	struct binder_cmds c = {};

	ASSERT_EQ(0, binder_write_read(dev, NULL, in));
	binder_answer_refs(&c, in);
	if (c.size)
		ASSERT_EQ(0, binder_write(dev, &c));
	cmd_reset(&c);
	return binder_find(in, cmd, 0);
}

static struct flat_binder_object *binder_object(const struct binder_return *call)
{
	return (void *)(uintptr_t)call->tr.data.ptr.buffer;
}

/* The server gives the client MANY objects, and has not read what it is told of them. */
static void give_many(struct __test_metadata *_metadata, struct binder_dev *server,
		      struct binder_dev *client, struct binder_returns *in)
{
	struct binder_payload objects = {};
	struct binder_return *call;
	struct binder_cmds c = {};
	int i;

	for (i = 0; i < MANY; i++)
		payload_binder(&objects, BINDER_TYPE_BINDER, 0x1000 + 16 * i, i);
	cmd_call(&c, 0, 1, 0, NULL);
	ASSERT_EQ(0, binder_write(client, &c));
	call = read_for(_metadata, server, in, BR_TRANSACTION);
	ASSERT_NE(NULL, call);
	cmd_reset(&c);
	cmd_reply(&c, 0, &objects);
	ASSERT_EQ(0, binder_write(server, &c));
	cmd_reset(&c);
	payload_reset(&objects);
}

FIXTURE_SETUP(cut)
{
	struct binder_cmds c = {};

	ASSERT_EQ(0, binder_open_path(&self->server, binder_device(), O_NONBLOCK, AREA));
	ASSERT_EQ(0, binder_open_path(&self->client, binder_device(), O_NONBLOCK, AREA));
	ASSERT_EQ(0, binder_become_manager(&self->server));
	cmd_none(&c, BC_ENTER_LOOPER);
	ASSERT_EQ(0, binder_write(&self->server, &c));
	cmd_reset(&c);
	/* What a manager may be told of its own object. */
	binder_write_read(&self->server, NULL, &self->in);
	give_many(_metadata, &self->server, &self->client, &self->in);
}

FIXTURE_TEARDOWN(cut)
{
	text_free(&self->state);
	binder_close(&self->client);
	binder_close(&self->server);
}

/* How many lines begin with @entry, and the last of them. */
static int lines_like(const struct text *t, const char *entry, const char **last)
{
	const char *line;
	int n = 0;

	for (line = t->bytes; *line; line = next_line(line)) {
		if (strncmp(line, entry, strlen(entry)))
			continue;
		*last = line;
		n++;
	}
	return n;
}

/* So many lines begin with @entry, and behind them is one of dots. */
static void expect_cut(struct __test_metadata *_metadata, struct text *state, const char *entry)
{
	int indent = strspn(entry, " ");
	const char *last = NULL, *dots;

	ASSERT_EQ(0, log_read(state, "state"));
	EXPECT_EQ(SHOWN, lines_like(state, entry, &last));
	ASSERT_NE(NULL, last);
	dots = next_line(last);
	EXPECT_EQ(indent, strspn(dots, " "));
	EXPECT_EQ(0, strncmp(dots + indent, "...\n", 4));
	text_free(state);
}

/* Of a thread. */
TEST_F(cut, what_a_thread_has_to_read)
{
	expect_cut(_metadata, &self->state, "    node work ");
}

/* The client takes its handles; the server hears of its objects. */
static void take_many(struct __test_metadata *_metadata, struct binder_dev *server,
		      struct binder_dev *client, struct binder_returns *in)
{
	while (!binder_poll(server, 0))
		read_for(_metadata, server, in, BR_NOOP);
	ASSERT_NE(NULL, read_for(_metadata, client, in, BR_REPLY));
}

static void one_way(struct __test_metadata *_metadata, struct binder_dev *client, uint32_t handle)
{
	struct binder_cmds c = {};

	cmd_call(&c, handle, 1, TF_ONE_WAY, NULL);
	ASSERT_EQ(0, binder_write(client, &c));
	cmd_reset(&c);
}

/* Of a process: as many calls as it has objects, each of which takes one at a time. */
TEST_F(cut, what_a_process_has_to_read)
{
	int i;

	take_many(_metadata, &self->server, &self->client, &self->in);
	for (i = 1; i <= SHOWN + 1; i++)
		one_way(_metadata, &self->client, i);
	expect_cut(_metadata, &self->state, "  pending transaction ");
}

/* Of an object: one call is under way, the others wait. */
TEST_F(cut, what_waits_for_an_object)
{
	int i;

	take_many(_metadata, &self->server, &self->client, &self->in);
	for (i = 0; i <= SHOWN + 1; i++)
		one_way(_metadata, &self->client, 1);
	expect_cut(_metadata, &self->state, "    pending async transaction ");
}

TEST_F(cut, deaths_that_were_told)
{
	struct binder_cmds c = {};
	int i;

	take_many(_metadata, &self->server, &self->client, &self->in);
	for (i = 1; i <= SHOWN + 1; i++)
		cmd_handle_cookie(&c, BC_REQUEST_DEATH_NOTIFICATION, i, i);
	ASSERT_EQ(0, binder_write(&self->client, &c));
	cmd_reset(&c);
	binder_close(&self->server);
	for (i = 1; i <= SHOWN + 1; i++) {
		ASSERT_EQ(0, binder_poll(&self->client, BINDER_PATIENCE_MS));
		ASSERT_NE(NULL, read_for(_metadata, &self->client, &self->in, BR_DEAD_BINDER));
	}
	expect_cut(_metadata, &self->state, "  has delivered dead binder");
}

/* Two that call each other back, a level deeper each time: half of a stack are its own calls. */
TEST_F(cut, what_a_thread_works_on)
{
	struct binder_payload object = {};
	struct binder_cmds c = {};
	struct binder_return *call;
	const char *last;
	int i;

	take_many(_metadata, &self->server, &self->client, &self->in);
	payload_binder(&object, BINDER_TYPE_BINDER, 0x9000, 0);
	for (i = 0; i <= SHOWN / 2; i++) {
		cmd_call(&c, 0, 1, 0, &object);
		ASSERT_EQ(0, binder_write(&self->client, &c));
		cmd_reset(&c);
		call = read_for(_metadata, &self->server, &self->in, BR_TRANSACTION);
		ASSERT_NE(NULL, call);
		cmd_call(&c, binder_object(call)->handle, 1, 0, NULL);
		ASSERT_EQ(0, binder_write(&self->server, &c));
		cmd_reset(&c);
		ASSERT_NE(NULL, read_for(_metadata, &self->client, &self->in, BR_TRANSACTION));
	}
	payload_reset(&object);
	ASSERT_EQ(0, log_read(&self->state, "state"));
	EXPECT_EQ(SHOWN, lines_like(&self->state, "    outgoing transaction ", &last));
	EXPECT_EQ(SHOWN, lines_like(&self->state, "    incoming transaction ", &last));
	EXPECT_EQ(2, lines_like(&self->state, "    ...\n", &last));
}

/* Handles are counted in pieces, and all of them are. */
TEST_F(cut, not_the_figures)
{
	char refs[64];

	take_many(_metadata, &self->server, &self->client, &self->in);
	snprintf(refs, sizeof(refs), "  refs: %d s %d w 0\n", MANY, MANY);
	ASSERT_EQ(0, log_read(&self->state, "stats"));
	EXPECT_NE(NULL, strstr(self->state.bytes, refs));
}

TEST_HARNESS_MAIN
