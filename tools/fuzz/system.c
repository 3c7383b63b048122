// SPDX-License-Identifier: GPL-2.0-only
/* Words about what is around a device: log files, binderfs, memory pressure, priorities. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/android/binderfs.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "binder_client.h"
#include "fuzz.h"

#define MOUNT		"/tmp/fuzz-binderfs"
#define LOGS		"/sys/kernel/debug/binder/"

/* One byte longer than a device's name may be. */
static char long_name[BINDERFS_MAX_NAME + 2];

static const char * const names[] = {
	"binder", "one", "two", "binder-control", "features", "a/b", ".",
	long_name,
};

/* Does it speak of binderfs? Then it gets one of its own. */
bool needs_mount(const struct program *p)
{
	unsigned int i;

	for (i = 0; i < p->count; i++) {
		const struct word *w = &words[p->at[i].word];

		if (!strcmp(w->name, "open") ? p->at[i].arg[0] > 1 :
		    w->run == do_add || w->run == do_mount || w->run == do_list)
			return true;
	}
	return false;
}

bool leaves_marks(const struct program *p)
{
	unsigned int i;

	for (i = 0; i < p->count; i++) {
		const struct word *w = &words[p->at[i].word];

		if (w->run == do_nice || w->run == do_policy || !strcmp(w->name, "fork"))
			return true;
	}
	return false;
}

void prepare_mount(void)
{
	memset(long_name, 'x', sizeof(long_name) - 1);
	mkdir(MOUNT, 0700);
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("binder", MOUNT, "binder", 0, "stats=global")) {
		perror("fuzz: a mount of binderfs");
		_exit(1);
	}
}

static const char *path_of(uint64_t n)
{
	static __thread char path[512];

	snprintf(path, sizeof(path), MOUNT "/%s", names[n % ARRAY_SIZE(names)]);
	return path;
}

const char *device_path(uint64_t n)
{
	if (n == 0)
		return binder_device();
	if (n == 1)
		return binder_device_named("hwbinder");
	return path_of(n - 2);
}

long do_add(const uint64_t *arg)
{
	struct binderfs_device device = {};
	int fd = open(MOUNT "/binder-control", O_RDONLY | O_CLOEXEC);
	long ret;

	strncpy(device.name, names[arg[0] % ARRAY_SIZE(names)], sizeof(device.name) - 1);
	ret = ioctl(fd, BINDER_CTL_ADD, &device) ? -errno : 0;
	ioctl(fd, BINDER_CTL_ADD, NULL);
	close(fd);
	return ret;
}

long do_remove(const uint64_t *arg)
{
	return unlink(path_of(arg[0])) ? -errno : 0;
}

long do_rename(const uint64_t *arg)
{
	char from[512];

	strcpy(from, path_of(arg[0]));
	return rename(from, path_of(arg[1])) ? -errno : 0;
}

/* @piece: bytes for each read. */
static long read_all(const char *path, size_t piece)
{
	char bytes[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? -errno : 1, sum = 0;

	if (piece < 16 || piece > sizeof(bytes))
		piece = sizeof(bytes);
	while (n > 0 && sum < 16384) {
		n = read(fd, bytes, piece);
		sum += n > 0 ? n : 0;
	}
	if (fd >= 0)
		close(fd);
	return n < 0 ? n : sum;
}

long do_list(const uint64_t *arg)
{
	static const char * const files[] = {
		"features/extended_error", "features/freeze_notification", "binder_logs/stats",
		"binder_logs/state", "no-file",
	};
	DIR *dir = opendir(MOUNT);
	char path[128];
	size_t i;

	while (dir && readdir(dir))
		;
	if (dir)
		closedir(dir);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), MOUNT "/%s", files[i]);
		read_all(path, 0);
	}
	return read_all("/proc/self/mountinfo", 0);
}

/* On top of what is there, or that with other options. */
long do_mount(const uint64_t *arg)
{
	static const char * const options[] = {
		"", "max=3", "stats=global", "max=0,stats=global", "max=-1", "stats=no", "foo=1",
		"max=100000000",
	};

	return mount("binder", MOUNT, "binder", arg[1] ? MS_REMOUNT : 0,
		     options[arg[0] % ARRAY_SIZE(options)]) ? -errno : 0;
}

long do_unmount(const uint64_t *arg)
{
	return umount2(MOUNT, MNT_DETACH) ? -errno : 0;
}

long do_show(const uint64_t *arg)
{
	static const char * const files[] = {
		"state", "state_hashed", "stats", "transactions", "transactions_hashed",
		"transaction_log", "failed_transaction_log", NULL,
	};
	const char *name = files[arg[0] % ARRAY_SIZE(files)];
	char path[128];

	if (name)
		snprintf(path, sizeof(path), LOGS "%s", name);
	else
		snprintf(path, sizeof(path), LOGS "proc/%d", cast->pid[arg[1] % PROCESSES]);
	return read_all(path, arg[2]);
}

/* Memory is short: the module gives pages back. */
long do_shrink(const uint64_t *arg)
{
	char text[32];
	glob_t found;
	long ret = -ENOENT;
	int fd;

	if (glob("/sys/kernel/debug/shrinker/*binder*/scan", 0, NULL, &found))
		return ret;
	fd = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
	globfree(&found);
	snprintf(text, sizeof(text), "0 0 %llu", (unsigned long long)arg[0]);
	if (fd >= 0) {
		ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
		close(fd);
	}
	return ret;
}

long do_nice(const uint64_t *arg)
{
	return setpriority(PRIO_PROCESS, 0, (int)arg[0]) ? -errno : 0;
}

long do_policy(const uint64_t *arg)
{
	struct sched_param param = { .sched_priority = arg[1] };

	return sched_setscheduler(0, arg[0], &param) ? -errno : 0;
}
