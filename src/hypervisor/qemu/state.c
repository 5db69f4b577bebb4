// SPDX-License-Identifier: GPL-2.0-or-later
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"
#include "str.h"

#define MAX_VARS (64U << 20)

/** @brief Open a folder of the user's, making it when it is absent. @param parent folder @param name of it @param u user @return descriptor or -errno */
static int user_folder(int parent, const char *name, const struct gvm_qemu_user *u)
{
	GVM_AUTOCLOSE int fd = gvm_open_dir(parent, name, 0700);

	if (fd < 0)
		return fd;
	if (u->change && fchown(fd, u->uid, u->gid) < 0)
		return -errno;
	return gvm_steal_fd(&fd);
}

/** @brief Copy UEFI's variables, once. @param dir the VM's folder @param template file @param u user @return 0 or -errno */
static int copy_vars(int dir, const char *template, const struct gvm_qemu_user *u)
{
	GVM_AUTOFREE char *data = NULL;
	struct stat st;
	size_t len;
	int r;

	if (fstatat(dir, GVM_QEMU_VARS, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISREG(st.st_mode) ? 0 : -EINVAL;
	r = gvm_read_file(AT_FDCWD, template, MAX_VARS, &data, &len);
	if (r == 0)
		r = gvm_write_file(dir, GVM_QEMU_VARS, data, len, GVM_WRITE_NEW | GVM_WRITE_SYNC);
	if (r == 0 && u->change &&
	    fchownat(dir, GVM_QEMU_VARS, u->uid, u->gid, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	if (r == 0 && fchmodat(dir, GVM_QEMU_VARS, 0600, 0) < 0)
		r = -errno;
	return r;
}

int gvm_qemu_state_make(const char *vm, const struct gvm_qemu_firmware *fw, bool tpm,
			const struct gvm_qemu_user *u, struct gvm_error *e)
{
	GVM_AUTOCLOSE int lib = -1;
	GVM_AUTOCLOSE int vms = -1;
	GVM_AUTOCLOSE int dir = -1;
	GVM_AUTOCLOSE int sub = -1;
	int r = 0;

	if (!fw->code[0] && !tpm)
		return 0;
	lib = gvm_open_dir(AT_FDCWD, "/var/lib/gvm", 0755);
	vms = lib < 0 ? lib : gvm_open_dir(lib, "vm", 0711);
	/* Root's: what the user may change in it are the file and the folder that are his, not their names. */
	dir = vms < 0 ? vms : gvm_open_dir(vms, vm, 0711);
	r = dir < 0 ? dir : 0;
	if (r == 0 && fw->code[0])
		r = copy_vars(dir, fw->vars, u);
	if (r == 0 && tpm) {
		sub = user_folder(dir, GVM_QEMU_TPM, u);
		r = sub < 0 ? sub : 0;
	}
	if (r == 0)
		return 0;
	gvm_error_set(e, "GVM_E_VM_STATE", -r, "VM %s: cannot make " GVM_QEMU_STATE "/%s: %s", vm,
		      vm, gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, GVM_QEMU_STATE "/%s", vm);
	return r;
}
