/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * binderfs: a filesystem of binder devices.
 *
 *	binder-control	BINDER_CTL_ADD makes a device
 *	NAME		a device, a context of its own; those that the module parameter
 *			names are there from the beginning
 *	features/	a file for each thing that clients may ask for
 *	binder_logs/	what there is, see log.h; with the option stats=global only
 *
 * Each mount is a filesystem of its own, and may be in a user namespace: containers
 * have binder devices that nobody else sees.
 *
 * A device has a minor number of a range that all mounts share, and opens through
 * its inode only: a node made elsewhere with the same number leads nowhere.  Its
 * inode holds the context.  When it has been unlinked, those who have it open go on.
 *
 * Where another driver has a binderfs, this one has none.
 */
#ifndef BINDER_FS_H
#define BINDER_FS_H

#include <linux/types.h>

struct binder_log_dir;
struct file;

struct binder_log_dir *binder_fs_log_dir(const struct file *file);
void binder_fs_init(const char *names, bool reports);
void binder_fs_exit(void);

#endif /* BINDER_FS_H */
