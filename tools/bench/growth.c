// SPDX-License-Identifier: GPL-2.0-only
/* What a call costs when there is much else: nodes, handles, buffers, watches. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "party.h"

#define SAMPLES		21
#define QUEUED		5000
#define HELD		5000
#define WATCHED		10000

/* Who sends nodes, one or many at a time, to be kept behind @handle. */
struct owner {
	struct party party;
	uint32_t handle;
	uint64_t next_node;
	struct gate go;
	struct gate done;
};

static void send_nodes(struct owner *owner, long count)
{
	static struct objects objects;

	while (count > 0) {
		objects.count = 0;
		while (objects.count < PARTY_OBJECTS && count-- > 0)
			objects_add(&objects, BINDER_TYPE_BINDER, owner->next_node++);
		party_send_objects(&owner->party, owner->handle, KEEP, &objects);
	}
}

static void create(void *arg)
{
	send_nodes(arg, 1);
}

static void release(void *arg)
{
	struct owner *owner = arg;

	party_call_plain(&owner->party, owner->handle, DROP);
}

static void call_manager(void *arg)
{
	struct owner *owner = arg;

	party_call_plain(&owner->party, 0, PLAIN);
}

static void measure_objects(struct owner *owner, const char *what, const char *when)
{
	char name[64];
	int i;

	for (i = 0; i < 3; i++) {
		create(owner);
		release(owner);
	}
	snprintf(name, sizeof(name), "create a %s, %s", what, when);
	bench_each(name, SAMPLES, create, owner);
	snprintf(name, sizeof(name), "release a %s, %s", what, when);
	bench_each(name, SAMPLES, release, owner);
}

/* An owner of few nodes: what it creates in the manager is a handle. */
static void run_newcomer(void *arg)
{
	struct owner *owner = arg;

	party_open(&owner->party, PARTY_MAP_SIZE);
	gate_wait(&owner->go);
	measure_objects(owner, "handle", "with 1");
	gate_open(&owner->done);
	gate_wait(&owner->go);
	measure_objects(owner, "handle", "with many");
	gate_open(&owner->done);
	pause();
}

/* @owner has many nodes, to which the manager has handles. */
static void run_objects(const struct line *line)
{
	static struct owner owner = { .next_node = 1 }, newcomer = { .next_node = 1 };
	uint32_t receiver;

	(void)line;
	server_start(PARTY_MAP_SIZE);
	server_register(1, -1);
	party_open(&owner.party, PARTY_MAP_SIZE);
	party_get_handles(&owner.party, 0, 1, &owner.handle);
	gate_init(&newcomer.go);
	gate_init(&newcomer.done);
	bench_fork(run_newcomer, &newcomer);

	bench_steps("call, no objects", bench_calls, call_manager, &owner);
	measure_objects(&owner, "node", "with 1");
	gate_open(&newcomer.go);
	gate_wait(&newcomer.done);

	receiver = owner.handle;
	owner.handle = 0;
	send_nodes(&owner, bench_many);
	owner.handle = receiver;
	bench_steps("call, many nodes and handles", bench_calls, call_manager, &owner);
	measure_objects(&owner, "node", "with many");
	gate_open(&newcomer.go);
	gate_wait(&newcomer.done);
}

/*
 * How much of the space for one-way calls a payload of @size takes, with what
 * the driver adds, is found out by filling a small space.
 */
static int fill_space(struct party *party, struct message *message)
{
	int sent = 0;

	party->failed = false;
	while (party_try_oneway(party, message))
		sent++;
	party->failed = false;
	return sent;
}

struct sending {
	struct party party;
	struct message message;
};

static void send_oneway(void *arg)
{
	struct sending *sending = arg;

	party_call(&sending->party, &sending->message);
}

static void run_queue(const struct line *line)
{
	static struct sending sending;
	static char data[200];
	size_t map_size = 256 << 10;
	struct server *server;
	int fits, i;

	(void)line;
	sending.message.flags = TF_ONE_WAY;
	sending.message.data = data;
	sending.message.size = sizeof(data);
	party_open(&sending.party, PARTY_MAP_SIZE);

	server = server_start(map_size);
	party_call_plain(&sending.party, 0, SLEEP);
	fits = fill_space(&sending.party, &sending.message);
	kill(server->pid, SIGKILL);

	/* 2 % more than 5,000 of them need. */
	map_size = map_size / fits * QUEUED / 100 * 102;
	server = server_start((map_size + 4095) & ~4095UL);
	party_call_plain(&sending.party, 0, SLEEP);
	bench_each("one-way, 1 queued", SAMPLES, send_oneway, &sending);
	for (i = 0; i < QUEUED - 2 * SAMPLES; i++)
		send_oneway(&sending);
	bench_each("one-way, 5000 queued", SAMPLES, send_oneway, &sending);
}

/* Every second of twice as many buffers is freed again. */
static void run_fragments(const struct line *line)
{
	static struct sending sending;
	static char data[128];
	int i;

	(void)line;
	server_start(PARTY_MAP_SIZE);
	party_open(&sending.party, PARTY_MAP_SIZE);
	sending.message.data = data;
	sending.message.size = sizeof(data);
	bench_steps("call, no buffers held", bench_calls, send_oneway, &sending);
	sending.message.code = HOLD;
	for (i = 0; i < 2 * HELD; i++)
		send_oneway(&sending);
	party_call_plain(&sending.party, 0, DROP_HALF);
	sending.message.code = PLAIN;
	bench_steps("call, 5000 buffers held", bench_calls, send_oneway, &sending);
}

static void own_watched(void *arg)
{
	struct owner *owner = arg;

	party_open(&owner->party, PARTY_MAP_SIZE);
	send_nodes(owner, WATCHED);
	party_flush(&owner->party);
	gate_open(&owner->done);
	pause();
}

/* From the kill until the watcher has read of all the deaths. */
static void run_death(const struct line *line)
{
	static struct owner owner = { .next_node = 1 };
	struct server *server = server_start(PARTY_MAP_SIZE);
	struct party party;
	uint64_t start;
	pid_t pid;

	party_open(&party, PARTY_MAP_SIZE);
	gate_init(&owner.done);
	pid = bench_fork(own_watched, &owner);
	gate_wait(&owner.done);
	party_call_plain(&party, 0, WATCH);
	start = bench_now();
	kill(pid, SIGKILL);
	gate_wait(&server->done);
	bench_report_one(line->name, (double)(bench_now() - start) / WATCHED);
}

const struct line growth_lines[] = {
	{ "one-way queue", run_queue, 0 },
	{ "held buffers", run_fragments, 0 },
	{ "death, per notification", run_death, 0 },
	{ "many objects", run_objects, 0 },
	{}
};
