// SPDX-License-Identifier: GPL-2.0-or-later
/* Virtual functions and whole devices as vGPUs, and the settings of a GPU, over the fake kernel's PCI. */
#include "fake_pci.h"

#include <errno.h>

#include "change.h"
#include "gpu_set.h"
#include "inventory.h"
#include "json.h"
#include "keep.h"
#include "store.h"
#include "wait.h"

#define PF "0000:3b:00.0"
#define VF1 "0000:3b:00.1"
#define VF2 "0000:3b:00.2"
#define CARD "0000:5e:00.0"
#define SOUND "0000:5e:00.1"

/** As gvm_wait_until(), with less patience: nothing here takes longer. See meson.build. */
int __real_gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data);
int __wrap_gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data);

/** @brief As its namesake. @param timeout_ms milliseconds @param fn condition @param data for it @return 0 or -errno */
int __wrap_gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data)
{
	return __real_gvm_wait_until(timeout_ms < 5 ? timeout_ms : 5, fn, data);
}

/** @brief A GPU with two VFs of eight, and a card of two functions in one group. @param state room @return 0 */
static int setup(void **state)
{
	struct fkp_room *room = malloc(sizeof(*room));
	struct fake_kernel *fk = &room->fk;

	fk_open(fk);
	fkp_open(fk, &room->pci);
	fkp_add_driver(fk, "gpu-drv");
	fkp_add_driver(fk, "vf-drv");
	fkp_add_driver(fk, "snd-drv");
	fkp_add_driver(fk, "vfio-pci");
	fkp_add(fk, PF, "0x030000", "gpu-drv", 1);
	fkp_add_sriov(fk, PF, 8, "vf-drv", 50);
	fkp_set_vfs(fk, 2);
	fkp_add(fk, CARD, "0x030000", "gpu-drv", 20);
	fkp_add(fk, SOUND, "0x040300", "snd-drv", 20);
	*state = room;
	return 0;
}

/** @brief Make a vGPU. @param fk kernel @param type @param gpu where @param name of it @param e detail @return 0 or -errno */
static int create(struct fake_kernel *fk, const char *type, const char *gpu, const char *name,
		  struct gvm_error *e)
{
	struct gvm_vgpu_request q = { .type = type, .gpu = gpu, .name = name };
	struct gvm_vgpu_record r;

	fk->n_writes = 0;
	return gvm_vgpu_create(&fk->ctx, &q, NULL, &r, e);
}

/** @brief Remove a vGPU. @param fk kernel @param name of it @param e detail @return 0 or -errno */
static int destroy(struct fake_kernel *fk, const char *name, struct gvm_error *e)
{
	fk->n_writes = 0;
	return gvm_vgpu_destroy(&fk->ctx, name, false, e);
}

/** @brief Change one setting. @param fk kernel @param gpu GPU @param key @param value of it @param force @param e detail @return 0 or -errno */
static int set(struct fake_kernel *fk, const char *gpu, const char *key, const char *value,
	       bool force, struct gvm_error *e)
{
	struct gvm_setting s = { .key = key, .value = value };
	struct gvm_gpu_request q = { .gpu = gpu, .settings = &s, .n = 1, .force = force };
	char id[GVM_NAME_SIZE];

	fk->n_writes = 0;
	return gvm_gpu_set(&fk->ctx, &q, id, e);
}

/** @brief How many records there are. @param fk kernel @return count */
static size_t n_records(struct fake_kernel *fk)
{
	return ut_count(fk->root, "run/gvm/vgpu");
}

/** @brief However a VF was bound before, it is so again afterwards. @param state room */
static void as_before(void **state)
{
	struct fake_kernel *fk = *state;
	static const struct fkp_function was[] = {
		{ .driver = "vf-drv" },
		{ .driver = "" },
		{ .driver = "vf-drv", .override = "vf-drv" },
		{ .driver = "", .override = "other-drv" },
		{ .driver = "", .override = "vfio-pci" },
	};
	size_t i;

	for (i = 0; i < UT_COUNT(was); i++) {
		fkp_bind(fk, VF1, was[i].driver, was[i].override);
		assert_int_equal(create(fk, "vf", PF, "a", NULL), 0);
		fkp_assert(fk, VF1, "vfio-pci", "vfio-pci");
		fkp_assert(fk, VF2, "vf-drv", "");
		assert_int_equal(destroy(fk, "a", NULL), 0);
		fkp_assert(fk, VF1, was[i].driver, was[i].override);
		assert_int_equal(n_records(fk) + (size_t)fk_n_notes(fk), 0);
	}
}

/** @brief All functions of a card, and each to its own driver again. @param state room */
static void whole_card(void **state)
{
	struct fake_kernel *fk = *state;

	fkp_bind(fk, SOUND, "snd-drv", "snd-drv");
	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	fkp_assert(fk, CARD, "vfio-pci", "vfio-pci");
	fkp_assert(fk, SOUND, "vfio-pci", "vfio-pci");
	assert_int_equal(destroy(fk, "a", NULL), 0);
	fkp_assert(fk, CARD, "gpu-drv", "");
	fkp_assert(fk, SOUND, "snd-drv", "snd-drv");
}

/** @brief Each write of a creation refused: nothing of it stays. @param state room */
static void create_refused(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e;
	size_t k, n;

	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	n = fk->n_writes;
	assert_int_equal(n, 6);
	assert_int_equal(destroy(fk, "a", NULL), 0);
	fk->fail_with = EIO;
	for (k = 1; k <= n; k++) {
		memset(&e, 0, sizeof(e));
		fk->fail_nth = k;
		assert_int_equal(create(fk, "whole", CARD, "a", &e), -EIO);
		ut_assert_error(&e, "GVM_E_WRITE", EIO);
		assert_string_equal(e.object, "a");
		fkp_assert(fk, CARD, "gpu-drv", "");
		fkp_assert(fk, SOUND, "snd-drv", "");
		assert_int_equal(n_records(fk) + (size_t)fk_n_notes(fk), 0);
	}
}

/** @brief A vGPU keeps its GPU: neither the driver nor the VFs are changed under it, and no driver that is not there. @param state room */
static void set_under_vgpu(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	assert_true(set(fk, CARD, "driver", "none-such", false, &e) < 0);
	ut_assert_error(&e, "GVM_E_NO_DRIVER", ENOENT);
	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	assert_true(set(fk, CARD, "driver", "default", true, &e) < 0);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	assert_int_equal(destroy(fk, "a", NULL), 0);
	assert_int_equal(set(fk, PF, "vfs", "0", true, NULL), 0);
	assert_int_equal(create(fk, "whole", PF, "a", NULL), 0);
	assert_true(set(fk, PF, "vfs", "2", true, &e) < 0);
	ut_assert_error(&e, "GVM_E_GPU_TAKEN", EBUSY);
	assert_int_equal(fk->n_writes, 0);
}

/** @brief A driver that does not take its function back is told twice; then there is nothing left to remove. @param state room */
static void driver_refuses_back(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	fk->pci->refuses = "gpu-drv";
	assert_true(destroy(fk, "a", &e) < 0);
	ut_assert_holds(e.step, CARD);
	assert_int_equal(n_records(fk), 1);
	assert_true(destroy(fk, "a", NULL) < 0);
	assert_int_equal(n_records(fk) + (size_t)fk_n_notes(fk), 0);
	fkp_assert(fk, CARD, "", "");
}

/** @brief Each write of a removal refused: the record stays, and the next removal does the rest. @param state room */
static void destroy_refused(void **state)
{
	struct fake_kernel *fk = *state;
	size_t k;

	fkp_bind(fk, SOUND, "snd-drv", "snd-drv");
	for (k = 1; k <= 6; k++) {
		fk->fail_nth = 0;
		assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
		fk->fail_nth = k;
		fk->fail_with = EIO;
		assert_int_equal(destroy(fk, "a", NULL), -EIO);
		assert_int_equal(n_records(fk), 1);
		fk->fail_nth = 0;
		assert_int_equal(destroy(fk, "a", NULL), 0);
		fkp_assert(fk, CARD, "gpu-drv", "");
		fkp_assert(fk, SOUND, "snd-drv", "snd-drv");
		assert_int_equal(n_records(fk), 0);
	}
}

/** @brief What could not be undone is remembered, and put right by the next command. @param state room */
static void undo_refused(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	/* drivers_probe fails, and "bind", which would undo the unbinding, as well. */
	fk->pci->refuses = "vfio-pci";
	fk->fail_at = "bind";
	fk->fail_with = EIO;
	assert_true(create(fk, "vf", VF1, "a", &e) < 0);
	ut_assert_holds(e.cause, "undoing it failed");
	fkp_assert(fk, VF1, "", "");
	assert_int_equal(n_records(fk), 1);
	assert_int_equal(fk_n_notes(fk), 1);
	fk->fail_at = NULL;
	gvm_collect(&fk->ctx);
	fkp_assert(fk, VF1, "vf-drv", "");
	assert_int_equal(n_records(fk) + (size_t)fk_n_notes(fk), 0);
}

/** @brief A write that does not come back in time may still be done: the next command looks at it. @param state room */
static void blocked(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->fail_nth = 1;
	fk->fail_with = ETIMEDOUT;
	assert_int_equal(create(fk, "vf", VF1, "a", &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_BIND_BLOCKED", ETIMEDOUT);
	assert_int_equal(n_records(fk), 1);
	assert_int_equal(fk_n_notes(fk), 1);
	/* Now it is. */
	fkp_bind(fk, VF1, NULL, "");
	fk->fail_nth = 0;
	gvm_collect(&fk->ctx);
	fkp_assert(fk, VF1, "vf-drv", "");
	assert_int_equal(n_records(fk) + (size_t)fk_n_notes(fk), 0);
}

/** @brief A probe that succeeds and binds nothing. @param state room */
static void probe_binds_nothing(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->pci->refuses = "vfio-pci";
	assert_int_equal(create(fk, "vf", PF, "a", &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	ut_assert_holds(e.message, "driver shows nothing");
	fkp_assert(fk, VF1, "vf-drv", "");
	assert_int_equal(set(fk, CARD, "driver", "vfio-pci", false, NULL), -ETIMEDOUT);
	fkp_assert(fk, CARD, "gpu-drv", "");
	assert_int_equal(n_records(fk), 0);
}

/** @brief An unbind that succeeds and unbinds nothing: nothing else is tried. @param state room */
static void unbind_unbinds_nothing(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->pci->stuck = true;
	assert_int_equal(create(fk, "vf", PF, "a", &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	assert_int_equal(fk->n_writes, 1);
	fkp_assert(fk, VF1, "vf-drv", "");
	assert_int_equal(n_records(fk), 0);
	fk->pci->stuck = false;
	assert_int_equal(create(fk, "vf", PF, "a", NULL), 0);
	fk->pci->stuck = true;
	assert_int_equal(destroy(fk, "a", NULL), -ETIMEDOUT);
	assert_int_equal(n_records(fk), 1);
	fkp_assert(fk, VF1, "vfio-pci", "vfio-pci");
	fk->pci->stuck = false;
	assert_int_equal(destroy(fk, "a", NULL), 0);
	fkp_assert(fk, VF1, "vf-drv", "");
}

/** @brief The number of VFs: what it leads through, and what is no change. @param state room */
static void number_of_vfs(void **state)
{
	struct fake_kernel *fk = *state;

	assert_int_equal(set(fk, PF, "vfs", "2", false, NULL), 0);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(set(fk, PF, "vfs", "5", false, NULL), 0);
	assert_int_equal(fk->n_writes, 2);
	fk_assert_write(fk, 0, "0", PF "/sriov_numvfs");
	fk_assert_write(fk, 1, "5", PF "/sriov_numvfs");
	assert_int_equal(fk->pci->numvfs, 5);
	assert_int_equal(set(fk, PF, "vfs", "0", false, NULL), 0);
	assert_int_equal(fk->n_writes, 1);
	assert_int_equal(set(fk, PF, "vfs", "8", false, NULL), 0);
	assert_int_equal(fk->n_writes, 1);
	assert_int_equal(fk->pci->numvfs, 8);
}

/** @brief Fewer VFs come than were asked for: told, and undone. @param state room */
static void short_count(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fk->pci->most_vfs = 2;
	assert_int_equal(set(fk, PF, "vfs", "4", false, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", ETIMEDOUT);
	ut_assert_holds(e.message, "to 4: sriov_numvfs shows 2");
	assert_int_equal(fk->n_writes, 4);
	fk_assert_write(fk, 2, "0", "sriov_numvfs");
	fk_assert_write(fk, 3, "2", "sriov_numvfs");
	assert_int_equal(fk->pci->numvfs, 2);
	fkp_set_vfs(fk, 0);
	assert_int_equal(set(fk, PF, "vfs", "4", false, NULL), -ETIMEDOUT);
	assert_int_equal(fk->pci->numvfs, 0);
}

/** @brief Each answer of the kernel to a number of VFs has its name, and the number is what it was. @param state room */
static void answers(void **state)
{
	struct fake_kernel *fk = *state;
	static const struct {
		int err;
		const char *code;
	} named[] = {
		{ EINVAL, "GVM_E_VFS_REFUSED" },    { ERANGE, "GVM_E_VFS_TOO_MANY" },
		{ ENOENT, "GVM_E_PF_DRIVER" },      { EBUSY, "GVM_E_VFS_BUSY" },
		{ ENOMEM, "GVM_E_VFS_NO_SPACE" },   { EPERM, "GVM_E_VFS_ASSIGNED" },
		{ EIO, "GVM_E_VFS_HARDWARE" },      { ENODEV, "GVM_E_VFS_REFUSED" },
		{ EUSERS, "GVM_E_VFS_REFUSED" },    { ENOSPC, "GVM_E_VFS_REFUSED" },
		{ ECANCELED, "GVM_E_VFS_REFUSED" }, { ETIMEDOUT, "GVM_E_VFS_BLOCKED" },
		{ EACCES, "GVM_E_PERMISSION" },
	};
	size_t i, k;

	for (i = 0; i < UT_COUNT(named); i++)
		for (k = 1; k <= 2; k++) {
			struct gvm_error e = { 0 };

			fk->fail_nth = k;
			fk->fail_with = named[i].err;
			assert_int_equal(set(fk, PF, "vfs", "3", false, &e), -named[i].err);
			ut_assert_error(&e, named[i].code, named[i].err);
			assert_string_equal(e.object, PF);
			assert_string_equal(e.wrote, k == 1 ? "0" : "3");
			assert_int_equal(fk->pci->numvfs, 2);
		}
}

/** @brief What is refused before anything is written. @param state room */
static void refused_at_once(void **state)
{
	struct fake_kernel *fk = *state;
	static const struct {
		const char *gpu, *key, *value, *code;
		int err;
	} wrong[] = {
		{ PF, "vfs", "9", "GVM_E_VFS_TOO_MANY", ERANGE },
		{ PF, "vfs", "65536", "GVM_E_SETTING", EINVAL },
		{ PF, "vfs", "99999999999999999999", "GVM_E_SETTING", EINVAL },
		{ PF, "vfs", "-1", "GVM_E_SETTING", EINVAL },
		{ PF, "vfs", "", "GVM_E_SETTING", EINVAL },
		{ PF, "vfs", "2x", "GVM_E_SETTING", EINVAL },
		{ PF, "autoprobe", "1", "GVM_E_SETTING", EINVAL },
		{ PF, "driver", "", "GVM_E_SETTING", EINVAL },
		{ PF, "driver", "../x", "GVM_E_SETTING", EINVAL },
		{ PF, "driver", "a\nb", "GVM_E_SETTING", EINVAL },
		{ PF, "driver", "vfio-pci", "GVM_E_VFS_ENABLED", EBUSY },
		{ PF, "mode", "x", "GVM_E_SETTING", EINVAL },
		{ CARD, "vfs", "1", "GVM_E_SETTING", EINVAL },
	};
	size_t i;

	for (i = 0; i < UT_COUNT(wrong); i++) {
		struct gvm_error e = { 0 };

		assert_int_equal(set(fk, wrong[i].gpu, wrong[i].key, wrong[i].value, false, &e),
				 -wrong[i].err);
		ut_assert_error(&e, wrong[i].code, wrong[i].err);
		assert_string_equal(e.object, wrong[i].gpu);
		assert_int_equal(fk->n_writes, 0);
	}
}

/** @brief Another driver, step by step, each refused; and back to the kernel's own choice. @param state room */
static void driver_refused(void **state)
{
	struct fake_kernel *fk = *state;
	size_t k;

	fk->fail_with = EIO;
	for (k = 1; k <= 3; k++) {
		fk->fail_nth = k;
		assert_int_equal(set(fk, CARD, "driver", "vfio-pci", false, NULL), -EIO);
		fkp_assert(fk, CARD, "gpu-drv", "");
	}
	fk->fail_nth = 0;
	assert_int_equal(set(fk, CARD, "driver", "vfio-pci", false, NULL), 0);
	fkp_assert(fk, CARD, "vfio-pci", "vfio-pci");
	fkp_assert(fk, SOUND, "snd-drv", "");
	for (k = 1; k <= 3; k++) {
		fk->fail_nth = k;
		assert_int_equal(set(fk, CARD, "driver", "default", false, NULL), -EIO);
		fkp_assert(fk, CARD, "vfio-pci", "vfio-pci");
	}
	fk->fail_nth = 0;
	assert_int_equal(set(fk, CARD, "driver", "default", false, NULL), 0);
	fkp_assert(fk, CARD, "gpu-drv", "");
	assert_int_equal(set(fk, CARD, "driver", "default", false, NULL), 0);
	assert_int_equal(fk->n_writes, 0);
	/* Without driver and without override, "default" finds one. */
	fkp_bind(fk, CARD, NULL, "");
	assert_int_equal(set(fk, CARD, "driver", "default", false, NULL), 0);
	fkp_assert(fk, CARD, "gpu-drv", "");
}

/** @brief The variant driver that modules.alias knows for the device comes before vfio-pci. @param state room */
static void variant(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	ut_write(fk->root, "lib/modules/6.12.0/modules.alias",
		 "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
		 "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n");
	/* It is not loaded, and this kernel loads nothing: told before anything is changed. */
	assert_true(create(fk, "vf", PF, "a", &e) < 0);
	ut_assert_error(&e, "GVM_E_MODULE", e.err);
	assert_int_equal(fk->n_writes, 0);
	ut_mkdir(fk->root, "sys/module/nvgrace_gpu_vfio_pci/drivers/pci:nvgrace-gpu-vfio-pci");
	fkp_add_driver(fk, "nvgrace-gpu-vfio-pci");
	assert_int_equal(create(fk, "vf", PF, "a", NULL), 0);
	fkp_assert(fk, VF1, "nvgrace-gpu-vfio-pci", "nvgrace-gpu-vfio-pci");
	assert_int_equal(destroy(fk, "a", NULL), 0);
	fkp_assert(fk, VF1, "vf-drv", "");
}

/** @brief All used, none enabled, this one used. @param state room */
static void no_vf(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	assert_int_equal(create(fk, "vf", VF2, "b", NULL), 0);
	fkp_assert(fk, VF2, "vfio-pci", "vfio-pci");
	assert_int_equal(create(fk, "vf", VF2, "c", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VF_TAKEN", EBUSY);
	assert_int_equal(create(fk, "vf", PF, "a", NULL), 0);
	assert_int_equal(create(fk, "vf", PF, "c", &e), -ENOSPC);
	ut_assert_error(&e, "GVM_E_VFS_FULL", ENOSPC);
	assert_int_equal(n_records(fk), 2);
	assert_int_equal(set(fk, PF, "vfs", "0", true, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VFS_IN_USE", EBUSY);
	assert_int_equal(fk->pci->numvfs, 2);
	assert_int_equal(destroy(fk, "a", NULL), 0);
	assert_int_equal(destroy(fk, "b", NULL), 0);
	fkp_set_vfs(fk, 0);
	assert_int_equal(create(fk, "vf", PF, "a", &e), -ENOSPC);
	ut_assert_error(&e, "GVM_E_NO_VFS", ENOSPC);
}

/** @brief Of a vGPU whose VF lost its VFIO driver: nobody else gets it, and what has it keeps it. @param state room */
static void lost_but_claimed(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	assert_int_equal(create(fk, "vf", PF, "a", NULL), 0);
	fkp_bind(fk, VF1, "vf-drv", "");
	assert_int_equal(set(fk, PF, "driver", "vfio-pci", true, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	assert_int_equal(create(fk, "vf", PF, "b", NULL), 0);
	fkp_assert(fk, VF2, "vfio-pci", "vfio-pci");
	assert_int_equal(create(fk, "vf", PF, "c", &e), -ENOSPC);
	ut_assert_error(&e, "GVM_E_VFS_FULL", ENOSPC);
	assert_int_equal(destroy(fk, "a", NULL), 0);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(create(fk, "vf", PF, "c", NULL), 0);
	fkp_assert(fk, VF1, "vfio-pci", "vfio-pci");
	assert_int_equal(create(fk, "whole", CARD, "w", NULL), 0);
	fkp_bind(fk, CARD, "gpu-drv", "");
	assert_int_equal(create(fk, "whole", CARD, "x", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	ut_assert_holds(e.message, "vGPU w");
	/* The other function still has VFIO, and is given back. */
	assert_int_equal(destroy(fk, "w", NULL), 0);
	fkp_assert(fk, CARD, "gpu-drv", "");
	fkp_assert(fk, SOUND, "snd-drv", "");
}

/** @brief What one function of a card was asked for is all of the card: by its others, too. @param state room */
static void card_by_its_other_function(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_inventory *inv = NULL;
	struct gvm_error e = { 0 };

	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	assert_int_equal(create(fk, "whole", SOUND, "b", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_TAKEN", EBUSY);
	/* Also when another driver has it by hand: it is given back with the first one. */
	fkp_bind(fk, SOUND, "snd-drv", "");
	assert_int_equal(create(fk, "whole", SOUND, "b", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	ut_assert_holds(e.message, "vGPU a");
	assert_int_equal(set(fk, SOUND, "driver", "vfio-pci", true, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	assert_int_equal(fk->n_writes, 0);
	/* VFs of one function are in the way of all. */
	fkp_add(fk, "0000:3b:00.7", "0x040300", "snd-drv", 8);
	assert_int_equal(create(fk, "whole", "0000:3b:00.7", "b", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VFS_ENABLED", EBUSY);
	assert_string_equal(e.object, PF);
	assert_int_equal(destroy(fk, "a", NULL), 0);
	assert_int_equal(create(fk, "whole", SOUND, "b", NULL), 0);
	fkp_assert(fk, CARD, "vfio-pci", "vfio-pci");
	/* It is one vGPU, by whichever function: the display is not another. */
	assert_int_equal(gvm_inventory_read(&fk->ctx, GVM_INV_VGPUS, NULL, &inv, NULL), 0);
	assert_int_equal(inv->n_vgpus, 1);
	assert_string_equal(inv->vgpus[0].name, "b");
	gvm_inventory_free(inv);
}

/** @brief Let a function have a network interface that is up, or take that away. @param fk kernel @param address function @param up which */
static void set_interface(struct fake_kernel *fk, const char *address, bool up)
{
	char target[80], path[120];

	snprintf(target, sizeof(target), "../../devices/pci0000:00/%s/net/eth0", address);
	if (!ut_exists(fk->root, "sys/class/net/eth0"))
		ut_link(fk->root, "sys/class/net/eth0", target);
	snprintf(path, sizeof(path), "sys/%s/flags", target + strlen("../../"));
	ut_write(fk->root, path, up ? "0x1003\n" : "0x1002\n");
}

/** @brief What the host uses stays with it, unless that is forced: any function of a card, and a VF. @param state room */
static void host_uses(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "vf", .gpu = VF1, .name = "f", .force = true };
	struct gvm_vgpu_record r;
	struct gvm_error e = { 0 };
	char link[UT_PATH];

	set_interface(fk, SOUND, true);
	assert_int_equal(create(fk, "whole", CARD, "a", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HOST_USES", EBUSY);
	assert_string_equal(e.object, SOUND);
	ut_assert_holds(e.message, SOUND " has network interface eth0, which is up");
	assert_int_equal(set(fk, SOUND, "driver", "vfio-pci", false, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HOST_USES", EBUSY);
	assert_int_equal(fk->n_writes, 0);
	set_interface(fk, SOUND, false);
	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	ut_path(link, fk->root, "sys/class/net/eth0");
	assert_int_equal(remove(link), 0);
	/* Where any VF will do, the next one. */
	set_interface(fk, VF1, true);
	assert_int_equal(create(fk, "vf", VF1, "b", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HOST_USES", EBUSY);
	assert_int_equal(create(fk, "vf", PF, "b", NULL), 0);
	fkp_assert(fk, VF2, "vfio-pci", "vfio-pci");
	assert_int_equal(create(fk, "vf", PF, "c", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_HOST_USES", EBUSY);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	fkp_assert(fk, VF1, "vfio-pci", "vfio-pci");
}

/** @brief A definition that names a VF is that VF, or nothing. @param state room */
static void defined_vf(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_definition d = { .name = "desk", .type = "virtual function" };
	struct gvm_error e = { 0 };
	char set_gpu[] = "gpu=" PF, *settings[] = { set_gpu };
	const struct gvm_definition_change any = { .settings = settings, .n = 1 };

	assert_int_equal(gvm_definition_set_gpu(&fk->ctx, &d, "3b:0.2", NULL), 0);
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, NULL), 0);
	assert_string_equal(d.gpu, PF);
	assert_string_equal(d.vf, VF2);
	assert_string_equal(d.type, "vf");
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	fkp_assert(fk, VF2, "vfio-pci", "vfio-pci");
	fkp_assert(fk, VF1, "vf-drv", "");
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 1);
	assert_int_equal(gvm_definition_stop(&fk->ctx, "desk", NULL), 0);
	/* It is another's now, or not there: no other is taken for it. */
	assert_int_equal(create(fk, "vf", VF2, "x", NULL), 0);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VF_TAKEN", EBUSY);
	assert_int_equal(destroy(fk, "x", NULL), 0);
	fkp_set_vfs(fk, 0);
	fkp_set_vfs(fk, 1);
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, &e), -ENOSPC);
	ut_assert_error(&e, "GVM_E_NO_VFS", ENOSPC);
	ut_assert_holds(e.message, VF2);
	/* Any will do again. */
	assert_int_equal(gvm_definition_set(&fk->ctx, "desk", &any, false, &d, NULL), 0);
	assert_string_equal(d.vf, "");
	assert_int_equal(gvm_definition_start(&fk->ctx, &d, NULL), 0);
	fkp_assert(fk, VF1, "vfio-pci", "vfio-pci");
}

/** @brief Another driver took it meanwhile: it keeps it; only our override goes. @param state room */
static void taken_by_other(void **state)
{
	struct fake_kernel *fk = *state;

	assert_int_equal(create(fk, "vf", PF, "a", NULL), 0);
	fkp_bind(fk, VF1, "snd-drv", "vfio-pci");
	assert_int_equal(destroy(fk, "a", NULL), 0);
	fkp_assert(fk, VF1, "snd-drv", "");
	assert_int_equal(create(fk, "vf", PF, "b", NULL), 0);
	fkp_set_vfs(fk, 0);
	assert_int_equal(destroy(fk, "b", NULL), 0);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(n_records(fk), 0);
}

/** @brief A group with a member on a driver of the host is not viable; without driver it is. @param state room */
static void group(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_error e = { 0 };

	fkp_add(fk, "0000:60:00.0", "0x020000", "snd-drv", 20);
	fkp_add(fk, "0000:5d:00.0", "0x060400", "snd-drv", 20);
	assert_int_equal(create(fk, "whole", CARD, "a", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GROUP_NOT_VIABLE", EBUSY);
	ut_assert_holds(e.message, "group 20 of " CARD " is not viable: 0000:60:00.0 (snd-drv)");
	assert_null(strstr(e.message, "5d:00"));
	assert_int_equal(fk->n_writes, 0);
	fkp_bind(fk, "0000:60:00.0", NULL, "");
	assert_int_equal(create(fk, "whole", CARD, "a", NULL), 0);
	fkp_assert(fk, "0000:5d:00.0", "snd-drv", "");
}

/** @brief Functions have no parameters: that is told before anything is done, also of a definition. @param state room */
static void no_params(void **state)
{
	struct gvm_params params = { .n = 1, .items = { { "power/control", "on" } } };
	struct gvm_definition d = { .name = "d", .type = "vf", .gpu = PF, .params = params };
	struct gvm_vgpu_request q = { .name = "a", .params = &params };
	struct gvm_definition_change change = { .n = 0, .params = params };
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_record r;
	struct gvm_error e = { 0 };

	fk->n_writes = 0;
	q.type = "vf";
	q.gpu = PF;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, &e), -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_PARAM_NONE", EOPNOTSUPP);
	q.type = "whole";
	q.gpu = CARD;
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, &e), -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_PARAM_NONE", EOPNOTSUPP);
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, &e), -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_PARAM_NONE", EOPNOTSUPP);
	d.params.n = 0;
	assert_int_equal(gvm_definition_define(&fk->ctx, &d, false, NULL), 0);
	assert_int_equal(gvm_definition_set(&fk->ctx, "d", &change, false, &d, &e), -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_PARAM_NONE", EOPNOTSUPP);
	assert_int_equal(fk->n_writes, 0);
	assert_int_equal(n_records(fk), 0);
}

/** @brief A GPU that has vGPUs of another kind, VFs, or the host's picture, stays with the host. @param state room */
static void whole_refused(void **state)
{
	struct fake_kernel *fk = *state;
	struct gvm_vgpu_request q = { .type = "whole", .gpu = CARD, .name = "b", .force = true };
	struct gvm_vgpu_record r;
	struct gvm_error e = { 0 };

	assert_int_equal(create(fk, "whole", PF, "a", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_VFS_ENABLED", EBUSY);
	ut_write(fk->root, "sys/bus/pci/devices/" CARD "/boot_vga", "1\n");
	assert_int_equal(create(fk, "whole", CARD, "a", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_BOOT_DISPLAY", EBUSY);
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, NULL), 0);
	assert_int_equal(create(fk, "whole", CARD, "a", &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_TAKEN", EBUSY);
	assert_int_equal(destroy(fk, "b", NULL), 0);
	/* One that mediates, too. */
	fk_add_parent(fk, "0000:70:00.0", 4);
	fk_add_type(fk, 0, "t-small", "Small One", 1);
	fkp_add(fk, "0000:70:00.0", "0x030000", "gpu-drv", 21);
	fk_make(fk, 0, 0, UT_UUID_1);
	q.gpu = "0000:70:00.0";
	assert_int_equal(gvm_vgpu_create(&fk->ctx, &q, NULL, &r, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	assert_int_equal(set(fk, q.gpu, "driver", "vfio-pci", true, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_GPU_HAS_VGPUS", EBUSY);
	fkp_assert(fk, q.gpu, "gpu-drv", "");
}

/** @brief Nothing of a record that is not as GVM writes it becomes a path. @param state room */
static void hostile_records(void **state)
{
	struct fake_kernel *fk = *state;
	static const char *const functions[] = {
		"{}",
		"[1]",
		"[{}]",
		"[{'address':'" VF1 "','vfio':'vfio-pci','driver':''}]",
		"[{'address':'" VF1 "','vfio':'','driver':'','override':''}]",
		"[{'address':'" VF1 "','vfio':'../x','driver':'','override':''}]",
		"[{'address':'" VF1 "','vfio':'..','driver':'','override':''}]",
		"[{'address':'" VF1 "','vfio':'vfio-pci','driver':'a/b','override':''}]",
		"[{'address':'" VF1 "','vfio':'vfio-pci','driver':'.','override':''}]",
		"[{'address':'" VF1 "','vfio':'vfio-pci','driver':'','override':'a\\nb'}]",
		"[{'address':'3b:00.1','vfio':'vfio-pci','driver':'','override':''}]",
		"[{'address':'../..','vfio':'vfio-pci','driver':'','override':''}]",
		"[{'address':'" VF1 "','vfio':7,'driver':'','override':''}]",
	};
	char text[1200], *c, address[16];
	size_t i, len;

	for (i = 0; i <= UT_COUNT(functions); i++) {
		GVM_AUTOJSON struct json_object *o = NULL;
		struct gvm_vgpu_record r;

		len = (size_t)snprintf(text, sizeof(text),
				       "{'name':'a','uuid':'" UT_UUID_1 "','gpu':'" PF
				       "','type':'vf','method':'sriov','functions':");
		if (i < UT_COUNT(functions)) {
			snprintf(text + len, sizeof(text) - len, "%s}", functions[i]);
		} else {
			/* One more than a card has. */
			size_t k;

			for (k = 0; k < 9; k++) {
				snprintf(address, sizeof(address), "0000:3b:0%zu.0", k);
				len += (size_t)snprintf(
					text + len, sizeof(text) - len,
					"%c{'address':'%s','vfio':'v','driver':'','override':''}",
					k ? ',' : '[', address);
			}
			snprintf(text + len, sizeof(text) - len, "]}");
		}
		for (c = text; *c; c++)
			if (*c == '\'')
				*c = '"';
		assert_int_equal(gvm_json_parse(text, strlen(text), &o), 0);
		assert_int_equal(gvm_vgpu_record_parse(o, &r), -EBADMSG);
		/* In the store, it is not acted upon. */
		ut_write(fk->root, "run/gvm/vgpu/a.json", "%s\n", text);
		fk->n_writes = 0;
		assert_true(destroy(fk, "a", NULL) < 0);
		assert_int_equal(fk->n_writes, 0);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fkp_teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(as_before),
		TEST(whole_card),
		TEST(create_refused),
		TEST(destroy_refused),
		TEST(undo_refused),
		TEST(blocked),
		TEST(probe_binds_nothing),
		TEST(driver_refuses_back),
		TEST(set_under_vgpu),
		TEST(unbind_unbinds_nothing),
		TEST(number_of_vfs),
		TEST(short_count),
		TEST(answers),
		TEST(refused_at_once),
		TEST(driver_refused),
		TEST(variant),
		TEST(no_vf),
		TEST(lost_but_claimed),
		TEST(card_by_its_other_function),
		TEST(defined_vf),
		TEST(host_uses),
		TEST(taken_by_other),
		TEST(group),
		TEST(whole_refused),
		TEST(no_params),
		TEST(hostile_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
