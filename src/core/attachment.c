// SPDX-License-Identifier: GPL-2.0-or-later
#include "attachment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gpu_lock.h"
#include "hypervisor.h"
#include "inventory_vms.h"
#include "json.h"
#include "lend.h"
#include "record.h"
#include "store.h"
#include "str.h"
#include "vendor.h"
#include "vfio.h"
#include "wait.h"

/* What the kernel may take until it shows who holds the vGPU. */
#define SEEN_TIMEOUT_MS 2000

#define READ_WHOSE (GVM_INV_VGPUS | GVM_INV_VMS)

int gvm_vgpu_check_free(const struct gvm_vgpu *v, const struct gvm_inventory *inv,
			struct gvm_error *e)
{
	if (v->state == GVM_VGPU_LOST) {
		gvm_error_set(e, "GVM_E_VGPU_NOT_FOUND", ENODEV,
			      "vGPU %s is lost: its record is there, the device is not", v->name);
		GVM_ERROR_FIELD(e, hint, "gvm vgpu destroy %s, then make it anew", v->name);
		return -ENODEV;
	}
	if (v->state == GVM_VGPU_DEFINED) {
		gvm_error_set(e, "GVM_E_NOT_ACTIVE", ENODEV, "vGPU %s is defined, but not active",
			      v->name);
		GVM_ERROR_FIELD(e, hint, "gvm vgpu start %s", v->name);
		return -ENODEV;
	}
	if (!v->holder)
		return 0;
	gvm_error_set(e, "GVM_E_HELD", EBUSY, "vGPU %s is held by %s%s (process %d)", v->name,
		      v->vm >= 0 ? "VM " : "", v->vm >= 0 ? inv->vms[v->vm].name : v->holder_comm,
		      (int)v->holder);
	GVM_ERROR_FIELD(e, object, "%s", v->name);
	if (v->vm >= 0 && inv->vms[v->vm].ours)
		GVM_ERROR_FIELD(e, hint, "gvm vgpu detach %s, or gvm vm stop %s", v->name,
				inv->vms[v->vm].name);
	return -EBUSY;
}

/** A vGPU that comes into a VM or goes, and what is known about both. */
struct change {
	struct gvm_ctx *ctx;
	struct gvm_inventory *inv;
	const struct gvm_vgpu *vgpu;
	const struct gvm_vm *vm;
	char dir[GVM_PATH_SIZE]; /* of a VM of ours */
	int lock;                /* of the VM; -1: it will not be changed */
};

/** @brief End a change. @param c change */
static void end_change(struct change *c)
{
	if (c->lock >= 0)
		c->ctx->store->ops->unlock(c->ctx->store, c->lock);
	gvm_inventory_free(c->inv);
}

/** @brief Make sure that the VM can be changed, and that no other gvm does so. @param c change @param dry it will not be @param e detail @return 0 or -errno */
static int prepare(struct change *c, bool dry, struct gvm_error *e)
{
	struct gvm_store *s = c->ctx->store;
	int r;

	if (!c->vm->hypervisor || !c->vm->hypervisor->attach) {
		gvm_error_set(e, "GVM_E_UNSUPPORTED", EOPNOTSUPP,
			      "the hypervisor of VM %s takes no vGPUs while a VM runs",
			      c->vm->name);
		GVM_ERROR_FIELD(e, object, "%s", c->vm->name);
		GVM_ERROR_FIELD(e, hint, "give it the vGPU before it starts");
		return -EOPNOTSUPP;
	}
	r = c->vm->ours ? s->ops->vm_dir(s, c->vm->name, c->dir, sizeof(c->dir)) : 0;
	if (r < 0)
		return gvm_error_set(e, r == -EACCES ? "GVM_E_PERMISSION" : "GVM_E_STORE", -r,
				     "cannot find the folder of VM %s: %s", c->vm->name,
				     gvm_errno_name(r));
	if (dry)
		return 0;
	c->lock = c->vm->ours ? gvm_vm_lock(c->ctx, c->vm->name, true, e)
			      : gvm_vm_lock_process(c->ctx, c->vm->proc.pid, e);
	return c->lock < 0 ? c->lock : 0;
}

/** @brief Put a vGPU on the list of a record, or take it off. @param r record @param uuid vGPU @param add which of the two @return true if the list changed */
static bool change_list(struct gvm_vm_record *r, const char *uuid, bool add)
{
	size_t i = 0;

	while (i < r->n_vgpus && strcmp(r->vgpus[i], uuid) != 0)
		i++;
	if (add == (i < r->n_vgpus) || (add && r->n_vgpus == GVM_VM_MAX_VGPUS))
		return false;
	if (add)
		memcpy(r->vgpus[r->n_vgpus++], uuid, GVM_UUID_SIZE);
	else
		memmove(r->vgpus[i], r->vgpus[i + 1], (--r->n_vgpus - i) * GVM_UUID_SIZE);
	return true;
}

/**
 * @brief Write down that the VM has the vGPU, or has it no more. A VM of others has no record.
 * @param c change, its VM locked @param has which @param e detail @return 0 or -errno
 */
static int write_down(const struct change *c, bool has, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	GVM_AUTOJSON struct json_object *changed = NULL;
	struct json_object *vgpus;
	struct gvm_store *s = c->ctx->store;
	struct gvm_vm_record record;
	int r;

	/* A function without a record has no UUID to write down: its holder tells. */
	if (!c->vm->ours || !c->vgpu->uuid[0])
		return 0;
	r = s->ops->load(s, GVM_STORE_VM, c->vm->name, &o);
	/* Under the lock its record tells whether it is still the one that is meant. */
	if (r < 0 || gvm_vm_record_parse(o, &record) < 0 || record.proc.pid != c->vm->proc.pid ||
	    record.proc.start != c->vm->proc.start) {
		gvm_error_set(e, "GVM_E_VM_NOT_FOUND", ENOENT, "VM %s has ended", c->vm->name);
		GVM_ERROR_FIELD(e, object, "%s", c->vm->name);
		return -ENOENT;
	}
	if (!change_list(&record, c->vgpu->uuid, has)) {
		if (!has || record.n_vgpus < GVM_VM_MAX_VGPUS)
			return 0;
		gvm_error_set(e, "GVM_E_VM_FULL", ENOSPC, "VM %s has %d vGPUs", c->vm->name,
			      GVM_VM_MAX_VGPUS);
		GVM_ERROR_FIELD(e, object, "%s", c->vm->name);
		return -ENOSPC;
	}
	/* Only that: the record tells more than we read of it. */
	changed = gvm_vm_record_json(&record);
	if (changed && json_object_object_get_ex(changed, "vgpus", &vgpus))
		json_object_object_add(o, "vgpus", json_object_get(vgpus));
	else
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	r = s->ops->save(s, GVM_STORE_VM, record.name, o, false);
	return r < 0 ? gvm_error_set(e, "GVM_E_STORE", -r, "cannot save the record of VM %s: %s",
				     record.name, gvm_errno_name(r))
		     : 0;
}

/** What must be seen of a vGPU: its holder. */
struct seen {
	const struct change *change;
	pid_t holder; /* wanted; 0 for nobody */
};

/** @brief Does the right process hold it, by its open files? @param data struct seen @return 1, 0 or -errno */
static int is_seen(void *data)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct seen *s = data;
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(s->change->ctx, READ_WHOSE | GVM_INV_HOLDERS,
				   s->change->vgpu->gpu->id, &inv, NULL);

	if (r == 0)
		r = gvm_find_vgpu(inv, s->change->vgpu->name, &v, NULL);
	return r < 0 ? r : v->holder == s->holder;
}

/** @brief Wait until the kernel shows the right holder. @param c change @param holder process, or 0 @param e detail @return 0 or -errno */
static int read_back(const struct change *c, pid_t holder, struct gvm_error *e)
{
	struct seen s = { c, holder };
	int r = gvm_wait_until(SEEN_TIMEOUT_MS, is_seen, &s);

	if (r == 0)
		return 0;
	gvm_error_set(e, "GVM_E_NOT_SEEN", -r, "VM %s %s, but the kernel does not show it: %s",
		      c->vm->name, holder ? "took the vGPU" : "gave the vGPU back",
		      gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, "%s", c->vgpu->name);
	return r;
}

/** @brief Tell what the change is about. @param c change @param ret result */
static void describe(const struct change *c, struct gvm_attachment *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->vgpu, c->vgpu->name, sizeof(ret->vgpu));
	memcpy(ret->uuid, c->vgpu->uuid, sizeof(ret->uuid));
	memcpy(ret->vm, c->vm->name, sizeof(ret->vm));
	ret->pid = c->vm->proc.pid;
}

/** @brief Does the VM hold the vGPU, whatever it answered? @param c change @return yes or no; what cannot be told is no */
static bool has_it(const struct change *c)
{
	struct seen s = { c, c->vm->proc.pid };

	return is_seen(&s) == 1;
}

/** @brief Find both, with who really holds what. @param c change @param vgpu @param vm names @param e detail @return 0 or -errno */
static int find_both(struct change *c, const char *vgpu, const char *vm, struct gvm_error *e)
{
	int r = gvm_inventory_read(c->ctx, READ_WHOSE | GVM_INV_HOLDERS, NULL, &c->inv, e);

	if (r == 0)
		r = gvm_find_vgpu(c->inv, vgpu, &c->vgpu, e);
	if (r < 0)
		return r;
	/* A VM of others that has no vGPU yet is only a process so far. */
	if (gvm_find_vm(c->inv, vm, &c->vm, NULL) < 0 &&
	    gvm_inventory_add_processes(c->ctx, c->inv) < 0)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	return gvm_find_vm(c->inv, vm, &c->vm, e);
}

/** @brief May this vGPU go into this VM, as far as GVM knows? @param c change @param spec result: how @param e detail @return 0 or -errno */
static int check_attach(const struct change *c, struct gvm_attach_spec *spec, struct gvm_error *e)
{
	const struct gvm_vgpu *v = c->vgpu;
	int r = gvm_vgpu_check_free(v, c->inv, e);

	if (r < 0)
		return r;
	if (v->owner.pid && v->owner.pid != c->vm->proc.pid) {
		gvm_error_set(e, "GVM_E_VGPU_OWNED", EBUSY,
			      "vGPU %s belongs to the run of another VM (process %d)", v->name,
			      (int)v->owner.pid);
		GVM_ERROR_FIELD(e, object, "%s", v->name);
		return -EBUSY;
	}
	r = v->vendor->attach_spec(c->ctx, v, spec, e);
	if (r < 0)
		return r;
	if (spec->needs.cold_plug_only) {
		gvm_error_set(e, "GVM_E_COLD_PLUG_ONLY", EOPNOTSUPP,
			      "vGPU %s cannot come into a VM that runs", v->name);
		GVM_ERROR_FIELD(e, object, "%s", v->name);
		return -EOPNOTSUPP;
	}
	/* Where it cannot be asked, the guest will tell whether there is room. */
	if (spec->kind == GVM_ATTACH_VFIO &&
	    gvm_vfio_bars(c->ctx->host, &v->nodes, gvm_basename(spec->path), spec->needs.bars) <
		    0)
		memset(spec->needs.bars, 0, sizeof(spec->needs.bars));
	return 0;
}

/** @brief Attach, all being found. @param c change @param spec how @param dry only tell @param ret where @param e detail @return 0 or -errno */
static int attach(struct change *c, const struct gvm_attach_spec *spec, bool dry,
		  struct gvm_attachment *ret, struct gvm_error *e)
{
	bool written = false;
	int r;

	describe(c, ret);
	if (dry)
		return c->vm->hypervisor->attach(c->ctx, c->vm, c->dir, spec, dry, &ret->plug, e);
	r = gvm_lend_note(c->ctx, c->lock, spec, 1, e);
	if (r < 0)
		return r;
	/* The record first: if we are killed in between, open files tell that it is not so. */
	r = write_down(c, true, e);
	if (r == 0) {
		r = c->vm->hypervisor->attach(c->ctx, c->vm, c->dir, spec, dry, &ret->plug, e);
		written = true;
	}
	gvm_gpu_note_done(c->ctx, c->lock);
	if (!written)
		return r;
	gvm_log(c->ctx, "attach vGPU %s to VM %s: %s in %s: %s", ret->vgpu, ret->vm,
		ret->plug.device, ret->plug.port, r < 0 ? gvm_errno_name(r) : "done");
	if (r == 0)
		r = read_back(c, c->vm->proc.pid, e);
	/* A late answer does not take it off the list, nor that another gvm was faster. */
	if (r < 0 && r != -EINPROGRESS && !has_it(c))
		write_down(c, false, NULL);
	return r;
}

int gvm_vgpu_attach(struct gvm_ctx *ctx, const char *vgpu, const char *vm, bool dry,
		    struct gvm_attachment *ret, struct gvm_error *e)
{
	struct change c = { .ctx = ctx, .lock = -1 };
	struct gvm_attach_spec spec;
	bool ours;
	int r = find_both(&c, vgpu, vm, e);

	if (r == 0)
		r = check_attach(&c, &spec, e);
	if (r == 0)
		r = prepare(&c, dry, e);
	/* While we waited for the lock another gvm may have given it to a VM, or ended this one. */
	if (r == 0 && c.lock >= 0) {
		ours = c.vm->ours;
		gvm_inventory_free(c.inv);
		c.inv = NULL;
		r = find_both(&c, vgpu, vm, e);
		if (r == 0 && c.vm->ours != ours)
			r = gvm_error_set(e, "GVM_E_VM_NOT_FOUND", ENOENT, "VM %s has ended", vm);
		if (r == 0)
			r = check_attach(&c, &spec, e);
	}
	if (r == 0)
		r = attach(&c, &spec, dry, ret, e);
	end_change(&c);
	return r;
}

/**
 * @brief Detach, all being found.
 * @param c change @param timeout_ms for the guest @param dry only tell @param ret where it was
 * @param e detail @return 0 or -errno
 */
static int detach(struct change *c, unsigned int timeout_ms, bool dry, struct gvm_attachment *ret,
		  struct gvm_error *e)
{
	int r = prepare(c, dry, e);

	if (r < 0)
		return r;
	describe(c, ret);
	r = c->vm->hypervisor->detach(c->ctx, c->vm, c->dir, c->vgpu, timeout_ms, dry, &ret->plug,
				      e);
	if (dry)
		return r;
	gvm_log(c->ctx, "detach vGPU %s from VM %s: %s", ret->vgpu, ret->vm,
		r < 0 ? gvm_errno_name(r) : "done");
	/* Also when it had left the VM without us. */
	if (r == -ENODEV)
		write_down(c, false, NULL);
	if (r == 0)
		r = read_back(c, 0, e);
	return r < 0 ? r : write_down(c, false, e);
}

int gvm_vgpu_detach(struct gvm_ctx *ctx, const char *vgpu, unsigned int timeout_s, bool dry,
		    struct gvm_attachment *ret, struct gvm_error *e)
{
	struct change c = { .ctx = ctx, .lock = -1 };
	int r = gvm_inventory_read(ctx, READ_WHOSE, NULL, &c.inv, e);

	if (r == 0)
		r = gvm_find_vgpu(c.inv, vgpu, &c.vgpu, e);
	if (r == 0 && c.vgpu->vm >= 0) {
		c.vm = &c.inv->vms[c.vgpu->vm];
		r = detach(&c, timeout_s * 1000, dry, ret, e);
	} else if (r == 0 && c.vgpu->holder) {
		r = gvm_vgpu_check_free(c.vgpu, c.inv, e);
	} else if (r == 0) {
		r = gvm_error_set(e, "GVM_E_NOT_ATTACHED", ENOENT, "no VM has vGPU %s",
				  c.vgpu->name);
		GVM_ERROR_FIELD(e, object, "%s", c.vgpu->name);
	}
	end_change(&c);
	return r;
}
