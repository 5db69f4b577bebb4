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

#include "generic.h"
#include "gpu_set.h"
#include "str.h"
#include "vf.h"

#define TYPE "whole"
#define DEVICES "/sys/bus/pci/devices"

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

/** @brief Is it a bridge? Those stay with their driver. @param ctx context @param address function @return yes or no */
static bool is_bridge(struct gvm_ctx *ctx, const char *address)
{
	return read_long(ctx, address, "class", 16) >> 16 == 0x06;
}

/** @brief Take all functions of the GPU's device. @param ctx context @param gpu GPU @param place result @return 0 or -errno */
static int take_functions(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, struct gvm_place *place)
{
	struct gvm_pci_addr a = gpu->address;
	char address[GVM_PCI_ADDR_SIZE];
	int r = gvm_place_add(ctx, place, gpu->id);

	for (a.function = 0; a.function < 8 && r == 0; a.function++) {
		gvm_pci_format(&a, address);
		if (strcmp(address, gpu->id) == 0 || is_bridge(ctx, address))
			continue;
		r = gvm_place_add(ctx, place, address);
		if (r == -ENODEV)
			r = 0;
	}
	return r;
}

/** Members of a group that hinder. */
struct members {
	struct gvm_ctx *ctx;
	const struct gvm_place *place;
	char text[200]; /**< "ADDRESS (driver), ..." */
};

/** @brief Does a member of the group hinder? @param dir unused @param name its address @param data struct members @return 0 */
static int take_member(int dir, const char *name, void *data)
{
	struct gvm_function f = { .group = -1 };
	struct members *m = data;
	size_t i, len = strlen(m->text);

	(void)dir;
	for (i = 0; i < m->place->n; i++)
		if (strcmp(m->place->functions[i].address, name) == 0)
			return 0;
	if (gvm_str_copy(f.address, sizeof(f.address), name) < 0)
		return 0;
	gvm_function_read(m->ctx, &f);
	if (!f.now.driver[0] || gvm_vfio_has(m->ctx->host, name) || is_bridge(m->ctx, name))
		return 0;
	snprintf(m->text + len, sizeof(m->text) - len, "%s%s (%s)", len ? ", " : "", f.address,
		 f.now.driver);
	return 0;
}

/** @brief Is every group of the functions viable? @param ctx context @param gpu GPU @param place functions @param e detail @return 0 or -EBUSY */
static int check_groups(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			const struct gvm_place *place, struct gvm_error *e)
{
	struct members m = { ctx, place, "" };
	char path[GVM_PATH_SIZE];
	size_t i;

	for (i = 0; i < place->n; i++) {
		if (place->functions[i].group < 0) {
			gvm_error_set(e, "GVM_E_NO_IOMMU", ENOTSUP, "%s is in no IOMMU group",
				      place->functions[i].address);
			GVM_ERROR_FIELD(e, object, "%s", gpu->id);
			GVM_ERROR_FIELD(
				e, hint, "%s",
				"turn on VT-d, AMD-Vi or SMMU in the firmware, and boot Intel "
				"machines with intel_iommu=on");
			return -ENOTSUP;
		}
		gvm_str_format(path, sizeof(path), "/sys/kernel/iommu_groups/%ld/devices",
			       place->functions[i].group);
		gvm_host_list(ctx->host, path, take_member, &m);
		if (!m.text[0])
			continue;
		gvm_error_set(e, "GVM_E_GROUP_NOT_VIABLE", EBUSY,
			      "group %ld of %s is not viable: %s", place->functions[i].group,
			      gpu->id, m.text);
		GVM_ERROR_FIELD(e, object, "%s", gpu->id);
		return -EBUSY;
	}
	return 0;
}

/** @brief A refusal. @param e error @param gpu GPU @param code @param err positive errno @param why rest of the sentence @return -err */
static int refuse(struct gvm_error *e, const struct gvm_gpu *gpu, const char *code, int err,
		  const char *why)
{
	gvm_error_set(e, code, err, "%s %s", gpu->id, why);
	GVM_ERROR_FIELD(e, object, "%s", gpu->id);
	return -err;
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
 * @brief May the whole device be taken? Choose its functions.
 * @param ctx context @param gpu GPU @param force although it is the boot display
 * @param place result @param e detail @return 0 or -errno
 */
static int check(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, bool force,
		 struct gvm_place *place, struct gvm_error *e)
{
	char path[GVM_PATH_SIZE];
	int r;

	place->n = 0;
	if (gvm_vfio_has(ctx->host, gpu->id))
		return refuse(e, gpu, "GVM_E_GPU_TAKEN", EBUSY, "is given to VMs whole already");
	gvm_str_format(path, sizeof(path), "%s/virtfn0", gpu->path);
	if (gvm_host_exists(ctx->host, path))
		return refuse(e, gpu, "GVM_E_VFS_ENABLED", EBUSY, "has VFs enabled");
	if (has_vgpus(ctx, gpu))
		return refuse(e, gpu, "GVM_E_GPU_HAS_VGPUS", EBUSY, "has vGPUs");
	if (!force && read_long(ctx, gpu->id, "boot_vga", 10) == 1)
		return refuse(e, gpu, "GVM_E_BOOT_DISPLAY", EBUSY, "is the boot display");
	r = take_functions(ctx, gpu, place);
	if (r < 0)
		return refuse(e, gpu, "GVM_E_PARENT_GOING", -r, "cannot be read");
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
	if ((only && strcmp(only, gpu->id) != 0) || !gvm_vfio_has(ctx->host, gpu->id))
		return 0;
	gvm_str_copy(v.address, sizeof(v.address), gpu->id);
	gvm_str_copy(v.name, sizeof(v.name), gpu->id);
	v.group = gvm_function_group(ctx->host, gpu->id);
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

	return r < 0 || wanted->force ? r : gvm_gpu_check_users(ctx, gpu, e);
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
	return r < 0 ? r : gvm_str_copy(place->functions[0].vfio, GVM_DRIVER_SIZE, driver);
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

	if (r < 0 || strchr(driver, '/') || !*driver || driver[0] == '.')
		return refuse(e, gpu, "GVM_E_SETTING", EINVAL, "cannot have such a driver");
	if (is_default ? !f->now.override[0] : strcmp(f->now.driver, driver) == 0)
		return 0;
	gvm_str_format(path, sizeof(path), "%s/virtfn0", gpu->path);
	if (!force && gvm_host_exists(ctx->host, path))
		return refuse(e, gpu, "GVM_E_VFS_ENABLED", EBUSY, "has VFs enabled");
	if (has_vgpus(ctx, gpu))
		return refuse(e, gpu, "GVM_E_GPU_HAS_VGPUS", EBUSY, "has vGPUs");
	if (!force && gvm_gpu_check_users(ctx, gpu, e) < 0)
		return -EBUSY;
	if (gvm_vfio_has(ctx->host, gpu->id))
		gvm_groups_add(&plan->hold, f->group);
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

const struct gvm_vendor gvm_vendor_passthrough = {
	.name = "passthrough",
	.probe = whole_probe,
	.types = whole_types,
	.vgpus = whole_vgpus,
	.place = whole_place,
	.plan_settings = whole_settings,
	.attach_spec = gvm_generic_attach_spec,
};
