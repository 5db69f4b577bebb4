/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vm_run.h
 * @brief Running a VM with its vGPUs, and staying with it until it ends.
 */
#ifndef GVM_CORE_VM_RUN_H
#define GVM_CORE_VM_RUN_H

#include "context.h"
#include "hypervisor.h"
#include "record.h"
#include "vm_file.h"

/** A VM being run. */
struct gvm_vm_run {
	const struct gvm_hypervisor *hypervisor;
	struct gvm_vm_start start;
	struct gvm_vm_record record;
	struct gvm_attach_spec specs[GVM_VM_MAX_VGPUS];
	struct gvm_vgpu_record made[GVM_VM_MAX_VGPUS]; /**< vGPUs made for this run */
	size_t n_made;
};

/**
 * @brief The command line that would run a VM; nothing is made.
 * @param ctx context
 * @param file VM file
 * @param argv result, ended by NULL, to be freed with gvm_strv_free()
 * @param e detail
 * @return 0 or a negative errno
 * @restriction vGPUs to be made appear as {VM-N}, and with no display, which only they can tell
 * @sideeffect asks KVM whether it works
 * @failure those of finding vGPUs and of the hypervisor's command
 */
int gvm_vm_command(struct gvm_ctx *ctx, const struct gvm_vm_file *file, char ***argv,
		   struct gvm_error *e);

/**
 * @brief Make the vGPUs of a VM and start it.
 * @param ctx context
 * @param file VM file, which must outlive the run
 * @param run result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect makes vGPUs, starts a process, writes records; all undone on failure
 * @failure EBUSY (GVM_E_VM_RUNNING, GVM_E_HELD), those of gvm_vgpu_create() and of the hypervisor
 */
int gvm_vm_start(struct gvm_ctx *ctx, const struct gvm_vm_file *file, struct gvm_vm_run *run,
		 struct gvm_error *e);

/**
 * @brief Keep SIGTERM, SIGINT and SIGHUP for gvm_vm_supervise(): call it before gvm_vm_start().
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect blocks those signals for this process
 * @failure errors of sigprocmask(2)
 */
int gvm_vm_block_signals(void);

/**
 * @brief Stay with a VM until it ends. SIGTERM, SIGINT or SIGHUP shuts it down; a second one ends
 *        QEMU at once, a third one kills it.
 * @param ctx context
 * @param run VM
 * @param timeout_s how long the guest may take to shut down, in seconds
 * @param e detail
 * @return 0 when it has ended, or a negative errno
 * @restriction after gvm_vm_block_signals()
 * @sideeffect as gvm_vm_stop()
 * @failure errors of pidfd_open(2) and signalfd(2)
 */
int gvm_vm_supervise(struct gvm_ctx *ctx, struct gvm_vm_run *run, unsigned int timeout_s,
		     struct gvm_error *e);

/**
 * @brief Remove what was made for a run, once its VM has ended.
 * @param ctx context
 * @param run VM
 * @param e detail of the first failure
 * @return 0 or a negative errno
 * @restriction root
 * @sideeffect removes vGPUs and records
 * @failure those of gvm_vgpu_destroy()
 */
int gvm_vm_finish(struct gvm_ctx *ctx, struct gvm_vm_run *run, struct gvm_error *e);

/** How a VM came to its end. */
enum gvm_vm_end { GVM_VM_SHUT_DOWN, GVM_VM_QUIT, GVM_VM_KILLED };

/**
 * @brief Ask a VM's guest to shut down, and insist when it does not.
 * @param ctx context
 * @param hv its hypervisor
 * @param dir its folder
 * @param proc its process
 * @param timeout_s how long the guest may take, in seconds
 * @param end how it ended
 * @param e detail
 * @return 0 when it has ended, or a negative errno
 * @restriction root
 * @sideeffect ends the VM; at last by SIGKILL
 * @failure ETIMEDOUT when even that did not end it; errors of pidfd_open(2)
 */
int gvm_vm_end(struct gvm_ctx *ctx, const struct gvm_hypervisor *hv, const char *dir,
	       const struct gvm_proc *proc, unsigned int timeout_s, enum gvm_vm_end *end,
	       struct gvm_error *e);

#endif
