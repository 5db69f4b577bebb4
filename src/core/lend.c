// SPDX-License-Identifier: GPL-2.0-or-later
#include "lend.h"

#include <errno.h>
#include <stdio.h>

#include "gpu_lock.h"
#include "iommu_group.h"
#include "json.h"
#include "store.h"
#include "str.h"
#include "vfio.h"
#include "vfio_node.h"

/* 16 vGPUs of 8 functions with a node of the group and one of the device each. */
#define MAX_LENT 256

/** @brief Add the nodes of one device. @param ctx context @param device its folder @param list result */
static void add_nodes(struct gvm_ctx *ctx, const char *device, struct json_object *list)
{
	struct gvm_vfio_nodes has, one[2] = { GVM_VFIO_NO_NODES, GVM_VFIO_NO_NODES };
	char path[GVM_VFIO_NODE_SIZE];
	size_t i;

	/* By which of them the hypervisor opens it, only it knows. */
	gvm_vfio_nodes_find(ctx->host, device, gvm_iommu_group_of(ctx->host, device), &has);
	one[0].group = has.group;
	one[1].cdev = has.cdev;
	for (i = 0; i < 2; i++) {
		gvm_vfio_node_path(&one[i], path);
		if (path[0])
			json_object_array_add(list, json_object_new_string(path));
	}
}

int gvm_lend_note(struct gvm_ctx *ctx, int lock, const struct gvm_attach_spec *specs, size_t n,
		  struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	char path[GVM_PATH_SIZE];
	size_t i, k;

	for (i = 0; i < n; i++) {
		add_nodes(ctx, specs[i].path, list);
		for (k = 0; k < specs[i].n_others; k++) {
			gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s",
				       specs[i].others[k]);
			add_nodes(ctx, path, list);
		}
	}
	json_object_object_add(o, "lent", list);
	return json_object_array_length(list) ? gvm_gpu_note(ctx, lock, o, e) : 0;
}

/** @brief Take back what a gvm that was killed had lent, by the note under a VM's lock. @param ctx context @param lock of the VM */
static void take_back(struct gvm_ctx *ctx, int lock)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct json_object *list = NULL;
	size_t i;

	if (ctx->store->ops->noted(ctx->store, lock, &o) == -ENOENT)
		return;
	if (!o || !json_object_object_get_ex(o, "lent", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > MAX_LENT) {
		gvm_log(ctx, "the note in a VM's lock file is damaged: ignored");
		list = NULL;
	}
	for (i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *path = json_object_array_get_idx(list, i);
		const char *text = json_object_is_type(path, json_type_string)
					   ? json_object_get_string(path)
					   : "";
		int r = gvm_vfio_node_take_back(ctx->host, text);

		if (r != 0)
			gvm_log(ctx, "take back %s, lent by a gvm that was killed: %s", text,
				r < 0 ? gvm_errno_name(r) : "done");
	}
	gvm_gpu_note_done(ctx, lock);
}

int gvm_vm_lock(struct gvm_ctx *ctx, const char *name, bool wait, struct gvm_error *e)
{
	char lock_name[GVM_NAME_SIZE + 8];
	int lock;

	snprintf(lock_name, sizeof(lock_name), GVM_VM_LOCK "%s", name);
	lock = ctx->store->ops->lock(ctx->store, lock_name, wait);
	if (lock < 0)
		gvm_error_set(e, "GVM_E_STORE", -lock, "cannot lock VM %s: %s", name,
			      gvm_errno_name(lock));
	else
		take_back(ctx, lock);
	return lock;
}

int gvm_vm_lock_process(struct gvm_ctx *ctx, pid_t pid, struct gvm_error *e)
{
	char name[GVM_NAME_SIZE];

	/* No VM of ours has such a name. */
	snprintf(name, sizeof(name), "+%02x", (unsigned int)pid & 0xff);
	return gvm_vm_lock(ctx, name, true, e);
}
