// SPDX-License-Identifier: GPL-2.0-or-later
#include "yaml_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cleanup.h"
#include "file.h"
#include "str.h"

#define MAX_FILE (64 << 10)
#define MAX_DEPTH 8

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

int gvm_yaml_invalid(struct gvm_error *e, const char *path, const char *what, const char *hint)
{
	gvm_error_set(e, "GVM_E_FILE_INVALID", EINVAL, "%s: %s", path, what);
	GVM_ERROR_FIELD(e, object, "%s", path);
	GVM_ERROR_FIELD(e, hint, "%s", hint);
	return -EINVAL;
}

unsigned int gvm_yaml_line_of(const char *data, unsigned int from, const char *key)
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
	return gvm_yaml_line_of(data, line, c->text + strlen(unexpected));
}

/**
 * @brief Tell what libcyaml found.
 * @param e error @param path file @param data its text @param c complaint @param err its code
 * @param kind of file @return -errno
 */
static int not_by_schema(struct gvm_error *e, const char *path, const char *data,
			 const struct complaint *c, cyaml_err_t err, const struct gvm_yaml *kind)
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
	return gvm_yaml_invalid(e, path, what, kind->hint_for(c->text));
}

/** @brief Tell what is wrong on a line. @param e error @param path file @param line from 1 @param what the complaint @param hint remedy @return -EINVAL */
static int invalid_line(struct gvm_error *e, const char *path, size_t line, const char *what,
			const char *hint)
{
	char text[300];

	snprintf(text, sizeof(text), "line %zu: %s", line, what);
	return gvm_yaml_invalid(e, path, text, hint);
}

/** @brief Look at one event. @param ev event @param documents seen so far @param depth of nesting @return what is wrong, or NULL */
static const char *check_event(const yaml_event_t *ev, int *documents, int *depth)
{
	if (ev->type == YAML_DOCUMENT_START_EVENT && ++*documents > 1)
		return "a second document begins: write one object a file";
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
 * @param data text @param len its length @param path for messages @param hint remedy @param e detail @return 0 or -errno
 */
static int check_syntax(const char *data, size_t len, const char *path, const char *hint,
			struct gvm_error *e)
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
					 parser.problem ? parser.problem : "no YAML", hint);
			break;
		}
		wrong = check_event(&ev, &documents, &depth);
		if (wrong)
			r = invalid_line(e, path, ev.start_mark.line + 1, wrong, hint);
		end = ev.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	yaml_parser_delete(&parser);
	return r;
}

int gvm_yaml_load(const char *data, size_t len, const struct gvm_yaml *kind, const char *path,
		  void **ret, struct gvm_error *e)
{
	GVM_AUTOFREE char *text = strndup(data, len);
	struct complaint c = { 0 };
	cyaml_config_t cfg = config;
	cyaml_data_t *loaded = NULL;
	cyaml_err_t err;
	int r;

	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	if (memchr(data, 0, len))
		return gvm_yaml_invalid(e, path, "it is not a text file", "write it as YAML");
	r = check_syntax(data, len, path, kind->example, e);
	if (r < 0)
		return r;
	cfg.log_ctx = &c;
	err = cyaml_load_data((const uint8_t *)data, len, &cfg, kind->schema, &loaded, NULL);
	if (err != CYAML_OK)
		return not_by_schema(e, path, text, &c, err, kind);
	if (!loaded)
		return gvm_yaml_invalid(e, path, "it is empty", kind->example);
	*ret = loaded;
	return 0;
}

void gvm_yaml_free(const struct gvm_yaml *kind, void *loaded)
{
	cyaml_config_t cfg = config;
	struct complaint c;

	cfg.log_ctx = &c;
	if (loaded)
		cyaml_free(&cfg, kind->schema, loaded, 0);
}

int gvm_yaml_read(int fd, const char *path, const char *what, char **ret, size_t *len,
		  struct gvm_error *e)
{
	int r = gvm_read_file(fd, path, MAX_FILE, ret, len);

	if (r == 0)
		return 0;
	if (r == -EFBIG)
		gvm_error_set(e, "GVM_E_FILE_INVALID", -r, "%s: %s has at most 64 KiB (%s)", path,
			      what, gvm_errno_name(r));
	else
		gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read %s: %s", path,
			      gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, "%s", path);
	if (r == -EFBIG)
		GVM_ERROR_FIELD(e, hint, "check that it is the file you mean");
	return r;
}

bool gvm_yaml_is_mapping(const char *data, size_t len, const char *key)
{
	bool is_key = true, found = false, end = false, ret = false;
	yaml_parser_t parser;
	int depth = 0;

	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)data, len);
	while (!end) {
		yaml_event_t ev;
		bool opens, closes;

		/* What is deeper is refused anyway, and takes libyaml long. */
		if (depth > MAX_DEPTH || !yaml_parser_parse(&parser, &ev))
			break;
		opens = ev.type == YAML_MAPPING_START_EVENT || ev.type == YAML_SEQUENCE_START_EVENT;
		closes = ev.type == YAML_MAPPING_END_EVENT || ev.type == YAML_SEQUENCE_END_EVENT;
		end = ev.type == YAML_STREAM_END_EVENT || found;
		ret = found && ev.type == YAML_MAPPING_START_EVENT;
		if (depth == 1 && ev.type == YAML_SCALAR_EVENT)
			found = is_key && strcmp((const char *)ev.data.scalar.value, key) == 0;
		if (depth == 1 && ev.type == YAML_SCALAR_EVENT)
			is_key = !is_key;
		depth += opens - closes;
		if (depth == 1 && closes)
			is_key = true;
		yaml_event_delete(&ev);
	}
	yaml_parser_delete(&parser);
	return ret;
}
