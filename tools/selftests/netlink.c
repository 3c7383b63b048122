// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports of failed messages by generic netlink, as 7.2's driver gives them.
 */
#include <linux/android/binder_netlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include "objects.h"

/* A netlink socket and what it last received. */
struct netlink {
	int fd;
	uint16_t family;
	uint32_t group;
	union {
		char bytes[8192];
		struct nlmsghdr header;
	} in;
	size_t size;
};

static struct nlattr *attribute(void *start, void *end, uint16_t type)
{
	struct nlattr *a = start;

	while ((void *)(a + 1) <= end && a->nla_len >= sizeof(*a)) {
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		a = (void *)((char *)a + NLA_ALIGN(a->nla_len));
	}
	return NULL;
}

/* Out of line, so that the compiler does not count the bytes behind the attribute. */
static __attribute__((noinline)) void *value(struct nlattr *a)
{
	return a + 1;
}

static void *end_of(struct nlattr *a)
{
	return (char *)a + a->nla_len;
}

/* Waits for the next message; false after @timeout_ms without one. */
static bool receive(struct netlink *n, int timeout_ms)
{
	struct pollfd p = { .fd = n->fd, .events = POLLIN };

	if (poll(&p, 1, timeout_ms) != 1)
		return false;
	n->size = recv(n->fd, n->in.bytes, sizeof(n->in), 0);
	return n->size >= NLMSG_HDRLEN + GENL_HDRLEN;
}

static struct nlattr *received(struct netlink *n, uint16_t type)
{
	return attribute(n->in.bytes + NLMSG_HDRLEN + GENL_HDRLEN, n->in.bytes + n->size, type);
}

/* Ask the kernel for the family's number, and that of its group. */
static void join(struct __test_metadata *_metadata, struct netlink *n)
{
	struct {
		struct nlmsghdr header;
		struct genlmsghdr genl;
		struct nlattr name;
		char text[8];
	} ask = {
		.header = { .nlmsg_len = sizeof(ask), .nlmsg_type = GENL_ID_CTRL,
			    .nlmsg_flags = NLM_F_REQUEST },
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.name = { .nla_len = NLA_HDRLEN + sizeof(BINDER_FAMILY_NAME),
			  .nla_type = CTRL_ATTR_FAMILY_NAME },
		.text = BINDER_FAMILY_NAME,
	};
	struct nlattr *groups, *group, *name, *id;

	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	ASSERT_LE(0, n->fd);
	ASSERT_EQ(sizeof(ask), send(n->fd, &ask, sizeof(ask), 0));
	ASSERT_TRUE(receive(n, BINDER_PATIENCE_MS));
	ASSERT_EQ(GENL_ID_CTRL, n->in.header.nlmsg_type) {
		TH_LOG("there is no family '%s'", BINDER_FAMILY_NAME);
	}
	n->family = *(uint16_t *)value(received(n, CTRL_ATTR_FAMILY_ID));
	groups = received(n, CTRL_ATTR_MCAST_GROUPS);
	ASSERT_NE(NULL, groups);
	/* There is one. */
	group = value(groups);
	name = attribute(value(group), end_of(group), CTRL_ATTR_MCAST_GRP_NAME);
	EXPECT_STREQ(BINDER_MCGRP_REPORT, (char *)value(name));
	id = attribute(value(group), end_of(group), CTRL_ATTR_MCAST_GRP_ID);
	n->group = *(uint32_t *)value(id);
	ASSERT_EQ(0, setsockopt(n->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &n->group,
				sizeof(n->group)));
}

/* A number in the report, or ~0 if there is none. */
static uint32_t number(struct netlink *n, uint16_t type)
{
	struct nlattr *a = received(n, type);

	return a ? *(uint32_t *)value(a) : ~0U;
}

FIXTURE(report) {
	struct duo d;
	struct netlink n;
};

FIXTURE_SETUP(report)
{
	duo_setup(_metadata, &self->d);
	join(_metadata, &self->n);
}

FIXTURE_TEARDOWN(report)
{
	close(self->n.fd);
	duo_teardown(_metadata, &self->d);
}

/* The next report is of @from's message: @target may be NULL, @to_tid 0. */
static void expect_report(struct __test_metadata *_metadata, struct netlink *n, uint32_t error,
			  struct actor *from, struct actor *target)
{
	struct genlmsghdr *genl = (void *)(n->in.bytes + NLMSG_HDRLEN);

	ASSERT_TRUE(receive(n, BINDER_PATIENCE_MS));
	EXPECT_EQ(n->family, n->in.header.nlmsg_type);
	EXPECT_EQ(BINDER_CMD_REPORT, genl->cmd);
	EXPECT_EQ(BINDER_FAMILY_VERSION, genl->version);
	EXPECT_BR(error, number(n, BINDER_A_REPORT_ERROR));
	EXPECT_STREQ("binder", (char *)value(received(n, BINDER_A_REPORT_CONTEXT)));
	EXPECT_EQ(from->pid, number(n, BINDER_A_REPORT_FROM_PID));
	EXPECT_EQ(from->tid, number(n, BINDER_A_REPORT_FROM_TID));
	EXPECT_EQ(target ? target->pid : ~0U, number(n, BINDER_A_REPORT_TO_PID));
}

TEST_F(report, of_a_call_to_nobody)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call(d->client, 77, 5, TF_ACCEPT_FDS, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
	expect_report(_metadata, &self->n, BR_FAILED_REPLY, d->client, NULL);
	EXPECT_EQ(~0U, number(&self->n, BINDER_A_REPORT_TO_TID));
	EXPECT_EQ(NULL, received(&self->n, BINDER_A_REPORT_IS_REPLY));
	EXPECT_EQ(5, number(&self->n, BINDER_A_REPORT_CODE));
	EXPECT_EQ(TF_ACCEPT_FDS, number(&self->n, BINDER_A_REPORT_FLAGS));
	EXPECT_EQ(0, number(&self->n, BINDER_A_REPORT_DATA_SIZE));
	EXPECT_FALSE(receive(&self->n, 0));
}

TEST_F(report, of_a_call_too_large)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call_pattern(d->client, d->open, 0, 7, DUO_AREA + 8));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
	expect_report(_metadata, &self->n, BR_FAILED_REPLY, d->client, d->server);
	EXPECT_EQ(7, number(&self->n, BINDER_A_REPORT_CODE));
	EXPECT_EQ(DUO_AREA + 8, number(&self->n, BINDER_A_REPORT_DATA_SIZE));
}

TEST_F(report, of_a_one_way_call)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call_pattern(d->client, d->open, TF_ONE_WAY, 7, DUO_AREA));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
	expect_report(_metadata, &self->n, BR_FAILED_REPLY, d->client, d->server);
	EXPECT_EQ(TF_ONE_WAY, number(&self->n, BINDER_A_REPORT_FLAGS));
}

/* The server's death may still be settled: then a call is not only failed but reported. */
TEST_F(report, of_a_call_to_the_dead)
{
	struct duo *d = &self->d;

	actor_kill(d->server);
	d->one_is_dead = true;
	do {
		ASSERT_EQ(0, actor_call(d->client, d->open, 5, 0, NULL));
		ASSERT_EQ(0, actor_read(d->client));
	} while (binder_find(&d->client->in, BR_TRANSACTION_COMPLETE, 0));
	ASSERT_SHAPE("BR_NOOP BR_DEAD_REPLY", d->client);
	/* 7.2's driver does not say whom. */
	expect_report(_metadata, &self->n, BR_DEAD_REPLY, d->client, d->server);
	EXPECT_EQ(5, number(&self->n, BINDER_A_REPORT_CODE));
}

TEST_F(report, of_a_reply)
{
	struct duo *d = &self->d;
	struct binder_payload reply = {};

	payload_pattern(&reply, 1, DUO_AREA + 8);
	ASSERT_EQ(0, actor_call(d->client, d->open, 5, 0, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &reply));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
	expect_report(_metadata, &self->n, BR_FAILED_REPLY, d->server, d->client);
	EXPECT_EQ(d->client->tid, number(&self->n, BINDER_A_REPORT_TO_TID));
	EXPECT_NE(NULL, received(&self->n, BINDER_A_REPORT_IS_REPLY));
	EXPECT_EQ(DUO_AREA + 8, number(&self->n, BINDER_A_REPORT_DATA_SIZE));
}

/* A nested call is for a certain thread. */
TEST_F(report, of_a_nested_call)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};
	uint32_t handle;

	payload_binder(&p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	ASSERT_EQ(0, actor_call(d->client, d->open, 5, 0, &p));
	duo_arrives(_metadata, d);
	handle = actor_object(d->server, 0)->handle;
	ASSERT_EQ(0, actor_call_pattern(d->server, handle, 0, 6, DUO_AREA + 8));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->server);
	expect_report(_metadata, &self->n, BR_FAILED_REPLY, d->server, d->client);
	EXPECT_EQ(d->client->tid, number(&self->n, BINDER_A_REPORT_TO_TID));
	d->one_is_dead = true;
}

TEST_F(report, none_of_what_goes_well)
{
	struct duo *d = &self->d;

	ASSERT_EQ(0, actor_call(d->client, d->open, 5, 0, NULL));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
	EXPECT_FALSE(receive(&self->n, 100));
}

TEST_HARNESS_MAIN
