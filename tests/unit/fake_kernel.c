// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_kernel.h"

#include <ctype.h>
#include <unistd.h>

#include "generic.h"
#include "pci.h"
#include "qemu.h"
#include "store.h"
#include "store_fs.h"
#include "str.h"

/** As gvm_vendor_mdev, with less patience: nothing here takes longer. */
static struct gvm_vendor impatient;
static const struct gvm_vendor *const vendors[] = { &impatient, NULL };
static const struct gvm_hypervisor *const hypervisors[] = { &gvm_hypervisor_qemu, NULL };

/** @brief Shorten the waiting of steps. @param plan plan @param from first of them */
static void hurry(struct gvm_plan *plan, size_t from)
{
	for (; from < plan->n_steps; from++) {
		plan->steps[from].wait_ms = 30;
		plan->steps[from].seen_ms = 0;
	}
}

/** @brief As its namesake. @param gpu @param wanted @param plan @param e see vendor.h @return 0 or -errno */
static int plan_create(const struct gvm_gpu *gpu, const struct gvm_vgpu_wanted *wanted,
		       struct gvm_plan *plan, struct gvm_error *e)
{
	size_t i = plan->n_steps;
	int r = gvm_vendor_mdev.plan_create(gpu, wanted, plan, e);

	hurry(plan, i);
	return r;
}

/** @brief As its namesake. @param ctx @param vgpu @param params @param plan @param e see vendor.h @return 0 or -errno */
static int plan_set(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu,
		    const struct gvm_params *params, struct gvm_plan *plan, struct gvm_error *e)
{
	size_t i = plan->n_steps;
	int r = gvm_vendor_mdev.plan_set(ctx, vgpu, params, plan, e);

	hurry(plan, i);
	return r;
}

/** @brief As its namesake. @param vgpu @param plan @param e see vendor.h @return 0 or -errno */
static int plan_destroy(const struct gvm_vgpu *vgpu, struct gvm_plan *plan, struct gvm_error *e)
{
	int r = gvm_vendor_mdev.plan_destroy(vgpu, plan, e);

	if (r == 0)
		plan->steps[plan->n_steps - 1].wait_ms = 30;
	return r;
}

struct fk_mdev *fk_find(struct fake_kernel *fk, const char *uuid)
{
	size_t i;

	for (i = 0; i < FK_MAX_MDEVS; i++)
		if (fk->mdevs[i].uuid[0] && strcmp(fk->mdevs[i].uuid, uuid) == 0)
			return &fk->mdevs[i];
	return NULL;
}

/** @brief Write how many each type of a parent still can have. @param fk kernel @param p parent */
static void show_available(struct fake_kernel *fk, const struct fk_parent *p)
{
	char path[UT_PATH];
	size_t i;

	for (i = 0; i < p->n_types; i++) {
		snprintf(path, sizeof(path), "%s/mdev_supported_types/%s/available_instances",
			 p->dir, p->types[i].id);
		ut_write(fk->root, path, "%u\n", p->pool / p->types[i].cost);
	}
}

size_t fk_add_parent(struct fake_kernel *fk, const char *id, unsigned int pool)
{
	struct fk_parent *p = &fk->parents[fk->n_parents];
	struct gvm_pci_addr address;
	bool pci = gvm_pci_parse(id, &address) == 0;
	char path[UT_PATH], target[UT_PATH];

	*p = (struct fk_parent){ .pool = pool };
	snprintf(p->id, sizeof(p->id), "%s", id);
	snprintf(p->dir, sizeof(p->dir), "sys/devices/%s/%s", pci ? "pci0000:00" : "virtual", id);
	snprintf(path, sizeof(path), "%s/mdev_supported_types", p->dir);
	ut_mkdir(fk->root, path);
	snprintf(path, sizeof(path), "sys/class/mdev_bus/%s", id);
	snprintf(target, sizeof(target), "../../../%s", p->dir);
	ut_link(fk->root, path, target);
	if (pci) {
		snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", id);
		snprintf(target, sizeof(target), "../../../../%s", p->dir);
		ut_link(fk->root, path, target);
		snprintf(path, sizeof(path), "%s/class", p->dir);
		ut_write(fk->root, path, "0x030000\n");
	}
	return fk->n_parents++;
}

size_t fk_add_type(struct fake_kernel *fk, size_t parent, const char *id, const char *name,
		   unsigned int cost)
{
	struct fk_parent *p = &fk->parents[parent];
	char path[UT_PATH];

	snprintf(p->types[p->n_types].id, sizeof(p->types[0].id), "%s", id);
	p->types[p->n_types].cost = cost;
	snprintf(path, sizeof(path), "%s/mdev_supported_types/%s/name", p->dir, id);
	ut_write(fk->root, path, "%s\n", name);
	snprintf(path, sizeof(path), "%s/mdev_supported_types/%s/create", p->dir, id);
	ut_write(fk->root, path, "%s", "");
	snprintf(path, sizeof(path), "%s/mdev_supported_types/%s/devices", p->dir, id);
	ut_mkdir(fk->root, path);
	p->n_types++;
	show_available(fk, p);
	return p->n_types - 1;
}

/** @brief Make the folder and links of a vGPU. @param fk kernel @param m it */
static void show_mdev(struct fake_kernel *fk, const struct fk_mdev *m)
{
	const struct fk_parent *p = &fk->parents[m->parent];
	char dir[UT_PATH / 2], path[UT_PATH], target[UT_PATH];

	snprintf(dir, sizeof(dir), "%s/%s", p->dir, m->uuid);
	ut_mkdir(fk->root, dir);
	snprintf(path, sizeof(path), "%s/mdev_type", dir);
	snprintf(target, sizeof(target), "../mdev_supported_types/%s", p->types[m->type].id);
	ut_link(fk->root, path, target);
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d", m->group);
	ut_mkdir(fk->root, path);
	snprintf(path, sizeof(path), "%s/iommu_group", dir);
	snprintf(target, sizeof(target), "../../../../kernel/iommu_groups/%d", m->group);
	ut_link(fk->root, path, target);
	snprintf(path, sizeof(path), "%s/remove", dir);
	ut_write(fk->root, path, "%s", "");
	snprintf(path, sizeof(path), "%s/power/control", dir);
	ut_write(fk->root, path, "auto\n");
	snprintf(path, sizeof(path), "%s/limit", dir);
	ut_write(fk->root, path, "0\n");
	snprintf(path, sizeof(path), "%s/list", dir);
	ut_write(fk->root, path, "%s", "");
	snprintf(path, sizeof(path), "%s/key", dir);
	ut_write_bytes(fk->root, path, "", 1);
	snprintf(path, sizeof(path), "%s/fixed", dir);
	ut_write(fk->root, path, "1\n");
	snprintf(path, sizeof(path), "sys/bus/mdev/devices/%s", m->uuid);
	snprintf(target, sizeof(target), "../../../../%s", dir);
	ut_link(fk->root, path, target);
}

/** @brief Take the folder and links of a vGPU away. @param fk kernel @param m it */
static void hide_mdev(struct fake_kernel *fk, const struct fk_mdev *m)
{
	char path[UT_PATH], full[UT_PATH];

	snprintf(path, sizeof(path), "sys/bus/mdev/devices/%s", m->uuid);
	unlink(ut_path(full, fk->root, path));
	snprintf(path, sizeof(path), "%s/%s", fk->parents[m->parent].dir, m->uuid);
	ut_dir_remove(ut_path(full, fk->root, path));
}

void fk_make(struct fake_kernel *fk, size_t parent, size_t type, const char *uuid)
{
	struct fk_mdev *m = fk->mdevs;

	while (m->uuid[0])
		m++;
	assert_true(m < fk->mdevs + FK_MAX_MDEVS);
	*m = (struct fk_mdev){ .parent = parent, .type = type, .group = fk->next_group++ };
	snprintf(m->uuid, sizeof(m->uuid), "%s", uuid);
	fk->parents[parent].pool -= fk->parents[parent].types[type].cost;
	show_mdev(fk, m);
	show_available(fk, &fk->parents[parent]);
}

/** @brief A write to "create". @param fk kernel @param p @param t indices of parent and type @param value what was written @return 0 or -errno */
static int create(struct fake_kernel *fk, size_t p, size_t t, const char *value)
{
	char uuid[GVM_UUID_SIZE], text[40];
	size_t len = strlen(value);

	if (len < 36 || len > 37 || (len == 37 && value[36] != '\n'))
		return -EINVAL;
	snprintf(text, sizeof(text), "%.36s", value);
	if (gvm_uuid_parse(text, uuid) < 0)
		return -EINVAL;
	if (fk_find(fk, uuid))
		return -EEXIST;
	if (fk->parents[p].pool < fk->parents[p].types[t].cost)
		return -EUSERS;
	if (fk->parents[p].going)
		return -ENODEV;
	fk_make(fk, p, fk->wrong_type ? 0 : t, uuid);
	return 0;
}

/** @brief A write to "remove". @param fk kernel @param uuid the vGPU @param value what was written @return 0 or -errno */
static int remove_mdev(struct fake_kernel *fk, const char *uuid, const char *value)
{
	struct fk_mdev *m = fk_find(fk, uuid);

	if (!m)
		return -ENOENT;
	if (!isdigit((unsigned char)value[0]))
		return -EINVAL;
	if (value[0] == '0')
		return 0;
	if (m->removing)
		return -EAGAIN;
	if (fk->parents[m->parent].going)
		return -ENODEV;
	fk->parents[m->parent].pool += fk->parents[m->parent].types[m->type].cost;
	hide_mdev(fk, m);
	show_available(fk, &fk->parents[m->parent]);
	m->uuid[0] = '\0';
	return 0;
}

/** @brief A write to a parameter. @param fk kernel @param path @param value as written @return 0 or -errno */
static int set_param(struct fake_kernel *fk, const char *path, const char *value)
{
	const char *name = gvm_basename(path);
	char old[1024];
	uint64_t n;

	if (!ut_exists(fk->root, path + 1))
		return -ENOENT;
	if (strcmp(name, "fixed") == 0)
		return -EACCES;
	if (strcmp(name, "control") == 0 && strcmp(value, "on") != 0 && strcmp(value, "auto") != 0)
		return -EINVAL;
	if (strcmp(name, "limit") == 0 && gvm_parse_u64(value, 0, 1000, &n) < 0)
		return -EINVAL;
	if (fk->deaf || strcmp(name, "key") == 0)
		return 0;
	ut_read(fk->root, path + 1, old, sizeof(old));
	if (strcmp(name, "limit") == 0)
		ut_write(fk->root, path + 1, "%llu\n", (unsigned long long)n);
	else if (strcmp(name, "list") == 0)
		ut_write(fk->root, path + 1, "%s%s\n", old, value);
	else
		ut_write(fk->root, path + 1, "%s\n", value);
	return 0;
}

/** @brief Carry a write out. @param fk kernel @param path @param value as written @return 0 or -errno */
static int act(struct fake_kernel *fk, const char *path, const char *value)
{
	char text[UT_PATH], *part[4] = { 0 }, *rest = text, *p;
	size_t i, t;

	if (fk->pci && gvm_str_starts(path, "/sys/bus/pci/") && !strstr(path, "/mdev_"))
		return fk->pci_write(fk, path, value);
	snprintf(text, sizeof(text), "%s", path);
	/* The last four parts: PARENT/mdev_supported_types/TYPE/create, or .../UUID/remove. */
	while ((p = strsep(&rest, "/"))) {
		memmove(part, part + 1, 3 * sizeof(*part));
		part[3] = p;
	}
	if (strcmp(part[3], "remove") == 0 && gvm_str_starts(path, "/sys/bus/mdev/devices/"))
		return remove_mdev(fk, part[2], value);
	if (gvm_str_starts(path, "/sys/bus/mdev/devices/"))
		return set_param(fk, path, value);
	if (strcmp(part[3], "create") != 0 || strcmp(part[1], "mdev_supported_types") != 0)
		return -ENOENT;
	for (i = 0; i < fk->n_parents; i++)
		for (t = 0; t < fk->parents[i].n_types; t++)
			if (strcmp(fk->parents[i].id, part[0]) == 0 &&
			    strcmp(fk->parents[i].types[t].id, part[2]) == 0)
				return create(fk, i, t, value);
	return -ENOENT;
}

/** @brief Append a record to /dev/kmsg, if the test made one. @param fk kernel @param text message */
static void log_record(struct fake_kernel *fk, const char *text)
{
	char path[UT_PATH];
	FILE *f = fopen(ut_path(path, fk->root, "dev/kmsg"), "re+");

	if (!f)
		return;
	fseek(f, 0, SEEK_END);
	fprintf(f, "3,1,1,-;%s\n", text);
	fclose(f);
}

/** @brief The host's writer. @param path @param value of the write @param data kernel @return 0 or -errno */
static int take_write(const char *path, const char *value, void *data)
{
	struct fake_kernel *fk = data;
	int r = 0;

	if (fk->before_write)
		fk->before_write(fk, path, value);
	assert_true(fk->n_writes < FK_MAX_WRITES);
	snprintf(fk->writes[fk->n_writes++], sizeof(fk->writes[0]), "%s > %s", value, path);
	if (fk->fail_at && fk->n_writes > fk->fail_from &&
	    strcmp(gvm_basename(path), fk->fail_at) == 0)
		r = -fk->fail_with;
	else if (fk->fail_nth && fk->n_writes == fk->fail_nth)
		r = -fk->fail_with;
	else if (!fk->silent)
		r = act(fk, path, value);
	if (r < 0 && fk->says)
		log_record(fk, fk->says);
	return r;
}

/** @brief Keep what gvm logs. @param text line @param data kernel */
static void keep_log(const char *text, void *data)
{
	struct fake_kernel *fk = data;
	size_t len = strlen(fk->log);

	snprintf(fk->log + len, sizeof(fk->log) - len, "%s\n", text);
}

void fk_open(struct fake_kernel *fk)
{
	char path[UT_PATH];

	memset(fk, 0, sizeof(*fk));
	fk->next_group = 10;
	ut_dir_make(fk->root);
	ut_mkdir(fk->root, "sys/bus/pci/devices");
	ut_mkdir(fk->root, "sys/bus/mdev/devices");
	ut_mkdir(fk->root, "sys/class/mdev_bus");
	ut_mkdir(fk->root, "run/gvm");
	fk_add_process(fk, getpid(), 1000, "unit-test", -1);
	assert_int_equal(gvm_host_open(fk->root, &fk->ctx.host, NULL), 0);
	gvm_host_set_writer(fk->ctx.host, take_write, fk);
	assert_int_equal(
		gvm_store_fs_open(ut_path(path, fk->root, "run/gvm"), &fk->ctx.store, NULL), 0);
	gvm_store_fs_saved(fk->ctx.store, fk->ctx.host, fk->root);
	impatient = gvm_vendor_mdev;
	impatient.plan_create = plan_create;
	impatient.plan_destroy = plan_destroy;
	impatient.plan_set = plan_set;
	fk->ctx.vendors = vendors;
	fk->ctx.hypervisors = hypervisors;
	fk->ctx.log = keep_log;
	fk->ctx.log_data = fk;
}

void fk_close(struct fake_kernel *fk)
{
	if (fk->ctx.store)
		fk->ctx.store->ops->close(fk->ctx.store);
	gvm_host_close(fk->ctx.host);
	ut_dir_remove(fk->root);
}

void fk_remove_parent(struct fake_kernel *fk, size_t parent)
{
	struct fk_parent *p = &fk->parents[parent];
	char path[UT_PATH], full[UT_PATH];
	size_t i;

	for (i = 0; i < FK_MAX_MDEVS; i++) {
		if (!fk->mdevs[i].uuid[0] || fk->mdevs[i].parent != parent)
			continue;
		hide_mdev(fk, &fk->mdevs[i]);
		fk->mdevs[i].uuid[0] = '\0';
	}
	snprintf(path, sizeof(path), "sys/class/mdev_bus/%s", p->id);
	unlink(ut_path(full, fk->root, path));
	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", p->id);
	unlink(ut_path(full, fk->root, path));
	ut_dir_remove(ut_path(full, fk->root, p->dir));
	p->n_types = 0;
}

void fk_add_process(struct fake_kernel *fk, int pid, unsigned long start, const char *comm,
		    int group)
{
	char path[UT_PATH], target[64];

	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	ut_write(fk->root, path,
		 "%d (%s) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %lu 20 21\n", pid, comm,
		 start);
	snprintf(path, sizeof(path), "proc/%d/comm", pid);
	ut_write(fk->root, path, "%s\n", comm);
	snprintf(path, sizeof(path), "proc/%d/cmdline", pid);
	ut_write(fk->root, path, "%s", comm);
	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	ut_mkdir(fk->root, path);
	if (group < 0)
		return;
	snprintf(path, sizeof(path), "proc/%d/fd/9", pid);
	snprintf(target, sizeof(target), "/dev/vfio/%d", group);
	ut_link(fk->root, path, target);
}

void fk_remove_process(struct fake_kernel *fk, int pid)
{
	char path[UT_PATH], full[UT_PATH];

	snprintf(path, sizeof(path), "proc/%d", pid);
	ut_dir_remove(ut_path(full, fk->root, path));
}

void fk_assert_write(const struct fake_kernel *fk, size_t n, const char *value, const char *end)
{
	char begin[100];
	size_t len, tail = strlen(end);

	assert_true(n < fk->n_writes);
	len = strlen(fk->writes[n]);
	snprintf(begin, sizeof(begin), "%s > /sys/", value);
	if (strncmp(fk->writes[n], begin, strlen(begin)) != 0 || len < tail ||
	    strcmp(fk->writes[n] + len - tail, end) != 0)
		fail_msg("write %zu was \"%s\", not \"%s > ...%s\"", n, fk->writes[n], value, end);
}

/** @brief Is something noted as under way? @param name unused @param o unused @param data int, counted up @return 0 */
static int count_note(const char *name, struct json_object *o, void *data)
{
	(void)name, (void)o;
	++*(int *)data;
	return 0;
}

int fk_n_notes(struct fake_kernel *fk)
{
	int n = 0;

	fk->ctx.store->ops->list_notes(fk->ctx.store, count_note, &n);
	return n;
}
