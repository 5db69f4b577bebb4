// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan.h"

#include <errno.h>
#include <string.h>

#include "str.h"

void gvm_plan_init(struct gvm_plan *plan)
{
	/* Not the steps: they are 150 KiB, and each is cleared when it is appended. */
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

/** @brief A condition as JSON. @param x condition @return new object */
static struct json_object *expect_json(const struct gvm_expect *x)
{
	static const char *const kinds[] = { [GVM_EXPECT_LINK] = "link",
					     [GVM_EXPECT_ABSENT] = "absent",
					     [GVM_EXPECT_TEXT] = "text" };
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
