/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two memory cgroups, "sender" and "receiver", and what they are charged.
 */
#ifndef BINDER_TEST_CGROUPS_H
#define BINDER_TEST_CGROUPS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "harness.h"

#define CGROUPS		"/tmp/binder-cgroups"

static inline bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return ok;
}

static inline const char *in_cgroup(const char *group, const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), CGROUPS "/%s/%s", group, file);
	return path;
}

static inline bool cgroup_set(const char *group, const char *file, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	return write_text(in_cgroup(group, file), text);
}

/* A figure of a file of "name value" lines, or -1. */
static inline long cgroup_figure(const char *group, const char *file, const char *name)
{
	FILE *f = fopen(in_cgroup(group, file), "re");
	char line[128], word[64];
	long value, found = -1;

	while (f && found < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %ld", word, &value) == 2 && !strcmp(word, name))
			found = value;
	if (f)
		fclose(f);
	return found;
}

static inline long kernel_memory(const char *group)
{
	return cgroup_figure(group, "memory.stat", "kernel");
}

static inline long cgroup_memory(const char *group)
{
	FILE *f = fopen(in_cgroup(group, "memory.current"), "re");
	long value = -1;

	if (!f || fscanf(f, "%ld", &value) != 1)
		value = -1;
	if (f)
		fclose(f);
	return value;
}

/* The caller has a mount namespace of its own from now on. */
static inline void cgroups_setup(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(CGROUPS, 0755);
	ASSERT_EQ(0, mount("cgroup2", CGROUPS, "cgroup2", 0, NULL));
	ASSERT_TRUE(write_text(CGROUPS "/cgroup.subtree_control", "+memory"));
	mkdir(CGROUPS "/sender", 0755);
	mkdir(CGROUPS "/receiver", 0755);
}

static inline void cgroups_end(void)
{
	int tries;

	/* Who was in there may be on its way out yet. */
	for (tries = 0; tries < 1000; tries++) {
		if ((!rmdir(CGROUPS "/sender") || errno == ENOENT) &&
		    (!rmdir(CGROUPS "/receiver") || errno == ENOENT))
			break;
		usleep(10000);
	}
	umount2(CGROUPS, MNT_DETACH);
}

#endif /* BINDER_TEST_CGROUPS_H */
