// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays programs: the actors are those of the selftests. A fork takes longer than most
 * programs do, so processes that are idle at the end of one, and not marked by it, close
 * all their files and wait for the next one. The others are killed.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "binder_client.h"
#include "fuzz.h"

struct cast *cast;
static struct actor *actors[ACTORS];
static const struct program *program;
static bool verbose;

#define HUNG	2	/* exit status */

/* So many programs in a row; what they have shared with their actors is never given back. */
#define IN_A_ROW	100

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

/* Have that actor. */
static bool is_there(unsigned int actor)
{
	unsigned int main_thread = actor / 2 * 2;

	if (!actors[main_thread]) {
		actors[main_thread] = actor_spawn(ACTOR_CLOSED);
		cast->pid[actor / 2] = actors[main_thread]->pid;
	}
	if (!actors[actor]) {
		if (!is_ready(main_thread))
			return false;
		actors[actor] = actor_thread(actors[main_thread]);
	}
	return is_ready(actor);
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

	if (!is_there(actor))
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
void choose_processors(bool in_turns)
{
	cpu_set_t set = {};
	int i;

	for (i = 0; i < (in_turns ? 1 : CPU_SETSIZE); i++)
		CPU_SET(i, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static long forget_job(struct actor *a, void *arg)
{
	forget();
	return 0;
}

/* Is it idle, and as if it were new? */
static bool is_cleared(unsigned int actor)
{
	struct actor *a = actors[actor];

	if (a->busy && actor_finished(a, 0))
		actor_finish(a);
	return !a->busy && !a->dead && !actor_do(a, forget_job, NULL);
}

/* A second thread needs a file of its own, to be told what to do. */
static void clear_process(unsigned int process, bool marked)
{
	unsigned int main_thread = 2 * process;

	if (actors[main_thread] &&
	    (marked || actors[main_thread + 1] || !is_cleared(main_thread)))
		kill_process(process);
}

static void play_lines(void)
{
	unsigned int i, to;

	for (i = 0; i < program->count; i = to) {
		to = i + 1;
		if (words[program->at[i].word].direct) {
			cast->result[i] = words[program->at[i].word].direct(program->at[i].arg);
		} else {
			to = part_end(program, i);
			run_part(i, to);
		}
	}
}

/* Can this process, and its actors, play one more? */
static bool play_one(void)
{
	bool in_turns = true, mount = needs_mount(program), marked = leaves_marks(program);
	unsigned int i;

	for (i = 0; i < program->count; i++) {
		in_turns &= !program->at[i].async;
		cast->result[i] = -1000;
	}
	for (i = 0; i < PROCESSES && (mount || !in_turns); i++)
		kill_process(i);
	choose_processors(in_turns);
	if (mount)
		prepare_mount();
	play_lines();
	for (i = 0; i < PROCESSES; i++)
		clear_process(i, mount || marked || !in_turns);
	if (verbose)
		show_results();
	return !mount;
}

void play(const struct program *p, int sock, bool tell)
{
	unsigned int n;
	char go_on = 1;

	program = p;
	verbose = tell;
	cast = actor_alloc(sizeof(*cast));
	catch_signals();
	for (n = 1; go_on && recv(sock, &go_on, 1, 0) == 1; n++) {
		go_on = play_one() && n < IN_A_ROW;
		if (!go_on)
			actor_end_all();
		if (send(sock, &go_on, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	actor_end_all();
	_exit(0);
}
