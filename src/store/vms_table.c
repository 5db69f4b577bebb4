// SPDX-License-Identifier: GPL-2.0-or-later
#include "vms_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "json.h"
#include "str.h"

#define TABLE "vms.json"

/* Behind this in a line stands the member that only gvm_vms_load() gives. JSON writes none inside. */
#define TAB '\t'
#define ORIGIN "origin"

/* Room for 64,000 VMs. */
#define MAX_TABLE (64 << 20)

/**
 * @brief Parse what every listing needs of a line.
 * @param line of the table @param o result, NULL when damaged @param name result @param size its size
 * @return the rest of the line, "" when there is none
 */
static const char *parse_line(const char *line, struct json_object **o, char *name, size_t size)
{
	const char *tab = strchrnul(line, TAB);

	*o = NULL;
	name[0] = '\0';
	if (gvm_json_parse(line, (size_t)(tab - line), o) == 0 &&
	    gvm_json_str(*o, "name", name, size) < 0) {
		json_object_put(*o);
		*o = NULL;
	}
	return *tab ? tab + 1 : tab;
}

/** @brief Read the table. @param dir folder @param text result, "" when there is none @return 0 or -errno */
static int read_table(int dir, char **text)
{
	size_t len;
	int r = gvm_read_file(dir, TABLE, MAX_TABLE, text, &len);

	if (r == -ENOENT) {
		*text = strdup("");
		return *text ? 0 : -ENOMEM;
	}
	return r;
}

/** Called for each line, as gvm_store_fn. @p rest is what stands behind the tab. */
typedef int (*line_fn)(const char *name, struct json_object *o, const char *rest, void *data);

/** @brief Go through the table. @param dir folder @param fn callback @param data its @return 0, of fn, or -errno */
static int each_line(int dir, line_fn fn, void *data)
{
	GVM_AUTOFREE char *text = NULL;
	char *rest, *line;
	int r = read_table(dir, &text);

	rest = text;
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		GVM_AUTOJSON struct json_object *o = NULL;
		const char *rest_of_line;
		char name[64];

		if (!*line)
			continue;
		rest_of_line = parse_line(line, &o, name, sizeof(name));
		r = fn(name[0] ? name : "?", o, rest_of_line, data);
	}
	return r;
}

/** Who wants a listing. */
struct listing {
	gvm_store_fn fn;
	void *data;
};

/** @brief Pass a VM on. @param name VM @param o JSON @param rest unused @param data struct listing @return of its fn */
static int pass_on(const char *name, struct json_object *o, const char *rest, void *data)
{
	const struct listing *l = data;

	(void)rest;
	return l->fn(name, o, l->data);
}

int gvm_vms_list(int dir, gvm_store_fn fn, void *data)
{
	struct listing l = { fn, data };

	return each_line(dir, pass_on, &l);
}

/** One VM that is looked for. */
struct wanted {
	const char *name;
	struct json_object *found;
};

/** @brief Is it the one? @param name VM @param o JSON @param rest its other part @param data struct wanted @return 1 when it is */
static int match(const char *name, struct json_object *o, const char *rest, void *data)
{
	struct json_object *origin;
	struct wanted *w = data;

	if (!o || strcmp(name, w->name) != 0)
		return 0;
	if (*rest && gvm_json_parse(rest, strlen(rest), &origin) == 0)
		json_object_object_add(o, ORIGIN, origin);
	w->found = json_object_get(o);
	return 1;
}

int gvm_vms_load(int dir, const char *name, struct json_object **ret)
{
	struct wanted w = { .name = name };
	int r;

	if (dir < 0)
		return -ENOENT;
	r = each_line(dir, match, &w);
	if (r < 0)
		return r;
	if (!w.found)
		return -ENOENT;
	*ret = w.found;
	return 0;
}

/** @brief Copy all lines but one VM's. @param text table, cut up @param name the VM @param out stream @return how many were left out */
static int copy_others(char *text, const char *name, FILE *out)
{
	char *rest = text, *line;
	int dropped = 0;

	while ((line = strsep(&rest, "\n"))) {
		GVM_AUTOJSON struct json_object *o = NULL;
		char other[64];

		parse_line(line, &o, other, sizeof(other));
		/* A damaged line tells nothing to anyone: it goes with the next change. */
		if (!o)
			continue;
		if (strcmp(other, name) == 0)
			dropped++;
		else
			fprintf(out, "%s\n", line);
	}
	return dropped;
}

/** @brief Write a VM's line. @param o record @param out stream */
static void print_line(struct json_object *o, FILE *out)
{
	GVM_AUTOJSON struct json_object *origin = NULL;

	origin = json_object_get(json_object_object_get(o, ORIGIN));
	json_object_object_del(o, ORIGIN);
	fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), out);
	if (origin) {
		fprintf(out, "%c%s", TAB,
			json_object_to_json_string_ext(origin, JSON_C_TO_STRING_PLAIN));
		json_object_object_add(o, ORIGIN, json_object_get(origin));
	}
	fputc('\n', out);
}

int gvm_vms_change(int dir, int lock_dir, const char *name, struct json_object *o, bool is_new)
{
	GVM_AUTOCLOSE int lock = gvm_lock_file(lock_dir, "vms", true);
	GVM_AUTOFREE char *text = NULL;
	GVM_AUTOFREE char *table = NULL;
	size_t len = 0;
	FILE *out;
	int r, dropped;

	if (lock < 0)
		return lock;
	r = read_table(dir, &text);
	if (r < 0)
		return r;
	out = open_memstream(&table, &len);
	if (!out)
		return -ENOMEM;
	dropped = copy_others(text, name, out);
	if (o)
		print_line(o, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (!o && !dropped)
		return -ENOENT;
	if (is_new && dropped)
		return -EEXIST;
	return gvm_write_file(dir, TABLE, table, len, 0);
}
