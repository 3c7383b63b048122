// SPDX-License-Identifier: GPL-2.0-only
/* Commands: decode and carry out.  The essay is in command.h. */

#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "area/area.h"
#include "command.h"
#include "context.h"
#include "handle.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "stats.h"
#include "thread.h"
#include "trace.h"
#include "transaction.h"

static int run_transaction(struct binder_thread *thread, const void *payload)
{
	binder_transaction_call(thread, payload, 0);
	return 0;
}

static int run_transaction_sg(struct binder_thread *thread, const void *payload)
{
	const struct binder_transaction_data_sg *sg = payload;

	binder_transaction_call(thread, &sg->transaction_data, sg->buffers_size);
	return 0;
}

static int run_reply(struct binder_thread *thread, const void *payload)
{
	binder_transaction_reply(thread, payload, 0);
	return 0;
}

static int run_reply_sg(struct binder_thread *thread, const void *payload)
{
	const struct binder_transaction_data_sg *sg = payload;

	binder_transaction_reply(thread, &sg->transaction_data, sg->buffers_size);
	return 0;
}

static int run_free_buffer(struct binder_thread *thread, const void *payload)
{
	const binder_uintptr_t *user = payload;
	struct binder_buffer *buffer = binder_area_claim(thread->proc->area, *user);

	if (IS_ERR(buffer)) {
		binder_user_error(thread, "BC_FREE_BUFFER u%016llx: %s\n", *user,
				  PTR_ERR(buffer) == -ENOENT ? "no buffer starts there" :
				  "the buffer is not to be freed now");
		return 0;
	}
	trace_binder_transaction_buffer_release(buffer);
	binder_buffer_release(thread->proc, buffer, thread);
	return 0;
}

/* Handle 0 needs not be received: whoever takes a count of it gets it. */
static int take_manager(struct binder_thread *thread, bool strong)
{
	struct binder_proc *proc = thread->proc;
	struct binder_node *node = binder_context_get_manager(proc->context);
	u32 handle;
	int ret;

	if (!node)
		return -ENOENT;
	if (node->proc == proc)
		ret = -EPERM;
	else
		ret = binder_handle_take(proc, node, strong, NULL, &handle);
	binder_node_put(node);
	return ret;
}

static int inc_handle(struct binder_thread *thread, u32 handle, bool strong)
{
	int ret = handle ? -ENOENT : take_manager(thread, strong);

	if (ret == -EPERM) {
		binder_user_error(thread, "the context manager tried to take handle 0\n");
		return -EINVAL;
	}
	/* Without a manager, handle 0 may still be that of a former one. */
	if (ret)
		ret = binder_handle_inc(thread->proc, handle, strong);
	if (ret)
		binder_user_error(thread, "can't take handle %u: %d\n", handle, ret);
	return 0;
}

static int dec_handle(struct binder_thread *thread, u32 handle, bool strong)
{
	int ret = binder_handle_dec(thread->proc, handle, strong);

	if (ret)
		binder_user_error(thread, "can't release handle %u: %s\n", handle,
				  ret == -ENOENT ? "no such handle" : "not held so often");
	return 0;
}

static int run_increfs(struct binder_thread *thread, const void *payload)
{
	return inc_handle(thread, *(const u32 *)payload, false);
}

static int run_acquire(struct binder_thread *thread, const void *payload)
{
	return inc_handle(thread, *(const u32 *)payload, true);
}

static int run_release(struct binder_thread *thread, const void *payload)
{
	return dec_handle(thread, *(const u32 *)payload, true);
}

static int run_decrefs(struct binder_thread *thread, const void *payload)
{
	return dec_handle(thread, *(const u32 *)payload, false);
}

static int run_increfs_done(struct binder_thread *thread, const void *payload)
{
	const struct binder_ptr_cookie *object = payload;

	binder_node_done(thread, object->ptr, object->cookie, false);
	return 0;
}

static int run_acquire_done(struct binder_thread *thread, const void *payload)
{
	const struct binder_ptr_cookie *object = payload;

	binder_node_done(thread, object->ptr, object->cookie, true);
	return 0;
}

static int run_register_looper(struct binder_thread *thread, const void *payload)
{
	binder_thread_register(thread);
	return 0;
}

static int run_enter_looper(struct binder_thread *thread, const void *payload)
{
	binder_thread_enter(thread);
	return 0;
}

static int run_exit_looper(struct binder_thread *thread, const void *payload)
{
	binder_thread_is_now(thread, BINDER_LOOPER_EXITED);
	return 0;
}

static int run_request_death(struct binder_thread *thread, const void *payload)
{
	const struct binder_handle_cookie *watch = payload;

	return binder_watch_request(thread, watch->handle, watch->cookie, BINDER_WATCH_DEATH);
}

static int run_clear_death(struct binder_thread *thread, const void *payload)
{
	const struct binder_handle_cookie *watch = payload;

	return binder_watch_clear(thread, watch->handle, watch->cookie, BINDER_WATCH_DEATH);
}

static int run_dead_binder_done(struct binder_thread *thread, const void *payload)
{
	const binder_uintptr_t *cookie = payload;

	return binder_watch_done(thread, *cookie, BINDER_WATCH_DEATH);
}

static int run_request_freeze(struct binder_thread *thread, const void *payload)
{
	const struct binder_handle_cookie *watch = payload;

	return binder_watch_request(thread, watch->handle, watch->cookie, BINDER_WATCH_FREEZE);
}

static int run_clear_freeze(struct binder_thread *thread, const void *payload)
{
	const struct binder_handle_cookie *watch = payload;

	return binder_watch_clear(thread, watch->handle, watch->cookie, BINDER_WATCH_FREEZE);
}

static int run_freeze_done(struct binder_thread *thread, const void *payload)
{
	const binder_uintptr_t *cookie = payload;

	return binder_watch_done(thread, *cookie, BINDER_WATCH_FREEZE);
}

/* Not here: BC_ATTEMPT_ACQUIRE and BC_ACQUIRE_RESULT, which no driver ever supported. */
static const struct binder_command commands[] = {
	[_IOC_NR(BC_TRANSACTION)] = { BC_TRANSACTION, run_transaction },
	[_IOC_NR(BC_REPLY)] = { BC_REPLY, run_reply },
	[_IOC_NR(BC_FREE_BUFFER)] = { BC_FREE_BUFFER, run_free_buffer },
	[_IOC_NR(BC_INCREFS)] = { BC_INCREFS, run_increfs },
	[_IOC_NR(BC_ACQUIRE)] = { BC_ACQUIRE, run_acquire },
	[_IOC_NR(BC_RELEASE)] = { BC_RELEASE, run_release },
	[_IOC_NR(BC_DECREFS)] = { BC_DECREFS, run_decrefs },
	[_IOC_NR(BC_INCREFS_DONE)] = { BC_INCREFS_DONE, run_increfs_done },
	[_IOC_NR(BC_ACQUIRE_DONE)] = { BC_ACQUIRE_DONE, run_acquire_done },
	[_IOC_NR(BC_REGISTER_LOOPER)] = { BC_REGISTER_LOOPER, run_register_looper },
	[_IOC_NR(BC_ENTER_LOOPER)] = { BC_ENTER_LOOPER, run_enter_looper },
	[_IOC_NR(BC_EXIT_LOOPER)] = { BC_EXIT_LOOPER, run_exit_looper },
	[_IOC_NR(BC_REQUEST_DEATH_NOTIFICATION)] = {
		BC_REQUEST_DEATH_NOTIFICATION, run_request_death
	},
	[_IOC_NR(BC_CLEAR_DEATH_NOTIFICATION)] = { BC_CLEAR_DEATH_NOTIFICATION, run_clear_death },
	[_IOC_NR(BC_DEAD_BINDER_DONE)] = { BC_DEAD_BINDER_DONE, run_dead_binder_done },
	[_IOC_NR(BC_TRANSACTION_SG)] = { BC_TRANSACTION_SG, run_transaction_sg },
	[_IOC_NR(BC_REPLY_SG)] = { BC_REPLY_SG, run_reply_sg },
	[_IOC_NR(BC_REQUEST_FREEZE_NOTIFICATION)] = {
		BC_REQUEST_FREEZE_NOTIFICATION, run_request_freeze
	},
	[_IOC_NR(BC_CLEAR_FREEZE_NOTIFICATION)] = {
		BC_CLEAR_FREEZE_NOTIFICATION, run_clear_freeze
	},
	[_IOC_NR(BC_FREEZE_NOTIFICATION_DONE)] = { BC_FREEZE_NOTIFICATION_DONE, run_freeze_done },
};

static const struct binder_command *find_command(u32 code)
{
	unsigned int number = _IOC_NR(code);

	if (number >= ARRAY_SIZE(commands) || commands[number].code != code ||
	    !commands[number].run)
		return NULL;
	return &commands[number];
}

/* Most commands have a payload of a size that can be fetched without further ado. */
static int fetch(struct binder_stream *stream, u32 size)
{
	const void __user *from = stream->from + sizeof(u32);

	switch (size) {
	case 0:
		return 0;
	case sizeof(binder_uintptr_t):
		return get_user(stream->payload->word, (const u64 __user *)from);
	case sizeof(struct binder_transaction_data):
		return copy_from_user(stream->payload, from,
				      sizeof(struct binder_transaction_data)) ? -EFAULT : 0;
	default:
		return copy_from_user(stream->payload, from, size) ? -EFAULT : 0;
	}
}

/**
 * binder_stream_next() - decode the next command of a stream
 * @stream: the stream, not at its end; where its payload points is filled
 *
 * Return: the command, or an error: -EINVAL for an unknown or truncated one; -EFAULT.
 */
const struct binder_command *binder_stream_next(struct binder_stream *stream)
{
	const struct binder_command *command;
	u32 code;
	int ret;

	if (stream->left < sizeof(code))
		return ERR_PTR(-EINVAL);
	if (get_user(code, (const u32 __user *)stream->from))
		return ERR_PTR(-EFAULT);
	command = find_command(code);
	if (!command || stream->left < sizeof(code) + _IOC_SIZE(code))
		return ERR_PTR(-EINVAL);
	ret = fetch(stream, _IOC_SIZE(code));
	if (ret)
		return ERR_PTR(ret);
	stream->from += sizeof(code) + _IOC_SIZE(code);
	stream->left -= sizeof(code) + _IOC_SIZE(code);
	return command;
}

/**
 * binder_command_write() - carry out what a thread writes
 * @thread: the current task's
 * @bwr:    whose write_consumed is moved along
 *
 * Stops early while the answer to a failed command has not been read.
 *
 * Context: may fault and sleep.
 * Return: 0 or a negative errno; then write_consumed is behind the last command
 * that was carried out.
 */
int binder_command_write(struct binder_thread *thread, struct binder_write_read *bwr)
{
	const struct binder_command *command;
	/* What a command does not need of it is not cleared for it. */
	union binder_payload payload __uninitialized;
	struct binder_stream stream = { .payload = &payload };
	int ret;

	if (bwr->write_consumed > bwr->write_size)
		return 0;
	stream.from = u64_to_user_ptr(bwr->write_buffer + bwr->write_consumed);
	stream.left = bwr->write_size - bwr->write_consumed;

	while (stream.left && !binder_work_queued(&thread->error)) {
		/* The stream may be gigabytes long. */
		if (need_resched())
			cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		command = binder_stream_next(&stream);
		if (IS_ERR(command))
			return PTR_ERR(command);
		trace_binder_command(command->code);
		binder_stats_count(&thread->counts.bc[_IOC_NR(command->code)]);
		ret = command->run(thread, &payload);
		if (ret)
			return ret;
		bwr->write_consumed = bwr->write_size - stream.left;
	}
	return 0;
}
