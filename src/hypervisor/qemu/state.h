/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file state.h
 * @brief What a VM keeps when it does not run: UEFI's variables, the TPM's memory.
 */
#ifndef GVM_QEMU_STATE_H
#define GVM_QEMU_STATE_H

#include "firmware.h"
#include "user.h"

/** Where it is, a folder for each VM. */
#define GVM_QEMU_STATE "/var/lib/gvm/vm"
/** UEFI's variables in that folder. */
#define GVM_QEMU_VARS "vars.fd"
/** The TPM's folder in that folder. */
#define GVM_QEMU_TPM "tpm"

/**
 * @brief Make a VM's state where it is missing.
 * @param vm name
 * @param fw firmware whose variables are copied; none when its code is empty
 * @param tpm make a folder for a TPM
 * @param u user it belongs to
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root, or a user who may write there
 * @sideeffect makes folders and files
 * @failure GVM_E_VM_STATE with the errors of mkdir(2), open(2), chown(2)
 */
int gvm_qemu_state_make(const char *vm, const struct gvm_qemu_firmware *fw, bool tpm,
			const struct gvm_qemu_user *u, struct gvm_error *e);

#endif
