/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file inventory_vms.h
 * @brief Which vGPU is whose: names from the records, VMs from records and open files.
 */
#ifndef GVM_CORE_INVENTORY_VMS_H
#define GVM_CORE_INVENTORY_VMS_H

#include "inventory.h"

/**
 * @brief Complete the vGPUs of an inventory: names, origin, lost ones, and their VMs.
 * @param ctx context
 * @param inv inventory whose GPUs and vGPUs are read
 * @param flags enum gvm_inventory_flags: with GVM_INV_VMS the VMs too
 * @param only_gpu add lost vGPUs of this GPU only; NULL for all
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM. Damaged records and unreadable processes are warnings
 */
int gvm_inventory_read_vms(struct gvm_ctx *ctx, struct gvm_inventory *inv, unsigned int flags,
			   const char *only_gpu);

/**
 * @brief Add the VMs that have no vGPU and are not ours, which only their processes tell.
 * @param ctx context
 * @param inv inventory with GVM_INV_VMS
 * @return 0 or a negative errno
 * @restriction pointers to its VMs become invalid
 * @sideeffect none
 * @failure ENOMEM; what cannot be read of one process is passed over
 */
int gvm_inventory_add_processes(struct gvm_ctx *ctx, struct gvm_inventory *inv);

#endif
