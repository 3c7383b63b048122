// SPDX-License-Identifier: GPL-2.0-only
/*
 * Published CVEs of binder drivers about the sender's security context, which has
 * its place behind everything else of a message. It is long where SELinux names it
 * (lsm=selinux), and empty elsewhere. CVE-2021-39686, whose credentials count, is in
 * hooks.c.
 */
#include "cve.h"

FIXTURE(cve) {
	struct duo d;
	struct binder_payload p;
	uint8_t *block;
	char context[256];
	uint32_t asks;		/* the client's handle of the object that asks */
};

#define BLOCK	4096

FIXTURE_SETUP(cve)
{
	struct binder_payload pattern = {};
	int fd = open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, self->context, sizeof(self->context) - 1);

	close(fd);
	self->context[n > 0 ? n : 0] = '\0';
	self->context[strcspn(self->context, "\n")] = '\0';
	duo_setup(_metadata, &self->d);
	ASSERT_EQ(3, duo_give(&self->d, 0x3000, FLAT_BINDER_FLAG_TXN_SECURITY_CTX |
			      FLAT_BINDER_FLAG_ACCEPTS_FDS | 0x7f));
	self->asks = 3;
	payload_pattern(&pattern, 8, BLOCK);
	self->block = pattern.data;
	payload_begin(&self->p);
}

FIXTURE_TEARDOWN(cve)
{
	duo_teardown(_metadata, &self->d);
}

/*
 * CVE-2019-2181: the context's size was added to the size of the pointer objects, and
 * the sum was a small one.
 */
TEST_F(cve, 2019_2181_sizes_that_wrap)
{
	struct duo *d = &self->d;
	binder_size_t extra;

	payload_pointer(&self->p, self->block, BLOCK);
	for (extra = -8ULL; extra >= -512ULL; extra -= 8) {
		ASSERT_EQ(0, actor_call_sg(d->client, self->asks, 0, &self->p, extra));
		duo_fails(_metadata, d, extra);
	}
	ASSERT_EQ(0, actor_call_sg(d->client, self->asks, TF_ONE_WAY, &self->p,
				   ~0ULL >> 1 & ~7ULL));
	duo_fails(_metadata, d, 0);
}

/*
 * CVE-2026-68458: the end of the room for pointer objects was found from the length of
 * a context that had been released: they could overwrite it, and what follows.
 */
TEST_F(cve, 2026_68458_context_behind_pointers)
{
	static const size_t lengths[] = { 1, 8, 9, 64, 1000, BLOCK };
	struct duo *d = &self->d;
	struct binder_transaction_data_secctx *tr;
	struct binder_buffer_object *o;
	binder_size_t extra;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		extra = (lengths[i] + 7) & ~7ULL;
		payload_begin(&self->p);
		payload_pointer(&self->p, self->block, lengths[i]);
		payload_pointer(&self->p, self->block, 1);
		/* No room for the second: it is not to have the context's. */
		ASSERT_EQ(0, actor_call_sg(d->client, self->asks, 0, &self->p, extra));
		duo_fails(_metadata, d, lengths[i]);
		ASSERT_EQ(0, actor_call_sg(d->client, self->asks, 0, &self->p, extra + 8));
		ASSERT_EQ(0, actor_read(d->server));
		ASSERT_SHAPE("BR_NOOP BR_TRANSACTION_SEC_CTX", d->server);
		tr = &binder_find(&d->server->in, BR_TRANSACTION_SEC_CTX, 0)->tr_secctx;
		EXPECT_STREQ(self->context, (char *)actor_peek(d->server, tr->secctx,
							       strlen(self->context) + 1));
		o = actor_nth(d->server, &self->p, 1);
		EXPECT_LE(o->buffer + o->length, tr->secctx);
		EXPECT_EQ(0, memcmp(self->block, actor_peek(d->server, o->buffer, 1), 1));
		o = actor_nth(d->server, &self->p, 0);
		EXPECT_EQ(0, memcmp(self->block, actor_peek(d->server, o->buffer, o->length),
				    lengths[i]));
		duo_answer(_metadata, d);
	}
}

TEST_HARNESS_MAIN
