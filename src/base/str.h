/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file str.h
 * @brief Bounded text: copying, numbers, names. Everything read from outside passes here.
 */
#ifndef GVM_BASE_STR_H
#define GVM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @brief Copy text into a fixed array, whole or not at all.
 * @param dst array, owned by the caller
 * @param size its size in bytes, at least 1
 * @param src text to copy
 * @return 0 or -ENAMETOOLONG, in which case @p dst is the empty string
 * @restriction none
 * @sideeffect none
 * @failure ENAMETOOLONG when @p src with its end does not fit
 */
int gvm_str_copy(char *dst, size_t size, const char *src);

/**
 * @brief Format into a fixed array, whole or not at all.
 * @param dst array, owned by the caller
 * @param size its size in bytes, at least 1
 * @param fmt format
 * @return 0 or -ENAMETOOLONG, in which case @p dst is the empty string
 * @restriction none
 * @sideeffect none
 * @failure ENAMETOOLONG when the text does not fit
 */
int gvm_str_format(char *dst, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * @brief Parse an unsigned number: digits only, nothing before or after.
 * @param text digits, with 0x in front when @p base is 16 or 0
 * @param base 10, 16, or 0 to tell by the prefix
 * @param max largest value taken
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction no sign, no white space, no octal
 * @sideeffect none
 * @failure EINVAL when it is not such a number, ERANGE when it is larger than @p max
 */
int gvm_parse_u64(const char *text, int base, uint64_t max, uint64_t *ret);

/**
 * @brief Cut white space and line ends from the end of a text, in place.
 * @param s text
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_str_chomp(char *s);

/**
 * @brief Make a text from outside safe to show: control bytes and broken UTF-8 become '?'.
 * @param s text, changed in place
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_str_printable(char *s);

/**
 * @brief Is this a name an object may have: [a-z0-9][a-z0-9._-]{0,62}?
 * @param name text
 * @return true when it is
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_name_valid(const char *name);

/** @brief Does @p s begin with @p prefix? @param s text @param prefix what to look for @return true if so
 *  @restriction none @sideeffect none @failure none */
bool gvm_str_starts(const char *s, const char *prefix);

/** @brief The part of a path after its last slash. @param path text @return pointer into @p path
 *  @restriction none @sideeffect none @failure none */
const char *gvm_basename(const char *path);

/** @brief Free a list of texts. @param v list ended by NULL, or NULL
 *  @restriction none @sideeffect none @failure none */
void gvm_strv_free(char **v);

#endif
