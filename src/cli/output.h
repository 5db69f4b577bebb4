/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file output.h
 * @brief Answers: a stream of items, printed as JSON (CONTRACTS section 2), a table, or in full.
 *
 * Every item is one JSON object; tables show members of it, so that text and JSON cannot drift.
 */
#ifndef GVM_CLI_OUTPUT_H
#define GVM_CLI_OUTPUT_H

#include "cli.h"

/** A column of a table: a member of the items. */
struct cli_column {
	const char *heading; /**< NULL ends the list */
	const char *key;
	bool right; /**< numbers */
};

struct cli_out;

/**
 * @brief Begin an answer.
 * @param cli run
 * @param schema its name with version, such as "gvm.vgpu.list/1"
 * @param columns of the table; NULL to show each item in full
 * @return the answer, to be ended with cli_out_end(); NULL out of memory
 * @restriction none
 * @sideeffect with --json writes to standard output
 * @failure none else
 */
struct cli_out *cli_out_begin(struct cli *cli, const char *schema,
			      const struct cli_column *columns);

/**
 * @brief What people are told when there is no item: that, and what to do next.
 * @param out answer, may be NULL
 * @param text static text; else they are told nothing
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void cli_out_empty(struct cli_out *out, const char *text);

/**
 * @brief Add an item.
 * @param out answer
 * @param item object, taken over; NULL counts as out of memory
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect with --json, or in full, writes it
 * @failure ENOMEM
 */
int cli_out_item(struct cli_out *out, struct json_object *item);

/**
 * @brief End an answer.
 * @param out answer
 * @param inv whose warnings are told, or NULL
 * @param r result so far: passed through, and nothing more is printed when negative
 * @return @p r, or -ENOMEM
 * @restriction none
 * @sideeffect writes; frees @p out
 * @failure ENOMEM; main() finds out whether standard output took it
 */
int cli_out_end(struct cli_out *out, const struct gvm_inventory *inv, int r);

/**
 * @brief A member's name for people: "numa_node" is "NUMA node".
 * @param key name of a member, with its unit at the end
 * @param buf result
 * @param size its size in bytes
 * @return the unit that numbers of it have ("MiB"), "" for none
 * @restriction none
 * @sideeffect none
 * @failure none: what is too long is cut
 */
const char *cli_label(const char *key, char *buf, size_t size);

/**
 * @brief The text of a JSON value, for people.
 * @param v value or NULL
 * @return new text, owned by the caller; "-" for what is unknown or empty; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
char *cli_text(struct json_object *v);

/**
 * @brief Print an error: to standard error for people, with --json to standard output.
 *
 * What the library warned of meanwhile goes to standard error in both cases.
 * @param cli run
 * @param e error
 * @param r negative errno
 * @return the exit status
 * @restriction none
 * @sideeffect writes
 * @failure none
 */
int cli_error(struct cli *cli, const struct gvm_error *e, int r);

/** @brief An error as JSON. @param e error, see gvm_errors_complete() @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_error_item(const struct gvm_error *e);

/** @brief Print an error for people: the facts first, then why, then what to do.
 *  @param e error, see gvm_errors_complete()
 *  @restriction none @sideeffect writes to standard error @failure none */
void cli_error_text(const struct gvm_error *e);

/**
 * @brief Print a plan, for --dry-run.
 * @param cli run
 * @param plan plan
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect writes
 * @failure ENOMEM
 */
int cli_out_plan(struct cli *cli, const struct gvm_plan *plan);

#endif
