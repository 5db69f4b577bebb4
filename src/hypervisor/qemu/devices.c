// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "control.h"
#include "json.h"
#include "str.h"

#define MAX_DEVICES 64

/** @brief An answer that is none. @param e error @param what was asked for @return -EPROTO */
static int not_an_answer(struct gvm_error *e, const char *what)
{
	return gvm_error_set(e, "GVM_E_QMP_ANSWER", EPROTO, "QEMU does not answer as it must (%s)",
			     what);
}

/** @brief The arguments of a command about an object. @param path object @param property of it, or NULL @return new object */
static struct json_object *about(const char *path, const char *property)
{
	struct json_object *args = json_object_new_object();

	json_object_object_add(args, "path", json_object_new_string(path));
	if (property)
		json_object_object_add(args, "property", json_object_new_string(property));
	return args;
}

int gvm_qemu_qom_list(struct gvm_qmp *q, const char *path, gvm_qemu_qom_fn fn, void *data,
		      struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *list = NULL;
	size_t i;
	int r = gvm_qmp_execute(q, "qom-list", about(path, NULL), GVM_QEMU_TIMEOUT_MS, &list, e);

	if (r == 0 && !json_object_is_type(list, json_type_array))
		r = not_an_answer(e, "qom-list");
	for (i = 0; r == 0 && i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		char name[GVM_NAME_SIZE], type[GVM_NAME_SIZE];

		if (json_object_is_type(o, json_type_object) &&
		    gvm_json_str(o, "name", name, sizeof(name)) == 0 &&
		    gvm_json_str(o, "type", type, sizeof(type)) == 0)
			r = fn(name, type, data);
	}
	return r;
}

int gvm_qemu_qom_text(struct gvm_qmp *q, const char *path, const char *property, char *buf,
		      size_t size)
{
	GVM_AUTOJSON struct json_object *value = NULL;
	int r = gvm_qmp_execute(q, "qom-get", about(path, property), GVM_QEMU_TIMEOUT_MS, &value,
				NULL);

	buf[0] = '\0';
	if (r < 0)
		return r;
	if (!json_object_is_type(value, json_type_string) ||
	    gvm_str_copy(buf, size, json_object_get_string(value)) < 0) {
		buf[0] = '\0';
		return -EPROTO;
	}
	return 0;
}

bool gvm_qemu_takes_devices(struct gvm_qmp *q, const char *bus)
{
	char handler[GVM_QEMU_QOM_SIZE];

	/* A link to who carries it out; empty where nobody does (observed: QEMU 7.2 and 10.0). */
	return gvm_qemu_qom_text(q, bus, "hotplug-handler", handler, sizeof(handler)) == 0 &&
	       handler[0];
}

/** Devices of a kind below one folder of objects. */
struct devices {
	const char *folder;
	char paths[MAX_DEVICES][GVM_QEMU_QOM_SIZE];
	size_t n;
};

/** @brief Note a device behind VFIO. @param name it @param type of it @param data struct devices @return 0 */
static int note_vfio(const char *name, const char *type, void *data)
{
	struct devices *d = data;

	if (gvm_str_starts(type, "child<vfio-pci") && d->n < MAX_DEVICES &&
	    gvm_str_format(d->paths[d->n], GVM_QEMU_QOM_SIZE, "%s/%s", d->folder, name) == 0)
		d->n++;
	return 0;
}

/** @brief Is a device of the host this vGPU? @param ctx context @param sysfs its folder @param vgpu which @return 2 for sure, 1 when its group is, 0 */
static int is_vgpu(struct gvm_ctx *ctx, const char *sysfs, const struct gvm_vgpu *vgpu)
{
	char link[GVM_PATH_SIZE + 16], group[24], wanted[24];

	if (strcmp(gvm_basename(sysfs), vgpu->uuid) == 0 ||
	    (vgpu->address[0] && strcmp(gvm_basename(sysfs), vgpu->address) == 0))
		return 2;
	snprintf(link, sizeof(link), "%s/iommu_group", sysfs);
	snprintf(wanted, sizeof(wanted), "%ld", vgpu->group);
	return vgpu->group >= 0 && gvm_host_link(ctx->host, link, group, sizeof(group)) == 0 &&
	       strcmp(group, wanted) == 0;
}

int gvm_qemu_find_device(struct gvm_ctx *ctx, struct gvm_qmp *q, const struct gvm_vgpu *vgpu,
			 char path[GVM_QEMU_QOM_SIZE], struct gvm_error *e)
{
	struct devices d = { .folder = GVM_QEMU_PERIPHERAL };
	int best = 0, r = gvm_qemu_qom_list(q, d.folder, note_vfio, &d, e);
	size_t i;

	if (r == 0) {
		d.folder = GVM_QEMU_ANONYMOUS;
		r = gvm_qemu_qom_list(q, d.folder, note_vfio, &d, e);
	}
	for (i = 0; i < d.n && r >= 0; i++) {
		char sysfs[GVM_PATH_SIZE];

		/* Also set when it was given as host=ADDRESS (observed: QEMU 7.2, hw/vfio/pci.c). */
		r = gvm_qemu_qom_text(q, d.paths[i], "sysfsdev", sysfs, sizeof(sysfs));
		if (r == -EREMOTEIO || r == -EPROTO)
			r = 0;
		else if (r < 0)
			return gvm_error_set(e, "GVM_E_QMP_TIMEOUT", -r,
					     "QEMU does not tell about its devices: %s",
					     gvm_errno_name(r));
		r = sysfs[0] ? is_vgpu(ctx, sysfs, vgpu) : 0;
		if (r > best) {
			best = r;
			memcpy(path, d.paths[i], GVM_QEMU_QOM_SIZE);
		}
	}
	return r < 0 ? r : best ? 0 : -ENODEV;
}

/** @brief Note which of our ids are in use. @param name of a device @param type unused @param data array of flags @return 0 */
static int note_id(const char *name, const char *type, void *data)
{
	bool *used = data;
	uint64_t n;

	(void)type;
	if (gvm_str_starts(name, "vgpu") &&
	    gvm_parse_u64(name + strlen("vgpu"), 10, GVM_VM_MAX_VGPUS - 1, &n) == 0)
		used[n] = true;
	return 0;
}

int gvm_qemu_new_id(struct gvm_qmp *q, char id[GVM_NAME_SIZE], struct gvm_error *e)
{
	bool used[GVM_VM_MAX_VGPUS] = { false };
	int i, r = gvm_qemu_qom_list(q, GVM_QEMU_PERIPHERAL, note_id, used, e);

	if (r < 0)
		return r;
	for (i = 0; i < GVM_VM_MAX_VGPUS; i++) {
		if (used[i])
			continue;
		snprintf(id, GVM_NAME_SIZE, "vgpu%d", i);
		return 0;
	}
	return gvm_error_set(e, "GVM_E_VM_FULL", ENOSPC, "the VM has no room for another vGPU");
}
