// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "store.h"
#include "str.h"

/** Names of objects whose owner is gone. */
struct dead {
	struct gvm_ctx *ctx;
	char (*names)[GVM_NAME_SIZE];
	size_t n;
};

/** @brief Note a name. @param d list @param name name @return 0 or -ENOMEM */
static int note(struct dead *d, const char *name)
{
	char(*grown)[GVM_NAME_SIZE] = reallocarray(d->names, d->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	d->names = grown;
	return gvm_str_copy(d->names[d->n++], sizeof(*grown), name);
}

/** @brief Note a vGPU whose owner is gone. @param name it @param o record @param data list @return 0 or -errno */
static int note_vgpu(const char *name, struct json_object *o, void *data)
{
	struct dead *d = data;
	struct gvm_vgpu_record r;

	if (gvm_vgpu_record_parse(o, &r) < 0 || !r.owner.pid ||
	    gvm_proc_alive(d->ctx->host, &r.owner))
		return 0;
	return note(d, name);
}

/** @brief Note a VM whose process is gone. @param name it @param o record @param data list @return 0 or -errno */
static int note_vm(const char *name, struct json_object *o, void *data)
{
	struct dead *d = data;
	struct gvm_vm_record r;

	if (gvm_vm_record_parse(o, &r) < 0 || gvm_proc_alive(d->ctx->host, &r.proc))
		return 0;
	return note(d, name);
}

void gvm_collect(struct gvm_ctx *ctx)
{
	struct dead vgpus = { .ctx = ctx }, vms = { .ctx = ctx };
	struct gvm_store *s = ctx->store;
	struct gvm_error e;
	size_t i;

	s->ops->list(s, GVM_STORE_VGPU, note_vgpu, &vgpus);
	for (i = 0; i < vgpus.n; i++) {
		if (gvm_vgpu_destroy(ctx, vgpus.names[i], false, &e) < 0)
			gvm_log(ctx, "left over: vGPU %s: %s", vgpus.names[i], e.message);
		else
			gvm_log(ctx, "collected vGPU %s, whose owner is gone", vgpus.names[i]);
	}
	s->ops->list(s, GVM_STORE_VM, note_vm, &vms);
	for (i = 0; i < vms.n; i++) {
		s->ops->remove(s, GVM_STORE_VM, vms.names[i]);
		s->ops->remove_vm_dir(s, vms.names[i]);
		gvm_log(ctx, "collected the record of VM %s, which is gone", vms.names[i]);
	}
	free(vgpus.names);
	free(vms.names);
}
