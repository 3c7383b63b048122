// SPDX-License-Identifier: GPL-2.0-only
/* Security contexts of senders.  The essay is in security.h. */

#include <linux/cred.h>
#include <linux/printk.h>

#include "security.h"

/* SELinux' and Smack's name for the kernel itself; others have nothing there. */
#define SECID_KERNEL	1

static bool contexts_have_names(void)
{
	struct lsm_context ctx = {};

	if (binder_compat_secid_to_secctx(SECID_KERNEL, &ctx) < 0)
		return false;
	binder_compat_release_secctx(&ctx);
	return true;
}

/**
 * binder_secctx_get() - the security context of a sender
 * @ctx:  filled; to be given up by binder_secctx_put()
 * @cred: the sender's
 *
 * Return: 0, or a negative errno where there should be one but is not.
 */
int binder_secctx_get(struct binder_secctx *ctx, const struct cred *cred)
{
	u32 secid = 0;
	int ret;

	security_cred_getsecid(cred, &secid);
	ret = binder_compat_secid_to_secctx(secid, &ctx->lsm);
	if (ret >= 0) {
		ctx->text = ctx->lsm.context;
		ctx->size = ctx->lsm.len;
		return 0;
	}
	if (contexts_have_names())
		return ret;
	pr_info_once("no security module names contexts: receivers that ask get an empty one\n");
	ctx->lsm = (struct lsm_context){};
	ctx->text = "";
	ctx->size = 1;
	return 0;
}

/**
 * binder_secctx_put() - give up a security context
 * @ctx: from binder_secctx_get(), or all 0
 */
void binder_secctx_put(struct binder_secctx *ctx)
{
	if (ctx->lsm.context)
		binder_compat_release_secctx(&ctx->lsm);
}

/**
 * binder_security_description() - does this module ask the security modules?
 *
 * Return: a few words for the log.
 */
const char *binder_security_description(void)
{
#ifdef BINDER_LSM_HOOKS
	return "asks security modules";
#else
	return "asks no security modules, as this kernel does not export their hooks";
#endif
}
