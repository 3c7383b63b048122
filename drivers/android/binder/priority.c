// SPDX-License-Identifier: GPL-2.0-only
/* Priorities of the threads that serve.  The essay is in priority.h. */

#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>
#include <uapi/linux/sched/types.h>

#include "abi.h"
#include "priority.h"

static bool is_rt(struct binder_priority priority)
{
	return priority.policy == SCHED_FIFO || priority.policy == SCHED_RR;
}

/* Is @a more urgent than @b? */
static bool is_above(struct binder_priority a, struct binder_priority b)
{
	if (is_rt(a) != is_rt(b))
		return is_rt(a);
	if (!is_rt(a))
		return a.nice < b.nice;
	return a.rt != b.rt ? a.rt > b.rt : a.policy == SCHED_FIFO && b.policy == SCHED_RR;
}

static bool differ(struct binder_priority a, struct binder_priority b)
{
	return a.policy != b.policy || a.rt != b.rt || a.nice != b.nice;
}

/* The least that the owner of a node asks for. */
static struct binder_priority of_node(u32 flags)
{
	u8 value = flags & FLAT_BINDER_FLAG_PRIORITY_MASK;
	struct binder_priority priority = {
		.policy = (flags & FLAT_BINDER_FLAG_SCHED_POLICY_MASK) >>
			  FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT,
	};

	if (is_rt(priority))
		priority.rt = clamp_t(int, value, 1, MAX_RT_PRIO - 1);
	else
		priority.nice = clamp_t(int, (s8)value, MIN_NICE, MAX_NICE);
	return priority;
}

/**
 * binder_priority_wanted() - how urgent a thread should be for a call
 * @now:        how urgent it is
 * @caller:     how urgent the caller is; NULL for a one-way call
 * @node_flags: of the node that is called
 *
 * Return: that.
 */
struct binder_priority binder_priority_wanted(struct binder_priority now,
					      const struct binder_priority *caller,
					      u32 node_flags)
{
	struct binder_priority least = of_node(node_flags);
	struct binder_priority want = now;

	if (caller) {
		if (is_rt(*caller) && (node_flags & FLAT_BINDER_FLAG_INHERIT_RT)) {
			want.policy = caller->policy;
			want.rt = caller->rt;
		}
		want.nice = caller->nice;
	}
	if (!is_above(least, want))
		return want;
	want.rt = least.rt;
	if (!is_rt(least))
		want.nice = least.nice;
	/* SCHED_NORMAL is what nodes have that ask for no policy. */
	if (least.policy != SCHED_NORMAL)
		want.policy = least.policy;
	return want;
}

/* What the current task may have of that. */
static struct binder_priority permitted(struct binder_priority want)
{
	int least_nice = rlimit_to_nice(rlimit(RLIMIT_NICE));
	unsigned long most_rt = rlimit(RLIMIT_RTPRIO);

	if (ns_capable_noaudit(&init_user_ns, CAP_SYS_NICE))
		return want;
	if (is_rt(want) && !most_rt) {
		want.policy = SCHED_NORMAL;
		want.nice = MIN_NICE;
	}
	want.rt = min_t(unsigned long, want.rt, most_rt);
	/* Without a limit of its own it stays where it is, as setpriority() would say. */
	want.nice = least_nice > MAX_NICE ? binder_priority_nice() :
					    max_t(int, want.nice, least_nice);
	return want;
}

static void apply(struct binder_priority now, struct binder_priority want)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = want.policy,
		.sched_nice = want.nice,
		.sched_priority = want.rt,
		.sched_flags = want.reset ? SCHED_FLAG_RESET_ON_FORK : 0,
	};

	if (want.policy == now.policy && want.rt == now.rt)
		set_user_nice(current, want.nice);
	else if (sched_setattr_nocheck(current, &attr))
		pr_debug("%d: can't have policy %u, priority %u\n", task_pid_nr(current),
			 want.policy, want.rt);
}

/* Apart from the way that most calls take, on which nothing changes. */
static noinline struct binder_priority change(struct binder_priority now,
					      struct binder_priority want)
{
	struct binder_priority got;

	want = permitted(want);
	want.reset |= is_rt(want) && want.policy != now.policy;
	apply(now, want);
	got = binder_priority_current();
	now.lent = now.policy != got.policy || now.rt != got.rt;
	return now;
}

/**
 * binder_priority_borrow() - be as urgent as a call is
 * @caller:     as for binder_priority_wanted()
 * @node_flags: of the node that is called
 *
 * Return: what binder_priority_restore() has to bring back.
 */
struct binder_priority binder_priority_borrow(const struct binder_priority *caller,
					      u32 node_flags)
{
	struct binder_priority now = binder_priority_current();
	struct binder_priority want = binder_priority_wanted(now, caller, node_flags);

	/* What such a task has can't be given back to it. */
	if (now.policy == SCHED_DEADLINE || !differ(now, want))
		return now;
	return change(now, want);
}

/**
 * binder_priority_restore() - be as urgent as before
 * @saved: what binder_priority_borrow() has returned
 */
void binder_priority_restore(struct binder_priority saved)
{
	struct binder_priority now = binder_priority_current();

	/* What it has changed itself meanwhile is left as it is. */
	if (saved.lent && now.policy != SCHED_DEADLINE)
		apply(now, saved);
	else
		set_user_nice(current, saved.nice);
}

/**
 * binder_priority_set_nice() - have a nice value, as far as it is permitted
 * @nice: that
 */
void binder_priority_set_nice(int nice)
{
	struct binder_priority want = { .nice = nice };

	if (nice != binder_priority_nice())
		set_user_nice(current, permitted(want).nice);
}
