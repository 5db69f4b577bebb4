// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan.h"

#include <errno.h>
#include <string.h>

#include "json.h"
#include "str.h"

/* No step waits longer: a note that says so is damaged. */
#define MAX_WAIT_MS 600000

void gvm_plan_init(struct gvm_plan *plan)
{
	/* Not the steps: they are 170 KiB, and each is cleared when it is appended. */
	plan->n_steps = plan->hold.n = 0;
	plan->left_over = false;
}

int gvm_plan_step(struct gvm_plan *plan, const char *object, struct gvm_step **ret,
		  struct gvm_error *e)
{
	struct gvm_step *step;

	if (plan->n_steps == GVM_PLAN_MAX_STEPS)
		return gvm_error_set(e, "GVM_E_PLAN_TOO_LONG", E2BIG,
				     "the plan has more than %d steps", GVM_PLAN_MAX_STEPS);
	step = &plan->steps[plan->n_steps++];
	memset(step, 0, sizeof(*step));
	step->id = (unsigned int)plan->n_steps;
	gvm_str_copy(step->object, sizeof(step->object), object);
	*ret = step;
	return 0;
}

int gvm_holds_add(struct gvm_holds *s, const struct gvm_vfio_nodes *n)
{
	size_t i;

	if (n->group < 0 && n->cdev < 0)
		return 0;
	for (i = 0; i < s->n; i++)
		if (n->group >= 0 ? s->nodes[i].group == n->group : s->nodes[i].cdev == n->cdev)
			return 0;
	if (s->n == GVM_MAX_GROUPS)
		return -E2BIG;
	s->nodes[s->n++] = *n;
	return 0;
}

/** @brief A write as JSON. @param w write @return new object */
static struct json_object *write_json(const struct gvm_write *w)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_object_new_string(w->path));
	json_object_object_add(o, "value", json_object_new_string(w->value));
	json_object_object_add(o, "may_block", json_object_new_boolean(w->may_block));
	return o;
}

static const char *const kinds[] = {
	[GVM_EXPECT_LINK] = "link",
	[GVM_EXPECT_ABSENT] = "absent",
	[GVM_EXPECT_TEXT] = "text",
	[GVM_EXPECT_PARAM] = "param",
};

/** @brief A condition as JSON. @param x condition @return new object */
static struct json_object *expect_json(const struct gvm_expect *x)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kind", json_object_new_string(kinds[x->kind]));
	json_object_object_add(o, "path", json_object_new_string(x->path));
	if (x->kind != GVM_EXPECT_ABSENT)
		json_object_object_add(o, "value", json_object_new_string(x->value));
	return o;
}

struct json_object *gvm_step_json(const struct gvm_step *step)
{
	struct json_object *o = json_object_new_object();

	if (!o)
		return NULL;
	json_object_object_add(o, "id", json_object_new_int64(step->id));
	json_object_object_add(o, "kind", json_object_new_string("write"));
	json_object_object_add(o, "object", json_object_new_string(step->object));
	json_object_object_add(o, "args", write_json(&step->write));
	json_object_object_add(o, "expect", expect_json(&step->expect));
	json_object_object_add(o, "wait_ms", json_object_new_int64(step->wait_ms));
	json_object_object_add(o, "inverse", step->has_inverse ? write_json(&step->inverse) : NULL);
	json_object_object_add(o, "point_of_no_return",
			       json_object_new_boolean(step->point_of_no_return));
	json_object_object_add(o, "reason", json_object_new_string(step->reason));
	return o;
}

/** @brief A step of a note: how its end is seen, and what undoes it, or else does it again. @param step step @return new object */
static struct json_object *noted_json(const struct gvm_step *step)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "reason", json_object_new_string(step->reason));
	json_object_object_add(o, "wait_ms", json_object_new_int64(step->wait_ms));
	json_object_object_add(o, "seen_ms", json_object_new_int64(step->seen_ms));
	json_object_object_add(o, "expect", expect_json(&step->expect));
	if (!step->has_inverse) {
		json_object_object_add(o, "write", write_json(&step->write));
		return o;
	}
	json_object_object_add(o, "inverse", write_json(&step->inverse));
	json_object_object_add(o, "inverse_expect", expect_json(&step->inverse_expect));
	return o;
}

struct json_object *gvm_plan_note(const struct gvm_plan *plan)
{
	struct json_object *o = json_object_new_object(), *steps = json_object_new_array();
	size_t i;

	for (i = 0; i < plan->n_steps; i++)
		json_object_array_add(steps, noted_json(&plan->steps[i]));
	json_object_object_add(o, "steps", steps);
	return o;
}

/** @brief Read a path of a note. @param o object @param path result @return 0 or -EBADMSG */
static int parse_path(struct json_object *o, char path[GVM_PATH_SIZE])
{
	if (!json_object_is_type(o, json_type_object) ||
	    gvm_json_str(o, "path", path, GVM_PATH_SIZE) < 0 || !gvm_str_starts(path, "/sys/") ||
	    strstr(path, "/..") || strchr(path, '\n'))
		return -EBADMSG;
	return 0;
}

/** @brief Read a write. @param o of which it is a member @param key it @param w result @return 0 or -EBADMSG */
static int parse_write(struct json_object *o, const char *key, struct gvm_write *w)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || parse_path(v, w->path) < 0 ||
	    gvm_json_str(v, "value", w->value, sizeof(w->value)) < 0)
		return -EBADMSG;
	/* Whoever was killed may have left somebody who holds the device. */
	w->may_block = true;
	return 0;
}

/** @brief Read a condition. @param o of which it is a member @param key it @param x result @return 0 or -EBADMSG */
static int parse_expect(struct json_object *o, const char *key, struct gvm_expect *x)
{
	struct json_object *v;
	char kind[8];
	size_t i;

	if (!json_object_object_get_ex(o, key, &v) || parse_path(v, x->path) < 0 ||
	    gvm_json_str(v, "kind", kind, sizeof(kind)) < 0)
		return -EBADMSG;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kind, kinds[i]) != 0; i++)
		;
	x->kind = (enum gvm_expect_kind)i;
	if (i == sizeof(kinds) / sizeof(kinds[0]) ||
	    (x->kind != GVM_EXPECT_ABSENT &&
	     gvm_json_str(v, "value", x->value, sizeof(x->value)) < 0))
		return -EBADMSG;
	return 0;
}

/** @brief Read one step. @param o object @param plan result: one step more @return 0 or -EBADMSG */
static int parse_step(struct json_object *o, struct gvm_plan *plan)
{
	struct gvm_step *s;
	uint64_t wait_ms, seen_ms;

	if (!json_object_is_type(o, json_type_object) || gvm_plan_step(plan, "", &s, NULL) < 0 ||
	    gvm_json_str(o, "reason", s->reason, sizeof(s->reason)) < 0 ||
	    gvm_json_u64(o, "wait_ms", MAX_WAIT_MS, &wait_ms) < 0 ||
	    gvm_json_u64(o, "seen_ms", MAX_WAIT_MS, &seen_ms) < 0 ||
	    parse_expect(o, "expect", &s->expect) < 0)
		return -EBADMSG;
	s->wait_ms = (unsigned int)wait_ms;
	s->seen_ms = (unsigned int)seen_ms;
	if (parse_write(o, "write", &s->write) == 0)
		return 0;
	s->has_inverse = true;
	if (parse_write(o, "inverse", &s->inverse) < 0 ||
	    parse_expect(o, "inverse_expect", &s->inverse_expect) < 0)
		return -EBADMSG;
	return 0;
}

int gvm_plan_parse(struct json_object *o, struct gvm_plan *ret)
{
	struct json_object *steps;
	size_t i;
	int r = 0;

	gvm_plan_init(ret);
	if (!o || !json_object_object_get_ex(o, "steps", &steps))
		return -ENOENT;
	if (!json_object_is_type(steps, json_type_array))
		return -EBADMSG;
	for (i = 0; i < json_object_array_length(steps) && r == 0; i++)
		r = parse_step(json_object_array_get_idx(steps, i), ret);
	return r;
}
