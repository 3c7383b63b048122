// SPDX-License-Identifier: GPL-2.0-only
/* The text of the files "state" and "proc/PID". Lines that say nothing to us are skipped. */
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

static const char *skip_spaces(const char *line)
{
	return line + strspn(line, " \t");
}

/* "outgoing transaction 80: 0000 from 1:1 to 2:0 code 15 flags 0 pri 0 r1 node 64 ..." */
static bool parse_txn(struct txn *txn, const char *line)
{
	const char *node = strstr(line, " node "), *elapsed = strstr(line, " elapsed ");

	memset(txn, 0, sizeof(*txn));
	txn->elapsed = -1;
	line = strstr(line, "transaction ");
	if (!line || sscanf(line, "transaction %d: %*s from %d:%d to %d:%d code %x flags %x",
			    &txn->id, &txn->from_pid, &txn->from_tid, &txn->to_pid,
			    &txn->to_tid, &txn->code, &txn->flags) != 7)
		return false;
	if (node)
		sscanf(node, " node %d", &txn->node);
	if (elapsed)
		sscanf(elapsed, " elapsed %ldms", &txn->elapsed);
	return true;
}

static void add_txn(struct proc *proc, const char *line)
{
	struct thread *thread = proc->thread_count ? &proc->threads[proc->thread_count - 1] : NULL;
	struct txn txn;

	if (!parse_txn(&txn, line))
		return;
	if (!strncmp(line, "pending ", 8)) {
		proc->pending = grow(proc->pending, proc->pending_count, sizeof(txn));
		proc->pending[proc->pending_count++] = txn;
	} else if (thread) {
		txn.outgoing = !strncmp(line, "outgoing ", 9);
		thread->stack = grow(thread->stack, thread->stack_count, sizeof(txn));
		thread->stack[thread->stack_count++] = txn;
	}
}

static void add_thread(struct proc *proc, const char *line)
{
	struct thread thread = {};

	if (sscanf(line, "thread %d: l %x", &thread.tid, &thread.looper) != 2)
		return;
	proc->threads = grow(proc->threads, proc->thread_count, sizeof(thread));
	proc->threads[proc->thread_count++] = thread;
}

/* "node 3: u1000 c1 hs 1 hw 1 ls 0 lw 0 is 2 iw 2 tr 1 proc 128 126" */
static void add_node(struct proc *proc, const char *line)
{
	const char *holders = strstr(line, " proc ");
	struct node node = {};
	int pid, length;

	if (sscanf(line, "node %d: u%*x", &node.id) != 1)
		return;
	holders = holders ? holders + strlen(" proc") : "";
	while (sscanf(holders, "%d%n", &pid, &length) == 1) {
		node.holders = grow(node.holders, node.holder_count, sizeof(pid));
		node.holders[node.holder_count++] = pid;
		holders += length;
	}
	proc->nodes = grow(proc->nodes, proc->node_count, sizeof(node));
	proc->nodes[proc->node_count++] = node;
}

/* "ref 20: desc 1 node 19 s 1 w 0 d 0"; for dead ones "deadnode 19" or "dead node 19" */
static void add_ref(struct proc *proc, const char *line)
{
	const char *node = strstr(line, "node ");
	struct ref ref = {};

	if (!node || sscanf(line, "ref %d: desc %d", &ref.id, &ref.desc) != 2 ||
	    sscanf(node, "node %d", &ref.node) != 1)
		return;
	ref.dead = strstr(line, "dead");
	proc->refs = grow(proc->refs, proc->ref_count, sizeof(ref));
	proc->refs[proc->ref_count++] = ref;
}

static size_t round_up(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* "buffer 29: 15f90 size 30000:0:0 delivered". No buffer is smaller than a pointer. */
static void add_buffer(struct proc *proc, const char *line)
{
	size_t data, offsets, extra = 0;
	struct buffer buffer = {};
	char address[32], *end;

	if (sscanf(line, "buffer %d: %31s size %zu:%zu:%zu", &buffer.id, address, &data, &offsets,
		   &extra) < 4)
		return;
	buffer.address = strtoull(address, &end, 16);
	buffer.known = !*end;
	buffer.size = round_up(data) + round_up(offsets) + round_up(extra);
	if (!buffer.size)
		buffer.size = sizeof(void *);
	proc->buffers = grow(proc->buffers, proc->buffer_count, sizeof(buffer));
	proc->buffers[proc->buffer_count++] = buffer;
}

static bool starts(const char *line, const char *word)
{
	return !strncmp(line, word, strlen(word));
}

static void parse_line(struct state *state, const char *line)
{
	struct proc *proc = state->count ? &state->procs[state->count - 1] : NULL;
	struct proc next = {};

	if (sscanf(line, "proc %d", &next.pid) == 1) {
		state->procs = grow(state->procs, state->count, sizeof(next));
		state->procs[state->count++] = next;
		return;
	}
	if (!proc)
		return;
	line = skip_spaces(line);
	if (starts(line, "context "))
		sscanf(line, "context %63s", proc->context);
	else if (starts(line, "thread "))
		add_thread(proc, line);
	else if (starts(line, "node "))
		add_node(proc, line);
	else if (starts(line, "ref "))
		add_ref(proc, line);
	else if (starts(line, "buffer "))
		add_buffer(proc, line);
	else if (starts(line, "outgoing ") || starts(line, "incoming ") || starts(line, "pending "))
		add_txn(proc, line);
}

static int by_key(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

static void add_entry(struct state *state, enum entry_kind kind, int number, struct proc *proc,
		      struct thread *thread)
{
	struct entry *entry;

	state->index = grow(state->index, state->index_count, sizeof(*entry));
	entry = &state->index[state->index_count++];
	entry->kind = kind;
	entry->pid = kind == ENTRY_NODE ? 0 : proc->pid;
	entry->number = number;
	entry->proc = proc;
	entry->thread = thread;
}

/* A message that a thread has sent is with whom it was sent to. */
static void add_entries(struct state *state, struct proc *proc)
{
	size_t i, j;

	for (i = 0; i < proc->thread_count; i++) {
		struct thread *thread = &proc->threads[i];

		add_entry(state, ENTRY_THREAD, thread->tid, proc, thread);
		for (j = 0; j < thread->stack_count; j++) {
			if (!thread->stack[j].outgoing)
				add_entry(state, ENTRY_MESSAGE, thread->stack[j].id, proc, thread);
		}
	}
	for (i = 0; i < proc->pending_count; i++)
		add_entry(state, ENTRY_MESSAGE, proc->pending[i].id, proc, NULL);
	for (i = 0; i < proc->node_count; i++)
		add_entry(state, ENTRY_NODE, proc->nodes[i].id, proc, NULL);
}

void state_parse(struct state *state, FILE *in)
{
	char *line = NULL;
	size_t i, room = 0;

	memset(state, 0, sizeof(*state));
	while (getline(&line, &room, in) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		parse_line(state, clean(line));
	}
	free(line);
	for (i = 0; i < state->count; i++)
		add_entries(state, &state->procs[i]);
	if (state->index_count)
		qsort(state->index, state->index_count, sizeof(*state->index), by_key);
}

const struct entry *state_look_up(const struct state *state, enum entry_kind kind, int pid,
				  int number)
{
	struct entry key = { .kind = kind, .pid = pid, .number = number };

	if (!state->index_count)
		return NULL;
	return bsearch(&key, state->index, state->index_count, sizeof(key), by_key);
}

void state_free(struct state *state)
{
	size_t i, j;

	for (i = 0; i < state->count; i++) {
		struct proc *proc = &state->procs[i];

		for (j = 0; j < proc->thread_count; j++)
			free(proc->threads[j].stack);
		for (j = 0; j < proc->node_count; j++)
			free(proc->nodes[j].holders);
		free(proc->threads);
		free(proc->nodes);
		free(proc->refs);
		free(proc->buffers);
		free(proc->pending);
	}
	free(state->procs);
	free(state->index);
	memset(state, 0, sizeof(*state));
}

struct proc *state_find(const struct state *state, int pid)
{
	size_t i;

	for (i = 0; i < state->count; i++) {
		if (state->procs[i].pid == pid)
			return &state->procs[i];
	}
	return NULL;
}

struct proc *state_owner(const struct state *state, int node)
{
	const struct entry *entry = state_look_up(state, ENTRY_NODE, 0, node);

	return entry ? entry->proc : NULL;
}

size_t proc_used(const struct proc *proc)
{
	size_t i, used = 0;

	for (i = 0; i < proc->buffer_count; i++)
		used += proc->buffers[i].size;
	return used;
}

static int by_address(const void *a, const void *b)
{
	uint64_t left = ((const struct buffer *)a)->address;
	uint64_t right = ((const struct buffer *)b)->address;

	return (left > right) - (left < right);
}

/* Are all buffers between these two, and do none overlap? They are sorted. */
static bool fits(const struct proc *proc, uint64_t start, uint64_t end)
{
	size_t i;

	for (i = 0; i < proc->buffer_count; i++) {
		const struct buffer *b = &proc->buffers[i];

		if (!b->known || b->address < start || b->address > end ||
		    b->size > end - b->address)
			return false;
		start = b->address + b->size;
	}
	return true;
}

int64_t proc_largest_hole(const struct proc *proc, uint64_t start, uint64_t size)
{
	uint64_t at, end, hole = 0;
	size_t i;

	if (proc->buffer_count)
		qsort(proc->buffers, proc->buffer_count, sizeof(*proc->buffers), by_address);
	/* Newer drivers tell offsets, older ones addresses. */
	if (fits(proc, 0, size))
		start = 0;
	else if (!fits(proc, start, start + size))
		return -1;
	at = start;
	end = start + size;
	for (i = 0; i < proc->buffer_count; i++) {
		if (proc->buffers[i].address - at > hole)
			hole = proc->buffers[i].address - at;
		at = proc->buffers[i].address + proc->buffers[i].size;
	}
	return end - at > hole ? end - at : hole;
}
