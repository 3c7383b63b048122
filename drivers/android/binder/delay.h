/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delays: for tests of races, in modules that are built with DELAYS=1 only.
 *
 * A race needs that somebody comes between two steps of somebody else.  Each step of
 * the driver is made under a lock, so all that others can come between lies behind
 * where a lock is dropped and before where the next one is taken.  With this header,
 * which is then included in front of every file, each of these places waits now and
 * then, for a time of random length; the driver's code knows nothing of it.
 *
 * The module's parameters "delay_us" (the longest delay; 0: none) and "delay_permille"
 * (how often) can be changed at any time.  The file binder_delays in debugfs says which
 * function has waited how often.
 */
#ifndef BINDER_DELAY_H
#define BINDER_DELAY_H

#ifdef CONFIG_BINDER_LINUX_DELAYS

/* What has locks in functions of its own comes first, and is left as it is. */
#include <linux/fs.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/spinlock.h>
#include <net/genetlink.h>

/**
 * struct binder_delay - a place that may wait
 * @entry:    in the list of those that have
 * @function: where it is
 * @listed:   it is in the list
 * @count:    how often it has waited
 */
struct binder_delay {
	struct llist_node entry;
	const char *function;
	atomic_t listed;
	atomic_t count;
};

void binder_delay(struct binder_delay *delay);
void binder_delay_init(void);
void binder_delay_exit(void);

#define binder_delay_here()							\
do {										\
	static struct binder_delay __delay = { .function = __func__ };		\
										\
	binder_delay(&__delay);							\
} while (0)

/* The function of the same name is what is called inside of each. */
#define spin_lock(lock)		do { binder_delay_here(); (spin_lock)(lock); } while (0)
#define spin_unlock(lock)	do { (spin_unlock)(lock); binder_delay_here(); } while (0)
#define mutex_unlock(lock)	do { (mutex_unlock)(lock); binder_delay_here(); } while (0)
#define rcu_read_unlock()	do { (rcu_read_unlock)(); binder_delay_here(); } while (0)

#else

static inline void binder_delay_init(void) { }
static inline void binder_delay_exit(void) { }

#endif

#endif /* BINDER_DELAY_H */
