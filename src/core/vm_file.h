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
};

/** A vGPU: one that exists, by name, or one to be made for this run, by type. */
struct gvm_vm_vgpu {
	char *name;
	char *type;
	char *gpu; /**< only with type; may be NULL */
};

/** A network card. */
struct gvm_vm_net {
	int type; /**< only "user" so far */
};

/** A VM file. Relative paths in it are made absolute, against the file's folder. */
struct gvm_vm_file {
	char *version_text; /**< as written, like the other two */
	uint32_t version;
	char *name;
	char *uuid;        /**< normal form, or NULL */
	char *cpus_text;   /**< as written, or NULL */
	char *memory_text; /**< as written, or NULL */
	uint32_t cpus;
	uint32_t memory_mib;
	enum gvm_accelerator accelerator;
	int firmware;             /**< only "bios" so far */
	int display;              /**< only "none" so far */
	struct gvm_vm_boot *boot; /**< may be NULL */
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
