/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file claim.h
 * @brief Functions that belong to vGPUs by their records, whatever driver they have now.
 *
 * A vGPU whose function was taken from VFIO behind our back still gives that function back when it is
 * destroyed. So nobody else may get it until then.
 */
#ifndef GVM_CORE_CLAIM_H
#define GVM_CORE_CLAIM_H

#include "context.h"
#include "pci.h"
#include "record.h"

/** One function. */
struct gvm_claim {
	char address[GVM_PCI_ADDR_SIZE];
	char gpu[GVM_NAME_SIZE];  /**< its own id, or that of its PF */
	char vgpu[GVM_NAME_SIZE]; /**< whose it is */
};

/** The functions of all vGPUs. */
struct gvm_claims {
	struct gvm_claim *list;
	size_t n;
};

/** Freed at the end of its scope. */
#define GVM_AUTOCLAIMS __attribute__((cleanup(gvm_claims_free)))

/**
 * @brief Read which functions the records of vGPUs name.
 *
 * Of all GPUs: a card that was taken whole is in the record of one of its functions.
 * @param ctx context
 * @param ret result, to be freed; empty on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOMEM; those of the store's list(); a damaged record is passed over
 */
int gvm_claims_read(struct gvm_ctx *ctx, struct gvm_claims *ret);

/**
 * @brief Whose is a function, or one of its VFs?
 * @param claims what gvm_claims_read() gave
 * @param address of the function
 * @return name of the vGPU, owned by @p claims; NULL: nobody's
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const char *gvm_claimed_by(const struct gvm_claims *claims, const char *address);

/** @brief Free the list. @param claims to be freed, or empty @restriction none @sideeffect none @failure none */
void gvm_claims_free(struct gvm_claims *claims);

#endif
