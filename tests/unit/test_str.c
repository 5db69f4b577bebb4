// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "str.h"

/** @brief Copying is whole or not at all. @param state unused */
static void copy(void **state)
{
	char dst[5] = "old";

	(void)state;
	assert_int_equal(gvm_str_copy(dst, sizeof(dst), "four"), 0);
	assert_string_equal(dst, "four");
	assert_int_equal(gvm_str_copy(dst, sizeof(dst), "fives"), -ENAMETOOLONG);
	assert_string_equal(dst, "");
	assert_int_equal(gvm_str_copy(dst, 1, ""), 0);
	assert_int_equal(gvm_str_copy(dst, 1, "x"), -ENAMETOOLONG);
}

/** @brief Formatting is whole or not at all. @param state unused */
static void format(void **state)
{
	char dst[5] = "old";

	(void)state;
	assert_int_equal(gvm_str_format(dst, sizeof(dst), "%d-%d", 1, 23), 0);
	assert_string_equal(dst, "1-23");
	assert_int_equal(gvm_str_format(dst, sizeof(dst), "%d", 12345), -ENAMETOOLONG);
	assert_string_equal(dst, "");
}

/** @brief Numbers: what is taken. @param state unused */
static void numbers_taken(void **state)
{
	static const struct {
		const char *text;
		int base;
		uint64_t value;
	} good[] = {
		{ "0", 10, 0 },
		{ "00", 10, 0 },
		{ "010", 0, 10 }, /* no octal */
		{ "18446744073709551615", 10, UINT64_MAX },
		{ "0x030000", 16, 0x30000 },
		{ "0X1F", 0, 31 },
		{ "ff", 16, 255 },
		{ "0xffffffffffffffff", 0, UINT64_MAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(good); i++) {
		uint64_t v = 77;

		assert_int_equal(gvm_parse_u64(good[i].text, good[i].base, UINT64_MAX, &v), 0);
		assert_true(v == good[i].value);
	}
}

/** @brief Numbers: what is refused, and that the result stays as it was. @param state unused */
static void numbers_refused(void **state)
{
	static const struct {
		const char *text;
		int base;
		uint64_t max;
		int r;
	} bad[] = {
		{ "", 10, 9, -EINVAL },
		{ " 1", 10, 9, -EINVAL },
		{ "1 ", 10, 9, -EINVAL },
		{ "1\n", 10, 9, -EINVAL },
		{ "+1", 10, 9, -EINVAL },
		{ "-1", 10, UINT64_MAX, -EINVAL },
		{ "1.0", 10, 9, -EINVAL },
		{ "1e3", 10, 9999, -EINVAL },
		{ "0x1", 10, 9, -EINVAL },
		{ "0x", 16, 9, -EINVAL },
		{ "0x0x1", 16, 9, -EINVAL },
		{ "fg", 16, 999, -EINVAL },
		{ "a", 10, 999, -EINVAL },
		{ "\xd9\xa1", 10, 9, -EINVAL }, /* an Arabic digit */
		{ "10", 10, 9, -ERANGE },
		{ "18446744073709551616", 10, UINT64_MAX, -ERANGE },
		{ "99999999999999999999999999", 10, UINT64_MAX, -ERANGE },
		{ "0x10000000000000000", 0, UINT64_MAX, -ERANGE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++) {
		uint64_t v = 77;

		assert_int_equal(gvm_parse_u64(bad[i].text, bad[i].base, bad[i].max, &v), bad[i].r);
		assert_true(v == 77);
	}
}

/** @brief White space goes from the end only. @param state unused */
static void chomp(void **state)
{
	char a[] = " a b \t\r\n", b[] = "\n\n", c[] = "";

	(void)state;
	gvm_str_chomp(a);
	assert_string_equal(a, " a b");
	gvm_str_chomp(b);
	assert_string_equal(b, "");
	gvm_str_chomp(c);
	assert_string_equal(c, "");
}

/** @brief What is shown holds no control bytes and is UTF-8. @param state unused */
static void printable(void **state)
{
	static const char *const cases[][2] = {
		{ "plain ~", "plain ~" },
		{ "a\tb\nc\x1b[31m\x7f", "a?b?c?[31m?" },
		{ "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		  "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xc2\x9b"
		  "31m",
		  "??31m" },          /* C1: CSI */
		{ "\xc0\xaf", "??" }, /* overlong */
		{ "\xe0\x80\xaf", "???" },
		{ "\xed\xa0\x80", "???" },      /* surrogate */
		{ "\xf4\x90\x80\x80", "????" }, /* past U+10FFFF */
		{ "\xf8\x88\x80\x80\x80", "?????" },
		{ "\xe2\x82", "??" }, /* cut */
		{ "\xe2\x82z", "??z" },
		{ "\xc3", "?" },
		{ "\x80\xbf\xff\xfe", "????" },
		{ "\xc2\xa0x", "\xc2\xa0x" },
		{ "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	};
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		strcpy(buf, cases[i][0]);
		gvm_str_printable(buf);
		assert_string_equal(buf, cases[i][1]);
	}
}

/** @brief Names of objects. @param state unused */
static void names(void **state)
{
	static const char *const good[] = { "a",       "0",
					    "desk1",   "a.b_c-d",
					    "9..--__", "11111111-aaaa-4bbb-8ccc-000000000001" };
	static const char *const bad[] = { "",    ".",        "..",   ".a",   "-a",  "_a",
					   "A",   "aB",       "a b",  "a/b",  "a\n", "a,b",
					   "a=b", "\xc3\xa4", "../x", "a\x01" };
	char longest[65];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(good); i++)
		assert_true(gvm_name_valid(good[i]));
	for (i = 0; i < UT_COUNT(bad); i++)
		assert_false(gvm_name_valid(bad[i]));
	memset(longest, 'x', sizeof(longest));
	longest[63] = '\0';
	assert_true(gvm_name_valid(longest));
	longest[63] = 'x';
	longest[64] = '\0';
	assert_false(gvm_name_valid(longest));
}

/** @brief Small helpers. @param state unused */
static void helpers(void **state)
{
	char **v = calloc(3, sizeof(*v));

	(void)state;
	assert_true(gvm_str_starts("abc", "ab"));
	assert_true(gvm_str_starts("abc", ""));
	assert_false(gvm_str_starts("a", "ab"));
	assert_string_equal(gvm_basename("/a/b"), "b");
	assert_string_equal(gvm_basename("b"), "b");
	assert_string_equal(gvm_basename("/a/"), "");
	v[0] = strdup("x");
	v[1] = strdup("y");
	gvm_strv_free(v);
	gvm_strv_free(NULL);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(copy),          cmocka_unit_test(format),
		cmocka_unit_test(numbers_taken), cmocka_unit_test(numbers_refused),
		cmocka_unit_test(chomp),         cmocka_unit_test(printable),
		cmocka_unit_test(names),         cmocka_unit_test(helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
