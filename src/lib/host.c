// SPDX-License-Identifier: GPL-2.0-or-later
/* An open host, the version, and the manual of errors. Opening is in registry.c. */
#include <gvm/context.h>
#include <gvm/error.h>
#include <gvm/version.h>

#include "lib.h"

const char *gvm_version(void)
{
	return GVM_VERSION;
}

bool gvm_ctx_is_live(const struct gvm_ctx *ctx)
{
	return gvm_host_live(ctx->host);
}

void gvm_ctx_set_log(struct gvm_ctx *ctx, gvm_log_fn fn, void *data)
{
	ctx->log = fn;
	ctx->log_data = data;
}

const struct gvm_error_entry *gvm_error_entry_find(const char *code)
{
	return gvm_errors_find(code);
}

size_t gvm_error_entry_get_num(void)
{
	size_t n;

	gvm_errors_all(&n);
	return n;
}

const struct gvm_error_entry *gvm_error_entry_get(size_t index)
{
	size_t n;
	const struct gvm_error_entry *all = gvm_errors_all(&n);

	return index < n ? &all[index] : NULL;
}

const char *gvm_error_entry_get_code(const struct gvm_error_entry *entry)
{
	return entry->code;
}

/** @brief What the manual says of a code. @param entry its entry @return it; each has one, as the tests see to */
static struct gvm_error_manual manual_of(const struct gvm_error_entry *entry)
{
	struct gvm_error_manual m = { "", "", "" };

	gvm_errors_manual(entry, &m);
	return m;
}

const char *gvm_error_entry_get_meaning(const struct gvm_error_entry *entry)
{
	return manual_of(entry).meaning;
}

const char *gvm_error_entry_get_cause(const struct gvm_error_entry *entry)
{
	return manual_of(entry).cause;
}

const char *gvm_error_entry_get_remedy(const struct gvm_error_entry *entry)
{
	return manual_of(entry).remedy;
}

const char *gvm_error_entry_get_source(const struct gvm_error_entry *entry)
{
	return entry->label;
}

int gvm_error_entry_get_exit_status(const struct gvm_error_entry *entry)
{
	return (int)entry->exit;
}
