/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file host.h
 * @brief The machine: the only door to /sys, /proc and /dev.
 *
 * Paths are those of a live host ("/sys/class/mdev_bus"). With a sysroot they
 * are resolved inside it (openat2, RESOLVE_IN_ROOT) and nothing is written.
 */
#ifndef GVM_HOST_HOST_H
#define GVM_HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/** Longest path used inside the host, with its end. */
#define GVM_PATH_SIZE 320

struct gvm_host;

/**
 * @brief Open the machine.
 * @param sysroot folder that holds sys/ proc/ dev/ ..., or NULL for this machine
 * @param ret the machine, to be closed by gvm_host_close(); untouched on failure
 * @param e detail, may be NULL
 * @return 0 or a negative errno
 * @restriction one thread at a time per host
 * @sideeffect none
 * @failure ENOENT, ENOTDIR, EACCES for the sysroot; ENOMEM
 */
int gvm_host_open(const char *sysroot, struct gvm_host **ret, struct gvm_error *e);

/** @brief Close a machine. @param h machine or NULL @restriction none @sideeffect none @failure none */
void gvm_host_close(struct gvm_host *h);

/**
 * @brief Is this the machine we run on, and not a sysroot?
 * @param h machine
 * @return true on the live machine
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_host_live(const struct gvm_host *h);

/**
 * @brief Work in a folder for a while: paths that lead below it are then looked up from there, which is
 *        several times faster in sysfs.
 * @param h machine
 * @param path folder, or NULL for no longer
 * @restriction when the folder goes and comes again, it is the one that went: its files are not found
 * @sideeffect keeps it open
 * @failure none: what cannot be opened is looked up as ever
 */
void gvm_host_near(struct gvm_host *h, const char *path);

/**
 * @brief The machine's host name.
 * @param h machine
 * @param buf array
 * @param size its size in bytes
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when a sysroot has no etc/hostname
 */
int gvm_host_name(struct gvm_host *h, char *buf, size_t size);

/**
 * @brief Open a path of the machine.
 * @param h machine
 * @param path absolute path
 * @param flags of open(2); O_CLOEXEC is added
 * @return descriptor or a negative errno
 * @restriction with a sysroot only for reading
 * @sideeffect whatever opening that path does: callers open what they know
 * @failure EROFS for writing in a sysroot; errors of openat2(2)
 */
int gvm_host_at(struct gvm_host *h, const char *path, int flags);

/**
 * @brief The kernel log of the machine, opened at the first call.
 * @param h machine
 * @return descriptor, owned by the machine, or a negative errno
 * @restriction live machine
 * @sideeffect none
 * @failure EPERM where dmesg is restricted; ENOENT
 */
int gvm_host_kmsg(struct gvm_host *h);

/**
 * @brief Read an attribute or a small file; the end is chomped.
 * @param h machine
 * @param path absolute path; below /sys its last part must be on the allow-list
 * @param buf array for the text
 * @param size its size in bytes
 * @return 0 or a negative errno; @p buf is the empty string on failure
 * @restriction some vendor files act when they are read, so only listed names are (ref 1.8)
 * @sideeffect none for the listed attributes
 * @failure EPERM when not on the allow-list, EBADMSG when it holds a NUL, EFBIG; errors of open(2)
 *          and read(2)
 */
int gvm_host_read(struct gvm_host *h, const char *path, char *buf, size_t size);

/**
 * @brief Read an attribute that a person named, and that gvm writes: whatever its name is.
 * @param h machine
 * @param path absolute path
 * @param buf array for the text
 * @param size its size in bytes
 * @return 0 or a negative errno; @p buf is the empty string on failure
 * @restriction never for what a walk found: see gvm_host_read()
 * @sideeffect what the driver does on it
 * @failure those of gvm_host_read() but for the allow-list; EACCES for what can only be written
 */
int gvm_host_read_named(struct gvm_host *h, const char *path, char *buf, size_t size);

/**
 * @brief Read an unsigned number from an attribute.
 * @param h machine
 * @param path as for gvm_host_read()
 * @param base 10, 16, or 0 to tell by the prefix
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction as gvm_host_read()
 * @sideeffect none
 * @failure EINVAL or ERANGE when it is no such number; errors of gvm_host_read()
 */
int gvm_host_read_u64(struct gvm_host *h, const char *path, int base, unsigned long long *ret);

/**
 * @brief The last part of a link's target, such as a driver's name.
 * @param h machine
 * @param path the link
 * @param buf array for the name
 * @param size its size in bytes
 * @return 0 or a negative errno; @p buf is the empty string on failure
 * @restriction none
 * @sideeffect none
 * @failure ENOENT, EINVAL when it is no link, ENAMETOOLONG
 */
int gvm_host_link(struct gvm_host *h, const char *path, char *buf, size_t size);

/**
 * @brief The whole text of a link: where a device of a class is below /sys/devices.
 * @param h machine
 * @param path the link
 * @param buf array for the text
 * @param size its size in bytes
 * @return 0 or a negative errno; @p buf is the empty string on failure
 * @restriction a text to look at, not a path to open
 * @sideeffect none
 * @failure as gvm_host_link()
 */
int gvm_host_target(struct gvm_host *h, const char *path, char *buf, size_t size);

/** @brief Does the path exist? @param h machine @param path path @return true if so
 *  @restriction none @sideeffect none @failure any error counts as no */
bool gvm_host_exists(struct gvm_host *h, const char *path);

/**
 * @brief The same, relative to a folder that is being walked.
 * @param h machine
 * @param dir the folder, as given to a gvm_host_entry_fn
 * @param path the link, relative to @p dir
 * @param buf array for the name
 * @param size its size in bytes
 * @return 0 or a negative errno; @p buf is the empty string on failure
 * @restriction none
 * @sideeffect none
 * @failure as gvm_host_link()
 */
int gvm_host_link_at(struct gvm_host *h, int dir, const char *path, char *buf, size_t size);

/**
 * Called for each entry of a folder, with the folder's descriptor and the entry's name. A non-zero
 * return ends the walk and is returned.
 */
typedef int (*gvm_host_entry_fn)(int dir, const char *name, void *data);

/**
 * @brief Walk a folder's entries, "." and ".." left out, in the order of the file system.
 * @param h machine
 * @param path folder
 * @param fn called per entry
 * @param data for @p fn
 * @return 0, what @p fn returned, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure errors of open(2) and readdir(3)
 */
int gvm_host_list(struct gvm_host *h, const char *path, gvm_host_entry_fn fn, void *data);

/** Takes the writes of a host instead of the kernel: unit tests play the kernel through it. */
typedef int (*gvm_host_writer_fn)(const char *path, const char *value, void *data);

/**
 * @brief Let a function take all writes.
 * @param h machine, usually a sysroot
 * @param fn returns 0 or a negative errno; NULL restores the default
 * @param data for @p fn
 * @restriction for tests
 * @sideeffect none
 * @failure none
 */
void gvm_host_set_writer(struct gvm_host *h, gvm_host_writer_fn fn, void *data);

/**
 * @brief Write a value to an attribute.
 * @param h machine
 * @param path attribute
 * @param value text, written in one call
 * @return 0 or a negative errno
 * @restriction not for writes that can block: see gvm_host_write_deadline()
 * @sideeffect what the kernel does on it
 * @failure EROFS in a sysroot, EIO when it was taken in part; the kernel's answer
 */
int gvm_host_write(struct gvm_host *h, const char *path, const char *value);

/**
 * @brief Write a value from a child process that is given up at a deadline.
 * @param h machine
 * @param path attribute
 * @param value text
 * @param timeout_ms how long the kernel may take, in milliseconds
 * @return 0 or a negative errno
 * @restriction the kernel may still carry it out after ETIMEDOUT
 * @sideeffect what the kernel does on it; the child may live on, blocked in the kernel
 * @failure ETIMEDOUT; errors of fork(2); those of gvm_host_write()
 */
int gvm_host_write_deadline(struct gvm_host *h, const char *path, const char *value,
			    unsigned int timeout_ms);

#endif
