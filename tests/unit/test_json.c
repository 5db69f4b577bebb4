// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "json.h"

/** @brief Parse a text. @param text it @param o result @return as gvm_json_parse() */
static int parse(const char *text, struct json_object **o)
{
	return gvm_json_parse(text, strlen(text), o);
}

/** @brief A text of nested objects. @param buf result @param depth of nesting */
static void nested(char *buf, size_t depth)
{
	size_t i;

	*buf = '\0';
	for (i = 1; i < depth; i++)
		strcat(buf, "{\"a\":");
	strcat(buf, "{}");
	for (i = 1; i < depth; i++)
		strcat(buf, "}");
}

/** @brief What is taken. @param state unused */
static void taken(void **state)
{
	static const char *const good[] = { "{}", " {} \r\n\t", "{\"a\":[1,2,{}]}", "{\"a\":null}",
					    "{\"\xc3\xa4\":\"\xe2\x82\xac\"}" };
	char deep[256];
	size_t i;

	(void)state;
	nested(deep, GVM_JSON_DEPTH - 1);
	for (i = 0; i <= UT_COUNT(good); i++) {
		GVM_AUTOJSON struct json_object *o = NULL;

		assert_int_equal(parse(i < UT_COUNT(good) ? good[i] : deep, &o), 0);
		assert_non_null(o);
	}
}

/** @brief What is refused; the result stays untouched. @param state unused */
static void refused(void **state)
{
	static const char *const bad[] = { "",
					   " ",
					   "null",
					   "1",
					   "\"x\"",
					   "[]",
					   "{",
					   "}",
					   "{}{}",
					   "{} x",
					   "{a:1}",
					   "{\"a\":tru}",
					   "{\"a\":\"\xff\"}",
					   "\xef\xbb\xbf{}",
					   "{\"a\"}" };
	/* What json-c 0.18 takes, where gvm_json_parse() cannot ask it to be strict. */
	static const char *const lax[] = { "{\"a\":1,}", "{\"a\":01}", "{/* */}",
					   "{\"a\":1} // x" };
	char deep[8192];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(lax) && json_c_version_num() >> 8 != 18; i++) {
		struct json_object *o = NULL;

		if (parse(lax[i], &o) != -EBADMSG)
			fail_msg("taken: %s", lax[i]);
		assert_null(o);
	}
	nested(deep, 1000);
	for (i = 0; i <= UT_COUNT(bad); i++) {
		struct json_object *o = NULL;

		if (parse(i < UT_COUNT(bad) ? bad[i] : deep, &o) != -EBADMSG)
			fail_msg("taken: %s", i < UT_COUNT(bad) ? bad[i] : "1000 deep");
		assert_null(o);
	}
}

/** @brief Length counts, not the NUL. @param state unused */
static void lengths(void **state)
{
	struct json_object *o = NULL;

	(void)state;
	assert_int_equal(gvm_json_parse("{}\0", 3, &o), -EBADMSG);
	assert_int_equal(gvm_json_parse("{\"a\":\"\0\"}", 9, &o), -EBADMSG);
	assert_int_equal(gvm_json_parse("{}", (size_t)INT32_MAX + 1, &o), -EFBIG);
	assert_null(o);
	assert_int_equal(gvm_json_parse("{}garbage", 2, &o), 0);
	json_object_put(o);
}

/** @brief Text members. @param state unused */
static void texts(void **state)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	char buf[4] = "old";

	(void)state;
	assert_int_equal(
		parse("{\"s\":\"abc\",\"n\":1,\"z\":null,\"l\":\"abcd\",\"nul\":\"a\\u0000b\"}",
		      &o),
		0);
	assert_int_equal(gvm_json_str(o, "s", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "abc");
	assert_int_equal(gvm_json_str(o, "none", buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
	assert_int_equal(gvm_json_str(o, "z", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(gvm_json_str(o, "n", buf, sizeof(buf)), -EBADMSG);
	assert_int_equal(gvm_json_str(o, "nul", buf, sizeof(buf)), -EBADMSG);
	assert_int_equal(gvm_json_str(o, "l", buf, sizeof(buf)), -ENAMETOOLONG);
	assert_string_equal(buf, "");
}

/** @brief Number members. @param state unused */
static void numbers(void **state)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	uint64_t v = 7;

	(void)state;
	assert_int_equal(
		parse("{\"n\":10,\"m\":18446744073709551615,\"g\":-1,\"f\":1.0,\"s\":\"1\","
		      "\"z\":null,\"b\":true}",
		      &o),
		0);
	assert_int_equal(gvm_json_u64(o, "n", 9, &v), -ERANGE);
	assert_int_equal(gvm_json_u64(o, "g", UINT64_MAX, &v), -ERANGE);
	assert_int_equal(gvm_json_u64(o, "f", 9, &v), -EBADMSG);
	assert_int_equal(gvm_json_u64(o, "s", 9, &v), -EBADMSG);
	assert_int_equal(gvm_json_u64(o, "b", 9, &v), -EBADMSG);
	assert_int_equal(gvm_json_u64(o, "z", 9, &v), -ENOENT);
	assert_int_equal(gvm_json_u64(o, "none", 9, &v), -ENOENT);
	assert_true(v == 7);
	assert_int_equal(gvm_json_u64(o, "n", 10, &v), 0);
	assert_true(v == 10);
	assert_int_equal(gvm_json_u64(o, "m", UINT64_MAX, &v), 0);
	assert_true(v == UINT64_MAX);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken), cmocka_unit_test(refused), cmocka_unit_test(lengths),
		cmocka_unit_test(texts), cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
