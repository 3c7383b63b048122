// SPDX-License-Identifier: GPL-2.0-only
/* watch: the driver's reports of messages that failed, by generic netlink. */
#include <errno.h>
#include <linux/android/binder_netlink.h>
#include <linux/android/binder.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

static const struct column columns[] = {
	{ "ANSWER", "answer", -15 }, { "CONTEXT", "context", -10 }, { "FROM", "from", 11 },
	{ "NAME", "from_name", -15 }, { "TO", "to", 11 }, { "NAME", "to_name", -15 },
	{ "KIND", "kind", -6 }, { "CODE", "code", 10 }, { "SIZE", "data_size", 8 },
};

static long seen;

static uint32_t number(struct nlattr **attributes, int type)
{
	return attributes[type] ? nla_get_u32(attributes[type]) : 0;
}

static void add_party(struct json_object *row, const char *who, int pid, int tid)
{
	char key[24], text[24];

	snprintf(key, sizeof(key), "%s_pid", who);
	add_int(row, key, pid);
	snprintf(key, sizeof(key), "%s_tid", who);
	add_int(row, key, tid);
	snprintf(key, sizeof(key), "%s_name", who);
	add_text(row, key, pid ? process_name(pid) : "");
	snprintf(text, sizeof(text), tid ? "%d:%d" : pid ? "%d" : "", pid, tid);
	add_text(row, who, text);
}

static int report(struct nl_msg *message, void *arg)
{
	struct nlattr *attributes[BINDER_A_REPORT_MAX + 1];
	struct json_object *row;
	uint32_t flags;
	char context[NAME_SIZE] = "";

	(void)arg;
	if (genlmsg_parse(nlmsg_hdr(message), 0, attributes, BINDER_A_REPORT_MAX, NULL) < 0)
		return NL_SKIP;
	row = json_object_new_object();
	flags = number(attributes, BINDER_A_REPORT_FLAGS);
	add_text(row, "answer", return_name(number(attributes, BINDER_A_REPORT_ERROR)));
	if (attributes[BINDER_A_REPORT_CONTEXT])
		snprintf(context, sizeof(context), "%s",
			 nla_get_string(attributes[BINDER_A_REPORT_CONTEXT]));
	add_text(row, "context", clean(context));
	add_party(row, "from", number(attributes, BINDER_A_REPORT_FROM_PID),
		  number(attributes, BINDER_A_REPORT_FROM_TID));
	add_party(row, "to", number(attributes, BINDER_A_REPORT_TO_PID),
		  number(attributes, BINDER_A_REPORT_TO_TID));
	add_text(row, "kind", attributes[BINDER_A_REPORT_IS_REPLY] ? "reply" :
		 flags & TF_ONE_WAY ? "async" : "call");
	add_int(row, "flags", flags);
	add_int(row, "code", number(attributes, BINDER_A_REPORT_CODE));
	add_int(row, "data_size", number(attributes, BINDER_A_REPORT_DATA_SIZE));
	seen++;
	if (options.json) {
		print_json_line(row);
		return NL_OK;
	}
	table_row(stdout, columns, ARRAY_SIZE(columns), row);
	fflush(stdout);
	json_object_put(row);
	return NL_OK;
}

static struct nl_sock *join_group(void)
{
	struct nl_sock *sock = nl_socket_alloc();
	int group, error;

	if (!sock)
		fail("out of memory");
	error = genl_connect(sock);
	if (error)
		fail("no generic netlink: %s", nl_geterror(error));
	group = genl_ctrl_resolve_grp(sock, BINDER_FAMILY_NAME, BINDER_MCGRP_REPORT);
	if (group < 0)
		fail("the driver is not loaded, or has no reports by netlink; try 'why PID'");
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, report, NULL);
	error = nl_socket_add_membership(sock, group);
	if (error)
		fail("can't listen to the driver: %s; run this as root", nl_geterror(error));
	nl_socket_set_nonblocking(sock);
	return sock;
}

int command_watch(int argc, char **argv)
{
	struct nl_sock *sock = join_group();
	struct pollfd ready = { .fd = nl_socket_get_fd(sock), .events = POLLIN };
	int error;

	(void)argc;
	(void)argv;
	end_on_signals();
	if (!options.json) {
		table_head(stdout, columns, ARRAY_SIZE(columns));
		fflush(stdout);
	}
	while (!interrupted && (!options.count || seen < options.count)) {
		if (poll(&ready, 1, -1) <= 0)
			continue;
		error = nl_recvmsgs_default(sock);
		if (error == -NLE_NOMEM)
			fprintf(stderr, "binderctl: some reports were lost\n");
		else if (error && error != -NLE_AGAIN && error != -NLE_INTR)
			fail("reading reports failed: %s", nl_geterror(error));
	}
	nl_socket_free(sock);
	return 0;
}
