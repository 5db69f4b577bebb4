// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Virtual functions of SR-IOV, given to VMs whole. Interface: documented, kernel
 * Documentation/ABI/testing/sysfs-bus-pci; what it leaves open was read in Linux 7.3
 * drivers/pci/iov.c and observed with 6.12, November 2026.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"
#include "cleanup.h"
#include "generic.h"
#include "iommu_group.h"
#include "sriov.h"
#include "str.h"
#include "users.h"

#define TYPE "vf"
#define DEVICES "/sys/bus/pci/devices"

/* A PF has at most so many VFs: NumVFs is a 16 bit register. */
#define MAX_VFS 65535

/* Taking VFs away sleeps a second, and resets each: observed, Linux 6.12. */
#define STEP_TIMEOUT_MS 60000

/* Once the write has returned the VFs are there, or will not come. */
#define SEEN_TIMEOUT_MS 3000

/** @brief Can the GPU have VFs? @param ctx context @param gpu GPU @return 1 or 0 */
static int sriov_probe(struct gvm_ctx *ctx, const struct gvm_gpu *gpu)
{
	char path[GVM_PATH_SIZE];

	return gpu->pci &&
	       gvm_str_format(path, sizeof(path), "%s/sriov_totalvfs", gpu->path) == 0 &&
	       gvm_host_exists(ctx->host, path);
}

/** @brief Does a VFIO driver have a VF? @param ctx context @param vf VF @return yes or no */
static bool is_taken(struct gvm_ctx *ctx, const struct gvm_vf *vf)
{
	char path[GVM_PATH_SIZE];

	return gvm_str_format(path, sizeof(path), DEVICES "/%s", vf->address) == 0 &&
	       gvm_vfio_bound(ctx->host, path, vf->driver);
}

/** @brief The VFs of a GPU. @param ctx context @param gpu GPU @param vfs result, to be freed @param n how many @param e detail @return 0 or -errno */
static int read_vfs(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, struct gvm_vf **vfs, size_t *n,
		    struct gvm_error *e)
{
	int r = gvm_sriov_vfs(ctx->host, gpu->id, vfs, n);

	return r < 0 ? gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read its VFs: %s",
				     gvm_errno_name(r))
		     : 0;
}

/** @brief The VFs that vGPUs have by their records. @param ctx context @param claims result @param e detail @return 0 or -errno */
static int read_claims(struct gvm_ctx *ctx, struct gvm_claims *claims, struct gvm_error *e)
{
	int r = gvm_claims_read(ctx, claims);

	return r < 0 ? gvm_error_set(e, "GVM_E_STORE", -r, "cannot read the records of vGPUs: %s",
				     gvm_errno_name(r))
		     : 0;
}

/** @brief Can a VF be given away? @param ctx context @param vf VF @param claims of its GPU @return yes or no */
static bool is_free(struct gvm_ctx *ctx, const struct gvm_vf *vf, const struct gvm_claims *claims)
{
	return !is_taken(ctx, vf) && !gvm_claimed_by(claims, vf->address);
}

/**
 * @brief The one type of a GPU; see vendor.h.
 * @param ctx context @param gpu GPU @param only id or NULL @param inv result @param e detail
 * @return 0 or -errno
 */
static int sriov_types(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		       struct gvm_inventory *inv, struct gvm_error *e)
{
	struct gvm_type t = { .id = TYPE, .gpu = gpu, .vendor = &gvm_vendor_sriov };
	GVM_AUTOCLAIMS struct gvm_claims claims = { .n = 0 };
	GVM_AUTOFREE struct gvm_vf *vfs = NULL;
	size_t n = 0, i;
	int r;

	if (only && strcmp(only, TYPE) != 0)
		return -ENOENT;
	r = read_vfs(ctx, gpu, &vfs, &n, e);
	if (r == 0)
		r = read_claims(ctx, &claims, e);
	if (r < 0)
		return r;
	for (i = 0; i < n; i++)
		t.available += is_free(ctx, &vfs[i], &claims);
	gvm_str_copy(t.name, sizeof(t.name), "virtual function");
	if (!n)
		gvm_str_format(t.reason, sizeof(t.reason),
			       "no VFs are enabled: gvm gpu set %s vfs=N", gpu->id);
	else if (!t.available)
		gvm_str_format(t.reason, sizeof(t.reason), "all %zu VFs are used", n);
	return gvm_inventory_add_type(inv, &t);
}

/**
 * @brief The vGPUs of a GPU: VFs that VFIO has; see vendor.h.
 * @param ctx context @param gpu GPU @param only address or NULL @param inv result @param e detail
 * @return 0 or -errno
 */
static int sriov_vgpus(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		       struct gvm_inventory *inv, struct gvm_error *e)
{
	GVM_AUTOFREE struct gvm_vf *vfs = NULL;
	char path[GVM_PATH_SIZE];
	size_t n = 0, i;
	int r = read_vfs(ctx, gpu, &vfs, &n, e);

	for (i = 0; i < n && r == 0; i++) {
		struct gvm_vgpu v = { .gpu = gpu,
				      .vendor = &gvm_vendor_sriov,
				      .type = TYPE,
				      .origin = GVM_VGPU_FOREIGN,
				      .group = vfs[i].group,
				      .vm = -1 };

		if ((only && strcmp(only, vfs[i].address) != 0) || !is_taken(ctx, &vfs[i]))
			continue;
		gvm_str_format(path, sizeof(path), DEVICES "/%s", vfs[i].address);
		gvm_vfio_nodes_find(ctx->host, path, v.group, &v.nodes);
		gvm_str_copy(v.address, sizeof(v.address), vfs[i].address);
		gvm_str_copy(v.name, sizeof(v.name), vfs[i].address);
		r = gvm_inventory_add_vgpu(inv, &v);
	}
	return r;
}

/**
 * @brief The VF that a person names instead of its GPU.
 * @param at what he named, or NULL @param gpu GPU @param text result @return true when it is one
 */
static bool named_vf(const char *at, const struct gvm_gpu *gpu, char text[GVM_PCI_ADDR_SIZE])
{
	struct gvm_pci_addr address;

	if (!at || gvm_pci_parse(at, &address) < 0)
		return false;
	gvm_pci_format(&address, text);
	return strcmp(text, gpu->id) != 0;
}

/** @brief Choose a VF; see vendor.h. @param ctx context @param gpu GPU @param wanted what @param place result @param e detail @return 0 or -errno */
static int sriov_place(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
		       const struct gvm_vgpu_wanted *wanted, struct gvm_place *place,
		       struct gvm_error *e)
{
	GVM_AUTOCLAIMS struct gvm_claims claims = { .n = 0 };
	GVM_AUTOFREE struct gvm_vf *vfs = NULL;
	char name[GVM_PCI_ADDR_SIZE];
	bool named = named_vf(wanted->at, gpu, name);
	size_t n = 0, i;
	int used = 0, r = read_vfs(ctx, gpu, &vfs, &n, e);

	if (r == 0)
		r = read_claims(ctx, &claims, e);
	for (i = 0; i < n && r == 0; i++) {
		if (named && strcmp(name, vfs[i].address) != 0)
			continue;
		if (is_free(ctx, &vfs[i], &claims)) {
			place->n = 0;
			r = gvm_place_add(ctx, place, vfs[i].address);
			if (r < 0)
				return gvm_refuse(e, vfs[i].address, "GVM_E_PARENT_GOING", -r,
						  "cannot be read");
			if (!wanted->force)
				r = gvm_place_check_users(ctx, place, e);
			/* Where any will do, one that the host does not use. */
			if (named || (r != -EBUSY))
				return r;
			used = r;
			r = 0;
			continue;
		}
		if (named)
			return gvm_refuse(e, name, "GVM_E_VF_TAKEN", EBUSY, "is used already");
	}
	if (r < 0 || used)
		return r < 0 ? r : used;
	if (n)
		return gvm_refuse(e, gpu->id, "GVM_E_VFS_FULL", ENOSPC, "has no VF that is free");
	gvm_refuse(e, gpu->id, "GVM_E_NO_VFS", ENOSPC, "has no VFs enabled");
	GVM_ERROR_FIELD(e, hint, "gvm gpu set %s vfs=N", gpu->id);
	return -ENOSPC;
}

/**
 * @brief Refuse to take VFs away that are used.
 * @param ctx context @param gpu GPU @param force although another tool gave them to VFIO
 * @param plan result: groups to be held @param e detail @return 0 or -errno
 */
static int check_unused(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, bool force,
			struct gvm_plan *plan, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	char why[200];
	size_t i;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS | GVM_INV_VMS | GVM_INV_HOLDERS, gpu->id,
				   &inv, e);

	for (i = 0; r == 0 && i < inv->n_vgpus; i++) {
		const struct gvm_vgpu *v = &inv->vgpus[i];

		if (v->vendor != &gvm_vendor_sriov || v->state == GVM_VGPU_LOST)
			continue;
		if (v->holder)
			snprintf(why, sizeof(why), "is held by %s%s (process %d)",
				 v->vm >= 0 ? "VM " : "",
				 v->vm >= 0 ? inv->vms[v->vm].name : v->holder_comm,
				 (int)v->holder);
		else if (v->origin != GVM_VGPU_FOREIGN)
			snprintf(why, sizeof(why), "is vGPU %s: gvm vgpu destroy %s", v->name,
				 v->name);
		else if (!force)
			snprintf(why, sizeof(why), "is given to VFIO by another tool");
		else
			why[0] = '\0';
		if (why[0])
			return gvm_refuse(e, v->address, "GVM_E_VFS_IN_USE", EBUSY, why);
		if (gvm_holds_add(&plan->hold, &v->nodes) < 0)
			return gvm_refuse(e, gpu->id, "GVM_E_PLAN_TOO_LONG", E2BIG,
					  "has too many VFs that VFIO has");
	}
	return r;
}

/**
 * @brief Append a write of a number to an attribute of the GPU.
 * @param gpu GPU @param name attribute @param value @param before what it is now @param plan result @param e detail @return 0 or -errno
 */
static int add_write(const struct gvm_gpu *gpu, const char *name, long value, long before,
		     struct gvm_plan *plan, struct gvm_error *e)
{
	struct gvm_step *s;
	int r = gvm_plan_step(plan, gpu->id, &s, e);

	if (r < 0)
		return r;
	gvm_str_format(s->write.path, sizeof(s->write.path), "%s/%s", gpu->path, name);
	gvm_str_format(s->write.value, sizeof(s->write.value), "%ld", value);
	s->write.may_block = true;
	s->expect.kind = GVM_EXPECT_TEXT;
	memcpy(s->expect.path, s->write.path, sizeof(s->expect.path));
	memcpy(s->expect.value, s->write.value, sizeof(s->expect.value));
	s->wait_ms = STEP_TIMEOUT_MS;
	s->seen_ms = SEEN_TIMEOUT_MS;
	s->has_inverse = true;
	s->inverse = s->write;
	s->inverse_expect = s->expect;
	gvm_str_format(s->inverse.value, sizeof(s->inverse.value), "%ld", before);
	memcpy(s->inverse_expect.value, s->inverse.value, sizeof(s->inverse_expect.value));
	gvm_str_format(s->reason, sizeof(s->reason), "set %s of %s to %ld", name, gpu->id, value);
	return 0;
}

/** @brief A number of the GPU's attribute. @param ctx context @param gpu GPU @param name attribute @return it, or -1 */
static long read_number(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *name)
{
	char path[GVM_PATH_SIZE];
	unsigned long long value;

	if (gvm_str_format(path, sizeof(path), "%s/%s", gpu->path, name) < 0 ||
	    gvm_host_read_u64(ctx->host, path, 10, &value) < 0 || value > MAX_VFS)
		return -1;
	return (long)value;
}

/**
 * @brief Plan another number of VFs.
 * @param ctx context @param gpu GPU @param text number @param force see vendor.h @param plan result @param e detail @return 0 or -errno
 */
static int plan_vfs(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *text, bool force,
		    struct gvm_plan *plan, struct gvm_error *e)
{
	long total = read_number(ctx, gpu, "sriov_totalvfs");
	GVM_AUTOFREE struct gvm_vf *vfs = NULL;
	char path[GVM_PATH_SIZE], why[80];
	size_t now = 0;
	uint64_t n;
	int r;

	if (gvm_parse_u64(text, 10, MAX_VFS, &n) < 0)
		return gvm_refuse(e, gpu->id, "GVM_E_SETTING", EINVAL, "needs vfs=N, a number");
	if (total >= 0 && (long)n > total) {
		snprintf(why, sizeof(why), "can have %ld VFs, and not %ld", total, (long)n);
		return gvm_refuse(e, gpu->id, "GVM_E_VFS_TOO_MANY", ERANGE, why);
	}
	r = read_vfs(ctx, gpu, &vfs, &now, e);
	if (r < 0 || now == n)
		return r;
	gvm_str_format(path, sizeof(path), "%s/vfio-dev", gpu->path);
	if (gvm_host_exists(ctx->host, path))
		return gvm_refuse(e, gpu->id, "GVM_E_GPU_TAKEN", EBUSY, "is given to VMs whole");
	/* The kernel knows only none and all: from one number to another leads through none. */
	if (now)
		r = check_unused(ctx, gpu, force, plan, e);
	if (r == 0 && now)
		r = add_write(gpu, "sriov_numvfs", 0, (long)now, plan, e);
	if (r == 0 && n)
		r = add_write(gpu, "sriov_numvfs", (long)n, 0, plan, e);
	return r;
}

/**
 * @brief Plan whether new VFs get drivers by themselves.
 * @param ctx context @param gpu GPU @param text "on" or "off" @param plan result @param e detail @return 0 or -errno
 */
static int plan_autoprobe(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *text,
			  struct gvm_plan *plan, struct gvm_error *e)
{
	long now = read_number(ctx, gpu, "sriov_drivers_autoprobe");
	long wanted = strcmp(text, "on") == 0;

	if (!wanted && strcmp(text, "off") != 0)
		return gvm_refuse(e, gpu->id, "GVM_E_SETTING", EINVAL, "needs autoprobe=on or off");
	return now == wanted ? 0 : add_write(gpu, "sriov_drivers_autoprobe", wanted, now, plan, e);
}

/**
 * @brief Plan settings; see vendor.h.
 * @param ctx context @param gpu GPU @param settings @param n how many @param force @param plan result @param e detail @return 0 or -errno
 */
static int sriov_settings(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			  struct gvm_setting *settings, size_t n, bool force, struct gvm_plan *plan,
			  struct gvm_error *e)
{
	size_t i;
	int r = 0;

	/* It counts for VFs that are made afterwards: so it comes first. */
	for (i = 0; i < n && r == 0; i++)
		if (strcmp(settings[i].key, "autoprobe") == 0) {
			settings[i].done = true;
			r = plan_autoprobe(ctx, gpu, settings[i].value, plan, e);
		}
	for (i = 0; i < n && r == 0; i++)
		if (strcmp(settings[i].key, "vfs") == 0) {
			settings[i].done = true;
			r = plan_vfs(ctx, gpu, settings[i].value, force, plan, e);
		}
	return r;
}

const struct gvm_vendor gvm_vendor_sriov = {
	.name = "sriov",
	.probe = sriov_probe,
	.types = sriov_types,
	.vgpus = sriov_vgpus,
	.place = sriov_place,
	.plan_settings = sriov_settings,
	.attach_spec = gvm_generic_attach_spec,
};
