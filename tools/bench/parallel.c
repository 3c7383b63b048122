// SPDX-License-Identifier: GPL-2.0-only
/* Two CPUs at a time: calls per second, by the clock. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "party.h"

#define CLIENTS		4
#define ROUNDS		5
#define ROUND_US	1000000

struct client {
	int cpu;
	unsigned int which;	/* of the servers that have registered; 0: the manager */
	struct gate ready;
	struct gate go;
	unsigned long *calls;	/* shared with the child */
};

static struct client clients[CLIENTS];

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
	gate_open(&client->ready);
	gate_wait(&client->go);
	for (;;) {
		party_call_plain(&party, handle, PLAIN);
		__atomic_fetch_add(client->calls, 1, __ATOMIC_RELAXED);
	}
}

static void start_client(int i, int cpu, int which)
{
	struct client *client = &clients[i];

	client->cpu = cpu;
	client->which = which;
	client->calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (client->calls == MAP_FAILED)
		bench_die("mmap");
	gate_init(&client->ready);
	gate_init(&client->go);
	bench_fork(run_client, client);
	gate_wait(&client->ready);
}

static unsigned long all_calls(void)
{
	unsigned long calls = 0;
	int i;

	for (i = 0; i < CLIENTS; i++)
		if (clients[i].calls)
			calls += __atomic_load_n(clients[i].calls, __ATOMIC_RELAXED);
	return calls;
}

static void report_rate(const char *name)
{
	double values[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		unsigned long before = all_calls();
		uint64_t start = bench_now();

		usleep(ROUND_US);
		values[i] = (all_calls() - before) * 1e9 / (bench_now() - start);
	}
	bench_report(name, values, ROUNDS);
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
		start_client(i, i, i + 1);
	gate_open(&clients[0].go);
	report_rate("one pair on one CPU");
	gate_open(&clients[1].go);
	report_rate("two pairs on two CPUs");
}

static void run_pool(const struct line *line)
{
	long i;

	server_start_on(PARTY_MAP_SIZE, 1, 4);
	for (i = 0; i < line->arg; i++)
		start_client(i, 0, 0);
	for (i = 0; i < line->arg; i++)
		gate_open(&clients[i].go);
	report_rate(line->name);
}

const struct line parallel_lines[] = {
	{ "two pairs", run_pairs, 0 },
	{ "2 clients, pool of 4", run_pool, 2 },
	{ "4 clients, pool of 4", run_pool, 4 },
	{}
};
