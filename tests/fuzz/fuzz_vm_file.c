// SPDX-License-Identifier: GPL-2.0-or-later
/* VM files in YAML. */
#include "fuzz.h"

#include <errno.h>

#include "objects.h"
#include "vm_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gvm_vm_file *f = NULL;
	struct gvm_error e = { 0 };
	uint32_t i;
	int r = gvm_vm_file_parse((const char *)data, size, "/vms/x.yaml", &f, &e);

	if (r < 0) {
		FUZZ_PROMISE(!f && e.code && e.err == -r);
		FUZZ_PROMISE(e.message[0] && fuzz_is_clean(e.message) && fuzz_is_clean(e.hint));
		return 0;
	}
	FUZZ_PROMISE(f && !e.code && f->version == 1);
	FUZZ_PROMISE(f->name && strlen(f->name) < GVM_NAME_SIZE && !strchr(f->name, '/'));
	FUZZ_PROMISE(f->cpus >= 1 && f->cpus <= 1024 && f->memory_mib >= 1);
	FUZZ_PROMISE(!f->uuid || strlen(f->uuid) == GVM_UUID_SIZE - 1);
	FUZZ_PROMISE(!f->boot || f->boot->kernel[0] == '/');
	FUZZ_PROMISE(!f->boot || !f->boot->initrd || f->boot->initrd[0] == '/');
	for (i = 0; i < f->disks_count; i++)
		FUZZ_PROMISE(f->disks[i].file[0] == '/');
	if (f->ivshmem) {
		const struct gvm_vm_ivshmem *m = f->ivshmem;

		FUZZ_PROMISE(m->file && !strncmp(m->file, "/dev/", 5) && !strstr(m->file, "/../"));
		FUZZ_PROMISE(!(m->size_mib & (m->size_mib - 1)) && m->size_mib <= 1 << 24);
		FUZZ_PROMISE(m->size_mib || !strncmp(m->file, "/dev/kvmfr", 10));
	}
	for (i = 0; i < f->network_count; i++)
		FUZZ_PROMISE(!f->network[i].ifname || !strpbrk(f->network[i].ifname, ",=%/"));
	FUZZ_PROMISE(f->vgpus_count <= GVM_VM_MAX_VGPUS);
	for (i = 0; i < f->vgpus_count; i++)
		FUZZ_PROMISE(!f->vgpus[i].name != !f->vgpus[i].type);
	gvm_vm_file_free(f);
	return 0;
}
