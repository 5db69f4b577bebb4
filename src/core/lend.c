// SPDX-License-Identifier: GPL-2.0-or-later
#include "lend.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "gpu_lock.h"
#include "iommu_group.h"
#include "json.h"
#include "plan.h"
#include "store.h"
#include "str.h"
#include "vfio_node.h"

/** @brief Add the groups of one vGPU. @param ctx context @param spec vGPU @param g result @return 0 or -E2BIG */
static int add_groups(struct gvm_ctx *ctx, const struct gvm_attach_spec *spec, struct gvm_groups *g)
{
	char path[GVM_PATH_SIZE];
	size_t i;
	int r = gvm_groups_add(g, gvm_iommu_group_of(ctx->host, spec->path));

	for (i = 0; i < spec->n_others && r == 0; i++) {
		gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s", spec->others[i]);
		r = gvm_groups_add(g, gvm_iommu_group_of(ctx->host, path));
	}
	return r;
}

int gvm_lend_note(struct gvm_ctx *ctx, int lock, const struct gvm_attach_spec *specs, size_t n,
		  struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct gvm_groups g = { .n = 0 };
	size_t i;

	for (i = 0; i < n; i++)
		if (add_groups(ctx, &specs[i], &g) < 0)
			break;
	for (i = 0; i < g.n; i++)
		json_object_array_add(list, json_object_new_int(g.ids[i]));
	json_object_object_add(o, "lent", list);
	return g.n ? gvm_gpu_note(ctx, lock, o, e) : 0;
}

void gvm_lend_end(struct gvm_ctx *ctx, int lock)
{
	ctx->store->ops->note(ctx->store, lock, NULL);
}

void gvm_lend_collect(struct gvm_ctx *ctx, int lock)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct json_object *list = NULL;
	size_t i;

	if (ctx->store->ops->noted(ctx->store, lock, &o) == -ENOENT)
		return;
	if (!o || !json_object_object_get_ex(o, "lent", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > GVM_MAX_GROUPS) {
		gvm_log(ctx, "the note in a VM's lock file is damaged: ignored");
		list = NULL;
	}
	for (i = 0; list && i < json_object_array_length(list); i++) {
		int64_t group = json_object_get_int64(json_object_array_get_idx(list, i));
		int r = group < 0 || group > INT_MAX
				? -EBADMSG
				: gvm_vfio_node_take_back(ctx->host, (int)group);

		if (r != 0)
			gvm_log(ctx, "take back VFIO group %lld, lent by a gvm that was killed: %s",
				(long long)group, r < 0 ? gvm_errno_name(r) : "done");
	}
	gvm_lend_end(ctx, lock);
}
