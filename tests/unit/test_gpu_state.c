// SPDX-License-Identifier: GPL-2.0-or-later
/* What is saved of GPUs, in real files. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"
#include "context.h"
#include "gpu_state.h"
#include "store.h"
#include "store_fs.h"

#define FILE_1 "etc/gvm/gpu.d/0000-3b-00.0.yaml"
#define GPU_1 "0000:3b:00.0"

/** A machine with a store. */
struct room {
	char dir[UT_PATH];
	struct gvm_ctx ctx;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));
	char run[UT_PATH];

	ut_dir_make(room->dir);
	ut_mkdir(room->dir, "run");
	assert_int_equal(gvm_host_open(room->dir, &room->ctx.host, NULL), 0);
	assert_int_equal(
		gvm_store_fs_open(ut_path(run, room->dir, "run/gvm"), &room->ctx.store, NULL), 0);
	gvm_store_fs_saved(room->ctx.store, room->ctx.host, room->dir);
	*state = room;
	return 0;
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	room->ctx.store->ops->close(room->ctx.store);
	gvm_host_close(room->ctx.host);
	ut_dir_remove(room->dir);
	free(room);
	return 0;
}

/** @brief A state. @param address @param vfs @param driver @param autoprobe see struct gvm_gpu_state @return it */
static struct gvm_gpu_state of(const char *address, long vfs, const char *driver, int autoprobe)
{
	struct gvm_gpu_state s = GVM_GPU_STATE_NONE;

	snprintf(s.address, sizeof(s.address), "%s", address);
	snprintf(s.driver, sizeof(s.driver), "%s", driver);
	s.vfs = vfs;
	s.autoprobe = autoprobe;
	return s;
}

/** @brief What is saved is loaded again, and what is saved later adds to it. @param state room */
static void saved_in_turn(void **state)
{
	struct room *room = *state;
	struct gvm_gpu_state s = of(GPU_1, 4, "", -1), got;
	struct gvm_error e = { 0 };
	char text[512];

	if (gvm_gpu_state_save(&room->ctx, &s, false, &e) < 0)
		fail_msg("%s", e.message);
	ut_read(room->dir, FILE_1, text, sizeof(text));
	assert_string_equal(text, "version: 1\ngpu: {address: \"0000:3b:00.0\"}\nvfs: 4\n");
	s = of(GPU_1, -1, "vfio-pci", 0);
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), 0);
	assert_int_equal(gvm_gpu_state_load(&room->ctx, GPU_1, &got, &e), 0);
	assert_int_equal(got.vfs, 4);
	assert_string_equal(got.driver, "vfio-pci");
	assert_int_equal(got.autoprobe, 0);
	s = of(GPU_1, 0, "", 1);
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), 0);
	assert_int_equal(gvm_gpu_state_load(&room->ctx, GPU_1, &got, &e), 0);
	assert_int_equal(got.vfs, 0);
	assert_int_equal(got.autoprobe, 1);
	assert_int_equal(ut_count(room->dir, "etc/gvm/gpu.d"), 1);
}

/** @brief Nothing is saved of a GPU, nor of any. @param state room */
static void nothing_saved(void **state)
{
	struct room *room = *state;
	struct gvm_gpu_state got = of("mdpy", 7, "", 1), before = got;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_gpu_state_load(&room->ctx, GPU_1, &got, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_GPU_NOT_FOUND", ENOENT);
	assert_memory_equal(&got, &before, sizeof(got));
}

/** @brief A person's file is used, by what it says and not by its name; and is not overwritten. @param state room */
static void files_of_people(void **state)
{
	static const char mine[] = "# by hand\nversion: 1\ngpu:\n  address: 3B:00.0\n  serial: 07\n"
				   "driver: nvidia\nautoprobe: off\n";
	struct room *room = *state;
	struct gvm_gpu_state s = of(GPU_1, 4, "", -1), got;
	struct gvm_error e = { 0 };
	char text[512];

	ut_write(room->dir, "etc/gvm/gpu.d/big.yaml", "%s", mine);
	assert_int_equal(gvm_gpu_state_load(&room->ctx, GPU_1, &got, &e), 0);
	assert_string_equal(got.serial, "07");
	assert_string_equal(got.driver, "nvidia");
	assert_int_equal(got.vfs, -1);
	assert_int_equal(got.autoprobe, 0);
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), -ESTALE);
	ut_assert_error(&e, "GVM_E_FILE_CHANGED", ESTALE);
	ut_assert_holds(e.message, "/etc/gvm/gpu.d/big.yaml");
	ut_read(room->dir, "etc/gvm/gpu.d/big.yaml", text, sizeof(text));
	assert_string_equal(text, mine);
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, true, &e), 0);
	assert_int_equal(gvm_gpu_state_load(&room->ctx, GPU_1, &got, &e), 0);
	assert_string_equal(got.serial, "07");
	assert_int_equal(got.vfs, 4);
	assert_int_equal(ut_count(room->dir, "etc/gvm/gpu.d"), 1);
}

/** @brief A file that gvm wrote and a person changed is not overwritten; changed back it is. @param state room */
static void changed_since(void **state)
{
	struct room *room = *state;
	struct gvm_gpu_state s = of(GPU_1, 4, "", -1);
	struct gvm_error e = { 0 };
	char text[512];

	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), 0);
	ut_read(room->dir, FILE_1, text, sizeof(text));
	ut_write(room->dir, FILE_1, "%s# mine\n", text);
	s.vfs = 5;
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), -ESTALE);
	ut_write(room->dir, FILE_1, "%s", text);
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), 0);
}

/** @brief A device that is no PCI function, with a name no file may have. @param state room */
static void odd_names(void **state)
{
	struct room *room = *state;
	struct gvm_gpu_state s = of("_Odd Name+", 1, "", -1), got;

	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, NULL), 0);
	assert_true(ut_exists(room->dir, "etc/gvm/gpu.d/godd-name-.yaml"));
	assert_int_equal(gvm_gpu_state_load(&room->ctx, "_Odd Name+", &got, NULL), 0);
	assert_int_equal(got.vfs, 1);
}

/** What a walk saw. */
struct seen {
	int good, damaged;
	struct gvm_error last;
};

/** @brief Count one. @param name it @param s state @param e what is wrong @param data struct seen @return 0 */
static int see(const char *name, const struct gvm_gpu_state *s, const struct gvm_error *e,
	       void *data)
{
	struct seen *seen = data;

	assert_true(strlen(name) > 0);
	if (s) {
		seen->good++;
	} else {
		seen->damaged++;
		seen->last = *e;
	}
	return 0;
}

/** @brief A damaged file is told of, and does not hide the others. @param state room */
static void damaged_files(void **state)
{
	struct room *room = *state;
	struct gvm_gpu_state s = of(GPU_1, 4, "", -1);
	struct seen seen = { 0 };

	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, NULL), 0);
	ut_write(room->dir, "etc/gvm/gpu.d/a.yaml", "version: 1\ngpu: {address: mdpy}\nvsf: 3\n");
	ut_write(room->dir, "etc/gvm/gpu.d/README", "no yaml file");
	ut_write(room->dir, "etc/gvm/gpu.d/.b.yaml", "hidden");
	assert_int_equal(gvm_gpu_state_list(&room->ctx, see, &seen, NULL), 0);
	assert_int_equal(seen.good, 1);
	assert_int_equal(seen.damaged, 1);
	assert_string_equal(seen.last.code, "GVM_E_FILE_INVALID");
	ut_assert_holds(seen.last.message, "/etc/gvm/gpu.d/a.yaml: line 3: Unexpected key: vsf");
	ut_link(room->dir, "etc/gvm/gpu.d/c.yaml", "0000-3b-00.0.yaml");
	assert_int_equal(gvm_gpu_state_list(&room->ctx, see, &seen, NULL), 0);
	assert_int_equal(seen.damaged, 3);
}

/** @brief Texts that are refused, and what is said. @param state unused */
static void refused(void **state)
{
	static const char *const wrong[][2] = {
		{ "", "it is empty" },
		{ "version: 1\n", "gpu" },
		{ "version: 2\ngpu: {address: a}\n", "version is not 1" },
		{ "version: 1\ngpu: {address: a/b}\n", "no address" },
		{ "version: 1\ngpu: {address: ..}\n", "no address" },
		{ "version: 1\ngpu: {address: \"a\\nb\"}\n", "no address" },
		{ "version: 1\ngpu: {address: a}\nvfs: -1\n", "vfs is no number" },
		{ "version: 1\ngpu: {address: a}\nvfs: 65536\n", "vfs is no number" },
		{ "version: 1\ngpu: {address: a}\nvfs: 4x\n", "vfs is no number" },
		{ "version: 1\ngpu: {address: a}\ndriver: a/b\n", "driver is no name" },
		{ "version: 1\ngpu: {address: a}\nautoprobe: yes\n", "neither on nor off" },
	};
	struct gvm_gpu_state s;
	struct gvm_error e;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(wrong); i++) {
		memset(&e, 0, sizeof(e));
		assert_int_equal(
			gvm_gpu_state_parse(wrong[i][0], strlen(wrong[i][0]), "x.yaml", &s, &e),
			-EINVAL);
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
		ut_assert_holds(e.message, wrong[i][1]);
	}
}

/** @brief Who may only read saves nothing. @param state room */
static void read_only(void **state)
{
	struct room *room = *state;
	struct gvm_gpu_state s = of(GPU_1, 4, "", -1);
	struct gvm_error e = { 0 };

	gvm_store_fs_saved(room->ctx.store, room->ctx.host, NULL);
	assert_int_equal(gvm_gpu_state_save(&room->ctx, &s, false, &e), -EROFS);
	ut_assert_error(&e, "GVM_E_READ_ONLY", EROFS);
	assert_false(ut_exists(room->dir, "etc"));
}

/** @brief Run the tests. @return number of failures */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(saved_in_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_saved, setup, teardown),
		cmocka_unit_test_setup_teardown(files_of_people, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_since, setup, teardown),
		cmocka_unit_test_setup_teardown(odd_names, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_files, setup, teardown),
		cmocka_unit_test_setup_teardown(read_only, setup, teardown),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
