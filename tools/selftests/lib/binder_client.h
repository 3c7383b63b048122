/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A binder client that hides nothing: the raw ioctls, byte for byte.
 *
 * The selftests ask what the driver itself does, so nothing here retries,
 * caches or answers behind the test's back, except where a function says so.
 * A function that can fail returns 0 or -errno; what can only fail when the
 * machine is broken (out of memory, fork) ends the program with a message.
 *
 * The parts, each usable without the ones after it:
 *
 *   binder_dev       an open device and its mapping
 *   binder_payload   the data and offsets of a transaction, being built
 *   binder_cmds      a stream of BC_ commands, being built
 *   binder_returns   what a read returned, taken apart into BR_ commands
 *   binder_transact(), binder_serve()   a plain client and a plain service
 *   actor            another process or thread, driven in lock step
 *   kmsg             the kernel log
 *
 * Tests with several parties are written as one script: an actor is a task
 * that does nothing but run the functions it is handed, one at a time.
 *
 *	struct actor *server = actor_spawn(BINDER_MAP_SIZE);
 *	struct actor *client = actor_spawn(BINDER_MAP_SIZE);
 *	struct binder_payload data = {};
 *	struct binder_cmds c = {};
 *
 *	ASSERT_EQ(0, actor_become_manager(server));
 *	payload_bytes(&data, "hello", 5);
 *	cmd_call(&c, 0, 42, 0, &data);
 *	ASSERT_EQ(0, actor_write(client, &c));
 *	ASSERT_EQ(0, actor_read(server));
 *	ASSERT_STREQ("BR_NOOP BR_TRANSACTION", binder_shape(&server->in));
 *
 * Payloads and command streams lie in memory that all actors share at the
 * same address, so whoever writes a stream can have built it or not.
 */
#ifndef BINDER_CLIENT_H
#define BINDER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/android/binder.h>

/* What libbinder maps; a test that wants another size says so. */
#define BINDER_MAP_SIZE		(1024 * 1024 - 2 * 4096)
/*
 * How long to wait for what has to happen. Only a broken driver ever waits
 * that long, and a guest full of debugging needs ten times what others do.
 */
#define BINDER_PATIENCE_MS	30000

/* An open device. */

struct binder_dev {
	int fd;
	void *map;		/* NULL if not mapped */
	size_t map_size;
};

/*
 * The path of the device under test: $BINDER_DEVICE or /dev/binder. The path
 * of its sibling @name ("hwbinder"). A node that is missing in /dev is made
 * from what sysfs says.
 */
const char *binder_device(void);
const char *binder_device_named(const char *name);

/* @map_size 0: open, but don't map. */
int binder_open(struct binder_dev *dev, size_t map_size);
int binder_open_path(struct binder_dev *dev, const char *path, int flags,
		     size_t map_size);
/* Maps as every client does: PROT_READ, MAP_PRIVATE | MAP_NORESERVE. */
int binder_map(struct binder_dev *dev, size_t size);
int binder_unmap(struct binder_dev *dev);
void binder_close(struct binder_dev *dev);

int binder_ioctl(struct binder_dev *dev, unsigned long nr, void *arg);
/*
 * Becomes the context's manager. A driver may finish with the last one after
 * its close() has returned: this waits for that, and BINDER_SET_CONTEXT_MGR
 * through binder_ioctl() doesn't.
 */
int binder_become_manager(struct binder_dev *dev);

/* The payload of a transaction. Start with {}; grows as needed. */

struct binder_payload {
	uint8_t *data;
	size_t size, room;
	binder_size_t *offsets;
	size_t count, offsets_room;	/* in offsets, not bytes */
};

void payload_reset(struct binder_payload *p);
void payload_bytes(struct binder_payload *p, const void *bytes, size_t size);
/* @size bytes that differ from each other and, by @seed, from other payloads. */
void payload_pattern(struct binder_payload *p, unsigned int seed, size_t size);
/* First byte that isn't that pattern's, or -1 if all are. */
ssize_t pattern_differs(const void *bytes, unsigned int seed, size_t size);
/* Appends an object at the next 8 byte boundary, and its offset. Returns that. */
size_t payload_object(struct binder_payload *p, const void *object, size_t size);
/* Only the offset, of whatever may be there. */
void payload_offset(struct binder_payload *p, binder_size_t offset);
/* BINDER_TYPE_BINDER or _WEAK_BINDER; BINDER_TYPE_HANDLE or _WEAK_HANDLE. */
size_t payload_binder(struct binder_payload *p, uint32_t type,
		      binder_uintptr_t ptr, binder_uintptr_t cookie);
size_t payload_handle(struct binder_payload *p, uint32_t type, uint32_t handle);

/* A stream of commands. Start with {}; grows as needed. */

struct binder_cmds {
	uint8_t *data;
	size_t size, room;
	size_t consumed;	/* by the last write */
};

void cmd_reset(struct binder_cmds *c);
void cmd_raw(struct binder_cmds *c, const void *bytes, size_t size);
void cmd_none(struct binder_cmds *c, uint32_t cmd);
void cmd_u32(struct binder_cmds *c, uint32_t cmd, uint32_t value);
void cmd_ptr(struct binder_cmds *c, uint32_t cmd, binder_uintptr_t ptr);
void cmd_ptr_cookie(struct binder_cmds *c, uint32_t cmd, binder_uintptr_t ptr,
		    binder_uintptr_t cookie);
void cmd_handle_cookie(struct binder_cmds *c, uint32_t cmd, uint32_t handle,
		       binder_uintptr_t cookie);
/*
 * BC_TRANSACTION or BC_REPLY. The payload must stay as it is until the stream
 * is written; NULL is an empty one.
 */
void cmd_transaction(struct binder_cmds *c, uint32_t cmd,
		     const struct binder_transaction_data *tr);
void cmd_call(struct binder_cmds *c, uint32_t handle, uint32_t code,
	      uint32_t flags, const struct binder_payload *p);
void cmd_reply(struct binder_cmds *c, uint32_t flags,
	       const struct binder_payload *p);
/* What cmd_call() fills in, for tests that then spoil it. */
void binder_fill_call(struct binder_transaction_data *tr, uint32_t handle,
		      uint32_t code, uint32_t flags,
		      const struct binder_payload *p);

/* What a read returned. */

#define BINDER_RETURNS_MAX	128

struct binder_return {
	uint32_t cmd;
	union {
		struct binder_transaction_data tr;
		struct binder_transaction_data_secctx tr_secctx;
		struct binder_ptr_cookie node;
		binder_uintptr_t cookie;
		int32_t error;
		uint8_t bytes[96];
	};
};

struct binder_returns {
	size_t limit;		/* offer only so many bytes; 0: all of raw */
	size_t consumed;	/* exactly what the driver said */
	size_t count;
	bool malformed;		/* raw doesn't end where a command ends */
	struct binder_return at[BINDER_RETURNS_MAX];
	uint8_t raw[4096];
};

const char *br_name(uint32_t cmd);
/* "BR_NOOP BR_TRANSACTION_COMPLETE BR_REPLY", for ASSERT_STREQ. */
const char *binder_shape(const struct binder_returns *r);
/* The n-th (from 0) return with that code, or NULL. */
struct binder_return *binder_find(struct binder_returns *r, uint32_t cmd, int n);
/* Appends BC_INCREFS_DONE and BC_ACQUIRE_DONE for each one that @r asks for. */
void binder_answer_refs(struct binder_cmds *c, const struct binder_returns *r);

/*
 * BINDER_WRITE_READ; either may be NULL. A read blocks for as long as it takes,
 * unless binder_poll() was asked first. What was read is taken apart.
 */
int binder_write_read(struct binder_dev *dev, struct binder_cmds *c,
		      struct binder_returns *r);
int binder_write(struct binder_dev *dev, struct binder_cmds *c);
/* 0 when readable, -ETIMEDOUT, or -EIO for POLLERR and POLLHUP. */
int binder_poll(struct binder_dev *dev, int timeout_ms);
/* poll, then read: -ETIMEDOUT instead of a test that hangs. */
int binder_read(struct binder_dev *dev, struct binder_returns *r,
		int timeout_ms);

int binder_free_buffer(struct binder_dev *dev, binder_uintptr_t buffer);

/* A plain client and a plain service. */

/*
 * Calls and waits. Returns how the call ended: BR_REPLY (then *@reply is it,
 * and its buffer is the caller's to free; NULL @reply: freed at once),
 * BR_TRANSACTION_COMPLETE for a one-way call, BR_DEAD_REPLY, BR_FAILED_REPLY,
 * BR_FROZEN_REPLY; or -errno. Answers BR_INCREFS and BR_ACQUIRE; other returns
 * that come meanwhile are dropped, BR_TRANSACTION among them.
 */
int64_t binder_transact(struct binder_dev *dev, uint32_t handle, uint32_t code,
			uint32_t flags, const struct binder_payload *p,
			struct binder_transaction_data *reply);

/*
 * Answers one call: appends to @reply. Nonzero ends the loop after the reply,
 * BINDER_SERVE_NO_REPLY before it.
 */
typedef int (*binder_handler)(void *arg,
			      const struct binder_transaction_data *tr,
			      struct binder_payload *reply);
#define BINDER_SERVE_NO_REPLY	(-1000)

/*
 * BC_ENTER_LOOPER, then read and answer until @handler says to end or an ioctl
 * fails: returns which. No @handler: the reply is the call's own bytes.
 */
int binder_serve(struct binder_dev *dev, binder_handler handler, void *arg);

/* Actors. */

struct actor {
	pid_t pid, tid;
	struct binder_dev *dev;		/* of its process; valid in there only */
	struct binder_returns in;	/* what it last read */
	/* The library's own. */
	struct binder_dev dev_space;
	struct actor *process;
	struct actor *next;
	int sock;			/* our end, in the test */
	int peer;			/* its end, until it has taken that */
	bool busy, dead, reaped;
};

/* Runs in the actor. Must not ASSERT or EXPECT: it returns what it found. */
typedef long (*actor_fn)(struct actor *self, void *arg);

/*
 * A process that has opened the device under test and mapped @map_size bytes
 * (0: only opened; ACTOR_CLOSED: not even that). It inherits no other file.
 * It dies with the test.
 */
#define ACTOR_CLOSED	((size_t)-1)
struct actor *actor_spawn(size_t map_size);
/* One more thread of @a's process, using the same open file. */
struct actor *actor_thread(struct actor *a);
/* Memory that all actors see. Zeroed; lives as long as the test. */
void *actor_alloc(size_t size);

/*
 * actor_start() hands over work, actor_finish() waits for its end and returns
 * what @fn returned: -ETIMEDOUT after BINDER_PATIENCE_MS, -EPIPE if the actor
 * died of it. actor_do() is both.
 */
void actor_start(struct actor *a, actor_fn fn, void *arg);
long actor_finish(struct actor *a);
long actor_do(struct actor *a, actor_fn fn, void *arg);
/* Has what was started ended? Waits no longer than @timeout_ms. */
bool actor_finished(struct actor *a, int timeout_ms);
/*
 * Waits until the started work sleeps in an ioctl: only then is it certain
 * that a thread waits for work, or a caller for its reply. 0, -ETIMEDOUT, or
 * -EALREADY if the work has ended instead.
 */
int actor_wait_asleep(struct actor *a);

/* SIGKILL for its whole process, and reap it. Its pid stays readable here. */
void actor_kill(struct actor *a);
/* All of them; for every FIXTURE_TEARDOWN. */
void actor_end_all(void);

/* The usual work. actor_read() leaves its result in a->in. */
int actor_become_manager(struct actor *a);
int actor_write(struct actor *a, struct binder_cmds *c);
int actor_read(struct actor *a);		/* blocks: see actor_finish() */
int actor_write_read(struct actor *a, struct binder_cmds *c);
void actor_start_read(struct actor *a);
void actor_start_write_read(struct actor *a, struct binder_cmds *c);
/* Readable within @timeout_ms? 0 or -ETIMEDOUT. */
int actor_poll(struct actor *a, int timeout_ms);
/*
 * A read finds nothing and would wait. Stronger than actor_poll(): a driver may
 * wake a thread for work that is none any more when it looks.
 */
bool actor_idle(struct actor *a);
/* @arg must be from actor_alloc(), or NULL, or no pointer at all. */
int actor_ioctl(struct actor *a, unsigned long nr, void *arg);
int actor_open(struct actor *a, const char *path, int flags, size_t map_size);
int actor_unmap(struct actor *a);
void actor_close(struct actor *a);
int actor_free_buffer(struct actor *a, binder_uintptr_t buffer);

/*
 * A thread's very first ioctl doesn't wait. This is one that does nothing, for
 * tests whose first one is to wait.
 */
int actor_settle(struct actor *a);

/* Sentences of that language. All of them only write. */
int actor_enter(struct actor *a);	/* BC_ENTER_LOOPER */
int actor_call(struct actor *a, uint32_t handle, uint32_t code, uint32_t flags,
	       const struct binder_payload *p);
/* The payload is the pattern of @seed, and @seed the code. */
int actor_call_pattern(struct actor *a, uint32_t handle, uint32_t flags,
		       unsigned int seed, size_t size);
/* Replies to, and frees, the BR_TRANSACTION that a->in has. */
int actor_reply(struct actor *a, const struct binder_payload *p);
/* BC_FREE_BUFFER for what a->in has delivered. */
int actor_free(struct actor *a);
/* BC_INCREFS_DONE and BC_ACQUIRE_DONE for what a->in asks for. */
int actor_answer_refs(struct actor *a);
/* One of the reference commands, BC_INCREFS to BC_DECREFS. */
int actor_ref(struct actor *a, uint32_t cmd, uint32_t handle);
/* The message that a->in delivers: BR_TRANSACTION or BR_REPLY; or NULL. */
struct binder_transaction_data *actor_message(struct actor *a);
/* First byte of it that isn't the pattern's, -1: none, -2: it has another size. */
ssize_t actor_differs(struct actor *a, unsigned int seed, size_t size);
/* The object at @offset of that message's payload. */
struct flat_binder_object *actor_object(struct actor *a, size_t offset);

/* A manager with one thread, which has entered its loop. */
struct actor *actor_spawn_manager(void);
/*
 * The manager gives @client a strong handle for an object of its own, in a call
 * that @client makes to handle 0. -1 if anything goes otherwise than expected.
 */
int64_t actor_give(struct actor *manager, struct actor *client,
		   binder_uintptr_t ptr, binder_uintptr_t cookie);

/*
 * The other way round: @owner gives an object of its own to the manager, in a
 * call to handle 0. The manager's handle for it, or -1.
 */
int64_t actor_publish(struct actor *owner, struct actor *manager,
		      binder_uintptr_t ptr, binder_uintptr_t cookie);

/* Runs binder_serve() until the actor is killed, or @handler ends it. */
void actor_start_serve(struct actor *a, binder_handler handler, void *arg);
/* A copy, in shared memory, of bytes at an address of the actor's. */
void *actor_peek(struct actor *a, binder_uintptr_t addr, size_t size);

/* The kernel log. */

struct kmsg {
	int fd;
	char line[2048];	/* the message of the last record read */
};

/* From here on: what was logged before is not seen. */
void kmsg_open(struct kmsg *k);
/* Reads on to the next record: true, or false after @timeout_ms without one. */
bool kmsg_next(struct kmsg *k, int timeout_ms);
/* Reads on until a record that contains @needle: k->line, or NULL. */
const char *kmsg_find(struct kmsg *k, const char *needle, int timeout_ms);
void kmsg_close(struct kmsg *k);

#endif /* BINDER_CLIENT_H */
