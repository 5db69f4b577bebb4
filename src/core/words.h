/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file words.h
 * @brief The words by which states and origins are told, in JSON and by the library.
 */
#ifndef GVM_CORE_WORDS_H
#define GVM_CORE_WORDS_H

#include "definition.h"
#include "objects.h"

/** @brief A vGPU's state. @param state it @return static text @restriction none @sideeffect none @failure none */
const char *gvm_state_word(enum gvm_vgpu_state state);

/** @brief A vGPU's origin. @param origin it @return static text @restriction none @sideeffect none @failure none */
const char *gvm_origin_word(enum gvm_vgpu_origin origin);

/** @brief Whose a definition is. @param by it @return static text @restriction none @sideeffect none @failure none */
const char *gvm_defined_by_word(enum gvm_defined_by by);

/** @brief Who started a VM. @param vm it @return static text @restriction none @sideeffect none @failure none */
const char *gvm_started_by_word(const struct gvm_vm *vm);

/** @brief The id of a vGPU's GPU, also of one that is not there. @param v vGPU @return text, of the vGPU's inventory; NULL: not known
 *  @restriction none @sideeffect none @failure none */
const char *gvm_gpu_id_of(const struct gvm_vgpu *v);

#endif
