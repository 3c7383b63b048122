// SPDX-License-Identifier: GPL-2.0-only
/* trace: a line for each call, when it has ended; at the end, for each that has not. */
#include <unistd.h>
#include "binderctl.h"

#define INTERVAL_US	100000

static const struct column columns[] = {
	{ "BEGAN", "began", 13 }, { "FROM", "from", 11 }, { "NAME", "from_name", -15 },
	{ "TO", "to_pid", 7 }, { "NAME", "to_name", -15 }, { "CODE", "code", 10 },
	{ "SIZE", "size", 8 }, { "TOOK", "took", 10 }, { "END", "end", -15 },
	{ "WHY", "why", -1 },
};

static long seen;

static void show(const struct call *call, void *arg)
{
	struct json_object *row;
	char text[40];

	(void)arg;
	if (options.count && seen >= options.count)
		return;
	seen++;
	row = json_object_new_object();
	snprintf(text, sizeof(text), "%llu.%06llu", (unsigned long long)call->began / 1000000000,
		 (unsigned long long)call->began / 1000 % 1000000);
	add_text(row, "began", text);
	add_int(row, "id", call->id);
	add_int(row, "from_pid", call->from_pid);
	add_int(row, "from_tid", call->from_tid);
	snprintf(text, sizeof(text), "%d:%d", call->from_pid, call->from_tid);
	add_text(row, "from", text);
	add_text(row, "from_name", process_name(call->from_pid));
	add_int(row, "to_pid", call->to_pid);
	add_text(row, "to_name", call->to_pid ? process_name(call->to_pid) : "");
	if (!call->partly) {
		add_int(row, "code", call->code);
		add_int(row, "flags", call->flags);
		add_int(row, "size", call->size);
		add_int(row, "reply_size", call->reply_size);
	}
	add_int(row, "took_us", call->took / 1000);
	snprintf(text, sizeof(text), "%llu us", (unsigned long long)call->took / 1000);
	add_text(row, "took", call->took ? text : "");
	add_text(row, "end", call->end);
	if (call->why)
		add_text(row, "why", call->why);
	if (options.json) {
		print_json_line(row);
		return;
	}
	table_row(stdout, columns, ARRAY_SIZE(columns), row);
	fflush(stdout);
	json_object_put(row);
}

static void tell_lost(void)
{
	unsigned long lost = events_lost();

	if (lost)
		fprintf(stderr, "binderctl: %lu events were lost, so calls are missing\n", lost);
}

int command_trace(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	end_on_signals();
	events_start();
	if (!options.json) {
		table_head(stdout, columns, ARRAY_SIZE(columns));
		fflush(stdout);
	}
	while (!interrupted && (!options.count || seen < options.count)) {
		usleep(INTERVAL_US);
		events_read(show, NULL);
		tell_lost();
	}
	events_rest(show, NULL);
	tell_lost();
	events_stop();
	return 0;
}
