// SPDX-License-Identifier: GPL-2.0-only
/* What a call costs, by what it carries. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "party.h"

struct caller {
	struct party party;
	struct server *server;
	struct message message;
	struct objects objects;
	uint64_t next_node;
};

static struct caller *caller_start(void)
{
	struct caller *caller = calloc(1, sizeof(*caller));

	if (!caller)
		bench_die("calloc");
	caller->server = server_start(PARTY_MAP_SIZE);
	party_open(&caller->party, PARTY_MAP_SIZE);
	caller->next_node = 1;
	return caller;
}

static void call(void *arg)
{
	struct caller *caller = arg;

	party_call(&caller->party, &caller->message);
}

static void set_payload(struct caller *caller, size_t size)
{
	if (!size)
		return;
	caller->message.data = malloc(size);
	caller->message.size = size;
	if (!caller->message.data)
		bench_die("malloc");
	/* The sender's pages are there before anything is measured. */
	memset((void *)caller->message.data, 1, size);
}

/* Big payloads: fewer calls, so that a repeat is shorter than a timer's tick. */
static void run_call(const struct line *line)
{
	struct caller *caller = caller_start();

	set_payload(caller, line->arg);
	bench_steps(line->name, line->arg < 65536 ? bench_calls : 5, call, caller);
}

/* Buffers that are not given back, so that each call has fresh pages. */
static void run_first_touch(const struct line *line)
{
	struct caller *caller = caller_start();
	int i;

	for (i = 0; i < 10; i++)
		call(caller);
	set_payload(caller, line->arg);
	caller->message.code = HOLD;
	bench_each(line->name, (3 << 20) / line->arg, call, caller);
}

static void run_scatter(const struct line *line)
{
	struct caller *caller = caller_start();
	static struct binder_buffer_object objects[4];
	static binder_size_t offsets[4];
	static char memory[4][256];
	int i;

	for (i = 0; i < 4; i++) {
		objects[i].hdr.type = BINDER_TYPE_PTR;
		objects[i].buffer = (uintptr_t)memory[i];
		objects[i].length = sizeof(memory[i]);
		offsets[i] = i * sizeof(objects[i]);
	}
	caller->message.data = objects;
	caller->message.size = sizeof(objects);
	caller->message.offsets = offsets;
	caller->message.offsets_size = sizeof(offsets);
	caller->message.buffers_size = sizeof(memory);
	bench_steps(line->name, bench_calls, call, caller);
}

static void send_node(void *arg)
{
	struct caller *caller = arg;

	caller->objects.count = 0;
	objects_add(&caller->objects, BINDER_TYPE_BINDER, caller->next_node++);
	party_send_objects(&caller->party, 0, PLAIN, &caller->objects);
}

static void run_node(const struct line *line)
{
	bench_steps(line->name, bench_calls, send_node, caller_start());
}

static void send_objects(void *arg)
{
	struct caller *caller = arg;

	party_send_objects(&caller->party, 0, PLAIN, &caller->objects);
}

/* Nodes of a third process, which the server has handles to as well. */
static void run_handles(const struct line *line)
{
	struct caller *caller = caller_start();
	uint32_t handles[8];
	long i;

	server_register(line->arg, -1);
	party_get_handles(&caller->party, 0, line->arg, handles);
	for (i = 0; i < line->arg; i++)
		objects_add(&caller->objects, BINDER_TYPE_HANDLE, handles[i]);
	bench_steps(line->name, bench_calls, send_objects, caller);
}

/* The receiver closes the file. */
static void run_fd(const struct line *line)
{
	struct caller *caller = caller_start();

	objects_add(&caller->objects, BINDER_TYPE_FD, open("/dev/null", O_RDONLY));
	caller->objects.object[0].flags = 0;
	bench_steps(line->name, bench_calls, send_objects, caller);
}

/* The server does not run before the sender waits. */
static void run_oneway(const struct line *line)
{
	struct caller *caller = caller_start();
	double sender[31], whole[31];
	int repeat, i;

	caller->message.flags = TF_ONE_WAY;
	for (repeat = -5; repeat < 31; repeat++) {
		uint64_t start = bench_now(), sent;

		if (!repeat)
			bench_mark_start();
		for (i = 0; i < bench_calls; i++)
			call(caller);
		sent = bench_now();
		gate_wait(&caller->server->done);
		if (repeat < 0)
			continue;
		sender[repeat] = (double)(sent - start) / bench_calls;
		whole[repeat] = (double)(bench_now() - start) / bench_calls;
	}
	bench_mark_stop();
	bench_marked(line->name, 31 * bench_calls);
	bench_report("one-way, sender's part", sender, 31);
	bench_report("one-way, whole", whole, 31);
}

static void run_nested(const struct line *line)
{
	struct caller *caller = caller_start();

	objects_add(&caller->objects, BINDER_TYPE_BINDER, caller->next_node++);
	party_send_objects(&caller->party, 0, KEEP, &caller->objects);
	caller->message.code = NEST;
	bench_steps(line->name, bench_calls, call, caller);
}

const struct line call_lines[] = {
	{ "empty call", run_call, 0 },
	{ "call 128 B", run_call, 128 },
	{ "call 4 KiB", run_call, 4096 },
	{ "call 64 KiB", run_call, 65536 },
	{ "call 256 KiB", run_call, 262144 },
	{ "first touch 64 KiB", run_first_touch, 65536 },
	{ "first touch 256 KiB", run_first_touch, 262144 },
	{ "scatter-gather 4x256 B", run_scatter, 0 },
	{ "node", run_node, 0 },
	{ "handle", run_handles, 1 },
	{ "8 handles", run_handles, 8 },
	{ "fd", run_fd, 0 },
	{ "one-way", run_oneway, 0 },
	{ "nested call", run_nested, 0 },
	{}
};
