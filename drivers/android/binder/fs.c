// SPDX-License-Identifier: GPL-2.0-only
/* binderfs.  The essay is in fs.h. */

#include <linux/bits.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/fsnotify.h>
#include <linux/idr.h>
#include <linux/kdev_t.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "../../../include/uapi/linux/android/binderfs.h"
#include "context.h"
#include "device.h"
#include "fs.h"
#include "log.h"

#define CONTROL		"binder-control"
/* As many devices there may be, in all mounts together. */
#define MINORS		((u32)BIT(MINORBITS))
/* So many of them can only be made by mounts outside of user namespaces. */
#define RESERVED	4

enum binder_fs_stats { STATS_NONE, STATS_GLOBAL };

/**
 * struct binder_fs - a mounted binderfs
 * @uid:     who owns what is made
 * @gid:     the same
 * @max:     devices that there may be, the control file not counted
 * @stats:   which statistics it has
 * @devices: that there are; guarded by minors_lock
 * @logs:    the files of processes
 * @proc:    the directory in which these are, or NULL
 */
struct binder_fs {
	kuid_t uid;
	kgid_t gid;
	u32 max;
	enum binder_fs_stats stats;
	u32 devices;
	struct binder_log_dir logs;
	struct dentry *proc;
};

static dev_t first_device;
static const char *first_names;
static bool has_reports;
static DEFINE_IDA(minors);
static DEFINE_MUTEX(minors_lock);	/* @minors, and the counts of devices */

/* What clients may ask for, always. */
static const char * const features[] = {
	"oneway_spam_detection",
	"extended_error",
	"freeze_notification",
};

static bool is_control(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) && !inode->i_private;
}

static struct inode *inode_create(struct super_block *sb, umode_t mode)
{
	struct binder_fs *fs = sb->s_fs_info;
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	inode->i_mode = mode;
	inode->i_uid = fs->uid;
	inode->i_gid = fs->gid;
	simple_inode_init_ts(inode);
	return inode;
}

/*
 * Give an inode a name, which takes over the caller's reference.  Returns the entry,
 * which lives as long as it has the name, or an error.
 */
static struct dentry *name_inode(struct dentry *parent, const char *name, struct inode *inode)
{
	struct inode *dir = d_inode(parent);
	struct qstr qname = QSTR_INIT(name, strlen(name));
	struct dentry *dentry;

	inode_lock(dir);
	/* All that has a name is in the cache. */
	dentry = binder_compat_lookup(parent, &qname);
	if (!dentry)
		dentry = d_alloc(parent, &qname) ?: ERR_PTR(-ENOMEM);
	if (!IS_ERR(dentry) && d_really_is_positive(dentry)) {
		dput(dentry);
		dentry = ERR_PTR(-EEXIST);
	}
	if (IS_ERR(dentry)) {
		iput(inode);
	} else {
		binder_compat_persist(dentry, inode);
		fsnotify_create(dir, dentry);
		if (S_ISDIR(inode->i_mode))
			inc_nlink(dir);
	}
	inode_unlock(dir);
	return dentry;
}

/* A minor number, and room for one more device. */
static int minor_get(struct super_block *sb, bool counts)
{
	struct binder_fs *fs = sb->s_fs_info;
	u32 most = sb->s_user_ns == &init_user_ns ? MINORS - 1 : MINORS - RESERVED - 1;
	int minor = -ENOSPC;

	mutex_lock(&minors_lock);
	if (!counts || fs->devices < fs->max)
		minor = ida_alloc_max(&minors, most, GFP_KERNEL);
	if (minor >= 0)
		fs->devices += counts;
	mutex_unlock(&minors_lock);
	return minor;
}

static void minor_put(struct super_block *sb, int minor, bool counts)
{
	struct binder_fs *fs = sb->s_fs_info;

	mutex_lock(&minors_lock);
	ida_free(&minors, minor);
	fs->devices -= counts;
	mutex_unlock(&minors_lock);
}

/*
 * A device without a name yet; @context is kept, NULL for the control file.  From here
 * on the minor number goes with the inode.
 */
static struct inode *create_device(struct super_block *sb, struct binder_context *context,
				   const struct file_operations *fops)
{
	int minor = minor_get(sb, context);
	struct inode *inode;

	if (minor < 0)
		return ERR_PTR(minor);
	inode = inode_create(sb, 0);
	if (!inode) {
		minor_put(sb, minor, context);
		return ERR_PTR(-ENOMEM);
	}
	init_special_inode(inode, S_IFCHR | 0600, MKDEV(MAJOR(first_device), minor));
	inode->i_fop = fops;
	if (context)
		inode->i_private = binder_context_get(context);
	return inode;
}

/* Make a device; @user is told its number before anybody can see it. */
static int add_device(struct super_block *sb, const char *name,
		      struct binderfs_device *request, void __user *user)
{
	struct binder_context *context;
	struct inode *inode;

	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EACCES;
	context = binder_context_create(name);
	if (!context)
		return -ENOMEM;
	inode = create_device(sb, context, &binder_fops);
	binder_context_put(context);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (user) {
		request->major = imajor(inode);
		request->minor = iminor(inode);
		if (copy_to_user(user, request, sizeof(*request))) {
			iput(inode);
			return -EFAULT;
		}
	}
	return PTR_ERR_OR_ZERO(name_inode(sb->s_root, name, inode));
}

static int add_first_device(const char *name, void *sb)
{
	return add_device(sb, name, NULL, NULL);
}

static long control_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct binderfs_device request;

	if (cmd != BINDER_CTL_ADD)
		return -EINVAL;
	if (copy_from_user(&request, (void __user *)arg, sizeof(request)))
		return -EFAULT;
	request.name[BINDERFS_MAX_NAME] = '\0';
	return add_device(file_inode(file)->i_sb, request.name, &request, (void __user *)arg);
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static int fs_unlink(struct inode *dir, struct dentry *dentry)
{
	return is_control(d_inode(dentry)) ? -EPERM : simple_unlink(dir, dentry);
}

static int fs_rename(struct mnt_idmap *idmap, struct inode *old_dir, struct dentry *old,
		     struct inode *new_dir, struct dentry *new, unsigned int flags)
{
	/* What is in other directories is not anybody's to change. */
	if (old_dir != new_dir || is_control(d_inode(old)) ||
	    (d_really_is_positive(new) && is_control(d_inode(new))))
		return -EPERM;
	return simple_rename(idmap, old_dir, old, new_dir, new, flags);
}

static const struct inode_operations dir_iops = {
	.lookup = simple_lookup,
	.unlink = fs_unlink,
	.rename = fs_rename,
};

static void make_directory(struct inode *inode, const struct inode_operations *iops)
{
	inode->i_fop = &simple_dir_operations;
	inode->i_op = iops;
	set_nlink(inode, 2);
}

static struct dentry *add_directory(struct dentry *parent, const char *name)
{
	struct inode *inode = inode_create(parent->d_sb, S_IFDIR | 0755);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	make_directory(inode, &simple_dir_inode_operations);
	return name_inode(parent, name, inode);
}

static struct dentry *add_file(struct dentry *parent, const char *name, void *private,
			       const struct file_operations *fops)
{
	struct inode *inode = inode_create(parent->d_sb, S_IFREG | 0444);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_private = private;
	inode->i_fop = fops;
	return name_inode(parent, name, inode);
}

static int feature_show(struct seq_file *seq, void *unused)
{
	seq_puts(seq, "1\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(feature);

static int add_features(struct super_block *sb)
{
	struct dentry *dir = add_directory(sb->s_root, "features");
	int i, ret = PTR_ERR_OR_ZERO(dir);

	for (i = 0; !ret && i < ARRAY_SIZE(features); i++)
		ret = PTR_ERR_OR_ZERO(add_file(dir, features[i], NULL, &feature_fops));
	if (!ret && has_reports)
		ret = PTR_ERR_OR_ZERO(add_file(dir, "transaction_report", NULL, &feature_fops));
	return ret;
}

static struct dentry *add_proc_log(struct binder_log_dir *logs, int pid)
{
	struct binder_fs *fs = container_of(logs, struct binder_fs, logs);
	char name[12];

	snprintf(name, sizeof(name), "%d", pid);
	return add_file(fs->proc, name, (void *)(unsigned long)pid, binder_log_proc_fops);
}

static void remove_proc_log(struct dentry *file)
{
	simple_recursive_removal(file, NULL);
}

static int add_logs(struct super_block *sb)
{
	struct dentry *dir = add_directory(sb->s_root, "binder_logs"), *proc;
	struct binder_fs *fs = sb->s_fs_info;
	const struct binder_log_file *file;
	int ret = PTR_ERR_OR_ZERO(dir);

	for (file = binder_log_files; !ret && file->name; file++)
		ret = PTR_ERR_OR_ZERO(add_file(dir, file->name, NULL, file->fops));
	if (ret)
		return ret;
	proc = add_directory(dir, "proc");
	if (IS_ERR(proc))
		return PTR_ERR(proc);
	fs->logs.add = add_proc_log;
	fs->logs.remove = remove_proc_log;
	binder_log_dir_init(&fs->logs);
	fs->proc = proc;
	return 0;
}

static void fs_evict_inode(struct inode *inode)
{
	clear_inode(inode);
	if (!S_ISCHR(inode->i_mode))
		return;
	minor_put(inode->i_sb, iminor(inode), inode->i_private);
	if (inode->i_private)
		binder_context_put(inode->i_private);
}

static int fs_show_options(struct seq_file *seq, struct dentry *root)
{
	const struct binder_fs *fs = root->d_sb->s_fs_info;

	seq_printf(seq, ",max=%u", READ_ONCE(fs->max));
	if (fs->stats == STATS_GLOBAL)
		seq_puts(seq, ",stats=global");
	return 0;
}

static const struct super_operations fs_sops = {
	.evict_inode = fs_evict_inode,
	.show_options = fs_show_options,
	.statfs = simple_statfs,
};

static int fs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct binder_fs *fs = sb->s_fs_info;
	struct inode *inode;
	int ret;

	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = BINDERFS_SUPER_MAGIC;
	sb->s_op = &fs_sops;
	sb->s_time_gran = 1;
	/* In a user namespace, too, these are devices to be opened; and nothing else. */
	sb->s_iflags &= ~SB_I_NODEV;
	sb->s_iflags |= SB_I_NOEXEC;
	fs->uid = make_kuid(sb->s_user_ns, 0);
	if (!uid_valid(fs->uid))
		fs->uid = GLOBAL_ROOT_UID;
	fs->gid = make_kgid(sb->s_user_ns, 0);
	if (!gid_valid(fs->gid))
		fs->gid = GLOBAL_ROOT_GID;

	inode = inode_create(sb, S_IFDIR | 0755);
	if (!inode)
		return -ENOMEM;
	make_directory(inode, &dir_iops);
	sb->s_root = d_make_root(inode);
	if (!sb->s_root)
		return -ENOMEM;
	inode = create_device(sb, NULL, &control_fops);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	ret = PTR_ERR_OR_ZERO(name_inode(sb->s_root, CONTROL, inode));
	if (!ret)
		ret = binder_names_walk(first_names, add_first_device, sb);
	if (!ret)
		ret = add_features(sb);
	if (!ret && fs->stats == STATS_GLOBAL)
		ret = add_logs(sb);
	return ret;
}

enum { OPTION_MAX, OPTION_STATS };

static const struct constant_table stats_values[] = {
	{ "global", STATS_GLOBAL },
	{}
};

static const struct fs_parameter_spec fs_options[] = {
	fsparam_u32("max", OPTION_MAX),
	fsparam_enum("stats", OPTION_STATS, stats_values),
	{}
};

static int fs_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct binder_fs *fs = fc->s_fs_info;
	struct fs_parse_result result;
	int option = fs_parse(fc, fs_options, param, &result);

	switch (option) {
	case OPTION_MAX:
		if (result.uint_32 > MINORS)
			return invalfc(fc, "bad value for max");
		fs->max = result.uint_32;
		return 0;
	case OPTION_STATS:
		/* They tell of processes outside of the mount, too. */
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		fs->stats = result.uint_32;
		return 0;
	default:
		return option;
	}
}

static int fs_reconfigure(struct fs_context *fc)
{
	struct binder_fs *fs = fc->root->d_sb->s_fs_info, *new = fc->s_fs_info;

	if (new->stats != fs->stats)
		return invalfc(fc, "stats can't be changed by a remount");
	mutex_lock(&minors_lock);
	WRITE_ONCE(fs->max, new->max);
	mutex_unlock(&minors_lock);
	return 0;
}

static int fs_get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, fs_fill_super);
}

/* The superblock takes fc->s_fs_info over when it is made. */
static void fs_free_fc(struct fs_context *fc)
{
	kfree(fc->s_fs_info);
}

static const struct fs_context_operations fs_context_ops = {
	.parse_param = fs_parse_param,
	.get_tree = fs_get_tree,
	.reconfigure = fs_reconfigure,
	.free = fs_free_fc,
};

static int fs_init_context(struct fs_context *fc)
{
	struct binder_fs *fs = kzalloc_obj(*fs, GFP_KERNEL_ACCOUNT);

	if (!fs)
		return -ENOMEM;
	fs->max = MINORS;
	fc->s_fs_info = fs;
	fc->ops = &fs_context_ops;
	return 0;
}

static void fs_kill_sb(struct super_block *sb)
{
	struct binder_fs *fs = sb->s_fs_info;

	binder_compat_kill_sb(sb);
	kfree(fs);
}

static struct file_system_type fs_type = {
	.owner = THIS_MODULE,
	.name = "binder",
	.init_fs_context = fs_init_context,
	.parameters = fs_options,
	.kill_sb = fs_kill_sb,
	.fs_flags = FS_USERNS_MOUNT,
};

/**
 * binder_fs_log_dir() - where a process has a file, because of a device that it opens
 * @file: the open device
 *
 * Return: the directory, valid as long as the file is; NULL if the device is none of a
 * binderfs with statistics.
 */
struct binder_log_dir *binder_fs_log_dir(const struct file *file)
{
	struct super_block *sb = file_inode(file)->i_sb;
	struct binder_fs *fs = sb->s_type == &fs_type ? sb->s_fs_info : NULL;

	return fs && fs->proc ? &fs->logs : NULL;
}

/**
 * binder_fs_init() - make binderfs known, unless another driver has one
 * @names:   of the devices that each mount has at first, separated by commas; kept
 * @reports: there are reports by netlink
 */
void binder_fs_init(const char *names, bool reports)
{
	int ret = alloc_chrdev_region(&first_device, 0, MINORS, "binder");

	if (!ret) {
		first_names = names;
		has_reports = reports;
		ret = register_filesystem(&fs_type);
		if (ret)
			unregister_chrdev_region(first_device, MINORS);
	}
	if (ret) {
		first_device = 0;
		pr_info("no binderfs: %d\n", ret);
	}
}

/** binder_fs_exit() - undo binder_fs_init(); nothing is mounted */
void binder_fs_exit(void)
{
	if (!first_device)
		return;
	unregister_filesystem(&fs_type);
	unregister_chrdev_region(first_device, MINORS);
	ida_destroy(&minors);
}
