/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file lend.h
 * @brief VFIO nodes that are lent to a VM's user while the VM opens them, noted under the VM's lock.
 *
 * A gvm that is killed meanwhile leaves the note; whoever locks the VM next takes the nodes back, and gvm_collect() does.
 */
#ifndef GVM_CORE_LEND_H
#define GVM_CORE_LEND_H

#include <stdbool.h>
#include <sys/types.h>

#include "attach.h"
#include "context.h"

/** What the names of the VMs' locks begin with; the VM's name follows. */
#define GVM_VM_LOCK "vm-"

/**
 * @brief Lock a VM, and take back what a gvm that was killed had lent to it.
 * @param ctx context
 * @param name of the VM
 * @param wait for whoever holds the lock
 * @param e detail
 * @return handle for the store's unlock, or a negative errno
 * @restriction root; live machine
 * @sideeffect may change the owners of nodes; that, and what cannot be taken back, is logged
 * @failure EWOULDBLOCK when it is held and not waited for, GVM_E_STORE
 */
int gvm_vm_lock(struct gvm_ctx *ctx, const char *name, bool wait, struct gvm_error *e);

/**
 * @brief The same for a VM that gvm did not start, and wait: by its process.
 *
 * Its name may be anything. Some processes share a lock, for lock files stay.
 * @param ctx context
 * @param pid of the VM
 * @param e detail
 * @return as gvm_vm_lock()
 * @restriction as gvm_vm_lock()
 * @sideeffect as gvm_vm_lock()
 * @failure as gvm_vm_lock()
 */
int gvm_vm_lock_process(struct gvm_ctx *ctx, pid_t pid, struct gvm_error *e);

/**
 * @brief Note what a hypervisor is about to lend.
 * @param ctx context
 * @param lock of the VM
 * @param specs vGPUs
 * @param n how many
 * @param e detail
 * @return 0 or a negative errno
 * @restriction gvm_gpu_note_done() when it is over
 * @sideeffect none
 * @failure ENOMEM, GVM_E_STORE
 */
int gvm_lend_note(struct gvm_ctx *ctx, int lock, const struct gvm_attach_spec *specs, size_t n,
		  struct gvm_error *e);


#endif
