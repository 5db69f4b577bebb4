/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file lend.h
 * @brief VFIO nodes that are lent to a VM's user while the VM opens them, noted under the VM's lock.
 *
 * A gvm that is killed meanwhile leaves the note; whoever collects takes the nodes back.
 */
#ifndef GVM_CORE_LEND_H
#define GVM_CORE_LEND_H

#include <json-c/json.h>

#include "attach.h"
#include "context.h"

/**
 * @brief Note what a hypervisor is about to lend.
 * @param ctx context
 * @param lock of the VM
 * @param specs vGPUs
 * @param n how many
 * @param e detail
 * @return 0 or a negative errno
 * @restriction gvm_lend_end() when it is over
 * @sideeffect none
 * @failure ENOMEM, GVM_E_STORE
 */
int gvm_lend_note(struct gvm_ctx *ctx, int lock, const struct gvm_attach_spec *specs, size_t n,
		  struct gvm_error *e);

/** @brief Nothing is lent any more. @param ctx context @param lock of the VM
 *  @restriction none @sideeffect none @failure none */
void gvm_lend_end(struct gvm_ctx *ctx, int lock);

/**
 * @brief Take back what a gvm that was killed had lent, by the note under a VM's lock.
 * @param ctx context
 * @param lock of the VM, held by us
 * @restriction root; live machine
 * @sideeffect changes the owners of nodes, and logs that; takes the note away
 * @failure none: what cannot be taken back is logged
 */
void gvm_lend_collect(struct gvm_ctx *ctx, int lock);

#endif
