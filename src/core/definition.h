/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * @brief Definitions: the saved descriptions of vGPUs, ours (/etc/gvm/vgpu.d) and mdevctl's.
 */
#ifndef GVM_CORE_DEFINITION_H
#define GVM_CORE_DEFINITION_H

#include "context.h"
#include "objects.h"
#include "params.h"
#include "pci.h"
#include "store.h"

/** Whose a definition is. */
enum gvm_defined_by { GVM_DEFINED_BY_GVM, GVM_DEFINED_BY_MDEVCTL };

/** A saved vGPU. */
struct gvm_definition {
	char name[GVM_NAME_SIZE];   /**< its UUID for one of mdevctl */
	char uuid[GVM_UUID_SIZE];   /**< normal form */
	char gpu[GVM_NAME_SIZE];    /**< id of the GPU; empty: the one with most room */
	char serial[GVM_NAME_SIZE]; /**< of the GPU, or empty; kept, and not compared */
	/** The one virtual function it is to be, in the kernel's spelling; empty: any that is free. */
	char vf[GVM_PCI_ADDR_SIZE];
	char type[GVM_NAME_SIZE]; /**< a driver's, or an own one */
	char base[GVM_NAME_SIZE]; /**< the driver's behind it; type itself where that is one */
	bool autostart;
	enum gvm_defined_by by;
	struct gvm_params params; /**< its own, without those of its type */
};

/** Definitions, by name. */
struct gvm_definitions {
	struct gvm_definition *items;
	size_t n;
};

/**
 * @brief Parse the text of a definition.
 * @param text bytes
 * @param len their count
 * @param path for messages
 * @param ret result, untouched on failure; its UUID is empty when the text has none
 * @param e detail: line and remedy
 * @return 0 or a negative errno
 * @restriction as gvm_yaml_load()
 * @sideeffect none
 * @failure EINVAL (GVM_E_FILE_INVALID); ENOMEM
 */
int gvm_definition_parse(const char *text, size_t len, const char *path, struct gvm_definition *ret,
			 struct gvm_error *e);

/**
 * @brief The text of a definition.
 * @param d it
 * @return new text, to be freed by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
char *gvm_definition_text(const struct gvm_definition *d);

/**
 * @brief Set the GPU, and where a virtual function is named, that one.
 * @param ctx context
 * @param d definition
 * @param name any name of a GPU, or the address of one of its VFs
 * @param e detail
 * @return 0 or a negative errno
 * @restriction a VF that is not there now is not told from a GPU
 * @sideeffect none
 * @failure those of gvm_gpu_id()
 */
int gvm_definition_set_gpu(struct gvm_ctx *ctx, struct gvm_definition *d, const char *name,
			   struct gvm_error *e);

/**
 * @brief The name of what it is made on.
 * @param d definition
 * @return its VF, its GPU, or NULL: any GPU; owned by @p d
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const char *gvm_definition_at(const struct gvm_definition *d);

/**
 * @brief Is it a mediated device, and not one of the methods that any PCI function has?
 * @param d definition
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_definition_is_mediated(const struct gvm_definition *d);

/** Told of files that cannot be used. */
typedef void (*gvm_definition_warn_fn)(const struct gvm_error *e, void *data);

/**
 * @brief Load all definitions, mdevctl's too.
 * @param ctx context
 * @param ret result, to be freed with gvm_definitions_free(); untouched on failure
 * @param warn called for each file that cannot be used, or NULL
 * @param data for @p warn
 * @return 0 or a negative errno
 * @restriction a vGPU defined by both gvm and mdevctl is given once, as ours
 * @sideeffect none
 * @failure ENOMEM; what cannot be read is told to @p warn
 */
int gvm_definitions_load(struct gvm_ctx *ctx, struct gvm_definitions *ret,
			 gvm_definition_warn_fn warn, void *data);

/** @brief Free definitions. @param d definitions @restriction none @sideeffect none @failure none */
void gvm_definitions_free(struct gvm_definitions *d);

/**
 * @brief A definition in the words of the driver alone: its base as type, with the parameters of an own type.
 * @param ctx context
 * @param d definition
 * @param ret result
 * @return NULL, or what is wrong
 * @restriction d->base is known
 * @sideeffect none
 * @failure none else: an own type that cannot be read counts as none
 */
const char *gvm_definition_expand(struct gvm_ctx *ctx, const struct gvm_definition *d,
				  struct gvm_definition *ret);

/** Definitions that are freed at the end of their scope; start them at { 0 }. */
#define GVM_AUTODEFINITIONS __attribute__((cleanup(gvm_definitions_free)))

/**
 * @brief Find a definition by name or UUID.
 * @param d definitions
 * @param name name, or UUID in any case
 * @return it, or NULL
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct gvm_definition *gvm_definitions_find(const struct gvm_definitions *d,
						  const char *name);

/**
 * @brief Find a definition by name or UUID, or tell that there is none.
 * @param d definitions
 * @param name name, or UUID in any case
 * @param ret the definition, of @p d; untouched on failure
 * @param e detail
 * @return 0 or -ENOENT
 * @restriction none
 * @sideeffect none
 * @failure ENOENT (GVM_E_NOT_DEFINED)
 */
int gvm_find_definition(const struct gvm_definitions *d, const char *name,
			const struct gvm_definition **ret, struct gvm_error *e);

/**
 * @brief Refuse the name of a definition for a vGPU that is made without one.
 * @param ctx context
 * @param name name, or NULL
 * @param e detail
 * @return 0 or -EEXIST
 * @restriction none
 * @sideeffect none
 * @failure EEXIST (GVM_E_NAME_TAKEN)
 */
int gvm_definition_refuse_name(struct gvm_ctx *ctx, const char *name, struct gvm_error *e);

/**
 * @brief Is there a definition of ours of this name? Reads no more than whether the file is there.
 * @param ctx context
 * @param name name
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none: what cannot be told is no
 */
bool gvm_definition_exists(struct gvm_ctx *ctx, const char *name);

#endif
