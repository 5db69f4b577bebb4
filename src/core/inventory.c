// SPDX-License-Identifier: GPL-2.0-or-later
#include "inventory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "gpu.h"
#include "inventory_saved.h"
#include "inventory_vms.h"
#include "record.h"
#include "store.h"
#include "str.h"
#include "vendor.h"

#define MAX_WARNINGS 64

/**
 * @brief Append a copy of an item to an array that grows by half.
 * @param array address of the array @param n items in it @param cap items it has room for
 * @param item what to copy @param size of one item in bytes @return 0 or -ENOMEM
 */
static int append(void *array, size_t *n, size_t *cap, const void *item, size_t size)
{
	char **p = array;

	if (*n == *cap) {
		size_t more = *cap ? *cap + *cap / 2 : 16;
		char *grown = reallocarray(*p, more, size);

		if (!grown)
			return -ENOMEM;
		*p = grown;
		*cap = more;
	}
	memcpy(*p + *n * size, item, size);
	(*n)++;
	return 0;
}

int gvm_inventory_add_type(struct gvm_inventory *inv, const struct gvm_type *type)
{
	return append(&inv->types, &inv->n_types, &inv->cap_types, type, sizeof(*type));
}

int gvm_inventory_add_vgpu(struct gvm_inventory *inv, const struct gvm_vgpu *vgpu)
{
	return append(&inv->vgpus, &inv->n_vgpus, &inv->cap_vgpus, vgpu, sizeof(*vgpu));
}

int gvm_inventory_add_vm(struct gvm_inventory *inv, const struct gvm_vm *vm)
{
	return append(&inv->vms, &inv->n_vms, &inv->cap_vms, vm, sizeof(*vm));
}

void gvm_inventory_warn(struct gvm_inventory *inv, const char *fmt, ...)
{
	char text[sizeof(inv->warnings[0])];
	va_list ap;

	if (inv->n_warnings >= MAX_WARNINGS)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gvm_str_printable(text);
	append(&inv->warnings, &inv->n_warnings, &inv->cap_warnings, text, sizeof(text));
}

void gvm_inventory_free(struct gvm_inventory *inv)
{
	size_t i;

	if (!inv)
		return;
	free(inv->gpus);
	free(inv->types);
	gvm_own_types_free(&inv->own_types);
	for (i = 0; i < inv->n_vgpus; i++)
		free(inv->vgpus[i].made);
	free(inv->vgpus);
	free(inv->vms);
	gvm_definitions_free(&inv->definitions);
	free(inv->warnings);
	free(inv);
}

/** What a walk over the host's devices carries along. */
struct walk {
	struct gvm_ctx *ctx;
	struct gvm_inventory *inv;
	const char *only;
	const struct gvm_inventory *before; /* a first reading, whose missing GPUs are wanted too */
	bool all_classes;
};

/** @brief Take one GPU in. @param w walk @param gpu GPU @return 0 or -errno */
static int take_gpu(struct walk *w, struct gvm_gpu *gpu)
{
	const struct gvm_vendor *const *v;

	for (v = w->ctx->vendors; *v && gpu->n_vendors < GVM_MAX_VENDORS; v++)
		if ((*v)->probe(w->ctx, gpu) > 0)
			gpu->vendors[gpu->n_vendors++] = *v;
	/* A parent that is no PCI function is one only by what it makes. */
	if (!gpu->pci && !gpu->n_vendors)
		return 0;
	return append(&w->inv->gpus, &w->inv->n_gpus, &w->inv->cap_gpus, gpu, sizeof(*gpu));
}

/** @brief Was this GPU missing in a first reading? @param before that, or NULL @param id of the GPU @return yes or no */
static bool is_missing(const struct gvm_inventory *before, const char *id)
{
	size_t i;

	for (i = 0; before && i < before->n_missing; i++)
		if (strcmp(before->missing[i], id) == 0)
			return true;
	return false;
}

/** @brief One entry of /sys/bus/pci/devices. @param dir unused @param name it @param data walk @return 0 or -errno */
static int walk_pci(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_gpu gpu;

	(void)dir;
	if (gvm_gpu_of_pci(w->ctx->host, name, &gpu) < 0)
		return 0;
	/* Who names a function means it, whatever its class. */
	if (!gvm_gpu_is_display(&gpu) && !w->all_classes && !w->only &&
	    !is_missing(w->before, name))
		return 0;
	/* A VF is a place for a vGPU of its PF, and no GPU. */
	if (gvm_gpu_is_vf(w->ctx->host, &gpu))
		return 0;
	return take_gpu(w, &gpu);
}

/** @brief One entry of /sys/class/mdev_bus. @param dir unused @param name it @param data walk @return 0 or -errno */
static int walk_parent(int dir, const char *name, void *data)
{
	struct walk *w = data;
	struct gvm_gpu gpu;
	size_t i;

	(void)dir;
	for (i = 0; i < w->inv->n_gpus; i++) {
		if (strcmp(w->inv->gpus[i].id, name) == 0)
			return 0;
	}
	/* A PCI function that is no display (a network card, say) is no GPU even if it mediates. */
	if (gvm_gpu_of_parent(name, &gpu) < 0 || gpu.pci)
		return 0;
	return take_gpu(w, &gpu);
}

/** @brief Order of GPUs. @param a @param b GPUs @return as strcmp() */
static int by_id(const void *a, const void *b)
{
	const struct gvm_gpu *x = a, *y = b;

	if (x->pci != y->pci)
		return x->pci ? -1 : 1;
	return strcmp(x->id, y->id);
}

/** @brief Find the GPUs. @param w walk @return 0 or -errno */
static int read_gpus(struct walk *w)
{
	struct gvm_pci_addr address;
	int r;

	if (w->only)
		return gvm_pci_parse(w->only, &address) == 0 ? walk_pci(-1, w->only, w)
							     : walk_parent(-1, w->only, w);
	r = gvm_host_list(w->ctx->host, "/sys/bus/pci/devices", walk_pci, w);
	/* A machine without PCI or without mdev is no error. */
	if (r < 0 && r != -ENOENT)
		return r;
	r = gvm_host_list(w->ctx->host, "/sys/class/mdev_bus", walk_parent, w);
	if (r < 0 && r != -ENOENT)
		return r;
	if (w->inv->n_gpus)
		qsort(w->inv->gpus, w->inv->n_gpus, sizeof(w->inv->gpus[0]), by_id);
	return 0;
}

/** @brief Ask one vendor of a GPU for its types and vGPUs. @param w walk @param gpu GPU @param v vendor @param flags what @return 0 or -ENOMEM */
static int read_of_vendor(struct walk *w, const struct gvm_gpu *gpu, const struct gvm_vendor *v,
			  unsigned int flags)
{
	struct gvm_error e;
	int r = flags & GVM_INV_TYPES ? v->types(w->ctx, gpu, NULL, w->inv, &e) : 0;

	if (r == 0 && flags & GVM_INV_VGPUS)
		r = v->vgpus(w->ctx, gpu, NULL, w->inv, &e);
	if (r < 0 && r != -ENOMEM)
		gvm_inventory_warn(w->inv, "%s: %s", gpu->id, e.message);
	return r == -ENOMEM ? r : 0;
}

/** @brief Ask each GPU's vendors for types and vGPUs. @param w walk @param flags what @return 0 or -ENOMEM */
static int read_contents(struct walk *w, unsigned int flags)
{
	size_t i, v;
	int r = 0;

	for (i = 0; i < w->inv->n_gpus && r == 0; i++)
		for (v = 0; v < w->inv->gpus[i].n_vendors && r == 0; v++)
			r = read_of_vendor(w, &w->inv->gpus[i], w->inv->gpus[i].vendors[v], flags);
	return r;
}

/** @brief Order of types within a GPU. @param a @param b types @return as strcmp() */
static int type_order(const void *a, const void *b)
{
	const struct gvm_type *x = a, *y = b;

	if (x->gpu != y->gpu)
		return x->gpu < y->gpu ? -1 : 1;
	return strverscmp(x->id, y->id);
}

/** @brief Order of vGPUs for people: by GPU, named ones first. @param a @param b vGPUs @return as strcmp() */
static int vgpu_order(const void *a, const void *b)
{
	const struct gvm_vgpu *x = a, *y = b;

	if (x->gpu != y->gpu)
		return x->gpu < y->gpu ? -1 : 1;
	if ((x->origin == GVM_VGPU_FOREIGN) != (y->origin == GVM_VGPU_FOREIGN))
		return x->origin == GVM_VGPU_FOREIGN ? 1 : -1;
	/* desk2 before desk10; but UUIDs are no numbers. */
	return x->origin == GVM_VGPU_FOREIGN ? strcmp(x->name, y->name)
					     : strverscmp(x->name, y->name);
}

/** @brief Read all parts that were asked for. @param w walk @param flags what @return 0 or -errno */
static int read_all(struct walk *w, unsigned int flags)
{
	struct gvm_inventory *inv = w->inv;
	int r = read_gpus(w);

	if (r == 0)
		r = read_contents(w, flags);
	if (r == 0 && flags & GVM_INV_TYPES)
		r = gvm_own_types_add(w->ctx, inv, w->only);
	if (r == 0 && flags & GVM_INV_VGPUS)
		r = gvm_inventory_read_vms(w->ctx, inv, flags, w->only);
	if (r == 0 && flags & GVM_INV_VGPUS && !(flags & GVM_INV_NOT_SAVED))
		r = gvm_inventory_read_saved(w->ctx, inv, w->only);
	if (r < 0)
		return r;
	if (flags & GVM_INV_DETAIL)
		gvm_gpus_read_detail(w->ctx->host, inv->gpus, inv->n_gpus);
	if (inv->n_types)
		qsort(inv->types, inv->n_types, sizeof(inv->types[0]), type_order);
	if (inv->n_vgpus)
		qsort(inv->vgpus, inv->n_vgpus, sizeof(inv->vgpus[0]), vgpu_order);
	return 0;
}

/** @brief Does one of the missing GPUs exist? @param ctx context @param inv first reading @return yes or no */
static bool any_exists(struct gvm_ctx *ctx, const struct gvm_inventory *inv)
{
	char path[GVM_PATH_SIZE];
	size_t i;

	for (i = 0; i < inv->n_missing; i++)
		if (gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s",
				   inv->missing[i]) == 0 &&
		    gvm_host_exists(ctx->host, path))
			return true;
	return false;
}

/** @brief Read into a new inventory. @param w walk @param flags what @return 0 or -errno, the inventory then freed */
static int read_new(struct walk *w, unsigned int flags)
{
	int r;

	w->inv = calloc(1, sizeof(*w->inv));
	if (!w->inv)
		return -ENOMEM;
	w->inv->live = gvm_host_live(w->ctx->host);
	r = read_all(w, flags);
	if (r < 0)
		gvm_inventory_free(w->inv);
	return r;
}

int gvm_inventory_read(struct gvm_ctx *ctx, unsigned int flags, const char *only_gpu,
		       struct gvm_inventory **ret, struct gvm_error *e)
{
	struct walk w = { .ctx = ctx,
			  .only = only_gpu,
			  .all_classes = flags & GVM_INV_ALL_CLASSES };
	GVM_AUTOINVENTORY struct gvm_inventory *first = NULL;
	int r = read_new(&w, flags);

	/* vGPUs of a device that is no display: their GPU is read as well. */
	if (r == 0 && !only_gpu && any_exists(ctx, w.inv)) {
		w.before = first = w.inv;
		r = read_new(&w, flags);
	}
	if (r < 0)
		return gvm_error_set(e, r == -ENOMEM ? "GVM_E_NO_MEMORY" : "GVM_E_FILE_READ", -r,
				     "cannot read the host: %s", gvm_errno_name(r));
	*ret = w.inv;
	return 0;
}

int gvm_inventory_read_vgpu(struct gvm_ctx *ctx, const char *gpu, const struct gvm_vendor *vendor,
			    const char *only, struct gvm_inventory **ret, struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = calloc(1, sizeof(*inv));
	struct gvm_pci_addr address;
	struct gvm_gpu found;
	int r;

	r = gvm_pci_parse(gpu, &address) == 0 ? gvm_gpu_of_pci(ctx->host, gpu, &found)
					      : gvm_gpu_of_parent(gpu, &found);
	if (r < 0 && gvm_host_exists(ctx->host, found.path))
		return gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read GPU %s", gpu);
	if (!inv ||
	    append(&inv->gpus, &inv->n_gpus, &inv->cap_gpus, &found, sizeof(found)) == -ENOMEM)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	/* A GPU that has gone has no vGPUs. */
	r = r < 0 ? 0 : vendor->vgpus(ctx, inv->gpus, only, inv, e);
	if (r == 0)
		*ret = gvm_steal(inv);
	return r;
}
