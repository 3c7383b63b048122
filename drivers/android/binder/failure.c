// SPDX-License-Identifier: GPL-2.0-only
/* Failures: the one place that logs them.  The essay is in failure.h. */

#include <linux/errno.h>
#include <linux/printk.h>

#include "abi.h"
#include "area/area.h"
#include "failure.h"
#include "journal.h"
#include "netlink.h"
#include "proc.h"
#include "trace.h"

static const char * const reason_texts[] = {
	[BINDER_REASON_NONE] = "no failure",
	[BINDER_REASON_NO_MANAGER] = "no context manager",
	[BINDER_REASON_DEAD] = "dead",
	[BINDER_REASON_FROZEN] = "frozen",
	[BINDER_REASON_NEVER_MAPPED] = "never mapped",
	[BINDER_REASON_UNMAPPED] = "unmapped",
	[BINDER_REASON_EXITING] = "exiting",
	[BINDER_REASON_NO_SPACE] = "no space",
	[BINDER_REASON_NO_MEMORY] = "out of memory",
	[BINDER_REASON_BAD_SIZE] = "bad size",
	[BINDER_REASON_BAD_HANDLE] = "bad handle",
	[BINDER_REASON_SELF] = "call to an own object",
	[BINDER_REASON_BAD_STACK] = "not this thread's turn",
	[BINDER_REASON_BAD_DATA] = "data can't be read",
	[BINDER_REASON_BAD_OFFSETS] = "bad offsets",
	[BINDER_REASON_BAD_OBJECT] = "bad object",
	[BINDER_REASON_BAD_FD] = "no such fd",
	[BINDER_REASON_FD_REFUSED] = "fds are refused",
	[BINDER_REASON_SECURITY] = "refused by a security module",
	[BINDER_REASON_NO_FDS] = "receiver is out of fds",
};

/**
 * binder_reason_text() - a cause in words
 * @reason: the cause
 *
 * Return: a constant string.
 */
const char *binder_reason_text(enum binder_reason reason)
{
	return reason < ARRAY_SIZE(reason_texts) ? reason_texts[reason] : "unknown";
}

/* What a failure can be about, by its number there; the last one is any other. */
static const struct {
	u32 type;
	const char *text;
} objects[] = {
	{},
	{ BINDER_TYPE_BINDER, "binder" },
	{ BINDER_TYPE_WEAK_BINDER, "weak binder" },
	{ BINDER_TYPE_HANDLE, "handle" },
	{ BINDER_TYPE_WEAK_HANDLE, "weak handle" },
	{ BINDER_TYPE_FD, "fd" },
	{ BINDER_TYPE_PTR, "pointer" },
	{ BINDER_TYPE_FDA, "fd array" },
	{ 0, "unknown" },
};

#define OBJECT_UNKNOWN	(ARRAY_SIZE(objects) - 1)

/**
 * binder_failure_about() - a failure is about an object
 * @failure: the failure
 * @type:    the object's; one that there is not takes the place of the detail
 * @offset:  where in the data the object is
 */
void binder_failure_about(struct binder_failure *failure, u32 type, u32 offset)
{
	u8 i;

	for (i = 1; i < OBJECT_UNKNOWN; i++)
		if (objects[i].type == type)
			break;
	failure->object = i;
	failure->offset = offset;
	if (i == OBJECT_UNKNOWN)
		failure->detail = type;
}

/**
 * binder_failure_object() - the type of the object that a failure is about
 * @failure: the failure
 *
 * Return: the type, whether there is such a one or not; or 0.
 */
u32 binder_failure_object(struct binder_failure failure)
{
	return failure.object == OBJECT_UNKNOWN ? failure.detail : objects[failure.object].type;
}

/**
 * binder_failure_detail() - what a failure has beside its cause and its object
 * @failure: the failure
 *
 * Return: the detail; for an object of a type that there is not, its offset.
 */
u64 binder_failure_detail(struct binder_failure failure)
{
	return failure.object == OBJECT_UNKNOWN ? failure.offset : failure.detail;
}

/**
 * binder_failure_command() - what the sender of a message gets for its failure
 * @failure: the failure
 *
 * Return: a BR_ command; 0 if it did not fail.
 */
u32 binder_failure_command(struct binder_failure failure)
{
	switch ((enum binder_reason)failure.reason) {
	case BINDER_REASON_NONE:
		return 0;
	case BINDER_REASON_DEAD:
	case BINDER_REASON_NO_MANAGER:
		return BR_DEAD_REPLY;
	case BINDER_REASON_FROZEN:
		return BR_FROZEN_REPLY;
	case BINDER_REASON_NEVER_MAPPED:
	case BINDER_REASON_UNMAPPED:
	case BINDER_REASON_EXITING:
	case BINDER_REASON_NO_SPACE:
	case BINDER_REASON_NO_MEMORY:
	case BINDER_REASON_BAD_SIZE:
	case BINDER_REASON_BAD_HANDLE:
	case BINDER_REASON_SELF:
	case BINDER_REASON_BAD_STACK:
	case BINDER_REASON_BAD_DATA:
	case BINDER_REASON_BAD_OFFSETS:
	case BINDER_REASON_BAD_OBJECT:
	case BINDER_REASON_BAD_FD:
	case BINDER_REASON_FD_REFUSED:
	case BINDER_REASON_SECURITY:
	case BINDER_REASON_NO_FDS:
		break;
	}
	return BR_FAILED_REPLY;
}

/* What a reason's detail is; none for those that have no detail. */
static const char *detail_text(enum binder_reason reason)
{
	switch (reason) {
	case BINDER_REASON_BAD_HANDLE:
	case BINDER_REASON_SELF:
		return "handle";
	case BINDER_REASON_BAD_FD:
	case BINDER_REASON_FD_REFUSED:
		return "fd";
	case BINDER_REASON_BAD_SIZE:
		return "size";
	case BINDER_REASON_BAD_DATA:
	case BINDER_REASON_BAD_OFFSETS:
		return "at";
	default:
		return NULL;
	}
}

static int put_space(char *text, size_t size, const struct binder_space *space)
{
	int n = scnprintf(text, size, "; free %u of %u (one-way calls: %u of %u), largest hole %u",
			  space->free, space->size, space->oneway_free, space->size / 2,
			  space->largest);

	if (space->pid)
		n += scnprintf(text + n, size - n, ", most held by %d: %u bytes in %u buffers",
			       space->pid, space->bytes, space->buffers);
	return n;
}

/**
 * binder_failure_why() - a failure in words
 * @failure: the failure
 * @space:   of the target's area; for a lack of space only
 * @text:    where the words go
 * @size:    bytes of @text; %BINDER_WHY_SIZE is enough for all
 */
void binder_failure_why(struct binder_failure failure, const struct binder_space *space,
			char *text, size_t size)
{
	const char *detail = detail_text(failure.reason);
	int n = scnprintf(text, size, "%s", binder_reason_text(failure.reason));

	if (failure.reason == BINDER_REASON_NO_SPACE)
		n += put_space(text + n, size - n, space);
	if (detail && failure.detail)
		n += scnprintf(text + n, size - n, "; %s %llu", detail, failure.detail);
	if (failure.object)
		scnprintf(text + n, size - n, "; %s object (%08x) at offset %u",
			  objects[failure.object].text, binder_failure_object(failure),
			  failure.offset);
}

/**
 * binder_failure_alloc() - what an error of binder_area_alloc() means to the sender
 * @error:      negative errno
 * @area_state: the area's state, which tells why there is no mapping
 *
 * Where the target has no mapping but its file is still open, the answer is
 * BR_FAILED_REPLY: the target may be dying, but it is not dead.
 *
 * Return: the failure.
 */
struct binder_failure binder_failure_alloc(int error, int area_state)
{
	enum binder_reason reason;

	switch (error) {
	case -ESRCH:
		if (area_state == BINDER_AREA_CLOSED)
			return binder_failure(error, BINDER_REASON_DEAD, 0);
		reason = area_state == BINDER_AREA_UNMAPPED_YET ? BINDER_REASON_NEVER_MAPPED :
			 area_state == BINDER_AREA_EXITING ? BINDER_REASON_EXITING :
			 BINDER_REASON_UNMAPPED;
		break;
	case -ENOSPC:
		reason = BINDER_REASON_NO_SPACE;
		break;
	case -EINVAL:
		reason = BINDER_REASON_BAD_SIZE;
		break;
	default:
		reason = BINDER_REASON_NO_MEMORY;
	}
	return binder_failure(error, reason, 0);
}

/*
 * A budget comes with each open, and opening is free: so all together have one,
 * too.  It is large enough that no honest system notices.  Those who misuse the
 * driver can't use up what is for processes that lose their mapping, or for sums.
 */
#define ALL_BURST	300
static DEFINE_RATELIMIT_STATE(all_lines, DEFAULT_RATELIMIT_INTERVAL, ALL_BURST);
static DEFINE_RATELIMIT_STATE(all_no_vma, DEFAULT_RATELIMIT_INTERVAL, ALL_BURST);
static DEFINE_RATELIMIT_STATE(all_sums, DEFAULT_RATELIMIT_INTERVAL, ALL_BURST);

/**
 * binder_loglimit_init() - a fresh budget
 * @limit: the budget
 */
void binder_loglimit_init(struct binder_loglimit *limit)
{
	ratelimit_state_init(&limit->rate, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
	/* We say ourselves what was suppressed, and for whom. */
	ratelimit_set_flags(&limit->rate, RATELIMIT_MSG_ON_RELEASE);
	atomic_set(&limit->suppressed, 0);
}

/**
 * binder_loglimit_flush() - say what was suppressed
 * @proc: the process
 */
void binder_loglimit_flush(struct binder_proc *proc)
{
	int suppressed;

	if (!atomic_read(&proc->loglimit.suppressed) || !__ratelimit(&all_sums))
		return;
	suppressed = atomic_xchg(&proc->loglimit.suppressed, 0);
	if (suppressed)
		pr_info("%d: %d messages about it suppressed\n", proc->pid, suppressed);
}

static bool may_log(struct binder_proc *proc, struct ratelimit_state *all)
{
	if (!__ratelimit(&proc->loglimit.rate) || !__ratelimit(all)) {
		atomic_inc(&proc->loglimit.suppressed);
		return false;
	}
	binder_loglimit_flush(proc);
	return true;
}

/**
 * binder_loglimit_ok() - may something be logged about a process now?
 * @proc: the process
 *
 * Context: any.
 * Return: true if the caller may print; false, and counted, if not.
 */
bool binder_loglimit_ok(struct binder_proc *proc)
{
	return may_log(proc, &all_lines);
}

static bool no_vma(enum binder_reason reason)
{
	return reason == BINDER_REASON_NEVER_MAPPED || reason == BINDER_REASON_UNMAPPED ||
	       reason == BINDER_REASON_EXITING;
}

static void log_failure(struct binder_failure failure, const struct binder_message_info *info,
			const char *why)
{
	struct binder_proc *target = info->target;
	bool unmapped = no_vma(failure.reason);
	u32 command = binder_failure_command(failure);

	if (command == BR_FAILED_REPLY &&
	    may_log(target ?: info->from, unmapped ? &all_no_vma : &all_lines)) {
		if (unmapped)
			pr_info("%d: binder_alloc_buf, no vma\n", target->pid);
		pr_info("%d:%d transaction failed %u, size %llu-%llu\n", info->from->pid,
			info->from_tid, command, info->data_size, info->offsets_size);
	}
	pr_debug("%d:%d transaction to %d failed: %s, error %d\n", info->from->pid,
		 info->from_tid, target ? target->pid : 0, why, failure.error);
}

/**
 * binder_failure_report() - tell that a message failed: the logs, and who listens
 * @failure: why
 * @info:    the message; the budget of its target pays, or the sender's own
 *
 * A target that is dead is everyday life and only worth a debug line in the kernel's log.
 *
 * Context: may sleep.
 */
void binder_failure_report(struct binder_failure failure, const struct binder_message_info *info)
{
	struct binder_space space = {};
	char why[BINDER_WHY_SIZE];

	if (failure.reason == BINDER_REASON_NO_SPACE)
		binder_area_space(info->target->area, &space);
	binder_failure_why(failure, &space, why, sizeof(why));
	trace_binder_transaction_failed(&failure, info, &space);
	log_failure(failure, info, why);
	binder_journal_add(failure, info, why);
	binder_netlink_report(failure, info);
}
