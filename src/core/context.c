// SPDX-License-Identifier: GPL-2.0-or-later
#include "context.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "str.h"

void gvm_log(struct gvm_ctx *ctx, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (!ctx->log)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ctx->log(text, ctx->log_data);
}

void gvm_warn(struct gvm_ctx *ctx, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gvm_str_printable(text);
	if (ctx->warn)
		ctx->warn(text, ctx->warn_data);
	else
		gvm_log(ctx, "%s", text);
}

int gvm_self(struct gvm_ctx *ctx, struct gvm_proc *ret, struct gvm_error *e)
{
	int r = ctx->self.pid ? 0 : gvm_proc_get(ctx->host, getpid(), &ctx->self);

	if (r < 0)
		return gvm_error_set(e, "GVM_E_STORE", -r, "cannot read /proc/%d/stat: %s",
				     (int)getpid(), gvm_errno_name(r));
	*ret = ctx->self;
	return 0;
}
