// SPDX-License-Identifier: GPL-2.0-or-later
#include "exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "json.h"
#include "mdevctl.h"
#include "saved.h"
#include "str.h"

/** @brief Save an imported definition, under the lock. @param ctx context @param d definition @param e detail @return 0 or -errno */
static int save_import(struct gvm_ctx *ctx, const struct gvm_definition *d, struct gvm_error *e)
{
	GVM_AUTOFREE char *text = gvm_definition_text(d);
	int r;

	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	r = ctx->store->ops->saved_save(ctx->store, GVM_SAVED_VGPU, d->name, text, GVM_SAVED_NEW);
	return r < 0 ? gvm_saved_error(ctx, GVM_SAVED_VGPU, d->name, "save", r, e) : 0;
}

int gvm_mdevctl_import(struct gvm_ctx *ctx, struct gvm_definition *d, bool dry, struct gvm_error *e)
{
	int lock = dry ? 0 : gvm_saved_lock(ctx, e), r;

	if (lock < 0)
		return lock;
	/* As gvm names a vGPU that was given no name; where that is taken, by the whole UUID. */
	snprintf(d->name, sizeof(d->name), "vgpu-%.8s", d->uuid);
	if (gvm_definition_exists(ctx, d->name))
		memcpy(d->name, d->uuid, sizeof(d->uuid));
	d->by = GVM_DEFINED_BY_GVM;
	if (dry)
		return 0;
	r = save_import(ctx, d, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}

/**
 * @brief What mdevctl has of a vGPU: the same as what would be written?
 * @param ctx context @param name PARENT/UUID @param text to be written @return yes or no
 */
static bool is_there(struct gvm_ctx *ctx, const char *name, const char *text)
{
	GVM_AUTOFREE char *old = NULL;
	struct gvm_definition a, b;
	unsigned long len;

	if (ctx->store->ops->saved_load(ctx->store, GVM_SAVED_MDEVCTL, name, &old, &len) < 0)
		return false;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	/* By what it says: mdevctl writes spaces otherwise. */
	return !gvm_mdevctl_parse(old, len, name, &a) &&
	       !gvm_mdevctl_parse(text, strlen(text), name, &b) && strcmp(a.type, b.type) == 0 &&
	       a.autostart == b.autostart && a.params.n == b.params.n &&
	       memcmp(a.params.items, b.params.items, a.params.n * sizeof(a.params.items[0])) == 0;
}

int gvm_mdevctl_export(struct gvm_ctx *ctx, const struct gvm_definition *d, bool force, bool dry,
		       struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	char name[GVM_SAVED_PATH_SIZE];
	struct gvm_definition all;
	const char *text, *wrong;
	int lock, r;

	/* mdevctl knows no own types. */
	wrong = gvm_definition_expand(ctx, d, &all);
	if (wrong)
		return gvm_error_set(e, "GVM_E_USAGE", EINVAL, "vGPU %s: with those of type %s %s",
				     d->name, d->type, wrong);
	o = gvm_mdevctl_json(&all);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							 JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	snprintf(name, sizeof(name), "%s/%s", d->gpu, d->uuid);
	if (is_there(ctx, name, text))
		return 1;
	if (dry)
		return 0;
	lock = gvm_saved_lock(ctx, e);
	if (lock < 0)
		return lock;
	r = ctx->store->ops->saved_save(ctx->store, GVM_SAVED_MDEVCTL, name, text,
					force ? GVM_SAVED_FORCE : 0);
	if (r < 0)
		gvm_saved_error(ctx, GVM_SAVED_MDEVCTL, name, "save", r, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}
