/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file wait.h
 * @brief Waiting for a condition: looking again at growing intervals, with a deadline.
 */
#ifndef GVM_HOST_WAIT_H
#define GVM_HOST_WAIT_H

#include <stdint.h>

/** Tells whether the condition holds: 1 yes, 0 not yet, negative errno to give up. */
typedef int (*gvm_wait_fn)(void *data);

/**
 * @brief Wait until a condition holds. It is looked at at once, then after 1, 2, 4 ... 100 ms.
 * @param timeout_ms longest wait, in milliseconds
 * @param fn the condition
 * @param data for @p fn
 * @return 0 when it holds, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure ETIMEDOUT when it did not hold in time; what @p fn returned
 */
int gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data);

/**
 * @brief As gvm_wait_until(), and look at once when the kernel announces something.
 * @param timeout_ms longest wait, in milliseconds
 * @param events from gvm_uevents_open(); negative: none
 * @param fn the condition
 * @param data for @p fn
 * @return 0 when it holds, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn; reads the announcements
 * @failure as gvm_wait_until()
 */
int gvm_wait_event(unsigned int timeout_ms, int events, gvm_wait_fn fn, void *data);

/** @brief The monotonic clock. @return milliseconds @restriction none @sideeffect none @failure none */
int64_t gvm_clock_ms(void);

#endif
