// SPDX-License-Identifier: GPL-2.0-or-later
/* What a gvm that was killed noted in a GPU's lock file, and what the next one makes of it. */
#include "fake_kernel.h"

#include <unistd.h>

#include "change.h"
#include "gpu_lock.h"
#include "json.h"
#include "lend.h"
#include "vfio_node.h"
#include "store.h"

#define GPU "0000:3b:00.0"

/** @brief A GPU with one vGPU, desk1, that stands in the store. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));
	struct gvm_vgpu_request q = { .type = "t-small", .name = "desk1", .uuid = UT_UUID_1 };
	struct gvm_vgpu_record r;

	fk_open(fk);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	*state = fk;
	return 0;
}

/** @brief End it. @param state kernel @return 0 */
static int teardown(void **state)
{
	fk_close(*state);
	free(*state);
	return 0;
}

/** @brief Be killed while a vGPU is changed. @param fk kernel @param name @param uuid of the vGPU */
static void killed_at(struct fake_kernel *fk, const char *name, const char *uuid)
{
	struct gvm_vgpu_record r = { .gpu = GPU, .type = "t-small", .method = "mdev" };
	GVM_AUTOJSON struct json_object *o = NULL;
	int lock = gvm_gpu_lock(&fk->ctx, GPU, NULL);

	assert_true(lock >= 0);
	snprintf(r.name, sizeof(r.name), "%s", name);
	snprintf(r.uuid, sizeof(r.uuid), "%s", uuid);
	o = gvm_vgpu_record_json(&r);
	assert_int_equal(gvm_gpu_note(&fk->ctx, lock, o, NULL), 0);
	gvm_gpu_unlock(&fk->ctx, lock, false);
}

/** @brief Is anything noted? @param fk kernel @return yes or no */
static bool noted(struct fake_kernel *fk)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	int lock = fk->ctx.store->ops->lock(fk->ctx.store, "gpu-" GPU, true);
	int r = fk->ctx.store->ops->noted(fk->ctx.store, lock, &o);

	fk->ctx.store->ops->unlock(fk->ctx.store, lock);
	assert_true(r == 0 || r == -ENOENT || r == -EBADMSG);
	return r != -ENOENT;
}

/** @brief How many records there are. @param fk kernel @return count */
static size_t n_records(struct fake_kernel *fk)
{
	return ut_count(fk->root, "run/gvm/vgpu");
}

/** @brief A change that was begun is ended by whoever collects. @param state kernel */
static void collected(void **state)
{
	struct fake_kernel *fk = *state;

	killed_at(fk, "desk1", UT_UUID_1);
	gvm_collect(&fk->ctx);
	assert_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(n_records(fk), 0);
	assert_false(noted(fk));
}

/** @brief ... and by whoever locks the GPU for another change. @param state kernel */
static void next_change(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU, .name = "desk2" };
	struct gvm_vgpu_record r;

	killed_at(fk, "desk1", UT_UUID_1);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	assert_null(fk_find(fk, UT_UUID_1));
	assert_non_null(fk_find(fk, r.uuid));
	assert_int_equal(n_records(fk), 1);
	assert_false(noted(fk));
}

/** @brief Killed before the record was saved, its name being taken: the other's vGPU and record stay. @param state kernel */
static void name_of_another(void **state)
{
	struct fake_kernel *fk = *state;

	killed_at(fk, "desk1", UT_UUID_2);
	fk_make(fk, 0, 0, UT_UUID_2);
	gvm_collect(&fk->ctx);
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_non_null(fk_find(fk, UT_UUID_2));
	assert_int_equal(n_records(fk), 1);
	assert_false(noted(fk));
}

/** @brief What cannot be removed stays in the list, and hinders nobody. @param state kernel */
static void cannot_remove(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU, .name = "desk2" };
	struct gvm_vgpu_record r;

	killed_at(fk, "desk1", UT_UUID_1);
	fk->fail_at = "remove";
	fk->fail_with = EIO;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	ut_assert_holds(fk->log, "left half done: vGPU desk1");
	assert_int_equal(n_records(fk), 2);
	assert_false(noted(fk));
	/* Later changes try it again. */
	fk->fail_at = NULL;
	gvm_collect(&fk->ctx);
	assert_null(fk_find(fk, UT_UUID_1));
	assert_int_equal(n_records(fk), 1);
}

/** @brief Is a lock free? @param fk kernel @param name of the lock @return yes or no */
static bool is_free(struct fake_kernel *fk, const char *name)
{
	int lock = fk->ctx.store->ops->lock(fk->ctx.store, name, false);

	if (lock >= 0)
		fk->ctx.store->ops->unlock(fk->ctx.store, lock);
	return lock >= 0;
}

/** @brief All functions of a card have one lock; other cards, and parents that are no PCI functions, their own. @param state kernel */
static void one_lock_per_card(void **state)
{
	static const char *const same[] = { GPU, "0000:3b:00.1", "0000:3b:00.7" };
	static const char *const others[] = { "0000:3b:01.0", "0001:3b:00.0", "mdpy", "" };
	struct fake_kernel *fk = *state;
	char name[40];
	size_t i;
	int lock;

	for (i = 0; i < UT_COUNT(same); i++) {
		lock = gvm_gpu_lock(&fk->ctx, same[i], NULL);
		assert_true(lock >= 0);
		assert_false(is_free(fk, "gpu-" GPU));
		gvm_gpu_unlock(&fk->ctx, lock, true);
		assert_true(is_free(fk, "gpu-" GPU));
	}
	for (i = 0; i < UT_COUNT(others); i++) {
		lock = gvm_gpu_lock(&fk->ctx, others[i], NULL);
		assert_true(lock >= 0 && is_free(fk, "gpu-" GPU));
		snprintf(name, sizeof(name), "gpu-%s", others[i]);
		assert_false(is_free(fk, name));
		gvm_gpu_unlock(&fk->ctx, lock, true);
	}
}

/** @brief What a gvm that was killed had lent to a VM is taken back; what one lends just now is not. @param state kernel */
static void lent(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_store *s = fk->ctx.store;
	struct gvm_attach_spec spec = { .path = "/sys/bus/mdev/devices/" UT_UUID_1 };
	GVM_AUTOJSON struct json_object *o = NULL;
	char told[80];
	int lock = gvm_vm_lock(&fk->ctx, "demo", false, NULL);

	assert_int_equal(gvm_lend_note(&fk->ctx, lock, &spec, 1, NULL), 0);
	fk->log[0] = '\0';
	gvm_collect(&fk->ctx);
	assert_null(strstr(fk->log, "take back"));
	s->ops->unlock(s, lock);
	gvm_collect(&fk->ctx);
	/* No node of this host changes hands: that it was tried, and that it did not succeed, is told. */
	snprintf(told, sizeof(told), "take back /dev/vfio/%d, lent by a gvm that was killed: EROFS",
		 fk_find(fk, UT_UUID_1)->group);
	ut_assert_holds(fk->log, told);
	lock = s->ops->lock(s, "vm-demo", false);
	assert_int_equal(s->ops->noted(s, lock, &o), -ENOENT);
	s->ops->unlock(s, lock);
	fk->log[0] = '\0';
	gvm_collect(&fk->ctx);
	assert_string_equal(fk->log, "");
}

/** @brief Only nodes of VFIO are given back. @param state kernel */
static void lent_elsewhere(void **state)
{
	static const char *const no_node[] = { "",
					       "/dev/vfio/vfio",
					       "/dev/vfio/../sda",
					       "/dev/vfio/",
					       "/dev/vfio/7x",
					       "/etc/passwd",
					       "/dev/vfio/devices/7" };
	struct gvm_host *live = NULL;
	size_t i;

	(void)state;
	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	for (i = 0; i < UT_COUNT(no_node); i++)
		assert_int_equal(gvm_vfio_node_take_back(live, no_node[i]), -EINVAL);
	/* No host has so many groups: one that has gone. */
	assert_int_equal(gvm_vfio_node_take_back(live, "/dev/vfio/2147483647"), 0);
	assert_int_equal(gvm_vfio_node_take_back(live, "/dev/vfio/devices/vfio2147483647"), 0);
	gvm_host_close(live);
}

/** @brief A damaged note is told and forgotten. @param state kernel */
static void damaged(void **state)
{
	struct fake_kernel *fk = *state;
	int lock = fk->ctx.store->ops->lock(fk->ctx.store, "gpu-" GPU, true);

	assert_int_equal(pwrite(lock, "{\"name\"!", 8, 0), 8);
	fk->ctx.store->ops->unlock(fk->ctx.store, lock);
	lock = gvm_gpu_lock(&fk->ctx, GPU, NULL);
	assert_true(lock >= 0);
	gvm_gpu_unlock(&fk->ctx, lock, true);
	ut_assert_holds(fk->log, "damaged");
	assert_non_null(fk_find(fk, UT_UUID_1));
	assert_false(noted(fk));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(collected),     TEST(next_change), TEST(name_of_another),
		TEST(cannot_remove), TEST(damaged),     TEST(one_lock_per_card),
		TEST(lent),          TEST(lent_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
