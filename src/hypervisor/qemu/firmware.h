/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file firmware.h
 * @brief UEFI for a VM, found by QEMU's firmware descriptors (documented: QEMU
 *        docs/interop/firmware.json), with the VM's own copy of its variables.
 */
#ifndef GVM_QEMU_FIRMWARE_H
#define GVM_QEMU_FIRMWARE_H

#include "error.h"
#include "host.h"

/** Where the firmware is. */
struct gvm_qemu_firmware {
	char code[GVM_PATH_SIZE]; /**< empty: QEMU's own BIOS */
	char code_format[8];      /**< "raw" or "qcow2" */
	char vars[GVM_PATH_SIZE]; /**< template of the variables */
	char vars_format[8];
};

/**
 * @brief Read a descriptor: is it UEFI for this machine, without secure boot?
 * @param text JSON
 * @param len its length in bytes
 * @param arch architecture, as QEMU calls it
 * @param machine what the machine's name begins with, such as "pc-q35"
 * @param ret result, untouched unless it returns 1
 * @return 1 when it is, 0 when it is something else, or -EBADMSG
 * @restriction pure
 * @sideeffect none
 * @failure EBADMSG when it is no descriptor
 */
int gvm_qemu_firmware_parse(const char *text, size_t len, const char *arch, const char *machine,
			    struct gvm_qemu_firmware *ret);

/**
 * @brief Find UEFI for the machines that GVM makes.
 * @param h machine
 * @param vm name, for messages
 * @param ret result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction 64 descriptors at most, by name; those of /etc go before those of /usr/share
 * @sideeffect none
 * @failure ENOENT (GVM_E_FIRMWARE)
 */
int gvm_qemu_firmware_find(struct gvm_host *h, const char *vm, struct gvm_qemu_firmware *ret,
			   struct gvm_error *e);

#endif
