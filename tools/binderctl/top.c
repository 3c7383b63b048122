// SPDX-License-Identifier: GPL-2.0-only
/*
 * top: what each process calls and serves, and how long that takes, round by round.
 *
 * The latencies of a process are those of the calls that it has served, from the call to
 * the reply.
 */
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "binderctl.h"

/* Often enough that the trace buffer does not overflow. */
#define INTERVAL_US	100000

static const struct column columns[] = {
	{ "PID", "pid", 7 }, { "NAME", "name", -15 }, { "CALLS/s", "calls", 8 },
	{ "SERVED/s", "served", 8 }, { "FAILED/s", "failed", 8 }, { "BYTES/s", "bytes", 10 },
	{ "P50 us", "p50", 8 }, { "P99 us", "p99", 8 }, { "QUEUE", "queue", 5 },
};

/* Of one round. The first one is the sum of all. */
struct row {
	int pid;
	unsigned long calls, served, failed, queue;
	uint64_t bytes;
	uint64_t *took;
	size_t took_count;
};

static struct row *rows;
static size_t row_count;

static struct row *find_row(int pid)
{
	struct row new = { .pid = pid };
	size_t i;

	for (i = 0; i < row_count; i++) {
		if (rows[i].pid == pid)
			return &rows[i];
	}
	rows = grow(rows, row_count, sizeof(new));
	rows[row_count] = new;
	return &rows[row_count++];
}

static void add_latency(struct row *row, uint64_t took)
{
	row->took = grow(row->took, row->took_count, sizeof(took));
	row->took[row->took_count++] = took / 1000;
}

static void account(struct row *row, const struct call *call, bool caller, bool server)
{
	bool good = !strcmp(call->end, "reply") || !strcmp(call->end, "delivered");

	row->calls += caller;
	row->bytes += call->size + call->reply_size;
	row->failed += !good;
	if (!server || !good)
		return;
	row->served++;
	if (!call->oneway)
		add_latency(row, call->took);
}

static void on_call(const struct call *call, void *arg)
{
	(void)arg;
	account(find_row(0), call, true, true);
	account(find_row(call->from_pid), call, true, false);
	if (call->to_pid)
		account(find_row(call->to_pid), call, false, true);
}

static int by_value(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static int by_calls(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	unsigned long l = left->calls + left->served, r = right->calls + right->served;

	return (l < r) - (l > r);
}

static void clear_rows(void)
{
	size_t i;

	for (i = 0; i < row_count; i++)
		free(rows[i].took);
	free(rows);
	rows = NULL;
	row_count = 0;
	find_row(0);
}

static void add_queues(void)
{
	struct state state;
	size_t i;

	if (!driver_has("state"))
		return;
	read_state(&state);
	for (i = 0; i < state.count; i++) {
		find_row(state.procs[i].pid)->queue += state.procs[i].pending_count;
		find_row(0)->queue += state.procs[i].pending_count;
	}
	state_free(&state);
}

static void add_row(struct json_object *array, struct row *row, double seconds)
{
	struct json_object *object = append_object(array);

	add_int(object, "pid", row->pid);
	add_text(object, "name", row->pid ? process_name(row->pid) : "all");
	add_int(object, "calls", row->calls / seconds + 0.5);
	add_int(object, "served", row->served / seconds + 0.5);
	add_int(object, "failed", row->failed / seconds + 0.5);
	add_int(object, "bytes", row->bytes / seconds + 0.5);
	add_int(object, "queue", row->queue);
	if (!row->took_count)
		return;
	qsort(row->took, row->took_count, sizeof(*row->took), by_value);
	add_int(object, "p50", row->took[(row->took_count - 1) / 2]);
	add_int(object, "p99", row->took[(row->took_count - 1) * 99 / 100]);
}

static struct json_object *round_json(double seconds)
{
	struct json_object *root = json_object_new_object();
	struct json_object *array = add_array(root, "processes");
	size_t i;

	json_object_object_add(root, "seconds", json_object_new_double(seconds));
	add_int(root, "lost", events_lost());
	add_queues();
	qsort(rows + 1, row_count - 1, sizeof(*rows), by_calls);
	for (i = 0; i < row_count; i++)
		add_row(array, &rows[i], seconds);
	return root;
}

static void print_rows(FILE *out, struct json_object *root)
{
	size_t i;

	if (get_int(root, "lost"))
		fprintf(out, "%s events were lost, so calls are missing\n", get_text(root, "lost"));
	table_head(out, columns, ARRAY_SIZE(columns));
	for (i = 0; i < get_count(root, "processes"); i++)
		table_row(out, columns, ARRAY_SIZE(columns), get_nth(root, "processes", i));
}

/* The table as text, line by line onto the screen; what does not fit is left out. */
static void draw(struct json_object *root)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int y = 0;

	if (!out)
		fail("out of memory");
	print_rows(out, root);
	fclose(out);
	erase();
	for (line = strtok_r(text, "\n", &rest); line && y < LINES;
	     line = strtok_r(NULL, "\n", &rest), y++) {
		if (!y)
			attron(A_REVERSE);
		mvaddnstr(y, 0, line, COLS);
		attroff(A_REVERSE);
	}
	refresh();
	free(text);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Collects for one round; returns how long that was. */
static double collect(bool screen)
{
	double began = now(), seconds = 0;

	while (!interrupted && seconds < options.seconds) {
		usleep(options.seconds < 0.2 ? INTERVAL_US / 4 : INTERVAL_US);
		events_read(on_call, NULL);
		if (screen && getch() == 'q')
			interrupted = true;
		seconds = now() - began;
	}
	return seconds;
}

/* The terminal is as it was, also after a failure. */
static void leave_screen(void)
{
	if (!isendwin())
		endwin();
}

static void enter_screen(void)
{
	if (!newterm(NULL, stdout, stdin))
		fail("this terminal can't be used; try binderctl top | cat");
	atexit(leave_screen);
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	curs_set(0);
}

int command_top(int argc, char **argv)
{
	bool screen = isatty(STDOUT_FILENO) && !options.json;
	long round;

	(void)argc;
	(void)argv;
	end_on_signals();
	events_start();
	if (screen)
		enter_screen();
	for (round = 0; !interrupted && (!options.count || round < options.count); round++) {
		struct json_object *root;
		double seconds;

		clear_rows();
		seconds = collect(screen);
		if (interrupted && screen)
			break;
		root = round_json(seconds);
		if (options.json) {
			print_json_line(root);
			continue;
		}
		if (screen) {
			draw(root);
		} else {
			print_rows(stdout, root);
			puts("");
			fflush(stdout);
		}
		json_object_put(root);
	}
	events_stop();
	return 0;
}
