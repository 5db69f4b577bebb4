/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file store_fs.h
 * @brief The store in a folder, usually /run/gvm.
 *
 *   vgpu/NAME.json  one vGPU that gvm made
 *   vms             the VMs that gvm runs, a line each (vms_table.h)
 *   vm/NAME/        a VM's sockets and log
 *   lock/           locks: one per GPU, one for vms, one for what is saved
 *
 * What is saved is in /etc (saved_fs.h).
 */
#ifndef GVM_STORE_FS_H
#define GVM_STORE_FS_H

#include "error.h"
#include "host.h"
#include "store.h"

/**
 * @brief Open the store to change it.
 * @param dir its folder; it and what belongs into it is made when missing
 * @param ret the store, to be closed by its close operation; untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction the folder must belong to the caller
 * @sideeffect makes folders
 * @failure GVM_E_STORE or GVM_E_PERMISSION with the errno of mkdir(2) or open(2); ENOMEM
 */
int gvm_store_fs_open(const char *dir, struct gvm_store **ret, struct gvm_error *e);

/**
 * @brief Open the store to read it; changes fail with EROFS.
 * @param fd its folder, taken over; negative for an empty store. Links in it are not followed
 * @param dir the folder's path, for the paths of VMs' folders
 * @param ret the store, to be closed by its close operation; untouched on failure
 * @param e detail
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM
 */
int gvm_store_fs_view(int fd, const char *dir, struct gvm_store **ret, struct gvm_error *e);

/**
 * @brief Give a store its saved objects: the files in etc/gvm and etc/mdevctl.d.
 * @param s store
 * @param host machine they are read from; must outlive the store
 * @param root folder below which they are written, "" on the live machine; NULL to read only. Must
 *        outlive the store
 * @restriction a store without them has none saved, and saves none (EROFS)
 * @sideeffect none here; folders are made when something is saved
 * @failure none
 */
void gvm_store_fs_saved(struct gvm_store *s, struct gvm_host *host, const char *root);

#endif
