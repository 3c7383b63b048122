// SPDX-License-Identifier: GPL-2.0-only
/*
 * Published CVEs of binder drivers that take a binderfs or a listener by netlink:
 * Debian's driver of 6.1 has neither.
 */
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "cve.h"
#include "mounts.h"

#define PLACE	"/tmp/cve"
/* Where the racers mount. */
#define OTHER	"/tmp/cve-other"

FIXTURE(cve) {
	struct race *r;
	struct actor *racers[8];
	size_t count;
};

FIXTURE_SETUP(cve)
{
	self->r = race_new();
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir("/tmp", 0777);
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(PLACE, 0755));
	ASSERT_EQ(0, mkdir(OTHER, 0755));
	ASSERT_EQ(0, mount("binder", PLACE, "binder", 0, "stats=global"));
}

FIXTURE_TEARDOWN(cve)
{
	actor_end_all();
	umount2(PLACE, MNT_DETACH);
}

/* Walks what there is of all devices. */
static bool logs_can_be_read(const char *place)
{
	static char text[1 << 16];
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/binder_logs/stats", place);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, text, sizeof(text));
	close(fd);
	return n > 0;
}

/* A manager of its own, and a call to it: @a calls itself through a second file. */
static int device_works(const char *path)
{
	struct binder_dev server, client;
	struct binder_returns in = {};
	uint32_t zero = 0;

	CVE_DECLARE_CMDS(c, 256);

	int ret = binder_open_path(&server, path, O_NONBLOCK, DUO_AREA) ?:
		binder_open_path(&client, path, O_NONBLOCK, DUO_AREA) ?:
		binder_ioctl(&server, BINDER_SET_CONTEXT_MGR, &zero);

	if (ret)
		return ret;
	cmd_call(&c, 0, 1, 0, NULL);
	ret = binder_write(&client, &c);
	cmd_reset(&c);
	cmd_none(&c, BC_ENTER_LOOPER);
	ret = ret ?: binder_write_read(&server, &c, &in);
	if (!ret && !binder_find(&in, BR_TRANSACTION, 0))
		ret = -ENOMSG;
	binder_close(&server);
	ret = ret ?: binder_write_read(&client, NULL, &in);
	if (!ret && !binder_find(&in, BR_DEAD_REPLY, 0))
		ret = -EPROTO;
	binder_close(&client);
	return ret;
}

/*
 * CVE-2025-38175, CVE-2025-38176: a device was freed with its file system, while it
 * was on the list of all devices.
 */
TEST_F(cve, 2025_38175_2025_38176_devices_go_in_any_order)
{
	struct binder_dev left[3];
	char name[32], path[128];
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "device%d", i);
		snprintf(path, sizeof(path), PLACE "/%s", name);
		ASSERT_EQ(0, binderfs_add(PLACE, name));
		ASSERT_EQ(0, device_works(path));
		ASSERT_EQ(0, binder_open_path(&left[i], path, 0, DUO_AREA));
	}
	/* One unlinked while it is open, one closed first, one that goes with its mount. */
	ASSERT_EQ(0, unlink(PLACE "/device0"));
	binder_close(&left[1]);
	ASSERT_EQ(0, unlink(PLACE "/device1"));
	EXPECT_TRUE(logs_can_be_read(PLACE));
	ASSERT_EQ(0, umount2(PLACE, MNT_DETACH));
	ASSERT_EQ(0, mount("binder", PLACE, "binder", 0, "stats=global"));
	EXPECT_TRUE(logs_can_be_read(PLACE));
	ASSERT_EQ(0, binderfs_add(PLACE, "device0"));
	EXPECT_EQ(0, device_works(PLACE "/device0"));
	/* The old ones are of another context, and work. */
	for (i = 0; i < 3; i += 2) {
		EXPECT_EQ(0, binder_become_manager(&left[i]));
		binder_close(&left[i]);
	}
	EXPECT_TRUE(logs_can_be_read(PLACE));
	EXPECT_EQ(0, device_works(PLACE "/device0"));
}

/* Each racer has a name of its own, so nothing of this may fail. */
static long add_and_unlink(struct actor *a, void *arg)
{
	struct race *r = arg;
	struct binder_dev dev;
	char name[32], path[128];
	int ret = 0;

	snprintf(name, sizeof(name), "of%d", a->tid);
	snprintf(path, sizeof(path), PLACE "/%s", name);
	while (!race_over(r) && !ret) {
		ret = binderfs_add(PLACE, name) ?: device_works(path) ?:
			binder_open_path(&dev, path, 0, DUO_AREA);
		if (!ret && unlink(path))
			ret = -errno;
		if (!ret && !logs_can_be_read(PLACE))
			ret = -EPROTO;
		if (!ret)
			binder_close(&dev);
		race_count(r);
	}
	return ret;
}

/* Mounts, and unmounts with devices in it that are open. */
static long mount_and_unmount(struct actor *a, void *arg)
{
	struct race *r = arg;
	struct binder_dev dev;
	int ret = 0;

	while (!race_over(r) && !ret) {
		if (mount("binder", OTHER, "binder", 0, "stats=global"))
			return -errno;
		ret = binderfs_add(OTHER, "one") ?: binderfs_add(OTHER, "two") ?:
			device_works(OTHER "/one") ?:
			binder_open_path(&dev, OTHER "/two", 0, DUO_AREA);
		if (umount2(OTHER, MNT_DETACH) && !ret)
			ret = -errno;
		if (!ret)
			binder_close(&dev);
	}
	return ret;
}

TEST_F(cve, 2025_38175_2025_38176_mounts_and_devices_at_once)
{
	enter_race(NULL, add_and_unlink);
	enter_race(NULL, add_and_unlink);
	enter_race(NULL, mount_and_unmount);
	run_race();
}

/* Unlinks what another racer has made at this moment. */
static long unlink_of_another(struct actor *a, void *arg)
{
	struct race *r = arg;

	while (!race_over(r))
		if (unlink(PLACE "/shared") && errno != ENOENT)
			return -errno;
	return 0;
}

static long add_for_another(struct actor *a, void *arg)
{
	struct race *r = arg;
	int ret = 0;

	while (!race_over(r) && !ret) {
		ret = binderfs_add(PLACE, "shared");
		/* Not unlinked yet. */
		if (ret == -EEXIST)
			ret = 0;
		race_count(r);
	}
	return ret;
}

/* CVE-2026-98776: a device was unlinked, and freed, before it was on the list of all. */
TEST_F(cve, 2026_98776_unlinked_while_it_is_made)
{
	enter_race(NULL, add_for_another);
	enter_race(NULL, unlink_of_another);
	enter_race(NULL, mount_and_unmount);
	run_race();
	EXPECT_TRUE(logs_can_be_read(PLACE));
	binderfs_add(PLACE, "shared");
	EXPECT_EQ(0, device_works(PLACE "/shared"));
}

static long call_who_may_be_frozen(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct race *r = arg;
	struct binder_dev dev;
	int ret = binder_open(&dev, DUO_AREA);
	int64_t br;

	while (!race_over(r) && !ret) {
		br = race_call(&dev, 0, TF_ONE_WAY, NULL, &reply);
		ret = race_ended(br) ? 0 : -EPROTO;
		if (!ret && race_call(&dev, 77, 0, NULL, &reply) != BR_FAILED_REPLY)
			ret = -EPROTO;
	}
	binder_close(&dev);
	return ret;
}

/* Takes one report, or hears that some were dropped; false if there is none. */
static bool drain(int sock)
{
	static char report[8192];

	return recv(sock, report, sizeof(report), 0) > 0 || errno == ENOBUFS;
}

/*
 * CVE-2026-23184: a report by netlink was made of a message that its receiver, thawed
 * meanwhile, had consumed.
 */
TEST_F(cve, 2026_23184_reports_while_thawing)
{
	struct actor *server = actor_spawn(DUO_AREA);
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC);
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	struct pollfd p = { .fd = sock, .events = POLLIN };
	int group, joined = 0;

	/* Without an address it would get nothing. */
	ASSERT_EQ(0, bind(sock, (void *)&any, sizeof(any)));
	/* Whichever the family's is; netlink.c looks it up. */
	for (group = 1; group < 1024; group++)
		joined += !setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				      sizeof(group));
	EXPECT_LT(0, joined);
	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_do(server, become_nonblocking, NULL));
	self->r->target = server->pid;
	enter_race(server, serve_while_thawed);
	enter_race(NULL, call_who_may_be_frozen);
	enter_race(NULL, call_who_may_be_frozen);
	enter_race(NULL, freeze_and_thaw);
	run_race();
	/* What came before the socket was full; and then one more. */
	while (drain(sock))
		;
	ASSERT_EQ(0, actor_call(server, 77, 1, 0, NULL));
	ASSERT_EQ(1, poll(&p, 1, BINDER_PATIENCE_MS));
	EXPECT_TRUE(drain(sock));
	close(sock);
}

TEST_HARNESS_MAIN
