/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vendor.h
 * @brief What a maker of GPUs implements. One folder, one such table, one line in registry.c.
 *
 * All operations return 0 or a negative errno and fill @p e, which may be NULL.
 */
#ifndef GVM_CORE_VENDOR_H
#define GVM_CORE_VENDOR_H

#include "attach.h"
#include "context.h"
#include "inventory.h"
#include "place.h"
#include "plan.h"

/** What a new vGPU shall be. */
struct gvm_vgpu_wanted {
	const char *name;
	const char *uuid;                /**< in normal form */
	const char *type;                /**< id */
	const char *at;                  /**< the GPU or VF as the person named it, or NULL */
	const struct gvm_params *params; /**< or NULL; only where the vendor has plan_set */
	bool force;                      /**< take a device although the host uses it */
};

/** A setting of a GPU that a person asks for. */
struct gvm_setting {
	const char *key;   /**< "vfs", "driver", ... */
	const char *value; /**< as written by the person */
	bool done;         /**< a vendor knows it */
};

/** The operations. One vendor is one method; a GPU may have several. */
struct gvm_vendor {
	const char *name; /**< of the method: "mdev", ... */

	/** Mandatory. 1 when this vendor handles the GPU, 0 when not. Must not act on the GPU. */
	int (*probe)(struct gvm_ctx *ctx, const struct gvm_gpu *gpu);

	/**
	 * Mandatory. Add what can be made on the GPU to the inventory, with room left and why there
	 * is none. With @p only just that id, and maybe nothing but the id; ENOENT when the GPU does
	 * not have it.
	 */
	int (*types)(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		     struct gvm_inventory *inv, struct gvm_error *e);

	/**
	 * Mandatory. Add the vGPUs that exist on the GPU: uuid, type, group; named by their UUID, or
	 * where the kernel knows none, address instead and named by that. With @p only just the one
	 * with that UUID or address, if it exists.
	 */
	int (*vgpus)(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		     struct gvm_inventory *inv, struct gvm_error *e);

	/**
	 * For methods whose vGPU is PCI functions, which the core binds: choose them. The two that
	 * follow are NULL then.
	 */
	int (*place)(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
		     const struct gvm_vgpu_wanted *wanted, struct gvm_place *place,
		     struct gvm_error *e);

	/** Mandatory without place; pure. Append the steps that make a vGPU. */
	int (*plan_create)(const struct gvm_gpu *gpu, const struct gvm_vgpu_wanted *wanted,
			   struct gvm_plan *plan, struct gvm_error *e);

	/** Mandatory without place; pure. Append the steps that remove a vGPU, active or not. */
	int (*plan_destroy)(const struct gvm_vgpu *vgpu, struct gvm_plan *plan,
			    struct gvm_error *e);

	/**
	 * Optional: parameters of a vGPU. Append the steps that set them, in order, on one that is active;
	 * plan_create does it for one that it makes. With their inverse where what they show now can be
	 * written back. Absent: its vGPUs have none.
	 */
	int (*plan_set)(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			const struct gvm_params *params, struct gvm_plan *plan,
			struct gvm_error *e);

	/**
	 * Optional: settings of the GPU itself. Append the steps for those it knows and mark them
	 * done, with the groups to be held; refuse what is in use. Absent: it knows none.
	 */
	int (*plan_settings)(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			     struct gvm_setting *settings, size_t n, bool force,
			     struct gvm_plan *plan, struct gvm_error *e);

	/** Mandatory. How a VM takes this vGPU; may ask the kernel, so only when no VM holds it. */
	int (*attach_spec)(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			   struct gvm_attach_spec *spec, struct gvm_error *e);
};

/**
 * @brief The vendor with a name.
 * @param ctx context
 * @param name of its method
 * @return it, or NULL
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct gvm_vendor *gvm_vendor_named(const struct gvm_ctx *ctx, const char *name);

/**
 * @brief Has the GPU a vendor whose vGPUs its own driver makes, and not just one of PCI functions?
 * @param gpu GPU
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_gpu_has_maker(const struct gvm_gpu *gpu);

#endif
