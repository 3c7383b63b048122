/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink: who wants to know of each message that fails can join the group "report" of
 * the generic netlink family "binder".  Where another driver has that family, there
 * are no reports.
 */
#ifndef BINDER_NETLINK_H
#define BINDER_NETLINK_H

#include <linux/types.h>

struct binder_failure;
struct binder_message_info;

#ifdef CONFIG_NET
void binder_netlink_report(struct binder_failure failure, const struct binder_message_info *info);
bool binder_netlink_init(void);
void binder_netlink_exit(void);
#else
static inline void binder_netlink_report(struct binder_failure failure,
					 const struct binder_message_info *info) {}
static inline bool binder_netlink_init(void)
{
	return false;
}

static inline void binder_netlink_exit(void) {}
#endif

#endif /* BINDER_NETLINK_H */
