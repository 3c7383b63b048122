// SPDX-License-Identifier: GPL-2.0-only
/* Delays where locks are dropped and taken.  The essay is in the driver's delay.h. */

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/seq_file.h>

/* Where nobody may sleep, others wait for the lock meanwhile, and for the CPU. */
#define SPIN_MAX_US	50

static unsigned int delay_us = 1000;
module_param(delay_us, uint, 0644);
MODULE_PARM_DESC(delay_us, "longest delay, in microseconds (default: 1000)");

static unsigned int delay_permille = 30;
module_param(delay_permille, uint, 0644);
MODULE_PARM_DESC(delay_permille, "delays in 1000 places (default: 30)");

static LLIST_HEAD(delays);
static struct dentry *file;

/* A thread that has said that it is going to sleep would not, if it slept here. */
static bool may_sleep_here(void)
{
	return preemptible() && !rcu_preempt_depth() && task_is_running(current);
}

/**
 * binder_delay() - wait, perhaps
 * @delay: the place
 *
 * Context: any.
 */
void binder_delay(struct binder_delay *delay)
{
	unsigned int us = READ_ONCE(delay_us);

	if (!us || get_random_u32_below(1000) >= READ_ONCE(delay_permille))
		return;
	if (!atomic_xchg(&delay->listed, 1))
		llist_add(&delay->entry, &delays);
	atomic_inc(&delay->count);
	us = get_random_u32_below(us) + 1;
	if (may_sleep_here())
		usleep_range(us, 2 * us);
	else
		udelay(min(us, SPIN_MAX_US));
}

static int delays_show(struct seq_file *seq, void *unused)
{
	struct binder_delay *delay;

	llist_for_each_entry(delay, delays.first, entry)
		seq_printf(seq, "%s %d\n", delay->function, atomic_read(&delay->count));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(delays);

/** binder_delay_init() - make the file */
void binder_delay_init(void)
{
	file = debugfs_create_file("binder_delays", 0444, NULL, NULL, &delays_fops);
}

/** binder_delay_exit() - undo binder_delay_init() */
void binder_delay_exit(void)
{
	debugfs_remove(file);
}
