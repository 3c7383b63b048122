// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a security module may refuse, and by whose credentials it decides.
 *
 * The module is one made of BPF programs, one for each of the four hooks: it
 * refuses where the sender or the receiver has a certain user id.  Which users
 * those are must be decided by who opened the device, not by who makes the call.
 * The kernel has to be booted with lsm=bpf.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include "failevents.h"
#include "objects.h"

/* Whom the hook refuses, as a user id. */
enum { BAD_MANAGER = 1001, BAD_CALL, BAD_OBJECT, BAD_FILE };

static const struct hook {
	const char *name;
	int creds;		/* how many of its first arguments are */
	uint32_t bad;
} hooks[] = {
	{ "bpf_lsm_binder_set_context_mgr", 1, BAD_MANAGER },
	{ "bpf_lsm_binder_transaction", 2, BAD_CALL },
	{ "bpf_lsm_binder_transfer_binder", 2, BAD_OBJECT },
	{ "bpf_lsm_binder_transfer_file", 2, BAD_FILE },
};

#define HOOKS	ARRAY_SIZE(hooks)

/* The kernel's types, as it describes them. */
struct types {
	char *bytes;
	const struct btf_header *header;
	const char *names;
};

static void types_read(struct __test_metadata *_metadata, struct types *types)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	size_t size = 0, room = 32 << 20;
	ssize_t n;

	ASSERT_LE(0, fd);
	types->bytes = malloc(room);
	ASSERT_NE(NULL, types->bytes);
	while ((n = read(fd, types->bytes + size, room - size)) > 0)
		size += n;
	close(fd);
	types->header = (void *)types->bytes;
	ASSERT_LT(sizeof(*types->header), size);
	ASSERT_EQ(0xeb9f, types->header->magic);
	types->names = types->bytes + types->header->hdr_len + types->header->str_off;
}

/* How long is what follows a type's description? */
static size_t types_extra(const struct btf_type *type)
{
	size_t count = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return count * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return count * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return count * 12;
	case BTF_KIND_FUNC_PROTO:
		return count * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return count * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* The type of that kind and name, and its number; or NULL. */
static const struct btf_type *types_find(const struct types *types, unsigned int kind,
					 const char *name, uint32_t *id)
{
	const char *at = types->bytes + types->header->hdr_len + types->header->type_off;
	const char *end = at + types->header->type_len;

	for (*id = 1; at < end; ++*id) {
		const struct btf_type *type = (void *)at;

		if (BTF_INFO_KIND(type->info) == kind &&
		    !strcmp(types->names + type->name_off, name))
			return type;
		at += sizeof(*type) + types_extra(type);
	}
	return NULL;
}

/* Where in struct cred is the user id? */
static uint32_t types_uid(struct __test_metadata *_metadata, const struct types *types)
{
	uint32_t id, i;
	const struct btf_type *cred = types_find(types, BTF_KIND_STRUCT, "cred", &id);
	const struct btf_member *members;

	ASSERT_NE(NULL, cred);
	members = (void *)(cred + 1);
	for (i = 0; i < BTF_INFO_VLEN(cred->info); i++)
		if (!strcmp(types->names + members[i].name_off, "uid"))
			return BTF_MEMBER_BIT_OFFSET(members[i].offset) / 8;
	ASSERT_TRUE(false);
	return 0;
}

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* -EPERM if one of the hook's credentials (r2) is of the bad user, else 0. */
static int program(const struct hook *hook, uint32_t uid, struct bpf_insn *insns)
{
	int i, n = 0;

	insns[n++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = -EPERM };
	for (i = 0; i < hook->creds; i++) {
		insns[n++] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 2,
			.src_reg = 1, .off = 8 * i };
		insns[n++] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2,
			.src_reg = 2, .off = uid };
		insns[n] = (struct bpf_insn){ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 2,
			.off = 3 * (hook->creds - i) - 2, .imm = hook->bad };
		n++;
	}
	insns[n++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
	insns[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	return n;
}

/* Hook it in, for as long as the returned file is open. */
static int attach(struct __test_metadata *_metadata, const struct types *types,
		  const struct hook *hook, uint32_t uid)
{
	union bpf_attr attr = {};
	struct bpf_insn insns[16];
	static char log[65536];
	uint32_t id;
	int fd;

	ASSERT_NE(NULL, types_find(types, BTF_KIND_FUNC, hook->name, &id));
	attr.prog_type = BPF_PROG_TYPE_LSM;
	attr.expected_attach_type = BPF_LSM_MAC;
	attr.attach_btf_id = id;
	attr.insn_cnt = program(hook, uid, insns);
	attr.insns = (uintptr_t)insns;
	attr.license = (uintptr_t)"GPL";
	attr.log_level = 1;
	attr.log_size = sizeof(log);
	attr.log_buf = (uintptr_t)log;
	fd = bpf(BPF_PROG_LOAD, &attr);
	ASSERT_LE(0, fd) {
		TH_LOG("%s: errno %d: %s", hook->name, errno, log);
	}
	attr = (union bpf_attr){ .raw_tracepoint.prog_fd = fd };
	fd = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	ASSERT_LE(0, fd) {
		TH_LOG("%s can't be attached: errno %d; lsm=bpf?", hook->name, errno);
	}
	return fd;
}

static long become_job(struct actor *a, void *uid)
{
	/* Still root in all that the kernel itself decides. */
	return setresuid((uintptr_t)uid, 0, 0) ? -errno : 0;
}

/* It has opened the device as that user, and then became another one. */
static struct actor *spawn_as(struct __test_metadata *_metadata, uintptr_t opener, uintptr_t now)
{
	struct actor *a = actor_spawn(ACTOR_CLOSED);

	ASSERT_EQ(0, actor_do(a, become_job, (void *)opener));
	ASSERT_EQ(0, actor_open(a, binder_device(), O_RDWR | O_CLOEXEC, DUO_AREA));
	ASSERT_EQ(0, actor_do(a, become_job, (void *)now));
	return a;
}

FIXTURE(refused) {
	struct duo d;
	int links[HOOKS];
};

FIXTURE_SETUP(refused)
{
	struct types types;
	uint32_t uid;
	size_t i;

	types_read(_metadata, &types);
	uid = types_uid(_metadata, &types);
	for (i = 0; i < HOOKS; i++)
		self->links[i] = attach(_metadata, &types, &hooks[i], uid);
	free(types.bytes);
	duo_setup(_metadata, &self->d);
}

FIXTURE_TEARDOWN(refused) { duo_teardown(_metadata, &self->d); }

TEST_F(refused, manager)
{
	struct duo *d = &self->d;
	struct actor *bad = spawn_as(_metadata, BAD_MANAGER, 0);
	struct actor *good = spawn_as(_metadata, 0, BAD_MANAGER);

	d->one_is_dead = true;
	actor_kill(d->server);
	ASSERT_EQ(-EPERM, actor_become_manager(bad));
	EXPECT_EQ(0, actor_become_manager(good));
}

/* A client in the place of the fixture's, with a handle that takes fds. */
static void replace_client(struct __test_metadata *_metadata, struct duo *d, uintptr_t opener,
			   uintptr_t now)
{
	actor_kill(d->client);
	/* The server hears that its objects are needed no more. */
	while (!actor_poll(d->server, 100))
		ASSERT_EQ(0, actor_read(d->server));
	d->client = spawn_as(_metadata, opener, now);
	ASSERT_EQ(0, actor_settle(d->client));
	tube_open(&d->tube);
	d->w = tube_give(&d->tube, d->client);
	d->client_fds = actor_fds(d->client);
	d->server_fds = actor_fds(d->server);
}

/* Debian's driver has this parameter, and does not say why. */
static bool says_why(void)
{
	return access("/sys/module/binder_linux/parameters/debug_mask", F_OK);
}

/* The last failure, in failed_transaction_log; to the client, and to who traces. */
static void expect_why(struct __test_metadata *_metadata, struct actor *client,
		       const char *object)
{
	struct binder_extended_error *ee = actor_alloc(sizeof(*ee));
	const char *last;
	struct text log;
	char why[128];

	ASSERT_EQ(0, actor_ioctl(client, BINDER_GET_EXTENDED_ERROR, ee));
	EXPECT_BR(BR_FAILED_REPLY, ee->command);
	EXPECT_EQ(-EPERM, ee->param);
	if (!says_why())
		return;
	snprintf(why, sizeof(why), "*/-1 l=18 why: refused by a security module%s", object);
	ASSERT_EQ(0, log_read(&log, "failed_transaction_log"));
	last = last_line_of(log.bytes);
	EXPECT_TRUE(line_matches(why, strlen(why), last)) {
		TH_LOG("expected:\n%s\nthere is:\n%s", why, last);
	}
	expect_failevent(_metadata, last);
	text_free(&log);
}

TEST_F(refused, call)
{
	struct duo *d = &self->d;

	replace_client(_metadata, d, BAD_CALL, 0);
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	duo_fails(_metadata, d, 0);
	expect_why(_metadata, d->client, "");
	ASSERT_EQ(0, actor_call(d->client, 0, 1, TF_ONE_WAY, NULL));
	duo_fails(_metadata, d, 1);
	/* It could not even have got hold of the whole area. */
	d->one_is_dead = true;
}

/* Who makes the call does not matter; who opened the device does (CVE-2021-39686). */
TEST_F(refused, not_by_the_callers_credentials)
{
	struct duo *d = &self->d;

	replace_client(_metadata, d, 0, BAD_CALL);
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
}

TEST_F(refused, call_by_its_receiver)
{
	struct duo *d = &self->d;

	actor_kill(d->server);
	d->one_is_dead = true;
	d->server = spawn_as(_metadata, BAD_CALL, 0);
	ASSERT_EQ(0, actor_become_manager(d->server));
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	ASSERT_EQ(0, actor_read(d->client));
	EXPECT_SHAPE("BR_NOOP BR_FAILED_REPLY", d->client);
}

/* Objects, handles; in calls and in replies. */
TEST_F(refused, object)
{
	static const uint32_t types[] = { BINDER_TYPE_BINDER, BINDER_TYPE_WEAK_BINDER };
	struct duo *d = &self->d;
	struct binder_payload p;
	size_t i;

	replace_client(_metadata, d, BAD_OBJECT, 0);
	/* It may call. */
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	duo_arrives(_metadata, d);
	duo_answer(_metadata, d);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		p = (struct binder_payload){};
		payload_binder(&p, types[i], 0x3000, 0x33);
		ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, &p));
		duo_fails(_metadata, d, types[i]);
		expect_why(_metadata, d->client,
			   i ? "; weak binder object *" : "; binder object *");
	}
	p = (struct binder_payload){};
	payload_handle(&p, BINDER_TYPE_WEAK_HANDLE, 0);
	ASSERT_EQ(0, actor_ref(d->client, BC_INCREFS, 0));
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, &p));
	duo_fails(_metadata, d, BINDER_TYPE_WEAK_HANDLE);
}

TEST_F(refused, object_in_a_reply)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};

	replace_client(_metadata, d, BAD_OBJECT, 0);
	payload_binder(&p, BINDER_TYPE_BINDER, 0x3000, 0x33);
	ASSERT_EQ(0, actor_call(d->client, 0, 1, 0, NULL));
	duo_arrives(_metadata, d);
	ASSERT_EQ(0, actor_reply(d->server, &p));
	ASSERT_EQ(0, actor_read(d->server));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE", d->server);
	ASSERT_EQ(0, actor_read(d->client));
	ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_COMPLETE BR_FAILED_REPLY", d->client);
}

TEST_F(refused, file)
{
	struct duo *d = &self->d;
	struct binder_payload p = {};

	actor_kill(d->server);
	while (!actor_poll(d->client, 0))
		ASSERT_EQ(0, actor_read(d->client));
	d->server = spawn_as(_metadata, BAD_FILE, 0);
	d->server_fds = actor_fds(d->server);
	ASSERT_EQ(0, actor_become_manager(d->server));
	ASSERT_EQ(0, actor_enter(d->server));
	d->open = duo_give(d, 0x1000, FLAT_BINDER_FLAG_ACCEPTS_FDS | 0x7f);
	payload_fd(&p, d->w);
	duo_refuses(_metadata, d, &p, 0, 0);
	expect_why(_metadata, d->client, "; fd object (66642a85) at offset " NUM);
}

int main(int argc, char **argv)
{
	if (says_why())
		failevents_for_the_run();
	return test_harness_run(argc, argv);
}
