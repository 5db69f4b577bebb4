// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "uuid.h"

/** @brief UUIDs are taken in any case and kept in lower case. @param state unused */
static void parse(void **state)
{
	char u[GVM_UUID_SIZE];

	(void)state;
	assert_int_equal(gvm_uuid_parse("5D9F1F2E-0F0A-4C8E-9D0B-3D1C2B3A4F50", u), 0);
	assert_string_equal(u, "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50");
	assert_int_equal(gvm_uuid_parse("00000000-0000-0000-0000-000000000000", u), 0);
}

/** @brief Anything else is refused, and the result stays as it was. @param state unused */
static void refused(void **state)
{
	static const char *const bad[] = {
		"",
		"5",
		"5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f5",
		"5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f500",
		"5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f5g",
		"5d9f1f2e00f0a-4c8e-9d0b-3d1c2b3a4f50",
		"{d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f5}",
		"5d9f1f2e0f0a4c8e9d0b3d1c2b3a4f50",
		"5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f5\n",
		" 5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f5",
		"5d9f1f2e-0f0a-4c8e-9d0b 3d1c2b3a4f50",
		"../../../../../../../../../../etc/pass",
		"-d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50",
		"+d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50",
		"0x9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50",
		"5d9f1f2e-0f0a-4c8e-9d0b-3d1c 2b3a4f5",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++) {
		char u[GVM_UUID_SIZE] = "old";

		if (gvm_uuid_parse(bad[i], u) != -EINVAL)
			fail_msg("taken: \"%s\"", bad[i]);
		assert_string_equal(u, "old");
	}
}

/** @brief Random ones are in normal form, version 4, and differ. @param state unused */
static void random_ones(void **state)
{
	char a[GVM_UUID_SIZE], b[GVM_UUID_SIZE], c[GVM_UUID_SIZE];

	(void)state;
	gvm_uuid_random(a);
	gvm_uuid_random(b);
	assert_string_not_equal(a, b);
	assert_int_equal(gvm_uuid_parse(a, c), 0);
	assert_string_equal(a, c);
	assert_int_equal(a[14], '4');
}

/** @brief A name's UUID never changes: compared with Python's uuid5. @param state unused */
static void of_name(void **state)
{
	char a[GVM_UUID_SIZE], b[GVM_UUID_SIZE];

	(void)state;
	gvm_uuid_of_name("0123456789abcdef0123456789abcdef", "demo", a);
	assert_string_equal(a, "1e74d3dd-dc49-5daa-aee1-696c46e1f0ad");
	gvm_uuid_of_name("another machine", "demo", b);
	assert_string_not_equal(a, b);
	gvm_uuid_of_name("0123456789abcdef0123456789abcdef", "demo2", b);
	assert_string_not_equal(a, b);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse),
		cmocka_unit_test(refused),
		cmocka_unit_test(random_ones),
		cmocka_unit_test(of_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
