/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file hold.h
 * @brief Holding VFIO devices, so that nobody takes what is about to go.
 *
 * To remove a device that somebody has open blocks in the kernel (observed: Linux 6.12,
 * drivers/vfio/vfio_main.c waits for the last user, and then cannot be killed). A group can be opened
 * once: who has it open holds it, and knows that nobody else does. A device's own node can be opened
 * by many, though bound by one, and whoever has it open, we too, keeps the device from going (read in
 * drivers/vfio/device_cdev.c of 6.12): it is only asked, and what follows keeps its deadline.
 */
#ifndef GVM_CORE_HOLD_H
#define GVM_CORE_HOLD_H

#include "context.h"
#include "plan.h"

/** Those that are held. */
struct gvm_held {
	int fds[GVM_MAX_GROUPS];
	size_t n;
	bool alone; /**< nobody else can open one until the end */
};

/**
 * @brief Hold devices until gvm_hold_end().
 * @param ctx context
 * @param s devices
 * @param held result, also on failure to be ended: what is held already
 * @param busy result on EBUSY: the node of one that somebody holds
 * @return 0 or a negative errno
 * @restriction live machine; waits up to 200 ms for a holder to let go
 * @sideeffect those of gvm_vfio_hold()
 * @failure EBUSY when somebody holds one; ENOENT when there is none to hold; others of gvm_vfio_hold()
 */
int gvm_hold(struct gvm_ctx *ctx, const struct gvm_holds *s, struct gvm_held *held,
	     char busy[GVM_VFIO_NODE_SIZE]);

/** @brief Let the devices go. @param held them @restriction none @sideeffect none @failure none */
void gvm_hold_end(struct gvm_held *held);

/** Devices that are let go at the end of their scope. */
#define GVM_AUTOHELD __attribute__((cleanup(gvm_hold_end)))

#endif
