// SPDX-License-Identifier: GPL-2.0-or-later
/* gvm_vgpu_create() whole: fake kernel below, a store beside it. */
#include "fake_kernel.h"

#include <fcntl.h>
#include <unistd.h>

#include "change.h"
#include "file.h"
#include "json.h"
#include "store.h"

#define GPU "0000:3b:00.0"

/** @brief Two GPUs: one has room for four small ones, the other for ten. @param state kernel @return 0 */
static int setup(void **state)
{
	struct fake_kernel *fk = malloc(sizeof(*fk));

	fk_open(fk);
	fk_add_parent(fk, GPU, 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fk_add_type(fk, 0, "t-large", "Large One", 2);
	fk_add_parent(fk, "mtty", 10);
	fk_add_type(fk, 1, "t-small", "Small One", 1);
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

/** @brief Load a vGPU's record. @param fk kernel @param name it @param r result @return 0 or -errno */
static int load(struct fake_kernel *fk, const char *name, struct gvm_vgpu_record *r)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	int ret = fk->ctx.store->ops->load(fk->ctx.store, GVM_STORE_VGPU, name, &o);

	return ret < 0 ? ret : gvm_vgpu_record_parse(o, r);
}

/** @brief How many records there are. @param fk kernel @return count */
static size_t n_records(struct fake_kernel *fk)
{
	return ut_count(fk->root, "run/gvm/vgpu");
}

/** @brief Creating must fail, and leave nothing. @param fk kernel @param q request @param code @param err expected @return the error */
static struct gvm_error fails(struct fake_kernel *fk, const struct gvm_vgpu_request *q,
			      const char *code, int err)
{
	struct gvm_vgpu_record r;
	struct gvm_error e = { 0 };
	size_t before = n_records(fk);

	assert_int_equal(gvm_vgpu_create(&fk->ctx, q, NULL, &r, &e), -err);
	ut_assert_error(&e, code, err);
	assert_int_equal(n_records(fk), before);
	return e;
}

/** @brief Name and UUID of one's own; the record says what was made, and belongs to nobody. @param state kernel */
static void named(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-large",
				      .gpu = "3b:00.0",
				      .name = "desk1",
				      .uuid = "11111111-AAAA-4BBB-8CCC-000000000001" };
	struct gvm_vgpu_record made, kept;
	struct gvm_error e = { 0 };

	if (gvm_vgpu_create(&fk->ctx, &q, NULL, &made, &e) != 0)
		fail_msg("%s", e.message);
	assert_string_equal(made.name, "desk1");
	assert_string_equal(made.uuid, UT_UUID_1);
	assert_string_equal(made.gpu, GPU);
	assert_string_equal(made.type, "t-large");
	assert_int_equal(load(fk, "desk1", &kept), 0);
	assert_string_equal(kept.uuid, UT_UUID_1);
	assert_string_equal(kept.gpu, GPU);
	assert_string_equal(kept.type, "t-large");
	assert_int_equal(kept.owner.pid, 0);
	assert_int_equal(fk_find(fk, UT_UUID_1)->type, 1);
	assert_int_equal(fk->n_writes, 1);
}

/** @brief Without a name it is made from the UUID, which is random. @param state kernel */
static void unnamed(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU };
	struct gvm_vgpu_record a, b;
	char name[GVM_NAME_SIZE];

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &a, NULL), 0);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &b, NULL), 0);
	assert_string_not_equal(a.uuid, b.uuid);
	snprintf(name, sizeof(name), "vgpu-%.8s", a.uuid);
	assert_string_equal(a.name, name);
	assert_non_null(fk_find(fk, a.uuid));
	assert_int_equal(n_records(fk), 2);
}

/** @brief Without a GPU the one with most room is taken; types have full names too. @param state kernel */
static void any_gpu(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request small = { .type = "Small One" };
	struct gvm_vgpu_request large = { .type = "t-large" };
	struct gvm_vgpu_request here = { .type = "Large One", .gpu = "/sys/bus/pci/devices/" GPU };
	struct gvm_vgpu_record r;

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &small, NULL, &r, NULL), 0);
	assert_string_equal(r.gpu, "mtty");
	assert_string_equal(r.type, "t-small");
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &large, NULL, &r, NULL), 0);
	assert_string_equal(r.gpu, GPU);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &here, NULL, &r, NULL), 0);
	assert_string_equal(r.type, "t-large");
}

/** @brief With an owner it is his. @param state kernel */
static void owned(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU, .name = "desk1" };
	struct gvm_proc owner = { 77, 7777 }, heir = { 88, 8888 };
	struct gvm_vgpu_record r, kept;

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, &owner, &r, NULL), 0);
	assert_int_equal(load(fk, "desk1", &kept), 0);
	assert_true(kept.owner.pid == 77 && kept.owner.start == 7777);
	assert_int_equal(gvm_vgpu_set_owner(&fk->ctx, &r, &heir, NULL), 0);
	assert_int_equal(load(fk, "desk1", &kept), 0);
	assert_true(kept.owner.pid == 88 && kept.owner.start == 8888);
}

/** @brief Names and UUIDs that cannot be are refused before anything is done. @param state kernel */
static void bad_names(void **state)
{
	static const char *const names[] = { "", "A", "../x", "a b", ".x", UT_UUID_2 };
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU };
	size_t i;

	for (i = 0; i < UT_COUNT(names); i++) {
		q.name = names[i];
		fails(fk, &q, "GVM_E_NAME_INVALID", EINVAL);
	}
	q.name = NULL;
	q.uuid = "not a UUID";
	fails(fk, &q, "GVM_E_UUID_INVALID", EINVAL);
	assert_int_equal(fk->n_writes, 0);
	/* Its own UUID may be its name. */
	q.name = q.uuid = UT_UUID_2;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &(struct gvm_vgpu_record){ 0 }, NULL),
			 0);
}

/** @brief A name is given once, and the first one stays as it is. @param state kernel */
static void name_taken(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = {
		.type = "t-small", .gpu = GPU, .name = "desk1", .uuid = UT_UUID_1
	};
	struct gvm_vgpu_record r;
	struct gvm_error e;

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	q.gpu = "mtty";
	q.uuid = UT_UUID_2;
	e = fails(fk, &q, "GVM_E_NAME_TAKEN", EEXIST);
	assert_string_equal(e.object, "desk1");
	assert_int_equal(fk->n_writes, 1);
	assert_int_equal(load(fk, "desk1", &r), 0);
	assert_string_equal(r.uuid, UT_UUID_1);
}

/** @brief A UUID that is in use on another GPU is refused, and that vGPU is left alone. @param state kernel */
static void uuid_taken(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = {
		.type = "t-small", .gpu = GPU, .name = "desk1", .uuid = UT_UUID_1
	};

	fk_make(fk, 1, 0, UT_UUID_1);
	fails(fk, &q, "GVM_E_UUID_TAKEN", EEXIST);
	assert_non_null(fk_find(fk, UT_UUID_1));
	/* Not even asked for: were gvm killed then, its record would claim another's vGPU. */
	assert_int_equal(fk->n_writes, 0);
}

/** @brief GPUs and types that are not there, and a GPU that makes none. @param state kernel */
static void not_there(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = "0000:99:00.0" };

	fails(fk, &q, "GVM_E_GPU_NOT_FOUND", ENOENT);
	q.gpu = "card9/x";
	fails(fk, &q, "GVM_E_GPU_NOT_FOUND", ENOENT);
	q.gpu = "mtty";
	q.type = "t-large";
	fails(fk, &q, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	q.type = "../t-small";
	fails(fk, &q, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	q.gpu = NULL;
	q.type = "nothing";
	fails(fk, &q, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	ut_write(fk->root, "sys/bus/pci/devices/0000:01:00.0/class", "0x030000\n");
	q.gpu = "01:00.0";
	fails(fk, &q, "GVM_E_TYPE_NOT_FOUND", ENOENT);
	assert_int_equal(fk->n_writes, 0);
}

/** @brief A full GPU: all its types share one pool. @param state kernel */
static void full(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request large = { .type = "t-large", .gpu = GPU };
	struct gvm_vgpu_request small = { .type = "t-small", .gpu = GPU };
	struct gvm_vgpu_record r;

	assert_int_equal(gvm_vgpu_create(&fk->ctx, &large, NULL, &r, NULL), 0);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &small, NULL, &r, NULL), 0);
	fails(fk, &large, "GVM_E_MDEV_FULL", EUSERS);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &small, NULL, &r, NULL), 0);
	fails(fk, &small, "GVM_E_MDEV_FULL", EUSERS);
	assert_int_equal(n_records(fk), 3);
}

/** @brief A parent that is going away. @param state kernel */
static void going(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU };

	fk->parents[0].going = true;
	fails(fk, &q, "GVM_E_PARENT_GOING", ENODEV);
}

/** @brief The note in the GPU's lock file. @param fk kernel @param text result */
static void note(struct fake_kernel *fk, char text[256])
{
	char file[UT_PATH];
	FILE *f;

	ut_path(file, fk->root, "run/gvm/lock/gpu-" GPU);
	f = fopen(file, "r");
	assert_non_null(f);
	text[fread(text, 1, 255, f)] = '\0';
	fclose(f);
}

/** @brief At the moment of the write the record stands, and the note of it. @param fk kernel @param path unused @param value UUID */
static void record_stands(struct fake_kernel *fk, const char *path, const char *value)
{
	struct gvm_vgpu_record r;
	int *seen = fk->data;
	char text[256];

	(void)path;
	assert_int_equal(load(fk, "desk1", &r), 0);
	assert_string_equal(r.uuid, value);
	note(fk, text);
	ut_assert_holds(text, value);
	*seen = 1;
}

/** @brief The record is written before the vGPU is made, so that a killed gvm leaves none unknown. @param state kernel */
static void record_first(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU, .name = "desk1" };
	struct gvm_vgpu_record r;
	char text[256];
	int seen = 0;

	fk->before_write = record_stands;
	fk->data = &seen;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	assert_int_equal(seen, 1);
	note(fk, text);
	assert_int_equal(text[0], '\n');
}

/** @brief The GPU's lock cannot be taken while its attribute is written. @param fk kernel @param path @param value unused */
static void lock_is_held(struct fake_kernel *fk, const char *path, const char *value)
{
	char file[UT_PATH];
	int *seen = fk->data;

	(void)path, (void)value;
	ut_path(file, fk->root, "run/gvm/lock/gpu-" GPU);
	*seen = gvm_lock_file(AT_FDCWD, file, false) == -EWOULDBLOCK ? 1 : 2;
}

/** @brief Writes are made under the GPU's lock, which is given back. @param state kernel */
static void under_lock(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU };
	struct gvm_vgpu_record r;
	int seen = 0, lock;

	fk->before_write = lock_is_held;
	fk->data = &seen;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	assert_int_equal(seen, 1);
	lock = fk->ctx.store->ops->lock(fk->ctx.store, "gpu-" GPU, true);
	assert_true(lock >= 0);
	fk->ctx.store->ops->unlock(fk->ctx.store, lock);
}

/** @brief Taken but not as asked: it is undone, and no record stays. @param state kernel */
static void not_seen(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-large", .gpu = GPU };

	fk->wrong_type = true;
	fails(fk, &q, "GVM_E_NOT_SEEN", ETIMEDOUT);
	assert_int_equal(ut_count(fk->root, "sys/bus/mdev/devices"), 0);
}

/**
 * @brief What could not even be undone is not forgotten: its record and its note stay, so that the next
 *        changing command collects it.
 * @param state kernel
 */
static void undo_failed_keeps_record(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-large", .gpu = GPU, .name = "desk1" };
	struct gvm_vgpu_record r;
	struct gvm_error e = { 0 };

	fk->wrong_type = true;
	fk->fail_at = "remove";
	fk->fail_with = EBUSY;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	ut_assert_holds(e.cause, "undoing it failed");
	assert_non_null(fk_find(fk, r.uuid));
	assert_int_equal(load(fk, "desk1", &r), 0);
	fk->fail_at = NULL;
	gvm_collect(&fk->ctx);
	assert_null(fk_find(fk, r.uuid));
	assert_int_equal(load(fk, "desk1", &r), -ENOENT);
}

/** @brief Planning changes nothing. @param state kernel */
static void plan_only(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "t-small", .gpu = GPU, .uuid = UT_UUID_1 };
	struct gvm_plan plan = { .n_steps = 0 };
	struct gvm_vgpu_record r;

	assert_int_equal(gvm_vgpu_plan_create(&fk->ctx, &q, &plan, &r, NULL), 0);
	assert_int_equal(plan.n_steps, 1);
	assert_string_equal(plan.steps[0].write.value, UT_UUID_1);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(n_records(fk), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(named),        TEST(unnamed),
		TEST(any_gpu),      TEST(owned),
		TEST(bad_names),    TEST(name_taken),
		TEST(uuid_taken),   TEST(not_there),
		TEST(full),         TEST(going),
		TEST(record_first), TEST(under_lock),
		TEST(not_seen),     TEST(undo_failed_keeps_record),
		TEST(plan_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
