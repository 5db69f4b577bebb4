// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "json.h"

#define JSON_STYLE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

struct cli_out {
	struct cli *cli;
	const struct cli_column *columns;
	struct libscols_table *table;
	size_t n;
};

/** @brief A text as JSON. @param text it, or NULL for null */
static void print_json_text(const char *text)
{
	GVM_AUTOJSON struct json_object *o = text ? json_object_new_string(text) : NULL;

	fputs(json_object_to_json_string_ext(o, JSON_STYLE), stdout);
}

/** @brief Make the table. @param columns its columns @return table, or NULL out of memory */
static struct libscols_table *new_table(const struct cli_column *columns)
{
	struct libscols_table *t = scols_new_table();

	for (; t && columns->heading; columns++) {
		if (!scols_table_new_column(t, columns->heading, 0,
					    columns->right ? SCOLS_FL_RIGHT : 0)) {
			scols_unref_table(t);
			return NULL;
		}
	}
	return t;
}

struct cli_out *cli_out_begin(struct cli *cli, const char *schema,
			      const struct cli_column *columns)
{
	struct cli_out *out = calloc(1, sizeof(*out));
	char host[256];

	if (!out)
		return NULL;
	out->cli = cli;
	out->columns = columns;
	if (columns && !cli->json) {
		out->table = new_table(columns);
		if (!out->table) {
			free(out);
			return NULL;
		}
	}
	if (cli->json) {
		printf("{\"schema\":");
		print_json_text(schema);
		printf(",\"host\":");
		print_json_text(gvm_host_name(cli->ctx->host, host, sizeof(host)) < 0 ? NULL : host);
		printf(",\"items\":[");
	}
	return out;
}

/** @brief The text of an array's elements, with commas. @param v array @return new text, NULL out of memory */
static char *array_text(struct json_object *v)
{
	size_t i, n = json_object_array_length(v), len = 0;
	char *text = NULL;
	FILE *f;

	if (!n)
		return strdup("-");
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	for (i = 0; i < n; i++) {
		GVM_AUTOFREE char *one = cli_text(json_object_array_get_idx(v, i));

		fprintf(f, "%s%s", i ? ", " : "", one ? one : "?");
	}
	return fclose(f) == 0 ? text : NULL;
}

char *cli_text(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null:
		return strdup("-");
	case json_type_boolean:
		return strdup(json_object_get_boolean(v) ? "yes" : "no");
	case json_type_array:
		return array_text(v);
	default:
		return strdup(json_object_get_string(v));
	}
}

/** @brief Add a line to the table. @param out answer @param item object @return 0 or -ENOMEM */
static int table_line(struct cli_out *out, struct json_object *item)
{
	struct libscols_line *line = scols_table_new_line(out->table, NULL);
	size_t i;

	if (!line)
		return -ENOMEM;
	for (i = 0; out->columns[i].heading; i++) {
		char *text = cli_text(json_object_object_get(item, out->columns[i].key));

		if (!text || scols_line_refer_data(line, i, text) != 0)
			return -ENOMEM;
	}
	return 0;
}

/** @brief Print an item in full, a member a line. @param out answer @param item object @return 0 or -ENOMEM */
static int print_full(struct cli_out *out, struct json_object *item)
{
	if (out->n)
		putchar('\n');
	json_object_object_foreach(item, key, value) {
		GVM_AUTOFREE char *text = cli_text(value);

		if (!text)
			return -ENOMEM;
		printf("%-16s %s\n", key, text);
	}
	return 0;
}

int cli_out_item(struct cli_out *out, struct json_object *item)
{
	GVM_AUTOJSON struct json_object *o = item;
	int r = 0;

	if (!o)
		return -ENOMEM;
	if (out->cli->json)
		printf("%s%s", out->n ? "," : "", json_object_to_json_string_ext(o, JSON_STYLE));
	else if (out->table)
		r = table_line(out, o);
	else
		r = print_full(out, o);
	out->n++;
	return r;
}

/** @brief Print warnings the way the answer is printed. @param json as JSON @param inv whose, or NULL */
static void print_warnings(bool json, const struct gvm_inventory *inv)
{
	size_t i, n = inv ? inv->n_warnings : 0;

	if (json)
		printf("],\"warnings\":[");
	for (i = 0; i < n; i++) {
		if (json) {
			printf("%s", i ? "," : "");
			print_json_text(inv->warnings[i]);
		} else {
			fprintf(stderr, "gvm: warning: %s\n", inv->warnings[i]);
		}
	}
	if (json)
		printf("]}\n");
}

int cli_out_end(struct cli_out *out, const struct gvm_inventory *inv, int r)
{
	if (!out)
		return -ENOMEM;
	if (r == 0 && out->table && scols_print_table(out->table) != 0)
		r = -ENOMEM;
	if (r == 0)
		print_warnings(out->cli->json, inv);
	if (fflush(stdout) != 0 && r == 0)
		r = -EIO;
	scols_unref_table(out->table);
	free(out);
	return r;
}

int cli_out_plan(struct cli *cli, const struct gvm_plan *plan)
{
	struct cli_out *out = cli->json ? cli_out_begin(cli, "gvm.plan/1", NULL) : NULL;
	size_t i;
	int r = 0;

	for (i = 0; i < plan->n_steps && r == 0; i++) {
		const struct gvm_step *s = &plan->steps[i];

		if (cli->json)
			r = cli_out_item(out, gvm_step_json(s));
		else
			printf("%3u  %s\n     write %s to %s\n", s->id, s->reason, s->write.value,
			       s->write.path);
	}
	return cli->json ? cli_out_end(out, NULL, r) : 0;
}
