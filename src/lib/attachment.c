// SPDX-License-Identifier: GPL-2.0-or-later
#include "attachment.h"

#include <errno.h>
#include <gvm/attachment.h>
#include <stdlib.h>

#include "cleanup.h"
#include "lib.h"

#define DAY_S 86400

int gvm_ctx_attach_vgpu(struct gvm_ctx *ctx, const char *vgpu, const char *vm, unsigned int flags,
			struct gvm_attachment **ret, struct gvm_error *e)
{
	GVM_AUTOFREE struct gvm_attachment *a = calloc(1, sizeof(*a));
	struct gvm_error own = { 0 };
	int r = lib_check(vgpu && vm ? vgpu : NULL, "the name of a vGPU or a VM", flags,
			  GVM_CHANGE_DRY_RUN, &own);

	if (r == 0)
		r = a ? lib_begin_change(ctx, flags, &own) : -ENOMEM;
	if (r == 0)
		r = gvm_vgpu_attach(ctx, vgpu, vm, flags & GVM_CHANGE_DRY_RUN, a, &own);
	if (r == 0 && ret)
		*ret = gvm_steal(a);
	return lib_end(r, &own, e);
}

int gvm_ctx_detach_vgpu(struct gvm_ctx *ctx, const char *vgpu, unsigned int timeout_s,
			unsigned int flags, struct gvm_attachment **ret, struct gvm_error *e)
{
	GVM_AUTOFREE struct gvm_attachment *a = calloc(1, sizeof(*a));
	struct gvm_error own = { 0 };
	int r = lib_check(vgpu, "the name of a vGPU", flags, GVM_CHANGE_DRY_RUN, &own);

	if (r == 0 && timeout_s > DAY_S)
		r = gvm_error_set(&own, "GVM_E_ARGUMENT", EINVAL, "%u seconds are more than a day",
				  timeout_s);
	if (r == 0)
		r = a ? lib_begin_change(ctx, flags, &own) : -ENOMEM;
	if (r == 0)
		r = gvm_vgpu_detach(ctx, vgpu, timeout_s, flags & GVM_CHANGE_DRY_RUN, a, &own);
	if (r == 0 && ret)
		*ret = gvm_steal(a);
	return lib_end(r, &own, e);
}

void gvm_attachment_free(struct gvm_attachment *attachment)
{
	free(attachment);
}

const char *gvm_attachment_get_vgpu(const struct gvm_attachment *attachment)
{
	return attachment->vgpu;
}

const char *gvm_attachment_get_vm(const struct gvm_attachment *attachment)
{
	return attachment->vm;
}

long gvm_attachment_get_pid(const struct gvm_attachment *attachment)
{
	return attachment->pid;
}

const char *gvm_attachment_get_device(const struct gvm_attachment *attachment)
{
	return lib_text(attachment->plug.device);
}

const char *gvm_attachment_get_port(const struct gvm_attachment *attachment)
{
	return lib_text(attachment->plug.port);
}
