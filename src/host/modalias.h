/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file modalias.h
 * @brief Which VFIO driver a PCI function wants: vfio-pci, or one made for that device.
 */
#ifndef GVM_HOST_MODALIAS_H
#define GVM_HOST_MODALIAS_H

#include "host.h"

/** Size of a module's or driver's name with its end (documented, linux/module.h: at most 64). */
#define GVM_MODULE_SIZE 64

/** The VFIO driver of a PCI function. */
struct gvm_vfio_driver {
	char module[GVM_MODULE_SIZE]; /**< for modprobe: "vfio_pci" */
	char driver[GVM_MODULE_SIZE]; /**< for driver_override: "vfio-pci" */
	bool variant;                 /**< made for this device; false: vfio-pci */
	bool list_read;               /**< modules.alias was there; else vfio-pci is a guess */
	bool loaded; /**< the kernel said the driver's name; else it is by custom */
};

/**
 * @brief Does a line of modules.alias name a VFIO module for a device?
 * @param line such as "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci"
 * @param modalias of the device, "pci:v..."
 * @param module array for the module's name; the empty string unless it does
 * @param size its size in bytes
 * @return number of wildcards, 0 or more: the fewer, the closer the match; or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when it does not
 */
int gvm_modalias_match(const char *line, const char *modalias, char *module, size_t size);

/**
 * @brief Find the VFIO driver of a PCI function.
 *
 * It is the one with the fewest wildcards among the "vfio_pci:" aliases that match: the rule of the
 * kernel's authors (documented, changelog of "PCI / VFIO: Add 'override_only' support for VFIO PCI
 * sub system", 2021) and of libvirt since 10.0.0.
 * @param h machine
 * @param address PCI address in the kernel's spelling
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction call it again once the module is loaded: only then the driver's name is sure
 * @sideeffect none
 * @failure ENOENT without such a device, EINVAL when its modalias is none
 */
int gvm_vfio_driver_find(struct gvm_host *h, const char *address, struct gvm_vfio_driver *ret);

/**
 * @brief The name of the PCI driver in a loaded module.
 * @param h machine
 * @param module its name, with "_"
 * @param driver array for the name, as in /sys/bus/pci/drivers
 * @param size its size in bytes
 * @return 0 or a negative errno; @p driver is the empty string on failure
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when it is not loaded, or has no PCI driver
 */
int gvm_module_pci_driver(struct gvm_host *h, const char *module, char *driver, size_t size);

/** @brief Are two names of a driver or module the same, "-" and "_" being equal? @param a one @param b other @return true if so
 *  @restriction none @sideeffect none @failure none */
bool gvm_driver_name_same(const char *a, const char *b);

#endif
