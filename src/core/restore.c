// SPDX-License-Identifier: GPL-2.0-or-later
#include "restore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "definition.h"
#include "gpu_set.h"
#include "gpu_state.h"
#include "inventory.h"
#include "keep.h"
#include "str.h"
#include "uevent.h"
#include "vendor.h"
#include "wait.h"

/** A GPU of which something is saved, and what must be there before that can come back. */
struct parent {
	char id[GVM_NAME_SIZE];
	bool has_state;
	bool needs_driver; /* for its VFs */
	bool needs_maker;  /* for vGPUs that are no functions */
	bool done;
};

/** The whole. */
struct restore {
	struct gvm_ctx *ctx;
	const char *only;
	struct gvm_definitions definitions;
	struct parent *parents;
	size_t n;
	struct gvm_plan *plan; /* or NULL: do it */
	gvm_restore_fn fn;
	void *data;
	int err; /* what fn returned */
};

/** @brief The parent with an id, new if need be. @param s restore @param id of the GPU @return it, or NULL out of memory */
static struct parent *parent_of(struct restore *s, const char *id)
{
	struct parent *grown;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->parents[i].id, id) == 0)
			return &s->parents[i];
	grown = reallocarray(s->parents, s->n + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	s->parents = grown;
	memset(&grown[s->n], 0, sizeof(*grown));
	gvm_str_copy(grown[s->n].id, sizeof(grown[s->n].id), id);
	return &grown[s->n++];
}

/** @brief Is this GPU meant? @param s restore @param id of the GPU @return yes or no */
static bool is_meant(const struct restore *s, const char *id)
{
	return !s->only || strcmp(s->only, id) == 0;
}

/** @brief Note a saved state. @param name of its file @param state it, or NULL @param e why it cannot be used @param data restore @return 0 or -ENOMEM */
static int take_state(const char *name, const struct gvm_gpu_state *state,
		      const struct gvm_error *e, void *data)
{
	struct restore *s = data;
	struct parent *p;

	if (!state) {
		if (!s->only || gvm_gpu_state_may_be_of(name, s->only))
			s->err = s->fn(name, -EINVAL, e, s->data);
		return s->err;
	}
	if (!is_meant(s, state->address))
		return 0;
	p = parent_of(s, state->address);
	if (!p)
		return -ENOMEM;
	p->has_state = true;
	p->needs_driver = state->vfs > 0 && !state->driver[0];
	return 0;
}

/** @brief Tell of a definition that cannot be used. @param e why @param data restore */
static void tell_damaged(const struct gvm_error *e, void *data)
{
	struct restore *s = data;

	/* Whose GPU it is for cannot be known. (Those of mdevctl are not ours to start.) */
	if (!s->err && !(s->only && gvm_str_starts(e->object, "/etc/mdevctl.d/")))
		s->err = s->fn(e->object, -EINVAL, e, s->data);
}

/** @brief Shall this one start, by itself and by us? @param d definition @return yes or no */
static bool starts(const struct gvm_definition *d)
{
	return d->autostart && d->by == GVM_DEFINED_BY_GVM;
}

/** @brief Note the GPUs of the definitions. @param s restore @return 0 or -ENOMEM */
static int take_definitions(struct restore *s)
{
	struct parent *p;
	size_t i;

	for (i = 0; i < s->definitions.n; i++) {
		const struct gvm_definition *d = &s->definitions.items[i];

		if (!starts(d) || !d->gpu[0] || !is_meant(s, d->gpu))
			continue;
		p = parent_of(s, d->gpu);
		if (!p)
			return -ENOMEM;
		p->needs_maker |= gvm_definition_is_mediated(d);
	}
	return 0;
}

/** @brief Can it come back now? @param s restore @param p GPU @return yes or no */
static bool is_ready(struct restore *s, const struct parent *p)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	char path[GVM_PATH_SIZE];

	gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", p->id);
	if (p->needs_driver && !gvm_host_exists(s->ctx->host, path))
		return false;
	return gvm_inventory_read(s->ctx, 0, p->id, &inv, NULL) == 0 && inv->n_gpus &&
	       (!p->needs_maker || gvm_gpu_has_maker(&inv->gpus[0]));
}

/** @brief Tell the caller. @param s restore @param name of the object @param r result @param e detail */
static void tell(struct restore *s, const char *name, int r, const struct gvm_error *e)
{
	if (!s->err)
		s->err = s->fn(name, r, e, s->data);
}

/** @brief Tell the caller of a vGPU; see gvm_started_fn. @param d definition @param r result @param e detail @param data restore @return what fn returned */
static int tell_started(const struct gvm_definition *d, int r, const struct gvm_error *e,
			void *data)
{
	struct restore *s = data;

	tell(s, d->name, r, e);
	return s->err;
}

/** @brief Start some vGPUs, or plan it. @param s restore @param gpu that they name, or "" @param list definitions @param n how many */
static void start_listed(struct restore *s, const char *gpu,
			 const struct gvm_definition *const *list, size_t n)
{
	size_t i;

	if (!s->plan && *gpu) {
		gvm_definitions_start(s->ctx, gpu, list, n, tell_started, s);
		return;
	}
	for (i = 0; i < n && !s->err; i++) {
		struct gvm_error e = { 0 };
		int r = s->plan ? gvm_definition_plan_start(s->ctx, list[i], s->plan, &e)
				: gvm_definition_start(s->ctx, list[i], &e);

		tell(s, list[i]->name, r, &e);
	}
}

/** @brief Start the vGPUs that are defined for a GPU. @param s restore @param gpu its id, or "" for any GPU */
static void start_vgpus(struct restore *s, const char *gpu)
{
	const struct gvm_definition **list = calloc(s->definitions.n + 1, sizeof(const void *));
	size_t i, n = 0;

	for (i = 0; list && i < s->definitions.n; i++) {
		const struct gvm_definition *d = &s->definitions.items[i];

		if (starts(d) && strcmp(d->gpu, gpu) == 0)
			list[n++] = d;
	}
	if (list)
		start_listed(s, gpu, list, n);
	else
		s->err = -ENOMEM;
	free(list);
}

/** @brief Bring all those back that can be. @param data restore @return 1 when all are, 0, or what fn returned */
static int restore_ready(void *data)
{
	struct restore *s = data;
	bool all = true;
	size_t i;

	for (i = 0; i < s->n && !s->err; i++) {
		struct parent *p = &s->parents[i];
		struct gvm_error e = { 0 };

		if (!p->done && is_ready(s, p)) {
			p->done = true;
			if (p->has_state)
				tell(s, p->id, gvm_gpu_restore(s->ctx, p->id, s->plan, &e), &e);
			start_vgpus(s, p->id);
		}
		all &= p->done;
	}
	return s->err ? s->err : all;
}

/** @brief Tell of a GPU that did not come. @param s restore @param p GPU */
static void tell_absent(struct restore *s, const struct parent *p)
{
	struct gvm_error absent = { 0 }, *e = &absent;

	gvm_error_set(e, "GVM_E_PARENT_ABSENT", ENODEV, "GPU %s is not there, or has no driver",
		      p->id);
	GVM_ERROR_FIELD(e, object, "%s", p->id);
	tell(s, p->id, -ENODEV, e);
}

int gvm_restore(struct gvm_ctx *ctx, const char *only, unsigned int wait_ms, struct gvm_plan *plan,
		gvm_restore_fn fn, void *data, struct gvm_error *e)
{
	struct restore s = { .ctx = ctx, .only = only, .plan = plan, .fn = fn, .data = data };
	GVM_AUTOCLOSE int events = wait_ms ? gvm_uevents_open() : -1;
	size_t i;
	int r;

	r = gvm_gpu_state_list(ctx, take_state, &s, e);
	if (r == 0)
		r = gvm_definitions_load(ctx, &s.definitions, tell_damaged, &s);
	if (r == 0)
		r = take_definitions(&s);
	if (r == 0)
		r = gvm_wait_event(wait_ms, events, restore_ready, &s);
	for (i = 0; r == -ETIMEDOUT && i < s.n; i++)
		if (!s.parents[i].done)
			tell_absent(&s, &s.parents[i]);
	/* Those that any GPU will do for come last: the others have their places then. */
	if (r == 0 || r == -ETIMEDOUT) {
		r = 0;
		if (!only)
			start_vgpus(&s, "");
	}
	free(s.parents);
	gvm_definitions_free(&s.definitions);
	return s.err ? s.err : r;
}
