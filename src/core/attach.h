/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file attach.h
 * @brief How a VM takes a vGPU: the one thing a vendor tells a hypervisor.
 */
#ifndef GVM_CORE_ATTACH_H
#define GVM_CORE_ATTACH_H

#include "host.h"
#include "objects.h"
#include "place.h"

/** By what means. */
enum gvm_attach_kind { GVM_ATTACH_VFIO };

/** What picture it gives. */
enum gvm_attach_display {
	GVM_DISPLAY_NONE,
	GVM_DISPLAY_REGION, /**< the hypervisor reads the picture from a memory region */
	GVM_DISPLAY_DMABUF, /**< the picture is a dma-buf: needs an OpenGL display */
};

/** What a vGPU asks of a VM. */
struct gvm_attach_needs {
	bool cold_plug_only;               /**< it must be there when the VM starts */
	struct gvm_bar bars[GVM_MAX_BARS]; /**< room; all 0: not known */
};

/** How a VM takes one vGPU. */
struct gvm_attach_spec {
	enum gvm_attach_kind kind;
	char name[GVM_NAME_SIZE]; /**< of the vGPU */
	char path[GVM_PATH_SIZE]; /**< sysfs device */
	/** The other functions of a whole device, which go with it. */
	char others[GVM_MAX_FUNCTIONS - 1][GVM_PCI_ADDR_SIZE];
	size_t n_others;
	enum gvm_attach_display display;
	struct gvm_attach_needs needs;
};

/** Where in a VM a vGPU is, or would go. */
struct gvm_plug {
	char device[GVM_NAME_SIZE]; /**< what the hypervisor calls it; empty: not known */
	char port[GVM_NAME_SIZE];   /**< what it is in; empty: not known */
};

#endif
