/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records: what a buffer holds.
 *
 * While a payload is translated, everything that is taken on behalf of the buffer
 * is noted in a typed record: a count of one of the receiver's handles, a count
 * of one of its nodes, a file on its way.  Freeing the buffer, or unwinding a
 * message that fails half way, walks the records and nothing else.
 *
 * A record is reserved before the thing is taken, so that noting it can't fail.
 *
 * Files.  The sender's fd is turned into a struct file when the message is sent,
 * and into an fd of the receiver when that reads it (binder_files_prepare());
 * the number is then written to the place in the payload where the sender's was.
 * Until the read has succeeded the numbers are only reserved.  From then on a
 * lone fd is the receiver's; those of an array are the buffer's, and freeing it
 * closes them.
 */
#ifndef BINDER_RECORDS_H
#define BINDER_RECORDS_H

#include <linux/types.h>

struct binder_buffer;
struct binder_node;
struct binder_proc;
struct binder_thread;
struct file;

enum binder_record_type {
	BINDER_RECORD_NONE,
	BINDER_RECORD_HANDLE,
	BINDER_RECORD_NODE,
	BINDER_RECORD_FILE,	/* on its way to the receiver */
	BINDER_RECORD_FD,	/* of an array, installed: to be closed */
};

/**
 * struct binder_record - something that a buffer holds
 * @type:    what
 * @strong:  HANDLE, NODE: which count
 * @array:   FILE: one of an fd array
 * @handle:  HANDLE: the receiver's handle …
 * @node_id: HANDLE: … and the node that it meant
 * @node:    NODE: a node of the receiver's, with a reference
 * @offset:  FILE: where in the buffer its number is to be
 * @fd:      FILE: the number reserved, or -1; FD: the number
 * @file:    FILE: with a reference
 */
struct binder_record {
	u8 type;
	bool strong;
	bool array;
	union {
		u32 handle;
		u32 offset;
	};
	s32 fd;
	union {
		u64 node_id;
		struct binder_node *node;
		struct file *file;
	};
};

/* How many records are allocated together. */
#define BINDER_RECORDS_CHUNK	15

/**
 * struct binder_records - some of the records of a buffer
 * @next:   more of them, taken later
 * @count:  how many are used
 * @files:  there is a file among these
 * @record: the records
 */
struct binder_records {
	struct binder_records *next;
	u32 count;
	bool files;
	struct binder_record record[BINDER_RECORDS_CHUNK];
};

struct binder_record *binder_record_reserve(struct binder_buffer *buffer);
void binder_records_release(struct binder_proc *receiver, struct binder_buffer *buffer,
			    struct binder_thread *closer);
int binder_files_prepare(struct binder_proc *receiver, struct binder_buffer *buffer);
void binder_files_install(struct binder_buffer *buffer);
void binder_files_cancel(struct binder_buffer *buffer);

#endif /* BINDER_RECORDS_H */
