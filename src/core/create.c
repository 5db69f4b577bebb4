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

/** What a vGPU is made from. Belongs to an inventory. */
struct choice {
	const struct gvm_gpu *gpu;
	const struct gvm_vendor *vendor;
};

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
 * @param ctx context @param request asked for @param ret its gpu, if one is asked for; result: gpu and type
 * @param inv result, to be freed also on failure @param c result @param e detail @return 0 or -errno
 */
static int choose_by_listing(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			     struct gvm_vgpu_record *ret, struct gvm_inventory **inv,
			     struct choice *c, struct gvm_error *e)
{
	const struct gvm_gpu *gpu = NULL;
	const struct gvm_type *type;
	int r = gvm_inventory_read(ctx, GVM_INV_TYPES, request->gpu ? ret->gpu : NULL, inv, e);

	if (r == 0 && request->gpu)
		r = gvm_find_gpu(ctx, *inv, request->gpu, &gpu, e);
	if (r == 0)
		r = gvm_find_type(*inv, gpu, request->type, &type, e);
	if (r == 0)
		r = take_own(type, ret, e);
	if (r < 0)
		return r;
	memcpy(ret->type, type->own ? type->own->base : type->id, sizeof(ret->type));
	memcpy(ret->gpu, type->gpu->id, sizeof(ret->gpu));
	*c = (struct choice){ type->gpu, type->vendor };
	return 0;
}

/**
 * @brief Take the type if the request gives it by its id; nothing is listed then.
 * @param ctx context @param request asked for @param inv inventory of the GPU alone
 * @param ret result: type @param c result @return true when it is settled
 */
static bool choose_by_id(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			 struct gvm_inventory *inv, struct gvm_vgpu_record *ret, struct choice *c)
{
	const struct gvm_gpu *gpu = inv->gpus;
	size_t i;

	for (i = 0; inv->n_gpus == 1 && i < gpu->n_vendors; i++)
		if (gpu->vendors[i]->types(ctx, gpu, request->type, inv, NULL) == 0 &&
		    gvm_str_copy(ret->type, sizeof(ret->type), request->type) == 0) {
			*c = (struct choice){ gpu, gpu->vendors[i] };
			return true;
		}
	return false;
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
 * @brief Plan the making of a vGPU that is chosen. Functions are chosen here: what they are planned from
 *        stays so under the GPU's lock. Whether the GPU is still there the kernel tells.
 * @param ctx context @param request asked for @param c choice @param load drivers that are not loaded
 * @param plan result @param ret vGPU; result: its place @param e detail @return 0 or -errno
 */
static int plan_chosen(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
		       const struct choice *c, bool load, struct gvm_plan *plan,
		       struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	struct gvm_vgpu_wanted wanted = {
		.name = ret->name, .uuid = ret->uuid, .type = ret->type, .params = &ret->params
	};
	int r = gvm_str_copy(ret->method, sizeof(ret->method), c->vendor->name);

	if (r == 0)
		r = gvm_vgpu_takes_params(ctx, ret->method, &ret->params, ret->name, e);
	if (r < 0)
		return r;
	if (!c->vendor->place)
		return c->vendor->plan_create(c->gpu, &wanted, plan, e);
	if (load)
		gvm_place_settle(ctx);
	wanted.at = request->gpu;
	wanted.force = request->force;
	r = c->vendor->place(ctx, c->gpu, &wanted, &ret->place, e);
	if (r == 0 && load)
		r = gvm_place_load(ctx, &ret->place, e);
	return r < 0 ? r : gvm_place_take(&ret->place, ret->name, plan, e);
}

int gvm_vgpu_plan_create(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			 struct gvm_plan *plan, struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *one = NULL;
	GVM_AUTOINVENTORY struct gvm_inventory *all = NULL;
	struct choice c;
	int r = choose_names(request, ret, e);

	if (r == 0 && request->gpu)
		r = gvm_gpu_id(ctx, request->gpu, ret->gpu, e);
	if (r == 0 && request->gpu)
		r = gvm_inventory_read(ctx, 0, ret->gpu, &one, e);
	if (r == 0 && !(one && choose_by_id(ctx, request, one, ret, &c)))
		r = choose_by_listing(ctx, request, ret, &all, &c, e);
	return r < 0 ? r : plan_chosen(ctx, request, &c, false, plan, ret, e);
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
 *
 * @param ctx context @param plan steps @param lock held on the GPU @param record the vGPU
 * @param e detail @return 0 or -errno
 */
static int create_locked(struct gvm_ctx *ctx, struct gvm_plan *plan, int lock,
			 const struct gvm_vgpu_record *record, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = gvm_vgpu_record_json(record);
	int r;

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

/**
 * @brief See that the UUID is free: a record would claim another's vGPU, which would go with us if we were killed.
 * @param ctx context @param plan of the vGPU @param record it @param e detail @return 0 or -EEXIST
 */
static int check_fresh(struct gvm_ctx *ctx, const struct gvm_plan *plan,
		       const struct gvm_vgpu_record *record, struct gvm_error *e)
{
	if (record->place.n || gvm_plan_is_fresh(ctx, plan))
		return 0;
	gvm_error_set(e, "GVM_E_UUID_TAKEN", EEXIST, "there is a vGPU with UUID %s already",
		      record->uuid);
	GVM_ERROR_FIELD(e, object, "%s", record->uuid);
	return -EEXIST;
}

void gvm_vgpu_record_started(struct gvm_ctx *ctx, const struct gvm_vgpu_record *made)
{
	GVM_AUTOJSON struct json_object *o = gvm_vgpu_record_json(made);
	struct gvm_vgpu_record now;
	struct gvm_error e = { 0 };
	int r = save_record(ctx, made, o, true, &e);

	/* One that was lost has its record still. */
	if (r == -EEXIST && gvm_vgpu_has_record(ctx, made, &now))
		r = save_record(ctx, made, o, false, &e);
	if (r < 0)
		gvm_log(ctx, "%s", e.message);
}

/**
 * @brief Make a planned vGPU that has a definition, by one write: it is there or not, whoever is killed.
 * @param ctx context @param plan that step @param g the GPU @param record the vGPU @param e detail @return 0 or -errno
 */
static int create_defined(struct gvm_ctx *ctx, struct gvm_plan *plan,
			  const struct gvm_gpu_change *g, const struct gvm_vgpu_record *record,
			  struct gvm_error *e)
{
	int r = gvm_apply(ctx, plan, e);

	if (r == 0 && !g->record_later)
		gvm_vgpu_record_started(ctx, record);
	return r;
}

/**
 * @brief Make a vGPU that is chosen, its GPU being locked.
 * @param ctx context @param request asked for @param c choice @param g the GPU @param ret vGPU; result: its place
 * @param e detail @return 0 or -errno
 */
static int create_chosen(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			 const struct choice *c, struct gvm_gpu_change *g,
			 struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	struct gvm_plan plan;
	int r;

	gvm_plan_init(&plan);
	r = plan_chosen(ctx, request, c, true, &plan, ret, e);
	if (r == 0)
		r = check_fresh(ctx, &plan, ret, e);
	if (r < 0)
		return r;
	if (request->defined && plan.n_steps == 1 && !ret->place.n)
		return create_defined(ctx, &plan, g, ret, e);
	r = create_locked(ctx, &plan, g->lock, ret, e);
	g->left_over = plan.left_over;
	if (!g->left_over)
		gvm_gpu_note_done(ctx, g->lock);
	return r;
}

int gvm_gpu_change_begin(struct gvm_ctx *ctx, const char *gpu, struct gvm_gpu_change *ret,
			 struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *before = NULL;
	struct gvm_gpu_change g = { .lock = -1 };
	int r = gvm_str_copy(g.id, sizeof(g.id), gpu);

	if (r == 0)
		r = gvm_inventory_read(ctx, 0, gpu, &before, e);
	/* What is not there has no lock. */
	if (r == 0 && before->n_gpus)
		r = g.lock = gvm_gpu_lock(ctx, gpu, e);
	/* Who had the lock may have changed its driver. */
	if (r >= 0)
		r = gvm_inventory_read(ctx, 0, gpu, &g.inv, e);
	if (r < 0) {
		gvm_gpu_change_end(ctx, &g);
		return r;
	}
	if (g.lock >= 0 && g.inv->n_gpus)
		gvm_host_near(ctx->host, g.inv->gpus[0].path);
	*ret = g;
	return 0;
}

void gvm_gpu_change_end(struct gvm_ctx *ctx, struct gvm_gpu_change *g)
{
	gvm_host_near(ctx->host, NULL);
	if (g->lock >= 0)
		gvm_gpu_unlock(ctx, g->lock, false);
	gvm_inventory_free(g->inv);
}

/**
 * @brief The type that was asked for before needs no other look.
 * @param g the GPU @param request asked for @param ret result: type @param c result
 * @return true when it is settled
 */
static bool choose_again(const struct gvm_gpu_change *g, const struct gvm_vgpu_request *request,
			 struct gvm_vgpu_record *ret, struct choice *c)
{
	if (!g->vendor || strcmp(g->type_asked, request->type) != 0)
		return false;
	memcpy(ret->type, g->type, sizeof(ret->type));
	*c = (struct choice){ g->inv->gpus, g->vendor };
	return true;
}

int gvm_vgpu_create_on(struct gvm_ctx *ctx, struct gvm_gpu_change *g,
		       const struct gvm_vgpu_request *request, const struct gvm_proc *owner,
		       struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *all = NULL;
	struct choice c;
	int r = choose_names(request, ret, e);

	if (r < 0)
		return r;
	memcpy(ret->gpu, g->id, sizeof(ret->gpu));
	if (owner)
		ret->owner = *owner;
	if (!choose_again(g, request, ret, &c) && !choose_by_id(ctx, request, g->inv, ret, &c))
		r = choose_by_listing(ctx, request, ret, &all, &c, e);
	if (r == 0 && g->lock < 0)
		r = gvm_error_set(e, "GVM_E_PARENT_GOING", ENODEV, "GPU %s is only just coming",
				  g->id);
	if (r < 0)
		return r;
	if (c.gpu == g->inv->gpus && gvm_str_copy(g->type_asked, sizeof(g->type_asked),
						  request->type) == 0) {
		memcpy(g->type, ret->type, sizeof(g->type));
		g->vendor = c.vendor;
	}
	return create_chosen(ctx, request, &c, g, ret, e);
}

/**
 * @brief Make a vGPU on the GPU that has most room; see gvm_vgpu_create().
 * @param ctx context @param request asked for @param owner process or NULL @param ret result @param e detail
 * @return 0 or -errno
 */
static int create_anywhere(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			   const struct gvm_proc *owner, struct gvm_vgpu_record *ret,
			   struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *all = NULL;
	struct gvm_gpu_change g = { .lock = -1 };
	struct choice c;
	int r = choose_names(request, ret, e);

	if (r == 0)
		r = choose_by_listing(ctx, request, ret, &all, &c, e);
	if (r == 0)
		r = g.lock = gvm_gpu_lock(ctx, ret->gpu, e);
	if (r < 0)
		return r;
	if (owner)
		ret->owner = *owner;
	r = create_chosen(ctx, request, &c, &g, ret, e);
	gvm_gpu_change_end(ctx, &g);
	return r;
}

int gvm_vgpu_create(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
		    const struct gvm_proc *owner, struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	struct gvm_gpu_change g;
	char id[GVM_NAME_SIZE];
	int r;

	if (!request->gpu)
		return create_anywhere(ctx, request, owner, ret, e);
	r = gvm_gpu_id(ctx, request->gpu, id, e);
	if (r == 0)
		r = gvm_gpu_change_begin(ctx, id, &g, e);
	if (r < 0)
		return r;
	r = gvm_vgpu_create_on(ctx, &g, request, owner, ret, e);
	gvm_gpu_change_end(ctx, &g);
	return r;
}
