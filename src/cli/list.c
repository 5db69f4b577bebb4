// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "items.h"
#include "json.h"
#include "output.h"
#include "table.h"

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

/** @brief A number's text. @param n it, -1 for none @param buf result @return text */
static const char *number(long n, char buf[24])
{
	snprintf(buf, 24, n < 0 ? "-" : "%ld", n);
	return buf;
}

/** @brief The lines of a tree, as the terminal can show them. @param last the branch that ends it @return text */
static const char *branch(bool last)
{
	if (!cli_table_utf8())
		return last ? "`-" : "|-";
	return last ? "└─" : "├─";
}

/** @brief A vGPU's line. @param t table @param inv host @param v vGPU @param last it ends the branch */
static void vgpu_line(struct cli_table *t, const struct gvm_inventory *inv,
		      const struct gvm_vgpu *v, bool last)
{
	GVM_AUTOJSON struct json_object *item = cli_vgpu_item(inv, v);
	const char *vm = v->vm >= 0 ? inv->vms[v->vm].name : v->holder ? v->holder_comm : "-";
	char title[GVM_NAME_SIZE + 8], node[24], group[24];
	const char *cells[] = { title,
				v->type,
				json_object_get_string(json_object_object_get(item, "state")),
				vm,
				number(v->gpu ? v->gpu->numa_node : -1, node),
				number(v->group, group),
				NULL };

	snprintf(title, sizeof(title), "%s%s", branch(last), v->name);
	cli_table_row(t, cells);
}

/**
 * @brief What more can be made on a GPU, as one text.
 * @param inv host @param gpu GPU @return new text, NULL when it makes no vGPUs or out of memory
 */
static char *room(const struct gvm_inventory *inv, const struct gvm_gpu *gpu)
{
	bool types = false, some = false;
	const char *reason = "";
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	for (i = 0; f && i < inv->n_types; i++) {
		const struct gvm_type *type = &inv->types[i];

		if (type->gpu != gpu)
			continue;
		types = true;
		if (!*reason)
			reason = type->reason;
		if (type->available <= 0)
			continue;
		fprintf(f, "%s%ldx %s", some ? " or " : "room for ", type->available, type->id);
		some = true;
	}
	if (types && !some)
		fprintf(f, "no room: %s", reason);
	if (!f || fclose(f) != 0 || !types) {
		free(text);
		return NULL;
	}
	return text;
}

/** @brief A GPU's line and those below it. @param t table @param inv host @param gpu GPU, or NULL for vGPUs whose GPU is gone */
static void gpu_lines(struct cli_table *t, const struct gvm_inventory *inv,
		      const struct gvm_gpu *gpu)
{
	GVM_AUTOFREE char *left = gpu ? room(inv, gpu) : NULL;
	GVM_AUTOFREE char *last = NULL;
	char title[256] = "(GPU not there)", node[24], group[24];
	const char *cells[] = { title,
				"",
				"",
				"",
				number(gpu ? gpu->numa_node : -1, node),
				number(gpu ? gpu->group : -1, group),
				NULL };
	size_t i;

	if (gpu && gpu->pci && !gpu->name[0])
		snprintf(title, sizeof(title), "%s %04lx:%04lx", gpu->id, gpu->vendor_id & 0xffff,
			 gpu->device_id & 0xffff);
	else if (gpu)
		snprintf(title, sizeof(title), "%s %s", gpu->id, gpu->pci ? gpu->name : "");
	cli_table_row(t, cells);
	for (i = 0; i < inv->n_vgpus; i++)
		if (inv->vgpus[i].gpu == gpu)
			vgpu_line(t, inv, &inv->vgpus[i],
				  !left && (i + 1 == inv->n_vgpus || inv->vgpus[i + 1].gpu != gpu));
	if (!left)
		return;
	if (asprintf(&last, "%s%s", branch(true), left) < 0)
		t->err = -ENOMEM;
	else
		cli_table_row(t, (const char *const[]){ last, NULL });
}

/** @brief The answer as a tree. @param inv host @return 0 or -ENOMEM */
static int print_tree(const struct gvm_inventory *inv)
{
	static const char *const headings[] = { "GPU / vGPU", "TYPE",  "STATE", "VM",
						"NODE",       "GROUP", NULL };
	struct cli_table t = { .n_columns = 0 };
	size_t i;

	cli_table_row(&t, headings);
	for (i = 0; i < inv->n_gpus; i++)
		gpu_lines(&t, inv, &inv->gpus[i]);
	/* vGPUs without a GPU stand first in their order. */
	if (inv->n_vgpus && !inv->vgpus[0].gpu)
		gpu_lines(&t, inv, NULL);
	return cli_table_print(&t, stdout);
}

/** @brief Warn of a vGPU without GPU: the answer in JSON has no place for it. @param inv host @param v vGPU */
static void warn_homeless(struct gvm_inventory *inv, const struct gvm_vgpu *v)
{
	if (v->state != GVM_VGPU_DEFINED)
		gvm_inventory_warn(inv, "vGPU %s is lost, and its GPU is gone", v->name);
	else if (v->definition->gpu[0])
		gvm_inventory_warn(inv, "vGPU %s is defined, and its GPU %s is not there", v->name,
				   v->definition->gpu);
	else
		gvm_inventory_warn(inv, "vGPU %s is defined, and has no GPU until it starts",
				   v->name);
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
	for (i = 0; i < inv->n_vgpus && !inv->vgpus[i].gpu; i++)
		warn_homeless(inv, &inv->vgpus[i]);
	if (cli->json)
		return print_json(cli, inv);
	if (!inv->n_gpus)
		printf("no GPUs found; other PCI functions: gvm gpu list --all-classes\n");
	else
		r = print_tree(inv);
	for (i = 0; i < inv->n_warnings; i++)
		fprintf(stderr, "gvm: warning: %s\n", inv->warnings[i]);
	return r;
}
