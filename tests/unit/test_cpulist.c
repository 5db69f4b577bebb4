// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "cpulist.h"

/** @brief Lists as the kernel and people write them. @param state unused */
static void lists(void **state)
{
	static const struct {
		const char *text;
		int n, first, last;
	} good[] = { { "0", 1, 0, 0 },          { "0-3,8", 5, 0, 8 },        { "8,0-3", 5, 0, 8 },
		     { "1023", 1, 1023, 1023 }, { "0-1023", 1024, 0, 1023 }, { "2-2,2", 1, 2, 2 } };
	static const char *const bad[] = { "",   ",",  "1,",  "-1",  "1-",   "3-1",   "a",
					   "1 ", " 1", "1;2", "0x3", "1--2", "1-2-3", "+1" };
	static const char *const high[] = { "1024", "0-1024", "99999999999999999999" };
	cpu_set_t set;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(good); i++) {
		assert_int_equal(gvm_cpulist_parse(good[i].text, &set), good[i].n);
		assert_int_equal(CPU_COUNT(&set), good[i].n);
		assert_true(CPU_ISSET(good[i].first, &set) && CPU_ISSET(good[i].last, &set));
	}
	CPU_ZERO(&set);
	for (i = 0; i < UT_COUNT(bad); i++)
		assert_int_equal(gvm_cpulist_parse(bad[i], &set), -EINVAL);
	for (i = 0; i < UT_COUNT(high); i++)
		assert_int_equal(gvm_cpulist_parse(high[i], &set), -ERANGE);
	assert_int_equal(CPU_COUNT(&set), 0);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(lists) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
