// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module comes and goes.
 *
 * It is loaded with parameters that are right and wrong, and with every fourth
 * allocation that it causes failing once (with BINDER_EFFORT=full, each): then it either
 * works, without what it can do without, or says why not, leaves nothing behind, and can
 * be loaded the next time.
 *
 * $BINDER_MODULE is the module, ./binder_linux.ko if there is none. One that is there
 * already is unloaded first.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "faults.h"
#include "logfile.h"
#include "objects.h"

#define NAME	"binder_linux"
/* More than loading has. */
#define MOST	3000

FIXTURE(load) {
	int module;		/* the file */
	struct kmsg log;
};

static int load(int module, const char *parameters)
{
	return syscall(SYS_finit_module, module, parameters, 0) ? -errno : 0;
}

static int unload(void)
{
	return syscall(SYS_delete_module, NAME, O_NONBLOCK) ? -errno : 0;
}

/* 0 if the device of that name answers; else -errno. */
static int answers(const char *name)
{
	struct binder_version version = {};
	struct binder_dev dev;
	int ret = binder_open_path(&dev, binder_device_named(name), 0, 0);

	if (ret)
		return ret;
	ret = binder_ioctl(&dev, BINDER_VERSION, &version);
	binder_close(&dev);
	return ret;
}

/* Would memory pressure run into the module? (CVE-2023-54005) */
static bool has_shrinker(struct __test_metadata *_metadata)
{
	DIR *dir = opendir("/sys/kernel/debug/shrinker");
	struct dirent *entry;
	bool found = false;

	ASSERT_NE(NULL, dir) {
		TH_LOG("is CONFIG_SHRINKER_DEBUG on?");
	}
	while ((entry = readdir(dir)))
		found |= !!strstr(entry->d_name, "binder");
	closedir(dir);
	return found;
}

/* Is "binder" a word of that file, which is a table of the kernel's? */
static bool is_listed(const char *path)
{
	FILE *f = fopen(path, "re");
	bool found = false;
	char word[128];

	while (f && fscanf(f, "%127s", word) == 1)
		found |= !strcmp(word, "binder");
	if (f)
		fclose(f);
	return found;
}

/* Nothing is there that the module has made. */
static void expect_nothing(struct __test_metadata *_metadata, const char *why)
{
	static const char * const names[] = {
		"/sys/module/" NAME, "/sys/class/misc/binder", "/sys/class/misc/one",
		"/dev/binder", "/dev/one", "/sys/kernel/debug/binder",
		"/sys/kernel/slab/binder_node", "/sys/kernel/tracing/events/binder",
	};
	static const char * const tables[] = { "/proc/filesystems", "/proc/devices" };
	size_t i;

	EXPECT_FALSE(has_shrinker(_metadata)) {
		TH_LOG("the shrinker is left, %s", why);
	}
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		EXPECT_FALSE(is_listed(tables[i])) {
			TH_LOG("it is in %s, %s", tables[i], why);
		}
	}

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		bool there = !access(names[i], F_OK);

		EXPECT_FALSE(there) {
			TH_LOG("%s is left, %s", names[i], why);
		}
	}
}

FIXTURE_SETUP(load)
{
	const char *path = getenv("BINDER_MODULE") ?: NAME ".ko";

	unload();
	self->module = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->module) {
		TH_LOG("%s: %m", path);
	}
	expect_nothing(_metadata, "before anything is loaded");
	kmsg_open(&self->log);
}

FIXTURE_TEARDOWN(load)
{
	unload();
	kmsg_close(&self->log);
	close(self->module);
	expect_nothing(_metadata, "in the end");
}

TEST_F(load, by_default)
{
	ASSERT_EQ(0, load(self->module, ""));
	EXPECT_TRUE(has_shrinker(_metadata));
	EXPECT_TRUE(is_listed("/proc/filesystems"));
	EXPECT_TRUE(is_listed("/proc/devices"));
	EXPECT_EQ(0, access("/sys/kernel/slab/binder_node", F_OK));
	EXPECT_EQ(0, access("/sys/kernel/tracing/events/binder", F_OK));
	EXPECT_EQ(0, answers("binder"));
	EXPECT_NE(NULL, kmsg_find(&self->log, "binder: loaded, devices: binder;", 1000));
	EXPECT_EQ(-EEXIST, load(self->module, ""));
	EXPECT_EQ(0, unload());
}

/* Without names, and with none between two commas. */
TEST_F(load, with_names)
{
	ASSERT_EQ(0, load(self->module, "devices=one,,two,"));
	EXPECT_EQ(0, answers("one"));
	EXPECT_EQ(0, answers("two"));
	EXPECT_NE(0, answers("binder"));
	ASSERT_EQ(0, unload());
	ASSERT_EQ(0, load(self->module, "devices="));
	EXPECT_NE(0, access("/sys/class/misc/one", F_OK));
	EXPECT_EQ(0, access("/sys/kernel/debug/binder/state", F_OK));
	EXPECT_EQ(0, unload());
}

TEST_F(load, with_a_name_twice)
{
	ASSERT_EQ(-EINVAL, load(self->module, "devices=one,binder,one"));
	EXPECT_NE(NULL, kmsg_find(&self->log, "the device 'one' is named twice", 1000));
}

/* There is something of that name; the devices in front of it are not made. */
TEST_F(load, with_a_name_that_is_taken)
{
	ASSERT_EQ(-EBUSY, load(self->module, "devices=one,../mem/null"));
	EXPECT_NE(NULL, kmsg_find(&self->log, "another driver has the device", 1000));
}

TEST_F(load, not_unloaded_while_open)
{
	struct binder_dev dev;

	ASSERT_EQ(0, load(self->module, ""));
	ASSERT_EQ(0, binder_open_path(&dev, binder_device_named("binder"), 0, 0));
	EXPECT_EQ(-EAGAIN, unload());
	binder_close(&dev);
	EXPECT_EQ(0, unload());
}

/* The kernel runs a module's init function from here. */
static int caller_of_init(unsigned long *start, unsigned long *end)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long address;
	char name[256], kind;

	*start = 0;
	*end = ~0UL;
	if (!f)
		return -errno;
	while (fscanf(f, "%lx %c %255s%*[^\n]", &address, &kind, name) == 3)
		if (!strcmp(name, "do_one_initcall"))
			*start = address;
	rewind(f);
	/* They are in no order. */
	while (fscanf(f, "%lx %c %255s%*[^\n]", &address, &kind, name) == 3)
		if (address > *start && address < *end)
			*end = address;
	fclose(f);
	return *start && *end - *start < 0x10000 ? 0 : -ENOENT;
}

/*
 * The callers of an allocation that are looked at for that: whom the driver calls may
 * call others, and those others again, for whom it makes no difference what it was that failed.
 */
#define DEPTH	12

/* False when nothing was left that could fail. */
static bool fail_once(struct __test_metadata *_metadata, int module, int nth, int n,
		      int *refused)
{
	char why[64];
	bool left;
	int ret;

	snprintf(why, sizeof(why), "after failure %d", n);
	fault_arm(nth, n);
	ret = load(module, "");
	left = fault_disarm(nth);
	EXPECT_TRUE(!ret || (!left && ret == -ENOMEM)) {
		TH_LOG("%d %s", ret, why);
	}
	if (ret) {
		(*refused)++;
		expect_nothing(_metadata, why);
		return true;
	}
	EXPECT_EQ(0, answers("binder")) {
		TH_LOG("it was loaded %s", why);
	}
	EXPECT_EQ(0, unload());
	return !left;
}

TEST_F_TIMEOUT(load, allocations_fail, 1200)
{
	unsigned long start, end;
	/* Most are the kernel's own, and alike. */
	const int step = effort(4, 1);
	int nth, n = 1, refused = 0;

	ASSERT_EQ(0, caller_of_init(&start, &end));
	faults_set_up(_metadata, start, end);
	ASSERT_EQ(0, set_fault("failslab", "stacktrace-depth", DEPTH));
	ASSERT_EQ(0, set_fault("fail_page_alloc", "stacktrace-depth", DEPTH));
	nth = fault_open();
	ASSERT_LE(0, nth);
	while (n < MOST && fail_once(_metadata, self->module, nth, n, &refused) &&
	       __test_passed(_metadata))
		n += step;
	TH_LOG("%d failures, %d of them in vain", (n - 1) / step, refused);
	EXPECT_LT(n, MOST);
	EXPECT_LT(20 / step, refused);
	close(nth);
}

TEST_HARNESS_MAIN
