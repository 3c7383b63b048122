// SPDX-License-Identifier: GPL-2.0-only
/*
 * Payloads that a driver must refuse: bad addresses and sizes, offsets that are out of
 * range or order, objects that are cut off, unknown or nobody's.
 */
#include "client.h"

/* The payload's place and size. */

FIXTURE(payload) {
	struct client t;
};

FIXTURE_SETUP(payload)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(payload)
{
	client_teardown(_metadata, &self->t);
}

/* Enough to choke on, and all values whose sum with another wraps. */
static const binder_size_t huge_sizes[] = {
	BINDER_MAP_SIZE + 1, BINDER_MAP_SIZE + 4096, 1ULL << 22,
	(1ULL << 31) - 1, 1ULL << 31, (1ULL << 32) - 8, 1ULL << 32, 1ULL << 47,
	1ULL << 62, (1ULL << 63) - 8, 1ULL << 63, -4096ULL, -16ULL, -8ULL,
	-7ULL, -4ULL, -1ULL,
};

TEST_F(payload, bad_data_pointer)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
		t->trying = bad_pointers[i];
		tr.data_size = 100;
		tr.data.ptr.buffer = bad_pointers[i];
		fails_either_way(_metadata, t, &tr);
	}
	tr.data.ptr.buffer = 0;
	fails_either_way(_metadata, t, &tr);
}

TEST_F(payload, bad_offsets_pointer)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
	for (i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
		t->trying = bad_pointers[i];
		binder_fill_call(&tr, 0, 1, 0, &t->p);
		tr.data.ptr.offsets = bad_pointers[i];
		fails_either_way(_metadata, t, &tr);
	}
	tr.data.ptr.offsets = 0;
	fails_either_way(_metadata, t, &tr);
}

TEST_F(payload, huge_data)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_bytes(&t->p, "12345678", 8);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		t->trying = huge_sizes[i];
		binder_fill_call(&tr, 0, 1, 0, &t->p);
		tr.data_size = huge_sizes[i];
		fails_either_way(_metadata, t, &tr);
	}
}

TEST_F(payload, huge_offsets)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i;

	payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		t->trying = huge_sizes[i];
		binder_fill_call(&tr, 0, 1, 0, &t->p);
		tr.offsets_size = huge_sizes[i];
		fails_either_way(_metadata, t, &tr);
	}
}

TEST_F(payload, huge_together)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	size_t i, j;

	payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
	binder_fill_call(&tr, 0, 1, 0, &t->p);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(huge_sizes); j++) {
			tr.data_size = huge_sizes[i];
			tr.offsets_size = huge_sizes[j];
			fails_call(_metadata, t, &tr);
		}
		/* Its sum with this is 0, 8 or 16, were it not for the carry. */
		for (j = 0; j <= 16; j += 8) {
			tr.offsets_size = j - huge_sizes[i];
			fails_call(_metadata, t, &tr);
		}
	}
}

TEST_F(payload, huge_extra_buffers)
{
	struct binder_transaction_data_sg sg = {};
	struct client *t = &self->t;
	size_t i;

	payload_bytes(&t->p, "12345678", 8);
	binder_fill_call(&sg.transaction_data, 0, 1, 0, &t->p);
	for (i = 0; i < ARRAY_SIZE(huge_sizes); i++) {
		/* Sizes of extra buffers must be multiples of 8, too. */
		t->trying = huge_sizes[i];
		sg.buffers_size = huge_sizes[i];
		cmd_sg(&t->c, BC_TRANSACTION_SG, &sg);
		fails(_metadata, t);
	}
	for (i = 0; i <= 16; i += 8) {
		sg.buffers_size = i - 8 - BINDER_MAP_SIZE;
		sg.transaction_data.data_size = BINDER_MAP_SIZE;
		cmd_sg(&t->c, BC_TRANSACTION_SG, &sg);
		fails(_metadata, t);
	}
}

TEST_F(payload, unaligned_extra_buffers)
{
	struct binder_transaction_data_sg sg = {};
	struct client *t = &self->t;

	payload_bytes(&t->p, "12345678", 8);
	binder_fill_call(&sg.transaction_data, 0, 1, 0, &t->p);
	for (sg.buffers_size = 1; sg.buffers_size < 8; sg.buffers_size++) {
		cmd_sg(&t->c, BC_TRANSACTION_SG, &sg);
		fails(_metadata, t);
	}
}

/* The copy faults after some pages, or in the middle of one. */
TEST_F(payload, data_partly_unmapped)
{
	static const size_t mapped[] = { 1, 100, 4096 - 8, 4096 };
	struct binder_transaction_data tr = {};
	uint8_t *end = page_before_nothing();
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(mapped); i++) {
		for (size = mapped[i] + 1; size < 600000; size *= 7) {
			tr.data.ptr.buffer =
				(uintptr_t)(end - mapped[i]);
			tr.data_size = size;
			/* One-way calls have half the area. */
			if (size <= BINDER_MAP_SIZE / 3)
				fails_either_way(_metadata, &self->t, &tr);
			else
				fails_call(_metadata, &self->t, &tr);
		}
	}
}

TEST_F(payload, offsets_partly_unmapped)
{
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };
	struct binder_transaction_data tr = {};
	uint8_t *end = page_before_nothing();
	struct client *t = &self->t;
	binder_size_t *offsets = (binder_size_t *)end - 2;
	int i;

	for (i = 0; i < 1000; i++)
		payload_object(&t->p, &object, sizeof(object));
	binder_fill_call(&tr, 0, 1, 0, &t->p);
	offsets[0] = 0;
	offsets[1] = sizeof(object);
	tr.data.ptr.offsets = (uintptr_t)offsets;
	fails_either_way(_metadata, t, &tr);
}

/* The largest one-way payload that the server's area takes at the moment. */
static size_t largest_oneway(struct __test_metadata *_metadata,
			     struct client *t)
{
	size_t low = 0, high = BINDER_MAP_SIZE, size;

	while (high - low > 8) {
		size = (low + high) / 2 & ~7UL;
		payload_reset(&t->p);
		cmd_reset(&t->c);
		payload_pattern(&t->p, 1, size);
		cmd_call(&t->c, 0, 1, TF_ONE_WAY, &t->p);
		ASSERT_EQ(0, binder_write(&t->dev, &t->c));
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
		if (binder_find(&t->r, BR_FAILED_REPLY, 0)) {
			high = size;
			continue;
		}
		low = size;
		ASSERT_EQ(0, actor_free_buffer(t->server,
					       server_take(_metadata, t)->
					       data.ptr.buffer));
	}
	payload_reset(&t->p);
	cmd_reset(&t->c);
	return low;
}

/* What a failed one-way call had reserved of its own half is given back. */
TEST_F(payload, oneway_space_returns)
{
	struct binder_transaction_data tr = {};
	uint8_t *end = page_before_nothing();
	struct client *t = &self->t;
	size_t before;
	int i;

	before = largest_oneway(_metadata, t);
	EXPECT_LT(BINDER_MAP_SIZE / 2 - 4096, before);
	EXPECT_GE(BINDER_MAP_SIZE / 2, before);
	tr.flags = TF_ONE_WAY;
	for (i = 0; i < 300; i++) {
		tr.data.ptr.buffer = (uintptr_t)(end - 4000);
		tr.data_size = 4001 + i;
		fails_call(_metadata, t, &tr);
	}
	EXPECT_EQ(before, largest_oneway(_metadata, t));
}

/* The offsets. */

#define OBJECTS	4
#define OBJECT	(sizeof(struct flat_binder_object))

FIXTURE(offsets) {
	struct client t;
	struct flat_binder_object *objects;
};

FIXTURE_SETUP(offsets)
{
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };

	client_setup(_metadata, &self->t);
	for (int i = 0; i < OBJECTS; i++)
		payload_bytes(&self->t.p, &object, sizeof(object));
}

FIXTURE_TEARDOWN(offsets)
{
	client_teardown(_metadata, &self->t);
}

/* The objects with these offsets, cut off after @size bytes. */
static void fails_offsets(struct __test_metadata *_metadata, struct client *t,
			  size_t size, const binder_size_t *offsets,
			  size_t bytes)
{
	struct binder_transaction_data tr = {};

	binder_fill_call(&tr, 0, 1, 0, &t->p);
	tr.data_size = size;
	tr.data.ptr.offsets = (uintptr_t)offsets;
	tr.offsets_size = bytes;
	fails_either_way(_metadata, t, &tr);
}

/* That these are refused means nothing unless these are not. */
TEST_F(offsets, valid)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;

	for (size_t i = 0; i < OBJECTS; i++)
		payload_offset(&t->p, i * OBJECT);
	cmd_call(&t->c, 0, 1, 0, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	EXPECT_EQ(OBJECTS * OBJECT, tr->data_size);
	EXPECT_EQ(OBJECTS * 8, tr->offsets_size);
	server_reply(_metadata, t, tr->data.ptr.buffer);
}

TEST_F(offsets, size_not_multiple)
{
	binder_size_t offsets[] = { 0, OBJECT, 2 * OBJECT };
	size_t bytes;

	for (bytes = 1; bytes < sizeof(offsets); bytes++) {
		if (bytes % 8)
			fails_offsets(_metadata, &self->t, OBJECTS * OBJECT,
				      offsets, bytes);
	}
}

TEST_F(offsets, unaligned)
{
	struct client *t = &self->t;
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };
	binder_size_t offset;

	for (offset = 1; offset < 16; offset++) {
		if (offset % 4 == 0)
			continue;
		/* There is an object, but not where one may be. */
		memcpy(t->p.data + offset, &object, sizeof(object));
		fails_offsets(_metadata, t, OBJECTS * OBJECT, &offset, 8);
	}
}

TEST_F(offsets, out_of_range)
{
	static const binder_size_t offsets[] = {
		OBJECTS * OBJECT - OBJECT + 4, OBJECTS * OBJECT - 4,
		OBJECTS * OBJECT, OBJECTS * OBJECT + 8, 4096, BINDER_MAP_SIZE,
		1ULL << 31, 1ULL << 32, 1ULL << 40, 1ULL << 63, -8ULL,
		-(binder_size_t)OBJECT, -4ULL,
	};
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		t->trying = offsets[i];
		fails_offsets(_metadata, t, OBJECTS * OBJECT, &offsets[i], 8);
	}
}

TEST_F(offsets, overlapping)
{
	struct client *t = &self->t;
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_HANDLE };
	binder_size_t offsets[2] = { 0 };

	for (offsets[1] = 4; offsets[1] < OBJECT; offsets[1] += 4) {
		/* Both are objects: the second one's type is in the first. */
		memcpy(t->p.data, &object, sizeof(object));
		memcpy(t->p.data + offsets[1], &object, sizeof(object));
		fails_offsets(_metadata, t, OBJECTS * OBJECT, offsets, 16);
	}
}

TEST_F(offsets, decreasing)
{
	binder_size_t two[] = { OBJECT, 0 };
	binder_size_t three[] = { 0, 2 * OBJECT, OBJECT };

	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, two, 16);
	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, three, 24);
}

TEST_F(offsets, duplicate)
{
	binder_size_t two[] = { 0, 0 };
	binder_size_t three[] = { 0, OBJECT, OBJECT };

	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, two, 16);
	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, three, 24);
}

TEST_F(offsets, more_than_objects)
{
	binder_size_t offsets[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		offsets[i] = i * OBJECT;
	fails_offsets(_metadata, &self->t, OBJECTS * OBJECT, offsets,
		      sizeof(offsets));
	fails_offsets(_metadata, &self->t, 0, offsets, sizeof(offsets));
}

/* The objects. */

FIXTURE(cut) {
	struct client t;
};

FIXTURE_VARIANT(cut) {
	uint32_t type;
	size_t size;
};

FIXTURE_SETUP(cut)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(cut)
{
	client_teardown(_metadata, &self->t);
}

FIXTURE_VARIANT_ADD(cut, binder) { BINDER_TYPE_BINDER, OBJECT };

FIXTURE_VARIANT_ADD(cut, weak_binder) { BINDER_TYPE_WEAK_BINDER, OBJECT };

FIXTURE_VARIANT_ADD(cut, handle) { BINDER_TYPE_HANDLE, OBJECT };

FIXTURE_VARIANT_ADD(cut, weak_handle) { BINDER_TYPE_WEAK_HANDLE, OBJECT };

FIXTURE_VARIANT_ADD(cut, fd) {
	BINDER_TYPE_FD, sizeof(struct binder_fd_object)
};

FIXTURE_VARIANT_ADD(cut, fda) {
	BINDER_TYPE_FDA, sizeof(struct binder_fd_array_object)
};

FIXTURE_VARIANT_ADD(cut, ptr) {
	BINDER_TYPE_PTR, sizeof(struct binder_buffer_object)
};

/* The data ends after each byte of an object. */
TEST_F(cut, at_the_end_of_data)
{
	struct binder_transaction_data tr = {};
	struct client *t = &self->t;
	struct binder_object_header hdr = { variant->type };
	uint8_t object[64] = {};
	size_t size, before;

	memcpy(object, &hdr, sizeof(hdr));
	for (before = 0; before <= 8; before += 4) {
		payload_reset(&t->p);
		payload_pattern(&t->p, 0, before);
		payload_bytes(&t->p, object, sizeof(object));
		payload_offset(&t->p, before);
		for (size = 0; size < variant->size; size++) {
			binder_fill_call(&tr, 0, 1, 0, &t->p);
			tr.data_size = before + size;
			fails_call(_metadata, t, &tr);
		}
	}
}

FIXTURE(objects) {
	struct client t;
};

FIXTURE_SETUP(objects)
{
	client_setup(_metadata, &self->t);
}

FIXTURE_TEARDOWN(objects)
{
	client_teardown(_metadata, &self->t);
}

TEST_F(objects, unknown_type)
{
	static const uint32_t types[] = {
		0, 1, ~0U, 0x12345678, B_PACK_CHARS('s', 'b', '*', 0),
		B_PACK_CHARS('S', 'B', '*', B_TYPE_LARGE),
		B_PACK_CHARS(B_TYPE_LARGE, '*', 'b', 's'),
	};
	struct client *t = &self->t;
	struct flat_binder_object object = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		t->trying = types[i];
		object.hdr.type = types[i];
		payload_reset(&t->p);
		payload_object(&t->p, &object, sizeof(object));
		cmd_call(&t->c, 0, 1, 0, &t->p);
		fails(_metadata, t);
	}
}

TEST_F(objects, wild_handle)
{
	static const uint32_t handles[] = {
		1, 77, 1 << 20, 0x7fffffff, 0x80000000, ~0U,
	};
	struct client *t = &self->t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		t->trying = handles[i];
		payload_reset(&t->p);
		payload_handle(&t->p, BINDER_TYPE_HANDLE, handles[i]);
		cmd_call(&t->c, 0, 1, 0, &t->p);
		fails(_metadata, t);
		payload_reset(&t->p);
		payload_handle(&t->p, BINDER_TYPE_WEAK_HANDLE, handles[i]);
		cmd_call(&t->c, 0, 1, 0, &t->p);
		fails(_metadata, t);
	}
}

/* The manager's node says that it takes no files. */
TEST_F(objects, file_to_who_takes_none)
{
	struct binder_fd_object object = {
		.hdr.type = BINDER_TYPE_FD,
		.fd = STDOUT_FILENO,
	};
	struct client *t = &self->t;

	payload_object(&t->p, &object, sizeof(object));
	cmd_call(&t->c, 0, 1, 0, &t->p);
	fails(_metadata, t);
}

/* What good objects did is undone when a later one turns out to be bad. */
TEST_F(objects, bad_after_good)
{
	struct client *t = &self->t;
	int i;

	for (i = 0; i < 10; i++) {
		payload_reset(&t->p);
		payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100 + i, i);
		payload_binder(&t->p, BINDER_TYPE_WEAK_BINDER, 0x200 + i, i);
		payload_handle(&t->p, BINDER_TYPE_HANDLE, 0);
		payload_handle(&t->p, BINDER_TYPE_HANDLE, 77);
		cmd_reset(&t->c);
		cmd_call(&t->c, 0, 1, 0, &t->p);
		ASSERT_EQ(0, binder_write(&t->dev, &t->c));
		ASSERT_EQ(0, binder_read(&t->dev, &t->r, BINDER_PATIENCE_MS));
		ASSERT_NE(NULL, binder_find(&t->r, BR_FAILED_REPLY, 0)) {
			TH_LOG("read %s", binder_shape(&t->r));
		}
		ASSERT_EQ(NULL, binder_find(&t->r, BR_ACQUIRE, 0));
		EXPECT_EQ(0, settle_refs(_metadata, t));
	}
}

/* The address names the node, and its cookie can't change. */
TEST_F(objects, other_cookie)
{
	struct client *t = &self->t;
	struct binder_transaction_data *tr;
	binder_uintptr_t buffer;

	payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100, 1);
	cmd_call(&t->c, 0, 1, TF_ONE_WAY, &t->p);
	ASSERT_EQ(0, binder_write(&t->dev, &t->c));
	tr = server_take(_metadata, t);
	buffer = tr->data.ptr.buffer;
	EXPECT_EQ(2, settle_refs(_metadata, t));

	payload_reset(&t->p);
	payload_binder(&t->p, BINDER_TYPE_BINDER, 0x100, 2);
	cmd_reset(&t->c);
	cmd_call(&t->c, 0, 1, 0, &t->p);
	fails(_metadata, t);

	ASSERT_EQ(0, actor_free_buffer(t->server, buffer));
	EXPECT_EQ(-2, settle_refs(_metadata, t));
}

TEST_HARNESS_MAIN
