/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file pci_config.h
 * @brief What a PCI function says of itself in its configuration space.
 *
 * Names and layouts are those of the PCI specifications, as in linux/pci_regs.h.
 */
#ifndef GVM_HOST_PCI_CONFIG_H
#define GVM_HOST_PCI_CONFIG_H

#include <stdint.h>

#include "host.h"

/** Size of the configuration space of PCI. */
#define GVM_PCI_CONFIG_OLD 256
/** Size of the configuration space of PCI Express. */
#define GVM_PCI_CONFIG_SIZE 4096
/** Most capabilities in the list: they cannot overlap. */
#define GVM_PCI_MAX_CAPS 48
/** Most extended capabilities. */
#define GVM_PCI_MAX_EXT_CAPS 480
/** Most BARs of a function. */
#define GVM_PCI_BARS 6

/** A capability in one of the two lists. */
struct gvm_pci_cap {
	uint16_t id;
	uint16_t offset;
	uint8_t version; /**< of an extended one, else 0 */
};

/** A BAR whose size can be changed. */
struct gvm_pci_rebar {
	uint8_t bar;    /**< its index */
	uint64_t sizes; /**< bit k: it can have 2^k MiB */
	uint64_t bytes; /**< the size it has */
};

/** The SR-IOV capability. */
struct gvm_pci_sriov {
	bool present;
	bool enabled; /**< VFs are there */
	uint16_t initial_vfs;
	uint16_t total_vfs;
	uint16_t num_vfs;
	uint16_t vf_offset; /**< of the first VF's routing id from the PF's; 0: no VF can be */
	uint16_t vf_stride;
	uint16_t vf_device; /**< PCI device id of the VFs */
};

/** The ACS capability; bits are PCI_ACS_* of linux/pci_regs.h. */
struct gvm_pci_acs {
	bool present;
	uint16_t can;
	uint16_t does;
};

/** What was read. */
struct gvm_pci_config {
	uint16_t vendor, device;                     /**< 0xffff in a VF: its PF has them */
	uint16_t subsystem_vendor, subsystem_device; /**< 0 for bridges */
	uint32_t class_id;                           /**< such as 0x030000 */
	uint8_t revision;
	uint8_t header_type; /**< 0 function, 1 PCI-to-PCI bridge, 2 CardBus bridge */
	bool multifunction;
	bool truncated; /**< the space ended before the lists did: what is missing is unknown */
	bool damaged;   /**< a list has a loop, or leads where no capability can be */
	struct gvm_pci_cap caps[GVM_PCI_MAX_CAPS];
	size_t n_caps;
	struct gvm_pci_cap ext_caps[GVM_PCI_MAX_EXT_CAPS];
	size_t n_ext_caps;
	bool pcie;
	uint8_t pcie_type; /**< PCI_EXP_TYPE_* of linux/pci_regs.h */
	bool has_slot;     /**< of a port: there is a slot behind it */
	uint16_t slot;     /**< the slot's number */
	bool flr;          /**< it can be reset alone */
	bool ari;
	bool has_serial;
	uint64_t serial;
	struct gvm_pci_sriov sriov;
	struct gvm_pci_acs acs;
	struct gvm_pci_rebar rebars[GVM_PCI_BARS];
	size_t n_rebars;
	struct gvm_pci_rebar vf_rebars[GVM_PCI_BARS]; /**< the same of the VFs' BARs */
	size_t n_vf_rebars;
};

/**
 * Reads four bytes at a multiple of four. Returns 0, -ENODATA behind the end, or another negative errno,
 * which ends the decoding.
 */
typedef int (*gvm_pci_read_fn)(void *data, unsigned int offset, uint32_t *value);

/**
 * @brief Decode a configuration space by reading only what is understood.
 * @param fn reads it
 * @param data for @p fn
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure ENODEV when all bits are set: the device is gone, or off; EBADMSG when the header is
 *          none; ENODATA with less than 64 bytes; the errors of @p fn
 */
int gvm_pci_config_decode(gvm_pci_read_fn fn, void *data, struct gvm_pci_config *ret);

/**
 * @brief Decode a configuration space that was read before.
 * @param data bytes
 * @param size their count: 64 as an ordinary user gets them, 256 or 4096
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure as gvm_pci_config_decode()
 */
int gvm_pci_config_parse(const void *data, size_t size, struct gvm_pci_config *ret);

/**
 * @brief Read and decode the configuration space of a function.
 *
 * Only what is understood is read, as some devices crash when other parts are (documented, lspci(8)).
 * @param h machine
 * @param address PCI address in the kernel's spelling
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction whoever has not CAP_SYS_ADMIN gets the header only: "truncated"
 * @sideeffect wakes a device that sleeps
 * @failure as gvm_pci_config_decode(); errors of open(2) and pread(2)
 */
int gvm_pci_config_read(struct gvm_host *h, const char *address, struct gvm_pci_config *ret);

/**
 * @brief Find a capability.
 * @param c configuration
 * @param extended in which list
 * @param id of it
 * @return the first one, or NULL
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct gvm_pci_cap *gvm_pci_find_cap(const struct gvm_pci_config *c, bool extended,
					   unsigned int id);

#endif
