// SPDX-License-Identifier: GPL-2.0-or-later
/* Attaching and detaching: fake kernel, a store, and a hypervisor that only opens and closes groups. */
#include "fake_kernel.h"

#include "attachment.h"
#include "change.h"
#include "hypervisor.h"
#include "json.h"
#include "lend.h"
#include "store.h"
#include "vendor.h"

#define GPU "0000:3b:00.0"
#define QEMU_PID 4711
#define OTHER_PID 4712

/** What the hypervisor of this test does, and what it was asked. */
static struct {
	struct fake_kernel *fk;
	int fails;     /* errno, positive */
	bool pretends; /* nothing happens, whatever it answers */
	bool lies;     /* it fails, but takes the vGPU */
	int n_asked;
	bool dry;
	char path[GVM_PATH_SIZE], dir[GVM_PATH_SIZE];
	unsigned int timeout_ms;
	char noted[64]; /* the lock under which something was noted then */
} hv;

/** @brief Tell under which lock something is noted. @param name of the lock @param o note @param data unused @return 0 */
static int note_of(const char *name, struct json_object *o, void *data)
{
	(void)o, (void)data;
	snprintf(hv.noted, sizeof(hv.noted), "%s", name);
	return 0;
}

/** @brief Under which lock is something noted? @param ctx context @return its name; empty for none */
static const char *noted(struct gvm_ctx *ctx)
{
	hv.noted[0] = '\0';
	ctx->store->ops->list_notes(ctx->store, note_of, NULL);
	return hv.noted;
}

/**
 * @brief Open the vGPU's group in the VM's process.
 * @param ctx unused @param vm VM @param dir its folder @param spec vGPU @param dry or not
 * @param plug result @param e detail @return 0 or -errno
 */
static int attach_fake(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		       const struct gvm_attach_spec *spec, bool dry, struct gvm_plug *plug,
		       struct gvm_error *e)
{
	noted(ctx);
	hv.n_asked++;
	hv.dry = dry;
	snprintf(hv.path, sizeof(hv.path), "%s", spec->path);
	snprintf(hv.dir, sizeof(hv.dir), "%s", dir);
	strcpy(plug->port, "port1");
	strcpy(plug->device, "vgpu7");
	if ((!dry && !hv.pretends && !hv.fails) || hv.lies)
		fk_add_process(hv.fk, vm->proc.pid, (unsigned long)vm->proc.start, "qemu-fake",
			       fk_find(hv.fk, UT_UUID_1)->group);
	return hv.fails ? gvm_error_set(e, "GVM_E_NO_PORT", hv.fails, "it has no port") : 0;
}

/**
 * @brief Close it again.
 * @param ctx unused @param vm VM @param dir its folder @param vgpu which
 * @param timeout_ms for the guest @param dry or not @param plug result @param e detail
 * @return 0 or -errno
 */
static int detach_fake(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		       const struct gvm_vgpu *vgpu, unsigned int timeout_ms, bool dry,
		       struct gvm_plug *plug, struct gvm_error *e)
{
	(void)ctx, (void)dir, (void)vgpu;
	hv.n_asked++;
	hv.dry = dry;
	hv.timeout_ms = timeout_ms;
	strcpy(plug->port, "port1");
	if (hv.fails)
		return gvm_error_set(e, "GVM_E_UNPLUG_SILENT", hv.fails, "it is silent");
	if (!dry && !hv.pretends) {
		fk_remove_process(hv.fk, vm->proc.pid);
		fk_add_process(hv.fk, vm->proc.pid, (unsigned long)vm->proc.start, "qemu-fake", -1);
	}
	return 0;
}

/** @brief Processes named so are its VMs. @param ctx context @param pid process @param vm result @return 1 or 0 */
static int identify_fake(struct gvm_ctx *ctx, pid_t pid, struct gvm_vm *vm)
{
	char comm[32];

	if (gvm_proc_comm(ctx->host, pid, comm, sizeof(comm)) < 0 || strcmp(comm, "qemu-fake") != 0)
		return 0;
	snprintf(vm->name, sizeof(vm->name), "vm-%d", (int)pid);
	return 1;
}

static const struct gvm_hypervisor fake = {
	.name = "fake",
	.attach = attach_fake,
	.detach = detach_fake,
	.identify = identify_fake,
};
static const struct gvm_hypervisor rigid = { .name = "rigid", .identify = identify_fake };
static const struct gvm_hypervisor *const hypervisors[] = { &fake, &rigid, NULL };

/** The vGPU "desk1". */
static struct gvm_vgpu_record made;

/** @brief Write down a VM of ours. @param fk kernel @param hypervisor its name @param n_vgpus it has, made up */
static void save_vm(struct fake_kernel *fk, const char *hypervisor, size_t n_vgpus)
{
	struct gvm_vm_record r = {
		.name = "demo", .uuid = UT_UUID_4, .accelerator = "kvm", .proc = { QEMU_PID, 50 }
	};
	struct json_object *o;

	snprintf(r.hypervisor, sizeof(r.hypervisor), "%s", hypervisor);
	for (r.n_vgpus = 0; r.n_vgpus < n_vgpus; r.n_vgpus++)
		snprintf(r.vgpus[r.n_vgpus], GVM_UUID_SIZE,
			 "99999999-aaaa-4bbb-8ccc-0000000000%02zu", r.n_vgpus);
	o = gvm_vm_record_json(&r);
	assert_int_equal(fk->ctx.store->ops->save(fk->ctx.store, GVM_STORE_VM, "demo", o, false),
			 0);
	json_object_put(o);
}

/** @brief A vGPU "desk1", a VM "demo" of ours, and one of another. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));
	struct gvm_vgpu_request q = {
		.type = "t-small", .gpu = GPU, .name = "desk1", .uuid = UT_UUID_1
	};

	fk_open(fk);
	fk_add_parent(fk, GPU, 2);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fk->ctx.hypervisors = hypervisors;
	memset(&hv, 0, sizeof(hv));
	hv.fk = fk;
	fk_add_process(fk, QEMU_PID, 50, "qemu-fake", -1);
	fk_add_process(fk, OTHER_PID, 51, "qemu-fake", -1);
	save_vm(fk, "fake", 0);
	*state = fk;
	return gvm_vgpu_create(&fk->ctx, &q, NULL, &made, NULL);
}

/** @brief End it. @param state kernel @return 0 */
static int teardown(void **state)
{
	fk_close(*state);
	free(*state);
	return 0;
}

/** @brief How many vGPUs the record of "demo" lists. @param fk kernel @return count */
static size_t recorded(struct fake_kernel *fk)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_vm_record r;

	assert_int_equal(fk->ctx.store->ops->load(fk->ctx.store, GVM_STORE_VM, "demo", &o), 0);
	assert_int_equal(gvm_vm_record_parse(o, &r), 0);
	return r.n_vgpus;
}

/** @brief Attach desk1; it must fail, and leave nothing. @param fk kernel @param vm name @param code @param err expected */
static void attach_fails(struct fake_kernel *fk, const char *vm, const char *code, int err)
{
	size_t before = recorded(fk);
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", vm, false, &a, &e), -err);
	ut_assert_error(&e, code, err);
	assert_int_equal(recorded(fk), before);
}

/** @brief In and out again, planned and done. @param state kernel */
static void ours(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", true, &a, &e), 0);
	assert_true(hv.dry && a.pid == QEMU_PID);
	assert_string_equal(a.plug.port, "port1");
	assert_int_equal(recorded(fk), 0);
	if (gvm_vgpu_attach(&fk->ctx, UT_UUID_1, "demo", false, &a, &e) < 0)
		fail_msg("%s", e.message);
	assert_string_equal(a.vgpu, "desk1");
	assert_string_equal(a.plug.device, "vgpu7");
	assert_string_equal(hv.path, "/sys/bus/mdev/devices/" UT_UUID_1);
	ut_assert_holds(hv.dir, "/demo");
	assert_int_equal(recorded(fk), 1);
	/* It cannot come twice. */
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", false, &a, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.hint, "gvm vgpu detach desk1");
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 7, true, &a, &e), 0);
	assert_true(hv.dry && recorded(fk) == 1);
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 7, false, &a, &e), 0);
	assert_int_equal(hv.timeout_ms, 7000);
	assert_int_equal(recorded(fk), 0);
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 7, false, &a, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_NOT_ATTACHED", ENOENT);
}

/** @brief A VM of others, that only its process tells: no record is written. @param state kernel */
static void others(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	if (gvm_vgpu_attach(&fk->ctx, "desk1", "vm-4712", false, &a, &e) < 0)
		fail_msg("%s", e.message);
	assert_int_equal(a.pid, OTHER_PID);
	assert_string_equal(hv.dir, "");
	assert_int_equal(recorded(fk), 0);
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 1, false, &a, &e), 0);
	assert_string_equal(a.vm, "vm-4712");
	attach_fails(fk, "none", "GVM_E_VM_NOT_FOUND", ENOENT);
}

/** @brief Whatever fails, the record is as before. @param state kernel */
static void failures(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	hv.fails = ENOSPC;
	attach_fails(fk, "demo", "GVM_E_NO_PORT", ENOSPC);
	hv.fails = 0;
	hv.pretends = true;
	attach_fails(fk, "demo", "GVM_E_NOT_SEEN", ETIMEDOUT);
	hv.pretends = false;
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", false, &a, &e), 0);
	/* What the guest keeps stays written down; what the VM lost by itself does not. */
	hv.fails = ETIMEDOUT;
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 1, false, &a, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_UNPLUG_SILENT", ETIMEDOUT);
	assert_int_equal(recorded(fk), 1);
	hv.fails = ENODEV;
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 1, false, &a, &e), -ENODEV);
	assert_int_equal(recorded(fk), 0);
}

/** @brief What the VM has, or may still get, stays written down, whatever it answered. @param state kernel */
static void late(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_attachment a;

	hv.fails = EINPROGRESS;
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", false, &a, NULL), -EINPROGRESS);
	assert_int_equal(recorded(fk), 1);
	/* It did not come: that is written down by whoever sees it. */
	hv.fails = ENODEV;
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 1, false, &a, NULL), -ENODEV);
	assert_int_equal(recorded(fk), 0);
	hv.fails = EIO;
	hv.lies = true;
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", false, &a, NULL), -EIO);
	assert_int_equal(recorded(fk), 1);
}

static const struct gvm_store_ops *true_ops;

/**
 * @brief As the store's lock, but another gvm has attached desk1 before we get it.
 * @param s store @param what to lock @param wait for its holder @return handle or -errno
 */
static int lock_late(struct gvm_store *s, const char *what, bool wait)
{
	struct gvm_attachment a;

	s->ops = true_ops;
	if (strcmp(what, "vm-demo") == 0)
		assert_int_equal(gvm_vgpu_attach(&hv.fk->ctx, "desk1", "demo", false, &a, NULL), 0);
	return s->ops->lock(s, what, wait);
}

/** @brief Two at once: the second is told that the VM has it, and takes nothing off the list. @param state kernel */
static void two_at_once(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_store_ops ops = *fk->ctx.store->ops;
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	true_ops = fk->ctx.store->ops;
	ops.lock = lock_late;
	fk->ctx.store->ops = &ops;
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", false, &a, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "VM demo");
	assert_int_equal(hv.n_asked, 1);
	assert_int_equal(recorded(fk), 1);
}

/**
 * @brief As the store's lock, but before we get it the VM of others has ended, and one of ours has its name.
 * @param s store @param what to lock @param wait for its holder @return handle or -errno
 */
static int lock_renamed(struct gvm_store *s, const char *what, bool wait)
{
	struct gvm_vm_record r = { .name = "vm-4712",
				   .uuid = UT_UUID_3,
				   .hypervisor = "fake",
				   .accelerator = "kvm",
				   .proc = { 4713, 52 } };
	GVM_AUTOJSON struct json_object *o = gvm_vm_record_json(&r);

	s->ops = true_ops;
	fk_remove_process(hv.fk, OTHER_PID);
	fk_add_process(hv.fk, 4713, 52, "qemu-fake", -1);
	assert_int_equal(s->ops->save(s, GVM_STORE_VM, r.name, o, false), 0);
	return s->ops->lock(s, what, wait);
}

/** @brief Another VM that has got the name meanwhile is not the one that was locked. @param state kernel */
static void renamed(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_store_ops ops = *fk->ctx.store->ops;
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	true_ops = fk->ctx.store->ops;
	ops.lock = lock_renamed;
	fk->ctx.store->ops = &ops;
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "vm-4712", false, &a, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_VM_NOT_FOUND", ENOENT);
	assert_int_equal(hv.n_asked, 0);
}

/** @brief Be killed while desk1 is lent under a VM's lock. @param fk kernel @param lock of the VM */
static void killed_lending(struct fake_kernel *fk, int lock)
{
	const struct gvm_attach_spec spec = { .path = "/sys/bus/mdev/devices/" UT_UUID_1 };

	assert_true(lock >= 0);
	assert_int_equal(gvm_lend_note(&fk->ctx, lock, &spec, 1, NULL), 0);
	fk->ctx.store->ops->unlock(fk->ctx.store, lock);
	fk->log[0] = '\0';
}

/** @brief What is lent is noted meanwhile; what one who was killed had lent is taken back by whoever locks the VM. @param state kernel */
static void lent(void **state)
{
	static const struct {
		const char *vm, *lock;
	} vms[] = { { "demo", "vm-demo" }, { "vm-4712", "vm-+68" } };
	struct fake_kernel *fk = *state;
	struct gvm_attachment a;
	char told[80];
	size_t i;

	snprintf(told, sizeof(told), "take back /dev/vfio/%d, lent by a gvm that was killed: EROFS",
		 fk_find(fk, UT_UUID_1)->group);
	for (i = 0; i < UT_COUNT(vms); i++) {
		killed_lending(fk, i ? gvm_vm_lock_process(&fk->ctx, OTHER_PID, NULL)
				     : gvm_vm_lock(&fk->ctx, "demo", true, NULL));
		assert_string_equal(noted(&fk->ctx), vms[i].lock);
		assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", vms[i].vm, true, &a, NULL), 0);
		assert_null(strstr(fk->log, told));
		assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", vms[i].vm, false, &a, NULL), 0);
		ut_assert_holds(fk->log, told);
		assert_string_equal(hv.noted, vms[i].lock);
		assert_string_equal(noted(&fk->ctx), "");
		killed_lending(fk, i ? gvm_vm_lock_process(&fk->ctx, OTHER_PID, NULL)
				     : gvm_vm_lock(&fk->ctx, "demo", true, NULL));
		assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 1, false, &a, NULL), 0);
		ut_assert_holds(fk->log, told);
	}
	/* Who only collects does it too, by the name of the lock. */
	killed_lending(fk, gvm_vm_lock_process(&fk->ctx, OTHER_PID, NULL));
	gvm_collect(&fk->ctx);
	ut_assert_holds(fk->log, told);
	assert_string_equal(noted(&fk->ctx), "");
}

/** @brief A store in which nothing can be noted. @param s store @param handle lock @param o note @return 0 or -ENOSPC */
static int note_full(struct gvm_store *s, int handle, struct json_object *o)
{
	return o ? -ENOSPC : true_ops->note(s, handle, o);
}

/** @brief What cannot be noted is not lent, and not written down. @param state kernel */
static void not_noted(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_store_ops ops = *fk->ctx.store->ops;

	true_ops = fk->ctx.store->ops;
	ops.note = note_full;
	fk->ctx.store->ops = &ops;
	attach_fails(fk, "demo", "GVM_E_STORE", ENOSPC);
	attach_fails(fk, "vm-4712", "GVM_E_STORE", ENOSPC);
	assert_int_equal(hv.n_asked, 0);
	fk->ctx.store->ops = true_ops;
	/* Nor does a note stay when it cannot be written down. */
	save_vm(fk, "fake", GVM_VM_MAX_VGPUS);
	attach_fails(fk, "demo", "GVM_E_VM_FULL", ENOSPC);
	assert_string_equal(noted(&fk->ctx), "");
}

/** @brief A vGPU that another has, that goes with another VM, or that is lost. @param state kernel */
static void not_free(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_record record = made;
	const struct gvm_proc other = { OTHER_PID, 51 }, same = { QEMU_PID, 50 };
	struct gvm_attachment a;
	struct gvm_error e = { 0 };

	fk_add_process(fk, 99, 9, "keeper", fk_find(fk, UT_UUID_1)->group);
	attach_fails(fk, "demo", "GVM_E_HELD", EBUSY);
	assert_int_equal(gvm_vgpu_detach(&fk->ctx, "desk1", 1, false, &a, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "keeper");
	fk_remove_process(fk, 99);
	assert_int_equal(gvm_vgpu_set_owner(&fk->ctx, &record, &other, NULL), 0);
	attach_fails(fk, "demo", "GVM_E_VGPU_OWNED", EBUSY);
	assert_int_equal(hv.n_asked, 0);
	/* The one that was made for the VM may come back into it. */
	assert_int_equal(gvm_vgpu_set_owner(&fk->ctx, &record, &same, NULL), 0);
	assert_int_equal(gvm_vgpu_attach(&fk->ctx, "desk1", "demo", true, &a, &e), 0);
	fk_remove_parent(fk, 0);
	attach_fails(fk, "demo", "GVM_E_VGPU_NOT_FOUND", ENODEV);
}

/** @brief A VM with no room in its record, of a hypervisor that cannot, and one that has ended. @param state kernel */
static void unfit_vm(void **state)
{
	struct fake_kernel *fk = *state;

	save_vm(fk, "fake", GVM_VM_MAX_VGPUS);
	attach_fails(fk, "demo", "GVM_E_VM_FULL", ENOSPC);
	save_vm(fk, "rigid", 0);
	attach_fails(fk, "demo", "GVM_E_UNSUPPORTED", EOPNOTSUPP);
	assert_int_equal(hv.n_asked, 0);
	fk_remove_process(fk, QEMU_PID);
	attach_fails(fk, "demo", "GVM_E_VM_NOT_FOUND", ENOENT);
}

static const struct gvm_vendor *real;
static struct gvm_vendor cold;

/** @brief As the real vendor, but only there from the start. @param ctx @param vgpu @param spec @param e as in vendor.h @return 0 or -errno */
static int cold_spec(struct gvm_ctx *ctx, const struct gvm_vgpu *vgpu, struct gvm_attach_spec *spec,
		     struct gvm_error *e)
{
	int r = real->attach_spec(ctx, vgpu, spec, e);

	spec->needs.cold_plug_only = true;
	return r;
}

/** @brief As the real vendor, but they are its own. @param ctx @param gpu @param only @param inv @param e as in vendor.h @return 0 or -errno */
static int cold_vgpus(struct gvm_ctx *ctx, const struct gvm_gpu *gpu, const char *only,
		      struct gvm_inventory *inv, struct gvm_error *e)
{
	size_t i = inv->n_vgpus;
	int r = real->vgpus(ctx, gpu, only, inv, e);

	for (; i < inv->n_vgpus; i++)
		inv->vgpus[i].vendor = &cold;
	return r;
}

/** @brief A device that must be there from the start is refused with that reason. @param state kernel */
static void cold_plug_only(void **state)
{
	struct fake_kernel *fk = *state;
	const struct gvm_vendor *const *v = fk->ctx.vendors;
	const struct gvm_vendor *const vendors[] = { &cold, NULL };

	while (strcmp((*v)->name, "mdev") != 0)
		v++;
	real = *v;
	cold = *real;
	cold.attach_spec = cold_spec;
	cold.vgpus = cold_vgpus;
	fk->ctx.vendors = vendors;
	attach_fails(fk, "demo", "GVM_E_COLD_PLUG_ONLY", EOPNOTSUPP);
	assert_int_equal(hv.n_asked, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(late),     TEST(two_at_once), TEST(ours),     TEST(others),
		TEST(failures), TEST(not_free),    TEST(unfit_vm), TEST(cold_plug_only),
		TEST(lent),     TEST(not_noted),   TEST(renamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
