/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failure: errors as values.
 *
 * A failure of a message is made where it happens, with its cause, and passed up
 * by value.  One place (failure.c) turns it into words and tells everybody: the kernel's
 * log, the trace event, the journal's file, netlink.  What a process has done
 * wrong is said where it is found, by binder_user_error().  "No failure" is the
 * value that is 0.
 *
 * Log lines are rate-limited per process: failures to reach a process count
 * against that process, so that one dead target can't hide what happens to
 * another, and mistakes of a caller count against the caller.  What was
 * suppressed is counted, and said with the next line or when the process goes.
 */
#ifndef BINDER_FAILURE_H
#define BINDER_FAILURE_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/ratelimit.h>
#include <linux/types.h>

#include "abi.h"

struct binder_proc;
struct binder_space;
struct binder_thread;

/* Room for any failure in words. */
#define BINDER_WHY_SIZE		192

/**
 * enum binder_reason - why a message failed; binder_reason_text() says it in words
 */
enum binder_reason {
	BINDER_REASON_NONE,
	BINDER_REASON_NO_MANAGER,	/* handle 0, and the context has no manager */
	BINDER_REASON_DEAD,		/* the target's process or thread has gone */
	BINDER_REASON_FROZEN,		/* the target is frozen */
	BINDER_REASON_NEVER_MAPPED,	/* no vma: the target never called mmap() */
	BINDER_REASON_UNMAPPED,		/* no vma: munmap() or exec */
	BINDER_REASON_EXITING,		/* no vma: the target is in do_exit */
	BINDER_REASON_NO_SPACE,		/* no hole is large enough */
	BINDER_REASON_NO_MEMORY,	/* the kernel's allocator failed */
	BINDER_REASON_BAD_SIZE,		/* sizes that are no sizes */
	BINDER_REASON_BAD_HANDLE,	/* no such handle, or only a weak one */
	BINDER_REASON_SELF,		/* a call to an own object */
	BINDER_REASON_BAD_STACK,	/* not this thread's turn to call or to reply */
	BINDER_REASON_BAD_DATA,		/* data can't be read */
	BINDER_REASON_BAD_OFFSETS,	/* offsets can't be read, or aren't in order */
	BINDER_REASON_BAD_OBJECT,	/* an object of unknown or wrong form */
	BINDER_REASON_BAD_FD,		/* the sender has no such fd */
	BINDER_REASON_FD_REFUSED,	/* the receiver takes no fds */
	BINDER_REASON_SECURITY,		/* a security module says no */
	BINDER_REASON_NO_FDS,		/* the receiver can't have more fds */
};

/**
 * struct binder_failure - why and how a message failed
 * @error:   negative errno
 * @reason:  the cause, an enum binder_reason; 0: it did not fail
 * @object:  of which type the object is that it was about, by binder_failure_about(); or 0
 * @offset:  of that object in the data
 * @detail:  depends on the cause: a handle, an fd, a size, a type that there is not, …
 *
 * It fits into two registers of a 64-bit processor: each step of a message's way returns one.
 */
struct binder_failure {
	s16 error;
	u8 reason;
	u8 object;
	u32 offset;
	u64 detail;
};

static_assert(sizeof(struct binder_failure) == 16);

/**
 * struct binder_loglimit - how much a process may put in the log
 * @rate:       the budget
 * @suppressed: lines withheld since the last one printed
 */
struct binder_loglimit {
	struct ratelimit_state rate;
	atomic_t suppressed;
};

/**
 * struct binder_message_info - a message, for those who hear of it
 * @id:       what it is called in logs
 * @time:     when it was sent, by ktime_get_ns()
 * @node_id:  of the node that it is for, or 0
 * @from:     who sent it
 * @from_tid: and which thread
 * @target:   whom it was for, or NULL if that is not known
 * @to_tid:   the thread that it was for, or 0
 * @handle:   that was called; 0 for a reply
 * @code:     the sender's
 * @flags:    TF_ flags
 * @is_reply: it is a reply
 * @data_size:    bytes of data
 * @offsets_size: bytes of offsets
 */
struct binder_message_info {
	u64 id;
	u64 time;
	u64 node_id;
	struct binder_proc *from;
	int from_tid;
	struct binder_proc *target;
	int to_tid;
	u32 handle;
	u32 code;
	u32 flags;
	bool is_reply;
	u64 data_size;
	u64 offsets_size;
};

static inline struct binder_failure binder_failure(int error, enum binder_reason reason,
						   u64 detail)
{
	return (struct binder_failure){
		.error = error,
		.reason = reason,
		.detail = detail,
	};
}

static inline struct binder_failure binder_no_failure(void)
{
	return (struct binder_failure){};
}

/* The target has died. */
static inline struct binder_failure binder_failure_dead(void)
{
	return binder_failure(-ESRCH, BINDER_REASON_DEAD, 0);
}

struct binder_failure binder_failure_alloc(int error, int area_state);
void binder_failure_about(struct binder_failure *failure, u32 type, u32 offset);
u32 binder_failure_object(struct binder_failure failure);
u64 binder_failure_detail(struct binder_failure failure);
u32 binder_failure_command(struct binder_failure failure);
const char *binder_reason_text(enum binder_reason reason);
void binder_failure_why(struct binder_failure failure, const struct binder_space *space,
			char *text, size_t size);
void binder_failure_report(struct binder_failure failure, const struct binder_message_info *info);

void binder_loglimit_init(struct binder_loglimit *limit);
bool binder_loglimit_ok(struct binder_proc *proc);
void binder_loglimit_flush(struct binder_proc *proc);

/*
 * A process has misused the driver.  Rate-limited per process; nothing is
 * evaluated but when the line is printed.
 */
#define binder_user_error(thread, fmt, ...)						\
do {											\
	const struct binder_thread *__who = (thread);				\
											\
	if (binder_loglimit_ok(__who->proc))						\
		pr_info("%d:%d " fmt, __who->proc->pid, __who->tid, ##__VA_ARGS__); \
} while (0)

#endif /* BINDER_FAILURE_H */
