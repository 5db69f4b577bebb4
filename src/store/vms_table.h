/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vms_table.h
 * @brief The VMs that gvm runs: one file, one line of JSON each.
 *
 * One file, because every listing needs all of them, and VMs come and go seldom. What a listing does
 * not need, "origin", stands behind a tab in the line: it is not parsed then.
 */
#ifndef GVM_STORE_VMS_TABLE_H
#define GVM_STORE_VMS_TABLE_H

#include "store.h"

/**
 * @brief Call a function for each VM, with all of its record but the member "origin".
 * @param dir the store's folder
 * @param fn callback; a damaged line is given as NULL
 * @param data for @p fn
 * @return 0, what @p fn returned, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure errors of reading the file; a missing file is an empty table
 */
int gvm_vms_list(int dir, gvm_store_fn fn, void *data);

/**
 * @brief Load one VM.
 * @param dir the store's folder
 * @param name VM
 * @param ret result, to be released by the caller
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT, and as gvm_vms_list()
 */
int gvm_vms_load(int dir, const char *name, struct json_object **ret);

/**
 * @brief Replace, add or remove one VM.
 * @param dir the store's folder
 * @param lock_dir the folder of locks
 * @param name VM
 * @param o its record, or NULL to remove it
 * @param is_new there must be none of this name yet
 * @return 0 or a negative errno
 * @restriction none: takes the table's lock
 * @sideeffect writes the table anew
 * @failure ENOENT when a VM to remove is not there, EEXIST with @p is_new; errors of reading and writing
 */
int gvm_vms_change(int dir, int lock_dir, const char *name, struct json_object *o, bool is_new);

#endif
