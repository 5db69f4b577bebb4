/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief A virtual machine that runs.
 *
 * It belongs to its inventory, and so do its texts. Which vGPUs it has is told by
 * gvm_inventory_get_vm_of_vgpu().
 */
#ifndef GVM_GVM_VM_H
#define GVM_GVM_VM_H

#ifdef __cplusplus
extern "C" {
#endif

/** A virtual machine. */
struct gvm_vm;

/** @brief Its name. @param vm VM @return text, never NULL @restriction none @sideeffect none @failure none */
const char *gvm_vm_get_name(const struct gvm_vm *vm);

/** @brief Its UUID. @param vm VM @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_vm_get_uuid(const struct gvm_vm *vm);

/** @brief What runs it. @param vm VM @return a word: "qemu"; later versions add others @restriction none @sideeffect none @failure none */
const char *gvm_vm_get_hypervisor(const struct gvm_vm *vm);

/** @brief The process of its hypervisor. @param vm VM @return process id @restriction none @sideeffect none @failure none */
long gvm_vm_get_pid(const struct gvm_vm *vm);

/** @brief Who started it. @param vm VM @return "gvm" or "other" @restriction none @sideeffect none @failure none */
const char *gvm_vm_get_started_by(const struct gvm_vm *vm);

/** @brief What it runs under. @param vm VM @return "kvm", "tcg" or NULL @restriction none @sideeffect none @failure none */
const char *gvm_vm_get_accelerator(const struct gvm_vm *vm);

#ifdef __cplusplus
}
#endif

#endif
