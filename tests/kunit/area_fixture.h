/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An area for a test, mapped as a receiver's is.
 *
 * A file of our own passes mmap() on to the area, into the mm that KUnit gives the test, so
 * that what a receiver would see is read through its page faults, and the VMA's close
 * is the one that munmap() and exit bring about.  The file's release closes the area, as a
 * device's does.
 */
#ifndef BINDER_TEST_AREA_FIXTURE_H
#define BINDER_TEST_AREA_FIXTURE_H

#include <kunit/test.h>

#include "../../drivers/android/binder/area/area.h"

/* What area_map() maps. */
#define PAGES		16
#define SIZE		(PAGES * (u32)PAGE_SIZE)
/* Some process that sends one-way calls. */
#define SENDER		4711

/**
 * struct area_fixture - an area and its file
 * @area: the area
 * @file: its file
 * @user: where it is mapped
 */
struct area_fixture {
	struct binder_area *area;
	struct file *file;
	unsigned long user;
};

int area_fixture_init(struct kunit *test);
void area_fixture_exit(struct kunit *test);
struct binder_area *area_map_sized(struct kunit *test, u32 size);
struct binder_area *area_map(struct kunit *test);
void area_unmap_sized(struct kunit *test, u32 size);
void area_unmap(struct kunit *test);
struct binder_buffer *try_alloc(struct binder_area *area, u64 bytes, int oneway_pid);
struct binder_buffer *must_alloc(struct kunit *test, u64 bytes, int oneway_pid);

#endif /* BINDER_TEST_AREA_FIXTURE_H */
