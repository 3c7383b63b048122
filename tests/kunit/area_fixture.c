// SPDX-License-Identifier: GPL-2.0-only
/* An area for a test, mapped.  The essay is in area_fixture.h. */

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "area_fixture.h"

static int fixture_mmap(struct file *file, struct vm_area_struct *vma)
{
	return binder_area_mmap(file->private_data, file, vma);
}

static int fixture_release(struct inode *inode, struct file *file)
{
	binder_area_close(file->private_data);
	binder_area_put(file->private_data);
	return 0;
}

static const struct file_operations fixture_fops = {
	.owner = THIS_MODULE,
	.mmap = fixture_mmap,
	.release = fixture_release,
};

/**
 * area_fixture_init() - a suite's init: an area that is not mapped yet
 * @test: its priv is the &struct area_fixture
 *
 * Return: 0 or a negative errno.
 */
int area_fixture_init(struct kunit *test)
{
	struct area_fixture *fix = kunit_kzalloc(test, sizeof(*fix), GFP_KERNEL);

	if (!fix)
		return -ENOMEM;
	test->priv = fix;
	fix->area = binder_area_create(1);
	if (!fix->area)
		return -ENOMEM;
	/* An inode of its own: what the area unmaps is looked up in its mapping. */
	fix->file = anon_inode_create_getfile("[binder-test]", &fixture_fops, fix->area,
					      O_RDONLY, NULL);
	if (IS_ERR(fix->file)) {
		binder_area_put(fix->area);
		return PTR_ERR(fix->file);
	}
	return 0;
}

/**
 * area_fixture_exit() - a suite's exit: the file is closed
 * @test: the test
 *
 * After a test that has failed a mapping may hold the file a while longer.
 */
void area_fixture_exit(struct kunit *test)
{
	struct area_fixture *fix = test->priv;

	if (!fix || IS_ERR_OR_NULL(fix->file))
		return;
	fput(fix->file);
	flush_delayed_fput();
}

/**
 * area_map_sized() - map the test's area
 * @test: the test
 * @size: bytes
 *
 * Return: the area.
 */
struct binder_area *area_map_sized(struct kunit *test, u32 size)
{
	struct area_fixture *fix = test->priv;

	fix->user = kunit_vm_mmap(test, fix->file, 0, size, PROT_READ, MAP_SHARED, 0);
	KUNIT_ASSERT_FALSE(test, !fix->user || IS_ERR_VALUE(fix->user));
	KUNIT_ASSERT_EQ(test, fix->area->state, BINDER_AREA_MAPPED);
	return fix->area;
}

/**
 * area_map() - map %SIZE bytes of the test's area
 * @test: the test
 *
 * Return: the area.
 */
struct binder_area *area_map(struct kunit *test)
{
	return area_map_sized(test, SIZE);
}

/**
 * area_unmap_sized() - every test ends with this: what was had has been given back, exactly
 * @test: the test
 * @size: as it was mapped
 */
void area_unmap_sized(struct kunit *test, u32 size)
{
	struct area_fixture *fix = test->priv;

	KUNIT_EXPECT_EQ(test, binder_range_largest_gap(&fix->area->ranges), size);
	KUNIT_EXPECT_EQ(test, fix->area->oneway_free, size / 2);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&fix->area->tallies));
	KUNIT_EXPECT_EQ(test, vm_munmap(fix->user, size), 0);
	KUNIT_EXPECT_NE(test, fix->area->state, BINDER_AREA_MAPPED);
}

/**
 * area_unmap() - area_unmap_sized() of %SIZE bytes
 * @test: the test
 */
void area_unmap(struct kunit *test)
{
	area_unmap_sized(test, SIZE);
}

/**
 * try_alloc() - a buffer for some message
 * @area:       the area
 * @bytes:      of data
 * @oneway_pid: who sends a one-way call, or 0 for another message
 *
 * Return: as binder_area_alloc().
 */
struct binder_buffer *try_alloc(struct binder_area *area, u64 bytes, int oneway_pid)
{
	return binder_area_alloc(area, &(struct binder_payload_size){ .data = bytes },
				 1, oneway_pid, oneway_pid);
}

/**
 * must_alloc() - try_alloc() in the test's area, which has to succeed
 * @test:       the test
 * @bytes:      as for try_alloc()
 * @oneway_pid: as for try_alloc()
 *
 * Return: the buffer.
 */
struct binder_buffer *must_alloc(struct kunit *test, u64 bytes, int oneway_pid)
{
	struct area_fixture *fix = test->priv;
	struct binder_buffer *buffer = try_alloc(fix->area, bytes, oneway_pid);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(buffer), "%llu bytes: %ld", bytes, PTR_ERR(buffer));
	KUNIT_ASSERT_EQ(test, buffer->state, BINDER_BUFFER_FILLING);
	return buffer;
}
