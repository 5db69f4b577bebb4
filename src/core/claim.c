// SPDX-License-Identifier: GPL-2.0-or-later
#include "claim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

/** What a walk over the records carries along. */
struct walk {
	const char *gpu;
	struct gvm_claims claims;
};

/** @brief Note the functions of one record. @param name unused @param o record @param data walk @return 0 or -ENOMEM */
static int note(const char *name, struct json_object *o, void *data)
{
	struct walk *w = data;
	struct gvm_vgpu_record r;
	struct gvm_claim *more;
	size_t i;

	(void)name;
	if (gvm_vgpu_record_parse(o, &r) < 0 || strcmp(r.gpu, w->gpu) != 0 || !r.place.n)
		return 0;
	more = reallocarray(w->claims.list, w->claims.n + r.place.n, sizeof(*more));
	if (!more)
		return -ENOMEM;
	w->claims.list = more;
	for (i = 0; i < r.place.n; i++) {
		struct gvm_claim *c = &w->claims.list[w->claims.n++];

		memcpy(c->address, r.place.functions[i].address, sizeof(c->address));
		memcpy(c->vgpu, r.name, sizeof(c->vgpu));
	}
	return 0;
}

int gvm_claims_read(struct gvm_ctx *ctx, const char *gpu, struct gvm_claims *ret)
{
	struct walk w = { .gpu = gpu };
	int r = ctx->store ? ctx->store->ops->list(ctx->store, GVM_STORE_VGPU, note, &w) : 0;

	*ret = w.claims;
	if (r < 0)
		gvm_claims_free(ret);
	return r;
}

const char *gvm_claimed_by(const struct gvm_claims *claims, const char *address)
{
	size_t i;

	for (i = 0; i < claims->n; i++)
		if (strcmp(claims->list[i].address, address) == 0)
			return claims->list[i].vgpu;
	return NULL;
}

void gvm_claims_free(struct gvm_claims *claims)
{
	free(claims->list);
	*claims = (struct gvm_claims){ .n = 0 };
}
