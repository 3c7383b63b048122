// SPDX-License-Identifier: GPL-2.0-only
/* ps: processes, threads and their states, nodes, handles, buffers. */
#include <stdlib.h>
#include "binderctl.h"

static void add_thread(struct json_object *array, const struct proc *proc,
		       const struct thread *thread)
{
	struct json_object *row = append_object(array);
	const struct txn *txn = thread_waits(thread);
	char doing[200] = "";

	add_int(row, "pid", proc->pid);
	add_int(row, "tid", thread->tid);
	add_text(row, "name", process_name(thread->tid));
	add_text(row, "state", thread_state_name(thread));
	add_bool(row, "deadlock", !thread->live);
	if (txn) {
		add_int(row, "waits_for", txn->to_pid);
		add_int(row, "code", txn->code);
		snprintf(doing, sizeof(doing), "waits for %d (%.40s), code %u%s", txn->to_pid,
			 process_name(txn->to_pid), txn->code, thread->live ? "" : ", DEADLOCK");
	} else if (thread->stack_count) {
		txn = &thread->stack[0];
		add_int(row, "serves", txn->from_pid);
		add_int(row, "code", txn->code);
		snprintf(doing, sizeof(doing), "serves %d (%.40s), code %u", txn->from_pid,
			 process_name(txn->from_pid), txn->code);
	}
	add_text(row, "doing", doing);
}

static void add_proc(struct json_object *list, struct json_object *threads,
		     const struct proc *proc)
{
	struct json_object *row = append_object(list);
	uint64_t start = 0, size = 0;
	size_t i, idle = 0;
	enum mapping mapping;
	int64_t hole;
	bool dead;
	char text[40];

	add_int(row, "pid", proc->pid);
	add_text(row, "name", process_name(proc->pid));
	add_text(row, "context", proc->context);
	add_int(row, "threads", proc->thread_count);
	for (i = 0; i < proc->thread_count; i++) {
		idle += thread_state(&proc->threads[i]) == THREAD_IDLE;
		add_thread(threads, proc, &proc->threads[i]);
	}
	add_int(row, "idle", idle);
	snprintf(text, sizeof(text), "%zu/%zu", idle, proc->thread_count);
	add_text(row, "idle_of", text);
	add_int(row, "nodes", proc->node_count);
	add_int(row, "handles", proc->ref_count);
	add_int(row, "buffers", proc->buffer_count);
	add_int(row, "used", proc_used(proc));
	mapping = proc_mapping(proc, &start, &size);
	if (mapping == MAPPING_FOUND) {
		add_int(row, "size", size);
		hole = proc_largest_hole(proc, start, size);
		if (hole >= 0)
			add_int(row, "hole", hole);
	}
	add_int(row, "queue", proc->pending_count);
	dead = process_is_dead(proc->pid);
	add_bool(row, "dead", dead);
	add_text(row, "note", dead ? "dead, its file is held" : mapping == MAPPING_NONE ?
		 "not mapped" : "");
}

/* Idle threads are only counted: there are many, and nothing is to be said of them. */
static void print_table(struct json_object *root)
{
	static const struct column columns[] = {
		{ "PID", "pid", 7 }, { "NAME", "name", -15 }, { "CONTEXT", "context", -10 },
		{ "IDLE/ALL", "idle_of", 8 }, { "NODES", "nodes", 5 }, { "HANDLES", "handles", 7 },
		{ "BUFFERS", "buffers", 7 }, { "USED", "used", 7 }, { "SIZE", "size", 7 },
		{ "HOLE", "hole", 7 }, { "QUEUE", "queue", 5 }, { "NOTE", "note", -1 },
	};
	size_t i, j;

	table_head(stdout, columns, ARRAY_SIZE(columns));
	for (i = 0, j = 0; i < get_count(root, "processes"); i++) {
		struct json_object *row = get_nth(root, "processes", i);
		int64_t left = get_int(row, "threads");

		table_row(stdout, columns, ARRAY_SIZE(columns), row);
		for (; left; left--, j++) {
			struct json_object *thread = get_nth(root, "threads", j);

			if (*get_text(thread, "doing"))
				printf("%7s  thread %s %s\n", "", get_text(thread, "tid"),
				       get_text(thread, "doing"));
		}
	}
}

int command_ps(int argc, char **argv)
{
	struct json_object *root = json_object_new_object();
	struct json_object *list = add_array(root, "processes");
	struct json_object *threads = add_array(root, "threads");
	struct state state;
	size_t i;

	(void)argc;
	(void)argv;
	read_state_twice(&state);
	for (i = 0; i < state.count; i++)
		add_proc(list, threads, &state.procs[i]);
	state_free(&state);
	if (options.json) {
		print_json(root);
		return 0;
	}
	print_table(root);
	json_object_put(root);
	return 0;
}
