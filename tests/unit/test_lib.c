// SPDX-License-Identifier: GPL-2.0-or-later
/* What programs call, over a fake kernel: what is given out, what is refused, and by which error. */
#include "fake_kernel.h"

#include <gvm/gvm.h>

#include "change.h"
#include "errors.h"
#include "inventory.h"

#define GPU "0000:3b:00.0"
#define ALL_FLAGS 0x80000000u
#define GONE_PID 601

/** @brief A GPU with two types, and a vGPU of another tool that a process holds. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));

	fk_open(fk);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fk_add_type(fk, 0, "t-large", "Large One", 2);
	fk_make(fk, 0, 0, UT_UUID_1);
	fk_add_process(fk, 4711, 5, "holder", fk_find(fk, UT_UUID_1)->group);
	fk->ctx.change = true;
	*state = fk;
	return 0;
}

/** @brief End it. @param state kernel @return 0 */
static int teardown(void **state)
{
	fk_close(*state);
	free(*state);
	return 0;
}

/** @brief Read all. @param fk kernel @return inventory, to be freed */
static struct gvm_inventory *read_all(struct fake_kernel *fk)
{
	struct gvm_inventory *inv = NULL;
	struct gvm_error e = { 0 };

	if (gvm_ctx_read_inventory(&fk->ctx,
				   GVM_INV_DETAIL | GVM_INV_TYPES | GVM_INV_VGPUS | GVM_INV_VMS |
					   GVM_INV_HOLDERS,
				   NULL, &inv, &e) < 0)
		fail_msg("%s", e.message);
	return inv;
}

/** @brief An error is whole: as the table has it, and with cause and remedy in it. @param e error @param code @param err expected */
static void assert_whole(const struct gvm_error *e, const char *code, int err)
{
	const struct gvm_error_entry *entry = gvm_errors_find(code);
	size_t i;

	ut_assert_error(e, code, err);
	assert_true(!entry->cause || e->cause[0]);
	assert_true(!entry->remedy || e->hint[0]);
	for (i = 0; i < sizeof(e->reserved); i++)
		assert_int_equal(e->reserved[i], 0);
}

/** @brief What frees takes NULL. @param state unused */
static void free_nothing(void **state)
{
	(void)state;
	gvm_close(NULL);
	gvm_inventory_free(NULL);
	gvm_create_request_free(NULL);
	gvm_define_request_free(NULL);
	gvm_vgpu_record_free(NULL);
	gvm_definition_free(NULL);
	gvm_attachment_free(NULL);
}

/** @brief Opening: flags that are not known, a sysroot to change, one that is not there. @param state kernel */
static void opening(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_ctx *ctx = (void *)fk;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_open(fk->root, ALL_FLAGS, &ctx, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	assert_int_equal(gvm_open(fk->root, GVM_OPEN_CHANGE, &ctx, &e), -EROFS);
	assert_whole(&e, "GVM_E_READ_ONLY", EROFS);
	assert_int_equal(gvm_open("/nonexistent", 0, &ctx, &e), -ENOENT);
	assert_whole(&e, "GVM_E_SYSROOT", ENOENT);
	assert_ptr_equal(ctx, fk);
	assert_int_equal(gvm_open(fk->root, 0, &ctx, NULL), 0);
	assert_false(gvm_ctx_is_live(ctx));
	gvm_close(ctx);
	assert_string_equal(gvm_version(), GVM_VERSION);
}

/** @brief Reading: flags that are not known or go with others, one GPU in any spelling, one that is not there. @param state kernel */
static void reading(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_inventory *inv = (void *)fk;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_ctx_read_inventory(&fk->ctx, ALL_FLAGS, NULL, &inv, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	assert_int_equal(gvm_ctx_read_inventory(&fk->ctx, GVM_INV_VMS, NULL, &inv, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	assert_int_equal(gvm_ctx_read_inventory(&fk->ctx, 0, "0000:3c:00.0", &inv, &e), -ENOENT);
	assert_whole(&e, "GVM_E_GPU_NOT_FOUND", ENOENT);
	assert_ptr_equal(inv, fk);
	memset(&e, 'x', sizeof(e));
	assert_int_equal(gvm_ctx_read_inventory(&fk->ctx, GVM_INV_TYPES, "3b:00.0", &inv, &e), 0);
	assert_int_equal(e.message[0], 'x');
	assert_int_equal(gvm_inventory_get_num_gpus(inv), 1);
	assert_int_equal(gvm_inventory_get_num_types(inv), 2);
	assert_int_equal(gvm_inventory_get_num_vgpus(inv), 0);
	gvm_inventory_free(inv);
}

/** @brief Nothing is beyond the last. @param state kernel */
static void beyond(void **state)
{
	struct gvm_inventory *inv = read_all(*state);
	const struct gvm_vgpu *v = gvm_inventory_get_vgpu(inv, 0);

	assert_int_equal(gvm_inventory_get_num_gpus(inv), 1);
	assert_int_equal(gvm_inventory_get_num_vgpus(inv), 1);
	assert_null(gvm_inventory_get_gpu(inv, 1));
	assert_null(gvm_inventory_get_gpu(inv, SIZE_MAX));
	assert_null(gvm_inventory_get_type(inv, gvm_inventory_get_num_types(inv)));
	assert_null(gvm_inventory_get_vgpu(inv, 1));
	assert_null(gvm_inventory_get_definition(inv, gvm_inventory_get_num_definitions(inv)));
	assert_null(gvm_inventory_get_vm(inv, gvm_inventory_get_num_vms(inv)));
	assert_null(gvm_inventory_get_warning(inv, gvm_inventory_get_num_warnings(inv)));
	assert_null(gvm_gpu_get_drm_node(gvm_inventory_get_gpu(inv, 0), 0));
	assert_int_equal(gvm_vgpu_get_num_holders(v), 1);
	assert_int_equal(gvm_vgpu_get_holder_pid(v, 1), -1);
	assert_null(gvm_vgpu_get_holder_command(v, 1));
	assert_null(gvm_inventory_get_vm_of_vgpu(inv, v));
	gvm_inventory_free(inv);
}

/** @brief Which VM has a vGPU is told by its own inventory only. @param state kernel */
static void whose(void **state)
{
	struct gvm_inventory *inv[] = { read_all(*state), read_all(*state) };
	const struct gvm_vm vm = { .name = "vm", .proc = { .pid = 4711 }, .ours = true };
	const struct gvm_vm *of;
	size_t i;

	for (i = 0; i < UT_COUNT(inv); i++) {
		assert_int_equal(gvm_inventory_add_vm(inv[i], &vm), 0);
		inv[i]->vgpus[0].vm = 0;
	}
	of = gvm_inventory_get_vm_of_vgpu(inv[0], gvm_inventory_get_vgpu(inv[0], 0));
	assert_ptr_equal(of, gvm_inventory_get_vm(inv[0], 0));
	assert_string_equal(gvm_vm_get_name(of), "vm");
	assert_string_equal(gvm_vm_get_started_by(of), "gvm");
	assert_int_equal(gvm_vm_get_pid(of), 4711);
	assert_null(gvm_vm_get_uuid(of));
	assert_null(gvm_vm_get_hypervisor(of));
	assert_null(gvm_vm_get_accelerator(of));
	assert_null(gvm_inventory_get_vm_of_vgpu(inv[1], gvm_inventory_get_vgpu(inv[0], 0)));
	gvm_inventory_free(inv[0]);
	gvm_inventory_free(inv[1]);
}

/** @brief What is known is told, and what is not known is NULL or -1. @param state kernel */
static void known(void **state)
{
	struct gvm_inventory *inv = read_all(*state);
	const struct gvm_gpu *gpu = gvm_inventory_get_gpu(inv, 0);
	const struct gvm_type *type = gvm_inventory_get_type(inv, 1);
	const struct gvm_vgpu *v = gvm_inventory_get_vgpu(inv, 0);

	assert_string_equal(gvm_gpu_get_id(gpu), GPU);
	assert_string_equal(gvm_gpu_get_address(gpu), GPU);
	assert_int_equal(gvm_gpu_get_class(gpu) >> 16, 3);
	assert_null(gvm_gpu_get_name(gpu));
	assert_null(gvm_gpu_get_driver(gpu));
	assert_null(gvm_gpu_get_local_cpus(gpu));
	assert_int_equal(gvm_gpu_get_vendor(gpu), -1);
	assert_int_equal(gvm_gpu_get_numa_node(gpu), -1);
	assert_int_equal(gvm_gpu_get_iommu_group(gpu), -1);
	assert_int_equal(gvm_gpu_get_boot_display(gpu), -1);
	assert_int_equal(gvm_gpu_get_vfs_total(gpu), -1);
	assert_string_equal(gvm_type_get_id(type), "t-small");
	assert_string_equal(gvm_type_get_name(type), "Small One");
	assert_ptr_equal(gvm_type_get_gpu(type), gpu);
	assert_string_equal(gvm_type_get_method(type), "mdev");
	assert_int_equal(gvm_type_get_available(type), 3);
	assert_null(gvm_type_get_reason(type));
	assert_string_equal(gvm_vgpu_get_name(v), UT_UUID_1);
	assert_string_equal(gvm_vgpu_get_state(v), "active");
	assert_string_equal(gvm_vgpu_get_origin(v), "foreign");
	assert_string_equal(gvm_vgpu_get_type(v), "t-small");
	assert_ptr_equal(gvm_vgpu_get_gpu(v), gpu);
	assert_string_equal(gvm_vgpu_get_gpu_id(v), GPU);
	assert_int_equal(gvm_vgpu_get_holder_pid(v, 0), 4711);
	assert_string_equal(gvm_vgpu_get_holder_command(v, 0), "holder");
	assert_null(gvm_vgpu_get_address(v));
	assert_null(gvm_vgpu_get_definition(v));
	gvm_inventory_free(inv);
}

/** @brief Finding, and not finding; a name must be given. @param state kernel */
static void finding(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_inventory *inv = read_all(fk);
	const struct gvm_definition *d = NULL;
	const struct gvm_gpu *gpu = NULL;
	const struct gvm_type *type = NULL;
	const struct gvm_vgpu *v = NULL;
	const struct gvm_vm *vm = NULL;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_inventory_find_gpu(inv, &fk->ctx, "3B:0.0", &gpu, &e), 0);
	assert_int_equal(gvm_inventory_find_type(inv, gpu, "Large One", &type, &e), 0);
	assert_int_equal(
		gvm_inventory_find_vgpu(inv, "11111111-AAAA-4bbb-8ccc-000000000001", &v, &e), 0);
	assert_null(e.code);
	assert_ptr_equal(gpu, gvm_inventory_get_gpu(inv, 0));
	assert_string_equal(gvm_type_get_id(type), "t-large");
	assert_ptr_equal(v, gvm_inventory_get_vgpu(inv, 0));
	assert_int_equal(gvm_inventory_find_gpu(inv, &fk->ctx, "no", &gpu, &e), -ENOENT);
	assert_whole(&e, "GVM_E_GPU_NOT_FOUND", ENOENT);
	assert_int_equal(gvm_inventory_find_type(inv, NULL, "no", &type, &e), -ENOENT);
	assert_whole(&e, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	assert_int_equal(gvm_inventory_find_vgpu(inv, "no", &v, &e), -ENOENT);
	assert_whole(&e, "GVM_E_VGPU_NOT_FOUND", ENOENT);
	assert_int_equal(gvm_inventory_find_definition(inv, "no", &d, &e), -ENOENT);
	assert_whole(&e, "GVM_E_NOT_DEFINED", ENOENT);
	assert_int_equal(gvm_inventory_find_vm(inv, "no", &vm, &e), -ENOENT);
	assert_whole(&e, "GVM_E_VM_NOT_FOUND", ENOENT);
	assert_non_null(gpu && type && v ? gpu : NULL);
	assert_true(!d && !vm);
	assert_int_equal(gvm_inventory_find_gpu(inv, &fk->ctx, NULL, &gpu, &e), -EINVAL);
	assert_int_equal(gvm_inventory_find_type(inv, NULL, NULL, &type, NULL), -EINVAL);
	assert_int_equal(gvm_inventory_find_vgpu(inv, NULL, &v, NULL), -EINVAL);
	assert_int_equal(gvm_inventory_find_definition(inv, NULL, &d, NULL), -EINVAL);
	assert_int_equal(gvm_inventory_find_vm(inv, NULL, &vm, NULL), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	gvm_inventory_free(inv);
}

/** @brief A request. @param type @param name of what to make, or NULL @return it, to be freed */
static struct gvm_create_request *request(const char *type, const char *name)
{
	struct gvm_create_request *q = gvm_create_request_new();

	assert_non_null(q);
	assert_int_equal(gvm_create_request_set_type(q, type), 0);
	assert_int_equal(gvm_create_request_set_name(q, name), 0);
	return q;
}

/** @brief Make and remove; the request keeps copies, and may be used again. @param state kernel */
static void create(void **state)
{
	struct gvm_create_request *q = request("t-small", "other");
	struct gvm_vgpu_record *made = NULL;
	struct fake_kernel *fk = *state;
	char name[] = "desk1";

	gvm_create_request_set_name(q, name);
	name[0] = 'x';
	gvm_create_request_set_gpu(q, "3b:00.0");
	gvm_create_request_set_uuid(q, UT_UUID_2);
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, &made, NULL), 0);
	assert_string_equal(gvm_vgpu_record_get_name(made), "desk1");
	assert_string_equal(gvm_vgpu_record_get_uuid(made), UT_UUID_2);
	assert_string_equal(gvm_vgpu_record_get_gpu_id(made), GPU);
	assert_string_equal(gvm_vgpu_record_get_type(made), "t-small");
	assert_string_equal(gvm_vgpu_record_get_method(made), "mdev");
	gvm_vgpu_record_free(made);
	assert_non_null(fk_find(fk, UT_UUID_2));
	gvm_create_request_set_name(q, NULL);
	gvm_create_request_set_uuid(q, UT_UUID_3);
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, NULL, NULL), 0);
	assert_non_null(fk_find(fk, UT_UUID_3));
	gvm_create_request_free(q);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, "desk1", 0, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_2));
}

/** @brief What is not taken to make or remove a vGPU; the error is untouched on success. @param state kernel */
static void not_created(void **state)
{
	struct gvm_create_request *q = request(NULL, NULL);
	struct gvm_vgpu_record *made = (void *)q;
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, &made, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	gvm_create_request_set_type(q, "t-small");
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, GVM_CHANGE_FOREIGN, &made, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	ut_write(fk->root, "etc/gvm/vgpu.d/kept.yaml", "damaged");
	gvm_create_request_set_name(q, "kept");
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, &made, &e), -EEXIST);
	assert_whole(&e, "GVM_E_NAME_TAKEN", EEXIST);
	gvm_create_request_set_name(q, "Kept");
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, &made, &e), -EINVAL);
	assert_whole(&e, "GVM_E_NAME_INVALID", EINVAL);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, NULL, 0, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, UT_UUID_1, GVM_CHANGE_FORCE, &e), -EINVAL);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, UT_UUID_1, 0, &e), -EPERM);
	assert_whole(&e, "GVM_E_FOREIGN", EPERM);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, UT_UUID_1, GVM_CHANGE_FOREIGN, &e), -EBUSY);
	assert_whole(&e, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "4711");
	assert_ptr_equal(made, q);
	assert_int_equal(fk->n_writes, 0);
	memset(&e, 'x', sizeof(e));
	gvm_create_request_set_name(q, NULL);
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, NULL, &e), 0);
	assert_int_equal(e.message[0], 'x');
	gvm_create_request_free(q);
}

/** @brief A host that is only read changes nothing, but tells what would be. @param state kernel */
static void read_only(void **state)
{
	struct gvm_create_request *q = request("t-small", "desk1");
	struct gvm_vgpu_record *made = NULL;
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->ctx.change = false;
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, &made, &e), -EROFS);
	assert_whole(&e, "GVM_E_READ_ONLY", EROFS);
	ut_assert_holds(e.hint, "GVM_OPEN_CHANGE");
	assert_null(made);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, UT_UUID_1, 0, &e), -EROFS);
	assert_int_equal(gvm_ctx_undefine_vgpu(&fk->ctx, "a", 0, &e), -EROFS);
	assert_int_equal(gvm_ctx_start_vgpu(&fk->ctx, "a", 0, &e), -EROFS);
	assert_int_equal(gvm_ctx_stop_vgpu(&fk->ctx, "a", 0, &e), -EROFS);
	assert_int_equal(gvm_ctx_attach_vgpu(&fk->ctx, UT_UUID_1, "vm", 0, NULL, &e), -EROFS);
	assert_int_equal(gvm_ctx_detach_vgpu(&fk->ctx, UT_UUID_1, 1, 0, NULL, &e), -EROFS);
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, GVM_CHANGE_DRY_RUN, &made, &e), 0);
	assert_string_equal(gvm_vgpu_record_get_name(made), "desk1");
	gvm_vgpu_record_free(made);
	gvm_create_request_set_type(q, "no");
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, GVM_CHANGE_DRY_RUN, NULL, &e), -ENOENT);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, UT_UUID_1, GVM_CHANGE_DRY_RUN, &e), -EPERM);
	assert_int_equal(fk->n_writes, 0);
	gvm_create_request_free(q);
}

/** @brief Told of each log line. @param text line @param data where to */
static void take_log(const char *text, void *data)
{
	snprintf(data, UT_PATH, "%s", text);
}

/** @brief A change first removes what belonged to a process that is gone; a dry run does not. @param state kernel */
static void collects(void **state)
{
	const struct gvm_vgpu_request wanted = { .type = "t-small",
						 .name = "old",
						 .uuid = UT_UUID_2 };
	const struct gvm_proc gone = { .pid = GONE_PID, .start = 1 };
	struct gvm_create_request *q = request("t-small", "new");
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_record r;
	char log[UT_PATH] = "";

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &wanted, &gone, &r, NULL), 0);
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, GVM_CHANGE_DRY_RUN, NULL, NULL), 0);
	assert_non_null(fk_find(fk, UT_UUID_2));
	gvm_ctx_set_log(&fk->ctx, take_log, log);
	assert_int_equal(gvm_ctx_create_vgpu(&fk->ctx, q, 0, NULL, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_2));
	assert_true(log[0]);
	gvm_ctx_set_log(&fk->ctx, NULL, NULL);
	assert_int_equal(gvm_ctx_destroy_vgpu(&fk->ctx, "new", 0, NULL), 0);
	gvm_create_request_free(q);
}

/** @brief Define, start, stop, undefine. @param state kernel */
static void definitions(void **state)
{
	struct gvm_define_request *q = gvm_define_request_new();
	struct gvm_definition *d = NULL;
	struct fake_kernel *fk = *state;

	gvm_define_request_set_name(q, "desk1");
	gvm_define_request_set_type(q, "Small One");
	gvm_define_request_set_gpu(q, "3b:00.0");
	gvm_define_request_set_uuid(q, UT_UUID_2);
	gvm_define_request_set_autostart(q, true);
	assert_int_equal(gvm_ctx_define_vgpu(&fk->ctx, q, GVM_CHANGE_DRY_RUN, &d, NULL), 0);
	gvm_definition_free(d);
	assert_false(ut_exists(fk->root, "etc/gvm/vgpu.d/desk1.yaml"));
	assert_int_equal(gvm_ctx_define_vgpu(&fk->ctx, q, 0, &d, NULL), 0);
	assert_true(ut_exists(fk->root, "etc/gvm/vgpu.d/desk1.yaml"));
	assert_string_equal(gvm_definition_get_name(d), "desk1");
	assert_string_equal(gvm_definition_get_uuid(d), UT_UUID_2);
	assert_string_equal(gvm_definition_get_type(d), "t-small");
	assert_string_equal(gvm_definition_get_gpu_id(d), GPU);
	assert_string_equal(gvm_definition_get_defined_by(d), "gvm");
	assert_true(gvm_definition_get_autostart(d));
	assert_int_equal(gvm_definition_get_num_params(d), 0);
	gvm_definition_free(d);
	assert_int_equal(gvm_ctx_start_vgpu(&fk->ctx, "desk1", GVM_CHANGE_DRY_RUN, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_2));
	assert_int_equal(gvm_ctx_start_vgpu(&fk->ctx, "desk1", 0, NULL), 0);
	assert_non_null(fk_find(fk, UT_UUID_2));
	assert_int_equal(gvm_ctx_start_vgpu(&fk->ctx, UT_UUID_2, 0, NULL), 1);
	assert_int_equal(gvm_ctx_stop_vgpu(&fk->ctx, "desk1", GVM_CHANGE_DRY_RUN, NULL), 0);
	assert_non_null(fk_find(fk, UT_UUID_2));
	assert_int_equal(gvm_ctx_stop_vgpu(&fk->ctx, "desk1", 0, NULL), 0);
	assert_int_equal(gvm_ctx_stop_vgpu(&fk->ctx, "desk1", 0, NULL), 1);
	assert_int_equal(gvm_ctx_undefine_vgpu(&fk->ctx, "desk1", GVM_CHANGE_DRY_RUN, NULL), 0);
	assert_true(ut_exists(fk->root, "etc/gvm/vgpu.d/desk1.yaml"));
	assert_int_equal(gvm_ctx_undefine_vgpu(&fk->ctx, "desk1", 0, NULL), 0);
	assert_false(ut_exists(fk->root, "etc/gvm/vgpu.d/desk1.yaml"));
	gvm_define_request_free(q);
}

/** @brief What is not taken of definitions; a definition is told by the inventory, too. @param state kernel */
static void not_defined(void **state)
{
	struct gvm_define_request *q = gvm_define_request_new();
	const struct gvm_definition *found;
	struct gvm_definition *d = (void *)q;
	struct fake_kernel *fk = *state;
	struct gvm_inventory *inv;
	struct gvm_error e = { 0 };

	gvm_define_request_set_name(q, "desk1");
	assert_int_equal(gvm_ctx_define_vgpu(&fk->ctx, q, 0, &d, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	gvm_define_request_set_type(q, "no");
	assert_int_equal(gvm_ctx_define_vgpu(&fk->ctx, q, 0, &d, &e), -ENOENT);
	assert_whole(&e, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	gvm_define_request_set_uuid(q, "no");
	assert_int_equal(gvm_ctx_define_vgpu(&fk->ctx, q, 0, &d, &e), -EINVAL);
	assert_whole(&e, "GVM_E_UUID_INVALID", EINVAL);
	assert_ptr_equal(d, q);
	assert_int_equal(gvm_define_request_add_param(q, "../x", "1", &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	assert_int_equal(gvm_define_request_add_param(q, NULL, "1", &e), -EINVAL);
	assert_int_equal(gvm_define_request_add_param(q, "rate", "7", &e), 0);
	gvm_define_request_set_type(q, "t-small");
	gvm_define_request_set_uuid(q, NULL);
	assert_int_equal(gvm_ctx_define_vgpu(&fk->ctx, q, 0, NULL, NULL), 0);
	inv = read_all(fk);
	assert_int_equal(gvm_inventory_get_num_definitions(inv), 1);
	assert_int_equal(gvm_inventory_find_definition(inv, "desk1", &found, NULL), 0);
	assert_string_equal(gvm_definition_get_param_name(found, 0), "rate");
	assert_string_equal(gvm_definition_get_param_value(found, 0), "7");
	assert_null(gvm_definition_get_param_name(found, 1));
	assert_null(gvm_definition_get_param_value(found, 1));
	assert_int_equal(gvm_inventory_get_num_vgpus(inv), 2);
	gvm_inventory_free(inv);
	assert_int_equal(gvm_ctx_start_vgpu(&fk->ctx, "no", 0, &e), -ENOENT);
	assert_whole(&e, "GVM_E_NOT_DEFINED", ENOENT);
	assert_int_equal(gvm_ctx_undefine_vgpu(&fk->ctx, "no", 0, &e), -ENOENT);
	assert_whole(&e, "GVM_E_NOT_DEFINED", ENOENT);
	assert_int_equal(gvm_ctx_stop_vgpu(&fk->ctx, NULL, 0, &e), -EINVAL);
	assert_int_equal(gvm_ctx_start_vgpu(&fk->ctx, "desk1", GVM_CHANGE_FORCE, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	gvm_define_request_free(q);
}

/** @brief What cannot be attached or detached. @param state kernel */
static void not_attached(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_attachment *a = (void *)fk;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_ctx_attach_vgpu(&fk->ctx, NULL, "vm", 0, &a, &e), -EINVAL);
	assert_int_equal(gvm_ctx_attach_vgpu(&fk->ctx, UT_UUID_1, NULL, 0, &a, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	assert_int_equal(gvm_ctx_attach_vgpu(&fk->ctx, UT_UUID_1, "vm", 0, &a, &e), -ENOENT);
	assert_whole(&e, "GVM_E_VM_NOT_FOUND", ENOENT);
	assert_int_equal(gvm_ctx_detach_vgpu(&fk->ctx, "no", 1, 0, &a, &e), -ENOENT);
	assert_whole(&e, "GVM_E_VGPU_NOT_FOUND", ENOENT);
	assert_int_equal(gvm_ctx_detach_vgpu(&fk->ctx, "no", 86401, 0, &a, &e), -EINVAL);
	assert_int_equal(gvm_ctx_detach_vgpu(&fk->ctx, "no", 1, GVM_CHANGE_FORCE, &a, &e), -EINVAL);
	assert_whole(&e, "GVM_E_ARGUMENT", EINVAL);
	fk_make(fk, 0, 0, UT_UUID_2);
	assert_int_equal(gvm_ctx_detach_vgpu(&fk->ctx, UT_UUID_2, 1, 0, &a, &e), -ENOENT);
	assert_whole(&e, "GVM_E_NOT_ATTACHED", ENOENT);
	assert_ptr_equal(a, fk);
}

/** @brief The manual: all of it, each found by its code, with all that it says. @param state unused */
static void manual(void **state)
{
	size_t i, n = gvm_error_entry_get_num();

	(void)state;
	assert_true(n > 50);
	for (i = 0; i < n; i++) {
		const struct gvm_error_entry *entry = gvm_error_entry_get(i);

		assert_ptr_equal(gvm_error_entry_find(gvm_error_entry_get_code(entry)), entry);
		assert_true(gvm_error_entry_get_meaning(entry)[0]);
		assert_true(gvm_error_entry_get_cause(entry)[0]);
		assert_true(gvm_error_entry_get_remedy(entry)[0]);
		assert_true(gvm_error_entry_get_source(entry)[0]);
		assert_in_range(gvm_error_entry_get_exit_status(entry), 1, 7);
	}
	assert_null(gvm_error_entry_get(n));
	assert_null(gvm_error_entry_find("GVM_E_"));
	assert_null(gvm_error_entry_find(NULL));
}

/* The layout that programs were compiled with. */
_Static_assert(offsetof(struct gvm_error, object) == sizeof(void *) + sizeof(int), "object");
_Static_assert(offsetof(struct gvm_error, step) - offsetof(struct gvm_error, object) == 160,
	       "step");
_Static_assert(offsetof(struct gvm_error, wrote) - offsetof(struct gvm_error, step) == 320,
	       "wrote");
_Static_assert(offsetof(struct gvm_error, message) - offsetof(struct gvm_error, wrote) == 160,
	       "message");
_Static_assert(offsetof(struct gvm_error, cause) - offsetof(struct gvm_error, message) == 400,
	       "cause");
_Static_assert(offsetof(struct gvm_error, hint) - offsetof(struct gvm_error, cause) == 512, "hint");
_Static_assert(offsetof(struct gvm_error, kernel_log) - offsetof(struct gvm_error, hint) == 512,
	       "kernel_log");
_Static_assert(offsetof(struct gvm_error, n_kernel_log) - offsetof(struct gvm_error, kernel_log) ==
		       800,
	       "n_kernel_log");
_Static_assert(offsetof(struct gvm_error, reserved) - offsetof(struct gvm_error, n_kernel_log) ==
		       sizeof(int),
	       "reserved");
_Static_assert(sizeof(void *) != 8 || sizeof(struct gvm_error) == 3136, "size");

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_nothing),
		TEST(opening),
		TEST(reading),
		TEST(beyond),
		TEST(whose),
		TEST(known),
		TEST(finding),
		TEST(create),
		TEST(not_created),
		TEST(read_only),
		TEST(collects),
		TEST(definitions),
		TEST(not_defined),
		TEST(not_attached),
		cmocka_unit_test(manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
