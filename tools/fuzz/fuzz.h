/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer of programs. A program is a list of lines; each is a word of the
 * grammar with arguments, carried out by an actor:
 *
 *	A open flags=0x800
 *	A map size=0x20000
 *	A manager
 *	B open
 *	B map size=0x20000
 *	B node ptr=0x1000 flags=0x100
 *	B call code=1
 *	B talk room=4096
 *	A talk room=4096
 *	A& reply
 *
 * Actors A, B and C are processes, A2, B2 and C2 a second thread of each. Some words
 * add objects to the payload that the actor is making, others put a command into its
 * stream, most commands with that payload; "send" and "talk" write the stream. Arguments that
 * are 0 are left out. Lines run in lock step: the next one begins when this one has ended
 * or sleeps in an ioctl. With "&" behind the actor it begins at once.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define PROCESSES	3
#define ACTORS		(2 * PROCESSES)	/* process p has actors 2p and 2p + 1 */
#define ARGS		4
#define LINES_MAX	64

struct line {
	uint8_t actor;
	uint8_t word;
	bool async;
	uint64_t arg[ARGS];
};

struct program {
	uint32_t count;
	struct line at[LINES_MAX];
};

/* What an argument is; the generator draws it accordingly. */
enum arg_kind {
	ARG_NUMBER, ARG_BOOL, ARG_SMALL, ARG_SIZE, ARG_AT, ARG_HANDLE, ARG_POINTER,
	ARG_COOKIE, ARG_FD, ARG_OPEN, ARG_CALL, ARG_NODE, ARG_COMMAND, ARG_IOCTL, ARG_NICE,
};

struct word {
	const char *name;
	struct {
		const char *name;
		enum arg_kind kind;
	} args[ARGS];
	/* In the actor; returns what is only shown. */
	long (*run)(const uint64_t *arg);
	/* Instead: in the process that directs the actors. */
	long (*direct)(const uint64_t *arg);
	unsigned int weight;	/* how often it is drawn */
};

extern const struct word words[];
extern const unsigned int word_count;

/* program.c: the text */

void program_print(FILE *f, const struct program *p);
void line_print(FILE *f, const struct line *line);
/* Reads on to the end of the next program. 1, 0 at the end of the file, -1 for nonsense. */
int program_read(FILE *f, struct program *p);

/* play.c: runs one in processes of its own */

/* Shared by all of a program's processes. */
struct cast {
	int pid[PROCESSES];
	int fd[PROCESSES];	/* the last device that it opened */
	long result[LINES_MAX];
};

extern struct cast *cast;

/*
 * Plays @p whenever it reads a byte from @sock, and answers whether it will do so again.
 * Ends with 0, or 2 if an actor did not come back from the kernel.
 */
void play(const struct program *p, int sock, bool verbose) __attribute__((noreturn));
void choose_processors(bool in_turns);
void kill_process(unsigned int process);
void signal_actor(unsigned int actor);

/* words.c: in the actor, before its first word; and to be as before that, if it is alone */
void become(unsigned int actor);
void forget(void);

/* system.c: words about what is around the device, and what is shared with words.c */

bool needs_mount(const struct program *p);
/* In its processes, that closing their files does not remove. */
bool leaves_marks(const struct program *p);
void prepare_mount(void);
/* The n-th device there may be: one of the module's, or of the binderfs. */
const char *device_path(uint64_t n);
long do_add(const uint64_t *arg);
long do_remove(const uint64_t *arg);
long do_rename(const uint64_t *arg);
long do_list(const uint64_t *arg);
long do_mount(const uint64_t *arg);
long do_unmount(const uint64_t *arg);
long do_show(const uint64_t *arg);
long do_shrink(const uint64_t *arg);
long do_nice(const uint64_t *arg);
long do_policy(const uint64_t *arg);

/* cover.c: KCOV */

#define COVER_BITS	0x20000
#define COVER_WORDS	(COVER_BITS / 64)

struct cover {
	uint64_t words[COVER_WORDS];
};

void *big_alloc(size_t size);
/* @edges: two places in a row are what is new, not one. */
int cover_open(bool edges);
void cover_reset(void);
/* In the task whose coverage is to be collected. */
void cover_enable(unsigned int actor);
/* What has been collected since the reset. */
void cover_collect(struct cover *c);
unsigned int cover_places(void);	/* that were ever reached */
void cover_print(FILE *f);
/* Bits of @c that are not in @known. */
unsigned int cover_new(const struct cover *c, const struct cover *known);
void cover_add(struct cover *c, const struct cover *more);

/* mutate.c */

uint32_t pick(uint32_t below);
void pick_seed(uint64_t seed);
/* @other: a program to take lines from. */
void mutate(struct program *p, const struct program *other);
void program_delete(struct program *p, unsigned int from, unsigned int count);

#endif /* FUZZ_H */
