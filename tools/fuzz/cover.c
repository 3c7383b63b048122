// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of the module has been reached, by KCOV. Each actor has a KCOV of its own, which
 * is opened once: a program's processes inherit it, and a task that ends lets go of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fuzz.h"

#define PLACES		0x4000	/* of one actor, in one program */
#define FIRST_FD	600		/* actors close what is below 512 */
#define SECTIONS	"/sys/module/binder_linux/sections/"
#define TEXT_MAX	(2UL << 20)
#define SECTIONS_MAX	16

static struct section {
	char name[64];
	unsigned long start;
} sections[SECTIONS_MAX];

static unsigned int section_count;
static unsigned long *area[ACTORS];
static unsigned long text_start;
static uint8_t *reached;	/* a byte for each of the module's text */
static unsigned int places;
static bool by_edges;

/* Where is the module's code? Its sections are not far from each other. */
static int find_sections(void)
{
	DIR *dir = opendir(SECTIONS);
	struct dirent *entry;
	struct section *s;
	char path[512];
	FILE *f;

	while (dir && (entry = readdir(dir)) && section_count < SECTIONS_MAX) {
		if (strncmp(entry->d_name, ".text", 5))
			continue;
		s = &sections[section_count];
		snprintf(s->name, sizeof(s->name), "%.60s", entry->d_name);
		snprintf(path, sizeof(path), SECTIONS "%s", entry->d_name);
		f = fopen(path, "re");
		if (f && fscanf(f, "%lx", &s->start) == 1)
			section_count++;
		if (f)
			fclose(f);
		if (!text_start || s->start < text_start)
			text_start = s->start;
	}
	if (dir)
		closedir(dir);
	return text_start ? 0 : -ENOENT;
}

/*
 * Zeroed memory for what is large: a fork copies the page tables of all that is private.
 */
void *big_alloc(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

int cover_open(bool edges)
{
	unsigned int i;
	int fd;

	by_edges = edges;
	reached = big_alloc(TEXT_MAX);
	if (find_sections())
		return -ENOENT;
	for (i = 0; i < ACTORS; i++) {
		fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
		if (fd < 0 || dup3(fd, FIRST_FD + i, O_CLOEXEC) < 0)
			return -errno;
		close(fd);
		if (ioctl(FIRST_FD + i, KCOV_INIT_TRACE, PLACES))
			return -errno;
		area[i] = mmap(NULL, PLACES * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED,
			       FIRST_FD + i, 0);
		if (area[i] == MAP_FAILED)
			return -errno;
	}
	return 0;
}

void cover_reset(void)
{
	unsigned int i;

	for (i = 0; i < ACTORS && area[i]; i++)
		area[i][0] = 0;
}

void cover_enable(unsigned int actor)
{
	if (area[actor] && ioctl(FIRST_FD + actor, KCOV_ENABLE, KCOV_TRACE_PC)) {
		perror("KCOV_ENABLE");
		_exit(1);
	}
}

static void set_bit(struct cover *c, uint32_t place, uint32_t before)
{
	uint64_t hash = ((uint64_t)before << 32 | place) * 0x9e3779b97f4a7c15ULL;
	uint32_t bit = hash >> 47;

	c->words[bit / 64] |= 1ULL << bit % 64;
}

void cover_collect(struct cover *c)
{
	unsigned long i, n, place;
	uint32_t before;
	unsigned int a;

	memset(c, 0, sizeof(*c));
	for (a = 0; a < ACTORS && area[a]; a++) {
		n = __atomic_load_n(&area[a][0], __ATOMIC_RELAXED);
		before = 0;
		for (i = 1; i <= n && i < PLACES; i++) {
			place = area[a][i] - text_start;
			if (place >= TEXT_MAX)
				continue;
			places += !reached[place];
			reached[place] = 1;
			set_bit(c, place, before);
			before = by_edges ? place : 0;
		}
	}
}

unsigned int cover_places(void)
{
	return places;
}

/* The section that a place is in: the last one that begins before it. */
static const struct section *section_of(unsigned long at)
{
	const struct section *s, *found = NULL;

	for (s = sections; s < sections + section_count; s++)
		if (s->start <= at && (!found || s->start > found->start))
			found = s;
	return found;
}

void cover_print(FILE *f)
{
	const struct section *s;
	unsigned long i;

	for (i = 0; i < TEXT_MAX; i++) {
		if (!reached[i])
			continue;
		s = section_of(text_start + i);
		fprintf(f, "%s %lx\n", s->name, text_start + i - s->start);
	}
}

unsigned int cover_new(const struct cover *c, const struct cover *known)
{
	unsigned int i, n = 0;

	for (i = 0; i < COVER_WORDS; i++)
		n += __builtin_popcountll(c->words[i] & ~known->words[i]);
	return n;
}

void cover_add(struct cover *c, const struct cover *more)
{
	unsigned int i;

	for (i = 0; i < COVER_WORDS; i++)
		c->words[i] |= more->words[i];
}
