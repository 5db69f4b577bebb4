/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file record.h
 * @brief Runtime objects as they are kept in /run/gvm.
 *
 * A vGPU's record is written before the vGPU is made. Its owner is the process it goes with: the
 * gvm that starts a VM, then its QEMU; none for one made with "vgpu create".
 */
#ifndef GVM_CORE_RECORD_H
#define GVM_CORE_RECORD_H

#include <json-c/json.h>

#include "objects.h"
#include "params.h"
#include "place.h"

/** A vGPU that gvm made. */
struct gvm_vgpu_record {
	char name[GVM_NAME_SIZE];
	char uuid[GVM_UUID_SIZE];
	char gpu[GVM_NAME_SIZE];
	char type[GVM_NAME_SIZE];
	char method[16];              /**< name of the vendor that made it */
	char own_type[GVM_NAME_SIZE]; /**< what the person called the type; empty: type */
	struct gvm_params params;     /**< set on it, in order */
	struct gvm_proc owner;
	struct gvm_place place; /**< functions it took; none for one that needs none */
};

/** A VM that gvm runs. */
struct gvm_vm_record {
	char name[GVM_NAME_SIZE];
	char uuid[GVM_UUID_SIZE];
	char hypervisor[16];
	char accelerator[8];
	struct gvm_proc proc;
	char vgpus[GVM_VM_MAX_VGPUS][GVM_UUID_SIZE];
	size_t n_vgpus;
};

/**
 * @brief A record as JSON.
 * @param r record
 * @return new object, owned by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
struct json_object *gvm_vgpu_record_json(const struct gvm_vgpu_record *r);
/** @copydoc gvm_vgpu_record_json */
struct json_object *gvm_vm_record_json(const struct gvm_vm_record *r);

/**
 * @brief Read a record; everything in it is checked.
 * @param o JSON object, may be NULL (damaged)
 * @param ret result, undefined on failure
 * @return 0 or -EBADMSG
 * @restriction none
 * @sideeffect none
 * @failure EBADMSG when it is not such a record
 */
int gvm_vgpu_record_parse(struct json_object *o, struct gvm_vgpu_record *ret);
/** @copydoc gvm_vgpu_record_parse */
int gvm_vm_record_parse(struct json_object *o, struct gvm_vm_record *ret);

#endif
