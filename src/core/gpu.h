/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Reading one GPU.
 */
#ifndef GVM_CORE_GPU_H
#define GVM_CORE_GPU_H

#include "objects.h"

/**
 * @brief A PCI function, with its class.
 * @param h machine
 * @param address its name below /sys/bus/pci/devices
 * @param ret result, undefined on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EINVAL when @p address is none; errors of reading its class
 */
int gvm_gpu_of_pci(struct gvm_host *h, const char *address, struct gvm_gpu *ret);

/**
 * @brief A parent of mediated devices. Nothing is read: whether it exists its vendor tells.
 * @param name its name below /sys/class/mdev_bus
 * @param ret result, undefined on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EINVAL when the name cannot be one
 */
int gvm_gpu_of_parent(const char *name, struct gvm_gpu *ret);

/** @brief Is it a virtual function (VF) of another? @param h machine @param gpu PCI function @return yes or no
 *  @restriction none @sideeffect none @failure none */
bool gvm_gpu_is_vf(struct gvm_host *h, const struct gvm_gpu *gpu);

/** @brief Is it a display (class 03) or an accelerator (class 12)? @param gpu GPU @return yes or no
 *  @restriction PCI functions @sideeffect none @failure none */
bool gvm_gpu_is_display(const struct gvm_gpu *gpu);

/**
 * @brief Read the details of GPUs: names, drivers, nodes.
 * @param h machine
 * @param gpus array, changed in place
 * @param n its length
 * @restriction none
 * @sideeffect none
 * @failure none: what cannot be read stays unknown
 */
void gvm_gpus_read_detail(struct gvm_host *h, struct gvm_gpu *gpus, size_t n);

#endif
