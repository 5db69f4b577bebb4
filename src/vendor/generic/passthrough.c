// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A whole device, with all its functions, given to one VM. Interface: documented, kernel
 * Documentation/driver-api/vfio.rst (groups); read in Linux 7.3 drivers/vfio/pci/vfio_pci_core.c (a PF
 * with VFs is refused); observed with 6.12, November 2026: members without driver are viable, and the
 * kernel takes a driver from its device whoever has that open.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "cleanup.h"
#include "generic.h"
#include "iommu_group.h"
#include "str.h"
#include "users.h"

#define TYPE "whole"
#define DEVICES "/sys/bus/pci/devices"
#define PCI_BRIDGE_CLASS 0x0604

/** @brief Every PCI function can be tried. @param ctx unused @param gpu GPU @return 1 or 0 */
static int whole_probe(struct gvm_ctx *ctx, const struct gvm_gpu *gpu)
{
	(void)ctx;
	return gpu->pci;
}

/** @brief A number of a function's attribute. @param ctx context @param address @param name attribute @param base of the number @return it, or -1 */
static long read_long(struct gvm_ctx *ctx, const char *address, const char *name, int base)
{
	char path[GVM_PATH_SIZE];
	unsigned long long value;

	if (gvm_str_format(path, sizeof(path), DEVICES "/%s/%s", address, name) < 0 ||
	    gvm_host_read_u64(ctx->host, path, base, &value) < 0 || value > INT_MAX)
		return -1;
	return (long)value;
}

/** @brief Does a VFIO driver have the GPU? @param ctx context @param gpu GPU @return yes or no */
static bool vfio_has(struct gvm_ctx *ctx, const struct gvm_gpu *gpu)
{
	char driver[GVM_MODULE_SIZE], path[GVM_PATH_SIZE];

	return gvm_str_format(path, sizeof(path), "%s/driver", gpu->path) == 0 &&
	       gvm_host_link(ctx->host, path, driver, sizeof(driver)) == 0 &&
	       gvm_vfio_bound(ctx->host, gpu->path, driver);
}

/** @brief Take all functions of the GPU's device. @param ctx context @param gpu GPU @param place result @return 0 or -errno */
static int take_functions(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, struct gvm_place *place)
{
	char functions[8][GVM_PCI_ADDR_SIZE];
	size_t n = 0, i;
	int r = gvm_place_add(ctx, place, gpu->id);

	if (r == 0)
		r = gvm_pci_functions(ctx->host, gpu->id, functions, &n);
	for (i = 0; i < n && r == 0; i++)
		if (strcmp(functions[i], gpu->id) != 0 &&
		    read_long(ctx, functions[i], "class", 16) >> 8 != PCI_BRIDGE_CLASS)
			r = gvm_place_add(ctx, place, functions[i]);
	return r;
}

/** @brief Is this one of the functions? @param place functions @param name address @return yes or no */
static bool is_ours(const struct gvm_place *place, const char *name)
{
	size_t i;

	for (i = 0; i < place->n; i++)
		if (strcmp(place->functions[i].address, name) == 0)
			return true;
	return false;
}

/**
 * @brief Name the members of a group that hinder.
 * @param ctx context @param group number @param place functions that are taken @param text result:
 * "ADDRESS (driver), ..." @param size its size @return 0 or -errno
 */
static int hindering(struct gvm_ctx *ctx, long group, const struct gvm_place *place, char *text,
		     size_t size)
{
	GVM_AUTOFREE struct gvm_group_member *members = calloc(GVM_GROUP_MAX, sizeof(*members));
	size_t n = 0, len = 0, i;
	int r = members ? gvm_iommu_group_members(ctx->host, (int)group, members, GVM_GROUP_MAX, &n)
			: -ENOMEM;

	text[0] = '\0';
	for (i = 0; i < n && r == 0 && len < size; i++)
		if (!gvm_group_member_viable(&members[i]) && !is_ours(place, members[i].name))
			len += (size_t)snprintf(text + len, size - len, "%s%s (%s)",
						len ? ", " : "", members[i].name,
						members[i].driver);
	return r;
}

/** @brief Is every group of the functions viable? @param ctx context @param gpu GPU @param place functions @param e detail @return 0 or -errno */
static int check_groups(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			const struct gvm_place *place, struct gvm_error *e)
{
	char text[160];
	size_t i;
	int r = 0;

	for (i = 0; i < place->n && r == 0; i++) {
		const struct gvm_function *f = &place->functions[i];

		if (f->group < 0) {
			gvm_refuse(e, gpu->id, "GVM_E_NO_IOMMU", ENOTSUP, "is in no IOMMU group");
			GVM_ERROR_FIELD(
				e, hint, "%s",
				"turn on VT-d, AMD-Vi or SMMU in the firmware, and boot Intel "
				"machines with intel_iommu=on");
			return -ENOTSUP;
		}
		r = hindering(ctx, f->group, place, text, sizeof(text));
		if (r < 0)
			return gvm_refuse(e, gpu->id, "GVM_E_FILE_READ", -r,
					  "has an unreadable group");
		if (!text[0])
			continue;
		gvm_error_set(e, "GVM_E_GROUP_NOT_VIABLE", EBUSY,
			      "group %ld of %s is not viable: %s", f->group, gpu->id, text);
		GVM_ERROR_FIELD(e, object, "%s", gpu->id);
		r = -EBUSY;
	}
	return r;
}

/** @brief Does another method have vGPUs on the GPU? @param ctx context @param gpu GPU @return yes or no */
static bool has_vgpus(struct gvm_ctx *ctx, const struct gvm_gpu *gpu)
{
	struct gvm_inventory inv = { .n_vgpus = 0 };
	size_t i;

	for (i = 0; i < gpu->n_vendors && !inv.n_vgpus; i++)
		if (gpu->vendors[i] != &gvm_vendor_passthrough)
			gpu->vendors[i]->vgpus(ctx, gpu, NULL, &inv, NULL);
	free(inv.vgpus);
	return inv.n_vgpus;
}

/**
 * @brief Does a vGPU have one of the functions, or VFs of it, by its record?
 * @param ctx context @param gpu GPU @param place functions @param e detail @return 0, -EBUSY or another -errno
 */
static int check_claims(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			const struct gvm_place *place, struct gvm_error *e)
{
	GVM_AUTOCLAIMS struct gvm_claims claims = { .n = 0 };
	char why[GVM_NAME_SIZE + 40];
	const char *vgpu = NULL;
	size_t i;
	int r = gvm_claims_read(ctx, &claims);

	if (r < 0)
		return gvm_refuse(e, gpu->id, "GVM_E_STORE", -r,
				  "may have vGPUs whose records are unreadable");
	for (i = 0; i < place->n && !vgpu; i++)
		vgpu = gvm_claimed_by(&claims, place->functions[i].address);
	if (!vgpu)
		return 0;
	snprintf(why, sizeof(why), "belongs to vGPU %s", vgpu);
	return gvm_refuse(e, gpu->id, "GVM_E_GPU_HAS_VGPUS", EBUSY, why);
}

/** @brief The kernel gives no function to VMs that has VFs. @param ctx context @param place functions @param e detail @return 0 or -EBUSY */
static int check_no_vfs(struct gvm_ctx *ctx, const struct gvm_place *place, struct gvm_error *e)
{
	char path[GVM_PATH_SIZE];
	size_t i;

	for (i = 0; i < place->n; i++) {
		const char *address = place->functions[i].address;

		gvm_str_format(path, sizeof(path), DEVICES "/%s/virtfn0", address);
		if (gvm_host_exists(ctx->host, path))
			return gvm_refuse(e, address, "GVM_E_VFS_ENABLED", EBUSY,
					  "has VFs enabled");
	}
	return 0;
}

/**
 * @brief May the whole device be taken? Choose its functions.
 * @param ctx context @param gpu GPU @param force although it is the boot display
 * @param place result @param e detail @return 0 or -errno
 */
static int check(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, bool force,
		 struct gvm_place *place, struct gvm_error *e)
{
	int r;

	place->n = 0;
	if (vfio_has(ctx, gpu))
		return gvm_refuse(e, gpu->id, "GVM_E_GPU_TAKEN", EBUSY,
				  "is given to VMs whole already");
	r = take_functions(ctx, gpu, place);
	if (r < 0)
		return gvm_refuse(e, gpu->id, "GVM_E_PARENT_GOING", -r, "cannot be read");
	r = check_no_vfs(ctx, place, e);
	if (r == 0 && has_vgpus(ctx, gpu))
		return gvm_refuse(e, gpu->id, "GVM_E_GPU_HAS_VGPUS", EBUSY, "has vGPUs");
	if (r == 0)
		r = check_claims(ctx, gpu, place, e);
	if (r < 0)
		return r;
	if (!force && read_long(ctx, gpu->id, "boot_vga", 10) == 1)
		return gvm_refuse(e, gpu->id, "GVM_E_BOOT_DISPLAY", EBUSY, "is the boot display");
	return check_groups(ctx, gpu, place, e);
}

/**
 * @brief Its one type; see vendor.h.
 * @param ctx context @param gpu GPU @param only id or NULL @param inv result @param e unused @return 0 or -ENOMEM
 */
static int whole_types(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		       struct gvm_inventory *inv, struct gvm_error *e)
{
	struct gvm_type t = { .id = TYPE, .gpu = gpu, .vendor = &gvm_vendor_passthrough };
	struct gvm_error why;
	struct gvm_place place;

	(void)e;
	if (only && strcmp(only, TYPE) != 0)
		return -ENOENT;
	gvm_str_copy(t.name, sizeof(t.name), "whole device");
	t.available = check(ctx, gpu, false, &place, &why) == 0;
	if (!t.available)
		snprintf(t.reason, sizeof(t.reason), "%.*s", (int)sizeof(t.reason) - 1,
			 why.message);
	return gvm_inventory_add_type(inv, &t);
}

/** @brief Its vGPUs; see vendor.h. @param ctx context @param gpu GPU @param only address or NULL @param inv @param e unused @return 0 or -ENOMEM */
static int whole_vgpus(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		       struct gvm_inventory *inv, struct gvm_error *e)
{
	struct gvm_vgpu v = { .gpu = gpu,
			      .vendor = &gvm_vendor_passthrough,
			      .type = TYPE,
			      .origin = GVM_VGPU_FOREIGN,
			      .vm = -1 };

	(void)e;
	if ((only && strcmp(only, gpu->id) != 0) || !vfio_has(ctx, gpu))
		return 0;
	gvm_str_copy(v.address, sizeof(v.address), gpu->id);
	gvm_str_copy(v.name, sizeof(v.name), gpu->id);
	v.group = gvm_iommu_group_of(ctx->host, gpu->path);
	gvm_vfio_nodes_find(ctx->host, gpu->path, v.group, &v.nodes);
	return gvm_inventory_add_vgpu(inv, &v);
}

/**
 * @brief Choose the functions; see vendor.h.
 * @param ctx context @param gpu GPU @param wanted what @param place result @param e detail @return 0 or -errno
 */
static int whole_place(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
		       const struct gvm_vgpu_wanted *wanted, struct gvm_place *place,
		       struct gvm_error *e)
{
	int r = check(ctx, gpu, wanted->force, place, e);

	return r < 0 || wanted->force ? r : gvm_place_check_users(ctx, place, e);
}

/**
 * @brief The functions as they are, with the driver that they shall have.
 * @param ctx context @param gpu GPU @param driver name @param place result @return 0 or -errno
 */
static int place_for_driver(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *driver,
			    struct gvm_place *place)
{
	int r;

	place->n = 0;
	r = gvm_place_add(ctx, place, gpu->id);
	return r < 0 ? r : gvm_str_copy(place->functions[0].vfio, GVM_MODULE_SIZE, driver);
}

/**
 * @brief Plan another driver for the GPU.
 * @param ctx context @param gpu GPU @param driver name or "default" @param force although it is used @param plan result @param e detail @return 0 or -errno
 */
static int plan_driver(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *driver,
		       bool force, struct gvm_plan *plan, struct gvm_error *e)
{
	bool is_default = strcmp(driver, "default") == 0;
	struct gvm_place place;
	int r = place_for_driver(ctx, gpu, driver, &place);
	struct gvm_function *f = &place.functions[0];
	char path[GVM_PATH_SIZE];

	if (r < 0 || strpbrk(driver, "/\n") || !*driver || driver[0] == '.')
		return gvm_refuse(e, gpu->id, "GVM_E_SETTING", EINVAL, "cannot have such a driver");
	if (is_default ? f->now.driver[0] && !f->now.override[0]
		       : strcmp(f->now.driver, driver) == 0)
		return 0;
	r = check_claims(ctx, gpu, &place, e);
	if (r < 0)
		return r;
	gvm_str_format(path, sizeof(path), "/sys/bus/pci/drivers/%s", driver);
	if (!is_default && !gvm_host_exists(ctx->host, path))
		return gvm_refuse(e, gpu->id, "GVM_E_NO_DRIVER", ENOENT,
				  "cannot have a driver that is not loaded");
	gvm_str_format(path, sizeof(path), "%s/virtfn0", gpu->path);
	if (!force && gvm_host_exists(ctx->host, path))
		return gvm_refuse(e, gpu->id, "GVM_E_VFS_ENABLED", EBUSY, "has VFs enabled");
	if (has_vgpus(ctx, gpu))
		return gvm_refuse(e, gpu->id, "GVM_E_GPU_HAS_VGPUS", EBUSY, "has vGPUs");
	if (!force && gvm_place_check_users(ctx, &place, e) < 0)
		return -EBUSY;
	if (vfio_has(ctx, gpu))
		gvm_holds_add(&plan->hold, &f->nodes);
	if (!is_default)
		return gvm_place_take(&place, gpu->id, plan, e);
	return gvm_place_to_default(&place, gpu->id, plan, e);
}

/**
 * @brief Plan settings; see vendor.h.
 * @param ctx context @param gpu GPU @param settings @param n how many @param force @param plan result @param e detail @return 0 or -errno
 */
static int whole_settings(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			  struct gvm_setting *settings, size_t n, bool force, struct gvm_plan *plan,
			  struct gvm_error *e)
{
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++) {
		if (strcmp(settings[i].key, "driver") != 0)
			continue;
		settings[i].done = true;
		r = plan_driver(ctx, gpu, settings[i].value, force, plan, e);
	}
	return r;
}

/**
 * @brief How a VM takes a whole device: with all its functions; see vendor.h.
 * @param ctx context @param vgpu vGPU @param spec result @param e detail @return 0 or -errno
 */
static int whole_attach_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			     struct gvm_attach_spec *spec, struct gvm_error *e)
{
	char functions[8][GVM_PCI_ADDR_SIZE], path[GVM_PATH_SIZE];
	struct gvm_binding b;
	size_t n = 0, i;
	int r = gvm_generic_attach_spec(ctx, vgpu, spec, e);

	if (r == 0)
		r = gvm_pci_functions(ctx->host, vgpu->address, functions, &n);
	for (i = 0; i < n && r == 0; i++) {
		gvm_str_format(path, sizeof(path), DEVICES "/%s", functions[i]);
		if (strcmp(functions[i], vgpu->address) == 0 ||
		    gvm_driver_read(ctx->host, path, b.driver, b.override) < 0 ||
		    !gvm_vfio_bound(ctx->host, path, b.driver))
			continue;
		memcpy(spec->others[spec->n_others++], functions[i], GVM_PCI_ADDR_SIZE);
	}
	/* Functions of one device are plugged together, which a running VM does not do. */
	spec->needs.cold_plug_only = spec->n_others;
	return r;
}

const struct gvm_vendor gvm_vendor_passthrough = {
	.name = "passthrough",
	.probe = whole_probe,
	.types = whole_types,
	.vgpus = whole_vgpus,
	.place = whole_place,
	.plan_settings = whole_settings,
	.attach_spec = whole_attach_spec,
};
