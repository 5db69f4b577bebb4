/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file inventory_saved.h
 * @brief Reading a host, the last part: which of the vGPUs are defined, and which of the defined are not active.
 */
#ifndef GVM_CORE_INVENTORY_SAVED_H
#define GVM_CORE_INVENTORY_SAVED_H

#include "inventory.h"

/**
 * @brief Give vGPUs their definitions, by UUID, and add those that are defined only.
 * @param ctx context
 * @param inv inventory with its GPUs and vGPUs; these are put in another order
 * @param only_gpu just those of this GPU, by its id; NULL for all
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM; files that cannot be used are warnings
 */
int gvm_inventory_read_saved(struct gvm_ctx *ctx, struct gvm_inventory *inv, const char *only_gpu);

#endif
