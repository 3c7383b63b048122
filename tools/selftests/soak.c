// SPDX-License-Identifier: GPL-2.0-only
/*
 * All at once, on one driver: processes that call each other, pass objects, handles and
 * files, watch each other's death and freezing, poll, leave as threads, unmap, exec and
 * die; and meanwhile others freeze and thaw them, take their pages back, read the logs
 * and the trace, listen by netlink, and mount, unmount, add and unlink in binderfs.
 * Whoever dies is replaced. BINDER_SOAK_SECONDS says how long (10). That nothing is left at
 * the end is looked at by the harness, as for every test.
 *
 * What the driver answers is mostly a matter of who was faster. That it goes on, and that
 * everything has happened, is what is asked here; the rest is for the kernel's checkers.
 */
#include <ftw.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "cpus.h"
#include "cve.h"
#include "mounts.h"

#define AREA	(64 * 4096)
#define PAYLOAD	(24 * 1024)
#define HANDLES	8

/* Where binderfs is mounted for as long as it goes on, and where for moments. */
#define PLACE	"/tmp/soak"
#define OTHER	"/tmp/soak-other"
#define TRACE	"/sys/kernel/tracing/"
#define DELAY	"/sys/module/binder_linux/parameters/delay_us"

enum happening {
	CALLS, REPLIES, DEAD, FAILED, FROZEN, ONEWAY, DEATHS, NEWS, FREEZES, POLLS, EXITS,
	UNMAPS, EXECS, SCANS, READS, TRACES, REPORTS, DEVICES, MOUNTS, KILLS, HAPPENINGS
};

static const char * const happening_names[HAPPENINGS] = {
	"calls", "replies", "dead", "failed", "frozen", "one-way", "deaths", "news", "freezes",
	"polls", "exits", "unmaps", "execs", "scans", "reads", "traces", "reports", "devices",
	"mounts", "kills",
};

#define CITIZENS	5
/* How much longer than asked for, if something has not happened yet. */
#define PATIENCE_MS	300000

/* What all of them share. */
static struct soak {
	unsigned long count[HAPPENINGS];
	pid_t citizens[CITIZENS];	/* whom to freeze: the manager is the first */
	int bad;			/* -errno of an ioctl that may not fail */
} *soak;

static void count(enum happening what)
{
	__atomic_fetch_add(&soak->count[what], 1, __ATOMIC_RELAXED);
}

/* A thread of a citizen: what it has to say next, and what it has heard. */
struct task {
	struct binder_dev *dev;
	uint64_t random;
	int null;			/* a file to give away */
	int depth;			/* of calls that it serves while it waits */
	struct binder_cmds c;
	struct binder_payload p;
	struct binder_returns in;
	uint8_t commands[8192], data[PAYLOAD + 512];
	binder_size_t offsets[8];
};

static uint32_t chance(struct task *t, uint32_t of)
{
	t->random = t->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (t->random >> 33) % of;
}

static uint32_t call(struct task *t, uint32_t handle, uint32_t flags, int objects);

/* Of a process, all threads of which use and give up any of them; 0 is the manager. */
static uint32_t handles[HANDLES];

static uint32_t some_handle(struct task *t)
{
	return __atomic_load_n(&handles[chance(t, HANDLES)], __ATOMIC_RELAXED);
}

/* Has @handle, or none, in the place of another one. */
static void have(struct task *t, uint32_t handle)
{
	uint32_t old = __atomic_exchange_n(&handles[chance(t, HANDLES)], handle,
					   __ATOMIC_RELAXED);

	if (handle)
		cmd_u32(&t->c, BC_ACQUIRE, handle);
	if (old)
		cmd_u32(&t->c, BC_RELEASE, old);
}

/* Changes its mind about @handle, perhaps at once; it may be wrong, and is told so. */
static void watch(struct task *t, uint32_t handle)
{
	race_commands(t->dev, BC_REQUEST_DEATH_NOTIFICATION, handle, handle);
	race_commands(t->dev, BC_REQUEST_FREEZE_NOTIFICATION, handle, handle);
	if (chance(t, 2))
		race_commands(t->dev, BC_CLEAR_DEATH_NOTIFICATION, handle, handle);
	if (chance(t, 2))
		race_commands(t->dev, BC_CLEAR_FREEZE_NOTIFICATION, handle, handle);
}

/* Keeps a handle that came, and closes a file. */
static void take_objects(struct task *t, const struct binder_transaction_data *tr)
{
	const binder_size_t *offsets = (void *)(uintptr_t)tr->data.ptr.offsets;
	size_t i;

	for (i = 0; i < tr->offsets_size / sizeof(*offsets); i++) {
		union {
			struct flat_binder_object flat;
			struct binder_fd_object fd;
		} object;

		memcpy(&object, (void *)(uintptr_t)(tr->data.ptr.buffer + offsets[i]),
		       sizeof(object));
		if (object.flat.hdr.type == BINDER_TYPE_FD)
			close(object.fd.fd);
		if (object.flat.hdr.type != BINDER_TYPE_HANDLE)
			continue;
		have(t, object.flat.handle);
		if (!chance(t, 4))
			watch(t, object.flat.handle);
	}
}

/* Objects of its own, handles of others, a file, and bytes. */
static void fill(struct task *t, int objects)
{
	struct binder_fd_object fd = { .hdr.type = BINDER_TYPE_FD, .fd = t->null };
	uint32_t handle;

	payload_reset(&t->p);
	while (objects--) {
		handle = some_handle(t);
		if (!chance(t, 8))
			payload_object(&t->p, &fd, sizeof(fd));
		else if (handle && chance(t, 2))
			payload_handle(&t->p, BINDER_TYPE_HANDLE, handle);
		else
			payload_binder(&t->p, chance(t, 8) ? BINDER_TYPE_BINDER :
				       BINDER_TYPE_WEAK_BINDER, 0x1000 + 16 * chance(t, 32), 7);
	}
	payload_pattern(&t->p, 1, chance(t, 3) ? chance(t, 256) : chance(t, PAYLOAD - 1024));
}

static void serve(struct task *t, const struct binder_transaction_data *tr)
{
	bool keep = !chance(t, 16);

	take_objects(t, tr);
	if (t->depth < 3 && !chance(t, 8))
		call(t, some_handle(t), chance(t, 2) ? TF_ONE_WAY : 0, 1);
	if (!keep)
		cmd_ptr(&t->c, BC_FREE_BUFFER, tr->data.ptr.buffer);
	if (tr->flags & TF_ONE_WAY)
		return;
	fill(t, 2);
	cmd_reply(&t->c, 0, &t->p);
	/* The payload is the next one's, too. */
	if (binder_write(t->dev, &t->c))
		_exit(1);
	cmd_reset(&t->c);
	if (keep)
		cmd_ptr(&t->c, BC_FREE_BUFFER, tr->data.ptr.buffer);
}

/* In a write of its own: it fails if the handle has gone meanwhile. */
static void acknowledge(struct task *t, binder_uintptr_t cookie)
{
	CVE_DECLARE_CMDS(c, 16);

	cmd_ptr(&c, BC_FREEZE_NOTIFICATION_DONE, cookie);
	binder_write(t->dev, &c);
}

static uint32_t ended_by(struct task *t, const struct binder_return *br,
			 struct binder_transaction_data *reply)
{
	struct binder_frozen_state_info info;

	switch (br->cmd) {
	case BR_TRANSACTION:
		t->depth++;
		serve(t, &br->tr);
		t->depth--;
		return 0;
	case BR_REPLY:
		*reply = br->tr;
		return BR_REPLY;
	case BR_DEAD_REPLY:
	case BR_FAILED_REPLY:
	case BR_FROZEN_REPLY:
		return br->cmd;
	case BR_TRANSACTION_COMPLETE:
	case BR_TRANSACTION_PENDING_FROZEN:
	case BR_ONEWAY_SPAM_SUSPECT:
		return BR_TRANSACTION_COMPLETE;
	case BR_DEAD_BINDER:
		cmd_ptr(&t->c, BC_DEAD_BINDER_DONE, br->cookie);
		count(DEATHS);
		return 0;
	case BR_FROZEN_BINDER:
		memcpy(&info, br->bytes, sizeof(info));
		acknowledge(t, info.cookie);
		count(NEWS);
		return 0;
	}
	return 0;
}

/* Says what there is to say, and reads. How has a call ended, if one has? */
static uint32_t hear(struct task *t, struct binder_transaction_data *reply)
{
	struct binder_return at[8];
	uint32_t ended = 0, one;
	size_t n, i;
	int ret;

	ret = binder_write_read(t->dev, t->c.size ? &t->c : NULL, &t->in);
	if (ret) {
		__atomic_store_n(&soak->bad, ret, __ATOMIC_RELAXED);
		_exit(1);
	}
	cmd_reset(&t->c);
	binder_answer_refs(&t->c, &t->in);
	/* Calls that it makes while it serves read into the same place. */
	n = t->in.count < ARRAY_SIZE(at) ? t->in.count : ARRAY_SIZE(at);
	memcpy(at, t->in.at, n * sizeof(*at));
	for (i = 0; i < n; i++) {
		one = ended_by(t, &at[i], reply);
		/* The reply comes behind the word that the call is on its way. */
		if (one && (!ended || ended == BR_TRANSACTION_COMPLETE))
			ended = one;
	}
	return ended;
}

static uint32_t call(struct task *t, uint32_t handle, uint32_t flags, int objects)
{
	struct binder_transaction_data reply;
	uint32_t ended;

	fill(t, objects);
	cmd_call(&t->c, handle, 1, flags | TF_ACCEPT_FDS, &t->p);
	do {
		ended = hear(t, &reply);
	} while (!ended || (ended == BR_TRANSACTION_COMPLETE && !(flags & TF_ONE_WAY)));
	count(ended == BR_REPLY ? REPLIES : ended == BR_DEAD_REPLY ? DEAD :
	      ended == BR_FAILED_REPLY ? FAILED : ended == BR_FROZEN_REPLY ? FROZEN : ONEWAY);
	count(CALLS);
	if (ended == BR_REPLY) {
		take_objects(t, &reply);
		cmd_ptr(&t->c, BC_FREE_BUFFER, reply.data.ptr.buffer);
	}
	return ended;
}

static struct task *task_new(struct binder_dev *dev)
{
	struct task *t = calloc(1, sizeof(*t));

	if (!t)
		_exit(2);
	t->dev = dev;
	t->random = gettid() * 2654435761ULL;
	t->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	t->c = (struct binder_cmds){ .data = t->commands, .room = sizeof(t->commands) };
	t->p = (struct binder_payload){ .data = t->data, .room = sizeof(t->data),
		.offsets = t->offsets, .offsets_room = ARRAY_SIZE(t->offsets) };
	return t;
}

/* A thread of the pool. */
static void *pool_thread(void *dev)
{
	struct binder_transaction_data reply;
	struct task *t = task_new(dev);

	cmd_none(&t->c, BC_ENTER_LOOPER);
	while (true)
		hear(t, &reply);
	return NULL;
}

/* One that looks first whether there is anything, and leaves now and then. */
static void *polling_thread(void *dev)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct binder_transaction_data reply;
	struct task *t = task_new(dev);
	int fd;

	while (true) {
		fd = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(fd, EPOLL_CTL_ADD, t->dev->fd, &event);
		if (epoll_wait(fd, &event, 1, 10) > 0)
			hear(t, &reply);
		if (chance(t, 2))
			epoll_ctl(fd, EPOLL_CTL_DEL, t->dev->fd, NULL);
		count(POLLS);
		if (!chance(t, 4)) {
			binder_ioctl(t->dev, BINDER_THREAD_EXIT, NULL);
			count(EXITS);
		}
		close(fd);
	}
	return NULL;
}

/* Its memory goes first, its file later, or with a child of it. */
static void die_somehow(struct task *t)
{
	struct timespec moment = { .tv_nsec = chance(t, 20) * 1000000 };

	if (chance(t, 2) && !fork()) {
		nanosleep(&moment, NULL);
		_exit(0);
	}
	if (chance(t, 2)) {
		count(EXECS);
		execl("/proc/self/exe", "soak", "--end", NULL);
	}
	binder_unmap(t->dev);
	count(UNMAPS);
	nanosleep(&moment, NULL);
	_exit(0);
}

static void be_citizen(bool manager)
{
	static const uint32_t kinds[] = {
		0, 0, 0, 0, TF_ONE_WAY, TF_ONE_WAY | TF_UPDATE_TXN, TF_CLEAR_BUF,
	};
	struct flat_binder_object object = { .flags = FLAT_BINDER_FLAG_ACCEPTS_FDS };
	struct binder_dev dev;
	pthread_t thread;
	struct task *t;

	if (binder_open(&dev, AREA))
		_exit(1);
	/* The last one may not be gone yet. */
	while (manager && binder_ioctl(&dev, BINDER_SET_CONTEXT_MGR_EXT, &object))
		usleep(1000);
	if (pthread_create(&thread, NULL, pool_thread, &dev) ||
	    pthread_create(&thread, NULL, pool_thread, &dev) ||
	    pthread_create(&thread, NULL, polling_thread, &dev))
		_exit(2);
	t = task_new(&dev);
	while (true) {
		while (manager && !some_handle(t))
			usleep(1000);
		if (call(t, some_handle(t), kinds[chance(t, ARRAY_SIZE(kinds))],
			 chance(t, 4)) == BR_DEAD_REPLY)
			usleep(1000);
		if (!chance(t, 4))
			have(t, 0);
		if (!chance(t, 32))
			watch(t, some_handle(t));
		if (!chance(t, 64) && !binder_ioctl(&dev, BINDER_THREAD_EXIT, NULL))
			count(EXITS);
		if (!chance(t, 60) && !manager)
			die_somehow(t);
	}
}

static void manager(void)
{
	be_citizen(true);
}

static void citizen(void)
{
	be_citizen(false);
}

static void freezer(void)
{
	struct binder_freeze_info info = {};
	struct binder_dev dev;
	struct task *t;
	int i;

	if (binder_open(&dev, 0))
		_exit(1);
	t = task_new(&dev);
	for (i = 0;; i++) {
		info.enable = chance(t, 3) > 0;
		info.timeout_ms = chance(t, 20);
		info.pid = soak->citizens[chance(t, CITIZENS)];
		if (!binder_ioctl(&dev, BINDER_FREEZE, &info))
			count(FREEZES);
		usleep(chance(t, 2000));
		/* So that there is some life. */
		for (info.enable = 0; i % 4 == 3 && info.enable < CITIZENS; info.enable++) {
			struct binder_freeze_info thaw = { .pid = soak->citizens[info.enable] };

			binder_ioctl(&dev, BINDER_FREEZE, &thaw);
		}
	}
}

static void shrinker(void)
{
	while (true) {
		if (!cve_shrink())
			count(SCANS);
		usleep(1000);
	}
}

static int read_file(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
	static char text[1 << 14];
	int fd = type == FTW_F && S_ISREG(s->st_mode) ? open(path, O_RDONLY | O_NONBLOCK) : -1;

	while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
		count(READS);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* The logs of debugfs and those of binderfs, while there is another directory. */
static void reader(void)
{
	while (true) {
		nftw(LOG_DIR, read_file, 8, FTW_PHYS);
		nftw(PLACE, read_file, 8, FTW_PHYS);
		nftw(OTHER, read_file, 8, FTW_PHYS);
	}
}

static void tell(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, what, strlen(what)) < 0)
		_exit(1);
	close(fd);
}

static void tracer(void)
{
	int fd = open(TRACE "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	static char text[1 << 14];

	while (true) {
		usleep(10000);
		if (read(fd, text, sizeof(text)) > 0)
			count(TRACES);
	}
}

static void listener(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	static char report[8192];
	int sock, group, i;

	while (true) {
		sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
		/* Whichever the family's is. */
		if (bind(sock, (void *)&any, sizeof(any)))
			_exit(1);
		for (group = 1; group < 64; group++)
			setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				   sizeof(group));
		for (i = 0; i < 50; i++)
			if (recv(sock, report, sizeof(report), 0) > 0)
				count(REPORTS);
		close(sock);
	}
}

/* Adds what another one may just be adding, opens and maps it, unlinks it. */
static void adder(void)
{
	struct binder_dev dev;
	uint32_t zero = 0;

	while (true) {
		binderfs_add(PLACE, "shared");
		if (!binder_open_path(&dev, PLACE "/shared", O_NONBLOCK, AREA)) {
			binder_ioctl(&dev, BINDER_SET_CONTEXT_MGR, &zero);
			unlink(PLACE "/shared");
			binder_close(&dev);
			count(DEVICES);
		}
		unlink(PLACE "/shared");
	}
}

static void mounter(void)
{
	struct binder_dev dev;

	while (true) {
		if (mount("binder", OTHER, "binder", 0, "stats=global"))
			_exit(1);
		if (!binderfs_add(OTHER, "one") && !binder_open_path(&dev, OTHER "/one", 0, AREA)) {
			umount2(OTHER, MNT_DETACH);
			binder_close(&dev);
			count(MOUNTS);
		}
		while (!umount2(OTHER, MNT_DETACH))
			;
	}
}

/* The parties: the citizens first. */
static void (* const parties[])(void) = {
	manager, citizen, citizen, citizen, citizen, freezer, shrinker, reader, tracer,
	listener, adder, adder, mounter,
};

static pid_t pids[ARRAY_SIZE(parties)];

static void begin(size_t i)
{
	fflush(stdout);
	pids[i] = fork();
	if (!pids[i]) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		parties[i]();
		_exit(0);
	}
	if (i < CITIZENS)
		soak->citizens[i] = pids[i];
}

/* Who has ended, killed or by itself, is replaced. Children of those who died end here, too. */
static void replace(void)
{
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < ARRAY_SIZE(parties); i++)
			if (pids[i] == pid)
				begin(i);
}

static void end_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parties); i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

static void report(int64_t since)
{
	size_t i;

	printf("# %4lld s:", (long long)(cve_now_ms() - since) / 1000);
	for (i = 0; i < HAPPENINGS; i++)
		printf(" %lu %s%s", soak->count[i], happening_names[i],
		       i == HAPPENINGS - 1 ? "\n" : ",");
	fflush(stdout);
}

/* Not while all the others run: see cpus.h. */
static void trace(const char *on)
{
	other_cpus(false);
	tell(TRACE "events/binder/enable", on);
	other_cpus(true);
}

FIXTURE(soak) {};

FIXTURE_SETUP(soak)
{
	soak = actor_alloc(sizeof(*soak));
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(PLACE, 0755);
	mkdir(OTHER, 0755);
	ASSERT_EQ(0, mount("binder", PLACE, "binder", 0, "stats=global"));
	trace("1");
}

FIXTURE_TEARDOWN(soak)
{
	end_all();
	trace("0");
	while (!umount2(OTHER, MNT_DETACH))
		;
	umount2(PLACE, MNT_DETACH);
}

/* A guest full of debugging is slow: a moment, but not before somebody has got somewhere. */
static void wait_a_moment(void)
{
	unsigned long calls = soak->count[CALLS];
	int64_t start = cve_now_ms();

	do {
		usleep(random() % 100000);
	} while (soak->count[CALLS] < calls + 3 && cve_now_ms() < start + 1000);
}

static bool all_happened(void)
{
	size_t i;

	for (i = 0; i < HAPPENINGS; i++)
		if (!soak->count[i])
			return false;
	return true;
}

/* Where the driver was built with delays: none for a while, then short and long ones. */
static void change_delay(int64_t since)
{
	static const char * const us[] = { "0", "50", "2000" };

	tell(DELAY, us[(cve_now_ms() - since) / 2000 % ARRAY_SIZE(us)]);
}

TEST_F_TIMEOUT(soak, all_at_once, 24 * 3600)
{
	const char *seconds = getenv("BINDER_SOAK_SECONDS");
	int64_t start = cve_now_ms(), told = start;
	int64_t end = start + 1000LL * (seconds && *seconds ? atoi(seconds) : 10);
	size_t i;

	srandom(start);
	for (i = 0; i < ARRAY_SIZE(parties); i++)
		begin(i);
	while (cve_now_ms() < end || (!all_happened() && cve_now_ms() < end + PATIENCE_MS)) {
		wait_a_moment();
		kill(pids[random() % ARRAY_SIZE(parties)], SIGKILL);
		count(KILLS);
		replace();
		change_delay(start);
		if (cve_now_ms() < told + 10000)
			continue;
		report(start);
		told = cve_now_ms();
	}
	report(start);
	EXPECT_EQ(0, soak->bad) {
		TH_LOG("an ioctl ended with %s", strerror(-soak->bad));
	}
	for (i = 0; i < HAPPENINGS; i++) {
		EXPECT_LT(0, soak->count[i]) {
			TH_LOG("no %s", happening_names[i]);
		}
	}
}

int main(int argc, char **argv)
{
	/* What a citizen has become. */
	if (argc == 2 && !strcmp(argv[1], "--end"))
		return 0;
	return test_harness_run(argc, argv);
}
