// SPDX-License-Identifier: GPL-2.0-or-later
#include "definition.h"

#include <errno.h>
#include <gvm/definition.h>
#include <stdlib.h>

#include "cleanup.h"
#include "keep.h"
#include "lib.h"
#include "words.h"

/** What a program asks for. */
struct gvm_define_request {
	struct lib_request base;
	bool autostart;
};

const char *gvm_definition_get_name(const struct gvm_definition *definition)
{
	return definition->name;
}

const char *gvm_definition_get_uuid(const struct gvm_definition *definition)
{
	return definition->uuid;
}

const char *gvm_definition_get_type(const struct gvm_definition *definition)
{
	return definition->type;
}

const char *gvm_definition_get_gpu_id(const struct gvm_definition *definition)
{
	return lib_text(definition->gpu);
}

bool gvm_definition_get_autostart(const struct gvm_definition *definition)
{
	return definition->autostart;
}

const char *gvm_definition_get_defined_by(const struct gvm_definition *definition)
{
	return gvm_defined_by_word(definition->by);
}

size_t gvm_definition_get_num_params(const struct gvm_definition *definition)
{
	return definition->params.n;
}

const char *gvm_definition_get_param_name(const struct gvm_definition *definition, size_t index)
{
	return index < definition->params.n ? definition->params.items[index].name : NULL;
}

const char *gvm_definition_get_param_value(const struct gvm_definition *definition, size_t index)
{
	return index < definition->params.n ? definition->params.items[index].value : NULL;
}

void gvm_definition_free(struct gvm_definition *definition)
{
	free(definition);
}

struct gvm_define_request *gvm_define_request_new(void)
{
	return calloc(1, sizeof(struct gvm_define_request));
}

void gvm_define_request_free(struct gvm_define_request *request)
{
	if (request)
		lib_request_clear(&request->base);
	free(request);
}

int gvm_define_request_set_name(struct gvm_define_request *request, const char *name)
{
	return lib_set_text(&request->base.name, name);
}

int gvm_define_request_set_type(struct gvm_define_request *request, const char *type)
{
	return lib_set_text(&request->base.type, type);
}

int gvm_define_request_set_gpu(struct gvm_define_request *request, const char *gpu)
{
	return lib_set_text(&request->base.gpu, gpu);
}

int gvm_define_request_set_uuid(struct gvm_define_request *request, const char *uuid)
{
	return lib_set_text(&request->base.uuid, uuid);
}

void gvm_define_request_set_autostart(struct gvm_define_request *request, bool autostart)
{
	request->autostart = autostart;
}

int gvm_define_request_add_param(struct gvm_define_request *request, const char *name,
				 const char *value, struct gvm_error *e)
{
	return lib_add_param(&request->base.params, name, value, e);
}

/**
 * @brief Define one, or see whether it could be.
 * @param ctx @param request @param flags see gvm_ctx_define_vgpu() @param d result @param e detail
 * @return 0 or -errno
 */
static int define(struct gvm_ctx *ctx, const struct gvm_define_request *request, unsigned int flags,
		  struct gvm_definition *d, struct gvm_error *e)
{
	const struct gvm_vgpu_request wanted = lib_request_wanted(&request->base);
	bool force = flags & GVM_CHANGE_FORCE;
	int r = lib_begin_change(ctx, flags, e);

	d->autostart = request->autostart;
	d->params = request->base.params;
	if (r == 0)
		r = gvm_definition_want(ctx, &wanted, d, e);
	if (r < 0)
		return r;
	return flags & GVM_CHANGE_DRY_RUN ? gvm_definition_complete(ctx, d, force, e)
					  : gvm_definition_define(ctx, d, force, e);
}

int gvm_ctx_define_vgpu(struct gvm_ctx *ctx, const struct gvm_define_request *request,
			unsigned int flags, struct gvm_definition **ret, struct gvm_error *e)
{
	/* First, so that nothing is saved that cannot be told. */
	GVM_AUTOFREE struct gvm_definition *d = calloc(1, sizeof(*d));
	struct gvm_error own = { 0 };
	int r = lib_check(request->base.type ? request->base.name : NULL,
			  "name or type of a definition", flags,
			  GVM_CHANGE_DRY_RUN | GVM_CHANGE_FORCE, &own);

	if (r == 0)
		r = d ? define(ctx, request, flags, d, &own) : -ENOMEM;
	if (r == 0 && ret)
		*ret = gvm_steal(d);
	return lib_end(r, &own, e);
}

/**
 * @brief Begin a change of one definition.
 * @param ctx @param name @param flags see gvm_ctx_undefine_vgpu() @param e detail @return 0 or -errno
 */
static int begin(struct gvm_ctx *ctx, const char *name, unsigned int flags, struct gvm_error *e)
{
	int r = lib_check(name, "the name of a definition", flags, GVM_CHANGE_DRY_RUN, e);

	return r < 0 ? r : lib_begin_change(ctx, flags, e);
}

int gvm_ctx_undefine_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
			  struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	char own_name[GVM_NAME_SIZE];
	int r = begin(ctx, name, flags, &own);

	if (r == 0)
		r = flags & GVM_CHANGE_DRY_RUN ? gvm_definition_ours(ctx, name, own_name, &own)
					       : gvm_definition_undefine(ctx, name, &own);
	return lib_end(r, &own, e);
}

int gvm_ctx_start_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
		       struct gvm_error *e)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	const struct gvm_definition *d;
	struct gvm_error own = { 0 };
	struct gvm_plan plan;
	int r = begin(ctx, name, flags, &own);

	if (r == 0)
		r = gvm_definitions_load(ctx, &all, NULL, NULL);
	if (r == 0)
		r = gvm_find_definition(&all, name, &d, &own);
	gvm_plan_init(&plan);
	if (r == 0)
		r = flags & GVM_CHANGE_DRY_RUN ? gvm_definition_plan_start(ctx, d, &plan, &own)
					       : gvm_definition_start(ctx, d, &own);
	return lib_end(r, &own, e);
}

int gvm_ctx_stop_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
		      struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	struct gvm_plan plan;
	int r = begin(ctx, name, flags, &own);

	gvm_plan_init(&plan);
	if (r == 0)
		r = flags & GVM_CHANGE_DRY_RUN ? gvm_definition_plan_stop(ctx, name, &plan, &own)
					       : gvm_definition_stop(ctx, name, &own);
	return lib_end(r, &own, e);
}
