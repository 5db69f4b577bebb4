// SPDX-License-Identifier: GPL-2.0-or-later
/* The members of answers by the names that people use. */
#include <stdio.h>
#include <string.h>

#include "output.h"

/** Words that are written in their own way. */
static const char *const spelled[][2] = {
	{ "id", "ID" },     { "uuid", "UUID" },    { "gpu", "GPU" },     { "gpus", "GPUs" },
	{ "vgpu", "vGPU" }, { "vgpus", "vGPUs" },  { "vm", "VM" },       { "vms", "VMs" },
	{ "pid", "PID" },   { "numa", "NUMA" },    { "iommu", "IOMMU" }, { "drm", "DRM" },
	{ "vfio", "VFIO" }, { "sriov", "SR-IOV" }, { "cpus", "CPUs" },   { "pci", "PCI" },
	{ "qemu", "QEMU" }, { "vf", "VF" },        { "vfs", "VFs" },     { "pf", "PF" },
	{ "bars", "BARs" }, { "tpm", "TPM" },      { "kvm", "KVM" },     { "mig", "MIG" },
};

/** Units at the end of a name. */
static const char *const units[][2] = {
	{ "_mib", "MiB" }, { "_bytes", "bytes" }, { "_us", "us" }, { "_ms", "ms" }, { "_s", "s" },
};

/** @brief How a word is written. @param word it @param len its length @return own spelling, or NULL */
static const char *spelling(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++)
		if (strlen(spelled[i][0]) == len && strncmp(spelled[i][0], word, len) == 0)
			return spelled[i][1];
	return NULL;
}

const char *cli_label(const char *key, char *buf, size_t size)
{
	size_t len = strlen(key), at = 0, i;
	const char *unit = "", *end;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t u = strlen(units[i][0]);

		if (len > u && strcmp(key + len - u, units[i][0]) == 0) {
			unit = units[i][1];
			len -= u;
			break;
		}
	}
	end = key + len;
	buf[0] = '\0';
	while (key < end && at < size) {
		size_t word = strcspn(key, "_") < (size_t)(end - key) ? strcspn(key, "_")
								      : (size_t)(end - key);
		const char *own = spelling(key, word);

		at += (size_t)snprintf(buf + at, size - at, "%s%.*s", at ? " " : "",
				       own ? (int)strlen(own) : (int)word, own ? own : key);
		key += word + 1;
	}
	return unit;
}
