// SPDX-License-Identifier: GPL-2.0-only
/*
 * scene: a set of processes in known states, for testing binderctl.
 *
 * It sets them up, prints a line "expect KEY VALUE..." for all that binderctl should
 * find, then "ready". After that it obeys a word a line from its standard input, and
 * answers "done":
 *
 *   calls N    N calls of CALL_SIZE bytes from bc-client to bc-echo, code 7
 *   badreply   a call from bc-client to bc-echo, code 36, whose reply fails
 *   failures   one call of each kind that fails, from bc-client
 *   quit
 *
 * scene open PATH plain|dup|zombie opens and maps a device, and prints its PID. With dup
 * it has a second descriptor of the file. With zombie it prints three: one that has ended
 * and that nobody has waited for; one that holds the file of that; and one of the same session
 * that has only opened the device itself.
 *
 * scene find FILE ARRAY KEY=VALUE FIELD asks a file of JSON for a field of the
 * first element of an array that has such a value; scene lines FILE asks whether each
 * line is an object.
 *
 * The cast:
 *
 *   bc-manager         the context manager, idle
 *   bc-alpha           three nodes, two handles, two buffers that it does not free and a
 *                      hole between them
 *   bc-beta            two nodes, one handle; its only thread works on a call of bc-middle
 *   bc-middle          works on a call of bc-first, and has called bc-beta for that
 *   bc-first           waits for bc-middle
 *   bc-late            its call of bc-beta waits for a thread
 *   bc-pool            four threads, all idle
 *   bc-ring1, 2, 3     the only thread of each calls the next one, that of the last
 *                      the first
 *   bc-dead            killed; bc-holder, its child, has its file
 *   bc-orphan          waits for bc-dead, which had begun to work on its call
 *   bc-behind          waits for bc-dead, which had not
 *   bc-unmapped        has unmapped its memory; its name has an escape sequence in it
 *   bc-client, bc-echo for calls
 */
#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "binder_client.h"

#define SMALL_MAP	(128 * 1024)
#define HELD_FIRST	40000
#define HELD_FREED	50000
#define HELD_SECOND	30000
#define CALL_SIZE	600
#define RINGS		3
#define POOL		4
#define CODE_BAD_REPLY	36

static struct actor *manager, *alpha, *beta, *middle, *first, *late, *pool[POOL],
	*ring[RINGS], *dead, *orphan, *behind, *unmapped, *client, *echo;
static pid_t holder;

/* The client's handles, where the client sees them. */
static struct {
	uint32_t alpha, unmapped, dead, echo;
} *to;

static void check(bool good, const char *what)
{
	if (good)
		return;
	printf("scene: %s\n", what);
	exit(1);
}

static long name_job(struct actor *a, void *name)
{
	return prctl(PR_SET_NAME, name);
}

/* A process of that name. Its first read waits, like all others. */
static struct actor *spawn(const char *name, size_t map_size)
{
	struct actor *a = actor_spawn(map_size);
	char *copy = actor_alloc(16);

	snprintf(copy, 16, "%s", name);
	check(!actor_do(a, name_job, copy) && !actor_settle(a), name);
	return a;
}

/* The manager gives @taker a strong handle, of its own number @handle. */
static uint32_t pass(struct actor *taker, uint32_t handle)
{
	struct binder_payload object = {};
	uint32_t got;

	payload_handle(&object, BINDER_TYPE_HANDLE, handle);
	check(!actor_call(taker, 0, 0, 0, NULL) && !actor_read(manager) &&
	      !actor_reply(manager, &object) && !actor_read(manager) && !actor_read(taker) &&
	      actor_message(taker), "passing a handle");
	got = actor_object(taker, 0)->handle;
	check(!actor_ref(taker, BC_ACQUIRE, got) && !actor_free(taker), "keeping a handle");
	return got;
}

static uint32_t publish(struct actor *owner, unsigned int n)
{
	int64_t handle = actor_publish(owner, manager, 0x1000 * n, n);

	check(handle > 0, "publishing an object");
	return handle;
}

static void give(struct actor *taker, unsigned int n)
{
	check(actor_give(manager, taker, 0x100000 + 0x1000 * n, n) > 0, "giving a handle");
}

/* A call of @size bytes arrives at @keeper, which answers it and keeps the buffer. */
static binder_uintptr_t hold(struct actor *from, uint32_t handle, struct actor *keeper, size_t size)
{
	struct binder_cmds reply = {};

	check(!actor_call_pattern(from, handle, 0, 3, size) && !actor_read(keeper) &&
	      actor_message(keeper), "a call to be held");
	cmd_reply(&reply, 0, NULL);
	check(!actor_write(keeper, &reply), "replying");
	check(!actor_read(from) && !actor_free(from), "the reply");
	return actor_message(keeper)->data.ptr.buffer;
}

static void set_up_alpha(void)
{
	binder_uintptr_t buffer;

	alpha = spawn("bc-alpha", SMALL_MAP);
	to->alpha = pass(client, publish(alpha, 1));
	publish(alpha, 2);
	publish(alpha, 3);
	give(alpha, 1);
	give(alpha, 2);
	check(!actor_enter(alpha), "entering the loop");
	hold(client, to->alpha, alpha, HELD_FIRST);
	/* Between them the "complete" of each reply is read. */
	check(!actor_read(alpha), "reading on");
	buffer = hold(client, to->alpha, alpha, HELD_FREED);
	check(!actor_read(alpha), "reading on");
	hold(client, to->alpha, alpha, HELD_SECOND);
	check(!actor_read(alpha), "reading on");
	check(!actor_free_buffer(alpha, buffer), "freeing");
}

/* @from waits for an answer of the one behind @handle. */
static void start_call(struct actor *from, uint32_t handle, uint32_t code)
{
	struct binder_cmds c = {};

	cmd_call(&c, handle, code, 0, NULL);
	actor_start_write_read(from, &c);
	check(!actor_wait_asleep(from), "waiting for a reply");
}

/* bc-first calls bc-middle, which calls bc-beta for that; bc-late does, too. */
static void set_up_chain(void)
{
	uint32_t to_middle, from_middle, from_late, handle;

	beta = spawn("bc-beta", SMALL_MAP);
	middle = spawn("bc-middle", SMALL_MAP);
	first = spawn("bc-first", SMALL_MAP);
	late = spawn("bc-late", SMALL_MAP);
	handle = publish(beta, 1);
	publish(beta, 2);
	give(beta, 3);
	to_middle = pass(first, publish(middle, 1));
	from_middle = pass(middle, handle);
	from_late = pass(late, handle);
	check(!actor_enter(beta) && !actor_enter(middle), "entering the loop");

	start_call(first, to_middle, 11);
	check(!actor_read(middle) && actor_message(middle), "the first call");
	start_call(middle, from_middle, 12);
	check(!actor_read(beta) && actor_message(beta), "the second call");
	start_call(late, from_late, 13);
}

static void set_up_pool(void)
{
	int i;

	pool[0] = spawn("bc-pool", BINDER_MAP_SIZE);
	for (i = 0; i < POOL; i++) {
		if (i)
			pool[i] = actor_thread(pool[0]);
		check(!actor_settle(pool[i]) && !actor_enter(pool[i]), "entering the loop");
	}
	for (i = 0; i < POOL; i++) {
		actor_start_read(pool[i]);
		check(!actor_wait_asleep(pool[i]), "an idle thread");
	}
}

/*
 * None of them works on a call of another when it calls: so these are independent calls,
 * each of which would need the thread that waits for the next one.
 */
static void set_up_ring(void)
{
	uint32_t published[RINGS], next[RINGS];
	char name[16];
	int i;

	for (i = 0; i < RINGS; i++) {
		snprintf(name, sizeof(name), "bc-ring%d", i + 1);
		ring[i] = spawn(name, SMALL_MAP);
		published[i] = publish(ring[i], 1);
	}
	for (i = 0; i < RINGS; i++) {
		next[i] = pass(ring[i], published[(i + 1) % RINGS]);
		check(!actor_enter(ring[i]), "entering the loop");
	}
	for (i = 0; i < RINGS; i++)
		start_call(ring[i], next[i], 21 + i);
}

/* A child that has the binder file, and nothing else. */
static long fork_job(struct actor *a, void *arg)
{
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_NAME, "bc-holder");
	close_range(0, a->dev->fd - 1, 0);
	close_range(a->dev->fd + 1, ~0U, 0);
	for (;;)
		pause();
}

static void set_up_dead(void)
{
	uint32_t handle, from_orphan, from_behind;

	dead = spawn("bc-dead", SMALL_MAP);
	orphan = spawn("bc-orphan", SMALL_MAP);
	behind = spawn("bc-behind", SMALL_MAP);
	handle = publish(dead, 1);
	to->dead = pass(client, handle);
	from_orphan = pass(orphan, handle);
	from_behind = pass(behind, handle);
	check(!actor_enter(dead), "entering the loop");
	start_call(orphan, from_orphan, 14);
	check(!actor_read(dead) && actor_message(dead), "the call of the orphan");
	start_call(behind, from_behind, 15);
	holder = actor_do(dead, fork_job, NULL);
	check(holder > 0, "forking");
	actor_kill(dead);

	unmapped = spawn("bc-\033[31mred", SMALL_MAP);
	to->unmapped = pass(client, publish(unmapped, 1));
	check(!actor_unmap(unmapped), "unmapping");
}

/* What is to be found of a process: nodes, handles, buffers, bytes in them, size, hole, queue. */
static void expect_counts(struct actor *a, const char *name, int nodes, int handles, int buffers,
			  size_t used, size_t size, size_t hole, int queue)
{
	printf("expect process %d %s nodes %d handles %d ", a->pid, name, nodes, handles);
	printf("buffers %d used %zu size %zu hole %zu queue %d\n", buffers, used, size, hole,
	       queue);
}

static void expect_thread(struct actor *a, const char *state, struct actor *on)
{
	printf("expect thread %d %d %s %d\n", a->pid, a->tid, state, on ? on->pid : 0);
}

/* The manager has a node of its own, and one for each that it gave away. */
static void expectations(void)
{
	size_t used = HELD_FIRST + HELD_SECOND, small = SMALL_MAP;
	int i;

	expect_counts(manager, "bc-manager", 4, 12, 0, 0, BINDER_MAP_SIZE, BINDER_MAP_SIZE, 0);
	expect_counts(alpha, "bc-alpha", 3, 2, 2, used, small, HELD_FREED, 0);
	expect_counts(beta, "bc-beta", 2, 1, 2, 16, small, small - 16, 1);
	expect_counts(middle, "bc-middle", 1, 1, 1, 8, small, small - 8, 0);
	expect_counts(pool[0], "bc-pool", 0, 0, 0, 0, BINDER_MAP_SIZE, BINDER_MAP_SIZE, 0);
	expect_counts(client, "bc-client", 0, 4, 0, 0, BINDER_MAP_SIZE, BINDER_MAP_SIZE, 0);
	expect_thread(manager, "idle", NULL);
	for (i = 0; i < POOL; i++)
		expect_thread(pool[i], "idle", NULL);
	expect_thread(first, "waiting", middle);
	expect_thread(middle, "waiting", beta);
	expect_thread(beta, "serving", NULL);
	expect_thread(late, "waiting", beta);
	for (i = 0; i < RINGS; i++) {
		expect_counts(ring[i], "bc-ring", 1, 1, 1, 8, small, small - 8, 1);
		expect_thread(ring[i], "waiting", ring[(i + 1) % RINGS]);
	}
	for (i = 0; i < RINGS; i++)
		printf("expect ring %d\n", ring[i]->pid);
	printf("expect chain %d %d %d\n", first->pid, middle->pid, beta->pid);
	printf("expect late %d\n", late->pid);
	printf("expect dead %d %d\n", dead->pid, holder);
	printf("expect orphan %d\n", orphan->pid);
	printf("expect behind %d\n", behind->pid);
	printf("expect unmapped %d\n", unmapped->pid);
	printf("expect client %d\n", client->pid);
	printf("expect echo %d\n", echo->pid);
	printf("expect alpha %d\n", alpha->pid);
}

/* Runs in the client: calls, and waits for each answer. */
static long calls_job(struct actor *a, void *arg)
{
	struct binder_payload data = {};
	long n;

	payload_pattern(&data, 1, CALL_SIZE);
	for (n = (intptr_t)arg; n; n--) {
		if (binder_transact(a->dev, to->echo, 7, 0, &data, NULL) != BR_REPLY)
			return -EIO;
	}
	return 0;
}

/* No file of the dead one's is closed, a hole is too small, and so on. */
static long failures_job(struct actor *a, void *arg)
{
	struct binder_payload large = {}, spoiled = {}, none = {};
	int64_t got[5];
	int i;

	payload_pattern(&large, 1, HELD_FREED + 8);
	payload_pattern(&spoiled, 1, 64);
	payload_offset(&spoiled, 8);
	got[0] = binder_transact(a->dev, to->dead, 31, 0, &none, NULL);
	got[1] = binder_transact(a->dev, to->unmapped, 32, 0, &none, NULL);
	got[2] = binder_transact(a->dev, to->alpha, 33, 0, &large, NULL);
	got[3] = binder_transact(a->dev, 4711, 34, 0, &none, NULL);
	got[4] = binder_transact(a->dev, to->alpha, 35, 0, &spoiled, NULL);
	/* To whom has no memory, stock drivers answer as if it were dead. */
	for (i = 0; i < 5; i++) {
		if (got[i] != BR_FAILED_REPLY && (i > 1 || got[i] != BR_DEAD_REPLY))
			return -EIO;
	}
	return 0;
}

static long bad_reply_job(struct actor *a, void *arg)
{
	struct binder_payload none = {};
	int64_t got = binder_transact(a->dev, to->echo, CODE_BAD_REPLY, 0, &none, NULL);

	return got == BR_FAILED_REPLY ? 0 : -EIO;
}

static void obey(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n")) {
		if (!strncmp(line, "calls ", 6))
			check(!actor_do(client, calls_job, (void *)atol(line + 6)), "calls");
		else if (!strcmp(line, "badreply\n"))
			check(!actor_do(client, bad_reply_job, NULL), "a bad reply");
		else if (!strcmp(line, "failures\n"))
			check(!actor_do(client, failures_job, NULL), "failures");
		else
			check(false, "unknown word");
		printf("done\n");
		fflush(stdout);
	}
}

static int echo_handler(void *arg, const struct binder_transaction_data *tr,
			struct binder_payload *reply)
{
	payload_bytes(reply, "echo", 4);
	if (tr->code == CODE_BAD_REPLY)
		payload_handle(reply, BINDER_TYPE_HANDLE, 4711);
	return 0;
}

static int play(void)
{
	to = actor_alloc(sizeof(*to));
	manager = spawn("bc-manager", BINDER_MAP_SIZE);
	check(!actor_become_manager(manager) && !actor_enter(manager), "becoming the manager");
	client = spawn("bc-client", BINDER_MAP_SIZE);
	set_up_alpha();
	set_up_chain();
	set_up_pool();
	set_up_ring();
	set_up_dead();
	echo = spawn("bc-echo", SMALL_MAP);
	to->echo = pass(client, publish(echo, 1));
	actor_start_serve(echo, echo_handler, NULL);
	check(!actor_wait_asleep(echo), "serving");
	actor_start_read(manager);
	check(!actor_wait_asleep(manager), "an idle manager");
	expectations();
	printf("ready\n");
	fflush(stdout);
	obey();
	kill(holder, SIGKILL);
	actor_end_all();
	return 0;
}

static bool matches(struct json_object *element, const char *condition)
{
	const char *value = strchr(condition, '=') + 1;
	char key[64];

	snprintf(key, sizeof(key), "%.*s", (int)(value - 1 - condition), condition);
	element = json_object_object_get(element, key);
	return element && !strcmp(json_object_get_string(element), value);
}

static int find(const char *file, const char *array, const char *condition, const char *field)
{
	struct json_object *root = json_object_from_file(file), *list, *element, *got = NULL;
	size_t i, n;

	if (!root) {
		printf("%s: no JSON\n", file);
		return 1;
	}
	list = json_object_object_get(root, array);
	n = list ? json_object_array_length(list) : 0;
	for (i = 0; i < n && !got; i++) {
		element = json_object_array_get_idx(list, i);
		if (matches(element, condition))
			json_object_object_get_ex(element, field, &got);
	}
	printf("%s\n", got ? json_object_get_string(got) : "none");
	return 0;
}

static int check_lines(const char *file)
{
	FILE *f = fopen(file, "r");
	struct json_object *object;
	char line[8192];
	int bad = 0, n = 0;

	while (f && fgets(line, sizeof(line), f)) {
		object = json_tokener_parse(line);
		bad += !json_object_is_type(object, json_type_object);
		json_object_put(object);
		n++;
	}
	printf("%d lines, %d bad\n", n, bad);
	return bad || !n;
}

static void open_mapped(struct binder_dev *dev, const char *path)
{
	check(!binder_open_path(dev, path, 0, SMALL_MAP), path);
}

/* The zombie, and the two that it leaves behind. */
static void open_and_end(const char *path)
{
	int self = getpid(), keeper;
	struct binder_dev dev;

	setsid();
	open_mapped(&dev, path);
	keeper = fork();
	if (!keeper)
		return;
	if (fork())
		_exit(0);
	binder_close(&dev);
	open_mapped(&dev, path);
	printf("%d %d %d\n", self, keeper, getpid());
}

static void open_only(const char *path, const char *how)
{
	struct binder_dev dev;

	if (!strcmp(how, "zombie")) {
		if (!fork())
			open_and_end(path);
	} else {
		open_mapped(&dev, path);
		check(strcmp(how, "dup") || dup(dev.fd) >= 0, "dup");
		printf("%d\n", getpid());
	}
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "open"))
		open_only(argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "find"))
		return find(argv[2], argv[3], argv[4], argv[5]);
	if (argc == 3 && !strcmp(argv[1], "lines"))
		return check_lines(argv[2]);
	return play();
}
