// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel takes for less than a binder call: the floors. */
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "bench.h"

/* Two pipes or the ends of a socket; or two words for futexes. */
struct pair {
	int to[2];
	int from[2];
	uint32_t *word;
};

static void bounce(int in, int out)
{
	char byte = 0;

	if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1)
		bench_die("a floor's read or write");
}

static void ping(void *arg)
{
	struct pair *pair = arg;

	bounce(pair->from[0], pair->to[1]);
}

static void pong(void *arg)
{
	struct pair *pair = arg;
	char byte;

	if (read(pair->to[0], &byte, 1) != 1)
		bench_die("a floor's read or write");
	for (;;)
		bounce(pair->to[0], pair->from[1]);
}

static void run_pipe(const struct line *line)
{
	struct pair pair;

	if (pipe(pair.to) || pipe(pair.from))
		bench_die("pipe");
	bench_fork(pong, &pair);
	bench_steps(line->name, bench_calls, ping, &pair);
}

static void run_seqpacket(const struct line *line)
{
	struct pair pair;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends))
		bench_die("socketpair");
	pair.to[1] = ends[0];
	pair.from[0] = ends[0];
	pair.to[0] = ends[1];
	pair.from[1] = ends[1];
	bench_fork(pong, &pair);
	bench_steps(line->name, bench_calls, ping, &pair);
}

static void futex_set(uint32_t *word)
{
	__atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void futex_take(uint32_t *word)
{
	while (!__atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void futex_ping(void *arg)
{
	struct pair *pair = arg;

	futex_set(&pair->word[0]);
	futex_take(&pair->word[1]);
}

static void futex_pong(void *arg)
{
	struct pair *pair = arg;

	for (;;) {
		futex_take(&pair->word[0]);
		futex_set(&pair->word[1]);
	}
}

static void run_futex(const struct line *line)
{
	struct pair pair;

	pair.word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pair.word == MAP_FAILED)
		bench_die("mmap");
	bench_fork(futex_pong, &pair);
	bench_steps(line->name, bench_calls, futex_ping, &pair);
}

static void call_getppid(void *arg)
{
	(void)arg;
	syscall(SYS_getppid);
}

static void run_getppid(const struct line *line)
{
	bench_steps(line->name, bench_calls, call_getppid, NULL);
}

const struct line floor_lines[] = {
	{ "floor: pipe", run_pipe, 0 },
	{ "floor: seqpacket", run_seqpacket, 0 },
	{ "floor: futex", run_futex, 0 },
	{ "floor: getppid", run_getppid, 0 },
	{}
};
