/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file qmp.h
 * @brief A client of the QEMU Machine Protocol: documented, QEMU docs/interop/qmp-spec.
 *
 * What answers is not trusted: lines are bounded, JSON is checked, everything has a deadline.
 */
#ifndef GVM_QEMU_QMP_H
#define GVM_QEMU_QMP_H

#include <json-c/json.h>
#include <stddef.h>

#include "error.h"

/** What one message is. */
enum gvm_qmp_kind {
	GVM_QMP_GREETING,
	GVM_QMP_RETURN,
	GVM_QMP_ERROR,
	GVM_QMP_EVENT,
};

struct gvm_qmp;

/**
 * @brief Connect, take the greeting, and enter command mode.
 * @param path unix socket
 * @param timeout_ms deadline for all of it, in milliseconds
 * @param ret connection, to be closed with gvm_qmp_close(); untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction QEMU serves one client at a time: hold it shortly
 * @sideeffect none
 * @failure ENOENT, ECONNREFUSED when nothing listens (GVM_E_QMP_CLOSED); ETIMEDOUT
 *          (GVM_E_QMP_TIMEOUT); EPROTO (GVM_E_QMP_ANSWER); ENOMEM
 */
int gvm_qmp_open(const char *path, unsigned int timeout_ms, struct gvm_qmp **ret,
		 struct gvm_error *e);

/** @brief Close a connection. @param q connection or NULL @restriction none @sideeffect none @failure none */
void gvm_qmp_close(struct gvm_qmp *q);

/** @brief Close at the end of a scope. @param q address of the connection */
static inline void gvm_cleanup_qmp(struct gvm_qmp **q)
{
	gvm_qmp_close(*q);
}

/** A connection that is closed at the end of its scope. */
#define GVM_AUTOQMP __attribute__((cleanup(gvm_cleanup_qmp)))

/**
 * @brief Execute a command and wait for its answer; events meanwhile are passed over.
 * @param q connection
 * @param command its name
 * @param arguments taken over, may be NULL
 * @param timeout_ms deadline, in milliseconds
 * @param ret what it returned, to be released by the caller; may be NULL
 * @param e detail; QEMU's own words when it refuses
 * @return 0 or a negative errno
 * @restriction after a failure other than EREMOTEIO the connection is of no more use
 * @sideeffect those of the command
 * @failure EREMOTEIO when QEMU refuses (GVM_E_QMP_REFUSED), ETIMEDOUT, EPROTO, EPIPE
 */
int gvm_qmp_execute(struct gvm_qmp *q, const char *command, struct json_object *arguments,
		    unsigned int timeout_ms, struct json_object **ret, struct gvm_error *e);

/**
 * @brief Read one message.
 * @param line one line without its end
 * @param len its length in bytes
 * @param kind result
 * @param body result: the greeting, the returned value (NULL when it is null), the error, the event;
 *        to be released by the caller
 * @return 0 or -EPROTO
 * @restriction pure
 * @sideeffect none
 * @failure EPROTO when it is no message
 */
int gvm_qmp_parse(const char *line, size_t len, enum gvm_qmp_kind *kind, struct json_object **body);

#endif
