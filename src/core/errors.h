/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file errors.h
 * @brief The one table of errors: code, exit status, likely cause, remedy, and how we know.
 */
#ifndef GVM_CORE_ERRORS_H
#define GVM_CORE_ERRORS_H

#include <stddef.h>

#include "error.h"

/** Exit codes of gvm (CONTRACTS section 1). */
enum gvm_exit {
	GVM_EXIT_OK = 0,
	GVM_EXIT_FAILED = 1,
	GVM_EXIT_USAGE = 2,
	GVM_EXIT_NOT_FOUND = 3,
	GVM_EXIT_BUSY = 4,
	GVM_EXIT_NO_FIT = 5,
	GVM_EXIT_UNSUPPORTED = 6,
	GVM_EXIT_PERMISSION = 7,
};

/** One entry. */
struct gvm_error_entry {
	const char *code;
	enum gvm_exit exit;
	const char *cause;  /**< the likely cause; NULL when the message says it */
	const char *remedy; /**< what to do; NULL when each error brings its own */
	const char *label;  /**< "gvm", or "documented"/"observed" with the source of the fact */
};

/**
 * @brief The entry of a code.
 * @param code name, may be NULL
 * @return entry, or NULL when the table has none
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct gvm_error_entry *gvm_errors_find(const char *code);

/** Any attribute that is a parameter of a vGPU, in place of a path. */
#define GVM_ANY_PARAM "(parameter)"

/**
 * @brief What the kernel means by an errno on a write to an attribute.
 * @param path attribute, of which the last part counts; or GVM_ANY_PARAM
 * @param err positive errno
 * @return code, always one of the table
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const char *gvm_errors_of_write(const char *path, int err);

/**
 * @brief Make an error whole for who is told of it: cause and remedy of the table where it brings none.
 * @param e error, may be NULL
 * @param r what the function returned that may have filled it: a negative errno without a code gets one
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_errors_complete(struct gvm_error *e, int r);

/** What the manual says of a code. */
struct gvm_error_manual {
	const char *meaning, *cause, *remedy; /**< static texts, none is NULL */
};

/**
 * @brief What the manual says of a code: also where each error tells cause and remedy by itself.
 * @param entry of the table
 * @param ret result, untouched on failure
 * @return 0 or -ENOENT
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when it was forgotten, which the tests do not let pass
 */
int gvm_errors_manual(const struct gvm_error_entry *entry, struct gvm_error_manual *ret);

/** @brief An exit status in words. @param status enum gvm_exit @return static text @restriction none @sideeffect none @failure none */
const char *gvm_exit_name(int status);

/** @brief All entries. @param n their number @return first one @restriction none @sideeffect none @failure none */
const struct gvm_error_entry *gvm_errors_all(size_t *n);

#endif
