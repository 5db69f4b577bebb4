/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file hotplug.h
 * @brief Devices come and go while QEMU runs.
 */
#ifndef GVM_QEMU_HOTPLUG_H
#define GVM_QEMU_HOTPLUG_H

#include "hypervisor.h"
#include "qmp.h"

/**
 * @brief Put a vGPU into a running VM; see hypervisor.h.
 * @param ctx context
 * @param vm VM
 * @param dir folder of a VM of ours
 * @param spec vGPU
 * @param dry only tell where it would go
 * @param plug result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine
 * @sideeffect QEMU opens the vGPU, the guest sees it
 * @failure those of gvm_qemu_reach() and gvm_qemu_choose_port(); EREMOTEIO (GVM_E_QMP_REFUSED);
 *          EINPROGRESS (GVM_E_PLUG_SILENT)
 */
int gvm_qemu_attach(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		    const struct gvm_attach_spec *spec, bool dry, struct gvm_plug *plug,
		    struct gvm_error *e);

/**
 * @brief Take a vGPU out of a running VM; see hypervisor.h.
 * @param ctx context
 * @param vm VM
 * @param dir folder of a VM of ours
 * @param vgpu which
 * @param timeout_ms how long the guest may take, in milliseconds
 * @param dry only tell where it is, and whether it can go
 * @param plug result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine
 * @sideeffect the guest is asked for it, and may still give it back after a failure
 * @failure as told in hypervisor.h; those of gvm_qemu_reach()
 */
int gvm_qemu_detach(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		    const struct gvm_vgpu *vgpu, unsigned int timeout_ms, bool dry,
		    struct gvm_plug *plug, struct gvm_error *e);

/**
 * @brief The part of gvm_qemu_attach() that talks to QEMU.
 * @param q connection
 * @param vm name, for errors
 * @param spec vGPU
 * @param iommufd object of the VM to bind it to; empty: by its group
 * @param timeout_ms how long QEMU may take for the device, in milliseconds
 * @param dry only tell where it would go
 * @param plug result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect as gvm_qemu_attach()
 * @failure as gvm_qemu_attach()
 */
int gvm_qemu_plug(struct gvm_qmp *q, const char *vm, const struct gvm_attach_spec *spec,
		  const char *iommufd, unsigned int timeout_ms, bool dry, struct gvm_plug *plug,
		  struct gvm_error *e);

/**
 * @brief The part of gvm_qemu_detach() that talks to QEMU.
 * @param ctx context
 * @param q connection
 * @param vm name, for errors
 * @param vgpu which
 * @param timeout_ms how long the guest may take, in milliseconds
 * @param dry only tell where it is, and whether it can go
 * @param plug result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect as gvm_qemu_detach()
 * @failure as gvm_qemu_detach()
 */
int gvm_qemu_unplug(struct gvm_ctx *ctx, struct gvm_qmp *q, const char *vm,
		    const struct gvm_vgpu *vgpu, unsigned int timeout_ms, bool dry,
		    struct gvm_plug *plug, struct gvm_error *e);

#endif
