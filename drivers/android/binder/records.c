// SPDX-License-Identifier: GPL-2.0-only
/* Records of what buffers hold.  The essay is in records.h. */

#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "area/area.h"
#include "handle.h"
#include "node.h"
#include "proc.h"
#include "records.h"
#include "thread.h"
#include "trace.h"

/**
 * binder_record_reserve() - a place to note what a buffer is about to get
 * @buffer: the caller's
 *
 * Return: a record of type NONE, or NULL if there is no memory.
 */
struct binder_record *binder_record_reserve(struct binder_buffer *buffer)
{
	struct binder_records *records = buffer->last_records;

	if (!records || records->count == BINDER_RECORDS_CHUNK) {
		records = kzalloc_obj(*records, GFP_KERNEL_ACCOUNT);
		if (!records)
			return NULL;
		if (buffer->last_records)
			buffer->last_records->next = records;
		else
			buffer->records = records;
		buffer->last_records = records;
	}
	return &records->record[records->count++];
}

static void release_one(struct binder_proc *receiver, struct binder_record *record,
			struct binder_thread *closer)
{
	switch (record->type) {
	case BINDER_RECORD_HANDLE:
		binder_handle_give_back(receiver, record->handle, record->node_id,
					record->strong);
		break;
	case BINDER_RECORD_NODE:
		binder_node_dec(record->node, record->strong);
		binder_node_put(record->node);
		break;
	case BINDER_RECORD_FILE:
		fput(record->file);
		break;
	case BINDER_RECORD_FD:
		if (closer)
			binder_thread_close_fd(closer, record->fd);
		break;
	}
}

/**
 * binder_records_release() - give back what a buffer holds
 * @receiver: in whose area @buffer is
 * @buffer:   the caller's
 * @closer:   the current task's thread, if it is of @receiver; NULL where the fds
 *            of arrays are not to be closed, as their process is exiting
 *
 * Context: may sleep.
 */
void binder_records_release(struct binder_proc *receiver, struct binder_buffer *buffer,
			    struct binder_thread *closer)
{
	struct binder_records *records;
	u32 i;

	while ((records = buffer->records)) {
		for (i = 0; i < records->count; i++)
			release_one(receiver, &records->record[i], closer);
		buffer->records = records->next;
		kfree(records);
	}
	buffer->last_records = NULL;
}

/* The next file behind @record, or the first one; NULL at the end. */
static struct binder_record *next_file(struct binder_records **records, u32 *i)
{
	for (; *records; *records = (*records)->next, *i = 0) {
		if (!(*records)->files)
			continue;
		while (*i < (*records)->count) {
			struct binder_record *record = &(*records)->record[(*i)++];

			if (record->type == BINDER_RECORD_FILE)
				return record;
		}
	}
	return NULL;
}

/**
 * binder_files_prepare() - reserve an fd of the reader's for each file in a buffer
 * @receiver: the current task's process
 * @buffer:   about to be read, the caller's
 *
 * Context: may sleep.
 * Return: 0, or a negative errno (-EMFILE) and nothing is reserved.
 */
int binder_files_prepare(struct binder_proc *receiver, struct binder_buffer *buffer)
{
	struct binder_records *records = buffer->records;
	struct binder_record *record;
	u32 i = 0;

	while ((record = next_file(&records, &i))) {
		u32 number;

		record->fd = get_unused_fd_flags(O_CLOEXEC);
		if (record->fd < 0) {
			int error = record->fd;

			binder_files_cancel(buffer);
			return error;
		}
		number = record->fd;
		binder_area_write(receiver->area, buffer, record->offset, &number,
				  sizeof(number));
	}
	return 0;
}

/**
 * binder_files_cancel() - the buffer could not be read after all
 * @buffer: after binder_files_prepare(), in the same task
 */
void binder_files_cancel(struct binder_buffer *buffer)
{
	struct binder_records *records = buffer->records;
	struct binder_record *record;
	u32 i = 0;

	while ((record = next_file(&records, &i))) {
		if (record->fd >= 0)
			put_unused_fd(record->fd);
		record->fd = -1;
	}
}

/**
 * binder_files_install() - the buffer has been read: its files are the reader's
 * @buffer: after binder_files_prepare(), in the same task
 */
void binder_files_install(struct binder_buffer *buffer)
{
	struct binder_records *records = buffer->records;
	struct binder_record *record;
	u32 i = 0;

	while ((record = next_file(&records, &i))) {
		trace_binder_transaction_fd_recv(buffer->id, record->fd, record->offset);
		fd_install(record->fd, record->file);
		record->type = record->array ? BINDER_RECORD_FD : BINDER_RECORD_NONE;
	}
}
