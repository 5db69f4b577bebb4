// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_lock.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "apply.h"
#include "change.h"
#include "json.h"
#include "store.h"
#include "str.h"

/**
 * @brief What cannot be removed now gets an owner who does not live: every later change tries again.
 * @param ctx context @param record vGPU @param e why
 */
static void leave_to_others(struct gvm_ctx *ctx, struct gvm_vgpu_record *record,
			    const struct gvm_error *e)
{
	/* No process has this id: the kernel's are at most 4194304 (documented, proc(5), pid_max). */
	static const struct gvm_proc nobody = { INT32_MAX, 1 };

	gvm_log(ctx, "left half done: vGPU %s: %s", record->name, e->message);
	gvm_vgpu_set_owner(ctx, record, &nobody, NULL);
}

/** @brief Undo settings that somebody who was killed was changing. @param ctx context @param gpu id @param o note @return 0, or -errno when it is none */
static int end_settings(struct gvm_ctx *ctx, const char *gpu, struct json_object *o)
{
	struct gvm_plan plan;
	int r = gvm_plan_parse(o, &plan);

	if (r < 0)
		return r;
	r = gvm_plan_end(ctx, &plan);
	if (r < 0)
		gvm_log(ctx, "settings of GPU %s were left half done, and stay so: %s", gpu,
			gvm_errno_name(r));
	else
		gvm_log(ctx, "ended what was left half done of GPU %s's settings", gpu);
	return 0;
}

/** @brief End what somebody who was killed was doing. @param ctx context @param gpu id @param lock held */
static void finish_noted(struct gvm_ctx *ctx, const char *gpu, int lock)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_vgpu_record record, now;
	struct gvm_error e = { 0 };
	int r;

	if (ctx->store->ops->noted(ctx->store, lock, &o) == -ENOENT)
		return;
	r = end_settings(ctx, gpu, o);
	if (r == -EBADMSG || (r < 0 && gvm_vgpu_record_parse(o, &record) < 0))
		gvm_log(ctx, "the note in a GPU's lock file is damaged: ignored");
	else if (r == 0)
		;
	else if (!gvm_vgpu_has_record(ctx, &record, &now))
		/* Its record comes before the vGPU and goes after it: there is none. */
		gvm_log(ctx, "vGPU %s was not begun, or is gone", record.name);
	else if (gvm_vgpu_remove_locked(ctx, &now, lock, &e) < 0)
		leave_to_others(ctx, &now, &e);
	else
		gvm_log(ctx, "removed vGPU %s, which was left half done", record.name);
	ctx->store->ops->note(ctx->store, lock, NULL);
}

/** @brief The name of a GPU's lock: for PCI that of its card's first function. @param gpu id @param name result */
static void lock_name(const char *gpu, char name[GVM_NAME_SIZE + 8])
{
	char card[GVM_PCI_ADDR_SIZE];
	struct gvm_pci_addr address;

	if (gvm_pci_parse(gpu, &address) == 0) {
		address.function = 0;
		gvm_pci_format(&address, card);
		gpu = card;
	}
	snprintf(name, GVM_NAME_SIZE + 8, "gpu-%s", gpu);
}

int gvm_gpu_lock(struct gvm_ctx *ctx, const char *gpu, struct gvm_error *e)
{
	char name[GVM_NAME_SIZE + 8];
	int lock;

	lock_name(gpu, name);
	lock = ctx->store->ops->lock(ctx->store, name, true);
	if (lock < 0)
		gvm_error_set(e, "GVM_E_STORE", -lock, "cannot lock GPU %s: %s", gpu,
			      gvm_errno_name(lock));
	else
		finish_noted(ctx, gpu, lock);
	return lock;
}

int gvm_gpu_note(struct gvm_ctx *ctx, int lock, struct json_object *record, struct gvm_error *e)
{
	int r = record ? ctx->store->ops->note(ctx->store, lock, record) : -ENOMEM;

	return r < 0 ? gvm_error_set(e, "GVM_E_STORE", -r, "cannot note what is done: %s",
				     gvm_errno_name(r))
		     : 0;
}

void gvm_gpu_note_done(struct gvm_ctx *ctx, int lock)
{
	ctx->store->ops->note(ctx->store, lock, NULL);
}

void gvm_gpu_unlock(struct gvm_ctx *ctx, int lock, bool done)
{
	if (done)
		gvm_gpu_note_done(ctx, lock);
	ctx->store->ops->unlock(ctx->store, lock);
}
