/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file gpu_state.h
 * @brief The saved state of a GPU: /etc/gvm/gpu.d/NAME.yaml, written by "gpu set --save".
 */
#ifndef GVM_CORE_GPU_STATE_H
#define GVM_CORE_GPU_STATE_H

#include "context.h"
#include "objects.h"

/** What is saved of one GPU. */
struct gvm_gpu_state {
	char address[GVM_NAME_SIZE]; /**< its id: PCI address, or the device's name */
	char serial[GVM_NAME_SIZE];  /**< or empty */
	long vfs;                    /**< virtual functions, -1: not saved */
	char driver[GVM_NAME_SIZE];  /**< or empty: not saved; "default" is the kernel's choice */
	int autoprobe;               /**< do VFs get a driver: 0, 1, or -1: not saved */
};

/** Nothing saved. */
#define GVM_GPU_STATE_NONE ((struct gvm_gpu_state){ .vfs = -1, .autoprobe = -1 })

/**
 * @brief Save the state of a GPU: what is not given stays as it was saved before.
 * @param ctx context
 * @param state address, and what to save
 * @param force even if a person has changed the file
 * @param e detail
 * @return 0 or a negative errno
 * @restriction root; live machine
 * @sideeffect writes the file that is about this GPU, or a new one named after its address
 * @failure ESTALE (GVM_E_FILE_CHANGED); EINVAL (GVM_E_FILE_INVALID) when what is there is damaged;
 *          GVM_E_FILE_WRITE, GVM_E_PERMISSION
 */
int gvm_gpu_state_save(struct gvm_ctx *ctx, const struct gvm_gpu_state *state, bool force,
		       struct gvm_error *e);

/**
 * @brief Load what is saved of a GPU.
 * @param ctx context
 * @param gpu its id
 * @param ret result, untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when nothing is saved of it; errors of reading. Files that are damaged are passed
 *          over: gvm_gpu_state_list() tells of them
 */
int gvm_gpu_state_load(struct gvm_ctx *ctx, const char *gpu, struct gvm_gpu_state *ret,
		       struct gvm_error *e);

/**
 * Called for each saved state with the name of its file; for a damaged one with NULL, and what is
 * wrong with it in @p e. A non-zero return ends the walk.
 */
typedef int (*gvm_gpu_state_fn)(const char *name, const struct gvm_gpu_state *state,
				const struct gvm_error *e, void *data);

/**
 * @brief Could a file that cannot be read be about a GPU? Only its name is left to tell.
 * @param name of the file
 * @param gpu id of the GPU
 * @return no, when it has the name that gvm gives to the file of another PCI function; else yes
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool gvm_gpu_state_may_be_of(const char *name, const char *gpu);

/**
 * @brief Walk over all saved states.
 * @param ctx context
 * @param fn called for each
 * @param data for @p fn
 * @param e detail
 * @return 0, what @p fn returned, or a negative errno
 * @restriction none
 * @sideeffect those of @p fn
 * @failure GVM_E_FILE_READ when the folder cannot be read
 */
int gvm_gpu_state_list(struct gvm_ctx *ctx, gvm_gpu_state_fn fn, void *data, struct gvm_error *e);

/**
 * @brief Parse the text of a state file.
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
int gvm_gpu_state_parse(const char *text, size_t len, const char *path, struct gvm_gpu_state *ret,
			struct gvm_error *e);

/**
 * @brief The text of a state file.
 * @param state it
 * @return new text, to be freed by the caller; NULL out of memory
 * @restriction none
 * @sideeffect none
 * @failure none
 */
char *gvm_gpu_state_text(const struct gvm_gpu_state *state);

#endif
