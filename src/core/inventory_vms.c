// SPDX-License-Identifier: GPL-2.0-or-later
#include "inventory_vms.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hypervisor.h"
#include "record.h"
#include "store.h"
#include "str.h"
#include "vendor.h"

#define NODES "/dev/vfio/"
#define CDEV NODES "devices/vfio"

/** A vGPU by one of its nodes: an index into the inventory. */
struct by_node {
	bool cdev; /* its own, not the group's */
	long number;
	size_t vgpu;
};

/** What the completion carries along. */
struct complete {
	struct gvm_ctx *ctx;
	struct gvm_inventory *inv;
	const char *only;
	size_t n_found; /* vGPUs the vendors found, sorted by UUID; lost ones stand behind them */
	size_t n_functions;      /* those of them, the first, that are PCI functions */
	struct by_node *nodes;   /* of those of them that have no VM yet, sorted */
	size_t n_nodes;
	bool all_holders;
};

/** @brief Order by UUID; functions, of which the kernel knows none, come first. @param a @param b vGPUs @return as strcmp() */
static int by_uuid(const void *a, const void *b)
{
	return strcmp(((const struct gvm_vgpu *)a)->uuid, ((const struct gvm_vgpu *)b)->uuid);
}

/** @brief The vGPU with a UUID. @param c completion @param uuid normal form @return it or NULL */
static struct gvm_vgpu *find_uuid(struct complete *c, const char *uuid)
{
	struct gvm_vgpu key;
	size_t i;

	for (i = 0; i < c->n_functions; i++)
		if (strcmp(c->inv->vgpus[i].uuid, uuid) == 0)
			return &c->inv->vgpus[i];
	if (c->n_found == c->n_functions)
		return NULL;
	memcpy(key.uuid, uuid, sizeof(key.uuid));
	return bsearch(&key, c->inv->vgpus + c->n_functions, c->n_found - c->n_functions,
		       sizeof(key), by_uuid);
}

/** @brief The vGPU that a record is of. @param c completion @param r record @return it or NULL */
static struct gvm_vgpu *find_recorded(struct complete *c, const struct gvm_vgpu_record *r)
{
	size_t i;

	if (!r->place.n)
		return find_uuid(c, r->uuid);
	for (i = 0; i < c->n_functions; i++)
		if (strcmp(c->inv->vgpus[i].address, r->place.functions[0].address) == 0)
			return &c->inv->vgpus[i];
	return NULL;
}

/** @brief The other functions of a vGPU are no vGPUs of their own, although VFIO has them: mark them. @param c completion @param r its record */
static void mark_others(struct complete *c, const struct gvm_vgpu_record *r)
{
	size_t i, k;

	for (k = 1; k < r->place.n; k++)
		for (i = 0; i < c->n_functions; i++)
			if (c->inv->vgpus[i].origin == GVM_VGPU_FOREIGN &&
			    strcmp(c->inv->vgpus[i].address, r->place.functions[k].address) == 0)
				c->inv->vgpus[i].name[0] = '\0';
}

/** @brief Take those that are marked out of the list. @param c completion */
static void drop_marked(struct complete *c)
{
	struct gvm_vgpu *v = c->inv->vgpus;
	size_t i = 0;

	while (i < c->n_functions) {
		if (v[i].name[0]) {
			i++;
			continue;
		}
		memmove(&v[i], &v[i + 1], (--c->inv->n_vgpus - i) * sizeof(*v));
		c->n_functions--;
		c->n_found--;
	}
}

/** @brief Note a GPU that a record names, once. @param inv inventory @param id of the GPU */
static void note_missing(struct gvm_inventory *inv, const char *id)
{
	size_t i;

	for (i = 0; i < inv->n_missing; i++)
		if (strcmp(inv->missing[i], id) == 0)
			return;
	if (i < GVM_INV_MAX_MISSING)
		gvm_str_copy(inv->missing[inv->n_missing++], GVM_NAME_SIZE, id);
}

/** @brief Note what a vGPU was made as. @param v vGPU @param r its record @return 0 or -ENOMEM */
static int note_made(struct gvm_vgpu *v, const struct gvm_vgpu_record *r)
{
	if (!r->own_type[0] && !r->params.n)
		return 0;
	free(v->made);
	v->made = malloc(sizeof(*v->made));
	if (!v->made)
		return -ENOMEM;
	memcpy(v->made->own_type, r->own_type, sizeof(v->made->own_type));
	v->made->params = r->params;
	return 0;
}

/** @brief Add a vGPU that has a record but does not exist. @param c completion @param r record @return 0 or -ENOMEM */
static int add_lost(struct complete *c, const struct gvm_vgpu_record *r)
{
	struct gvm_vgpu lost = { .state = GVM_VGPU_LOST,
				 .group = -1,
				 .nodes = GVM_VFIO_NO_NODES,
				 .vm = -1,
				 .owner = r->owner };
	size_t i;

	if (c->only && strcmp(c->only, r->gpu) != 0)
		return 0;
	memcpy(lost.name, r->name, sizeof(lost.name));
	memcpy(lost.uuid, r->uuid, sizeof(lost.uuid));
	memcpy(lost.type, r->type, sizeof(lost.type));
	if (note_made(&lost, r) < 0)
		return -ENOMEM;
	lost.vendor = gvm_vendor_named(c->ctx, r->method);
	for (i = 0; i < c->inv->n_gpus; i++)
		if (strcmp(c->inv->gpus[i].id, r->gpu) == 0)
			lost.gpu = &c->inv->gpus[i];
	if (!lost.gpu)
		note_missing(c->inv, r->gpu);
	return gvm_inventory_add_vgpu(c->inv, &lost);
}

/** @brief One vGPU record. @param name it @param o JSON @param data completion @return 0 or -errno */
static int take_vgpu_record(const char *name, struct json_object *o, void *data)
{
	struct complete *c = data;
	struct gvm_vgpu_record r;
	struct gvm_vgpu *vgpu;

	if (gvm_vgpu_record_parse(o, &r) < 0) {
		gvm_inventory_warn(c->inv, "the record of vGPU %s is damaged and not used", name);
		return 0;
	}
	mark_others(c, &r);
	vgpu = find_recorded(c, &r);
	if (!vgpu)
		return add_lost(c, &r);
	if (r.place.n) {
		memcpy(vgpu->uuid, r.uuid, sizeof(vgpu->uuid));
		memcpy(vgpu->type, r.type, sizeof(vgpu->type));
	}
	vgpu->origin = GVM_VGPU_TRANSIENT;
	vgpu->owner = r.owner;
	memcpy(vgpu->name, r.name, sizeof(vgpu->name));
	return note_made(vgpu, &r);
}

/** @brief Give a vGPU its VM. @param c completion @param vgpu vGPU @param vm index of the VM */
static void attach(struct complete *c, struct gvm_vgpu *vgpu, size_t vm)
{
	vgpu->vm = (long)vm;
	vgpu->holder = c->inv->vms[vm].proc.pid;
	vgpu->state = GVM_VGPU_ATTACHED;
}

/** @brief One VM record. @param r it @param data completion @return 0 or -errno */
static int take_vm_record(const struct gvm_vm_record *r, void *data)
{
	const struct gvm_hypervisor *const *hv;
	struct complete *c = data;
	struct gvm_vm vm = { .ours = true };
	size_t i;
	int ret;

	if (!r) {
		gvm_inventory_warn(c->inv, "the record of a VM is damaged and not used");
		return 0;
	}
	if (!gvm_proc_alive(c->ctx->host, &r->proc))
		return 0;
	for (hv = c->ctx->hypervisors; *hv; hv++)
		if (strcmp((*hv)->name, r->hypervisor) == 0)
			vm.hypervisor = *hv;
	memcpy(vm.name, r->name, sizeof(vm.name));
	memcpy(vm.uuid, r->uuid, sizeof(vm.uuid));
	memcpy(vm.accelerator, r->accelerator, sizeof(vm.accelerator));
	vm.proc = r->proc;
	ret = gvm_inventory_add_vm(c->inv, &vm);
	if (ret < 0 || c->all_holders)
		return ret;
	for (i = 0; i < r->n_vgpus; i++) {
		struct gvm_vgpu *vgpu = find_uuid(c, r->vgpus[i]);

		if (vgpu)
			attach(c, vgpu, c->inv->n_vms - 1);
	}
	return 0;
}

/** @brief The VM that a process is, known or new. @param c completion @param pid process @return index, -1 when it is none, -ENOMEM */
static long vm_of_process(struct complete *c, pid_t pid)
{
	const struct gvm_hypervisor *const *hv;
	size_t i;

	for (i = 0; i < c->inv->n_vms; i++)
		if (c->inv->vms[i].proc.pid == pid)
			return (long)i;
	for (hv = c->ctx->hypervisors; *hv; hv++) {
		struct gvm_vm vm = { .hypervisor = *hv };

		if (gvm_proc_get(c->ctx->host, pid, &vm.proc) < 0 ||
		    (*hv)->identify(c->ctx, pid, &vm) <= 0)
			continue;
		if (gvm_inventory_add_vm(c->inv, &vm) < 0)
			return -ENOMEM;
		return (long)c->inv->n_vms - 1;
	}
	return -1;
}

/** @brief Order by node. @param a @param b struct by_node @return negative, 0 or positive */
static int node_order(const void *a, const void *b)
{
	const struct by_node *x = a, *y = b;

	if (x->cdev != y->cdev)
		return x->cdev - y->cdev;
	return x->number < y->number ? -1 : x->number > y->number;
}

/** @brief One open file below /dev/vfio. @param pid holder @param node its path @param data completion @return 0 or -errno */
static int take_holder(pid_t pid, const char *node, void *data)
{
	struct complete *c = data;
	struct by_node key = { .cdev = gvm_str_starts(node, CDEV) }, *found;
	struct gvm_vgpu *vgpu;
	uint64_t number;
	long vm;

	/* What we hold ourselves, we hold so that nobody else does. */
	if (pid == getpid() && gvm_host_live(c->ctx->host))
		return 0;
	if (gvm_parse_u64(node + strlen(key.cdev ? CDEV : NODES), 10, INT_MAX, &number) < 0)
		return 0;
	key.number = (long)number;
	found = bsearch(&key, c->nodes, c->n_nodes, sizeof(key), node_order);
	if (!found || c->inv->vgpus[found->vgpu].holder)
		return 0;
	vgpu = &c->inv->vgpus[found->vgpu];
	vgpu->holder = pid;
	gvm_proc_comm(c->ctx->host, pid, vgpu->holder_comm, sizeof(vgpu->holder_comm));
	vm = vm_of_process(c, pid);
	if (vm >= 0)
		attach(c, vgpu, (size_t)vm);
	return vm == -ENOMEM ? -ENOMEM : 0;
}

/** @brief Look for the holders of vGPUs that no record gives a VM. @param c completion @return 0 or -ENOMEM */
static int find_holders(struct complete *c)
{
	size_t i;
	int r;

	c->nodes = calloc(2 * c->n_found + 1, sizeof(*c->nodes));
	if (!c->nodes)
		return -ENOMEM;
	for (i = 0; i < c->n_found; i++) {
		const struct gvm_vgpu *v = &c->inv->vgpus[i];

		if (v->vm < 0 && v->nodes.group >= 0)
			c->nodes[c->n_nodes++] = (struct by_node){ false, v->nodes.group, i };
		if (v->vm < 0 && v->nodes.cdev >= 0)
			c->nodes[c->n_nodes++] = (struct by_node){ true, v->nodes.cdev, i };
	}
	qsort(c->nodes, c->n_nodes, sizeof(*c->nodes), node_order);
	r = c->n_nodes ? gvm_holders(c->ctx->host, NODES, take_holder, c) : 0;
	free(c->nodes);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		gvm_inventory_warn(c->inv, "cannot tell who holds the vGPUs: /proc: %s",
				   gvm_errno_name(r));
	return 0;
}

/** @brief Records that could not be read are a warning. @param c completion @param what they are of @param r of their listing @return 0 or -ENOMEM */
static int listed(struct complete *c, const char *what, int r)
{
	if (r < 0 && r != -ENOMEM) {
		gvm_inventory_warn(c->inv, "the records of %s cannot be read: %s", what,
				   gvm_errno_name(r));
		r = 0;
	}
	return r;
}

int gvm_inventory_read_vms(struct gvm_ctx *ctx, struct gvm_inventory *inv, unsigned int flags,
			   const char *only_gpu)
{
	struct complete c = { .ctx = ctx,
			      .inv = inv,
			      .only = only_gpu,
			      .n_found = inv->n_vgpus,
			      .all_holders = flags & GVM_INV_HOLDERS };
	struct gvm_store *s = ctx->store;
	int r;

	if (inv->n_vgpus)
		qsort(inv->vgpus, inv->n_vgpus, sizeof(inv->vgpus[0]), by_uuid);
	while (c.n_functions < c.n_found && !inv->vgpus[c.n_functions].uuid[0])
		c.n_functions++;
	r = listed(&c, "vGPUs", s->ops->list_vgpus(s, take_vgpu_record, &c));
	drop_marked(&c);
	if (r < 0 || !(flags & GVM_INV_VMS))
		return r;
	r = listed(&c, "VMs", s->ops->list_vms(s, take_vm_record, &c));
	return r < 0 ? r : find_holders(&c);
}

/** @brief One entry of /proc. @param dir unused @param name it @param data completion @return 0 or -ENOMEM */
static int take_process(int dir, const char *name, void *data)
{
	uint64_t pid;

	(void)dir;
	if (gvm_parse_u64(name, 10, INT_MAX, &pid) < 0)
		return 0;
	return vm_of_process(data, (pid_t)pid) == -ENOMEM ? -ENOMEM : 0;
}

int gvm_inventory_add_processes(struct gvm_ctx *ctx, struct gvm_inventory *inv)
{
	struct complete c = { .ctx = ctx, .inv = inv };

	return gvm_host_list(ctx->host, "/proc", take_process, &c) == -ENOMEM ? -ENOMEM : 0;
}
