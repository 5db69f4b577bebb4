// SPDX-License-Identifier: GPL-2.0-or-later
#include "errors.h"

#include <errno.h>
#include <string.h>

#include "str.h"

#define MDEV "documented: kernel Documentation/ABI/testing/sysfs-bus-vfio-mdev; "

static const struct gvm_error_entry table[] = {
	{ "GVM_E_USAGE", GVM_EXIT_USAGE, NULL, "gvm --help", "gvm" },
	{ "GVM_E_NO_MEMORY", GVM_EXIT_FAILED, "the machine is out of memory", NULL, "gvm" },
	{ "GVM_E_SYSROOT", GVM_EXIT_NOT_FOUND, NULL,
	  "give --sysroot a folder that holds sys/, proc/ and dev/", "gvm" },
	{ "GVM_E_READ_ONLY", GVM_EXIT_UNSUPPORTED,
	  "a sysroot is a picture of a host: nothing is written",
	  "leave --sysroot out to change this host", "gvm" },
	{ "GVM_E_PERMISSION", GVM_EXIT_PERMISSION, "only root may do this",
	  "run the command as root (sudo)", "gvm" },

	{ "GVM_E_GPU_NOT_FOUND", GVM_EXIT_NOT_FOUND, NULL, "see what there is: gvm gpu list",
	  "gvm" },
	{ "GVM_E_TYPE_NOT_FOUND", GVM_EXIT_NOT_FOUND, NULL, "see what there is: gvm type list",
	  "gvm" },
	{ "GVM_E_VGPU_NOT_FOUND", GVM_EXIT_NOT_FOUND, NULL, "see what there is: gvm vgpu list",
	  "gvm" },
	{ "GVM_E_VM_NOT_FOUND", GVM_EXIT_NOT_FOUND, NULL, "see what runs: gvm vm list", "gvm" },
	{ "GVM_E_CODE_NOT_FOUND", GVM_EXIT_NOT_FOUND, NULL, "see them all: gvm explain", "gvm" },
	{ "GVM_E_NAME_INVALID", GVM_EXIT_USAGE,
	  "names are lower-case letters, digits, '.', '_' and '-', at most 63, and begin with a letter or digit",
	  NULL, "gvm" },
	{ "GVM_E_UUID_INVALID", GVM_EXIT_USAGE,
	  "a UUID has 36 characters, such as 5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50",
	  "leave it out: gvm makes one", MDEV "EINVAL" },
	{ "GVM_E_NAME_TAKEN", GVM_EXIT_BUSY, NULL, "choose another name, or see gvm list", "gvm" },
	{ "GVM_E_UUID_TAKEN", GVM_EXIT_BUSY,
	  "a UUID can be used once on the whole host, whatever the GPU",
	  "choose another UUID, or see who has it: gvm vgpu list", MDEV "EEXIST" },

	{ "GVM_E_UNSUPPORTED", GVM_EXIT_UNSUPPORTED, NULL, NULL, "gvm" },
	{ "GVM_E_MDEV_FULL", GVM_EXIT_NO_FIT,
	  "the GPU has no instance of this type left; its types share one pool",
	  "remove a vGPU of this GPU (gvm vgpu destroy), or use another GPU: gvm type list",
	  MDEV "EUSERS, or ENOSPC from some drivers" },
	{ "GVM_E_PARENT_GOING", GVM_EXIT_BUSY,
	  "the GPU, or this vGPU, is being removed, or its driver is being unloaded",
	  "wait until it is back (gvm gpu list), then try again", MDEV "ENODEV, EAGAIN" },
	{ "GVM_E_ALREADY_GONE", GVM_EXIT_NOT_FOUND, "somebody else removed it", "see gvm vgpu list",
	  "observed: Linux 6.12" },
	{ "GVM_E_HELD", GVM_EXIT_BUSY, NULL,
	  "shut the VM down, or take the vGPU out of it, then try again", "gvm" },
	{ "GVM_E_REMOVE_BLOCKED", GVM_EXIT_BUSY,
	  "somebody opened the vGPU in the meantime; the kernel carries the removal out when it is let go",
	  "see who holds it: gvm vgpu show NAME",
	  "observed: Linux 6.12, drivers/vfio/vfio_main.c waits for the last user" },
	{ "GVM_E_FOREIGN", GVM_EXIT_USAGE, NULL, "add --foreign if it is really to go", "gvm" },
	{ "GVM_E_WRITE", GVM_EXIT_FAILED,
	  "the driver refused; its reason, if it gave one, is above",
	  "see the kernel log: dmesg | tail", "gvm" },
	{ "GVM_E_NOT_SEEN", GVM_EXIT_FAILED,
	  "the kernel took the write, but the result did not appear in time",
	  "see the kernel log: dmesg | tail", "gvm" },
	{ "GVM_E_PLAN_TOO_LONG", GVM_EXIT_NO_FIT, NULL, "ask for less at once", "gvm" },

	{ "GVM_E_FILE_READ", GVM_EXIT_NOT_FOUND, NULL, "check the path and its permissions",
	  "gvm" },
	{ "GVM_E_FILE_INVALID", GVM_EXIT_USAGE, NULL, NULL, "gvm" },
	{ "GVM_E_FILE_WRITE", GVM_EXIT_FAILED, NULL,
	  "check the folder, its permissions and free space", "gvm" },
	{ "GVM_E_STORE", GVM_EXIT_FAILED, "/run/gvm cannot be used as it must be",
	  "check /run/gvm: its owner, its permissions, free space", "gvm" },

	{ "GVM_E_VM_RUNNING", GVM_EXIT_BUSY, NULL, "stop it first: gvm vm stop NAME", "gvm" },
	{ "GVM_E_NO_KVM", GVM_EXIT_UNSUPPORTED,
	  "no hardware virtualization: /dev/kvm is missing or does not run guests",
	  "turn on AMD-V or VT-x in the firmware and load kvm-amd or kvm-intel, or write accelerator: auto",
	  "documented: kernel Documentation/virt/kvm/api.rst" },
	{ "GVM_E_QEMU_NOT_FOUND", GVM_EXIT_UNSUPPORTED, "QEMU is not installed",
	  "apt install qemu-system-x86, or set GVM_QEMU to its path", "gvm" },
	{ "GVM_E_QEMU_FAILED", GVM_EXIT_FAILED, NULL, "QEMU's own words are above", "gvm" },
	{ "GVM_E_INTERRUPTED", GVM_EXIT_FAILED, "a signal asked for it",
	  "what was made for it is removed; run it again", "gvm" },
	{ "GVM_E_QMP_CLOSED", GVM_EXIT_FAILED, "QEMU ended, or closed its control socket",
	  "see gvm vm list", "gvm" },
	{ "GVM_E_QMP_TIMEOUT", GVM_EXIT_BUSY,
	  "QEMU is stuck, or its control socket is used by another program (it serves one at a time)",
	  "see what holds the socket: ss -xp", "documented: QEMU docs/interop/qmp-spec" },
	{ "GVM_E_QMP_ANSWER", GVM_EXIT_FAILED, "what answered is not a QEMU that GVM understands",
	  NULL, "gvm" },
	{ "GVM_E_QMP_REFUSED", GVM_EXIT_FAILED, NULL, NULL, "gvm" },
	{ "GVM_E_NO_PICTURE", GVM_EXIT_UNSUPPORTED,
	  "none of the VM's vGPUs gives QEMU a picture it can read (dma-buf needs a display with OpenGL)",
	  "look inside the guest, or use a type whose picture is a memory region",
	  "observed: QEMU 7.2 and 10.0, hw/vfio/display.c" },
};

const struct gvm_error_entry *gvm_errors_find(const char *code)
{
	size_t i;

	for (i = 0; code && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].code, code) == 0)
			return &table[i];
	return NULL;
}

/** The kernel's answers: attribute, errno, what it means there. NULL and 0 match all. */
static const struct {
	const char *attribute;
	int err;
	const char *code;
} answers[] = {
	{ NULL, EROFS, "GVM_E_READ_ONLY" },
	{ NULL, EACCES, "GVM_E_PERMISSION" },
	{ NULL, EPERM, "GVM_E_PERMISSION" },
	{ "create", EINVAL, "GVM_E_UUID_INVALID" },
	{ "create", EEXIST, "GVM_E_UUID_TAKEN" },
	{ "create", EUSERS, "GVM_E_MDEV_FULL" },
	{ "create", ENOSPC, "GVM_E_MDEV_FULL" },
	{ "create", ENODEV, "GVM_E_PARENT_GOING" },
	{ "create", ENOENT, "GVM_E_PARENT_GOING" },
	{ "remove", ENODEV, "GVM_E_PARENT_GOING" },
	{ "remove", EAGAIN, "GVM_E_PARENT_GOING" },
	{ "remove", EBUSY, "GVM_E_HELD" },
	{ "remove", ENOENT, "GVM_E_ALREADY_GONE" },
	{ "remove", ETIMEDOUT, "GVM_E_REMOVE_BLOCKED" },
	{ NULL, 0, "GVM_E_WRITE" },
};

const char *gvm_errors_of_write(const char *path, int err)
{
	const char *attribute = gvm_basename(path);
	size_t i = 0;

	while ((answers[i].attribute && strcmp(answers[i].attribute, attribute) != 0) ||
	       (answers[i].err && answers[i].err != err))
		i++;
	return answers[i].code;
}

const struct gvm_error_entry *gvm_errors_all(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}
