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
 * It is followed backwards, from those that are live to those that wait for them.
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
	const struct entry *call = state_look_up(state, ENTRY_MESSAGE, txn->to_pid, txn->id);
	const struct entry *next;

	if (!call)
		return (struct step){ STEP_GONE, NULL, NULL };
	if (!txn->to_tid)
		return call->proc->step;
	if (call->thread)
		return (struct step){ thread_waits(call->thread) ? STEP_THREAD : STEP_ENDS,
				      call->proc, call->thread };
	/* What is on its way to a certain thread wakes it, even while that waits. */
	next = state_look_up(state, ENTRY_THREAD, txn->to_pid, txn->to_tid);
	if (!next)
		return (struct step){ STEP_GONE, call->proc, NULL };
	return (struct step){ STEP_ENDS, call->proc, next->thread };
}

/* Behind whom @thread waits, so that it is found when that one is live; or @live itself. */
static void file_waiter(struct state *state, struct thread *thread, struct thread **live)
{
	struct step step = { STEP_ENDS, NULL, NULL };
	const struct entry *call = NULL;
	struct thread **list = live;

	if (thread_waits(thread)) {
		step = waits_next(state, thread);
		call = state_look_up(state, ENTRY_MESSAGE, thread_waits(thread)->to_pid,
				     thread_waits(thread)->id);
	}
	/* Nobody there may change at any time: that is no deadlock. */
	if (step.kind == STEP_THREAD)
		list = thread_waits(thread)->to_tid ? &call->thread->waiter : &call->proc->waiter;
	else
		thread->live = true;
	thread->next = *list;
	*list = thread;
}

/* All of a list are live, and to be followed. */
static void revive(struct thread **list, struct thread **live)
{
	struct thread *thread;

	while ((thread = *list)) {
		*list = thread->next;
		thread->live = true;
		thread->next = *live;
		*live = thread;
	}
}

void waits_settle(struct state *state)
{
	struct thread *live = NULL, *thread;
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		for (j = 0; j < state->procs[i].thread_count; j++) {
			thread = &state->procs[i].threads[j];
			thread->proc = &state->procs[i];
			thread->live = false;
			thread->waiter = NULL;
		}
		state->procs[i].step = next_in_process(&state->procs[i]);
		state->procs[i].waiter = NULL;
	}
	for (i = 0; i < state->count; i++) {
		for (j = 0; j < state->procs[i].thread_count; j++)
			file_waiter(state, &state->procs[i].threads[j], &live);
	}
	while ((thread = live)) {
		live = thread->next;
		revive(&thread->waiter, &live);
		if (in_loop(thread))
			revive(&thread->proc->waiter, &live);
	}
	/* Of several that wait, a live one is the one to name. */
	for (i = 0; i < state->count; i++)
		state->procs[i].step = next_in_process(&state->procs[i]);
}

bool waits_for_ever(const struct state *state)
{
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		for (j = 0; j < state->procs[i].thread_count; j++) {
			if (!state->procs[i].threads[j].live)
				return true;
		}
	}
	return false;
}

static bool waited_before(const struct state *before, const struct proc *proc,
			  const struct thread *thread)
{
	const struct entry *entry = state_look_up(before, ENTRY_THREAD, proc->pid, thread->tid);

	return entry && !entry->thread->live &&
	       thread_waits(entry->thread)->id == thread_waits(thread)->id;
}

void waits_confirm(struct state *state, const struct state *before)
{
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		struct proc *proc = &state->procs[i];

		for (j = 0; j < proc->thread_count; j++) {
			struct thread *thread = &proc->threads[j];

			thread->live |= !thread->live && !waited_before(before, proc, thread);
		}
	}
}
