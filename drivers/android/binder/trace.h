/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events: those of mainline 7.2, with its names and fields, and one more.
 *
 * Source of names, fields and their order: the format files of a running 7.2
 * (events/binder/EVENT/format in tracefs).  Perfetto, bpftrace and the like know them.
 * Two are better here: txn_latency_free prints flags and code where it says so, and
 * netlink_report keeps the context's name itself and not a pointer to it.  What
 * 6.1 had beyond these (lock, locked, unlock) has not fired since 4.14.
 *
 * binder_transaction_failed is ours: the reason of each failure.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM binder

#if !defined(BINDER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define BINDER_TRACE_H

#include <linux/tracepoint.h>

#include "abi.h"
#include "area/area.h"
#include "failure.h"
#include "handle.h"
#include "node.h"
#include "proc.h"
#include "stats.h"
#include "transaction.h"

TRACE_EVENT(binder_ioctl,
	TP_PROTO(unsigned int cmd, unsigned long arg),
	TP_ARGS(cmd, arg),
	TP_STRUCT__entry(
		__field(unsigned int, cmd)
		__field(unsigned long, arg)
	),
	TP_fast_assign(
		__entry->cmd = cmd;
		__entry->arg = arg;
	),
	TP_printk("cmd=0x%x arg=0x%lx", __entry->cmd, __entry->arg)
);

DECLARE_EVENT_CLASS(binder_result,
	TP_PROTO(int ret),
	TP_ARGS(ret),
	TP_STRUCT__entry(
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->ret = ret;
	),
	TP_printk("ret=%d", __entry->ret)
);

DEFINE_EVENT(binder_result, binder_ioctl_done, TP_PROTO(int ret), TP_ARGS(ret));
DEFINE_EVENT(binder_result, binder_write_done, TP_PROTO(int ret), TP_ARGS(ret));
DEFINE_EVENT(binder_result, binder_read_done, TP_PROTO(int ret), TP_ARGS(ret));

TRACE_EVENT(binder_wait_for_work,
	TP_PROTO(bool proc_work, bool transaction_stack, bool thread_todo),
	TP_ARGS(proc_work, transaction_stack, thread_todo),
	TP_STRUCT__entry(
		__field(bool, proc_work)
		__field(bool, transaction_stack)
		__field(bool, thread_todo)
	),
	TP_fast_assign(
		__entry->proc_work = proc_work;
		__entry->transaction_stack = transaction_stack;
		__entry->thread_todo = thread_todo;
	),
	TP_printk("proc_work=%d transaction_stack=%d thread_todo=%d", __entry->proc_work,
		  __entry->transaction_stack, __entry->thread_todo)
);

TRACE_EVENT(binder_command,
	TP_PROTO(u32 cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__field(uint32_t, cmd)
	),
	TP_fast_assign(
		__entry->cmd = cmd;
	),
	TP_printk("cmd=0x%x %s", __entry->cmd, binder_command_name(__entry->cmd))
);

TRACE_EVENT(binder_return,
	TP_PROTO(u32 cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__field(uint32_t, cmd)
	),
	TP_fast_assign(
		__entry->cmd = cmd;
	),
	TP_printk("cmd=0x%x %s", __entry->cmd, binder_return_name(__entry->cmd))
);

TRACE_EVENT(binder_transaction,
	TP_PROTO(const struct binder_transaction *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, target_node)
		__field(int, to_proc)
		__field(int, to_thread)
		__field(int, reply)
		__field(unsigned int, code)
		__field(unsigned int, flags)
	),
	TP_fast_assign(
		__entry->debug_id = t->id;
		__entry->target_node = t->node_id;
		__entry->to_proc = t->to_proc->pid;
		__entry->to_thread = t->to_tid;
		__entry->reply = t->is_reply;
		__entry->code = t->code;
		__entry->flags = t->flags;
	),
	TP_printk("transaction=%d dest_node=%d dest_proc=%d dest_thread=%d reply=%d flags=0x%x code=0x%x",
		  __entry->debug_id, __entry->target_node, __entry->to_proc, __entry->to_thread,
		  __entry->reply, __entry->flags, __entry->code)
);

TRACE_EVENT(binder_transaction_received,
	TP_PROTO(const struct binder_transaction *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(int, debug_id)
	),
	TP_fast_assign(
		__entry->debug_id = t->id;
	),
	TP_printk("transaction=%d", __entry->debug_id)
);

TRACE_EVENT(binder_txn_latency_free,
	TP_PROTO(const struct binder_transaction *t),
	TP_ARGS(t),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, from_proc)
		__field(int, from_thread)
		__field(int, to_proc)
		__field(int, to_thread)
		__field(unsigned int, code)
		__field(unsigned int, flags)
	),
	TP_fast_assign(
		__entry->debug_id = t->id;
		__entry->from_proc = t->from_proc->pid;
		__entry->from_thread = t->from_tid;
		__entry->to_proc = t->to_proc->pid;
		__entry->to_thread = t->to_tid;
		__entry->code = t->code;
		__entry->flags = t->flags;
	),
	TP_printk("transaction=%d from %d:%d to %d:%d flags=0x%x code=0x%x", __entry->debug_id,
		  __entry->from_proc, __entry->from_thread, __entry->to_proc,
		  __entry->to_thread, __entry->flags, __entry->code)
);

TRACE_EVENT(binder_transaction_node_to_ref,
	TP_PROTO(u64 id, const struct binder_node *node, u64 ref_id, u32 handle),
	TP_ARGS(id, node, ref_id, handle),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, node_debug_id)
		__field(binder_uintptr_t, node_ptr)
		__field(int, ref_debug_id)
		__field(uint32_t, ref_desc)
	),
	TP_fast_assign(
		__entry->debug_id = id;
		__entry->node_debug_id = node->id;
		__entry->node_ptr = node->ptr;
		__entry->ref_debug_id = ref_id;
		__entry->ref_desc = handle;
	),
	TP_printk("transaction=%d node=%d src_ptr=0x%016llx ==> dest_ref=%d dest_desc=%d",
		  __entry->debug_id, __entry->node_debug_id, (u64)__entry->node_ptr,
		  __entry->ref_debug_id, __entry->ref_desc)
);

TRACE_EVENT(binder_transaction_ref_to_node,
	TP_PROTO(u64 id, const struct binder_node *node, u64 ref_id, u32 handle),
	TP_ARGS(id, node, ref_id, handle),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, ref_debug_id)
		__field(uint32_t, ref_desc)
		__field(int, node_debug_id)
		__field(binder_uintptr_t, node_ptr)
	),
	TP_fast_assign(
		__entry->debug_id = id;
		__entry->ref_debug_id = ref_id;
		__entry->ref_desc = handle;
		__entry->node_debug_id = node->id;
		__entry->node_ptr = node->ptr;
	),
	TP_printk("transaction=%d node=%d src_ref=%d src_desc=%d ==> dest_ptr=0x%016llx",
		  __entry->debug_id, __entry->node_debug_id, __entry->ref_debug_id,
		  __entry->ref_desc, (u64)__entry->node_ptr)
);

TRACE_EVENT(binder_transaction_ref_to_ref,
	TP_PROTO(u64 id, const struct binder_node *node, u64 from_id, u32 from, u64 to_id, u32 to),
	TP_ARGS(id, node, from_id, from, to_id, to),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, node_debug_id)
		__field(int, src_ref_debug_id)
		__field(uint32_t, src_ref_desc)
		__field(int, dest_ref_debug_id)
		__field(uint32_t, dest_ref_desc)
	),
	TP_fast_assign(
		__entry->debug_id = id;
		__entry->node_debug_id = node->id;
		__entry->src_ref_debug_id = from_id;
		__entry->src_ref_desc = from;
		__entry->dest_ref_debug_id = to_id;
		__entry->dest_ref_desc = to;
	),
	TP_printk("transaction=%d node=%d src_ref=%d src_desc=%d ==> dest_ref=%d dest_desc=%d",
		  __entry->debug_id, __entry->node_debug_id, __entry->src_ref_debug_id,
		  __entry->src_ref_desc, __entry->dest_ref_debug_id, __entry->dest_ref_desc)
);

TRACE_EVENT(binder_transaction_fd_send,
	TP_PROTO(u64 id, int fd, size_t offset),
	TP_ARGS(id, fd, offset),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, fd)
		__field(size_t, offset)
	),
	TP_fast_assign(
		__entry->debug_id = id;
		__entry->fd = fd;
		__entry->offset = offset;
	),
	TP_printk("transaction=%d src_fd=%d offset=%zu", __entry->debug_id, __entry->fd,
		  __entry->offset)
);

TRACE_EVENT(binder_transaction_fd_recv,
	TP_PROTO(u64 id, int fd, size_t offset),
	TP_ARGS(id, fd, offset),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, fd)
		__field(size_t, offset)
	),
	TP_fast_assign(
		__entry->debug_id = id;
		__entry->fd = fd;
		__entry->offset = offset;
	),
	TP_printk("transaction=%d dest_fd=%d offset=%zu", __entry->debug_id, __entry->fd,
		  __entry->offset)
);

DECLARE_EVENT_CLASS(binder_buffer_class,
	TP_PROTO(const struct binder_buffer *buffer),
	TP_ARGS(buffer),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(size_t, data_size)
		__field(size_t, offsets_size)
		__field(size_t, extra_buffers_size)
	),
	TP_fast_assign(
		__entry->debug_id = buffer->id;
		__entry->data_size = buffer->data_size;
		__entry->offsets_size = buffer->offsets_size;
		__entry->extra_buffers_size = buffer->extra_size;
	),
	TP_printk("transaction=%d data_size=%zd offsets_size=%zd extra_buffers_size=%zd",
		  __entry->debug_id, __entry->data_size, __entry->offsets_size,
		  __entry->extra_buffers_size)
);

#define BINDER_BUFFER_EVENT(name)							\
DEFINE_EVENT(binder_buffer_class, name, TP_PROTO(const struct binder_buffer *buffer),	\
	     TP_ARGS(buffer))

BINDER_BUFFER_EVENT(binder_transaction_alloc_buf);
BINDER_BUFFER_EVENT(binder_transaction_buffer_release);
BINDER_BUFFER_EVENT(binder_transaction_failed_buffer_release);
BINDER_BUFFER_EVENT(binder_transaction_update_buffer_release);

TRACE_EVENT(binder_update_page_range,
	TP_PROTO(const struct binder_area *area, bool allocate, const struct binder_range *range),
	TP_ARGS(area, allocate, range),
	TP_STRUCT__entry(
		__field(int, proc)
		__field(bool, allocate)
		__field(size_t, offset)
		__field(size_t, size)
	),
	TP_fast_assign(
		__entry->proc = area->pid;
		__entry->allocate = allocate;
		__entry->offset = range->start;
		__entry->size = range->size;
	),
	TP_printk("proc=%d allocate=%d offset=%zu size=%zu", __entry->proc, __entry->allocate,
		  __entry->offset, __entry->size)
);

DECLARE_EVENT_CLASS(binder_page_class,
	TP_PROTO(const struct binder_area *area, u32 index),
	TP_ARGS(area, index),
	TP_STRUCT__entry(
		__field(int, proc)
		__field(size_t, page_index)
	),
	TP_fast_assign(
		__entry->proc = area->pid;
		__entry->page_index = index;
	),
	TP_printk("proc=%d page_index=%zu", __entry->proc, __entry->page_index)
);

#define BINDER_PAGE_EVENT(name)								\
DEFINE_EVENT(binder_page_class, name, TP_PROTO(const struct binder_area *area, u32 index), \
	     TP_ARGS(area, index))

BINDER_PAGE_EVENT(binder_alloc_lru_start);
BINDER_PAGE_EVENT(binder_alloc_lru_end);
BINDER_PAGE_EVENT(binder_free_lru_start);
BINDER_PAGE_EVENT(binder_free_lru_end);
BINDER_PAGE_EVENT(binder_alloc_page_start);
BINDER_PAGE_EVENT(binder_alloc_page_end);
BINDER_PAGE_EVENT(binder_unmap_user_start);
BINDER_PAGE_EVENT(binder_unmap_user_end);
BINDER_PAGE_EVENT(binder_unmap_kernel_start);
BINDER_PAGE_EVENT(binder_unmap_kernel_end);

TRACE_EVENT(binder_netlink_report,
	TP_PROTO(const char *name, u32 command, const struct binder_message_info *info),
	TP_ARGS(name, command, info),
	TP_STRUCT__entry(
		__string(context, name)
		__field(u32, error)
		__field(int, from_pid)
		__field(int, from_tid)
		__field(int, to_pid)
		__field(int, to_tid)
		__field(bool, is_reply)
		__field(unsigned int, flags)
		__field(unsigned int, code)
		__field(size_t, data_size)
	),
	TP_fast_assign(
		BINDER_COMPAT_ASSIGN_STR(context, name);
		__entry->error = command;
		__entry->from_pid = info->from->pid;
		__entry->from_tid = info->from_tid;
		__entry->to_pid = info->target ? info->target->pid : 0;
		__entry->to_tid = info->to_tid;
		__entry->is_reply = info->is_reply;
		__entry->flags = info->flags;
		__entry->code = info->code;
		__entry->data_size = info->data_size;
	),
	TP_printk("from %d:%d to %d:%d context=%s error=%d is_reply=%d flags=0x%x code=0x%x size=%zu",
		  __entry->from_pid, __entry->from_tid, __entry->to_pid, __entry->to_tid,
		  __get_str(context), __entry->error, __entry->is_reply, __entry->flags,
		  __entry->code, __entry->data_size)
);

TRACE_EVENT(binder_transaction_failed,
	TP_PROTO(const struct binder_failure *failure, const struct binder_message_info *info,
		 const struct binder_space *space),
	TP_ARGS(failure, info, space),
	TP_STRUCT__entry(
		__field(int, debug_id)
		__field(int, from_proc)
		__field(int, from_thread)
		__field(int, to_proc)
		__field(int, to_thread)
		__field(u32, command)
		__field(int, error)
		__field(int, reason)
		__field(u64, detail)
		__field(u32, object)
		__field(u32, offset)
		__field(u32, free)
		__field(u32, largest)
		__field(int, holder)
	),
	TP_fast_assign(
		__entry->debug_id = info->id;
		__entry->from_proc = info->from->pid;
		__entry->from_thread = info->from_tid;
		__entry->to_proc = info->target ? info->target->pid : 0;
		__entry->to_thread = info->to_tid;
		__entry->command = binder_failure_command(*failure);
		__entry->error = failure->error;
		__entry->reason = failure->reason;
		__entry->detail = binder_failure_detail(*failure);
		__entry->object = binder_failure_object(*failure);
		__entry->offset = failure->offset;
		__entry->free = space->free;
		__entry->largest = space->largest;
		__entry->holder = space->pid;
	),
	TP_printk("transaction=%d from %d:%d to %d:%d %s error=%d reason=%d (%s) detail=%llu object=0x%x offset=%u free=%u largest=%u holder=%d",
		  __entry->debug_id, __entry->from_proc, __entry->from_thread,
		  __entry->to_proc, __entry->to_thread, binder_return_name(__entry->command),
		  __entry->error, __entry->reason, binder_reason_text(__entry->reason),
		  __entry->detail, __entry->object, __entry->offset, __entry->free,
		  __entry->largest, __entry->holder)
);

#endif /* BINDER_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
