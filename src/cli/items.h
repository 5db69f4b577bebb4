/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file items.h
 * @brief Objects as JSON (CONTRACTS section 2): the one description of what is shown of them.
 */
#ifndef GVM_CLI_ITEMS_H
#define GVM_CLI_ITEMS_H

#include "attachment.h"
#include "cli.h"
#include "inventory.h"
#include "vm_file.h"

struct json_object;

/**
 * @brief An object as JSON: ids and addresses are texts, null is unknown.
 * @param inv inventory it is of
 * @param gpu the object
 * @return new object, owned by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
struct json_object *cli_gpu_item(const struct gvm_inventory *inv, const struct gvm_gpu *gpu);
/** @brief Another object as JSON; see cli_gpu_item(). @param inv inventory @param type it @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_type_item(const struct gvm_inventory *inv, const struct gvm_type *type);
/** @brief Another object as JSON; see cli_gpu_item(). @param inv inventory @param vgpu it @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_vgpu_item(const struct gvm_inventory *inv, const struct gvm_vgpu *vgpu);
/** @brief Another object as JSON; see cli_gpu_item(). @param inv inventory @param vm it @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_vm_item(const struct gvm_inventory *inv, const struct gvm_vm *vm);
/** @brief A VM that is defined and does not run, as JSON. @param name of it
 *  @param file its definition, or NULL: it cannot be read @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_defined_vm_item(const char *name, const struct gvm_vm_file *file);

/**
 * @brief Add to a VM that gvm runs where its file, console and log are, and what its file adds to QEMU's
 *        command line.
 * @param ctx context
 * @param vm VM
 * @param item its object
 * @restriction none
 * @sideeffect none
 * @failure none: what cannot be told is left out
 */
void cli_vm_paths(struct gvm_ctx *ctx, const struct gvm_vm *vm, struct json_object *item);

/** @brief A definition as JSON. @param d it @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_definition_item(const struct gvm_definition *d);

/** @brief An own type as JSON. @param t it @return new object, owned by the caller
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_own_type_item(const struct gvm_own_type *t);

/**
 * @brief Load all definitions, as the answer of a command needs them.
 * @param cli run
 * @param ret result, to be freed with gvm_definitions_free()
 * @param warnings an inventory with nothing but warnings, to be freed by the caller
 * @return 0 or -ENOMEM
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM
 */
int cli_definitions(struct cli *cli, struct gvm_definitions *ret, struct gvm_inventory **warnings);

/** @brief Who has a vGPU. @param inv host @param vgpu vGPU @return new object
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_who_item(const struct gvm_inventory *inv, const struct gvm_vgpu *vgpu);

/** @brief A vGPU and the VM that got it, or gave it back. @param a both @param dry_run it was only planned @return new object
 *  @restriction none @sideeffect none @failure none */
struct json_object *cli_attachment_item(const struct gvm_attachment *a, bool dry_run);

#endif
