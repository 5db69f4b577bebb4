// SPDX-License-Identifier: GPL-2.0-or-later
/* Running a VM whole: fake kernel, a store, and a hypervisor that starts nothing. */
#include "fake_kernel.h"

#include <unistd.h>

#include "change.h"
#include "json.h"
#include "lend.h"
#include "store.h"
#include "vm_run.h"

#define GPU "0000:3b:00.0"
#define QEMU_PID 4711

/** What the hypervisor of this test does, and what it was asked. */
static struct {
	struct fake_kernel *fk;
	int start_fails;
	int n_started;
	struct gvm_attach_spec specs[GVM_VM_MAX_VGPUS];
	size_t n_specs;
} hv;

/** @brief Nothing is built. @param ctx @param start unused @param argv unused @param e unused @return 0 */
static int no_command(struct gvm_ctx *ctx, const struct gvm_vm_start *start, char ***argv,
		      struct gvm_error *e)
{
	(void)ctx, (void)start, (void)argv, (void)e;
	return 0;
}

/** @brief "Start" a process that lives in the fake /proc. @param ctx unused @param start VM @param proc result @param e detail @return 0 or -errno */
static int start_fake(struct gvm_ctx *ctx, const struct gvm_vm_start *start, struct gvm_proc *proc,
		      struct gvm_error *e)
{
	(void)ctx;
	hv.n_specs = start->n_specs;
	memcpy(hv.specs, start->specs, start->n_specs * sizeof(*start->specs));
	if (hv.start_fails)
		return gvm_error_set(e, "GVM_E_QEMU_FAILED", hv.start_fails, "it did not start");
	hv.n_started++;
	fk_add_process(hv.fk, QEMU_PID, (unsigned long)(50 + hv.n_started), "qemu-fake", -1);
	*proc = (struct gvm_proc){ QEMU_PID, (uint64_t)(50 + hv.n_started) };
	return start->started(proc, start->started_data, e);
}

/** @brief It cannot be asked. @param ctx @param dir @param e unused @return -EOPNOTSUPP */
static int cannot(struct gvm_ctx *ctx, const char *dir, struct gvm_error *e)
{
	(void)ctx, (void)dir, (void)e;
	return -EOPNOTSUPP;
}

/** @brief No process is its. @param ctx @param pid @param vm unused @return 0 */
static int not_mine(struct gvm_ctx *ctx, pid_t pid, struct gvm_vm *vm)
{
	(void)ctx, (void)pid, (void)vm;
	return 0;
}

static const struct gvm_hypervisor fake = {
	.name = "fake",
	.command = no_command,
	.start = start_fake,
	.shut_down = cannot,
	.quit = cannot,
	.identify = not_mine,
};
static const struct gvm_hypervisor *const hypervisors[] = { &fake, NULL };

static char vm_name[] = "demo", type[] = "t-small", desk1[] = "desk1", none[] = "none";
static struct gvm_vm_vgpu vgpus[3];
static struct gvm_vm_file file;

/** @brief A GPU for two, one vGPU "desk1" on it, and a VM that wants one more. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));
	struct gvm_vgpu_request q = {
		.type = "t-small", .gpu = GPU, .name = "desk1", .uuid = UT_UUID_1
	};
	struct gvm_vgpu_record r;

	fk_open(fk);
	fk_add_parent(fk, GPU, 2);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fk->ctx.hypervisors = hypervisors;
	memset(&hv, 0, sizeof(hv));
	memset(vgpus, 0, sizeof(vgpus));
	hv.fk = fk;
	vgpus[0].name = desk1;
	vgpus[1].type = type;
	file = (struct gvm_vm_file){ .version = 1,
				     .name = vm_name,
				     .cpus = 1,
				     .memory_mib = 64,
				     .accelerator = GVM_ACCEL_TCG,
				     .vgpus = vgpus,
				     .vgpus_count = 2 };
	*state = fk;
	return gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL);
}

/** @brief End it. @param state kernel @return 0 */
static int teardown(void **state)
{
	fk_close(*state);
	free(*state);
	return 0;
}

/** @brief Load a VM's record. @param fk kernel @param r result @return 0 or -errno */
static int load(struct fake_kernel *fk, struct gvm_vm_record *r)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	int ret = fk->ctx.store->ops->load(fk->ctx.store, GVM_STORE_VM, "demo", &o);

	return ret < 0 ? ret : gvm_vm_record_parse(o, r);
}

/** @brief The owner of a vGPU's record. @param fk kernel @param name of the vGPU @return pid or -errno */
static int owner(struct fake_kernel *fk, const char *name)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_vgpu_record r;
	int ret = fk->ctx.store->ops->load(fk->ctx.store, GVM_STORE_VGPU, name, &o);

	return ret < 0 ? ret : gvm_vgpu_record_parse(o, &r) < 0 ? -EBADMSG : r.owner.pid;
}

/** @brief Only "desk1" is there, and no VM. @param fk kernel */
static void assert_as_before(struct fake_kernel *fk)
{
	struct gvm_vm_record r;

	assert_int_equal(ut_count(fk->root, "sys/bus/mdev/devices"), 1);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(owner(fk, "desk1"), 0);
	assert_int_equal(ut_count(fk->root, "run/gvm/vgpu"), 1);
	assert_int_equal(load(fk, &r), -ENOENT);
	assert_false(ut_exists(fk->root, "run/gvm/vm/demo"));
}

/** @brief Start and finish: what was made goes with the VM, what was there stays. @param state kernel */
static void life(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_record r;
	struct gvm_vm_run run;
	struct gvm_error e = { 0 };

	if (gvm_vm_start(&fk->ctx, &file, &run, &e) < 0)
		fail_msg("%s", e.message);
	assert_int_equal(hv.n_specs, 2);
	assert_string_equal(hv.specs[0].path, "/sys/bus/mdev/devices/" UT_UUID_1);
	assert_string_equal(hv.specs[1].name, "demo-1");
	assert_int_equal(load(fk, &r), 0);
	assert_int_equal(r.proc.pid, QEMU_PID);
	assert_int_equal(r.n_vgpus, 2);
	assert_string_equal(r.vgpus[0], UT_UUID_1);
	assert_string_equal(r.accelerator, "tcg");
	/* The one made for the run goes with QEMU, so that it stays when gvm is killed. */
	assert_int_equal(owner(fk, "demo-1"), QEMU_PID);
	assert_int_equal(owner(fk, "desk1"), 0);
	fk_remove_process(fk, QEMU_PID);
	assert_int_equal(gvm_vm_finish(&fk->ctx, &run, &e), 0);
	assert_as_before(fk);
}

/** @brief The same VM keeps its UUID from run to run. @param state kernel */
static void same_uuid(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run run;
	char uuid[GVM_UUID_SIZE];
	int i;

	ut_write(fk->root, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	for (i = 0; i < 2; i++) {
		assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, NULL), 0);
		if (i == 0)
			memcpy(uuid, run.start.uuid, sizeof(uuid));
		assert_string_equal(run.start.uuid, uuid);
		fk_remove_process(fk, QEMU_PID);
		assert_int_equal(gvm_vm_finish(&fk->ctx, &run, NULL), 0);
	}
}

/** @brief Whatever fails on the way, nothing stays behind. @param state kernel */
static void failures(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run run;
	struct gvm_error e = { 0 };

	hv.start_fails = EIO;
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, &e), -EIO);
	ut_assert_error(&e, "GVM_E_QEMU_FAILED", EIO);
	assert_as_before(fk);
	hv.start_fails = 0;
	/* The third vGPU does not fit: the second, already made, goes again. */
	vgpus[2].type = type;
	file.vgpus_count = 3;
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, &e), -EUSERS);
	ut_assert_error(&e, "GVM_E_MDEV_FULL", EUSERS);
	assert_as_before(fk);
	vgpus[2] = (struct gvm_vm_vgpu){ .name = none };
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, NULL), -ENOENT);
	assert_as_before(fk);
	assert_int_equal(hv.n_started, 0);
}

/** @brief A vGPU that a process holds, or that is lost, is not given to a VM. @param state kernel */
static void not_free(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run run;
	struct gvm_error e = { 0 };

	fk_add_process(fk, 99, 9, "keeper", fk_find(fk, UT_UUID_1)->group);
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "keeper");
	fk_remove_process(fk, 99);
	assert_as_before(fk);
	fk_remove_parent(fk, 0);
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, &e), -ENODEV);
	ut_assert_error(&e, "GVM_E_VGPU_NOT_FOUND", ENODEV);
}

/** @brief KVM that is asked for must work: in a sysroot it does not. @param state kernel */
static void no_kvm(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run run;
	struct gvm_error e = { 0 };

	file.accelerator = GVM_ACCEL_KVM;
	assert_true(gvm_vm_start(&fk->ctx, &file, &run, &e) < 0);
	assert_string_equal(e.code, "GVM_E_NO_KVM");
	file.accelerator = GVM_ACCEL_AUTO;
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, &e), 0);
	assert_string_equal(run.start.accelerator, "tcg");
}

/** @brief A VM that runs is not run twice; its record and folder stay, whoever listens. @param state kernel */
static void running(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run run, second;
	struct gvm_vm_record r;
	struct gvm_error e = { 0 };

	file.vgpus_count = 0;
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, NULL), 0);
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &second, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VM_RUNNING", EBUSY);
	ut_assert_holds(e.hint, "gvm vm stop demo");
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &second, NULL), -EBUSY);
	assert_int_equal(load(fk, &r), 0);
	assert_true(ut_exists(fk->root, "run/gvm/vm/demo"));
	assert_int_equal(hv.n_started, 1);
}

/** @brief gvm was killed, QEMU ended: the next command collects all of it. @param state kernel */
static void killed(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run run;

	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, NULL), 0);
	gvm_collect(&fk->ctx);
	assert_int_equal(ut_count(fk->root, "sys/bus/mdev/devices"), 2);
	fk_remove_process(fk, QEMU_PID);
	gvm_collect(&fk->ctx);
	assert_as_before(fk);
}

/**
 * @brief The VM was started anew by another gvm before the first one tidied up: the new VM keeps its
 *        vGPU, its record and its folder.
 * @param state kernel
 */
static void finish_after_restart(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vm_run first, second;
	struct gvm_vm_record r;

	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &first, NULL), 0);
	fk_remove_process(fk, QEMU_PID);
	gvm_collect(&fk->ctx);
	assert_int_equal(gvm_vm_start(&fk->ctx, &file, &second, NULL), 0);
	gvm_vm_finish(&fk->ctx, &first, NULL);
	assert_int_equal(load(fk, &r), 0);
	assert_true(r.proc.start == second.record.proc.start);
	assert_non_null(fk_find(fk, second.made[0].uuid));
	assert_int_equal(owner(fk, "demo-1"), QEMU_PID);
	assert_true(ut_exists(fk->root, "run/gvm/vm/demo"));
}

/** @brief What one who was killed had lent is taken back by whoever starts the VM, or ends it, without collecting. @param state kernel */
static void lent(void **state)
{
	struct fake_kernel *fk = *state;
	const struct gvm_attach_spec spec = { .path = "/sys/bus/mdev/devices/" UT_UUID_1 };
	struct gvm_vm_run run;
	int i, lock;

	for (i = 0; i < 2; i++) {
		lock = gvm_vm_lock(&fk->ctx, file.name, true, NULL);
		assert_int_equal(gvm_lend_note(&fk->ctx, lock, &spec, 1, NULL), 0);
		fk->ctx.store->ops->unlock(fk->ctx.store, lock);
		fk->log[0] = '\0';
		if (i == 0)
			assert_int_equal(gvm_vm_start(&fk->ctx, &file, &run, NULL), 0);
		else
			assert_int_equal(gvm_vm_finish(&fk->ctx, &run, NULL), 0);
		ut_assert_holds(fk->log, "lent by a gvm that was killed: EROFS");
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(life),   TEST(same_uuid), TEST(failures), TEST(not_free),
		TEST(no_kvm), TEST(running),   TEST(killed),   TEST(finish_after_restart),
		TEST(lent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
