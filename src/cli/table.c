// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define GAP 2

bool cli_table_utf8(void)
{
	static int known = -1;

	/* Asked only where a letter needs it: to read a locale takes more than all else of a small command. */
	if (known < 0) {
		setlocale(LC_CTYPE, "");
		known = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	}
	return known;
}

/** @brief Columns a text takes on a terminal. @param s text @return their number */
static size_t width_of(const char *s)
{
	wchar_t wide[512];
	size_t len = strlen(s), n;
	const char *p = s;
	int width;

	while (*p && !(*p & 0x80))
		p++;
	if (!*p)
		return len;
	cli_table_utf8();
	n = mbstowcs(wide, s, sizeof(wide) / sizeof(wide[0]));
	if (n == (size_t)-1 || n == sizeof(wide) / sizeof(wide[0]))
		return len;
	width = wcswidth(wide, n);
	return width < 0 ? len : (size_t)width;
}

/** @brief Append a text with its end. @param t table @param s text */
static void append(struct cli_table *t, const char *s)
{
	size_t len = strlen(s) + 1;

	if (t->len + len > t->cap) {
		size_t cap = (t->cap + len) * 2;
		char *grown = realloc(t->cells, cap);

		if (!grown) {
			t->err = -ENOMEM;
			return;
		}
		t->cells = grown;
		t->cap = cap;
	}
	memcpy(t->cells + t->len, s, len);
	t->len += len;
}

void cli_table_row(struct cli_table *t, const char *const *cells)
{
	size_t n = 0, i;

	while (cells[n] && n < CLI_TABLE_MAX_COLUMNS)
		n++;
	if (!t->n_columns)
		t->n_columns = n;
	for (i = 0; i < t->n_columns && !t->err; i++) {
		size_t width = n == t->n_columns ? width_of(cells[i]) : 0;

		append(t, i < n ? cells[i] : "");
		if (width > t->width[i])
			t->width[i] = width;
	}
}

/** @brief Print spaces. @param n how many @param f stream */
static void print_spaces(size_t n, FILE *f)
{
	static const char spaces[] = "                                ";

	for (; n >= sizeof(spaces); n -= sizeof(spaces) - 1)
		fwrite(spaces, 1, sizeof(spaces) - 1, f);
	fwrite(spaces, 1, n, f);
}

/** @brief Print one row. @param t table @param row its first cell @param f stream @return the cell after it */
static const char *print_row(const struct cli_table *t, const char *row, FILE *f)
{
	size_t spaces = 0, i;

	for (i = 0; i < t->n_columns; i++) {
		size_t len = strlen(row), w = width_of(row);
		size_t pad = t->width[i] > w ? t->width[i] - w : 0;

		if (t->right[i])
			spaces += pad;
		/* Spaces wait until something follows them: no line ends in spaces. */
		if (*row) {
			print_spaces(spaces, f);
			fwrite(row, 1, len, f);
			spaces = 0;
		}
		if (!t->right[i])
			spaces += pad;
		spaces += GAP;
		row += len + 1;
	}
	fputc('\n', f);
	return row;
}

int cli_table_print(struct cli_table *t, FILE *f)
{
	const char *row = t->cells;
	int r = t->err;

	while (r == 0 && row && row < t->cells + t->len)
		row = print_row(t, row, f);
	free(t->cells);
	memset(t, 0, sizeof(*t));
	return r;
}
