// SPDX-License-Identifier: GPL-2.0-or-later
#include "items.h"

#include <json-c/json.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "hypervisor.h"
#include "str.h"
#include "vendor.h"
#include "words.h"

/** @brief Add a member that is not there yet. @param o object @param key static text @param v value, taken over */
static void put(struct json_object *o, const char *key, struct json_object *v)
{
	json_object_object_add_ex(o, key, v,
				  JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

/** @brief Add a text, null when it is empty. @param o object @param key member @param text it */
static void add_text(struct json_object *o, const char *key, const char *text)
{
	put(o, key, text && *text ? json_object_new_string(text) : NULL);
}

/** @brief Add a number, null when it is unknown (negative). @param o object @param key member @param n it */
static void add_long(struct json_object *o, const char *key, long n)
{
	put(o, key, n >= 0 ? json_object_new_int64(n) : NULL);
}

/**
 * @brief Add a number in hexadecimal, as PCI ids are written.
 * @param o object @param key member @param digits how many @param n it, negative for unknown
 */
static void add_hex(struct json_object *o, const char *key, int digits, long n)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%0*lx", digits, n);
	add_text(o, key, n >= 0 ? text : NULL);
}

/**
 * @brief Add a text that a thing may not have: no key then, or null where it cannot be told.
 * @param o object @param key member @param text it @param live whether absence can be told
 */
static void add_if(struct json_object *o, const char *key, const char *text, bool live)
{
	if (*text || !live)
		add_text(o, key, text);
}

/**
 * @brief The same for an IOMMU group's number.
 * @param o object @param key member @param group it, negative for none
 * @param live whether absence can be told
 */
static void add_group(struct json_object *o, const char *key, long group, bool live)
{
	char text[40] = "";

	if (group >= 0)
		snprintf(text, sizeof(text), "%ld", group);
	add_if(o, key, text, live);
}

/** @brief Add the nodes a VM opens. @param o object @param n nodes @param live as for add_if() */
static void add_nodes(struct json_object *o, const struct gvm_vfio_nodes *n, bool live)
{
	const struct gvm_vfio_nodes own = { .group = -1, .cdev = n->cdev };
	char path[GVM_VFIO_NODE_SIZE];

	gvm_vfio_node_path(n, path);
	add_if(o, "vfio_node", path, live);
	gvm_vfio_node_path(&own, path);
	add_if(o, "vfio_cdev", path, true);
}

/** @brief Add a GPU's members that only PCI functions have. @param o object @param gpu GPU */
static void add_pci(struct json_object *o, const struct gvm_gpu *gpu)
{
	struct json_object *sriov;

	add_hex(o, "vendor", 4, gpu->vendor_id);
	add_hex(o, "device", 4, gpu->device_id);
	add_hex(o, "class", 6, gpu->class_id);
	put(o, "boot_display",
	    gpu->boot_display < 0 ? NULL : json_object_new_boolean(gpu->boot_display == 1));
	if (gpu->vfs_total >= 0) {
		sriov = json_object_new_object();
		add_long(sriov, "total", gpu->vfs_total);
		add_long(sriov, "active", gpu->vfs_active);
		put(o, "sriov", sriov);
	}
}

struct json_object *cli_gpu_item(const struct gvm_inventory *inv, const struct gvm_gpu *gpu)
{
	struct json_object *o = json_object_new_object();
	struct json_object *nodes = json_object_new_array(), *vgpus = json_object_new_array();
	size_t i;

	add_text(o, "id", gpu->id);
	add_if(o, "address", gpu->pci ? gpu->id : "", true);
	add_text(o, "name", gpu->name);
	add_if(o, "driver", gpu->driver, inv->live);
	add_long(o, "numa_node", gpu->numa_node);
	add_text(o, "local_cpus", gpu->local_cpus);
	add_group(o, "iommu_group", gpu->group, inv->live);
	for (i = 0; i < gpu->n_drm_nodes; i++)
		json_object_array_add(nodes, json_object_new_string(gpu->drm_nodes[i]));
	put(o, "drm_nodes", nodes);
	add_nodes(o, &gpu->nodes, true);
	if (gpu->pci)
		add_pci(o, gpu);
	for (i = 0; i < inv->n_vgpus; i++)
		if (inv->vgpus[i].gpu == gpu && inv->vgpus[i].state != GVM_VGPU_DEFINED)
			json_object_array_add(vgpus, json_object_new_string(inv->vgpus[i].name));
	put(o, "vgpus", vgpus);
	return o;
}

struct json_object *cli_type_item(const struct gvm_inventory *inv, const struct gvm_type *type)
{
	struct json_object *o = json_object_new_object();

	(void)inv;
	add_text(o, "id", type->id);
	add_text(o, "name", type->name);
	add_text(o, "gpu", type->gpu->id);
	add_text(o, "method", type->vendor->name);
	add_text(o, "description", type->description);
	if (type->own) {
		add_text(o, "base", type->own->base);
		put(o, "params", gvm_params_json(&type->own->params));
	}
	add_long(o, "available", type->available);
	add_if(o, "reason", type->reason, true);
	return o;
}

struct json_object *cli_own_type_item(const struct gvm_own_type *t)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "name", t->name);
	add_text(o, "base", t->base);
	add_text(o, "gpu", t->gpu);
	add_text(o, "description", t->description);
	put(o, "params", gvm_params_json(&t->params));
	return o;
}

/** @brief Add what only a definition tells. @param o object @param d definition */
static void add_definition(struct json_object *o, const struct gvm_definition *d)
{
	put(o, "autostart", json_object_new_boolean(d->autostart));
	add_text(o, "defined_by", gvm_defined_by_word(d->by));
	if (d->serial[0])
		add_text(o, "gpu_serial", d->serial);
	if (d->vf[0])
		add_text(o, "vf", d->vf);
}

/** @brief Add the parameters of a vGPU: those set on it, else those of its definition. @param o object @param vgpu it, or NULL @param d definition, or NULL */
static void add_params(struct json_object *o, const struct gvm_vgpu *vgpu,
		       const struct gvm_definition *d)
{
	const struct gvm_vgpu_made *made = vgpu ? vgpu->made : NULL;
	const char *own = made                                  ? made->own_type
			  : d && strcmp(d->type, d->base) != 0 ? d->type
								: "";

	if (vgpu)
		add_if(o, "own_type", own, true);
	if (made || d)
		put(o, "params", gvm_params_json(made ? &made->params : &d->params));
}

struct json_object *cli_definition_item(const struct gvm_definition *d)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "name", d->name);
	add_text(o, "uuid", d->uuid);
	add_text(o, "type", d->type);
	add_text(o, "gpu", d->gpu);
	add_definition(o, d);
	add_params(o, NULL, d);
	return o;
}

struct json_object *cli_vgpu_item(const struct gvm_inventory *inv, const struct gvm_vgpu *vgpu)
{
	const struct gvm_definition *d = vgpu->definition;
	struct json_object *o = json_object_new_object();
	struct json_object *holders = json_object_new_array(), *holder;

	add_text(o, "name", vgpu->name);
	add_text(o, "uuid", vgpu->uuid);
	add_if(o, "address", vgpu->address, true);
	add_text(o, "type", vgpu->type);
	add_text(o, "gpu", gvm_gpu_id_of(vgpu));
	add_text(o, "state", gvm_state_word(vgpu->state));
	add_if(o, "vm", vgpu->vm >= 0 ? inv->vms[vgpu->vm].name : "", true);
	add_text(o, "method", vgpu->vendor ? vgpu->vendor->name : NULL);
	add_text(o, "origin", gvm_origin_word(vgpu->origin));
	if (d)
		add_definition(o, d);
	add_params(o, vgpu, d);
	add_group(o, "iommu_group", vgpu->group, inv->live);
	add_nodes(o, &vgpu->nodes, inv->live);
	if (vgpu->holder) {
		holder = json_object_new_object();
		add_long(holder, "pid", vgpu->holder);
		add_text(holder, "command", vgpu->holder_comm);
		json_object_array_add(holders, holder);
	}
	put(o, "holders", holders);
	return o;
}

struct json_object *cli_vm_item(const struct gvm_inventory *inv, const struct gvm_vm *vm)
{
	struct json_object *o = json_object_new_object(), *vgpus = json_object_new_array();
	size_t i;

	add_text(o, "name", vm->name);
	add_text(o, "uuid", vm->uuid);
	add_text(o, "state", "running");
	add_text(o, "hypervisor", vm->hypervisor ? vm->hypervisor->name : NULL);
	add_long(o, "pid", vm->proc.pid);
	add_text(o, "started_by", gvm_started_by_word(vm));
	add_text(o, "accelerator", vm->accelerator);
	for (i = 0; i < inv->n_vgpus; i++)
		if (inv->vgpus[i].vm == vm - inv->vms)
			json_object_array_add(vgpus, json_object_new_string(inv->vgpus[i].name));
	put(o, "vgpus", vgpus);
	return o;
}

struct json_object *cli_defined_vm_item(const char *name, const struct gvm_vm_file *file)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "name", name);
	add_text(o, "uuid", file ? file->uuid : NULL);
	add_text(o, "state", "defined");
	put(o, "vgpus", json_object_new_array());
	if (!file)
		return o;
	put(o, "autostart", json_object_new_boolean(file->autostart == GVM_VM_ON));
	add_text(o, "file", file->path);
	return o;
}

/** @brief Keep a warning. @param e what is wrong with a file @param data inventory */
static void warn(const struct gvm_error *e, void *data)
{
	gvm_inventory_warn(data, "%s", e->message);
}

int cli_definitions(struct cli *cli, struct gvm_definitions *ret, struct gvm_inventory **warnings)
{
	*warnings = calloc(1, sizeof(**warnings));
	return *warnings ? gvm_definitions_load(cli->ctx, ret, warn, *warnings) : -ENOMEM;
}

struct json_object *cli_who_item(const struct gvm_inventory *inv, const struct gvm_vgpu *vgpu)
{
	const struct gvm_vm *vm = vgpu->vm >= 0 ? &inv->vms[vgpu->vm] : NULL;
	struct json_object *o = json_object_new_object(), *full, *v;

	add_text(o, "vgpu", vgpu->name);
	add_text(o, "uuid", vgpu->uuid);
	if (vgpu->holder) {
		add_long(o, "pid", vgpu->holder);
		add_text(o, "command", vgpu->holder_comm);
	}
	if (!vm)
		return o;
	full = cli_vm_item(inv, vm);
	add_text(o, "vm", vm->name);
	add_text(o, "vm_uuid", vm->uuid);
	add_text(o, "hypervisor", vm->hypervisor ? vm->hypervisor->name : NULL);
	add_text(o, "started_by", gvm_started_by_word(vm));
	if (json_object_object_get_ex(full, "vgpus", &v))
		put(o, "vm_vgpus", json_object_get(v));
	json_object_put(full);
	return o;
}

struct json_object *cli_attachment_item(const struct gvm_attachment *a, bool dry_run)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "vgpu", a->vgpu);
	add_text(o, "uuid", a->uuid);
	add_text(o, "vm", a->vm);
	add_long(o, "pid", a->pid);
	add_text(o, "device", a->plug.device);
	add_text(o, "port", a->plug.port);
	put(o, "dry_run", json_object_new_boolean(dry_run));
	return o;
}
