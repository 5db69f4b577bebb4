// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "gpu_set.h"
#include "items.h"
#include "options.h"
#include "output.h"

#define NO_GPUS "no GPUs found; other PCI functions: gvm gpu list --all-classes"

/** @brief Read the GPUs with all that is shown of them. @param cli run @param inv result @param e detail @return 0 or -errno */
static int read_gpus(struct cli *cli, struct gvm_inventory **inv, struct gvm_error *e)
{
	unsigned int flags = GVM_INV_DETAIL | GVM_INV_VGPUS;

	return gvm_inventory_read(cli->ctx, cli->all_classes ? flags | GVM_INV_ALL_CLASSES : flags,
				  NULL, inv, e);
}

int cli_gpu_list(struct cli *cli, struct gvm_error *e)
{
	static const struct cli_column columns[] = {
		{ "GPU", "id", false },           { "NAME", "name", false },
		{ "DRIVER", "driver", false },    { "NODE", "numa_node", true },
		{ "GROUP", "iommu_group", true }, { "DRM", "drm_nodes", false },
		{ "VFIO", "vfio_node", false },   { NULL, NULL, false },
	};
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct cli_out *out;
	size_t i;
	int r = read_gpus(cli, &inv, e);

	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.gpu.list/1", columns);
	cli_out_empty(out, NO_GPUS);
	for (i = 0; out && i < inv->n_gpus && r == 0; i++)
		r = cli_out_item(out, cli_gpu_item(inv, &inv->gpus[i]));
	return cli_out_end(out, inv, r);
}

int cli_gpu_show(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_gpu *gpu;
	struct cli_out *out;
	int i, r = read_gpus(cli, &inv, e);

	/* All names first: an error is one answer, not the end of another. */
	for (i = 0; i < cli->n_args && r == 0; i++)
		r = gvm_find_gpu(cli->ctx, inv, cli->args[i], &gpu, e);
	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.gpu.show/1", NULL);
	cli_out_empty(out, NO_GPUS);
	for (i = 0; out && i < cli->n_args && r == 0; i++) {
		r = gvm_find_gpu(cli->ctx, inv, cli->args[i], &gpu, e);
		if (r == 0)
			r = cli_out_item(out, cli_gpu_item(inv, gpu));
	}
	for (i = 0; out && !cli->n_args && (size_t)i < inv->n_gpus && r == 0; i++)
		r = cli_out_item(out, cli_gpu_item(inv, &inv->gpus[i]));
	return cli_out_end(out, inv, r);
}

int cli_gpu_set(struct cli *cli, struct gvm_error *e)
{
	struct gvm_setting settings[GVM_MAX_SETTINGS];
	struct gvm_gpu_request request = { .gpu = cli->args[0], .settings = settings };
	char id[GVM_NAME_SIZE], *equals;
	struct gvm_plan plan;
	int i, r;

	for (i = 1; i < cli->n_args && request.n < GVM_MAX_SETTINGS; i++) {
		equals = strchr(cli->args[i], '=');
		if (!equals)
			return cli_usage(e, "%s is not KEY=VALUE", cli->args[i]);
		*equals = '\0';
		settings[request.n++] =
			(struct gvm_setting){ .key = cli->args[i], .value = equals + 1 };
	}
	request.force = cli->force;
	gvm_plan_init(&plan);
	if (cli->dry_run) {
		r = gvm_gpu_plan_set(cli->ctx, &request, &plan, id, e);
		return r < 0 ? r : cli_out_plan(cli, &plan);
	}
	r = gvm_gpu_set(cli->ctx, &request, id, e);
	if (r == 0 && cli->save)
		r = gvm_gpu_save(cli->ctx, id, &request, e);
	if (cli->json && r == 0)
		return cli_out_end(cli_out_begin(cli, "gvm.gpu.set/1", NULL), NULL, 0);
	return r;
}
