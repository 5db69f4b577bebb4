/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file users.h
 * @brief Does the host use what a vGPU is about to take?
 */
#ifndef GVM_CORE_USERS_H
#define GVM_CORE_USERS_H

#include "place.h"

/**
 * @brief Refuse functions that the host uses: the kernel would take them from under that.
 * @param ctx context
 * @param place functions
 * @param e detail: the function, and who or what uses it
 * @return 0 or -EBUSY
 * @restriction sees processes of others with CAP_SYS_PTRACE only; see in_use.h
 * @sideeffect none
 * @failure EBUSY (GVM_E_GPU_IN_USE, with the process; GVM_E_HOST_USES, with the disk or interface)
 */
int gvm_place_check_users(struct gvm_ctx *ctx, const struct gvm_place *place, struct gvm_error *e);

#endif
