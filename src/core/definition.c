// SPDX-License-Identifier: GPL-2.0-or-later
#include "definition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "saved_schema.h"
#include "str.h"
#include "yaml_load.h"

#define EXAMPLE                                                                                    \
	"write version: 1, name: desk1, gpu: {address: \"0000:3b:00.0\"}, type: TYPE, each on a line"

/** The file as libcyaml loads it. */
struct file {
	char *version;
	char *name;
	char *uuid;
	struct gvm_saved_gpu *gpu;
	char *type;
	char *autostart;
	struct gvm_saved_param *params;
	uint32_t params_count;
};

static const cyaml_schema_field_t gpu_fields[] = {
	GVM_SAVED_TEXT(struct gvm_saved_gpu, address, 0, GVM_NAME_SIZE - 1),
	GVM_SAVED_TEXT(struct gvm_saved_gpu, serial, CYAML_FLAG_OPTIONAL, GVM_NAME_SIZE - 1),
	GVM_SAVED_TEXT(struct gvm_saved_gpu, vf, CYAML_FLAG_OPTIONAL, GVM_NAME_SIZE - 1),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t fields[] = {
	GVM_SAVED_TEXT(struct file, version, 0, 16),
	GVM_SAVED_TEXT(struct file, name, 0, 80),
	GVM_SAVED_TEXT(struct file, uuid, CYAML_FLAG_OPTIONAL, 80),
	CYAML_FIELD_MAPPING_PTR("gpu", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, gpu,
				gpu_fields),
	GVM_SAVED_TEXT(struct file, type, 0, GVM_NAME_SIZE - 1),
	GVM_SAVED_TEXT(struct file, autostart, CYAML_FLAG_OPTIONAL, 16),
	GVM_SAVED_PARAMS(struct file),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file,
								 fields) };

/** @brief What to do about a complaint of libcyaml. @param complaint it @return remedy */
static const char *hint_for(const char *complaint)
{
	return gvm_str_starts(complaint, "Unexpected key")
		       ? "known are version, name, uuid, gpu {address, serial, vf}, type, autostart, "
			 "params {name, value}"
		       : EXAMPLE;
}

static const struct gvm_yaml kind = { &schema, hint_for, EXAMPLE };

/** @brief Read yes or no. libcyaml would take any word for yes. @param text it, or NULL for no @param ret result @return 0 or -EINVAL */
static int take_bool(const char *text, bool *ret)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
	size_t i;

	*ret = false;
	for (i = 0; text && i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*ret = i & 1;
			return 0;
		}
	}
	return text ? -EINVAL : 0;
}

/** @brief Take the GPU. @param gpu as loaded @param d result @return NULL, or what is wrong */
static const char *take_gpu(const struct gvm_saved_gpu *gpu, struct gvm_definition *d)
{
	const char *wrong = gvm_saved_take_gpu(gpu, d->gpu, d->serial);
	struct gvm_pci_addr vf;

	if (wrong || !gpu->vf)
		return wrong;
	if (gvm_pci_parse(gpu->vf, &vf) < 0)
		return "gpu: vf is no address of a virtual function";
	gvm_pci_format(&vf, d->vf);
	return NULL;
}

/** @brief Take what was loaded. @param f it @param d result @return NULL, or what is wrong */
static const char *take(const struct file *f, struct gvm_definition *d)
{
	const char *wrong = NULL;
	char as_uuid[GVM_UUID_SIZE];

	if (strcmp(f->version, "1") != 0)
		return "version is not 1";
	if (!gvm_name_valid(f->name) || gvm_str_copy(d->name, sizeof(d->name), f->name) < 0)
		return "name is no name for a vGPU: lower-case letters, digits, '.', '_', '-', at most 63";
	if (f->uuid && gvm_uuid_parse(f->uuid, d->uuid) < 0)
		return "uuid is no UUID";
	if (gvm_uuid_parse(f->name, as_uuid) == 0 && (!f->uuid || strcmp(as_uuid, d->uuid) != 0))
		return "name is a UUID, and cannot be the name of another vGPU";
	if (f->gpu)
		wrong = take_gpu(f->gpu, d);
	if (wrong)
		return wrong;
	if (!gvm_saved_is_plain(f->type) || strchr(f->type, '/') || f->type[0] == '.' ||
	    gvm_str_copy(d->type, sizeof(d->type), f->type) < 0)
		return "type is no type";
	if (take_bool(f->autostart, &d->autostart) < 0)
		return "autostart is neither true nor false";
	memcpy(d->base, d->type, sizeof(d->base));
	return gvm_saved_take_params(f->params, f->params_count, &d->params);
}

int gvm_definition_parse(const char *text, size_t len, const char *path, struct gvm_definition *ret,
			 struct gvm_error *e)
{
	struct gvm_definition d = { .by = GVM_DEFINED_BY_GVM };
	const char *wrong;
	void *loaded;
	int r = gvm_yaml_load(text, len, &kind, path, &loaded, e);

	if (r < 0)
		return r;
	wrong = take(loaded, &d);
	gvm_yaml_free(&kind, loaded);
	if (wrong)
		return gvm_yaml_invalid(e, path, wrong, EXAMPLE);
	*ret = d;
	return 0;
}

/** @brief Write a key and its quoted value. @param f stream @param key it @param value text, empty for none */
static void put(FILE *f, const char *key, const char *value)
{
	if (!*value)
		return;
	fprintf(f, "%s: ", key);
	gvm_saved_quote(f, value);
	fputc('\n', f);
}

char *gvm_definition_text(const struct gvm_definition *d)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f, "version: 1\nname: %s\n", d->name);
	put(f, "uuid", d->uuid);
	if (d->gpu[0])
		gvm_saved_put_gpu(f, d->gpu, d->serial, d->vf);
	put(f, "type", d->type);
	fprintf(f, "autostart: %s\n", d->autostart ? "true" : "false");
	gvm_params_put(f, &d->params);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
