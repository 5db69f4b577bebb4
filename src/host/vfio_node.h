/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vfio_node.h
 * @brief The owner of a VFIO node.
 */
#ifndef GVM_HOST_VFIO_NODE_H
#define GVM_HOST_VFIO_NODE_H

#include "host.h"

/**
 * @brief Give a node back to us: whoever has it open keeps it, nobody else opens it.
 * @param h machine
 * @param path /dev/vfio/N of a group, or /dev/vfio/devices/vfioN of a device
 * @return 1 when it was another's, 0 when it was ours already or is gone, or a negative errno
 * @restriction live machine, root
 * @sideeffect changes its owner
 * @failure EROFS in a sysroot, EINVAL for another path, ENODEV for what is no device, errors of chown(2)
 */
int gvm_vfio_node_take_back(struct gvm_host *h, const char *path);

#endif
