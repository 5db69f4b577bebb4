// SPDX-License-Identifier: GPL-2.0-or-later
#include "backend.h"

#include <errno.h>
#include <string.h>

#include "devices.h"
#include "iommu_group.h"
#include "iommufd.h"
#include "str.h"
#include "vfio.h"

/** @brief What nodes does a device have? @param ctx context @param path its folder @param n result @return true when it exists */
static bool nodes_of(struct gvm_ctx *ctx, const char *path, struct gvm_vfio_nodes *n)
{
	*n = GVM_VFIO_NO_NODES;
	if (!gvm_host_exists(ctx->host, path))
		return false;
	gvm_vfio_nodes_find(ctx->host, path, gvm_iommu_group_of(ctx->host, path), n);
	return true;
}

/** @brief Tell that the host does not have what is asked for. @param start VM @param what is missing @param hint remedy @param e error @return -EOPNOTSUPP */
static int lacks(const struct gvm_vm_start *start, const char *what, const char *hint,
		 struct gvm_error *e)
{
	gvm_error_set(e, "GVM_E_VFIO_NODE", EOPNOTSUPP, "VM %s: %s", start->file->name, what);
	GVM_ERROR_FIELD(e, object, "%s", start->file->name);
	GVM_ERROR_FIELD(e, hint, "%s", hint);
	return -EOPNOTSUPP;
}

int gvm_qemu_backend_choose(struct gvm_ctx *ctx, const struct gvm_vm_start *start, bool *iommufd,
			    struct gvm_error *e)
{
	bool there = gvm_host_exists(ctx->host, GVM_IOMMUFD_NODE);
	bool groups = !there || gvm_host_exists(ctx->host, "/dev/vfio/vfio"), own = there;
	enum gvm_vm_vfio asked = start->file->vfio;
	size_t i;

	/* The other functions of a device are as its first: it is the kernel that has nodes or not. */
	for (i = 0; i < start->n_specs; i++) {
		struct gvm_vfio_nodes n;

		if (start->specs[i].kind != GVM_ATTACH_VFIO ||
		    !nodes_of(ctx, start->specs[i].path, &n))
			continue;
		groups = groups && (n.group >= 0 || n.cdev < 0);
		own = own && n.cdev >= 0;
	}
	if (asked == GVM_VFIO_IOMMUFD && !own && gvm_host_live(ctx->host))
		return lacks(start,
			     there ? "a vGPU has no node in /dev/vfio/devices"
				   : "this kernel has no " GVM_IOMMUFD_NODE,
			     "write vfio: auto; iommufd needs a kernel with CONFIG_IOMMUFD and "
			     "CONFIG_VFIO_DEVICE_CDEV",
			     e);
	if (asked == GVM_VFIO_GROUP && !groups)
		return lacks(start, "this kernel has no VFIO groups",
			     "write vfio: auto; groups need a kernel with CONFIG_VFIO_GROUP and "
			     "CONFIG_VFIO_CONTAINER",
			     e);
	*iommufd = asked == GVM_VFIO_IOMMUFD || (asked == GVM_VFIO_AUTO && !groups && own);
	return 0;
}

int gvm_qemu_backend_open(struct gvm_ctx *ctx, const char *vm, struct gvm_error *e)
{
	int fd = gvm_iommufd_open(ctx->host);

	if (fd >= 0)
		return fd;
	gvm_error_set(e, "GVM_E_QEMU_ACCESS", -fd, "VM %s: cannot open " GVM_IOMMUFD_NODE ": %s",
		      vm, gvm_errno_name(fd));
	GVM_ERROR_FIELD(e, object, GVM_IOMMUFD_NODE);
	return fd;
}

/** @brief Note an iommufd of a VM. @param name of an object @param type of it @param data result, of GVM_NAME_SIZE bytes @return 0 */
static int note_iommufd(const char *name, const char *type, void *data)
{
	if (strcmp(type, "child<iommufd>") == 0)
		gvm_str_copy(data, GVM_NAME_SIZE, name);
	return 0;
}

int gvm_qemu_backend_of(struct gvm_ctx *ctx, struct gvm_qmp *q, const char *vm,
			const struct gvm_attach_spec *spec, char iommufd[GVM_NAME_SIZE],
			struct gvm_error *e)
{
	struct gvm_vfio_nodes n;
	int r = 0;

	iommufd[0] = '\0';
	if (!nodes_of(ctx, spec->path, &n) || n.cdev < 0)
		return 0;
	r = gvm_qemu_qom_list(q, "/objects", note_iommufd, iommufd, e);
	if (r < 0 || iommufd[0] || n.group >= 0)
		return r;
	gvm_error_set(e, "GVM_E_VFIO_NODE", EOPNOTSUPP,
		      "VM %s takes devices by VFIO groups, and vGPU %s has none", vm, spec->name);
	GVM_ERROR_FIELD(e, object, "%s", spec->name);
	GVM_ERROR_FIELD(e, hint, "write vfio: iommufd in the file of VM %s, and start it again", vm);
	return -EOPNOTSUPP;
}
