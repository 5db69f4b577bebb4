/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file saved_schema.h
 * @brief Parts that the YAML of several kinds of saved files has in common.
 */
#ifndef GVM_CORE_SAVED_SCHEMA_H
#define GVM_CORE_SAVED_SCHEMA_H

#include <cyaml/cyaml.h>

#include "params.h"
#include "saved.h"

/** A parameter as libcyaml loads it. */
struct gvm_saved_param {
	char *name;
	char *value;
};

/** A mapping "gpu", as struct gvm_saved_gpu. */
extern const cyaml_schema_field_t gvm_saved_gpu_fields[];
/** One entry of a sequence "params", as struct gvm_saved_param. */
extern const cyaml_schema_value_t gvm_saved_param_schema;

/** A text that must not be empty, at most @p max bytes: a member of @p S and a key of that name. */
#define GVM_SAVED_TEXT(S, key, flags, max)                                                         \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | (flags), S, key, 1, max)

/** The field "params" of a file: members params and params_count of @p S. */
#define GVM_SAVED_PARAMS(S)                                                                        \
	CYAML_FIELD_SEQUENCE("params", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, params,        \
			     &gvm_saved_param_schema, 0, GVM_MAX_PARAMS)

/**
 * @brief Take a file's parameters.
 * @param loaded as loaded
 * @param n their number
 * @param ret result: they are added
 * @return NULL, or what is wrong
 * @restriction as gvm_params_add()
 * @sideeffect none
 * @failure none else
 */
const char *gvm_saved_take_params(const struct gvm_saved_param *loaded, size_t n,
				  struct gvm_params *ret);

#endif
