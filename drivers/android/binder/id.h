/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ids: what transactions, nodes and refs are called in logs and traces.
 *
 * One sequence for all three, as in mainline.  A CPU takes a batch of numbers at a
 * time, so that no call writes to memory that all CPUs share; ids are unique,
 * but a later one is not always larger.
 */
#ifndef BINDER_ID_H
#define BINDER_ID_H

#include <linux/types.h>

u64 binder_id_next(void);

#endif /* BINDER_ID_H */
