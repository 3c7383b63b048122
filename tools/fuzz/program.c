// SPDX-License-Identifier: GPL-2.0-only
/* Programs as text. */
#include <stdlib.h>
#include <string.h>
#include "fuzz.h"

#define SPACE	"\n "

static void value_print(FILE *f, uint64_t value)
{
	if (value > -4096ULL)
		fprintf(f, "%lld", (long long)value);
	else
		fprintf(f, value < 1000 ? "%llu" : "%#llx", (unsigned long long)value);
}

void line_print(FILE *f, const struct line *line)
{
	const struct word *w = &words[line->word];
	int i;

	fprintf(f, "%c%s%s %s", 'A' + line->actor / 2, line->actor % 2 ? "2" : "",
		line->async ? "&" : "", w->name);
	for (i = 0; i < ARGS && w->args[i].name; i++) {
		if (!line->arg[i])
			continue;
		fprintf(f, " %s=", w->args[i].name);
		value_print(f, line->arg[i]);
	}
}

void program_print(FILE *f, const struct program *p)
{
	unsigned int i;

	for (i = 0; i < p->count; i++) {
		line_print(f, &p->at[i]);
		fputc('\n', f);
	}
}

static bool read_actor(const char *text, struct line *line)
{
	if (*text < 'A' || *text >= 'A' + PROCESSES)
		return false;
	line->actor = 2 * (*text++ - 'A');
	if (*text == '2') {
		line->actor++;
		text++;
	}
	line->async = *text == '&';
	return !text[line->async];
}

static bool read_word(const char *text, struct line *line)
{
	unsigned int i;

	for (i = 0; text && i < word_count; i++) {
		if (strcmp(text, words[i].name))
			continue;
		line->word = i;
		return true;
	}
	return false;
}

static bool read_argument(char *text, struct line *line)
{
	const struct word *w = &words[line->word];
	char *value = strchr(text, '=');
	int i;

	if (!value)
		return false;
	*value++ = '\0';
	for (i = 0; i < ARGS && w->args[i].name; i++) {
		if (strcmp(text, w->args[i].name))
			continue;
		line->arg[i] = strtoull(value, NULL, 0);
		return true;
	}
	return false;
}

static bool read_line(char *text, struct line *line)
{
	char *rest, *part = strtok_r(text, SPACE, &rest);

	memset(line, 0, sizeof(*line));
	if (!part || !read_actor(part, line) || !read_word(strtok_r(NULL, SPACE, &rest), line))
		return false;
	while ((part = strtok_r(NULL, SPACE, &rest)))
		if (!read_argument(part, line))
			return false;
	return true;
}

/* Programs are parted by empty lines; "#" begins a comment. */
int program_read(FILE *f, struct program *p)
{
	char text[256], copy[256];

	p->count = 0;
	while (fgets(text, sizeof(text), f)) {
		if (*text == '#')
			continue;
		if (*text == '\n') {
			if (p->count)
				return 1;
			continue;
		}
		strcpy(copy, text);
		if (p->count == LINES_MAX || !read_line(text, &p->at[p->count])) {
			fprintf(stderr, "fuzz: can't understand: %s", copy);
			return -1;
		}
		p->count++;
	}
	return p->count > 0;
}
