// SPDX-License-Identifier: GPL-2.0-or-later
/* Own types among those of the host: listing, keeping and forgetting them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "cleanup.h"
#include "inventory.h"
#include "own_type.h"
#include "saved.h"
#include "str.h"
#include "vendor.h"
#include "vm_defs.h"
#include "yaml_load.h"

/** @brief Warn of a file that cannot be used. @param e why @param data inventory */
static void warn(const struct gvm_error *e, void *data)
{
	gvm_inventory_warn(data, "%s", e->message);
}

/** @brief The driver's type of this id or full name. @param inv inventory @param name it @return type, or NULL */
static const struct gvm_type *drivers(const struct gvm_inventory *inv, const char *name)
{
	size_t i;

	for (i = 0; i < inv->n_types; i++)
		if (!inv->types[i].own &&
		    (strcmp(inv->types[i].id, name) == 0 || strcmp(inv->types[i].name, name) == 0))
			return &inv->types[i];
	return NULL;
}

/** @brief Add one for each GPU with its base. @param inv host @param own type @param n types of drivers @param found result: how many @return 0 or -ENOMEM */
static int add_one(struct gvm_inventory *inv, const struct gvm_own_type *own, size_t n,
		   size_t *found)
{
	size_t i;
	int r = 0;

	for (i = 0, *found = 0; i < n && r == 0; i++) {
		struct gvm_type t = inv->types[i];

		if (strcmp(t.id, own->base) != 0 ||
		    (own->gpu[0] && strcmp(own->gpu, t.gpu->id) != 0))
			continue;
		memcpy(t.id, own->name, sizeof(t.id));
		memcpy(t.description, own->description, sizeof(t.description));
		gvm_str_printable(t.description);
		t.name[0] = '\0';
		t.own = own;
		++*found;
		r = gvm_inventory_add_type(inv, &t);
	}
	return r;
}

int gvm_own_types_add(struct gvm_ctx *ctx, struct gvm_inventory *inv, bool only)
{
	size_t n = inv->n_types, i, found;
	const struct gvm_type *t;
	int r = gvm_own_types_load(ctx, &inv->own_types, warn, inv);

	for (i = 0; r == 0 && i < inv->own_types.n; i++) {
		const struct gvm_own_type *own = &inv->own_types.items[i];

		t = drivers(inv, own->name);
		if (t) {
			gvm_inventory_warn(inv,
					   "own type %s is not used: %s has a type of this name",
					   own->name, t->gpu->id);
			continue;
		}
		r = add_one(inv, own, n, &found);
		if (r == 0 && !found && !only)
			gvm_inventory_warn(inv, "own type %s cannot be made now: there is no %s%s",
					   own->name, own->base, own->gpu[0] ? " on its GPU" : "");
	}
	return r;
}

/** @brief See that a name is free. @param ctx context @param inv host @param t type @param force an own one may have it @param e detail @return 0 or -EEXIST */
static int check_free(struct gvm_ctx *ctx, const struct gvm_inventory *inv,
		      const struct gvm_own_type *t, bool force, struct gvm_error *e)
{
	const struct gvm_type *taken = drivers(inv, t->name);

	if (!taken && (force || !gvm_saved_exists(ctx, GVM_SAVED_TYPE, t->name)))
		return 0;
	if (taken)
		gvm_error_set(e, "GVM_E_NAME_TAKEN", EEXIST, "%s is a type that %s makes", t->name,
			      taken->gpu->id);
	else
		gvm_error_set(e, "GVM_E_NAME_TAKEN", EEXIST, "there is an own type %s already",
			      t->name);
	GVM_ERROR_FIELD(e, object, "%s", t->name);
	if (!taken)
		GVM_ERROR_FIELD(e, hint, "--force keeps it anew; or choose another name");
	return -EEXIST;
}

int gvm_own_type_complete(struct gvm_ctx *ctx, struct gvm_own_type *t, bool force,
			  struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_gpu *gpu = NULL;
	const struct gvm_type *base;
	int r = gvm_inventory_read(ctx, GVM_INV_TYPES, NULL, &inv, e);

	if (r == 0)
		r = check_free(ctx, inv, t, force, e);
	if (r < 0)
		return r;
	if (gvm_own_types_find(&inv->own_types, t->base) && !drivers(inv, t->base))
		return gvm_yaml_invalid(e, t->name, "its base is an own type",
					"name a driver's type as base: gvm type list");
	r = t->gpu[0] ? gvm_find_gpu(ctx, inv, t->gpu, &gpu, e) : 0;
	if (r == 0)
		r = gvm_find_type(inv, gpu, t->base, &base, e);
	if (gpu)
		memcpy(t->gpu, gpu->id, sizeof(t->gpu));
	if (r == -ENOENT && force)
		return 0;
	if (r == -ENOENT)
		GVM_ERROR_FIELD(e, hint,
				"gvm type list shows what there is; --force keeps it for a driver "
				"that is not there yet");
	if (r < 0)
		return r;
	memcpy(t->base, base->id, sizeof(t->base));
	return gvm_vgpu_takes_params(ctx, base->vendor->name, &t->params, t->name, e);
}

int gvm_own_type_create(struct gvm_ctx *ctx, struct gvm_own_type *t, bool force,
			struct gvm_error *e)
{
	GVM_AUTOFREE char *text = NULL;
	struct gvm_own_type check;
	int lock = gvm_saved_lock(ctx, e), r;

	if (lock < 0)
		return lock;
	r = gvm_own_type_complete(ctx, t, force, e);
	text = r == 0 ? gvm_own_type_text(t) : NULL;
	if (r == 0 && !text)
		r = gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	/* What we write we can read. */
	if (r == 0)
		r = gvm_own_type_parse(text, strlen(text), t->name, &check, e);
	if (r == 0) {
		r = ctx->store->ops->saved_save(ctx->store, GVM_SAVED_TYPE, t->name, text,
						force ? GVM_SAVED_FORCE : GVM_SAVED_NEW);
		if (r < 0)
			gvm_saved_error(ctx, GVM_SAVED_TYPE, t->name, "save", r, e);
	}
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}

/** Who uses a type. */
struct users {
	struct gvm_ctx *ctx;
	const char *type;
	char names[300];
	size_t len;
};

/** @brief Note one. @param u users @param what it is @param name its */
static void note(struct users *u, const char *what, const char *name)
{
	int n = snprintf(u->names + u->len, sizeof(u->names) - u->len, "%s%s%s", u->len ? ", " : "",
			 what, name);

	u->len += (size_t)n;
	if (u->len >= sizeof(u->names))
		u->len = sizeof(u->names) - 1;
}

/** @brief Note a defined VM that makes vGPUs of the type. @param name of the VM @param data users @return 0 */
static int note_vm(const char *name, void *data)
{
	GVM_AUTOVMFILE struct gvm_vm_file *file = NULL;
	struct users *u = data;
	uint32_t i;

	if (gvm_vm_defined(u->ctx, name, &file, NULL) < 0)
		return 0;
	for (i = 0; i < file->vgpus_count; i++)
		if (file->vgpus[i].type && strcmp(file->vgpus[i].type, u->type) == 0)
			break;
	if (i < file->vgpus_count)
		note(u, "VM ", name);
	return 0;
}

/** @brief See that no definition uses a type. @param ctx context @param name type @param e detail @return 0 or -errno */
static int check_unused(struct gvm_ctx *ctx, const char *name, struct gvm_error *e)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	struct users u = { .ctx = ctx, .type = name };
	size_t i;
	int r = gvm_definitions_load(ctx, &all, NULL, NULL);

	if (r < 0)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", -r, "out of memory");
	for (i = 0; i < all.n; i++)
		if (all.items[i].by == GVM_DEFINED_BY_GVM && strcmp(all.items[i].type, name) == 0)
			note(&u, "", all.items[i].name);
	gvm_vm_defs(ctx, note_vm, &u);
	if (!u.len)
		return 0;
	gvm_error_set(e, "GVM_E_TYPE_IN_USE", EBUSY, "type %s is used by %s", name, u.names);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -EBUSY;
}

int gvm_own_type_delete(struct gvm_ctx *ctx, const char *name, bool dry, struct gvm_error *e)
{
	int lock = dry ? 0 : gvm_saved_lock(ctx, e), r;

	if (lock < 0)
		return lock;
	if (gvm_saved_exists(ctx, GVM_SAVED_TYPE, name)) {
		r = check_unused(ctx, name, e);
	} else {
		r = gvm_error_set(e, "GVM_E_TYPE_NOT_FOUND", ENOENT, "there is no own type %s",
				  name);
		GVM_ERROR_FIELD(e, object, "%s", name);
		GVM_ERROR_FIELD(e, hint,
				"own types are those with a base: gvm type show; those of drivers "
				"come and go with them");
	}
	if (r == 0 && !dry) {
		r = ctx->store->ops->saved_remove(ctx->store, GVM_SAVED_TYPE, name);
		if (r < 0)
			gvm_saved_error(ctx, GVM_SAVED_TYPE, name, "remove", r, e);
	}
	if (!dry)
		ctx->store->ops->unlock(ctx->store, lock);
	return r;
}
