// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation and every copy fails once.
 *
 * Each scenario is run with its first, second, third ... kmalloc, page allocation or
 * copy from or to user memory failing, until there is none left to fail. Each time
 * the error is a clean one, the next call works, and in the end nothing is left.
 *
 * Only what the module itself asks for is counted (lib/faults.h).
 *
 * A single thread plays all parts, one device file for each.
 */
#include <linux/android/binderfs.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "cve.h"
#include "failevents.h"
#include "faults.h"

#define AREA	(64 * 4096)
#define BLOCK	4096
/* More than any scenario has. */
#define MOST	1000

struct world {
	struct binder_dev server, client, third;
	struct binder_returns in;
	struct binder_payload p, answer;
	uint8_t *block;
	struct tube tube;
	int nth;		/* the file fail-nth */
	int first_fd;		/* files from here on are the scenario's */
	int n;			/* what it counts down from */
	bool expect_thaw, failed;
};

/* The client's handle of the server's object. */
#define OBJECT	1

/* Where is the module's code, and how large may it be? */
static int module_text(unsigned long *start, unsigned long *end)
{
	FILE *f = fopen("/sys/module/binder_linux/sections/.text", "re");
	unsigned long size = 0;
	char line[512];
	int ret = -ENOENT;

	if (f && fscanf(f, "%lx", start) == 1)
		ret = 0;
	if (f)
		fclose(f);
	f = fopen("/proc/modules", "re");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "binder_linux %lu", &size);
	if (f)
		fclose(f);
	*end = *start + size;
	return ret ?: (*start && size ? 0 : -ENOENT);
}

static void arm(struct world *w, int n)
{
	fault_arm(w->nth, n);
}

static bool disarm(struct world *w)
{
	return fault_disarm(w->nth);
}

/* Steps of scenarios: 0, or a return or -errno that says how they failed. */

static int64_t write_cmds(struct binder_dev *dev, struct binder_cmds *c)
{
	return binder_write(dev, c);
}

static int64_t post(struct binder_dev *dev, uint32_t handle, uint32_t flags,
		    const struct binder_payload *p, binder_size_t extra)
{
	CVE_DECLARE_CMDS(c, 128);

	if (extra)
		cmd_call_sg(&c, handle, 1, flags, p, extra);
	else
		cmd_call(&c, handle, 1, flags, p);
	return write_cmds(dev, &c);
}

static int64_t command(struct binder_dev *dev, uint32_t cmd, uint32_t handle)
{
	CVE_DECLARE_CMDS(c, 16);

	cmd_u32(&c, cmd, handle);
	return write_cmds(dev, &c);
}

static int64_t cookie_done(struct binder_dev *dev, uint32_t cmd, binder_uintptr_t cookie)
{
	CVE_DECLARE_CMDS(c, 16);

	cmd_ptr(&c, cmd, cookie);
	return write_cmds(dev, &c);
}

static int64_t watch(struct binder_dev *dev, uint32_t cmd, binder_uintptr_t cookie)
{
	return race_commands(dev, cmd, OBJECT, cookie);
}

static int64_t answer_refs(struct world *w, struct binder_dev *dev)
{
	CVE_DECLARE_CMDS(c, 4096);

	binder_answer_refs(&c, &w->in);
	return c.size ? write_cmds(dev, &c) : 0;
}

/* Reads until it has @cmd. What was read last is in w->in. */
static int64_t get(struct world *w, struct binder_dev *dev, uint32_t cmd)
{
	static const uint32_t failures[] = { BR_FAILED_REPLY, BR_DEAD_REPLY, BR_FROZEN_REPLY };
	int64_t ret;
	size_t i;

	for (;;) {
		ret = binder_write_read(dev, NULL, &w->in) ?: answer_refs(w, dev);
		if (ret)
			return ret;
		for (i = 0; i < ARRAY_SIZE(failures); i++)
			if (cmd != failures[i] && binder_find(&w->in, failures[i], 0))
				return failures[i];
		if (binder_find(&w->in, cmd, 0))
			return 0;
	}
}

static struct binder_transaction_data *message(struct world *w)
{
	struct binder_return *br = binder_find(&w->in, BR_TRANSACTION, 0);

	br = br ?: binder_find(&w->in, BR_TRANSACTION_SEC_CTX, 0);
	br = br ?: binder_find(&w->in, BR_REPLY, 0);
	return br ? &br->tr : NULL;
}

/* Looks at each byte, so that pages fault in. */
static int64_t same_bytes(struct world *w, const struct binder_payload *p)
{
	struct binder_transaction_data *tr = message(w);
	size_t from = p->count ? 0 : p->size;

	if (tr->data_size != p->size)
		return -EILSEQ;
	/* Objects are changed on their way. */
	if (p->count)
		from = p->offsets[0];
	return memcmp((void *)(uintptr_t)tr->data.ptr.buffer, p->data, from) ? -EILSEQ : 0;
}

static int64_t free_message(struct world *w, struct binder_dev *dev)
{
	return binder_free_buffer(dev, message(w)->data.ptr.buffer);
}

/* The server takes a call, and answers it with @answer. */
static int64_t serve(struct world *w, const struct binder_payload *p,
		     const struct binder_payload *answer)
{
	CVE_DECLARE_CMDS(c, 256);
	int64_t ret = get(w, &w->server, BR_TRANSACTION) ?: (p ? same_bytes(w, p) : 0);

	if (ret)
		return ret;
	cmd_ptr(&c, BC_FREE_BUFFER, message(w)->data.ptr.buffer);
	cmd_reply(&c, 0, answer);
	return write_cmds(&w->server, &c) ?: get(w, &w->server, BR_TRANSACTION_COMPLETE);
}

static int64_t get_reply(struct world *w, struct binder_dev *dev)
{
	return get(w, dev, BR_REPLY) ?: free_message(w, dev);
}

/* A call with @p that is answered. */
static int64_t whole_call(struct world *w, const struct binder_payload *p, binder_size_t extra)
{
	return post(&w->client, OBJECT, 0, p, extra) ?: serve(w, p, NULL) ?:
		get_reply(w, &w->client);
}

/* Scenarios. */

static int64_t call(struct world *w)
{
	payload_pattern(&w->p, 1, 9000);
	payload_pattern(&w->answer, 2, 5000);
	return post(&w->client, OBJECT, 0, &w->p, 0) ?: serve(w, &w->p, &w->answer) ?:
		get(w, &w->client, BR_REPLY) ?: same_bytes(w, &w->answer) ?:
		free_message(w, &w->client);
}

static int64_t one_way(struct world *w)
{
	payload_pattern(&w->p, 3, 100);
	return post(&w->client, OBJECT, TF_ONE_WAY, &w->p, 0) ?:
		post(&w->client, OBJECT, TF_ONE_WAY, &w->p, 0) ?:
		get(w, &w->client, BR_TRANSACTION_COMPLETE) ?:
		get(w, &w->server, BR_TRANSACTION) ?: same_bytes(w, &w->p) ?:
		free_message(w, &w->server) ?: get(w, &w->server, BR_TRANSACTION) ?:
		free_message(w, &w->server);
}

static int64_t nested(struct world *w)
{
	payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	return post(&w->client, OBJECT, 0, &w->p, 0) ?: get(w, &w->server, BR_TRANSACTION) ?:
		post(&w->server, OBJECT, 0, NULL, 0) ?: get(w, &w->client, BR_TRANSACTION) ?:
		free_message(w, &w->client);
}

static int64_t objects(struct world *w)
{
	payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	payload_binder(&w->p, BINDER_TYPE_WEAK_BINDER, 0x4000, 0x44);
	payload_handle(&w->p, BINDER_TYPE_HANDLE, OBJECT);
	return whole_call(w, &w->p, 0);
}

/* The server passes on what it was given. */
static int64_t handle_passed_on(struct world *w)
{
	payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	payload_handle(&w->answer, BINDER_TYPE_HANDLE, 1);
	return post(&w->client, OBJECT, TF_ONE_WAY, &w->p, 0) ?:
		get(w, &w->server, BR_TRANSACTION) ?: command(&w->server, BC_ACQUIRE, 1) ?:
		free_message(w, &w->server) ?: post(&w->third, 0, 0, NULL, 0) ?:
		serve(w, NULL, &w->answer) ?: get(w, &w->third, BR_REPLY) ?:
		command(&w->third, BC_ACQUIRE, 1) ?: free_message(w, &w->third);
}

/* CVE-2025-40028: the table of handles grows, and can't. It does at 64. */
static int64_t handles_grow(struct world *w)
{
	int64_t ret;
	int i;

	disarm(w);
	for (i = 0; i < 62; i++)
		payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000 + 16 * i, i);
	ret = post(&w->client, OBJECT, TF_ONE_WAY, &w->p, 0) ?:
		get(w, &w->server, BR_TRANSACTION);
	payload_reset(&w->p);
	for (i = 0; i < 4; i++)
		payload_binder(&w->p, BINDER_TYPE_BINDER, 0x8000 + 16 * i, i);
	arm(w, w->n);
	return ret ?: post(&w->client, 0, TF_ONE_WAY, &w->p, 0) ?:
		get(w, &w->server, BR_TRANSACTION) ?: command(&w->server, BC_ACQUIRE, 66) ?:
		free_message(w, &w->server);
}

static int64_t file(struct world *w)
{
	payload_fd(&w->p, w->tube.w);
	payload_fd(&w->answer, w->tube.w);
	return post(&w->client, OBJECT, TF_ACCEPT_FDS, &w->p, 0) ?: serve(w, &w->p, &w->answer) ?:
		get_reply(w, &w->client);
}

static int64_t fd_array(struct world *w)
{
	int i;

	for (i = 0; i < 20; i++)
		memcpy(w->block + 4 * i, &w->tube.w, 4);
	payload_begin(&w->p);
	payload_pointer(&w->p, w->block, 80);
	payload_fd_array(&w->p, 20, 0, 0);
	return whole_call(w, &w->p, 80);
}

static int64_t pointers(struct world *w)
{
	payload_begin(&w->p);
	payload_pointer(&w->p, w->block, 2000);
	payload_child(&w->p, w->block, 333, 0, 8);
	payload_child(&w->p, w->block, 5, 1, 16);
	return whole_call(w, &w->p, payload_extra(&w->p));
}

static int64_t wiped(struct world *w)
{
	payload_pattern(&w->p, 3, 10000);
	return post(&w->client, OBJECT, TF_CLEAR_BUF, &w->p, 0) ?: serve(w, &w->p, NULL) ?:
		get_reply(w, &w->client);
}

static int64_t death(struct world *w)
{
	int64_t ret = watch(&w->client, BC_REQUEST_DEATH_NOTIFICATION, 0xd1);

	if (ret)
		return ret;
	binder_close(&w->server);
	return get(w, &w->client, BR_DEAD_BINDER) ?:
		cookie_done(&w->client, BC_DEAD_BINDER_DONE, 0xd1) ?:
		watch(&w->client, BC_CLEAR_DEATH_NOTIFICATION, 0xd1) ?:
		get(w, &w->client, BR_CLEAR_DEATH_NOTIFICATION_DONE);
}

static int64_t freeze(struct world *w, bool enable)
{
	struct binder_freeze_info info = { .pid = getpid(), .enable = enable };

	return binder_ioctl(&w->third, BINDER_FREEZE, &info);
}

static int64_t frozen(struct world *w)
{
	w->expect_thaw = true;
	return watch(&w->client, BC_REQUEST_FREEZE_NOTIFICATION, 0xf1) ?:
		get(w, &w->client, BR_FROZEN_BINDER) ?:
		cookie_done(&w->client, BC_FREEZE_NOTIFICATION_DONE, 0xf1) ?: freeze(w, true) ?:
		get(w, &w->client, BR_FROZEN_BINDER) ?:
		post(&w->client, OBJECT, TF_ONE_WAY, NULL, 0) ?:
		get(w, &w->client, BR_TRANSACTION_PENDING_FROZEN) ?:
		cookie_done(&w->client, BC_FREEZE_NOTIFICATION_DONE, 0xf1) ?: freeze(w, false) ?:
		get(w, &w->server, BR_TRANSACTION) ?: free_message(w, &w->server) ?:
		get(w, &w->client, BR_FROZEN_BINDER) ?:
		cookie_done(&w->client, BC_FREEZE_NOTIFICATION_DONE, 0xf1) ?:
		watch(&w->client, BC_CLEAR_FREEZE_NOTIFICATION, 0xf1) ?:
		get(w, &w->client, BR_CLEAR_FREEZE_NOTIFICATION_DONE);
}

static int64_t replaced(struct world *w)
{
	payload_pattern(&w->p, 3, 100);
	w->expect_thaw = true;
	return freeze(w, true) ?:
		post(&w->client, OBJECT, TF_ONE_WAY | TF_UPDATE_TXN, &w->p, 0) ?:
		post(&w->client, OBJECT, TF_ONE_WAY | TF_UPDATE_TXN, &w->p, 0) ?:
		post(&w->client, OBJECT, TF_ONE_WAY | TF_UPDATE_TXN, &w->p, 0) ?: freeze(w, false);
}

static int64_t thread(struct world *w)
{
	struct binder_version version;

	return binder_ioctl(&w->client, BINDER_THREAD_EXIT, NULL) ?:
		binder_ioctl(&w->client, BINDER_VERSION, &version);
}

/* The server is asked for a thread; if that can't be said, it is with the next read. */
static int64_t asked_for_thread(struct world *w)
{
	uint32_t number = 2;
	int64_t ret = binder_ioctl(&w->server, BINDER_SET_MAX_THREADS, &number) ?:
		post(&w->client, OBJECT, TF_ONE_WAY, NULL, 0) ?:
		get(w, &w->server, BR_TRANSACTION);
	bool asked = binder_find(&w->in, BR_SPAWN_LOOPER, 0);

	ret = ret ?: free_message(w, &w->server) ?: post(&w->client, OBJECT, TF_ONE_WAY, NULL, 0) ?:
		get(w, &w->server, BR_TRANSACTION) ?: free_message(w, &w->server);
	if (!ret && asked == !!binder_find(&w->in, BR_SPAWN_LOOPER, 0))
		return -EILSEQ;
	return ret;
}

/* A descriptor that is asked for the first time gets a wait queue. */
static int64_t polled(struct world *w)
{
	int64_t ret = binder_poll(&w->client, 0);

	return ret == -ETIMEDOUT ? 0 : ret;
}

static int64_t opened(struct world *w)
{
	struct binder_dev dev;
	int64_t ret = binder_open_path(&dev, binder_device(), O_NONBLOCK, AREA);

	if (ret)
		return ret;
	ret = post(&dev, 0, TF_ONE_WAY, NULL, 0) ?: get(w, &dev, BR_TRANSACTION_COMPLETE) ?:
		get(w, &w->server, BR_TRANSACTION) ?: free_message(w, &w->server);
	binder_close(&dev);
	return ret;
}

/* Ends that have no way to fail. */
static int64_t closed(struct world *w)
{
	int64_t ret;

	payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	payload_fd(&w->p, w->tube.w);
	ret = post(&w->client, OBJECT, TF_ONE_WAY, &w->p, 0) ?: post(&w->client, 0, 0, &w->p, 0) ?:
		get(w, &w->server, BR_TRANSACTION);
	binder_close(&w->client);
	binder_unmap(&w->server);
	return ret;
}

static int64_t settings(struct world *w)
{
	struct binder_node_debug_info nodes = {};
	struct binder_extended_error error = {};
	struct binder_node_info_for_ref ref = {};
	struct binder_frozen_status_info status = {};
	uint32_t number = 3;

	status.pid = getpid();
	/* The server has given its own object to itself in no case: it has no handle. */
	return binder_ioctl(&w->client, BINDER_SET_MAX_THREADS, &number) ?:
		binder_ioctl(&w->client, BINDER_ENABLE_ONEWAY_SPAM_DETECTION, &number) ?:
		binder_ioctl(&w->server, BINDER_GET_NODE_DEBUG_INFO, &nodes) ?:
		binder_ioctl(&w->client, BINDER_GET_EXTENDED_ERROR, &error) ?:
		binder_ioctl(&w->client, BINDER_GET_FROZEN_INFO, &status) ?:
		(binder_ioctl(&w->server, BINDER_GET_NODE_INFO_FOR_REF, &ref) == -EFAULT ?
		 -EFAULT : 0);
}

/* Everything that failed is told, whether it can be or not. */
static int64_t refused(struct world *w)
{
	int64_t ret;

	payload_handle(&w->p, BINDER_TYPE_HANDLE, OBJECT);
	payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	payload_handle(&w->p, BINDER_TYPE_HANDLE, 77);
	ret = post(&w->client, OBJECT, 0, &w->p, 0) ?: get(w, &w->client, BR_FAILED_REPLY);
	return ret ?: post(&w->client, 77, TF_ONE_WAY, NULL, 0) ?:
		get(w, &w->client, BR_FAILED_REPLY);
}

/* The same, and somebody listens by netlink: what can't be reported is not. */
static int64_t reported(struct world *w)
{
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int group, joined = 0;
	int64_t ret;

	bind(sock, (void *)&any, sizeof(any));
	/* Whichever the driver's is; netlink.c looks it up. */
	for (group = 1; group < 1024; group++)
		joined += !setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				      sizeof(group));
	ret = joined ? refused(w) : -ENOENT;
	close(sock);
	return ret;
}

static int64_t asks_for_context(struct world *w)
{
	payload_pattern(&w->p, 3, 100);
	return post(&w->client, 2, TF_ONE_WAY, &w->p, 0) ?:
		get(w, &w->server, BR_TRANSACTION_SEC_CTX) ?: same_bytes(w, &w->p) ?:
		free_message(w, &w->server);
}

#define MOUNT	"/tmp/failnth"

/* The device has somebody to talk to. */
static int64_t managed(const char *path)
{
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_BINDER };
	struct binder_dev dev;
	int64_t ret = binder_open_path(&dev, path, O_NONBLOCK, AREA);

	if (ret)
		return ret;
	ret = binder_ioctl(&dev, BINDER_SET_CONTEXT_MGR_EXT, &object);
	binder_close(&dev);
	return ret;
}

static int64_t mounted(struct world *w)
{
	struct binderfs_device device = { .name = "one" };
	int64_t ret = mount("binder", MOUNT, "binder", 0, "stats=global") ? -errno : 0;
	int control;

	if (ret)
		return ret;
	control = open(MOUNT "/binder-control", O_RDONLY | O_CLOEXEC);
	ret = control < 0 || ioctl(control, BINDER_CTL_ADD, &device) ? -errno : 0;
	if (!ret)
		ret = managed(MOUNT "/one");
	if (!ret && unlink(MOUNT "/one"))
		ret = -errno;
	if (control >= 0)
		close(control);
	/* It is gone from here with its last user at the latest. */
	umount2(MOUNT, MNT_DETACH);
	return ret;
}

/* What is there for each run, all of it beyond failure. */

static int64_t give_objects(struct world *w)
{
	struct flat_binder_object o = { .hdr.type = BINDER_TYPE_BINDER, .binder = 0x1000 };
	int64_t ret;

	payload_reset(&w->answer);
	o.flags = FLAT_BINDER_FLAG_ACCEPTS_FDS | 0x7f;
	payload_object(&w->answer, &o, sizeof(o));
	o.binder = 0x2000;
	o.flags |= FLAT_BINDER_FLAG_TXN_SECURITY_CTX;
	payload_object(&w->answer, &o, sizeof(o));
	ret = post(&w->client, 0, 0, NULL, 0) ?: serve(w, NULL, &w->answer) ?:
		get(w, &w->client, BR_REPLY) ?: command(&w->client, BC_ACQUIRE, OBJECT) ?:
		command(&w->client, BC_ACQUIRE, 2) ?: free_message(w, &w->client);
	payload_reset(&w->answer);
	return ret;
}

/* Nothing of it is open yet. */
static struct world *world_make(struct __test_metadata *_metadata)
{
	struct world *w = actor_alloc(sizeof(*w));
	struct binder_payload block = {};
	unsigned long start, end;

	ASSERT_EQ(0, module_text(&start, &end));
	faults_set_up(_metadata, start, end);
	payload_pattern(&block, 8, BLOCK);
	w->block = block.data;
	w->nth = fault_open();
	ASSERT_LE(0, w->nth);
	return w;
}

static void world_open(struct __test_metadata *_metadata, struct world *w)
{
	struct binder_cmds *c = actor_alloc(sizeof(*c));

	payload_reset(&w->p);
	tube_open(&w->tube);
	w->first_fd = dup(w->tube.r);
	close(w->first_fd);
	ASSERT_EQ(0, binder_open_path(&w->server, binder_device(), O_NONBLOCK, AREA));
	ASSERT_EQ(0, binder_open_path(&w->client, binder_device(), O_NONBLOCK, AREA));
	ASSERT_EQ(0, binder_open_path(&w->third, binder_device(), O_NONBLOCK, AREA));
	ASSERT_EQ(0, binder_become_manager(&w->server));
	cmd_none(c, BC_ENTER_LOOPER);
	ASSERT_EQ(0, binder_write(&w->server, c));
	ASSERT_EQ(0, give_objects(w));
	w->expect_thaw = false;
}

/*
 * Reads all there is, and answers it. First comes an answer for a call that was taken
 * before and whose answer may have been what failed; if there is none, it is refused.
 */
static void settle_one(struct world *w, struct binder_dev *dev)
{
	struct binder_transaction_data *tr;

	CVE_DECLARE_CMDS(late, 128);

	cmd_reply(&late, 0, NULL);
	if (dev->fd >= 0 && w->failed)
		binder_write(dev, &late);
	while (dev->fd >= 0 && !binder_write_read(dev, NULL, &w->in)) {
		CVE_DECLARE_CMDS(c, 4096);

		binder_answer_refs(&c, &w->in);
		tr = message(w);
		if (tr)
			cmd_ptr(&c, BC_FREE_BUFFER, tr->data.ptr.buffer);
		if (tr && !(tr->flags & TF_ONE_WAY) && !binder_find(&w->in, BR_REPLY, 0))
			cmd_reply(&c, 0, NULL);
		if (c.size && binder_write(dev, &c))
			return;
	}
}

static void settle(struct world *w)
{
	int round;

	if (w->expect_thaw)
		freeze(w, false);
	/* What one of them answers is news for another. */
	for (round = 0; round < 3; round++) {
		settle_one(w, &w->client);
		settle_one(w, &w->server);
		settle_one(w, &w->third);
	}
}

static void world_close(struct __test_metadata *_metadata, struct world *w)
{
	binder_close(&w->client);
	binder_close(&w->third);
	binder_close(&w->server);
	/* Files that were received, and not closed by the buffers that brought them. */
	close_range(w->first_fd, ~0U, 0);
	close(w->tube.w);
	EXPECT_TRUE(tube_ended(&w->tube, BINDER_PATIENCE_MS)) {
		TH_LOG("a file is held after failure %d", w->n);
	}
	close(w->tube.r);
}

static bool is_clean(int64_t ret)
{
	/* EIO is what binder_poll() makes of POLLERR. */
	return !ret || ret == -ENOMEM || ret == -EFAULT || ret == -EAGAIN || ret == -EIO ||
	       ret == BR_FAILED_REPLY;
}

typedef int64_t (*scenario)(struct world *w);

/* One run: false if nothing was left that could fail. */
static bool run_once(struct __test_metadata *_metadata, struct world *w, scenario run, int n)
{
	int64_t ret;
	bool left;

	world_open(_metadata, w);
	w->n = n;
	arm(w, n);
	ret = run(w);
	left = disarm(w);
	w->failed = ret;
	if (left)
		EXPECT_BR(0, ret);
	EXPECT_TRUE(is_clean(ret)) {
		TH_LOG("failure %d: %s", n, br_name(ret));
	}
	settle(w);
	payload_reset(&w->p);
	payload_reset(&w->answer);
	/* The next call works, where both are there still. */
	if (w->client.fd >= 0 && w->client.map && w->server.fd >= 0 && w->server.map) {
		payload_pattern(&w->p, 7, 3000);
		ret = whole_call(w, &w->p, 0);
		EXPECT_BR(0, ret) {
			TH_LOG("the call after failure %d", n);
		}
	}
	world_close(_metadata, w);
	return !left;
}

FIXTURE(failnth) {
	struct world *w;
};

FIXTURE_VARIANT(failnth) {
	scenario run;
	int least;		/* failures that it has at least, so that it is seen to work */
};

FIXTURE_VARIANT_ADD(failnth, call) { .run = call, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, one_way) { .run = one_way, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, nested) { .run = nested, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, objects) { .run = objects, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, handle_passed_on) { .run = handle_passed_on, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, handles_grow) { .run = handles_grow, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, file) { .run = file, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, fd_array) { .run = fd_array, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, pointers) { .run = pointers, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, wiped) { .run = wiped, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, death) { .run = death, .least = 5 };
FIXTURE_VARIANT_ADD(failnth, frozen) { .run = frozen, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, replaced) { .run = replaced, .least = 10 };
FIXTURE_VARIANT_ADD(failnth, thread) { .run = thread, .least = 1 };
FIXTURE_VARIANT_ADD(failnth, asked_for_thread) { .run = asked_for_thread, .least = 5 };
FIXTURE_VARIANT_ADD(failnth, polled) { .run = polled, .least = 1 };
FIXTURE_VARIANT_ADD(failnth, opened) { .run = opened, .least = 5 };
FIXTURE_VARIANT_ADD(failnth, closed) { .run = closed, .least = 5 };
FIXTURE_VARIANT_ADD(failnth, settings) { .run = settings, .least = 5 };
FIXTURE_VARIANT_ADD(failnth, refused) { .run = refused, .least = 5 };
/* Two reports more than "refused", which has 20. */
FIXTURE_VARIANT_ADD(failnth, reported) { .run = reported, .least = 22 };
FIXTURE_VARIANT_ADD(failnth, asks_for_context) { .run = asks_for_context, .least = 5 };
FIXTURE_VARIANT_ADD(failnth, mounted) { .run = mounted, .least = 5 };

FIXTURE_SETUP(failnth)
{
	self->w = world_make(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(MOUNT, 0700);
}

FIXTURE_TEARDOWN(failnth) {}

TEST_F(failnth, fails_once)
{
	int n = 1;

	while (n < MOST && run_once(_metadata, self->w, variant->run, n) &&
	       __test_passed(_metadata))
		n++;
	TH_LOG("%d failures", n - 1);
	EXPECT_LT(n, MOST);
	EXPECT_LT(variant->least, n);
}

/* What is said of failures. */

FIXTURE(why) {
	struct world *w;
	int found[3];
};

FIXTURE_SETUP(why)
{
	self->w = world_make(_metadata);
	ASSERT_TRUE(failevents_set(true));
}

FIXTURE_TEARDOWN(why) { EXPECT_TRUE(failevents_set(false)); }

static const struct {
	int error;
	const char *why;
} reasons[] = {
	{ -ENOMEM, "why: out of memory" },
	{ -EFAULT, "why: data can't be read" },
	{ -EFAULT, "why: bad offsets" },
};

/* The last line of the failures has the reason of what the client was told. */
static void expect_reason(struct __test_metadata *_metadata, struct world *w, int found[])
{
	struct binder_extended_error error = {};
	const char *last;
	struct text log;
	size_t i;

	ASSERT_EQ(0, binder_ioctl(&w->client, BINDER_GET_EXTENDED_ERROR, &error));
	EXPECT_BR(BR_FAILED_REPLY, error.command);
	ASSERT_EQ(0, log_read(&log, "failed_transaction_log"));
	last = last_line_of(log.bytes);
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (error.param == reasons[i].error && strstr(last, reasons[i].why)) {
			found[i]++;
			break;
		}
	EXPECT_LT(i, ARRAY_SIZE(reasons)) {
		TH_LOG("failure %d, error %d, but %s", w->n, error.param, last);
	}
	expect_failevent(_metadata, last);
	text_free(&log);
}

/* False when nothing was left that could fail. */
static bool refuse_once(struct __test_metadata *_metadata, struct world *w, int found[])
{
	int64_t ret;
	bool left;

	world_open(_metadata, w);
	payload_pattern(&w->p, 3, 9000);
	payload_binder(&w->p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	arm(w, w->n);
	ret = post(&w->client, OBJECT, TF_ONE_WAY, &w->p, 0);
	left = disarm(w);
	/* What failed may have been the write, or nothing that matters. */
	if (!ret && get(w, &w->client, BR_TRANSACTION_COMPLETE) == BR_FAILED_REPLY)
		expect_reason(_metadata, w, found);
	settle(w);
	payload_reset(&w->p);
	world_close(_metadata, w);
	return !left;
}

static bool found_all(const int found[])
{
	return found[0] > 3 && found[1] && found[2];
}

/*
 * The kernel's own checkers may allocate something, once: then what would have failed in
 * its place is passed over.  Not three times, though.
 */
TEST_F(why, is_in_the_log)
{
	struct world *w = self->w;
	int walks;

	for (walks = 0; walks < 3 && !found_all(self->found); walks++) {
		w->n = 1;
		while (w->n < MOST && refuse_once(_metadata, w, self->found) &&
		       __test_passed(_metadata))
			w->n++;
		ASSERT_LT(w->n, MOST);
	}
	EXPECT_TRUE(found_all(self->found)) {
		TH_LOG("%d %d %d", self->found[0], self->found[1], self->found[2]);
	}
}

TEST_HARNESS_MAIN
