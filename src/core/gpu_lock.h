/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file gpu_lock.h
 * @brief The lock that whoever changes a GPU holds, and the note of what he is doing under it.
 *
 * The note is the record of one vGPU, which is being made or removed while it stands, or the plan that
 * changes the GPU's settings. Whoever takes the lock and finds a note of somebody who was killed
 * removes that vGPU first, or undoes those settings.
 */
#ifndef GVM_CORE_GPU_LOCK_H
#define GVM_CORE_GPU_LOCK_H

#include <json-c/json.h>

#include "context.h"

/**
 * @brief Lock a GPU, and finish what somebody who was killed left half done on it.
 *
 * A PCI function is locked with all others of its card: whoever takes the whole card takes them too.
 * @param ctx context
 * @param gpu id of the GPU; empty for a vGPU whose GPU is not known
 * @param e detail
 * @return handle for gvm_gpu_unlock(), or a negative errno
 * @restriction root; waits for the holder
 * @sideeffect may remove a vGPU, or undo settings; what cannot be done stays and is logged
 * @failure GVM_E_STORE
 */
int gvm_gpu_lock(struct gvm_ctx *ctx, const char *gpu, struct gvm_error *e);

/**
 * @brief Note under the lock what is being done; also under that of a VM, see lend.h.
 * @param ctx context
 * @param lock from gvm_gpu_lock()
 * @param record of the vGPU that is made or removed, or gvm_plan_note(); NULL (out of memory) fails
 * @param e detail
 * @return 0 or a negative errno
 * @restriction one note at a time
 * @sideeffect none
 * @failure ENOMEM, GVM_E_STORE
 */
int gvm_gpu_note(struct gvm_ctx *ctx, int lock, struct json_object *record, struct gvm_error *e);

/** @brief Take the note away: nothing is half done. @param ctx context @param lock from gvm_gpu_lock()
 *  @restriction none @sideeffect none @failure none */
void gvm_gpu_note_done(struct gvm_ctx *ctx, int lock);

/**
 * @brief Unlock.
 * @param ctx context
 * @param lock from gvm_gpu_lock()
 * @param done nothing is half done: take the note away
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_gpu_unlock(struct gvm_ctx *ctx, int lock, bool done);

#endif
