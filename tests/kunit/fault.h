/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Make the kernel's allocator fail where a test wants it to.
 *
 * As /proc/<pid>/fail-nth does it: the current task's nth allocation fails.  By
 * default those that may sleep, which are all of ours, are let alone; the
 * switch for that is a debugfs file, and debugfs may not be mounted yet.
 */
#ifndef BINDER_TEST_FAULT_H
#define BINDER_TEST_FAULT_H

#include <linux/debugfs.h>
#include <linux/sched.h>

/* Returns whether it can be done; enable(false) has to follow. */
static inline bool fault_enable(bool enable)
{
	struct dentry *dir, *file;

	if (!IS_ENABLED(CONFIG_FAILSLAB) || !IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS))
		return false;
	dir = debugfs_lookup("failslab", NULL);
	file = dir ? debugfs_lookup("ignore-gfp-wait", dir) : NULL;
	if (file) {
		/* a debugfs_create_bool(), which keeps the address there */
		*(bool *)d_inode(file)->i_private = !enable;
		dput(file);
	}
	dput(dir);
	return file;
}

/* 0: none fails. */
static inline void fault_nth(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

#endif /* BINDER_TEST_FAULT_H */
