/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Making and removing vGPUs, and collecting what the dead left behind.
 */
#ifndef GVM_CORE_CHANGE_H
#define GVM_CORE_CHANGE_H

#include "context.h"
#include "plan.h"
#include "record.h"

/** What a person asks for. */
struct gvm_vgpu_request {
	const char *type;                /**< id or full name */
	const char *gpu;                 /**< any name of a GPU, or NULL: the one with most room */
	const char *name;                /**< or NULL: made from the UUID */
	const char *uuid;                /**< in any case, or NULL: random */
	bool force;                      /**< take a device although the host uses it */
	const struct gvm_params *params; /**< or NULL; those of an own type come before them */
	/** A definition knows it by its UUID: what is made by one write is recorded only afterwards. */
	bool defined;
};

/**
 * @brief Plan the making of a vGPU; nothing is changed.
 * @param ctx context
 * @param request what is asked for
 * @param plan result: the steps are appended
 * @param ret what it will be
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EINVAL (GVM_E_NAME_INVALID, GVM_E_UUID_INVALID), ENOENT (GVM_E_GPU_NOT_FOUND,
 *          GVM_E_TYPE_NOT_FOUND), those of gvm_vgpu_takes_params()
 */
int gvm_vgpu_plan_create(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
			 struct gvm_plan *plan, struct gvm_vgpu_record *ret, struct gvm_error *e);

/** A GPU of which something is changed: locked, and read once for all that follows. */
struct gvm_gpu_change {
	char id[GVM_NAME_SIZE];
	int lock;                  /**< from gvm_gpu_lock(); -1: there is no such GPU */
	struct gvm_inventory *inv; /**< of the GPU alone, without vGPUs */
	bool left_over;            /**< the last change is half done: end, and begin anew to have it undone */
	bool record_later;         /**< the caller does, by gvm_vgpu_record_started() */
	/* What was chosen last, and from which request's type. */
	char type_asked[GVM_NAME_SIZE];
	char type[GVM_NAME_SIZE];
	const struct gvm_vendor *vendor;
};

/**
 * @brief Begin to change a GPU: lock it, and read it.
 * @param ctx context
 * @param gpu id of the GPU; that it does not exist is told by what follows
 * @param ret result, to be ended; untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; waits for whoever has the lock; one GPU at a time
 * @sideeffect those of gvm_gpu_lock()
 * @failure those of gvm_inventory_read() and gvm_gpu_lock()
 */
int gvm_gpu_change_begin(struct gvm_ctx *ctx, const char *gpu, struct gvm_gpu_change *ret,
			 struct gvm_error *e);

/** @brief End: unlock and free. @param ctx context @param g begun @restriction none @sideeffect none @failure none */
void gvm_gpu_change_end(struct gvm_ctx *ctx, struct gvm_gpu_change *g);

/**
 * @brief Make a vGPU on a GPU that is being changed.
 * @param ctx context
 * @param g the GPU; the request names it, or a function of it
 * @param request what is asked for
 * @param owner as for gvm_vgpu_create()
 * @param ret what was made
 * @param e detail
 * @return 0 or a negative errno
 * @restriction as gvm_vgpu_create()
 * @sideeffect as gvm_vgpu_create()
 * @failure as gvm_vgpu_create()
 */
int gvm_vgpu_create_on(struct gvm_ctx *ctx, struct gvm_gpu_change *g,
		       const struct gvm_vgpu_request *request, const struct gvm_proc *owner,
		       struct gvm_vgpu_record *ret, struct gvm_error *e);

/**
 * @brief Can a vGPU of this method have the parameters it is to have?
 * @param ctx context
 * @param method name of a vendor
 * @param params parameters
 * @param name of the vGPU or type, for messages
 * @param e detail
 * @return 0 or -EOPNOTSUPP
 * @restriction which parameters there are, only the driver knows, once the vGPU is there
 * @sideeffect none
 * @failure EOPNOTSUPP (GVM_E_PARAM_NONE)
 */
int gvm_vgpu_takes_params(const struct gvm_ctx *ctx, const char *method,
			  const struct gvm_params *params, const char *name, struct gvm_error *e);

/**
 * @brief Make a vGPU.
 * @param ctx context
 * @param request what is asked for
 * @param owner the process it goes with, or NULL: it stays until it is destroyed
 * @param ret what was made
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, and a record to the store; takes the GPU's lock
 * @failure those of gvm_vgpu_plan_create() and gvm_apply(); EEXIST (GVM_E_NAME_TAKEN)
 */
int gvm_vgpu_create(struct gvm_ctx *ctx, const struct gvm_vgpu_request *request,
		    const struct gvm_proc *owner, struct gvm_vgpu_record *ret, struct gvm_error *e);

/**
 * @brief Record a vGPU that has a definition and was made: so that it is known as lost when it goes.
 * @param ctx context
 * @param made what gvm_vgpu_create_on() made
 * @restriction under its GPU's lock
 * @sideeffect writes its record, also in the place of one of the same vGPU
 * @failure none: what cannot be saved is logged, and the vGPU is active all the same
 */
void gvm_vgpu_record_started(struct gvm_ctx *ctx, const struct gvm_vgpu_record *made);

/**
 * @brief Plan the removal of a vGPU; nothing is changed.
 * @param ctx context
 * @param name name or UUID
 * @param foreign also when gvm did not make it
 * @param plan result: the steps are appended; none for a vGPU that is lost
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_VGPU_NOT_FOUND), EBUSY (GVM_E_HELD, with the holder), EPERM (GVM_E_FOREIGN)
 */
int gvm_vgpu_plan_destroy(struct gvm_ctx *ctx, const char *name, bool foreign,
			  struct gvm_plan *plan, struct gvm_error *e);

/**
 * @brief Remove a vGPU.
 * @param ctx context
 * @param name name or UUID
 * @param foreign also when gvm did not make it
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, removes the record; takes the GPU's lock
 * @failure those of gvm_vgpu_plan_destroy() and gvm_apply()
 */
int gvm_vgpu_destroy(struct gvm_ctx *ctx, const char *name, bool foreign, struct gvm_error *e);

/**
 * @brief Remove a vGPU that gvm made, if it is still that one: its name may be another's by now.
 * @param ctx context
 * @param made its record as it was
 * @param dead_only only if its owner does not live
 * @param e detail
 * @return 0, also when it is gone or another's; or a negative errno
 * @restriction root; live machine
 * @sideeffect as gvm_vgpu_destroy()
 * @failure EBUSY (GVM_E_HELD, with the holder), those of gvm_apply()
 */
int gvm_vgpu_destroy_made(struct gvm_ctx *ctx, const struct gvm_vgpu_record *made, bool dead_only,
			  struct gvm_error *e);

/**
 * @brief Remove a vGPU that has a definition, whoever made it.
 * @param ctx context
 * @param found its record; without one, name, UUID, GPU and method as they were seen, and no type
 * @param e detail
 * @return 0, 1 when it is gone or another's, or a negative errno
 * @restriction root; live machine
 * @sideeffect as gvm_vgpu_destroy()
 * @failure EBUSY (GVM_E_HELD, with the holder), those of gvm_apply()
 */
int gvm_vgpu_destroy_defined(struct gvm_ctx *ctx, const struct gvm_vgpu_record *found,
			     struct gvm_error *e);

/**
 * @brief The record of a vGPU that was read: the one in the store, or for one that has none what was seen.
 * @param ctx context
 * @param v vGPU
 * @param ret result; without a type when there is no record
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure those of the store's load(), but not ENOENT; ENODEV for a function that is gone
 */
int gvm_vgpu_record_of(struct gvm_ctx *ctx, const struct gvm_vgpu *v, struct gvm_vgpu_record *ret);

/**
 * @brief Remove the record of a vGPU that is lost, if it is: it may have been made again meanwhile.
 * @param ctx context
 * @param made its record as it was
 * @param e detail
 * @return 0 when it has no record any more, -EEXIST when the vGPU is there, or another -errno
 * @restriction root; live machine
 * @sideeffect takes the GPU's lock
 * @failure those of gvm_gpu_lock() and of planning its removal
 */
int gvm_vgpu_drop_lost(struct gvm_ctx *ctx, const struct gvm_vgpu_record *made,
		       struct gvm_error *e);

/**
 * @brief Is this vGPU's record still in the store? Its name may be another's by now.
 * @param ctx context
 * @param r its record as it was
 * @param now result: as it is
 * @return yes or no
 * @restriction the answer stays true while the GPU is locked
 * @sideeffect none
 * @failure none
 */
bool gvm_vgpu_has_record(struct gvm_ctx *ctx, const struct gvm_vgpu_record *r,
			 struct gvm_vgpu_record *now);

/**
 * @brief Remove a vGPU and its record, its GPU being locked.
 * @param ctx context
 * @param record which: under the lock it was seen to be in the store, or the vGPU is foreign
 * @param lock from gvm_gpu_lock()
 * @param e detail
 * @return 0, also when it is gone already; or a negative errno
 * @restriction root; live machine
 * @sideeffect writes to the kernel, notes it under the lock, removes the record
 * @failure EBUSY (GVM_E_HELD, with the holder), those of gvm_apply()
 */
int gvm_vgpu_remove_locked(struct gvm_ctx *ctx, const struct gvm_vgpu_record *record, int lock,
			   struct gvm_error *e);

/**
 * @brief Give a vGPU to another owner.
 * @param ctx context
 * @param record the vGPU, changed
 * @param owner process it goes with from now on
 * @param e detail
 * @return 0 or a negative errno
 * @restriction the vGPU is ours
 * @sideeffect writes its record
 * @failure errors of the store
 */
int gvm_vgpu_set_owner(struct gvm_ctx *ctx, struct gvm_vgpu_record *record,
		       const struct gvm_proc *owner, struct gvm_error *e);

/**
 * @brief Remove a VM's record and folder if its process is gone, or is the one given.
 * @param ctx context
 * @param name VM
 * @param proc process that counts as gone, or NULL
 * @restriction the caller holds the VM's lock
 * @sideeffect writes to the store
 * @failure none: a record of a process that lives stays
 */
void gvm_vm_forget(struct gvm_ctx *ctx, const char *name, const struct gvm_proc *proc);

/**
 * @brief Remove what belongs to processes that are gone: their vGPUs, their VMs' records.
 * @param ctx context
 * @restriction root; every changing command does this first
 * @sideeffect writes to the kernel and the store; what cannot go now is left for the next time
 * @failure none: what goes wrong is logged
 */
void gvm_collect(struct gvm_ctx *ctx);

#endif
