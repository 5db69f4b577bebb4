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
	add(l, MACHINE);
	add(l, "-accel");
	add(l, "%s", s->accelerator);
	add(l, "-cpu");
	add(l, "%s", strcmp(s->accelerator, "kvm") == 0 ? "host" : "max");
	add(l, "-smp");
	add(l, "%u", f->cpus);
	add(l, "-m");
	add(l, "%u", f->memory_mib);
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
			 "driver=%s,node-name=disk%u,file.driver=file,file.filename=",
			 f->disks[i].format == GVM_DISK_RAW ? "raw" : "qcow2", i);
		add_value(l, "-blockdev", keys, f->disks[i].file, "");
		add(l, "-device");
		add(l, "virtio-blk-pci,drive=disk%u", i);
	}
	for (i = 0; i < f->network_count; i++) {
		add(l, "-netdev");
		add(l, "user,id=net%u", i);
		add(l, "-device");
		add(l, "virtio-net-pci,netdev=net%u", i);
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

/** @brief Its vGPUs. @param l line @param s VM */
static void add_vgpus(struct line *l, const struct gvm_vm_start *s)
{
	size_t i;

	add_ports(l, s->n_specs);
	for (i = 0; i < s->n_specs; i++) {
		char keys[80];

		/* A dma-buf picture needs a display with OpenGL, and this one is "none". */
		snprintf(keys, sizeof(keys), "vfio-pci,id=vgpu%zu,bus=port%zu,sysfsdev=", i, i);
		add_value(l, "-device", keys, s->specs[i].path,
			  s->specs[i].display == GVM_DISPLAY_REGION ? ",display=on"
								    : ",display=off");
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
	add_vgpus(&l, start);
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
