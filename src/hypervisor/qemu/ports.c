// SPDX-License-Identifier: GPL-2.0-or-later
#include "ports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "control.h"
#include "devices.h"
#include "json.h"
#include "str.h"

/* Bridges within bridges: the JSON itself is not deeper. */
#define MAX_DEPTH 8
#define MAX_PORTS 64

/** @brief Read one window. @param bus what the bridge forwards @param key which kind @param ret result @return 0 or -EPROTO */
static int parse_window(struct json_object *bus, const char *key, struct gvm_qemu_window *ret)
{
	struct json_object *o;

	if (!json_object_object_get_ex(bus, key, &o) || !json_object_is_type(o, json_type_object) ||
	    gvm_json_u64(o, "base", UINT64_MAX, &ret->base) < 0 ||
	    gvm_json_u64(o, "limit", UINT64_MAX, &ret->limit) < 0)
		return -EPROTO;
	return 0;
}

/** @brief Size of a window. @param w window @return bytes */
static uint64_t size_of(const struct gvm_qemu_window *w)
{
	uint64_t last = w->limit - w->base;

	/* All of the address space has one byte more than fits a number. */
	return w->base > w->limit ? 0 : last == UINT64_MAX ? last : last + 1;
}

/** @brief Read what a bridge forwards. @param bridge "pci_bridge" of a device @param id of the port @param ret result @return 0 or -EPROTO */
static int parse_bridge(struct json_object *bridge, const char *id, struct gvm_qemu_port *ret)
{
	struct gvm_qemu_port port = { .id = "" };
	struct json_object *bus;
	uint64_t secondary;

	if (!json_object_object_get_ex(bridge, "bus", &bus) ||
	    !json_object_is_type(bus, json_type_object) ||
	    gvm_json_u64(bus, "secondary", 255, &secondary) < 0 ||
	    parse_window(bus, "memory_range", &port.memory) < 0 ||
	    parse_window(bus, "prefetchable_range", &port.prefetchable) < 0 ||
	    gvm_str_copy(port.id, sizeof(port.id), id) < 0)
		return -EPROTO;
	/* The firmware gives all bridges their numbers first, then their windows. */
	port.programmed = secondary && (size_of(&port.memory) || size_of(&port.prefetchable));
	*ret = port;
	return 0;
}

/**
 * @brief Look for a port among devices, and below them.
 * @param list devices @param id of the port @param depth of bridges left @param ret result
 * @return 0, -ENOENT or -EPROTO
 */
static int find_bridge(struct json_object *list, const char *id, int depth,
		       struct gvm_qemu_port *ret)
{
	size_t i,
		n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (i = 0; i < n && depth; i++) {
		struct json_object *device = json_object_array_get_idx(list, i), *bridge, *below;
		char name[GVM_NAME_SIZE];
		int r;

		if (!json_object_is_type(device, json_type_object) ||
		    !json_object_object_get_ex(device, "pci_bridge", &bridge) ||
		    !json_object_is_type(bridge, json_type_object))
			continue;
		if (gvm_json_str(device, "qdev_id", name, sizeof(name)) == 0 &&
		    strcmp(name, id) == 0)
			return parse_bridge(bridge, id, ret);
		if (!json_object_object_get_ex(bridge, "devices", &below))
			continue;
		r = find_bridge(below, id, depth - 1, ret);
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

int gvm_qemu_parse_port(struct json_object *answer, const char *id, struct gvm_qemu_port *ret)
{
	size_t i;
	int r = -ENOENT;

	if (!json_object_is_type(answer, json_type_array))
		return -EPROTO;
	for (i = 0; i < json_object_array_length(answer) && r == -ENOENT; i++) {
		struct json_object *bus = json_object_array_get_idx(answer, i), *devices;

		if (json_object_is_type(bus, json_type_object) &&
		    json_object_object_get_ex(bus, "devices", &devices))
			r = find_bridge(devices, id, MAX_DEPTH, ret);
	}
	return r;
}

/** What BARs need of one window: powers of two lie without gaps from the largest down. */
struct room {
	uint64_t sum, largest;
};

/** @brief Add a BAR. @param room room @param bar it */
static void add_bar(struct room *room, const struct gvm_bar *bar)
{
	/* A device that asks for more than all there is does not fit. */
	if (__builtin_add_overflow(room->sum, bar->size, &room->sum))
		room->sum = UINT64_MAX;
	if (bar->size > room->largest)
		room->largest = bar->size;
}

/** @brief Is there that much room in a window? @param w window @param room needed @return yes or no */
static bool has_room(const struct gvm_qemu_window *w, const struct room *room)
{
	uint64_t base;

	if (!room->sum)
		return true;
	if (w->base > w->limit || __builtin_add_overflow(w->base, room->largest - 1, &base))
		return false;
	base &= ~(room->largest - 1);
	return base <= w->limit && room->sum - 1 <= w->limit - base;
}

bool gvm_qemu_port_fits(const struct gvm_qemu_port *port, const struct gvm_bar bars[GVM_MAX_BARS],
			uint64_t *lacking, bool *prefetchable)
{
	const struct gvm_qemu_window *p = &port->prefetchable;
	struct room plain = { 0 }, fetch = { 0 };
	int i;

	if (!port->programmed)
		return true;
	for (i = 0; i < GVM_MAX_BARS; i++) {
		/* A window above 4 GiB is out of reach of a BAR of 32 bits (PCI-to-PCI Bridge 1.2). */
		bool high = p->base <= p->limit && p->limit > UINT32_MAX;

		if (bars[i].size)
			add_bar(bars[i].prefetchable && (bars[i].wide || !high) ? &fetch : &plain,
				&bars[i]);
	}
	if (!has_room(p, &fetch)) {
		*lacking = fetch.sum;
		*prefetchable = true;
		return false;
	}
	*lacking = plain.sum;
	*prefetchable = false;
	return has_room(&port->memory, &plain);
}

/** A choice being made. */
struct choice {
	struct gvm_qmp *q;
	const struct gvm_attach_spec *spec;
	char ids[MAX_PORTS][GVM_NAME_SIZE];
	size_t n;
};

/** @brief Note a device that is a port. @param name it @param type of it @param data choice @return 0 */
static int note_port(const char *name, const char *type, void *data)
{
	/* Downstream ports of switches are as good. ioh3420 is the name of an older root port. */
	static const char *const types[] = { "child<pcie-root-port>", "child<ioh3420>",
					     "child<xio3130-downstream>" };
	struct choice *c = data;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]) && c->n < MAX_PORTS; i++)
		if (strcmp(type, types[i]) == 0 &&
		    gvm_str_copy(c->ids[c->n], GVM_NAME_SIZE, name) == 0)
			c->n++;
	return 0;
}

/** @brief Is there a device? @param name of a bus's property @param type unused @param data unused @return 1 if it is a device */
static int is_device(const char *name, const char *type, void *data)
{
	(void)type, (void)data;
	return gvm_str_starts(name, "child[");
}

/** @brief Keep only the ports that are empty and take devices. @param c choice @param e detail @return 0 or -errno */
static int drop_used(struct choice *c, struct gvm_error *e)
{
	size_t i, kept = 0;
	int r = 0;

	for (i = 0; i < c->n && r >= 0; i++) {
		char bus[GVM_QEMU_QOM_SIZE];

		/* A bridge's bus has its name (observed: QEMU 7.2 and 10.0, hw/pci/pci_bridge.c). */
		snprintf(bus, sizeof(bus), GVM_QEMU_PERIPHERAL "/%s/%s", c->ids[i], c->ids[i]);
		r = gvm_qemu_qom_list(c->q, bus, is_device, NULL, e);
		if (r == 0 && gvm_qemu_takes_devices(c->q, bus))
			memmove(c->ids[kept++], c->ids[i], GVM_NAME_SIZE);
		/* It may have gone meanwhile, or call its bus otherwise: then it is not for us. */
		if (r == -EREMOTEIO)
			r = 0;
	}
	c->n = kept;
	return r < 0 ? r : 0;
}

/**
 * @brief Tell what does not fit.
 * @param vm name @param spec vGPU @param port best one @param lacking bytes
 * @param prefetchable kind @param e error @return -ENOSPC
 */
static int too_small(const char *vm, const struct gvm_attach_spec *spec,
		     const struct gvm_qemu_port *port, uint64_t lacking, bool prefetchable,
		     struct gvm_error *e)
{
	const struct gvm_qemu_window *w = prefetchable ? &port->prefetchable : &port->memory;
	unsigned long long mib = (lacking >> 20) + (lacking % (1 << 20) != 0), reserve = 1;

	while (reserve < mib)
		reserve *= 2;
	gvm_error_set(
		e, "GVM_E_PORT_TOO_SMALL", ENOSPC,
		"vGPU %s needs %llu MiB of %smemory addresses, the empty port %s of VM %s has %llu MiB",
		spec->name, mib, prefetchable ? "prefetchable " : "", port->id, vm,
		(unsigned long long)(size_of(w) >> 20));
	GVM_ERROR_FIELD(e, object, "%s", vm);
	GVM_ERROR_FIELD(
		e, hint,
		"start the VM with a larger port: qemu_args: [-device, \"pcie-root-port,id=large,chassis=100,%s=%lluM\"]",
		prefetchable ? "pref64-reserve" : "mem-reserve", reserve);
	return -ENOSPC;
}

/** @brief Choose among the empty ports. @param c choice @param answer to query-pci @param vm name @param id result @param e detail @return 0 or -ENOSPC */
static int choose(const struct choice *c, struct json_object *answer, const char *vm,
		  char id[GVM_NAME_SIZE], struct gvm_error *e)
{
	struct gvm_qemu_port best = { .id = "" }, largest = { .id = "" };
	uint64_t lacking = 0;
	bool prefetchable = false;
	size_t i;

	for (i = 0; i < c->n; i++) {
		struct gvm_qemu_port port;

		if (gvm_qemu_parse_port(answer, c->ids[i], &port) < 0)
			continue;
		if (!gvm_qemu_port_fits(&port, c->spec->needs.bars, &lacking, &prefetchable)) {
			if (!largest.id[0] ||
			    size_of(&port.prefetchable) > size_of(&largest.prefetchable))
				largest = port;
		} else if (!best.id[0] ||
			   size_of(&port.prefetchable) < size_of(&best.prefetchable)) {
			best = port;
		}
	}
	if (best.id[0])
		return gvm_str_copy(id, GVM_NAME_SIZE, best.id);
	if (largest.id[0]) {
		gvm_qemu_port_fits(&largest, c->spec->needs.bars, &lacking, &prefetchable);
		return too_small(vm, c->spec, &largest, lacking, prefetchable, e);
	}
	gvm_error_set(e, "GVM_E_NO_PORT", ENOSPC, "VM %s has no empty PCIe port", vm);
	GVM_ERROR_FIELD(e, object, "%s", vm);
	return -ENOSPC;
}

int gvm_qemu_choose_port(struct gvm_qmp *q, const char *vm, const struct gvm_attach_spec *spec,
			 char id[GVM_NAME_SIZE], struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *answer = NULL;
	struct choice c = { .q = q, .spec = spec };
	int r = gvm_qemu_qom_list(q, GVM_QEMU_PERIPHERAL, note_port, &c, e);

	if (r == 0)
		r = drop_used(&c, e);
	if (r == 0)
		r = gvm_qmp_execute(q, "query-pci", NULL, GVM_QEMU_TIMEOUT_MS, &answer, e);
	return r < 0 ? r : choose(&c, answer, vm, id, e);
}
