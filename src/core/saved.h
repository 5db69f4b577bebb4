/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file saved.h
 * @brief What saved files have in common: texts in YAML, the identity of a GPU, errors.
 */
#ifndef GVM_CORE_SAVED_H
#define GVM_CORE_SAVED_H

#include <stdio.h>

#include "context.h"
#include "objects.h"
#include "store.h"

/** Which GPU a file is about. */
struct gvm_saved_gpu {
	char *address;
	char *serial; /**< or NULL */
	char *vf;     /**< or NULL */
};

/**
 * @brief Write a text as a quoted YAML scalar.
 * @param f stream
 * @param text it, UTF-8
 * @restriction none
 * @sideeffect none
 * @failure none: those of @p f
 */
void gvm_saved_quote(FILE *f, const char *text);

/**
 * @brief Write "gpu: {address: ..., serial: ..., vf: ...}" and its line's end.
 * @param f stream
 * @param address of the GPU
 * @param serial of the GPU, or empty
 * @param vf address of one of its virtual functions, or empty
 * @restriction none
 * @sideeffect none
 * @failure none: those of @p f
 */
void gvm_saved_put_gpu(FILE *f, const char *address, const char *serial, const char *vf);

/**
 * @brief Take a file's GPU.
 * @param gpu as loaded
 * @param address result: PCI addresses in the kernel's spelling
 * @param serial result, empty when there is none
 * @return NULL, or what is wrong
 * @restriction @p serial has GVM_NAME_SIZE bytes
 * @sideeffect none
 * @failure none else
 */
const char *gvm_saved_take_gpu(const struct gvm_saved_gpu *gpu, char address[GVM_NAME_SIZE],
			       char serial[GVM_NAME_SIZE]);

/**
 * @brief Is this a text of one line that a person can read?
 * @param text it
 * @return yes or no; no for the empty one
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_saved_is_plain(const char *text);

/**
 * @brief Is there a saved object of this name, be it damaged? Reads no more than whether the file is there.
 * @param ctx context
 * @param kind of it
 * @param name its name
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none: what cannot be told is no
 */
bool gvm_saved_exists(struct gvm_ctx *ctx, enum gvm_saved_kind kind, const char *name);

/**
 * @brief Lock what is saved against other gvm.
 * @param ctx context
 * @param e detail
 * @return handle for the store's unlock, or a negative errno
 * @restriction root; waits for the holder
 * @sideeffect none
 * @failure GVM_E_STORE
 */
int gvm_saved_lock(struct gvm_ctx *ctx, struct gvm_error *e);

/**
 * @brief Tell why an object cannot be saved, loaded or removed.
 * @param ctx context
 * @param kind of object
 * @param name of it
 * @param doing what: "save", "read", "remove"
 * @param r negative errno of the store
 * @param e error
 * @return @p r
 * @restriction none
 * @sideeffect none
 * @failure none: GVM_E_FILE_CHANGED for ESTALE, GVM_E_PERMISSION, GVM_E_READ_ONLY, else
 *          GVM_E_FILE_WRITE or GVM_E_FILE_READ
 */
int gvm_saved_error(struct gvm_ctx *ctx, enum gvm_saved_kind kind, const char *name,
		    const char *doing, int r, struct gvm_error *e);

#endif
