// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cpulist.h"
#include "record.h"
#include "str.h"
#include "uuid.h"
#include "vm_schema.h"
#include "yaml_load.h"

#define MAX_CPUS 1024
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define MAX_MEMORY_MIB (64 << 20)
#define MAX_IVSHMEM_MIB 4096
#define MAX_PIXELS 32768

/**
 * @brief Make a path absolute against the folder of the VM file.
 * @param p path, replaced @param path of the VM file @param f told of the first @return 0 or -ENOMEM
 */
static int absolute(char **p, const char *path, struct gvm_vm_file *f)
{
	GVM_AUTOFREE char *dir = NULL;
	GVM_AUTOFREE char *folder = NULL;
	char *joined;

	if (!*p || **p == '/')
		return 0;
	if (!f->relative[0])
		snprintf(f->relative, sizeof(f->relative), "%.255s", *p);
	dir = strdup(path);
	if (!dir)
		return -ENOMEM;
	if (strrchr(dir, '/'))
		strrchr(dir, '/')[1] = '\0';
	else
		strcpy(dir, dir[0] ? "." : "");
	folder = realpath(dir, NULL);
	if (asprintf(&joined, "%s/%s", folder ? folder : dir, *p) < 0)
		return -ENOMEM;
	free(*p);
	*p = joined;
	return 0;
}

/** A VM file being read. */
struct reading {
	struct gvm_vm_file *f;
	const char *data; /* its text */
	const char *path; /* for messages */
	struct gvm_error *e;
};

/**
 * @brief Tell what is wrong with the value of a key.
 * @param rd file @param key key @param value it, or NULL @param what the complaint
 * @param hint remedy @return -EINVAL
 */
static int wrong(const struct reading *rd, const char *key, const char *value, const char *what,
		 const char *hint)
{
	char text[300];

	snprintf(text, sizeof(text), "line %u: %s%s%.80s", gvm_yaml_line_of(rd->data, 1, key), what,
		 value ? ": " : "", value ? value : "");
	return gvm_yaml_invalid(rd->e, rd->path, text, hint);
}

/**
 * @brief Read a whole number from 1 on.
 * @param rd file @param key key @param text value, NULL when absent @param max largest
 * @param value result @return 0 or -EINVAL
 */
static int read_number(const struct reading *rd, const char *key, const char *text, uint32_t max,
		       uint32_t *value)
{
	char what[100];
	uint64_t number;

	if (!text)
		return 0;
	if (gvm_parse_u64(text, 10, max, &number) < 0 || !number) {
		snprintf(what, sizeof(what), "%s is no whole number from 1 to %u", key, max);
		return wrong(rd, key, text, what,
			     "write a number in that range, digits only, without a unit");
	}
	*value = (uint32_t)number;
	return 0;
}

/** @brief Read the file's numbers. @param rd file @return 0 or -EINVAL */
static int read_numbers(const struct reading *rd)
{
	struct gvm_vm_file *f = rd->f;
	int r;

	if (strcmp(f->version_text, "1") != 0)
		return wrong(rd, "version", NULL, "version is not 1", "write version: 1");
	f->version = f->cpus = 1;
	f->memory_mib = 512;
	r = read_number(rd, "cpus", f->cpus_text, MAX_CPUS, &f->cpus);
	if (r == 0 && f->cpus_map)
		r = read_number(rd, "count", f->cpus_map->count, MAX_CPUS, &f->cpus);
	if (r == 0)
		r = read_number(rd, "memory_mib", f->memory_text, MAX_MEMORY_MIB, &f->memory_mib);
	return r;
}

/** @brief Check name and UUID. @param rd file @return 0 or -EINVAL */
static int check_identity(const struct reading *rd)
{
	struct gvm_vm_file *f = rd->f;
	char uuid[GVM_UUID_SIZE];

	if (!gvm_name_valid(f->name))
		return wrong(rd, "name", f->name, "name is no name for a VM",
			     "use lower-case letters, digits, '.', '_' and '-', at most 63");
	if (f->uuid && gvm_uuid_parse(f->uuid, uuid) < 0)
		return wrong(rd, "uuid", NULL, "uuid is no UUID", "leave it out: gvm makes one");
	if (f->uuid)
		memcpy(f->uuid, uuid, sizeof(uuid));
	return 0;
}

/** @brief Check memory and CPUs. @param rd file @return 0 or -EINVAL */
static int check_resources(const struct reading *rd)
{
	const struct gvm_vm_file *f = rd->f;
	const char *pin = f->cpus_map ? f->cpus_map->pin : NULL;
	cpu_set_t cpus;

	if (f->hugepages == GVM_HUGEPAGES_2M && f->memory_mib % 2)
		return wrong(rd, "hugepages", NULL, "memory_mib is no multiple of the pages' 2 MiB",
			     "round memory_mib up");
	if (f->hugepages == GVM_HUGEPAGES_1G && f->memory_mib % 1024)
		return wrong(rd, "hugepages", NULL,
			     "memory_mib is no multiple of the pages' 1024 MiB",
			     "round memory_mib up");
	if (!pin || strcmp(pin, "auto") == 0 || strcmp(pin, "none") == 0)
		return 0;
	if (strlen(pin) >= GVM_PIN_SIZE || gvm_cpulist_parse(pin, &cpus) < 0)
		return wrong(rd, "pin", pin, "pin is no list of CPUs",
			     "write auto, none, or CPUs of the host such as 0-3,8");
	return 0;
}

/** @brief Is this a MAC address that one network card may have? @param mac text @return yes or no */
static bool mac_valid(const char *mac)
{
	size_t i;

	for (i = 0; i < 17; i++)
		if (i % 3 == 2 ? mac[i] != ':' : !isxdigit((unsigned char)mac[i]))
			return false;
	/* The lowest bit of the first byte marks a group address. */
	return !mac[17] && strchr("02468aceACE", mac[1]);
}

/** @brief Check one network card. @param rd file @param n it @return 0 or -EINVAL */
static int check_net(const struct reading *rd, const struct gvm_vm_net *n)
{
	/* IFNAMSIZ is 16 with the end (linux/if.h); QEMU takes '%' in it for a pattern. */
	if (n->type == GVM_NET_TAP ? !n->ifname || strlen(n->ifname) > 15 ||
					     strspn(n->ifname, NAME_CHARACTERS) != strlen(n->ifname)
				   : n->ifname != NULL)
		return wrong(rd, n->ifname ? "ifname" : "network", n->ifname,
			     "a network of type tap, and only that, has the name of its interface",
			     "write {type: tap, ifname: tap0}");
	if (n->mac && (n->type == GVM_NET_NONE || !mac_valid(n->mac)))
		return wrong(rd, "mac", n->mac, "mac is no address of one network card",
			     "write one such as 52:54:00:12:34:56, or leave it out");
	return 0;
}

/** @brief Check vGPUs, network cards and arguments. @param rd file @return 0 or -EINVAL */
static int check_devices(const struct reading *rd)
{
	const struct gvm_vm_file *f = rd->f;
	uint32_t i;
	int r = 0;

	if (!f->boot && !f->disks_count)
		return gvm_yaml_invalid(rd->e, rd->path, "there is nothing to boot",
					"give boot: {kernel: ...} or disks:");
	for (i = 0; i < f->qemu_args_count; i++)
		if (strcmp(f->qemu_args[i], "-daemonize") == 0 ||
		    strcmp(f->qemu_args[i], "--daemonize") == 0)
			return wrong(rd, "qemu_args", NULL,
				     "qemu_args: gvm watches QEMU, so it must not daemonize",
				     "leave -daemonize out");
	for (i = 0; i < f->vgpus_count; i++) {
		const struct gvm_vm_vgpu *v = &f->vgpus[i];

		if (!v->name == !v->type || (v->gpu && !v->type))
			return wrong(
				rd, "vgpus", NULL, "a vGPU needs either name or type",
				"write {name: NAME} for one that exists, {type: TYPE} or {type: TYPE, gpu: GPU} for one to be made");
	}
	for (i = 0; i < f->network_count && r == 0; i++)
		r = check_net(rd, &f->network[i]);
	return r;
}

uint32_t gvm_ivshmem_mib(uint32_t width, uint32_t height)
{
	/* Documented: Looking Glass, Indirect Display Driver (2026): three frames and 4 MiB. */
	uint64_t bytes = ((uint64_t)width * 4 + 255) / 256 * 256 * height * 3 + (4 << 20);
	uint32_t mib = 1;

	while ((uint64_t)mib << 20 < bytes)
		mib *= 2;
	return mib;
}

/** @brief Read "WIDTHxHEIGHT". @param text it @param mib result: what it needs @return 0 or -EINVAL */
static int read_resolution(const char *text, uint32_t *mib)
{
	char width[8];
	const char *x = strchr(text, 'x');
	uint64_t w, h;

	if (!x || gvm_str_format(width, sizeof(width), "%.*s", (int)(x - text), text) < 0 ||
	    gvm_parse_u64(width, 10, MAX_PIXELS, &w) < 0 ||
	    gvm_parse_u64(x + 1, 10, MAX_PIXELS, &h) < 0 || !w || !h)
		return -EINVAL;
	*mib = gvm_ivshmem_mib((uint32_t)w, (uint32_t)h);
	return 0;
}

/** @brief Check the shared memory, and compute its size. @param rd file @return 0 or -EINVAL */
static int check_ivshmem(const struct reading *rd)
{
	struct gvm_vm_ivshmem *m = rd->f->ivshmem;
	uint32_t wanted = 0;
	char hint[120];
	int r;

	if (!m)
		return 0;
	if (m->file && (strstr(m->file, "/../") || (!gvm_str_starts(m->file, "/dev/shm/") &&
						    !gvm_str_starts(m->file, "/dev/kvmfr"))))
		return wrong(rd, "ivshmem", m->file,
			     "the file is in neither place for shared memory",
			     "write /dev/shm/looking-glass or /dev/kvmfr0, or leave it out");
	if (m->max_resolution && read_resolution(m->max_resolution, &wanted) < 0)
		return wrong(rd, "max_resolution", m->max_resolution, "max_resolution is none",
			     "write it as 2560x1440");
	r = read_number(rd, "size_mib", m->size_text, MAX_IVSHMEM_MIB, &m->size_mib);
	if (r < 0)
		return r;
	if (!m->size_text && !wanted && !(m->file && gvm_str_starts(m->file, "/dev/kvmfr")))
		return wrong(rd, "ivshmem", NULL, "ivshmem has no size",
			     "write max_resolution: 2560x1440, or size_mib: 64");
	/* Observed: QEMU 10.0.13 and 11.1.3 abort on an assertion when it is no power of two. */
	if (m->size_mib & (m->size_mib - 1) && m->size_mib)
		return wrong(rd, "size_mib", m->size_text, "size_mib is no power of two",
			     "write 32, 64, 128, 256 or 512");
	snprintf(hint, sizeof(hint), "write size_mib: %u, or leave it out", wanted);
	if (m->size_mib && m->size_mib < wanted)
		return wrong(rd, "size_mib", m->size_text,
			     "size_mib is too small for max_resolution", hint);
	if (!m->size_mib)
		m->size_mib = wanted;
	return 0;
}

/** @brief Fill in defaults and make paths absolute. @param rd file @return 0 or -ENOMEM */
static int complete(const struct reading *rd)
{
	struct gvm_vm_file *f = rd->f;
	uint32_t i;
	int r = 0;

	if (f->boot) {
		r = absolute(&f->boot->kernel, rd->path, f);
		if (r == 0)
			r = absolute(&f->boot->initrd, rd->path, f);
	}
	for (i = 0; i < f->disks_count && r == 0; i++)
		r = absolute(&f->disks[i].file, rd->path, f);
	if (f->ivshmem && !f->ivshmem->file && r == 0 &&
	    asprintf(&f->ivshmem->file, "/dev/shm/gvm-%s", f->name) < 0) {
		f->ivshmem->file = NULL;
		r = -ENOMEM;
	}
	return r < 0 ? gvm_error_set(rd->e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory") : 0;
}

int gvm_vm_file_parse(const char *data, size_t len, const char *path, struct gvm_vm_file **ret,
		      struct gvm_error *e)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	GVM_AUTOFREE char *text = strndup(data, len);
	struct reading rd = { .data = text, .path = path, .e = e };
	void *loaded = NULL;
	int r;

	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	r = gvm_yaml_load(data, len,
			  gvm_yaml_is_mapping(data, len, "cpus") ? &gvm_vm_yaml_cpus : &gvm_vm_yaml,
			  path, &loaded, e);
	if (r < 0)
		return r;
	rd.f = f = loaded;
	r = read_numbers(&rd);
	if (r == 0)
		r = check_identity(&rd);
	if (r == 0)
		r = check_resources(&rd);
	if (r == 0)
		r = check_devices(&rd);
	if (r == 0)
		r = check_ivshmem(&rd);
	if (r == 0)
		r = complete(&rd);
	if (r < 0)
		return r;
	*ret = gvm_steal(f);
	return 0;
}

int gvm_vm_file_load(const char *path, struct gvm_vm_file **ret, struct gvm_error *e)
{
	GVM_AUTOFREE char *data = NULL;
	size_t len;
	int r = gvm_yaml_read(AT_FDCWD, path, "a VM file", &data, &len, e);

	if (r == 0)
		r = gvm_vm_file_parse(data, len, path, ret, e);
	if (r == 0)
		(*ret)->path = realpath(path, NULL);
	return r;
}

void gvm_vm_file_free(struct gvm_vm_file *f)
{
	if (!f)
		return;
	free(f->path);
	gvm_yaml_free(f->cpus_map ? &gvm_vm_yaml_cpus : &gvm_vm_yaml, f);
}
