// SPDX-License-Identifier: GPL-2.0-or-later
#include "keep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "cleanup.h"
#include "saved.h"
#include "str.h"
#include "vgpu_set.h"

/** @brief Load all definitions. @param ctx context @param ret result @param e detail @return 0 or -errno */
static int load_all(struct gvm_ctx *ctx, struct gvm_definitions *ret, struct gvm_error *e)
{
	int r = gvm_definitions_load(ctx, ret, NULL, NULL);

	return r < 0 ? gvm_error_set(e, "GVM_E_NO_MEMORY", -r, "out of memory") : 0;
}

/** @brief Refuse a name or a UUID that is another's. @param e error @param code of it @param uuid taken @param v whose it is @return -EEXIST */
static int taken(struct gvm_error *e, const char *code, const char *uuid, const struct gvm_vgpu *v)
{
	if (uuid)
		gvm_error_set(e, code, EEXIST, "vGPU %s has the UUID %s", v->name, uuid);
	else if (v->definition)
		gvm_error_set(e, code, EEXIST, "there is a definition %s already", v->name);
	else
		gvm_error_set(e, code, EEXIST, "there is a vGPU %s already, with UUID %s", v->name,
			      v->uuid);
	GVM_ERROR_FIELD(e, object, "%s", v->name);
	if (!uuid && v->definition)
		GVM_ERROR_FIELD(e, hint,
				"gvm vgpu set %s changes it; --force defines it anew; or choose "
				"another name",
				v->name);
	else if (!uuid)
		GVM_ERROR_FIELD(e, hint, "add --uuid %s to define just that one", v->uuid);
	return -EEXIST;
}

/**
 * @brief See that name and UUID are free.
 * @param ctx context @param d definition; one that is defined anew keeps its UUID
 * @param force a definition of this name may be there @param e detail @return 0 or -errno
 */
static int check_free(struct gvm_ctx *ctx, struct gvm_definition *d, bool force,
		      struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS, NULL, &inv, e);

	if (r < 0)
		return r;
	if (gvm_find_vgpu(inv, d->name, &v, NULL) == 0 && strcmp(v->name, d->name) == 0) {
		bool same = d->uuid[0] && strcmp(v->uuid, d->uuid) == 0;

		if (v->definition ? !force : !same)
			return taken(e, "GVM_E_NAME_TAKEN", NULL, v);
		if (!d->uuid[0])
			memcpy(d->uuid, v->uuid, sizeof(d->uuid));
	}
	/* A file that cannot be used has the name too. */
	if (!force && gvm_definition_exists(ctx, d->name))
		return gvm_error_set(e, "GVM_E_NAME_TAKEN", EEXIST,
				     "there is a definition %s already, and it is damaged",
				     d->name);
	/* Whoever has no name of its own is called by its UUID, and may get one. */
	if (d->uuid[0] && gvm_find_vgpu(inv, d->uuid, &v, NULL) == 0 &&
	    strcmp(v->name, d->name) != 0 && strcmp(v->name, v->uuid) != 0)
		return taken(e, "GVM_E_UUID_TAKEN", d->uuid, v);
	return 0;
}

/**
 * @brief Find the ids of GPU and type.
 * @param ctx context @param d definition @param force keep them as they are if they are not there
 * @param e detail @return 0 or -errno
 */
static int resolve(struct gvm_ctx *ctx, struct gvm_definition *d, bool force, struct gvm_error *e)
{
	const struct gvm_vgpu_request request = { .type = d->type,
						  .gpu = gvm_definition_at(d),
						  .name = d->name,
						  .uuid = d->uuid[0] ? d->uuid : NULL,
						  .params = &d->params };
	struct gvm_vgpu_record record = { 0 };
	struct gvm_plan plan;
	int r;

	gvm_plan_init(&plan);
	r = gvm_vgpu_plan_create(ctx, &request, &plan, &record, e);
	/* The type is there: that there is no room now is no reason not to define it. */
	if (r < 0 && record.gpu[0] && record.type[0])
		r = gvm_vgpu_takes_params(ctx, record.method, &record.params, d->name, e);
	if (r == -ENOENT && !force)
		GVM_ERROR_FIELD(e, hint,
				"gvm type list shows what there is; --force defines it for a GPU "
				"that is not there yet");
	if (r < 0 && !(force && r == -ENOENT))
		return r;
	memcpy(d->uuid, record.uuid, sizeof(d->uuid));
	if (r == 0) {
		memcpy(d->base, record.type, sizeof(d->base));
		memcpy(d->type, record.own_type[0] ? record.own_type : record.type,
		       sizeof(d->type));
		memcpy(d->gpu, record.gpu, sizeof(d->gpu));
	} else if (d->gpu[0]) {
		char name[GVM_NAME_SIZE];

		gvm_str_copy(name, sizeof(name), gvm_definition_at(d));
		r = gvm_definition_set_gpu(ctx, d, name, e);
	}
	/* Only a vGPU of this type is one function of its GPU. */
	if (strcmp(d->base[0] ? d->base : d->type, "vf") != 0)
		d->vf[0] = '\0';
	return d->gpu[0] ? 0 : r;
}

int gvm_definition_want(struct gvm_ctx *ctx, const struct gvm_vgpu_request *wanted,
			struct gvm_definition *d, struct gvm_error *e)
{
	if (gvm_str_copy(d->name, sizeof(d->name), wanted->name) < 0)
		return gvm_error_set(e, "GVM_E_NAME_INVALID", EINVAL, "the name %s is too long",
				     wanted->name);
	if (gvm_str_copy(d->type, sizeof(d->type), wanted->type) < 0)
		return gvm_error_set(e, "GVM_E_TYPE_NOT_FOUND", ENOENT, "there is no type %s",
				     wanted->type);
	if (wanted->uuid && gvm_uuid_parse(wanted->uuid, d->uuid) < 0)
		return gvm_error_set(e, "GVM_E_UUID_INVALID", EINVAL, "%s is not a UUID",
				     wanted->uuid);
	return wanted->gpu ? gvm_definition_set_gpu(ctx, d, wanted->gpu, e) : 0;
}

int gvm_definition_complete(struct gvm_ctx *ctx, struct gvm_definition *d, bool force,
			    struct gvm_error *e)
{
	char as_uuid[GVM_UUID_SIZE];
	int r;

	memcpy(d->base, d->type, sizeof(d->base));
	if (!gvm_name_valid(d->name) ||
	    (gvm_uuid_parse(d->name, as_uuid) == 0 && strcmp(as_uuid, d->uuid) != 0))
		return gvm_error_set(e, "GVM_E_NAME_INVALID", EINVAL, "%s is no name for a vGPU",
				     d->name);
	r = check_free(ctx, d, force, e);
	return r < 0 ? r : resolve(ctx, d, force, e);
}

/**
 * @brief Write a definition's file, under the lock.
 * @param ctx context @param d definition @param flags enum gvm_saved_flags @param e detail
 * @return 0 or -errno
 */
static int save(struct gvm_ctx *ctx, const struct gvm_definition *d, unsigned int flags,
		struct gvm_error *e)
{
	GVM_AUTOFREE char *text = gvm_definition_text(d);
	struct gvm_definition check;
	int r;

	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	/* What we write we can read. */
	r = gvm_definition_parse(text, strlen(text), d->name, &check, e);
	if (r < 0)
		return r;
	r = ctx->store->ops->saved_save(ctx->store, GVM_SAVED_VGPU, d->name, text, flags);
	return r < 0 ? gvm_saved_error(ctx, GVM_SAVED_VGPU, d->name, "save", r, e) : 0;
}

int gvm_definition_define(struct gvm_ctx *ctx, struct gvm_definition *d, bool force,
			  struct gvm_error *e)
{
	int lock = gvm_saved_lock(ctx, e), r;

	if (lock < 0)
		return lock;
	r = gvm_definition_complete(ctx, d, force, e);
	if (r == 0)
		r = save(ctx, d, force ? GVM_SAVED_FORCE : GVM_SAVED_NEW, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}

/** @brief Refuse to change what is mdevctl's. @param d definition @param e error @return 0 or -EPERM */
static int check_ours(const struct gvm_definition *d, struct gvm_error *e)
{
	if (d->by == GVM_DEFINED_BY_GVM)
		return 0;
	gvm_error_set(e, "GVM_E_DEFINED_ELSEWHERE", EPERM, "vGPU %s is defined by mdevctl",
		      d->name);
	GVM_ERROR_FIELD(e, object, "%s", d->name);
	return -EPERM;
}

int gvm_definition_ours(struct gvm_ctx *ctx, const char *name, char ret[GVM_NAME_SIZE],
			struct gvm_error *e)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	const struct gvm_definition *d;
	int r = load_all(ctx, &all, e);

	if (r < 0)
		return r;
	d = gvm_definitions_find(&all, name);
	if (d) {
		memcpy(ret, d->name, sizeof(d->name));
		return check_ours(d, e);
	}
	if (!gvm_definition_exists(ctx, name))
		return gvm_find_definition(&all, name, &d, e);
	return gvm_str_copy(ret, GVM_NAME_SIZE, name);
}

int gvm_definition_undefine(struct gvm_ctx *ctx, const char *name, struct gvm_error *e)
{
	int lock = gvm_saved_lock(ctx, e), r;
	char own[GVM_NAME_SIZE];

	if (lock < 0)
		return lock;
	r = gvm_definition_ours(ctx, name, own, e);
	if (r == 0) {
		r = ctx->store->ops->saved_remove(ctx->store, GVM_SAVED_VGPU, own);
		if (r < 0)
			gvm_saved_error(ctx, GVM_SAVED_VGPU, own, "remove", r, e);
	}
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}

/**
 * @brief Change one setting.
 * @param ctx context @param d definition @param setting KEY=VALUE @param made_of result: set when
 * the vGPU must be made anew @param e detail @return 0 or -errno
 */
static int change(struct gvm_ctx *ctx, struct gvm_definition *d, const char *setting, bool *made_of,
		  struct gvm_error *e)
{
	const char *value = strchr(setting, '=');
	bool on;

	value = value ? value + 1 : "";
	on = strcmp(value, "on") == 0 || strcmp(value, "true") == 0;
	if (gvm_str_starts(setting, "autostart=")) {
		d->autostart = on;
		if (on || strcmp(value, "off") == 0 || strcmp(value, "false") == 0)
			return 0;
		return gvm_error_set(e, "GVM_E_USAGE", EINVAL, "autostart is on or off, and not %s",
				     value);
	}
	if (strcmp(setting, "params=none") == 0) {
		d->params.n = 0;
		return 0;
	}
	*made_of = true;
	if (gvm_str_starts(setting, "type=") && *value &&
	    gvm_str_copy(d->type, sizeof(d->type), value) == 0)
		return gvm_str_copy(d->base, sizeof(d->base), value);
	if (gvm_str_starts(setting, "gpu=") && *value)
		return gvm_definition_set_gpu(ctx, d, value, e);
	gvm_error_set(e, "GVM_E_USAGE", EINVAL, "a vGPU has no setting %s", setting);
	GVM_ERROR_FIELD(
		e, hint,
		"autostart=on, autostart=off, type=TYPE, gpu=GPU, params=none; attributes of "
		"the vGPU: --param KEY=VALUE");
	return -EINVAL;
}

/**
 * @brief Is a defined vGPU there?
 * @param ctx context @param d definition @param inv result: the inventory of its GPU @param e
 * detail @return 1, 0 or -errno
 */
static int is_active(struct gvm_ctx *ctx, const struct gvm_definition *d,
		     struct gvm_inventory **inv, struct gvm_error *e)
{
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS | GVM_INV_NOT_SAVED,
				   d->gpu[0] ? d->gpu : NULL, inv, e);

	if (r < 0)
		return r;
	return gvm_find_vgpu(*inv, d->uuid, &v, NULL) == 0 && v->state != GVM_VGPU_LOST;
}

/** @brief Change the parameters. @param ctx context @param d definition @param given new ones @param e detail @return 0 or -errno */
static int change_params(struct gvm_ctx *ctx, struct gvm_definition *d,
			 const struct gvm_params *given, struct gvm_error *e)
{
	const char *wrong = gvm_params_change(&d->params, given);

	if (wrong)
		return gvm_error_set(e, "GVM_E_USAGE", EINVAL, "vGPU %s: %s", d->name, wrong);
	if (gvm_definition_is_mediated(d))
		return 0;
	return gvm_vgpu_takes_params(ctx, strcmp(d->base, "vf") == 0 ? "sriov" : "passthrough",
				     &d->params, d->name, e);
}

int gvm_definition_changed(struct gvm_ctx *ctx, const char *name,
			   const struct gvm_definition_change *wanted, struct gvm_definition *ret,
			   struct gvm_error *e)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_definition *d;
	bool made_of = false;
	size_t i;
	int r = load_all(ctx, &all, e);

	if (r < 0)
		return r;
	r = gvm_find_definition(&all, name, &d, e);
	if (r < 0)
		return r;
	r = check_ours(d, e);
	*ret = *d;
	for (i = 0; i < wanted->n && r == 0; i++)
		r = change(ctx, ret, wanted->settings[i], &made_of, e);
	if (r == 0)
		r = change_params(ctx, ret, &wanted->params, e);
	if (r < 0 || !made_of)
		return r;
	r = is_active(ctx, d, &inv, e);
	if (r > 0) {
		gvm_error_set(e, "GVM_E_VGPU_ACTIVE", EBUSY,
			      "vGPU %s is active: its type and GPU cannot change", d->name);
		GVM_ERROR_FIELD(e, object, "%s", d->name);
		return -EBUSY;
	}
	return r < 0 ? r : resolve(ctx, ret, false, e);
}

int gvm_definition_set(struct gvm_ctx *ctx, const char *name,
		       const struct gvm_definition_change *wanted, bool force,
		       struct gvm_definition *ret, struct gvm_error *e)
{
	int lock = gvm_saved_lock(ctx, e), r, set = 1;

	if (lock < 0)
		return lock;
	r = gvm_definition_changed(ctx, name, wanted, ret, e);
	if (r == 0 && wanted->params.n)
		r = set = gvm_vgpu_set(ctx, ret->uuid, &wanted->params, e);
	if (r >= 0)
		r = save(ctx, ret, force ? GVM_SAVED_FORCE : 0, e);
	if (r < 0 && set == 0)
		gvm_warn(ctx, "vGPU %s: its parameters are set, and not saved", ret->name);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}
