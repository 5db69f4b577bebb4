/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file control.h
 * @brief Reaching a QEMU's control socket, and who has it when it cannot be reached.
 */
#ifndef GVM_QEMU_CONTROL_H
#define GVM_QEMU_CONTROL_H

#include "context.h"
#include "objects.h"
#include "qmp.h"

/** What a command may take, in milliseconds. */
#define GVM_QEMU_TIMEOUT_MS 10000

/**
 * @brief Connect to a control socket, unless another program uses it.
 * @param ctx context
 * @param path how it is reached
 * @param name how QEMU bound it
 * @param pid QEMU, which must be the one that answers; 0: not known
 * @param q result, untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EBUSY (GVM_E_QMP_BUSY) with the holder, at once where the kernel tells it; EPERM
 *          (GVM_E_QMP_ANSWER) when another process answers; those of gvm_qmp_open()
 */
int gvm_qemu_connect(struct gvm_ctx *ctx, const char *path, const char *name, pid_t pid,
		     struct gvm_qmp **q, struct gvm_error *e);

/**
 * @brief Connect to a VM in order to plug: ours through its socket for that, another's through the
 *        one its command line names.
 * @param ctx context
 * @param vm VM
 * @param dir folder of a VM of ours
 * @param q result, untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine
 * @sideeffect none
 * @failure EROFS in a sysroot; ENOENT (GVM_E_QMP_NONE) when its command line names none; those of
 *          gvm_qemu_connect()
 */
int gvm_qemu_reach(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		   struct gvm_qmp **q, struct gvm_error *e);

#endif
