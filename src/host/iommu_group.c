// SPDX-License-Identifier: GPL-2.0-or-later
#include "iommu_group.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "str.h"

#define PCI_BRIDGE_CLASS 0x0604
#define MAX_FUNCTION 7

/** Where a walk over a group puts what it finds. */
struct walk {
	struct gvm_host *host;
	const char *folder;
	struct gvm_group_member *members;
	size_t max;
	size_t n;
};

bool gvm_vfio_bound(struct gvm_host *h, const char *device, const char *driver)
{
	char path[GVM_PATH_SIZE];

	/* This folder is there while a VFIO driver is bound, whatever its name, since Linux 6.1
	 * (documented, ABI/testing/sysfs-devices-vfio-dev). */
	return *driver && ((gvm_str_format(path, sizeof(path), "%s/vfio-dev", device) == 0 &&
			    gvm_host_exists(h, path)) ||
			   strstr(driver, "vfio"));
}

/**
 * @brief What a member means for its group.
 * @param h machine @param device its folder @param m what is known so far @return kind
 */
static enum gvm_member_kind kind_of(struct gvm_host *h, const char *device,
				    const struct gvm_group_member *m)
{
	if (m->class_id >> 8 == PCI_BRIDGE_CLASS)
		return GVM_MEMBER_BRIDGE;
	if (!m->driver[0])
		return GVM_MEMBER_UNBOUND;
	if (gvm_vfio_bound(h, device, m->driver))
		return GVM_MEMBER_VFIO;
	return strcmp(m->driver, "pci-stub") == 0 ? GVM_MEMBER_STUB : GVM_MEMBER_OTHER;
}

int gvm_driver_read(struct gvm_host *h, const char *device, char driver[GVM_MODULE_SIZE],
		    char override[GVM_MODULE_SIZE])
{
	char path[GVM_PATH_SIZE];
	int r;

	override[0] = driver[0] = '\0';
	r = gvm_str_format(path, sizeof(path), "%s/driver", device);
	if (r == 0)
		r = gvm_host_link(h, path, driver, GVM_MODULE_SIZE);
	if (r < 0 && r != -ENOENT)
		return r;
	gvm_str_printable(driver);
	r = gvm_str_format(path, sizeof(path), "%s/driver_override", device);
	if (r == 0)
		r = gvm_host_read(h, path, override, GVM_MODULE_SIZE);
	if (r < 0 && r != -ENOENT)
		return r;
	if (strcmp(override, "(null)") == 0)
		override[0] = '\0';
	gvm_str_printable(override);
	return 0;
}

/** @brief Note one member. @param dir folder @param name its name @param data struct walk @return 0 or -errno */
static int add_member(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_group_member *m;
	struct gvm_pci_addr address;
	unsigned long long class_id = 0;
	char device[GVM_PATH_SIZE], path[GVM_PATH_SIZE];
	int r;

	(void)dir;
	if (w->n == w->max)
		return -E2BIG;
	m = &w->members[w->n];
	memset(m, 0, sizeof(*m));
	r = gvm_str_copy(m->name, sizeof(m->name), name);
	if (r == 0)
		r = gvm_str_format(device, sizeof(device), "%s/%s", w->folder, name);
	if (r == 0)
		r = gvm_driver_read(w->host, device, m->driver, m->override);
	if (r < 0)
		return r;
	m->pci = gvm_pci_parse(name, &address) == 0;
	if (m->pci && gvm_str_format(path, sizeof(path), "%s/class", device) == 0 &&
	    gvm_host_read_u64(w->host, path, 16, &class_id) == 0 && class_id <= 0xffffff)
		m->class_id = (uint32_t)class_id;
	m->kind = kind_of(w->host, device, m);
	gvm_str_printable(m->name);
	w->n++;
	return 0;
}

/** @brief Order of members. @param a @param b members @return as strcmp() */
static int member_order(const void *a, const void *b)
{
	const struct gvm_group_member *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int gvm_iommu_group_members(struct gvm_host *h, int group, struct gvm_group_member *members,
			    size_t max, size_t *n)
{
	char folder[GVM_PATH_SIZE];
	struct walk w = { .host = h, .folder = folder, .members = members, .max = max };
	int r;

	r = gvm_str_format(folder, sizeof(folder), "/sys/kernel/iommu_groups/%d/devices", group);
	if (r == 0)
		r = gvm_host_list(h, folder, add_member, &w);
	if (r < 0)
		return r;
	qsort(members, w.n, sizeof(*members), member_order);
	*n = w.n;
	return 0;
}

bool gvm_group_member_viable(const struct gvm_group_member *m)
{
	return m->kind != GVM_MEMBER_OTHER;
}

int gvm_iommu_group_of(struct gvm_host *h, const char *device)
{
	char path[GVM_PATH_SIZE], name[24];
	uint64_t group;

	if (gvm_str_format(path, sizeof(path), "%s/iommu_group", device) < 0 ||
	    gvm_host_link(h, path, name, sizeof(name)) < 0 ||
	    gvm_parse_u64(name, 10, INT_MAX, &group) < 0)
		return -1;
	return (int)group;
}

/** @brief Is there such a function, and is it a virtual one? @param h machine @param a address @param virtual result @return true when there */
static bool is_there(struct gvm_host *h, const struct gvm_pci_addr *a, bool *virtual)
{
	char path[GVM_PATH_SIZE], text[GVM_PCI_ADDR_SIZE];

	gvm_pci_format(a, text);
	if (gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s", text) < 0 ||
	    !gvm_host_exists(h, path))
		return false;
	*virtual = gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s/physfn", text) ==
			   0 &&
		   gvm_host_exists(h, path);
	return true;
}

int gvm_pci_functions(struct gvm_host *h, const char *address, char functions[8][GVM_PCI_ADDR_SIZE],
		      size_t *n)
{
	struct gvm_pci_addr a;
	bool itself_virtual, virtual;
	size_t found = 0;
	uint8_t f;
	int r = gvm_pci_parse(address, &a);

	if (r < 0)
		return r;
	if (!is_there(h, &a, &itself_virtual))
		return -ENOENT;
	if (itself_virtual) {
		gvm_pci_format(&a, functions[0]);
		*n = 1;
		return 0;
	}
	for (f = 0; f <= MAX_FUNCTION; f++) {
		a.function = f;
		if (is_there(h, &a, &virtual) && !virtual)
			gvm_pci_format(&a, functions[found++]);
	}
	*n = found;
	return 0;
}
