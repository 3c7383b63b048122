// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a container that mounts a binderfs can't do to others. It takes a driver with
 * binderfs, which Debian's of 6.1 is not; see hostile.c for the rest.
 */
#include <sys/prctl.h>
#include <sys/wait.h>
#include "bystanders.h"
#include "cgroups.h"
#include "mounts.h"

#define INSIDE	"/tmp/binder-inside"
#define OUTSIDE	"/tmp/binder-outside"
#define DEVICES	1000

FIXTURE(mounter) {
	struct scene scene;
};

FIXTURE_SETUP(mounter)
{
	cgroups_setup(_metadata);
	mkdir(INSIDE, 0755);
	mkdir(OUTSIDE, 0755);
	ASSERT_EQ(0, mount("binder", OUTSIDE, "binder", 0, NULL));
	scene_setup(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(mounter)
{
	EXPECT_TRUE(bystanders_go_on(&self->scene));
	scene_end(_metadata, &self->scene);
	umount2(OUTSIDE, MNT_DETACH);
	cgroups_end();
}

static int add(const char *mount, const char *name, int number)
{
	char numbered[32];

	snprintf(numbered, sizeof(numbered), "%s%d", name, number);
	return binderfs_add(mount, numbered);
}

/* In the child: root of a user namespace, who is nobody outside. */
static int enter_container(void)
{
	if (setresgid(1234, 1234, 1234) || setresuid(1234, 1234, 1234))
		return -errno;
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	if (!write_text("/proc/self/setgroups", "deny") ||
	    !write_text("/proc/self/uid_map", "0 1234 1") ||
	    !write_text("/proc/self/gid_map", "0 1234 1"))
		return -EPERM;
	return 0;
}

/* Returns the step that failed. */
static int make_devices(const char *options, int expected, int *ready, const int *go)
{
	int i, ret = 0;

	if (mount("binder", INSIDE, "binder", 0, options))
		return 2;
	for (i = 0; i < DEVICES && !ret; i++)
		ret = add(INSIDE, "d", i);
	if (ret && ret != -ENOSPC)
		return 3;
	/* Those that it begins with count, too. */
	if (i > expected + 1 || i + 3 < expected)
		return 4;
	__atomic_store_n(ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(go, __ATOMIC_SEQ_CST))
		usleep(1000);
	return umount(INSIDE) ? 5 : 0;
}

/*
 * As many devices as it likes, or as its mount's max= says: it is charged for them, others
 * make theirs, and all of them go with the mount.
 */
static void many_devices(struct __test_metadata *_metadata, struct scene *s, const char *options,
			 int expected)
{
	int *flags = actor_alloc(2 * sizeof(*flags)), status, tries;
	struct latency before = latency_of_nothing(s->calls), now;
	struct window w = window_open();
	pid_t pid = fork();
	long charged = 0;

	ASSERT_LE(0, pid);
	if (!pid) {
		if (!write_text(in_cgroup("sender", "cgroup.procs"), "0") || enter_container())
			_exit(1);
		_exit(make_devices(options, expected, &flags[0], &flags[1]));
	}
	while (!__atomic_load_n(&flags[0], __ATOMIC_SEQ_CST) && !waitpid(pid, &status, WNOHANG))
		usleep(1000);
	ASSERT_EQ(1, flags[0]) {
		TH_LOG("step %d failed", WEXITSTATUS(status));
	}
	window_shut(&w);
	now = latency_in(s->calls, &w);
	latency_log("before", &before);
	latency_log("adding", &now);
	/* An inode, a name, a context; the kernel adds small sums up every two seconds. */
	for (tries = 0; tries < 100; tries++) {
		charged = kernel_memory("sender");
		if (charged >= expected * 600)
			break;
		usleep(100000);
	}
	printf("#   %ld bytes each\n", charged / expected);
	EXPECT_LE(expected * 600, charged);
	EXPECT_EQ(0, add(OUTSIDE, "d", expected));
	EXPECT_TRUE(bystanders_go_on(s));
	__atomic_store_n(&flags[1], 1, __ATOMIC_SEQ_CST);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(mounter, of_many_devices)
{
	many_devices(_metadata, &self->scene, NULL, DEVICES);
}

TEST_F(mounter, with_a_limit)
{
	many_devices(_metadata, &self->scene, "max=100", 100);
}

TEST_HARNESS_MAIN
