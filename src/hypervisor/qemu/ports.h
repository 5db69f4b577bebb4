/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file ports.h
 * @brief The PCIe ports of a running VM: which are empty, and what fits into them.
 */
#ifndef GVM_QEMU_PORTS_H
#define GVM_QEMU_PORTS_H

#include "attach.h"
#include "qmp.h"

/** Part of the address space, the last byte included; empty when @p base is above @p limit. */
struct gvm_qemu_window {
	uint64_t base, limit;
};

/** What a port forwards to the device in it. */
struct gvm_qemu_port {
	char id[GVM_NAME_SIZE];
	bool programmed; /**< the firmware or the guest has given it its windows */
	struct gvm_qemu_window memory, prefetchable;
};

/**
 * @brief Find a port in the answer to "query-pci".
 * @param answer it
 * @param id of the port
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction pure; the answer is not trusted
 * @sideeffect none
 * @failure ENOENT when there is none, EPROTO when the answer is not one
 */
int gvm_qemu_parse_port(struct json_object *answer, const char *id, struct gvm_qemu_port *ret);

/**
 * @brief Does a device fit into a port?
 * @param port port
 * @param bars of the device
 * @param lacking result when not: bytes of the kind of window that is too small
 * @param prefetchable result when not: which kind
 * @return true if it does, or if the port is not programmed yet: then room will be made
 * @restriction pure
 * @sideeffect none
 * @failure none
 */
bool gvm_qemu_port_fits(const struct gvm_qemu_port *port, const struct gvm_bar bars[GVM_MAX_BARS],
			uint64_t *lacking, bool *prefetchable);

/**
 * @brief Choose an empty port of a VM that a vGPU fits into; the smallest such.
 * @param q connection
 * @param vm name, for errors
 * @param spec vGPU
 * @param id result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOSPC (GVM_E_NO_PORT, GVM_E_PORT_TOO_SMALL); those of gvm_qmp_execute()
 */
int gvm_qemu_choose_port(struct gvm_qmp *q, const char *vm, const struct gvm_attach_spec *spec,
			 char id[GVM_NAME_SIZE], struct gvm_error *e);

#endif
