/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Journal: the last messages, and the last ones that failed.
 *
 * Behind the files transaction_log and failed_transaction_log.  Each CPU notes the
 * messages that are sent on it in a ring of its own; the files show the newest of all
 * rings in the order of time.  What failed is also noted in a ring that all
 * CPUs share, with its cause.
 */
#ifndef BINDER_JOURNAL_H
#define BINDER_JOURNAL_H

#include "failure.h"

extern const struct file_operations binder_journal_fops;
extern const struct file_operations binder_failures_fops;

void binder_journal_add(struct binder_failure failure, const struct binder_message_info *info,
			const char *why);
int binder_journal_init(void);
void binder_journal_exit(void);

#endif /* BINDER_JOURNAL_H */
