// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "errors.h"
#include "generic.h"
#include "qemu.h"
#include "store_fs.h"

#define RUN_DIR "/run/gvm"

/* A new maker is one line here. */
static const struct gvm_vendor *const vendors[] = {
	&gvm_vendor_mdev,
	&gvm_vendor_sriov,
	&gvm_vendor_passthrough,
	NULL,
};

static const struct gvm_hypervisor *const hypervisors[] = {
	&gvm_hypervisor_qemu,
	NULL,
};

const struct gvm_vendor *const *gvm_vendors(void)
{
	return vendors;
}

const struct gvm_hypervisor *const *gvm_hypervisors(void)
{
	return hypervisors;
}

/** @brief Open the parts. @param ctx context @param sysroot see gvm_open() @param e detail @return 0 or -errno */
static int open_parts(struct gvm_ctx *ctx, const char *sysroot, struct gvm_error *e)
{
	int r;

	if (sysroot && ctx->change)
		return gvm_error_set(e, "GVM_E_READ_ONLY", EROFS, "nothing is written under %s",
				     sysroot);
	r = gvm_host_open(sysroot, &ctx->host, e);
	if (r < 0)
		return r;
	if (ctx->change)
		r = gvm_store_fs_open(RUN_DIR, &ctx->store, e);
	else
		r = gvm_store_fs_view(gvm_host_at(ctx->host, RUN_DIR, O_RDONLY | O_DIRECTORY),
				      RUN_DIR, &ctx->store, e);
	if (r == 0)
		gvm_store_fs_saved(ctx->store, ctx->host, ctx->change ? "" : NULL);
	return r;
}

/** @brief Make a context. @param sysroot @param flags @param ret @param e see gvm_open() @return 0 or -errno */
static int make(const char *sysroot, unsigned int flags, struct gvm_ctx **ret, struct gvm_error *e)
{
	struct gvm_ctx *ctx;
	int r;

	if (flags & ~(unsigned int)GVM_OPEN_CHANGE)
		return gvm_error_set(e, "GVM_E_ARGUMENT", EINVAL, "gvm_open() has no flags 0x%x",
				     flags);
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	ctx->vendors = vendors;
	ctx->hypervisors = hypervisors;
	ctx->change = flags & GVM_OPEN_CHANGE;
	r = open_parts(ctx, sysroot, e);
	if (r < 0) {
		gvm_close(ctx);
		return r;
	}
	*ret = ctx;
	return 0;
}

int gvm_open(const char *sysroot, unsigned int flags, struct gvm_ctx **ret, struct gvm_error *e)
{
	int r = make(sysroot, flags, ret, e);

	if (r < 0)
		gvm_errors_complete(e, r);
	return r;
}

void gvm_close(struct gvm_ctx *ctx)
{
	if (!ctx)
		return;
	if (ctx->store)
		ctx->store->ops->close(ctx->store);
	gvm_host_close(ctx->host);
	free(ctx);
}
