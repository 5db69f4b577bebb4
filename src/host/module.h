/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file module.h
 * @brief Loading a kernel module.
 */
#ifndef GVM_HOST_MODULE_H
#define GVM_HOST_MODULE_H

#include "host.h"

/**
 * @brief Is a module ready in the kernel, loaded or built in?
 * @param h machine
 * @param name its name; "-" and "_" are equal
 * @return true if so
 * @restriction one that is built in shows only if it has parameters or drivers
 * @sideeffect none
 * @failure any error counts as no
 */
bool gvm_module_loaded(struct gvm_host *h, const char *name);

/**
 * @brief Load a module with modprobe, by the rules of /etc/modprobe.d.
 * @param h machine
 * @param name its name: [a-z0-9_-], at most 63 of them
 * @param timeout_ms how long it may take, in milliseconds
 * @return 0, also when it was there already, or a negative errno
 * @restriction live machine, needs CAP_SYS_MODULE
 * @sideeffect loads it and what it needs; after ETIMEDOUT that may still come
 * @failure EINVAL for such a name, EROFS in a sysroot, and those of gvm_modprobe()
 */
int gvm_module_load(struct gvm_host *h, const char *name, unsigned int timeout_ms);

/**
 * @brief Run modprobe.
 * @param program its path
 * @param name of the module
 * @param timeout_ms how long it may take, in milliseconds
 * @return 0 or a negative errno
 * @restriction for gvm_module_load() and tests
 * @sideeffect what the program does
 * @failure ENOENT when this kernel has no such module, ENOPKG without the program, ETIMEDOUT; the
 *          kernel's answer (EPERM, ENODEV, EKEYREJECTED and ENOKEY when it wants a signature); EIO
 *          for all else
 */
int gvm_modprobe(const char *program, const char *name, unsigned int timeout_ms);

/**
 * @brief What a failed modprobe meant, from what it wrote.
 *
 * It ends with status 1 whatever the reason (observed, kmod 30); the reason is the text.
 * @param text its standard error, in the C locale
 * @return errno, positive: ENOENT only when there is no such module; EIO when it is not clear
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int gvm_modprobe_errno(const char *text);

#endif
