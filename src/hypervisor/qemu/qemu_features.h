/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file qemu_features.h
 * @brief What a QEMU can do: asked of it once, kept in /run/gvm/qemu until its file changes.
 */
#ifndef GVM_QEMU_FEATURES_H
#define GVM_QEMU_FEATURES_H

#include <sys/stat.h>

#include "user.h"

/** Features, as bits. */
enum gvm_qemu_feature {
	GVM_QEMU_SANDBOX = 1,          /**< -sandbox on */
	GVM_QEMU_SANDBOX_OBSOLETE = 2, /**< its obsolete=deny, and so on */
	GVM_QEMU_SANDBOX_ELEVATE = 4,
	GVM_QEMU_SANDBOX_SPAWN = 8,
	GVM_QEMU_SANDBOX_RESOURCES = 16,
	GVM_QEMU_VFIO = 32,           /**< device vfio-pci */
	GVM_QEMU_IVSHMEM = 64,        /**< device ivshmem-plain */
	GVM_QEMU_MEMFD = 128,         /**< object memory-backend-memfd */
	GVM_QEMU_NUMA = 256,          /**< memory can be bound to a node */
	GVM_QEMU_TPM_CRB = 512,       /**< device tpm-crb */
	GVM_QEMU_TPM_TIS = 1024,      /**< device tpm-tis, or tpm-tis-device */
	GVM_QEMU_TPM_EMULATOR = 2048, /**< with swtpm behind it */
	GVM_QEMU_IOMMUFD = 4096,      /**< object iommufd */
	GVM_QEMU_ALL = 8191,
};

/** What is known of a QEMU. */
struct gvm_qemu_features {
	char version[32];  /**< for people: nothing is decided by it */
	unsigned int bits; /**< enum gvm_qemu_feature */
};

/**
 * @brief Find QEMU: GVM_QEMU in the environment, else the path of gvm.conf, else by name in PATH.
 * @param conf settings
 * @param path result, of GVM_PATH_SIZE bytes
 * @param name result: as it was given, for the command line; owned by the environment or @p conf
 * @return 0 or -ENOENT, with @p path empty
 * @restriction none
 * @sideeffect none
 * @failure ENOENT
 */
int gvm_qemu_find(const struct gvm_conf *conf, char path[GVM_PATH_SIZE], const char **name);

/**
 * @brief The features of a QEMU that were kept.
 * @param h machine
 * @param path of QEMU
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when none are kept, or for another file than this is now; EROFS in a sysroot
 */
int gvm_qemu_features_kept(struct gvm_host *h, const char *path, struct gvm_qemu_features *ret);

/**
 * @brief The features of a QEMU: kept, or asked for now and then kept.
 * @param h machine
 * @param path of QEMU
 * @param u user to run it as
 * @param ret result
 * @param e detail: QEMU's own words
 * @return 0 or a negative errno
 * @restriction live machine
 * @sideeffect runs QEMU for an instant without a machine; writes to /run/gvm/qemu, if it can
 * @failure ENOENT (GVM_E_QEMU_NOT_FOUND), GVM_E_QEMU_FAILED; ETIMEDOUT
 */
int gvm_qemu_features_get(struct gvm_host *h, const char *path, const struct gvm_qemu_user *u,
			  struct gvm_qemu_features *ret, struct gvm_error *e);

/**
 * @brief Read what a QEMU answered to the questions.
 * @param text QMP, a line each
 * @param len its length in bytes
 * @param ret result
 * @return 0 or -EPROTO
 * @restriction pure
 * @sideeffect none
 * @failure EPROTO when it did not answer to the end
 */
int gvm_qemu_features_parse(const char *text, size_t len, struct gvm_qemu_features *ret);

/**
 * @brief Read a file of kept features.
 * @param text JSON
 * @param len its length in bytes
 * @param path of QEMU
 * @param st of QEMU
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction pure
 * @sideeffect none
 * @failure EBADMSG when it is damaged, ESTALE when it is about another file
 */
int gvm_qemu_features_read(const char *text, size_t len, const char *path, const struct stat *st,
			   struct gvm_qemu_features *ret);

#endif
