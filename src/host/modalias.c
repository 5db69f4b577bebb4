// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "cleanup.h"
#include "str.h"

/* Of Linux 6.12 in Debian it is 1.4 MiB, with lines up to 130 bytes. */
#define MAX_FILE (64L * 1024 * 1024)
#define MAX_LINE 512

/**
 * The drivers whose name is not their module's. All others in drivers/vfio/pci have their module's,
 * with "_" (read in Linux's source of 2025 and 2026: hisi_acc, ism, mlx5, nvgrace_gpu, pds, qat, virtio).
 */
static const struct {
	const char *module;
	const char *driver;
} odd_names[] = {
	{ "vfio_pci", "vfio-pci" },
	{ "xe_vfio_pci", "xe-vfio-pci" },
};

/**
 * @brief Does a pattern with "*" and "?" match? In time that grows with the product of both lengths.
 * @param pattern pattern @param end behind it @param text text @return number of wildcards, -1 for no
 */
static int match(const char *pattern, const char *end, const char *text)
{
	const char *star = NULL, *retry = NULL, *p = pattern;
	int wildcards = 0;

	while (*text) {
		if (p < end && *p == '*') {
			star = p++;
			retry = text;
		} else if (p < end && (*p == *text || *p == '?')) {
			p++;
			text++;
		} else if (star) {
			p = star + 1;
			text = ++retry;
		} else {
			return -1;
		}
	}
	while (p < end && *p == '*')
		p++;
	if (p < end)
		return -1;
	for (p = pattern; p < end; p++)
		wildcards += *p == '*' || *p == '?';
	return wildcards;
}

int gvm_modalias_match(const char *line, const char *modalias, char *module, size_t size)
{
	static const char prefix[] = "alias vfio_pci:";
	const char *pattern, *end, *name;
	size_t len;
	int n;

	module[0] = '\0';
	if (!gvm_str_starts(line, prefix) || !gvm_str_starts(modalias, "pci:"))
		return -ENOENT;
	pattern = line + sizeof(prefix) - 1;
	end = pattern + strcspn(pattern, " ");
	name = end + strspn(end, " ");
	len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	if (!len || len >= size || (name[len] && name[len] != '\n'))
		return -ENOENT;
	n = match(pattern, end, modalias + 4);
	if (n < 0)
		return -ENOENT;
	memcpy(module, name, len);
	module[len] = '\0';
	return n;
}

/** @brief Keep the name of a folder's only entry. @param dir folder @param name entry @param data array of 256 bytes @return 0, or -ENOENT for a second one */
static int only_entry(int dir, const char *name, void *data)
{
	(void)dir;
	return ((char *)data)[0] ? -ENOENT : gvm_str_copy(data, 256, name);
}

/**
 * @brief Open the list of aliases of the running kernel; in a sysroot, of the only kernel there.
 * @param h machine @return stream or NULL
 */
static FILE *open_list(struct gvm_host *h)
{
	GVM_AUTOCLOSE int fd = -1;
	char path[GVM_PATH_SIZE], release[256] = "";
	struct utsname uts;
	struct stat st;

	if (gvm_host_live(h) && uname(&uts) == 0)
		gvm_str_copy(release, sizeof(release), uts.release);
	else if (gvm_host_list(h, "/lib/modules", only_entry, release) < 0)
		return NULL;
	if (!release[0] ||
	    gvm_str_format(path, sizeof(path), "/lib/modules/%s/modules.alias", release) < 0)
		return NULL;
	fd = gvm_host_at(h, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_FILE)
		return NULL;
	return fdopen(gvm_steal_fd(&fd), "r");
}

/**
 * @brief Find the closest match in the list.
 * @param list stream @param modalias of the device @param module result, left alone without a match
 * @return 0, or -EIO when it could not be read
 */
static int closest(FILE *list, const char *modalias, char module[GVM_MODULE_SIZE])
{
	char line[MAX_LINE], name[GVM_MODULE_SIZE];
	bool whole = true, starts;
	int n, best = -1;
	long left = MAX_FILE;

	while (left > 0 && fgets(line, sizeof(line), list)) {
		left -= (long)strlen(line) + 1;
		starts = whole;
		whole = strchr(line, '\n') || feof(list);
		if (!starts || !whole)
			continue;
		n = gvm_modalias_match(line, modalias, name, sizeof(name));
		if (n < 0 || (best >= 0 && n >= best))
			continue;
		best = n;
		gvm_str_copy(module, GVM_MODULE_SIZE, name);
	}
	return ferror(list) ? -EIO : 0;
}

/** An array, and its size. */
struct text {
	char *buf;
	size_t size;
};

/** @brief Take the driver from a name like "pci:vfio-pci". @param dir folder @param name entry @param data struct text @return 1 when taken, 0 or -errno */
static int pci_driver(int dir, const char *name, void *data)
{
	const struct text *t = data;
	int r;

	(void)dir;
	if (!gvm_str_starts(name, "pci:"))
		return 0;
	r = gvm_str_copy(t->buf, t->size, name + 4);
	return r < 0 ? r : 1;
}

int gvm_module_pci_driver(struct gvm_host *h, const char *module, char *driver, size_t size)
{
	struct text t = { driver, size };
	char path[GVM_PATH_SIZE];
	int r;

	driver[0] = '\0';
	r = gvm_str_format(path, sizeof(path), "/sys/module/%s/drivers", module);
	if (r == 0)
		r = gvm_host_list(h, path, pci_driver, &t);
	return r == 1 ? 0 : r == 0 ? -ENOENT : r;
}

/** @brief The driver's name by custom, for a module that is not loaded. @param d module is set, driver is the result */
static void usual_driver(struct gvm_vfio_driver *d)
{
	size_t i;

	gvm_str_copy(d->driver, sizeof(d->driver), d->module);
	for (i = 0; i < sizeof(odd_names) / sizeof(odd_names[0]); i++)
		if (strcmp(d->module, odd_names[i].module) == 0)
			gvm_str_copy(d->driver, sizeof(d->driver), odd_names[i].driver);
}

int gvm_vfio_driver_find(struct gvm_host *h, const char *address, struct gvm_vfio_driver *ret)
{
	struct gvm_vfio_driver d = { .module = "vfio_pci" };
	GVM_AUTOFCLOSE FILE *list = NULL;
	char path[GVM_PATH_SIZE], modalias[128], *c;
	int r;

	r = gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s/modalias", address);
	if (r == 0)
		r = gvm_host_read(h, path, modalias, sizeof(modalias));
	if (r < 0)
		return r;
	if (!gvm_str_starts(modalias, "pci:v"))
		return -EINVAL;
	list = open_list(h);
	d.list_read = list && closest(list, modalias, d.module) == 0;
	/* The kernel's modules have "_" where the files may have "-" (documented, modprobe(8)). */
	for (c = d.module; *c; c++)
		if (*c == '-')
			*c = '_';
	d.variant = strcmp(d.module, "vfio_pci") != 0;
	d.loaded = gvm_module_pci_driver(h, d.module, d.driver, sizeof(d.driver)) == 0;
	if (!d.loaded)
		usual_driver(&d);
	*ret = d;
	return 0;
}

bool gvm_driver_name_same(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}
