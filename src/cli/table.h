/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file table.h
 * @brief Aligned tables for people.
 *
 * Own code, because libsmartcols took half of the time of listing 1,024 vGPUs and a KiB for each.
 */
#ifndef GVM_CLI_TABLE_H
#define GVM_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Columns of a table at most. */
#define CLI_TABLE_MAX_COLUMNS 10

/** A table: cells are kept as one run of texts. Start it as all zero. */
struct cli_table {
	size_t n_columns;
	bool right[CLI_TABLE_MAX_COLUMNS]; /**< numbers stand to the right */
	size_t width[CLI_TABLE_MAX_COLUMNS];
	char *cells; /**< texts, each ended by a NUL; a row is n_columns of them */
	size_t len, cap;
	int err; /**< -ENOMEM once memory has run out */
};

/**
 * @brief Add a row. The first one is the heading and sets the number of columns.
 * @param t table
 * @param cells texts, copied, ended by NULL; a row that is short does not widen its column
 * @restriction at most CLI_TABLE_MAX_COLUMNS
 * @sideeffect none
 * @failure none here: cli_table_print() tells that memory ran out
 */
void cli_table_row(struct cli_table *t, const char *const *cells);

/**
 * @brief Can the terminal show letters beyond ASCII? Reads the user's locale, once.
 * @return yes or no
 * @restriction none
 * @sideeffect sets LC_CTYPE
 * @failure none
 */
bool cli_table_utf8(void);

/**
 * @brief Print a table and free what it holds.
 * @param t table
 * @param f stream
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect writes
 * @failure ENOMEM
 */
int cli_table_print(struct cli_table *t, FILE *f);

#endif
