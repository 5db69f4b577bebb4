// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters: their names, how they are set on new vGPUs and on active ones, and undone. */
#include "fake_kernel.h"

#include "change.h"
#include "inventory.h"
#include "json.h"
#include "keep.h"
#include "params.h"
#include "str.h"
#include "vgpu_set.h"

#define GPU "0000:3b:00.0"
/* More than any value. */
#define TEN "1234567890"
#define FIFTY TEN TEN TEN TEN TEN
#define LONG FIFTY FIFTY FIFTY
#define DEVICE "sys/bus/mdev/devices/" UT_UUID_1

static char warned[1024];

/** @brief Keep what is warned of. @param text line @param data unused */
static void keep_warning(const char *text, void *data)
{
	(void)data;
	snprintf(warned, sizeof(warned), "%s", text);
}

/** @brief A GPU with a type. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));

	fk_open(fk);
	fk->ctx.warn = keep_warning;
	warned[0] = '\0';
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
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

/** @brief Parameters of texts. @param texts NAME=VALUE, NULL at the end @return them */
static struct gvm_params make(const char *const *texts)
{
	struct gvm_params p = { .n = 0 };

	for (; *texts; texts++)
		assert_null(gvm_params_add_text(&p, *texts));
	return p;
}
#define PARAMS(...) make((const char *const[]){ __VA_ARGS__, NULL })
#define WITH(...) ((struct gvm_params[]){ PARAMS(__VA_ARGS__) })

/** @brief All as one text. @param p parameters @param buf result @return buf */
static const char *text_of(const struct gvm_params *p, char buf[512])
{
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < p->n; i++)
		len += (size_t)snprintf(buf + len, 512 - len, "%s=%s ", p->items[i].name,
					p->items[i].value);
	return buf;
}

/** @brief Make a vGPU. @param fk kernel @param p its parameters @param e detail @return 0 or -errno */
static int create(struct fake_kernel *fk, const struct gvm_params *p, struct gvm_error *e)
{
	const struct gvm_vgpu_request q = {
		.type = "t-small", .gpu = GPU, .name = "desk1", .uuid = UT_UUID_1, .params = p
	};
	struct gvm_vgpu_record made;

	return gvm_vgpu_create(&fk->ctx, &q, NULL, &made, e);
}

/** @brief Check what an attribute of the vGPU shows. @param fk kernel @param name attribute @param wanted text */
static void assert_shows(struct fake_kernel *fk, const char *name, const char *wanted)
{
	char path[UT_PATH], text[512];

	snprintf(path, sizeof(path), DEVICE "/%s", name);
	ut_read(fk->root, path, text, sizeof(text));
	assert_string_equal(text, wanted);
}

/** @brief Names that are taken and those that are not, and why. @param state unused */
static void names(void **state)
{
	static const char *const good[] = { "a",       "power/control", "nvidia/vgpu_params",
					    "a-b/c.d", "x/removed",     "driver_x" };
	static const char *const bad[][2] = {
		{ "", "not the name" },         { "/a", "not the name" },
		{ "a/", "not the name" },       { "a//b", "not the name" },
		{ "a b", "not the name" },      { "a\n", "not the name" },
		{ "..", "elsewhere" },          { "../a", "elsewhere" },
		{ "a/../b", "elsewhere" },      { ".a", "elsewhere" },
		{ "remove", "acts" },           { "uevent", "acts" },
		{ "driver/unbind", "acts" },    { "driver", "acts" },
		{ "mdev_type/create", "acts" }, { "iommu_group/type", "acts" },
		{ "subsystem/x", "acts" },      { "a/reset", "acts" },
		{ "driver_override", "acts" },
	};
	struct gvm_params p = { .n = 0 };
	char longer[65];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(good); i++)
		assert_null(gvm_params_add(&p, good[i], "1"));
	for (i = 0; i < UT_COUNT(bad); i++) {
		const char *wrong = gvm_params_add(&p, bad[i][0], "1");

		if (!wrong)
			fail_msg("taken: %s", bad[i][0]);
		ut_assert_holds(wrong, bad[i][1]);
	}
	memset(longer, 'a', 64);
	longer[64] = '\0';
	assert_non_null(gvm_params_add(&p, longer, "1"));
	assert_null(gvm_params_add(&p, longer + 1, "1"));
	assert_non_null(gvm_params_add(&p, "a", "1\n2"));
	assert_non_null(gvm_params_add(&p, "a", "\xff"));
	assert_non_null(gvm_params_add(&p, "a", "\xc2\x9b" "31m"));
	assert_null(gvm_params_add(&p, "a", "gr\xc3\xbc\xc3\x9f"));
	assert_non_null(gvm_params_add_text(&p, "a"));
	assert_null(gvm_params_add_text(&p, "a=b=c"));
	assert_string_equal(p.items[p.n - 1].value, "b=c");
	assert_int_equal(p.n, UT_COUNT(good) + 3);
}

/** @brief Order and duplicates are kept when some change. @param state unused */
static void changed(void **state)
{
	struct gvm_params p = PARAMS("a=1", "list=x", "b=2", "list=y");
	const struct gvm_params some = PARAMS("new=9", "list=z", "list=x", "a=");
	const struct gvm_params first = PARAMS("a=0", "c=3");
	struct gvm_params full = { .n = 0 };
	char text[512];

	(void)state;
	assert_null(gvm_params_change(&p, &some));
	assert_string_equal(text_of(&p, text), "a= list=z list=x b=2 new=9 ");
	assert_null(gvm_params_prepend(&p, &first));
	assert_string_equal(text_of(&p, text), "a=0 c=3 a= list=z list=x b=2 new=9 ");
	while (full.n < GVM_MAX_PARAMS)
		assert_null(gvm_params_add(&full, "list", "1"));
	assert_non_null(gvm_params_prepend(&full, &first));
	assert_non_null(gvm_params_change(&full, &first));
	assert_int_equal(full.n, GVM_MAX_PARAMS);
	assert_string_equal(full.items[0].name, "list");
}

/** @brief What an attribute shows, and whether that is what was written. @param state unused */
static void shown(void **state)
{
	static const struct {
		const char *shows, *value;
		bool same;
	} cases[] = {
		{ "on", "on", true },
		{ "auto", "on", false },
		{ "171", "0xab", true },
		{ "172", "0xab", false },
		{ "[on] auto", "on", true },
		{ "on [auto]", "on", false },
		{ "on [auto]", "auto", true },
		{ "5\n6", "6", true },
		{ "5\n60", "6", false },
		{ "", "", true },
		{ "x", "", false },
		{ " a b ", "a b", true },
		{ "a b", "a", false },
		{ "", " ", true },
		{ "one", "1", false },
		{ "a [b] c", "a [b] c", true },
		{ LONG, "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++)
		if (gvm_param_shown(cases[i].shows, cases[i].value) != cases[i].same)
			fail_msg("\"%s\" shown for \"%s\"", cases[i].shows, cases[i].value);
}

/** @brief They are set in order after the vGPU is there, and shown. @param state kernel */
static void set_on_new(void **state)
{
	const struct gvm_params p = PARAMS("power/control=on", "list=b", "list=a", "limit=0x10");
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct fake_kernel *fk = *state;
	const struct gvm_vgpu *v;
	struct gvm_error e = { 0 };
	char text[512];

	if (create(fk, &p, &e) < 0)
		fail_msg("%s", e.message);
	fk_assert_write(fk, 0, UT_UUID_1, "/create");
	fk_assert_write(fk, 1, "on", UT_UUID_1 "/power/control");
	fk_assert_write(fk, 2, "b", UT_UUID_1 "/list");
	fk_assert_write(fk, 3, "a", UT_UUID_1 "/list");
	assert_shows(fk, "list", "b\na\n");
	assert_shows(fk, "limit", "16\n");
	assert_string_equal(warned, "");
	assert_int_equal(gvm_inventory_read(&fk->ctx, GVM_INV_VGPUS, NULL, &inv, NULL), 0);
	assert_int_equal(gvm_find_vgpu(inv, "desk1", &v, NULL), 0);
	assert_non_null(v->made);
	assert_string_equal(text_of(&v->made->params, text),
			    "power/control=on list=b list=a limit=0x10 ");
}

/** @brief One that fails undoes the vGPU, and tells attribute, value and errno. @param state kernel */
static void undone(void **state)
{
	static const struct {
		const char *text, *code;
		int err;
	} cases[] = {
		{ "none=1", "GVM_E_PARAM_UNKNOWN", ENOENT },
		{ "fixed=2", "GVM_E_PARAM_READ_ONLY", EACCES },
		{ "limit=much", "GVM_E_PARAM_REFUSED", EINVAL },
	};
	struct fake_kernel *fk = *state;
	struct gvm_error e;
	size_t i;

	for (i = 0; i < UT_COUNT(cases); i++) {
		const struct gvm_params p = PARAMS("power/control=on", cases[i].text, "list=1");

		memset(&e, 0, sizeof(e));
		assert_int_equal(create(fk, &p, &e), -cases[i].err);
		ut_assert_error(&e, cases[i].code, cases[i].err);
		ut_assert_holds(e.message, "of vGPU desk1");
		assert_string_equal(e.wrote, strchr(cases[i].text, '=') + 1);
		assert_null(fk_find(fk, UT_UUID_1));
		assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 0);
	}
	/* Busy: who may try again. */
	fk->fail_at = "limit";
	fk->fail_with = EBUSY;
	assert_int_equal(create(fk, WITH("limit=1"), &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_PARAM_BUSY", EBUSY);
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief What the driver takes and does not show is no success; what cannot be read is told. @param state kernel */
static void verified(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->deaf = true;
	assert_int_equal(create(fk, WITH("power/control=on"), &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_PARAM_NOT_SEEN", ETIMEDOUT);
	ut_assert_holds(e.message, "control shows auto");
	assert_null(fk_find(fk, UT_UUID_1));
	assert_string_equal(warned, "");
	assert_int_equal(create(fk, WITH("key=secret"), NULL), 0);
	ut_assert_holds(warned, "set key of vGPU desk1");
	ut_assert_holds(warned, "cannot be asked");
}

/** @brief An empty value is an empty line, which clears. @param state kernel */
static void cleared(void **state)
{
	struct fake_kernel *fk = *state;

	assert_int_equal(create(fk, WITH("list="), NULL), 0);
	assert_shows(fk, "list", "\n\n");
}

/** @brief The most and the longest survive in the record, and in the note of one that was killed. @param state kernel */
static void largest(void **state)
{
	struct gvm_params p = { .n = 0 };
	struct fake_kernel *fk = *state;
	char value[128];

	memset(value, '"', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	while (p.n < GVM_MAX_PARAMS)
		assert_null(gvm_params_add(&p, "list", value));
	assert_int_equal(create(fk, &p, NULL), 0);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief On an active vGPU: set, noted, and set back when a later one fails. @param state kernel */
static void set_on_active(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };
	struct gvm_vgpu_record now, key = { .name = "desk1", .uuid = UT_UUID_1 };
	char text[512];

	assert_int_equal(create(fk, WITH("limit=5"), NULL), 0);
	assert_int_equal(gvm_vgpu_set(&fk->ctx, "desk1", WITH("limit=6", "power/control=on"), NULL),
			 0);
	assert_shows(fk, "limit", "6\n");
	assert_true(gvm_vgpu_has_record(&fk->ctx, &key, &now));
	assert_string_equal(text_of(&now.params, text), "limit=6 power/control=on ");
	assert_int_equal(gvm_vgpu_set(&fk->ctx, "desk1",
				      WITH("limit=7", "power/control=auto", "none=1"), &e),
			 -ENOENT);
	ut_assert_error(&e, "GVM_E_PARAM_UNKNOWN", ENOENT);
	assert_shows(fk, "limit", "6\n");
	assert_shows(fk, "power/control", "on\n");
	assert_true(gvm_vgpu_has_record(&fk->ctx, &key, &now));
	assert_string_equal(text_of(&now.params, text), "limit=6 power/control=on ");
	/* What cannot be read cannot be set back, which is told. */
	assert_int_equal(gvm_vgpu_set(&fk->ctx, "desk1", WITH("key=1", "none=1"), &e), -ENOENT);
	ut_assert_holds(e.message, "stays: set key");
	/* Also when the path of the one that failed begins with its own; nothing stays of what failed. */
	assert_int_equal(gvm_vgpu_set(&fk->ctx, "desk1", WITH("key=1", "key_none=1"), &e), -ENOENT);
	ut_assert_holds(e.message, "stays: set key");
	assert_int_equal(gvm_vgpu_set(&fk->ctx, "desk1", WITH("none=1", "key=1"), &e), -ENOENT);
	assert_null(strstr(e.message, "stays"));
}

/** @brief Not on those of others, and not on what is not there. @param state kernel */
static void set_on_others(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk_make(fk, 0, 0, UT_UUID_2);
	assert_int_equal(gvm_vgpu_set(&fk->ctx, UT_UUID_2, WITH("limit=1"), &e), -EPERM);
	ut_assert_error(&e, "GVM_E_FOREIGN", EPERM);
	assert_int_equal(gvm_vgpu_set(&fk->ctx, "none", WITH("limit=1"), &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_VGPU_NOT_FOUND", ENOENT);
	assert_int_equal(fk->n_writes, 0);
}

/** @brief A definition and its vGPU change together, and neither when the driver refuses. @param state kernel */
static void set_on_defined(void **state)
{
	struct gvm_definition d = { .name = "desk1", .type = "t-small", .uuid = UT_UUID_1 };
	struct gvm_definition_change change = { .n = 0, .params = PARAMS("limit=3") };
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };
	char text[512];

	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, NULL), 0);
	/* Not active: it is only saved. */
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", &change, false, &d, NULL), 0);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	assert_shows(fk, "limit", "3\n");
	change.params = PARAMS("limit=4", "power/control=on");
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", &change, false, &d, NULL), 0);
	assert_shows(fk, "limit", "4\n");
	ut_read(fk->root, "etc/gvm/vgpu.d/desk1.yaml", text, sizeof(text));
	ut_assert_holds(text, "{name: \"limit\", value: \"4\"}\n  - {name: \"power/control\"");
	change.params = PARAMS("limit=much");
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", &change, false, &d, &e), -EINVAL);
	ut_assert_error(&e, "GVM_E_PARAM_REFUSED", EINVAL);
	ut_read(fk->root, "etc/gvm/vgpu.d/desk1.yaml", text, sizeof(text));
	ut_assert_holds(text, "value: \"4\"");
	change = (struct gvm_definition_change){ (char *[]){ (char *)"params=none" },
						 1,
						 { .n = 0 } };
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", &change, false, &d, NULL), 0);
	assert_int_equal(d.params.n, 0);
}

/** @brief As JSON and back; what is no such list is refused. @param state unused */
static void json(void **state)
{
	static const char *const wrong[] = { "{}",
					     "[1]",
					     "[{}]",
					     "[{\"name\":\"a\"}]",
					     "[{\"name\":\"../a\",\"value\":\"1\"}]",
					     "[{\"name\":\"a\",\"value\":1}]" };
	const struct gvm_params p = PARAMS("a=1", "b/c=x \"y\"", "a=");
	GVM_AUTOJSON struct json_object *o = gvm_params_json(&p);
	struct gvm_params q;
	char a[512], b[512];
	size_t i;

	(void)state;
	assert_int_equal(gvm_params_parse(o, &q), 0);
	assert_string_equal(text_of(&p, a), text_of(&q, b));
	for (i = 0; i < UT_COUNT(wrong); i++) {
		GVM_AUTOJSON struct json_object *w = json_tokener_parse(wrong[i]);

		if (gvm_params_parse(w, &q) == 0)
			fail_msg("taken: %s", wrong[i]);
	}
}

/** @brief Run the tests. @return number of failures */
int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(changed),
		cmocka_unit_test(shown), cmocka_unit_test(json),
		TEST(set_on_new),        TEST(undone),
		TEST(verified),          TEST(cleared),
		TEST(largest),           TEST(set_on_active),
		TEST(set_on_others),     TEST(set_on_defined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
