/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file uuid.h
 * @brief UUIDs as text in their one normal form: 36 characters, lower case.
 */
#ifndef GVM_BASE_UUID_H
#define GVM_BASE_UUID_H

#include <stdbool.h>

/** Size of a UUID's text with its end. */
#define GVM_UUID_SIZE 37

/**
 * @brief Bring a UUID into its normal form.
 * @param text 36 characters, any case
 * @param ret result, untouched on failure
 * @return 0 or -EINVAL
 * @restriction none
 * @sideeffect none
 * @failure EINVAL when it is not a UUID
 */
int gvm_uuid_parse(const char *text, char ret[GVM_UUID_SIZE]);

/**
 * @brief A new random UUID.
 * @param ret result
 * @restriction none
 * @sideeffect reads the kernel's random source
 * @failure none
 */
void gvm_uuid_random(char ret[GVM_UUID_SIZE]);

/**
 * @brief The UUID that always belongs to a name on this machine (RFC 4122 version 5).
 * @param machine what tells machines apart, such as the text of /etc/machine-id
 * @param name the name
 * @param ret result
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_uuid_of_name(const char *machine, const char *name, char ret[GVM_UUID_SIZE]);

#endif
