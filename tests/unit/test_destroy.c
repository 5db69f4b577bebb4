// SPDX-License-Identifier: GPL-2.0-or-later
/* gvm_vgpu_destroy() and gvm_collect() whole: fake kernel and fake /proc below, a store beside them. */
#include "fake_kernel.h"

#include <unistd.h>

#include "change.h"
#include "json.h"
#include "store.h"

#define GPU "0000:3b:00.0"

/** @brief A GPU with one vGPU of ours, "desk1", and one of others. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));
	struct gvm_vgpu_request q = {
		.type = "t-small", .gpu = GPU, .name = "desk1", .uuid = UT_UUID_1
	};
	struct gvm_vgpu_record r;

	fk_open(fk);
	fk_add_parent(fk, GPU, 9);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	*state = fk;
	if (gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL) < 0)
		return -1;
	fk_make(fk, 0, 0, UT_UUID_2);
	fk->n_writes = 0;
	return 0;
}

/** @brief End it. @param state kernel @return 0 */
static int teardown(void **state)
{
	fk_close(*state);
	free(*state);
	return 0;
}

/** @brief Is there a record? @param fk kernel @param name of the vGPU @return yes or no */
static bool has_record(struct fake_kernel *fk, const char *name)
{
	char path[UT_PATH];

	snprintf(path, sizeof(path), "run/gvm/vgpu/%s.json", name);
	return ut_exists(fk->root, path);
}

/** @brief Save a record. @param fk kernel @param name @param uuid @param gpu of the vGPU @param pid @param start of its owner */
static void save(struct fake_kernel *fk, const char *name, const char *uuid, const char *gpu,
		 int pid, uint64_t start)
{
	struct gvm_vgpu_record r = { .type = "t-small", .method = "mdev", .owner = { pid, start } };
	GVM_AUTOJSON struct json_object *o = NULL;

	snprintf(r.name, sizeof(r.name), "%s", name);
	snprintf(r.uuid, sizeof(r.uuid), "%s", uuid);
	snprintf(r.gpu, sizeof(r.gpu), "%s", gpu);
	o = gvm_vgpu_record_json(&r);
	assert_int_equal(fk->ctx.store->ops->save(fk->ctx.store, GVM_STORE_VGPU, name, o, false),
			 0);
}

/** @brief Destroying must fail, and change nothing. @param fk kernel @param name vGPU @param foreign too @param code @param err expected @return the error */
static struct gvm_error fails(struct fake_kernel *fk, const char *name, bool foreign,
			      const char *code, int err)
{
	struct gvm_error e = { 0 };
	size_t writes = fk->n_writes;

	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, name, foreign, &e), -err);
	ut_assert_error(&e, code, err);
	assert_int_equal(fk->n_writes, writes);
	assert_true(has_record(fk, "desk1"));
	return e;
}

/** @brief By name and by UUID in any case; device and record go. @param state kernel */
static void ours(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small",
				      .gpu = GPU,
				      .name = "desk2",
				      .uuid = "abcdabcd-aaaa-4bbb-8ccc-000000000009" };
	struct gvm_vgpu_record r;

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
	assert_false(has_record(fk, "desk1"));
	fk_assert_write(fk, 1, "1", "/" UT_UUID_1 "/remove");
	assert_int_equal(
		gvm_vgpu_destroy(&fk->ctx, "ABCDABCD-aaaa-4bbb-8ccc-000000000009", false, NULL), 0);
	assert_false(has_record(fk, "desk2"));
	assert_non_null(fk_find(fk, UT_UUID_2));
}

/** @brief What is not there. @param state kernel */
static void not_there(void **state)
{
	static const char *const names[] = { "none", "", "../desk1", UT_UUID_3, "DESK1" };
	struct fake_kernel *fk = *state;
	size_t i;

	for (i = 0; i < UT_COUNT(names); i++)
		fails(fk, names[i], true, "GVM_E_VGPU_NOT_FOUND", ENOENT);
}

/** @brief One of others goes only when that is asked for. @param state kernel */
static void foreign(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = fails(fk, UT_UUID_2, false, "GVM_E_FOREIGN", EPERM);

	assert_string_equal(e.object, UT_UUID_2);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, UT_UUID_2, true, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_2));
}

/** @brief So is one whose own node is open, bound or not. @param state kernel */
static void held_by_own_node(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e;

	ut_mkdir(fk->root, "sys/bus/mdev/devices/" UT_UUID_1 "/vfio-dev/vfio7");
	ut_write(fk->root, "dev/vfio/devices/vfio7", "%s", "");
	fk_add_process(fk, 4711, 5, "keeper", -1);
	ut_link(fk->root, "proc/4711/fd/3", "/dev/vfio/devices/vfio7");
	e = fails(fk, "desk1", false, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "4711 (keeper)");
	/* Another device's, of which the number alone is the same, or begins so. */
	fk_remove_process(fk, 4711);
	fk_add_process(fk, 4712, 5, "other", 7);
	ut_link(fk->root, "proc/4712/fd/3", "/dev/vfio/devices/vfio71");
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
}

/** @brief One that a process holds is refused, naming the process. @param state kernel */
static void held(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e;

	fk_add_process(fk, 4711, 5, "keeper", fk_find(fk, UT_UUID_1)->group);
	e = fails(fk, "desk1", false, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "desk1");
	ut_assert_holds(e.message, "4711");
	ut_assert_holds(e.message, "keeper");
	fk_remove_process(fk, 4711);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
}

/** @brief When the kernel itself says EBUSY, the process is named all the same, or said to be unseen. @param state kernel */
static void held_says_kernel(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->fail_at = "remove";
	fk->fail_with = EBUSY;
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	fk_add_process(fk, 4711, 5, "keeper", fk_find(fk, UT_UUID_1)->group);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "keeper");
	assert_true(has_record(fk, "desk1"));
}

/** @brief A command of full length (15 letters, as qemu's) is named too. @param state kernel */
static void held_long_name(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e;

	fk_add_process(fk, 4711, 5, "fifteen-letters", fk_find(fk, UT_UUID_1)->group);
	e = fails(fk, "desk1", false, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "fifteen-letters");
}

/** @brief A VM that holds it is named as such, ours with how to stop it. @param state kernel */
static void held_by_vm(void **state)
{
	static const char line[] = "qemu-system-x86_64\0-name\0guest=win10\0-uuid\0" UT_UUID_4;
	struct fake_kernel *fk = *state;
	struct gvm_vm_record vm = { .name = "demo",
				    .uuid = UT_UUID_3,
				    .hypervisor = "qemu",
				    .accelerator = "tcg",
				    .proc = { 4711, 5 },
				    .n_vgpus = 1,
				    .vgpus = { UT_UUID_1 } };
	GVM_AUTOJSON struct json_object *o = gvm_vm_record_json(&vm);
	struct gvm_error e;

	fk_add_process(fk, 4711, 5, "qemu-system-x86", fk_find(fk, UT_UUID_1)->group);
	ut_write_bytes(fk->root, "proc/4711/cmdline", line, sizeof(line));
	e = fails(fk, "desk1", false, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "VM win10");
	ut_assert_holds(e.message, "4711");
	assert_int_equal(fk->ctx.store->ops->save(fk->ctx.store, GVM_STORE_VM, "demo", o, true), 0);
	e = fails(fk, UT_UUID_1, false, "GVM_E_HELD", EBUSY);
	ut_assert_holds(e.message, "VM demo");
	ut_assert_holds(e.hint, "gvm vm stop demo");
}

/** @brief A holder of another group is no holder. @param state kernel */
static void held_other(void **state)
{
	struct fake_kernel *fk = *state;

	fk_add_process(fk, 4711, 5, "keeper", fk_find(fk, UT_UUID_2)->group);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
}

/** @brief A record whose vGPU, or whose whole GPU, is gone can be removed. @param state kernel */
static void lost(void **state)
{
	struct fake_kernel *fk = *state;

	save(fk, "lost1", UT_UUID_3, GPU, 0, 0);
	save(fk, "lost2", UT_UUID_4, "0000:99:00.0", 0, 0);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "lost1", false, NULL), 0);
	assert_false(has_record(fk, "lost1"));
	/* By UUID, and its GPU is not even there. */
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, UT_UUID_4, false, NULL), 0);
	assert_false(has_record(fk, "lost2"));
	fk_remove_parent(fk, 0);
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL), 0);
	assert_false(has_record(fk, "desk1"));
	assert_int_equal(fk->n_writes, 0);
}

/** @brief When the kernel refuses, the record stays. @param state kernel */
static void refused(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->fail_at = "remove";
	fk->fail_with = ETIMEDOUT;
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_REMOVE_BLOCKED", ETIMEDOUT);
	assert_true(has_record(fk, "desk1"));
	fk->fail_at = NULL;
	fk_find(fk, UT_UUID_1)->removing = true;
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, &e), -EAGAIN);
	ut_assert_error(&e, "GVM_E_PARENT_GOING", EAGAIN);
	assert_true(has_record(fk, "desk1"));
	fk_find(fk, UT_UUID_1)->removing = false;
	fk->silent = true;
	assert_int_equal(gvm_vgpu_destroy(&fk->ctx, "desk1", false, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	assert_true(has_record(fk, "desk1"));
}

/** @brief Planning changes nothing, and refuses what destroying would refuse. @param state kernel */
static void plan_only(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_vgpu_plan_destroy(&fk->ctx, "desk1", false, &plan, NULL), 0);
	assert_int_equal(plan.n_steps, 1);
	assert_string_equal(plan.steps[0].object, "desk1");
	assert_int_equal(gvm_vgpu_plan_destroy(&fk->ctx, UT_UUID_2, false, &plan, &e), -EPERM);
	assert_int_equal(plan.n_steps, 1);
	assert_int_equal(fk->n_writes, 0);
	assert_true(has_record(fk, "desk1"));
}

/** @brief What a dead process owned goes; what lives, belongs to nobody, or to others stays. @param state kernel */
static void collect(void **state)
{
	struct fake_kernel *fk = *state;

	fk_make(fk, 0, 0, UT_UUID_3);
	fk_make(fk, 0, 0, UT_UUID_4);
	fk_add_process(fk, 600, 6000, "gvm", -1);
	save(fk, "alive", UT_UUID_3, GPU, 600, 6000);
	save(fk, "reused", UT_UUID_4, GPU, 600, 5999);
	save(fk, "lost", "99999999-aaaa-4bbb-8ccc-000000000009", GPU, 601, 1);
	ut_write(fk->root, "run/gvm/vgpu/damaged.json", "{");
	gvm_collect(&fk->ctx);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_non_null(fk_find(fk, UT_UUID_2));
	assert_non_null(fk_find(fk, UT_UUID_3));
	assert_null(fk_find(fk, UT_UUID_4));
	assert_true(has_record(fk, "desk1"));
	assert_true(has_record(fk, "alive"));
	assert_false(has_record(fk, "reused"));
	assert_false(has_record(fk, "lost"));
	assert_true(has_record(fk, "damaged"));
	ut_assert_holds(fk->log, "reused");
}

/** @brief What is still held stays for the next time: QEMU lives on when its gvm is killed. @param state kernel */
static void collect_later(void **state)
{
	struct fake_kernel *fk = *state;

	save(fk, "desk1", UT_UUID_1, GPU, 601, 1);
	fk_add_process(fk, 4711, 5, "qemu-system-x86", fk_find(fk, UT_UUID_1)->group);
	gvm_collect(&fk->ctx);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_true(has_record(fk, "desk1"));
	ut_assert_holds(fk->log, "left over");
	fk_remove_process(fk, 4711);
	gvm_collect(&fk->ctx);
	assert_null(fk_find(fk, UT_UUID_1));
	assert_false(has_record(fk, "desk1"));
}

/** @brief Save a VM's record. @param fk kernel @param name of the VM @param pid @param start of its process */
static void save_vm(struct fake_kernel *fk, const char *name, int pid, uint64_t start)
{
	struct gvm_vm_record vm = { .uuid = UT_UUID_3,
				    .hypervisor = "qemu",
				    .accelerator = "tcg",
				    .proc = { pid, start } };
	GVM_AUTOJSON struct json_object *o = NULL;

	snprintf(vm.name, sizeof(vm.name), "%s", name);
	o = gvm_vm_record_json(&vm);
	assert_int_equal(fk->ctx.store->ops->save(fk->ctx.store, GVM_STORE_VM, name, o, false), 0);
}

/** @brief Records of VMs go with their processes, with their folders. @param state kernel */
static void collect_vms(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_store *s = fk->ctx.store;
	struct json_object *o = NULL;
	char path[UT_PATH];

	fk_add_process(fk, 600, 6000, "qemu-system-x86", -1);
	save_vm(fk, "dead", 601, 1);
	save_vm(fk, "live", 600, 6000);
	assert_int_equal(s->ops->vm_dir(s, "dead", path, sizeof(path)), 0);
	gvm_collect(&fk->ctx);
	assert_int_equal(s->ops->load(s, GVM_STORE_VM, "dead", &o), -ENOENT);
	assert_false(ut_exists(fk->root, "run/gvm/vm/dead"));
	assert_int_equal(s->ops->load(s, GVM_STORE_VM, "live", &o), 0);
	json_object_put(o);
}

/* Another gvm, played at the moment when this one takes the GPU's lock. */
static struct fake_kernel *raced;
static struct gvm_store_ops racing;
static const struct gvm_store_ops *real;

/** @brief Take the lock, after another gvm replaced "desk1" under it. @param s store @param what to lock @return handle */
static int lock_too_late(struct gvm_store *s, const char *what, bool wait)
{
	struct fk_mdev *m = fk_find(raced, UT_UUID_1);

	if (m) {
		char path[UT_PATH], full[UT_PATH];

		snprintf(path, sizeof(path), "sys/bus/mdev/devices/%s", UT_UUID_1);
		unlink(ut_path(full, raced->root, path));
		snprintf(path, sizeof(path), "%s/%s", raced->parents[0].dir, UT_UUID_1);
		ut_dir_remove(ut_path(full, raced->root, path));
		m->uuid[0] = '\0';
		fk_make(raced, 0, 0, UT_UUID_3);
		save(raced, "desk1", UT_UUID_3, GPU, getpid(), 1000);
	}
	return real->lock(s, what, wait);
}

/** @brief Let another gvm be faster. @param fk kernel */
static void race(struct fake_kernel *fk)
{
	raced = fk;
	real = fk->ctx.store->ops;
	racing = *real;
	racing.lock = lock_too_late;
	fk->ctx.store->ops = &racing;
}

/** @brief One that was replaced by a new one of its name meanwhile: the new one and its record stay. @param state kernel */
static void replaced_meanwhile(void **state)
{
	struct fake_kernel *fk = *state;

	race(fk);
	gvm_vgpu_destroy(&fk->ctx, "desk1", false, NULL);
	assert_non_null(fk_find(fk, UT_UUID_3));
	assert_true(has_record(fk, "desk1"));
}

/** @brief Collecting likewise: the new one's owner lives. @param state kernel */
static void collect_replaced(void **state)
{
	struct fake_kernel *fk = *state;

	save(fk, "desk1", UT_UUID_1, GPU, 601, 1);
	race(fk);
	gvm_collect(&fk->ctx);
	assert_non_null(fk_find(fk, UT_UUID_3));
	assert_true(has_record(fk, "desk1"));
}

/** @brief List vGPUs; then "desk1" changes its owner before anything is done. @param s store @param fn @param data see store.h @return as list_vgpus */
static int list_then_change(struct gvm_store *s, gvm_store_fn fn, void *data)
{
	int r = real->list_vgpus(s, fn, data);

	if (r == 0)
		save(raced, "desk1", UT_UUID_1, GPU, getpid(), 1000);
	return r;
}

/** @brief One whose owner was dead when listed, but has a living one now (it was given to QEMU), stays. @param state kernel */
static void collect_new_owner(void **state)
{
	struct fake_kernel *fk = *state;

	save(fk, "desk1", UT_UUID_1, GPU, 601, 1);
	race(fk);
	racing.lock = real->lock;
	racing.list_vgpus = list_then_change;
	gvm_collect(&fk->ctx);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_true(has_record(fk, "desk1"));
}

/** @brief List VMs; then "demo" is started anew before anything is done. @param s store @param fn @param data see store.h @return as list_vms */
static int list_then_restart(struct gvm_store *s, gvm_store_vm_fn fn, void *data)
{
	int r = real->list_vms(s, fn, data);

	if (r == 0)
		save_vm(raced, "demo", getpid(), 1000);
	return r;
}

/** @brief A VM that was started anew meanwhile keeps its record and its folder. @param state kernel */
static void collect_vm_restarted(void **state)
{
	struct fake_kernel *fk = *state;
	GVM_AUTOJSON struct json_object *o = NULL;
	char path[UT_PATH];

	save_vm(fk, "demo", 601, 1);
	assert_int_equal(fk->ctx.store->ops->vm_dir(fk->ctx.store, "demo", path, sizeof(path)), 0);
	race(fk);
	racing.lock = real->lock;
	racing.list_vms = list_then_restart;
	gvm_collect(&fk->ctx);
	assert_int_equal(real->load(fk->ctx.store, GVM_STORE_VM, "demo", &o), 0);
	assert_true(ut_exists(fk->root, "run/gvm/vm/demo"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(ours),
		TEST(not_there),
		TEST(foreign),
		TEST(held),
		TEST(held_by_own_node),
		TEST(held_says_kernel),
		TEST(held_long_name),
		TEST(held_by_vm),
		TEST(held_other),
		TEST(lost),
		TEST(refused),
		TEST(plan_only),
		TEST(collect),
		TEST(collect_later),
		TEST(collect_vms),
		TEST(replaced_meanwhile),
		TEST(collect_replaced),
		TEST(collect_new_owner),
		TEST(collect_vm_restarted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
