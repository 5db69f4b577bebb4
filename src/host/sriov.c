// SPDX-License-Identifier: GPL-2.0-or-later
#include "sriov.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "child.h"
#include "iommu_group.h"
#include "str.h"

/* NumVFs has 16 bits. */
#define MAX_VFS 65535

/** @brief The path of an attribute of a PCI function. @param buf result @param address of it @param name of the attribute @return 0 or -ENAMETOOLONG */
static int path_of(char buf[GVM_PATH_SIZE], const char *address, const char *name)
{
	return gvm_str_format(buf, GVM_PATH_SIZE, "/sys/bus/pci/devices/%s/%s", address, name);
}

/**
 * @brief Read a bounded number.
 * @param h machine @param address PCI address @param name attribute @param base of the number
 * @param max largest @param ret result @return 0 or -errno
 */
static int read_number(struct gvm_host *h, const char *address, const char *name, int base,
		       unsigned int max, unsigned int *ret)
{
	char path[GVM_PATH_SIZE];
	unsigned long long n;
	int r = path_of(path, address, name);

	if (r == 0)
		r = gvm_host_read_u64(h, path, base, &n);
	if (r == 0 && n > max)
		r = -ERANGE;
	if (r == 0)
		*ret = (unsigned int)n;
	return r;
}

/** @brief Read the id of the VFs, hex without "0x". @param h machine @param pf address @return id, 0 when unknown */
static unsigned int read_vf_device(struct gvm_host *h, const char *pf)
{
	char path[GVM_PATH_SIZE], text[16] = "0x";
	uint64_t id;

	if (path_of(path, pf, "sriov_vf_device") < 0 ||
	    gvm_host_read(h, path, text + 2, sizeof(text) - 2) < 0 ||
	    gvm_parse_u64(text, 16, 0xffff, &id) < 0)
		return 0;
	return (unsigned int)id;
}

int gvm_sriov_read(struct gvm_host *h, const char *pf, struct gvm_sriov *ret)
{
	struct gvm_sriov s = { .autoprobe = -1 };
	unsigned int n;
	int r = read_number(h, pf, "sriov_totalvfs", 10, MAX_VFS, &s.total);

	if (r < 0)
		return r;
	if (read_number(h, pf, "sriov_drivers_autoprobe", 10, 1, &n) == 0)
		s.autoprobe = (int)n;
	s.vf_device = read_vf_device(h, pf);
	*ret = s;
	return 0;
}

/** What a child reads. */
struct number {
	struct gvm_host *host;
	const char *pf;
	unsigned int *shared; /* in memory that both see */
};

/** @brief Read the number of VFs. @param data struct number @return 0 or -errno */
static int read_numvfs(void *data)
{
	const struct number *n = data;

	return read_number(n->host, n->pf, "sriov_numvfs", 10, MAX_VFS, n->shared);
}

int gvm_sriov_numvfs(struct gvm_host *h, const char *pf, unsigned int timeout_ms, unsigned int *ret)
{
	struct number n = { .host = h, .pf = pf };
	int r;

	/* In a sysroot nothing blocks, and the child would not have its descriptor. */
	if (!gvm_host_live(h))
		return read_number(h, pf, "sriov_numvfs", 10, MAX_VFS, ret);
	n.shared = mmap(NULL, sizeof(*n.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (n.shared == MAP_FAILED)
		return -errno;
	r = gvm_child(read_numvfs, &n, timeout_ms, false);
	if (r == 0)
		*ret = *n.shared;
	munmap(n.shared, sizeof(*n.shared));
	return r;
}

/** Where a walk over a PF puts its VFs. */
struct walk {
	struct gvm_host *host;
	struct gvm_vf *vfs;
	size_t n;
	size_t size;
};

/** @brief One more VF in the array, all zero. @param w walk @return it or NULL */
static struct gvm_vf *grow(struct walk *w)
{
	struct gvm_vf *more;
	size_t size = w->size ? w->size * 2 : 16;

	if (w->n == w->size) {
		more = reallocarray(w->vfs, size, sizeof(*more));
		if (!more)
			return NULL;
		w->vfs = more;
		w->size = size;
	}
	memset(&w->vfs[w->n], 0, sizeof(w->vfs[0]));
	return &w->vfs[w->n++];
}

/** @brief Take the address from a link's target. @param target last part @param address result @return 0 or -EINVAL */
static int take_address(const char *target, char address[GVM_PCI_ADDR_SIZE])
{
	struct gvm_pci_addr a;

	if (gvm_pci_parse(target, &a) < 0)
		return -EINVAL;
	gvm_pci_format(&a, address);
	return 0;
}

/** @brief Note a VF when the entry is one. @param dir folder of the PF @param name entry @param data struct walk @return 0 or -errno */
static int add_vf(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_vf *vf;
	char target[64], address[GVM_PCI_ADDR_SIZE], path[GVM_PATH_SIZE];
	uint64_t index;
	int r;

	if (!gvm_str_starts(name, "virtfn") ||
	    gvm_parse_u64(name + strlen("virtfn"), 10, MAX_VFS - 1, &index) < 0)
		return 0;
	r = gvm_host_link_at(w->host, dir, name, target, sizeof(target));
	/* Just now it was there. */
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = take_address(target, address);
	if (r == 0)
		r = gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
	if (r < 0)
		return r;
	/* The link outlives a VF that was removed by itself. */
	if (!gvm_host_exists(w->host, path))
		return 0;
	vf = grow(w);
	if (!vf)
		return -ENOMEM;
	vf->index = (unsigned int)index;
	gvm_str_copy(vf->address, sizeof(vf->address), address);
	vf->group = gvm_iommu_group_of(w->host, path);
	return gvm_driver_read(w->host, path, vf->driver, vf->override);
}

/** @brief Order of VFs. @param a @param b VFs @return as strcmp() */
static int vf_order(const void *a, const void *b)
{
	const struct gvm_vf *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

int gvm_sriov_vfs(struct gvm_host *h, const char *pf, struct gvm_vf **ret, size_t *n)
{
	struct walk w = { .host = h };
	char path[GVM_PATH_SIZE];
	int r = gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s", pf);

	if (r == 0)
		r = gvm_host_list(h, path, add_vf, &w);
	if (r < 0) {
		free(w.vfs);
		return r;
	}
	if (w.n)
		qsort(w.vfs, w.n, sizeof(*w.vfs), vf_order);
	*ret = w.vfs;
	*n = w.n;
	return 0;
}

int gvm_sriov_pf(struct gvm_host *h, const char *vf, char pf[GVM_PCI_ADDR_SIZE])
{
	char path[GVM_PATH_SIZE], target[64];
	int r = path_of(path, vf, "physfn");

	pf[0] = '\0';
	if (r == 0)
		r = gvm_host_link(h, path, target, sizeof(target));
	return r < 0 ? r : take_address(target, pf);
}
