/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file keep.h
 * @brief Definitions of vGPUs: saving, changing and removing them; starting and stopping the vGPUs.
 */
#ifndef GVM_CORE_KEEP_H
#define GVM_CORE_KEEP_H

#include "change.h"
#include "definition.h"
#include "inventory.h"
#include "plan.h"

/**
 * @brief Take what a person asks for into a definition.
 * @param ctx context
 * @param wanted name and type, and what else is wanted
 * @param d result: its name, type, GPU and UUID are set; the rest stays
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect reads where a DRM node leads to
 * @failure EINVAL (GVM_E_NAME_INVALID, GVM_E_UUID_INVALID), ENOENT (GVM_E_TYPE_NOT_FOUND, GVM_E_GPU_NOT_FOUND)
 */
int gvm_definition_want(struct gvm_ctx *ctx, const struct gvm_vgpu_request *wanted,
			struct gvm_definition *d, struct gvm_error *e);

/**
 * @brief Complete a definition that is asked for, and see that it goes with what is there.
 * @param ctx context
 * @param d name, type (id or full name), and what else is wanted; GPU, type and UUID are filled in
 * @param force in place of a definition of this name; for a GPU or type that is not there, too
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EEXIST (GVM_E_NAME_TAKEN, GVM_E_UUID_TAKEN); those of gvm_vgpu_plan_create()
 */
int gvm_definition_complete(struct gvm_ctx *ctx, struct gvm_definition *d, bool force,
			    struct gvm_error *e);

/**
 * @brief Define a vGPU.
 * @param ctx context
 * @param d as for gvm_definition_complete()
 * @param force as there; and even if a person has changed the file
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes the definition's file
 * @failure those of gvm_definition_complete(); ESTALE (GVM_E_FILE_CHANGED), GVM_E_FILE_WRITE,
 *          GVM_E_PERMISSION
 */
int gvm_definition_define(struct gvm_ctx *ctx, struct gvm_definition *d, bool force,
			  struct gvm_error *e);

/**
 * @brief Is this definition ours, so that it can be removed?
 * @param ctx context
 * @param name its name or UUID
 * @param ret its name; it may be a file that cannot be used otherwise
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_NOT_DEFINED), EPERM (GVM_E_DEFINED_ELSEWHERE)
 */
int gvm_definition_ours(struct gvm_ctx *ctx, const char *name, char ret[GVM_NAME_SIZE],
			struct gvm_error *e);

/**
 * @brief Remove a definition. Its vGPU stays until it is destroyed.
 * @param ctx context
 * @param name its name or UUID
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect removes the definition's file
 * @failure those of gvm_definition_ours(); GVM_E_FILE_WRITE, GVM_E_PERMISSION
 */
int gvm_definition_undefine(struct gvm_ctx *ctx, const char *name, struct gvm_error *e);

/** What is to change in a definition. */
struct gvm_definition_change {
	char *const *settings; /**< texts KEY=VALUE: autostart, type, gpu, params=none */
	size_t n;
	struct gvm_params params; /**< see gvm_params_change() */
};

/**
 * @brief What a definition would be with some settings changed.
 * @param ctx context
 * @param name its name or UUID
 * @param change what
 * @param ret it
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EINVAL (GVM_E_USAGE) for what cannot be set; EBUSY (GVM_E_VGPU_ACTIVE) for what cannot
 *          change now; those of gvm_definition_ours() and gvm_vgpu_plan_create()
 */
int gvm_definition_changed(struct gvm_ctx *ctx, const char *name,
			   const struct gvm_definition_change *change, struct gvm_definition *ret,
			   struct gvm_error *e);

/**
 * @brief Change a definition; parameters are set on its vGPU first, if that is active.
 * @param ctx context
 * @param name its name or UUID
 * @param change as for gvm_definition_changed()
 * @param force even if a person has changed the file
 * @param ret as it is then
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, then the definition's file
 * @failure those of gvm_definition_changed(), gvm_vgpu_set() and gvm_definition_define()
 */
int gvm_definition_set(struct gvm_ctx *ctx, const char *name,
		       const struct gvm_definition_change *change, bool force,
		       struct gvm_definition *ret, struct gvm_error *e);

/**
 * @brief Plan the start of a defined vGPU; nothing is changed.
 * @param ctx context
 * @param d definition
 * @param plan result: the steps are appended; none when it is active
 * @param e detail
 * @return 1 when it is active already, 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENODEV (GVM_E_PARENT_ABSENT); those of gvm_vgpu_plan_create()
 */
int gvm_definition_plan_start(struct gvm_ctx *ctx, const struct gvm_definition *d,
			      struct gvm_plan *plan, struct gvm_error *e);

/**
 * @brief Make a defined vGPU active.
 * @param ctx context
 * @param d definition
 * @param e detail
 * @return 1 when it was active already, 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, and a record to the store; takes the definition's lock
 * @failure those of gvm_definition_plan_start() and gvm_vgpu_create()
 */
int gvm_definition_start(struct gvm_ctx *ctx, const struct gvm_definition *d, struct gvm_error *e);

/** Told of each vGPU that was started: @p r is what gvm_definition_start() returns. Non-zero ends it all. */
typedef int (*gvm_started_fn)(const struct gvm_definition *d, int r, const struct gvm_error *e,
			      void *data);

/**
 * @brief Make many defined vGPUs of one GPU active: it is locked and read once for all.
 * @param ctx context
 * @param gpu id of the GPU
 * @param list definitions that name it
 * @param n how many
 * @param fn told of each
 * @param data for @p fn
 * @return 0, or what @p fn returned
 * @restriction as gvm_definition_start()
 * @sideeffect as gvm_definition_start(), and those of @p fn; meanwhile others wait for the GPU's lock
 * @failure none of its own
 */
int gvm_definitions_start(struct gvm_ctx *ctx, const char *gpu,
			  const struct gvm_definition *const *list, size_t n, gvm_started_fn fn,
			  void *data);

/**
 * @brief Plan the stop of a defined vGPU; nothing is changed.
 * @param ctx context
 * @param name name or UUID
 * @param plan result: the steps are appended; none when it is not active
 * @param e detail
 * @return 1 when it is not active, 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_VGPU_NOT_FOUND, or GVM_E_NOT_DEFINED for one without a definition); those of
 *          gvm_vgpu_plan_destroy()
 */
int gvm_definition_plan_stop(struct gvm_ctx *ctx, const char *name, struct gvm_plan *plan,
			     struct gvm_error *e);

/**
 * @brief Make a defined vGPU inactive; its definition stays.
 * @param ctx context
 * @param name name or UUID
 * @param e detail
 * @return 1 when it was not active, 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, removes the record; takes the definition's lock
 * @failure those of gvm_definition_plan_stop() and gvm_vgpu_destroy()
 */
int gvm_definition_stop(struct gvm_ctx *ctx, const char *name, struct gvm_error *e);

#endif
