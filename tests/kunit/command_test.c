// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command decoder and the object checks, on well-formed and malformed input.
 *
 * Streams lie in user memory, as a writer's do, and end where that memory ends: a
 * byte read too many faults.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "../../drivers/android/binder/command.h"
#include "../../drivers/android/binder/translate.h"

/* What the decoder has to know; its handlers are not called here. */
static const u32 codes[] = {
	BC_TRANSACTION, BC_REPLY, BC_FREE_BUFFER, BC_INCREFS, BC_ACQUIRE, BC_RELEASE,
	BC_DECREFS, BC_INCREFS_DONE, BC_ACQUIRE_DONE, BC_REGISTER_LOOPER, BC_ENTER_LOOPER,
	BC_EXIT_LOOPER, BC_REQUEST_DEATH_NOTIFICATION, BC_CLEAR_DEATH_NOTIFICATION,
	BC_DEAD_BINDER_DONE, BC_TRANSACTION_SG, BC_REPLY_SG,
	BC_REQUEST_FREEZE_NOTIFICATION, BC_CLEAR_FREEZE_NOTIFICATION, BC_FREEZE_NOTIFICATION_DONE,
};

#define MEMORY	(4 * PAGE_SIZE)

#define WRITER_COMMANDS	80

/**
 * struct writer - a stream being written
 * @end:    of the user memory; behind it is nothing
 * @bytes:  the stream
 * @length: of it
 * @ends:   where each of its commands ends
 * @code:   … and which it is
 * @count:  of commands
 */
struct writer {
	unsigned long end;
	u8 bytes[2 * PAGE_SIZE];
	u32 length;
	u32 ends[WRITER_COMMANDS];
	u32 code[WRITER_COMMANDS];
	u32 count;
};

static struct writer *writer_create(struct kunit *test)
{
	struct writer *writer = kunit_kzalloc(test, sizeof(*writer), GFP_KERNEL);
	unsigned long user;

	KUNIT_ASSERT_NOT_NULL(test, writer);
	user = kunit_vm_mmap(test, NULL, 0, MEMORY, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_FALSE(test, !user || IS_ERR_VALUE(user));
	writer->end = user + MEMORY - PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, vm_munmap(writer->end, PAGE_SIZE), 0);
	return writer;
}

/* A byte of a payload: no two commands, and no two places in one, look alike. */
static u8 filler(u32 command, u32 offset)
{
	return 0x80 + command * 37 + offset * 11;
}

static void write_command(struct writer *writer, u32 code)
{
	u32 i;

	memcpy(writer->bytes + writer->length, &code, sizeof(code));
	writer->length += sizeof(code);
	for (i = 0; i < _IOC_SIZE(code); i++)
		writer->bytes[writer->length++] = filler(writer->count, i);
	writer->code[writer->count] = code;
	writer->ends[writer->count++] = writer->length;
}

/* The first @length bytes of the stream, as far as they are there, at the end of memory. */
static struct binder_stream *stream_at(struct kunit *test, struct writer *writer, u32 there,
				       u64 length)
{
	struct {
		struct binder_stream stream;
		union binder_payload payload;
	} *at = kunit_kzalloc(test, sizeof(*at), GFP_KERNEL);
	struct binder_stream *stream;

	KUNIT_ASSERT_NOT_NULL(test, at);
	stream = &at->stream;
	stream->payload = &at->payload;
	stream->from = (void __user *)(writer->end - there);
	stream->left = length;
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)stream->from, writer->bytes, there), 0);
	return stream;
}

/* Decode the first @count commands of @writer's stream, and compare. */
static const char *decode(struct binder_stream *stream, const struct writer *writer, u32 count,
			  u64 *done)
{
	const struct binder_command *command;
	u64 length = stream->left;
	u32 i, j;

	*done = 0;
	for (i = 0; i < count; i++) {
		command = binder_stream_next(stream);
		if (IS_ERR(command))
			return "a command is not decoded";
		*done = length - stream->left;
		if (command->code != writer->code[i])
			return "it is another command";
		if (!command->run)
			return "it has no handler";
		if (*done != writer->ends[i])
			return "it takes more or fewer bytes";
		for (j = 0; j < _IOC_SIZE(command->code); j++)
			if (((const u8 *)stream->payload)[j] != filler(i, j))
				return "its payload is not what was written";
	}
	return NULL;
}

/* What decoding comes to after @count commands, asked for twice. */
static void expect_end(struct kunit *test, struct binder_stream *stream,
		       const struct writer *writer, u32 count, int expected, u32 where)
{
	const char *bad;
	u64 done, left;

	bad = decode(stream, writer, count, &done);
	if (bad)
		KUNIT_FAIL_AND_ABORT(test, "at %u, done %llu: %s", where, done, bad);
	left = stream->left;
	KUNIT_ASSERT_EQ_MSG(test, left == 0, expected == 0, "at %u", where);
	if (expected) {
		KUNIT_ASSERT_EQ_MSG(test, PTR_ERR(binder_stream_next(stream)), expected, "at %u",
				    where);
		KUNIT_ASSERT_EQ_MSG(test, PTR_ERR(binder_stream_next(stream)), expected,
				    "at %u again", where);
	}
	KUNIT_ASSERT_EQ_MSG(test, stream->left, left, "at %u", where);
	kunit_kfree(test, stream);
}

static void write_all(struct writer *writer)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++)
		write_command(writer, codes[i]);
}

/* All commands there are, forwards and backwards; and nothing at all. */
static void command_each(struct kunit *test)
{
	struct writer *writer = writer_create(test);
	int i;

	expect_end(test, stream_at(test, writer, 0, 0), writer, 0, 0, 0);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		writer->length = 0;
		writer->count = 0;
		write_command(writer, codes[i]);
		expect_end(test, stream_at(test, writer, writer->length, writer->length),
			   writer, 1, 0, i);
	}
	writer->length = 0;
	writer->count = 0;
	write_all(writer);
	for (i = ARRAY_SIZE(codes) - 1; i >= 0; i--)
		write_command(writer, codes[i]);
	expect_end(test, stream_at(test, writer, writer->length, writer->length),
		   writer, writer->count, 0, 0);
}

/* Whatever byte a stream ends at, what is whole is decoded and the rest refused. */
static void command_truncated(struct kunit *test)
{
	struct writer *writer = writer_create(test);
	u32 length, whole = 0;

	write_all(writer);
	for (length = 0; length <= writer->length; length++) {
		bool clean;

		if (length && length == writer->ends[whole])
			whole++;
		clean = !length || (whole && length == writer->ends[whole - 1]);
		expect_end(test, stream_at(test, writer, length, length), writer, whole,
			   clean ? 0 : -EINVAL, length);
	}
	KUNIT_EXPECT_EQ(test, whole, writer->count);
}

static bool in_abi(u32 code)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* @code behind a good command, with more than enough of a payload. */
static void expect_unknown(struct kunit *test, struct writer *writer, u32 code)
{
	writer->length = 0;
	writer->count = 0;
	write_command(writer, BC_FREE_BUFFER);
	memcpy(writer->bytes + writer->length, &code, sizeof(code));
	memset(writer->bytes + writer->length + sizeof(code), 0, SZ_1K);
	writer->length += sizeof(code) + SZ_1K;
	expect_end(test, stream_at(test, writer, writer->length, writer->length), writer, 1,
		   -EINVAL, code);
}

/* The right number with another size, direction or type; and other numbers. */
static void command_unknown(struct kunit *test)
{
	static const u32 others[] = {
		0, U32_MAX, BC_ACQUIRE_RESULT, BC_ATTEMPT_ACQUIRE,
		BR_TRANSACTION, BR_REPLY, BR_NOOP, BR_DEAD_BINDER, BINDER_WRITE_READ,
	};
	struct writer *writer = writer_create(test);
	u32 code, bit, i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		expect_unknown(test, writer, others[i]);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		for (bit = 0; bit < 32; bit++) {
			code = codes[i] ^ BIT(bit);
			if (!in_abi(code))
				expect_unknown(test, writer, code);
		}
		code = _IOC(_IOC_DIR(codes[i]), 'c', _IOC_NR(codes[i]), _IOC_SIZE(codes[i]) + 4);
		expect_unknown(test, writer, code);
	}
	for (i = 0; i < 256; i++) {
		if (!in_abi(_IO('c', i)))
			expect_unknown(test, writer, _IO('c', i));
		if (!in_abi(_IOW('c', i, u32)))
			expect_unknown(test, writer, _IOW('c', i, u32));
		if (!in_abi(_IOW('c', i, u64)))
			expect_unknown(test, writer, _IOW('c', i, u64));
	}
}

/* Wherever in the stream a command begins, it comes out whole. */
static void command_straddle(struct kunit *test)
{
	struct writer *writer = writer_create(test);
	u32 lead, i;

	for (lead = 0; lead < WRITER_COMMANDS - 5; lead++) {
		writer->length = 0;
		writer->count = 0;
		for (i = 0; i < lead; i++)
			write_command(writer, BC_ENTER_LOOPER);
		write_command(writer, BC_TRANSACTION_SG);
		write_command(writer, BC_REQUEST_DEATH_NOTIFICATION);
		write_command(writer, BC_REPLY);
		write_command(writer, BC_ACQUIRE_DONE);
		write_command(writer, BC_INCREFS);
		expect_end(test, stream_at(test, writer, writer->length, writer->length),
			   writer, writer->count, 0, lead);
		/* One byte of the last payload is missing. */
		expect_end(test, stream_at(test, writer, writer->length - 1, writer->length - 1),
			   writer, writer->count - 1, -EINVAL, lead);
	}
}

/* Whatever byte memory ends at, what is whole in front of it is decoded. */
static void command_fault(struct kunit *test)
{
	struct writer *writer = writer_create(test);
	u32 there, whole = 0;

	write_all(writer);
	write_all(writer);
	for (there = 0; there < writer->length; there++) {
		if (there && there == writer->ends[whole])
			whole++;
		expect_end(test, stream_at(test, writer, there, writer->length), writer, whole,
			   -EFAULT, there);
		expect_end(test, stream_at(test, writer, there, U64_MAX), writer, whole,
			   -EFAULT, there);
	}
	/* Somewhere that is no user memory. */
	writer->end = 16;
	KUNIT_EXPECT_NE(test, copy_to_user(NULL, writer->bytes, 1), 0);
}

static const struct { u32 type; size_t size; } types[] = {
	{ BINDER_TYPE_BINDER, 24 }, { BINDER_TYPE_WEAK_BINDER, 24 }, { BINDER_TYPE_HANDLE, 24 },
	{ BINDER_TYPE_WEAK_HANDLE, 24 }, { BINDER_TYPE_FD, 24 }, { BINDER_TYPE_FDA, 32 },
	{ BINDER_TYPE_PTR, 40 },
};

static size_t size_of_type(u32 type)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return types[i].size;
	return 0;
}

/* Sizes are those of the ABI, for the types there are and no others. */
static void object_sizes(struct kunit *test)
{
	static const u32 unknown[] = {
		0, 1, U32_MAX, B_PACK_CHARS('s', 'b', '*', 0), B_PACK_CHARS('x', 'b', '*', 0x85),
		B_PACK_CHARS(0x85, '*', 'b', 's'),
	};
	int i, bit;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		KUNIT_EXPECT_EQ_MSG(test, binder_object_size(unknown[i]), 0, "%#x", unknown[i]);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		KUNIT_EXPECT_EQ_MSG(test, binder_object_size(types[i].type), types[i].size,
				    "%#x", types[i].type);
		for (bit = 0; bit < 32; bit++) {
			u32 type = types[i].type ^ BIT(bit);

			KUNIT_EXPECT_EQ_MSG(test, binder_object_size(type), size_of_type(type),
					    "%#x", type);
		}
	}
}

/* Each type where there is just room for it, and where a byte or a word is missing. */
static void object_at_end(struct kunit *test)
{
	union binder_object object = {};
	u32 i, missing;
	u64 at;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		u32 size = types[i].size;

		object.hdr.type = types[i].type;
		for (at = 0; at < 64; at += 4) {
			KUNIT_EXPECT_EQ(test, binder_object_check(&object, at, 0, at + size), 0);
			KUNIT_EXPECT_EQ(test, binder_object_check(&object, at, at, at + size), 0);
			for (missing = 1; missing <= size; missing++)
				KUNIT_EXPECT_EQ(test, binder_object_check(&object, at, 0,
									  at + size - missing),
						-EINVAL);
		}
	}
}

static void object_malformed(struct kunit *test)
{
	static const struct {
		const char *what;
		u32 type;
		u64 offset, floor, data;
		int expected;
	} cases[] = {
		{ "the first", BINDER_TYPE_BINDER, 0, 0, 24, 0 },
		{ "right behind another", BINDER_TYPE_BINDER, 24, 24, 48, 0 },
		{ "aligned to 4", BINDER_TYPE_FD, 28, 24, 52, 0 },
		{ "a gap before it", BINDER_TYPE_PTR, 400, 24, 440, 0 },
		{ "no such type", 0, 0, 0, 24, -EINVAL },
		{ "no such type, large", B_PACK_CHARS('f', 'd', '*', 0), 0, 0, 4096, -EINVAL },
		{ "unaligned by 1", BINDER_TYPE_BINDER, 1, 0, 4096, -EINVAL },
		{ "unaligned by 2", BINDER_TYPE_BINDER, 2, 0, 4096, -EINVAL },
		{ "unaligned by 3", BINDER_TYPE_BINDER, 4095, 0, 8192, -EINVAL },
		{ "the same again", BINDER_TYPE_BINDER, 0, 24, 4096, -EINVAL },
		{ "overlapping by a word", BINDER_TYPE_BINDER, 20, 24, 4096, -EINVAL },
		{ "decreasing", BINDER_TYPE_HANDLE, 48, 96, 4096, -EINVAL },
		{ "no data", BINDER_TYPE_FD, 0, 0, 0, -EINVAL },
		{ "starts at the end", BINDER_TYPE_FD, 24, 0, 24, -EINVAL },
		{ "starts behind the end", BINDER_TYPE_FD, 28, 0, 24, -EINVAL },
		{ "sticks out by a word", BINDER_TYPE_PTR, 24, 24, 60, -EINVAL },
		{ "sticks out by a byte", BINDER_TYPE_FDA, 24, 24, 55, -EINVAL },
		{ "2^32", BINDER_TYPE_BINDER, 1ULL << 32, 0, 4096, -EINVAL },
		{ "2^32 and a place", BINDER_TYPE_BINDER, (1ULL << 32) + 24, 0, 4096, -EINVAL },
		{ "2^63", BINDER_TYPE_BINDER, 1ULL << 63, 0, 4096, -EINVAL },
		{ "comes round to 0", BINDER_TYPE_BINDER, -24ULL, 0, 4096, -EINVAL },
		{ "comes round to 20", BINDER_TYPE_BINDER, -4ULL, 0, 4096, -EINVAL },
		{ "comes round to the end", BINDER_TYPE_PTR, -20ULL, 0, 20, -EINVAL },
		{ "comes round, high floor", BINDER_TYPE_FDA, -4ULL, -8ULL, 4096, -EINVAL },
		{ "high data, just there", BINDER_TYPE_FD, -28ULL, 0, -4ULL, 0 },
		{ "high data, sticks out", BINDER_TYPE_FD, -24ULL, 0, -4ULL, -EINVAL },
	};
	union binder_object object = {};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		object.hdr.type = cases[i].type;
		KUNIT_EXPECT_EQ_MSG(test, binder_object_check(&object, cases[i].offset,
							      cases[i].floor, cases[i].data),
				    cases[i].expected, "%s", cases[i].what);
	}
}

static struct kunit_case command_cases[] = {
	KUNIT_CASE(command_each),
	KUNIT_CASE(command_truncated),
	KUNIT_CASE(command_unknown),
	KUNIT_CASE(command_straddle),
	KUNIT_CASE(command_fault),
	KUNIT_CASE(object_sizes),
	KUNIT_CASE(object_at_end),
	KUNIT_CASE(object_malformed),
	{}
};

static struct kunit_suite command_suite = {
	.name = "binder_command",
	.test_cases = command_cases,
};

kunit_test_suite(command_suite);
