/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file registry.h
 * @brief Where vendors, hypervisors and the store meet: the one place that knows them all.
 */
#ifndef GVM_REGISTRY_H
#define GVM_REGISTRY_H

#include <stdbool.h>

#include "context.h"

/**
 * @brief Make a context with all vendors and hypervisors.
 * @param sysroot see gvm_host_open()
 * @param write the store is to be written to
 * @param ret context, to be closed with gvm_close(); untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect with @p write makes /run/gvm
 * @failure those of gvm_host_open() and gvm_store_fs_open(); EROFS to write with a sysroot
 */
int gvm_open(const char *sysroot, bool write, struct gvm_ctx **ret, struct gvm_error *e);

/** @brief Close a context. @param ctx context or NULL @restriction none @sideeffect none @failure none */
void gvm_close(struct gvm_ctx *ctx);

/** @brief All vendors. @return list, NULL at its end @restriction none @sideeffect none @failure none */
const struct gvm_vendor *const *gvm_vendors(void);

/** @brief All hypervisors. @return list, NULL at its end @restriction none @sideeffect none @failure none */
const struct gvm_hypervisor *const *gvm_hypervisors(void);

#endif
