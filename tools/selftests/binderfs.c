// SPDX-License-Identifier: GPL-2.0-only
/*
 * binderfs: mounts, devices, options, and what there is to read.
 *
 * Each test has a mount namespace of its own.  Mainline's own test of binderfs is run
 * beside this one (step binderfs of tools/vm/test.sh).
 */
#include <dirent.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include "mounts.h"
#include "objects.h"

#define CONTROL	"binder-control"

/* A path in the mount; valid until the next but three. */
static const char *in_mount(const char *name)
{
	static char paths[4][512];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "/tmp/binderfs/%s", name);
	return path;
}

static int mount_it(const char *where, const char *options)
{
	return mount("binder", where, "binder", 0, options) ? -errno : 0;
}

static int remount(const char *options)
{
	return mount("binder", "/tmp/binderfs", "binder", MS_REMOUNT, options) ? -errno : 0;
}

static int add(const char *name)
{
	struct binderfs_device device = {};

	snprintf(device.name, sizeof(device.name), "%s", name);
	return binderfs_add_with(in_mount(CONTROL), &device);
}

static bool exists(const char *name)
{
	return !access(in_mount(name), F_OK);
}

/* The first line of a file, or "-". */
static const char *line_of(const char *name)
{
	static char line[256];
	FILE *f = fopen(in_mount(name), "re");

	if (!f || !fgets(line, sizeof(line), f))
		strcpy(line, "-");
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* Of the mount, as /proc/mounts has them. */
static const char *options_now(void)
{
	static char line[512];
	FILE *f = fopen("/proc/self/mounts", "re");

	line[0] = '\0';
	while (f && fgets(line, sizeof(line), f) && !strstr(line, " /tmp/binderfs "))
		line[0] = '\0';
	if (f)
		fclose(f);
	return line;
}

FIXTURE(fs) {};

FIXTURE_SETUP(fs)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir("/tmp", 0777);
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir("/tmp/binderfs", 0755));
	ASSERT_EQ(0, mkdir("/tmp/other", 0755));
	ASSERT_EQ(0, mount_it("/tmp/binderfs", NULL));
}

FIXTURE_TEARDOWN(fs)
{
	actor_end_all();
	umount2("/tmp/other", MNT_DETACH);
	umount2("/tmp/binderfs", MNT_DETACH);
}

/* What there is from the beginning, and whose it is. */
TEST_F(fs, begins_with)
{
	struct stat st;

	ASSERT_EQ(0, stat(in_mount(""), &st));
	EXPECT_EQ(S_IFDIR | 0755, st.st_mode);
	ASSERT_EQ(0, stat(in_mount(CONTROL), &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_gid);
	/* The device that the module's parameter names. */
	ASSERT_EQ(0, stat(in_mount("binder"), &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	ASSERT_EQ(0, stat(in_mount("features"), &st));
	EXPECT_EQ(S_IFDIR | 0755, st.st_mode);
	EXPECT_FALSE(exists("binder_logs"));
	EXPECT_NE(NULL, strstr(options_now(), "max=1048576"));
	EXPECT_EQ(NULL, strstr(options_now(), "stats="));
}

TEST_F(fs, features)
{
	static const char * const features[] = {
		"oneway_spam_detection", "extended_error", "freeze_notification",
		"transaction_report",
	};
	struct dirent *entry;
	char path[64];
	struct stat st;
	size_t i, n = 0;
	DIR *dir;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		snprintf(path, sizeof(path), "features/%s", features[i]);
		EXPECT_STREQ("1", line_of(path));
		ASSERT_EQ(0, stat(in_mount(path), &st));
		EXPECT_EQ(S_IFREG | 0444, st.st_mode);
	}
	/* And what the driver does not have, a client must not find. */
	dir = opendir(in_mount("features"));
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	EXPECT_EQ(ARRAY_SIZE(features), n);
}

TEST_F(fs, add)
{
	struct binderfs_device device = { .name = "my-binder" };
	struct binder_version version = {};
	struct stat st;
	int fd;

	ASSERT_EQ(0, binderfs_add_with(in_mount(CONTROL), &device));
	ASSERT_EQ(0, stat(in_mount("my-binder"), &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	EXPECT_EQ(device.major, major(st.st_rdev));
	EXPECT_EQ(device.minor, minor(st.st_rdev));
	fd = open(in_mount("my-binder"), O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, ioctl(fd, BINDER_VERSION, &version));
	EXPECT_EQ(BINDER_CURRENT_PROTOCOL_VERSION, version.protocol_version);
	/* It has no control ioctl, and the control file none of a device. */
	EXPECT_EQ(-1, ioctl(fd, BINDER_CTL_ADD, &device));
	close(fd);
	fd = open(in_mount(CONTROL), O_RDWR | O_CLOEXEC);
	EXPECT_EQ(-1, ioctl(fd, BINDER_VERSION, &version));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(fd, BINDER_CTL_ADD, 8));
	EXPECT_EQ(EFAULT, errno);
	close(fd);
}

TEST_F(fs, add_refused)
{
	struct binderfs_device device;
	size_t i;
	static const char * const bad[] = { "", ".", "..", "a/b", "/" };

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EACCES, add(bad[i]));
	ASSERT_EQ(0, add("once"));
	EXPECT_EQ(-EEXIST, add("once"));
	EXPECT_EQ(-EEXIST, add(CONTROL));
	EXPECT_EQ(-EEXIST, add("features"));
	/* As long as can be; what is behind the end does not count. */
	memset(&device, 'x', sizeof(device));
	EXPECT_EQ(0, binderfs_add_with(in_mount(CONTROL), &device));
	device.name[BINDERFS_MAX_NAME] = '\0';
	EXPECT_TRUE(exists(device.name));
}

/* Who can't be told the numbers of a device has none. */
TEST_F(fs, add_without_an_answer)
{
	struct binderfs_device *device = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, device);
	strcpy(device->name, "untold");
	ASSERT_EQ(0, mprotect(device, 4096, PROT_READ));
	EXPECT_EQ(-EFAULT, binderfs_add_with(in_mount(CONTROL), device));
	EXPECT_FALSE(exists("untold"));
	munmap(device, 4096);
}

/* Only BINDER_CTL_ADD makes anything. */
TEST_F(fs, nothing_else_is_made)
{
	EXPECT_EQ(-1, mkdir(in_mount("dir"), 0755));
	EXPECT_EQ(-1, open(in_mount("file"), O_CREAT | O_RDWR | O_CLOEXEC, 0644));
	EXPECT_EQ(-1, mknod(in_mount("node"), S_IFCHR | 0600, makedev(1, 3)));
	EXPECT_EQ(-1, symlink("binder", in_mount("symlink")));
}

/* A device is opened through its own inode only. */
TEST_F(fs, no_device_elsewhere)
{
	struct stat st;

	ASSERT_EQ(0, stat(in_mount("binder"), &st));
	ASSERT_EQ(0, mknod("/tmp/node", S_IFCHR | 0600, st.st_rdev));
	EXPECT_EQ(-1, open("/tmp/node", O_RDWR | O_CLOEXEC));
	EXPECT_EQ(ENXIO, errno);
}

static struct actor *spawn_on(struct __test_metadata *_metadata, const char *path)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);

	ASSERT_EQ(0, actor_open(a, path, O_RDWR | O_CLOEXEC, DUO_AREA));
	return a;
}

static struct actor *manager_on(struct __test_metadata *_metadata, const char *path)
{
	struct actor *a = spawn_on(_metadata, path);

	ASSERT_EQ(0, actor_ioctl(a, BINDER_SET_CONTEXT_MGR, NULL));
	ASSERT_EQ(0, actor_enter(a));
	return a;
}

/* Unlinked, it goes on for those who have it open; the name is free for another one. */
TEST_F(fs, unlink)
{
	struct actor *server, *client, *other;

	ASSERT_EQ(0, add("gone"));
	server = manager_on(_metadata, in_mount("gone"));
	client = spawn_on(_metadata, in_mount("gone"));
	ASSERT_EQ(0, unlink(in_mount("gone")));
	EXPECT_FALSE(exists("gone"));
	plain_call(_metadata, server, client);
	ASSERT_EQ(0, add("gone"));
	other = manager_on(_metadata, in_mount("gone"));
	plain_call(_metadata, server, client);
	EXPECT_TRUE(actor_idle(other));
	EXPECT_EQ(-1, unlink(in_mount(CONTROL)));
	EXPECT_EQ(EPERM, errno);
	EXPECT_TRUE(exists(CONTROL));
}

TEST_F(fs, rename)
{
	struct actor *server, *client;

	ASSERT_EQ(0, add("old"));
	server = manager_on(_metadata, in_mount("old"));
	ASSERT_EQ(0, rename(in_mount("old"), in_mount("new")));
	client = spawn_on(_metadata, in_mount("new"));
	plain_call(_metadata, server, client);
	EXPECT_EQ(-1, rename(in_mount(CONTROL), in_mount("other")));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, rename(in_mount("new"), in_mount(CONTROL)));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, add("old"));
}

/* The same name in another mount is another device, and in /dev yet another. */
TEST_F(fs, isolation)
{
	struct binderfs_device device = { .name = "mine" };
	struct actor *server, *other, *client;

	ASSERT_EQ(0, mount_it("/tmp/other", NULL));
	server = manager_on(_metadata, in_mount("binder"));
	other = manager_on(_metadata, "/tmp/other/binder");
	client = spawn_on(_metadata, in_mount("binder"));
	plain_call(_metadata, server, client);
	EXPECT_TRUE(actor_idle(other));
	client = spawn_on(_metadata, "/tmp/other/binder");
	plain_call(_metadata, other, client);
	client = spawn_on(_metadata, binder_device());
	ASSERT_EQ(0, actor_call(client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(client));
	EXPECT_SHAPE("BR_NOOP BR_DEAD_REPLY", client);
	ASSERT_EQ(0, binderfs_add_with("/tmp/other/" CONTROL, &device));
	EXPECT_FALSE(exists("mine"));
}

/* Devices count, also those that are unlinked and open; the control file does not. */
TEST_F(fs, max)
{
	/* That each mount has from the beginning. */
	int first = exists("binder") + exists("hwbinder") + exists("vndbinder");
	char options[32];
	int fd;

	ASSERT_EQ(0, umount("/tmp/binderfs"));
	EXPECT_EQ(-ENOSPC, mount_it("/tmp/binderfs", "max=0"));
	snprintf(options, sizeof(options), "max=%d", first + 2);
	ASSERT_EQ(0, mount_it("/tmp/binderfs", options));
	ASSERT_EQ(0, add("one"));
	ASSERT_EQ(0, add("two"));
	EXPECT_EQ(-ENOSPC, add("three"));
	/* A failed one costs nothing. */
	ASSERT_EQ(0, unlink(in_mount("two")));
	EXPECT_EQ(-EEXIST, add("one"));
	EXPECT_EQ(0, add("three"));
	fd = open(in_mount("three"), O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, unlink(in_mount("three")));
	EXPECT_EQ(-ENOSPC, add("four"));
	close(fd);
	EXPECT_EQ(0, add("four"));
	snprintf(options, sizeof(options), "max=%d", first + 3);
	ASSERT_EQ(0, remount(options));
	EXPECT_NE(NULL, strstr(options_now(), options));
	EXPECT_EQ(0, add("five"));
	EXPECT_EQ(-ENOSPC, add("six"));
	/* Less than there are: those stay. */
	ASSERT_EQ(0, remount("max=1"));
	EXPECT_TRUE(exists("five"));
	EXPECT_EQ(-ENOSPC, add("six"));
}

TEST_F(fs, bad_options)
{
	static const char * const bad[] = {
		"max=1048577", "max=-1", "max=", "max=x", "stats=", "stats=local", "what=1",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, mount_it("/tmp/other", bad[i])) {
			TH_LOG("option %zu", i);
		}
	}
	EXPECT_EQ(0, mount_it("/tmp/other", "max=1048576"));
}

TEST_F(fs, stats)
{
	/* They can't be turned on or off by a remount. */
	EXPECT_EQ(-EINVAL, remount("stats=global"));
	ASSERT_EQ(0, umount("/tmp/binderfs"));
	ASSERT_EQ(0, mount_it("/tmp/binderfs", "stats=global"));
	EXPECT_NE(NULL, strstr(options_now(), "stats=global"));
	EXPECT_STREQ("binder stats:", line_of("binder_logs/stats"));
	EXPECT_EQ(-EINVAL, remount("max=9"));
	EXPECT_EQ(0, remount("max=9,stats=global"));
}

static bool has_log_of(const struct actor *a)
{
	char name[64];

	snprintf(name, sizeof(name), "binder_logs/proc/%d", a->pid);
	return exists(name);
}

/* Whoever uses a device of this mount has a file in it, until the last close. */
TEST_F(fs, logs_of_processes)
{
	static const char * const names[] = {
		"state", "state_hashed", "stats", "transactions", "transactions_hashed",
		"transaction_log", "failed_transaction_log",
	};
	struct actor *server, *other;
	char name[64], first[64];
	size_t i;

	ASSERT_EQ(0, umount("/tmp/binderfs"));
	ASSERT_EQ(0, mount_it("/tmp/binderfs", "stats=global"));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "binder_logs/%s", names[i]);
		EXPECT_TRUE(exists(name)) {
			TH_LOG("%s", name);
		}
	}
	server = manager_on(_metadata, in_mount("binder"));
	other = actor_spawn(BINDER_MAP_SIZE);
	EXPECT_TRUE(has_log_of(server));
	EXPECT_FALSE(has_log_of(other));
	snprintf(name, sizeof(name), "binder_logs/proc/%d", server->pid);
	EXPECT_STREQ("binder proc state:", line_of(name));
	/* Nobody takes it away, or puts something else in its place. */
	snprintf(first, sizeof(first), "%s", in_mount("binder"));
	EXPECT_EQ(-1, unlink(in_mount(name)));
	EXPECT_EQ(-1, rename(first, in_mount(name)));
	EXPECT_EQ(-1, unlink(in_mount("binder_logs/state")));
	EXPECT_EQ(-1, unlink(in_mount("features/extended_error")));
	EXPECT_TRUE(exists("binder"));
	EXPECT_TRUE(has_log_of(server));
	/* A second open, a first close. */
	ASSERT_EQ(0, actor_open(server, first, O_RDWR | O_CLOEXEC, 0));
	EXPECT_TRUE(has_log_of(server));
	actor_kill(server);
	for (i = 0; i < 100 && has_log_of(server); i++)
		usleep(10000);
	EXPECT_FALSE(has_log_of(server));
	actor_kill(other);
}

TEST_F(fs, busy_while_open)
{
	int fd = open(in_mount("binder"), O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, umount("/tmp/binderfs"));
	EXPECT_EQ(EBUSY, errno);
	close(fd);
	EXPECT_EQ(0, umount("/tmp/binderfs"));
}

/* Detached, with a device open: who has it goes on. */
TEST_F(fs, detached_while_open)
{
	struct actor *server, *client;

	ASSERT_EQ(0, umount("/tmp/binderfs"));
	ASSERT_EQ(0, mount_it("/tmp/binderfs", "stats=global"));
	server = manager_on(_metadata, in_mount("binder"));
	client = spawn_on(_metadata, in_mount("binder"));
	ASSERT_EQ(0, umount2("/tmp/binderfs", MNT_DETACH));
	plain_call(_metadata, server, client);
	actor_kill(server);
	actor_kill(client);
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return ok;
}

/* In the child: a container's root, who is nobody outside. Returns the step that failed. */
/* In a user namespace of its own, which has @id of it; 0 or the step that failed. */
static int enter_user_namespace(int id)
{
	char map[32];

	snprintf(map, sizeof(map), "%d 1234 1", id);
	if (setresgid(1234, 1234, 1234) || setresuid(1234, 1234, 1234))
		return 1;
	/* Its files in /proc are its own again. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return 2;
	if (!write_file("/proc/self/setgroups", "deny") ||
	    !write_file("/proc/self/uid_map", map) || !write_file("/proc/self/gid_map", map))
		return 3;
	return 0;
}

static int in_user_namespace(void)
{
	struct binderfs_device device = { .name = "mine" };
	struct stat st;
	int fd;

	int step = enter_user_namespace(0);

	if (step)
		return step;
	if (mount_it("/tmp/other", "stats=global") != -EPERM)
		return 4;
	if (mount_it("/tmp/other", NULL))
		return 5;
	if (stat("/tmp/other/" CONTROL, &st) || st.st_uid || st.st_gid)
		return 6;
	if (binderfs_add_with("/tmp/other/" CONTROL, &device))
		return 7;
	fd = open("/tmp/other/mine", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, BINDER_SET_CONTEXT_MGR, 0))
		return 8;
	/* Not for others' devices. */
	if (open("/tmp/binderfs/binder", O_RDWR | O_CLOEXEC) >= 0 || errno != EACCES)
		return 9;
	return 0;
}

/* Whose root is nobody here: what is made is the machine's. */
static int in_namespace_without_root(void)
{
	int step = enter_user_namespace(5);
	struct stat st;

	if (step)
		return step;
	if (mount_it("/tmp/other", NULL))
		return 4;
	if (stat("/tmp/other/" CONTROL, &st) || st.st_uid != 65534 || st.st_gid != 65534)
		return 5;
	if (open("/tmp/other/" CONTROL, O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
		return 6;
	return 0;
}

static void expect_steps(struct __test_metadata *_metadata, int (*steps)(void))
{
	int status;
	pid_t pid;

	ASSERT_EQ(0, chmod("/tmp", 0755));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(steps());
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status)) {
		TH_LOG("step %d failed", WEXITSTATUS(status));
	}
}

TEST_F(fs, user_namespace) { expect_steps(_metadata, in_user_namespace); }

TEST_F(fs, user_namespace_without_root) { expect_steps(_metadata, in_namespace_without_root); }

TEST_HARNESS_MAIN
