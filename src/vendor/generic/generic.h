/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file generic.h
 * @brief What the kernel offers for any maker's GPU.
 */
#ifndef GVM_VENDOR_GENERIC_H
#define GVM_VENDOR_GENERIC_H

#include "vendor.h"

/** Mediated devices by the mdev core's sysfs interface. */
extern const struct gvm_vendor gvm_vendor_mdev;
/** Virtual functions of SR-IOV. */
extern const struct gvm_vendor gvm_vendor_sriov;
/** Whole devices. */
extern const struct gvm_vendor gvm_vendor_passthrough;

/**
 * @brief Refuse something.
 * @param e error
 * @param object GPU or function that it is about
 * @param code stable name
 * @param err positive errno
 * @param why the rest of the sentence that begins with the object
 * @return -err
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int gvm_refuse(struct gvm_error *e, const char *object, const char *code, int err, const char *why);

/**
 * @brief How a VM takes a vGPU that is PCI functions; see vendor.h.
 * @param ctx context
 * @param vgpu vGPU
 * @param spec result
 * @param e unused
 * @return 0
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int gvm_generic_attach_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			    struct gvm_attach_spec *spec, struct gvm_error *e);

#endif
