/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file shared.h
 * @brief Memory that the host reads along (Looking Glass): a file, or a device of KVMFR.
 */
#ifndef GVM_QEMU_SHARED_H
#define GVM_QEMU_SHARED_H

#include "user.h"

/**
 * @brief Check the shared memory of a VM before anything is made.
 * @param vm VM file
 * @param mib result: its size, which a device of KVMFR may give; 0 without shared memory
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect opens the device of KVMFR for an instant
 * @failure ENOENT, ENOTTY, EINVAL (GVM_E_KVMFR), EINVAL (GVM_E_IVSHMEM)
 */
int gvm_qemu_shared_check(const struct gvm_vm_file *vm, uint32_t *mib, struct gvm_error *e);

/**
 * @brief Make the file of the shared memory, for QEMU's user, when there is none.
 * @param vm VM file
 * @param mib its size
 * @param u user
 * @param e detail
 * @return 0 or a negative errno
 * @restriction after gvm_qemu_shared_check()
 * @sideeffect may make a file of mode 0660, which stays: whoever looks has it open
 * @failure errors of open(2) and ftruncate(2) (GVM_E_IVSHMEM)
 */
int gvm_qemu_shared_make(const struct gvm_vm_file *vm, uint32_t mib, const struct gvm_qemu_user *u,
			 struct gvm_error *e);

#endif
