/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file vm_schema.h
 * @brief What a VM file may hold: the schemas of vm_file.c.
 */
#ifndef GVM_CORE_VM_SCHEMA_H
#define GVM_CORE_VM_SCHEMA_H

#include "yaml_load.h"

/** A VM file with cpus: 4. */
extern const struct gvm_yaml gvm_vm_yaml;
/** A VM file with cpus: {count: 4, pin: auto}. */
extern const struct gvm_yaml gvm_vm_yaml_cpus;

#endif
