// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "change.h"
#include "gpu_lock.h"
#include "hold.h"
#include "hypervisor.h"
#include "inventory.h"
#include "json.h"
#include "store.h"
#include "str.h"
#include "vendor.h"

/** @brief Load a vGPU's record by its name. @param ctx context @param name name @param ret result @return 0 or -errno */
static int load_record(struct gvm_ctx *ctx, const char *name, struct gvm_vgpu_record *ret)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	int r = ctx->store->ops->load(ctx->store, GVM_STORE_VGPU, name, &o);

	return r < 0 ? r : gvm_vgpu_record_parse(o, ret);
}

/** @brief The function that a foreign vGPU is; what it was before is not known. @param ctx context @param vgpu it @param place result @return 0 or -errno */
static int place_of_foreign(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			    struct gvm_place *place)
{
	int r = gvm_place_add(ctx, place, vgpu->address);

	if (r < 0)
		return r;
	memset(&place->functions[0].before, 0, sizeof(place->functions[0].before));
	memcpy(place->functions[0].vfio, place->functions[0].now.driver, GVM_MODULE_SIZE);
	return 0;
}

int gvm_vgpu_record_of(struct gvm_ctx *ctx, const struct gvm_vgpu *v, struct gvm_vgpu_record *ret)
{
	int r = v->origin == GVM_VGPU_FOREIGN ? -ENOENT : load_record(ctx, v->name, ret);

	/* A record of that name may be another's: this one is then only defined. */
	if (r == 0 && strcmp(ret->uuid, v->uuid) != 0)
		r = -ENOENT;
	if (r != -ENOENT)
		return r;
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->name, v->name, sizeof(ret->name));
	memcpy(ret->uuid, v->uuid, sizeof(ret->uuid));
	if (v->gpu)
		memcpy(ret->gpu, v->gpu->id, sizeof(ret->gpu));
	if (v->vendor)
		gvm_str_copy(ret->method, sizeof(ret->method), v->vendor->name);
	return v->address[0] ? place_of_foreign(ctx, v, &ret->place) : 0;
}

/**
 * @brief Which vGPU does a person mean? By record if it has one, else by listing all.
 * @param ctx context @param name name or UUID @param foreign one that gvm did not make is meant too
 * @param ret name, UUID and GPU (empty when that is gone) @param e detail @return 0 or -errno
 */
static int identify(struct gvm_ctx *ctx, const char *name, bool foreign,
		    struct gvm_vgpu_record *ret, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *vgpu;
	int r = load_record(ctx, name, ret);

	if (r == 0)
		return 0;
	r = gvm_inventory_read(ctx, GVM_INV_VGPUS, NULL, &inv, e);
	if (r == 0)
		r = gvm_find_vgpu(inv, name, &vgpu, e);
	if (r < 0)
		return r;
	if (vgpu->state == GVM_VGPU_DEFINED) {
		gvm_error_set(e, "GVM_E_NOT_ACTIVE", ENOENT, "vGPU %s is defined, but not active",
			      vgpu->name);
		GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
		return -ENOENT;
	}
	if (vgpu->origin == GVM_VGPU_FOREIGN && !foreign) {
		gvm_error_set(e, "GVM_E_FOREIGN", EPERM, "vGPU %s on %s was not made by gvm",
			      vgpu->name, vgpu->gpu->id);
		GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
		return -EPERM;
	}
	return gvm_vgpu_record_of(ctx, vgpu, ret);
}

/** @brief Tell that a vGPU is held, and by whom. @param v vGPU, read with holders @param inv its inventory @param e error @return -EBUSY */
static int held_by(const struct gvm_vgpu *v, const struct gvm_inventory *inv, struct gvm_error *e)
{
	char who[160] = "by a process that cannot be seen from here";

	if (v->vm >= 0)
		snprintf(who, sizeof(who), "by VM %s (process %d)", inv->vms[v->vm].name,
			 (int)v->holder);
	else if (v->holder)
		snprintf(who, sizeof(who), "by process %d (%s)", (int)v->holder, v->holder_comm);
	gvm_error_set(e, "GVM_E_HELD", EBUSY, "vGPU %s is held %s", v->name, who);
	GVM_ERROR_FIELD(e, object, "%s", v->name);
	if (v->vm >= 0 && inv->vms[v->vm].ours)
		GVM_ERROR_FIELD(e, hint, "gvm vm stop %s", inv->vms[v->vm].name);
	return -EBUSY;
}

/**
 * @brief Look for who holds a vGPU.
 * @param ctx context @param record the vGPU @param surely the kernel says that somebody does
 * @param e detail @return 0 when nobody is found and it is not sure, -EBUSY, or another -errno
 */
static int name_holder(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record, bool surely,
		       struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	int r;

	r = gvm_inventory_read(ctx, GVM_INV_VGPUS | GVM_INV_VMS | GVM_INV_HOLDERS, record->gpu,
			       &inv, e);
	if (r == 0)
		r = gvm_find_vgpu(inv, record->uuid[0] ? record->uuid : record->name, &v, e);
	if (r < 0)
		return r;
	return surely || v->holder ? held_by(v, inv, e) : 0;
}

/** @brief Plan the giving back of functions. @param ctx context @param record vGPU @param plan result @param e detail @return 0 or -errno */
static int plan_functions(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record,
			  struct gvm_plan *plan, struct gvm_error *e)
{
	struct gvm_place place = record->place;
	size_t i;

	for (i = 0; i < place.n; i++) {
		struct gvm_function *f = &place.functions[i];

		gvm_function_read(ctx, f);
		if (f->vfio_has)
			gvm_holds_add(&plan->hold, &f->nodes);
	}
	return gvm_place_give_back(&place, record->name, plan, e);
}

/**
 * @brief Plan the removal of a vGPU that is identified.
 * @param ctx context @param record which @param plan result: no steps when only its record is left
 * @param e detail @return 0 or -errno
 */
static int plan_one(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record,
		    struct gvm_plan *plan, struct gvm_error *e)
{
	const struct gvm_vendor *vendor = gvm_vendor_named(ctx, record->method);
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct gvm_vgpu *vgpu;
	int r;

	if (record->place.n)
		return plan_functions(ctx, record, plan, e);
	r = vendor ? gvm_inventory_read_vgpu(ctx, record->gpu, vendor, record->uuid, &inv, e) : 0;
	if (r < 0 || !inv || !inv->n_vgpus)
		return r;
	vgpu = &inv->vgpus[0];
	memcpy(vgpu->name, record->name, sizeof(vgpu->name));
	gvm_holds_add(&plan->hold, &vgpu->nodes);
	return vendor->plan_destroy(vgpu, plan, e);
}

int gvm_vgpu_plan_destroy(struct gvm_ctx *ctx, const char *name, bool foreign,
			  struct gvm_plan *plan, struct gvm_error *e)
{
	size_t before = plan->n_steps;
	struct gvm_vgpu_record record;
	int r = identify(ctx, name, foreign, &record, e);

	if (r == 0)
		r = plan_one(ctx, &record, plan, e);
	/* A lost one, which needs no steps, cannot be held. */
	if (r == 0 && plan->n_steps > before)
		r = name_holder(ctx, &record, false, e);
	return r;
}

/**
 * @brief Once the GPU is locked: does the name still mean the same vGPU?
 * @param ctx context @param name @param foreign as for identify() @param record what it meant before
 * @param e detail @return 0 or -errno
 */
static int identify_again(struct gvm_ctx *ctx, const char *name, bool foreign,
			  const struct gvm_vgpu_record *record, struct gvm_error *e)
{
	struct gvm_vgpu_record now;
	int r = identify(ctx, name, foreign, &now, e);

	if (r < 0 || strcmp(now.uuid, record->uuid) == 0)
		return r;
	gvm_error_set(e, "GVM_E_VGPU_NOT_FOUND", ENOENT,
		      "vGPU %s was replaced by another of its name", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}

/**
 * @brief Make sure that nobody holds a vGPU: removing it would block in the kernel.
 *
 * Where its devices cannot be held, for another reason than a holder or not for long, the holder is
 * looked for in /proc, and the steps keep their deadline.
 * @param ctx context @param record vGPU
 * @param plan its removal: steps that cannot block any more are marked so
 * @param held result @param e detail @return 0, -EBUSY or another -errno
 */
static int hold(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record, struct gvm_plan *plan,
		struct gvm_held *held, struct gvm_error *e)
{
	char busy[GVM_VFIO_NODE_SIZE];
	int r = gvm_hold(ctx, &plan->hold, held, busy);
	size_t i;

	if (r < 0 || !held->alone)
		return name_holder(ctx, record, r == -EBUSY, e);
	for (i = 0; i < plan->n_steps && !record->place.n; i++)
		plan->steps[i].write.may_block = false;
	return 0;
}

/** @brief Has VFIO let all functions go already, so that only their drivers are missing? @param ctx context @param place functions @return yes or no */
static bool all_let_go(struct gvm_ctx *ctx, const struct gvm_place *place)
{
	size_t i;

	for (i = 0; i < place->n; i++) {
		struct gvm_function f = place->functions[i];

		gvm_function_read(ctx, &f);
		if (!f.gone && (f.vfio_has || strcmp(f.now.override, f.before.override) != 0))
			return false;
	}
	return true;
}

int gvm_vgpu_remove_locked(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record, int lock,
			   struct gvm_error *e)
{
	/* A foreign one has no record, and nobody collects it. */
	GVM_AUTOJSON struct json_object *o = record->type[0] ? gvm_vgpu_record_json(record) : NULL;
	GVM_AUTOHELD struct gvm_held held = { .n = 0 };
	struct gvm_plan plan;
	bool again;
	int r;

	gvm_plan_init(&plan);
	r = plan_one(ctx, record, &plan, e);
	again = r == 0 && record->place.n && all_let_go(ctx, &record->place);
	if (r == 0 && plan.n_steps)
		r = hold(ctx, record, &plan, &held, e);
	if (r == 0 && record->type[0])
		r = gvm_gpu_note(ctx, lock, o, e);
	if (r < 0)
		return r;
	r = gvm_apply(ctx, &plan, e);
	/* A driver that refuses its function back is told each time, but keeps the record only once. */
	if ((r == 0 || again) && record->type[0])
		ctx->store->ops->remove(ctx->store, GVM_STORE_VGPU, record->name);
	return r;
}

int gvm_vgpu_destroy(struct gvm_ctx *ctx, const char *name, bool foreign, struct gvm_error *e)
{
	struct gvm_vgpu_record record;
	int lock, r = identify(ctx, name, foreign, &record, e);

	if (r < 0)
		return r;
	lock = gvm_gpu_lock(ctx, record.gpu, e);
	if (lock < 0)
		return lock;
	r = identify_again(ctx, name, foreign, &record, e);
	if (r == 0)
		r = gvm_vgpu_remove_locked(ctx, &record, lock, e);
	gvm_gpu_unlock(ctx, lock, true);
	return r;
}

bool gvm_vgpu_has_record(struct gvm_ctx *ctx, const struct gvm_vgpu_record *r,
			 struct gvm_vgpu_record *now)
{
	return load_record(ctx, r->name, now) == 0 && strcmp(now->uuid, r->uuid) == 0;
}

int gvm_vgpu_destroy_made(struct gvm_ctx *ctx, const struct gvm_vgpu_record *made, bool dead_only,
			  struct gvm_error *e)
{
	int lock = gvm_gpu_lock(ctx, made->gpu, e), r;
	struct gvm_vgpu_record now;

	if (lock < 0)
		return lock;
	/* Under the lock its record tells whether it is still the one that is meant. */
	if (!gvm_vgpu_has_record(ctx, made, &now) ||
	    (dead_only && gvm_proc_alive(ctx->host, &now.owner)))
		r = 0;
	else
		r = gvm_vgpu_remove_locked(ctx, &now, lock, e);
	gvm_gpu_unlock(ctx, lock, true);
	return r;
}

int gvm_vgpu_destroy_defined(struct gvm_ctx *ctx, const struct gvm_vgpu_record *found,
			     struct gvm_error *e)
{
	int lock = gvm_gpu_lock(ctx, found->gpu, e), r = 0;
	struct gvm_vgpu_record now;

	if (lock < 0)
		return lock;
	if (gvm_vgpu_has_record(ctx, found, &now))
		r = gvm_vgpu_remove_locked(ctx, &now, lock, e);
	else if (found->type[0])
		r = 1;
	else
		r = gvm_vgpu_remove_locked(ctx, found, lock, e);
	gvm_gpu_unlock(ctx, lock, true);
	return r;
}

int gvm_vgpu_drop_lost(struct gvm_ctx *ctx, const struct gvm_vgpu_record *made, struct gvm_error *e)
{
	int lock = gvm_gpu_lock(ctx, made->gpu, e), r = 0;
	struct gvm_vgpu_record now;
	struct gvm_plan plan;

	if (lock < 0)
		return lock;
	gvm_plan_init(&plan);
	if (gvm_vgpu_has_record(ctx, made, &now))
		r = plan_one(ctx, &now, &plan, e);
	if (r == 0 && plan.n_steps)
		r = gvm_error_set(e, "GVM_E_UUID_TAKEN", EEXIST,
				  "there is a vGPU with UUID %s already", made->uuid);
	else if (r == 0)
		ctx->store->ops->remove(ctx->store, GVM_STORE_VGPU, made->name);
	gvm_gpu_unlock(ctx, lock, true);
	return r;
}
