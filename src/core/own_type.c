// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of own types: their text, and loading them all. */
#include "own_type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "saved_schema.h"
#include "store.h"
#include "str.h"
#include "yaml_load.h"

#define EXAMPLE "write version: 1, name: desk, base: TYPE, description: TEXT, each on a line"

/** The file as libcyaml loads it. */
struct file {
	char *version;
	char *name;
	char *base;
	struct gvm_saved_gpu *gpu;
	char *description;
	struct gvm_saved_param *params;
	uint32_t params_count;
};

static const cyaml_schema_field_t fields[] = {
	GVM_SAVED_TEXT(struct file, version, 0, 16),
	GVM_SAVED_TEXT(struct file, name, 0, 80),
	GVM_SAVED_TEXT(struct file, base, 0, GVM_NAME_SIZE - 1),
	CYAML_FIELD_MAPPING_PTR("gpu", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, gpu,
				gvm_saved_gpu_fields),
	GVM_SAVED_TEXT(struct file, description, CYAML_FLAG_OPTIONAL, 255),
	GVM_SAVED_PARAMS(struct file),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file,
								 fields) };

/** @brief What to do about a complaint of libcyaml. @param complaint it @return remedy */
static const char *hint_for(const char *complaint)
{
	return gvm_str_starts(complaint, "Unexpected key")
		       ? "known are version, name, base, gpu {address, serial}, description, "
			 "params {name, value}"
		       : EXAMPLE;
}

static const struct gvm_yaml kind = { &schema, hint_for, EXAMPLE };

/** @brief Take what was loaded. @param f it @param t result @return NULL, or what is wrong */
static const char *take(const struct file *f, struct gvm_own_type *t)
{
	const char *wrong = NULL;

	if (strcmp(f->version, "1") != 0)
		return "version is not 1";
	if (!gvm_name_valid(f->name) || gvm_str_copy(t->name, sizeof(t->name), f->name) < 0)
		return "name is no name for a type: lower-case letters, digits, '.', '_', '-', at most 63";
	if (strcmp(f->name, "vf") == 0 || strcmp(f->name, "whole") == 0)
		return "name is that of a type that every host has";
	if (!gvm_saved_is_plain(f->base) || strchr(f->base, '/') || f->base[0] == '.' ||
	    gvm_str_copy(t->base, sizeof(t->base), f->base) < 0)
		return "base is no type";
	if (strcmp(f->base, f->name) == 0)
		return "base is the type itself";
	if (f->gpu)
		wrong = gvm_saved_take_gpu(f->gpu, t->gpu, t->serial);
	if (wrong)
		return wrong;
	if (f->description &&
	    (!gvm_saved_is_plain(f->description) ||
	     gvm_str_copy(t->description, sizeof(t->description), f->description) < 0))
		return "description is no line of text";
	return gvm_saved_take_params(f->params, f->params_count, &t->params);
}

int gvm_own_type_parse(const char *text, size_t len, const char *path, struct gvm_own_type *ret,
		       struct gvm_error *e)
{
	struct gvm_own_type t = { .name = "" };
	const char *wrong;
	void *loaded;
	int r = gvm_yaml_load(text, len, &kind, path, &loaded, e);

	if (r < 0)
		return r;
	wrong = take(loaded, &t);
	gvm_yaml_free(&kind, loaded);
	if (wrong)
		return gvm_yaml_invalid(e, path, wrong, EXAMPLE);
	*ret = t;
	return 0;
}

char *gvm_own_type_text(const struct gvm_own_type *t)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f, "version: 1\nname: %s\nbase: ", t->name);
	gvm_saved_quote(f, t->base);
	fputc('\n', f);
	if (t->gpu[0])
		gvm_saved_put_gpu(f, t->gpu, t->serial, "");
	if (t->description[0]) {
		fputs("description: ", f);
		gvm_saved_quote(f, t->description);
		fputc('\n', f);
	}
	gvm_params_put(f, &t->params);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/** What the loading carries along. */
struct load {
	struct gvm_ctx *ctx;
	struct gvm_own_types t;
	gvm_own_type_warn_fn warn;
	void *data;
};

/** @brief One file. @param name of it @param text of it @param len of it, or -errno @param data loading @return 0 or -ENOMEM */
static int take_file(const char *name, const char *text, long len, void *data)
{
	struct load *l = data;
	struct gvm_own_type *grown, t;
	char path[GVM_SAVED_PATH_SIZE] = "";
	struct gvm_error e = { 0 };
	int r;

	l->ctx->store->ops->saved_path(l->ctx->store, GVM_SAVED_TYPE, name, path);
	if (text)
		r = gvm_own_type_parse(text, (size_t)len, path, &t, &e);
	else
		r = gvm_saved_error(l->ctx, GVM_SAVED_TYPE, name, "read", (int)len, &e);
	if (r == 0 && strcmp(t.name, name) != 0)
		r = gvm_yaml_invalid(&e, path, "name is not that of the file",
				     "rename the file, or change name");
	if (r < 0 && r != -ENOMEM && l->warn)
		l->warn(&e, l->data);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	grown = reallocarray(l->t.items, l->t.n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	l->t.items = grown;
	l->t.items[l->t.n++] = t;
	return 0;
}

/** @brief Order by name. @param a @param b types @return as strcmp() */
static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct gvm_own_type *)a)->name,
			  ((const struct gvm_own_type *)b)->name);
}

int gvm_own_types_load(struct gvm_ctx *ctx, struct gvm_own_types *ret, gvm_own_type_warn_fn warn,
		       void *data)
{
	struct load l = { .ctx = ctx, .warn = warn, .data = data };
	struct gvm_error e = { 0 };
	int r = ctx->store->ops->saved_list(ctx->store, GVM_SAVED_TYPE, take_file, &l);

	if (r == -ENOMEM) {
		gvm_own_types_free(&l.t);
		return r;
	}
	if (r < 0 && warn) {
		gvm_error_set(&e, "GVM_E_FILE_READ", -r, "cannot read /etc/gvm/types.d: %s",
			      gvm_errno_name(r));
		warn(&e, data);
	}
	if (l.t.n)
		qsort(l.t.items, l.t.n, sizeof(l.t.items[0]), by_name);
	*ret = l.t;
	return 0;
}

void gvm_own_types_free(struct gvm_own_types *t)
{
	free(t->items);
	t->items = NULL;
	t->n = 0;
}

const struct gvm_own_type *gvm_own_types_find(const struct gvm_own_types *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->items[i].name, name) == 0)
			return &t->items[i];
	return NULL;
}
