// SPDX-License-Identifier: GPL-2.0-only
/*
 * graph: who talks to whom. A line for each process that has handles for objects of another
 * one; bold while a call is on its way, with how many calls the driver's log remembers.
 */
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

static struct json_object *find_edge(struct json_object *root, int from, int to)
{
	struct json_object *edges, *edge;
	size_t i, n = get_count(root, "edges");

	for (i = 0; i < n; i++) {
		edge = get_nth(root, "edges", i);
		if (get_int(edge, "from") == from && get_int(edge, "to") == to)
			return edge;
	}
	json_object_object_get_ex(root, "edges", &edges);
	edge = append_object(edges);
	add_int(edge, "from", from);
	add_int(edge, "to", to);
	add_int(edge, "handles", 0);
	add_int(edge, "calls", 0);
	add_int(edge, "active", 0);
	return edge;
}

static void count(struct json_object *root, int from, int to, const char *key)
{
	struct json_object *edge = find_edge(root, from, to);

	add_int(edge, key, get_int(edge, key) + 1);
}

static void add_references(struct json_object *root, const struct state *state)
{
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		const struct proc *proc = &state->procs[i];

		for (j = 0; j < proc->ref_count; j++) {
			const struct proc *owner = state_owner(state, proc->refs[j].node);

			if (owner)
				count(root, proc->pid, owner->pid, "handles");
		}
		for (j = 0; j < proc->thread_count; j++) {
			const struct txn *txn = thread_waits(&proc->threads[j]);

			if (txn)
				count(root, proc->pid, txn->to_pid, "active");
		}
	}
}

static void add_log(struct json_object *root, const struct state *state)
{
	struct failure call;
	char *line = NULL;
	size_t room = 0;
	FILE *file;

	if (!driver_has("transaction_log"))
		return;
	file = driver_file("transaction_log");
	while (getline(&line, &room, file) >= 0) {
		if (!failure_parse(&call, line) || !strcmp(call.kind, "reply"))
			continue;
		/* Only of those who are there: a PID may be another's by now. */
		if (state_find(state, call.from_pid) && state_find(state, call.to_pid))
			count(root, call.from_pid, call.to_pid, "calls");
	}
	free(line);
	fclose(file);
}

static void quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

static void print_dot(struct json_object *root)
{
	size_t i;

	puts("digraph binder {\n\trankdir=LR;\n\tnode [shape=box];");
	for (i = 0; i < get_count(root, "processes"); i++) {
		struct json_object *p = get_nth(root, "processes", i);

		printf("\t%s [label=\"", get_text(p, "pid"));
		quoted(get_text(p, "name"));
		printf("\\n%s\"%s];\n", get_text(p, "pid"),
		       get_bool(p, "dead") ? ", style=dashed" : "");
	}
	for (i = 0; i < get_count(root, "edges"); i++) {
		struct json_object *e = get_nth(root, "edges", i);

		printf("\t%s -> %s [label=\"%s handles, %s calls\"%s];\n", get_text(e, "from"),
		       get_text(e, "to"), get_text(e, "handles"), get_text(e, "calls"),
		       get_int(e, "active") ? ", style=bold, color=red" : "");
	}
	puts("}");
}

int command_graph(int argc, char **argv)
{
	struct json_object *root = json_object_new_object();
	struct json_object *processes = add_array(root, "processes"), *process;
	struct state state;
	size_t i;

	(void)argc;
	(void)argv;
	add_array(root, "edges");
	read_state(&state);
	for (i = 0; i < state.count; i++) {
		process = append_object(processes);
		add_int(process, "pid", state.procs[i].pid);
		add_text(process, "name", process_name(state.procs[i].pid));
		add_text(process, "context", state.procs[i].context);
		add_bool(process, "dead", !process_state(state.procs[i].pid));
	}
	add_references(root, &state);
	add_log(root, &state);
	state_free(&state);
	if (options.json) {
		print_json(root);
		return 0;
	}
	print_dot(root);
	json_object_put(root);
	return 0;
}
