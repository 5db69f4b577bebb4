// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "json.h"
#include "str.h"
#include "table.h"

#define LABEL_WIDTH 14
#define JSON_STYLE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/** An answer being printed. */
struct cli_out {
	struct cli *cli;
	const struct cli_column *columns;
	struct cli_table table;
	const char *empty;
	size_t n;
};

/** @brief A text as JSON. @param text it, or NULL for null */
static void print_json_text(const char *text)
{
	GVM_AUTOJSON struct json_object *o = text ? json_object_new_string(text) : NULL;

	fputs(json_object_to_json_string_ext(o, JSON_STYLE), stdout);
}

/** @brief Begin the table with its headings. @param t table @param columns its columns */
static void begin_table(struct cli_table *t, const struct cli_column *columns)
{
	const char *headings[CLI_TABLE_MAX_COLUMNS + 1];
	size_t i;

	for (i = 0; columns[i].heading; i++) {
		headings[i] = columns[i].heading;
		t->right[i] = columns[i].right;
	}
	headings[i] = NULL;
	cli_table_row(t, headings);
}

struct cli_out *cli_out_begin(struct cli *cli, const char *schema, const struct cli_column *columns)
{
	struct cli_out *out = calloc(1, sizeof(*out));
	char host[256];
	bool known;

	if (!out)
		return NULL;
	out->cli = cli;
	out->columns = columns;
	if (columns && !cli->json)
		begin_table(&out->table, columns);
	if (cli->json) {
		printf("{\"schema\":");
		print_json_text(schema);
		printf(",\"host\":");
		known = cli->ctx && gvm_host_name(cli->ctx->host, host, sizeof(host)) == 0;
		print_json_text(known ? host : NULL);
		printf(",\"items\":[");
	}
	return out;
}

void cli_out_empty(struct cli_out *out, const char *text)
{
	if (out)
		out->empty = text;
}

/** @brief The text of a parameter, "name=value". @param v object @return new text, NULL out of memory or for what has other members */
static char *param_text(struct json_object *v)
{
	struct json_object *name, *value;
	char *text;

	if (json_object_object_length(v) != 2 || !json_object_object_get_ex(v, "name", &name) ||
	    !json_object_object_get_ex(v, "value", &value))
		return NULL;
	return asprintf(&text, "%s=%s", json_object_get_string(name),
			json_object_get_string(value)) < 0
		       ? NULL
		       : text;
}

/** @brief The text of an object's members, as "key value, key value". @param v object @return new text, NULL out of memory */
static char *object_text(struct json_object *v)
{
	const char *comma = "";
	char label[40];
	char *text = param_text(v);
	size_t len = 0;
	FILE *f = text ? NULL : open_memstream(&text, &len);

	if (!f)
		return text;
	json_object_object_foreach(v, key, value)
	{
		GVM_AUTOFREE char *one = cli_text(value);
		const char *unit = cli_label(key, label, sizeof(label));
		bool number = json_object_is_type(value, json_type_int);

		fprintf(f, "%s%s %s%s%s", comma, label, one ? one : "?", number && *unit ? " " : "",
			number ? unit : "");
		comma = ", ";
	}
	return fclose(f) == 0 ? text : NULL;
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
	case json_type_null: return strdup("-");
	case json_type_boolean: return strdup(json_object_get_boolean(v) ? "yes" : "no");
	case json_type_array: return array_text(v);
	case json_type_object: return object_text(v);
	default: return strdup(json_object_get_string(v));
	}
}

/** @brief Add a line to the table. @param out answer @param item object @return 0 or -ENOMEM */
static int table_line(struct cli_out *out, struct json_object *item)
{
	const char *cells[CLI_TABLE_MAX_COLUMNS + 1] = { NULL };
	char *made[CLI_TABLE_MAX_COLUMNS] = { NULL };
	size_t i, n;
	int r = 0;

	for (n = 0; out->columns[n].heading && r == 0; n++) {
		struct json_object *v = json_object_object_get(item, out->columns[n].key);

		if (json_object_is_type(v, json_type_string)) {
			cells[n] = json_object_get_string(v);
			continue;
		}
		cells[n] = made[n] = cli_text(v);
		r = made[n] ? 0 : -ENOMEM;
	}
	if (r == 0)
		cli_table_row(&out->table, cells);
	for (i = 0; i < n; i++)
		free(made[i]);
	return r;
}

/** @brief Print one member. @param key its name @param value it @return 0 or -ENOMEM */
static int print_member(const char *key, struct json_object *value)
{
	GVM_AUTOFREE char *text = cli_text(value);
	bool number = json_object_is_type(value, json_type_int);
	const char *unit;
	char label[40];

	if (!text)
		return -ENOMEM;
	/* Paths and options are what somebody wrote. */
	gvm_str_printable(text);
	unit = cli_label(key, label, sizeof(label));
	/* "vGPUs" is written so wherever it stands. */
	if (label[0] >= 'a' && label[0] <= 'z' && !(label[1] >= 'A' && label[1] <= 'Z'))
		label[0] = (char)(label[0] - 'a' + 'A');
	printf("%-*s %s%s%s\n", LABEL_WIDTH, label, text, number && *unit ? " " : "",
	       number ? unit : "");
	return 0;
}

/** @brief Print an item in full, a member a line. @param out answer @param item object @return 0 or -ENOMEM */
static int print_full(struct cli_out *out, struct json_object *item)
{
	const char *id = json_object_get_string(json_object_object_get(item, "id"));
	int r = 0;

	if (out->n)
		putchar('\n');
	json_object_object_foreach(item, key, value)
	{
		/* A PCI function's id is its address: once is enough. */
		if (id && strcmp(key, "address") == 0 && json_object_get_string(value) &&
		    strcmp(json_object_get_string(value), id) == 0)
			continue;
		if (r == 0)
			r = print_member(key, value);
	}
	return r;
}

int cli_out_item(struct cli_out *out, struct json_object *item)
{
	GVM_AUTOJSON struct json_object *o = item;
	int r = 0;

	if (!o)
		return -ENOMEM;
	if (out->cli->json)
		printf("%s%s", out->n ? "," : "", json_object_to_json_string_ext(o, JSON_STYLE));
	else if (out->columns)
		r = table_line(out, o);
	else
		r = print_full(out, o);
	out->n++;
	return r;
}

/** @brief Print warnings the way the answer is printed. @param json as JSON @param inv whose, or NULL @param n printed before @return n with these */
static size_t print_warnings(bool json, const struct gvm_inventory *inv, size_t n)
{
	size_t i;

	for (i = 0; inv && i < inv->n_warnings; i++) {
		if (json) {
			printf("%s", n++ ? "," : "");
			print_json_text(inv->warnings[i]);
		} else {
			fprintf(stderr, "gvm: warning: %s\n", inv->warnings[i]);
		}
	}
	return n;
}

/** @brief Print all warnings at the end of an answer. @param cli run @param inv whose, or NULL */
static void print_all_warnings(const struct cli *cli, const struct gvm_inventory *inv)
{
	size_t n;

	if (cli->json)
		printf("],\"warnings\":[");
	n = print_warnings(cli->json, inv, 0);
	if (!cli->json)
		return;
	/* For people they were printed at once. */
	print_warnings(true, cli->told, n);
	printf("]}\n");
}

int cli_out_end(struct cli_out *out, const struct gvm_inventory *inv, int r)
{
	if (!out)
		return -ENOMEM;
	if (r == 0 && out->empty && !out->cli->json && !out->n)
		printf("%s\n", out->empty);
	else if (r == 0)
		r = cli_table_print(&out->table, stdout);
	if (r == 0)
		print_all_warnings(out->cli, inv);
	free(out->table.cells);
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
			printf("%3u  %s\n     write %s to %s\n", s->id, s->reason,
			       *s->write.value == '\n' ? "an empty line" : s->write.value,
			       s->write.path);
	}
	return cli->json ? cli_out_end(out, NULL, r) : 0;
}
