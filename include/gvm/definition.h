/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Definitions: the saved descriptions of vGPUs, and making them active.
 *
 * A definition of an inventory belongs to that, and so do its texts; one that gvm_ctx_define_vgpu() gave is the
 * caller's.
 */
#ifndef GVM_GVM_DEFINITION_H
#define GVM_GVM_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>

#include <gvm/change.h>
#include <gvm/context.h>
#include <gvm/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A definition. */
struct gvm_definition;

/** What to define. What is not said is chosen. */
struct gvm_define_request;

/** @brief Its name; the UUID for one of mdevctl. @param definition definition @return text, never NULL @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_name(const struct gvm_definition *definition);

/** @brief The UUID that its vGPU has or gets. @param definition definition @return text in lower case @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_uuid(const struct gvm_definition *definition);

/** @brief The id of its type. @param definition definition @return text, never NULL @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_type(const struct gvm_definition *definition);

/** @brief The id of the GPU that it is for. @param definition definition @return text, or NULL: the one with most room
 *  @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_gpu_id(const struct gvm_definition *definition);

/** @brief Is it to be made at boot? @param definition definition @return yes or no @restriction none @sideeffect none @failure none */
bool gvm_definition_get_autostart(const struct gvm_definition *definition);

/** @brief Who keeps it. @param definition definition @return "gvm" or "mdevctl" @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_defined_by(const struct gvm_definition *definition);

/** @brief How many parameters it has. @param definition definition @return count @restriction none @sideeffect none @failure none */
size_t gvm_definition_get_num_params(const struct gvm_definition *definition);

/** @brief The name of a parameter. @param definition definition @param index from 0 @return text, or NULL beyond the last
 *  @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_param_name(const struct gvm_definition *definition, size_t index);

/** @brief The value of a parameter. @param definition definition @param index from 0 @return text, or NULL beyond the last
 *  @restriction none @sideeffect none @failure none */
const char *gvm_definition_get_param_value(const struct gvm_definition *definition, size_t index);

/** @brief Free a definition that gvm_ctx_define_vgpu() gave. What is saved stays. @param definition it, or NULL
 *  @restriction not one of an inventory @sideeffect none @failure none */
void gvm_definition_free(struct gvm_definition *definition);

/** @brief A new request to define a vGPU. @return request, to be freed with gvm_define_request_free(); NULL out of memory
 *  @restriction none @sideeffect none @failure none */
struct gvm_define_request *gvm_define_request_new(void);

/** @brief Free a request. @param request request or NULL @restriction none @sideeffect none @failure none */
void gvm_define_request_free(struct gvm_define_request *request);

/**
 * @brief Say by which name. It must be said.
 * @param request request
 * @param name lower-case letters, digits, '.', '_' and '-', at most 63; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_define_request_set_name(struct gvm_define_request *request, const char *name);

/**
 * @brief Say what is to be made. It must be said.
 * @param request request
 * @param type id or full name of a type; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_define_request_set_type(struct gvm_define_request *request, const char *type);

/**
 * @brief Say on which GPU. Else it is the one that has most room now.
 * @param request request
 * @param gpu any spelling that gvm_inventory_find_gpu() knows; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_define_request_set_gpu(struct gvm_define_request *request, const char *gpu);

/**
 * @brief Say by which UUID. Else it is that of a vGPU of this name that is there, or a random one.
 * @param request request
 * @param uuid UUID in any case; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_define_request_set_uuid(struct gvm_define_request *request, const char *uuid);

/** @brief Say whether it is to be made at boot. Else it is not. @param request request @param autostart yes or no
 *  @restriction none @sideeffect none @failure none */
void gvm_define_request_set_autostart(struct gvm_define_request *request, bool autostart);

/**
 * @brief Add a parameter: an attribute of the vGPU, and what is written to it.
 * @param request request
 * @param name of the attribute; copied
 * @param value one line; copied
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction at most 16
 * @sideeffect none
 * @failure EINVAL (GVM_E_ARGUMENT)
 */
int gvm_define_request_add_param(struct gvm_define_request *request, const char *name,
				 const char *value, struct gvm_error *e);

/**
 * @brief Define a vGPU: it is saved, and not made.
 * @param ctx host
 * @param request what to define; it may be used again
 * @param flags 0, GVM_CHANGE_DRY_RUN, or GVM_CHANGE_FORCE: in place of a definition of this name, even of one that a
 *        person changed; and for a GPU or type that is not there
 * @param ret what was saved, or would be, to be freed with gvm_definition_free(); NULL when that is not wanted;
 *        untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction root
 * @sideeffect writes /etc/gvm/vgpu.d/NAME.yaml
 * @failure EINVAL (GVM_E_ARGUMENT, GVM_E_NAME_INVALID, GVM_E_UUID_INVALID), EROFS (GVM_E_READ_ONLY), ENOENT
 *          (GVM_E_GPU_NOT_FOUND, GVM_E_TYPE_NOT_FOUND), EEXIST (GVM_E_NAME_TAKEN, GVM_E_UUID_TAKEN), ESTALE
 *          (GVM_E_FILE_CHANGED), GVM_E_FILE_WRITE, GVM_E_PERMISSION, ENOMEM (GVM_E_NO_MEMORY)
 */
int gvm_ctx_define_vgpu(struct gvm_ctx *ctx, const struct gvm_define_request *request,
			unsigned int flags, struct gvm_definition **ret, struct gvm_error *e);

/**
 * @brief Remove a definition. A vGPU that was made from it stays.
 * @param ctx host
 * @param name name, or UUID in any case
 * @param flags 0 or GVM_CHANGE_DRY_RUN
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction root
 * @sideeffect removes its file
 * @failure EINVAL (GVM_E_ARGUMENT), EROFS (GVM_E_READ_ONLY), ENOENT (GVM_E_NOT_DEFINED), EPERM
 *          (GVM_E_DEFINED_ELSEWHERE), GVM_E_FILE_WRITE, GVM_E_PERMISSION
 */
int gvm_ctx_undefine_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
			  struct gvm_error *e);

/**
 * @brief Make the vGPU of a definition.
 * @param ctx host
 * @param name name, or UUID in any case
 * @param flags 0 or GVM_CHANGE_DRY_RUN
 * @param e detail, may be NULL
 * @return 0, once the kernel shows the vGPU; 1 when it was there already; or a negative errno
 * @restriction root
 * @sideeffect writes to the kernel, and a record below /run/gvm; on failure what was done is undone
 * @failure EINVAL (GVM_E_ARGUMENT), EROFS (GVM_E_READ_ONLY), ENOENT (GVM_E_NOT_DEFINED), ENODEV
 *          (GVM_E_PARENT_ABSENT), EOPNOTSUPP (GVM_E_UNSUPPORTED), ENOMEM (GVM_E_NO_MEMORY); what the kernel answers
 */
int gvm_ctx_start_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
		       struct gvm_error *e);

/**
 * @brief Remove the vGPU of a definition, which stays.
 * @param ctx host
 * @param name name, or UUID in any case
 * @param flags 0 or GVM_CHANGE_DRY_RUN
 * @param e detail, may be NULL
 * @return 0, once the kernel shows that it is gone; 1 when it was not there; or a negative errno
 * @restriction root
 * @sideeffect writes to the kernel; removes the record below /run/gvm
 * @failure EINVAL (GVM_E_ARGUMENT), EROFS (GVM_E_READ_ONLY), ENOENT (GVM_E_VGPU_NOT_FOUND, GVM_E_NOT_DEFINED), EBUSY
 *          (GVM_E_HELD); what the kernel answers
 */
int gvm_ctx_stop_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
		      struct gvm_error *e);

#ifdef __cplusplus
}
#endif

#endif
