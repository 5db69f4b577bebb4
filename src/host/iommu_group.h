/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file iommu_group.h
 * @brief Who is in an IOMMU group, what keeps it from a VM, and the functions of one card.
 */
#ifndef GVM_HOST_IOMMU_GROUP_H
#define GVM_HOST_IOMMU_GROUP_H

#include <stdint.h>

#include "modalias.h"
#include "pci.h"

/** Most members of a group that are looked at. */
#define GVM_GROUP_MAX 4096

/** What a member means for giving its group to a VM. */
enum gvm_member_kind {
	GVM_MEMBER_BRIDGE,  /**< PCI-to-PCI bridge: may stay as it is */
	GVM_MEMBER_UNBOUND, /**< without a driver */
	GVM_MEMBER_VFIO,    /**< with a VFIO driver */
	GVM_MEMBER_STUB,    /**< with pci-stub, which does nothing */
	GVM_MEMBER_OTHER,   /**< with a driver that uses the device: in the way */
};

/** A device of a group. */
struct gvm_group_member {
	char name[64];                  /**< PCI address, or another bus's name, such as a UUID */
	bool pci;                       /**< is it a PCI function */
	uint32_t class_id;              /**< PCI class such as 0x030000; 0 when unknown or none */
	char driver[GVM_MODULE_SIZE];   /**< the empty string: none */
	char override[GVM_MODULE_SIZE]; /**< driver_override; the empty string: none */
	enum gvm_member_kind kind;
};

/**
 * @brief The members of a group, in the order of their names.
 * @param h machine
 * @param group its number
 * @param members array
 * @param max its length
 * @param n result: how many there are; untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT without such a group, E2BIG when it has more than @p max
 */
int gvm_iommu_group_members(struct gvm_host *h, int group, struct gvm_group_member *members,
			    size_t max, size_t *n);

/**
 * @brief Does a VFIO driver, whichever, have this device?
 * @param h machine
 * @param device its folder below /sys
 * @param driver it has, or the empty string
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_vfio_bound(struct gvm_host *h, const char *device, const char *driver);

/**
 * @brief Does a member let its group be given to a VM?
 *
 * Only a driver that uses the device for itself is in the way (documented, kernel
 * Documentation/driver-api/vfio.rst and driver_managed_dma in linux/pci.h; a group with members
 * that have no driver was usable: observed, Linux 6.12, November 2026).
 * @param m member
 * @return true if so
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_group_member_viable(const struct gvm_group_member *m);

/**
 * @brief The driver of a device, and the one it is set to.
 * @param h machine
 * @param device its folder
 * @param driver result; the empty string: none
 * @param override result, driver_override; the empty string: none
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENAMETOOLONG, EFBIG for names that no driver has; errors of open(2) and read(2)
 */
int gvm_driver_read(struct gvm_host *h, const char *device, char driver[GVM_MODULE_SIZE],
		    char override[GVM_MODULE_SIZE]);

/**
 * @brief The number of a device's IOMMU group.
 * @param h machine
 * @param device its folder
 * @return number, or -1 when it has none
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int gvm_iommu_group_of(struct gvm_host *h, const char *device);

/**
 * @brief All functions of the card that a function belongs to, in order, itself included.
 *
 * Virtual functions share their card's slot but are devices of their own: they are left out, and of a
 * virtual function the answer is itself.
 * @param h machine
 * @param address PCI address in any spelling
 * @param functions array of 8
 * @param n result: how many; untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EINVAL when it is no address, ENOENT without such a device
 */
int gvm_pci_functions(struct gvm_host *h, const char *address, char functions[8][GVM_PCI_ADDR_SIZE],
		      size_t *n);

#endif
