// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "sriov.h"

#define DEVICES "sys/bus/pci/devices/"
#define PF "0000:01:00.0"

/** A sysroot with one PF. */
struct room {
	char root[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->root);
	ut_write(room->root, DEVICES PF "/sriov_totalvfs", "16\n");
	ut_write(room->root, DEVICES PF "/sriov_numvfs", "2\n");
	ut_write(room->root, DEVICES PF "/sriov_drivers_autoprobe", "1\n");
	ut_write(room->root, DEVICES PF "/sriov_vf_device", "692f\n");
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

/** @brief Give the PF a VF. @param room room @param index of it @param address of it @param driver or NULL @param group number, or -1 */
static void add_vf(struct room *room, unsigned int index, const char *address, const char *driver,
		   int group)
{
	char path[UT_PATH], target[UT_PATH];

	snprintf(path, sizeof(path), DEVICES "%s/physfn", address);
	ut_link(room->root, path, "../" PF);
	snprintf(path, sizeof(path), DEVICES PF "/virtfn%u", index);
	snprintf(target, sizeof(target), "../%s", address);
	ut_link(room->root, path, target);
	snprintf(path, sizeof(path), DEVICES "%s/driver_override", address);
	ut_write(room->root, path, "%s\n", driver ? driver : "(null)");
	if (driver) {
		snprintf(path, sizeof(path), DEVICES "%s/driver", address);
		snprintf(target, sizeof(target), "../../drivers/%s", driver);
		ut_link(room->root, path, target);
	}
	if (group >= 0) {
		snprintf(path, sizeof(path), DEVICES "%s/iommu_group", address);
		snprintf(target, sizeof(target), "../../../../kernel/iommu_groups/%d", group);
		ut_link(room->root, path, target);
	}
}

/** @brief The attributes of a PF. @param state room */
static void attributes(void **state)
{
	struct room *room = *state;
	struct gvm_sriov s = { .total = 99 };
	unsigned int n = 99;

	assert_int_equal(gvm_sriov_read(room->host, "0000:02:00.0", &s), -ENOENT);
	assert_int_equal(gvm_sriov_numvfs(room->host, "0000:02:00.0", 1000, &n), -ENOENT);
	ut_write(room->root, DEVICES PF "/sriov_totalvfs", "65536\n");
	assert_int_equal(gvm_sriov_read(room->host, PF, &s), -ERANGE);
	ut_write(room->root, DEVICES PF "/sriov_totalvfs", "x\n");
	assert_int_equal(gvm_sriov_read(room->host, PF, &s), -EINVAL);
	assert_int_equal(s.total, 99);
	ut_write(room->root, DEVICES PF "/sriov_totalvfs", "65535\n");
	assert_int_equal(gvm_sriov_read(room->host, PF, &s), 0);
	assert_int_equal(s.total, 65535);
	assert_int_equal(s.autoprobe, 1);
	assert_int_equal(s.vf_device, 0x692f);
	assert_int_equal(gvm_sriov_numvfs(room->host, PF, 1000, &n), 0);
	assert_int_equal(n, 2);
}

/** @brief What is missing or odd is unknown. @param state room */
static void unknown(void **state)
{
	struct room *room = *state;
	struct gvm_sriov s;

	ut_write(room->root, DEVICES PF "/sriov_drivers_autoprobe", "0\n");
	ut_write(room->root, DEVICES PF "/sriov_vf_device", "ffff\n");
	assert_int_equal(gvm_sriov_read(room->host, PF, &s), 0);
	assert_int_equal(s.autoprobe, 0);
	assert_int_equal(s.vf_device, 0xffff);
	ut_write(room->root, DEVICES PF "/sriov_drivers_autoprobe", "2\n");
	ut_write(room->root, DEVICES PF "/sriov_vf_device", "10000\n");
	assert_int_equal(gvm_sriov_read(room->host, PF, &s), 0);
	assert_int_equal(s.autoprobe, -1);
	assert_int_equal(s.vf_device, 0);
	ut_write(room->root, DEVICES PF "/sriov_vf_device", "0123456789abcdef0\n");
	assert_int_equal(gvm_sriov_read(room->host, PF, &s), 0);
	assert_int_equal(s.vf_device, 0);
}

/** @brief VFs by number, however the folder is sorted, and each way back to its PF. @param state room */
static void vfs(void **state)
{
	struct room *room = *state;
	GVM_AUTOFREE struct gvm_vf *v = NULL;
	char pf[GVM_PCI_ADDR_SIZE], address[GVM_PCI_ADDR_SIZE];
	unsigned int i;
	size_t n = 9;

	assert_int_equal(gvm_sriov_vfs(room->host, PF, &v, &n), 0);
	assert_int_equal(n, 0);
	assert_null(v);
	for (i = 40; i-- > 0;) {
		snprintf(address, sizeof(address), "0000:01:%02x.%x", 16 + i / 8, i % 8);
		add_vf(room, i, address, i == 3 ? "vfio-pci" : NULL, i == 4 ? -1 : (int)i + 50);
	}
	assert_int_equal(gvm_sriov_vfs(room->host, PF, &v, &n), 0);
	assert_int_equal(n, 40);
	for (i = 0; i < 40; i++) {
		snprintf(address, sizeof(address), "0000:01:%02x.%x", 16 + i / 8, i % 8);
		assert_int_equal(v[i].index, i);
		assert_string_equal(v[i].address, address);
		assert_string_equal(v[i].driver, i == 3 ? "vfio-pci" : "");
		assert_string_equal(v[i].override, i == 3 ? "vfio-pci" : "");
		assert_int_equal(v[i].group, i == 4 ? -1 : (int)i + 50);
		assert_int_equal(gvm_sriov_pf(room->host, address, pf), 0);
		assert_string_equal(pf, PF);
	}
	assert_int_equal(gvm_sriov_pf(room->host, PF, pf), -ENOENT);
	assert_string_equal(pf, "");
}

/** @brief A VF that is gone leaves a gap; what is none is passed over; nonsense is an error. @param state room */
static void odd_vfs(void **state)
{
	struct room *room = *state;
	GVM_AUTOFREE struct gvm_vf *v = NULL;
	char pf[GVM_PCI_ADDR_SIZE] = "x";
	size_t n = 9;

	add_vf(room, 0, "0000:01:00.1", NULL, -1);
	add_vf(room, 2, "0000:01:00.3", NULL, -1);
	ut_link(room->root, DEVICES PF "/virtfn1", "../0000:01:00.2");
	ut_link(room->root, DEVICES PF "/virtfn", "../0000:01:00.1");
	ut_link(room->root, DEVICES PF "/virtfnx", "../0000:01:00.1");
	ut_link(room->root, DEVICES PF "/virtfn65535", "../0000:01:00.1");
	assert_int_equal(gvm_sriov_vfs(room->host, PF, &v, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(v[0].index, 0);
	assert_int_equal(v[1].index, 2);
	n = 9;
	ut_link(room->root, DEVICES PF "/virtfn3", "../nowhere");
	assert_int_equal(gvm_sriov_vfs(room->host, PF, &v, &n), -EINVAL);
	assert_int_equal(gvm_sriov_vfs(room->host, "0000:02:00.0", &v, &n), -ENOENT);
	assert_int_equal(n, 9);
	ut_link(room->root, DEVICES "0000:05:00.0/physfn", "../../nothing");
	assert_int_equal(gvm_sriov_pf(room->host, "0000:05:00.0", pf), -EINVAL);
	assert_string_equal(pf, "");
}

/** @brief On a live machine the number comes from a child, and so does the error. @param state room */
static void live_number(void **state)
{
	struct room *room = *state;
	struct gvm_host *live;
	char device[UT_PATH * 2];
	unsigned int n = 99;

	if (access("/sys/bus/pci/devices", F_OK) < 0) {
		print_message("no /sys/bus/pci/devices here\n");
		skip();
	}
	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	/* Out of /sys/bus/pci/devices, to the PF of this test. */
	snprintf(device, sizeof(device), "../../../..%s/" DEVICES PF, room->root);
	assert_int_equal(gvm_sriov_numvfs(live, device, 5000, &n), 0);
	assert_int_equal(n, 2);
	ut_write(room->root, DEVICES PF "/sriov_numvfs", "65536\n");
	assert_int_equal(gvm_sriov_numvfs(live, device, 5000, &n), -ERANGE);
	assert_int_equal(gvm_sriov_numvfs(live, "none", 5000, &n), -ENOENT);
	assert_int_equal(n, 2);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	gvm_host_close(live);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(attributes), TEST(unknown), TEST(vfs), TEST(odd_vfs), TEST(live_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
