// SPDX-License-Identifier: GPL-2.0-or-later
#include "generic.h"

#include <string.h>

#include "str.h"

int gvm_refuse(struct gvm_error *e, const char *object, const char *code, int err, const char *why)
{
	gvm_error_set(e, code, err, "%s %s", object, why);
	GVM_ERROR_FIELD(e, object, "%s", object);
	return -err;
}

int gvm_generic_attach_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
			    struct gvm_attach_spec *spec, struct gvm_error *e)
{
	(void)ctx, (void)e;
	memset(spec, 0, sizeof(*spec));
	spec->kind = GVM_ATTACH_VFIO;
	gvm_str_copy(spec->name, sizeof(spec->name), vgpu->name);
	gvm_str_format(spec->path, sizeof(spec->path), "/sys/bus/pci/devices/%s", vgpu->address);
	return 0;
}
