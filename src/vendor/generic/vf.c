// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interface: documented, kernel Documentation/ABI/testing/sysfs-bus-pci (virtfnN) and
 * sysfs-devices-vfio-dev (vfio-dev is there while a VFIO driver is bound).
 */
#include "vf.h"

#include <limits.h>
#include <string.h>

#include "generic.h"

#include "str.h"

#define DEVICES "/sys/bus/pci/devices"

bool gvm_vfio_has(struct gvm_host *h, const char *address)
{
	char path[GVM_PATH_SIZE];

	return gvm_str_format(path, sizeof(path), DEVICES "/%s/vfio-dev", address) == 0 &&
	       gvm_host_exists(h, path);
}

long gvm_function_group(struct gvm_host *h, const char *address)
{
	char path[GVM_PATH_SIZE], name[24];
	uint64_t group;

	if (gvm_str_format(path, sizeof(path), DEVICES "/%s/iommu_group", address) < 0 ||
	    gvm_host_link(h, path, name, sizeof(name)) < 0 ||
	    gvm_parse_u64(name, 10, INT_MAX, &group) < 0)
		return -1;
	return (long)group;
}

int gvm_vf_walk(struct gvm_host *h, const struct gvm_gpu *gpu, gvm_vf_fn fn, void *data)
{
	char path[GVM_PATH_SIZE], address[GVM_PCI_ADDR_SIZE];
	unsigned int i;
	int r = 0;

	for (i = 0; r == 0; i++) {
		if (gvm_str_format(path, sizeof(path), "%s/virtfn%u", gpu->path, i) < 0 ||
		    gvm_host_link(h, path, address, sizeof(address)) < 0)
			break;
		r = fn(address, gvm_vfio_has(h, address), data);
	}
	return r;
}

int gvm_generic_attach_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			    struct gvm_attach_spec *spec, struct gvm_error *e)
{
	(void)ctx, (void)e;
	memset(spec, 0, sizeof(*spec));
	spec->kind = GVM_ATTACH_VFIO;
	gvm_str_copy(spec->name, sizeof(spec->name), vgpu->name);
	gvm_str_format(spec->path, sizeof(spec->path), DEVICES "/%s", vgpu->address);
	return 0;
}
