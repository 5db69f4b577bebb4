/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file plan.h
 * @brief A change as a list of steps: records that can be shown, run, checked and undone.
 *
 * Pure: nothing here reads or writes the host.
 */
#ifndef GVM_CORE_PLAN_H
#define GVM_CORE_PLAN_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "host.h"
#include "vfio.h"

/** Longest plan. */
#define GVM_PLAN_MAX_STEPS 64

/** Size of a value that is written or read back, with its end. */
#define GVM_VALUE_SIZE 128

/** What a step does. */
enum gvm_step_kind {
	GVM_STEP_WRITE, /**< write a value to an attribute */
	GVM_STEP_PARAM, /**< the same, to one that a person named: a parameter */
};

/** What must be seen afterwards. */
enum gvm_expect_kind {
	GVM_EXPECT_LINK,   /**< the link at path has a target with this last part */
	GVM_EXPECT_ABSENT, /**< the path does not exist */
	GVM_EXPECT_TEXT,   /**< the attribute at path shows this text */
	/** The attribute that a person named shows this value, in its own way; or cannot be read at all. */
	GVM_EXPECT_PARAM,
};

/** One write to the kernel. */
struct gvm_write {
	char path[GVM_PATH_SIZE];
	char value[GVM_VALUE_SIZE];
	bool may_block; /**< the kernel may keep the writer waiting while somebody holds the device */
};

/** One condition to read back. */
struct gvm_expect {
	enum gvm_expect_kind kind;
	char path[GVM_PATH_SIZE];
	char value[GVM_VALUE_SIZE];
};

/** One step, complete in itself: another process can run or undo it from this record alone. */
struct gvm_step {
	unsigned int id; /**< from 1, in order */
	enum gvm_step_kind kind;
	char object[64]; /**< what it is done to, as a person calls it */
	char device[64]; /**< the kernel's name of it where paths do not end in it; else empty */
	struct gvm_write write;
	struct gvm_expect expect;
	unsigned int wait_ms; /**< longest wait for the write */
	unsigned int seen_ms; /**< longest wait then for what is expected; 0: wait_ms */
	bool has_inverse;
	struct gvm_write inverse;
	struct gvm_expect inverse_expect;
	bool point_of_no_return; /**< after it, earlier steps are not undone */
	char reason[192];        /**< what for, for a person */
};

/** Groups of one plan: the functions of a card, or the VFs of a GPU. */
#define GVM_MAX_GROUPS 256

/** A set of VFIO devices to be held, those of one group once. */
struct gvm_holds {
	struct gvm_vfio_nodes nodes[GVM_MAX_GROUPS];
	size_t n;
};

/** A plan of one stage. */
struct gvm_plan {
	struct gvm_step steps[GVM_PLAN_MAX_STEPS];
	size_t n_steps;
	size_t n_done;         /**< set by gvm_apply(): so many steps were seen to have worked */
	struct gvm_holds hold; /**< to be held by whoever carries it out; see hold.h */
	bool left_over;         /**< set by gvm_apply(): it failed, and so did undoing a step */
};

/** @brief Begin a plan. @param plan plan @restriction none @sideeffect none @failure none */
void gvm_plan_init(struct gvm_plan *plan);

/**
 * @brief Append an empty step with the next id.
 * @param plan plan
 * @param object what it is done to
 * @param ret the step, owned by the plan, to be filled by the caller
 * @param e detail
 * @return 0 or a negative errno
 * @restriction at most GVM_PLAN_MAX_STEPS
 * @sideeffect none
 * @failure E2BIG when the plan is full
 */
int gvm_plan_step(struct gvm_plan *plan, const char *object, struct gvm_step **ret,
		  struct gvm_error *e);

/**
 * @brief Add a device to a set, once.
 * @param s set
 * @param n its nodes; without any it needs no holding
 * @return 0 or -E2BIG
 * @restriction none
 * @sideeffect none
 * @failure E2BIG
 */
int gvm_holds_add(struct gvm_holds *s, const struct gvm_vfio_nodes *n);

/**
 * @brief A step as JSON (CONTRACTS section 5).
 * @param step step
 * @return new object, owned by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
struct json_object *gvm_step_json(const struct gvm_step *step);

/**
 * @brief A plan as it is noted under a GPU's lock: what another process needs to undo it.
 * @param plan plan
 * @return new object, owned by the caller; NULL out of memory
 * @restriction its text must fit a note, which the six steps of a GPU's settings do
 * @sideeffect none
 * @failure none
 */
struct json_object *gvm_plan_note(const struct gvm_plan *plan);

/**
 * @brief Read a noted plan; everything in it is checked.
 * @param o object, may be NULL
 * @param ret result, undefined on failure: its steps have what gvm_plan_end() needs
 * @return 0, -ENOENT when it is no plan, or -EBADMSG
 * @restriction only paths below /sys that lead nowhere else
 * @sideeffect none
 * @failure ENOENT, EBADMSG
 */
int gvm_plan_parse(struct json_object *o, struct gvm_plan *ret);

#endif
