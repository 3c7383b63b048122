/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Translate: the payload's way from the sender's memory into the receiver's area.
 *
 * One pass, and nothing is read twice: data between objects is copied as it is; an
 * object is read once into kernel memory, checked, translated there, and written
 * to the area.  What the translation takes on behalf of the receiver's buffer is
 * noted in records (records.h); the payload, which the sender has written and the
 * receiver can see, is never looked at again.
 */
#ifndef BINDER_TRANSLATE_H
#define BINDER_TRANSLATE_H

#include "abi.h"
#include "failure.h"

struct binder_buffer;
struct binder_proc;
struct binder_thread;

/* An object as read from a payload; which one it is says hdr.type. */
union binder_object {
	struct binder_object_header hdr;
	struct flat_binder_object flat;
	struct binder_fd_object fd;
	struct binder_buffer_object ptr;
	struct binder_fd_array_object fda;
};

size_t binder_object_size(u32 type);
int binder_object_check(const union binder_object *object, u64 offset, u64 floor, u64 data_size);
struct binder_failure binder_translate(struct binder_thread *sender, struct binder_proc *receiver,
				       struct binder_buffer *buffer,
				       const struct binder_transaction_data *data, bool fds_ok);

#endif /* BINDER_TRANSLATE_H */
