// SPDX-License-Identifier: GPL-2.0-or-later
/* The settings of a GPU by a gvm that is killed, and what the next one makes of it. */
#include "fake_pci.h"

#include <unistd.h>

#include "change.h"
#include "gpu_lock.h"
#include "gpu_set.h"
#include "json.h"
#include "store.h"
#include "wait.h"

#define PF "0000:3b:00.0"
#define CARD "0000:5e:00.0"

/** As gvm_wait_until(), with less patience: nothing here takes longer. See meson.build. */
int __real_gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data);
int __wrap_gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data);

/** @brief As its namesake. @param timeout_ms milliseconds @param fn condition @param data for it @return 0 or -errno */
int __wrap_gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data)
{
	return __real_gvm_wait_until(timeout_ms < 5 ? timeout_ms : 5, fn, data);
}

/** @brief A GPU with two VFs of eight, and one whose driver can be changed. @param state room @return 0 */
static int setup(void **state)
{
	struct fkp_room *room = malloc(sizeof(*room));
	struct fake_kernel *fk = &room->fk;

	fk_open(fk);
	fkp_open(fk, &room->pci);
	fkp_add_driver(fk, "gpu-drv");
	fkp_add_driver(fk, "vf-drv");
	fkp_add_driver(fk, "vfio-pci");
	fkp_add(fk, PF, "0x030000", "gpu-drv", 1);
	fkp_add_sriov(fk, PF, 8, "vf-drv", 50);
	fkp_set_vfs(fk, 2);
	fkp_add(fk, CARD, "0x030000", "gpu-drv", 20);
	*state = room;
	return 0;
}

/** Settings, from which binding of CARD, and how the host is afterwards. */
struct change {
	const char *gpu;
	struct gvm_setting settings[2];
	size_t n, n_steps;
	const char *driver, *override;             /* of CARD before */
	const char *driver_after, *override_after; /* and afterwards */
	unsigned int vfs_after;
	bool autoprobe_after;
	size_t finished_from; /* once so many steps are done it is finished, and not undone */
};

static const struct change changes[] = {
	{ PF, { { "vfs", "4", 0 } }, 1, 2, "gpu-drv", "", "gpu-drv", "", 4, true, 2 },
	{ PF, { { "vfs", "0", 0 } }, 1, 1, "gpu-drv", "", "gpu-drv", "", 0, true, 1 },
	{ PF,
	  { { "autoprobe", "off", 0 }, { "vfs", "4", 0 } },
	  2,
	  3,
	  "gpu-drv",
	  "",
	  "gpu-drv",
	  "",
	  4,
	  false,
	  3 },
	{ CARD,
	  { { "driver", "vfio-pci", 0 } },
	  1,
	  3,
	  "gpu-drv",
	  "",
	  "vfio-pci",
	  "vfio-pci",
	  2,
	  true,
	  3 },
	{ CARD,
	  { { "driver", "vfio-pci", 0 } },
	  1,
	  3,
	  "gpu-drv",
	  "gpu-drv",
	  "vfio-pci",
	  "vfio-pci",
	  2,
	  true,
	  3 },
	{ CARD,
	  { { "driver", "default", 0 } },
	  1,
	  3,
	  "vfio-pci",
	  "vfio-pci",
	  "gpu-drv",
	  "",
	  2,
	  true,
	  2 },
};

/** @brief The host as it is before a change. @param fk kernel @param c change */
static void reset(struct fake_kernel *fk, const struct change *c)
{
	fkp_set_vfs(fk, 0);
	fk->pci->autoprobe = true;
	ut_write(fk->root, "sys/bus/pci/devices/" PF "/sriov_drivers_autoprobe", "1\n");
	fkp_set_vfs(fk, 2);
	fkp_bind(fk, CARD, c->driver, c->override);
}

/** @brief Is the host as before, or as after a change? @param fk kernel @param c change @param after which */
static void assert_host(struct fake_kernel *fk, const struct change *c, bool after)
{
	assert_int_equal(fk->pci->numvfs, after ? c->vfs_after : 2);
	assert_int_equal(fk->pci->autoprobe, after ? c->autoprobe_after : true);
	fkp_assert(fk, CARD, after ? c->driver_after : c->driver,
		   after ? c->override_after : c->override);
}

/** @brief Be killed after some steps of a change. @param fk kernel @param c change @param n steps that were done */
static void killed_after(struct fake_kernel *fk, const struct change *c, size_t n)
{
	struct gvm_setting settings[2] = { c->settings[0], c->settings[1] };
	struct gvm_gpu_request q = { .gpu = c->gpu, .settings = settings, .n = c->n };
	GVM_AUTOJSON struct json_object *note = NULL;
	char id[GVM_NAME_SIZE];
	struct gvm_plan plan;
	int lock = gvm_gpu_lock(&fk->ctx, c->gpu, NULL);
	size_t i;

	gvm_plan_init(&plan);
	assert_int_equal(gvm_gpu_plan_set(&fk->ctx, &q, &plan, id, NULL), 0);
	assert_int_equal(plan.n_steps, c->n_steps);
	note = gvm_plan_note(&plan);
	assert_int_equal(gvm_gpu_note(&fk->ctx, lock, note, NULL), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(gvm_host_write(fk->ctx.host, plan.steps[i].write.path,
						plan.steps[i].write.value),
				 0);
	gvm_gpu_unlock(&fk->ctx, lock, false);
	assert_int_equal(fk_n_notes(fk), 1);
}

/** @brief Wherever it was killed, nothing stays half done; twice is no other than once. @param state room */
static void killed(void **state)
{
	struct fake_kernel *fk = *state;
	size_t i, k;

	for (i = 0; i < UT_COUNT(changes); i++)
		for (k = 0; k <= changes[i].n_steps; k++) {
			reset(fk, &changes[i]);
			killed_after(fk, &changes[i], k);
			fk->log[0] = '\0';
			gvm_collect(&fk->ctx);
			ut_assert_holds(fk->log, "ended what was left half done of GPU");
			assert_host(fk, &changes[i], k >= changes[i].finished_from);
			assert_int_equal(fk_n_notes(fk), 0);
		}
}

/** @brief What cannot be undone is told, and hinders nobody. @param state room */
static void cannot_undo(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_setting s = { .key = "vfs", .value = "3" };
	struct gvm_gpu_request q = { .gpu = PF, .settings = &s, .n = 1 };
	char id[GVM_NAME_SIZE];

	killed_after(fk, &changes[0], 1);
	fk->n_writes = 0;
	fk->fail_nth = 1;
	fk->fail_with = EIO;
	assert_int_equal(gvm_gpu_set(&fk->ctx, &q, id, NULL), 0);
	ut_assert_holds(fk->log, "left half done, and stay so: EIO");
	assert_int_equal(fk->pci->numvfs, 3);
	assert_int_equal(fk_n_notes(fk), 0);
}

/** @brief Whoever did it by hand meanwhile is left in peace. @param state room */
static void done_by_hand(void **state)
{
	struct fake_kernel *fk = *state;

	killed_after(fk, &changes[0], 1);
	fkp_set_vfs(fk, 7);
	gvm_collect(&fk->ctx);
	assert_int_equal(fk->pci->numvfs, 7);
	assert_int_equal(fk_n_notes(fk), 0);
}

/** @brief A note stands at each write. @param fk kernel @param path @param value of the write */
static void look_at_note(struct fake_kernel *fk, const char *path, const char *value)
{
	(void)path, (void)value;
	assert_int_equal(fk_n_notes(fk), 1);
}

/** @brief The settings are noted while they are made, also when that fails, and no longer. @param state room */
static void noted(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_setting s = { .key = "vfs", .value = "5" };
	struct gvm_gpu_request q = { .gpu = PF, .settings = &s, .n = 1 };
	char id[GVM_NAME_SIZE];

	fk->before_write = look_at_note;
	fk->n_writes = 0;
	assert_int_equal(gvm_gpu_set(&fk->ctx, &q, id, NULL), 0);
	assert_int_equal(fk->n_writes, 2);
	assert_int_equal(fk_n_notes(fk), 0);
	s.value = "6";
	fk->fail_nth = 4;
	fk->fail_with = EIO;
	assert_int_equal(gvm_gpu_set(&fk->ctx, &q, id, NULL), -EIO);
	assert_int_equal(fk->pci->numvfs, 5);
	assert_int_equal(fk_n_notes(fk), 0);
	fk->before_write = NULL;
}

/** @brief A note that leads elsewhere, or is none, writes nothing. @param state room */
static void damaged(void **state)
{
	struct fake_kernel *fk = *state;
#define EXPECT "{\"kind\":\"text\",\"path\":\"/sys/none\",\"value\":\"1\"}"
#define STEP(inverse)                                                                              \
	"{\"steps\":[{\"reason\":\"r\",\"wait_ms\":1,\"seen_ms\":1,\"expect\":" EXPECT             \
	",\"inverse\":" inverse ",\"inverse_expect\":" EXPECT "}]}"
	static const char *const wrong[] = {
		STEP("{\"path\":\"/etc/passwd\",\"value\":\"1\"}"),
		STEP("{\"path\":\"/sys/../etc/passwd\",\"value\":\"1\"}"),
		STEP("{\"path\":\"/sys/a\",\"value\":1}"),
		STEP("[]"),
		"{\"steps\":[7]}",
		"{\"steps\":{}}",
		"{\"steps\":[{\"reason\":\"r\"}]}",
	};
	GVM_AUTOJSON struct json_object *good = NULL;
	struct gvm_plan plan;
	size_t i;

	assert_int_equal(gvm_json_parse(STEP("{\"path\":\"/sys/a\",\"value\":\"1\"}"),
					strlen(STEP("{\"path\":\"/sys/a\",\"value\":\"1\"}")),
					&good),
			 0);
	assert_int_equal(gvm_plan_parse(good, &plan), 0);
	for (i = 0; i < UT_COUNT(wrong); i++) {
		GVM_AUTOJSON struct json_object *o = NULL;
		int lock = fk->ctx.store->ops->lock(fk->ctx.store, "gpu-" PF, true);

		assert_int_equal(gvm_json_parse(wrong[i], strlen(wrong[i]), &o), 0);
		assert_int_equal(gvm_plan_parse(o, &plan), -EBADMSG);
		assert_int_equal(gvm_gpu_note(&fk->ctx, lock, o, NULL), 0);
		gvm_gpu_unlock(&fk->ctx, lock, false);
		fk->n_writes = 0;
		fk->log[0] = '\0';
		gvm_collect(&fk->ctx);
		ut_assert_holds(fk->log, "damaged");
		assert_int_equal(fk->n_writes, 0);
		assert_int_equal(fk_n_notes(fk), 0);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fkp_teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(killed), TEST(cannot_undo), TEST(done_by_hand), TEST(noted), TEST(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
