/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vm_defs.h
 * @brief VMs that are defined: their files in /etc/gvm/vm.d, one each, as they were written.
 */
#ifndef GVM_CORE_VM_DEFS_H
#define GVM_CORE_VM_DEFS_H

#include "context.h"
#include "vm_file.h"

/** Where they are. */
#define GVM_VM_DEFS "/etc/gvm/vm.d"

/**
 * @brief Define a VM: keep its file.
 * @param ctx context
 * @param path file; all paths in it must be absolute
 * @param dry only check
 * @param ret the file as it was read, to be freed with gvm_vm_file_free()
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine, root
 * @sideeffect writes NAME.yaml, whole or not at all
 * @failure those of gvm_vm_file_load(); EINVAL for relative paths (GVM_E_FILE_INVALID); EEXIST
 *          (GVM_E_VM_DEFINED) when another file of that name is there; errors of writing
 *          (GVM_E_FILE_WRITE)
 */
int gvm_vm_define(struct gvm_ctx *ctx, const char *path, bool dry, struct gvm_vm_file **ret,
		  struct gvm_error *e);

/**
 * @brief Forget a VM's definition; its disks and its state stay.
 * @param ctx context
 * @param name VM
 * @param dry only check
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine, root
 * @sideeffect removes its file
 * @failure ENOENT (GVM_E_VM_NOT_DEFINED), errors of unlink(2) (GVM_E_FILE_WRITE)
 */
int gvm_vm_undefine(struct gvm_ctx *ctx, const char *name, bool dry, struct gvm_error *e);

/**
 * @brief Load a defined VM.
 * @param ctx context
 * @param name VM
 * @param ret result, to be freed with gvm_vm_file_free()
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_VM_NOT_DEFINED), those of gvm_vm_file_parse(); EINVAL (GVM_E_FILE_INVALID)
 *          when the file holds another VM
 */
int gvm_vm_defined(struct gvm_ctx *ctx, const char *name, struct gvm_vm_file **ret,
		   struct gvm_error *e);

/** Called for each defined VM, by name. A non-zero return ends the walk and is returned. */
typedef int (*gvm_vm_def_fn)(const char *name, void *data);

/**
 * @brief Walk the defined VMs.
 * @param ctx context
 * @param fn called per VM
 * @param data for @p fn
 * @return 0, what @p fn returned, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure errors of reading the folder, but not its absence
 */
int gvm_vm_defs(struct gvm_ctx *ctx, gvm_vm_def_fn fn, void *data);

/**
 * @brief Can VMs be started as services here: does the host run systemd?
 * @param ctx context
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_vm_has_services(struct gvm_ctx *ctx);

/**
 * @brief Start a defined VM as a service of systemd: gvm-vm@NAME.service.
 * @param ctx context
 * @param name VM
 * @param e detail
 * @return 0 or a negative errno
 * @restriction live machine, root
 * @sideeffect runs systemctl, which waits until the VM runs
 * @failure ENOENT (GVM_E_NO_SYSTEMD); EIO (GVM_E_VM_SERVICE) when it does not start
 */
int gvm_vm_service_start(struct gvm_ctx *ctx, const char *name, struct gvm_error *e);

#endif
