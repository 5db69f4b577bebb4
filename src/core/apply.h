/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file apply.h
 * @brief Running a plan: each step is done, read back, and undone when a later one fails.
 */
#ifndef GVM_CORE_APPLY_H
#define GVM_CORE_APPLY_H

#include "context.h"
#include "plan.h"

/**
 * @brief Is what a plan is to make not there yet? Whatever is there is another's.
 * @param ctx context
 * @param plan plan
 * @return true when nothing of it is there
 * @restriction looks at the steps that have an inverse
 * @sideeffect none
 * @failure none
 */
bool gvm_plan_is_fresh(struct gvm_ctx *ctx, const struct gvm_plan *plan);

/**
 * @brief Run all steps of a plan, in order.
 * @param ctx context
 * @param plan plan; its n_done and left_over are set
 * @param e detail: the step, what was written, what came back, the kernel's words, cause and remedy
 * @return 0 when every step was seen to have worked, or a negative errno
 * @restriction the caller holds the locks of what the plan changes
 * @sideeffect changes the host; after a failure the steps done are undone in reverse order
 * @failure the kernel's errno; ETIMEDOUT when it did not answer or the result was not seen in time
 */
int gvm_apply(struct gvm_ctx *ctx, struct gvm_plan *plan, struct gvm_error *e);

/**
 * @brief End a plan that somebody who was killed had begun: undo what is seen of it, unless all is.
 *
 * How far it came is told by what its steps expect. What was in between goes back, in reverse; where
 * the last step that can be undone was done, only those behind it are done again.
 * @param ctx context
 * @param plan from gvm_plan_parse()
 * @return 0 or a negative errno
 * @restriction as gvm_apply()
 * @sideeffect changes the host, and logs how
 * @failure those of the writes that undo
 */
int gvm_plan_end(struct gvm_ctx *ctx, const struct gvm_plan *plan);

#endif
