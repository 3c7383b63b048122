/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The user space interface of the binder driver, as of Linux 7.2.
 *
 * Google, Inc. devised this interface (2008), after that of OpenBinder by
 * Palmsource, Inc. (2005).  Names, values and layouts are those which mainline
 * Linux declares in its header of the same name.
 *
 * A process opens a binder device, maps it with mmap(2) - read-only; this is
 * where the driver puts whatever the process receives - and then talks through
 * ioctl(2).  Nearly everything goes through one ioctl, BINDER_WRITE_READ, which
 * carries two packed streams: commands to the driver (BC_*) and returns from it
 * (BR_*).  Each item is a 32-bit code and a payload right after it, unaligned,
 * whose size the code itself tells: _IOC_SIZE(code).
 *
 * Words used below: a "node" is the driver's side of an object that lives in
 * some process, its owner.  Other processes name it by a "handle", a number
 * that means nothing outside of the process to which the driver gave it.
 * Handle 0 is always the node of the context manager, the process at which all
 * others first look up what they need.  A "looper" is a thread that waits for
 * transactions on behalf of its process.
 */
#ifndef _UAPI_LINUX_BINDER_H
#define _UAPI_LINUX_BINDER_H

/*
 * The guards are the kernel's as well: one in its source, the other once "make
 * headers_install" has taken _UAPI off.  Whichever of the headers a program
 * includes first wins, and they cannot clash.
 */
#ifndef _LINUX_BINDER_H
#define _LINUX_BINDER_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Addresses and sizes have 64 bits for each caller, 32-bit ones included, so
 * that one layout serves all.  Protocol 7, in which they have 32 bits, is of
 * historical interest; both sides must be built with BINDER_IPC_32BIT for it.
 */
#ifndef BINDER_IPC_32BIT
#define BINDER_CURRENT_PROTOCOL_VERSION 8

typedef __u64 binder_size_t;
typedef __u64 binder_uintptr_t;
#else
#define BINDER_CURRENT_PROTOCOL_VERSION 7

typedef __u32 binder_size_t;
typedef __u32 binder_uintptr_t;
#endif

/*
 * Objects within the data of a transaction
 *
 * A transaction's data is opaque to the driver but for the objects in it, whose
 * places the sender lists in the offsets array.  The driver checks each object
 * and rewrites it in terms of the receiver.  Whatever is wrong with an object
 * fails the whole transaction, with BR_FAILED_REPLY to its sender.
 */

/* Four characters make up an object's type; the fourth one is always this. */
#define B_TYPE_LARGE 0x85
#define B_PACK_CHARS(c1, c2, c3, c4) \
	(((c1) << 24) | ((c2) << 16) | ((c3) << 8) | (c4))

/**
 * enum - the types of object, in &struct binder_object_header.type
 */
enum {
	/**
	 * @BINDER_TYPE_BINDER: &struct flat_binder_object; an object of the
	 * process that reads or writes it, with a strong reference.  The owner
	 * sends it; anyone else receives it as BINDER_TYPE_HANDLE.
	 */
	BINDER_TYPE_BINDER	= B_PACK_CHARS('s', 'b', '*', B_TYPE_LARGE),

	/** @BINDER_TYPE_WEAK_BINDER: the same with a weak reference */
	BINDER_TYPE_WEAK_BINDER	= B_PACK_CHARS('w', 'b', '*', B_TYPE_LARGE),

	/**
	 * @BINDER_TYPE_HANDLE: &struct flat_binder_object; an object of another
	 * process, with a strong reference.  It turns into BINDER_TYPE_BINDER
	 * when it gets back to its owner.
	 */
	BINDER_TYPE_HANDLE	= B_PACK_CHARS('s', 'h', '*', B_TYPE_LARGE),

	/** @BINDER_TYPE_WEAK_HANDLE: the same with a weak reference */
	BINDER_TYPE_WEAK_HANDLE	= B_PACK_CHARS('w', 'h', '*', B_TYPE_LARGE),

	/** @BINDER_TYPE_FD: &struct binder_fd_object, one open file */
	BINDER_TYPE_FD		= B_PACK_CHARS('f', 'd', '*', B_TYPE_LARGE),

	/** @BINDER_TYPE_FDA: &struct binder_fd_array_object, many open files */
	BINDER_TYPE_FDA		= B_PACK_CHARS('f', 'd', 'a', B_TYPE_LARGE),

	/** @BINDER_TYPE_PTR: &struct binder_buffer_object, memory to copy */
	BINDER_TYPE_PTR		= B_PACK_CHARS('p', 't', '*', B_TYPE_LARGE),
};

/**
 * struct binder_object_header - what every object begins with
 * @type: one of the BINDER_TYPE_* values, which tells the rest of the object.
 *	The sender fills it; the receiver may find another one (a node turns
 *	into a handle and back).
 */
struct binder_object_header {
	__u32 type;
};

/**
 * enum flat_binder_object_shifts - positions within enum
 *	flat_binder_object_flags
 * @FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT: the lowest bit of
 *	FLAT_BINDER_FLAG_SCHED_POLICY_MASK
 *
 * Only Android's common kernel has this enum.  Mainline does not.
 */
enum flat_binder_object_shifts {
	FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT = 9,
};

/**
 * enum flat_binder_object_flags - properties of a node
 *
 * They are in &struct flat_binder_object.flags, set by the node's owner.  They
 * take effect when the node first leaves its owner (or with
 * BINDER_SET_CONTEXT_MGR_EXT) and stay.
 */
enum flat_binder_object_flags {
	/**
	 * @FLAT_BINDER_FLAG_PRIORITY_MASK: the least urgent nice value, as a
	 * signed 8-bit number, at which a call of this node is served
	 */
	FLAT_BINDER_FLAG_PRIORITY_MASK = 0xff,

	/**
	 * @FLAT_BINDER_FLAG_ACCEPTS_FDS: open files may be sent to this node;
	 * without it, a call that has some gets BR_FAILED_REPLY
	 */
	FLAT_BINDER_FLAG_ACCEPTS_FDS = 0x100,

	/**
	 * @FLAT_BINDER_FLAG_TXN_SECURITY_CTX: calls of this node come with the
	 * security context of their sender, as BR_TRANSACTION_SEC_CTX
	 */
	FLAT_BINDER_FLAG_TXN_SECURITY_CTX = 0x1000,

	/*
	 * The two below are those of Android's common kernel.  Mainline does
	 * not have them.
	 */

	/**
	 * @FLAT_BINDER_FLAG_SCHED_POLICY_MASK: scheduling policy to which
	 * FLAT_BINDER_FLAG_PRIORITY_MASK refers: SCHED_NORMAL (0), SCHED_FIFO
	 * (1), SCHED_RR (2) or SCHED_BATCH (3).  Android's common kernel only.
	 */
	FLAT_BINDER_FLAG_SCHED_POLICY_MASK =
		3 << FLAT_BINDER_FLAG_SCHED_POLICY_SHIFT,

	/**
	 * @FLAT_BINDER_FLAG_INHERIT_RT: a caller's real-time policy passes on
	 * to the thread that serves it.  Android's common kernel only.
	 */
	FLAT_BINDER_FLAG_INHERIT_RT = 0x800,
};

/**
 * struct flat_binder_object - a node or a handle within a transaction
 * @hdr: BINDER_TYPE_BINDER, BINDER_TYPE_HANDLE or one of their weak variants
 * @flags: enum flat_binder_object_flags; from the owner of the node
 * @binder: for the two node types: an address by which the owner knows the
 *	object; the driver never dereferences it
 * @handle: for the two handle types: the number of the handle, in terms of the
 *	process that sends, or, in what the driver delivers, that receives it
 * @cookie: for the two node types: a second value of the owner's choice, always
 *	the same for the same @binder.  0 in the handles that are delivered.
 *
 * Also the argument of BINDER_SET_CONTEXT_MGR_EXT, about the node of handle 0.
 */
struct flat_binder_object {
	struct binder_object_header hdr;
	__u32 flags;
	union {
		binder_uintptr_t binder;
		__u32 handle;
	};
	binder_uintptr_t cookie;
};

/**
 * struct binder_fd_object - an open file within a transaction
 * @hdr: BINDER_TYPE_FD
 * @pad_flags: unused; in the place of &struct flat_binder_object.flags
 * @pad_binder: unused; gives @fd the room of &struct flat_binder_object.binder
 * @fd: the file descriptor: the sender's own when sent, and one which the
 *	driver has newly opened in the receiver (close-on-exec) when received
 * @cookie: for the sender's use; the driver passes it on as it is
 *
 * Allowed in calls of a node that has FLAT_BINDER_FLAG_ACCEPTS_FDS, and in
 * replies to a call that has TF_ACCEPT_FDS.
 */
struct binder_fd_object {
	struct binder_object_header hdr;
	__u32 pad_flags;
	union {
		binder_uintptr_t pad_binder;
		__u32 fd;
	};
	binder_uintptr_t cookie;
};

/**
 * enum - flags for &struct binder_buffer_object.flags
 * @BINDER_BUFFER_FLAG_HAS_PARENT: a pointer to this buffer is to be patched in
 *	another one; @parent and @parent_offset tell where
 */
enum {
	BINDER_BUFFER_FLAG_HAS_PARENT = 0x01,
};

/**
 * struct binder_buffer_object - memory that travels beside a transaction's data
 * @hdr: BINDER_TYPE_PTR
 * @flags: 0 or BINDER_BUFFER_FLAG_HAS_PARENT, from the sender
 * @buffer: address of the memory: the sender's when sent, and that of the copy
 *	in the receiver's mapping when received
 * @length: size of the memory in bytes, from the sender
 * @parent: index, in the offsets array, of the BINDER_TYPE_PTR object whose
 *	memory has the pointer to this one; it must come before this object
 * @parent_offset: where in the parent's memory this pointer is, in bytes
 *
 * The copies take up the extra room that &struct
 * binder_transaction_data_sg.buffers_size announces, each one from an address
 * that is a multiple of 8; so only BC_TRANSACTION_SG and BC_REPLY_SG can carry
 * such an object.  With a parent, the driver writes the address of the copy
 * into the copy of the parent, so that the receiver gets a structure that is
 * linked in its own addresses.  Parents are patched in ascending order.
 */
struct binder_buffer_object {
	struct binder_object_header hdr;
	__u32 flags;
	binder_uintptr_t buffer;
	binder_size_t length;
	binder_size_t parent;
	binder_size_t parent_offset;
};

/**
 * struct binder_fd_array_object - open files listed in a buffer object
 * @hdr: BINDER_TYPE_FDA
 * @pad: unused; aligns what follows
 * @num_fds: how many file descriptors there are
 * @parent: index, in the offsets array, of the BINDER_TYPE_PTR object whose
 *	memory holds them; it must come before this object
 * @parent_offset: where in that memory they begin, in bytes: an array of
 *	@num_fds 32-bit numbers
 *
 * All fields come from the sender.  The driver replaces each number, in the
 * receiver's copy of the parent, by a file descriptor of the receiver.  Android
 * uses this for its native_handle_t, some integers and some files in one
 * structure.  The rules of &struct binder_fd_object apply.
 */
struct binder_fd_array_object {
	struct binder_object_header hdr;
	__u32 pad;
	binder_size_t num_fds;
	binder_size_t parent;
	binder_size_t parent_offset;
};

/*
 * Transactions
 */

/**
 * enum transaction_flags - &struct binder_transaction_data.flags
 * @TF_ONE_WAY: an asynchronous call: no reply will come, and the sender does
 *	not wait.  Such calls of one node are delivered one after the other.
 * @TF_ROOT_OBJECT: the data is the component's root object; between the two
 *	processes, the driver only passes it on
 * @TF_STATUS_CODE: the data of this reply is a mere 32-bit status; between the
 *	two processes, the driver only passes it on
 * @TF_ACCEPT_FDS: the reply to this call may contain open files
 * @TF_CLEAR_BUF: the receiver's copy is sensitive: the driver zeroes it once it
 *	is freed
 * @TF_UPDATE_TXN: with TF_ONE_WAY, to a frozen process: this call supersedes a
 *	similar one of this sender that is still waiting for the same node
 */
enum transaction_flags {
	TF_ONE_WAY	= 0x01,
	TF_ROOT_OBJECT	= 0x04,
	TF_STATUS_CODE	= 0x08,
	TF_ACCEPT_FDS	= 0x10,
	TF_CLEAR_BUF	= 0x20,
	TF_UPDATE_TXN	= 0x40,
};

/**
 * struct binder_transaction_data - a call or a reply, sent or received
 * @target: whom the call is for.  Replies have none: the driver knows.
 * @target.handle: BC_TRANSACTION: the sender's handle of the node to call
 * @target.ptr: BR_TRANSACTION: @binder of the called node, from its owner's
 *	&struct flat_binder_object; 0 in BR_REPLY
 * @cookie: BR_TRANSACTION: @cookie of the called node; else unused
 * @code: what is asked for, between the two processes; the driver passes it on
 * @flags: enum transaction_flags, from the sender
 * @sender_pid: filled by the driver: process ID of the caller, as the receiver
 *	sees it; 0 in replies and in one-way calls, or if the caller has gone
 * @sender_euid: filled by the driver: effective user ID of the sender, as the
 *	receiver sees it
 * @data_size: size of the data, in bytes
 * @offsets_size: size of the offsets array in bytes, a multiple of
 *	sizeof(binder_size_t)
 * @data: where data and offsets are
 * @data.ptr: the form which the driver uses
 * @data.ptr.buffer: address of the data: in the sender's memory when sent, and
 *	in the receiver's mapping when received.  The receiver gives it back
 *	with BC_FREE_BUFFER, even when @data_size is 0.
 * @data.ptr.offsets: address of an ascending array of binder_size_t: the offset
 *	into the data, in bytes and 4-byte aligned, of each object
 * @data.buf: meant for data small enough to be inline; not used
 */
struct binder_transaction_data {
	union {
		__u32 handle;
		binder_uintptr_t ptr;
	} target;
	binder_uintptr_t cookie;
	__u32 code;

	__u32 flags;
	__kernel_pid_t sender_pid;
	__kernel_uid32_t sender_euid;
	binder_size_t data_size;
	binder_size_t offsets_size;
	union {
		struct {
			binder_uintptr_t buffer;
			binder_uintptr_t offsets;
		} ptr;
		__u8 buf[8];
	} data;
};

/**
 * struct binder_transaction_data_sg - a call or reply that has buffer objects
 * @transaction_data: the call or reply itself
 * @buffers_size: room in bytes, a multiple of 8, that the memory of all its
 *	&struct binder_buffer_object takes, each one rounded up to 8 bytes
 *
 * Filled by the sender.  The receiver sees a &struct binder_transaction_data.
 */
struct binder_transaction_data_sg {
	struct binder_transaction_data transaction_data;
	binder_size_t buffers_size;
};

/**
 * struct binder_transaction_data_secctx - a call with its sender's context
 * @transaction_data: the call itself
 * @secctx: address, within the same buffer, of the sender's security context: a
 *	string that ends with a null byte.  It goes with BC_FREE_BUFFER too.
 *
 * Filled by the driver.
 */
struct binder_transaction_data_secctx {
	struct binder_transaction_data transaction_data;
	binder_uintptr_t secctx;
};

/*
 * Smaller payloads
 */

/**
 * struct binder_ptr_cookie - names a node towards its owner
 * @ptr: &struct flat_binder_object.binder
 * @cookie: &struct flat_binder_object.cookie
 *
 * The driver fills it in a BR_*, and the owner repeats it in the BC_*_DONE.
 */
struct binder_ptr_cookie {
	binder_uintptr_t ptr;
	binder_uintptr_t cookie;
};

/**
 * struct binder_handle_cookie - asks for, or cancels, notifications on a node
 * @handle: the caller's handle of the node
 * @cookie: value of the caller's choice, by which the notifications name it
 *
 * Packed: there is no gap between the two, and 12 bytes in all.
 */
struct binder_handle_cookie {
	__u32 handle;
	binder_uintptr_t cookie;
} __attribute__((packed));

/**
 * struct binder_frozen_state_info - tells that a node's owner froze or thawed
 * @cookie: the one of BC_REQUEST_FREEZE_NOTIFICATION
 * @is_frozen: 1 when the owner is frozen now, else 0
 * @reserved: 0
 *
 * Filled by the driver.
 */
struct binder_frozen_state_info {
	binder_uintptr_t cookie;
	__u32 is_frozen;
	__u32 reserved;
};

/**
 * struct binder_pri_desc - payload of BC_ATTEMPT_ACQUIRE, which is refused
 * @priority: priority at which to try
 * @desc: the caller's handle
 */
struct binder_pri_desc {
	__s32 priority;
	__u32 desc;
};

/**
 * struct binder_pri_ptr_cookie - payload of BR_ATTEMPT_ACQUIRE, never sent
 * @priority: priority at which to try
 * @ptr: &struct flat_binder_object.binder
 * @cookie: &struct flat_binder_object.cookie
 */
struct binder_pri_ptr_cookie {
	__s32 priority;
	binder_uintptr_t ptr;
	binder_uintptr_t cookie;
};

/**
 * enum binder_driver_command_protocol - commands, from a process to the driver
 *
 * They are in &struct binder_write_read.write_buffer.  An unknown one, or one
 * that is refused as malformed, ends the ioctl with EINVAL, and a payload that
 * cannot be read with EFAULT; write_consumed then tells where.  Failures of a
 * transaction are not among these: they come as a BR_*.
 */
enum binder_driver_command_protocol {
	/**
	 * @BC_TRANSACTION: &struct binder_transaction_data; calls a node.  The
	 * thread gets BR_TRANSACTION_COMPLETE and, unless with TF_ONE_WAY,
	 * later BR_REPLY; or else one of the BR_*_REPLY failures.
	 */
	BC_TRANSACTION = _IOW('c', 0, struct binder_transaction_data),

	/**
	 * @BC_REPLY: &struct binder_transaction_data; answers the last call
	 * which this thread received and has not answered yet
	 */
	BC_REPLY = _IOW('c', 1, struct binder_transaction_data),

	/** @BC_ACQUIRE_RESULT: __s32; not supported: refused with EINVAL */
	BC_ACQUIRE_RESULT = _IOW('c', 2, __s32),

	/**
	 * @BC_FREE_BUFFER: address, the &struct binder_transaction_data
	 * data.ptr.buffer that was received; the driver takes it back, along
	 * with the references which its objects held.  For a one-way call, this
	 * also lets the node's next one come.
	 */
	BC_FREE_BUFFER = _IOW('c', 3, binder_uintptr_t),

	/** @BC_INCREFS: __u32 handle; takes a weak reference */
	BC_INCREFS = _IOW('c', 4, __u32),

	/** @BC_ACQUIRE: __u32 handle; takes a strong reference */
	BC_ACQUIRE = _IOW('c', 5, __u32),

	/** @BC_RELEASE: __u32 handle; drops a strong reference */
	BC_RELEASE = _IOW('c', 6, __u32),

	/**
	 * @BC_DECREFS: __u32 handle; drops a weak reference.  With its last
	 * reference of either kind gone, a handle becomes invalid.
	 */
	BC_DECREFS = _IOW('c', 7, __u32),

	/**
	 * @BC_INCREFS_DONE: &struct binder_ptr_cookie; BR_INCREFS has been
	 * carried out
	 */
	BC_INCREFS_DONE = _IOW('c', 8, struct binder_ptr_cookie),

	/**
	 * @BC_ACQUIRE_DONE: &struct binder_ptr_cookie; BR_ACQUIRE has been
	 * carried out
	 */
	BC_ACQUIRE_DONE = _IOW('c', 9, struct binder_ptr_cookie),

	/**
	 * @BC_ATTEMPT_ACQUIRE: &struct binder_pri_desc; not supported: refused
	 * with EINVAL
	 */
	BC_ATTEMPT_ACQUIRE = _IOW('c', 10, struct binder_pri_desc),

	/**
	 * @BC_REGISTER_LOOPER: no payload; this thread is the looper for which
	 * BR_SPAWN_LOOPER asked
	 */
	BC_REGISTER_LOOPER = _IO('c', 11),

	/**
	 * @BC_ENTER_LOOPER: no payload; this thread becomes a looper by itself,
	 * outside of the count of BINDER_SET_MAX_THREADS
	 */
	BC_ENTER_LOOPER = _IO('c', 12),

	/** @BC_EXIT_LOOPER: no payload; this thread is a looper no more */
	BC_EXIT_LOOPER = _IO('c', 13),

	/**
	 * @BC_REQUEST_DEATH_NOTIFICATION: &struct binder_handle_cookie; asks
	 * for one BR_DEAD_BINDER when the node's owner dies, or at once if it
	 * is dead
	 */
	BC_REQUEST_DEATH_NOTIFICATION =
		_IOW('c', 14, struct binder_handle_cookie),

	/**
	 * @BC_CLEAR_DEATH_NOTIFICATION: &struct binder_handle_cookie, as
	 * requested; cancels that, to end in BR_CLEAR_DEATH_NOTIFICATION_DONE
	 */
	BC_CLEAR_DEATH_NOTIFICATION =
		_IOW('c', 15, struct binder_handle_cookie),

	/** @BC_DEAD_BINDER_DONE: cookie; BR_DEAD_BINDER has been dealt with */
	BC_DEAD_BINDER_DONE = _IOW('c', 16, binder_uintptr_t),

	/**
	 * @BC_TRANSACTION_SG: &struct binder_transaction_data_sg;
	 * BC_TRANSACTION with room for buffer objects
	 */
	BC_TRANSACTION_SG = _IOW('c', 17, struct binder_transaction_data_sg),

	/**
	 * @BC_REPLY_SG: &struct binder_transaction_data_sg; BC_REPLY with room
	 * for buffer objects
	 */
	BC_REPLY_SG = _IOW('c', 18, struct binder_transaction_data_sg),

	/**
	 * @BC_REQUEST_FREEZE_NOTIFICATION: &struct binder_handle_cookie; asks
	 * for BR_FROZEN_BINDER: one with the state as it is, and then one
	 * whenever the node's owner is frozen or thawed
	 */
	BC_REQUEST_FREEZE_NOTIFICATION =
		_IOW('c', 19, struct binder_handle_cookie),

	/**
	 * @BC_CLEAR_FREEZE_NOTIFICATION: &struct binder_handle_cookie, as
	 * requested; cancels that, to end in BR_CLEAR_FREEZE_NOTIFICATION_DONE
	 */
	BC_CLEAR_FREEZE_NOTIFICATION =
		_IOW('c', 20, struct binder_handle_cookie),

	/**
	 * @BC_FREEZE_NOTIFICATION_DONE: cookie; BR_FROZEN_BINDER has been dealt
	 * with.  The next one waits for this.
	 */
	BC_FREEZE_NOTIFICATION_DONE = _IOW('c', 21, binder_uintptr_t),
};

/**
 * enum binder_driver_return_protocol - returns, from the driver to a process
 *
 * They are in &struct binder_write_read.read_buffer.  "The last transaction" is
 * the one which this thread sent last, be it a call or a reply.
 */
enum binder_driver_return_protocol {
	/** @BR_ERROR: __s32, a negative errno; something failed in the driver */
	BR_ERROR = _IOR('r', 0, __s32),

	/**
	 * @BR_OK: no payload; all is well.  Stands for "no error" in &struct
	 * binder_extended_error.
	 */
	BR_OK = _IO('r', 1),

	/**
	 * @BR_TRANSACTION_SEC_CTX: &struct binder_transaction_data_secctx; a
	 * call of a node that has FLAT_BINDER_FLAG_TXN_SECURITY_CTX.  It shares
	 * its number with BR_TRANSACTION; the sizes tell them apart.
	 */
	BR_TRANSACTION_SEC_CTX =
		_IOR('r', 2, struct binder_transaction_data_secctx),

	/**
	 * @BR_TRANSACTION: &struct binder_transaction_data; a call.  Unless it
	 * has TF_ONE_WAY, this thread owes a BC_REPLY.
	 */
	BR_TRANSACTION = _IOR('r', 2, struct binder_transaction_data),

	/**
	 * @BR_REPLY: &struct binder_transaction_data; the reply to the call
	 * which this thread made
	 */
	BR_REPLY = _IOR('r', 3, struct binder_transaction_data),

	/** @BR_ACQUIRE_RESULT: __s32; not supported: never sent */
	BR_ACQUIRE_RESULT = _IOR('r', 4, __s32),

	/**
	 * @BR_DEAD_REPLY: no payload; the last transaction failed, since its
	 * target is dead or died before it replied
	 */
	BR_DEAD_REPLY = _IO('r', 5),

	/**
	 * @BR_TRANSACTION_COMPLETE: no payload; the driver has accepted the
	 * last transaction, be it one-way or not
	 */
	BR_TRANSACTION_COMPLETE = _IO('r', 6),

	/**
	 * @BR_INCREFS: &struct binder_ptr_cookie; the first weak reference to
	 * this node exists: keep what is needed for it, and say BC_INCREFS_DONE
	 */
	BR_INCREFS = _IOR('r', 7, struct binder_ptr_cookie),

	/**
	 * @BR_ACQUIRE: &struct binder_ptr_cookie; the first strong reference to
	 * this node exists: keep the object alive, and say BC_ACQUIRE_DONE
	 */
	BR_ACQUIRE = _IOR('r', 8, struct binder_ptr_cookie),

	/**
	 * @BR_RELEASE: &struct binder_ptr_cookie; the last strong reference to
	 * this node is gone
	 */
	BR_RELEASE = _IOR('r', 9, struct binder_ptr_cookie),

	/**
	 * @BR_DECREFS: &struct binder_ptr_cookie; the last weak reference to
	 * this node is gone
	 */
	BR_DECREFS = _IOR('r', 10, struct binder_ptr_cookie),

	/**
	 * @BR_ATTEMPT_ACQUIRE: &struct binder_pri_ptr_cookie; not supported:
	 * never sent
	 */
	BR_ATTEMPT_ACQUIRE = _IOR('r', 11, struct binder_pri_ptr_cookie),

	/**
	 * @BR_NOOP: no payload; nothing to do.  Each read begins with it, as a
	 * place for BR_SPAWN_LOOPER.
	 */
	BR_NOOP = _IO('r', 12),

	/**
	 * @BR_SPAWN_LOOPER: no payload; no looper of this process is idle:
	 * start a thread, which says BC_REGISTER_LOOPER
	 */
	BR_SPAWN_LOOPER = _IO('r', 13),

	/** @BR_FINISHED: no payload; not supported: never sent */
	BR_FINISHED = _IO('r', 14),

	/**
	 * @BR_DEAD_BINDER: cookie of BC_REQUEST_DEATH_NOTIFICATION; this node's
	 * owner has died: say BC_DEAD_BINDER_DONE
	 */
	BR_DEAD_BINDER = _IOR('r', 15, binder_uintptr_t),

	/**
	 * @BR_CLEAR_DEATH_NOTIFICATION_DONE: cookie; the notification is
	 * cancelled, and nothing more will come under this cookie
	 */
	BR_CLEAR_DEATH_NOTIFICATION_DONE = _IOR('r', 16, binder_uintptr_t),

	/**
	 * @BR_FAILED_REPLY: no payload; the last transaction failed: malformed,
	 * not permitted, or no room.  BINDER_GET_EXTENDED_ERROR tells more.
	 */
	BR_FAILED_REPLY = _IO('r', 17),

	/**
	 * @BR_FROZEN_REPLY: no payload; the last transaction failed, since it
	 * needs a reply and its target is frozen
	 */
	BR_FROZEN_REPLY = _IO('r', 18),

	/**
	 * @BR_ONEWAY_SPAM_SUSPECT: no payload; in the place of
	 * BR_TRANSACTION_COMPLETE: the last transaction, a one-way call, was
	 * accepted, but too many from this process fill up its target's room.
	 * Only after BINDER_ENABLE_ONEWAY_SPAM_DETECTION.
	 */
	BR_ONEWAY_SPAM_SUSPECT = _IO('r', 19),

	/**
	 * @BR_TRANSACTION_PENDING_FROZEN: no payload; in the place of
	 * BR_TRANSACTION_COMPLETE: the last transaction, a one-way call, was
	 * accepted, but its target is frozen
	 */
	BR_TRANSACTION_PENDING_FROZEN = _IO('r', 20),

	/**
	 * @BR_FROZEN_BINDER: &struct binder_frozen_state_info; whether this
	 * node's owner is frozen: say BC_FREEZE_NOTIFICATION_DONE
	 */
	BR_FROZEN_BINDER = _IOR('r', 21, struct binder_frozen_state_info),

	/**
	 * @BR_CLEAR_FREEZE_NOTIFICATION_DONE: cookie; the notification is
	 * cancelled, and nothing more will come under this cookie
	 */
	BR_CLEAR_FREEZE_NOTIFICATION_DONE = _IOR('r', 22, binder_uintptr_t),
};

/*
 * The ioctls and their arguments
 */

/**
 * struct binder_write_read - argument of BINDER_WRITE_READ
 * @write_size: end of the commands in @write_buffer, in bytes from its start;
 *	0 when there are none
 * @write_consumed: from the caller, where in @write_buffer the commands begin;
 *	from the driver, how far it has carried them out.  In bytes.
 * @write_buffer: address of the commands (enum binder_driver_command_protocol)
 * @read_size: size of @read_buffer in bytes; 0 to read nothing
 * @read_consumed: from the caller, where in @read_buffer to begin; from the
 *	driver, where what it has put there ends.  In bytes.
 * @read_buffer: address of room for returns (enum
 *	binder_driver_return_protocol)
 *
 * Both streams hold whole items only.  The driver updates the two consumed
 * fields even when the ioctl fails, as long as it can write to the argument.
 */
struct binder_write_read {
	binder_size_t write_size;
	binder_size_t write_consumed;
	binder_uintptr_t write_buffer;
	binder_size_t read_size;
	binder_size_t read_consumed;
	binder_uintptr_t read_buffer;
};

/**
 * struct binder_version - result of BINDER_VERSION
 * @protocol_version: the driver's BINDER_CURRENT_PROTOCOL_VERSION, which goes
 *	up with each incompatible change; filled by the driver
 */
struct binder_version {
	__s32 protocol_version;
};

/**
 * struct binder_node_debug_info - argument of BINDER_GET_NODE_DEBUG_INFO
 * @ptr: from the caller, 0 or the previous answer; from the driver, the next
 *	node that the caller owns (its &struct flat_binder_object.binder), or 0
 *	after the last one
 * @cookie: from the driver, its &struct flat_binder_object.cookie
 * @has_strong_ref: from the driver, 1 if the caller has been told to hold a
 *	strong reference, else 0
 * @has_weak_ref: the same for a weak reference
 */
struct binder_node_debug_info {
	binder_uintptr_t ptr;
	binder_uintptr_t cookie;
	__u32 has_strong_ref;
	__u32 has_weak_ref;
};

/**
 * struct binder_node_info_for_ref - argument of BINDER_GET_NODE_INFO_FOR_REF
 * @handle: from the caller, its handle of the node
 * @strong_count: 0 from the caller; from the driver, how many strong references
 *	to the node there are
 * @weak_count: 0 from the caller; from the driver, how many weak ones
 * @reserved1: 0 from the caller
 * @reserved2: 0 from the caller
 * @reserved3: 0 from the caller
 */
struct binder_node_info_for_ref {
	__u32 handle;
	__u32 strong_count;
	__u32 weak_count;
	__u32 reserved1;
	__u32 reserved2;
	__u32 reserved3;
};

/**
 * struct binder_freeze_info - argument of BINDER_FREEZE
 * @pid: process ID of the process to freeze or thaw
 * @enable: non-zero to freeze, 0 to thaw
 * @timeout_ms: when freezing, for how long to wait until the process has no
 *	more transactions to finish, in milliseconds; 0 not to wait
 *
 * All fields come from the caller.
 */
struct binder_freeze_info {
	__u32 pid;
	__u32 enable;
	__u32 timeout_ms;
};

/**
 * struct binder_frozen_status_info - argument of BINDER_GET_FROZEN_INFO
 * @pid: from the caller, process ID of the process asked about
 * @sync_recv: from the driver; bit 0: since it was last frozen, it was sent a
 *	call that needs a reply; bit 1: such a call is pending, new since the
 *	freeze began
 * @async_recv: from the driver; non-zero: since it was last frozen, it was sent
 *	a one-way call
 */
struct binder_frozen_status_info {
	__u32 pid;
	__u32 sync_recv;
	__u32 async_recv;
};

/**
 * struct binder_extended_error - result of BINDER_GET_EXTENDED_ERROR
 * @id: which operation failed: the driver's number of the transaction, as in
 *	its logs
 * @command: the BR_* in which the failure resulted, or BR_OK if there was none
 * @param: a negative errno that tells why
 *
 * Filled by the driver.
 */
struct binder_extended_error {
	__u32 id;
	__u32 command;
	__s32 param;
};

/**
 * enum - the ioctls
 *
 * Unless said otherwise, they return 0, or -1 with errno set.  Each may fail
 * with EFAULT, when its argument is not accessible, and with EINTR, when a
 * signal came: just repeat it.  ECONNREFUSED means that the driver has given up
 * on this process and will serve none of its threads ever again; all that is
 * left is to exit.  An unknown ioctl gets EINVAL.
 */
enum {
	/**
	 * @BINDER_WRITE_READ: carries out commands, then reads returns.  The
	 * read waits until there is something to return, but for O_NONBLOCK:
	 * EAGAIN.
	 */
	BINDER_WRITE_READ	= _IOWR('b', 1, struct binder_write_read),

	/** @BINDER_SET_IDLE_TIMEOUT: not supported: EINVAL */
	BINDER_SET_IDLE_TIMEOUT	= _IOW('b', 3, __s64),

	/**
	 * @BINDER_SET_MAX_THREADS: how many loopers BR_SPAWN_LOOPER may ask
	 * this process for, besides those that it starts by itself
	 */
	BINDER_SET_MAX_THREADS	= _IOW('b', 5, __u32),

	/** @BINDER_SET_IDLE_PRIORITY: not supported: EINVAL */
	BINDER_SET_IDLE_PRIORITY	= _IOW('b', 6, __s32),

	/**
	 * @BINDER_SET_CONTEXT_MGR: this process becomes the context manager;
	 * the argument is ignored.  EBUSY if there is one; EPERM if the
	 * security module, or an earlier manager's user ID, does not allow it.
	 */
	BINDER_SET_CONTEXT_MGR	= _IOW('b', 7, __s32),

	/**
	 * @BINDER_THREAD_EXIT: this thread is done with binder, and the driver
	 * forgets it; who waits for its reply gets BR_DEAD_REPLY.  The argument
	 * is ignored.
	 */
	BINDER_THREAD_EXIT	= _IOW('b', 8, __s32),

	/** @BINDER_VERSION: tells the protocol version */
	BINDER_VERSION		= _IOWR('b', 9, struct binder_version),

	/**
	 * @BINDER_GET_NODE_DEBUG_INFO: tells of the caller's next node; begin
	 * with all zeroes and repeat until ptr is 0
	 */
	BINDER_GET_NODE_DEBUG_INFO =
		_IOWR('b', 11, struct binder_node_debug_info),

	/**
	 * @BINDER_GET_NODE_INFO_FOR_REF: tells the reference counts of a node.
	 * EPERM if the caller is not the context manager, EINVAL if it has no
	 * such handle or a field that must be 0 is not.
	 */
	BINDER_GET_NODE_INFO_FOR_REF =
		_IOWR('b', 12, struct binder_node_info_for_ref),

	/**
	 * @BINDER_SET_CONTEXT_MGR_EXT: BINDER_SET_CONTEXT_MGR with the flags,
	 * address and cookie of the node of handle 0
	 */
	BINDER_SET_CONTEXT_MGR_EXT = _IOW('b', 13, struct flat_binder_object),

	/**
	 * @BINDER_FREEZE: freezes or thaws a process as far as binder goes:
	 * while it is frozen, calls that need a reply fail with
	 * BR_FROZEN_REPLY, and one-way calls pile up.  EAGAIN if transactions
	 * were left when the time was up (it is not frozen then), EINVAL if no
	 * such process uses binder.
	 */
	BINDER_FREEZE		= _IOW('b', 14, struct binder_freeze_info),

	/**
	 * @BINDER_GET_FROZEN_INFO: tells what a process was sent while frozen.
	 * EINVAL if no such process uses binder.
	 */
	BINDER_GET_FROZEN_INFO	=
		_IOWR('b', 15, struct binder_frozen_status_info),

	/**
	 * @BINDER_ENABLE_ONEWAY_SPAM_DETECTION: non-zero for this process to
	 * get BR_ONEWAY_SPAM_SUSPECT from now on, 0 not to
	 */
	BINDER_ENABLE_ONEWAY_SPAM_DETECTION = _IOW('b', 16, __u32),

	/**
	 * @BINDER_GET_EXTENDED_ERROR: tells, and then clears, the latest
	 * failure of a transaction of this thread
	 */
	BINDER_GET_EXTENDED_ERROR =
		_IOWR('b', 17, struct binder_extended_error),
};

#endif /* _LINUX_BINDER_H */

#endif /* _UAPI_LINUX_BINDER_H */
