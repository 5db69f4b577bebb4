// SPDX-License-Identifier: GPL-2.0-or-later
/* VMs that are kept: define, undefine, start. */
#include <errno.h>

#include "cleanup.h"
#include "output.h"
#include "vm_defs.h"

/** @brief The end of a command without items. @param cli run @param schema of its answer @param r of the work @return r, or of printing */
static int done(struct cli *cli, const char *schema, int r)
{
	if (r < 0 || !cli->json)
		return r;
	return cli_out_end(cli_out_begin(cli, schema, NULL), NULL, 0);
}

int cli_vm_define(struct cli *cli, struct gvm_error *e)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	int r = gvm_vm_define(cli->ctx, cli->args[0], cli->dry_run, &f, e);

	if (r == 0 && !cli->json)
		printf("%s%s: " GVM_VM_DEFS "/%s.yaml%s; start it: gvm vm %s %s\n",
		       cli->dry_run ? "would define " : "", f->name, f->name,
		       f->autostart ? ", started at boot" : "",
		       gvm_vm_has_services(cli->ctx) ? "start" : "run", f->name);
	return done(cli, "gvm.vm.define/1", r);
}

int cli_vm_undefine(struct cli *cli, struct gvm_error *e)
{
	int i, r = 0;

	for (i = 0; i < cli->n_args && r == 0; i++) {
		r = gvm_vm_undefine(cli->ctx, cli->args[i], cli->dry_run, e);
		if (r == 0 && !cli->json)
			printf("%s%s: no longer defined; its disks and /var/lib/gvm/vm/%s stay\n",
			       cli->dry_run ? "would undefine " : "", cli->args[i], cli->args[i]);
	}
	return done(cli, "gvm.vm.undefine/1", r);
}

/** What is started, and how that goes. */
struct starting {
	struct cli *cli;
	struct gvm_error *e;
	int first; /* failure */
};

/** @brief Start one VM. @param s what it is part of @param name VM @param always also one without autostart @return 0 or -errno */
static int start(struct starting *s, const char *name, bool always)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	int r = gvm_vm_defined(s->cli->ctx, name, &f, s->first ? NULL : s->e);

	if (r == 0 && !always && f->autostart != GVM_VM_ON)
		return 0;
	if (r == 0 && !s->cli->dry_run)
		r = gvm_vm_service_start(s->cli->ctx, name, s->first ? NULL : s->e);
	if (r == 0 && !s->cli->json)
		printf("%s%s: gvm-vm@%s.service\n", s->cli->dry_run ? "would start " : "", name,
		       name);
	if (r < 0 && !s->first)
		s->first = r;
	return r;
}

/** @brief Start one VM of the folder, if it is to be. The others are started even so. @param name VM @param data struct starting @return 0 */
static int start_auto(const char *name, void *data)
{
	start(data, name, false);
	return 0;
}

int cli_vm_start(struct cli *cli, struct gvm_error *e)
{
	struct starting s = { cli, e, 0 };
	int i, r;

	if (!cli->autostart == !cli->n_args)
		return gvm_error_set(e, "GVM_E_USAGE", EINVAL,
				     "gvm vm start needs VMs or --autostart, and not both");
	for (i = 0; i < cli->n_args; i++)
		start(&s, cli->args[i], true);
	r = cli->autostart ? gvm_vm_defs(cli->ctx, start_auto, &s) : 0;
	if (r < 0 && !s.first)
		s.first = gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read " GVM_VM_DEFS ": %s",
					gvm_errno_name(r));
	return done(cli, "gvm.vm.start/1", s.first);
}
