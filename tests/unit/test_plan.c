// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "generic.h"
#include "json.h"
#include "plan.h"
#include "vendor.h"

#define GPU "0000:3b:00.0"

static const struct gvm_gpu gpu = { .id = GPU, .path = "/sys/bus/pci/devices/" GPU };

/** @brief Steps are numbered, empty, and bounded. @param state unused */
static void steps(void **state)
{
	struct gvm_plan *plan = malloc(sizeof(*plan));
	struct gvm_step *s = NULL;
	struct gvm_error e = { 0 };
	unsigned int i;

	(void)state;
	memset(plan, 0xaa, sizeof(*plan));
	plan->n_steps = 0;
	for (i = 1; i <= GVM_PLAN_MAX_STEPS; i++) {
		assert_int_equal(gvm_plan_step(plan, "desk1", &s, &e), 0);
		assert_int_equal(s->id, i);
		assert_string_equal(s->object, "desk1");
		assert_false(s->has_inverse || s->point_of_no_return || s->write.path[0]);
	}
	assert_int_equal(gvm_plan_step(plan, "desk1", &s, &e), -E2BIG);
	ut_assert_error(&e, "GVM_E_PLAN_TOO_LONG", E2BIG);
	assert_int_equal(plan->n_steps, GVM_PLAN_MAX_STEPS);
	free(plan);
}

/** @brief A member of an object as text, by a path of up to two keys. @param o object @param a @param b keys, b may be NULL @return text */
static const char *member(struct json_object *o, const char *a, const char *b)
{
	struct json_object *v = NULL;

	assert_true(json_object_object_get_ex(o, a, &v));
	if (b)
		assert_true(json_object_object_get_ex(v, b, &v));
	return v ? json_object_get_string(v) : "null";
}

/** @brief The making of an mdev: what is written, what is expected, and how it is undone. @param state unused */
static void create(void **state)
{
	struct gvm_vgpu_wanted wanted = { "desk1", UT_UUID_1, "t-1" };
	struct gvm_plan plan = { .n_steps = 0 };
	GVM_AUTOJSON struct json_object *o = NULL;

	(void)state;
	assert_int_equal(gvm_vendor_mdev.plan_create(&gpu, &wanted, &plan, NULL), 0);
	assert_int_equal(plan.n_steps, 1);
	o = gvm_step_json(&plan.steps[0]);
	assert_string_equal(member(o, "id", NULL), "1");
	assert_string_equal(member(o, "kind", NULL), "write");
	assert_string_equal(member(o, "object", NULL), "desk1");
	assert_string_equal(member(o, "args", "path"),
			    "/sys/bus/pci/devices/" GPU "/mdev_supported_types/t-1/create");
	assert_string_equal(member(o, "args", "value"), UT_UUID_1);
	assert_string_equal(member(o, "expect", "kind"), "link");
	assert_string_equal(member(o, "expect", "path"),
			    "/sys/bus/pci/devices/" GPU "/" UT_UUID_1 "/mdev_type");
	assert_string_equal(member(o, "expect", "value"), "t-1");
	assert_string_equal(member(o, "inverse", "path"),
			    "/sys/bus/mdev/devices/" UT_UUID_1 "/remove");
	assert_string_equal(member(o, "inverse", "value"), "1");
	assert_string_equal(member(o, "inverse", "may_block"), "true");
	assert_string_equal(member(o, "point_of_no_return", NULL), "false");
	ut_assert_holds(member(o, "reason", NULL), "desk1");
	assert_true(plan.steps[0].wait_ms > 0);
}

/** @brief The removal of one: it may block, and cannot be undone. @param state unused */
static void destroy(void **state)
{
	struct gvm_vgpu v = { .name = "desk1", .uuid = UT_UUID_1 };
	struct gvm_plan plan = { .n_steps = 0 };
	GVM_AUTOJSON struct json_object *o = NULL;

	(void)state;
	assert_int_equal(gvm_vendor_mdev.plan_destroy(&v, &plan, NULL), 0);
	o = gvm_step_json(&plan.steps[0]);
	assert_string_equal(member(o, "args", "path"),
			    "/sys/bus/mdev/devices/" UT_UUID_1 "/remove");
	assert_string_equal(member(o, "args", "may_block"), "true");
	assert_string_equal(member(o, "expect", "kind"), "absent");
	assert_string_equal(member(o, "expect", "path"), "/sys/bus/mdev/devices/" UT_UUID_1);
	assert_string_equal(member(o, "inverse", NULL), "null");
	assert_string_equal(member(o, "point_of_no_return", NULL), "true");
}

/** @brief Names too long for a path are refused, not cut. @param state unused */
static void too_long(void **state)
{
	struct gvm_gpu far = gpu;
	struct gvm_vgpu_wanted wanted = { "desk1", UT_UUID_1, "t-1" };
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	(void)state;
	memset(far.path, 'x', sizeof(far.path) - 1);
	assert_int_equal(gvm_vendor_mdev.plan_create(&far, &wanted, &plan, &e), -ENAMETOOLONG);
	assert_string_equal(e.code, "GVM_E_UNSUPPORTED");
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),
		cmocka_unit_test(create),
		cmocka_unit_test(destroy),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
