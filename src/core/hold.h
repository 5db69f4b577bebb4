/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file hold.h
 * @brief Holding VFIO groups open, so that nobody takes what is about to go.
 *
 * To remove a device that somebody has open blocks in the kernel (observed: Linux 6.12,
 * drivers/vfio/vfio_main.c waits for the last user, and then cannot be killed). A group can be opened
 * once: who has it open holds it, and knows that nobody else does.
 */
#ifndef GVM_CORE_HOLD_H
#define GVM_CORE_HOLD_H

#include "context.h"
#include "plan.h"

/** Those that are held. */
struct gvm_held {
	int fds[GVM_MAX_GROUPS];
	size_t n;
};

/**
 * @brief Hold groups open until gvm_hold_end().
 * @param ctx context
 * @param g groups
 * @param held result, also on failure to be ended: what is held already
 * @param busy result on EBUSY: the group that somebody holds
 * @return 0 or a negative errno
 * @restriction live machine; waits up to 200 ms for a holder to let go
 * @sideeffect opens /dev/vfio/GROUP
 * @failure EBUSY when somebody holds one; ENOENT when there is none to hold; others of open(2)
 */
int gvm_hold(struct gvm_ctx *ctx, const struct gvm_groups *g, struct gvm_held *held, int *busy);

/** @brief Let the groups go. @param held groups @restriction none @sideeffect none @failure none */
void gvm_hold_end(struct gvm_held *held);

/** Groups that are let go at the end of their scope. */
#define GVM_AUTOHELD __attribute__((cleanup(gvm_hold_end)))

#endif
