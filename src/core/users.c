// SPDX-License-Identifier: GPL-2.0-or-later
#include "users.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gpu.h"
#include "in_use.h"

/** Who has a node of one of the functions open. */
struct user {
	struct gvm_gpu gpus[GVM_MAX_FUNCTIONS];
	size_t n;
	const char *id; /* of the function */
	char node[64];
	pid_t pid;
};

/** @brief Is it a node of one of them? @param pid holder @param node its path @param data struct user @return 1 to end, or 0 */
static int take_user(pid_t pid, const char *node, void *data)
{
	struct user *u = data;
	size_t i, k;

	for (i = 0; i < u->n; i++)
		for (k = 0; k < u->gpus[i].n_drm_nodes; k++)
			if (strcmp(u->gpus[i].drm_nodes[k], node) == 0) {
				snprintf(u->node, sizeof(u->node), "%.60s", node);
				u->id = u->gpus[i].id;
				u->pid = pid;
				return 1;
			}
	return 0;
}

/** @brief Refuse functions of which a process has a node. @param ctx context @param place functions @param e detail @return 0 or -EBUSY */
static int check_nodes(struct gvm_ctx *ctx, const struct gvm_place *place, struct gvm_error *e)
{
	struct user u = { .n = 0 };
	char comm[32] = "";
	bool any = false;
	size_t i;

	for (i = 0; i < place->n; i++)
		if (gvm_gpu_of_pci(ctx->host, place->functions[i].address, &u.gpus[u.n]) == 0)
			u.n++;
	gvm_gpus_read_detail(ctx->host, u.gpus, u.n);
	for (i = 0; i < u.n; i++)
		any |= u.gpus[i].n_drm_nodes > 0;
	if (!any || gvm_holders(ctx->host, "/dev/", take_user, &u) != 1)
		return 0;
	gvm_proc_comm(ctx->host, u.pid, comm, sizeof(comm));
	gvm_error_set(e, "GVM_E_GPU_IN_USE", EBUSY, "%s is used by process %d (%s, %s)", u.id,
		      (int)u.pid, comm, u.node);
	GVM_ERROR_FIELD(e, object, "%s", u.id);
	return -EBUSY;
}

int gvm_place_check_users(struct gvm_ctx *ctx, const struct gvm_place *place, struct gvm_error *e)
{
	char why[320];
	size_t i;

	for (i = 0; i < place->n; i++) {
		const char *address = place->functions[i].address;

		if (!gvm_pci_in_use(ctx->host, address, why, sizeof(why)))
			continue;
		gvm_error_set(e, "GVM_E_HOST_USES", EBUSY, "%s %s", address, why);
		GVM_ERROR_FIELD(e, object, "%s", address);
		return -EBUSY;
	}
	return check_nodes(ctx, place, e);
}
