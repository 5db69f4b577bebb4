/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Making and removing vGPUs.
 *
 * What changes a host needs one that was opened with GVM_OPEN_CHANGE. Before it, what was left by programs
 * that were killed is finished or removed, as every changing command of gvm(1) does.
 */
#ifndef GVM_GVM_CHANGE_H
#define GVM_GVM_CHANGE_H

#include <stdbool.h>

#include <gvm/context.h>
#include <gvm/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What to make. What is not said is chosen. */
struct gvm_create_request;

/** What was made. */
struct gvm_vgpu_record;

/** How to change a host. Each function tells which of them it takes. */
enum gvm_change_flags {
	GVM_CHANGE_DRY_RUN =
		1, /**< find out whether it would be done, and change nothing: any host will do */
	GVM_CHANGE_FORCE = 2, /**< although the host uses the device; in place of what is defined */
	GVM_CHANGE_FOREIGN = 4, /**< also what another tool made */
};

/** @brief A new request to make a vGPU. @return request, to be freed with gvm_create_request_free(); NULL out of memory
 *  @restriction none @sideeffect none @failure none */
struct gvm_create_request *gvm_create_request_new(void);

/** @brief Free a request. @param request request or NULL @restriction none @sideeffect none @failure none */
void gvm_create_request_free(struct gvm_create_request *request);

/**
 * @brief Say what to make. It must be said.
 * @param request request
 * @param type id or full name of a type; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_create_request_set_type(struct gvm_create_request *request, const char *type);

/**
 * @brief Say on which GPU. Else it is the one with most room.
 * @param request request
 * @param gpu any spelling that gvm_inventory_find_gpu() knows, or a virtual function; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_create_request_set_gpu(struct gvm_create_request *request, const char *gpu);

/**
 * @brief Say by which name. Else it is made from the UUID.
 * @param request request
 * @param name lower-case letters, digits, '.', '_' and '-', at most 63; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_create_request_set_name(struct gvm_create_request *request, const char *name);

/**
 * @brief Say by which UUID. Else it is a random one.
 * @param request request
 * @param uuid UUID in any case; copied; NULL takes it back
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM: what was said before stays
 */
int gvm_create_request_set_uuid(struct gvm_create_request *request, const char *uuid);

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
int gvm_create_request_add_param(struct gvm_create_request *request, const char *name,
				 const char *value, struct gvm_error *e);

/**
 * @brief Make a vGPU. It is transient: gone at the next boot.
 * @param ctx host
 * @param request what to make; it may be used again
 * @param flags 0, GVM_CHANGE_DRY_RUN, GVM_CHANGE_FORCE
 * @param ret what was made, or would be, to be freed with gvm_vgpu_record_free(); NULL when that is not
 *        wanted; untouched on failure
 * @param e detail, may be NULL
 * @return 0, once the kernel shows the vGPU, or a negative errno
 * @restriction root
 * @sideeffect writes to the kernel, and a record below /run/gvm; on failure what was done is undone
 * @failure EINVAL (GVM_E_ARGUMENT, GVM_E_NAME_INVALID, GVM_E_UUID_INVALID), EROFS (GVM_E_READ_ONLY), ENOENT
 *          (GVM_E_GPU_NOT_FOUND, GVM_E_TYPE_NOT_FOUND), EEXIST (GVM_E_NAME_TAKEN, GVM_E_UUID_TAKEN), ENOMEM
 *          (GVM_E_NO_MEMORY); what the kernel answers, such as EUSERS (GVM_E_MDEV_FULL)
 */
int gvm_ctx_create_vgpu(struct gvm_ctx *ctx, const struct gvm_create_request *request,
			unsigned int flags, struct gvm_vgpu_record **ret, struct gvm_error *e);

/** @brief Free what gvm_ctx_create_vgpu() told. The vGPU stays. @param record record or NULL @restriction none @sideeffect none @failure none */
void gvm_vgpu_record_free(struct gvm_vgpu_record *record);

/** @brief The name of what was made. @param record record @return text, of the record @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_record_get_name(const struct gvm_vgpu_record *record);

/** @brief The UUID of what was made. @param record record @return text, of the record @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_record_get_uuid(const struct gvm_vgpu_record *record);

/** @brief The id of the GPU that it is on. @param record record @return text, of the record @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_record_get_gpu_id(const struct gvm_vgpu_record *record);

/** @brief The id of its type. @param record record @return text, of the record @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_record_get_type(const struct gvm_vgpu_record *record);

/** @brief How it was made. @param record record @return a word as gvm_type_get_method() has, of the record
 *  @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_record_get_method(const struct gvm_vgpu_record *record);

/**
 * @brief Remove a vGPU. A definition of it stays.
 * @param ctx host
 * @param name name, or UUID in any case
 * @param flags 0, GVM_CHANGE_DRY_RUN, GVM_CHANGE_FOREIGN
 * @param e detail, may be NULL
 * @return 0, once the kernel shows that it is gone, or a negative errno
 * @restriction root
 * @sideeffect writes to the kernel; removes the record below /run/gvm
 * @failure EINVAL (GVM_E_ARGUMENT), EROFS (GVM_E_READ_ONLY), ENOENT (GVM_E_VGPU_NOT_FOUND), EBUSY (GVM_E_HELD, with
 *          the holder in the message), EPERM (GVM_E_FOREIGN); what the kernel answers
 */
int gvm_ctx_destroy_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
			 struct gvm_error *e);

#ifdef __cplusplus
}
#endif

#endif
