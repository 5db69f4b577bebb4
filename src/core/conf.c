// SPDX-License-Identifier: GPL-2.0-or-later
#include "conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "str.h"
#include "yaml_load.h"

#define EXAMPLE "write version: 1, then qemu: {path: /usr/bin/qemu-system-x86_64, user: gvm-qemu}"

/** Its part qemu:, as libcyaml loads it. */
struct conf_qemu {
	char *path; /* may be NULL */
	char *user; /* likewise */
};
/** The file, as libcyaml loads it. */
struct conf_file {
	char *version;
	struct conf_qemu *qemu; /* may be NULL */
};

static const cyaml_schema_field_t qemu_fields[] = {
	CYAML_FIELD_STRING_PTR("path", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct conf_qemu,
			       path, 1, GVM_PATH_SIZE - 1),
	CYAML_FIELD_STRING_PTR("user", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct conf_qemu,
			       user, 1, 32),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t file_fields[] = {
	CYAML_FIELD_STRING_PTR("version", CYAML_FLAG_POINTER, struct conf_file, version, 1, 8),
	CYAML_FIELD_MAPPING_PTR("qemu", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct conf_file,
				qemu, qemu_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER,
								 struct conf_file, file_fields) };

/** @brief What to do about a complaint of libcyaml. @param complaint it @return remedy */
static const char *hint_for(const char *complaint)
{
	return gvm_str_starts(complaint, "Unexpected key") ? "known are version, qemu {path, user}"
							   : EXAMPLE;
}

static const struct gvm_yaml kind = { &schema, hint_for, EXAMPLE };

int gvm_conf_parse(const char *data, size_t len, const char *path, struct gvm_conf *ret,
		   struct gvm_error *e)
{
	struct conf_file *f = NULL;
	struct gvm_conf conf = { 0 };
	void *loaded = NULL;
	int r = gvm_yaml_load(data, len, &kind, path, &loaded, e);

	if (r < 0)
		return r;
	f = loaded;
	if (strcmp(f->version, "1") != 0) {
		r = gvm_yaml_invalid(e, path, "version is not 1", "write version: 1");
	} else if (f->qemu && f->qemu->path && f->qemu->path[0] != '/') {
		r = gvm_yaml_invalid(e, path, "qemu: path is not absolute",
				     "write the whole path, from / on");
	} else {
		if (f->qemu && f->qemu->path)
			gvm_str_copy(conf.qemu_path, sizeof(conf.qemu_path), f->qemu->path);
		if (f->qemu && f->qemu->user)
			gvm_str_copy(conf.qemu_user, sizeof(conf.qemu_user), f->qemu->user);
		*ret = conf;
	}
	gvm_yaml_free(&kind, f);
	return r;
}

int gvm_conf_load(struct gvm_host *h, struct gvm_conf *ret, struct gvm_error *e)
{
	GVM_AUTOCLOSE int dir = gvm_host_at(h, "/etc/gvm", O_RDONLY | O_DIRECTORY);
	GVM_AUTOFREE char *data = NULL;
	size_t len;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (dir == -ENOENT || (dir >= 0 && faccessat(dir, "gvm.conf", F_OK, 0) < 0))
		return 0;
	if (dir < 0)
		return gvm_error_set(e, "GVM_E_FILE_READ", -dir,
				     "cannot read " GVM_CONF_FILE ": %s", gvm_errno_name(dir));
	r = gvm_yaml_read(dir, "gvm.conf", GVM_CONF_FILE, &data, &len, e);
	return r < 0 ? r : gvm_conf_parse(data, len, GVM_CONF_FILE, ret, e);
}
