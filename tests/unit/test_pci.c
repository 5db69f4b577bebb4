// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "pci.h"

/** @brief Every spelling in use is read. @param state unused */
static void spellings(void **state)
{
	static const struct {
		const char *text;
		struct gvm_pci_addr a;
	} good[] = {
		{ "0000:3b:00.0", { 0, 0x3b, 0, 0 } },
		{ "3b:00.0", { 0, 0x3b, 0, 0 } },
		{ "00000000:3B:00.0", { 0, 0x3b, 0, 0 } }, /* NVML */
		{ "0000:3B:1F.7", { 0, 0x3b, 0x1f, 7 } },
		{ "10000:e1:00.0", { 0x10000, 0xe1, 0, 0 } }, /* VMD */
		{ "pci-0000:3b:00.0", { 0, 0x3b, 0, 0 } },    /* udev */
		{ "pci_0000_3b_00_0", { 0, 0x3b, 0, 0 } },    /* libvirt */
		{ "0000_3b_00.0", { 0, 0x3b, 0, 0 } },        /* perf */
		{ "PCI:59:0:0", { 0, 59, 0, 0 } },            /* Xorg, decimal */
		{ "PCI:10:31:7", { 0, 10, 31, 7 } },
		{ "PCI:59@2:0:1", { 2, 59, 0, 1 } },
		{ "/sys/bus/pci/devices/0000:3b:00.0", { 0, 0x3b, 0, 0 } },
		{ "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1", { 0, 0x3b, 0, 1 } },
		{ "ffffffff:ff:1f.7", { 0xffffffff, 0xff, 0x1f, 7 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(good); i++) {
		struct gvm_pci_addr a = { 9, 9, 9, 9 };

		if (gvm_pci_parse(good[i].text, &a) != 0)
			fail_msg("refused: %s", good[i].text);
		if (a.domain != good[i].a.domain || a.bus != good[i].a.bus ||
		    a.device != good[i].a.device || a.function != good[i].a.function)
			fail_msg("%s read as %x:%x:%x.%x", good[i].text, a.domain, a.bus, a.device,
				 a.function);
	}
}

/** @brief What is no address is refused, and the result stays as it was. @param state unused */
static void refused(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		":",
		"::",
		".",
		"3b",
		"3b:00",
		"0000:3b:00",
		"00.0",
		"3b:00.",
		"3b:.0",
		":00.0",
		"3b:00.8",
		"3b:00.10",
		"3b:20.0",
		"100:00.0",
		"3b:00.-1",
		"3b:-1.0",
		"+3b:00.0",
		" 3b:00.0",
		"3b:00.0 ",
		"3b:00.0\n",
		"3b:00.0x",
		"0x3b:00.0",
		"3b:00.0x1",
		"0000:0000:3b:00.0",
		"100000000:3b:00.0",
		"000000000:3b:00.0",
		"3b.00.0",
		"0000.3b.00.0",
		"0000:3b.00:0",
		"g0:00.0",
		"3b:00.0/",
		"3b/00.0",
		"/sys/bus/pci/devices/",
		"/sys/bus/pci/devices/0000:3b:00.0/driver",
		"PCI:",
		"PCI:59",
		"PCI:59:0",
		"PCI:3b:0:0",
		"PCI:256:0:0",
		"PCI:59:32:0",
		"PCI:59:0:8",
		"PCI:59@0:0",
		"PCI:59:0@0:0:0",
		"PCI:59:0:0:0",
		"PCI:@0:0:0",
		"pci-",
		"pci_",
		"pci-pci-3b:00.0",
		"card0",
		"renderD128",
		"mtty",
		"virtio0",
		"0000:3b:00.0000000000000000000000000000000000000000",
		"11111111-aaaa-4bbb-8ccc-000000000001",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++) {
		struct gvm_pci_addr a = { 9, 9, 9, 7 };

		if (gvm_pci_parse(bad[i], &a) != -EINVAL)
			fail_msg("taken: \"%s\" as %x:%x:%x.%x", bad[i], a.domain, a.bus, a.device,
				 a.function);
		assert_true(a.domain == 9 && a.bus == 9 && a.device == 9 && a.function == 7);
	}
}

/**
 * @brief An address without its function could mean several, and must not become another device's:
 *        domain 0, bus 3, device 0 is not bus 0, device 3, function 0.
 * @param state unused
 */
static void function_must_be_named(void **state)
{
	static const char *const bad[] = { "0000:03:00", "pci_0000_03_00", "pci-0000:03:00",
					   "0000_03_00", "/sys/bus/pci/devices/0000:03:00" };
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++) {
		struct gvm_pci_addr a = { 0 };

		if (gvm_pci_parse(bad[i], &a) != -EINVAL)
			fail_msg("\"%s\" taken as %04x:%02x:%02x.%x", bad[i], a.domain, a.bus,
				 a.device, a.function);
	}
}

/** @brief The kernel's spelling; what is written is read back as the same. @param state unused */
static void format(void **state)
{
	static const struct {
		struct gvm_pci_addr a;
		const char *text;
	} cases[] = {
		{ { 0, 0x3b, 0, 0 }, "0000:3b:00.0" },
		{ { 1, 0xff, 0x1f, 7 }, "0001:ff:1f.7" },
		{ { 0x10000, 0xe1, 0, 0 }, "10000:e1:00.0" },
		{ { 0xfffffff, 0xff, 0x1f, 7 }, "fffffff:ff:1f.7" },
	};
	char buf[GVM_PCI_ADDR_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		gvm_pci_format(&cases[i].a, buf);
		assert_string_equal(buf, cases[i].text);
	}
}

/** @brief Any address that is taken survives being written and read again. @param state unused */
static void round_trip(void **state)
{
	struct gvm_pci_addr a, b = { 0 };
	char buf[GVM_PCI_ADDR_SIZE];

	(void)state;
	assert_int_equal(gvm_pci_parse("ffffffff:ff:1f.7", &a), 0);
	gvm_pci_format(&a, buf);
	if (gvm_pci_parse(buf, &b) != 0 || memcmp(&a, &b, sizeof(a)) != 0)
		fail_msg("ffffffff:ff:1f.7 is written as %s", buf);
}

/** @brief Names: known ones, unknown ones, and no memory of the one before. @param state unused */
static void names(void **state)
{
	struct gvm_pci_names *n = gvm_pci_names_open();
	char buf[128] = "old";

	(void)state;
	assert_non_null(n);
	assert_int_equal(gvm_pci_name(n, 0xfff1, 0xfff1, buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
	/* pci.ids may be absent, but where it is, Intel is in it. */
	if (gvm_pci_name(n, 0x8086, 0x1237, buf, sizeof(buf)) == 0)
		ut_assert_holds(buf, "Intel");
	gvm_pci_names_close(n);
	gvm_pci_names_close(NULL);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings),
		cmocka_unit_test(refused),
		cmocka_unit_test(function_must_be_named),
		cmocka_unit_test(format),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
