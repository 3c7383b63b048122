// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tour of the driver: a manager, a service and a client, with raw ioctls and
 * no library, telling what happens as it happens.
 *
 * The client is this process; the manager and the service are its children.
 * The service has a child too, which does nothing but keep the service's binder
 * file open.  So when the service is killed, its mapping is gone and its file
 * is not: the state which every dying process is in for a moment, here for as
 * long as we like.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/android/binder.h>

#define AREA_SIZE	(128 * 1024)
#define COOKIE_DEATH	0xdead

/* What the manager and the service understand. */
enum { ADD_SERVICE = 1, GET_SERVICE, GREET };

static const char *role = "client";
static int binder = -1;

/* The command stream that the next ioctl will write. */
static char commands[512];
static size_t commands_size;

/* What the last one read, and how much of it is done with. */
static char returns[512];
static size_t returns_size, returns_at;

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("  [%-7s %3d] ", role, getpid());
	vprintf(format, args);
	printf("\n");
	fflush(stdout);
	va_end(args);
}

static void headline(const char *text)
{
	printf("\n%s\n", text);
	fflush(stdout);
}

static void die(const char *what)
{
	say("%s: %s", what, strerror(errno));
	exit(1);
}

static void expect(int good, const char *what)
{
	if (!good) {
		say("that is not what should happen: %s", what);
		exit(1);
	}
}

static void put(uint32_t command, const void *payload)
{
	memcpy(commands + commands_size, &command, sizeof(command));
	commands_size += sizeof(command);
	memcpy(commands + commands_size, payload, _IOC_SIZE(command));
	commands_size += _IOC_SIZE(command);
}

/* Write the commands that are waiting, then read; returns the bytes read. */
static size_t exchange(void *buffer, size_t size)
{
	struct binder_write_read bwr = {
		.write_size = commands_size,
		.write_buffer = (uintptr_t)commands,
		.read_size = size,
		.read_buffer = (uintptr_t)buffer,
	};

	while (ioctl(binder, BINDER_WRITE_READ, &bwr)) {
		if (errno != EINTR)
			die("BINDER_WRITE_READ");
	}
	commands_size = 0;
	return bwr.read_consumed;
}

static void join_binder(void)
{
	binder = open("/dev/binder", O_RDWR | O_CLOEXEC);
	if (binder < 0)
		die("/dev/binder");
	if (mmap(NULL, AREA_SIZE, PROT_READ, MAP_PRIVATE, binder, 0) == MAP_FAILED)
		die("mmap");
}

/* What a call or a reply carries: bytes, of which one object at most. */
struct message {
	uint32_t code;
	pid_t sender;
	size_t size;
	union {
		char bytes[256];
		struct flat_binder_object object;
	};
	binder_size_t offsets[1];
	size_t offsets_size;
};

static void put_message(uint32_t command, uint32_t handle, struct message *message)
{
	struct binder_transaction_data data = {
		.target.handle = handle,
		.code = message->code,
		.data_size = message->size,
		.offsets_size = message->offsets_size,
		.data.ptr.buffer = (uintptr_t)message->bytes,
		.data.ptr.offsets = (uintptr_t)message->offsets,
	};

	put(command, &data);
}

static void message_set_text(struct message *message, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(message->bytes, sizeof(message->bytes), format, args);
	va_end(args);
	message->size = strlen(message->bytes) + 1;
}

static void message_set_object(struct message *message, uint32_t type, uint32_t handle)
{
	message->object = (struct flat_binder_object) {
		.hdr.type = type,
	};
	if (type == BINDER_TYPE_HANDLE)
		message->object.handle = handle;
	else
		message->object.binder = 0x5e41ce;
	message->size = sizeof(message->object);
	message->offsets[0] = 0;
	message->offsets_size = sizeof(message->offsets[0]);
}

/*
 * Take a message out of the mapping, and give its buffer back with the next
 * write.  A handle in it lives no longer than the buffer: get hold of it first.
 */
static void message_receive(struct message *message, const char *payload)
{
	struct binder_transaction_data data;

	memcpy(&data, payload, sizeof(data));
	memset(message, 0, sizeof(*message));
	expect(data.data_size <= sizeof(message->bytes), "an oversized message");
	message->code = data.code;
	message->sender = data.sender_pid;
	message->size = data.data_size;
	message->offsets_size = data.offsets_size;
	memcpy(message->bytes, (void *)(uintptr_t)data.data.ptr.buffer, data.data_size);
	if (data.offsets_size && message->object.hdr.type == BINDER_TYPE_HANDLE)
		put(BC_ACQUIRE, &message->object.handle);
	put(BC_FREE_BUFFER, &data.data.ptr.buffer);
}

/*
 * Read until something comes that matters to the caller, and return it; its
 * payload is in @message if it is a call or a reply.
 */
static uint32_t await(struct message *message)
{
	for (;;) {
		const char *payload;
		uint32_t code;

		if (returns_at == returns_size) {
			returns_size = exchange(returns, sizeof(returns));
			returns_at = 0;
			continue;
		}
		memcpy(&code, returns + returns_at, sizeof(code));
		payload = returns + returns_at + sizeof(code);
		returns_at += sizeof(code) + _IOC_SIZE(code);
		switch (code) {
		case BR_INCREFS:
			put(BC_INCREFS_DONE, payload);
			break;
		case BR_ACQUIRE:
			put(BC_ACQUIRE_DONE, payload);
			break;
		case BR_TRANSACTION:
		case BR_REPLY:
			message_receive(message, payload);
			return code;
		case BR_DEAD_BINDER:
			put(BC_DEAD_BINDER_DONE, payload);
			return code;
		case BR_FAILED_REPLY:
		case BR_DEAD_REPLY:
			return code;
		case BR_ERROR:
			expect(0, "BR_ERROR");
		}
	}
}

static uint32_t call(uint32_t handle, struct message *message)
{
	put_message(BC_TRANSACTION, handle, message);
	return await(message);
}

static const char *name_of(uint32_t code)
{
	switch (code) {
	case BR_REPLY:		return "BR_REPLY";
	case BR_FAILED_REPLY:	return "BR_FAILED_REPLY";
	case BR_DEAD_REPLY:	return "BR_DEAD_REPLY";
	case BR_DEAD_BINDER:	return "BR_DEAD_BINDER";
	default:		return "something unexpected";
	}
}

/* Call @answer for each transaction, for ever. */
static void serve(void (*answer)(struct message *message))
{
	struct message message;

	put(BC_ENTER_LOOPER, NULL);
	for (;;) {
		if (await(&message) != BR_TRANSACTION)
			continue;
		answer(&message);
		put_message(BC_REPLY, 0, &message);
	}
}

static uint32_t registered;

static void manager_answer(struct message *message)
{
	if (message->code == ADD_SERVICE) {
		registered = message->object.handle;
		say("process %d registers a service; for me it is handle %u",
		    message->sender, registered);
		message_set_text(message, "welcome");
		message->offsets_size = 0;
	} else {
		say("process %d looks the service up", message->sender);
		message_set_object(message, BINDER_TYPE_HANDLE, registered);
	}
}

static void be_manager(int ready, int hold)
{
	int zero = 0;

	(void)hold;
	role = "manager";
	join_binder();
	if (ioctl(binder, BINDER_SET_CONTEXT_MGR, &zero))
		die("BINDER_SET_CONTEXT_MGR");
	say("I am the context manager: handle 0 of every process");
	close(ready);
	serve(manager_answer);
}

static int quiet;

static void service_answer(struct message *message)
{
	char *byte;

	if (!quiet)
		say("process %d says \"%s\"", message->sender, message->bytes);
	quiet = 1;
	for (byte = message->bytes; *byte; byte++) {
		if (*byte >= 'a' && *byte <= 'z')
			*byte -= 'a' - 'A';
	}
}

static void be_service(int ready, int hold)
{
	struct message message = { .code = ADD_SERVICE };

	role = "service";
	join_binder();
	if (hold >= 0 && !fork()) {
		char byte;

		/* Until the other end of the pipe says so. */
		close(ready);
		if (read(hold, &byte, 1) < 0)
			die("read");
		_exit(0);
	}
	message_set_object(&message, BINDER_TYPE_BINDER, 0);
	expect(call(0, &message) == BR_REPLY, "the manager does not answer");
	say("registered: the manager says \"%s\"", message.bytes);
	close(ready);
	serve(service_answer);
}

/* A pipe whose other end the child closes when it is ready. */
static pid_t start(void (*child)(int ready, int hold), int hold)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(ready[0]);
		if (binder >= 0)
			close(binder);
		commands_size = 0;
		returns_at = returns_size;
		child(ready[1], hold);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1))
		die("read");
	close(ready[0]);
	return pid;
}

static uint32_t look_up(void)
{
	struct message message = { .code = GET_SERVICE };

	expect(call(0, &message) == BR_REPLY &&
	       message.object.hdr.type == BINDER_TYPE_HANDLE, "no handle came back");
	say("the manager gave me handle %u", message.object.handle);
	return message.object.handle;
}

static void greet(uint32_t handle)
{
	struct message message = { .code = GREET };

	message_set_text(&message, "hello, can you hear me?");
	say("calling handle %u: \"%s\"", handle, message.bytes);
	expect(call(handle, &message) == BR_REPLY, "no reply");
	say("it replied \"%s\"", message.bytes);
}

/* Show the driver's new lines in the kernel's log; returns how many. */
static int show_log(int kmsg)
{
	char record[1024];
	ssize_t size;
	int lines = 0;

	for (;;) {
		const char *text;

		size = read(kmsg, record, sizeof(record) - 1);
		if (size < 0 && errno == EPIPE)
			continue;
		if (size < 0)
			return lines;
		record[size] = 0;
		record[strcspn(record, "\n")] = 0;
		text = strchr(record, ';');
		if (!text || !strstr(text, "binder"))
			continue;
		printf("  [kernel     ] %s\n", text + 1);
		lines++;
	}
}

/* In the size of the report that this driver was written for. */
static uint32_t call_124_4(uint32_t handle)
{
	struct message message = {
		.code = GREET,
		.size = 124,
		.offsets_size = 4,
	};
	uint32_t result = call(handle, &message);

	say("a call with 124 bytes of data and 4 of offsets: %s", name_of(result));
	return result;
}

static void kill_in_the_middle(uint32_t handle, pid_t pid)
{
	int i;

	say("1000 calls, as fast as they go ...");
	for (i = 0; i < 1000; i++) {
		struct message message = { .code = GREET, .size = 124 };

		expect(call(handle, &message) == BR_REPLY, "no reply");
	}
	say("... all replied to; now kill -9 %d, and go on calling", pid);
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
}

int main(void)
{
	struct binder_handle_cookie death = { .cookie = COOKIE_DEATH };
	struct message message;
	struct pollfd pollfd;
	uint32_t handle;
	pid_t first, second, boss;
	int kmsg, hold[2];

	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0 || pipe(hold))
		die("/dev/kmsg");
	lseek(kmsg, 0, SEEK_END);

	headline("1. A context manager appears, and a service registers with it.");
	boss = start(be_manager, -1);
	first = start(be_service, hold[0]);

	headline("2. A client looks the service up and calls it.");
	join_binder();
	put(BC_ENTER_LOOPER, NULL);
	handle = look_up();
	death.handle = handle;
	put(BC_REQUEST_DEATH_NOTIFICATION, &death);
	greet(handle);

	headline("3. The service is killed under load. Its mapping goes at once; its file stays\n"
		 "   open for now, because a child of it has it too.");
	kill_in_the_middle(handle, first);
	expect(call_124_4(handle) == BR_FAILED_REPLY, "a dying target is no failed reply");
	expect(show_log(kmsg) >= 2, "the kernel's log has no lines about it");

	headline("4. The child lets go of the file: now the service is dead for the driver.");
	if (write(hold[1], "", 1) != 1)
		die("write");
	pollfd = (struct pollfd) { .fd = binder, .events = POLLIN };
	expect(poll(&pollfd, 1, 10000) == 1, "no death notification");
	expect(await(&message) == BR_DEAD_BINDER, "no death notification");
	say("the driver tells me that handle %u died: BR_DEAD_BINDER", handle);
	expect(call_124_4(handle) == BR_DEAD_REPLY, "a dead target is no dead reply");
	show_log(kmsg);

	headline("5. A successor registers, and everything works as before.");
	second = start(be_service, -1);
	handle = look_up();
	greet(handle);
	kill(second, SIGKILL);
	kill(boss, SIGKILL);
	printf("\n");
	return 0;
}
