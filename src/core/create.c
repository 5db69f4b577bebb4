// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "change.h"
#include "gpu_lock.h"
#include "inventory.h"
#include "json.h"
#include "store.h"
#include "str.h"
#include "vendor.h"

/** @brief Check or make name and UUID. @param request asked for @param ret result @param e detail @return 0 or -errno */
static int choose_names(const struct gvm_vgpu_request *request, struct gvm_vgpu_record *ret,
			struct gvm_error *e)
{
	char as_uuid[GVM_UUID_SIZE];

	memset(ret, 0, sizeof(*ret));
	if (request->params)
		ret->params = *request->params;
	if (!request->uuid)
		gvm_uuid_random(ret->uuid);
	else if (gvm_uuid_parse(request->uuid, ret->uuid) < 0)
		return gvm_error_set(e, "GVM_E_UUID_INVALID", EINVAL, "%s is not a UUID",
				     request->uuid);
	if (!request->name) {
		snprintf(ret->name, sizeof(ret->name), "vgpu-%.8s", ret->uuid);
		return 0;
	}
	if (!gvm_name_valid(request->name))
		return gvm_error_set(e, "GVM_E_NAME_INVALID", EINVAL, "%s is no name for a vGPU",
				     request->name);
	/* A UUID names the vGPU that has it, and no other. */
	if (gvm_uuid_parse(request->name, as_uuid) == 0 && strcmp(as_uuid, ret->uuid) != 0)
		return gvm_error_set(e, "GVM_E_NAME_INVALID", EINVAL,
				     "%s is a UUID, and cannot be the name of another vGPU",
				     request->name);
	return gvm_str_copy(ret->name, sizeof(ret->name), request->name);
}

/** @brief Take what an own type brings along. @param type chosen @param ret result @param e detail @return 0 or -EINVAL */
static int take_own(const struct gvm_type *type, struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	const char *wrong;

	if (!type->own)
		return 0;
	memcpy(ret->own_type, type->own->name, sizeof(ret->own_type));
	wrong = gvm_params_prepend(&ret->params, &type->own->params);
	return wrong ? gvm_error_set(e, "GVM_E_USAGE", EINVAL, "%s: with those of type %s %s",
				     ret->name, type->own->name, wrong)
		     : 0;
}

/**
 * @brief Find GPU and type by names, with room: the slow way, which knows full names and own types.
 * @param ctx context @param request asked for @param ret result: gpu and type @param e detail
 * @return 0 or -errno
 */
static int choose_by_listing(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			     struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_gpu *gpu = NULL;
	const struct gvm_type *type;
	int r;

	r = gvm_inventory_read(ctx, GVM_INV_TYPES, request->gpu ? ret->gpu : NULL, &inv, e);
	if (r == 0 && request->gpu)
		r = gvm_find_gpu(ctx, inv, request->gpu, &gpu, e);
	if (r < 0)
		return r;
	r = gvm_find_type(inv, gpu, request->type, &type, e);
	if (r == 0)
		r = take_own(type, ret, e);
	if (r < 0)
		return r;
	memcpy(ret->type, type->own ? type->own->base : type->id, sizeof(ret->type));
	memcpy(ret->gpu, type->gpu->id, sizeof(ret->gpu));
	return gvm_str_copy(ret->method, sizeof(ret->method), type->vendor->name);
}

/**
 * @brief Take the type if the request gives GPU and type by their ids; nothing is listed then.
 * @param ctx context @param inv inventory of that GPU alone @param request asked for
 * @param ret result: type @return true when it is settled
 */
static bool choose_by_id(struct gvm_ctx *ctx, struct gvm_inventory *inv,
			 const struct gvm_vgpu_request *request, struct gvm_vgpu_record *ret)
{
	const struct gvm_gpu *gpu = inv->gpus;
	size_t i;

	for (i = 0; inv->n_gpus == 1 && i < gpu->n_vendors; i++)
		if (gpu->vendors[i]->types(ctx, gpu, request->type, inv, NULL) == 0 &&
		    gvm_str_copy(ret->type, sizeof(ret->type), request->type) == 0) {
			gvm_str_copy(ret->method, sizeof(ret->method), gpu->vendors[i]->name);
			return true;
		}
	return false;
}

/**
 * @brief Choose name, UUID, GPU, type and method.
 * @param ctx context @param request asked for @param ret result @param e detail @return 0 or -errno
 */
static int choose(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
		  struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	int r = choose_names(request, ret, e);

	if (r == 0 && request->gpu)
		r = gvm_gpu_id(ctx, request->gpu, ret->gpu, e);
	if (r == 0 && request->gpu)
		r = gvm_inventory_read(ctx, 0, ret->gpu, &inv, e);
	if (r < 0 || (inv && choose_by_id(ctx, inv, request, ret)))
		return r;
	return choose_by_listing(ctx, request, ret, e);
}

int gvm_vgpu_takes_params(const struct gvm_ctx *ctx, const char *method,
			  const struct gvm_params *params, const char *name, struct gvm_error *e)
{
	const struct gvm_vendor *vendor = gvm_vendor_named(ctx, method);

	if (!params->n || !vendor || vendor->plan_set)
		return 0;
	gvm_error_set(e, "GVM_E_PARAM_NONE", EOPNOTSUPP,
		      "%s cannot have the parameter %s: what is made by %s has none", name,
		      params->items[0].name, method);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -EOPNOTSUPP;
}

/**
 * @brief Plan the making of a vGPU that is chosen; what it is planned from stays so under the GPU's lock.
 * @param ctx context @param request asked for @param load drivers that are not loaded
 * @param plan result @param ret vGPU; result: its place @param e detail @return 0 or -errno
 */
static int plan_chosen(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request, bool load,
		       struct gvm_plan *plan, struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	const struct gvm_vendor *vendor = gvm_vendor_named(ctx, ret->method);
	struct gvm_vgpu_wanted wanted = {
		.name = ret->name, .uuid = ret->uuid, .type = ret->type, .params = &ret->params
	};
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	int r = gvm_vgpu_takes_params(ctx, ret->method, &ret->params, ret->name, e);

	if (r == 0)
		r = gvm_inventory_read(ctx, 0, ret->gpu, &inv, e);
	if (r < 0)
		return r;
	if (inv->n_gpus != 1 || !vendor)
		return gvm_error_set(e, "GVM_E_PARENT_GOING", ENODEV, "GPU %s has just gone",
				     ret->gpu);
	if (!vendor->place)
		return vendor->plan_create(&inv->gpus[0], &wanted, plan, e);
	wanted.at = request->gpu;
	wanted.force = request->force;
	r = vendor->place(ctx, &inv->gpus[0], &wanted, &ret->place, e);
	if (r == 0 && load)
		r = gvm_place_load(ctx, &ret->place, e);
	return r < 0 ? r : gvm_place_take(&ret->place, ret->name, plan, e);
}

int gvm_vgpu_plan_create(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			 struct gvm_plan *plan, struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	int r = choose(ctx, request, ret, e);

	return r < 0 ? r : plan_chosen(ctx, request, false, plan, ret, e);
}

/** @brief Save a vGPU's record. @param ctx context @param r record @param o as JSON @param is_new it must not exist @param e detail @return 0 or -errno */
static int save_record(struct gvm_ctx *ctx, const struct gvm_vgpu_record *r, struct json_object *o,
		       bool is_new, struct gvm_error *e)
{
	int ret = o ? ctx->store->ops->save(ctx->store, GVM_STORE_VGPU, r->name, o, is_new)
		    : -ENOMEM;

	if (ret == 0)
		return 0;
	if (ret == -EEXIST)
		gvm_error_set(e, "GVM_E_NAME_TAKEN", EEXIST, "there is a vGPU %s already", r->name);
	else
		gvm_error_set(e, "GVM_E_STORE", -ret, "cannot save the record of vGPU %s: %s",
			      r->name, gvm_errno_name(ret));
	GVM_ERROR_FIELD(e, object, "%s", r->name);
	return ret;
}

int gvm_vgpu_set_owner(struct gvm_ctx *ctx, struct gvm_vgpu_record *record,
		       const struct gvm_proc *owner, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = NULL;

	record->owner = *owner;
	o = gvm_vgpu_record_json(record);
	return save_record(ctx, record, o, false, e);
}

/**
 * @brief Make a planned vGPU, under its GPU's lock. Its note and its record stand before it does.
 * @param ctx context @param plan steps @param lock held on the GPU @param record the vGPU
 * @param e detail @return 0 or -errno
 */
static int create_locked(struct gvm_ctx *ctx, struct gvm_plan *plan, int lock,
			 const struct gvm_vgpu_record *record, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = gvm_vgpu_record_json(record);
	int r;

	/* Else our record would claim another's vGPU, and it would go with us if we were killed. */
	if (!record->place.n && !gvm_plan_is_fresh(ctx, plan)) {
		r = gvm_error_set(e, "GVM_E_UUID_TAKEN", EEXIST,
				  "there is a vGPU with UUID %s already", record->uuid);
		GVM_ERROR_FIELD(e, object, "%s", record->uuid);
		return r;
	}
	r = gvm_gpu_note(ctx, lock, o, e);
	if (r == 0)
		r = save_record(ctx, record, o, true, e);
	if (r < 0)
		return r;
	r = gvm_apply(ctx, plan, e);
	/* A vGPU that could not be undone keeps its record, and its note. */
	if (r < 0 && !plan->left_over)
		ctx->store->ops->remove(ctx->store, GVM_STORE_VGPU, record->name);
	return r;
}

int gvm_vgpu_create(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
		    const struct gvm_proc *owner, struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	struct gvm_plan plan;
	int lock, r;

	gvm_plan_init(&plan);
	r = choose(ctx, request, ret, e);
	if (r < 0)
		return r;
	if (owner)
		ret->owner = *owner;
	lock = gvm_gpu_lock(ctx, ret->gpu, e);
	if (lock < 0)
		return lock;
	r = plan_chosen(ctx, request, true, &plan, ret, e);
	if (r == 0)
		r = create_locked(ctx, &plan, lock, ret, e);
	gvm_gpu_unlock(ctx, lock, !plan.left_over);
	return r;
}
