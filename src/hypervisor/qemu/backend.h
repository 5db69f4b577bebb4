/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file backend.h
 * @brief By which nodes QEMU opens its vGPUs: those of their groups, or iommufd and their own.
 */
#ifndef GVM_QEMU_BACKEND_H
#define GVM_QEMU_BACKEND_H

#include "hypervisor.h"
#include "qmp.h"

/** What the object iommufd is called in a VM that gvm starts. */
#define GVM_QEMU_IOMMUFD_ID "iommufd"
/** The descriptor that QEMU finds /dev/iommu on. */
#define GVM_QEMU_IOMMUFD_FD 11

/**
 * @brief Does this VM use iommufd?
 *
 * Yes when its file says so, or when the host has it and cannot do with groups: a vGPU has none, or
 * there is no container /dev/vfio/vfio for them. Then all of the VM's vGPUs use it, so that the
 * guest's memory is pinned once.
 * @param ctx context
 * @param start VM
 * @param iommufd result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction a vGPU that does not exist yet is taken to have what is asked for
 * @sideeffect none
 * @failure EOPNOTSUPP (GVM_E_VFIO_NODE): the host has not what the file asks for
 */
int gvm_qemu_backend_choose(struct gvm_ctx *ctx, const struct gvm_vm_start *start, bool *iommufd,
			    struct gvm_error *e);

/**
 * @brief Open iommufd for a QEMU that is about to start.
 * @param ctx context
 * @param vm name, for messages
 * @param e detail
 * @return descriptor, to be closed by the caller, or a negative errno
 * @restriction live machine
 * @sideeffect those of gvm_iommufd_open()
 * @failure those of gvm_iommufd_open() (GVM_E_QEMU_ACCESS)
 */
int gvm_qemu_backend_open(struct gvm_ctx *ctx, const char *vm, struct gvm_error *e);

/**
 * @brief How does a running VM take this device?
 * @param ctx context
 * @param q connection
 * @param vm name, for messages
 * @param spec device
 * @param iommufd result: the VM's object to bind it to, empty: by its group
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EOPNOTSUPP (GVM_E_VFIO_NODE): the VM was started for groups, and the device has none; those
 *          of gvm_qemu_qom_list()
 */
int gvm_qemu_backend_of(struct gvm_ctx *ctx, struct gvm_qmp *q, const char *vm,
			const struct gvm_attach_spec *spec, char iommufd[GVM_NAME_SIZE],
			struct gvm_error *e);

#endif
