// SPDX-License-Identifier: GPL-2.0-or-later
/* Definitions kept, started and stopped: fake kernel below, real files beside it. */
#include "fake_kernel.h"

#include "change.h"
#include "cleanup.h"
#include "exchange.h"
#include "inventory.h"
#include "json.h"
#include "keep.h"
#include "restore.h"
#include "store.h"

#define GPU "0000:3b:00.0"
#define CHANGE(text)                                                                               \
	{                                                                                          \
		.settings = (char *[]){ (char *)(text) }, .n = 1                                   \
	}
#define FILE_1 "etc/gvm/vgpu.d/desk1.yaml"

/** @brief A GPU with two types. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));

	fk_open(fk);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fk_add_type(fk, 0, "t-large", "Large One", 2);
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

/** @brief A definition that is asked for. @param name @param type @param gpu @param uuid texts, "" for none @return it */
static struct gvm_definition wanted(const char *name, const char *type, const char *gpu,
				    const char *uuid)
{
	struct gvm_definition d = { .by = GVM_DEFINED_BY_GVM };

	snprintf(d.name, sizeof(d.name), "%s", name);
	snprintf(d.type, sizeof(d.type), "%s", type);
	snprintf(d.gpu, sizeof(d.gpu), "%s", gpu);
	snprintf(d.uuid, sizeof(d.uuid), "%s", uuid);
	return d;
}

/** @brief Define one; must succeed. @param fk kernel @param name @param uuid of it @return it */
static struct gvm_definition define(struct fake_kernel *fk, const char *name, const char *uuid)
{
	struct gvm_definition d = wanted(name, "t-small", "3b:00.0", uuid);
	struct gvm_error e = { 0 };

	if (gvm_definition_define(&fk->ctx, &d, false, &e) < 0)
		fail_msg("%s", e.message);
	return d;
}

/** @brief The vGPU of a name, as the inventory has it. @param fk kernel @param name it @param ret copy; its pointers are void @return 0 or -errno */
static int show(struct fake_kernel *fk, const char *name, struct gvm_vgpu *ret)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_vgpu *v;
	int r = gvm_inventory_read(&fk->ctx, GVM_INV_VGPUS | GVM_INV_VMS, NULL, &inv, NULL);

	if (r == 0)
		r = gvm_find_vgpu(inv, name, &v, NULL);
	if (r == 0)
		*ret = *v;
	return r;
}

/** @brief Names become ids, and are in the file; nothing is made. @param state kernel */
static void defined(void **state)
{
	struct gvm_definition d = wanted("desk1", "Large One", "", "");
	struct fake_kernel *fk = *state;
	struct gvm_vgpu v;
	char text[512];

	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, NULL), 0);
	assert_string_equal(d.type, "t-large");
	assert_string_equal(d.gpu, GPU);
	assert_int_equal(strlen(d.uuid), 36);
	ut_read(fk->root, FILE_1, text, sizeof(text));
	ut_assert_holds(text, "type: \"t-large\"\n");
	ut_assert_holds(text, "gpu: {address: \"" GPU "\"}\n");
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(show(fk, "desk1", &v), 0);
	assert_int_equal(v.state, GVM_VGPU_DEFINED);
	assert_int_equal(v.origin, GVM_VGPU_SAVED);
	assert_non_null(v.gpu);
}

/** @brief What cannot be defined, and by which error. @param state kernel */
static void not_defined(void **state)
{
	static const struct {
		const char *name, *type, *gpu, *uuid, *code;
		int err;
	} wrong[] = {
		{ "Desk", "t-small", "", "", "GVM_E_NAME_INVALID", EINVAL },
		{ UT_UUID_1, "t-small", "", UT_UUID_2, "GVM_E_NAME_INVALID", EINVAL },
		{ "a", "t-none", "", "", "GVM_E_TYPE_NOT_FOUND", ENOENT },
		{ "a", "t-small", "0000:99:00.0", "", "GVM_E_GPU_NOT_FOUND", ENOENT },
		{ "desk1", "t-small", "", "", "GVM_E_NAME_TAKEN", EEXIST },
		{ "a", "t-small", "", UT_UUID_1, "GVM_E_UUID_TAKEN", EEXIST },
		{ "bad", "t-small", "", "", "GVM_E_NAME_TAKEN", EEXIST },
		{ "live", "t-small", "", "", "GVM_E_NAME_TAKEN", EEXIST },
	};
	const struct gvm_vgpu_request live = { .type = "t-small", .name = "live" };
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_record r;
	size_t i;

	define(fk, "desk1", UT_UUID_1);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &live, NULL, &r, NULL), 0);
	ut_write(fk->root, "etc/gvm/vgpu.d/bad.yaml", "damaged");
	for (i = 0; i < UT_COUNT(wrong); i++) {
		struct gvm_definition d =
			wanted(wrong[i].name, wrong[i].type, wrong[i].gpu, wrong[i].uuid);
		struct gvm_error e = { 0 };

		assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, &e), -wrong[i].err);
		ut_assert_error(&e, wrong[i].code, wrong[i].err);
	}
	assert_int_equal(ut_count(fk->root, "etc/gvm/vgpu.d"), 2);
}

/** @brief With force: for a GPU that is not there, over what is there; the UUID stays. @param state kernel */
static void forced(void **state)
{
	struct gvm_definition d = wanted("away", "x-9", "99:00.0", "");
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_definition_define(&fk->ctx, &d, true, NULL), 0);
	assert_string_equal(d.gpu, "0000:99:00.0");
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, &e), -ENODEV);
	ut_assert_error(&e, "GVM_E_PARENT_ABSENT", ENODEV);
	define(fk, "desk1", UT_UUID_1);
	ut_write(fk->root, FILE_1,
		 "# mine\nversion: 1\nname: desk1\nuuid: " UT_UUID_1 "\ntype: t-small\n");
	d = wanted("desk1", "t-large", "", "");
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, true, NULL), 0);
	assert_string_equal(d.uuid, UT_UUID_1);
	/* No GPU and no type is nothing to define. */
	d = wanted("b", "x-9", "", "");
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, true, &e), -ENOENT);
}

/** @brief Started, started again, stopped, stopped again. @param state kernel */
static void life(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_plan plan;
	struct gvm_vgpu v;

	gvm_plan_init(&plan);
	assert_int_equal(gvm_definition_plan_start(&fk->ctx, &d, &plan, NULL), 0);
	assert_int_equal(plan.n_steps, 1);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 1);
	assert_int_equal(gvm_definition_plan_start(&fk->ctx, &d, &plan, NULL), 1);
	assert_int_equal(fk->n_writes, 1);
	assert_int_equal(show(fk, "desk1", &v), 0);
	assert_int_equal(v.state, GVM_VGPU_ACTIVE);
	assert_int_equal(v.origin, GVM_VGPU_SAVED);
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk1", NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk1", NULL), 1);
	assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 0);
	assert_int_equal(show(fk, "desk1", &v), 0);
	assert_int_equal(v.state, GVM_VGPU_DEFINED);
}

/** @brief Undefined while active: it stays, as a transient one. @param state kernel */
static void undefined(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_error e = { 0 };
	struct gvm_vgpu v;

	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	assert_int_equal(gvm_definition_undefine(&fk->ctx, "desk1", NULL), 0);
	assert_false(ut_exists(fk->root, FILE_1));
	assert_int_equal(show(fk, "desk1", &v), 0);
	assert_int_equal(v.origin, GVM_VGPU_TRANSIENT);
	assert_int_equal(gvm_definition_undefine(&fk->ctx, "desk1", &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_NOT_DEFINED", ENOENT);
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk1", &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_NOT_DEFINED", ENOENT);
	assert_non_null(fk_find(fk, UT_UUID_1));
	/* A damaged file can be removed, too. */
	ut_write(fk->root, "etc/gvm/vgpu.d/bad.yaml", "damaged");
	assert_int_equal(gvm_definition_undefine(&fk->ctx, "bad", NULL), 0);
}

/** @brief The driver was reloaded: the record is left, the vGPU is made anew. @param state kernel */
static void lost(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_vgpu v;

	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	fk_remove_parent(fk, 0);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), -ENODEV);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, fk->n_parents - 1, "t-small", "Small One", 1);
	assert_int_equal(show(fk, "desk1", &v), 0);
	assert_int_equal(v.state, GVM_VGPU_LOST);
	assert_int_equal(v.origin, GVM_VGPU_SAVED);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	assert_non_null(fk_find(fk, UT_UUID_1));
}

/** @brief Another tool made it: it is active, by its UUID, and can be stopped. @param state kernel */
static void made_by_others(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_vgpu v;

	fk_make(fk, 0, 0, UT_UUID_1);
	assert_int_equal(show(fk, UT_UUID_1, &v), 0);
	assert_string_equal(v.name, "desk1");
	assert_int_equal(v.origin, GVM_VGPU_SAVED);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 1);
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk1", NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief A gvm that was killed made it, and has not recorded it: the next start does. @param state kernel */
static void made_by_killed(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_vgpu v;

	fk_make(fk, 0, 0, UT_UUID_1);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 1);
	assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 1);
	assert_int_equal(gvm_definition_undefine(&fk->ctx, "desk1", NULL), 0);
	assert_int_equal(show(fk, "desk1", &v), 0);
	assert_int_equal(v.origin, GVM_VGPU_TRANSIENT);
	assert_string_equal(v.type, "t-small");
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief Its definition is moved to another GPU while it is active: it is not taken away for that. @param state kernel */
static void moved_while_active(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_error e = { 0 };

	fk_add_parent(fk, "0000:5e:00.0", 4);
	fk_add_type(fk, 1, "t-small", "Small One", 1);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	snprintf(d.gpu, sizeof(d.gpu), "0000:5e:00.0");
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, &e), -EEXIST);
	ut_assert_error(&e, "GVM_E_UUID_TAKEN", EEXIST);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(fk_find(fk, UT_UUID_1)->parent, 0);
	assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 1);
}

/** @brief A kernel that makes it just when we do. @param fk kernel @param path @param value of the write */
static void overtake(struct fake_kernel *fk, const char *path, const char *value)
{
	(void)path;
	fk->before_write = NULL;
	fk_make(fk, 0, 0, value);
}

/** @brief Another tool is faster by a moment: it is there, which is what was asked for. @param state kernel */
static void overtaken(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);

	fk->before_write = overtake;
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 1);
	assert_non_null(fk_find(fk, UT_UUID_1));
}

/** @brief What is held is not stopped. @param state kernel */
static void held(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	fk_add_process(fk, 4242, 99, "holder", fk_find(fk, UT_UUID_1)->group);
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk1", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	assert_non_null(fk_find(fk, UT_UUID_1));
}

/** @brief Parameters are set at the start; one that cannot be set is told, and nothing is left. @param state kernel */
static void params(void **state)
{
	struct gvm_definition d = wanted("desk1", "t-small", "", UT_UUID_1);
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };
	char text[64];

	assert_null(gvm_params_add(&d.params, "limit", "7"));
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, NULL), 0);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	ut_read(fk->root, "sys/bus/mdev/devices/" UT_UUID_1 "/limit", text, sizeof(text));
	assert_string_equal(text, "7\n");
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk1", NULL), 0);
	assert_null(gvm_params_add(&d.params, "frame_rate_limiter", "0"));
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_PARAM_UNKNOWN", ENOENT);
	ut_assert_holds(e.message, "frame_rate_limiter");
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief Settings that change, those that cannot now, and those that are none. @param state kernel */
static void settings(void **state)
{
	const struct gvm_definition_change on[] = { CHANGE("autostart=on") };
	const struct gvm_definition_change off[] = { CHANGE("autostart=off") };
	const struct gvm_definition_change kind[] = { CHANGE("type=Large One") };
	const struct gvm_definition_change odd[] = { CHANGE("color=red") };
	const struct gvm_definition_change maybe[] = { CHANGE("autostart=maybe") };
	struct fake_kernel *fk = *state;
	struct gvm_definition d = define(fk, "desk1", UT_UUID_1);
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", on, false, &d, NULL), 0);
	assert_true(d.autostart);
	assert_int_equal(gvm_definition_set(&fk->ctx, UT_UUID_1, kind, false, &d, NULL), 0);
	assert_string_equal(d.type, "t-large");
	assert_true(d.autostart);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", kind, false, &d, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VGPU_ACTIVE", EBUSY);
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", off, false, &d, NULL), 0);
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", odd, false, &d, &e), -EINVAL);
	ut_assert_error(&e, "GVM_E_USAGE", EINVAL);
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", maybe, false, &d, &e), -EINVAL);
	assert_int_equal(gvm_definition_set(&fk->ctx, "none", on, false, &d, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_NOT_DEFINED", ENOENT);
	ut_write(fk->root, FILE_1, "version: 1\nname: desk1\ntype: t-small\n");
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", on, false, &d, &e), -ESTALE);
	ut_assert_error(&e, "GVM_E_FILE_CHANGED", ESTALE);
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk1", on, true, &d, NULL), 0);
}

/** @brief Count warnings. @param e what @param data counter */
static void count(const struct gvm_error *e, void *data)
{
	assert_true(e->message[0]);
	(*(int *)data)++;
}

/** @brief Files of people: without UUID, with another's, under another name; and mdevctl's beside. @param state kernel */
static void loaded(void **state)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	struct fake_kernel *fk = *state;
	const struct gvm_definition *d;
	char uuid[GVM_UUID_SIZE];
	int warnings = 0;

	ut_write(fk->root, "etc/machine-id", "abc\n");
	define(fk, "desk1", UT_UUID_1);
	ut_write(fk->root, "etc/gvm/vgpu.d/own.yaml", "version: 1\nname: own\ntype: t\n");
	ut_write(fk->root, "etc/gvm/vgpu.d/twin.yaml",
		 "version: 1\nname: twin\ntype: t\nuuid: " UT_UUID_1 "\n");
	ut_write(fk->root, "etc/gvm/vgpu.d/x.yaml", "version: 1\nname: y\ntype: t\n");
	ut_write(fk->root, "etc/mdevctl.d/mdpy/" UT_UUID_2,
		 "{\"mdev_type\":\"m\",\"start\":\"auto\"}");
	ut_write(fk->root, "etc/mdevctl.d/mdpy/" UT_UUID_1,
		 "{\"mdev_type\":\"m\",\"start\":\"auto\"}");
	ut_write(fk->root, "etc/mdevctl.d/mdpy/" UT_UUID_3, "{}");
	ut_write(fk->root, "etc/mdevctl.d/scripts.d/callouts/x", "#!/bin/sh");
	ut_write(fk->root, "etc/mdevctl.d/README", "a file");
	assert_int_equal(gvm_definitions_load(&fk->ctx, &all, count, &warnings), 0);
	/* twin, x, and mdevctl's third. */
	assert_int_equal(warnings, 3);
	assert_int_equal(all.n, 3);
	assert_string_equal(all.items[0].name, "desk1");
	assert_string_equal(all.items[1].name, "own");
	d = gvm_definitions_find(&all, UT_UUID_2);
	assert_ptr_equal(d, &all.items[2]);
	assert_int_equal(d->by, GVM_DEFINED_BY_MDEVCTL);
	/* A name without UUID always has the same one. */
	memcpy(uuid, all.items[1].uuid, sizeof(uuid));
	gvm_definitions_free(&all);
	assert_int_equal(gvm_definitions_load(&fk->ctx, &all, NULL, NULL), 0);
	assert_string_equal(all.items[1].uuid, uuid);
}

/** @brief From mdevctl and to it. @param state kernel */
static void exchanged(void **state)
{
	GVM_AUTODEFINITIONS struct gvm_definitions all = { 0 };
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };
	struct gvm_definition d;
	char name[GVM_NAME_SIZE], text[512];

	ut_write(fk->root, "etc/mdevctl.d/" GPU "/" UT_UUID_2,
		 "{\"mdev_type\":\"t-small\",\"start\":\"auto\"}");
	assert_int_equal(gvm_definition_ours(&fk->ctx, UT_UUID_2, name, &e), -EPERM);
	ut_assert_error(&e, "GVM_E_DEFINED_ELSEWHERE", EPERM);
	assert_int_equal(gvm_definitions_load(&fk->ctx, &all, NULL, NULL), 0);
	d = all.items[0];
	assert_int_equal(gvm_mdevctl_import(&fk->ctx, &d, false, NULL), 0);
	assert_string_equal(d.name, "vgpu-22222222");
	assert_int_equal(gvm_definition_ours(&fk->ctx, UT_UUID_2, name, NULL), 0);
	assert_string_equal(name, "vgpu-22222222");
	/* Its twin by the first digits gets its whole UUID for a name. */
	d = all.items[0];
	d.uuid[35] = '9';
	assert_int_equal(gvm_mdevctl_import(&fk->ctx, &d, false, NULL), 0);
	assert_string_equal(d.name, d.uuid);

	d = define(fk, "desk1", UT_UUID_1);
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &d, false, true, NULL), 0);
	assert_false(ut_exists(fk->root, "etc/mdevctl.d/" GPU "/" UT_UUID_1));
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &d, false, false, NULL), 0);
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &d, false, false, NULL), 1);
	d.autostart = true;
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &d, false, false, NULL), 0);
	ut_write(fk->root, "etc/mdevctl.d/" GPU "/" UT_UUID_1,
		 "{\"mdev_type\":\"t-large\",\"start\":\"auto\"}");
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &d, false, false, &e), -ESTALE);
	ut_assert_error(&e, "GVM_E_FILE_CHANGED", ESTALE);
	assert_int_equal(gvm_mdevctl_export(&fk->ctx, &d, true, false, NULL), 0);
	ut_read(fk->root, "etc/mdevctl.d/" GPU "/" UT_UUID_1, text, sizeof(text));
	ut_assert_holds(text, "t-small");
}

/** @brief Collect what a restore tells of. @param name of the object @param r result @param e detail @param data text, appended to @return 0 */
static int hear(const char *name, int r, const struct gvm_error *e, void *data)
{
	char *heard = data;

	assert_true(r >= 0 || (e->code && e->message[0]));
	snprintf(heard + strlen(heard), 400 - strlen(heard), "%s:%d ", name, r);
	return 0;
}

/** @brief What a restore tells of. @param fk kernel @param only GPU, or NULL @param heard result */
static void restore(struct fake_kernel *fk, const char *only, char heard[400])
{
	heard[0] = '\0';
	assert_int_equal(gvm_restore(&fk->ctx, only, 0, NULL, hear, heard, NULL), 0);
}

/** @brief A damaged file is told of, also to who wants one GPU only, unless it is surely another's. @param state kernel */
static void restore_damaged(void **state)
{
	struct fake_kernel *fk = *state;
	char heard[400];

	ut_write(fk->root, "etc/gvm/gpu.d/0000-3b-00.0.yaml", "vfs: {\n");
	ut_write(fk->root, "etc/gvm/gpu.d/0000-5e-00.0.yaml", "vfs: {\n");
	restore(fk, GPU, heard);
	assert_string_equal(heard, "0000-3b-00.0:-22 ");
	restore(fk, "0000:5e:00.0", heard);
	assert_string_equal(heard, "0000-5e-00.0:-22 ");
	restore(fk, "0000:77:00.0", heard);
	assert_string_equal(heard, "");
	restore(fk, NULL, heard);
	ut_assert_holds(heard, "0000-3b-00.0:-22 ");
	ut_assert_holds(heard, "0000-5e-00.0:-22 ");
	/* Of what has a name of its own, and of definitions, it cannot be known. */
	ut_write(fk->root, "etc/gvm/gpu.d/my-card.yaml", "vfs: {\n");
	ut_write(fk->root, FILE_1, "version: 1\n");
	ut_write(fk->root, "etc/mdevctl.d/mdpy/" UT_UUID_1, "{");
	restore(fk, "0000:77:00.0", heard);
	assert_string_equal(heard, "my-card:-22 /" FILE_1 ":-22 ");
}

/** @brief Lock files stay, so there is not one for each definition that ever started. @param state kernel */
static void few_locks(void **state)
{
	struct fake_kernel *fk = *state;
	char name[16], uuid[GVM_UUID_SIZE];
	size_t before, i;

	for (i = 0; i < 6; i++) {
		struct gvm_definition d;

		snprintf(name, sizeof(name), "desk%zu", i);
		snprintf(uuid, sizeof(uuid), "11%zu11111-aaaa-4bbb-8ccc-000000000001", i);
		d = define(fk, name, uuid);
		assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
		assert_int_equal(gvm_definition_stop(&fk->ctx, name, NULL), 0);
		if (!i)
			before = ut_count(fk->root, "run/gvm/lock");
		assert_int_equal(ut_count(fk->root, "run/gvm/lock"), before);
	}
}

/** What was told of vGPUs that were started. */
struct told {
	int r[8];
	size_t n;
};

/** @brief Note one. @param d definition @param r result @param e detail @param data struct told @return 0 */
static int note_started(const struct gvm_definition *d, int r, const struct gvm_error *e,
			void *data)
{
	struct told *t = data;

	assert_true(r >= 0 || e->code);
	(void)d;
	t->r[t->n++] = r;
	return 0;
}

/** @brief Before each write: nothing of this start is recorded yet. @param fk kernel @param path @param value of the write */
static void none_recorded(struct fake_kernel *fk, const char *path, const char *value)
{
	(void)path, (void)value;
	/* That of the lost one is of the past. */
	assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 1);
}

/** @brief Many of one GPU: each is told of as it was found, one that fails stops no other, all are recorded at last. @param state kernel */
static void many(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d[4] = { define(fk, "a", UT_UUID_1), define(fk, "b", UT_UUID_2),
				       define(fk, "c", UT_UUID_3), define(fk, "d", "") };
	const struct gvm_definition *list[] = { &d[0], &d[2], &d[3], &d[1] };
	static const int first[] = { 0, 0, -ENOENT, 1 }, then[] = { 1, 1, -ENOENT, 1 };
	struct told t = { .n = 0 };
	struct gvm_vgpu v;
	int lock;

	/* c is lost, b is there, and there is no such type as that of d. */
	assert_int_equal(gvm_definition_start(&fk->ctx, &d[2], NULL), 0);
	fk_remove_parent(fk, 0);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, fk->n_parents - 1, "t-small", "Small One", 1);
	fk_make(fk, fk->n_parents - 1, 0, UT_UUID_2);
	snprintf(d[3].type, sizeof(d[3].type), "none");
	fk->n_writes = 0;
	fk->before_write = none_recorded;
	assert_int_equal(gvm_definitions_start(&fk->ctx, GPU, list, 4, note_started, &t), 0);
	fk->before_write = NULL;
	assert_int_equal(t.n, 4);
	assert_memory_equal(t.r, first, sizeof(first));
	assert_int_equal(fk->n_writes, 2);
	assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 3);
	assert_int_equal(show(fk, "c", &v), 0);
	assert_int_equal(v.state, GVM_VGPU_ACTIVE);
	/* Again, nothing is left to do; and the GPU is free for others. */
	t.n = 0;
	assert_int_equal(gvm_definitions_start(&fk->ctx, GPU, list, 4, note_started, &t), 0);
	assert_memory_equal(t.r, then, sizeof(then));
	assert_int_equal(fk->n_writes, 2);
	lock = fk->ctx.store->ops->lock(fk->ctx.store, "gpu-" GPU, false);
	assert_true(lock >= 0);
	fk->ctx.store->ops->unlock(fk->ctx.store, lock);
	/* What was recorded is known as lost when it goes. */
	fk_remove_parent(fk, fk->n_parents - 1);
	assert_int_equal(show(fk, "a", &v), 0);
	assert_int_equal(v.state, GVM_VGPU_LOST);
	t.n = 0;
	assert_int_equal(gvm_definitions_start(&fk->ctx, GPU, list, 1, note_started, &t), 0);
	assert_int_equal(t.r[0], -ENODEV);
}

/** @brief Run the tests. @return number of failures */
int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(restore_damaged), TEST(few_locks), TEST(defined),   TEST(not_defined),
		TEST(forced),          TEST(life),      TEST(undefined), TEST(lost),
		TEST(overtaken),       TEST(held),      TEST(params),    TEST(settings),
		TEST(made_by_others),  TEST(loaded),    TEST(exchanged), TEST(many),
		TEST(made_by_killed),  TEST(moved_while_active),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
