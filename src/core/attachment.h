/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Giving vGPUs to VMs that run, and taking them out again.
 */
#ifndef GVM_CORE_ATTACHMENT_H
#define GVM_CORE_ATTACHMENT_H

#include "attach.h"
#include "context.h"
#include "inventory.h"

/** A vGPU in a VM, or one that would be. */
struct gvm_attachment {
	char vgpu[GVM_NAME_SIZE];
	char uuid[GVM_UUID_SIZE];
	char vm[GVM_NAME_SIZE];
	pid_t pid; /**< of the VM */
	struct gvm_plug plug;
};

/**
 * @brief Refuse a vGPU that cannot be given to a VM: it is lost, or somebody holds it.
 * @param v vGPU
 * @param inv its inventory, with holders
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENODEV (GVM_E_VGPU_NOT_FOUND) when it is lost, EBUSY (GVM_E_HELD) with the holder
 */
int gvm_vgpu_check_free(const struct gvm_vgpu *v, const struct gvm_inventory *inv,
			struct gvm_error *e);

/**
 * @brief Put a vGPU into a running VM.
 * @param ctx context
 * @param vgpu name or UUID
 * @param vm name or UUID of a VM, also of one that gvm did not start
 * @param dry only tell where it would go, or why it cannot
 * @param ret where it is
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect the VM holds the vGPU, its guest sees it; writes the VM's record; undone on failure
 * @failure those of gvm_vgpu_check_free(); EOPNOTSUPP (GVM_E_COLD_PLUG_ONLY, GVM_E_UNSUPPORTED),
 *          EBUSY (GVM_E_VGPU_OWNED), ENOSPC (GVM_E_VM_FULL), those of the hypervisor's attach; after
 *          EINPROGRESS (GVM_E_PLUG_SILENT) it may still come, and stands in the VM's record
 */
int gvm_vgpu_attach(struct gvm_ctx *ctx, const char *vgpu, const char *vm, bool dry,
		    struct gvm_attachment *ret, struct gvm_error *e);

/**
 * @brief Take a vGPU out of the VM that has it; it stays active.
 * @param ctx context
 * @param vgpu name or UUID
 * @param timeout_s how long the guest may take, in seconds
 * @param dry only tell where it is, or why it cannot go
 * @param ret where it was
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect the guest is asked to let it go, and may do so after a failure too; writes the record
 * @failure ENOENT (GVM_E_NOT_ATTACHED), those of the hypervisor's detach
 */
int gvm_vgpu_detach(struct gvm_ctx *ctx, const char *vgpu, unsigned int timeout_s, bool dry,
		    struct gvm_attachment *ret, struct gvm_error *e);

#endif
