// SPDX-License-Identifier: GPL-2.0-or-later
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "cpulist.h"
#include "qemu.h"
#include "shared.h"
#include "str.h"

/* Beside the guest's memory QEMU maps its ROMs, firmware and video memory for devices to reach. */
#define MEMLOCK_BASE_MIB 64
/* What a device needs for itself; libvirt adds 1 GiB, whatever their number. */
#define MEMLOCK_DEVICE_MIB 32

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

uint64_t gvm_qemu_memlock(const struct gvm_vm_start *start, uint32_t shared_mib)
{
	const struct gvm_vm_file *f = start->file;
	uint64_t mib = (uint64_t)f->memory_mib + shared_mib;

	/*
	 * All of the guest's memory is pinned once for all devices of one container, and a mediated
	 * device may pin up to all of it (documented: kernel Documentation/driver-api/vfio.rst; read
	 * in drivers/vfio/vfio_iommu_type1.c of 6.12). Shared memory is a BAR that is mapped too.
	 * With iommufd it is the same, once it is told to account by process: gvm_iommufd_open().
	 */
	mib += MEMLOCK_BASE_MIB;
	mib += MEMLOCK_DEVICE_MIB * (start->n_specs + GVM_QEMU_SPARE_PORTS);
	return mib << 20;
}

/** @brief Refuse what this QEMU cannot do. @param start VM @param s setup @param e detail @return 0 or -EOPNOTSUPP */
static int check_features(const struct gvm_vm_start *start, const struct gvm_qemu_setup *s,
			  struct gvm_error *e)
{
	const struct gvm_vm_file *f = start->file;
	const struct {
		bool wanted;
		unsigned int bit;
		const char *what;
	} wants[] = {
		{ start->n_specs > 0, GVM_QEMU_VFIO, "vGPUs (device vfio-pci)" },
		{ s->iommufd, GVM_QEMU_IOMMUFD, "iommufd (object iommufd)" },
		{ f->ivshmem != NULL, GVM_QEMU_IVSHMEM, "ivshmem (device ivshmem-plain)" },
		{ f->hugepages != GVM_HUGEPAGES_NONE, GVM_QEMU_MEMFD,
		  "hugepages (object memory-backend-memfd)" },
		{ f->tpm != GVM_TPM_NONE, GVM_QEMU_TPM_EMULATOR, "a TPM (tpm emulator)" },
	};
	size_t i;

	for (i = 0; i < COUNT(wants); i++) {
		if (!wants[i].wanted || s->features.bits & wants[i].bit)
			continue;
		gvm_error_set(e, "GVM_E_QEMU_LACKS", EOPNOTSUPP,
			      "VM %s: QEMU %s at %s was built without %s", f->name,
			      s->features.version, s->path, wants[i].what);
		GVM_ERROR_FIELD(e, object, "%s", s->path);
		return -EOPNOTSUPP;
	}
	return 0;
}

/** @brief Check that QEMU may open what it will need. @param start VM @param s setup @param e detail @return 0 or -errno */
static int check_access(const struct gvm_vm_start *start, const struct gvm_qemu_setup *s,
			struct gvm_error *e)
{
	const struct gvm_vm_file *f = start->file;
	struct gvm_qemu_path paths[40];
	size_t n = 0;
	uint32_t i;

	if (f->boot) {
		paths[n++] = (struct gvm_qemu_path){ "boot.kernel", f->boot->kernel, false };
		paths[n++] = (struct gvm_qemu_path){ "boot.initrd", f->boot->initrd, false };
	}
	for (i = 0; i < f->disks_count; i++)
		paths[n++] =
			(struct gvm_qemu_path){ "disks", f->disks[i].file, !f->disks[i].readonly };
	if (strcmp(start->accelerator, "kvm") == 0)
		paths[n++] = (struct gvm_qemu_path){ "accelerator", "/dev/kvm", true };
	if (f->ivshmem && access(f->ivshmem->file, F_OK) == 0)
		paths[n++] = (struct gvm_qemu_path){ "ivshmem", f->ivshmem->file, true };
	if (s->firmware.code[0])
		paths[n++] = (struct gvm_qemu_path){ "firmware", s->firmware.code, false };
	for (i = 0; i < f->network_count; i++)
		if (f->network[i].type == GVM_NET_TAP)
			paths[n++] = (struct gvm_qemu_path){ "network", "/dev/net/tun", true };
	/* Without groups it gets what it needs open, or lent: backend.h, user.h. */
	if (start->n_specs && !s->iommufd && access("/dev/vfio/vfio", F_OK) == 0)
		paths[n++] = (struct gvm_qemu_path){ "vgpus", "/dev/vfio/vfio", true };
	return gvm_qemu_user_check(&s->user, f->name, s->memlock_must ? s->memlock : 0, paths, n,
				   e);
}

/** @brief The node whose memory the VM gets: its GPU's, where there are more than one. @param ctx context @param start VM @return node, or -1 */
static long choose_node(struct gvm_ctx *ctx, const struct gvm_vm_start *start)
{
	const struct gvm_vm_cpus *cpus = start->file->cpus_map;
	char online[GVM_PIN_SIZE];
	cpu_set_t nodes;

	if (!cpus || !cpus->pin || strcmp(cpus->pin, "auto") != 0 || start->numa_node < 0)
		return -1;
	/* A list of nodes is written like one of CPUs. */
	if (gvm_host_read(ctx->host, "/sys/devices/system/node/online", online, sizeof(online)) <
		    0 ||
	    gvm_cpulist_parse(online, &nodes) < 2)
		return -1;
	return start->numa_node;
}

/** @brief Are there enough huge pages? @param ctx context @param start VM @param node to take them from, or -1 @param e detail @return 0 or -ENOSPC */
static int check_hugepages(struct gvm_ctx *ctx, const struct gvm_vm_start *start, long node,
			   struct gvm_error *e)
{
	const struct gvm_vm_file *f = start->file;
	unsigned int page_mib = f->hugepages == GVM_HUGEPAGES_1G ? 1024 : 2;
	char folder[120], path[160];
	unsigned long long free_pages = 0;

	if (f->hugepages == GVM_HUGEPAGES_NONE)
		return 0;
	if (node >= 0)
		snprintf(folder, sizeof(folder),
			 "/sys/devices/system/node/node%ld/hugepages/hugepages-%ukB", node,
			 page_mib << 10);
	else
		snprintf(folder, sizeof(folder), "/sys/kernel/mm/hugepages/hugepages-%ukB",
			 page_mib << 10);
	snprintf(path, sizeof(path), "%s/free_hugepages", folder);
	gvm_host_read_u64(ctx->host, path, 10, &free_pages);
	if (free_pages >= f->memory_mib / page_mib)
		return 0;
	gvm_error_set(e, "GVM_E_HUGEPAGES", ENOSPC,
		      "VM %s: %u huge pages of %u MiB are wanted, %llu are free", f->name,
		      f->memory_mib / page_mib, page_mib, free_pages);
	GVM_ERROR_FIELD(e, object, "%s", f->name);
	GVM_ERROR_FIELD(e, hint, "add %llu to what is in %s/nr_hugepages, or write hugepages: none",
			f->memory_mib / page_mib - free_pages, folder);
	return -ENOSPC;
}

/** @brief What both ways to set up share. @param ctx context @param start VM @param s result @param e detail @return 0 or -errno */
static int begin(struct gvm_ctx *ctx, const struct gvm_vm_start *start, struct gvm_qemu_setup *s,
		 struct gvm_error *e)
{
	const struct gvm_vm_file *f = start->file;
	size_t i;
	int r;

	memset(s, 0, sizeof(*s));
	r = gvm_qemu_backend_choose(ctx, start, &s->iommufd, e);
	if (r < 0)
		return r;
	gvm_qemu_find(&start->conf, s->path, &s->name);
	s->node = choose_node(ctx, start);
	s->shared_mib = f->ivshmem ? f->ivshmem->size_mib : 0;
	/* What a mediated device pins is its driver's affair; for others all is pinned at the start. */
	for (i = 0; i < start->n_specs; i++)
		if (!gvm_str_starts(start->specs[i].path, "/sys/bus/mdev/"))
			s->memlock_must = true;
	if (f->firmware != GVM_FIRMWARE_UEFI)
		return 0;
	if (gvm_str_format(s->vars, sizeof(s->vars), GVM_QEMU_STATE "/%s/" GVM_QEMU_VARS, f->name) <
	    0)
		return gvm_error_set(e, "GVM_E_VM_STATE", ENAMETOOLONG, "the name %s is too long",
				     f->name);
	return gvm_qemu_firmware_find(ctx->host, f->name, &s->firmware, e);
}

int gvm_qemu_setup_guess(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			 struct gvm_qemu_setup *s, struct gvm_error *e)
{
	int r = begin(ctx, start, s, e);

	if (r == 0 && gvm_qemu_features_kept(ctx->host, s->path, &s->features) < 0)
		s->features.bits = GVM_QEMU_ALL;
	return r;
}

/** @brief Find the program and its user. @param ctx context @param start VM @param s setup @param e detail @return 0 or -errno */
static int find_program(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			struct gvm_qemu_setup *s, struct gvm_error *e)
{
	int r;

	if (!s->path[0]) {
		gvm_error_set(e, "GVM_E_QEMU_NOT_FOUND", ENOENT, "cannot find %s", s->name);
		GVM_ERROR_FIELD(e, object, "%s", s->name);
		return -ENOENT;
	}
	r = gvm_qemu_user_find(&start->conf, &s->user, e);
	if (r < 0)
		return r;
	gvm_log(ctx, "QEMU %s runs as %s%s", s->path, s->user.name,
		s->user.uid ? "" : ": make the user " GVM_QEMU_USER " to run it without rights");
	return gvm_qemu_features_get(ctx->host, s->path, &s->user, &s->features, e);
}

int gvm_qemu_setup_find(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			struct gvm_qemu_setup *s, struct gvm_error *e)
{
	const struct gvm_vm_file *f = start->file;
	int r = begin(ctx, start, s, e);

	if (r == 0)
		r = find_program(ctx, start, s, e);
	if (r == 0)
		r = check_features(start, s, e);
	if (r == 0)
		r = gvm_qemu_shared_check(f, &s->shared_mib, e);
	if (r == 0)
		r = check_hugepages(ctx, start, s->node, e);
	if (r == 0 && f->tpm != GVM_TPM_NONE)
		r = gvm_qemu_tpm_find(f->name, s->swtpm, e);
	if (r == 0)
		r = gvm_qemu_pin_plan(ctx, start, &s->pin, e);
	s->memlock = gvm_qemu_memlock(start, s->shared_mib);
	if (r == 0)
		r = check_access(start, s, e);
	return r;
}

int gvm_qemu_setup_make(const struct gvm_vm_start *start, const struct gvm_qemu_setup *s,
			struct gvm_error *e)
{
	GVM_AUTOCLOSE int dir = open(start->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (s->user.change && (dir < 0 || fchown(dir, s->user.uid, s->user.gid) < 0))
		return gvm_error_set(e, "GVM_E_STORE", errno, "cannot give %s to user %s: %s",
				     start->dir, s->user.name, gvm_errno_name(errno));
	r = gvm_qemu_state_make(start->file->name, &s->firmware, s->swtpm[0], &s->user, e);
	return r < 0 ? r : gvm_qemu_shared_make(start->file, s->shared_mib, &s->user, e);
}
