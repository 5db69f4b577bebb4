// SPDX-License-Identifier: GPL-2.0-or-later
/* What fits into a port, and where QEMU tells it. */
#include "unit.h"

#include "json.h"
#include "ports.h"

#define MIB(n) ((uint64_t)(n) << 20)

/** One port, a device's BARs, and whether they fit. */
struct fit {
	struct gvm_qemu_window memory, prefetchable;
	struct gvm_bar bars[GVM_MAX_BARS];
	bool fits;
	uint64_t lacking;
	bool of_prefetchable;
};

/* The rules of windows, one by one. */
static const struct fit cases[] = {
	/* Nothing asked for, nothing there. */
	{ { 1, 0 }, { 1, 0 }, { { 0 } }, true, 0, false },
	/* Just as large, and aligned. */
	{ { 1, 0 }, { MIB(64), MIB(128) - 1 }, { { MIB(64), true, true } }, true, 0, false },
	/* One byte short. */
	{ { 1, 0 }, { MIB(64), MIB(128) - 2 }, { { MIB(64), true, true } }, false, MIB(64), true },
	/* Large enough, but not where it is aligned. */
	{ { 1, 0 }, { MIB(65), MIB(129) - 1 }, { { MIB(64), true, true } }, false, MIB(64), true },
	{ { 1, 0 }, { MIB(65), MIB(192) - 1 }, { { MIB(64), true, true } }, true, 0, false },
	/* Two of them. */
	{ { 1, 0 },
	  { MIB(64), MIB(128) - 1 },
	  { { MIB(16), true, true }, { 0 }, { MIB(32), true, true } },
	  true,
	  0,
	  false },
	{ { 1, 0 },
	  { MIB(64), MIB(128) - 1 },
	  { { MIB(64), true, true }, { 0 }, { MIB(1), true, true } },
	  false,
	  MIB(65),
	  true },
	/* What is not prefetchable has its own window, also with 64 bits. */
	{ { MIB(1), MIB(2) - 1 },
	  { MIB(64), MIB(128) - 1 },
	  { { MIB(1), false, true } },
	  true,
	  0,
	  false },
	{ { MIB(1), MIB(2) - 1 },
	  { MIB(64), MIB(128) - 1 },
	  { { MIB(2), false, true } },
	  false,
	  MIB(2),
	  false },
	{ { MIB(1), 0 },
	  { MIB(64), MIB(128) - 1 },
	  { { 4096, false, false } },
	  false,
	  4096,
	  false },
	/* 32 bits do not reach a window above 4 GiB: the other one must do. */
	{ { MIB(16), MIB(32) - 1 },
	  { MIB(8192), MIB(16384) - 1 },
	  { { MIB(16), true, false } },
	  true,
	  0,
	  false },
	{ { MIB(16), MIB(17) - 1 },
	  { MIB(8192), MIB(16384) - 1 },
	  { { MIB(16), true, false } },
	  false,
	  MIB(16),
	  false },
	{ { 1, 0 }, { MIB(8192), MIB(16384) - 1 }, { { MIB(8192), true, true } }, true, 0, false },
	/* Sizes and places of somebody who lies. */
	{ { 1, 0 },
	  { UINT64_MAX - 1, UINT64_MAX },
	  { { (uint64_t)1 << 63, true, true }, { (uint64_t)1 << 63, true, true } },
	  false,
	  UINT64_MAX,
	  true },
	{ { 1, 0 }, { 0, UINT64_MAX }, { { (uint64_t)1 << 63, true, true } }, true, 0, false },
	{ { 1, 0 }, { UINT64_MAX, UINT64_MAX }, { { 1, true, true } }, true, 0, false },
};

/** @brief Each of them. @param state unused */
static void fits(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		const struct fit *c = &cases[i];
		struct gvm_qemu_port port = { "p", true, c->memory, c->prefetchable };
		uint64_t lacking = 0;
		bool prefetchable = false;

		if (gvm_qemu_port_fits(&port, c->bars, &lacking, &prefetchable) != c->fits)
			fail_msg("case %zu is wrong", i);
		if (!c->fits) {
			assert_true(lacking == c->lacking);
			assert_int_equal(prefetchable, c->of_prefetchable);
		}
		/* Before the firmware ran there are no windows yet. */
		port.programmed = false;
		assert_true(gvm_qemu_port_fits(&port, c->bars, &lacking, &prefetchable));
	}
}

#define BUS(secondary)                                                                             \
	"\"bus\": {\"secondary\": " secondary ", \"memory_range\": {\"base\": 1, \"limit\": 2}, "  \
	"\"prefetchable_range\": {\"base\": 3, \"limit\": 18446744073709551615}}"
#define BRIDGE(id, secondary) "{\"qdev_id\": \"" id "\", \"pci_bridge\": {" BUS(secondary) "}}"

/** @brief Look for port "p". @param text answer @param port result @return of it */
static int parse(const char *text, struct gvm_qemu_port *port)
{
	GVM_AUTOJSON struct json_object *o = json_tokener_parse(text);

	return gvm_qemu_parse_port(o, "p", port);
}

/** @brief Answers to query-pci: right ones, and what is none. @param state unused */
static void answers(void **state)
{
	static const char *const absent[] = { "[]",
					      "[{}]",
					      "[{\"devices\": 7}]",
					      "[7, null]",
					      "[{\"devices\": [7, {}, {\"pci_bridge\": 7}]}]",
					      "[{\"devices\": [" BRIDGE("q", "1") "]}]" };
	static const char *const wrong[] = {
		"7",
		"{}",
		"[{\"devices\": [{\"qdev_id\": \"p\", \"pci_bridge\": {}}]}]",
		"[{\"devices\": [{\"qdev_id\": \"p\", \"pci_bridge\": {\"bus\": {}}}]}]",
		"[{\"devices\": [" BRIDGE("p", "256") "]}]",
		"[{\"devices\": [" BRIDGE("p", "-1") "]}]"
	};
	struct gvm_qemu_port port = { .id = "" };
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(absent); i++)
		assert_int_equal(parse(absent[i], &port), -ENOENT);
	for (i = 0; i < UT_COUNT(wrong); i++)
		assert_int_equal(parse(wrong[i], &port), -EPROTO);
	assert_string_equal(port.id, "");
	/* On the second bus, below another bridge. */
	assert_int_equal(parse("[{}, {\"devices\": [{\"qdev_id\": \"up\", \"pci_bridge\": {" BUS(
				       "1") ", \"devices\": [{}, " BRIDGE("p", "2") "]}}]}]",
			       &port),
			 0);
	assert_string_equal(port.id, "p");
	assert_true(port.programmed && port.memory.base == 1 && port.memory.limit == 2);
	assert_true(port.prefetchable.base == 3 && port.prefetchable.limit == UINT64_MAX);
	assert_int_equal(parse("[{\"devices\": [" BRIDGE("p", "0") "]}]", &port), 0);
	assert_false(port.programmed);
	/* It has its number, and no windows yet. */
	assert_int_equal(parse("[{\"devices\": [{\"qdev_id\": \"p\", \"pci_bridge\": {\"bus\": "
			       "{\"secondary\": 1, \"memory_range\": {\"base\": 2, \"limit\": 1}, "
			       "\"prefetchable_range\": {\"base\": 2, \"limit\": 1}}}}]}]",
			       &port),
			 0);
	assert_false(port.programmed);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
