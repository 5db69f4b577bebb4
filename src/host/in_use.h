/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file in_use.h
 * @brief Does the host itself use a PCI function, as a disk or as a network interface?
 */
#ifndef GVM_HOST_IN_USE_H
#define GVM_HOST_IN_USE_H

#include "host.h"

/**
 * @brief What does the host use a PCI function for?
 * @param h machine
 * @param address of the function, in the kernel's spelling
 * @param why result: the rest of a sentence, such as "has disk nvme0n1p2, mounted at /home"
 * @param size its size in bytes
 * @return true if it uses it: a disk that is mounted, swapped to or held by dm or md, or a network
 *         interface that is up
 * @restriction mounts of our own mount namespace only
 * @sideeffect none
 * @failure none: what cannot be read counts as not used
 */
bool gvm_pci_in_use(struct gvm_host *h, const char *address, char *why, size_t size);

#endif
