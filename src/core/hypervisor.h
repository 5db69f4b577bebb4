/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file hypervisor.h
 * @brief What a hypervisor implements. It knows no maker: vGPUs come as attach specs.
 */
#ifndef GVM_CORE_HYPERVISOR_H
#define GVM_CORE_HYPERVISOR_H

#include "attach.h"
#include "conf.h"
#include "context.h"
#include "inventory.h"
#include "vm_file.h"

/** Longest command line of a VM. */
#define GVM_VM_MAX_ARGS 512

/** A VM to be run: what its file says, and its vGPUs. */
struct gvm_vm_start {
	const struct gvm_vm_file *file;
	char uuid[GVM_UUID_SIZE];
	char dir[GVM_PATH_SIZE];       /**< for its sockets and log */
	const char *accelerator;       /**< "kvm" or "tcg" */
	struct gvm_conf conf;          /**< settings of the host */
	long numa_node;                /**< of the first vGPU's GPU; -1: not known */
	char local_cpus[GVM_PIN_SIZE]; /**< near it; empty: not known */
	const struct gvm_attach_spec *specs;
	size_t n_specs;
	/** Told of the VM's process before it runs anything: writes it down. 0 or a negative errno. */
	int (*started)(const struct gvm_proc *proc, void *data, struct gvm_error *e);
	void *started_data;
};

/** The operations. */
struct gvm_hypervisor {
	const char *name;

	/**
	 * Mandatory; changes nothing. The command line that runs the VM: a list ended by NULL, to be
	 * freed with gvm_strv_free().
	 */
	int (*command)(struct gvm_ctx *ctx, const struct gvm_vm_start *start, char ***argv,
		       struct gvm_error *e);

	/** Mandatory. Start the VM; returns when its guest runs, or fails with its own words. */
	int (*start)(struct gvm_ctx *ctx, const struct gvm_vm_start *start, struct gvm_proc *proc,
		     struct gvm_error *e);

	/** Mandatory. Ask the guest to shut down (not insist). */
	int (*shut_down)(struct gvm_ctx *ctx, const char *dir, struct gvm_error *e);

	/** Mandatory. End the VM at once. */
	int (*quit)(struct gvm_ctx *ctx, const char *dir, struct gvm_error *e);

	/** Mandatory. Write the picture of the VM's first console that has one as PNG. */
	int (*screenshot)(struct gvm_ctx *ctx, const char *dir, const char *file,
			  struct gvm_error *e);

	/**
	 * Mandatory. Is this process, which holds a vGPU, a VM of this hypervisor? Then fill name and
	 * UUID from what it shows of itself and return 1; else 0.
	 */
	int (*identify)(struct gvm_ctx *ctx, pid_t pid, struct gvm_vm *vm);

	/**
	 * Optional: absent means that its VMs take no vGPUs while they run. Put a vGPU into a running
	 * VM, @p dir being the folder of one of ours; seen in the VM when it returns 0, and not left in
	 * it else, but for EINPROGRESS (GVM_E_PLUG_SILENT): it may still come. With @p dry only tell where it would go, or why it cannot: GVM_E_NO_PORT,
	 * GVM_E_PORT_TOO_SMALL, GVM_E_QMP_BUSY and others of reaching the VM.
	 */
	int (*attach)(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		      const struct gvm_attach_spec *spec, bool dry, struct gvm_plug *plug,
		      struct gvm_error *e);

	/**
	 * With attach. Take a vGPU out of a running VM, for which the guest must let it go within
	 * @p timeout_ms; with @p dry only tell where it is, and whether it can go. ENODEV
	 * (GVM_E_NOT_ATTACHED) when the VM does not have it; GVM_E_NOT_UNPLUGGABLE,
	 * GVM_E_UNPLUG_REFUSED, GVM_E_UNPLUG_PAUSED, GVM_E_UNPLUG_SILENT.
	 */
	int (*detach)(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		      const struct gvm_vgpu *vgpu, unsigned int timeout_ms, bool dry,
		      struct gvm_plug *plug, struct gvm_error *e);
};

#endif
