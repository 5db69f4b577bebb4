/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file registry.h
 * @brief Where vendors, hypervisors and the store meet: the one place that knows them all.
 *
 * A context with all of them is made by gvm_open() of gvm/context.h.
 */
#ifndef GVM_REGISTRY_H
#define GVM_REGISTRY_H

#include <gvm/context.h>

#include "context.h"

/** @brief All vendors. @return list, NULL at its end @restriction none @sideeffect none @failure none */
const struct gvm_vendor *const *gvm_vendors(void);

/** @brief All hypervisors. @return list, NULL at its end @restriction none @sideeffect none @failure none */
const struct gvm_hypervisor *const *gvm_hypervisors(void);

#endif
