// SPDX-License-Identifier: GPL-2.0-only
/*
 * The benchmark's frame; see bench.h.
 *
 *   bench [-p] [-s] [-n NODES] [-c CALLS] [LINE]...
 *
 *   -p        the parallel lines, by the clock; else the counted ones
 *   -s        at the end, the kernel's symbols go to QEMU's debug console; and say
 *             how many calls were marked for the profile
 *   -n NODES  how many are many (50,000)
 *   -c CALLS  how many calls make up a repeat (20)
 *
 * With no LINE, all. A LINE is a shell pattern.
 */
#include <errno.h>
#include <fnmatch.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"

#define REPEATS		21
#define DEBUG_CONSOLE	0xe9

bool bench_counted = true;
static bool symbols_wanted;
long bench_many = 50000;
long bench_calls = 20;

uint64_t bench_now(void)
{
	struct timespec now;

	if (bench_counted)
		return __builtin_ia32_rdtsc();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void bench_die(const char *what)
{
	fprintf(stderr, "bench: %s (%s)\n", what, strerror(errno));
	exit(1);
}

static int by_value(const void *left, const void *right)
{
	double l = *(const double *)left, r = *(const double *)right;

	return (l > r) - (l < r);
}

void bench_report(const char *name, double *values, int count)
{
	double median;

	qsort(values, count, sizeof(*values), by_value);
	median = values[count / 2];
	printf("bench\t%s\t%.2f\t%.2f\n", name, median,
	       median ? 100 * (values[count * 3 / 4] - values[count / 4]) / median : 0);
}

void bench_report_one(const char *name, double value)
{
	bench_report(name, &value, 1);
}

void bench_marked(const char *name, int steps)
{
	if (symbols_wanted)
		printf("marked\t%s\t%d\n", name, steps);
}

void bench_steps(const char *name, int calls, void (*step)(void *arg), void *arg)
{
	double values[REPEATS];
	int i, j;

	for (i = 0; i < 5 * calls; i++)
		step(arg);
	bench_mark_start();
	for (i = 0; i < REPEATS; i++) {
		uint64_t start = bench_now();

		for (j = 0; j < calls; j++)
			step(arg);
		values[i] = (double)(bench_now() - start) / calls;
	}
	bench_mark_stop();
	bench_report(name, values, REPEATS);
	bench_marked(name, REPEATS * calls);
}

void bench_each(const char *name, int count, void (*step)(void *arg), void *arg)
{
	double *values = calloc(count, sizeof(*values));
	int i;

	if (!values)
		bench_die("calloc");
	bench_mark_start();
	for (i = 0; i < count; i++) {
		uint64_t start = bench_now();

		step(arg);
		values[i] = bench_now() - start;
	}
	bench_mark_stop();
	bench_report(name, values, count);
	bench_marked(name, count);
	free(values);
}

pid_t bench_fork(void (*body)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		bench_die("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	bench_batch();
	body(arg);
	exit(0);
}

void bench_batch(void)
{
	struct sched_param param = {};

	if (sched_setscheduler(0, SCHED_BATCH, &param))
		bench_die("SCHED_BATCH");
}

void bench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		bench_die("sched_setaffinity");
}

void gate_init(struct gate *gate)
{
	if (pipe(gate->fd))
		bench_die("pipe");
}

void gate_open(struct gate *gate)
{
	if (write(gate->fd[1], "", 1) != 1)
		bench_die("write to a pipe");
}

void gate_wait(struct gate *gate)
{
	char byte;

	if (read(gate->fd[0], &byte, 1) != 1)
		bench_die("read from a pipe");
}

static void run_line(void *arg)
{
	const struct line *line = arg;

	setvbuf(stdout, NULL, _IOLBF, 0);
	line->run(line);
}

static bool wanted(const char *name, char **patterns)
{
	if (!*patterns)
		return true;
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, name, 0))
			return true;
	return false;
}

/* The number of lines that failed. */
static int run_lines(const struct line *lines, char **patterns)
{
	const struct line *line;
	int failed = 0, status;

	for (line = lines; line->name; line++) {
		if (!wanted(line->name, patterns))
			continue;
		waitpid(bench_fork(run_line, (void *)line), &status, 0);
		/* The line's children die with it; the next one has to wait for that. */
		while (wait(NULL) > 0)
			;
		usleep(200000);
		if (status) {
			printf("failed\t%s\n", line->name);
			failed++;
		}
	}
	return failed;
}

/* Megabytes of them: a port is much faster than a serial line. */
static void send_symbols(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	char line[512], type;

	if (!symbols || ioperm(DEBUG_CONSOLE, 1, 1))
		bench_die("kallsyms");
	while (fgets(line, sizeof(line), symbols))
		if (sscanf(line, "%*s %c", &type) == 1 && strchr("tTwW", type))
			outsb(DEBUG_CONSOLE, line, strlen(line));
	fclose(symbols);
}

int main(int argc, char **argv)
{
	const struct line *const counted[] = {
		floor_lines, call_lines, growth_lines, memory_lines,
	};
	int option, failed = 0;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((option = getopt(argc, argv, "psn:c:")) != -1) {
		switch (option) {
		case 'p':
			bench_counted = false;
			break;
		case 's':
			symbols_wanted = true;
			break;
		case 'n':
			bench_many = atol(optarg);
			break;
		case 'c':
			bench_calls = atol(optarg);
			break;
		default:
			return 2;
		}
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		bench_die("PR_SET_CHILD_SUBREAPER");
	if (!bench_counted)
		return !!run_lines(parallel_lines, argv + optind);
	/* What booting has left to do is done by then. */
	sleep(8);
	for (i = 0; i < ARRAY_SIZE(counted); i++)
		failed += run_lines(counted[i], argv + optind);
	if (symbols_wanted)
		send_symbols();
	return !!failed;
}
