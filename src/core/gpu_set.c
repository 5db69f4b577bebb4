// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_set.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "gpu.h"
#include "gpu_lock.h"
#include "gpu_state.h"
#include "hold.h"
#include "json.h"
#include "place.h"
#include "str.h"

/** @brief Refuse settings that no vendor of the GPU knows. @param gpu GPU @param request @param e detail @return 0 or -EINVAL */
static int check_known(const struct gvm_gpu *gpu, const struct gvm_gpu_request *request,
		       struct gvm_error *e)
{
	size_t i;

	for (i = 0; i < request->n; i++) {
		if (request->settings[i].done)
			continue;
		gvm_error_set(e, "GVM_E_SETTING", EINVAL, "%s has no setting %s", gpu->id,
			      request->settings[i].key);
		GVM_ERROR_FIELD(e, object, "%s", gpu->id);
		return -EINVAL;
	}
	return 0;
}

int gvm_gpu_plan_set(struct gvm_ctx *ctx, const struct gvm_gpu_request *request,
		     struct gvm_plan *plan, char id[GVM_NAME_SIZE], struct gvm_error *e)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	const struct gvm_gpu *gpu;
	size_t i;
	int r = gvm_gpu_id(ctx, request->gpu, id, e);

	if (r == 0)
		r = gvm_inventory_read(ctx, 0, id, &inv, e);
	if (r == 0)
		r = gvm_find_gpu(ctx, inv, request->gpu, &gpu, e);
	for (i = 0; r == 0 && i < gpu->n_vendors; i++)
		if (gpu->vendors[i]->plan_settings)
			r = gpu->vendors[i]->plan_settings(ctx, gpu, request->settings, request->n,
							   request->force, plan, e);
	return r < 0 ? r : check_known(gpu, request, e);
}

/** @brief Carry a plan out, its devices being held, and noted. @param ctx context @param plan it @param lock of the GPU @param e detail @return 0 or -errno */
static int apply_held(struct gvm_ctx *ctx, struct gvm_plan *plan, int lock, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *note = gvm_plan_note(plan);
	GVM_AUTOHELD struct gvm_held held = { .n = 0 };
	char busy[GVM_VFIO_NODE_SIZE];
	int r = plan->hold.n ? gvm_hold(ctx, &plan->hold, &held, busy) : 0;

	/* Where one cannot be held for another reason, the steps keep their deadline. */
	if (r == -EBUSY) {
		gvm_error_set(e, "GVM_E_HELD", EBUSY, "%s is held", busy);
		GVM_ERROR_FIELD(e, object, "%s", busy);
		return r;
	}
	r = gvm_gpu_note(ctx, lock, note, e);
	return r < 0 ? r : gvm_apply(ctx, plan, e);
}

/** @brief Load the driver that is asked for, if it is not there: to plan it tells when that failed. @param ctx context @param request */
static void load_driver(struct gvm_ctx *ctx, const struct gvm_gpu_request *request)
{
	char path[GVM_PATH_SIZE];
	size_t i;

	for (i = 0; i < request->n; i++) {
		const char *driver = request->settings[i].value;

		if (strcmp(request->settings[i].key, "driver") != 0 ||
		    strcmp(driver, "default") == 0 || strpbrk(driver, "/\n") ||
		    gvm_str_format(path, sizeof(path), "/sys/bus/pci/drivers/%s", driver) < 0 ||
		    gvm_host_exists(ctx->host, path))
			continue;
		gvm_load_module(ctx, driver);
	}
}

int gvm_gpu_set(struct gvm_ctx *ctx, const struct gvm_gpu_request *request, char id[GVM_NAME_SIZE],
		struct gvm_error *e)
{
	struct gvm_plan plan;
	int lock, r = gvm_gpu_id(ctx, request->gpu, id, e);

	if (r < 0)
		return r;
	lock = gvm_gpu_lock(ctx, id, e);
	if (lock < 0)
		return lock;
	gvm_plan_init(&plan);
	gvm_place_settle(ctx);
	load_driver(ctx, request);
	r = gvm_gpu_plan_set(ctx, request, &plan, id, e);
	if (r == 0 && plan.n_steps)
		r = apply_held(ctx, &plan, lock, e);
	/* What could not be undone the next one tries again. */
	gvm_gpu_unlock(ctx, lock, !plan.left_over);
	return r;
}

int gvm_gpu_save(struct gvm_ctx *ctx, const char *id, const struct gvm_gpu_request *request,
		 struct gvm_error *e)
{
	struct gvm_gpu_state state = GVM_GPU_STATE_NONE;
	uint64_t number;
	size_t i;

	gvm_str_copy(state.address, sizeof(state.address), id);
	for (i = 0; i < request->n; i++) {
		const char *key = request->settings[i].key, *value = request->settings[i].value;

		/* They were checked when they were planned. */
		if (strcmp(key, "vfs") == 0 && gvm_parse_u64(value, 10, INT_MAX, &number) == 0)
			state.vfs = (long)number;
		else if (strcmp(key, "autoprobe") == 0)
			state.autoprobe = strcmp(value, "on") == 0;
		else if (strcmp(key, "driver") == 0)
			gvm_str_copy(state.driver, sizeof(state.driver), value);
		else
			return gvm_error_set(e, "GVM_E_SETTING", EINVAL,
					     "%s=%s of %s is set now, but cannot be saved", key,
					     value, id);
	}
	return gvm_gpu_state_save(ctx, &state, request->force, e);
}

/** @brief Set, or plan it. @param ctx context @param request @param plan NULL to do it @param e detail @return 0 or -errno */
static int set_or_plan(struct gvm_ctx *ctx, const struct gvm_gpu_request *request,
		       struct gvm_plan *plan, struct gvm_error *e)
{
	char id[GVM_NAME_SIZE];

	if (!request->n)
		return 0;
	return plan ? gvm_gpu_plan_set(ctx, request, plan, id, e)
		    : gvm_gpu_set(ctx, request, id, e);
}

int gvm_gpu_restore(struct gvm_ctx *ctx, const char *id, struct gvm_plan *plan, struct gvm_error *e)
{
	struct gvm_setting driver = { .key = "driver" }, settings[2];
	struct gvm_gpu_request first = { .gpu = id, .settings = &driver, .n = 1 };
	struct gvm_gpu_request request = { .gpu = id, .settings = settings };
	struct gvm_gpu_state state;
	char vfs[24];
	int r = gvm_gpu_state_load(ctx, id, &state, e);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	snprintf(vfs, sizeof(vfs), "%ld", state.vfs);
	driver.value = state.driver;
	if (state.autoprobe >= 0)
		settings[request.n++] =
			(struct gvm_setting){ "autoprobe", state.autoprobe ? "on" : "off", false };
	if (state.vfs >= 0)
		settings[request.n++] = (struct gvm_setting){ "vfs", vfs, false };
	/* It is the driver who makes the VFs. */
	if (state.driver[0])
		r = set_or_plan(ctx, &first, plan, e);
	return r < 0 ? r : set_or_plan(ctx, &request, plan, e);
}
