// SPDX-License-Identifier: GPL-2.0-only
/* Ids.  The essay is in id.h. */

#include <linux/atomic.h>
#include <linux/percpu.h>

#include "id.h"

#define BATCH	64

/* What a CPU has left of its batch: from @next on, up to and without @end. */
struct batch {
	u64 next;
	u64 end;
};

static DEFINE_PER_CPU(struct batch, batches);
static atomic64_t taken;

/**
 * binder_id_next() - a number that nothing else has
 *
 * Context: process context.
 * Return: the number, never 0.
 */
u64 binder_id_next(void)
{
	struct batch *batch = get_cpu_ptr(&batches);
	u64 id;

	if (batch->next == batch->end) {
		batch->end = atomic64_add_return(BATCH, &taken) + 1;
		batch->next = batch->end - BATCH;
	}
	id = batch->next++;
	put_cpu_ptr(&batches);
	return id;
}
