// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_file.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cleanup.h"
#include "file.h"
#include "record.h"
#include "str.h"
#include "uuid.h"

#define MAX_FILE (64 << 10)
#define MAX_TEXT 1024
#define MAX_DEPTH 8
#define MAX_CPUS 1024
#define MAX_MEMORY_MIB (64 << 20)

static const cyaml_strval_t accelerators[] = { { "auto", GVM_ACCEL_AUTO },
					       { "kvm", GVM_ACCEL_KVM },
					       { "tcg", GVM_ACCEL_TCG } };
static const cyaml_strval_t formats[] = { { "qcow2", GVM_DISK_QCOW2 }, { "raw", GVM_DISK_RAW } };
static const cyaml_strval_t firmwares[] = { { "bios", 0 } };
static const cyaml_strval_t displays[] = { { "none", 0 } };
static const cyaml_strval_t networks[] = { { "user", 0 } };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Shorthand for the schema below; S is the structure a field stands in. */
#define TEXT(S, key, flags)                                                                        \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | (flags), S, key, 1, MAX_TEXT)
#define CHOICE(S, key, words)                                                                      \
	CYAML_FIELD_ENUM(#key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, S, key, words, COUNT(words))
#define LIST(S, key, entry, max)                                                                   \
	CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, key, entry, 0, max)

static const cyaml_schema_field_t boot_fields[] = {
	TEXT(struct gvm_vm_boot, kernel, 0),
	TEXT(struct gvm_vm_boot, initrd, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_boot, append, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t disk_fields[] = {
	TEXT(struct gvm_vm_disk, file, 0),
	CHOICE(struct gvm_vm_disk, format, formats),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t vgpu_fields[] = {
	TEXT(struct gvm_vm_vgpu, name, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_vgpu, type, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_vgpu, gpu, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t net_fields[] = {
	CYAML_FIELD_ENUM("type", CYAML_FLAG_STRICT, struct gvm_vm_net, type, networks,
			 COUNT(networks)),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t disk = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT,
							       struct gvm_vm_disk, disk_fields) };
static const cyaml_schema_value_t vgpu = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT,
							       struct gvm_vm_vgpu, vgpu_fields) };
static const cyaml_schema_value_t net = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct gvm_vm_net,
							      net_fields) };
static const cyaml_schema_value_t argument = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0,
								  MAX_TEXT) };
static const cyaml_schema_field_t file_fields[] = {
	TEXT(struct gvm_vm_file, name, 0),
	TEXT(struct gvm_vm_file, uuid, CYAML_FLAG_OPTIONAL),
	/* As text: libcyaml 1.3 takes "4G" for the number 4. */
	CYAML_FIELD_STRING_PTR("version", CYAML_FLAG_POINTER, struct gvm_vm_file, version_text, 1,
			       MAX_TEXT),
	CYAML_FIELD_STRING_PTR("cpus", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct gvm_vm_file,
			       cpus_text, 1, MAX_TEXT),
	CYAML_FIELD_STRING_PTR("memory_mib", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct gvm_vm_file, memory_text, 1, MAX_TEXT),
	CHOICE(struct gvm_vm_file, accelerator, accelerators),
	CHOICE(struct gvm_vm_file, firmware, firmwares),
	CHOICE(struct gvm_vm_file, display, displays),
	CYAML_FIELD_MAPPING_PTR("boot", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
				struct gvm_vm_file, boot, boot_fields),
	LIST(struct gvm_vm_file, disks, &disk, 16),
	LIST(struct gvm_vm_file, vgpus, &vgpu, GVM_VM_MAX_VGPUS),
	LIST(struct gvm_vm_file, network, &net, 8),
	LIST(struct gvm_vm_file, qemu_args, &argument, 64),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct gvm_vm_file, file_fields) };

/** What libcyaml says while it loads: the complaint, and where. */
struct complaint {
	char text[200];
	char where[80];
};

/** @brief Listen to libcyaml. @param level of the message @param ctx struct complaint @param fmt @param args message */
static void __attribute__((format(printf, 3, 0)))
listen(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct complaint *c = ctx;
	char line[300], *place;

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(line, sizeof(line), fmt, args);
	gvm_str_chomp(line);
	gvm_str_printable(line);
	/* The innermost place of the backtrace comes first. */
	place = strstr(line, "(line: ");
	if (place && !c->where[0])
		snprintf(c->where, sizeof(c->where), "%.79s", place);
	else if (!place && !c->text[0] && !strstr(line, "Backtrace"))
		snprintf(c->text, sizeof(c->text), "%.199s",
			 gvm_str_starts(line, "Load: ") ? line + 6 : line);
}

/** @brief libcyaml's memory, as realloc(3). @param ctx unused @param ptr old @param size new @return memory */
static void *memory(void *ctx, void *ptr, size_t size)
{
	(void)ctx;
	if (size == 0) {
		free(ptr);
		return NULL;
	}
	return realloc(ptr, size);
}

static const cyaml_config_t config = {
	.log_fn = listen,
	.mem_fn = memory,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_NO_ALIAS,
};

/** @brief Tell what is wrong with a file. @param e error @param path file @param what the complaint @param hint the remedy @return -EINVAL */
static int invalid(struct gvm_error *e, const char *path, const char *what, const char *hint)
{
	gvm_error_set(e, "GVM_E_FILE_INVALID", EINVAL, "%s: %s", path, what);
	GVM_ERROR_FIELD(e, object, "%s", path);
	GVM_ERROR_FIELD(e, hint, "%s", hint);
	return -EINVAL;
}

/**
 * @brief The line that a key stands on.
 * @param data text of the file @param from where to look from, a line from 1 @param key key
 * @return line from 1, or @p from when it is not found
 */
static unsigned int line_of_key(const char *data, unsigned int from, const char *key)
{
	unsigned int line = from;
	const char *p = data, *s;

	for (; from > 1 && p; from--) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	for (; p && (p = strstr(p, key)); p++) {
		const char *q = p + strlen(key);

		if (q[strspn(q, " \"'")] != ':')
			continue;
		for (line = 1, s = data; s < p; s++)
			line += *s == '\n';
		return line;
	}
	return line;
}

/**
 * @brief The line a complaint is about. For a key that must not be there libcyaml tells where the
 *        thing before it stands, so the key is looked for from there on.
 * @param data text of the file @param c complaint @return line from 1, 0 when unknown
 */
static unsigned int line_of(const char *data, const struct complaint *c)
{
	static const char unexpected[] = "Unexpected key: ";
	unsigned int line = 0;

	sscanf(c->where, "(line: %u", &line);
	if (!line || !gvm_str_starts(c->text, unexpected))
		return line;
	return line_of_key(data, line, c->text + strlen(unexpected));
}

/** @brief What to do about a complaint of libcyaml. @param text it @return remedy */
static const char *hint_for(const char *text)
{
	if (gvm_str_starts(text, "Unexpected key"))
		return "known are version, name, uuid, cpus, memory_mib, accelerator, firmware, "
		       "boot {kernel, initrd, append}, disks {file, format}, "
		       "vgpus {name, type, gpu}, display, network {type}, qemu_args";
	if (gvm_str_starts(text, "Invalid ENUM"))
		return "known are accelerator: auto, kvm, tcg; firmware: bios; display: none; "
		       "a disk's format: qcow2, raw; a network's type: user";
	if (gvm_str_starts(text, "Missing required"))
		return "version, name, a boot's kernel and a disk's file must be there";
	if (gvm_str_starts(text, "Expecting MAPPING"))
		return "write it as {key: value}, such as vgpus: [{name: desk1}]";
	return "compare it with the VM file in README.md";
}

/** @brief Tell what libcyaml found. @param e error @param path file @param data its text @param c complaint @param err its code @return -errno */
static int not_by_schema(struct gvm_error *e, const char *path, const char *data,
			 const struct complaint *c, cyaml_err_t err)
{
	char what[300];
	unsigned int line;

	if (err == CYAML_ERR_OOM)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	line = line_of(data, c);
	if (line)
		snprintf(what, sizeof(what), "line %u: %s", line,
			 err == CYAML_ERR_INTERNAL_ERROR ? "a key must be plain text"
			 : c->text[0]                    ? c->text
							 : cyaml_strerror(err));
	else
		snprintf(what, sizeof(what), "%s", c->text[0] ? c->text : cyaml_strerror(err));
	return invalid(e, path, what, hint_for(c->text));
}

/** @brief Make a path absolute against the folder of the VM file. @param p path, replaced @param path of the VM file @return 0 or -ENOMEM */
static int absolute(char **p, const char *path)
{
	GVM_AUTOFREE char *dir = NULL;
	GVM_AUTOFREE char *folder = NULL;
	char *joined;

	if (!*p || **p == '/')
		return 0;
	dir = strdup(path);
	if (!dir)
		return -ENOMEM;
	if (strrchr(dir, '/'))
		strrchr(dir, '/')[1] = '\0';
	else
		strcpy(dir, dir[0] ? "." : "");
	folder = realpath(dir, NULL);
	if (asprintf(&joined, "%s/%s", folder ? folder : dir, *p) < 0)
		return -ENOMEM;
	free(*p);
	*p = joined;
	return 0;
}

/** A whole number of the file. */
struct number {
	const char *key;
	const char *text; /* NULL when absent */
	uint32_t *value;
	uint32_t max;
};

/** @brief Read the file's numbers. @param f file @param data its text @param path for messages @param e detail @return 0 or -EINVAL */
static int read_numbers(struct gvm_vm_file *f, const char *data, const char *path,
			struct gvm_error *e)
{
	const struct number numbers[] = {
		{ "cpus", f->cpus_text, &f->cpus, MAX_CPUS },
		{ "memory_mib", f->memory_text, &f->memory_mib, MAX_MEMORY_MIB },
	};
	char what[200];
	uint64_t value;
	size_t i;

	if (strcmp(f->version_text, "1") != 0) {
		snprintf(what, sizeof(what), "line %u: version is not 1",
			 line_of_key(data, 1, "version"));
		return invalid(e, path, what, "write version: 1");
	}
	f->version = f->cpus = 1;
	f->memory_mib = 512;
	for (i = 0; i < COUNT(numbers); i++) {
		const struct number *n = &numbers[i];

		if (!n->text)
			continue;
		if (gvm_parse_u64(n->text, 10, n->max, &value) < 0 || !value) {
			snprintf(what, sizeof(what),
				 "line %u: %s is no whole number from 1 to %u: %.40s",
				 line_of_key(data, 1, n->key), n->key, n->max, n->text);
			return invalid(e, path, what,
				       "write a number in that range, digits only, without a unit");
		}
		*n->value = (uint32_t)value;
	}
	return 0;
}

/** @brief Tell what is wrong on a line. @param e error @param path file @param line from 1 @param what the complaint @return -EINVAL */
static int invalid_line(struct gvm_error *e, const char *path, size_t line, const char *what)
{
	char text[300];

	snprintf(text, sizeof(text), "line %zu: %s", line, what);
	return invalid(e, path, text, "compare it with the VM file in README.md");
}

/** @brief Look at one event. @param ev event @param documents seen so far @param depth of nesting @return what is wrong, or NULL */
static const char *check_event(const yaml_event_t *ev, int *documents, int *depth)
{
	if (ev->type == YAML_DOCUMENT_START_EVENT && ++*documents > 1)
		return "a second document begins: write one VM a file";
	if (ev->type == YAML_MAPPING_START_EVENT || ev->type == YAML_SEQUENCE_START_EVENT) {
		if (++*depth > MAX_DEPTH)
			return "too deep";
	} else if (ev->type == YAML_MAPPING_END_EVENT || ev->type == YAML_SEQUENCE_END_EVENT) {
		--*depth;
	} else if (ev->type == YAML_SCALAR_EVENT &&
		   strlen((const char *)ev->data.scalar.value) != ev->data.scalar.length) {
		return "a text holds a NUL character";
	}
	return NULL;
}

/**
 * @brief Check what libcyaml does not: syntax with its exact line, depth, one document, no NULs.
 * @param data text @param len its length @param path for messages @param e detail @return 0 or -errno
 */
static int check_syntax(const char *data, size_t len, const char *path, struct gvm_error *e)
{
	int documents = 0, depth = 0, r = 0;
	yaml_parser_t parser;
	bool end = false;

	if (!yaml_parser_initialize(&parser))
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)data, len);
	while (r == 0 && !end) {
		const char *wrong;
		yaml_event_t ev;

		if (!yaml_parser_parse(&parser, &ev)) {
			r = invalid_line(e, path, parser.problem_mark.line + 1,
					 parser.problem ? parser.problem : "no YAML");
			break;
		}
		wrong = check_event(&ev, &documents, &depth);
		if (wrong)
			r = invalid_line(e, path, ev.start_mark.line + 1, wrong);
		end = ev.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	yaml_parser_delete(&parser);
	return r;
}

/** @brief Check what the schema cannot. @param f file @param path for messages @param e detail @return 0 or -EINVAL */
static int check(struct gvm_vm_file *f, const char *path, struct gvm_error *e)
{
	char uuid[GVM_UUID_SIZE], what[160];
	uint32_t i;

	if (!gvm_name_valid(f->name)) {
		snprintf(what, sizeof(what), "name is no name for a VM: %.80s", f->name);
		return invalid(e, path, what,
			       "use lower-case letters, digits, '.', '_' and '-', at most 63");
	}
	if (f->uuid && gvm_uuid_parse(f->uuid, uuid) < 0)
		return invalid(e, path, "uuid is no UUID", "leave it out: gvm makes one");
	if (f->uuid)
		memcpy(f->uuid, uuid, sizeof(uuid));
	if (!f->boot && !f->disks_count)
		return invalid(e, path, "there is nothing to boot",
			       "give boot: {kernel: ...} or disks:");
	for (i = 0; i < f->qemu_args_count; i++)
		if (strcmp(f->qemu_args[i], "-daemonize") == 0 ||
		    strcmp(f->qemu_args[i], "--daemonize") == 0)
			return invalid(e, path,
				       "qemu_args: gvm watches QEMU, so it must not daemonize",
				       "leave -daemonize out");
	for (i = 0; i < f->vgpus_count; i++) {
		const struct gvm_vm_vgpu *v = &f->vgpus[i];

		if (!v->name == !v->type || (v->gpu && !v->type))
			return invalid(
				e, path, "a vGPU needs either name or type",
				"write {name: NAME} for one that exists, {type: TYPE} or {type: TYPE, gpu: GPU} for one to be made");
	}
	return 0;
}

/** @brief Fill in defaults and make paths absolute. @param f file @param path of the file @return 0 or -ENOMEM */
static int complete(struct gvm_vm_file *f, const char *path)
{
	uint32_t i;
	int r = 0;

	if (f->boot) {
		r = absolute(&f->boot->kernel, path);
		if (r == 0)
			r = absolute(&f->boot->initrd, path);
	}
	for (i = 0; i < f->disks_count && r == 0; i++)
		r = absolute(&f->disks[i].file, path);
	return r;
}

int gvm_vm_file_parse(const char *data, size_t len, const char *path, struct gvm_vm_file **ret,
		      struct gvm_error *e)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	GVM_AUTOFREE char *text = strndup(data, len);
	struct complaint c = { 0 };
	cyaml_config_t cfg = config;
	cyaml_err_t err;
	int r;

	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	if (memchr(data, 0, len))
		return invalid(e, path, "it is not a text file", "write it as YAML");
	r = check_syntax(data, len, path, e);
	if (r < 0)
		return r;
	cfg.log_ctx = &c;
	err = cyaml_load_data((const uint8_t *)data, len, &cfg, &file_schema, (cyaml_data_t **)&f,
			      NULL);
	if (err != CYAML_OK)
		return not_by_schema(e, path, text, &c, err);
	if (!f)
		return invalid(e, path, "it is empty", "see the VM file in README.md");
	r = read_numbers(f, text, path, e);
	if (r == 0)
		r = check(f, path, e);
	if (r == 0) {
		r = complete(f, path);
		if (r < 0)
			gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	}
	if (r < 0)
		return r;
	*ret = gvm_steal(f);
	return 0;
}

int gvm_vm_file_load(const char *path, struct gvm_vm_file **ret, struct gvm_error *e)
{
	GVM_AUTOFREE char *data = NULL;
	size_t len;
	int r = gvm_read_file(AT_FDCWD, path, MAX_FILE, &data, &len);

	if (r < 0) {
		gvm_error_set(e, r == -EFBIG ? "GVM_E_FILE_INVALID" : "GVM_E_FILE_READ", -r,
			      r == -EFBIG ? "%s: a VM file has at most 64 KiB (%s)"
					  : "cannot read %s: %s",
			      path, gvm_errno_name(r));
		GVM_ERROR_FIELD(e, object, "%s", path);
		if (r == -EFBIG)
			GVM_ERROR_FIELD(e, hint, "check that it is the file you mean");
		return r;
	}
	r = gvm_vm_file_parse(data, len, path, ret, e);
	if (r == 0)
		(*ret)->path = realpath(path, NULL);
	return r;
}

void gvm_vm_file_free(struct gvm_vm_file *f)
{
	cyaml_config_t cfg = config;
	struct complaint c;

	cfg.log_ctx = &c;
	if (f)
		free(f->path);
	if (f)
		cyaml_free(&cfg, &file_schema, f, 0);
}
