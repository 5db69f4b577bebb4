/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vfio.h
 * @brief VFIO groups: is one held, and can a device of it show a picture.
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

/**
 * @brief Hold a group, so that nobody else can.
 *
 * The kernel lets one process open a group, and answers EBUSY while another has it open or uses a
 * device of it through its cdev (documented, kernel Documentation/driver-api/vfio.rst; read in
 * drivers/vfio/group.c of 6.12). This also sees holders whose /proc entries are hidden. An open
 * group does not keep its device from being removed (observed, Linux 6.12, November 2026).
 * @param h machine
 * @param group IOMMU group number
 * @return descriptor, to be closed by the caller, or a negative errno
 * @restriction live machine, needs access to /dev/vfio/GROUP
 * @sideeffect a VM that starts meanwhile gets EBUSY
 * @failure EBUSY when another holds it; ENOENT without the node, EACCES or EPERM without the right,
 *          EROFS in a sysroot
 */
int gvm_vfio_hold(struct gvm_host *h, int group);

/**
 * @brief Ask a VFIO device how it offers its picture.
 * @param h machine
 * @param group IOMMU group number
 * @param device its name in the group: PCI address or mdev UUID
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction live machine; the group must be free
 * @sideeffect opens the device for an instant, which resets some of them
 * @failure EBUSY when held; errors of the VFIO ioctls
 */
int gvm_vfio_display(struct gvm_host *h, int group, const char *device, enum gvm_vfio_display *ret);

/**
 * @brief Ask a VFIO device for its memory BARs.
 * @param h machine
 * @param group IOMMU group number
 * @param device its name in the group: PCI address or mdev UUID
 * @param bars result, size 0 for those it has not; undefined on failure
 * @return 0 or a negative errno
 * @restriction live machine; the group must be free
 * @sideeffect opens the device for an instant, which resets some of them
 * @failure EBUSY when held; errors of the VFIO ioctls
 */
int gvm_vfio_bars(struct gvm_host *h, int group, const char *device,
		  struct gvm_bar bars[GVM_MAX_BARS]);

#endif
