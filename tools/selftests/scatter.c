// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pointer objects: memory that travels beside the data of a payload, and the
 * pointers to it; TF_CLEAR_BUF.
 *
 * What is sent lies in memory that all actors have at the same address. So a
 * pointer that the driver has not fixed up would show the right bytes, too: each
 * one is checked to lead into the receiver's area.
 */
#include <sys/mman.h>
#include "objects.h"

FIXTURE(pointer) {
	struct duo d;
	struct binder_payload p;
	uint8_t *block;
};

#define BLOCK	(DUO_AREA / 2)

FIXTURE_SETUP(pointer)
{
	struct binder_payload pattern = {};

	duo_setup(_metadata, &self->d);
	payload_pattern(&pattern, 8, BLOCK);
	self->block = pattern.data;
	payload_begin(&self->p);
}

FIXTURE_TEARDOWN(pointer) { duo_teardown(_metadata, &self->d); }

/* Where is the receiver's area? All of a message lies in it, so it tells. */
struct area {
	binder_uintptr_t start, end;
};

static long area_job(struct actor *a, void *arg)
{
	struct area *area = arg;

	area->start = (uintptr_t)a->dev->map;
	area->end = area->start + a->dev->map_size;
	return 0;
}

static struct area area_of(struct actor *a)
{
	struct area *area = actor_alloc(sizeof(*area));

	actor_do(a, area_job, area);
	return *area;
}

/*
 * The n-th object points to the receiver's own copy of those bytes, behind the
 * offsets, and has been changed in nothing but that. Returns the copy's address.
 */
static binder_uintptr_t check_pointer(struct __test_metadata *_metadata, struct actor *a,
				      const struct binder_payload *p, size_t n,
				      const void *bytes, size_t size)
{
	struct binder_transaction_data *tr = actor_message(a);
	struct binder_buffer_object got, *sent;
	struct area area = area_of(a);

	got = *(struct binder_buffer_object *)actor_nth(a, p, n);
	sent = (void *)(p->data + p->offsets[n]);
	EXPECT_EQ(BINDER_TYPE_PTR, got.hdr.type);
	EXPECT_EQ(sent->flags, got.flags);
	EXPECT_EQ(size, got.length);
	EXPECT_EQ(sent->parent, got.parent);
	EXPECT_EQ(sent->parent_offset, got.parent_offset);
	EXPECT_EQ(0, got.buffer & 7);
	EXPECT_LE(area.start, got.buffer);
	EXPECT_LE(got.buffer + size, area.end);
	EXPECT_LE(tr->data.ptr.offsets + tr->offsets_size, got.buffer);
	if (bytes)
		EXPECT_EQ(0, memcmp(bytes, actor_peek(a, got.buffer, size), size));
	return got.buffer;
}

static void *data_of(struct actor *a, size_t size)
{
	return actor_peek(a, actor_message(a)->data.ptr.buffer, size);
}

TEST_F(pointer, every_size)
{
	static const size_t sizes[] = {
		0, 1, 2, 7, 8, 9, 4095, 4096, 4097, 12345, BLOCK,
	};
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block + (i & 3), sizes[i] - (i & 3) * !!sizes[i]);
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, i & 1 ? TF_ONE_WAY : 0,
					   &self->p, payload_extra(&self->p)));
		duo_arrives(_metadata, d);
		check_pointer(_metadata, d->server, &self->p, 0, self->block + (i & 3),
			      sizes[i] - (i & 3) * !!sizes[i]);
		EXPECT_EQ(-1, pattern_differs(data_of(d->server, 8), 1, 8));
		if (i & 1) {
			ASSERT_EQ(0, actor_free(d->server));
			ASSERT_EQ(0, actor_read(d->client));
		} else {
			duo_answer(_metadata, d);
		}
	}
}

/* As large as the area: all that is left by the data and the offset. */
TEST_F(pointer, whole_area)
{
	struct duo *d = &self->d;
	struct binder_payload pattern = {};
	size_t size;

	payload_pattern(&pattern, 9, DUO_AREA);
	payload_begin(&self->p);
	payload_pointer(&self->p, pattern.data, 0);
	size = DUO_AREA - self->p.size - 8;
	payload_begin(&self->p);
	payload_pointer(&self->p, pattern.data, size);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, size));
	duo_arrives(_metadata, d);
	check_pointer(_metadata, d->server, &self->p, 0, pattern.data, size);
	duo_answer(_metadata, d);
	duo_refuses(_metadata, d, &self->p, size + 8, 1);
}

#define SEVERAL	40

/* No two copies overlap, whatever their sizes, nor do they with anything else. */
TEST_F(pointer, several)
{
	struct duo *d = &self->d;
	binder_uintptr_t at, last = 0;
	size_t i, size = 0;

	for (i = 0; i < SEVERAL; i++) {
		payload_pattern(&self->p, 70 + i, 4 * (i % 3));
		payload_pointer(&self->p, self->block + 100 * i, i * 5 % 97);
	}
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, payload_extra(&self->p)));
	duo_arrives(_metadata, d);
	for (i = 0; i < SEVERAL; i++) {
		at = check_pointer(_metadata, d->server, &self->p, i, self->block + 100 * i,
				   i * 5 % 97);
		EXPECT_LE(last + size, at);
		last = at;
		size = i * 5 % 97;
	}
	duo_answer(_metadata, d);
}

/* In a reply, to a caller that takes no fds: these are none. */
TEST_F(pointer, in_a_reply)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};

	payload_pointer(&self->p, self->block, 1001);
	payload_pointer(&self->p, self->block + 2000, 17);
	ASSERT_EQ(0, actor_call(d->client, d->shut, 1, 0, NULL));
	duo_arrives(_metadata, d);
	cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
	cmd_reply_sg(&c, 0, &self->p, payload_extra(&self->p));
	ASSERT_EQ(0, actor_write_read(d->server, &c));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	check_pointer(_metadata, d->client, &self->p, 0, self->block, 1001);
	check_pointer(_metadata, d->client, &self->p, 1, self->block + 2000, 17);
	ASSERT_EQ(0, actor_free(d->client));
}

/* A reply that fails is the caller's failure. */
TEST_F(pointer, bad_reply)
{
	struct duo *d = &self->d;
	struct binder_cmds c = {};
	int i;

	payload_pointer(&self->p, self->block, 1001);
	payload_pointer(&self->p, (void *)8, 17);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
		duo_arrives(_metadata, d);
		cmd_reset(&c);
		cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
		cmd_reply_sg(&c, 0, &self->p, i ? 4096 : 512);
		ASSERT_EQ(0, actor_write_read(d->server, &c));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
		ASSERT_EQ(0, actor_read(d->client));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	}
	/* All of the client's area is still there for replies. */
	payload_reset(&self->p);
	payload_pattern(&self->p, 2, DUO_AREA);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &self->p));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
	EXPECT_EQ(-1, actor_differs(d->client, 2, DUO_AREA));
	ASSERT_EQ(0, actor_free(d->client));
}

/* A structure, two levels deep, as the receiver sees it. */
struct inner {
	uint32_t number;
	uint32_t length;
	binder_uintptr_t text;		/* a string */
};

struct outer {
	uint64_t before;
	binder_uintptr_t one, two;	/* struct inner */
	uint64_t after;
};

struct structure {
	struct outer outer;
	struct inner one, two;
	char text_one[12], text_two[30];
};

static struct structure *make_structure(void)
{
	struct structure *s = actor_alloc(sizeof(*s));

	s->outer.before = 0x1111111111111111;
	s->outer.one = 0xaaaaaaaaaaaaaaaa;	/* to be overwritten */
	s->outer.two = 0xbbbbbbbbbbbbbbbb;
	s->outer.after = 0x2222222222222222;
	s->one.number = 1;
	s->one.length = sizeof(s->text_one);
	s->two.number = 2;
	s->two.length = sizeof(s->text_two);
	strcpy(s->text_one, "one");
	strcpy(s->text_two, "a longer text is two");
	return s;
}

static void send_structure(struct binder_payload *p, struct structure *s)
{
	payload_pointer(p, &s->outer, sizeof(s->outer));
	payload_child(p, &s->one, sizeof(s->one), 0, offsetof(struct outer, one));
	payload_child(p, s->text_one, sizeof(s->text_one), 1, offsetof(struct inner, text));
	payload_child(p, &s->two, sizeof(s->two), 0, offsetof(struct outer, two));
	payload_child(p, s->text_two, sizeof(s->text_two), 3, offsetof(struct inner, text));
}

TEST_F(pointer, nested)
{
	struct duo *d = &self->d;
	struct structure *s = make_structure();
	binder_uintptr_t at[5];
	struct outer *outer;
	struct inner *inner;

	send_structure(&self->p, s);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, payload_extra(&self->p)));
	duo_arrives(_metadata, d);
	/* These have been fixed up, so their bytes differ. */
	at[0] = check_pointer(_metadata, d->server, &self->p, 0, NULL, sizeof(s->outer));
	at[1] = check_pointer(_metadata, d->server, &self->p, 1, NULL, sizeof(s->one));
	at[2] = check_pointer(_metadata, d->server, &self->p, 2, s->text_one, 12);
	at[3] = check_pointer(_metadata, d->server, &self->p, 3, NULL, sizeof(s->two));
	at[4] = check_pointer(_metadata, d->server, &self->p, 4, s->text_two, 30);
	outer = actor_peek(d->server, at[0], sizeof(*outer));
	EXPECT_EQ(0x1111111111111111, outer->before);
	EXPECT_EQ(at[1], outer->one);
	EXPECT_EQ(at[3], outer->two);
	EXPECT_EQ(0x2222222222222222, outer->after);
	inner = actor_peek(d->server, outer->one, sizeof(*inner));
	EXPECT_EQ(1, inner->number);
	EXPECT_EQ(12, inner->length);
	EXPECT_EQ(at[2], inner->text);
	inner = actor_peek(d->server, outer->two, sizeof(*inner));
	EXPECT_EQ(2, inner->number);
	EXPECT_EQ(30, inner->length);
	EXPECT_EQ(at[4], inner->text);
	/* The sender's are as they were. */
	EXPECT_EQ(0xaaaaaaaaaaaaaaaa, s->outer.one);
	EXPECT_EQ(0xbbbbbbbbbbbbbbbb, s->outer.two);
	EXPECT_EQ(0, s->one.text);
	duo_answer(_metadata, d);
}

/* The parent is the very first thing of the data. */
TEST_F(pointer, parent_at_0)
{
	struct duo *d = &self->d;
	struct structure *s = make_structure();
	binder_uintptr_t first, second;
	struct outer *outer;

	payload_reset(&self->p);
	send_structure(&self->p, s);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, payload_extra(&self->p)));
	duo_arrives(_metadata, d);
	first = check_pointer(_metadata, d->server, &self->p, 0, NULL, sizeof(s->outer));
	second = check_pointer(_metadata, d->server, &self->p, 3, NULL, sizeof(s->two));
	outer = actor_peek(d->server, first, sizeof(*outer));
	EXPECT_EQ(second, outer->two);
	duo_answer(_metadata, d);
}

/* In which order may a tree be sent? */

#define NONE	-1
#define ROOT	{ NONE, 0 }

struct step {
	int parent;			/* NONE: a root */
	binder_size_t offset;
};

struct order {
	const char *what;
	bool ok;
	struct step steps[6];
	int count;
};

/* Each object is 64 bytes. */
static const struct order orders[] = {
	{ "ascending", true, { ROOT, { 0, 0 }, { 0, 8 }, { 0, 56 } }, 4 },
	{ "aligned to 4", true, { ROOT, { 0, 4 }, { 0, 12 }, { 0, 20 } }, 4 },
	{ "not aligned", false, { ROOT, { 0, 1 } }, 2 },
	{ "not aligned to 4", false, { ROOT, { 0, 2 } }, 2 },
	{ "not aligned to 2", false, { ROOT, { 0, 3 } }, 2 },
	{ "descending", false, { ROOT, { 0, 8 }, { 0, 0 } }, 3 },
	{ "same place", false, { ROOT, { 0, 8 }, { 0, 8 } }, 3 },
	{ "overlapping", false, { ROOT, { 0, 8 }, { 0, 12 } }, 3 },
	{ "overlapping at 4", false, { ROOT, { 0, 4 }, { 0, 8 } }, 3 },
	{ "depth first", true, { ROOT, { 0, 0 }, { 1, 0 }, { 1, 8 }, { 0, 8 } }, 5 },
	{ "chain", true, { ROOT, { 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 } }, 5 },
	{ "chain and back", true,
	  { ROOT, { 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 }, { 0, 8 } }, 6 },
	{ "back to an ancestor, below", false,
	  { ROOT, { 0, 8 }, { 1, 0 }, { 2, 0 }, { 0, 0 } }, 5 },
	{ "back to an ancestor, same place", false,
	  { ROOT, { 0, 8 }, { 1, 0 }, { 0, 8 } }, 4 },
	{ "back to an ancestor, overlapping", false,
	  { ROOT, { 0, 8 }, { 1, 0 }, { 0, 12 } }, 4 },
	{ "breadth first", false, { ROOT, { 0, 0 }, { 0, 8 }, { 1, 0 } }, 4 },
	{ "the last of breadth first", true, { ROOT, { 0, 0 }, { 0, 8 }, { 2, 0 } }, 4 },
	{ "back to a nephew", false,
	  { ROOT, { 0, 0 }, { 1, 0 }, { 0, 8 }, { 2, 0 } }, 5 },
	{ "two roots", true, { ROOT, { 0, 0 }, ROOT, { 2, 0 } }, 4 },
	{ "root between", false, { ROOT, ROOT, { 0, 0 } }, 3 },
	{ "back to the first root", false, { ROOT, { 0, 0 }, ROOT, { 0, 8 } }, 4 },
	{ "last place", true, { ROOT, { 0, 56 } }, 2 },
	{ "behind the last place", false, { ROOT, { 0, 60 } }, 2 },
	{ "at the end", false, { ROOT, { 0, 64 } }, 2 },
	{ "behind the end", false, { ROOT, { 0, 72 } }, 2 },
	{ "in the next one's copy", false, { ROOT, { 0, 0 }, { 0, 128 } }, 3 },
	{ "far behind", false, { ROOT, { 0, 0x100000000 } }, 2 },
	{ "sum wraps", false, { ROOT, { 0, ~7ULL } }, 2 },
	{ "sum wraps to 0", false, { ROOT, { 0, ~7ULL - 56 } }, 2 },
	{ "largest", false, { ROOT, { 0, ~0ULL } }, 2 },
	{ "sign", false, { ROOT, { 0, 0x8000000000000000 } }, 2 },
	{ "own parent", false, { ROOT, { 1, 0 } }, 2 },
	{ "first is its own parent", false, { { 0, 0 } }, 1 },
	{ "parent comes later", false, { ROOT, { 2, 0 }, ROOT }, 3 },
	{ "parent out of range", false, { ROOT, { 2, 0 } }, 2 },
	{ "parent far out of range", false, { ROOT, { 0x7fffffff, 0 } }, 2 },
};

static void order_payload(struct binder_payload *p, const struct order *o, const uint8_t *block)
{
	int i;

	payload_begin(p);
	for (i = 0; i < o->count; i++)
		if (o->steps[i].parent == NONE)
			payload_pointer(p, block + 64 * i, 64);
		else
			payload_child(p, block + 64 * i, 64, o->steps[i].parent,
				      o->steps[i].offset);
}

static void order_check(struct __test_metadata *_metadata, struct duo *d,
			const struct binder_payload *p, const struct order *o)
{
	binder_uintptr_t at[6];
	int i;

	for (i = 0; i < o->count; i++) {
		const struct step *step = &o->steps[i];
		uint8_t *place;

		at[i] = check_pointer(_metadata, d->server, p, i, NULL, 64);
		if (step->parent == NONE)
			continue;
		place = actor_peek(d->server, at[step->parent] + step->offset, 8);
		EXPECT_EQ(0, memcmp(&at[i], place, 8));
	}
}

TEST_F(pointer, order)
{
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		const struct order *o = &orders[i];

		order_payload(&self->p, o, self->block);
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 6 * 64));
		if (o->ok) {
			ASSERT_EQ(0, actor_poll(d->server, BINDER_PATIENCE_MS)) {
				TH_LOG("order: %s", o->what);
			}
			duo_arrives(_metadata, d);
			order_check(_metadata, d, &self->p, o);
			duo_answer(_metadata, d);
		} else {
			ASSERT_EQ(0, actor_poll(d->client, BINDER_PATIENCE_MS)) {
				TH_LOG("order: %s", o->what);
			}
			duo_fails(_metadata, d, i);
		}
	}
}

/* What no int can say. */
TEST_F(pointer, bad_parent)
{
	static const binder_size_t parents[] = {
		0x100000000, 0x2000000000000000, 0x8000000000000000, ~0ULL,
	};
	struct duo *d = &self->d;
	struct binder_payload *p = &self->p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parents); i++) {
		payload_begin(p);
		payload_pointer(p, self->block, 64);
		payload_child(p, self->block, 64, parents[i], 0);
		duo_refuses(_metadata, d, p, 128, parents[i]);
	}
	/* Parents that are no pointer objects. */
	payload_begin(p);
	payload_handle(p, BINDER_TYPE_HANDLE, d->open);
	payload_child(p, self->block, 64, 0, 0);
	duo_refuses(_metadata, d, p, 128, 100);
	payload_begin(p);
	payload_fd(p, d->w);
	payload_child(p, self->block, 64, 0, 0);
	duo_refuses(_metadata, d, p, 128, 101);
	payload_begin(p);
	payload_pointer(p, self->block, 64);
	payload_fd_array(p, 0, 0, 0);
	payload_child(p, self->block, 64, 1, 0);
	duo_refuses(_metadata, d, p, 128, 102);
	/* Too short to hold a pointer. */
	for (i = 0; i < 8; i++) {
		payload_begin(p);
		payload_pointer(p, self->block, i);
		payload_child(p, self->block, 8, 0, 0);
		duo_refuses(_metadata, d, p, 128, 200 + i);
	}
}

/* Without the flag, parent and parent_offset mean nothing. */
TEST_F(pointer, no_parent)
{
	struct duo *d = &self->d;
	struct binder_buffer_object *o;

	payload_pointer(&self->p, self->block, 64);
	payload_child(&self->p, self->block + 64, 64, 77, 88);
	o = (void *)(self->p.data + self->p.offsets[1]);
	o->flags = 0;
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 128));
	duo_arrives(_metadata, d);
	check_pointer(_metadata, d->server, &self->p, 0, self->block, 64);
	check_pointer(_metadata, d->server, &self->p, 1, self->block + 64, 64);
	duo_answer(_metadata, d);
	/* Other flags mean nothing, either. */
	o->flags = ~BINDER_BUFFER_FLAG_HAS_PARENT;
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 128));
	duo_arrives(_metadata, d);
	check_pointer(_metadata, d->server, &self->p, 1, self->block + 64, 64);
	duo_answer(_metadata, d);
}

/* How much space the sender asks for. */
TEST_F(pointer, space)
{
	static const struct {
		size_t one, two;
		binder_size_t extra;
		bool ok;
	} spaces[] = {
		{ 0, 0, 0, true }, { 0, 0, 8, true }, { 0, 0, 4096, true },
		{ 1, 0, 8, true }, { 1, 1, 16, true }, { 8, 8, 16, true },
		{ 64, 64, 8192, true },
		/* too small */
		{ 1, 0, 0, false }, { 0, 1, 0, false }, { 1, 1, 8, false },
		{ 9, 0, 8, false }, { 8, 9, 16, false }, { 64, 64, 120, false },
		{ 64, 65, 128, false },
		/* not a multiple of 8 */
		{ 1, 0, 1, false }, { 0, 0, 4, false }, { 8, 0, 15, false },
		{ 8, 0, 12, false },
		/* too large for the area */
		{ 8, 0, DUO_AREA, false }, { 8, 0, 0x100000000, false },
		{ 8, 0, 0x8000000000000000, false }, { 8, 0, ~7ULL, false },
		{ 8, 0, ~0ULL, false }, { 8, 0, ~7ULL - 128, false },
		{ 8, 0, ~7ULL - 8 * DUO_AREA, false },
	};
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(spaces); i++) {
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, spaces[i].one);
		payload_pointer(&self->p, self->block + 100, spaces[i].two);
		if (!spaces[i].ok) {
			duo_refuses(_metadata, d, &self->p, spaces[i].extra, i);
			continue;
		}
		ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p,
					   spaces[i].extra));
		duo_arrives(_metadata, d);
		check_pointer(_metadata, d->server, &self->p, 0, self->block,
			      spaces[i].one);
		check_pointer(_metadata, d->server, &self->p, 1, self->block + 100,
			      spaces[i].two);
		duo_answer(_metadata, d);
	}
}

/* Lengths that no space could hold. */
TEST_F(pointer, bad_length)
{
	static const binder_size_t lengths[] = {
		65, 0x80000000, 0xffffffff, 0x100000000, 0x100000040,
		0x8000000000000000, 0x8000000000000040, ~0ULL, ~7ULL, ~0ULL - 63,
	};
	struct duo *d = &self->d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, lengths[i]);
		duo_refuses(_metadata, d, &self->p, 64, lengths[i]);
		/* After one that has taken all there is. */
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, 64);
		payload_pointer(&self->p, self->block, lengths[i]);
		duo_refuses(_metadata, d, &self->p, 64, lengths[i]);
	}
}

/* BC_TRANSACTION has no space for them. */
TEST_F(pointer, in_a_plain_call)
{
	struct duo *d = &self->d;

	payload_pointer(&self->p, self->block, 1);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	duo_fails(_metadata, d, 1);
	payload_begin(&self->p);
	payload_pointer(&self->p, self->block, 0);
	ASSERT_EQ(0, actor_call(d->client, d->open, 1, 0, &self->p));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
}

static long two_pages_job(struct actor *a, void *arg)
{
	uint8_t *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || munmap(p + 4096, 4096))
		return 0;
	memset(p, 0x5a, 4096);
	return (long)p;
}

/* Memory that can't be read, all of it or from somewhere on. */
TEST_F(pointer, bad_address)
{
	static const binder_uintptr_t addresses[] = {
		0, 8, 0xffff888000000000, 0xffffffff80000000, 0x8000000000000000,
		~7ULL, ~0ULL,
	};
	struct duo *d = &self->d;
	long page = actor_do(d->client, two_pages_job, NULL);
	size_t i;

	ASSERT_NE(0, page);
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, 100);
		payload_pointer(&self->p, (void *)(uintptr_t)addresses[i], 16);
		duo_refuses(_metadata, d, &self->p, 4096, addresses[i]);
	}
	for (i = 1; i <= 4096; i *= 8) {
		payload_begin(&self->p);
		payload_pointer(&self->p, (void *)(page + 4096 - i), i + 1);
		duo_refuses(_metadata, d, &self->p, 8192, i);
	}
	/* But all of the page can be. */
	payload_begin(&self->p);
	payload_pointer(&self->p, (void *)page, 4096);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 4096));
	duo_arrives(_metadata, d);
	check_pointer(_metadata, d->server, &self->p, 0, NULL, 4096);
	duo_answer(_metadata, d);
	/* And nothing can be read from anywhere. */
	payload_begin(&self->p);
	payload_pointer(&self->p, (void *)8, 0);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 0));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
}

/* Space without pointer objects, and pointer objects without data around. */
TEST_F(pointer, space_for_nothing)
{
	struct duo *d = &self->d;

	payload_reset(&self->p);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 4096));
	duo_arrives(_metadata, d);
	EXPECT_EQ(0, actor_message(d->server)->data_size);
	duo_answer(_metadata, d);
	payload_pointer(&self->p, self->block, 100);
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p, 104));
	duo_arrives(_metadata, d);
	check_pointer(_metadata, d->server, &self->p, 0, self->block, 100);
	duo_answer(_metadata, d);
}

/* TF_CLEAR_BUF: what was received is gone when it is freed. */

FIXTURE(clear) {
	struct duo d;
	struct binder_payload p;
	uint8_t *block;
};

FIXTURE_VARIANT(clear) {
	size_t data, extra;
};

FIXTURE_VARIANT_ADD(clear, small) { 40, 24 };
FIXTURE_VARIANT_ADD(clear, pages) { 3 * 4096 + 16, 5000 };
FIXTURE_VARIANT_ADD(clear, no_pointer) { 9001, 0 };

FIXTURE_SETUP(clear)
{
	struct binder_payload pattern = {};

	duo_setup(_metadata, &self->d);
	payload_pattern(&pattern, 6, 8192);
	self->block = pattern.data;
	payload_pattern(&self->p, 3, variant->data);
	if (variant->extra)
		payload_pointer(&self->p, self->block, variant->extra);
}

FIXTURE_TEARDOWN(clear) { duo_teardown(_metadata, &self->d); }

static bool all_zero(const uint8_t *bytes, size_t size)
{
	while (size && !*bytes) {
		bytes++;
		size--;
	}
	return !size;
}

/* Is all that @a has got zero now, or still what it was? Both have freed it. */
static void expect_freed(struct __test_metadata *_metadata, struct actor *a,
			 const struct binder_payload *p, binder_uintptr_t extra,
			 size_t extra_size, bool zero)
{
	struct binder_transaction_data *tr = actor_message(a);
	size_t size = tr->data.ptr.offsets + tr->offsets_size - tr->data.ptr.buffer;
	uint8_t *bytes = actor_peek(a, tr->data.ptr.buffer, size);
	uint8_t *behind = extra_size ? actor_peek(a, extra, extra_size) : NULL;

	if (zero) {
		EXPECT_TRUE(all_zero(bytes, size));
		EXPECT_TRUE(all_zero(behind, extra_size));
		return;
	}
	EXPECT_EQ(-1, pattern_differs(bytes, 3, 40));
	if (extra_size)
		EXPECT_EQ(-1, pattern_differs(behind, 6, extra_size));
}

static binder_uintptr_t extra_of(struct actor *a, const struct binder_payload *p)
{
	struct binder_buffer_object *o;

	if (!p->count)
		return 0;
	o = actor_nth(a, p, 0);
	return o->buffer;
}

TEST_F(clear, call)
{
	struct duo *d = &self->d;
	binder_uintptr_t extra;
	int i;

	for (i = 0; i < 6; i++) {
		bool clear = i & 1, one_way = i & 2;

		ASSERT_EQ(0, actor_call_sg(d->client, d->open,
					   (clear ? TF_CLEAR_BUF : 0) |
					   (one_way ? TF_ONE_WAY : 0),
					   &self->p, (variant->extra + 7) & ~7UL));
		duo_arrives(_metadata, d);
		EXPECT_EQ(clear, !!(actor_message(d->server)->flags & TF_CLEAR_BUF));
		extra = extra_of(d->server, &self->p);
		expect_freed(_metadata, d->server, &self->p, extra, variant->extra, false);
		ASSERT_EQ(0, actor_free(d->server));
		expect_freed(_metadata, d->server, &self->p, extra, variant->extra, clear);
		if (!one_way) {
			struct binder_cmds c = {};

			cmd_reply(&c, 0, NULL);
			ASSERT_EQ(0, actor_write_read(d->server, &c));
		}
		ASSERT_EQ(0, actor_read(d->client));
		if (!one_way)
			ASSERT_EQ(0, actor_free(d->client));
	}
}

/* It is the reply's own flag that counts, not the call's. */
TEST_F(clear, reply)
{
	struct duo *d = &self->d;
	binder_uintptr_t extra;
	struct binder_cmds c = {};
	int i;

	for (i = 0; i < 4; i++) {
		bool clear = i & 1;

		ASSERT_EQ(0, actor_call(d->client, d->open, 1, clear ? 0 : TF_CLEAR_BUF, NULL));
		duo_arrives(_metadata, d);
		cmd_reset(&c);
		cmd_ptr(&c, BC_FREE_BUFFER, actor_message(d->server)->data.ptr.buffer);
		cmd_reply_sg(&c, clear ? TF_CLEAR_BUF : 0, &self->p,
			     (variant->extra + 7) & ~7UL);
		ASSERT_EQ(0, actor_write_read(d->server, &c));
		ASSERT_EQ(0, actor_read(d->client));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", d->client);
		extra = extra_of(d->client, &self->p);
		ASSERT_EQ(0, actor_free(d->client));
		expect_freed(_metadata, d->client, &self->p, extra, variant->extra, clear);
	}
}

/* What fails half way is cleared like what was received. */
TEST_F(clear, failed_call)
{
	struct duo *d = &self->d;
	struct binder_payload bad = {};
	struct binder_cmds c = {};
	binder_uintptr_t extra;

	ASSERT_EQ(0, actor_call_sg(d->client, d->open, 0, &self->p,
				   (variant->extra + 7) & ~7UL));
	duo_arrives(_metadata, d);
	extra = extra_of(d->server, &self->p);
	ASSERT_EQ(0, actor_free(d->server));
	expect_freed(_metadata, d->server, &self->p, extra, variant->extra, false);
	/* The same size gets the same place. */
	payload_bytes(&bad, self->p.data, self->p.size);
	payload_offset(&bad, variant->extra ? self->p.offsets[0] : ~0ULL);
	if (variant->extra)
		((struct binder_buffer_object *)(bad.data + bad.offsets[0]))->length += 4096;
	ASSERT_EQ(0, actor_call_sg(d->client, d->open, TF_CLEAR_BUF | TF_ONE_WAY, &bad,
				   (variant->extra + 7) & ~7UL));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	expect_freed(_metadata, d->server, &self->p, extra, variant->extra, true);
	/* Now it is answered, the buffer being free already. */
	cmd_reply(&c, 0, NULL);
	ASSERT_EQ(0, actor_write_read(d->server, &c));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_EQ(0, actor_free(d->client));
}

TEST_HARNESS_MAIN
