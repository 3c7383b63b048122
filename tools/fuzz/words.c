// SPDX-License-Identifier: GPL-2.0-only
/* The words of the grammar: what an actor does with its devices. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fuzz.h"
#include "payloads.h"

#define FILES		2		/* devices that a process has open at once */
#define LIVE		16		/* buffers that it remembers */
#define BLOCK		8192		/* memory for pointer objects */
#define PAYLOAD_MAX	(5UL << 18)
#define LOOK_MAX	0x10000UL	/* behind the mapping is all other memory */
#define NULL_FD		100		/* a file to send */
#define DUP_FD		101		/* a duplicate of the device, where "dup" made one */

/* A process' own, as each actor is forked. Its two threads race for it at worst. */
static struct {
	bool begun;
	unsigned int process;
	struct binder_dev files[FILES];
	uint64_t live[LIVE];
	unsigned int lives;
	uint8_t *block;
	uint8_t *edge;		/* memory ends here */
	int bytes;		/* a file that takes what is to be looked at */
	int epoll;
} own;

/* A thread's own. */
static __thread struct {
	bool begun;
	unsigned int file;
	struct binder_payload payload;
	struct binder_cmds cmds;
	size_t last;		/* where its last command begins */
	struct binder_returns in, acks;
} my;

static void begin_process(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), i;
	long page = sysconf(_SC_PAGESIZE);
	uint32_t *numbers;

	dup3(fd, NULL_FD, O_CLOEXEC);
	close(fd);
	for (i = 0; i < FILES; i++)
		own.files[i].fd = -1;
	own.epoll = -1;
	own.bytes = memfd_create("bytes", MFD_CLOEXEC);
	if (!own.block) {
		own.block = actor_alloc(BLOCK);
		own.edge = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (own.edge == MAP_FAILED || munmap(own.edge + page, page))
			_exit(1);
		own.edge += page;
	}
	numbers = (uint32_t *)own.block;
	for (i = 0; i < (int)(BLOCK / sizeof(*numbers)); i++)
		numbers[i] = NULL_FD;
}

void become(unsigned int actor)
{
	if (!own.begun) {
		own.begun = true;
		own.process = actor / 2;
		begin_process();
	}
	if (!my.begun) {
		my.begun = true;
		cover_enable(actor);
	}
}

void forget(void)
{
	int i;

	my.file = 0;
	my.payload = (struct binder_payload){};
	my.cmds = (struct binder_cmds){};
	my.acks.count = 0;
	my.last = 0;
	if (!own.begun)
		return;
	for (i = 0; i < FILES; i++)
		binder_close(&own.files[i]);
	/* The others are KCOV's and the actor's own. */
	close_range(3, 511, 0);
	own.begun = false;
	own.lives = 0;
}

static struct binder_dev *dev(void)
{
	return &own.files[my.file];
}

static long ioctl_of(unsigned long nr, void *arg)
{
	return binder_ioctl(dev(), nr, arg);
}

/* Files and memory */

static long do_use(const uint64_t *arg)
{
	my.file = arg[0] % FILES;
	return 0;
}

static long do_open(const uint64_t *arg)
{
	long ret;

	binder_close(dev());
	ret = binder_open_path(dev(), device_path(arg[0]), arg[1] & O_NONBLOCK, 0);
	cast->fd[own.process] = dev()->fd;
	return ret;
}

/* The mapping stays, and with it the file. */
static long do_close(const uint64_t *arg)
{
	long ret = close(dev()->fd);

	dev()->fd = -1;
	return ret;
}

static long do_dup(const uint64_t *arg)
{
	return dup3(dev()->fd, DUP_FD, O_CLOEXEC);
}

static long do_undup(const uint64_t *arg)
{
	return close(DUP_FD);
}

/* Another process' file becomes this one's. */
static long do_borrow(const uint64_t *arg)
{
	unsigned int who = arg[0] % PROCESSES;
	int other = syscall(SYS_pidfd_open, cast->pid[who], 0);
	int fd = syscall(SYS_pidfd_getfd, other, cast->fd[who], 0);

	close(other);
	binder_close(dev());
	dev()->fd = fd;
	return fd < 0 ? -errno : 0;
}

/* A child that holds the files for as long as its parent lives, and may not use them. */
static long do_fork(const uint64_t *arg)
{
	struct pollfd p = { .fd = dev()->fd, .events = POLLIN };
	struct binder_version version;
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ioctl_of(BINDER_VERSION, &version);
	poll(&p, 1, 0);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static long do_map(const uint64_t *arg)
{
	void *map = mmap(NULL, arg[0], arg[1] ? (int)arg[1] : PROT_READ,
			 MAP_NORESERVE | (arg[2] ? MAP_SHARED : MAP_PRIVATE), dev()->fd,
			 arg[3] * 4096);

	if (map == MAP_FAILED)
		return -errno;
	if (!dev()->map) {
		dev()->map = map;
		dev()->map_size = arg[0];
	}
	return 0;
}

/* All of the mapping, or a part. */
static long do_unmap(const uint64_t *arg)
{
	size_t at = arg[0] & ~4095UL, size = arg[1];

	if (!dev()->map)
		return -EINVAL;
	if (!size)
		return binder_unmap(dev());
	if (at >= dev()->map_size || size > dev()->map_size - at)
		return -EINVAL;
	return munmap(dev()->map + at, size);
}

static long do_protect(const uint64_t *arg)
{
	return mprotect(dev()->map, dev()->map_size, arg[0] & 7) ? -errno : 0;
}

static long do_advise(const uint64_t *arg)
{
	return madvise(dev()->map, dev()->map_size, arg[0] & 31) ? -errno : 0;
}

static long do_remap(const uint64_t *arg)
{
	void *map = mremap(dev()->map, dev()->map_size, arg[0], MREMAP_MAYMOVE);

	if (map == MAP_FAILED)
		return -errno;
	dev()->map = map;
	dev()->map_size = arg[0];
	return 0;
}

/* Look at what is in the mapping, by the kernel's hand: no SIGBUS. */
static long do_look(const uint64_t *arg)
{
	size_t size = arg[1] < LOOK_MAX ? arg[1] : LOOK_MAX;

	return pwrite(own.bytes, dev()->map + arg[0], size, 0) < 0 ? -errno : 0;
}

/* Payloads */

static long do_bytes(const uint64_t *arg)
{
	if (my.payload.size > PAYLOAD_MAX || arg[0] > PAYLOAD_MAX)
		return -E2BIG;
	payload_pattern(&my.payload, my.payload.size, arg[0]);
	return 0;
}

static long do_node(const uint64_t *arg)
{
	struct flat_binder_object o = {
		.hdr.type = arg[3] ? BINDER_TYPE_WEAK_BINDER : BINDER_TYPE_BINDER,
		.flags = arg[1],
		.binder = arg[0],
		.cookie = arg[2],
	};

	return payload_object(&my.payload, &o, sizeof(o));
}

static long do_handle(const uint64_t *arg)
{
	return payload_handle(&my.payload, arg[1] ? BINDER_TYPE_WEAK_HANDLE : BINDER_TYPE_HANDLE,
			      arg[0]);
}

static long do_fd(const uint64_t *arg)
{
	return payload_fd(&my.payload, arg[0]);
}

static long do_ptr(const uint64_t *arg)
{
	return payload_pointer(&my.payload, own.block + arg[0], arg[1]);
}

static long do_child(const uint64_t *arg)
{
	return payload_child(&my.payload, own.block + arg[0], arg[1], arg[2], arg[3]);
}

static long do_fds(const uint64_t *arg)
{
	return payload_fd_array(&my.payload, arg[0], arg[1], arg[2]);
}

static long do_offset(const uint64_t *arg)
{
	payload_offset(&my.payload, arg[0]);
	return 0;
}

/* What pointer objects point to. */
static long do_block(const uint64_t *arg)
{
	uint32_t value = arg[1];

	if (arg[0] > BLOCK - sizeof(value))
		return -EINVAL;
	memcpy(own.block + arg[0], &value, sizeof(value));
	return 0;
}

static long do_spoil_data(const uint64_t *arg)
{
	uint32_t value = arg[1];

	if (my.payload.size < sizeof(value) || arg[0] > my.payload.size - sizeof(value))
		return -EINVAL;
	memcpy(my.payload.data + arg[0], &value, sizeof(value));
	return 0;
}

static long do_spoil_offset(const uint64_t *arg)
{
	if (arg[0] >= my.payload.count)
		return -EINVAL;
	my.payload.offsets[arg[0]] = arg[1];
	return 0;
}

/* Commands */

static void begin_command(void)
{
	my.last = my.cmds.size;
}

/* The payload is the command's now. */
static long end_message(void)
{
	my.payload = (struct binder_payload){};
	return 0;
}

static long do_call(const uint64_t *arg)
{
	binder_size_t extra = payload_extra(&my.payload) + arg[3];

	begin_command();
	if (extra)
		cmd_call_sg(&my.cmds, arg[0], arg[2], arg[1], &my.payload, extra);
	else
		cmd_call(&my.cmds, arg[0], arg[2], arg[1], &my.payload);
	return end_message();
}

static long do_reply(const uint64_t *arg)
{
	binder_size_t extra = payload_extra(&my.payload) + arg[1];

	begin_command();
	if (extra)
		cmd_reply_sg(&my.cmds, arg[0], &my.payload, extra);
	else
		cmd_reply(&my.cmds, arg[0], &my.payload);
	return end_message();
}

/* The n-th last buffer, or an address in the mapping. */
static long do_free(const uint64_t *arg)
{
	uint64_t at = (uintptr_t)dev()->map + arg[1];
	unsigned int n = own.lives;

	if (!arg[1])
		at = arg[0] < n ? own.live[(n - 1 - arg[0]) % LIVE] : 0;
	begin_command();
	cmd_ptr(&my.cmds, BC_FREE_BUFFER, at);
	return 0;
}

static long with_handle(uint32_t cmd, const uint64_t *arg)
{
	begin_command();
	cmd_u32(&my.cmds, cmd, arg[0]);
	return 0;
}

static long do_increfs(const uint64_t *arg)
{
	return with_handle(BC_INCREFS, arg);
}

static long do_acquire(const uint64_t *arg)
{
	return with_handle(BC_ACQUIRE, arg);
}

static long do_release(const uint64_t *arg)
{
	return with_handle(BC_RELEASE, arg);
}

static long do_decrefs(const uint64_t *arg)
{
	return with_handle(BC_DECREFS, arg);
}

/* For all that was asked for since the last time. */
static long do_ack(const uint64_t *arg)
{
	begin_command();
	binder_answer_refs(&my.cmds, &my.acks);
	my.acks.count = 0;
	return 0;
}

static long do_done(const uint64_t *arg)
{
	begin_command();
	cmd_ptr_cookie(&my.cmds, arg[2] ? BC_ACQUIRE_DONE : BC_INCREFS_DONE, arg[0], arg[1]);
	return 0;
}

static long do_looper(const uint64_t *arg)
{
	static const uint32_t says[] = { BC_ENTER_LOOPER, BC_REGISTER_LOOPER, BC_EXIT_LOOPER };

	begin_command();
	cmd_none(&my.cmds, says[arg[0] % ARRAY_SIZE(says)]);
	return 0;
}

static long watching(uint32_t death, uint32_t freeze, const uint64_t *arg)
{
	begin_command();
	cmd_handle_cookie(&my.cmds, arg[2] ? freeze : death, arg[0], arg[1]);
	return 0;
}

static long do_watch(const uint64_t *arg)
{
	return watching(BC_REQUEST_DEATH_NOTIFICATION, BC_REQUEST_FREEZE_NOTIFICATION, arg);
}

static long do_unwatch(const uint64_t *arg)
{
	return watching(BC_CLEAR_DEATH_NOTIFICATION, BC_CLEAR_FREEZE_NOTIFICATION, arg);
}

static long do_watched(const uint64_t *arg)
{
	begin_command();
	cmd_ptr(&my.cmds, arg[1] ? BC_FREEZE_NOTIFICATION_DONE : BC_DEAD_BINDER_DONE, arg[0]);
	return 0;
}

static long do_raw(const uint64_t *arg)
{
	begin_command();
	cmd_none(&my.cmds, arg[0]);
	cmd_raw(&my.cmds, own.block, _IOC_SIZE(arg[0]) % 256);
	return 0;
}

/* Four bytes of the last command. */
static long do_spoil(const uint64_t *arg)
{
	uint32_t value = arg[1];

	if (my.cmds.size < sizeof(value) || arg[0] > my.cmds.size ||
	    my.last + arg[0] > my.cmds.size - sizeof(value))
		return -EINVAL;
	memcpy(my.cmds.data + my.last + arg[0], &value, sizeof(value));
	return 0;
}

/* Writing and reading */

static void note_return(const struct binder_return *br)
{
	switch (br->cmd) {
	case BR_TRANSACTION:
	case BR_TRANSACTION_SEC_CTX:
	case BR_REPLY:
		own.live[own.lives++ % LIVE] = br->tr.data.ptr.buffer;
		break;
	case BR_INCREFS:
	case BR_ACQUIRE:
		if (my.acks.count < BINDER_RETURNS_MAX)
			my.acks.at[my.acks.count++] = *br;
		break;
	}
}

static long do_send(const uint64_t *arg)
{
	long ret = binder_write(dev(), &my.cmds);

	cmd_reset(&my.cmds);
	my.last = 0;
	return ret;
}

/* Returns how much was read. */
static long do_talk(const uint64_t *arg)
{
	long ret;
	size_t i;

	my.in.limit = arg[0];
	ret = binder_write_read(dev(), my.cmds.size ? &my.cmds : NULL, &my.in);
	cmd_reset(&my.cmds);
	my.last = 0;
	for (i = 0; i < my.in.count; i++)
		note_return(&my.in.at[i]);
	return ret ?: (long)my.in.consumed;
}

/*
 * With sizes that are wrong: @cut is added to the stream's size, @skip is consumed
 * already, and the memory to read into ends after @edge bytes. Nothing is noted.
 */
static long do_mistalk(const uint64_t *arg)
{
	struct binder_write_read wr = {
		.write_buffer = (uintptr_t)my.cmds.data,
		.write_size = my.cmds.size + arg[0],
		.write_consumed = arg[1],
		.read_buffer = (uintptr_t)own.edge - arg[2] % 4096,
		.read_size = arg[3],
	};
	long ret = ioctl_of(BINDER_WRITE_READ, &wr);

	cmd_reset(&my.cmds);
	my.last = 0;
	return ret;
}

static long do_poll(const uint64_t *arg)
{
	return binder_poll(dev(), arg[0] % 8);
}

static long do_epoll(const uint64_t *arg)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (own.epoll < 0)
		own.epoll = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(own.epoll, EPOLL_CTL_ADD, dev()->fd, &event);
	return epoll_wait(own.epoll, &event, 1, arg[0] % 8);
}

/* Other ioctls */

static long do_threads(const uint64_t *arg)
{
	uint32_t n = arg[0];

	return ioctl_of(BINDER_SET_MAX_THREADS, &n);
}

static long do_manager(const uint64_t *arg)
{
	struct flat_binder_object o = {
		.hdr.type = BINDER_TYPE_BINDER,
		.flags = arg[1],
		.binder = arg[0],
		.cookie = arg[2],
	};

	return ioctl_of(arg[0] || arg[1] ? BINDER_SET_CONTEXT_MGR_EXT : BINDER_SET_CONTEXT_MGR, &o);
}

static long do_leave(const uint64_t *arg)
{
	return ioctl_of(BINDER_THREAD_EXIT, NULL);
}

static long do_version(const uint64_t *arg)
{
	struct binder_version version;

	return ioctl_of(BINDER_VERSION, &version);
}

static long do_nodes(const uint64_t *arg)
{
	struct binder_node_debug_info info = { .ptr = arg[0] };

	return ioctl_of(BINDER_GET_NODE_DEBUG_INFO, &info);
}

static long do_counts(const uint64_t *arg)
{
	struct binder_node_info_for_ref info = { .handle = arg[0], .strong_count = arg[1] };

	return ioctl_of(BINDER_GET_NODE_INFO_FOR_REF, &info);
}

static long do_freeze(const uint64_t *arg)
{
	struct binder_freeze_info info = {
		.pid = cast->pid[arg[0] % PROCESSES],
		.enable = arg[1],
		.timeout_ms = arg[2] % 100,
	};

	return ioctl_of(BINDER_FREEZE, &info);
}

static long do_frozen(const uint64_t *arg)
{
	struct binder_frozen_status_info info = { .pid = cast->pid[arg[0] % PROCESSES] };

	return ioctl_of(BINDER_GET_FROZEN_INFO, &info);
}

static long do_spam(const uint64_t *arg)
{
	uint32_t on = arg[0];

	return ioctl_of(BINDER_ENABLE_ONEWAY_SPAM_DETECTION, &on);
}

static long do_error(const uint64_t *arg)
{
	struct binder_extended_error error;

	return ioctl_of(BINDER_GET_EXTENDED_ERROR, &error);
}

/* An argument that ends too early, or is nowhere. */
static long do_misioctl(const uint64_t *arg)
{
	return ioctl_of(arg[0], arg[1] ? own.edge - arg[1] % 64 : NULL);
}

static long direct_kill(const uint64_t *arg)
{
	kill_process(arg[0] % PROCESSES);
	return 0;
}

static long direct_signal(const uint64_t *arg)
{
	signal_actor(arg[0] % ACTORS);
	return 0;
}

#define NONE		{ { NULL } }
#define HANDLE		{ "handle", ARG_HANDLE }
#define PTR		{ "ptr", ARG_POINTER }
#define COOKIE		{ "cookie", ARG_COOKIE }
#define WHO		{ "who", ARG_SMALL }

const struct word words[] = {
	{ "use", { { "file", ARG_BOOL } }, do_use, NULL, 1 },
	{ "open", { { "device", ARG_SMALL }, { "flags", ARG_OPEN } }, do_open, NULL, 2 },
	{ "close", NONE, do_close, NULL, 2 },
	{ "dup", NONE, do_dup, NULL, 1 },
	{ "undup", NONE, do_undup, NULL, 1 },
	{ "borrow", { WHO }, do_borrow, NULL, 1 },
	{ "fork", NONE, do_fork, NULL, 1 },
	{ "map", { { "size", ARG_SIZE }, { "prot", ARG_SMALL }, { "shared", ARG_BOOL },
		   { "page", ARG_SMALL } }, do_map, NULL, 2 },
	{ "unmap", { { "at", ARG_SIZE }, { "size", ARG_SIZE } }, do_unmap, NULL, 2 },
	{ "protect", { { "prot", ARG_SMALL } }, do_protect, NULL, 1 },
	{ "advise", { { "advice", ARG_NUMBER } }, do_advise, NULL, 1 },
	{ "remap", { { "size", ARG_SIZE } }, do_remap, NULL, 1 },
	{ "look", { { "at", ARG_SIZE }, { "size", ARG_SIZE } }, do_look, NULL, 2 },
	{ "shrink", { { "pages", ARG_NUMBER } }, do_shrink, NULL, 2 },

	{ "bytes", { { "size", ARG_SIZE } }, do_bytes, NULL, 3 },
	{ "node", { PTR, { "flags", ARG_NODE }, COOKIE, { "weak", ARG_BOOL } }, do_node, NULL, 6 },
	{ "handle", { HANDLE, { "weak", ARG_BOOL } }, do_handle, NULL, 5 },
	{ "fd", { { "fd", ARG_FD } }, do_fd, NULL, 4 },
	{ "ptr", { { "at", ARG_AT }, { "size", ARG_AT } }, do_ptr, NULL, 4 },
	{ "child", { { "at", ARG_AT }, { "size", ARG_AT }, { "parent", ARG_SMALL },
		     { "offset", ARG_AT } }, do_child, NULL, 4 },
	{ "fds", { { "count", ARG_SMALL }, { "parent", ARG_SMALL }, { "offset", ARG_AT } },
	  do_fds, NULL, 4 },
	{ "offset", { { "at", ARG_AT } }, do_offset, NULL, 1 },
	{ "block", { { "at", ARG_AT }, { "value", ARG_FD } }, do_block, NULL, 2 },
	{ "spoil-data", { { "at", ARG_AT }, { "value", ARG_NUMBER } }, do_spoil_data, NULL, 2 },
	{ "spoil-offset", { { "nr", ARG_SMALL }, { "at", ARG_AT } }, do_spoil_offset, NULL, 2 },

	{ "call", { HANDLE, { "flags", ARG_CALL }, { "code", ARG_SMALL }, { "extra", ARG_AT } },
	  do_call, NULL, 12 },
	{ "reply", { { "flags", ARG_CALL }, { "extra", ARG_AT } }, do_reply, NULL, 8 },
	{ "free", { { "nr", ARG_SMALL }, { "at", ARG_AT } }, do_free, NULL, 6 },
	{ "increfs", { HANDLE }, do_increfs, NULL, 3 },
	{ "acquire", { HANDLE }, do_acquire, NULL, 3 },
	{ "release", { HANDLE }, do_release, NULL, 3 },
	{ "decrefs", { HANDLE }, do_decrefs, NULL, 3 },
	{ "ack", NONE, do_ack, NULL, 4 },
	{ "done", { PTR, COOKIE, { "strong", ARG_BOOL } }, do_done, NULL, 2 },
	{ "looper", { { "says", ARG_SMALL } }, do_looper, NULL, 4 },
	{ "watch", { HANDLE, COOKIE, { "freeze", ARG_BOOL } }, do_watch, NULL, 4 },
	{ "unwatch", { HANDLE, COOKIE, { "freeze", ARG_BOOL } }, do_unwatch, NULL, 4 },
	{ "watched", { COOKIE, { "freeze", ARG_BOOL } }, do_watched, NULL, 3 },
	{ "raw", { { "command", ARG_COMMAND } }, do_raw, NULL, 1 },
	{ "spoil", { { "at", ARG_AT }, { "value", ARG_NUMBER } }, do_spoil, NULL, 2 },

	{ "send", NONE, do_send, NULL, 8 },
	{ "talk", { { "room", ARG_SIZE } }, do_talk, NULL, 16 },
	{ "mistalk", { { "cut", ARG_AT }, { "skip", ARG_AT }, { "edge", ARG_AT },
		       { "room", ARG_AT } }, do_mistalk, NULL, 2 },
	{ "poll", { { "ms", ARG_SMALL } }, do_poll, NULL, 2 },
	{ "epoll", { { "ms", ARG_SMALL } }, do_epoll, NULL, 2 },
	{ "threads", { { "most", ARG_SMALL } }, do_threads, NULL, 2 },
	{ "manager", { PTR, { "flags", ARG_NODE }, COOKIE }, do_manager, NULL, 2 },
	{ "leave", NONE, do_leave, NULL, 2 },
	{ "version", NONE, do_version, NULL, 1 },
	{ "nodes", { PTR }, do_nodes, NULL, 1 },
	{ "counts", { HANDLE, { "strong", ARG_BOOL } }, do_counts, NULL, 1 },
	{ "freeze", { WHO, { "on", ARG_BOOL }, { "ms", ARG_NUMBER } }, do_freeze, NULL, 3 },
	{ "frozen", { WHO }, do_frozen, NULL, 1 },
	{ "spam", { { "on", ARG_BOOL } }, do_spam, NULL, 1 },
	{ "error", NONE, do_error, NULL, 1 },
	{ "misioctl", { { "nr", ARG_IOCTL }, { "edge", ARG_AT } }, do_misioctl, NULL, 2 },

	{ "kill", { WHO }, NULL, direct_kill, 2 },
	{ "signal", { WHO }, NULL, direct_signal, 1 },
	{ "nice", { { "value", ARG_NICE } }, do_nice, NULL, 1 },
	{ "policy", { { "policy", ARG_SMALL }, { "priority", ARG_SMALL } }, do_policy, NULL, 1 },
	{ "show", { { "file", ARG_SMALL }, WHO, { "piece", ARG_SIZE } }, do_show, NULL, 3 },
	{ "mount", { { "options", ARG_SMALL }, { "again", ARG_BOOL } }, do_mount, NULL, 1 },
	{ "unmount", NONE, do_unmount, NULL, 1 },
	{ "add", { { "name", ARG_SMALL } }, do_add, NULL, 2 },
	{ "remove", { { "name", ARG_SMALL } }, do_remove, NULL, 1 },
	{ "rename", { { "name", ARG_SMALL }, { "to", ARG_SMALL } }, do_rename, NULL, 1 },
	{ "list", NONE, do_list, NULL, 1 },
};

const unsigned int word_count = ARRAY_SIZE(words);
