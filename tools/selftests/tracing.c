// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events: each of 7.2's exists with exactly its fields, and one of our own; each
 * fires where it should, with the right values.
 *
 * Events are enabled in an instance of tracefs that is made for it: what others
 * trace, or have enabled, is not touched.
 */
#include <linux/android/binder_netlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "cpus.h"
#include "objects.h"
#include "logfile.h"

#define TRACEFS		"/sys/kernel/tracing/"
#define INSTANCE	TRACEFS "instances/binder_selftest/"

static bool have_tracefs(void)
{
	return !access(TRACEFS "events", F_OK) ||
	       !mount("tracefs", TRACEFS, "tracefs", 0, NULL);
}

/* Fields. */

FIXTURE(format) {};

FIXTURE_VARIANT(format) {
	const char *event;
	const char *fields;	/* type, name, size, signed; a pattern */
};

#define PAGE_FIELDS	"int proc 4 1, size_t page_index 8 0, "
#define BUFFER_FIELDS	"int debug_id 4 1, size_t data_size 8 0, size_t offsets_size 8 0, " \
			"size_t extra_buffers_size 8 0, "
#define FD_FIELDS	"int debug_id 4 1, int fd 4 1, size_t offset 8 0, "
#define PARTY_FIELDS	"int from_proc 4 1, int from_thread 4 1, int to_proc 4 1, " \
			"int to_thread 4 1, "
#define CODE_FIELDS	"unsigned int code 4 0, unsigned int flags 4 0, "
#define TRANSACTION_FIELDS "int debug_id 4 1, int target_node 4 1, int to_proc 4 1, " \
			"int to_thread 4 1, int reply 4 1, "
#define NODE_TO_REF_FIELDS "int debug_id 4 1, int node_debug_id 4 1, " \
			"binder_uintptr_t node_ptr 8 0, int ref_debug_id 4 1, uint32_t ref_desc 4 0, "
#define REF_TO_NODE_FIELDS "int debug_id 4 1, int ref_debug_id 4 1, uint32_t ref_desc 4 0, " \
			"int node_debug_id 4 1, binder_uintptr_t node_ptr 8 0, "
#define REF_TO_REF_FIELDS "int debug_id 4 1, int node_debug_id 4 1, int src_ref_debug_id 4 1, " \
			"uint32_t src_ref_desc 4 0, int dest_ref_debug_id 4 1, uint32_t dest_ref_desc 4 0, "
#define RANGE_FIELDS	"int proc 4 1, bool allocate 1 0, size_t offset 8 0, size_t size 8 0, "
#define WAIT_FIELDS	"bool proc_work 1 0, bool transaction_stack 1 0, bool thread_todo 1 0, "
#define REPORT_FIELDS	"__data_loc char[[]] context 4 [01], u32 error 4 0, int from_pid 4 1, " \
			"int from_tid 4 1, int to_pid 4 1, int to_tid 4 1, bool is_reply 1 0, " \
			"unsigned int flags 4 0, unsigned int code 4 0, size_t data_size 8 0, "
#define FAILURE_FIELDS	"u32 command 4 0, int error 4 1, int reason 4 1, u64 detail 8 0, " \
			"u32 object 4 0, u32 offset 4 0, u32 free 4 0, u32 largest 4 0, " \
			"int holder 4 1, "

FIXTURE_VARIANT_ADD(format, binder_alloc_lru_end) {
	"binder_alloc_lru_end", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_alloc_lru_start) {
	"binder_alloc_lru_start", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_alloc_page_end) {
	"binder_alloc_page_end", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_alloc_page_start) {
	"binder_alloc_page_start", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_command) {
	"binder_command", "uint32_t cmd 4 0, "
};

FIXTURE_VARIANT_ADD(format, binder_free_lru_end) {
	"binder_free_lru_end", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_free_lru_start) {
	"binder_free_lru_start", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_ioctl) {
	"binder_ioctl", "unsigned int cmd 4 0, unsigned long arg 8 0, "
};

FIXTURE_VARIANT_ADD(format, binder_ioctl_done) {
	"binder_ioctl_done", "int ret 4 1, "
};

/* The context's name, where 7.2 has a pointer to it. */
FIXTURE_VARIANT_ADD(format, binder_netlink_report) {
	"binder_netlink_report", REPORT_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_read_done) {
	"binder_read_done", "int ret 4 1, "
};

FIXTURE_VARIANT_ADD(format, binder_return) {
	"binder_return", "uint32_t cmd 4 0, "
};

FIXTURE_VARIANT_ADD(format, binder_transaction) {
	"binder_transaction", TRANSACTION_FIELDS CODE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_alloc_buf) {
	"binder_transaction_alloc_buf", BUFFER_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_buffer_release) {
	"binder_transaction_buffer_release", BUFFER_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_failed_buffer_release) {
	"binder_transaction_failed_buffer_release", BUFFER_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_fd_recv) {
	"binder_transaction_fd_recv", FD_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_fd_send) {
	"binder_transaction_fd_send", FD_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_node_to_ref) {
	"binder_transaction_node_to_ref", NODE_TO_REF_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_received) {
	"binder_transaction_received", "int debug_id 4 1, "
};

FIXTURE_VARIANT_ADD(format, binder_transaction_ref_to_node) {
	"binder_transaction_ref_to_node", REF_TO_NODE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_ref_to_ref) {
	"binder_transaction_ref_to_ref", REF_TO_REF_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_transaction_update_buffer_release) {
	"binder_transaction_update_buffer_release", BUFFER_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_txn_latency_free) {
	"binder_txn_latency_free", "int debug_id 4 1, " PARTY_FIELDS CODE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_unmap_kernel_end) {
	"binder_unmap_kernel_end", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_unmap_kernel_start) {
	"binder_unmap_kernel_start", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_unmap_user_end) {
	"binder_unmap_user_end", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_unmap_user_start) {
	"binder_unmap_user_start", PAGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_update_page_range) {
	"binder_update_page_range", RANGE_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_wait_for_work) {
	"binder_wait_for_work", WAIT_FIELDS
};

FIXTURE_VARIANT_ADD(format, binder_write_done) {
	"binder_write_done", "int ret 4 1, "
};

/* Ours. */
FIXTURE_VARIANT_ADD(format, binder_transaction_failed) {
	"binder_transaction_failed", "int debug_id 4 1, " PARTY_FIELDS FAILURE_FIELDS
};

FIXTURE_SETUP(format)
{
	ASSERT_TRUE(have_tracefs());
}

FIXTURE_TEARDOWN(format) {}

/* "type name size signed, " of each field that the events don't have in common. */
TEST_F(format, fields)
{
	char path[256], line[512], fields[1024] = "", field[256];
	unsigned int size, is_signed;
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), TRACEFS "events/binder/%s/format",
		 variant->event);
	f = fopen(path, "re");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " field:%255[^;]; offset:%*u; size:%u; signed:%u;", field, &size,
			   &is_signed) != 3 || strstr(field, "common_"))
			continue;
		n += snprintf(fields + n, sizeof(fields) - n, "%s %u %u, ", field, size,
			      is_signed);
		ASSERT_GT(sizeof(fields), n);
	}
	fclose(f);
	EXPECT_EQ(0, fnmatch(variant->fields, fields, 0)) {
		TH_LOG("expected %s\nthere is %s", variant->fields, fields);
	}
}

/* Firing. */

FIXTURE(event) {
	struct duo d;
	struct actor *client, *server;
	struct binder_payload p;
	struct text trace;
};

static bool set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return ok;
}

FIXTURE_SETUP(event)
{
	ASSERT_TRUE(have_tracefs());
	duo_setup(_metadata, &self->d);
	self->client = self->d.client;
	self->server = self->d.server;
	/* One that was left over would have its events enabled. */
	rmdir(INSTANCE);
	ASSERT_EQ(0, mkdir(INSTANCE, 0700));
	ASSERT_TRUE(set(INSTANCE "events/binder/enable", "1"));
}

FIXTURE_TEARDOWN(event)
{
	set(INSTANCE "events/binder/enable", "0");
	EXPECT_EQ(0, rmdir(INSTANCE));
	text_free(&self->trace);
	actor_end_all();
}

/* What has been traced since the events were enabled. */
static void read_trace(struct __test_metadata *_metadata, struct text *trace)
{
	int fd = open(INSTANCE "trace", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	text_free(trace);
	ASSERT_EQ(0, text_read_on(trace, fd, 65536));
	close(fd);
}

/* An event of a thread: the text behind its name, or NULL; NULL @a: anybody's. */
static const char *find_event(const struct text *trace, struct actor *a, const char *event,
			      const char *pattern)
{
	char whole[512];
	const char *line;

	if (a)
		snprintf(whole, sizeof(whole), "*-%d +( )[[]*: %s: %s", a->tid, event, pattern);
	else
		snprintf(whole, sizeof(whole), "*: %s: %s", event, pattern);
	line = find_line(trace->bytes, whole);
	return line ? strstr(line, event) + strlen(event) + 2 : NULL;
}

/* The number that has that name in an event, or 0. */
static int number_in(const char *event, const char *name)
{
	const char *at = event ? strstr(event, name) : NULL;

	return at ? atoi(at + strlen(name)) : 0;
}

/* Of an event, the transaction's. */
static int event_id(const struct text *trace, struct actor *a, const char *event,
		    const char *pattern)
{
	return number_in(find_event(trace, a, event, pattern), "transaction=");
}

static __attribute__((format(printf, 5, 6)))
void expect_event(struct __test_metadata *_metadata, const struct text *trace, struct actor *a,
		  const char *event, const char *format, ...)
{
	char pattern[400];
	va_list args;

	va_start(args, format);
	vsnprintf(pattern, sizeof(pattern), format, args);
	va_end(args);
	EXPECT_NE(NULL, find_event(trace, a, event, pattern)) {
		TH_LOG("%s: %s\nnot in\n%s", event, pattern, trace->bytes);
	}
}

#define EXPECT_EVENT(a, event, ...) \
	expect_event(_metadata, &self->trace, a, "binder_" event, __VA_ARGS__)

/* A call with a pattern of that size, its reply, and all freed. */
static void traced_call(struct __test_metadata *_metadata, struct duo *d, uint32_t flags,
			const struct binder_payload *p, const struct binder_payload *reply)
{
	struct binder_cmds c = {};

	cmd_call(&c, d->open, 0x2a, flags, p);
	ASSERT_EQ(0, actor_write(d->client, &c));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_NE(NULL, actor_message(d->server));
	ASSERT_EQ(0, actor_reply(d->server, reply));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_NE(NULL, binder_find(&d->client->in, BR_REPLY, 0));
	ASSERT_EQ(0, actor_free(d->client));
}

TEST_F(event, transaction)
{
	struct actor *c = self->client, *s = self->server;
	struct binder_payload reply = {};
	struct text *t = &self->trace;
	int call, answer;

	payload_pattern(&self->p, 1, 24);
	payload_pattern(&reply, 1, 40);
	traced_call(_metadata, &self->d, TF_ACCEPT_FDS, &self->p, &reply);
	read_trace(_metadata, t);
	call = event_id(t, c, "binder_transaction", "*reply=0*");
	answer = event_id(t, s, "binder_transaction", "*reply=1*");
	EXPECT_NE(0, call);
	EXPECT_NE(0, answer);
	EXPECT_EVENT(c, "transaction",
		     "transaction=%d dest_node=+([1-9])*([0-9]) dest_proc=%d dest_thread=0 reply=0 flags=0x10 code=0x2a",
		     call, s->pid);
	EXPECT_EVENT(s, "transaction",
		     "transaction=%d dest_node=0 dest_proc=%d dest_thread=%d reply=1 flags=0x0 code=0x0",
		     answer, c->pid, c->tid);
	EXPECT_EVENT(s, "transaction_received", "transaction=%d", call);
	EXPECT_EVENT(c, "transaction_received", "transaction=%d", answer);
	EXPECT_EVENT(c, "transaction_alloc_buf",
		     "transaction=%d data_size=24 offsets_size=0 extra_buffers_size=0", call);
	EXPECT_EVENT(s, "transaction_alloc_buf",
		     "transaction=%d data_size=40 offsets_size=0 extra_buffers_size=0", answer);
	EXPECT_EVENT(s, "transaction_buffer_release",
		     "transaction=%d data_size=24 offsets_size=0 extra_buffers_size=0", call);
	EXPECT_EVENT(c, "transaction_buffer_release",
		     "transaction=%d data_size=40 offsets_size=0 extra_buffers_size=0", answer);
}

/* When it is over. 6.1 and 7.2 say "flags" of the code, and "code" of the flags. */
TEST_F(event, txn_latency_free)
{
	struct actor *c = self->client, *s = self->server;
	int call;

	traced_call(_metadata, &self->d, TF_ACCEPT_FDS, NULL, NULL);
	read_trace(_metadata, &self->trace);
	call = event_id(&self->trace, c, "binder_transaction", "*reply=0*");
	EXPECT_EVENT(NULL, "txn_latency_free",
		     "transaction=%d from %d:%d to %d:%d flags=0x10 code=0x2a", call, c->pid,
		     c->tid, s->pid, s->tid);
}

TEST_F(event, commands)
{
	struct actor *c = self->client, *s = self->server;

	traced_call(_metadata, &self->d, 0, NULL, NULL);
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(c, "command", "cmd=0x%lx BC_TRANSACTION", (unsigned long)BC_TRANSACTION);
	EXPECT_EVENT(s, "command", "cmd=0x%lx BC_REPLY", (unsigned long)BC_REPLY);
	EXPECT_EVENT(s, "command", "cmd=0x%lx BC_FREE_BUFFER", (unsigned long)BC_FREE_BUFFER);
	EXPECT_EVENT(s, "return", "cmd=0x%lx BR_TRANSACTION", (unsigned long)BR_TRANSACTION);
	EXPECT_EVENT(c, "return", "cmd=0x%lx BR_TRANSACTION_COMPLETE",
		     (unsigned long)BR_TRANSACTION_COMPLETE);
	EXPECT_EVENT(c, "return", "cmd=0x%lx BR_REPLY", (unsigned long)BR_REPLY);
}

TEST_F(event, ioctl)
{
	struct actor *c = self->client;
	struct binder_cmds bad = {};

	traced_call(_metadata, &self->d, 0, NULL, NULL);
	cmd_u32(&bad, 0x1234, 0);
	EXPECT_EQ(-EINVAL, actor_write(c, &bad));
	EXPECT_EQ(-EINVAL, actor_ioctl(c, 0x4321, NULL));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(c, "ioctl", "cmd=0x%lx arg=0x+([0-9a-f])", (unsigned long)BINDER_WRITE_READ);
	EXPECT_EVENT(c, "ioctl_done", "ret=0");
	EXPECT_EVENT(c, "write_done", "ret=0");
	EXPECT_EVENT(c, "read_done", "ret=0");
	EXPECT_EVENT(c, "write_done", "ret=-22");
	EXPECT_EVENT(c, "ioctl", "cmd=0x4321 arg=0x0");
	EXPECT_EVENT(c, "ioctl_done", "ret=-22");
}

TEST_F(event, wait_for_work)
{
	struct actor *thread = actor_thread(self->server);
	struct binder_cmds c = {};

	ASSERT_EQ(0, actor_settle(thread));
	ASSERT_EQ(0, actor_enter(thread));
	actor_start_read(thread);
	ASSERT_EQ(0, actor_wait_asleep(thread));
	cmd_call(&c, self->d.open, 1, 0, NULL);
	actor_start_write_read(self->client, &c);
	ASSERT_EQ(0, actor_finish(thread));
	ASSERT_EQ(0, actor_wait_asleep(self->client));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(thread, "wait_for_work", "proc_work=1 transaction_stack=0 thread_todo=0");
	EXPECT_EVENT(self->client, "wait_for_work",
		     "proc_work=0 transaction_stack=1 thread_todo=[01]");
}

/* The client's object goes to the server, which returns it, and passes it on. */
TEST_F(event, objects)
{
	struct actor *c = self->client, *s = self->server, *other = actor_spawn(DUO_AREA);
	struct binder_payload reply = {};
	struct text *t = &self->trace;
	int64_t handle;
	int node, ref;

	ASSERT_EQ(0, actor_settle(other));
	payload_binder(&self->p, BINDER_TYPE_BINDER, 0x5678, 0x9abc);
	ASSERT_EQ(0, actor_call(c, self->d.open, 1, TF_ONE_WAY, &self->p));
	ASSERT_EQ(0, actor_read(s));
	handle = actor_object(s, 0)->handle;
	ASSERT_EQ(0, actor_ref(s, BC_ACQUIRE, handle));
	ASSERT_EQ(0, actor_free(s));
	ASSERT_EQ(0, actor_read(c));
	ASSERT_EQ(0, actor_answer_refs(c));
	payload_handle(&reply, BINDER_TYPE_HANDLE, handle);
	traced_call(_metadata, &self->d, 0, NULL, &reply);
	ASSERT_EQ(0, actor_call(other, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(s));
	ASSERT_EQ(0, actor_reply(s, &reply));
	read_trace(_metadata, t);

	node = number_in(find_event(t, c, "binder_transaction_node_to_ref", "*"), "node=");
	ref = number_in(find_event(t, c, "binder_transaction_node_to_ref", "*"), "dest_ref=");
	EXPECT_NE(0, node);
	EXPECT_NE(0, ref);
	EXPECT_EVENT(c, "transaction_node_to_ref",
		     "transaction=%d node=%d src_ptr=0x0000000000005678 ==> dest_ref=%d dest_desc=%d",
		     event_id(t, c, "binder_transaction", "*"), node, ref, (int)handle);
	EXPECT_EVENT(s, "transaction_ref_to_node",
		     "transaction=%d node=%d src_ref=%d src_desc=%d ==> dest_ptr=0x0000000000005678",
		     event_id(t, s, "binder_transaction", "*reply=1*"), node, ref, (int)handle);
	EXPECT_EVENT(s, "transaction_ref_to_ref",
		     "*node=%d src_ref=%d src_desc=%d ==> dest_ref=!(%d) dest_desc=1",
		     node, ref, (int)handle, ref);
}

TEST_F(event, fds)
{
	struct actor *c = self->client, *s = self->server;
	unsigned int fd = actor_next_fd(s);
	int call;

	payload_pattern(&self->p, 1, 16);
	payload_fd(&self->p, self->d.w);
	traced_call(_metadata, &self->d, 0, &self->p, NULL);
	read_trace(_metadata, &self->trace);
	call = event_id(&self->trace, c, "binder_transaction", "*reply=0*");
	EXPECT_EVENT(c, "transaction_fd_send", "transaction=%d src_fd=%d offset=24", call,
		     self->d.w);
	EXPECT_EVENT(s, "transaction_fd_recv", "transaction=%d dest_fd=%u offset=24", call, fd);
}

TEST_F(event, failed_buffer_release)
{
	payload_pattern(&self->p, 1, 32);
	payload_handle(&self->p, BINDER_TYPE_HANDLE, 99);
	ASSERT_EQ(0, actor_call_sg(self->client, self->d.open, 0, &self->p, 64));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(self->client, "transaction_failed_buffer_release",
		     "transaction=%d data_size=56 offsets_size=8 extra_buffers_size=64",
		     event_id(&self->trace, self->client, "binder_transaction_alloc_buf", "*"));
}

/* A transaction that gets no buffer is one, too. */
TEST_F(event, transaction_without_a_buffer)
{
	ASSERT_EQ(0, actor_call_pattern(self->client, self->d.open, 0, 0x2a, DUO_AREA + 8));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(self->client, "transaction", "* dest_proc=%d * code=0x2a", self->server->pid);
	EXPECT_EQ(NULL, strstr(self->trace.bytes, "binder_transaction_alloc_buf"));
}

/* A one-way call to who is frozen gives way to a newer one. */
TEST_F(event, update_buffer_release)
{
	struct binder_freeze_info *info = actor_alloc(sizeof(*info));
	int i;

	*info = (struct binder_freeze_info){ .pid = self->server->pid, .enable = 1,
					     .timeout_ms = 1000 };
	ASSERT_EQ(0, actor_ioctl(self->client, BINDER_FREEZE, info));
	for (i = 0; i < 3; i++) {
		payload_reset(&self->p);
		payload_pattern(&self->p, 1, 8 + 8 * i);
		ASSERT_EQ(0, actor_call(self->client, self->d.open, 7,
					TF_ONE_WAY | TF_UPDATE_TXN, &self->p));
	}
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(self->client, "transaction_update_buffer_release",
		     "transaction=" NUM " data_size=16 offsets_size=0 extra_buffers_size=0");
	info->enable = 0;
	ASSERT_EQ(0, actor_ioctl(self->client, BINDER_FREEZE, info));
}

/* A page comes with the first call, rests when it is freed, is used again, and is given back. */
TEST_F(event, pages)
{
	struct actor *fresh = actor_spawn(DUO_AREA), *s = self->server;

	ASSERT_EQ(0, actor_settle(fresh));
	ASSERT_EQ(1, actor_give(s, fresh, 0x3000, 0x4000));
	ASSERT_EQ(0, actor_call(fresh, 1, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(s));
	payload_pattern(&self->p, 1, 3 * 4096);
	ASSERT_EQ(0, actor_reply(s, &self->p));
	ASSERT_EQ(0, actor_read(s));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(s, "update_page_range", "proc=%d allocate=1 offset=0 size=12288", fresh->pid);
	EXPECT_EVENT(s, "alloc_page_start", "proc=%d page_index=0", fresh->pid);
	EXPECT_EVENT(s, "alloc_page_end", "proc=%d page_index=0", fresh->pid);
	EXPECT_EVENT(s, "alloc_page_start", "proc=%d page_index=2", fresh->pid);
	EXPECT_EVENT(s, "alloc_lru_start", "proc=%d page_index=0", fresh->pid);
	EXPECT_EVENT(s, "alloc_lru_end", "proc=%d page_index=0", fresh->pid);

	ASSERT_EQ(0, actor_read(fresh));
	ASSERT_NE(NULL, actor_message(fresh));
	ASSERT_EQ(0, actor_free(fresh));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(fresh, "update_page_range", "proc=%d allocate=0 offset=0 size=12288",
		     fresh->pid);
	EXPECT_EVENT(fresh, "free_lru_start", "proc=%d page_index=1", fresh->pid);
	EXPECT_EVENT(fresh, "free_lru_end", "proc=%d page_index=2", fresh->pid);

	ASSERT_TRUE(set("/proc/sys/vm/drop_caches", "2"));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(NULL, "unmap_user_start", "proc=%d page_index=1", fresh->pid);
	EXPECT_EVENT(NULL, "unmap_user_end", "proc=%d page_index=1", fresh->pid);
	EXPECT_EVENT(NULL, "unmap_kernel_start", "proc=%d page_index=2", fresh->pid);
	EXPECT_EVENT(NULL, "unmap_kernel_end", "proc=%d page_index=2", fresh->pid);
}

#define FAILED_BY	"transaction=" NUM " from %d:%d "
#define BAD_HANDLE	"BR_FAILED_REPLY error=-22 reason=10 (bad handle) detail="
#define NO_FIGURES	"free=0 largest=0 holder=0"
#define NO_SPACE	"BR_FAILED_REPLY error=-28 reason=7 (no space) detail=0 object=0x0 offset=0 "

TEST_F(event, transaction_failed)
{
	struct actor *c = self->client, *s = self->server;

	ASSERT_EQ(0, actor_call(c, 77, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(c));
	payload_pattern(&self->p, 1, 8);
	payload_handle(&self->p, BINDER_TYPE_HANDLE, 99);
	ASSERT_EQ(0, actor_call(c, self->d.open, 1, 0, &self->p));
	ASSERT_EQ(0, actor_read(c));
	ASSERT_EQ(0, actor_call_pattern(c, self->d.open, TF_ONE_WAY, 1, 4096));
	ASSERT_EQ(0, actor_read(c));
	ASSERT_EQ(0, actor_call_pattern(c, self->d.open, 0, 1, DUO_AREA));
	ASSERT_EQ(0, actor_read(c));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(c, "transaction_failed",
		     FAILED_BY "to 0:0 " BAD_HANDLE "77 object=0x0 offset=0 " NO_FIGURES,
		     c->pid, c->tid);
	EXPECT_EVENT(c, "transaction_failed",
		     FAILED_BY "to %d:0 " BAD_HANDLE "99 object=0x%x offset=8 " NO_FIGURES,
		     c->pid, c->tid, s->pid, BINDER_TYPE_HANDLE);
	EXPECT_EVENT(c, "transaction_failed",
		     FAILED_BY "to %d:0 " NO_SPACE "free=%d largest=%d holder=%d",
		     c->pid, c->tid, s->pid, DUO_AREA - 4096, DUO_AREA - 4096, c->pid);
}

/* Joins the group of the driver's reports: the socket, or -1 where there is no such family. */
static int listen_to_reports(void)
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
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	/* The family has one group, whose number is the last attribute of all. */
	union {
		char bytes[8192];
		struct nlmsghdr header;
	} in;
	uint32_t group;
	ssize_t n;
	char *at;

	if (fd < 0 || send(fd, &ask, sizeof(ask), 0) != sizeof(ask))
		return -1;
	n = recv(fd, in.bytes, sizeof(in), 0);
	at = n > 0 ? memmem(in.bytes, n, BINDER_MCGRP_REPORT, sizeof(BINDER_MCGRP_REPORT)) : NULL;
	if (!at || in.header.nlmsg_type != GENL_ID_CTRL)
		return -1;
	/* In front of its name. */
	memcpy(&group, at - NLA_HDRLEN - sizeof(group), sizeof(group));
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -1;
	return fd;
}

TEST_F(event, netlink_report)
{
	struct actor *c = self->client;
	int fd = listen_to_reports();

	if (fd < 0)
		SKIP(return, "there is no family '%s'", BINDER_FAMILY_NAME);
	ASSERT_EQ(0, actor_call_pattern(c, 77, TF_ONE_WAY, 5, 123));
	ASSERT_EQ(0, actor_read(c));
	read_trace(_metadata, &self->trace);
	EXPECT_EVENT(c, "netlink_report",
		     "from %d:%d to 0:0 context=binder error=%u is_reply=0 flags=0x1 code=0x5 size=123",
		     c->pid, c->tid, BR_FAILED_REPLY);
	close(fd);
}

/* Who is not traced has nothing of it. */
TEST_F(event, disabled)
{
	ASSERT_TRUE(set(INSTANCE "events/binder/enable", "0"));
	ASSERT_TRUE(set(INSTANCE "trace", ""));
	traced_call(_metadata, &self->d, 0, NULL, NULL);
	read_trace(_metadata, &self->trace);
	EXPECT_EQ(NULL, strstr(self->trace.bytes, ": binder_"));
}

static void cpus_come_back(void)
{
	other_cpus(true);
}

int main(int argc, char **argv)
{
	other_cpus(false);
	atexit(cpus_come_back);
	return test_harness_run(argc, argv);
}
