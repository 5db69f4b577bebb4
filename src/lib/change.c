// SPDX-License-Identifier: GPL-2.0-or-later
#include "change.h"

#include <errno.h>
#include <gvm/change.h>
#include <stdlib.h>

#include "cleanup.h"
#include "definition.h"
#include "lib.h"

/** What a program asks for. */
struct gvm_create_request {
	struct lib_request base;
};

struct gvm_create_request *gvm_create_request_new(void)
{
	return calloc(1, sizeof(struct gvm_create_request));
}

void gvm_create_request_free(struct gvm_create_request *request)
{
	if (request)
		lib_request_clear(&request->base);
	free(request);
}

int gvm_create_request_set_type(struct gvm_create_request *request, const char *type)
{
	return lib_set_text(&request->base.type, type);
}

int gvm_create_request_set_gpu(struct gvm_create_request *request, const char *gpu)
{
	return lib_set_text(&request->base.gpu, gpu);
}

int gvm_create_request_set_name(struct gvm_create_request *request, const char *name)
{
	return lib_set_text(&request->base.name, name);
}

int gvm_create_request_set_uuid(struct gvm_create_request *request, const char *uuid)
{
	return lib_set_text(&request->base.uuid, uuid);
}

int gvm_create_request_add_param(struct gvm_create_request *request, const char *name,
				 const char *value, struct gvm_error *e)
{
	return lib_add_param(&request->base.params, name, value, e);
}

/**
 * @brief Make one, or see whether it could be made.
 * @param ctx @param request @param flags see gvm_ctx_create_vgpu() @param made result @param e detail
 * @return 0 or -errno
 */
static int create(struct gvm_ctx *ctx, const struct gvm_create_request *request, unsigned int flags,
		  struct gvm_vgpu_record *made, struct gvm_error *e)
{
	struct gvm_vgpu_request wanted = lib_request_wanted(&request->base);
	struct gvm_plan plan;
	int r = lib_begin_change(ctx, flags, e);

	wanted.force = flags & GVM_CHANGE_FORCE;
	wanted.params = &request->base.params;
	if (r == 0)
		r = gvm_definition_refuse_name(ctx, wanted.name, e);
	if (r < 0)
		return r;
	if (!(flags & GVM_CHANGE_DRY_RUN))
		return gvm_vgpu_create(ctx, &wanted, NULL, made, e);
	gvm_plan_init(&plan);
	return gvm_vgpu_plan_create(ctx, &wanted, &plan, made, e);
}

int gvm_ctx_create_vgpu(struct gvm_ctx *ctx, const struct gvm_create_request *request,
			unsigned int flags, struct gvm_vgpu_record **ret, struct gvm_error *e)
{
	/* First, so that nothing is made that cannot be told. */
	GVM_AUTOFREE struct gvm_vgpu_record *made = calloc(1, sizeof(*made));
	struct gvm_error own = { 0 };
	int r = lib_check(request->base.type, "the type of a vGPU", flags,
			  GVM_CHANGE_DRY_RUN | GVM_CHANGE_FORCE, &own);

	if (r == 0)
		r = made ? create(ctx, request, flags, made, &own) : -ENOMEM;
	if (r == 0 && ret)
		*ret = gvm_steal(made);
	return lib_end(r, &own, e);
}

void gvm_vgpu_record_free(struct gvm_vgpu_record *record)
{
	free(record);
}

const char *gvm_vgpu_record_get_name(const struct gvm_vgpu_record *record)
{
	return record->name;
}

const char *gvm_vgpu_record_get_uuid(const struct gvm_vgpu_record *record)
{
	return record->uuid;
}

const char *gvm_vgpu_record_get_gpu_id(const struct gvm_vgpu_record *record)
{
	return record->gpu;
}

const char *gvm_vgpu_record_get_type(const struct gvm_vgpu_record *record)
{
	return record->type;
}

const char *gvm_vgpu_record_get_method(const struct gvm_vgpu_record *record)
{
	return record->method;
}

int gvm_ctx_destroy_vgpu(struct gvm_ctx *ctx, const char *name, unsigned int flags,
			 struct gvm_error *e)
{
	bool foreign = flags & GVM_CHANGE_FOREIGN;
	struct gvm_error own = { 0 };
	struct gvm_plan plan;
	int r = lib_check(name, "the name of a vGPU", flags,
			  GVM_CHANGE_DRY_RUN | GVM_CHANGE_FOREIGN, &own);

	if (r == 0)
		r = lib_begin_change(ctx, flags, &own);
	gvm_plan_init(&plan);
	if (r == 0)
		r = flags & GVM_CHANGE_DRY_RUN
			    ? gvm_vgpu_plan_destroy(ctx, name, foreign, &plan, &own)
			    : gvm_vgpu_destroy(ctx, name, foreign, &own);
	return lib_end(r, &own, e);
}
