// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands and events: documented, QEMU docs/interop/qemu-qmp-ref ("device_add", "device_del"). */
#include "hotplug.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "control.h"
#include "devices.h"
#include "json.h"
#include "ports.h"
#include "str.h"
#include "user.h"

/* QEMU answers when it has pinned all memory of the guest, which takes a second for each some GiB. */
#define ADD_TIMEOUT_MS 60000

/**
 * @brief Give the device to QEMU.
 * @param q connection @param spec vGPU @param iommufd object, or empty @param plug where @param timeout_ms for the answer
 * @param e detail @return 0 or -errno
 */
static int device_add(struct gvm_qmp *q, const struct gvm_attach_spec *spec, const char *iommufd,
		      const struct gvm_plug *plug, unsigned int timeout_ms, struct gvm_error *e)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "driver", json_object_new_string("vfio-pci"));
	json_object_object_add(o, "id", json_object_new_string(plug->device));
	json_object_object_add(o, "bus", json_object_new_string(plug->port));
	/* A port has one slot, but QEMU gives out others too: the guest would not see what is there. */
	json_object_object_add(o, "addr", json_object_new_string("0"));
	if (iommufd[0])
		json_object_object_add(o, "iommufd", json_object_new_string(iommufd));
	json_object_object_add(o, "sysfsdev", json_object_new_string(spec->path));
	/* What shows a picture could not leave any more: see shows_picture(). */
	json_object_object_add(o, "display", json_object_new_string("off"));
	return gvm_qmp_execute(q, "device_add", o, timeout_ms, NULL, e);
}

/** @brief Ask QEMU to let a device go. @param q connection @param path of the device @param e detail @return 0 or -errno */
static int device_del(struct gvm_qmp *q, const char *path, struct gvm_error *e)
{
	struct json_object *o = json_object_new_object();

	/* Instead of an id, which not every device has. */
	json_object_object_add(o, "id", json_object_new_string(path));
	return gvm_qmp_execute(q, "device_del", o, GVM_QEMU_TIMEOUT_MS, NULL, e);
}

/** @brief Does QEMU have the device as it must be? @param q connection @param spec vGPU @param plug where @param e detail @return 0 or -errno */
static int read_back(struct gvm_qmp *q, const struct gvm_attach_spec *spec,
		     const struct gvm_plug *plug, struct gvm_error *e)
{
	char path[GVM_QEMU_QOM_SIZE], sysfs[GVM_PATH_SIZE], bus[GVM_QEMU_QOM_SIZE];
	int r;

	snprintf(path, sizeof(path), GVM_QEMU_PERIPHERAL "/%s", plug->device);
	r = gvm_qemu_qom_text(q, path, "sysfsdev", sysfs, sizeof(sysfs));
	if (r == 0)
		r = gvm_qemu_qom_text(q, path, "parent_bus", bus, sizeof(bus));
	if (r == 0 && strcmp(sysfs, spec->path) == 0 && strcmp(gvm_basename(bus), plug->port) == 0)
		return 0;
	device_del(q, path, NULL);
	gvm_error_set(e, "GVM_E_NOT_SEEN", r < 0 ? -r : EIO,
		      "QEMU took vGPU %s, but does not have it as %s in %s", spec->name,
		      plug->device, plug->port);
	GVM_ERROR_FIELD(e, object, "%s", spec->name);
	return r < 0 ? r : -EIO;
}

int gvm_qemu_plug(struct gvm_qmp *q, const char *vm, const struct gvm_attach_spec *spec,
		  const char *iommufd, unsigned int timeout_ms, bool dry, struct gvm_plug *plug,
		  struct gvm_error *e)
{
	int r = gvm_qemu_choose_port(q, vm, spec, plug->port, e);

	if (r == 0)
		r = gvm_qemu_new_id(q, plug->device, e);
	if (r < 0 || dry)
		return r;
	r = device_add(q, spec, iommufd, plug, timeout_ms, e);
	if (r == -ETIMEDOUT) {
		r = gvm_error_set(e, "GVM_E_PLUG_SILENT", EINPROGRESS,
				  "VM %s did not take vGPU %s within %u s; it may still do so", vm,
				  spec->name, timeout_ms / 1000);
		GVM_ERROR_FIELD(e, object, "%s", spec->name);
	}
	if (r == -EREMOTEIO) {
		GVM_ERROR_FIELD(e, object, "%s", spec->name);
		GVM_ERROR_FIELD(e, step, "device_add of vGPU %s to port %s of VM %s", spec->name,
				plug->port, vm);
	}
	return r < 0 ? r : read_back(q, spec, plug, e);
}

int gvm_qemu_attach(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		    const struct gvm_attach_spec *spec, bool dry, struct gvm_plug *plug,
		    struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	struct gvm_qemu_nodes nodes = { .n = 0 };
	struct gvm_qemu_user user;
	char iommufd[GVM_NAME_SIZE];
	int r = gvm_qemu_reach(ctx, vm, dir, &q, e);

	if (r == 0)
		r = gvm_qemu_backend_of(ctx, q, vm->name, spec, iommufd, e);
	/* QEMU opens the node itself, as the user it runs as. */
	if (r == 0 && !dry && gvm_qemu_user_of(ctx, vm->proc.pid, &user) == 0)
		r = gvm_qemu_nodes_lend(ctx, spec, 1, iommufd[0], &user, &nodes, e);
	if (r == 0)
		r = gvm_qemu_plug(q, vm->name, spec, iommufd, ADD_TIMEOUT_MS, dry, plug, e);
	gvm_qemu_nodes_take_back(&nodes);
	return r;
}

/** What is heard of a device that is asked back. */
struct unplug {
	const char *path;
	bool deleted, refused;
	bool done; /* either */
};

/** @brief One event. @param event it @param data struct unplug */
static void hear(struct json_object *event, void *data)
{
	struct unplug *u = data;
	char name[40], path[GVM_QEMU_QOM_SIZE];
	struct json_object *body;

	if (gvm_json_str(event, "event", name, sizeof(name)) < 0 ||
	    !json_object_object_get_ex(event, "data", &body) ||
	    !json_object_is_type(body, json_type_object) ||
	    gvm_json_str(body, "path", path, sizeof(path)) < 0 || strcmp(path, u->path) != 0)
		return;
	u->deleted = u->deleted || strcmp(name, "DEVICE_DELETED") == 0;
	u->refused = u->refused || strcmp(name, "DEVICE_UNPLUG_GUEST_ERROR") == 0;
	u->done = u->deleted || u->refused;
}

/**
 * @brief Does the guest run?
 * @param q connection @param status result: QEMU's word for what it does @param size of it
 * @param e detail @return 1, 0, or -errno
 */
static int guest_runs(struct gvm_qmp *q, char *status, size_t size, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct json_object *running;
	int r = gvm_qmp_execute(q, "query-status", NULL, GVM_QEMU_TIMEOUT_MS, &o, e);

	if (r < 0)
		return r;
	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, "running", &running) ||
	    gvm_json_str(o, "status", status, size) < 0)
		return gvm_error_set(e, "GVM_E_QMP_ANSWER", EPROTO,
				     "QEMU does not answer as it must (query-status)");
	gvm_str_printable(status);
	return json_object_get_boolean(running) ? 1 : 0;
}

/**
 * @brief The guest cannot be asked.
 * @param e error @param vm name @param vgpu which @param status of the guest
 * @param asked it was asked before @return -EBUSY
 */
static int paused(struct gvm_error *e, const char *vm, const struct gvm_vgpu *vgpu,
		  const char *status, bool asked)
{
	gvm_error_set(e, "GVM_E_UNPLUG_PAUSED", EBUSY,
		      "vGPU %s stays in VM %s, whose guest does not run (%s)%s", vgpu->name, vm,
		      status, asked ? "; once it runs it may still give it back" : "");
	GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
	return -EBUSY;
}

/**
 * @brief The guest said nothing: tell apart why.
 * @param q connection @param vm name @param vgpu which @param timeout_ms it had @param e error
 * @return -errno
 */
static int silent(struct gvm_qmp *q, const char *vm, const struct gvm_vgpu *vgpu,
		  unsigned int timeout_ms, struct gvm_error *e)
{
	char status[40];
	int r = guest_runs(q, status, sizeof(status), e);

	if (r < 0)
		return r;
	if (r == 0)
		return paused(e, vm, vgpu, status, true);
	gvm_error_set(
		e, "GVM_E_UNPLUG_SILENT", ETIMEDOUT,
		"the guest of VM %s did not give vGPU %s back within %u s; it may still do so", vm,
		vgpu->name, timeout_ms / 1000);
	GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
	return -ETIMEDOUT;
}

/**
 * @brief Ask the guest for a device and wait for it.
 * @param q connection @param path of the device @param vm name @param vgpu which
 * @param timeout_ms the guest has @param e detail @return 0 or -errno
 */
static int ask_back(struct gvm_qmp *q, const char *path, const char *vm,
		    const struct gvm_vgpu *vgpu, unsigned int timeout_ms, struct gvm_error *e)
{
	struct unplug u = { .path = path };
	struct gvm_error refusal = { 0 };
	int r;

	gvm_qmp_on_event(q, hear, &u);
	r = device_del(q, path, &refusal);
	/* It was asked before: the answer to that will do (observed: QEMU 7.2, softmmu/qdev-monitor.c). */
	if (r == -EREMOTEIO && strstr(refusal.message, "already in the process of unplug"))
		r = 0;
	if (r < 0 && e)
		*e = refusal;
	if (r == 0)
		r = gvm_qmp_wait(q, timeout_ms, &u.done, e);
	gvm_qmp_on_event(q, NULL, NULL);
	if (r == -ETIMEDOUT)
		return silent(q, vm, vgpu, timeout_ms, e);
	if (r < 0 || u.deleted)
		return r;
	gvm_error_set(e, "GVM_E_UNPLUG_REFUSED", EBUSY,
		      "the guest of VM %s does not give vGPU %s back", vm, vgpu->name);
	GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
	return -EBUSY;
}

/**
 * @brief Does QEMU show this device's picture?
 *
 * Then it never lets go of it: its console refers to the device, and goes only with it. The guest
 * gives it back, no DEVICE_DELETED comes, and the group stays open until QEMU ends (observed: QEMU
 * 7.2 with mdpy and display=on; hw/vfio/display.c, ui/console.c).
 * @param q connection @param path of the device @return yes or no
 */
static bool shows_picture(struct gvm_qmp *q, const char *path)
{
	char display[8];

	return gvm_qemu_qom_text(q, path, "display", display, sizeof(display)) == 0 &&
	       strcmp(display, "on") == 0;
}

/**
 * @brief Can the device go at all: by the bus it is on, and by what the guest does?
 * @param q connection @param path of the device @param vm name @param vgpu which @param plug result
 * @param e detail @return 0 or -errno
 */
static int check_unplug(struct gvm_qmp *q, const char *path, const char *vm,
			const struct gvm_vgpu *vgpu, struct gvm_plug *plug, struct gvm_error *e)
{
	char bus[GVM_QEMU_QOM_SIZE], status[40];
	int r = gvm_qemu_qom_text(q, path, "parent_bus", bus, sizeof(bus));

	if (r < 0)
		return gvm_error_set(e, "GVM_E_QMP_ANSWER", -r,
				     "QEMU does not tell where vGPU %s is: %s", vgpu->name,
				     gvm_errno_name(r));
	/* Names of others: what is too long is not shown. */
	gvm_str_copy(plug->device, sizeof(plug->device), gvm_basename(path));
	gvm_str_copy(plug->port, sizeof(plug->port), gvm_basename(bus));
	if (!gvm_qemu_takes_devices(q, bus)) {
		gvm_error_set(e, "GVM_E_NOT_UNPLUGGABLE", EOPNOTSUPP,
			      "vGPU %s is on bus %s of VM %s from the start", vgpu->name,
			      gvm_basename(bus), vm);
		GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
		return -EOPNOTSUPP;
	}
	if (shows_picture(q, path)) {
		gvm_error_set(e, "GVM_E_NOT_UNPLUGGABLE", EOPNOTSUPP,
			      "vGPU %s shows its picture in VM %s", vgpu->name, vm);
		GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
		GVM_ERROR_FIELD(e, cause,
				"QEMU does not let go of a device whose picture it shows");
		GVM_ERROR_FIELD(
			e, hint,
			"shut the VM down; a vGPU that is attached later has no picture, and can go");
		return -EOPNOTSUPP;
	}
	r = guest_runs(q, status, sizeof(status), e);
	return r < 0 ? r : r ? 0 : paused(e, vm, vgpu, status, false);
}

int gvm_qemu_unplug(struct gvm_ctx *ctx, struct gvm_qmp *q, const char *vm,
		    const struct gvm_vgpu *vgpu, unsigned int timeout_ms, bool dry,
		    struct gvm_plug *plug, struct gvm_error *e)
{
	char path[GVM_QEMU_QOM_SIZE];
	int r = gvm_qemu_find_device(ctx, q, vgpu, path, e);

	if (r == -ENODEV) {
		gvm_error_set(e, "GVM_E_NOT_ATTACHED", ENODEV, "VM %s does not have vGPU %s", vm,
			      vgpu->name);
		GVM_ERROR_FIELD(e, object, "%s", vgpu->name);
	}
	if (r == 0)
		r = check_unplug(q, path, vm, vgpu, plug, e);
	return r < 0 || dry ? r : ask_back(q, path, vm, vgpu, timeout_ms, e);
}

int gvm_qemu_detach(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		    const struct gvm_vgpu *vgpu, unsigned int timeout_ms, bool dry,
		    struct gvm_plug *plug, struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	int r = gvm_qemu_reach(ctx, vm, dir, &q, e);

	return r < 0 ? r : gvm_qemu_unplug(ctx, q, vm->name, vgpu, timeout_ms, dry, plug, e);
}
