// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iommu_group.h"
#include "str.h"

/** @brief A GPU of which nothing is known. @param gpu result */
static void unknown(struct gvm_gpu *gpu)
{
	memset(gpu, 0, sizeof(*gpu));
	gpu->class_id = gpu->vendor_id = gpu->device_id = -1;
	gpu->numa_node = gpu->group = gpu->boot_display = -1;
	gpu->nodes = GVM_VFIO_NO_NODES;
	gpu->vfs_total = gpu->vfs_active = -1;
}

/** @brief A number of a GPU's attribute. @param h machine @param gpu GPU @param name attribute @param base of the number @return it, or -1 */
static long read_long(struct gvm_host *h, const struct gvm_gpu *gpu, const char *name, int base)
{
	char path[GVM_PATH_SIZE];
	unsigned long long value;

	if (gvm_str_format(path, sizeof(path), "%s/%s", gpu->path, name) < 0 ||
	    gvm_host_read_u64(h, path, base, &value) < 0 || value > INT_MAX)
		return -1;
	return (long)value;
}

int gvm_gpu_of_pci(struct gvm_host *h, const char *address, struct gvm_gpu *ret)
{
	unknown(ret);
	if (gvm_pci_parse(address, &ret->address) < 0 ||
	    gvm_str_copy(ret->id, sizeof(ret->id), address) < 0)
		return -EINVAL;
	ret->pci = true;
	snprintf(ret->path, sizeof(ret->path), "/sys/bus/pci/devices/%s", ret->id);
	ret->class_id = read_long(h, ret, "class", 16);
	return ret->class_id < 0 ? -EINVAL : 0;
}

int gvm_gpu_of_parent(const char *name, struct gvm_gpu *ret)
{
	unknown(ret);
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strchr(name, '/') ||
	    gvm_str_copy(ret->id, sizeof(ret->id), name) < 0)
		return -EINVAL;
	gvm_str_printable(ret->id);
	if (strcmp(ret->id, name) != 0)
		return -EINVAL;
	ret->pci = gvm_pci_parse(name, &ret->address) == 0;
	snprintf(ret->path, sizeof(ret->path), "/sys/class/mdev_bus/%s", ret->id);
	gvm_str_copy(ret->name, sizeof(ret->name), name);
	return 0;
}

bool gvm_gpu_is_display(const struct gvm_gpu *gpu)
{
	long base = gpu->class_id >> 16;

	return base == 0x03 || base == 0x12;
}

bool gvm_gpu_is_vf(struct gvm_host *h, const struct gvm_gpu *gpu)
{
	char path[GVM_PATH_SIZE];

	return gvm_str_format(path, sizeof(path), "%s/physfn", gpu->path) == 0 &&
	       gvm_host_exists(h, path);
}

/** A GPU whose nodes are being collected, with the folder they are found under. */
struct nodes {
	struct gvm_gpu *gpu;
	const char *dir;
};

/** @brief Is this the prefix with a number behind it? @param name text @param prefix text @return yes or no */
static bool is_numbered(const char *name, const char *prefix)
{
	uint64_t number;

	return gvm_str_starts(name, prefix) &&
	       gvm_parse_u64(name + strlen(prefix), 10, INT_MAX, &number) == 0;
}

/** @brief One entry of a device's drm or accel folder. @param dir unused @param name it @param data struct nodes @return 0 */
static int add_node(int dir, const char *name, void *data)
{
	struct nodes *n = data;
	struct gvm_gpu *gpu = n->gpu;

	(void)dir;
	/* Connectors (card0-VGA-1) and controlD64, which has no node, stand beside them. */
	if ((!is_numbered(name, "card") && !is_numbered(name, "renderD") &&
	     !is_numbered(name, "accel")) ||
	    gpu->n_drm_nodes == GVM_MAX_DRM_NODES)
		return 0;
	if (gvm_str_format(gpu->drm_nodes[gpu->n_drm_nodes], sizeof(gpu->drm_nodes[0]),
			   "/dev/%s/%s", n->dir, name) == 0)
		gpu->n_drm_nodes++;
	return 0;
}

/** @brief Order of nodes. @param a @param b texts @return as strcmp() */
static int node_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

/** @brief Collect the DRM and accel nodes of a GPU. @param h machine @param gpu GPU */
static void read_nodes(struct gvm_host *h, struct gvm_gpu *gpu)
{
	struct nodes drm = { gpu, "dri" }, accel = { gpu, "accel" };
	char path[GVM_PATH_SIZE];

	if (gvm_str_format(path, sizeof(path), "%s/drm", gpu->path) == 0)
		gvm_host_list(h, path, add_node, &drm);
	if (gpu->class_id >> 16 == 0x12 &&
	    gvm_str_format(path, sizeof(path), "%s/accel", gpu->path) == 0)
		gvm_host_list(h, path, add_node, &accel);
	qsort(gpu->drm_nodes, gpu->n_drm_nodes, sizeof(gpu->drm_nodes[0]), node_order);
}

/** @brief The number of a GPU's IOMMU group. @param h machine @param gpu GPU @return it, or -1 */
static long read_group(struct gvm_host *h, const struct gvm_gpu *gpu)
{
	char path[GVM_PATH_SIZE], name[24];
	uint64_t group;

	if (gvm_str_format(path, sizeof(path), "%s/iommu_group", gpu->path) < 0 ||
	    gvm_host_link(h, path, name, sizeof(name)) < 0 ||
	    gvm_parse_u64(name, 10, INT_MAX, &group) < 0)
		return -1;
	return (long)group;
}

/** @brief How many VFs are enabled. (To read sriov_numvfs waits for whoever changes it.) @param h machine @param gpu GPU @return count */
static long count_vfs(struct gvm_host *h, const struct gvm_gpu *gpu)
{
	char path[GVM_PATH_SIZE];
	long n = 0;

	while (gvm_str_format(path, sizeof(path), "%s/virtfn%ld", gpu->path, n) == 0 &&
	       gvm_host_exists(h, path))
		n++;
	return n;
}

/** @brief Read the details of one GPU. @param h machine @param gpu GPU @param names pci.ids, or NULL */
static void read_detail(struct gvm_host *h, struct gvm_gpu *gpu, struct gvm_pci_names *names)
{
	char path[GVM_PATH_SIZE];

	if (gvm_str_format(path, sizeof(path), "%s/driver", gpu->path) == 0)
		gvm_host_link(h, path, gpu->driver, sizeof(gpu->driver));
	gvm_str_printable(gpu->driver);
	gpu->group = read_group(h, gpu);
	if (gvm_vfio_bound(h, gpu->path, gpu->driver))
		gvm_vfio_nodes_find(h, gpu->path, gpu->group, &gpu->nodes);
	if (!gpu->pci)
		return;
	gpu->vendor_id = read_long(h, gpu, "vendor", 16);
	gpu->device_id = read_long(h, gpu, "device", 16);
	/* "-1" is the kernel's word for unknown, and no number to read_long(). */
	gpu->numa_node = read_long(h, gpu, "numa_node", 10);
	gpu->boot_display = read_long(h, gpu, "boot_vga", 10);
	gpu->vfs_total = read_long(h, gpu, "sriov_totalvfs", 10);
	if (gpu->vfs_total >= 0)
		gpu->vfs_active = count_vfs(h, gpu);
	if (gvm_str_format(path, sizeof(path), "%s/local_cpulist", gpu->path) == 0)
		gvm_host_read(h, path, gpu->local_cpus, sizeof(gpu->local_cpus));
	gvm_str_printable(gpu->local_cpus);
	if (names && gpu->vendor_id >= 0 && gpu->device_id >= 0)
		gvm_pci_name(names, (unsigned int)gpu->vendor_id, (unsigned int)gpu->device_id,
			     gpu->name, sizeof(gpu->name));
	read_nodes(h, gpu);
}

void gvm_gpus_read_detail(struct gvm_host *h, struct gvm_gpu *gpus, size_t n)
{
	struct gvm_pci_names *names = gvm_pci_names_open();
	size_t i;

	for (i = 0; i < n; i++)
		read_detail(h, &gpus[i], names);
	gvm_pci_names_close(names);
}
