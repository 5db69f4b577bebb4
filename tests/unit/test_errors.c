// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of errors against the source: every code of one is in the other. */
#include "unit.h"

#include <ctype.h>
#include <ftw.h>

#include "errors.h"
#include "str.h"

#define MAX_CODES 256

/** Codes found in the source. */
static struct {
	char code[64];
	unsigned int quoted; /* as "GVM_E_..." in code */
	char where[UT_PATH];
} found[MAX_CODES];
static size_t n_found;

/** @brief Note one code. @param code text @param len its length @param quoted is it a literal @param path of the file */
static void note(const char *code, size_t len, bool quoted, const char *path)
{
	size_t i;

	for (i = 0; i < n_found; i++)
		if (strlen(found[i].code) == len && strncmp(found[i].code, code, len) == 0)
			break;
	assert_true(i < MAX_CODES && len < sizeof(found[0].code));
	if (i == n_found) {
		n_found++;
		snprintf(found[i].code, sizeof(found[0].code), "%.*s", (int)len, code);
		snprintf(found[i].where, sizeof(found[0].where), "%s", path);
	}
	found[i].quoted += quoted;
}

/** @brief Look through one file. @param path it @param st unused @param kind of entry @param where unused @return 0 */
static int scan(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	const char *dot = strrchr(path, '.');
	static char text[1 << 18];
	char *p;

	(void)st, (void)where;
	if (kind != FTW_F || !dot || (strcmp(dot, ".c") != 0 && strcmp(dot, ".h") != 0))
		return 0;
	ut_read("", path, text, sizeof(text));
	for (p = strstr(text, "GVM_E_"); p; p = strstr(p + 1, "GVM_E_")) {
		size_t len = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		bool quoted = p > text && p[-1] == '"' && p[len] == '"';

		/* "GVM_E_..." in a comment is no code. */
		if (len > strlen("GVM_E_") && (p == text || (!isalnum(p[-1]) && p[-1] != '_')))
			note(p, len, quoted, path);
	}
	return 0;
}

/** @brief Look through the source once. @param state unused @return 0 */
static int read_source(void **state)
{
	const char *src = getenv("GVM_SRC");

	(void)state;
	if (!src || nftw(src, scan, 16, FTW_PHYS) < 0)
		return -1;
	return n_found ? 0 : -1;
}

/** @brief Each code of the source, in comments too, has its entry. @param state unused */
static void source_in_table(void **state)
{
	unsigned int missing = 0;
	size_t i;

	(void)state;
	for (i = 0; i < n_found; i++) {
		if (gvm_errors_find(found[i].code))
			continue;
		print_error("%s (%s) is not in the table\n", found[i].code, found[i].where);
		missing++;
	}
	assert_int_equal(missing, 0);
}

/** @brief Each entry is used somewhere else than in the table. @param state unused */
static void table_in_source(void **state)
{
	const struct gvm_error_entry *all;
	unsigned int unused = 0;
	size_t n, i, j;

	(void)state;
	all = gvm_errors_all(&n);
	assert_true(n > 10);
	for (i = 0; i < n; i++) {
		for (j = 0; j < n_found && strcmp(found[j].code, all[i].code) != 0; j++)
			;
		if (j < n_found && found[j].quoted >= 2)
			continue;
		print_error("%s is used nowhere\n", all[i].code);
		unused++;
	}
	assert_int_equal(unused, 0);
}

/** @brief Entries are whole: own code, sane exit status, label, no empty texts. @param state unused */
static void entries(void **state)
{
	const struct gvm_error_entry *all;
	size_t n, i, j;

	(void)state;
	all = gvm_errors_all(&n);
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			assert_string_not_equal(all[i].code, all[j].code);
		assert_true(gvm_str_starts(all[i].code, "GVM_E_"));
		assert_in_range(all[i].exit, GVM_EXIT_FAILED, GVM_EXIT_PERMISSION);
		assert_non_null(all[i].label);
		if (strcmp(all[i].label, "gvm") != 0 &&
		    !gvm_str_starts(all[i].label, "documented: ") &&
		    !gvm_str_starts(all[i].label, "observed: "))
			fail_msg("%s has the label \"%s\"", all[i].code, all[i].label);
		assert_true(!all[i].cause || *all[i].cause);
		assert_true(!all[i].remedy || *all[i].remedy);
		assert_ptr_equal(gvm_errors_find(all[i].code), &all[i]);
	}
	assert_null(gvm_errors_find(NULL));
	assert_null(gvm_errors_find(""));
	assert_null(gvm_errors_find("GVM_E_"));
}

/** @brief The manual has each entry whole: meaning, cause and remedy. @param state unused */
static void manual(void **state)
{
	const struct gvm_error_entry *all, no = { .code = "GVM_E_" };
	struct gvm_error_manual m;
	unsigned int missing = 0;
	size_t n, i;

	(void)state;
	all = gvm_errors_all(&n);
	for (i = 0; i < n; i++) {
		memset(&m, 0, sizeof(m));
		if (gvm_errors_manual(&all[i], &m) == 0 && m.meaning && m.cause && m.remedy)
			continue;
		print_error("%s: src/core/manual.c has no %s\n", all[i].code,
			    !m.meaning ? "entry"
			    : m.cause  ? "remedy"
				       : "cause");
		missing++;
	}
	assert_int_equal(missing, 0);
	assert_int_equal(gvm_errors_manual(&no, &m), -ENOENT);
	assert_string_equal(gvm_exit_name(GVM_EXIT_PERMISSION), "permission");
	assert_string_equal(gvm_exit_name(-1), "-");
	assert_string_equal(gvm_exit_name(99), "-");
}

/** @brief Whatever the kernel answers, a code of the table comes out; all with cause or remedy. @param state unused */
static void any_answer(void **state)
{
	static const char *const paths[] = {
		"/sys/a/create", "/sys/a/remove", "/sys/a/other", "create", "", "/"
	};
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < UT_COUNT(paths); i++) {
		for (err = 1; err < 140; err++) {
			const struct gvm_error_entry *entry =
				gvm_errors_find(gvm_errors_of_write(paths[i], err));

			assert_non_null(entry);
			assert_true(entry->remedy && (entry->cause || entry->exit));
		}
	}
	/* Only the last part of the path counts, and the whole of it. */
	assert_string_equal(gvm_errors_of_write("/create/x", EUSERS), "GVM_E_WRITE");
	assert_string_equal(gvm_errors_of_write("/recreate", EUSERS), "GVM_E_WRITE");
}

/** @brief Setting an error starts anew, cuts what is too long, and works for nobody. @param state unused */
static void setting(void **state)
{
	struct gvm_error e = { .hint = "old", .n_kernel_log = 3 };
	char longer[1000];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(gvm_error_set(&e, "GVM_E_WRITE", EIO, "%s", longer), -EIO);
	assert_int_equal(strlen(e.message), sizeof(e.message) - 1);
	assert_string_equal(e.hint, "");
	assert_int_equal(e.n_kernel_log, 0);
	gvm_error_field(&e, e.object, sizeof(e.object), "%s", longer);
	assert_int_equal(strlen(e.object), sizeof(e.object) - 1);
	assert_int_equal(gvm_error_set(NULL, "GVM_E_WRITE", EIO, "x"), -EIO);
	assert_string_equal(gvm_errno_name(-EBUSY), "EBUSY");
	assert_string_equal(gvm_errno_name(EBUSY), "EBUSY");
	assert_string_equal(gvm_errno_name(99999), "errno");
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(source_in_table), cmocka_unit_test(table_in_source),
		cmocka_unit_test(entries),         cmocka_unit_test(manual),
		cmocka_unit_test(any_answer),      cmocka_unit_test(setting),
	};

	return cmocka_run_group_tests(tests, read_source, NULL);
}
