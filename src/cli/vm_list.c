// SPDX-License-Identifier: GPL-2.0-or-later
/* gvm vm list and show: VMs that run, and those that are defined and do not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "items.h"
#include "output.h"
#include "str.h"
#include "vm_defs.h"

#define READ_VMS (GVM_INV_VGPUS | GVM_INV_VMS)
#define NO_VMS "no VMs; run one: gvm vm run FILE.yaml (what is in the file: man gvm-vm)"

/** Names of VMs that are defined and do not run. */
struct names {
	const struct gvm_inventory *inv;
	char (*list)[GVM_NAME_SIZE];
	size_t n;
};

/** @brief Take a defined VM, unless it runs. @param name it @param data names @return 0 or -ENOMEM */
static int take_name(const char *name, void *data)
{
	struct names *names = data;
	const struct gvm_vm *vm;
	char(*grown)[GVM_NAME_SIZE];

	if (gvm_find_vm(names->inv, name, &vm, NULL) == 0)
		return 0;
	grown = reallocarray(names->list, names->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	names->list = grown;
	return gvm_str_copy(grown[names->n++], GVM_NAME_SIZE, name);
}

/** @brief Order by name. @param a @param b names @return as strverscmp() */
static int by_name(const void *a, const void *b)
{
	return strverscmp(a, b);
}

/** @brief Print the defined VMs that do not run. @param cli run @param inv host; warned of what cannot be read @param out answer @return 0 or -errno */
static int print_defined(struct cli *cli, struct gvm_inventory *inv, struct cli_out *out)
{
	struct names names = { .inv = inv };
	size_t i;
	int r = gvm_vm_defs(cli->ctx, take_name, &names);

	if (r < 0 && r != -ENOMEM) {
		gvm_inventory_warn(inv, "cannot read %s: %s", GVM_VM_DEFS, gvm_errno_name(r));
		r = 0;
	}
	if (names.n)
		qsort(names.list, names.n, sizeof(names.list[0]), by_name);
	for (i = 0; i < names.n && r == 0; i++) {
		struct gvm_error e;

		GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;

		if (gvm_vm_defined(cli->ctx, names.list[i], &f, &e) < 0)
			gvm_inventory_warn(inv, "%s", e.message);
		r = cli_out_item(out, cli_defined_vm_item(names.list[i], f));
	}
	free(names.list);
	return r;
}

int cli_vm_list(struct cli *cli, struct gvm_error *e)
{
	static const struct cli_column columns[] = {
		{ "VM", "name", false },
		{ "STATE", "state", false },
		{ "PID", "pid", true },
		{ "HYPERVISOR", "hypervisor", false },
		{ "ACCELERATOR", "accelerator", false },
		{ "STARTED BY", "started_by", false },
		{ "VGPUS", "vgpus", false },
		{ NULL, NULL, false },
	};
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct cli_out *out;
	size_t i;
	int r = gvm_inventory_read(cli->ctx, READ_VMS, NULL, &inv, e);

	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.vm.list/1", columns);
	cli_out_empty(out, NO_VMS);
	for (i = 0; out && i < inv->n_vms && r == 0; i++)
		r = cli_out_item(out, cli_vm_item(inv, &inv->vms[i]));
	if (out && r == 0)
		r = print_defined(cli, inv, out);
	return cli_out_end(out, inv, r);
}

/** @brief A VM with all that is shown of it. @param cli run @param inv host @param vm VM @return new object */
static struct json_object *full_item(struct cli *cli, const struct gvm_inventory *inv,
				     const struct gvm_vm *vm)
{
	struct json_object *item = cli_vm_item(inv, vm);

	if (item)
		cli_vm_paths(cli->ctx, vm, item);
	return item;
}

/**
 * @brief One VM by its name: as it runs, or as it is defined.
 * @param cli run @param inv host @param name of it @param ret result @param e detail @return 0 or -errno
 */
static int item_of(struct cli *cli, const struct gvm_inventory *inv, const char *name,
		   struct json_object **ret, struct gvm_error *e)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	const struct gvm_vm *vm;
	int r;

	if (gvm_find_vm(inv, name, &vm, NULL) == 0) {
		*ret = full_item(cli, inv, vm);
		return 0;
	}
	r = gvm_vm_defined(cli->ctx, name, &f, e);
	/* That there is no such definition is not what was asked. */
	if (r == -ENOENT)
		return gvm_find_vm(inv, name, &vm, e);
	if (r == 0)
		*ret = cli_defined_vm_item(name, f);
	return r;
}

int cli_vm_show(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct json_object *item;
	struct cli_out *out;
	int i, r = gvm_inventory_read(cli->ctx, READ_VMS | GVM_INV_HOLDERS, NULL, &inv, e);

	for (i = 0; i < cli->n_args && r == 0; i++) {
		r = item_of(cli, inv, cli->args[i], &item, e);
		if (r == 0)
			json_object_put(item);
	}
	if (r < 0)
		return r;
	out = cli_out_begin(cli, "gvm.vm.show/1", NULL);
	cli_out_empty(out, NO_VMS);
	for (i = 0; out && i < cli->n_args && r == 0; i++) {
		r = item_of(cli, inv, cli->args[i], &item, e);
		if (r == 0)
			r = cli_out_item(out, item);
	}
	for (i = 0; out && !cli->n_args && (size_t)i < inv->n_vms && r == 0; i++)
		r = cli_out_item(out, full_item(cli, inv, &inv->vms[i]));
	if (out && !cli->n_args && r == 0)
		r = print_defined(cli, inv, out);
	return cli_out_end(out, inv, r);
}
