/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands: what a thread writes.
 *
 * The stream is fetched from the writer into kernel memory, each byte once, a
 * window at a time that holds any one command; decoding and carrying out work on
 * that copy.  A command whose payload would reach behind the end of the stream
 * is refused.
 */
#ifndef BINDER_COMMAND_H
#define BINDER_COMMAND_H

#include <linux/math.h>

#include "abi.h"

struct binder_thread;

/* Holds a few commands of any kind. */
#define BINDER_STREAM_WINDOW	256

/**
 * struct binder_stream - a command stream being read
 * @from:  next byte of the writer's memory to fetch
 * @left:  bytes not fetched yet
 * @start: next byte of @window to decode
 * @end:   behind the last fetched byte in @window
 * @payload: of the command decoded last, if it does not lie aligned in @window
 * @window: fetched bytes
 */
struct binder_stream {
	const void __user *from;
	u64 left;
	u32 start;
	u32 end;
	u64 payload[DIV_ROUND_UP(sizeof(struct binder_transaction_data_sg), sizeof(u64))];
	u8 window[BINDER_STREAM_WINDOW] __aligned(sizeof(u64));
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

int binder_stream_next(struct binder_stream *stream, const struct binder_command **command,
		       const void **payload, u32 *consumed);
int binder_command_write(struct binder_thread *thread, struct binder_write_read *bwr);

#endif /* BINDER_COMMAND_H */
