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

/* Room for 64,000 VMs. */
#define MAX_TABLE (64 << 20)

/** @brief The name in one line. @param line JSON @param o result, NULL when damaged @param name result @param size its size */
static void parse_line(const char *line, struct json_object **o, char *name, size_t size)
{
	*o = NULL;
	name[0] = '\0';
	if (gvm_json_parse(line, strlen(line), o) < 0)
		return;
	if (gvm_json_str(*o, "name", name, size) < 0) {
		json_object_put(*o);
		*o = NULL;
	}
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

int gvm_vms_list(int dir, gvm_store_fn fn, void *data)
{
	GVM_AUTOFREE char *text = NULL;
	char *rest, *line;
	int r = read_table(dir, &text);

	rest = text;
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		GVM_AUTOJSON struct json_object *o = NULL;
		char name[64];

		if (!*line)
			continue;
		parse_line(line, &o, name, sizeof(name));
		r = fn(name[0] ? name : "?", o, data);
	}
	return r;
}

/** One VM that is looked for. */
struct wanted {
	const char *name;
	struct json_object *found;
};

/** @brief Is it the one? @param name VM @param o JSON @param data struct wanted @return 1 when it is */
static int match(const char *name, struct json_object *o, void *data)
{
	struct wanted *w = data;

	if (!o || strcmp(name, w->name) != 0)
		return 0;
	w->found = json_object_get(o);
	return 1;
}

int gvm_vms_load(int dir, const char *name, struct json_object **ret)
{
	struct wanted w = { .name = name };
	int r;

	if (dir < 0)
		return -ENOENT;
	r = gvm_vms_list(dir, match, &w);
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

int gvm_vms_change(int dir, int lock_dir, const char *name, const char *line, bool is_new)
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
	if (line)
		fprintf(out, "%s\n", line);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (!line && !dropped)
		return -ENOENT;
	if (is_new && dropped)
		return -EEXIST;
	return gvm_write_file(dir, TABLE, table, len, 0);
}
