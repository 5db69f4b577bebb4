/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file place.h
 * @brief PCI functions that a vGPU takes from their drivers: a VF, or a whole device.
 *
 * How a function was before stands in the vGPU's record, so that whoever removes the vGPU, also after
 * a gvm that was killed in between, gives the function back as it was.
 */
#ifndef GVM_CORE_PLACE_H
#define GVM_CORE_PLACE_H

#include <json-c/json.h>

#include "context.h"
#include "modalias.h"
#include "pci.h"
#include "plan.h"

/** Functions of one PCI device. */
#define GVM_MAX_FUNCTIONS 8

/** How a function is bound. */
struct gvm_binding {
	char driver[GVM_MODULE_SIZE];   /**< empty: none */
	char override[GVM_MODULE_SIZE]; /**< driver_override; empty: none */
};

/** One function. */
struct gvm_function {
	char address[GVM_PCI_ADDR_SIZE];
	char vfio[GVM_MODULE_SIZE]; /**< the driver that gives it to a VM */
	struct gvm_binding before;  /**< before the vGPU was made */
	/* The rest is not kept in records. */
	bool gone;     /**< it does not exist any more */
	bool vfio_has; /**< a VFIO driver has it now, whichever */
	struct gvm_binding now;
	long group;                  /**< IOMMU group, -1: none */
	struct gvm_vfio_nodes nodes; /**< none while no VFIO driver has it */
};

/** The functions of one vGPU. */
struct gvm_place {
	struct gvm_function functions[GVM_MAX_FUNCTIONS];
	size_t n; /**< 0: the vGPU takes no functions */
};

/**
 * @brief Read how a function is bound now.
 * @param ctx context
 * @param f function, its address set; result: what is not kept
 * @restriction none
 * @sideeffect none
 * @failure none: what cannot be read is empty
 */
void gvm_function_read(struct gvm_ctx *ctx, struct gvm_function *f);

/**
 * @brief Take a function into a place, as it is now.
 * @param ctx context
 * @param place result
 * @param address of the function
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure E2BIG when the place is full, ENODEV when there is no such function
 */
int gvm_place_add(struct gvm_ctx *ctx, struct gvm_place *place, const char *address);

/**
 * @brief Load a module.
 * @param ctx context
 * @param name of it
 * @return 0 or a negative errno
 * @restriction root; live machine; waits up to 30 s
 * @sideeffect loads kernel modules, which is logged
 * @failure those of gvm_module_load()
 */
int gvm_load_module(struct gvm_ctx *ctx, const char *name);

/**
 * @brief Wait until udev has done what new devices gave it to do: it loads drivers, which then take functions.
 * @param ctx context
 * @restriction none; where there is no udev, nothing is waited for
 * @sideeffect none
 * @failure none: after some seconds it goes on
 */
void gvm_place_settle(struct gvm_ctx *ctx);

/**
 * @brief Load the VFIO drivers of the functions where they are not loaded.
 * @param ctx context
 * @param place functions; their drivers' names are sure afterwards
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect loads kernel modules; that is not undone
 * @failure GVM_E_MODULE
 */
int gvm_place_load(struct gvm_ctx *ctx, struct gvm_place *place, struct gvm_error *e);

/**
 * @brief Append the steps that give the functions to their VFIO drivers. Pure.
 * @param place functions, as read
 * @param object what it is done for: the vGPU
 * @param plan result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure E2BIG
 */
int gvm_place_take(const struct gvm_place *place, const char *object, struct gvm_plan *plan,
		   struct gvm_error *e);

/**
 * @brief Append the steps that give the functions back as they were before: only those still needed. Pure.
 * @param place functions, as read
 * @param object what it is done for: the vGPU
 * @param plan result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure E2BIG
 */
int gvm_place_give_back(const struct gvm_place *place, const char *object, struct gvm_plan *plan,
			struct gvm_error *e);

/**
 * @brief Append the steps that give the functions to whatever driver the kernel chooses. Pure.
 * @param place functions, as read
 * @param object what it is done for: the GPU
 * @param plan result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure E2BIG
 */
int gvm_place_to_default(const struct gvm_place *place, const char *object, struct gvm_plan *plan,
			 struct gvm_error *e);

/**
 * @brief The part of a record: what is kept of each function.
 * @param place functions
 * @return new array, owned by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
struct json_object *gvm_place_json(const struct gvm_place *place);

/**
 * @brief Read the part of a record; everything in it is checked.
 * @param o array
 * @param place result
 * @return 0 or -EBADMSG
 * @restriction none
 * @sideeffect none
 * @failure EBADMSG
 */
int gvm_place_parse(struct json_object *o, struct gvm_place *place);

#endif
