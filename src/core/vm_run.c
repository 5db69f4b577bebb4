// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "change.h"
#include "cleanup.h"
#include "gpu_lock.h"
#include "json.h"
#include "lend.h"
#include "kvm.h"
#include "store.h"
#include "str.h"
#include "vendor.h"
#include "vfio.h"

/** @brief Choose KVM or software emulation. @param ctx context @param wanted by the file @param ret "kvm" or "tcg" @param e detail @return 0 or -errno */
static int choose_accelerator(struct gvm_ctx *ctx, enum gvm_accelerator wanted, const char **ret,
			      struct gvm_error *e)
{
	int r = wanted == GVM_ACCEL_TCG ? -ENODEV : gvm_kvm_works(ctx->host);

	if (r < 0 && wanted == GVM_ACCEL_KVM)
		return gvm_error_set(e, "GVM_E_NO_KVM", -r, "KVM does not work here: %s",
				     gvm_errno_name(r));
	*ret = r == 0 ? "kvm" : "tcg";
	return 0;
}

/** @brief The VM's UUID: the file's, or the one that always belongs to its name here. @param ctx context @param file VM file @param uuid result */
static void choose_uuid(struct gvm_ctx *ctx, const struct gvm_vm_file *file,
			char uuid[GVM_UUID_SIZE])
{
	char machine[64];

	if (file->uuid) {
		memcpy(uuid, file->uuid, GVM_UUID_SIZE);
		return;
	}
	if (gvm_host_read(ctx->host, "/etc/machine-id", machine, sizeof(machine)) < 0)
		gvm_host_name(ctx->host, machine, sizeof(machine));
	gvm_uuid_of_name(machine, file->name, uuid);
}

/** @brief Fill in what does not depend on vGPUs. @param ctx context @param file VM file @param run result @param e detail @return 0 or -errno */
static int prepare(struct gvm_ctx *ctx, const struct gvm_vm_file *file, struct gvm_vm_run *run,
		   struct gvm_error *e)
{
	struct gvm_vm_start *s = &run->start;
	int r;

	memset(run, 0, sizeof(*run));
	run->hypervisor = ctx->hypervisors[0];
	s->file = file;
	s->specs = run->specs;
	s->numa_node = -1;
	choose_uuid(ctx, file, s->uuid);
	r = gvm_conf_load(ctx->host, &s->conf, e);
	if (r == 0)
		r = choose_accelerator(ctx, file->accelerator, &s->accelerator, e);
	if (r < 0)
		return r;
	r = ctx->store->ops->vm_dir(ctx->store, file->name, s->dir, sizeof(s->dir));
	if (r < 0)
		return gvm_error_set(e, r == -EACCES ? "GVM_E_PERMISSION" : "GVM_E_STORE", -r,
				     "cannot make the folder of VM %s: %s", file->name,
				     gvm_errno_name(r));
	return 0;
}

/** @brief Note what of the host is near a GPU. @param ctx context @param gpu the VM's first @param s result */
static void note_near(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, struct gvm_vm_start *s)
{
	char path[GVM_PATH_SIZE + 16], node[16];
	uint64_t number;

	snprintf(path, sizeof(path), "%s/numa_node", gpu->path);
	/* Where there is one node only, PCI devices say -1. */
	if (gvm_host_read(ctx->host, path, node, sizeof(node)) == 0 &&
	    gvm_parse_u64(node, 10, 1023, &number) == 0)
		s->numa_node = (long)number;
	snprintf(path, sizeof(path), "%s/local_cpulist", gpu->path);
	gvm_host_read(ctx->host, path, s->local_cpus, sizeof(s->local_cpus));
}

/** @brief Take a vGPU that exists into the run. @param ctx context @param run VM @param inv host @param name of the vGPU @param e detail @return 0 or -errno */
static int take_existing(struct gvm_ctx *ctx, struct gvm_vm_run *run,
			 const struct gvm_inventory *inv, const char *name, struct gvm_error *e)
{
	size_t n = run->start.n_specs, i;
	const struct gvm_vgpu *v;
	int r = gvm_find_vgpu(inv, name, &v, e);

	if (r == 0)
		r = gvm_vgpu_check_free(v, inv, e);
	if (r == 0)
		r = v->vendor->attach_spec(ctx, v, &run->specs[n], e);
	/* Not by UUID: a function that another tool gave to VFIO has none. */
	for (i = 0; i < n && r == 0; i++) {
		if (strcmp(run->specs[i].path, run->specs[n].path) != 0)
			continue;
		r = gvm_error_set(e, "GVM_E_FILE_INVALID", EINVAL, "VM %s is to have vGPU %s twice",
				  run->start.file->name, v->name);
		GVM_ERROR_FIELD(e, hint, "name each vGPU once under vgpus: of the VM file");
	}
	if (r < 0)
		return r;
	memcpy(run->record.vgpus[n], v->uuid, sizeof(v->uuid));
	if (n == 0)
		note_near(ctx, v->gpu, &run->start);
	run->start.n_specs++;
	return 0;
}

/** @brief Make a vGPU for the run and take it. @param ctx context @param run VM @param want what @param e detail @return 0 or -errno */
static int take_new(struct gvm_ctx *ctx, struct gvm_vm_run *run, const struct gvm_vm_vgpu *want,
		    struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct gvm_vgpu_record *made = &run->made[run->n_made];
	struct gvm_vgpu_request request = { .type = want->type, .gpu = want->gpu };
	char name[GVM_NAME_SIZE];
	struct gvm_proc self;
	int r;

	/* A long VM name leaves no room for a number: then the vGPU is named by its UUID. */
	if (gvm_str_format(name, sizeof(name), "%s-%zu", run->start.file->name,
			   run->start.n_specs) == 0)
		request.name = name;
	r = gvm_self(ctx, &self, e);
	if (r == 0)
		r = gvm_vgpu_create(ctx, &request, &self, made, e);
	if (r < 0)
		return r;
	run->n_made++;
	r = gvm_inventory_read(ctx, GVM_INV_VGPUS, made->gpu, &inv, e);
	return r < 0 ? r : take_existing(ctx, run, inv, made->name, e);
}

/** @brief The GPU of a vGPU that gvm made. @param ctx context @param name vGPU @param rec result @return its id, or NULL when there is no record */
static const char *gpu_of(struct gvm_ctx *ctx, const char *name, struct gvm_vgpu_record *rec)
{
	GVM_AUTOJSON struct json_object *o = NULL;

	if (!gvm_name_valid(name) ||
	    ctx->store->ops->load(ctx->store, GVM_STORE_VGPU, name, &o) < 0 ||
	    gvm_vgpu_record_parse(o, rec) < 0)
		return NULL;
	return rec->gpu;
}

/**
 * @brief Can nobody have this vGPU open? The kernel lets one have it.
 * @param ctx context @param inv host @param name vGPU @return true when it is known
 */
static bool surely_free(struct gvm_ctx *ctx, const struct gvm_inventory *inv, const char *name)
{
	GVM_AUTOCLOSE int held = -1;
	const struct gvm_vgpu *v;

	if (gvm_find_vgpu(inv, name, &v, NULL) < 0 || v->state != GVM_VGPU_ACTIVE)
		return false;
	held = gvm_vfio_hold(ctx->host, &v->nodes);
	return held >= 0;
}

/**
 * @brief Take a vGPU that exists. Where the kernel says that it is free, only its own GPU is read, and
 *        not all processes of the host.
 * @param ctx context @param run VM @param name of the vGPU @param e detail @return 0 or -errno
 */
static int take_named(struct gvm_ctx *ctx, struct gvm_vm_run *run, const char *name,
		      struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct gvm_vgpu_record rec;
	int r = gvm_inventory_read(ctx, GVM_INV_VGPUS, gpu_of(ctx, name, &rec), &inv, e);

	if (r == 0 && !surely_free(ctx, inv, name)) {
		gvm_inventory_free(inv);
		inv = NULL;
		r = gvm_inventory_read(ctx, GVM_INV_VGPUS | GVM_INV_VMS | GVM_INV_HOLDERS, NULL,
				       &inv, e);
	}
	return r < 0 ? r : take_existing(ctx, run, inv, name, e);
}

/** @brief Take all vGPUs of the file. @param ctx context @param run VM @param e detail @return 0 or -errno */
static int take_vgpus(struct gvm_ctx *ctx, struct gvm_vm_run *run, struct gvm_error *e)
{
	const struct gvm_vm_file *f = run->start.file;
	uint32_t i;
	int r = 0;

	for (i = 0; i < f->vgpus_count && r == 0; i++)
		r = f->vgpus[i].type ? take_new(ctx, run, &f->vgpus[i], e)
				     : take_named(ctx, run, f->vgpus[i].name, e);
	return r;
}

/** @brief Take a vGPU into the command line that does not exist yet. @param ctx context @param run VM @param want what @param e detail @return 0 or -errno */
static int take_planned(struct gvm_ctx *ctx, struct gvm_vm_run *run, const struct gvm_vm_vgpu *want,
			struct gvm_error *e)
{
	const struct gvm_vgpu_request request = { .type = want->type, .gpu = want->gpu };
	struct gvm_attach_spec *spec = &run->specs[run->start.n_specs];
	struct gvm_vgpu_record record;
	struct gvm_plan plan;
	int r;

	gvm_plan_init(&plan);
	r = gvm_vgpu_plan_create(ctx, &request, &plan, &record, e);
	spec->kind = GVM_ATTACH_VFIO;
	snprintf(spec->path, sizeof(spec->path), "{%s-%zu}", run->start.file->name,
		 run->start.n_specs++);
	return r;
}

int gvm_vm_command(struct gvm_ctx *ctx, const struct gvm_vm_file *file, char ***argv,
		   struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct gvm_vm_run run;
	uint32_t i;
	int r = prepare(ctx, file, &run, e);

	if (r == 0)
		r = gvm_inventory_read(ctx, GVM_INV_VGPUS, NULL, &inv, e);
	for (i = 0; i < file->vgpus_count && r == 0; i++)
		r = file->vgpus[i].name ? take_existing(ctx, &run, inv, file->vgpus[i].name, e)
					: take_planned(ctx, &run, &file->vgpus[i], e);
	return r < 0 ? r : run.hypervisor->command(ctx, &run.start, argv, e);
}

/** @brief Refuse to run a VM twice. @param ctx context @param name VM @param e detail @return 0 or -EBUSY */
static int refuse_running(struct gvm_ctx *ctx, const char *name, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_vm_record r;

	if (ctx->store->ops->load(ctx->store, GVM_STORE_VM, name, &o) < 0 ||
	    gvm_vm_record_parse(o, &r) < 0 || !gvm_proc_alive(ctx->host, &r.proc))
		return 0;
	gvm_error_set(e, "GVM_E_VM_RUNNING", EBUSY, "VM %s runs already (process %d)", name,
		      (int)r.proc.pid);
	GVM_ERROR_FIELD(e, object, "%s", name);
	GVM_ERROR_FIELD(e, hint, "stop it first: gvm vm stop %s", name);
	return -EBUSY;
}

/** @brief Tell in a VM's record where it comes from: for those who ask what runs. @param o record @param f its file */
static void add_origin(struct json_object *o, const struct gvm_vm_file *f)
{
	struct json_object *origin = json_object_new_object();
	struct json_object *list = json_object_new_array();
	uint32_t i;

	if (f->path)
		json_object_object_add(origin, "file", json_object_new_string(f->path));
	for (i = 0; i < f->qemu_args_count; i++)
		json_object_array_add(list, json_object_new_string(f->qemu_args[i]));
	json_object_object_add(origin, "qemu_args", list);
	json_object_object_add(o, "origin", origin);
}

/** @brief Write down what runs, and give the vGPUs made for it to its process. @param ctx context @param run VM @param e detail @return 0 or -errno */
static int write_down(struct gvm_ctx *ctx, struct gvm_vm_run *run, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_vm_record *rec = &run->record;
	size_t i;
	int r = 0;

	gvm_str_copy(rec->name, sizeof(rec->name), run->start.file->name);
	memcpy(rec->uuid, run->start.uuid, sizeof(rec->uuid));
	gvm_str_copy(rec->hypervisor, sizeof(rec->hypervisor), run->hypervisor->name);
	gvm_str_copy(rec->accelerator, sizeof(rec->accelerator), run->start.accelerator);
	rec->n_vgpus = run->start.n_specs;
	for (i = 0; i < run->n_made && r == 0; i++)
		r = gvm_vgpu_set_owner(ctx, &run->made[i], &rec->proc, e);
	if (r < 0)
		return r;
	o = gvm_vm_record_json(rec);
	add_origin(o, run->start.file);
	r = ctx->store->ops->save(ctx->store, GVM_STORE_VM, rec->name, o, false);
	if (r < 0)
		gvm_error_set(e, "GVM_E_STORE", -r, "cannot save the record of VM %s: %s",
			      rec->name, gvm_errno_name(r));
	return r;
}

/** @brief Remove what was made for a run, the VM being locked. @param ctx context @param run VM @param e detail @return 0 or the first -errno */
static int finish_locked(struct gvm_ctx *ctx, struct gvm_vm_run *run, struct gvm_error *e)
{
	int first = 0, r;
	size_t i;

	for (i = 0; i < run->n_made; i++) {
		r = gvm_vgpu_destroy_made(ctx, &run->made[i], false, first ? NULL : e);
		if (r < 0 && !first)
			first = r;
	}
	gvm_vm_forget(ctx, run->start.file->name, &run->record.proc);
	return first;
}

int gvm_vm_finish(struct gvm_ctx *ctx, struct gvm_vm_run *run, struct gvm_error *e)
{
	int lock = gvm_vm_lock(ctx, run->start.file->name, true, e), r;

	if (lock < 0)
		return lock;
	r = finish_locked(ctx, run, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}

/** @brief Refuse when a file of the VM cannot be read. @param file VM file @param key of it @param path or NULL @param e detail @return 0 or -errno */
static int check_file(const struct gvm_vm_file *file, const char *key, const char *path,
		      struct gvm_error *e)
{
	int err;

	if (!path || access(path, R_OK) == 0)
		return 0;
	err = errno;
	gvm_error_set(e, "GVM_E_FILE_READ", err, "VM %s: %s: cannot read %s: %s", file->name, key,
		      path, gvm_errno_name(err));
	GVM_ERROR_FIELD(e, object, "%s", path);
	return -err;
}

/** @brief Check all files that QEMU will need, before anything is made. @param file VM file @param e detail @return 0 or -errno */
static int check_files(const struct gvm_vm_file *file, struct gvm_error *e)
{
	uint32_t i;
	int r = 0;

	if (file->boot)
		r = check_file(file, "boot.kernel", file->boot->kernel, e);
	if (r == 0 && file->boot)
		r = check_file(file, "boot.initrd", file->boot->initrd, e);
	for (i = 0; i < file->disks_count && r == 0; i++)
		r = check_file(file, "disks", file->disks[i].file, e);
	return r;
}

/** A VM that is being started. */
struct starting {
	struct gvm_ctx *ctx;
	struct gvm_vm_run *run;
};

/** @brief Write the VM down before it runs; see hypervisor.h. @param proc its process @param data struct starting @param e detail @return 0 or -errno */
static int started(const struct gvm_proc *proc, void *data, struct gvm_error *e)
{
	struct starting *s = data;

	s->run->record.proc = *proc;
	return write_down(s->ctx, s->run, e);
}

/** @brief The part of gvm_vm_start() under the VM's lock. @param ctx context @param run VM, prepared @param lock held @param e detail @return 0 or -errno */
static int start_locked(struct gvm_ctx *ctx, struct gvm_vm_run *run, int lock, struct gvm_error *e)
{
	struct starting starting = { ctx, run };
	int r = take_vgpus(ctx, run, e);

	run->start.started = started;
	run->start.started_data = &starting;
	if (r == 0)
		r = gvm_lend_note(ctx, lock, run->start.specs, run->start.n_specs, e);
	if (r == 0)
		r = run->hypervisor->start(ctx, &run->start, &run->record.proc, e);
	gvm_gpu_note_done(ctx, lock);
	run->start.started_data = NULL;
	if (r < 0)
		finish_locked(ctx, run, NULL);
	return r;
}

int gvm_vm_start(struct gvm_ctx *ctx, const struct gvm_vm_file *file, struct gvm_vm_run *run,
		 struct gvm_error *e)
{
	int lock = gvm_vm_lock(ctx, file->name, true, e), r;

	if (lock < 0)
		return lock;
	r = refuse_running(ctx, file->name, e);
	if (r == 0)
		r = check_files(file, e);
	if (r == 0)
		r = prepare(ctx, file, run, e);
	if (r == 0)
		r = start_locked(ctx, run, lock, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}
