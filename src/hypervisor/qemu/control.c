// SPDX-License-Identifier: GPL-2.0-or-later
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "file.h"
#include "foreign.h"
#include "qemu.h"
#include "str.h"
#include "unix.h"

/* A QEMU that is not stuck greets within some milliseconds; nested and emulated, within a second. */
#define GREETING_TIMEOUT_MS 5000

/**
 * @brief Refuse a socket that another program uses: QEMU serves one client at a time, the next one
 *        gets no greeting (documented: QEMU docs/interop/qmp-spec; observed: 7.2).
 * @param ctx context @param name socket @param pid QEMU @param e error @return 0 or -EBUSY
 */
static int refuse_busy(struct gvm_ctx *ctx, const char *name, pid_t pid, struct gvm_error *e)
{
	struct gvm_unix_client client;
	char who[64] = "another program";

	if (gvm_unix_client(ctx->host, name, pid, &client) <= 0)
		return 0;
	if (client.pid)
		snprintf(who, sizeof(who), "%s (process %d)",
			 client.comm[0] ? client.comm : "a program", (int)client.pid);
	gvm_error_set(e, "GVM_E_QMP_BUSY", EBUSY, "the control socket %s is used by %s", name, who);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -EBUSY;
}

int gvm_qemu_connect(struct gvm_ctx *ctx, const char *path, const char *name, pid_t pid,
		     struct gvm_qmp **q, struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *made = NULL;
	pid_t peer;
	int r = refuse_busy(ctx, name, pid, e);

	if (r == 0)
		r = gvm_qmp_open(path, GREETING_TIMEOUT_MS, &made, e);
	/* Somebody may have come first after all. */
	if (r == -ETIMEDOUT && refuse_busy(ctx, name, pid, e) < 0)
		return -EBUSY;
	if (r < 0)
		return r;
	if (pid && (gvm_qmp_peer(made, &peer) < 0 || peer != pid)) {
		gvm_error_set(e, "GVM_E_QMP_ANSWER", EPERM,
			      "another process than QEMU (%d) answers on %s", (int)pid, name);
		GVM_ERROR_FIELD(e, object, "%s", name);
		return -EPERM;
	}
	*q = gvm_steal(made);
	return 0;
}

/**
 * @brief Connect to a socket of a QEMU that may have another root and folder than we.
 * @param ctx context @param vm VM @param name socket, as QEMU bound it @param q result @param e detail @return 0 or -errno
 */
static int connect_foreign(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *name,
			   struct gvm_qmp **q, struct gvm_error *e)
{
	GVM_AUTOCLOSE int fd = -1;
	char path[GVM_QEMU_SOCKET_SIZE + 40], link[40];

	snprintf(path, sizeof(path), "/proc/%d/%s/%s", (int)vm->proc.pid,
		 name[0] == '/' ? "root" : "cwd", name);
	fd = gvm_host_at(ctx->host, path, O_PATH);
	if (fd < 0) {
		gvm_error_set(e, fd == -EACCES ? "GVM_E_PERMISSION" : "GVM_E_QMP_CLOSED", -fd,
			      "cannot reach the control socket %s: %s", name, gvm_errno_name(fd));
		GVM_ERROR_FIELD(e, object, "%s", name);
		return fd;
	}
	/* However long that path is, this one fits a socket's address. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return gvm_qemu_connect(ctx, link, name, vm->proc.pid, q, e);
}

/**
 * @brief Find the control sockets of a QEMU of others and connect to the first that can be used.
 * @param ctx context @param vm VM @param q result @param e detail @return 0 or -errno
 */
static int reach_foreign(struct gvm_ctx *ctx, const struct gvm_vm *vm, struct gvm_qmp **q,
			 struct gvm_error *e)
{
	GVM_AUTOFREE char *cmdline = malloc(GVM_QEMU_MAX_CMDLINE);
	struct gvm_qemu_sockets sockets = { .n = 0 };
	size_t len = 0, i;
	int r = cmdline ? gvm_qemu_read_cmdline(ctx, vm->proc.pid, cmdline, &len) : -ENOMEM;

	if (r == 0)
		gvm_qemu_parse_sockets(cmdline, len, &sockets);
	if (!sockets.n) {
		gvm_error_set(e, "GVM_E_QMP_NONE", ENOENT,
			      "the command line of VM %s (process %d) names no control socket",
			      vm->name, (int)vm->proc.pid);
		GVM_ERROR_FIELD(e, object, "%s", vm->name);
		return -ENOENT;
	}
	r = -ENOENT;
	/* The first reason counts. */
	for (i = 0; i < sockets.n && r < 0; i++)
		r = connect_foreign(ctx, vm, sockets.path[i], q, i ? NULL : e);
	return r;
}

int gvm_qemu_reach(struct gvm_ctx *ctx, const struct gvm_vm *vm, const char *dir,
		   struct gvm_qmp **q, struct gvm_error *e)
{
	char path[GVM_PATH_SIZE + 16];

	if (!gvm_host_live(ctx->host))
		return gvm_error_set(e, "GVM_E_READ_ONLY", EROFS,
				     "VM %s is a picture of one: it cannot be talked to", vm->name);
	if (!vm->ours)
		return reach_foreign(ctx, vm, q, e);
	snprintf(path, sizeof(path), "%s/" GVM_QEMU_PLUG_SOCKET, dir);
	return gvm_qemu_connect(ctx, path, path, vm->proc.pid, q, e);
}
