// SPDX-License-Identifier: GPL-2.0-only
/* Freezing processes.  The essay is in freeze.h. */

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/wait.h>

#include "abi.h"
#include "freeze.h"
#include "notify.h"
#include "proc.h"
#include "thread.h"

/**
 * binder_freeze_done_locked() - a call to a process is not outstanding any more
 * @proc: the process; caller holds its lock
 */
void binder_freeze_done_locked(struct binder_proc *proc)
{
	lockdep_assert_held(&proc->lock);
	WRITE_ONCE(proc->outstanding, proc->outstanding - 1);
	if (!proc->outstanding && proc->frozen)
		wake_up(&proc->freeze_wait);
}

/* Is somebody waiting for the process, or one of its threads for somebody? */
static bool pending_locked(struct binder_proc *proc)
{
	struct rb_node *node;

	if (proc->outstanding)
		return true;
	for (node = rb_first(&proc->threads); node; node = rb_next(node))
		if (rb_entry(node, struct binder_thread, by_pid)->stack)
			return true;
	return false;
}

static void set_frozen_locked(struct binder_proc *proc, bool frozen)
{
	proc->frozen = frozen;
	proc->sync_recv = false;
	proc->async_recv = false;
}

static void thaw(struct binder_proc *proc)
{
	spin_lock(&proc->lock);
	set_frozen_locked(proc, false);
	WRITE_ONCE(proc->frozen_wholly, false);
	spin_unlock(&proc->lock);
	binder_watch_proc_frozen(proc);
}

/* New calls are refused first; then what is under way gets time to end. */
static int freeze(struct binder_proc *proc, u32 timeout_ms)
{
	long left = 0;
	bool pending, was = false;

	spin_lock(&proc->lock);
	set_frozen_locked(proc, true);
	spin_unlock(&proc->lock);
	if (timeout_ms)
		left = wait_event_interruptible_timeout(proc->freeze_wait,
							!READ_ONCE(proc->outstanding),
							msecs_to_jiffies(timeout_ms));
	spin_lock(&proc->lock);
	pending = pending_locked(proc);
	if (left < 0 || pending) {
		/* Frozen before, or by another one meanwhile: it is not any more. */
		was = proc->frozen_wholly;
		proc->frozen = false;
		WRITE_ONCE(proc->frozen_wholly, false);
	} else {
		/* Who thaws it meanwhile, or fails to freeze it, has the last word. */
		WRITE_ONCE(proc->frozen_wholly, proc->frozen);
	}
	spin_unlock(&proc->lock);
	if (was)
		binder_watch_proc_frozen(proc);
	if (left < 0)
		return left;
	if (pending)
		return -EAGAIN;
	binder_watch_proc_frozen(proc);
	return 0;
}

/**
 * binder_freeze() - BINDER_FREEZE
 * @info: which process, freeze or thaw it, how long to wait
 *
 * Context: may sleep.
 * Return: 0, -EINVAL where no such process uses binder, -EAGAIN where it has work
 * outstanding and was not frozen, -ERESTARTSYS.
 */
int binder_freeze(const struct binder_freeze_info *info)
{
	struct binder_proc *proc = NULL;
	bool found = false;
	int ret = 0;

	while ((proc = binder_proc_next_of(proc, info->pid))) {
		found = true;
		if (!info->enable)
			thaw(proc);
		else if (!ret)
			ret = freeze(proc, info->timeout_ms);
	}
	return found ? ret : -EINVAL;
}

/**
 * binder_freeze_status() - BINDER_GET_FROZEN_INFO
 * @info: its pid: which process; the rest is set: calls since it was frozen (bit
 *        0 of sync_recv, async_recv), and calls that wait for answers (bit 1 of
 *        sync_recv)
 *
 * Return: 0 or -EINVAL.
 */
int binder_freeze_status(struct binder_frozen_status_info *info)
{
	struct binder_proc *proc = NULL;
	bool found = false;

	info->sync_recv = 0;
	info->async_recv = 0;
	while ((proc = binder_proc_next_of(proc, info->pid))) {
		found = true;
		spin_lock(&proc->lock);
		info->sync_recv |= proc->sync_recv | pending_locked(proc) << 1;
		info->async_recv |= proc->async_recv;
		spin_unlock(&proc->lock);
	}
	return found ? 0 : -EINVAL;
}
