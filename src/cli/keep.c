// SPDX-License-Identifier: GPL-2.0-or-later
/* The verbs of definitions: gvm vgpu define, undefine, start, stop, set. */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cleanup.h"
#include "items.h"
#include "json.h"
#include "options.h"
#include "output.h"
#include "restore.h"
#include "saved.h"
#include "str.h"
#include "vgpu_set.h"
#include "yaml_load.h"

/** @brief Print what was saved, or would be. @param cli run @param schema of the answer @param d definition @return 0 or -errno */
static int print_saved(struct cli *cli, const char *schema, const struct gvm_definition *d)
{
	GVM_AUTOFREE char *text = gvm_definition_text(d);
	struct gvm_store *s = cli->ctx->store;
	char path[GVM_SAVED_PATH_SIZE];
	struct json_object *o;
	struct cli_out *out;

	if (!text || s->ops->saved_path(s, GVM_SAVED_VGPU, d->name, path) < 0)
		return -ENOMEM;
	if (!cli->json && cli->dry_run)
		return printf("would write %s:\n%s", path, text) < 0 ? -EIO : 0;
	if (!cli->json)
		return printf("%s %s\n", d->name, d->uuid) < 0 ? -EIO : 0;
	out = cli_out_begin(cli, schema, NULL);
	o = cli_definition_item(d);
	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "dry_run", json_object_new_boolean(cli->dry_run));
	return cli_out_end(out, NULL, out ? cli_out_item(out, o) : -ENOMEM);
}

/** @brief Take a definition from the command line. @param cli run @param d result @param e detail @return 0 or -errno */
static int from_options(const struct cli *cli, struct gvm_definition *d, struct gvm_error *e)
{
	const struct gvm_vgpu_request wanted = {
		.type = cli->type, .gpu = cli->gpu, .name = cli->args[0], .uuid = cli->uuid
	};
	int r;

	if (!cli->n_args || !cli->type)
		return cli_usage(e, "gvm vgpu define needs NAME and --type TYPE, or --file FILE");
	r = gvm_definition_want(cli->ctx, &wanted, d, e);
	if (r < 0)
		return r;
	d->autostart = cli->autostart;
	return cli_take_params(cli, &d->params, e);
}

/** @brief Take a definition from a file. @param cli run @param d result @param e detail @return 0 or -errno */
static int from_file(const struct cli *cli, struct gvm_definition *d, struct gvm_error *e)
{
	GVM_AUTOFREE char *text = NULL;
	size_t len;
	int r;

	if (cli->n_args || cli->type || cli->gpu || cli->uuid || cli->autostart || cli->n_params)
		return cli_usage(e, "with --file all stands in the file: leave out NAME, --type, "
				    "--gpu, --uuid, --autostart and --param");
	r = gvm_yaml_read(AT_FDCWD, cli->file, "a definition", &text, &len, e);
	return r < 0 ? r : gvm_definition_parse(text, len, cli->file, d, e);
}

int cli_vgpu_define(struct cli *cli, struct gvm_error *e)
{
	struct gvm_definition d = { .by = GVM_DEFINED_BY_GVM };
	int r = cli->file ? from_file(cli, &d, e) : from_options(cli, &d, e);

	if (r == 0)
		r = cli->dry_run ? gvm_definition_complete(cli->ctx, &d, cli->force, e)
				 : gvm_definition_define(cli->ctx, &d, cli->force, e);
	return r < 0 ? r : print_saved(cli, "gvm.vgpu.define/1", &d);
}

/** @brief Set parameters of a vGPU that has no definition. @param cli run @param params them @param e detail @return 0 or -errno */
static int set_transient(struct cli *cli, const struct gvm_params *params, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	struct gvm_plan plan;
	struct cli_out *out;
	int r;

	gvm_plan_init(&plan);
	r = cli->dry_run ? gvm_vgpu_plan_set(cli->ctx, cli->args[0], params, &plan, e)
			 : gvm_vgpu_set(cli->ctx, cli->args[0], params, e);
	if (r > 0) {
		gvm_error_set(e, "GVM_E_VGPU_NOT_FOUND", ENOENT, "vGPU %s is not there",
			      cli->args[0]);
		return -ENOENT;
	}
	if (r == 0 && cli->dry_run)
		return cli_out_plan(cli, &plan);
	if (r == 0)
		r = gvm_inventory_read(cli->ctx, GVM_INV_VGPUS | GVM_INV_VMS, NULL, &inv, e);
	if (r == 0)
		r = gvm_find_vgpu(inv, cli->args[0], &v, e);
	if (r < 0)
		return r;
	if (!cli->json)
		return printf("%s %s\n", v->name, v->uuid) < 0 ? -EIO : 0;
	out = cli_out_begin(cli, "gvm.vgpu.set/1", NULL);
	return cli_out_end(out, NULL, out ? cli_out_item(out, cli_vgpu_item(inv, v)) : -ENOMEM);
}

/** @brief Show what would be set on the vGPU. @param cli run @param d definition @param params them @param e detail @return 0 or -errno */
static int show_steps(struct cli *cli, const struct gvm_definition *d,
		      const struct gvm_params *params, struct gvm_error *e)
{
	struct gvm_plan plan;
	int r;

	gvm_plan_init(&plan);
	r = params->n ? gvm_vgpu_plan_set(cli->ctx, d->uuid, params, &plan, e) : 0;
	if (r >= 0 && !cli->json)
		r = cli_out_plan(cli, &plan);
	return r < 0 ? r : 0;
}

/** @brief Point to --param when a vGPU has no definition that could be set. @param cli run @param e error */
static void point_to_param(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;

	if (gvm_inventory_read(cli->ctx, GVM_INV_VGPUS, NULL, &inv, NULL) == 0 &&
	    gvm_find_vgpu(inv, cli->args[0], &v, NULL) == 0)
		GVM_ERROR_FIELD(e, hint,
				"the vGPU is there; set an attribute of it with --param: "
				"gvm vgpu set %s --param KEY=VALUE",
				cli->args[0]);
}

int cli_vgpu_set(struct cli *cli, struct gvm_error *e)
{
	struct gvm_definition_change change = { cli->args + 1,
						(size_t)cli->n_args - 1,
						{ .n = 0 } };
	struct gvm_definition d;
	int r = cli_take_params(cli, &change.params, e);

	if (r < 0)
		return r;
	if (!change.n && !change.params.n)
		return cli_usage(e, "gvm vgpu set needs KEY=VALUE, or --param KEY=VALUE");
	if (cli->dry_run)
		r = gvm_definition_changed(cli->ctx, cli->args[0], &change, &d, e);
	else
		r = gvm_definition_set(cli->ctx, cli->args[0], &change, cli->force, &d, e);
	if (r == -ENOENT && e->code && strcmp(e->code, "GVM_E_NOT_DEFINED") == 0) {
		if (!change.n)
			return set_transient(cli, &change.params, e);
		point_to_param(cli, e);
	}
	if (r == 0 && cli->dry_run)
		r = show_steps(cli, &d, &change.params, e);
	return r < 0 ? r : print_saved(cli, "gvm.vgpu.set/1", &d);
}

/** What came of several vGPUs, one after the other. */
struct outcome {
	struct cli *cli;
	const char *schema; /* of the answer */
	const char *done;   /* words: what was done, and what was so already */
	const char *already;
	const char *what; /* they are; NULL: vGPUs */
	bool single;      /* just one is asked for: its failure is that of the command */
	struct cli_out *out;
	const struct gvm_inventory *warnings; /* or NULL */
	int n, failed, absent;
	int exit; /* of the first failure; a GPU that is not there yet counts least */
};

/** @brief Note a failure. @param o outcome @param e it @return what to call it */
static const char *note_failure(struct outcome *o, const struct gvm_error *e)
{
	const struct gvm_error_entry *entry = gvm_errors_find(e->code);
	bool absent = strcmp(e->code, "GVM_E_PARENT_ABSENT") == 0;

	if (!o->exit || (!absent && !o->failed))
		o->exit = entry ? (int)entry->exit : GVM_EXIT_FAILED;
	o->absent += absent;
	o->failed += !absent;
	return absent ? "waiting" : "failed";
}

/** @brief Begin the answer in JSON, unless it is begun. @param o outcome @return 0 or -ENOMEM */
static int begin(struct outcome *o)
{
	if (!o->out && o->cli->json)
		o->out = cli_out_begin(o->cli, o->schema, NULL);
	return o->cli->json && !o->out ? -ENOMEM : 0;
}

/** @brief Tell what came of one vGPU. @param o outcome @param name of it @param r 1 for already, 0, or -errno @param e detail @return 0 or -errno */
static int tell(struct outcome *o, const char *name, int r, const struct gvm_error *e)
{
	struct gvm_error whole = { 0 };
	struct json_object *item;
	const char *word;

	if (r < 0 && o->single)
		return r;
	if (r < 0) {
		whole = *e;
		gvm_errors_complete(&whole, r);
	}
	word = r > 0 ? o->already : r == 0 ? o->done : note_failure(o, &whole);
	o->n++;
	if (!o->cli->json && r < 0)
		cli_error_text(&whole);
	else if (!o->cli->json)
		printf("%s %s\n", name, word);
	if (!o->cli->json)
		return 0;
	if (begin(o) < 0)
		return -ENOMEM;
	item = json_object_new_object();
	json_object_object_add(item, "name", json_object_new_string(name));
	json_object_object_add(item, "result", json_object_new_string(word));
	if (r < 0)
		json_object_object_add(item, "error", cli_error_item(&whole));
	return cli_out_item(o->out, item);
}

/** @brief End the telling: the summary, if not all went well. @param o outcome @param r so far @return @p r or -errno */
static int conclude(struct outcome *o, int r)
{
	size_t i;

	if (r == 0)
		r = begin(o);
	if (o->out)
		r = cli_out_end(o->out, o->warnings, r);
	else if (r == 0 && !o->n)
		printf("none\n");
	if (r == 0 && o->failed + o->absent && !o->cli->json)
		fprintf(stderr, "gvm: of %d %s %d failed, and %d wait for their GPU\n", o->n,
			o->what ? o->what : "vGPUs", o->failed, o->absent);
	for (i = 0; !o->cli->json && o->warnings && i < o->warnings->n_warnings; i++)
		fprintf(stderr, "gvm: warning: %s\n", o->warnings->warnings[i]);
	o->cli->exit_status = o->exit;
	return r;
}

/** @brief Start or plan one. @param cli run @param d definition @param plan for --dry-run @param e detail @return as gvm_definition_start() */
static int start_one(struct cli *cli, const struct gvm_definition *d, struct gvm_plan *plan,
		     struct gvm_error *e)
{
	return cli->dry_run ? gvm_definition_plan_start(cli->ctx, d, plan, e)
			    : gvm_definition_start(cli->ctx, d, e);
}

/**
 * @brief Start all that are asked for.
 * @param cli run @param all definitions @param warnings told with them @param gpu only on this one, or NULL
 * @param e detail @return 0 or -errno
 */
static int start_all(struct cli *cli, const struct gvm_definitions *all,
		     const struct gvm_inventory *warnings, const char *gpu, struct gvm_error *e)
{
	size_t i, n = cli->autostart ? all->n : (size_t)cli->n_args;
	struct outcome o = { cli,
			     "gvm.vgpu.start/1",
			     "started",
			     "already_active",
			     .single = !cli->autostart && n == 1,
			     .warnings = warnings };
	struct gvm_plan plan;
	int r = 0;

	gvm_plan_init(&plan);
	for (i = 0; i < n && r >= 0; i++) {
		const struct gvm_definition *d =
			cli->autostart ? &all->items[i] : gvm_definitions_find(all, cli->args[i]);

		if (cli->autostart && (!d->autostart || (gpu && strcmp(gpu, d->gpu) != 0)))
			continue;
		r = start_one(cli, d, &plan, e);
		if (cli->dry_run && r > 0)
			fprintf(stderr, "gvm: vGPU %s is active already\n", d->name);
		/* A plan is whole or none; else one failure does not stop the others. */
		if (!cli->dry_run)
			r = tell(&o, d->name, r, e);
	}
	if (cli->dry_run)
		return r < 0 ? r : cli_out_plan(cli, &plan);
	return conclude(&o, r);
}

int cli_vgpu_start(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	GVM_AUTOINVENTORY struct gvm_inventory *warnings = NULL;
	const struct gvm_definition *d = NULL;
	char gpu[GVM_NAME_SIZE];
	int i, r;

	if (cli->autostart ? cli->n_args : !cli->n_args)
		return cli_usage(e, "gvm vgpu start needs names, or --autostart alone");
	if (cli->gpu && !cli->autostart)
		return cli_usage(e, "gvm vgpu start takes --gpu with --autostart only");
	r = cli->gpu ? gvm_gpu_id(cli->ctx, cli->gpu, gpu, e) : 0;
	if (r == 0)
		r = cli_definitions(cli, &all, &warnings);
	for (i = 0; i < cli->n_args && r == 0; i++)
		r = gvm_find_definition(&all, cli->args[i], &d, e);
	return r < 0 ? r : start_all(cli, &all, warnings, cli->gpu ? gpu : NULL, e);
}

int cli_vgpu_stop(struct cli *cli, struct gvm_error *e)
{
	struct outcome o = { cli, "gvm.vgpu.stop/1", "stopped", "not_active",
			     .single = cli->n_args == 1 };
	struct gvm_plan plan;
	int i, r = 0;

	gvm_plan_init(&plan);
	for (i = 0; i < cli->n_args && r >= 0; i++) {
		r = cli->dry_run ? gvm_definition_plan_stop(cli->ctx, cli->args[i], &plan, e)
				 : gvm_definition_stop(cli->ctx, cli->args[i], e);
		if (!cli->dry_run)
			r = tell(&o, cli->args[i], r, e);
	}
	if (cli->dry_run)
		return r < 0 ? r : cli_out_plan(cli, &plan);
	return conclude(&o, r);
}

int cli_vgpu_undefine(struct cli *cli, struct gvm_error *e)
{
	struct outcome o = { cli, "gvm.vgpu.undefine/1", "undefined", "",
			     .single = cli->n_args == 1 };
	struct gvm_store *s = cli->ctx->store;
	char name[GVM_NAME_SIZE], path[GVM_SAVED_PATH_SIZE];
	int i, r = 0;

	for (i = 0; i < cli->n_args && r == 0; i++) {
		if (cli->dry_run)
			r = gvm_definition_ours(cli->ctx, cli->args[i], name, e);
		else
			r = gvm_definition_undefine(cli->ctx, cli->args[i], e);
		if (cli->dry_run && r == 0 && !cli->json) {
			s->ops->saved_path(s, GVM_SAVED_VGPU, name, path);
			printf("would remove %s\n", path);
		} else {
			r = tell(&o, cli->args[i], r, e);
		}
	}
	return cli->dry_run && !cli->json ? r : conclude(&o, r);
}

/** @brief Tell what came back. @param name @param r @param e see restore.h @param data outcome @return 0 or -errno */
static int tell_restored(const char *name, int r, const struct gvm_error *e, void *data)
{
	return tell(data, name, r, e);
}

/** @brief Tell what could not even be planned. @param name @param r @param e see restore.h @param data outcome @return 0 */
static int skip_restored(const char *name, int r, const struct gvm_error *e, void *data)
{
	(void)data;
	if (r < 0)
		fprintf(stderr, "gvm: warning: %s: %s\n", name, e->message);
	return 0;
}

int cli_gpu_restore(struct cli *cli, struct gvm_error *e)
{
	struct outcome o = { cli, "gvm.gpu.restore/1", "restored", "already_active",
			     .what = "GPUs and vGPUs" };
	struct gvm_plan plan, *dry = cli->dry_run ? &plan : NULL;
	char gpu[GVM_NAME_SIZE];
	int i, r = 0;

	gvm_plan_init(&plan);
	for (i = 0; i < (cli->n_args ? cli->n_args : 1) && r == 0; i++) {
		if (cli->n_args)
			r = gvm_gpu_id(cli->ctx, cli->args[i], gpu, e);
		if (r == 0)
			r = gvm_restore(cli->ctx, cli->n_args ? gpu : NULL, cli->wait_s * 1000, dry,
					dry ? skip_restored : tell_restored, &o, e);
	}
	if (dry && r == 0)
		return cli_out_plan(cli, &plan);
	return conclude(&o, r);
}
