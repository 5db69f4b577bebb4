// SPDX-License-Identifier: GPL-2.0-or-later
#include "params.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "json.h"
#include "saved.h"
#include "str.h"

/*
 * Parts of a name that are not taken. The first ones act on the device instead of setting something of
 * it; the others are links out of its folder, to what has attributes that act on other devices
 * (documented: kernel Documentation/ABI/testing/sysfs-bus-vfio-mdev, sysfs-bus-pci, sysfs-uevent).
 */
static const char *const refused[] = { "remove", "uevent",    "reset",     "bind",
				       "unbind", "new_id",    "rescan",    "driver_override",
				       "driver", "subsystem", "mdev_type", "iommu_group",
				       "device", "physfn",    "of_node",   "firmware_node" };

/** @brief Is a part of the name one that is not taken? @param name path @return yes or no */
static bool is_refused(const char *name)
{
	size_t len, i;

	for (; *name; name += len + (name[len] == '/')) {
		len = strcspn(name, "/");
		for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
			if (strlen(refused[i]) == len && strncmp(refused[i], name, len) == 0)
				return true;
	}
	return false;
}

/** @brief Check a name. @param name it @return NULL, or what is wrong */
static const char *check_name(const char *name)
{
	const char *c;

	for (c = name; isalnum((unsigned char)*c) || (*c && strchr("_-./", *c)); c++) {
		if (*c == '.' && (c == name || c[-1] == '/' || c[-1] == '.'))
			return "a parameter's name leads elsewhere";
		if (*c == '/' && (c == name || c[-1] == '/'))
			break;
	}
	if (*c || c == name || c[-1] == '/')
		return "a parameter's name is not the name of an attribute";
	if (is_refused(name))
		return "a parameter cannot be an attribute that acts on the device (remove, reset, "
		       "uevent, bind) or leads out of its folder (driver, mdev_type, iommu_group)";
	return NULL;
}

const char *gvm_params_add(struct gvm_params *p, const char *name, const char *value)
{
	const char *wrong = check_name(name);
	struct gvm_param *item = &p->items[p->n];
	char shown[sizeof(item->value)];

	if (p->n == GVM_MAX_PARAMS)
		return "there are more than 16 parameters";
	if (wrong)
		return wrong;
	if (gvm_str_copy(item->name, sizeof(item->name), name) < 0)
		return "a parameter's name is longer than 63 characters";
	if ((*value && !gvm_saved_is_plain(value)) ||
	    gvm_str_copy(item->value, sizeof(item->value), value) < 0)
		return "a parameter's value is no short line of text";
	/* It is shown to people, and given out as JSON. */
	memcpy(shown, item->value, sizeof(shown));
	gvm_str_printable(shown);
	if (strcmp(shown, item->value) != 0)
		return "a parameter's value is no text in UTF-8";
	p->n++;
	return NULL;
}

const char *gvm_params_add_text(struct gvm_params *p, const char *text)
{
	const char *value = strchr(text, '=');
	char name[sizeof(p->items[0].name) + 1];

	if (!value)
		return "it must be KEY=VALUE";
	snprintf(name, sizeof(name), "%.*s", (int)(value - text), text);
	return gvm_params_add(p, name, value + 1);
}

/** @brief Append parameters. @param p result @param more to be appended @return NULL, or what is wrong */
static const char *append(struct gvm_params *p, const struct gvm_params *more)
{
	if (p->n + more->n > GVM_MAX_PARAMS)
		return "there are more than 16 parameters";
	memcpy(p->items + p->n, more->items, more->n * sizeof(p->items[0]));
	p->n += more->n;
	return NULL;
}

const char *gvm_params_prepend(struct gvm_params *p, const struct gvm_params *first)
{
	struct gvm_params all = *first;
	const char *wrong = append(&all, p);

	if (!wrong)
		*p = all;
	return wrong;
}

/** @brief Append those of a name. @param p result @param from all @param name it @return NULL, or what is wrong */
static const char *append_named(struct gvm_params *p, const struct gvm_params *from,
				const char *name)
{
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < from->n && !wrong; i++)
		if (strcmp(from->items[i].name, name) == 0)
			wrong = gvm_params_add(p, name, from->items[i].value);
	return wrong;
}

/** @brief Is one of this name there? @param p parameters @param name it @return yes or no */
static bool has(const struct gvm_params *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n && strcmp(p->items[i].name, name) != 0;)
		i++;
	return i < p->n;
}

const char *gvm_params_change(struct gvm_params *p, const struct gvm_params *given)
{
	struct gvm_params all = { .n = 0 };
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < p->n && !wrong; i++) {
		const struct gvm_param *old = &p->items[i];

		if (!has(given, old->name))
			wrong = gvm_params_add(&all, old->name, old->value);
		else if (!has(&all, old->name))
			wrong = append_named(&all, given, old->name);
	}
	for (i = 0; i < given->n && !wrong; i++)
		if (!has(p, given->items[i].name))
			wrong = gvm_params_add(&all, given->items[i].name, given->items[i].value);
	if (!wrong)
		*p = all;
	return wrong;
}

/** @brief Are two texts the same, or the same number? @param a @param b texts without space around @return yes or no */
static bool same(const char *a, const char *b)
{
	uint64_t x, y;

	return strcmp(a, b) == 0 || (gvm_parse_u64(a, 0, UINT64_MAX, &x) == 0 &&
				     gvm_parse_u64(b, 0, UINT64_MAX, &y) == 0 && x == y);
}

/** @brief Cut a text out without the space around it. @param text it @param len of it @param ret result @return whether it fits */
static bool trim(const char *text, size_t len, char ret[sizeof(((struct gvm_param *)0)->value)])
{
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (gvm_str_format(ret, sizeof(((struct gvm_param *)0)->value), "%.*s", (int)len, text) < 0)
		return false;
	gvm_str_chomp(ret);
	return true;
}

/** @brief Is a piece of what is shown the value? @param piece it @param len of it @param wanted the value, trimmed @return yes or no */
static bool is_it(const char *piece, size_t len, const char *wanted)
{
	char text[sizeof(((struct gvm_param *)0)->value)];

	return trim(piece, len, text) && same(text, wanted);
}

bool gvm_param_shown(const char *shown, const char *value)
{
	const char *chosen = *shown == '[' ? shown : strstr(shown, " [");
	char wanted[sizeof(((struct gvm_param *)0)->value)];
	size_t len;

	if (!trim(value, strlen(value), wanted))
		return false;
	if (is_it(shown, strlen(shown), wanted))
		return true;
	if (chosen && strchr(chosen, ']')) {
		chosen = strchr(chosen, '[') + 1;
		return is_it(chosen, strcspn(chosen, "]"), wanted);
	}
	for (;; shown += len + 1) {
		len = strcspn(shown, "\n");
		if (is_it(shown, len, wanted))
			return true;
		if (!shown[len])
			return false;
	}
}

void gvm_params_put(FILE *f, const struct gvm_params *p)
{
	size_t i;

	if (p->n)
		fputs("params:\n", f);
	for (i = 0; i < p->n; i++) {
		fputs("  - {name: ", f);
		gvm_saved_quote(f, p->items[i].name);
		fputs(", value: ", f);
		gvm_saved_quote(f, p->items[i].value);
		fputs("}\n", f);
	}
}

struct json_object *gvm_params_json(const struct gvm_params *p)
{
	struct json_object *list = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < p->n; i++) {
		o = json_object_new_object();
		json_object_object_add(o, "name", json_object_new_string(p->items[i].name));
		json_object_object_add(o, "value", json_object_new_string(p->items[i].value));
		json_object_array_add(list, o);
	}
	return list;
}

int gvm_params_parse(struct json_object *list, struct gvm_params *ret)
{
	struct gvm_param one;
	size_t i;

	ret->n = 0;
	if (!json_object_is_type(list, json_type_array))
		return -EBADMSG;
	for (i = 0; i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		if (!json_object_is_type(o, json_type_object) ||
		    gvm_json_str(o, "name", one.name, sizeof(one.name)) < 0 ||
		    gvm_json_str(o, "value", one.value, sizeof(one.value)) < 0 ||
		    gvm_params_add(ret, one.name, one.value))
			return -EBADMSG;
	}
	return 0;
}
