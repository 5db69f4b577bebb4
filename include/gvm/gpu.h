/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief A GPU: a PCI function, or another device that makes vGPUs.
 *
 * It belongs to its inventory, and so do its texts; see inventory.h for what is not known. What is marked
 * "detail" is known after GVM_INV_DETAIL only.
 */
#ifndef GVM_GVM_GPU_H
#define GVM_GVM_GPU_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A GPU. */
struct gvm_gpu;

/** @brief Its id: a PCI address as the kernel writes it, or the device's name. @param gpu GPU @return text, never NULL
 *  @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_id(const struct gvm_gpu *gpu);

/** @brief Its PCI address. @param gpu GPU @return text, or NULL for what is no PCI function @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_address(const struct gvm_gpu *gpu);

/** @brief Its folder below /sys. @param gpu GPU @return text, never NULL @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_path(const struct gvm_gpu *gpu);

/** @brief Its PCI class, 24 bits. @param gpu GPU @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_gpu_get_class(const struct gvm_gpu *gpu);

/** @brief Its PCI vendor; detail. @param gpu GPU @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_gpu_get_vendor(const struct gvm_gpu *gpu);

/** @brief Its PCI device; detail. @param gpu GPU @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_gpu_get_device(const struct gvm_gpu *gpu);

/** @brief Vendor and device by name, from pci.ids; detail. @param gpu GPU @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_name(const struct gvm_gpu *gpu);

/** @brief The driver that has it; detail. @param gpu GPU @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_driver(const struct gvm_gpu *gpu);

/** @brief Its NUMA node; detail. @param gpu GPU @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_gpu_get_numa_node(const struct gvm_gpu *gpu);

/** @brief The CPUs near it, as "0-3,8"; detail. @param gpu GPU @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_local_cpus(const struct gvm_gpu *gpu);

/** @brief Its IOMMU group; detail. @param gpu GPU @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_gpu_get_iommu_group(const struct gvm_gpu *gpu);

/** @brief Does it show the console of the host? Detail. @param gpu GPU @return 1 yes, 0 no, -1 not known
 *  @restriction none @sideeffect none @failure none */
int gvm_gpu_get_boot_display(const struct gvm_gpu *gpu);

/** @brief How many virtual functions it can have; detail. @param gpu GPU @return number, -1 where it can have none
 *  @restriction none @sideeffect none @failure none */
long gvm_gpu_get_vfs_total(const struct gvm_gpu *gpu);

/** @brief How many virtual functions it has; detail. @param gpu GPU @return number, -1 where it can have none
 *  @restriction none @sideeffect none @failure none */
long gvm_gpu_get_vfs_active(const struct gvm_gpu *gpu);

/** @brief How many DRM and accel nodes it has; detail. @param gpu GPU @return count @restriction none @sideeffect none @failure none */
size_t gvm_gpu_get_num_drm_nodes(const struct gvm_gpu *gpu);

/** @brief One of its nodes, such as /dev/dri/renderD128; detail. @param gpu GPU @param index from 0 @return text, or NULL beyond the last
 *  @restriction none @sideeffect none @failure none */
const char *gvm_gpu_get_drm_node(const struct gvm_gpu *gpu, size_t index);

#ifdef __cplusplus
}
#endif

#endif
