// SPDX-License-Identifier: GPL-2.0-or-later
#include "saved.h"

#include <errno.h>
#include <string.h>

#include "pci.h"
#include "str.h"

void gvm_saved_quote(FILE *f, const char *text)
{
	const char *p;

	fputc('"', f);
	for (p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			fprintf(f, "\\%c", *p);
		else if ((unsigned char)*p < ' ' || *p == 127)
			fprintf(f, "\\x%02x", (unsigned int)*p);
		else
			fputc(*p, f);
	}
	fputc('"', f);
}

void gvm_saved_put_gpu(FILE *f, const char *address, const char *serial, const char *vf)
{
	fputs("gpu: {address: ", f);
	gvm_saved_quote(f, address);
	if (*serial) {
		fputs(", serial: ", f);
		gvm_saved_quote(f, serial);
	}
	if (*vf) {
		fputs(", vf: ", f);
		gvm_saved_quote(f, vf);
	}
	fputs("}\n", f);
}

bool gvm_saved_is_plain(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p; p++)
		if (*p < ' ' || *p == 127)
			return false;
	return p != (const unsigned char *)text;
}

const char *gvm_saved_take_gpu(const struct gvm_saved_gpu *gpu, char address[GVM_NAME_SIZE],
			       char serial[GVM_NAME_SIZE])
{
	struct gvm_pci_addr pci;

	serial[0] = '\0';
	if (gvm_pci_parse(gpu->address, &pci) == 0)
		gvm_pci_format(&pci, address);
	else if (gvm_str_copy(address, GVM_NAME_SIZE, gpu->address) < 0 || strchr(address, '/') ||
		 address[0] == '.' || !gvm_saved_is_plain(address))
		return "gpu: address is no address of a GPU";
	if (gpu->serial &&
	    (gvm_str_copy(serial, GVM_NAME_SIZE, gpu->serial) < 0 || !gvm_saved_is_plain(serial)))
		return "gpu: serial is no serial number";
	return NULL;
}

bool gvm_saved_exists(struct gvm_ctx *ctx, enum gvm_saved_kind kind, const char *name)
{
	char path[GVM_SAVED_PATH_SIZE];

	return ctx->store->ops->saved_path(ctx->store, kind, name, path) == 0 &&
	       gvm_host_exists(ctx->host, path);
}

int gvm_saved_lock(struct gvm_ctx *ctx, struct gvm_error *e)
{
	int lock = ctx->store->ops->lock(ctx->store, "saved", true);

	return lock < 0 ? gvm_error_set(e, "GVM_E_STORE", -lock, "cannot lock what is saved: %s",
					gvm_errno_name(lock))
			: lock;
}

int gvm_saved_error(struct gvm_ctx *ctx, enum gvm_saved_kind kind, const char *name,
		    const char *doing, int r, struct gvm_error *e)
{
	char path[GVM_SAVED_PATH_SIZE];
	const char *code = strcmp(doing, "read") == 0 ? "GVM_E_FILE_READ" : "GVM_E_FILE_WRITE";

	if (ctx->store->ops->saved_path(ctx->store, kind, name, path) < 0)
		snprintf(path, sizeof(path), "%.100s", name);
	if (r == -EACCES || r == -EPERM)
		code = "GVM_E_PERMISSION";
	if (r == -EROFS)
		code = "GVM_E_READ_ONLY";
	if (r == -ESTALE)
		gvm_error_set(e, "GVM_E_FILE_CHANGED", ESTALE,
			      "%s was not written by gvm, or was changed since", path);
	else
		gvm_error_set(e, code, -r, "cannot %s %s: %s", doing, path, gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, "%s", path);
	return r;
}
