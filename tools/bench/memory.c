// SPDX-License-Identifier: GPL-2.0-only
/* What a driver takes of the kernel's memory, and how often it asks for some. */
#include <fcntl.h>
#include <glob.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "party.h"

#define NODES		20000
#define PROCESSES	400
#define THREADS		2000

/* Gives back slabs with nothing in them, which would hide what is allocated next. */
static void shrink_slabs(void)
{
	glob_t caches;
	size_t i;
	FILE *file;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &caches))
		bench_die("/sys/kernel/slab");
	for (i = 0; i < caches.gl_pathc; i++) {
		file = fopen(caches.gl_pathv[i], "w");
		if (!file || fputs("1\n", file) < 0 || fclose(file))
			bench_die(caches.gl_pathv[i]);
	}
	globfree(&caches);
}

/* In bytes; what belongs to user memory (page tables) is left out. */
static double kernel_memory(void)
{
	static const char *const kinds[] = { "Slab:", "VmallocUsed:", "Percpu:" };
	char line[128], name[32];
	double total = 0;
	size_t kind;
	long size;
	FILE *file;

	usleep(500000);		/* what RCU has still to free */
	shrink_slabs();
	/* Collects what each CPU has counted. */
	file = fopen("/proc/sys/vm/stat_refresh", "w");
	if (!file || fputs("1\n", file) < 0 || fclose(file))
		bench_die("stat_refresh");
	file = fopen("/proc/meminfo", "r");
	if (!file)
		bench_die("meminfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31s %ld", name, &size) != 2)
			continue;
		for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
			if (!strcmp(name, kinds[kind]))
				total += size * 1024.0;
	}
	fclose(file);
	return total;
}

static void run_nodes(const struct line *line)
{
	static struct objects objects;
	struct party party;
	double before = 0;
	uint64_t node = 1;

	server_start(PARTY_MAP_SIZE);
	party_open(&party, PARTY_MAP_SIZE);
	while (node < 2 * PARTY_OBJECTS + NODES) {
		/* After the first ones, the buffers' pages are there. */
		if (node == 2 * PARTY_OBJECTS + 1)
			before = kernel_memory();
		objects.count = 0;
		while (objects.count < PARTY_OBJECTS)
			objects_add(&objects, BINDER_TYPE_BINDER, node++);
		party_send_objects(&party, 0, KEEP, &objects);
	}
	party_flush(&party);
	bench_report_one(line->name, (kernel_memory() - before) / NODES);
}

/* Processes or threads that wait to open or enter, and then to be killed. */
struct crowd {
	struct gate go;
	struct gate done;
	int size;
	int fd;
};

static void enter(int fd)
{
	uint32_t command = BC_ENTER_LOOPER;
	struct binder_write_read bwr = {
		.write_size = sizeof(command), .write_buffer = (uintptr_t)&command,
	};

	if (ioctl(fd, BINDER_WRITE_READ, &bwr))
		bench_die("BC_ENTER_LOOPER");
}

static int open_and_enter(void)
{
	int fd = open("/dev/binder", O_RDWR | O_CLOEXEC);

	if (fd < 0 || mmap(NULL, (1 << 20) - 8192, PROT_READ, MAP_PRIVATE | MAP_NORESERVE,
			   fd, 0) == MAP_FAILED)
		bench_die("/dev/binder");
	enter(fd);
	return fd;
}

static void be_process(void *arg)
{
	struct crowd *crowd = arg;

	gate_open(&crowd->done);
	gate_wait(&crowd->go);
	open_and_enter();
	gate_open(&crowd->done);
	pause();
}

static void *be_thread(void *arg)
{
	struct crowd *crowd = arg;

	gate_open(&crowd->done);
	gate_wait(&crowd->go);
	enter(crowd->fd);
	gate_open(&crowd->done);
	pause();
	return NULL;
}

static void gather(struct crowd *crowd, const char *name)
{
	double before;
	int i;

	for (i = 0; i < crowd->size; i++)
		gate_wait(&crowd->done);
	before = kernel_memory();
	for (i = 0; i < crowd->size; i++)
		gate_open(&crowd->go);
	for (i = 0; i < crowd->size; i++)
		gate_wait(&crowd->done);
	bench_report_one(name, (kernel_memory() - before) / crowd->size);
}

static void run_processes(const struct line *line)
{
	struct crowd crowd = { .size = PROCESSES };
	int i;

	gate_init(&crowd.go);
	gate_init(&crowd.done);
	for (i = 0; i < crowd.size; i++)
		bench_fork(be_process, &crowd);
	gather(&crowd, line->name);
}

static void run_threads(const struct line *line)
{
	struct crowd crowd = { .size = THREADS };
	pthread_attr_t attr;
	pthread_t thread;
	int i;

	gate_init(&crowd.go);
	gate_init(&crowd.done);
	crowd.fd = open_and_enter();
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (i = 0; i < crowd.size; i++)
		if (pthread_create(&thread, &attr, be_thread, &crowd))
			bench_die("pthread_create");
	gather(&crowd, line->name);
}

/* -1 if this kernel has no such event. */
static int count_event(const char *name)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
	};
	char path[128];
	FILE *file;
	int fd, id;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/kmem/%s/id", name);
	file = fopen(path, "r");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &id) != 1)
		bench_die(path);
	fclose(file);
	attr.config = id;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
	if (fd < 0)
		bench_die("perf_event_open");
	return fd;
}

static uint64_t read_events(const int *fds, int count)
{
	uint64_t value, total = 0;
	int i;

	for (i = 0; i < count; i++) {
		if (fds[i] < 0)
			continue;
		if (read(fds[i], &value, sizeof(value)) != sizeof(value))
			bench_die("read of an event's count");
		total += value;
	}
	return total;
}

static void count_events(const char *name, const char *const *events, struct party *party)
{
	int fds[4], calls = 1000, count, i;
	uint64_t before;

	for (count = 0; count < 4 && events[count]; count++)
		fds[count] = count_event(events[count]);
	for (i = 0; i < 100; i++)
		party_call_plain(party, 0, PLAIN);
	before = read_events(fds, count);
	for (i = 0; i < calls; i++)
		party_call_plain(party, 0, PLAIN);
	/* Rounded: a timer's tick has some of its own. */
	bench_report_one(name, (double)((read_events(fds, count) - before + calls / 20) /
					(calls / 10)) / 10);
	for (i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void run_allocations(const struct line *line)
{
	static const char *const allocations[] = {
		"kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node",
	};
	static const char *const frees[] = { "kfree", "kmem_cache_free", NULL };
	struct party party;

	(void)line;
	server_start(PARTY_MAP_SIZE);
	party_open(&party, PARTY_MAP_SIZE);
	count_events("allocations per call", allocations, &party);
	count_events("frees per call", frees, &party);
}

const struct line memory_lines[] = {
	{ "memory per node", run_nodes, 0 },
	{ "memory per thread", run_threads, 0 },
	{ "memory per process", run_processes, 0 },
	{ "allocations", run_allocations, 0 },
	{}
};
