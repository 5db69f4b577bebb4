/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file child.h
 * @brief Something that may not come back, done by a child process with a deadline.
 */
#ifndef GVM_HOST_CHILD_H
#define GVM_HOST_CHILD_H

#include <stdbool.h>

/** What the child does; returns 0 or a negative errno. Only async-signal-safe calls. */
typedef int (*gvm_child_fn)(void *data);

/**
 * @brief Do something in a child process.
 * @param fn what
 * @param data for @p fn
 * @param timeout_ms how long it may take, in milliseconds
 * @param end end the child when it takes longer; else it is left to itself
 * @return what @p fn returned, or a negative errno
 * @restriction the child has no open files: @p fn opens what it needs; it ends when the calling thread
 * does, but for what the kernel is doing for it just then
 * @sideeffect those of @p fn; after ETIMEDOUT they may still come
 * @failure ETIMEDOUT; EIO when the child died; errors of fork(2) and pidfd_open(2)
 */
int gvm_child(gvm_child_fn fn, void *data, unsigned int timeout_ms, bool end);

#endif
