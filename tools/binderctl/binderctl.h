/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of binderctl share.
 *
 *   state.c    parses what the driver says of its processes; knows nothing but text
 *   waits.c    which thread waits for which, and where that never ends
 *   log.c      parses lines about failures, and explains them
 *   system.c   the rest of the system: /proc, and where the driver's files are
 *   output.c   JSON, tables, errors
 *   calls.c    trace events, put together to calls
 *   events.c   where these come from
 *
 * and a file for each command: it makes a JSON object first, and its text is made from
 * that, so that the two can't differ.
 *
 * Whatever comes from outside passes clean() on its way in: nothing but printable ASCII
 * is ever kept.
 */
#ifndef BINDERCTL_H
#define BINDERCTL_H

#include <json-c/json.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define NAME_SIZE		64

/* What the command line says. */
struct options {
	bool json;
	const char *root;	/* where the driver's files are, if it was said */
	long count;		/* of rounds, calls or failures; 0: until interrupted */
	double seconds;		/* between rounds */
};

extern struct options options;

/* Output. fail() ends the program: one sentence that says what to do. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Room for one more element behind @count of them. */
void *grow(void *array, size_t count, size_t size);
/* Replaces what should not reach a terminal, in place; returns @text. */
char *clean(char *text);
/* Set when the program is to end; Ctrl-C does that, and a reader that has gone. */
extern atomic_bool interrupted;
void end_on_signals(void);

void add_int(struct json_object *object, const char *key, int64_t value);
void add_text(struct json_object *object, const char *key, const char *value);
void add_bool(struct json_object *object, const char *key, bool value);
struct json_object *add_array(struct json_object *object, const char *key);
struct json_object *append_object(struct json_object *array);
/* 0, "" or an empty array if there is none. */
int64_t get_int(struct json_object *object, const char *key);
const char *get_text(struct json_object *object, const char *key);
bool get_bool(struct json_object *object, const char *key);
size_t get_count(struct json_object *object, const char *key);
struct json_object *get_nth(struct json_object *object, const char *key, size_t n);
/* Indented, or in one line; gives up the reference. */
void print_json(struct json_object *object);
void print_json_line(struct json_object *object);

/* A column of a table: a field of the objects in an array; "-" where there is none. */
struct column {
	const char *title, *key;
	int width;		/* negative: to the left */
};

void table_head(FILE *out, const struct column *columns, size_t n);
void table_row(FILE *out, const struct column *columns, size_t n, struct json_object *row);

/* What the driver says: state.c. */

#define LOOPER_REGISTERED	0x01
#define LOOPER_ENTERED		0x02
#define LOOPER_EXITED		0x04
#define LOOPER_WAITING		0x10
#define LOOPER_POLL		0x20

struct txn {
	int id, from_pid, from_tid, to_pid, to_tid, node;
	unsigned int code, flags;
	bool outgoing;
	long elapsed;		/* ms, or -1: older drivers don't say */
};

struct thread {
	int tid;
	unsigned int looper;
	struct txn *stack;	/* the innermost first */
	size_t stack_count;
	/* waits.c */
	bool live;		/* it doesn't wait, or what it waits for is live */
	struct thread *waiter;	/* the first one that waits for it; others are behind that */
	struct thread *next;	/* waits for the same; or is live, and not yet followed */
	struct proc *proc;
};

struct node {
	int id;
	int *holders;		/* processes with a handle */
	size_t holder_count;
};

struct ref {
	int id, desc, node;
	bool dead;
};

struct buffer {
	int id;
	bool known;		/* is there an address? */
	uint64_t address;	/* or offset */
	size_t size;		/* of what it fills, rounded as drivers do */
};

/* Where a chain of waiting threads goes on, or how it ends. */
enum step_kind {
	STEP_THREAD,		/* @thread of @proc waits, too */
	STEP_ENDS,		/* @thread of @proc does not wait */
	STEP_QUEUED,		/* all of @proc's are busy; @thread is one */
	STEP_IDLE,		/* @proc has an idle thread */
	STEP_NOBODY,		/* no thread of @proc is in a loop */
	STEP_GONE,		/* the target is not there */
};

struct step {
	enum step_kind kind;
	const struct proc *proc;
	const struct thread *thread;
};

/* One open of a device: a process may have several. */
struct proc {
	int pid;
	char context[NAME_SIZE];
	struct thread *threads;
	struct node *nodes;
	struct ref *refs;
	struct buffer *buffers;
	struct txn *pending;	/* not yet taken by a thread */
	size_t thread_count, node_count, ref_count, buffer_count, pending_count;
	/* waits.c */
	struct step step;	/* of whoever waits for any of its threads */
	struct thread *waiter;	/* the first one that does */
};

enum entry_kind { ENTRY_THREAD, ENTRY_MESSAGE, ENTRY_NODE };

/* What can be looked up: a thread by its TID, a message or a node by its id. */
struct entry {
	enum entry_kind kind;
	int pid, number;	/* @pid is 0 for a node */
	struct proc *proc;
	struct thread *thread;	/* of a message: who has taken it, or NULL */
};

struct state {
	struct proc *procs;
	struct entry *index;
	size_t count, index_count;
};

void state_parse(struct state *state, FILE *in);
void state_free(struct state *state);
struct proc *state_find(const struct state *state, int pid);
const struct entry *state_look_up(const struct state *state, enum entry_kind kind, int pid,
				  int number);
/* Whose node it is, or NULL. */
struct proc *state_owner(const struct state *state, int node);
size_t proc_used(const struct proc *proc);
/*
 * The largest hole between the buffers of @proc in a mapping of @size bytes at @start;
 * -1 if the addresses say nothing (6.1 hides them unless kernel.kptr_restrict is 1).
 */
int64_t proc_largest_hole(const struct proc *proc, uint64_t start, uint64_t size);

/* Who waits for whom: waits.c. */

enum thread_state { THREAD_IDLE, THREAD_SERVING, THREAD_WAITING, THREAD_USER };

enum thread_state thread_state(const struct thread *thread);
const char *thread_state_name(const struct thread *thread);
/* What a waiting thread waits for. */
const struct txn *thread_waits(const struct thread *thread);
void waits_settle(struct state *state);
/* Is there a deadlock, as far as one look can tell? */
bool waits_for_ever(const struct state *state);
/* Live is also what waits for something else than in @before, a moment ago. */
void waits_confirm(struct state *state, const struct state *before);

struct step waits_next(const struct state *state, const struct thread *thread);

/* Failures: log.c. */

struct failure {
	int id, from_pid, from_tid, to_pid, to_tid, node, handle, error, ret;
	size_t data_size, offsets_size;
	char kind[8], context[NAME_SIZE];
	char why[256];		/* as our driver says it, or "" */
	bool in_kernel_log;	/* from there, and not all fields are known */
	const char *found;	/* the reason's text, if it was found out otherwise */
};

struct reason {
	const char *text, *meaning, *remedy;
};

/* A line of failed_transaction_log or transaction_log. */
bool failure_parse(struct failure *failure, const char *line);
/* A line of the kernel's log, with or without what stands before "binder: ". */
bool failure_parse_kernel(struct failure *failure, const char *line);
/*
 * Any other line of a driver's: what it says, or NULL if it is nobody's. *@pid is whom it is
 * about, 0 if that is the driver itself.
 */
const struct reason *line_find(const char *line, int *pid);
/* By what our driver says, else by what the numbers tell. */
const struct reason *failure_reason(const struct failure *failure);
const struct reason *reason_find(const char *text);
/* The number that our driver's trace event has; NULL if there is none. */
const struct reason *reason_by_number(int number);
const char *return_name(unsigned int code);
/* As an object: from, to, sizes, error, reason. */
struct json_object *failure_json(const struct failure *failure);

/* The rest of the system: system.c. */

/* A file of a device that a process has open, by one descriptor or several. */
struct open_device {
	int fd;
	char path[256];
	dev_t device;
	ino_t inode;
	bool mapped;
	uint64_t start, size;	/* of the mapping; size 0: unknown */
};

/* Opens a file of the driver's, or fails with what to do. */
FILE *driver_file(const char *name);
bool driver_has(const char *name);
void read_state(struct state *state);
/* Looks again if there seems to be a deadlock: a thread may be about to come. */
void read_state_twice(struct state *state);
/* The name of a process or thread; "?" if it is gone. */
const char *process_name(int pid);
int process_of(int tid);
/* 'R', 'S', ... or 0 if there is none. */
char process_state(int pid);
/* Also if its parent has not yet waited for it. */
bool process_is_dead(int pid);
/* Stopped by cgroup.freeze: its state does not tell. */
bool process_is_frozen(int pid);
/* Which binder devices has it open? Returns how many; *@devices is to be freed. */
/* What a device is called in the file system; that may be different from what the driver says. */
const char *device_name(const struct open_device *device);
size_t process_devices(int pid, struct open_device **devices);
enum mapping { MAPPING_UNKNOWN, MAPPING_NONE, MAPPING_FOUND };

/* The mapping in which @proc receives. */
enum mapping proc_mapping(const struct proc *proc, uint64_t *start, uint64_t *size);
/* All processes of the system; to be freed. */
int *all_processes(size_t *count);

/* Trace events put together: calls.c. */

struct call {
	int id, from_pid, from_tid, to_pid;
	unsigned int code, flags;
	uint64_t began;		/* ns */
	uint64_t took;		/* ns, until the reply or, one-way, until delivered */
	size_t size, reply_size;
	bool oneway;
	bool partly;		/* it failed so early that code, flags and size are unknown */
	const char *end;	/* "reply", "delivered", "BR_DEAD_REPLY", "waiting" */
	const char *why;	/* as our driver says it, or NULL */
};

typedef void (*call_fn)(const struct call *call, void *arg);

enum event_kind {
	EVENT_TRANSACTION, EVENT_ALLOC, EVENT_RECEIVED, EVENT_RETURN, EVENT_FAILED
};

/* Of the fields that an event has not, 0 is kept. */
struct event {
	enum event_kind kind;
	uint64_t time;
	int pid, tid;		/* whose event it is; @pid for EVENT_TRANSACTION only */
	int id, reply, to_proc, to_thread, from_proc, from_thread;
	unsigned int code, flags, error, reason;
	size_t size;
};

/* Hands over the calls that end with it. */
void calls_handle(const struct event *event, call_fn fn, void *arg);
/* Events were lost, so nobody knows which have ended: none is waited for any more. */
void calls_forget(void);
/* Those that have not ended. */
void calls_rest(call_fn fn, void *arg);

/* Where trace events come from: events.c. */

void events_start(void);
/* Hands over the calls that have ended since. */
void events_read(call_fn fn, void *arg);
/* Those that have not. */
void events_rest(call_fn fn, void *arg);
/* How many were overwritten before they were read, since this was asked last. */
unsigned long events_lost(void);
void events_stop(void);

/* Commands; they return the exit status. */
int command_ps(int argc, char **argv);
int command_top(int argc, char **argv);
int command_why(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_add(int argc, char **argv);
int command_rm(int argc, char **argv);
int command_graph(int argc, char **argv);

#endif /* BINDERCTL_H */
