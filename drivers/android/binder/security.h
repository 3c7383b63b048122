/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Security: what security modules are asked, and what they say of a sender.
 *
 * Four hooks exist for binder.  A vanilla kernel does not export them to modules;
 * where the kernel built for does (Module.symvers tells, BINDER_LSM_HOOKS), they
 * are called with the credentials of those who opened the device, and where it
 * does not, nothing is asked.  The module says at load which of the two it is.
 *
 * A node may want to know the security context of its callers
 * (FLAT_BINDER_FLAG_TXN_SECURITY_CTX).  Some modules have none to give: AppArmor,
 * Debian's default, is one.  Then it is empty.  A module that can name contexts, as
 * SELinux can, but not the one of this sender, means that there is no call.
 */
#ifndef BINDER_SECURITY_H
#define BINDER_SECURITY_H

#include <linux/security.h>

#ifdef BINDER_LSM_HOOKS
#define binder_security_set_manager(cred)	security_binder_set_context_mgr(cred)
#define binder_security_call(from, to)		security_binder_transaction(from, to)
#define binder_security_object(from, to)	security_binder_transfer_binder(from, to)
#define binder_security_file(from, to, file)	security_binder_transfer_file(from, to, file)
#else
static inline int binder_security_set_manager(const struct cred *cred)
{
	return 0;
}

static inline int binder_security_call(const struct cred *from, const struct cred *to)
{
	return 0;
}

static inline int binder_security_object(const struct cred *from, const struct cred *to)
{
	return 0;
}

static inline int binder_security_file(const struct cred *from, const struct cred *to,
				       const struct file *file)
{
	return 0;
}
#endif

/**
 * struct binder_secctx - the security context of a sender
 * @lsm:  the security module's
 * @text: with its terminating 0
 * @size: bytes of @text; 0: none was wanted
 */
struct binder_secctx {
	struct lsm_context lsm;
	const char *text;
	u32 size;
};

int binder_secctx_get(struct binder_secctx *ctx, const struct cred *cred);
void binder_secctx_put(struct binder_secctx *ctx);
const char *binder_security_description(void);

#endif /* BINDER_SECURITY_H */
