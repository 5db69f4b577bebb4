/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file own_type.h
 * @brief Own types: names that people give to a driver's type with parameters (/etc/gvm/types.d).
 */
#ifndef GVM_CORE_OWN_TYPE_H
#define GVM_CORE_OWN_TYPE_H

#include "context.h"
#include "objects.h"
#include "params.h"

struct gvm_inventory;

/** An own type. */
struct gvm_own_type {
	char name[GVM_NAME_SIZE];
	char base[GVM_NAME_SIZE];   /**< id of a driver's type */
	char gpu[GVM_NAME_SIZE];    /**< id of the GPU; empty: any that has the base */
	char serial[GVM_NAME_SIZE]; /**< of the GPU, or empty */
	char description[256];
	struct gvm_params params; /**< before those of the vGPU */
};

/** Own types, by name. */
struct gvm_own_types {
	struct gvm_own_type *items;
	size_t n;
};

/**
 * @brief Parse the text of an own type.
 * @param text bytes
 * @param len their count
 * @param path for messages
 * @param ret result, untouched on failure
 * @param e detail: line and remedy
 * @return 0 or a negative errno
 * @restriction as gvm_yaml_load()
 * @sideeffect none
 * @failure EINVAL (GVM_E_FILE_INVALID); ENOMEM
 */
int gvm_own_type_parse(const char *text, size_t len, const char *path, struct gvm_own_type *ret,
		       struct gvm_error *e);

/** @brief The text of an own type. @param t it @return new text, to be freed by the caller; NULL out of memory
 *  @restriction none @sideeffect none @failure none */
char *gvm_own_type_text(const struct gvm_own_type *t);

/** Told of files that cannot be used. */
typedef void (*gvm_own_type_warn_fn)(const struct gvm_error *e, void *data);

/**
 * @brief Load all own types.
 * @param ctx context
 * @param ret result, to be freed with gvm_own_types_free(); untouched on failure
 * @param warn called for each file that cannot be used, or NULL
 * @param data for @p warn
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM; what cannot be read is told to @p warn
 */
int gvm_own_types_load(struct gvm_ctx *ctx, struct gvm_own_types *ret, gvm_own_type_warn_fn warn,
		       void *data);

/** @brief Free own types. @param t types @restriction none @sideeffect none @failure none */
void gvm_own_types_free(struct gvm_own_types *t);

/** Own types that are freed at the end of their scope; start them at { 0 }. */
#define GVM_AUTOOWNTYPES __attribute__((cleanup(gvm_own_types_free)))

/** @brief Find an own type. @param t types @param name its @return it, or NULL
 *  @restriction none @sideeffect none @failure none */
const struct gvm_own_type *gvm_own_types_find(const struct gvm_own_types *t, const char *name);

/**
 * @brief Add the own types to the types of an inventory: one for each GPU that has the base, with its room.
 * @param ctx context
 * @param inv inventory with the types of drivers; the own ones are kept in it, too
 * @param only it is that of one GPU: a base that is not there is no reason to warn
 * @return 0 or -ENOMEM
 * @restriction one that has the name of a driver's type is not used
 * @sideeffect none
 * @failure ENOMEM; files that cannot be used are warnings
 */
int gvm_own_types_add(struct gvm_ctx *ctx, struct gvm_inventory *inv, bool only);

/**
 * @brief Complete an own type that is asked for, and see that it goes with what is there.
 * @param ctx context
 * @param t it; its base becomes an id
 * @param force in place of one of this name; for a base that is not there, too
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EEXIST (GVM_E_NAME_TAKEN), ENOENT (GVM_E_TYPE_NOT_FOUND), EINVAL (GVM_E_FILE_INVALID: its base
 *          is an own type), those of gvm_vgpu_takes_params()
 */
int gvm_own_type_complete(struct gvm_ctx *ctx, struct gvm_own_type *t, bool force,
			  struct gvm_error *e);

/**
 * @brief Keep an own type.
 * @param ctx context
 * @param t as for gvm_own_type_complete()
 * @param force as there; and even if a person has changed the file
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes its file
 * @failure those of gvm_own_type_complete() and gvm_saved_error()
 */
int gvm_own_type_create(struct gvm_ctx *ctx, struct gvm_own_type *t, bool force,
			struct gvm_error *e);

/**
 * @brief Forget an own type. What was made of it stays.
 * @param ctx context
 * @param name its
 * @param dry only see whether it can go
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root and the live machine, but for @p dry
 * @sideeffect removes its file
 * @failure ENOENT (GVM_E_TYPE_NOT_FOUND), EBUSY (GVM_E_TYPE_IN_USE, with what uses it), those of
 *          gvm_saved_error()
 */
int gvm_own_type_delete(struct gvm_ctx *ctx, const char *name, bool dry, struct gvm_error *e);

#endif
