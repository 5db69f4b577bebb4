/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file params.h
 * @brief Parameters of a vGPU: attributes of its own, written in order once it is there.
 *
 * The name is a path below the vGPU's folder in sysfs, as mdevctl means its attrs (documented: mdevctl(8)).
 * Names may repeat: some attributes add what is written to what was (vfio_ap's assign_adapter).
 */
#ifndef GVM_CORE_PARAMS_H
#define GVM_CORE_PARAMS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Parameters of one vGPU. */
#define GVM_MAX_PARAMS 16

/** One parameter. */
struct gvm_param {
	char name[64];
	char value[128];
};

/** Parameters, in order. */
struct gvm_params {
	struct gvm_param items[GVM_MAX_PARAMS];
	size_t n;
};

/**
 * @brief Check a parameter and add it.
 * @param p parameters
 * @param name of the attribute, may have '/' in it but not lead elsewhere
 * @param value one line
 * @return NULL, or what is wrong
 * @restriction GVM_MAX_PARAMS; no attribute that acts on the device itself, or is a way out of its folder
 * @sideeffect none
 * @failure none else
 */
const char *gvm_params_add(struct gvm_params *p, const char *name, const char *value);

/**
 * @brief Check a text NAME=VALUE and add it.
 * @param p parameters
 * @param text what a person wrote
 * @return NULL, or what is wrong
 * @restriction as gvm_params_add()
 * @sideeffect none
 * @failure none else
 */
const char *gvm_params_add_text(struct gvm_params *p, const char *text);

/**
 * @brief Put parameters before others.
 * @param p parameters; untouched on failure
 * @param first what comes before them
 * @return NULL, or what is wrong
 * @restriction GVM_MAX_PARAMS together
 * @sideeffect none
 * @failure none else
 */
const char *gvm_params_prepend(struct gvm_params *p, const struct gvm_params *first);

/**
 * @brief Change parameters: those of a name that is given give way to the ones given, in the place of the first.
 * @param p parameters; untouched on failure
 * @param given new ones; what is new by name comes last
 * @return NULL, or what is wrong
 * @restriction GVM_MAX_PARAMS together
 * @sideeffect none
 * @failure none else
 */
const char *gvm_params_change(struct gvm_params *p, const struct gvm_params *given);

/** Size of the text of any attribute, with its end: the kernel's are a page at most. */
#define GVM_ATTRIBUTE_SIZE (4096 + 1)

/**
 * @brief Is what an attribute shows the value that was written? Drivers show it as it is, as a number of
 *        another base, in brackets among others that could be ("on [auto]"), or on a line among others.
 * @param shown text of the attribute
 * @param value as written
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_param_shown(const char *shown, const char *value);

/**
 * @brief Write "params:" and a line for each; nothing when there are none.
 * @param f stream
 * @param p parameters
 * @restriction none
 * @sideeffect none
 * @failure none: those of @p f
 */
void gvm_params_put(FILE *f, const struct gvm_params *p);

/** @brief As JSON. @param p parameters @return new list of objects with name and value, owned by the caller
 *  @restriction none @sideeffect none @failure none: NULL out of memory */
struct json_object *gvm_params_json(const struct gvm_params *p);

/**
 * @brief Read them from JSON; everything is checked.
 * @param list as gvm_params_json() makes it
 * @param ret result, undefined on failure
 * @return 0 or -EBADMSG
 * @restriction none
 * @sideeffect none
 * @failure EBADMSG when it is no such list
 */
int gvm_params_parse(struct json_object *list, struct gvm_params *ret);

#endif
