// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a QEMU that another program started serves QMP, by its command line: "-qmp unix:PATH,..." or
 * "-chardev socket,id=X,path=PATH,server=on" with "-mon chardev=X,mode=control" (documented, QEMU's
 * qemu-system(1)). In a list of key=value a comma within a value is written twice.
 */
#include <stdbool.h>
#include <string.h>

#include "foreign.h"
#include "str.h"

/* A line with more monitors is nobody's. */
#define MAX_MONITORS 16

/** A command line, argument by argument. */
struct args {
	const char *at, *end;
};

/** @brief Take the next argument. @param a arguments @return it, NULL at the end */
static const char *next(struct args *a)
{
	const char *arg = a->at,
		   *nul = arg < a->end ? memchr(arg, '\0', (size_t)(a->end - arg)) : NULL;

	if (!nul)
		return NULL;
	a->at = nul + 1;
	return arg;
}

/** @brief Is this the option, with one dash or two? @param arg argument @param name without dashes @return yes or no */
static bool is_option(const char *arg, const char *name)
{
	if (*arg++ != '-')
		return false;
	return strcmp(arg + (*arg == '-'), name) == 0;
}

/**
 * @brief Find a key's value in a list "first,key=value,flag".
 * @param list it @param key looked for; "" for what stands first without a key
 * @param value result, "on" for a flag @param size of it
 * @return true if it is there and fits; the last one counts
 */
static bool value_of(const char *list, const char *key, char *value, size_t size)
{
	bool first = true, found = false;

	while (*list) {
		size_t len = strcspn(list, "=,"), n = 0;
		bool is_key = list[len] == '=', mine, fits = true;
		const char *p = list;

		mine = is_key ? strlen(key) == len && strncmp(list, key, len) == 0 : first && !*key;
		if (is_key)
			p += len + 1;
		else if (!first && strlen(key) == len && len && strncmp(list, key, len) == 0)
			found = gvm_str_copy(value, size, "on") == 0;
		for (; *p && (*p != ',' || p[1] == ','); p++) {
			p += *p == ',';
			fits = fits && n + 1 < size;
			if (mine && fits)
				value[n++] = *p;
		}
		if (mine) {
			value[n] = '\0';
			found = fits;
		}
		first = false;
		list = *p ? p + 1 : p;
	}
	return found;
}

/** @brief Is a key on? @param list options @param key it @param absent what counts when it is not there @return yes or no */
static bool is_on(const char *list, const char *key, bool absent)
{
	char text[8];

	if (!value_of(list, key, text, sizeof(text)))
		return absent;
	return strcmp(text, "on") == 0 || strcmp(text, "yes") == 0 || strcmp(text, "true") == 0 ||
	       strcmp(text, "y") == 0;
}

/** @brief Note a path. @param ret sockets @param path it */
static void note(struct gvm_qemu_sockets *ret, const char *path)
{
	if (*path && ret->n < GVM_QEMU_MAX_SOCKETS)
		gvm_str_copy(ret->path[ret->n++], GVM_QEMU_SOCKET_SIZE, path);
}

/** @brief A character device: is it a socket that QEMU serves, and where? @param list its options @param id whose @param path result @return yes or no */
static bool is_served(const char *list, const char *id, char path[GVM_QEMU_SOCKET_SIZE])
{
	char text[64];

	return value_of(list, "", text, sizeof(text)) && strcmp(text, "socket") == 0 &&
	       value_of(list, "id", text, sizeof(text)) && strcmp(text, id) == 0 &&
	       is_on(list, "server", false) && !is_on(list, "abstract", false) &&
	       value_of(list, "path", path, GVM_QEMU_SOCKET_SIZE);
}

/** @brief Find a character device by its id. @param all command line @param id it @param ret sockets: one more, if it is one */
static void take_chardev(struct args all, const char *id, struct gvm_qemu_sockets *ret)
{
	char path[GVM_QEMU_SOCKET_SIZE];
	const char *arg, *list;

	while ((arg = next(&all)))
		if (is_option(arg, "chardev") && (list = next(&all)) && is_served(list, id, path))
			return note(ret, path);
}

/** @brief The value of "-qmp". @param all command line @param value it @param ret sockets: one more, if it is one */
static void take_qmp(struct args all, const char *value, struct gvm_qemu_sockets *ret)
{
	char path[GVM_QEMU_SOCKET_SIZE];

	if (gvm_str_starts(value, "chardev:"))
		take_chardev(all, value + strlen("chardev:"), ret);
	else if (gvm_str_starts(value, "unix:") && is_on(value, "server", false) &&
		 !is_on(value, "abstract", false) &&
		 value_of(value + strlen("unix:"), "", path, sizeof(path)))
		note(ret, path);
}

/** @brief The value of "-mon". @param all command line @param value it @param ret sockets: one more, if it is one */
static void take_mon(struct args all, const char *value, struct gvm_qemu_sockets *ret)
{
	char mode[16], id[64];

	if (value_of(value, "mode", mode, sizeof(mode)) && strcmp(mode, "control") == 0 &&
	    (value_of(value, "chardev", id, sizeof(id)) || value_of(value, "", id, sizeof(id))))
		take_chardev(all, id, ret);
}

void gvm_qemu_parse_sockets(const char *cmdline, size_t len, struct gvm_qemu_sockets *ret)
{
	const struct args all = { cmdline, cmdline + len };
	struct args rest = all;
	const char *arg, *value;
	int monitors = 0;

	ret->n = 0;
	while ((arg = next(&rest)) && monitors < MAX_MONITORS) {
		struct args peek = rest;

		value = next(&peek);
		if (!value)
			break;
		if (is_option(arg, "qmp") || is_option(arg, "qmp-pretty"))
			take_qmp(all, value, ret);
		else if (is_option(arg, "mon"))
			take_mon(all, value, ret);
		else
			continue;
		monitors++;
		rest = peek;
	}
}
