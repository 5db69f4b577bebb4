// SPDX-License-Identifier: GPL-2.0-or-later
#include "hold.h"

#include <errno.h>
#include <unistd.h>

#include "vfio.h"
#include "wait.h"

/* Another gvm that removes a vGPU of the group holds it for some milliseconds. */
#define HOLD_TIMEOUT_MS 200

/** A group to be held, and the descriptor that holds it. */
struct hold {
	struct gvm_host *host;
	int group;
	int fd;
};

/** @brief Try to hold the group. @param data struct hold @return 1, 0 while another holds it, -errno */
static int try_hold(void *data)
{
	struct hold *h = data;

	h->fd = gvm_vfio_hold(h->host, h->group);
	return h->fd == -EBUSY ? 0 : h->fd < 0 ? h->fd : 1;
}

int gvm_hold(struct gvm_ctx *ctx, const struct gvm_groups *g, struct gvm_held *held, int *busy)
{
	size_t i;
	int r = g->n ? 0 : -ENOENT;

	for (i = 0; i < g->n && r == 0; i++) {
		struct hold h = { .host = ctx->host, .group = g->ids[i], .fd = -1 };

		r = gvm_wait_until(HOLD_TIMEOUT_MS, try_hold, &h);
		if (r == 0)
			held->fds[held->n++] = h.fd;
		*busy = h.group;
	}
	return r == -ETIMEDOUT ? -EBUSY : r;
}

void gvm_hold_end(struct gvm_held *held)
{
	while (held->n)
		close(held->fds[--held->n]);
}
