// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "inventory.h"
#include "str.h"
#include "vendor.h"

bool gvm_gpu_has_maker(const struct gvm_gpu *gpu)
{
	size_t i;

	for (i = 0; i < gpu->n_vendors; i++)
		if (gpu->vendors[i]->plan_create)
			return true;
	return false;
}

const struct gvm_vendor *gvm_vendor_named(const struct gvm_ctx *ctx, const char *name)
{
	const struct gvm_vendor *const *v = ctx->vendors;

	while (*v && strcmp((*v)->name, name) != 0)
		v++;
	return *v;
}

/**
 * @brief The device behind a DRM or accel node.
 * @param ctx context @param class of the node @param name of the node @param id result
 * @return 0 or -errno
 */
static int id_of_node(struct gvm_ctx *ctx, const char *class, const char *name,
		      char id[GVM_NAME_SIZE])
{
	char path[GVM_PATH_SIZE];
	int r;

	r = gvm_str_format(path, sizeof(path), "/sys/class/%s/%s/device", class, name);
	return r < 0 ? r : gvm_host_link(ctx->host, path, id, GVM_NAME_SIZE);
}

int gvm_gpu_id(struct gvm_ctx *ctx, const char *name, char id[GVM_NAME_SIZE], struct gvm_error *e)
{
	const char *node = gvm_str_starts(name, "/dev/") ? gvm_basename(name) : name;
	struct gvm_pci_addr address;
	char text[GVM_PCI_ADDR_SIZE], path[GVM_PATH_SIZE];

	if (gvm_pci_parse(name, &address) == 0) {
		gvm_pci_format(&address, text);
		/* A VF is meant as a part of its GPU. */
		gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s/physfn", text);
		return gvm_host_link(ctx->host, path, id, GVM_NAME_SIZE) == 0
			       ? 0
			       : gvm_str_copy(id, GVM_NAME_SIZE, text);
	}
	if ((gvm_str_starts(node, "card") || gvm_str_starts(node, "renderD")) &&
	    id_of_node(ctx, "drm", node, id) == 0)
		return 0;
	if (gvm_str_starts(node, "accel") && id_of_node(ctx, "accel", node, id) == 0)
		return 0;
	if (!strchr(name, '/') && gvm_str_copy(id, GVM_NAME_SIZE, name) == 0)
		return 0;
	gvm_error_set(e, "GVM_E_GPU_NOT_FOUND", ENOENT, "there is no GPU %s", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}

int gvm_find_gpu(struct gvm_ctx *ctx, const struct gvm_inventory *inv, const char *name,
		 const struct gvm_gpu **ret, struct gvm_error *e)
{
	char id[GVM_NAME_SIZE];
	size_t i;
	int r = gvm_gpu_id(ctx, name, id, e);

	if (r < 0)
		return r;
	for (i = 0; i < inv->n_gpus; i++) {
		if (strcmp(inv->gpus[i].id, id) == 0) {
			*ret = &inv->gpus[i];
			return 0;
		}
	}
	gvm_error_set(e, "GVM_E_GPU_NOT_FOUND", ENOENT, "there is no GPU %s", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}

int gvm_find_type(const struct gvm_inventory *inv, const struct gvm_gpu *gpu, const char *name,
		  const struct gvm_type **ret, struct gvm_error *e)
{
	const struct gvm_type *best = NULL;
	const struct gvm_own_type *own;
	size_t i;

	for (i = 0; i < inv->n_types; i++) {
		const struct gvm_type *t = &inv->types[i];

		if ((gpu && t->gpu != gpu) ||
		    (strcmp(t->id, name) != 0 && strcmp(t->name, name) != 0))
			continue;
		if (!best || t->available > best->available)
			best = t;
	}
	if (!best) {
		gvm_error_set(e, "GVM_E_TYPE_NOT_FOUND", ENOENT, "there is no type %s%s%s", name,
			      gpu ? " on " : "", gpu ? gpu->id : "");
		GVM_ERROR_FIELD(e, object, "%s", name);
		own = gvm_own_types_find(&inv->own_types, name);
		if (own)
			GVM_ERROR_FIELD(e, cause,
					"it is an own type, and its base %s is not there%s%s",
					own->base, own->gpu[0] ? ", on " : "", own->gpu);
		return -ENOENT;
	}
	*ret = best;
	return 0;
}

/** @brief Is this object meant: by name, or by UUID in any case? @param wanted text @param name @param uuid of the object @return yes or no */
static bool is_meant(const char *wanted, const char *name, const char *uuid)
{
	return strcmp(wanted, name) == 0 || (uuid[0] && strcasecmp(wanted, uuid) == 0);
}

int gvm_find_vgpu(const struct gvm_inventory *inv, const char *name, const struct gvm_vgpu **ret,
		  struct gvm_error *e)
{
	size_t i;

	for (i = 0; i < inv->n_vgpus; i++) {
		if (is_meant(name, inv->vgpus[i].name, inv->vgpus[i].uuid)) {
			*ret = &inv->vgpus[i];
			return 0;
		}
	}
	gvm_error_set(e, "GVM_E_VGPU_NOT_FOUND", ENOENT, "there is no vGPU %s", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}

int gvm_find_vm(const struct gvm_inventory *inv, const char *name, const struct gvm_vm **ret,
		struct gvm_error *e)
{
	size_t i;

	for (i = 0; i < inv->n_vms; i++) {
		if (is_meant(name, inv->vms[i].name, inv->vms[i].uuid)) {
			*ret = &inv->vms[i];
			return 0;
		}
	}
	gvm_error_set(e, "GVM_E_VM_NOT_FOUND", ENOENT, "there is no running VM %s", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}
