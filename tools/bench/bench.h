/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmark: what a call costs, line by line.
 *
 * A line is one row of the table. It runs in a process of its own, with a
 * server that it starts for itself, so that none sees what another has left
 * behind. What it finds out it prints at once, as a line of TSV:
 *
 *	bench	NAME	VALUE	SPREAD
 *
 * where VALUE is a median and SPREAD how far, in percent, the quartiles lie
 * apart.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

struct line {
	const char *name;
	void (*run)(const struct line *line);
	long arg;
};

extern const struct line floor_lines[];
extern const struct line call_lines[];
extern const struct line growth_lines[];
extern const struct line memory_lines[];
extern const struct line parallel_lines[];

/* How many nodes and handles are "many", and how many calls are measured. */
extern long bench_many;
extern long bench_calls;

/*
 * Under QEMU's -icount the time stamp counter counts instructions; else the
 * clock's nanoseconds are taken.
 */
extern bool bench_counted;
uint64_t bench_now(void);

/* Ends the line, which has failed. */
void bench_die(const char *what) __attribute__((noreturn));

/* Sorts @values. */
void bench_report(const char *name, double *values, int count);
void bench_report_one(const char *name, double value);

/*
 * Reports what one @step costs: repeats of @calls steps each, after some that
 * are not counted. The timer's tick falls into few of the repeats, so that the
 * median is without it.
 */
void bench_steps(const char *name, int calls, void (*step)(void *arg), void *arg);

/*
 * What a step costs whose costs change from one to the next: @count steps, each
 * for itself.
 */
void bench_each(const char *name, int count, void (*step)(void *arg), void *arg);

/* A child that dies with its parent; it runs @body and exits. */
pid_t bench_fork(void (*body)(void *arg), void *arg);

/* SCHED_BATCH: who is woken does not push out the one who wakes it. */
void bench_batch(void);
void bench_pin(int cpu);

/* A pipe to wait at: one byte is one signal. */
struct gate {
	int fd[2];
};

void gate_init(struct gate *gate);
void gate_open(struct gate *gate);
void gate_wait(struct gate *gate);

/*
 * What tools/bench/profile.c looks for in the guest's instructions; and of how many
 * steps the profile is to be.
 */
void bench_marked(const char *name, int steps);

static inline void bench_mark_start(void)
{
	asm volatile("nopl 0x62617274(%%rax)" ::: "memory");
}

static inline void bench_mark_stop(void)
{
	asm volatile("nopl 0x62617275(%%rax)" ::: "memory");
}

#endif
