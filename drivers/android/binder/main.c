// SPDX-License-Identifier: GPL-2.0-only
/* The module: parameters, and the order in which its parts come and go. */

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "area/area.h"
#include "delay.h"
#include "device.h"
#include "fs.h"
#include "handle.h"
#include "journal.h"
#include "log.h"
#include "netlink.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "security.h"
#include "thread.h"
#include "transaction.h"

static char *devices = "binder";
module_param(devices, charp, 0444);
MODULE_PARM_DESC(devices, "devices to create, separated by commas (default: binder)");

/* What processes, threads, … share, in the order of setting up. */
static const struct {
	int (*init)(void);
	void (*exit)(void);
} parts[] = {
	{ binder_journal_init, binder_journal_exit },
	{ binder_area_init, binder_area_exit },
	{ binder_proc_init, binder_proc_exit },
	{ binder_thread_init, binder_thread_exit },
	{ binder_node_init, binder_node_exit },
	{ binder_handle_init, binder_handle_exit },
	{ binder_watch_init, binder_watch_exit },
	{ binder_transaction_init, binder_transaction_exit },
};

static void parts_exit(int count)
{
	/* Nodes and refs are freed by RCU, and nodes put their processes then. */
	rcu_barrier();
	while (count--)
		parts[count].exit();
}

static int __init binder_init(void)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		ret = parts[i].init();
		if (ret)
			goto err_parts;
	}
	binder_log_init();
	ret = binder_devices_create(devices);
	if (ret)
		goto err_logs;
	binder_fs_init(devices, binder_netlink_init());
	binder_log_publish();
	binder_delay_init();
	pr_info("loaded, devices: %s; %s\n", devices, binder_security_description());
	return 0;

err_logs:
	binder_log_exit();
err_parts:
	parts_exit(i);
	return ret;
}

static void __exit binder_exit(void)
{
	binder_fs_exit();
	binder_netlink_exit();
	binder_devices_destroy();
	binder_delay_exit();
	binder_log_exit();
	parts_exit(ARRAY_SIZE(parts));
}

module_init(binder_init);
module_exit(binder_exit);

MODULE_DESCRIPTION("Android binder IPC for stock kernels");
MODULE_LICENSE("GPL");
/* "mount -t binder" loads the module. */
MODULE_ALIAS_FS("binder");
/* As in VERSION.  DKMS needs one: it replaces no module by one that may be the same. */
MODULE_VERSION("0.9.0");
