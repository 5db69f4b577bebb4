// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vGPUs of the toy's driver. Interface: tests/toy/toy.md, documented by its maker; what is marked
 * observed there was seen with its version 1.0, November 2026.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "str.h"
#include "toy.h"

/* The driver answers in milliseconds: observed, toy 1.0. */
#define STEP_TIMEOUT_MS 1000

/** What a walk over kinds or vGPUs carries along. */
struct walk {
	struct gvm_ctx *ctx;
	const struct gvm_gpu *gpu;
	struct gvm_inventory *inv;
	bool online;
};

/** @brief Does the toy's driver have the GPU? @param ctx context @param gpu GPU @return 1 or 0 */
static int toy_probe(struct gvm_ctx *ctx, const struct gvm_gpu *gpu)
{
	char path[GVM_PATH_SIZE];

	return gpu->pci && gvm_str_format(path, sizeof(path), "%s/toy/kinds", gpu->path) == 0 &&
	       gvm_host_exists(ctx->host, path);
}

/** @brief A number of an attribute. @param ctx context @param gpu GPU @param kind "" or "/kinds/KIND" @param name attribute @return it, or -1 */
static long read_number(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *kind,
			const char *name)
{
	char path[GVM_PATH_SIZE];
	unsigned long long n;

	if (gvm_str_format(path, sizeof(path), "%s/toy%s/%s", gpu->path, kind, name) < 0 ||
	    gvm_host_read_u64(ctx->host, path, 10, &n) < 0 || n > INT_MAX)
		return -1;
	return (long)n;
}

/** @brief Take one kind in. @param dir unused @param name its id @param data walk @return 0 or -ENOMEM */
static int take_kind(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_type t = { .gpu = w->gpu, .vendor = &gvm_vendor_toy };
	char path[GVM_PATH_SIZE], kind[GVM_NAME_SIZE];

	(void)dir;
	if (gvm_str_copy(t.id, sizeof(t.id), name) < 0 ||
	    gvm_str_format(kind, sizeof(kind), "/kinds/%s", name) < 0 ||
	    gvm_str_format(path, sizeof(path), "%s/toy%s/name", w->gpu->path, kind) < 0) {
		gvm_inventory_warn(w->inv, "%s: a type's name is too long: %s", w->gpu->id, name);
		return 0;
	}
	gvm_str_printable(t.id);
	gvm_host_read(w->ctx->host, path, t.name, sizeof(t.name));
	gvm_str_printable(t.name);
	t.available = read_number(w->ctx, w->gpu, kind, "available_instances");
	if (!w->online) {
		t.available = 0;
		gvm_str_format(t.reason, sizeof(t.reason), "vGPUs are off: gvm gpu set %s toy=on",
			       w->gpu->id);
	} else if (t.available == 0) {
		gvm_str_copy(t.reason, sizeof(t.reason), "all slots are used");
	}
	return gvm_inventory_add_type(w->inv, &t);
}

/** @brief The types of a GPU; see vendor.h. @param ctx context @param gpu GPU @param only id or NULL @param inv result @param e detail @return 0 or -errno */
static int toy_types(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		     struct gvm_inventory *inv, struct gvm_error *e)
{
	struct walk w = { ctx, gpu, inv, read_number(ctx, gpu, "", "online") == 1 };
	char path[GVM_PATH_SIZE];
	int r;

	if (only) {
		if (strchr(only, '/') || only[0] == '.' ||
		    gvm_str_format(path, sizeof(path), "%s/toy/kinds/%s", gpu->path, only) < 0 ||
		    !gvm_host_exists(ctx->host, path))
			return -ENOENT;
		return take_kind(-1, only, &w);
	}
	r = gvm_str_format(path, sizeof(path), "%s/toy/kinds", gpu->path);
	if (r == 0)
		r = gvm_host_list(ctx->host, path, take_kind, &w);
	return r < 0 ? gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read its kinds: %s",
				     gvm_errno_name(r))
		     : 0;
}

/**
 * @brief The last part of a vGPU's link.
 * @param w walk @param uuid of the vGPU @param name of the link @param buf result @param size its size
 * @return 0 or -errno
 */
static int read_link(struct walk *w, const char *uuid, const char *name, char *buf, size_t size)
{
	char path[GVM_PATH_SIZE];
	int r = gvm_str_format(path, sizeof(path), "%s/toy/vgpus/%s/%s", w->gpu->path, uuid, name);

	return r < 0 ? r : gvm_host_link(w->ctx->host, path, buf, size);
}

/** @brief Take one vGPU in. @param dir unused @param name its UUID @param data walk @return 0 or -ENOMEM */
static int take_vgpu(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_vgpu v = { .gpu = w->gpu,
			      .vendor = &gvm_vendor_toy,
			      .origin = GVM_VGPU_FOREIGN,
			      .group = -1,
			      .vm = -1 };
	char group[24];
	uint64_t number;

	(void)dir;
	if (gvm_uuid_parse(name, v.uuid) < 0 ||
	    read_link(w, v.uuid, "kind", v.type, sizeof(v.type)) < 0)
		return 0;
	gvm_str_printable(v.type);
	memcpy(v.name, v.uuid, sizeof(v.uuid));
	/* It is in a group while it is started: documented, toy.md. */
	if (read_link(w, v.uuid, "iommu_group", group, sizeof(group)) == 0 &&
	    gvm_parse_u64(group, 10, INT_MAX, &number) == 0)
		v.group = (long)number;
	return gvm_inventory_add_vgpu(w->inv, &v);
}

/** @brief The vGPUs of a GPU; see vendor.h. @param ctx context @param gpu GPU @param only UUID or NULL @param inv result @param e detail @return 0 or -errno */
static int toy_vgpus(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		     struct gvm_inventory *inv, struct gvm_error *e)
{
	struct walk w = { .ctx = ctx, .gpu = gpu, .inv = inv };
	char path[GVM_PATH_SIZE];
	int r = gvm_str_format(path, sizeof(path), "%s/toy/vgpus", gpu->path);

	if (r == 0)
		r = only ? take_vgpu(-1, only, &w)
			 : gvm_host_list(ctx->host, path, take_vgpu, &w);
	return r < 0 ? gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read its vGPUs: %s",
				     gvm_errno_name(r))
		     : 0;
}

/**
 * @brief Append a write to an attribute below the GPU's toy folder.
 * @param plan result @param object what it is done to @param gpu GPU
 * @param name attribute, or "vgpus/UUID/ATTRIBUTE" @param value what @param ret the step @param e detail
 * @return 0 or -errno
 */
static int add_write(struct gvm_plan *plan, const char *object, const struct gvm_gpu *gpu,
		     const char *name, const char *value, struct gvm_step **ret,
		     struct gvm_error *e)
{
	struct gvm_step *s = NULL;
	int r = gvm_plan_step(plan, object, &s, e);

	if (r < 0)
		return r;
	if (gvm_str_format(s->write.path, sizeof(s->write.path), "%s/toy/%s", gpu->path, name) <
		    0 ||
	    gvm_str_copy(s->write.value, sizeof(s->write.value), value) < 0)
		return gvm_error_set(e, "GVM_E_UNSUPPORTED", ENAMETOOLONG,
				     "the names of %s on %s are too long", object, gpu->id);
	s->wait_ms = STEP_TIMEOUT_MS;
	*ret = s;
	return 0;
}

/**
 * @brief What must be seen of a vGPU.
 * @param x result @param kind of it @param gpu GPU @param uuid of the vGPU
 * @param name link or attribute, "" for its folder @param value or ""
 */
static void expect(struct gvm_expect *x, enum gvm_expect_kind kind, const struct gvm_gpu *gpu,
		   const char *uuid, const char *name, const char *value)
{
	x->kind = kind;
	/* The path of a PCI function, a UUID and a word: they fit. */
	gvm_str_format(x->path, sizeof(x->path), "%s/toy/vgpus/%s%s%s", gpu->path, uuid,
		       *name ? "/" : "", name);
	gvm_str_copy(x->value, sizeof(x->value), value);
}

/** @brief Append the start of a vGPU. @param plan result @param object its name @param gpu GPU @param uuid @param e detail @return 0 or -errno */
static int add_start(struct gvm_plan *plan, const char *object, const struct gvm_gpu *gpu,
		     const char *uuid, struct gvm_error *e)
{
	char name[80];
	struct gvm_step *s = NULL;
	int r;

	gvm_str_format(name, sizeof(name), "vgpus/%s/start", uuid);
	r = add_write(plan, object, gpu, name, "1", &s, e);
	if (r < 0)
		return r;
	expect(&s->expect, GVM_EXPECT_TEXT, gpu, uuid, "online", "1");
	s->has_inverse = true;
	s->inverse = s->write;
	memcpy(strrchr(s->inverse.path, '/'), "/stop", sizeof("/stop"));
	s->inverse.may_block = true;
	/* Not "online shows 0": this must hold before the vGPU exists, too. */
	expect(&s->inverse_expect, GVM_EXPECT_ABSENT, gpu, uuid, "iommu_group", "");
	gvm_str_format(s->reason, sizeof(s->reason), "start vGPU %s", object);
	return 0;
}

/** @brief Steps to make one; see vendor.h. @param gpu GPU @param wanted what @param plan result @param e detail @return 0 or -errno */
static int toy_plan_create(const struct gvm_gpu *gpu, const struct gvm_vgpu_wanted *wanted,
			   struct gvm_plan *plan, struct gvm_error *e)
{
	char value[80];
	struct gvm_step *s = NULL;
	int r = gvm_str_format(value, sizeof(value), "%s %s", wanted->uuid, wanted->type);

	if (r < 0)
		return gvm_error_set(e, "GVM_E_UNSUPPORTED", ENAMETOOLONG,
				     "the name of type %s is too long", wanted->type);
	r = add_write(plan, wanted->name, gpu, "create", value, &s, e);
	if (r < 0)
		return r;
	expect(&s->expect, GVM_EXPECT_LINK, gpu, wanted->uuid, "kind", wanted->type);
	s->has_inverse = true;
	gvm_str_format(s->inverse.path, sizeof(s->inverse.path), "%s/toy/remove", gpu->path);
	gvm_str_copy(s->inverse.value, sizeof(s->inverse.value), wanted->uuid);
	expect(&s->inverse_expect, GVM_EXPECT_ABSENT, gpu, wanted->uuid, "", "");
	gvm_str_format(s->reason, sizeof(s->reason), "make vGPU %s (%s) on %s", wanted->name,
		       wanted->type, gpu->id);
	return add_start(plan, wanted->name, gpu, wanted->uuid, e);
}

/** @brief Append the stop of a vGPU. @param vgpu it @param plan result @param e detail @return 0 or -errno */
static int add_stop(const struct gvm_vgpu *vgpu, struct gvm_plan *plan, struct gvm_error *e)
{
	char name[80];
	struct gvm_step *s = NULL;
	int r;

	gvm_str_format(name, sizeof(name), "vgpus/%s/stop", vgpu->uuid);
	r = add_write(plan, vgpu->name, vgpu->gpu, name, "1", &s, e);
	if (r < 0)
		return r;
	s->write.may_block = true;
	expect(&s->expect, GVM_EXPECT_ABSENT, vgpu->gpu, vgpu->uuid, "iommu_group", "");
	s->has_inverse = true;
	s->inverse = s->write;
	memcpy(strrchr(s->inverse.path, '/'), "/start", sizeof("/start"));
	s->inverse.may_block = false;
	expect(&s->inverse_expect, GVM_EXPECT_TEXT, vgpu->gpu, vgpu->uuid, "online", "1");
	gvm_str_format(s->reason, sizeof(s->reason), "stop vGPU %s", vgpu->name);
	return 0;
}

/** @brief Steps to remove one; see vendor.h. @param vgpu vGPU @param plan result @param e detail @return 0 or -errno */
static int toy_plan_destroy(const struct gvm_vgpu *vgpu, struct gvm_plan *plan,
			    struct gvm_error *e)
{
	struct gvm_step *s = NULL;
	/* One that a killed gvm left half made was never started. */
	int r = vgpu->group >= 0 ? add_stop(vgpu, plan, e) : 0;

	if (r == 0)
		r = add_write(plan, vgpu->name, vgpu->gpu, "remove", vgpu->uuid, &s, e);
	if (r < 0)
		return r;
	expect(&s->expect, GVM_EXPECT_ABSENT, vgpu->gpu, vgpu->uuid, "", "");
	s->point_of_no_return = true;
	gvm_str_format(s->reason, sizeof(s->reason), "remove vGPU %s", vgpu->name);
	return 0;
}

/** @brief Plan whether the GPU makes vGPUs. @param ctx context @param gpu GPU @param on wanted @param plan result @param e detail @return 0 or -errno */
static int plan_online(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, bool on,
		       struct gvm_plan *plan, struct gvm_error *e)
{
	struct gvm_inventory inv = { .n_vgpus = 0 };
	struct gvm_step *s = NULL;
	int r;

	if ((read_number(ctx, gpu, "", "online") == 1) == on)
		return 0;
	r = on ? 0 : toy_vgpus(ctx, gpu, NULL, &inv, e);
	free(inv.vgpus);
	if (r < 0)
		return r;
	if (inv.n_vgpus) {
		gvm_error_set(e, "GVM_E_GPU_HAS_VGPUS", EBUSY, "%s has vGPUs", gpu->id);
		GVM_ERROR_FIELD(e, object, "%s", gpu->id);
		return -EBUSY;
	}
	r = add_write(plan, gpu->id, gpu, "enable", on ? "1" : "0", &s, e);
	if (r < 0)
		return r;
	s->expect.kind = s->inverse_expect.kind = GVM_EXPECT_TEXT;
	gvm_str_format(s->expect.path, sizeof(s->expect.path), "%s/toy/online", gpu->path);
	memcpy(s->inverse_expect.path, s->expect.path, sizeof(s->expect.path));
	gvm_str_copy(s->expect.value, sizeof(s->expect.value), on ? "1" : "0");
	gvm_str_copy(s->inverse_expect.value, sizeof(s->inverse_expect.value), on ? "0" : "1");
	s->has_inverse = true;
	s->inverse = s->write;
	gvm_str_copy(s->inverse.value, sizeof(s->inverse.value), on ? "0" : "1");
	gvm_str_format(s->reason, sizeof(s->reason), "turn the vGPUs of %s %s", gpu->id,
		       on ? "on" : "off");
	return 0;
}

/**
 * @brief Plan settings; see vendor.h.
 * @param ctx context @param gpu GPU @param settings @param n how many @param force unused
 * @param plan result @param e detail @return 0 or -errno
 */
static int toy_settings(struct gvm_ctx *ctx, const struct gvm_gpu *gpu,
			struct gvm_setting *settings, size_t n, bool force, struct gvm_plan *plan,
			struct gvm_error *e)
{
	size_t i;
	int r = 0;

	(void)force;
	for (i = 0; i < n && r == 0; i++) {
		if (strcmp(settings[i].key, "toy") != 0)
			continue;
		settings[i].done = true;
		if (strcmp(settings[i].value, "on") != 0 && strcmp(settings[i].value, "off") != 0)
			r = gvm_error_set(e, "GVM_E_SETTING", EINVAL, "%s needs toy=on or off",
					  gpu->id);
		else
			r = plan_online(ctx, gpu, settings[i].value[1] == 'n', plan, e);
	}
	return r;
}

/** @brief How a VM takes one; see vendor.h. @param ctx unused @param vgpu vGPU @param spec result @param e unused @return 0 or -errno */
static int toy_attach_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			   struct gvm_attach_spec *spec, struct gvm_error *e)
{
	(void)ctx, (void)e;
	memset(spec, 0, sizeof(*spec));
	spec->kind = GVM_ATTACH_VFIO;
	spec->display = GVM_DISPLAY_NONE;
	gvm_str_copy(spec->name, sizeof(spec->name), vgpu->name);
	return gvm_str_format(spec->path, sizeof(spec->path), "%s/toy/vgpus/%s", vgpu->gpu->path,
			      vgpu->uuid);
}

const struct gvm_vendor gvm_vendor_toy = {
	.name = "toy",
	.probe = toy_probe,
	.types = toy_types,
	.vgpus = toy_vgpus,
	.plan_create = toy_plan_create,
	.plan_destroy = toy_plan_destroy,
	.plan_settings = toy_settings,
	.attach_spec = toy_attach_spec,
};
