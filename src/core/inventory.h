/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Reading a host: its GPUs, types, vGPUs and VMs, as they are now.
 */
#ifndef GVM_CORE_INVENTORY_H
#define GVM_CORE_INVENTORY_H

#include <gvm/inventory.h>

#include "context.h"
#include "definition.h"
#include "objects.h"
#include "own_type.h"

/** GPUs of other classes whose vGPUs are listed too. */
#define GVM_INV_MAX_MISSING 16

/** What was read. Pointers between its parts hold as long as it lives. */
struct gvm_inventory {
	bool live; /**< read from the live machine: what is absent is not there, and not unknown */
	struct gvm_gpu *gpus;
	size_t n_gpus, cap_gpus;
	struct gvm_type *types;
	size_t n_types, cap_types;
	struct gvm_vgpu *vgpus;
	size_t n_vgpus, cap_vgpus;
	struct gvm_own_types own_types; /**< with GVM_INV_TYPES */
	struct gvm_definitions definitions;
	struct gvm_vm *vms;
	size_t n_vms, cap_vms;
	char (*warnings)[256];
	size_t n_warnings, cap_warnings;
	/* GPUs that records name and that were not read, as they are no displays or are gone. */
	char missing[GVM_INV_MAX_MISSING][GVM_NAME_SIZE];
	size_t n_missing;
};

/**
 * @brief Read the host.
 * @param ctx context
 * @param flags enum gvm_inventory_flags
 * @param only_gpu read just this GPU, by its id; NULL for all
 * @param ret what was read, to be freed with gvm_inventory_free(); untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction only allow-listed attributes are read
 * @sideeffect none
 * @failure ENOMEM. What cannot be read of one object is unknown, or a warning, and no failure
 */
int gvm_inventory_read(struct gvm_ctx *ctx, unsigned int flags, const char *only_gpu,
		       struct gvm_inventory **ret, struct gvm_error *e);

/** @brief Free at the end of a scope. @param inv address of the inventory */
static inline void gvm_cleanup_inventory(struct gvm_inventory **inv)
{
	gvm_inventory_free(*inv);
}

/** An inventory that is freed at the end of its scope. */
#define GVM_AUTOINVENTORY __attribute__((cleanup(gvm_cleanup_inventory)))

/**
 * @brief Read one vGPU of a known GPU and method; nothing else of the host is looked at.
 * @param ctx context
 * @param gpu id of the GPU
 * @param vendor of the method
 * @param only UUID or address of the vGPU
 * @param ret result, to be freed; without vGPU when it does not exist
 * @param e detail
 * @return 0 or a negative errno
 * @restriction no records are read: it has no name but its UUID or address, and no VM
 * @sideeffect none
 * @failure ENOMEM; those of the vendor
 */
int gvm_inventory_read_vgpu(struct gvm_ctx *ctx, const char *gpu, const struct gvm_vendor *vendor,
			    const char *only, struct gvm_inventory **ret, struct gvm_error *e);

/**
 * @brief Add a type, a vGPU or a VM to an inventory; for vendors and hypervisors.
 * @param inv inventory
 * @param type what to copy in
 * @return 0 or -ENOMEM
 * @restriction pointers to earlier ones of the same kind become invalid
 * @sideeffect none
 * @failure ENOMEM
 */
int gvm_inventory_add_type(struct gvm_inventory *inv, const struct gvm_type *type);
/** @brief Add one of another kind; see gvm_inventory_add_type(). @param inv inventory @param vgpu it @return 0 or -ENOMEM
 *  @restriction none @sideeffect none @failure ENOMEM */
int gvm_inventory_add_vgpu(struct gvm_inventory *inv, const struct gvm_vgpu *vgpu);
/** @brief Add one of another kind; see gvm_inventory_add_type(). @param inv inventory @param vm it @return 0 or -ENOMEM
 *  @restriction none @sideeffect none @failure ENOMEM */
int gvm_inventory_add_vm(struct gvm_inventory *inv, const struct gvm_vm *vm);

/**
 * @brief Add a warning, printf style.
 * @param inv inventory
 * @param fmt text
 * @restriction at most 64 are kept
 * @sideeffect none
 * @failure none: out of memory it is dropped
 */
void gvm_inventory_warn(struct gvm_inventory *inv, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * @brief The id of the GPU that a person names: an address in the kernel's spelling, the device
 *        behind a DRM node, or the name itself.
 * @param ctx context
 * @param name what the person wrote
 * @param id result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect reads where a DRM node leads to
 * @failure ENOENT with GVM_E_GPU_NOT_FOUND when it cannot be a GPU; that it exists is not checked
 */
int gvm_gpu_id(struct gvm_ctx *ctx, const char *name, char id[GVM_NAME_SIZE], struct gvm_error *e);

/**
 * @brief Find a GPU as a person names it: id, PCI address in any spelling, DRM node.
 * @param ctx context
 * @param inv inventory
 * @param name what the person wrote
 * @param ret the GPU, owned by @p inv
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect reads where a DRM node leads to
 * @failure ENOENT with GVM_E_GPU_NOT_FOUND
 */
int gvm_find_gpu(struct gvm_ctx *ctx, const struct gvm_inventory *inv, const char *name,
		 const struct gvm_gpu **ret, struct gvm_error *e);

/**
 * @brief Find a type on a GPU, by id or full name.
 * @param inv inventory with GVM_INV_TYPES
 * @param gpu only on this GPU, or NULL: then the one with most room
 * @param name id or full name
 * @param ret the type, owned by @p inv
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT with GVM_E_TYPE_NOT_FOUND
 */
int gvm_find_type(const struct gvm_inventory *inv, const struct gvm_gpu *gpu, const char *name,
		  const struct gvm_type **ret, struct gvm_error *e);

/**
 * @brief Find a vGPU by name or UUID.
 * @param inv inventory with GVM_INV_VGPUS
 * @param name name or UUID in any case
 * @param ret the vGPU, owned by @p inv
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT with GVM_E_VGPU_NOT_FOUND
 */
int gvm_find_vgpu(const struct gvm_inventory *inv, const char *name, const struct gvm_vgpu **ret,
		  struct gvm_error *e);

/**
 * @brief Find a VM by name or UUID.
 * @param inv inventory with GVM_INV_VMS
 * @param name name or UUID in any case
 * @param ret the VM, owned by @p inv
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT with GVM_E_VM_NOT_FOUND
 */
int gvm_find_vm(const struct gvm_inventory *inv, const char *name, const struct gvm_vm **ret,
		struct gvm_error *e);

#endif
