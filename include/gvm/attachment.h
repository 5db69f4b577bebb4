/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Giving vGPUs to VMs that run, and taking them out again.
 */
#ifndef GVM_GVM_ATTACHMENT_H
#define GVM_GVM_ATTACHMENT_H

#include <gvm/change.h>
#include <gvm/context.h>
#include <gvm/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A vGPU in a VM. */
struct gvm_attachment;

/**
 * @brief Put a vGPU into a VM that runs.
 * @param ctx host
 * @param vgpu name, or UUID in any case
 * @param vm name or UUID of a VM, also of one that gvm did not start
 * @param flags 0 or GVM_CHANGE_DRY_RUN
 * @param ret where it is, or would be, to be freed with gvm_attachment_free(); NULL when that is not wanted;
 *        untouched on failure
 * @param e detail, may be NULL
 * @return 0, once the VM has it open, or a negative errno
 * @restriction root; this machine, also for a dry run
 * @sideeffect the guest sees it; writes the VM's record; undone on failure
 * @failure EINVAL (GVM_E_ARGUMENT), EROFS (GVM_E_READ_ONLY), ENOENT (GVM_E_VGPU_NOT_FOUND, GVM_E_VM_NOT_FOUND), EBUSY
 *          (GVM_E_HELD, GVM_E_VGPU_OWNED), EOPNOTSUPP (GVM_E_COLD_PLUG_ONLY, GVM_E_UNSUPPORTED), ENOSPC
 *          (GVM_E_VM_FULL, GVM_E_NO_PORT, GVM_E_PORT_TOO_SMALL), ENOMEM (GVM_E_NO_MEMORY); what QEMU answers,
 *          such as GVM_E_QMP_BUSY
 */
int gvm_ctx_attach_vgpu(struct gvm_ctx *ctx, const char *vgpu, const char *vm, unsigned int flags,
			struct gvm_attachment **ret, struct gvm_error *e);

/**
 * @brief Take a vGPU out of the VM that has it. It stays active.
 * @param ctx host
 * @param vgpu name, or UUID in any case
 * @param timeout_s how long the guest may take, in seconds, at most a day
 * @param flags 0 or GVM_CHANGE_DRY_RUN
 * @param ret where it was, to be freed with gvm_attachment_free(); NULL when that is not wanted; untouched on
 *        failure
 * @param e detail, may be NULL
 * @return 0, once the VM does not have it open any more, or a negative errno
 * @restriction root; this machine, also for a dry run
 * @sideeffect the guest is asked to let it go, and may do so after a failure too; writes the VM's record
 * @failure EINVAL (GVM_E_ARGUMENT), EROFS (GVM_E_READ_ONLY), ENOENT (GVM_E_VGPU_NOT_FOUND, GVM_E_NOT_ATTACHED), EBUSY
 *          (GVM_E_HELD), GVM_E_NOT_UNPLUGGABLE, GVM_E_UNPLUG_REFUSED, GVM_E_UNPLUG_PAUSED, GVM_E_UNPLUG_SILENT,
 *          ENOMEM (GVM_E_NO_MEMORY); what QEMU answers,
 *          such as GVM_E_QMP_BUSY
 */
int gvm_ctx_detach_vgpu(struct gvm_ctx *ctx, const char *vgpu, unsigned int timeout_s,
			unsigned int flags, struct gvm_attachment **ret, struct gvm_error *e);

/** @brief Free what was told of an attachment. The vGPU stays where it is. @param attachment it, or NULL
 *  @restriction none @sideeffect none @failure none */
void gvm_attachment_free(struct gvm_attachment *attachment);

/** @brief The vGPU's name. @param attachment attachment @return text, of the attachment @restriction none @sideeffect none @failure none */
const char *gvm_attachment_get_vgpu(const struct gvm_attachment *attachment);

/** @brief The VM's name. @param attachment attachment @return text, of the attachment @restriction none @sideeffect none @failure none */
const char *gvm_attachment_get_vm(const struct gvm_attachment *attachment);

/** @brief The VM's process. @param attachment attachment @return process id @restriction none @sideeffect none @failure none */
long gvm_attachment_get_pid(const struct gvm_attachment *attachment);

/** @brief What the hypervisor calls it. @param attachment attachment @return text, of the attachment, or NULL
 *  @restriction none @sideeffect none @failure none */
const char *gvm_attachment_get_device(const struct gvm_attachment *attachment);

/** @brief What it is in, in the VM. @param attachment attachment @return text, of the attachment, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_attachment_get_port(const struct gvm_attachment *attachment);

#ifdef __cplusplus
}
#endif

#endif
