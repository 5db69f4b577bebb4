// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

const struct cli_command cli_commands[] = {
	{ "list", NULL, "", 0, 0, 0, false, cli_list, "GPUs, their vGPUs, and the VMs that have them" },
	{ "gpu", "list", "", 0, 0, CLI_ALL_CLASSES, false, cli_gpu_list, "the GPUs of this host" },
	{ "gpu", "show", "[GPU...]", 0, 64, CLI_ALL_CLASSES, false, cli_gpu_show,
	  "all that is known of a GPU" },
	{ "type", "list", "", 0, 0, CLI_GPU, false, cli_type_list,
	  "what vGPUs can be made, and how many more of each" },
	{ "type", "show", "[TYPE...]", 0, 64, CLI_GPU, false, cli_type_show,
	  "all that is known of a type" },
	{ "vgpu", "list", "", 0, 0, CLI_GPU, false, cli_vgpu_list, "the vGPUs that exist" },
	{ "vgpu", "show", "[VGPU...]", 0, 64, 0, false, cli_vgpu_show, "all that is known of a vGPU" },
	{ "vgpu", "create", "", 0, 0, CLI_TYPE | CLI_GPU | CLI_NAME | CLI_UUID, true,
	  cli_vgpu_create, "make a vGPU; it is gone at the next reboot" },
	{ "vgpu", "destroy", "VGPU...", 1, 64, CLI_FOREIGN, true, cli_vgpu_destroy,
	  "remove vGPUs; one that a VM holds is refused" },
	{ "vm", "run", "FILE.yaml", 1, 1, CLI_PRINT_COMMAND | CLI_TIMEOUT, true, cli_vm_run,
	  "run a VM with its vGPUs, and stay until it ends" },
	{ "vm", "list", "", 0, 0, 0, false, cli_vm_list, "the VMs that run, or hold a vGPU" },
	{ "vm", "show", "[VM...]", 0, 64, 0, false, cli_vm_show, "all that is known of a VM" },
	{ "vm", "stop", "VM...", 1, 64, CLI_TIMEOUT, true, cli_vm_stop,
	  "ask the guest to shut down, then insist" },
	{ "vm", "screenshot", "VM FILE.png", 2, 2, 0, false, cli_vm_screenshot,
	  "write the picture the VM shows" },
	{ .noun = NULL },
};
