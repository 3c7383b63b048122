// SPDX-License-Identifier: GPL-2.0-only
/* What the objects look like in files; the form is that of mainline 7.2. */

#include <linux/ktime.h>
#include <linux/seq_file.h>

#include "abi.h"
#include "area/area.h"
#include "handle.h"
#include "node.h"
#include "notify.h"
#include "proc.h"
#include "show.h"
#include "thread.h"
#include "transaction.h"

/* What a thread is, for others to read: mainline's looper states. */
#define SHOW_WAITING	0x10
#define SHOW_POLLS	0x20

/* Of who has handles of a node, this many are shown at most. */
#define HOLDERS_MAX	4096

/**
 * binder_show_name() - the name of a context
 * @seq:  where to
 * @name: anything that a user of binderfs has thought of: it must not look like a line
 */
void binder_show_name(struct seq_file *seq, const char *name)
{
	seq_escape(seq, name, "\n\r\t\033\\");
}

/* A list goes on. */
static void show_more(struct seq_file *seq, const char *indent)
{
	seq_printf(seq, "%s...\n", indent);
}

/* The payload of a message, unless it has been freed. */
static void show_payload(struct seq_file *seq, struct binder_transaction *t)
{
	struct binder_area *area = t->to_proc->area;
	struct binder_buffer *buffer;
	bool there;

	spin_lock(&area->lock);
	buffer = binder_area_from_locked(area, t->place);
	there = buffer && buffer->id == t->id;
	spin_unlock(&area->lock);
	if (!there) {
		seq_puts(seq, " buffer free");
		return;
	}
	if (t->node_id)
		seq_printf(seq, " node %llu", t->node_id);
	seq_printf(seq, " size %u:%u offset %x", t->data_size, t->offsets_size, t->place);
}

static void show_transaction(struct seq_file *seq, const char *what,
			     struct binder_transaction *t, bool payload)
{
	seq_printf(seq, "%s %llu: %p from %d:%d to %d:%d code %x flags %x pri %d a%d r%d elapsed %lldms",
		   what, t->id, t, t->from_proc->pid, t->from_tid, t->to_proc->pid,
		   READ_ONCE(t->to_tid), t->code, t->flags, t->priority.nice,
		   !!(t->flags & TF_ONE_WAY), t->is_reply,
		   div_s64(ktime_get_ns() - t->started, NSEC_PER_MSEC));
	if (payload)
		show_payload(seq, t);
	seq_putc(seq, '\n');
}

static void show_name(struct seq_file *seq, const struct binder_node *node, bool hashed)
{
	if (hashed)
		seq_printf(seq, "u%p c%p", (void *)(unsigned long)node->ptr,
			   (void *)(unsigned long)node->cookie);
	else
		seq_printf(seq, "u%016llx c%016llx", node->ptr, node->cookie);
}

static void show_watch(struct seq_file *seq, const struct binder_watch *watch)
{
	const char *what = watch->kind == BINDER_WATCH_DEATH ? "dead" : "frozen";

	if (watch->work.type == BINDER_WORK_WATCH)
		seq_printf(seq, "has %s%s binder\n", watch->cleared ? "cleared " : "", what);
	else
		seq_printf(seq, "has cleared %s notification\n",
			   watch->kind == BINDER_WATCH_DEATH ? "death" : "freeze");
}

static void show_work(struct seq_file *seq, const char *indent, struct binder_work *work,
		      bool hashed)
{
	struct binder_node *node;

	seq_puts(seq, indent);
	switch (work->type) {
	case BINDER_WORK_MESSAGE:
		show_transaction(seq, "pending transaction",
				 container_of(work, struct binder_transaction, work), true);
		break;
	case BINDER_WORK_FAILED:
		seq_printf(seq, "transaction error: %u\n",
			   binder_failure_command(container_of(work, struct binder_transaction,
							       work)->failure));
		break;
	case BINDER_WORK_ERROR:
		seq_printf(seq, "transaction error: %u\n",
			   container_of(work, struct binder_thread, error)->error_command);
		break;
	case BINDER_WORK_COMPLETE:
		seq_puts(seq, "transaction complete\n");
		break;
	case BINDER_WORK_NODE:
		node = container_of(work, struct binder_node, work);
		seq_printf(seq, "node work %llu: ", node->id);
		show_name(seq, node, hashed);
		seq_putc(seq, '\n');
		break;
	case BINDER_WORK_WATCH:
	case BINDER_WORK_WATCH_CLEARED:
		show_watch(seq, container_of(work, struct binder_watch, work));
		break;
	}
}

/**
 * binder_show_works_locked() - what is queued
 * @seq:    where to
 * @indent: in front of each line
 * @works:  of a thread or a process, whose lock the caller holds
 * @hashed: show no pointers of user space
 */
void binder_show_works_locked(struct seq_file *seq, const char *indent,
			      const struct list_head *works, bool hashed)
{
	struct binder_work *work;
	int left = BINDER_SHOW_MAX;

	list_for_each_entry(work, works, entry) {
		if (!left--) {
			show_more(seq, indent);
			break;
		}
		show_work(seq, indent, work, hashed);
	}
}

/**
 * binder_show_delivered_locked() - news that nobody has acknowledged yet
 * @seq:  where to
 * @proc: whose; caller holds its lock
 */
void binder_show_delivered_locked(struct seq_file *seq, struct binder_proc *proc)
{
	struct binder_watch *watch;
	int left = BINDER_SHOW_MAX;

	list_for_each_entry(watch, &proc->delivered, work.entry) {
		if (!left--) {
			show_more(seq, "  ");
			break;
		}
		seq_printf(seq, "  has delivered %s binder\n",
			   watch->kind == BINDER_WATCH_DEATH ? "dead" : "freeze");
	}
}

/**
 * binder_show_thread_locked() - a thread and the calls it takes part in
 * @seq:    where to
 * @thread: the thread; caller holds its proc->lock
 * @hashed: show no pointers of user space
 */
void binder_show_thread_locked(struct seq_file *seq, struct binder_thread *thread, bool hashed)
{
	struct binder_transaction *t = thread->stack;
	u32 looper = READ_ONCE(thread->looper);
	int left = BINDER_SHOW_MAX;

	if (thread->sleeper)
		looper |= SHOW_WAITING;
	if (thread->poller)
		looper |= SHOW_POLLS;
	seq_printf(seq, "  thread %d: l %02x need_return %d tr 0\n", thread->tid, looper,
		   READ_ONCE(thread->need_return));
	for (; t && left; left--) {
		if (binder_transaction_is_to(t, thread)) {
			show_transaction(seq, "    incoming transaction", t, true);
			t = t->to_parent;
		} else {
			show_transaction(seq, "    outgoing transaction", t, false);
			t = t->from_parent;
		}
	}
	if (t)
		show_more(seq, "    ");
	binder_show_works_locked(seq, "    ", &thread->todo, hashed);
}

/**
 * binder_show_node_locked() - a node and the one-way calls that wait for it
 * @seq:    where to
 * @node:   the node; caller holds the lock of its owner
 * @hashed: show no pointers of user space
 */
void binder_show_node_locked(struct seq_file *seq, struct binder_node *node, bool hashed)
{
	struct list_head *entry = NULL;
	struct binder_ref *ref;
	int left = BINDER_SHOW_MAX, holders = HOLDERS_MAX;
	u32 strong = 0;

	/* Strong counts of handles are what mainline calls internal. */
	hlist_for_each_entry(ref, &node->holders, holder) {
		if (!holders--)
			break;
		strong += READ_ONCE(ref->strong) > 0;
	}
	holders = HOLDERS_MAX;
	seq_printf(seq, "  node %llu: ", node->id);
	show_name(seq, node, hashed);
	seq_printf(seq, " hs %d hw %d ls %u lw %u is %u iw %u tr 1", node->told_strong,
		   node->told_weak, node->strong - strong, node->weak - node->handles, strong,
		   node->handles);
	if (node->handles)
		seq_puts(seq, " proc");
	hlist_for_each_entry(ref, &node->holders, holder) {
		if (!holders--) {
			seq_puts(seq, " ...");
			break;
		}
		seq_printf(seq, " %d", ref->pid);
	}
	seq_putc(seq, '\n');
	while ((entry = binder_ring_next(&node->oneway_todo, entry))) {
		if (!left--) {
			show_more(seq, "    ");
			break;
		}
		show_transaction(seq, "    pending async transaction",
				 list_entry(entry, struct binder_transaction, work.entry), true);
	}
}

/**
 * binder_show_ref_locked() - a handle
 * @seq: where to
 * @ref: the ref; caller holds its handles.lock
 */
void binder_show_ref_locked(struct seq_file *seq, struct binder_ref *ref)
{
	struct binder_node *node = ref->node;
	bool dead;

	spin_lock(&node->proc->lock);
	dead = node->dead;
	spin_unlock(&node->proc->lock);
	seq_printf(seq, "  ref %llu: desc %u %snode %llu s %u w %u d %p\n", ref->id, ref->handle,
		   dead ? "dead " : "", node->id, ref->strong, ref->weak,
		   *binder_watch_find(ref, BINDER_WATCH_DEATH));
}

/**
 * binder_show_buffer_locked() - a payload
 * @seq:    where to
 * @buffer: the buffer; caller holds the lock of its area
 */
void binder_show_buffer_locked(struct seq_file *seq, const struct binder_buffer *buffer)
{
	seq_printf(seq, "  buffer %llu: %x size %u:%u:%u %s\n", buffer->id, buffer->range.start,
		   buffer->data_size, buffer->offsets_size, buffer->extra_size,
		   READ_ONCE(buffer->state) == BINDER_BUFFER_FILLING ? "active" : "delivered");
}
