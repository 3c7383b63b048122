/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace event binder_transaction_failed says of a failure what the file
 * failed_transaction_log does.
 *
 * It is turned on in an instance of tracefs of its own, while the other CPUs are away
 * (cpus.h).  Only our driver has this event.
 */
#ifndef BINDER_TEST_FAILEVENTS_H
#define BINDER_TEST_FAILEVENTS_H

#include <sys/mount.h>
#include <sys/stat.h>
#include "cpus.h"
#include "logfile.h"

#define FAIL_TRACEFS	"/sys/kernel/tracing/"
#define FAIL_INSTANCE	FAIL_TRACEFS "instances/binder_failures/"
#define FAIL_EVENT	"binder_transaction_failed"

/* Turn the event on or off.  False: there is none, or it can't be. */
static inline bool failevents_set(bool on)
{
	const char *path = FAIL_INSTANCE "events/binder/" FAIL_EVENT "/enable";
	bool ok;
	int fd;

	if (on) {
		if (access(FAIL_TRACEFS "events", F_OK))
			mount("tracefs", FAIL_TRACEFS, "tracefs", 0, NULL);
		rmdir(FAIL_INSTANCE);
		if (mkdir(FAIL_INSTANCE, 0700))
			return false;
		other_cpus(false);
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ok = fd >= 0 && write(fd, on ? "1" : "0", 1) == 1;
	if (fd >= 0)
		close(fd);
	if (!on) {
		ok &= !rmdir(FAIL_INSTANCE);
		other_cpus(true);
	}
	return ok;
}

static inline void failevents_end(void)
{
	failevents_set(false);
}

/* From here to the program's end. */
static inline void failevents_for_the_run(void)
{
	failevents_set(true);
	atexit(failevents_end);
}

/* The last line of a text that begins in @from, or an empty one. */
static inline const char *last_line_of(const char *from)
{
	const char *next;

	while (*(next = next_line(from)))
		from = next;
	return from;
}

/* The number behind these words, or 0. */
static inline unsigned int number_behind(const char *text, const char *words, int base)
{
	const char *at = strstr(text, words);

	return at ? strtoul(at + strlen(words), NULL, base) : 0;
}

/* What a line of failed_transaction_log says of a failure, as the event says it. */
static inline void failevent_of(const char *line, char *pattern, size_t size)
{
	const char *from = strstr(line, "from "), *to = strstr(line, " context ");
	const char *ret = strstr(line, " ret "), *why = strstr(line, " why: ");
	uint32_t command = number_behind(line, " ret ", 10);
	size_t n;

	*pattern = '\0';
	if (!from || !to || !ret || !why)
		return;
	why += strlen(" why: ");
	n = snprintf(pattern, size,
		     "*: " FAIL_EVENT ": transaction=%llu %.*s %s error=%d reason=%u (%.*s) ",
		     strtoull(line, NULL, 10), (int)(to - from), from, br_name(command),
		     atoi(strchr(ret, '/') + 1), number_behind(line, " l=", 10),
		     (int)strcspn(why, ";\n"), why);
	snprintf(pattern + n, size - n,
		 "detail=" NUM " object=0x%x offset=%u free=%u largest=%u holder=%u",
		 number_behind(why, " object (", 16), number_behind(why, " at offset ", 10),
		 number_behind(why, "no space; free ", 10),
		 number_behind(why, "largest hole ", 10), number_behind(why, "most held by ", 10));
}

/* The last event is that of @line. */
static inline void expect_failevent(struct __test_metadata *_metadata, const char *line)
{
	struct text trace = {};
	char pattern[512];
	const char *last;
	int fd;

	failevent_of(line, pattern, sizeof(pattern));
	fd = open(FAIL_INSTANCE "trace", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("the event can't be traced");
	}
	ASSERT_EQ(0, text_read_on(&trace, fd, 65536));
	close(fd);
	last = last_line_of(trace.bytes);
	EXPECT_TRUE(line_matches(pattern, strlen(pattern), last)) {
		TH_LOG("expected:\n%s\nthere is:\n%s", pattern, last);
	}
	text_free(&trace);
}

#endif /* BINDER_TEST_FAILEVENTS_H */
