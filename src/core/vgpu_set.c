// SPDX-License-Identifier: GPL-2.0-or-later
#include "vgpu_set.h"

#include <errno.h>
#include <string.h>

#include "apply.h"
#include "change.h"
#include "gpu_lock.h"
#include "inventory.h"
#include "vendor.h"

/**
 * @brief Find an active vGPU that may be set.
 * @param ctx context @param name name or UUID @param inv result: inventory @param ret result: it
 * @param e detail @return 1 when it is not active, 0 or -errno
 */
static int find(struct gvm_ctx *ctx, const char *name, struct gvm_inventory **inv,
		const struct gvm_vgpu **ret, struct gvm_error *e)
{
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS, NULL, inv, e);

	if (r == 0)
		r = gvm_find_vgpu(*inv, name, &v, e);
	if (r < 0)
		return r;
	*ret = v;
	if (v->state == GVM_VGPU_DEFINED || v->state == GVM_VGPU_LOST)
		return 1;
	if (v->origin != GVM_VGPU_FOREIGN)
		return 0;
	gvm_error_set(e, "GVM_E_FOREIGN", EPERM, "vGPU %s on %s was not made by gvm", v->name,
		      v->gpu->id);
	GVM_ERROR_FIELD(e, object, "%s", v->name);
	GVM_ERROR_FIELD(e, hint, "take it over: gvm vgpu define NAME --type %s --gpu %s --uuid %s",
			v->type, v->gpu->id, v->uuid);
	return -EPERM;
}

/** @brief Append the steps. @param ctx context @param v vGPU @param params in order @param plan result @param e detail @return 0 or -errno */
static int plan_one(struct gvm_ctx *ctx, const struct gvm_vgpu *v, const struct gvm_params *params,
		    struct gvm_plan *plan, struct gvm_error *e)
{
	int r = gvm_vgpu_takes_params(ctx, v->vendor->name, params, v->name, e);

	return r < 0 || !params->n ? r : v->vendor->plan_set(ctx, v, params, plan, e);
}

int gvm_vgpu_plan_set(struct gvm_ctx *ctx, const char *name, const struct gvm_params *params,
		      struct gvm_plan *plan, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	int r = find(ctx, name, &inv, &v, e);

	return r ? r : plan_one(ctx, v, params, plan, e);
}

/** @brief Tell which parameters stay as they were set, although a later one failed. @param plan carried out in part @param e its failure, NULL for none */
static void tell_left(const struct gvm_plan *plan, struct gvm_error *e)
{
	char message[sizeof(e->message)];
	size_t i;

	for (i = 0; e && i < plan->n_done; i++) {
		const struct gvm_step *s = &plan->steps[i];

		if (!s->has_inverse) {
			memcpy(message, e->message, sizeof(message));
			GVM_ERROR_FIELD(e, message, "%s; what was done before it stays: %s",
					message, s->reason);
			break;
		}
	}
}

/** @brief Note in a vGPU's record what is set on it now. @param ctx context @param v vGPU @param params set @param e detail @return 0 or -errno */
static int note_set(struct gvm_ctx *ctx, const struct gvm_vgpu *v, const struct gvm_params *params,
		    struct gvm_error *e)
{
	struct gvm_vgpu_record key = { .uuid = "" }, now;

	memcpy(key.name, v->name, sizeof(key.name));
	memcpy(key.uuid, v->uuid, sizeof(key.uuid));
	/* One that another tool made from our definition has none. */
	if (!gvm_vgpu_has_record(ctx, &key, &now))
		return 0;
	/* What does not fit is set all the same; the record holds what it was made with. */
	gvm_params_change(&now.params, params);
	key.owner = now.owner;
	return gvm_vgpu_set_owner(ctx, &now, &key.owner, e);
}

int gvm_vgpu_set(struct gvm_ctx *ctx, const char *name, const struct gvm_params *params,
		 struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *before = NULL;
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	struct gvm_plan plan;
	int lock, r = find(ctx, name, &before, &v, e);

	if (r)
		return r;
	lock = gvm_gpu_lock(ctx, v->gpu->id, e);
	if (lock < 0)
		return lock;
	gvm_plan_init(&plan);
	/* Again under the lock: it may have gone. */
	r = find(ctx, v->uuid[0] ? v->uuid : name, &inv, &v, e);
	if (r == 0)
		r = plan_one(ctx, v, params, &plan, e);
	if (r == 0) {
		r = gvm_apply(ctx, &plan, e);
		if (r < 0)
			tell_left(&plan, e);
	}
	if (r == 0)
		r = note_set(ctx, v, params, e);
	gvm_gpu_unlock(ctx, lock, true);
	return r;
}
