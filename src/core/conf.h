/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file conf.h
 * @brief The host's settings: /etc/gvm/gvm.conf (CONTRACTS section 3).
 */
#ifndef GVM_CORE_CONF_H
#define GVM_CORE_CONF_H

#include "host.h"

/** Where it is. */
#define GVM_CONF_FILE "/etc/gvm/gvm.conf"

/** The settings; what is not set is empty. */
struct gvm_conf {
	char qemu_path[GVM_PATH_SIZE]; /**< QEMU to run */
	char qemu_user[33];            /**< user it runs as */
};

/**
 * @brief Load the host's settings.
 * @param h machine
 * @param ret result; all empty when there is no file
 * @param e detail: line and remedy
 * @return 0 or a negative errno
 * @restriction as gvm_yaml_load()
 * @sideeffect none
 * @failure EINVAL (GVM_E_FILE_INVALID), errors of reading (GVM_E_FILE_READ); ENOMEM
 */
int gvm_conf_load(struct gvm_host *h, struct gvm_conf *ret, struct gvm_error *e);

/**
 * @brief Read settings from a text.
 * @param data bytes
 * @param len their count
 * @param path for messages
 * @param ret result, untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction as gvm_yaml_load()
 * @sideeffect none
 * @failure EINVAL (GVM_E_FILE_INVALID); ENOMEM
 */
int gvm_conf_parse(const char *data, size_t len, const char *path, struct gvm_conf *ret,
		   struct gvm_error *e);

#endif
