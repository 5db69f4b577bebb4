// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "cleanup.h"
#include "hypervisor.h"
#include "items.h"
#include "notify.h"
#include "output.h"
#include "store.h"
#include "str.h"
#include "vm_defs.h"
#include "vm_run.h"

#define READ_VMS (GVM_INV_VGPUS | GVM_INV_VMS)

/**
 * @brief Find a VM that gvm runs, and its folder.
 * @param cli run @param name VM @param inv result: keeps the VM @param vm result
 * @param dir result @param e detail @return 0 or -errno
 */
static int find_ours(struct cli *cli, const char *name, struct gvm_inventory **inv,
		     const struct gvm_vm **vm, char dir[GVM_PATH_SIZE], struct gvm_error *e)
{
	struct gvm_store *s = cli->ctx->store;
	int r = gvm_inventory_read(cli->ctx, READ_VMS, NULL, inv, e);

	if (r == 0)
		r = gvm_find_vm(*inv, name, vm, e);
	if (r < 0)
		return r;
	if (!(*vm)->ours) {
		gvm_error_set(e, "GVM_E_UNSUPPORTED", EOPNOTSUPP,
			      "VM %s (process %d) was not started by gvm", name,
			      (int)(*vm)->proc.pid);
		GVM_ERROR_FIELD(e, object, "%s", name);
		GVM_ERROR_FIELD(e, hint, "use the tool that started it");
		return -EOPNOTSUPP;
	}
	r = s->ops->vm_dir(s, (*vm)->name, dir, GVM_PATH_SIZE);
	return r < 0 ? gvm_error_set(e, "GVM_E_STORE", -r, "cannot find the folder of VM %s", name)
		     : 0;
}

/** @brief Print a command line so that a shell takes it. @param argv it, ended by NULL */
static void print_command(char **argv)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";
	size_t i;
	const char *p;

	for (i = 0; argv[i]; i++) {
		/* An option and its value share a line. */
		printf("%s", i == 0 ? "" : argv[i][0] == '-' ? " \\\n  " : " ");
		if (argv[i][0] && strspn(argv[i], plain) == strlen(argv[i])) {
			printf("%s", argv[i]);
			continue;
		}
		putchar('\'');
		for (p = argv[i]; *p; p++)
			*p == '\'' ? printf("'\\''") : putchar(*p);
		putchar('\'');
	}
	putchar('\n');
}

/** @brief Print the command line as JSON. @param cli run @param argv it @return 0 or -errno */
static int print_command_json(struct cli *cli, char **argv)
{
	struct cli_out *out = cli_out_begin(cli, "gvm.vm.command/1", NULL);
	struct json_object *item = json_object_new_object(), *list = json_object_new_array();
	size_t i;

	for (i = 0; argv[i]; i++)
		json_object_array_add(list, json_object_new_string(argv[i]));
	json_object_object_add(item, "argv", list);
	return cli_out_end(out, NULL, out ? cli_out_item(out, item) : -ENOMEM);
}

/** @brief Show the command line only. @param cli run @param file VM file @param e detail @return 0 or -errno */
static int show_command(struct cli *cli, const struct gvm_vm_file *file, struct gvm_error *e)
{
	char **argv = NULL;
	uint32_t i;
	int r = gvm_vm_command(cli->ctx, file, &argv, e);

	if (r < 0)
		return r;
	if (cli->json)
		r = print_command_json(cli, argv);
	else
		print_command(argv);
	for (i = 0; i < file->vgpus_count; i++)
		if (file->vgpus[i].type)
			fprintf(stderr,
				"gvm: {%s-%u} stands for the %s that is made at the start; its display is decided then\n",
				file->name, i, file->vgpus[i].type);
	gvm_strv_free(argv);
	return r;
}

/** @brief Show what would be done: the vGPUs to be made, then the command line. @param cli run @param file VM file @param e detail @return 0 or -errno */
static int show_plan(struct cli *cli, const struct gvm_vm_file *file, struct gvm_error *e)
{
	struct gvm_plan plan;
	uint32_t i;
	int r = 0;

	gvm_plan_init(&plan);
	for (i = 0; i < file->vgpus_count && r == 0; i++) {
		struct gvm_vgpu_request request = { .type = file->vgpus[i].type,
						    .gpu = file->vgpus[i].gpu };
		struct gvm_vgpu_record record;
		char name[GVM_NAME_SIZE];

		if (!request.type)
			continue;
		if (gvm_str_format(name, sizeof(name), "%s-%u", file->name, i) == 0)
			request.name = name;
		r = gvm_vgpu_plan_create(cli->ctx, &request, &plan, &record, e);
	}
	if (r == 0)
		r = cli_out_plan(cli, &plan);
	return r < 0 || cli->json ? r : show_command(cli, file, e);
}

/** @brief Tell people what runs. @param run VM */
static void announce(const struct gvm_vm_run *run)
{
	const struct gvm_vm_file *f = run->start.file;
	bool picture = false;
	size_t i;

	printf("%s: ", f->name);
	for (i = 0; i < run->n_made; i++)
		printf("%s on %s (%s), ", run->made[i].type, run->made[i].gpu, run->made[i].name);
	for (i = 0; i < f->vgpus_count; i++)
		if (f->vgpus[i].name)
			printf("%s, ", f->vgpus[i].name);
	for (i = 0; i < run->start.n_specs; i++)
		picture = picture || run->specs[i].display == GVM_DISPLAY_REGION;
	printf("%u vCPU%s, %u MiB, %s\n", f->cpus, f->cpus == 1 ? "" : "s", f->memory_mib,
	       strcmp(run->start.accelerator, "kvm") == 0 ? "KVM" : "software emulation");
	printf("%s: running, pid %d; ", f->name, (int)run->record.proc.pid);
	if (picture)
		printf("picture: gvm vm screenshot %s out.png; ", f->name);
	printf("stop: Ctrl-C\n");
	fflush(stdout);
}

/** @brief Tell programs what runs: the answer comes at the start, the exit status at the end. @param cli run @param name VM */
static void announce_json(struct cli *cli, const char *name)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vm *vm;
	struct cli_out *out;

	if (gvm_inventory_read(cli->ctx, READ_VMS, NULL, &inv, NULL) < 0 ||
	    gvm_find_vm(inv, name, &vm, NULL) < 0)
		return;
	out = cli_out_begin(cli, "gvm.vm.run/1", NULL);
	cli_out_end(out, inv, out ? cli_out_item(out, cli_vm_item(inv, vm)) : 0);
	fflush(stdout);
}

int cli_vm_run(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOVMFILE struct gvm_vm_file *file = NULL;
	struct gvm_vm_run run;
	const char *what = cli->args[0];
	/* A path has a slash, or is there; else it is the name of a VM that was defined. */
	bool named = gvm_name_valid(what) && access(what, F_OK) < 0;
	int r = named ? gvm_vm_defined(cli->ctx, what, &file, e) : gvm_vm_file_load(what, &file, e);
	int f;

	if (r < 0)
		return r;
	if (cli->print_command)
		return show_command(cli, file, e);
	if (cli->dry_run)
		return show_plan(cli, file, e);
	gvm_vm_block_signals();
	r = gvm_vm_start(cli->ctx, file, &run, e);
	if (r < 0)
		return r;
	gvm_notify("READY=1");
	if (cli->json)
		announce_json(cli, file->name);
	else
		announce(&run);
	r = gvm_vm_supervise(cli->ctx, &run, cli->timeout_s, e);
	f = gvm_vm_finish(cli->ctx, &run, r < 0 ? NULL : e);
	if (r == 0 && f == 0 && !cli->json)
		printf("%s: ended%s\n", file->name,
		       run.n_made ? "; what was made for it is removed" : "");
	return r < 0 ? r : f;
}

/** @brief Stop one VM. @param cli run @param name VM @param e detail @return 0 or -errno */
static int stop(struct cli *cli, const char *name, struct gvm_error *e)
{
	static const char *const how[] = { [GVM_VM_SHUT_DOWN] = "shut down by its guest",
					   [GVM_VM_QUIT] = "ended: the guest did not shut down",
					   [GVM_VM_KILLED] = "killed: QEMU did not end by itself" };
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	char dir[GVM_PATH_SIZE];
	const struct gvm_vm *vm;
	enum gvm_vm_end end;
	int r = find_ours(cli, name, &inv, &vm, dir, e);

	if (r < 0)
		return r;
	if (cli->dry_run) {
		printf("ask the guest of VM %s (process %d) to shut down, insist after %u s\n",
		       vm->name, (int)vm->proc.pid, cli->timeout_s);
		return 0;
	}
	r = gvm_vm_end(cli->ctx, vm->hypervisor, dir, &vm->proc, cli->timeout_s, &end, e);
	if (r == 0 && !cli->json)
		printf("%s: %s\n", vm->name, how[end]);
	/* Its gvm does this, if that still lives. */
	gvm_collect(cli->ctx);
	return r;
}

int cli_vm_stop(struct cli *cli, struct gvm_error *e)
{
	int i, r = 0;

	for (i = 0; i < cli->n_args && r == 0; i++)
		r = stop(cli, cli->args[i], e);
	if (r == 0 && cli->json)
		return cli_out_end(cli_out_begin(cli, "gvm.vm.stop/1", NULL), NULL, 0);
	return r;
}

int cli_vm_screenshot(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	GVM_AUTOFREE char *cwd = NULL;
	char dir[GVM_PATH_SIZE], path[4096];
	const struct gvm_vm *vm;
	int r = find_ours(cli, cli->args[0], &inv, &vm, dir, e);

	if (r < 0)
		return r;
	if (strlen(cli->args[1]) < 5 ||
	    strcmp(cli->args[1] + strlen(cli->args[1]) - 4, ".png") != 0)
		return gvm_error_set(e, "GVM_E_USAGE", EINVAL,
				     "the picture is a PNG: %s does not end in .png", cli->args[1]);
	/* QEMU writes the file, and its folder is another. */
	cwd = realpath(".", NULL);
	if (cli->args[1][0] == '/')
		r = gvm_str_copy(path, sizeof(path), cli->args[1]);
	else
		r = gvm_str_format(path, sizeof(path), "%s/%s", cwd ? cwd : "", cli->args[1]);
	if (r < 0)
		return gvm_error_set(e, "GVM_E_FILE_WRITE", -r, "the path %s is too long",
				     cli->args[1]);
	r = vm->hypervisor->screenshot(cli->ctx, dir, path, e);
	if (r == 0 && cli->json)
		return cli_out_end(cli_out_begin(cli, "gvm.vm.screenshot/1", NULL), NULL, 0);
	return r;
}
