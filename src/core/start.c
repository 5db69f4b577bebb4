// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "gpu_lock.h"
#include "json.h"
#include "keep.h"
#include "str.h"
#include "vendor.h"

/** @brief Lock a definition's vGPU against other starts and stops. @param ctx context @param uuid its @param e detail @return handle or -errno */
static int lock_vgpu(struct gvm_ctx *ctx, const char *uuid, struct gvm_error *e)
{
	char name[GVM_NAME_SIZE + 8];
	int lock;

	/* By its first two digits: lock files stay, and there are 256 of these at most. Nobody takes two. */
	snprintf(name, sizeof(name), "vgpu-%.2s", uuid);
	lock = ctx->store->ops->lock(ctx->store, name, true);
	return lock < 0 ? gvm_error_set(e, "GVM_E_STORE", -lock, "cannot lock vGPU %s: %s", uuid,
					gvm_errno_name(lock))
			: lock;
}

/** @brief Is the GPU there, with a driver that makes such vGPUs? @param d definition @param inv inventory of its GPU alone @return yes or no */
static bool can_make(const struct gvm_definition *d, const struct gvm_inventory *inv)
{
	/* What is no function comes with the GPU's own driver, which may be loaded later. */
	return inv->n_gpus && (gvm_definition_is_mediated(d) ? gvm_gpu_has_maker(&inv->gpus[0])
							     : inv->gpus[0].n_vendors > 0);
}

/** @brief Tell that a GPU is not there. @param d definition @param e detail @return -ENODEV */
static int absent(const struct gvm_definition *d, struct gvm_error *e)
{
	gvm_error_set(e, "GVM_E_PARENT_ABSENT", ENODEV,
		      "vGPU %s cannot start: GPU %s is not there, or makes no vGPUs", d->name,
		      d->gpu);
	GVM_ERROR_FIELD(e, object, "%s", d->name);
	return -ENODEV;
}

/**
 * @brief Is the vGPU there? To see a function's, records are needed.
 * @param ctx context @param d definition @param inv result @param e detail @return 1, 0 or -errno
 */
static int look_at_all(struct gvm_ctx *ctx, const struct gvm_definition *d,
		       struct gvm_inventory **inv, struct gvm_error *e)
{
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS | GVM_INV_NOT_SAVED,
				   d->gpu[0] ? d->gpu : NULL, inv, e);

	if (r < 0)
		return r;
	return gvm_find_vgpu(*inv, d->uuid, &v, NULL) == 0 && v->state != GVM_VGPU_LOST;
}

/**
 * @brief The same for a mediated one of a known GPU: its UUID is enough, however many others there are.
 * @param ctx context @param d definition @param inv result @param e detail @return 1, 0 or -errno
 */
static int look_at_mediated(struct gvm_ctx *ctx, const struct gvm_definition *d,
			    struct gvm_inventory **inv, struct gvm_error *e)
{
	size_t i;
	int r = gvm_inventory_read(ctx, 0, d->gpu, inv, e);

	for (i = 0; r == 0 && (*inv)->n_gpus && i < (*inv)->gpus[0].n_vendors; i++)
		r = (*inv)->gpus[0].vendors[i]->vgpus(ctx, &(*inv)->gpus[0], d->uuid, *inv, e);
	return r < 0 ? r : (*inv)->n_vgpus > 0;
}

/** @brief Is the VF that is named there, and one of its GPU? @param ctx context @param d definition @return yes or no */
static bool is_vf_of(struct gvm_ctx *ctx, const struct gvm_definition *d)
{
	char gpu[GVM_NAME_SIZE];

	return gvm_gpu_id(ctx, d->vf, gpu, NULL) == 0 && strcmp(gpu, d->gpu) == 0;
}

/** @brief Is the vGPU there, and if not, can it be made? @param ctx context @param d definition @param e detail @return 1, 0 or -errno */
static int look(struct gvm_ctx *ctx, const struct gvm_definition *d, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	int r = d->gpu[0] && gvm_definition_is_mediated(d) ? look_at_mediated(ctx, d, &inv, e)
							   : look_at_all(ctx, d, &inv, e);

	if (r)
		return r;
	if (d->gpu[0] && !can_make(d, inv))
		return absent(d, e);
	if (d->vf[0] && !is_vf_of(ctx, d)) {
		gvm_error_set(e, "GVM_E_NO_VFS", ENOSPC,
			      "vGPU %s cannot start: GPU %s has no VF %s now", d->name, d->gpu,
			      d->vf);
		GVM_ERROR_FIELD(e, object, "%s", d->name);
		GVM_ERROR_FIELD(e, hint, "gvm gpu set %s vfs=N", d->gpu);
		return -ENOSPC;
	}
	return 0;
}

/** @brief What to ask for to make a defined vGPU. @param d definition @return request */
static struct gvm_vgpu_request request_of(const struct gvm_definition *d)
{
	return (struct gvm_vgpu_request){ .type = d->type,
					  .gpu = gvm_definition_at(d),
					  .name = d->name,
					  .uuid = d->uuid,
					  .params = &d->params,
					  .defined = true };
}

int gvm_definition_plan_start(struct gvm_ctx *ctx, const struct gvm_definition *d,
			      struct gvm_plan *plan, struct gvm_error *e)
{
	const struct gvm_vgpu_request request = request_of(d);
	struct gvm_vgpu_record record;
	int r = look(ctx, d, e);

	return r ? r : gvm_vgpu_plan_create(ctx, &request, plan, &record, e);
}

/** @brief Take away the record of a vGPU that is lost. @param ctx context @param d its definition @param e detail @return 0 or -errno */
static int drop_lost(struct gvm_ctx *ctx, const struct gvm_definition *d, struct gvm_error *e)
{
	struct gvm_vgpu_record old = { 0 }, now;

	memcpy(old.name, d->name, sizeof(old.name));
	memcpy(old.uuid, d->uuid, sizeof(old.uuid));
	if (!gvm_vgpu_has_record(ctx, &old, &now))
		return 0;
	/* Functions of a lost one may still have to be given back. */
	return gvm_definition_is_mediated(d) ? gvm_vgpu_drop_lost(ctx, &now, e)
					     : gvm_vgpu_destroy_made(ctx, &now, false, e);
}

/**
 * @brief Record a vGPU of ours that is there without a record: a gvm that was killed made it, or another tool.
 * @param ctx context @param d its definition
 */
static void adopt(struct gvm_ctx *ctx, const struct gvm_definition *d)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct gvm_vgpu_record record = { 0 }, now;
	int lock;

	if (d->by != GVM_DEFINED_BY_GVM || !d->gpu[0] || !gvm_definition_is_mediated(d))
		return;
	memcpy(record.name, d->name, sizeof(record.name));
	memcpy(record.uuid, d->uuid, sizeof(record.uuid));
	memcpy(record.gpu, d->gpu, sizeof(record.gpu));
	if (gvm_vgpu_has_record(ctx, &record, &now))
		return;
	lock = gvm_gpu_lock(ctx, d->gpu, NULL);
	if (lock < 0)
		return;
	if (look_at_mediated(ctx, d, &inv, NULL) == 1) {
		memcpy(record.type, inv->vgpus[0].type, sizeof(record.type));
		gvm_str_copy(record.method, sizeof(record.method), inv->vgpus[0].vendor->name);
		gvm_vgpu_record_started(ctx, &record);
	}
	gvm_gpu_unlock(ctx, lock, false);
}

int gvm_definition_start(struct gvm_ctx *ctx, const struct gvm_definition *d, struct gvm_error *e)
{
	const struct gvm_vgpu_request request = request_of(d);
	int lock = lock_vgpu(ctx, d->uuid, e), r;
	struct gvm_vgpu_record made;

	if (lock < 0)
		return lock;
	r = look(ctx, d, e);
	if (r == 0)
		r = drop_lost(ctx, d, e);
	if (r == 0)
		r = gvm_vgpu_create(ctx, &request, NULL, &made, e);
	/* Another tool (mdevctl) may have been faster. */
	if (r == -EEXIST && look(ctx, d, NULL) == 1)
		r = 1;
	if (r == 1)
		adopt(ctx, d);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}

/** vGPUs of one GPU that are being started. */
struct starting {
	struct gvm_gpu_change g;
	bool begun;
	struct gvm_vgpu_record *made; /* without a record yet */
	size_t n_made;
};

/**
 * @brief Start one of many: when nothing stands in the way, as after a boot.
 * @param ctx context @param s all @param d definition @param e detail
 * @return 0, -EAGAIN when it is to be looked at closely, or another -errno
 */
static int start_quickly(struct gvm_ctx *ctx, struct starting *s, const struct gvm_definition *d,
			 struct gvm_error *e)
{
	const struct gvm_vgpu_request request = request_of(d);
	int r;

	/* For functions records and drivers are to be looked at. */
	if (!s->begun || !gvm_definition_is_mediated(d))
		return -EAGAIN;
	if (!can_make(d, s->g.inv))
		return absent(d, e);
	r = gvm_vgpu_create_on(ctx, &s->g, &request, NULL, &s->made[s->n_made], e);
	s->n_made += r == 0;
	/* It is there, or it is to be undone. */
	return r == -EEXIST || s->g.left_over ? -EAGAIN : r;
}

/** @brief Begin, unless it is begun. @param ctx context @param gpu id of the GPU @param s all */
static void begin(struct gvm_ctx *ctx, const char *gpu, struct starting *s)
{
	if (s->begun || !s->made)
		return;
	s->begun = gvm_gpu_change_begin(ctx, gpu, &s->g, NULL) == 0;
	/* First all of them are there, then all are recorded. */
	s->g.record_later = true;
}

/** @brief End, if it is begun. @param ctx context @param s all */
static void end(struct gvm_ctx *ctx, struct starting *s)
{
	size_t i;

	if (!s->begun)
		return;
	for (i = 0; i < s->n_made; i++)
		gvm_vgpu_record_started(ctx, &s->made[i]);
	gvm_gpu_change_end(ctx, &s->g);
	s->n_made = 0;
	s->begun = false;
}

int gvm_definitions_start(struct gvm_ctx *ctx, const char *gpu,
			  const struct gvm_definition *const *list, size_t n, gvm_started_fn fn,
			  void *data)
{
	struct starting s = { .made = calloc(n, sizeof(*s.made)) };
	int told = 0;
	size_t i;

	for (i = 0; i < n && told == 0; i++) {
		struct gvm_error e = { 0 };
		int r;

		if (gvm_definition_is_mediated(list[i]))
			begin(ctx, gpu, &s);
		r = start_quickly(ctx, &s, list[i], &e);
		if (r == -EAGAIN) {
			end(ctx, &s);
			memset(&e, 0, sizeof(e));
			r = gvm_definition_start(ctx, list[i], &e);
		}
		told = fn(list[i], r, &e, data);
	}
	end(ctx, &s);
	free(s.made);
	return told;
}

/**
 * @brief Find the vGPU to stop.
 * @param ctx context @param name name or UUID @param ret result, see gvm_vgpu_record_of() @param e detail
 * @return 1 when it is not active, 0 or a negative errno
 */
static int to_stop(struct gvm_ctx *ctx, const char *name, struct gvm_vgpu_record *ret,
		   struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS, NULL, &inv, e);

	if (r == 0)
		r = gvm_find_vgpu(inv, name, &v, e);
	if (r < 0)
		return r;
	if (v->definition && v->state == GVM_VGPU_DEFINED)
		return 1;
	if (!v->definition) {
		gvm_error_set(e, "GVM_E_NOT_DEFINED", ENOENT,
			      "vGPU %s has no definition: stopped, it would be gone", v->name);
		GVM_ERROR_FIELD(e, object, "%s", v->name);
		GVM_ERROR_FIELD(e, hint, "gvm vgpu destroy %s removes it", v->name);
		return -ENOENT;
	}
	r = gvm_vgpu_record_of(ctx, v, ret);
	return r < 0 ? gvm_error_set(e, "GVM_E_STORE", -r, "cannot read the record of vGPU %s: %s",
				     v->name, gvm_errno_name(r))
		     : 0;
}

int gvm_definition_plan_stop(struct gvm_ctx *ctx, const char *name, struct gvm_plan *plan,
			     struct gvm_error *e)
{
	struct gvm_vgpu_record found;
	int r = to_stop(ctx, name, &found, e);

	return r ? r : gvm_vgpu_plan_destroy(ctx, found.uuid, false, plan, e);
}

int gvm_definition_stop(struct gvm_ctx *ctx, const char *name, struct gvm_error *e)
{
	struct gvm_vgpu_record found;
	int lock, r = to_stop(ctx, name, &found, e);

	if (r)
		return r;
	/* Nobody starts it meanwhile. */
	lock = lock_vgpu(ctx, found.uuid, e);
	if (lock < 0)
		return lock;
	r = gvm_vgpu_destroy_defined(ctx, &found, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}
