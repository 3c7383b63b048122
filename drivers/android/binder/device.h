/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device: a character device, /dev/binder for one.
 *
 * The file operations, and the misc devices that the module parameter names.  (A
 * binderfs has more of them: fs.h.)
 * Every open makes a struct binder_proc, which the file holds.  Only the process
 * that opened may use the file; whoever else has it, a forked child or a receiver
 * of the descriptor, can do no more than keep it open.
 */
#ifndef BINDER_DEVICE_H
#define BINDER_DEVICE_H

#include <linux/fs.h>

extern const struct file_operations binder_fops;

int binder_names_walk(const char *names, int (*visit)(const char *name, void *arg), void *arg);
int binder_devices_create(const char *names);
void binder_devices_destroy(void);

#endif /* BINDER_DEVICE_H */
