// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts of definitions, ours and mdevctl's. */
#include "unit.h"

#include "cleanup.h"
#include "definition.h"
#include "json.h"
#include "mdevctl.h"

#define HEAD "version: 1\nname: desk1\ntype: t-1\n"
#define MDEV "mdpy/" UT_UUID_1

/** @brief Parse a text as x.yaml. @param text YAML @param d result @param e detail @return as the parser */
static int parse(const char *text, struct gvm_definition *d, struct gvm_error *e)
{
	return gvm_definition_parse(text, strlen(text), "x.yaml", d, e);
}

/** @brief Every field of a good file arrives, and is written so that it is read again. @param state unused */
static void all_fields(void **state)
{
	static const char text[] =
		"version: 1\nname: desk1\nuuid: 11111111-AAAA-4BBB-8CCC-000000000001\n"
		"gpu: {address: 3B:00.0, serial: \"12\\\"3\", vf: 3b:0.2}\ntype: nvidia-558\nautostart: yes\n"
		"params:\n  - {name: frame_rate_limiter, value: 0}\n"
		"  - name: nvidia/vgpu_params\n    value: \"a=\\\\b\"\n  - {name: empty, value: \"\"}\n";
	GVM_AUTOFREE char *again = NULL;
	struct gvm_definition d, c;
	struct gvm_error e = { 0 };

	(void)state;
	if (parse(text, &d, &e) < 0)
		fail_msg("%s", e.message);
	assert_string_equal(d.name, "desk1");
	assert_string_equal(d.uuid, UT_UUID_1);
	assert_string_equal(d.gpu, "0000:3b:00.0");
	assert_string_equal(d.serial, "12\"3");
	assert_string_equal(d.vf, "0000:3b:00.2");
	assert_string_equal(d.type, "nvidia-558");
	assert_true(d.autostart);
	assert_int_equal(d.params.n, 3);
	assert_string_equal(d.params.items[1].name, "nvidia/vgpu_params");
	assert_string_equal(d.params.items[1].value, "a=\\b");
	again = gvm_definition_text(&d);
	assert_int_equal(parse(again, &c, &e), 0);
	assert_memory_equal(&c, &d, sizeof(d));
}

/** @brief What is left out gets its default. @param state unused */
static void defaults(void **state)
{
	struct gvm_definition d;

	(void)state;
	assert_int_equal(parse(HEAD, &d, NULL), 0);
	assert_string_equal(d.uuid, "");
	assert_string_equal(d.gpu, "");
	assert_false(d.autostart);
	assert_int_equal(d.params.n, 0);
	assert_int_equal(d.by, GVM_DEFINED_BY_GVM);
}

/** @brief The words for yes and no. @param state unused */
static void words(void **state)
{
	static const char *const yes[] = { "true", "yes", "on", "True" };
	static const char *const no[] = { "false", "no", "off", "OFF" };
	struct gvm_definition d;
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(yes); i++) {
		snprintf(text, sizeof(text), HEAD "autostart: %s\n", yes[i]);
		assert_int_equal(parse(text, &d, NULL), 0);
		assert_true(d.autostart);
		snprintf(text, sizeof(text), HEAD "autostart: %s\n", no[i]);
		assert_int_equal(parse(text, &d, NULL), 0);
		assert_false(d.autostart);
	}
}

/** @brief Texts that are refused, and what is said. @param state unused */
static void refused(void **state)
{
	static const char *const wrong[][2] = {
		{ "", "it is empty" },
		{ "version: 1\nname: a\n", "type" },
		{ "version: 2\nname: a\ntype: t\n", "version is not 1" },
		{ "version: 1\nname: Desk\ntype: t\n", "no name for a vGPU" },
		{ "version: 1\nname: " UT_UUID_1 "\ntype: t\n", "name is a UUID" },
		{ "version: 1\nname: a\ntype: a/b\n", "type is no type" },
		{ "version: 1\nname: a\ntype: ..\n", "type is no type" },
		{ HEAD "uuid: 5\n", "uuid is no UUID" },
		{ HEAD "autostart: maybe\n", "neither true nor false" },
		{ HEAD "autostrat: true\n", "line 4: Unexpected key: autostrat" },
		{ HEAD "gpu: mdpy\n", "line 4" },
		{ HEAD "gpu: {address: ../x}\n", "no address" },
		{ HEAD "gpu: {serial: x}\n", "address" },
		{ HEAD "gpu: {address: 3b:00.0, vf: card0}\n", "vf is no address" },
		{ HEAD "gpu: {vf: 3b:00.1}\n", "address" },
		{ HEAD "params: [{name: ../x, value: 1}]\n", "leads elsewhere" },
		{ HEAD "params: [{name: a/../x, value: 1}]\n", "leads elsewhere" },
		{ HEAD "params: [{name: /x, value: 1}]\n", "not the name of an attribute" },
		{ HEAD "params: [{name: x/, value: 1}]\n", "not the name of an attribute" },
		{ HEAD "params: [{name: \"a b\", value: 1}]\n", "not the name of an attribute" },
		{ HEAD "params: [{name: x, value: \"a\\nb\"}]\n", "no short line" },
		{ HEAD "params: [{name: x}]\n", "value" },
	};
	struct gvm_definition d;
	struct gvm_error e;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(wrong); i++) {
		memset(&e, 0, sizeof(e));
		if (parse(wrong[i][0], &d, &e) != -EINVAL)
			fail_msg("taken: %s", wrong[i][0]);
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
		ut_assert_holds(e.message, wrong[i][1]);
	}
}

/** @brief Sixteen parameters are taken, one more is not. @param state unused */
static void many_params(void **state)
{
	struct gvm_definition d = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < GVM_MAX_PARAMS; i++)
		assert_null(gvm_params_add(&d.params, "a", "1"));
	assert_non_null(gvm_params_add(&d.params, "a", "1"));
	assert_int_equal(d.params.n, GVM_MAX_PARAMS);
}

/** @brief mdevctl's file, as mdevctl 1.2 writes it. @param state unused */
static void mdevctls(void **state)
{
	static const char text[] = "{\n  \"mdev_type\": \"mdpy-xga\",\n  \"start\": \"auto\",\n"
				   "  \"attrs\": [\n    {\n      \"a/b\": \"1\"\n    },\n"
				   "    {\n      \"c\": \"\"\n    }\n  ]\n}\n";
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_definition d, c;
	const char *again;

	(void)state;
	assert_null(gvm_mdevctl_parse(text, strlen(text), MDEV, &d));
	assert_string_equal(d.name, UT_UUID_1);
	assert_string_equal(d.uuid, UT_UUID_1);
	assert_string_equal(d.gpu, "mdpy");
	assert_string_equal(d.type, "mdpy-xga");
	assert_true(d.autostart);
	assert_int_equal(d.by, GVM_DEFINED_BY_MDEVCTL);
	assert_int_equal(d.params.n, 2);
	assert_string_equal(d.params.items[0].name, "a/b");
	assert_string_equal(d.params.items[0].value, "1");
	o = gvm_mdevctl_json(&d);
	again = json_object_to_json_string(o);
	assert_null(gvm_mdevctl_parse(again, strlen(again), MDEV, &c));
	assert_memory_equal(&c, &d, sizeof(d));
}

/** @brief What is no definition of mdevctl. @param state unused */
static void mdevctl_refused(void **state)
{
	static const char good[] = "{\"mdev_type\":\"t\",\"start\":\"manual\"}";
	static const char *const names[] = { UT_UUID_1,        "/" UT_UUID_1,
					     "a/b/" UT_UUID_1, "a/b",
					     "../" UT_UUID_1,  ".a/" UT_UUID_1,
					     "a\n/" UT_UUID_1, "a/" };
	static const char *const texts[] = {
		"",
		"[]",
		"{",
		"{\"start\":\"auto\"}",
		"{\"mdev_type\":\"t\"}",
		"{\"mdev_type\":\"t\",\"start\":\"later\"}",
		"{\"mdev_type\":\"a/b\",\"start\":\"auto\"}",
		"{\"mdev_type\":\"\",\"start\":\"auto\"}",
		"{\"mdev_type\":7,\"start\":\"auto\"}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":{}}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":[1]}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":[{}]}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":[{\"a\":\"1\",\"b\":\"2\"}]}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":[{\"a\":1}]}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":[{\"a\":\"\\u0000\"}]}",
		"{\"mdev_type\":\"t\",\"start\":\"auto\",\"attrs\":[{\"../a\":\"1\"}]}",
	};
	struct gvm_definition d;
	size_t i;

	(void)state;
	assert_null(gvm_mdevctl_parse(good, strlen(good), MDEV, &d));
	assert_false(d.autostart);
	for (i = 0; i < UT_COUNT(names); i++)
		if (!gvm_mdevctl_parse(good, strlen(good), names[i], &d))
			fail_msg("taken: %s", names[i]);
	for (i = 0; i < UT_COUNT(texts); i++)
		if (!gvm_mdevctl_parse(texts[i], strlen(texts[i]), MDEV, &d))
			fail_msg("taken: %s", texts[i]);
}

/** @brief What mdevctl cannot keep. @param state unused */
static void mdevctl_cannot(void **state)
{
	struct gvm_definition d = { .gpu = "mdpy", .base = "mdpy-xga" };

	(void)state;
	assert_null(gvm_mdevctl_cannot(&d));
	strcpy(d.base, "whole");
	assert_non_null(gvm_mdevctl_cannot(&d));
	strcpy(d.base, "vf");
	assert_non_null(gvm_mdevctl_cannot(&d));
	strcpy(d.base, "mdpy-xga");
	d.gpu[0] = '\0';
	assert_non_null(gvm_mdevctl_cannot(&d));
}

/** @brief Run the tests. @return number of failures */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),      cmocka_unit_test(defaults),
		cmocka_unit_test(words),           cmocka_unit_test(refused),
		cmocka_unit_test(many_params),     cmocka_unit_test(mdevctls),
		cmocka_unit_test(mdevctl_refused), cmocka_unit_test(mdevctl_cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
