/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vms_table.h
 * @brief The VMs that gvm runs: one file, a line each.
 *
 * One file, because every listing needs all of them, and VMs come and go seldom. What a listing needs
 * stands in front as words, for to parse JSON would be most of its time; behind a tab the whole record:
 *
 *   NAME UUID HYPERVISOR ACCELERATOR PID START [VGPU...] TAB {...}
 *
 * The VGPUs are UUIDs; PID and START are 0 without a process. JSON writes no tab and no line end inside.
 */
#ifndef GVM_STORE_VMS_TABLE_H
#define GVM_STORE_VMS_TABLE_H

#include <stdio.h>

#include "record.h"
#include "store.h"

/**
 * @brief Read a line; all of its words are checked, its JSON is not.
 * @param line without its end, cut up
 * @param ret result, undefined on failure
 * @param json what stands behind the tab, in @p line; undefined on failure
 * @return 0 or -EBADMSG
 * @restriction none
 * @sideeffect none
 * @failure EBADMSG when it is no such line
 */
int gvm_vms_line_parse(char *line, struct gvm_vm_record *ret, const char **json);

/**
 * @brief Write a line.
 * @param r what it says
 * @param json the record in one line
 * @param out stream
 * @restriction @p r as the parsers give it
 * @sideeffect none
 * @failure the stream's error
 */
void gvm_vms_line_print(const struct gvm_vm_record *r, const char *json, FILE *out);

/**
 * @brief Call a function for each VM.
 * @param dir the store's folder
 * @param fn callback; a damaged line is given as NULL
 * @param data for @p fn
 * @return 0, what @p fn returned, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure errors of reading the file; a missing file is an empty table
 */
int gvm_vms_list(int dir, gvm_store_vm_fn fn, void *data);

/**
 * @brief Load one VM.
 * @param dir the store's folder
 * @param name VM
 * @param ret result, to be released by the caller
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT; EBADMSG when its JSON is damaged; and as gvm_vms_list()
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
 * @failure ENOENT when a VM to remove is not there, EEXIST with @p is_new, EBADMSG when @p o is no record
 *          of this VM; errors of reading and writing
 */
int gvm_vms_change(int dir, int lock_dir, const char *name, struct json_object *o, bool is_new);

#endif
