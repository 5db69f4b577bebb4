// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "definition.h"
#include "inventory.h"
#include "mdevctl.h"
#include "own_type.h"
#include "saved.h"
#include "str.h"
#include "yaml_load.h"

/** What the loading carries along. */
struct load {
	struct gvm_ctx *ctx;
	struct gvm_definitions d;
	size_t cap;
	gvm_definition_warn_fn warn;
	void *data;
	char machine[64]; /* what UUIDs of definitions without one are made of */
};

/** @brief Add one. @param l loading @param d definition @return 0 or -ENOMEM */
static int add(struct load *l, const struct gvm_definition *d)
{
	if (l->d.n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		struct gvm_definition *grown = reallocarray(l->d.items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		l->d.items = grown;
		l->cap = cap;
	}
	l->d.items[l->d.n++] = *d;
	return 0;
}

/** @brief Tell that a file cannot be used. @param l loading @param e why @return 0 */
static int skip(struct load *l, const struct gvm_error *e)
{
	if (l->warn)
		l->warn(e, l->data);
	return 0;
}

/** @brief Give a definition without UUID the one that always belongs to its name here. @param l loading @param d definition */
static void complete(struct load *l, struct gvm_definition *d)
{
	if (d->uuid[0])
		return;
	if (!l->machine[0] &&
	    gvm_host_read(l->ctx->host, "/etc/machine-id", l->machine, sizeof(l->machine)) < 0)
		gvm_host_name(l->ctx->host, l->machine, sizeof(l->machine));
	gvm_uuid_of_name(l->machine, d->name, d->uuid);
}

/** @brief One file of ours. @param name of it @param text of it @param len of it, or -errno @param data loading @return 0 or -ENOMEM */
static int take_ours(const char *name, const char *text, long len, void *data)
{
	struct load *l = data;
	struct gvm_definition d;
	struct gvm_error e = { 0 };
	char path[GVM_SAVED_PATH_SIZE];
	int r = 0;

	if (!text) {
		gvm_saved_error(l->ctx, GVM_SAVED_VGPU, name, "read", (int)len, &e);
		return skip(l, &e);
	}
	l->ctx->store->ops->saved_path(l->ctx->store, GVM_SAVED_VGPU, name, path);
	r = gvm_definition_parse(text, (size_t)len, path, &d, &e);
	if (r == 0 && strcmp(d.name, name) != 0)
		r = gvm_yaml_invalid(&e, path, "name is not that of the file",
				     "rename the file, or change name");
	if (r < 0)
		return r == -ENOMEM ? r : skip(l, &e);
	complete(l, &d);
	return add(l, &d);
}

/** @brief One file of mdevctl. @param name of it @param text of it @param len of it, or -errno @param data loading @return 0 or -ENOMEM */
static int take_mdevctl(const char *name, const char *text, long len, void *data)
{
	struct load *l = data;
	struct gvm_definition d;
	struct gvm_error e = { 0 };
	const char *wrong;
	char path[300];

	if (!text) {
		gvm_saved_error(l->ctx, GVM_SAVED_MDEVCTL, name, "read", (int)len, &e);
		return skip(l, &e);
	}
	wrong = gvm_mdevctl_parse(text, (size_t)len, name, &d);
	if (!wrong)
		return add(l, &d);
	snprintf(path, sizeof(path), "/etc/mdevctl.d/%s", name);
	gvm_yaml_invalid(&e, path, wrong, "see mdevctl(8)");
	return skip(l, &e);
}

/** @brief Order: by UUID, ours before mdevctl's, then by name. @param a @param b definitions @return as strcmp() */
static int by_uuid(const void *a, const void *b)
{
	const struct gvm_definition *x = a, *y = b;
	int c = strcmp(x->uuid, y->uuid);

	if (c == 0 && x->by != y->by)
		return x->by < y->by ? -1 : 1;
	return c ? c : strcmp(x->name, y->name);
}

/** @brief Order by name, ours first. @param a @param b definitions @return as strcmp() */
static int by_name(const void *a, const void *b)
{
	const struct gvm_definition *x = a, *y = b;

	if (x->by != y->by)
		return x->by < y->by ? -1 : 1;
	return strverscmp(x->name, y->name);
}

/** @brief Leave each UUID once. @param l loading */
static void unite(struct load *l)
{
	struct gvm_definition *d = l->d.items;
	size_t i, n = 0;

	if (!l->d.n)
		return;
	qsort(d, l->d.n, sizeof(*d), by_uuid);
	for (i = 0; i < l->d.n; i++) {
		struct gvm_error e = { 0 };

		if (!n || strcmp(d[n - 1].uuid, d[i].uuid) != 0) {
			if (n != i)
				d[n] = d[i];
			n++;
		} else if (d[i].by == GVM_DEFINED_BY_GVM) {
			gvm_error_set(
				&e, "GVM_E_UUID_TAKEN", EEXIST,
				"definition %s has the UUID of definition %s, and is not used",
				d[i].name, d[n - 1].name);
			skip(l, &e);
		}
	}
	l->d.n = n;
	qsort(d, n, sizeof(*d), by_name);
}

/** @brief Load one kind. @param l loading @param kind which @param fn takes a file @param where for messages @return 0 or -ENOMEM */
static int load_kind(struct load *l, enum gvm_saved_kind kind, gvm_saved_fn fn, const char *where)
{
	struct gvm_error e = { 0 };
	int r = l->ctx->store->ops->saved_list(l->ctx->store, kind, fn, l);

	if (r == 0 || r == -ENOMEM)
		return r;
	gvm_error_set(&e, "GVM_E_FILE_READ", -r, "cannot read %s: %s", where, gvm_errno_name(r));
	return skip(l, &e);
}

/** @brief Find the drivers' types behind own ones. @param l loading @return 0 or -ENOMEM */
static int find_bases(struct load *l)
{
	GVM_AUTOOWNTYPES struct gvm_own_types types = { 0 };
	int r = l->d.n ? gvm_own_types_load(l->ctx, &types, l->warn, l->data) : 0;
	size_t i;

	for (i = 0; i < l->d.n && r == 0 && types.n; i++) {
		struct gvm_definition *d = &l->d.items[i];
		const struct gvm_own_type *own = gvm_own_types_find(&types, d->type);

		if (own && d->by == GVM_DEFINED_BY_GVM)
			memcpy(d->base, own->base, sizeof(d->base));
	}
	return r;
}

int gvm_definitions_load(struct gvm_ctx *ctx, struct gvm_definitions *ret,
			 gvm_definition_warn_fn warn, void *data)
{
	struct load l = { .ctx = ctx, .warn = warn, .data = data };
	int r = load_kind(&l, GVM_SAVED_VGPU, take_ours, "/etc/gvm/vgpu.d");

	if (r == 0)
		r = load_kind(&l, GVM_SAVED_MDEVCTL, take_mdevctl, "/etc/mdevctl.d");
	if (r < 0) {
		gvm_definitions_free(&l.d);
		return r;
	}
	unite(&l);
	r = find_bases(&l);
	if (r < 0)
		gvm_definitions_free(&l.d);
	else
		*ret = l.d;
	return r;
}

void gvm_definitions_free(struct gvm_definitions *d)
{
	free(d->items);
	d->items = NULL;
	d->n = 0;
}

const char *gvm_definition_expand(struct gvm_ctx *ctx, const struct gvm_definition *d,
				  struct gvm_definition *ret)
{
	GVM_AUTOOWNTYPES struct gvm_own_types types = { 0 };
	const struct gvm_own_type *own = NULL;

	*ret = *d;
	if (strcmp(d->type, d->base) == 0)
		return NULL;
	memcpy(ret->type, d->base, sizeof(ret->type));
	if (gvm_own_types_load(ctx, &types, NULL, NULL) == 0)
		own = gvm_own_types_find(&types, d->type);
	return own ? gvm_params_prepend(&ret->params, &own->params) : NULL;
}

const struct gvm_definition *gvm_definitions_find(const struct gvm_definitions *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (strcmp(d->items[i].name, name) == 0 || strcasecmp(d->items[i].uuid, name) == 0)
			return &d->items[i];
	return NULL;
}

int gvm_definition_set_gpu(struct gvm_ctx *ctx, struct gvm_definition *d, const char *name,
			   struct gvm_error *e)
{
	char gpu[GVM_NAME_SIZE];
	struct gvm_pci_addr address;
	int r = gvm_gpu_id(ctx, name, gpu, e);

	if (r < 0)
		return r;
	d->vf[0] = '\0';
	if (gvm_pci_parse(name, &address) == 0) {
		gvm_pci_format(&address, d->vf);
		if (strcmp(d->vf, gpu) == 0)
			d->vf[0] = '\0';
	}
	return gvm_str_copy(d->gpu, sizeof(d->gpu), gpu);
}

const char *gvm_definition_at(const struct gvm_definition *d)
{
	return d->vf[0] ? d->vf : d->gpu[0] ? d->gpu : NULL;
}

bool gvm_definition_is_mediated(const struct gvm_definition *d)
{
	/* The types of the generic methods (CONTRACTS section 1). */
	return strcmp(d->base, "vf") != 0 && strcmp(d->base, "whole") != 0;
}

bool gvm_definition_exists(struct gvm_ctx *ctx, const char *name)
{
	return gvm_saved_exists(ctx, GVM_SAVED_VGPU, name);
}

int gvm_find_definition(const struct gvm_definitions *d, const char *name,
			const struct gvm_definition **ret, struct gvm_error *e)
{
	const struct gvm_definition *found = gvm_definitions_find(d, name);

	if (found) {
		*ret = found;
		return 0;
	}
	gvm_error_set(e, "GVM_E_NOT_DEFINED", ENOENT, "there is no definition %s", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}

int gvm_definition_refuse_name(struct gvm_ctx *ctx, const char *name, struct gvm_error *e)
{
	if (!name || !gvm_definition_exists(ctx, name))
		return 0;
	gvm_error_set(e, "GVM_E_NAME_TAKEN", EEXIST, "there is a definition %s", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	GVM_ERROR_FIELD(e, hint, "gvm vgpu start %s makes it active", name);
	return -EEXIST;
}
