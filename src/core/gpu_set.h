/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file gpu_set.h
 * @brief Settings of a GPU itself: its VFs, its driver.
 */
#ifndef GVM_CORE_GPU_SET_H
#define GVM_CORE_GPU_SET_H

#include "vendor.h"

/** Settings in one command. */
#define GVM_MAX_SETTINGS 16

/** What a person asks for. */
struct gvm_gpu_request {
	const char *gpu; /**< any name of it */
	struct gvm_setting *settings;
	size_t n;
	bool force; /**< although other tools or the host use it */
};

/**
 * @brief Plan settings; nothing is changed.
 * @param ctx context
 * @param request what is asked for
 * @param plan result: the steps are appended; none when all is so already
 * @param id result: the GPU
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_GPU_NOT_FOUND), EINVAL (GVM_E_SETTING), EBUSY with what is in use
 */
int gvm_gpu_plan_set(struct gvm_ctx *ctx, const struct gvm_gpu_request *request,
		     struct gvm_plan *plan, char id[GVM_NAME_SIZE], struct gvm_error *e);

/**
 * @brief Change settings.
 * @param ctx context
 * @param request what is asked for
 * @param id result: the GPU
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel under the GPU's lock; on failure what was done is undone
 * @failure those of gvm_gpu_plan_set() and gvm_apply()
 */
int gvm_gpu_set(struct gvm_ctx *ctx, const struct gvm_gpu_request *request, char id[GVM_NAME_SIZE],
		struct gvm_error *e);

/**
 * @brief Save settings, so that they come back after a reboot.
 * @param ctx context
 * @param id of the GPU
 * @param request settings, as they were taken by gvm_gpu_plan_set()
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes the GPU's file below /etc/gvm/gpu.d
 * @failure those of gvm_gpu_state_save()
 */
int gvm_gpu_save(struct gvm_ctx *ctx, const char *id, const struct gvm_gpu_request *request,
		 struct gvm_error *e);

/**
 * @brief Bring the saved settings of a GPU back.
 * @param ctx context
 * @param id of the GPU
 * @param plan NULL to do it; else result: its steps
 * @param e detail
 * @return 0, also when nothing is saved of it; or a negative errno
 * @restriction root; live machine
 * @sideeffect as gvm_gpu_set()
 * @failure those of gvm_gpu_state_load() and gvm_gpu_set()
 */
int gvm_gpu_restore(struct gvm_ctx *ctx, const char *id, struct gvm_plan *plan,
		    struct gvm_error *e);

#endif
