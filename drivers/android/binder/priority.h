/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Priority: a thread works for its caller at the caller's priority.
 *
 * While a thread works on a call that somebody waits for, it runs at
 *
 *	- the caller's nice value;
 *	- the caller's real-time policy and priority, if it has any and the node asks
 *	  for it (FLAT_BINDER_FLAG_INHERIT_RT);
 *	- the least that the node asks for (FLAT_BINDER_FLAG_PRIORITY_MASK and
 *	  _SCHED_POLICY_MASK), if that is more.
 *
 * On a one-way call, for which nobody waits, only the last of these applies.  A
 * thread that is real-time of its own accord stays so for a caller that is not.
 *
 * Nobody gets more than it could give itself: without CAP_SYS_NICE, RLIMIT_NICE and
 * RLIMIT_RTPRIO are the limits.  A process that a thread creates does not inherit
 * a borrowed real-time policy.
 *
 * What was there before is kept in the call, and comes back with its reply, or when
 * the thread leaves the driver.  After a one-way call, and in general whenever it
 * waits for any work of its process, a thread has the nice value that its process
 * had at open().
 *
 * All of this is about the current task.
 */
#ifndef BINDER_PRIORITY_H
#define BINDER_PRIORITY_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "abi.h"

/**
 * struct binder_priority - how urgent a task is
 * @policy: SCHED_
 * @rt:     real-time priority, 1 to 99, or 0
 * @nice:   nice value
 * @reset:  children start with the default policy
 * @lent:   the task runs with another policy or real-time priority than this for now
 */
struct binder_priority {
	u8 policy;
	u8 rt;
	s8 nice;
	bool reset;
	bool lent;
};

/* The current task's nice value, which others may change at any moment. */
static inline int binder_priority_nice(void)
{
	/* It was so a moment ago, which is all that is asked for. */
	return data_race(task_nice(current));
}

/**
 * binder_priority_current() - how urgent the current task is
 *
 * Others may change it meanwhile: what is returned was so a moment ago.
 *
 * Return: that.
 */
static inline struct binder_priority binder_priority_current(void)
{
	return (struct binder_priority){
		.policy = data_race(current->policy),	/* others may change it */
		.rt = data_race(current->rt_priority),	/* the same */
		.nice = binder_priority_nice(),
		.reset = data_race(!!current->sched_reset_on_fork), /* bits beside it */
	};
}

/**
 * binder_priority_is_enough() - is the current task urgent enough for a node's one-way call?
 * @node_flags: of the node
 *
 * Return: true if binder_priority_borrow() would change nothing; it may be false then, too.
 */
static inline bool binder_priority_is_enough(u32 node_flags)
{
	s8 least = node_flags & FLAT_BINDER_FLAG_PRIORITY_MASK;

	return !(node_flags & FLAT_BINDER_FLAG_SCHED_POLICY_MASK) &&
	       least >= binder_priority_nice();
}

struct binder_priority binder_priority_wanted(struct binder_priority now,
					      const struct binder_priority *caller,
					      u32 node_flags);
struct binder_priority binder_priority_borrow(const struct binder_priority *caller,
					      u32 node_flags);
void binder_priority_restore(struct binder_priority saved);
void binder_priority_set_nice(int nice);

#endif /* BINDER_PRIORITY_H */
