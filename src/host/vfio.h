/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vfio.h
 * @brief VFIO devices: by which nodes they are opened, is one held, can it show a picture.
 */
#ifndef GVM_HOST_VFIO_H
#define GVM_HOST_VFIO_H

#include "host.h"
#include "pci.h"

/** How a VFIO device offers its picture (linux/vfio.h, VFIO_DEVICE_QUERY_GFX_PLANE). */
enum gvm_vfio_display {
	GVM_VFIO_DISPLAY_NONE,
	GVM_VFIO_DISPLAY_REGION,
	GVM_VFIO_DISPLAY_DMABUF,
};

/** Longest path of a node, with its end. */
#define GVM_VFIO_NODE_SIZE 48

/** The nodes that a device is opened by. */
struct gvm_vfio_nodes {
	long group; /**< N of /dev/vfio/N; -1: there is none */
	long cdev;  /**< N of /dev/vfio/devices/vfioN; -1: there is none */
};

/** No node. */
#define GVM_VFIO_NO_NODES ((struct gvm_vfio_nodes){ .group = -1, .cdev = -1 })

/**
 * @brief Has the host nodes of single devices? Who asks for many devices asks for this first.
 * @param h machine
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure what cannot be seen is not there
 */
bool gvm_vfio_has_cdevs(struct gvm_host *h);

/**
 * @brief By which nodes can a device be opened?
 *
 * A kernel has groups (CONFIG_VFIO_GROUP), a node for each device (CONFIG_VFIO_DEVICE_CDEV), or both
 * (documented, kernel Documentation/driver-api/vfio.rst). Where there is no node of its own, the
 * group is taken as there: so it is on all kernels that have no such nodes.
 * @param h machine
 * @param device its folder below /sys
 * @param group its IOMMU group, -1: none
 * @param ret result
 * @restriction none
 * @sideeffect none
 * @failure none: what cannot be seen is not there
 */
void gvm_vfio_nodes_find(struct gvm_host *h, const char *device, long group,
			 struct gvm_vfio_nodes *ret);

/**
 * @brief The path of a device's node: of its group where there is one, else its own.
 * @param n nodes
 * @param path result, empty when there is none
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_vfio_node_path(const struct gvm_vfio_nodes *n, char path[GVM_VFIO_NODE_SIZE]);

/**
 * @brief Hold a device, so that nobody else can.
 *
 * The kernel lets one process open a group, and answers EBUSY while another has it open or uses a
 * device of it through its cdev (documented, kernel Documentation/driver-api/vfio.rst; read in
 * drivers/vfio/group.c of 6.12). This also sees holders whose /proc entries are hidden. An open
 * group does not keep its device from being removed (observed, Linux 6.12, November 2026). A device
 * without group is held by its own node, see gvm_vfio_cdev_bind(): that does.
 * @param h machine
 * @param n its nodes
 * @return descriptor, to be closed by the caller, or a negative errno
 * @restriction live machine, needs access to the node
 * @sideeffect a VM that starts meanwhile gets EBUSY; without a group, those of gvm_vfio_cdev_bind()
 * @failure EBUSY when another holds it; ENOENT without a node, EACCES or EPERM without the right,
 *          EROFS in a sysroot
 */
int gvm_vfio_hold(struct gvm_host *h, const struct gvm_vfio_nodes *n);

/**
 * @brief Ask a VFIO device how it offers its picture.
 * @param h machine
 * @param n its nodes
 * @param device its name in the group: PCI address or mdev UUID
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction live machine; the device must be free
 * @sideeffect opens the device for an instant, which resets some of them
 * @failure EBUSY when held; ENOENT without a node; errors of the VFIO ioctls
 */
int gvm_vfio_display(struct gvm_host *h, const struct gvm_vfio_nodes *n, const char *device,
		     enum gvm_vfio_display *ret);

/**
 * @brief Ask a VFIO device for its memory BARs.
 * @param h machine
 * @param n its nodes
 * @param device its name in the group: PCI address or mdev UUID
 * @param bars result, size 0 for those it has not; undefined on failure
 * @return 0 or a negative errno
 * @restriction live machine; the device must be free
 * @sideeffect opens the device for an instant, which resets some of them
 * @failure EBUSY when held; ENOENT without a node; errors of the VFIO ioctls
 */
int gvm_vfio_bars(struct gvm_host *h, const struct gvm_vfio_nodes *n, const char *device,
		  struct gvm_bar bars[GVM_MAX_BARS]);

#endif
