/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU while the kernel's text is patched.
 *
 * Trace events and debug messages are turned on and off by patching: a breakpoint is put
 * in the way, and taken away when it has served.  An emulated CPU (QEMU's TCG) may run into
 * one that another has just taken away: "Oops: int3", somewhere in the scheduler.
 */
#ifndef BINDER_TEST_CPUS_H
#define BINDER_TEST_CPUS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* All CPUs but the first come or go, where they can. */
static inline void other_cpus(bool online)
{
	char path[64];
	int cpu, fd;

	for (cpu = 1; ; cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		if (write(fd, online ? "1" : "0", 1) < 0)
			perror(path);
		close(fd);
	}
}

#endif /* BINDER_TEST_CPUS_H */
