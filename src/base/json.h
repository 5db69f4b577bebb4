/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file json.h
 * @brief JSON of others, bounded and checked; json-c underneath.
 */
#ifndef GVM_BASE_JSON_H
#define GVM_BASE_JSON_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

/** @brief Release one reference. @param o address of the object or NULL */
static inline void gvm_cleanup_json(struct json_object **o)
{
	json_object_put(*o);
}

/** A JSON object whose reference is dropped at the end of its scope. */
#define GVM_AUTOJSON __attribute__((cleanup(gvm_cleanup_json)))

/** Deepest nesting taken from others. */
#define GVM_JSON_DEPTH 16

/**
 * @brief Parse one JSON text that must be an object and nothing more.
 * @param text bytes, no NUL needed
 * @param len their count
 * @param ret the object, to be released by the caller; untouched on failure
 * @return 0 or a negative errno
 * @restriction nesting at most GVM_JSON_DEPTH; syntax and UTF-8 as strict as json-c is
 * @sideeffect none
 * @failure EBADMSG when it is not such a text, EFBIG over INT_MAX bytes, ENOMEM
 */
int gvm_json_parse(const char *text, size_t len, struct json_object **ret);

/**
 * @brief A text member, copied.
 * @param o object
 * @param key member
 * @param dst array for the text
 * @param size its size in bytes
 * @return 0 or a negative errno; @p dst is the empty string on failure
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when absent or null, EBADMSG when it is no text or holds a NUL, ENAMETOOLONG
 */
int gvm_json_str(struct json_object *o, const char *key, char *dst, size_t size);

/**
 * @brief An unsigned number member.
 * @param o object
 * @param key member
 * @param max largest value taken
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction integers only
 * @sideeffect none
 * @failure ENOENT when absent or null, EBADMSG when it is no whole number, ERANGE
 */
int gvm_json_u64(struct json_object *o, const char *key, uint64_t max, uint64_t *ret);

#endif
