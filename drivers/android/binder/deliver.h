/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deliver: what a thread reads.
 *
 * Work is turned into return commands in kernel memory and copied out together.
 * Only when the reader has them does what they say come true: until then the works
 * stay with the read, and if the copy faults they go back to the head of the
 * thread's todo as if nothing had happened.
 *
 * A read starts with BR_NOOP, which becomes BR_SPAWN_LOOPER where the process is
 * to start one more thread, and ends behind the first call, reply or death
 * notification: what follows may depend on what the thread does about it.
 */
#ifndef BINDER_DELIVER_H
#define BINDER_DELIVER_H

#include "abi.h"

struct binder_thread;

int binder_deliver(struct binder_thread *thread, struct binder_write_read *bwr, bool nonblock);

#endif /* BINDER_DELIVER_H */
