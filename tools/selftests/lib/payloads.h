/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Payloads with all kinds of objects in them, and the commands that carry them.
 */
#ifndef BINDER_TEST_PAYLOADS_H
#define BINDER_TEST_PAYLOADS_H

#include <stdint.h>
#include <string.h>
#include "binder_client.h"

/* Objects. What they point to must be in memory that all actors see. */

static inline size_t payload_fd(struct binder_payload *p, uint32_t fd)
{
	struct binder_fd_object o = { .hdr.type = BINDER_TYPE_FD };

	o.fd = fd;
	return payload_object(p, &o, sizeof(o));
}

static inline size_t payload_pointer(struct binder_payload *p,
				     const void *bytes, binder_size_t length)
{
	struct binder_buffer_object o = {
		.hdr.type = BINDER_TYPE_PTR,
		.buffer = (uintptr_t)bytes,
		.length = length,
	};

	return payload_object(p, &o, sizeof(o));
}

static inline size_t payload_child(struct binder_payload *p, const void *bytes,
				   binder_size_t length, binder_size_t parent,
				   binder_size_t parent_offset)
{
	struct binder_buffer_object o = {
		.hdr.type = BINDER_TYPE_PTR,
		.flags = BINDER_BUFFER_FLAG_HAS_PARENT,
		.buffer = (uintptr_t)bytes,
		.length = length,
		.parent = parent,
		.parent_offset = parent_offset,
	};

	return payload_object(p, &o, sizeof(o));
}

static inline size_t payload_fd_array(struct binder_payload *p,
				      binder_size_t num_fds,
				      binder_size_t parent,
				      binder_size_t parent_offset)
{
	struct binder_fd_array_object o = {
		.hdr.type = BINDER_TYPE_FDA,
		.num_fds = num_fds,
		.parent = parent,
		.parent_offset = parent_offset,
	};

	return payload_object(p, &o, sizeof(o));
}

/*
 * The beginning of a payload with parents in it: stock refuses those at offset 0
 * of the data, but for the tests that are about that.
 */
static inline void payload_begin(struct binder_payload *p)
{
	payload_reset(p);
	payload_pattern(p, 1, 8);
}

/* The space that @p's pointer objects need. */
static inline binder_size_t payload_extra(const struct binder_payload *p)
{
	struct binder_buffer_object o;
	binder_size_t sum = 0;
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->offsets[i] + sizeof(o) > p->size)
			continue;
		memcpy(&o, p->data + p->offsets[i], sizeof(o));
		if (o.hdr.type == BINDER_TYPE_PTR)
			sum += (o.length + 7) & ~7ULL;
	}
	return sum;
}

static inline void cmd_call_sg(struct binder_cmds *c, uint32_t handle,
			       uint32_t code, uint32_t flags,
			       const struct binder_payload *p,
			       binder_size_t extra)
{
	struct binder_transaction_data_sg sg = { .buffers_size = extra };

	binder_fill_call(&sg.transaction_data, handle, code, flags, p);
	cmd_none(c, BC_TRANSACTION_SG);
	cmd_raw(c, &sg, sizeof(sg));
}

static inline void cmd_reply_sg(struct binder_cmds *c, uint32_t flags,
				const struct binder_payload *p,
				binder_size_t extra)
{
	struct binder_transaction_data_sg sg = { .buffers_size = extra };

	binder_fill_call(&sg.transaction_data, 0, 0, flags, p);
	cmd_none(c, BC_REPLY_SG);
	cmd_raw(c, &sg, sizeof(sg));
}

#endif /* BINDER_TEST_PAYLOADS_H */
