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

/* Set one of the switches, which are debugfs_create_bool()s.  Returns whether it is there. */
static inline bool fault_switch(const char *kind, const char *name, bool on)
{
	struct dentry *dir = debugfs_lookup(kind, NULL);
	struct dentry *file = dir ? debugfs_lookup(name, dir) : NULL;

	if (file) {
		/* it keeps the address there */
		*(bool *)d_inode(file)->i_private = on;
		dput(file);
	}
	dput(dir);
	return file;
}

/* Objects.  Returns whether it can be done; enable(false) has to follow. */
static inline bool fault_enable(bool enable)
{
	if (!IS_ENABLED(CONFIG_FAILSLAB) || !IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS))
		return false;
	return fault_switch("failslab", "ignore-gfp-wait", !enable);
}

/* The same for runs of pages, where that of objects is not enabled. */
static inline bool fault_enable_runs(bool enable)
{
	if (!IS_ENABLED(CONFIG_FAIL_PAGE_ALLOC) || !IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS))
		return false;
	return fault_switch("fail_page_alloc", "ignore-gfp-highmem", !enable);
}

/* What is still to come; 0 if it has failed. */
static inline unsigned int fault_left(void)
{
#ifdef CONFIG_FAULT_INJECTION
	return current->fail_nth;
#else
	return 0;
#endif
}

/* 0: none fails. */
static inline void fault_nth(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

#endif /* BINDER_TEST_FAULT_H */
