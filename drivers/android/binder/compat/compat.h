/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel-version differences, all of them.
 *
 * This header is force-included in front of every file of the driver, so that
 * the rest of the source is written for the newest kernel and asks for no
 * version.  What an older kernel lacks is given here under the newest name;
 * where an interface changed its shape, a name of our own (BINDER_COMPAT_*)
 * hides it.
 */
#ifndef BINDER_COMPAT_H
#define BINDER_COMPAT_H

/* The prefix of every line that we log; set before any header can use it. */
#define pr_fmt(fmt) "binder: " fmt

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "binder: kernels before 6.1 are not supported"
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0) && !defined(BINDER_UNTRIED_KERNEL)
#error "binder: newer than 7.2, the newest kernel tried; KCFLAGS=-DBINDER_UNTRIED_KERNEL builds"
#endif

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/list_lru.h>
#include <linux/mm.h>
#include <linux/security.h>
#include <linux/shrinker.h>
#include <linux/slab.h>

/* 6.3 made vm_flags writable through helpers only. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set,
				vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/* 6.8 gave list_lru_add() a node and a memcg; _obj finds them itself. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define list_lru_add_obj(lru, item) list_lru_add(lru, item)
#define list_lru_del_obj(lru, item) list_lru_del(lru, item)
#endif

/* 6.13 dropped the lock from the arguments of a list_lru callback. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define BINDER_COMPAT_LRU_LOCK spinlock_t *lock,
#else
#define BINDER_COMPAT_LRU_LOCK
#endif

/* 6.14 passes a context as one thing. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
struct lsm_context {
	char *context;
	u32 len;
};

#define binder_compat_secid_to_secctx(secid, ctx) \
	security_secid_to_secctx(secid, &(ctx)->context, &(ctx)->len)
#define binder_compat_release_secctx(ctx) \
	security_release_secctx((ctx)->context, (ctx)->len)
#else
#define binder_compat_secid_to_secctx security_secid_to_secctx
#define binder_compat_release_secctx security_release_secctx
#endif

/* 7.0 allocates objects by their type; the flags are always given here. */
#ifndef kzalloc_obj
#define kmalloc_obj(object, gfp) kmalloc(sizeof(object), gfp)
#define kzalloc_obj(object, gfp) kzalloc(sizeof(object), gfp)
#endif

/* 6.11 has a name for what CONFIG_INIT_STACK_ALL_ZERO leaves alone. */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized __attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

/* 6.3 put the user namespace of a mount into a map of ids. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define mnt_idmap user_namespace
#endif

/* 6.7 sets all times of an inode at once. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline void simple_inode_init_ts(struct inode *inode)
{
	inode->i_atime = current_time(inode);
	inode->i_mtime = inode->i_atime;
	inode->i_ctime = inode->i_atime;
}
#endif

/*
 * What is in the cache under a name; the caller has locked the directory.  6.16 has
 * another function for it, which checks the name as well.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define binder_compat_lookup(parent, qname) d_hash_and_lookup(parent, qname)
#else
#include <linux/namei.h>
#define binder_compat_lookup(parent, qname) try_lookup_noperm(qname, parent)
#endif

/*
 * Let an entry be for as long as it has its name; takes over the references to both.
 * Up to 6.18 such an entry was only one with a reference that nobody has.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define binder_compat_kill_sb kill_litter_super

static inline void binder_compat_persist(struct dentry *dentry, struct inode *inode)
{
	if (d_unhashed(dentry))
		d_add(dentry, inode);
	else
		d_instantiate(dentry, inode);
}
#else
#define binder_compat_kill_sb kill_anon_super

static inline void binder_compat_persist(struct dentry *dentry, struct inode *inode)
{
	d_make_persistent(dentry, inode);
	dput(dentry);
}
#endif

/* 6.10 lets a trace event find the source of its string by itself. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define BINDER_COMPAT_ASSIGN_STR __assign_str
#else
#define BINDER_COMPAT_ASSIGN_STR(to, ...) __assign_str(to)
#endif

/* 6.7 made shrinkers objects that the kernel allocates. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	struct shrinker *shrinker = kzalloc_obj(*shrinker, GFP_KERNEL);

	if (!shrinker)
		return NULL;
	shrinker->flags = flags;
	shrinker->seeks = DEFAULT_SEEKS;
	return shrinker;
}

/* Registering can fail here; the caller then goes on without reclaim. */
static inline void shrinker_register(struct shrinker *shrinker)
{
	if (register_shrinker(shrinker, "android-binder"))
		pr_warn("no shrinker: unused pages stay allocated\n");
}

static inline void shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#endif

#endif /* BINDER_COMPAT_H */
