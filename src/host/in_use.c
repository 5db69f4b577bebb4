// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interface: documented, kernel Documentation/ABI (sysfs-class-net, block holders) and proc(5)
 * (mountinfo, swaps); the names of NVMe paths: kernel drivers/nvme/host/multipath.c, Linux 6.12.
 */
#include "in_use.h"

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "str.h"

/** A disk's or interface's name. */
#define NAME_SIZE 64

/** A function that is looked at. */
struct look {
	struct gvm_host *h;
	char part[40];        /* "/ADDRESS/", of the path of what it has */
	char head[NAME_SIZE]; /* an NVMe disk to which one of its paths leads; or empty */
	char *why;
	size_t size;
};

/** @brief Is a device of a class one of the function's? @param l look @param class of it @param name of it @return yes or no */
static bool is_its(const struct look *l, const char *class, const char *name)
{
	char path[GVM_PATH_SIZE], target[GVM_PATH_SIZE * 2];

	return strlen(name) < NAME_SIZE &&
	       gvm_str_format(path, sizeof(path), "/sys/class/%s/%s", class, name) == 0 &&
	       gvm_host_target(l->h, path, target, sizeof(target)) == 0 && strstr(target, l->part);
}

/** @brief Open a file of /proc to be read line by line. @param h machine @param path it @return stream or NULL */
static FILE *open_lines(struct gvm_host *h, const char *path)
{
	int fd = gvm_host_at(h, path, O_RDONLY | O_NONBLOCK);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "re");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

/** @brief Is a disk mounted? @param l look; result: why @param name of the disk @return yes or no */
static bool is_mounted(struct look *l, const char *name)
{
	char path[GVM_PATH_SIZE], dev[24], line[4096], number[24], at[200], source[NAME_SIZE + 8];
	FILE *f = open_lines(l->h, "/proc/self/mountinfo");
	bool found = false;
	const char *rest;

	gvm_str_format(path, sizeof(path), "/sys/class/block/%s/dev", name);
	gvm_host_read(l->h, path, dev, sizeof(dev));
	while (f && !found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d %*d %23s %*s %199s", number, at) != 2)
			continue;
		/* A file system of several disks has a number of its own, but names one of them. */
		rest = strstr(line, " - ");
		found = strcmp(number, dev) == 0 ||
			(rest && sscanf(rest, " - %*s /dev/%71s", source) == 1 &&
			 strcmp(source, name) == 0);
	}
	if (found)
		snprintf(l->why, l->size, "has disk %s, mounted at %s", name, at);
	if (f)
		fclose(f);
	return found;
}

/** @brief Is a disk swapped to? @param l look; result: why @param name of the disk @return yes or no */
static bool is_swap(struct look *l, const char *name)
{
	FILE *f = open_lines(l->h, "/proc/swaps");
	char line[512], disk[NAME_SIZE + 8];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "/dev/%71s", disk) == 1 && strcmp(disk, name) == 0;
	if (found)
		snprintf(l->why, l->size, "has disk %s, which is swapped to", name);
	if (f)
		fclose(f);
	return found;
}

/** @brief The first holder of a disk. @param dir unused @param name it @param data array for its name @return 1 */
static int take_holder(int dir, const char *name, void *data)
{
	(void)dir;
	snprintf(data, NAME_SIZE, "%.63s", name);
	return 1;
}

/** @brief Does the host use a disk? @param l look; result: why @param name of the disk @return 1 or 0 */
static int look_at_disk(struct look *l, const char *name)
{
	char path[GVM_PATH_SIZE], holder[NAME_SIZE];

	gvm_str_format(path, sizeof(path), "/sys/class/block/%s/holders", name);
	if (gvm_host_list(l->h, path, take_holder, holder) == 1) {
		snprintf(l->why, l->size, "has disk %s, which %s is made of", name, holder);
		return 1;
	}
	return is_mounted(l, name) || is_swap(l, name);
}

/** @brief One disk or partition. @param dir unused @param name it @param data look @return 1 to end, or 0 */
static int take_disk(int dir, const char *name, void *data)
{
	unsigned int subsystem, controller, space;
	struct look *l = data;

	(void)dir;
	if (!is_its(l, "block", name))
		return 0;
	/* nvme0c1n1 is a path to nvme0n1, which belongs to no function. */
	if (sscanf(name, "nvme%uc%un%u", &subsystem, &controller, &space) == 3) {
		snprintf(l->head, sizeof(l->head), "nvme%un%u", subsystem, space);
		return 0;
	}
	return look_at_disk(l, name);
}

/** @brief One disk or partition, that may be of the head. @param dir unused @param name it @param data look @return 1 to end, or 0 */
static int take_head(int dir, const char *name, void *data)
{
	struct look *l = data;
	size_t len = strlen(l->head);

	(void)dir;
	if (strlen(name) >= NAME_SIZE || strncmp(name, l->head, len) != 0 ||
	    (name[len] && name[len] != 'p'))
		return 0;
	return look_at_disk(l, name);
}

/** @brief One network interface. @param dir unused @param name it @param data look @return 1 to end, or 0 */
static int take_interface(int dir, const char *name, void *data)
{
	char path[GVM_PATH_SIZE], text[24];
	struct look *l = data;
	uint64_t flags;

	(void)dir;
	if (!is_its(l, "net", name))
		return 0;
	gvm_str_format(path, sizeof(path), "/sys/class/net/%s/flags", name);
	if (gvm_host_read(l->h, path, text, sizeof(text)) < 0 ||
	    gvm_parse_u64(gvm_str_starts(text, "0x") ? text + 2 : text, 16, UINT32_MAX, &flags) <
		    0 ||
	    !(flags & IFF_UP))
		return 0;
	snprintf(l->why, l->size, "has network interface %s, which is up", name);
	return 1;
}

bool gvm_pci_in_use(struct gvm_host *h, const char *address, char *why, size_t size)
{
	struct look l = { .h = h, .why = why, .size = size };

	snprintf(l.part, sizeof(l.part), "/%.20s/", address);
	if (gvm_host_list(h, "/sys/class/block", take_disk, &l) == 1 ||
	    (l.head[0] && gvm_host_list(h, "/sys/class/block", take_head, &l) == 1))
		return true;
	return gvm_host_list(h, "/sys/class/net", take_interface, &l) == 1;
}
