/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands: what a thread writes.
 *
 * A command is fetched from the writer into kernel memory, each byte once, and carried
 * out from there, before the next one is looked at.  A command whose payload would
 * reach behind the end of the stream is refused.
 */
#ifndef BINDER_COMMAND_H
#define BINDER_COMMAND_H

#include <linux/types.h>

#include "abi.h"

struct binder_thread;

/**
 * union binder_payload - room for the payload of any command
 * @word:           of one that has 8 bytes
 * @transaction:    of a call or a reply
 * @transaction_sg: the same with pointer objects: the longest
 */
union binder_payload {
	u64 word;
	struct binder_transaction_data transaction;
	struct binder_transaction_data_sg transaction_sg;
};

/**
 * struct binder_stream - a command stream being read
 * @from:    where the next command is, in the writer's memory
 * @left:    bytes from there on
 * @payload: of the command decoded last; not a part of this, which fits into registers
 */
struct binder_stream {
	const void __user *from;
	u64 left;
	union binder_payload *payload;
};

typedef int binder_command_fn(struct binder_thread *thread, const void *payload);

/**
 * struct binder_command - a command of the protocol
 * @code: BC_ code, which encodes the size of the payload
 * @run:  carries it out.  Returns 0, also where the answer is a BR_ command, or
 *        a negative errno that ends the ioctl.
 */
struct binder_command {
	u32 code;
	binder_command_fn *run;
};

const struct binder_command *binder_stream_next(struct binder_stream *stream);
int binder_command_write(struct binder_thread *thread, struct binder_write_read *bwr);

#endif /* BINDER_COMMAND_H */
