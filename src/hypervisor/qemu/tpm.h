/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tpm.h
 * @brief A TPM 2.0: swtpm, which lives as long as the QEMU at the other end of its socket.
 */
#ifndef GVM_QEMU_TPM_H
#define GVM_QEMU_TPM_H

#include "user.h"

/** The descriptor that QEMU finds its TPM on. */
#define GVM_QEMU_TPM_FD 10

/**
 * @brief Find swtpm.
 * @param vm name, for messages
 * @param path result, of GVM_PATH_SIZE bytes
 * @param e detail
 * @return 0 or -ENOENT
 * @restriction in PATH
 * @sideeffect none
 * @failure ENOENT (GVM_E_TPM)
 */
int gvm_qemu_tpm_find(const char *vm, char path[GVM_PATH_SIZE], struct gvm_error *e);

/**
 * @brief Start swtpm for a VM. It ends when the last holder of the other end does, whoever is killed.
 * @param path of swtpm
 * @param vm name: its state is in GVM_QEMU_STATE
 * @param dir its folder, for the log
 * @param u user
 * @param e detail
 * @return QEMU's end of the socket, or a negative errno
 * @restriction after gvm_qemu_state_make()
 * @sideeffect starts a process
 * @failure errors of socketpair(2) and fork(2) (GVM_E_TPM)
 */
int gvm_qemu_tpm_start(const char *path, const char *vm, const char *dir,
		       const struct gvm_qemu_user *u, struct gvm_error *e);

#endif
