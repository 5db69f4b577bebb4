// SPDX-License-Identifier: GPL-2.0-or-later
/* Looking at the objects of an inventory. */
#include <gvm/gpu.h>
#include <gvm/type.h>
#include <gvm/vgpu.h>
#include <gvm/vm.h>

#include "definition.h"
#include "hypervisor.h"
#include "lib.h"
#include "objects.h"
#include "vendor.h"
#include "words.h"

const char *gvm_gpu_get_id(const struct gvm_gpu *gpu)
{
	return gpu->id;
}

const char *gvm_gpu_get_address(const struct gvm_gpu *gpu)
{
	return gpu->pci ? gpu->id : NULL;
}

const char *gvm_gpu_get_path(const struct gvm_gpu *gpu)
{
	return gpu->path;
}

long gvm_gpu_get_class(const struct gvm_gpu *gpu)
{
	return gpu->class_id;
}

long gvm_gpu_get_vendor(const struct gvm_gpu *gpu)
{
	return gpu->vendor_id;
}

long gvm_gpu_get_device(const struct gvm_gpu *gpu)
{
	return gpu->device_id;
}

const char *gvm_gpu_get_name(const struct gvm_gpu *gpu)
{
	return lib_text(gpu->name);
}

const char *gvm_gpu_get_driver(const struct gvm_gpu *gpu)
{
	return lib_text(gpu->driver);
}

long gvm_gpu_get_numa_node(const struct gvm_gpu *gpu)
{
	return gpu->numa_node;
}

const char *gvm_gpu_get_local_cpus(const struct gvm_gpu *gpu)
{
	return lib_text(gpu->local_cpus);
}

long gvm_gpu_get_iommu_group(const struct gvm_gpu *gpu)
{
	return gpu->group;
}

int gvm_gpu_get_boot_display(const struct gvm_gpu *gpu)
{
	return gpu->boot_display < 0 ? -1 : gpu->boot_display == 1;
}

long gvm_gpu_get_vfs_total(const struct gvm_gpu *gpu)
{
	return gpu->vfs_total;
}

long gvm_gpu_get_vfs_active(const struct gvm_gpu *gpu)
{
	return gpu->vfs_active;
}

size_t gvm_gpu_get_num_drm_nodes(const struct gvm_gpu *gpu)
{
	return gpu->n_drm_nodes;
}

const char *gvm_gpu_get_drm_node(const struct gvm_gpu *gpu, size_t index)
{
	return index < gpu->n_drm_nodes ? gpu->drm_nodes[index] : NULL;
}

const char *gvm_type_get_id(const struct gvm_type *type)
{
	return type->id;
}

const char *gvm_type_get_name(const struct gvm_type *type)
{
	return lib_text(type->name);
}

const struct gvm_gpu *gvm_type_get_gpu(const struct gvm_type *type)
{
	return type->gpu;
}

const char *gvm_type_get_method(const struct gvm_type *type)
{
	return type->vendor->name;
}

const char *gvm_type_get_description(const struct gvm_type *type)
{
	return lib_text(type->description);
}

long gvm_type_get_available(const struct gvm_type *type)
{
	return type->available < 0 ? -1 : type->available;
}

const char *gvm_type_get_reason(const struct gvm_type *type)
{
	return lib_text(type->reason);
}

const char *gvm_vgpu_get_name(const struct gvm_vgpu *vgpu)
{
	return vgpu->name;
}

const char *gvm_vgpu_get_uuid(const struct gvm_vgpu *vgpu)
{
	return lib_text(vgpu->uuid);
}

const char *gvm_vgpu_get_address(const struct gvm_vgpu *vgpu)
{
	return lib_text(vgpu->address);
}

const char *gvm_vgpu_get_type(const struct gvm_vgpu *vgpu)
{
	return lib_text(vgpu->type);
}

const struct gvm_gpu *gvm_vgpu_get_gpu(const struct gvm_vgpu *vgpu)
{
	return vgpu->gpu;
}

const char *gvm_vgpu_get_gpu_id(const struct gvm_vgpu *vgpu)
{
	return gvm_gpu_id_of(vgpu);
}

const char *gvm_vgpu_get_method(const struct gvm_vgpu *vgpu)
{
	return vgpu->vendor ? vgpu->vendor->name : NULL;
}

const char *gvm_vgpu_get_state(const struct gvm_vgpu *vgpu)
{
	return gvm_state_word(vgpu->state);
}

const char *gvm_vgpu_get_origin(const struct gvm_vgpu *vgpu)
{
	return gvm_origin_word(vgpu->origin);
}

const struct gvm_definition *gvm_vgpu_get_definition(const struct gvm_vgpu *vgpu)
{
	return vgpu->definition;
}

long gvm_vgpu_get_iommu_group(const struct gvm_vgpu *vgpu)
{
	return vgpu->group;
}

size_t gvm_vgpu_get_num_holders(const struct gvm_vgpu *vgpu)
{
	return vgpu->holder ? 1 : 0;
}

long gvm_vgpu_get_holder_pid(const struct gvm_vgpu *vgpu, size_t index)
{
	return vgpu->holder && index == 0 ? vgpu->holder : -1;
}

const char *gvm_vgpu_get_holder_command(const struct gvm_vgpu *vgpu, size_t index)
{
	return vgpu->holder && index == 0 ? lib_text(vgpu->holder_comm) : NULL;
}

const char *gvm_vm_get_name(const struct gvm_vm *vm)
{
	return vm->name;
}

const char *gvm_vm_get_uuid(const struct gvm_vm *vm)
{
	return lib_text(vm->uuid);
}

const char *gvm_vm_get_hypervisor(const struct gvm_vm *vm)
{
	return vm->hypervisor ? vm->hypervisor->name : NULL;
}

long gvm_vm_get_pid(const struct gvm_vm *vm)
{
	return vm->proc.pid;
}

const char *gvm_vm_get_started_by(const struct gvm_vm *vm)
{
	return gvm_started_by_word(vm);
}

const char *gvm_vm_get_accelerator(const struct gvm_vm *vm)
{
	return lib_text(vm->accelerator);
}
