/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief What went wrong, in fixed size, so that it can be told even out of memory.
 *
 * Functions return 0 or a negative errno; the detail goes into a struct gvm_error of the caller, which may
 * be NULL, and is untouched on success.
 */
#ifndef GVM_GVM_ERROR_H
#define GVM_GVM_ERROR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Lines of the kernel log kept. */
#define GVM_ERROR_LOG_LINES 4

/**
 * Details of one failure: the one structure of this library that programs see into, as it is theirs, and
 * is filled where no memory can be had. Its size and the places of its fields never change; a later
 * version may take room of reserved, whose bytes are 0 until then. Text fields end in a NUL, hold what
 * can be printed only, and are empty when they do not apply. Messages, causes and hints are for people,
 * and speak of the commands of gvm(1); programs look at code and err.
 */
struct gvm_error {
	const char *
		code; /**< stable name, GVM_E_...; static text of the library; NULL when nothing failed */
	int err;          /**< positive errno, 0 when there is none */
	char object[160]; /**< what it happened to */
	char step[320];   /**< what was being done */
	char wrote[160];  /**< the value written, if one was */
	char message[400];
	char cause[512];
	char hint[512];
	char kernel_log[GVM_ERROR_LOG_LINES][200];
	unsigned int n_kernel_log;
	unsigned char reserved[256]; /**< 0 */
};

/** What the manual says of one code. */
struct gvm_error_entry;

/**
 * @brief The manual's entry of a code.
 * @param code name, such as that in struct gvm_error; may be NULL
 * @return entry, of the library, never freed; NULL for a code that it does not know
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct gvm_error_entry *gvm_error_entry_find(const char *code);

/** @brief How many codes there are. @return count @restriction none @sideeffect none @failure none */
size_t gvm_error_entry_get_num(void);

/** @brief One entry of all. @param index from 0 @return entry, or NULL beyond the last @restriction none @sideeffect none @failure none */
const struct gvm_error_entry *gvm_error_entry_get(size_t index);

/** @brief Its code. @param entry entry @return static text @restriction none @sideeffect none @failure none */
const char *gvm_error_entry_get_code(const struct gvm_error_entry *entry);

/** @brief What it means. @param entry entry @return static text @restriction none @sideeffect none @failure none */
const char *gvm_error_entry_get_meaning(const struct gvm_error_entry *entry);

/** @brief What its likely cause is. @param entry entry @return static text @restriction none @sideeffect none @failure none */
const char *gvm_error_entry_get_cause(const struct gvm_error_entry *entry);

/** @brief What to do. @param entry entry @return static text @restriction none @sideeffect none @failure none */
const char *gvm_error_entry_get_remedy(const struct gvm_error_entry *entry);

/** @brief How this is known. @param entry entry @return static text: "gvm", or "documented: ..." or "observed: ..." with the source
 *  @restriction none @sideeffect none @failure none */
const char *gvm_error_entry_get_source(const struct gvm_error_entry *entry);

/** @brief The exit status that gvm(1) ends with for it. @param entry entry @return 1 to 7 @restriction none @sideeffect none @failure none */
int gvm_error_entry_get_exit_status(const struct gvm_error_entry *entry);

#ifdef __cplusplus
}
#endif

#endif
