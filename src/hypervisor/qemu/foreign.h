/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file foreign.h
 * @brief What the command line of a QEMU of others tells of its control sockets.
 */
#ifndef GVM_QEMU_FOREIGN_H
#define GVM_QEMU_FOREIGN_H

#include <stddef.h>

/** Control sockets of one QEMU that are kept. */
#define GVM_QEMU_MAX_SOCKETS 4
/** Longest path of a unix socket with its end (documented: unix(7)). */
#define GVM_QEMU_SOCKET_SIZE 108

/** Control sockets, as QEMU was told to bind them: may be relative to its folder. */
struct gvm_qemu_sockets {
	char path[GVM_QEMU_MAX_SOCKETS][GVM_QEMU_SOCKET_SIZE];
	size_t n;
};

/**
 * @brief Which QMP sockets does a QEMU serve, by its command line?
 * @param cmdline arguments, each ended by a NUL
 * @param len length in bytes
 * @param ret result
 * @restriction pure; the text is anybody's. Sockets that QEMU was given open, or whose name is
 *              abstract, are not among them
 * @sideeffect none
 * @failure none
 */
void gvm_qemu_parse_sockets(const char *cmdline, size_t len, struct gvm_qemu_sockets *ret);

#endif
