/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file lib.h
 * @brief What the functions that programs call share. They only check what they are given, and call the core.
 */
#ifndef GVM_LIB_LIB_H
#define GVM_LIB_LIB_H

#include <stdbool.h>

#include "change.h"
#include "context.h"
#include "errors.h"
#include "params.h"

/** @brief A text, or NULL for an empty one: it is not known. @param text text @return it, or NULL */
static inline const char *lib_text(const char *text)
{
	return *text ? text : NULL;
}

/**
 * @brief End a function that may fail: the caller's error is written on failure only, and is whole then.
 * @param r what the function returns
 * @param own the function's own error, begun with { 0 }
 * @param e the caller's, may be NULL
 * @return @p r
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int lib_end(int r, struct gvm_error *own, struct gvm_error *e);

/**
 * @brief Check arguments that most functions have.
 * @param name a text that must be there
 * @param what it is, for the message
 * @param flags flags given
 * @param known flags that the function takes
 * @param e detail
 * @return 0 or -EINVAL
 * @restriction none
 * @sideeffect none
 * @failure EINVAL (GVM_E_ARGUMENT)
 */
int lib_check(const char *name, const char *what, unsigned int flags, unsigned int known,
	      struct gvm_error *e);

/**
 * @brief Begin a change: refuse a host that was opened to be read, and collect what the dead left.
 * @param ctx host
 * @param flags GVM_CHANGE_DRY_RUN: nothing will be changed
 * @param e detail
 * @return 0 or -EROFS
 * @restriction none
 * @sideeffect those of gvm_collect(), but in a dry run
 * @failure EROFS (GVM_E_READ_ONLY)
 */
int lib_begin_change(struct gvm_ctx *ctx, unsigned int flags, struct gvm_error *e);

/** What a program asks for; texts of its own. Requests begin with it. */
struct lib_request {
	char *type, *gpu, *name, *uuid;
	struct gvm_params params;
};

/** @brief Free the texts of a request. @param request request
 *  @restriction none @sideeffect none @failure none */
void lib_request_clear(struct lib_request *request);

/**
 * @brief What the core is asked for, but the parameters.
 * @param request request
 * @return texts of the request
 * @restriction while the request lives
 * @sideeffect none
 * @failure none
 */
struct gvm_vgpu_request lib_request_wanted(const struct lib_request *request);

/**
 * @brief Add a parameter to a request.
 * @param params of the request
 * @param name of the attribute; copied
 * @param value one line; copied
 * @param e detail, may be NULL
 * @return 0 or -EINVAL
 * @restriction none
 * @sideeffect none
 * @failure EINVAL (GVM_E_ARGUMENT)
 */
int lib_add_param(struct gvm_params *params, const char *name, const char *value,
		  struct gvm_error *e);

/**
 * @brief Set a text of a request.
 * @param field address of the text, replaced by a copy
 * @param text new one, or NULL for none
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: the field stays as it was
 */
int lib_set_text(char **field, const char *text);

#endif
