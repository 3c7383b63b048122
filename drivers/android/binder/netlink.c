// SPDX-License-Identifier: GPL-2.0-only
/* Reports of failed messages.  The essay is in netlink.h. */

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "../../../include/uapi/linux/android/binder_netlink.h"
#include "abi.h"
#include "area/area.h"
#include "context.h"
#include "failure.h"
#include "netlink.h"
#include "proc.h"
#include "trace.h"

static const struct genl_multicast_group groups[] = {
	{ .name = BINDER_MCGRP_REPORT },
};

static struct genl_family family __ro_after_init = {
	.name = BINDER_FAMILY_NAME,
	.version = BINDER_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

static bool registered;

/* Returns false where the message is too small for it. */
static bool put_report(struct sk_buff *skb, u32 command, const struct binder_message_info *info)
{
	const struct binder_proc *proc = info->from;
	bool full;

	full = nla_put_u32(skb, BINDER_A_REPORT_ERROR, command) ||
	       nla_put_string(skb, BINDER_A_REPORT_CONTEXT, proc->context->name) ||
	       nla_put_u32(skb, BINDER_A_REPORT_FROM_PID, proc->pid) ||
	       nla_put_u32(skb, BINDER_A_REPORT_FROM_TID, info->from_tid);
	if (info->target)
		full |= nla_put_u32(skb, BINDER_A_REPORT_TO_PID, info->target->pid);
	if (info->to_tid)
		full |= nla_put_u32(skb, BINDER_A_REPORT_TO_TID, info->to_tid);
	if (info->is_reply)
		full |= nla_put_flag(skb, BINDER_A_REPORT_IS_REPLY);
	return !full && !nla_put_u32(skb, BINDER_A_REPORT_FLAGS, info->flags) &&
	       !nla_put_u32(skb, BINDER_A_REPORT_CODE, info->code) &&
	       !nla_put_u32(skb, BINDER_A_REPORT_DATA_SIZE, info->data_size);
}

/**
 * binder_netlink_report() - tell those who listen that a message failed
 * @failure: what its sender gets
 * @info:    the message
 *
 * Who does not read in time misses reports, as always with netlink.
 *
 * Context: may sleep.
 */
void binder_netlink_report(struct binder_failure failure, const struct binder_message_info *info)
{
	u32 command = binder_failure_command(failure);
	struct sk_buff *skb;
	void *header;

	if (!READ_ONCE(registered) || !genl_has_listeners(&family, &init_net, 0))
		return;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &family, 0, BINDER_CMD_REPORT);
	if (!header || !put_report(skb, command, info)) {
		nlmsg_free(skb);
		return;
	}
	trace_binder_netlink_report(info->from->context->name, command, info);
	genlmsg_end(skb, header);
	genlmsg_multicast(&family, skb, 0, 0, GFP_KERNEL);
}

/**
 * binder_netlink_init() - make the family known, unless another driver has it
 *
 * Return: true if there will be reports.
 */
bool binder_netlink_init(void)
{
	int ret = genl_register_family(&family);

	/* The devices are there already, and messages may fail. */
	WRITE_ONCE(registered, !ret);
	if (ret)
		pr_info("no reports of failures by netlink: %d\n", ret);
	return registered;
}

/** binder_netlink_exit() - undo binder_netlink_init() */
void binder_netlink_exit(void)
{
	if (registered)
		genl_unregister_family(&family);
}
