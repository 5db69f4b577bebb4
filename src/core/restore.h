/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file restore.h
 * @brief Bringing saved state back, after a boot or when a driver comes back: first the settings of a
 * GPU, with its VFs, then its vGPUs.
 */
#ifndef GVM_CORE_RESTORE_H
#define GVM_CORE_RESTORE_H

#include "context.h"
#include "plan.h"

/**
 * Told what came of each object, by its name: a GPU's settings, a vGPU. @p r is 1 when all was so
 * already, 0, or a negative errno with @p e. A negative answer ends it.
 */
typedef int (*gvm_restore_fn)(const char *name, int r, const struct gvm_error *e, void *data);

/**
 * @brief Bring saved state back. One failure does not stop the rest.
 * @param ctx context
 * @param only the id of a GPU: just that; NULL for all
 * @param wait_ms how long to wait for GPUs that are not there, or have no driver, yet, in milliseconds
 * @param plan NULL to do it; else result: the steps of what could come back now. What depends on a
 *        step, as a vGPU on its VF, is told as a failure
 * @param fn told of each object
 * @param data for @p fn
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect those of gvm_gpu_restore() and gvm_definition_start()
 * @failure ENOMEM, what @p fn returned. What fails for one object is told to @p fn: of a GPU that
 *          never came GVM_E_PARENT_ABSENT
 */
int gvm_restore(struct gvm_ctx *ctx, const char *only, unsigned int wait_ms, struct gvm_plan *plan,
		gvm_restore_fn fn, void *data, struct gvm_error *e);

#endif
