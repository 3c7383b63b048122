/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ABI as we define it.  By path: the kernel's own <linux/android/binder.h>
 * may be older than ours and would be found first.
 */
#ifndef BINDER_ABI_H
#define BINDER_ABI_H

#include "../../../include/uapi/linux/android/binder.h"

#endif /* BINDER_ABI_H */
