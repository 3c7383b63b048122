/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A party to binder calls, client or server: a thread with its own buffers for
 * commands and returns. Commands gather in @out until the next ioctl, as in
 * libbinder: a buffer is given back along with the next call.
 */
#ifndef PARTY_H
#define PARTY_H

#include <stdint.h>
#include <linux/android/binder.h>
#include "bench.h"

#define PARTY_MAP_SIZE	(4UL << 20)	/* the largest that a driver gives */
#define PARTY_OBJECTS	250		/* at most that many in a payload */

struct party {
	int fd;
	void *map;
	size_t map_size;

	uint8_t *out;
	size_t out_size;
	uint8_t *in;

	/* What the last ioctl brought. */
	bool replied;
	bool failed;
	bool called;
	struct binder_transaction_data reply;
	struct binder_transaction_data call;
	unsigned long dead;

	/* A server's. */
	struct server *server;
};

/* What a server does with a call: its code. */
enum request {
	PLAIN,		/* free, reply */
	HOLD,		/* reply, keep the buffer */
	DROP_HALF,	/* free every second buffer that is held */
	KEEP,		/* acquire the handles in the payload */
	GIVE,		/* reply with the last handles that were kept: 1 or 8 */
	DROP,		/* release the last handle that was kept */
	WATCH,		/* ask for the death of all handles that were kept */
	NEST,		/* call the last handle that was kept */
	SLEEP,		/* reply, then wait at the gate @wake */
};

/* Pipes are common to parent and children. */
struct server {
	size_t map_size;
	pid_t pid;
	struct gate ready;
	struct gate wake;
	struct gate done;
	unsigned long done_at;	/* one-way calls or deaths, until @done opens */

	unsigned long seen;
	uint32_t *handles;
	unsigned long handle_count;
	binder_uintptr_t *buffers;
	unsigned long buffer_count;
};

/* A payload of objects. */
struct objects {
	struct flat_binder_object object[PARTY_OBJECTS];
	binder_size_t offset[PARTY_OBJECTS];
	unsigned int count;
};

void objects_add(struct objects *objects, uint32_t type, uint64_t value);

/* A new process's @party, or one more thread's of @same. */
void party_open(struct party *party, size_t map_size);
void party_share(struct party *party, const struct party *same);

void party_command(struct party *party, uint32_t command, const void *data, size_t size);
/* Hands over the commands that have gathered; reads nothing. */
void party_flush(struct party *party);

struct message {
	uint32_t handle;
	uint32_t code;
	uint32_t flags;
	const void *data;
	size_t size;
	const binder_size_t *offsets;
	size_t offsets_size;
	size_t buffers_size;	/* not 0: with scatter-gather */
};

/* Call, and wait for the reply (or for the driver's word, if one-way). */
void party_call(struct party *party, const struct message *message);
/* False if the driver refuses it. */
bool party_try_oneway(struct party *party, const struct message *message);
void party_call_plain(struct party *party, uint32_t handle, uint32_t code);
void party_send_objects(struct party *party, uint32_t handle, uint32_t code,
			struct objects *objects);
/* GIVE: @count handles of the server behind @handle, for keeps. */
void party_get_handles(struct party *party, uint32_t handle, unsigned int count,
		       uint32_t *handles);

/* Serves until it is killed. */
void party_serve(struct party *party) __attribute__((noreturn));

/* A context manager in a process of its own, pinned to @cpu if that is not -1. */
struct server *server_start(size_t map_size);
struct server *server_start_on(size_t map_size, int cpu, int threads);
/* A server that registers itself with the context manager (KEEP), nodes 1 to @nodes. */
struct server *server_register(int nodes, int cpu);

#endif
