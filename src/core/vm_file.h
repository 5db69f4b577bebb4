/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vm_file.h
 * @brief The YAML file that describes a VM (CONTRACTS section 3), loaded by schema.
 */
#ifndef GVM_CORE_VM_FILE_H
#define GVM_CORE_VM_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/** How the VM's CPUs run. */
enum gvm_accelerator { GVM_ACCEL_AUTO, GVM_ACCEL_KVM, GVM_ACCEL_TCG };
/** Format of a disk image. */
enum gvm_disk_format { GVM_DISK_QCOW2, GVM_DISK_RAW };
/** What starts the guest. */
enum gvm_firmware { GVM_FIRMWARE_BIOS, GVM_FIRMWARE_UEFI };
/** How a person sees the VM, on a unix socket in its folder. */
enum gvm_vm_display { GVM_VM_DISPLAY_NONE, GVM_VM_DISPLAY_VNC, GVM_VM_DISPLAY_SPICE };
/** A network card's other end. */
enum gvm_vm_net_type { GVM_NET_USER, GVM_NET_TAP, GVM_NET_NONE };
/** Pages of the guest's memory. */
enum gvm_hugepages { GVM_HUGEPAGES_NONE, GVM_HUGEPAGES_2M, GVM_HUGEPAGES_1G };
/** Off, on: what YAML reads as a word. */
enum gvm_vm_switch { GVM_VM_OFF, GVM_VM_ON };
/** QEMU's seccomp filter: on unless it is turned off. */
enum gvm_vm_sandbox { GVM_SANDBOX_ON, GVM_SANDBOX_OFF };
/** By which nodes its vGPUs are opened: as the host has it, /dev/vfio/N, or iommufd and their own. */
enum gvm_vm_vfio { GVM_VFIO_AUTO, GVM_VFIO_GROUP, GVM_VFIO_IOMMUFD };
/** A TPM. */
enum gvm_vm_tpm { GVM_TPM_NONE, GVM_TPM_2 };

/** Where the CPUs of the host are listed that a VM runs on. */
#define GVM_PIN_SIZE 128

/** CPUs, when they are more than a number. */
struct gvm_vm_cpus {
	char *count; /**< as written */
	char *pin; /**< "none", "auto": near the vGPU's GPU, or a list such as "0-3,8"; may be NULL */
};

/** Memory that the host reads along: Looking Glass. */
struct gvm_vm_ivshmem {
	char *file;           /**< in /dev/shm, or /dev/kvmfrN; may be NULL: made up */
	char *size_text;      /**< as written, or NULL */
	char *max_resolution; /**< "WIDTHxHEIGHT", or NULL */
	uint32_t size_mib;    /**< result: a power of two */
};

/** A Linux kernel to boot directly. */
struct gvm_vm_boot {
	char *kernel;
	char *initrd; /**< may be NULL */
	char *append; /**< may be NULL */
};

/** A disk. */
struct gvm_vm_disk {
	char *file;
	enum gvm_disk_format format;
	enum gvm_vm_switch readonly;
};

/** A vGPU: one that exists, by name, or one to be made for this run, by type. */
struct gvm_vm_vgpu {
	char *name;
	char *type;
	char *gpu; /**< only with type; may be NULL */
};

/** A network card. */
struct gvm_vm_net {
	enum gvm_vm_net_type type;
	char *ifname; /**< of a tap; else NULL */
	char *mac;    /**< may be NULL: QEMU's choice */
};

/** A VM file. Relative paths in it are made absolute, against the file's folder. */
struct gvm_vm_file {
	char *version_text; /**< as written, like the other two */
	uint32_t version;
	char *name;
	char *uuid;                   /**< normal form, or NULL */
	char *cpus_text;              /**< as written, or NULL */
	struct gvm_vm_cpus *cpus_map; /**< instead of it, or NULL */
	char *memory_text;            /**< as written, or NULL */
	uint32_t cpus;
	uint32_t memory_mib;
	enum gvm_accelerator accelerator;
	enum gvm_firmware firmware;
	enum gvm_vm_display display;
	enum gvm_hugepages hugepages;
	enum gvm_vm_sandbox sandbox;
	enum gvm_vm_tpm tpm;
	enum gvm_vm_switch autostart;
	enum gvm_vm_vfio vfio;
	struct gvm_vm_ivshmem *ivshmem; /**< may be NULL */
	char relative[256];             /**< the first relative path, as it was written; or empty */
	struct gvm_vm_boot *boot;       /**< may be NULL */
	struct gvm_vm_disk *disks;
	uint32_t disks_count;
	struct gvm_vm_vgpu *vgpus;
	uint32_t vgpus_count;
	struct gvm_vm_net *network;
	uint32_t network_count;
	char **qemu_args;
	uint32_t qemu_args_count;
	char *path; /**< where it was loaded from, absolute; may be NULL */
};

/**
 * @brief Load a VM file.
 * @param path file
 * @param ret result, to be freed with gvm_vm_file_free(); untouched on failure
 * @param e detail: file, line and remedy
 * @return 0 or a negative errno
 * @restriction at most 64 KiB, no anchors, no unknown keys
 * @sideeffect none
 * @failure those of gvm_read_file() (GVM_E_FILE_READ); EINVAL (GVM_E_FILE_INVALID); ENOMEM
 */
int gvm_vm_file_load(const char *path, struct gvm_vm_file **ret, struct gvm_error *e);

/**
 * @brief Parse the text of a VM file.
 * @param text bytes
 * @param len their count
 * @param path for messages, and what relative paths are resolved against
 * @param ret result, to be freed with gvm_vm_file_free(); untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EINVAL (GVM_E_FILE_INVALID); ENOMEM
 */
int gvm_vm_file_parse(const char *text, size_t len, const char *path, struct gvm_vm_file **ret,
		      struct gvm_error *e);

/**
 * @brief The shared memory that Looking Glass needs for a picture.
 * @param width in pixels
 * @param height in pixels
 * @return MiB, a power of two
 * @restriction none
 * @sideeffect none
 * @failure none
 */
uint32_t gvm_ivshmem_mib(uint32_t width, uint32_t height);

/** @brief Free a VM file. @param f file or NULL @restriction none @sideeffect none @failure none */
void gvm_vm_file_free(struct gvm_vm_file *f);

/** @brief Free at the end of a scope. @param f address of the file */
static inline void gvm_cleanup_vm_file(struct gvm_vm_file **f)
{
	gvm_vm_file_free(*f);
}

/** A VM file that is freed at the end of its scope. */
#define GVM_AUTOVMFILE __attribute__((cleanup(gvm_cleanup_vm_file)))

#endif
