// SPDX-License-Identifier: GPL-2.0-only
/* Devices.  The essay is in device.h. */

#include <linux/compat.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "abi.h"
#include "area/area.h"
#include "command.h"
#include "context.h"
#include "deliver.h"
#include "device.h"
#include "freeze.h"
#include "handle.h"
#include "node.h"
#include "proc.h"
#include "thread.h"
#include "trace.h"

/**
 * struct binder_device - a misc device
 * @entry:   in the list of all
 * @misc:    the device
 * @context: its context, with a reference
 */
struct binder_device {
	struct list_head entry;
	struct miscdevice misc;
	struct binder_context *context;
};

static LIST_HEAD(devices);

static bool may_use(const struct binder_proc *proc)
{
	return task_tgid(current) == proc->tgid;
}

static int binder_open(struct inode *inode, struct file *file)
{
	/* misc_open() says which device; one of a binderfs has its own inode. */
	struct miscdevice *misc = file->private_data;
	struct binder_context *context = misc ?
		container_of(misc, struct binder_device, misc)->context : inode->i_private;
	struct binder_proc *proc = binder_proc_create(context, file);

	if (!proc)
		return -ENOMEM;
	file->private_data = proc;
	return nonseekable_open(inode, file);
}

static int binder_release(struct inode *inode, struct file *file)
{
	binder_proc_release(file->private_data);
	return 0;
}

static int binder_flush(struct file *file, fl_owner_t id)
{
	binder_proc_flush(file->private_data);
	return 0;
}

static int binder_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct binder_proc *proc = file->private_data;

	if (!may_use(proc))
		return -EINVAL;
	return binder_area_mmap(proc->area, file, vma);
}

static __poll_t binder_poll(struct file *file, struct poll_table_struct *wait)
{
	struct binder_proc *proc = file->private_data;
	struct binder_thread *thread = may_use(proc) ? binder_thread_current(proc) : NULL;
	struct binder_poller *poller = thread ? binder_thread_poller(thread) : NULL;
	bool ready;

	if (!poller)
		return EPOLLERR;
	poll_wait(file, &poller->wait, wait);
	spin_lock(&proc->lock);
	ready = binder_thread_has_work_locked(thread, binder_thread_available_locked(thread));
	spin_unlock(&proc->lock);
	return ready ? EPOLLIN : 0;
}

static int ioctl_write_read(struct file *file, struct binder_thread *thread, void __user *arg)
{
	/* Filled as a whole. */
	struct binder_write_read bwr __uninitialized;
	int ret = 0;

	if (copy_from_user(&bwr, arg, sizeof(bwr)))
		return -EFAULT;
	if (bwr.write_size) {
		ret = binder_command_write(thread, &bwr);
		trace_binder_write_done(ret);
		if (ret)
			bwr.read_consumed = 0;
	}
	if (!ret && bwr.read_size) {
		/* fcntl() may change it at this moment: either is right. */
		ret = binder_deliver(thread, &bwr, data_race(file->f_flags) & O_NONBLOCK);
		trace_binder_read_done(ret);
	}
	if (copy_to_user(arg, &bwr, sizeof(bwr)))
		return -EFAULT;
	return ret;
}

static int ioctl_set_max_threads(struct binder_thread *thread, void __user *arg)
{
	struct binder_proc *proc = thread->proc;
	u32 max_threads;

	if (get_user(max_threads, (u32 __user *)arg))
		return -EFAULT;
	spin_lock(&proc->lock);
	WRITE_ONCE(proc->max_threads, max_threads);
	spin_unlock(&proc->lock);
	return 0;
}

static int ioctl_set_manager(struct binder_thread *thread, void __user *arg, bool ext)
{
	struct flat_binder_object object = {};

	if (ext && copy_from_user(&object, arg, sizeof(object)))
		return -EFAULT;
	return binder_context_become_manager(thread->proc, &object);
}

static int ioctl_version(void __user *arg)
{
	struct binder_version version = { .protocol_version = BINDER_CURRENT_PROTOCOL_VERSION };

	return copy_to_user(arg, &version, sizeof(version)) ? -EFAULT : 0;
}

static int ioctl_node_debug_info(struct binder_thread *thread, void __user *arg)
{
	struct binder_node_debug_info info;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	binder_node_debug_info(thread->proc, &info);
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* For the manager only: the counts tell what others do. */
static int ioctl_node_info(struct binder_thread *thread, void __user *arg)
{
	struct binder_proc *proc = thread->proc;
	struct binder_node_info_for_ref info;
	struct binder_node *node;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	if (info.strong_count || info.weak_count || info.reserved1 || info.reserved2 ||
	    info.reserved3)
		return -EINVAL;
	if (!binder_context_is_manager(proc))
		return -EPERM;
	node = binder_handle_get_node(proc, info.handle, true);
	if (IS_ERR(node))
		return -EINVAL;
	binder_node_counts(node, &info);
	binder_node_put(node);
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static int ioctl_spam_detection(struct binder_thread *thread, void __user *arg)
{
	u32 enable;

	if (get_user(enable, (u32 __user *)arg))
		return -EFAULT;
	WRITE_ONCE(thread->proc->wants_spam, enable);
	return 0;
}

static int ioctl_freeze(void __user *arg)
{
	struct binder_freeze_info info;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	return binder_freeze(&info);
}

static int ioctl_frozen_info(void __user *arg)
{
	struct binder_frozen_status_info info;
	int ret;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	ret = binder_freeze_status(&info);
	if (ret)
		return ret;
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* Reading it clears it. */
static int ioctl_extended_error(struct binder_thread *thread, void __user *arg)
{
	struct binder_extended_error error;

	spin_lock(&thread->proc->lock);
	error = thread->extended;
	thread->extended = (struct binder_extended_error){ .command = BR_OK };
	spin_unlock(&thread->proc->lock);
	return copy_to_user(arg, &error, sizeof(error)) ? -EFAULT : 0;
}

static int thread_ioctl(struct file *file, struct binder_thread *thread, unsigned int cmd,
			void __user *arg)
{
	/* Nearly all are. */
	if (likely(cmd == BINDER_WRITE_READ))
		return ioctl_write_read(file, thread, arg);
	switch (cmd) {
	case BINDER_SET_MAX_THREADS:
		return ioctl_set_max_threads(thread, arg);
	case BINDER_SET_CONTEXT_MGR:
		return ioctl_set_manager(thread, arg, false);
	case BINDER_SET_CONTEXT_MGR_EXT:
		return ioctl_set_manager(thread, arg, true);
	case BINDER_VERSION:
		return ioctl_version(arg);
	case BINDER_GET_NODE_DEBUG_INFO:
		return ioctl_node_debug_info(thread, arg);
	case BINDER_GET_NODE_INFO_FOR_REF:
		return ioctl_node_info(thread, arg);
	case BINDER_FREEZE:
		return ioctl_freeze(arg);
	case BINDER_GET_FROZEN_INFO:
		return ioctl_frozen_info(arg);
	case BINDER_ENABLE_ONEWAY_SPAM_DETECTION:
		return ioctl_spam_detection(thread, arg);
	case BINDER_GET_EXTENDED_ERROR:
		return ioctl_extended_error(thread, arg);
	default:
		return -EINVAL;
	}
}

static int proc_ioctl(struct file *file, unsigned int cmd, void __user *arg)
{
	struct binder_proc *proc = file->private_data;
	struct binder_thread *thread;
	int ret;

	if (!may_use(proc))
		return -EINVAL;
	thread = binder_thread_current(proc);
	if (!thread)
		return -ENOMEM;
	if (cmd == BINDER_THREAD_EXIT) {
		binder_thread_release(thread);
		return 0;
	}
	ret = thread_ioctl(file, thread, cmd, arg);
	WRITE_ONCE(thread->need_return, false);
	if (thread->pinned) {
		thread->pinned = NULL;
		fput(file);
	}
	return ret;
}

static long binder_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int ret;

	trace_binder_ioctl(cmd, arg);
	ret = proc_ioctl(file, cmd, (void __user *)arg);
	trace_binder_ioctl_done(ret);
	return ret;
}

const struct file_operations binder_fops = {
	.owner = THIS_MODULE,
	.open = binder_open,
	.release = binder_release,
	.flush = binder_flush,
	.mmap = binder_mmap,
	.poll = binder_poll,
	.unlocked_ioctl = binder_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static bool path_exists(const char *directory, const char *name)
{
	char *file = kasprintf(GFP_KERNEL, "%s%s", directory, name);
	struct path path;
	bool exists = file && !kern_path(file, LOOKUP_FOLLOW, &path);

	if (exists)
		path_put(&path);
	kfree(file);
	return exists;
}

/**
 * binder_names_walk() - do something for each name of a list
 * @names: separated by commas
 * @visit: what to do; nonzero ends the walk
 * @arg:   for @visit
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or what @visit returned.
 */
int binder_names_walk(const char *names, int (*visit)(const char *name, void *arg), void *arg)
{
	char *copy = kstrdup(names, GFP_KERNEL), *rest = copy, *name;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (name = strsep(&rest, ",")))
		if (*name)
			ret = visit(name, arg);
	kfree(copy);
	return ret;
}

/*
 * Another binder driver, built in or a module of another name, may have the
 * device already.  Registering a second one would fail too, but only after sysfs
 * has dumped a stack, and when others are registered and may be open.
 */
static int check_name(const char *name, void *unused)
{
	if (!path_exists("/sys/class/misc/", name))
		return 0;
	pr_err("another driver has the device '%s' already; unload it first\n", name);
	return -EBUSY;
}

static int device_create_one(const char *name, void *unused)
{
	struct binder_device *device, *other;
	int ret = -ENOMEM;

	list_for_each_entry(other, &devices, entry) {
		if (strcmp(other->misc.name, name))
			continue;
		pr_err("the device '%s' is named twice\n", name);
		return -EINVAL;
	}
	device = kzalloc_obj(*device, GFP_KERNEL);
	if (!device)
		return -ENOMEM;
	device->context = binder_context_create(name);
	if (!device->context)
		goto err_device;
	device->misc.minor = MISC_DYNAMIC_MINOR;
	device->misc.name = device->context->name;
	device->misc.fops = &binder_fops;
	ret = misc_register(&device->misc);
	if (ret) {
		pr_err("can't register the device '%s': %d\n", name, ret);
		goto err_context;
	}
	list_add_tail(&device->entry, &devices);
	return 0;

err_context:
	binder_context_put(device->context);
err_device:
	kfree(device);
	return ret;
}

/**
 * binder_devices_create() - register the devices that the module is to have
 * @names: separated by commas; may be empty
 *
 * Return: 0, or a negative errno and no device is registered.
 */
int binder_devices_create(const char *names)
{
	int ret = binder_names_walk(names, check_name, NULL);

	if (!ret)
		ret = binder_names_walk(names, device_create_one, NULL);
	if (ret)
		binder_devices_destroy();
	return ret;
}

/** binder_devices_destroy() - unregister the devices; none is open */
void binder_devices_destroy(void)
{
	struct binder_device *device, *next;

	list_for_each_entry_safe(device, next, &devices, entry) {
		misc_deregister(&device->misc);
		list_del(&device->entry);
		binder_context_put(device->context);
		kfree(device);
	}
}
