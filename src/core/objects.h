/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file objects.h
 * @brief What GVM knows of a host: GPUs, types, vGPUs, VMs. Filled by inventory.h.
 *
 * Numbers that are not known are -1, texts that are not known are empty.
 */
#ifndef GVM_CORE_OBJECTS_H
#define GVM_CORE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "params.h"
#include "pci.h"
#include "process.h"
#include "uuid.h"
#include "vfio.h"

/** Size of a name, id or type with its end. */
#define GVM_NAME_SIZE 64

/** Nodes of a GPU that are kept. */
#define GVM_MAX_DRM_NODES 8
/** Vendors of one GPU: a method each. */
#define GVM_MAX_VENDORS 4
/** vGPUs of one VM. */
#define GVM_VM_MAX_VGPUS 16

struct gvm_vendor;
struct gvm_hypervisor;
struct gvm_definition;
struct gvm_own_type;

/** A GPU: a PCI function, or another device that makes vGPUs ("parent" in the kernel). */
struct gvm_gpu {
	char id[GVM_NAME_SIZE];                            /**< PCI address, or the device's name */
	char path[GVM_PATH_SIZE];                          /**< its folder below /sys */
	const struct gvm_vendor *vendors[GVM_MAX_VENDORS]; /**< who handle it, a method each */
	size_t n_vendors;
	bool pci;
	bool mdev_parent;
	struct gvm_pci_addr address;
	long class_id; /**< PCI class, 24 bits */
	/* The rest only with GVM_INV_DETAIL. */
	long vendor_id;
	long device_id;
	char name[128];
	char driver[GVM_NAME_SIZE];
	long numa_node;
	char local_cpus[128];
	long group;
	struct gvm_vfio_nodes nodes; /**< while a VFIO driver has it */
	long boot_display;
	long vfs_total;
	long vfs_active;
	char drm_nodes[GVM_MAX_DRM_NODES][32];
	size_t n_drm_nodes;
};

/** What can be made on a GPU. */
struct gvm_type {
	char id[GVM_NAME_SIZE];
	char name[128];
	const struct gvm_gpu *gpu;
	const struct gvm_vendor *vendor; /**< who makes it; its name is the method's */
	char description[256];
	long available;
	char reason[128];               /**< why available is 0 */
	const struct gvm_own_type *own; /**< it is one of these; NULL: a driver's */
};

/** Where a vGPU is in its life. */
enum gvm_vgpu_state { GVM_VGPU_ACTIVE, GVM_VGPU_ATTACHED, GVM_VGPU_LOST, GVM_VGPU_DEFINED };
/** Who made it; a saved one has a definition, and may be made by anybody. */
enum gvm_vgpu_origin { GVM_VGPU_TRANSIENT, GVM_VGPU_FOREIGN, GVM_VGPU_SAVED };

/** What gvm made a vGPU as, beyond what the kernel tells. */
struct gvm_vgpu_made {
	char own_type
		[GVM_NAME_SIZE];  /**< what the person called the type; empty: as the driver does */
	struct gvm_params params; /**< set on it */
};

/** A vGPU that exists, or that a record says should exist, or that is defined. */
struct gvm_vgpu {
	char name[GVM_NAME_SIZE];
	char uuid[GVM_UUID_SIZE];
	char address[GVM_PCI_ADDR_SIZE]; /**< of the function it is, if it is one; else empty */
	char type[GVM_NAME_SIZE];
	const struct gvm_gpu *gpu;       /**< NULL when its GPU is gone */
	const struct gvm_vendor *vendor; /**< who made it; NULL for a lost one of unknown method */
	enum gvm_vgpu_state state;
	enum gvm_vgpu_origin origin;
	long group; /**< IOMMU group, -1: none */
	struct gvm_vfio_nodes nodes;
	long vm;               /**< index into the inventory's VMs, or -1 */
	pid_t holder;          /**< process that has it open, or 0 */
	char holder_comm[16];  /**< its command, when it was asked for */
	struct gvm_proc owner; /**< goes when this process goes; pid 0: nobody's */
	const struct gvm_definition *definition; /**< or NULL */
	struct gvm_vgpu_made *made; /**< NULL: nothing to tell; freed with the inventory */
};

/** A virtual machine. */
struct gvm_vm {
	char name[GVM_NAME_SIZE];
	char uuid[GVM_UUID_SIZE];
	const struct gvm_hypervisor *hypervisor;
	struct gvm_proc proc; /**< of the hypervisor: QEMU */
	bool ours;            /**< started by gvm */
	char accelerator[8];  /**< "kvm", "tcg" or empty */
};

#endif
