/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Filling a struct gvm_error, which is the library's own: gvm/error.h.
 */
#ifndef GVM_BASE_ERROR_H
#define GVM_BASE_ERROR_H

#include <gvm/error.h>
#include <stdarg.h>

/**
 * @brief Start an error: set code, errno and message, clear the rest. Texts are made printable.
 * @param e where, may be NULL
 * @param code stable name, static storage
 * @param err positive errno
 * @param fmt message for a person, without a final full stop
 * @return -err, so that callers can return it at once
 * @restriction @p err must be positive
 * @sideeffect none
 * @failure none: text too long is cut
 */
int gvm_error_set(struct gvm_error *e, const char *code, int err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * @brief Fill one text field of an error, printf style.
 * @param e where, may be NULL
 * @param field one of the char arrays of @p e
 * @param size its size in bytes
 * @param fmt text
 * @restriction use through GVM_ERROR_FIELD, which knows the field's size
 * @sideeffect none
 * @failure none: text too long is cut
 */
void gvm_error_field(struct gvm_error *e, char *field, unsigned long size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** Fill field NAME of error E: GVM_ERROR_FIELD(e, hint, "run %s", tool). E may be NULL. */
#define GVM_ERROR_FIELD(e, name, ...)                                                              \
	do {                                                                                       \
		if (e)                                                                             \
			gvm_error_field(e, (e)->name, sizeof((e)->name), __VA_ARGS__);             \
	} while (0)

/**
 * @brief The symbolic name of an errno, such as "EBUSY".
 * @param err positive or negative errno
 * @return static text; "errno" for a number that has no name
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const char *gvm_errno_name(int err);

#endif
