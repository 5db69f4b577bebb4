/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file user.h
 * @brief The user that QEMU runs as: who it is, becoming it, and what it may reach.
 */
#ifndef GVM_QEMU_USER_H
#define GVM_QEMU_USER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf.h"
#include "hypervisor.h"

/** Runs QEMU when gvm is root and such a user exists. */
#define GVM_QEMU_USER "gvm-qemu"

/** Supplementary groups that are kept. */
#define GVM_QEMU_MAX_GROUPS 32

/** A user. */
struct gvm_qemu_user {
	char name[33];
	uid_t uid;
	gid_t gid;
	gid_t groups[GVM_QEMU_MAX_GROUPS];
	int n_groups;
	bool change; /**< it is another than we are: gvm is root, QEMU is not */
};

/**
 * @brief Who QEMU runs as: the user of gvm.conf, else gvm-qemu where there is one, else we.
 * @param conf settings
 * @param ret result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction who is not root runs QEMU as himself
 * @sideeffect none
 * @failure ENOENT (GVM_E_QEMU_USER)
 */
int gvm_qemu_user_find(const struct gvm_conf *conf, struct gvm_qemu_user *ret, struct gvm_error *e);

/**
 * @brief Who a process runs as.
 * @param ctx context
 * @param pid process
 * @param ret result: uid, and whether it is another than we are; its name is a number
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure errors of reading /proc/PID/status; EBADMSG
 */
int gvm_qemu_user_of(struct gvm_ctx *ctx, pid_t pid, struct gvm_qemu_user *ret);

/**
 * @brief In a child: raise the limit of locked memory.
 * @param memlock bytes; 0 leaves the limit as it is
 * @return 0 or a negative errno
 * @restriction before gvm_qemu_user_become()
 * @sideeffect the limit; where the hard one forbids it, as high as that allows
 * @failure ENOMEM when the hard limit forbids it
 */
int gvm_qemu_user_limit(uint64_t memlock);

/**
 * @brief In a child: be that user for good, without capabilities and without a way to new ones.
 * @param u user
 * @return 0 or a negative errno
 * @restriction in a process that then becomes another program, or ends; root that stays root keeps
 *              its capabilities
 * @sideeffect groups, ids, capabilities, no_new_privs
 * @failure errors of setresuid(2) and others
 */
int gvm_qemu_user_become(const struct gvm_qemu_user *u);

/** A file that QEMU will open. */
struct gvm_qemu_path {
	const char *key;  /**< where the VM file says so, or what it is */
	const char *path; /**< NULL is passed over */
	bool write;
};

/**
 * @brief Could QEMU start: may it have its memory, its files, its devices?
 * @param u user
 * @param vm name, for messages
 * @param memlock locked memory that it must have, in bytes, or 0
 * @param paths what it will open
 * @param n how many
 * @param e detail: file, folder in the way, remedy
 * @return 0 or a negative errno
 * @restriction asks the kernel, as that user, in a child
 * @sideeffect none
 * @failure ENOMEM (GVM_E_MEMLOCK), EACCES and others (GVM_E_QEMU_ACCESS), errors of changing the user
 *          (GVM_E_QEMU_USER)
 */
int gvm_qemu_user_check(const struct gvm_qemu_user *u, const char *vm, uint64_t memlock,
			const struct gvm_qemu_path *paths, size_t n, struct gvm_error *e);

/** VFIO nodes lent to a user. */
struct gvm_qemu_nodes {
	struct {
		char path[GVM_VFIO_NODE_SIZE];
		uid_t owner; /**< before */
	} node[GVM_VM_MAX_VGPUS * GVM_MAX_FUNCTIONS];
	size_t n;
};

/**
 * @brief Let a user open the VFIO nodes of some vGPUs: those of their groups, or their own.
 *
 * A node that is open stays so when its node is given back (documented: access is checked at
 * open(2)), so this lasts only while QEMU starts, or takes a device.
 * @param ctx context
 * @param specs vGPUs
 * @param n how many
 * @param iommufd their own nodes
 * @param u user
 * @param nodes result, for gvm_qemu_nodes_take_back(); also after a failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none: for who runs as we do, and for a node that is not there, nothing is done
 * @sideeffect changes the owner of /dev/vfio/GROUP or /dev/vfio/devices/vfioN
 * @failure errors of chown(2) (GVM_E_QEMU_ACCESS)
 */
int gvm_qemu_nodes_lend(struct gvm_ctx *ctx, const struct gvm_attach_spec *specs, size_t n,
			bool iommufd, const struct gvm_qemu_user *u, struct gvm_qemu_nodes *nodes,
			struct gvm_error *e);

/** @brief Give the nodes back to whom they were before. @param nodes them
 *  @restriction none @sideeffect changes their owner @failure none: a node may be gone with its device */
void gvm_qemu_nodes_take_back(struct gvm_qemu_nodes *nodes);

#endif
