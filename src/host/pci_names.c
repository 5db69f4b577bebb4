// SPDX-License-Identifier: GPL-2.0-or-later
#include <dlfcn.h>
#include <errno.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdlib.h>

#include "pci.h"
#include "str.h"

/*
 * libpci is opened when names are wanted: few commands want any, and it brings three more libraries
 * along, which took a fifth of the time that a small command needs to start.
 */
#define LIBPCI "libpci.so.3"

/** libpci, used for its names only. */
struct gvm_pci_names {
	void *library;
	__typeof__(pci_alloc) *alloc;
	__typeof__(pci_cleanup) *cleanup;
	__typeof__(pci_lookup_name) *lookup;
	struct pci_access *access;
	bool broken; /* it is not there, or has failed: there are no names */
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

/** @brief Open libpci and find what is needed of it. @param n result @return yes or no */
static bool open_library(struct gvm_pci_names *n)
{
	n->library = dlopen(LIBPCI, RTLD_LAZY | RTLD_LOCAL);
	if (!n->library)
		return false;
	n->alloc = (__typeof__(n->alloc))dlsym(n->library, "pci_alloc");
	n->cleanup = (__typeof__(n->cleanup))dlsym(n->library, "pci_cleanup");
	n->lookup = (__typeof__(n->lookup))dlsym(n->library, "pci_lookup_name");
	return n->alloc && n->cleanup && n->lookup;
}

struct gvm_pci_names *gvm_pci_names_open(void)
{
	struct gvm_pci_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->broken = !open_library(n);
	if (n->broken)
		return n;
	n->access = n->alloc();
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
		n->cleanup(n->access);
	if (n->library)
		dlclose(n->library);
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
	name = n->lookup(n->access, buf, (int)size,
			       PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | flags, vendor, device);
	if (!name)
		name = n->lookup(n->access, buf, (int)size, PCI_LOOKUP_VENDOR | flags,
				       vendor);
	if (!name || name != buf) {
		buf[0] = '\0';
		return -ENOENT;
	}
	gvm_str_printable(buf);
	return 0;
}
