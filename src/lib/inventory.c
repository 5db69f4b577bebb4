// SPDX-License-Identifier: GPL-2.0-or-later
#include "inventory.h"

#include <errno.h>
#include <gvm/inventory.h>

#include "lib.h"

#define KNOWN                                                                                      \
	(GVM_INV_DETAIL | GVM_INV_TYPES | GVM_INV_VGPUS | GVM_INV_VMS | GVM_INV_HOLDERS |          \
	 GVM_INV_ALL_CLASSES | GVM_INV_NOT_SAVED)
#define OF_VGPUS (GVM_INV_VMS | GVM_INV_HOLDERS | GVM_INV_NOT_SAVED)

/** @brief Read one GPU, or all. @param ctx @param flags @param gpu @param ret see gvm_ctx_read_inventory() @param e detail @return 0 or -errno */
static int read_gpu(struct gvm_ctx *ctx, unsigned int flags, const char *gpu,
		    struct gvm_inventory **ret, struct gvm_error *e)
{
	const struct gvm_gpu *found;
	char id[GVM_NAME_SIZE];
	int r = gpu ? gvm_gpu_id(ctx, gpu, id, e) : 0;

	if (r == 0)
		r = gvm_inventory_read(ctx, flags, gpu ? id : NULL, ret, e);
	if (r < 0 || !gpu)
		return r;
	r = gvm_find_gpu(ctx, *ret, id, &found, e);
	if (r < 0)
		gvm_inventory_free(*ret);
	return r;
}

int gvm_ctx_read_inventory(struct gvm_ctx *ctx, unsigned int flags, const char *gpu,
			   struct gvm_inventory **ret, struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	struct gvm_inventory *inv;
	int r = lib_check("", "", flags, KNOWN, &own);

	if (r == 0 && flags & OF_VGPUS && !(flags & GVM_INV_VGPUS))
		r = gvm_error_set(&own, "GVM_E_ARGUMENT", EINVAL,
				  "the flags 0x%x go with GVM_INV_VGPUS only", flags & OF_VGPUS);
	if (r == 0)
		r = read_gpu(ctx, flags, gpu, &inv, &own);
	if (r == 0)
		*ret = inv;
	return lib_end(r, &own, e);
}

size_t gvm_inventory_get_num_gpus(const struct gvm_inventory *inv)
{
	return inv->n_gpus;
}

const struct gvm_gpu *gvm_inventory_get_gpu(const struct gvm_inventory *inv, size_t index)
{
	return index < inv->n_gpus ? &inv->gpus[index] : NULL;
}

size_t gvm_inventory_get_num_types(const struct gvm_inventory *inv)
{
	return inv->n_types;
}

const struct gvm_type *gvm_inventory_get_type(const struct gvm_inventory *inv, size_t index)
{
	return index < inv->n_types ? &inv->types[index] : NULL;
}

size_t gvm_inventory_get_num_vgpus(const struct gvm_inventory *inv)
{
	return inv->n_vgpus;
}

const struct gvm_vgpu *gvm_inventory_get_vgpu(const struct gvm_inventory *inv, size_t index)
{
	return index < inv->n_vgpus ? &inv->vgpus[index] : NULL;
}

size_t gvm_inventory_get_num_definitions(const struct gvm_inventory *inv)
{
	return inv->definitions.n;
}

const struct gvm_definition *gvm_inventory_get_definition(const struct gvm_inventory *inv,
							  size_t index)
{
	return index < inv->definitions.n ? &inv->definitions.items[index] : NULL;
}

size_t gvm_inventory_get_num_vms(const struct gvm_inventory *inv)
{
	return inv->n_vms;
}

const struct gvm_vm *gvm_inventory_get_vm(const struct gvm_inventory *inv, size_t index)
{
	return index < inv->n_vms ? &inv->vms[index] : NULL;
}

const struct gvm_vm *gvm_inventory_get_vm_of_vgpu(const struct gvm_inventory *inv,
						  const struct gvm_vgpu *vgpu)
{
	if (vgpu < inv->vgpus || vgpu >= inv->vgpus + inv->n_vgpus || vgpu->vm < 0)
		return NULL;
	return gvm_inventory_get_vm(inv, (size_t)vgpu->vm);
}

size_t gvm_inventory_get_num_warnings(const struct gvm_inventory *inv)
{
	return inv->n_warnings;
}

const char *gvm_inventory_get_warning(const struct gvm_inventory *inv, size_t index)
{
	return index < inv->n_warnings ? inv->warnings[index] : NULL;
}

int gvm_inventory_find_gpu(const struct gvm_inventory *inv, struct gvm_ctx *ctx, const char *name,
			   const struct gvm_gpu **ret, struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	int r = lib_check(name, "the name of a GPU", 0, 0, &own);

	return lib_end(r < 0 ? r : gvm_find_gpu(ctx, inv, name, ret, &own), &own, e);
}

int gvm_inventory_find_type(const struct gvm_inventory *inv, const struct gvm_gpu *gpu,
			    const char *name, const struct gvm_type **ret, struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	int r = lib_check(name, "the name of a type", 0, 0, &own);

	return lib_end(r < 0 ? r : gvm_find_type(inv, gpu, name, ret, &own), &own, e);
}

int gvm_inventory_find_vgpu(const struct gvm_inventory *inv, const char *name,
			    const struct gvm_vgpu **ret, struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	int r = lib_check(name, "the name of a vGPU", 0, 0, &own);

	return lib_end(r < 0 ? r : gvm_find_vgpu(inv, name, ret, &own), &own, e);
}

int gvm_inventory_find_definition(const struct gvm_inventory *inv, const char *name,
				  const struct gvm_definition **ret, struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	int r = lib_check(name, "the name of a definition", 0, 0, &own);

	return lib_end(r < 0 ? r : gvm_find_definition(&inv->definitions, name, ret, &own), &own,
		       e);
}

int gvm_inventory_find_vm(const struct gvm_inventory *inv, const char *name,
			  const struct gvm_vm **ret, struct gvm_error *e)
{
	struct gvm_error own = { 0 };
	int r = lib_check(name, "the name of a VM", 0, 0, &own);

	return lib_end(r < 0 ? r : gvm_find_vm(inv, name, ret, &own), &own, e);
}
