/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vfio_node.h
 * @brief The owner of a VFIO group's node.
 */
#ifndef GVM_HOST_VFIO_NODE_H
#define GVM_HOST_VFIO_NODE_H

#include "host.h"

/**
 * @brief Give a group's node back to us: whoever has it open keeps it, nobody else opens it.
 * @param h machine
 * @param group IOMMU group number
 * @return 1 when it was another's, 0 when it was ours already or is gone, or a negative errno
 * @restriction live machine, root
 * @sideeffect changes the owner of /dev/vfio/GROUP
 * @failure EROFS in a sysroot, ENODEV for what is no device, errors of chown(2)
 */
int gvm_vfio_node_take_back(struct gvm_host *h, int group);

#endif
