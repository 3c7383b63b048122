// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rest of the system: where the driver's files are, and what /proc says. Whatever is
 * read here may have ended a moment ago; then there is simply nothing.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/kcmp.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "binderctl.h"

#define DEBUGFS		"/sys/kernel/debug"

/* What a process can map at most; a larger mapping is cut by the drivers. */
#define MAP_MAX		(4 * 1024 * 1024)

/* A thread that was asked for has come by then. */
#define LOOK_AGAIN_US	1000000

/* The logs of a binderfs that is mounted with stats=global, if there is no debugfs. */
static bool find_binderfs(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	struct mntent *mount;
	bool found = false;

	while (mounts && !found && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, "binder"))
			continue;
		snprintf(path, size, "%s/binder_logs", mount->mnt_dir);
		found = !access(path, X_OK);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

static const char *driver_root(void)
{
	static char path[512];

	if (options.root)
		return options.root;
	if (!access(DEBUGFS "/binder", X_OK))
		return DEBUGFS "/binder";
	if (find_binderfs(path, sizeof(path)))
		return path;
	if (access(DEBUGFS, X_OK))
		fail("%s can't be searched; run this as root", DEBUGFS);
	if (access(DEBUGFS "/sched", F_OK) && access(DEBUGFS "/tracing", F_OK) &&
	    access(DEBUGFS "/bdi", F_OK))
		fail("debugfs is not mounted; mount -t debugfs none %s", DEBUGFS);
	fail("no binder driver is loaded; try modprobe binder_linux");
}

bool driver_has(const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", driver_root(), name);
	return !access(path, F_OK);
}

FILE *driver_file(const char *name)
{
	char path[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", driver_root(), name);
	file = fopen(path, "r");
	if (file)
		return file;
	if (errno == EACCES || errno == EPERM)
		fail("%s can't be read; run this as root", path);
	if (errno == ENOENT)
		fail("this driver has no %s; a newer one is needed", path);
	fail("%s: %s", path, strerror(errno));
}

void read_state(struct state *state)
{
	FILE *file = driver_file("state");

	state_parse(state, file);
	fclose(file);
	waits_settle(state);
}

void read_state_twice(struct state *state)
{
	struct state before;

	read_state(&before);
	if (!waits_for_ever(&before)) {
		*state = before;
		return;
	}
	usleep(LOOK_AGAIN_US);
	read_state(state);
	waits_confirm(state, &before);
	state_free(&before);
}

/* The first line of /proc/PID/NAME, or "". */
static void proc_line(int pid, const char *name, char *line, size_t size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "r");
	if (!file || !fgets(line, size, file))
		*line = '\0';
	if (file)
		fclose(file);
}

/*
 * A name may have any byte in it but 0, also a newline; only the last byte is the
 * kernel's.
 */
const char *process_name(int pid)
{
	static char name[NAME_SIZE];
	char path[64];
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "r");
	if (file) {
		length = fread(name, 1, sizeof(name) - 1, file);
		fclose(file);
	}
	name[length] = '\0';
	if (length && name[length - 1] == '\n')
		name[length - 1] = '\0';
	return *name ? clean(name) : "?";
}

/* A number, hexadecimal ones not, behind "KEY:" in /proc/PID/status; -1 if there is none. */
static long status_number(int pid, const char *key)
{
	char path[64], line[256];
	size_t length = strlen(key);
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && value < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, key, length) && line[length] == ':')
			value = atol(line + length + 1);
	}
	if (file)
		fclose(file);
	return value;
}

int process_of(int tid)
{
	long pid = status_number(tid, "Tgid");

	return pid > 0 ? pid : tid;
}

/* A name can have parentheses in it: behind the last one. */
char process_state(int pid)
{
	char line[512], *end;

	proc_line(pid, "stat", line, sizeof(line));
	end = strrchr(line, ')');
	return end && end[1] == ' ' ? end[2] : 0;
}

bool process_is_dead(int pid)
{
	char c = process_state(pid);

	/* The first thread of a process may end before the others. */
	return !c || c == 'X' || (c == 'Z' && status_number(pid, "Threads") <= 1);
}

bool process_is_frozen(int pid)
{
	char line[64];

	proc_line(pid, "wchan", line, sizeof(line));
	return !strcmp(line, "do_freezer_trap");
}

/* Whoever called his device something else has its name from the driver's files only. */
static bool is_binder_device(const char *path, const struct stat *status)
{
	const char *name = strrchr(path, '/');

	return *path == '/' && S_ISCHR(status->st_mode) && strstr(path, "binder") &&
	       strcmp(name, "/binder-control");
}

/* "start-end perms offset major:minor inode   path" */
static void find_mapping(int pid, struct open_device *device)
{
	char path[64], line[1024], name[512];
	unsigned long long start, end, inode;
	unsigned int major, minor;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%llx-%llx %*s %*x %x:%x %llu %511[^\n]", &start, &end, &major,
			   &minor, &inode, name) != 6)
			continue;
		if (inode != device->inode || !strstr(name, "binder"))
			continue;
		device->mapped = true;
		device->start = start;
		device->size = end - start < MAP_MAX ? end - start : MAP_MAX;
		break;
	}
	if (maps)
		fclose(maps);
}

const char *device_name(const struct open_device *device)
{
	return strrchr(device->path, '/') + 1;
}

/* An order of files; those that can't be told apart are taken for the same. */
static int by_file(const void *a, const void *b, void *pid)
{
	const struct open_device *left = a, *right = b;
	long order;

	if (left->inode != right->inode)
		return left->inode < right->inode ? -1 : 1;
	order = syscall(SYS_kcmp, *(int *)pid, *(int *)pid, KCMP_FILE, left->fd, right->fd);
	return order == 1 ? -1 : order == 2 ? 1 : 0;
}

static int by_fd(const void *a, const void *b)
{
	return ((const struct open_device *)a)->fd - ((const struct open_device *)b)->fd;
}

/* Each file once, however many descriptors it has. Returns how many there are. */
static size_t drop_copies(int pid, struct open_device *devices, size_t count)
{
	size_t i, kept = 0;

	if (count < 2)
		return count;
	qsort_r(devices, count, sizeof(*devices), by_file, &pid);
	for (i = 0; i < count; i++) {
		if (!kept || by_file(&devices[kept - 1], &devices[i], &pid))
			devices[kept++] = devices[i];
	}
	qsort(devices, kept, sizeof(*devices), by_fd);
	return kept;
}

size_t process_devices(int pid, struct open_device **devices)
{
	char directory[64], path[350], target[256];
	struct dirent *entry;
	struct stat status;
	size_t i, count = 0;
	ssize_t length;
	DIR *dir;

	*devices = NULL;
	snprintf(directory, sizeof(directory), "/proc/%d/fd", pid);
	dir = opendir(directory);
	while (dir && (entry = readdir(dir))) {
		struct open_device device = { .fd = atoi(entry->d_name) };

		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		if (length < 0 || stat(path, &status))
			continue;
		target[length] = '\0';
		if (!is_binder_device(target, &status))
			continue;
		snprintf(device.path, sizeof(device.path), "%s", clean(target));
		device.device = status.st_rdev;
		device.inode = status.st_ino;
		*devices = grow(*devices, count, sizeof(device));
		(*devices)[count++] = device;
	}
	if (dir)
		closedir(dir);
	count = drop_copies(pid, *devices, count);
	for (i = 0; i < count; i++)
		find_mapping(pid, &(*devices)[i]);
	return count;
}

/*
 * That of a device called as the context is. In a container it may be called something else:
 * then it is the one device that the process has. Only who has mapped none has no mapping.
 */
enum mapping proc_mapping(const struct proc *proc, uint64_t *start, uint64_t *size)
{
	struct open_device *devices, *found = NULL, *named = NULL;
	size_t i, n = process_devices(proc->pid, &devices), mapped = 0;
	enum mapping mapping = MAPPING_UNKNOWN;

	for (i = 0; i < n; i++) {
		mapped += devices[i].mapped;
		if (strcmp(device_name(&devices[i]), proc->context))
			continue;
		if (!named || !named->mapped)
			named = &devices[i];
	}
	if (named)
		found = named->mapped ? named : NULL;
	else if (n == 1 && mapped)
		found = devices;
	if (found) {
		*start = found->start;
		*size = found->size;
		mapping = MAPPING_FOUND;
	} else if (n && (named || !mapped)) {
		mapping = MAPPING_NONE;
	}
	free(devices);
	return mapping;
}

int *all_processes(size_t *count)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int *pids = NULL;

	*count = 0;
	while (dir && (entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		pids = grow(pids, *count, sizeof(*pids));
		pids[(*count)++] = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return pids;
}
