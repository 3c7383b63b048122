// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz [-mp] [-s SEED] [-t SECONDS] FILE...: play the programs in the files, then go on
 * for so many seconds with new ones made of them. A program that reaches what none
 * before it did is kept. At the end, between lines that begin with "==", comes a small set
 * of programs that reaches it all, and every place that was reached. -p: a place is what
 * counts, and not also where one came from. -m: each program of
 * the files loses the lines that it can do without.
 *
 * fuzz -b [-s SEED] [-t SECONDS] FILE...: blindly, without KCOV.
 * fuzz -r FILE...: play the programs and say what each line does, without KCOV.
 *
 * A program is a finding, and the last one, if it does not end, if something of it is left in
 * the driver, or if the kernel's log has a report (BINDER_REPORTS is the pattern).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "binder_client.h"
#include "fuzz.h"

#define STATS		"/sys/kernel/debug/binder/stats"
#define PROGRAMS_MAX	6000
/* A guest is slow: what takes so long, in seconds, will never end. */
#define PLAY_MAX	120
#define EMPTY_MAX	30

struct kept {
	struct program program;
	struct cover cover;
};

static struct kept *pool, *kept[PROGRAMS_MAX];
static unsigned int kept_count, executed;
static struct cover known;	/* by the programs that are kept, or by chance */
static struct kmsg log_reader;
static regex_t reports;
static bool verbose, blind, thorough;
static double started;

/* The process that plays, our end of its socket, and what it plays. */
static pid_t player;
static int player_sock;
static struct program *played;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int by_length(const void *a, const void *b)
{
	const struct kept *x = *(struct kept **)a, *y = *(struct kept **)b;

	return (int)x->program.count - (int)y->program.count;
}

/* The shortest programs that reach, together, what all do. */
static void print_corpus(void)
{
	struct cover all = {};
	unsigned int i, n = 0;

	qsort(kept, kept_count, sizeof(kept[0]), by_length);
	if (!cover_places())
		return;
	printf("== corpus\n");
	for (i = 0; i < kept_count; i++) {
		if (!cover_new(&kept[i]->cover, &all))
			continue;
		cover_add(&all, &kept[i]->cover);
		if (n++)
			putchar('\n');
		program_print(stdout, &kept[i]->program);
	}
	printf("== reached\n");
	cover_print(stdout);
	printf("== end\n");
}

/* Findings */

static void report(const struct program *p, const char *what)
{
	printf("== finding: %s\n", what);
	program_print(stdout, p);
	printf("== end\n");
	print_corpus();
	fflush(stdout);
	exit(1);
}

/* Everything of which there are any now, or 0. */
static unsigned long things_left(char *text, size_t size)
{
	unsigned long n, sum = 0;
	FILE *f = fopen(STATS, "re");
	char *at;

	text[0] = '\0';
	if (!f) {
		perror(STATS);
		exit(1);
	}
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
	for (at = text; (at = strstr(at, ": active ")); at++)
		if (sscanf(at, ": active %lu", &n) == 1)
			sum += n;
	return sum;
}

/* All that it has begun goes with it. */
static void end_player(const struct program *p)
{
	struct pollfd end = { .events = POLLIN };
	int status = 0;

	if (!player)
		return;
	close(player_sock);
	end.fd = syscall(SYS_pidfd_open, player, 0);
	if (end.fd < 0 || poll(&end, 1, PLAY_MAX * 1000) != 1)
		report(p, "its processes do not end");
	close(end.fd);
	waitpid(player, &status, 0);
	player = 0;
	if (WIFSIGNALED(status) || WEXITSTATUS(status) == 2)
		report(p, "it hangs, or was killed");
	if (status)
		report(p, "the fuzzer itself failed");
	/* Children of actors, which are this one's when those have gone. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void wait_until_empty(const struct program *p)
{
	static char text[16384];
	double began = now();

	while (things_left(text, sizeof(text))) {
		/* Processes that wait for the next program may have kept something. */
		if (player && now() > began + 1) {
			/* They may take long to end; what they had goes after that. */
			end_player(p);
			began = now();
			continue;
		}
		if (now() > began + EMPTY_MAX) {
			fputs(text, stdout);
			report(p, "something of it is left");
		}
		usleep(500);
	}
}

static void read_log(const struct program *p)
{
	while (kmsg_next(&log_reader, 0))
		if (!regexec(&reports, log_reader.line, 0, NULL, 0)) {
			puts(log_reader.line);
			report(p, "a report in the kernel's log");
		}
}

/* Playing */

static void begin_player(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		perror("socketpair");
		exit(1);
	}
	fflush(stdout);
	player = fork();
	if (player < 0) {
		perror("fork");
		exit(1);
	}
	if (!player) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		play(played, ends[1], verbose);
	}
	close(ends[1]);
	player_sock = ends[0];
}

static void run(const struct program *p, struct cover *c)
{
	struct pollfd answer = { .events = POLLIN };
	char go_on = 1;

	if (!player)
		begin_player();
	*played = *p;
	cover_reset();
	send(player_sock, &go_on, 1, MSG_NOSIGNAL);
	answer.fd = player_sock;
	if (poll(&answer, 1, PLAY_MAX * 1000) != 1)
		report(p, "it does not end");
	if (recv(player_sock, &go_on, 1, 0) != 1 || !go_on)
		end_player(p);
	wait_until_empty(p);
	read_log(p);
	cover_collect(c);
	executed++;
}

/* What is new in @c, and is so again: what a race reached once is no use. */
static void settle(const struct program *p, struct cover *fresh)
{
	struct cover again;
	unsigned int i;

	run(p, &again);
	for (i = 0; i < COVER_WORDS; i++)
		fresh->words[i] &= again.words[i];
}

static bool reaches(const struct program *p, const struct cover *all, struct cover *c)
{
	run(p, c);
	return !cover_new(all, c);
}

/* Leave out, in pieces of @piece lines or more, what is not needed for what is new. */
static void minimise(struct program *p, const struct cover *fresh, unsigned int piece)
{
	unsigned int n, at;
	struct program less;
	struct cover c;

	for (n = p->count / 2; n >= piece; n /= 2)
		for (at = 0; at < p->count && p->count > n;) {
			less = *p;
			program_delete(&less, at, n);
			if (reaches(&less, fresh, &c))
				*p = less;
			else
				at += n;
		}
}

static void keep(const struct program *p, const struct cover *c)
{
	struct kept *k;

	cover_add(&known, c);
	if (kept_count == PROGRAMS_MAX)
		return;
	k = &pool[kept_count];
	k->program = *p;
	k->cover = *c;
	kept[kept_count++] = k;
}

/* Play it; keep it if it reaches something new. @piece: see minimise(); 0: as it is. */
static void try_program(const struct program *p, unsigned int piece)
{
	struct program shorter = *p;
	struct cover c, fresh;
	unsigned int i;

	run(p, &c);
	if (blind && !piece)
		keep(p, &c);
	if (!cover_new(&c, &known))
		return;
	for (i = 0; i < COVER_WORDS; i++)
		fresh.words[i] = c.words[i] & ~known.words[i];
	if (piece) {
		settle(p, &fresh);
		cover_add(&known, &c);
		if (!cover_new(&fresh, &(struct cover){}))
			return;
		minimise(&shorter, &fresh, piece);
		run(&shorter, &c);
	}
	keep(&shorter, &c);
}

static void load(const char *path)
{
	FILE *f = fopen(path, "re");
	struct program p;
	struct cover c;
	int more;

	if (!f) {
		perror(path);
		exit(2);
	}
	while ((more = program_read(f, &p)) > 0) {
		if (verbose) {
			printf("# program %u\n", executed + 1);
			run(&p, &c);
		} else {
			try_program(&p, thorough);
		}
	}
	fclose(f);
	if (more < 0)
		exit(2);
}

static void progress(const char *what)
{
	printf("%s: %.0f s, %u programs played, %u kept, %u places reached\n", what,
	       now() - started, executed, kept_count, cover_places());
	fflush(stdout);
}

static void fuzz(double seconds)
{
	double deadline = now() + seconds, next = now() + 10;
	struct program p;
	unsigned int i;

	while (now() < deadline && kept_count) {
		/* Half of the time one of the newest. */
		i = pick(2) && kept_count > 32 ? kept_count - 1 - pick(32) : pick(kept_count);
		p = kept[i]->program;
		mutate(&p, &kept[pick(kept_count)]->program);
		try_program(&p, 4);
		if (now() < next)
			continue;
		progress("fuzzing");
		next = now() + 10;
	}
}

static void prepare(bool with_cover, bool edges)
{
	const char *pattern = getenv("BINDER_REPORTS") ?: "WARNING:|BUG:|KASAN|UBSAN";
	int error;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	choose_processors(true);
	if (regcomp(&reports, pattern, REG_EXTENDED | REG_NOSUB)) {
		fprintf(stderr, "fuzz: BINDER_REPORTS is no pattern\n");
		exit(2);
	}
	error = with_cover ? cover_open(edges) : 0;
	if (error) {
		fprintf(stderr, "fuzz: no KCOV, or no module: %s\n", strerror(-error));
		exit(2);
	}
	played = big_alloc(sizeof(*played));
	pool = big_alloc(PROGRAMS_MAX * sizeof(*pool));
	kmsg_open(&log_reader);
	started = now();
}

int main(int argc, char **argv)
{
	uint64_t seed = 1;
	double seconds = 0;
	bool edges = true;
	int option;

	while ((option = getopt(argc, argv, "bmprs:t:")) != -1) {
		switch (option) {
		case 'b':
			blind = true;
			break;
		case 'm':
			thorough = true;
			break;
		case 'p':
			edges = false;
			break;
		case 'r':
			verbose = true;
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			seconds = strtod(optarg, NULL);
			break;
		default:
			return 2;
		}
	}
	prepare(!verbose && !blind, edges);
	pick_seed(seed);
	for (; optind < argc; optind++)
		load(argv[optind]);
	if (verbose)
		return 0;
	progress("replayed");
	fuzz(seconds);
	progress("ended");
	print_corpus();
	return 0;
}
