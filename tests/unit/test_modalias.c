// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <sys/stat.h>

#include "modalias.h"

#define VF "0000:01:00.1"
#define VF_ALIAS "pci:v000015B3d0000101Esv000015B3sd00000001bc02sc00i00"
#define LIST "lib/modules/6.12.0-amd64/modules.alias"

/** A sysroot with one PCI function. */
struct room {
	char root[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->root);
	ut_write(room->root, "sys/bus/pci/devices/" VF "/modalias", "%s\n", VF_ALIAS);
	*state = room;
	return gvm_host_open(room->root, &room->host, NULL);
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	gvm_host_close(room->host);
	ut_dir_remove(room->root);
	free(room);
	return 0;
}

/** @brief Lines that name a module for the device, and how closely. @param state unused */
static void lines(void **state)
{
	static const struct {
		const char *line;
		int wildcards;
		const char *module;
	} cases[] = {
		{ "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n", 5,
		  "mlx5_vfio_pci" },
		{ "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci", 7, "vfio_pci" },
		{ "alias vfio_pci:v000015B3d0000101Esv000015B3sd00000001bc02sc00i00 all\n", 0,
		  "all" },
		{ "alias vfio_pci:v000015B3d*sv*sd*bc02sc??i* some-kind\n", 6, "some-kind" },
		{ "alias vfio_pci:v000015B3d0000101Fsv*sd*bc*sc*i* mlx5_vfio_pci\n", -ENOENT, "" },
		{ "alias pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_core\n", -ENOENT, "" },
		{ "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*\n", -ENOENT, "" },
		{ "alias vfio_pci:v* ../../evil\n", -ENOENT, "" },
		{ "alias vfio_pci:v* two words\n", -ENOENT, "" },
		{ "alias vfio_pci: vfio_pci\n", -ENOENT, "" },
		{ "# alias vfio_pci:v* vfio_pci\n", -ENOENT, "" },
		{ "", -ENOENT, "" },
	};
	char module[GVM_MODULE_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		memset(module, 'x', sizeof(module));
		assert_int_equal(
			gvm_modalias_match(cases[i].line, VF_ALIAS, module, sizeof(module)),
			cases[i].wildcards);
		assert_string_equal(module, cases[i].module);
	}
	assert_int_equal(
		gvm_modalias_match("alias vfio_pci:v* m", "usb:v1", module, sizeof(module)),
		-ENOENT);
	assert_int_equal(gvm_modalias_match("alias vfio_pci:v* four", VF_ALIAS, module, 4),
			 -ENOENT);
	assert_int_equal(gvm_modalias_match("alias vfio_pci:v* four", VF_ALIAS, module, 5), 1);
}

/** @brief Check what is found. @param room room @param module @param driver expected @param variant expected @param read was the list there */
static void expect(struct room *room, const char *module, const char *driver, bool variant,
		   bool read)
{
	struct gvm_vfio_driver d = { 0 };

	assert_int_equal(gvm_vfio_driver_find(room->host, VF, &d), 0);
	assert_string_equal(d.module, module);
	assert_string_equal(d.driver, driver);
	assert_int_equal(d.variant, variant);
	assert_int_equal(d.list_read, read);
}

/** @brief The closest match wins, wherever it stands in the list. @param state room */
static void closest_wins(void **state)
{
	struct room *room = *state;

	ut_write(room->root, LIST,
		 "# Aliases extracted from modules themselves.\n"
		 "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
		 "alias vfio_pci:v000015B3d*sv*sd*bc*sc*i* wide_vfio_pci\n"
		 "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5-vfio-pci\n"
		 "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* second\n"
		 "alias vfio_pci:v000015B3d*sv*sd*bc*sc*i* wide_vfio_pci\n"
		 "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n");
	expect(room, "mlx5_vfio_pci", "mlx5_vfio_pci", true, true);
	ut_write(room->root, LIST,
		 "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
		 "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n");
	expect(room, "vfio_pci", "vfio-pci", false, true);
	ut_write(room->root, LIST, "alias vfio_pci:v000015B3d*sv*sd*bc*sc*i* xe_vfio_pci");
	expect(room, "xe_vfio_pci", "xe-vfio-pci", true, true);
}

/** @brief A loaded module tells its driver's name itself. @param state room */
static void loaded(void **state)
{
	struct room *room = *state;
	struct gvm_vfio_driver d = { 0 };
	char driver[GVM_MODULE_SIZE] = "x";

	ut_write(room->root, LIST, "alias vfio_pci:v000015B3d*sv*sd*bc*sc*i* odd_vfio_pci\n");
	assert_int_equal(gvm_vfio_driver_find(room->host, VF, &d), 0);
	assert_false(d.loaded);
	assert_int_equal(gvm_module_pci_driver(room->host, "odd_vfio_pci", driver, sizeof(driver)),
			 -ENOENT);
	assert_string_equal(driver, "");
	ut_mkdir(room->root, "sys/module/odd_vfio_pci/drivers");
	assert_int_equal(gvm_module_pci_driver(room->host, "odd_vfio_pci", driver, sizeof(driver)),
			 -ENOENT);
	ut_link(room->root, "sys/module/odd_vfio_pci/drivers/usb:other", "../../x/other");
	ut_link(room->root, "sys/module/odd_vfio_pci/drivers/pci:Odd vfio", "../../x/Odd vfio");
	expect(room, "odd_vfio_pci", "Odd vfio", true, true);
	assert_int_equal(gvm_vfio_driver_find(room->host, VF, &d), 0);
	assert_true(d.loaded);
	assert_int_equal(gvm_module_pci_driver(room->host, "odd_vfio_pci", driver, 4),
			 -ENAMETOOLONG);
	assert_string_equal(driver, "");
}

/** @brief Without a list, or with those of several kernels, nothing is known. @param state room */
static void no_list(void **state)
{
	struct room *room = *state;
	char path[UT_PATH];

	expect(room, "vfio_pci", "vfio-pci", false, false);
	ut_mkdir(room->root, "lib/modules");
	expect(room, "vfio_pci", "vfio-pci", false, false);
	ut_mkdir(room->root, LIST);
	expect(room, "vfio_pci", "vfio-pci", false, false);
	ut_dir_remove(ut_path(path, room->root, "lib/modules"));
	ut_mkdir(room->root, "lib/modules/6.12.0-amd64");
	assert_int_equal(mkfifo(ut_path(path, room->root, LIST), 0600), 0);
	expect(room, "vfio_pci", "vfio-pci", false, false);
	assert_int_equal(remove(path), 0);
	ut_write(room->root, LIST, "alias vfio_pci:v* a\n");
	expect(room, "a", "a", true, true);
	ut_write(room->root, "lib/modules/6.13.0-amd64/modules.alias", "alias vfio_pci:v* a\n");
	expect(room, "vfio_pci", "vfio-pci", false, false);
}

/** @brief Long lines are passed over whole: no part of one counts as a line. @param state room */
static void long_lines(void **state)
{
	static const char wanted[] = "alias vfio_pci:v* wrong\n";
	struct room *room = *state;
	char text[4096];
	size_t i;

	/* Each possible cut of the long line is once at the array's end. */
	for (i = 480; i < 540; i++) {
		memset(text, '#', i);
		snprintf(text + i, sizeof(text) - i, "%s%s", wanted,
			 "alias vfio_pci:v*d*sv* right\n");
		ut_write(room->root, LIST, "%s", text);
		expect(room, "right", "right", true, true);
	}
}

/** @brief Devices that are none. @param state room */
static void no_device(void **state)
{
	struct room *room = *state;
	struct gvm_vfio_driver d = { .module = "old" };

	assert_int_equal(gvm_vfio_driver_find(room->host, "0000:02:00.0", &d), -ENOENT);
	ut_write(room->root, "sys/bus/pci/devices/" VF "/modalias", "platform:x\n");
	assert_int_equal(gvm_vfio_driver_find(room->host, VF, &d), -EINVAL);
	assert_string_equal(d.module, "old");
}

/** @brief "-" and "_" are one. @param state unused */
static void same_names(void **state)
{
	(void)state;
	assert_true(gvm_driver_name_same("vfio-pci", "vfio_pci"));
	assert_true(gvm_driver_name_same("a_b-c", "a-b_c"));
	assert_true(gvm_driver_name_same("", ""));
	assert_false(gvm_driver_name_same("vfio-pci", "vfio-pc"));
	assert_false(gvm_driver_name_same("vfio-pc", "vfio-pci"));
	assert_false(gvm_driver_name_same("vfio.pci", "vfio-pci"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(lines),      TEST(closest_wins), TEST(loaded),     TEST(no_list),
		TEST(long_lines), TEST(no_device),    TEST(same_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
