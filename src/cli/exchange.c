// SPDX-License-Identifier: GPL-2.0-or-later
/* gvm import mdevctl, gvm export mdevctl. */
#include "exchange.h"

#include <errno.h>
#include <string.h>

#include "items.h"
#include "mdevctl.h"
#include "options.h"
#include "output.h"
#include "saved.h"

/** One of the two commands, and what it tells. */
struct exchange {
	struct cli *cli;
	struct cli_out *out;
	int n;
};

/**
 * @brief Tell of one definition.
 * @param x exchange @param d definition @param path its file @param result word
 * @param r 0, or -errno @param e what failed then, made whole @return 0 or -ENOMEM
 */
static int tell(struct exchange *x, const struct gvm_definition *d, const char *path,
		const char *result, int r, struct gvm_error *e)
{
	const struct gvm_error_entry *entry;
	struct json_object *o;

	x->n++;
	if (r < 0) {
		gvm_errors_complete(e, r);
		entry = gvm_errors_find(e->code);
		if (!x->cli->exit_status)
			x->cli->exit_status = entry ? (int)entry->exit : GVM_EXIT_FAILED;
	}
	if (!x->cli->json && r < 0)
		cli_error_text(e);
	else if (!x->cli->json)
		printf("%s%s %s %s\n", x->cli->dry_run ? "would be " : "", result, d->name, path);
	if (!x->cli->json)
		return 0;
	o = cli_definition_item(d);
	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "result", json_object_new_string(result));
	json_object_object_add(o, "dry_run", json_object_new_boolean(x->cli->dry_run));
	if (r < 0)
		json_object_object_add(o, "error", cli_error_item(e));
	return cli_out_item(x->out, o);
}

/** @brief End. @param x exchange @param warnings told last @param r so far @return @p r or -errno */
static int end(struct exchange *x, struct gvm_inventory *warnings, int r)
{
	size_t i;

	if (x->cli->json)
		return x->out ? cli_out_end(x->out, warnings, r) : r;
	for (i = 0; warnings && i < warnings->n_warnings; i++)
		fprintf(stderr, "gvm: warning: %s\n", warnings->warnings[i]);
	if (r == 0 && !x->n)
		printf("none\n");
	return r;
}

/** @brief Import one. @param x exchange @param d mdevctl's @param warnings unused @param e detail @return 0 or -ENOMEM */
static int import_one(struct exchange *x, struct gvm_definition *d, struct gvm_inventory *warnings,
		      struct gvm_error *e)
{
	struct gvm_store *s = x->cli->ctx->store;
	char path[GVM_SAVED_PATH_SIZE];
	int r = gvm_mdevctl_import(x->cli->ctx, d, x->cli->dry_run, e);

	(void)warnings;
	s->ops->saved_path(s, GVM_SAVED_VGPU, d->name, path);
	return tell(x, d, path, r < 0 ? "failed" : "imported", r, e);
}

/** @brief Is it mdevctl that is meant? @param cli run @param e detail @return 0 or -EINVAL */
static int check_peer(const struct cli *cli, struct gvm_error *e)
{
	if (strcmp(cli->args[0], "mdevctl") == 0)
		return 0;
	return cli_usage(e, "gvm %s knows mdevctl, and not %s", cli->command->noun, cli->args[0]);
}

/** @brief Export one. @param x exchange @param d ours @param warnings result @param e detail @return 0 or -ENOMEM */
static int export_one(struct exchange *x, struct gvm_definition *d, struct gvm_inventory *warnings,
		      struct gvm_error *e)
{
	const char *why = gvm_mdevctl_cannot(d);
	char name[GVM_SAVED_PATH_SIZE], path[GVM_SAVED_PATH_SIZE] = "";
	struct gvm_store *s = x->cli->ctx->store;
	int r;

	snprintf(name, sizeof(name), "%s/%s", d->gpu, d->uuid);
	s->ops->saved_path(s, GVM_SAVED_MDEVCTL, name, path);
	if (why) {
		gvm_inventory_warn(warnings, "definition %s is not for mdevctl: %s", d->name, why);
		return 0;
	}
	r = gvm_mdevctl_export(x->cli->ctx, d, x->cli->force, x->cli->dry_run, e);
	return tell(x, d, path, r < 0 ? "failed" : r > 0 ? "unchanged" : "exported", r, e);
}

/** What becomes of one definition. */
typedef int (*one_fn)(struct exchange *x, struct gvm_definition *d, struct gvm_inventory *warnings,
		      struct gvm_error *e);

/**
 * @brief Take all definitions of one owner to the other.
 * @param cli run @param schema of the answer @param by owner @param one does it @param e detail
 * @return 0 or -errno
 */
static int take_all(struct cli *cli, const char *schema, enum gvm_defined_by by, one_fn one,
		    struct gvm_error *e)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	GVM_AUTOINVENTORY struct gvm_inventory *warnings = NULL;
	struct exchange x = { .cli = cli };
	int r = check_peer(cli, e);
	size_t i;

	if (r == 0)
		r = cli_definitions(cli, &all, &warnings);
	if (r == 0 && cli->json)
		x.out = cli_out_begin(cli, schema, NULL);
	for (i = 0; i < all.n && r == 0; i++)
		if (all.items[i].by == by)
			r = one(&x, &all.items[i], warnings, e);
	return end(&x, warnings, r);
}

int cli_import(struct cli *cli, struct gvm_error *e)
{
	return take_all(cli, "gvm.import.mdevctl/1", GVM_DEFINED_BY_MDEVCTL, import_one, e);
}

int cli_export(struct cli *cli, struct gvm_error *e)
{
	return take_all(cli, "gvm.export.mdevctl/1", GVM_DEFINED_BY_GVM, export_one, e);
}
