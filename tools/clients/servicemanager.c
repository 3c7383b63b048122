// SPDX-License-Identifier: GPL-2.0-only
/*
 * A context manager that Android's clients understand: Debian has none.
 *
 *   servicemanager DEVICE PROTOCOL
 *
 * PROTOCOL is what libgbinder's configuration calls the one of Android 9 and
 * older, "aidl", or of Android 11 to 14, "aidl3".  It registers services, finds and
 * lists them, and forgets those that die.  It knows neither permissions nor
 * who waits for a service to appear: libgbinder asks for the list from time to time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binder_client.h"

#define SERVICES_MAX	64
#define NAME_MAX_UNITS	256	/* UTF-16 */

enum { GET_SERVICE = 1, CHECK_SERVICE, ADD_SERVICE, LIST_SERVICES };

/* What an object is followed by in aidl3: how stable its interface is, "system". */
#define STABILITY_SYSTEM	0xc

#define STATUS_UNKNOWN_TRANSACTION	(-EBADMSG)

/* A string as parcels have it: the length in units, the units and a zero, padding. */
struct name {
	int32_t length;
	uint16_t units[NAME_MAX_UNITS + 2];
};

static struct service {
	struct name name;
	uint32_t handle;
	bool used;
} services[SERVICES_MAX];

static bool aidl3;
static struct binder_dev dev;
static struct binder_cmds commands;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* A request, as far as it has been read. */
struct reader {
	const uint8_t *data;
	size_t size, at;
};

static bool read_bytes(struct reader *r, void *to, size_t size)
{
	if (size > r->size - r->at)
		return false;
	memcpy(to, r->data + r->at, size);
	r->at += size;
	return true;
}

static size_t name_size(const struct name *name)
{
	return sizeof(name->length) + (((name->length + 1) * 2 + 3) & ~3U);
}

static bool read_name(struct reader *r, struct name *name)
{
	memset(name, 0, sizeof(*name));
	return read_bytes(r, &name->length, sizeof(name->length)) &&
		name->length >= 0 && name->length <= NAME_MAX_UNITS &&
		read_bytes(r, name->units, name_size(name) - sizeof(name->length));
}

/* Flags, in aidl3 two words more, and the interface: there is only one. */
static bool read_header(struct reader *r)
{
	int32_t words[3];
	struct name interface;

	return read_bytes(r, words, aidl3 ? 12 : 4) && read_name(r, &interface);
}

static struct service *find_name(const struct name *name)
{
	struct service *s;

	for (s = services; s < services + SERVICES_MAX; s++) {
		if (s->used && s->name.length == name->length &&
		    !memcmp(s->name.units, name->units, name->length * 2))
			return s;
	}
	return NULL;
}

/* A successor takes the place of its predecessor. */
static struct service *place_for(const struct name *name)
{
	struct service *s = find_name(name);

	for (s = s ?: services; s < services + SERVICES_MAX; s++) {
		if (!s->used || find_name(name) == s)
			return s;
	}
	return NULL;
}

static void put_int(struct binder_payload *reply, int32_t value)
{
	payload_bytes(reply, &value, sizeof(value));
}

static void forget(struct service *s)
{
	s->used = false;
	cmd_u32(&commands, BC_RELEASE, s->handle);
	cmd_u32(&commands, BC_DECREFS, s->handle);
}

/* The cookie of the notification is the service's place and its handle. */
static binder_uintptr_t cookie_of(const struct service *s)
{
	return (binder_uintptr_t)s->handle << 32 | (s - services);
}

static int add_service(const struct binder_transaction_data *tr, struct reader *r)
{
	const binder_size_t *offsets = (void *)(uintptr_t)tr->data.ptr.offsets;
	struct flat_binder_object object;
	struct service *s;
	struct name name;

	if (!read_name(r, &name) || tr->offsets_size != sizeof(*offsets))
		return -EINVAL;
	memcpy(&object, r->data + *offsets, sizeof(object));
	s = place_for(&name);
	if (object.hdr.type != BINDER_TYPE_HANDLE || !s)
		return -EINVAL;
	if (s->used) {
		cmd_handle_cookie(&commands, BC_CLEAR_DEATH_NOTIFICATION, s->handle,
				  cookie_of(s));
		forget(s);
	}
	s->name = name;
	s->handle = object.handle;
	s->used = true;
	/* Before the request's buffer, and its handle with it, is freed. */
	cmd_u32(&commands, BC_INCREFS, s->handle);
	cmd_u32(&commands, BC_ACQUIRE, s->handle);
	cmd_handle_cookie(&commands, BC_REQUEST_DEATH_NOTIFICATION, s->handle,
			  cookie_of(s));
	return 0;
}

/*
 * Nothing found: an object with nothing in it, which the driver does not see.  In
 * parcels objects are where they are, not at the next multiple of eight.
 */
static int get_service(struct reader *r, struct binder_payload *reply)
{
	struct flat_binder_object object = { .hdr.type = BINDER_TYPE_BINDER };
	struct service *s;
	struct name name;

	if (!read_name(r, &name))
		return -EINVAL;
	s = find_name(&name);
	if (aidl3)
		put_int(reply, 0);
	if (s) {
		object.hdr.type = BINDER_TYPE_HANDLE;
		object.handle = s->handle;
		payload_offset(reply, reply->size);
	}
	payload_bytes(reply, &object, sizeof(object));
	if (aidl3)
		put_int(reply, s ? STABILITY_SYSTEM : 0);
	return 0;
}

/* aidl3 wants all names at once, aidl the one with an index. */
static int list_services(struct reader *r, struct binder_payload *reply)
{
	int32_t index, count = 0;
	struct service *s;

	if (!read_bytes(r, &index, sizeof(index)))
		return -EINVAL;
	for (s = services; s < services + SERVICES_MAX; s++)
		count += s->used;
	if (aidl3) {
		put_int(reply, 0);
		put_int(reply, count);
	} else if (index < 0 || index >= count) {
		return -ENOENT;
	}
	for (s = services; s < services + SERVICES_MAX; s++) {
		if (s->used && (aidl3 || !index--))
			payload_bytes(reply, &s->name, name_size(&s->name));
	}
	return 0;
}

/* What would be an exception in Android is only a status here. */
static int answer(const struct binder_transaction_data *tr, struct binder_payload *reply)
{
	struct reader r = {
		.data = (void *)(uintptr_t)tr->data.ptr.buffer,
		.size = tr->data_size,
	};
	int error;

	if (tr->code == B_PACK_CHARS('_', 'P', 'N', 'G'))
		return 0;
	if (!read_header(&r))
		return -EINVAL;
	switch (tr->code) {
	case GET_SERVICE:
	case CHECK_SERVICE:
		return get_service(&r, reply);
	case ADD_SERVICE:
		error = add_service(tr, &r);
		put_int(reply, 0);
		return error;
	case LIST_SERVICES:
		return list_services(&r, reply);
	default:
		return STATUS_UNKNOWN_TRANSACTION;
	}
}

static void serve(const struct binder_transaction_data *tr, struct binder_payload *reply)
{
	struct binder_transaction_data data = { .flags = TF_STATUS_CODE };
	int32_t error;

	payload_reset(reply);
	error = answer(tr, reply);
	cmd_ptr(&commands, BC_FREE_BUFFER, tr->data.ptr.buffer);
	if (tr->flags & TF_ONE_WAY)
		return;
	if (!error) {
		cmd_reply(&commands, 0, reply);
	} else {
		data.data_size = sizeof(error);
		payload_reset(reply);
		put_int(reply, error);
		data.data.ptr.buffer = (uintptr_t)reply->data;
		cmd_transaction(&commands, BC_REPLY, &data);
	}
}

static void service_died(binder_uintptr_t cookie)
{
	struct service *s = &services[(uint32_t)cookie % SERVICES_MAX];

	cmd_ptr(&commands, BC_DEAD_BINDER_DONE, cookie);
	if (s->used && cookie_of(s) == cookie)
		forget(s);
}

int main(int argc, char **argv)
{
	struct binder_payload reply = {};
	struct binder_returns in = {};
	size_t i;
	int error;

	if (argc != 3 || (strcmp(argv[2], "aidl") && strcmp(argv[2], "aidl3"))) {
		fprintf(stderr, "usage: servicemanager DEVICE aidl|aidl3\n");
		return 2;
	}
	aidl3 = !strcmp(argv[2], "aidl3");
	errno = -binder_open_path(&dev, argv[1], O_RDWR | O_CLOEXEC, BINDER_MAP_SIZE);
	if (errno)
		die(argv[1]);
	errno = -binder_become_manager(&dev);
	if (errno)
		die("BINDER_SET_CONTEXT_MGR");
	cmd_none(&commands, BC_ENTER_LOOPER);
	for (;;) {
		error = binder_write_read(&dev, &commands, &in);
		if (error && error != -EINTR)
			break;
		cmd_reset(&commands);
		binder_answer_refs(&commands, &in);
		for (i = 0; !error && i < in.count; i++) {
			if (in.at[i].cmd == BR_TRANSACTION)
				serve(&in.at[i].tr, &reply);
			else if (in.at[i].cmd == BR_DEAD_BINDER)
				service_died(in.at[i].cookie);
		}
	}
	errno = -error;
	die("BINDER_WRITE_READ");
}
