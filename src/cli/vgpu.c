// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "attachment.h"
#include "change.h"
#include "items.h"
#include "options.h"
#include "output.h"

#define NO_VGPUS "no vGPUs; make one: gvm vgpu create --type TYPE (what can be made: gvm type list)"

#define NO_VGPUS_HERE "no vGPUs on this GPU; what it can make: gvm type list --gpu GPU"

int cli_vgpu_list(struct cli *cli, struct gvm_error *e)
{
	static const struct cli_column columns[] = {
		{ "VGPU", "name", false },     { "TYPE", "type", false },
		{ "GPU", "gpu", false },       { "STATE", "state", false },
		{ "VM", "vm", false },         { "GROUP", "iommu_group", true },
		{ "ORIGIN", "origin", false }, { "AUTOSTART", "autostart", false },
		{ NULL, NULL, false },
	};
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_gpu *gpu;
	char id[GVM_NAME_SIZE];
	struct cli_out *out;
	size_t i;
	int r = cli->gpu ? gvm_gpu_id(cli->ctx, cli->gpu, id, e) : 0;

	if (r == 0)
		r = gvm_inventory_read(cli->ctx, GVM_INV_VGPUS | GVM_INV_VMS, cli->gpu ? id : NULL,
				       &inv, e);
	if (r == 0 && cli->gpu)
		r = gvm_find_gpu(cli->ctx, inv, cli->gpu, &gpu, e);
	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.vgpu.list/1", columns);
	cli_out_empty(out, cli->gpu ? NO_VGPUS_HERE : NO_VGPUS);
	for (i = 0; out && i < inv->n_vgpus && r == 0; i++)
		r = cli_out_item(out, cli_vgpu_item(inv, &inv->vgpus[i]));
	return cli_out_end(out, inv, r);
}

int cli_vgpu_show(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *vgpu;
	struct cli_out *out;
	int i, r = gvm_inventory_read(cli->ctx, GVM_INV_VGPUS | GVM_INV_VMS | GVM_INV_HOLDERS, NULL,
				      &inv, e);

	for (i = 0; i < cli->n_args && r == 0; i++)
		r = gvm_find_vgpu(inv, cli->args[i], &vgpu, e);
	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.vgpu.show/1", NULL);
	cli_out_empty(out, NO_VGPUS);
	for (i = 0; out && i < cli->n_args && r == 0; i++) {
		r = gvm_find_vgpu(inv, cli->args[i], &vgpu, e);
		if (r == 0)
			r = cli_out_item(out, cli_vgpu_item(inv, vgpu));
	}
	for (i = 0; out && !cli->n_args && (size_t)i < inv->n_vgpus && r == 0; i++)
		r = cli_out_item(out, cli_vgpu_item(inv, &inv->vgpus[i]));
	return cli_out_end(out, inv, r);
}

/** @brief Print what was made. @param cli run @param made it @return 0 or -errno */
static int print_made(struct cli *cli, const struct gvm_vgpu_record *made)
{
	struct json_object *o;
	struct cli_out *out;

	if (!cli->json) {
		printf("%s %s\n", made->name, made->uuid);
		if (isatty(STDOUT_FILENO))
			printf("It is transient: gone at the next reboot. See it: gvm vgpu show %s\n",
			       made->name);
		return 0;
	}
	out = cli_out_begin(cli, "gvm.vgpu.create/1", NULL);
	o = gvm_vgpu_record_json(made);
	return cli_out_end(out, NULL, out ? cli_out_item(out, o) : -ENOMEM);
}

int cli_vgpu_create(struct cli *cli, struct gvm_error *e)
{
	struct gvm_params params = { .n = 0 };
	const struct gvm_vgpu_request request = { .type = cli->type,
						  .gpu = cli->gpu,
						  .name = cli->name,
						  .uuid = cli->uuid,
						  .force = cli->force,
						  .params = &params };
	struct gvm_vgpu_record made;
	struct gvm_plan plan;
	int r = cli_take_params(cli, &params, e);

	if (r == 0)
		r = gvm_definition_refuse_name(cli->ctx, cli->name, e);
	if (r < 0)
		return r;
	gvm_plan_init(&plan);
	if (cli->dry_run) {
		r = gvm_vgpu_plan_create(cli->ctx, &request, &plan, &made, e);
		return r < 0 ? r : cli_out_plan(cli, &plan);
	}
	r = gvm_vgpu_create(cli->ctx, &request, NULL, &made, e);
	return r < 0 ? r : print_made(cli, &made);
}

int cli_vgpu_destroy(struct cli *cli, struct gvm_error *e)
{
	struct gvm_plan plan;
	int i, r = 0;

	gvm_plan_init(&plan);
	for (i = 0; i < cli->n_args && r == 0; i++)
		r = cli->dry_run
			    ? gvm_vgpu_plan_destroy(cli->ctx, cli->args[i], cli->foreign, &plan, e)
			    : gvm_vgpu_destroy(cli->ctx, cli->args[i], cli->foreign, e);
	if (r == 0 && cli->dry_run)
		return cli_out_plan(cli, &plan);
	if (cli->json && r == 0)
		return cli_out_end(cli_out_begin(cli, "gvm.vgpu.destroy/1", NULL), NULL, 0);
	return r;
}

/**
 * @brief Tell of a vGPU that came into a VM or went.
 * @param cli run @param a both @param schema of the JSON @param done words for it @param planned words
 *        for it with --dry-run @return 0 or -errno
 */
static int print_attachment(struct cli *cli, const struct gvm_attachment *a, const char *schema,
			    const char *done, const char *planned)
{
	struct cli_out *out;

	if (!cli->json) {
		printf("%s: %s VM %s (process %d), %s in %s\n", a->vgpu,
		       cli->dry_run ? planned : done, a->vm, (int)a->pid,
		       a->plug.device[0] ? a->plug.device : "a device",
		       a->plug.port[0] ? a->plug.port : "a port");
		return 0;
	}
	out = cli_out_begin(cli, schema, NULL);
	return cli_out_end(out, NULL,
			   out ? cli_out_item(out, cli_attachment_item(a, cli->dry_run)) : 0);
}

int cli_vgpu_attach(struct cli *cli, struct gvm_error *e)
{
	struct gvm_attachment a;
	int r = gvm_vgpu_attach(cli->ctx, cli->args[0], cli->args[1], cli->dry_run, &a, e);

	return r < 0 ? r : print_attachment(cli, &a, "gvm.vgpu.attach/1", "is in", "would go into");
}

int cli_vgpu_detach(struct cli *cli, struct gvm_error *e)
{
	struct gvm_attachment a;
	int r = gvm_vgpu_detach(cli->ctx, cli->args[0], cli->timeout_s, cli->dry_run, &a, e);

	return r < 0 ? r
		     : print_attachment(cli, &a, "gvm.vgpu.detach/1", "was taken out of",
					"would be taken out of");
}

int cli_vgpu_who(struct cli *cli, struct gvm_error *e)
{
	static const struct cli_column columns[] = {
		{ "VGPU", "vgpu", false },
		{ "VM", "vm", false },
		{ "PID", "pid", true },
		{ "COMMAND", "command", false },
		{ "STARTED BY", "started_by", false },
		{ "VGPUS OF THE VM", "vm_vgpus", false },
		{ NULL, NULL, false },
	};
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *vgpu;
	struct cli_out *out;
	int i, r = gvm_inventory_read(cli->ctx, GVM_INV_VGPUS | GVM_INV_VMS | GVM_INV_HOLDERS, NULL,
				      &inv, e);

	for (i = 0; i < cli->n_args && r == 0; i++)
		r = gvm_find_vgpu(inv, cli->args[i], &vgpu, e);
	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.vgpu.who/1", columns);
	for (i = 0; out && i < cli->n_args && r == 0; i++) {
		r = gvm_find_vgpu(inv, cli->args[i], &vgpu, e);
		if (r == 0)
			r = cli_out_item(out, cli_who_item(inv, vgpu));
	}
	for (i = 0; out && !cli->n_args && (size_t)i < inv->n_vgpus && r == 0; i++)
		r = cli_out_item(out, cli_who_item(inv, &inv->vgpus[i]));
	return cli_out_end(out, inv, r);
}
