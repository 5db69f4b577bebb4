/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file setup.h
 * @brief What a QEMU is started with, beyond what the VM file says: found before anything is made.
 */
#ifndef GVM_QEMU_SETUP_H
#define GVM_QEMU_SETUP_H

#include "backend.h"
#include "pin.h"
#include "qemu_features.h"
#include "state.h"
#include "tpm.h"

/** What a QEMU is started with. */
struct gvm_qemu_setup {
	const char *name;         /**< of the program, as it was given */
	char path[GVM_PATH_SIZE]; /**< of it; empty when it was not found */
	struct gvm_qemu_user user;
	struct gvm_qemu_features features;
	bool iommufd;      /**< instead of VFIO groups */
	uint64_t memlock;  /**< bytes */
	bool memlock_must; /**< it cannot run with less */
	struct gvm_qemu_firmware firmware;
	char vars[GVM_PATH_SIZE];  /**< the VM's own copy of its variables */
	char swtpm[GVM_PATH_SIZE]; /**< program; empty without TPM */
	uint32_t shared_mib;       /**< shared memory; 0: none */
	long node;                 /**< NUMA node that the memory is bound to; -1: none */
	struct gvm_qemu_pin pin;
};

/**
 * @brief What QEMU locks: the guest's memory, what else a device may reach, and room to spare.
 * @param start VM
 * @param shared_mib shared memory
 * @return bytes
 * @restriction pure
 * @sideeffect none
 * @failure none
 */
uint64_t gvm_qemu_memlock(const struct gvm_vm_start *start, uint32_t shared_mib);

/**
 * @brief Find out all, without starting anything but a question to QEMU.
 * @param ctx context
 * @param start VM
 * @param s result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine
 * @sideeffect those of gvm_qemu_features_get()
 * @failure ENOENT (GVM_E_QEMU_NOT_FOUND, GVM_E_QEMU_USER, GVM_E_FIRMWARE, GVM_E_TPM), ENOSPC
 *          (GVM_E_HUGEPAGES, GVM_E_PIN), EOPNOTSUPP (GVM_E_QEMU_LACKS, GVM_E_VFIO_NODE), those of
 *          gvm_qemu_features_get(), gvm_qemu_shared_check() and gvm_qemu_user_check()
 */
int gvm_qemu_setup_find(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			struct gvm_qemu_setup *s, struct gvm_error *e);

/**
 * @brief The same to show a command line: nothing is run, and what is not known is taken as there.
 * @param ctx context
 * @param start VM
 * @param s result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_FIRMWARE), EOPNOTSUPP (GVM_E_VFIO_NODE)
 */
int gvm_qemu_setup_guess(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			 struct gvm_qemu_setup *s, struct gvm_error *e);

/**
 * @brief Make what a VM has of its own: its folders, its state, its shared memory.
 * @param start VM
 * @param s setup
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect changes the owner of the VM's folder; makes files that stay
 * @failure errors of chown(2) (GVM_E_STORE), those of gvm_qemu_state_make() and
 *          gvm_qemu_shared_make()
 */
int gvm_qemu_setup_make(const struct gvm_vm_start *start, const struct gvm_qemu_setup *s,
			struct gvm_error *e);

#endif
