// SPDX-License-Identifier: GPL-2.0-only
/*
 * graph: who talks to whom. A line for each process that has handles for objects of another
 * one; bold while a call is on its way, with how many calls the driver's log remembers.
 */
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

/* Of each kind, what is counted from one process to another. */
struct edge {
	int from, to, handles, calls, active;
};

struct edges {
	struct edge *edge;
	size_t count;
};

static struct edge *count(struct edges *edges, int from, int to)
{
	struct edge new = { .from = from, .to = to };

	edges->edge = grow(edges->edge, edges->count, sizeof(new));
	edges->edge[edges->count] = new;
	return &edges->edge[edges->count++];
}

static int by_ends(const void *a, const void *b)
{
	const struct edge *left = a, *right = b;

	if (left->from != right->from)
		return left->from < right->from ? -1 : 1;
	return (left->to > right->to) - (left->to < right->to);
}

/* Those between the same two are one. */
static void add_edges(struct json_object *array, struct edges *edges)
{
	struct json_object *object;
	size_t i, next;

	if (edges->count)
		qsort(edges->edge, edges->count, sizeof(*edges->edge), by_ends);
	for (i = 0; i < edges->count; i = next) {
		struct edge sum = edges->edge[i];

		for (next = i + 1; next < edges->count && !by_ends(&sum, &edges->edge[next]);
		     next++) {
			sum.handles += edges->edge[next].handles;
			sum.calls += edges->edge[next].calls;
			sum.active += edges->edge[next].active;
		}
		object = append_object(array);
		add_int(object, "from", sum.from);
		add_int(object, "to", sum.to);
		add_int(object, "handles", sum.handles);
		add_int(object, "calls", sum.calls);
		add_int(object, "active", sum.active);
	}
	free(edges->edge);
}

static void add_references(struct edges *edges, const struct state *state)
{
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		const struct proc *proc = &state->procs[i];

		for (j = 0; j < proc->ref_count; j++) {
			const struct proc *owner = state_owner(state, proc->refs[j].node);

			if (owner)
				count(edges, proc->pid, owner->pid)->handles = 1;
		}
		for (j = 0; j < proc->thread_count; j++) {
			const struct txn *txn = thread_waits(&proc->threads[j]);

			if (txn)
				count(edges, proc->pid, txn->to_pid)->active = 1;
		}
	}
}

static void add_log(struct edges *edges, const struct state *state)
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
			count(edges, call.from_pid, call.to_pid)->calls = 1;
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
	struct edges edges = {};
	struct state state;
	size_t i;

	(void)argc;
	(void)argv;
	read_state(&state);
	for (i = 0; i < state.count; i++) {
		process = append_object(processes);
		add_int(process, "pid", state.procs[i].pid);
		add_text(process, "name", process_name(state.procs[i].pid));
		add_text(process, "context", state.procs[i].context);
		add_bool(process, "dead", process_is_dead(state.procs[i].pid));
	}
	add_references(&edges, &state);
	add_log(&edges, &state);
	add_edges(add_array(root, "edges"), &edges);
	state_free(&state);
	if (options.json) {
		print_json(root);
		return 0;
	}
	print_dot(root);
	json_object_put(root);
	return 0;
}
