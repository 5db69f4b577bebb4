/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief A host that is open: this machine, or a picture of one.
 */
#ifndef GVM_GVM_CONTEXT_H
#define GVM_GVM_CONTEXT_H

#include <stdbool.h>

#include <gvm/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An open host. One thread uses it at a time; different ones may be used by different threads. */
struct gvm_ctx;

/** Told what the library does, a line each, when it changes something. @p text is valid during the call. */
typedef void (*gvm_log_fn)(const char *text, void *data);

/** How to open a host. */
enum gvm_open_flags {
	GVM_OPEN_CHANGE = 1, /**< to change it too, and not only to read */
};

/**
 * @brief Open a host.
 * @param sysroot folder that holds sys/, proc/, dev/, etc/ and run/ of a host, which is then only read;
 *        NULL for this machine
 * @param flags 0, or GVM_OPEN_CHANGE
 * @param ret the host, to be closed with gvm_close(); untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction to change a host: root, and an umask that lets others read, such as 022, while it is open;
 *              SIGCHLD must not be ignored
 * @sideeffect with GVM_OPEN_CHANGE makes /run/gvm
 * @failure EINVAL (GVM_E_ARGUMENT) for flags that are not known; EROFS (GVM_E_READ_ONLY) to change a
 *          sysroot; ENOENT, ENOTDIR, EACCES (GVM_E_SYSROOT); EACCES, EPERM (GVM_E_PERMISSION); GVM_E_STORE;
 *          ENOMEM (GVM_E_NO_MEMORY)
 */
int gvm_open(const char *sysroot, unsigned int flags, struct gvm_ctx **ret, struct gvm_error *e);

/** @brief Close a host. @param ctx host or NULL @restriction none @sideeffect none @failure none */
void gvm_close(struct gvm_ctx *ctx);

/** @brief Is it this machine, and not a sysroot? @param ctx host @return yes or no @restriction none @sideeffect none @failure none */
bool gvm_ctx_is_live(const struct gvm_ctx *ctx);

/**
 * @brief Have a function told what is done. Nothing is printed by the library.
 * @param ctx host
 * @param fn function, or NULL for none
 * @param data for @p fn
 * @restriction @p fn must not use @p ctx
 * @sideeffect none
 * @failure none
 */
void gvm_ctx_set_log(struct gvm_ctx *ctx, gvm_log_fn fn, void *data);

#ifdef __cplusplus
}
#endif

#endif
