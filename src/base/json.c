// SPDX-License-Identifier: GPL-2.0-or-later
#include "json.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "str.h"

int gvm_json_parse(const char *text, size_t len, struct json_object **ret)
{
	struct json_tokener *tok;
	struct json_object *o;
	size_t end;

	if (len > INT_MAX)
		return -EFBIG;
	tok = json_tokener_new_ex(GVM_JSON_DEPTH);
	if (!tok)
		return -ENOMEM;
	/*
	 * json-c 0.18 refuses every letter outside ASCII when it is strict (observed, Debian 13,
	 * November 2026; its issues 875 and 892). What else strict refuses there does no harm.
	 */
	json_tokener_set_flags(tok, json_c_version_num() >> 8 == 18
					    ? JSON_TOKENER_VALIDATE_UTF8
					    : JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text, (int)len);
	end = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	while (end < len && strchr(" \t\r\n", text[end]) && text[end])
		end++;
	if (!o || end != len || !json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		return -EBADMSG;
	}
	*ret = o;
	return 0;
}

int gvm_json_str(struct json_object *o, const char *key, char *dst, size_t size)
{
	struct json_object *v;
	const char *text;

	dst[0] = '\0';
	if (!json_object_object_get_ex(o, key, &v) || !v)
		return -ENOENT;
	if (!json_object_is_type(v, json_type_string))
		return -EBADMSG;
	text = json_object_get_string(v);
	if (strlen(text) != (size_t)json_object_get_string_len(v))
		return -EBADMSG;
	return gvm_str_copy(dst, size, text);
}

int gvm_json_u64(struct json_object *o, const char *key, uint64_t max, uint64_t *ret)
{
	struct json_object *v;
	uint64_t value;

	if (!json_object_object_get_ex(o, key, &v) || !v)
		return -ENOENT;
	if (!json_object_is_type(v, json_type_int))
		return -EBADMSG;
	/* json-c answers a negative number with 0 here, so ask for the signed value first. */
	if (json_object_get_int64(v) < 0)
		return -ERANGE;
	value = json_object_get_uint64(v);
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}
