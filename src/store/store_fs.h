/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file store_fs.h
 * @brief The store in a folder, usually /run/gvm.
 *
 *   vgpu/NAME.json  one vGPU that gvm made
 *   vms.json        the VMs that gvm runs, one line of JSON each
 *   vm/NAME/        a VM's sockets and log
 *   lock/           locks: one per GPU, one for vms.json
 */
#ifndef GVM_STORE_FS_H
#define GVM_STORE_FS_H

#include <stdbool.h>

#include "error.h"
#include "store.h"

/**
 * @brief Open the store.
 * @param dir its folder
 * @param write make what is missing; else a missing folder is an empty store
 * @param ret the store, to be closed by its close operation; untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction to write, the folder must belong to the caller
 * @sideeffect with @p write makes folders
 * @failure GVM_E_STORE or GVM_E_PERMISSION with the errno of mkdir(2) or open(2); ENOMEM
 */
int gvm_store_fs_open(const char *dir, bool write, struct gvm_store **ret, struct gvm_error *e);

#endif
