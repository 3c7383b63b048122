// SPDX-License-Identifier: GPL-2.0-only
/* Pointer objects and fd arrays.  The essay is in scatter.h. */

#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>

#include "area/area.h"
#include "proc.h"
#include "scatter.h"

/**
 * binder_scatter_init() - no piece so far
 * @scatter: what to set up
 * @buffer:  where the pieces will go
 */
void binder_scatter_init(struct binder_scatter *scatter, const struct binder_buffer *buffer)
{
	u32 start = binder_buffer_offsets(buffer) +
		    ALIGN(buffer->offsets_size, BINDER_RANGE_ALIGN);

	*scatter = (struct binder_scatter){
		.count = buffer->offsets_size / sizeof(u64),
		.next = start,
		.end = binder_buffer_secctx(buffer),
		.last = BINDER_NO_PIECE,
	};
}

/**
 * binder_scatter_destroy() - forget the pieces
 * @scatter: the pieces
 */
void binder_scatter_destroy(struct binder_scatter *scatter)
{
	kvfree(scatter->piece);
}

/* The pieces are only allocated for payloads that have some. */
static int ensure_pieces(struct binder_scatter *scatter)
{
	if (scatter->piece)
		return 0;
	scatter->piece = kvcalloc(scatter->count, sizeof(*scatter->piece), GFP_KERNEL_ACCOUNT);
	return scatter->piece ? 0 : -ENOMEM;
}

/*
 * May @bytes at @offset of @parent's copy be fixed up, on behalf of the object
 * with @index?  No bytes may be anywhere, as long as they come in order.
 */
static int check_parent(const struct binder_scatter *scatter, u32 index, u64 parent,
			u64 offset, u64 bytes)
{
	u32 last = scatter->last;
	u64 floor = scatter->floor;
	const struct binder_piece *piece;

	if (!scatter->piece || parent >= index || !scatter->piece[parent].valid)
		return -EINVAL;
	piece = &scatter->piece[parent];
	if (bytes && (bytes > piece->length || offset > piece->length - bytes ||
		      !IS_ALIGNED(offset, sizeof(u32))))
		return -EINVAL;

	/* Up from what was fixed up in last; each step closes what lies below. */
	while (last != parent) {
		if (last == BINDER_NO_PIECE || scatter->piece[last].parent == BINDER_NO_PIECE)
			return -EINVAL;
		floor = scatter->piece[last].parent_offset + sizeof(binder_uintptr_t);
		last = scatter->piece[last].parent;
	}
	return offset >= floor ? 0 : -EINVAL;
}

/**
 * binder_scatter_pointer() - copy what a pointer object names, and fix its parent up
 * @scatter:  the pieces
 * @index:    of the object in the array of offsets
 * @object:   the object; its buffer becomes the receiver's address
 * @receiver: whose area @buffer is in
 * @buffer:   the caller's
 *
 * Context: may fault and sleep.
 * Return: 0, -EINVAL, -EFAULT, -ENOMEM.
 */
int binder_scatter_pointer(struct binder_scatter *scatter, u32 index,
			   struct binder_buffer_object *object,
			   struct binder_proc *receiver, struct binder_buffer *buffer)
{
	bool has_parent = object->flags & BINDER_BUFFER_FLAG_HAS_PARENT;
	struct binder_piece *piece;
	binder_uintptr_t user;
	int ret;

	if (object->length > scatter->end - scatter->next)
		return -EINVAL;
	ret = ensure_pieces(scatter);
	if (ret)
		return ret;
	if (has_parent) {
		ret = check_parent(scatter, index, object->parent, object->parent_offset,
				   sizeof(user));
		if (ret)
			return ret;
	}

	piece = &scatter->piece[index];
	*piece = (struct binder_piece){
		.from = object->buffer,
		.at = scatter->next,
		.length = object->length,
		.parent = has_parent ? object->parent : BINDER_NO_PIECE,
		.parent_offset = has_parent ? object->parent_offset : 0,
		.valid = true,
	};
	ret = binder_area_copy_from_user(receiver->area, buffer, piece->at,
					 u64_to_user_ptr(piece->from), piece->length);
	if (ret)
		return ret;
	user = binder_buffer_user(receiver->area, buffer) + piece->at;
	if (has_parent)
		binder_area_write(receiver->area, buffer,
				  scatter->piece[piece->parent].at + piece->parent_offset,
				  &user, sizeof(user));
	object->buffer = user;
	/* The space is a multiple of 8 bytes, so there is room for the padding. */
	scatter->next += ALIGN(piece->length, sizeof(u64));
	scatter->last = index;
	scatter->floor = 0;
	return 0;
}

/**
 * binder_scatter_array() - find the fds of an fd array
 * @scatter: the pieces
 * @index:   of the object in the array of offsets
 * @object:  the object
 * @parent:  set to the piece that has the fds, at object->parent_offset
 *
 * Return: 0 or -EINVAL.
 */
int binder_scatter_array(struct binder_scatter *scatter, u32 index,
			 const struct binder_fd_array_object *object,
			 const struct binder_piece **parent)
{
	u64 bytes;
	int ret;

	if (check_mul_overflow(object->num_fds, (u64)sizeof(u32), &bytes))
		return -EINVAL;
	ret = check_parent(scatter, index, object->parent, object->parent_offset, bytes);
	if (ret)
		return ret;
	*parent = &scatter->piece[object->parent];
	/* The fds are read from places of their own size. */
	if (bytes && !IS_ALIGNED((*parent)->from, sizeof(u32)))
		return -EINVAL;
	scatter->last = object->parent;
	scatter->floor = object->parent_offset + bytes;
	return 0;
}
