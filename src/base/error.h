/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file error.h
 * @brief What went wrong, in fixed size, so that it can be told even out of memory.
 *
 * Functions return 0 or a negative errno; the detail goes into a caller-owned
 * struct gvm_error, which may be NULL, and is untouched on success.
 */
#ifndef GVM_BASE_ERROR_H
#define GVM_BASE_ERROR_H

#include <stdarg.h>

/** Lines of the kernel log kept. */
#define GVM_ERROR_LOG_LINES 4

/** Details of one failure. Text fields are empty when they do not apply. */
struct gvm_error {
	const char *code; /**< stable name, GVM_E_...; static storage; NULL when nothing failed */
	int err;          /**< positive errno, 0 when there is none */
	char object[160]; /**< what it happened to */
	char step[320];   /**< what was being done */
	char wrote[160];  /**< the value written, if one was */
	char message[400];
	char cause[512];
	char hint[512];
	char kernel_log[GVM_ERROR_LOG_LINES][200];
	unsigned int n_kernel_log;
};

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
