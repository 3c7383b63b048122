/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scatter-gather: pointer objects and fd arrays.
 *
 * A pointer object names memory of the sender.  The memory is copied to the
 * space behind the offsets (buffers_size bytes of it), and the receiver finds
 * the copy's address in the object.  If the object has a parent, an earlier
 * pointer object, the address is also written into the parent's copy, at
 * parent_offset: so a whole structure with pointers in it can be sent.  An fd array
 * says that there are num_fds fds in its parent's copy.
 *
 * What is known of each pointer object is kept here (struct binder_piece) while
 * the payload is translated; parents are looked up in that, never in the payload.
 *
 * Order.  Into a given parent, what is fixed up comes at ascending places, and
 * once a parent's later sibling has been begun nothing can be fixed up in it any
 * more: the parent has to be the object that was fixed up in last, or one of its
 * ancestors.  This is how the ABI has always been, and it keeps fix-ups from
 * overlapping.
 */
#ifndef BINDER_SCATTER_H
#define BINDER_SCATTER_H

#include "abi.h"

struct binder_proc;
struct binder_buffer;

/* A parent that does not exist. */
#define BINDER_NO_PIECE		U32_MAX

/**
 * struct binder_piece - what is known of a pointer object
 * @from:          address in the sender
 * @at:            where in the buffer its copy is
 * @length:        bytes
 * @parent:        the index of the parent object, or %BINDER_NO_PIECE
 * @parent_offset: where in the parent's copy
 * @valid:         the object with this index is a pointer object
 */
struct binder_piece {
	u64 from;
	u32 at;
	u32 length;
	u32 parent;
	u32 parent_offset;
	bool valid;
};

/**
 * struct binder_scatter - the pieces of a payload
 * @piece:  by the index of the object; NULL until the first pointer object
 * @count:  objects that the payload may have
 * @next:   where in the buffer the next copy goes
 * @end:    behind the space for copies
 * @last:   the index of the piece that was fixed up in last
 * @floor:  the lowest place in that piece where something may be fixed up now
 */
struct binder_scatter {
	struct binder_piece *piece;
	u32 count;
	u32 next;
	u32 end;
	u32 last;
	u64 floor;
};

void binder_scatter_init(struct binder_scatter *scatter, const struct binder_buffer *buffer);
void binder_scatter_destroy(struct binder_scatter *scatter);
int binder_scatter_pointer(struct binder_scatter *scatter, u32 index,
			   struct binder_buffer_object *object,
			   struct binder_proc *receiver, struct binder_buffer *buffer);
int binder_scatter_array(struct binder_scatter *scatter, u32 index,
			 const struct binder_fd_array_object *object,
			 const struct binder_piece **parent);

#endif /* BINDER_SCATTER_H */
