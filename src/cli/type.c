// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "items.h"
#include "output.h"

#define NO_TYPES                                                                                   \
	"no types: no driver of this host makes vGPUs, or it is not loaded; see the GPUs: gvm gpu list"

#define NO_TYPES_HERE "no types: this GPU makes no vGPUs, as it is now; all types: gvm type list"

/** @brief Read the types, of one GPU or of all. @param cli run @param inv result @param gpu the one asked for, or NULL @param e detail @return 0 or -errno */
static int read_types(struct cli *cli, struct gvm_inventory **inv, const struct gvm_gpu **gpu,
		      struct gvm_error *e)
{
	char id[GVM_NAME_SIZE];
	int r = cli->gpu ? gvm_gpu_id(cli->ctx, cli->gpu, id, e) : 0;

	*gpu = NULL;
	if (r == 0)
		r = gvm_inventory_read(cli->ctx, GVM_INV_TYPES, cli->gpu ? id : NULL, inv, e);
	if (r == 0 && cli->gpu)
		r = gvm_find_gpu(cli->ctx, *inv, cli->gpu, gpu, e);
	return r;
}

/** @brief Does a type's name say more than its id? @param t type @return yes or no; "hd" of mdpy-hd does not */
static bool own_name(const struct gvm_type *t)
{
	size_t id = strlen(t->id), name = strlen(t->name);

	return name > id || strcmp(t->id + id - name, t->name) != 0;
}

/** @brief Say in an own type's description of which type it is one. @param item as it is listed @param base that type */
static void tell_base(struct json_object *item, const char *base)
{
	const char *told = json_object_get_string(json_object_object_get(item, "description"));
	char text[512];

	snprintf(text, sizeof(text), told ? "own type of %s: %s" : "own type of %s", base, told);
	json_object_object_add(item, "description", json_object_new_string(text));
}

/**
 * @brief A type as it is listed: for people without a name that its id ends in, with the reason why none
 *        can be made where nothing describes it, and with the base of an own type.
 * @param cli run @param inv host @param t type @return new object
 */
static struct json_object *list_item(const struct cli *cli, const struct gvm_inventory *inv,
				     const struct gvm_type *t)
{
	struct json_object *item = cli_type_item(inv, t), *reason;

	if (!item || cli->json)
		return item;
	if (!own_name(t))
		json_object_object_del(item, "name");
	if (!t->description[0] && json_object_object_get_ex(item, "reason", &reason))
		json_object_object_add(item, "description", json_object_get(reason));
	if (t->own)
		tell_base(item, t->own->base);
	return item;
}

int cli_type_list(struct cli *cli, struct gvm_error *e)
{
	static const struct cli_column columns[] = {
		{ "GPU", "gpu", false },
		{ "TYPE", "id", false },
		{ "AVAILABLE", "available", true },
		{ "DESCRIPTION", "description", false },
		{ NULL, NULL, false },
	};
	static const struct cli_column with_names[] = {
		{ "GPU", "gpu", false },
		{ "TYPE", "id", false },
		{ "NAME", "name", false },
		{ "AVAILABLE", "available", true },
		{ "DESCRIPTION", "description", false },
		{ NULL, NULL, false },
	};
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_gpu *gpu;
	struct cli_out *out;
	bool names = false;
	size_t i;
	int r = read_types(cli, &inv, &gpu, e);

	if (r < 0)
		return r;
	for (i = 0; i < inv->n_types; i++)
		names = names || own_name(&inv->types[i]);
	out = cli_out_begin(cli, "gvm.type.list/1", names ? with_names : columns);
	cli_out_empty(out, cli->gpu ? NO_TYPES_HERE : NO_TYPES);
	for (i = 0; out && i < inv->n_types && r == 0; i++)
		r = cli_out_item(out, list_item(cli, inv, &inv->types[i]));
	return cli_out_end(out, inv, r);
}

/** @brief Is the type asked for? @param cli run @param t type @return yes or no; all are when none is named */
static bool wanted(const struct cli *cli, const struct gvm_type *t)
{
	int i;

	for (i = 0; i < cli->n_args; i++)
		if (strcmp(cli->args[i], t->id) == 0 || strcmp(cli->args[i], t->name) == 0)
			return true;
	return !cli->n_args;
}

int cli_type_show(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_type *type;
	const struct gvm_gpu *gpu;
	struct cli_out *out;
	size_t i;
	int a, r = read_types(cli, &inv, &gpu, e);

	for (a = 0; a < cli->n_args && r == 0; a++)
		r = gvm_find_type(inv, gpu, cli->args[a], &type, e);
	if (r < 0)
		return r;
	/* A type that several GPUs have is shown for each. */
	out = cli_out_begin(cli, "gvm.type.show/1", NULL);
	cli_out_empty(out, cli->gpu ? NO_TYPES_HERE : NO_TYPES);
	for (i = 0; out && i < inv->n_types && r == 0; i++)
		if (wanted(cli, &inv->types[i]))
			r = cli_out_item(out, cli_type_item(inv, &inv->types[i]));
	return cli_out_end(out, inv, r);
}
