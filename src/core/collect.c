// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "gpu_lock.h"
#include "json.h"
#include "lend.h"
#include "store.h"
#include "str.h"

/** Records of vGPUs, or of GPUs or VMs as far as their names, whose process is gone. */
struct dead {
	struct gvm_ctx *ctx;
	struct gvm_vgpu_record *records;
	size_t n;
};

/** @brief Note a record. @param d list @param r record @return 0 or -ENOMEM */
static int note(struct dead *d, const struct gvm_vgpu_record *r)
{
	struct gvm_vgpu_record *grown = reallocarray(d->records, d->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	d->records = grown;
	d->records[d->n++] = *r;
	return 0;
}

/** @brief Note a vGPU whose owner is gone. @param name it @param o record @param data list @return 0 or -errno */
static int note_vgpu(const char *name, struct json_object *o, void *data)
{
	struct dead *d = data;
	struct gvm_vgpu_record r;

	(void)name;
	if (gvm_vgpu_record_parse(o, &r) < 0 || !r.owner.pid ||
	    gvm_proc_alive(d->ctx->host, &r.owner))
		return 0;
	return note(d, &r);
}

/** @brief Note whose lock has a note. @param name of the lock @param o unused @param data list @return 0 or -errno */
static int note_noted(const char *name, struct json_object *o, void *data)
{
	struct gvm_vgpu_record only = { .uuid = "" };

	(void)o;
	if (gvm_str_starts(name, "gpu-") &&
	    gvm_str_copy(only.gpu, sizeof(only.gpu), name + strlen("gpu-")) == 0)
		return note(data, &only);
	if (gvm_str_starts(name, GVM_VM_LOCK) &&
	    gvm_str_copy(only.name, sizeof(only.name), name + strlen(GVM_VM_LOCK)) == 0)
		return note(data, &only);
	return 0;
}

/** @brief Note a VM whose process is gone. @param r its record @param data list @return 0 or -errno */
static int note_vm(const struct gvm_vm_record *r, void *data)
{
	struct gvm_vgpu_record only_name = { .uuid = "" };
	struct dead *d = data;

	if (!r || gvm_proc_alive(d->ctx->host, &r->proc))
		return 0;
	memcpy(only_name.name, r->name, sizeof(only_name.name));
	return note(d, &only_name);
}

/** @brief Note a VM's folder that has no record: its gvm was killed early. @param name it @param o unused @param data list @return 0 or -errno */
static int note_vm_dir(const char *name, struct json_object *o, void *data)
{
	struct gvm_vgpu_record only_name = { .uuid = "" };
	struct dead *d = data;
	struct gvm_store *s = d->ctx->store;
	GVM_AUTOJSON struct json_object *record = NULL;

	(void)o;
	if (s->ops->load(s, GVM_STORE_VM, name, &record) != -ENOENT ||
	    gvm_str_copy(only_name.name, sizeof(only_name.name), name) < 0)
		return 0;
	return note(d, &only_name);
}

/** @brief Finish what was left half done. @param ctx context */
static void collect_noted(struct gvm_ctx *ctx)
{
	struct dead dead = { .ctx = ctx };
	size_t i;
	int lock;

	ctx->store->ops->list_notes(ctx->store, note_noted, &dead);
	for (i = 0; i < dead.n; i++) {
		const struct gvm_vgpu_record *of = &dead.records[i];

		/* Whoever has the lock finishes it himself; if he was killed, taking it does. */
		if (of->name[0]) {
			lock = gvm_vm_lock(ctx, of->name, false, NULL);
			if (lock >= 0)
				ctx->store->ops->unlock(ctx->store, lock);
			continue;
		}
		lock = gvm_gpu_lock(ctx, of->gpu, NULL);
		if (lock >= 0)
			gvm_gpu_unlock(ctx, lock, true);
	}
	free(dead.records);
}

/** @brief Collect the vGPUs whose owners are gone. @param ctx context */
static void collect_vgpus(struct gvm_ctx *ctx)
{
	struct dead dead = { .ctx = ctx };
	struct gvm_error e;
	size_t i;

	ctx->store->ops->list_vgpus(ctx->store, note_vgpu, &dead);
	for (i = 0; i < dead.n; i++) {
		if (gvm_vgpu_destroy_made(ctx, &dead.records[i], true, &e) < 0)
			gvm_log(ctx, "left over: vGPU %s: %s", dead.records[i].name, e.message);
		else
			gvm_log(ctx, "collected vGPU %s, whose owner is gone",
				dead.records[i].name);
	}
	free(dead.records);
}

void gvm_vm_forget(struct gvm_ctx *ctx, const char *name, const struct gvm_proc *proc)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_store *s = ctx->store;
	struct gvm_vm_record r;

	if (s->ops->load(s, GVM_STORE_VM, name, &o) == 0 && gvm_vm_record_parse(o, &r) == 0 &&
	    !(proc && r.proc.pid == proc->pid && r.proc.start == proc->start) &&
	    gvm_proc_alive(ctx->host, &r.proc))
		return;
	s->ops->remove(s, GVM_STORE_VM, name);
	s->ops->remove_vm_dir(s, name);
}

/** @brief Collect what is left of VMs that are gone. @param ctx context */
static void collect_vms(struct gvm_ctx *ctx)
{
	struct dead dead = { .ctx = ctx };
	struct gvm_store *s = ctx->store;
	size_t i;

	s->ops->list_vms(s, note_vm, &dead);
	s->ops->list_vm_dirs(s, note_vm_dir, &dead);
	for (i = 0; i < dead.n; i++) {
		/* Whoever holds the lock is starting it anew, or cleaning up after it. */
		int lock = gvm_vm_lock(ctx, dead.records[i].name, false, NULL);

		if (lock < 0)
			continue;
		gvm_vm_forget(ctx, dead.records[i].name, NULL);
		s->ops->unlock(s, lock);
		gvm_log(ctx, "collected what was left of VM %s, which is gone",
			dead.records[i].name);
	}
	free(dead.records);
}

void gvm_collect(struct gvm_ctx *ctx)
{
	char ns[40];

	/*
	 * In a PID namespace of its own gvm does not see the processes outside, and would take them for
	 * dead. The first one has this inode (kernel include/linux/proc_ns.h, PROC_PID_INIT_INO).
	 */
	if (gvm_host_live(ctx->host) &&
	    (gvm_host_link(ctx->host, "/proc/self/ns/pid", ns, sizeof(ns)) < 0 ||
	     strcmp(ns, "pid:[4026531836]") != 0)) {
		gvm_log(ctx, "not in the host's PID namespace: nothing is collected");
		return;
	}
	collect_noted(ctx);
	collect_vgpus(ctx);
	collect_vms(ctx);
}
