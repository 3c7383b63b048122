/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of published CVEs have in common: see Documentation/cve.rst, which
 * has a row for each of them.
 *
 * Races run for a second each, or as many as BINDER_CVE_SECONDS says.
 */
#ifndef BINDER_TEST_CVE_H
#define BINDER_TEST_CVE_H

#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include "objects.h"

/* Memory pressure. */

/*
 * Takes back all pages that no buffer lies on. Where the kernel lets one drive a
 * single shrinker it is ours alone that runs, else all of them do.
 */
static inline int cve_shrink(void)
{
	static const char all[] = "0 0 100000", slab[] = "2";
	static char path[300];
	static bool looked;
	struct dirent *entry;
	const char *what;
	ssize_t done;
	DIR *dir;
	int fd;

	if (!looked) {
		dir = opendir("/sys/kernel/debug/shrinker");
		while (dir && (entry = readdir(dir)))
			if (strstr(entry->d_name, "binder"))
				snprintf(path, sizeof(path), "/sys/kernel/debug/shrinker/%s/scan",
					 entry->d_name);
		if (dir)
			closedir(dir);
		looked = true;
	}
	what = *path ? all : slab;
	fd = open(*path ? path : "/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, what, strlen(what));
	close(fd);
	return done < 0 ? -EIO : 0;
}

/* Races. */

static inline int64_t cve_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/*
 * What the racers share. Each runs until @over, counts its rounds, and returns 0,
 * or what has gone wrong.
 */
struct race {
	bool over;		/* race_over() */
	uintptr_t target;	/* an address, or a pid, as the test wants */
	unsigned long rounds;
	uint32_t handle;
};

static inline struct race *race_new(void)
{
	return actor_alloc(sizeof(struct race));
}

static inline bool race_over(const struct race *r)
{
	return __atomic_load_n(&r->over, __ATOMIC_SEQ_CST);
}

static inline void race_count(struct race *r)
{
	__atomic_fetch_add(&r->rounds, 1, __ATOMIC_RELAXED);
}

/* Lets the racers run, and waits for all of them. */
static inline void race_run(struct __test_metadata *_metadata, struct race *r,
			    struct actor **racers, size_t count)
{
	const char *seconds = getenv("BINDER_CVE_SECONDS");
	int64_t end = cve_now_ms() + 1000LL * (seconds && *seconds ? atoi(seconds) : 1);
	size_t i;

	while (cve_now_ms() < end || (!__atomic_load_n(&r->rounds, __ATOMIC_RELAXED) &&
				      cve_now_ms() < end + BINDER_PATIENCE_MS))
		usleep(10000);
	__atomic_store_n(&r->over, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < count; i++) {
		EXPECT_EQ(0, actor_finish(racers[i])) {
			TH_LOG("racer %zu", i);
		}
	}
	EXPECT_LT(0, r->rounds);
}

/* One more racer: @of's thread, or a process of its own that has nothing open yet. */
#define enter_race(of, job) do {						\
	struct actor *of_ = (of);						\
	struct actor *racer_ = of_ ? actor_thread(of_) : actor_spawn(ACTOR_CLOSED); \
										\
	self->racers[self->count++] = racer_;					\
	actor_start(racer_, job, self->r);					\
} while (0)

#define run_race() race_run(_metadata, self->r, self->racers, self->count)

/* A stream of commands that takes nothing of the actors' shared memory. */
#define CVE_DECLARE_CMDS(name, size)					\
	uint8_t name##_space[size];					\
	struct binder_cmds name = { .data = name##_space, .room = sizeof(name##_space) }

/* A call in a race: how it ended, or -errno. The reply's buffer is the caller's. */
static inline int64_t race_call(struct binder_dev *dev, uint32_t handle, uint32_t flags,
				const struct binder_payload *p,
				struct binder_transaction_data *reply)
{
	static const uint32_t ends[] = {
		BR_REPLY, BR_DEAD_REPLY, BR_FAILED_REPLY, BR_FROZEN_REPLY,
	};
	CVE_DECLARE_CMDS(c, 128);
	struct binder_returns in = {};
	struct binder_return *br;
	size_t i;
	int ret;

	cmd_call(&c, handle, 1, flags, p);
	ret = binder_write_read(dev, &c, &in);
	while (!ret) {
		for (i = 0; i < ARRAY_SIZE(ends); i++) {
			br = binder_find(&in, ends[i], 0);
			if (br && ends[i] == BR_REPLY)
				*reply = br->tr;
			if (br)
				return ends[i];
		}
		if (flags & TF_ONE_WAY && (binder_find(&in, BR_TRANSACTION_COMPLETE, 0) ||
					   binder_find(&in, BR_TRANSACTION_PENDING_FROZEN, 0)))
			return BR_TRANSACTION_COMPLETE;
		ret = binder_write_read(dev, NULL, &in);
	}
	return ret;
}

/* Could that be how a call to a dying process ends? */
static inline bool race_ended(int64_t br)
{
	return br == BR_REPLY || br == BR_DEAD_REPLY || br == BR_FAILED_REPLY ||
	       br == BR_FROZEN_REPLY || br == BR_TRANSACTION_COMPLETE;
}

static inline int race_commands(struct binder_dev *dev, uint32_t cmd, uint32_t handle,
				binder_uintptr_t cookie)
{
	CVE_DECLARE_CMDS(c, 32);

	cmd_handle_cookie(&c, cmd, handle, cookie);
	return binder_write(dev, &c);
}

/* The racers freeze and thaw the process r->target. */
static inline long freeze_and_thaw(struct actor *a, void *arg)
{
	struct race *r = arg;
	struct binder_freeze_info info = {};
	struct binder_dev dev;
	int ret = binder_open(&dev, DUO_AREA);

	info.pid = r->target;
	while (!race_over(r) && !ret) {
		info.enable = !info.enable;
		ret = binder_ioctl(&dev, BINDER_FREEZE, &info);
		/* It was busy, or is gone for the moment. */
		if (ret == -EAGAIN || ret == -EINVAL)
			ret = 0;
		race_count(r);
	}
	info.enable = false;
	binder_ioctl(&dev, BINDER_FREEZE, &info);
	binder_close(&dev);
	return ret;
}

static inline long become_nonblocking(struct actor *a, void *arg)
{
	return fcntl(a->dev->fd, F_SETFL, O_NONBLOCK) ? -errno : 0;
}

/* Takes what it is sent, as far as it is thawed; its file does not block. */
static inline long serve_while_thawed(struct actor *a, void *arg)
{
	struct binder_returns in = {};
	struct race *r = arg;
	struct binder_return *br;
	CVE_DECLARE_CMDS(c, 128);
	int ret;

	cmd_none(&c, BC_ENTER_LOOPER);
	while (!race_over(r)) {
		ret = binder_write_read(a->dev, c.size ? &c : NULL, &in);
		cmd_reset(&c);
		if (ret && ret != -EAGAIN)
			return ret;
		br = binder_find(&in, BR_TRANSACTION, 0);
		if (br)
			cmd_ptr(&c, BC_FREE_BUFFER, br->tr.data.ptr.buffer);
		if (br && !(br->tr.flags & TF_ONE_WAY))
			cmd_reply(&c, 0, NULL);
	}
	return c.size ? binder_write(a->dev, &c) : 0;
}

static inline long shrink_until_over(struct actor *a, void *arg)
{
	struct race *r = arg;
	int ret = 0;

	while (!race_over(r) && !ret)
		ret = cve_shrink();
	return ret;
}

static inline int cve_freeze(struct actor *by, struct actor *whom, bool enable)
{
	struct binder_freeze_info *info = actor_alloc(sizeof(*info));

	info->pid = whom->pid;
	info->enable = enable;
	return actor_ioctl(by, BINDER_FREEZE, info);
}

static inline int cve_watch(struct actor *a, uint32_t cmd, uint32_t handle,
			    binder_uintptr_t cookie)
{
	struct binder_cmds c = {};

	cmd_handle_cookie(&c, cmd, handle, cookie);
	return actor_write(a, &c);
}

static inline int cve_cookie(struct actor *a, uint32_t cmd, binder_uintptr_t cookie)
{
	struct binder_cmds c = {};

	cmd_ptr(&c, cmd, cookie);
	return actor_write(a, &c);
}

/* Reads all there is, without an answer to any of it; how many returns @cmd? */
static inline int cve_hear(struct actor *a, uint32_t cmd)
{
	int count = 0;

	while (!actor_idle(a))
		while (binder_find(&a->in, cmd, 0)) {
			binder_find(&a->in, cmd, 0)->cmd = BR_NOOP;
			count++;
		}
	return count;
}

#endif /* BINDER_TEST_CVE_H */
