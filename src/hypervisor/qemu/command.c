// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line. Option names and meaning: documented, QEMU's qemu-system(1) and
 * "-device X,help" of 7.2 and 10.0.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu.h"
#include "setup.h"
#include "str.h"

#if defined(__x86_64__)
#define MACHINE "q35"
#define VIDEO "VGA"
#define TPM "tpm-crb"
#elif defined(__aarch64__)
#define MACHINE "virt"
#define VIDEO "virtio-gpu-pci"
#define TPM "tpm-tis-device"
#else
#error "GVM knows x86-64 and arm64"
#endif

/* Where the ports stand on the root bus: above devices without an address, below q35's own. */
#define FIRST_PORT_SLOT 0x17UL

/** A command line being built. */
struct line {
	char **argv;
	size_t n;
	int err; /* first failure; later additions do nothing */
};

/** @brief Add one argument, printf style. @param l line @param fmt text */
static void __attribute__((format(printf, 2, 3))) add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->err)
		return;
	if (l->n + 1 >= GVM_VM_MAX_ARGS) {
		l->err = -E2BIG;
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&l->argv[l->n], fmt, ap) < 0) {
		l->argv[l->n] = NULL;
		l->err = -ENOMEM;
	} else {
		l->n++;
	}
	va_end(ap);
}

/** @brief A value for QEMU's key=value lists, where a comma is written twice. @param text value @return new text, or NULL */
static char *escape(const char *text)
{
	char *out = malloc(strlen(text) * 2 + 1), *p = out;

	if (!out)
		return NULL;
	for (; *text; text++) {
		*p++ = *text;
		if (*text == ',')
			*p++ = ',';
	}
	*p = '\0';
	return out;
}

/** @brief Add an option with one free value among its keys. @param l line @param option name @param before @param value unescaped @param after it */
static void add_value(struct line *l, const char *option, const char *before, const char *value,
		      const char *after)
{
	char *escaped = escape(value);

	if (!escaped) {
		l->err = -ENOMEM;
		return;
	}
	add(l, "%s", option);
	add(l, "%s%s%s", before, escaped, after);
	free(escaped);
}

/** @brief QEMU's own seccomp filter, as far as it has one. @param l line @param bits features */
static void add_sandbox(struct line *l, unsigned int bits)
{
	if (!(bits & GVM_QEMU_SANDBOX))
		return;
	add(l, "-sandbox");
	add(l, "on%s%s%s%s", bits & GVM_QEMU_SANDBOX_OBSOLETE ? ",obsolete=deny" : "",
	    bits & GVM_QEMU_SANDBOX_ELEVATE ? ",elevateprivileges=deny" : "",
	    bits & GVM_QEMU_SANDBOX_SPAWN ? ",spawn=deny" : "",
	    bits & GVM_QEMU_SANDBOX_RESOURCES ? ",resourcecontrol=deny" : "");
}

/** @brief Is the guest's memory an object of its own? @param s VM @param setup what it is started with @return yes or no */
static bool has_backend(const struct gvm_vm_start *s, const struct gvm_qemu_setup *setup)
{
	return s->file->hugepages != GVM_HUGEPAGES_NONE ||
	       (setup->node >= 0 && setup->features.bits & GVM_QEMU_NUMA);
}

/** @brief Memory of huge pages, or of one NUMA node, and memory shared with the host. @param l line @param s VM @param setup what it is started with */
static void add_memory(struct line *l, const struct gvm_vm_start *s,
		       const struct gvm_qemu_setup *setup)
{
	const struct gvm_vm_file *f = s->file;
	char node[50] = "", size[60];

	if (setup->node >= 0 && setup->features.bits & GVM_QEMU_NUMA)
		snprintf(node, sizeof(node), ",host-nodes=%ld,policy=bind", setup->node);
	if (f->hugepages != GVM_HUGEPAGES_NONE) {
		add(l, "-object");
		/* Taken at once: a page that is missing later kills the guest with SIGBUS. */
		add(l,
		    "memory-backend-memfd,id=memory,size=%uM,hugetlb=on,hugetlbsize=%s,prealloc=on%s",
		    f->memory_mib, f->hugepages == GVM_HUGEPAGES_1G ? "1G" : "2M", node);
	} else if (has_backend(s, setup)) {
		add(l, "-object");
		add(l, "memory-backend-ram,id=memory,size=%uM%s", f->memory_mib, node);
	}
	if (!f->ivshmem)
		return;
	snprintf(size, sizeof(size), ",size=%uM", setup->shared_mib);
	add_value(l, "-object",
		  "memory-backend-file,id=ivshmem,share=on,mem-path=", f->ivshmem->file, size);
	add(l, "-device");
	add(l, "ivshmem-plain,memdev=ivshmem");
}

/** @brief UEFI: its code for all, its variables for this VM. @param l line @param setup what it is started with */
static void add_firmware(struct line *l, const struct gvm_qemu_setup *setup)
{
	char keys[100];

	if (!setup->firmware.code[0])
		return;
	snprintf(keys, sizeof(keys),
		 "driver=%s,node-name=code,read-only=on,file.driver=file,file.filename=",
		 setup->firmware.code_format);
	add_value(l, "-blockdev", keys, setup->firmware.code, "");
	snprintf(keys, sizeof(keys), "driver=%s,node-name=vars,file.driver=file,file.filename=",
		 setup->firmware.vars_format);
	add_value(l, "-blockdev", keys, setup->vars, "");
}

/** @brief What a person sees, through a socket in the VM's folder. @param l line @param s VM */
static void add_display(struct line *l, const struct gvm_vm_start *s)
{
	bool picture = false;
	size_t i;

	if (s->file->display == GVM_VM_DISPLAY_NONE)
		return;
	if (s->file->display == GVM_VM_DISPLAY_VNC)
		add_value(l, "-vnc", "unix:", s->dir, "/vnc.sock");
	else
		add_value(l, "-spice", "unix=on,disable-ticketing=on,addr=", s->dir, "/spice.sock");
	for (i = 0; i < s->n_specs; i++)
		picture = picture || s->specs[i].display == GVM_DISPLAY_REGION;
	if (!picture) {
		add(l, "-device");
		add(l, VIDEO ",id=video");
	}
	/* Without a tablet the pointers of host and guest drift apart. */
	add(l, "-device");
	add(l, "qemu-xhci,id=usb");
	add(l, "-device");
	add(l, "usb-tablet,bus=usb.0");
}

/** @brief A TPM, with swtpm behind it. @param l line @param f file */
static void add_tpm(struct line *l, const struct gvm_vm_file *f)
{
	if (f->tpm == GVM_TPM_NONE)
		return;
	add(l, "-chardev");
	add(l, "socket,id=tpm,fd=%d", GVM_QEMU_TPM_FD);
	add(l, "-tpmdev");
	add(l, "emulator,id=tpm0,chardev=tpm");
	add(l, "-device");
	add(l, TPM ",tpmdev=tpm0");
}

/** @brief Its network cards. @param l line @param f file */
static void add_network(struct line *l, const struct gvm_vm_file *f)
{
	uint32_t i;

	for (i = 0; i < f->network_count; i++) {
		const struct gvm_vm_net *n = &f->network[i];

		if (n->type == GVM_NET_NONE)
			continue;
		add(l, "-netdev");
		if (n->type == GVM_NET_TAP)
			add(l, "tap,id=net%u,ifname=%s,script=no,downscript=no", i, n->ifname);
		else
			add(l, "user,id=net%u", i);
		add(l, "-device");
		add(l, "virtio-net-pci,netdev=net%u%s%s", i, n->mac ? ",mac=" : "",
		    n->mac ? n->mac : "");
	}
}

/** @brief The machine itself. @param l line @param s VM @param setup what it is started with */
static void add_machine(struct line *l, const struct gvm_vm_start *s,
			const struct gvm_qemu_setup *setup)
{
	const struct gvm_vm_file *f = s->file;

	add(l, "%s", setup->name);
	add(l, "-name");
	add(l, "%s", f->name);
	add(l, "-uuid");
	add(l, "%s", s->uuid);
	add(l, "-nodefaults");
	add(l, "-no-user-config");
	if (f->sandbox == GVM_SANDBOX_ON)
		add_sandbox(l, setup->features.bits);
	add(l, "-machine");
	add(l, MACHINE "%s%s", has_backend(s, setup) ? ",memory-backend=memory" : "",
	    setup->firmware.code[0] ? ",pflash0=code,pflash1=vars" : "");
	add(l, "-accel");
	add(l, "%s", s->accelerator);
	add(l, "-cpu");
	add(l, "%s", strcmp(s->accelerator, "kvm") == 0 ? "host" : "max");
	add(l, "-smp");
	add(l, "%u", f->cpus);
	add(l, "-m");
	add(l, "%u", f->memory_mib);
	add_memory(l, s, setup);
	add_firmware(l, setup);
	if (setup->iommufd) {
		add(l, "-object");
		add(l, "iommufd,id=" GVM_QEMU_IOMMUFD_ID ",fd=%d", GVM_QEMU_IOMMUFD_FD);
	}
	add(l, "-display");
	add(l, "none");
	add_value(l, "-qmp", "unix:", s->dir, "/" GVM_QEMU_SOCKET ",server=on,wait=off");
	add_value(l, "-qmp", "unix:", s->dir, "/" GVM_QEMU_PLUG_SOCKET ",server=on,wait=off");
	add_value(l, "-chardev", "socket,id=console,path=", s->dir,
		  "/console.sock,server=on,wait=off");
	add(l, "-serial");
	add(l, "chardev:console");
}

/** @brief What it boots: kernel and disks. @param l line @param f file */
static void add_boot(struct line *l, const struct gvm_vm_file *f)
{
	uint32_t i;

	if (f->boot) {
		add(l, "-kernel");
		add(l, "%s", f->boot->kernel);
		if (f->boot->initrd) {
			add(l, "-initrd");
			add(l, "%s", f->boot->initrd);
		}
		if (f->boot->append) {
			add(l, "-append");
			add(l, "%s", f->boot->append);
		}
	}
	for (i = 0; i < f->disks_count; i++) {
		char keys[120];

		snprintf(keys, sizeof(keys),
			 "driver=%s,node-name=disk%u%s,file.driver=file,file.filename=",
			 f->disks[i].format == GVM_DISK_RAW ? "raw" : "qcow2", i,
			 f->disks[i].readonly ? ",read-only=on" : "");
		add_value(l, "-blockdev", keys, f->disks[i].file, "");
		add(l, "-device");
		add(l, "virtio-blk-pci,drive=disk%u", i);
	}
}

/**
 * @brief Ports that vGPUs are put into: one for each there is, and some for those to come.
 *
 * The root bus takes no device while the machine runs, a root port does (documented: QEMU
 * docs/pcie.txt). What the firmware gives a port that is empty at the start is too little for a
 * vGPU unless the port asks for more; mbochs needs 64 MiB (observed: QEMU 7.2 with SeaBIOS).
 * @param l line @param used how many have a vGPU from the start
 */
static void add_ports(struct line *l, size_t used)
{
	size_t i;

	for (i = 0; i < used + GVM_QEMU_SPARE_PORTS; i++) {
		add(l, "-device");
		/* Eight share one slot of the root bus. */
		add(l, "pcie-root-port,id=port%zu,chassis=%zu,addr=%zx.%zx,multifunction=on%s", i,
		    i + 1, FIRST_PORT_SLOT + i / 8, i % 8, i < used ? "" : ",pref64-reserve=64M");
	}
}

/** @brief The other functions of a whole device, in its port. @param l line @param spec device @param port number @param backend what opens them */
static void add_functions(struct line *l, const struct gvm_attach_spec *spec, size_t port,
			  const char *backend)
{
	size_t i;

	for (i = 0; i < spec->n_others; i++) {
		add(l, "-device");
		add(l, "vfio-pci,id=vgpu%zu-%zu,bus=port%zu,addr=0.%zu,%shost=%s,display=off", port,
		    i + 1, port, i + 1, backend, spec->others[i]);
	}
}

/** @brief Its vGPUs. @param l line @param s VM @param setup what it is started with */
static void add_vgpus(struct line *l, const struct gvm_vm_start *s,
		      const struct gvm_qemu_setup *setup)
{
	const char *backend = setup->iommufd ? "iommufd=" GVM_QEMU_IOMMUFD_ID "," : "";
	size_t i;

	add_ports(l, s->n_specs);
	for (i = 0; i < s->n_specs; i++) {
		char keys[140];

		/* A dma-buf picture needs a display with OpenGL, and this one is "none". */
		snprintf(keys, sizeof(keys), "vfio-pci,id=vgpu%zu,bus=port%zu,%s%ssysfsdev=", i,
			 i, s->specs[i].n_others ? "addr=0.0,multifunction=on," : "", backend);
		add_value(l, "-device", keys, s->specs[i].path,
			  s->specs[i].display == GVM_DISPLAY_REGION ? ",display=on"
								    : ",display=off");
		add_functions(l, &s->specs[i], i, backend);
	}
}

int gvm_qemu_command(const struct gvm_vm_start *start, const struct gvm_qemu_setup *setup,
		     char ***argv, struct gvm_error *e)
{
	struct line l = { .argv = calloc(GVM_VM_MAX_ARGS, sizeof(char *)) };
	uint32_t i;

	if (!l.argv)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	add_machine(&l, start, setup);
	add_boot(&l, start->file);
	add_network(&l, start->file);
	add_tpm(&l, start->file);
	add_display(&l, start);
	add_vgpus(&l, start, setup);
	for (i = 0; i < start->file->qemu_args_count; i++)
		add(&l, "%s", start->file->qemu_args[i]);
	if (l.err) {
		gvm_strv_free(l.argv);
		return gvm_error_set(e, "GVM_E_NO_MEMORY", -l.err,
				     "cannot build the command line: %s", gvm_errno_name(l.err));
	}
	*argv = l.argv;
	return 0;
}

/** @brief Take the name out of "-name"'s value: "demo" or "guest=demo,debug-threads=on". @param value it @param name result */
static void take_name(const char *value, char name[GVM_NAME_SIZE])
{
	size_t len;

	if (strncmp(value, "guest=", 6) == 0)
		value += 6;
	len = strcspn(value, ",");
	snprintf(name, GVM_NAME_SIZE, "%.*s", (int)(len < GVM_NAME_SIZE ? len : GVM_NAME_SIZE - 1),
		 value);
	gvm_str_printable(name);
}

void gvm_qemu_parse_cmdline(const char *cmdline, size_t len, char name[GVM_NAME_SIZE],
			    char uuid[GVM_UUID_SIZE])
{
	const char *end = cmdline + len, *arg, *value;

	name[0] = uuid[0] = '\0';
	for (arg = cmdline; arg < end; arg = value) {
		value = memchr(arg, '\0', (size_t)(end - arg));
		if (!value || ++value >= end || !memchr(value, '\0', (size_t)(end - value)))
			return;
		if (strcmp(arg, "-name") == 0 || strcmp(arg, "--name") == 0)
			take_name(value, name);
		if (strcmp(arg, "-uuid") == 0 || strcmp(arg, "--uuid") == 0)
			gvm_uuid_parse(value, uuid);
	}
}
