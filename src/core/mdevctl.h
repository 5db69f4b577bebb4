/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mdevctl.h
 * @brief mdevctl's definitions: /etc/mdevctl.d/PARENT/UUID (documented: mdevctl(8)).
 *
 * JSON with mdev_type, start (auto or manual) and attrs, a list of objects of one member each.
 */
#ifndef GVM_CORE_MDEVCTL_H
#define GVM_CORE_MDEVCTL_H

#include "definition.h"

/**
 * @brief Parse one of mdevctl's definitions.
 * @param text bytes of the file
 * @param len their count
 * @param name of the file: PARENT/UUID
 * @param ret result, untouched on failure; its name is its UUID
 * @return NULL, or what is wrong
 * @restriction 16 attributes
 * @sideeffect none
 * @failure none else
 */
const char *gvm_mdevctl_parse(const char *text, size_t len, const char *name,
			      struct gvm_definition *ret);

/**
 * @brief A definition as mdevctl writes it.
 * @param d definition
 * @return new object, owned by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
struct json_object *gvm_mdevctl_json(const struct gvm_definition *d);

/**
 * @brief Can mdevctl keep this definition?
 * @param d definition
 * @return NULL, or why not
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const char *gvm_mdevctl_cannot(const struct gvm_definition *d);

#endif
