// SPDX-License-Identifier: GPL-2.0-only
/* binderctl: what happens in a binder driver. The options, and which command it is. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

struct options options = { .seconds = 1 };

static const struct command {
	const char *name, *usage;
	int (*run)(int argc, char **argv);
	int arguments, more;	/* how many it needs; how many more it takes, -1: any */
} commands[] = {
	{ "ps", "ps                  processes, threads, nodes, handles, buffers",
	  command_ps, 0, 0 },
	{ "top", "top                 calls, bytes and latencies, live",
	  command_top, 0, 0 },
	{ "why", "why PID|LOG LINE|-  what is wrong with a process, or what a line means",
	  command_why, 1, -1 },
	{ "watch", "watch               messages that fail, as they do",
	  command_watch, 0, 0 },
	{ "trace", "trace               calls, as they pass",
	  command_trace, 0, 0 },
	{ "graph", "graph               who talks to whom, for Graphviz",
	  command_graph, 0, 0 },
	{ "add", "add NAME            a new device in a binderfs (add /MOUNT/NAME)",
	  command_add, 1, 0 },
	{ "rm", "rm NAME             remove it",
	  command_rm, 1, 0 },
};

static void print_usage(FILE *out)
{
	size_t i;

	fputs("usage: binderctl [OPTION]... COMMAND [ARGUMENT]...\n\n", out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %s\n", commands[i].usage);
	fputs("\n  -j, --json     one JSON object; top, watch and trace: one a line\n"
	      "  -n COUNT       end after so many rounds, messages or calls\n"
	      "  -d SECONDS     between the rounds of top\n"
	      "  -r DIRECTORY   where the driver's files are, if not in debugfs\n"
	      "  -h, --help     print this\n", out);
}

static void wrong_usage(const char *problem, const char *what)
{
	char text[200];

	snprintf(text, sizeof(text), "%s%s", problem, what);
	fprintf(stderr, "binderctl: %s; see binderctl --help\n", clean(text));
	exit(2);
}

static double parse_number(const char *text, double least)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= least && value < 1e9))
		wrong_usage("not a number that can be: ", text);
	return value;
}

static void parse_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	char option[2] = "";
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "jhn:d:r:", longs, NULL)) != -1) {
		switch (c) {
		case 'j':
			options.json = true;
			break;
		case 'n':
			options.count = parse_number(optarg, 1);
			break;
		case 'd':
			options.seconds = parse_number(optarg, 0.05);
			break;
		case 'r':
			options.root = optarg;
			break;
		case 'h':
			print_usage(stdout);
			exit(0);
		default:
			option[0] = optopt;
			wrong_usage("no such option, or it lacks its value: ",
				    optopt ? option : argv[optind - 1]);
		}
	}
}

int main(int argc, char **argv)
{
	const struct command *command;
	int status;

	parse_options(argc, argv);
	argc -= optind;
	argv += optind;
	if (!argc) {
		print_usage(stderr);
		return 2;
	}
	for (command = commands; command < commands + ARRAY_SIZE(commands); command++) {
		if (strcmp(command->name, argv[0]))
			continue;
		argc--;
		argv++;
		if (argc < command->arguments ||
		    (command->more >= 0 && argc > command->arguments + command->more))
			wrong_usage("wrong number of arguments for ", command->name);
		status = command->run(argc, argv);
		if (fflush(stdout) || ferror(stdout))
			fail("not all could be written");
		return status;
	}
	wrong_usage("no command ", argv[0]);
	return 2;
}
