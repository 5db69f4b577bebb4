/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief What every operation works with. Made once per process (registry.h).
 */
#ifndef GVM_CORE_CONTEXT_H
#define GVM_CORE_CONTEXT_H

#include <gvm/context.h>

#include "error.h"
#include "host.h"
#include "process.h"

struct gvm_vendor;
struct gvm_hypervisor;
struct gvm_store;

/** The machine, the store, and who is known for vendors and hypervisors. */
struct gvm_ctx {
	struct gvm_host *host;
	struct gvm_store *store;
	const struct gvm_vendor *const *vendors;         /**< NULL at the end; first match wins */
	const struct gvm_hypervisor *const *hypervisors; /**< NULL at the end */
	struct gvm_proc self;                            /**< this process; pid 0: not asked yet */
	gvm_log_fn log;                                  /**< told of each step; may be NULL */
	void *log_data;
	bool change; /**< opened with GVM_OPEN_CHANGE */
	gvm_log_fn warn; /**< told what a person must know; may be NULL */
	void *warn_data;
};

/**
 * @brief Who are we: this process, for ownership.
 * @param ctx context; remembers the answer
 * @param ret result, untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure those of gvm_proc_get(), as GVM_E_STORE
 */
int gvm_self(struct gvm_ctx *ctx, struct gvm_proc *ret, struct gvm_error *e);

/**
 * @brief Tell the log callback something, printf style.
 * @param ctx context
 * @param fmt text, one line
 * @restriction none
 * @sideeffect those of the callback
 * @failure none: text too long is cut
 */
void gvm_log(struct gvm_ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * @brief Tell the person something that is no failure, printf style.
 * @param ctx context
 * @param fmt text, one line
 * @restriction none
 * @sideeffect those of the callback, else of that for the log
 * @failure none: text too long is cut
 */
void gvm_warn(struct gvm_ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
