// SPDX-License-Identifier: GPL-2.0-or-later
#include "claim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

/** @brief Note the functions of one record. @param name unused @param o record @param data claims @return 0 or -ENOMEM */
static int note(const char *name, struct json_object *o, void *data)
{
	struct gvm_claims *claims = data;
	struct gvm_vgpu_record r;
	struct gvm_claim *more;
	size_t i;

	(void)name;
	if (gvm_vgpu_record_parse(o, &r) < 0 || !r.place.n)
		return 0;
	more = reallocarray(claims->list, claims->n + r.place.n, sizeof(*more));
	if (!more)
		return -ENOMEM;
	claims->list = more;
	for (i = 0; i < r.place.n; i++) {
		struct gvm_claim *c = &claims->list[claims->n++];

		memcpy(c->gpu, r.gpu, sizeof(c->gpu));
		memcpy(c->address, r.place.functions[i].address, sizeof(c->address));
		memcpy(c->vgpu, r.name, sizeof(c->vgpu));
	}
	return 0;
}

int gvm_claims_read(struct gvm_ctx *ctx, struct gvm_claims *ret)
{
	int r;

	*ret = (struct gvm_claims){ .n = 0 };
	r = ctx->store ? ctx->store->ops->list_vgpus(ctx->store, note, ret) : 0;
	if (r < 0)
		gvm_claims_free(ret);
	return r;
}

const char *gvm_claimed_by(const struct gvm_claims *claims, const char *address)
{
	size_t i;

	for (i = 0; i < claims->n; i++)
		if (strcmp(claims->list[i].address, address) == 0 ||
		    strcmp(claims->list[i].gpu, address) == 0)
			return claims->list[i].vgpu;
	return NULL;
}

void gvm_claims_free(struct gvm_claims *claims)
{
	free(claims->list);
	*claims = (struct gvm_claims){ .n = 0 };
}
