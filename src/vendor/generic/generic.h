/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file generic.h
 * @brief What the kernel offers for any maker's GPU.
 */
#ifndef GVM_VENDOR_GENERIC_H
#define GVM_VENDOR_GENERIC_H

#include "vendor.h"

/** Mediated devices by the mdev core's sysfs interface. */
extern const struct gvm_vendor gvm_vendor_mdev;

#endif
