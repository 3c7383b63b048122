// SPDX-License-Identifier: GPL-2.0-only
/* Lines about failures: the driver's logs of transactions, and the kernel's log. */
#include <errno.h>
#include <linux/android/binder.h>
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

#define RECEIVER_STUCK	"see what the receiver is doing; it has to free what it has read"
#define BUG		"it is a bug in the process"
#define SENDER_BUG	"it is a bug in the sender, whose PID is above"

/*
 * The texts and their order are those of our driver (enum binder_reason, from 1 on);
 * Documentation/error-logs.rst says more of each.
 */
static const struct reason reasons[] = {
	{ "no context manager",
	  "a call to handle 0, and no context manager has registered, or it died",
	  "start it; each device has its own" },
	{ "dead", "the target has died", "nothing, if it was to end; else see why it did" },
	{ "frozen", "the target was frozen by BINDER_FREEZE", "whoever froze it has to thaw it" },
	{ "never mapped", "the target never mapped the device, so it can't receive",
	  "it is a bug in the target" },
	{ "unmapped", "the target has the device open, but its memory is not mapped any more",
	  "see what is said of that process: exec(), munmap(), or a death that is not seen" },
	{ "exiting", "the target is dying: its memory is gone, and its file not closed yet",
	  "see why it died; if this goes on, another process has its file" },
	{ "no space",
	  "no hole in the memory of the receiver is large enough, or what one-way calls may have of it is full",
	  RECEIVER_STUCK },
	{ "out of memory", "the kernel could not allocate, or the object to be sent was gone",
	  "look at the memory of the machine, and the limits of its cgroups" },
	{ "bad size", "the sizes are more than a call can have, or not aligned", SENDER_BUG },
	{ "bad handle", "the sender has no such handle, or only a weak one",
	  "it is most often used after its release, in the sender" },
	{ "call to an own object", "a process called itself through the driver", SENDER_BUG },
	{ "not this thread's turn",
	  "a call by a thread that waits for a reply, or a reply without a call", SENDER_BUG },
	{ "data can't be read", "the address of the payload is bad", SENDER_BUG },
	{ "bad offsets", "the array of offsets does not fit the payload", SENDER_BUG },
	{ "bad object", "the payload has an object that is not valid", SENDER_BUG },
	{ "no such fd", "the sender has no such file descriptor to send", SENDER_BUG },
	{ "fds are refused", "the receiver does not accept file descriptors",
	  "send none, or let the receiver set FLAT_BINDER_FLAG_ACCEPTS_FDS or TF_ACCEPT_FDS" },
	{ "refused by a security module", "the policy does not allow it",
	  "look for avc messages in the kernel's log" },
	{ "receiver is out of fds", "the receiver can't open one more file",
	  "raise its limit (RLIMIT_NOFILE), or see why it has so many open" },
	/* From here on: what stock drivers tell by an errno only. */
	{ "dead or not mapped",
	  "the target has died, or is dying, or has no memory mapped to receive in",
	  "see what is said of that process" },
	{ "malformed",
	  "something in the call is not valid: an offset, an object, a size or a handle",
	  "the kernel's log has a line before this one that says what" },
	{ "unknown", "the driver does not say why", "look at the kernel's log" },
};

const struct reason *reason_find(const char *text)
{
	const struct reason *last = &reasons[ARRAY_SIZE(reasons) - 1], *r;

	for (r = reasons; r < last; r++) {
		if (!strcmp(r->text, text))
			return r;
	}
	return last;
}

const struct reason *reason_by_number(int number)
{
	const struct reason *last = reason_find("receiver is out of fds");

	return number >= 1 && number <= last - reasons + 1 ? &reasons[number - 1] : NULL;
}

/* By the numbers that every driver gives. */
static const char *guess(const struct failure *f)
{
	switch (f->ret) {
	case -ESRCH:
		return f->to_pid ? "dead or not mapped" : "dead";
	case -ENOSPC:
		return "no space";
	case -ENOMEM:
		return "out of memory";
	case -EFAULT:
		return "data can't be read";
	case -EPERM:
		return f->to_pid ? "refused by a security module" : "fds are refused";
	case -EPROTO:
	case -EMLINK:
		return "not this thread's turn";
	case -EAGAIN:
		return "frozen";
	case -EBADF:
		return "no such fd";
	case -EINVAL:
		if (f->error == BR_DEAD_REPLY)
			return f->handle ? "dead" : "no context manager";
		return f->to_pid || f->in_kernel_log ? "malformed" : "bad handle";
	}
	return f->error == BR_DEAD_REPLY ? "dead" : f->error == BR_FROZEN_REPLY ? "frozen" :
	"unknown"
	;
}

const struct reason *failure_reason(const struct failure *failure)
{
	char text[sizeof(failure->why)];

	snprintf(text, sizeof(text), "%s", failure->why);
	text[strcspn(text, ";")] = '\0';
	return reason_find(*text ? text : failure->found ? failure->found : guess(failure));
}

const char *return_name(unsigned int code)
{
	static char number[16];

	switch (code) {
	case BR_DEAD_REPLY:
		return "BR_DEAD_REPLY";
	case BR_FAILED_REPLY:
		return "BR_FAILED_REPLY";
	case BR_FROZEN_REPLY:
		return "BR_FROZEN_REPLY";
	}
	snprintf(number, sizeof(number), "%u", code);
	return number;
}

bool failure_parse(struct failure *f, const char *line)
{
	const char *why = strstr(line, " why: ");

	memset(f, 0, sizeof(*f));
	if (sscanf(line,
		   "%d: %7s from %d:%d to %d:%d context %63s node %d handle %d size %zu:%zu ret %d/%d",
		   &f->id, f->kind, &f->from_pid, &f->from_tid, &f->to_pid, &f->to_tid, f->context,
		   &f->node, &f->handle, &f->data_size, &f->offsets_size, &f->error, &f->ret) != 13)
		return false;
	if (why)
		snprintf(f->why, sizeof(f->why), "%s", why + strlen(" why: "));
	clean(f->why);
	clean(f->context);
	return true;
}

/* What follows "binder: " or "binder_linux: ", or the first number. */
static const char *skip_prefix(const char *line)
{
	static const char * const names[] = { "binder: ", "binder_linux: ", "binder_alloc: " };
	const char *found;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		found = strstr(line, names[i]);
		if (found)
			return found + strlen(names[i]);
	}
	return line + strspn(line, " \t");
}

/* "P:T transaction to 5 failed: no space; free 8 ..., error -28", our driver's, for debugging */
static bool parse_debug(struct failure *f, const char *line)
{
	char *next, *error = NULL;

	if (sscanf(line, "%d:%d transaction to %d failed: %255[^\n]", &f->from_pid, &f->from_tid,
		   &f->to_pid, f->why) != 4)
		return false;
	/* The last one. */
	for (next = f->why; (next = strstr(next, ", error ")); next++)
		error = next;
	if (error) {
		f->ret = atoi(error + strlen(", error "));
		*error = '\0';
	}
	return true;
}

/* "P:T transaction call to 5:0 failed 106/29189/-3, code 31 size 0-0 line 3409", mainline's */
static bool parse_mainline(struct failure *f, const char *line)
{
	const char *size;

	if (sscanf(line, "%d:%d transaction %7s to %d:%d failed %d/%d/%d", &f->from_pid,
		   &f->from_tid, f->kind, &f->to_pid, &f->to_tid, &f->id, &f->error, &f->ret) != 8)
		return false;
	size = strstr(line, "size ");
	if (size)
		sscanf(size, "size %zu-%zu", &f->data_size, &f->offsets_size);
	return true;
}

/* "3057: binder_alloc_buf, no vma" */
static bool parse_no_vma(struct failure *f, const char *line)
{
	const char *text = strstr(line, ": binder_alloc_buf, no vma");

	f->ret = -ESRCH;
	f->to_pid = atoi(line);
	return text && f->to_pid > 0;
}

/* "129: binder_alloc_buf size 508 failed, no address space", mainline's */
static bool parse_no_space(struct failure *f, const char *line)
{
	char text[20];

	f->ret = -ENOSPC;
	f->error = BR_FAILED_REPLY;
	return sscanf(line, "%d: binder_alloc_buf size %zu failed, no %19s", &f->to_pid,
		      &f->data_size, text) == 3;
}

/* "P:T transaction failed 29201, size 124-4", our driver's */
static bool parse_failed(struct failure *f, const char *line)
{
	return sscanf(line, "%d:%d transaction failed %d, size %zu-%zu", &f->from_pid,
		      &f->from_tid, &f->error, &f->data_size, &f->offsets_size) == 5;
}

bool failure_parse_kernel(struct failure *f, const char *line)
{
	static bool (* const parsers[])(struct failure *f, const char *line) = {
		parse_no_vma, parse_no_space, parse_failed, parse_mainline, parse_debug,
	};
	size_t i;

	line = skip_prefix(line);
	for (i = 0; i < ARRAY_SIZE(parsers); i++) {
		memset(f, 0, sizeof(*f));
		f->in_kernel_log = true;
		if (!parsers[i](f, line))
			continue;
		clean(f->why);
		clean(f->kind);
		return true;
	}
	return false;
}

/* The lines of our driver that are not about a failed message: what one begins with. */
static const struct reason lines[] = {
	{ "call to invalid handle", "the sender has no such handle, or only a weak one",
	  "it is most often used after its release" },
	{ "call to an object of its own", "a process called itself through the driver", BUG },
	{ "call while a reply", "a second call by a thread that is in one", BUG },
	{ "reply without a call", "a reply by a thread that works on no call", BUG },
	{ "has no fd left", "the receiver has reached its limit of open files",
	  "raise RLIMIT_NOFILE, or look for descriptors that it leaks" },
	{ "no object of known type", "the objects of a payload are wrong", BUG },
	{ "object u", "two objects with the same address, but other cookies were sent",
	  "it is mostly a use after free in it" },
	{ "invalid handle", "a handle in a payload that the sender does not have", BUG },
	{ "fd ", "a descriptor, or an array of them, that can't be sent",
	  "see whether the receiver accepts any, else it is a bug in the sender" },
	{ "invalid fd", "the sender has no such file to send",
	  "see whether it closes it too early" },
	{ "pointer object", "a pointer object in a payload is wrong", BUG },
	{ "can't take handle", "a reference that the process can't have", BUG },
	{ "the context manager tried", "the manager wanted a handle of itself", BUG },
	{ "can't release handle", "a release too many, or of another kind", BUG },
	{ "BC_FREE_BUFFER", "a buffer was freed that is not there, or not to be freed", BUG },
	{ "BC_", "a command that does not fit what the driver knows of the process", BUG },
	{ "can't have policy", "a thread did not get the priority of its caller",
	  "nothing; see the limits of its cgroup if that matters" },
	{ "loaded", "the driver is there", "nothing" },
	{ "another driver has the device", "the module was not loaded",
	  "unload the other driver, or choose other names with devices=" },
	{ "can't register the device", "the module was not loaded", "choose another name" },
	{ "no binderfs", "another driver has a filesystem of that name", "nothing" },
	{ "no reports of failures", "another driver has a netlink family of that name", "nothing" },
	{ "no shrinker", "memory that is not used stays allocated", "nothing" },
	{ "no security module", "who asks for its callers' contexts gets empty ones", "nothing" },
};

static const struct reason suppressed = {
	"suppressed",
	"so many lines about this process were withheld, so that it can't fill the log",
	"look at what is called, or what calls, all the time"
};

static const struct reason strange = {
	"unknown", "the process did something that its driver did not expect",
	"see the list of lines in Documentation/error-logs.rst"
};

const struct reason *line_find(const char *line, int *pid)
{
	const char *text = skip_prefix(line);
	bool binder = text > line && text[-1] == ' ' && text[-2] == ':';
	int length = 0;
	size_t i;

	*pid = 0;
	if (!binder)
		return NULL;
	/* "P: " or "P:T " */
	if (sscanf(text, "%d:%n", pid, &length) == 1 && length) {
		text += length;
		text += strspn(text, "0123456789");
		text += strspn(text, " ");
	}
	if (*pid && strstr(text, " messages about it suppressed"))
		return &suppressed;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!strncmp(text, lines[i].text, strlen(lines[i].text)))
			return &lines[i];
	}
	return *pid ? &strange : NULL;
}

struct json_object *failure_json(const struct failure *f)
{
	struct json_object *object = json_object_new_object();
	const struct reason *reason = failure_reason(f);

	add_int(object, "id", f->id);
	add_text(object, "kind", f->kind);
	add_text(object, "context", f->context);
	add_int(object, "from_pid", f->from_pid);
	add_int(object, "from_tid", f->from_tid);
	add_int(object, "to_pid", f->to_pid);
	add_int(object, "to_tid", f->to_tid);
	add_int(object, "handle", f->handle);
	add_int(object, "data_size", f->data_size);
	add_int(object, "offsets_size", f->offsets_size);
	add_text(object, "answer", f->error ? return_name(f->error) : "");
	add_int(object, "errno", f->ret);
	add_text(object, "reason", reason->text);
	add_text(object, "driver_says", f->why);
	add_text(object, "meaning", reason->meaning);
	add_text(object, "remedy", reason->remedy);
	return object;
}
