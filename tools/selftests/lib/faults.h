/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Let the kernel's allocations and copies of user memory fail, one by one.
 *
 * It is the kernel's /proc/thread-self/fail-nth that counts, so the kernel needs
 * CONFIG_FAULT_INJECTION and what belongs to it (the instrumented one has it). By
 * its filter of stack traces, only what a certain piece of code asks for is counted,
 * all that it causes elsewhere in the kernel included.
 */
#ifndef BINDER_TEST_FAULTS_H
#define BINDER_TEST_FAULTS_H

#include <fcntl.h>
#include <unistd.h>
#include "harness.h"

#define FAULTS	"/sys/kernel/debug/"

static inline int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -errno;
}

static inline int set_fault(const char *kind, const char *name, unsigned long value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), FAULTS "%s/%s", kind, name);
	snprintf(text, sizeof(text), "0x%lx", value);
	return write_text(path, text);
}

/* What counts is what code between @start and @end asks for. */
static inline void faults_set_up(struct __test_metadata *_metadata, unsigned long start,
				 unsigned long end)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ASSERT_EQ(0, set_fault(kinds[i], "verbose", 0)) {
			TH_LOG("no %s: is CONFIG_FAULT_INJECTION_DEBUG_FS on?", kinds[i]);
		}
		ASSERT_EQ(0, set_fault(kinds[i], "require-start", start));
		ASSERT_EQ(0, set_fault(kinds[i], "require-end", end));
	}
	ASSERT_EQ(0, write_text(FAULTS "failslab/ignore-gfp-wait", "N"));
	ASSERT_EQ(0, write_text(FAULTS "fail_page_alloc/ignore-gfp-wait", "N"));
	ASSERT_EQ(0, write_text(FAULTS "fail_page_alloc/ignore-gfp-highmem", "N"));
	ASSERT_EQ(0, set_fault("fail_page_alloc", "min-order", 0));
}

/* The current thread's counter, or -1. */
static inline int fault_open(void)
{
	return open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

/* The nth one fails; 0: none. */
static inline void fault_arm(int fd, int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(fd, text, length, 0) != length)
		perror("fail-nth");
}

/* Has nothing failed? */
static inline bool fault_disarm(int fd)
{
	char text[16] = {};
	bool left = pread(fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) > 0;

	fault_arm(fd, 0);
	return left;
}

#endif /* BINDER_TEST_FAULTS_H */
