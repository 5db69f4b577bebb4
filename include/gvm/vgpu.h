/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief A vGPU that is there, that should be, or that is defined.
 *
 * It belongs to its inventory, and so do its texts; see inventory.h for what is not known. States, origins
 * and methods are words, the same that `--json` has: docs/library.md tells why.
 */
#ifndef GVM_GVM_VGPU_H
#define GVM_GVM_VGPU_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A vGPU. */
struct gvm_vgpu;

struct gvm_definition;
struct gvm_gpu;

/** @brief Its name; the UUID for one that has no other. @param vgpu vGPU @return text, never NULL @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_name(const struct gvm_vgpu *vgpu);

/** @brief Its UUID. @param vgpu vGPU @return text in lower case, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_uuid(const struct gvm_vgpu *vgpu);

/** @brief The PCI address of the function that it is. @param vgpu vGPU @return text, or NULL where it is none
 *  @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_address(const struct gvm_vgpu *vgpu);

/** @brief The id of its type. @param vgpu vGPU @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_type(const struct gvm_vgpu *vgpu);

/** @brief Its GPU. @param vgpu vGPU @return GPU of the same inventory, or NULL when that is not there
 *  @restriction none @sideeffect none @failure none */
const struct gvm_gpu *gvm_vgpu_get_gpu(const struct gvm_vgpu *vgpu);

/** @brief The id of its GPU, also of one that is not there. @param vgpu vGPU @return text, or NULL
 *  @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_gpu_id(const struct gvm_vgpu *vgpu);

/** @brief How it was made. @param vgpu vGPU @return a word as gvm_type_get_method() has, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_method(const struct gvm_vgpu *vgpu);

/** @brief Where it is in its life. @param vgpu vGPU @return "active", "attached" (to a VM), "lost" (gone, but its record is there) or "defined" (not there now)
 *  @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_state(const struct gvm_vgpu *vgpu);

/** @brief Where it comes from. @param vgpu vGPU @return "defined", "transient" (made by gvm, gone at the next boot) or "foreign" (made by another tool)
 *  @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_origin(const struct gvm_vgpu *vgpu);

/** @brief Its definition. @param vgpu vGPU @return definition of the same inventory, or NULL @restriction none @sideeffect none @failure none */
const struct gvm_definition *gvm_vgpu_get_definition(const struct gvm_vgpu *vgpu);

/** @brief Its IOMMU group; /dev/vfio/GROUP is its node. @param vgpu vGPU @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_vgpu_get_iommu_group(const struct gvm_vgpu *vgpu);

/** @brief How many processes are known to have it open. @param vgpu vGPU @return count @restriction none @sideeffect none @failure none */
size_t gvm_vgpu_get_num_holders(const struct gvm_vgpu *vgpu);

/** @brief The process that has it open. @param vgpu vGPU @param index from 0 @return process id, or -1 beyond the last
 *  @restriction none @sideeffect none @failure none */
long gvm_vgpu_get_holder_pid(const struct gvm_vgpu *vgpu, size_t index);

/** @brief The command of the process that has it open. @param vgpu vGPU @param index from 0 @return text, or NULL
 *  @restriction none @sideeffect none @failure none */
const char *gvm_vgpu_get_holder_command(const struct gvm_vgpu *vgpu, size_t index);

#ifdef __cplusplus
}
#endif

#endif
