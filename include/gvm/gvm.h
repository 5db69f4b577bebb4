/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief All of libgvm: the GPUs of a host, the vGPUs that they make, and the VMs that have them.
 *
 * Each function is called after the structure that it works on, and takes that first. Structures are opaque
 * but struct gvm_error. What a function gives out as "const" belongs to what it was asked of; what it gives
 * out otherwise is the caller's, and has a function that frees it, which takes NULL. Other functions take
 * NULL only where they say so; for a text that is missing they return EINVAL. See docs/library.md.
 */
#ifndef GVM_GVM_H
#define GVM_GVM_H

#include <gvm/attachment.h>
#include <gvm/change.h>
#include <gvm/context.h>
#include <gvm/definition.h>
#include <gvm/error.h>
#include <gvm/gpu.h>
#include <gvm/inventory.h>
#include <gvm/type.h>
#include <gvm/version.h>
#include <gvm/vgpu.h>
#include <gvm/vm.h>

#endif
