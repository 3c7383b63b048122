/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of binderfs, the filesystem of binder devices ("mount -t binder").
 *
 * A mount has a file binder-control.  BINDER_CTL_ADD on it makes a new device in
 * that mount, a context of its own.
 */
#ifndef _UAPI_LINUX_BINDERFS_H
#define _UAPI_LINUX_BINDERFS_H

#include <linux/android/binder.h>
#include <linux/ioctl.h>
#include <linux/types.h>

/* The most bytes that a name has. */
#define BINDERFS_MAX_NAME 255

/**
 * struct binderfs_device - argument of BINDER_CTL_ADD
 * @name:  in: the name of the device to be made, ended by a zero byte
 * @major: out: its major number
 * @minor: out: its minor number
 */
struct binderfs_device {
	char name[BINDERFS_MAX_NAME + 1];
	__u32 major;
	__u32 minor;
};

/* Make a device. */
#define BINDER_CTL_ADD _IOWR('b', 1, struct binderfs_device)

#endif /* _UAPI_LINUX_BINDERFS_H */
