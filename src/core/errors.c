// SPDX-License-Identifier: GPL-2.0-or-later
#include "errors.h"

#include <errno.h>
#include <string.h>

#include "conf.h"
#include "str.h"

#define MDEV "documented: kernel Documentation/ABI/testing/sysfs-bus-vfio-mdev; "

#define SYSFS "documented: kernel Documentation/ABI/testing/sysfs-bus-pci: "
#define IOV "documented: Linux 7.3 drivers/pci/iov.c: "

static const struct gvm_error_entry table[] = {
	{ "GVM_E_USAGE", GVM_EXIT_USAGE, NULL, "gvm --help", "gvm" },
	{ "GVM_E_ARGUMENT", GVM_EXIT_USAGE, "an error of the program, and not of its user",
	  "see what the function takes: its comment in the header below gvm/", "gvm" },
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

	{ "GVM_E_NOT_DEFINED", GVM_EXIT_NOT_FOUND, NULL,
	  "see what is defined: gvm vgpu list; define it: gvm vgpu define NAME --type TYPE", "gvm" },
	{ "GVM_E_NOT_ACTIVE", GVM_EXIT_NOT_FOUND, "there is its definition only",
	  "gvm vgpu start makes it active; gvm vgpu undefine removes the definition", "gvm" },
	{ "GVM_E_VGPU_ACTIVE", GVM_EXIT_BUSY, "what it is made of cannot change while it is there",
	  "stop it first: gvm vgpu stop NAME", "gvm" },
	{ "GVM_E_PARENT_ABSENT", GVM_EXIT_NOT_FOUND,
	  "the GPU is not in the host, or the driver that makes its vGPUs is not loaded (yet)",
	  "see gvm gpu list; load the driver, then start the vGPU again", "gvm" },
	{ "GVM_E_DEFINED_ELSEWHERE", GVM_EXIT_USAGE, "its definition is in /etc/mdevctl.d",
	  "make it a definition of gvm first (gvm import mdevctl), or use mdevctl", "gvm" },

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
	{ "GVM_E_SETTING", GVM_EXIT_USAGE, NULL,
	  "settings are vfs=N, autoprobe=on|off, driver=NAME|default", "gvm" },
	{ "GVM_E_VFS_TOO_MANY", GVM_EXIT_NO_FIT, "the device, or its driver, allows no more",
	  "ask for fewer; see gvm gpu show", SYSFS "sriov_totalvfs; drivers/pci/iov.c ERANGE" },
	{ "GVM_E_VFS_IN_USE", GVM_EXIT_BUSY,
	  "VFs come and go all together, and the kernel would wait for the VM that has this one",
	  "shut the VM down and remove the vGPU, then try again",
	  "observed: Linux 6.12, drivers/vfio/vfio_main.c" },
	{ "GVM_E_VFS_BUSY", GVM_EXIT_BUSY, "VFs are enabled already, or are being changed just now",
	  "try again", IOV "EBUSY; the xe driver too" },
	{ "GVM_E_PF_DRIVER", GVM_EXIT_UNSUPPORTED,
	  "the GPU has no driver now, or its driver cannot make VFs",
	  "load the driver that makes VFs, then try again: gvm gpu set GPU driver=default",
	  IOV "ENOENT" },
	{ "GVM_E_VFS_NO_SPACE", GVM_EXIT_NO_FIT,
	  "the firmware or the kernel left no address space or bus numbers for the VFs",
	  "turn on SR-IOV and above-4G decoding in the firmware, or boot with pci=realloc (or pci=assign-busses)",
	  IOV "ENOMEM" },
	{ "GVM_E_VFS_HARDWARE", GVM_EXIT_FAILED, "the device gives contradictory numbers of VFs",
	  "update its firmware", IOV "EIO" },
	{ "GVM_E_VFS_ASSIGNED", GVM_EXIT_BUSY,
	  "VFs are given to VMs (Xen), or the driver forbids it now",
	  "shut those VMs down, then try again", IOV "EPERM" },
	{ "GVM_E_VFS_REFUSED", GVM_EXIT_FAILED,
	  "the GPU's driver refused; its reason, if it gave one, is above",
	  "see the kernel log: dmesg | tail", IOV "sriov_configure" },
	{ "GVM_E_VFS_BLOCKED", GVM_EXIT_BUSY,
	  "somebody opened a VF in the meantime; the kernel waits until it is let go",
	  "see who holds it: gvm list", "observed: Linux 6.12, drivers/vfio/vfio_main.c" },
	{ "GVM_E_NOT_BOUND", GVM_EXIT_BUSY, "another driver has it, or it was taken away just now",
	  "see gvm gpu list, then try again", SYSFS "bind, unbind: ENODEV" },
	{ "GVM_E_NO_DRIVER", GVM_EXIT_UNSUPPORTED, "the kernel has no such driver loaded",
	  "load it: modprobe vfio-pci", "observed: Linux 6.12, no folder in /sys/bus/pci/drivers" },
	{ "GVM_E_MODULE", GVM_EXIT_UNSUPPORTED,
	  "the kernel has no such module, may not load it (Secure Boot), or has no IOMMU for it",
	  "try it by hand: modprobe vfio-pci; dmesg | tail", "observed: Linux 6.12, kmod 30" },
	{ "GVM_E_BIND_BLOCKED", GVM_EXIT_BUSY, "the driver does not let go: the device is in use",
	  "end what uses it, or reboot", "observed: Linux 6.12" },
	{ "GVM_E_NO_VFS", GVM_EXIT_NO_FIT,
	  "the GPU can have virtual functions, but none are enabled",
	  "enable some: gvm gpu set GPU vfs=N", SYSFS "sriov_numvfs" },
	{ "GVM_E_VFS_FULL", GVM_EXIT_NO_FIT, "each VF is one vGPU",
	  "remove a vGPU of this GPU, or enable more VFs once none is used", "gvm" },
	{ "GVM_E_VF_TAKEN", GVM_EXIT_BUSY, "a VFIO driver has it: another vGPU, or another tool",
	  "see gvm vgpu list, or let gvm choose a VF: name the GPU instead", "gvm" },
	{ "GVM_E_GPU_TAKEN", GVM_EXIT_BUSY, "a VFIO driver has it: a vGPU, or another tool",
	  "see gvm vgpu list", "gvm" },
	{ "GVM_E_GPU_HAS_VGPUS", GVM_EXIT_BUSY, "its vGPUs would go with its driver",
	  "remove them first: gvm vgpu list, gvm vgpu destroy VGPU", "gvm" },
	{ "GVM_E_VFS_ENABLED", GVM_EXIT_BUSY,
	  "a device whose VFs are enabled cannot be given away whole",
	  "take its VFs away first: gvm gpu set GPU vfs=0",
	  "observed: Linux 6.12, vfio-pci: Cannot bind to PF with SR-IOV enabled" },
	{ "GVM_E_BOOT_DISPLAY", GVM_EXIT_BUSY,
	  "the firmware and the host's console use it; they lose their picture",
	  "add --force if this host can do without", SYSFS "boot_vga" },
	{ "GVM_E_GPU_IN_USE", GVM_EXIT_BUSY,
	  "the kernel would take the GPU away under that process",
	  "end the process (a display server, a compute job), or add --force",
	  "observed: Linux 6.12, drivers/base/dd.c" },
	{ "GVM_E_NO_IOMMU", GVM_EXIT_UNSUPPORTED,
	  "there is no IOMMU, or the kernel or the firmware has it off",
	  "turn the IOMMU on in the firmware, and where the kernel needs it on its command line",
	  "documented: kernel Documentation/driver-api/vfio.rst" },
	{ "GVM_E_GROUP_NOT_VIABLE", GVM_EXIT_BUSY,
	  "the IOMMU cannot tell the members of a group apart: they go to one VM together, or not at all",
	  "unbind the members named, or give them to VFIO too: gvm gpu set ADDRESS driver=vfio-pci",
	  "documented: kernel Documentation/driver-api/vfio.rst" },
	{ "GVM_E_PLAN_TOO_LONG", GVM_EXIT_NO_FIT, NULL, "ask for less at once", "gvm" },

	{ "GVM_E_FILE_READ", GVM_EXIT_NOT_FOUND, NULL, "check the path and its permissions",
	  "gvm" },
	{ "GVM_E_FILE_INVALID", GVM_EXIT_USAGE, NULL, NULL, "gvm" },
	{ "GVM_E_FILE_WRITE", GVM_EXIT_FAILED, NULL,
	  "check the folder, its permissions and free space", "gvm" },
	{ "GVM_E_FILE_CHANGED", GVM_EXIT_BUSY,
	  "a person wrote it, or changed it, and gvm does not write over that unasked",
	  "look at the file, then change it by hand, or let gvm write it anew with --force", "gvm" },
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
	{ "GVM_E_QEMU_USER", GVM_EXIT_NOT_FOUND, "QEMU's user cannot be used",
	  "name another in " GVM_CONF_FILE ": qemu: {user: gvm-qemu}", "gvm" },
	{ "GVM_E_QEMU_ACCESS", GVM_EXIT_PERMISSION,
	  "QEMU does not run as root, and its user has not the right",
	  "give the user the right, or name another in " GVM_CONF_FILE ": qemu: {user: NAME}",
	  "gvm" },
	{ "GVM_E_QEMU_LACKS", GVM_EXIT_UNSUPPORTED, "this QEMU was built without it",
	  "install the QEMU of your distribution with all its modules, or leave it out of the VM",
	  "observed: what QEMU itself tells over QMP" },
	{ "GVM_E_VM_DEFINED", GVM_EXIT_BUSY, "a definition is not overwritten",
	  "gvm vm undefine NAME, then define it anew; or change the file itself", "gvm" },
	{ "GVM_E_VM_NOT_DEFINED", GVM_EXIT_NOT_FOUND, NULL,
	  "define it: gvm vm define FILE.yaml; or run the file itself: gvm vm run ./FILE.yaml", "gvm" },
	{ "GVM_E_NO_SYSTEMD", GVM_EXIT_UNSUPPORTED, "VMs are started as services of systemd",
	  "run it yourself: gvm vm run NAME", "documented: sd_booted(3)" },
	{ "GVM_E_VM_SERVICE", GVM_EXIT_FAILED, NULL, NULL, "gvm" },
	{ "GVM_E_FIRMWARE", GVM_EXIT_UNSUPPORTED, "no descriptor in /usr/share/qemu/firmware fits",
	  "apt install ovmf (on arm64 qemu-efi-aarch64), or write firmware: bios",
	  "documented: QEMU docs/interop/firmware.json" },
	{ "GVM_E_TPM", GVM_EXIT_UNSUPPORTED, "swtpm, which plays the TPM, is not installed",
	  "apt install swtpm, or write tpm: none", "gvm" },
	{ "GVM_E_VM_STATE", GVM_EXIT_FAILED, "/var/lib/gvm/vm cannot be used as it must be",
	  "check /var/lib/gvm: its owner, its permissions, free space", "gvm" },
	{ "GVM_E_HUGEPAGES", GVM_EXIT_NO_FIT,
	  "too few huge pages are set aside, or others use them", NULL,
	  "documented: kernel Documentation/admin-guide/mm/hugetlbpage.rst" },
	{ "GVM_E_PIN", GVM_EXIT_NO_FIT, NULL, NULL, "gvm" },
	{ "GVM_E_IVSHMEM", GVM_EXIT_FAILED, NULL, NULL, "gvm" },
	{ "GVM_E_KVMFR", GVM_EXIT_FAILED, NULL, NULL,
	  "documented: Looking Glass, installation of the kernel module" },
	{ "GVM_E_MEMLOCK", GVM_EXIT_PERMISSION, NULL, NULL,
	  "documented: kernel Documentation/driver-api/vfio.rst, setrlimit(2)" },
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
	{ "GVM_E_QMP_BUSY", GVM_EXIT_BUSY, "QEMU serves one client of a control socket at a time",
	  "end that connection, or start the VM with one more socket: -qmp unix:PATH,server=on,wait=off",
	  "documented: QEMU docs/interop/qmp-spec; observed: QEMU 7.2" },
	{ "GVM_E_QMP_NONE", GVM_EXIT_UNSUPPORTED,
	  "QEMU was started without one, or was given it open by the program that started it",
	  "use the program that started the VM, or start it with -qmp unix:PATH,server=on,wait=off",
	  "documented: qemu-system(1), -qmp, -mon and -chardev" },
	{ "GVM_E_NO_PORT", GVM_EXIT_NO_FIT,
	  "a running VM takes a device only in an empty PCIe port that it was started with",
	  "detach a vGPU from it, or start it with more ports (qemu_args: [-device, \"pcie-root-port,id=more,chassis=100\"])",
	  "documented: QEMU docs/pcie.txt" },
	{ "GVM_E_PORT_TOO_SMALL", GVM_EXIT_NO_FIT,
	  "the firmware gave the port its part of the address space when the VM started",
	  "start the VM with a larger port",
	  "observed: QEMU 7.2 with SeaBIOS, Linux 6.12 as guest" },
	{ "GVM_E_COLD_PLUG_ONLY", GVM_EXIT_UNSUPPORTED,
	  "the device can only be there from the start of a VM",
	  "name the vGPU in the VM's file under vgpus:, and start the VM", "gvm" },
	{ "GVM_E_VM_FULL", GVM_EXIT_NO_FIT, "a VM has 16 vGPUs at most", "detach one of them",
	  "gvm" },
	{ "GVM_E_VGPU_OWNED", GVM_EXIT_BUSY,
	  "it was made for the run of a VM, and goes when that VM ends",
	  "make one that stays: gvm vgpu create", "gvm" },
	{ "GVM_E_NOT_ATTACHED", GVM_EXIT_NOT_FOUND, NULL, "see who has what: gvm vgpu who", "gvm" },
	{ "GVM_E_NOT_UNPLUGGABLE", GVM_EXIT_UNSUPPORTED,
	  "it is on a bus that gives nothing back while the VM runs",
	  "shut the VM down; a VM run by gvm has its vGPUs in ports",
	  "documented: QEMU docs/pcie.txt" },
	{ "GVM_E_UNPLUG_REFUSED", GVM_EXIT_BUSY, "the guest's system does not let the device go",
	  "end what uses the vGPU inside of the guest, then try again",
	  "documented: QEMU, event DEVICE_UNPLUG_GUEST_ERROR" },
	{ "GVM_E_UNPLUG_PAUSED", GVM_EXIT_BUSY,
	  "a guest that does not run cannot let a device go, and it must",
	  "let the VM run on, then try again", "observed: QEMU 7.2 and 10.0" },
	{ "GVM_E_UNPLUG_SILENT", GVM_EXIT_BUSY,
	  "the guest has not booted yet, hangs, or its system knows no PCIe hot plug",
	  "wait for its boot, or give it longer with --timeout; else shut the VM down",
	  "documented: QEMU, event DEVICE_DELETED" },
};

const struct gvm_error_entry *gvm_errors_find(const char *code)
{
	size_t i;

	for (i = 0; code && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].code, code) == 0)
			return &table[i];
	return NULL;
}

void gvm_errors_complete(struct gvm_error *e, int r)
{
	const struct gvm_error_entry *entry;

	if (!e)
		return;
	if (!e->code)
		gvm_error_set(e, r == -ENOMEM ? "GVM_E_NO_MEMORY" : "GVM_E_WRITE", -r, "failed: %s",
			      gvm_errno_name(r));
	entry = gvm_errors_find(e->code);
	if (entry && entry->cause && !e->cause[0])
		GVM_ERROR_FIELD(e, cause, "%s", entry->cause);
	if (entry && entry->remedy && !e->hint[0])
		GVM_ERROR_FIELD(e, hint, "%s", entry->remedy);
}

/** The kernel's answers: attribute, errno, what it means there. NULL and 0 match all. */
static const struct {
	const char *attribute;
	int err;
	const char *code;
} answers[] = {
	{ "sriov_numvfs", EPERM, "GVM_E_VFS_ASSIGNED" },
	{ "sriov_numvfs", ERANGE, "GVM_E_VFS_TOO_MANY" },
	{ "sriov_numvfs", ENOENT, "GVM_E_PF_DRIVER" },
	{ "sriov_numvfs", EBUSY, "GVM_E_VFS_BUSY" },
	{ "sriov_numvfs", ENOMEM, "GVM_E_VFS_NO_SPACE" },
	{ "sriov_numvfs", EIO, "GVM_E_VFS_HARDWARE" },
	{ "sriov_numvfs", ETIMEDOUT, "GVM_E_VFS_BLOCKED" },
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
	{ "sriov_numvfs", 0, "GVM_E_VFS_REFUSED" },
	{ "unbind", ENODEV, "GVM_E_NOT_BOUND" },
	{ "unbind", ETIMEDOUT, "GVM_E_BIND_BLOCKED" },
	{ "bind", EBUSY, "GVM_E_NOT_BOUND" },
	{ "bind", ENODEV, "GVM_E_NOT_BOUND" },
	{ "bind", ENOENT, "GVM_E_NO_DRIVER" },
	{ "unbind", ENOENT, "GVM_E_NO_DRIVER" },
	{ "drivers_probe", ENODEV, "GVM_E_PARENT_GOING" },
	{ "drivers_probe", ETIMEDOUT, "GVM_E_BIND_BLOCKED" },
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
