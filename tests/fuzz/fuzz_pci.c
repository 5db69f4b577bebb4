// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI addresses. What is taken survives being written and read again. */
#include "fuzz.h"

#include "pci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gvm_pci_addr a = { 0 }, b = { 0 };
	char buf[GVM_PCI_ADDR_SIZE], *text = fuzz_text(data, size);

	if (gvm_pci_parse(text, &a) == 0) {
		FUZZ_PROMISE(a.device <= 0x1f && a.function <= 7);
		gvm_pci_format(&a, buf);
		FUZZ_PROMISE(gvm_pci_parse(buf, &b) == 0);
		FUZZ_PROMISE(a.domain == b.domain && a.bus == b.bus && a.device == b.device &&
			     a.function == b.function);
	}
	free(text);
	return 0;
}
