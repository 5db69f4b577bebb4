// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "str.h"

#define MAX_FIELDS 4

/**
 * @brief Cut a text into number fields.
 * @param s text, changed @param separators any of them ends a field @param base of the numbers
 * @param out fields @return how many, or -EINVAL
 */
static int split_numbers(char *s, const char *separators, int base, uint64_t out[MAX_FIELDS])
{
	char *rest = s, *field;
	int n = 0;

	while ((field = strsep(&rest, separators))) {
		if (n == MAX_FIELDS || strlen(field) > 8 || strpbrk(field, "xX") ||
		    gvm_parse_u64(field, base, UINT32_MAX, &out[n]) < 0)
			return -EINVAL;
		n++;
	}
	return n;
}

/**
 * @brief Check the four numbers of an address and store them.
 * @param f domain, bus, device, function @param ret result @return 0 or -EINVAL
 */
static int address_of(const uint64_t f[MAX_FIELDS], struct gvm_pci_addr *ret)
{
	if (f[1] > 0xff || f[2] > 0x1f || f[3] > 7)
		return -EINVAL;
	*ret = (struct gvm_pci_addr){ (uint32_t)f[0], (uint8_t)f[1], (uint8_t)f[2], (uint8_t)f[3] };
	return 0;
}

/**
 * @brief Xorg's spelling: PCI:bus[@domain]:device:function, decimal.
 * @param s what follows "PCI:", changed @param ret result @return 0 or -EINVAL
 */
static int parse_xorg(char *s, struct gvm_pci_addr *ret)
{
	uint64_t f[MAX_FIELDS], domain = 0;
	bool has_domain = strchr(s, '@') != NULL;
	int n = split_numbers(s, ":@", 10, f);

	if (n != (has_domain ? 4 : 3))
		return -EINVAL;
	if (has_domain) {
		domain = f[1];
		f[1] = f[0];
	} else {
		memmove(&f[1], &f[0], 3 * sizeof(f[0]));
	}
	f[0] = domain;
	return address_of(f, ret);
}

int gvm_pci_parse(const char *text, struct gvm_pci_addr *ret)
{
	uint64_t f[MAX_FIELDS];
	char buf[40], *start, *dot;
	int n;

	if (gvm_str_starts(text, "/"))
		text = gvm_basename(text);
	if (gvm_str_copy(buf, sizeof(buf), text) < 0)
		return -EINVAL;
	if (gvm_str_starts(buf, "PCI:"))
		return parse_xorg(buf + 4, ret);
	start = gvm_str_starts(buf, "pci-") || gvm_str_starts(buf, "pci_") ? buf + 4 : buf;
	/* udev's /dev/dri/by-path/pci-0000:00:02.0-card, and -render */
	if (start != buf && strchr(start, '-'))
		*strchr(start, '-') = '\0';
	/* Only the function may stand behind a dot. */
	dot = strchr(start, '.');
	if (dot && strpbrk(dot + 1, ".:_"))
		return -EINVAL;
	n = split_numbers(start, ":_.", 16, f);
	if (n == 3 && dot) {
		memmove(&f[1], &f[0], 3 * sizeof(f[0]));
		f[0] = 0;
	} else if (n != 4) {
		return -EINVAL;
	}
	return address_of(f, ret);
}

void gvm_pci_format(const struct gvm_pci_addr *a, char buf[GVM_PCI_ADDR_SIZE])
{
	snprintf(buf, GVM_PCI_ADDR_SIZE, "%04x:%02x:%02x.%x", a->domain, a->bus, a->device & 0x1f,
		 a->function & 7);
}
