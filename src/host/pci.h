/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file pci.h
 * @brief PCI addresses in every spelling, and names from pci.ids.
 */
#ifndef GVM_HOST_PCI_H
#define GVM_HOST_PCI_H

#include <stdint.h>

#include "host.h"

/** Size of an address's text with its end; the longest is "ffffffff:ff:1f.7". */
#define GVM_PCI_ADDR_SIZE 20

/** BARs of a PCI function. */
#define GVM_MAX_BARS 6

/** A memory BAR: what room a device needs in an address space. */
struct gvm_bar {
	uint64_t size; /**< bytes, a power of two; 0: it has none of this number */
	bool prefetchable;
	bool wide; /**< 64 bits */
};

/** Where a PCI function is. */
struct gvm_pci_addr {
	uint32_t domain;
	uint8_t bus;
	uint8_t device;
	uint8_t function;
};

/**
 * @brief Read a PCI address in any spelling in use.
 * @param text "0000:3b:00.0", "3b:00.0", "00000000:3B:00.0" (NVML), "pci-0000:3b:00.0" and "pci-0000:3b:00.0-card" (udev),
 *        "pci_0000_3b_00_0" (libvirt), "0000_3b_00.0" (perf), "PCI:59:0:0" and "PCI:59@0:0:0"
 *        (Xorg, decimal), or a path that ends in an address
 * @param ret result, untouched on failure
 * @return 0 or -EINVAL
 * @restriction the function must be named: "3b:00" could mean several
 * @sideeffect none
 * @failure EINVAL when it is no address
 */
int gvm_pci_parse(const char *text, struct gvm_pci_addr *ret);

/**
 * @brief The kernel's spelling of an address.
 * @param a address
 * @param buf result
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_pci_format(const struct gvm_pci_addr *a, char buf[GVM_PCI_ADDR_SIZE]);

struct gvm_pci_names;

/**
 * @brief Open the list of vendors and devices (pci.ids).
 * @return the list, to be closed by gvm_pci_names_close(); NULL out of memory
 * @restriction none
 * @sideeffect none; the file is read at the first look-up
 * @failure a missing pci.ids is no error: names are then absent
 */
struct gvm_pci_names *gvm_pci_names_open(void);

/** @brief Close the list. @param n list or NULL @restriction none @sideeffect none @failure none */
void gvm_pci_names_close(struct gvm_pci_names *n);

/**
 * @brief The name of a device, such as "NVIDIA Corporation AD102GL [L40S]".
 * @param n list
 * @param vendor PCI vendor id
 * @param device PCI device id
 * @param buf array for the name
 * @param size its size in bytes
 * @return 0 or -ENOENT
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when the list has neither the device nor its vendor
 */
int gvm_pci_name(struct gvm_pci_names *n, unsigned int vendor, unsigned int device, char *buf,
		 size_t size);

#endif
