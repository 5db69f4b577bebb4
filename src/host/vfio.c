// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

/** A device of a group, opened. */
struct opened {
	int container, group, device;
};

/** @brief Close what open_device() opened. @param o it */
static void close_device(struct opened *o)
{
	if (o->device >= 0)
		close(o->device);
	if (o->group >= 0)
		close(o->group);
	if (o->container >= 0)
		close(o->container);
}

/**
 * @brief Open a device, which takes its group.
 * @param h machine @param group number @param device name in it
 * @param o result, to be closed in any case @return 0 or -errno
 */
static int open_device(struct gvm_host *h, int group, const char *device, struct opened *o)
{
	o->group = o->device = -1;
	o->container = gvm_host_at(h, "/dev/vfio/vfio", O_RDWR);
	if (o->container < 0)
		return o->container;
	o->group = gvm_vfio_hold(h, group);
	if (o->group < 0)
		return o->group;
	if (ioctl(o->group, VFIO_GROUP_SET_CONTAINER, &o->container) < 0 ||
	    ioctl(o->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return -errno;
	o->device = ioctl(o->group, VFIO_GROUP_GET_DEVICE_FD, device);
	return o->device < 0 ? -errno : 0;
}

int gvm_vfio_display(struct gvm_host *h, int group, const char *device, enum gvm_vfio_display *ret)
{
	__attribute__((cleanup(close_device))) struct opened o;
	int r = open_device(h, group, device, &o);

	if (r < 0)
		return r;
	if (offers(o.device, VFIO_GFX_PLANE_TYPE_REGION))
		*ret = GVM_VFIO_DISPLAY_REGION;
	else if (offers(o.device, VFIO_GFX_PLANE_TYPE_DMABUF))
		*ret = GVM_VFIO_DISPLAY_DMABUF;
	else
		*ret = GVM_VFIO_DISPLAY_NONE;
	return 0;
}

int gvm_vfio_bars(struct gvm_host *h, int group, const char *device,
		  struct gvm_bar bars[GVM_MAX_BARS])
{
	__attribute__((cleanup(close_device))) struct opened o;
	struct vfio_region_info region = { .argsz = sizeof(region),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint64_t config;
	int i, r = open_device(h, group, device, &o);

	if (r == 0 && ioctl(o.device, VFIO_DEVICE_GET_REGION_INFO, &region) < 0)
		r = -errno;
	if (r < 0)
		return r;
	config = region.offset;
	memset(bars, 0, GVM_MAX_BARS * sizeof(bars[0]));
	for (i = 0; i < GVM_MAX_BARS; i++) {
		uint32_t bar;

		region = (struct vfio_region_info){ .argsz = sizeof(region), .index = (uint32_t)i };
		if (ioctl(o.device, VFIO_DEVICE_GET_REGION_INFO, &region) < 0)
			return -errno;
		if (!region.size)
			continue;
		if (pread(o.device, &bar, sizeof(bar),
			  (off_t)(config + PCI_BASE_ADDRESS_0 + 4 * (uint64_t)i)) != sizeof(bar))
			return -EIO;
		bar = le32toh(bar);
		if (bar & PCI_BASE_ADDRESS_SPACE_IO)
			continue;
		bars[i].size = 1;
		while (bars[i].size < region.size && bars[i].size <= UINT64_MAX / 2)
			bars[i].size *= 2;
		bars[i].prefetchable = bar & PCI_BASE_ADDRESS_MEM_PREFETCH;
		bars[i].wide = (bar & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
			       PCI_BASE_ADDRESS_MEM_TYPE_64;
	}
	return 0;
}
