/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file exchange.h
 * @brief Definitions from and to mdevctl.
 */
#ifndef GVM_CORE_EXCHANGE_H
#define GVM_CORE_EXCHANGE_H

#include "definition.h"

/**
 * @brief Make a definition of ours of one of mdevctl's, which stays as it is.
 * @param ctx context
 * @param d mdevctl's; gets its new name
 * @param dry only find the name
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes the definition's file
 * @failure GVM_E_FILE_WRITE, GVM_E_PERMISSION
 */
int gvm_mdevctl_import(struct gvm_ctx *ctx, struct gvm_definition *d, bool dry,
		       struct gvm_error *e);

/**
 * @brief Write a definition for mdevctl, too.
 * @param ctx context
 * @param d definition for which gvm_mdevctl_cannot() has nothing to say
 * @param force even if mdevctl or a person has changed the file
 * @param dry only find out whether it would be done
 * @param e detail
 * @return 1 when it is there as it is, 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes /etc/mdevctl.d/PARENT/UUID
 * @failure ESTALE (GVM_E_FILE_CHANGED), GVM_E_FILE_WRITE, GVM_E_PERMISSION
 */
int gvm_mdevctl_export(struct gvm_ctx *ctx, const struct gvm_definition *d, bool force, bool dry,
		       struct gvm_error *e);

#endif
