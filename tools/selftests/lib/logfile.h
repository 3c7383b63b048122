/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver's files in debugfs, read and compared.
 *
 * What a file should have is written as fnmatch() patterns, a line each, where what
 * the test can't know stands for itself: NUM, HASHED, GONE.
 */
#ifndef BINDER_TEST_LOGFILE_H
#define BINDER_TEST_LOGFILE_H

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "harness.h"

/* A number; a pointer of the kernel's, as %p prints it; one that is NULL. */
#define NUM		"+([0-9])"
#define HASHED		"00000000+([0-9a-f])"
#define GONE		"0000000000000000"
/* What a transaction has between its number and its parties, and behind them. */
#define MESSAGE		NUM ": " HASHED
#define ELAPSED		" elapsed " NUM "ms"

struct text {
	char *bytes;		/* ends with a 0 */
	size_t size;
};

static inline void text_free(struct text *t)
{
	free(t->bytes);
	*t = (struct text){};
}

/* Reads on, @chunk bytes at a time, until the end. 0 or -errno; appends to @t. */
static inline int text_read_on(struct text *t, int fd, size_t chunk)
{
	size_t room = t->size;
	ssize_t n;

	do {
		if (room - t->size < chunk + 1) {
			room = 2 * room + chunk + 1;
			t->bytes = realloc(t->bytes, room);
			if (!t->bytes)
				exit(1);
		}
		n = read(fd, t->bytes + t->size, chunk);
		if (n < 0)
			return -errno;
		t->size += n;
	} while (n);
	t->bytes[t->size] = '\0';
	return 0;
}

static inline int log_open_file(const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), LOG_DIR "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A whole file, in chunks of that size. 0 or -errno. */
static inline int log_read_chunks(struct text *t, const char *name, size_t chunk)
{
	int fd = log_open_file(name), ret;

	*t = (struct text){};
	if (fd < 0)
		return fd;
	ret = text_read_on(t, fd, chunk);
	close(fd);
	return ret;
}

static inline int log_read(struct text *t, const char *name)
{
	return log_read_chunks(t, name, 65536);
}

/* The end of the line at @s: its newline, or the end of all. */
static inline const char *line_end(const char *s)
{
	return s + strcspn(s, "\n");
}

static inline const char *next_line(const char *s)
{
	s = line_end(s);
	return *s ? s + 1 : s;
}

/* The part of @t that is about a process, as a text of its own; empty if there is none. */
static inline struct text section(const struct text *t, pid_t pid)
{
	struct text part = {};
	const char *from, *end;
	char title[32];

	snprintf(title, sizeof(title), "proc %d\n", pid);
	for (from = t->bytes; *from && strncmp(from, title, strlen(title));)
		from = next_line(from);
	for (end = next_line(from); *end && strncmp(end, "proc ", 5);)
		end = next_line(end);
	part.size = end - from;
	part.bytes = strndup(from, part.size);
	return part;
}

/* What a file has about a process. */
static inline struct text log_section(struct __test_metadata *_metadata, const char *name,
				      pid_t pid)
{
	struct text all, part;

	ASSERT_EQ(0, log_read(&all, name));
	part = section(&all, pid);
	text_free(&all);
	return part;
}

static inline bool line_matches(const char *pattern, size_t size, const char *line)
{
	char p[1024], l[1024];
	int n = line_end(line) - line;

	snprintf(p, sizeof(p), "%.*s", (int)size, pattern);
	snprintf(l, sizeof(l), "%.*s", n, line);
	return !fnmatch(p, l, FNM_EXTMATCH);
}

/* Does each line match its pattern, and has each its line? */
static inline bool text_matches(const char *text, const char *patterns)
{
	while (*text && *patterns) {
		if (!line_matches(patterns, line_end(patterns) - patterns, text))
			return false;
		text = next_line(text);
		patterns = next_line(patterns);
	}
	return !*text && !*patterns;
}

/* The first line from @text on that matches, or NULL. */
static inline const char *find_line(const char *text, const char *pattern)
{
	for (; *text; text = next_line(text))
		if (line_matches(pattern, strlen(pattern), text))
			return text;
	return NULL;
}

static inline int count_lines(const char *text, const char *pattern)
{
	int count = 0;

	for (; *text; text = next_line(text))
		count += line_matches(pattern, strlen(pattern), text);
	return count;
}

static inline __attribute__((format(printf, 4, 5)))
void expect_text(struct __test_metadata *_metadata, const char *text, bool whole,
		 const char *format, ...)
{
	char patterns[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(patterns, sizeof(patterns), format, args);
	va_end(args);
	EXPECT_TRUE(whole ? text_matches(text, patterns) : !!find_line(text, patterns)) {
		TH_LOG("expected:\n%s\nthere is:\n%s", patterns, text);
	}
}

/* All lines, in that order; one line, somewhere. */
#define EXPECT_TEXT(text, ...)	expect_text(_metadata, text, true, __VA_ARGS__)
#define EXPECT_LINE(text, ...)	expect_text(_metadata, text, false, __VA_ARGS__)

/* The same of a process' part of a file, as it is now. */
#define EXPECT_SECTION(name, who, ...)							\
do {											\
	struct text part = log_section(_metadata, name, (who)->pid);			\
	expect_text(_metadata, part.bytes, true, __VA_ARGS__);				\
	text_free(&part);								\
} while (0)
#define EXPECT_IN_SECTION(name, who, ...)						\
do {											\
	struct text part = log_section(_metadata, name, (who)->pid);			\
	expect_text(_metadata, part.bytes, false, __VA_ARGS__);				\
	text_free(&part);								\
} while (0)

#endif /* BINDER_TEST_LOGFILE_H */
