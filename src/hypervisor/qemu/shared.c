// SPDX-License-Identifier: GPL-2.0-or-later
#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "str.h"

#define KVMFR "/dev/kvmfr"
/* Documented: Looking Glass, module/kvmfr.h: the size is what the call returns. */
#define KVMFR_DMABUF_GETSIZE _IO('u', 0x44)

/** @brief An error about KVMFR. @param e error @param err positive errno @param path device @param what complaint @param hint remedy @return -err */
static int kvmfr(struct gvm_error *e, int err, const char *path, const char *what, const char *hint)
{
	gvm_error_set(e, "GVM_E_KVMFR", err, "%s %s", path, what);
	GVM_ERROR_FIELD(e, object, "%s", path);
	if (hint)
		GVM_ERROR_FIELD(e, hint, "%s", hint);
	return -err;
}

/** @brief Check a device of KVMFR. @param path it @param wanted MiB, 0 for any @param mib result @param e detail @return 0 or -errno */
static int check_kvmfr(const char *path, uint32_t wanted, uint32_t *mib, struct gvm_error *e)
{
	GVM_AUTOCLOSE int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int err = errno;
	char hint[200];
	struct stat st;
	long size;

	if (fd < 0)
		return kvmfr(e, err, path, err == ENOENT ? "does not exist" : "cannot be opened",
			     "modprobe kvmfr static_size_mb=64");
	/* Observed: a QEMU that is started before the module makes a file of that name. */
	if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode)) {
		gvm_str_format(hint, sizeof(hint), "rm %s && modprobe kvmfr static_size_mb=%u",
			       path, wanted ? wanted : 64);
		return kvmfr(
			e, ENOTTY, path,
			"is a regular file, no device: QEMU was started before the module kvmfr",
			hint);
	}
	size = ioctl(fd, KVMFR_DMABUF_GETSIZE, 0);
	if (size < 1 << 20 || size & (size - 1))
		return kvmfr(
			e, EINVAL, path, "does not tell a size that QEMU takes",
			"reload the module: modprobe -r kvmfr; modprobe kvmfr static_size_mb=64");
	*mib = (uint32_t)(size >> 20);
	if (wanted && wanted != *mib) {
		gvm_str_format(hint, sizeof(hint),
			       "write size_mib: %u, or reload the module with static_size_mb=%u",
			       *mib, wanted);
		return kvmfr(e, EINVAL, path, "has another size than the VM file says", hint);
	}
	return 0;
}

int gvm_qemu_shared_check(const struct gvm_vm_file *vm, uint32_t *mib, struct gvm_error *e)
{
	const struct gvm_vm_ivshmem *m = vm->ivshmem;
	struct stat st;

	*mib = m ? m->size_mib : 0;
	if (!m)
		return 0;
	if (gvm_str_starts(m->file, KVMFR))
		return check_kvmfr(m->file, m->size_mib, mib, e);
	if (lstat(m->file, &st) < 0 || (S_ISREG(st.st_mode) && st.st_size <= (off_t)*mib << 20))
		return 0;
	gvm_error_set(e, "GVM_E_IVSHMEM", EINVAL, "VM %s: ivshmem: %s is %s", vm->name, m->file,
		      S_ISREG(st.st_mode) ? "larger than the shared memory" : "no file");
	GVM_ERROR_FIELD(e, object, "%s", m->file);
	GVM_ERROR_FIELD(e, hint, "rm %s, if nothing uses it: fuser -v %s", m->file, m->file);
	return -EINVAL;
}

int gvm_qemu_shared_make(const struct gvm_vm_file *vm, uint32_t mib, const struct gvm_qemu_user *u,
			 struct gvm_error *e)
{
	const struct gvm_vm_ivshmem *m = vm->ivshmem;
	GVM_AUTOCLOSE int fd = -1;
	int err = 0;

	if (!m || gvm_str_starts(m->file, KVMFR) || access(m->file, F_OK) == 0)
		return 0;
	fd = open(m->file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || (u->change && fchown(fd, u->uid, u->gid) < 0) || fchmod(fd, 0660) < 0 ||
	    ftruncate(fd, (off_t)mib << 20) < 0)
		err = errno;
	if (!err)
		return 0;
	gvm_error_set(e, "GVM_E_IVSHMEM", err, "VM %s: ivshmem: cannot make %s: %s", vm->name,
		      m->file, gvm_errno_name(err));
	GVM_ERROR_FIELD(e, object, "%s", m->file);
	GVM_ERROR_FIELD(e, hint, "check the free space of /dev/shm: df -h /dev/shm");
	return -err;
}
