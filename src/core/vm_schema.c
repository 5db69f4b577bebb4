// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_schema.h"

#include "objects.h"
#include "str.h"
#include "vm_file.h"

#define MAX_TEXT 1024

static const cyaml_strval_t accelerators[] = { { "auto", GVM_ACCEL_AUTO },
					       { "kvm", GVM_ACCEL_KVM },
					       { "tcg", GVM_ACCEL_TCG } };
static const cyaml_strval_t formats[] = { { "qcow2", GVM_DISK_QCOW2 }, { "raw", GVM_DISK_RAW } };
static const cyaml_strval_t firmwares[] = { { "bios", GVM_FIRMWARE_BIOS },
					    { "uefi", GVM_FIRMWARE_UEFI } };
static const cyaml_strval_t displays[] = { { "none", GVM_VM_DISPLAY_NONE },
					   { "vnc", GVM_VM_DISPLAY_VNC },
					   { "spice", GVM_VM_DISPLAY_SPICE } };
static const cyaml_strval_t networks[] = { { "user", GVM_NET_USER },
					   { "tap", GVM_NET_TAP },
					   { "none", GVM_NET_NONE } };
static const cyaml_strval_t hugepages[] = { { "none", GVM_HUGEPAGES_NONE },
					    { "2M", GVM_HUGEPAGES_2M },
					    { "1G", GVM_HUGEPAGES_1G } };
static const cyaml_strval_t tpms[] = { { "none", GVM_TPM_NONE }, { "2.0", GVM_TPM_2 } };
static const cyaml_strval_t vfios[] = { { "auto", GVM_VFIO_AUTO },
					{ "group", GVM_VFIO_GROUP },
					{ "iommufd", GVM_VFIO_IOMMUFD } };
static const cyaml_strval_t switches[] = { { "false", GVM_VM_OFF }, { "true", GVM_VM_ON } };
static const cyaml_strval_t sandboxes[] = { { "on", GVM_SANDBOX_ON }, { "off", GVM_SANDBOX_OFF } };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Shorthand for the schema below; S is the structure a field stands in. */
#define TEXT(S, key, flags)                                                                        \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | (flags), S, key, 1, MAX_TEXT)
/* A number as text: libcyaml 1.3 takes "4G" for the number 4. */
#define NUMBER(S, key, member, flags)                                                              \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), S, member, 1, MAX_TEXT)
#define CHOICE(S, key, words)                                                                      \
	CYAML_FIELD_ENUM(#key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, S, key, words, COUNT(words))
#define LIST(S, key, entry, max)                                                                   \
	CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, key, entry, 0, max)
#define MAP(S, key, member, fields)                                                                \
	CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, member, fields)
#define ENTRY(S, fields)                                                                           \
	{                                                                                          \
		CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, S, fields)                                 \
	}

static const cyaml_schema_field_t boot_fields[] = {
	TEXT(struct gvm_vm_boot, kernel, 0),
	TEXT(struct gvm_vm_boot, initrd, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_boot, append, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t cpus_fields[] = {
	TEXT(struct gvm_vm_cpus, count, 0),
	TEXT(struct gvm_vm_cpus, pin, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t ivshmem_fields[] = {
	TEXT(struct gvm_vm_ivshmem, file, CYAML_FLAG_OPTIONAL),
	NUMBER(struct gvm_vm_ivshmem, "size_mib", size_text, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_ivshmem, max_resolution, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t disk_fields[] = {
	TEXT(struct gvm_vm_disk, file, 0),
	CHOICE(struct gvm_vm_disk, format, formats),
	CHOICE(struct gvm_vm_disk, readonly, switches),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t vgpu_fields[] = {
	TEXT(struct gvm_vm_vgpu, name, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_vgpu, type, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_vgpu, gpu, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t net_fields[] = {
	CYAML_FIELD_ENUM("type", CYAML_FLAG_STRICT, struct gvm_vm_net, type, networks,
			 COUNT(networks)),
	TEXT(struct gvm_vm_net, ifname, CYAML_FLAG_OPTIONAL),
	TEXT(struct gvm_vm_net, mac, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t disk = ENTRY(struct gvm_vm_disk, disk_fields);
static const cyaml_schema_value_t vgpu = ENTRY(struct gvm_vm_vgpu, vgpu_fields);
static const cyaml_schema_value_t net = ENTRY(struct gvm_vm_net, net_fields);
static const cyaml_schema_value_t argument = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0,
								  MAX_TEXT) };

/* All fields but cpus, which has two forms. */
#define FIELDS                                                                                     \
	TEXT(struct gvm_vm_file, name, 0), TEXT(struct gvm_vm_file, uuid, CYAML_FLAG_OPTIONAL),    \
		NUMBER(struct gvm_vm_file, "version", version_text, 0),                            \
		NUMBER(struct gvm_vm_file, "memory_mib", memory_text, CYAML_FLAG_OPTIONAL),        \
		CHOICE(struct gvm_vm_file, accelerator, accelerators),                             \
		CHOICE(struct gvm_vm_file, firmware, firmwares),                                   \
		CHOICE(struct gvm_vm_file, display, displays),                                     \
		CHOICE(struct gvm_vm_file, hugepages, hugepages),                                  \
		CHOICE(struct gvm_vm_file, sandbox, sandboxes),                                    \
		CHOICE(struct gvm_vm_file, tpm, tpms),                                             \
		CHOICE(struct gvm_vm_file, autostart, switches),                                   \
		CHOICE(struct gvm_vm_file, vfio, vfios),                                           \
		MAP(struct gvm_vm_file, "boot", boot, boot_fields),                                \
		MAP(struct gvm_vm_file, "ivshmem", ivshmem, ivshmem_fields),                       \
		LIST(struct gvm_vm_file, disks, &disk, 16),                                        \
		LIST(struct gvm_vm_file, vgpus, &vgpu, GVM_VM_MAX_VGPUS),                          \
		LIST(struct gvm_vm_file, network, &net, 8),                                        \
		LIST(struct gvm_vm_file, qemu_args, &argument, 64), CYAML_FIELD_END

static const cyaml_schema_field_t fields[] = {
	NUMBER(struct gvm_vm_file, "cpus", cpus_text, CYAML_FLAG_OPTIONAL),
	FIELDS,
};
static const cyaml_schema_field_t fields_cpus[] = {
	MAP(struct gvm_vm_file, "cpus", cpus_map, cpus_fields),
	FIELDS,
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER,
								 struct gvm_vm_file, fields) };
static const cyaml_schema_value_t schema_cpus = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct gvm_vm_file, fields_cpus) };

/** @brief What to do about a complaint of libcyaml. @param text it @return remedy */
static const char *hint_for(const char *text)
{
	if (gvm_str_starts(text, "Unexpected key"))
		return "known are version, name, uuid, cpus or cpus {count, pin}, memory_mib, "
		       "hugepages, accelerator, firmware, tpm, boot {kernel, initrd, append}, "
		       "disks {file, format, readonly}, vgpus {name, type, gpu}, vfio, display, "
		       "ivshmem {file, size_mib, max_resolution}, network {type, ifname, mac}, "
		       "sandbox, autostart, qemu_args";
	if (gvm_str_starts(text, "Invalid ENUM"))
		return "known are accelerator: auto, kvm, tcg; firmware: bios, uefi; display: none, "
		       "vnc, spice; hugepages: none, 2M, 1G; tpm: none, 2.0; sandbox: on, off; "
		       "vfio: auto, group, iommufd; "
		       "autostart, a disk's readonly: true, false; its format: qcow2, raw; a "
		       "network's type: user, tap, none";
	if (gvm_str_starts(text, "Missing required"))
		return "version, name, a boot's kernel, a disk's file, a network's type and a count "
		       "of cpus must be there";
	if (gvm_str_starts(text, "Expecting MAPPING"))
		return "write it as {key: value}, such as vgpus: [{name: desk1}]";
	return "compare it with the VM file in README.md";
}

const struct gvm_yaml gvm_vm_yaml = { &schema, hint_for,
				      "compare it with the VM file in README.md" };
const struct gvm_yaml gvm_vm_yaml_cpus = { &schema_cpus, hint_for,
					   "compare it with the VM file in README.md" };
