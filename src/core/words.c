// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.h"

const char *gvm_state_word(enum gvm_vgpu_state state)
{
	static const char *const words[] = { [GVM_VGPU_ACTIVE] = "active",
					     [GVM_VGPU_ATTACHED] = "attached",
					     [GVM_VGPU_LOST] = "lost",
					     [GVM_VGPU_DEFINED] = "defined" };

	return words[state];
}

const char *gvm_origin_word(enum gvm_vgpu_origin origin)
{
	static const char *const words[] = { [GVM_VGPU_TRANSIENT] = "transient",
					     [GVM_VGPU_FOREIGN] = "foreign",
					     [GVM_VGPU_SAVED] = "defined" };

	return words[origin];
}

const char *gvm_defined_by_word(enum gvm_defined_by by)
{
	return by == GVM_DEFINED_BY_GVM ? "gvm" : "mdevctl";
}

const char *gvm_started_by_word(const struct gvm_vm *vm)
{
	return vm->ours ? "gvm" : "other";
}

const char *gvm_gpu_id_of(const struct gvm_vgpu *v)
{
	if (v->gpu)
		return v->gpu->id;
	return v->definition && v->definition->gpu[0] ? v->definition->gpu : NULL;
}
