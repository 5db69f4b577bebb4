// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host uses a PCI function for: disks and network interfaces. */
#include "unit.h"

#include "in_use.h"

#define ADDRESS "0000:01:00.0"
#define PCI "../../devices/pci0000:00/0000:00:01.0/" ADDRESS

/** A host of files. */
struct room {
	char root[UT_PATH];
	struct gvm_host *h;
	char why[320];
};

/** @brief Add a disk. @param room host @param name @param target of its link @param dev its number */
static void disk(struct room *room, const char *name, const char *target, const char *dev)
{
	char path[UT_PATH], real[UT_PATH];

	snprintf(path, sizeof(path), "sys/class/block/%s", name);
	ut_link(room->root, path, target);
	snprintf(real, sizeof(real), "sys/%.200s/dev", target + strlen("../../"));
	ut_write(room->root, real, "%s\n", dev);
	snprintf(real, sizeof(real), "sys/%.200s/holders", target + strlen("../../"));
	ut_mkdir(room->root, real);
}

/** @brief Two disks of the function, one of another, an interface that is down. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->root);
	disk(room, "nvme0n1", PCI "/nvme/nvme0/nvme0n1", "259:0");
	disk(room, "nvme0n1p2", PCI "/nvme/nvme0/nvme0n1/nvme0n1p2", "259:2");
	disk(room, "sda", "../../devices/pci0000:00/0000:00:1f.2/ata1/block/sda", "8:0");
	ut_link(room->root, "sys/class/net/eth0", PCI "/net/eth0");
	ut_write(room->root, "sys/devices/pci0000:00/0000:00:01.0/" ADDRESS "/net/eth0/flags",
		 "0x1002\n");
	ut_write(room->root, "proc/swaps", "Filename Type Size Used Priority\n");
	ut_write(room->root, "proc/self/mountinfo", "22 1 8:0 / / rw - ext4 /dev/sda rw\n");
	*state = room;
	return gvm_host_open(room->root, &room->h, NULL);
}

/** @brief End it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	gvm_host_close(room->h);
	ut_dir_remove(room->root);
	free(room);
	return 0;
}

/** @brief It is used, and why. @param room host @param why expected */
static void used(struct room *room, const char *why)
{
	assert_true(gvm_pci_in_use(room->h, ADDRESS, room->why, sizeof(room->why)));
	assert_string_equal(room->why, why);
}

/** @brief It is not used. @param room host */
static void not_used(struct room *room)
{
	assert_false(gvm_pci_in_use(room->h, ADDRESS, room->why, sizeof(room->why)));
}

/** @brief Disks that lie idle, others' disks, an interface that is down: not used. @param state room */
static void idle(void **state)
{
	not_used(*state);
	assert_true(gvm_pci_in_use(((struct room *)*state)->h, "0000:00:1f.2",
				   ((struct room *)*state)->why, 320));
	assert_false(gvm_pci_in_use(((struct room *)*state)->h, "0000:01:00.1",
				    ((struct room *)*state)->why, 320));
}

/** @brief Mounted, by its number, and by its name where the file system has another. @param state room */
static void mounted(void **state)
{
	struct room *room = *state;

	ut_write(
		room->root, "proc/self/mountinfo",
		"22 1 8:0 / / rw - ext4 /dev/sda rw\n23 1 259:2 / /home rw,noatime shared:1 - ext4 "
		"/dev/disk/by-label/home rw\n");
	used(room, "has disk nvme0n1p2, mounted at /home");
	ut_write(room->root, "proc/self/mountinfo",
		 "23 1 0:41 /@ /srv rw - btrfs /dev/nvme0n1 rw\n");
	used(room, "has disk nvme0n1, mounted at /srv");
	ut_write(room->root, "proc/self/mountinfo",
		 "23 1 0:41 / /srv rw - btrfs /dev/nvme0n12 rw\n");
	not_used(room);
}

/** @brief Swapped to, and a part of another device. @param state room */
static void swap_and_holder(void **state)
{
	struct room *room = *state;

	ut_write(room->root, "proc/swaps",
		 "Filename Type Size Used Priority\n"
		 "/dev/nvme0n1p2  partition 1 0 -2\n");
	used(room, "has disk nvme0n1p2, which is swapped to");
	ut_write(room->root, "proc/swaps", "Filename Type\n/dev/nvme0n1p21 partition 1 0 -2\n");
	not_used(room);
	ut_link(room->root,
		"sys/devices/pci0000:00/0000:00:01.0/" ADDRESS
		"/nvme/nvme0/nvme0n1/nvme0n1p2/holders/dm-0",
		"/x");
	used(room, "has disk nvme0n1p2, which dm-0 is made of");
}

/** @brief An interface that is up. @param state room */
static void interface(void **state)
{
	struct room *room = *state;

	ut_write(room->root, "sys/devices/pci0000:00/0000:00:01.0/" ADDRESS "/net/eth0/flags",
		 "0x1003\n");
	used(room, "has network interface eth0, which is up");
}

/** @brief An NVMe disk of several paths belongs to no function: its paths tell. @param state room */
static void paths(void **state)
{
	struct room *room = *state;

	disk(room, "nvme3c1n1", PCI "/nvme/nvme1/nvme3c1n1", "0:0");
	disk(room, "nvme3n1", "../../devices/virtual/nvme-subsystem/nvme-subsys3/nvme3n1", "259:5");
	disk(room, "nvme3n1p1",
	     "../../devices/virtual/nvme-subsystem/nvme-subsys3/nvme3n1/nvme3n1p1", "259:6");
	disk(room, "nvme3n12", "../../devices/virtual/nvme-subsystem/nvme-subsys3/nvme3n12",
	     "259:7");
	ut_write(room->root, "proc/self/mountinfo",
		 "23 1 259:7 / /other rw - ext4 /dev/nvme3n12 rw\n");
	not_used(room);
	ut_write(room->root, "proc/self/mountinfo",
		 "23 1 259:6 / /data rw - ext4 /dev/nvme3n1p1 rw\n");
	used(room, "has disk nvme3n1p1, mounted at /data");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(idle), TEST(mounted), TEST(swap_and_holder), TEST(interface), TEST(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
