// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "iommufd.h"
#include "str.h"

#define CDEVS "/dev/vfio/devices"

/** @brief Take a device's own number. @param dir unused @param name entry of vfio-dev @param data result, a long @return 1 when it is one, else 0 */
static int take_number(int dir, const char *name, void *data)
{
	uint64_t number;

	(void)dir;
	if (!gvm_str_starts(name, "vfio") ||
	    gvm_parse_u64(name + strlen("vfio"), 10, INT_MAX, &number) < 0)
		return 0;
	*(long *)data = (long)number;
	return 1;
}

bool gvm_vfio_has_cdevs(struct gvm_host *h)
{
	return gvm_host_exists(h, CDEVS);
}

void gvm_vfio_nodes_find(struct gvm_host *h, const char *device, long group,
			 struct gvm_vfio_nodes *ret)
{
	char path[GVM_PATH_SIZE];
	long cdev = -1;

	*ret = (struct gvm_vfio_nodes){ .group = group, .cdev = -1 };
	/* The number is there without the node too (observed, Linux 6.12 of Debian). */
	if (!gvm_vfio_has_cdevs(h) ||
	    gvm_str_format(path, sizeof(path), "%s/vfio-dev", device) < 0 ||
	    gvm_host_list(h, path, take_number, &cdev) < 0 || cdev < 0)
		return;
	snprintf(path, sizeof(path), CDEVS "/vfio%ld", cdev);
	if (!gvm_host_exists(h, path))
		return;
	ret->cdev = cdev;
	snprintf(path, sizeof(path), "/dev/vfio/%ld", group);
	if (group >= 0 && !gvm_host_exists(h, path))
		ret->group = -1;
}

void gvm_vfio_node_path(const struct gvm_vfio_nodes *n, char path[GVM_VFIO_NODE_SIZE])
{
	path[0] = '\0';
	if (n->group >= 0)
		snprintf(path, GVM_VFIO_NODE_SIZE, "/dev/vfio/%ld", n->group);
	else if (n->cdev >= 0)
		snprintf(path, GVM_VFIO_NODE_SIZE, CDEVS "/vfio%ld", n->cdev);
}

int gvm_vfio_hold(struct gvm_host *h, const struct gvm_vfio_nodes *n)
{
	char path[GVM_VFIO_NODE_SIZE];

	if (n->group < 0)
		return n->cdev < 0 ? -ENOENT : gvm_vfio_cdev_bind(h, n->cdev);
	gvm_vfio_node_path(n, path);
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

/** A device, opened: by its group, with a container, or by its own node. */
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
 * @param h machine @param n its nodes @param device name in its group
 * @param o result, to be closed in any case @return 0 or -errno
 */
static int open_device(struct gvm_host *h, const struct gvm_vfio_nodes *n, const char *device,
		       struct opened *o)
{
	o->container = o->group = o->device = -1;
	if (n->group < 0) {
		o->device = gvm_vfio_hold(h, n);
		return o->device < 0 ? o->device : 0;
	}
	o->container = gvm_host_at(h, "/dev/vfio/vfio", O_RDWR);
	if (o->container < 0)
		return o->container;
	o->group = gvm_vfio_hold(h, n);
	if (o->group < 0)
		return o->group;
	if (ioctl(o->group, VFIO_GROUP_SET_CONTAINER, &o->container) < 0 ||
	    ioctl(o->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return -errno;
	o->device = ioctl(o->group, VFIO_GROUP_GET_DEVICE_FD, device);
	return o->device < 0 ? -errno : 0;
}

int gvm_vfio_display(struct gvm_host *h, const struct gvm_vfio_nodes *n, const char *device,
		     enum gvm_vfio_display *ret)
{
	__attribute__((cleanup(close_device))) struct opened o;
	int r = open_device(h, n, device, &o);

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

int gvm_vfio_bars(struct gvm_host *h, const struct gvm_vfio_nodes *n, const char *device,
		  struct gvm_bar bars[GVM_MAX_BARS])
{
	__attribute__((cleanup(close_device))) struct opened o;
	struct vfio_region_info region = { .argsz = sizeof(region),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint64_t config;
	int i, r = open_device(h, n, device, &o);

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
