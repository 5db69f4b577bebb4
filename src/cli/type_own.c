// SPDX-License-Identifier: GPL-2.0-or-later
/* Own types: gvm type create, gvm type delete. */
#include <errno.h>
#include <fcntl.h>

#include "cleanup.h"
#include "items.h"
#include "output.h"
#include "own_type.h"
#include "store.h"
#include "yaml_load.h"

/** @brief The file of an own type. @param cli run @param name of it @param path result, empty for what is no name */
static void path_of(const struct cli *cli, const char *name, char path[GVM_SAVED_PATH_SIZE])
{
	struct gvm_store *s = cli->ctx->store;

	path[0] = '\0';
	s->ops->saved_path(s, GVM_SAVED_TYPE, name, path);
}

/** @brief Print what was kept, or would be. @param cli run @param t own type @return 0 or -errno */
static int print_kept(struct cli *cli, const struct gvm_own_type *t)
{
	GVM_AUTOFREE char *text = gvm_own_type_text(t);
	char path[GVM_SAVED_PATH_SIZE];
	struct json_object *o;
	struct cli_out *out;

	if (!text)
		return -ENOMEM;
	path_of(cli, t->name, path);
	if (!cli->json && cli->dry_run)
		return printf("would write %s:\n%s", path, text) < 0 ? -EIO : 0;
	if (!cli->json)
		return printf("%s %s\n", t->name, path) < 0 ? -EIO : 0;
	out = cli_out_begin(cli, "gvm.type.create/1", NULL);
	o = cli_own_type_item(t);
	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "dry_run", json_object_new_boolean(cli->dry_run));
	return cli_out_end(out, NULL, out ? cli_out_item(out, o) : -ENOMEM);
}

int cli_type_create(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOFREE char *text = NULL;
	struct gvm_own_type t;
	size_t len;
	int r = gvm_yaml_read(AT_FDCWD, cli->file, "a type", &text, &len, e);

	if (r == 0)
		r = gvm_own_type_parse(text, len, cli->file, &t, e);
	if (r == 0)
		r = cli->dry_run ? gvm_own_type_complete(cli->ctx, &t, cli->force, e)
				 : gvm_own_type_create(cli->ctx, &t, cli->force, e);
	return r < 0 ? r : print_kept(cli, &t);
}

/** @brief Tell of a type that was forgotten, or would be. @param cli run @param out answer in JSON, or NULL @param name type @return 0 or -errno */
static int tell_deleted(const struct cli *cli, struct cli_out *out, const char *name)
{
	char path[GVM_SAVED_PATH_SIZE];
	struct json_object *o;

	path_of(cli, name, path);
	if (!cli->json)
		return !cli->dry_run || printf("would remove %s\n", path) > 0 ? 0 : -EIO;
	o = json_object_new_object();
	json_object_object_add(o, "name", json_object_new_string(name));
	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "dry_run", json_object_new_boolean(cli->dry_run));
	return cli_out_item(out, o);
}

int cli_type_delete(struct cli *cli, struct gvm_error *e)
{
	struct cli_out *out = NULL;
	int i, r = 0;

	/* All or none: what is used is told before anything goes. */
	for (i = 0; i < cli->n_args && r == 0; i++)
		r = gvm_own_type_delete(cli->ctx, cli->args[i], true, e);
	for (i = 0; i < cli->n_args && r == 0 && !cli->dry_run; i++)
		r = gvm_own_type_delete(cli->ctx, cli->args[i], false, e);
	if (r < 0)
		return r;
	if (cli->json)
		out = cli_out_begin(cli, "gvm.type.delete/1", NULL);
	for (i = 0; i < cli->n_args && r == 0 && (out || !cli->json); i++)
		r = tell_deleted(cli, out, cli->args[i]);
	return cli->json ? cli_out_end(out, NULL, r) : r;
}
