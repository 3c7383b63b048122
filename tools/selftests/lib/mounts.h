/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices of a binderfs.
 */
#ifndef BINDER_TEST_MOUNTS_H
#define BINDER_TEST_MOUNTS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/android/binderfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* By this control device; 0 or -errno. */
static inline int binderfs_add_with(const char *control, struct binderfs_device *device)
{
	int fd = open(control, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = ioctl(fd, BINDER_CTL_ADD, device) ? -errno : 0;
	close(fd);
	return ret;
}

/* By the control device of this mount. */
static inline int binderfs_add(const char *mount, const char *name)
{
	struct binderfs_device device = {};
	char control[128];

	snprintf(control, sizeof(control), "%s/binder-control", mount);
	snprintf(device.name, sizeof(device.name), "%s", name);
	return binderfs_add_with(control, &device);
}

#endif /* BINDER_TEST_MOUNTS_H */
