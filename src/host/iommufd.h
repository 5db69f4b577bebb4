/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file iommufd.h
 * @brief iommufd, and a VFIO device opened through its own node instead of its group's.
 */
#ifndef GVM_HOST_IOMMUFD_H
#define GVM_HOST_IOMMUFD_H

#include "host.h"

/** Its node; there where the kernel has it (CONFIG_IOMMUFD). */
#define GVM_IOMMUFD_NODE "/dev/iommu"

/**
 * @brief Open iommufd for a VM.
 *
 * The memory that devices reach is then accounted to the process that maps it, as the groups'
 * container does it, where we may ask for that. Else it is accounted to the user: the limit of
 * each of his processes is then held against the sum of all of them (documented, kernel
 * include/uapi/linux/iommufd.h, IOMMU_OPTION_RLIMIT_MODE; read in drivers/iommu/iommufd of 6.12).
 * @param h machine
 * @return descriptor, to be closed by the caller, or a negative errno
 * @restriction live machine; accounting by process needs CAP_SYS_RESOURCE
 * @sideeffect may load the module iommufd
 * @failure errors of open(2): ENOENT where the kernel has none, EACCES; EROFS in a sysroot
 */
int gvm_iommufd_open(struct gvm_host *h);

/**
 * @brief Open a VFIO device by its own node, and bind it to an iommufd, so that it answers.
 *
 * The node can be opened by many, but bound by one only, and not while its group is open
 * (documented, kernel Documentation/driver-api/vfio.rst; read in drivers/vfio/device_cdev.c and
 * vfio_main.c of 6.12: EBUSY for the group, EINVAL for another one bound). While it is open, bound
 * or not, the removal of the device waits for its end.
 * @param h machine
 * @param cdev N of /dev/vfio/devices/vfioN
 * @return descriptor, to be closed by the caller, or a negative errno
 * @restriction live machine, needs access to both nodes
 * @sideeffect opens the device, which resets some of them
 * @failure EBUSY when another has it, or its group; ENODEV when it is going; those of
 *          gvm_iommufd_open(); errors of the ioctl
 */
int gvm_vfio_cdev_bind(struct gvm_host *h, long cdev);

#endif
