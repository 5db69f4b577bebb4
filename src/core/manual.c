// SPDX-License-Identifier: GPL-2.0-or-later
/* The manual of errors: what each code means. Its cause and its remedy stand in errors.c where they are
 * always the same, and are told with the error; they stand here where each error brings its own. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "errors.h"

#define PREFIX "GVM_E_"

static const struct {
	const char *code; /* without its prefix */
	const char *meaning, *cause, *remedy;
} manual[] = {
	{ "USAGE", "the command line is not one that gvm understands",
	  "a word or option is unknown, missing, too many, or does not go with the others", NULL },
	{ "NO_MEMORY", "memory could not be had", NULL,
	  "end what uses it (free -h, ps aux --sort=-rss), then try again" },
	{ "SYSROOT", "the folder of --sysroot cannot be read as a host",
	  "it does not exist, is no folder, or may not be read", NULL },
	{ "READ_ONLY",
	  "something would be changed under --sysroot, or in a file system that is read-only", NULL,
	  NULL },
	{ "PERMISSION", "this user may not do that", NULL, NULL },
	{ "GPU_NOT_FOUND", "no GPU of this host has this address, node or name",
	  "a wrong name; or the GPU was removed, or its driver is not loaded", NULL },
	{ "TYPE_NOT_FOUND", "no GPU of this host, or not the one named, makes this type",
	  "a wrong id or name; or the driver that makes it is not loaded", NULL },
	{ "VGPU_NOT_FOUND", "no vGPU has this name or UUID",
	  "a wrong name; or it was transient and the host was rebooted, or somebody removed it",
	  NULL },
	{ "VM_NOT_FOUND", "no VM of this name runs or holds a vGPU",
	  "a wrong name, or it has ended", NULL },
	{ "CODE_NOT_FOUND", "there is no error of this code",
	  "a wrong word, or the code of another version", NULL },
	{ "NAME_INVALID", "the name breaks the rules of names", NULL,
	  "choose a name such as desk1" },
	{ "UUID_INVALID", "this is not a UUID", NULL, NULL },
	{ "NAME_TAKEN", "something has this name already", "names are unique on a host", NULL },
	{ "UUID_TAKEN", "a device with this UUID exists already", NULL, NULL },
	{ "UNSUPPORTED", "this cannot be done with this object, or on this host",
	  "the GPU makes no vGPUs, the method has no such operation, or another tool owns the object",
	  "the error tells; see what is possible: gvm type list" },
	{ "MDEV_FULL", "the GPU has no room for one more vGPU of this type", NULL, NULL },
	{ "PARENT_GOING", "the GPU or the vGPU is going away", NULL, NULL },
	{ "ALREADY_GONE", "the vGPU is not there any more", NULL, NULL },
	{ "HELD", "a VM or another program has the vGPU open, so it is not removed",
	  "removing a vGPU that is in use would hang in the kernel, or take it from under a guest",
	  NULL },
	{ "REMOVE_BLOCKED", "the kernel has not finished the removal within its time", NULL, NULL },
	{ "FOREIGN", "another tool made this vGPU, so gvm does not remove it unasked",
	  "gvm has no record of it: mdevctl, libvirt or a script made it", NULL },
	{ "WRITE", "the kernel refused what was written", NULL, NULL },
	{ "NOT_SEEN", "the kernel accepted the write, but what it should bring about was not seen",
	  NULL, NULL },
	{ "SETTING", "a GPU has no such setting, or it cannot have this value",
	  "a wrong word; or the setting belongs to a method that this GPU does not have", NULL },
	{ "VFS_TOO_MANY", "more VFs are asked for than the GPU can have", NULL, NULL },
	{ "VFS_IN_USE", "VFs are to go, but one of them is a vGPU or is held", NULL, NULL },
	{ "VFS_BUSY", "the kernel changes the number of VFs only from none", NULL, NULL },
	{ "PF_DRIVER", "the kernel cannot configure VFs: nobody drives the GPU itself", NULL,
	  NULL },
	{ "VFS_NO_SPACE", "there is no room for the VFs on the bus", NULL, NULL },
	{ "VFS_HARDWARE", "the device's SR-IOV numbers do not fit each other", NULL, NULL },
	{ "VFS_ASSIGNED", "the kernel may not change the VFs now", NULL, NULL },
	{ "VFS_REFUSED", "the driver of the GPU did not enable or disable its VFs", NULL, NULL },
	{ "VFS_BLOCKED", "the kernel has not finished taking VFs away within its time", NULL,
	  NULL },
	{ "NOT_BOUND", "the function is not, or cannot be, bound to that driver", NULL, NULL },
	{ "NO_DRIVER", "the driver is not loaded", NULL, NULL },
	{ "MODULE", "the driver that gives devices to VMs is not there and cannot be loaded", NULL,
	  NULL },
	{ "BIND_BLOCKED", "a driver did not take or release a device within its time", NULL, NULL },
	{ "NO_VFS", "a VF is asked for, and the GPU has none", NULL, NULL },
	{ "VFS_FULL", "a VF is asked for, and all are used", NULL, NULL },
	{ "VF_TAKEN", "the VF that is asked for is used", NULL, NULL },
	{ "GPU_TAKEN", "the whole GPU is asked for, and it is used so already", NULL, NULL },
	{ "GPU_HAS_VGPUS",
	  "the whole GPU, or another driver for it, is asked for while it has vGPUs", NULL, NULL },
	{ "VFS_ENABLED", "the whole GPU, or another driver for it, is asked for while it has VFs",
	  NULL, NULL },
	{ "BOOT_DISPLAY", "the whole GPU is asked for, and it shows this host's console", NULL,
	  NULL },
	{ "GPU_IN_USE", "the GPU is asked for while a program of the host uses it", NULL, NULL },
	{ "NO_IOMMU", "the device cannot be given to a VM: nothing keeps it to its memory", NULL,
	  NULL },
	{ "GROUP_NOT_VIABLE", "another member of the device's IOMMU group has a driver of the host",
	  NULL, NULL },
	{ "PLAN_TOO_LONG", "the change has more steps than gvm carries out at once",
	  "too many objects in one command", NULL },
	{ "FILE_READ", "a file cannot be read", "it does not exist, or may not be read", NULL },
	{ "FILE_INVALID", "a file's content is not what it should be",
	  "a wrong key or value, wrong indentation, or a file too large: the message tells the place",
	  "correct that line; gvm-vm(1) shows the form of a VM" },
	{ "FILE_WRITE", "a file or the answer cannot be written",
	  "the folder is missing, may not be written, or is full", NULL },
	{ "NOT_DEFINED", "no definition has this name or UUID",
	  "a wrong name, or the vGPU is transient: made with gvm vgpu create, and not saved", NULL },
	{ "NOT_ACTIVE", "the vGPU is not there now", NULL, NULL },
	{ "VGPU_ACTIVE", "the vGPU is there, and this cannot be changed now", NULL, NULL },
	{ "PARENT_ABSENT", "the GPU that a definition is for is not there, or makes no vGPUs", NULL,
	  NULL },
	{ "DEFINED_ELSEWHERE", "another tool keeps this definition", NULL, NULL },
	{ "FILE_CHANGED", "a saved file would be written over that gvm did not write as it is", NULL,
	  NULL },
	{ "STORE", "the records of what runs cannot be read or written", NULL, NULL },
	{ "VM_RUNNING", "a VM of this name runs already", "gvm runs each VM once", NULL },
	{ "NO_KVM", "the VM is to run under KVM, and KVM is not there", NULL, NULL },
	{ "QEMU_NOT_FOUND", "there is no QEMU to run", NULL, NULL },
	{ "QEMU_FAILED", "QEMU did not start, or did not end as asked",
	  "an option it does not take, a file or device it cannot open, or too little memory",
	  NULL },
	{ "QEMU_USER", "the user that QEMU is to run as does not exist, or cannot be changed to",
	  NULL, NULL },
	{ "QEMU_ACCESS", "QEMU's user may not open a file or device that the VM needs", NULL,
	  NULL },
	{ "QEMU_LACKS", "the VM asks for something that this QEMU cannot do", NULL, NULL },
	{ "VFIO_NODE", "the host cannot open a vGPU in the way that the VM needs", NULL, NULL },
	{ "VM_DEFINED", "another VM of that name is defined", NULL, NULL },
	{ "VM_NOT_DEFINED", "no VM of that name is defined",
	  "a wrong name; or it was never defined: its file is not in /etc/gvm/vm.d", NULL },
	{ "NO_SYSTEMD", "there is no systemd to start the VM", NULL, NULL },
	{ "VM_SERVICE", "the service of a VM did not start",
	  "the VM itself does not start, or the unit gvm-vm@.service is not installed",
	  "see its journal: journalctl -b -u gvm-vm@NAME" },
	{ "FIRMWARE", "there is no UEFI firmware for the VM's machine", NULL, NULL },
	{ "TPM", "the VM's TPM cannot be started", NULL, NULL },
	{ "VM_STATE", "what a VM keeps while it does not run cannot be made", NULL, NULL },
	{ "HUGEPAGES", "there are not as many free huge pages as the VM's memory has", NULL,
	  "set more aside: sysctl vm.nr_hugepages=N; for pages of 1 GiB on the kernel's command line" },
	{ "PIN", "the VM's vCPUs cannot be pinned as its file asks",
	  "there are fewer CPUs near the GPU, or in the list, than the VM has vCPUs",
	  "write a smaller count:, a list of more CPUs as pin:, or pin: none" },
	{ "IVSHMEM", "the shared memory of a VM cannot be used",
	  "its file is something else, or larger, or there is no room in /dev/shm",
	  "remove the file if nothing uses it, or name another; see df -h /dev/shm" },
	{ "KVMFR", "the device of KVMFR cannot be used for the VM's shared memory",
	  "the module is not loaded, or has another size; or a QEMU that was started before it made a file of that name",
	  "rm the file if it is one, then modprobe kvmfr static_size_mb=N" },
	{ "MEMLOCK", "the VM's memory cannot be locked, as a device that reaches it needs",
	  "gvm does not run as root, and the hard limit of locked memory is lower than the VM's memory",
	  "run gvm as root, or raise the limit in /etc/security/limits.d" },
	{ "INTERRUPTED", "the command was ended before it was done", NULL, NULL },
	{ "QMP_CLOSED", "the connection to QEMU ended before it answered", NULL, NULL },
	{ "QMP_TIMEOUT", "QEMU does not answer on its control socket", NULL, NULL },
	{ "QMP_ANSWER", "the answer on QEMU's control socket makes no sense", NULL,
	  "use QEMU 7.2 or later (gvm version); see what holds the socket: ss -xp" },
	{ "QMP_REFUSED", "QEMU refused what it was asked", "its own words are in the message",
	  "change what they name, then try again" },
	{ "NO_PICTURE", "there is no picture to take of this VM", NULL, NULL },
	{ "QMP_BUSY", "another program uses the control socket of this QEMU", NULL, NULL },
	{ "QMP_NONE", "gvm finds no control socket of this QEMU", NULL, NULL },
	{ "NO_PORT", "a running VM has no place for another device", NULL, NULL },
	{ "PORT_TOO_SMALL", "no empty port of a running VM has room for the vGPU's memory", NULL,
	  NULL },
	{ "COLD_PLUG_ONLY", "the vGPU cannot come into a VM that runs", NULL, NULL },
	{ "VM_FULL", "the VM has as many vGPUs as a VM can have", NULL, NULL },
	{ "VGPU_OWNED", "the vGPU belongs to the run of another VM", NULL, NULL },
	{ "NOT_ATTACHED", "no VM, or not this one, has the vGPU",
	  "it was detached, or its VM has ended, or it is another program that holds it", NULL },
	{ "NOT_UNPLUGGABLE", "the vGPU stays in its VM until that ends", NULL, NULL },
	{ "UNPLUG_REFUSED", "the guest refuses to let the vGPU go", NULL, NULL },
	{ "UNPLUG_PAUSED", "the vGPU cannot be taken out of a VM that is paused", NULL, NULL },
	{ "UNPLUG_SILENT", "the guest did not let the vGPU go in time", NULL, NULL },
};

int gvm_errors_manual(const struct gvm_error_entry *entry, struct gvm_error_manual *ret)
{
	size_t i;

	for (i = 0; i < sizeof(manual) / sizeof(manual[0]); i++) {
		if (strcmp(manual[i].code, entry->code + strlen(PREFIX)) != 0)
			continue;
		ret->meaning = manual[i].meaning;
		ret->cause = manual[i].cause ? manual[i].cause : entry->cause;
		ret->remedy = manual[i].remedy ? manual[i].remedy : entry->remedy;
		return 0;
	}
	return -ENOENT;
}

const char *gvm_exit_name(int status)
{
	static const char *const names[] = { "ok",
					     "failed",
					     "usage",
					     "not found",
					     "busy or held",
					     "does not fit",
					     "not supported here",
					     "permission",
					     "drift found" };

	return status >= 0 && (size_t)status < sizeof(names) / sizeof(names[0]) ? names[status]
										: "-";
}
