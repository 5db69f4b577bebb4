/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file unix.h
 * @brief Unix sockets of other processes: who is connected to one.
 */
#ifndef GVM_HOST_UNIX_H
#define GVM_HOST_UNIX_H

#include "host.h"
#include "process.h"

/** A process at the other end of a connection. */
struct gvm_unix_client {
	pid_t pid; /**< 0: it cannot be told which */
	char comm[16];
};

/**
 * @brief Who has a connection that this process accepted on this socket?
 * @param h machine
 * @param name the socket, as the server bound it
 * @param server process that serves it
 * @param ret result: the first client found
 * @return 1 when there is a client, 0 when there is none, or a negative errno when it cannot be told
 * @restriction live machine, same network namespace; needs the kernel module unix_diag, and
 *              CAP_SYS_PTRACE to name processes of others
 * @sideeffect may load unix_diag
 * @failure EOPNOTSUPP in a sysroot; ENOENT without unix_diag; errors of netlink(7)
 */
int gvm_unix_client(struct gvm_host *h, const char *name, pid_t server,
		    struct gvm_unix_client *ret);

#endif
