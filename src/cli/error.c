// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "json.h"
#include "output.h"

/** @brief A text member, null when it is empty. @param o object @param key member @param text it */
static void add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text && *text ? json_object_new_string(text) : NULL);
}

struct json_object *cli_error_item(const struct gvm_error *e)
{
	struct json_object *error = json_object_new_object();
	struct json_object *log = json_object_new_array();
	unsigned int i;

	add_text(error, "code", e->code);
	add_text(error, "message", e->message);
	add_text(error, "object", e->object);
	add_text(error, "step", e->step);
	add_text(error, "wrote", e->wrote);
	add_text(error, "errno", e->err ? gvm_errno_name(e->err) : NULL);
	for (i = 0; i < e->n_kernel_log; i++)
		json_object_array_add(log, json_object_new_string(e->kernel_log[i]));
	json_object_object_add(error, "kernel_log", log);
	add_text(error, "cause", e->cause);
	add_text(error, "hint", e->hint);
	return error;
}

/** @brief Print a whole error as JSON. @param e error, completed */
static void print_json(const struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = json_object_new_object();

	json_object_object_add(o, "schema", json_object_new_string("gvm.error/1"));
	json_object_object_add(o, "error", cli_error_item(e));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
}

void cli_error_text(const struct gvm_error *e)
{
	unsigned int i;

	fprintf(stderr, "gvm: %s (%s)\n", e->message, e->code);
	if (e->step[0])
		fprintf(stderr, "  tried    %s%s%s: %s\n", e->step, e->wrote[0] ? ", value " : "",
			e->wrote, gvm_errno_name(e->err));
	for (i = 0; i < e->n_kernel_log; i++)
		fprintf(stderr, "  kernel   %s\n", e->kernel_log[i]);
	if (e->cause[0])
		fprintf(stderr, "  because  %s\n", e->cause);
	if (e->hint[0])
		fprintf(stderr, "  fix      %s\n", e->hint);
}

int cli_error(struct cli *cli, const struct gvm_error *e, int r)
{
	struct gvm_error whole = *e;
	const struct gvm_error_entry *entry;
	size_t i;

	gvm_errors_complete(&whole, r);
	entry = gvm_errors_find(whole.code);
	/* There is no answer to put them into. */
	for (i = 0; cli->told && i < cli->told->n_warnings; i++)
		fprintf(stderr, "gvm: warning: %s\n", cli->told->warnings[i]);
	if (cli->json)
		print_json(&whole);
	else
		cli_error_text(&whole);
	return entry ? entry->exit : GVM_EXIT_FAILED;
}
