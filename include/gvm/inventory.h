/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief What a host has: its GPUs, types, vGPUs, definitions and VMs, as they were when it was read.
 *
 * An inventory does not change: to see what is new, read another one. It holds all objects that it gives
 * out, and their texts: they are valid until gvm_inventory_free(), and are not freed themselves. An
 * inventory may outlive the struct gvm_ctx that it was read from. It may be read by several threads.
 *
 * Numbers that are not known are -1, texts NULL. On a live host, what is NULL or -1 may also be absent, as
 * a driver that a GPU does not have.
 */
#ifndef GVM_GVM_INVENTORY_H
#define GVM_GVM_INVENTORY_H

#include <stddef.h>

#include <gvm/context.h>
#include <gvm/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What was read of a host. */
struct gvm_inventory;

struct gvm_definition;
struct gvm_gpu;
struct gvm_type;
struct gvm_vgpu;
struct gvm_vm;

/** What to read beyond which GPUs there are. Each costs time: read what is needed. */
enum gvm_inventory_flags {
	GVM_INV_DETAIL = 1,   /**< names, drivers, nodes of the GPUs */
	GVM_INV_TYPES = 2,    /**< what can be made */
	GVM_INV_VGPUS = 4,    /**< with their definitions, and those that are defined only */
	GVM_INV_VMS = 8,      /**< VMs too, and which vGPU is whose; with GVM_INV_VGPUS */
	GVM_INV_HOLDERS = 16, /**< who has them open, whatever records say; with GVM_INV_VGPUS */
	GVM_INV_ALL_CLASSES = 32, /**< PCI functions that are no GPUs too */
	GVM_INV_NOT_SAVED = 64,   /**< leave definitions out */
};

/**
 * @brief Read a host.
 * @param ctx host
 * @param flags enum gvm_inventory_flags
 * @param gpu read just this GPU, in any spelling that gvm_inventory_find_gpu() knows; NULL for all
 * @param ret what was read, to be freed with gvm_inventory_free(); untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction only attributes that are known to be harmless are read; who holds a vGPU is seen only as far
 *              as this user may look into /proc
 * @sideeffect none
 * @failure EINVAL (GVM_E_ARGUMENT) for flags that are not known or do not go together; ENOENT
 *          (GVM_E_GPU_NOT_FOUND); ENOMEM (GVM_E_NO_MEMORY); GVM_E_FILE_READ. What cannot be read of one object
 *          is unknown, or a warning, and no failure
 */
int gvm_ctx_read_inventory(struct gvm_ctx *ctx, unsigned int flags, const char *gpu,
			   struct gvm_inventory **ret, struct gvm_error *e);

/** @brief Free an inventory, with all its objects. @param inv inventory or NULL @restriction none @sideeffect none @failure none */
void gvm_inventory_free(struct gvm_inventory *inv);

/** @brief How many GPUs were read. @param inv inventory @return count @restriction none @sideeffect none @failure none */
size_t gvm_inventory_get_num_gpus(const struct gvm_inventory *inv);

/** @brief A GPU; PCI functions come first, by address. @param inv inventory @param index from 0 @return it, or NULL beyond the last
 *  @restriction none @sideeffect none @failure none */
const struct gvm_gpu *gvm_inventory_get_gpu(const struct gvm_inventory *inv, size_t index);

/** @brief How many types were read. @param inv inventory @return count, 0 without GVM_INV_TYPES @restriction none @sideeffect none @failure none */
size_t gvm_inventory_get_num_types(const struct gvm_inventory *inv);

/** @brief A type, of one GPU; in the order of the GPUs. @param inv inventory @param index from 0 @return it, or NULL beyond the last
 *  @restriction none @sideeffect none @failure none */
const struct gvm_type *gvm_inventory_get_type(const struct gvm_inventory *inv, size_t index);

/** @brief How many vGPUs were read. @param inv inventory @return count, 0 without GVM_INV_VGPUS @restriction none @sideeffect none @failure none */
size_t gvm_inventory_get_num_vgpus(const struct gvm_inventory *inv);

/** @brief A vGPU; those without a GPU first, then in the order of the GPUs. @param inv inventory @param index from 0
 *  @return it, or NULL beyond the last @restriction none @sideeffect none @failure none */
const struct gvm_vgpu *gvm_inventory_get_vgpu(const struct gvm_inventory *inv, size_t index);

/** @brief How many definitions were read. @param inv inventory @return count, 0 without GVM_INV_VGPUS @restriction none @sideeffect none @failure none */
size_t gvm_inventory_get_num_definitions(const struct gvm_inventory *inv);

/** @brief A definition; ours first, then mdevctl's, by name. @param inv inventory @param index from 0
 *  @return it, or NULL beyond the last @restriction none @sideeffect none @failure none */
const struct gvm_definition *gvm_inventory_get_definition(const struct gvm_inventory *inv,
							  size_t index);

/** @brief How many VMs were read. @param inv inventory @return count, 0 without GVM_INV_VMS @restriction none @sideeffect none @failure none */
size_t gvm_inventory_get_num_vms(const struct gvm_inventory *inv);

/** @brief A VM that runs. @param inv inventory @param index from 0 @return it, or NULL beyond the last @restriction none @sideeffect none @failure none */
const struct gvm_vm *gvm_inventory_get_vm(const struct gvm_inventory *inv, size_t index);

/**
 * @brief The VM that has a vGPU.
 * @param inv inventory, read with GVM_INV_VMS
 * @param vgpu one of its vGPUs
 * @return VM, or NULL: none has it, or it is not known, or @p vgpu is of another inventory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct gvm_vm *gvm_inventory_get_vm_of_vgpu(const struct gvm_inventory *inv,
						  const struct gvm_vgpu *vgpu);

/** @brief How many warnings there are: what could not be read or used. @param inv inventory @return count
 *  @restriction none @sideeffect none @failure none */
size_t gvm_inventory_get_num_warnings(const struct gvm_inventory *inv);

/** @brief A warning, for a person. @param inv inventory @param index from 0 @return text, or NULL beyond the last
 *  @restriction none @sideeffect none @failure none */
const char *gvm_inventory_get_warning(const struct gvm_inventory *inv, size_t index);

/**
 * @brief Find a GPU as a person names it: id, PCI address in any spelling, DRM node; a virtual function
 *        means the GPU that it is of.
 * @param inv inventory
 * @param ctx host that it was read from
 * @param name what the person wrote
 * @param ret the GPU, of @p inv; untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect reads where a DRM node leads to
 * @failure ENOENT (GVM_E_GPU_NOT_FOUND); EINVAL (GVM_E_ARGUMENT) for no name
 */
int gvm_inventory_find_gpu(const struct gvm_inventory *inv, struct gvm_ctx *ctx, const char *name,
			   const struct gvm_gpu **ret, struct gvm_error *e);

/**
 * @brief Find a type by its id or full name.
 * @param inv inventory, read with GVM_INV_TYPES
 * @param gpu only on this GPU, of @p inv; NULL: the one with most room
 * @param name id or full name
 * @param ret the type, of @p inv; untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_TYPE_NOT_FOUND); EINVAL (GVM_E_ARGUMENT) for no name
 */
int gvm_inventory_find_type(const struct gvm_inventory *inv, const struct gvm_gpu *gpu,
			    const char *name, const struct gvm_type **ret, struct gvm_error *e);

/**
 * @brief Find a vGPU.
 * @param inv inventory, read with GVM_INV_VGPUS
 * @param name name, or UUID in any case
 * @param ret the vGPU, of @p inv; untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_VGPU_NOT_FOUND); EINVAL (GVM_E_ARGUMENT) for no name
 */
int gvm_inventory_find_vgpu(const struct gvm_inventory *inv, const char *name,
			    const struct gvm_vgpu **ret, struct gvm_error *e);

/**
 * @brief Find a definition.
 * @param inv inventory, read with GVM_INV_VGPUS
 * @param name name, or UUID in any case
 * @param ret the definition, of @p inv; untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_NOT_DEFINED); EINVAL (GVM_E_ARGUMENT) for no name
 */
int gvm_inventory_find_definition(const struct gvm_inventory *inv, const char *name,
				  const struct gvm_definition **ret, struct gvm_error *e);

/**
 * @brief Find a VM that runs.
 * @param inv inventory, read with GVM_INV_VMS
 * @param name name, or UUID in any case
 * @param ret the VM, of @p inv; untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_VM_NOT_FOUND); EINVAL (GVM_E_ARGUMENT) for no name
 */
int gvm_inventory_find_vm(const struct gvm_inventory *inv, const char *name,
			  const struct gvm_vm **ret, struct gvm_error *e);

#ifdef __cplusplus
}
#endif

#endif
