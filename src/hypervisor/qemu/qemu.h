/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file qemu.h
 * @brief QEMU as a hypervisor, and its parts.
 */
#ifndef GVM_QEMU_QEMU_H
#define GVM_QEMU_QEMU_H

#include "hypervisor.h"

/** QEMU, controlled through QMP. */
extern const struct gvm_hypervisor gvm_hypervisor_qemu;

#if defined(__x86_64__)
#define GVM_QEMU_PROGRAM "qemu-system-x86_64"
#elif defined(__aarch64__)
#define GVM_QEMU_PROGRAM "qemu-system-aarch64"
#endif

struct gvm_qemu_setup;

/** The control socket's name in a VM's folder. */
#define GVM_QEMU_SOCKET "qmp.sock"
/**
 * The socket that vGPUs are attached and detached through, likewise. A guest may take long to let a
 * vGPU go, a socket serves one client at a time, and whoever stops the VM must not wait for that.
 */
#define GVM_QEMU_PLUG_SOCKET "plug.sock"
/** Where QEMU's own words go, likewise. */
#define GVM_QEMU_LOG "qemu.log"

/** Longest command line of a process that is read. */
#define GVM_QEMU_MAX_CMDLINE (128 << 10)
/** Empty PCIe ports that a VM starts with: what can be attached to it while it runs. */
#define GVM_QEMU_SPARE_PORTS 4

/**
 * @brief The QEMU command line of a VM; see hypervisor.h.
 * @param start VM
 * @param setup what QEMU is started with
 * @param argv result, to be freed with gvm_strv_free()
 * @param e detail
 * @return 0 or a negative errno
 * @restriction pure
 * @sideeffect none
 * @failure ENOMEM, E2BIG
 */
int gvm_qemu_command(const struct gvm_vm_start *start, const struct gvm_qemu_setup *setup,
		     char ***argv, struct gvm_error *e);

/**
 * @brief Find a program.
 * @param name in PATH, or a path
 * @param path result, of GVM_PATH_SIZE bytes
 * @return 0, or -ENOENT with @p path in no known state
 * @restriction none
 * @sideeffect none
 * @failure ENOENT
 */
int gvm_qemu_find_program(const char *name, char path[GVM_PATH_SIZE]);

/**
 * @brief What a QEMU's command line says of its name and UUID.
 * @param cmdline arguments, each ended by a NUL
 * @param len length in bytes
 * @param name result, printable; empty when it gives none
 * @param uuid result in normal form; empty when it gives none
 * @restriction pure; the text is anybody's
 * @sideeffect none
 * @failure none
 */
void gvm_qemu_parse_cmdline(const char *cmdline, size_t len, char name[GVM_NAME_SIZE],
			    char uuid[GVM_UUID_SIZE]);

/**
 * @brief Read the command line of a process.
 * @param ctx context
 * @param pid process
 * @param buf array of GVM_QEMU_MAX_CMDLINE bytes
 * @param len result, in bytes
 * @return 0 or a negative errno
 * @restriction the text is anybody's
 * @sideeffect none
 * @failure errors of open(2) and read(2)
 */
int gvm_qemu_read_cmdline(struct gvm_ctx *ctx, pid_t pid, char *buf, size_t *len);

#endif
