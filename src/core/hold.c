// SPDX-License-Identifier: GPL-2.0-or-later
#include "hold.h"

#include <errno.h>
#include <unistd.h>

#include "vfio.h"
#include "wait.h"

/* Another gvm that removes a vGPU of the group holds it for some milliseconds. */
#define HOLD_TIMEOUT_MS 200

/** A device to be held, and the descriptor that holds it. */
struct hold {
	struct gvm_host *host;
	const struct gvm_vfio_nodes *nodes;
	int fd;
};

/** @brief Try to hold the device. @param data struct hold @return 1, 0 while another holds it, -errno */
static int try_hold(void *data)
{
	struct hold *h = data;

	h->fd = gvm_vfio_hold(h->host, h->nodes);
	return h->fd == -EBUSY ? 0 : h->fd < 0 ? h->fd : 1;
}

int gvm_hold(struct gvm_ctx *ctx, const struct gvm_holds *s, struct gvm_held *held,
	     char busy[GVM_VFIO_NODE_SIZE])
{
	size_t i;
	int r = s->n ? 0 : -ENOENT;

	held->alone = true;
	for (i = 0; i < s->n && r == 0; i++) {
		struct hold h = { .host = ctx->host, .nodes = &s->nodes[i], .fd = -1 };

		r = gvm_wait_until(HOLD_TIMEOUT_MS, try_hold, &h);
		held->alone = held->alone && h.nodes->cdev < 0;
		/* Its own node must not be open when the device goes. */
		if (r == 0 && h.nodes->group < 0)
			close(h.fd);
		else if (r == 0)
			held->fds[held->n++] = h.fd;
		gvm_vfio_node_path(h.nodes, busy);
	}
	return r == -ETIMEDOUT ? -EBUSY : r;
}

void gvm_hold_end(struct gvm_held *held)
{
	while (held->n)
		close(held->fds[--held->n]);
}
