// SPDX-License-Identifier: GPL-2.0-or-later
/* Own types: their text; made, listed, used and forgotten. */
#include "fake_kernel.h"

#include "change.h"
#include "cleanup.h"
#include "exchange.h"
#include "inventory.h"
#include "keep.h"
#include "own_type.h"
#include "str.h"

#define GPU "0000:3b:00.0"
#define GPU_2 "0000:3c:00.0"
#define FILE_1 "etc/gvm/types.d/desk.yaml"
#define HEAD "version: 1\nname: desk\nbase: t-small\n"

/** @brief Two GPUs, one with a second type. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));

	fk_open(fk);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fk_add_type(fk, 0, "t-large", "Large One", 2);
	fk_add_parent(fk, GPU_2, 3);
	fk_add_type(fk, 1, "t-small", "Small One", 1);
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

/** @brief Parse a text. @param text YAML @param t result @param e detail @return as the parser */
static int parse(const char *text, struct gvm_own_type *t, struct gvm_error *e)
{
	return gvm_own_type_parse(text, strlen(text), "x.yaml", t, e);
}

/** @brief Keep one of a text; must succeed. @param fk kernel @param text YAML */
static void keep(struct fake_kernel *fk, const char *text)
{
	struct gvm_error e = { 0 };
	struct gvm_own_type t;

	if (parse(text, &t, &e) < 0 || gvm_own_type_create(&fk->ctx, &t, false, &e) < 0)
		fail_msg("%s", e.message);
}

/** @brief Keep one of a text; must fail. @param fk kernel @param text YAML @param code expected @param err errno */
static void refuse(struct fake_kernel *fk, const char *text, const char *code, int err)
{
	struct gvm_error e = { 0 };
	struct gvm_own_type t;

	assert_int_equal(parse(text, &t, NULL), 0);
	assert_int_equal(gvm_own_type_create(&fk->ctx, &t, false, &e), -err);
	ut_assert_error(&e, code, err);
}

/** @brief Every field arrives, and is written so that it is read again. @param state unused */
static void all_fields(void **state)
{
	static const char text[] =
		"version: 1\nname: desk\nbase: nvidia-558\ngpu: {address: 3B:00.0, serial: s1}\n"
		"description: \"for desks, \\\"quiet\\\"\"\n"
		"params:\n  - {name: a/b, value: 1}\n  - {name: a/b, value: 2}\n";
	GVM_AUTOFREE char *again = NULL;
	struct gvm_own_type t, c;
	struct gvm_error e = { 0 };

	(void)state;
	if (parse(text, &t, &e) < 0)
		fail_msg("%s", e.message);
	assert_string_equal(t.base, "nvidia-558");
	assert_string_equal(t.gpu, GPU);
	assert_string_equal(t.serial, "s1");
	assert_string_equal(t.description, "for desks, \"quiet\"");
	assert_int_equal(t.params.n, 2);
	assert_string_equal(t.params.items[1].value, "2");
	again = gvm_own_type_text(&t);
	assert_int_equal(parse(again, &c, NULL), 0);
	assert_memory_equal(&t, &c, sizeof(t));
}

/** @brief Texts that are refused, and what is said. @param state unused */
static void refused(void **state)
{
	static const char *const wrong[][2] = {
		{ "", "it is empty" },
		{ "version: 1\nname: desk\n", "base" },
		{ "version: 2\nname: desk\nbase: t\n", "version is not 1" },
		{ "version: 1\nname: Desk\nbase: t\n", "no name for a type" },
		{ "version: 1\nname: vf\nbase: t\n", "every host has" },
		{ "version: 1\nname: t\nbase: t\n", "the type itself" },
		{ "version: 1\nname: desk\nbase: ../t\n", "base is no type" },
		{ HEAD "framebuffer_mib: 512\n", "line 4: Unexpected key: framebuffer_mib" },
		{ HEAD "gpu: {address: ../x}\n", "no address" },
		{ HEAD "description: \"a\\nb\"\n", "no line of text" },
		{ HEAD "params: [{name: remove, value: 1}]\n", "acts on the device" },
		{ HEAD "params: [{name: x}]\n", "value" },
	};
	struct gvm_own_type t;
	struct gvm_error e;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(wrong); i++) {
		memset(&e, 0, sizeof(e));
		if (parse(wrong[i][0], &t, &e) != -EINVAL)
			fail_msg("taken: %s", wrong[i][0]);
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
		ut_assert_holds(e.message, wrong[i][1]);
	}
}

/** @brief The type of a name on a GPU. @param inv host @param name type @param gpu id @return type, or NULL */
static const struct gvm_type *on(const struct gvm_inventory *inv, const char *name, const char *gpu)
{
	size_t i;

	for (i = 0; i < inv->n_types; i++)
		if (strcmp(inv->types[i].id, name) == 0 && strcmp(inv->types[i].gpu->id, gpu) == 0)
			return &inv->types[i];
	return NULL;
}

/** @brief They are listed with the room of their base, on each GPU that has it, or just the one. @param state kernel */
static void listed(void **state)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct fake_kernel *fk = *state;
	char text[512];

	keep(fk, "version: 1\nname: desk\nbase: Small One\ndescription: for desks\n");
	ut_read(fk->root, FILE_1, text, sizeof(text));
	ut_assert_holds(text, "base: \"t-small\"\n");
	keep(fk, "version: 1\nname: here\nbase: t-small\ngpu: {address: \"" GPU_2 "\"}\n");
	ut_write(fk->root, "etc/gvm/types.d/gone.yaml", "version: 1\nname: gone\nbase: t-x\n");
	ut_write(fk->root, "etc/gvm/types.d/t-large.yaml",
		 "version: 1\nname: t-large\nbase: t-small\n");
	ut_write(fk->root, "etc/gvm/types.d/bad.yaml", "version: 1\n");
	assert_int_equal(gvm_inventory_read(&fk->ctx, GVM_INV_TYPES, NULL, &inv, NULL), 0);
	assert_int_equal(inv->n_types, 6);
	assert_int_equal(on(inv, "desk", GPU)->available, 4);
	assert_int_equal(on(inv, "desk", GPU_2)->available, 3);
	assert_string_equal(on(inv, "desk", GPU)->description, "for desks");
	assert_string_equal(on(inv, "desk", GPU)->own->base, "t-small");
	assert_null(on(inv, "here", GPU));
	assert_non_null(on(inv, "here", GPU_2));
	assert_null(on(inv, "t-large", GPU)->own);
	/* bad, gone, t-large: each is told. */
	assert_int_equal(inv->n_warnings, 3);
}

/** @brief Names that are taken, bases that are none, parameters that cannot be. @param state kernel */
static void not_kept(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_own_type t;

	refuse(fk, "version: 1\nname: t-large\nbase: t-small\n", "GVM_E_NAME_TAKEN", EEXIST);
	refuse(fk, "version: 1\nname: desk\nbase: t-none\n", "GVM_E_TYPE_NOT_FOUND", ENOENT);
	refuse(fk, "version: 1\nname: desk\nbase: t-large\ngpu: {address: \"" GPU_2 "\"}\n",
	       "GVM_E_TYPE_NOT_FOUND", ENOENT);
	assert_false(ut_exists(fk->root, FILE_1));
	keep(fk, HEAD);
	refuse(fk, HEAD, "GVM_E_NAME_TAKEN", EEXIST);
	refuse(fk, "version: 1\nname: other\nbase: desk\n", "GVM_E_FILE_INVALID", EINVAL);
	/* Anew, and for a driver that is not there yet. */
	assert_int_equal(parse("version: 1\nname: desk\nbase: t-none\n", &t, NULL), 0);
	assert_int_equal(gvm_own_type_create(&fk->ctx, &t, true, NULL), 0);
}

/** @brief What is made of one is of its base, with its parameters before one's own. @param state kernel */
static void made(void **state)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct fake_kernel *fk = *state;
	struct gvm_params own = { .n = 0 };
	const struct gvm_vgpu_request q = {
		.type = "desk", .name = "a", .uuid = UT_UUID_1, .params = &own
	};
	struct gvm_vgpu_record record;
	struct gvm_error e = { 0 };
	const struct gvm_vgpu *v;

	keep(fk, HEAD "params: [{name: limit, value: 5}, {name: list, value: x}]\n");
	assert_null(gvm_params_add(&own, "limit", "6"));
	if (gvm_vgpu_create(&fk->ctx, &q, NULL, &record, &e) < 0)
		fail_msg("%s", e.message);
	assert_string_equal(record.type, "t-small");
	fk_assert_write(fk, 0, UT_UUID_1, GPU "/mdev_supported_types/t-small/create");
	fk_assert_write(fk, 1, "5", "/limit");
	fk_assert_write(fk, 2, "x", "/list");
	fk_assert_write(fk, 3, "6", "/limit");
	assert_int_equal(gvm_inventory_read(&fk->ctx, GVM_INV_VGPUS, NULL, &inv, NULL), 0);
	assert_int_equal(gvm_find_vgpu(inv, "a", &v, NULL), 0);
	assert_string_equal(v->type, "t-small");
	assert_string_equal(v->made->own_type, "desk");
	/* Together there are too many. */
	while (own.n < GVM_MAX_PARAMS)
		assert_null(gvm_params_add(&own, "list", "1"));
	assert_int_equal(gvm_vgpu_plan_create(&fk->ctx, &q, &(struct gvm_plan){ 0 }, &record, &e),
			 -EINVAL);
	ut_assert_holds(e.message, "more than 16");
}

/** @brief A definition keeps the name, follows the type, and holds it. @param state kernel */
static void defined(void **state)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	struct gvm_definition d = {
		.name = "desk1", .type = "desk", .gpu = GPU, .uuid = UT_UUID_1
	};
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };
	char text[512];

	keep(fk, HEAD "params: [{name: limit, value: 5}]\n");
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, NULL), 0);
	assert_string_equal(d.type, "desk");
	ut_read(fk->root, "etc/gvm/vgpu.d/desk1.yaml", text, sizeof(text));
	ut_assert_holds(text, "type: \"desk\"\n");
	assert_null(strstr(text, "limit"));
	assert_int_equal(gvm_definitions_load(&fk->ctx, &all, NULL, NULL), 0);
	assert_string_equal(all.items[0].base, "t-small");
	assert_int_equal(gvm_definition_start(&fk->ctx, &all.items[0], NULL), 0);
	fk_assert_write(fk, 1, "5", "/limit");
	assert_int_equal(gvm_definition_start(&fk->ctx, &all.items[0], NULL), 1);
	/* To mdevctl it goes in the driver's words. */
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &all.items[0], false, false, NULL), 0);
	ut_read(fk->root, "etc/mdevctl.d/" GPU "/" UT_UUID_1, text, sizeof(text));
	ut_assert_holds(text, "\"t-small\"");
	ut_assert_holds(text, "\"limit\":\"5\"");
	ut_write(fk->root, "etc/gvm/vm.d/demo.yaml",
		 "version: 1\nname: demo\nboot: {kernel: /k}\nvgpus: [{type: desk}]\n");
	assert_int_equal(gvm_own_type_delete(&fk->ctx, "desk", false, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_TYPE_IN_USE", EBUSY);
	ut_assert_holds(e.message, "desk1");
	ut_assert_holds(e.message, "VM demo");
	assert_int_equal(gvm_definition_undefine(&fk->ctx, "desk1", NULL), 0);
	assert_int_equal(gvm_own_type_delete(&fk->ctx, "desk", false, &e), -EBUSY);
	ut_write(fk->root, "etc/gvm/vm.d/demo.yaml",
		 "version: 1\nname: demo\nboot: {kernel: /k}\nvgpus: [{type: t-small}]\n");
	assert_int_equal(gvm_own_type_delete(&fk->ctx, "desk", true, NULL), 0);
	assert_true(ut_exists(fk->root, FILE_1));
	assert_int_equal(gvm_own_type_delete(&fk->ctx, "desk", false, NULL), 0);
	assert_false(ut_exists(fk->root, FILE_1));
	assert_int_equal(gvm_own_type_delete(&fk->ctx, "desk", false, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	assert_int_equal(gvm_own_type_delete(&fk->ctx, "../x", false, &e), -ENOENT);
}

/** @brief A base that is not there is told as the reason. @param state kernel */
static void no_base(void **state)
{
	const struct gvm_vgpu_request q = { .type = "gone" };
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_record record;
	struct gvm_error e = { 0 };

	ut_write(fk->root, "etc/gvm/types.d/gone.yaml", "version: 1\nname: gone\nbase: t-x\n");
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &record, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	ut_assert_holds(e.cause, "its base t-x is not there");
}

/** @brief Run the tests. @return number of failures */
int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),
		cmocka_unit_test(refused),
		TEST(listed),
		TEST(not_kept),
		TEST(made),
		TEST(defined),
		TEST(no_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
