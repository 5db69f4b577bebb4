// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "items.h"
#include "json.h"
#include "output.h"

/** @brief The answer as JSON: GPUs with their vGPUs in full. @param cli run @param inv host @return 0 or -errno */
static int print_json(struct cli *cli, const struct gvm_inventory *inv)
{
	struct cli_out *out = cli_out_begin(cli, "gvm.list/1", NULL);
	size_t i, v = 0;
	int r = 0;

	for (i = 0; out && i < inv->n_gpus && r == 0; i++) {
		struct json_object *item = cli_gpu_item(inv, &inv->gpus[i]);
		struct json_object *vgpus = json_object_new_array();

		/* vGPUs are in the order of their GPUs; those without one come first. */
		while (v < inv->n_vgpus && inv->vgpus[v].gpu < &inv->gpus[i])
			v++;
		for (; v < inv->n_vgpus && inv->vgpus[v].gpu == &inv->gpus[i]; v++)
			json_object_array_add(vgpus, cli_vgpu_item(inv, &inv->vgpus[v]));
		json_object_object_add(item, "vgpus", vgpus);
		r = cli_out_item(out, item);
	}
	return cli_out_end(out, inv, r);
}

/** @brief A line of the tree. @param t table @param parent line above it or NULL @param cells NULL ends them @return line, NULL out of memory */
static struct libscols_line *add_line(struct libscols_table *t, struct libscols_line *parent,
				      const char *const *cells)
{
	struct libscols_line *line = scols_table_new_line(t, parent);
	size_t i;

	for (i = 0; line && cells[i]; i++)
		if (scols_line_set_data(line, i, cells[i]) != 0)
			return NULL;
	return line;
}

/** @brief A number's text. @param n it, -1 for none @param buf result @return text */
static const char *number(long n, char buf[24])
{
	snprintf(buf, 24, n < 0 ? "-" : "%ld", n);
	return buf;
}

/** @brief A vGPU's line. @param t table @param parent its GPU's @param inv host @param v vGPU @return 0 or -ENOMEM */
static int vgpu_line(struct libscols_table *t, struct libscols_line *parent,
		     const struct gvm_inventory *inv, const struct gvm_vgpu *v)
{
	GVM_AUTOJSON struct json_object *item = cli_vgpu_item(inv, v);
	const char *vm = v->vm >= 0 ? inv->vms[v->vm].name : v->holder ? v->holder_comm : "-";
	char group[24];
	const char *cells[] = { v->name, v->type,
				json_object_get_string(json_object_object_get(item, "state")), vm,
				"", number(v->group, group), NULL };

	return add_line(t, parent, cells) ? 0 : -ENOMEM;
}

/** @brief What more can be made on a GPU, as one text. @param inv host @param gpu GPU @return new text, NULL when it makes no vGPUs or out of memory */
static char *room(const struct gvm_inventory *inv, const struct gvm_gpu *gpu)
{
	bool types = false, some = false;
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	for (i = 0; f && i < inv->n_types; i++) {
		const struct gvm_type *type = &inv->types[i];

		if (type->gpu != gpu)
			continue;
		types = true;
		if (type->available <= 0)
			continue;
		fprintf(f, "%s%ldx %s", some ? " or " : "room for ", type->available, type->id);
		some = true;
	}
	if (types && !some)
		fprintf(f, "full");
	if (!f || fclose(f) != 0 || !types) {
		free(text);
		return NULL;
	}
	return text;
}

/** @brief A GPU's line and those below it. @param t table @param inv host @param gpu GPU @return 0 or -ENOMEM */
static int gpu_lines(struct libscols_table *t, const struct gvm_inventory *inv,
		     const struct gvm_gpu *gpu)
{
	GVM_AUTOFREE char *left = room(inv, gpu);
	char title[256], node[24], group[24];
	const char *cells[] = { title, "", gpu->vendor ? "" : "no vGPUs", "",
				number(gpu->numa_node, node), number(gpu->group, group), NULL };
	const char *last[] = { left, NULL };
	struct libscols_line *line;
	size_t i;

	if (gpu->pci && !gpu->name[0])
		snprintf(title, sizeof(title), "%s %04lx:%04lx", gpu->id, gpu->vendor_id & 0xffff,
			 gpu->device_id & 0xffff);
	else
		snprintf(title, sizeof(title), "%s %s", gpu->id, gpu->pci ? gpu->name : "");
	line = add_line(t, NULL, cells);
	if (!line)
		return -ENOMEM;
	for (i = 0; i < inv->n_vgpus; i++)
		if (inv->vgpus[i].gpu == gpu && vgpu_line(t, line, inv, &inv->vgpus[i]) < 0)
			return -ENOMEM;
	return !left || add_line(t, line, last) ? 0 : -ENOMEM;
}

/** @brief Lines for vGPUs whose GPU is gone. @param t table @param inv host @return 0 or -ENOMEM */
static int lost_lines(struct libscols_table *t, const struct gvm_inventory *inv)
{
	static const char *const cells[] = { "(GPU gone)", NULL };
	struct libscols_line *line = NULL;
	size_t i;

	for (i = 0; i < inv->n_vgpus; i++) {
		if (inv->vgpus[i].gpu)
			continue;
		if (!line)
			line = add_line(t, NULL, cells);
		if (!line || vgpu_line(t, line, inv, &inv->vgpus[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

/** @brief The answer as a tree. @param inv host @return 0 or -ENOMEM */
static int print_tree(const struct gvm_inventory *inv)
{
	static const char *const headings[] = { "GPU / vGPU", "TYPE", "STATE", "VM", "NODE", "GROUP" };
	struct libscols_table *t = scols_new_table();
	size_t i;
	int r = t ? 0 : -ENOMEM;

	for (i = 0; i < 6 && r == 0; i++)
		if (!scols_table_new_column(t, headings[i], 0, i ? 0 : SCOLS_FL_TREE))
			r = -ENOMEM;
	for (i = 0; i < inv->n_gpus && r == 0; i++)
		r = gpu_lines(t, inv, &inv->gpus[i]);
	if (r == 0)
		r = lost_lines(t, inv);
	if (r == 0 && scols_print_table(t) != 0)
		r = -ENOMEM;
	scols_unref_table(t);
	return r;
}

int cli_list(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	unsigned int flags = GVM_INV_DETAIL | GVM_INV_VGPUS | GVM_INV_VMS;
	size_t i;
	int r = gvm_inventory_read(cli->ctx, cli->json ? flags : flags | GVM_INV_TYPES, NULL, &inv,
				   e);

	if (r < 0)
		return r;
	if (cli->json)
		return print_json(cli, inv);
	if (!inv->n_gpus)
		printf("no GPUs found\n");
	else
		r = print_tree(inv);
	for (i = 0; i < inv->n_warnings; i++)
		fprintf(stderr, "gvm: warning: %s\n", inv->warnings[i]);
	return r;
}
