// SPDX-License-Identifier: GPL-2.0-or-later
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "qemu.h"
#include "str.h"

/* Beside the guest's memory QEMU maps its ROMs, firmware and video memory for devices to reach. */
#define MEMLOCK_BASE_MIB 64
/* What a device needs for itself; libvirt adds 1 GiB, whatever their number. */
#define MEMLOCK_DEVICE_MIB 32

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

uint64_t gvm_qemu_memlock(const struct gvm_vm_start *start)
{
	const struct gvm_vm_file *f = start->file;
	uint64_t mib = f->memory_mib;

	/*
	 * All of the guest's memory is pinned once for all devices of one container, and a mediated
	 * device may pin up to all of it (documented: kernel Documentation/driver-api/vfio.rst; read
	 * in drivers/vfio/vfio_iommu_type1.c of 6.12). Shared memory is a BAR that is mapped too.
	 */
	if (f->ivshmem)
		mib += f->ivshmem->size_mib;
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
	struct gvm_qemu_path paths[32];
	size_t n = 0;
	uint32_t i;

	if (f->boot) {
		paths[n++] = (struct gvm_qemu_path){ "boot.kernel", f->boot->kernel, false };
		paths[n++] = (struct gvm_qemu_path){ "boot.initrd", f->boot->initrd, false };
	}
	for (i = 0; i < f->disks_count && n < COUNT(paths) - 4; i++)
		paths[n++] =
			(struct gvm_qemu_path){ "disks", f->disks[i].file, !f->disks[i].readonly };
	if (strcmp(start->accelerator, "kvm") == 0)
		paths[n++] = (struct gvm_qemu_path){ "accelerator", "/dev/kvm", true };
	if (start->n_specs && access("/dev/vfio/vfio", F_OK) == 0)
		paths[n++] = (struct gvm_qemu_path){ "vgpus", "/dev/vfio/vfio", true };
	return gvm_qemu_user_check(&s->user, f->name, s->memlock_must ? s->memlock : 0, paths, n,
				   e);
}

/** @brief What both ways to set up share. @param start VM @param s result @param e detail @return 0 or -errno */
static int begin(const struct gvm_vm_start *start, struct gvm_qemu_setup *s, struct gvm_error *e)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	gvm_qemu_find(&start->conf, s->path, &s->name);
	s->memlock = gvm_qemu_memlock(start);
	/* What a mediated device pins is its driver's affair; for others all is pinned at the start. */
	for (i = 0; i < start->n_specs; i++)
		if (!gvm_str_starts(start->specs[i].path, "/sys/bus/mdev/"))
			s->memlock_must = true;
	(void)e;
	return 0;
}

int gvm_qemu_setup_guess(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			 struct gvm_qemu_setup *s, struct gvm_error *e)
{
	int r = begin(start, s, e);

	if (r == 0 && gvm_qemu_features_kept(ctx->host, s->path, &s->features) < 0)
		s->features.bits = GVM_QEMU_ALL;
	return r;
}

int gvm_qemu_setup_find(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
			struct gvm_qemu_setup *s, struct gvm_error *e)
{
	int r = begin(start, s, e);

	if (r == 0 && !s->path[0]) {
		gvm_error_set(e, "GVM_E_QEMU_NOT_FOUND", ENOENT, "cannot find %s", s->name);
		GVM_ERROR_FIELD(e, object, "%s", s->name);
		return -ENOENT;
	}
	if (r == 0)
		r = gvm_qemu_user_find(&start->conf, &s->user, e);
	if (r < 0)
		return r;
	gvm_log(ctx, "QEMU %s runs as %s%s", s->path, s->user.name,
		s->user.uid ? "" : ": make the user " GVM_QEMU_USER " to run it without rights");
	r = gvm_qemu_features_get(ctx->host, s->path, &s->user, &s->features, e);
	if (r == 0)
		r = check_features(start, s, e);
	if (r == 0)
		r = check_access(start, s, e);
	return r;
}

int gvm_qemu_setup_make(const struct gvm_vm_start *start, const struct gvm_qemu_setup *s,
			struct gvm_error *e)
{
	GVM_AUTOCLOSE int dir = open(start->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (s->user.change && (dir < 0 || fchown(dir, s->user.uid, s->user.gid) < 0))
		return gvm_error_set(e, "GVM_E_STORE", errno, "cannot give %s to user %s: %s",
				     start->dir, s->user.name, gvm_errno_name(errno));
	return 0;
}
