// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "cleanup.h"

int gvm_vfio_hold(struct gvm_host *h, int group)
{
	char path[40];

	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	return gvm_host_at(h, path, O_RDWR);
}

/** @brief Does the device offer this kind of plane? @param device descriptor @param kind flag @return yes or no */
static bool offers(int device, unsigned int kind)
{
	struct vfio_device_gfx_plane_info info = {
		.argsz = sizeof(info),
		.flags = VFIO_GFX_PLANE_TYPE_PROBE | kind,
	};

	return ioctl(device, VFIO_DEVICE_QUERY_GFX_PLANE, &info) == 0;
}

int gvm_vfio_display(struct gvm_host *h, int group, const char *device, enum gvm_vfio_display *ret)
{
	GVM_AUTOCLOSE int container = gvm_host_at(h, "/dev/vfio/vfio", O_RDWR);
	GVM_AUTOCLOSE int gfd = -1;
	GVM_AUTOCLOSE int dfd = -1;

	if (container < 0)
		return container;
	gfd = gvm_vfio_hold(h, group);
	if (gfd < 0)
		return gfd;
	if (ioctl(gfd, VFIO_GROUP_SET_CONTAINER, &container) < 0 ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return -errno;
	dfd = ioctl(gfd, VFIO_GROUP_GET_DEVICE_FD, device);
	if (dfd < 0)
		return -errno;
	if (offers(dfd, VFIO_GFX_PLANE_TYPE_REGION))
		*ret = GVM_VFIO_DISPLAY_REGION;
	else if (offers(dfd, VFIO_GFX_PLANE_TYPE_DMABUF))
		*ret = GVM_VFIO_DISPLAY_DMABUF;
	else
		*ret = GVM_VFIO_DISPLAY_NONE;
	return 0;
}
