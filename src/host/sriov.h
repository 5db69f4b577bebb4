/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sriov.h
 * @brief SR-IOV: a physical function (PF) and its virtual functions (VFs).
 */
#ifndef GVM_HOST_SRIOV_H
#define GVM_HOST_SRIOV_H

#include "modalias.h"
#include "pci.h"

/** A virtual function. */
struct gvm_vf {
	unsigned int index; /**< from 0, as in "virtfn0"; xe and i915 count the same VF from 1 */
	char address[GVM_PCI_ADDR_SIZE];
	char driver[GVM_MODULE_SIZE];   /**< the empty string: none */
	char override[GVM_MODULE_SIZE]; /**< driver_override; the empty string: none */
	int group;                      /**< IOMMU group, -1: none */
};

/** What a PF can do, and how it is set. */
struct gvm_sriov {
	unsigned int total;     /**< most VFs; 0: the driver has chosen to have none */
	int autoprobe;          /**< do new VFs get a driver at once: 1, 0; -1 unknown */
	unsigned int vf_device; /**< PCI device id of its VFs; 0 unknown */
};

/**
 * @brief What a PF can do.
 * @param h machine
 * @param pf its PCI address in the kernel's spelling
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when it is no PF; EINVAL, ERANGE when its attributes are nonsense
 */
int gvm_sriov_read(struct gvm_host *h, const char *pf, struct gvm_sriov *ret);

/**
 * @brief How many VFs a PF is set to have.
 *
 * The kernel blocks the reader, for good, while it takes VFs away that a VM still uses (observed,
 * Linux 6.12, November 2026), hence the deadline. gvm_sriov_vfs() does not block.
 * @param h machine
 * @param pf its PCI address in the kernel's spelling
 * @param timeout_ms how long it may take, in milliseconds
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect after ETIMEDOUT a child stays until the kernel lets it go
 * @failure ETIMEDOUT when a change is under way, ENOENT when it is no PF; EINVAL for nonsense; errors of
 *          mmap(2) and gvm_child()
 */
int gvm_sriov_numvfs(struct gvm_host *h, const char *pf, unsigned int timeout_ms,
		     unsigned int *ret);

/**
 * @brief The VFs of a PF, in the order of their index.
 * @param h machine
 * @param pf its PCI address in the kernel's spelling
 * @param ret array, to be freed by the caller; NULL when there is none; untouched on failure
 * @param n its length
 * @return 0 or a negative errno
 * @restriction a VF that was removed by itself leaves a gap, and so does one whose removal waits for
 *              the VM that uses it (observed, Linux 6.12, November 2026): use the index, not the place
 * @sideeffect none
 * @failure ENOENT without such a device, ENOMEM, EINVAL for links that lead to no PCI function
 */
int gvm_sriov_vfs(struct gvm_host *h, const char *pf, struct gvm_vf **ret, size_t *n);

/**
 * @brief The PF of a VF.
 * @param h machine
 * @param vf its PCI address in the kernel's spelling
 * @param pf result: address
 * @return 0 or a negative errno; @p pf is the empty string on failure
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when it is no VF; EINVAL when its link leads to no PCI function
 */
int gvm_sriov_pf(struct gvm_host *h, const char *vf, char pf[GVM_PCI_ADDR_SIZE]);

#endif
