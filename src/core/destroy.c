// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "change.h"
#include "cleanup.h"
#include "gpu_lock.h"
#include "hypervisor.h"
#include "inventory.h"
#include "json.h"
#include "store.h"
#include "str.h"
#include "vendor.h"
#include "vfio.h"
#include "wait.h"

/* Another gvm that removes a vGPU of the group holds it for some milliseconds. */
#define HOLD_TIMEOUT_MS 200

/** @brief Load a vGPU's record by its name. @param ctx context @param name name @param ret result @return 0 or -errno */
static int load_record(struct gvm_ctx *ctx, const char *name, struct gvm_vgpu_record *ret)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	int r = ctx->store->ops->load(ctx->store, GVM_STORE_VGPU, name, &o);

	return r < 0 ? r : gvm_vgpu_record_parse(o, ret);
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
	if (vgpu->origin == GVM_VGPU_FOREIGN && !foreign) {
		gvm_error_set(e, "GVM_E_FOREIGN", EPERM, "vGPU %s on %s was not made by gvm",
			      vgpu->name, vgpu->gpu->id);
		GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
		return -EPERM;
	}
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->name, vgpu->name, sizeof(ret->name));
	memcpy(ret->uuid, vgpu->uuid, sizeof(ret->uuid));
	ret->owner = vgpu->owner;
	/* A foreign one has no record, which the empty type tells. */
	if (vgpu->origin != GVM_VGPU_FOREIGN)
		memcpy(ret->type, vgpu->type, sizeof(ret->type));
	if (vgpu->gpu)
		memcpy(ret->gpu, vgpu->gpu->id, sizeof(ret->gpu));
	return 0;
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
		r = gvm_find_vgpu(inv, record->uuid, &v, e);
	if (r < 0)
		return r;
	return surely || v->holder ? held_by(v, inv, e) : 0;
}

/**
 * @brief Plan the removal of a vGPU that is identified.
 * @param ctx context @param record which @param plan result: no steps when only its record is left
 * @param group result: its VFIO group, or -1 @param e detail @return 0 or -errno
 */
static int plan_one(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record,
		    struct gvm_plan *plan, long *group, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vendor *vendor;
	struct gvm_vgpu *vgpu;
	int r = gvm_inventory_read(ctx, 0, record->gpu, &inv, e);

	*group = -1;
	if (r < 0)
		return r;
	vendor = inv->n_gpus ? inv->gpus[0].vendor : NULL;
	r = vendor ? vendor->vgpus(ctx, &inv->gpus[0], record->uuid, inv, e) : 0;
	if (r < 0 || !inv->n_vgpus)
		return r;
	vgpu = &inv->vgpus[0];
	memcpy(vgpu->name, record->name, sizeof(vgpu->name));
	*group = vgpu->group;
	return vendor->plan_destroy(vgpu, plan, e);
}

int gvm_vgpu_plan_destroy(struct gvm_ctx *ctx, const char *name, bool foreign,
			  struct gvm_plan *plan, struct gvm_error *e)
{
	size_t before = plan->n_steps;
	struct gvm_vgpu_record record;
	long group;
	int r = identify(ctx, name, foreign, &record, e);

	if (r == 0)
		r = plan_one(ctx, &record, plan, &group, e);
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

/** A group to be held, and the descriptor that holds it. */
struct hold {
	struct gvm_host *host;
	int group;
	int fd;
};

/** @brief Try to hold the group. @param data struct hold @return 1, 0 while another holds it, -errno */
static int try_hold(void *data)
{
	struct hold *h = data;

	h->fd = gvm_vfio_hold(h->host, h->group);
	return h->fd == -EBUSY ? 0 : h->fd < 0 ? h->fd : 1;
}

/**
 * @brief Make sure that nobody holds a vGPU: removing it would block in the kernel.
 *
 * While we hold its group nobody else can. Where it cannot be had for another reason, the holder is
 * looked for in /proc, and the steps keep their deadline.
 * @param ctx context @param record vGPU @param group its VFIO group, or -1
 * @param plan its removal: steps that cannot block any more are marked so
 * @param fd result: holds the group, or -1 @param e detail @return 0, -EBUSY or another -errno
 */
static int hold(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record, long group,
		struct gvm_plan *plan, int *fd, struct gvm_error *e)
{
	struct hold h = { .host = ctx->host, .group = (int)group, .fd = -1 };
	int r = group < 0 ? -ENOENT : gvm_wait_until(HOLD_TIMEOUT_MS, try_hold, &h);
	size_t i;

	*fd = -1;
	if (r < 0)
		return name_holder(ctx, record, r == -ETIMEDOUT, e);
	*fd = h.fd;
	for (i = 0; i < plan->n_steps; i++)
		plan->steps[i].write.may_block = false;
	return 0;
}

int gvm_vgpu_remove_locked(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record, int lock,
			   struct gvm_error *e)
{
	/* A foreign one has no record, and nobody collects it. */
	GVM_AUTOJSON struct json_object *o = record->type[0] ? gvm_vgpu_record_json(record) : NULL;
	GVM_AUTOCLOSE int fd = -1;
	struct gvm_plan plan;
	long group;
	int r;

	gvm_plan_init(&plan);
	r = plan_one(ctx, record, &plan, &group, e);
	if (r == 0 && plan.n_steps)
		r = hold(ctx, record, group, &plan, &fd, e);
	if (r == 0 && record->type[0])
		r = gvm_gpu_note(ctx, lock, o, e);
	if (r == 0)
		r = gvm_apply(ctx, &plan, e);
	if (r == 0 && record->type[0])
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
