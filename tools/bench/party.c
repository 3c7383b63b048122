// SPDX-License-Identifier: GPL-2.0-only
/* Clients and servers by raw ioctls; see party.h. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "party.h"

#define IN_SIZE		(64UL << 10)
#define OUT_SIZE	(64UL << 10)
#define KEPT_MAX	100000UL

static void *zalloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		bench_die("malloc");
	/* Touched now, not while something is measured. */
	memset(memory, 0, size);
	return memory;
}

void party_open(struct party *party, size_t map_size)
{
	memset(party, 0, sizeof(*party));
	party->fd = open("/dev/binder", O_RDWR | O_CLOEXEC);
	if (party->fd < 0)
		bench_die("/dev/binder");
	party->map_size = map_size;
	party->map = mmap(NULL, map_size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE,
			  party->fd, 0);
	if (party->map == MAP_FAILED)
		bench_die("mmap of /dev/binder");
	party->out = zalloc(OUT_SIZE);
	party->in = zalloc(IN_SIZE);
}

void party_share(struct party *party, const struct party *same)
{
	*party = *same;
	party->out_size = 0;
	party->out = zalloc(OUT_SIZE);
	party->in = zalloc(IN_SIZE);
}

static void party_ioctl(struct party *party, size_t read_size)
{
	struct binder_write_read bwr = {
		.write_size = party->out_size,
		.write_buffer = (uintptr_t)party->out,
		.read_size = read_size,
		.read_buffer = (uintptr_t)party->in,
	};
	uint8_t *at = party->in, *end;

	if (ioctl(party->fd, BINDER_WRITE_READ, &bwr) < 0)
		bench_die("BINDER_WRITE_READ");
	party->out_size = 0;
	end = at + bwr.read_consumed;
	while (at < end) {
		uint32_t nr;

		memcpy(&nr, at, sizeof(nr));
		at += sizeof(nr);
		switch (nr) {
		case BR_REPLY:
			memcpy(&party->reply, at, sizeof(party->reply));
			party->replied = true;
			break;
		case BR_TRANSACTION:
			memcpy(&party->call, at, sizeof(party->call));
			party->called = true;
			break;
		case BR_INCREFS:
			party_command(party, BC_INCREFS_DONE, at, sizeof(struct binder_ptr_cookie));
			break;
		case BR_ACQUIRE:
			party_command(party, BC_ACQUIRE_DONE, at, sizeof(struct binder_ptr_cookie));
			break;
		case BR_DEAD_BINDER:
			party->dead++;
			party_command(party, BC_DEAD_BINDER_DONE, at, sizeof(binder_uintptr_t));
			break;
		case BR_DEAD_REPLY:
		case BR_FAILED_REPLY:
		case BR_FROZEN_REPLY:
			party->failed = true;
			break;
		}
		at += _IOC_SIZE(nr);
	}
}

void party_flush(struct party *party)
{
	if (party->out_size)
		party_ioctl(party, 0);
}

void party_command(struct party *party, uint32_t command, const void *data, size_t size)
{
	uint8_t *at;

	if (party->out_size + sizeof(command) + size > OUT_SIZE)
		party_flush(party);
	at = party->out + party->out_size;
	memcpy(at, &command, sizeof(command));
	memcpy(at + sizeof(command), data, size);
	party->out_size += sizeof(command) + size;
}

static void free_buffer(struct party *party, binder_uintptr_t buffer)
{
	party_command(party, BC_FREE_BUFFER, &buffer, sizeof(buffer));
}

static void send_message(struct party *party, bool reply, const struct message *message)
{
	struct binder_transaction_data_sg sg = {
		.transaction_data = {
			.target.handle = message->handle,
			.code = message->code,
			.flags = message->flags,
			.data_size = message->size,
			.offsets_size = message->offsets_size,
			.data.ptr.buffer = (uintptr_t)message->data,
			.data.ptr.offsets = (uintptr_t)message->offsets,
		},
		.buffers_size = message->buffers_size,
	};

	if (message->buffers_size)
		party_command(party, BC_TRANSACTION_SG, &sg, sizeof(sg));
	else
		party_command(party, reply ? BC_REPLY : BC_TRANSACTION,
			      &sg.transaction_data, sizeof(sg.transaction_data));
}

static void answer(struct party *party);

bool party_try_oneway(struct party *party, const struct message *message)
{
	send_message(party, false, message);
	party_ioctl(party, IN_SIZE);
	return !party->failed;
}

/* On return @party->reply's buffer is on its way back, but not yet reused. */
void party_call(struct party *party, const struct message *message)
{
	if (message->flags & TF_ONE_WAY) {
		if (!party_try_oneway(party, message))
			bench_die("a one-way call failed");
		return;
	}
	send_message(party, false, message);
	party->replied = false;
	do {
		party_ioctl(party, IN_SIZE);
		if (party->failed)
			bench_die("a call failed");
		if (party->called) {
			party->called = false;
			answer(party);
		}
	} while (!party->replied);
	party->replied = false;
	free_buffer(party, party->reply.data.ptr.buffer);
}

void party_call_plain(struct party *party, uint32_t handle, uint32_t code)
{
	struct message message = { .handle = handle, .code = code };

	party_call(party, &message);
}

void objects_add(struct objects *objects, uint32_t type, uint64_t value)
{
	struct flat_binder_object *object = &objects->object[objects->count];

	memset(object, 0, sizeof(*object));
	object->hdr.type = type;
	object->flags = FLAT_BINDER_FLAG_ACCEPTS_FDS;
	if (type == BINDER_TYPE_BINDER)
		object->binder = value;
	else
		object->handle = value;
	objects->offset[objects->count] = objects->count * sizeof(*object);
	objects->count++;
}

void party_send_objects(struct party *party, uint32_t handle, uint32_t code,
			struct objects *objects)
{
	struct message message = {
		.handle = handle,
		.code = code,
		.data = objects->object,
		.size = objects->count * sizeof(objects->object[0]),
		.offsets = objects->offset,
		.offsets_size = objects->count * sizeof(objects->offset[0]),
	};

	party_call(party, &message);
}

void party_get_handles(struct party *party, uint32_t handle, unsigned int count,
		       uint32_t *handles)
{
	struct message message = {
		.handle = handle, .code = GIVE, .data = &count, .size = sizeof(count),
	};
	const struct flat_binder_object *object;
	unsigned int i;

	party_call(party, &message);
	/* Commands are carried out in order, and the buffer is freed by the last one. */
	party->out_size -= sizeof(uint32_t) + sizeof(binder_uintptr_t);
	object = (const void *)(uintptr_t)party->reply.data.ptr.buffer;
	for (i = 0; i < count; i++) {
		handles[i] = object[i].handle;
		party_command(party, BC_ACQUIRE, &handles[i], sizeof(handles[i]));
	}
	free_buffer(party, party->reply.data.ptr.buffer);
	party_flush(party);
}

/* The parts of a server's answer. */

/* Looks at every page of the payload; closes the files that came with it. */
static void look_at(const struct binder_transaction_data *call)
{
	const uint8_t *data = (const void *)(uintptr_t)call->data.ptr.buffer;
	const binder_size_t *offsets = (const void *)(uintptr_t)call->data.ptr.offsets;
	size_t i;

	for (i = 0; i < call->data_size; i += 4096)
		__atomic_load_n(&data[i], __ATOMIC_RELAXED);
	for (i = 0; i < call->offsets_size / sizeof(*offsets); i++) {
		const struct binder_fd_object *object = (const void *)(data + offsets[i]);

		if (object->hdr.type == BINDER_TYPE_FD)
			close(object->fd);
	}
}

static void keep_handles(struct party *party, const struct binder_transaction_data *call)
{
	const struct flat_binder_object *object = (const void *)(uintptr_t)call->data.ptr.buffer;
	struct server *server = party->server;
	size_t i;

	for (i = 0; i < call->data_size / sizeof(*object); i++) {
		uint32_t handle = object[i].handle;

		if (server->handle_count == KEPT_MAX)
			bench_die("too many handles");
		server->handles[server->handle_count++] = handle;
		party_command(party, BC_ACQUIRE, &handle, sizeof(handle));
	}
}

static void drop_handle(struct party *party)
{
	struct server *server = party->server;
	uint32_t handle = server->handles[--server->handle_count];

	party_command(party, BC_RELEASE, &handle, sizeof(handle));
}

static void drop_half(struct party *party)
{
	struct server *server = party->server;
	unsigned long i;

	for (i = 0; i < server->buffer_count; i += 2)
		free_buffer(party, server->buffers[i]);
	server->buffer_count = 0;
}

static void watch_handles(struct party *party)
{
	struct server *server = party->server;
	unsigned long i;

	for (i = 0; i < server->handle_count; i++) {
		struct binder_handle_cookie watch = {
			.handle = server->handles[i], .cookie = i,
		};

		party_command(party, BC_REQUEST_DEATH_NOTIFICATION, &watch, sizeof(watch));
	}
	server->done_at = server->handle_count;
}

static void give_handles(struct party *party, const struct binder_transaction_data *call,
			 struct objects *objects)
{
	struct server *server = party->server;
	unsigned int i, count = *(const unsigned int *)(uintptr_t)call->data.ptr.buffer;

	objects->count = 0;
	for (i = 0; i < count; i++)
		objects_add(objects, BINDER_TYPE_HANDLE,
			    server->handles[server->handle_count - count + i]);
}

static void answer(struct party *party)
{
	static __thread struct objects objects;
	const struct binder_transaction_data call = party->call;
	struct server *server = party->server;
	struct message reply = {};

	switch (call.code) {
	case PLAIN:
		look_at(&call);
		break;
	case HOLD:
		look_at(&call);
		server->buffers[server->buffer_count++] = call.data.ptr.buffer;
		break;
	case DROP_HALF:
		drop_half(party);
		break;
	case KEEP:
		keep_handles(party, &call);
		break;
	case GIVE:
		give_handles(party, &call, &objects);
		reply.data = objects.object;
		reply.size = objects.count * sizeof(objects.object[0]);
		reply.offsets = objects.offset;
		reply.offsets_size = objects.count * sizeof(objects.offset[0]);
		break;
	case DROP:
		drop_handle(party);
		break;
	case WATCH:
		watch_handles(party);
		break;
	case NEST:
		party_call_plain(party, server->handles[server->handle_count - 1], PLAIN);
		break;
	}
	if (call.code != HOLD)
		free_buffer(party, call.data.ptr.buffer);
	if (call.flags & TF_ONE_WAY) {
		if (++server->seen == server->done_at) {
			server->seen = 0;
			party_flush(party);
			gate_open(&server->done);
		}
		return;
	}
	send_message(party, true, &reply);
	if (call.code == SLEEP) {
		party_flush(party);
		gate_wait(&server->wake);
	}
}

void party_serve(struct party *party)
{
	struct server *server = party->server;

	for (;;) {
		party_ioctl(party, IN_SIZE);
		if (party->failed)
			bench_die("a reply failed");
		if (party->called) {
			party->called = false;
			answer(party);
		}
		if (party->dead && party->dead == server->done_at) {
			party_flush(party);
			party->dead = 0;
			gate_open(&server->done);
		}
	}
}

/* Processes that serve. */

struct server_start {
	struct server *server;
	int cpu;
	int threads;
	int nodes;	/* 0: the context manager */
};

static void become_manager(struct party *party)
{
	struct flat_binder_object manager = { .flags = FLAT_BINDER_FLAG_ACCEPTS_FDS };
	int tries;

	/* The last line's manager may not quite be gone. */
	for (tries = 0; tries < 5000; tries++) {
		if (!ioctl(party->fd, BINDER_SET_CONTEXT_MGR_EXT, &manager))
			return;
		if (errno != EBUSY)
			break;
		usleep(1000);
	}
	bench_die("BINDER_SET_CONTEXT_MGR_EXT");
}

static void *serve_too(void *arg)
{
	struct party *party = arg;

	bench_batch();
	party_command(party, BC_ENTER_LOOPER, NULL, 0);
	party_serve(party);
}

static void serve(void *arg)
{
	const struct server_start *start = arg;
	struct server *server = start->server;
	static struct objects objects;
	struct party party, *more;
	pthread_t thread;
	int i;

	if (start->cpu >= 0)
		bench_pin(start->cpu);
	server->handles = zalloc(KEPT_MAX * sizeof(*server->handles));
	server->buffers = zalloc(KEPT_MAX * sizeof(*server->buffers));
	party_open(&party, server->map_size);
	party.server = server;
	if (!start->nodes)
		become_manager(&party);
	for (i = 1; i <= start->nodes; i++)
		objects_add(&objects, BINDER_TYPE_BINDER, i);
	if (start->nodes)
		party_send_objects(&party, 0, KEEP, &objects);
	for (i = 1; i < start->threads; i++) {
		more = zalloc(sizeof(*more));
		party_share(more, &party);
		if (pthread_create(&thread, NULL, serve_too, more))
			bench_die("pthread_create");
	}
	party_command(&party, BC_ENTER_LOOPER, NULL, 0);
	gate_open(&server->ready);
	party_serve(&party);
}

static struct server *start_server(struct server_start *start, size_t map_size)
{
	struct server *server = zalloc(sizeof(*server));

	server->map_size = map_size;
	gate_init(&server->ready);
	gate_init(&server->wake);
	gate_init(&server->done);
	start->server = server;
	server->done_at = bench_calls;
	server->pid = bench_fork(serve, start);
	gate_wait(&server->ready);
	return server;
}

struct server *server_start_on(size_t map_size, int cpu, int threads)
{
	struct server_start start = { .cpu = cpu, .threads = threads };

	return start_server(&start, map_size);
}

struct server *server_start(size_t map_size)
{
	return server_start_on(map_size, -1, 1);
}

struct server *server_register(int nodes, int cpu)
{
	struct server_start start = { .cpu = cpu, .threads = 1, .nodes = nodes };

	return start_server(&start, PARTY_MAP_SIZE);
}
