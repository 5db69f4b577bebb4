/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief What can be made on one GPU.
 *
 * It belongs to its inventory, and so do its texts; see inventory.h for what is not known.
 */
#ifndef GVM_GVM_TYPE_H
#define GVM_GVM_TYPE_H

#ifdef __cplusplus
extern "C" {
#endif

/** A type, of one GPU. */
struct gvm_type;

struct gvm_gpu;

/** @brief Its id, such as "nvidia-558", "vf" or "whole". @param type type @return text, never NULL
 *  @restriction none @sideeffect none @failure none */
const char *gvm_type_get_id(const struct gvm_type *type);

/** @brief Its full name. @param type type @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_type_get_name(const struct gvm_type *type);

/** @brief The GPU that makes it. @param type type @return GPU of the same inventory, never NULL @restriction none @sideeffect none @failure none */
const struct gvm_gpu *gvm_type_get_gpu(const struct gvm_type *type);

/** @brief How it is made. @param type type @return a word of `gvm type list --json`: "mdev", "sriov", "passthrough"; later versions add others
 *  @restriction none @sideeffect none @failure none */
const char *gvm_type_get_method(const struct gvm_type *type);

/** @brief What its driver says of it. @param type type @return text, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_type_get_description(const struct gvm_type *type);

/** @brief How many more can be made now. @param type type @return number, or -1 @restriction none @sideeffect none @failure none */
long gvm_type_get_available(const struct gvm_type *type);

/** @brief Why none can be made now. @param type type @return text for a person, or NULL @restriction none @sideeffect none @failure none */
const char *gvm_type_get_reason(const struct gvm_type *type);

#ifdef __cplusplus
}
#endif

#endif
