// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration spaces of PCI functions. */
#include "fuzz.h"

#include <errno.h>

#include "pci_config.h"

/** @brief Check a list: places inside, in steps of four, none twice. @param caps list @param n length @param first least place @param end behind the last */
static void check_list(const struct gvm_pci_cap *caps, size_t n, unsigned int first,
		       unsigned int end)
{
	uint8_t seen[GVM_PCI_CONFIG_SIZE] = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		FUZZ_PROMISE(caps[i].offset >= first && caps[i].offset < end);
		FUZZ_PROMISE(caps[i].offset % 4 == 0 && !seen[caps[i].offset]);
		seen[caps[i].offset] = 1;
	}
}

/** @brief Check BARs. @param bars them @param n how many */
static void check_bars(const struct gvm_pci_rebar *bars, size_t n)
{
	size_t i;

	FUZZ_PROMISE(n <= GVM_PCI_BARS);
	for (i = 0; i < n; i++)
		FUZZ_PROMISE(bars[i].bar < GVM_PCI_BARS && bars[i].bytes >= 1 << 20 &&
			     bars[i].sizes < 1ULL << 44);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gvm_pci_config c;
	uint8_t *exact;
	int r;

	/* In memory of just this size, so that what reads behind it is seen. */
	exact = calloc(1, size + !size);
	if (!exact)
		abort();
	if (size)
		memcpy(exact, data, size);
	r = gvm_pci_config_parse(exact, size, &c);
	free(exact);
	FUZZ_PROMISE(r == 0 || r == -ENODEV || r == -EBADMSG || r == -ENODATA);
	FUZZ_PROMISE((r == -ENODATA) == (size < 64));
	if (r < 0)
		return 0;
	FUZZ_PROMISE(c.n_caps <= GVM_PCI_MAX_CAPS && c.n_ext_caps <= GVM_PCI_MAX_EXT_CAPS);
	check_list(c.caps, c.n_caps, 64, 256);
	check_list(c.ext_caps, c.n_ext_caps, 256, GVM_PCI_CONFIG_SIZE);
	check_bars(c.rebars, c.n_rebars);
	check_bars(c.vf_rebars, c.n_vf_rebars);
	FUZZ_PROMISE(c.header_type <= 2 && c.class_id <= 0xffffff && c.slot < 1 << 13);
	return 0;
}
