/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file pin.h
 * @brief vCPUs pinned to CPUs of the host, near the GPU, from outside of QEMU.
 */
#ifndef GVM_QEMU_PIN_H
#define GVM_QEMU_PIN_H

#include <sched.h>

#include "hypervisor.h"

/** CPUs that vCPUs are pinned to, in the order of vCPUs. */
struct gvm_qemu_pin {
	unsigned int n; /**< 0: they are not pinned */
	short cpu[CPU_SETSIZE];
};

/**
 * @brief Choose CPUs: those with the fewest vCPUs on them, then the lowest.
 * @param may CPUs to choose from
 * @param load vCPUs already pinned to each CPU
 * @param n how many are wanted
 * @param pin result, untouched on failure
 * @return 0 or -ENOSPC
 * @restriction pure
 * @sideeffect none
 * @failure ENOSPC when there are fewer
 */
int gvm_qemu_pin_choose(const cpu_set_t *may, const unsigned int load[CPU_SETSIZE], unsigned int n,
			struct gvm_qemu_pin *pin);

/**
 * @brief Plan the pinning of a VM.
 * @param ctx context
 * @param start VM; its pin: may be auto, which takes the CPUs near its first vGPU's GPU
 * @param pin result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction other VMs of gvm are considered, nothing else that runs
 * @sideeffect none
 * @failure ENOSPC (GVM_E_PIN)
 */
int gvm_qemu_pin_plan(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
		      struct gvm_qemu_pin *pin, struct gvm_error *e);

/**
 * @brief Pin the vCPUs of a QEMU that runs.
 * @param ctx context
 * @param dir the VM's folder
 * @param pid QEMU
 * @param pin plan
 * @param e detail
 * @return 0 or a negative errno
 * @restriction QEMU's answers are not trusted: only its own threads are pinned
 * @sideeffect sets, and reads back, the threads' affinity
 * @failure errors of QMP; EPROTO, errors of sched_setaffinity(2) (GVM_E_PIN)
 */
int gvm_qemu_pin(struct gvm_ctx *ctx, const char *dir, pid_t pid, const struct gvm_qemu_pin *pin,
		 struct gvm_error *e);

#endif
