// SPDX-License-Identifier: GPL-2.0-only
/* Two CPUs at a time: calls per second, by the clock. */
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "party.h"

#define CLIENTS		4
#define ROUNDS		5
#define ROUND_US	1000000
/* One pair and both take turns, faster than the machine changes its speed. */
#define SLICES		41
#define SLICE_US	120000
#define SETTLE_US	10000

/* Shared with the child. */
struct control {
	uint32_t go;
	unsigned long calls;
};

struct client {
	int cpu;
	unsigned int which;	/* of the servers that have registered; 0: the manager */
	struct gate ready;
	struct gate there;	/* of a pair of pipes */
	struct gate back;
	struct control *control;
};

static struct client clients[CLIENTS];

static void let_go(struct client *client, uint32_t go)
{
	__atomic_store_n(&client->control->go, go, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &client->control->go, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* A call is done; the next one may have to wait. */
static void count_call(struct control *control)
{
	__atomic_fetch_add(&control->calls, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&control->go, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &control->go, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void run_client(void *arg)
{
	struct client *client = arg;
	uint32_t handles[2], handle = 0;
	struct party party;

	bench_pin(client->cpu);
	party_open(&party, PARTY_MAP_SIZE);
	if (client->which) {
		party_get_handles(&party, 0, 2, handles);
		handle = handles[client->which - 1];
	}
	party_call_plain(&party, handle, PLAIN);
	gate_open(&client->ready);
	for (;;) {
		count_call(client->control);
		party_call_plain(&party, handle, PLAIN);
	}
}

static void run_pong(void *arg)
{
	struct client *client = arg;

	bench_pin(client->cpu);
	for (;;) {
		gate_wait(&client->there);
		gate_open(&client->back);
	}
}

static void run_ping(void *arg)
{
	struct client *client = arg;

	bench_pin(client->cpu);
	gate_init(&client->there);
	gate_init(&client->back);
	bench_fork(run_pong, client);
	gate_open(&client->ready);
	for (;;) {
		count_call(client->control);
		gate_open(&client->there);
		gate_wait(&client->back);
	}
}

static void start_client(int i, int cpu, int which, void (*body)(void *arg))
{
	struct client *client = &clients[i];

	client->cpu = cpu;
	client->which = which;
	client->control = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			       0);
	if (client->control == MAP_FAILED)
		bench_die("mmap");
	gate_init(&client->ready);
	bench_fork(body, client);
	gate_wait(&client->ready);
}

static unsigned long all_calls(void)
{
	unsigned long calls = 0;
	int i;

	for (i = 0; i < CLIENTS; i++)
		if (clients[i].control)
			calls += __atomic_load_n(&clients[i].control->calls, __ATOMIC_RELAXED);
	return calls;
}

/* Calls per second. */
static double rate(unsigned int microseconds)
{
	unsigned long before = all_calls();
	uint64_t start = bench_now();

	usleep(microseconds);
	return (all_calls() - before) * 1e9 / (bench_now() - start);
}

/* The first client is at it all the time, the second one in every second slice. */
static void report_pairs(const char *one, const char *both, const char *against)
{
	double alone[SLICES], together[SLICES], ratio[SLICES];
	int i;

	let_go(&clients[0], 1);
	for (i = 0; i < SLICES; i++) {
		usleep(SETTLE_US);
		alone[i] = rate(SLICE_US);
		let_go(&clients[1], 1);
		usleep(SETTLE_US);
		together[i] = rate(SLICE_US);
		let_go(&clients[1], 0);
		ratio[i] = alone[i] ? together[i] / alone[i] : 0;
	}
	bench_report(one, alone, SLICES);
	bench_report(both, together, SLICES);
	bench_report(against, ratio, SLICES);
}

static void run_pipes(const struct line *line)
{
	int i;

	(void)line;
	for (i = 0; i < 2; i++)
		start_client(i, i, 0, run_ping);
	report_pairs("floor: one pipe pair", "floor: two pipe pairs",
		     "floor: two pipe pairs : one");
}

/* Client and server of a pair share a CPU; the context manager sleeps. */
static void run_pairs(const struct line *line)
{
	int i;

	(void)line;
	server_start(PARTY_MAP_SIZE);
	for (i = 0; i < 2; i++)
		server_register(1, i);
	for (i = 0; i < 2; i++)
		start_client(i, i, i + 1, run_client);
	report_pairs("one pair on one CPU", "two pairs on two CPUs", "two pairs : one");
}

static void run_pool(const struct line *line)
{
	double values[ROUNDS];
	long i;

	server_start_on(PARTY_MAP_SIZE, 1, 4);
	for (i = 0; i < line->arg; i++)
		start_client(i, 0, 0, run_client);
	for (i = 0; i < line->arg; i++)
		let_go(&clients[i], 1);
	for (i = 0; i < ROUNDS; i++)
		values[i] = rate(ROUND_US);
	bench_report(line->name, values, ROUNDS);
}

const struct line parallel_lines[] = {
	{ "floor: two pipe pairs", run_pipes, 0 },
	{ "two pairs", run_pairs, 0 },
	{ "2 clients, pool of 4", run_pool, 2 },
	{ "4 clients, pool of 4", run_pool, 4 },
	{}
};
