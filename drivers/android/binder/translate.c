// SPDX-License-Identifier: GPL-2.0-only
/* Payloads and the objects in them.  The essay is in translate.h. */

#include <linux/err.h>
#include <linux/file.h>
#include <linux/uaccess.h>

#include "area/area.h"
#include "handle.h"
#include "node.h"
#include "proc.h"
#include "records.h"
#include "scatter.h"
#include "security.h"
#include "thread.h"
#include "trace.h"
#include "translate.h"

/* Offsets are fetched this many at a time. */
#define OFFSETS_AT_ONCE	16

/**
 * struct translation - a payload on its way; what all steps need
 * @sender:   whose memory
 * @receiver: whose area
 * @buffer:   in @receiver's area
 * @from:     the data in the sender
 * @done:     bytes of data that are in the buffer already
 * @fds_ok:   the receiver takes fds
 * @scatter:  the pointer objects so far
 */
struct translation {
	struct binder_thread *sender;
	struct binder_proc *receiver;
	struct binder_buffer *buffer;
	const void __user *from;
	u32 done;
	bool fds_ok;
	struct binder_scatter scatter;
};

/**
 * binder_object_size() - how large an object is
 * @type: its hdr.type
 *
 * Return: bytes, or 0 for a type that does not exist.
 */
size_t binder_object_size(u32 type)
{
	switch (type) {
	case BINDER_TYPE_BINDER:
	case BINDER_TYPE_WEAK_BINDER:
	case BINDER_TYPE_HANDLE:
	case BINDER_TYPE_WEAK_HANDLE:
		return sizeof(struct flat_binder_object);
	case BINDER_TYPE_FD:
		return sizeof(struct binder_fd_object);
	case BINDER_TYPE_PTR:
		return sizeof(struct binder_buffer_object);
	case BINDER_TYPE_FDA:
		return sizeof(struct binder_fd_array_object);
	default:
		return 0;
	}
}

/**
 * binder_object_check() - may there be an object at an offset?
 * @object:    what was read there
 * @offset:    where in the data; a header lies within
 * @floor:     the end of the object before
 * @data_size: bytes of data
 *
 * Objects are aligned to 4 bytes, in ascending order, and do not overlap.
 *
 * Return: 0 or -EINVAL.
 */
int binder_object_check(const union binder_object *object, u64 offset, u64 floor, u64 data_size)
{
	size_t size = binder_object_size(object->hdr.type);

	if (!size || offset < floor || !IS_ALIGNED(offset, sizeof(u32)))
		return -EINVAL;
	if (offset > data_size || size > data_size - offset)
		return -EINVAL;
	return 0;
}

/* A lack of memory is one whatever it was for. */
static struct binder_failure failed(int error, enum binder_reason reason, u64 detail)
{
	return binder_failure(error, error == -ENOMEM ? BINDER_REASON_NO_MEMORY : reason,
			      detail);
}

/* Ids of refs are looked up for those only who trace. */
static void trace_handle(const struct translation *tr, const struct binder_node *node,
			 bool own, u32 from, u32 to)
{
	struct binder_proc *sender = tr->sender->proc, *receiver = tr->receiver;

	if (own && trace_binder_transaction_node_to_ref_enabled())
		trace_binder_transaction_node_to_ref(tr->buffer->id, node,
						     binder_handle_id(receiver, to), to);
	if (!own && trace_binder_transaction_ref_to_ref_enabled())
		trace_binder_transaction_ref_to_ref(tr->buffer->id, node,
						    binder_handle_id(sender, from), from,
						    binder_handle_id(receiver, to), to);
}

/* A receiver that holds @node gets a handle to it. */
static int to_handle(struct translation *tr, struct binder_node *node, bool strong,
		     struct binder_thread *teller, struct flat_binder_object *object)
{
	struct binder_record *record = binder_record_reserve(tr->buffer);
	u32 handle;
	int ret;

	if (!record)
		return -ENOMEM;
	ret = binder_handle_take(tr->receiver, node, strong, teller, &handle);
	if (ret)
		return ret;
	record->type = BINDER_RECORD_HANDLE;
	record->strong = strong;
	record->handle = handle;
	record->node_id = node->id;
	trace_handle(tr, node, teller, object->handle, handle);
	object->hdr.type = strong ? BINDER_TYPE_HANDLE : BINDER_TYPE_WEAK_HANDLE;
	object->binder = 0;
	object->handle = handle;
	object->cookie = 0;
	return 0;
}

/* The receiver gets its own object back. */
static int to_object(struct translation *tr, struct binder_node *node, bool strong,
		     struct flat_binder_object *object)
{
	struct binder_record *record = binder_record_reserve(tr->buffer);
	int ret;

	if (!record)
		return -ENOMEM;
	ret = binder_node_inc(node, strong, NULL);
	if (ret)
		return ret;
	record->type = BINDER_RECORD_NODE;
	record->strong = strong;
	record->node = binder_node_get(node);
	if (trace_binder_transaction_ref_to_node_enabled())
		trace_binder_transaction_ref_to_node(tr->buffer->id, node,
						     binder_handle_id(tr->sender->proc,
								      object->handle),
						     object->handle);
	object->hdr.type = strong ? BINDER_TYPE_BINDER : BINDER_TYPE_WEAK_BINDER;
	object->binder = node->ptr;
	object->cookie = node->cookie;
	return 0;
}

static bool may_send_object(const struct translation *tr)
{
	return !binder_security_object(tr->sender->proc->cred, tr->receiver->cred);
}

static struct binder_failure translate_node(struct translation *tr,
					    struct flat_binder_object *object, u32 offset)
{
	bool strong = object->hdr.type == BINDER_TYPE_BINDER;
	struct binder_node *node = binder_node_offer(tr->sender->proc, object);
	int ret;

	if (IS_ERR(node)) {
		if (PTR_ERR(node) == -EINVAL)
			binder_user_error(tr->sender, "object u%016llx sent with another cookie\n",
					  object->binder);
		return failed(PTR_ERR(node), BINDER_REASON_BAD_OBJECT, offset);
	}
	if (may_send_object(tr))
		ret = to_handle(tr, node, strong, tr->sender, object);
	else
		ret = -EPERM;
	binder_node_dec(node, false);
	binder_node_put(node);
	if (ret)
		return failed(ret, ret == -EPERM ? BINDER_REASON_SECURITY :
			      BINDER_REASON_BAD_OBJECT, offset);
	return binder_no_failure();
}

static struct binder_failure translate_handle(struct translation *tr,
					      struct flat_binder_object *object, u32 offset)
{
	bool strong = object->hdr.type == BINDER_TYPE_HANDLE;
	u32 handle = object->handle;
	struct binder_node *node = binder_handle_get_node(tr->sender->proc, handle, strong);
	int ret;

	if (IS_ERR(node)) {
		binder_user_error(tr->sender, "invalid handle %u sent\n", handle);
		return failed(-EINVAL, BINDER_REASON_BAD_HANDLE, handle);
	}
	if (!may_send_object(tr)) {
		binder_node_put(node);
		return failed(-EPERM, BINDER_REASON_SECURITY, handle);
	}
	if (node->proc == tr->receiver)
		ret = to_object(tr, node, strong, object);
	else
		ret = to_handle(tr, node, strong, NULL, object);
	binder_node_put(node);
	if (ret)
		return failed(ret, BINDER_REASON_BAD_HANDLE, handle);
	return binder_no_failure();
}

/* The file behind @fd goes to the receiver, who finds its number at @place. */
static struct binder_failure send_file(struct translation *tr, u32 fd, u32 place, bool array)
{
	struct binder_record *record;
	struct file *file;

	if (!tr->fds_ok) {
		binder_user_error(tr->sender, "fd %u sent to a receiver that takes none\n", fd);
		return failed(-EPERM, BINDER_REASON_FD_REFUSED, fd);
	}
	record = binder_record_reserve(tr->buffer);
	if (!record)
		return failed(-ENOMEM, BINDER_REASON_NO_MEMORY, 0);
	file = fget(fd);
	if (!file) {
		binder_user_error(tr->sender, "invalid fd %u sent\n", fd);
		return failed(-EBADF, BINDER_REASON_BAD_FD, fd);
	}
	if (binder_security_file(tr->sender->proc->cred, tr->receiver->cred, file)) {
		fput(file);
		return failed(-EPERM, BINDER_REASON_SECURITY, fd);
	}
	record->type = BINDER_RECORD_FILE;
	record->array = array;
	record->offset = place;
	record->fd = -1;
	record->file = file;
	tr->buffer->last_records->files = true;
	trace_binder_transaction_fd_send(tr->buffer->id, fd, place);
	return binder_no_failure();
}

static struct binder_failure translate_fd(struct translation *tr, struct binder_fd_object *object,
					  u32 offset)
{
	u32 fd = object->fd;

	/* The receiver's number, and nothing else, will be there. */
	object->pad_binder = 0;
	return send_file(tr, fd, offset + offsetof(struct binder_fd_object, fd), false);
}

static struct binder_failure translate_pointer(struct translation *tr, u32 index,
					       struct binder_buffer_object *object, u32 offset)
{
	int ret = binder_scatter_pointer(&tr->scatter, index, object, tr->receiver, tr->buffer);

	if (ret && ret != -ENOMEM)
		binder_user_error(tr->sender, "pointer object at offset %u: %s\n", offset,
				  ret == -EFAULT ? "can't be read" : "bad length or parent");
	return ret ? failed(ret, BINDER_REASON_BAD_OBJECT, offset) : binder_no_failure();
}

static struct binder_failure translate_fd_array(struct translation *tr, u32 index,
						const struct binder_fd_array_object *object,
						u32 offset)
{
	const struct binder_piece *parent;
	struct binder_failure failure;
	u64 i;

	if (binder_scatter_array(&tr->scatter, index, object, &parent)) {
		binder_user_error(tr->sender, "fd array at offset %u: bad parent\n", offset);
		return failed(-EINVAL, BINDER_REASON_BAD_OBJECT, offset);
	}
	for (i = 0; i < object->num_fds; i++) {
		u64 at = object->parent_offset + i * sizeof(u32);
		u32 fd;

		if (copy_from_user(&fd, u64_to_user_ptr(parent->from + at), sizeof(fd)))
			return failed(-EFAULT, BINDER_REASON_BAD_DATA, offset);
		failure = send_file(tr, fd, parent->at + at, true);
		if (failure.reason)
			return failure;
	}
	return binder_no_failure();
}

static struct binder_failure translate_object(struct translation *tr, u32 index,
					      union binder_object *object, u32 offset)
{
	switch (object->hdr.type) {
	case BINDER_TYPE_BINDER:
	case BINDER_TYPE_WEAK_BINDER:
		return translate_node(tr, &object->flat, offset);
	case BINDER_TYPE_HANDLE:
	case BINDER_TYPE_WEAK_HANDLE:
		return translate_handle(tr, &object->flat, offset);
	case BINDER_TYPE_FD:
		return translate_fd(tr, &object->fd, offset);
	case BINDER_TYPE_PTR:
		return translate_pointer(tr, index, &object->ptr, offset);
	case BINDER_TYPE_FDA:
		return translate_fd_array(tr, index, &object->fda, offset);
	default:
		return failed(-EINVAL, BINDER_REASON_BAD_OBJECT, offset);
	}
}

/* Copy the data from @at up to @end, as it is. */
static struct binder_failure copy_data(struct binder_proc *receiver, struct binder_buffer *buffer,
				       const void __user *from, u32 at, u32 end)
{
	int ret = 0;

	if (at != end)
		ret = binder_area_copy_from_user(receiver->area, buffer, at, from + at, end - at);
	return ret ? failed(ret, BINDER_REASON_BAD_DATA, at) : binder_no_failure();
}

/* The object at @offset, and the data in front of it. */
static struct binder_failure next_object(struct translation *tr, u32 index, u64 offset)
{
	u32 data_size = tr->buffer->data_size;
	union binder_object object = {};
	struct binder_failure failure;
	size_t size;
	u32 type;

	if (offset > data_size || data_size - offset < sizeof(object.hdr))
		return failed(-EINVAL, BINDER_REASON_BAD_OFFSETS, offset);
	size = min_t(u64, sizeof(object), data_size - offset);
	if (copy_from_user(&object, tr->from + offset, size))
		return failed(-EFAULT, BINDER_REASON_BAD_DATA, offset);
	if (binder_object_check(&object, offset, tr->done, data_size)) {
		binder_user_error(tr->sender, "no object of known type fits at offset %llu of %u\n",
				  offset, data_size);
		failure = failed(-EINVAL, BINDER_REASON_BAD_OFFSETS, offset);
		if (!binder_object_size(object.hdr.type)) {
			failure.reason = BINDER_REASON_BAD_OBJECT;
			binder_failure_about(&failure, object.hdr.type, offset);
		}
		return failure;
	}
	failure = copy_data(tr->receiver, tr->buffer, tr->from, tr->done, offset);
	if (failure.reason)
		return failure;
	type = object.hdr.type;
	failure = translate_object(tr, index, &object, offset);
	if (failure.reason) {
		binder_failure_about(&failure, type, offset);
		return failure;
	}
	size = binder_object_size(type);
	binder_area_write(tr->receiver->area, tr->buffer, offset, &object, size);
	tr->done = offset + size;
	return binder_no_failure();
}

/* Fetch the offsets in batches, put them in the buffer, translate what they name. */
static struct binder_failure translate_batches(struct translation *tr, const void __user *from)
{
	struct binder_buffer *buffer = tr->buffer;
	u32 at = binder_buffer_offsets(buffer);
	u32 left = buffer->offsets_size / sizeof(u64);
	u32 index = 0;
	u64 offsets[OFFSETS_AT_ONCE];

	while (left) {
		u32 n = min_t(u32, left, OFFSETS_AT_ONCE);
		u32 i;

		if (copy_from_user(offsets, from, n * sizeof(u64)))
			return failed(-EFAULT, BINDER_REASON_BAD_OFFSETS, 0);
		binder_area_write(tr->receiver->area, buffer, at, offsets, n * sizeof(u64));
		for (i = 0; i < n; i++) {
			struct binder_failure failure = next_object(tr, index++, offsets[i]);

			if (failure.reason)
				return failure;
		}
		from += n * sizeof(u64);
		at += n * sizeof(u64);
		left -= n;
	}
	return binder_no_failure();
}

/* The payload up to and with its last object. Sets @done to the end of that. */
static noinline struct binder_failure
translate_objects(struct binder_thread *sender, struct binder_proc *receiver,
		  struct binder_buffer *buffer, const struct binder_transaction_data *data,
		  bool fds_ok, u32 *done)
{
	struct translation tr = {
		.sender = sender,
		.receiver = receiver,
		.buffer = buffer,
		.from = u64_to_user_ptr(data->data.ptr.buffer),
		.fds_ok = fds_ok,
	};
	struct binder_failure failure;

	binder_scatter_init(&tr.scatter, buffer);
	failure = translate_batches(&tr, u64_to_user_ptr(data->data.ptr.offsets));
	binder_scatter_destroy(&tr.scatter);
	*done = tr.done;
	return failure;
}

/**
 * binder_translate() - copy a payload into the receiver's buffer
 * @sender:   the current task's
 * @receiver: whose area @buffer is in
 * @buffer:   FILLING, the caller's
 * @data:     the payload's addresses in the sender; the sizes are @buffer's
 * @fds_ok:   the receiver takes fds
 *
 * Context: may fault and sleep.
 * Return: no failure, or why not; what was taken until then is in
 * buffer->records all the same.
 */
struct binder_failure binder_translate(struct binder_thread *sender, struct binder_proc *receiver,
				       struct binder_buffer *buffer,
				       const struct binder_transaction_data *data, bool fds_ok)
{
	struct binder_failure failure;
	u32 done = 0;

	if (!IS_ALIGNED(buffer->offsets_size, sizeof(u64)))
		return failed(-EINVAL, BINDER_REASON_BAD_OFFSETS, buffer->offsets_size);
	if (!IS_ALIGNED(buffer->extra_size, sizeof(u64)))
		return failed(-EINVAL, BINDER_REASON_BAD_SIZE, buffer->extra_size);
	if (buffer->offsets_size) {
		failure = translate_objects(sender, receiver, buffer, data, fds_ok, &done);
		if (failure.reason)
			return failure;
	}
	return copy_data(receiver, buffer, u64_to_user_ptr(data->data.ptr.buffer), done,
			 buffer->data_size);
}
