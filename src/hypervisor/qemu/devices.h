/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file devices.h
 * @brief The devices of a running QEMU, in its object model (documented: QEMU docs/devel/qom.rst).
 */
#ifndef GVM_QEMU_DEVICES_H
#define GVM_QEMU_DEVICES_H

#include "context.h"
#include "objects.h"
#include "qmp.h"

/** Devices with an id. */
#define GVM_QEMU_PERIPHERAL "/machine/peripheral"
/** Devices without an id. */
#define GVM_QEMU_ANONYMOUS "/machine/peripheral-anon"

/** Longest path of an object. */
#define GVM_QEMU_QOM_SIZE 320

/** Called for each property of an object; a non-zero return ends the walk and is returned. */
typedef int (*gvm_qemu_qom_fn)(const char *name, const char *type, void *data);

/**
 * @brief Walk the properties of an object.
 * @param q connection
 * @param path object
 * @param fn called for each; names and types that are too long are passed over
 * @param data for @p fn
 * @param e detail
 * @return 0, what @p fn returned, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure EREMOTEIO when there is no such object, EPROTO; those of gvm_qmp_execute()
 */
int gvm_qemu_qom_list(struct gvm_qmp *q, const char *path, gvm_qemu_qom_fn fn, void *data,
		      struct gvm_error *e);

/**
 * @brief Read a text property of an object.
 * @param q connection
 * @param path object
 * @param property its name
 * @param buf array for the text, empty on failure
 * @param size its size in bytes
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EREMOTEIO when there is none, EPROTO when it is no text or too long; those of
 *          gvm_qmp_execute()
 */
int gvm_qemu_qom_text(struct gvm_qmp *q, const char *path, const char *property, char *buf,
		      size_t size);

/**
 * @brief Does a bus take and give devices while the machine runs?
 * @param q connection
 * @param bus path of the bus
 * @return true if it does
 * @restriction none
 * @sideeffect none
 * @failure what cannot be told counts as no
 */
bool gvm_qemu_takes_devices(struct gvm_qmp *q, const char *bus);

/**
 * @brief Find the device that is a vGPU.
 * @param ctx context
 * @param q connection
 * @param vgpu which
 * @param path result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction a device behind VFIO
 * @sideeffect reads its IOMMU group
 * @failure ENODEV when there is none; those of gvm_qmp_execute()
 */
int gvm_qemu_find_device(struct gvm_ctx *ctx, struct gvm_qmp *q, const struct gvm_vgpu *vgpu,
			 char path[GVM_QEMU_QOM_SIZE], struct gvm_error *e);

/**
 * @brief An id that no device has yet: vgpu0, vgpu1, ...
 * @param q connection
 * @param id result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOSPC (GVM_E_VM_FULL); those of gvm_qmp_execute()
 */
int gvm_qemu_new_id(struct gvm_qmp *q, char id[GVM_NAME_SIZE], struct gvm_error *e);

#endif
