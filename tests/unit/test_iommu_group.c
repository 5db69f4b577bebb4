// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <unistd.h>

#include "iommu_group.h"

/** A sysroot. */
struct room {
	char root[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->root);
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

/**
 * @brief Put a device into group 9.
 * @param room room @param name its name @param class_id text, or NULL @param driver or NULL @param override text, or NULL
 */
static void add(struct room *room, const char *name, const char *class_id, const char *driver,
		const char *override)
{
	char path[UT_PATH], target[UT_PATH];

	snprintf(path, sizeof(path), "sys/devices/%s", name);
	ut_mkdir(room->root, path);
	snprintf(target, sizeof(target), "../../../../devices/%s", name);
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/9/devices/%s", name);
	ut_link(room->root, path, target);
	snprintf(path, sizeof(path), "sys/devices/%s/iommu_group", name);
	ut_link(room->root, path, "../../kernel/iommu_groups/9");
	if (class_id) {
		snprintf(path, sizeof(path), "sys/devices/%s/class", name);
		ut_write(room->root, path, "%s\n", class_id);
	}
	if (driver) {
		snprintf(path, sizeof(path), "sys/devices/%s/driver", name);
		snprintf(target, sizeof(target), "../../bus/x/drivers/%s", driver);
		ut_link(room->root, path, target);
	}
	if (override) {
		snprintf(path, sizeof(path), "sys/devices/%s/driver_override", name);
		ut_write(room->root, path, "%s\n", override);
	}
}

/** @brief Every kind of member, sorted, and what each means. @param state room */
static void members(void **state)
{
	static const struct {
		const char *name, *class_id, *driver, *override;
		enum gvm_member_kind kind;
	} all[] = {
		{ "0000:00:01.0", "0x060400", "pcieport", "(null)", GVM_MEMBER_BRIDGE },
		{ "0000:01:00.0", "0x030000", "vfio-pci", "vfio-pci", GVM_MEMBER_VFIO },
		{ "0000:01:00.1", "0x040300", "snd_hda_intel", "(null)", GVM_MEMBER_OTHER },
		{ "0000:01:00.2", "0x0c0330", NULL, "", GVM_MEMBER_UNBOUND },
		{ "0000:01:00.3", "0x0c8000", "pci-stub", NULL, GVM_MEMBER_STUB },
		{ "0000:01:00.4", "0x020000", "mlx5_vfio_pci", NULL, GVM_MEMBER_VFIO },
		{ "0000:01:00.5", "0x030000", "nvidia", NULL, GVM_MEMBER_VFIO },
		{ "0000:01:00.6", "0x060100", "lpc_ich", NULL, GVM_MEMBER_OTHER },
		{ "0000:01:00.7", NULL, "broken", NULL, GVM_MEMBER_OTHER },
		{ UT_UUID_1, NULL, "mdpy", NULL, GVM_MEMBER_VFIO },
		{ "arm-smmu.0", "0x060400", "smmu", NULL, GVM_MEMBER_OTHER },
	};
	struct room *room = *state;
	struct gvm_group_member m[UT_COUNT(all)];
	size_t i, n = 0;

	for (i = UT_COUNT(all); i-- > 0;)
		add(room, all[i].name, all[i].class_id, all[i].driver, all[i].override);
	/* The vendor's own VFIO driver, and an mdev: known by this folder. */
	ut_mkdir(room->root, "sys/devices/0000:01:00.5/vfio-dev/vfio0");
	ut_mkdir(room->root, "sys/devices/" UT_UUID_1 "/vfio-dev/vfio1");
	assert_int_equal(gvm_iommu_group_members(room->host, 9, m, UT_COUNT(m), &n), 0);
	assert_int_equal(n, UT_COUNT(all));
	for (i = 0; i < n; i++) {
		assert_string_equal(m[i].name, all[i].name);
		assert_string_equal(m[i].driver, all[i].driver ? all[i].driver : "");
		assert_string_equal(m[i].override, i == 1 ? "vfio-pci" : "");
		assert_int_equal(m[i].pci, i < 9);
		if (m[i].kind != all[i].kind)
			fail_msg("%s is %d", m[i].name, m[i].kind);
		assert_int_equal(gvm_group_member_viable(&m[i]), all[i].kind != GVM_MEMBER_OTHER);
	}
	assert_int_equal(m[1].class_id, 0x030000);
	assert_int_equal(m[9].class_id, 0);
}

/** @brief Groups that are not there, too large, empty, or hold what is gone. @param state room */
static void odd_groups(void **state)
{
	struct room *room = *state;
	struct gvm_group_member m[2];
	size_t n = 7;

	assert_int_equal(gvm_iommu_group_members(room->host, 9, m, 2, &n), -ENOENT);
	assert_int_equal(gvm_iommu_group_members(room->host, -1, m, 2, &n), -ENOENT);
	ut_mkdir(room->root, "sys/kernel/iommu_groups/9/devices");
	assert_int_equal(n, 7);
	assert_int_equal(gvm_iommu_group_members(room->host, 9, m, 2, &n), 0);
	assert_int_equal(n, 0);
	ut_link(room->root, "sys/kernel/iommu_groups/9/devices/0000:01:00.0", "gone");
	assert_int_equal(gvm_iommu_group_members(room->host, 9, m, 2, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(m[0].kind, GVM_MEMBER_UNBOUND);
	add(room, "a", NULL, NULL, NULL);
	assert_int_equal(gvm_iommu_group_members(room->host, 9, m, 2, &n), 0);
	add(room, "b", NULL, NULL, NULL);
	n = 7;
	assert_int_equal(gvm_iommu_group_members(room->host, 9, m, 2, &n), -E2BIG);
	assert_int_equal(n, 7);
}

/** @brief The number of a device's group. @param state room */
static void group_of(void **state)
{
	struct room *room = *state;

	add(room, "0000:01:00.0", NULL, NULL, NULL);
	assert_int_equal(gvm_iommu_group_of(room->host, "/sys/devices/0000:01:00.0"), 9);
	assert_int_equal(gvm_iommu_group_of(room->host, "/sys/devices/none"), -1);
	ut_link(room->root, "sys/devices/x/iommu_group", "../groups/99999999999");
	assert_int_equal(gvm_iommu_group_of(room->host, "/sys/devices/x"), -1);
}

/** @brief The functions of a card, without its virtual ones. @param state room */
static void functions(void **state)
{
	static const char *const there[] = { "0000:01:00.0", "0000:01:00.1", "0000:01:00.7",
					     "0000:01:01.0", "0000:01:00.4", "0001:01:00.2" };
	char f[8][GVM_PCI_ADDR_SIZE], path[UT_PATH];
	struct room *room = *state;
	size_t i, n = 9;

	for (i = 0; i < UT_COUNT(there); i++) {
		snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", there[i]);
		ut_mkdir(room->root, path);
	}
	ut_link(room->root, "sys/bus/pci/devices/0000:01:00.4/physfn", "../0000:01:00.0");
	for (i = 0; i < 3; i++) {
		assert_int_equal(gvm_pci_functions(room->host, there[i], f, &n), 0);
		assert_int_equal(n, 3);
		assert_string_equal(f[0], there[0]);
		assert_string_equal(f[1], there[1]);
		assert_string_equal(f[2], there[2]);
	}
	assert_int_equal(gvm_pci_functions(room->host, "01:00.4", f, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(f[0], "0000:01:00.4");
	n = 9;
	assert_int_equal(gvm_pci_functions(room->host, "01:00.3", f, &n), -ENOENT);
	assert_int_equal(gvm_pci_functions(room->host, "soft0", f, &n), -EINVAL);
	assert_int_equal(n, 9);
}

/** @brief Names that no driver can have are an error, not cut. @param state room */
static void long_names(void **state)
{
	struct room *room = *state;
	char driver[GVM_MODULE_SIZE], override[GVM_MODULE_SIZE], text[80];

	memset(text, 'n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(room, "a", NULL, text, NULL);
	assert_int_equal(gvm_driver_read(room->host, "/sys/devices/a", driver, override),
			 -ENAMETOOLONG);
	add(room, "b", NULL, NULL, text);
	assert_int_equal(gvm_driver_read(room->host, "/sys/devices/b", driver, override), -EFBIG);
	add(room, "c", NULL, "x\033y", "x\ny");
	assert_int_equal(gvm_driver_read(room->host, "/sys/devices/c", driver, override), 0);
	assert_string_equal(driver, "x?y");
	assert_string_equal(override, "x?y");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(members), TEST(odd_groups), TEST(group_of), TEST(functions), TEST(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
