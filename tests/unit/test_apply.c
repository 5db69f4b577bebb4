// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans run against the fake kernel: success, every refusal, what is not seen, and undoing. */
#include "fake_kernel.h"

#include "apply.h"
#include "errors.h"
#include "generic.h"
#include "vendor.h"

#define GPU "0000:3b:00.0"

/** @brief A kernel with two parents of two types each; five small ones fit. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));

	fk_open(fk);
	fk_add_parent(fk, GPU, 5);
	fk_add_type(fk, 0, "t-small", "Small", 1);
	fk_add_type(fk, 0, "t-large", "Large", 2);
	fk_add_parent(fk, "mtty", 5);
	fk_add_type(fk, 1, "t-small", "Small", 1);
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

/** @brief Append the making of a vGPU, with little patience. @param plan plan @param uuid its @param type id @return the step */
static struct gvm_step *add_create(struct gvm_plan *plan, const char *uuid, const char *type)
{
	struct gvm_gpu gpu = { .id = GPU, .path = "/sys/bus/pci/devices/" GPU };
	struct gvm_vgpu_wanted wanted = { uuid, uuid, type };

	assert_int_equal(gvm_vendor_mdev.plan_create(&gpu, &wanted, plan, NULL), 0);
	plan->steps[plan->n_steps - 1].wait_ms = 30;
	return &plan->steps[plan->n_steps - 1];
}

/** @brief Append the removal of a vGPU, with little patience. @param plan plan @param uuid its */
static void add_destroy(struct gvm_plan *plan, const char *uuid)
{
	struct gvm_vgpu v = { .vendor = &gvm_vendor_mdev };

	snprintf(v.uuid, sizeof(v.uuid), "%s", uuid);
	snprintf(v.name, sizeof(v.name), "%s", uuid);
	assert_int_equal(gvm_vendor_mdev.plan_destroy(&v, plan, NULL), 0);
	plan->steps[plan->n_steps - 1].wait_ms = 30;
}

/** @brief A plan that works changes the host and tells nothing. @param state kernel */
static void success(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	add_create(&plan, UT_UUID_1, "t-small");
	add_create(&plan, UT_UUID_2, "t-large");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), 0);
	assert_null(e.code);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(fk_find(fk, UT_UUID_2)->type, 1);
	assert_int_equal(fk->n_writes, 2);
	fk_assert_write(fk, 0, UT_UUID_1, GPU "/mdev_supported_types/t-small/create");
	ut_assert_holds(fk->log, "t-small/create");
	plan.n_steps = 0;
	add_destroy(&plan, UT_UUID_1);
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), 0);
	assert_null(fk_find(fk, UT_UUID_1));
	fk_assert_write(fk, 2, "1", "/sys/bus/mdev/devices/" UT_UUID_1 "/remove");
}

/** @brief An empty plan is done at once. @param state kernel */
static void empty(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };

	assert_int_equal(gvm_apply(&fk->ctx, &plan, NULL), 0);
	assert_int_equal(fk->n_writes, 0);
}

/** @brief Each errno of the kernel becomes its named error, with cause and remedy. @param state kernel */
static void every_errno(void **state)
{
	static const struct {
		const char *attribute;
		int err;
		const char *code;
	} cases[] = {
		{ "create", EINVAL, "GVM_E_UUID_INVALID" },
		{ "create", EEXIST, "GVM_E_UUID_TAKEN" },
		{ "create", EUSERS, "GVM_E_MDEV_FULL" },
		{ "create", ENOSPC, "GVM_E_MDEV_FULL" },
		{ "create", ENODEV, "GVM_E_PARENT_GOING" },
		{ "create", ENOENT, "GVM_E_PARENT_GOING" },
		{ "create", EACCES, "GVM_E_PERMISSION" },
		{ "create", EPERM, "GVM_E_PERMISSION" },
		{ "create", EROFS, "GVM_E_READ_ONLY" },
		{ "create", EIO, "GVM_E_WRITE" },
		{ "create", ENOMEM, "GVM_E_WRITE" },
		{ "create", EBUSY, "GVM_E_WRITE" },
		{ "remove", ENODEV, "GVM_E_PARENT_GOING" },
		{ "remove", EAGAIN, "GVM_E_PARENT_GOING" },
		{ "remove", EBUSY, "GVM_E_HELD" },
		{ "remove", ENOENT, "GVM_E_ALREADY_GONE" },
		{ "remove", ETIMEDOUT, "GVM_E_REMOVE_BLOCKED" },
		{ "remove", EACCES, "GVM_E_PERMISSION" },
		{ "remove", EIO, "GVM_E_WRITE" },
		{ "remove", EINVAL, "GVM_E_WRITE" },
	};
	struct fake_kernel *fk = *state;
	size_t i;

	fk_make(fk, 0, 0, UT_UUID_1);
	for (i = 0; i < UT_COUNT(cases); i++) {
		bool create = strcmp(cases[i].attribute, "create") == 0;
		struct gvm_plan plan = { .n_steps = 0 };
		struct gvm_error e = { 0 };

		fk->fail_at = cases[i].attribute;
		fk->fail_with = cases[i].err;
		fk->n_writes = 0;
		if (create)
			add_create(&plan, UT_UUID_2, "t-small");
		else
			add_destroy(&plan, UT_UUID_1);
		assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -cases[i].err);
		ut_assert_error(&e, cases[i].code, cases[i].err);
		ut_assert_holds(e.step, cases[i].attribute);
		assert_string_equal(e.wrote, create ? UT_UUID_2 : "1");
		assert_string_equal(e.object, create ? UT_UUID_2 : UT_UUID_1);
		assert_int_equal(fk->n_writes, 1);
		/* Nobody has to listen. */
		assert_int_equal(gvm_apply(&fk->ctx, &plan, NULL), -cases[i].err);
	}
}

/** @brief A refused create is never undone: the UUID is another's vGPU. @param state kernel */
static void refused_is_not_undone(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	fk_make(fk, 1, 0, UT_UUID_1);
	add_create(&plan, UT_UUID_1, "t-small");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EEXIST);
	ut_assert_error(&e, "GVM_E_UUID_TAKEN", EEXIST);
	assert_int_equal(fk->n_writes, 1);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(fk_find(fk, UT_UUID_1)->parent, 1);
}

/** @brief What fails late is undone in reverse order; the host is as it was. @param state kernel */
static void undo_in_reverse(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	add_create(&plan, UT_UUID_1, "t-large");
	add_create(&plan, UT_UUID_2, "t-large");
	add_create(&plan, UT_UUID_3, "t-large");
	add_create(&plan, UT_UUID_4, "t-small");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EUSERS);
	ut_assert_error(&e, "GVM_E_MDEV_FULL", EUSERS);
	assert_string_equal(e.object, UT_UUID_3);
	assert_int_equal(fk->n_writes, 5);
	fk_assert_write(fk, 2, UT_UUID_3, "/create");
	fk_assert_write(fk, 3, "1", UT_UUID_2 "/remove");
	fk_assert_write(fk, 4, "1", UT_UUID_1 "/remove");
	assert_int_equal(fk->parents[0].pool, 5);
	assert_int_equal(ut_count(fk->root, "sys/bus/mdev/devices"), 0);
}

/** @brief Taken but not as asked: GVM_E_NOT_SEEN, and it is undone. @param state kernel */
static void not_seen_is_undone(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	fk->wrong_type = true;
	add_create(&plan, UT_UUID_1, "t-large");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	ut_assert_holds(e.step, "mdev_type");
	ut_assert_holds(e.step, "t-large");
	assert_string_equal(e.wrote, UT_UUID_1);
	fk_assert_write(fk, 1, "1", UT_UUID_1 "/remove");
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief Taken, and nothing happened: not seen, and nothing to undo. @param state kernel */
static void nothing_to_undo(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	fk->silent = true;
	add_create(&plan, UT_UUID_1, "t-small");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	assert_int_equal(fk->n_writes, 1);
	fk_make(fk, 0, 0, UT_UUID_2);
	plan.n_steps = 0;
	add_destroy(&plan, UT_UUID_2);
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
}

/** @brief An undoing that fails is told, and the earlier steps are undone all the same. @param state kernel */
static void undo_fails(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	add_create(&plan, UT_UUID_1, "t-small");
	add_create(&plan, UT_UUID_2, "t-small");
	add_create(&plan, UT_UUID_3, "t-large");
	add_create(&plan, UT_UUID_4, "t-large");
	/* First the undoing works, so that the second time only its failing makes the difference. */
	fk->parents[0].pool = 4;
	fk->fail_at = "remove";
	fk->fail_with = EBUSY;
	fk->fail_from = 99;
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EUSERS);
	assert_int_equal(fk->n_writes, 7);
	assert_int_equal(fk->parents[0].pool, 4);
	fk->fail_from = 0;
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EUSERS);
	ut_assert_error(&e, "GVM_E_MDEV_FULL", EUSERS);
	ut_assert_holds(e.cause, "undoing it failed");
	ut_assert_holds(e.cause, "EBUSY");
	/* Each was tried, in reverse order, though every one failed. */
	assert_int_equal(fk->n_writes, 14);
	fk_assert_write(fk, 11, "1", UT_UUID_3 "/remove");
	fk_assert_write(fk, 13, "1", UT_UUID_1 "/remove");
}

/** @brief Behind a point of no return nothing is undone, before it everything. @param state kernel */
static void point_of_no_return(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	add_create(&plan, UT_UUID_1, "t-small");
	add_create(&plan, UT_UUID_2, "t-small")->point_of_no_return = true;
	add_create(&plan, UT_UUID_3, "t-small");
	add_create(&plan, "not a UUID", "t-small");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EINVAL);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_non_null(fk_find(fk, UT_UUID_2));
	assert_null(fk_find(fk, UT_UUID_3));
	/* A step that was refused was not passed: what stands before it is undone. */
	plan.n_steps = 0;
	add_create(&plan, UT_UUID_3, "t-small");
	add_create(&plan, UT_UUID_1, "t-small")->point_of_no_return = true;
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EEXIST);
	assert_null(fk_find(fk, UT_UUID_3));
	assert_non_null(fk_find(fk, UT_UUID_1));
}

/** @brief The kernel's own words come with the error, those about others do not. @param state kernel */
static void kernel_words(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	add_create(&plan, UT_UUID_1, "t-small");
	fk->fail_at = "create";
	fk->fail_with = EIO;
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EIO);
	assert_int_equal(e.n_kernel_log, 1);
	ut_assert_holds(e.kernel_log[0], "not readable");
	ut_write(fk->root, "dev/kmsg", "6,0,0,-;old words about " UT_UUID_1 "\n");
	fk->says = "mdev " UT_UUID_1 ": firmware says no";
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EIO);
	assert_int_equal(e.n_kernel_log, 1);
	assert_string_equal(e.kernel_log[0], fk->says);
	fk->says = "mdev " UT_UUID_2 ": another's";
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EIO);
	assert_int_equal(e.n_kernel_log, 0);
}

/** @brief On a sysroot without a writer nothing is written. @param state kernel */
static void read_only(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };
	char text[8];

	gvm_host_set_writer(fk->ctx.host, NULL, NULL);
	add_create(&plan, UT_UUID_1, "t-small");
	assert_int_equal(gvm_apply(&fk->ctx, &plan, &e), -EROFS);
	ut_assert_error(&e, "GVM_E_READ_ONLY", EROFS);
	ut_read(fk->root, "sys/devices/pci0000:00/" GPU "/mdev_supported_types/t-small/create",
		text, sizeof(text));
	assert_string_equal(text, "");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(success),
		TEST(empty),
		TEST(every_errno),
		TEST(refused_is_not_undone),
		TEST(undo_in_reverse),
		TEST(not_seen_is_undone),
		TEST(nothing_to_undo),
		TEST(undo_fails),
		TEST(point_of_no_return),
		TEST(kernel_words),
		TEST(read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
