// SPDX-License-Identifier: GPL-2.0-only
/* Plays one program: its actors are those of the selftests. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "binder_client.h"
#include "fuzz.h"

struct cast *cast;
static struct actor *actors[ACTORS];
static const struct program *program;
static bool used[ACTORS], verbose;

#define HUNG	2	/* exit status */

static void spawn(unsigned int process)
{
	unsigned int main_thread = 2 * process;

	actors[main_thread] = actor_spawn(ACTOR_CLOSED);
	if (used[main_thread + 1])
		actors[main_thread + 1] = actor_thread(actors[main_thread]);
	cast->pid[process] = actors[main_thread]->pid;
}

void kill_process(unsigned int process)
{
	unsigned int main_thread = 2 * process;

	if (!actors[main_thread])
		return;
	actor_kill(actors[main_thread]);
	/* Whoever speaks of it next makes a new one. */
	actors[main_thread] = NULL;
	actors[main_thread + 1] = NULL;
}

void signal_actor(unsigned int actor)
{
	if (actors[actor])
		syscall(SYS_tgkill, actors[actor]->pid, actors[actor]->tid, SIGUSR1);
}

/* A run of lines that one actor carries out. */
struct part {
	unsigned int actor, from, to;
};

static long part_job(struct actor *a, void *arg)
{
	struct part *part = arg;
	unsigned int i;

	become(part->actor);
	for (i = part->from; i < part->to; i++)
		cast->result[i] = words[program->at[i].word].run(program->at[i].arg);
	return 0;
}

/* -1000: it was left out, or has not come back. */
static void show_results(void)
{
	unsigned int i;

	for (i = 0; i < program->count; i++) {
		line_print(stdout, &program->at[i]);
		printf("  -> %ld\n", cast->result[i]);
	}
	fflush(stdout);
}

/* Ready for more? Waits until it is, or sleeps, which may be for ever. */
static bool is_ready(unsigned int actor)
{
	struct actor *a = actors[actor];

	if (!actor_finished(a, 2)) {
		switch (actor_wait_asleep(a)) {
		case 0:
			return false;
		case -ETIMEDOUT:
			fprintf(stderr, "# %c%s does not come back\n", 'A' + actor / 2,
				actor % 2 ? "2" : "");
			if (verbose)
				show_results();
			_exit(HUNG);
		}
	}
	if (a->busy)
		actor_finish(a);
	if (a->dead)
		kill_process(actor / 2);
	return !a->dead;
}

static unsigned int part_end(const struct program *p, unsigned int from)
{
	const struct line *line = &p->at[from];
	unsigned int to = from + 1;

	while (!line->async && to < p->count && p->at[to].actor == line->actor &&
	       !words[p->at[to].word].direct)
		line = &p->at[to++];
	return to;
}

static void run_part(unsigned int from, unsigned int to)
{
	unsigned int actor = program->at[from].actor;
	struct part *part = actor_alloc(sizeof(*part));

	if (!actors[actor / 2 * 2])
		spawn(actor / 2);
	if (!is_ready(actor))
		return;
	*part = (struct part){ actor, from, to };
	actor_start(actors[actor], part_job, part);
	if (!program->at[to - 1].async)
		is_ready(actor);
}

static void on_signal(int number)
{
}

/* All get it, as they are forked from here; it only interrupts. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
}

/* Who takes turns needs no other processor, which would only have to be woken up. */
static void stay_here(void)
{
	cpu_set_t one = {};

	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

void play(const struct program *p, bool tell)
{
	bool in_turns = true;
	unsigned int i, to;

	program = p;
	verbose = tell;
	cast = actor_alloc(sizeof(*cast));
	for (i = 0; i < p->count; i++) {
		used[p->at[i].actor] = true;
		in_turns &= !p->at[i].async;
		cast->result[i] = -1000;
	}
	catch_signals();
	if (in_turns)
		stay_here();
	if (needs_mount(p))
		prepare_mount();
	for (i = 0; i < p->count; i = to) {
		to = i + 1;
		if (words[p->at[i].word].direct) {
			cast->result[i] = words[p->at[i].word].direct(p->at[i].arg);
		} else {
			to = part_end(p, i);
			run_part(i, to);
		}
	}
	actor_end_all();
	if (verbose)
		show_results();
	_exit(0);
}
