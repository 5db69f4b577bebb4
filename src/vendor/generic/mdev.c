// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mediated devices. Interface: documented, kernel Documentation/ABI/testing/sysfs-bus-vfio-mdev;
 * what it leaves open was observed with Linux 6.12 (samples mtty, mdpy, mbochs), November 2026.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "generic.h"
#include "str.h"
#include "vfio.h"

#define MDEV_DEVICES "/sys/bus/mdev/devices"

/* Making one takes 10-80 ms, removing one 4 ms (ref lab.md section 4). */
#define STEP_TIMEOUT_MS 10000

/* A parameter shows its value when the write returns; some drivers may be a little late. */
#define PARAM_SEEN_MS 1000

/** What a walk over types or devices carries along. */
struct walk {
	struct gvm_ctx *ctx;
	const struct gvm_gpu *gpu;
	struct gvm_inventory *inv;
	int cdevs; /* are there nodes of single devices? -1: not asked */
};

/** @brief Is the GPU a parent of mediated devices? @param ctx context @param gpu GPU @return 1 or 0 */
static int mdev_probe(struct gvm_ctx *ctx, const struct gvm_gpu *gpu)
{
	char path[GVM_PATH_SIZE];

	return gvm_str_format(path, sizeof(path), "%s/mdev_supported_types", gpu->path) == 0 &&
	       gvm_host_exists(ctx->host, path);
}

/**
 * @brief Read a text attribute of a type.
 * @param w walk @param type id @param name attribute @param buf result @param size its size
 */
static void type_text(struct walk *w, const char *type, const char *name, char *buf, size_t size)
{
	char path[GVM_PATH_SIZE], *newline;

	buf[0] = '\0';
	if (gvm_str_format(path, sizeof(path), "%s/mdev_supported_types/%s/%s", w->gpu->path, type,
			   name) == 0)
		gvm_host_read(w->ctx->host, path, buf, size);
	/* Some descriptions have several lines, such as those of GVT-g. */
	for (newline = buf; (newline = strchr(newline, '\n'));)
		*newline = ';';
	gvm_str_printable(buf);
}

/** @brief Read a type's room. @param w walk @param t type, id set @return 0 or -errno */
static int read_available(struct walk *w, struct gvm_type *t)
{
	char path[GVM_PATH_SIZE];
	unsigned long long n;
	int r;

	r = gvm_str_format(path, sizeof(path), "%s/mdev_supported_types/%s/available_instances",
			   w->gpu->path, t->id);
	if (r == 0)
		r = gvm_host_read_u64(w->ctx->host, path, 10, &n);
	t->available = r == 0 && n <= INT_MAX ? (long)n : -1;
	if (t->available == 0)
		gvm_str_copy(t->reason, sizeof(t->reason),
			     "the vGPUs that exist use up the GPU's instances");
	return r;
}

/** @brief Take one type in. @param dir unused @param name its id @param data walk @return 0 or -ENOMEM */
static int take_type(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_type t = { .gpu = w->gpu, .vendor = &gvm_vendor_mdev };

	(void)dir;
	if (gvm_str_copy(t.id, sizeof(t.id), name) < 0) {
		gvm_inventory_warn(w->inv, "%s: a type's name is too long: %s", w->gpu->id, name);
		return 0;
	}
	read_available(w, &t);
	type_text(w, name, "name", t.name, sizeof(t.name));
	type_text(w, name, "description", t.description, sizeof(t.description));
	gvm_str_printable(t.id);
	return gvm_inventory_add_type(w->inv, &t);
}

/** @brief The types of a GPU; see vendor.h. @param ctx context @param gpu GPU @param only id or NULL @param inv result @param e detail @return 0 or -errno */
static int mdev_types(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		      struct gvm_inventory *inv, struct gvm_error *e)
{
	struct walk w = { ctx, gpu, inv, -1 };
	struct gvm_type t = { .gpu = gpu, .vendor = &gvm_vendor_mdev };
	char path[GVM_PATH_SIZE];
	int r;

	if (only) {
		t.available = -1;
		if (strchr(only, '/') || gvm_str_copy(t.id, sizeof(t.id), only) < 0 ||
		    gvm_str_format(path, sizeof(path), "%s/mdev_supported_types/%s/create",
				   gpu->path, only) < 0 ||
		    !gvm_host_exists(ctx->host, path))
			return -ENOENT;
		return gvm_inventory_add_type(inv, &t);
	}
	r = gvm_str_format(path, sizeof(path), "%s/mdev_supported_types", gpu->path);
	if (r == 0)
		r = gvm_host_list(ctx->host, path, take_type, &w);
	if (r < 0)
		gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read its mdev types: %s",
			      gvm_errno_name(r));
	return r;
}

/**
 * @brief The last part of a vGPU's link.
 * @param w walk @param dir folder of the GPU, or -1 @param uuid of the vGPU @param link name
 * @param buf result @param size its size @return 0 or -errno
 */
static int read_link(struct walk *w, int dir, const char *uuid, const char *link, char *buf,
		     size_t size)
{
	char path[GVM_PATH_SIZE];
	int r;

	if (dir < 0) {
		r = gvm_str_format(path, sizeof(path), "%s/%.36s/%s", w->gpu->path, uuid, link);
		return r < 0 ? r : gvm_host_link(w->ctx->host, path, buf, size);
	}
	/* Put together by hand: of a thousand vGPUs two links each are read. */
	memcpy(path, uuid, GVM_UUID_SIZE - 1);
	path[GVM_UUID_SIZE - 1] = '/';
	r = gvm_str_copy(path + GVM_UUID_SIZE, sizeof(path) - GVM_UUID_SIZE, link);
	return r < 0 ? r : gvm_host_link_at(w->ctx->host, dir, path, buf, size);
}

/** @brief Take one entry of the parent's folder in, if it is a vGPU. @param dir the folder, or -1 @param name entry @param data walk @return 0 or -ENOMEM */
static int take_vgpu(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_vgpu v = {
		.gpu = w->gpu, .vendor = &gvm_vendor_mdev, .origin = GVM_VGPU_FOREIGN, .vm = -1
	};
	char link[24], path[GVM_PATH_SIZE];
	uint64_t group;

	/* The mdev core names its devices by UUID; everything else in there is not ours. */
	if (gvm_uuid_parse(name, v.uuid) < 0)
		return 0;
	if (read_link(w, dir, name, "mdev_type", v.type, sizeof(v.type)) < 0)
		return 0;
	gvm_str_printable(v.type);
	memcpy(v.name, v.uuid, sizeof(v.uuid));
	v.group = -1;
	if (read_link(w, dir, name, "iommu_group", link, sizeof(link)) == 0 &&
	    gvm_parse_u64(link, 10, INT_MAX, &group) == 0)
		v.group = (long)group;
	/* Asked once: there may be a thousand of them. */
	if (w->cdevs < 0)
		w->cdevs = gvm_vfio_has_cdevs(w->ctx->host);
	v.nodes = (struct gvm_vfio_nodes){ .group = v.group, .cdev = -1 };
	if (w->cdevs) {
		gvm_str_format(path, sizeof(path), MDEV_DEVICES "/%s", name);
		gvm_vfio_nodes_find(w->ctx->host, path, v.group, &v.nodes);
	}
	return gvm_inventory_add_vgpu(w->inv, &v);
}

/** @brief The vGPUs of a GPU; see vendor.h. @param ctx context @param gpu GPU @param only UUID or NULL @param inv result @param e detail @return 0 or -errno */
static int mdev_vgpus(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		      struct gvm_inventory *inv, struct gvm_error *e)
{
	struct walk w = { ctx, gpu, inv, -1 };
	int r = only ? take_vgpu(-1, only, &w) : gvm_host_list(ctx->host, gpu->path, take_vgpu, &w);

	if (r < 0)
		gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read its vGPUs: %s",
			      gvm_errno_name(r));
	return r;
}

/**
 * @brief Append the step that sets a parameter.
 * @param name of the vGPU @param uuid its @param p parameter @param plan result @param ret the step
 * @param e detail @return 0 or -errno
 */
static int param_step(const char *name, const char *uuid, const struct gvm_param *p,
		      struct gvm_plan *plan, struct gvm_step **ret, struct gvm_error *e)
{
	struct gvm_step *s;
	int r = gvm_plan_step(plan, name, &s, e);

	if (r < 0)
		return r;
	/* UUIDs are 36 characters, names of parameters 63: these fit. */
	s->kind = GVM_STEP_PARAM;
	gvm_str_copy(s->device, sizeof(s->device), uuid);
	gvm_str_format(s->write.path, sizeof(s->write.path), MDEV_DEVICES "/%s/%s", uuid, p->name);
	/* The kernel is not told of a write of nothing: an empty line is what clears an attribute. */
	gvm_str_copy(s->write.value, sizeof(s->write.value), p->value[0] ? p->value : "\n");
	/* What a driver does on it is not known. */
	s->write.may_block = true;
	s->expect.kind = GVM_EXPECT_PARAM;
	memcpy(s->expect.path, s->write.path, sizeof(s->expect.path));
	memcpy(s->expect.value, p->value, sizeof(p->value));
	s->wait_ms = STEP_TIMEOUT_MS;
	s->seen_ms = PARAM_SEEN_MS;
	gvm_str_format(s->reason, sizeof(s->reason), "set %s of vGPU %s", p->name, name);
	*ret = s;
	return 0;
}

/** @brief Set parameters; see vendor.h. @param ctx context @param vgpu it @param params in order @param plan steps @param e detail @return 0 or -errno */
static int mdev_plan_set(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			 const struct gvm_params *params, struct gvm_plan *plan,
			 struct gvm_error *e)
{
	char before[sizeof(params->items[0].value)];
	struct gvm_step *s;
	size_t i;
	int r = 0;

	for (i = 0; i < params->n && r == 0; i++) {
		r = param_step(vgpu->name, vgpu->uuid, &params->items[i], plan, &s, e);
		/* Only one line can be written back, and only if it is not one of a choice. */
		if (r < 0 ||
		    gvm_host_read_named(ctx->host, s->write.path, before, sizeof(before)) < 0 ||
		    strpbrk(before, "\n["))
			continue;
		s->has_inverse = true;
		s->inverse = s->write;
		gvm_str_copy(s->inverse.value, sizeof(s->inverse.value), *before ? before : "\n");
		s->inverse_expect = s->expect;
		gvm_str_copy(s->inverse_expect.value, sizeof(s->inverse_expect.value), before);
	}
	return r;
}

/** @brief Steps to make one; see vendor.h. @param gpu GPU @param wanted what @param plan result @param e detail @return 0 or -errno */
static int mdev_plan_create(const struct gvm_gpu *gpu, const struct gvm_vgpu_wanted *wanted,
			    struct gvm_plan *plan, struct gvm_error *e)
{
	struct gvm_step *s;
	size_t i;
	int r = gvm_plan_step(plan, wanted->name, &s, e);

	if (r < 0)
		return r;
	r |= gvm_str_format(s->write.path, sizeof(s->write.path),
			    "%s/mdev_supported_types/%s/create", gpu->path, wanted->type);
	r |= gvm_str_copy(s->write.value, sizeof(s->write.value), wanted->uuid);
	s->expect.kind = GVM_EXPECT_LINK;
	/* Looked for below its own GPU. */
	r |= gvm_str_format(s->expect.path, sizeof(s->expect.path), "%s/%s/mdev_type", gpu->path,
			    wanted->uuid);
	r |= gvm_str_copy(s->expect.value, sizeof(s->expect.value), wanted->type);
	s->wait_ms = STEP_TIMEOUT_MS;
	s->has_inverse = true;
	r |= gvm_str_format(s->inverse.path, sizeof(s->inverse.path), MDEV_DEVICES "/%s/remove",
			    wanted->uuid);
	r |= gvm_str_copy(s->inverse.value, sizeof(s->inverse.value), "1");
	s->inverse.may_block = true;
	s->inverse_expect.kind = GVM_EXPECT_ABSENT;
	r |= gvm_str_format(s->inverse_expect.path, sizeof(s->inverse_expect.path),
			    MDEV_DEVICES "/%s", wanted->uuid);
	r |= gvm_str_format(s->reason, sizeof(s->reason), "make vGPU %s (%s) on %s", wanted->name,
			    wanted->type, gpu->id);
	if (r)
		return gvm_error_set(e, "GVM_E_UNSUPPORTED", ENAMETOOLONG,
				     "the names of %s on %s are too long", wanted->type, gpu->id);
	for (i = 0; wanted->params && i < wanted->params->n && r == 0; i++)
		r = param_step(wanted->name, wanted->uuid, &wanted->params->items[i], plan, &s, e);
	return r;
}

/** @brief Steps to remove one; see vendor.h. @param vgpu vGPU @param plan result @param e detail @return 0 or -errno */
static int mdev_plan_destroy(const struct gvm_vgpu *vgpu, struct gvm_plan *plan,
			     struct gvm_error *e)
{
	struct gvm_step *s;
	int r = gvm_plan_step(plan, vgpu->name, &s, e);

	if (r < 0)
		return r;
	/* UUIDs are 36 characters: these fit. */
	gvm_str_format(s->write.path, sizeof(s->write.path), MDEV_DEVICES "/%s/remove", vgpu->uuid);
	gvm_str_copy(s->write.value, sizeof(s->write.value), "1");
	s->write.may_block = true;
	s->expect.kind = GVM_EXPECT_ABSENT;
	gvm_str_format(s->expect.path, sizeof(s->expect.path), MDEV_DEVICES "/%s", vgpu->uuid);
	s->wait_ms = STEP_TIMEOUT_MS;
	s->point_of_no_return = true;
	gvm_str_format(s->reason, sizeof(s->reason), "remove vGPU %s", vgpu->name);
	return 0;
}

/** @brief How a VM takes one; see vendor.h. @param ctx context @param vgpu vGPU @param spec result @param e detail @return 0 or -errno */
static int mdev_attach_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			    struct gvm_attach_spec *spec, struct gvm_error *e)
{
	enum gvm_vfio_display display = GVM_VFIO_DISPLAY_NONE;

	memset(spec, 0, sizeof(*spec));
	spec->kind = GVM_ATTACH_VFIO;
	gvm_str_copy(spec->name, sizeof(spec->name), vgpu->name);
	gvm_str_format(spec->path, sizeof(spec->path), MDEV_DEVICES "/%s", vgpu->uuid);
	/* Only the device itself can tell. Where it cannot be asked, it has no picture for us. */
	gvm_vfio_display(ctx->host, &vgpu->nodes, vgpu->uuid, &display);
	if (display == GVM_VFIO_DISPLAY_REGION)
		spec->display = GVM_DISPLAY_REGION;
	else if (display == GVM_VFIO_DISPLAY_DMABUF)
		spec->display = GVM_DISPLAY_DMABUF;
	(void)e;
	return 0;
}

const struct gvm_vendor gvm_vendor_mdev = {
	.name = "mdev",
	.probe = mdev_probe,
	.types = mdev_types,
	.vgpus = mdev_vgpus,
	.plan_create = mdev_plan_create,
	.plan_destroy = mdev_plan_destroy,
	.plan_set = mdev_plan_set,
	.attach_spec = mdev_attach_spec,
};
