/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file attach.h
 * @brief How a VM takes a vGPU: the one thing a vendor tells a hypervisor.
 */
#ifndef GVM_CORE_ATTACH_H
#define GVM_CORE_ATTACH_H

#include "host.h"
#include "objects.h"

/** By what means. */
enum gvm_attach_kind { GVM_ATTACH_VFIO };

/** What picture it gives. */
enum gvm_attach_display {
	GVM_DISPLAY_NONE,
	GVM_DISPLAY_REGION, /**< the hypervisor reads the picture from a memory region */
	GVM_DISPLAY_DMABUF, /**< the picture is a dma-buf: needs an OpenGL display */
};

/** How a VM takes one vGPU. */
struct gvm_attach_spec {
	enum gvm_attach_kind kind;
	char name[GVM_NAME_SIZE]; /**< of the vGPU */
	char path[GVM_PATH_SIZE]; /**< sysfs device */
	enum gvm_attach_display display;
};

#endif
