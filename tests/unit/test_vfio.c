// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "plan.h"
#include "vfio.h"

#define GROUP(n) ((struct gvm_vfio_nodes){ .group = (n), .cdev = -1 })
#define DEVICE "/sys/bus/mdev/devices/" UT_UUID_1

/** A picture of a host. */
struct room {
	char path[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make a sysroot. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->path);
	*state = room;
	return gvm_host_open(room->path, &room->host, NULL);
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	gvm_host_close(room->host);
	ut_dir_remove(room->path);
	free(room);
	return 0;
}

/** @brief What can be opened: the number in /sys alone is no node; a group is missing only beside one. @param state room */
static void nodes(void **state)
{
	static const struct {
		const char *entry; /* of vfio-dev */
		const char *dev;   /* node that there is */
		long iommu_group, group, cdev;
		const char *path;
	} cases[] = {
		{ NULL, NULL, -1, -1, -1, "" },
		{ NULL, NULL, 0, 0, -1, "/dev/vfio/0" },
		{ "vfio0", NULL, 12, 12, -1, "/dev/vfio/12" },
		{ "vfio7", "dev/vfio/12", 12, 12, -1, "/dev/vfio/12" },
		{ "vfio7", "dev/vfio/devices/vfio8", 12, 12, -1, "/dev/vfio/12" },
		{ "vfio8", NULL, 14, -1, 8, "/dev/vfio/devices/vfio8" },
		{ "vfio8", NULL, -1, -1, 8, "/dev/vfio/devices/vfio8" },
		{ "noiommu-vfio8", NULL, -1, -1, -1, "" },
		{ "vfio8x", NULL, -1, -1, -1, "" },
		{ "vfio99999999999", NULL, -1, -1, -1, "" },
		{ "vfio8", "dev/vfio/13", 13, 13, 8, "/dev/vfio/13" },
	};
	struct room *room = *state;
	size_t i;

	for (i = 0; i < UT_COUNT(cases); i++) {
		struct gvm_vfio_nodes n = { 0 };
		char path[UT_PATH], full[UT_PATH];

		ut_mkdir(room->path, &(DEVICE "/vfio-dev")[1]);
		ut_dir_remove(ut_path(full, room->path, &(DEVICE "/vfio-dev")[1]));
		if (cases[i].entry) {
			snprintf(path, sizeof(path), "%s/vfio-dev/%s", &DEVICE[1], cases[i].entry);
			ut_mkdir(room->path, path);
		}
		if (cases[i].dev)
			ut_write(room->path, cases[i].dev, "%s", "");
		gvm_vfio_nodes_find(room->host, DEVICE, cases[i].iommu_group, &n);
		if (n.group != cases[i].group || n.cdev != cases[i].cdev)
			fail_msg("case %zu: group %ld, cdev %ld", i, n.group, n.cdev);
		gvm_vfio_node_path(&n, path);
		assert_string_equal(path, cases[i].path);
		/* A picture of a host is not opened; what has no node cannot be. */
		assert_int_equal(gvm_vfio_hold(room->host, &n), *path ? -EROFS : -ENOENT);
	}
}

/** @brief A group is held once, a device without group by itself, and one without nodes not at all. @param state unused */
static void sets(void **state)
{
	static const struct gvm_vfio_nodes add[] = { { 12, 0 },  { 12, 1 }, { -1, 0 }, { -1, 1 },
						     { -1, -1 }, { 13, -1 }, { -1, 1 } };
	static struct gvm_holds s;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(add); i++)
		assert_int_equal(gvm_holds_add(&s, &add[i]), 0);
	/* {-1, 0} is the device that is held by its group already. */
	assert_int_equal(s.n, 3);
	assert_true(s.nodes[0].group == 12 && s.nodes[1].cdev == 1 && s.nodes[2].group == 13);
	for (i = s.n; i < GVM_MAX_GROUPS; i++)
		assert_int_equal(gvm_holds_add(&s, &GROUP(100 + (long)i)), 0);
	assert_int_equal(gvm_holds_add(&s, &GROUP(5000)), -E2BIG);
	assert_int_equal(gvm_holds_add(&s, &add[0]), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = { TEST(nodes), TEST(sets) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
