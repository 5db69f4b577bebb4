/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file yaml_load.h
 * @brief YAML files by schema (libcyaml): bounded, one document, every complaint with its line.
 */
#ifndef GVM_CORE_YAML_LOAD_H
#define GVM_CORE_YAML_LOAD_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/** A kind of file. */
struct gvm_yaml {
	const cyaml_schema_value_t *schema;             /**< a mapping, CYAML_FLAG_POINTER */
	const char *(*hint_for)(const char *complaint); /**< remedy for what libcyaml says */
	const char *example;                            /**< remedy for all else */
};

/**
 * @brief Load a text by its schema.
 * @param data bytes
 * @param len their count
 * @param kind of file
 * @param path for messages
 * @param ret result, to be freed with gvm_yaml_free(); untouched on failure
 * @param e detail: line and remedy
 * @return 0 or a negative errno
 * @restriction no anchors in use, no NULs, nesting up to 8
 * @sideeffect none
 * @failure EINVAL (GVM_E_FILE_INVALID); ENOMEM
 */
int gvm_yaml_load(const char *data, size_t len, const struct gvm_yaml *kind, const char *path,
		  void **ret, struct gvm_error *e);

/** @brief Free what was loaded. @param kind of file @param loaded it, or NULL @restriction none @sideeffect none @failure none */
void gvm_yaml_free(const struct gvm_yaml *kind, void *loaded);

/**
 * @brief Read a file whole for gvm_yaml_load().
 * @param fd folder, or AT_FDCWD
 * @param path file
 * @param what kind of file, for messages: "a VM file"
 * @param ret text, to be freed by the caller
 * @param len its length in bytes
 * @param e detail
 * @return 0 or a negative errno
 * @restriction 64 KiB at most
 * @sideeffect none
 * @failure those of gvm_read_file() (GVM_E_FILE_READ; GVM_E_FILE_INVALID when too large)
 */
int gvm_yaml_read(int fd, const char *path, const char *what, char **ret, size_t *len,
		  struct gvm_error *e);

/** @brief Tell what is wrong with a file. @param e error @param path file @param what the complaint @param hint the remedy
 *  @return -EINVAL @restriction none @sideeffect none @failure none: always GVM_E_FILE_INVALID */
int gvm_yaml_invalid(struct gvm_error *e, const char *path, const char *what, const char *hint);

/**
 * @brief The line that a key stands on.
 * @param data text of the file
 * @param from where to look from, a line from 1
 * @param key key
 * @return line from 1, or @p from when it is not found
 * @restriction none
 * @sideeffect none
 * @failure none
 */
unsigned int gvm_yaml_line_of(const char *data, unsigned int from, const char *key);

/**
 * @brief Is the value of a key at the top of a text a mapping?
 * @param data bytes
 * @param len their count
 * @param key key
 * @return yes or no; no for what is no YAML
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_yaml_is_mapping(const char *data, size_t len, const char *key);

#endif
