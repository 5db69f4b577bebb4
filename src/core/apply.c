// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply.h"

#include <errno.h>
#include <string.h>

#include "errors.h"
#include "kmsg.h"
#include "params.h"
#include "str.h"
#include "wait.h"

/** A condition with the host to look at. */
struct look {
	struct gvm_host *host;
	const struct gvm_expect *expect;
};

/** @brief How long what a step does may take to be seen. @param step step @return milliseconds */
static unsigned int patience(const struct gvm_step *step)
{
	return step->seen_ms ? step->seen_ms : step->wait_ms;
}

/** @brief Does a parameter show its value? @param look what and where @return 1, also where it cannot be read; or 0 */
static int param_holds(const struct look *look)
{
	char shown[GVM_ATTRIBUTE_SIZE];

	return gvm_host_read_named(look->host, look->expect->path, shown, sizeof(shown)) < 0 ||
	       gvm_param_shown(shown, look->expect->value);
}

/** @brief Does the condition hold now? @param data struct look @return 1 or 0 */
static int holds(void *data)
{
	const struct look *look = data;
	const struct gvm_expect *x = look->expect;
	char name[GVM_PATH_SIZE];

	if (x->kind == GVM_EXPECT_ABSENT)
		return !gvm_host_exists(look->host, x->path);
	if (x->kind == GVM_EXPECT_PARAM)
		return param_holds(look);
	if (x->kind == GVM_EXPECT_TEXT)
		return gvm_host_read(look->host, x->path, name, sizeof(name)) == 0 &&
		       strcmp(name, x->value) == 0;
	return gvm_host_link(look->host, x->path, name, sizeof(name)) == 0 &&
	       strcmp(name, x->value) == 0;
}

bool gvm_plan_is_fresh(struct gvm_ctx *ctx, const struct gvm_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_steps; i++) {
		struct look look = { ctx->host, &plan->steps[i].inverse_expect };

		if (plan->steps[i].has_inverse && !holds(&look))
			return false;
	}
	return true;
}

/** @brief Do one write. @param ctx context @param w write @param wait_ms deadline @return 0 or -errno */
static int do_write(struct gvm_ctx *ctx, const struct gvm_write *w, unsigned int wait_ms)
{
	gvm_log(ctx, "write \"%s\" to %s", *w->value == '\n' ? "" : w->value, w->path);
	if (w->may_block)
		return gvm_host_write_deadline(ctx->host, w->path, w->value, wait_ms);
	return gvm_host_write(ctx->host, w->path, w->value);
}

/**
 * @brief Tell why a step failed.
 * @param step step @param r its result @param kmsg mark in the kernel log @param e error @return r
 */
static int step_failed(const struct gvm_step *step, int r, int kmsg, struct gvm_error *e)
{
	/* The device is what must be gone afterwards, or after undoing. */
	const struct gvm_expect *gone = step->has_inverse ? &step->inverse_expect : &step->expect;
	const char *names[] = { step->device[0] ? step->device : gvm_basename(gone->path),
				step->object, NULL };
	bool param = step->kind == GVM_STEP_PARAM;

	gvm_error_set(e, gvm_errors_of_write(param ? GVM_ANY_PARAM : step->write.path, -r), -r,
		      "cannot %s", step->reason);
	GVM_ERROR_FIELD(e, object, "%s", step->object);
	GVM_ERROR_FIELD(e, step, "write to %s", step->write.path);
	GVM_ERROR_FIELD(e, wrote, "%s", *step->write.value == '\n' ? "" : step->write.value);
	gvm_kmsg_since(kmsg, names, e);
	return r;
}

/** @brief Tell what was seen instead. @param look condition @param step step @param e error, told already that the step failed */
static void not_seen(const struct look *look, const struct gvm_step *step, struct gvm_error *e)
{
	const struct gvm_expect *x = look->expect;
	char shown[sizeof(x->value)] = "";

	if (e)
		e->code = "GVM_E_NOT_SEEN";
	if (x->kind == GVM_EXPECT_PARAM) {
		gvm_host_read_named(look->host, x->path, shown, sizeof(shown));
		gvm_str_printable(shown);
		if (e)
			e->code = "GVM_E_PARAM_NOT_SEEN";
	} else if (x->kind == GVM_EXPECT_TEXT)
		gvm_host_read(look->host, x->path, shown, sizeof(shown));
	else if (x->kind == GVM_EXPECT_LINK)
		gvm_host_link(look->host, x->path, shown, sizeof(shown));
	else
		return;
	GVM_ERROR_FIELD(e, message, "cannot %s: %s shows %s", step->reason, gvm_basename(x->path),
			*shown ? shown : "nothing");
}

/** @brief Tell of a parameter that was written and cannot be read. @param ctx context @param step done */
static void tell_unverified(struct gvm_ctx *ctx, const struct gvm_step *step)
{
	char shown[GVM_ATTRIBUTE_SIZE];
	int r;

	if (step->expect.kind != GVM_EXPECT_PARAM)
		return;
	r = gvm_host_read_named(ctx->host, step->expect.path, shown, sizeof(shown));
	if (r < 0)
		gvm_warn(ctx,
			 "vGPU %s: the driver took %s, and cannot be asked whether it has it: %s",
			 step->object, step->reason, gvm_errno_name(r));
}

/**
 * @brief Do one step and read it back.
 * @param ctx context @param step step @param kmsg mark in the kernel log
 * @param written set when the kernel took the write: only then is there something to undo.
 *        (A refused create must not be undone: the UUID may be another's.)
 * @param e error @return 0 or -errno
 */
static int run_step(struct gvm_ctx *ctx, const struct gvm_step *step, int kmsg, bool *written,
		    struct gvm_error *e)
{
	struct look look = { ctx->host, &step->expect };
	int r = do_write(ctx, &step->write, step->wait_ms);

	*written = r == 0;
	if (r < 0)
		return step_failed(step, r, kmsg, e);
	r = gvm_wait_until(patience(step), holds, &look);
	if (r == 0) {
		tell_unverified(ctx, step);
		return 0;
	}
	step_failed(step, r, kmsg, e);
	not_seen(&look, step, e);
	GVM_ERROR_FIELD(e, step, "write to %s, then look for %s%s%s", step->write.path,
			step->expect.path, step->expect.value[0] ? " -> " : " to go",
			step->expect.value);
	return r;
}

/** @brief Undo one step. @param ctx context @param step step @return 0 or -errno */
static int undo_step(struct gvm_ctx *ctx, const struct gvm_step *step)
{
	struct look look = { ctx->host, &step->inverse_expect };
	int r;

	if (holds(&look))
		return 0;
	r = do_write(ctx, &step->inverse, step->wait_ms);
	if (r == 0)
		r = gvm_wait_until(patience(step), holds, &look);
	gvm_log(ctx, "undo of step %u (%s): %s", step->id, step->reason,
		r < 0 ? gvm_errno_name(r) : "done");
	return r;
}

int gvm_apply(struct gvm_ctx *ctx, struct gvm_plan *plan, struct gvm_error *e)
{
	int kmsg = gvm_kmsg_mark(ctx->host);
	bool written = false;
	size_t done;
	int r = 0;

	for (done = 0; done < plan->n_steps; done++) {
		r = run_step(ctx, &plan->steps[done], kmsg, &written, e);
		if (r < 0)
			break;
	}
	plan->n_done = done;
	if (r == 0)
		return 0;
	/* The kernel may still do it, after what was done before is undone: that is to be looked at. */
	plan->left_over = r == -ETIMEDOUT && !written;
	if (written)
		done++;
	while (done-- > 0) {
		const struct gvm_step *step = &plan->steps[done];
		int u;

		if (step->point_of_no_return)
			break;
		u = step->has_inverse ? undo_step(ctx, step) : 0;
		if (u == 0)
			continue;
		plan->left_over = true;
		GVM_ERROR_FIELD(e, cause, "and undoing it failed: write %s to %s: %s",
				step->inverse.value, step->inverse.path, gvm_errno_name(u));
	}
	return r;
}

int gvm_plan_end(struct gvm_ctx *ctx, const struct gvm_plan *plan)
{
	size_t done = 0, undoable = 0, i;
	int r = 0;

	for (i = 0; i < plan->n_steps; i++) {
		struct look look = { ctx->host, &plan->steps[i].expect };

		if (!plan->steps[i].has_inverse)
			continue;
		undoable = i + 1;
		if (holds(&look))
			done = i + 1;
	}
	/* All is there, as far as it shows: to do what is behind it twice does no harm. */
	for (i = done; done == undoable && i < plan->n_steps && r == 0; i++)
		r = do_write(ctx, &plan->steps[i].write, plan->steps[i].wait_ms);
	while (done != undoable && done-- > 0) {
		int u = plan->steps[done].has_inverse ? undo_step(ctx, &plan->steps[done]) : 0;

		r = r < 0 ? r : u;
	}
	return r;
}
