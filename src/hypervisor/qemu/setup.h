/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file setup.h
 * @brief What a QEMU is started with, beyond what the VM file says: found before anything is made.
 */
#ifndef GVM_QEMU_SETUP_H
#define GVM_QEMU_SETUP_H

#include "qemu_features.h"

/** Where the firmware is. */
struct gvm_qemu_firmware {
	char code[GVM_PATH_SIZE]; /**< empty: QEMU's own BIOS */
	char code_format[8];      /**< "raw" or "qcow2" */
	char vars_template[GVM_PATH_SIZE];
	char vars[GVM_PATH_SIZE]; /**< the VM's own copy */
	char vars_format[8];
};

/** What a QEMU is started with. */
struct gvm_qemu_setup {
	const char *name;         /**< of the program, as it was given */
	char path[GVM_PATH_SIZE]; /**< of it; empty when it was not found */
	struct gvm_qemu_user user;
	struct gvm_qemu_features features;
	uint64_t memlock;  /**< bytes */
	bool memlock_must; /**< it cannot run with less */
	struct gvm_qemu_firmware firmware;
};

/** The descriptor that QEMU finds its TPM on. */
#define GVM_QEMU_TPM_FD 10

/**
 * @brief What QEMU locks: the guest's memory, what else a device may reach, and room to spare.
 * @param start VM
 * @return bytes
 * @restriction pure
 * @sideeffect none
 * @failure none
 */
uint64_t gvm_qemu_memlock(const struct gvm_vm_start *start);

/**
 * @brief Find out all, without starting anything but a question to QEMU.
 * @param ctx context
 * @param start VM
 * @param s result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine
 * @sideeffect those of gvm_qemu_features_get()
 * @failure ENOENT (GVM_E_QEMU_NOT_FOUND, GVM_E_QEMU_USER), those of gvm_qemu_features_get() and
 *          gvm_qemu_user_check()
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
 * @failure none
 */
int gvm_qemu_setup_guess(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			 struct gvm_qemu_setup *s, struct gvm_error *e);

/**
 * @brief Make what a VM has of its own: its folder becomes its user's.
 * @param start VM
 * @param s setup
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect changes the owner of the VM's folder
 * @failure errors of chown(2) (GVM_E_STORE)
 */
int gvm_qemu_setup_make(const struct gvm_vm_start *start, const struct gvm_qemu_setup *s,
			struct gvm_error *e);

#endif
