// SPDX-License-Identifier: GPL-2.0-only
/* add and rm: devices of a binderfs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/android/binderfs.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "binderctl.h"

/*
 * The only binderfs that is mounted, also if it is at several places. A single device that
 * is mounted somewhere, as in a container, is none.
 */
static void find_mount(char *directory, size_t size)
{
	FILE *mounts = setmntent("/proc/mounts", "r");
	struct mntent *mount;
	struct stat status;
	char path[512];
	dev_t first = 0;
	int found = 0;

	while (mounts && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, "binder"))
			continue;
		snprintf(path, sizeof(path), "%s/binder-control", mount->mnt_dir);
		if (stat(path, &status) || (found && status.st_dev == first))
			continue;
		snprintf(directory, size, "%s", mount->mnt_dir);
		first = status.st_dev;
		found++;
	}
	if (mounts)
		endmntent(mounts);
	if (!found)
		fail("no binderfs is mounted; mount -t binder none /dev/binderfs");
	if (found > 1)
		fail("several binderfs are mounted; say which: /MOUNT/NAME");
}

/* "NAME" or "/MOUNT/NAME" */
static const char *split(char *argument, char *directory, size_t size)
{
	char *slash = strrchr(argument, '/');
	const char *name = slash ? slash + 1 : argument;

	if (slash) {
		*slash = '\0';
		snprintf(directory, size, "%s", argument);
	} else {
		find_mount(directory, size);
	}
	if (!*name || strlen(name) > BINDERFS_MAX_NAME || !strcmp(name, ".") || !strcmp(name, ".."))
		fail("that is no name for a device; it has 1 to %d bytes", BINDERFS_MAX_NAME);
	return name;
}

static int open_control(const char *directory)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/binder-control", directory);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == EACCES)
		fail("%s can't be opened; run this as root", path);
	if (fd < 0)
		fail("%s can't be opened: %s; is a binderfs mounted there?", path, strerror(errno));
	return fd;
}

static int done(const char *what, const char *directory, const char *name, int64_t minor)
{
	struct json_object *root = json_object_new_object();
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	add_text(root, what, clean(path));
	if (minor >= 0)
		add_int(root, "minor", minor);
	if (options.json) {
		print_json(root);
		return 0;
	}
	printf("%s %s\n", path, what);
	json_object_put(root);
	return 0;
}

int command_add(int argc, char **argv)
{
	struct binderfs_device device = {};
	char directory[256];
	const char *name = split(argv[0], directory, sizeof(directory));
	int fd = open_control(directory);

	(void)argc;
	memcpy(device.name, name, strlen(name));
	if (ioctl(fd, BINDER_CTL_ADD, &device)) {
		if (errno == EEXIST)
			fail("there is a %s already; rm it first, or choose another name", name);
		if (errno == ENOSPC)
			fail("no more devices are allowed there; mount it with a larger max=");
		fail("%s can't be added: %s", name, strerror(errno));
	}
	close(fd);
	return done("added", directory, name, device.minor);
}

/* Only in a binderfs: elsewhere it would be just a file that goes. */
int command_rm(int argc, char **argv)
{
	char directory[256], path[600];
	const char *name = split(argv[0], directory, sizeof(directory));
	int fd = open_control(directory);
	struct statfs status;

	(void)argc;
	if (fstatfs(fd, &status) || status.f_type != BINDERFS_SUPER_MAGIC)
		fail("%s is no binderfs", directory);
	close(fd);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (unlink(path)) {
		if (errno == ENOENT)
			fail("there is no %s", path);
		fail("%s can't be removed: %s", path, strerror(errno));
	}
	return done("removed", directory, name, -1);
}
