// SPDX-License-Identifier: GPL-2.0-or-later
/* The toy's plans, and what a driver that refuses makes of them. */
#include <fcntl.h>
#include <unistd.h>

#include "change.h"
#include "fake_kernel.h"
#include "inventory.h"
#include "str.h"
#include "toy.h"
#include "vendor.h"

#define GPU "0000:07:00.0"
#define BASE "sys/bus/pci/devices/" GPU "/toy"
#define VGPU BASE "/vgpus/" UT_UUID_1

static const struct gvm_vendor *const vendors[] = { &gvm_vendor_toy, NULL };

/** The host, with what its driver was told, and what it refuses. */
struct toy {
	struct fake_kernel fk;
	char writes[16][160]; /* "ATTRIBUTE VALUE" */
	size_t n;
	const char *refuse; /* this attribute ... */
	int with;           /* ... with this errno */
};

/** @brief What the driver does on a write that it takes. @param t host @param name attribute */
static void act(struct toy *t, const char *name)
{
	char path[UT_PATH];

	if (strcmp(name, "create") == 0) {
		ut_link(t->fk.root, VGPU "/kind", "../../kinds/toy-small");
		ut_write(t->fk.root, VGPU "/online", "0\n");
	} else if (strcmp(name, "start") == 0) {
		ut_link(t->fk.root, VGPU "/iommu_group", "../../../../kernel/iommu_groups/9");
		ut_write(t->fk.root, VGPU "/online", "1\n");
	} else if (strcmp(name, "stop") == 0) {
		ut_write(t->fk.root, VGPU "/online", "0\n");
		unlink(ut_path(path, t->fk.root, VGPU "/iommu_group"));
	} else {
		ut_dir_remove(ut_path(path, t->fk.root, VGPU));
	}
}

/** @brief The driver. @param path attribute @param value written @param data host @return 0 or -errno */
static int take_write(const char *path, const char *value, void *data)
{
	struct toy *t = data;
	const char *name = gvm_basename(path);

	assert_true(t->n < UT_COUNT(t->writes));
	snprintf(t->writes[t->n++], sizeof(t->writes[0]), "%s %s", name, value);
	if (t->refuse && strcmp(t->refuse, name) == 0)
		return -t->with;
	act(t, name);
	return 0;
}

/** @brief A host with a GPU of the toy. @param state result @return 0 */
static int setup(void **state)
{
	static struct toy t;

	t = (struct toy){ .n = 0 };
	fk_open(&t.fk);
	t.fk.ctx.vendors = vendors;
	gvm_host_set_writer(t.fk.ctx.host, take_write, &t);
	ut_write(t.fk.root, "sys/bus/pci/devices/" GPU "/class", "0x030200\n");
	ut_write(t.fk.root, BASE "/online", "1\n");
	ut_write(t.fk.root, BASE "/kinds/toy-small/name", "Toy Small\n");
	ut_write(t.fk.root, BASE "/kinds/toy-small/available_instances", "4\n");
	ut_mkdir(t.fk.root, BASE "/vgpus");
	*state = &t;
	return 0;
}

/** @brief End. @param state host @return 0 */
static int teardown(void **state)
{
	struct toy *t = *state;

	fk_close(&t->fk);
	return 0;
}

/** @brief Make the vGPU. @param t host @param e detail @return 0 or -errno */
static int create(struct toy *t, struct gvm_error *e)
{
	struct gvm_vgpu_request request = {
		.type = "toy-small", .gpu = GPU, .name = "a", .uuid = UT_UUID_1
	};
	struct gvm_vgpu_record made;

	return gvm_vgpu_create(&t->fk.ctx, &request, NULL, &made, e);
}

/** @brief Check what the driver was told. @param t host @param n how many writes @param ... their attributes */
static void assert_writes(const struct toy *t, size_t n, ...)
{
	va_list ap;
	size_t i;

	assert_int_equal(t->n, n);
	va_start(ap, n);
	for (i = 0; i < n; i++) {
		const char *name = va_arg(ap, const char *);

		if (!gvm_str_starts(t->writes[i], name))
			fail_msg("write %zu is \"%s\", not to %s", i, t->writes[i], name);
	}
	va_end(ap);
}

/** @brief Does the driver show the vGPU? @param t host @param name "" or of a file of it @return yes or no */
static bool is_shown(struct toy *t, const char *name)
{
	char path[UT_PATH], full[UT_PATH];

	snprintf(path, sizeof(path), VGPU "%s", name);
	return faccessat(AT_FDCWD, ut_path(full, t->fk.root, path), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void life(void **state)
{
	struct toy *t = *state;

	assert_int_equal(create(t, NULL), 0);
	assert_writes(t, 2, "create " UT_UUID_1 " toy-small", "start 1");
	assert_int_equal(gvm_vgpu_destroy(&t->fk.ctx, "a", false, NULL), 0);
	assert_writes(t, 4, "create", "start", "stop 1", "remove " UT_UUID_1);
	assert_false(is_shown(t, ""));
}

static void full(void **state)
{
	struct toy *t = *state;
	struct gvm_error e;

	/* A write that was refused is not undone: the UUID may be another's. */
	t->refuse = "create";
	t->with = ENOSPC;
	assert_int_equal(create(t, &e), -ENOSPC);
	assert_string_equal(e.code, "GVM_E_MDEV_FULL");
	assert_writes(t, 1, "create");
}

static void not_started(void **state)
{
	struct toy *t = *state;
	struct gvm_error e;

	t->refuse = "start";
	t->with = EIO;
	assert_int_equal(create(t, &e), -EIO);
	assert_string_equal(e.code, "GVM_E_WRITE");
	assert_writes(t, 3, "create", "start", "remove " UT_UUID_1);
	assert_false(is_shown(t, ""));
}

static void not_removed(void **state)
{
	struct toy *t = *state;
	struct gvm_error e;

	assert_int_equal(create(t, NULL), 0);
	t->refuse = "remove";
	t->with = EBUSY;
	assert_int_equal(gvm_vgpu_destroy(&t->fk.ctx, "a", false, &e), -EBUSY);
	assert_string_equal(e.code, "GVM_E_HELD");
	/* It runs again, as it did. */
	assert_writes(t, 5, "create", "start", "stop", "remove", "start 1");
	assert_true(is_shown(t, "/iommu_group"));
}

static void half_made(void **state)
{
	struct toy *t = *state;

	/* A gvm that was killed between its two writes, or somebody else, left it so. */
	act(t, "create");
	assert_int_equal(gvm_vgpu_destroy(&t->fk.ctx, UT_UUID_1, true, NULL), 0);
	assert_writes(t, 1, "remove " UT_UUID_1);
}

static void names(void **state)
{
	struct toy *t = *state;
	struct gvm_inventory *inv = NULL;
	char path[UT_PATH];

	/* What the driver shows is not trusted: a name that is too long is told, and passed over. */
	snprintf(path, sizeof(path), BASE "/kinds/%0100d/name", 1);
	ut_write(t->fk.root, path, "long\n");
	ut_link(t->fk.root, BASE "/vgpus/no-uuid/kind", "../../kinds/toy-small");
	ut_mkdir(t->fk.root, BASE "/vgpus/" UT_UUID_2);
	assert_int_equal(gvm_inventory_read(&t->fk.ctx, GVM_INV_TYPES | GVM_INV_VGPUS, NULL, &inv,
					    NULL),
			 0);
	assert_int_equal(inv->n_types, 1);
	assert_int_equal(inv->n_warnings, 1);
	assert_int_equal(inv->n_vgpus, 0);
	assert_int_equal(gvm_vendor_toy.types(&t->fk.ctx, &inv->gpus[0], "../kinds/toy-small", inv,
					      NULL),
			 -ENOENT);
	gvm_inventory_free(inv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(life, setup, teardown),
		cmocka_unit_test_setup_teardown(full, setup, teardown),
		cmocka_unit_test_setup_teardown(not_started, setup, teardown),
		cmocka_unit_test_setup_teardown(not_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(half_made, setup, teardown),
		cmocka_unit_test_setup_teardown(names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
