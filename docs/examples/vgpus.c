// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The GPUs of a host, what they can make, and which VM has which vGPU; makes and removes a vGPU.
 *
 *   cc -o vgpus vgpus.c $(pkg-config --cflags --libs gvm)
 *   vgpus [-r SYSROOT] [-n] [list | create TYPE [GPU] | destroy VGPU]       (-n: a dry run)
 */
#include <errno.h>
#include <gvm/gvm.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** @brief A text for a column. @param text it, or NULL @return it, or "-" */
static const char *cell(const char *text)
{
	return text ? text : "-";
}

/** @brief Print the vGPUs of one GPU. @param inv inventory @param gpu GPU, or NULL for vGPUs whose GPU is not there */
static void print_vgpus(const struct gvm_inventory *inv, const struct gvm_gpu *gpu)
{
	for (size_t i = 0; i < gvm_inventory_get_num_vgpus(inv); i++) {
		const struct gvm_vgpu *v = gvm_inventory_get_vgpu(inv, i);
		const struct gvm_vm *vm = gvm_inventory_get_vm_of_vgpu(inv, v);

		if (gvm_vgpu_get_gpu(v) == gpu)
			printf("vgpu %s %s %s %s %s %s\n", gvm_vgpu_get_name(v),
			       cell(gvm_vgpu_get_gpu_id(v)), cell(gvm_vgpu_get_type(v)),
			       gvm_vgpu_get_state(v), gvm_vgpu_get_origin(v),
			       vm ? gvm_vm_get_name(vm) : "-");
	}
}

/** @brief Print what the host has. @param ctx host @param e detail @return 0 or -errno */
static int list(struct gvm_ctx *ctx, struct gvm_error *e)
{
	const unsigned int what = GVM_INV_DETAIL | GVM_INV_TYPES | GVM_INV_VGPUS | GVM_INV_VMS;
	struct gvm_inventory *inv;
	int r = gvm_ctx_read_inventory(ctx, what, NULL, &inv, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < gvm_inventory_get_num_gpus(inv); i++) {
		const struct gvm_gpu *gpu = gvm_inventory_get_gpu(inv, i);

		printf("gpu %s %s %ld\n", gvm_gpu_get_id(gpu), cell(gvm_gpu_get_driver(gpu)),
		       gvm_gpu_get_iommu_group(gpu));
		for (size_t t = 0; t < gvm_inventory_get_num_types(inv); t++) {
			const struct gvm_type *type = gvm_inventory_get_type(inv, t);

			if (gvm_type_get_gpu(type) == gpu)
				printf("type %s %ld %s\n", gvm_type_get_id(type),
				       gvm_type_get_available(type), gvm_type_get_method(type));
		}
		print_vgpus(inv, gpu);
	}
	print_vgpus(inv, NULL);
	for (size_t i = 0; i < gvm_inventory_get_num_warnings(inv); i++)
		fprintf(stderr, "warning: %s\n", gvm_inventory_get_warning(inv, i));
	gvm_inventory_free(inv);
	return 0;
}

/** @brief Make a vGPU. @param ctx host @param type of it @param gpu for it, or NULL @param flags @param e detail @return 0 or -errno */
static int create(struct gvm_ctx *ctx, const char *type, const char *gpu, unsigned int flags,
		  struct gvm_error *e)
{
	struct gvm_create_request *request = gvm_create_request_new();
	struct gvm_vgpu_record *made;
	int r = request ? gvm_create_request_set_type(request, type) : -ENOMEM;

	if (r == 0)
		r = gvm_create_request_set_gpu(request, gpu);
	if (r == 0)
		r = gvm_ctx_create_vgpu(ctx, request, flags, &made, e);
	gvm_create_request_free(request);
	if (r < 0)
		return r;
	printf("%s %s\n", gvm_vgpu_record_get_uuid(made), gvm_vgpu_record_get_gpu_id(made));
	gvm_vgpu_record_free(made);
	return 0;
}

/** @brief Do what is asked. @param ctx host @param args words, NULL at the end @param flags @param e detail @return 0 or -errno; 1: not understood */
static int run(struct gvm_ctx *ctx, char **args, unsigned int flags, struct gvm_error *e)
{
	if (!args[0] || strcmp(args[0], "list") == 0)
		return list(ctx, e);
	if (args[1] && strcmp(args[0], "create") == 0)
		return create(ctx, args[1], args[2], flags, e);
	if (args[1] && strcmp(args[0], "destroy") == 0)
		return gvm_ctx_destroy_vgpu(ctx, args[1], flags, e);
	return 1;
}

/** @brief The program. @param argc number of arguments @param argv see above @return exit status */
int main(int argc, char **argv)
{
	const char *sysroot = NULL;
	struct gvm_error e = { 0 };
	unsigned int flags = 0;
	struct gvm_ctx *ctx;
	int c, r;

	while ((c = getopt(argc, argv, "nr:")) != -1) {
		if (c == 'n')
			flags = GVM_CHANGE_DRY_RUN;
		else if (c == 'r')
			sysroot = optarg;
		else
			return 2;
	}
	/* Only who changes something opens the host so: that needs root. */
	r = gvm_open(sysroot,
		     argv[optind] && argv[optind][0] != 'l' && !flags ? GVM_OPEN_CHANGE : 0, &ctx,
		     &e);
	if (r == 0) {
		r = run(ctx, argv + optind, flags, &e);
		gvm_close(ctx);
	}
	if (r < 0)
		fprintf(stderr, "vgpus: %s (%s)\n", e.message, cell(e.code));
	if (r < 0 && e.cause[0])
		fprintf(stderr, "  because: %s\n", e.cause);
	if (r < 0 && e.hint[0])
		fprintf(stderr, "  fix: %s\n", e.hint);
	return r < 0 ? 1 : r * 2;
}
