/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file toy.h
 * @brief The toy's GPUs: a maker who exists only for tests, and for docs/new-maker.md.
 */
#ifndef GVM_VENDOR_TOY_H
#define GVM_VENDOR_TOY_H

#include "vendor.h"

/** vGPUs that the toy's driver makes, by its own sysfs interface. */
extern const struct gvm_vendor gvm_vendor_toy;

#endif
