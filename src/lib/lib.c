// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib.h"

#include <errno.h>
#include <gvm/change.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"

int lib_end(int r, struct gvm_error *own, struct gvm_error *e)
{
	if (r < 0 && e) {
		gvm_errors_complete(own, r);
		*e = *own;
	}
	return r;
}

int lib_check(const char *name, const char *what, unsigned int flags, unsigned int known,
	      struct gvm_error *e)
{
	if (!name)
		return gvm_error_set(e, "GVM_E_ARGUMENT", EINVAL, "%s is not given", what);
	if (flags & ~known)
		return gvm_error_set(e, "GVM_E_ARGUMENT", EINVAL,
				     "the flags 0x%x are not taken here", flags & ~known);
	return 0;
}

int lib_begin_change(struct gvm_ctx *ctx, unsigned int flags, struct gvm_error *e)
{
	if (flags & GVM_CHANGE_DRY_RUN)
		return 0;
	if (!ctx->change) {
		gvm_error_set(e, "GVM_E_READ_ONLY", EROFS, "the host is open to be read only");
		GVM_ERROR_FIELD(e, cause, "it was opened without GVM_OPEN_CHANGE");
		GVM_ERROR_FIELD(e, hint, "open it with GVM_OPEN_CHANGE, or ask for a dry run");
		return -EROFS;
	}
	gvm_collect(ctx);
	return 0;
}

int lib_set_text(char **field, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

void lib_request_clear(struct lib_request *request)
{
	free(request->type);
	free(request->gpu);
	free(request->name);
	free(request->uuid);
}

struct gvm_vgpu_request lib_request_wanted(const struct lib_request *request)
{
	return (struct gvm_vgpu_request){ .type = request->type,
					  .gpu = request->gpu,
					  .name = request->name,
					  .uuid = request->uuid };
}

int lib_add_param(struct gvm_params *params, const char *name, const char *value,
		  struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	const char *wrong;
	int r = lib_check(name && value ? name : NULL, "name or value of a parameter", 0, 0, &own);

	if (r == 0) {
		wrong = gvm_params_add(params, name, value);
		if (wrong)
			r = gvm_error_set(&own, "GVM_E_ARGUMENT", EINVAL, "parameter %s: %s", name,
					  wrong);
	}
	return lib_end(r, &own, e);
}
