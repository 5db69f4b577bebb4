// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdlib.h>

#include "pci.h"
#include "str.h"

/** libpci, used for its names only. */
struct gvm_pci_names {
	struct pci_access *access;
	bool broken;
};

/* libpci ends the process on an error unless its callback does not return. */
static _Thread_local jmp_buf on_error;

/** @brief Leave libpci after an error of its own. @param fmt its message, not shown */
static void __attribute__((noreturn)) libpci_failed(char *fmt, ...)
{
	(void)fmt;
	longjmp(on_error, 1);
}

/** @brief Take no notice of libpci's talk. @param fmt its message */
static void libpci_says(char *fmt, ...)
{
	(void)fmt;
}

struct gvm_pci_names *gvm_pci_names_open(void)
{
	struct gvm_pci_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->access = pci_alloc();
	n->access->error = libpci_failed;
	n->access->warning = libpci_says;
	n->access->debug = libpci_says;
	return n;
}

void gvm_pci_names_close(struct gvm_pci_names *n)
{
	if (!n)
		return;
	if (!n->broken)
		pci_cleanup(n->access);
	free(n);
}

int gvm_pci_name(struct gvm_pci_names *n, unsigned int vendor, unsigned int device, char *buf,
		 size_t size)
{
	const int flags = PCI_LOOKUP_NO_NUMBERS;
	char *name;

	buf[0] = '\0';
	if (n->broken)
		return -ENOENT;
	if (setjmp(on_error)) {
		n->broken = true;
		return -ENOENT;
	}
	name = pci_lookup_name(n->access, buf, (int)size,
			       PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | flags, vendor, device);
	if (!name)
		name = pci_lookup_name(n->access, buf, (int)size, PCI_LOOKUP_VENDOR | flags,
				       vendor);
	if (!name || name != buf) {
		buf[0] = '\0';
		return -ENOENT;
	}
	gvm_str_printable(buf);
	return 0;
}
