/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The generic netlink family of binder: whoever joins its group hears of each message
 * that failed.
 */
#ifndef _UAPI_LINUX_ANDROID_BINDER_NETLINK_H
#define _UAPI_LINUX_ANDROID_BINDER_NETLINK_H

#define BINDER_FAMILY_NAME	"binder"
#define BINDER_FAMILY_VERSION	1

#define BINDER_MCGRP_REPORT	"report"

/* A message of the family; there is one kind. */
enum {
	BINDER_CMD_REPORT = 1,	/* a call, a one-way call or a reply has failed */

	__BINDER_CMD_MAX,
	BINDER_CMD_MAX = (__BINDER_CMD_MAX - 1)
};

/* What is in it. All numbers are u32; pids are those of the initial namespace. */
enum {
	BINDER_A_REPORT_ERROR = 1,	/* what the sender reads: BR_FAILED_REPLY, ... */
	BINDER_A_REPORT_CONTEXT,	/* string: the name of the device */
	BINDER_A_REPORT_FROM_PID,	/* the sender */
	BINDER_A_REPORT_FROM_TID,
	BINDER_A_REPORT_TO_PID,		/* the receiver, if it is known */
	BINDER_A_REPORT_TO_TID,		/* its thread, if the message is for a certain one */
	BINDER_A_REPORT_IS_REPLY,	/* flag: it is a reply */
	BINDER_A_REPORT_FLAGS,		/* enum transaction_flags */
	BINDER_A_REPORT_CODE,		/* as sent */
	BINDER_A_REPORT_DATA_SIZE,	/* bytes of data */

	__BINDER_A_REPORT_MAX,
	BINDER_A_REPORT_MAX = (__BINDER_A_REPORT_MAX - 1)
};

#endif /* _UAPI_LINUX_ANDROID_BINDER_NETLINK_H */
