// SPDX-License-Identifier: GPL-2.0-or-later
#include "inventory_saved.h"

#include <stdlib.h>
#include <string.h>

/** @brief Order by UUID. @param a @param b vGPUs @return as strcmp() */
static int by_uuid(const void *a, const void *b)
{
	return strcmp(((const struct gvm_vgpu *)a)->uuid, ((const struct gvm_vgpu *)b)->uuid);
}

/** @brief Warn of a file that cannot be used. @param e why @param data inventory */
static void warn(const struct gvm_error *e, void *data)
{
	gvm_inventory_warn(data, "%s", e->message);
}

/** @brief Give a vGPU its definition. @param v vGPU @param d definition */
static void define(struct gvm_vgpu *v, const struct gvm_definition *d)
{
	/* One that gvm made has the name that is in its record. */
	if (v->origin == GVM_VGPU_FOREIGN)
		memcpy(v->name, d->name, sizeof(v->name));
	v->origin = GVM_VGPU_SAVED;
	v->definition = d;
}

/** @brief Add a vGPU that is defined and not active. @param inv inventory @param d definition @return 0 or -ENOMEM */
static int add_defined(struct gvm_inventory *inv, const struct gvm_definition *d)
{
	struct gvm_vgpu v = { .state = GVM_VGPU_DEFINED,
			      .group = -1,
			      .nodes = GVM_VFIO_NO_NODES,
			      .vm = -1 };
	size_t i;

	memcpy(v.name, d->name, sizeof(v.name));
	memcpy(v.uuid, d->uuid, sizeof(v.uuid));
	memcpy(v.type, d->base, sizeof(v.type));
	for (i = 0; i < inv->n_gpus; i++)
		if (strcmp(inv->gpus[i].id, d->gpu) == 0)
			v.gpu = &inv->gpus[i];
	define(&v, d);
	return gvm_inventory_add_vgpu(inv, &v);
}

int gvm_inventory_read_saved(struct gvm_ctx *ctx, struct gvm_inventory *inv, const char *only_gpu)
{
	size_t n = inv->n_vgpus, i;
	int r = gvm_definitions_load(ctx, &inv->definitions, warn, inv);

	if (r == 0 && n && inv->definitions.n)
		qsort(inv->vgpus, n, sizeof(inv->vgpus[0]), by_uuid);
	for (i = 0; i < inv->definitions.n && r == 0; i++) {
		const struct gvm_definition *d = &inv->definitions.items[i];
		struct gvm_vgpu key, *v;

		memcpy(key.uuid, d->uuid, sizeof(key.uuid));
		v = n ? bsearch(&key, inv->vgpus, n, sizeof(key), by_uuid) : NULL;
		if (v)
			define(v, d);
		else if (!only_gpu || strcmp(only_gpu, d->gpu) == 0)
			r = add_defined(inv, d);
	}
	return r;
}
