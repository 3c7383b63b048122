// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which thread waits for which.
 *
 * A thread waits for the answer to the innermost call of its stack, if that is its own. A
 * call that a thread has taken waits for that thread. One that nobody has taken waits for
 * any thread of the process that is in its loop; if all of these wait, it waits for all.
 *
 * A thread is live if it doesn't wait, or if it waits for one that is live. So what is not
 * live, once that has been followed to its end, never will be: a deadlock, or behind one.
 */
#include "binderctl.h"

static bool in_loop(const struct thread *thread)
{
	return thread->looper & (LOOPER_REGISTERED | LOOPER_ENTERED) &&
	       !(thread->looper & LOOPER_EXITED);
}

const struct txn *thread_waits(const struct thread *thread)
{
	return thread->stack_count && thread->stack[0].outgoing ? &thread->stack[0] : NULL;
}

enum thread_state thread_state(const struct thread *thread)
{
	if (thread_waits(thread))
		return THREAD_WAITING;
	if (thread->stack_count)
		return THREAD_SERVING;
	/* Who polls is about to come when there is something. */
	return thread->looper & (LOOPER_WAITING | LOOPER_POLL) ? THREAD_IDLE : THREAD_USER;
}

const char *thread_state_name(const struct thread *thread)
{
	static const char * const names[] = {
		[THREAD_IDLE] = "idle",
		[THREAD_SERVING] = "serving",
		[THREAD_WAITING] = "waiting",
		[THREAD_USER] = "user",
	};

	return names[thread_state(thread)];
}

static bool has_taken(const struct thread *thread, const struct txn *txn)
{
	size_t i;

	for (i = 0; i < thread->stack_count; i++) {
		if (thread->stack[i].id == txn->id)
			return true;
	}
	return false;
}

static const struct thread *find_thread(const struct proc *proc, int tid)
{
	size_t i;

	for (i = 0; i < proc->thread_count; i++) {
		if (proc->threads[i].tid == tid)
			return &proc->threads[i];
	}
	return NULL;
}

/* A process may have opened several devices: the call is to one of them. */
static const struct proc *find_target(const struct state *state, const struct txn *txn)
{
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		const struct proc *proc = &state->procs[i];

		if (proc->pid != txn->to_pid)
			continue;
		if (txn->to_tid) {
			const struct thread *thread = find_thread(proc, txn->to_tid);

			if (thread && has_taken(thread, txn))
				return proc;
		}
		for (j = 0; j < proc->pending_count; j++) {
			if (proc->pending[j].id == txn->id)
				return proc;
		}
	}
	return NULL;
}

static struct step next_in_process(const struct proc *proc)
{
	struct step step = { STEP_NOBODY, proc, NULL };
	size_t i;

	for (i = 0; i < proc->thread_count; i++) {
		const struct thread *thread = &proc->threads[i];
		enum thread_state state = thread_state(thread);
		enum step_kind kind = state == THREAD_IDLE ? STEP_IDLE :
				      state == THREAD_WAITING ? STEP_THREAD : STEP_QUEUED;

		if (!in_loop(thread))
			continue;
		/* The best of them counts: idle, else busy, else one that waits but is live. */
		if (!step.thread || kind == STEP_IDLE || (kind == STEP_QUEUED &&
							  step.kind == STEP_THREAD) ||
		    (kind == step.kind && thread->live && !step.thread->live))
			step = (struct step){ kind, proc, thread };
		if (kind == STEP_IDLE)
			break;
	}
	return step;
}

struct step waits_next(const struct state *state, const struct thread *thread)
{
	const struct txn *txn = thread_waits(thread);
	const struct proc *proc = find_target(state, txn);
	const struct thread *next;

	if (!proc)
		return (struct step){ STEP_GONE, NULL, NULL };
	if (!txn->to_tid)
		return next_in_process(proc);
	next = find_thread(proc, txn->to_tid);
	if (!next)
		return (struct step){ STEP_GONE, proc, NULL };
	/* What is on its way to a certain thread wakes it, even while that waits. */
	if (!has_taken(next, txn) || !thread_waits(next))
		return (struct step){ STEP_ENDS, proc, next };
	return (struct step){ STEP_THREAD, proc, next };
}

static bool is_live(const struct state *state, const struct thread *thread)
{
	struct step step;

	if (!thread_waits(thread))
		return true;
	step = waits_next(state, thread);
	/* Nobody there may change at any time: that is no deadlock. */
	return step.kind != STEP_THREAD || step.thread->live;
}

void waits_settle(struct state *state)
{
	bool changed = true;
	size_t i, j;

	while (changed) {
		changed = false;
		for (i = 0; i < state->count; i++) {
			for (j = 0; j < state->procs[i].thread_count; j++) {
				struct thread *thread = &state->procs[i].threads[j];

				if (thread->live || !is_live(state, thread))
					continue;
				thread->live = true;
				changed = true;
			}
		}
	}
}
