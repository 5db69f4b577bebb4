// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_pci.h"

#include <unistd.h>

#include "generic.h"
#include "str.h"

#define DEVICES "sys/bus/pci/devices"

static const struct gvm_vendor *const all_vendors[] = { &gvm_vendor_mdev, &gvm_vendor_sriov,
							&gvm_vendor_passthrough, NULL };

struct fkp_function *fkp_find(struct fake_kernel *fk, const char *address)
{
	size_t i;

	for (i = 0; i < FKP_MAX; i++)
		if (fk->pci->functions[i].address[0] &&
		    strcmp(fk->pci->functions[i].address, address) == 0)
			return &fk->pci->functions[i];
	return NULL;
}

/** @brief Is it loaded? @param fk kernel @param driver name @return yes or no */
static bool is_loaded(const struct fake_kernel *fk, const char *driver)
{
	size_t i;

	for (i = 0; i < UT_COUNT(fk->pci->drivers) && fk->pci->drivers[i]; i++)
		if (strcmp(fk->pci->drivers[i], driver) == 0)
			return true;
	return false;
}

/** @brief Path of a function's attribute. @param buf result @param f function @param name attribute @return buf */
static const char *attribute(char buf[UT_PATH], const struct fkp_function *f, const char *name)
{
	snprintf(buf, UT_PATH, DEVICES "/%.15s/%.40s", f->address, name);
	return buf;
}

/** @brief Remove a file, link or folder. @param fk kernel @param path below the root */
static void take_away(struct fake_kernel *fk, const char *path)
{
	char full[UT_PATH];

	if (unlink(ut_path(full, fk->root, path)) < 0)
		ut_dir_remove(full);
}

/** @brief Show a function's driver, override and VFIO nodes as they are. @param fk kernel @param f function */
static void show(struct fake_kernel *fk, const struct fkp_function *f)
{
	char path[UT_PATH], target[UT_PATH], node[64];
	bool vfio = strstr(f->driver, "vfio");

	take_away(fk, attribute(path, f, "driver"));
	if (f->driver[0]) {
		snprintf(target, sizeof(target), "../../drivers/%s", f->driver);
		ut_link(fk->root, path, target);
	}
	ut_write(fk->root, attribute(path, f, "driver_override"), "%s\n",
		 f->override[0] ? f->override : "(null)");
	take_away(fk, attribute(path, f, "vfio-dev"));
	if (vfio)
		ut_mkdir(fk->root, path);
	snprintf(node, sizeof(node), "dev/vfio/%d", f->group);
	take_away(fk, node);
	if (vfio)
		ut_write(fk->root, node, "%s", "");
}

/** @brief A probe: the driver that matches takes it, if it wants. @param fk kernel @param f function without driver */
static void probe(struct fake_kernel *fk, struct fkp_function *f)
{
	const char *driver = f->override[0] ? f->override : f->natural;

	if (driver && is_loaded(fk, driver) &&
	    (!fk->pci->refuses || strcmp(fk->pci->refuses, driver) != 0))
		snprintf(f->driver, sizeof(f->driver), "%s", driver);
	show(fk, f);
}

/** @brief Make a function. @param fk kernel @param address @param class_id text @param natural driver or NULL @param group number @return it */
static struct fkp_function *make(struct fake_kernel *fk, const char *address, const char *class_id,
				 const char *natural, int group)
{
	struct fkp_function *f = fk->pci->functions;
	char path[UT_PATH], target[UT_PATH];

	while (f->address[0])
		f++;
	assert_true(f < fk->pci->functions + FKP_MAX);
	*f = (struct fkp_function){ .natural = natural, .group = group };
	snprintf(f->address, sizeof(f->address), "%s", address);
	ut_write(fk->root, attribute(path, f, "class"), "%s\n", class_id);
	ut_write(fk->root, attribute(path, f, "modalias"),
		 "pci:v000010DEd00002342sv000010DEsd00000001bc03sc02i00\n");
	snprintf(target, sizeof(target), "../../../../kernel/iommu_groups/%d", group);
	ut_link(fk->root, attribute(path, f, "iommu_group"), target);
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/devices/%s", group, address);
	snprintf(target, sizeof(target), "../../../../bus/pci/devices/%s", address);
	ut_link(fk->root, path, target);
	show(fk, f);
	return f;
}

void fkp_add(struct fake_kernel *fk, const char *address, const char *class_id, const char *natural,
	     int group)
{
	probe(fk, make(fk, address, class_id, natural, group));
}

/** @brief Show the number of VFs. @param fk kernel */
static void show_numvfs(struct fake_kernel *fk)
{
	char path[UT_PATH];

	attribute(path, fkp_find(fk, fk->pci->pf), "sriov_numvfs");
	ut_write(fk->root, path, "%u\n", fk->pci->numvfs);
}

/** @brief The address of a VF: the functions after the PF. @param fk kernel @param i index @param buf result */
static void vf_address(const struct fake_kernel *fk, unsigned int i, char buf[32])
{
	snprintf(buf, 32, "%.11s%u", fk->pci->pf, i + 1);
}

/** @brief Make a VF. @param fk kernel @param i index */
static void add_vf(struct fake_kernel *fk, unsigned int i)
{
	struct fake_pci *pci = fk->pci;
	char address[32], name[32], path[UT_PATH], target[UT_PATH];
	struct fkp_function *f;

	vf_address(fk, i, address);
	f = make(fk, address, "0x030000", pci->vf_natural, pci->first_group + (int)i);
	f->virtual = true;
	snprintf(target, sizeof(target), "../%s", pci->pf);
	ut_link(fk->root, attribute(path, f, "physfn"), target);
	snprintf(name, sizeof(name), "virtfn%u", i);
	snprintf(target, sizeof(target), "../%s", address);
	ut_link(fk->root, attribute(path, fkp_find(fk, pci->pf), name), target);
	if (pci->autoprobe)
		probe(fk, f);
}

/** @brief Take a VF away; its override goes with it. @param fk kernel @param i index */
static void remove_vf(struct fake_kernel *fk, unsigned int i)
{
	char address[32], name[32], path[UT_PATH];
	struct fkp_function *f;

	vf_address(fk, i, address);
	f = fkp_find(fk, address);
	snprintf(name, sizeof(name), "virtfn%u", i);
	take_away(fk, attribute(path, fkp_find(fk, fk->pci->pf), name));
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d", f->group);
	take_away(fk, path);
	f->driver[0] = '\0';
	show(fk, f);
	take_away(fk, attribute(path, f, "physfn"));
	snprintf(path, sizeof(path), DEVICES "/%s", address);
	take_away(fk, path);
	f->address[0] = '\0';
}

void fkp_set_vfs(struct fake_kernel *fk, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < fk->pci->numvfs; i++)
		remove_vf(fk, i);
	fk->pci->numvfs = n;
	for (i = 0; i < n; i++)
		add_vf(fk, i);
	show_numvfs(fk);
}

/** @brief A write to sriov_numvfs. @param fk kernel @param value text @return 0 or -errno */
static int set_numvfs(struct fake_kernel *fk, const char *value)
{
	struct fake_pci *pci = fk->pci;
	uint64_t n;

	if (gvm_parse_u64(value, 10, 65535, &n) < 0)
		return -EINVAL;
	if (n > pci->total)
		return -ERANGE;
	if (n == pci->numvfs)
		return 0;
	if (!fkp_find(fk, pci->pf)->driver[0])
		return -ENOENT;
	if (n && pci->numvfs)
		return -EBUSY;
	fkp_set_vfs(fk, pci->most_vfs && n > pci->most_vfs ? pci->most_vfs : (unsigned int)n);
	return 0;
}

/** @brief A write to sriov_drivers_autoprobe. @param fk kernel @param value text @return 0 or -errno */
static int set_autoprobe(struct fake_kernel *fk, const char *value)
{
	char path[UT_PATH];

	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
		return -EINVAL;
	fk->pci->autoprobe = value[0] == '1';
	attribute(path, fkp_find(fk, fk->pci->pf), "sriov_drivers_autoprobe");
	ut_write(fk->root, path, "%s\n", value);
	return 0;
}

/** @brief A write to bind or unbind. @param fk kernel @param driver its @param f function, or NULL @param is_bind else unbind @return 0 or -errno */
static int bind_or_unbind(struct fake_kernel *fk, const char *driver, struct fkp_function *f,
			  bool is_bind)
{
	const char *matches;

	if (!is_loaded(fk, driver))
		return -ENOENT;
	if (!f)
		return -ENODEV;
	if (!is_bind) {
		if (strcmp(f->driver, driver) != 0)
			return -ENODEV;
		if (!fk->pci->stuck)
			f->driver[0] = '\0';
		show(fk, f);
		return 0;
	}
	matches = f->override[0] ? f->override : f->natural ? f->natural : "";
	if (strcmp(matches, driver) != 0)
		return -ENODEV;
	if (f->driver[0])
		return -EBUSY;
	snprintf(f->driver, sizeof(f->driver), "%s", driver);
	show(fk, f);
	return 0;
}

/** @brief A write to an attribute of a function. @param fk kernel @param f function, or NULL @param name attribute @param value text @return 0 or -errno */
static int write_function(struct fake_kernel *fk, struct fkp_function *f, const char *name,
			  const char *value)
{
	bool pf = f && fk->pci->pf && strcmp(f->address, fk->pci->pf) == 0;

	if (f && strcmp(name, "driver_override") == 0) {
		snprintf(f->override, sizeof(f->override), "%.*s", (int)strcspn(value, "\n"),
			 value);
		show(fk, f);
		return 0;
	}
	if (pf && strcmp(name, "sriov_numvfs") == 0)
		return set_numvfs(fk, value);
	return pf && strcmp(name, "sriov_drivers_autoprobe") == 0 ? set_autoprobe(fk, value)
								  : -ENOENT;
}

/** @brief A write below /sys/bus/pci. @param fk kernel @param path @param value as written @return 0 or -errno */
static int take_write(struct fake_kernel *fk, const char *path, const char *value)
{
	char text[UT_PATH], *rest = text, *first, *second;
	struct fkp_function *f = fkp_find(fk, value);

	snprintf(text, sizeof(text), "%s", path + strlen("/sys/bus/pci/"));
	first = strsep(&rest, "/");
	if (strcmp(first, "drivers_probe") == 0) {
		if (f && !f->driver[0])
			probe(fk, f);
		return f ? 0 : -ENODEV;
	}
	second = strsep(&rest, "/");
	if (!rest)
		return -ENOENT;
	if (strcmp(first, "devices") == 0)
		return write_function(fk, fkp_find(fk, second), rest, value);
	return bind_or_unbind(fk, second, f, strcmp(rest, "bind") == 0);
}

void fkp_open(struct fake_kernel *fk, struct fake_pci *pci)
{
	memset(pci, 0, sizeof(*pci));
	fk->pci = pci;
	fk->pci_write = take_write;
	fk->ctx.vendors = all_vendors;
	ut_mkdir(fk->root, "sys/module/vfio_pci/drivers/pci:vfio-pci");
	ut_mkdir(fk->root, "lib/modules");
}

void fkp_add_driver(struct fake_kernel *fk, const char *name)
{
	char path[UT_PATH];
	size_t i = 0;

	snprintf(path, sizeof(path), "sys/bus/pci/drivers/%.40s", name);
	ut_mkdir(fk->root, path);
	while (fk->pci->drivers[i])
		i++;
	assert_true(i < UT_COUNT(fk->pci->drivers) - 1);
	fk->pci->drivers[i] = name;
}

void fkp_add_sriov(struct fake_kernel *fk, const char *address, unsigned int total,
		   const char *natural, int group)
{
	struct fkp_function *f = fkp_find(fk, address);
	char path[UT_PATH];

	fk->pci->pf = f->address;
	fk->pci->total = total;
	fk->pci->vf_natural = natural;
	fk->pci->first_group = group;
	ut_write(fk->root, attribute(path, f, "sriov_totalvfs"), "%u\n", total);
	set_autoprobe(fk, "1");
	show_numvfs(fk);
}

void fkp_bind(struct fake_kernel *fk, const char *address, const char *driver, const char *override)
{
	struct fkp_function *f = fkp_find(fk, address);

	snprintf(f->driver, sizeof(f->driver), "%s", driver ? driver : "");
	snprintf(f->override, sizeof(f->override), "%s", override);
	show(fk, f);
}

void fkp_assert(struct fake_kernel *fk, const char *address, const char *driver,
		const char *override)
{
	const struct fkp_function *f = fkp_find(fk, address);

	assert_non_null(f);
	assert_string_equal(f->driver, driver);
	assert_string_equal(f->override, override);
}

int fkp_teardown(void **state)
{
	struct fkp_room *room = *state;

	fk_close(&room->fk);
	free(room);
	return 0;
}
