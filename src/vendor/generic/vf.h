/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vf.h
 * @brief The virtual functions (VFs) of a GPU.
 */
#ifndef GVM_VENDOR_GENERIC_VF_H
#define GVM_VENDOR_GENERIC_VF_H

#include "objects.h"

/** Called for each VF: its address, and whether a VFIO driver has it. A non-zero return ends the walk. */
typedef int (*gvm_vf_fn)(const char *address, bool taken, void *data);

/**
 * @brief Walk over the VFs that are enabled.
 *
 * By the links virtfn0, virtfn1 ... of the PF: to read sriov_numvfs would wait for whoever changes it
 * (observed: Linux 6.12; for ever, while a VM holds a VF that is to go).
 * @param h machine
 * @param gpu the PF
 * @param fn callback
 * @param data for @p fn
 * @return 0, or what @p fn returned
 * @restriction none
 * @sideeffect none
 * @failure none: without VFs @p fn is not called
 */
int gvm_vf_walk(struct gvm_host *h, const struct gvm_gpu *gpu, gvm_vf_fn fn, void *data);

/**
 * @brief Does a VFIO driver, whichever, have this function?
 * @param h machine
 * @param address of the function
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_vfio_has(struct gvm_host *h, const char *address);

/**
 * @brief The IOMMU group of a function.
 * @param h machine
 * @param address of the function
 * @return its number, or -1
 * @restriction none
 * @sideeffect none
 * @failure none
 */
long gvm_function_group(struct gvm_host *h, const char *address);

#endif
