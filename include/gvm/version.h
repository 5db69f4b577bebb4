/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Which libgvm is in use.
 */
#ifndef GVM_GVM_VERSION_H
#define GVM_GVM_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/** @brief The version of the library that runs, such as "0.1.0". @return static text @restriction none @sideeffect none @failure none */
const char *gvm_version(void);

#ifdef __cplusplus
}
#endif

#endif
