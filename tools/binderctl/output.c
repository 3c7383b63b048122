// SPDX-License-Identifier: GPL-2.0-only
/* JSON, tables, errors. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "binderctl.h"

atomic_bool interrupted;

void fail(const char *format, ...)
{
	char text[1024];
	va_list args;

	fflush(stdout);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "binderctl: %s\n", clean(text));
	exit(1);
}

/* Doubled at each power of two. */
void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	array = reallocarray(array, count ? count * 2 : 1, size);
	if (!array)
		fail("out of memory");
	return array;
}

char *clean(char *text)
{
	char *c;

	for (c = text; *c; c++) {
		if (*c == '\t')
			*c = ' ';
		else if (*c < ' ' || *c > '~')
			*c = '?';
	}
	return text;
}

static void interrupt(int signal)
{
	(void)signal;
	interrupted = true;
}

/* Without SA_RESTART, so that whoever sleeps or reads comes back. */
void end_on_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	/* "binderctl trace | head" has to take its trace instance away. */
	sigaction(SIGPIPE, &action, NULL);
}

void add_int(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

void add_text(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

void add_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

struct json_object *add_array(struct json_object *object, const char *key)
{
	struct json_object *array = json_object_new_array();

	json_object_object_add(object, key, array);
	return array;
}

struct json_object *append_object(struct json_object *array)
{
	struct json_object *object = json_object_new_object();

	json_object_array_add(array, object);
	return object;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

int64_t get_int(struct json_object *object, const char *key)
{
	return json_object_get_int64(get(object, key));
}

const char *get_text(struct json_object *object, const char *key)
{
	const char *text = json_object_get_string(get(object, key));

	return text ? text : "";
}

bool get_bool(struct json_object *object, const char *key)
{
	return json_object_get_boolean(get(object, key));
}

size_t get_count(struct json_object *object, const char *key)
{
	struct json_object *array = get(object, key);

	return array ? json_object_array_length(array) : 0;
}

struct json_object *get_nth(struct json_object *object, const char *key, size_t n)
{
	return json_object_array_get_idx(get(object, key), n);
}

void print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

void print_json_line(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(stdout);
	json_object_put(object);
}

/* No space at the end of a line. */
static void put_cell(FILE *out, const struct column *column, bool last, const char *text)
{
	if (last && column->width < 0)
		fprintf(out, "%s\n", text);
	else
		fprintf(out, "%*s%s", column->width, text, last ? "\n" : "  ");
}

void table_head(FILE *out, const struct column *columns, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		put_cell(out, &columns[i], i == n - 1, columns[i].title);
}

void table_row(FILE *out, const struct column *columns, size_t n, struct json_object *row)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const char *text = get_text(row, columns[i].key);

		put_cell(out, &columns[i], i == n - 1, *text ? text : "-");
	}
}
