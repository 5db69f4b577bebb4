/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vgpu_set.h
 * @brief Setting parameters of a vGPU that is active.
 */
#ifndef GVM_CORE_VGPU_SET_H
#define GVM_CORE_VGPU_SET_H

#include "context.h"
#include "params.h"
#include "plan.h"

/**
 * @brief Plan the setting of parameters; nothing is changed.
 * @param ctx context
 * @param name name or UUID
 * @param params in order
 * @param plan result: the steps are appended; none when it is defined only
 * @param e detail
 * @return 1 when it is not active, 0 or a negative errno
 * @restriction none
 * @sideeffect reads these attributes
 * @failure ENOENT (GVM_E_VGPU_NOT_FOUND), EPERM (GVM_E_FOREIGN) for one that gvm neither made nor has
 *          defined, EOPNOTSUPP (GVM_E_PARAM_NONE)
 */
int gvm_vgpu_plan_set(struct gvm_ctx *ctx, const char *name, const struct gvm_params *params,
		      struct gvm_plan *plan, struct gvm_error *e);

/**
 * @brief Set parameters on a vGPU, if it is active.
 * @param ctx context
 * @param name name or UUID
 * @param params in order; when one fails, those before are set back where that can be done
 * @param e detail
 * @return 1 when it is not active, 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, and its record; takes the GPU's lock
 * @failure those of gvm_vgpu_plan_set() and gvm_apply()
 */
int gvm_vgpu_set(struct gvm_ctx *ctx, const char *name, const struct gvm_params *params,
		 struct gvm_error *e);

#endif
