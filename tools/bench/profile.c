// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU that counts how often each of the guest's instructions is
 * executed between bench_mark_start() and bench_mark_stop(), and writes
 *
 *	ADDRESS COUNT
 *
 * to the file given as out=FILE when the guest has ended.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "qemu_plugin.h"

int qemu_plugin_version = 1;

/* An address may be translated many times; it has one counter. */
struct counter {
	uint64_t address;
	uint64_t count;
	uint64_t at_start;
	uint64_t between;
	struct counter *next;
};

#define BUCKETS		262144

static struct counter *buckets[BUCKETS];
static char out_name[4096];

/* nopl 0x62617274(%rax): bench.h */
static const uint8_t mark_start[] = { 0x0f, 0x1f, 0x80, 0x74, 0x72, 0x61, 0x62 };
static const uint8_t mark_stop[] = { 0x0f, 0x1f, 0x80, 0x75, 0x72, 0x61, 0x62 };

static struct counter *find_counter(uint64_t address)
{
	struct counter **at = &buckets[(address ^ address >> 18) % BUCKETS];

	while (*at && (*at)->address != address)
		at = &(*at)->next;
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			abort();
		(*at)->address = address;
	}
	return *at;
}

static void start(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct counter *counter = buckets[i]; counter; counter = counter->next)
			counter->at_start = counter->count;
}

static void stop(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct counter *counter = buckets[i]; counter; counter = counter->next)
			counter->between += counter->count - counter->at_start;
}

static bool is_mark(const struct qemu_plugin_insn *insn, const uint8_t *mark)
{
	return qemu_plugin_insn_size(insn) == sizeof(mark_start) &&
	       !memcmp(qemu_plugin_insn_data(insn), mark, sizeof(mark_start));
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		struct counter *counter = find_counter(qemu_plugin_insn_vaddr(insn));

		qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64,
							   &counter->count, 1);
		if (is_mark(insn, mark_start))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, start, CALLBACK_NO_REGS, NULL);
		if (is_mark(insn, mark_stop))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, stop, CALLBACK_NO_REGS, NULL);
	}
}

static void write_counts(uint64_t id, void *data)
{
	FILE *out = fopen(out_name, "w");

	(void)id;
	(void)data;
	if (!out) {
		perror(out_name);
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct counter *counter = buckets[i]; counter; counter = counter->next)
			if (counter->between)
				fprintf(out, "%016llx %llu\n",
					(unsigned long long)counter->address,
					(unsigned long long)counter->between);
	if (fclose(out))
		perror(out_name);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			snprintf(out_name, sizeof(out_name), "%s", argv[i] + 4);
	if (!*out_name) {
		fprintf(stderr, "profile.so: out=FILE is missing\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, write_counts, NULL);
	return 0;
}
