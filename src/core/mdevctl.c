// SPDX-License-Identifier: GPL-2.0-or-later
#include "mdevctl.h"

#include <string.h>

#include "json.h"
#include "saved.h"
#include "str.h"

/** @brief Take one attribute: an object with one member. @param o it @param d result @return NULL, or what is wrong */
static const char *take_attr(struct json_object *o, struct gvm_definition *d)
{
	struct json_object_iter i;

	if (!json_object_is_type(o, json_type_object) || json_object_object_length(o) != 1)
		return "an attribute is no object of one member";
	json_object_object_foreachC(o, i)
	{
		const char *value = json_object_get_string(i.val);

		if (!json_object_is_type(i.val, json_type_string) ||
		    strlen(value) != (size_t)json_object_get_string_len(i.val))
			return "an attribute's value is no text";
		return gvm_params_add(&d->params, i.key, value);
	}
	return NULL;
}

/** @brief Take the members of the object. @param o it @param d result @return NULL, or what is wrong */
static const char *take(struct json_object *o, struct gvm_definition *d)
{
	const char *wrong = NULL;
	struct json_object *attrs;
	char start[16];
	size_t i;

	if (gvm_json_str(o, "mdev_type", d->type, sizeof(d->type)) < 0 ||
	    !gvm_saved_is_plain(d->type) || strchr(d->type, '/') || d->type[0] == '.')
		return "mdev_type is no type";
	if (gvm_json_str(o, "start", start, sizeof(start)) < 0 ||
	    (strcmp(start, "auto") != 0 && strcmp(start, "manual") != 0))
		return "start is neither auto nor manual";
	d->autostart = strcmp(start, "auto") == 0;
	memcpy(d->base, d->type, sizeof(d->base));
	if (!json_object_object_get_ex(o, "attrs", &attrs) || !attrs)
		return NULL;
	if (!json_object_is_type(attrs, json_type_array))
		return "attrs is no list";
	for (i = 0; i < json_object_array_length(attrs) && !wrong; i++)
		wrong = take_attr(json_object_array_get_idx(attrs, i), d);
	return wrong;
}

const char *gvm_mdevctl_parse(const char *text, size_t len, const char *name,
			      struct gvm_definition *ret)
{
	struct gvm_definition d = { .by = GVM_DEFINED_BY_MDEVCTL };
	GVM_AUTOJSON struct json_object *o = NULL;
	const char *last = gvm_basename(name), *wrong;

	if (gvm_uuid_parse(last, d.uuid) < 0 || last == name ||
	    gvm_str_format(d.gpu, sizeof(d.gpu), "%.*s", (int)(last - name) - 1, name) < 0 ||
	    !gvm_saved_is_plain(d.gpu) || strchr(d.gpu, '/') || d.gpu[0] == '.')
		return "its name is not PARENT/UUID";
	memcpy(d.name, d.uuid, sizeof(d.uuid));
	if (gvm_json_parse(text, len, &o) < 0)
		return "it is no JSON object";
	wrong = take(o, &d);
	if (!wrong)
		*ret = d;
	return wrong;
}

struct json_object *gvm_mdevctl_json(const struct gvm_definition *d)
{
	struct json_object *o = json_object_new_object(), *attrs = json_object_new_array(), *attr;
	size_t i;

	json_object_object_add(o, "mdev_type", json_object_new_string(d->type));
	json_object_object_add(o, "start",
			       json_object_new_string(d->autostart ? "auto" : "manual"));
	for (i = 0; i < d->params.n; i++) {
		attr = json_object_new_object();
		json_object_object_add(attr, d->params.items[i].name,
				       json_object_new_string(d->params.items[i].value));
		json_object_array_add(attrs, attr);
	}
	json_object_object_add(o, "attrs", attrs);
	return o;
}

const char *gvm_mdevctl_cannot(const struct gvm_definition *d)
{
	if (!d->gpu[0])
		return "it names no GPU";
	if (!gvm_definition_is_mediated(d))
		return "it is no mediated device";
	return NULL;
}
