// SPDX-License-Identifier: GPL-2.0-only
/*
 * Published CVEs of binder drivers that are races: two or three loops that collide
 * in the place where it went wrong, for a second each (BINDER_CVE_SECONDS: longer).
 *
 * What went wrong was mostly a use of memory after its end, so this is for kernels
 * with KASAN above all. On any other kernel it is checked what a broken driver might
 * get wrong as well: calls end, and as they may; bytes are the right ones; nothing
 * is left.
 */
#include "cve.h"

static struct counts at_start;

static __attribute__((constructor)) void remember_the_start(void)
{
	counts_read(&at_start);
	/* Nodes are for the last test, as the stock driver loses some. */
	counts_except.name = "node";
}

#define AREA	(16 * 4096)

FIXTURE(cve) {
	struct race *r;
	struct actor *racers[8];
	size_t count;
};

FIXTURE_SETUP(cve)
{
	self->r = race_new();
}

FIXTURE_TEARDOWN(cve)
{
	actor_end_all();
}

/* A service that answers each call with its own bytes. */
static struct actor *echo_server(void)
{
	struct actor *a = actor_spawn_manager();

	actor_start_serve(a, NULL, NULL);
	return a;
}

/* One call to the echo: the same bytes come back. Its buffer is left. */
static int echo(struct binder_dev *dev, unsigned int seed, const struct binder_payload *p,
		binder_uintptr_t *buffer)
{
	struct binder_transaction_data reply;
	int64_t br = race_call(dev, 0, 0, p, &reply);

	if (br != BR_REPLY)
		return br < 0 ? br : -EPROTO;
	*buffer = reply.data.ptr.buffer;
	if (reply.data_size != p->size ||
	    pattern_differs((void *)(uintptr_t)reply.data.ptr.buffer, seed, p->size) >= 0)
		return -EILSEQ;
	return 0;
}

/* Open, map, have an area's pages used and unused, unmap, close. */
static long map_and_unmap(struct actor *a, void *arg)
{
	struct binder_payload p = {};
	binder_uintptr_t buffer;
	struct race *r = arg;
	struct binder_dev dev;
	int ret = 0, i;

	payload_pattern(&p, 5, AREA - 4096);
	while (!race_over(r) && !ret) {
		ret = binder_open(&dev, AREA);
		for (i = 0; i < 3 && !ret; i++) {
			ret = echo(&dev, 5, &p, &buffer) ?: binder_free_buffer(&dev, buffer);
			race_count(r);
		}
		/* The last one's buffer is there when the area goes, or it isn't. */
		if (!ret && r->rounds & 1)
			ret = echo(&dev, 5, &p, &buffer);
		ret = ret ?: binder_unmap(&dev);
		binder_close(&dev);
	}
	return ret;
}

/*
 * CVE-2019-1999, CVE-2023-52438: pages are taken back by reclaim while their area
 * is unmapped.
 */
TEST_F(cve, 2019_1999_2023_52438_reclaim_and_munmap)
{
	echo_server();
	enter_race(NULL, map_and_unmap);
	enter_race(NULL, map_and_unmap);
	enter_race(NULL, shrink_until_over);
	run_race();
}

/* Unmaps what the other thread is about to receive in. */
static long unmap_of_another(struct actor *a, void *arg)
{
	struct race *r = arg;

	while (!race_over(r)) {
		uintptr_t map = __atomic_exchange_n(&r->target, 0, __ATOMIC_SEQ_CST);

		if (map && munmap((void *)map, AREA))
			return -errno;
	}
	return 0;
}

static long receive_unmapped(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct binder_payload p = {};
	struct race *r = arg;
	struct binder_dev dev;
	int64_t br = BR_REPLY;
	uintptr_t map;
	int ret = 0, i;

	payload_pattern(&p, 6, AREA / 2);
	while (!race_over(r) && !ret) {
		ret = binder_open(&dev, AREA);
		if (ret)
			break;
		map = (uintptr_t)dev.map;
		for (i = 0, br = BR_REPLY; i < 8 && br == BR_REPLY; i++) {
			if (i == 2)
				__atomic_store_n(&r->target, map, __ATOMIC_SEQ_CST);
			/* Its bytes can't be looked at: there may be none any more. */
			br = race_call(&dev, 0, 0, &p, &reply);
			if (br == BR_REPLY)
				ret = ret ?: binder_free_buffer(&dev, reply.data.ptr.buffer);
			else if (!race_ended(br))
				ret = -EPROTO;
			race_count(r);
		}
		/* Either of the two unmaps it. */
		if (__atomic_exchange_n(&r->target, 0, __ATOMIC_SEQ_CST))
			munmap((void *)map, AREA);
		dev.map = NULL;
		binder_close(&dev);
	}
	return ret;
}

/* CVE-2022-50240 (2023-20928), CVE-2023-54157: senders use an area that is being unmapped. */
TEST_F(cve, 2022_50240_2023_54157_delivery_and_munmap)
{
	struct actor *receiver = actor_spawn(ACTOR_CLOSED);

	echo_server();
	enter_race(receiver, receive_unmapped);
	enter_race(receiver, unmap_of_another);
	enter_race(NULL, shrink_until_over);
	run_race();
}

/* Frees whatever is, was or will be in that place. */
static long free_in_a_loop(struct actor *a, void *arg)
{
	struct race *r = arg;
	CVE_DECLARE_CMDS(c, 2048);
	int i, ret = 0;

	for (i = 0; i < 100; i++)
		cmd_ptr(&c, BC_FREE_BUFFER, (uintptr_t)a->dev->map);
	while (!race_over(r) && !ret)
		ret = binder_write(a->dev, &c);
	return ret;
}

static long answer_what_is_freed(struct actor *a, void *arg)
{
	struct binder_transaction_data *tr;
	struct binder_returns in = {};
	struct binder_payload p = {};
	bool last = false;
	CVE_DECLARE_CMDS(c, 256);
	int ret = 0;

	payload_pattern(&p, 3, 8);
	cmd_none(&c, BC_ENTER_LOOPER);
	/* Not until the race is over: the caller may look later than this one. */
	while (!last && !ret) {
		ret = binder_write_read(a->dev, c.size ? &c : NULL, &in);
		cmd_reset(&c);
		if (ret || !binder_find(&in, BR_TRANSACTION, 0))
			continue;
		tr = &binder_find(&in, BR_TRANSACTION, 0)->tr;
		/* The other one frees it at the same time. */
		cmd_ptr(&c, BC_FREE_BUFFER, tr->data.ptr.buffer);
		last = tr->flags & TF_ONE_WAY;
		if (!last)
			cmd_reply(&c, 0, &p);
	}
	return ret ?: binder_write(a->dev, &c);
}

static long call_who_frees(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct binder_payload p = {};
	struct race *r = arg;
	struct binder_dev dev;
	int64_t br = BR_REPLY;
	int ret = binder_open(&dev, AREA);

	payload_pattern(&p, 4, 128);
	while (!race_over(r) && !ret) {
		br = race_call(&dev, 0, 0, &p, &reply);
		if (br != BR_REPLY || reply.data_size != 8 ||
		    pattern_differs((void *)(uintptr_t)reply.data.ptr.buffer, 3, 8) >= 0)
			ret = -EPROTO;
		else
			ret = binder_free_buffer(&dev, reply.data.ptr.buffer);
		race_count(r);
	}
	/* That tells the server that this was all. */
	race_call(&dev, 0, TF_ONE_WAY, NULL, &reply);
	binder_close(&dev);
	return ret;
}

/*
 * CVE-2019-2213, and CVE-2019-2025 once more: BC_FREE_BUFFER against a transaction
 * that is being delivered, answered and freed.
 */
TEST_F(cve, 2019_2213_2019_2025_free_against_reply)
{
	struct actor *server = actor_spawn(AREA);

	ASSERT_EQ(0, actor_become_manager(server));
	enter_race(server, answer_what_is_freed);
	enter_race(server, free_in_a_loop);
	enter_race(NULL, call_who_frees);
	run_race();
}

/* Add, look, and close an epoll, while its threads leave. */
static long epoll_in_a_loop(struct actor *a, void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct race *r = arg;
	int fd, ret = 0;

	while (!race_over(r) && !ret) {
		fd = epoll_create1(EPOLL_CLOEXEC);
		if (epoll_ctl(fd, EPOLL_CTL_ADD, a->dev->fd, &event))
			ret = -errno;
		if (epoll_wait(fd, &event, 1, 0) < 0)
			ret = -errno;
		if (binder_ioctl(a->dev, BINDER_THREAD_EXIT, NULL))
			ret = -errno;
		if (r->rounds & 1)
			epoll_ctl(fd, EPOLL_CTL_DEL, a->dev->fd, NULL);
		close(fd);
		race_count(r);
	}
	return ret;
}

static long send_one_way(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct race *r = arg;
	struct binder_dev dev;
	int ret = binder_open(&dev, AREA);
	int64_t br;

	while (!race_over(r) && !ret) {
		br = race_call(&dev, r->handle, TF_ONE_WAY, NULL, &reply);
		ret = race_ended(br) ? 0 : -EPROTO;
	}
	binder_close(&dev);
	return ret;
}

/* CVE-2020-0030: epoll looks at the wait queue of a thread that leaves at this moment. */
TEST_F(cve, 2020_0030_epoll_against_thread_exit)
{
	struct actor *server = actor_spawn(AREA);

	ASSERT_EQ(0, actor_become_manager(server));
	enter_race(server, epoll_in_a_loop);
	enter_race(server, epoll_in_a_loop);
	enter_race(NULL, send_one_way);
	run_race();
}

/* Opens, gives away objects, and leaves with what it would have been told of them. */
static long give_and_close(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct binder_payload p = {};
	struct race *r = arg;
	struct binder_dev dev;
	int ret = 0, i;

	for (i = 0; i < 8; i++)
		payload_binder(&p, i & 1 ? BINDER_TYPE_WEAK_BINDER : BINDER_TYPE_BINDER,
			       0x1000 + 16 * i, i);
	while (!race_over(r) && !ret) {
		ret = binder_open(&dev, AREA);
		/* The receiver frees it at once: news for an owner that reads nothing. */
		for (i = 0; i < 4 && !ret; i++)
			ret = race_ended(race_call(&dev, 0, TF_ONE_WAY, &p, &reply)) ? 0 : -EPROTO;
		if (!ret && r->rounds & 1)
			ret = binder_ioctl(&dev, BINDER_THREAD_EXIT, NULL);
		binder_close(&dev);
		race_count(r);
	}
	return ret;
}

/* CVE-2020-0423: works of a thread that leaves were looked at after they had gone. */
TEST_F(cve, 2020_0423_works_of_who_leaves)
{
	echo_server();
	enter_race(NULL, give_and_close);
	enter_race(NULL, give_and_close);
	run_race();
}

/* Is the manager for a moment, takes some calls, answers some, and is gone. */
static long be_manager_for_a_moment(struct actor *a, void *arg)
{
	struct binder_returns in = {};
	struct race *r = arg;
	struct binder_return *br;
	struct binder_dev dev;
	uint32_t zero = 0;
	CVE_DECLARE_CMDS(c, 256);
	int ret, i;

	while (!race_over(r)) {
		ret = binder_open_path(&dev, binder_device(), O_NONBLOCK, AREA);
		if (ret)
			return ret;
		while (binder_ioctl(&dev, BINDER_SET_CONTEXT_MGR, &zero) == -EBUSY && !race_over(r))
			;
		cmd_none(&c, BC_ENTER_LOOPER);
		for (i = 0; i < 20 && !race_over(r); i++) {
			ret = binder_write_read(&dev, c.size ? &c : NULL, &in);
			cmd_reset(&c);
			if (ret && ret != -EAGAIN)
				return ret;
			br = binder_find(&in, BR_TRANSACTION, 0);
			if (ret || !br || i % 3 == 2)
				continue;
			cmd_ptr(&c, BC_FREE_BUFFER, br->tr.data.ptr.buffer);
			if (!(br->tr.flags & TF_ONE_WAY))
				cmd_reply(&c, 0, NULL);
			/* It may leave with calls that it has not answered, or as a thread. */
			if (i % 5 == 4)
				binder_ioctl(&dev, BINDER_THREAD_EXIT, NULL);
		}
		cmd_reset(&c);
		binder_close(&dev);
		race_count(r);
	}
	return 0;
}

/* Calls to whoever is the manager, with objects; each of them ends. */
static long call_the_dying(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct binder_payload p = {};
	struct race *r = arg;
	struct binder_dev dev;
	int ret = 0, i;
	int64_t br;

	payload_binder(&p, BINDER_TYPE_BINDER, 0x1000, 0x11);
	payload_binder(&p, BINDER_TYPE_WEAK_BINDER, 0x2000, 0x22);
	while (!race_over(r) && !ret) {
		ret = binder_open(&dev, AREA);
		for (i = 0; i < 10 && !ret && !race_over(r); i++) {
			br = race_call(&dev, 0, i & 1 ? TF_ONE_WAY : 0, &p, &reply);
			ret = race_ended(br) ? 0 : -EPROTO;
			if (br == BR_REPLY)
				ret = binder_free_buffer(&dev, reply.data.ptr.buffer);
		}
		binder_close(&dev);
	}
	return ret;
}

/*
 * CVE-2022-20421 (2022-49939): references taken by a process that dies at this moment.
 * The server of each call is about to die.
 */
TEST_F(cve, 2022_20421_objects_for_the_dying)
{
	enter_race(NULL, be_manager_for_a_moment);
	enter_race(NULL, call_the_dying);
	enter_race(NULL, call_the_dying);
	run_race();
}

/* Calls that nobody waits for: the caller is gone before there is an answer. */
static long call_and_close(struct actor *a, void *arg)
{
	struct race *r = arg;
	struct binder_dev dev;
	CVE_DECLARE_CMDS(c, 512);
	int ret = 0, i;

	while (!race_over(r) && !ret) {
		ret = binder_open(&dev, AREA);
		if (ret)
			break;
		cmd_reset(&c);
		for (i = 0; i < 3; i++)
			cmd_call(&c, 0, 1, TF_ONE_WAY, NULL);
		cmd_call(&c, 0, 1, 0, NULL);
		ret = binder_write(&dev, &c);
		if (!ret && r->rounds & 1)
			ret = binder_ioctl(&dev, BINDER_THREAD_EXIT, NULL);
		binder_close(&dev);
		race_count(r);
	}
	return ret;
}

/* CVE-2026-64468: the receiver dies while a transaction to it is being freed. */
TEST_F(cve, 2026_64468_receiver_of_what_is_freed_dies)
{
	enter_race(NULL, be_manager_for_a_moment);
	enter_race(NULL, call_and_close);
	enter_race(NULL, call_and_close);
	run_race();
}

/* The race is over: calls that nobody has answered end when the file is closed. */
static long close_for_all(struct actor *a)
{
	int fd = __atomic_exchange_n(&a->dev->fd, -1, __ATOMIC_SEQ_CST);

	if (fd >= 0) {
		munmap(a->dev->map, a->dev->map_size);
		close(fd);
	}
	return 0;
}

/* A thread of the pool that takes calls and leaves with them, again and again. */
static long take_and_leave(struct actor *a, void *arg)
{
	struct binder_returns in = {};
	struct race *r = arg;
	struct binder_return *br;
	CVE_DECLARE_CMDS(c, 256);
	int ret = 0;

	while (!race_over(r) && !ret) {
		cmd_reset(&c);
		cmd_none(&c, BC_ENTER_LOOPER);
		/* Another one may be faster: then there is nothing. */
		ret = binder_write_read(a->dev, &c, &in);
		if (ret == -EAGAIN)
			ret = 0;
		br = binder_find(&in, BR_TRANSACTION, 0);
		cmd_reset(&c);
		if (br && !ret)
			cmd_ptr(&c, BC_FREE_BUFFER, br->tr.data.ptr.buffer);
		if (c.size && !ret)
			ret = binder_write(a->dev, &c) ?:
				binder_ioctl(a->dev, BINDER_THREAD_EXIT, NULL);
	}
	/* Unless it was the other one's end that it ran into. */
	return race_over(r) ? close_for_all(a) : ret;
}

/*
 * CVE-2026-64469: a thread that leaves walks its stack of calls, while the thread at
 * the other end of one leaves, too.
 */
TEST_F(cve, 2026_64469_both_ends_of_a_stack_leave)
{
	struct actor *server = actor_spawn(AREA);

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_do(server, become_nonblocking, NULL));
	enter_race(server, take_and_leave);
	enter_race(server, take_and_leave);
	enter_race(NULL, call_and_close);
	enter_race(NULL, call_the_dying);
	run_race();
}

/* Watches the manager's death, changes its mind, and leaves in between. */
static long watch_and_clear(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct race *r = arg;
	struct binder_dev dev;
	int ret = 0, i;

	while (!race_over(r) && !ret) {
		ret = binder_open(&dev, AREA);
		if (ret)
			break;
		/* So that there is a handle 0, if there is a manager. */
		race_call(&dev, 0, TF_ONE_WAY, NULL, &reply);
		race_commands(&dev, BC_ACQUIRE, 0, 0);
		for (i = 0; i < 8; i++) {
			race_commands(&dev, BC_REQUEST_DEATH_NOTIFICATION, 0, 0xd1);
			race_commands(&dev, BC_CLEAR_DEATH_NOTIFICATION, 0, 0xd1);
		}
		race_commands(&dev, BC_REQUEST_DEATH_NOTIFICATION, 0, 0xd2);
		binder_close(&dev);
		race_count(r);
	}
	return ret;
}

/*
 * CVE-2025-68260: a list of deaths was walked on its way elsewhere, while one was
 * taken off it.
 */
TEST_F(cve, 2025_68260_deaths_that_are_cleared)
{
	enter_race(NULL, be_manager_for_a_moment);
	enter_race(NULL, watch_and_clear);
	enter_race(NULL, watch_and_clear);
	run_race();
}

/* In the process that is frozen: nodes come and go. */
static long nodes_come_and_go(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct binder_payload p = {};
	struct race *r = arg;
	unsigned int n = 0;
	int64_t br;

	while (!race_over(r)) {
		payload_reset(&p);
		payload_binder(&p, BINDER_TYPE_BINDER, 0x1000 + 16 * (n++ % 100), 7);
		br = race_call(a->dev, 0, TF_ONE_WAY, &p, &reply);
		if (!race_ended(br))
			return br < 0 ? br : -EPROTO;
	}
	return 0;
}

/* Takes its handles, watches them for freezing, and lets them go. */
static long watch_freezing(struct actor *a, void *arg)
{
	struct binder_returns in = {};
	struct race *r = arg;
	struct binder_return *br;
	uint32_t handle;
	CVE_DECLARE_CMDS(c, 512);
	int ret;

	cmd_none(&c, BC_ENTER_LOOPER);
	while (!race_over(r)) {
		ret = binder_write_read(a->dev, &c, &in);
		cmd_reset(&c);
		if (ret && ret != -EAGAIN)
			return ret;
		while ((br = binder_find(&in, BR_FROZEN_BINDER, 0))) {
			struct binder_frozen_state_info info;

			memcpy(&info, br->bytes, sizeof(info));
			br->cmd = BR_NOOP;
			race_commands(a->dev, BC_CLEAR_FREEZE_NOTIFICATION, info.cookie,
				      info.cookie);
			cmd_ptr(&c, BC_FREEZE_NOTIFICATION_DONE, info.cookie);
			binder_write(a->dev, &c);
			cmd_reset(&c);
			race_count(r);
		}
		br = binder_find(&in, BR_TRANSACTION, 0);
		if (!br)
			continue;
		if (br->tr.offsets_size) {
			handle = ((struct flat_binder_object *)(uintptr_t)
				  br->tr.data.ptr.buffer)->handle;
			/* It goes with the buffer, or stays till the next one of the node. */
			cmd_handle_cookie(&c, BC_REQUEST_FREEZE_NOTIFICATION, handle, handle);
		}
		cmd_ptr(&c, BC_FREE_BUFFER, br->tr.data.ptr.buffer);
	}
	return 0;
}

/*
 * CVE-2024-56555, CVE-2024-56556: freezing walks the nodes of a process, without its
 * lock for a moment, while they go.
 */
TEST_F(cve, 2024_56555_2024_56556_nodes_go_while_freezing)
{
	struct actor *manager = actor_spawn(AREA), *frozen = actor_spawn(AREA);

	ASSERT_EQ(0, actor_become_manager(manager));
	ASSERT_EQ(0, actor_do(manager, become_nonblocking, NULL));
	self->r->target = frozen->pid;
	enter_race(manager, watch_freezing);
	enter_race(frozen, nodes_come_and_go);
	enter_race(NULL, freeze_and_thaw);
	run_race();
}

/*
 * CVE-2026-23184: what a frozen process was sent is told to the sender, while it
 * thaws and takes it. (cve_binderfs.c has it with somebody listening by netlink.)
 */
TEST_F(cve, 2026_23184_sent_to_who_thaws)
{
	struct actor *server = actor_spawn(AREA);

	ASSERT_EQ(0, actor_become_manager(server));
	ASSERT_EQ(0, actor_do(server, become_nonblocking, NULL));
	self->r->target = server->pid;
	enter_race(server, serve_while_thawed);
	enter_race(NULL, send_one_way);
	enter_race(NULL, send_one_way);
	enter_race(NULL, freeze_and_thaw);
	run_race();
}

/* Large payloads for the target, and then it sleeps in a call until that dies. */
static long send_and_sleep(struct actor *a, void *arg)
{
	struct binder_transaction_data reply;
	struct binder_payload p = {};
	struct race *r = arg;
	int64_t br;
	int i;

	payload_pattern(&p, 1, AREA / 8);
	for (i = 0; i < 4; i++) {
		br = race_call(a->dev, r->handle, TF_ONE_WAY, &p, &reply);
		if (!race_ended(br))
			return -EPROTO;
	}
	br = race_call(a->dev, r->handle, 0, &p, &reply);
	return br == BR_DEAD_REPLY || br == BR_FAILED_REPLY ? 0 : -EPROTO;
}

/*
 * CVE-2023-52609: who delivers to a process that dies held its memory last, and kept
 * all the rest of it as long as it slept. Its death is told while the senders sleep.
 */
TEST_F(cve, 2023_52609_death_while_senders_sleep)
{
	struct actor *manager = actor_spawn_manager(), *senders[2], *target;
	int64_t start = cve_now_ms(), handle;
	size_t i;

	for (i = 0; i < 2; i++)
		senders[i] = actor_thread(manager);
	while (cve_now_ms() < start + 1000 || self->r->rounds < 3) {
		target = actor_spawn(AREA);
		handle = actor_publish(target, manager, 0x1000, 0x11);
		ASSERT_LT(0, handle);
		self->r->handle = handle;
		ASSERT_EQ(0, cve_watch(manager, BC_REQUEST_DEATH_NOTIFICATION, handle, 0xd1));
		for (i = 0; i < 2; i++)
			actor_start(senders[i], send_and_sleep, self->r);
		usleep(self->r->rounds % 7 * 300);
		actor_kill(target);
		ASSERT_EQ(0, actor_poll(manager, BINDER_PATIENCE_MS));
		ASSERT_EQ(0, actor_read(manager));
		ASSERT_NE(NULL, binder_find(&manager->in, BR_DEAD_BINDER, 0));
		for (i = 0; i < 2; i++)
			ASSERT_EQ(0, actor_finish(senders[i]));
		ASSERT_EQ(0, cve_watch(manager, BC_CLEAR_DEATH_NOTIFICATION, handle, 0xd1));
		ASSERT_EQ(0, cve_cookie(manager, BC_DEAD_BINDER_DONE, 0xd1));
		ASSERT_EQ(0, actor_ref(manager, BC_RELEASE, handle));
		while (!actor_idle(manager))
			;
		race_count(self->r);
	}
}

/* Comes last: no node has outlived who knew of it, in any of the races above. */

FIXTURE(after) {};

FIXTURE_SETUP(after) {}

FIXTURE_TEARDOWN(after) {}

TEST_F(after, leave_no_node)
{
	counts_nothing_left(_metadata, &at_start);
}

TEST_HARNESS_MAIN
