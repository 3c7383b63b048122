/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Freezing a process.
 *
 * A manager of processes that is about to stop one (by the cgroup freezer, say)
 * tells the driver first.  From then on calls to it that wait for an answer fail
 * with BR_FROZEN_REPLY, and one-way calls are queued, with
 * BR_TRANSACTION_PENDING_FROZEN for their senders.  It is only frozen if it has
 * nothing to answer: while a call to it is queued or being worked on, or one of
 * its threads waits for an answer, freezing fails with -EAGAIN.
 *
 * What is asked for is a pid as the caller sees it; all files that the process has
 * open are meant.
 */
#ifndef BINDER_FREEZE_H
#define BINDER_FREEZE_H

struct binder_freeze_info;
struct binder_frozen_status_info;
struct binder_proc;

int binder_freeze(const struct binder_freeze_info *info);
int binder_freeze_status(struct binder_frozen_status_info *info);
void binder_freeze_done_locked(struct binder_proc *proc);

#endif /* BINDER_FREEZE_H */
