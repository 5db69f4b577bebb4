// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <linux/pci_regs.h>

#include "cleanup.h"
#include "file.h"
#include "pci_config.h"

/* What no device has. */
#define EMPTY 0x40

/** A space to write into. */
struct space {
	uint8_t b[GVM_PCI_CONFIG_SIZE];
	struct gvm_pci_config c;
};

/** @brief Put a number into a space, low byte first. @param s space @param at place @param value number @param bytes of it */
static void put(struct space *s, size_t at, uint64_t value, size_t bytes)
{
	for (; bytes; bytes--, value >>= 8)
		s->b[at++] = (uint8_t)value;
}

/** @brief A PCI Express endpoint with nothing else. @param state space @return 0 */
static int setup(void **state)
{
	struct space *s = calloc(1, sizeof(*s));

	put(s, PCI_VENDOR_ID, 0x10de, 2);
	put(s, PCI_DEVICE_ID, 0x2236, 2);
	put(s, PCI_STATUS, PCI_STATUS_CAP_LIST, 2);
	put(s, PCI_CAPABILITY_LIST, EMPTY, 1);
	put(s, EMPTY, PCI_CAP_ID_EXP, 1);
	put(s, EMPTY + 2, 2, 2);
	*state = s;
	return 0;
}

/** @brief Free it. @param state space @return 0 */
static int teardown(void **state)
{
	free(*state);
	return 0;
}

/** @brief Decode the space. @param s space @param size bytes of it @return what the decoder returned */
static int decode(struct space *s, size_t size)
{
	/* Memory of just this size: the sanitizer sees what reads behind it. */
	GVM_AUTOFREE uint8_t *exact = malloc(size + !size);

	memcpy(exact, s->b, size);
	memset(&s->c, 0xee, sizeof(s->c));
	return gvm_pci_config_parse(exact, size, &s->c);
}

/** @brief Put an extended capability. @param s space @param at place @param id of it @param next place of the next */
static void put_ext(struct space *s, unsigned int at, unsigned int id, unsigned int next)
{
	put(s, at, id | 1U << 16 | next << 20, 4);
}

/** @brief Read what a device of the laboratory has (QEMU 7.2, Linux 6.12). @param s result @param name of the file @return size */
static size_t load(struct space *s, const char *name)
{
	GVM_AUTOFREE char *text = NULL;
	char path[UT_PATH];
	size_t len;

	snprintf(path, sizeof(path), "%s/../tests/fuzz/corpus/pci_config/%s", getenv("GVM_SRC"),
		 name);
	assert_int_equal(gvm_read_file(AT_FDCWD, path, sizeof(s->b), &text, &len), 0);
	memset(s->b, 0, sizeof(s->b));
	memcpy(s->b, text, len);
	return len;
}

/** @brief Check the lists. @param c configuration @param caps @param ext_caps "id@place" of each, in hex, a space behind each */
static void assert_caps(const struct gvm_pci_config *c, const char *caps, const char *ext_caps)
{
	char text[256] = "", one[24];
	size_t i;

	for (i = 0; i < c->n_caps; i++) {
		snprintf(one, sizeof(one), "%x@%x ", c->caps[i].id, c->caps[i].offset);
		strcat(text, one);
	}
	assert_string_equal(text, caps);
	for (text[0] = '\0', i = 0; i < c->n_ext_caps; i++) {
		snprintf(one, sizeof(one), "%x@%x ", c->ext_caps[i].id, c->ext_caps[i].offset);
		strcat(text, one);
	}
	assert_string_equal(text, ext_caps);
}

/** @brief A PF with VFs, as lspci reads it. @param state space */
static void real_pf(void **state)
{
	struct space *s = *state;

	assert_int_equal(decode(s, load(s, "nvme-pf")), 0);
	assert_int_equal(s->c.vendor, 0x1b36);
	assert_int_equal(s->c.device, 0x0010);
	assert_int_equal(s->c.subsystem_vendor, 0x1af4);
	assert_int_equal(s->c.subsystem_device, 0x1100);
	assert_int_equal(s->c.class_id, 0x010802);
	assert_int_equal(s->c.revision, 2);
	assert_int_equal(s->c.header_type, 0);
	assert_false(s->c.truncated || s->c.damaged || s->c.has_slot || s->c.has_serial);
	assert_caps(&s->c, "11@40 10@80 1@60 ", "e@100 10@120 ");
	assert_true(s->c.pcie && s->c.flr && s->c.ari);
	assert_int_equal(s->c.pcie_type, PCI_EXP_TYPE_ENDPOINT);
	assert_true(s->c.sriov.present && s->c.sriov.enabled);
	assert_int_equal(s->c.sriov.initial_vfs, 4);
	assert_int_equal(s->c.sriov.total_vfs, 4);
	assert_int_equal(s->c.sriov.num_vfs, 2);
	assert_int_equal(s->c.sriov.vf_offset, 1);
	assert_int_equal(s->c.sriov.vf_stride, 1);
	assert_int_equal(s->c.sriov.vf_device, 0x0010);
	assert_false(s->c.acs.present);
}

/** @brief A VF: its ids are all ones. @param state space */
static void real_vf(void **state)
{
	struct space *s = *state;

	assert_int_equal(decode(s, load(s, "nvme-vf")), 0);
	assert_int_equal(s->c.vendor, 0xffff);
	assert_int_equal(s->c.class_id, 0x010802);
	assert_caps(&s->c, "11@40 10@80 1@60 ", "e@100 ");
	assert_true(s->c.flr && s->c.ari && !s->c.sriov.present);
}

/** @brief A port: a bridge with a slot and ACS. @param state space */
static void real_port(void **state)
{
	struct space *s = *state;

	assert_int_equal(decode(s, load(s, "root-port")), 0);
	assert_int_equal(s->c.header_type, 1);
	assert_int_equal(s->c.class_id, 0x060400);
	assert_int_equal(s->c.subsystem_vendor, 0);
	assert_int_equal(s->c.pcie_type, PCI_EXP_TYPE_ROOT_PORT);
	assert_true(s->c.has_slot);
	assert_int_equal(s->c.slot, 0);
	assert_caps(&s->c, "10@54 11@48 d@40 ", "1@100 d@148 ");
	assert_int_equal(s->c.ext_caps[0].version, 2);
	assert_true(s->c.acs.present);
	assert_int_equal(s->c.acs.can, PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_RR | PCI_ACS_CR |
					       PCI_ACS_UF | PCI_ACS_DT);
	assert_int_equal(s->c.acs.does, PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF);
	assert_false(s->c.flr || s->c.truncated);
}

/** @brief A display on the root complex, and an old bridge without lists. @param state space */
static void real_others(void **state)
{
	struct space *s = *state;

	assert_int_equal(decode(s, load(s, "bochs")), 0);
	assert_int_equal(s->c.pcie_type, PCI_EXP_TYPE_RC_END);
	assert_caps(&s->c, "10@80 ", "");
	assert_false(s->c.flr || s->c.truncated);
	assert_int_equal(decode(s, load(s, "virtio-vga")), 0);
	assert_caps(&s->c, "11@dc 9@c8 9@b4 9@a4 9@94 9@84 1@7c 10@40 ", "");
	assert_true(s->c.flr);
	assert_int_equal(load(s, "lpc"), 256);
	assert_int_equal(decode(s, 256), 0);
	assert_caps(&s->c, "", "");
	assert_true(s->c.multifunction);
	assert_false(s->c.pcie || s->c.truncated);
}

/** @brief What an ordinary user gets, and other sizes: the rest is unknown, not absent. @param state space */
static void truncated(void **state)
{
	struct space *s = *state;
	size_t size;

	load(s, "nvme-pf");
	for (size = 0; size < 64; size++)
		assert_int_equal(decode(s, size), -ENODATA);
	for (; size <= 4096; size++) {
		assert_int_equal(decode(s, size), 0);
		assert_int_equal(s->c.truncated, size < 0x120 + 0x1c);
		assert_false(s->c.damaged);
		assert_int_equal(s->c.n_caps, size < 0x44 ? 0 : size < 0x84 ? 1 : 3);
		assert_int_equal(s->c.n_ext_caps, size < 0x104 ? 0 : size < 0x124 ? 1 : 2);
	}
}

/** @brief Spaces that are none. @param state space */
static void nonsense(void **state)
{
	struct space *s = *state;

	put(s, PCI_HEADER_TYPE, 3, 1);
	assert_int_equal(decode(s, 4096), -EBADMSG);
	assert_int_equal(s->c.vendor, 0xeeee);
	put(s, PCI_HEADER_TYPE, 0x80, 1);
	assert_int_equal(decode(s, 4096), 0);
	put(s, PCI_VENDOR_ID, 0, 2);
	assert_int_equal(decode(s, 4096), -EBADMSG);
	memset(s->b, 0xff, sizeof(s->b));
	assert_int_equal(decode(s, 4096), -ENODEV);
	assert_int_equal(decode(s, 64), -ENODEV);
	memset(s->b, 0, sizeof(s->b));
	assert_int_equal(decode(s, 4096), -EBADMSG);
}

/** @brief Lists that loop or lead astray end, and keep what was good. @param state space */
static void bad_lists(void **state)
{
	struct space *s = *state;

	put(s, EMPTY + 1, EMPTY, 1);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.pcie);
	assert_caps(&s->c, "10@40 ", "");
	put(s, EMPTY + 1, 0x3c, 1);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.n_caps == 1);
	/* The two low bits are of no meaning. */
	put(s, EMPTY + 1, 0x83, 1);
	put(s, 0x80, PCI_CAP_ID_PM, 1);
	assert_int_equal(decode(s, 4096), 0);
	assert_false(s->c.damaged);
	assert_caps(&s->c, "10@40 1@80 ", "");
	put(s, 0x80, 0xff, 1);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.n_caps == 1);
	put(s, EMPTY + 1, 0, 1);
	put_ext(s, 0x100, PCI_EXT_CAP_ID_ARI, 0x200);
	put_ext(s, 0x200, PCI_EXT_CAP_ID_LTR, 0x100);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.ari);
	assert_caps(&s->c, "10@40 ", "e@100 18@200 ");
	put_ext(s, 0x200, PCI_EXT_CAP_ID_LTR, 0x0c0);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.n_ext_caps == 2);
	/* At the very end, with its registers behind it. */
	put_ext(s, 0x200, PCI_EXT_CAP_ID_LTR, 0xffc);
	put_ext(s, 0xffc, PCI_EXT_CAP_ID_SRIOV, 0);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.truncated && s->c.sriov.present && !s->c.damaged);
	assert_int_equal(s->c.sriov.total_vfs, 0);
}

/** @brief The longest lists there can be. @param state space */
static void full_lists(void **state)
{
	struct space *s = *state;
	unsigned int at;

	for (at = 0x40; at < 0x100; at += 4)
		put(s, at, (at == 0x40 ? PCI_CAP_ID_EXP : PCI_CAP_ID_VNDR) | (at + 4) << 8, 2);
	assert_int_equal(decode(s, 4096), 0);
	assert_int_equal(s->c.n_caps, GVM_PCI_MAX_CAPS);
	assert_false(s->c.damaged);
	for (at = 0x100; at < 0x1000; at += 4)
		put_ext(s, at, PCI_EXT_CAP_ID_VNDR, (at + 4) & 0xfff);
	assert_int_equal(decode(s, 4096), 0);
	assert_int_equal(s->c.n_ext_caps, GVM_PCI_MAX_EXT_CAPS);
	assert_true(s->c.damaged);
}

/** @brief Without PCI Express there is no second list, whatever stands there. @param state space */
static void not_express(void **state)
{
	struct space *s = *state;

	put(s, EMPTY, PCI_CAP_ID_AF, 1);
	put(s, EMPTY + 3, PCI_AF_CAP_TP, 1);
	put_ext(s, 0x100, PCI_EXT_CAP_ID_SRIOV, 0);
	assert_int_equal(decode(s, 4096), 0);
	assert_false(s->c.pcie || s->c.flr || s->c.sriov.present || s->c.n_ext_caps);
	put(s, EMPTY + 3, PCI_AF_CAP_TP | PCI_AF_CAP_FLR, 1);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.flr);
	/* A CardBus bridge has its list elsewhere. */
	put(s, PCI_HEADER_TYPE, PCI_HEADER_TYPE_CARDBUS, 1);
	put(s, PCI_CB_CAPABILITY_LIST, 0x80, 1);
	put(s, 0x80, PCI_CAP_ID_PM, 1);
	assert_int_equal(decode(s, 4096), 0);
	assert_caps(&s->c, "1@80 ", "");
	put(s, PCI_STATUS, 0, 2);
	assert_int_equal(decode(s, 4096), 0);
	assert_int_equal(s->c.n_caps, 0);
}

/** @brief The serial number, and BARs that can be resized. @param state space */
static void serial_and_bars(void **state)
{
	struct space *s = *state;

	put_ext(s, 0x100, PCI_EXT_CAP_ID_DSN, 0x140);
	put(s, 0x104, 0x1122334455667788, 8);
	put_ext(s, 0x140, PCI_EXT_CAP_ID_REBAR, 0x180);
	/* BAR 1, 256 MiB of 64 MiB to 32 GiB; BAR 3, 256 TiB at most. */
	put(s, 0x144, 0x3ffU << 10, 4);
	put(s, 0x148, 1 | 2 << 5 | 8 << 8, 4);
	put(s, 0x14c, 1 << 4, 4);
	put(s, 0x150, 3 | 0 << 8 | 1 << 16, 4);
	put_ext(s, 0x180, 0x24, 0);
	put(s, 0x184, 1 << 5, 4);
	put(s, 0x188, 0 | 1 << 5 | 1 << 8, 4);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.has_serial && s->c.serial == 0x1122334455667788);
	assert_int_equal(s->c.n_rebars, 2);
	assert_int_equal(s->c.rebars[0].bar, 1);
	assert_true(s->c.rebars[0].sizes == 0x3ffU << 6 && s->c.rebars[0].bytes == 256 << 20);
	assert_int_equal(s->c.rebars[1].bar, 3);
	assert_true(s->c.rebars[1].sizes == (1 | 1ULL << 28) && s->c.rebars[1].bytes == 1 << 20);
	assert_int_equal(s->c.n_vf_rebars, 1);
	assert_true(s->c.vf_rebars[0].sizes == 2 && s->c.vf_rebars[0].bytes == 2 << 20);
	assert_false(s->c.damaged);
	/* A BAR that is none, sizes beyond all, more BARs than there are. */
	put(s, 0x150, 6, 4);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.n_rebars == 1);
	put(s, 0x150, 44 << 8, 4);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.n_rebars == 1);
	put(s, 0x148, 1 | 7 << 5, 4);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.damaged && s->c.n_rebars == 0);
}

/** @brief Only ports that lead down have a slot, and its number is large. @param state space */
static void slots(void **state)
{
	struct space *s = *state;

	put(s, EMPTY + PCI_EXP_FLAGS, 2 | PCI_EXP_FLAGS_SLOT | PCI_EXP_TYPE_UPSTREAM << 4, 2);
	put(s, EMPTY + PCI_EXP_SLTCAP, 0x1fffU << 19, 4);
	assert_int_equal(decode(s, 4096), 0);
	assert_false(s->c.has_slot);
	put(s, EMPTY + PCI_EXP_FLAGS, 2 | PCI_EXP_FLAGS_SLOT | PCI_EXP_TYPE_DOWNSTREAM << 4, 2);
	assert_int_equal(decode(s, 4096), 0);
	assert_true(s->c.has_slot);
	assert_int_equal(s->c.slot, 0x1fff);
}

/** @brief Note what is read. @param data count for each four bytes @param offset place @param value result @return -EIO for the third capability */
static int noting(void *data, unsigned int offset, uint32_t *value)
{
	unsigned int *counts = data;

	assert_int_equal(offset % 4, 0);
	counts[offset / 4]++;
	*value = offset == PCI_CAPABILITY_LIST ? EMPTY
		 : offset == PCI_COMMAND       ? (uint32_t)PCI_STATUS_CAP_LIST << 16
		 : offset == EMPTY             ? PCI_CAP_ID_VNDR | 0x50 << 8
		 : offset == 0x50              ? PCI_CAP_ID_PM | 0x60 << 8
		 : offset == PCI_VENDOR_ID     ? 0x10de
					       : 0;
	return offset == 0x60 && counts[0x3fc / 4] ? -EIO : 0;
}

/** @brief Only what is understood is read, and an error ends it. @param state space */
static void reads_little(void **state)
{
	struct space *s = *state;
	unsigned int counts[GVM_PCI_CONFIG_SIZE / 4] = { 0 };

	assert_int_equal(gvm_pci_config_decode(noting, counts, &s->c), 0);
	assert_int_equal(counts[0x44 / 4] + counts[0x54 / 4] + counts[0x100 / 4], 0);
	assert_int_equal(counts[0x60 / 4], 1);
	counts[0x3fc / 4] = 1;
	assert_int_equal(gvm_pci_config_decode(noting, counts, &s->c), -EIO);
}

/** @brief From the machine's file. @param state space */
static void from_host(void **state)
{
	struct space *s = *state;
	struct gvm_host *h;
	char root[UT_PATH];

	ut_dir_make(root);
	ut_mkdir(root, "sys/bus/pci/devices/0000:02:00.0/config");
	ut_write_bytes(root, "sys/bus/pci/devices/0000:01:00.0/config", s->b, sizeof(s->b));
	assert_int_equal(gvm_host_open(root, &h, NULL), 0);
	assert_int_equal(gvm_pci_config_read(h, "0000:01:00.0", &s->c), 0);
	assert_int_equal(s->c.device, 0x2236);
	assert_false(s->c.truncated);
	ut_write_bytes(root, "sys/bus/pci/devices/0000:01:00.0/config", s->b, 64);
	assert_int_equal(gvm_pci_config_read(h, "0000:01:00.0", &s->c), 0);
	assert_true(s->c.truncated);
	assert_int_equal(gvm_pci_config_read(h, "0000:02:00.0", &s->c), -EISDIR);
	assert_int_equal(gvm_pci_config_read(h, "0000:03:00.0", &s->c), -ENOENT);
	gvm_host_close(h);
	ut_dir_remove(root);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(real_pf),     TEST(real_vf),         TEST(real_port), TEST(real_others),
		TEST(truncated),   TEST(nonsense),        TEST(bad_lists), TEST(full_lists),
		TEST(not_express), TEST(serial_and_bars), TEST(slots),     TEST(reads_little),
		TEST(from_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
